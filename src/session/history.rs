//! What was done to the open article, as its journal tells, and the way back to any point of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::action::Request;
use super::files::told;
use super::journal_thread::JournalJob;
use super::perform::Outcome;
use super::worker::{DiskJob, Event};
use super::{Session, Unavailable, keeping};
use crate::formats::audit::{Deed, deeds};
use crate::model::{self, Changes, Document, Edit, EditError, Schema, Transaction};
use crate::store::{self, Snapshot, StoreError};
use crate::text::SourceText;

/// Returns the steps that bring a document, as it is after all deeds, to what it was after the first `n` changes.
fn steps_back(document: &Document, deeds: &[Deed], n: u64) -> Result<Vec<Edit>, EditError> {
    let mut then = document.clone();
    for deed in deeds.iter().rev().take_while(|deed| deed.n > n) {
        then.apply(&deed.inverse)?;
    }
    // Nothing else changes the document meanwhile, so no two sides meet.
    Ok(model::merge(document, &Changes::between(document, &then), &BTreeMap::new()).edits)
}

/// A point of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// After so many changes, as the journal counts.
    After(u64),
    /// The state of the annotation file in that snapshot.
    Snapshot(PathBuf),
}

/// What was done to an article and what its annotation file was, as of when that was asked for.
#[derive(Debug, Clone)]
pub struct Past {
    /// Every change, the oldest first.
    pub deeds: Vec<Deed>,
    /// Earlier states of the annotation file, the newest first.
    pub snapshots: Vec<Snapshot>,
}

/// Why a point cannot be gone back to.
#[derive(Debug)]
pub(super) enum NoWay {
    Edit(EditError),
    Store(StoreError),
}

/// Returns the steps that bring a document to a point of its past.
fn way_back(
    document: &Document,
    past: &Past,
    point: &Point,
    article: &Path,
    schema: &Schema,
) -> Result<Vec<Edit>, NoWay> {
    match point {
        Point::After(n) => steps_back(document, &past.deeds, *n).map_err(NoWay::Edit),
        Point::Snapshot(path) => {
            let encoding = document.article().encoding;
            let then = store::reopen(article, path, encoding, schema).map_err(NoWay::Store)?.document;
            if then.source() != document.source() {
                return Err(NoWay::Store(StoreError::ArticleChanged { path: article.to_owned() }));
            }
            Ok(model::merge(document, &Changes::between(document, &then), &BTreeMap::new()).edits)
        }
    }
}

/// What the disk thread is asked for about the past.
#[derive(Debug)]
pub(super) enum HistoryJob {
    /// Reads the journal.
    Read {
        generation: u64,
        journal: PathBuf,
        snapshots: Option<PathBuf>,
        article_sha256: Arc<str>,
        source: SourceText,
    },
    /// Works out the way back.
    Back {
        generation: u64,
        changes: u64,
        document: Box<Document>,
        past: Arc<Past>,
        point: Point,
        article: PathBuf,
    },
    /// Writes an audit.
    Audit { path: PathBuf, article: PathBuf, past: Arc<Past>, source: SourceText },
}

impl HistoryJob {
    /// Does it on the disk thread; what the journal's thread was told before is in the journal first.
    pub(super) fn run(self, journal_thread: &Sender<JournalJob>, schema: &Schema) -> Event {
        match self {
            Self::Read { generation, journal, snapshots, article_sha256, source } => {
                keeping::flush(journal_thread);
                let entries = store::read_journal(&journal, &article_sha256, &source);
                let snapshots = snapshots.map_or_else(Vec::new, |folder| store::snapshots(&folder));
                let result = entries.map(|entries| Past { deeds: deeds(entries), snapshots });
                Event::Past { generation, result }
            }
            Self::Back { generation, changes, document, past, point, article } => {
                let result = way_back(&document, &past, &point, &article, schema);
                Event::WayBack { generation, changes, point, result }
            }
            Self::Audit { path, article, past, source } => {
                let written = store::check_not_article(&path, &article)
                    .and_then(|()| store::write_audit(&path, &past.deeds, &source));
                Event::Exported { path, result: written }
            }
        }
    }
}

impl Session {
    /// Returns what was done to the open article, as of when the history was asked for.
    #[must_use]
    pub fn past(&self) -> Option<&Arc<Past>> {
        self.open.as_ref()?.past.as_ref()
    }

    /// Has the journal read; [`Request::History`] follows.
    pub(super) fn show_history(&mut self) -> Outcome {
        self.write_down();
        let open = self.open.as_ref().ok_or("no article is open")?;
        let journal = open.kept.journal.clone().ok_or("no journal is kept of this article")?;
        let document = open.editor.document();
        self.worker.disk(DiskJob::History(HistoryJob::Read {
            generation: open.generation,
            journal,
            snapshots: open.kept.snapshots.clone(),
            article_sha256: Arc::clone(&document.article().sha256),
            source: document.source().clone(),
        }));
        Ok(())
    }

    pub(super) fn take_past(&mut self, generation: u64, result: Result<Past, StoreError>) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        match result {
            Ok(past) => {
                open.past = Some(Arc::new(past));
                self.ask(Request::History);
            }
            Err(error) => self.complain(told(&error)),
        }
    }

    /// Has the way back worked out to a point of the past.
    pub(super) fn go_back(&mut self, point: Point) -> Outcome {
        self.check_writable()?;
        let open = self.open.as_ref().ok_or("no article is open")?;
        let past = open.past.as_ref().ok_or("the history is not open")?;
        if past.deeds.last().map_or(0, |deed| deed.n) != open.kept.changes().unwrap_or(0) {
            return Err("something was changed since the history was opened; open it again".into());
        }
        self.worker.disk(DiskJob::History(HistoryJob::Back {
            generation: open.generation,
            changes: open.editor.changes(),
            document: Box::new(open.editor.document().clone()),
            past: Arc::clone(past),
            point,
            article: open.article.clone(),
        }));
        Ok(())
    }

    pub(super) fn take_back(
        &mut self,
        generation: u64,
        changes: u64,
        point: &Point,
        result: Result<Vec<Edit>, NoWay>,
    ) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        if open.editor.changes() != changes {
            self.inform("Something was changed meanwhile; open the history again");
            return;
        }
        let name = match point {
            Point::After(0) => "Go back to the beginning".to_owned(),
            Point::After(n) => format!("Go back to change {n}"),
            Point::Snapshot(_) => "Go back to an earlier state of the file".to_owned(),
        };
        let committed = match result {
            Ok(edits) if edits.is_empty() => {
                self.inform("Nothing differs from that point");
                return;
            }
            Ok(edits) => {
                open.editor.commit(Transaction::new(name.as_str(), edits)).map_err(|error| error.to_string())
            }
            Err(NoWay::Edit(error)) => Err(error.to_string()),
            Err(NoWay::Store(error)) => Err(told(&error)),
        };
        match committed {
            Ok(()) => {
                self.changed();
                self.write_down();
                self.inform_undoable(name);
            }
            Err(error) => self.complain(format!("There is no way back to that: {error}")),
        }
    }

    /// Writes what was done as JSON lines.
    pub(super) fn export_history(&mut self, path: PathBuf) -> Outcome {
        let open = self.open.as_ref().ok_or("no article is open")?;
        let past = open.past.as_ref().ok_or("the history is not open")?;
        self.worker.disk(DiskJob::History(HistoryJob::Audit {
            path,
            article: open.article.clone(),
            past: Arc::clone(past),
            source: open.editor.document().source().clone(),
        }));
        Ok(())
    }

    /// Returns whether there is a history to show.
    pub(super) fn has_journal(&self) -> Result<(), Unavailable> {
        let kept = self.open.as_ref().map(|open| open.kept.has_journal());
        match kept {
            None => Err(Unavailable("no article is open")),
            Some(false) => Err(Unavailable("no journal is kept of this article")),
            Some(true) => Ok(()),
        }
    }
}
