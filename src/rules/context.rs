//! What the rules know of an article beside its text.

use std::collections::BTreeSet;
use std::sync::Arc;

use unicode_script::{Script, UnicodeScript};

use crate::model::{Fragments, LabelId, SuggestionKey};

/// A language that rules are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Arabic, `ar`.
    Arabic,
    /// English, `en`.
    English,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Arabic, Self::English];

    /// Returns the BCP 47 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
        }
    }

    /// Returns the language of a BCP 47 code; `None` where no rules are written for it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// Returns the language of most letters among the first 20,000 characters, by their script: Arabic letters for
/// Arabic, anything else for English.
#[must_use]
pub fn detect_language(text: &str) -> Language {
    let (mut arabic, mut other) = (0_u32, 0_u32);
    for c in text.chars().take(20_000).filter(|c| c.is_alphabetic()) {
        if c.script() == Script::Arabic {
            arabic += 1;
        } else {
            other += 1;
        }
    }
    if arabic > other { Language::Arabic } else { Language::English }
}

/// A mention that a human made or accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedMention {
    /// Its label.
    pub label: LabelId,
    /// Where it stands in this article.
    pub fragments: Fragments,
}

/// What the rules know of an article beside its text.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The mentions that stand in the article: their names are propagated, and nothing is suggested that is the same
    /// or crosses one.
    pub confirmed: Vec<ConfirmedMention>,
    /// What was decided before, accepted or rejected: never suggested again.
    pub decided: BTreeSet<SuggestionKey>,
    /// Rules that are not run on this article, by their full ids.
    pub muted: BTreeSet<Arc<str>>,
    /// Whose rules apply; `None` for those of the article's own language.
    pub language: Option<Language>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arabic_article_with_english_lines_is_arabic() {
        assert_eq!(detect_language("وصل الوفد إلى المدينة صباحا\nEmail"), Language::Arabic);
        assert_eq!(detect_language("The word شكرا means thanks"), Language::English);
    }
}
