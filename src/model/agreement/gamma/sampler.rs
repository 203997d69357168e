//! Random annotations that are like those of an article in number, length, distance and labels.

use super::Unit;

/// The shortest unit that is drawn.
const SHORTEST: f64 = 1e-6;

/// Draws continua.
#[derive(Debug)]
pub(super) struct Sampler {
    annotators: usize,
    /// Mean and standard deviation.
    units: (f64, f64),
    gap: (f64, f64),
    length: (f64, f64),
    /// Of each unit.
    labels: Vec<usize>,
    random: Random,
}

impl Sampler {
    /// Returns a sampler for the sorted units of each annotator; `None` where there is none at all.
    pub(super) fn new(annotators: &[Vec<Unit>], seed: u64, article: &str) -> Option<Self> {
        let units = || annotators.iter().flatten();
        units().next()?;
        // One gap of nothing, so that a single unit has a gap, too.
        let mut gaps = vec![0.0];
        for units in annotators {
            gaps.extend(units.windows(2).map(|pair| pair[1].start - pair[0].end));
            gaps.extend(units.first().map(|unit| unit.start).filter(|start| *start > 0.0));
        }
        Some(Self {
            annotators: annotators.len(),
            units: moments(annotators.iter().map(|units| units.len() as f64)),
            gap: moments(gaps.into_iter()),
            length: moments(units().map(|unit| unit.len())),
            labels: units().map(|unit| unit.label).collect(),
            random: Random::new(seed, article),
        })
    }

    /// Returns the sorted units of as many annotators; at least one has one.
    pub(super) fn sample(&mut self) -> Vec<Vec<Unit>> {
        let mut annotators: Vec<Vec<Unit>> = Vec::with_capacity(self.annotators);
        for _ in 0..self.annotators {
            let mut count = self.random.normal(self.units).trunc().abs();
            if annotators.iter().all(Vec::is_empty) {
                count = count.max(1.0);
            }
            let (mut units, mut end) = (Vec::new(), 0.0);
            while (units.len() as f64) < count {
                let start = end + self.random.normal(self.gap);
                let mut length = self.random.normal(self.length).abs();
                while length < SHORTEST {
                    length = self.random.normal(self.length).abs();
                }
                end = start + length;
                let label = self.labels[self.random.below(self.labels.len())];
                units.push(Unit { start, end, label });
            }
            units.sort_by(|a, b| a.order(*b));
            annotators.push(units);
        }
        annotators
    }
}

/// Returns the mean and the standard deviation of some numbers.
fn moments(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = numbers.clone().count() as f64;
    let mean = numbers.clone().sum::<f64>() / n;
    (mean, (numbers.map(|number| (number - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// `SplitMix64` (Steele, Lea and Flood 2014): a sequence that is the same everywhere.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// Returns the sequence of a seed for an article, which does not depend on what other articles there are.
    fn new(seed: u64, article: &str) -> Self {
        // FNV-1a of the name.
        let name = article.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        Self(seed ^ name)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number from 0 up to, not including, 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns an index below `n`.
    fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.next()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// Returns a number of the normal distribution with this mean and standard deviation (Box and Muller 1958).
    fn normal(&mut self, (mean, deviation): (f64, f64)) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_the_mean_and_deviation_asked_for() {
        let mut random = Random::new(1, "a");
        let numbers: Vec<f64> = (0..20_000).map(|_| random.normal((5.0, 2.0))).collect();
        let (mean, deviation) = moments(numbers.iter().copied());
        assert!((mean - 5.0).abs() < 0.06 && (deviation - 2.0).abs() < 0.05, "{mean} {deviation}");
    }

    #[test]
    fn a_sample_is_like_its_reference_and_never_empty() {
        let unit = |start: u32, label| Unit { start: f64::from(start), end: f64::from(start + 4), label };
        let reference: Vec<Vec<Unit>> = vec![(0..9).map(|i| unit(10 * i, 7)).collect(), vec![unit(3, 7)]];
        let mut sampler = Sampler::new(&reference, 5, "a").expect("units");
        for _ in 0..100 {
            let sample = sampler.sample();
            assert_eq!(sample.len(), 2);
            assert!(sample.iter().any(|units| !units.is_empty()));
            assert!(sample.iter().flatten().all(|u| u.label == 7 && (u.len() - 4.0).abs() < 1e-9));
        }
    }
}
