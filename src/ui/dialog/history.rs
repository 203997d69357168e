//! What was done to the article, change by change, and the way back to any point.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::{Answer, Purpose, save_pick};
use crate::formats::audit::{ChangeKind, Deed};
use crate::model::Timestamp;
use crate::session::{Action, Point};
use crate::ui::Frame;
use crate::ui::shaped_label::ShapedLabel;

/// The height of a row, in points.
const ROW: f32 = 44.0;

/// Where the times stand, and how wide they are, in points.
const TIME_WIDTH: f32 = 150.0;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let Some(past) = frame.session.past().map(Arc::clone) else { return Answer::Close };
    let mut answer = Answer::Stay;
    ui.horizontal(|ui| {
        let count = past.deeds.len();
        ui.label(if count == 1 { "1 change".to_owned() } else { format!("{count} changes") });
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
    // The newest first, below the oldest what was there before it, then earlier states of the file.
    let deeds = past.deeds.len();
    let count = deeds + 1 + past.snapshots.len();
    let area = super::list(ui, height, ROW, count);
    area.show_rows(ui, ROW, count, |ui, rows| {
        for row in rows {
            ui.horizontal(|ui| {
                ui.set_height(ROW - 4.0);
                let deed = deeds.checked_sub(row + 1).map(|i| &past.deeds[i]);
                let snapshot = row.checked_sub(deeds + 1).map(|i| &past.snapshots[i]);
                let point = match snapshot {
                    Some(snapshot) => Point::Snapshot(snapshot.path.clone()),
                    None => Point::After(deed.map_or(0, |deed| deed.n)),
                };
                if go_back_button(ui, row == 0) {
                    frame.action(Action::GoBackTo(point));
                    answer = Answer::Close;
                }
                match (deed, snapshot) {
                    (Some(deed), _) => draw(ui, frame, deed),
                    (None, Some(snapshot)) => {
                        time(ui, frame, snapshot.at);
                        let size = snapshot.len as f64 / 1_024.0;
                        ui.label(format!("State of the annotation file ({size:.0} KB)"));
                    }
                    (None, None) => {
                        let before = RichText::new("Before the first of these changes");
                        ui.label(before.color(frame.theme.dim));
                    }
                }
            });
        }
    });
    answer
}

fn go_back_button(ui: &mut Ui, is_now: bool) -> bool {
    let back =
        ui.add_enabled_ui(!is_now, |ui| ui.button("Go back to here").on_hover_text("Undo takes it back"));
    back.inner.on_disabled_hover_text("This is what you see").clicked()
}

fn time(ui: &mut Ui, frame: &Frame<'_>, at: Timestamp) {
    let time = RichText::new(local_time(at)).small().color(frame.theme.dim);
    ui.add_sized([TIME_WIDTH, ROW - 4.0], egui::Label::new(time).truncate());
}

fn draw(ui: &mut Ui, frame: &mut Frame<'_>, deed: &Deed) {
    time(ui, frame, deed.at);
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
