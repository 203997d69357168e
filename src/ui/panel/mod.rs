//! The side panel with its three tabs.

mod annotations;
mod details;
mod suggestions;

use egui::{RichText, Ui};

use super::Frame;
use crate::model::{AnnotationId, LabelId};
use crate::session::{Action, Tab, ViewChange};

/// What the panel remembers between frames: what is typed in its fields, where its lists are.
#[derive(Default)]
pub(super) struct PanelState {
    /// The text by which annotations are filtered.
    filter: String,
    /// The label by which they are filtered.
    filter_label: Option<LabelId>,
    filtered: annotations::Filtered,
    /// The article that the rest is about.
    generation: u64,
    /// The note under the pen, and whose it is.
    note: String,
    note_of: Option<AnnotationId>,
    /// Set when the keyboard is to go into the note.
    pub(super) edit_note: bool,
    /// What was focused in the last frame, so that a list scrolls only when that changes.
    shown_suggestion: Option<crate::model::SuggestionKey>,
    shown_annotation: Option<AnnotationId>,
    /// The other end and the kind of a link that is being made.
    link_to: Option<AnnotationId>,
}

const TABS: [(Tab, &str); 3] =
    [(Tab::Suggestions, "Suggestions"), (Tab::Annotations, "Annotations"), (Tab::Details, "Details")];

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PanelState) {
    let generation = frame.session.generation();
    if state.generation != generation {
        // Ids and revisions of another article mean nothing in this one.
        *state = PanelState { generation, ..PanelState::default() };
    }
    let (waiting, tagged) = frame
        .session
        .editor()
        .map_or((0, 0), |editor| (editor.queue().pending().len(), editor.document().annotations().len()));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (tab, title) in TABS {
            let text = match tab {
                Tab::Suggestions if waiting > 0 => format!("{title} {waiting}"),
                Tab::Annotations if tagged > 0 => format!("{title} {tagged}"),
                _ => title.to_owned(),
            };
            let chosen = frame.session.tab() == tab;
            let text = RichText::new(text);
            let text = if chosen { text.color(frame.theme.accent).strong() } else { text };
            if ui.selectable_label(chosen, text).clicked() {
                frame.action(Action::View(ViewChange::Tab(tab)));
            }
        }
    });
    ui.add_space(4.0);
    if frame.session.editor().is_none() {
        empty(ui, frame, "No article is open.", "Open one with Ctrl+O, or drop a file on this window.");
        return;
    }
    match frame.session.tab() {
        Tab::Suggestions => suggestions::show(ui, frame, state),
        Tab::Annotations => annotations::show(ui, frame, state),
        Tab::Details => details::show(ui, frame, state),
    }
}

/// Draws an empty state: what is so, and what to do next.
fn empty(ui: &mut Ui, frame: &Frame<'_>, what: &str, next: &str) {
    ui.add_space(24.0);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(what).strong());
        ui.label(RichText::new(next).color(frame.theme.dim));
    });
}

/// Returns which rows of a list of equal rows are in sight, one more at each end.
fn rows_in_sight(viewport: egui::Rect, row_height: f32, count: usize) -> std::ops::Range<usize> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a row number; negative places are cut to zero before"
    )]
    let row = |y: f32| (y.max(0.0) / row_height) as usize;
    row(viewport.top()).min(count)..(row(viewport.bottom()) + 1).min(count)
}
