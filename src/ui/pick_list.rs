//! The marks that share a place, innermost first, to choose one of them.
//!
//! A click where more than two overlap shows the list beside the pointer: it takes no key, so whoever only wanted the
//! innermost goes on typing. Asked for by the command it takes the arrows, Enter and Escape.

use egui::{Area, Context, Id, Key, Order, Pos2, Sense, Ui, vec2};

use super::Frame;
use super::chip::chip_of;
use super::shaped_label::ShapedLabel;
use super::theme::RADIUS;
use crate::model::{Body, LabelId};
use crate::session::{Action, Editor, Focus};
use crate::text::{Direction, TextRange};

/// The size of a row, in points.
const ROW: egui::Vec2 = vec2(340.0, 34.0);
/// The most rows that are shown at once.
const ROWS: f32 = 8.0;

/// The list, while it is open.
pub(super) struct PickList {
    targets: Vec<Focus>,
    at: Pos2,
    /// The row that Enter takes; of a list that takes keys.
    chosen: Option<usize>,
    /// The row under the pointer.
    pointed: Option<usize>,
    /// Whether it was drawn before: the press that opened it does not close it.
    drawn: bool,
}

impl PickList {
    /// Returns a list beside the pointer that takes no keys.
    pub(super) fn beside_pointer(targets: Vec<Focus>, at: Pos2) -> Self {
        Self { targets, at: at + vec2(14.0, 18.0), chosen: None, pointed: None, drawn: false }
    }

    /// Returns a list below a place that takes the keys, with the focused mark chosen.
    pub(super) fn with_keys(targets: Vec<Focus>, at: Pos2, focus: &Focus) -> Self {
        let chosen = targets.iter().position(|target| target == focus).unwrap_or(0);
        Self { targets, at, chosen: Some(chosen), pointed: None, drawn: false }
    }

    /// Returns whether keys go to the list.
    pub(super) fn takes_keys(&self) -> bool {
        self.chosen.is_some()
    }

    /// Returns the mark that is pointed at or chosen by key: the article shows how far it goes.
    pub(super) fn shown(&self) -> Option<&Focus> {
        self.targets.get(self.pointed.or(self.chosen)?)
    }

    /// Draws the list and returns whether it stays open.
    pub(super) fn show(&mut self, ctx: &Context, frame: &mut Frame<'_>) -> bool {
        let Some(editor) = frame.session.editor() else { return false };
        let mut taken = self.keys(ctx).filter(|_| self.drawn);
        let area =
            Area::new(Id::unique("marks here")).order(Order::Foreground).fixed_pos(self.at).constrain(true);
        let shown = area.show(ctx, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(ROW.x);
                ui.spacing_mut().item_spacing.y = 2.0;
                self.pointed = None;
                egui::ScrollArea::vertical().max_height(ROWS * (ROW.y + 2.0)).show(ui, |ui| {
                    for i in 0..self.targets.len() {
                        if self.row(ui, frame, editor, i) {
                            taken = Some(i);
                        }
                    }
                });
            })
        });
        if let Some(target) = taken.and_then(|i| self.targets.get(i)) {
            frame.action(Action::FocusHere(target.clone()));
            return false;
        }
        let (escaped, elsewhere) = ctx.input(|i| {
            let outside = i.pointer.interact_pos().is_some_and(|at| !shown.response.rect.contains(at));
            (i.key_pressed(Key::Escape), i.pointer.any_pressed() && outside)
        });
        let closes = escaped || elsewhere && self.drawn;
        self.drawn = true;
        !closes
    }

    /// Moves the choice by the keys and returns the row that Enter takes.
    fn keys(&mut self, ctx: &Context) -> Option<usize> {
        let chosen = self.chosen.as_mut()?;
        let (up, down, enter) = ctx.input(|i| {
            (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter))
        });
        *chosen = match (up, down) {
            (true, _) => chosen.saturating_sub(1),
            (_, true) => (*chosen + 1).min(self.targets.len().saturating_sub(1)),
            _ => *chosen,
        };
        enter.then_some(*chosen)
    }

    /// Draws a row and returns whether it was clicked.
    fn row(&mut self, ui: &mut Ui, frame: &mut Frame<'_>, editor: &Editor, i: usize) -> bool {
        let Some((label, text, kind, direction)) = described(editor, &self.targets[i]) else { return false };
        let theme = frame.theme;
        let (rect, response) = ui.allocate_exact_size(ROW, Sense::click());
        let focused = editor.focus() == &self.targets[i];
        response.widget_info(|| {
            let name = format!("{kind} {label}: {text}");
            egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, focused, name)
        });
        if response.hovered() {
            self.pointed = Some(i);
        }
        if self.chosen == Some(i) || response.hovered() {
            ui.painter().rect_filled(rect, f32::from(RADIUS), theme.accent.gamma_multiply(0.16));
            if self.chosen == Some(i) {
                response.scroll_to_me(None);
            }
        }
        if focused {
            let stroke = egui::Stroke::new(2.0, theme.accent);
            ui.painter().rect_stroke(rect, f32::from(RADIUS), stroke, egui::StrokeKind::Inside);
        }
        super::theme::focus_ring(ui, &response);
        let inner = rect.shrink2(vec2(8.0, 2.0));
        let mut row = ui.new_child(
            egui::UiBuilder::new().max_rect(inner).layout(egui::Layout::left_to_right(egui::Align::Center)),
        );
        chip_of(&mut row, frame, &label);
        if kind == "suggestion" {
            row.label(egui::RichText::new("suggested").small().color(theme.dim));
        }
        let text = ShapedLabel::new(&text, 15.0, theme.ink).direction(Some(direction)).fill();
        text.show(&mut row, frame.painter);
        response.clicked()
    }
}

/// The label of a mark, its text, what kind of mark it is and the direction of its paragraph; `None` where it is gone.
pub(super) fn described(
    editor: &Editor,
    target: &Focus,
) -> Option<(LabelId, String, &'static str, Direction)> {
    let (body, fragments, kind): (&Body, &[TextRange], _) = match target {
        Focus::Annotation(id) => {
            let annotation = editor.document().annotation(*id)?;
            (&annotation.body, annotation.body.fragments().ranges(), "annotation")
        }
        Focus::Suggestion(key) => {
            let pending = editor.queue().get(key)?;
            (&pending.suggestion.body, pending.fragments().ranges(), "suggestion")
        }
        Focus::None => return None,
    };
    let source = editor.document().source();
    let pieces: Vec<&str> = fragments.iter().map(|range| source.slice(*range)).collect();
    let direction = editor.direction_at(fragments.first()?.start());
    Some((body.label().clone(), pieces.join(" … "), kind, direction))
}
