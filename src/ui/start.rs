//! From the command line to an open window.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use thiserror::Error;

use super::app::App;
use super::file_picker::SystemPicker;
use super::theme;
use crate::formats::schema_file;
use crate::model::Timestamp;
use crate::session::{Action, Keymap, Session, Setup, last_fault_report, report_faults};
use crate::store::{self, Settings};
use crate::text::{TextEncoding, isolate_path};

/// Why no window came up.
#[derive(Debug, Error)]
pub enum WindowError {
    /// No display, no graphics.
    #[error("{reason}")]
    NoDisplay {
        /// What the system says.
        reason: String,
    },
    /// A fault of the program ended the window. What was done is in the journal.
    #[error("Hashiya met a fault of its own; what you did is kept and comes back at the next start{}", in_report(.report.as_deref()))]
    Fault {
        /// The report, where one was written.
        report: Option<PathBuf>,
    },
}

fn in_report(report: Option<&Path>) -> String {
    report.map_or_else(String::new, |path| format!("; a report without your text is in {}", path.display()))
}

/// What to open, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Start {
    /// Articles, annotation files or folders; none for what was open last.
    pub paths: Vec<PathBuf>,
    /// The encoding of articles that are not UTF-8.
    pub encoding: Option<TextEncoding>,
    /// The report of the fault after which the program was started again; an empty path where none was written.
    pub after_fault: Option<PathBuf>,
}

/// Opens the window on what the paths name, else on the last article, else on the bundled one, and returns when it
/// is closed.
///
/// # Errors
///
/// When no window can be opened, or a fault of the program ended it; the journal is written to its end then.
pub fn run(start: Start) -> Result<(), WindowError> {
    report_faults(store::state_dir().map(|folder| folder.join("faults")), Arc::new(now));
    // Nothing of the window is used after a fault: it is taken down, which closes the journal.
    let window = std::panic::AssertUnwindSafe(|| window(start));
    std::panic::catch_unwind(window)
        .unwrap_or_else(|_| Err(WindowError::Fault { report: last_fault_report() }))
}

fn window(start: Start) -> Result<(), WindowError> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Hashiya")
            .with_app_id("hashiya")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([900.0, 600.0])
            .with_drag_and_drop(true),
        persist_window: false,
        system_font_fallback: false,
        ..Default::default()
    };
    // The article is read while the system makes the window.
    let window = Arc::new(OnceLock::new());
    let session = session(Arc::clone(&window), start);
    let created: eframe::AppCreator<'_> = Box::new(move |creation| {
        theme::install_fonts(&creation.egui_ctx);
        // Set once: a window is made once.
        let _ = window.set(creation.egui_ctx.clone());
        let app = App::new(session, Box::new(SystemPicker));
        Ok(Box::new(app.with_system_fonts(&creation.egui_ctx)))
    });
    eframe::run_native("hashiya", options, created)
        .map_err(|error| WindowError::NoDisplay { reason: reason(&error.to_string()) })
}

/// Returns the last part of an error of the toolkit, which puts its own source files in front.
fn reason(error: &str) -> String {
    let last = error.rsplit(": ").next().unwrap_or(error);
    last.trim_end_matches('.').to_owned()
}

/// Returns a session that opens what the paths name, and wakes the window as soon as there is one. Trouble with
/// settings or keymap is told in the window.
fn session(window: Arc<OnceLock<egui::Context>>, start: Start) -> Session {
    let Start { paths, encoding, after_fault } = start;
    let (config_dir, state_dir) = (store::config_dir(), store::state_dir());
    let mut troubles = Vec::new();
    let settings = config_dir.as_deref().map_or_else(Settings::default, |folder| {
        store::load_settings(folder).unwrap_or_else(|error| {
            troubles.push(format!("{}; {}", error.isolated(), error.hint()));
            Settings::default()
        })
    });
    let keymap = config_dir
        .as_deref()
        .map_or_else(|| Ok(Keymap::standard()), |folder| keymap(folder, &settings))
        .unwrap_or_else(|trouble| {
            troubles.push(trouble);
            Keymap::standard()
        });
    let recent = state_dir.as_deref().map(store::Recent::load).unwrap_or_default();
    let mut session = Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings,
        keymap,
        clock: Arc::new(now),
        // What has come before the window is taken in by its first frame.
        waker: Arc::new(move || window.get().into_iter().for_each(egui::Context::request_repaint)),
        config_dir,
        state_dir,
        data_dir: store::data_dir(),
    });
    if let Some(report) = after_fault {
        session.started_after_fault(&report);
    }
    session.set_recents(recent.iter().map(|path| path.to_path_buf()).collect());
    match first_article(&paths, &recent) {
        Ok(path) => session.perform(Action::OpenPath(path, encoding)),
        Err(error) => troubles.push(format!("{}; {}", error.isolated(), error.hint())),
    }
    if paths.len() > 1 {
        session.set_articles(&paths);
    }
    if !troubles.is_empty() {
        session.warn(&troubles.join("\n"));
    }
    session
}

fn keymap(config_dir: &Path, settings: &Settings) -> Result<Keymap, String> {
    let path = match settings.keymap.as_str() {
        "" => config_dir.join("keymap.ron"),
        path => PathBuf::from(path),
    };
    let changes =
        store::load_keymap(&path).map_err(|error| format!("{}; {}", error.isolated(), error.hint()))?;
    Keymap::new(&changes).map_err(|error| format!("{}: {error}", isolate_path(&path)))
}

/// Returns what is opened first: what was named, else what was open last, else the bundled article.
fn first_article(paths: &[PathBuf], recent: &store::Recent) -> Result<PathBuf, store::StoreError> {
    if let Some(path) = paths.first() {
        return Ok(path.clone());
    }
    if let Some(path) = recent.iter().find(|path| path.exists()) {
        return Ok(path.to_path_buf());
    }
    store::bundled_article()
}

/// Milliseconds since the epoch, by the system's clock; monotone within one run.
fn now() -> Timestamp {
    static START: OnceLock<(std::time::Instant, i64)> = OnceLock::new();
    let (started, at) =
        START.get_or_init(|| (std::time::Instant::now(), jiff::Timestamp::now().as_millisecond()));
    let passed = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.saturating_add(passed))
}
