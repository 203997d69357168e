//! Offsets that cannot be mixed up.
//!
//! An offset is a *gap* between two units, not a unit: in `حفتر` the byte gaps at char boundaries are
//!
//! ```text
//!   gap:   0   2   4   6   8
//!          | ح | ف | ت | ر |
//! ```
//!
//! so a range `2..6` covers `فت`, `2..2` covers nothing and lies between `ح` and `ف`, and two ranges that meet
//! (`0..4`, `4..8`) share no text. There is no conversion between the three kinds without a [`SourceText`]:
//! a mix-up does not compile.
//!
//! [`SourceText`]: super::SourceText

use std::fmt;

macro_rules! offset {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(u32);

        impl $name {
            /// The beginning of the text.
            pub const ZERO: Self = Self(0);

            #[doc = concat!("Returns the offset after `n` ", $unit, ".")]
            #[must_use]
            pub const fn new(n: u32) -> Self {
                Self(n)
            }

            #[doc = concat!("Returns the number of ", $unit, " before this gap.")]
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }

            #[doc = concat!("Returns the number of ", $unit, " before this gap as an index.")]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            #[doc = concat!("Returns the offset after `n` ", $unit, ", from an index into a text of at most 4 GiB.")]
            ///
            /// # Panics
            ///
            /// When `n` does not fit; a [`SourceText`](super::SourceText) is never that long.
            #[must_use]
            #[track_caller]
            pub fn from_index(n: usize) -> Self {
                match u32::try_from(n) {
                    Ok(n) => Self(n),
                    Err(_) => panic!("offset {n} lies beyond the 4 GiB that a text may have"),
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

offset!(
    /// A gap in the text, counted in UTF-8 bytes. The unit of everything inside the program.
    ByteOffset,
    "bytes"
);
offset!(
    /// A gap in the text, counted in Unicode scalar values. The unit of our files and of the command line.
    CharOffset,
    "chars"
);
offset!(
    /// A gap in the text, counted in UTF-16 code units. The unit of UIMA, WebAnno TSV and browsers.
    Utf16Offset,
    "UTF-16 units"
);

/// A half-open range of bytes, `start <= end`.
///
/// ```text
///   TextRange 2..6     gap 0   2   4   6   8
///                          | ح [ ف | ت ) ر |
/// ```
///
/// An empty range is a place between two characters. Ranges are ordered by start, then by end.
/// That both ends lie on char boundaries of a particular text is checked where a range meets that text,
/// by [`SourceText::range`](super::SourceText::range).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TextRange {
    start: ByteOffset,
    end: ByteOffset,
}

impl TextRange {
    /// Returns the range from `start` up to, not including, `end`.
    ///
    /// # Panics
    ///
    /// When `start > end`; reported at the caller's line.
    #[must_use]
    #[track_caller]
    pub const fn new(start: ByteOffset, end: ByteOffset) -> Self {
        assert!(start.0 <= end.0, "a range must not end before it starts");
        Self { start, end }
    }

    /// Returns the range between two byte indices.
    ///
    /// # Panics
    ///
    /// When `start > end`, or beyond 4 GiB.
    #[must_use]
    #[track_caller]
    pub fn from_indices(start: usize, end: usize) -> Self {
        Self::new(ByteOffset::from_index(start), ByteOffset::from_index(end))
    }

    /// Returns the range between two gaps, in whatever order they come.
    #[must_use]
    pub fn between(a: ByteOffset, b: ByteOffset) -> Self {
        Self::new(a.min(b), a.max(b))
    }

    /// Returns the empty range at `at`.
    #[must_use]
    pub const fn empty(at: ByteOffset) -> Self {
        Self { start: at, end: at }
    }

    /// Returns where the range begins.
    #[must_use]
    pub const fn start(self) -> ByteOffset {
        self.start
    }

    /// Returns where the range ends, not included.
    #[must_use]
    pub const fn end(self) -> ByteOffset {
        self.end
    }

    /// Returns the length in bytes.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end.0 - self.start.0
    }

    /// Returns whether the range covers nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start.0 == self.end.0
    }

    /// Returns whether the character after the gap `at` lies in the range.
    #[must_use]
    pub fn contains(self, at: ByteOffset) -> bool {
        self.start <= at && at < self.end
    }

    /// Returns whether the gap `at` lies in the range or at one of its ends.
    #[must_use]
    pub fn touches(self, at: ByteOffset) -> bool {
        self.start <= at && at <= self.end
    }

    /// Returns whether all of `other` lies in the range.
    #[must_use]
    pub fn contains_range(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns whether the two share at least one character.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }

    /// Returns whether the two overlap and neither contains the other.
    #[must_use]
    pub fn crosses(self, other: Self) -> bool {
        self.overlaps(other) && !self.contains_range(other) && !other.contains_range(self)
    }

    /// Returns what both share, `None` where they share no character.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some(Self { start, end })
    }

    /// Returns the smallest range that contains both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Returns the range as indices, for code that works on a plain `str`.
    #[must_use]
    pub const fn indices(self) -> std::ops::Range<usize> {
        self.start.index()..self.end.index()
    }

    /// Returns the range moved by `by` bytes towards the end of the text.
    ///
    /// # Panics
    ///
    /// When the result lies beyond 4 GiB.
    #[must_use]
    #[track_caller]
    pub fn shifted_by(self, by: ByteOffset) -> Self {
        Self::from_indices(self.start.index() + by.index(), self.end.index() + by.index())
    }
}

impl fmt::Debug for TextRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

impl fmt::Display for TextRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u32, end: u32) -> TextRange {
        TextRange::new(ByteOffset::new(start), ByteOffset::new(end))
    }

    #[test]
    fn ranges_that_meet_do_not_overlap() {
        assert!(!range(0, 4).overlaps(range(4, 8)));
        assert!(range(0, 5).overlaps(range(4, 8)));
        assert_eq!(range(0, 4).intersection(range(4, 8)), None);
        assert_eq!(range(0, 5).intersection(range(4, 8)), Some(range(4, 5)));
    }

    #[test]
    fn crossing_is_neither_nested_nor_apart() {
        assert!(range(0, 5).crosses(range(3, 8)));
        assert!(!range(0, 8).crosses(range(3, 8)));
        assert!(!range(0, 3).crosses(range(3, 8)));
    }

    #[test]
    fn an_empty_range_contains_nothing_but_touches_its_place() {
        let place = TextRange::empty(ByteOffset::new(3));
        assert!(!place.contains(ByteOffset::new(3)));
        assert!(place.touches(ByteOffset::new(3)));
        assert!(!place.overlaps(range(0, 8)));
        assert!(range(0, 8).contains_range(place));
    }

    #[test]
    #[should_panic(expected = "must not end before it starts")]
    fn a_range_that_ends_before_it_starts_is_refused() {
        let _ = range(4, 2);
    }
}
