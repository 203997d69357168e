//! Underlines and outlines as plain rectangles, so that the window and the picture writer draw the same.

use super::geometry::Rect;

/// The pattern of an underline: with the letter of a label, what tells labels apart where colours do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Underline {
    /// One line.
    #[default]
    Single,
    /// Two thin lines.
    Double,
    /// One line of twice the thickness.
    Thick,
    /// A row of dots.
    Dotted,
    /// A row of dashes.
    Dashed,
    /// A zigzag.
    Wavy,
}

/// Calls `draw` with the rectangles of an underline from `x0` to `x1` whose top is at `y`, in points. `pixel` is the
/// size of a physical pixel; a single line is `thickness` points tall, and no pattern is taller than three times that.
///
/// The patterns are anchored at the left of the page, not of the span: two spans side by side keep step.
pub fn underline_rects(
    style: Underline,
    [x0, x1]: [f32; 2],
    y: f32,
    thickness: f32,
    pixel: f32,
    mut draw: impl FnMut(Rect),
) {
    let thickness = (thickness / pixel).round().max(1.0) * pixel;
    let y = (y / pixel).round() * pixel;
    let mut bar = |x0: f32, x1: f32, y: f32, height: f32| {
        if x1 > x0 {
            draw(Rect { x0, y0: y, x1, y1: y + height });
        }
    };
    match style {
        Underline::Single => bar(x0, x1, y, thickness),
        Underline::Thick => bar(x0, x1, y, 2.0 * thickness),
        Underline::Double => {
            bar(x0, x1, y, pixel.max(thickness / 2.0));
            bar(x0, x1, y + 2.0 * thickness - pixel.max(thickness / 2.0), pixel.max(thickness / 2.0));
        }
        Underline::Dotted => repeat([x0, x1], 2.0 * thickness, thickness, |a, b| bar(a, b, y, thickness)),
        Underline::Dashed => {
            repeat([x0, x1], 5.0 * thickness, 3.0 * thickness, |a, b| bar(a, b, y, thickness));
        }
        Underline::Wavy => wave([x0, x1], pixel, [6.0 * thickness, thickness], |a, b, rise| {
            bar(a, b, y + rise, thickness);
        }),
    }
}

/// Calls `draw` with the level pieces of a zigzag of a period and a height: from, to, and how far below the top.
fn wave([from, to]: [f32; 2], pixel: f32, [period, height]: [f32; 2], mut draw: impl FnMut(f32, f32, f32)) {
    let mut piece: Option<[f32; 3]> = None;
    repeat([from, to], pixel, pixel, |a, b| {
        let phase = (a / period).rem_euclid(1.0);
        let rise = ((2.0 * phase - 1.0).abs() * height / pixel).round() * pixel;
        match &mut piece {
            Some([_, end, level]) if (*level - rise).abs() < pixel / 2.0 => *end = b,
            _ => {
                if let Some([start, end, level]) = piece.replace([a, b, rise]) {
                    draw(start, end, level);
                }
            }
        }
    });
    if let Some([start, end, level]) = piece {
        draw(start, end, level);
    }
}

/// Calls `draw` with the four sides of a frame of some thickness inside a rectangle; with `dash`, in dashes and gaps of
/// that length.
pub fn outline_rects(rect: Rect, thickness: f32, dash: Option<f32>, mut draw: impl FnMut(Rect)) {
    let Rect { x0, y0, x1, y1 } = rect;
    let Some(dash) = dash else {
        draw(Rect { x0, y0, x1, y1: y0 + thickness });
        draw(Rect { x0, y0: y1 - thickness, x1, y1 });
        draw(Rect { x0, y0: y0 + thickness, x1: x0 + thickness, y1: y1 - thickness });
        draw(Rect { x0: x1 - thickness, y0: y0 + thickness, x1, y1: y1 - thickness });
        return;
    };
    repeat([x0, x1], 2.0 * dash, dash, |a, b| {
        draw(Rect { x0: a, y0, x1: b, y1: y0 + thickness });
        draw(Rect { x0: a, y0: y1 - thickness, x1: b, y1 });
    });
    repeat([y0 + thickness, y1 - thickness], 2.0 * dash, dash, |a, b| {
        draw(Rect { x0, y0: a, x1: x0 + thickness, y1: b });
        draw(Rect { x0: x1 - thickness, y0: a, x1, y1: b });
    });
}

/// Calls `draw` with the pieces of `from..to` that a pattern of `period`, of which the first `on` is drawn, covers.
fn repeat([from, to]: [f32; 2], period: f32, on: f32, mut draw: impl FnMut(f32, f32)) {
    let mut n = (from / period).floor();
    while n * period < to {
        let (start, end) = ((n * period).max(from), (n * period + on).min(to));
        if end > start {
            draw(start, end);
        }
        n += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rects(style: Underline) -> Vec<Rect> {
        let mut found = Vec::new();
        underline_rects(style, [10.0, 50.0], 30.0, 2.0, 1.0, |rect| found.push(rect));
        found
    }

    #[test]
    fn no_pattern_leaves_its_span_or_its_height() {
        for style in [
            Underline::Single,
            Underline::Double,
            Underline::Thick,
            Underline::Dotted,
            Underline::Dashed,
            Underline::Wavy,
        ] {
            let found = rects(style);
            assert!(!found.is_empty());
            for rect in found {
                assert!(rect.x0 >= 10.0 && rect.x1 <= 50.0, "{style:?}: {rect:?}");
                assert!(rect.y0 >= 30.0 && rect.y1 <= 36.0, "{style:?}: {rect:?}");
            }
        }
    }

    #[test]
    fn the_patterns_differ_without_colour() {
        assert_eq!(rects(Underline::Single).len(), 1);
        assert_eq!(rects(Underline::Double).len(), 2);
        assert_eq!(rects(Underline::Dotted).len(), 10);
        assert_eq!(rects(Underline::Dashed).len(), 4);
        let levels: Vec<f32> = rects(Underline::Wavy).iter().map(|rect| rect.y0).collect();
        assert!(
            levels.len() > 8 && levels.windows(2).all(|pair| (pair[0] - pair[1]).abs() > 0.5),
            "{levels:?}"
        );
    }
}
