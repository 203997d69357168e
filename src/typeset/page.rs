//! A whole text laid out in one column: for pictures and checks. The window lays out only what is seen.

use super::blocks::{Block, blocks};
use super::engine::{ParagraphLayout, TextStyle, Typesetter};
use super::geometry::LineRect;
use super::pieces::cut_at_lines;
use crate::text::{ByteOffset, Direction, Segmentation, SourceText, TextRange};

/// A block at its place in the column.
#[derive(Debug, Clone)]
pub struct PlacedBlock {
    /// Which text it is.
    pub block: Block,
    /// How far below the top of the column it begins, in points.
    pub top: f32,
    /// The index of its first line among the lines of the page.
    pub first_line: usize,
    /// Its lines, in offsets and points of its own.
    pub layout: ParagraphLayout,
}

/// A text laid out from beginning to end. Offsets are those of the text, points are those of the column.
#[derive(Debug, Clone)]
pub struct Page {
    blocks: Vec<PlacedBlock>,
    height: f32,
}

impl Page {
    /// Sets a text in a column of `width_pt` points, with `paragraph_gap` points between its paragraphs.
    #[must_use]
    pub fn new(
        typesetter: &mut Typesetter,
        (source, segmentation): (&SourceText, &Segmentation),
        style: TextStyle,
        width_pt: f32,
        direction: Option<Direction>,
        paragraph_gap: f32,
    ) -> Self {
        let mut blocks = blocks(source, segmentation, direction);
        if let Some(cut) = cut_at_lines(typesetter, source, &blocks, (style, width_pt), || true) {
            blocks = cut.into_iter().map(|(block, _)| block).collect();
        }
        let mut placed = Vec::with_capacity(blocks.len());
        let (mut top, mut first_line, mut gap) = (0.0, 0, 0.0);
        for block in blocks {
            let text = source.slice(block.range);
            let layout = typesetter.layout_paragraph(text, style, Some(width_pt), Some(block.direction));
            top += gap;
            let (height, lines) = (layout.height, layout.geometry.lines().len());
            placed.push(PlacedBlock { block, top, first_line, layout });
            top += height;
            first_line += lines;
            gap = if block.ends_paragraph { paragraph_gap } else { 0.0 };
        }
        Self { blocks: placed, height: top }
    }

    /// Returns the blocks from top to bottom.
    #[must_use]
    pub fn blocks(&self) -> &[PlacedBlock] {
        &self.blocks
    }

    /// Returns the height in points.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.height
    }

    /// Returns the pieces of a range, top to bottom and then left to right; `line` counts the lines of the page.
    #[must_use]
    pub fn rectangles(&self, range: TextRange) -> Vec<LineRect> {
        let first = self.blocks.partition_point(|placed| placed.block.range.end() <= range.start());
        let mut found = Vec::new();
        for placed in &self.blocks[first..] {
            let own = placed.block.range;
            if own.start() >= range.end() {
                break;
            }
            let Some(part) = own.intersection(range) else { continue };
            for mut piece in placed.layout.geometry.rectangles(relative(part, own.start())) {
                piece.line += placed.first_line;
                piece.rect.y0 += placed.top;
                piece.rect.y1 += placed.top;
                found.push(piece);
            }
        }
        found
    }

    /// Returns the gap nearest to a point.
    #[must_use]
    pub fn hit(&self, x: f32, y: f32) -> ByteOffset {
        let below = self.blocks.partition_point(|placed| placed.top <= y);
        let placed = &self.blocks[below.saturating_sub(1)];
        let offset = placed.layout.geometry.hit(x, y - placed.top).offset;
        ByteOffset::from_index(placed.block.range.start().index() + offset.index())
    }
}

/// A range of the text in offsets of a block that begins at `start`.
fn relative(range: TextRange, start: ByteOffset) -> TextRange {
    TextRange::from_indices(range.start().index() - start.index(), range.end().index() - start.index())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> (SourceText, Page) {
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        let page = Page::new(
            &mut Typesetter::new(),
            (&source, &segmentation),
            TextStyle::body(20.0),
            300.0,
            None,
            8.0,
        );
        (source, page)
    }

    #[test]
    fn paragraphs_stand_below_each_other_with_a_gap() {
        let (_, page) = page("سطر\n\nline");
        let tops: Vec<f32> = page.blocks().iter().map(|placed| placed.top).collect();
        assert_eq!(tops, [0.0, 44.0, 88.0]);
        assert!((page.height() - 124.0).abs() < 0.01);
    }

    #[test]
    fn a_range_over_two_paragraphs_has_pieces_in_both() {
        let (source, page) = page("سطر\nline");
        let pieces = page.rectangles(source.full_range());
        let lines: Vec<usize> = pieces.iter().map(|piece| piece.line).collect();
        assert_eq!(lines, [0, 1]);
        assert!(pieces[0].rect.x1 > 299.0 && pieces[1].rect.x0 < 1.0);
    }

    #[test]
    fn a_point_below_the_first_paragraph_hits_the_second() {
        let (_, page) = page("سطر\nline");
        assert_eq!(page.hit(1.0, 60.0), ByteOffset::new(7));
        assert_eq!(page.hit(0.0, -5.0), ByteOffset::new(6));
    }
}
