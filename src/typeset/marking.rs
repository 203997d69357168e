//! Where the marks of a paragraph are drawn: tints, underlines in lanes, brackets in the margin.
//!
//! Plain rectangles, so that the window, the picture writer and any other painter show a marked page alike. Which
//! colour a rectangle has, and which marks there are, is the painter's affair.

use super::decoration::{Underline, outline_rects, underline_rects};
use super::engine::ParagraphLayout;
use super::geometry::{LineRect, Rect};
use crate::text::{ByteOffset, TextRange};

/// The thickness of an underline, and the distance between two lanes, in ems.
const UNDERLINE_EM: f32 = 0.075;
const LANE_EM: f32 = 0.16;
/// Where the first underline stands below the baseline, in ems: under the letters, through the tails of some.
const FIRST_LANE_EM: f32 = 0.34;
/// Underlines deeper than this share the last lane: below it begins the next line.
const LAST_LANE: u8 = 2;
/// The place of a tint around the baseline, in ems.
const TINT_ABOVE_EM: f32 = 1.05;
const TINT_BELOW_EM: f32 = 0.40;
/// The least width of a tint, in points: a character that shows nothing is marked by a sliver.
const LEAST_TINT: f32 = 2.0;
/// The bracket of a claim: its distance from the text, that of a nested one, the length of its hooks and its
/// thickness, in points.
const BRACKET_GAP: f32 = 12.0;
const BRACKET_STEP: f32 = 8.0;
const BRACKET_HOOK: f32 = 6.0;
const BRACKET_WIDTH: f32 = 2.0;
/// The space left free above and below a bracket, in points, so that brackets of neighbouring lines do not touch.
const BRACKET_INSET: f32 = 5.0;

/// One paragraph to be marked; rectangles are in points from its top left.
#[derive(Debug, Clone, Copy)]
pub struct Marking<'a> {
    /// The paragraph.
    pub layout: &'a ParagraphLayout,
    /// The size of its letters in points.
    pub size_pt: f32,
    /// The width of the column in points.
    pub column_width: f32,
    /// Physical pixels for one point.
    pub pixels_per_point: f32,
}

/// What a bracket looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bracket {
    /// How many brackets stand between it and the text.
    pub lane: u8,
    /// Whether it is drawn in dashes.
    pub dashed: bool,
    /// Whether what it embraces begins in this paragraph: it then has a hook at the top.
    pub begins: bool,
    /// Whether it ends in this paragraph.
    pub ends: bool,
}

impl Marking<'_> {
    /// Returns the pieces of a range; see [`Geometry::rectangles`](super::Geometry::rectangles).
    #[must_use]
    pub fn pieces(&self, range: TextRange) -> Vec<LineRect> {
        self.layout.geometry.rectangles(range)
    }

    /// Returns the ground of a piece that stands for its letters: what a tint fills and an outline surrounds.
    #[must_use]
    pub fn ground(&self, piece: &LineRect) -> Rect {
        let line = &self.layout.geometry.lines()[piece.line];
        let round = |y: f32| (y * self.pixels_per_point).round() / self.pixels_per_point;
        Rect {
            x0: piece.rect.x0,
            x1: piece.rect.x1.max(piece.rect.x0 + LEAST_TINT),
            y0: round((line.baseline - TINT_ABOVE_EM * self.size_pt).max(line.top)),
            y1: round((line.baseline + TINT_BELOW_EM * self.size_pt).min(line.bottom)),
        }
    }

    /// Calls `draw` with the rectangles of the underline of a piece in a lane; lane 0 is nearest to the letters.
    pub fn underline(&self, piece: &LineRect, style: Underline, lane: u8, draw: impl FnMut(Rect)) {
        let baseline = self.layout.geometry.lines()[piece.line].baseline;
        let depth = FIRST_LANE_EM + LANE_EM * f32::from(lane.min(LAST_LANE));
        let ground = self.ground(piece);
        // Two spans side by side show where one ends.
        let inset = if ground.width() > 6.0 { 1.0 } else { 0.0 };
        let thickness = (UNDERLINE_EM * self.size_pt).max(1.0);
        underline_rects(
            style,
            [ground.x0 + inset, ground.x1 - inset],
            baseline + depth * self.size_pt,
            thickness,
            1.0 / self.pixels_per_point,
            draw,
        );
    }

    /// Calls `draw` with the frame around a piece: two points thick, just outside its ground.
    pub fn outline(&self, piece: &LineRect, dashed: bool, draw: impl FnMut(Rect)) {
        let ground = self.ground(piece);
        let around = Rect { x0: ground.x0 - 2.0, y0: ground.y0, x1: ground.x1 + 2.0, y1: ground.y1 + 2.0 };
        outline_rects(around, 2.0, dashed.then_some(4.0), draw);
    }

    /// Calls `draw` with the rectangles of a bracket beside the lines of some pieces, on the side where lines start;
    /// returns the area in which it stands.
    pub fn bracket(&self, pieces: &[LineRect], bracket: Bracket, mut draw: impl FnMut(Rect)) -> Option<Rect> {
        let (first, last) = (pieces.first()?.line, pieces.last()?.line);
        let lines = self.layout.geometry.lines();
        let (y0, y1) = (lines[first].top + BRACKET_INSET, lines[last].bottom - BRACKET_INSET);
        let away = BRACKET_GAP + BRACKET_STEP * f32::from(bracket.lane.min(LAST_LANE));
        let rtl = self.layout.is_rtl();
        let x0 = if rtl { self.column_width + away } else { -away - BRACKET_WIDTH };
        let x1 = x0 + BRACKET_WIDTH;
        let [hook0, hook1] = if rtl { [x0 - BRACKET_HOOK, x0] } else { [x1, x1 + BRACKET_HOOK] };
        if bracket.dashed {
            underline_dashes(y0, y1, |from, to| draw(Rect { x0, y0: from, x1, y1: to }));
        } else {
            draw(Rect { x0, y0, x1, y1 });
        }
        if bracket.begins {
            draw(Rect { x0: hook0, y0, x1: hook1, y1: y0 + BRACKET_WIDTH });
        }
        if bracket.ends {
            draw(Rect { x0: hook0, y0: y1 - BRACKET_WIDTH, x1: hook1, y1 });
        }
        Some(Rect { x0: hook0.min(x0) - 1.0, y0, x1: hook1.max(x1) + 1.0, y1 })
    }

    /// Returns the upright of a focused bracket that stands in an area, a point thicker.
    #[must_use]
    pub fn focused_bracket(&self, area: Rect) -> Rect {
        let (x0, x1) = if self.layout.is_rtl() {
            (area.x1 - 1.0 - BRACKET_WIDTH, area.x1)
        } else {
            (area.x0, area.x0 + 1.0 + BRACKET_WIDTH)
        };
        Rect { x0, x1, ..area }
    }
}

/// Calls `draw` with dashes from `from` to `to`.
fn underline_dashes(from: f32, to: f32, mut draw: impl FnMut(f32, f32)) {
    let (dash, period) = (5.0, 9.0);
    let mut at = from;
    while at < to {
        draw(at, (at + dash).min(to));
        at += period;
    }
}

/// Returns a lane for each range: the first that is free over its whole length; `None` in gives lane 0 and takes none.
///
/// Given by start and then longest first, an outer span keeps its lane when one is added inside it.
#[must_use]
pub fn assign_lanes(ranges: impl IntoIterator<Item = Option<TextRange>>) -> Vec<u8> {
    let mut ends: Vec<ByteOffset> = Vec::new();
    let mut lane_of = |range: TextRange| {
        let free = ends.iter().position(|end| *end <= range.start());
        let lane = free.unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(range.end());
        } else {
            ends[lane] = range.end();
        }
        u8::try_from(lane).unwrap_or(u8::MAX)
    };
    ranges.into_iter().map(|range| range.map_or(0, &mut lane_of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::{TextStyle, Typesetter};

    fn lanes(ranges: &[(usize, usize)]) -> Vec<u8> {
        assign_lanes(ranges.iter().map(|(start, end)| Some(TextRange::from_indices(*start, *end))))
    }

    #[test]
    fn nested_spans_take_lanes_below_each_other_and_apart_ones_the_same() {
        assert_eq!(lanes(&[(0, 8), (0, 3), (4, 6)]), [0, 1, 1]);
        assert_eq!(lanes(&[(0, 5), (3, 8), (5, 9)]), [0, 1, 0]);
        assert_eq!(lanes(&[(0, 9), (0, 8), (0, 7), (8, 9)]), [0, 1, 2, 1]);
    }

    fn with_marking(text: &str, check: impl Fn(Marking<'_>)) {
        let layout = Typesetter::new().layout_paragraph(text, TextStyle::body(20.0), Some(300.0), None);
        check(Marking { layout: &layout, size_pt: 20.0, column_width: 300.0, pixels_per_point: 1.0 });
    }

    #[test]
    fn no_lane_leaves_the_line_and_deeper_lanes_are_lower() {
        with_marking("وصل الوفد", |marking| {
            let piece = marking.pieces(TextRange::from_indices(0, 6))[0];
            let mut last = 0.0;
            for lane in 0..=LAST_LANE {
                let mut y = 0.0;
                marking.underline(&piece, Underline::Single, lane, |rect| y = rect.y0);
                assert!(y > last && y < 36.0, "lane {lane} at {y}");
                last = y;
            }
        });
    }

    #[test]
    fn a_bracket_stands_on_the_side_where_lines_start() {
        for (text, rtl) in [("وصل الوفد", true), ("they came", false)] {
            with_marking(text, |marking| {
                let pieces = marking.pieces(TextRange::from_indices(0, 6));
                let shape = Bracket { lane: 0, dashed: false, begins: true, ends: true };
                let mut rects = Vec::new();
                let area = marking.bracket(&pieces, shape, |rect| rects.push(rect)).expect("there is text");
                assert_eq!(rects.len(), 3, "an upright and two hooks");
                assert!(if rtl { area.x0 > 300.0 } else { area.x1 < 0.0 });
            });
        }
    }

    #[test]
    fn a_mark_on_a_character_that_shows_nothing_can_be_seen() {
        with_marking("وص\u{200F}ل", |marking| {
            let mark = TextRange::from_indices("وص".len(), "وص\u{200F}".len());
            let piece = marking.pieces(mark)[0];
            assert!(marking.ground(&piece).width() >= LEAST_TINT);
        });
    }
}
