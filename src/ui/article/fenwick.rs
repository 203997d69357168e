//! Heights of blocks with fast sums (Fenwick, "A new data structure for cumulative frequency tables", 1994).

/// Heights in points: changing one, summing those before one and finding the one at a depth all take O(log n).
#[derive(Debug, Clone, Default)]
pub(super) struct Heights {
    /// `tree[i]` sums the `lowest set bit of i` heights that end with height `i - 1`; `tree[0]` is unused.
    tree: Vec<f64>,
    heights: Vec<f32>,
}

impl Heights {
    pub(super) fn new(heights: Vec<f32>) -> Self {
        let mut tree = vec![0.0; heights.len() + 1];
        for (i, height) in heights.iter().enumerate() {
            tree[i + 1] += f64::from(*height);
            let parent = (i + 1) + lowest_bit(i + 1);
            if parent < tree.len() {
                tree[parent] += tree[i + 1];
            }
        }
        Self { tree, heights }
    }

    pub(super) fn len(&self) -> usize {
        self.heights.len()
    }

    /// Returns one height.
    pub(super) fn get(&self, i: usize) -> f32 {
        self.heights[i]
    }

    /// Sets one height and returns by how much it grew.
    pub(super) fn set(&mut self, i: usize, height: f32) -> f32 {
        let growth = height - self.heights[i];
        self.heights[i] = height;
        let mut at = i + 1;
        while at < self.tree.len() {
            self.tree[at] += f64::from(growth);
            at += lowest_bit(at);
        }
        growth
    }

    /// Returns the sum of the first `n` heights.
    pub(super) fn before(&self, n: usize) -> f64 {
        let (mut at, mut sum) = (n, 0.0);
        while at > 0 {
            sum += self.tree[at];
            at -= lowest_bit(at);
        }
        sum
    }

    /// Returns the index of the height that covers a depth; the last one below everything.
    pub(super) fn at(&self, depth: f64) -> usize {
        let (mut at, mut left) = (0, depth);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            if at + step < self.tree.len() && self.tree[at + step] <= left {
                at += step;
                left -= self.tree[at];
            }
            step /= 2;
        }
        at.min(self.len().saturating_sub(1))
    }
}

fn lowest_bit(n: usize) -> usize {
    n & n.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_and_searches_agree_with_adding_up(
            mut heights in proptest::collection::vec(1_u16..100, 1..200),
            changes in proptest::collection::vec((0_usize..200, 1_u16..100), 0..20),
        ) {
            let mut fenwick = Heights::new(heights.iter().map(|h| f32::from(*h)).collect());
            for (i, height) in changes {
                let i = i % heights.len();
                heights[i] = height;
                fenwick.set(i, f32::from(height));
            }
            let mut sum = 0.0;
            for (i, height) in heights.iter().enumerate() {
                prop_assert!((fenwick.before(i) - sum).abs() < 1e-6);
                prop_assert_eq!(fenwick.at(sum), i);
                prop_assert_eq!(fenwick.at(sum + f64::from(*height) - 0.5), i);
                sum += f64::from(*height);
            }
            prop_assert_eq!(fenwick.at(sum + 10.0), heights.len() - 1);
        }
    }
}
