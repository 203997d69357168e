//! The thread that searches the article: for the find bar while the query is typed, and for all mentions of a name.
//!
//! Invariant: the article is folded once, here, at the first question.

use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, OnceLock};

use super::Waker;
use super::fault::guarded;
use super::mentions::mentions;
use super::search::occurrences;
use super::worker::Event;
use crate::model::LabelId;
use crate::text::{FoldLevel, Folded, Segmentation, SourceText, TextRange};

/// An article as the search reads it. Clones share the fold, which goes with the last of them.
#[derive(Debug, Clone)]
pub(super) struct Searchable {
    source: SourceText,
    segmentation: Arc<Segmentation>,
    folded: Arc<OnceLock<Folded>>,
}

impl Searchable {
    pub(super) fn new(source: SourceText, segmentation: Arc<Segmentation>) -> Self {
        Self { source, segmentation, folded: Arc::default() }
    }

    fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| Folded::new(self.source.as_str(), FoldLevel::Names))
    }
}

/// What the search thread is asked for.
#[derive(Debug)]
pub(super) enum SearchJob {
    /// Gets ready for queries.
    Prepare(Searchable),
    /// Finds a query.
    Find { generation: u64, number: u64, article: Searchable, query: String },
    /// Finds all mentions of the name at a place, to be tagged with a label.
    Mentions { generation: u64, article: Searchable, place: TextRange, label: LabelId },
}

pub(super) fn run(jobs: &Receiver<SearchJob>, events: &Sender<Event>, waker: &Waker) {
    let send = |event| {
        let sent = events.send(event).is_ok();
        waker();
        sent
    };
    while let Ok(mut job) = jobs.recv() {
        // Of several waiting questions of a kind only the last is of interest, but each is answered.
        while let Ok(newer) = jobs.try_recv() {
            let is_outdated = std::mem::discriminant(&job) == std::mem::discriminant(&newer);
            if !send(if is_outdated { Event::Done } else { guarded_answer(job) }) {
                return;
            }
            job = newer;
        }
        if !send(guarded_answer(job)) {
            return;
        }
    }
}

fn guarded_answer(job: SearchJob) -> Event {
    guarded(|| answer(job)).unwrap_or(Event::Faulted("a search"))
}

fn answer(job: SearchJob) -> Event {
    match job {
        SearchJob::Prepare(article) => {
            article.folded();
            Event::Done
        }
        SearchJob::Find { generation, number, article, query } => {
            Event::Found { generation, number, hits: occurrences(article.folded(), &query) }
        }
        SearchJob::Mentions { generation, article, place, label } => {
            let name = article.source.slice(place);
            let places = mentions(&article.source, &article.segmentation, article.folded(), name);
            Event::Mentions { generation, place, label, places }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::mpsc::channel;

    fn article(text: &str) -> Searchable {
        let source = SourceText::new(text);
        let segmentation = Arc::new(Segmentation::new(&source));
        Searchable::new(source, segmentation)
    }

    #[test]
    fn the_fold_is_made_once_for_all_clones() {
        let article = article("أ ب");
        let clone = article.clone();
        let made: *const Folded = article.folded();
        assert!(std::ptr::eq(made, clone.folded()));
    }

    proptest! {
        /// Whatever is typed how fast: the last answer is that of a search made directly, and no answer is wrong.
        #[test]
        fn the_thread_answers_as_a_direct_search(
            text in "([أاإبتةىيلهو]|\u{64E}|ـ|ﷲ| |\n|[A-Ca-c]){0,300}",
            queries in prop::collection::vec("[أابةلهA-Ca-c ]{1,4}", 1..8),
        ) {
            let article = article(&text);
            let direct = Folded::new(&text, FoldLevel::Names);
            let (jobs_in, jobs) = channel();
            let (events_in, events) = channel();
            let thread = std::thread::spawn(move || {
                let waker: Waker = Arc::new(|| {});
                run(&jobs, &events_in, &waker);
            });
            for (i, query) in queries.iter().enumerate() {
                let job = SearchJob::Find {
                    generation: 1,
                    number: i as u64,
                    article: article.clone(),
                    query: query.clone(),
                };
                jobs_in.send(job).expect("the thread listens");
            }
            drop(jobs_in);
            thread.join().expect("no panic");
            let events: Vec<Event> = events.iter().collect();
            prop_assert_eq!(events.len(), queries.len());
            let mut last = None;
            for event in events {
                if let Event::Found { number, hits, .. } = event {
                    let query = &queries[usize::try_from(number).expect("small")];
                    prop_assert_eq!(hits, occurrences(&direct, query));
                    last = Some(number);
                }
            }
            prop_assert_eq!(last, Some(queries.len() as u64 - 1));
        }
    }
}
