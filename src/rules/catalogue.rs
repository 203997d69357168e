//! What there is to know of each rule beside its pattern: a list to look through.

use std::sync::Arc;

use super::context::Language;
use super::engine::RuleSet;
use super::grammar::{Action, CompiledRule, Grammar};

/// What kind of thing a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// Mentions.
    Entity,
    /// Claims.
    Claim,
    /// Places where nothing is suggested.
    Negative,
    /// Mentions of names that stand elsewhere in the article.
    Propagation,
}

/// A rule as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleCard {
    /// Its id with its language (`ar/org-bank`).
    pub id: Arc<str>,
    /// Its pack and the pack's version.
    pub pack: Arc<str>,
    /// The file that it stands in.
    pub path: Arc<str>,
    /// The line of its id in that file, from 1.
    pub line: u32,
    /// Whose text it reads.
    pub language: Language,
    /// What it gives.
    pub kind: RuleKind,
    /// The labels that it gives, none for claims and negative rules.
    pub labels: Vec<Arc<str>>,
    /// Its reason, in English.
    pub note: Arc<str>,
    /// Who wins among rules on the same words: the higher.
    pub priority: i32,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// Whether a pack mutes it.
    pub is_muted: bool,
}

impl RuleCard {
    /// Returns the id as it is written in the pack, without the language.
    #[must_use]
    pub fn written_id(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(_, id)| id)
    }
}

impl RuleSet {
    /// Returns all rules, sorted by id.
    #[must_use]
    pub fn cards(&self) -> Vec<RuleCard> {
        let mut cards: Vec<RuleCard> = self
            .grammars()
            .flat_map(|(language, grammar)| {
                grammar.rules.iter().map(move |rule| card(language, grammar, rule))
            })
            .collect();
        cards.sort_by(|a, b| a.id.cmp(&b.id));
        cards
    }
}

fn card(language: Language, grammar: &Grammar, rule: &CompiledRule) -> RuleCard {
    let (kind, labels) = match &rule.action {
        Action::Entity(labels) => (RuleKind::Entity, labels.clone()),
        Action::Propagate(propagation) => (RuleKind::Propagation, vec![propagation.label]),
        Action::Claim => (RuleKind::Claim, Vec::new()),
        Action::Negative | Action::NegativeLine(_) => (RuleKind::Negative, Vec::new()),
    };
    let mut labels: Vec<Arc<str>> =
        labels.into_iter().map(|label| grammar.labels[usize::from(label)].clone()).collect();
    labels.dedup();
    RuleCard {
        id: rule.id.clone(),
        pack: rule.pack.clone(),
        path: rule.place.path.clone(),
        line: rule.place.line,
        language,
        kind,
        labels,
        note: rule.note.en.as_str().into(),
        priority: rule.priority,
        confidence: rule.confidence,
        is_muted: rule.is_muted,
    }
}
