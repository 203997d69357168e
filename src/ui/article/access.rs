//! The article as a screen reader knows it.
//!
//! ```text
//! Document                 the caret and the selection
//!   Paragraph              its direction
//!     TextRun "قال متحدث "   one direction on one line, at most 255 clusters
//!     TextRun "NATO"
//!     Mark "GPE: مسقط, annotation, 3 of 12"
//! ```
//!
//! Only what is in sight is told, so a frame costs the same at any length, and nothing at all where no assistive
//! technology listens. What such a technology asks for (a selection, the focus of a mark) comes back as if the pointer
//! had done it.
//!
//! Invariant: draws nothing and changes nothing of the view but what it remembers of the last frame.

use std::collections::HashSet;

use egui::accesskit::{Action, Role};
use egui::{Id, Pos2, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::marks::{MarkKind, SpanMark};
use super::view::ArticleView;
use super::{ArticleInput, TextSelection};
use crate::text::{Direction, TextRange, slice};
use crate::ui::text_runs::{RunText, ToldRuns, text_direction};

/// The longest text of a paragraph that is given as its name, in bytes.
const MAX_NAME_BYTES: usize = 4 * 1024;
/// The most marks that are told of at once.
const MAX_MARKS: usize = 400;
/// The most characters of a mark's text that are read out.
const MAX_MARK_CHARS: usize = 160;

/// What was told in the last frame, to understand what is asked about it.
#[derive(Debug, Default)]
pub(super) struct Told {
    runs: ToldRuns,
    marks: Vec<(Id, u64)>,
}

/// What an assistive technology asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Selection(TextSelection),
    Mark(u64),
}

/// Takes what is asked about the nodes of the last frame.
pub(super) fn asked(told: &Told, ui: &Ui, response: &Response) -> Option<Asked> {
    if told.runs.is_empty() {
        return None;
    }
    ui.input(|input| {
        let mark = told.marks.iter().find(|(id, _)| {
            input.has_accesskit_action_request(*id, Action::Click)
                || input.has_accesskit_action_request(*id, Action::Focus)
        });
        if let Some((_, mark)) = mark {
            return Some(Asked::Mark(*mark));
        }
        let (anchor, head) = told.runs.asked_selection(input, response.id)?;
        Some(Asked::Selection(TextSelection { anchor, head }))
    })
}

/// What a kind of mark is called; `None` for one that is not told of.
fn kind_name(kind: MarkKind) -> Option<&'static str> {
    match kind {
        MarkKind::Annotation | MarkKind::ClaimContent => Some("annotation"),
        MarkKind::Suggestion | MarkKind::SuggestedClaim => Some("suggestion"),
        MarkKind::ClaimSource | MarkKind::ClaimCue | MarkKind::ClaimRole | MarkKind::SearchHit => None,
    }
}

/// Tells what is in sight: a document with a paragraph for each block, with its runs and its marks.
pub(super) fn describe(
    view: &mut ArticleView,
    ui: &mut Ui,
    response: &Response,
    visible: &[(usize, Pos2)],
    input: &ArticleInput<'_>,
) {
    response.widget_info(|| WidgetInfo::labeled(Role::Document, true, input.content.name));
    let mut told = std::mem::take(&mut view.told);
    told.runs.clear();
    told.marks.clear();
    if ui.ctx().has_accesskit_node(response.id) {
        // A decision puts another mark into the place of the one that was there.
        ui.ctx().allow_widget_id_changes_in(response.rect);
        let mut seen = HashSet::new();
        ui.scope_builder(UiBuilder::new().accessibility_parent(response.id), |ui| {
            for (block, origin) in visible {
                let paragraph = describe_paragraph(view, ui, response, (*block, *origin), input);
                ui.scope_builder(UiBuilder::new().accessibility_parent(paragraph), |ui| {
                    describe_runs(view, &mut told.runs, ui, paragraph, (*block, *origin), input);
                    describe_marks(view, &mut told, &mut seen, ui, response.id, (*block, *origin), input);
                });
            }
        });
        describe_selection(&told, ui, response, input);
    }
    view.told = told;
}

fn describe_paragraph(
    view: &ArticleView,
    ui: &Ui,
    response: &Response,
    (block, origin): (usize, Pos2),
    input: &ArticleInput<'_>,
) -> Id {
    let own = view.blocks[block];
    let size = vec2(response.rect.right() - origin.x, view.height_of(block));
    let id = response.id.with(("paragraph", block));
    let paragraph = ui.interact(Rect::from_min_size(origin, size), id, Sense::hover());
    let text = input.content.source.slice(own.range);
    let text = text.get(..text.floor_char_boundary(MAX_NAME_BYTES)).unwrap_or_default();
    paragraph.widget_info(|| WidgetInfo::labeled(Role::Paragraph, true, text));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_text_direction(text_direction(own.direction == Direction::Rtl));
    });
    id
}

/// Tells the runs of the lines of a block that are in sight.
fn describe_runs(
    view: &ArticleView,
    told: &mut ToldRuns,
    ui: &Ui,
    parent: Id,
    (block, origin): (usize, Pos2),
    input: &ArticleInput<'_>,
) {
    let Some(cached) = view.cache.get(&block) else { return };
    let own = view.blocks[block];
    let segmentation = input.content.segmentation;
    // The keys that move by word stop at tokens.
    let words = |range: TextRange| {
        let tokens = &segmentation.tokens()[segmentation.tokens_in(range)];
        tokens.iter().map(|token| token.range.start()).collect()
    };
    let text = RunText {
        text: input.content.source.slice(own.range),
        start: own.range.start(),
        line_end_follows: own.ends_paragraph && own.range.end() < input.content.source.end(),
        words: &words,
    };
    told.tell(ui, parent, &cached.layout.geometry, origin, &text);
}

/// Tells the marks that begin in a block, and those that begin before everything in sight.
fn describe_marks(
    view: &ArticleView,
    told: &mut Told,
    seen: &mut HashSet<Id>,
    ui: &Ui,
    root: Id,
    (block, origin): (usize, Pos2),
    input: &ArticleInput<'_>,
) {
    let Some(cached) = view.cache.get(&block) else { return };
    let window = ui.clip_rect();
    for piece in view.index.in_block(block) {
        if told.marks.len() >= MAX_MARKS {
            return;
        }
        let Some(mark) = view.index.mark(piece.mark) else { continue };
        let Some(kind) = kind_name(mark.kind) else { continue };
        if told.marks.iter().any(|(_, id)| *id == mark.id) {
            continue;
        }
        let pieces = cached.layout.geometry.rectangles(piece.range);
        let rects = pieces.iter().map(|rect| crate::ui::text_painter::moved(rect.rect, origin));
        let Some(rect) = rects.reduce(Rect::union).filter(|rect| rect.intersects(window)) else { continue };
        let first = mark.fragments.first().map_or(0, |range| range.start().get());
        let last = mark.fragments.last().map_or(0, |range| range.end().get());
        let mut id = root.with(("mark", kind, first, last, &mark.tag));
        if !seen.insert(id) {
            // Two marks of one label on the same text.
            id = id.with(mark.id);
        }
        let text = text_of(mark, input);
        let place = input.marks.place(mark.id).map(|(at, of)| format!(", {at} of {of}")).unwrap_or_default();
        let colon = if mark.tag.is_empty() { "" } else { ": " };
        let name = format!("{}{colon}{text}, {kind}{place}", mark.tag);
        let response = ui.interact(rect, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Mark, true, &name));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.add_action(Action::Click);
            node.add_action(Action::Focus);
            node.set_selected(input.focused == Some(mark.id));
        });
        told.marks.push((id, mark.id));
    }
}

fn text_of(mark: &SpanMark, input: &ArticleInput<'_>) -> String {
    let pieces: Vec<&str> =
        mark.fragments.iter().map(|fragment| input.content.source.slice(*fragment)).collect();
    let text = pieces.join(" … ");
    match text.char_indices().nth(MAX_MARK_CHARS) {
        Some((end, _)) => format!("{}…", slice(&text, TextRange::from_indices(0, end))),
        None => text,
    }
}

/// Tells caret and selection, as far as they are in sight.
fn describe_selection(told: &Told, ui: &Ui, response: &Response, input: &ArticleInput<'_>) {
    let TextSelection { anchor, head } = input.selection;
    let covered = TextRange::between(anchor, head);
    let in_sight =
        told.runs.range().is_some_and(|told| covered.start() <= told.end() && covered.end() >= told.start());
    let ends = (told.runs.position(anchor), told.runs.position(head));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.add_action(Action::Focus);
        node.add_action(Action::SetTextSelection);
        if let (true, (Some(anchor), Some(focus))) = (in_sight, ends) {
            node.set_text_selection(egui::accesskit::TextSelection { anchor, focus });
        }
    });
}
