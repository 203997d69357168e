//! What rules found and the resolver has not weighed yet.

use std::sync::Arc;

use crate::model::Fragments;
use crate::text::TextRange;

use super::claims::ClaimParts;
use super::matcher::Match;
use super::program::LabelIndex;

/// A mention or claim that a rule found.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Index of the rule in its grammar.
    pub(super) rule: usize,
    pub(super) found: Found,
    /// Where it stands: a mention's span, a claim's content.
    pub(super) fragments: Fragments,
    /// What matched, for the explanation; `None` for a name that was carried over from elsewhere.
    pub(super) matched: Option<Arc<Match>>,
    /// Candidates that it beat: where they stand among all candidates, and why they lost.
    pub(super) losers: Vec<(usize, &'static str)>,
}

#[derive(Debug, Clone)]
pub(super) enum Found {
    Mention {
        label: LabelIndex,
        /// The first token, one past the last, and the proclitic's bytes in the first.
        tokens: (usize, usize),
        stem: u8,
        /// Where the name stands from which this one was carried over.
        origin: Option<TextRange>,
    },
    Claim(Box<ClaimParts>),
}

impl Candidate {
    pub(super) const fn label(&self) -> Option<LabelIndex> {
        match &self.found {
            Found::Mention { label, .. } => Some(*label),
            Found::Claim(_) => None,
        }
    }
}
