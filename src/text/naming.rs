//! Names in messages: what a file holds is shown shortened, and a name that nothing knows with the nearest that is.

use std::borrow::Cow;

/// The most chars of a value in a message.
pub const SHOWN_CHARS: usize = 64;

/// The longest name that is compared with others, in bytes; what is longer is no slip of the pen.
const MAX_NAME_BYTES: usize = 64;

/// The most known names that a name is compared with.
const MAX_CANDIDATES: usize = 2_000;

/// Returns a text as it may stand in a message: whole, or cut at [`SHOWN_CHARS`] with an ellipsis behind it.
#[must_use]
pub fn shortened(text: &str) -> Cow<'_, str> {
    shortened_to(text, SHOWN_CHARS)
}

/// Returns a text cut at so many chars, with an ellipsis behind it where something was cut off.
#[must_use]
pub fn shortened_to(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(chars).chain(['…']).collect()),
    }
}

/// Returns the candidate that most resembles `name`, ignoring case; `None` where none comes close (at most one edit
/// for every three letters, and one more), or where the name is longer than any name is.
///
/// The distance is the restricted Damerau-Levenshtein distance: insert, delete, replace, swap neighbours.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_NAME_BYTES {
        return None;
    }
    let name = lower(name);
    let limit = 1 + name.len() / 3;
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .filter(|candidate| candidate.len() <= MAX_NAME_BYTES)
        .map(|candidate| (distance(&name, &lower(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
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
    #[test]
    fn a_name_of_ten_megabytes_is_compared_with_nothing() {
        let name = "x".repeat(10 << 20);
        assert_eq!(nearest(&name, ["PERS"]), None);
        assert_eq!(nearest("PERS", [name.as_str()]), None);
    }

    #[test]
    fn a_value_is_cut_between_letters_and_says_so() {
        assert_eq!(shortened("قال"), "قال");
        let long = shortened_to("قال سليم", 5);
        assert_eq!(long, "قال س…");
        assert_eq!(shortened(&"ق".repeat(SHOWN_CHARS)).chars().count(), SHOWN_CHARS);
        assert_eq!(shortened(&"ق".repeat(SHOWN_CHARS + 1)).chars().count(), SHOWN_CHARS + 1);
    }
}
