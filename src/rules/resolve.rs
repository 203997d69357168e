//! Which candidates stand, by the written order:
//!
//! 1. what lies in a negative span falls;
//! 2. of overlapping mentions with one label the longest stands, then priority, confidence, the rule's id;
//! 3. of mentions on one span with several labels the priority decides, the other stays as alternative;
//! 4. nested mentions with several labels both stand;
//! 5. of crossing mentions the longer stands;
//! 6. a human's decision beats every rule.
//!
//! Of several claims with one cue one stands: by priority, then confidence, then the longer content.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::text::TextRange;

use super::candidate::{Candidate, Found};
use super::context::Context;
use super::load::CompiledRule;

const LONGER: &str = "a longer mention with the same label stands there";
const STRONGER: &str = "a rule of higher rank marks the same words";
const ALTERNATIVE: &str = "alternative: a rule of higher rank gives these words another label";
const CROSSING: &str = "it crosses a longer mention";
const SAME_CUE: &str = "another rule reads the same cue";

/// Returns the indices of the candidates that stand, and notes in each the ones that it beat.
pub(super) fn resolve(
    candidates: &mut [Candidate],
    rules: &[CompiledRule],
    negative: &[TextRange],
    context: &Context,
    labels: &[Arc<str>],
) -> Vec<usize> {
    for candidate in candidates.iter_mut() {
        candidate.losers.clear();
    }
    let negative = Negative::new(negative);
    let is_open = |candidate: &Candidate| {
        !negative.overlaps(candidate.fragments.hull()) && !is_decided(candidate, context, labels)
    };
    let (mentions, claims): (Vec<usize>, Vec<usize>) = (0..candidates.len())
        .filter(|i| is_open(&candidates[*i]))
        .partition(|i| candidates[*i].label().is_some());
    let mut kept = resolve_mentions(candidates, rules, mentions);
    kept.extend(resolve_claims(candidates, rules, claims));
    kept.sort_unstable();
    kept
}

/// The negative spans, sorted, joined where they overlap.
struct Negative(Vec<TextRange>);

impl Negative {
    fn new(ranges: &[TextRange]) -> Self {
        let mut sorted = ranges.to_vec();
        sorted.sort_unstable();
        let mut joined: Vec<TextRange> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match joined.last_mut() {
                Some(last) if last.touches(range.start()) => *last = last.cover(range),
                _ => joined.push(range),
            }
        }
        Self(joined)
    }

    fn overlaps(&self, range: TextRange) -> bool {
        let next = self.0.partition_point(|negative| negative.end() <= range.start());
        self.0.get(next).is_some_and(|negative| negative.overlaps(range))
    }
}

/// Returns whether a human's mention settles what a candidate proposes: the same words, crossing ones, or the same
/// label on a part.
fn is_decided(candidate: &Candidate, context: &Context, labels: &[Arc<str>]) -> bool {
    let Some(label) = candidate.label() else {
        return false;
    };
    let range = candidate.fragments.hull();
    context.confirmed.iter().any(|confirmed| {
        let there = confirmed.fragments.hull();
        let same_label = *labels[usize::from(label)] == *confirmed.label.as_str();
        there == range || there.crosses(range) || (same_label && there.overlaps(range))
    })
}

/// Returns the order of strength: what comes first wins.
fn strength<'a>(candidate: &Candidate, rules: &'a [CompiledRule]) -> (Reverse<i32>, Reverse<u32>, &'a str) {
    let rule = &rules[candidate.rule];
    // Confidences are 0 to 1: their bits sort as they do.
    (Reverse(rule.priority), Reverse(rule.confidence.to_bits()), &rule.id)
}

fn resolve_mentions(
    candidates: &mut [Candidate],
    rules: &[CompiledRule],
    mut open: Vec<usize>,
) -> Vec<usize> {
    open.sort_by(|a, b| {
        let (x, y) = (&candidates[*a], &candidates[*b]);
        let length = |c: &Candidate| Reverse(c.fragments.hull().len());
        let order = length(x).cmp(&length(y)).then_with(|| strength(x, rules).cmp(&strength(y, rules)));
        order.then_with(|| (x.fragments.hull(), x.label()).cmp(&(y.fragments.hull(), y.label())))
    });
    // Longest first, so that what already stands is never shorter. By start; few share one.
    let mut standing: BTreeMap<TextRange, Vec<usize>> = BTreeMap::new();
    let mut longest = 0;
    for index in open {
        let range = candidates[index].fragments.hull();
        longest = longest.max(range.len());
        let from = range.start().get().saturating_sub(longest);
        let near = standing
            .range(TextRange::empty(crate::text::ByteOffset::new(from))..TextRange::empty(range.end()));
        let beaten = near.flat_map(|(_, there)| there).find_map(|winner| {
            reason(&candidates[*winner], &candidates[index]).map(|reason| (*winner, reason))
        });
        match beaten {
            Some((winner, reason)) => candidates[winner].losers.push((index, reason)),
            None => standing.entry(range).or_default().push(index),
        }
    }
    standing.into_values().flatten().collect()
}

/// Returns why a candidate falls beside one that stands; `None` where both can stand.
fn reason(standing: &Candidate, candidate: &Candidate) -> Option<&'static str> {
    let (there, here) = (standing.fragments.hull(), candidate.fragments.hull());
    if !there.overlaps(here) {
        return None;
    }
    match (standing.label() == candidate.label(), there == here) {
        (true, true) => Some(STRONGER),
        (true, false) => Some(LONGER),
        (false, true) => Some(ALTERNATIVE),
        (false, false) => there.crosses(here).then_some(CROSSING),
    }
}

fn resolve_claims(candidates: &mut [Candidate], rules: &[CompiledRule], mut open: Vec<usize>) -> Vec<usize> {
    open.sort_by(|a, b| {
        let (x, y) = (&candidates[*a], &candidates[*b]);
        let length = |c: &Candidate| Reverse(c.fragments.ranges().iter().map(|r| r.len()).sum::<u32>());
        let rank =
            |c: &Candidate| (Reverse(rules[c.rule].priority), Reverse(rules[c.rule].confidence.to_bits()));
        let order = rank(x).cmp(&rank(y)).then_with(|| length(x).cmp(&length(y)));
        let id = |c: &Candidate| &rules[c.rule].id;
        order.then_with(|| id(x).cmp(id(y))).then_with(|| x.fragments.cmp(&y.fragments))
    });
    let mut by_cue: BTreeMap<u32, (u32, usize)> = BTreeMap::new();
    let mut kept = Vec::new();
    for index in open {
        let Found::Claim(parts) = &candidates[index].found else {
            continue;
        };
        let cue = parts.cue.hull();
        let before = by_cue.range(..cue.end().get()).next_back().map(|(_, claim)| *claim);
        if let Some((_, winner)) = before.filter(|(end, _)| *end > cue.start().get()) {
            candidates[winner].losers.push((index, SAME_CUE));
        } else {
            by_cue.insert(cue.start().get(), (cue.end().get(), index));
            kept.push(index);
        }
    }
    kept
}
