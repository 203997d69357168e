//! A field for a path, for systems that can show no file dialog, with the recent files beneath.

use std::path::PathBuf;

use egui::{Key, RichText, Ui};

use super::{Answer, main_button};
use crate::text::{Direction, isolate_path, names_in_path};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;
use crate::ui::file_picker::Pick;
use crate::ui::shaped_label::ShapedLabel;

/// What a path is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ui) enum Purpose {
    /// To open it.
    Open,
    /// To make it a project.
    NewProject,
    /// To save the annotations there.
    Save,
    /// To write the history there.
    History,
    /// To write an export into that folder.
    Export(Box<super::ExportForm>),
    /// To import it.
    Import,
}

/// The field and what it is for.
pub(in crate::ui) struct PathDialog {
    purpose: Purpose,
    text: String,
    fresh: bool,
}

impl PathDialog {
    /// Returns the dialog with what the system's dialog would have begun with.
    pub(in crate::ui) fn new(purpose: Purpose, pick: &Pick) -> Self {
        let text = match pick {
            Pick::Save { folder, name } => folder.join(name).to_string_lossy().into_owned(),
            Pick::Open | Pick::Any | Pick::OpenFolder => String::new(),
        };
        Self { purpose, text, fresh: true }
    }

    pub(super) fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::Open => "Open",
            Purpose::NewProject => "Folder of articles",
            Purpose::Save => "Save as",
            Purpose::Export(_) => "Export to",
            Purpose::Import => "Import",
            Purpose::History => "Export the history to",
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let mut answer = Answer::Stay;
        ui.label("This system shows no file dialog here. Type the path, or drop a file on the window.");
        let field = BidiField::new(ui.scope_id().with("path"), "path", &mut self.text)
            .hint("/home/you/articles/report.txt")
            .direction(Some(Direction::Ltr))
            .isolates(names_in_path)
            .show(ui, frame.painter);
        if std::mem::take(&mut self.fresh) {
            field.request_focus();
        }
        let entered = ui.input(|i| i.key_pressed(Key::Enter)) && (field.has_focus() || field.lost_focus());
        let verb = match self.purpose {
            Purpose::Open => "Open",
            Purpose::NewProject | Purpose::Import => "Go on",
            _ => "Write",
        };
        ui.horizontal(|ui| {
            let pressed = main_button(ui, frame, verb).clicked();
            if (pressed || entered) && !self.text.trim().is_empty() {
                answer = Answer::Chosen(self.purpose.clone(), PathBuf::from(self.text.trim()));
            }
        });
        if self.purpose == Purpose::Open {
            self.recents(ui, frame, &mut answer);
        }
        answer
    }

    fn recents(&self, ui: &mut Ui, frame: &mut Frame<'_>, answer: &mut Answer) {
        let recents = frame.session.recents().to_vec();
        if recents.is_empty() {
            return;
        }
        ui.add_space(8.0);
        ui.label(RichText::new("Opened lately").color(frame.theme.dim));
        for path in recents.into_iter().take(8) {
            let shown = isolate_path(&path);
            let label = ShapedLabel::new(&shown, 14.0, frame.theme.accent).clickable();
            if label.direction(Some(Direction::Ltr)).show(ui, frame.painter).clicked() {
                *answer = Answer::Chosen(self.purpose.clone(), path);
            }
        }
    }
}
