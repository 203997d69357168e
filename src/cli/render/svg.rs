//! A scene as SVG: glyphs are outlines, so it looks the same without the fonts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::scene::{Scene, Shape};
use crate::typeset::{FaceId, ParagraphLayout, Rgba, outline_rects, svg_outline};

/// A glyph at a size: what needs an outline of its own.
type Key = (FaceId, u16, u32);

/// Returns the picture, made for one pixel a point, as an SVG file.
pub(super) fn write(scene: &Scene, title: &str) -> String {
    let mut writer = Writer { outlines: BTreeMap::new(), definitions: String::new(), body: String::new() };
    for shape in &scene.shapes {
        match shape {
            Shape::Fill(rect, colour) => {
                let (width, height) = (rect.x1 - rect.x0, rect.y1 - rect.y0);
                writer.rect([rect.x0, rect.y0, width, height], *colour);
            }
            Shape::Text { layout, x, y, colour } => writer.text(layout, *x, *y, *colour),
        }
    }
    let (width, height) = (scene.width.ceil(), scene.height.ceil());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<defs>\n{}</defs>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n{}</svg>\n",
        writer.definitions,
        hex(scene.paper),
        writer.body,
        title = title.replace('&', "&amp;").replace('<', "&lt;"),
    )
}

struct Writer {
    /// The number under which a glyph is defined; `None` for one without ink.
    outlines: BTreeMap<Key, Option<usize>>,
    definitions: String,
    body: String,
}

// Writing to a String cannot fail.
impl Writer {
    fn rect(&mut self, [x, y, width, height]: [f32; 4], colour: Rgba) {
        let opacity = match colour.0[3] {
            255 => String::new(),
            alpha => format!(" fill-opacity=\"{}\"", rounded(f32::from(alpha) / 255.0)),
        };
        let (x, y, width, height) = (rounded(x), rounded(y), rounded(width), rounded(height));
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{}\"{opacity}/>",
            hex(colour)
        );
    }

    fn text(&mut self, layout: &ParagraphLayout, x: f32, y: f32, colour: Rgba) {
        let _ = writeln!(self.body, "<g fill=\"{}\">", hex(colour));
        for glyph in layout.glyphs() {
            let key = (glyph.face, glyph.id, glyph.size.to_bits());
            let known = self.outlines.len();
            let number = *self.outlines.entry(key).or_insert_with(|| {
                let path = svg_outline(*glyph)?;
                let _ = writeln!(self.definitions, "<path id=\"g{known}\" d=\"{path}\"/>");
                Some(known)
            });
            if let Some(number) = number {
                let (x, y) = (rounded(x + glyph.x), rounded(y + glyph.y));
                let _ = writeln!(self.body, "<use href=\"#g{number}\" x=\"{x}\" y=\"{y}\"/>");
            }
        }
        self.body.push_str("</g>\n");
        for placeholder in &layout.placeholders {
            outline_rects(placeholder.rect, 1.0, None, |side| {
                self.rect([side.x0 + x, side.y0 + y, side.width(), side.height()], colour);
            });
        }
    }
}

fn hex(Rgba([r, g, b, _]): Rgba) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Returns a number to a hundredth.
fn rounded(x: f32) -> f32 {
    (x * 100.0).round() / 100.0
}
