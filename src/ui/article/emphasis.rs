//! What is focused or under the pointer: its stronger tint, its roles, its frame, its handles and its tag.
//!
//! A mention under the pointer stands alone in its place: the tints and underlines of the marks that overlap it there
//! are left out, so that one can see how far it goes.

use egui::{Color32, Mesh, Pos2, Rect, pos2, vec2};

use super::marks::{MarkKind, Piece, SpanMark, relative};
use super::paint::{Frame, fill, tint, underline};
use super::view::{ArticleView, CachedBlock, append_quads};
use super::{ArticleInput, handles};
use crate::text::TextRange;
use crate::typeset::{Affinity, Lane, ParagraphLayout, ReadingFont, TextStyle, Weight};
use crate::ui::text_painter::{TextPainter, moved, snap};

/// The size of a tag, in ems.
const TAG_EM: f32 = 0.55;

/// A mark to be stressed.
struct Stressed<'a> {
    /// Its place among the marks.
    index: u32,
    mark: &'a SpanMark,
    /// Whether it is focused; else it is under the pointer.
    focused: bool,
}

fn stressed<'a>(view: &'a ArticleView, input: &'a ArticleInput<'_>) -> impl Iterator<Item = Stressed<'a>> {
    let hovered = view.hovered.or(input.hovered).filter(|id| input.focused != Some(*id));
    let ids = [(input.focused, true), (hovered, false)];
    ids.into_iter()
        .filter_map(|(id, focused)| Some((id?, focused)))
        .flat_map(move |(id, focused)| view.index.with_id(id).map(move |mark| (mark, focused)))
        .filter_map(|(index, focused)| {
            let mark = view.index.mark(index)?;
            Some(Stressed { index, mark, focused })
        })
}

/// Draws what lies under the letters: the stronger tint, and the roles of a claim.
pub(super) fn draw_ground(
    view: &ArticleView,
    ground: &mut Mesh,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    for stressed in stressed(view, input) {
        // While an edge is dragged, what the mark will be is shown in place of what it is.
        if stressed.focused && view.edge_drag.is_some() && !stressed.mark.kind.is_role() {
            continue;
        }
        for (block, origin, cached) in frame.seen(view) {
            let mut mesh = Mesh::default();
            for (place, piece) in view.index.in_block(block).iter().enumerate() {
                if piece.mark == stressed.index {
                    stress(&mut mesh, cached, (place, piece), &stressed, input, frame);
                }
            }
            append_quads(ground, &mesh.vertices, origin.to_vec2());
        }
    }
    if let Some(drag) = &view.edge_drag {
        draw_preview(view, ground, &drag.fragments, drag.colour, input, frame);
    }
}

fn stress(
    mesh: &mut Mesh,
    part: &CachedBlock,
    (place, piece): (usize, &Piece),
    stressed: &Stressed<'_>,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let Stressed { mark, focused, .. } = stressed;
    let marking = frame.marking(&part.layout, input);
    let rects = marking.pieces(piece.range);
    let strength = if *focused { input.theme.focus } else { input.theme.focus / 2.0 };
    match mark.kind {
        MarkKind::ClaimContent | MarkKind::SuggestedClaim => {
            tint(mesh, marking, &rects, mark.colour, strength / 2.0);
            let area = part.meshes.brackets.iter().find(|(_, id)| *id == mark.id);
            if let (true, Some((area, _))) = (*focused, area) {
                fill(mesh, marking.focused_bracket(*area), mark.colour);
            }
        }
        MarkKind::ClaimSource | MarkKind::ClaimCue | MarkKind::ClaimRole => {
            tint(mesh, marking, &rects, mark.colour, input.theme.tint);
            for rect in &rects {
                underline(mesh, marking, rect, mark, Lane::ONLY);
            }
        }
        MarkKind::SearchHit => {}
        MarkKind::Annotation | MarkKind::Suggestion if *focused => {
            tint(mesh, marking, &rects, mark.colour, strength);
        }
        MarkKind::Annotation | MarkKind::Suggestion => {
            for rect in &rects {
                let lanes = part.meshes.lanes.on_line(rect.line);
                if lanes > 1 {
                    fill(mesh, marking.ground_with_lanes(rect, lanes), input.theme.paper);
                    underline(mesh, marking, rect, mark, part.meshes.lanes.lane(place, rect.line));
                }
            }
            let alone = input.theme.tint + strength;
            tint(mesh, marking, &rects, mark.colour, alone);
        }
    }
}

/// Draws the text that a mark will cover when the edge under the pointer is let go.
fn draw_preview(
    view: &ArticleView,
    ground: &mut Mesh,
    fragments: &[TextRange],
    colour: Color32,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    for (block, origin, cached) in frame.seen(view) {
        let own = view.blocks[block].range;
        let marking = frame.marking(&cached.layout, input);
        for part in fragments.iter().filter_map(|fragment| own.intersection(*fragment)) {
            for piece in marking.pieces(relative(part, own.start())) {
                let strength = input.theme.tint + input.theme.focus;
                ground
                    .add_colored_rect(moved(marking.ground(&piece), origin), colour.gamma_multiply(strength));
            }
        }
    }
}

/// Draws frames, handles and tags above the letters.
pub(super) fn draw_above(
    view: &ArticleView,
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let mut above = Mesh::default();
    let mut tags: Vec<(TagPlace, &SpanMark, bool)> = Vec::new();
    for Stressed { index, mark, focused } in stressed(view, input) {
        for (block, origin, cached) in frame.seen(view) {
            for piece in view.index.in_block(block).iter().filter(|piece| piece.mark == index) {
                if focused && mark.kind.has_lane() && view.edge_drag.is_none() {
                    let marking = frame.marking(&cached.layout, input);
                    for rect in marking.pieces(piece.range) {
                        marking.outline(&rect, mark.kind == MarkKind::Suggestion, |side| {
                            above.add_colored_rect(moved(side, origin), mark.colour);
                        });
                    }
                }
                if piece.begins {
                    tags.push((tag_place(&cached.layout, piece, origin), mark, true));
                }
            }
        }
    }
    if input.style.show_all_tags {
        push_all_tags(view, &mut tags, frame);
    }
    if !above.is_empty() {
        canvas.add(above);
    }
    handles::draw(view, canvas, input, frame);
    let mut taken = Vec::new();
    for (place, mark, filled) in tags {
        draw_tag(canvas, painter, place, (&mark.tag, mark.colour, filled), &mut taken, input, frame);
    }
}

/// Adds the tags of the mentions that have none yet.
fn push_all_tags<'a>(
    view: &'a ArticleView,
    tags: &mut Vec<(TagPlace, &'a SpanMark, bool)>,
    frame: &Frame<'_>,
) {
    let known: Vec<u64> = tags.iter().map(|(_, mark, _)| mark.id).collect();
    for (block, origin, cached) in frame.seen(view) {
        for piece in view.index.in_block(block).iter().filter(|piece| piece.begins) {
            let Some(mark) = view.index.mark(piece.mark) else { continue };
            if mark.kind.has_lane() && !known.contains(&mark.id) {
                tags.push((tag_place(&cached.layout, piece, origin), mark, false));
            }
        }
    }
}

/// Where a tag begins: at the top of the line, above the side on which its first letter begins.
#[derive(Clone, Copy)]
pub(super) struct TagPlace {
    pub(super) at: Pos2,
    /// Whether that letter, and so the tag, goes to the left from there.
    pub(super) rtl: bool,
}

fn tag_place(layout: &ParagraphLayout, piece: &Piece, origin: Pos2) -> TagPlace {
    let geometry = &layout.geometry;
    let start = piece.range.start();
    let caret = geometry.caret(start, Affinity::After);
    let edge = geometry.edges(caret.line).iter().find(|edge| edge.range.contains(start));
    let rtl = edge.map_or(layout.is_rtl(), |edge| edge.rtl);
    TagPlace { at: pos2(origin.x + caret.x, origin.y + caret.top), rtl }
}

/// Draws a tag: its text on its colour, or in its colour on paper. It moves aside from those that are `taken`.
pub(super) fn draw_tag(
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    place: TagPlace,
    (text, colour, filled): (&str, Color32, bool),
    taken: &mut Vec<Rect>,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    if text.is_empty() {
        return;
    }
    let style = TextStyle {
        size_pt: (TAG_EM * input.style.size_pt).max(9.0),
        line_height: 1.25,
        weight: Weight::Bold,
        font: ReadingFont::default(),
        pixels_per_point: frame.pixels_per_point,
    };
    let layout = painter.label(text, style, None, None, 1);
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
        canvas.rect_filled(Rect::from_min_size(corner, size), 3.0, colour);
        painter.paint(canvas, &layout, corner + padding, input.theme.paper);
    } else {
        canvas.rect_filled(Rect::from_min_size(corner, size), 3.0, input.theme.paper.gamma_multiply(0.8));
        painter.paint(canvas, &layout, corner + padding, colour);
    }
}
