//! Looking for a span that no run covers: between its neighbours, where its paragraph has gone, or for something like
//! it.

use std::ops::Range;

use super::chain::{Run, common};
use super::distance::{distance, nearest};
use super::{Candidate, Carrier, FAR_SIDE, Fate, Loss, SIDE, SLACK, WINDOW, Wanted};

/// How many letters in all, quote and both sides, make a single place in the right stretch the right place, and how
/// many of them beside the quote.
const ENOUGH: (usize, usize) = (16, 4);

/// The part of the new text in which a span must stand, going by what is left and right of it.
struct Window {
    left: Option<Run>,
    right: Option<Run>,
    /// What is searched of it.
    parts: Vec<Range<usize>>,
    is_whole: bool,
}

impl Carrier {
    /// No run covers it: looks for it between its neighbours.
    pub(super) fn search(&mut self, wanted: &Wanted<'_>) -> Fate {
        if !wanted.has_letters {
            return Fate::Lost(Loss::NoLetters);
        }
        let window = self.window(wanted);
        let mut found = Vec::new();
        for part in &window.parts {
            if !self.occurrences(wanted, part.clone(), &mut found) {
                return Fate::Lost(Loss::TooCostly);
            }
        }
        found.dedup();
        let found: Vec<Candidate> = found.into_iter().map(|at| self.candidate(wanted, at)).collect();
        if let Some(at) = self.chosen(wanted, &window, &found) {
            return self.place(wanted, at..at + wanted.letters.len());
        }
        match found[..] {
            [] => self.stray(wanted).unwrap_or_else(|| self.similar(wanted, &window)),
            [only] if window.is_whole => {
                let at = only.at..only.at + wanted.letters.len();
                self.range(at).map_or(Fate::Lost(Loss::Gone), |at| Fate::Lost(Loss::OutOfContext(at)))
            }
            _ => self.ambiguous(wanted, found.iter().map(|candidate| candidate.at)),
        }
    }

    /// Returns the window of a span that no run covers.
    fn window(&self, wanted: &Wanted<'_>) -> Window {
        let span = &wanted.letters;
        let (left, right) = self.chain.neighbours(span);
        let from =
            left.map_or(0, |run| run.map(span.start.min(run.old_end())).saturating_sub(SLACK).max(run.new));
        let to =
            right.map_or(self.new.len(), |run| (run.map(span.end.max(run.old)) + SLACK).min(run.new_end()));
        let whole = from..to.max(from);
        if whole.len() <= WINDOW {
            return Window { left, right, parts: vec![whole], is_whole: true };
        }
        // What lies between is long: look where it would be if nothing had changed since its neighbours.
        let shifts = [left.map(|run| self.shift_at_end(run)), right.map(|run| self.shift_at_start(run))];
        let mut shifts: Vec<i64> = shifts.into_iter().flatten().collect();
        if left.is_none() {
            shifts.push(0);
        }
        let mut parts: Vec<Range<usize>> = Vec::new();
        for shift in shifts {
            let centre = self.expected(wanted, shift);
            let part = centre.saturating_sub(WINDOW / 2)..centre.saturating_add(WINDOW / 2);
            parts.push(part.start.clamp(from, to)..part.end.clamp(from, to));
        }
        parts.sort_by_key(|part| part.start);
        let mut apart: Vec<Range<usize>> = Vec::new();
        for part in parts {
            match apart.last_mut() {
                Some(last) if last.end >= part.start => last.end = last.end.max(part.end),
                _ => apart.push(part),
            }
        }
        Window { left, right, parts: apart, is_whole: false }
    }

    fn shift_at_end(&self, run: Run) -> i64 {
        self.shift(run.old_end() - 1, run.new_end() - 1)
    }

    fn shift_at_start(&self, run: Run) -> i64 {
        self.shift(run.old, run.new)
    }

    /// By how many chars a letter has moved.
    fn shift(&self, old: usize, new: usize) -> i64 {
        i64::from(self.new.at[new]) - i64::from(self.known.letters.at[old])
    }

    /// Returns the letter of the new text at which a span stands that has moved by `shift` chars.
    fn expected(&self, wanted: &Wanted<'_>, shift: i64) -> usize {
        let at = i64::from(self.known.letters.at[wanted.letters.start]) + shift;
        self.new.before(u32::try_from(at.max(0)).unwrap_or(u32::MAX))
    }

    /// Returns the one of the candidates that is beyond doubt.
    fn chosen(&self, wanted: &Wanted<'_>, window: &Window, found: &[Candidate]) -> Option<usize> {
        let both = |candidate: &Candidate, side| wanted.agrees_at(candidate.sides, side) == [true; 2];
        // Nothing has moved, as far as anyone can tell: not here, not on either side.
        let left = window.left.map(|run| self.shift_at_end(run));
        let right = window.right.map(|run| self.shift_at_start(run));
        let shift = match (left, right) {
            (Some(left), Some(right)) => (left == right).then_some(left),
            (Some(0), None) | (None, Some(0) | None) => Some(0),
            _ => None,
        };
        if let Some(shift) = shift {
            let at = self.expected(wanted, shift);
            let there = found.iter().find(|candidate| candidate.at == at);
            if let Some(there) = there.filter(|candidate| both(candidate, FAR_SIDE)) {
                return Some(there.at);
            }
        }
        if let ([only], true) = (found, window.is_whole) {
            let beside = only.sides[0] + only.sides[1];
            let is_enough = beside + wanted.letters.len() >= ENOUGH.0 && beside >= ENOUGH.1;
            return is_enough.then_some(only.at);
        }
        let best = found.iter().find(|candidate| both(candidate, SIDE))?;
        let is_alone = found.iter().all(|other| other.at == best.at || other.sides.iter().all(|n| *n < SIDE));
        let is_told = best.sides[0] + best.sides[1] >= 2 * SIDE;
        (is_alone && is_told).then_some(best.at)
    }

    /// Looks for it where its paragraph has gone.
    fn stray(&mut self, wanted: &Wanted<'_>) -> Option<Fate> {
        let covering = self.chain.strays_covering(&wanted.letters);
        let [run] = covering[..] else { return None };
        let sides = [wanted.letters.start - run.old, run.old_end() - wanted.letters.end];
        let is_told = wanted.agrees_at(sides, SIDE) == [true; 2];
        let at = run.map(wanted.letters.start);
        is_told.then(|| self.place(wanted, at..at + wanted.letters.len()))
    }

    /// Looks for something like it between its neighbours.
    fn similar(&mut self, wanted: &Wanted<'_>, window: &Window) -> Fate {
        let limit = wanted.most_changes();
        if limit == 0 {
            return Fate::Lost(Loss::Gone);
        }
        let span = &wanted.letters;
        let quote = &self.known.letters.chars[span.clone()];
        // Where both neighbours touch it, its edges are known.
        let left = window.left.filter(|run| run.old_end() >= span.start).map(|run| run.map(span.start));
        let right = window.right.filter(|run| run.old <= span.end).map(|run| run.map(span.end));
        let between = left.zip(right).filter(|(from, to)| from < to).map(|(from, to)| from..to);
        if let Some(at) = between.clone()
            && distance(quote, &self.new.chars[at.clone()], limit, &mut self.budget).is_some()
        {
            return self.place(wanted, at);
        }
        let mut found = Vec::new();
        for part in &window.parts {
            let near = nearest(quote, &self.new.chars[part.clone()], limit, &mut self.budget);
            let Some(near) = near else { return Fate::Lost(Loss::TooCostly) };
            found.extend(near.into_iter().map(|s| part.start + s.range.start..part.start + s.range.end));
        }
        match &found[..] {
            [] => {
                let range = between.and_then(|at| self.range(at));
                Fate::Lost(range.map_or(Loss::Gone, Loss::Rewritten))
            }
            [only] => {
                let candidate = Candidate { at: only.start, sides: self.sides_of(wanted, only) };
                let agrees = candidate.sides[0] + candidate.sides[1] >= SIDE;
                if agrees && window.is_whole {
                    self.place(wanted, only.clone())
                } else {
                    let range = self.range(only.clone());
                    Fate::Lost(range.map_or(Loss::Gone, Loss::OutOfContext))
                }
            }
            more => self.ambiguous(wanted, more.iter().map(|at| at.start)),
        }
    }

    /// Returns how many letters agree beside a place that is not as long as the quote was.
    fn sides_of(&self, wanted: &Wanted<'_>, at: &Range<usize>) -> [usize; 2] {
        let (old, new) = (&self.known.letters.chars, &self.new.chars);
        let before = old[wanted.island.start..wanted.letters.start].iter().rev();
        let behind = old[wanted.letters.end..wanted.island.end].iter();
        [common(before, new[..at.start].iter().rev()), common(behind, new[at.end..].iter())]
    }
}
