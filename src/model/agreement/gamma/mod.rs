//! Gamma: agreement on where spans are and what they are called, both at once (Mathet, Widlöcher and Métivier, "The
//! unified and holistic method gamma (γ) for inter-annotator agreement measure and alignment", Computational
//! Linguistics 41, 2015).
//!
//! The spans of all annotators are aligned so that the disorder is least; gamma is 1 less that disorder by the one that
//! random annotations have. Dissimilarity and sampling are those that pygamma-agreement has by default: positional
//! sporadic and nominal categorical dissimilarity with weights of 1, an empty unit at 1, and continua drawn from the
//! means and deviations of the number of spans, their lengths and the gaps between them.
//!
//! Of a discontinuous span its hull counts. Two annotators are aligned by an exact assignment ([`pair`]), more of them
//! exactly as long as few ways are open at once ([`many`]).

mod many;
mod pair;
mod sampler;

use super::{Figure, Undefined};
use sampler::Sampler;

/// The most annotators that are aligned at once.
const MOST_ANNOTATORS: usize = 5;
/// The most spans of an annotator in an article.
const MOST_SPANS: usize = 1_000;
/// The dissimilarity of a span and no span at all.
const EMPTY: f64 = 1.0;

/// How the disorder of chance is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GammaOptions {
    /// How many random annotations of each article are drawn; none for no gamma at all.
    pub samples: u32,
    /// What they are drawn from. The same seed gives the same figures; each article has its own sequence.
    pub seed: u64,
}

impl Default for GammaOptions {
    /// 30 samples, as in the article of 2015 and in pygamma-agreement; the error of their mean is in [`Disorder`].
    fn default() -> Self {
        Self { samples: 30, seed: 2015 }
    }
}

/// Gamma of an article, or the mean of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Gamma {
    /// The measure; of several articles the mean of those that have one.
    pub value: Figure,
    /// What an article's gamma was computed from.
    pub disorder: Option<Disorder>,
    /// Whether every alignment is the best one. Where it is not, it is the best of those that were tried, and the
    /// disorder is an upper bound.
    pub is_exact: bool,
    /// How many articles have a gamma.
    pub articles: usize,
}

/// The disorder of the best alignment, per span of an annotator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disorder {
    /// Of what was annotated.
    pub observed: f64,
    /// The mean of the samples.
    pub expected: f64,
    /// The standard deviation of the samples; that of their mean is smaller by the root of their number.
    pub deviation: f64,
}

impl Gamma {
    pub(super) fn undefined(because: Undefined) -> Self {
        Self { value: Err(because), disorder: None, is_exact: true, articles: 0 }
    }

    /// Returns the mean of the articles that have a gamma.
    pub(super) fn mean<'g>(articles: impl Iterator<Item = &'g Self>) -> Self {
        let (mut sum, mut count, mut is_exact, mut because) = (0.0, 0_usize, true, None);
        for gamma in articles {
            match &gamma.value {
                Ok(value) => {
                    sum += value;
                    count += 1;
                    is_exact &= gamma.is_exact;
                }
                Err(Undefined::NothingAnnotated) => {}
                Err(reason) => because = because.or(Some(reason.clone())),
            }
        }
        let value = match count {
            0 => Err(because.unwrap_or(Undefined::NothingAnnotated)),
            count => Ok(sum / count as f64),
        };
        Self { value, disorder: None, is_exact, articles: count }
    }
}

/// A span as gamma sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub(super) start: f64,
    pub(super) end: f64,
    /// The number of its label.
    pub(super) label: usize,
}

impl Unit {
    fn len(self) -> f64 {
        self.end - self.start
    }

    fn order(self, other: Self) -> std::cmp::Ordering {
        let place = self.start.total_cmp(&other.start).then(self.end.total_cmp(&other.end));
        place.then(self.label.cmp(&other.label))
    }

    /// Returns how unlike two spans are: by their place, with the square of the distance of their ends by their
    /// lengths, and by their labels.
    fn dissimilarity(self, other: Self) -> f64 {
        let distance = (self.start - other.start).abs() + (self.end - other.end).abs();
        let distance = distance / (self.len() + other.len());
        let by_label = if self.label == other.label { 0.0 } else { EMPTY };
        distance * distance * EMPTY + by_label
    }
}

/// The least disorder of a continuum.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Alignment {
    /// The sum over all groups of aligned units.
    disorder: f64,
    is_exact: bool,
}

/// Returns gamma of the spans of each annotator in one article.
pub(super) fn gamma(mut annotators: Vec<Vec<Unit>>, options: GammaOptions, article: &str) -> Gamma {
    if options.samples == 0 {
        return Gamma::undefined(Undefined::NotAsked);
    }
    if annotators.len() > MOST_ANNOTATORS {
        return Gamma::undefined(Undefined::TooManyAnnotators { most: MOST_ANNOTATORS });
    }
    for units in &mut annotators {
        units.sort_by(|a, b| a.order(*b));
        units.dedup();
    }
    if annotators.iter().any(|units| units.len() > MOST_SPANS) {
        return Gamma::undefined(Undefined::TooManySpans { most: MOST_SPANS });
    }
    let Some(mut sampler) = Sampler::new(&annotators, options.seed, article) else {
        return Gamma::undefined(Undefined::NothingAnnotated);
    };
    let (observed, mut is_exact) = disorder(&annotators);
    let by_chance: Vec<f64> = (0..options.samples)
        .map(|_| {
            let (disorder, is_best) = disorder(&sampler.sample());
            is_exact &= is_best;
            disorder
        })
        .collect();
    let n = by_chance.len() as f64;
    let expected = by_chance.iter().sum::<f64>() / n;
    let variance = by_chance.iter().map(|sample| (sample - expected).powi(2)).sum::<f64>() / n;
    let value = if observed <= 0.0 {
        Ok(1.0)
    } else if expected <= 0.0 {
        Err(Undefined::NoDisorderByChance)
    } else {
        Ok(1.0 - observed / expected)
    };
    let disorder = Disorder { observed, expected, deviation: variance.sqrt() };
    Gamma { articles: usize::from(value.is_ok()), value, disorder: Some(disorder), is_exact }
}

/// Returns the least disorder of sorted units by the mean number of units, and whether it is the least for certain.
fn disorder(annotators: &[Vec<Unit>]) -> (f64, bool) {
    let Alignment { disorder, is_exact } = match annotators {
        [first, second] => pair::align(first, second),
        more => many::align(more),
    };
    let units: usize = annotators.iter().map(Vec::len).sum();
    (disorder / (units as f64 / annotators.len() as f64), is_exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(start: u32, end: u32, label: usize) -> Unit {
        Unit { start: f64::from(start), end: f64::from(end), label }
    }

    #[test]
    fn dissimilarity_is_that_of_the_article() {
        assert!((unit(0, 10, 1).dissimilarity(unit(0, 10, 1))).abs() < 1e-12);
        assert!((unit(0, 10, 1).dissimilarity(unit(0, 10, 2)) - 1.0).abs() < 1e-12);
        // The ends are 4 and 2 apart, the lengths add up to 22.
        let apart = (6.0_f64 / 22.0).powi(2);
        assert!((unit(4, 14, 1).dissimilarity(unit(0, 12, 1)) - apart).abs() < 1e-12);
    }

    #[test]
    fn two_annotators_are_aligned_the_same_way_by_both_algorithms() {
        for seed in 0..200 {
            let reference = vec![
                vec![unit(3, 9, 0), unit(12, 20, 1), unit(15, 18, 0), unit(30, 41, 2)],
                vec![unit(2, 9, 0), unit(13, 19, 1), unit(33, 44, 2)],
            ];
            let mut sampler = Sampler::new(&reference, seed, "a").expect("units");
            let sample = sampler.sample();
            let (one, two) = (pair::align(&sample[0], &sample[1]), many::align(&sample));
            assert!((one.disorder - two.disorder).abs() < 1e-9, "{sample:?}");
            assert!(one.is_exact && two.is_exact);
        }
    }

    #[test]
    fn equal_annotations_have_a_gamma_of_one_and_the_seed_decides_the_rest() {
        let units = vec![unit(0, 5, 0), unit(9, 14, 1), unit(30, 31, 0)];
        let options = GammaOptions::default();
        assert_eq!(gamma(vec![units.clone(), units.clone()], options, "a").value, Ok(1.0));
        let other = vec![unit(0, 6, 0), unit(9, 14, 2)];
        let first = gamma(vec![units.clone(), other.clone()], options, "a");
        assert_eq!(first, gamma(vec![units.clone(), other.clone()], options, "a"));
        assert_ne!(first, gamma(vec![units, other], GammaOptions { seed: 1, ..options }, "a"));
    }

    #[test]
    fn what_cannot_be_computed_says_why() {
        let none = gamma(vec![vec![], vec![]], GammaOptions::default(), "a");
        assert_eq!(none.value, Err(Undefined::NothingAnnotated));
        let six = gamma(vec![vec![unit(0, 1, 0)]; 6], GammaOptions::default(), "a");
        assert_eq!(six.value, Err(Undefined::TooManyAnnotators { most: MOST_ANNOTATORS }));
        let unasked = gamma(vec![vec![unit(0, 1, 0)]; 2], GammaOptions { samples: 0, seed: 1 }, "a");
        assert_eq!(unasked.value, Err(Undefined::NotAsked));
    }
}
