//! The scroll bar: where in the text the window is, and on the same track where there are marks.
//!
//! It counts in `f64`: a page of ten megabytes is millions of points tall, and a place on it in `f32` would be off by a
//! whole point.

use egui::accesskit::{Orientation, Role};
use egui::{Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::view::ArticleView;
use super::{ArticleInput, ReadingTheme};
use crate::text::{ByteOffset, TextRange};

/// The width of the bar, in points.
pub(super) const WIDTH: f32 = 16.0;
/// The least height of the thumb.
const LEAST_THUMB: f32 = 28.0;
/// The height of a row of the overview.
const ROW: f32 = 2.0;

/// What a row of the overview shows: a stretch of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tick {
    /// Its colour.
    pub colour: Color32,
    /// Whether it is what the reader is looking for (a place found by the search), or decided; else only suggested.
    pub strong: bool,
}

/// The overview as it was made last, and what from.
#[derive(Debug, Default)]
pub(super) struct Overview {
    made_from: Option<(u64, u64, u64, u32)>,
    ticks: Vec<Option<Tick>>,
}

/// The bar in one frame.
#[derive(Debug, Clone, Copy)]
struct Track {
    rect: Rect,
    /// How tall the page and the window are, in points.
    page: f64,
    window: f64,
}

impl Track {
    /// How far the page can be scrolled.
    fn reach(&self) -> f64 {
        (self.page - self.window).max(0.0)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a share of the height of the window")]
    fn thumb(&self, offset: f64) -> Rect {
        let height = (f64::from(self.rect.height()) * self.window / self.page) as f32;
        let height = height.clamp(LEAST_THUMB.min(self.rect.height()), self.rect.height());
        let way = f64::from(self.rect.height() - height);
        let top = if self.reach() > 0.0 { (way * offset / self.reach()) as f32 } else { 0.0 };
        Rect::from_min_size(pos2(self.rect.left(), self.rect.top() + top), vec2(self.rect.width(), height))
    }

    /// How far the page is scrolled when the thumb's top is at a height.
    fn offset_at(&self, top: f32) -> f64 {
        let way = self.rect.height() - self.thumb(0.0).height();
        if way <= 0.0 { 0.0 } else { f64::from((top - self.rect.top()).clamp(0.0, way) / way) * self.reach() }
    }
}

/// Draws the bar and returns how far it asks the page to be scrolled.
pub(super) fn show(view: &mut ArticleView, ui: &mut Ui, rect: Rect, input: &ArticleInput<'_>) -> Option<f64> {
    let track = Track { rect, page: view.page_height(), window: f64::from(view.window_height()) };
    if track.reach() <= 0.0 {
        return None;
    }
    let response = ui.interact(rect, ui.scope_id().with("scroll bar"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "scroll the article"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_orientation(Orientation::Vertical);
        node.set_numeric_value(view.offset());
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(track.reach());
    });
    let thumb = track.thumb(view.offset());
    let mut asked = None;
    // In a slow frame a press comes with its release.
    let held = response.is_pointer_button_down_on() || response.clicked();
    if let Some(at) = response.interact_pointer_pos().filter(|_| held) {
        // A press beside the thumb brings it there; from then on it follows the pointer.
        let grab = *view.scroll_grab.get_or_insert_with(|| {
            if thumb.contains(at) { at.y - thumb.top() } else { thumb.height() / 2.0 }
        });
        asked = Some(track.offset_at(at.y - grab));
    }
    if !response.is_pointer_button_down_on() {
        view.scroll_grab = None;
    }
    paint(view, ui, &track, response.hovered() || response.dragged(), input);
    asked
}

fn paint(view: &mut ArticleView, ui: &Ui, track: &Track, active: bool, input: &ArticleInput<'_>) {
    let ReadingTheme { ink, quiet, .. } = *input.theme;
    let canvas = ui.painter();
    update_overview(view, track, input);
    let inner = track.rect.shrink2(vec2(3.0, 0.0));
    for (row, tick) in view.overview.ticks.iter().enumerate() {
        let Some(tick) = tick else { continue };
        let top = track.rect.top() + row as f32 * ROW;
        let left = if tick.strong { inner.left() } else { inner.center().x };
        let place = Rect::from_min_max(pos2(left, top), pos2(inner.right(), top + ROW));
        canvas.rect_filled(place, 0.0, tick.colour);
    }
    let thumb = track.thumb(view.offset()).shrink2(vec2(2.0, 0.0));
    canvas.rect_filled(thumb, 4.0, quiet.gamma_multiply(if active { 0.45 } else { 0.28 }));
    if let Some(depth) = view.known_depth(input.selection.head) {
        #[expect(clippy::cast_possible_truncation, reason = "a place on the track")]
        let y = track.rect.top() + (f64::from(track.rect.height()) * depth / track.page) as f32;
        let place = Rect::from_min_size(pos2(track.rect.left(), y - 1.0), vec2(track.rect.width(), 2.0));
        canvas.rect_filled(place, 0.0, ink);
    }
}

/// Makes the overview anew when marks, heights or the window have changed.
fn update_overview(view: &mut ArticleView, track: &Track, input: &ArticleInput<'_>) {
    let made_from =
        (input.content.revision, input.marks.revision(), track.page.to_bits(), track.rect.height().to_bits());
    if view.overview.made_from == Some(made_from) {
        return;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a window")]
    let rows = (track.rect.height() / ROW) as usize;
    let step = track.page / rows.max(1) as f64;
    let mut start = ByteOffset::ZERO;
    let ranges: Vec<TextRange> = (1..=rows)
        .map(|row| {
            let end = if row == rows { input.content.source.end() } else { view.gap_near(step * row as f64) };
            let end = end.max(start);
            TextRange::new(std::mem::replace(&mut start, end), end)
        })
        .collect();
    view.overview = Overview { made_from: Some(made_from), ticks: input.marks.overview(&ranges) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(page: f64) -> Track {
        Track { rect: Rect::from_min_size(pos2(900.0, 100.0), vec2(WIDTH, 600.0)), page, window: 600.0 }
    }

    #[test]
    fn the_thumb_goes_from_end_to_end_and_is_never_too_small_to_take() {
        for page in [900.0, 1e4, 1e7] {
            let track = track(page);
            assert!((track.thumb(0.0).top() - 100.0).abs() < 1e-3);
            assert!((track.thumb(track.reach()).bottom() - 700.0).abs() < 1e-3);
            assert!(track.thumb(0.0).height() >= LEAST_THUMB);
        }
    }

    #[test]
    fn a_thumb_put_back_where_it_was_asks_for_the_same_place() {
        let track = track(1e7);
        for share in [0.0, 0.1, 0.77, 1.0] {
            let offset = track.reach() * share;
            let again = track.offset_at(track.thumb(offset).top());
            // A pixel of the track is thousands of points of the page.
            assert!((again - offset).abs() < track.reach() / 600.0, "{offset} became {again}");
        }
    }
}
