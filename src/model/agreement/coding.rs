//! Agreement on values at given positions: Cohen's and Fleiss' kappa, Krippendorff's alpha for nominal values.
//!
//! A position is given where nobody had to find it: a suggestion that was decided, a place that was annotated. A table
//! has one row a position and one column an annotator; a cell is empty where the annotator gave no value.

use std::collections::BTreeMap;

use super::{Figure, Undefined};

/// How far annotators give the same values at the same positions.
#[derive(Debug, Clone, PartialEq)]
pub struct CodingFigures {
    /// The positions that have a value of every one.
    pub positions: u64,
    /// Those at which all values are the same.
    pub agreed: u64,
    /// Cohen's kappa (1960): chance is what each one's own frequencies give. For two annotators.
    pub cohen: Figure,
    /// Fleiss' kappa (1971): chance is what the common frequencies give. For positions that have a value of every one.
    pub fleiss: Figure,
    /// Krippendorff's alpha (2004), nominal: every position that has values of two counts, empty cells are allowed.
    pub alpha: Figure,
}

/// Values by position and annotator, counted.
pub(super) struct Tally {
    annotators: usize,
    positions: u64,
    agreed: u64,
    /// By value: how often each annotator gave it at positions that have a value of every one.
    given: BTreeMap<usize, Vec<u64>>,
    /// Pairs of annotators, ordered, that agree at such positions.
    agreeing_pairs: u64,
    /// By value: how often it occurs at positions that have two values or more.
    pairable: BTreeMap<usize, u64>,
    /// The disagreeing ordered pairs of such positions, each divided by the number of values less one.
    disagreement: f64,
}

impl Tally {
    pub(super) fn new(annotators: usize) -> Self {
        Self {
            annotators,
            positions: 0,
            agreed: 0,
            given: BTreeMap::new(),
            agreeing_pairs: 0,
            pairable: BTreeMap::new(),
            disagreement: 0.0,
        }
    }

    /// Counts a position: the number of the value that each annotator gave.
    pub(super) fn add(&mut self, row: &[Option<usize>]) {
        let values: Vec<usize> = row.iter().flatten().copied().collect();
        let m = values.len();
        if m < 2 {
            return;
        }
        let equal = values.iter().map(|a| values.iter().filter(|b| *b == a).count() - 1).sum::<usize>();
        for value in &values {
            *self.pairable.entry(*value).or_default() += 1;
        }
        self.disagreement += (m * (m - 1) - equal) as f64 / (m - 1) as f64;
        if m == self.annotators {
            self.positions += 1;
            self.agreed += u64::from(equal == m * (m - 1));
            self.agreeing_pairs += equal as u64;
            for (annotator, value) in values.into_iter().enumerate() {
                self.given.entry(value).or_insert_with(|| vec![0; m])[annotator] += 1;
            }
        }
    }

    pub(super) fn figures(&self) -> CodingFigures {
        CodingFigures {
            positions: self.positions,
            agreed: self.agreed,
            cohen: self.cohen(),
            fleiss: self.fleiss(),
            alpha: self.alpha(),
        }
    }

    fn cohen(&self) -> Figure {
        if self.annotators != 2 {
            return Err(Undefined::PairsOnly);
        }
        let n = u128::from(self.positions);
        let by_chance = self.given.values().map(|by| u128::from(by[0]) * u128::from(by[1])).sum();
        beyond_chance((n * u128::from(self.agreed), by_chance), n * n)
    }

    fn fleiss(&self) -> Figure {
        // Both shares over one denominator: n m (m - 1) pairs agree or not, and (n m)² pairs by chance.
        let (n, m) = (u128::from(self.positions), self.annotators as u128);
        let squares = self.given.values().map(|by| u128::from(by.iter().sum::<u64>()).pow(2));
        let by_chance: u128 = squares.sum::<u128>() * (m - 1);
        beyond_chance((u128::from(self.agreeing_pairs) * n * m, by_chance), (n * m) * (n * m) * (m - 1))
    }

    fn alpha(&self) -> Figure {
        let n: u64 = self.pairable.values().sum();
        if n == 0 {
            return Err(Undefined::NoSharedPosition);
        }
        let n = u128::from(n);
        let differing = n * n - self.pairable.values().map(|k| u128::from(*k).pow(2)).sum::<u128>();
        if differing == 0 {
            return Err(Undefined::OneValue);
        }
        Ok(1.0 - (n - 1) as f64 * self.disagreement / differing as f64)
    }
}

/// Returns how far the first of two shares lies beyond the second, both parts of `whole`.
fn beyond_chance((observed, by_chance): (u128, u128), whole: u128) -> Figure {
    match whole {
        0 => Err(Undefined::NoCommonPosition),
        whole if whole == by_chance => Err(Undefined::OneValue),
        whole => Ok((observed as f64 - by_chance as f64) / (whole - by_chance) as f64),
    }
}
