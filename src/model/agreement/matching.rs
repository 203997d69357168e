//! The most pairs that can be formed between two sides, each element in one pair at most.

/// Returns, for each element of the first side, the one of the second that it is paired with. `wishes` are those of the
/// first side in their order: by index into the second side, the dearest first.
///
/// No other choice gives more pairs. Among the choices that give as many, the earlier elements and the dearer wishes
/// tend to come first, and the result depends on nothing but the arguments. One search for an augmenting path an
/// element (Kuhn 1955), in breadth.
pub(super) fn most_pairs(wishes: &[Vec<usize>], seconds: usize) -> Vec<Option<usize>> {
    let mut of_first: Vec<Option<usize>> = vec![None; wishes.len()];
    let mut of_second: Vec<Option<usize>> = vec![None; seconds];
    // What is free and wished for is taken at once, and most of it stays.
    for (first, wished) in wishes.iter().enumerate() {
        if let Some(second) = wished.iter().copied().find(|second| of_second[*second].is_none()) {
            of_first[first] = Some(second);
            of_second[second] = Some(first);
        }
    }
    let mut search = Search { reached_from: vec![None; seconds], round: 0 };
    for first in 0..wishes.len() {
        if of_first[first].is_none()
            && let Some(free) = search.free_second(first, wishes, &of_second)
        {
            search.turn_round(free, &mut of_first, &mut of_second);
        }
    }
    of_first
}

/// Searches for paths from a free first element to a free second one, along wishes and back along pairs.
struct Search {
    /// From which first element each second one was reached, in which round.
    reached_from: Vec<Option<(usize, usize)>>,
    round: usize,
}

impl Search {
    fn free_second(
        &mut self,
        start: usize,
        wishes: &[Vec<usize>],
        of_second: &[Option<usize>],
    ) -> Option<usize> {
        self.round += 1;
        let mut waiting = std::collections::VecDeque::from([start]);
        while let Some(first) = waiting.pop_front() {
            for &second in &wishes[first] {
                if self.reached_from[second].is_some_and(|(_, round)| round == self.round) {
                    continue;
                }
                self.reached_from[second] = Some((first, self.round));
                match of_second[second] {
                    None => return Some(second),
                    Some(its) => waiting.push_back(its),
                }
            }
        }
        None
    }

    /// Gives each first element on the path to `second` the second element through which it was left.
    fn turn_round(&self, mut second: usize, of_first: &mut [Option<usize>], of_second: &mut [Option<usize>]) {
        while let Some((first, _)) = self.reached_from[second] {
            of_second[second] = Some(first);
            match of_first[first].replace(second) {
                Some(before) => second = before,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The most pairs, by trying everything.
    fn by_trying(wishes: &[Vec<usize>], taken: &mut Vec<usize>) -> usize {
        let Some((first, rest)) = wishes.split_first() else { return 0 };
        let mut best = by_trying(rest, taken);
        for second in first {
            if !taken.contains(second) {
                taken.push(*second);
                best = best.max(1 + by_trying(rest, taken));
                taken.pop();
            }
        }
        best
    }

    #[test]
    fn a_first_choice_is_given_up_where_more_pairs_come_of_it() {
        assert_eq!(most_pairs(&[vec![0, 1], vec![0]], 2), [Some(1), Some(0)]);
        assert_eq!(most_pairs(&[vec![], vec![1]], 2), [None, Some(1)]);
    }

    #[test]
    fn no_choice_gives_more_pairs() {
        let mut state = 7_u64;
        for _ in 0..300 {
            let wishes: Vec<Vec<usize>> = (0..6)
                .map(|_| {
                    let random = |state: &mut u64| {
                        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        *state >> 33
                    };
                    (0..6).filter(|_| random(&mut state) % 4 == 0).collect()
                })
                .collect();
            let pairs = most_pairs(&wishes, 6);
            let mut used: Vec<usize> = pairs.iter().flatten().copied().collect();
            assert_eq!(used.len(), by_trying(&wishes, &mut Vec::new()), "{wishes:?}");
            used.sort_unstable();
            used.dedup();
            assert_eq!(used.len(), pairs.iter().flatten().count(), "each in one pair");
            assert!(pairs.iter().zip(&wishes).all(|(pair, wished)| pair.is_none_or(|p| wished.contains(&p))));
        }
    }
}
