//! The search field above the article.

use egui::{Key, RichText, Ui};

use super::bidi_field::BidiField;
use super::{Frame, icon};
use crate::session::{Action, Command, Search};

/// What the find bar remembers between frames.
#[derive(Default)]
pub(super) struct FindBar {
    open: bool,
    query: String,
    /// Set when the keyboard is to go into the field.
    take_focus: bool,
}

impl FindBar {
    /// Shows the bar with the keyboard in its field.
    pub(super) fn open(&mut self) {
        self.open = true;
        self.take_focus = true;
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Draws the bar: the query, how many places were found, the way to the next and the previous one.
    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) {
        ui.horizontal(|ui| {
            ui.label(icon::MAGNIFYING_GLASS);
            let response = BidiField::new(ui.scope_id().with("find"), "find in the article", &mut self.query)
                .hint("Find in the article")
                .width(260.0)
                .show(ui, frame.painter);
            if std::mem::take(&mut self.take_focus) {
                response.request_focus();
            }
            if response.changed() {
                frame.action(Action::Find(self.query.clone()));
            }
            // Enter leaves a field of one line; in a search it goes on instead.
            let (enter, back, escape) =
                ui.input(|i| (i.key_pressed(Key::Enter), i.modifiers.shift, i.key_pressed(Key::Escape)));
            if enter && (response.has_focus() || response.lost_focus()) {
                frame.action(Action::StepHit { forward: !back });
                response.request_focus();
            }
            ui.label(RichText::new(count(frame.session.search())).color(frame.theme.dim));
            for (command, icon) in
                [(Command::FindPrevious, icon::CARET_UP), (Command::FindNext, icon::CARET_DOWN)]
            {
                let row = command.row();
                let available = (row.available)(frame.session).is_ok();
                let keys = frame.session.keymap().shown(command);
                let help = format!("{} ({keys})", row.title);
                if ui.add_enabled(available, egui::Button::new(icon)).on_hover_text(help).clicked() {
                    frame.command(command);
                }
            }
            let closed = ui.button(icon::X).on_hover_text("Close (Escape)").clicked();
            if closed || escape && (response.has_focus() || response.lost_focus()) {
                self.open = false;
                self.query.clear();
                frame.action(Action::EndFind);
            }
        });
    }
}

/// Returns what is said of the hits. While one types on, the last count stays: the next one comes within a few
/// frames, and "Searching…" between the two would flicker.
fn count(search: &Search) -> String {
    match (search.query().is_empty(), search.hits().len()) {
        (_, 0) if search.is_waiting() => "Searching…".to_owned(),
        (true, _) => String::new(),
        (false, 0) => "Nothing found".to_owned(),
        (false, n) => format!("{} of {n}", search.current() + 1),
    }
}
