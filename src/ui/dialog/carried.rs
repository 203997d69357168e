//! What became of the annotations when the article was changed: a list to look through, and one step for what is ticked.

use std::collections::BTreeSet;

use egui::{RichText, Ui};

use super::{Answer, main_button};
use crate::model::{AnnotationId, Carried, Carry, CarryOutcome, Fragments};
use crate::session::{Action, Request};
use crate::text::isolate_quotations;
use crate::ui::chip::chip_of;
use crate::ui::shaped_label::ShapedLabel;
use crate::ui::{Frame, hint};

/// The height of a row, in points.
const ROW: f32 = 62.0;

/// How wide the word for the outcome is, in points.
const OUTCOME_WIDTH: f32 = 84.0;

/// What is ticked.
pub(in crate::ui) struct CarriedList {
    chosen: BTreeSet<AnnotationId>,
}

impl CarriedList {
    /// Returns a list in which what stands elsewhere to the letter is ticked, and what has changed is not.
    pub(in crate::ui) fn new(carry: &Carry) -> Self {
        let mut list = Self { chosen: BTreeSet::new() };
        list.tick(carry, &CarryOutcome::Moved);
        list
    }

    /// Ticks whatever is in no more doubt than `most`.
    fn tick(&mut self, carry: &Carry, most: &CarryOutcome) {
        let sure = carry.rows().filter(|c| c.proposal.is_some() && c.outcome <= *most);
        self.chosen = sure.map(|carried| carried.orphan).collect();
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let session = frame.session;
        let (Some(carry), Some(editor)) = (session.carry(), session.editor()) else { return Answer::Close };
        ui.label(carry.notice());
        let left: Vec<&Carried> =
            carry.rows().filter(|c| editor.document().orphan(c.orphan).is_some()).collect();
        if left.is_empty() {
            return Answer::Close;
        }
        ui.horizontal(|ui| {
            for (name, most) in
                [("Tick what has moved", CarryOutcome::Moved), ("Changed too", CarryOutcome::Changed)]
            {
                if ui.button(name).clicked() {
                    self.tick(carry, &most);
                }
            }
            if ui.button("None").clicked() {
                self.chosen.clear();
            }
        });
        ui.separator();
        let height = (ui.ctx().content_rect().height() - 300.0).max(160.0);
        let area = super::list(ui, height, ROW, left.len());
        area.show_rows(ui, ROW, left.len(), |ui, rows| {
            for carried in &left[rows] {
                self.row(ui, frame, carried);
            }
        });
        ui.separator();
        self.buttons(ui, frame, &left)
    }

    fn buttons(&mut self, ui: &mut Ui, frame: &mut Frame<'_>, left: &[&Carried]) -> Answer {
        let mut answer = Answer::Stay;
        let count = left.iter().filter(|carried| self.chosen.contains(&carried.orphan)).count();
        ui.horizontal(|ui| {
            let name = format!("Carry {count} over");
            let apply = ui.add_enabled_ui(count > 0, |ui| main_button(ui, frame, &name)).inner;
            if apply.on_disabled_hover_text("Nothing is ticked").clicked() {
                frame.action(Action::CarryOver(self.chosen.clone()));
                answer = Answer::Close;
            }
            let rest =
                "One step that undo takes back. The others stay in the file as they are, under “orphans”.";
            ui.label(RichText::new(rest).small().color(frame.theme.dim));
        });
        answer
    }

    fn row(&mut self, ui: &mut Ui, frame: &mut Frame<'_>, carried: &Carried) {
        ui.horizontal(|ui| {
            ui.set_height(ROW - 6.0);
            let mut is_chosen = self.chosen.contains(&carried.orphan);
            let can_come = carried.proposal.is_some();
            let name = format!("{} {}", carried.label, carried.quote);
            let tick = ui.add_enabled(can_come, egui::Checkbox::without_text(&mut is_chosen));
            tick.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, can_come, is_chosen, &name));
            if tick.changed() {
                if is_chosen {
                    self.chosen.insert(carried.orphan);
                } else {
                    self.chosen.remove(&carried.orphan);
                }
            }
            let (word, colour) = match &carried.outcome {
                CarryOutcome::Unmoved => ("In place", frame.theme.dim),
                CarryOutcome::Moved => ("Moved", frame.theme.accent),
                CarryOutcome::Changed => ("Changed", frame.theme.ink),
                CarryOutcome::Lost { .. } => ("Lost", frame.theme.error),
            };
            let word = egui::Label::new(RichText::new(word).color(colour)).halign(egui::Align::Min);
            ui.add_sized([OUTCOME_WIDTH, ROW - 6.0], word);
            chip_of(ui, frame, &carried.label);
            place_button(ui, frame, carried);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                words(ui, frame, carried);
            });
        });
    }
}

/// Draws the button that shows the place in the article.
fn place_button(ui: &mut Ui, frame: &mut Frame<'_>, carried: &Carried) {
    let to = carried.proposal.as_ref().and_then(|proposal| proposal.to.as_ref()).map(Fragments::hull);
    let place = to.or(match &carried.outcome {
        CarryOutcome::Lost { candidates } => candidates.first().copied(),
        _ => None,
    });
    let show = ui.add_enabled(place.is_some(), egui::Button::new("Show").small());
    if show.on_hover_text("Brings the place into view behind this list").clicked() {
        frame.wishes.extend(place.map(|place| crate::ui::Wish::Action(Action::Ask(Request::Reveal(place)))));
    }
}

/// Draws the words as they were and, where they differ, as they are, with the reason.
fn words(ui: &mut Ui, frame: &mut Frame<'_>, carried: &Carried) {
    let now = carried.proposal.as_ref().map(|proposal| &*proposal.quote);
    let text = match now {
        Some(now) if *now != *carried.quote => format!("«{}» → «{now}»", carried.quote),
        _ if carried.quote.is_empty() => String::new(),
        _ => format!("«{}»", carried.quote),
    };
    if !text.is_empty() {
        let text = isolate_quotations(&text);
        let label = ShapedLabel::new(&text, 15.0, frame.theme.ink).show(ui, frame.painter);
        hint(label, frame, &text);
    }
    let why = isolate_quotations(&carried.why);
    let label = ShapedLabel::new(&why, 12.0, frame.theme.dim).show(ui, frame.painter);
    hint(label, frame, &why);
}
