//! Data sets out and articles in: on threads of their own, begun when what was asked of the disk before is done.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use super::action::{Action, Request};
use super::fault::guarded;
use super::perform::Outcome;
use super::worker::{DiskJob, Event};
use super::{Session, Waker};
use crate::formats::Format;
use crate::formats::exchange::{ExportOptions, ImportOptions, OffsetUnit};
use crate::formats::schema_growth::Additions;
use crate::model::{Schema, Timestamp};
use crate::store::{
    Dataset, DatasetRequest, FormatLosses, Import, ImportReport, OpenOptions, Project, Selection, Split,
    StoreError,
};
use crate::text::{isolate, isolate_path};

/// How often progress is told, in articles.
const TELL_EVERY: usize = 64;

/// What is to be exported from the window.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportPlan {
    /// The names of the formats.
    pub formats: Vec<&'static Format>,
    /// The folder; each format gets one of its own in it.
    pub out: PathBuf,
    /// Whether the whole project goes out, and not only the open article.
    pub whole_project: bool,
    /// Of a project, which annotators, labels and articles.
    pub selection: Selection,
    /// Of a project, the parts.
    pub split: Option<Split>,
    /// What may be chosen for the formats.
    pub options: ExportOptions,
}

/// What is to be imported into the open project.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Files or folders.
    pub paths: Vec<PathBuf>,
    /// The format.
    pub format: &'static Format,
    /// What offsets count, where the format leaves it open.
    pub unit: OffsetUnit,
}

/// An export that is written and waits for the user's word, since something would be lost.
#[derive(Debug)]
pub struct WaitingExport {
    dataset: Box<Dataset>,
    out: PathBuf,
}

impl WaitingExport {
    /// Returns what would be lost, by format.
    #[must_use]
    pub fn losses(&self) -> &FormatLosses {
        &self.dataset.losses
    }

    /// Returns how many articles are in it.
    #[must_use]
    pub fn articles(&self) -> usize {
        self.dataset.articles
    }

    /// Returns why articles could not be exported.
    #[must_use]
    pub fn failed(&self) -> &[StoreError] {
        &self.dataset.failed
    }

    /// Returns where it would go.
    #[must_use]
    pub fn out(&self) -> &std::path::Path {
        &self.out
    }
}

/// Work on many articles that is under way; dropped, it ends with the article at hand.
#[derive(Debug)]
pub(super) struct Work {
    ended: Arc<AtomicBool>,
    /// How many articles of how many are done; `None` where that is not known.
    pub(super) progress: Option<(usize, usize)>,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// An export as its thread does it.
#[derive(Debug)]
pub(super) struct ExportJob {
    request: DatasetRequest,
    schema: Arc<Schema>,
    ended: Arc<AtomicBool>,
}

/// An import as its thread does it.
#[derive(Debug)]
pub(super) struct ImportJob {
    plan: ImportPlan,
    project: Project,
    schema: Arc<Schema>,
    annotator: Arc<str>,
    at: Timestamp,
}

impl ExportJob {
    /// Writes the data set beside its place, on a thread of its own.
    pub(super) fn start(self, events: Sender<Event>, waker: Waker) {
        std::thread::spawn(move || {
            let tell = |event| {
                // Where nobody listens any more, the program ends.
                let _ = events.send(Event::News(Box::new(event)));
                waker();
            };
            let written = guarded(|| {
                Dataset::write(&self.request, &self.schema, &mut |done, all| {
                    if done % TELL_EVERY == 0 {
                        tell(Event::Progress { done, all });
                    }
                    !self.ended.load(Ordering::Relaxed)
                })
            });
            tell(match written {
                Ok(Ok(dataset)) => {
                    Event::ExportWritten { out: self.request.out, dataset: dataset.map(Box::new) }
                }
                Ok(Err(error)) => Event::WorkFailed(error),
                Err(_) => Event::Faulted("an export"),
            });
        });
    }
}

impl ImportJob {
    /// Reads the files into the project, on a thread of its own.
    pub(super) fn start(self, events: Sender<Event>, waker: Waker) {
        std::thread::spawn(move || {
            let read = guarded(|| self.read());
            let event = match read {
                Ok(Ok(report)) => Event::Imported(Box::new(report)),
                Ok(Err(error)) => Event::WorkFailed(error),
                Err(_) => Event::Faulted("an import"),
            };
            let _ = events.send(Event::News(Box::new(event)));
            waker();
        });
    }

    fn read(&self) -> Result<ImportReport, StoreError> {
        let options = ImportOptions {
            schema: &self.schema,
            now: self.at,
            unit: self.plan.unit,
            encoding: None,
            text_column: None,
        };
        let at = jiff::Timestamp::from_millisecond(self.at.millis()).unwrap_or_default();
        let annotator = Arc::clone(&self.annotator);
        let mut import =
            Import::new(&self.project, self.plan.format, options, annotator, format!("{at:.0}"))?;
        for path in &self.plan.paths {
            import.read(path)?;
        }
        import.finish()
    }
}

impl Session {
    /// Returns the export that waits for the user's word.
    #[must_use]
    pub const fn waiting_export(&self) -> Option<&WaitingExport> {
        self.waiting_export.as_ref()
    }

    /// Returns what the last import has brought.
    #[must_use]
    pub fn import_report(&self) -> Option<&ImportReport> {
        self.import_report.as_deref()
    }

    /// Returns whether an export or import is under way, and how many articles of how many are done.
    #[must_use]
    pub fn work_under_way(&self) -> Option<Option<(usize, usize)>> {
        self.work.as_ref().map(|work| work.progress)
    }

    pub(super) fn perform_on_datasets(&mut self, action: Action) -> Outcome {
        match action {
            Action::Export(plan) => self.export(*plan)?,
            Action::FinishExport(is_wanted) => {
                let waiting = self.waiting_export.take().ok_or("no export waits")?;
                if is_wanted {
                    self.commit_export(waiting);
                } else {
                    self.inform("Nothing was exported");
                }
            }
            Action::Import(plan) => self.import(*plan)?,
            Action::AddLabels => self.add_labels()?,
            Action::EndWork => {
                self.work = None;
                self.inform("Ended");
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_work(&mut self) -> Result<Arc<AtomicBool>, super::Refusal> {
        if self.work.is_some() {
            return Err("an export or import is under way".into());
        }
        let ended = Arc::new(AtomicBool::new(false));
        self.work = Some(Work { ended: Arc::clone(&ended), progress: None });
        Ok(ended)
    }

    fn export(&mut self, plan: ExportPlan) -> Outcome {
        let project = self.queued.project.as_ref().filter(|_| plan.whole_project);
        let (paths, selection, split) = if let Some(project) = project {
            (vec![project.root().to_owned()], plan.selection, plan.split)
        } else {
            let open = self.open.as_ref().ok_or("no article is open")?;
            let is_saved = open.annotations.is_file() || open.editor.history().is_dirty();
            let path = if is_saved { open.annotations.clone() } else { open.article.clone() };
            (vec![path], Selection::default(), None)
        };
        let encoding = self.open.as_ref().map(|open| open.editor.document().article().encoding);
        let ended = self.begin_work()?;
        // What is shown is what goes out: the disk thread saves it first.
        self.save_what_is_shown();
        let annotator = self.annotator();
        let request = DatasetRequest {
            paths,
            formats: plan.formats,
            options: plan.options,
            out: plan.out,
            selection,
            split,
            open: OpenOptions { encoding: encoding.filter(|_| !plan.whole_project), annotator: None },
            annotator,
        };
        let job = ExportJob { request, schema: Arc::clone(&self.schema), ended };
        self.worker.disk(DiskJob::Export(Box::new(job)));
        Ok(())
    }

    fn import(&mut self, plan: ImportPlan) -> Outcome {
        let project = self.queued.project.clone().ok_or("articles are imported into a project")?;
        self.begin_work()?;
        let (annotator, at) = (self.annotator(), self.now());
        let schema = Arc::clone(&self.schema);
        self.worker.disk(DiskJob::Import(Box::new(ImportJob { plan, project, schema, annotator, at })));
        Ok(())
    }

    /// Adds the labels that the last import has brought and the schema has not.
    fn add_labels(&mut self) -> Outcome {
        let project = self.queued.project.clone().ok_or("no project is open")?;
        let report = self.import_report.as_ref().ok_or("nothing was imported")?;
        let additions = report.additions.clone();
        self.worker.disk(DiskJob::AddLabels { project, additions });
        Ok(())
    }

    pub(super) fn take_progress(&mut self, done: usize, all: usize) {
        if let Some(work) = &mut self.work {
            work.progress = Some((done, all));
        }
    }

    pub(super) fn take_work_failed(&mut self, error: &StoreError) {
        self.work = None;
        self.complain_of(error);
    }

    pub(super) fn take_export(&mut self, out: PathBuf, dataset: Option<Box<Dataset>>) {
        // One that was ended, or of which nobody knows any more.
        if self.work.take().is_none() {
            return;
        }
        let Some(dataset) = dataset else { return };
        let is_whole = dataset.failed.is_empty() && dataset.losses.iter().all(|(_, lost)| lost.is_empty());
        let waiting = WaitingExport { dataset, out };
        if is_whole {
            self.commit_export(waiting);
        } else {
            self.waiting_export = Some(waiting);
            self.ask(Request::ConfirmExport);
        }
    }

    fn commit_export(&mut self, waiting: WaitingExport) {
        let WaitingExport { dataset, out } = waiting;
        self.worker.disk(DiskJob::CommitExport { dataset, out });
    }

    pub(super) fn take_committed(&mut self, out: &std::path::Path, result: Result<(), StoreError>) {
        match result {
            Ok(()) => self.inform(format!("Exported to {}", isolate_path(out))),
            Err(error) => self.complain_of(&error),
        }
    }

    pub(super) fn take_imported(&mut self, report: Box<ImportReport>) {
        self.work = None;
        let (articles, annotations) = (report.articles, report.annotations);
        let needs_a_look =
            !report.remarks.is_empty() || report.additions != Additions::default() || report.duplicates > 0;
        self.import_report = Some(report);
        self.list_again();
        if needs_a_look {
            self.ask(Request::Imported);
        } else {
            self.inform(format!("{articles} articles with {annotations} annotations were imported"));
        }
    }

    pub(super) fn take_labels_added(&mut self, result: Result<PathBuf, StoreError>) {
        match result {
            Ok(path) => {
                self.inform(format!("The labels are in {}", isolate(&path.display().to_string())));
                // The schema is read again with the articles.
                self.list_again();
            }
            Err(error) => self.complain_of(&error),
        }
    }

    /// Returns whether an import can begin.
    pub(super) fn can_import(&self) -> Result<(), super::Unavailable> {
        self.has_project()?;
        match self.work {
            Some(_) => Err(super::Unavailable("an export or import is under way")),
            None => Ok(()),
        }
    }

    /// Returns whether an export can begin.
    pub(super) fn can_export(&self) -> Result<(), super::Unavailable> {
        if self.project().is_none() {
            self.has_article()?;
        }
        match self.work {
            Some(_) => Err(super::Unavailable("an export or import is under way")),
            None => Ok(()),
        }
    }
}
