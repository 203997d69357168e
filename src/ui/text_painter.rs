//! Shaped text as egui meshes: the typesetter, the glyph atlas and its texture, shared by everything that shows
//! article text.

use std::collections::HashMap;
use std::rc::Rc;

use egui::{Color32, ColorImage, Context, Mesh, Pos2, TextureHandle, TextureOptions, pos2};

use crate::text::{Direction, TextRange};
use crate::typeset::{
    self, Glyph, GlyphAtlas, ParagraphLayout, PixelRect, ReadingFont, SystemFonts, TextStyle, Typesetter,
    outline_rects,
};

/// Labels kept from frame to frame; beyond this all are forgotten and those still shown are laid out anew.
const MAX_LABELS: usize = 2_000;

/// One for the application; passed to whatever draws text.
///
/// Call [`TextPainter::begin_frame`] first in each frame and [`TextPainter::end_frame`] last.
#[derive(Default)]
pub struct TextPainter {
    typesetter: Typesetter,
    atlas: GlyphAtlas,
    texture: Option<TextureHandle>,
    /// The atlas generation that the texture shows.
    uploaded: Option<u64>,
    labels: HashMap<LabelKey, Rc<ParagraphLayout>>,
    /// The atlas generation at the beginning of the frame.
    frame_generation: u64,
    /// The system's fonts, where they are used, and what was found of them at the beginning of the frame.
    system: Option<SystemFonts>,
    fonts_generation: u64,
}

/// What makes one label differ from another.
#[derive(PartialEq, Eq, Hash)]
struct LabelKey {
    text: Box<str>,
    /// Size, line height and density, bit by bit.
    style: [u32; 3],
    weight: typeset::Weight,
    font: ReadingFont,
    width: Option<u32>,
    direction: Option<Direction>,
    /// `None` for a paragraph.
    max_lines: Option<usize>,
    /// Of a paragraph: the parts that are set apart.
    isolates: Vec<TextRange>,
}

impl TextPainter {
    /// Returns a painter with the bundled fonts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a painter with the bundled fonts and, for what those lack, those of the system.
    #[must_use]
    pub fn with_system_fonts(ctx: &Context) -> Self {
        let ctx = ctx.clone();
        let system = SystemFonts::in_background(move || ctx.request_repaint());
        let typesetter = Typesetter::with_system_fonts(system.clone());
        Self { typesetter, system: Some(system), ..Self::default() }
    }

    /// Returns the system's fonts, where they are used.
    #[must_use]
    pub fn system_fonts(&self) -> Option<&SystemFonts> {
        self.system.as_ref()
    }

    /// Returns a number that changes when a font was found: what was laid out before may look otherwise now.
    #[must_use]
    pub fn fonts_generation(&self) -> u64 {
        self.fonts_generation
    }

    /// Returns the typesetter, for text that is laid out once and kept by the caller.
    pub fn typesetter(&mut self) -> &mut Typesetter {
        &mut self.typesetter
    }

    /// Returns a number that changes when meshes made before must be made anew.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.atlas.generation()
    }

    /// Makes ready for drawing.
    pub fn begin_frame(&mut self, ctx: &Context) {
        self.frame_generation = self.atlas.generation();
        let fonts = self.system.as_ref().map_or(0, SystemFonts::generation);
        let has_new_fonts = std::mem::replace(&mut self.fonts_generation, fonts) != fonts;
        if has_new_fonts || self.labels.len() > MAX_LABELS {
            self.labels.clear();
        }
        if self.texture.is_none() {
            let image = ColorImage::filled([1, 1], Color32::TRANSPARENT);
            self.texture = Some(ctx.load_texture("glyphs", image, TextureOptions::LINEAR));
        }
    }

    /// Sends the glyphs that are new in this frame to the graphics card. When the atlas had to start anew in this
    /// frame, what was drawn before that is void: the frame is drawn again.
    pub fn end_frame(&mut self, ctx: &Context) {
        let Some(texture) = &mut self.texture else { return };
        let Some(dirty) = self.atlas.take_dirty() else { return };
        let generation = self.atlas.generation();
        if self.uploaded != Some(generation) {
            let side = self.atlas.side() as usize;
            texture.set(ColorImage::filled([side, side], Color32::TRANSPARENT), TextureOptions::LINEAR);
            self.uploaded = Some(generation);
        }
        let at = [dirty.x as usize, dirty.y as usize];
        texture.set_partial(at, part(&self.atlas, dirty), TextureOptions::LINEAR);
        if generation != self.frame_generation {
            ctx.request_discard("the glyph atlas started anew");
        }
    }

    /// Returns a label laid out at most once; see [`Typesetter::layout_label`].
    pub fn label(
        &mut self,
        text: &str,
        style: TextStyle,
        width: Option<f32>,
        direction: Option<Direction>,
        max_lines: usize,
    ) -> Rc<ParagraphLayout> {
        self.cached(text, style, width, direction, Some(max_lines), Vec::new())
    }

    /// Returns a paragraph laid out at most once; see [`Typesetter::layout_paragraph`].
    pub fn paragraph(
        &mut self,
        text: &str,
        style: TextStyle,
        width: Option<f32>,
        direction: Option<Direction>,
    ) -> Rc<ParagraphLayout> {
        self.cached(text, style, width, direction, None, Vec::new())
    }

    /// Returns a paragraph with parts set apart, laid out at most once; see [`Typesetter::layout_isolated`].
    pub fn isolated_paragraph(
        &mut self,
        text: &str,
        style: TextStyle,
        width: Option<f32>,
        direction: Option<Direction>,
        isolates: Vec<TextRange>,
    ) -> Rc<ParagraphLayout> {
        self.cached(text, style, width, direction, None, isolates)
    }

    fn cached(
        &mut self,
        text: &str,
        style: TextStyle,
        width: Option<f32>,
        direction: Option<Direction>,
        max_lines: Option<usize>,
        isolates: Vec<TextRange>,
    ) -> Rc<ParagraphLayout> {
        let key = LabelKey {
            text: text.into(),
            style: [style.size_pt, style.line_height, style.pixels_per_point].map(f32::to_bits),
            weight: style.weight,
            font: style.font,
            width: width.map(f32::to_bits),
            direction,
            max_lines,
            isolates,
        };
        let typesetter = &mut self.typesetter;
        let layout = self.labels.entry(key).or_insert_with_key(|key| {
            Rc::new(match max_lines {
                Some(max_lines) => typesetter.layout_label(text, style, width, direction, max_lines),
                None => typesetter.layout_isolated(text, style, width, direction, &key.isolates),
            })
        });
        Rc::clone(layout)
    }

    /// Returns an empty mesh for glyphs.
    #[must_use]
    pub fn glyph_mesh(&self) -> Mesh {
        Mesh::with_texture(self.texture.as_ref().map(TextureHandle::id).unwrap_or_default())
    }

    /// Appends glyphs to a mesh made by [`TextPainter::glyph_mesh`], their paragraph's top left at `origin` (points,
    /// on the pixel grid: see [`snap`]); four vertices and six indices for each glyph with ink.
    pub fn push_glyphs(
        &mut self,
        mesh: &mut Mesh,
        glyphs: &[Glyph],
        origin: Pos2,
        pixels_per_point: f32,
        colour: impl Fn(usize) -> Color32,
    ) {
        for (index, glyph) in glyphs.iter().enumerate() {
            let Some(placed) = self.atlas.place(*glyph) else { continue };
            let source = placed.source;
            let left = origin.x + placed.left as f32 / pixels_per_point;
            let top = origin.y + placed.top as f32 / pixels_per_point;
            let size = egui::vec2(source.width as f32, source.height as f32);
            let whole = self.atlas.side() as f32;
            let corner = pos2(source.x as f32, source.y as f32);
            let uv = egui::Rect::from_min_max(
                (corner.to_vec2() / whole).to_pos2(),
                ((corner + size).to_vec2() / whole).to_pos2(),
            );
            let rect = egui::Rect::from_min_size(pos2(left, top), size / pixels_per_point);
            let tint = colour(index);
            // What brings its own colours takes only the opacity of the text's.
            let tint = if placed.coloured { Color32::WHITE.gamma_multiply_u8(tint.a()) } else { tint };
            mesh.add_rect_with_uv(rect, uv, tint);
        }
    }

    /// Paints a laid-out text in one colour, its top left at `at` moved to the pixel grid.
    pub fn paint(&mut self, painter: &egui::Painter, layout: &ParagraphLayout, at: Pos2, colour: Color32) {
        self.paint_with(painter, layout, at, colour, |_| colour);
    }

    /// Paints a laid-out text with a colour for each glyph, found by its index; placeholder boxes take `frame`.
    pub fn paint_with(
        &mut self,
        painter: &egui::Painter,
        layout: &ParagraphLayout,
        at: Pos2,
        frame: Color32,
        colour: impl Fn(usize) -> Color32,
    ) {
        let pixels_per_point = painter.pixels_per_point();
        let origin = snap(at, pixels_per_point);
        let mut mesh = self.glyph_mesh();
        self.push_glyphs(&mut mesh, layout.glyphs(), origin, pixels_per_point, colour);
        let mut frames = Mesh::default();
        for placeholder in &layout.placeholders {
            outline_rects(placeholder.rect, 1.0 / pixels_per_point, None, |side| {
                frames.add_colored_rect(moved(side, origin), frame);
            });
        }
        if !frames.is_empty() {
            painter.add(frames);
        }
        painter.add(mesh);
    }
}

/// Returns a place moved to the nearest corner of a pixel; glyphs placed elsewhere blur.
#[must_use]
pub fn snap(at: Pos2, pixels_per_point: f32) -> Pos2 {
    pos2(
        (at.x * pixels_per_point).round() / pixels_per_point,
        (at.y * pixels_per_point).round() / pixels_per_point,
    )
}

/// Returns a rectangle of the typesetter as one of egui, moved to its paragraph's origin.
#[must_use]
pub fn moved(rect: typeset::Rect, origin: Pos2) -> egui::Rect {
    egui::Rect::from_min_max(
        pos2(origin.x + rect.x0, origin.y + rect.y0),
        pos2(origin.x + rect.x1, origin.y + rect.y1),
    )
}

/// A part of the atlas as a picture: coverage as premultiplied white, tinted by the vertex colour; colours as they are.
fn part(atlas: &GlyphAtlas, rect: PixelRect) -> ColorImage {
    let width = rect.width as usize;
    let mut pixels = Vec::with_capacity(width * rect.height as usize);
    for row in 0..rect.height {
        let line = atlas.pixels(rect, row);
        pixels.extend(line.map(|[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a)));
    }
    ColorImage::new([width, rect.height as usize], pixels)
}
