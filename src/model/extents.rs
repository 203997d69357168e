//! Which of many ranges overlap a range, in O(log n + hits).

use crate::text::{ByteOffset, TextRange};

/// A segment tree over ranges in any order, each node the hull of those below it. It is quick where ranges that are
/// near in the order are near in the text, as annotations in reading order are.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExtentTree {
    /// Node `i` has the children `2i` and `2i + 1`; the leaves begin at `leaves`.
    nodes: Vec<TextRange>,
    leaves: usize,
    len: usize,
}

impl ExtentTree {
    pub(crate) fn new(ranges: impl ExactSizeIterator<Item = TextRange>) -> Self {
        let len = ranges.len();
        let leaves = len.next_power_of_two();
        let nothing = TextRange::empty(ByteOffset::ZERO);
        let mut nodes = vec![nothing; 2 * leaves];
        for (leaf, range) in nodes[leaves..].iter_mut().zip(ranges) {
            *leaf = range;
        }
        for i in (1..leaves).rev() {
            nodes[i] = match (nodes[2 * i], nodes[2 * i + 1]) {
                (left, right) if right.is_empty() => left,
                (left, right) => left.cover(right),
            };
        }
        Self { nodes, leaves, len }
    }

    /// Returns the indices of the ranges that overlap `range`, in order.
    pub(crate) fn overlapping(&self, range: TextRange) -> Vec<usize> {
        let mut hits = Vec::new();
        let mut open = vec![1];
        while let Some(i) = open.pop() {
            if !self.nodes.get(i).is_some_and(|extent| extent.overlaps(range)) {
                continue;
            }
            if i < self.leaves {
                open.extend([2 * i + 1, 2 * i]);
            } else if i - self.leaves < self.len {
                hits.push(i - self.leaves);
            }
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_tree_finds_what_a_scan_finds(
            ranges in prop::collection::vec((0_usize..200, 1_usize..40), 0..60),
            (start, len) in (0_usize..220, 0_usize..60),
        ) {
            let ranges: Vec<TextRange> =
                ranges.into_iter().map(|(start, len)| TextRange::from_indices(start, start + len)).collect();
            let query = TextRange::from_indices(start, start + len);
            let scanned: Vec<usize> = (0..ranges.len()).filter(|i| ranges[*i].overlaps(query)).collect();
            prop_assert_eq!(ExtentTree::new(ranges.into_iter()).overlapping(query), scanned);
        }
    }
}
