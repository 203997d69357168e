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

/// Returns the name among `known` that is nearest to `name`, where one is near at all.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    crate::text::nearest(name, known).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

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
