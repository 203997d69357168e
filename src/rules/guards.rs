//! The conditions around a match, and the edges of its spans.

use std::ops::Range;

use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::load::CompiledRule;
use super::matcher::{Match, View};
use super::program::LabelIndex;
use super::tokens::flag;

impl View<'_> {
    /// Returns the conditions of a rule that hold around a match, in words; `None` where one does not hold.
    pub(super) fn guards_hold(
        &self,
        rule: &CompiledRule,
        matched: &Match,
        sentence: &Range<usize>,
    ) -> Option<Vec<String>> {
        let mut held = Vec::new();
        let mut condition = |atoms: &[u32], found: Option<u32>, wanted: bool, what: &str| -> Option<()> {
            if atoms.is_empty() {
                return Some(());
            }
            if found.is_some() != wanted {
                return None;
            }
            let names: Vec<&str> = atoms.iter().map(|atom| &*self.atoms[*atom as usize].name).collect();
            held.push(format!(
                "{what} {}",
                found.map_or(names.join(", "), |a| self.atoms[a as usize].name.to_string())
            ));
            Some(())
        };
        let behind =
            |atoms: &[u32]| atoms.iter().copied().find(|atom| self.ends_at(*atom, matched.start, sentence));
        let ahead = |atoms: &[u32]| {
            atoms
                .iter()
                .copied()
                .find(|atom| matched.end < sentence.end && self.begins_at(*atom, matched.end, sentence))
        };
        condition(&rule.after, behind(&rule.after), true, "stands behind")?;
        condition(&rule.not_after, behind(&rule.not_after), false, "stands behind no")?;
        condition(&rule.before, ahead(&rule.before), true, "stands before")?;
        condition(&rule.not_before, ahead(&rule.not_before), false, "stands before no")?;
        for (class, distance, what) in &rule.within {
            let reach = *distance as usize;
            let from = matched.start.saturating_sub(reach).max(sentence.start);
            let to = (matched.end + reach).min(sentence.end);
            let is_near = (from..to).any(|token| {
                let is_outside = token < matched.start || token >= matched.end;
                is_outside && self.hits.at(token).iter().any(|hit| self.lexicon.counts(*hit, *class))
            });
            if !is_near {
                return None;
            }
            held.push(format!("has {what}"));
        }
        let lies_inside = |labels: &[LabelIndex]| {
            let mut mentions = self.mentions.within(&(sentence.start..matched.start + 1)).iter();
            mentions.any(|m| {
                let (first, end) = (m.first as usize, m.end.0 as usize);
                labels.contains(&m.label) && first <= matched.start && matched.end <= end
            })
        };
        if !rule.inside.is_empty() && !lies_inside(&rule.inside) || lies_inside(&rule.not_inside) {
            return None;
        }
        Some(held)
    }

    /// Returns whether an atom fits at a token.
    pub(super) fn begins_at(&self, atom: u32, token: usize, sentence: &Range<usize>) -> bool {
        let mut fits = false;
        self.each_choice(atom, token, sentence.end, |_| fits = true);
        fits
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
