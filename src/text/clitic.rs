//! Arabic proclitics: the conjunctions, prepositions and the article that are written as one word with a noun.
//!
//! `[و|ف] [ب|ل|ك] [ال] STEM`. Which reading is right only a word list can tell («وزير» is no و + «زير»): this module
//! names the readings that are legal, the rules choose. ل + ال is written لل, which leaves three readings.

use super::fold::{FoldLevel, Folded};
use super::source::slice;
use super::{ByteOffset, SourceText, TextRange};

/// What may stand before a noun inside its word, longest first, without the empty string (the twelfth).
pub const PROCLITICS: [&str; 11] = ["وب", "ول", "وك", "فب", "فل", "فك", "و", "ف", "ب", "ل", "ك"];

/// The article.
pub const ARTICLE: &str = "ال";

/// What may stand behind a noun, a verb or a preposition inside its word: possessive and object pronouns.
pub const ENCLITICS: [&str; 12] = ["ه", "ها", "هم", "هن", "هما", "ك", "كم", "كن", "كما", "ي", "نا", "ني"];

/// The fewest letters of a stem: shorter rests are no words.
const MIN_STEM: usize = 2;

/// One way to read a word: what was taken off, and what is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// One of [`PROCLITICS`], or empty for the whole word.
    pub proclitic: &'static str,
    /// The folded form without the proclitic, the article written out: «للجيش» has the reading ل + «الجيش».
    pub form: String,
    /// Where the form begins in the source, in bytes from the word's start. In «للجيش» it is the second lam.
    pub start: ByteOffset,
    /// Whether the form begins with the article.
    pub article: bool,
}

/// Returns the legal readings of a word, the whole word first, then the shortest proclitic first.
#[must_use]
pub fn readings(word: &str) -> Vec<Reading> {
    let folded = Folded::new(word, FoldLevel::Names);
    let text = folded.text();
    let mut found = vec![Reading {
        proclitic: "",
        form: text.to_owned(),
        start: ByteOffset::ZERO,
        article: text.starts_with(ARTICLE),
    }];
    for proclitic in PROCLITICS.iter().rev() {
        let Some(rest) = text.strip_prefix(proclitic).filter(|rest| is_stem(rest)) else {
            continue;
        };
        let start = folded.source_start(proclitic.len());
        let mut push = |form: String| {
            found.push(Reading { proclitic, article: form.starts_with(ARTICLE), form, start });
        };
        push(rest.to_owned());
        if let Some(noun) = rest.strip_prefix('ل').filter(|_| proclitic.ends_with('ل')) {
            push(format!("ال{noun}"));
            push(format!("الل{noun}"));
        }
    }
    found
}

/// Returns whether a folded string is one that may stand before a noun; the empty one may.
#[must_use]
pub fn is_proclitic(prefix: &str) -> bool {
    prefix.is_empty() || PROCLITICS.contains(&prefix)
}

/// Returns the places inside a token at which a span may start: behind each legal proclitic. The article stays with
/// its noun.
///
/// Sorted, without the token's own start; empty for a token that is not Arabic.
#[must_use]
pub fn proclitic_boundaries(source: &SourceText, token: TextRange) -> Vec<ByteOffset> {
    let folded = Folded::new(slice(source.as_str(), token), FoldLevel::Names);
    let text = folded.text();
    let mut places = Vec::new();
    for proclitic in PROCLITICS {
        if !text.strip_prefix(proclitic).is_some_and(is_stem) {
            continue;
        }
        places.push(proclitic.len());
    }
    places.sort_unstable();
    places.dedup();
    let at = |place| ByteOffset::from_index(token.start().index() + folded.source_start(place).index());
    places.into_iter().map(at).collect()
}

fn is_stem(rest: &str) -> bool {
    rest.chars().take_while(|c| matches!(c, 'ء'..='ي')).count() >= MIN_STEM
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(word: &str) -> Vec<(&'static str, String)> {
        readings(word).into_iter().map(|r| (r.proclitic, r.form)).collect()
    }

    #[test]
    fn lam_lam_has_three_readings() {
        let found = forms("للجيش");
        for form in ["لجيش", "الجيش", "اللجيش"] {
            assert!(found.contains(&("ل", form.to_owned())), "{form} in {found:?}");
        }
        let found = forms("ولليبيين");
        assert!(found.contains(&("ول", "الليبيين".to_owned())), "{found:?}");
        let second_lam = readings("للجيش").into_iter().find(|r| r.form == "الجيش").expect("a reading");
        assert_eq!(second_lam.start.index(), "ل".len());
        assert!(second_lam.article);
    }

    #[test]
    fn the_whole_word_is_the_first_reading() {
        assert_eq!(forms("وزير")[0], ("", "وزير".to_owned()));
        assert_eq!(forms("بن"), [("", "بن".to_owned())]);
    }

    #[test]
    fn a_span_may_start_behind_proclitics_and_keeps_the_article() {
        let source = SourceText::new("عن بالفيروس وللبلاد NATO");
        let places = |word: &str| -> Vec<String> {
            let start = source.as_str().find(word).expect("in the text");
            let token = TextRange::from_indices(start, start + word.len());
            let rest = |at| source.slice(TextRange::new(at, token.end())).to_owned();
            proclitic_boundaries(&source, token).into_iter().map(rest).collect()
        };
        assert_eq!(places("بالفيروس"), ["الفيروس"]);
        assert_eq!(places("وللبلاد"), ["للبلاد", "لبلاد"]);
        assert_eq!(places("NATO"), Vec::<String>::new());
    }

    #[test]
    fn tatweel_and_marks_stay_with_the_proclitic() {
        let source = SourceText::new("بِـالْمدينة");
        let token = source.full_range();
        let first = proclitic_boundaries(&source, token)[0];
        assert_eq!(source.slice(TextRange::new(first, token.end())), "الْمدينة");
    }
}
