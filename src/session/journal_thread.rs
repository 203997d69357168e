//! The thread that writes the journal: changes come in as they are made and are on the disk a moment later.
//!
//! Changes that come close together are written and synced at once. Where the disk refuses, they are kept and tried
//! again; nothing counts as written before it is.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::fault::guarded;
use super::worker::Event;
use super::{Clock, Waker};
use crate::formats::journal::Entry;
use crate::model::{Step, Timestamp};
use crate::store::{BEAT_EVERY_MS, JournalWriter, Lock};
use crate::text::SourceText;

/// How long the first of some changes waits for others, in milliseconds; with the sync it is on the disk in 250 ms.
const GATHER_MS: u64 = 50;

/// How long after the disk refused it is tried again, in milliseconds.
const AGAIN_MS: u64 = 2_000;

/// What a change of the document was.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// A new transaction.
    Commit(Arc<Step>),
    /// The last one was taken back.
    Undo,
    /// It was done again.
    Redo,
}

/// What the journal's thread is asked for.
#[derive(Debug)]
pub(super) enum JournalJob {
    /// Another article is open; what was asked for before is of the one before.
    Open(Box<OpenJournal>),
    /// Changes, in order.
    Changes(Vec<(Change, Timestamp)>),
    /// A snapshot of the state after `n` changes, with that SHA-256, is about to be put in its place; further changes
    /// may have come meanwhile. Answered when that is on the disk, or cannot be.
    Saving { n: u64, sha256: Arc<str>, at: Timestamp, done: Sender<()> },
    /// That snapshot is in its place.
    Saved { n: u64, at: Timestamp },
    /// Answers as soon as everything before it was tried.
    Flush(Sender<()>),
    /// The article is closed.
    Close,
}

/// The journal of an open article.
#[derive(Debug)]
pub(super) struct OpenJournal {
    pub(super) generation: u64,
    /// `None` where there is a lock and no journal.
    pub(super) writer: Option<JournalWriter>,
    /// Held as long as the article is open.
    pub(super) lock: Option<Lock>,
    pub(super) source: SourceText,
    pub(super) annotator: Arc<str>,
}

/// Runs until nobody asks any more.
pub(super) fn run(jobs: &Receiver<JournalJob>, events: &Sender<Event>, waker: &Waker, clock: &Clock) {
    let mut thread = JournalThread { open: None, waiting: Vec::new(), refused_at: None, events, waker };
    let mut next_beat = Instant::now();
    loop {
        let until_beat = next_beat.saturating_duration_since(Instant::now());
        let wait = thread.until_next_try().map_or(until_beat, |until_try| until_try.min(until_beat));
        let job = match jobs.recv_timeout(wait) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if Instant::now() >= next_beat {
            thread.beat(clock());
            next_beat = Instant::now() + Duration::from_millis(BEAT_EVERY_MS);
        }
        let done = guarded(|| match job {
            Some(job) => thread.take(job, jobs),
            None => thread.write_if_due(),
        });
        if done.is_err() {
            // What waits is written with the next change, or at the end.
            thread.tell(Event::Faulted("writing the journal"));
        }
    }
    thread.write();
}

struct JournalThread<'a> {
    open: Option<OpenJournal>,
    /// Entries that are not on the disk yet.
    waiting: Vec<Entry>,
    /// When the disk refused the last time.
    refused_at: Option<Instant>,
    events: &'a Sender<Event>,
    waker: &'a Waker,
}

impl JournalThread<'_> {
    fn take(&mut self, job: JournalJob, jobs: &Receiver<JournalJob>) {
        let mut next = Some(job);
        while let Some(job) = next.take() {
            match job {
                JournalJob::Changes(changes) => {
                    self.gather(changes);
                    next = self.more(jobs);
                    if next.is_none() {
                        self.write();
                    }
                }
                JournalJob::Saving { n, sha256, at, done } => {
                    self.waiting.push(Entry::Saving { n, at, sha256 });
                    self.write();
                    // Whoever waits no more needs no answer.
                    let _ = done.send(());
                }
                JournalJob::Saved { n, at } => {
                    self.waiting.push(Entry::Saved { n, at });
                    self.write();
                }
                JournalJob::Flush(done) => {
                    self.write();
                    let _ = done.send(());
                }
                JournalJob::Open(open) => {
                    self.write();
                    self.waiting.clear();
                    self.refused_at = None;
                    self.open = Some(*open);
                }
                JournalJob::Close => {
                    self.write();
                    self.waiting.clear();
                    self.open = None;
                }
            }
        }
    }

    /// Takes in more changes as long as they come close together; returns the job that is something else.
    fn more(&mut self, jobs: &Receiver<JournalJob>) -> Option<JournalJob> {
        let until = Instant::now() + Duration::from_millis(GATHER_MS);
        while let Ok(job) = jobs.recv_timeout(until.saturating_duration_since(Instant::now())) {
            match job {
                JournalJob::Changes(changes) => self.gather(changes),
                other => return Some(other),
            }
        }
        None
    }

    fn gather(&mut self, changes: Vec<(Change, Timestamp)>) {
        let Some(by) = self.open.as_ref().map(|open| Arc::clone(&open.annotator)) else { return };
        for (change, at) in changes {
            let (n, by) = (self.changes() + 1, Arc::clone(&by));
            self.waiting.push(match change {
                Change::Commit(step) => Entry::Commit {
                    n,
                    at,
                    by,
                    forward: step.forward().clone(),
                    inverse: step.inverse().clone(),
                },
                Change::Undo => Entry::Undo { n, at, by },
                Change::Redo => Entry::Redo { n, at, by },
            });
        }
    }

    /// Returns the number of the last change that has come.
    fn changes(&self) -> u64 {
        let waiting = self.waiting.iter().map(Entry::n).max();
        let written = self.open.as_ref().and_then(|open| open.writer.as_ref()).map(JournalWriter::changes);
        waiting.max(written).unwrap_or(0)
    }

    fn until_next_try(&self) -> Option<Duration> {
        let again = self.refused_at? + Duration::from_millis(AGAIN_MS);
        Some(again.saturating_duration_since(Instant::now()))
    }

    fn write_if_due(&mut self) {
        if self.until_next_try().is_some_and(|wait| wait.is_zero()) {
            self.write();
        }
    }

    fn write(&mut self) {
        let Some(OpenJournal { generation, writer: Some(writer), source, .. }) = &mut self.open else {
            return;
        };
        if self.waiting.is_empty() {
            return;
        }
        let generation = *generation;
        match writer.append(&self.waiting, source) {
            Ok(()) => {
                self.waiting.clear();
                self.refused_at = None;
                let changes = writer.changes();
                self.tell(Event::Journaled { generation, changes });
            }
            Err(error) => {
                let is_news = self.refused_at.is_none();
                self.refused_at = Some(Instant::now());
                if is_news {
                    self.tell(Event::JournalRefused { generation, error });
                }
            }
        }
    }

    fn beat(&mut self, now: Timestamp) {
        let Some(lock) = self.open.as_mut().and_then(|open| open.lock.as_mut()) else { return };
        if let Err(error) = lock.beat(now) {
            log::warn!("the lock's heartbeat was not written: {error}");
        }
    }

    fn tell(&self, event: Event) {
        // Where nobody listens any more, what is asked for is done all the same.
        let _ = self.events.send(Event::News(Box::new(event)));
        (self.waker)();
    }
}
