//! Glyphs that bring their own colours as pictures of fixed sizes, called strikes (`CBDT`, `sbix`).
//!
//! Layers of coloured outlines (`COLR`) are not drawn: such a glyph shows its plain outline, and a placeholder where it
//! has none.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are those of one glyph, colours are clamped to 0..=255"
)]

use skrifa::bitmap::{BitmapData, BitmapGlyph, BitmapStrikes, Origin};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::fonts::Face;

/// A picture of a glyph in premultiplied sRGB.
pub(super) struct Picture {
    /// The pixels, row by row.
    pub(super) pixels: Vec<[u8; 4]>,
    /// The number of columns.
    pub(super) width: u32,
    /// The number of rows.
    pub(super) height: u32,
    /// The left column, from the glyph's origin.
    pub(super) left: i32,
    /// The top row, from the glyph's origin, downwards.
    pub(super) top: i32,
}

/// Returns the picture of a glyph at a size in pixels an em; `None` for a glyph that is drawn in the text's colour.
pub(super) fn picture(face: &Face, id: u16, size: f32) -> Option<Picture> {
    let font = face.font()?;
    let id = GlyphId::from(id);
    let glyph = BitmapStrikes::new(&font).glyph_for_size(Size::new(size), id)?;
    scaled(&font, &glyph, size)
}

/// Returns whether a font has glyphs that may have neither an outline nor a strike.
pub(super) fn has_layers(font: &FontRef<'_>) -> bool {
    font.table_data(skrifa::Tag::new(b"COLR")).is_some()
}

/// Returns whether a glyph of a font with layers is only layers, which would show nothing.
pub(super) fn is_only_layers(font: &FontRef<'_>, id: GlyphId) -> bool {
    let has_outline = font
        .glyph_metrics(Size::unscaled(), LocationRef::default())
        .bounds(id)
        .is_some_and(|bounds| bounds.x_max > bounds.x_min);
    !has_outline && BitmapStrikes::new(font).glyph_for_size(Size::new(20.0), id).is_none()
}

/// A strike's picture in the size that is wanted.
fn scaled(font: &FontRef<'_>, glyph: &BitmapGlyph<'_>, size: f32) -> Option<Picture> {
    let (pixels, width, height) = match &glyph.data {
        BitmapData::Png(file) => decoded(file)?,
        BitmapData::Bgra(bytes) => {
            let pixels: Vec<[u8; 4]> =
                bytes.as_chunks().0.iter().map(|&[b, g, r, a]: &[u8; 4]| [r, g, b, a]).collect();
            (pixels, glyph.width as usize, glyph.height as usize)
        }
        BitmapData::Mask(_) => return None,
    };
    if width == 0 || pixels.len() < width * height || glyph.ppem_y <= 0.0 || glyph.ppem_x <= 0.0 {
        return None;
    }
    let (x_scale, y_scale) = (size / glyph.ppem_x, size / glyph.ppem_y);
    let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
    let lift = match glyph.placement_origin {
        Origin::TopLeft => glyph.inner_bearing_y,
        Origin::BottomLeft => glyph.inner_bearing_y + height as f32,
    };
    let (new_width, new_height) = (scaled_side(width, x_scale), scaled_side(height, y_scale));
    Some(Picture {
        pixels: resampled(&pixels, (width, height), (new_width, new_height)),
        width: new_width as u32,
        height: new_height as u32,
        left: (glyph.bearing_x * size / em + glyph.inner_bearing_x * x_scale).round() as i32,
        top: -(glyph.bearing_y * size / em + lift * y_scale).round() as i32,
    })
}

fn scaled_side(side: usize, scale: f32) -> usize {
    (side as f32 * scale).round().clamp(1.0, 2_000.0) as usize
}

/// The pixels of a PNG file, premultiplied, with the size.
fn decoded(file: &[u8]) -> Option<(Vec<[u8; 4]>, usize, usize)> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut bytes).ok()?;
    let bytes = bytes.get(..frame.buffer_size())?;
    let premultiplied = |[r, g, b, a]: [u8; 4]| {
        let times = |c: u8| ((u32::from(c) * u32::from(a) + 127) / 255) as u8;
        [times(r), times(g), times(b), a]
    };
    let pixels = match frame.color_type {
        png::ColorType::Rgba => bytes.as_chunks().0.iter().map(|&pixel| premultiplied(pixel)).collect(),
        png::ColorType::GrayscaleAlpha => {
            bytes.as_chunks().0.iter().map(|&[c, a]: &[u8; 2]| premultiplied([c, c, c, a])).collect()
        }
        _ => return None,
    };
    Some((pixels, frame.width as usize, frame.height as usize))
}

/// Each new pixel is the mean of the area that it covers.
fn resampled(
    pixels: &[[u8; 4]],
    (width, height): (usize, usize),
    (new_width, new_height): (usize, usize),
) -> Vec<[u8; 4]> {
    let columns: Vec<_> = (0..new_width).map(|x| shares(x, width, new_width)).collect();
    let mut out = Vec::with_capacity(new_width * new_height);
    for y in 0..new_height {
        let rows = shares(y, height, new_height);
        for column in &columns {
            let mut sum = [0.0_f32; 4];
            for &(row, part_y) in &rows {
                for &(at, part_x) in column {
                    let pixel = pixels[row * width + at];
                    for (sum, value) in sum.iter_mut().zip(pixel) {
                        *sum += f32::from(value) * part_x * part_y;
                    }
                }
            }
            out.push(sum.map(|value| value.round().clamp(0.0, 255.0) as u8));
        }
    }
    out
}

/// Which old places a new one covers, and how much of it each makes; the parts add up to 1.
fn shares(at: usize, old: usize, new: usize) -> Vec<(usize, f32)> {
    let step = old as f32 / new as f32;
    let (from, to) = (at as f32 * step, (at + 1) as f32 * step);
    let last = (to.ceil() as usize).min(old);
    (from as usize..last)
        .map(|place| (place, ((place + 1) as f32).min(to) - (place as f32).max(from)))
        .map(|(place, length)| (place, length / step))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::test_fonts::{font, push16, push32};
    use crate::typeset::{Canvas, FontFile, Rgba, TextStyle, Typesetter};

    #[test]
    fn a_smaller_picture_is_the_mean_of_what_it_covers() {
        let row = [[0; 4], [100, 0, 0, 100], [200; 4], [200; 4]];
        assert_eq!(resampled(&row, (4, 1), (2, 1)), [[50, 0, 0, 50], [200; 4]]);
        assert_eq!(resampled(&row, (4, 1), (4, 1)), row);
        let parts: f32 = shares(1, 136, 26).iter().map(|(_, part)| part).sum();
        assert!((parts - 1.0).abs() < 1e-4);
    }

    /// An `sbix` table in which the second glyph, the first that has a character, is a picture of 4 by 4 red pixels.
    fn red_square() -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 4, 4);
        encoder.set_color(png::ColorType::Rgba);
        let pixels = [[255, 0, 0, 255]; 16];
        let mut writer = encoder.write_header().expect("memory can be written");
        writer.write_image_data(pixels.as_flattened()).expect("memory can be written");
        writer.finish().expect("memory can be written");
        let (mut table, length) = (Vec::new(), u32::try_from(file.len()).expect("small"));
        push16(&mut table, &[1, 1]);
        push32(&mut table, &[1, 12]);
        push16(&mut table, &[4, 72]);
        push32(&mut table, &[16, 16, 24 + length]);
        push16(&mut table, &[0, 0]);
        table.extend(b"png ");
        table.extend(file);
        table
    }

    #[test]
    fn a_picture_is_drawn_in_its_own_colours_on_the_baseline() {
        let file = font("Pictures", &['😀'], &[(*b"sbix", red_square())]);
        let mut typesetter = Typesetter::with_extra_faces(&[FontFile::new(file).expect("a font")]);
        let layout = typesetter.layout_paragraph("😀", TextStyle::body(20.0), None, None);
        assert!(layout.placeholders.is_empty());
        let glyph = layout.glyphs()[0];
        let drawn = picture(glyph.face.face(), glyph.id, 20.0).expect("a picture");
        assert_eq!((drawn.width, drawn.height, drawn.left, drawn.top), (20, 20, 0, -20));
        let mut canvas = Canvas::new(20.0, 36.0, 1.0, Rgba::opaque(255, 255, 255));
        canvas.draw_paragraph(&layout, 0.0, 0.0, Rgba::opaque(0, 0, 0));
        let above_baseline = glyph.y as u32 - 10;
        assert_eq!(canvas.pixel(10, above_baseline), Some(Rgba::opaque(255, 0, 0)));
    }

    #[test]
    fn a_font_with_layers_shows_its_plain_outlines() {
        let mut layers = Vec::new();
        push16(&mut layers, &[0, 0]);
        let file = font("Layers", &['😀', '😁'], &[(*b"COLR", layers)]);
        let mut typesetter = Typesetter::with_extra_faces(&[FontFile::new(file).expect("a font")]);
        let layout = typesetter.layout_paragraph("😀", TextStyle::body(20.0), None, None);
        assert!(layout.placeholders.is_empty(), "a plain outline is shown");
    }

    #[test]
    fn what_is_no_picture_is_none() {
        assert!(decoded(b"no png").is_none());
    }
}
