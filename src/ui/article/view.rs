//! The state of the article view and the order of a frame.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Context, EventFilter, Mesh, Pos2, Rect, Sense, Ui, UiBuilder, pos2};

use super::fenwick::Heights;
use super::marks::{MarkIndex, relative};
use super::measure::{Found, Job, Measurer};
use super::paint::{self, BlockMeshes, Frame};
use super::scrollbar::{self, Overview};
use super::{ArticleInput, ArticleResponse, ReadingStyle};
use super::{access, handles, pointer};
use crate::text::{ByteOffset, Direction, TextRange};
use crate::typeset::{Affinity, Block, ParagraphLayout, ReadingFont, TextStyle, Weight, blocks};
use crate::ui::text_painter::{TextPainter, moved, snap};

/// The least margin beside the column, in points: room for the brackets of claims.
const SIDE_MARGIN: f32 = 48.0;
/// The ground above the first and below the last line, in points.
const END_MARGIN: f32 = 56.0;
/// The space after a paragraph as a multiple of the size.
const PARAGRAPH_GAP: f32 = 0.4;
/// What is laid out beyond the window, in points, so that scrolling finds it ready.
const OVERSCAN: f64 = 200.0;
/// Layouts kept although they are out of sight.
const MAX_CACHED_BLOCKS: usize = 256;
/// Text measured in a frame in which nothing else is to be done, in bytes: about 2 ms.
const IDLE_BYTES: usize = 12 * 1024;
/// A longer text is measured on a thread of its own, in bytes.
const SHORT_TEXT: usize = 64 * 1024;

/// A block that has been laid out.
pub(super) struct CachedBlock {
    pub(super) layout: ParagraphLayout,
    pub(super) meshes: BlockMeshes,
    /// The frame in which it was last in sight.
    last_used: u64,
}

/// What layouts depend on besides the text.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LayoutKey {
    revision: u64,
    direction: Option<Direction>,
    size_pt: f32,
    line_height: f32,
    font: ReadingFont,
    /// What was found among the system's fonts so far.
    fonts_generation: u64,
    column_width: f32,
    pixels_per_point: f32,
}

/// The view of one article; kept by the window from frame to frame.
#[derive(Default)]
pub struct ArticleView {
    key: Option<LayoutKey>,
    /// What is laid out at once: paragraphs, or pieces of very long ones.
    pub(super) blocks: Arc<[Block]>,
    /// The number of each block's paragraph, 1 for the first with text; 0 where none begins.
    numbers: Vec<u32>,
    pub(super) heights: Heights,
    /// Which heights are measured, not estimated; and the first that may not be.
    measured: Vec<bool>,
    first_unmeasured: usize,
    /// The thread that measures a long text, once there was one; the number of its job, and how many blocks it still
    /// has to report.
    measurer: Option<Measurer>,
    job: u64,
    unreported: usize,
    pub(super) cache: HashMap<usize, CachedBlock>,
    pub(super) index: MarkIndex,
    /// Counts frames.
    now: u64,
    /// Whether text was laid out in this frame: then measuring waits for the next.
    laid_out: bool,
    /// How far the top of the window is below the top of the page, in points.
    offset: f64,
    window_height: f32,
    /// Where the thumb of the scroll bar is held, from its top.
    pub(super) scroll_grab: Option<f32>,
    pub(super) overview: Overview,
    pending_scroll: Option<TextRange>,
    /// The place in the line that moving up and down keeps, and the gap for which it holds.
    pub(super) goal: Option<(ByteOffset, f32)>,
    /// The mark under the pointer.
    pub(super) hovered: Option<u64>,
    pub(super) drag: pointer::Drag,
    /// The edge of a mark under the pointer.
    pub(super) edge_drag: Option<handles::EdgeDrag>,
    /// What a screen reader was told in the last frame.
    pub(super) told: access::Told,
    /// The blocks in sight in the last frame, with their top left corners on the screen.
    shown: Vec<(usize, Pos2)>,
}

impl ArticleView {
    /// Returns a view at the beginning of the text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a range to be brought into sight in the next frame; one that is well in sight stays where it is.
    pub fn scroll_to(&mut self, range: TextRange) {
        self.pending_scroll = Some(range);
    }

    /// Draws the article into all of `ui` and returns what the reader did.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) -> ArticleResponse {
        self.now += 1;
        self.laid_out = false;
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let bar = Rect::from_min_max(pos2(area.right() - scrollbar::WIDTH, area.top()), area.max);
        let page = Rect::from_min_max(area.min, pos2(bar.left(), area.bottom()));
        self.window_height = area.height();
        ui.painter().rect_filled(area, 0.0, input.theme.paper);
        self.prepare(ui.ctx(), page.width(), ui.pixels_per_point(), painter, input);
        self.take_measured(painter, input);
        self.take_wheel(ui, page);
        if let Some(range) = self.pending_scroll.take() {
            self.bring_into_sight(range, painter, input);
        }
        self.lay_out_window(painter, input);
        self.clamp_offset();

        let mut child = ui.new_child(UiBuilder::new().id_salt("article").max_rect(page));
        child.set_clip_rect(page.intersect(ui.clip_rect()));
        let mut response = self.page(&mut child, page, painter, input);
        if let Some(offset) = scrollbar::show(self, ui, bar, input) {
            self.offset = offset;
            ui.request_repaint();
        }
        if let Some(by) = pointer::autoscroll(ui, &self.drag, page) {
            self.scroll_by(by);
            ui.request_repaint();
        }
        self.forget_what_is_out_of_sight();
        if self.measurer.is_none() && self.measure_some(painter, input) {
            ui.request_repaint();
        }
        response.visible = self.visible_range();
        response
    }

    /// Returns whether the height of every paragraph is known; before that the length of the page is an estimate.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        if self.unreported > 0 { false } else { self.measured.iter().all(|measured| *measured) }
    }

    /// Takes in what was measured meanwhile; what is in sight stays where it is.
    fn take_measured(&mut self, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        let Some(measurer) = self.measurer.take() else { return };
        while let Some(report) = measurer.poll() {
            if report.job != self.job {
                continue;
            }
            let batch = match report.found {
                Found::Cuts(blocks) => {
                    self.take_cuts(blocks, painter, input);
                    continue;
                }
                Found::Heights(batch) => batch,
            };
            self.unreported = self.unreported.saturating_sub(batch.heights.len());
            for (block, height) in (batch.first..).zip(batch.heights) {
                if !self.measured[block] {
                    self.note_height(block, height + gap(&self.blocks[block], input.style));
                }
            }
        }
        self.measurer = Some(measurer);
    }

    /// Puts other blocks in the place of those so far: the same text, its long paragraphs cut where their lines end.
    fn take_cuts(&mut self, blocks: Arc<[Block]>, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        let top = self.top_of_window();
        // The line at the top may be seen in part only.
        let top = top.map(|at| (at, self.offset - self.depth_of(at, painter, input).0));
        self.numbers = paragraph_numbers(&blocks);
        self.unreported = blocks.len();
        self.blocks = blocks;
        self.index.clear();
        self.shown.clear();
        self.estimate_heights(input);
        if let Some((at, within)) = top {
            self.offset = self.depth_of(at, painter, input).0 + within;
        }
    }

    /// Scrolls by the wheel, when the pointer is over the page and nothing lies between.
    fn take_wheel(&mut self, ui: &Ui, page: Rect) {
        if ui.rect_contains_pointer(page) {
            let by = ui.ctx().input_mut(|i| std::mem::take(&mut i.smooth_scroll_delta.y));
            if by.abs() > 0.0 {
                self.scroll_by(-by);
            }
        }
    }

    /// Returns where the first line of a range stood on the screen in the last frame, for what is to be shown beside
    /// it; `None` out of sight or for an empty range.
    #[must_use]
    pub fn place_of(&self, range: TextRange) -> Option<Rect> {
        self.first_line_of(range, &self.shown)
    }

    /// Where the first line of a range stands, as far as it is in the first block that shows some of it.
    pub(super) fn first_line_of(&self, range: TextRange, visible: &[(usize, Pos2)]) -> Option<Rect> {
        visible.iter().find_map(|(block, origin)| {
            let own = self.blocks.get(*block)?.range;
            let part = own.intersection(range)?;
            let geometry = &self.cache.get(block)?.layout.geometry;
            let pieces = geometry.rectangles(relative(part, own.start()));
            let line = pieces.first()?.line;
            let mut rects =
                pieces.iter().filter(|piece| piece.line == line).map(|piece| moved(piece.rect, *origin));
            let first = rects.next()?;
            Some(rects.fold(first, Rect::union))
        })
    }

    /// Brings blocks, heights and mark index up to date with what is to be shown.
    fn prepare(
        &mut self,
        ctx: &Context,
        width: f32,
        pixels_per_point: f32,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) {
        let column_width = column_width(width, input.style);
        let key = LayoutKey {
            revision: input.content.revision,
            direction: input.content.direction,
            size_pt: input.style.size_pt,
            line_height: input.style.line_height,
            font: input.style.font,
            fonts_generation: painter.fonts_generation(),
            column_width,
            pixels_per_point,
        };
        if self.key != Some(key) {
            let same_text =
                self.key.is_some_and(|old| old.revision == key.revision && old.direction == key.direction);
            let anchor = (same_text && !self.blocks.is_empty()).then(|| self.top_of_window());
            self.key = Some(key);
            if !same_text {
                let content = input.content;
                self.blocks = blocks(content.source, content.segmentation, content.direction).into();
                self.numbers = paragraph_numbers(&self.blocks);
                self.index.clear();
                self.offset = 0.0;
                self.scroll_grab = None;
                self.goal = None;
                self.drag = pointer::Drag::default();
                self.edge_drag = None;
            }
            self.estimate_heights(input);
            if let Some(at) = anchor {
                self.put_at_top(at, painter, input);
            }
            self.begin_measuring(ctx, painter, input);
        }
    }

    /// The first gap of the line at the top of the window, by the layout so far; `None` at the top of the page.
    fn top_of_window(&self) -> Option<ByteOffset> {
        let depth = self.offset - f64::from(END_MARGIN);
        if depth <= 0.0 {
            return None;
        }
        let block = self.heights.at(depth);
        let start = self.blocks[block].range.start();
        #[allow(clippy::cast_possible_truncation, reason = "a depth inside one block")]
        let y = (depth - self.heights.before(block)) as f32;
        let line = self.cache.get(&block).map(|cached| {
            let geometry = &cached.layout.geometry;
            geometry.lines()[geometry.line_at(y)].range.start()
        });
        Some(absolute(line.unwrap_or_default(), start))
    }

    fn put_at_top(&mut self, at: Option<ByteOffset>, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        self.offset = match at {
            None => 0.0,
            Some(at) => self.depth_of(at, painter, input).0 + f64::from(END_MARGIN),
        };
    }

    /// Has a long text measured on its thread, from what is in sight on.
    fn begin_measuring(&mut self, ctx: &Context, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        self.job += 1;
        self.unreported = 0;
        let len = input.content.source.full_range().len() as usize;
        let has_cuts = self.blocks.iter().any(|block| !block.ends_paragraph);
        if len <= SHORT_TEXT && !has_cuts {
            self.measurer = None;
            return;
        }
        if self.measurer.is_none() {
            self.measurer = Measurer::new(ctx.clone(), painter.typesetter());
        }
        let (Some(measurer), Some(key)) = (&self.measurer, self.key) else { return };
        self.unreported = self.blocks.len();
        measurer.start(Job {
            number: self.job,
            source: input.content.source.clone(),
            blocks: Arc::clone(&self.blocks),
            style: self.text_style(input),
            width: key.column_width,
            first: self.heights.at((self.offset - f64::from(END_MARGIN)).max(0.0)),
        });
    }

    fn text_style(&self, input: &ArticleInput<'_>) -> TextStyle {
        TextStyle {
            size_pt: input.style.size_pt,
            line_height: input.style.line_height,
            weight: Weight::Regular,
            font: input.style.font,
            pixels_per_point: self.key.map_or(1.0, |key| key.pixels_per_point),
        }
    }

    fn estimate_heights(&mut self, input: &ArticleInput<'_>) {
        let Some(key) = self.key else { return };
        let style = input.style;
        let estimate = |block: &Block| {
            let text = input.content.source.slice(block.range);
            // Arabic letters are two bytes, and one is about 0.44 em wide.
            let bytes_per_char = if text.is_ascii() { 1.0 } else { 1.8 };
            let chars = text.len() as f32 / bytes_per_char;
            let lines = (chars * 0.44 * style.size_pt / key.column_width).ceil().max(1.0);
            lines * style.size_pt * style.line_height + gap(block, style)
        };
        self.heights = Heights::new(self.blocks.iter().map(estimate).collect());
        self.measured = vec![false; self.blocks.len()];
        self.first_unmeasured = 0;
        self.cache.clear();
    }

    /// Lays a block out unless that was done, and keeps what is in sight in its place when the height changes above it.
    pub(super) fn lay_out(&mut self, block: usize, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        let now = self.now;
        if let Some(cached) = self.cache.get_mut(&block) {
            cached.last_used = now;
            return;
        }
        let layout = self.layout_of(block, painter, input);
        self.laid_out = true;
        self.note_height(block, layout.height + gap(&self.blocks[block], input.style));
        self.cache.insert(block, CachedBlock { layout, meshes: BlockMeshes::default(), last_used: now });
    }

    fn layout_of(
        &self,
        block: usize,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) -> ParagraphLayout {
        let Block { range, direction, .. } = self.blocks[block];
        let width = self.key.map_or(input.style.size_pt, |key| key.column_width);
        painter.typesetter().layout_paragraph(
            input.content.source.slice(range),
            self.text_style(input),
            Some(width),
            Some(direction),
        )
    }

    fn note_height(&mut self, block: usize, height: f32) {
        self.measured[block] = true;
        let was_above = self.heights.before(block + 1) <= self.offset - f64::from(END_MARGIN);
        let growth = self.heights.set(block, height);
        if was_above && growth.abs() > 0.01 {
            self.offset += f64::from(growth);
        }
    }

    /// Lays out every block in the window and a little beyond.
    fn lay_out_window(&mut self, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        let top = self.offset - f64::from(END_MARGIN);
        let bottom = top + f64::from(self.window_height) + OVERSCAN;
        let mut block = self.heights.at(top.max(0.0));
        while block < self.blocks.len() && self.heights.before(block) < bottom {
            self.lay_out(block, painter, input);
            block += 1;
        }
    }

    /// How deep below the first line a gap's line begins and ends.
    fn depth_of(
        &mut self,
        at: ByteOffset,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) -> (f64, f64) {
        let block = self.block_at(at);
        self.lay_out(block, painter, input);
        let before = self.heights.before(block);
        let local = relative_to(at, self.blocks[block].range.start());
        self.cache.get(&block).map_or((before, before), |cached| {
            let caret = cached.layout.geometry.caret(local, Affinity::After);
            (before + f64::from(caret.top), before + f64::from(caret.bottom))
        })
    }

    /// Scrolls so that the beginning of a range stands in the upper half of the window, unless it is well in sight.
    fn bring_into_sight(&mut self, range: TextRange, painter: &mut TextPainter, input: &ArticleInput<'_>) {
        if self.blocks.is_empty() {
            return;
        }
        let height = f64::from(self.window_height);
        // Laying out what comes into sight may move the target: the second round finds it measured.
        for _ in 0..3 {
            let (top, bottom) = self.depth_of(range.start(), painter, input);
            let (top, bottom) = (top + f64::from(END_MARGIN), bottom + f64::from(END_MARGIN));
            if top >= self.offset + 0.1 * height && bottom <= self.offset + 0.9 * height {
                return;
            }
            let end = self.page_height() - height;
            let target = (top - 0.4 * height).min(end).max(0.0);
            if (target - self.offset).abs() < 0.5 {
                return;
            }
            self.offset = target;
            self.lay_out_window(painter, input);
        }
    }

    fn scroll_by(&mut self, points: f32) {
        self.offset += f64::from(points);
        self.clamp_offset();
    }

    fn clamp_offset(&mut self) {
        let end = (self.page_height() - f64::from(self.window_height)).max(0.0);
        self.offset = self.offset.clamp(0.0, end);
    }

    /// Returns how tall the page is with its margins, in points; an estimate until [`ArticleView::is_measured`].
    #[must_use]
    pub fn page_height(&self) -> f64 {
        self.heights.before(self.heights.len()) + 2.0 * f64::from(END_MARGIN)
    }

    pub(super) fn window_height(&self) -> f32 {
        self.window_height
    }

    /// Whether a text of that revision is laid out.
    pub(super) fn shows(&self, revision: u64) -> bool {
        self.key.is_some_and(|key| key.revision == revision) && !self.blocks.is_empty()
    }

    /// How far the top of the window is below the top of the page, in points.
    pub(super) fn offset(&self) -> f64 {
        self.offset
    }

    /// About how deep on the page a gap is: that of its block, and the share of the block's text before it.
    pub(super) fn known_depth(&self, at: ByteOffset) -> Option<f64> {
        let block = self.block_at(at);
        let range = self.blocks.get(block)?.range;
        let share = f64::from(at.get().saturating_sub(range.start().get())) / f64::from(range.len().max(1));
        let height = f64::from(self.heights.get(block));
        Some(f64::from(END_MARGIN) + self.heights.before(block) + height * share.min(1.0))
    }

    /// About which gap is at a depth of the page; the inverse of [`ArticleView::known_depth`].
    pub(super) fn gap_near(&self, depth: f64) -> ByteOffset {
        let depth = (depth - f64::from(END_MARGIN)).max(0.0);
        let block = self.heights.at(depth);
        let Some(Block { range, .. }) = self.blocks.get(block) else { return ByteOffset::ZERO };
        let share = (depth - self.heights.before(block)) / f64::from(self.heights.get(block)).max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of the block's length"
        )]
        let within = (f64::from(range.len()) * share.clamp(0.0, 1.0)) as usize;
        ByteOffset::from_index(range.start().index() + within)
    }

    /// What the window shows of the page.
    fn page(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        painter: &mut TextPainter,
        input: &ArticleInput<'_>,
    ) -> ArticleResponse {
        let window = ui.clip_rect();
        let response = ui.interact(rect, ui.scope_id().with("text"), Sense::click_and_drag());
        let column_width = self.key.map_or(rect.width(), |key| key.column_width);
        let left = rect.left() + (rect.width() - column_width) / 2.0;
        let pixels_per_point = ui.pixels_per_point();
        // The page is longer than f32 can count in pixels: places on the screen come from differences in f64.
        let page_top = f64::from(window.top()) + f64::from(END_MARGIN) - self.offset;
        let place_of = |heights: &Heights, block: usize| {
            #[allow(clippy::cast_possible_truncation, reason = "blocks in sight are near the screen")]
            let top = (page_top + heights.before(block)) as f32;
            snap(pos2(left, top), pixels_per_point)
        };
        let first = self.heights.at((self.offset - f64::from(END_MARGIN)).max(0.0));
        let mut visible: Vec<(usize, Pos2)> = Vec::new();
        for block in first..self.blocks.len() {
            let origin = place_of(&self.heights, block);
            if origin.y >= window.bottom() {
                break;
            }
            visible.push((block, origin));
        }

        if response.has_focus() {
            // The keys are the application's: egui must not move the focus with them.
            let all = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, all));
        }
        let seen = visible.first().map_or(0, |(block, _)| *block);
        self.index.update(input.marks, &self.blocks, seen..seen + visible.len());
        let frame =
            Frame { window, pixels_per_point, column_width, visible: &visible, selection: input.selection };
        let asked = access::asked(&self.told, ui, &response);
        let mut outcome = pointer::handle(self, ui, &response, input, &frame);
        if let Some(access::Asked::Selection(selection)) = asked {
            response.request_focus();
            outcome.selection = Some(selection);
        }
        paint::paint(self, ui, painter, input, &frame);
        access::describe(self, ui, &response, &visible, input);
        self.shown = visible;
        ArticleResponse {
            selection: outcome.selection,
            selecting: outcome.selecting,
            reshaped: outcome.reshaped,
            clicked_marks: outcome.clicked_marks,
            clicked_at: outcome.clicked_at,
            context_click: outcome.context_click,
            hovered_mark: self.hovered,
            asked_mark: asked.and_then(|asked| match asked {
                access::Asked::Mark(mark) => Some(mark),
                access::Asked::Selection(_) => None,
            }),
            visible: TextRange::default(),
            response,
        }
    }

    fn forget_what_is_out_of_sight(&mut self) {
        if self.cache.len() > MAX_CACHED_BLOCKS {
            let now = self.now;
            self.cache.retain(|_, cached| cached.last_used == now);
        }
    }

    /// Measures some of the blocks that were not laid out yet and returns whether there are more.
    fn measure_some(&mut self, painter: &mut TextPainter, input: &ArticleInput<'_>) -> bool {
        let mut budget = if self.laid_out { 0 } else { IDLE_BYTES };
        while self.first_unmeasured < self.blocks.len() {
            let block = self.first_unmeasured;
            if self.measured[block] {
                self.first_unmeasured += 1;
                continue;
            }
            let len = self.blocks[block].range.len() as usize + 64;
            // A block longer than the whole budget has a frame of its own.
            if len > budget && budget < IDLE_BYTES {
                return true;
            }
            budget = budget.saturating_sub(len);
            let height = self.layout_of(block, painter, input).height;
            self.note_height(block, height + gap(&self.blocks[block], input.style));
        }
        false
    }

    /// The height of a block with the space after it.
    pub(super) fn height_of(&self, block: usize) -> f32 {
        self.heights.get(block)
    }

    /// The index of the block that holds a gap.
    pub(super) fn block_at(&self, at: ByteOffset) -> usize {
        self.blocks.partition_point(|block| block.range.start() <= at).saturating_sub(1)
    }

    /// The number of the paragraph that begins with a block; empty lines are not counted.
    pub(super) fn paragraph_number(&self, block: usize) -> Option<u32> {
        self.numbers.get(block).copied().filter(|number| *number > 0)
    }

    /// The index of the block that shows the side of a gap where a mark begins or ends.
    pub(super) fn block_of_end(&self, at: ByteOffset, affinity: Affinity) -> usize {
        match affinity {
            Affinity::After => self.block_at(at),
            Affinity::Before => {
                self.blocks.partition_point(|block| block.range.start() < at).saturating_sub(1)
            }
        }
    }

    fn visible_range(&self) -> TextRange {
        let top = (self.offset - f64::from(END_MARGIN)).max(0.0);
        let bottom = top + f64::from(self.window_height);
        let (first, last) = (self.heights.at(top), self.heights.at(bottom));
        match (self.blocks.get(first), self.blocks.get(last)) {
            (Some(first), Some(last)) => first.range.cover(last.range),
            _ => TextRange::default(),
        }
    }
}

fn paragraph_numbers(blocks: &[Block]) -> Vec<u32> {
    let (mut begins, mut count) = (true, 0);
    let number = |block: &Block| {
        let numbered = begins && !block.range.is_empty();
        begins = block.ends_paragraph;
        count += u32::from(numbered);
        if numbered { count } else { 0 }
    };
    blocks.iter().map(number).collect()
}

/// The space after a block.
fn gap(block: &Block, style: ReadingStyle) -> f32 {
    if block.ends_paragraph { (PARAGRAPH_GAP * style.size_pt).round() } else { 0.0 }
}

/// The width of the column in a window of a width.
fn column_width(window: f32, style: ReadingStyle) -> f32 {
    let room = (window - 2.0 * SIDE_MARGIN).max(4.0 * style.size_pt);
    (style.measure_em * style.size_pt).min(room).floor()
}

/// A gap of the text in offsets of a block that begins at `start`.
pub(super) fn relative_to(at: ByteOffset, start: ByteOffset) -> ByteOffset {
    ByteOffset::from_index(at.index().saturating_sub(start.index()))
}

/// A gap of a block that begins at `start` in offsets of the text.
pub(super) fn absolute(local: ByteOffset, start: ByteOffset) -> ByteOffset {
    ByteOffset::from_index(start.index() + local.index())
}

/// Appends rectangles made by `Mesh::add_rect_with_uv`, moved; four vertices each.
pub(super) fn append_quads(mesh: &mut Mesh, vertices: &[egui::epaint::Vertex], by: egui::Vec2) {
    mesh.vertices.reserve(vertices.len());
    mesh.indices.reserve(vertices.len() / 4 * 6);
    for quad in vertices.chunks_exact(4) {
        #[allow(clippy::cast_possible_truncation, reason = "a frame has fewer than 2^32 vertices")]
        let first = mesh.vertices.len() as u32;
        mesh.vertices
            .extend(quad.iter().map(|vertex| egui::epaint::Vertex { pos: vertex.pos + by, ..*vertex }));
        mesh.indices.extend([first, first + 1, first + 2, first + 2, first + 1, first + 3]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_text_at_the_top_stays_while_heights_come_in_any_order(
            estimates in proptest::collection::vec(20_u16..400, 2..300),
            measured in proptest::collection::vec((0_usize..300, 20_u16..400), 1..300),
            part in 0.0_f64..1.0,
        ) {
            let mut view = ArticleView::new();
            let heights: Vec<f32> = estimates.iter().map(|height| f32::from(*height)).collect();
            view.measured = vec![false; heights.len()];
            view.heights = Heights::new(heights);
            view.offset = f64::from(END_MARGIN) + part * view.heights.before(view.heights.len());
            let top = view.heights.at(view.offset - f64::from(END_MARGIN));
            let place = |view: &ArticleView| view.heights.before(top) - view.offset;
            let before = place(&view);
            // What is in sight was laid out before it was drawn: only the heights of the others come in.
            let others = measured.into_iter().map(|(block, height)| (block % estimates.len(), height));
            for (block, height) in others.filter(|(block, _)| *block != top) {
                view.note_height(block, f32::from(height));
                prop_assert!((place(&view) - before).abs() < 0.02, "{} was {before}", place(&view));
            }
        }
    }
}
