//! Which of many ranges overlap a range, in O(log n + hits).

use crate::text::{ByteOffset, TextRange};

/// No range: a node below which there is none.
const NOTHING: TextRange = TextRange::empty(ByteOffset::ZERO);

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
        let mut nodes = vec![NOTHING; 2 * leaves];
        for (leaf, range) in nodes[leaves..].iter_mut().zip(ranges) {
            *leaf = range;
        }
        let mut tree = Self { nodes, leaves, len };
        tree.renew(0);
        tree
    }

    /// Puts a range before that of index `at`: those behind it move, none is asked for again.
    pub(crate) fn insert(&mut self, at: usize, range: TextRange) {
        if self.len == self.leaves {
            *self = Self::with_room(&self.nodes[self.leaves..], (2 * self.leaves).max(1));
        }
        let (from, end) = (self.leaves + at, self.leaves + self.len);
        self.nodes.copy_within(from..end, from + 1);
        self.nodes[from] = range;
        self.len += 1;
        self.renew(at);
    }

    /// Takes the range of index `at` out.
    pub(crate) fn remove(&mut self, at: usize) {
        let (from, end) = (self.leaves + at, self.leaves + self.len);
        self.nodes.copy_within(from + 1..end, from);
        self.nodes[end - 1] = NOTHING;
        self.len -= 1;
        self.renew(at);
    }

    fn with_room(ranges: &[TextRange], leaves: usize) -> Self {
        let mut nodes = vec![NOTHING; leaves];
        nodes.extend_from_slice(ranges);
        nodes.resize(2 * leaves, NOTHING);
        let mut tree = Self { nodes, leaves, len: ranges.len() };
        tree.renew(0);
        tree
    }

    /// Makes the hulls over all leaves from `first` on anew.
    fn renew(&mut self, first: usize) {
        // One beyond the last, where there is room: a leaf that was emptied counts too.
        let (mut from, mut to) = (self.leaves + first, (self.leaves + self.len).min(2 * self.leaves - 1));
        while from > 1 {
            (from, to) = (from / 2, to / 2);
            for i in from..=to {
                self.nodes[i] = match (self.nodes[2 * i], self.nodes[2 * i + 1]) {
                    (left, right) if right.is_empty() => left,
                    (left, right) => left.cover(right),
                };
            }
        }
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

        #[test]
        fn a_tree_that_changes_is_the_one_made_anew(
            steps in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), 0_usize..200, 1_usize..40), 0..80),
        ) {
            let (mut ranges, mut tree) = (Vec::new(), ExtentTree::default());
            for (adds, place, start, len) in steps {
                if adds || ranges.is_empty() {
                    let (at, range) = (place.index(ranges.len() + 1), TextRange::from_indices(start, start + len));
                    ranges.insert(at, range);
                    tree.insert(at, range);
                } else {
                    let at = place.index(ranges.len());
                    ranges.remove(at);
                    tree.remove(at);
                }
                let anew = ExtentTree::new(ranges.iter().copied());
                let hulls = |tree: &ExtentTree| tree.nodes.get(1).copied().unwrap_or(NOTHING);
                prop_assert_eq!(hulls(&tree), hulls(&anew));
                let query = TextRange::from_indices(start, start + 20);
                prop_assert_eq!(tree.overlapping(query), anew.overlapping(query));
            }
        }
    }
}
