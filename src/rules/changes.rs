//! What an edit of the rules changes in what they suggest.

use std::collections::BTreeSet;

use crate::model::{Suggestion, SuggestionKey};

/// The suggestions that one run has and the other has not, each in text order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Suggested only afterwards.
    pub added: Vec<Suggestion>,
    /// Suggested only before.
    pub removed: Vec<Suggestion>,
}

impl Changes {
    /// Returns what lies between two runs over one article: a suggestion is the same where its label and its place
    /// are.
    #[must_use]
    pub fn between(before: &[Suggestion], after: &[Suggestion]) -> Self {
        Self { added: only_in(after, before), removed: only_in(before, after) }
    }

    /// Returns whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

fn only_in(here: &[Suggestion], there: &[Suggestion]) -> Vec<Suggestion> {
    let there: BTreeSet<SuggestionKey> = there.iter().map(Suggestion::key).collect();
    here.iter().filter(|suggestion| !there.contains(&suggestion.key())).cloned().collect()
}
