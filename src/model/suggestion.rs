//! What a rule proposes and nobody has decided yet.

use std::sync::Arc;

use super::{Body, Fragments, LabelId};

/// A proposed annotation with its reason. Never touches a document: only a decision does.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What is proposed. A claim's roles hold spans, `Author` or `Unnamed` only.
    pub body: Body,
    /// Attributes that the rule sets (`quote`, `cue_type`), by the schema's ids.
    pub attributes: std::collections::BTreeMap<Arc<str>, super::AttributeValue>,
    /// The rule's id with its pack's language (`ar/gpe-gazetteer`).
    pub rule: Arc<str>,
    /// The pack and its version (`ar-news@1`).
    pub pack: Arc<str>,
    /// How sure the rule is, 0 to 1.
    pub confidence: f32,
    /// The reason in one line, for the user.
    pub why: Arc<str>,
    /// What matched, what held, and what lost against it.
    pub explanation: Explanation,
}

impl Suggestion {
    /// Returns what a decision on this suggestion is filed under.
    #[must_use]
    pub fn key(&self) -> SuggestionKey {
        SuggestionKey { label: self.body.label().clone(), fragments: self.body.fragments().clone() }
    }
}

/// Identifies a suggestion across runs of the rules: the label and the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SuggestionKey {
    /// Where.
    pub fragments: Fragments,
    /// The suggested label.
    pub label: LabelId,
}

/// Why a rule proposes what it proposes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// The pieces of text that matched, in text order.
    pub pieces: Vec<Piece>,
    /// The conditions around the match that held, one line each.
    pub guards: Vec<Arc<str>>,
    /// The suggestions that this one beat.
    pub losers: Vec<Loser>,
}

/// One element of a pattern and the text that it matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The element in the rule language's words (`list "say"`, `gazetteer GPE`).
    pub element: Arc<str>,
    /// The matched text, in bytes of the article.
    pub range: crate::text::TextRange,
    /// The form that was found in the list, where it differs from the text (folded, without proclitic).
    pub form: Option<Arc<str>>,
    /// The proclitic that was taken off, empty where there was none.
    pub proclitic: Arc<str>,
}

/// A suggestion that lost against another.
#[derive(Debug, Clone, PartialEq)]
pub struct Loser {
    /// Its rule.
    pub rule: Arc<str>,
    /// Its label.
    pub label: LabelId,
    /// Where it stood.
    pub fragments: Fragments,
    /// The reason, one line.
    pub reason: Arc<str>,
}
