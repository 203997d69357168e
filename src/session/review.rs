//! The suggestions that are not decided yet, in reading order.

use std::sync::Arc;

use crate::model::{Body, Document, Fragments, LabelId, RoleId, Suggestion, SuggestionKey};
use crate::text::ByteOffset;

/// A suggestion waiting for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// What the rules said.
    pub suggestion: Arc<Suggestion>,
    /// Other edges that the reviewer has set before deciding.
    pub mended: Option<Fragments>,
}

impl Pending {
    /// Returns where it stands now.
    #[must_use]
    pub fn fragments(&self) -> &Fragments {
        self.mended.as_ref().unwrap_or_else(|| self.suggestion.body.fragments())
    }

    /// Returns what a decision on it is filed under.
    #[must_use]
    pub fn key(&self) -> SuggestionKey {
        self.suggestion.key()
    }
}

/// The review queue: all suggestions of the last run of the rules, less those that were decided or that the
/// document's own annotations answer.
#[derive(Debug, Clone, Default)]
pub struct ReviewQueue {
    all: Vec<Arc<Suggestion>>,
    /// Sorted as `all` is, in the order of [`SuggestionKey`].
    pending: Vec<Pending>,
}

impl ReviewQueue {
    /// Takes the result of a run of the rules, sorted in reading order.
    pub fn replace(&mut self, mut suggestions: Vec<Suggestion>, document: &Document) {
        suggestions.sort_by(|a, b| reading_order(&a.body, &b.body));
        self.all = suggestions.into_iter().map(Arc::new).collect();
        self.refresh(document);
    }

    /// Works out anew what is pending after the document changed. Mended edges are kept.
    pub fn refresh(&mut self, document: &Document) {
        let mended: std::collections::BTreeMap<SuggestionKey, Fragments> = std::mem::take(&mut self.pending)
            .into_iter()
            .filter_map(|pending| pending.mended.map(|mended| (pending.suggestion.key(), mended)))
            .collect();
        self.pending = self
            .all
            .iter()
            .filter(|suggestion| !is_answered(suggestion, document))
            .map(|suggestion| Pending {
                mended: mended.get(&suggestion.key()).cloned(),
                suggestion: Arc::clone(suggestion),
            })
            .collect();
    }

    /// Returns the suggestions that wait, in reading order.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Returns the number of suggestions that the last run of the rules made.
    #[must_use]
    pub fn total(&self) -> usize {
        self.all.len()
    }

    /// Returns the index of the pending suggestion of that key; O(log n).
    #[must_use]
    pub fn position(&self, key: &SuggestionKey) -> Option<usize> {
        let at = self.place(key);
        self.pending.get(at).filter(|pending| order_to_key(pending, key).is_eq()).map(|_| at)
    }

    /// Returns the index at which a suggestion of that key stands or would stand, so that of the next one after it
    /// was decided; O(log n).
    #[must_use]
    pub fn place(&self, key: &SuggestionKey) -> usize {
        self.pending.partition_point(|pending| order_to_key(pending, key).is_lt())
    }

    /// Returns the pending suggestion of that key.
    #[must_use]
    pub fn get(&self, key: &SuggestionKey) -> Option<&Pending> {
        self.position(key).map(|i| &self.pending[i])
    }

    /// Returns the index of the first pending suggestion that starts at or after `at`, else of the first of all.
    #[must_use]
    pub fn first_from(&self, at: ByteOffset) -> Option<usize> {
        let from = self.pending.iter().position(|p| p.suggestion.body.fragments().first().start() >= at);
        from.or((!self.pending.is_empty()).then_some(0))
    }

    /// Sets other edges for a pending suggestion; its own edges take the mending back.
    pub fn mend(&mut self, key: &SuggestionKey, fragments: Fragments) {
        if let Some(i) = self.position(key) {
            let pending = &mut self.pending[i];
            pending.mended = (fragments != *pending.suggestion.body.fragments()).then_some(fragments);
        }
    }
}

fn order_to_key(pending: &Pending, key: &SuggestionKey) -> std::cmp::Ordering {
    let body = &pending.suggestion.body;
    body.fragments().cmp(&key.fragments).then_with(|| body.label().cmp(&key.label))
}

fn reading_order(a: &Body, b: &Body) -> std::cmp::Ordering {
    a.fragments().cmp(b.fragments()).then_with(|| a.label().cmp(b.label()))
}

/// Returns whether a decision was recorded, or an annotation says what the suggestion says: for a mention, the same
/// label on text that overlaps; for a claim, the same content or the same cue. What a human did beats the rules.
fn is_answered(suggestion: &Suggestion, document: &Document) -> bool {
    if document.decision(&suggestion.key()).is_some() {
        return true;
    }
    let fragments = suggestion.body.fragments();
    let same_label = |label: &LabelId| label == suggestion.body.label();
    document.annotations().overlapping(fragments.hull()).any(|annotation| {
        match (&annotation.body, &suggestion.body) {
            (Body::Entity(entity), Body::Entity(_)) => {
                same_label(&entity.label) && entity.fragments.overlaps(fragments)
            }
            (Body::Claim(claim), Body::Claim(suggested)) => {
                let cues =
                    |claim: &crate::model::Claim| claim.role_spans(RoleId::CUE).cloned().collect::<Vec<_>>();
                let same_cue = cues(claim).iter().any(|cue| cues(suggested).contains(cue));
                same_label(&claim.label) && (claim.content == *fragments || same_cue)
            }
            _ => false,
        }
    })
}
