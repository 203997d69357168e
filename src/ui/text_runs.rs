//! Text as a screen reader walks through it: runs of one direction on one line, with where each character stands.
//!
//! The article and the text fields tell their text by these nodes, and understand positions in them that an assistive
//! technology sends back.

use egui::accesskit::{Action, ActionData, NodeId, Role, TextDirection, TextPosition};
use egui::{Id, InputState, Pos2, Rect, Sense, Ui, pos2};

use crate::text::{ByteOffset, TextRange, slice};
use crate::typeset::{Affinity, Edge, Geometry};

/// The most clusters of a run: `word_starts` counts in bytes.
const MAX_RUN_CLUSTERS: usize = 255;

/// The text of one laid-out paragraph, and where it stands in the whole.
pub(super) struct RunText<'a> {
    pub(super) text: &'a str,
    /// Where it begins in the whole text.
    pub(super) start: ByteOffset,
    /// Whether a line end stands behind it.
    pub(super) line_end_follows: bool,
    /// Returns where words begin in a range of the whole text.
    pub(super) words: &'a dyn Fn(TextRange) -> Vec<ByteOffset>,
}

/// The runs that were told in a frame, in reading order.
#[derive(Debug, Clone, Default)]
pub(super) struct ToldRuns(Vec<ToldRun>);

/// A run and the gaps between its clusters, in offsets of the text.
#[derive(Debug, Clone)]
struct ToldRun {
    node: NodeId,
    gaps: Vec<ByteOffset>,
}

impl ToldRuns {
    /// The gap of the text that a position means.
    fn gap(&self, position: &TextPosition) -> Option<ByteOffset> {
        let run = self.0.iter().find(|run| run.node == position.node)?;
        let last = run.gaps.len().checked_sub(1)?;
        run.gaps.get(position.character_index.min(last)).copied()
    }

    /// The position of a gap, the nearest one in sight for a gap that is not.
    pub(super) fn position(&self, gap: ByteOffset) -> Option<TextPosition> {
        let begins_before = self.0.partition_point(|run| run.gaps.first().is_some_and(|at| *at <= gap));
        let run = self.0.get(begins_before.saturating_sub(1))?;
        let at = run.gaps.partition_point(|known| *known < gap).min(run.gaps.len().saturating_sub(1));
        Some(TextPosition { node: run.node, character_index: at })
    }

    /// The part of the text that is told of.
    pub(super) fn range(&self) -> Option<TextRange> {
        Some(TextRange::between(*self.0.first()?.gaps.first()?, *self.0.last()?.gaps.last()?))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the anchor and the head of the selection that is asked for.
    pub(super) fn asked_selection(&self, input: &InputState, id: Id) -> Option<(ByteOffset, ByteOffset)> {
        let request = input.accesskit_action_requests(id, Action::SetTextSelection).last()?;
        let Some(ActionData::SetTextSelection(selection)) = &request.data else { return None };
        Some((self.gap(&selection.anchor)?, self.gap(&selection.focus)?))
    }

    /// Tells the runs of the lines of a paragraph that are in sight.
    pub(super) fn tell(&mut self, ui: &Ui, parent: Id, geometry: &Geometry, origin: Pos2, of: &RunText<'_>) {
        let window = ui.clip_rect();
        let last_line = geometry.lines().len().saturating_sub(1);
        for (index, line) in geometry.lines().iter().enumerate() {
            if origin.y + line.bottom < window.top() || origin.y + line.top > window.bottom() {
                continue;
            }
            let mut runs = runs_of_line(geometry, index);
            if runs.is_empty() {
                // A line without a letter is a run of its own: the caret can stand there.
                runs.push(Run { clusters: Vec::new(), rtl: geometry.is_rtl(), at: line.range.start() });
            }
            let id_of = |n: usize| parent.with(("run", of.start.get(), index, n));
            let count = runs.len();
            for (n, run) in runs.into_iter().enumerate() {
                let ends = of.line_end_follows && index == last_line && n + 1 == count;
                let x = run.bounds().unwrap_or_else(|| {
                    let x = geometry.caret(run.at, Affinity::After).x;
                    egui::Rangef::new(x, x)
                });
                let rect = Rect::from_min_max(
                    pos2(origin.x + x.min, origin.y + line.top),
                    pos2(origin.x + x.max, origin.y + line.bottom),
                );
                let node = RunNode::new(&run, of, ends);
                let neighbours = (n.checked_sub(1).map(id_of), (n + 1 < count).then(|| id_of(n + 1)));
                let gaps = node.tell(ui, id_of(n), rect, run.rtl, neighbours);
                self.0.push(ToldRun { node: id_of(n).accesskit_id(), gaps });
            }
        }
    }
}

/// Returns the direction in the words of the accessibility tree.
pub(super) fn text_direction(rtl: bool) -> TextDirection {
    if rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight }
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
    fn new(run: &Run, of: &RunText<'_>, ends_paragraph: bool) -> Self {
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
            node.push_cluster(slice(of.text, edge.range), edge.range.start(), before, edge.x1 - edge.x0);
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
            *gap = ByteOffset::from_index(of.start.index() + gap.index());
        }
        node.word_starts = word_starts(&node.gaps, of.words);
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

    /// Makes the node and returns the gaps between its clusters.
    fn tell(
        self,
        ui: &Ui,
        id: Id,
        rect: Rect,
        rtl: bool,
        (before, after): (Option<Id>, Option<Id>),
    ) -> Vec<ByteOffset> {
        ui.interact(rect, id, Sense::hover());
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(Role::TextRun);
            node.set_text_direction(text_direction(rtl));
            node.set_bounds(egui::accesskit::Rect {
                x0: rect.min.x.into(),
                y0: rect.min.y.into(),
                x1: rect.max.x.into(),
                y1: rect.max.y.into(),
            });
            node.set_value(self.value);
            node.set_character_lengths(self.lengths);
            node.set_character_positions(self.positions);
            node.set_character_widths(self.widths);
            node.set_word_starts(self.word_starts);
            if let Some(before) = before {
                node.set_previous_on_line(before.accesskit_id());
            }
            if let Some(after) = after {
                node.set_next_on_line(after.accesskit_id());
            }
        });
        self.gaps
    }
}

/// Which clusters begin a word.
fn word_starts(gaps: &[ByteOffset], words: &dyn Fn(TextRange) -> Vec<ByteOffset>) -> Vec<u8> {
    let (Some(first), Some(last)) = (gaps.first(), gaps.last()) else { return Vec::new() };
    let starts = words(TextRange::between(*first, *last)).into_iter();
    let starts = starts.filter_map(|start| gaps.binary_search(&start).ok());
    starts.filter(|at| at + 1 < gaps.len()).filter_map(|at| u8::try_from(at).ok()).collect()
}
