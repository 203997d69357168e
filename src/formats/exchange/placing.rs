//! Spans that were read, laid over the text that they are about.

use super::{OffsetUnit, Offsets};
use crate::model::Fragments;
use crate::text::{SourceText, TextRange, shortened};

/// Finds the places of spans in a text, and that what they quote stands there.
#[derive(Debug)]
pub struct Placing<'a> {
    source: &'a SourceText,
    unit: OffsetUnit,
    offsets: Offsets<'a>,
}

impl<'a> Placing<'a> {
    /// Returns the places of a text whose offsets are in this unit.
    #[must_use]
    pub fn new(source: &'a SourceText, unit: OffsetUnit) -> Self {
        Self { source, unit, offsets: Offsets::new(source, unit) }
    }

    /// Returns the range between two offsets; where a text is quoted, it has to stand there.
    ///
    /// # Errors
    ///
    /// Why there is none, in one line that names the offsets, both texts, and another unit in which they would fit.
    pub fn range(&self, start: u32, end: u32, quote: Option<&str>) -> Result<TextRange, String> {
        self.range_as(start, end, quote, |text, quote| text == quote)
    }

    /// Returns the range between two offsets, for formats that do not quote exactly: `same` compares what stands there
    /// with what is quoted.
    ///
    /// # Errors
    ///
    /// As [`Placing::range`].
    pub fn range_as(
        &self,
        start: u32,
        end: u32,
        quote: Option<&str>,
        same: fn(&str, &str) -> bool,
    ) -> Result<TextRange, String> {
        let range = self.offsets.range(start, end);
        let found = range.as_ref().ok().map(|range| self.source.slice(*range));
        let fits = |text: &str| quote.is_none_or(|quote| same(text, quote));
        match range {
            Ok(range) if found.is_some_and(fits) => Ok(range),
            Ok(_) => {
                let (found, quote) = (shortened(found.unwrap_or_default()), quote.unwrap_or_default());
                let quote = shortened(quote);
                let hint = self.other_unit(start, end, fits);
                Err(format!("at {start}..{end} the text has «{found}», the file quotes «{quote}»{hint}"))
            }
            Err(error) => {
                let hint = quote.map(|_| self.other_unit(start, end, fits)).unwrap_or_default();
                Err(format!("{start}..{end} is no span of the text: {error}{hint}"))
            }
        }
    }

    /// Returns the span of these pieces; where a text is quoted, it has to stand from the first start to the last end.
    ///
    /// # Errors
    ///
    /// Why there is none, in one line.
    pub fn fragments(&self, pairs: &[(u32, u32)], quote: Option<&str>) -> Result<Fragments, String> {
        let ranges = pairs.iter().map(|(start, end)| self.range(*start, *end, None));
        let ranges = ranges.collect::<Result<Vec<_>, _>>();
        let start = pairs.iter().map(|pair| pair.0).min().unwrap_or(0);
        let end = pairs.iter().map(|pair| pair.1).max().unwrap_or(0);
        // Of a span that is not there at all the quote may tell in which unit it would be.
        self.range(start, end, quote)?;
        Fragments::new(ranges?).map_err(|error| error.to_string())
    }

    /// Returns in which other unit a span would fit, as the end of a sentence; nothing where there is none.
    fn other_unit(&self, start: u32, end: u32, fits: impl Fn(&str) -> bool) -> &'static str {
        let others = [
            (OffsetUnit::CodePoint, "; it fits when code points are counted"),
            (OffsetUnit::Utf16, "; it fits when UTF-16 units are counted"),
        ];
        let fitting = others.iter().find(|(unit, _)| {
            let range = Offsets::new(self.source, *unit).range(start, end);
            *unit != self.unit && range.is_ok_and(|range| fits(self.source.slice(range)))
        });
        fitting.map_or("", |(_, hint)| hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_does_not_stand_there_is_told_with_the_unit_in_which_it_would() {
        let source = SourceText::new("👩 سليم عون");
        let placing = Placing::new(&source, OffsetUnit::CodePoint);
        let range = placing.range(2, 6, Some("سليم")).expect("stands there");
        assert_eq!(source.slice(range), "سليم");
        assert_eq!(
            placing.range(3, 7, Some("سليم")).expect_err("one further"),
            "at 3..7 the text has «ليم », the file quotes «سليم»; it fits when UTF-16 units are counted"
        );
        assert_eq!(
            placing.range(8, 11, Some("عون")).expect_err("one further"),
            "8..11 is no span of the text: offset 11 lies beyond the text, which ends at 10; it fits when UTF-16 \
             units are counted"
        );
        assert!(placing.range(4, 3, None).is_err() && placing.fragments(&[], None).is_err());
    }
}
