//! Painting on a picture in memory: what the window does with meshes, without a window.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "coordinates are clamped to a picture of at most 2^16 pixels a side, colours to 0..=255"
)]

use super::atlas::GlyphAtlas;
use super::engine::{Glyph, ParagraphLayout};
use super::geometry::Rect;

/// A colour with straight (not premultiplied) alpha, in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgba(pub [u8; 4]);

impl Rgba {
    /// Returns an opaque colour.
    #[must_use]
    pub const fn opaque(r: u8, g: u8, b: u8) -> Self {
        Self([r, g, b, 255])
    }

    /// Returns the colour with another alpha, 0 clear to 255 opaque.
    #[must_use]
    pub const fn with_alpha(self, alpha: u8) -> Self {
        let [r, g, b, _] = self.0;
        Self([r, g, b, alpha])
    }
}

/// An opaque picture. Its painting calls take points; a point is `pixels_per_point` pixels.
pub struct Canvas {
    width: u32,
    height: u32,
    pixels_per_point: f32,
    pixels: Vec<[u8; 4]>,
    atlas: GlyphAtlas,
}

impl Canvas {
    /// Returns a picture of a size in points, filled with a colour.
    #[must_use]
    pub fn new(width_pt: f32, height_pt: f32, pixels_per_point: f32, ground: Rgba) -> Self {
        let pixels_of = |points: f32| (points * pixels_per_point).ceil().clamp(1.0, 65_535.0) as u32;
        let (width, height) = (pixels_of(width_pt), pixels_of(height_pt));
        let [r, g, b, _] = ground.0;
        Self {
            width,
            height,
            pixels_per_point,
            pixels: vec![[r, g, b, 255]; width as usize * height as usize],
            atlas: GlyphAtlas::new(),
        }
    }

    /// Returns the number of pixels from left to right.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Returns the number of pixels from top to bottom.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Returns the colour of a pixel; `None` outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgba> {
        let inside = x < self.width && y < self.height;
        inside.then(|| Rgba(self.pixels[y as usize * self.width as usize + x as usize]))
    }

    /// Fills a rectangle, its sides moved to the nearest pixels; one thinner than a pixel takes a whole one.
    pub fn fill_rect(&mut self, rect: Rect, colour: Rgba) {
        let scale = self.pixels_per_point;
        let span = |from: f32, to: f32, limit: u32| {
            let start = (from * scale).round();
            let end = (to * scale).round().max(start + 1.0);
            (start.clamp(0.0, limit as f32) as usize, end.clamp(0.0, limit as f32) as usize)
        };
        if rect.x1 <= rect.x0 || rect.y1 <= rect.y0 {
            return;
        }
        let (left, right) = span(rect.x0, rect.x1, self.width);
        let (top, bottom) = span(rect.y0, rect.y1, self.height);
        for y in top..bottom {
            let row = y * self.width as usize;
            for pixel in &mut self.pixels[row + left..row + right] {
                blend(pixel, colour, 255);
            }
        }
    }

    /// Paints a paragraph whose column begins at `(x, y)`, which is moved to the nearest pixel.
    pub fn draw_paragraph(&mut self, layout: &ParagraphLayout, x: f32, y: f32, colour: Rgba) {
        let scale = self.pixels_per_point;
        let (left, top) = ((x * scale).round() as i32, (y * scale).round() as i32);
        for glyph in layout.glyphs() {
            self.draw_glyph(*glyph, left, top, colour);
        }
        for placeholder in &layout.placeholders {
            let Rect { x0, y0, x1, y1 } = placeholder.rect;
            let moved = Rect { x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y };
            super::decoration::outline_rects(moved, 1.0 / scale, None, |side| self.fill_rect(side, colour));
        }
    }

    /// Returns the picture as a PNG file.
    ///
    /// # Errors
    ///
    /// When the encoder refuses; writing to memory gives it no reason to.
    pub fn to_png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        Ok(file)
    }

    fn draw_glyph(&mut self, glyph: Glyph, left: i32, top: i32, colour: Rgba) {
        let Some(placed) = self.atlas.place(glyph) else { return };
        let source = placed.source;
        for row in 0..source.height {
            let Some(y) = pixel_at(top + placed.top, row, self.height) else { continue };
            for (column, own) in (0..).zip(self.atlas.pixels(source, row)) {
                let Some(x) = pixel_at(left + placed.left, column, self.width) else { continue };
                let pixel = &mut self.pixels[y * self.width as usize + x];
                if placed.coloured {
                    lay_over(pixel, own, colour.0[3]);
                } else if own[3] > 0 {
                    blend(pixel, colour, own[3]);
                }
            }
        }
    }
}

/// The pixel `step` pixels after `origin`, where it lies in the picture.
fn pixel_at(origin: i32, step: u32, limit: u32) -> Option<usize> {
    let at = i64::from(origin) + i64::from(step);
    (0..i64::from(limit)).contains(&at).then_some(at as usize)
}

/// Lays a colour over an opaque pixel, thinned by a coverage of 0..=255.
fn blend(pixel: &mut [u8; 4], colour: Rgba, coverage: u8) {
    let [r, g, b, alpha] = colour.0;
    let alpha = u32::from(alpha) * u32::from(coverage);
    for (below, above) in pixel.iter_mut().zip([r, g, b]) {
        let mixed = u32::from(*below) * (65_025 - alpha) + u32::from(above) * alpha;
        *below = ((mixed + 32_512) / 65_025) as u8;
    }
}

/// Lays a premultiplied colour over an opaque pixel, thinned by an opacity of 0..=255.
fn lay_over(pixel: &mut [u8; 4], own: [u8; 4], opacity: u8) {
    let opacity = u32::from(opacity);
    let rest = 65_025 - u32::from(own[3]) * opacity;
    for (below, above) in pixel.iter_mut().zip(own).take(3) {
        let mixed = u32::from(*below) * rest + u32::from(above) * opacity * 255;
        *below = ((mixed + 32_512) / 65_025).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::{TextStyle, Typesetter};

    const WHITE: Rgba = Rgba::opaque(255, 255, 255);
    const BLACK: Rgba = Rgba::opaque(0, 0, 0);

    #[test]
    fn a_translucent_colour_mixes_with_the_ground() {
        let mut canvas = Canvas::new(4.0, 4.0, 1.0, WHITE);
        canvas.fill_rect(Rect { x0: 1.0, y0: 1.0, x1: 3.0, y1: 2.0 }, BLACK.with_alpha(128));
        assert_eq!(canvas.pixel(0, 1), Some(WHITE));
        assert_eq!(canvas.pixel(1, 1), Some(Rgba::opaque(127, 127, 127)));
        assert_eq!(canvas.pixel(1, 2), Some(WHITE));
    }

    #[test]
    fn arabic_text_starts_at_the_right_of_its_column() {
        let style = TextStyle::body(20.0);
        let layout = Typesetter::new().layout_paragraph("وصل الوفد.", style, Some(300.0), None);
        let mut canvas = Canvas::new(300.0, 36.0, 1.0, WHITE);
        canvas.draw_paragraph(&layout, 0.0, 0.0, BLACK);
        let ink = |columns: std::ops::Range<u32>| {
            columns
                .flat_map(|x| (0..36).map(move |y| (x, y)))
                .filter(|&(x, y)| canvas.pixel(x, y) != Some(WHITE))
                .count()
        };
        assert_eq!(ink(0..150), 0);
        assert!(ink(250..300) > 50);
    }

    #[test]
    fn joined_letters_leave_no_white_column_between_them() {
        let style = TextStyle { pixels_per_point: 2.0, ..TextStyle::body(20.0) };
        let layout = Typesetter::new().layout_paragraph("سسسس", style, Some(200.0), None);
        let mut canvas = Canvas::new(200.0, 36.0, 2.0, WHITE);
        canvas.draw_paragraph(&layout, 0.0, 0.0, BLACK);
        let inked: Vec<bool> = (0..canvas.width())
            .map(|x| (0..canvas.height()).any(|y| canvas.pixel(x, y) != Some(WHITE)))
            .collect();
        let first = inked.iter().position(|ink| *ink).expect("there is ink");
        let last = inked.iter().rposition(|ink| *ink).expect("there is ink");
        assert!(inked[first..=last].iter().all(|ink| *ink));
        assert!(last - first > 60);
    }

    #[test]
    fn the_picture_is_a_png_of_its_size() {
        let canvas = Canvas::new(30.0, 20.0, 2.0, WHITE);
        let file = canvas.to_png().expect("memory can be written");
        let reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("a PNG file");
        assert_eq!((reader.info().width, reader.info().height), (60, 40));
    }
}
