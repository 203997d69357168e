//! Tabs: each reaches to the next of stops that stand eight spaces apart, as in a browser.
//!
//! `parley` sets a tab like any character. So a paragraph with tabs is set, the room that its tabs lack is measured,
//! and it is set again with that room behind each; a few times, since wider tabs move line breaks.

use parley::Layout;
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};

use super::fonts::FaceId;
use crate::text::{TextRange, slice};

/// How often a paragraph with tabs is set before its lines are taken as they are.
pub(super) const MAX_ROUNDS: usize = 4;

/// The distance of tab stops in ems of the first face: eight of its spaces.
pub(super) fn stop_distance_em() -> f32 {
    let space = FaceId::FIRST.face().font().and_then(|font| {
        let id = font.charmap().map(' ')?;
        font.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(id)
    });
    8.0 * space.unwrap_or(0.25)
}

/// Returns the tabs of a laid-out paragraph, each with the room in layout units that has to be added to it to reach
/// its stop; `added` is what they have so far, `stop` the distance of stops.
pub(super) fn widen(
    layout: &Layout<()>,
    text: &str,
    added: &[(TextRange, f32)],
    stop: f32,
) -> Vec<(TextRange, f32)> {
    let mut found = Vec::new();
    for line in layout.lines() {
        let mut clusters = Vec::new();
        for run in line.runs() {
            clusters.extend(run.clusters().map(|cluster| (cluster.text_range(), cluster.advance())));
        }
        // A tab has the base direction, so what is before it in the text is before it on the line too.
        clusters.sort_by_key(|(range, _)| range.start);
        let mut x = 0.0;
        for (range, advance) in clusters {
            let range = TextRange::from_indices(range.start, range.end);
            if slice(text, range) != "\t" {
                x += advance;
                continue;
            }
            let has = added.iter().find(|(tab, _)| *tab == range).map_or(0.0, |(_, room)| *room);
            let bare = advance - has;
            let next = ((x / stop + 0.001).floor() + 1.0) * stop;
            found.push((range, next - x - bare));
            x = next;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{TextStyle, Typesetter};
    use super::*;
    use crate::text::Direction;
    use crate::typeset::ParagraphLayout;

    fn layout(text: &str, width: f32, direction: Direction) -> ParagraphLayout {
        Typesetter::new().layout_paragraph(text, TextStyle::body(20.0), Some(width), Some(direction))
    }

    fn place(text: &str, part: &str, layout: &ParagraphLayout) -> (f32, f32) {
        let start = text.find(part).expect("the part is in the text");
        let rect = layout.geometry.rectangles(TextRange::from_indices(start, start + part.len()))[0].rect;
        (rect.x0, rect.x1)
    }

    #[test]
    fn what_follows_a_tab_begins_at_a_stop() {
        let stop = stop_distance_em() * 20.0;
        let text = "ab\tcd\tinternational\tef";
        let set = layout(text, 600.0, Direction::Ltr);
        assert!((place(text, "cd", &set).0 - stop).abs() < 0.01);
        assert!((place(text, "int", &set).0 - 2.0 * stop).abs() < 0.01);
        let stops = place(text, "ef", &set).0 / stop;
        assert!((stops - stops.round()).abs() < 0.01, "{stops}");
    }

    #[test]
    fn stops_are_counted_from_the_right_in_a_right_to_left_line() {
        let stop = stop_distance_em() * 20.0;
        let text = "\tاسم\tعدد";
        let set = layout(text, 400.0, Direction::Rtl);
        assert!((400.0 - place(text, "اسم", &set).1 - stop).abs() < 0.01);
        assert!((400.0 - place(text, "عدد", &set).1 - 2.0 * stop).abs() < 0.01);
    }

    #[test]
    fn tabs_on_a_second_line_count_from_its_start() {
        let stop = stop_distance_em() * 20.0;
        let text = "one two three\tfour five\tsix seven\teight";
        let set = layout(text, 200.0, Direction::Ltr);
        for part in ["four", "six", "eight"] {
            let stops = place(text, part, &set).0 / stop;
            assert!((stops - stops.round()).abs() < 0.01, "{part}: {stops}");
        }
    }
}
