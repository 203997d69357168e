//! One article, walked through as a reader and an annotator do.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, vec2};
use hashiya::formats::schema_file;
use hashiya::model::Timestamp;
use hashiya::session::{Action, Keymap, Selection, Session, Setup};
use hashiya::store::Settings;
use hashiya::text::{ByteOffset, TextRange};
use hashiya::ui::headless::HeadlessWindow;

use super::long_article::{self, Size};

/// What is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// The length of the text, in bytes.
    pub(crate) len: usize,
    pub(crate) annotations: usize,
}

/// The times of one kind of frame, sorted.
#[derive(Debug, Clone, Default)]
struct Times(Vec<Duration>);

impl Times {
    fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// Milliseconds at a part of all, 0 to 1.
    fn at(&self, part: f64) -> f64 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a short list")]
        let index = ((self.0.len() as f64 - 1.0).max(0.0) * part).round() as usize;
        self.0.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }
}

/// What was measured of one article.
pub(crate) struct Figures {
    case: Case,
    suggestions: usize,
    /// From the path to the first frame that shows the text, and to the first that shows the annotations; in this
    /// process, by the time of day.
    opening: [Duration; 2],
    still: Times,
    scrolling: Times,
    jumping: Times,
    /// From the key to the frame that shows its annotation, both frames counted.
    accepting: Times,
    labelling: Times,
    undoing: Times,
    /// Scrolling while the change is saved and the rules run again.
    busy: Times,
    memory_mb: f64,
}

impl Figures {
    pub(crate) const HEADING: &'static str = "      text  annotations  suggestions | text at annotations at | static p50   p95 | scroll p50   p95    \
         max |  jump p50    max | accept p50    max |  label p50    max |   undo p50    max | busy scroll p95    \
         max | memory MB";

    /// Returns the figures that are held against the baseline, each as a multiple of the calibration loop.
    pub(crate) fn ratios(&self, unit: f64) -> Vec<(String, f64)> {
        let name = format!("{} kB, {} annotations", self.case.len / 1000, self.case.annotations);
        let figures = [
            ("static p50", self.still.at(0.5)),
            ("scroll p50", self.scrolling.at(0.5)),
            ("scroll p95", self.scrolling.at(0.95)),
            ("jump p50", self.jumping.at(0.5)),
            ("accept p50", self.accepting.at(0.5)),
            ("label p50", self.labelling.at(0.5)),
            ("undo p50", self.undoing.at(0.5)),
        ];
        figures.map(|(figure, ms)| (format!("{name}, {figure}"), ms / 1e3 / unit)).to_vec()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case { len, annotations } = self.case;
        write!(f, "{:>7} kB {annotations:>12} {:>12}", len / 1000, self.suggestions)?;
        let [text, annotations] = self.opening.map(|opening| opening.as_secs_f64() * 1e3);
        write!(f, " | {text:>7.1} {annotations:>14.1} |")?;
        write!(f, " {:>10.3} {:>5.3} |", self.still.at(0.5), self.still.at(0.95))?;
        let scroll = &self.scrolling;
        write!(f, " {:>10.3} {:>5.3} {:>6.2} |", scroll.at(0.5), scroll.at(0.95), scroll.at(1.0))?;
        write!(f, " {:>9.2} {:>6.2} |", self.jumping.at(0.5), self.jumping.at(1.0))?;
        for times in [&self.accepting, &self.labelling, &self.undoing] {
            write!(f, " {:>10.2} {:>6.2} |", times.at(0.5), times.at(1.0))?;
        }
        write!(f, " {:>15.3} {:>6.2} | {:>9.0}", self.busy.at(0.95), self.busy.at(1.0), self.memory_mb)
    }
}

/// Returns the time that this thread has spent on a processor, where the system tells, else the time of day: other
/// threads and programs must not count.
fn clock() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    // The kernel brings its account up to date when the thread lets others go first.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = told.and_then(|told| told.split(' ').next()?.parse().ok());
    spent.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// Runs a frame and returns what it cost.
fn frame(window: &mut HeadlessWindow, events: Vec<Event>) -> Duration {
    let started = clock();
    window.frame(events);
    clock().saturating_sub(started)
}

fn session() -> Session {
    let started = Instant::now();
    Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(move || {
            let passed = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(1_700_000_000_000 + passed)
        }),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: None,
        data_dir: None,
    })
}

/// Opens an article of that size and measures every kind of frame.
pub(crate) fn measure(case: Case) -> Figures {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("article.txt");
    let size = Size { bytes: case.len, annotations: case.annotations, suggestions: case.annotations };
    long_article::write(&path, size).unwrap();
    // What the making of the article has left behind is not the window's.
    let before_mb = resident_mb();
    let started = Instant::now();
    let mut window = HeadlessWindow::new(session());
    window.session().perform(Action::OpenPath(path, None));
    let mut text_at = None;
    while window.session().editor().is_none() {
        let has_text = window.session().preview().is_some();
        window.frame(Vec::new());
        if has_text {
            text_at.get_or_insert_with(|| started.elapsed());
        }
        std::thread::yield_now();
    }
    window.frame(Vec::new());
    let annotations_at = started.elapsed();
    let opening = [text_at.unwrap_or(annotations_at), annotations_at];
    window.session().settle();
    rest(&mut window);
    let suggestions = window.session().editor().unwrap().queue().pending().len();

    let still = Times::new((0..300).map(|_| frame(&mut window, Vec::new())).collect());
    let scrolling = Times::new((0..600).map(|_| frame(&mut window, wheel(120.0))).collect());
    let jumping = jumps(&mut window, case.len);
    rest(&mut window);
    let accepting = Times::new((0..60).map(|n| accept(&mut window, n)).collect());
    let labelling = Times::new((0..60).map(|n| label(&mut window, n)).collect());
    let undoing = Times::new((0..60).map(|_| press(&mut window, Key::Z, Modifiers::COMMAND)).collect());
    // Now the autosave and the rules come due.
    accept(&mut window, 1);
    let until = Instant::now() + Duration::from_secs(3);
    let mut busy = Vec::new();
    while Instant::now() < until {
        busy.push(frame(&mut window, wheel(60.0)));
        std::thread::sleep(Duration::from_millis(4));
    }
    window.session().settle();
    let memory_mb = resident_mb() - before_mb;
    let busy = Times::new(busy);
    Figures {
        case,
        suggestions,
        opening,
        still,
        scrolling,
        jumping,
        accepting,
        labelling,
        undoing,
        busy,
        memory_mb,
    }
}

/// Draws frames until nothing more is asked for: all heights are known, all that was read is shown.
fn rest(window: &mut HeadlessWindow) {
    let until = Instant::now() + Duration::from_mins(1);
    let mut quiet = 0;
    while quiet < 100 && Instant::now() < until {
        let wait = window.frame(Vec::new());
        quiet = if wait > Duration::from_millis(50) { quiet + 1 } else { 0 };
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn jumps(window: &mut HeadlessWindow, len: usize) -> Times {
    let mut place = 7_u32;
    let mut times = Vec::new();
    for _ in 0..200 {
        place = place.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let at = ByteOffset::from_index(place as usize % len);
        let at = window.session().editor().unwrap().segmentation().previous_token_boundary(at);
        let started = clock();
        window.session().perform(Action::Select(Selection::cursor(at)));
        window.frame(Vec::new());
        times.push(clock().saturating_sub(started));
    }
    Times::new(times)
}

/// Accepts the suggestion that is focused, after going to one elsewhere now and then.
fn accept(window: &mut HeadlessWindow, n: usize) -> Duration {
    if n.is_multiple_of(10) {
        go_to_part(window, n / 10, 7);
        press(window, Key::Tab, Modifiers::NONE);
    }
    press(window, Key::Space, Modifiers::NONE)
}

/// Gives a label to a word somewhere.
fn label(window: &mut HeadlessWindow, n: usize) -> Duration {
    let word = go_to_part(window, n, 61);
    window.session().perform(Action::Select(Selection::of(word)));
    window.frame(Vec::new());
    press(window, Key::P, Modifiers::NONE)
}

/// Puts the cursor at the beginning of the `n`th of `parts` parts of the text and returns the word there.
fn go_to_part(window: &mut HeadlessWindow, n: usize, parts: usize) -> TextRange {
    let editor = window.session().editor().unwrap();
    let tokens = editor.segmentation().tokens();
    let word = tokens[tokens.len() / parts * (n % parts)].range;
    window.session().perform(Action::Select(Selection::cursor(word.start())));
    window.frame(Vec::new());
    window.frame(Vec::new());
    word
}

/// Presses a key and returns what the frame with the key and the frame that shows its effect cost.
fn press(window: &mut HeadlessWindow, key: Key, modifiers: Modifiers) -> Duration {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    frame(window, vec![event(true)]) + frame(window, vec![event(false)])
}

fn wheel(points: f32) -> Vec<Event> {
    vec![
        Event::PointerMoved(Pos2::new(400.0, 450.0)),
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        },
    ]
}

/// The memory of this process that is in use, in MB; 0 where the system does not tell.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
