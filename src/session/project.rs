//! The articles to go through: a project, a folder, or what was named at the start; and what the annotator says of each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Session;
use super::action::Action;
use super::command::Unavailable;
use super::perform::Outcome;
use super::queue::{Queue, QueueCounts, QueueEntry, QueueOrder};
use super::survey::SurveyJob;
use super::worker::DiskJob;
use crate::formats::project_file::ProjectFile;
use crate::model::{ProgressMark, ProgressStatus, Schema, Timestamp};
use crate::store::{self, Project, StoreError};
use crate::text::isolate;

/// After how many articles that were counted in the queue is put in order.
const ARRANGE_EVERY: usize = 2_048;

/// The articles to go through, and the project that they belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Queued {
    /// The project; `None` for a plain folder.
    pub(super) project: Option<Project>,
    /// Its schema, where it has one of its own.
    pub(super) schema: Option<Arc<Schema>>,
    /// The articles.
    pub(super) queue: Queue,
}

/// What is to become a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// The project's folder.
    pub root: PathBuf,
    /// Its settings.
    pub file: ProjectFile,
    /// The folder whose articles are copied into it; `None` where they are there already.
    pub copy_from: Option<PathBuf>,
}

/// What is opened when a path is: a folder leads to one of its articles.
pub(super) struct Target {
    /// The article, or its annotation file.
    pub(super) path: PathBuf,
    /// The char at which the annotator was, when a project is taken up again.
    pub(super) at: Option<u32>,
    /// The articles to go through; `None` where they are those of before.
    pub(super) queued: Option<Box<Queued>>,
}

/// Returns what a path leads to; `is_known` where it is one of the articles that are gone through already.
///
/// # Errors
///
/// When a project's file or a folder cannot be read, or has no article.
pub(super) fn target(path: &Path, annotator: &str, is_known: bool) -> Result<Target, StoreError> {
    if is_known {
        return Ok(Target { path: path.to_owned(), at: None, queued: None });
    }
    let is_folder = path.is_dir();
    if let Some(project) = Project::containing(path)? {
        if is_folder && same_folder(path, project.root()) {
            let queued = list(&project, annotator)?;
            let (path, at) = place(&project, annotator, &queued.queue)?;
            return Ok(Target { path, at, queued: Some(Box::new(queued)) });
        }
        // However it was named, it is that article of the queue.
        let article = project.name_of(path).map(|name| project.article(&name));
        if article.is_some() || project.of_annotations(path).is_some() {
            let queued = Some(Box::new(list(&project, annotator)?));
            return Ok(Target { path: article.unwrap_or_else(|| path.to_owned()), at: None, queued });
        }
    }
    let (path, queued) = if is_folder {
        let articles = store::articles_in(path)?;
        let first = articles.first().cloned().unwrap_or_else(|| path.to_owned());
        (first, Queued::of_folder(path, &articles))
    } else {
        (path.to_owned(), Queued::of_paths(&[article_of(path)]))
    };
    Ok(Target { path, at: None, queued: Some(Box::new(queued)) })
}

fn same_folder(path: &Path, root: &Path) -> bool {
    // A link to a project leads to the project.
    path == root || path.canonicalize().is_ok_and(|path| path == root)
}

/// Returns the article that a path is about: an annotation file lies beside it.
fn article_of(path: &Path) -> PathBuf {
    if path.extension().is_some_and(|extension| extension == "ron") {
        path.with_extension("")
    } else {
        path.to_owned()
    }
}

/// Returns where the annotator was last, else the first article that waits for them.
fn place(project: &Project, annotator: &str, queue: &Queue) -> Result<(PathBuf, Option<u32>), StoreError> {
    if let Some((name, at)) = project.place(annotator)
        && queue.entry(&name).is_some()
    {
        return Ok((project.article(&name), Some(at)));
    }
    let first = queue.next_open().or_else(|| queue.visible(0)).or_else(|| queue.entries().first());
    let first = first.ok_or_else(|| StoreError::NoArticles { path: project.articles_folder() })?;
    Ok((project.article(&first.name), None))
}

/// Returns the articles of a project as an annotator goes through them.
///
/// # Errors
///
/// When a folder or the schema cannot be read.
pub(super) fn list(project: &Project, annotator: &str) -> Result<Queued, StoreError> {
    let sources = project.sources();
    let entries = project.articles(annotator)?.into_iter().map(|article| {
        let metadata = sources.get(&*article.name).map(|note| &note.metadata);
        let text = |key: &str| metadata.and_then(|metadata| metadata.get(key));
        let date = text("date").and_then(|date| date_of(date)).unwrap_or(article.modified);
        let status = ProgressStatus::of(article.mark, article.is_annotated);
        let is_own = project.is_for(annotator, &article.name);
        let title = text("title").map(|title| Arc::from(title.as_str()));
        QueueEntry::new(article.name, title, status, date, is_own)
    });
    let queue = Queue::new(project.articles_folder(), entries.collect());
    let own_schema = !project.settings().schema.is_empty();
    let schema = own_schema.then(|| project.schema()).transpose()?.map(Arc::new);
    Ok(Queued { project: Some(project.clone()), schema, queue })
}

/// Returns the time of a date as sources write it: RFC 3339, or a day.
fn date_of(text: &str) -> Option<Timestamp> {
    let at = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let day = text.parse::<jiff::civil::Date>().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
    })?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

impl Queued {
    /// Returns the articles of a plain folder. What was annotated is seen by the file beside it.
    fn of_folder(folder: &Path, articles: &[PathBuf]) -> Self {
        let entries = articles.iter().filter_map(|path| {
            let name = path.strip_prefix(folder).ok()?.to_string_lossy();
            Some(entry(&name, store::annotation_path(path).is_file()))
        });
        Self { queue: Queue::new(folder.to_owned(), entries.collect()), ..Self::default() }
    }

    /// Returns articles that were named one by one.
    fn of_paths(paths: &[PathBuf]) -> Self {
        let entries =
            paths.iter().map(|path| entry(&path.to_string_lossy(), store::annotation_path(path).is_file()));
        Self { queue: Queue::new(PathBuf::new(), entries.collect()), ..Self::default() }
    }
}

fn entry(name: &str, is_annotated: bool) -> QueueEntry {
    QueueEntry::new(name.into(), None, ProgressStatus::of(None, is_annotated), Timestamp::default(), true)
}

impl Session {
    /// Returns the articles to go through.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        &self.queued.queue
    }

    /// Returns the open project.
    #[must_use]
    pub const fn project(&self) -> Option<&Project> {
        self.queued.project.as_ref()
    }

    /// Sets the articles to go through, where several were named at the start.
    pub fn set_articles(&mut self, articles: &[PathBuf]) {
        self.queued = Queued::of_paths(articles);
        self.note_here();
    }

    /// Returns in how many articles was counted; `None` where that was not asked for.
    #[must_use]
    pub const fn surveyed(&self) -> Option<usize> {
        self.surveyed
    }

    /// Notes in the queue which article is open.
    pub(super) fn note_here(&mut self) {
        let Some(path) = self.article_path().map(Path::to_owned) else { return };
        self.queued.queue.set_here(&path);
    }

    /// Takes over the articles of another project or folder.
    pub(super) fn take_queued(&mut self, queued: Queued) {
        let schema = queued.schema.clone().unwrap_or_else(|| Arc::clone(&self.own_schema));
        self.schema = schema;
        self.queued = queued;
        self.surveyed = None;
        self.worker.end_survey();
        if matches!(self.queued.queue.order(), QueueOrder::Undecided | QueueOrder::Disagreement) {
            self.survey();
        }
    }

    /// Takes in what was counted in some articles. They are put in order now and then, and at the end.
    pub(super) fn take_counts(&mut self, counts: Vec<(Arc<str>, QueueCounts)>) {
        let Some(before) = self.surveyed else { return };
        let done = before + counts.len();
        self.surveyed = Some(done);
        self.queued.queue.set_counts(counts);
        if done / ARRANGE_EVERY != before / ARRANGE_EVERY || done >= self.queued.queue.len() {
            self.queued.queue.arrange_by_counts();
        }
    }

    pub(super) fn perform_on_project(&mut self, action: Action) -> Outcome {
        match action {
            Action::OpenArticle(name) => {
                let queue = &self.queued.queue;
                let path = queue.entry(&name).map(|entry| queue.path(entry));
                self.open_when_saved(path.ok_or("there is no such article any more")?, None);
            }
            Action::NextOpenArticle => {
                let queue = &self.queued.queue;
                let next = queue.next_open().map(|entry| queue.path(entry));
                self.open_when_saved(next.ok_or("every article in sight is done or left out")?, None);
            }
            Action::MarkArticle(mark) => self.mark_article(mark)?,
            Action::OrderQueue(order) => {
                self.queued.queue.set_order(order);
                if matches!(order, QueueOrder::Undecided | QueueOrder::Disagreement) {
                    self.survey();
                }
            }
            Action::FilterQueue(filter) => self.queued.queue.set_filter(filter),
            Action::CreateProject(project) => self.worker.disk(DiskJob::CreateProject(project)),
            _ => {}
        }
        Ok(())
    }

    /// Counts what is undecided and what differs in every article, on a thread of its own.
    fn survey(&mut self) {
        let Some(project) = self.queued.project.clone() else { return };
        let names = self.queued.queue.entries().iter().map(|entry| Arc::clone(&entry.name)).collect();
        let (annotator, schema) = (self.annotator(), Arc::clone(&self.schema));
        let rules_dir = Some(project.root().join(&project.settings().rules));
        self.surveyed = Some(0);
        self.worker.survey(SurveyJob { project, names, annotator, schema, rules_dir });
    }

    /// Says of the open article what the annotator says, or takes it back where it is that already. After what ends
    /// the work on it, the next one is opened.
    fn mark_article(&mut self, mark: ProgressMark) -> Outcome {
        let project = self.queued.project.clone().ok_or("only the articles of a project are marked")?;
        let entry = self.queued.queue.here().ok_or("the open article is not in the queue")?;
        let (article, before) = (Arc::clone(&entry.name), entry.status);
        let mark = (before != ProgressStatus::Marked(mark)).then_some(mark);
        let is_annotated = self.open.as_ref().is_some_and(|open| {
            let document = open.editor.document();
            document.annotations().len() + document.decisions().len() > 0
        });
        self.queued.queue.set_status(&article, ProgressStatus::of(mark, is_annotated));
        let (annotator, at) = (self.annotator(), self.now());
        self.worker.disk(DiskJob::Mark { project, annotator, article: Arc::clone(&article), mark, at });
        let name = isolate(&article);
        match mark {
            None => self.inform(format!("{name} is open again")),
            Some(ProgressMark::Flagged) => self.inform(format!("{name} is flagged")),
            Some(mark) => self.go_on_from(&name, mark),
        }
        Ok(())
    }

    /// Opens the next article that waits for the annotator, and tells of the one that is done.
    fn go_on_from(&mut self, name: &str, mark: ProgressMark) {
        let what = if mark == ProgressMark::Done { "done" } else { "left out" };
        let queue = &self.queued.queue;
        match queue.next_open().map(|entry| queue.path(entry)) {
            Some(next) => {
                self.told_next = Some(format!("{name} is {what}"));
                self.open_when_saved(next, None);
            }
            None => self.inform(format!("{name} is {what}; no other article waits for you")),
        }
    }

    /// Notes that the open article has annotations.
    pub(super) fn note_annotated(&mut self) {
        let here = self.queued.queue.here().filter(|entry| entry.status == ProgressStatus::New);
        if let Some(name) = here.map(|entry| Arc::clone(&entry.name)) {
            self.queued.queue.set_status(&name, ProgressStatus::InProgress);
        }
    }

    /// Goes on as another annotator: the queue and the open article are theirs from now on.
    pub(super) fn work_as_annotator(&mut self) {
        self.inform(format!("Annotations are kept as {}", isolate(&self.annotator())));
        self.list_again();
        if let Some(article) = self.article_path().map(Path::to_owned) {
            self.told_next = self.notice.as_ref().map(|notice| notice.text.clone());
            self.open_when_saved(article, None);
        }
    }

    /// Writes down where the annotator is, before another article is opened or the window closes.
    pub(super) fn note_place(&mut self) {
        let Some(project) = self.queued.project.clone() else { return };
        let (Some(open), Some(entry)) = (&self.open, self.queued.queue.here()) else { return };
        let editor = &open.editor;
        let at = editor.document().source().char_from_byte(editor.selection().head).get();
        let (annotator, article) = (self.annotator(), Arc::clone(&entry.name));
        self.worker.disk(DiskJob::Place { project, annotator, article, at });
    }

    pub(super) fn has_project(&self) -> Result<(), Unavailable> {
        match self.queued.project {
            Some(_) => Ok(()),
            None => Err(Unavailable("no project is open; New project makes one of a folder")),
        }
    }

    pub(super) fn can_mark(&self) -> Result<(), Unavailable> {
        self.has_project()?;
        if self.opening || self.open_next.is_some() {
            return Err(Unavailable("the next article is being opened"));
        }
        self.queued.queue.here().map(|_| ()).ok_or(Unavailable("the open article is not in the queue"))
    }

    pub(super) fn has_queue(&self) -> Result<(), Unavailable> {
        let is_there = self.queued.project.is_some() || self.queued.queue.len() > 1;
        is_there.then_some(()).ok_or(Unavailable("no folder or project is open"))
    }

    pub(super) fn has_next_open(&self) -> Result<(), Unavailable> {
        self.queued.queue.next_open().map(|_| ()).ok_or(Unavailable("no other article waits for you"))
    }
}
