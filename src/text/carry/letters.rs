//! A text as it reads, letter by letter, each with the place that it came from.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Passage;
use crate::text::{FoldLevel, fold_into};

/// What a text reads like: each letter in its folded form ([`FoldLevel::Names`]), accents off, white space of any
/// length one space.
///
/// Letters are folded one by one, so that a piece of a text reads as it does in the whole.
#[derive(Debug, Default)]
pub(super) struct Letters {
    pub(super) chars: Vec<char>,
    /// Where each comes from, in chars of the text; never falls.
    pub(super) at: Vec<u32>,
    scratch: String,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mut letters = Self::default();
        for (at, c) in (0..).zip(text.chars()) {
            letters.push(c, at, false);
        }
        letters
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// Returns the number of letters that come from before the char `at`.
    pub(super) fn before(&self, at: u32) -> usize {
        self.at.partition_point(|place| *place < at)
    }

    fn push(&mut self, c: char, at: u32, is_apart: bool) {
        if c.is_whitespace() {
            if is_apart || self.chars.last() != Some(&' ') {
                self.add(' ', at);
            }
        } else if c.is_ascii() {
            self.add(c.to_ascii_lowercase(), at);
        } else {
            let mut folded = std::mem::take(&mut self.scratch);
            fold_into(c.encode_utf8(&mut [0; 4]), FoldLevel::Names, &mut folded);
            for c in folded.drain(..) {
                if is_plain(c) {
                    self.add(c, at);
                } else {
                    c.nfd().filter(|c| !is_combining_mark(*c)).for_each(|c| self.add(c, at));
                }
            }
            self.scratch = folded;
        }
    }

    fn add(&mut self, c: char, at: u32) {
        self.chars.push(c);
        self.at.push(at);
    }
}

/// Whether a folded letter is ASCII or Arabic, which have no accent to take off.
const fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{600}'..='\u{6FF}')
}

/// What is known of the old text: islands of it, with unknown text between them.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) letters: Letters,
    /// In text order, by index of letter; none is empty, and together they are all letters.
    pub(super) islands: Vec<Range<usize>>,
}

impl Known {
    /// Lays passages of the old text together where they meet. Where two contradict each other, the first one in text
    /// order holds.
    pub(super) fn new(mut passages: Vec<Passage<'_>>) -> Self {
        passages.sort_by_key(|passage| (passage.start, std::cmp::Reverse(passage.text.len())));
        let mut known = Self::default();
        let mut begin = 0;
        let mut end = 0_u32;
        for Passage { start, text } in passages {
            let start = start.get();
            let mut is_apart = start > end || known.letters.len() == begin;
            if start > end {
                known.close(begin);
                begin = known.letters.len();
            }
            let behind = end.saturating_sub(start) as usize;
            for (i, c) in (0_u32..).zip(text.chars()).skip(behind) {
                end = start.saturating_add(i).saturating_add(1);
                known.letters.push(c, end - 1, is_apart);
                is_apart = is_apart && known.letters.len() == begin;
            }
        }
        known.close(begin);
        known
    }

    fn close(&mut self, begin: usize) {
        if self.letters.len() > begin {
            self.islands.push(begin..self.letters.len());
        }
    }

    /// Returns the island of a letter.
    pub(super) fn island(&self, letter: usize) -> Range<usize> {
        let at = self.islands.partition_point(|island| island.end <= letter);
        self.islands.get(at).cloned().unwrap_or(letter..letter)
    }

    /// Returns the parts of islands within a range of letters.
    pub(super) fn islands_in(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let from = self.islands.partition_point(|island| island.end <= range.start);
        self.islands[from..]
            .iter()
            .map(move |island| island.start.max(range.start)..island.end.min(range.end))
            .take_while(|part| part.start < part.end)
    }
}
