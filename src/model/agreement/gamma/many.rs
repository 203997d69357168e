//! The best alignment of any number of annotators: groups of units, one of an annotator at most, so that each unit is in
//! one group and the disorder of the groups is least.
//!
//! The units are gone through from left to right; a state is the set of those to the right that are in a group already,
//! and the least disorder of the groups so far. As long as no state has to be dropped, the result is exact.

use super::{Alignment, EMPTY, Unit};

/// The most states that are kept; beyond, the best ones.
const MOST_STATES: usize = 512;
/// The most groups that are tried for one unit.
const MOST_GROUPS: usize = 256;

/// A group of units: which of those to the right are in it (bit 0 is the leftmost one's own), and its disorder.
type Group = (u128, f64);

/// Returns the best alignment of sorted lists of units.
pub(super) fn align(annotators: &[Vec<Unit>]) -> Alignment {
    let continuum = Continuum::new(annotators);
    let mut is_exact = true;
    let mut states: Vec<Group> = vec![(0, 0.0)];
    for at in 0..continuum.units.len() {
        let (groups, are_all) = continuum.groups(at);
        is_exact &= are_all;
        let mut next: Vec<Group> = Vec::with_capacity(states.len());
        for (taken, disorder) in states {
            if taken & 1 == 1 {
                next.push((taken >> 1, disorder));
                continue;
            }
            let free = groups.iter().filter(|(group, _)| group & taken == 0);
            next.extend(free.map(|(group, more)| ((group | taken) >> 1, disorder + more)));
        }
        next.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        next.dedup_by_key(|state| state.0);
        if next.len() > MOST_STATES {
            next.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            next.truncate(MOST_STATES);
            is_exact = false;
        }
        states = next;
    }
    Alignment { disorder: states.first().map_or(0.0, |(_, disorder)| *disorder), is_exact }
}

/// The units of all annotators from left to right.
struct Continuum {
    units: Vec<(usize, Unit)>,
    longest: f64,
    annotators: usize,
}

impl Continuum {
    fn new(annotators: &[Vec<Unit>]) -> Self {
        let of = |(annotator, units): (usize, &Vec<Unit>)| {
            units.iter().map(|unit| (annotator, *unit)).collect::<Vec<_>>()
        };
        let mut units: Vec<(usize, Unit)> = annotators.iter().enumerate().flat_map(of).collect();
        units.sort_by(|a, b| a.1.order(b.1).then(a.0.cmp(&b.0)));
        let longest = units.iter().map(|(_, unit)| unit.len()).fold(0.0, f64::max);
        Self { units, longest, annotators: annotators.len() }
    }

    /// The number of pairs of annotators.
    fn pairs(&self) -> usize {
        self.annotators * (self.annotators - 1) / 2
    }

    /// Returns the groups whose leftmost unit is that `at`, and whether these are all that can be of use.
    fn groups(&self, at: usize) -> (Vec<Group>, bool) {
        // A unit is better off by itself where its distances to the others of a group of k come to the number of pairs
        // and k - 1 or more. So no two of a group are further apart than that.
        let far = (self.pairs() + self.annotators - 1) as f64 * EMPTY;
        let (annotator, unit) = self.units[at];
        let reach = (unit.len() + self.longest) * far.sqrt();
        let mut near = Vec::new();
        let mut are_all = true;
        for (i, (other, candidate)) in self.units.iter().enumerate().skip(at + 1) {
            if candidate.start > unit.start + reach {
                break;
            }
            if *other != annotator && unit.dissimilarity(*candidate) < far {
                match u32::try_from(i - at) {
                    Ok(bit) if bit < u128::BITS => near.push((bit, *other, *candidate)),
                    _ => are_all = false,
                }
            }
        }
        let mut search = Search { near: &near, far, pairs: self.pairs(), found: Vec::new(), are_all };
        search.extend(0, 1, 0.0, &mut vec![(annotator, unit)]);
        (search.found, search.are_all)
    }
}

/// Collects groups.
struct Search<'a> {
    /// What may be in a group: how far to the right it stands, its annotator, the unit.
    near: &'a [(u32, usize, Unit)],
    far: f64,
    pairs: usize,
    found: Vec<Group>,
    are_all: bool,
}

impl Search<'_> {
    /// Adds the group of `members`, and those with more members from `near[from..]`.
    fn extend(&mut self, from: usize, group: u128, distances: f64, members: &mut Vec<(usize, Unit)>) {
        let k = members.len();
        let without = self.pairs - k * (k - 1) / 2;
        let disorder = (distances + without as f64 * EMPTY) / self.pairs as f64;
        if k == 1 || disorder < k as f64 * EMPTY {
            if self.found.len() == MOST_GROUPS {
                self.are_all = false;
                return;
            }
            self.found.push((group, disorder));
        }
        for i in from..self.near.len() {
            let (bit, annotator, unit) = self.near[i];
            let to_each = members.iter().map(|(other, member)| {
                if *other == annotator { f64::INFINITY } else { member.dissimilarity(unit) }
            });
            let to_each: Vec<f64> = to_each.collect();
            if to_each.iter().all(|distance| *distance < self.far) {
                members.push((annotator, unit));
                self.extend(i + 1, group | 1 << bit, distances + to_each.iter().sum::<f64>(), members);
                members.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(start: u32, end: u32, label: usize) -> Unit {
        Unit { start: f64::from(start), end: f64::from(end), label }
    }

    /// The least disorder, by trying every way to put the units into groups.
    fn by_trying(units: &[(usize, Unit)], groups: &mut Vec<Vec<(usize, Unit)>>, annotators: usize) -> f64 {
        let pairs = annotators * (annotators - 1) / 2;
        let Some((first, rest)) = units.split_first() else {
            let disorder = |group: &Vec<(usize, Unit)>| {
                let k = group.len();
                let within = (0..k).flat_map(|i| (0..i).map(move |j| (i, j)));
                let within: f64 = within.map(|(i, j)| group[i].1.dissimilarity(group[j].1)).sum();
                (within + (pairs - k * (k - 1) / 2) as f64) / pairs as f64
            };
            return groups.iter().map(disorder).sum();
        };
        groups.push(vec![*first]);
        let mut best = by_trying(rest, groups, annotators);
        groups.pop();
        for i in 0..groups.len() {
            if groups[i].iter().all(|(other, _)| *other != first.0) {
                groups[i].push(*first);
                best = best.min(by_trying(rest, groups, annotators));
                groups[i].pop();
            }
        }
        best
    }

    #[test]
    fn three_and_four_annotators_are_aligned_in_the_best_way() {
        let mut state = 11_u64;
        for round in 0..60 {
            let annotators = 3 + round % 2;
            let mut random = |below: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                u32::try_from((state >> 33) % below).expect("small")
            };
            let mut lists = vec![Vec::new(); annotators];
            for list in &mut lists {
                for _ in 0..2 {
                    let start = random(14);
                    list.push(unit(start, start + 1 + random(6), random(2) as usize));
                }
            }
            let all: Vec<(usize, Unit)> =
                lists.iter().enumerate().flat_map(|(a, list)| list.iter().map(move |u| (a, *u))).collect();
            let alignment = align(&lists);
            let best = by_trying(&all, &mut Vec::new(), annotators);
            assert!((alignment.disorder - best).abs() < 1e-9 && alignment.is_exact, "{lists:?}");
        }
    }

    #[test]
    fn a_heap_of_spans_in_one_place_is_aligned_and_said_not_to_be_exact() {
        let heap = |label: usize| (0..60).map(|i| unit(i, 400 + i, label)).collect::<Vec<_>>();
        let alignment = align(&[heap(0), heap(0), heap(1)]);
        assert!(!alignment.is_exact && alignment.disorder.is_finite() && alignment.disorder <= 180.0);
    }
}
