//! The edges of the focused mark as handles to drag.
//!
//! Each fragment has a handle at either end: a bar as tall as the letters with a knob below it. A drag moves that edge by whole tokens, places behind a proclitic included, with Alt by graphemes; it cannot
//! pass the other edge or the next fragment. Nothing is changed before the handle is let go; Escape lets go of it
//! without a change.

use egui::{Color32, Pos2, Rect, Stroke, pos2};

use super::ArticleInput;
use super::marks::MarkKind;
use super::paint::Frame;
use super::view::{ArticleView, relative_to};
use crate::text::{ByteOffset, TextRange, snap_drag};
use crate::typeset::{self, Affinity, LineRect};
use crate::ui::text_painter::moved;

/// How near to the bar a press takes it, in points.
const REACH: f32 = 5.0;
/// The radius of the knob, and how near to it a press takes it, in points.
const KNOB: f32 = 4.5;
const KNOB_REACH: f32 = 9.0;

/// An end of a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

/// A handle on the screen.
#[derive(Debug, Clone, Copy)]
struct Handle {
    fragment: usize,
    end: End,
    bar: Rect,
    knob: Pos2,
}

/// An edge under the pointer, from press to release.
#[derive(Debug, Clone)]
pub(super) struct EdgeDrag {
    /// The mark.
    pub(super) mark: u64,
    /// What it would be if the handle were let go now.
    pub(super) fragments: Vec<TextRange>,
    pub(super) colour: Color32,
    /// Whether the pointer has left the place where it was pressed.
    pub(super) moved: bool,
    fragment: usize,
    end: End,
}

impl EdgeDrag {
    /// Moves the edge to the token, or the grapheme, at a gap.
    pub(super) fn drag_to(&mut self, gap: ByteOffset, fine: bool, input: &ArticleInput<'_>) {
        let own = self.fragments[self.fragment];
        let content = input.content;
        let snapped = |fixed| snap_drag(content.source, content.segmentation, fixed, gap, fine);
        let moved = match self.end {
            End::Start if gap < own.end() => {
                let floor = self.fragment.checked_sub(1).map(|before| self.fragments[before].end());
                let start = snapped(own.end()).start().max(floor.unwrap_or_default());
                (start < own.end()).then(|| TextRange::new(start, own.end()))
            }
            End::End if gap > own.start() => {
                let ceiling = self.fragments.get(self.fragment + 1).map(|after| after.start());
                let end = snapped(own.start()).end();
                let end = ceiling.map_or(end, |ceiling| end.min(ceiling));
                (own.start() < end).then(|| TextRange::new(own.start(), end))
            }
            _ => None,
        };
        if let Some(moved) = moved {
            self.fragments[self.fragment] = moved;
        }
    }
}

/// Takes the handle under a press, if there is one.
pub(super) fn take(
    view: &ArticleView,
    at: Pos2,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) -> Option<EdgeDrag> {
    let (id, fragments, colour) = focused_span(view, input)?;
    let (_, handle) = nearest(&handles(view, &fragments, input, frame), at)?;
    Some(EdgeDrag { mark: id, fragments, colour, moved: false, fragment: handle.fragment, end: handle.end })
}

/// Whether a handle lies under the pointer.
pub(super) fn is_over(view: &ArticleView, at: Pos2, input: &ArticleInput<'_>, frame: &Frame<'_>) -> bool {
    focused_span(view, input)
        .is_some_and(|(_, fragments, _)| nearest(&handles(view, &fragments, input, frame), at).is_some())
}

fn nearest(handles: &[Handle], at: Pos2) -> Option<(f32, Handle)> {
    let reached = handles.iter().filter_map(|handle| {
        let on_knob = handle.knob.distance(at) <= KNOB_REACH;
        let on_bar = handle.bar.expand2(egui::vec2(REACH, 0.0)).contains(at);
        // The knobs of two marks side by side lie apart where their bars do not.
        let distance =
            if on_knob { handle.knob.distance(at) - KNOB_REACH } else { handle.bar.distance_to_pos(at) };
        (on_knob || on_bar).then_some((distance, *handle))
    });
    reached.min_by(|a, b| a.0.total_cmp(&b.0))
}

pub(super) fn draw(view: &ArticleView, canvas: &egui::Painter, input: &ArticleInput<'_>, frame: &Frame<'_>) {
    let span = match &view.edge_drag {
        Some(drag) => Some((drag.mark, drag.fragments.clone(), drag.colour)),
        None => focused_span(view, input),
    };
    let Some((_, fragments, colour)) = span else { return };
    for handle in handles(view, &fragments, input, frame) {
        canvas.rect_filled(handle.bar, 0.0, colour);
        canvas.circle(handle.knob, KNOB, colour, Stroke::new(1.5, input.theme.paper));
    }
}

/// The focused mark, if its edges can be moved: what a claim says, not its roles.
fn focused_span(view: &ArticleView, input: &ArticleInput<'_>) -> Option<(u64, Vec<TextRange>, Color32)> {
    let id = input.focused?;
    let mut marks = view.index.with_id(id).filter_map(|index| view.index.mark(index));
    let mark = marks.find(|mark| !mark.kind.is_role() && mark.kind != MarkKind::SearchHit)?;
    Some((id, mark.fragments.clone(), mark.colour))
}

fn handles(
    view: &ArticleView,
    fragments: &[TextRange],
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) -> Vec<Handle> {
    let ends = fragments.iter().enumerate().flat_map(|(index, range)| {
        [
            (index, End::Start, range.start(), Affinity::After),
            (index, End::End, range.end(), Affinity::Before),
        ]
    });
    ends.filter_map(|(fragment, end, at, affinity)| {
        let block = view.block_of_end(at, affinity);
        let (_, origin) = frame.visible.iter().find(|(shown, _)| *shown == block)?;
        let layout = &view.cache.get(&block)?.layout;
        let caret = layout.geometry.caret(relative_to(at, view.blocks[block].range.start()), affinity);
        let marking = frame.marking(layout, input);
        let place = typeset::Rect { x0: caret.x, y0: caret.top, x1: caret.x, y1: caret.bottom };
        let ground = marking.ground(&LineRect { line: caret.line, rect: place });
        let bar = typeset::Rect { x0: caret.x - 1.0, x1: caret.x + 1.0, y1: ground.y1 + 2.0, ..ground };
        let bar = moved(bar, *origin);
        // Above the bar stands the tag.
        let knob = pos2(bar.center().x, bar.bottom());
        Some(Handle { fragment, end, bar, knob })
    })
    .collect()
}
