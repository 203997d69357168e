//! Finding again in a changed text what stood in the old one, of which only passages are known.
//!
//! A changed text comes without the old one: what is known of that are the passages around each span that was
//! recorded. [`Carrier::new`] lays them together and aligns them with the new text ([`chain`]): stretches that occur
//! once in both tell where everything between them went. [`Carrier::find`] then says of one span where it stands now.
//!
//! Both texts are compared as they read (folded, accents off), so that harakat, another encoding of the same letter or
//! other line ends move nothing; whether the quote still stands to the letter is asked in the end.
//!
//! Invariant: never guesses. What might stand in two places is lost, and both are named.

mod chain;
mod distance;
mod letters;
mod search;

#[cfg(test)]
mod tests;

use std::ops::Range;

use self::chain::{Chain, Run, common};
use self::distance::distance;
use self::letters::{Known, Letters};
use super::{CharOffset, SourceText, TextRange, snap_to_graphemes};

/// How many letters must agree beside a span for that side to say where it stands.
const SIDE: usize = 8;

/// How many letters beside a span are compared at most.
const FAR_SIDE: usize = 32;

/// The longest stretch of new text that is searched for one span, in letters.
const WINDOW: usize = 4_000;

/// How far a window reaches into its neighbours, in letters: they may agree with the text by chance at their edges.
const SLACK: usize = 40;

/// The letters of a quote for each that may have changed: 5 mean 20 %.
const LETTERS_PER_CHANGE: usize = 5;

/// How many pairs of letters are compared in all.
const BUDGET: usize = 400_000_000;

/// The most candidates that are named.
const MOST_CANDIDATES: usize = 5;

/// A piece of the old text.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'a> {
    /// Where it stood.
    pub start: CharOffset,
    /// What it said.
    pub text: &'a str,
}

/// What became of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stands where it stood.
    Unmoved(TextRange),
    /// The same words stand elsewhere.
    Moved(TextRange),
    /// It stands here, in other words or another spelling.
    Changed {
        /// Where.
        range: TextRange,
        /// By how many letters it differs, spelling variants aside.
        letters: usize,
    },
    /// It cannot be said where it stands.
    Lost(Loss),
}

/// Why a span is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// Neither the words nor anything like them stand where they might.
    Gone,
    /// It may be any of these places, or more.
    Ambiguous(Vec<TextRange>),
    /// The words stand here alone, but nothing around them is as it was.
    OutOfContext(TextRange),
    /// What stands in its place differs by more than 20 % of its letters.
    Rewritten(TextRange),
    /// It has no letters that could be looked for.
    NoLetters,
    /// The passages contradict the quote.
    Contradicted,
    /// So much has changed that comparing it all would take too long.
    TooCostly,
}

/// Finds the spans of an old text in a new one.
#[derive(Debug)]
pub struct Carrier {
    source: SourceText,
    new: Letters,
    known: Known,
    chain: Chain,
    budget: usize,
}

/// A span that is looked for.
struct Wanted<'a> {
    start: u32,
    quote: &'a str,
    quote_chars: u32,
    /// Its letters in the old text; where it has none (a mark alone), those around it.
    letters: Range<usize>,
    /// From the first of those letters to the span's start, in chars.
    lead: i64,
    has_letters: bool,
    island: Range<usize>,
}

impl Wanted<'_> {
    /// How many letters of the old text are known on either side of it.
    fn known_sides(&self) -> [usize; 2] {
        [self.letters.start - self.island.start, self.island.end - self.letters.end]
    }

    /// Whether the letters that agree beside it are as many as it takes, or all that are known.
    fn agrees_at(&self, sides: [usize; 2], wanted: usize) -> [bool; 2] {
        let known = self.known_sides();
        [0, 1].map(|i| sides[i] >= known[i].min(wanted))
    }

    const fn most_changes(&self) -> usize {
        (self.letters.end - self.letters.start) / LETTERS_PER_CHANGE
    }
}

/// A place where the letters of a quote stand, and how many agree on either side.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    at: usize,
    sides: [usize; 2],
}

impl Carrier {
    /// Aligns what is known of an old text with the new one; linear in their length.
    #[must_use]
    pub fn new(passages: Vec<Passage<'_>>, source: &SourceText) -> Self {
        let known = Known::new(passages);
        let new = Letters::of(source.as_str());
        let chain = Chain::new(&known, &new.chars);
        Self { source: source.clone(), new, known, chain, budget: BUDGET }
    }

    /// Returns what became of the span that began at `start` and read `quote`.
    pub fn find(&mut self, start: CharOffset, quote: &str) -> Fate {
        let Some(wanted) = self.wanted(start, quote) else { return Fate::Lost(Loss::Contradicted) };
        let covering = self.chain.covering(&wanted.letters);
        match covering[..] {
            [] => self.search(&wanted),
            [run] => self.settle(&wanted, run),
            _ => self.ambiguous(&wanted, covering.iter().map(|run| run.map(wanted.letters.start))),
        }
    }

    fn wanted<'a>(&self, start: CharOffset, quote: &'a str) -> Option<Wanted<'a>> {
        let start = start.get();
        let quote_chars = u32::try_from(quote.chars().count()).ok()?;
        let old = &self.known.letters;
        let mut letters = old.before(start)..old.before(start.saturating_add(quote_chars));
        let has_letters = !letters.is_empty();
        if has_letters {
            let read = Letters::of(quote);
            // White space at its beginning may be one with that before it.
            let read = read.chars.strip_prefix(&[' ']).unwrap_or(&read.chars);
            let known = &old.chars[letters.clone()];
            if known != read && known.strip_prefix(&[' ']) != Some(read) {
                return None;
            }
        } else {
            letters = letters.start.checked_sub(1)?..letters.end + 1;
        }
        let island = self.known.island(letters.start);
        let lead = i64::from(start) - i64::from(*old.at.get(letters.start)?);
        let wanted = Wanted { start, quote, quote_chars, letters, lead, has_letters, island };
        (wanted.letters.end <= wanted.island.end).then_some(wanted)
    }

    /// A single run covers it: that is the place, unless the run breaks off beside it and the words stand a second time
    /// near the break.
    fn settle(&mut self, wanted: &Wanted<'_>, run: Run) -> Fate {
        let at = run.map(wanted.letters.start);
        let len = wanted.letters.len();
        let sides = [wanted.letters.start - run.old, run.old_end() - wanted.letters.end];
        if !wanted.has_letters && (sides.iter().any(|n| *n < SIDE) || !self.is_as_wide(wanted, at)) {
            return Fate::Lost(Loss::NoLetters);
        }
        let is_in_place = i64::from(self.new.at[at]) + wanted.lead == i64::from(wanted.start);
        if is_in_place && wanted.agrees_at(sides, FAR_SIDE) == [true; 2] {
            return self.place(wanted, at..at + len);
        }
        let gaps = self.chain.gaps_beside(run, self.new.len());
        for (side, gap) in [(0, gaps.0), (1, gaps.1)] {
            if sides[side] >= SIDE {
                continue;
            }
            // The words may begin or end inside the run, and the next run may reach a little too far.
            let (own, next) = (SLACK + len, SIDE + len);
            let near = match side {
                0 => gap.start.max(gap.end.saturating_sub(WINDOW)).saturating_sub(next)..gap.end + own,
                _ => gap.start.saturating_sub(own)..gap.end.min(gap.start + WINDOW) + next,
            };
            let mut found = Vec::new();
            if !self.occurrences(wanted, near.start..near.end.min(self.new.len()), &mut found) {
                return Fate::Lost(Loss::TooCostly);
            }
            found.retain(|other| {
                let is_between = *other < gap.end && other + len > gap.start;
                *other != at && (is_between || self.candidate(wanted, *other).sides[side] > sides[side])
            });
            if !found.is_empty() {
                return self.ambiguous(wanted, std::iter::once(at).chain(found));
            }
        }
        self.place(wanted, at..at + len)
    }

    /// Whether the letters around a mark stand as far from each other as they did.
    fn is_as_wide(&self, wanted: &Wanted<'_>, at: usize) -> bool {
        let width = |places: &[u32]| places.last().zip(places.first()).map(|(last, first)| last - first);
        let new = self.new.at.get(at..at + wanted.letters.len());
        new.and_then(width) == width(&self.known.letters.at[wanted.letters.clone()])
    }

    /// Adds the places within a part of the new text where the letters of the quote stand; `false` where the budget is
    /// used up.
    fn occurrences(&mut self, wanted: &Wanted<'_>, part: Range<usize>, found: &mut Vec<usize>) -> bool {
        let Some(budget) = self.budget.checked_sub(part.len()) else { return false };
        self.budget = budget;
        let quote = &self.known.letters.chars[wanted.letters.clone()];
        let places = self.new.chars[part.clone()].windows(quote.len()).enumerate();
        found.extend(places.filter(|(_, letters)| *letters == quote).map(|(i, _)| part.start + i));
        true
    }

    fn candidate(&self, wanted: &Wanted<'_>, at: usize) -> Candidate {
        let (old, new) = (&self.known.letters.chars, &self.new.chars);
        let end = at + wanted.letters.len();
        let before = old[wanted.island.start..wanted.letters.start].iter().rev().take(FAR_SIDE);
        let behind = old[wanted.letters.end..wanted.island.end].iter().take(FAR_SIDE);
        let sides = [common(before, new[..at].iter().rev()), common(behind, new[end..].iter())];
        Candidate { at, sides }
    }

    /// Returns what stands at the letters that were found: the quote to the letter, or what has become of it.
    fn place(&mut self, wanted: &Wanted<'_>, at: Range<usize>) -> Fate {
        let start = i64::from(self.new.at[at.start]) + wanted.lead;
        if let Ok(start) = u32::try_from(start) {
            let end = CharOffset::new(start.saturating_add(wanted.quote_chars));
            let range = self.source.range_from_chars(CharOffset::new(start), end);
            if let Ok(range) = range
                && self.source.slice(range) == wanted.quote
            {
                let is_whole = snap_to_graphemes(&self.source, range) == range;
                if start == wanted.start && (is_whole || self.was_cut(wanted)) {
                    return Fate::Unmoved(range);
                }
                if start != wanted.start && is_whole {
                    return Fate::Moved(range);
                }
            }
        }
        if !wanted.has_letters {
            return Fate::Lost(Loss::NoLetters);
        }
        let Some(range) = self.range(at) else { return Fate::Lost(Loss::Gone) };
        let now = Letters::of(self.source.slice(range));
        let quote = &self.known.letters.chars[wanted.letters.clone()];
        match distance(quote, &now.chars, wanted.most_changes(), &mut self.budget) {
            Some(letters) => Fate::Changed { range, letters },
            None => Fate::Lost(Loss::Rewritten(range)),
        }
    }

    /// Whether a mark or a joiner may have stood directly behind the span in the old text, so that the span cut a
    /// grapheme there already.
    fn was_cut(&self, wanted: &Wanted<'_>) -> bool {
        let next = self.known.letters.at[..wanted.island.end].get(wanted.letters.end);
        next.is_none_or(|at| *at != wanted.start.saturating_add(wanted.quote_chars))
    }

    /// Returns the range of letters of the new text, with the marks that belong to them.
    fn range(&self, at: Range<usize>) -> Option<TextRange> {
        let last = at.end.checked_sub(1)?;
        let (start, end) = (*self.new.at.get(at.start)?, *self.new.at.get(last)? + 1);
        let range = self.source.range_from_chars(CharOffset::new(start), CharOffset::new(end)).ok()?;
        Some(snap_to_graphemes(&self.source, range))
    }

    fn ambiguous(&self, wanted: &Wanted<'_>, found: impl Iterator<Item = usize>) -> Fate {
        let ranges = found.filter_map(|at| self.range(at..at + wanted.letters.len()));
        let mut ranges: Vec<TextRange> = ranges.take(MOST_CANDIDATES).collect();
        ranges.sort_unstable();
        Fate::Lost(Loss::Ambiguous(ranges))
    }
}
