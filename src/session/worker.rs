//! Work off the UI thread: the disk, the rules and the search on a thread each, results as events.
//!
//! Jobs of one thread run in order. Dropping the worker lets the disk thread finish what was asked of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::fault::guarded;
use super::history::{HistoryJob, NoWay, Past, Point};
use super::journal_thread::{self, JournalJob};
use super::keeping::{self, Keeping};
use super::merging::{MergeJob, Met};
use super::review::ReviewQueue;
use super::rules_thread::{self, Rules, RulesJob, Tried};
use super::search_thread::{self, SearchJob};
use super::{Clock, Preview, Waker};
use crate::formats::exchange::ExportOptions;
use crate::formats::{Export, FORMATS};
use crate::model::{Document, Edit, LabelId, Schema, Timestamp};
use crate::rules::{Dictionary, LearnedName, Work, lessons};
use crate::store::{self, OpenOptions, Opened, Recent, Settings, Stamp, StoreError};
use crate::text::{Segmentation, TextEncoding, TextRange};

/// What the disk thread is asked for.
#[derive(Debug)]
pub(super) enum DiskJob {
    /// Reads an article with its annotations; of a folder, the first.
    Open {
        path: PathBuf,
        encoding: Option<TextEncoding>,
        /// Who annotates where the annotation file does not say it yet.
        annotator: Arc<str>,
        at: Timestamp,
    },
    /// Begins to keep the changes of a document that was saved under another name.
    Keep {
        generation: u64,
        path: PathBuf,
        document: Box<Document>,
        stamp: Stamp,
        annotator: Arc<str>,
        at: Timestamp,
    },
    /// Writes the annotations of a document.
    Save(SaveJob),
    /// Reads an annotation file again that somebody else has changed.
    Merge(MergeJob),
    /// Lets go of a document, which takes longer than a frame may where it has many annotations.
    Forget(Box<Document>),
    /// Reads the past, or works out the way back.
    History(HistoryJob),
    /// Writes an export.
    Export {
        document: Box<Document>,
        annotator: Arc<str>,
        article: PathBuf,
        formats: Vec<&'static str>,
        out: PathBuf,
    },
    /// Writes the user's settings.
    Settings(Box<Settings>),
    /// Puts a path at the front of the recent files.
    Recent(PathBuf),
    /// Learns the names that are tagged in a document.
    Learn {
        document: Box<Document>,
        segmentation: Arc<Segmentation>,
        path: PathBuf,
        /// Whether nothing waits for a decision, so that what stands untagged is no name.
        all_decided: bool,
    },
    /// Stops suggesting a learned name with a label.
    Silence { path: PathBuf, name: Box<LearnedName>, label: LabelId },
}

impl DiskJob {
    /// Returns what it does, for the user.
    const fn in_words(&self) -> &'static str {
        match self {
            Self::Open { .. } => "opening an article",
            Self::Keep { .. } => "beginning a journal",
            Self::Save(_) => "saving",
            Self::Merge(_) => "reading the changed file",
            Self::History(_) => "reading the history",
            Self::Export { .. } => "an export",
            Self::Settings(_) | Self::Recent(_) => "keeping settings",
            Self::Forget(_) => "letting go of an earlier state",
            Self::Learn { .. } | Self::Silence { .. } => "learning names",
        }
    }
}

/// A document on its way to the disk.
#[derive(Debug)]
pub(super) struct SaveJob {
    pub(super) generation: u64,
    pub(super) revision: u64,
    pub(super) document: Box<Document>,
    pub(super) annotator: Arc<str>,
    pub(super) article: PathBuf,
    pub(super) path: PathBuf,
    /// What the file must still be; `None` to write over whatever is there.
    pub(super) expected: Option<Stamp>,
    /// After how many changes the document is, for the journal; `None` where that is not told of it.
    pub(super) changes: Option<u64>,
    /// Where earlier states are kept.
    pub(super) snapshots: Option<PathBuf>,
    pub(super) at: Timestamp,
}

/// An article from the disk.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) opened: Opened,
    pub(super) segmentation: Arc<Segmentation>,
    /// The articles of the folder, where a folder was opened.
    pub(super) articles: Option<Vec<PathBuf>>,
    /// Where the names of this article are learned.
    pub(super) dictionary_path: Option<PathBuf>,
    /// The learned names, or why they cannot be read.
    pub(super) dictionary: Result<Dictionary, StoreError>,
    /// Where the own rules for this article stand.
    pub(super) rules_dir: Option<PathBuf>,
    /// The document as the annotation file has it.
    pub(super) on_disk: Document,
    /// How its changes are kept.
    pub(super) keeping: Keeping,
}

/// What a thread has done.
#[derive(Debug)]
pub(super) enum Event {
    /// An article was read.
    Opened { path: PathBuf, encoding: Option<TextEncoding>, result: Result<Box<Listing>, StoreError> },
    /// The text of an article was read; its annotations follow.
    TextRead(Preview),
    /// A save came to its end.
    Saved {
        generation: u64,
        revision: u64,
        path: PathBuf,
        result: Result<(Stamp, Box<Document>), StoreError>,
    },
    /// A file that somebody else has changed was read again, while the document had been changed so often.
    Met { generation: u64, changes: u64, result: Result<Box<Met>, StoreError> },
    /// What was done, as the journal tells.
    Past { generation: u64, result: Result<Past, StoreError> },
    /// The steps back to a point, from the document after `changes` changes.
    WayBack { generation: u64, changes: u64, point: Point, result: Result<Vec<Edit>, NoWay> },
    /// The changes of a document that was saved under another name are kept from now on.
    Kept { generation: u64, keeping: Box<Keeping> },
    /// So many changes are in the journal.
    Journaled { generation: u64, changes: u64 },
    /// The disk refuses the journal; it is tried again.
    JournalRefused { generation: u64, error: StoreError },
    /// The learned names of that file have changed.
    Learned { path: PathBuf, dictionary: Box<Dictionary> },
    /// An export came to its end.
    Exported { path: PathBuf, result: Result<(), StoreError> },
    /// Settings or recent files could not be written: a pity, no more.
    Warned(StoreError),
    /// The recent files, the latest first.
    Recents(Vec<PathBuf>),
    /// The rules have read the article, in that time, each with that work.
    Suggested {
        generation: u64,
        /// How often the document had been changed when the rules were given it.
        changes: u64,
        queue: Box<ReviewQueue>,
        work: BTreeMap<Arc<str>, Work>,
        took: Duration,
    },
    /// The search has found a query at these places.
    Found { generation: u64, number: u64, hits: Vec<TextRange> },
    /// The name at a place is mentioned at these places.
    Mentions { generation: u64, place: TextRange, label: LabelId, places: Vec<TextRange> },
    /// There are other rules than before.
    RulesLoaded(Arc<Rules>),
    /// What came of trying an edit of the rules.
    Tried { number: u64, tried: Box<Tried> },
    /// Something in the folder of own rules has changed.
    RulesChanged,
    /// What a thread tells without having been asked.
    News(Box<Event>),
    /// A job is done that nobody waits for, or was left out since a newer one was asked for.
    Done,
    /// A fault of the program ended that.
    Faulted(&'static str),
    /// Rules do not load; those from before stay.
    RulesBroken(String),
}

/// The threads, and what comes back from them.
pub(super) struct Worker {
    disk: Option<Sender<DiskJob>>,
    rules: Option<Sender<RulesJob>>,
    search: Sender<SearchJob>,
    journal: Option<Sender<JournalJob>>,
    events: Receiver<Event>,
    disk_thread: Option<JoinHandle<()>>,
    journal_thread: Option<JoinHandle<()>>,
    /// Jobs sent less events received, for tests and for quitting.
    under_way: usize,
}

/// Where the disk thread keeps what outlives the session; `None` to keep nothing.
#[derive(Debug, Clone)]
pub(super) struct Folders {
    pub(super) config: Option<PathBuf>,
    pub(super) state: Option<PathBuf>,
    pub(super) data: Option<PathBuf>,
}

impl Worker {
    pub(super) fn start(schema: Arc<Schema>, folders: Folders, waker: Waker, clock: Clock) -> Self {
        let (events_in, events) = channel();
        let (disk, disk_jobs) = channel::<DiskJob>();
        let (rules, rules_jobs) = channel();
        let (search, search_jobs) = channel();
        let (journal, journal_jobs) = channel();
        let (journal_events, journal_waker) = (events_in.clone(), Arc::clone(&waker));
        let journal_thread = std::thread::spawn(move || {
            journal_thread::run(&journal_jobs, &journal_events, &journal_waker, &clock);
        });
        let (disk_events, disk_waker) = (events_in.clone(), Arc::clone(&waker));
        let disk_journal = journal.clone();
        let disk_thread = std::thread::spawn(move || {
            for job in disk_jobs {
                // Where nobody listens any more, what is still asked for is done all the same.
                let tell = |event| {
                    let _ = disk_events.send(event);
                    disk_waker();
                };
                let disk =
                    DiskThread { schema: &schema, folders: &folders, journal: &disk_journal, tell: &tell };
                let what = job.in_words();
                tell(guarded(|| disk.event(job)).unwrap_or(Event::Faulted(what)));
            }
        });
        let (search_events, search_waker) = (events_in.clone(), Arc::clone(&waker));
        std::thread::spawn(move || search_thread::run(&search_jobs, &search_events, &search_waker));
        std::thread::spawn(move || rules_thread::run(&rules_jobs, events_in, waker));
        Self {
            disk: Some(disk),
            rules: Some(rules),
            search,
            journal: Some(journal),
            events,
            disk_thread: Some(disk_thread),
            journal_thread: Some(journal_thread),
            under_way: 0,
        }
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

    /// Asks the journal's thread, which answers by news.
    pub(super) fn journal(&self, job: JournalJob) {
        if self.journal.as_ref().is_some_and(|journal| journal.send(job).is_err()) {
            log::error!("the thread that writes the journal has ended");
        }
    }

    pub(super) fn search(&mut self, job: SearchJob) {
        if self.search.send(job).is_ok() {
            self.under_way += 1;
        }
    }

    /// Returns the next event that has come, without waiting.
    pub(super) fn poll(&mut self) -> Option<Event> {
        let event = self.events.try_recv().ok()?;
        Some(self.counted(event))
    }

    /// Returns the next event, waiting until it comes; `None` when no job is under way.
    pub(super) fn wait(&mut self) -> Option<Event> {
        if self.under_way == 0 {
            return None;
        }
        let event = self.events.recv().ok()?;
        Some(self.counted(event))
    }

    /// Returns an event; if it answers a job, one less is under way.
    fn counted(&mut self, event: Event) -> Event {
        match event {
            Event::News(news) => *news,
            Event::RulesChanged => Event::RulesChanged,
            answer => {
                self.under_way = self.under_way.saturating_sub(1);
                answer
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.disk.take();
        self.rules.take();
        self.journal.take();
        // The disk's thread tells the journal's of its last save.
        for thread in [self.disk_thread.take(), self.journal_thread.take()].into_iter().flatten() {
            // An error here is a panic of that thread, which has been reported by its own hook.
            let _ = thread.join();
        }
    }
}

/// What the disk thread does its jobs with.
struct DiskThread<'a> {
    schema: &'a Schema,
    folders: &'a Folders,
    journal: &'a Sender<JournalJob>,
    tell: &'a (dyn Fn(Event) + Sync),
}

impl DiskThread<'_> {
    fn event(&self, job: DiskJob) -> Event {
        match job {
            DiskJob::Open { path, encoding, annotator, at } => {
                let result = self.open(&path, encoding, &annotator, at).map(Box::new);
                Event::Opened { path, encoding, result }
            }
            DiskJob::Keep { generation, path, mut document, stamp, annotator, at } => {
                let keeping = Keeping::begin(
                    &path,
                    &mut document,
                    &stamp,
                    (&annotator, at),
                    self.folders.state.as_deref(),
                    self.journal,
                );
                Event::Kept { generation, keeping: Box::new(keeping) }
            }
            DiskJob::Save(job) => {
                let result = self.save(&job).map(|stamp| (stamp, job.document));
                Event::Saved { generation: job.generation, revision: job.revision, path: job.path, result }
            }
            DiskJob::Forget(document) => {
                drop(document);
                Event::Done
            }
            DiskJob::History(job) => job.run(self.journal, self.schema),
            DiskJob::Merge(job) => {
                let result = job.run(self.schema).map(Box::new);
                Event::Met { generation: job.generation, changes: job.changes, result }
            }
            other => disk_event(other, self.schema, self.folders),
        }
    }

    /// Puts a snapshot in its place: the journal knows of it before it is there.
    fn save(&self, job: &SaveJob) -> Result<Stamp, StoreError> {
        store::check_not_article(&job.path, &job.article)?;
        let text = store::serialize(&job.path, &job.document, &job.annotator, self.schema)?;
        if let Some(n) = job.changes {
            keeping::tell_of_snapshot(self.journal, n, &Stamp::of(text.as_bytes()), job.at);
        }
        if let Some(folder) = &job.snapshots
            && let Err(error) = store::keep_before(folder, &job.path)
        {
            log::warn!("{error}");
        }
        let stamp = store::write(&job.path, text.as_bytes(), job.expected.as_ref())?;
        if let Some(n) = job.changes {
            // An error means that nobody keeps a journal any more.
            let _ = self.journal.send(JournalJob::Saved { n, at: job.at });
        }
        if let Some(folder) = &job.snapshots
            && let Err(error) = store::keep_snapshot(folder, &job.path, job.at)
        {
            // The annotations are saved; that an earlier state is not kept is a pity.
            log::warn!("{error}");
        }
        Ok(stamp)
    }
}

/// Writes an article in some formats into a folder.
fn export(
    document: &Document,
    annotator: &str,
    article: &Path,
    (formats, out): (&[&'static str], &Path),
    schema: &Schema,
) -> Result<(), StoreError> {
    let formats = FORMATS.iter().filter(|format| formats.contains(&format.name)).collect();
    let mut run = store::ExportRun::create(out, formats, ExportOptions::default(), schema)?;
    run.folder().guard(article);
    let name = &document.article().file_name;
    run.article(&Export { name, document, annotator, schema }, "")?;
    run.finish()?.0.commit()
}

fn disk_event(job: DiskJob, schema: &Schema, folders: &Folders) -> Event {
    match job {
        DiskJob::Open { .. }
        | DiskJob::Save(_)
        | DiskJob::Keep { .. }
        | DiskJob::Merge(_)
        | DiskJob::History(_)
        | DiskJob::Forget(_) => Event::Done,
        DiskJob::Export { document, annotator, article, formats, out } => {
            let result = export(&document, &annotator, &article, (&formats, &out), schema);
            Event::Exported { path: out, result }
        }
        DiskJob::Settings(settings) => {
            let saved = folders.config.as_ref().map(|folder| store::save_settings(folder, &settings));
            match saved {
                Some(Err(error)) => Event::Warned(error),
                _ => Event::Done,
            }
        }
        DiskJob::Recent(path) => match &folders.state {
            Some(folder) => remember(&path, folder),
            None => Event::Done,
        },
        DiskJob::Learn { document, segmentation, path, all_decided } => {
            let lessons = lessons(&document, &segmentation);
            let article = &document.article().file_name;
            change_dictionary(&path, |names| {
                let before = names.articles().get(article).cloned();
                names.set_article(article, lessons);
                if all_decided {
                    let annotations = document.annotations().iter();
                    let tagged = annotations.map(|annotation| annotation.body.fragments().hull()).collect();
                    names.pass_over(article, document.source(), &segmentation, &tagged);
                }
                names.articles().get(article) != before.as_ref()
            })
        }
        DiskJob::Silence { path, name, label } => {
            change_dictionary(&path, |names| names.silence(&name, &label))
        }
    }
}

/// Changes the learned names on disk, as they are there now: another window may have learned something meanwhile.
fn change_dictionary(path: &Path, change: impl FnOnce(&mut Dictionary) -> bool) -> Event {
    let changed = store::load_dictionary(path).and_then(|mut dictionary| {
        if change(&mut dictionary) {
            store::save_dictionary(path, &dictionary)?;
        }
        Ok(dictionary)
    });
    match changed {
        Ok(dictionary) => Event::Learned { path: path.to_owned(), dictionary: Box::new(dictionary) },
        Err(error) => Event::Warned(error),
    }
}

impl DiskThread<'_> {
    fn open(
        &self,
        path: &Path,
        encoding: Option<TextEncoding>,
        annotator: &str,
        at: Timestamp,
    ) -> Result<Listing, StoreError> {
        let (schema, tell, data_dir) = (self.schema, self.tell, self.folders.data.as_deref());
        let read: Mutex<Option<Arc<Segmentation>>> = Mutex::default();
        let mut opened = store::open_telling(path, OpenOptions { encoding }, schema, &|path, source| {
            let segmentation = Arc::new(Segmentation::new(source));
            let text = Preview {
                path: path.to_owned(),
                source: source.clone(),
                segmentation: Arc::clone(&segmentation),
            };
            tell(Event::News(Box::new(Event::TextRead(text))));
            // Nothing here panics while it holds the lock.
            *read.lock().unwrap_or_else(PoisonError::into_inner) = Some(segmentation);
        })?;
        let is_file = path == opened.article_path || path == opened.annotation_path;
        let articles = if is_file { None } else { Some(store::articles_in(path)?) };
        let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let segmentation = read.unwrap_or_else(|| Arc::new(Segmentation::new(opened.document.source())));
        let dictionary_path = store::dictionary_path(&opened.article_path, data_dir);
        let dictionary =
            dictionary_path.as_deref().map_or_else(|| Ok(Dictionary::default()), store::load_dictionary);
        let rules_dir = store::rules_dir(&opened.article_path, data_dir);
        let who = opened.annotator.as_deref().unwrap_or(annotator);
        let on_disk = opened.document.clone();
        let mut keeping = Keeping::begin(
            &opened.annotation_path,
            &mut opened.document,
            &opened.stamp,
            (who, at),
            self.folders.state.as_deref(),
            self.journal,
        );
        if opened.is_mended {
            keeping.note_mended();
        }
        keeping.is_older = opened.is_older;
        Ok(Listing {
            opened,
            segmentation,
            articles,
            dictionary_path,
            dictionary,
            rules_dir,
            on_disk,
            keeping,
        })
    }
}

fn remember(path: &Path, folder: &Path) -> Event {
    let mut recent = Recent::load(folder);
    recent.push(path);
    match recent.save(folder) {
        Ok(()) => Event::Recents(recent.iter().map(|path| path.to_path_buf()).collect()),
        Err(error) => Event::Warned(error),
    }
}
