//! The conditions around a match, and the edges of its spans.

use std::ops::Range;

use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::load::CompiledRule;
use super::matcher::{Match, View};
use super::program::LabelIndex;
use super::tokens::flag;

impl View<'_> {
    /// Returns whether the conditions of a rule hold around a match. `told` hears of each one whether it holds, and can
    /// ask for its words; the first that does not hold ends the list.
    pub(super) fn guards_hold(
        &self,
        rule: &CompiledRule,
        matched: &Match,
        sentence: &Range<usize>,
        told: &mut dyn FnMut(bool, &dyn Fn() -> String),
    ) -> bool {
        let (start, end) = (matched.start, matched.end);
        let name = |atom: u32| self.atoms[atom as usize].name.to_string();
        let all = |atoms: &[u32]| atoms.iter().map(|atom| name(*atom)).collect::<Vec<_>>().join(", ");
        let ends_here = |atom: &u32| self.ends_at(*atom, start, sentence);
        let begins_here = |atom: &u32| end < sentence.end && self.begins_with(*atom, end, sentence.end);
        for (atoms, stands, what) in [
            (&rule.after, &ends_here as &dyn Fn(&u32) -> bool, "stands behind"),
            (&rule.before, &begins_here, "stands before"),
        ] {
            match atoms.iter().find(|atom| stands(atom)) {
                Some(found) => told(true, &|| format!("{what} {}", name(*found))),
                None if atoms.is_empty() => {}
                None => {
                    told(false, &|| format!("{what} {}", all(atoms)));
                    return false;
                }
            }
        }
        for (atoms, stands, what) in [
            (&rule.not_after, &ends_here as &dyn Fn(&u32) -> bool, "stands behind no"),
            (&rule.not_before, &begins_here, "stands before no"),
        ] {
            if let Some(found) = atoms.iter().find(|atom| stands(atom)) {
                told(false, &|| format!("{what} {}", name(*found)));
                return false;
            }
            if !atoms.is_empty() {
                told(true, &|| format!("{what} {}", all(atoms)));
            }
        }
        for (class, distance, what) in &rule.within {
            let reach = *distance as usize;
            let mut before = start.saturating_sub(reach).max(sentence.start)..start;
            let mut behind = end..(end + reach).min(sentence.end);
            let has = |token: usize| self.hits.has(token, *class);
            let is_near = before.any(has) || behind.any(has);
            told(is_near, &|| format!("has {what}"));
            if !is_near {
                return false;
            }
        }
        let lies_inside = |labels: &[LabelIndex]| {
            let mut mentions = self.mentions.within(&(sentence.start..start + 1)).iter();
            mentions
                .any(|m| labels.contains(&m.label) && m.first as usize <= start && end <= m.end.0 as usize)
        };
        for (labels, wanted, what) in [
            (&rule.inside, true, "lies inside a mention of"),
            (&rule.not_inside, false, "lies inside no mention of"),
        ] {
            if !labels.is_empty() && lies_inside(labels) != wanted {
                let names =
                    || labels.iter().map(|label| &*self.labels[usize::from(*label)]).collect::<Vec<_>>();
                told(false, &|| format!("{what} {}", names().join(", ")));
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
