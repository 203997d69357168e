//! The journal on the disk: written behind every change, read at the next start.
//!
//! Invariant: what [`JournalWriter::append`] has returned for is on the disk. Nothing in a journal is thrown away: what
//! cannot be used is set aside under another name, which the user is told.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::StoreError;
use super::atomic::{Stamp, write_error, write_on};
use super::disk::{Disk, SystemDisk, folder_of};
use crate::formats::audit::{self, Deed};
use crate::formats::journal::{self, Entry, Journal};
use crate::model::{self, Changes, Conflict, Document, EditError, History, Timestamp, Transaction};
use crate::text::SourceText;

/// From how many bytes on a journal is too long to be written on at the next start. With the one before it there are
/// twice as many, and undo goes no further back.
const MOST_BYTES: usize = 16 << 20;

/// A journal that is open for writing.
#[derive(Debug)]
pub struct JournalWriter<D: Disk = SystemDisk> {
    disk: D,
    path: PathBuf,
    file: D::File,
    /// Up to where the file holds whole lines, in bytes.
    len: u64,
    /// Whether something may stand behind `len`: a write that failed halfway.
    has_rest: bool,
    /// The number of the last change in it.
    changes: u64,
}

/// What a journal tells of a document beyond what its annotation file holds.
#[derive(Debug)]
pub struct Recovered<D: Disk = SystemDisk> {
    /// What can be undone, from this and from earlier runs.
    pub history: History,
    /// How many changes the journal alone had; they are in the document now.
    pub changes: usize,
    /// What could not be used.
    pub set_aside: Vec<SetAside>,
    /// What the journal and a file that somebody else has changed disagree on; the document has it as in the file.
    pub meeting: Option<JournalMeeting>,
    /// The journal, to be written on.
    pub journal: JournalWriter<D>,
}

/// A journal that met a file which somebody else had changed in the same places.
#[derive(Debug)]
pub struct JournalMeeting {
    /// Everything that the journal alone had.
    pub incoming: Changes,
    /// What the file has otherwise.
    pub conflicts: Vec<Conflict>,
}

/// A part of a journal that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Why.
    pub reason: String,
    /// Where it is kept; `None` for a line that was cut off while it was written: nobody was told that it is saved.
    pub path: Option<PathBuf>,
}

/// Returns the entries of a journal, as far as it can be read; none where there is no journal.
///
/// # Errors
///
/// When the file cannot be read.
pub fn read_journal(
    path: &Path,
    article_sha256: &str,
    source: &SourceText,
) -> Result<Vec<Entry>, StoreError> {
    match SystemDisk.read(path) {
        Ok(bytes) => Ok(journal::read(&bytes, article_sha256, source).entries),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(StoreError::Read { path: path.to_owned(), source }),
    }
}

/// Writes what was done as JSON lines, over whatever is at `path`.
///
/// # Errors
///
/// When the file cannot be written; it is then as it was.
pub fn write_audit(path: &Path, deeds: &[Deed], source: &SourceText) -> Result<(), StoreError> {
    let text = audit::json_lines(deeds, source)
        .map_err(|error| StoreError::Write { path: path.to_owned(), source: io::Error::other(error) })?;
    write_on(SystemDisk, path, text.as_bytes()).map(drop)
}

/// Brings a document, as its annotation file has it, to where its journal ends, and opens the journal for writing;
/// where there is none, it is begun.
///
/// # Errors
///
/// When the journal cannot be read or written.
pub fn recover<D: Disk + Clone>(
    disk: D,
    path: &Path,
    document: &mut Document,
    stamp: &Stamp,
    at: Timestamp,
) -> Result<Recovered<D>, StoreError> {
    let bytes = match disk.read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(StoreError::Read { path: path.to_owned(), source }),
    };
    let Journal { entries, ends, damage } =
        journal::read(&bytes, &document.article().sha256, document.source());
    let mut rest = Rest { disk: disk.clone(), path, bytes: &bytes, set_aside: Vec::new() };
    let mut kept = ends.last().copied().unwrap_or(0);
    if let Some(damage) = damage {
        let reason = format!("line {} of the journal cannot be used: {}", damage.line, damage.message);
        rest.take_from(kept, reason, damage.is_torn)?;
    }
    let mut replay = Replay { history: History::saved(), changes: 0, applied: 0 };
    if let Some(base) = base(&entries, stamp) {
        if let Err((i, error)) = replay.run(&entries, base, document) {
            kept = if i == 0 { 0 } else { ends[i - 1] };
            rest.take_from(kept, format!("change {} does not fit: {error}", entries[i].n()), false)?;
        }
    } else if !entries.is_empty() {
        return meet(rest, &entries, document, stamp, at);
    }
    if kept > MOST_BYTES && replay.applied == 0 && rest.set_aside.is_empty() {
        let journal = rest.begin_anew(document, stamp, at)?;
        let history = History::saved();
        return Ok(Recovered { history, changes: 0, set_aside: Vec::new(), meeting: None, journal });
    }
    let set_aside = rest.set_aside;
    let mut journal = JournalWriter::open(disk, path, kept as u64, replay.changes)?;
    if kept == 0 {
        journal.begin(document, stamp, at)?;
    }
    Ok(Recovered { history: replay.history, changes: replay.applied, set_aside, meeting: None, journal })
}

/// Brings what a journal alone had into a file that somebody else has changed since, as one change that can be undone.
/// The journal is kept under another name, and its successor is in its place only when all of that is in it.
fn meet<D: Disk + Clone>(
    mut rest: Rest<'_, D>,
    entries: &[Entry],
    document: &mut Document,
    stamp: &Stamp,
    at: Timestamp,
) -> Result<Recovered<D>, StoreError> {
    let incoming = unsaved(entries);
    let merge = model::merge(document, &incoming, &BTreeMap::new());
    let mut history = History::saved();
    let mut successor = vec![first_entry(document, stamp, at)];
    let mut changes = 0;
    if !merge.edits.is_empty() {
        let transaction = Transaction::new("Recover what had not reached the file", merge.edits);
        match history.commit(document, transaction) {
            Ok(step) => {
                changes = incoming.len();
                let (forward, inverse) = (step.forward().clone(), step.inverse().clone());
                successor.push(Entry::Commit { n: 1, at, by: last_author(entries), forward, inverse });
            }
            Err(error) => log::error!("what the journal had does not fit: {error}"),
        }
    }
    let by_others = "the annotation file was changed by another program after the journal was written";
    let name = rest.keep_from(0)?;
    if !incoming.is_empty() {
        rest.set_aside.push(SetAside { reason: by_others.to_owned(), path: Some(name) });
    }
    let journal = rest.succeed(&successor, document.source())?;
    let meeting = Some(JournalMeeting { incoming, conflicts: merge.conflicts });
    let meeting = meeting.filter(|meeting| !meeting.conflicts.is_empty());
    Ok(Recovered { history, changes, set_aside: rest.set_aside, meeting, journal })
}

/// Returns what changed after the last state of which a journal knows that the annotation file held it.
fn unsaved(entries: &[Entry]) -> Changes {
    let saved =
        entries.iter().filter_map(|entry| if let Entry::Saved { n, .. } = entry { Some(*n) } else { None });
    let saved = saved.max().unwrap_or(0);
    let (mut done, mut undone, mut applied) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let pair = match entry {
            Entry::Commit { forward, inverse, .. } => {
                undone.clear();
                done.push((forward, inverse));
                (forward, inverse)
            }
            Entry::Undo { .. } => {
                let Some((forward, inverse)) = done.pop() else { continue };
                undone.push((forward, inverse));
                (inverse, forward)
            }
            Entry::Redo { .. } => {
                let Some((forward, inverse)) = undone.pop() else { continue };
                done.push((forward, inverse));
                (forward, inverse)
            }
            Entry::Begin { .. } | Entry::Saving { .. } | Entry::Saved { .. } => continue,
        };
        if entry.n() > saved {
            applied.push(pair);
        }
    }
    Changes::of_transactions(applied)
}

fn last_author(entries: &[Entry]) -> Arc<str> {
    let author = entries.iter().rev().find_map(|entry| match entry {
        Entry::Commit { by, .. } | Entry::Undo { by, .. } | Entry::Redo { by, .. } => Some(by),
        Entry::Begin { .. } | Entry::Saving { .. } | Entry::Saved { .. } => None,
    });
    author.map_or_else(|| Arc::from(""), Arc::clone)
}

/// Returns the first line of a journal of a document as its annotation file has it.
fn first_entry(document: &Document, stamp: &Stamp, at: Timestamp) -> Entry {
    let article = document.article();
    Entry::Begin {
        article: Arc::clone(&article.file_name),
        sha256: Arc::clone(&article.sha256),
        base: stamp.written().into(),
        at,
    }
}

fn lines(path: &Path, entries: &[Entry], source: &SourceText) -> Result<String, StoreError> {
    let mut text = String::new();
    for entry in entries {
        let line = journal::line(entry, source)
            .map_err(|error| StoreError::Write { path: path.to_owned(), source: io::Error::other(error) })?;
        text.push_str(&line);
    }
    Ok(text)
}

/// Returns after how many changes the journal's document was what an annotation file with that stamp holds; the latest
/// such state.
fn base(entries: &[Entry], stamp: &Stamp) -> Option<u64> {
    let stamp = stamp.written();
    entries.iter().rev().find_map(|entry| match entry {
        Entry::Begin { base, .. } if **base == *stamp => Some(0),
        Entry::Saving { n, sha256, .. } if **sha256 == *stamp => Some(*n),
        _ => None,
    })
}

/// A journal that is told again.
struct Replay {
    history: History,
    /// The number of the last change.
    changes: u64,
    /// How many changes were applied to the document.
    applied: usize,
}

impl Replay {
    /// Recalls the changes up to `base`, which the document has, and applies those after it. Returns the index of the
    /// entry that does not fit.
    fn run(&mut self, entries: &[Entry], base: u64, document: &mut Document) -> Result<(), (usize, String)> {
        for (i, entry) in entries.iter().enumerate() {
            if matches!(entry, Entry::Begin { .. } | Entry::Saving { .. } | Entry::Saved { .. }) {
                continue;
            }
            let outcome = if entry.n() <= base {
                self.recall(entry, document)
            } else {
                self.apply(entry, document).map(|()| self.applied += 1)
            };
            if let Err(reason) = outcome {
                return Err((i, reason));
            }
            self.changes = entry.n();
            if entry.n() == base {
                self.history.mark_saved(self.history.revision());
            }
        }
        Ok(())
    }

    fn recall(&mut self, entry: &Entry, document: &mut Document) -> Result<(), String> {
        let fits = match entry {
            Entry::Commit { forward, inverse, .. } => {
                document.reserve_ids_of(forward);
                self.history.recall(forward.clone(), inverse.clone());
                true
            }
            Entry::Undo { .. } => self.history.recall_undo(),
            Entry::Redo { .. } => self.history.recall_redo(),
            Entry::Begin { .. } | Entry::Saving { .. } | Entry::Saved { .. } => true,
        };
        if fits { Ok(()) } else { Err(NOTHING.to_owned()) }
    }

    fn apply(&mut self, entry: &Entry, document: &mut Document) -> Result<(), String> {
        let said = |error: EditError| error.to_string();
        let is_done = match entry {
            Entry::Commit { forward, .. } => {
                self.history.commit(document, forward.clone()).map_err(said)?;
                true
            }
            Entry::Undo { .. } => self.history.undo(document).map_err(said)?.is_some(),
            Entry::Redo { .. } => self.history.redo(document).map_err(said)?.is_some(),
            Entry::Begin { .. } | Entry::Saving { .. } | Entry::Saved { .. } => true,
        };
        if is_done { Ok(()) } else { Err(NOTHING.to_owned()) }
    }
}

const NOTHING: &str = "there is nothing to take back or to do again";

/// What comes after the part of a journal that can be used.
struct Rest<'a, D> {
    disk: D,
    path: &'a Path,
    bytes: &'a [u8],
    set_aside: Vec<SetAside>,
}

impl<D: Disk + Clone> Rest<'_, D> {
    /// Puts a journal of these entries in the place of this one, at once.
    fn succeed(&self, entries: &[Entry], source: &SourceText) -> Result<JournalWriter<D>, StoreError> {
        let bytes = lines(self.path, entries, source)?;
        write_on(self.disk.clone(), self.path, bytes.as_bytes())?;
        let changes = entries.iter().map(Entry::n).max().unwrap_or(0);
        JournalWriter::open(self.disk.clone(), self.path, bytes.len() as u64, changes)
    }

    /// Begins a journal in the place of one that has become too long and of which the annotation file has everything.
    /// That one stays as the one before.
    fn begin_anew(
        &self,
        document: &Document,
        stamp: &Stamp,
        at: Timestamp,
    ) -> Result<JournalWriter<D>, StoreError> {
        let mut before = self.path.as_os_str().to_owned();
        before.push(".before");
        write_on(self.disk.clone(), Path::new(&before), self.bytes)?;
        self.succeed(&[first_entry(document, stamp, at)], document.source())
    }

    /// Keeps the bytes from `from` on in another file, then cuts the journal there. A torn line is cut off only.
    fn take_from(&mut self, from: usize, reason: String, is_torn: bool) -> Result<(), StoreError> {
        let aside = if is_torn { None } else { Some(self.keep_from(from)?) };
        self.disk.truncate(self.path, from as u64).map_err(|source| write_error(self.path, source))?;
        self.set_aside.push(SetAside { reason, path: aside });
        Ok(())
    }

    /// Keeps the bytes from `from` on in another file, and returns its path.
    fn keep_from(&self, from: usize) -> Result<PathBuf, StoreError> {
        let path = self.free_name()?;
        write_on(self.disk.clone(), &path, &self.bytes[from..])?;
        Ok(path)
    }

    /// Returns a name beside the journal that nothing has yet.
    fn free_name(&self) -> Result<PathBuf, StoreError> {
        for n in 1..=u32::MAX {
            let mut name = self.path.as_os_str().to_owned();
            name.push(format!(".set-aside-{n}"));
            match self.disk.read(Path::new(&name)) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(name.into()),
                Err(source) => return Err(StoreError::Read { path: name.into(), source }),
            }
        }
        let source = io::Error::other("too many journals were set aside");
        Err(StoreError::Write { path: self.path.to_owned(), source })
    }
}

impl<D: Disk> JournalWriter<D> {
    fn open(disk: D, path: &Path, len: u64, changes: u64) -> Result<Self, StoreError> {
        let file = disk.append(path).map_err(|source| write_error(path, source))?;
        Ok(Self { disk, path: path.to_owned(), file, len, has_rest: false, changes })
    }

    /// Returns a journal that nothing is written to, in the place of one that was taken out.
    #[cfg(test)]
    pub(super) fn closed(disk: D) -> Self
    where
        D::File: Default,
    {
        let file = D::File::default();
        Self { disk, path: PathBuf::new(), file, len: 0, has_rest: false, changes: 0 }
    }

    fn begin(&mut self, document: &Document, stamp: &Stamp, at: Timestamp) -> Result<(), StoreError> {
        self.append(&[first_entry(document, stamp, at)], document.source())?;
        self.disk.sync_folder(folder_of(&self.path)).map_err(|source| write_error(&self.path, source))
    }

    /// Returns the number of the last change in the journal.
    #[must_use]
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Returns the path of the journal.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes entries at the end and waits until they are on the disk.
    ///
    /// # Errors
    ///
    /// When the disk is full or refuses. None of the entries counts as written then, and the same call may be tried
    /// again.
    pub fn append(&mut self, entries: &[Entry], source: &SourceText) -> Result<(), StoreError> {
        let text = lines(&self.path, entries, source)?;
        self.put(text.as_bytes()).map_err(|source| write_error(&self.path, source))?;
        let last = entries.iter().map(Entry::n).max();
        self.changes = self.changes.max(last.unwrap_or(0));
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.has_rest {
            self.disk.truncate(&self.path, self.len)?;
        }
        self.has_rest = true;
        self.disk.write(&mut self.file, bytes)?;
        self.disk.sync(&self.file)?;
        self.has_rest = false;
        self.len += bytes.len() as u64;
        Ok(())
    }
}
