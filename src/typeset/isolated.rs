//! Text of which some parts are set as if they stood in isolates, though it holds none.

use super::engine::{ParagraphLayout, TextStyle, Typesetter};
use crate::text::{ByteOffset, Direction, TextRange, slice};

const OPEN: char = '\u{2068}';
const CLOSE: char = '\u{2069}';
/// The length of either in bytes.
const LEN: usize = 3;

impl Typesetter {
    /// Sets one paragraph as [`Typesetter::layout_paragraph`] does, with each of `isolates` set apart from what stands
    /// beside it (UAX #9, first strong isolate). Offsets are those of `text`, which is not changed.
    ///
    /// `isolates` are in order, do not overlap, and lie at char boundaries of `text`.
    pub fn layout_isolated(
        &mut self,
        text: &str,
        style: TextStyle,
        width_pt: Option<f32>,
        direction: Option<Direction>,
        isolates: &[TextRange],
    ) -> ParagraphLayout {
        if isolates.is_empty() {
            return self.layout_paragraph(text, style, width_pt, direction);
        }
        let mut shown = String::with_capacity(text.len() + isolates.len() * 2 * LEN);
        // Where the signs that were put in end, in `shown`.
        let mut ends = Vec::with_capacity(isolates.len() * 2);
        let mut at = ByteOffset::ZERO;
        for isolate in isolates {
            for (gap, sign) in [(isolate.start(), OPEN), (isolate.end(), CLOSE)] {
                shown.push_str(slice(text, TextRange::new(at, gap)));
                shown.push(sign);
                ends.push(shown.len());
                at = gap;
            }
        }
        shown.push_str(slice(text, TextRange::new(at, ByteOffset::from_index(text.len()))));
        let mut layout = self.layout_paragraph(&shown, style, width_pt, direction);
        layout.geometry.map_offsets(|offset| {
            let before = ends.partition_point(|end| *end <= offset.index());
            // An offset before or in a sign is that of the gap where the sign was put.
            ByteOffset::from_index(offset.index() - before * LEN)
        });
        layout
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::Affinity;

    const CODE: &str = r#"words: ["قال", "نعم"], n: 1"#;

    fn strings() -> Vec<TextRange> {
        let part = |part: &str| {
            let start = CODE.find(part).expect("in the text");
            TextRange::from_indices(start, start + part.len())
        };
        vec![part("قال"), part("نعم")]
    }

    /// What the only line shows from left to right.
    fn seen(layout: &ParagraphLayout) -> String {
        layout.geometry.edges(0).iter().flat_map(|edge| slice(CODE, edge.range).chars()).collect()
    }

    #[test]
    fn strings_on_one_line_keep_their_order() {
        let mut typesetter = Typesetter::new();
        let style = TextStyle::body(16.0);
        let joined = typesetter.layout_paragraph(CODE, style, None, Some(Direction::Ltr));
        assert_eq!(seen(&joined), r#"words: ["معن" ,"لاق"], n: 1"#, "without isolates they change places");
        let apart = typesetter.layout_isolated(CODE, style, None, Some(Direction::Ltr), &strings());
        assert_eq!(seen(&apart), r#"words: ["لاق", "معن"], n: 1"#);
        assert!((apart.width - joined.width).abs() < 0.5, "the isolates take no room");
    }

    #[test]
    fn offsets_are_those_of_the_text() {
        let mut typesetter = Typesetter::new();
        let style = TextStyle::body(16.0);
        for width in [None, Some(70.0)] {
            let layout = typesetter.layout_isolated(CODE, style, width, Some(Direction::Ltr), &strings());
            let geometry = &layout.geometry;
            let mut covered: Vec<TextRange> = Vec::new();
            for line in 0..geometry.lines().len() {
                let middle = f32::midpoint(geometry.lines()[line].top, geometry.lines()[line].bottom);
                for edge in geometry.edges(line) {
                    covered.push(edge.range);
                    let x = f32::midpoint(edge.x0, edge.x1);
                    assert_eq!(geometry.cluster_at(x, middle), Some(edge.range));
                }
                assert_eq!(geometry.caret(geometry.lines()[line].range.start(), Affinity::After).line, line);
            }
            covered.sort();
            let mut at = ByteOffset::ZERO;
            for range in covered {
                assert_eq!(range.start(), at);
                at = range.end();
            }
            assert_eq!(at.index(), CODE.len());
        }
    }
}
