//! The whole window without a display: its frames are run and cut into triangles, and shown to nobody.
//!
//! For measuring what a frame costs, from keys and clicks to what a graphics card would be handed.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use egui::{Context, Event, Pos2, RawInput, Rect, Vec2, vec2};

use super::app::App;
use super::file_picker::{FilePicker, Pick, Picked};
use super::theme;
use crate::session::Session;

/// The size of the window, in points.
const SIZE: Vec2 = vec2(1280.0, 800.0);

/// A window that nobody sees.
pub struct HeadlessWindow {
    ctx: Context,
    app: App,
    /// When the window came up.
    started: Instant,
}

/// A file dialog that everybody closes.
struct NoPicker;

impl FilePicker for NoPicker {
    fn pick(&self, _: Pick, wake: Box<dyn FnOnce() + Send>) -> Receiver<Picked> {
        let (answer, receiver) = channel();
        // Nobody can have let go of the receiver yet.
        let _ = answer.send(Picked::Cancelled);
        wake();
        receiver
    }
}

impl HeadlessWindow {
    /// Returns a window of a session, with its fonts at hand and nothing drawn yet.
    #[must_use]
    pub fn new(session: Session) -> Self {
        let ctx = Context::default();
        theme::install_fonts(&ctx);
        let _ = ctx.run_ui(RawInput::default(), |_| {});
        Self { ctx, app: App::new(session, Box::new(NoPicker)), started: Instant::now() }
    }

    /// Returns the session.
    pub fn session(&mut self) -> &mut Session {
        self.app.session()
    }

    /// Runs a frame with these events, up to the triangles, and returns after how long the next one is asked for;
    /// [`Duration::MAX`] when nothing moves.
    pub fn frame(&mut self, events: Vec<Event>) -> Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.started.elapsed().as_secs_f64()),
            events,
            ..RawInput::default()
        };
        let output = self.ctx.run_ui(input, |ui| {
            let ctx = ui.ctx().clone();
            self.app.logic(&ctx);
            self.app.ui(ui);
        });
        std::hint::black_box(self.ctx.tessellate(output.shapes, output.pixels_per_point));
        let waits = output.viewport_output.values().map(|viewport| viewport.repaint_delay);
        waits.min().unwrap_or(Duration::MAX)
    }
}
