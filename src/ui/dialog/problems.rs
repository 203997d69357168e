//! What in the annotation file does not fit the article or the schema, and what can be done about it.

use egui::{RichText, Ui};

use super::Answer;
use crate::model::Orphan;
use crate::session::Action;
use crate::text::{Direction, isolate_path, isolate_quotations};
use crate::ui::shaped_label::ShapedLabel;
use crate::ui::{Frame, hint};

/// The height of a row, in points.
const ROW: f32 = 60.0;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let Some(editor) = frame.session.editor() else { return Answer::Close };
    let height = (ui.ctx().content_rect().height() - 220.0).max(200.0);
    let path = frame.session.annotations_path().map(isolate_path).unwrap_or_default();
    ShapedLabel::new(&path, 12.0, frame.theme.dim).direction(Some(Direction::Ltr)).show(ui, frame.painter);
    let (problems, document) = (frame.session.problems(), editor.document());
    let orphans = document.orphans().len();
    let count = problems.len() + if orphans == 0 { 0 } else { orphans + 1 };
    let can_place = editor.selected().is_some();
    let area = egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
    area.show_rows(ui, ROW, count, |ui, rows| {
        let shown_orphans = rows.end.saturating_sub(problems.len() + 1);
        let first_orphan = rows.start.saturating_sub(problems.len() + 1);
        for problem in &problems[rows.start.min(problems.len())..rows.end.min(problems.len())] {
            fixed_row(ui, |ui| {
                let text = isolate_quotations(&format!("{}: {}", problem.place, problem.kind));
                let label = ShapedLabel::new(&text, 14.0, frame.theme.ink).lines(2).line_height(1.4);
                let response = label.show(ui, frame.painter);
                hint(response, frame, &text);
                ui.label(RichText::new(problem.hint()).small().color(frame.theme.dim));
            });
        }
        if orphans > 0 && rows.contains(&problems.len()) {
            fixed_row(ui, |ui| {
                ui.separator();
                ui.label(
                    "Kept in the file as they are. Select the text where one belongs to place it again.",
                );
            });
        }
        for orphan in document.orphans().skip(first_orphan).take(shown_orphans - first_orphan) {
            fixed_row(ui, |ui| orphan_row(ui, frame, orphan, can_place));
        }
    });
    Answer::Stay
}

/// Draws a row of the height that all rows have, so that only those in sight are drawn.
fn fixed_row(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), egui::Sense::hover());
    let layout = egui::Layout::top_down(egui::Align::Min);
    let mut row = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout));
    row.spacing_mut().item_spacing.y = 2.0;
    content(&mut row);
}

fn orphan_row(ui: &mut Ui, frame: &mut Frame<'_>, orphan: &Orphan, can_place: bool) {
    ui.horizontal(|ui| {
        let text = isolate_quotations(&format!("{} {} «{}»", orphan.id, orphan.label, orphan.quote));
        let label = ShapedLabel::new(&text, 14.0, frame.theme.ink).width(ui.available_width() - 220.0);
        let response = label.show(ui, frame.painter);
        hint(response, frame, &isolate_quotations(&orphan.reason));
        let place = ui.add_enabled(can_place, egui::Button::new("Place at selection"));
        if place.on_disabled_hover_text("Select text in the article first").clicked() {
            frame.action(Action::PlaceOrphan(orphan.id));
        }
        if ui.button("Discard").clicked() {
            frame.action(Action::DiscardOrphan(orphan.id));
        }
    });
}
