//! A label that shows article text as the article view does: joined, in the right order, cut at its logical end.

use egui::accesskit::Role;
use egui::{Color32, Mesh, Rect, Response, Sense, Ui, WidgetInfo, vec2};

use crate::text::{Direction, TextRange};
use crate::typeset::{ReadingFont, TextStyle, Weight};
use crate::ui::text_painter::{TextPainter, moved};

/// A run of a label that is stressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelHighlight {
    /// Which bytes of the label's text.
    pub range: TextRange,
    /// What its ground is filled with.
    pub ground: Color32,
}

/// Text to be shown; make it with [`ShapedLabel::new`], change what differs, then [`ShapedLabel::show`].
#[derive(Debug, Clone)]
pub struct ShapedLabel<'a> {
    text: &'a str,
    size_pt: f32,
    line_height: f32,
    weight: Weight,
    colour: Color32,
    max_lines: usize,
    width: Option<f32>,
    /// Take the whole width, with the text at the side where it begins.
    fill: bool,
    direction: Option<Direction>,
    highlights: &'a [LabelHighlight],
    /// The part in `colour`; the rest is in the other colour.
    dimmed: Option<(TextRange, Color32)>,
    sense: Sense,
    role: Role,
}

impl<'a> ShapedLabel<'a> {
    /// Returns a label of one line, cut with an ellipsis where the room ends.
    #[must_use]
    pub fn new(text: &'a str, size_pt: f32, colour: Color32) -> Self {
        Self {
            text,
            size_pt,
            line_height: 1.6,
            weight: Weight::Regular,
            colour,
            max_lines: 1,
            width: None,
            fill: false,
            direction: None,
            highlights: &[],
            dimmed: None,
            sense: Sense::hover(),
            role: Role::Label,
        }
    }

    /// Wraps into at most this many lines before it cuts.
    #[must_use]
    pub fn lines(mut self, max_lines: usize) -> Self {
        self.max_lines = max_lines;
        self
    }

    /// Sets the weight.
    #[must_use]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// Sets the height of a line as a multiple of the size; 1.6 unless set.
    #[must_use]
    pub fn line_height(mut self, line_height: f32) -> Self {
        self.line_height = line_height;
        self
    }

    /// Takes this width in points instead of what is available; a text that is shorter takes less.
    #[must_use]
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Takes the whole width even where the text is shorter: right-to-left text then stands at the right.
    #[must_use]
    pub fn fill(mut self) -> Self {
        self.fill = true;
        self
    }

    /// Sets the base direction; that of the first strong letter unless set.
    #[must_use]
    pub fn direction(mut self, direction: Option<Direction>) -> Self {
        self.direction = direction;
        self
    }

    /// Fills the ground of some runs.
    #[must_use]
    pub fn highlights(mut self, highlights: &'a [LabelHighlight]) -> Self {
        self.highlights = highlights;
        self
    }

    /// Shows what lies outside `range`, the context, in another colour.
    #[must_use]
    pub fn context(mut self, range: TextRange, colour: Color32) -> Self {
        self.dimmed = Some((range, colour));
        self
    }

    /// Lets the label be clicked; it is then a button to a screen reader.
    #[must_use]
    pub fn clickable(mut self) -> Self {
        self.sense = Sense::click();
        self.role = Role::Button;
        self
    }

    /// Draws the label: right-to-left text at the right of the room it takes, which is the whole available width
    /// where the text has several lines or is cut.
    pub fn show(self, ui: &mut Ui, painter: &mut TextPainter) -> Response {
        let pixels_per_point = ui.pixels_per_point();
        let style = TextStyle {
            size_pt: self.size_pt,
            line_height: self.line_height,
            weight: self.weight,
            font: ReadingFont::default(),
            pixels_per_point,
        };
        let room = self.width.unwrap_or_else(|| ui.available_width()).max(1.0);
        let natural =
            (!self.fill).then(|| painter.label(self.text, style, None, self.direction, self.max_lines));
        let natural = natural.filter(|label| label.width.ceil() <= room && label.elided_from.is_none());
        let layout = natural.unwrap_or_else(|| {
            painter.label(self.text, style, Some(room.floor()), self.direction, self.max_lines)
        });
        let wrapped = self.fill || layout.geometry.lines().len() > 1 || layout.elided_from.is_some();
        let width = if wrapped { room } else { layout.width.ceil() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, layout.height.ceil()), self.sense);
        response.widget_info(|| WidgetInfo::labeled(self.role, ui.is_enabled(), self.text));
        if ui.is_rect_visible(rect) {
            self.paint(ui, painter, &layout, rect);
            super::theme::focus_ring(ui, &response);
        }
        response
    }

    fn paint(
        &self,
        ui: &Ui,
        painter: &mut TextPainter,
        layout: &crate::typeset::ParagraphLayout,
        rect: Rect,
    ) {
        let mut ground = Mesh::default();
        for highlight in self.highlights {
            for piece in layout.geometry.rectangles(highlight.range) {
                ground.add_colored_rect(moved(piece.rect, rect.min), highlight.ground);
            }
        }
        if !ground.is_empty() {
            ui.painter().add(ground);
        }
        let Some((range, dim)) = self.dimmed else {
            painter.paint(ui.painter(), layout, rect.min, self.colour);
            return;
        };
        // A glyph belongs to the text under it: colours change nothing about how it is joined.
        let inside = layout.geometry.rectangles(range);
        let scale = ui.pixels_per_point();
        let colour_of = |index: usize| {
            let glyph = layout.glyphs()[index];
            let (x, y) = (glyph.x / scale + 0.5, glyph.y / scale - 1.0);
            let lit = inside.iter().any(|piece| {
                (piece.rect.x0 - 0.5..piece.rect.x1 + 0.5).contains(&x)
                    && (piece.rect.y0..piece.rect.y1).contains(&y)
            });
            if lit { self.colour } else { dim }
        };
        painter.paint_with(ui.painter(), layout, rect.min, self.colour, colour_of);
    }
}
