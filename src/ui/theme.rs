//! Colours, spaces and faces of the window, light and dark.
//!
//! The panels are quieter than the page; one accent colour; everything sits on a grid of 8 points.

use egui::epaint::Shadow;
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, vec2,
};

use super::article::ReadingTheme;
use super::colour::strengthened;
use crate::model::{LabelDef, Rgb, Schema, UnderlinePattern};
use crate::store::{self, Settings};
use crate::typeset::{self, Underline, Weight};

/// The one radius of corners, in points.
pub(super) const RADIUS: u8 = 6;

/// The heading face.
const BOLD: &str = "bold";

/// Colours that readers with and without any colour blindness can tell apart on light and on dark paper. Found by a
/// search for the six of sRGB that stand furthest apart in `OKLab`, under each of the deficiencies of Machado, Oliveira
/// and Fernandes (2009) too, among those of a contrast of 4.5 with the paper. Where there are more labels than colours,
/// those that share one differ in their underline.
const SAFE_LIGHT: [[u8; 3]; 6] = [
    [0x30, 0x60, 0xFF],
    [0xD8, 0x30, 0x00],
    [0x90, 0x48, 0x90],
    [0x60, 0x18, 0x00],
    [0x00, 0x00, 0x78],
    [0x00, 0x00, 0x18],
];
const SAFE_DARK: [[u8; 3]; 6] = [
    [0x48, 0xC0, 0xC0],
    [0xC0, 0xC0, 0x00],
    [0xD8, 0x30, 0xFF],
    [0x78, 0x90, 0x48],
    [0x78, 0xFF, 0xFF],
    [0xFF, 0xFF, 0x78],
];

/// What the settings and the system say about colours and motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Look {
    pub(super) dark: bool,
    pub(super) high_contrast: bool,
    pub(super) safe_colours: bool,
    pub(super) reduced_motion: bool,
}

impl Look {
    /// Returns what is to be drawn; `system_is_dark` decides where the settings leave it to the system.
    pub(super) fn new(settings: &Settings, system_is_dark: bool) -> Self {
        Self {
            dark: match settings.theme {
                store::Theme::Light => false,
                store::Theme::Dark => true,
                store::Theme::System => system_is_dark,
            },
            high_contrast: settings.high_contrast,
            safe_colours: settings.safe_colours,
            reduced_motion: settings.reduced_motion,
        }
    }
}

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Theme {
    pub(super) dark: bool,
    look: Look,
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
    /// The border of what can be used: 3 to 1 on `panel` and `raised`.
    pub(super) edge: Color32,
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
    /// Returns the colours for a look.
    pub(super) fn new(look: Look) -> Self {
        match (look.dark, look.high_contrast) {
            (false, false) => Self::light(look),
            (true, false) => Self::dark(look),
            (false, true) => Self::strong_light(look),
            (true, true) => Self::strong_dark(look),
        }
    }

    fn light(look: Look) -> Self {
        Self {
            dark: false,
            look,
            panel: Color32::from_rgb(0xEF, 0xEB, 0xE2),
            raised: Color32::from_rgb(0xFB, 0xF9, 0xF4),
            ink: Color32::from_rgb(0x2A, 0x27, 0x22),
            dim: Color32::from_rgb(0x66, 0x60, 0x56),
            line: Color32::from_rgb(0xD8, 0xD2, 0xC5),
            edge: Color32::from_rgb(0x8A, 0x83, 0x76),
            accent: Color32::from_rgb(0x0B, 0x66, 0x6A),
            on_accent: Color32::WHITE,
            error: Color32::from_rgb(0xB0, 0x2A, 0x2A),
            page: ReadingTheme::light(),
        }
    }

    fn dark(look: Look) -> Self {
        Self {
            dark: true,
            look,
            panel: Color32::from_rgb(0x25, 0x25, 0x29),
            raised: Color32::from_rgb(0x2F, 0x2F, 0x34),
            ink: Color32::from_rgb(0xE6, 0xE2, 0xD9),
            dim: Color32::from_rgb(0xA8, 0xA3, 0x99),
            line: Color32::from_rgb(0x43, 0x43, 0x49),
            edge: Color32::from_rgb(0x7C, 0x7C, 0x84),
            accent: Color32::from_rgb(0x5C, 0xC8, 0xC2),
            on_accent: Color32::from_rgb(0x10, 0x22, 0x22),
            error: Color32::from_rgb(0xF2, 0x8B, 0x82),
            page: ReadingTheme::dark(),
        }
    }

    fn strong_light(look: Look) -> Self {
        Self {
            dark: false,
            look,
            panel: Color32::WHITE,
            raised: Color32::WHITE,
            ink: Color32::BLACK,
            dim: Color32::from_rgb(0x33, 0x33, 0x33),
            line: Color32::from_rgb(0x55, 0x55, 0x55),
            edge: Color32::BLACK,
            accent: Color32::from_rgb(0x00, 0x3C, 0x8F),
            on_accent: Color32::WHITE,
            error: Color32::from_rgb(0x8F, 0x00, 0x00),
            page: ReadingTheme {
                paper: Color32::WHITE,
                ink: Color32::BLACK,
                selection: Color32::from_rgba_unmultiplied(0x00, 0x5A, 0xD6, 0x50),
                caret: Color32::BLACK,
                quiet: Color32::from_rgb(0x33, 0x33, 0x33),
                sign: Color32::from_rgb(0x00, 0x3C, 0x8F),
                alarm: Color32::from_rgb(0x8F, 0x00, 0x00),
                ..ReadingTheme::light()
            },
        }
    }

    fn strong_dark(look: Look) -> Self {
        Self {
            dark: true,
            look,
            panel: Color32::BLACK,
            raised: Color32::from_rgb(0x0A, 0x0A, 0x0A),
            ink: Color32::WHITE,
            dim: Color32::from_rgb(0xD6, 0xD6, 0xD6),
            line: Color32::from_rgb(0xA0, 0xA0, 0xA0),
            edge: Color32::WHITE,
            accent: Color32::from_rgb(0xFF, 0xD8, 0x2E),
            on_accent: Color32::BLACK,
            error: Color32::from_rgb(0xFF, 0x9E, 0x94),
            page: ReadingTheme {
                paper: Color32::BLACK,
                ink: Color32::WHITE,
                selection: Color32::from_rgba_unmultiplied(0x1F, 0x5F, 0xC0, 0x90),
                caret: Color32::from_rgb(0xFF, 0xD8, 0x2E),
                quiet: Color32::from_rgb(0xD6, 0xD6, 0xD6),
                sign: Color32::from_rgb(0x8F, 0xD0, 0xFF),
                alarm: Color32::from_rgb(0xFF, 0x9E, 0x94),
                ..ReadingTheme::dark()
            },
        }
    }

    /// Returns the colour of a label in this theme: the schema's, or one for colour blindness; always one that stands
    /// out from the page as text does.
    pub(super) fn label(&self, schema: &Schema, label: &LabelDef) -> Color32 {
        let place = schema.labels().iter().position(|known| known.id == label.id).unwrap_or(0);
        let [r, g, b] = match (self.look.safe_colours, self.dark) {
            (true, false) => SAFE_LIGHT[place % SAFE_LIGHT.len()],
            (true, true) => SAFE_DARK[place % SAFE_DARK.len()],
            (false, dark) => {
                let Rgb(rgb) = if dark { label.dark } else { label.light };
                rgb
            }
        };
        let ratio = if self.look.high_contrast { 7.0 } else { 4.5 };
        strengthened(Color32::from_rgb(r, g, b), self.page.paper, ratio)
    }

    /// Returns how thick the ring around what has the keyboard is, in points.
    pub(super) fn focus_stroke(&self) -> Stroke {
        Stroke::new(if self.look.high_contrast { 3.0 } else { 2.0 }, self.accent)
    }

    /// Draws the ring around a button that is filled with the accent, on which the ring would not be seen.
    pub(super) fn ring_around(&self, ui: &egui::Ui, response: &egui::Response) {
        if response.has_focus() {
            let radius = CornerRadius::same(RADIUS + 2);
            let stroke = Stroke::new(self.focus_stroke().width, self.ink);
            ui.painter().rect_stroke(response.rect.expand(1.0), radius, stroke, egui::StrokeKind::Outside);
        }
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
            style.animation_time = if self.look.reduced_motion { 0.0 } else { 0.1 };
            style.scroll_animation = if self.look.reduced_motion {
                egui::style::ScrollAnimation::none()
            } else {
                egui::style::ScrollAnimation::default()
            };
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
        // The toolkit writes what is chosen in the colour of this stroke.
        visuals.selection.stroke = Stroke::new(1.0, self.ink);
        visuals.text_cursor.blink = !self.look.reduced_motion;
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
        widgets.inactive.bg_stroke = Stroke::new(1.0, self.edge);
        widgets.hovered.bg_stroke = Stroke::new(1.0, self.accent);
        // What has the keyboard is drawn as what is pressed.
        widgets.active.bg_stroke = self.focus_stroke();
        visuals
    }
}

/// Draws the ring around a widget of our own that has the keyboard.
pub(super) fn focus_ring(ui: &egui::Ui, response: &egui::Response) {
    if response.has_focus() {
        let stroke = ui.visuals().widgets.active.bg_stroke;
        let radius = CornerRadius::same(RADIUS);
        ui.painter().rect_stroke(response.rect, radius, stroke, egui::StrokeKind::Inside);
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
