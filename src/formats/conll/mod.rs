//! Tokens with tags, one a line, as in the shared task of `CoNLL` 2003 (`a.txt.conll`), and where each token stands in the
//! text (`a.txt.tokens.tsv`).
//!
//! ```text
//! -DOCSTART- -X- -X- O
//!
//! قال -X- -X- O
//! سليم -X- -X- B-PERS
//! عون -X- -X- I-PERS
//! ```
//!
//! A token has one tag, so of spans that overlap one is written: mentions before claims and their roles, the longer
//! before the shorter. The table beside it has the line of each token, its place in code points and, as JSON, what stands
//! before it; so the text can be made again, which the tokens alone do not allow.

mod read;
mod sidecar;
mod write;

pub(super) use read::READER;
pub(super) use write::writer;

/// The extension of the tagged tokens.
const EXTENSION: &str = ".conll";

/// What begins a document.
const DOCUMENT: &str = "-DOCSTART-";

/// The tag of a token in no chunk.
const OUTSIDE: &str = "O";

#[cfg(test)]
mod tests;
