//! The system's file dialogs, asked for off the UI thread.
//!
//! Where the system can show none, [`rfd`] answers at once as if the user had cancelled; that is told apart by the
//! time it took, and the window then shows a field for the path.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// An answer that comes faster than this was not given by a person.
const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(250);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pick {
    /// A file to open.
    Open,
    /// Any file.
    Any,
    /// A folder to open.
    OpenFolder,
    /// Where to write, with a folder and a name to begin with.
    Save { folder: PathBuf, name: String },
}

/// What came of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picked {
    /// The user chose this.
    Path(PathBuf),
    /// The user chose nothing.
    Cancelled,
    /// The system can show no dialog.
    NoDialog,
}

/// Something that asks for paths; the system's dialogs in the program, fixed answers in tests.
pub(super) trait FilePicker {
    /// Starts asking; the answer comes through the receiver. `wake` is called when it is there.
    fn pick(&self, what: Pick, wake: Box<dyn FnOnce() + Send>) -> Receiver<Picked>;
}

/// The system's own dialogs.
#[derive(Debug, Default)]
pub(super) struct SystemPicker;

impl FilePicker for SystemPicker {
    fn pick(&self, what: Pick, wake: Box<dyn FnOnce() + Send>) -> Receiver<Picked> {
        let (answer, receiver) = channel();
        std::thread::spawn(move || {
            let started = Instant::now();
            let path = match what {
                Pick::Open => rfd::FileDialog::new()
                    .add_filter("Articles and annotations", &["txt", "text", "md", "ron"])
                    .add_filter("All files", &["*"])
                    .pick_file(),
                Pick::Any => rfd::FileDialog::new().pick_file(),
                Pick::OpenFolder => rfd::FileDialog::new().pick_folder(),
                Pick::Save { folder, name } => {
                    rfd::FileDialog::new().set_directory(folder).set_file_name(name).save_file()
                }
            };
            let picked = match path {
                Some(path) => Picked::Path(path),
                None if started.elapsed() < FASTER_THAN_A_PERSON => Picked::NoDialog,
                None => Picked::Cancelled,
            };
            // The window may have been closed meanwhile; then nobody wants the answer.
            if answer.send(picked).is_ok() {
                wake();
            }
        });
        receiver
    }
}
