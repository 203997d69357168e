//! The text cursor and what it has selected.

use crate::text::{ByteOffset, TextRange};

/// An anchor and a head, both byte gaps of the article at grapheme boundaries.
///
/// ```text
///   dragged forward    |anchor  ...  head‸|     dragged back   |‸head  ...  anchor|
///   a bare cursor      anchor = head = ‸
/// ```
///
/// The head is where the cursor blinks and what Shift with an arrow moves; the anchor stays. Both are places in
/// logical order: which of them is further left on the screen is the typesetter's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// Where the selection began.
    pub anchor: ByteOffset,
    /// Where the cursor is.
    pub head: ByteOffset,
}

impl Selection {
    /// Returns a bare cursor.
    #[must_use]
    pub const fn cursor(at: ByteOffset) -> Self {
        Self { anchor: at, head: at }
    }

    /// Returns the selection of a range with the cursor at its end.
    #[must_use]
    pub const fn of(range: TextRange) -> Self {
        Self { anchor: range.start(), head: range.end() }
    }

    /// Returns the selected range, empty for a bare cursor.
    #[must_use]
    pub fn range(self) -> TextRange {
        TextRange::between(self.anchor, self.head)
    }

    /// Returns whether nothing is selected.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }

    /// Returns the selection after the cursor went to `head`, with the anchor kept where `extend` is set.
    #[must_use]
    pub const fn moved(self, head: ByteOffset, extend: bool) -> Self {
        Self { anchor: if extend { self.anchor } else { head }, head }
    }
}
