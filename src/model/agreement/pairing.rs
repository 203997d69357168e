//! Which span of one annotator answers to which of the other, and how the two differ.

use std::collections::BTreeMap;

use super::matching::most_pairs;
use super::{CharFragments, Mark, Matches};
use crate::model::LabelId;

/// How a span differs from what the other annotator has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The first annotator has a span where the second has none.
    OnlyFirst,
    /// The second annotator has a span where the first has none.
    OnlySecond,
    /// The same label on overlapping spans.
    Boundaries,
    /// The same place with another label.
    Label,
    /// Another label on an overlapping span.
    BoundariesAndLabel,
}

/// How many overlapping spans are looked at for one; those that begin nearest before its end.
const MOST_NEIGHBOURS: usize = 1_000;
/// How many of them it may be paired with; those that share most with it.
const MOST_WISHES: usize = 64;

/// The spans of two annotators in one article, paired: each is in one entry, by index into the two lists.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// The same place and label.
    pub(super) equal: Vec<(usize, usize)>,
    /// Pairs that differ.
    pub(super) differing: Vec<(Difference, Option<usize>, Option<usize>)>,
}

impl Pairing {
    /// Pairs two lists of one kind, each sorted by place, then label: first what is equal, then the most pairs of
    /// overlapping spans with the same label, then spans in the same place, then the most pairs of other overlapping
    /// ones. So every F1 by label is that of the spans with this label alone.
    pub(super) fn new(first: &[&Mark], second: &[&Mark]) -> Self {
        let mut pairs = Self::default();
        let mut rest = Rest { first, second, free: [vec![true; first.len()], vec![true; second.len()]] };
        pairs.equal = rest.equal(|mark| (&mark.fragments, Some(&mark.label)));
        let add = |pairs: &mut Self, difference, found: Vec<(usize, usize)>| {
            pairs.differing.extend(found.into_iter().map(|(a, b)| (difference, Some(a), Some(b))));
        };
        let same_label = rest.overlapping(|a, b| a.label == b.label);
        add(&mut pairs, Difference::Boundaries, same_label);
        let same_place = rest.equal(|mark| (&mark.fragments, None));
        add(&mut pairs, Difference::Label, same_place);
        let others = rest.overlapping(|_, _| true);
        add(&mut pairs, Difference::BoundariesAndLabel, others);
        let [free_first, free_second] = &rest.free;
        let only = |free: &[bool]| -> Vec<usize> { (0..free.len()).filter(|i| free[*i]).collect() };
        pairs.differing.extend(only(free_first).into_iter().map(|a| (Difference::OnlyFirst, Some(a), None)));
        pairs
            .differing
            .extend(only(free_second).into_iter().map(|b| (Difference::OnlySecond, None, Some(b))));
        let place = |(_, a, b): &(Difference, Option<usize>, Option<usize>)| {
            let of = |marks: &[&Mark], at: Option<usize>| at.map(|at| marks[at].fragments.start());
            of(first, *a).into_iter().chain(of(second, *b)).min()
        };
        pairs.differing.sort_by_key(|entry| (place(entry), *entry));
        pairs
    }

    /// Returns the matches by label: of equal spans, and of those that overlap under one label.
    pub(super) fn matches<'m>(
        &self,
        first: &[&'m Mark],
        second: &[&'m Mark],
    ) -> BTreeMap<&'m LabelId, [Matches; 2]> {
        let mut by_label: BTreeMap<&LabelId, [Matches; 2]> = BTreeMap::new();
        for mark in first {
            by_label.entry(&mark.label).or_default().iter_mut().for_each(|matches| matches.first += 1);
        }
        for mark in second {
            by_label.entry(&mark.label).or_default().iter_mut().for_each(|matches| matches.second += 1);
        }
        for (a, _) in &self.equal {
            by_label.entry(&first[*a].label).or_default().iter_mut().for_each(|matches| matches.both += 1);
        }
        for (difference, a, _) in &self.differing {
            if let (Difference::Boundaries, Some(a)) = (difference, a) {
                by_label.entry(&first[*a].label).or_default()[1].both += 1;
            }
        }
        by_label
    }
}

/// The spans that are in no pair yet.
struct Rest<'a> {
    first: &'a [&'a Mark],
    second: &'a [&'a Mark],
    free: [Vec<bool>; 2],
}

impl<'a> Rest<'a> {
    /// Takes out the pairs with equal keys, which sort as the lists are sorted.
    fn equal(
        &mut self,
        key: impl Fn(&'a Mark) -> (&'a CharFragments, Option<&'a LabelId>),
    ) -> Vec<(usize, usize)> {
        let (mut found, mut b) = (Vec::new(), 0);
        for a in (0..self.first.len()).filter(|a| self.free[0][*a]) {
            let wanted = key(self.first[a]);
            while b < self.second.len() && (!self.free[1][b] || key(self.second[b]) < wanted) {
                b += 1;
            }
            if b < self.second.len() && key(self.second[b]) == wanted {
                found.push((a, b));
                b += 1;
            }
        }
        self.take(found)
    }

    /// Takes out the most pairs of overlapping spans that may be paired.
    fn overlapping(&mut self, may: impl Fn(&Mark, &Mark) -> bool) -> Vec<(usize, usize)> {
        let firsts: Vec<usize> = (0..self.first.len()).filter(|a| self.free[0][*a]).collect();
        let seconds: Vec<usize> = (0..self.second.len()).filter(|b| self.free[1][*b]).collect();
        let places: Vec<&CharFragments> = seconds.iter().map(|b| &self.second[*b].fragments).collect();
        // The furthest end up to each, so that the search to the left knows where nothing can reach any more.
        let reach: Vec<_> = places
            .iter()
            .scan(crate::text::CharOffset::ZERO, |reach, place| {
                *reach = (*reach).max(place.end());
                Some(*reach)
            })
            .collect();
        let wishes: Vec<Vec<usize>> = firsts
            .iter()
            .map(|a| {
                let mark = self.first[*a];
                let from = places.partition_point(|place| place.start() < mark.fragments.end());
                let near = (0..from).rev().take_while(|i| reach[*i] > mark.fragments.start());
                let shared = near.take(MOST_NEIGHBOURS).filter_map(|i| {
                    let shared = mark.fragments.shared(places[i]);
                    (shared > 0 && may(mark, self.second[seconds[i]])).then_some((u32::MAX - shared, i))
                });
                let mut shared: Vec<(u32, usize)> = shared.collect();
                shared.sort_unstable();
                shared.into_iter().take(MOST_WISHES).map(|(_, i)| i).collect()
            })
            .collect();
        let pairs = most_pairs(&wishes, seconds.len());
        let found = firsts.iter().zip(pairs).filter_map(|(a, b)| Some((*a, seconds[b?]))).collect();
        self.take(found)
    }

    fn take(&mut self, pairs: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        for (a, b) in &pairs {
            self.free[0][*a] = false;
            self.free[1][*b] = false;
        }
        pairs
    }
}
