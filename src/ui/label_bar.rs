//! The labels with their keys, above the article: a click does what the key does.

use std::sync::Arc;

use egui::Ui;

use super::Frame;
use super::chip::Chip;
use crate::session::Action;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) {
    let schema = Arc::clone(frame.session.schema());
    let editor = frame.session.editor();
    let current = editor
        .and_then(|e| e.focused_annotation().map(|a| a.body.label().clone()))
        .or_else(|| editor.and_then(|e| e.focused_suggestion().map(|p| p.suggestion.body.label().clone())));
    ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
    let mut chips = |ui: &mut Ui| {
        for label in schema.labels() {
            let selected = current.as_ref() == Some(&label.id);
            let response = Chip::new(label).with_key().selected(selected).clickable().show(ui, frame);
            let keys: Vec<String> = label.keys.iter().map(|k| k.to_uppercase().to_string()).collect();
            let guideline = label.guideline.get(frame.language());
            let response = response.on_hover_ui(|ui| {
                ui.label(egui::RichText::new(format!("{} · {}", label.id, keys.join(" or "))).strong());
                super::shaped_label::ShapedLabel::new(guideline, 14.0, frame.theme.ink)
                    .lines(6)
                    .width(320.0)
                    .show(ui, frame.painter);
            });
            if response.clicked() {
                frame.action(Action::ApplyLabel(label.id.clone()));
            }
        }
    };
    if super::is_compact(ui.ctx()) {
        // One row that scrolls leaves the room to the article; a chip that has the keyboard comes into sight.
        egui::ScrollArea::horizontal().show(ui, |ui| ui.horizontal(&mut chips));
    } else {
        ui.horizontal_wrapped(chips);
    }
}
