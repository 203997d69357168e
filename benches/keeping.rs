//! What it costs to keep the work: on the thread that draws, in the journal and in the annotation file.
//!
//! `cargo bench --bench keeping`: each line is the median and the longest of as many times as it says, in milliseconds.
#![allow(clippy::print_stdout, reason = "it prints figures")]

#[path = "../examples/long_article/mod.rs"]
mod long_article;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashiya::formats::schema_file;
use hashiya::model::Timestamp;
use hashiya::session::{Action, Keymap, SaveState, Selection, Session, Setup};
use hashiya::store::{self, OpenOptions, Settings};
use long_article::Size;

const SIZES: [Size; 3] = [
    Size { bytes: 4_000, annotations: 100, suggestions: 0 },
    Size { bytes: 1_000_000, annotations: 10_000, suggestions: 0 },
    Size { bytes: 10_000_000, annotations: 100_000, suggestions: 0 },
];

/// How often each is measured.
const ROUNDS: usize = 25;

/// Opens the article and returns as soon as it is there.
fn session_of(folder: &Path) -> Session {
    let started = Instant::now();
    let mut session = Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(move || {
            let passed = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(1_700_000_000_000 + passed)
        }),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: Some(folder.join("state")),
        data_dir: None,
    });
    session.perform(Action::OpenPath(folder.join("long.txt"), None));
    while session.editor().is_none() {
        session.poll();
        std::thread::sleep(Duration::from_micros(200));
    }
    session
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "  {what:<46} {:>9.3} {:>9.3}  ({})",
        ms(times[times.len() / 2]),
        ms(times[times.len() - 1]),
        times.len()
    );
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    times.push(began.elapsed());
    done
}

/// Takes in what the threads have done until `state` is reached; times each call.
fn poll_until(session: &mut Session, polls: &mut Vec<Duration>, state: SaveState) -> Duration {
    let began = Instant::now();
    while session.save_state() != state {
        timed(polls, || session.poll());
        std::thread::sleep(Duration::from_micros(200));
    }
    began.elapsed()
}

fn on_the_thread_that_draws(folder: &Path) {
    let mut session = session_of(folder);
    session.settle();
    let tokens: Vec<_> = session.editor().expect("open").segmentation().tokens().to_vec();
    let (mut label, mut journal, mut save, mut saved, mut polls) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let token = tokens[(round + 1) * tokens.len() / (ROUNDS + 2)].range;
        session.perform(Action::Select(Selection::of(token)));
        timed(&mut label, || session.perform(Action::ApplyLabel("PERS".into())));
        if !session.editor().expect("open").history().is_dirty() {
            // A mark stood there and a space does not count.
            label.pop();
            continue;
        }
        journal.push(poll_until(&mut session, &mut polls, SaveState::Journaled));
        timed(&mut save, || session.perform(Action::Save));
        saved.push(poll_until(&mut session, &mut polls, SaveState::Saved));
    }
    print("a label, handed to the journal", label);
    print("until it is in the journal", journal);
    print("a save, handed to the disk thread", save);
    print("until it is in its file", saved);
    print("taking in what the threads have done", polls);
}

fn off_thread(folder: &Path) {
    let schema = schema_file::default_schema();
    let path = folder.join("long.txt");
    let opened = store::open(&path, OpenOptions::default(), &schema).expect("was written");
    let other = folder.join("other.ron");
    let (mut words, mut write) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS.min(10) {
        let text = timed(&mut words, || store::serialize(&other, &opened.document, "amal", &schema));
        let text = text.expect("can be written");
        timed(&mut write, || store::write(&other, text.as_bytes(), None)).expect("writable");
    }
    print("a snapshot put into words", words);
    print("written, synced and put in its place", write);
}

fn after_a_crash(folder: &Path) {
    let mut session = session_of(folder);
    let tokens: Vec<_> = session.editor().expect("open").segmentation().tokens().to_vec();
    for n in 0..1_000 {
        let token = tokens[n * tokens.len() / 1_000].range;
        session.perform(Action::Select(Selection::of(token)));
        session.perform(Action::ApplyLabel("PERS".into()));
    }
    drop(session);
    let mut opening = Vec::new();
    for _ in 0..3 {
        // Let go of before the file is saved: the journal alone has the changes each time.
        drop(timed(&mut opening, || session_of(folder)));
    }
    print("opening with 1,000 changes in the journal", opening);
}

fn main() {
    for size in SIZES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        long_article::write(&folder.path().join("long.txt"), size).expect("can be written");
        println!(
            "{} bytes, {} annotations                             median   longest  (times)",
            size.bytes, size.annotations
        );
        on_the_thread_that_draws(folder.path());
        off_thread(folder.path());
        after_a_crash(folder.path());
    }
}
