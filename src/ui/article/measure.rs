//! Heights of paragraphs that nobody has seen yet, worked out on a thread of its own.
//!
//! A long text is laid out once from end to end to know how tall it is: seconds of work for ten megabytes, in which the
//! window goes on drawing. A newer job ends an older one.

use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use egui::Context;

use crate::text::SourceText;
use crate::typeset::{Block, TextStyle, Typesetter, cut_at_lines};

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

/// What the thread tells of a job.
pub(super) struct Report {
    /// The number of the job.
    pub(super) job: u64,
    pub(super) found: Found,
}

/// What the thread has found out.
pub(super) enum Found {
    /// Long paragraphs are to be cut elsewhere, where their lines end. What is told from now on is about these blocks.
    Cuts(Arc<[Block]>),
    /// Some heights.
    Heights(Batch),
}

/// Heights of neighbouring blocks, in points, without the space after them.
pub(super) struct Batch {
    /// The index of the first block.
    pub(super) first: usize,
    pub(super) heights: Vec<f32>,
}

/// The thread that measures; it ends when this is dropped.
pub(super) struct Measurer {
    jobs: Sender<Job>,
    reports: Receiver<Report>,
}

impl Measurer {
    /// Starts the thread, which wakes the window whenever there is a result; `None` where the system gives no thread.
    pub(super) fn new(window: Context, typesetter: &Typesetter) -> Option<Self> {
        let (jobs, todo) = channel();
        let (done, reports) = channel();
        let typesetter = typesetter.another();
        let work = move || work(typesetter, &todo, &done, &window);
        match std::thread::Builder::new().name("measure".to_owned()).spawn(work) {
            Ok(_) => Some(Self { jobs, reports }),
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
    pub(super) fn poll(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }
}

fn work(mut typesetter: Typesetter, todo: &Receiver<Job>, done: &Sender<Report>, window: &Context) {
    let mut next = todo.recv().ok();
    while let Some(mut job) = next {
        let newer = match cut(&mut typesetter, &mut job, todo, done, window) {
            Ok(known) => measure(&mut typesetter, &job, &known, todo, done, window),
            Err(newer) => newer.map(|job| *job),
        };
        next = newer.or_else(|| todo.recv().ok());
    }
}

/// Cuts long paragraphs where their lines end, and returns the heights that are known from that; none where there is no
/// long paragraph.
///
/// # Errors
///
/// When there is a newer job, which is returned, or nobody to tell.
fn cut(
    typesetter: &mut Typesetter,
    job: &mut Job,
    todo: &Receiver<Job>,
    done: &Sender<Report>,
    window: &Context,
) -> Result<Vec<Option<f32>>, Option<Box<Job>>> {
    let mut stopped = None;
    let goes_on = || match todo.try_recv() {
        Err(TryRecvError::Empty) => true,
        newer => {
            stopped = Some(newer.ok().map(Box::new));
            false
        }
    };
    let cut = cut_at_lines(typesetter, &job.source, &job.blocks, (job.style, job.width), goes_on);
    if let Some(newer) = stopped {
        return Err(newer);
    }
    let Some(cut) = cut else { return Ok(Vec::new()) };
    let start = job.blocks.get(job.first).map(|block| block.range.start());
    let (blocks, known): (Vec<Block>, Vec<Option<f32>>) = cut.into_iter().unzip();
    job.blocks = blocks.into();
    job.first = job.blocks.partition_point(|block| Some(block.range.end()) <= start);
    let found = Found::Cuts(Arc::clone(&job.blocks));
    done.send(Report { job: job.number, found }).map_err(|_| None)?;
    window.request_repaint();
    Ok(known)
}

/// Measures all blocks of a job; returns a newer one as soon as there is one.
fn measure(
    typesetter: &mut Typesetter,
    job: &Job,
    known: &[Option<f32>],
    todo: &Receiver<Job>,
    done: &Sender<Report>,
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
            let heights = heights(typesetter, job, known, at..part.end);
            let first = at;
            at += heights.len();
            let found = Found::Heights(Batch { first, heights });
            if done.send(Report { job: job.number, found }).is_err() {
                return None;
            }
            window.request_repaint();
        }
    }
    None
}

/// The heights of the first blocks of a range: as many as make a batch, at least one.
fn heights(typesetter: &mut Typesetter, job: &Job, known: &[Option<f32>], blocks: Range<usize>) -> Vec<f32> {
    let mut heights = Vec::new();
    let mut bytes = 0;
    for at in blocks {
        if bytes >= BATCH_BYTES {
            break;
        }
        let block = job.blocks[at];
        bytes += block.range.len() as usize + 64;
        heights.push(known.get(at).copied().flatten().unwrap_or_else(|| {
            let text = job.source.slice(block.range);
            typesetter.layout_paragraph(text, job.style, Some(job.width), Some(block.direction)).height
        }));
    }
    heights
}
