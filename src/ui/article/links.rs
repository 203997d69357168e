//! Thin lines under the letters that join what belongs together: the fragments of a discontinuous mark, a claim with
//! its roles, an annotation with those that it is related to.
//!
//! They are drawn only for the mark that is focused or under the pointer, and [`MAX_LINKS`] at most: a page of arcs
//! explains nothing.

use egui::epaint::CubicBezierShape;
use egui::{Color32, Pos2, Shape, Stroke, pos2};

use super::emphasis::{TagPlace, draw_tag};
use super::paint::Frame;
use super::view::{ArticleView, relative_to};
use super::{ArticleInput, SpanMark};
use crate::text::{ByteOffset, TextRange};
use crate::typeset::Affinity;
use crate::ui::text_painter::TextPainter;

/// The most links that are drawn; what is nearest in the text comes first.
pub const MAX_LINKS: usize = 12;
/// The thickness of a line, in points.
const WIDTH: f32 = 1.25;
/// How strong its colour is, 0 to 1.
const STRENGTH: f32 = 0.75;
/// Where the lines between fragments run below the baseline, in ems.
const JOIN_EM: f32 = 0.28;
/// Where arcs begin above the baseline, in ems: above the letters.
const ARC_EM: f32 = 0.95;

/// A line from one place of the text to another, drawn while one of them is focused.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where it begins.
    pub from: TextRange,
    /// Where it leads to; an arrow stands there.
    pub to: TextRange,
    /// Its colour.
    pub colour: Color32,
    /// What it says, such as `same as`; shown at its end unless empty.
    pub tag: String,
}

/// Where a place of the text is, as seen from the window.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sight {
    /// On the screen.
    At(Pos2),
    /// Above the window.
    Above,
    /// Below it.
    Below,
}

pub(super) fn draw(
    view: &ArticleView,
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let hovered = view.hovered.or(input.hovered).filter(|id| input.focused != Some(*id));
    for id in [input.focused, hovered].into_iter().flatten() {
        for index in view.index.with_id(id) {
            let Some(mark) = view.index.mark(index) else { continue };
            join_fragments(view, canvas, mark, input, frame);
        }
    }
    let size = input.style.size_pt;
    let mut taken = Vec::new();
    for link in input.links.iter().take(MAX_LINKS) {
        let from = middle(view, link.from, -ARC_EM * size, frame);
        let to = middle(view, link.to, -ARC_EM * size, frame);
        let Some((from, to)) = on_screen(from, to, frame) else { continue };
        let stroke = Stroke::new(WIDTH, link.colour.gamma_multiply(STRENGTH));
        canvas.add(arc(from, to, size, stroke));
        if frame.window.contains(to) {
            canvas.add(arrow(to, size, stroke.color));
        }
        if frame.window.contains(to) && !link.tag.is_empty() {
            let place = TagPlace { at: pos2(to.x + 0.25 * size, to.y), rtl: false };
            draw_tag(canvas, painter, place, (&link.tag, link.colour, false), &mut taken, input, frame);
        }
    }
}

/// Joins each fragment of a mark with the next, from where it ends to where that begins.
fn join_fragments(
    view: &ArticleView,
    canvas: &egui::Painter,
    mark: &SpanMark,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let below = JOIN_EM * input.style.size_pt;
    let stroke = Stroke::new(WIDTH, mark.colour.gamma_multiply(STRENGTH));
    for pair in mark.fragments.windows(2) {
        let from = sight(view, pair[0].end(), Affinity::Before, below, frame);
        let to = sight(view, pair[1].start(), Affinity::After, below, frame);
        let Some((from, to)) = on_screen(from, to, frame) else { continue };
        if (from.y - to.y).abs() < 1.0 {
            canvas.line_segment([from, to], stroke);
        } else {
            let bend =
                ((to.y - from.y).abs() * 0.5).min(2.0 * input.style.size_pt) * (to.y - from.y).signum();
            let points = [from, pos2(from.x, from.y + bend), pos2(to.x, to.y - bend), to];
            canvas.add(CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke));
        }
    }
}

/// An arc over the letters; the further it goes, the higher it is, within the space between two lines.
fn arc(from: Pos2, to: Pos2, size: f32, stroke: Stroke) -> Shape {
    let far = (to - from).length();
    let rise = (0.35 * size + 0.04 * far).min(1.4 * size);
    let points = [from, pos2(from.x, from.y - rise), pos2(to.x, to.y - rise), to];
    CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke).into()
}

/// An arrow head that points down at a place.
fn arrow(at: Pos2, size: f32, colour: Color32) -> Shape {
    let (half, tall) = (0.14 * size, 0.24 * size);
    let points = vec![at, pos2(at.x - half, at.y - tall), pos2(at.x + half, at.y - tall)];
    Shape::convex_polygon(points, colour, Stroke::NONE)
}

/// The two ends of a line; an end out of sight is where the line leaves the window. `None` where nothing of it is seen.
fn on_screen(from: Sight, to: Sight, frame: &Frame<'_>) -> Option<(Pos2, Pos2)> {
    let leaves = |x: f32, sight: Sight| match sight {
        Sight::At(at) => at,
        Sight::Above => pos2(x, frame.window.top() - 40.0),
        Sight::Below => pos2(x, frame.window.bottom() + 40.0),
    };
    match (from, to) {
        (Sight::At(at), other) => Some((at, leaves(at.x, other))),
        (other, Sight::At(at)) => Some((leaves(at.x, other), at)),
        _ => None,
    }
}

/// The middle of the first line of a range, `dy` points from the baseline.
fn middle(view: &ArticleView, range: TextRange, dy: f32, frame: &Frame<'_>) -> Sight {
    match sight(view, range.start(), Affinity::After, dy, frame) {
        Sight::At(at) => {
            Sight::At(view.first_line_of(range, frame.visible).map_or(at, |rect| pos2(rect.center().x, at.y)))
        }
        unseen => unseen,
    }
}

fn sight(view: &ArticleView, at: ByteOffset, affinity: Affinity, dy: f32, frame: &Frame<'_>) -> Sight {
    let block = view.block_at(at);
    let shown = frame.visible.iter().find(|(visible, _)| *visible == block);
    let (Some((_, origin)), Some(cached)) = (shown, view.cache.get(&block)) else {
        let first = frame.visible.first().map_or(0, |(first, _)| *first);
        return if block < first { Sight::Above } else { Sight::Below };
    };
    let geometry = &cached.layout.geometry;
    let caret = geometry.caret(relative_to(at, view.blocks[block].range.start()), affinity);
    let baseline = geometry.lines()[caret.line].baseline;
    Sight::At(pos2(origin.x + caret.x, origin.y + baseline + dy))
}
