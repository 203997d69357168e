//! How changes outlive the program: the lock, the journal and what was recovered from it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use super::action::Request;
use super::files::told;
use super::journal_thread::{JournalJob, OpenJournal};
use super::merging::{Meeting, conflicts_in_words};
use super::perform::Outcome;
use super::{Open, Session};
use crate::model::{Document, History, Timestamp};
use crate::store::{
    self, Holder, JournalMeeting, JournalWriter, Lock, SetAside, Stamp, StoreError, SystemDisk, Taking,
    Workplace,
};
use crate::text::isolate_path;

/// What an article was opened with beside its annotations: made on the disk thread.
#[derive(Debug)]
pub(super) struct Keeping {
    /// The past of the document, as far as the journal knows it.
    pub(super) history: History,
    journal: Option<JournalWriter>,
    lock: Option<Lock>,
    holder: Option<Holder>,
    /// How many changes were in the journal alone.
    recovered: usize,
    set_aside: Vec<SetAside>,
    /// What the journal and the file disagree on.
    meeting: Option<JournalMeeting>,
    /// Why there is no journal or no lock.
    trouble: Option<StoreError>,
    snapshots: Option<PathBuf>,
    /// Whether the annotation file is laid out as an earlier program wrote it.
    pub(super) is_older: bool,
}

impl Keeping {
    /// Takes the lock of an annotation file, and where that is free brings the document to where its journal ends.
    pub(super) fn begin(
        annotations: &Path,
        document: &mut Document,
        stamp: &Stamp,
        (who, at): (&str, Timestamp),
        state_dir: Option<&Path>,
        journal: &Sender<JournalJob>,
    ) -> Self {
        let mut keeping = Self {
            history: History::saved(),
            journal: None,
            lock: None,
            holder: None,
            recovered: 0,
            set_aside: Vec::new(),
            meeting: None,
            trouble: None,
            snapshots: None,
            is_older: false,
        };
        let Some(place) = Workplace::of(annotations, state_dir) else { return keeping };
        match take_lock(&place.lock(), who, at, journal) {
            Ok(Taking::Ours(lock)) => keeping.lock = Some(lock),
            Ok(Taking::Held(holder)) => {
                keeping.holder = Some(holder);
                return keeping;
            }
            // Without a lock the journal is all the more wanted.
            Err(error) => keeping.trouble = Some(error),
        }
        let before = document.clone();
        match store::recover(SystemDisk, &place.journal(), document, stamp, at) {
            Ok(recovered) => {
                keeping.history = recovered.history;
                keeping.recovered = recovered.changes;
                keeping.set_aside = recovered.set_aside;
                keeping.meeting = recovered.meeting;
                keeping.journal = Some(recovered.journal);
            }
            Err(error) => {
                *document = before;
                keeping.trouble = Some(error);
            }
        }
        keeping.snapshots = Some(place.snapshots());
        keeping
    }

    /// Takes in that the document was mended when it was read: it counts as changed, unless somebody else writes it.
    pub(super) fn note_mended(&mut self) {
        if self.holder.is_none() {
            self.history.mark_unsaved();
        }
    }
}

/// Asks for a lock; where this very program has it, for an article that is about to be left, lets that go first.
fn take_lock(
    path: &Path,
    who: &str,
    at: Timestamp,
    journal: &Sender<JournalJob>,
) -> Result<Taking, StoreError> {
    match Lock::take(path, who, at)? {
        Taking::Held(holder) if holder.is_this_process() => {
            if journal.send(JournalJob::Close).is_ok() {
                flush(journal);
            }
            Lock::take(path, who, at)
        }
        taking => Ok(taking),
    }
}

/// Waits until the journal's thread has done what it was asked for.
pub(super) fn flush(journal: &Sender<JournalJob>) {
    let (done, is_done) = channel();
    if journal.send(JournalJob::Flush(done)).is_ok() {
        // An error means that the thread has ended.
        let _ = is_done.recv();
    }
}

/// Writes into the journal that a snapshot is about to be put in its place, and waits until that is on the disk.
pub(super) fn tell_of_snapshot(journal: &Sender<JournalJob>, n: u64, stamp: &Stamp, at: Timestamp) {
    let (done, is_done) = channel();
    let saving = JournalJob::Saving { n, sha256: stamp.written().into(), at, done };
    if journal.send(saving).is_ok() {
        let _ = is_done.recv();
    }
}

/// What the session knows of how the open article's changes are kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Whether there is a journal.
    has_journal: bool,
    /// The changes that were sent to it, and those that are in it; counted as the journal counts.
    sent: u64,
    written: u64,
    holder: Option<Holder>,
    pub(super) snapshots: Option<PathBuf>,
    /// Where the journal is.
    pub(super) journal: Option<PathBuf>,
}

impl Kept {
    /// Returns whether every change is in the journal.
    pub(super) const fn is_up_to_date(&self) -> bool {
        self.has_journal && self.written >= self.sent
    }

    /// Returns after how many changes the document is, as the journal counts; `None` without one.
    pub(super) fn changes(&self) -> Option<u64> {
        self.has_journal.then_some(self.sent)
    }

    pub(super) const fn has_journal(&self) -> bool {
        self.has_journal
    }

    /// Returns who else has the article open.
    pub(super) const fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }
}

impl Session {
    /// Begins to keep the changes of the open article, and tells what was recovered and what is amiss.
    pub(super) fn keep(&mut self, keeping: Keeping) {
        let Some(open) = &mut self.open else { return };
        let Keeping {
            journal,
            lock,
            holder,
            recovered,
            set_aside,
            meeting,
            trouble,
            snapshots,
            is_older,
            ..
        } = keeping;
        let changes = journal.as_ref().map_or(0, JournalWriter::changes);
        open.kept = Kept {
            has_journal: journal.is_some(),
            sent: changes,
            written: changes,
            holder,
            snapshots,
            journal: journal.as_ref().map(|journal| journal.path().to_owned()),
        };
        open.past = None;
        let journal = OpenJournal {
            generation: open.generation,
            writer: journal,
            lock,
            source: open.editor.document().source().clone(),
            annotator: Arc::clone(&open.annotator),
        };
        self.worker.journal(JournalJob::Open(Box::new(journal)));
        let conflicts = meeting.as_ref().map_or(0, |meeting| meeting.conflicts.len());
        open.meeting = meeting.map(|meeting| Meeting::of_journal(meeting.incoming, meeting.conflicts));
        self.tell_of_keeping(recovered, conflicts, &set_aside, trouble.as_ref(), is_older);
        if conflicts > 0 {
            self.ask(Request::Conflicts);
        }
    }

    fn tell_of_keeping(
        &mut self,
        recovered: usize,
        conflicts: usize,
        set_aside: &[SetAside],
        trouble: Option<&StoreError>,
        is_older: bool,
    ) {
        let Some(open) = &self.open else { return };
        let mut lines = Vec::new();
        if recovered > 0 {
            let changes = if recovered == 1 { "1 change".to_owned() } else { format!("{recovered} changes") };
            let file = isolate_path(&open.annotations);
            lines.push(format!("Recovered {changes} that had not reached {file} yet"));
        }
        if conflicts > 0 {
            lines.push(conflicts_in_words(conflicts));
        }
        if let Some(folder) = open.kept.snapshots.as_deref().filter(|_| is_older) {
            let (file, folder) = (isolate_path(&open.annotations), isolate_path(folder));
            lines.push(format!(
                "{file} is of an earlier layout; before it is saved in the present one, it is kept in {folder}"
            ));
        }
        let is_error = !set_aside.is_empty() || trouble.is_some() || open.kept.holder.is_some();
        for SetAside { reason, path } in set_aside {
            let kept = path.as_deref().map_or_else(
                || "; it was cut off".to_owned(),
                |path| format!("; it is kept in {}", isolate_path(path)),
            );
            lines.push(format!("{reason}{kept}"));
        }
        if let Some(error) = trouble {
            lines.push(format!("Changes are kept in memory only until they are saved: {}", told(error)));
        }
        if let Some(holder) = &open.kept.holder {
            let who = store::holder_in_words(holder);
            lines.push(format!(
                "Read-only: {who} has this article open; take over when that window is closed"
            ));
        }
        match (lines.is_empty(), is_error) {
            (true, _) => {}
            (false, true) => self.complain(lines.join(". ")),
            (false, false) => self.inform(lines.join(". ")),
        }
    }

    /// Hands what was changed to the journal.
    pub(super) fn write_down(&mut self) {
        let now = self.now();
        let Some(open) = &mut self.open else { return };
        let changes = open.editor.take_unwritten();
        if changes.is_empty() || !open.kept.has_journal {
            return;
        }
        open.kept.sent += changes.len() as u64;
        let changes = changes.into_iter().map(|change| (change, now)).collect();
        self.worker.journal(JournalJob::Changes(changes));
    }

    /// Refuses a change of an article that somebody else has open.
    pub(super) fn check_writable(&self) -> Outcome {
        match self.open.as_ref().and_then(|open| open.kept.holder()) {
            None => Ok(()),
            Some(holder) => {
                let who = store::holder_in_words(holder);
                Err(super::Refusal(format!("{who} has this article open; it is read-only here").into()))
            }
        }
    }

    pub(super) fn take_journaled(&mut self, generation: u64, changes: u64) {
        if let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) {
            open.kept.written = open.kept.written.max(changes);
        }
    }

    pub(super) fn take_refused(&mut self, generation: u64, error: &StoreError) {
        if self.open.as_ref().is_some_and(|open: &Open| open.generation == generation) {
            self.complain(format!("The journal cannot be written: {}", told(error)));
        }
    }
}
