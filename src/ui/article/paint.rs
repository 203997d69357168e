//! Drawing the blocks in sight.
//!
//! Order: washes, tints and underlines of the marks, what is stressed among them, then the selection (one mesh); the
//! lines that join what belongs together; the letters (one mesh); above them the cursor and what `emphasis` adds.

use egui::{Color32, Mesh, Pos2, Rect, Ui};

use super::marks::{MarkIndex, MarkKind, Piece, SpanMark, relative};
use super::view::{ArticleView, CachedBlock, append_quads, relative_to};
use super::{ArticleInput, ReadingTheme, TextSelection, emphasis, hidden, links};
use crate::text::TextRange;
use crate::typeset::{
    self, Affinity, Bracket, Lane, Lanes, LineRect, Marking, ParagraphLayout, Underline, assign_lanes,
    outline_rects,
};
use crate::ui::text_painter::{TextPainter, moved};

/// What a frame is drawn into.
pub(super) struct Frame<'a> {
    /// The part of the screen that shows the page.
    pub(super) window: Rect,
    pub(super) pixels_per_point: f32,
    pub(super) column_width: f32,
    /// The blocks in sight with their top left corners on the screen.
    pub(super) visible: &'a [(usize, Pos2)],
    pub(super) selection: TextSelection,
}

impl Frame<'_> {
    /// The blocks in sight with what was laid out and drawn of them: their index, their top left corner on the screen.
    pub(super) fn seen<'a>(
        &'a self,
        view: &'a ArticleView,
    ) -> impl Iterator<Item = (usize, Pos2, &'a CachedBlock)> {
        self.visible.iter().filter_map(|(block, origin)| Some((*block, *origin, view.cache.get(block)?)))
    }

    pub(super) fn marking<'a>(&self, layout: &'a ParagraphLayout, input: &ArticleInput<'_>) -> Marking<'a> {
        Marking {
            layout,
            size_pt: input.style.size_pt,
            column_width: self.column_width,
            pixels_per_point: self.pixels_per_point,
        }
    }
}

/// What is drawn of a block, kept until something that it shows changes.
#[derive(Default)]
pub(super) struct BlockMeshes {
    glyphs: Mesh,
    /// How many glyphs have been drawn up to the end of each line.
    line_ends: Vec<usize>,
    glyph_key: Option<(u64, Color32)>,
    marks: Mesh,
    mark_key: Option<(u64, ReadingTheme)>,
    /// The lanes of the marks, by their place among the pieces of the block.
    pub(super) lanes: Lanes,
    /// Brackets of claims in the margin, for pointing at them.
    pub(super) brackets: Vec<(typeset::Rect, u64)>,
}

pub(super) fn paint(
    view: &mut ArticleView,
    ui: &Ui,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let mut ground = Mesh::default();
    let mut letters = painter.glyph_mesh();
    for (block, origin) in frame.visible {
        let pieces = view.index.in_block(*block);
        let Some(cached) = view.cache.get_mut(block) else { continue };
        draw_glyphs(&cached.layout, &mut cached.meshes, painter, input, frame);
        draw_marks(&cached.layout, &mut cached.meshes, (&view.index, pieces), input, frame);
        append_quads(&mut ground, &cached.meshes.marks.vertices, origin.to_vec2());
        let lines = lines_in_sight(&cached.layout, origin.y, frame.window);
        let end_of = |line: usize| line.checked_sub(1).map_or(0, |last| cached.meshes.line_ends[last]);
        let vertices = &cached.meshes.glyphs.vertices[end_of(lines.start) * 4..end_of(lines.end) * 4];
        append_quads(&mut letters, vertices, origin.to_vec2());
        for placeholder in &cached.layout.placeholders {
            outline_rects(placeholder.rect, 1.0 / frame.pixels_per_point, None, |side| {
                ground.add_colored_rect(moved(side, *origin), input.theme.ink);
            });
        }
    }
    emphasis::draw_ground(view, &mut ground, input, frame);
    draw_selection(view, &mut ground, input, frame);
    let canvas = ui.painter();
    canvas.add(ground);
    links::draw(view, canvas, painter, input, frame);
    canvas.add(letters);
    hidden::draw_numbers(view, canvas, painter, input, frame);
    hidden::draw(view, canvas, painter, input, frame);
    let mut cursor = Mesh::default();
    draw_caret(view, &mut cursor, input, frame);
    if !cursor.is_empty() {
        canvas.add(cursor);
    }
    emphasis::draw_above(view, canvas, painter, input, frame);
}

/// The lines of a block that the window shows, with one more on each side for letters that reach out of their line.
pub(super) fn lines_in_sight(layout: &ParagraphLayout, top: f32, window: Rect) -> std::ops::Range<usize> {
    let geometry = &layout.geometry;
    let first = geometry.line_at(window.top() - top).saturating_sub(1);
    let last = (geometry.line_at(window.bottom() - top) + 2).min(geometry.lines().len());
    first..last
}

fn draw_glyphs(
    layout: &ParagraphLayout,
    meshes: &mut BlockMeshes,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let key = (painter.generation(), input.theme.ink);
    if meshes.glyph_key == Some(key) {
        return;
    }
    meshes.glyphs = painter.glyph_mesh();
    meshes.line_ends.clear();
    for line in 0..layout.geometry.lines().len() {
        let glyphs = layout.glyphs_of_lines(line..line + 1);
        let ink = input.theme.ink;
        painter.push_glyphs(&mut meshes.glyphs, glyphs, Pos2::ZERO, frame.pixels_per_point, |_| ink);
        meshes.line_ends.push(meshes.glyphs.vertices.len() / 4);
    }
    // When the atlas started anew on the way, the key does not fit and the next frame draws this block again.
    meshes.glyph_key = Some(key);
}

/// Draws what all marks of a block show whether or not they are focused.
fn draw_marks(
    layout: &ParagraphLayout,
    meshes: &mut BlockMeshes,
    (index, pieces): (&MarkIndex, &[Piece]),
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let key = (input.marks.revision(), *input.theme);
    if meshes.mark_key == Some(key) {
        return;
    }
    meshes.mark_key = Some(key);
    meshes.marks.clear();
    meshes.brackets.clear();
    let mark_of = |piece: &Piece| index.mark(piece.mark);
    let takes = |wanted: fn(MarkKind) -> bool, piece: &Piece| {
        mark_of(piece).is_some_and(|mark| wanted(mark.kind)).then_some(piece.range)
    };
    meshes.lanes = Lanes::new(layout, pieces.iter().map(|piece| takes(MarkKind::has_lane, piece)));
    let claim_lanes = assign_lanes(pieces.iter().map(|piece| takes(MarkKind::is_claim, piece)));
    let marking = frame.marking(layout, input);
    let BlockMeshes { marks: mesh, brackets, lanes, .. } = meshes;
    // Outer marks come first, so the tint of an inner one lies over that of the outer. Underlines come after all tints:
    // the deepest reach into the room of the next line.
    for (place, piece) in pieces.iter().enumerate() {
        let Some(mark) = mark_of(piece) else { continue };
        let rects = marking.pieces(piece.range);
        match mark.kind {
            MarkKind::Annotation => {
                // Tints of nested marks add up: each further one is weaker, so that the letters stay readable.
                let depth = rects.first().map_or(0, |rect| lanes.lane(place, rect.line).lane);
                tint(mesh, marking, &rects, mark.colour, input.theme.nested_tint(depth));
            }
            MarkKind::ClaimContent | MarkKind::SuggestedClaim => {
                let dashed = mark.kind == MarkKind::SuggestedClaim;
                if !dashed {
                    tint(mesh, marking, &rects, mark.colour, input.theme.wash);
                }
                let shape =
                    Bracket { lane: claim_lanes[place], dashed, begins: piece.begins, ends: piece.ends };
                let area = marking.bracket(&rects, shape, |rect| fill(mesh, rect, mark.colour));
                brackets.extend(area.map(|area| (area, mark.id)));
            }
            MarkKind::SearchHit => tint(mesh, marking, &rects, mark.colour, super::HIT_TINT),
            MarkKind::Suggestion | MarkKind::ClaimSource | MarkKind::ClaimCue | MarkKind::ClaimRole => {}
        }
    }
    for (place, piece) in pieces.iter().enumerate() {
        let Some(mark) = mark_of(piece).filter(|mark| mark.kind.has_lane()) else { continue };
        for rect in marking.pieces(piece.range) {
            underline(mesh, marking, &rect, mark, lanes.lane(place, rect.line));
        }
    }
}

pub(super) fn fill(mesh: &mut Mesh, rect: typeset::Rect, colour: Color32) {
    mesh.add_colored_rect(moved(rect, Pos2::ZERO), colour);
}

pub(super) fn tint(
    mesh: &mut Mesh,
    marking: Marking<'_>,
    rects: &[LineRect],
    colour: Color32,
    strength: f32,
) {
    for piece in rects {
        fill(mesh, marking.ground(piece), colour.gamma_multiply(strength));
    }
}

/// Draws a piece of the underline of a mark: the pattern of its label, or dashes for what is only suggested.
pub(super) fn underline(
    mesh: &mut Mesh,
    marking: Marking<'_>,
    piece: &LineRect,
    mark: &SpanMark,
    lane: Lane,
) {
    let suggested = mark.kind == MarkKind::Suggestion;
    let style = if suggested { Underline::Dashed } else { mark.underline };
    marking.underline(piece, style, lane, |rect| fill(mesh, rect, mark.colour));
}

fn draw_selection(view: &ArticleView, ground: &mut Mesh, input: &ArticleInput<'_>, frame: &Frame<'_>) {
    let range = frame.selection.range();
    for (block, origin, cached) in frame.seen(view) {
        let own = view.blocks[block].range;
        let Some(part) = own.intersection(range) else { continue };
        if part.is_empty() {
            continue;
        }
        for piece in cached.layout.geometry.rectangles(relative(part, own.start())) {
            ground.add_colored_rect(moved(piece.rect, origin), input.theme.selection);
        }
    }
}

fn draw_caret(view: &ArticleView, above: &mut Mesh, input: &ArticleInput<'_>, frame: &Frame<'_>) {
    let head = frame.selection.head;
    let block = view.block_at(head);
    let Some((_, origin)) = frame.visible.iter().find(|(visible, _)| *visible == block) else { return };
    let Some(cached) = view.cache.get(&block) else { return };
    let own: TextRange = view.blocks[block].range;
    // The end of a selection belongs to what is selected, not to the next line.
    let affinity = if head > frame.selection.anchor { Affinity::Before } else { Affinity::After };
    let caret = cached.layout.geometry.caret(relative_to(head.min(own.end()), own.start()), affinity);
    let marking = frame.marking(&cached.layout, input);
    let place = typeset::Rect { x0: caret.x, y0: caret.top, x1: caret.x, y1: caret.bottom };
    let ground = marking.ground(&LineRect { line: caret.line, rect: place });
    let bar = typeset::Rect { x0: caret.x - 1.0, x1: caret.x + 1.0, ..ground };
    above.add_colored_rect(moved(bar, *origin), input.theme.caret);
}
