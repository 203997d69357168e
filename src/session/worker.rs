//! Work off the UI thread: the disk, the rules and the search on a thread each, results as events.
//!
//! Jobs of one thread run in order. Dropping the worker lets the disk thread finish what was asked of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::agreeing::Agreement;
use super::datasets::{ExportJob, ImportJob};
use super::fault::guarded;
use super::history::{HistoryJob, NoWay, Past, Point};
use super::journal_thread::{self, JournalJob};
use super::keeping::{self, Keeping};
use super::merging::{MergeJob, Met};
use super::project::{self, NewProject, Queued, Target};
use super::queue::QueueCounts;
use super::review::ReviewQueue;
use super::rules_thread::{self, Rules, RulesJob, Tried};
use super::search_thread::{self, SearchJob};
use super::survey::{Survey, SurveyJob};
use super::{Clock, Preview, Waker};
use crate::formats::schema_growth::Additions;
use crate::model::{Document, Edit, LabelId, ProgressMark, Schema, Timestamp};
use crate::rules::{Dictionary, LearnedName, Work, lessons};
use crate::store::{
    self, Dataset, ImportReport, OpenOptions, Opened, Project, Recent, Settings, Stamp, StoreError,
};
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
        /// Whether it is one of the articles that are gone through already.
        is_known: bool,
    },
    /// Makes a folder a project.
    CreateProject(Box<NewProject>),
    /// Writes down what an annotator says of an article.
    Mark {
        project: Project,
        annotator: Arc<str>,
        article: Arc<str>,
        mark: Option<ProgressMark>,
        at: Timestamp,
    },
    /// Writes down where an annotator is, in chars.
    Place { project: Project, annotator: Arc<str>, article: Arc<str>, at: u32 },
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
    /// Begins an export on a thread of its own.
    Export(Box<ExportJob>),
    /// Throws an export away, which takes longer than a frame may where it has many files.
    DropExport(Box<Dataset>),
    /// Puts an export in its place.
    CommitExport { dataset: Box<Dataset>, out: PathBuf },
    /// Begins an import on a thread of its own.
    Import(Box<ImportJob>),
    /// Adds labels to a project's schema.
    AddLabels { project: Project, additions: Additions },
    /// Reads the articles of a project again.
    List { project: Project, annotator: Arc<str> },
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
            Self::Export(_) | Self::CommitExport { .. } | Self::DropExport(_) => "an export",
            Self::Import(_) => "an import",
            Self::AddLabels { .. } => "adding labels",
            Self::List { .. } => "listing articles",
            Self::CreateProject(_) => "making a project",
            Self::Mark { .. } => "marking an article",
            Self::Place { .. } => "keeping the place",
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
    /// The articles to go through, where they are others than before.
    pub(super) queued: Option<Box<Queued>>,
    /// The char at which the annotator was, where a project is taken up again.
    pub(super) place: Option<u32>,
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
    /// So many articles of so many are exported.
    Progress { number: u64, done: usize, all: usize },
    /// An export is written, but not in its place; `None` where it was ended.
    ExportWritten { number: u64, out: PathBuf, dataset: Option<Box<Dataset>> },
    /// An export or import has failed.
    WorkFailed { number: u64, error: StoreError },
    /// An import came to its end.
    Imported { number: u64, project: Box<Project>, report: Box<ImportReport> },
    /// How far the annotators of the project agree.
    Agreed { root: PathBuf, agreement: Arc<Agreement> },
    /// Labels were added to the schema in that file.
    LabelsAdded(Result<PathBuf, StoreError>),
    /// The articles of the project as they are now.
    Listed { root: PathBuf, result: Result<Box<Queued>, StoreError> },
    /// An export came to its end.
    Exported { path: PathBuf, result: Result<(), StoreError> },
    /// A folder is a project now.
    ProjectCreated { root: PathBuf, result: Result<(), StoreError> },
    /// What was counted in articles of a project.
    Surveyed { root: PathBuf, counts: Vec<(Arc<str>, QueueCounts)> },
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
    survey: Option<Survey>,
    /// For threads that are started later.
    events_in: Sender<Event>,
    waker: Waker,
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
        let own_schema = Arc::clone(&schema);
        let (events_in, events) = channel();
        let (disk, disk_jobs) = channel::<DiskJob>();
        let (rules, rules_jobs) = channel();
        let (search, search_jobs) = channel();
        let (journal, journal_jobs) = channel();
        let (journal_events, journal_waker) = (events_in.clone(), Arc::clone(&waker));
        let journal_thread = std::thread::spawn(move || {
            journal_thread::run(&journal_jobs, &journal_events, &journal_waker, &clock);
        });
        let (later_events, later_waker) = (events_in.clone(), Arc::clone(&waker));
        let (disk_events, disk_waker) = (events_in.clone(), Arc::clone(&waker));
        let disk_journal = journal.clone();
        let disk_thread = std::thread::spawn(move || {
            let mut schema = schema;
            for job in disk_jobs {
                // Where nobody listens any more, what is still asked for is done all the same.
                let tell = |event| {
                    let _ = disk_events.send(event);
                    disk_waker();
                };
                let disk = DiskThread {
                    schema: &schema,
                    own_schema: &own_schema,
                    folders: &folders,
                    journal: &disk_journal,
                    tell: &tell,
                    events: &disk_events,
                    waker: &disk_waker,
                };
                let what = job.in_words();
                let event = guarded(|| disk.event(job)).unwrap_or(Event::Faulted(what));
                let others = schema_of(&event, &own_schema);
                tell(event);
                schema = others.unwrap_or(schema);
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
            survey: None,
            events_in: later_events,
            waker: later_waker,
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

    /// Counts in the articles of a project, in place of what is being counted.
    pub(super) fn survey(&mut self, job: SurveyJob) {
        self.survey = None;
        self.survey = Some(Survey::start(job, self.events_in.clone(), Arc::clone(&self.waker)));
    }

    /// Returns what a thread that is begun later tells of its work by.
    pub(super) fn later(&self) -> (Sender<Event>, Waker) {
        (self.events_in.clone(), Arc::clone(&self.waker))
    }

    /// Ends what is being counted.
    pub(super) fn end_survey(&mut self) {
        self.survey = None;
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
    /// The schema of the articles that are gone through.
    schema: &'a Schema,
    /// The schema of articles outside a project with its own.
    own_schema: &'a Arc<Schema>,
    folders: &'a Folders,
    journal: &'a Sender<JournalJob>,
    tell: &'a (dyn Fn(Event) + Sync),
    /// For threads that are begun here.
    events: &'a Sender<Event>,
    waker: &'a Waker,
}

impl DiskThread<'_> {
    fn event(&self, job: DiskJob) -> Event {
        match job {
            DiskJob::Open { path, encoding, annotator, at, is_known } => {
                let target = project::target(&path, &annotator, is_known);
                let result = target.and_then(|target| self.open(target, encoding, &annotator, at));
                let result = result.map(Box::new);
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
            DiskJob::Export(job) => {
                job.start(self.events.clone(), Arc::clone(self.waker));
                Event::Done
            }
            DiskJob::Import(job) => {
                job.start(self.events.clone(), Arc::clone(self.waker));
                Event::Done
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
            other => disk_event(other, self.folders),
        }
    }

    /// Puts a snapshot in its place: the journal knows of it before it is there.
    fn save(&self, job: &SaveJob) -> Result<Stamp, StoreError> {
        store::check_not_article(&job.path, &job.article)?;
        let text = store::serialize(&job.path, &job.document, &job.annotator, self.schema)?;
        // In a project the annotator's folder comes with their first annotation.
        if job.expected == Some(Stamp::ABSENT)
            && let Some(folder) = job.path.parent()
        {
            store::make_folder(folder)?;
        }
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

fn disk_event(job: DiskJob, folders: &Folders) -> Event {
    match job {
        DiskJob::Open { .. }
        | DiskJob::Save(_)
        | DiskJob::Keep { .. }
        | DiskJob::Merge(_)
        | DiskJob::History(_)
        | DiskJob::Export(_)
        | DiskJob::Import(_)
        | DiskJob::Forget(_) => Event::Done,
        DiskJob::CreateProject(new) => {
            let NewProject { root, file, copy_from } = *new;
            let result = Project::create(&root, &file, copy_from.as_deref()).map(drop);
            Event::ProjectCreated { root, result }
        }
        DiskJob::Mark { project, annotator, article, mark, at } => {
            warned(project.mark(&annotator, &article, mark, at))
        }
        DiskJob::Place { project, annotator, article, at } => {
            // That the next start begins elsewhere is a pity, no more.
            if let Err(error) = project.set_place(&annotator, &article, at) {
                log::warn!("{error}");
            }
            Event::Done
        }
        DiskJob::DropExport(dataset) => {
            drop(dataset);
            Event::Done
        }
        DiskJob::CommitExport { dataset, out } => {
            let result = dataset.commit();
            Event::Exported { path: out, result }
        }
        DiskJob::AddLabels { project, additions } => {
            Event::LabelsAdded(store::grow_schema(&project, &additions))
        }
        DiskJob::List { project, annotator } => {
            let listed =
                Project::open(project.root()).and_then(|project| project::list(&project, &annotator));
            Event::Listed { root: project.root().to_owned(), result: listed.map(Box::new) }
        }
        DiskJob::Settings(settings) => {
            let folder = folders.config.as_ref();
            warned(folder.map_or(Ok(()), |folder| store::save_settings(folder, &settings)))
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
        target: Target,
        encoding: Option<TextEncoding>,
        annotator: &str,
        at: Timestamp,
    ) -> Result<Listing, StoreError> {
        let Target { path, at: place, queued } = target;
        let (tell, data_dir) = (self.tell, self.folders.data.as_deref());
        let schema = match &queued {
            Some(queued) => queued.schema.as_ref().unwrap_or(self.own_schema),
            None => self.schema,
        };
        let options = OpenOptions { encoding, annotator: Some(Arc::from(annotator)) };
        let read: Mutex<Option<Arc<Segmentation>>> = Mutex::default();
        let mut opened = store::open_telling(&path, options, schema, &|path, source| {
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
        let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let segmentation = read.unwrap_or_else(|| Arc::new(Segmentation::new(opened.document.source())));
        let dictionary_path = store::dictionary_path(&opened.annotation_path, data_dir);
        let dictionary =
            dictionary_path.as_deref().map_or_else(|| Ok(Dictionary::default()), store::load_dictionary);
        let rules_dir = store::rules_dir(&opened.annotation_path, data_dir);
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
            queued,
            place,
            dictionary_path,
            dictionary,
            rules_dir,
            on_disk,
            keeping,
        })
    }
}

/// Returns the schema from an opened article on, where it is another one than before.
fn schema_of(event: &Event, own: &Arc<Schema>) -> Option<Arc<Schema>> {
    let queued = match event {
        Event::Opened { result: Ok(listing), .. } => listing.queued.as_ref()?,
        Event::Listed { result: Ok(queued), .. } => queued,
        _ => return None,
    };
    Some(Arc::clone(queued.schema.as_ref().unwrap_or(own)))
}

fn warned(result: Result<(), StoreError>) -> Event {
    result.map_or_else(Event::Warned, |()| Event::Done)
}

fn remember(path: &Path, folder: &Path) -> Event {
    let mut recent = Recent::load(folder);
    recent.push(path);
    match recent.save(folder) {
        Ok(()) => Event::Recents(recent.iter().map(|path| path.to_path_buf()).collect()),
        Err(error) => Event::Warned(error),
    }
}
