//! The articles to go through: how far each is, in an order, filtered by name and status.

use egui::{Align, Color32, Key, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use super::bidi_field::BidiField;
use super::panel::{below, rows_in_sight};
use super::shaped_label::ShapedLabel;
use super::theme::{RADIUS, bold, focus_ring};
use super::{Frame, hint};
use crate::model::{ProgressMark, ProgressStatus};
use crate::session::{Action, Command, QueueEntry, QueueFilter, QueueOrder};
use crate::text::{Direction, isolate_path};

/// The height of a row, in points.
const ROW: f32 = 34.0;

/// The side of the sign that shows the status, in points.
const SIGN: f32 = 14.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub(super) struct QueueState {
    /// Set when the keyboard is to go into the filter.
    pub(super) take_keys: bool,
    /// What is typed into the filter.
    text: String,
    /// The article that was open in the last frame, so that the list scrolls only when that changes.
    shown: Option<std::sync::Arc<str>>,
}

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut QueueState) {
    head(ui, frame);
    filters(ui, frame, state);
    ui.add_space(4.0);
    let foot = 40.0;
    let height = (ui.available_height() - foot).max(ROW);
    let area = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
    ui.scope_builder(UiBuilder::new().max_rect(area), |ui| list(ui, frame, state));
    ui.advance_cursor_after_rect(area);
    ui.add_space(6.0);
    buttons(ui, frame);
}

/// The project's name, and how much is done.
fn head(ui: &mut Ui, frame: &mut Frame<'_>) {
    let queue = frame.session.queue();
    let title = match frame.session.project() {
        Some(project) => project.name(),
        None => queue.folder().file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let title = if title.is_empty() { "Articles".to_owned() } else { title };
    let label = ShapedLabel::new(&title, 15.0, frame.theme.ink).width(ui.available_width());
    let response = label.show(ui, frame.painter);
    hint(response, frame, &isolate_path(queue.folder()));
    let (all, done) = (queue.own_len(), queue.with_status(ProgressStatus::Marked(ProgressMark::Done)));
    if frame.session.project().is_none() {
        ui.label(RichText::new(format!("{all} articles")).small().color(frame.theme.dim));
        return;
    }
    let left_out = queue.with_status(ProgressStatus::Marked(ProgressMark::Skipped));
    let skipped = if left_out > 0 { format!(" · {left_out} left out") } else { String::new() };
    let text = format!("{done} of {all} done{skipped}");
    ui.label(RichText::new(text).small().color(frame.theme.dim));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, frame.theme.line);
    let share = if all == 0 { 0.0 } else { (done + left_out) as f32 / all as f32 };
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
    ui.painter().rect_filled(filled, 2.0, frame.theme.accent);
    ui.add_space(4.0);
}

/// Returns what a status is called.
const fn status_title(status: ProgressStatus) -> &'static str {
    match status {
        ProgressStatus::New => "New",
        ProgressStatus::InProgress => "In progress",
        ProgressStatus::Marked(ProgressMark::Done) => "Done",
        ProgressStatus::Marked(ProgressMark::Skipped) => "Left out",
        ProgressStatus::Marked(ProgressMark::Flagged) => "Flagged",
    }
}

fn filters(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut QueueState) {
    let queue = frame.session.queue();
    let mut filter = queue.filter().clone();
    let field = BidiField::new(ui.scope_id().with("filter articles"), "filter articles", &mut state.text)
        .hint("Find an article")
        .width(ui.available_width());
    let response = field.show(ui, frame.painter);
    if std::mem::take(&mut state.take_keys) {
        response.request_focus();
    }
    if response.changed() {
        filter.text.clone_from(&state.text);
    }
    let opens_first = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if opens_first && let Some(first) = queue.visible(0) {
        frame.action(Action::OpenArticle(first.name.clone()));
    }
    let mut order = queue.order();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let half = (ui.available_width() - 6.0) / 2.0;
        status_choice(ui, half, &mut filter, frame);
        let combo = egui::ComboBox::from_id_salt("order of articles").width(half - 8.0);
        let combo = combo.selected_text(order.title()).show_ui(ui, |ui| {
            for other in QueueOrder::ALL {
                ui.selectable_value(&mut order, other, other.title());
            }
        });
        combo.response.on_hover_text("The order of the articles");
    });
    if filter != *queue.filter() {
        frame.action(Action::FilterQueue(filter));
    }
    if order != queue.order() {
        frame.action(Action::OrderQueue(order));
    }
    if let Some(done) = frame.session.surveyed().filter(|done| *done < queue.len()) {
        let text = format!("Counting: {done} of {} articles", queue.len());
        ui.label(RichText::new(text).small().color(frame.theme.dim));
    }
}

fn status_choice(ui: &mut Ui, width: f32, filter: &mut QueueFilter, frame: &Frame<'_>) {
    let queue = frame.session.queue();
    let chosen = match (filter.status, filter.of_others) {
        (Some(status), _) => status_title(status),
        (None, true) => "Everybody's",
        (None, false) => "All",
    };
    let combo = egui::ComboBox::from_id_salt("status of articles").width(width - 8.0).selected_text(chosen);
    let combo = combo.show_ui(ui, |ui| {
        let all = QueueFilter { status: None, of_others: false, ..filter.clone() };
        ui.selectable_value(filter, all, format!("All ({})", queue.own_len()));
        for status in ProgressStatus::ALL {
            let title = format!("{} ({})", status_title(status), queue.with_status(status));
            let of_status = QueueFilter { status: Some(status), of_others: false, ..filter.clone() };
            ui.selectable_value(filter, of_status, title);
        }
        if queue.own_len() < queue.len() {
            let everybodys = QueueFilter { status: None, of_others: true, ..filter.clone() };
            ui.selectable_value(filter, everybodys, format!("Everybody's ({})", queue.len()));
        }
    });
    combo.response.on_hover_text("Which articles are listed");
}

fn list(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut QueueState) {
    let session = frame.session;
    let queue = session.queue();
    let count = queue.visible_len();
    if count == 0 {
        ui.add_space(16.0);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("No article fits.").strong());
            ui.label(RichText::new("Clear the text, or choose All.").color(frame.theme.dim));
        });
        return;
    }
    let here = queue.visible_here();
    let open = queue.here().map(|entry| entry.name.clone());
    let scroll_to = if open == state.shown { None } else { here };
    state.shown = open;
    let top = ui.available_rect_before_wrap().min;
    let area = egui::ScrollArea::vertical().auto_shrink(false).id_salt("queue");
    area.show_viewport(ui, |ui, viewport| {
        ui.set_min_height(count as f32 * ROW);
        let width = ui.available_width() - 4.0;
        let rect_of = |i: usize| {
            let y = top.y + below(viewport, i as f64 * f64::from(ROW));
            Rect::from_min_size(pos2(top.x, y), vec2(width, ROW - 2.0))
        };
        if let Some(i) = scroll_to {
            ui.scroll_to_rect(rect_of(i), Some(Align::Center));
        }
        for i in rows_in_sight(viewport, ROW, count) {
            if let Some(entry) = queue.visible(i) {
                row(ui, frame, rect_of(i), entry, here == Some(i));
            }
        }
    });
}

fn row(ui: &mut Ui, frame: &mut Frame<'_>, rect: Rect, entry: &QueueEntry, is_here: bool) {
    let theme = frame.theme;
    let id = ui.scope_id().with(("article", &*entry.name));
    let response = ui.interact(rect, id, Sense::click());
    if is_here {
        ui.painter().rect_filled(rect, f32::from(RADIUS), theme.raised);
        ui.painter().rect_stroke(
            rect,
            f32::from(RADIUS),
            Stroke::new(1.0, theme.accent),
            egui::StrokeKind::Inside,
        );
    } else if response.hovered() {
        ui.painter().rect_filled(rect, f32::from(RADIUS), theme.raised);
    }
    let name = entry.title.as_deref().unwrap_or(&entry.name);
    let told = format!("article {name}: {}", status_title(entry.status));
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, is_here, &told));
    focus_ring(ui, &response);
    let sign =
        Rect::from_center_size(pos2(rect.left() + 8.0 + SIGN / 2.0, rect.center().y), vec2(SIGN, SIGN));
    status_sign(ui, sign, entry.status, theme.accent, theme.dim, theme.raised);
    let inner = Rect::from_min_max(pos2(sign.right() + 8.0, rect.top()), rect.max - vec2(8.0, 0.0));
    let mut right =
        ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)));
    let count =
        shown_count(frame, entry).map(|count| right.label(RichText::new(count).small().color(theme.dim)));
    let taken = count.map_or(0.0, |count| count.rect.width() + 6.0);
    let mut left =
        ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)));
    let colour = if entry.status.is_open() { theme.ink } else { theme.dim };
    let path = isolate_path(std::path::Path::new(&*entry.name));
    let label = match &entry.title {
        Some(title) => ShapedLabel::new(title, 14.0, colour),
        None => ShapedLabel::new(&path, 14.0, colour).direction(Some(Direction::Ltr)),
    };
    label.width(inner.width() - taken).show(&mut left, frame.painter);
    let clicked = response.clicked();
    let help =
        format!("{} · {}", isolate_path(std::path::Path::new(&*entry.name)), status_title(entry.status));
    hint(response, frame, &help);
    if clicked {
        frame.action(Action::OpenArticle(entry.name.clone()));
    }
}

/// Returns the figure that goes with the order of the list.
fn shown_count(frame: &Frame<'_>, entry: &QueueEntry) -> Option<String> {
    let count = match frame.session.queue().order() {
        QueueOrder::Undecided => entry.counts.undecided,
        QueueOrder::Disagreement => entry.counts.differing,
        QueueOrder::Name | QueueOrder::Date => None,
    };
    count.map(|count| count.to_string())
}

/// Draws the sign of a status; the shapes differ, not only the colours.
fn status_sign(ui: &Ui, rect: Rect, status: ProgressStatus, accent: Color32, dim: Color32, ground: Color32) {
    let painter = ui.painter();
    let (centre, radius) = (rect.center(), rect.width() / 2.0 - 1.0);
    let line = Stroke::new(1.5, dim);
    match status {
        ProgressStatus::New => {
            painter.circle_stroke(centre, radius, line);
        }
        ProgressStatus::InProgress => {
            painter.circle_stroke(centre, radius, Stroke::new(1.5, accent));
            painter.circle_filled(centre, radius / 2.0, accent);
        }
        ProgressStatus::Marked(ProgressMark::Done) => {
            painter.circle_filled(centre, radius + 0.5, accent);
            let tick = [vec2(-3.0, 0.2), vec2(-0.8, 2.4), vec2(3.2, -2.2)].map(|at| centre + at);
            painter.line(tick.to_vec(), Stroke::new(1.6, ground));
        }
        ProgressStatus::Marked(ProgressMark::Skipped) => {
            painter.circle_stroke(centre, radius, line);
            let across = [centre - vec2(3.0, 0.0), centre + vec2(3.0, 0.0)];
            painter.line_segment(across, line);
        }
        ProgressStatus::Marked(ProgressMark::Flagged) => {
            let (left, top) = (rect.left() + 3.0, rect.top() + 1.0);
            painter
                .line_segment([pos2(left, top), pos2(left, rect.bottom() - 1.0)], Stroke::new(1.6, accent));
            let flag = vec![pos2(left, top), pos2(left + 9.0, top + 3.5), pos2(left, top + 7.0)];
            painter.add(egui::Shape::convex_polygon(flag, accent, Stroke::NONE));
        }
    }
}

fn buttons(ui: &mut Ui, frame: &mut Frame<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if frame.session.project().is_none() {
            let make = ui.button("Make it a project…");
            if make.on_hover_text(Command::NewProject.row().help).clicked() {
                frame.command(Command::NewProject);
            }
            return;
        }
        for (command, title) in
            [(Command::MarkDone, "Done"), (Command::MarkFlagged, "Flag"), (Command::MarkSkipped, "Leave out")]
        {
            let row = command.row();
            let can = (row.available)(frame.session).is_ok();
            let keys = frame.session.keymap().shown(command);
            let text = RichText::new(title);
            let button = if command == Command::MarkDone {
                egui::Button::new(text.font(bold(13.0)))
            } else {
                egui::Button::new(text)
            };
            let response = ui.add_enabled(can, button).on_hover_text(format!("{} ({keys})", row.help));
            if response.clicked() {
                frame.command(command);
            }
        }
    });
}
