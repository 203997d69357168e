//! All mentions of a name in their context, each with a box to tick; tagged in one go.

use egui::{RichText, Ui};

use super::{Answer, main_button};
use crate::model::{LabelId, LabelKind};
use crate::session::{Action, Editor};
use crate::text::TextRange;
use crate::ui::Frame;
use crate::ui::chip::Chip;
use crate::ui::context_line::context_line;
use crate::ui::shaped_label::ShapedLabel;

/// How many tokens of context stand on each side of a mention.
const CONTEXT: usize = 6;

/// The mentions and which of them are ticked.
pub(in crate::ui) struct Mentions {
    label: LabelId,
    places: Vec<(TextRange, bool)>,
    /// How many are ticked.
    ticked: usize,
}

impl Mentions {
    /// Returns the dialog with every place ticked.
    pub(in crate::ui) fn new(label: LabelId, places: Vec<TextRange>) -> Self {
        let ticked = places.len();
        Self { label, places: places.into_iter().map(|place| (place, true)).collect(), ticked }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let Some(editor) = frame.session.editor() else { return Answer::Close };
        let schema = std::sync::Arc::clone(frame.session.schema());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            for label in schema.labels().iter().filter(|label| label.kind == LabelKind::Entity) {
                let chosen = label.id == self.label;
                if Chip::new(label).selected(chosen).clickable().show(ui, frame).clicked() {
                    self.label = label.id.clone();
                }
            }
        });
        let height = (ui.ctx().content_rect().height() - 280.0).max(160.0);
        let count = self.places.len();
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show_rows(
            ui,
            28.0,
            count,
            |ui, rows| {
                for (place, ticked) in &mut self.places[rows] {
                    let before = usize::from(*ticked);
                    row(ui, frame, editor, *place, ticked);
                    self.ticked = self.ticked + usize::from(*ticked) - before;
                }
            },
        );
        let ticked = self.ticked;
        let mut answer = Answer::Stay;
        ui.horizontal(|ui| {
            let enter = ui.input(|i| i.key_pressed(egui::Key::Enter));
            let pressed = main_button(ui, frame, &format!("Tag {ticked} as {}", self.label)).clicked();
            if (pressed || enter) && ticked > 0 {
                let places =
                    self.places.iter().filter(|(_, ticked)| *ticked).map(|(place, _)| *place).collect();
                frame.action(Action::TagMentions(self.label.clone(), places));
                answer = Answer::Close;
            }
            let all = ticked < count;
            if ui.button(if all { "Tick all" } else { "Tick none" }).clicked() {
                self.places.iter_mut().for_each(|(_, ticked)| *ticked = all);
                self.ticked = if all { count } else { 0 };
            }
            ui.label(RichText::new("One undo takes all of them back.").color(frame.theme.dim));
        });
        answer
    }
}

fn row(ui: &mut Ui, frame: &mut Frame<'_>, editor: &Editor, place: TextRange, ticked: &mut bool) {
    let line = context_line(editor.document().source(), editor.segmentation(), place, CONTEXT);
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        let tick = ui.checkbox(ticked, "");
        let role = egui::accesskit::Role::CheckBox;
        tick.widget_info(|| egui::WidgetInfo::selected(role, true, *ticked, &line.text));
        let label = ShapedLabel::new(&line.text, 15.0, frame.theme.ink)
            .context(line.piece, frame.theme.dim)
            .direction(Some(editor.direction_at(place.start())));
        if label.clickable().fill().show(ui, frame.painter).clicked() {
            *ticked = !*ticked;
        }
    });
}
