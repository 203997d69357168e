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
    /// Names it, so that late news of one that was ended are dropped.
    number: u64,
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
    number: u64,
    request: DatasetRequest,
    schema: Arc<Schema>,
    ended: Arc<AtomicBool>,
}

/// An import as its thread does it.
#[derive(Debug)]
pub(super) struct ImportJob {
    number: u64,
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
                        tell(Event::Progress { number: self.number, done, all });
                    }
                    !self.ended.load(Ordering::Relaxed)
                })
            });
            tell(match written {
                Ok(Ok(dataset)) => Event::ExportWritten {
                    number: self.number,
                    out: self.request.out,
                    dataset: dataset.map(Box::new),
                },
                Ok(Err(error)) => Event::WorkFailed { number: self.number, error },
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
                Ok(Ok(report)) => Event::Imported {
                    number: self.number,
                    project: Box::new(self.project.clone()),
                    report: Box::new(report),
                },
                Ok(Err(error)) => Event::WorkFailed { number: self.number, error },
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
        let read = self.plan.paths.iter().try_for_each(|path| import.read(path));
        // Where the articles that were read came from is written down in any case.
        let report = import.finish()?;
        read.map(|()| report)
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
        self.import_report.as_ref().map(|(_, report)| &**report)
    }

    /// Returns whether an export or import is under way, and how many articles of how many are done.
    #[must_use]
    pub fn work_under_way(&self) -> Option<Option<(usize, usize)>> {
        self.work.as_ref().map(|work| work.progress)
    }

    pub(super) fn perform_on_datasets(&mut self, action: Action) -> Outcome {
        match action {
            Action::Export(plan) => {
                self.can_export().map_err(super::Refusal::from)?;
                // What is shown is what goes out: it is saved first.
                self.export_next = Some(plan);
                self.go_on_after_save();
            }
            Action::FinishExport(is_wanted) => {
                let waiting = self.waiting_export.take().ok_or("no export waits")?;
                if is_wanted {
                    self.commit_export(waiting);
                } else {
                    self.worker.disk(DiskJob::DropExport(waiting.dataset));
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

    fn begin_work(&mut self) -> (u64, Arc<AtomicBool>) {
        self.works += 1;
        let ended = Arc::new(AtomicBool::new(false));
        self.work = Some(Work { number: self.works, ended: Arc::clone(&ended), progress: None });
        (self.works, ended)
    }

    /// Begins an export of what is saved.
    pub(super) fn begin_export(&mut self, plan: ExportPlan) {
        let project = self.queued.project.as_ref().filter(|_| plan.whole_project);
        let (paths, selection, split, open) = match (project, &self.open) {
            (Some(project), _) => {
                (vec![project.root().to_owned()], plan.selection, plan.split, OpenOptions::default())
            }
            (None, Some(open)) => {
                let encoding = Some(open.editor.document().article().encoding);
                let options = OpenOptions { encoding, annotator: Some(Arc::clone(&open.annotator)) };
                (vec![open.article.clone()], Selection::default(), None, options)
            }
            (None, None) => return,
        };
        let annotator =
            self.open.as_ref().map_or_else(|| self.annotator(), |open| Arc::clone(&open.annotator));
        let (number, ended) = self.begin_work();
        let request = DatasetRequest {
            paths,
            formats: plan.formats,
            options: plan.options,
            out: plan.out,
            selection,
            split,
            open,
            annotator,
        };
        let job = ExportJob { number, request, schema: Arc::clone(&self.schema), ended };
        self.worker.disk(DiskJob::Export(Box::new(job)));
    }

    fn import(&mut self, plan: ImportPlan) -> Outcome {
        let project = self.queued.project.clone().ok_or("articles are imported into a project")?;
        self.can_import().map_err(super::Refusal::from)?;
        let (number, _) = self.begin_work();
        let (annotator, at) = (self.annotator(), self.now());
        let schema = Arc::clone(&self.schema);
        self.worker.disk(DiskJob::Import(Box::new(ImportJob {
            number,
            plan,
            project,
            schema,
            annotator,
            at,
        })));
        Ok(())
    }

    /// Adds the labels that the last import has brought and the schema has not.
    fn add_labels(&mut self) -> Outcome {
        let (project, report) = self.import_report.as_ref().ok_or("nothing was imported")?;
        let (project, additions) = (Project::clone(project), report.additions.clone());
        self.worker.disk(DiskJob::AddLabels { project, additions });
        Ok(())
    }

    /// Returns whether news are of the work that is under way.
    fn is_work(&self, number: u64) -> bool {
        self.work.as_ref().is_some_and(|work| work.number == number)
    }

    pub(super) fn take_progress(&mut self, number: u64, done: usize, all: usize) {
        if let Some(work) = self.work.as_mut().filter(|work| work.number == number) {
            work.progress = Some((done, all));
        }
    }

    pub(super) fn take_work_failed(&mut self, number: u64, error: &StoreError) {
        if self.is_work(number) {
            self.work = None;
        }
        self.list_again();
        self.complain_of(error);
    }

    pub(super) fn take_export(&mut self, number: u64, out: PathBuf, dataset: Option<Box<Dataset>>) {
        let is_wanted = self.is_work(number);
        if is_wanted {
            self.work = None;
        }
        let Some(dataset) = dataset else { return };
        if !is_wanted {
            self.worker.disk(DiskJob::DropExport(dataset));
            return;
        }
        let is_whole = dataset.failed.is_empty() && dataset.losses.iter().all(|(_, lost)| lost.is_empty());
        let waiting = WaitingExport { dataset, out };
        if is_whole {
            self.commit_export(waiting);
        } else {
            if let Some(before) = self.waiting_export.replace(waiting) {
                self.worker.disk(DiskJob::DropExport(before.dataset));
            }
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

    pub(super) fn take_imported(&mut self, number: u64, project: Box<Project>, report: Box<ImportReport>) {
        if self.is_work(number) {
            self.work = None;
        }
        let (articles, annotations) = (report.articles, report.annotations);
        let needs_a_look =
            !report.remarks.is_empty() || report.additions != Additions::default() || report.duplicates > 0;
        self.import_report = Some((project, report));
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
