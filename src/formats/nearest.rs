//! The nearest known name, for error messages.

/// Returns the candidate that most resembles `name`, ignoring case; `None` where none comes close (at most one edit
/// for every three letters, and one more).
///
/// The distance is the restricted Damerau-Levenshtein distance: insert, delete, replace, swap neighbours.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = lower(name);
    let limit = 1 + name.len() / 3;
    candidates
        .into_iter()
        .map(|candidate| (distance(&name, &lower(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns ` (did you mean `x`?)` for the nearest of the candidates, nothing where none is near.
pub(super) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or(String::new(), |near| format!(" (did you mean `{near}`?)"))
}

fn lower(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let mut best = (last[j + 1] + 1).min(row[j] + 1).min(last[j] + usize::from(from != to));
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let labels = ["PERS", "ORG", "GPE", "LOC", "CLAIM"];
        assert_eq!(nearest("PRES", labels), Some("PERS"));
        assert_eq!(nearest("pers", labels), Some("PERS"));
        assert_eq!(nearest("CLAIMS", labels), Some("CLAIM"));
        assert_eq!(nearest("GEP", labels), Some("GPE"));
    }

    #[test]
    fn a_name_unlike_all_others_finds_nothing() {
        assert_eq!(nearest("WEATHER", ["PERS", "ORG"]), None);
    }
}
