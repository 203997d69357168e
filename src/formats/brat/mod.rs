//! brat's standoff format: the text as a file, what was annotated as lines beside it (`a.txt`, `a.ann`).
//!
//! ```text
//! T1    PERS 4 12    سليم عون
//! T2    CLAIM 16 22;31 36    المرفأ سيفتح
//! E1    CLAIM:T2 SOURCE:T1
//! A1    SOURCE_is E1 AUTHOR
//! R1    same_as Arg1:E1 Arg2:E2
//! #1    AnnotatorNotes T1    sure?
//! ```
//!
//! Offsets are code points. A claim is an event whose trigger is its content. brat and the readers around it open the
//! text in a way that makes one character of `\r\n` and compare what a line quotes with the text; so a `\r\n` goes out
//! as a space and a line feed, a lone `\r` as a line feed, and a span over a line end as one piece for each line, which
//! is what brat itself does. Pieces with nothing between them but a line end are read as one.

mod config;
mod read;
mod write;

use super::exchange::as_word;
pub(super) use read::READER;
pub(super) use write::writer;

/// The file beside the annotations that says which there are.
const CONFIGURATION: &str = "annotation.conf";

/// The file that says how they are shown.
const LOOK: &str = "visual.conf";

/// The type of a note.
const NOTE: &str = "AnnotatorNotes";

/// The type of a link to an entry of a database, and the attribute that keeps it: `DATABASE:ENTRY<TAB>NAME`.
const REFERENCE: &str = "Reference";

/// What follows the role's name in the attribute that says that no span fills it.
const IMPLICIT: &str = "_is";

/// The value of that attribute where the author fills the role.
const AUTHOR: &str = "AUTHOR";

/// Its value where somebody unnamed does.
const UNNAMED: &str = "UNNAMED";

/// Returns a name as one word of a line.
fn word(name: &str) -> String {
    as_word(name, ":;|,")
}

/// Returns whether a piece of text is nothing but line ends, each perhaps after one space.
fn is_line_end(gap: &str) -> bool {
    let mut after_space = false;
    for c in gap.chars() {
        match c {
            ' ' if !after_space => after_space = true,
            '\n' | '\r' => after_space = false,
            _ => return false,
        }
    }
    !after_space && !gap.is_empty()
}

#[cfg(test)]
mod tests;
