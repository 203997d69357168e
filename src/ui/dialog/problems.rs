//! What in the annotation file does not fit the article or the schema, and what can be done about it.

use egui::{RichText, Ui};

use super::Answer;
use crate::session::Action;
use crate::text::{Direction, isolate_path, isolate_quotations};
use crate::ui::shaped_label::ShapedLabel;
use crate::ui::{Frame, hint};

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let Some(editor) = frame.session.editor() else { return Answer::Close };
    let height = (ui.ctx().content_rect().height() - 220.0).max(200.0);
    let path = frame.session.annotations_path().map(isolate_path).unwrap_or_default();
    ShapedLabel::new(&path, 12.0, frame.theme.dim).direction(Some(Direction::Ltr)).show(ui, frame.painter);
    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        for problem in frame.session.problems() {
            let text = isolate_quotations(&format!("{}: {}", problem.place, problem.kind));
            ShapedLabel::new(&text, 14.0, frame.theme.ink).lines(4).show(ui, frame.painter);
            ui.label(RichText::new(problem.hint()).small().color(frame.theme.dim));
            ui.add_space(4.0);
        }
        let orphans: Vec<_> = editor.document().orphans().cloned().collect();
        if !orphans.is_empty() {
            ui.separator();
            ui.label("Kept in the file as they are. Select the text where one belongs to place it again.");
        }
        let selected = editor.selected().is_some();
        for orphan in orphans {
            ui.horizontal(|ui| {
                let text = isolate_quotations(&format!("{} {} «{}»", orphan.id, orphan.label, orphan.quote));
                let label =
                    ShapedLabel::new(&text, 14.0, frame.theme.ink).width(ui.available_width() - 220.0);
                let response = label.show(ui, frame.painter);
                hint(response, frame, &isolate_quotations(&orphan.reason));
                let place = ui.add_enabled(selected, egui::Button::new("Place at selection"));
                if place.on_disabled_hover_text("Select text in the article first").clicked() {
                    frame.action(Action::PlaceOrphan(orphan.id));
                }
                if ui.button("Discard").clicked() {
                    frame.action(Action::DiscardOrphan(orphan.id));
                }
            });
        }
    });
    Answer::Stay
}
