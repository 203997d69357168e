//! Where a pattern can begin: at the tokens that have within reach all that it must have.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::matcher::{View, index};
use super::program::{Anchor, AnchorKey, Program};
use super::tokens::{Tokens, flag};

/// The widest stretch in tokens between a match's start and an anchor that is used to find starts.
const MAX_ANCHOR_SPREAD: u32 = 64;

/// Where tokens stand that patterns begin or go on with, sorted.
#[derive(Debug, Default)]
pub(super) struct Landmarks {
    /// The numbers.
    numbers: Vec<u32>,
    /// The words in capitals.
    capitals: Vec<u32>,
    /// The tokens of each set of marks.
    marks: Vec<Vec<u32>>,
    /// The first tokens of sentences.
    sentences: Vec<u32>,
}

impl Landmarks {
    /// Returns the landmarks of a text for some sets of marks.
    pub(super) fn new(tokens: &Tokens, sets: &[Arc<str>]) -> Self {
        let (mut numbers, mut capitals) = (Vec::new(), Vec::new());
        let mut by_char: BTreeMap<char, Vec<u32>> = BTreeMap::new();
        for (token, facts) in (0_u32..).zip(&tokens.facts) {
            if facts.is(flag::NUMBER) {
                numbers.push(token);
            }
            if facts.is(flag::CAPITALS) {
                capitals.push(token);
            }
            if facts.is(flag::SYMBOL)
                && let Some(mark) = tokens.form(token as usize).chars().next()
            {
                by_char.entry(mark).or_default().push(token);
            }
        }
        let places = |set: &Arc<str>| {
            let mut places: Vec<u32> =
                set.chars().filter_map(|mark| by_char.get(&mark)).flatten().copied().collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let marks = sets.iter().map(places).collect();
        let sentences = tokens.sentences.iter().map(|sentence| index(sentence.start)).collect();
        Self { numbers, capitals, marks, sentences }
    }
}

impl View<'_> {
    /// Returns the tokens at which a key stands, sorted.
    pub(super) fn places(&self, key: AnchorKey) -> &[u32] {
        match key {
            AnchorKey::Class(class) => self.hits.of_class(class),
            AnchorKey::Entity(label) => self.mentions.of_label(label),
            AnchorKey::Number => &self.landmarks.numbers,
            AnchorKey::Capitals => &self.landmarks.capitals,
            AnchorKey::Mark(set) => &self.landmarks.marks[usize::from(set)],
            AnchorKey::SentenceStart => &self.landmarks.sentences,
        }
    }

    /// Returns whether a key stands at one of the tokens `first..=last`.
    pub(super) fn stands_within(&self, key: AnchorKey, first: usize, last: usize) -> bool {
        match key {
            _ if first >= self.tokens.len() => false,
            AnchorKey::Class(class) if first == last => self.hits.has(first, class),
            AnchorKey::Entity(label) if first == last => {
                self.mentions.at(first).iter().any(|mention| mention.label == label)
            }
            AnchorKey::Mark(set) if first == last => self.is_mark(first, &self.marks[usize::from(set)]),
            _ => next_place(self.places(key), first).is_some_and(|place| place <= last),
        }
    }

    /// Finds the tokens at which a match of a program can begin: those that have all that its pattern must have within
    /// reach.
    pub(super) fn find_starts(&self, program: &Program, starts: &mut Vec<u32>) {
        starts.clear();
        let tokens = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        let count = |anchor: &Anchor| -> usize {
            let keys = anchor.any_of.iter().map(|key| self.places(*key).len());
            keys.sum::<usize>().saturating_mul(1 + (anchor.max - anchor.min) as usize)
        };
        let near = || program.anchors.iter().filter(|a| a.max - a.min <= MAX_ANCHOR_SPREAD);
        let Some(rarest) = near().min_by_key(|anchor| count(anchor)) else {
            starts.extend(0..tokens);
            return;
        };
        let mut places: Vec<u32> = rarest.any_of.iter().flat_map(|key| self.places(*key)).copied().collect();
        if rarest.any_of.len() > 1 {
            places.sort_unstable();
        }
        let others = || program.anchors.iter().filter(|anchor| !std::ptr::eq(*anchor, rarest));
        // A match lies within a sentence: one that lacks an anchor is passed over as a whole.
        let mut sentence = 0;
        let mut known = None;
        for place in places {
            while self.tokens.sentences[sentence].end <= place as usize {
                sentence += 1;
            }
            let range = &self.tokens.sentences[sentence];
            let is_open = match known {
                Some((known, is_open)) if known == sentence => is_open,
                _ => others().all(|anchor| self.reaches(anchor, range.start, range.end - 1, range.end)),
            };
            known = Some((sentence, is_open));
            let Some(nearest) = place.checked_sub(rarest.min).filter(|_| is_open) else { continue };
            let next = starts.last().map_or(0, |last| last + 1).max(u32::try_from(range.start).unwrap_or(0));
            let first = place.saturating_sub(rarest.max).max(next);
            starts.extend((first..=nearest).filter(|start| {
                let start = *start as usize;
                others().all(|anchor| self.reaches(anchor, start, start, range.end))
            }));
        }
    }

    /// Returns whether an anchor stands where a match needs it that begins at one of the tokens `first..=last`.
    fn reaches(&self, anchor: &Anchor, first: usize, last: usize, sentence_end: usize) -> bool {
        let nearest = first + anchor.min as usize;
        let farthest = last.saturating_add(anchor.max as usize).min(sentence_end - 1);
        anchor.any_of.iter().any(|key| self.stands_within(*key, nearest, farthest))
    }
}

/// Returns the first of some sorted tokens that is not before another.
pub(super) fn next_place(places: &[u32], from: usize) -> Option<usize> {
    let from = index(from);
    places.get(places.partition_point(|place| *place < from)).map(|place| *place as usize)
}
