//! The best alignment of two annotators: an assignment, solved for each cluster of units that may meet at all.

use super::{Alignment, EMPTY, Unit, many};

/// From how many steps on a cluster is left to the other algorithm: pairs times the smaller side.
const MOST_STEPS: usize = 50_000_000;

/// Returns the best alignment of two sorted lists of units.
pub(super) fn align(first: &[Unit], second: &[Unit]) -> Alignment {
    // Every unit by itself; a pair saves what it is better than two such units.
    let mut whole = Alignment { disorder: (first.len() + second.len()) as f64 * EMPTY, is_exact: true };
    for (a, b) in clusters(first, second) {
        let (rows, columns) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
        let units = |side: &[usize], of: &[Unit]| side.iter().map(|i| of[*i]).collect::<Vec<Unit>>();
        if rows.len() * rows.len() * columns.len() > MOST_STEPS {
            let part = many::align(&[units(&a, first), units(&b, second)]);
            whole.disorder += part.disorder - (a.len() + b.len()) as f64 * EMPTY;
            whole.is_exact &= part.is_exact;
            continue;
        }
        let (of_rows, of_columns) = if a.len() <= b.len() { (first, second) } else { (second, first) };
        let cost: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| columns.iter().map(|column| saving(of_rows[*row], of_columns[*column])).collect())
            .collect();
        whole.disorder += least_cost(&cost);
    }
    whole
}

/// Returns by how much a pair of units is better than two units by themselves: 0 or less.
fn saving(a: Unit, b: Unit) -> f64 {
    (a.dissimilarity(b) - 2.0 * EMPTY).min(0.0)
}

/// Returns the clusters of units between which a pair is better than none, as indices into the two lists.
fn clusters(first: &[Unit], second: &[Unit]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut parents: Vec<usize> = (0..first.len() + second.len()).collect();
    let longest = second.iter().map(|unit| unit.len()).fold(0.0, f64::max);
    for (i, a) in first.iter().enumerate() {
        // The square of the distance by the lengths is below 2 for a pair that is better than none.
        let reach = (a.len() + longest) * std::f64::consts::SQRT_2;
        let from = second.partition_point(|b| b.start < a.start - reach);
        for (j, b) in second.iter().enumerate().skip(from) {
            if b.start > a.start + reach {
                break;
            }
            if saving(*a, *b) < 0.0 {
                let (one, other) = (root(&mut parents, i), root(&mut parents, first.len() + j));
                parents[one.max(other)] = one.min(other);
            }
        }
    }
    let mut clusters = vec![(Vec::new(), Vec::new()); first.len()];
    for unit in 0..parents.len() {
        // The root is the lowest of its cluster, so a unit of the first list where there is one at all.
        if let Some((a, b)) = clusters.get_mut(root(&mut parents, unit)) {
            if unit < first.len() {
                a.push(unit);
            } else {
                b.push(unit - first.len());
            }
        }
    }
    clusters.retain(|(a, b)| !a.is_empty() && !b.is_empty());
    clusters
}

fn root(parents: &mut [usize], mut unit: usize) -> usize {
    while parents[unit] != unit {
        parents[unit] = parents[parents[unit]];
        unit = parents[unit];
    }
    unit
}

/// Returns the least cost of giving every row a column of its own; there are at least as many columns as rows. The
/// Hungarian algorithm with potentials, in rows² × columns steps.
fn least_cost(cost: &[Vec<f64>]) -> f64 {
    let columns = cost[0].len();
    let mut of_row = vec![0.0; cost.len()];
    let mut of_column = vec![0.0; columns];
    let mut taken_by: Vec<Option<usize>> = vec![None; columns];
    for new in 0..cost.len() {
        let mut least = vec![f64::INFINITY; columns];
        let mut came_from: Vec<Option<usize>> = vec![None; columns];
        let mut is_reached = vec![false; columns];
        let (mut row, mut column) = (new, None);
        let free = loop {
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for j in (0..columns).filter(|j| !is_reached[*j]) {
                let reduced = cost[row][j] - of_row[row] - of_column[j];
                if reduced < least[j] {
                    least[j] = reduced;
                    came_from[j] = column;
                }
                if least[j] < delta {
                    delta = least[j];
                    next = j;
                }
            }
            of_row[new] += delta;
            for j in 0..columns {
                if is_reached[j] {
                    of_column[j] -= delta;
                    if let Some(owner) = taken_by[j] {
                        of_row[owner] += delta;
                    }
                } else {
                    least[j] -= delta;
                }
            }
            is_reached[next] = true;
            match taken_by[next] {
                Some(owner) => (row, column) = (owner, Some(next)),
                None => break next,
            }
        };
        let mut at = free;
        while let Some(before) = came_from[at] {
            taken_by[at] = taken_by[before];
            at = before;
        }
        taken_by[at] = Some(new);
    }
    let chosen = taken_by.iter().enumerate().filter_map(|(column, row)| Some(cost[(*row)?][column]));
    chosen.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_trying(cost: &[Vec<f64>], taken: &mut Vec<usize>) -> f64 {
        let Some((row, rest)) = cost.split_first() else { return 0.0 };
        let mut best = f64::INFINITY;
        for (column, cost) in row.iter().enumerate() {
            if !taken.contains(&column) {
                taken.push(column);
                best = best.min(cost + by_trying(rest, taken));
                taken.pop();
            }
        }
        best
    }

    #[test]
    fn the_assignment_is_the_best_of_all() {
        let mut state = 3_u64;
        for round in 0..200 {
            let (rows, columns) = (1 + round % 5, 5 + round % 2);
            let mut random = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                -((state >> 40) as f64) / f64::from(1 << 24)
            };
            let cost: Vec<Vec<f64>> = (0..rows).map(|_| (0..columns).map(|_| random()).collect()).collect();
            let best = by_trying(&cost, &mut Vec::new());
            assert!((least_cost(&cost) - best).abs() < 1e-12, "{cost:?}");
        }
    }

    #[test]
    fn units_far_apart_are_in_no_cluster() {
        let unit = |start: u32, end: u32| Unit { start: f64::from(start), end: f64::from(end), label: 0 };
        let (first, second) = ([unit(0, 5), unit(100, 105)], [unit(1, 5), unit(50, 55), unit(103, 106)]);
        assert_eq!(clusters(&first, &second), [(vec![0], vec![0]), (vec![1], vec![2])]);
        let alone = align(&first, &[unit(500, 501)]);
        assert!((alone.disorder - 3.0).abs() < 1e-12);
    }
}
