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

use crate::text::{ByteOffset, TextRange};

use super::candidate::{Candidate, Found};
use super::context::Context;
use super::grammar::CompiledRule;
use super::program::LabelIndex;

const LONGER: &str = "a longer mention with the same label stands there";
const STRONGER: &str = "a rule of higher rank marks the same words";
const ALTERNATIVE: &str = "alternative: a rule of higher rank gives these words another label";
const CROSSING: &str = "it crosses a longer mention";
const SAME_CUE: &str = "another rule reads the same cue";

/// Returns the indices of the candidates that stand, mentions in text order and then claims, and notes in each the ones
/// that it beat.
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
    let confirmed = Confirmed::new(context);
    let mut mentions = Vec::with_capacity(candidates.len());
    let mut claims = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let hull = candidate.fragments.hull();
        if negative.overlaps(hull) || confirmed.decides(candidate, labels) {
            continue;
        }
        match candidate.label() {
            Some(label) => mentions.push(Contender { hull, rank: rules[candidate.rule].rank, label, index }),
            None => claims.push(index),
        }
    }
    let mut kept = resolve_mentions(candidates, mentions);
    kept.extend(resolve_claims(candidates, rules, claims));
    kept
}

/// What decides between mentions, side by side in memory.
#[derive(Debug, Clone, Copy)]
struct Contender {
    hull: TextRange,
    /// The rule's strength: the lower the stronger.
    rank: u32,
    label: LabelIndex,
    /// Its place among the candidates.
    index: usize,
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

/// The mentions that a human made or accepted, by where they begin.
struct Confirmed<'a> {
    sorted: Vec<(TextRange, &'a str)>,
    /// The length of the longest, in bytes.
    longest: u32,
}

impl<'a> Confirmed<'a> {
    fn new(context: &'a Context) -> Self {
        let mentions = context.confirmed.iter();
        let mut sorted: Vec<(TextRange, &str)> =
            mentions.map(|mention| (mention.fragments.hull(), mention.label.as_str())).collect();
        sorted.sort_unstable();
        let longest = sorted.iter().map(|(hull, _)| hull.len()).max().unwrap_or(0);
        Self { sorted, longest }
    }

    /// Returns whether one of them settles what a candidate proposes: the same words, crossing ones, or the same label
    /// on a part.
    fn decides(&self, candidate: &Candidate, labels: &[Arc<str>]) -> bool {
        let Some(label) = candidate.label() else {
            return false;
        };
        let range = candidate.fragments.hull();
        let from = ByteOffset::new(range.start().get().saturating_sub(self.longest));
        let first = self.sorted.partition_point(|(there, _)| there.start() < from);
        let near = self.sorted[first..].iter().take_while(|(there, _)| there.start() < range.end());
        near.filter(|(there, _)| there.overlaps(range)).any(|(there, confirmed)| {
            *there == range || there.crosses(range) || *labels[usize::from(label)] == **confirmed
        })
    }
}

fn resolve_mentions(candidates: &mut [Candidate], mut open: Vec<Contender>) -> Vec<usize> {
    // Stable, since every rule's own candidates come sorted.
    open.sort_by_key(|contender| contender.hull);
    let mut standing = Vec::with_capacity(open.len());
    let mut rest = &mut open[..];
    while let Some(first) = rest.first() {
        let mut end = first.hull.end();
        let mut together = 1;
        while let Some(next) = rest.get(together).filter(|next| next.hull.start() < end) {
            end = end.max(next.hull.end());
            together += 1;
        }
        let (cluster, behind) = rest.split_at_mut(together);
        match cluster {
            [only] => standing.push(only.index),
            _ => resolve_cluster(candidates, cluster, &mut standing),
        }
        rest = behind;
    }
    standing
}

/// Settles which of some mentions stand that overlap one another in a chain.
fn resolve_cluster(candidates: &mut [Candidate], cluster: &mut [Contender], standing: &mut Vec<usize>) {
    // Longest first, so that what already stands is never shorter.
    cluster.sort_unstable_by_key(|c| (Reverse(c.hull.len()), c.rank, c.hull, c.label, c.index));
    let longest = cluster[0].hull.len();
    // By start; few share one.
    let mut kept: BTreeMap<TextRange, Vec<Contender>> = BTreeMap::new();
    for contender in &*cluster {
        let range = contender.hull;
        let from = ByteOffset::new(range.start().get().saturating_sub(longest));
        let near = kept.range(TextRange::empty(from)..TextRange::empty(range.end()));
        let beaten = near
            .flat_map(|(_, there)| there)
            .find_map(|winner| reason(winner, contender).map(|reason| (winner.index, reason)));
        match beaten {
            Some((winner, reason)) => candidates[winner].losers.push((contender.index, reason)),
            None => kept.entry(range).or_default().push(*contender),
        }
    }
    standing.extend(kept.into_values().flatten().map(|contender| contender.index));
}

/// Returns why a mention falls beside one that stands; `None` where both can stand.
fn reason(standing: &Contender, contender: &Contender) -> Option<&'static str> {
    let (there, here) = (standing.hull, contender.hull);
    if !there.overlaps(here) {
        return None;
    }
    match (standing.label == contender.label, there == here) {
        (true, true) => Some(STRONGER),
        (true, false) => Some(LONGER),
        (false, true) => Some(ALTERNATIVE),
        (false, false) => there.crosses(here).then_some(CROSSING),
    }
}

fn resolve_claims(candidates: &mut [Candidate], rules: &[CompiledRule], mut open: Vec<usize>) -> Vec<usize> {
    open.sort_by(|a, b| {
        let (x, y) = (&candidates[*a], &candidates[*b]);
        let (rule, other) = (&rules[x.rule], &rules[y.rule]);
        let length = |c: &Candidate| Reverse(c.fragments.ranges().iter().map(|r| r.len()).sum::<u32>());
        let strength = |rule: &CompiledRule| (Reverse(rule.priority), Reverse(rule.confidence.to_bits()));
        let order = strength(rule).cmp(&strength(other)).then_with(|| length(x).cmp(&length(y)));
        order.then_with(|| rule.rank.cmp(&other.rank)).then_with(|| x.fragments.cmp(&y.fragments))
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
