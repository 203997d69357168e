//! What goes out, in which formats and parts; and, before it is in its place, what would be lost.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::{Answer, Purpose, main_button};
use crate::formats::exchange::{ExportOptions, OffsetUnit, Tagging};
use crate::formats::{FORMATS, Format};
use crate::session::{Action, ExportPlan};
use crate::store::{Selection, Split};
use crate::text::{Direction, isolate_path};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;
use crate::ui::file_picker::Pick;
use crate::ui::icon;
use crate::ui::shaped_label::ShapedLabel;

/// The column of the formats' names, in points.
pub(super) const COLUMN: egui::Vec2 = egui::vec2(150.0, 20.0);

/// What is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ui) struct ExportForm {
    formats: Vec<&'static str>,
    whole_project: bool,
    annotators: String,
    labels: String,
    only_done: bool,
    split: String,
    seed: u64,
    unit: OffsetUnit,
    tagging: Tagging,
}

impl ExportForm {
    /// Returns the form; the whole project goes out where one is open.
    pub(in crate::ui) fn new(whole_project: bool) -> Self {
        Self {
            formats: vec!["jsonl"],
            whole_project,
            annotators: String::new(),
            labels: String::new(),
            only_done: false,
            split: String::new(),
            seed: 0,
            unit: OffsetUnit::default(),
            tagging: Tagging::default(),
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        if frame.session.project().is_some() {
            ui.horizontal(|ui| {
                let can = frame.session.editor().is_some();
                ui.radio_value(&mut self.whole_project, true, "The whole project");
                ui.add_enabled_ui(can, |ui| {
                    ui.radio_value(&mut self.whole_project, false, "Only this article")
                });
            });
            ui.add_space(4.0);
        }
        let height = (ui.ctx().content_rect().height() - 420.0).max(140.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for format in FORMATS.iter().filter(|format| format.writer.is_some()) {
                self.format(ui, frame, format);
            }
        });
        ui.add_space(8.0);
        self.choices(ui, frame);
        ui.add_space(12.0);
        self.go_on(ui, frame)
    }

    fn format(&mut self, ui: &mut Ui, frame: &Frame<'_>, format: &'static Format) {
        let mut chosen = self.formats.contains(&format.name);
        ui.horizontal_top(|ui| {
            let text = RichText::new(format.name).strong();
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            let column = |ui: &mut Ui| {
                ui.set_min_width(COLUMN.x);
                ui.checkbox(&mut chosen, text)
            };
            if ui.allocate_ui_with_layout(COLUMN, layout, column).inner.changed() {
                self.formats.retain(|name| *name != format.name);
                if chosen {
                    self.formats.push(format.name);
                }
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.label(format.title);
                let losses = if format.losses.is_empty() {
                    "keeps everything".to_owned()
                } else {
                    let kinds = format.losses.iter().map(|loss| loss.kind());
                    format!("cannot keep {}", kinds.collect::<Vec<_>>().join(", "))
                };
                ui.label(RichText::new(losses).small().color(frame.theme.dim));
            });
        });
    }

    /// What may be chosen for the formats, and of a project.
    fn choices(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) {
        if self.formats.contains(&"doccano") {
            ui.horizontal(|ui| {
                ui.label("doccano counts");
                for (unit, title) in [
                    (OffsetUnit::CodePoint, "code points"),
                    (OffsetUnit::Utf16, "UTF-16 units"),
                    (OffsetUnit::Grapheme, "graphemes"),
                ] {
                    ui.radio_value(&mut self.unit, unit, title);
                }
            });
        }
        if self.formats.contains(&"conll") {
            ui.horizontal(|ui| {
                ui.label("conll tags");
                ui.radio_value(&mut self.tagging, Tagging::Iob2, "B and I");
                ui.radio_value(&mut self.tagging, Tagging::Bioes, "B, I, E and S");
            });
        }
        if !self.whole_project {
            return;
        }
        ui.checkbox(&mut self.only_done, "Only articles that are done");
        let scope = ui.scope_id();
        egui::Grid::new("choices").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
            for (title, hint, text) in [
                ("Annotators", "all who have annotated", &mut self.annotators),
                ("Labels", "all", &mut self.labels),
                ("Parts", "one; or 80,10,10 for train, dev and test", &mut self.split),
            ] {
                ui.label(title);
                let field = BidiField::new(scope.with(title), title, text).hint(hint).width(360.0);
                field.show(ui, frame.painter);
                ui.end_row();
            }
            if !self.split.trim().is_empty() {
                ui.label("Seed");
                ui.add(egui::DragValue::new(&mut self.seed)).on_hover_text("Another seed, another division");
                ui.end_row();
            }
        });
    }

    fn go_on(&self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let split = self.split();
        if let Err(message) = &split {
            ui.label(RichText::new(message).color(frame.theme.error));
        }
        let can = split.is_ok() && !self.formats.is_empty();
        let clicked =
            ui.add_enabled_ui(can, |ui| main_button(ui, frame, "Choose the folder…").clicked()).inner;
        ui.label(
            RichText::new(
                "Each format gets a folder of its own. What would be lost is shown before it is written.",
            )
            .small()
            .color(frame.theme.dim),
        );
        if clicked {
            Answer::Pick(Purpose::Export(Box::new(self.clone())), Pick::OpenFolder)
        } else {
            Answer::Stay
        }
    }

    fn split(&self) -> Result<Option<Split>, String> {
        match self.split.trim() {
            "" => Ok(None),
            text => Split::parse(text, self.seed).map(Some).map_err(|error| error.to_string()),
        }
    }

    /// Returns what is exported to a folder.
    pub(super) fn plan(&self, out: PathBuf) -> ExportPlan {
        let list = |text: &str| -> Vec<String> {
            let names = text.split([',', '،']).map(str::trim).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        ExportPlan {
            formats: FORMATS.iter().filter(|format| self.formats.contains(&format.name)).collect(),
            out,
            whole_project: self.whole_project,
            selection: Selection {
                annotators: list(&self.annotators),
                labels: list(&self.labels).iter().map(|label| label.as_str().into()).collect(),
                only_done: self.only_done,
            },
            split: self.split().ok().flatten(),
            options: ExportOptions { unit: self.unit, tagging: self.tagging },
        }
    }
}

/// Tells what an export would lose, by format and with counts, and asks whether it is wanted.
pub(super) fn confirm(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let Some(waiting) = frame.session.waiting_export() else { return Answer::Close };
    let articles = waiting.articles();
    let count = if articles == 1 { "1 article".to_owned() } else { format!("{articles} articles") };
    ui.label(format!("{count} can be written. These formats cannot keep everything:"));
    ui.add_space(8.0);
    let height = (ui.ctx().content_rect().height() - 300.0).max(120.0);
    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        for (format, lost) in waiting.losses() {
            ui.horizontal(|ui| {
                let (sign, colour) = if lost.is_empty() {
                    (icon::CHECK, frame.theme.accent)
                } else {
                    (icon::WARNING, frame.theme.error)
                };
                ui.label(RichText::new(sign).color(colour));
                ui.label(RichText::new(format.name).strong());
                if lost.is_empty() {
                    ui.label(RichText::new("keeps everything").color(frame.theme.dim));
                }
            });
            if lost.is_empty() {
                continue;
            }
            ui.indent(("of", format.name), |ui| {
                let grid = egui::Grid::new(("losses", format.name)).num_columns(2).spacing([8.0, 4.0]);
                grid.min_col_width(40.0).show(ui, |ui| {
                    for (loss, n) in lost.iter() {
                        ui.label(RichText::new(n.to_string()).strong());
                        ui.label(loss.what());
                        ui.end_row();
                    }
                });
            });
            ui.add_space(6.0);
        }
        for error in waiting.failed() {
            ShapedLabel::new(&error.isolated(), 13.0, frame.theme.error).lines(3).show(ui, frame.painter);
        }
    });
    ui.add_space(8.0);
    let out = isolate_path(waiting.out());
    ShapedLabel::new(&out, 12.0, frame.theme.dim).direction(Some(Direction::Ltr)).show(ui, frame.painter);
    ui.add_space(8.0);
    let mut answer = Answer::Stay;
    ui.horizontal(|ui| {
        if main_button(ui, frame, "Write it").clicked() {
            frame.action(Action::FinishExport(true));
            answer = Answer::Close;
        }
        if ui.button("Do not export").clicked() {
            frame.action(Action::FinishExport(false));
            answer = Answer::Close;
        }
    });
    ui.label(
        RichText::new("The counts are written beside each format, as LOSSES.txt.")
            .small()
            .color(frame.theme.dim),
    );
    answer
}
