//! The tokens of a text as spaCy keeps them: nothing of the text stands between two but a space.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::text::{ByteOffset, Segmentation, SourceText, TextRange};

/// A token; offsets are chars.
#[derive(Debug, Serialize)]
pub(super) struct TokenLine<'a> {
    pub(super) text: &'a str,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) id: usize,
    /// Whether a space stands behind it that is part of no token.
    pub(super) ws: bool,
}

/// The tokens of a text, none of which crosses an edge of these spans.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    pub(super) lines: Vec<TokenLine<'a>>,
    /// Where each stands.
    ranges: Vec<TextRange>,
}

impl<'a> Tokens<'a> {
    /// Returns the tokens of a text: our own, parted at the edges of spans, and what stands between them.
    pub(super) fn new(source: &'a SourceText, spans: &[TextRange]) -> Self {
        let starts: BTreeSet<ByteOffset> = spans.iter().map(|span| span.start()).collect();
        let ends: BTreeSet<ByteOffset> = spans.iter().map(|span| span.end()).collect();
        let segmentation = Segmentation::new(source);
        let own = segmentation.tokens().iter().flat_map(|token| [token.range.start(), token.range.end()]);
        let mut cuts: Vec<ByteOffset> = own.chain([ByteOffset::ZERO, source.end()]).collect();
        cuts.extend(starts.iter().chain(&ends));
        cuts.sort_unstable();
        cuts.dedup();
        let mut tokens =
            Tokens { lines: Vec::with_capacity(cuts.len()), ranges: Vec::with_capacity(cuts.len()) };
        let mut chars = 0;
        for pair in cuts.windows(2) {
            let mut piece = TextRange::new(pair[0], pair[1]);
            let behind_space = ByteOffset::from_index(piece.start().index() + 1);
            // A space that a span begins or ends with is a token: no token ends behind its own space.
            let belongs_to_last = source.slice(piece).starts_with(' ')
                && !tokens.lines.is_empty()
                && !starts.contains(&piece.start())
                && !ends.contains(&behind_space);
            if belongs_to_last {
                if let Some(last) = tokens.lines.last_mut() {
                    last.ws = true;
                }
                chars += 1;
                piece = TextRange::new(behind_space, piece.end());
            }
            if !piece.is_empty() {
                chars = tokens.push(source.slice(piece), piece, chars);
            }
        }
        tokens
    }

    /// Adds a token that begins after so many chars; returns after how many it ends.
    fn push(&mut self, text: &'a str, range: TextRange, start: u32) -> u32 {
        let end = text.chars().fold(start, |at, _| at + 1);
        self.lines.push(TokenLine { text, start, end, id: self.lines.len(), ws: false });
        self.ranges.push(range);
        end
    }

    /// Returns the first and the last token of a span whose edges are edges of tokens.
    pub(super) fn of(&self, span: TextRange) -> (usize, usize) {
        let first = self.ranges.partition_point(|token| token.start() < span.start());
        let behind = self.ranges.partition_point(|token| token.end() <= span.end());
        (first, behind.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the tokens with a mark where a space belongs to one.
    fn shown(text: &str, spans: &[(usize, usize)]) -> Vec<String> {
        let source = SourceText::new(text);
        let spans: Vec<TextRange> = spans.iter().map(|(a, b)| TextRange::from_indices(*a, *b)).collect();
        let tokens = Tokens::new(&source, &spans);
        let whole: String =
            tokens.lines.iter().flat_map(|token| [token.text, if token.ws { " " } else { "" }]).collect();
        assert_eq!(whole, text);
        for span in &spans {
            let (first, last) = tokens.of(*span);
            assert_eq!((tokens.ranges[first].start(), tokens.ranges[last].end()), (span.start(), span.end()));
        }
        tokens
            .lines
            .iter()
            .map(|token| format!("{}{}", token.text, if token.ws { "_" } else { "" }))
            .collect()
    }

    #[test]
    fn tokens_are_parted_at_the_edges_of_spans() {
        assert_eq!(shown("in 2002.", &[(4, 6)]), ["in_", "2", "00", "2", "."]);
        assert_eq!(shown("وطرابلس", &[(2, 14)]), ["و", "طرابلس"]);
    }

    #[test]
    fn white_space_is_a_token_but_for_one_space() {
        assert_eq!(shown(" a  b\r\n c ", &[]), [" ", "a_", " ", "b", "\r\n ", "c_"]);
    }

    #[test]
    fn a_space_at_the_edge_of_a_span_is_a_token() {
        assert_eq!(shown("a b c", &[(1, 3)]), ["a", " ", "b_", "c"]);
        assert_eq!(shown("a b c", &[(2, 4)]), ["a_", "b", " ", "c"]);
        assert_eq!(shown("a b", &[(1, 2)]), ["a", " ", "b"]);
    }
}
