//! The chip of a label: its name with its colour and its underline, so that colour is not the only sign.

use egui::{Response, Sense, Ui, Vec2, vec2};

use super::Frame;
use super::shaped_label::ShapedLabel;
use super::theme::{RADIUS, focus_ring, underline};
use crate::model::{LabelDef, LabelId};
use crate::typeset::{ReadingFont, TextStyle, Weight, underline_rects};

/// The size of a chip's text, in points.
const TEXT_SIZE: f32 = 13.0;

/// How strongly a chip is tinted: at rest, under the pointer, chosen.
pub(super) const CHIP_TINTS: [f32; 3] = [0.16, 0.21, 0.26];

/// A chip to be drawn.
pub(super) struct Chip<'a> {
    label: &'a LabelDef,
    /// A key shown before the name; empty for none.
    key: String,
    /// Drawn as chosen.
    selected: bool,
    clickable: bool,
}

impl<'a> Chip<'a> {
    /// Returns the chip of a label.
    pub(super) fn new(label: &'a LabelDef) -> Self {
        Self { label, key: String::new(), selected: false, clickable: false }
    }

    /// Shows the label's first key.
    pub(super) fn with_key(mut self) -> Self {
        self.key = self.label.keys.first().map(|key| key.to_uppercase().to_string()).unwrap_or_default();
        self
    }

    pub(super) fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    pub(super) fn clickable(mut self) -> Self {
        self.clickable = true;
        self
    }

    /// Draws the chip.
    pub(super) fn show(self, ui: &mut Ui, frame: &mut Frame<'_>) -> Response {
        let theme = frame.theme;
        let colour = theme.label(frame.session.schema(), self.label);
        let name = self.label.names.get(frame.language()).to_owned();
        let style = TextStyle {
            size_pt: TEXT_SIZE,
            line_height: 1.5,
            weight: Weight::Regular,
            font: ReadingFont::default(),
            pixels_per_point: ui.pixels_per_point(),
        };
        let text = frame.painter.label(&name, style, None, None, 1);
        let key = (!self.key.is_empty()).then(|| {
            ui.painter().layout_no_wrap(self.key.clone(), egui::FontId::proportional(11.0), theme.ink)
        });
        let key_width = key.as_ref().map_or(0.0, |key| key.size().x + 5.0);
        let size = vec2(text.width.ceil() + key_width + 14.0, 26.0);
        let sense = if self.clickable { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(size, sense);
        let role = if self.clickable { egui::accesskit::Role::Button } else { egui::accesskit::Role::Label };
        response.widget_info(|| {
            egui::WidgetInfo::selected(
                role,
                ui.is_enabled(),
                self.selected,
                format!("{name} ({})", self.label.id),
            )
        });
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let strength = match (self.selected, response.hovered() && self.clickable) {
            (true, _) => CHIP_TINTS[2],
            (false, true) => CHIP_TINTS[1],
            (false, false) => CHIP_TINTS[0],
        };
        ui.painter().rect_filled(rect, f32::from(RADIUS), colour.gamma_multiply(strength));
        if self.selected {
            let stroke = egui::Stroke::new(1.5, colour);
            ui.painter().rect_stroke(rect, f32::from(RADIUS), stroke, egui::StrokeKind::Inside);
        }
        focus_ring(ui, &response);
        let top = (rect.center().y - text.height / 2.0).floor() - 1.0;
        let mut x = rect.left() + 7.0;
        if let Some(key) = key {
            let at = egui::pos2(x, rect.center().y - key.size().y / 2.0);
            ui.painter().galley(at, key, theme.ink);
            x += key_width;
        }
        frame.painter.paint(ui.painter(), &text, egui::pos2(x, top), theme.ink);
        let pixel = 1.0 / ui.pixels_per_point();
        underline_rects(
            underline(self.label.pattern),
            [x, x + text.width],
            rect.bottom() - 5.0,
            1.5,
            pixel,
            |r| {
                ui.painter().rect_filled(super::text_painter::moved(r, egui::Pos2::ZERO), 0.0, colour);
            },
        );
        response
    }
}

/// Draws the chip of a label that the schema may lack.
pub(super) fn chip_of(ui: &mut Ui, frame: &mut Frame<'_>, label: &LabelId) -> Response {
    let schema = std::sync::Arc::clone(frame.session.schema());
    match schema.label(label) {
        Some(def) => Chip::new(def).show(ui, frame),
        None => ShapedLabel::new(label.as_str(), TEXT_SIZE, frame.theme.dim).show(ui, frame.painter),
    }
}

/// Draws how sure a rule is: a bar of 40 points with the figure beside it.
pub(super) fn confidence(ui: &mut Ui, frame: &Frame<'_>, value: f32) {
    let percent = format!("{:.0} %", value * 100.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(40.0, 6.0), Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::Meter, true, format!("confidence {percent}"))
    });
    ui.painter().rect_filled(rect, 3.0, frame.theme.line);
    let mut filled = rect;
    filled.set_width(rect.width() * value.clamp(0.0, 1.0));
    ui.painter().rect_filled(filled, 3.0, frame.theme.accent);
    ui.label(egui::RichText::new(percent).small().color(frame.theme.dim));
}
