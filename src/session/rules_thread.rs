//! The thread that has the rules: runs them, tries an edit of them, reads them again when their files have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Instant;

use rayon::prelude::*;

use super::Waker;
use super::fault::guarded;
use super::review::ReviewQueue;
use super::worker::Event;
use crate::model::{Body, Document, Suggestion};
use crate::rules::{
    Changes, ConfirmedMention, Context, Dictionary, OwnPacks, PackError, PackSource, RECORD_INDENT, RuleCard,
    RuleEdit, RuleSet, Votes, builtin_packs, lessons, record_id,
};
use crate::store::{self, Watch};
use crate::text::Segmentation;

/// The most articles of a folder on which an edit is tried, and whose decisions are counted.
pub(super) const MAX_TRIED: usize = 500;

/// What the rules thread is asked for.
#[derive(Debug)]
pub(super) enum RulesJob {
    /// Runs the rules.
    Suggest(SuggestJob),
    /// Reads the own packs again, and counts the decisions in some articles.
    Reload { articles: Vec<PathBuf> },
    /// Runs the rules as they would be after an edit.
    Try { number: u64, edit: RuleEdit, article: Box<SuggestJob>, articles: Vec<PathBuf> },
    /// Makes an edit and keeps it.
    Keep(RuleEdit),
    /// Lets go of a queue that is no longer needed.
    Drop(Box<ReviewQueue>),
}

/// A run of the rules over a document.
#[derive(Debug, Clone)]
pub(super) struct SuggestJob {
    pub(super) generation: u64,
    /// How often the document had been changed.
    pub(super) changes: u64,
    pub(super) document: Box<Document>,
    pub(super) segmentation: Arc<Segmentation>,
    /// The learned names; `None` where they are switched off.
    pub(super) dictionary: Option<Arc<Dictionary>>,
    /// Rules that are not run on this article.
    pub(super) muted: BTreeSet<Arc<str>>,
    /// Where the own rules for this article stand; `None` where there are none.
    pub(super) rules_dir: Option<PathBuf>,
}

/// The rules as they are now, for those who look through them.
#[derive(Debug, Default)]
pub struct Rules {
    /// All rules, sorted by id.
    pub cards: Vec<RuleCard>,
    /// All packs.
    pub packs: Vec<PackSource>,
    /// How often what each rule suggests was taken and refused, in the other articles of the folder.
    pub record: BTreeMap<Arc<str>, Votes>,
}

/// What came of trying an edit.
#[derive(Debug, Default)]
pub struct Tried {
    /// What is wrong, in the lines of the edited record where it lies in there.
    pub errors: Vec<PackError>,
    /// How often the rule matches in the open article.
    pub found: u32,
    /// What it changes in the open article.
    pub changes: Changes,
    /// What it changes in the articles of the folder.
    pub folder: FolderEffect,
}

/// What an edit changes in the articles of a folder.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FolderEffect {
    /// The articles that were read.
    pub articles: usize,
    /// Those in which something changes.
    pub changed: usize,
    /// Suggestions that come.
    pub added: usize,
    /// Suggestions that go.
    pub removed: usize,
}

/// The rules and where they come from.
struct RulesThread {
    rules: Arc<RuleSet>,
    own: OwnPacks,
    /// All packs, the shipped ones first.
    packs: Vec<PackSource>,
    dir: Option<PathBuf>,
    watch: Option<Watch>,
    record: BTreeMap<Arc<str>, Votes>,
    events: Sender<Event>,
    waker: Waker,
}

pub(super) fn run(jobs: &Receiver<RulesJob>, events: Sender<Event>, waker: Waker) {
    let packs = builtin_packs();
    let rules = match shipped_rules(&packs) {
        Ok(rules) => rules,
        Err(message) => {
            // The receiver is gone only when the program ends.
            let _ = events.send(Event::RulesBroken(message));
            waker();
            return;
        }
    };
    let mut thread = RulesThread {
        rules,
        own: OwnPacks::default(),
        packs,
        dir: None,
        watch: None,
        record: BTreeMap::new(),
        events,
        waker,
    };
    if !thread.send(Event::News(Box::new(thread.loaded()))) {
        return;
    }
    while let Ok(mut job) = jobs.recv() {
        // Of several waiting runs, or tries, only the last is of interest, but each is answered.
        while let Ok(newer) = jobs.try_recv() {
            let is_outdated = std::mem::discriminant(&job) == std::mem::discriminant(&newer)
                && matches!(job, RulesJob::Suggest(_) | RulesJob::Try { .. });
            let answer = if is_outdated { Event::Done } else { thread.guarded_answer(job) };
            if !thread.send(answer) {
                return;
            }
            job = newer;
        }
        let answer = thread.guarded_answer(job);
        if !thread.send(answer) {
            return;
        }
    }
}

/// Returns the shipped rules, compiled once for all sessions of the program, or what is wrong with them.
pub(super) fn shipped_rules(packs: &[PackSource]) -> Result<Arc<RuleSet>, String> {
    static RULES: std::sync::OnceLock<Result<Arc<RuleSet>, String>> = std::sync::OnceLock::new();
    RULES.get_or_init(|| RuleSet::compile(packs).map(Arc::new).map_err(|errors| in_lines(&errors))).clone()
}

fn in_lines(errors: &[PackError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl RulesThread {
    /// Sends an event; returns whether anybody listens.
    fn send(&self, event: Event) -> bool {
        let sent = self.events.send(event).is_ok();
        (self.waker)();
        sent
    }

    /// Answers a job; where a fault ends that, the rules and what was read of them stay as they were.
    fn guarded_answer(&mut self, job: RulesJob) -> Event {
        guarded(|| self.answer(job)).unwrap_or(Event::Faulted("a run of the rules"))
    }

    fn answer(&mut self, job: RulesJob) -> Event {
        match job {
            RulesJob::Suggest(job) => {
                self.go_to(job.rules_dir.as_deref());
                let started = Instant::now();
                let (suggestions, work) = suggestions(&self.rules, &job);
                let queue = Box::new(ReviewQueue::new(suggestions, &job.document));
                let SuggestJob { generation, changes, .. } = job;
                Event::Suggested { generation, changes, queue, work, took: started.elapsed() }
            }
            RulesJob::Reload { articles } => {
                self.record = record_of(&articles);
                self.reload()
            }
            RulesJob::Try { number, edit, article, articles } => {
                let tried = self.try_out(&edit, &article, &articles);
                Event::Tried { number, tried: Box::new(tried) }
            }
            RulesJob::Keep(edit) => self.keep(&edit),
            RulesJob::Drop(queue) => {
                drop(queue);
                Event::Done
            }
        }
    }

    /// Takes the own rules of a folder, if they are not those at hand.
    fn go_to(&mut self, dir: Option<&Path>) {
        if self.dir.as_deref() == dir {
            return;
        }
        self.dir = dir.map(Path::to_owned);
        self.record.clear();
        let event = self.reload();
        self.send(Event::News(Box::new(event)));
    }

    /// Reads the own packs. Those that do not load leave the rules as they are.
    fn reload(&mut self) -> Event {
        self.watch_folder();
        let own = match self.dir.as_deref().map_or_else(|| Ok(Vec::new()), store::own_packs) {
            Ok(own) => own,
            Err(error) => return Event::Warned(error),
        };
        let mut packs = builtin_packs();
        packs.extend(own.iter().cloned());
        match self.rules.recompile(&packs) {
            Ok(rules) => {
                let name = |pack: &PackSource| Some(Path::new(&pack.path).file_name()?.to_str()?.to_owned());
                let files = own.iter().filter_map(|pack| Some((name(pack)?, pack.text.clone()))).collect();
                self.own = OwnPacks::new(files);
                self.rules = Arc::new(rules);
                self.packs = packs;
                self.loaded()
            }
            Err(errors) => Event::RulesBroken(in_lines(&errors)),
        }
    }

    fn loaded(&self) -> Event {
        let rules =
            Rules { cards: self.rules.cards(), packs: self.packs.clone(), record: self.record.clone() };
        Event::RulesLoaded(Arc::new(rules))
    }

    fn watch_folder(&mut self) {
        let Some(dir) = self.dir.as_deref().filter(|dir| dir.is_dir()) else {
            self.watch = None;
            return;
        };
        let (events, waker) = (self.events.clone(), Arc::clone(&self.waker));
        // Where a folder cannot be watched, F5 reads it again.
        self.watch = store::watch(dir, move || {
            let _ = events.send(Event::RulesChanged);
            waker();
        })
        .ok();
    }

    /// Returns the packs after an edit, or what stands against it.
    fn packs_after(&self, edit: &RuleEdit) -> Result<(OwnPacks, Vec<PackSource>), PackError> {
        let dir = self.dir.as_deref().unwrap_or(Path::new("rules"));
        let own = self.own.edited(edit).ok_or_else(|| PackError {
            path: "rule".into(),
            line: 1,
            column: 1,
            message: "the brackets or strings of this rule, or of the file of own rules, do not close"
                .to_owned(),
            nearest: None,
            hint: "Every `(` and `[` needs its end, every string its second quote".to_owned(),
        })?;
        let mut packs = builtin_packs();
        let gazetteers = self.packs.iter().find(|pack| Path::new(&pack.path).starts_with(dir));
        let gazetteers = gazetteers.map_or_else(Vec::new, |pack| pack.gazetteers.clone());
        packs.extend(own.files().iter().map(|(name, text)| PackSource {
            path: dir.join(name).display().to_string(),
            text: text.clone(),
            gazetteers: gazetteers.clone(),
        }));
        Ok((own, packs))
    }

    fn try_out(&self, edit: &RuleEdit, article: &SuggestJob, articles: &[PathBuf]) -> Tried {
        let (own, packs) = match self.packs_after(edit) {
            Ok(after) => after,
            Err(error) => return Tried { errors: vec![error], ..Tried::default() },
        };
        let rules = match self.rules.recompile(&packs) {
            Ok(rules) => rules,
            Err(errors) => return Tried { errors: in_record(errors, edit, &own), ..Tried::default() },
        };
        let mut tried = Tried::default();
        let (after, work) = suggestions(&rules, article);
        if let RuleEdit::Put { language, record, .. } = edit
            && let Some(id) = record_id(record)
        {
            let id = format!("{}/{id}", language.code());
            tried.errors = in_record(rules.check_examples_of(&id), edit, &own);
            tried.found = work.get(id.as_str()).map_or(0, |work| work.matches);
        }
        tried.changes = Changes::between(&suggestions(&self.rules, article).0, &after);
        tried.folder = self.effect_on(articles, &rules);
        tried
    }

    fn effect_on(&self, articles: &[PathBuf], rules: &RuleSet) -> FolderEffect {
        let effects = articles.par_iter().take(MAX_TRIED).filter_map(|path| {
            let (text, _) = store::read_text(path, None).ok()?;
            let segmentation = Segmentation::new(&text);
            let run = |rules: &RuleSet| rules.suggest(&text, &segmentation, &Context::default());
            let changes = Changes::between(&run(&self.rules), &run(rules));
            Some(FolderEffect {
                articles: 1,
                changed: usize::from(!changes.is_empty()),
                added: changes.added.len(),
                removed: changes.removed.len(),
            })
        });
        effects.reduce(FolderEffect::default, |a, b| FolderEffect {
            articles: a.articles + b.articles,
            changed: a.changed + b.changed,
            added: a.added + b.added,
            removed: a.removed + b.removed,
        })
    }

    /// Makes an edit: first it must load, then it is written.
    fn keep(&mut self, edit: &RuleEdit) -> Event {
        let Some(dir) = self.dir.clone() else {
            return Event::RulesBroken("there is no folder in which own rules could be kept".to_owned());
        };
        let (own, packs) = match self.packs_after(edit) {
            Ok(after) => after,
            Err(error) => return Event::RulesBroken(in_lines(&[error])),
        };
        let rules = match self.rules.recompile(&packs) {
            Ok(rules) => rules,
            Err(errors) => return Event::RulesBroken(in_lines(&errors)),
        };
        for (name, text) in
            own.files().iter().filter(|(name, text)| self.own.files().get(*name) != Some(text))
        {
            if let Err(error) = store::save_pack(&dir.join(name), text) {
                return Event::Warned(error);
            }
        }
        self.rules = Arc::new(rules);
        (self.own, self.packs) = (own, packs);
        if self.watch.is_none() {
            self.watch_folder();
        }
        self.loaded()
    }
}

/// Returns errors with the lines of the edited record in place of those of its file, where they lie in it.
fn in_record(mut errors: Vec<PackError>, edit: &RuleEdit, own: &OwnPacks) -> Vec<PackError> {
    let RuleEdit::Put { language, record, .. } = edit else { return errors };
    let Some(first) = own.first_line(*language, record) else { return errors };
    let last = first + u32::try_from(record.lines().count()).unwrap_or(u32::MAX);
    for error in &mut errors {
        let is_own = error.path.ends_with(&format!("own-{}.ron", language.code()));
        if is_own && (first..=last).contains(&error.line) {
            error.line = error.line - first + 1;
            error.column = error.column.saturating_sub(RECORD_INDENT).max(1);
            error.path = "rule".into();
        }
    }
    errors
}

/// Returns what the rules and the learned names suggest for an article, and what each rule did.
fn suggestions(
    rules: &RuleSet,
    job: &SuggestJob,
) -> (Vec<Suggestion>, BTreeMap<Arc<str>, crate::rules::Work>) {
    let context = Context { muted: job.muted.clone(), ..context_of(&job.document) };
    let report = rules.report(job.document.source(), &job.segmentation, &context);
    let suggestions = match &job.dictionary {
        Some(dictionary) => {
            let mut dictionary = Dictionary::clone(dictionary);
            let lessons = lessons(&job.document, &job.segmentation);
            dictionary.set_article(&job.document.article().file_name, lessons);
            dictionary.apply(report.suggestions, job.document.source(), &job.segmentation)
        }
        None => report.suggestions,
    };
    (suggestions, report.work)
}

/// Returns what the rules are told of a document: the mentions in it. What was decided is taken out by the review
/// queue, which puts it back when a decision is undone.
pub(super) fn context_of(document: &Document) -> Context {
    let confirmed = document.annotations().iter().filter_map(|annotation| match &annotation.body {
        Body::Entity(entity) => {
            Some(ConfirmedMention { label: entity.label.clone(), fragments: entity.fragments.clone() })
        }
        Body::Claim(_) => None,
    });
    Context { confirmed: confirmed.collect(), ..Context::default() }
}

/// Returns how often what each rule suggested was taken and refused, in the annotation files of some articles. A file
/// that is not there or cannot be read tells nothing.
fn record_of(articles: &[PathBuf]) -> BTreeMap<Arc<str>, Votes> {
    let files = articles.par_iter().take(MAX_TRIED);
    let decided = files.filter_map(|path| store::decisions_beside(path).ok());
    let count = |mut record: BTreeMap<Arc<str>, Votes>, (rule, accepted): (Arc<str>, bool)| {
        record.entry(rule).or_default().count(accepted);
        record
    };
    decided.flatten_iter().fold(BTreeMap::new, count).reduce(BTreeMap::new, |mut all, some| {
        for (rule, votes) in some {
            all.entry(rule).or_default().add(votes);
        }
        all
    })
}
