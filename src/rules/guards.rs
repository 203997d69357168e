//! The conditions around a match, and the edges of its spans.

use std::ops::Range;
use std::sync::Arc;

use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::grammar::CompiledRule;
use super::matcher::{Match, View};
use super::tokens::flag;

impl View<'_> {
    /// Returns whether the conditions of a rule hold around a match. `told` hears of each one, in words, whether it
    /// holds; the first that does not ends the list.
    pub(super) fn guards_hold(
        &self,
        rule: &CompiledRule,
        matched: &Match,
        sentence: &Range<usize>,
        told: &mut dyn FnMut(bool, &Arc<str>),
    ) -> bool {
        let (start, end) = (matched.start, matched.end);
        for guard in &rule.guards {
            let found = guard.atoms.iter().find(|(atom, _)| {
                if guard.is_behind {
                    self.ends_at(*atom, start, sentence)
                } else {
                    end < sentence.end && self.begins_with(*atom, end, sentence.end)
                }
            });
            told(found.is_some() == guard.wanted, found.map_or(&guard.words, |(_, words)| words));
            if found.is_some() != guard.wanted {
                return false;
            }
        }
        for (class, distance, words) in &rule.within {
            let reach = *distance as usize;
            let mut before = start.saturating_sub(reach).max(sentence.start)..start;
            let mut behind = end..(end + reach).min(sentence.end);
            let has = |token: usize| self.hits.has(token, *class);
            let is_near = before.any(has) || behind.any(has);
            told(is_near, words);
            if !is_near {
                return false;
            }
        }
        for inside in &rule.insides {
            let mut mentions = self.mentions.within(&(sentence.start..start + 1)).iter();
            let lies_inside = mentions.any(|mention| {
                inside.labels.contains(&mention.label)
                    && mention.first as usize <= start
                    && end <= mention.end.0 as usize
            });
            if lies_inside != inside.wanted {
                told(false, &inside.words);
                return false;
            }
        }
        true
    }

    /// Returns whether what an atom fits ends right before a token.
    fn ends_at(&self, atom: u32, token: usize, sentence: &Range<usize>) -> bool {
        let nearest = token.saturating_sub(6).max(sentence.start);
        (nearest..token).any(|first| {
            let mut fits = false;
            self.each_choice(atom, first, token, |piece| fits |= first + piece.len as usize == token);
            fits
        })
    }

    /// Returns whether a token is a mark that is one of `marks`.
    pub(super) fn is_mark(&self, token: usize, marks: &str) -> bool {
        self.tokens.facts[token].is(flag::SYMBOL)
            && self.tokens.form(token).chars().next().is_some_and(|c| marks.contains(c))
    }

    /// Returns tokens without the quotes around them; a quote that closes or opens inside stays (حكومة «الوفاق»).
    pub(super) fn without_edge_quotes(&self, (mut first, mut end): (usize, usize)) -> Option<(usize, usize)> {
        while first < end {
            let opens = self.is_mark(first, OPENING_QUOTES);
            let closes = self.is_mark(end - 1, CLOSING_QUOTES);
            let closes_inside = (first + 1..end).any(|t| self.is_mark(t, CLOSING_QUOTES));
            let opens_inside = (first..end - 1).any(|t| self.is_mark(t, OPENING_QUOTES));
            let closes_before_end = (first + 1..end - 1).any(|t| self.is_mark(t, CLOSING_QUOTES));
            match (opens, closes) {
                (true, true) if end - first > 1 && !closes_before_end => (first, end) = (first + 1, end - 1),
                (true, _) if !closes_inside => first += 1,
                (_, true) if !opens_inside => end -= 1,
                _ => return Some((first, end)),
            }
        }
        None
    }
}
