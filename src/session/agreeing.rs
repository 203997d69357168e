//! How far the annotators of a project agree: computed on a thread of its own, with the words that each difference is
//! about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use rayon::prelude::*;

use super::action::{Action, Request};
use super::fault::guarded;
use super::perform::Outcome;
use super::worker::Event;
use super::{Session, Unavailable, Waker};
use crate::model::agreement::{
    AgreementReport, AnnotatedArticle, CharFragments, ComparedArticle, GammaOptions, agreement,
};
use crate::store::{self, Project, StoreError};
use crate::text::{CharOffset, SourceText, shortened_to};

/// In a project with more articles that several have annotated, gamma is left to the command line.
const MOST_FOR_GAMMA: usize = 200;

/// The most differences whose words are read, in each list.
const MOST_QUOTED: usize = 5_000;

/// The longest quote, in chars.
const QUOTE_CHARS: usize = 80;

/// How far annotators agree, and the words of what they do not agree on.
#[derive(Debug)]
pub struct Agreement {
    /// The figures and the differences behind them.
    pub report: AgreementReport,
    /// The words at a place of an article, by the article's index and the first and last char.
    quotes: BTreeMap<(usize, u32, u32), Arc<str>>,
    /// Annotation files that could not be read.
    pub failed: Vec<StoreError>,
}

impl Agreement {
    /// Returns the words at a place; empty where they were not read.
    #[must_use]
    pub fn quote(&self, article: usize, fragments: &CharFragments) -> &str {
        let key = (article, fragments.start().get(), fragments.end().get());
        self.quotes.get(&key).map_or("", |quote| quote)
    }

    /// Reads what every annotator made of the articles that at least two have, and compares it.
    fn of(project: &Project) -> Self {
        let annotators: Vec<Arc<str>> = project.annotators().into_iter().map(Arc::from).collect();
        let mut by_article: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, annotator) in annotators.iter().enumerate() {
            for name in project.annotated(annotator) {
                by_article.entry(name).or_default().push(index);
            }
        }
        by_article.retain(|_, who| who.len() > 1);
        let read = by_article.into_par_iter().map(|(name, who)| {
            let mut work: Vec<Option<AnnotatedArticle>> = vec![None; annotators.len()];
            let mut failed = Vec::new();
            for index in who {
                match store::read_annotations(&project.annotations(&annotators[index], &name)) {
                    Ok(file) => work[index] = Some(file.annotated().0),
                    Err(error) => failed.push(error),
                }
            }
            (ComparedArticle { name: name.into(), work }, failed)
        });
        let (articles, failed): (Vec<_>, Vec<_>) = read.unzip();
        let samples = if articles.len() > MOST_FOR_GAMMA { 0 } else { GammaOptions::default().samples };
        let options = GammaOptions { samples, ..GammaOptions::default() };
        let report = agreement(&annotators, &articles, options);
        let quotes = quotes(project, &report);
        Self { report, quotes, failed: failed.into_iter().flatten().collect() }
    }
}

/// Returns the words of the differences of a report, each article read once.
fn quotes(project: &Project, report: &AgreementReport) -> BTreeMap<(usize, u32, u32), Arc<str>> {
    let mut wanted: BTreeMap<usize, BTreeSet<(u32, u32)>> = BTreeMap::new();
    let mut want = |article: usize, fragments: &CharFragments| {
        wanted.entry(article).or_default().insert((fragments.start().get(), fragments.end().get()));
    };
    for group in &report.groups {
        for layer in &group.layers {
            for difference in layer.differences.iter().take(MOST_QUOTED) {
                for spot in [&difference.first, &difference.second].into_iter().flatten() {
                    want(difference.article, &spot.fragments);
                }
            }
        }
        let coded = group.layers.iter().flat_map(|layer| &layer.label_differences);
        let coded = coded.chain(group.attributes.iter().flat_map(|attribute| &attribute.differences));
        for difference in coded.chain(&group.decisions.differences).take(MOST_QUOTED) {
            want(difference.article, &difference.fragments);
        }
    }
    let read = wanted.into_par_iter().flat_map_iter(|(article, places)| {
        let name = &report.articles[article].name;
        let text = store::read_text(&project.article(name), None).ok().map(|(text, _)| text);
        places.into_iter().filter_map(move |(start, end)| {
            let quote = quote(text.as_ref()?, start, end)?;
            Some(((article, start, end), Arc::from(quote)))
        })
    });
    read.collect()
}

fn quote(text: &SourceText, start: u32, end: u32) -> Option<String> {
    let range = text.range_from_chars(CharOffset::new(start), CharOffset::new(end)).ok()?;
    Some(shortened_to(text.slice(range), QUOTE_CHARS).into_owned())
}

/// Compares the annotators of a project, on a thread of its own.
fn start(project: Project, events: Sender<Event>, waker: Waker) {
    std::thread::spawn(move || {
        let event = match guarded(|| Agreement::of(&project)) {
            Ok(agreement) => {
                Event::Agreed { root: project.root().to_owned(), agreement: Arc::new(agreement) }
            }
            Err(_) => Event::Faulted("comparing annotators"),
        };
        // Where nobody listens any more, the program ends.
        let _ = events.send(Event::News(Box::new(event)));
        waker();
    });
}

impl Session {
    /// Returns how far the annotators agree, as of when it was asked for.
    #[must_use]
    pub const fn agreement(&self) -> Option<&Arc<Agreement>> {
        self.agreement.as_ref()
    }

    pub(super) fn perform_on_agreement(&mut self, action: Action) -> Outcome {
        match action {
            Action::ShowAgreement => {
                let project = self.queued.project.clone().ok_or("no project is open")?;
                let (events, waker) = self.worker.later();
                start(project, events, waker);
                self.inform("Comparing the annotators");
            }
            Action::OpenAt(article, start, end) => {
                if self.queued.queue.here().is_some_and(|entry| entry.name == article) {
                    self.select_chars(start, end);
                } else {
                    self.place_next = Some((start, end));
                    return self.perform_on_project(Action::OpenArticle(article));
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn take_agreement(&mut self, root: &std::path::Path, agreement: Arc<Agreement>) {
        // Late news of another project.
        if self.project().is_none_or(|project| *project.root() != *root) {
            return;
        }
        self.notice = None;
        self.agreement = Some(agreement);
        self.ask(Request::Agreement);
    }

    /// Selects a place, in chars, and brings it into view.
    pub(super) fn select_chars(&mut self, start: u32, end: u32) {
        let Some(open) = &mut self.open else { return };
        let source = open.editor.document().source();
        // The article may have changed since the place was told.
        if let Ok(range) = source.range_from_chars(CharOffset::new(start), CharOffset::new(end)) {
            open.editor.select(super::Selection::of(range));
            self.ask(Request::Reveal(range));
        }
    }

    /// Returns whether there are annotators to compare.
    pub(super) fn can_compare(&self) -> Result<(), Unavailable> {
        self.has_project()
    }
}
