//! Where spans may begin and end: trimming, moving an edge by token or by grapheme.

use crate::model::Fragments;
use crate::text::{
    ByteOffset, Segmentation, SourceText, TextRange, next_grapheme, previous_grapheme, proclitic_boundaries,
};

/// One end of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

/// Whether an edge makes its mark longer or shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// Longer.
    Outward,
    /// Shorter.
    Inward,
}

/// A text with its segmentation, for the questions of this module.
#[derive(Debug, Clone, Copy)]
pub struct Spans<'a> {
    /// The text.
    pub source: &'a SourceText,
    /// Its segmentation.
    pub segmentation: &'a Segmentation,
}

impl Spans<'_> {
    /// Returns the range without the white space at its edges; `None` where nothing else is in it.
    #[must_use]
    pub fn trim(&self, range: TextRange) -> Option<TextRange> {
        let text = self.source.slice(range);
        let start = text.len() - text.trim_start().len();
        let end = text.trim_end().len();
        (start < end)
            .then(|| TextRange::from_indices(range.start().index() + start, range.start().index() + end))
    }

    /// Returns the span with one edge moved by a token (places behind a proclitic count) or by a grapheme; `None`
    /// where the edge can go no further, which includes the next piece of a discontinuous span.
    #[must_use]
    pub fn move_edge(&self, span: &Fragments, edge: Edge, toward: Toward, fine: bool) -> Option<Fragments> {
        let mut pieces = span.ranges().to_vec();
        let piece = match edge {
            Edge::Start => pieces.first_mut()?,
            Edge::End => pieces.last_mut()?,
        };
        *piece = match edge {
            Edge::Start => TextRange::new(self.move_start(*piece, toward, fine)?, piece.end()),
            Edge::End => TextRange::new(piece.start(), self.move_end(*piece, toward, fine)?),
        };
        Fragments::new(pieces).ok()
    }

    fn move_start(&self, piece: TextRange, toward: Toward, fine: bool) -> Option<ByteOffset> {
        let at = piece.start();
        let moved = match (toward, fine) {
            (Toward::Outward, true) => previous_grapheme(self.source, at),
            (Toward::Inward, true) => next_grapheme(self.source, at),
            (Toward::Outward, false) => self.start_before(at)?,
            (Toward::Inward, false) => self.start_after(at)?,
        };
        (moved != at && moved < piece.end()).then_some(moved)
    }

    fn move_end(&self, piece: TextRange, toward: Toward, fine: bool) -> Option<ByteOffset> {
        let at = piece.end();
        let tokens = self.segmentation.tokens();
        let moved = match (toward, fine) {
            (Toward::Outward, true) => next_grapheme(self.source, at),
            (Toward::Inward, true) => previous_grapheme(self.source, at),
            (Toward::Outward, false) => {
                tokens.get(tokens.partition_point(|t| t.range.end() <= at))?.range.end()
            }
            (Toward::Inward, false) => {
                let ended = tokens.partition_point(|t| t.range.end() < at);
                tokens[ended.checked_sub(1)?].range.end()
            }
        };
        (moved != at && moved > piece.start()).then_some(moved)
    }

    /// Returns the last token start before `at`: outward a word is taken whole, with its proclitics.
    fn start_before(&self, at: ByteOffset) -> Option<ByteOffset> {
        let tokens = self.segmentation.tokens();
        let i = tokens.partition_point(|t| t.range.start() < at).checked_sub(1)?;
        Some(tokens[i].range.start())
    }

    /// Returns the first place after `at` where a span may start.
    fn start_after(&self, at: ByteOffset) -> Option<ByteOffset> {
        let tokens = self.segmentation.tokens();
        let next = tokens.partition_point(|t| t.range.start() <= at);
        let under_way = next.checked_sub(1).map(|i| tokens[i].range);
        let inside = under_way.map(|token| proclitic_boundaries(self.source, token)).unwrap_or_default();
        let behind = inside.into_iter().find(|place| *place > at);
        behind.or_else(|| tokens.get(next).map(|t| t.range.start()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with `|` where the edges of the span are, and its segmentation.
    fn marked(text: &str) -> (SourceText, Segmentation, Vec<ByteOffset>) {
        let mut plain = String::new();
        let mut places = Vec::new();
        for part in text.split('|') {
            plain.push_str(part);
            places.push(ByteOffset::from_index(plain.len()));
        }
        places.pop();
        let source = SourceText::new(plain);
        let segmentation = Segmentation::new(&source);
        (source, segmentation, places)
    }

    fn moved(text: &str, edge: Edge, toward: Toward, fine: bool) -> Option<String> {
        let (source, segmentation, places) = marked(text);
        let spans = Spans { source: &source, segmentation: &segmentation };
        let span = Fragments::single(TextRange::new(places[0], places[1])).expect("not empty");
        let span = spans.move_edge(&span, edge, toward, fine)?;
        Some(source.slice(span.first()).to_owned())
    }

    #[test]
    fn an_edge_moves_by_token_and_stops_behind_proclitics() {
        let text = "التقى |وسامر| الحداد أمس";
        assert_eq!(moved(text, Edge::Start, Toward::Inward, false).as_deref(), Some("سامر"));
        assert_eq!(moved(text, Edge::Start, Toward::Outward, false).as_deref(), Some("التقى وسامر"));
        assert_eq!(moved(text, Edge::End, Toward::Outward, false).as_deref(), Some("وسامر الحداد"));
        assert_eq!(moved(text, Edge::End, Toward::Outward, true).as_deref(), Some("وسامر "));
    }

    #[test]
    fn an_edge_never_passes_the_other() {
        assert_eq!(moved("قال |سامر| أمس", Edge::End, Toward::Inward, false), None);
        assert_eq!(moved("قال |م| أمس", Edge::Start, Toward::Inward, true), None);
        assert_eq!(moved("|قال| سامر", Edge::Start, Toward::Outward, false), None);
    }

    #[test]
    fn a_span_of_blanks_is_nothing() {
        let (source, segmentation, places) = marked("قال |  |سامر");
        let spans = Spans { source: &source, segmentation: &segmentation };
        assert_eq!(spans.trim(TextRange::new(places[0], places[1])), None);
    }
}
