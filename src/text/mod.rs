//! What a position in text is: typed offsets, the immutable article text, decoding, folding, segmentation.
//!
//! Invariant: does no I/O, reads no clock, knows nothing of annotations. Only `source.rs` slices `str`.

mod carry;
mod clitic;
mod decode;
mod direction;
mod fold;
mod hidden;
mod isolate;
mod naming;
mod offset;
mod segment;
mod snap;
mod source;

pub use carry::{Carrier, Fate, Loss, Passage};
pub use clitic::{ARTICLE, ENCLITICS, PROCLITICS, Reading, is_proclitic, proclitic_boundaries, readings};
pub(crate) use decode::MAX_ARTICLE_BYTES;
pub use decode::{DecodeError, Decoded, TextEncoding, decode, decode_as};
pub use direction::{Direction, RunDirections, dominant_direction, paragraph_direction};
pub use fold::{FoldLevel, Folded, fold, fold_into};
pub use hidden::{HiddenCharacter, hidden_character};
pub use isolate::{
    isolate, isolate_beginning, isolate_path, isolate_quotations, names_in_path, strings_and_comments,
};
pub use naming::{SHOWN_CHARS, nearest, shortened, shortened_to};
pub use offset::{ByteOffset, CharOffset, TextRange, Utf16Offset};
pub(crate) use segment::is_alphanumeric;
pub use segment::{Segmentation, Token, TokenKind, next_grapheme, previous_grapheme, snap_to_graphemes};
pub use snap::snap_drag;
pub use source::{RangeError, SourceText, slice};
