//! Where the cursor goes by line and by page: moves that depend on how the text is laid out.

use super::view::{ArticleView, absolute, relative_to};
use super::{ArticleInput, CaretMove};
use crate::text::ByteOffset;
use crate::typeset::{Affinity, ParagraphLayout};
use crate::ui::text_painter::TextPainter;

impl ArticleView {
    /// Returns where a layout move of the cursor leads from `from`. Call it after the first frame.
    pub fn move_caret(
        &mut self,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
        from: ByteOffset,
        to: CaretMove,
    ) -> ByteOffset {
        if !self.shows(input.content.revision) {
            return from;
        }
        let block = self.block_at(from);
        let start = self.blocks[block].range.start();
        self.lay_out(block, painter, input);
        let Some(cached) = self.cache.get(&block) else { return from };
        let geometry = &cached.layout.geometry;
        let local = relative_to(from, start);
        let caret = geometry.caret(local, Affinity::After);
        let x = match self.goal {
            Some((at, x)) if at == from => x,
            _ => caret.x,
        };
        let line_height = f64::from(caret.bottom - caret.top);
        let middle = self.heights.before(block) + f64::from(f32::midpoint(caret.top, caret.bottom));
        let page = (f64::from(self.window_height()) - line_height).max(line_height);
        let found = match to {
            CaretMove::LineStart => absolute(geometry.lines()[caret.line].range.start(), start),
            CaretMove::LineEnd => {
                // The gap after the space at which a line is broken belongs to the next line.
                let line = geometry.lines()[caret.line];
                let last = caret.line + 1 == geometry.lines().len();
                let text = input.content.source.slice(line.range.shifted_by(start));
                let len = if last { text.len() } else { text.trim_end().len() };
                absolute(ByteOffset::from_index(line.range.start().index() + len), start)
            }
            CaretMove::LineUp | CaretMove::LineDown => {
                let down = to == CaretMove::LineDown;
                let target = if down { Some(caret.line + 1) } else { caret.line.checked_sub(1) };
                match target.filter(|line| *line < geometry.lines().len()) {
                    Some(line) => absolute(hit_before_break(&cached.layout, line, x), start),
                    None => self.line_of_neighbour(block, down, x, painter, input).unwrap_or(from),
                }
            }
            CaretMove::PageUp => self.gap_at_depth(middle - page, x, painter, input),
            CaretMove::PageDown => self.gap_at_depth(middle + page, x, painter, input),
        };
        self.goal = Some((found, x));
        found
    }

    /// The first or last line of the block after or before another one.
    fn line_of_neighbour(
        &mut self,
        block: usize,
        down: bool,
        x: f32,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) -> Option<ByteOffset> {
        let next = if down { block + 1 } else { block.checked_sub(1)? };
        let start = self.blocks.get(next)?.range.start();
        self.lay_out(next, painter, input);
        let layout = &self.cache.get(&next)?.layout;
        let line = if down { 0 } else { layout.geometry.lines().len() - 1 };
        Some(absolute(hit_before_break(layout, line, x), start))
    }

    fn gap_at_depth(
        &mut self,
        depth: f64,
        x: f32,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) -> ByteOffset {
        let block = self.heights.at(depth.max(0.0));
        self.lay_out(block, painter, input);
        #[allow(clippy::cast_possible_truncation, reason = "a depth inside one block")]
        let y = (depth - self.heights.before(block)) as f32;
        let start = self.blocks[block].range.start();
        self.cache.get(&block).map_or(start, |cached| {
            let line = cached.layout.geometry.line_at(y);
            absolute(hit_before_break(&cached.layout, line, x), start)
        })
    }
}

/// The gap of a line nearest to `x`; at the end of a broken line the gap before the space, which stands on that line.
fn hit_before_break(layout: &ParagraphLayout, line: usize, x: f32) -> ByteOffset {
    let geometry = &layout.geometry;
    let hit = geometry.hit_on_line(line, x);
    let range = geometry.lines()[line].range;
    let broken = line + 1 < geometry.lines().len();
    if broken && hit.offset == range.end() {
        let last = geometry.edges(line).iter().find(|edge| edge.range.end() == range.end());
        return last.map_or(hit.offset, |edge| edge.range.start());
    }
    hit.offset
}
