//! Who annotates: the name that annotations are kept under.

use egui::{Key, RichText, Ui};

use super::{Answer, main_button};
use crate::session::{Action, ViewChange};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;

/// What is typed.
pub(in crate::ui) struct AnnotatorForm {
    name: String,
    fresh: bool,
}

impl AnnotatorForm {
    /// Returns the form with the present name.
    pub(in crate::ui) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), fresh: true }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        ui.label("Your name, as your annotations are kept under it:");
        let field = BidiField::new(ui.scope_id().with("annotator"), "annotator", &mut self.name)
            .width(ui.available_width())
            .show(ui, frame.painter);
        if std::mem::take(&mut self.fresh) {
            field.request_focus();
        }
        let known = frame.session.project().map(|project| project.settings().annotators.clone());
        let known = known.unwrap_or_default();
        if !known.is_empty() {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new("Of this project:").small().color(frame.theme.dim));
                for name in &known {
                    if ui.small_button(crate::text::isolate(name)).clicked() {
                        self.name.clone_from(name);
                    }
                }
            });
        }
        ui.label(
            RichText::new(
                "In a project each annotator has a folder of their own; what you have done so far stays.",
            )
            .small()
            .color(frame.theme.dim),
        );
        ui.add_space(8.0);
        let entered = ui.input(|i| i.key_pressed(Key::Enter)) && (field.has_focus() || field.lost_focus());
        let can = !self.name.trim().is_empty();
        let clicked = ui.add_enabled_ui(can, |ui| main_button(ui, frame, "Annotate as this").clicked()).inner;
        if can && (clicked || entered) {
            frame.action(Action::View(ViewChange::Annotator(self.name.trim().into())));
            return Answer::Close;
        }
        Answer::Stay
    }
}
