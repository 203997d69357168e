//! What two texts have in common, as runs in the order of both.
//!
//! After the patience diff: pieces that occur once on either side are anchors, the longest chain of them that rises in
//! both texts holds, and each is grown as far as the letters agree. Between two runs the same is done again with
//! shorter pieces.

use std::collections::HashMap;
use std::ops::Range;

use super::letters::Known;

/// The pieces that are tried, longest first: their length and how far apart they begin, in letters.
const LEVELS: [(usize, usize); 3] = [(20, 6), (12, 4), (8, 2)];

/// The longest stretch of new text, in letters, in which a piece of the last level says enough.
const LAST_LEVEL_REACH: usize = 1_000;

/// A stretch that is letter by letter the same in both texts; places are indices of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) len: usize,
}

impl Run {
    pub(super) const fn old_end(self) -> usize {
        self.old + self.len
    }

    pub(super) const fn new_end(self) -> usize {
        self.new + self.len
    }

    pub(super) fn covers(self, span: &Range<usize>) -> bool {
        self.old <= span.start && span.end <= self.old_end()
    }

    /// Returns the place in the new text of one in the old text that the run covers or touches.
    pub(super) const fn map(self, old: usize) -> usize {
        self.new + (old - self.old)
    }

    const fn is_along(self, old: usize, new: usize) -> bool {
        self.new + old == new + self.old
    }
}

/// The runs of two texts.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// Those that rise in both texts, by the old one. Two may share letters at their edges: there the texts do not
    /// tell which is meant.
    pub(super) runs: Vec<Run>,
    /// Those that stand elsewhere, as a paragraph does that was moved; by the old text.
    pub(super) strays: Vec<Run>,
}

impl Chain {
    pub(super) fn new(known: &Known, new: &[char]) -> Self {
        let mut chain = Self::default();
        for (level, (len, stride)) in LEVELS.into_iter().enumerate() {
            let mut added = Vec::new();
            for (old_gap, new_gap) in chain.gaps(known.letters.len(), new.len()) {
                let is_too_far = level + 1 == LEVELS.len() && new_gap.len() > LAST_LEVEL_REACH;
                if old_gap.len() < len || new_gap.len() < len || is_too_far {
                    continue;
                }
                let anchors = anchors(known, new, old_gap, new_gap, len, stride);
                let (held, strays) = rising(anchors);
                added.extend(grown(&held, known, new, len));
                if level == 0 {
                    chain.strays = grown(&strays, known, new, len);
                }
            }
            chain.runs.extend(added);
            chain.runs.sort_unstable_by_key(|run| (run.old, run.new));
        }
        chain
    }

    /// Returns the stretches between the runs, in the old and in the new text.
    fn gaps(&self, old_len: usize, new_len: usize) -> Vec<(Range<usize>, Range<usize>)> {
        let before = std::iter::once((0, 0)).chain(self.runs.iter().map(|r| (r.old_end(), r.new_end())));
        let behind = self.runs.iter().map(|r| (r.old, r.new)).chain([(old_len, new_len)]);
        before.zip(behind).map(|(a, b)| (a.0..b.0.max(a.0), a.1..b.1.max(a.1))).collect()
    }

    /// Returns the runs that cover a span of the old text.
    pub(super) fn covering(&self, span: &Range<usize>) -> Vec<Run> {
        covering(&self.runs, span)
    }

    /// Returns the strays that cover a span of the old text.
    pub(super) fn strays_covering(&self, span: &Range<usize>) -> Vec<Run> {
        covering(&self.strays, span)
    }

    /// Returns the runs next to a span that none covers: the last that begins before it, the first that ends behind it.
    pub(super) fn neighbours(&self, span: &Range<usize>) -> (Option<Run>, Option<Run>) {
        let before = self.runs.partition_point(|run| run.old < span.start);
        let left = before.checked_sub(1).map(|i| self.runs[i]);
        let right = self.runs[before..].iter().find(|run| run.old_end() > span.end).copied();
        (left, right)
    }

    /// Returns the stretches of the new text between a run and the ones before and behind it.
    pub(super) fn gaps_beside(&self, run: Run, new_len: usize) -> (Range<usize>, Range<usize>) {
        let at = self.runs.partition_point(|other| (other.old, other.new) < (run.old, run.new));
        let from = at.checked_sub(1).map_or(0, |i| self.runs[i].new_end()).min(run.new);
        let to = self.runs.get(at + 1).map_or(new_len, |next| next.new).max(run.new_end());
        (from..run.new, run.new_end()..to)
    }
}

fn covering(runs: &[Run], span: &Range<usize>) -> Vec<Run> {
    let from = runs.partition_point(|run| run.old <= span.start);
    // Runs are sorted by their start and share no more than their edges: their ends are sorted, too.
    runs[..from].iter().rev().take_while(|run| run.covers(span)).copied().collect()
}

/// Where a piece stands in the old and in the new text.
type Anchor = (usize, usize);

/// A piece of the old text and how often it was met.
struct Piece {
    old: usize,
    new: usize,
    times_old: u32,
    times_new: u32,
}

/// Returns the places in both texts of the pieces that occur once in either.
fn anchors(
    known: &Known,
    new: &[char],
    old_gap: Range<usize>,
    new_gap: Range<usize>,
    len: usize,
    stride: usize,
) -> Vec<Anchor> {
    let old = &known.letters.chars;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut by_hash: HashMap<u64, usize> = HashMap::new();
    for part in known.islands_in(old_gap.clone()) {
        hashes(old, part.clone(), len, |at, hash| {
            if (at - part.start).is_multiple_of(stride) || at + len == part.end {
                by_hash.entry(hash).or_insert_with(|| {
                    pieces.push(Piece { old: at, new: 0, times_old: 0, times_new: 0 });
                    pieces.len() - 1
                });
            }
        });
    }
    let sieve = Sieve::of(by_hash.len(), by_hash.keys().copied());
    for part in known.islands_in(old_gap) {
        hashes(old, part, len, |at, hash| {
            if let Some(&i) = sieve.may_have(hash).then(|| by_hash.get(&hash)).flatten() {
                let piece = &mut pieces[i];
                piece.times_old += u32::from(old[piece.old..piece.old + len] == old[at..at + len]);
            }
        });
    }
    hashes(new, new_gap, len, |at, hash| {
        if let Some(&i) = sieve.may_have(hash).then(|| by_hash.get(&hash)).flatten() {
            let piece = &mut pieces[i];
            if old[piece.old..piece.old + len] == new[at..at + len] {
                piece.new = at;
                piece.times_new = piece.times_new.saturating_add(1);
            }
        }
    });
    let once = pieces.into_iter().filter(|piece| piece.times_old == 1 && piece.times_new == 1);
    once.map(|piece| (piece.old, piece.new)).collect()
}

/// Calls `tell` with the place and the hash of each piece of `len` letters within a range, by a rolling hash.
fn hashes(letters: &[char], range: Range<usize>, len: usize, mut tell: impl FnMut(usize, u64)) {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    let letters = &letters[range.clone()];
    if letters.len() < len {
        return;
    }
    let highest = (1..len).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let step = |hash: u64, c: char| hash.wrapping_mul(BASE).wrapping_add(u64::from(c) + 1);
    let mut hash = letters[..len - 1].iter().fold(0, |hash, c| step(hash, *c));
    for (i, c) in letters[len - 1..].iter().enumerate() {
        hash = step(hash, *c);
        tell(range.start + i, hash);
        hash = hash.wrapping_sub((u64::from(letters[i]) + 1).wrapping_mul(highest));
    }
}

/// A set of hashes that now and then takes a stranger for one of its own: small enough to stay in the processor's
/// cache, where the table itself does not.
struct Sieve {
    bits: Vec<u64>,
    shift: u32,
}

impl Sieve {
    fn of(len: usize, hashes: impl Iterator<Item = u64>) -> Self {
        let bits = (len * 8).next_power_of_two().max(64);
        let mut sieve = Self { bits: vec![0; bits / 64], shift: 64 - bits.trailing_zeros() };
        for hash in hashes {
            let (word, bit) = sieve.place(hash);
            sieve.bits[word] |= bit;
        }
        sieve
    }

    /// The upper bits: the lower ones of a product mix less.
    fn place(&self, hash: u64) -> (usize, u64) {
        let bit = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> self.shift;
        ((bit / 64) as usize, 1 << (bit % 64))
    }

    fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.bits[word] & bit != 0
    }
}

/// Splits anchors, sorted by the old text, into the longest series that rises in the new text, too, and the rest.
fn rising(anchors: Vec<Anchor>) -> (Vec<Anchor>, Vec<Anchor>) {
    // Where the shortest series of each length ends, and what each anchor follows.
    let mut ends: Vec<usize> = Vec::new();
    let mut follows: Vec<Option<usize>> = Vec::with_capacity(anchors.len());
    for (i, (_, new)) in anchors.iter().enumerate() {
        let length = ends.partition_point(|end| anchors[*end].1 < *new);
        follows.push(length.checked_sub(1).map(|before| ends[before]));
        if length == ends.len() {
            ends.push(i);
        } else {
            ends[length] = i;
        }
    }
    let mut is_held = vec![false; anchors.len()];
    let mut at = ends.last().copied();
    while let Some(i) = at {
        is_held[i] = true;
        at = follows[i];
    }
    let (mut held, mut rest) = (Vec::new(), Vec::new());
    for (anchor, is_held) in anchors.into_iter().zip(is_held) {
        if is_held { held.push(anchor) } else { rest.push(anchor) }
    }
    (held, rest)
}

/// Grows anchors as far as the letters agree. Where an anchor with another shift follows, they stop agreeing within it:
/// it occurs only once.
fn grown(anchors: &[Anchor], known: &Known, new: &[char], len: usize) -> Vec<Run> {
    let old = &known.letters.chars;
    let mut runs: Vec<Run> = Vec::new();
    for &(at_old, at_new) in anchors {
        if runs.last().is_some_and(|run| run.is_along(at_old, at_new) && at_old + len <= run.old_end()) {
            continue;
        }
        let island = known.island(at_old);
        let before = common(old[island.start..at_old].iter().rev(), new[..at_new].iter().rev());
        let behind = common(old[at_old + len..island.end].iter(), new[at_new + len..].iter());
        runs.push(Run { old: at_old - before, new: at_new - before, len: before + len + behind });
    }
    runs
}

/// Returns how many letters agree from the beginning on.
pub(super) fn common<'a>(a: impl Iterator<Item = &'a char>, b: impl Iterator<Item = &'a char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CharOffset;
    use crate::text::carry::Passage;
    use crate::text::carry::letters::Letters;

    fn chain(old: &str, new: &str) -> Chain {
        let known = Known::new(vec![Passage { start: CharOffset::ZERO, text: old }]);
        Chain::new(&known, &Letters::of(new).chars)
    }

    #[test]
    fn one_text_is_one_run() {
        let text = "the harbour opens on monday morning, says the ministry of transport";
        assert_eq!(chain(text, text).runs, [Run { old: 0, new: 0, len: text.len() }]);
    }

    #[test]
    fn an_insertion_parts_two_runs() {
        let old = "the harbour opens on monday morning, says the ministry of transport";
        let new = "the harbour opens again on monday morning, says the ministry of transport";
        let runs = chain(old, new).runs;
        assert_eq!(runs.len(), 2, "{runs:?}");
        assert_eq!((runs[0].old, runs[0].new), (0, 0));
        assert_eq!((runs[1].old_end(), runs[1].new_end()), (old.len(), new.len()));
    }

    #[test]
    fn the_longest_rising_series_holds() {
        let anchors = vec![(0, 5), (1, 1), (2, 2), (3, 9), (4, 3)];
        assert_eq!(rising(anchors), (vec![(1, 1), (2, 2), (4, 3)], vec![(0, 5), (3, 9)]));
    }

    #[test]
    fn the_hash_of_a_piece_does_not_depend_on_what_stands_before_it() {
        let letters: Vec<char> = "abcXabc".chars().collect();
        let mut told = Vec::new();
        hashes(&letters, 0..letters.len(), 3, |at, hash| told.push((at, hash)));
        assert_eq!(told.len(), 5);
        assert_eq!(told[0].1, told[4].1);
        assert_ne!(told[0].1, told[1].1);
    }
}
