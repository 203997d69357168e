//! Text of any kind on few lines, cut where the room ends.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::engine::{ParagraphLayout, TextStyle, Typesetter};
use crate::text::{ByteOffset, Direction, RunDirections, TextRange, paragraph_direction, slice};

/// What is put where a label had to be cut.
const ELLIPSIS: &str = "…";

/// The longest text of a label that is looked at; no label shows more.
const MAX_LABEL_LEN: usize = 4_000;

impl Typesetter {
    /// Sets text of any kind as a label of at most `max_lines` lines. Where it is cut an ellipsis stands where the next
    /// letter would have stood: at the left of a right-to-left run, at the right of a left-to-right one, whatever the
    /// base direction; a number is not cut. Line ends and tabs are shown as spaces; offsets stay those of `text`.
    pub fn layout_label(
        &mut self,
        text: &str,
        style: TextStyle,
        width_pt: Option<f32>,
        direction: Option<Direction>,
        max_lines: usize,
    ) -> ParagraphLayout {
        let direction = direction.or_else(|| paragraph_direction(text)).unwrap_or(Direction::Ltr);
        let text = &*on_one_line(text);
        // A label of one line is broken as if it could wrap: what does not fit falls to a second line.
        let whole = beginning(text, MAX_LABEL_LEN);
        let layout = self.layout_paragraph(whole, style, width_pt, Some(direction));
        if whole.len() == text.len() && layout.geometry.lines().len() <= max_lines.max(1) {
            return layout;
        }
        let runs = RunDirections::new(whole, direction);
        let ends = whole.grapheme_indices(true).map(|(at, _)| at).filter(|at| !runs.is_in_number(*at));
        let ends: Vec<usize> = ends.collect();
        let fits = |engine: &mut Self, end: usize| {
            // The mark after it gives the neutral ellipsis the direction of the run that is cut.
            let mark = runs.at_gap(end).mark();
            let cut = format!("{}{ELLIPSIS}{mark}", beginning(whole, end).trim_end());
            let layout = engine.layout_paragraph(&cut, style, width_pt, Some(direction));
            (layout.geometry.lines().len() <= max_lines.max(1)).then_some(layout)
        };
        // The longest beginning that fits with its ellipsis: sought from a guess on, since each step is a layout.
        let guess = guessed_end(&layout, max_lines.max(1), width_pt.unwrap_or(f32::INFINITY) - style.size_pt);
        let mut probe = ends.partition_point(|end| *end <= guess.index()).saturating_sub(1);
        let (mut low, mut high, mut step) = (0, ends.len(), 1);
        let mut best = None;
        while low < high {
            match fits(self, ends[probe]) {
                Some(layout) => {
                    best = Some((ends[probe], layout));
                    low = probe + 1;
                }
                None => high = probe,
            }
            probe = if high == ends.len() {
                (probe + step).min(high.saturating_sub(1))
            } else if low == 0 {
                probe.saturating_sub(step)
            } else {
                usize::midpoint(low, high)
            };
            step *= 2;
        }
        let Some((end, mut layout)) = best else {
            return layout;
        };
        let kept = beginning(whole, end).trim_end().len();
        layout.elided_from = Some(ByteOffset::from_index(kept));
        layout
    }
}

/// Returns where about a text that has too many lines is to be cut for its last one to fill `room_pt`.
fn guessed_end(layout: &ParagraphLayout, max_lines: usize, room_pt: f32) -> ByteOffset {
    let geometry = &layout.geometry;
    let clusters = (max_lines - 1..geometry.lines().len()).flat_map(|line| geometry.edges(line));
    let mut clusters: Vec<_> = clusters.map(|edge| (edge.range.end(), edge.x1 - edge.x0)).collect();
    clusters.sort_by_key(|(end, _)| *end);
    let mut width = 0.0;
    let fits = clusters.iter().take_while(|(_, advance)| {
        width += advance;
        width <= room_pt
    });
    fits.last().map_or(ByteOffset::ZERO, |(end, _)| *end)
}

/// Returns the text with each control character and separator replaced by a space of the same length in bytes.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Cow::Borrowed(text);
    }
    let spaced = text.chars().map(|c| match c {
        '\u{2028}' | '\u{2029}' => '\u{2003}',
        c if c.is_control() && c.len_utf8() == 2 => '\u{A0}',
        c if c.is_control() => ' ',
        c => c,
    });
    Cow::Owned(spaced.collect())
}

/// Returns the first `len` bytes of a text, less where those end inside a character.
fn beginning(text: &str, len: usize) -> &str {
    let len = text.floor_char_boundary(len);
    slice(text, TextRange::from_indices(0, len))
}

#[cfg(test)]
mod tests {
    use super::super::engine::seen;
    use super::*;

    #[test]
    fn a_label_is_cut_at_its_logical_end() {
        let mut typesetter = Typesetter::new();
        let style = TextStyle::body(16.0);
        let text = "قال المتحدث باسم الوزارة إن الفرق وصلت\nإلى المكان بعد ساعات من وقوع الحادث";
        let label = typesetter.layout_label(text, style, Some(150.0), None, 1);
        assert_eq!(label.geometry.lines().len(), 1);
        let kept = label.elided_from.expect("the label is cut");
        assert!(kept.index() > 10 && kept.index() < text.len());
        let dots = label.geometry.rectangles(TextRange::from_indices(kept.index(), kept.index() + 3));
        let leftmost = label.geometry.edges(0)[0];
        assert!((dots[0].rect.x0 - leftmost.x0).abs() < 0.01, "the ellipsis stands at the left");
        let whole = typesetter.layout_label(text, style, Some(1_000.0), None, 1);
        assert_eq!(whole.elided_from, None);
        let two = typesetter.layout_label(text, style, Some(150.0), None, 2);
        assert_eq!(two.geometry.lines().len(), 2);
        assert!(two.elided_from > label.elided_from);
    }

    #[test]
    fn no_longer_beginning_would_fit() {
        let mut typesetter = Typesetter::new();
        let style = TextStyle::body(16.0);
        let text = "قالت Port Authority of Sarian إن السفينة MV Halden 2 رست عند الرصيف 14 فجر الأحد الماضي";
        let direction = paragraph_direction(text).expect("letters");
        for (width, max_lines) in
            [(20, 1), (60, 1), (110, 1), (233, 1), (300, 1), (150, 2), (110, 3), (20, 2)]
        {
            let width = f32::from(i16::try_from(width).expect("small"));
            let label = typesetter.layout_label(text, style, Some(width), None, max_lines);
            let kept = label.elided_from.map_or(0, ByteOffset::index);
            let runs = RunDirections::new(text, direction);
            let mut longest =
                text.grapheme_indices(true).map(|(at, _)| at).filter(|at| !runs.is_in_number(*at));
            let longest = longest.rfind(|end| {
                let cut =
                    format!("{}{ELLIPSIS}{}", beginning(text, *end).trim_end(), runs.at_gap(*end).mark());
                let layout = typesetter.layout_paragraph(&cut, style, Some(width), Some(direction));
                layout.geometry.lines().len() <= max_lines
            });
            let longest = longest.map_or(0, |end| beginning(text, end).trim_end().len());
            assert_eq!(kept, longest, "{width} pt, {max_lines} lines");
        }
    }

    /// What is seen of a label that is cut after `kept`.
    fn seen_cut(text: &str, kept: &str, base: Direction) -> String {
        let mut typesetter = Typesetter::new();
        let style = TextStyle::body(16.0);
        let wide = typesetter.layout_paragraph(&format!("{kept}…"), style, None, Some(base)).width;
        let label = typesetter.layout_label(text, style, Some(wide.ceil() + 1.0), Some(base), 1);
        assert_eq!(label.elided_from.map(ByteOffset::index), Some(kept.len()), "{text}");
        let shown = format!("{kept}…\u{200E}");
        seen(&shown, &label, 0)
    }

    #[test]
    fn the_ellipsis_stands_where_the_next_letter_would_have_stood() {
        let (ltr, rtl) = (Direction::Ltr, Direction::Rtl);
        for (text, kept, base, expected) in [
            ("Port Authority of Sarian رفضت الطلب", "Port Auth", rtl, "Port Auth…"),
            (
                "Port Authority of Sarian رفضت الطلب",
                "Port Authority of Sarian رفضت",
                rtl,
                "…تضفر Port Authority of Sarian",
            ),
            (
                "Port Authority of Sarian رفضت الطلب",
                "Port Authority of Sarian رفضت",
                ltr,
                "Port Authority of Sarian …تضفر",
            ),
            ("قالت Port Authority of Sarian إن", "قالت Port Auth", rtl, "Port Auth… تلاق"),
            ("قالت Port Authority of Sarian", "قالت Port", ltr, "تلاق Port…"),
            ("وصل الوفد إلى المدينة أمس", "وصل الوفد", rtl, "…دفولا لصو"),
            ("the word وصل الوفد إلى المدينة", "the word وصل", ltr, "the word …لصو"),
            ("the harbour works again", "the harbour", ltr, "the harbour…"),
            ("the harbour works again", "the harbour", rtl, "the harbour…"),
            ("بلغ العدد 12345678901 شخصا", "بلغ العدد", rtl, "…ددعلا غلب"),
        ] {
            assert_eq!(seen_cut(text, kept, base), expected, "{text} cut after {kept}");
        }
    }

    #[test]
    fn a_label_too_narrow_for_anything_still_has_one_line() {
        let label = Typesetter::new().layout_label("وزارة", TextStyle::body(16.0), Some(3.0), None, 1);
        assert!(!label.geometry.lines().is_empty());
    }
}
