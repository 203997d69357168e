//! Small signs for characters that leave no mark of their own: joiners, direction controls, no-break spaces, tatweel.
//!
//! They are drawn over the page and take no room, so showing them moves no letter. What misleads is always shown.

use egui::epaint::CircleShape;
use egui::{Pos2, Rect, Stroke, pos2, vec2};

use super::ArticleInput;
use super::paint::{Frame, lines_in_sight};
use super::view::{ArticleView, absolute, relative_to};
use crate::text::{ByteOffset, HiddenCharacter, TextRange, hidden_character};
use crate::typeset::{Geometry, ReadingFont, TextStyle, Weight};
use crate::ui::text_painter::{TextPainter, snap};

/// The size of a name, in ems, and the least in points.
const NAME_EM: f32 = 0.36;
const LEAST_NAME: f32 = 8.0;

pub(super) fn draw(
    view: &ArticleView,
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let mut taken = Vec::new();
    for (block, origin, cached) in frame.seen(view) {
        let geometry = &cached.layout.geometry;
        let seen = lines_in_sight(&cached.layout, origin.y, frame.window);
        let lines = &geometry.lines()[seen];
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { continue };
        let start = view.blocks[block].range.start();
        let range = TextRange::new(absolute(first.range.start(), start), absolute(last.range.end(), start));
        for (at, c) in input.content.source.slice(range).char_indices() {
            let Some(hidden) = hidden_character(c) else { continue };
            if input.style.show_hidden || hidden.misleads {
                let at = ByteOffset::from_index(range.start().index() + at);
                let place = place_of(geometry, relative_to(at, start), origin);
                draw_sign(canvas, painter, &hidden, place, &mut taken, input, frame);
            }
        }
    }
}

/// Where a character stands on its line.
#[derive(Clone, Copy)]
struct Place {
    /// Its middle; its edge where it is part of a cluster.
    x: f32,
    top: f32,
    baseline: f32,
    rtl: bool,
}

fn place_of(geometry: &Geometry, at: ByteOffset, origin: Pos2) -> Place {
    let line = geometry.line_of(at, crate::typeset::Affinity::After);
    let edge = geometry.edges(line).iter().find(|edge| edge.range.contains(at));
    let x = edge.map_or(0.0, |edge| match (edge.range.start() == at, edge.rtl) {
        (true, _) => f32::midpoint(edge.x0, edge.x1),
        (false, true) => edge.x0,
        (false, false) => edge.x1,
    });
    let row = geometry.lines()[line];
    Place {
        x: origin.x + x,
        top: origin.y + row.top,
        baseline: origin.y + row.baseline,
        rtl: edge.map_or(geometry.is_rtl(), |edge| edge.rtl),
    }
}

fn draw_sign(
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    hidden: &HiddenCharacter,
    place: Place,
    taken: &mut Vec<Rect>,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    let size = input.style.size_pt;
    let colour = if hidden.misleads { input.theme.alarm } else { input.theme.sign };
    let stroke = Stroke::new(1.0, colour);
    match &*hidden.name {
        "TATWEEL" => {
            canvas.circle_filled(pos2(place.x, place.baseline - 0.42 * size), 0.07 * size, colour);
        }
        "NBSP" | "NNBSP" => {
            let ring = pos2(place.x, place.baseline - 0.35 * size);
            canvas.add(CircleShape::stroke(ring, 0.10 * size, stroke));
        }
        "TAB" => {
            let (from, by) = if place.rtl { (0.3, -0.6) } else { (-0.3, 0.6) };
            let start = pos2(place.x + from * size, place.baseline - 0.3 * size);
            canvas.arrow(start, vec2(by * size, 0.0), stroke);
        }
        name => {
            let ink = if hidden.misleads { input.theme.paper } else { colour };
            let style = TextStyle {
                size_pt: (NAME_EM * size).max(LEAST_NAME),
                line_height: 1.2,
                weight: Weight::Bold,
                font: ReadingFont::default(),
                pixels_per_point: frame.pixels_per_point,
            };
            let layout = painter.label(name, style, None, None, 1);
            let room = vec2(layout.width + 4.0, layout.height);
            let corner = snap(pos2(place.x - room.x / 2.0, place.top - 1.0), frame.pixels_per_point);
            let mut rect = Rect::from_min_size(corner, room);
            // Several in a row stand side by side, in reading order.
            while let Some(other) = taken.iter().find(|other: &&Rect| other.intersects(rect)) {
                let by = if place.rtl { other.left() - rect.right() } else { other.right() - rect.left() };
                rect = rect.translate(vec2(by + if place.rtl { -1.0 } else { 1.0 }, 0.0));
            }
            taken.push(rect);
            let ground = if hidden.misleads { colour } else { input.theme.paper };
            canvas.line_segment([pos2(place.x, rect.bottom()), pos2(place.x, place.baseline)], stroke);
            canvas.rect(rect, 2.0, ground, stroke, egui::StrokeKind::Inside);
            painter.paint(canvas, &layout, rect.min + vec2(2.0, 0.0), ink);
        }
    }
}

/// Draws the numbers of the paragraphs that begin in sight, in the margin at which lines end.
pub(super) fn draw_numbers(
    view: &ArticleView,
    canvas: &egui::Painter,
    painter: &mut TextPainter,
    input: &ArticleInput<'_>,
    frame: &Frame<'_>,
) {
    if !input.style.paragraph_numbers {
        return;
    }
    for (block, origin, cached) in frame.seen(view) {
        let Some(number) = view.paragraph_number(block) else { continue };
        let style = TextStyle {
            size_pt: 0.6 * input.style.size_pt,
            line_height: 1.0,
            weight: Weight::Regular,
            font: ReadingFont::default(),
            pixels_per_point: frame.pixels_per_point,
        };
        let layout = painter.label(&number.to_string(), style, None, None, 1);
        let baseline = cached.layout.geometry.lines().first().map_or(0.0, |line| line.baseline);
        let own = layout.geometry.lines().first().map_or(0.0, |line| line.baseline);
        let x = if cached.layout.is_rtl() {
            origin.x - NUMBER_GAP - layout.width
        } else {
            origin.x + frame.column_width + NUMBER_GAP
        };
        painter.paint(canvas, &layout, pos2(x, origin.y + baseline - own), input.theme.quiet);
    }
}

/// The space between the text and a paragraph's number, in points.
const NUMBER_GAP: f32 = 14.0;
