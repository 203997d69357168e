//! The window.
//!
//! `app` holds the state and runs a frame: keys to commands, drawing, then what was asked for is performed. Each
//! other module draws one part from a `&Session` and pushes what the user asks for as [`Wish`]es; none changes
//! anything itself.
//!
//! Invariant: only here (and in `main`) are egui, eframe and rfd used. Drawing never changes the session. Every text
//! from an article is drawn by the article view, the shaped label or the bidi field.

mod announce;
mod app;
pub mod article;
pub mod bidi_field;
mod chip;
mod colour;
mod context_line;
mod dialog;
mod file_picker;
mod find_bar;
pub mod headless;
mod icon;
mod keys;
mod label_bar;
mod links;
mod marks;
mod menu;
mod panel;
mod pick_list;
mod queue_panel;
pub mod shaped_label;
mod start;
mod status_bar;
#[cfg(test)]
mod tests;
pub mod text_painter;
mod text_runs;
mod theme;
#[cfg(test)]
mod theme_tests;

pub use start::{Start, WindowError, run};

use crate::session::{Action, Command, Session};
use text_painter::TextPainter;
use theme::Theme;

/// What a part of the window asks for while it is drawn; performed when the frame is done.
#[derive(Debug, Clone, PartialEq)]
enum Wish {
    /// A command of the table, on whatever it acts on.
    Command(Command),
    /// An action with its targets.
    Action(Action),
}

/// Returns whether the window has so little room, or everything in it is so large, that its parts stand below each
/// other and leave out what can be found elsewhere.
fn is_compact(ctx: &egui::Context) -> bool {
    let room = ctx.content_rect();
    room.width() < 640.0 || room.height() < 400.0
}

/// What every part of the window is drawn with.
struct Frame<'a> {
    session: &'a Session,
    painter: &'a mut TextPainter,
    theme: Theme,
    wishes: &'a mut Vec<Wish>,
}

impl Frame<'_> {
    fn command(&mut self, command: Command) {
        self.wishes.push(Wish::Command(command));
    }

    fn action(&mut self, action: Action) {
        self.wishes.push(Wish::Action(action));
    }

    /// Draws that something is being waited for: a wheel that turns, or words where nothing is to move.
    fn waiting(&self, ui: &mut egui::Ui) {
        if self.session.settings().reduced_motion {
            ui.label("One moment…");
        } else {
            ui.spinner();
        }
    }

    /// The language of label names.
    fn language(&self) -> &str {
        &self.session.settings().language
    }
}

/// Shows a text beside the pointer while something is hovered: as [`egui::Response::on_hover_text`], for text that may
/// hold Arabic. An empty text shows nothing.
fn hint(response: egui::Response, frame: &mut Frame<'_>, text: &str) -> egui::Response {
    if text.is_empty() {
        return response;
    }
    response.on_hover_ui(|ui| {
        shaped_label::ShapedLabel::new(text, 13.0, frame.theme.ink)
            .lines(12)
            .width(380.0)
            .show(ui, frame.painter);
    })
}
