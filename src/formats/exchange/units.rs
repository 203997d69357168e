//! Offsets in the unit of a format.

use crate::text::{ByteOffset, CharOffset, RangeError, SourceText, TextRange, Utf16Offset, next_grapheme};

/// What offsets count, for the formats that leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OffsetUnit {
    /// Unicode code points, as Python counts.
    #[default]
    CodePoint,
    /// UTF-16 units, as JavaScript and Java count.
    Utf16,
    /// Grapheme clusters (UAX #29).
    Grapheme,
}

/// The offsets of a text in one unit.
#[derive(Debug)]
pub struct Offsets<'a> {
    source: &'a SourceText,
    unit: OffsetUnit,
    /// The gaps between graphemes, the text's start and end too; empty for other units.
    graphemes: Vec<ByteOffset>,
}

impl<'a> Offsets<'a> {
    /// Returns the offsets of a text. For graphemes, one pass over it.
    #[must_use]
    pub fn new(source: &'a SourceText, unit: OffsetUnit) -> Self {
        let mut graphemes = Vec::new();
        if unit == OffsetUnit::Grapheme {
            graphemes.push(ByteOffset::ZERO);
            let mut at = ByteOffset::ZERO;
            while at < source.end() {
                at = next_grapheme(source, at);
                graphemes.push(at);
            }
        }
        Self { source, unit, graphemes }
    }

    /// Returns how many units stand before the gap. Inside a grapheme: before the grapheme.
    #[must_use]
    pub fn from_byte(&self, at: ByteOffset) -> u32 {
        match self.unit {
            OffsetUnit::CodePoint => self.source.char_from_byte(at).get(),
            OffsetUnit::Utf16 => self.source.utf16_from_byte(at).get(),
            OffsetUnit::Grapheme => {
                let before = self.graphemes.partition_point(|gap| *gap <= at);
                CharOffset::from_index(before.saturating_sub(1)).get()
            }
        }
    }

    /// Returns whether the gap can be said in this unit: no grapheme is cut.
    #[must_use]
    pub fn has(&self, at: ByteOffset) -> bool {
        self.unit != OffsetUnit::Grapheme || self.graphemes.binary_search(&at).is_ok()
    }

    /// Returns start and end of a range in this unit.
    #[must_use]
    pub fn pair(&self, range: TextRange) -> (u32, u32) {
        (self.from_byte(range.start()), self.from_byte(range.end()))
    }

    /// Returns the range between two offsets in this unit.
    ///
    /// # Errors
    ///
    /// When they lie beyond the text, inside a character, or the wrong way round.
    pub fn range(&self, start: u32, end: u32) -> Result<TextRange, RangeError> {
        if end < start {
            return Err(RangeError::Reversed { start, end });
        }
        self.source.range(self.byte(start)?, self.byte(end)?)
    }

    fn byte(&self, at: u32) -> Result<ByteOffset, RangeError> {
        match self.unit {
            OffsetUnit::CodePoint => self.source.byte_from_char(CharOffset::new(at)),
            OffsetUnit::Utf16 => self.source.byte_from_utf16(Utf16Offset::new(at)),
            OffsetUnit::Grapheme => self.graphemes.get(at as usize).copied().ok_or_else(|| {
                let len = CharOffset::from_index(self.graphemes.len().saturating_sub(1)).get();
                RangeError::OutOfBounds { offset: at, len }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_counts_its_own_and_leads_back() {
        let source = SourceText::new("👩‍👩‍👧 فيروسٌ");
        let word = source.range(ByteOffset::from_index(19), source.end()).expect("a range");
        assert_eq!(source.slice(word), "فيروسٌ");
        for (unit, pair) in
            [(OffsetUnit::CodePoint, (6, 12)), (OffsetUnit::Utf16, (9, 15)), (OffsetUnit::Grapheme, (2, 7))]
        {
            let offsets = Offsets::new(&source, unit);
            assert_eq!(offsets.pair(word), pair, "{unit:?}");
            assert_eq!(offsets.range(pair.0, pair.1), Ok(word), "{unit:?}");
            assert!(offsets.range(pair.0, pair.1 + 1).is_err() && offsets.range(3, 2).is_err());
        }
    }

    #[test]
    fn a_gap_inside_a_grapheme_is_told() {
        let source = SourceText::new("سٌ");
        assert!(!Offsets::new(&source, OffsetUnit::Grapheme).has(ByteOffset::from_index(2)));
        assert!(Offsets::new(&source, OffsetUnit::CodePoint).has(ByteOffset::from_index(2)));
    }
}
