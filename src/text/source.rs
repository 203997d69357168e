//! The article's text: immutable, exactly as decoded, with offset conversions by name.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use super::{ByteOffset, CharOffset, TextRange, Utf16Offset};

/// Bytes between two entries of the conversion table: small enough that the scan inside one is a few hundred
/// nanoseconds, large enough that the table is under 2 % of the text.
const STRIDE: usize = 512;

/// Why two offsets are no range of a text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RangeError {
    /// The end comes before the start.
    #[error("the span ends at {end} before it starts at {start}")]
    Reversed {
        /// Where it starts, in the unit that was asked for.
        start: u32,
        /// Where it ends.
        end: u32,
    },
    /// The offset lies beyond the text.
    #[error("offset {offset} lies beyond the text, which ends at {len}")]
    OutOfBounds {
        /// The offset asked for.
        offset: u32,
        /// The length of the text in the same unit.
        len: u32,
    },
    /// The offset lies inside a character.
    #[error("offset {offset} lies inside a character")]
    InsideChar {
        /// The offset asked for.
        offset: u32,
    },
}

/// The decoded text of an article: valid UTF-8, nothing normalised away, at most 4 GiB, never changed.
///
/// Cloning is cheap (the text is shared). Conversions between units cost one binary search and a scan of at most
/// 512 bytes.
#[derive(Clone)]
pub struct SourceText {
    inner: Arc<Inner>,
}

struct Inner {
    text: Box<str>,
    /// What stands before byte `i * STRIDE`, moved forward to a char boundary.
    table: Vec<Checkpoint>,
    chars: u32,
    utf16: u32,
}

#[derive(Clone, Copy)]
struct Checkpoint {
    byte: u32,
    chars: u32,
    utf16: u32,
}

impl SourceText {
    /// Returns the text with its conversion table; one pass over the bytes.
    ///
    /// # Panics
    ///
    /// When the text is longer than 4 GiB: [`decode`](super::decode) refuses such a file before.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        assert!(u32::try_from(text.len()).is_ok(), "a text of more than 4 GiB cannot be annotated");
        let mut table = Vec::with_capacity(text.len() / STRIDE + 1);
        let (mut chars, mut utf16, mut next) = (0_u32, 0_u32, 0_usize);
        for (byte, c) in text.char_indices() {
            if byte >= next {
                table.push(Checkpoint { byte: ByteOffset::from_index(byte).get(), chars, utf16 });
                next = byte + STRIDE;
            }
            chars += 1;
            utf16 += if c.len_utf16() == 2 { 2 } else { 1 };
        }
        Self { inner: Arc::new(Inner { text, table, chars, utf16 }) }
    }

    /// Returns the whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.inner.text
    }

    /// Returns the range of the whole text.
    #[must_use]
    pub fn full_range(&self) -> TextRange {
        TextRange::new(ByteOffset::ZERO, self.end())
    }

    /// Returns the gap after the last character; its value is the length in bytes.
    #[must_use]
    pub fn end(&self) -> ByteOffset {
        ByteOffset::from_index(self.inner.text.len())
    }

    /// Returns the length in chars (Unicode scalar values).
    #[must_use]
    pub fn len_chars(&self) -> CharOffset {
        CharOffset::new(self.inner.chars)
    }

    /// Returns the length in UTF-16 units.
    #[must_use]
    pub fn len_utf16(&self) -> Utf16Offset {
        Utf16Offset::new(self.inner.utf16)
    }

    /// Returns whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inner.text.is_empty()
    }

    /// Returns whether `at` lies in the text and between two characters.
    #[must_use]
    pub fn is_char_boundary(&self, at: ByteOffset) -> bool {
        self.inner.text.is_char_boundary(at.index())
    }

    /// Returns the checked range between two byte gaps of this text.
    ///
    /// # Errors
    ///
    /// When the order is wrong, an end lies beyond the text, or an end lies inside a character.
    pub fn range(&self, start: ByteOffset, end: ByteOffset) -> Result<TextRange, RangeError> {
        if start > end {
            return Err(RangeError::Reversed { start: start.get(), end: end.get() });
        }
        for at in [start, end] {
            if at > self.end() {
                return Err(RangeError::OutOfBounds { offset: at.get(), len: self.end().get() });
            }
            if !self.is_char_boundary(at) {
                return Err(RangeError::InsideChar { offset: at.get() });
            }
        }
        Ok(TextRange::new(start, end))
    }

    /// Returns the checked range between two char gaps of this text.
    ///
    /// # Errors
    ///
    /// When the order is wrong or an end lies beyond the text.
    pub fn range_from_chars(&self, start: CharOffset, end: CharOffset) -> Result<TextRange, RangeError> {
        if start > end {
            return Err(RangeError::Reversed { start: start.get(), end: end.get() });
        }
        Ok(TextRange::new(self.byte_from_char(start)?, self.byte_from_char(end)?))
    }

    /// Returns the text of a range.
    ///
    /// # Panics
    ///
    /// When the range is not one of this text; ranges from outside pass [`SourceText::range`] first.
    #[must_use]
    #[track_caller]
    pub fn slice(&self, range: TextRange) -> &str {
        slice(&self.inner.text, range)
    }

    /// Returns the number of chars before a byte gap.
    ///
    /// # Panics
    ///
    /// When `at` lies beyond the text or inside a character.
    #[must_use]
    #[track_caller]
    pub fn char_from_byte(&self, at: ByteOffset) -> CharOffset {
        let from = self.checkpoint(|c| c.byte <= at.get());
        let between = self.slice(TextRange::new(ByteOffset::new(from.byte), at));
        CharOffset::from_index(from.chars as usize + between.chars().count())
    }

    /// Returns the number of UTF-16 units before a byte gap.
    ///
    /// # Panics
    ///
    /// When `at` lies beyond the text or inside a character.
    #[must_use]
    #[track_caller]
    pub fn utf16_from_byte(&self, at: ByteOffset) -> Utf16Offset {
        let from = self.checkpoint(|c| c.byte <= at.get());
        let between = self.slice(TextRange::new(ByteOffset::new(from.byte), at));
        Utf16Offset::from_index(from.utf16 as usize + between.encode_utf16().count())
    }

    /// Returns the byte gap after `at` chars.
    ///
    /// # Errors
    ///
    /// When the text has fewer chars.
    pub fn byte_from_char(&self, at: CharOffset) -> Result<ByteOffset, RangeError> {
        if at.get() > self.inner.chars {
            return Err(RangeError::OutOfBounds { offset: at.get(), len: self.inner.chars });
        }
        let from = self.checkpoint(|c| c.chars <= at.get());
        let rest = &self.inner.text.as_bytes()[from.byte as usize..];
        let mut left = at.get() - from.chars;
        // A char begins at each byte that is no continuation byte.
        for (i, byte) in rest.iter().enumerate() {
            if byte & 0xC0 != 0x80 {
                if left == 0 {
                    return Ok(ByteOffset::from_index(from.byte as usize + i));
                }
                left -= 1;
            }
        }
        Ok(self.end())
    }

    /// Returns the byte gap after `at` UTF-16 units.
    ///
    /// # Errors
    ///
    /// When the text has fewer units, or the gap lies inside a surrogate pair.
    pub fn byte_from_utf16(&self, at: Utf16Offset) -> Result<ByteOffset, RangeError> {
        if at.get() > self.inner.utf16 {
            return Err(RangeError::OutOfBounds { offset: at.get(), len: self.inner.utf16 });
        }
        let from = self.checkpoint(|c| c.utf16 <= at.get());
        let rest = self.slice(TextRange::new(ByteOffset::new(from.byte), self.end()));
        let mut left = at.get() - from.utf16;
        for (i, c) in rest.char_indices() {
            if left == 0 {
                return Ok(ByteOffset::from_index(from.byte as usize + i));
            }
            if c.len_utf16() == 2 && left == 1 {
                return Err(RangeError::InsideChar { offset: at.get() });
            }
            left -= if c.len_utf16() == 2 { 2 } else { 1 };
        }
        Ok(self.end())
    }

    /// Returns the last table entry for which `before` holds, the text's start where there is none.
    fn checkpoint(&self, before: impl Fn(&Checkpoint) -> bool) -> Checkpoint {
        let n = self.inner.table.partition_point(before);
        match n.checked_sub(1) {
            Some(i) => self.inner.table[i],
            None => Checkpoint { byte: 0, chars: 0, utf16: 0 },
        }
    }
}

impl fmt::Debug for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceText")
            .field("bytes", &self.inner.text.len())
            .field("chars", &self.inner.chars)
            .finish_non_exhaustive()
    }
}

impl PartialEq for SourceText {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.text == other.inner.text
    }
}

impl Eq for SourceText {}

/// Returns the part of `text` that `range` covers: the one place where a `str` is sliced.
///
/// # Panics
///
/// When the range is not one of this text.
#[must_use]
#[track_caller]
#[allow(
    clippy::string_slice,
    reason = "the one place where text is sliced; every range here was checked against its text"
)]
pub fn slice(text: &str, range: TextRange) -> &str {
    &text[range.indices()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_of_the_three_units_agree_on_arabic_and_emoji() {
        let text = SourceText::new("حفتر 👩‍👩‍👧 x");
        let end = text.end();
        assert_eq!(text.char_from_byte(end), text.len_chars());
        assert_eq!(text.utf16_from_byte(end), text.len_utf16());
        let after_name = ByteOffset::new(8);
        assert_eq!(text.char_from_byte(after_name), CharOffset::new(4));
        assert_eq!(text.utf16_from_byte(after_name), Utf16Offset::new(4));
        // The first emoji is one char, two UTF-16 units, four bytes.
        let after_emoji = ByteOffset::new(13);
        assert_eq!(text.char_from_byte(after_emoji), CharOffset::new(6));
        assert_eq!(text.utf16_from_byte(after_emoji), Utf16Offset::new(7));
        assert_eq!(text.byte_from_utf16(Utf16Offset::new(6)), Err(RangeError::InsideChar { offset: 6 }));
    }

    #[test]
    fn a_span_inside_a_number_has_exact_offsets() {
        let text = SourceText::new("في 2002 م");
        let range = text.range_from_chars(CharOffset::new(4), CharOffset::new(6)).expect("inside the text");
        assert_eq!(text.slice(range), "00");
    }

    #[test]
    fn a_range_inside_a_character_is_refused() {
        let text = SourceText::new("حفتر");
        assert_eq!(
            text.range(ByteOffset::new(1), ByteOffset::new(2)),
            Err(RangeError::InsideChar { offset: 1 })
        );
        assert!(text.range(ByteOffset::new(0), ByteOffset::new(99)).is_err());
    }

    #[test]
    fn text_is_kept_to_the_byte() {
        let raw = "سـطر\r\nبـ\u{a0}\u{200c}ًم\u{301}";
        assert_eq!(SourceText::new(raw).as_str(), raw);
    }

    proptest! {
        #[test]
        fn every_char_boundary_survives_the_round_trip(text in "(\\PC|\r\n|[ء-ي]|👩‍👩‍👧){0,400}") {
            let source = SourceText::new(text.clone());
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let at = ByteOffset::from_index(byte);
                prop_assert_eq!(source.byte_from_char(source.char_from_byte(at)), Ok(at));
                prop_assert_eq!(source.byte_from_utf16(source.utf16_from_byte(at)), Ok(at));
            }
        }
    }
}
