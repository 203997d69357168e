//! Why a pack does not load: where, what, and what to write instead.

use std::fmt;
use std::sync::Arc;

/// A mistake in a pack, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError {
    /// The file.
    pub path: Arc<str>,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// What is wrong, in one line.
    pub message: String,
    /// The known name that is nearest to an unknown one.
    pub nearest: Option<String>,
    /// What to do, in one line; empty where the message says it all.
    pub hint: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)?;
        if let Some(nearest) = &self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        if !self.hint.is_empty() {
            let stop = if self.nearest.is_some() { "" } else { "." };
            write!(f, "{stop} {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for PackError {}

/// Returns the name among `known` that takes the fewest edits to reach from `name`, where it is near at all.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = 1 + name.chars().count() / 3;
    let scored = known.into_iter().map(|candidate| (edits(name, candidate), candidate));
    let best = scored.min().filter(|(distance, _)| *distance <= limit)?;
    Some(best.1.to_owned())
}

/// Edit distance in characters, two letters in the wrong order being one edit (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("tittle", ["title", "table", "say"]), Some("title".to_owned()));
        assert_eq!(nearest("weather", ["title", "say"]), None);
    }

    #[test]
    fn the_message_names_place_and_cure() {
        let error = PackError {
            path: "ar/people.ron".into(),
            line: 3,
            column: 7,
            message: "the list `tittle` does not exist".to_owned(),
            nearest: Some("title".to_owned()),
            hint: String::new(),
        };
        assert_eq!(
            error.to_string(),
            "ar/people.ron:3:7: the list `tittle` does not exist; did you mean `title`?"
        );
    }
}
