//! Colours, spaces and faces of the window, light and dark.
//!
//! The panels are quieter than the page; one accent colour; everything sits on a grid of 8 points.

use egui::epaint::Shadow;
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, vec2,
};

use super::article::ReadingTheme;
use crate::model::{LabelDef, Rgb, UnderlinePattern};
use crate::typeset::{self, Underline, Weight};

/// The one radius of corners, in points.
pub(super) const RADIUS: u8 = 6;

/// The heading face.
const BOLD: &str = "bold";

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Theme {
    pub(super) dark: bool,
    /// The ground of panels and bars.
    pub(super) panel: Color32,
    /// The ground of cards, fields and menus.
    pub(super) raised: Color32,
    /// Text.
    pub(super) ink: Color32,
    /// Text of less weight; still 4.5 to 1 on `panel` and `raised`.
    pub(super) dim: Color32,
    /// Lines between things.
    pub(super) line: Color32,
    /// The accent: focus, links, the main button.
    pub(super) accent: Color32,
    /// Text on the accent.
    pub(super) on_accent: Color32,
    /// What went wrong.
    pub(super) error: Color32,
    /// The page.
    pub(super) page: ReadingTheme,
}

impl Theme {
    /// Returns the colours of the light or the dark theme.
    pub(super) fn new(dark: bool) -> Self {
        if dark { Self::dark() } else { Self::light() }
    }

    fn light() -> Self {
        Self {
            dark: false,
            panel: Color32::from_rgb(0xEF, 0xEB, 0xE2),
            raised: Color32::from_rgb(0xFB, 0xF9, 0xF4),
            ink: Color32::from_rgb(0x2A, 0x27, 0x22),
            dim: Color32::from_rgb(0x66, 0x60, 0x56),
            line: Color32::from_rgb(0xD8, 0xD2, 0xC5),
            accent: Color32::from_rgb(0x0B, 0x66, 0x6A),
            on_accent: Color32::WHITE,
            error: Color32::from_rgb(0xB0, 0x2A, 0x2A),
            page: ReadingTheme::light(),
        }
    }

    fn dark() -> Self {
        Self {
            dark: true,
            panel: Color32::from_rgb(0x25, 0x25, 0x29),
            raised: Color32::from_rgb(0x2F, 0x2F, 0x34),
            ink: Color32::from_rgb(0xE6, 0xE2, 0xD9),
            dim: Color32::from_rgb(0xA8, 0xA3, 0x99),
            line: Color32::from_rgb(0x43, 0x43, 0x49),
            accent: Color32::from_rgb(0x5C, 0xC8, 0xC2),
            on_accent: Color32::from_rgb(0x10, 0x22, 0x22),
            error: Color32::from_rgb(0xF2, 0x8B, 0x82),
            page: ReadingTheme::dark(),
        }
    }

    /// Returns the colour of a label in this theme.
    pub(super) fn label(&self, label: &LabelDef) -> Color32 {
        let Rgb([r, g, b]) = if self.dark { label.dark } else { label.light };
        Color32::from_rgb(r, g, b)
    }

    /// Gives the toolkit these colours, spaces and faces.
    pub(super) fn apply(&self, ctx: &egui::Context) {
        // Ctrl+Plus is for the article's text; the toolkit would enlarge the whole window.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        ctx.set_theme(if self.dark { egui::Theme::Dark } else { egui::Theme::Light });
        ctx.all_styles_mut(|style| {
            style.visuals = self.visuals();
            style.spacing.item_spacing = vec2(8.0, 8.0);
            style.spacing.button_padding = vec2(8.0, 4.0);
            style.spacing.interact_size.y = 24.0;
            style.spacing.menu_margin = Margin::same(6);
            style.spacing.tooltip_width = 360.0;
            style.spacing.scroll = egui::style::ScrollStyle::thin();
            style.interaction.tooltip_delay = 0.4;
            style.animation_time = 0.1;
            style.text_styles = text_styles();
        });
    }

    fn visuals(&self) -> egui::Visuals {
        let mut visuals = if self.dark { egui::Visuals::dark() } else { egui::Visuals::light() };
        let radius = CornerRadius::same(RADIUS);
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.raised;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        visuals.window_corner_radius = CornerRadius::same(RADIUS + 2);
        visuals.menu_corner_radius = radius;
        visuals.extreme_bg_color = self.raised;
        visuals.faint_bg_color = self.panel;
        visuals.weak_text_color = Some(self.dim);
        visuals.hyperlink_color = self.accent;
        visuals.error_fg_color = self.error;
        visuals.selection.bg_fill = self.accent.gamma_multiply(0.25);
        visuals.selection.stroke = Stroke::new(1.0, self.accent);
        let shadow = Shadow {
            offset: [0, 4],
            blur: 16,
            spread: 0,
            color: Color32::from_black_alpha(if self.dark { 96 } else { 40 }),
        };
        visuals.window_shadow = shadow;
        visuals.popup_shadow = shadow;
        let widgets = &mut visuals.widgets;
        for (widget, fill) in [
            (&mut widgets.noninteractive, self.panel),
            (&mut widgets.inactive, self.panel),
            (&mut widgets.hovered, self.accent.gamma_multiply(0.10)),
            (&mut widgets.active, self.accent.gamma_multiply(0.20)),
            (&mut widgets.open, self.accent.gamma_multiply(0.10)),
        ] {
            widget.corner_radius = radius;
            widget.weak_bg_fill = fill;
            widget.bg_fill = fill;
            widget.fg_stroke = Stroke::new(1.0, self.ink);
            widget.bg_stroke = Stroke::new(1.0, self.line);
            widget.expansion = 0.0;
        }
        widgets.hovered.bg_stroke = Stroke::new(1.0, self.accent);
        widgets.active.bg_stroke = Stroke::new(1.0, self.accent);
        visuals
    }
}

fn text_styles() -> std::collections::BTreeMap<TextStyle, FontId> {
    [
        (TextStyle::Small, FontId::proportional(12.0)),
        (TextStyle::Body, FontId::proportional(14.0)),
        (TextStyle::Button, FontId::proportional(14.0)),
        (TextStyle::Heading, FontId::new(17.0, FontFamily::Name(BOLD.into()))),
        (TextStyle::Monospace, FontId::proportional(13.0)),
    ]
    .into()
}

/// Returns the bold face at a size, for widgets of the toolkit.
pub(super) fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(BOLD.into()))
}

/// Gives the toolkit the bundled faces: Latin first, Arabic behind it, the icons last. Article text does not pass
/// through here.
pub(super) fn install_fonts(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    let mut add = |weight: Weight, family: FontFamily| {
        // The article's fallback order has Arabic first; words of the window are mostly Latin.
        let mut stack: Vec<_> = typeset::fallback_stack(weight).collect();
        stack.sort_by_key(|face| face.family != "Noto Sans");
        let mut names = Vec::new();
        for face in stack {
            let name = face.path.to_owned();
            fonts.font_data.insert(name.clone(), FontData::from_static(face.bytes).into());
            names.push(name);
        }
        names.push("icons".to_owned());
        fonts.families.insert(family, names);
    };
    add(Weight::Regular, FontFamily::Proportional);
    add(Weight::Regular, FontFamily::Monospace);
    add(Weight::Bold, FontFamily::Name(BOLD.into()));
    let icons = include_bytes!("../../fonts/Phosphor.ttf");
    let tweak = egui::FontTweak { y_offset_factor: 0.1, scale: 1.15, ..Default::default() };
    fonts.font_data.insert("icons".to_owned(), FontData::from_static(icons).tweak(tweak).into());
    ctx.set_fonts(fonts);
}

/// Returns the typesetter's underline for a pattern of the schema.
pub(super) fn underline(pattern: UnderlinePattern) -> Underline {
    match pattern {
        UnderlinePattern::Single => Underline::Single,
        UnderlinePattern::Double => Underline::Double,
        UnderlinePattern::Thick => Underline::Thick,
        UnderlinePattern::Dotted => Underline::Dotted,
        UnderlinePattern::Wavy => Underline::Wavy,
    }
}
