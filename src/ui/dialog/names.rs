//! The names that were tagged before: a list to look through, to filter, and to take out what is not wanted.

use std::path::Path;
use std::sync::Arc;

use egui::{RichText, Ui};

use super::Answer;
use crate::model::LabelId;
use crate::rules::{Dictionary, LearnedName, Votes};
use crate::session::{Action, Command};
use crate::text::{Direction, FoldLevel, fold, isolate_path};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;
use crate::ui::chip::chip_of;
use crate::ui::shaped_label::ShapedLabel;

/// The height of a row, in points.
const ROW: f32 = 32.0;

/// What is typed into the filter.
#[derive(Default)]
pub(in crate::ui) struct Names {
    filter: String,
    rows: Rows,
}

/// The names that fit the filter, a row for each label; sought anew only when the filter or the names change.
#[derive(Default)]
struct Rows {
    made_for: Option<(Arc<Dictionary>, String)>,
    rows: Vec<(Arc<LearnedName>, LabelId, Votes)>,
}

impl Rows {
    fn update(&mut self, dictionary: &Arc<Dictionary>, filter: &str) {
        let is_same =
            |(of, before): &(Arc<Dictionary>, String)| Arc::ptr_eq(of, dictionary) && before == filter;
        if self.made_for.as_ref().is_some_and(is_same) {
            return;
        }
        let needle = fold(filter.trim(), FoldLevel::Names);
        let fits =
            |name: &&LearnedName| needle.is_empty() || fold(&name.name, FoldLevel::Names).contains(&needle);
        self.rows.clear();
        for name in dictionary.names().filter(fits) {
            let name = Arc::new(name.clone());
            let labels = name.labels.iter();
            self.rows.extend(labels.map(|(label, votes)| (Arc::clone(&name), label.clone(), *votes)));
        }
        self.made_for = Some((Arc::clone(dictionary), filter.to_owned()));
    }
}

impl Names {
    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let session = frame.session;
        let learn = session.settings().learn;
        let mut wanted = learn;
        if ui.checkbox(&mut wanted, "Learn names from decisions and suggest them in every article").changed()
        {
            frame.command(Command::ToggleLearning);
        }
        let Some(dictionary) = session.dictionary().filter(|dictionary| !dictionary.is_empty()) else {
            ui.label(
                RichText::new("No name is learned yet: tag one, or accept a suggestion.")
                    .color(frame.theme.dim),
            );
            return Answer::Stay;
        };
        BidiField::new(ui.scope_id().with("names"), "filter names", &mut self.filter)
            .hint("Filter by name")
            .show(ui, frame.painter);
        self.rows.update(dictionary, &self.filter);
        let rows = &self.rows.rows;
        let height = (ui.ctx().content_rect().height() - 320.0).max(160.0);
        let area = egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
        area.show_rows(ui, ROW, rows.len(), |ui, range| {
            for (name, label, votes) in &rows[range] {
                ui.horizontal(|ui| {
                    ui.set_height(ROW - 4.0);
                    chip_of(ui, frame, label);
                    let counts = format!("{} tagged, {} rejected", votes.accepted, votes.rejected);
                    ui.label(RichText::new(counts).small().color(frame.theme.dim));
                    let silence = egui::Button::new("Do not suggest").small();
                    let response = ui.add_enabled(votes.balance() > 0, silence);
                    if response.on_disabled_hover_text("It is not suggested").clicked() {
                        frame.action(Action::Silence(Box::new(LearnedName::clone(name)), label.clone()));
                    }
                    ShapedLabel::new(&name.name, 15.0, frame.theme.ink).fill().show(ui, frame.painter);
                });
            }
        });
        let path = session.dictionary_path().map(Path::to_path_buf).unwrap_or_default();
        let shown = isolate_path(&path);
        ui.label(RichText::new("Kept as a table that a spreadsheet opens:").small().color(frame.theme.dim));
        let label = ShapedLabel::new(&shown, 12.0, frame.theme.dim).direction(Some(Direction::Ltr));
        if label.clickable().show(ui, frame.painter).on_hover_text("Copy the path").clicked() {
            ui.ctx().copy_text(path.display().to_string());
        }
        Answer::Stay
    }
}
