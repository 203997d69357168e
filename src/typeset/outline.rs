//! Glyphs as paths, for pictures that stay sharp at any size.

use std::fmt::Write as _;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider};

use super::engine::Glyph;

/// Returns the outline of a glyph as the data of an SVG path, in pixels from its origin with y downwards; `None` for a
/// glyph without ink.
#[must_use]
pub fn svg_outline(glyph: Glyph) -> Option<String> {
    let face = glyph.face.face();
    let outline = face.font()?.outline_glyphs().get(GlyphId::from(glyph.id))?;
    let mut path = SvgPath(String::new());
    let settings = DrawSettings::unhinted(Size::new(glyph.size), LocationRef::new(face.coords));
    outline.draw(settings, &mut path).ok()?;
    (!path.0.is_empty()).then_some(path.0)
}

/// Takes an outline (y upwards) as SVG path data (y downwards), to a hundredth of a pixel.
struct SvgPath(String);

impl SvgPath {
    fn add(&mut self, command: char, points: &[(f32, f32)]) {
        self.0.push(command);
        for (i, (x, y)) in points.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            // Adding 0 makes -0 a plain 0; writing to a String cannot fail.
            let (x, y) = ((x * 100.0).round() / 100.0 + 0.0, (-y * 100.0).round() / 100.0 + 0.0);
            let _ = write!(self.0, "{space}{x} {y}");
        }
    }
}

impl OutlinePen for SvgPath {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add('L', &[(x, y)]);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.add('Q', &[(cx0, cy0), (x, y)]);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.add('C', &[(cx0, cy0), (cx1, cy1), (x, y)]);
    }

    fn close(&mut self) {
        self.add('Z', &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::{TextStyle, Typesetter};

    #[test]
    fn a_letter_is_a_closed_path_above_its_baseline_and_a_space_is_none() {
        let layout = Typesetter::new().layout_paragraph("H ", TextStyle::body(20.0), None, None);
        let outlines: Vec<_> = layout.glyphs().iter().map(|glyph| svg_outline(*glyph)).collect();
        let path = outlines[0].as_deref().expect("H has ink");
        assert!(path.starts_with('M') && path.ends_with('Z'), "{path}");
        assert!(path.contains(" -14."), "the top of H lies 0.714 em above the baseline: {path}");
        assert_eq!(outlines[1..].iter().flatten().count(), 0);
    }
}
