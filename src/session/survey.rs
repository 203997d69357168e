//! Counting what waits in the articles of a project: on a thread of its own, article by article, so that nothing else
//! waits for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use super::Waker;
use super::fault::guarded;
use super::queue::QueueCounts;
use super::review::ReviewQueue;
use super::rules_thread::{context_of, shipped_rules};
use super::worker::Event;
use crate::model::{Document, Fragments, LabelId, Schema};
use crate::rules::{RuleSet, builtin_packs};
use crate::store::{self, OpenOptions, Project};
use crate::text::Segmentation;

/// After how many articles what was counted is told.
const BATCH: usize = 32;

/// The articles to be counted in.
#[derive(Debug)]
pub(super) struct SurveyJob {
    pub(super) project: Project,
    pub(super) names: Vec<Arc<str>>,
    pub(super) annotator: Arc<str>,
    pub(super) schema: Arc<Schema>,
    /// Where the project's own rules stand.
    pub(super) rules_dir: Option<PathBuf>,
}

/// A survey under way; dropped, it ends with the article at hand.
#[derive(Debug)]
pub(super) struct Survey(Arc<AtomicBool>);

impl Drop for Survey {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Survey {
    /// Starts counting.
    pub(super) fn start(job: SurveyJob, events: Sender<Event>, waker: Waker) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let is_ended = Arc::clone(&ended);
        std::thread::spawn(move || {
            let tell = |event| {
                let is_heard = events.send(Event::News(Box::new(event))).is_ok();
                waker();
                is_heard && !is_ended.load(Ordering::Relaxed)
            };
            if guarded(|| job.run(&tell)).is_err() {
                tell(Event::Faulted("counting in the articles"));
            }
        });
        Self(ended)
    }
}

impl SurveyJob {
    /// Counts in every article; `tell` returns whether to go on.
    fn run(&self, tell: &dyn Fn(Event) -> bool) {
        let rules = match self.rules() {
            Ok(rules) => rules,
            Err(message) => {
                tell(Event::RulesBroken(message));
                return;
            }
        };
        let annotators = self.project.annotators();
        for names in self.names.chunks(BATCH) {
            let counts = names.iter().map(|name| (Arc::clone(name), self.counts(name, &annotators, &rules)));
            let root = self.project.root().to_owned();
            if !tell(Event::Surveyed { root, counts: counts.collect() }) {
                return;
            }
        }
    }

    /// Returns the program's rules with the project's own.
    fn rules(&self) -> Result<Arc<RuleSet>, String> {
        let mut packs = builtin_packs();
        let shipped = shipped_rules(&packs)?;
        let own = self.rules_dir.as_deref().map_or_else(|| Ok(Vec::new()), store::own_packs);
        let own = own.map_err(|error| error.to_string())?;
        if own.is_empty() {
            return Ok(shipped);
        }
        packs.extend(own);
        let in_lines = |errors: Vec<crate::rules::PackError>| {
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        shipped.recompile(&packs).map(Arc::new).map_err(in_lines)
    }

    /// Counts in one article; one that cannot be read has no counts.
    fn counts(&self, name: &str, annotators: &[String], rules: &RuleSet) -> QueueCounts {
        let undecided = self.open(&self.annotator, name).map(|document| {
            let segmentation = Segmentation::new(document.source());
            let report = rules.report(document.source(), &segmentation, &context_of(&document));
            let queue = ReviewQueue::new(report.suggestions, &document);
            u32::try_from(queue.pending().len()).unwrap_or(u32::MAX)
        });
        let there = annotators.iter().filter(|who| self.project.annotations(who, name).is_file());
        let documents: Vec<Document> = there.filter_map(|who| self.open(who, name)).collect();
        QueueCounts { undecided, differing: differing(&documents) }
    }

    fn open(&self, annotator: &str, name: &str) -> Option<Document> {
        let options = OpenOptions { encoding: None, annotator: Some(annotator.into()) };
        store::open(&self.project.article(name), options, &self.schema).ok().map(|opened| opened.document)
    }
}

/// Returns how many spans some annotators have and others have not; `None` for fewer than two.
fn differing(documents: &[Document]) -> Option<u32> {
    if documents.len() < 2 {
        return None;
    }
    let mut by_span: BTreeMap<(&Fragments, &LabelId), usize> = BTreeMap::new();
    for document in documents {
        for annotation in document.annotations().iter() {
            *by_span.entry((annotation.body.fragments(), annotation.body.label())).or_default() += 1;
        }
    }
    let differing = by_span.values().filter(|count| **count % documents.len() != 0).count();
    u32::try_from(differing).ok()
}
