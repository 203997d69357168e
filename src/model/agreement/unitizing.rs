//! Agreement on cutting a text into units: Krippendorff's alpha for unitizing, in its two forms.
//!
//! Both see an article as a continuum of chars in which each annotator has marked units; each fragment of a
//! discontinuous span is a unit, and overlapping units of one label are one. Several articles are one continuum, one
//! article behind the other. Of one label, a char is either in a unit of it or in a gap.
//!
//! [`UnitizingTally`] is the coefficient of Krippendorff, Mathet, Bouvry and Widlöcher, "On the reliability of unitizing
//! textual continua: further developments" (Quality & Quantity 50, 2016), for nominal values: what two annotators have
//! on the same chars counts by the length of the intersections (their equation 1), and chance is what the lengths of all
//! units give, no unit paired with itself (equation 4), where a gap is as many units as it has chars. An article counts
//! with the annotators that have it.
//!
//! [`Boundaries`] is the earlier one, from "On the reliability of unitizing contiguous data" (Sociological Methodology
//! 25, 1995) as corrected in "Content Analysis" (2nd edition, 2004): overlapping units differ by the squares of the
//! distances of their ends, a unit in a gap by the square of its length. Labels are added up, so spans of different labels
//! may overlap. For two annotators: the article of 2016 found it to mislead with more.

use super::{Figure, Undefined};

/// A unit: half-open, in chars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unit {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The number of its label.
    pub(super) label: usize,
}

impl Unit {
    fn len(self) -> u128 {
        u128::from(self.end - self.start)
    }
}

/// Returns units sorted by start as a partition wants them, overlapping ones joined; `None` where two of different
/// labels overlap.
pub(super) fn disjoint(mut units: Vec<Unit>) -> Option<Vec<Unit>> {
    units.sort_unstable();
    let mut joined: Vec<Unit> = Vec::with_capacity(units.len());
    for unit in units {
        match joined.last_mut() {
            Some(last) if unit.start < last.end => {
                if unit.label != last.label {
                    return None;
                }
                last.end = last.end.max(unit.end);
            }
            _ => joined.push(unit),
        }
    }
    Some(joined)
}

/// The continua of several annotators, counted.
#[derive(Debug, Clone, Default)]
pub(super) struct UnitizingTally {
    /// The length of the continua of all annotators.
    length: u128,
    /// By label: the length of its units, and the sum of the squares of their lengths.
    units: Vec<(u128, u128)>,
    /// The length on which two differ, over ordered pairs, each article's divided by its annotators less one.
    differing: f64,
}

impl UnitizingTally {
    /// Counts an article of `chars` chars: the units of each annotator that has it, disjoint and sorted.
    pub(super) fn add(&mut self, chars: u32, annotators: &[&[Unit]]) {
        let m = annotators.len();
        if m < 2 {
            return;
        }
        self.length += u128::from(chars) * m as u128;
        for unit in annotators.iter().copied().flatten() {
            if self.units.len() <= unit.label {
                self.units.resize(unit.label + 1, (0, 0));
            }
            let (length, squares) = &mut self.units[unit.label];
            *length += unit.len();
            *squares += unit.len() * unit.len();
        }
        let mut differing = 0;
        for (i, a) in annotators.iter().enumerate() {
            for b in &annotators[i + 1..] {
                differing += 2 * differing_length(a, b);
            }
        }
        self.differing += differing as f64 / (m - 1) as f64;
    }

    /// Returns the coefficient.
    pub(super) fn alpha(&self) -> Figure {
        let covered: u128 = self.units.iter().map(|(length, _)| length).sum();
        if covered == 0 {
            return Err(Undefined::NothingAnnotated);
        }
        let gaps = self.length - covered;
        let squares: u128 = self.units.iter().map(|(length, _)| length * length).sum();
        // Pairs of chars with different values, of which no unit is paired with itself anyway.
        let differing = self.length * self.length - squares - gaps * gaps;
        if differing == 0 {
            return Err(Undefined::OneValue);
        }
        let own: u128 = self.units.iter().map(|(_, own)| own).sum();
        let pairs = self.length * self.length - own - gaps;
        let expected = self.length as f64 * differing as f64 / pairs as f64;
        Ok(1.0 - self.differing / expected)
    }
}

/// Returns the length on which two continua have different values.
fn differing_length(a: &[Unit], b: &[Unit]) -> u128 {
    let (mut shared, mut equal) = (0, 0);
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let both = u128::from(x.end.min(y.end).saturating_sub(x.start.max(y.start)));
        shared += both;
        equal += if x.label == y.label { both } else { 0 };
        if x.end <= y.end {
            i += 1;
        } else {
            j += 1;
        }
    }
    let length = |units: &[Unit]| units.iter().map(|unit| unit.len()).sum::<u128>();
    length(a) + length(b) - shared - equal
}

/// The units of one label by two annotators in one continuum, and what they disagree.
#[derive(Debug, Clone, Default)]
pub(super) struct Boundaries {
    length: u64,
    /// Half-open, sorted, disjoint.
    units: [Vec<(u64, u64)>; 2],
}

/// What two annotators disagree on a label, and what they would by chance.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Disagreement {
    pub(super) observed: f64,
    pub(super) expected: f64,
}

impl Disagreement {
    pub(super) fn add(&mut self, other: Self) {
        self.observed += other.observed;
        self.expected += other.expected;
    }

    /// Returns the coefficient.
    pub(super) fn alpha(self) -> Figure {
        if self.expected > 0.0 { Ok(1.0 - self.observed / self.expected) } else { Err(Undefined::OneValue) }
    }
}

impl Boundaries {
    /// Appends an article of `chars` chars.
    pub(super) fn add(&mut self, chars: u32, annotators: [&[Unit]; 2]) {
        for (units, more) in self.units.iter_mut().zip(annotators) {
            let moved =
                |unit: &Unit| (self.length + u64::from(unit.start), self.length + u64::from(unit.end));
            units.extend(more.iter().map(moved));
        }
        self.length += u64::from(chars);
    }

    /// Returns the disagreement; `None` where there is no unit.
    pub(super) fn disagreement(&self) -> Option<Disagreement> {
        let [first, second] = &self.units;
        if first.is_empty() && second.is_empty() {
            return None;
        }
        let length = self.length as f64;
        let apart = alone(first, second) + alone(second, first) + overlapping(first, second);
        Some(Disagreement { observed: apart / (length * length), expected: self.expected() })
    }

    fn expected(&self) -> f64 {
        let mut gaps: Vec<u64> = self.units.iter().flat_map(|units| gaps(units, self.length)).collect();
        gaps.sort_unstable();
        // The sums of the lengths of each gap and all longer ones.
        let mut sums: Vec<f64> = gaps
            .iter()
            .rev()
            .scan(0.0, |sum, gap| {
                *sum += *gap as f64;
                Some(*sum)
            })
            .collect();
        sums.reverse();
        let lengths = || self.units.iter().flatten().map(|(start, end)| end - start);
        let others = (lengths().count() - 1) as f64;
        let by_chance: f64 = lengths()
            .map(|unit| {
                let from = gaps.partition_point(|gap| *gap < unit);
                let places =
                    sums.get(from).map_or(0.0, |sum| sum - (gaps.len() - from) as f64 * (unit as f64 - 1.0));
                let unit = unit as f64;
                others / 3.0 * (2.0 * unit.powi(3) - 3.0 * unit.powi(2) + unit) + unit.powi(2) * places
            })
            .sum();
        let length = self.length as f64;
        let own: f64 = lengths().map(|unit| unit as f64 * (unit as f64 - 1.0)).sum();
        2.0 / length * by_chance / (2.0 * length * (2.0 * length - 1.0) - own)
    }
}

/// Returns the lengths of what lies between units.
fn gaps(units: &[(u64, u64)], length: u64) -> Vec<u64> {
    let starts = units.iter().map(|unit| unit.0).chain([length]);
    let ends = [0].into_iter().chain(units.iter().map(|unit| unit.1));
    starts.zip(ends).map(|(start, end)| start - end).filter(|gap| *gap > 0).collect()
}

/// Returns the squares of the lengths of the units that lie in gaps of the others.
fn alone(units: &[(u64, u64)], others: &[(u64, u64)]) -> f64 {
    let is_alone = |(start, end): &&(u64, u64)| {
        let at = others.partition_point(|other| other.1 <= *start);
        others.get(at).is_none_or(|other| other.0 >= *end)
    };
    units.iter().filter(is_alone).map(|(start, end)| ((end - start) as f64).powi(2)).sum()
}

/// Returns the squares of the distances of the ends of all pairs that overlap.
fn overlapping(first: &[(u64, u64)], second: &[(u64, u64)]) -> f64 {
    let mut sum = 0.0;
    for (start, end) in first {
        let from = second.partition_point(|other| other.1 <= *start);
        for other in second[from..].iter().take_while(|other| other.0 < *end) {
            let square = |a: u64, b: u64| (a.abs_diff(b) as f64).powi(2);
            sum += square(*start, other.0) + square(*end, other.1);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(places: &[(u32, u32)], label: usize) -> Vec<Unit> {
        places.iter().map(|(start, end)| Unit { start: *start, end: *end, label }).collect()
    }

    fn boundaries(chars: u32, first: &[(u32, u32)], second: &[(u32, u32)]) -> Disagreement {
        let mut boundaries = Boundaries::default();
        boundaries.add(chars, [&units(first, 0), &units(second, 0)]);
        boundaries.disagreement().expect("units")
    }

    fn is_near(value: f64, other: f64, by: f64) -> bool {
        (value - other).abs() <= by
    }

    #[test]
    fn the_example_of_content_analysis_has_the_figures_of_the_book() {
        // 2nd edition, page 254: a continuum from 150 to 450, two observers, the categories c and k.
        let c = boundaries(300, &[(75, 145), (220, 250)], &[(70, 150), (205, 225), (250, 270)]);
        let k = boundaries(300, &[(30, 90), (150, 200)], &[(30, 90), (150, 200)]);
        assert!(is_near(c.observed, 0.0144, 5e-5) && is_near(c.expected, 0.0532, 5e-5), "{c:?}");
        assert!(is_near(k.observed, 0.0, 0.0) && is_near(k.expected, 0.0490, 5e-5), "{k:?}");
        let mut both = c;
        both.add(k);
        assert!(is_near(c.alpha().expect("defined"), 0.7286, 5e-5));
        // The book divides what it has rounded before.
        assert!(is_near(both.alpha().expect("defined"), 0.8591, 5e-4));
    }

    #[test]
    fn articles_are_one_continuum_and_where_they_are_cut_changes_nothing() {
        let whole = boundaries(300, &[(75, 145), (220, 250)], &[(70, 150), (205, 225), (250, 270)]);
        let mut parts = Boundaries::default();
        parts.add(160, [&units(&[(75, 145)], 0), &units(&[(70, 150)], 0)]);
        parts.add(140, [&units(&[(60, 90)], 0), &units(&[(45, 65), (90, 110)], 0)]);
        let parts = parts.disagreement().expect("units");
        assert!(
            is_near(parts.observed, whole.observed, 1e-15) && is_near(parts.expected, whole.expected, 1e-15)
        );
    }

    #[test]
    fn the_later_coefficient_is_the_one_computed_by_hand() {
        // 10 chars, 0..4 against 2..6: 4 chars differ; of 20 chars 8 are in units.
        let mut tally = UnitizingTally::default();
        tally.add(10, &[&units(&[(0, 4)], 0), &units(&[(2, 6)], 0)]);
        let expected = 20.0 * (2.0 * 8.0 * 12.0) / (400.0 - 32.0 - 12.0);
        assert!(is_near(tally.alpha().expect("defined"), 1.0 - 8.0 / expected, 1e-15));
    }

    #[test]
    fn a_continuum_that_is_one_unit_for_all_tells_nothing() {
        let mut tally = UnitizingTally::default();
        assert_eq!(tally.alpha(), Err(Undefined::NothingAnnotated));
        tally.add(10, &[&units(&[(0, 10)], 0), &units(&[(0, 10)], 0)]);
        assert_eq!(tally.alpha(), Err(Undefined::OneValue));
    }

    #[test]
    fn overlapping_units_of_one_label_are_one_and_of_two_labels_are_no_partition() {
        assert_eq!(disjoint(units(&[(3, 9), (0, 4)], 1)), Some(units(&[(0, 9)], 1)));
        assert_eq!(disjoint(units(&[(0, 4), (4, 9)], 1)), Some(units(&[(0, 4), (4, 9)], 1)));
        let nested = [units(&[(0, 9)], 1), units(&[(3, 5)], 2)].concat();
        assert_eq!(disjoint(nested), None);
    }
}
