//! How far colours stand apart for a reader: contrast after WCAG 2.2, and what lies over what.

use egui::Color32;

/// The relative luminance of an opaque colour, 0 to 1 (WCAG 2.2, "relative luminance").
fn luminance(colour: Color32) -> f32 {
    let linear = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

/// Returns the contrast of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio").
pub(super) fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Returns a colour that stands out from a ground by at least a ratio: the colour itself where it does, else mixed
/// with black or white, whichever stands out more, as little as is needed.
pub(super) fn strengthened(colour: Color32, ground: Color32, ratio: f32) -> Color32 {
    let target = if contrast(Color32::BLACK, ground) > contrast(Color32::WHITE, ground) {
        Color32::BLACK
    } else {
        Color32::WHITE
    };
    let mixed = (0_u8..=32).map(|step| colour.lerp_to_gamma(target, f32::from(step) / 32.0));
    mixed.into_iter().find(|mixed| contrast(*mixed, ground) >= ratio).unwrap_or(target)
}
