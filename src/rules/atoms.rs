//! From an element that consumes tokens to its test.

use super::compile::{GAZETTEERS, MAX_TERM, Names};
use super::error::nearest;
use super::lexicon::normal_form;
use super::limits::{MAX_REGEXES, whole_regex};
use super::pack::{Element, Shape, TokenScript};
use super::places::Written;
use super::program::{StemAt, Test, TokenTest};
use super::tokens::flag;
use crate::text::shortened;

impl Names<'_> {
    /// Returns the test of an element, its name for explanations, and the most tokens it takes.
    pub(super) fn test(&mut self, element: &Element) -> Option<(Test, String, u32)> {
        Some(match element {
            Element::Word(written) => {
                let class = *self.words.get(&(false, written.clone()))?;
                let longest = written.split('|').map(words_of).max().unwrap_or(1);
                (Test::Class { class, bare: self.bare }, format!("word «{}»", shortened(written)), longest)
            }
            Element::Exactly(written) => {
                let class = *self.words.get(&(true, written.clone()))?;
                let test = Test::Exactly(class, written.as_str().into());
                let longest = words_of(written);
                (test, format!("exactly «{}»", shortened(written)), longest)
            }
            Element::List(list) => {
                let class = self.list(list)?;
                (Test::Class { class, bare: self.bare }, format!("list `{list}`"), MAX_TERM)
            }
            Element::Gazetteer(name) => {
                let Some(class) = self.gazetteers.get(name).copied() else {
                    self.unknown(
                        "gazetteer",
                        GAZETTEERS,
                        name,
                        nearest(name, self.gazetteers.keys().map(String::as_str)),
                    );
                    return None;
                };
                (Test::Class { class, bare: self.bare }, format!("gazetteer `{name}`"), MAX_TERM)
            }
            Element::Entity(label) => {
                let index = self.label(label)?;
                (Test::Entity(index), format!("entity {label}"), MAX_TERM)
            }
            Element::Mark(marks) => {
                (Test::Mark(self.mark_set(marks)), format!("mark {}", shortened(marks)), 1)
            }
            Element::Regex(pattern) => match self.regex(pattern) {
                Ok(regex) => (Test::Regex(Box::new(regex)), format!("regex `{}`", shortened(pattern)), 1),
                Err(error) => {
                    let message = regex_message(&error);
                    self.mistake(Written::Name(&["Regex"], pattern.clone()), message, "");
                    return None;
                }
            },
            Element::Token { .. } => {
                let (test, name) = self.token(element);
                (Test::Token(Box::new(test)), name, 1)
            }
            _ => return None,
        })
    }

    /// Returns the regular expression of an element; beyond as many as there may be, one that fits nothing.
    fn regex(&mut self, pattern: &str) -> Result<regex::Regex, regex::Error> {
        self.made.regexes += 1;
        if self.made.regexes == MAX_REGEXES + 1 {
            let message =
                format!("the packs of the language have more than {MAX_REGEXES} regular expressions");
            let hint =
                "Repetitions and parts count as often as they stand; use lists in place of expressions";
            self.mistake(Written::Name(&["Regex"], pattern.to_owned()), message, hint);
        }
        whole_regex(if self.made.regexes > MAX_REGEXES { "" } else { pattern })
    }

    fn token(&mut self, element: &Element) -> (TokenTest, String) {
        let Element::Token {
            definite,
            name,
            number,
            conjunction,
            shape,
            script,
            prefix,
            suffix,
            not_suffix,
            min_letters,
            max_letters,
            not_in,
            joined,
        } = element
        else {
            return (TokenTest::default(), String::new());
        };
        let folded = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| normal_form(word).trim_end().to_owned()).collect()
        };
        let (mut must, mut must_not) = (0, 0);
        let mut flagged = |wanted: Option<bool>, bits: u16| match wanted {
            Some(true) => must |= bits,
            Some(false) => must_not |= bits,
            None => {}
        };
        flagged(*definite, flag::DEFINITE);
        flagged(*number, flag::NUMBER);
        flagged(*joined, flag::JOINED);
        flagged(*conjunction, flag::CONJUNCTION);
        flagged(*name, flag::NAME);
        flagged(script.map(|_| true), script.map_or(0, script_flag));
        if let Some(shape) = shape {
            let (with, without) = shape_flags(*shape);
            must |= with;
            must_not |= without;
        }
        let stem = match (conjunction, definite) {
            (_, Some(true)) => StemAt::Article,
            (Some(true), _) => StemAt::BehindConjunction,
            _ => StemAt::Start,
        };
        let test = TokenTest {
            must,
            must_not,
            stem,
            prefix: folded(prefix),
            suffix: folded(suffix),
            not_suffix: folded(not_suffix),
            min_letters: *min_letters,
            max_letters: *max_letters,
            not_in: not_in.iter().filter_map(|name| self.list_or_gazetteer(name)).collect(),
            bare: self.bare,
        };
        let words = [
            (*definite == Some(true), "with article"),
            (*name == Some(true), "like a name"),
            (*number == Some(true), "number"),
            (*conjunction == Some(true), "with و or ف"),
            (shape.is_some(), "by its capitals"),
            (!prefix.is_empty() || !suffix.is_empty(), "by its first or last letters"),
        ];
        let held: Vec<&str> = words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word).collect();
        (test, format!("word {}", if held.is_empty() { "of any kind".to_owned() } else { held.join(", ") }))
    }
}

/// Returns what is wrong with a regular expression, in one line.
pub(super) fn regex_message(error: &regex::Error) -> String {
    let told = error.to_string();
    let reason = told.lines().last().unwrap_or_default();
    format!("the regular expression does not compile: {}", reason.trim_start_matches("error: "))
}

const fn script_flag(script: TokenScript) -> u16 {
    match script {
        TokenScript::Arabic => flag::ARABIC,
        TokenScript::Latin => flag::LATIN,
    }
}

/// Returns the flags that a token of a shape has, and those that it has not.
const fn shape_flags(shape: Shape) -> (u16, u16) {
    match shape {
        Shape::Capitalised => (flag::CAPITALISED, 0),
        Shape::Capitals => (flag::CAPITALS, 0),
        Shape::Initial => (flag::INITIAL, 0),
        Shape::Small => (flag::LATIN, flag::CAPITALISED | flag::CAPITALS | flag::INITIAL),
    }
}

fn words_of(written: &str) -> u32 {
    u32::try_from(normal_form(written).matches(' ').count()).unwrap_or(u32::MAX)
}
