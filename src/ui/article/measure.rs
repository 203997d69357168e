//! Heights of paragraphs that nobody has seen yet, worked out on a thread of its own.
//!
//! A long text is laid out once from end to end to know how tall it is: seconds of work for ten megabytes, in which the
//! window goes on drawing. A newer job ends an older one.

use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use egui::Context;

use crate::text::SourceText;
use crate::typeset::{Block, TextStyle, Typesetter};

/// How much text is measured between two reports, in bytes: some 50 ms of work.
const BATCH_BYTES: usize = 128 * 1024;

/// A text to be measured.
pub(super) struct Job {
    /// What its results are known by.
    pub(super) number: u64,
    pub(super) source: SourceText,
    pub(super) blocks: Arc<[Block]>,
    pub(super) style: TextStyle,
    /// The width of the column in points.
    pub(super) width: f32,
    /// Where to begin: what is near the reader comes first, the beginning of the text last.
    pub(super) first: usize,
}

/// Heights of neighbouring blocks, in points, without the space after them.
pub(super) struct Batch {
    /// The number of the job.
    pub(super) job: u64,
    /// The index of the first block.
    pub(super) first: usize,
    pub(super) heights: Vec<f32>,
}

/// The thread that measures; it ends when this is dropped.
pub(super) struct Measurer {
    jobs: Sender<Job>,
    batches: Receiver<Batch>,
}

impl Measurer {
    /// Starts the thread, which wakes the window whenever there is a result; `None` where the system gives no thread.
    pub(super) fn new(window: Context, typesetter: &Typesetter) -> Option<Self> {
        let (jobs, todo) = channel();
        let (done, batches) = channel();
        let typesetter = typesetter.another();
        let work = move || work(typesetter, &todo, &done, &window);
        match std::thread::Builder::new().name("measure".to_owned()).spawn(work) {
            Ok(_) => Some(Self { jobs, batches }),
            Err(error) => {
                log::warn!(
                    "no thread to measure the text with, it is measured while the window is idle: {error}"
                );
                None
            }
        }
    }

    /// Begins a job, in place of the one under way.
    pub(super) fn start(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            log::error!("the thread that measures the text has ended");
        }
    }

    /// Returns the next result that is there, of whichever job.
    pub(super) fn poll(&self) -> Option<Batch> {
        self.batches.try_recv().ok()
    }
}

fn work(mut typesetter: Typesetter, todo: &Receiver<Job>, done: &Sender<Batch>, window: &Context) {
    let mut next = todo.recv().ok();
    while let Some(job) = next {
        let newer = measure(&mut typesetter, &job, todo, done, window);
        next = newer.or_else(|| todo.recv().ok());
    }
}

/// Measures all blocks of a job; returns a newer one as soon as there is one.
fn measure(
    typesetter: &mut Typesetter,
    job: &Job,
    todo: &Receiver<Job>,
    done: &Sender<Batch>,
    window: &Context,
) -> Option<Job> {
    for part in [job.first..job.blocks.len(), 0..job.first] {
        let mut at = part.start;
        while at < part.end {
            match todo.try_recv() {
                Ok(newer) => return Some(newer),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return None,
            }
            let heights = heights(typesetter, job, at..part.end);
            let first = at;
            at += heights.len();
            if done.send(Batch { job: job.number, first, heights }).is_err() {
                return None;
            }
            window.request_repaint();
        }
    }
    None
}

/// The heights of the first blocks of a range: as many as make a batch, at least one.
fn heights(typesetter: &mut Typesetter, job: &Job, blocks: Range<usize>) -> Vec<f32> {
    let mut heights = Vec::new();
    let mut bytes = 0;
    for block in &job.blocks[blocks] {
        if bytes >= BATCH_BYTES {
            break;
        }
        bytes += block.range.len() as usize + 64;
        let text = job.source.slice(block.range);
        let layout = typesetter.layout_paragraph(text, job.style, Some(job.width), Some(block.direction));
        heights.push(layout.height);
    }
    heights
}
