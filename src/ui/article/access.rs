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

use egui::accesskit::{Action, ActionData, NodeId, Role, TextDirection, TextPosition};
use egui::{Id, Pos2, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::marks::{MarkKind, SpanMark};
use super::view::{ArticleView, absolute};
use super::{ArticleInput, TextSelection};
use crate::text::{ByteOffset, Direction, Segmentation, TextRange, slice};
use crate::typeset::{Edge, Geometry};

/// The longest text of a paragraph that is given as its name, in bytes.
const MAX_NAME_BYTES: usize = 4 * 1024;
/// The most clusters of a run: `word_starts` counts in bytes.
const MAX_RUN_CLUSTERS: usize = 255;
/// The most marks that are told of at once.
const MAX_MARKS: usize = 400;
/// The most characters of a mark's text that are read out.
const MAX_MARK_CHARS: usize = 160;

/// What was told in the last frame, to understand what is asked about it.
#[derive(Debug, Default)]
pub(super) struct Told {
    runs: Vec<ToldRun>,
    marks: Vec<(Id, u64)>,
}

/// A run and the gaps between its clusters, in offsets of the text.
#[derive(Debug)]
struct ToldRun {
    node: NodeId,
    gaps: Vec<ByteOffset>,
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
        let request = input.accesskit_action_requests(response.id, Action::SetTextSelection).last()?;
        let Some(ActionData::SetTextSelection(selection)) = &request.data else { return None };
        let (anchor, head) = (told.gap(&selection.anchor)?, told.gap(&selection.focus)?);
        Some(Asked::Selection(TextSelection { anchor, head }))
    })
}

impl Told {
    /// The gap of the text that a position means.
    fn gap(&self, position: &TextPosition) -> Option<ByteOffset> {
        let run = self.runs.iter().find(|run| run.node == position.node)?;
        let last = run.gaps.len().checked_sub(1)?;
        run.gaps.get(position.character_index.min(last)).copied()
    }

    /// The position of a gap, the nearest one in sight for a gap that is not.
    fn position(&self, gap: ByteOffset) -> Option<TextPosition> {
        let begins_before = self.runs.partition_point(|run| run.gaps.first().is_some_and(|at| *at <= gap));
        let run = self.runs.get(begins_before.saturating_sub(1))?;
        let at = run.gaps.partition_point(|known| *known < gap).min(run.gaps.len().saturating_sub(1));
        Some(TextPosition { node: run.node, character_index: at })
    }

    /// The part of the text that is told of.
    fn range(&self) -> Option<TextRange> {
        Some(TextRange::between(*self.runs.first()?.gaps.first()?, *self.runs.last()?.gaps.last()?))
    }
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
                    describe_runs(view, &mut told, ui, paragraph, (*block, *origin), input);
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
        node.set_text_direction(direction(own.direction == Direction::Rtl));
    });
    id
}

fn direction(rtl: bool) -> TextDirection {
    if rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight }
}

/// Tells the runs of the lines of a block that are in sight.
fn describe_runs(
    view: &ArticleView,
    told: &mut Told,
    ui: &Ui,
    parent: Id,
    (block, origin): (usize, Pos2),
    input: &ArticleInput<'_>,
) {
    let Some(cached) = view.cache.get(&block) else { return };
    let own = view.blocks[block];
    let text = input.content.source.slice(own.range);
    let geometry = &cached.layout.geometry;
    let window = ui.clip_rect();
    let last_line = geometry.lines().len().saturating_sub(1);
    for (index, line) in geometry.lines().iter().enumerate() {
        if origin.y + line.bottom < window.top() || origin.y + line.top > window.bottom() {
            continue;
        }
        let mut runs = runs_of_line(geometry, index);
        let ends = own.ends_paragraph && index == last_line && own.range.end() < input.content.source.end();
        if runs.is_empty() {
            // A line without a letter is a run of its own: the caret can stand there.
            runs.push(Run { clusters: Vec::new(), rtl: geometry.is_rtl(), at: line.range.start() });
        }
        let ids: Vec<Id> = (0..runs.len()).map(|n| parent.with(("run", index, n))).collect();
        let count = runs.len();
        for (n, run) in runs.into_iter().enumerate() {
            let is_last = ends && n + 1 == count;
            let described = RunNode::new(&run, text, own.range.start(), input.content.segmentation, is_last);
            let bounds = run.bounds().unwrap_or_else(|| {
                let x = geometry.caret(run.at, crate::typeset::Affinity::After).x;
                egui::Rangef::new(x, x)
            });
            let rect = Rect::from_min_max(
                pos2(origin.x + bounds.min, origin.y + line.top),
                pos2(origin.x + bounds.max, origin.y + line.bottom),
            );
            ui.interact(rect, ids[n], Sense::hover());
            ui.ctx().accesskit_node_builder(ids[n], |node| {
                node.set_role(Role::TextRun);
                node.set_text_direction(direction(run.rtl));
                node.set_bounds(egui::accesskit::Rect {
                    x0: rect.min.x.into(),
                    y0: rect.min.y.into(),
                    x1: rect.max.x.into(),
                    y1: rect.max.y.into(),
                });
                node.set_value(described.value);
                node.set_character_lengths(described.lengths);
                node.set_character_positions(described.positions);
                node.set_character_widths(described.widths);
                node.set_word_starts(described.word_starts);
                if let Some(before) = n.checked_sub(1) {
                    node.set_previous_on_line(ids[before].accesskit_id());
                }
                if let Some(after) = ids.get(n + 1) {
                    node.set_next_on_line(after.accesskit_id());
                }
            });
            told.runs.push(ToldRun { node: ids[n].accesskit_id(), gaps: described.gaps });
        }
    }
}

/// Clusters of one direction that follow each other on a line, in reading order.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    clusters: Vec<Edge>,
    rtl: bool,
    /// Where it begins, in offsets of the block.
    at: ByteOffset,
}

impl Run {
    fn bounds(&self) -> Option<egui::Rangef> {
        let left = self.clusters.iter().map(|edge| edge.x0).reduce(f32::min)?;
        let right = self.clusters.iter().map(|edge| edge.x1).reduce(f32::max)?;
        Some(egui::Rangef::new(left, right))
    }
}

/// Returns the runs of a line in reading order: each of one direction, side by side on the screen, none too long.
fn runs_of_line(geometry: &Geometry, line: usize) -> Vec<Run> {
    let mut edges = geometry.edges(line).to_vec();
    edges.sort_by_key(|edge| edge.range.start());
    let mut runs: Vec<Run> = Vec::new();
    for edge in edges {
        let continues = runs.last().is_some_and(|run| {
            let Some(last) = run.clusters.last() else { return false };
            let gap = if edge.rtl { last.x0 - edge.x1 } else { edge.x0 - last.x1 };
            run.rtl == edge.rtl && gap.abs() < 1.0 && run.clusters.len() < MAX_RUN_CLUSTERS - 1
        });
        match runs.last_mut() {
            Some(run) if continues => run.clusters.push(edge),
            _ => runs.push(Run { clusters: vec![edge], rtl: edge.rtl, at: edge.range.start() }),
        }
    }
    runs
}

/// The values of a run's node.
struct RunNode {
    value: String,
    lengths: Vec<u8>,
    positions: Vec<f32>,
    widths: Vec<f32>,
    word_starts: Vec<u8>,
    /// One more than there are clusters; in offsets of the text.
    gaps: Vec<ByteOffset>,
}

impl RunNode {
    fn new(
        run: &Run,
        text: &str,
        block_start: ByteOffset,
        segmentation: &Segmentation,
        ends_paragraph: bool,
    ) -> Self {
        let mut node = Self {
            value: String::new(),
            lengths: Vec::new(),
            positions: Vec::new(),
            widths: Vec::new(),
            word_starts: Vec::new(),
            gaps: Vec::new(),
        };
        let bounds = run.bounds().unwrap_or(egui::Rangef::new(0.0, 0.0));
        for edge in &run.clusters {
            let before = if run.rtl { bounds.max - edge.x1 } else { edge.x0 - bounds.min };
            node.push_cluster(slice(text, edge.range), edge.range.start(), before, edge.x1 - edge.x0);
        }
        let end = run.clusters.last().map_or(run.at, |edge| edge.range.end());
        node.gaps.push(end);
        if ends_paragraph {
            node.value.push('\n');
            node.lengths.push(1);
            node.positions.push(bounds.span());
            node.widths.push(0.0);
        }
        for gap in &mut node.gaps {
            *gap = absolute(*gap, block_start);
        }
        node.word_starts = word_starts(&node.gaps, segmentation);
        node
    }

    /// Adds a cluster; one of more bytes than a length can tell (a letter with hundreds of marks) in pieces of which
    /// only the first is wide.
    fn push_cluster(&mut self, text: &str, start: ByteOffset, position: f32, width: f32) {
        let mut at = 0;
        while at < text.len() && self.lengths.len() < MAX_RUN_CLUSTERS - 1 {
            let to = text.floor_char_boundary((at + usize::from(u8::MAX)).min(text.len()));
            let piece = slice(text, TextRange::from_indices(at, to));
            self.gaps.push(ByteOffset::from_index(start.index() + at));
            self.value.push_str(piece);
            self.lengths.push(u8::try_from(piece.len()).unwrap_or(u8::MAX));
            self.positions.push(if at == 0 { position } else { position + width });
            self.widths.push(if at == 0 { width } else { 0.0 });
            at = to;
        }
    }
}

/// Which clusters begin a token: what the keys that move by word stop at.
fn word_starts(gaps: &[ByteOffset], segmentation: &Segmentation) -> Vec<u8> {
    let (Some(first), Some(last)) = (gaps.first(), gaps.last()) else { return Vec::new() };
    let tokens = &segmentation.tokens()[segmentation.tokens_in(TextRange::between(*first, *last))];
    let starts = tokens.iter().filter_map(|token| gaps.binary_search(&token.range.start()).ok());
    starts.filter(|at| at + 1 < gaps.len()).filter_map(|at| u8::try_from(at).ok()).collect()
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
        told.range().is_some_and(|told| covered.start() <= told.end() && covered.end() >= told.start());
    let ends = (told.position(anchor), told.position(head));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.add_action(Action::Focus);
        node.add_action(Action::SetTextSelection);
        if let (true, (Some(anchor), Some(focus))) = (in_sight, ends) {
            node.set_text_selection(egui::accesskit::TextSelection { anchor, focus });
        }
    });
}
