//! Pictures of glyphs, packed into one texture.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel counts of a texture and of a glyph are below 2^13"
)]

use std::collections::HashMap;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider};
use zeno::{Command, Mask, Point};

use super::colour_glyph;
use super::engine::Glyph;
use super::fonts::FaceId;

/// The side of a new atlas in pixels, and how far it grows before it starts anew.
const FIRST_SIDE: u32 = 1024;
const LAST_SIDE: u32 = 4096;

/// Where a glyph may start within a pixel: quarters. Arabic letters join, so a whole pixel would show as gaps.
const BINS: f32 = 4.0;

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PixelRect {
    /// The left column.
    pub x: u32,
    /// The top row.
    pub y: u32,
    /// The number of columns.
    pub width: u32,
    /// The number of rows.
    pub height: u32,
}

impl PixelRect {
    fn cover(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }
}

/// A glyph ready to be painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtlasGlyph {
    /// The left column of its picture, in physical pixels from the paragraph's left.
    pub left: i32,
    /// The top row of its picture, in physical pixels from the paragraph's top.
    pub top: i32,
    /// Its picture in the atlas.
    pub source: PixelRect,
    /// Whether the picture brings its own colours and is not to be tinted.
    pub coloured: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    face: FaceId,
    id: u16,
    size_bits: u32,
    bin: u8,
}

/// A picture's place in the atlas, and where it stands relative to the glyph's origin.
#[derive(Debug, Clone, Copy)]
struct Slot {
    source: PixelRect,
    left: i32,
    top: i32,
    coloured: bool,
}

/// A square of 8-bit coverage in which each glyph is drawn once for each face, size and quarter of a pixel. Glyphs with
/// colours of their own have a second plane, which is there from the first such glyph on.
///
/// When it is full it grows, then starts anew; either counts up [`GlyphAtlas::generation`], and what was placed
/// before is void.
pub struct GlyphAtlas {
    side: u32,
    coverage: Vec<u8>,
    /// Premultiplied sRGB; empty while there is no coloured glyph.
    colours: Vec<[u8; 4]>,
    /// `None` for a glyph without ink.
    slots: HashMap<Key, Option<Slot>>,
    /// The shelf being filled: its top, its height, and the first free column.
    shelf: (u32, u32, u32),
    dirty: Option<PixelRect>,
    generation: u64,
}

impl Default for GlyphAtlas {
    fn default() -> Self {
        Self::new()
    }
}

impl GlyphAtlas {
    /// Returns an empty atlas.
    #[must_use]
    pub fn new() -> Self {
        Self {
            side: FIRST_SIDE,
            coverage: vec![0; (FIRST_SIDE * FIRST_SIDE) as usize],
            colours: Vec::new(),
            slots: HashMap::new(),
            shelf: (0, 0, 0),
            dirty: None,
            generation: 0,
        }
    }

    /// Returns the number of pixels on each side.
    #[must_use]
    pub fn side(&self) -> u32 {
        self.side
    }

    /// Returns the coverage of every pixel, row by row.
    #[must_use]
    pub fn coverage(&self) -> &[u8] {
        &self.coverage
    }

    /// Returns a row of a rectangle in premultiplied sRGB: white where the pixel is coverage that the text's colour
    /// tints, else the glyph's own colour.
    ///
    /// # Panics
    ///
    /// When the row is not in the atlas.
    pub fn pixels(&self, rect: PixelRect, row: u32) -> impl Iterator<Item = [u8; 4]> + '_ {
        let start = (rect.y + row) as usize * self.side as usize + rect.x as usize;
        let line = start..start + rect.width as usize;
        let colours = if self.colours.is_empty() { &[] } else { &self.colours[line.clone()] };
        self.coverage[line].iter().enumerate().map(|(at, coverage)| {
            let own = colours.get(at).copied().unwrap_or_default();
            if own[3] > 0 { own } else { [*coverage; 4] }
        })
    }

    /// Returns a number that changes when all places given so far become void.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns the part drawn since the last call; a new generation begins without any coverage.
    pub fn take_dirty(&mut self) -> Option<PixelRect> {
        self.dirty.take()
    }

    /// Returns where a glyph's picture is, drawing it when it is new; `None` for a glyph without ink.
    pub fn place(&mut self, glyph: Glyph) -> Option<AtlasGlyph> {
        let steps = (glyph.x * BINS).round();
        let bin = steps.rem_euclid(BINS);
        let column = ((steps - bin) / BINS) as i32;
        let key = Key { face: glyph.face, id: glyph.id, size_bits: glyph.size.to_bits(), bin: bin as u8 };
        let slot = match self.slots.get(&key) {
            Some(slot) => *slot,
            None => self.draw(key, glyph.size, bin / BINS),
        }?;
        Some(AtlasGlyph {
            left: column + slot.left,
            top: glyph.y as i32 + slot.top,
            source: slot.source,
            coloured: slot.coloured,
        })
    }

    fn draw(&mut self, key: Key, size: f32, shift: f32) -> Option<Slot> {
        let slot = match colour_glyph::picture(key.face.face(), key.id, size) {
            Some(picture) => self.draw_coloured(&picture),
            None => self.draw_outline(key, size, shift),
        };
        self.slots.insert(key, slot);
        slot
    }

    fn draw_coloured(&mut self, picture: &colour_glyph::Picture) -> Option<Slot> {
        let source = self.reserve(picture.width, picture.height)?;
        if self.colours.is_empty() {
            self.colours = vec![[0; 4]; self.coverage.len()];
        }
        for (row, line) in picture.pixels.chunks_exact(picture.width as usize).enumerate() {
            let start = (source.y as usize + row) * self.side as usize + source.x as usize;
            self.colours[start..start + line.len()].copy_from_slice(line);
        }
        self.dirty = Some(self.dirty.map_or(source, |dirty| dirty.cover(source)));
        Some(Slot { source, left: picture.left, top: picture.top, coloured: true })
    }

    fn draw_outline(&mut self, key: Key, size: f32, shift: f32) -> Option<Slot> {
        rasterise(key.face, key.id, size, shift).and_then(|(picture, placement)| {
            let source = self.reserve(placement.width, placement.height)?;
            for (row, line) in picture.chunks_exact(placement.width as usize).enumerate() {
                let start = (source.y as usize + row) * self.side as usize + source.x as usize;
                self.coverage[start..start + line.len()].copy_from_slice(line);
            }
            self.dirty = Some(self.dirty.map_or(source, |dirty| dirty.cover(source)));
            Some(Slot { source, left: placement.left, top: placement.top, coloured: false })
        })
    }

    /// Finds room on a shelf, with a pixel around it so that neighbours do not bleed into each other; `None` for a
    /// picture larger than the largest atlas.
    fn reserve(&mut self, width: u32, height: u32) -> Option<PixelRect> {
        let (padded_width, padded_height) = (width + 2, height + 2);
        if padded_width.max(padded_height) > LAST_SIDE {
            return None;
        }
        loop {
            let (top, shelf_height, left) = self.shelf;
            let fits_beside = left + padded_width <= self.side;
            if fits_beside && top + padded_height.max(shelf_height) <= self.side {
                self.shelf = (top, shelf_height.max(padded_height), left + padded_width);
                return Some(PixelRect { x: left + 1, y: top + 1, width, height });
            }
            let below = top + shelf_height;
            if !fits_beside && below + padded_height <= self.side && padded_width <= self.side {
                self.shelf = (below, 0, 0);
            } else {
                self.start_anew();
            }
        }
    }

    /// Forgets every picture, in a larger square where that is allowed.
    fn start_anew(&mut self) {
        self.side = (self.side * 2).min(LAST_SIDE);
        self.coverage = vec![0; (self.side * self.side) as usize];
        self.colours = Vec::new();
        self.slots.clear();
        self.shelf = (0, 0, 0);
        self.dirty = None;
        self.generation += 1;
    }
}

/// Draws an outline glyph; `None` without ink.
fn rasterise(face: FaceId, id: u16, size: f32, shift: f32) -> Option<(Vec<u8>, zeno::Placement)> {
    let face = face.face();
    let outline = face.font()?.outline_glyphs().get(GlyphId::from(id))?;
    let mut path = Path { commands: Vec::new(), shift };
    let settings = DrawSettings::unhinted(Size::new(size), LocationRef::new(face.coords));
    outline.draw(settings, &mut path).ok()?;
    if path.commands.is_empty() {
        return None;
    }
    let (picture, placement) = Mask::new(path.commands.as_slice()).render();
    (placement.width > 0 && placement.height > 0).then_some((picture, placement))
}

/// Takes an outline (y upwards) as a path of the picture (y downwards).
struct Path {
    commands: Vec<Command>,
    shift: f32,
}

impl Path {
    fn point(&self, x: f32, y: f32) -> Point {
        Point::new(x + self.shift, -y)
    }
}

impl OutlinePen for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.commands.push(Command::MoveTo(self.point(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.commands.push(Command::LineTo(self.point(x, y)));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.commands.push(Command::QuadTo(self.point(cx0, cy0), self.point(x, y)));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (a, b) = (self.point(cx0, cy0), self.point(cx1, cy1));
        self.commands.push(Command::CurveTo(a, b, self.point(x, y)));
    }

    fn close(&mut self) {
        self.commands.push(Command::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::{TextStyle, Typesetter};

    fn glyphs(text: &str, size: f32) -> Vec<Glyph> {
        Typesetter::new().layout_paragraph(text, TextStyle::body(size), None, None).glyphs().to_vec()
    }

    #[test]
    fn a_glyph_is_drawn_once_for_each_quarter_of_a_pixel() {
        let mut atlas = GlyphAtlas::new();
        let glyph = glyphs("م", 20.0)[0];
        let first = atlas.place(glyph).expect("meem has ink");
        assert!(atlas.take_dirty().is_some());
        let moved = atlas.place(Glyph { x: glyph.x + 7.0, ..glyph }).expect("meem has ink");
        assert_eq!(moved.source, first.source);
        assert_eq!(moved.left, first.left + 7);
        assert_eq!(atlas.take_dirty(), None);
        let shifted = atlas.place(Glyph { x: glyph.x + 0.5, ..glyph }).expect("meem has ink");
        assert_ne!(shifted.source, first.source);
    }

    #[test]
    fn pictures_lie_apart_from_each_other() {
        let mut atlas = GlyphAtlas::new();
        let mut places: Vec<PixelRect> = Vec::new();
        for glyph in glyphs("مرحبا بالعالم Hello 0123456789", 31.0) {
            let Some(found) = atlas.place(glyph) else { continue };
            if !places.contains(&found.source) {
                places.push(found.source);
            }
        }
        for (i, a) in places.iter().enumerate() {
            assert!(a.x + a.width < atlas.side() && a.y + a.height < atlas.side());
            for b in &places[i + 1..] {
                let apart_x = a.x + a.width < b.x || b.x + b.width < a.x;
                let apart_y = a.y + a.height < b.y || b.y + b.height < a.y;
                assert!(apart_x || apart_y, "{a:?} touches {b:?}");
            }
        }
    }

    #[test]
    fn a_full_atlas_grows_and_says_that_old_places_are_void() {
        let mut atlas = GlyphAtlas::new();
        let mut size = 60.0;
        while atlas.generation() == 0 {
            for glyph in glyphs("قطة", size) {
                atlas.place(glyph);
            }
            size += 1.0;
            assert!(size < 400.0, "the atlas never fills");
        }
        assert_eq!(atlas.side(), 2 * FIRST_SIDE);
        let dirty = atlas.take_dirty().expect("the last glyph is drawn");
        assert!(dirty.width < FIRST_SIDE, "what is void is not sent again");
    }
}
