//! Text and width to glyphs and rectangles: bundled fonts, shaping, bidi, line breaking, hit tests, glyph pictures.
//!
//! The article view, the labels of the window and the picture writer all set text through [`Typesetter`], so a word
//! stands at the same place in each. A [`ParagraphLayout`] is plain numbers: whoever holds one needs no font.
//!
//! Units: points (CSS px) from the top left of the column, unless a name or a doc says physical pixels.
//! Offsets are bytes from the start of the paragraph that was laid out.
//!
//! Invariant: knows no window, no annotation, no colour scheme, no file. Colours reach it only at paint time, so
//! marking a word can neither move text nor part joined letters.

mod atlas;
mod blocks;
mod colour_glyph;
mod coverage;
mod decoration;
mod engine;
mod font_stack;
mod fonts;
mod geometry;
mod isolated;
mod label;
mod line_break;
mod line_end;
mod marking;
mod outline;
mod page;
mod pieces;
mod raster;
mod reading_font;
mod system_fonts;
mod tabs;
#[cfg(test)]
mod test_fonts;

pub use atlas::{AtlasGlyph, GlyphAtlas, PixelRect};
pub use blocks::{Block, MAX_BLOCK_LEN, blocks};
pub use decoration::{Underline, outline_rects, underline_rects};
pub use engine::{Glyph, ParagraphLayout, TextStyle, Typesetter};
pub use fonts::{Face, FaceId, FontFile, Weight, faces, fallback_stack};
pub use geometry::{Affinity, Caret, Edge, Geometry, Hit, Line, LineRect, Rect};
pub use marking::{Bracket, Lane, Lanes, Marking, assign_lanes};
pub use outline::svg_outline;
pub use page::{Page, PlacedBlock};
pub use pieces::cut_at_lines;
pub use raster::{Canvas, Rgba};
pub use reading_font::ReadingFont;
pub use system_fonts::SystemFonts;
