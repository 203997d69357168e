//! Where the characters of a laid-out paragraph stand: the only source for hit tests, carets and span rectangles.
//!
//! A line is a row of *edges* from left to right, one for each cluster (a base character with its marks):
//!
//! ```text
//!     text   و ص ل   N A T O          (logical order, right-to-left paragraph)
//!     line  | N | A | T | O |   | ل | ص | و |
//!           x0→ left-to-right edges     ←x0 right-to-left edges
//! ```
//!
//! A range of text is a set of edges and so, where directions mix, several rectangles on one line.

use crate::text::{ByteOffset, TextRange};

/// A rectangle in points, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// The left side.
    pub x0: f32,
    /// The top side.
    pub y0: f32,
    /// The right side, at least `x0`.
    pub x1: f32,
    /// The bottom side, at least `y0`.
    pub y1: f32,
}

impl Rect {
    /// Returns the width.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.x1 - self.x0
    }

    /// Returns the height.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.y1 - self.y0
    }

    /// Returns whether a point lies in it, its right and bottom sides not included.
    #[must_use]
    pub fn contains(&self, x: f32, y: f32) -> bool {
        self.x0 <= x && x < self.x1 && self.y0 <= y && y < self.y1
    }
}

/// One cluster as it stands on its line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The cluster's text.
    pub range: TextRange,
    /// Its left side.
    pub x0: f32,
    /// Its right side; equal to `x0` for a character that shows nothing.
    pub x1: f32,
    /// Whether it is read from right to left.
    pub rtl: bool,
}

/// One line of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The text on it, the white space at which it was broken included.
    pub range: TextRange,
    /// Where the line box begins.
    pub top: f32,
    /// Where the line box ends; the next line's `top`.
    pub bottom: f32,
    /// The line on which the letters stand.
    pub baseline: f32,
    edges: (u32, u32),
}

/// To which of its two neighbours a gap belongs, where they stand apart: at a line break or a change of direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Affinity {
    /// The character before the gap: the end of a line.
    Before,
    /// The character after the gap: the start of the next line.
    #[default]
    After,
}

/// What lies under a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The gap nearest to the point.
    pub offset: ByteOffset,
    /// The neighbour that was hit.
    pub affinity: Affinity,
}

/// Where the text cursor stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caret {
    /// Its place on the line.
    pub x: f32,
    /// The top of its line.
    pub top: f32,
    /// The bottom of its line.
    pub bottom: f32,
    /// The index of its line.
    pub line: usize,
}

/// A piece of a span on one line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineRect {
    /// The index of the line.
    pub line: usize,
    /// The piece, as tall as the line box.
    pub rect: Rect,
}

/// The lines and clusters of one paragraph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geometry {
    lines: Vec<Line>,
    edges: Vec<Edge>,
    rtl: bool,
    /// The width of the column, where an empty right-to-left line begins.
    width: f32,
}

impl Geometry {
    /// Returns an empty geometry of a base direction, to be filled line by line.
    pub(super) fn new(rtl: bool, width: f32) -> Self {
        Self { lines: Vec::new(), edges: Vec::new(), rtl, width }
    }

    /// Appends a line; its edges come from left to right and cover `line_range`.
    ///
    /// Mends zero-advance letters: some fonts draw lam-alef as two glyphs and give the alef no advance, so a span
    /// that begins at the alef would have no width there and the alef could not be clicked. Such a letter shares
    /// the width of the letter before it.
    pub(super) fn push_line(
        &mut self,
        line_range: TextRange,
        [top, bottom, baseline]: [f32; 3],
        edges: impl IntoIterator<Item = (Edge, bool)>,
    ) {
        let first = self.edges.len();
        let mut has_letter = Vec::new();
        for (edge, is_letter) in edges {
            self.edges.push(edge);
            has_letter.push(is_letter);
        }
        share_width_with_zero_advance_letters(&mut self.edges[first..], &has_letter);
        let edges = (count(first), count(self.edges.len()));
        self.lines.push(Line { range: line_range, top, bottom, baseline, edges });
    }

    /// Replaces every offset; clusters that come to hold no text are left out. `map` keeps the order.
    pub(super) fn map_offsets(&mut self, map: impl Fn(ByteOffset) -> ByteOffset) {
        let map_range = |range: TextRange| TextRange::new(map(range.start()), map(range.end()));
        let mut edges = Vec::with_capacity(self.edges.len());
        for line in &mut self.lines {
            let (first, last) = line.edges;
            let kept = count(edges.len());
            let mapped = self.edges[first as usize..last as usize]
                .iter()
                .map(|edge| Edge { range: map_range(edge.range), ..*edge });
            edges.extend(mapped.filter(|edge| !edge.range.is_empty()));
            line.range = map_range(line.range);
            line.edges = (kept, count(edges.len()));
        }
        self.edges = edges;
    }

    /// Returns the lines from top to bottom; at least one.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns whether the paragraph's base direction is right to left.
    #[must_use]
    pub fn is_rtl(&self) -> bool {
        self.rtl
    }

    /// Returns the clusters of a line from left to right.
    ///
    /// # Panics
    ///
    /// When there is no such line.
    #[must_use]
    pub fn edges(&self, line: usize) -> &[Edge] {
        let (first, last) = self.lines[line].edges;
        &self.edges[first as usize..last as usize]
    }

    /// Returns the pieces of a range, top to bottom and then left to right. A cluster of which only a part is in the
    /// range counts as a whole; neighbours are merged, also over a character that shows nothing. An empty range has no pieces.
    #[must_use]
    pub fn rectangles(&self, range: TextRange) -> Vec<LineRect> {
        let mut found: Vec<LineRect> = Vec::new();
        if range.is_empty() {
            return found;
        }
        let first = self.lines.partition_point(|line| line.range.end() <= range.start());
        for (index, line) in self.lines.iter().enumerate().skip(first) {
            if line.range.start() >= range.end() {
                break;
            }
            let mut open = false;
            for edge in self.edges(index) {
                let inside = edge.range.overlaps(range);
                match found.last_mut() {
                    Some(last) if inside && open => last.rect.x1 = edge.x1,
                    _ if inside => found.push(LineRect {
                        line: index,
                        rect: Rect { x0: edge.x0, y0: line.top, x1: edge.x1, y1: line.bottom },
                    }),
                    _ => {}
                }
                // A character that shows nothing does not part its neighbours.
                open = inside || (open && edge.x1 <= edge.x0);
            }
        }
        found
    }

    /// Returns the gap nearest to a point; a point outside the paragraph counts as one at its border.
    #[must_use]
    pub fn hit(&self, x: f32, y: f32) -> Hit {
        self.hit_on_line(self.line_at(y), x)
    }

    /// Returns the index of the line at a height; the first above the text, the last below it.
    #[must_use]
    pub fn line_at(&self, y: f32) -> usize {
        let line = self.lines.partition_point(|line| line.bottom <= y);
        line.min(self.lines.len().saturating_sub(1))
    }

    /// Returns the gap of a line nearest to `x`. Beyond the end of the line (the left of a right-to-left one) that is
    /// the line's last gap, whatever the direction of its last word; before the start it is the first one.
    ///
    /// # Panics
    ///
    /// When there is no such line.
    #[must_use]
    pub fn hit_on_line(&self, line: usize, x: f32) -> Hit {
        let start = Hit { offset: self.lines[line].range.start(), affinity: Affinity::After };
        let end = Hit { offset: self.lines[line].range.end(), affinity: Affinity::Before };
        let (left, right) = if self.rtl { (end, start) } else { (start, end) };
        let edges = self.edges(line);
        match (edges.first(), edges.last()) {
            (Some(first), _) if x < first.x0 => left,
            (_, Some(last)) if x > last.x1 => right,
            (Some(_), Some(last)) => {
                let edge = edges.iter().find(|edge| x < edge.x1).unwrap_or(last);
                let in_right_half = x >= f32::midpoint(edge.x0, edge.x1);
                if in_right_half == edge.rtl {
                    Hit { offset: edge.range.start(), affinity: Affinity::After }
                } else {
                    Hit { offset: edge.range.end(), affinity: Affinity::Before }
                }
            }
            _ => start,
        }
    }

    /// Returns the whole cluster under a point; `None` beside the text.
    #[must_use]
    pub fn cluster_at(&self, x: f32, y: f32) -> Option<TextRange> {
        let line = self.lines.get(self.line_at(y))?;
        if y < line.top || y >= line.bottom {
            return None;
        }
        let edge = self.edges(self.line_at(y)).iter().find(|edge| edge.x0 <= x && x < edge.x1)?;
        Some(edge.range)
    }

    /// Returns where the cursor stands at a gap; a gap inside a cluster counts as the one before the cluster.
    #[must_use]
    pub fn caret(&self, offset: ByteOffset, affinity: Affinity) -> Caret {
        let line = self.line_of(offset, affinity);
        let edges = self.edges(line);
        let before = edges.iter().find(|edge| edge.range.end() == offset);
        let after = edges.iter().find(|edge| edge.range.contains(offset));
        let x = match (affinity, before, after) {
            (Affinity::Before, Some(edge), _) | (Affinity::After, Some(edge), None) => {
                if edge.rtl {
                    edge.x0
                } else {
                    edge.x1
                }
            }
            (_, _, Some(edge)) => {
                if edge.rtl {
                    edge.x1
                } else {
                    edge.x0
                }
            }
            (_, None, None) => self.start_x(line),
        };
        let Line { top, bottom, .. } = self.lines[line];
        Caret { x, top, bottom, line }
    }

    /// Returns the index of the line that shows the cursor of a gap.
    #[must_use]
    pub fn line_of(&self, offset: ByteOffset, affinity: Affinity) -> usize {
        let line = match affinity {
            Affinity::After => self.lines.partition_point(|line| line.range.end() <= offset),
            Affinity::Before => self.lines.partition_point(|line| line.range.end() < offset),
        };
        line.min(self.lines.len().saturating_sub(1))
    }

    /// Returns the range grown to whole clusters, which is what a reader can point at.
    #[must_use]
    pub fn snap_to_clusters(&self, range: TextRange) -> TextRange {
        let touched = self.edges.iter().filter(|edge| edge.range.overlaps(range));
        touched.fold(range, |grown, edge| grown.cover(edge.range))
    }

    /// The x at which an empty line begins.
    fn start_x(&self, line: usize) -> f32 {
        let edges = self.edges(line);
        if self.rtl {
            edges.last().map_or(self.width, |edge| edge.x1)
        } else {
            edges.first().map_or(0.0, |edge| edge.x0)
        }
    }
}

/// Gives each letter without advance its share of the width of the letter logically before it.
fn share_width_with_zero_advance_letters(edges: &mut [Edge], has_letter: &[bool]) {
    let is_flat = |i: usize, edges: &[Edge]| has_letter[i] && edges[i].x1 <= edges[i].x0;
    let mut i = 0;
    while i < edges.len() {
        let first = i;
        while i < edges.len() && is_flat(i, edges) && edges[i].rtl == edges[first].rtl {
            i += 1;
        }
        if i == first {
            i += 1;
            continue;
        }
        // In a right-to-left run the letter before the flat ones stands to their right.
        let rtl = edges[first].rtl;
        let base = if rtl { Some(i) } else { first.checked_sub(1) };
        let Some(base) = base.filter(|&b| b < edges.len() && edges[b].rtl == rtl && has_letter[b]) else {
            continue;
        };
        let group = first.min(base)..i.max(base + 1);
        let (left, width) = (edges[base].x0, edges[base].x1 - edges[base].x0);
        let share = width / group.len() as f32;
        for (n, edge) in edges[group].iter_mut().enumerate() {
            edge.x0 = left + share * n as f32;
            edge.x1 = left + share * (n + 1) as f32;
        }
        i = i.max(base + 1);
    }
}

/// A number of edges; a paragraph is at most 4 GiB.
fn count(n: usize) -> u32 {
    ByteOffset::from_index(n).get()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(start: usize, end: usize, x0: f32, x1: f32, rtl: bool) -> Edge {
        Edge { range: TextRange::from_indices(start, end), x0, x1, rtl }
    }

    fn one_line(rtl: bool, edges: &[Edge]) -> Geometry {
        let end = edges.iter().map(|e| e.range.end().index()).max().unwrap_or(0);
        let mut geometry = Geometry::new(rtl, 100.0);
        let edges = edges.iter().map(|edge| (*edge, true));
        geometry.push_line(TextRange::from_indices(0, end), [0.0, 36.0, 24.0], edges);
        geometry
    }

    #[test]
    fn a_letter_without_advance_takes_half_of_the_letter_before_it() {
        // Right to left: alef (2..4) stands at the left of lam (0..2).
        let rtl = one_line(true, &[edge(2, 4, 10.0, 10.0, true), edge(0, 2, 10.0, 20.0, true)]);
        assert_eq!(rtl.edges(0), [edge(2, 4, 10.0, 15.0, true), edge(0, 2, 15.0, 20.0, true)]);
        let ltr = one_line(false, &[edge(0, 2, 10.0, 20.0, false), edge(2, 4, 20.0, 20.0, false)]);
        assert_eq!(ltr.edges(0), [edge(0, 2, 10.0, 15.0, false), edge(2, 4, 15.0, 20.0, false)]);
    }

    #[test]
    fn a_flat_letter_takes_nothing_across_a_change_of_direction() {
        let edges = [edge(2, 4, 10.0, 10.0, true), edge(0, 2, 10.0, 20.0, false)];
        assert_eq!(one_line(true, &edges).edges(0), edges);
    }

    #[test]
    fn a_range_across_directions_has_one_rectangle_for_each_run_of_neighbours() {
        // Logical: 0..2 rtl, 2..4 ltr, 4..5 ltr; visual: [2..4][4..5][0..2].
        let geometry = one_line(
            true,
            &[edge(2, 4, 0.0, 10.0, false), edge(4, 5, 10.0, 15.0, false), edge(0, 2, 15.0, 30.0, true)],
        );
        let rects = geometry.rectangles(TextRange::from_indices(0, 3));
        let sides: Vec<(f32, f32)> = rects.iter().map(|r| (r.rect.x0, r.rect.x1)).collect();
        assert_eq!(sides, [(0.0, 10.0), (15.0, 30.0)]);
        assert!(geometry.rectangles(TextRange::from_indices(3, 3)).is_empty());
    }

    #[test]
    fn a_character_that_shows_nothing_does_not_part_a_rectangle() {
        let edges =
            [edge(0, 1, 0.0, 10.0, false), edge(5, 8, 10.0, 10.0, false), edge(1, 5, 10.0, 30.0, true)];
        let mut geometry = Geometry::new(false, 100.0);
        geometry.push_line(TextRange::from_indices(0, 8), [0.0, 36.0, 24.0], edges.map(|edge| (edge, false)));
        let rects = geometry.rectangles(TextRange::from_indices(0, 5));
        assert_eq!(rects.iter().map(|r| (r.rect.x0, r.rect.x1)).collect::<Vec<_>>(), [(0.0, 30.0)]);
    }

    #[test]
    fn a_click_beyond_the_end_of_the_line_is_its_last_gap() {
        // A right-to-left line whose last word is Latin.
        let geometry = one_line(true, &[edge(2, 4, 5.0, 10.0, false), edge(0, 2, 10.0, 30.0, true)]);
        assert_eq!(geometry.hit(1.0, 3.0).offset, ByteOffset::new(4));
        assert_eq!(geometry.hit(99.0, 3.0).offset, ByteOffset::new(0));
    }

    #[test]
    fn a_line_without_text_has_a_caret_and_a_gap() {
        let mut geometry = Geometry::new(true, 100.0);
        geometry.push_line(TextRange::default(), [0.0, 36.0, 24.0], []);
        assert_eq!(geometry.hit(7.0, 7.0).offset, ByteOffset::ZERO);
        let caret = geometry.caret(ByteOffset::ZERO, Affinity::After);
        assert_eq!((caret.x, caret.line), (100.0, 0));
    }
}
