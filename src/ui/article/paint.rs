//! Drawing the blocks in sight.
//!
//! Order: washes, tints and underlines of the marks, then the selection (one mesh); the letters (one mesh); the cursor,
//! the outline of the focused mark and its tag above them.

use egui::{Color32, Mesh, Pos2, Rect, Ui, pos2, vec2};

use super::marks::{MarkKind, Piece, SpanMark, relative};
use super::view::{ArticleView, append_quads, relative_to};
use super::{ArticleInput, ReadingTheme, TextSelection};
use crate::text::TextRange;
use crate::typeset::{
    self, Affinity, Bracket, LineRect, Marking, ParagraphLayout, TextStyle, Underline, Weight, assign_lanes,
    outline_rects,
};
use crate::ui::text_painter::{TextPainter, moved, snap};

/// The size of a tag, in ems.
const TAG_EM: f32 = 0.55;

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
    fn marking<'a>(&self, layout: &'a ParagraphLayout, input: &ArticleInput<'_>) -> Marking<'a> {
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
        draw_marks(&cached.layout, &mut cached.meshes, pieces, input, frame);
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
    draw_emphasis(view, &mut ground, input, frame);
    draw_selection(view, &mut ground, input, frame);
    let canvas = ui.painter();
    canvas.add(ground);
    canvas.add(letters);
    draw_above(view, canvas, painter, input, frame);
}

/// The lines of a block that the window shows, with one more on each side for letters that reach out of their line.
fn lines_in_sight(layout: &ParagraphLayout, top: f32, window: Rect) -> std::ops::Range<usize> {
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
    pieces: &[Piece],
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let key = (input.marks.revision, *input.theme);
    if meshes.mark_key == Some(key) {
        return;
    }
    meshes.mark_key = Some(key);
    meshes.marks.clear();
    meshes.brackets.clear();
    let mark_of = |piece: &Piece| input.marks.marks.get(piece.mark as usize);
    let takes = |wanted: fn(MarkKind) -> bool, piece: &Piece| {
        mark_of(piece).is_some_and(|mark| wanted(mark.kind)).then_some(piece.range)
    };
    let lanes = assign_lanes(pieces.iter().map(|piece| takes(MarkKind::has_lane, piece)));
    let claim_lanes = assign_lanes(pieces.iter().map(|piece| takes(MarkKind::is_claim, piece)));
    let marking = frame.marking(layout, input);
    let BlockMeshes { marks: mesh, brackets, .. } = meshes;
    // Outer marks come first, so the tint of an inner one lies over that of the outer.
    for (index, piece) in pieces.iter().enumerate() {
        let Some(mark) = mark_of(piece) else { continue };
        let rects = marking.pieces(piece.range);
        match mark.kind {
            MarkKind::Annotation => {
                // Tints of nested marks add up: each further one is weaker, so that the letters stay readable.
                let strength = input.theme.tint / (1.0 + f32::from(lanes[index]));
                tint(mesh, marking, &rects, mark.colour, strength);
                underline(mesh, marking, &rects, mark.underline, mark.colour, lanes[index]);
            }
            MarkKind::Suggestion => {
                underline(mesh, marking, &rects, Underline::Dashed, mark.colour, lanes[index]);
            }
            MarkKind::ClaimContent | MarkKind::SuggestedClaim => {
                let dashed = mark.kind == MarkKind::SuggestedClaim;
                if !dashed {
                    tint(mesh, marking, &rects, mark.colour, input.theme.wash);
                }
                let shape =
                    Bracket { lane: claim_lanes[index], dashed, begins: piece.begins, ends: piece.ends };
                let area = marking.bracket(&rects, shape, |rect| fill(mesh, rect, mark.colour));
                brackets.extend(area.map(|area| (area, mark.id)));
            }
            MarkKind::SearchHit => tint(mesh, marking, &rects, mark.colour, 0.5),
            MarkKind::ClaimSource | MarkKind::ClaimCue | MarkKind::ClaimRole => {}
        }
    }
}

fn fill(mesh: &mut Mesh, rect: typeset::Rect, colour: Color32) {
    mesh.add_colored_rect(moved(rect, Pos2::ZERO), colour);
}

fn tint(mesh: &mut Mesh, marking: Marking<'_>, rects: &[LineRect], colour: Color32, strength: f32) {
    for piece in rects {
        fill(mesh, marking.ground(piece), colour.gamma_multiply(strength));
    }
}

fn underline(
    mesh: &mut Mesh,
    marking: Marking<'_>,
    rects: &[LineRect],
    style: Underline,
    colour: Color32,
    lane: u8,
) {
    for piece in rects {
        marking.underline(piece, style, lane, |rect| fill(mesh, rect, colour));
    }
}

/// The marks to be stressed, and whether each is focused (else it is under the pointer).
fn stressed<'a>(
    view: &'a ArticleView,
    input: &'a ArticleInput<'_>,
) -> impl Iterator<Item = (u32, &'a SpanMark, bool)> {
    let hovered = view.hovered.or(input.hovered).filter(|id| input.focused != Some(*id));
    let ids = [(input.focused, true), (hovered, false)];
    ids.into_iter()
        .filter_map(|(id, focused)| Some((id?, focused)))
        .flat_map(move |(id, focused)| view.index.with_id(id).map(move |mark| (mark, focused)))
        .filter_map(|(index, focused)| Some((index, input.marks.marks.get(index as usize)?, focused)))
}

/// Draws the stronger tint and the roles of the marks that are focused or under the pointer.
fn draw_emphasis(view: &ArticleView, ground: &mut Mesh, input: &ArticleInput<'_>, frame: &Frame<'_>) {
    for (index, mark, focused) in stressed(view, input) {
        for (block, origin) in frame.visible {
            let Some(cached) = view.cache.get(block) else { continue };
            let mut mesh = Mesh::default();
            let marking = frame.marking(&cached.layout, input);
            for piece in view.index.in_block(*block).iter().filter(|piece| piece.mark == index) {
                let rects = marking.pieces(piece.range);
                let strength = if focused { input.theme.focus } else { input.theme.focus / 2.0 };
                match mark.kind {
                    MarkKind::ClaimContent | MarkKind::SuggestedClaim => {
                        tint(&mut mesh, marking, &rects, mark.colour, strength / 2.0);
                        let area = cached.meshes.brackets.iter().find(|(_, id)| *id == mark.id);
                        if let (true, Some((area, _))) = (focused, area) {
                            fill(&mut mesh, marking.focused_bracket(*area), mark.colour);
                        }
                    }
                    MarkKind::ClaimSource | MarkKind::ClaimCue | MarkKind::ClaimRole => {
                        tint(&mut mesh, marking, &rects, mark.colour, input.theme.tint);
                        underline(&mut mesh, marking, &rects, mark.underline, mark.colour, 0);
                    }
                    _ => tint(&mut mesh, marking, &rects, mark.colour, strength),
                }
            }
            append_quads(ground, &mesh.vertices, origin.to_vec2());
        }
    }
}

fn draw_selection(view: &ArticleView, ground: &mut Mesh, input: &ArticleInput<'_>, frame: &Frame<'_>) {
    let range = frame.selection.range();
    for (block, origin) in frame.visible {
        let own = view.blocks[*block].range;
        let (Some(part), Some(cached)) = (own.intersection(range), view.cache.get(block)) else { continue };
        if part.is_empty() {
            continue;
        }
        for piece in cached.layout.geometry.rectangles(relative(part, own.start())) {
            ground.add_colored_rect(moved(piece.rect, *origin), input.theme.selection);
        }
    }
}

/// Draws the cursor, outlines and tags.
fn draw_above(
    view: &ArticleView,
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let mut above = Mesh::default();
    let mut tags: Vec<(TagPlace, &SpanMark, bool)> = Vec::new();
    for (index, mark, focused) in stressed(view, input) {
        for (block, origin) in frame.visible {
            let Some(cached) = view.cache.get(block) else { continue };
            for piece in view.index.in_block(*block).iter().filter(|piece| piece.mark == index) {
                if focused && !mark.kind.is_claim() {
                    let marking = frame.marking(&cached.layout, input);
                    for rect in marking.pieces(piece.range) {
                        marking.outline(&rect, mark.kind == MarkKind::Suggestion, |side| {
                            above.add_colored_rect(moved(side, *origin), mark.colour);
                        });
                    }
                }
                if piece.begins {
                    tags.push((tag_place(&cached.layout, piece, *origin), mark, true));
                }
            }
        }
    }
    if input.style.show_all_tags {
        let known: Vec<u64> = tags.iter().map(|(_, mark, _)| mark.id).collect();
        for (block, origin) in frame.visible {
            let Some(cached) = view.cache.get(block) else { continue };
            for piece in view.index.in_block(*block).iter().filter(|piece| piece.begins) {
                let Some(mark) = input.marks.marks.get(piece.mark as usize) else { continue };
                if mark.kind.has_lane() && !known.contains(&mark.id) {
                    tags.push((tag_place(&cached.layout, piece, *origin), mark, false));
                }
            }
        }
    }
    draw_caret(view, &mut above, input, frame);
    if !above.is_empty() {
        canvas.add(above);
    }
    let mut taken = Vec::new();
    for (place, mark, filled) in tags {
        draw_tag(canvas, painter, place, mark, filled, &mut taken, input, frame);
    }
}

/// Where a tag begins: at the top of the line, above the side on which its first letter begins.
#[derive(Clone, Copy)]
struct TagPlace {
    at: Pos2,
    /// Whether that letter, and so the tag, goes to the left from there.
    rtl: bool,
}

fn tag_place(layout: &ParagraphLayout, piece: &Piece, origin: Pos2) -> TagPlace {
    let geometry = &layout.geometry;
    let start = piece.range.start();
    let caret = geometry.caret(start, Affinity::After);
    let edge = geometry.edges(caret.line).iter().find(|edge| edge.range.contains(start));
    let rtl = edge.map_or(layout.is_rtl(), |edge| edge.rtl);
    TagPlace { at: pos2(origin.x + caret.x, origin.y + caret.top), rtl }
}

#[allow(clippy::too_many_arguments, reason = "what to draw, where, and what it must not cover")]
fn draw_tag(
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    place: TagPlace,
    mark: &SpanMark,
    filled: bool,
    taken: &mut Vec<Rect>,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    if mark.tag.is_empty() {
        return;
    }
    let style = TextStyle {
        size_pt: (TAG_EM * input.style.size_pt).max(9.0),
        line_height: 1.25,
        weight: Weight::Bold,
        pixels_per_point: frame.pixels_per_point,
    };
    let layout = painter.label(&mark.tag, style, None, None, 1);
    let padding = vec2(4.0, 0.0);
    let size = vec2(layout.width, layout.height) + 2.0 * padding;
    let left = if place.rtl { place.at.x - size.x } else { place.at.x };
    let corner = snap(pos2(left, place.at.y - size.y * 0.55), frame.pixels_per_point);
    let mut rect = Rect::from_min_size(corner.max(frame.window.min), size);
    // Tags of nested marks that begin together stand side by side.
    while let Some(other) = taken.iter().find(|other: &&Rect| other.shrink(1.0).intersects(rect)) {
        let by =
            if place.rtl { other.left() - rect.right() - 2.0 } else { other.right() - rect.left() + 2.0 };
        rect = rect.translate(vec2(by, 0.0));
    }
    taken.push(rect);
    let corner = snap(rect.min, frame.pixels_per_point);
    if filled {
        canvas.rect_filled(Rect::from_min_size(corner, size), 3.0, mark.colour);
        painter.paint(canvas, &layout, corner + padding, input.theme.paper);
    } else {
        painter.paint(canvas, &layout, corner + padding, mark.colour);
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
