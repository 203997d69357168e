//! What is brought into the project, in which format; and what came of it.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::export::COLUMN;
use super::{Answer, main_button};
use crate::formats::exchange::OffsetUnit;
use crate::formats::{FORMATS, Format};
use crate::session::{Action, ImportPlan};
use crate::text::{Direction, isolate_path, isolate_quotations};
use crate::ui::Frame;
use crate::ui::shaped_label::ShapedLabel;

/// The most remarks that are drawn.
const REMARKS: usize = 200;

/// The file or folder, and what is chosen.
pub(in crate::ui) struct ImportForm {
    path: PathBuf,
    format: Option<&'static Format>,
    unit: OffsetUnit,
}

impl ImportForm {
    /// Returns the form for a file or folder; the format is the first that has files of its extension.
    pub(in crate::ui) fn new(path: PathBuf) -> Self {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let fits = |format: &&Format| {
            format.reader.is_some_and(|reader| reader.extensions().contains(&extension.as_str()))
        };
        Self { format: FORMATS.iter().find(fits), path, unit: OffsetUnit::default() }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let path = isolate_path(&self.path);
        let label = ShapedLabel::new(&path, 13.0, frame.theme.dim).direction(Some(Direction::Ltr));
        label.width(ui.available_width()).show(ui, frame.painter);
        ui.add_space(8.0);
        let height = (ui.ctx().content_rect().height() - 320.0).max(140.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for format in FORMATS {
                let Some(reader) = format.reader else { continue };
                ui.horizontal(|ui| {
                    let chosen = self.format.is_some_and(|other| other.name == format.name);
                    let text = RichText::new(format.name).strong();
                    let layout = egui::Layout::left_to_right(egui::Align::Center);
                    let radio = ui.allocate_ui_with_layout(COLUMN, layout, |ui| {
                        ui.set_min_width(COLUMN.x);
                        ui.radio(chosen, text)
                    });
                    if radio.inner.clicked() {
                        self.format = Some(format);
                    }
                    ui.label(format.title);
                    let files = reader.extensions().iter().map(|extension| format!(".{extension}"));
                    let files = files.collect::<Vec<_>>().join(" ");
                    ui.label(RichText::new(files).small().color(frame.theme.dim));
                });
            }
        });
        if self.format.is_some_and(|format| format.name == "doccano") {
            ui.horizontal(|ui| {
                ui.label("Offsets count");
                for (unit, title) in [
                    (OffsetUnit::CodePoint, "code points"),
                    (OffsetUnit::Utf16, "UTF-16 units"),
                    (OffsetUnit::Grapheme, "graphemes"),
                ] {
                    ui.radio_value(&mut self.unit, unit, title);
                }
            });
        }
        ui.add_space(12.0);
        let can = self.format.is_some();
        let clicked = ui.add_enabled_ui(can, |ui| main_button(ui, frame, "Import").clicked()).inner;
        ui.label(
            RichText::new("Texts come into the project as UTF-8; what is there already is not stored twice.")
                .small()
                .color(frame.theme.dim),
        );
        let Some(format) = self.format.filter(|_| clicked) else { return Answer::Stay };
        let plan = ImportPlan { paths: vec![self.path.clone()], format, unit: self.unit };
        frame.action(Action::Import(Box::new(plan)));
        Answer::Close
    }
}

/// Tells what the last import has brought, and offers to add the labels that the schema has not.
pub(super) fn report(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let Some(report) = frame.session.import_report() else { return Answer::Close };
    let mut answer = Answer::Stay;
    ui.label(format!(
        "{} articles and {} annotations were imported; {} texts were there already.",
        report.articles, report.annotations, report.duplicates
    ));
    let unknown = || report.unknown_labels.iter().chain(&report.unknown_relations);
    if unknown().next().is_some() {
        ui.add_space(8.0);
        ui.label(RichText::new("Labels and relations that the schema has not").strong());
        let labels = unknown().map(|(label, n)| format!("{} ({n})", crate::text::isolate(label)));
        let labels = labels.collect::<Vec<_>>().join(", ");
        ShapedLabel::new(&labels, 14.0, frame.theme.ink).lines(4).show(ui, frame.painter);
        ui.label(
            RichText::new("What is tagged with them is kept either way.").small().color(frame.theme.dim),
        );
        if main_button(ui, frame, "Add them to the schema").clicked() {
            frame.action(Action::AddLabels);
            answer = Answer::Close;
        }
    }
    if !report.remarks.is_empty() {
        ui.add_space(8.0);
        ui.label(RichText::new("What was met").strong());
        let height = (ui.ctx().content_rect().height() - 360.0).max(120.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for remark in report.remarks.iter().take(REMARKS) {
                let name = remark.path.file_name().unwrap_or_default().to_string_lossy();
                let text = format!("{}: {}", crate::text::isolate(&name), isolate_quotations(&remark.text));
                let text = if remark.hint.is_empty() { text } else { format!("{text}; {}", remark.hint) };
                let colour = if remark.is_error { frame.theme.error } else { frame.theme.ink };
                ShapedLabel::new(&text, 13.0, colour).lines(3).show(ui, frame.painter);
            }
            if let Some(more) = report.remarks.len().checked_sub(REMARKS).filter(|more| *more > 0) {
                ui.label(format!("and {more} more"));
            }
        });
    }
    answer
}
