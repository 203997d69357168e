//! The mentions that earlier stages gave.

use std::cmp::Reverse;
use std::ops::Range;

use super::program::LabelIndex;

/// The mentions that hold so far, by token and by label.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Sorted by first token, longer first.
    pub(super) all: Vec<Mention>,
    /// Where the mentions of each token begin in `all`, and one more.
    first: Vec<u32>,
    /// The tokens at which mentions of each label begin, sorted.
    by_label: Vec<Vec<u32>>,
}

/// A mention in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub(super) first: u32,
    /// One past the last token, reversed so that longer ones sort first.
    pub(super) end: Reverse<u32>,
    pub(super) label: LabelIndex,
    /// Bytes before the stem in its first token.
    pub(super) stem: u8,
}

impl Mentions {
    /// Returns the mentions of a text of so many tokens.
    pub(super) fn new(mut all: Vec<Mention>, tokens: usize) -> Self {
        all.sort_unstable();
        all.dedup();
        let mut first = Vec::with_capacity(tokens + 1);
        for (place, mention) in (0_u32..).zip(&all) {
            let token = mention.first as usize;
            first.resize(first.len().max(token + 1), place);
        }
        first.resize(tokens + 1, u32::try_from(all.len()).unwrap_or(u32::MAX));
        let mut by_label: Vec<Vec<u32>> = Vec::new();
        for mention in &all {
            let label = usize::from(mention.label);
            if by_label.len() <= label {
                by_label.resize(label + 1, Vec::new());
            }
            if by_label[label].last() != Some(&mention.first) {
                by_label[label].push(mention.first);
            }
        }
        Self { all, first, by_label }
    }

    /// Returns the mentions that begin within a range of tokens, in text order.
    pub(super) fn within(&self, tokens: &Range<usize>) -> &[Mention] {
        let place = |token: usize| self.first.get(token).map_or(self.all.len(), |first| *first as usize);
        let first = place(tokens.start);
        &self.all[first..place(tokens.end).max(first)]
    }

    /// Returns the mentions that begin at a token, longer first.
    pub(super) fn at(&self, token: usize) -> &[Mention] {
        self.within(&(token..token + 1))
    }

    /// Returns the tokens at which mentions of a label begin.
    pub(super) fn of_label(&self, label: LabelIndex) -> &[u32] {
        self.by_label.get(usize::from(label)).map_or(&[], Vec::as_slice)
    }
}
