//! The help sheet: every command with its keys, by menu, and the labels.

use egui::{RichText, Ui};

use super::Answer;
use crate::session::{COMMANDS, Command, MenuGroup};
use crate::ui::Frame;
use crate::ui::chip::Chip;
use crate::ui::theme::bold;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let height = (ui.ctx().content_rect().height() - 200.0).max(240.0);
    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.label(RichText::new("Labels").font(bold(14.0)));
        let schema = std::sync::Arc::clone(frame.session.schema());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
            for label in schema.labels() {
                Chip::new(label).with_key().show(ui, frame);
            }
        });
        for group in MenuGroup::ALL {
            ui.add_space(8.0);
            ui.label(RichText::new(group.title()).font(bold(14.0)));
            egui::Grid::new(group.title()).num_columns(3).spacing([16.0, 4.0]).striped(false).show(
                ui,
                |ui| {
                    for row in COMMANDS.iter().filter(|row| row.group == group) {
                        let keys = match row.command {
                            Command::ApplyLabel => "its digit or letter".to_owned(),
                            Command::FillRole => "Alt+1 … Alt+8".to_owned(),
                            command => {
                                let chords = frame.session.keymap().chords(command).iter();
                                chords.map(ToString::to_string).collect::<Vec<_>>().join(", ")
                            }
                        };
                        ui.scope(|ui| {
                            ui.set_width(132.0);
                            ui.label(RichText::new(keys).color(frame.theme.accent));
                        });
                        ui.scope(|ui| {
                            ui.set_width(144.0);
                            ui.label(row.title.trim_end_matches('…'));
                        });
                        ui.add(egui::Label::new(RichText::new(row.help).color(frame.theme.dim)).wrap());
                        ui.end_row();
                    }
                },
            );
        }
    });
    Answer::Stay
}
