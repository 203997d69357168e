//! The side panel with its three tabs.

mod annotations;
mod details;
mod suggestions;

use std::sync::Arc;

use egui::{Response, RichText, Ui};

use super::Frame;
use crate::model::{AnnotationId, AttributeValue, LabelId};
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
    typed: Option<Typed>,
    /// Set when the keyboard is to go into the note.
    pub(super) edit_note: bool,
    /// Set when the keyboard is to go into the panel.
    pub(super) take_keys: bool,
    /// What was focused in the last frame, so that a list scrolls only when that changes.
    shown_suggestion: Option<crate::model::SuggestionKey>,
    shown_annotation: Option<AnnotationId>,
    /// The other end and the kind of a link that is being made.
    link_to: Option<AnnotationId>,
}

/// What is being typed into a field of the details, kept aside until the field is left: one change, one undo.
struct Typed {
    of: AnnotationId,
    field: TypedField,
    text: String,
}

/// The fields of the details that take free text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum TypedField {
    Note,
    Attribute(Arc<str>),
}

impl PanelState {
    /// Takes what is being typed, as the change that it means for the article of that generation: before anything
    /// else is done to the annotations, and before the window closes.
    pub(super) fn take_typed(&mut self, generation: u64) -> Option<Action> {
        let Typed { of, field, text } = self.typed.take()?;
        if self.generation != generation {
            return None;
        }
        Some(match field {
            TypedField::Note => Action::SetNote(of, text),
            TypedField::Attribute(id) => {
                let value = (!text.is_empty()).then(|| AttributeValue::Text(text.into()));
                Action::SetAttribute(of, id, value)
            }
        })
    }

    /// Returns what a field shows: what is being typed into it, else what the annotation has.
    fn shown_text(&self, of: AnnotationId, field: &TypedField, stored: &str) -> String {
        let typed = self.typed.as_ref().filter(|typed| typed.of == of && typed.field == *field);
        typed.map_or(stored, |typed| typed.text.as_str()).to_owned()
    }

    /// Takes in what a field's frame has brought.
    fn take_in(
        &mut self,
        frame: &mut Frame<'_>,
        response: &Response,
        of: AnnotationId,
        field: TypedField,
        text: String,
    ) {
        if response.changed() {
            self.typed = Some(Typed { of, field, text });
        }
        if response.lost_focus()
            && let Some(change) = self.take_typed(frame.session.generation())
        {
            frame.action(change);
        }
    }
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
            let text = if chosen { text.strong() } else { text };
            let response = ui.selectable_label(chosen, text);
            if chosen && std::mem::take(&mut state.take_keys) {
                response.request_focus();
            }
            if response.clicked() {
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

/// Returns how far below the top of a list's viewport something stands, `from_start` points from the list's start.
///
/// In a list of a hundred thousand rows the toolkit's coordinates of the start have no fractions left: rows placed
/// from there would stand a point off.
pub(super) fn below(viewport: egui::Rect, from_start: f64) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "what is in sight is a few hundred points away")]
    let distance = (from_start - f64::from(viewport.top())) as f32;
    distance
}

/// Returns which rows of a list of equal rows are in sight, one more at each end.
pub(super) fn rows_in_sight(viewport: egui::Rect, row_height: f32, count: usize) -> std::ops::Range<usize> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a row number; negative places are cut to zero before"
    )]
    let row = |y: f32| (y.max(0.0) / row_height) as usize;
    row(viewport.top()).min(count)..(row(viewport.bottom()) + 1).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_at_the_end_of_a_long_list_stand_at_even_distances() {
        let offset = 3_799_000.5_f32;
        let viewport = egui::Rect::from_min_size(egui::pos2(0.0, offset), egui::vec2(300.0, 600.0));
        let rows = rows_in_sight(viewport, 38.0, 100_000);
        let places: Vec<f32> = rows.map(|i| below(viewport, i as f64 * 38.0)).collect();
        assert!(places.len() > 15);
        assert!(places.windows(2).all(|pair| (pair[1] - pair[0] - 38.0).abs() < 0.001), "{places:?}");
        assert!((-38.0..=0.0).contains(&places[0]));
    }
}
