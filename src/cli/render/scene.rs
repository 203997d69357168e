//! An annotated article as rectangles and set paragraphs, before any picture is painted.

use crate::model::{
    Body, Document, Fragments, LabelDef, LabelId, LabelKind, Rgb, Schema, Suggestion, UnderlinePattern,
};
use crate::text::{ByteOffset, Segmentation, TextRange};
use crate::typeset::{
    Bracket, Canvas, Lane, Lanes, LineRect, Marking, Page, ParagraphLayout, PlacedBlock, Rect, Rgba,
    TextStyle, Typesetter, Underline, assign_lanes,
};

/// The size of the article's letters, in points.
const TEXT_SIZE: f32 = 20.0;
/// The size of the legend's letters, in points.
const LEGEND_SIZE: f32 = 14.0;
/// The space beside the column, in points: room for the brackets of claims.
const MARGIN_X: f32 = 48.0;
/// The space above and below, in points.
const MARGIN_Y: f32 = 40.0;
/// The space between paragraphs, in points.
const PARAGRAPH_GAP: f32 = 10.0;
/// The space between the items of the legend, in points.
const LEGEND_GAP: f32 = 24.0;

/// The colours of a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    dark: bool,
    paper: Rgba,
    ink: Rgba,
    /// Text of less weight, and lines.
    dim: Rgba,
    /// How strong the tint of a mention is, 0 to 255.
    tint: u8,
    /// How strong the wash of a claim is.
    wash: u8,
}

impl Look {
    pub(super) fn light() -> Self {
        Self {
            dark: false,
            paper: Rgba::opaque(0xFB, 0xF8, 0xF1),
            ink: Rgba::opaque(0x22, 0x20, 0x1D),
            dim: Rgba::opaque(0x66, 0x60, 0x56),
            tint: 41,
            wash: 15,
        }
    }

    pub(super) fn dark() -> Self {
        Self {
            dark: true,
            paper: Rgba::opaque(0x1C, 0x1B, 0x1A),
            ink: Rgba::opaque(0xE6, 0xE1, 0xD8),
            dim: Rgba::opaque(0xA8, 0xA3, 0x99),
            tint: 61,
            wash: 20,
        }
    }

    fn label(&self, label: &LabelDef) -> Rgba {
        let Rgb([r, g, b]) = if self.dark { label.dark } else { label.light };
        Rgba::opaque(r, g, b)
    }
}

/// How a picture is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style<'a> {
    pub(super) look: Look,
    /// In points.
    pub(super) width: f32,
    /// The language of label names.
    pub(super) language: &'a str,
    pub(super) pixels_per_point: f32,
}

/// Something to be painted, in points from the top left of the picture.
pub(super) enum Shape {
    Fill(Rect, Rgba),
    Text { layout: ParagraphLayout, x: f32, y: f32, colour: Rgba },
}

/// A picture that is not painted yet. What comes later in `shapes` lies above what comes before.
pub(super) struct Scene {
    /// In points.
    pub(super) width: f32,
    /// In points.
    pub(super) height: f32,
    pub(super) paper: Rgba,
    pub(super) shapes: Vec<Shape>,
}

/// A span to be marked.
struct Mark<'a> {
    fragments: &'a Fragments,
    label: &'a LabelId,
    is_claim: bool,
    suggested: bool,
    colour: Rgba,
    underline: Underline,
}

/// The part of a mark that lies in one block, in offsets of the block.
struct Piece<'a> {
    mark: &'a Mark<'a>,
    range: TextRange,
    begins: bool,
    ends: bool,
}

impl Scene {
    /// Returns the picture of a document with the suggestions for it.
    pub(super) fn new(
        document: &Document,
        suggestions: &[Suggestion],
        schema: &Schema,
        style: &Style<'_>,
    ) -> Self {
        let source = document.source();
        let mut typesetter = Typesetter::new();
        let text = TextStyle { pixels_per_point: style.pixels_per_point, ..TextStyle::body(TEXT_SIZE) };
        let column = style.width - 2.0 * MARGIN_X;
        let segmentation = Segmentation::new(source);
        let page = Page::new(&mut typesetter, (source, &segmentation), text, column, None, PARAGRAPH_GAP);
        let marks = marks(document, suggestions, schema, style);
        let mut painter = Painter { shapes: Vec::new(), style, typesetter };
        for placed in page.blocks() {
            painter.marks(placed, &marks, column);
        }
        for placed in page.blocks() {
            let layout = placed.layout.clone();
            let (x, y) = (MARGIN_X, MARGIN_Y + placed.top);
            painter.shapes.push(Shape::Text { layout, x, y, colour: style.look.ink });
        }
        let bottom = MARGIN_Y + page.height();
        let height = painter.legend(&marks, schema, bottom, column) + MARGIN_Y;
        Self { width: style.width, height, paper: style.look.paper, shapes: painter.shapes }
    }

    /// Paints the picture.
    pub(super) fn to_png(&self, pixels_per_point: f32) -> Result<Vec<u8>, impl std::error::Error> {
        let mut canvas = Canvas::new(self.width, self.height, pixels_per_point, self.paper);
        for shape in &self.shapes {
            match shape {
                Shape::Fill(rect, colour) => canvas.fill_rect(*rect, *colour),
                Shape::Text { layout, x, y, colour } => canvas.draw_paragraph(layout, *x, *y, *colour),
            }
        }
        canvas.to_png()
    }
}

/// Returns what is to be marked, by start and then longest first.
fn marks<'a>(
    document: &'a Document,
    suggestions: &'a [Suggestion],
    schema: &Schema,
    style: &Style<'_>,
) -> Vec<Mark<'a>> {
    let annotations = document.annotations().iter().map(|annotation| (&annotation.body, false));
    let bodies = annotations.chain(suggestions.iter().map(|suggestion| (&suggestion.body, true)));
    let mark = |(body, suggested): (&'a Body, bool)| {
        let label = schema.label(body.label());
        Mark {
            fragments: body.fragments(),
            label: body.label(),
            is_claim: body.as_claim().is_some(),
            suggested,
            colour: label.map_or(style.look.dim, |label| style.look.label(label)),
            underline: match label {
                _ if suggested => Underline::Dashed,
                Some(label) => underline(label.pattern),
                None => Underline::Single,
            },
        }
    };
    let mut marks: Vec<Mark<'a>> = bodies.map(mark).collect();
    marks.sort_by(|a, b| a.fragments.cmp(b.fragments));
    marks
}

fn underline(pattern: UnderlinePattern) -> Underline {
    match pattern {
        UnderlinePattern::Single => Underline::Single,
        UnderlinePattern::Double => Underline::Double,
        UnderlinePattern::Thick => Underline::Thick,
        UnderlinePattern::Dotted => Underline::Dotted,
        UnderlinePattern::Wavy => Underline::Wavy,
    }
}

struct Painter<'a> {
    shapes: Vec<Shape>,
    style: &'a Style<'a>,
    typesetter: Typesetter,
}

impl Painter<'_> {
    /// Adds tints, underlines and brackets of a block.
    fn marks(&mut self, placed: &PlacedBlock, marks: &[Mark<'_>], column: f32) {
        let pieces = pieces(marks, placed.block.range);
        let takes = |claims: bool| {
            pieces.iter().map(move |piece| (piece.mark.is_claim == claims).then_some(piece.range))
        };
        let (lanes, claim_lanes) = (Lanes::new(&placed.layout, takes(false)), assign_lanes(takes(true)));
        let marking = Marking {
            layout: &placed.layout,
            size_pt: TEXT_SIZE,
            column_width: column,
            pixels_per_point: self.style.pixels_per_point,
        };
        let (dx, dy) = (MARGIN_X, MARGIN_Y + placed.top);
        // Claims first, so the tint of a mention lies over the wash of the claim around it.
        for (piece, lane) in pieces.iter().zip(claim_lanes).filter(|(piece, _)| piece.mark.is_claim) {
            let rects = marking.pieces(piece.range);
            if !piece.mark.suggested {
                self.tint(marking, &rects, piece.mark.colour.with_alpha(self.style.look.wash), (dx, dy));
            }
            let shape =
                Bracket { lane, dashed: piece.mark.suggested, begins: piece.begins, ends: piece.ends };
            marking.bracket(&rects, shape, |rect| self.fill(moved(rect, dx, dy), piece.mark.colour));
        }
        let mentions = || pieces.iter().enumerate().filter(|(_, piece)| !piece.mark.is_claim);
        for (index, piece) in mentions().filter(|(_, piece)| !piece.mark.suggested) {
            // As in the window: the tints of nested marks add up, so each further one is weaker.
            let rects = marking.pieces(piece.range);
            let depth = rects.first().map_or(0, |rect| lanes.lane(index, rect.line).lane);
            let strength = self.style.look.tint / depth.saturating_add(1);
            self.tint(marking, &rects, piece.mark.colour.with_alpha(strength), (dx, dy));
        }
        for (index, piece) in mentions() {
            for rect in &marking.pieces(piece.range) {
                let lane = lanes.lane(index, rect.line);
                marking.underline(rect, piece.mark.underline, lane, |rect| {
                    self.fill(moved(rect, dx, dy), piece.mark.colour);
                });
            }
        }
    }

    fn fill(&mut self, rect: Rect, colour: Rgba) {
        self.shapes.push(Shape::Fill(rect, colour));
    }

    fn tint(&mut self, marking: Marking<'_>, rects: &[LineRect], colour: Rgba, (dx, dy): (f32, f32)) {
        for rect in rects {
            self.fill(moved(marking.ground(rect), dx, dy), colour);
        }
    }

    /// Adds the labels that stand in the picture, each in its look with its name and count, and returns where the
    /// legend ends.
    fn legend(&mut self, marks: &[Mark<'_>], schema: &Schema, bottom: f32, column: f32) -> f32 {
        let text = TextStyle {
            pixels_per_point: self.style.pixels_per_point,
            line_height: 2.0,
            ..TextStyle::body(LEGEND_SIZE)
        };
        let rtl = self.style.language == "ar";
        let (mut used, mut top, mut row) = (0.0, bottom + 24.0, 0.0_f32);
        for label in schema.labels() {
            let count = marks.iter().filter(|mark| *mark.label == label.id).count();
            if count == 0 {
                continue;
            }
            let name = label.names.get(self.style.language);
            let layout = self.typesetter.layout_paragraph(&format!("{name}  {count}"), text, None, None);
            if used > 0.0 && used + layout.width > column {
                (used, top) = (0.0, top + row);
            }
            row = layout.height;
            let left = if rtl { MARGIN_X + column - used - layout.width } else { MARGIN_X + used };
            used += layout.width + LEGEND_GAP;
            self.legend_item(label, name, layout, (left, top));
        }
        if row == 0.0 {
            return bottom;
        }
        let y = bottom + 12.0;
        self.fill(
            Rect { x0: MARGIN_X, x1: MARGIN_X + column, y0: y, y1: y + 1.0 },
            self.style.look.dim.with_alpha(90),
        );
        top + row
    }

    fn legend_item(&mut self, label: &LabelDef, name: &str, layout: ParagraphLayout, (x, y): (f32, f32)) {
        let colour = self.style.look.label(label);
        let marking = Marking {
            layout: &layout,
            size_pt: LEGEND_SIZE,
            column_width: layout.width,
            pixels_per_point: self.style.pixels_per_point,
        };
        let rects = marking.pieces(TextRange::from_indices(0, name.len()));
        let strength =
            if label.kind == LabelKind::Claim { self.style.look.wash } else { self.style.look.tint };
        self.tint(marking, &rects, colour.with_alpha(strength), (x, y));
        for rect in &rects {
            marking.underline(rect, underline(label.pattern), Lane::ONLY, |rect| {
                self.fill(moved(rect, x, y), colour);
            });
        }
        self.shapes.push(Shape::Text { layout, x, y, colour: self.style.look.dim });
    }
}

/// Returns the pieces of marks in a block, in the order of the marks.
fn pieces<'a>(marks: &'a [Mark<'a>], block: TextRange) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for mark in marks {
        for range in mark.fragments.ranges() {
            let Some(part) = range.intersection(block) else { continue };
            pieces.push(Piece {
                mark,
                range: TextRange::new(within(part.start(), block), within(part.end(), block)),
                begins: part.start() == mark.fragments.hull().start(),
                ends: part.end() == mark.fragments.hull().end(),
            });
        }
    }
    pieces
}

fn within(at: ByteOffset, block: TextRange) -> ByteOffset {
    ByteOffset::from_index(at.index() - block.start().index())
}

fn moved(rect: Rect, dx: f32, dy: f32) -> Rect {
    Rect { x0: rect.x0 + dx, x1: rect.x1 + dx, y0: rect.y0 + dy, y1: rect.y1 + dy }
}
