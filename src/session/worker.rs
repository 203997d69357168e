//! Work off the UI thread: the disk on one thread, the rules on another, results as events.
//!
//! Jobs of one thread run in order. Dropping the worker lets the disk thread finish what was asked of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::model::{Document, Schema, Suggestion};
use crate::rules::{Context, RuleSet};
use crate::store::{self, Opened, Stamp, StoreError};
use crate::text::{Segmentation, TextEncoding};

/// What the disk thread is asked for.
#[derive(Debug)]
pub(super) enum DiskJob {
    /// Reads an article with its annotations, or lists a folder.
    Open { path: PathBuf, encoding: Option<TextEncoding> },
    /// Writes the annotations of a document.
    Save(SaveJob),
    /// Writes an export.
    Export { document: Box<Document>, schema: Arc<Schema>, annotator: Arc<str>, format: String, path: PathBuf },
    /// Writes the user's settings.
    Settings(Box<store::Settings>),
    /// Adds to the list of recent files.
    Recent(PathBuf),
}

/// A document on its way to the disk.
#[derive(Debug)]
pub(super) struct SaveJob {
    pub(super) generation: u64,
    pub(super) revision: u64,
    pub(super) document: Box<Document>,
    pub(super) annotator: Arc<str>,
    pub(super) schema: Arc<str>,
    pub(super) path: PathBuf,
    pub(super) expected: store::Expected,
}

/// What a thread has done.
#[derive(Debug)]
pub(super) enum Event {
    /// An article, with its segmentation.
    Opened { path: PathBuf, result: Result<Box<(Opened, Arc<Segmentation>)>, StoreError> },
    /// The articles of a folder.
    Listed { path: PathBuf, articles: Vec<PathBuf> },
    /// The end of a save.
    Saved { generation: u64, revision: u64, path: PathBuf, result: Result<Stamp, StoreError> },
    /// The end of an export.
    Exported { path: PathBuf, result: Result<(), StoreError> },
    /// Something that is no more than a pity: settings or recent files could not be written.
    Warned(StoreError),
    /// The list of recent files.
    Recents(Vec<PathBuf>),
    /// The result of the rules, with the time that they took.
    Suggested { generation: u64, suggestions: Vec<Suggestion>, took: Duration },
    /// The shipped rules do not load.
    RulesBroken(String),
}

/// A run of the rules over a document.
#[derive(Debug)]
pub(super) struct RulesJob {
    pub(super) generation: u64,
    pub(super) document: Box<Document>,
    pub(super) segmentation: Arc<Segmentation>,
}

/// The two threads, and what comes back from them.
pub(super) struct Worker {
    disk: Option<Sender<DiskJob>>,
    rules: Option<Sender<RulesJob>>,
    events: Receiver<Event>,
    disk_thread: Option<JoinHandle<()>>,
    /// Jobs sent less events received, for tests and for quitting.
    under_way: usize,
}

/// Called from a worker thread when an event waits, so that an idle window wakes up.
pub(super) type Waker = Arc<dyn Fn() + Send + Sync>;

impl Worker {
    pub(super) fn start(schema: Arc<Schema>, waker: Waker) -> Self {
        let (events_in, events) = channel();
        let (disk, disk_jobs) = channel();
        let (rules, rules_jobs) = channel();
        let (disk_events, disk_waker) = (events_in.clone(), Arc::clone(&waker));
        let disk_thread = std::thread::spawn(move || {
            for job in disk_jobs {
                let event = disk_event(job, &schema);
                if disk_events.send(event).is_err() {
                    // Nobody listens any more; what is still asked for is done all the same.
                    continue;
                }
                disk_waker();
            }
        });
        std::thread::spawn(move || run_rules(&rules_jobs, &events_in, &waker));
        Self { disk: Some(disk), rules: Some(rules), events, disk_thread: Some(disk_thread), under_way: 0 }
    }

    pub(super) fn disk(&mut self, job: DiskJob) {
        if self.disk.as_ref().is_some_and(|disk| disk.send(job).is_ok()) {
            self.under_way += 1;
        }
    }

    pub(super) fn rules(&mut self, job: RulesJob) {
        if self.rules.as_ref().is_some_and(|rules| rules.send(job).is_ok()) {
            self.under_way += 1;
        }
    }

    /// Returns the next event that has come, without waiting.
    pub(super) fn poll(&mut self) -> Option<Event> {
        let event = self.events.try_recv().ok()?;
        self.under_way = self.under_way.saturating_sub(1);
        Some(event)
    }

    /// Returns the next event, waiting until it comes; `None` when no job is under way.
    pub(super) fn wait(&mut self) -> Option<Event> {
        if self.under_way == 0 {
            return None;
        }
        let event = self.events.recv().ok()?;
        self.under_way -= 1;
        Some(event)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.disk.take();
        self.rules.take();
        if let Some(thread) = self.disk_thread.take() {
            // An error here is a panic of that thread, which has been reported by its own hook.
            let _ = thread.join();
        }
    }
}

fn disk_event(job: DiskJob, schema: &Schema) -> Event {
    match job {
        DiskJob::Open { path, encoding } => open(path, encoding, schema),
        DiskJob::Save(job) => {
            let result = store::save(&job.document, &job.annotator, &job.schema, &job.path, &job.expected);
            Event::Saved { generation: job.generation, revision: job.revision, path: job.path, result }
        }
        DiskJob::Export { document, schema, annotator, format, path } => {
            let result = store::export(&document, &schema, &annotator, &format, &path);
            Event::Exported { path, result }
        }
        DiskJob::Settings(settings) => match settings.save() {
            Ok(()) => Event::Recents(store::recents()),
            Err(error) => Event::Warned(error),
        },
        DiskJob::Recent(path) => match store::add_recent(&path) {
            Ok(recents) => Event::Recents(recents),
            Err(error) => Event::Warned(error),
        },
    }
}

fn open(path: PathBuf, encoding: Option<TextEncoding>, schema: &Schema) -> Event {
    if path.is_dir() {
        return match store::articles_in(&path) {
            Ok(articles) => Event::Listed { path, articles },
            Err(error) => Event::Opened { path, result: Err(error) },
        };
    }
    let result = store::open(&path, encoding, schema).map(|opened| {
        let segmentation = Arc::new(Segmentation::new(opened.document.source()));
        Box::new((opened, segmentation))
    });
    Event::Opened { path, result }
}

fn run_rules(jobs: &Receiver<RulesJob>, events: &Sender<Event>, waker: &Waker) {
    let rules = match RuleSet::builtin() {
        Ok(rules) => rules,
        Err(errors) => {
            let message = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            // The receiver is gone only when the program ends.
            let _ = events.send(Event::RulesBroken(message));
            waker();
            return;
        }
    };
    while let Ok(mut job) = jobs.recv() {
        // Of several waiting runs only the last is of interest, but each is answered.
        while let Ok(newer) = jobs.try_recv() {
            let superseded = Event::Suggested { generation: 0, suggestions: Vec::new(), took: Duration::ZERO };
            if events.send(superseded).is_err() {
                return;
            }
            job = newer;
        }
        let started = Instant::now();
        let context = Context::of(&job.document);
        let suggestions = rules.suggest(job.document.source(), &job.segmentation, &context);
        let event = Event::Suggested { generation: job.generation, suggestions, took: started.elapsed() };
        if events.send(event).is_err() {
            return;
        }
        waker();
    }
}
