//! Menus, toolbar and context menu, all drawn from the table of commands.

use egui::{Align, Button, Layout, RichText, Ui};

use super::{Frame, hint, icon};
use crate::session::{Action, COMMANDS, Command, CommandRow, Focus, MenuGroup, Unavailable};
use crate::text::isolate_path;

/// Draws the menu bar with the toolbar at its far end; `take_keys` puts the keyboard on the first menu.
pub(super) fn bar(ui: &mut Ui, frame: &mut Frame<'_>, take_keys: &mut bool) {
    egui::MenuBar::new().ui(ui, |ui| {
        for group in MenuGroup::ALL {
            let button = ui.menu_button(group.title(), |ui| menu(ui, frame, group));
            if std::mem::take(take_keys) {
                button.response.request_focus();
            }
        }
        // In a narrow window, or a much enlarged one, the menus alone have room.
        let buttons = 34.0 * TOOLBAR.len() as f32;
        if ui.available_width() > buttons {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| toolbar(ui, frame));
        }
    });
}

fn menu(ui: &mut Ui, frame: &mut Frame<'_>, group: MenuGroup) {
    ui.set_min_width(260.0);
    for row in COMMANDS.iter().filter(|row| row.group == group) {
        match row.command {
            Command::ApplyLabel => labels(ui, frame, row),
            Command::FillRole => roles(ui, frame, row),
            _ => item(ui, frame, row),
        }
        if row.command == Command::Open {
            recents(ui, frame);
        }
    }
}

/// Draws one command as a menu item: title, keys, greyed with its reason where it cannot be run.
fn item(ui: &mut Ui, frame: &mut Frame<'_>, row: &CommandRow) {
    let available = (row.available)(frame.session);
    let keys = frame.session.keymap().shown(row.command);
    let response = ui.add_enabled(available.is_ok(), Button::new(row.title).shortcut_text(keys));
    let clicked = explain(response, row, available).clicked();
    if clicked {
        frame.command(row.command);
        ui.close();
    }
}

/// Adds the tooltip of a command: what it does, or why it cannot be run.
fn explain(response: egui::Response, row: &CommandRow, available: Result<(), Unavailable>) -> egui::Response {
    match available {
        Ok(()) => response.on_hover_text(row.help),
        Err(Unavailable(reason)) => {
            response.on_disabled_hover_text(format!("{}\nNot now: {reason}.", row.help))
        }
    }
}

fn labels(ui: &mut Ui, frame: &mut Frame<'_>, row: &CommandRow) {
    let available = (row.available)(frame.session);
    ui.add_enabled_ui(available.is_ok(), |ui| {
        let response = ui.menu_button(row.title, |ui| {
            ui.set_min_width(200.0);
            let schema = std::sync::Arc::clone(frame.session.schema());
            for label in schema.labels() {
                let keys: Vec<String> = label.keys.iter().map(|k| k.to_uppercase().to_string()).collect();
                let title = format!("{} ({})", label.names.get("en"), label.id);
                if ui.add(Button::new(title).shortcut_text(keys.join(", "))).clicked() {
                    frame.action(Action::ApplyLabel(label.id.clone()));
                    ui.close();
                }
            }
        });
        explain(response.response, row, available);
    });
}

fn roles(ui: &mut Ui, frame: &mut Frame<'_>, row: &CommandRow) {
    let available = (row.available)(frame.session);
    ui.add_enabled_ui(available.is_ok(), |ui| {
        let response = ui.menu_button(row.title, |ui| {
            ui.set_min_width(200.0);
            let schema = std::sync::Arc::clone(frame.session.schema());
            let Some(claim) = schema.claim_label() else { return };
            for (i, role) in claim.roles.iter().enumerate() {
                let title = schema.role(role).map_or(role.as_str(), |role| role.names.get("en"));
                let button = Button::new(title).shortcut_text(format!("Alt+{}", i + 1));
                if ui.add(button).clicked() {
                    frame.action(Action::FillRoleFromSelection(role.clone()));
                    ui.close();
                }
            }
        });
        explain(response.response, row, available);
    });
}

fn recents(ui: &mut Ui, frame: &mut Frame<'_>) {
    let recents = frame.session.recents().to_vec();
    ui.add_enabled_ui(!recents.is_empty(), |ui| {
        ui.menu_button("Open recent", |ui| {
            ui.set_min_width(260.0);
            for path in recents {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                let label = super::shaped_label::ShapedLabel::new(&name, 14.0, frame.theme.ink).clickable();
                let response = label.show(ui, frame.painter);
                if hint(response, frame, &isolate_path(&path)).clicked() {
                    frame.action(Action::OpenPath(path, None));
                    ui.close();
                }
            }
        });
    });
}

/// The commands of the toolbar, from the window's edge inward, with their icons.
const TOOLBAR: [(Command, &str); 8] = [
    (Command::Help, icon::QUESTION),
    (Command::TogglePanel, icon::SIDEBAR_SIMPLE),
    (Command::ToggleTheme, icon::MOON),
    (Command::Palette, icon::COMMAND),
    (Command::Find, icon::MAGNIFYING_GLASS),
    (Command::Redo, icon::ARROW_U_UP_RIGHT),
    (Command::Undo, icon::ARROW_U_UP_LEFT),
    (Command::Save, icon::FLOPPY_DISK),
];

fn toolbar(ui: &mut Ui, frame: &mut Frame<'_>) {
    ui.spacing_mut().item_spacing.x = 4.0;
    // Words beside the icons where there is room for them.
    let with_words = ui.available_width() > 760.0;
    for (command, icon) in TOOLBAR {
        let row = command.row();
        let available = (row.available)(frame.session);
        let icon = if command == Command::ToggleTheme && frame.theme.dark { super::icon::SUN } else { icon };
        let word = row.title.trim_end_matches('…');
        let word = if command == Command::Palette { "Commands" } else { word };
        let text = if with_words { format!("{icon} {word}") } else { icon.to_owned() };
        let button = Button::new(RichText::new(text)).frame_when_inactive(false);
        let response = ui.add_enabled(available.is_ok(), button);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::accesskit::Role::Button, available.is_ok(), row.title)
        });
        let keys = frame.session.keymap().shown(command);
        let help = format!("{} ({keys}): {}", word, row.help);
        let response = match available {
            Ok(()) => response.on_hover_text(help),
            Err(Unavailable(reason)) => {
                response.on_disabled_hover_text(format!("{help}\nNot now: {reason}."))
            }
        };
        if response.clicked() {
            frame.command(command);
        }
    }
}

/// Draws what a secondary click in the article offers: the marks there, then the commands that can be run.
pub(super) fn context(ui: &mut Ui, frame: &mut Frame<'_>, marks: &[Focus]) {
    ui.set_min_width(240.0);
    if let Some(editor) = frame.session.editor() {
        for focus in marks.iter().take(6) {
            let (label, fragments) = match focus {
                Focus::Annotation(id) => match editor.document().annotation(*id) {
                    Some(a) => (a.body.label().clone(), a.body.fragments().clone()),
                    None => continue,
                },
                Focus::Suggestion(key) => (key.label.clone(), key.fragments.clone()),
                Focus::None => continue,
            };
            let text = format!("{label}  {}", crate::session::quote(editor.document(), &fragments));
            let shaped = super::shaped_label::ShapedLabel::new(&text, 14.0, frame.theme.ink).width(230.0);
            if shaped.clickable().show(ui, frame.painter).clicked() {
                frame.action(Action::Focus(focus.clone()));
                ui.close();
            }
        }
        if !marks.is_empty() {
            ui.separator();
        }
    }
    let decisions = [Command::Accept, Command::Reject, Command::Skip];
    let offered =
        COMMANDS.iter().filter(|row| row.group == MenuGroup::Annotate || decisions.contains(&row.command));
    let mut any = false;
    for row in offered.filter(|row| (row.available)(frame.session).is_ok()) {
        any = true;
        match row.command {
            Command::ApplyLabel => labels(ui, frame, row),
            Command::FillRole => roles(ui, frame, row),
            _ => item(ui, frame, row),
        }
    }
    if frame.session.has_selection() {
        any = true;
        item(ui, frame, Command::Copy.row());
    }
    if !any {
        ui.label(RichText::new("Select text to tag it").color(frame.theme.dim));
    }
}
