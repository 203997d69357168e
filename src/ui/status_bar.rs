//! The line at the bottom: what happened last, where the cursor is, whether all is saved, how long the rules took.

use egui::{Align, Layout, RichText, Ui};

use super::{Frame, hint, icon};
use crate::session::{Command, SaveState};
use crate::text::isolate_path;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>, dismiss: &mut bool) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            facts(ui, frame);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| notice(ui, frame, dismiss));
        });
    });
}

/// Draws an error in full, with the way out that it names; it stays until it is hidden or something else happens.
pub(super) fn error(ui: &mut Ui, frame: &mut Frame<'_>, text: &str, dismiss: &mut bool) {
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(icon::WARNING).color(frame.theme.error));
        let width = ui.available_width() - 40.0;
        super::shaped_label::ShapedLabel::new(text, 13.0, frame.theme.error)
            .lines(5)
            .width(width)
            .show(ui, frame.painter);
        *dismiss |= hide_button(ui);
    });
}

fn hide_button(ui: &mut Ui) -> bool {
    ui.add(egui::Button::new(icon::X).small().frame(false)).on_hover_text("Hide this line").clicked()
}

/// What happened last, with an Undo where that makes sense.
fn notice(ui: &mut Ui, frame: &mut Frame<'_>, dismiss: &mut bool) {
    if let Some(progress) = frame.session.work_under_way() {
        let text = match progress {
            Some((done, all)) => format!("Exporting: {done} of {all} articles"),
            None => "One moment…".to_owned(),
        };
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.label(RichText::new(text).small());
        if progress.is_some() && ui.small_button("Stop").clicked() {
            frame.action(crate::session::Action::EndWork);
        }
        return;
    }
    let Some(notice) = frame.session.notice().filter(|notice| !notice.is_error).cloned() else {
        let hint = match frame.session.editor() {
            None => "Open an article with Ctrl+O, or drop a file here",
            Some(editor) if editor.queue().pending().is_empty() => "Select text and press a label's key",
            Some(_) => "Tab goes to the next suggestion, Space accepts it, X rejects it",
        };
        ui.add(egui::Label::new(RichText::new(hint).small().color(frame.theme.dim)).truncate());
        return;
    };
    ui.spacing_mut().item_spacing.x = 8.0;
    let buttons = if notice.undoable { 120.0 } else { 40.0 };
    let width = (ui.available_width() - buttons).max(80.0);
    let label = super::shaped_label::ShapedLabel::new(&notice.text, 13.0, frame.theme.ink).width(width);
    let response = label.show(ui, frame.painter);
    hint(response, frame, &notice.text);
    if notice.undoable && ui.small_button("Undo").on_hover_text("Ctrl+Z").clicked() {
        frame.command(Command::Undo);
    }
    *dismiss |= hide_button(ui);
}

fn facts(ui: &mut Ui, frame: &mut Frame<'_>) {
    let session = frame.session;
    let dim = frame.theme.dim;
    let small = |text: String| RichText::new(text).small().color(dim);
    let Some(editor) = session.editor() else { return };
    let (text, colour) = match session.save_state() {
        // On the disk, in the journal if not in the file yet.
        SaveState::Saved | SaveState::Journaled => ("Saved", frame.theme.dim),
        SaveState::ReadOnly => ("Read-only", frame.theme.error),
        SaveState::Unsaved => ("Not saved yet", frame.theme.ink),
        SaveState::Saving => ("Saving", frame.theme.ink),
        SaveState::Failed => ("Not saved", frame.theme.error),
    };
    let path = session.annotations_path().map(isolate_path).unwrap_or_default();
    let saved = ui.label(RichText::new(text).small().color(colour));
    hint(saved, frame, &path);
    if super::is_compact(ui.ctx()) {
        return;
    }
    match session.rules_took() {
        Some(took) => {
            let text = format!("Rules {:.0} ms", (took.as_secs_f64() * 1000.0).ceil());
            ui.label(small(text)).on_hover_text("How long the rules took to read the article");
        }
        None => {
            ui.label(small("Rules are reading".to_owned()));
        }
    }
    let (waiting, total) = (editor.queue().pending().len(), editor.document().annotations().len());
    ui.label(small(format!("{waiting} to review · {total} tagged")));
    let source = editor.document().source();
    let selection = editor.selection();
    let at = source.char_from_byte(selection.head);
    let paragraph = editor.segmentation().paragraph_index(selection.head) + 1;
    let selected = if selection.is_empty() {
        String::new()
    } else {
        let range = selection.range();
        let length = source.char_from_byte(range.end()).get() - source.char_from_byte(range.start()).get();
        format!(" · {length} selected")
    };
    let place = format!("Paragraph {paragraph} · character {at}{selected}");
    ui.label(small(place));
}
