//! Whether everything can be read: contrast in every theme, and labels apart for every kind of colour vision.
//!
//! What is computed here is what is painted: tints lie over the page in the order and strength in which the article
//! view draws them.

use egui::Color32;

use super::colour::{contrast, strengthened};
use super::theme::{Look, Theme};
use crate::formats::schema_file;
use crate::model::Schema;

/// WCAG 2.2 AA for text, and for what is no text.
const TEXT: f32 = 4.5;
const SHAPE: f32 = 3.0;

fn looks() -> Vec<Look> {
    let switches = [false, true];
    let mut looks = Vec::new();
    for dark in switches {
        for high_contrast in switches {
            for safe_colours in switches {
                looks.push(Look { dark, high_contrast, safe_colours, reduced_motion: false });
            }
        }
    }
    looks
}

/// A translucent colour over an opaque one, as the graphics card blends it.
fn over(top: Color32, ground: Color32) -> Color32 {
    let rest = 255 - u32::from(top.a());
    let blend = |top: u8, ground: u8| {
        let sum = u32::from(top) + (u32::from(ground) * rest + 127) / 255;
        u8::try_from(sum.min(255)).expect("at most 255")
    };
    Color32::from_rgb(blend(top.r(), ground.r()), blend(top.g(), ground.g()), blend(top.b(), ground.b()))
}

fn assert_contrast(look: Look, what: &str, a: Color32, ground: Color32, least: f32) {
    let found = contrast(a, ground);
    assert!(found >= least, "{look:?}: {what}: {a:?} on {ground:?} is {found:.2}, not {least}");
}

#[test]
fn text_of_the_window_can_be_read_on_every_ground() {
    for look in looks() {
        let theme = Theme::new(look);
        let hovered = over(theme.accent.gamma_multiply(0.10), theme.panel);
        let active = over(theme.accent.gamma_multiply(0.20), theme.panel);
        let chosen = over(theme.accent.gamma_multiply(0.25), theme.raised);
        for (name, ground) in [
            ("panel", theme.panel),
            ("raised", theme.raised),
            ("hovered", hovered),
            ("active", active),
            ("chosen", chosen),
            ("chosen on the panel", over(theme.accent.gamma_multiply(0.25), theme.panel)),
        ] {
            assert_contrast(look, &format!("ink on {name}"), theme.ink, ground, TEXT);
        }
        for (name, ground) in [("panel", theme.panel), ("raised", theme.raised), ("paper", theme.page.paper)]
        {
            for (what, colour) in [("dim", theme.dim), ("accent", theme.accent), ("error", theme.error)] {
                assert_contrast(look, &format!("{what} on {name}"), colour, ground, TEXT);
            }
            assert_contrast(look, &format!("edge on {name}"), theme.edge, ground, SHAPE);
        }
        assert_contrast(look, "on the accent", theme.on_accent, theme.accent, TEXT);
    }
}

#[test]
fn the_ring_of_focus_is_thick_and_stands_out() {
    for look in looks() {
        let theme = Theme::new(look);
        let ring = theme.focus_stroke();
        assert!(ring.width >= 2.0, "{look:?}");
        for ground in [theme.panel, theme.raised, theme.page.paper] {
            assert_contrast(look, "the ring", ring.color, ground, SHAPE);
        }
        assert_contrast(look, "the ring around an accent button", theme.ink, theme.raised, SHAPE);
    }
}

#[test]
fn the_signs_and_numbers_of_the_page_can_be_read() {
    for look in looks() {
        let page = Theme::new(look).page;
        for (what, colour, least) in [
            ("ink", page.ink, TEXT),
            ("numbers", page.quiet, TEXT),
            ("signs", page.sign, SHAPE),
            ("alarms", page.alarm, SHAPE),
            ("the caret", page.caret, SHAPE),
        ] {
            assert_contrast(look, what, colour, page.paper, least);
        }
    }
}

/// The grounds that five nested marks of some labels make, outermost first: a claim's wash, then each tint weaker.
fn nested(theme: &Theme, colours: &[Color32]) -> Vec<Color32> {
    let page = theme.page;
    let mut ground = over(colours[0].gamma_multiply(page.wash), page.paper);
    let mut grounds = vec![page.paper, ground];
    for (depth, colour) in colours.iter().enumerate() {
        ground = over(colour.gamma_multiply(page.nested_tint(u8::try_from(depth).expect("five"))), ground);
        grounds.push(ground);
        // The innermost may be focused, or a claim around it, and all of it selected.
        let focused = over(colour.gamma_multiply(page.focus), ground);
        grounds.push(focused);
        grounds.push(over(page.selection, ground));
        grounds.push(over(page.selection, focused));
    }
    grounds
}

fn colours(theme: &Theme, schema: &Schema) -> Vec<(String, Color32)> {
    schema.labels().iter().map(|label| (label.id.to_string(), theme.label(schema, label))).collect()
}

#[test]
fn letters_can_be_read_on_five_nested_marks_focused_and_selected() {
    let schema = schema_file::default_schema();
    for look in looks() {
        let theme = Theme::new(look);
        let colours = colours(&theme, &schema);
        for (a, first) in &colours {
            for (b, second) in &colours {
                for nest in [[*first; 5], [*first, *second, *first, *second, *first], [*second; 5]] {
                    for ground in nested(&theme, &nest) {
                        assert_contrast(
                            look,
                            &format!("letters on {a} and {b}"),
                            theme.page.ink,
                            ground,
                            TEXT,
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn underlines_tags_and_chips_stand_out_in_every_label() {
    let schema = schema_file::default_schema();
    for look in looks() {
        let theme = Theme::new(look);
        let page = theme.page;
        let text = if look.high_contrast { 7.0 } else { TEXT };
        for (label, colour) in colours(&theme, &schema) {
            assert_contrast(look, &format!("{label} as tag"), colour, page.paper, text);
            assert_contrast(look, &format!("{label} under letters"), colour, page.paper, SHAPE);
            let tinted = over(colour.gamma_multiply(page.tint), page.paper);
            assert_contrast(look, &format!("{label} on its tint"), colour, tinted, SHAPE);
            let behind_tag = over(page.paper.gamma_multiply(0.8), tinted);
            assert_contrast(look, &format!("{label} as a tag not filled"), colour, behind_tag, SHAPE);
            for strength in super::chip::CHIP_TINTS {
                for ground in [theme.panel, theme.raised] {
                    let chip = over(colour.gamma_multiply(strength), ground);
                    assert_contrast(look, &format!("{label} as a chip"), theme.ink, chip, TEXT);
                }
            }
        }
    }
}

#[test]
fn a_place_found_can_be_read() {
    for look in looks() {
        let theme = Theme::new(look);
        for strength in [1.0, 0.5] {
            let hit = theme.accent.gamma_multiply(strength).gamma_multiply(super::article::HIT_TINT);
            assert_contrast(look, "a hit", theme.page.ink, over(hit, theme.page.paper), TEXT);
        }
    }
}

/// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
/// severity 1.0; applied to linear sRGB.
const VISION: [(&str, [[f32; 3]; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

fn times(matrix: [[f32; 3]; 3], v: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

/// A colour in `OKLab` (Ottosson 2020) as somebody sees it.
fn seen(colour: Color32, vision: [[f32; 3]; 3]) -> [f32; 3] {
    let linear = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let rgb = [linear(colour.r()), linear(colour.g()), linear(colour.b())];
    let rgb = times(vision, rgb).map(|value| value.clamp(0.0, 1.0));
    let lms = times(
        [
            [0.412_221_46, 0.536_332_55, 0.051_445_995],
            [0.211_903_5, 0.680_699_5, 0.107_396_96],
            [0.088_302_46, 0.281_718_85, 0.629_978_7],
        ],
        rgb,
    );
    times(
        [
            [0.210_454_26, 0.793_617_8, -0.004_072_047],
            [1.977_998_5, -2.428_592_2, 0.450_593_7],
            [0.025_904_037, 0.782_771_77, -0.808_675_77],
        ],
        lms.map(f32::cbrt),
    )
}

fn distance(a: Color32, b: Color32, vision: [[f32; 3]; 3]) -> f32 {
    let (a, b) = (seen(a, vision), seen(b, vision));
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

#[test]
fn safe_colours_stand_apart_for_every_kind_of_colour_vision() {
    let schema = schema_file::default_schema();
    for dark in [false, true] {
        let look = Look { dark, high_contrast: false, safe_colours: true, reduced_motion: false };
        let theme = Theme::new(look);
        for a in schema.labels() {
            for b in schema.labels().iter().filter(|b| b.id < a.id) {
                let (first, second) = (theme.label(&schema, a), theme.label(&schema, b));
                if first == second {
                    assert_ne!(a.pattern, b.pattern, "{} and {} share a colour", a.id, b.id);
                    continue;
                }
                for (vision, matrix) in VISION {
                    let distance = distance(first, second, matrix);
                    assert!(distance > 0.15, "{vision}, dark {dark}: {} and {}: {distance}", a.id, b.id);
                }
            }
        }
    }
}

#[test]
fn every_label_has_a_sign_that_is_no_colour() {
    let schema = schema_file::default_schema();
    for a in schema.labels() {
        assert!(!a.keys.is_empty(), "{} has no letter", a.id);
        for b in schema.labels().iter().filter(|b| b.id < a.id) {
            assert_ne!(a.keys, b.keys);
        }
    }
}

#[test]
fn a_faint_colour_is_strengthened_as_little_as_is_needed() {
    let paper = Color32::from_rgb(0xFB, 0xF8, 0xF1);
    let faint = Color32::from_rgb(0xE0, 0xC0, 0x60);
    let strong = strengthened(faint, paper, 4.5);
    assert!((4.5..5.5).contains(&contrast(strong, paper)), "{}", contrast(strong, paper));
    let good = Color32::from_rgb(0x00, 0x40, 0x80);
    assert_eq!(strengthened(good, paper, 4.5), good);
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
}
