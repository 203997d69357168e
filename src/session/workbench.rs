//! Looking through the rules, muting them, writing new ones and seeing what they would do before they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Session;
use super::action::{Action, Request};
use super::perform::Outcome;
use super::rules_thread::{MAX_TRIED, Rules, RulesJob, SuggestJob, Tried};
use crate::model::{Decision, LabelId, LabelKind, Timestamp};
use crate::rules::{DraftKind, Language, RuleCard, RuleEdit, Votes, Work, detect_language, draft, record_in};
use crate::text::TextRange;

/// How long after the last key a rule that is being written is tried, in milliseconds.
const TRY_AFTER_MS: i64 = 150;

/// What the session knows of the rules.
#[derive(Default)]
pub(super) struct Workbench {
    rules: Arc<Rules>,
    draft: Option<Draft>,
    /// Set while the draft is being kept.
    keeping: bool,
    /// Counts the tries, so that late results of an earlier text are dropped.
    tries: u64,
}

/// A rule that is being written.
#[derive(Debug)]
pub struct Draft {
    /// Whose text it reads.
    pub language: Language,
    /// The full id of the rule that it stands in for.
    pub replaces: Option<Arc<str>>,
    /// Its record.
    pub text: String,
    /// What it was made from, where it was made from a selection.
    pub made_from: Option<MadeFrom>,
    /// What came of trying it; `None` while that is under way.
    pub tried: Option<Tried>,
    number: u64,
    stale_since: Option<Timestamp>,
}

/// The selection that a rule is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFrom {
    /// Where.
    pub place: TextRange,
    /// A second place that the rule is to find too.
    pub like: Option<TextRange>,
    /// The label to give.
    pub label: LabelId,
    /// How the rule generalises.
    pub kind: DraftKind,
}

/// What is known of a rule's work.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// What it did in the open article; `None` where it was not run.
    pub work: Option<Work>,
    /// Its share of all steps there, 0 to 1: a measure of its time.
    pub share: f64,
    /// What was taken and refused of it in the folder, this article included.
    pub votes: Votes,
}

impl Session {
    /// Returns the rules as they are now.
    #[must_use]
    pub const fn rules(&self) -> &Arc<Rules> {
        &self.workbench.rules
    }

    /// Returns a rule by its full id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&RuleCard> {
        let cards = &self.workbench.rules.cards;
        cards.binary_search_by(|card| (*card.id).cmp(id)).ok().map(|at| &cards[at])
    }

    /// Returns the record of a rule as it stands in its pack.
    #[must_use]
    pub fn rule_text(&self, id: &str) -> Option<String> {
        let card = self.rule(id)?;
        record_in(&self.workbench.rules.packs, &card.path, card.written_id())
    }

    /// Returns the text of a rule as it stands among the own rules: that of a shipped one gets an id of its own.
    #[must_use]
    pub fn as_own(&self, rule: &str, text: &str) -> String {
        match self.rule(rule).map(RuleCard::written_id) {
            Some(id) if !self.is_own_rule(rule) => {
                text.replacen(&format!("\"{id}\""), &format!("\"my-{id}\""), 1)
            }
            _ => text.to_owned(),
        }
    }

    /// Returns whether a rule is one of the user's own.
    #[must_use]
    pub fn is_own_rule(&self, id: &str) -> bool {
        self.rule(id).is_some_and(|card| card.pack.starts_with("own@"))
    }

    /// Returns the rule that is being written.
    #[must_use]
    pub fn draft(&self) -> Option<&Draft> {
        self.workbench.draft.as_ref()
    }

    /// Returns the rules that are not run on the open article.
    #[must_use]
    pub fn muted_here(&self) -> &BTreeSet<Arc<str>> {
        static NONE: BTreeSet<Arc<str>> = BTreeSet::new();
        self.open.as_ref().map_or(&NONE, |open| &open.muted)
    }

    /// Returns what is known of the work of every rule that has done any.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<Arc<str>, Figures> {
        let mut figures: BTreeMap<Arc<str>, Figures> = BTreeMap::new();
        for (rule, votes) in &self.workbench.rules.record {
            figures.entry(Arc::clone(rule)).or_default().votes = *votes;
        }
        let Some(open) = &self.open else { return figures };
        for decision in open.editor.document().decisions() {
            let accepted = matches!(decision.decision, Decision::Accepted(_));
            figures.entry(Arc::clone(&decision.rule)).or_default().votes.count(accepted);
        }
        let all: u64 = open.work.values().map(|work| work.steps).sum();
        for (rule, work) in &open.work {
            let figures = figures.entry(Arc::clone(rule)).or_default();
            figures.work = Some(*work);
            figures.share = if all == 0 { 0.0 } else { work.steps as f64 / all as f64 };
        }
        figures
    }

    /// Returns how often what a rule suggests was taken and refused.
    #[must_use]
    pub fn votes(&self, rule: &str) -> Votes {
        let mut votes = self.workbench.rules.record.get(rule).copied().unwrap_or_default();
        for decision in self.editor().into_iter().flat_map(|editor| editor.document().decisions()) {
            if *decision.rule == *rule {
                votes.count(matches!(decision.decision, Decision::Accepted(_)));
            }
        }
        votes
    }

    pub(super) fn perform_on_rules(&mut self, action: Action) -> Outcome {
        match action {
            Action::ShowRules(rule) => {
                let articles = self.other_articles();
                self.worker.rules(RulesJob::Reload { articles });
                self.ask(Request::Rules(rule));
            }
            Action::EditRule(rule) => {
                self.edit_rule(&rule)?;
                self.ask(Request::Rules(Some(rule)));
            }
            Action::DraftRule(kind) => {
                self.draft_rule(kind)?;
                self.ask(Request::Rules(None));
            }
            Action::SetDraft(text) => {
                let now = self.now();
                let draft = self.workbench.draft.as_mut().ok_or("no rule is being written")?;
                draft.text = text;
                draft.stale_since = Some(now);
            }
            Action::KeepDraft => {
                let edit = self.draft().map(Draft::edit).ok_or("no rule is being written")?;
                self.workbench.keeping = true;
                self.worker.rules(RulesJob::Keep(edit));
            }
            Action::DropDraft => self.workbench.draft = None,
            Action::RemoveRule(rule) => self.worker.rules(RulesJob::Keep(RuleEdit::Remove { rule })),
            Action::MuteRule(rule, muted) => {
                self.inform(format!(
                    "{rule} is {}",
                    if muted { "muted in every article" } else { "no longer muted" }
                ));
                self.worker.rules(RulesJob::Keep(RuleEdit::Mute { rule, muted }));
            }
            Action::MuteHere(rule, muted) => {
                let open = self.open.as_mut().ok_or("no article is open")?;
                if muted {
                    open.muted.insert(Arc::clone(&rule));
                } else {
                    open.muted.remove(&rule);
                }
                let how = if muted { "muted in this article" } else { "no longer muted in this article" };
                self.inform(format!("{rule} is {how}"));
                self.run_rules();
            }
            _ => {}
        }
        Ok(())
    }

    /// Begins to write a rule in place of another: an own one is changed, a shipped one copied and muted.
    fn edit_rule(&mut self, rule: &Arc<str>) -> Outcome {
        let card = self.rule(rule).ok_or("that rule is no longer there")?;
        let language = card.language;
        let text = self.rule_text(rule).ok_or("the rule's text is not found in its pack")?;
        let text = self.as_own(rule, &text);
        self.begin(Draft::new(language, Some(Arc::clone(rule)), text, None));
        Ok(())
    }

    /// Begins to write a rule from the selection, else from the focused mark.
    fn draft_rule(&mut self, kind: DraftKind) -> Outcome {
        let made_from = self.draft().and_then(|draft| draft.made_from.clone());
        let made_from = match made_from {
            // Another way to make a rule from the same selection.
            Some(made_from) => MadeFrom { kind, ..made_from },
            None => self.made_from(kind)?,
        };
        let id = self.new_rule_id();
        let editor = self.editor().ok_or("no article is open")?;
        let source = editor.document().source();
        let MadeFrom { place, like, label, kind } = &made_from;
        let text = draft(source, editor.segmentation(), *place, *like, label.as_str(), *kind, &id)
            .map_err(|error| super::Refusal(error.to_string().into()))?;
        let language = detect_language(source.as_str());
        self.begin(Draft::new(language, None, text, Some(made_from)));
        Ok(())
    }

    fn made_from(&self, kind: DraftKind) -> Result<MadeFrom, super::Refusal> {
        let editor = self.editor().ok_or("no article is open")?;
        let focused = editor.focused_fragments().map(crate::model::Fragments::hull);
        let place = editor.selected().or(focused).ok_or("select a name first")?;
        let of_focus = editor
            .focused_annotation()
            .map(|annotation| annotation.body.label())
            .or_else(|| editor.focused_suggestion().map(|pending| pending.suggestion.body.label()));
        let is_entity =
            |label: &LabelId| self.schema.label(label).is_some_and(|def| def.kind == LabelKind::Entity);
        let label = of_focus
            .filter(|label| editor.selected().is_none() && is_entity(label))
            .cloned()
            .or_else(|| self.last_label.clone().filter(is_entity))
            .or_else(|| self.first_entity_label())
            .ok_or("the schema has no entity labels")?;
        let like = editor
            .recent_annotation()
            .filter(|annotation| *annotation.body.label() == label)
            .map(|annotation| annotation.body.fragments().hull())
            .filter(|hull| !hull.overlaps(place));
        Ok(MadeFrom { place, like, label, kind })
    }

    /// Returns an id that no rule has.
    fn new_rule_id(&self) -> String {
        let taken: BTreeSet<&str> = self.rules().cards.iter().map(RuleCard::written_id).collect();
        let ids = (1..=taken.len() + 1).map(|n| format!("own-{n}"));
        ids.into_iter().find(|id| !taken.contains(id.as_str())).unwrap_or_default()
    }

    fn begin(&mut self, draft: Draft) {
        self.workbench.draft = Some(draft);
        self.try_draft();
    }

    /// Sends the rule that is being written to the rules thread.
    fn try_draft(&mut self) {
        let (Some(article), articles) = (self.suggest_job(), self.other_articles()) else { return };
        let Some(draft) = &mut self.workbench.draft else { return };
        self.workbench.tries += 1;
        draft.number = self.workbench.tries;
        draft.stale_since = None;
        let (number, edit) = (draft.number, draft.edit());
        self.worker.rules(RulesJob::Try { number, edit, article: Box::new(article), articles });
    }

    /// Tries the rule that is being written at once.
    #[cfg(test)]
    pub(crate) fn try_draft_for_tests(&mut self) {
        self.try_draft();
    }

    /// Tries the rule that is being written when its last key lies long enough back; returns how long until then.
    pub(super) fn refresh_draft(&mut self) -> Option<Duration> {
        let now = self.now().millis();
        let since = self.workbench.draft.as_ref()?.stale_since?.millis();
        let left = since + TRY_AFTER_MS - now;
        if left > 0 {
            return Some(Duration::from_millis(left.unsigned_abs()));
        }
        self.try_draft();
        None
    }

    pub(super) fn take_tried(&mut self, number: u64, tried: Tried) {
        if let Some(draft) = self.workbench.draft.as_mut().filter(|draft| draft.number == number) {
            draft.tried = Some(tried);
        }
    }

    pub(super) fn take_rules(&mut self, rules: Arc<Rules>) {
        let same = self.workbench.rules.packs == rules.packs;
        self.workbench.rules = rules;
        if std::mem::take(&mut self.workbench.keeping) {
            self.workbench.draft = None;
            self.inform("The rule is kept");
        }
        if !same {
            self.run_rules();
        }
    }

    /// Tells that rules do not load; a draft that was to be kept stays.
    pub(super) fn rules_are_broken(&mut self, message: String) {
        self.workbench.keeping = false;
        self.complain(message);
    }

    /// Reads the own rules again: their files have changed.
    pub(super) fn reload_rules(&mut self) {
        let articles = self.other_articles();
        self.worker.rules(RulesJob::Reload { articles });
    }

    /// Returns the other articles of the folder.
    fn other_articles(&self) -> Vec<PathBuf> {
        let here = self.article_path();
        let queue = &self.queued.queue;
        let paths = queue.entries().iter().map(|entry| queue.path(entry));
        paths.filter(|path| Some(path.as_path()) != here).take(MAX_TRIED).collect()
    }

    /// Returns the run of the rules over the open article as it is now.
    pub(super) fn suggest_job(&self) -> Option<SuggestJob> {
        let open = self.open.as_ref()?;
        Some(SuggestJob {
            generation: open.generation,
            changes: open.editor.changes(),
            document: Box::new(open.editor.document().clone()),
            segmentation: Arc::clone(open.editor.segmentation()),
            dictionary: self.settings.learn.then(|| Arc::clone(&open.dictionary)),
            muted: open.muted.clone(),
            rules_dir: open.rules_dir.clone(),
        })
    }
}

impl Draft {
    fn new(
        language: Language,
        replaces: Option<Arc<str>>,
        text: String,
        made_from: Option<MadeFrom>,
    ) -> Self {
        Self { language, replaces, text, made_from, tried: None, number: 0, stale_since: None }
    }

    /// Returns whether what is written was tried and nothing is wrong with it.
    #[must_use]
    pub fn can_be_kept(&self) -> bool {
        self.stale_since.is_none() && self.tried.as_ref().is_some_and(|tried| tried.errors.is_empty())
    }

    fn edit(&self) -> RuleEdit {
        RuleEdit::Put {
            language: self.language,
            replaces: self.replaces.clone(),
            record: self.text.trim_end().trim_end_matches(',').to_owned(),
        }
    }
}
