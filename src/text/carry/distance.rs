//! How many letters two texts differ by, within a budget.

use std::ops::Range;

use super::chain::common;

/// Returns how many letters must be put in, left out or replaced to make `b` of `a` (the Levenshtein distance), `None`
/// where that is more than `limit` or costs more than the budget, counted in pairs of letters compared.
pub(super) fn distance(a: &[char], b: &[char], limit: usize, budget: &mut usize) -> Option<usize> {
    let before = common(a.iter(), b.iter());
    let (a, b) = (&a[before..], &b[before..]);
    let behind = common(a.iter().rev(), b.iter().rev());
    let (a, b) = (&a[..a.len() - behind], &b[..b.len() - behind]);
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    if a.is_empty() || b.is_empty() {
        return Some(a.len().max(b.len()));
    }
    *budget = budget.checked_sub(a.len().saturating_mul(b.len()))?;
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut least = row[0];
        for (j, to) in b.iter().enumerate() {
            let best = (diagonal + usize::from(from != to)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
            least = least.min(best);
        }
        if least > limit {
            return None;
        }
    }
    Some(row[b.len()]).filter(|distance| *distance <= limit)
}

/// A part of a text that resembles a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Similar {
    /// Where, in letters of the text.
    pub(super) range: Range<usize>,
    /// By how many letters it differs.
    pub(super) distance: usize,
}

/// Returns the part of a text that is nearest to a quote and the nearest that shares no letter with it, both within
/// `limit`; `None` where that costs more than the budget. Sellers' algorithm.
pub(super) fn nearest(
    quote: &[char],
    text: &[char],
    limit: usize,
    budget: &mut usize,
) -> Option<Vec<Similar>> {
    *budget = budget.checked_sub(quote.len().saturating_mul(text.len()))?;
    // For each prefix of the quote: the least distance of it to a part that ends here, and where that part begins.
    let mut column: Vec<(usize, usize)> = (0..=quote.len()).map(|i| (i, 0)).collect();
    let mut found: Vec<Similar> = Vec::new();
    for (j, c) in text.iter().enumerate() {
        let mut diagonal = column[0];
        column[0] = (0, j + 1);
        for (i, q) in quote.iter().enumerate() {
            let (up, left) = (column[i], column[i + 1]);
            let replaced = (diagonal.0 + usize::from(q != c), diagonal.1);
            let best = [(up.0 + 1, up.1), (left.0 + 1, left.1)];
            let best = best.into_iter().fold(replaced, |a, b| if b.0 < a.0 { b } else { a });
            diagonal = std::mem::replace(&mut column[i + 1], best);
        }
        let (distance, start) = column[quote.len()];
        if distance <= limit && start <= j {
            found.push(Similar { range: start..j + 1, distance });
        }
    }
    found.sort_by_key(|part| (part.distance, part.range.len().abs_diff(quote.len()), part.range.start));
    let mut apart: Vec<Similar> = Vec::new();
    for part in found {
        let is_apart =
            |other: &Similar| part.range.end <= other.range.start || other.range.end <= part.range.start;
        if apart.iter().all(is_apart) {
            apart.push(part);
        }
        if apart.len() == 2 {
            break;
        }
    }
    Some(apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    fn apart(a: &str, b: &str) -> Option<usize> {
        distance(&letters(a), &letters(b), 3, &mut 1_000)
    }

    #[test]
    fn the_distance_counts_letters() {
        assert_eq!(apart("طرابلس", "طرابلس"), Some(0));
        assert_eq!(apart("kitten", "sitting"), Some(3));
        assert_eq!(apart("harbour", "harbor"), Some(1));
        assert_eq!(apart("abc", "uvwxyz"), None);
    }

    #[test]
    fn what_costs_more_than_the_budget_is_not_compared() {
        let mut budget = 5;
        assert_eq!(distance(&letters("abc"), &letters("xyz"), 9, &mut budget), None);
        assert_eq!(budget, 5);
    }

    #[test]
    fn the_nearest_part_is_found_with_its_edges() {
        let text = letters("they met Salim Awn at the port");
        let found = nearest(&letters("Salem Awn"), &text, 1, &mut 10_000).expect("within the budget");
        assert_eq!(found, [Similar { range: 9..18, distance: 1 }]);
        let twice = letters("Salim Awn and Salom Awn");
        assert_eq!(nearest(&letters("Salem Awn"), &twice, 1, &mut 10_000).map(|f| f.len()), Some(2));
    }
}
