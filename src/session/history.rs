//! What was done to the open article, as its journal tells, and the way back to any point of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::action::Request;
use super::files::told;
use super::journal_thread::JournalJob;
use super::perform::Outcome;
use super::worker::{DiskJob, Event};
use super::{Session, Unavailable, keeping};
use crate::formats::audit::{Deed, deeds};
use crate::model::{self, Changes, Document, Edit, EditError, Transaction};
use crate::store::{self, StoreError};
use crate::text::SourceText;

/// Returns the steps that bring a document, as it is after all deeds, to what it was after the first `n` changes.
pub(super) fn steps_back(document: &Document, deeds: &[Deed], n: u64) -> Result<Vec<Edit>, EditError> {
    let mut then = document.clone();
    for deed in deeds.iter().rev().take_while(|deed| deed.n > n) {
        then.apply(&deed.inverse)?;
    }
    // Nothing else changes the document meanwhile, so no two sides meet.
    Ok(model::merge(document, &Changes::between(document, &then), &BTreeMap::new()).edits)
}

/// What the disk thread is asked for about the past.
#[derive(Debug)]
pub(super) enum HistoryJob {
    /// Reads the journal.
    Read { generation: u64, journal: PathBuf, article_sha256: Arc<str>, source: SourceText },
    /// Works out the way back.
    Back { generation: u64, changes: u64, document: Box<Document>, deeds: Arc<[Deed]>, n: u64 },
    /// Writes an audit.
    Audit { path: PathBuf, article: PathBuf, deeds: Arc<[Deed]>, source: SourceText },
}

impl HistoryJob {
    /// Does it on the disk thread; what the journal's thread was told before is in the journal first.
    pub(super) fn run(self, journal_thread: &Sender<JournalJob>) -> Event {
        match self {
            Self::Read { generation, journal, article_sha256, source } => {
                keeping::flush(journal_thread);
                let result = store::read_journal(&journal, &article_sha256, &source).map(deeds);
                Event::Deeds { generation, result }
            }
            Self::Back { generation, changes, document, deeds, n } => {
                let result = steps_back(&document, &deeds, n);
                Event::WayBack { generation, changes, n, result }
            }
            Self::Audit { path, article, deeds, source } => {
                let written = store::check_not_article(&path, &article)
                    .and_then(|()| store::write_audit(&path, &deeds, &source));
                Event::Exported { path, result: written }
            }
        }
    }
}

impl Session {
    /// Returns what was done to the open article, oldest first, as of when the history was asked for.
    #[must_use]
    pub fn deeds(&self) -> Option<&Arc<[Deed]>> {
        self.open.as_ref()?.deeds.as_ref()
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
            article_sha256: Arc::clone(&document.article().sha256),
            source: document.source().clone(),
        }));
        Ok(())
    }

    pub(super) fn take_deeds(&mut self, generation: u64, result: Result<Vec<Deed>, StoreError>) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        match result {
            Ok(deeds) => {
                open.deeds = Some(deeds.into());
                self.ask(Request::History);
            }
            Err(error) => self.complain(told(&error)),
        }
    }

    /// Has the way back worked out to what the document was after the first `n` changes.
    pub(super) fn go_back(&mut self, n: u64) -> Outcome {
        self.check_writable()?;
        let open = self.open.as_ref().ok_or("no article is open")?;
        let deeds = open.deeds.as_ref().ok_or("the history is not open")?;
        if deeds.last().map(|deed| deed.n) != open.kept.changes() {
            return Err("something was changed since the history was opened; open it again".into());
        }
        self.worker.disk(DiskJob::History(HistoryJob::Back {
            generation: open.generation,
            changes: open.editor.changes(),
            document: Box::new(open.editor.document().clone()),
            deeds: Arc::clone(deeds),
            n,
        }));
        Ok(())
    }

    pub(super) fn take_back(
        &mut self,
        generation: u64,
        changes: u64,
        n: u64,
        result: Result<Vec<Edit>, EditError>,
    ) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        if open.editor.changes() != changes {
            self.inform("Something was changed meanwhile; open the history again");
            return;
        }
        let name = match n {
            0 => "Go back to the beginning".to_owned(),
            n => format!("Go back to change {n}"),
        };
        let committed = result.and_then(|edits| {
            let is_change = !edits.is_empty();
            if is_change {
                open.editor.commit(Transaction::new(name.as_str(), edits)).map(|()| true)
            } else {
                Ok(false)
            }
        });
        match committed {
            Ok(true) => {
                self.changed();
                self.write_down();
                self.inform_undoable(name);
            }
            Ok(false) => self.inform("Nothing differs from that point"),
            Err(error) => self.complain(format!("The way back does not fit: {error}")),
        }
    }

    /// Writes what was done as JSON lines.
    pub(super) fn export_history(&mut self, path: PathBuf) -> Outcome {
        let open = self.open.as_ref().ok_or("no article is open")?;
        let deeds = open.deeds.as_ref().ok_or("the history is not open")?;
        self.worker.disk(DiskJob::History(HistoryJob::Audit {
            path,
            article: open.article.clone(),
            deeds: Arc::clone(deeds),
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
