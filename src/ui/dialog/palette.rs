//! The command palette: every command and every label by name.

use egui::{Key, RichText, Ui};

use super::Answer;
use crate::model::LabelId;
use crate::session::{Action, COMMANDS, Command, Unavailable};
use crate::text::{FoldLevel, fold};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;
use crate::ui::theme::{RADIUS, focus_ring};

/// The height of an entry, in points.
const ROW: f32 = 32.0;

/// What is typed, and which entry is chosen.
#[derive(Default)]
pub(in crate::ui) struct Palette {
    query: String,
    chosen: usize,
    focused_once: bool,
}

/// Something that can be run.
struct Entry {
    title: String,
    keys: String,
    help: String,
    run: Run,
    available: Result<(), Unavailable>,
}

#[derive(Clone)]
enum Run {
    Command(Command),
    Label(LabelId),
}

impl Palette {
    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let (up, down, enter) = ui.input_mut(|i| {
            let none = egui::Modifiers::NONE;
            (
                i.consume_key(none, Key::ArrowUp),
                i.consume_key(none, Key::ArrowDown),
                i.key_pressed(Key::Enter),
            )
        });
        let field = BidiField::new(ui.scope_id().with("palette"), "find a command", &mut self.query)
            .hint("Type a few letters of a command or a label")
            .show(ui, frame.painter);
        if !std::mem::replace(&mut self.focused_once, true) || field.lost_focus() {
            field.request_focus();
        }
        if field.changed() {
            self.chosen = 0;
        }
        let entries = self.entries(frame);
        let last = entries.len().saturating_sub(1);
        self.chosen = match (up, down) {
            (true, _) => self.chosen.saturating_sub(1),
            (_, true) => (self.chosen + 1).min(last),
            _ => self.chosen.min(last),
        };
        let mut run = entries.get(self.chosen).filter(|_| enter).map(|entry| entry.run.clone());
        egui::ScrollArea::vertical().max_height(ROW * 9.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (i, entry) in entries.iter().enumerate() {
                let response = row(ui, frame, entry, i == self.chosen);
                if i == self.chosen && (up || down) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    run = Some(entry.run.clone());
                }
            }
            if entries.is_empty() {
                ui.label(RichText::new("No command or label has these letters.").color(frame.theme.dim));
            }
        });
        ui.separator();
        let about = entries.get(self.chosen).map(|entry| match entry.available {
            Ok(()) => entry.help.clone(),
            Err(Unavailable(reason)) => format!("{} Not now: {reason}.", entry.help),
        });
        // Two lines of room, so that the dialog keeps its size.
        ui.allocate_ui(egui::vec2(ui.available_width(), 40.0), |ui| {
            ui.set_min_height(40.0);
            ui.label(RichText::new(about.unwrap_or_default()).small().color(frame.theme.dim));
        });
        match run {
            Some(Run::Command(command)) => frame.command(command),
            Some(Run::Label(label)) => frame.action(Action::ApplyLabel(label)),
            None => return Answer::Stay,
        }
        Answer::Close
    }

    /// The entries that fit the query, those that begin with it first.
    fn entries(&self, frame: &Frame<'_>) -> Vec<Entry> {
        let session = frame.session;
        let commands = COMMANDS
            .iter()
            .filter(|row| !matches!(row.command, Command::ApplyLabel | Command::FillRole | Command::Palette))
            .map(|row| Entry {
                title: row.title.to_owned(),
                keys: session.keymap().shown(row.command),
                help: row.help.to_owned(),
                run: Run::Command(row.command),
                available: (row.available)(session),
            });
        let can_label = (Command::ApplyLabel.row().available)(session);
        let labels = session.schema().labels().iter().map(|label| Entry {
            title: format!("Label: {} ({}) {}", label.names.get("en"), label.id, label.names.get("ar")),
            keys: label.keys.first().map(|key| key.to_uppercase().to_string()).unwrap_or_default(),
            help: label.guideline.get("en").to_owned(),
            run: Run::Label(label.id.clone()),
            available: can_label,
        });
        let query = fold(self.query.trim(), FoldLevel::Names);
        let mut fitting: Vec<(u8, Entry)> =
            commands.chain(labels).filter_map(|entry| Some((rank(&entry, &query)?, entry))).collect();
        fitting.sort_by_key(|(rank, _)| *rank);
        fitting.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// Returns how well an entry fits, 0 best; `None` where it does not.
fn rank(entry: &Entry, query: &str) -> Option<u8> {
    let title = fold(&entry.title, FoldLevel::Names);
    if title.starts_with(query) {
        return Some(0);
    }
    if query.split_whitespace().all(|word| title.contains(word)) {
        return Some(1);
    }
    let mut letters = title.chars();
    query.chars().filter(|c| !c.is_whitespace()).all(|c| letters.any(|other| other == c)).then_some(2)
}

fn row(ui: &mut Ui, frame: &mut Frame<'_>, entry: &Entry, chosen: bool) -> egui::Response {
    let theme = frame.theme;
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), egui::Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::ListItem,
            entry.available.is_ok(),
            chosen,
            &entry.title,
        )
    });
    let fill = match (chosen, response.hovered()) {
        (true, _) => theme.accent.gamma_multiply(0.18),
        (false, true) => theme.accent.gamma_multiply(0.08),
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, f32::from(RADIUS), fill);
    focus_ring(ui, &response);
    let colour = if entry.available.is_ok() { theme.ink } else { theme.dim };
    let inner = rect.shrink2(egui::vec2(10.0, 4.0));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner));
    ui.horizontal_centered(|ui| {
        let title = super::super::shaped_label::ShapedLabel::new(&entry.title, 14.0, colour);
        title.width(ui.available_width() - 120.0).show(ui, frame.painter);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(&entry.keys).small().color(theme.dim));
        });
    });
    response
}
