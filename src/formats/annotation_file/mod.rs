//! Our own file: the annotations of one article by one annotator, as RON, one record per line.
//!
//! ```ron
//! (
//!   version: 1,
//!   article: (file: "port.txt", sha256: "9f86…", encoding: "UTF-8", chars: 2143),
//!   annotator: "amal",
//!   schema: "hashiya-default",
//!   annotations: [
//!     (id: "a1", kind: entity, label: "PERS", spans: [(start: 4, end: 12, quote: "سليم عون")], …),
//!
//!     // from 412
//!     (id: "a2", kind: claim, label: "CLAIM", spans: […], roles: {"SOURCE": [entity("a1")]}, …),
//!
//!   ],
//!   relations: [
//!     // from 412
//!   ],
//!   decisions: [
//!     // from 412
//!   ],
//!   orphans: [
//!   ],
//! )
//! ```
//!
//! Offsets are chars, half-open; beside each stands the text that it covers, so that a file can be checked against
//! its article and read without it. What does not fit at a load is set aside in `orphans` with its reason and tried
//! again at each later load; nothing is dropped, nothing is moved. Where the article has changed, [`Loaded::carry`] says
//! where each of them stands now, for the user to decide.
//!
//! The file is laid out for merges line by line, as of `git merge`: [`stretches`] and empty lines keep apart what two
//! people do in different places, no line counts anything, and ids that both sides gave are told apart in [`ids`].
//!
//! Invariant: the same content gives the same bytes, and a file that was saved is saved again to the same bytes.

mod annotated;
mod carry;
mod conformity;
pub(super) mod foreign;
mod ids;
mod import;
mod lines;
mod problem;
mod read;
mod record;
mod resolve;
mod stretches;
mod to_model;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use problem::{AnnotationFileError, Misfit, Problem, ProblemKind};
pub use read::AnnotationFile;
pub use resolve::Loaded;
pub use write::{WriteError, save};

pub(super) use import::import;
pub(super) use record::{AnnotationRecord, DecisionLine, Id, RelationRecord, SpanRecord, Time};
pub(super) use to_model::fragments;
pub(super) use write::{
    annotation_record, decision_line, first_chars, last_chars, relation_record, span_records,
};

use crate::model::{ArticleIdentity, Schema};
use crate::text::SourceText;

/// The version that is written.
pub const VERSION: u32 = 1;

/// The longest annotation file that is read, in bytes: some 200,000 annotations.
pub const MAX_BYTES: u64 = 128 << 20;

/// The chars before and after a span that are kept, so that it can be found again in a changed article.
const CONTEXT_CHARS: usize = 32;

/// Returns the document of an annotation file's bytes and its article, with what does not fit.
///
/// # Errors
///
/// When the file as a whole cannot be read; see [`AnnotationFile::parse`].
pub fn load(
    bytes: &[u8],
    source: &SourceText,
    article: ArticleIdentity,
    schema: &Schema,
) -> Result<Loaded, AnnotationFileError> {
    Ok(AnnotationFile::parse(bytes)?.resolve(source, article, schema))
}
