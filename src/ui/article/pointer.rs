//! What the pointer does: selecting, clicking and pointing at marks.

use egui::{PointerButton, Pos2, Rect, Response, Ui};

use super::marks::MarkKind;
use super::paint::Frame;
use super::view::{ArticleView, absolute};
use super::{ArticleInput, TextSelection, handles};
use crate::text::{ByteOffset, TextRange, snap_drag};

/// How far the pointer moves before a press is a drag, in points.
const DRAG_THRESHOLD: f32 = 3.0;

/// A selection under way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drag {
    /// Where it began; `None` when the pointer is up.
    anchor: Option<ByteOffset>,
    moved: bool,
}

/// What came of the pointer in this frame.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) selection: Option<TextSelection>,
    pub(super) selecting: bool,
    pub(super) reshaped: Option<(u64, Vec<TextRange>)>,
    pub(super) clicked_marks: Vec<u64>,
    pub(super) clicked_at: Option<Pos2>,
    pub(super) context_click: Option<(ByteOffset, Pos2)>,
}

pub(super) fn handle(
    view: &mut ArticleView,
    ui: &Ui,
    response: &Response,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) -> Outcome {
    let visible = frame.visible;
    let mut outcome = Outcome::default();
    view.hovered = response.hover_pos().and_then(|at| marks_at(view, at, visible, input).first().copied());
    if response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::Text);
    }
    let Some(at) = response.interact_pointer_pos().or(response.hover_pos()) else {
        view.drag = Drag::default();
        return outcome;
    };
    let Some(gap) = hit(view, at, visible) else { return outcome };
    if drag_edge(view, ui, response, (at, gap), input, frame, &mut outcome) {
        return outcome;
    }
    let (modifiers, pressed, down, origin) = ui.input(|i| {
        (i.modifiers, i.pointer.primary_pressed(), i.pointer.primary_down(), i.pointer.press_origin())
    });
    if pressed && response.is_pointer_button_down_on() {
        response.request_focus();
        if modifiers.shift {
            outcome.selection = Some(selected(input, input.selection.anchor, gap, modifiers.alt));
            view.drag = Drag { anchor: Some(input.selection.anchor), moved: true };
        } else {
            outcome.selection = Some(TextSelection::cursor(gap));
            view.drag = Drag { anchor: Some(gap), moved: false };
        }
    } else if let Some(anchor) = view.drag.anchor.filter(|_| down) {
        view.drag.moved |= origin.is_some_and(|origin| origin.distance(at) > DRAG_THRESHOLD);
        if view.drag.moved {
            outcome.selection = Some(selected(input, anchor, gap, modifiers.alt));
        }
    }
    outcome.selecting = down && view.drag.anchor.is_some();
    if !down {
        // The release that ends a drag still selects up to where the pointer is.
        if let (Some(anchor), true) = (view.drag.anchor, view.drag.moved) {
            outcome.selection = Some(selected(input, anchor, gap, modifiers.alt));
        }
        view.drag = Drag::default();
    }
    if response.triple_clicked() {
        let paragraph = view.blocks[view.block_at(gap)].range;
        outcome.selection = Some(TextSelection { anchor: paragraph.start(), head: paragraph.end() });
    } else if response.double_clicked() {
        let token = input.content.segmentation.token_at(under(view, at, visible).unwrap_or(gap));
        outcome.selection =
            token.map(|token| TextSelection { anchor: token.range.start(), head: token.range.end() });
    } else if response.clicked_by(PointerButton::Primary) && !modifiers.shift {
        outcome.clicked_marks = marks_at(view, at, visible, input);
        outcome.clicked_at = Some(at);
    } else if response.secondary_clicked() {
        outcome.clicked_marks = marks_at(view, at, visible, input);
        outcome.context_click = Some((gap, at));
    }
    outcome
}

/// Takes, drags and lets go of an edge of the focused mark; returns whether the pointer is busy with one.
fn drag_edge(
    view: &mut ArticleView,
    ui: &Ui,
    response: &Response,
    (at, gap): (Pos2, ByteOffset),
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
    outcome: &mut Outcome,
) -> bool {
    let (fine, pressed, down, origin) = ui.input(|i| {
        (i.modifiers.alt, i.pointer.primary_pressed(), i.pointer.primary_down(), i.pointer.press_origin())
    });
    if view.edge_drag.is_none() {
        if response.hovered() && !down && handles::is_over(view, at, input, frame) {
            ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
        }
        if pressed && response.is_pointer_button_down_on() {
            view.edge_drag = handles::take(view, at, input, frame);
            response.request_focus();
        }
    }
    let Some(mut drag) = view.edge_drag.take() else { return false };
    view.hovered = None;
    ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
    drag.moved |= origin.is_some_and(|origin| origin.distance(at) > DRAG_THRESHOLD);
    if drag.moved {
        drag.drag_to(gap, fine, input);
    }
    if ui.input(|i| i.key_pressed(egui::Key::Escape)) || input.focused != Some(drag.mark) {
        return true;
    }
    if down {
        view.edge_drag = Some(drag);
    } else if drag.moved {
        outcome.reshaped = Some((drag.mark, drag.fragments));
    } else {
        // A click on a handle is a click on the text.
        return false;
    }
    true
}

/// How far to scroll while a selection is drawn beyond the window.
pub(super) fn autoscroll(ui: &Ui, drag: &Drag, window: Rect) -> Option<f32> {
    if !drag.moved {
        return None;
    }
    let at = ui.input(|i| i.pointer.latest_pos())?;
    let beyond = (at.y - window.bottom()).max(0.0) + (at.y - window.top()).min(0.0);
    (beyond.abs() > 0.0).then(|| beyond.clamp(-40.0, 40.0) * 0.5)
}

/// The selection between two gaps: whole tokens, or whole graphemes.
fn selected(
    input: &ArticleInput<'_>,
    anchor: ByteOffset,
    head: ByteOffset,
    graphemes: bool,
) -> TextSelection {
    let range = snap_drag(input.content.source, input.content.segmentation, anchor, head, graphemes);
    if anchor <= head {
        TextSelection { anchor: range.start(), head: range.end() }
    } else {
        TextSelection { anchor: range.end(), head: range.start() }
    }
}

/// The block at a height; above the first the first, below the last the last.
fn block_under(at: Pos2, visible: &[(usize, Pos2)]) -> Option<(usize, Pos2)> {
    let below = visible.partition_point(|(_, origin)| origin.y <= at.y);
    visible.get(below.saturating_sub(1)).copied()
}

/// The gap nearest to a place on the screen.
fn hit(view: &ArticleView, at: Pos2, visible: &[(usize, Pos2)]) -> Option<ByteOffset> {
    let (block, origin) = block_under(at, visible)?;
    let cached = view.cache.get(&block)?;
    let local = cached.layout.geometry.hit(at.x - origin.x, at.y - origin.y).offset;
    Some(absolute(local, view.blocks[block].range.start()))
}

/// Where the cluster under a place on the screen begins.
fn under(view: &ArticleView, at: Pos2, visible: &[(usize, Pos2)]) -> Option<ByteOffset> {
    let (block, origin) = block_under(at, visible)?;
    let cached = view.cache.get(&block)?;
    let cluster = cached.layout.geometry.cluster_at(at.x - origin.x, at.y - origin.y)?;
    Some(absolute(cluster.start(), view.blocks[block].range.start()))
}

/// The ids of the marks at a place on the screen, innermost first; a claim also by its bracket in the margin.
fn marks_at(view: &ArticleView, at: Pos2, visible: &[(usize, Pos2)], input: &ArticleInput<'_>) -> Vec<u64> {
    let Some((block, origin)) = block_under(at, visible) else { return Vec::new() };
    let Some(cached) = view.cache.get(&block) else { return Vec::new() };
    let (x, y) = (at.x - origin.x, at.y - origin.y);
    if let Some((_, id)) = cached.meshes.brackets.iter().find(|(rect, _)| rect.contains(x, y)) {
        return vec![*id];
    }
    let Some(cluster) = cached.layout.geometry.cluster_at(x, y) else { return Vec::new() };
    let mut found: Vec<(u32, u64)> = Vec::new();
    for piece in view.index.in_block(block) {
        if !piece.range.overlaps(cluster) {
            continue;
        }
        let Some(mark) = view.index.mark(piece.mark) else { continue };
        let hidden = mark.kind == MarkKind::SearchHit
            || (mark.kind.is_role() && input.focused != Some(mark.id) && view.hovered != Some(mark.id));
        // The whole of a mark that goes on in other blocks counts for how deep it lies.
        let len: u32 = mark.fragments.iter().map(|fragment| fragment.len()).sum();
        if !hidden {
            found.push((len, mark.id));
        }
    }
    found.sort_unstable();
    let mut ids: Vec<u64> = found.into_iter().map(|(_, id)| id).collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    ids
}
