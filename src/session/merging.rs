//! What somebody else wrote into the annotation file meanwhile, brought together with what was done here.
//!
//! Changes of different records are merged without a question and can be undone as one step. What both sides changed
//! in different ways waits until the user has chosen; until then the file is not written over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::action::Request;
use super::files::told;
use super::perform::Outcome;
use super::worker::DiskJob;
use super::{Saving, Session};
use crate::model::{self, Changes, Conflict, ConflictKey, Document, Merge, Schema, Side, Transaction};
use crate::store::{self, Opened, Stamp, StoreError};
use crate::text::{TextEncoding, isolate_path};

/// A document that is to be brought together with its file on the disk thread.
#[derive(Debug)]
pub(super) struct MergeJob {
    pub(super) generation: u64,
    /// How often the document had been changed.
    pub(super) changes: u64,
    pub(super) document: Box<Document>,
    /// What the file held when it was last read or written here.
    pub(super) on_disk: Box<Document>,
    pub(super) article: PathBuf,
    pub(super) path: PathBuf,
}

/// What a file holds that somebody else has changed, and how it goes together with what is open.
#[derive(Debug)]
pub(super) struct Met {
    incoming: Changes,
    merge: Merge,
    on_disk: Document,
    stamp: Stamp,
}

impl MergeJob {
    /// Reads the file and works out the merge.
    pub(super) fn run(&self, schema: &Schema) -> Result<Met, StoreError> {
        let encoding: TextEncoding = self.document.article().encoding;
        let opened: Opened = store::reopen(&self.article, &self.path, encoding, schema)?;
        if opened.stamp == Stamp::ABSENT {
            return Err(StoreError::Missing { path: self.path.clone() });
        }
        if opened.document.article().sha256 != self.document.article().sha256 {
            return Err(StoreError::ArticleChanged { path: self.article.clone() });
        }
        let incoming = Changes::between(&self.on_disk, &opened.document);
        let merge = model::merge(&self.document, &incoming, &BTreeMap::new());
        Ok(Met { incoming, merge, on_disk: opened.document, stamp: opened.stamp })
    }
}

/// Which two sides meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// What is open here, and the file that somebody else has changed.
    WindowAndFile,
    /// The file that somebody else has changed, and what the journal had recovered.
    FileAndJournal,
}

impl Sides {
    /// Returns how the side is called that is in the document now.
    #[must_use]
    pub const fn here(self) -> &'static str {
        match self {
            Self::WindowAndFile => "In this window",
            Self::FileAndJournal => "In the file",
        }
    }

    /// Returns how the side is called that comes in.
    #[must_use]
    pub const fn incoming(self) -> &'static str {
        match self {
            Self::WindowAndFile => "In the file",
            Self::FileAndJournal => "Recovered",
        }
    }
}

/// Changes of two sides that wait for the user's choice.
#[derive(Debug)]
pub struct Meeting {
    sides: Sides,
    conflicts: Vec<Conflict>,
    incoming: Changes,
    /// What the file holds; known already where the journal comes in.
    on_disk: Option<(Document, Stamp)>,
}

impl Meeting {
    /// Returns a meeting of the file with what a journal had recovered.
    pub(super) const fn of_journal(incoming: Changes, conflicts: Vec<Conflict>) -> Self {
        Self { sides: Sides::FileAndJournal, conflicts, incoming, on_disk: None }
    }

    /// Returns which two sides meet.
    #[must_use]
    pub const fn sides(&self) -> Sides {
        self.sides
    }

    /// Returns what both sides changed in different ways.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }
}

impl Session {
    /// Returns what waits for a choice between two sides.
    #[must_use]
    pub fn meeting(&self) -> Option<&Meeting> {
        self.open.as_ref()?.meeting.as_ref()
    }

    /// Has the disk thread read a file again that somebody else has changed, before it is saved.
    pub(super) fn meet_the_file(&mut self) {
        let Some(open) = &mut self.open else { return };
        open.saving = Saving::UnderWay;
        self.worker.disk(DiskJob::Merge(MergeJob {
            generation: open.generation,
            changes: open.editor.changes(),
            document: Box::new(open.editor.document().clone()),
            on_disk: Box::new(open.on_disk.clone()),
            article: open.article.clone(),
            path: open.annotations.clone(),
        }));
    }

    pub(super) fn take_met(&mut self, generation: u64, changes: u64, result: Result<Box<Met>, StoreError>) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        open.saving = Saving::Idle;
        let met = match result {
            Ok(_) if open.editor.changes() != changes => {
                // Something was done meanwhile, which is to be merged as well.
                self.meet_the_file();
                return;
            }
            Ok(met) => *met,
            Err(error) => {
                let path = open.annotations.clone();
                self.not_saved(&path, &told(&error), true);
                return;
            }
        };
        let Met { incoming, merge, on_disk, stamp } = met;
        if merge.conflicts.is_empty() {
            self.take_merge(&merge, incoming.len(), Some((on_disk, stamp)));
            self.save_merged();
        } else {
            open.saving = Saving::Failed;
            let (count, name) = (merge.conflicts.len(), isolate_path(&open.annotations));
            open.meeting = Some(Meeting {
                sides: Sides::WindowAndFile,
                conflicts: merge.conflicts,
                incoming,
                on_disk: Some((on_disk, stamp)),
            });
            self.quitting = false;
            self.open_next = None;
            let places = if count == 1 { "one place".to_owned() } else { format!("{count} places") };
            self.complain(format!(
                "Not saved: {name} was changed by another program in {places} that changed here as well"
            ));
            self.ask(Request::Conflicts);
        }
    }

    /// Applies a merge as one step that can be undone, and tells what came in.
    fn take_merge(&mut self, merge: &Merge, came: usize, on_disk: Option<(Document, Stamp)>) {
        let Some(open) = &mut self.open else { return };
        let name = isolate_path(&open.annotations);
        if !merge.edits.is_empty() {
            let file = open.annotations.file_name().unwrap_or_default().to_string_lossy();
            let transaction = Transaction::new(format!("Merge with {file}"), merge.edits.clone());
            if let Err(error) = open.editor.commit(transaction) {
                self.complain(format!("The changes of {name} do not fit: {error}"));
                return;
            }
        }
        if let Some((document, stamp)) = on_disk {
            open.on_disk = document;
            open.expected = Some(stamp);
        }
        open.meeting = None;
        let is_changed = !merge.edits.is_empty();
        if is_changed {
            self.changed();
        }
        self.tell_of_merge(merge, came, &name);
    }

    fn tell_of_merge(&mut self, merge: &Merge, came: usize, name: &str) {
        if came == 0 {
            return;
        }
        let changes = if came == 1 { "1 change".to_owned() } else { format!("{came} changes") };
        let mut text = format!("{changes} that another program made in {name} came in");
        if !merge.renamed.is_empty() {
            let ids = merge.renamed.iter().map(|(from, to)| format!("{from} as {to}"));
            // Writing to a String cannot fail.
            let _ = write!(text, "; ids given twice: {}", in_short(ids));
        }
        if !merge.kept.is_empty() {
            let ids = merge.kept.iter().map(ToString::to_string);
            let _ = write!(text, "; removed on one side, kept since the other names it: {}", in_short(ids));
        }
        if merge.edits.is_empty() { self.inform(text) } else { self.inform_undoable(text) }
    }

    /// Applies the user's choices between two sides, then saves what was waiting for them.
    pub(super) fn resolve_conflicts(&mut self, chosen: &BTreeMap<ConflictKey, Side>) -> Outcome {
        self.check_writable()?;
        let open = self.open.as_mut().ok_or("no article is open")?;
        let meeting = open.meeting.take().ok_or("nothing waits for a choice")?;
        let merge = model::merge(open.editor.document(), &meeting.incoming, chosen);
        if !merge.conflicts.is_empty() {
            open.meeting = Some(meeting);
            return Err("a side must be chosen for each".into());
        }
        self.take_merge(&merge, meeting.incoming.len(), meeting.on_disk);
        self.save_merged();
        Ok(())
    }

    fn save_merged(&mut self) {
        if let Some(open) = &mut self.open {
            open.saving = Saving::Idle;
        }
        self.save_after_merge();
    }

    /// Tells that the annotations are not in their file, and asks what to do where the user waits for it.
    pub(super) fn not_saved(&mut self, path: &Path, message: &str, changed: bool) {
        let waited_for = self.quitting || self.open_next.is_some() || self.export_next.is_some();
        self.quitting = false;
        self.open_next = None;
        // What is not saved does not go out.
        self.export_next = None;
        let Some(open) = &mut self.open else { return };
        // Where only a copy elsewhere failed, the annotations still have their own file.
        open.saving = if *path == *open.annotations { Saving::Failed } else { Saving::Idle };
        let ask = std::mem::take(&mut open.ask_on_failure) || waited_for;
        let in_journal = open.kept.is_up_to_date();
        self.complain(format!("Not saved: {message}"));
        if ask {
            let (path, message) = (path.to_owned(), message.to_owned());
            self.ask(Request::SaveFailed { path, message, changed, in_journal });
        }
    }
}

/// Returns the first few of some names.
fn in_short(names: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = names.collect();
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len().saturating_sub(SHOWN);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{rest}", shown.join(", "))
}

/// Returns how conflicts are told at opening.
pub(super) fn conflicts_in_words(count: usize) -> String {
    let places = if count == 1 { "1 place".to_owned() } else { format!("{count} places") };
    format!("{places} changed in the file and in the journal: choose what counts")
}
