//! Text fields of the panels and dialogs, for text of any script.

use egui::{Response, Ui};

use super::Frame;
use super::bidi_field::BidiField;

/// Draws a field of one line.
pub(super) fn line(ui: &mut Ui, frame: &mut Frame<'_>, field: &mut BidiField, name: &str, hint: &str) -> Response {
    field.show(ui, frame.painter, name, hint)
}
