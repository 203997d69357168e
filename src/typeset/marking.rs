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
/// How deep below the baseline the top of the last underline may stand, in ems: in the free space above the letters of
/// the next line.
const DEEPEST_EM: f32 = 0.90;
/// Underlines deeper than this share the last lane; pointing at them tells them apart.
const LAST_LANE: u8 = 5;
/// Brackets further out than this share the last lane.
const LAST_BRACKET_LANE: u8 = 4;
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

    /// Returns how far below the baseline the underline in a lane begins, and how thick it is, in points. Where a line
    /// has more than three lanes they stand closer and are thinner, so that all fit above the next line.
    fn lane(&self, lane: Lane) -> (f32, f32) {
        let last = lane.of.saturating_sub(1).min(LAST_LANE);
        let step = LANE_EM.min((DEEPEST_EM - FIRST_LANE_EM) / f32::from(last.max(1)));
        let depth = (FIRST_LANE_EM + step * f32::from(lane.lane.min(last))) * self.size_pt;
        // No pattern is taller than three lines: so it ends before the next lane begins.
        let thickness = if last == 0 { UNDERLINE_EM } else { UNDERLINE_EM.min(step / 3.0) };
        (depth, (thickness * self.size_pt).max(1.0 / self.pixels_per_point))
    }

    /// Calls `draw` with the rectangles of the underline of a piece in a lane; lane 0 is nearest to the letters.
    pub fn underline(&self, piece: &LineRect, style: Underline, lane: Lane, draw: impl FnMut(Rect)) {
        let baseline = self.layout.geometry.lines()[piece.line].baseline;
        let (depth, thickness) = self.lane(lane);
        let ground = self.ground(piece);
        // Two spans side by side show where one ends.
        let inset = if ground.width() > 6.0 { 1.0 } else { 0.0 };
        // Where lanes stand closer than three pixels only what is one line tall fits.
        let tall = matches!(style, Underline::Double | Underline::Thick | Underline::Wavy);
        underline_rects(
            if tall && lane.of > 4 && thickness * self.pixels_per_point < 1.01 {
                Underline::Single
            } else {
                style
            },
            [ground.x0 + inset, ground.x1 - inset],
            baseline + depth,
            thickness,
            1.0 / self.pixels_per_point,
            draw,
        );
    }

    /// Returns the ground of a piece with the room of its underlines: what is cleared to show one mark alone.
    #[must_use]
    pub fn ground_with_lanes(&self, piece: &LineRect, lanes: u8) -> Rect {
        let ground = self.ground(piece);
        let (depth, thickness) = self.lane(Lane { lane: lanes.saturating_sub(1), of: lanes });
        let baseline = self.layout.geometry.lines()[piece.line].baseline;
        Rect { y1: ground.y1.max(baseline + depth + 3.0 * thickness), ..ground }
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
        let away = BRACKET_GAP + BRACKET_STEP * f32::from(bracket.lane.min(LAST_BRACKET_LANE));
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

/// Which of the lanes of its line a mark is underlined in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// The lane, 0 nearest to the letters.
    pub lane: u8,
    /// How many lanes the line has, at least 1.
    pub of: u8,
}

impl Lane {
    /// The only lane of a line.
    pub const ONLY: Self = Self { lane: 0, of: 1 };
}

/// The lanes of the marks of a paragraph.
///
/// They are a matter of the paragraph, not of what the window shows of it, so none jumps while the page is scrolled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lanes {
    of_mark: Vec<u8>,
    of_line: Vec<u8>,
}

impl Lanes {
    /// Gives each range a lane by [`assign_lanes`] and counts the lanes of each line.
    #[must_use]
    pub fn new(
        layout: &ParagraphLayout,
        ranges: impl IntoIterator<Item = Option<TextRange>> + Clone,
    ) -> Self {
        let of_mark = assign_lanes(ranges.clone());
        let lines = layout.geometry.lines();
        let mut of_line = vec![0; lines.len()];
        for (range, lane) in ranges.into_iter().zip(&of_mark) {
            let Some(range) = range else { continue };
            let first = lines.partition_point(|line| line.range.end() <= range.start());
            let crossed = lines.iter().zip(&mut of_line).skip(first);
            for (_, lanes) in crossed.take_while(|(line, _)| line.range.start() < range.end()) {
                *lanes = lane.saturating_add(1).max(*lanes);
            }
        }
        Self { of_mark, of_line }
    }

    /// Returns the lane of the mark at an index on a line.
    ///
    /// # Panics
    ///
    /// When there is no such mark or line.
    #[must_use]
    pub fn lane(&self, mark: usize, line: usize) -> Lane {
        Lane { lane: self.of_mark[mark], of: self.of_line[line].max(1) }
    }

    /// Returns how many lanes a line has; 0 without marks or without that line.
    #[must_use]
    pub fn on_line(&self, line: usize) -> u8 {
        self.of_line.get(line).copied().unwrap_or(0)
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
    fn deeper_lanes_are_lower_and_none_reaches_the_letters_of_the_next_line() {
        with_marking("وصل الوفد", |marking| {
            let piece = marking.pieces(TextRange::from_indices(0, 6))[0];
            for of in 1..=LAST_LANE + 1 {
                let mut last = 0.0;
                for lane in 0..of {
                    let (mut top, mut bottom) = (f32::MAX, 0.0_f32);
                    marking.underline(&piece, Underline::Wavy, Lane { lane, of }, |rect| {
                        (top, bottom) = (top.min(rect.y0), bottom.max(rect.y1));
                    });
                    assert!(top >= last, "lane {lane} of {of} begins at {top}, above {last}");
                    // The next line's letters begin about a quarter of an em below its top.
                    assert!(bottom <= 36.0 + 0.27 * 20.0, "lane {lane} of {of} ends at {bottom}");
                    last = bottom;
                }
            }
        });
    }

    #[test]
    fn a_line_has_as_many_lanes_as_its_own_marks_need() {
        let text = "وصل الوفد إلى المدينة ثم عاد إلى البلاد في المساء وبقي فيها";
        let layout = Typesetter::new().layout_paragraph(text, TextStyle::body(20.0), Some(120.0), None);
        let last = layout.geometry.lines().len() - 1;
        assert!(last > 1);
        let ranges = [(0, 16), (0, 6), (2, 4)].map(|(a, b)| Some(TextRange::from_indices(a, b)));
        let lanes = Lanes::new(&layout, ranges);
        assert_eq!((lanes.on_line(0), lanes.on_line(last)), (3, 0));
        assert_eq!(lanes.lane(2, 0), Lane { lane: 2, of: 3 });
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
