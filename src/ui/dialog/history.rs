//! What was done to the article, change by change, and the way back to any point.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::{Answer, Purpose, save_pick};
use crate::formats::audit::{ChangeKind, Deed};
use crate::model::Timestamp;
use crate::session::Action;
use crate::ui::Frame;
use crate::ui::shaped_label::ShapedLabel;

/// The height of a row, in points.
const ROW: f32 = 44.0;

/// Where the times stand, and how wide they are, in points.
const TIME_WIDTH: f32 = 150.0;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let Some(deeds) = frame.session.deeds().map(Arc::clone) else { return Answer::Close };
    if deeds.is_empty() {
        ui.label(RichText::new("Nothing was done yet.").color(frame.theme.dim));
        return Answer::Stay;
    }
    let mut answer = Answer::Stay;
    ui.horizontal(|ui| {
        let count = if deeds.len() == 1 { "1 change".to_owned() } else { format!("{} changes", deeds.len()) };
        ui.label(count);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let export = ui.button("Export as JSON lines…");
            if export.on_hover_text("Writes every change with its time, author, rules and records").clicked()
            {
                answer = Answer::Pick(Purpose::History, audit_pick(frame));
            }
        });
    });
    ui.separator();
    let height = (ui.ctx().content_rect().height() - 240.0).max(160.0);
    let area = super::list(ui, height, ROW, deeds.len() + 1);
    // The newest first, and below the oldest what was there before it.
    area.show_rows(ui, ROW, deeds.len() + 1, |ui, rows| {
        for row in rows {
            let deed = deeds.len().checked_sub(row + 1).map(|i| &deeds[i]);
            ui.horizontal(|ui| {
                ui.set_height(ROW - 4.0);
                let n = deed.map_or(0, |deed| deed.n);
                let is_now = row == 0;
                ui.add_enabled_ui(!is_now, |ui| {
                    let back = ui.button("Go back to here").on_hover_text("Undo takes it back");
                    if back.on_disabled_hover_text("This is what you see").clicked() {
                        frame.action(Action::GoBackTo(n));
                        answer = Answer::Close;
                    }
                });
                match deed {
                    Some(deed) => draw(ui, frame, deed),
                    None => {
                        ui.label(RichText::new("Before the first of these changes").color(frame.theme.dim));
                    }
                }
            });
        }
    });
    answer
}

fn draw(ui: &mut Ui, frame: &mut Frame<'_>, deed: &Deed) {
    let time = RichText::new(local_time(deed.at)).small().color(frame.theme.dim);
    ui.add_sized([TIME_WIDTH, ROW - 4.0], egui::Label::new(time).truncate());
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let what = &deed.change.description;
        let what = match deed.kind {
            ChangeKind::Done => what.to_string(),
            ChangeKind::Undone => format!("Undo: {what}"),
            ChangeKind::Redone => format!("Redo: {what}"),
        };
        ShapedLabel::new(&what, 14.0, frame.theme.ink).show(ui, frame.painter);
        ShapedLabel::new(&detail(deed), 12.0, frame.theme.dim).show(ui, frame.painter);
    });
}

/// Returns who, how long it took, and which rule it was about.
fn detail(deed: &Deed) -> String {
    let mut parts = vec![crate::text::isolate(&deed.by)];
    parts.extend(deed.took_ms.map(|ms| format!("{:.1} s", ms as f64 / 1_000.0)));
    let rules = deed.rules();
    parts.extend(rules.first().map(|rule| match rules.len() {
        1 => rule.clone(),
        more => format!("{rule} and {} more rules", more - 1),
    }));
    parts.join(" · ")
}

/// Returns a time as the clock on the wall shows it.
fn local_time(at: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    jiff::tz::TimeZone::system().to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn audit_pick(frame: &Frame<'_>) -> crate::ui::file_picker::Pick {
    let mut path = frame.session.article_path().map(|path| path.as_os_str().to_owned()).unwrap_or_default();
    path.push(".history.jsonl");
    save_pick(std::path::Path::new(&path))
}
