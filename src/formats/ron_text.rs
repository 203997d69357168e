//! What our RON files share: places in the text, errors that name them, strings in which nothing is hidden.

use std::fmt;

use ron::error::{Error as RonError, SpannedError};
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use ron::value::RawValue;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::nearest::did_you_mean;
use crate::model::Timestamp;
use crate::text::{shortened, shortened_to};

/// The deepest nesting that a file of ours may have; the deepest that we write is 8.
const MAX_DEPTH: usize = 64;

/// The most chars of what the parser says of a mistake: it may quote what stands in the file.
const MESSAGE_CHARS: usize = 200;

/// The most chars of what stands at the place of a mistake.
const FOUND_CHARS: usize = 24;

/// A place in a text file, both counted from 1, the column in chars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The beginning of the file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// Returns the place of the byte `at` of a text.
    pub(super) fn of_byte(text: &str, at: usize) -> Self {
        let before = &text.as_bytes()[..at.min(text.len())];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        Self {
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            // A char begins at each byte that is no continuation byte.
            column: 1 + before[line_start..].iter().filter(|b| **b & 0xC0 != 0x80).count(),
        }
    }

    /// Returns where this place of a part of a file lies in the file, given where the part begins.
    pub(super) fn within(self, part: Self) -> Self {
        let column = if self.line == 1 { part.column + self.column - 1 } else { self.column };
        Self { line: part.line + self.line - 1, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Why text is not the RON that was expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {message}")]
pub struct SyntaxError {
    /// Where.
    pub place: Place,
    /// What is wrong there, with the nearest known name where a name is wrong.
    pub message: String,
    /// Whether the text ends before the value does, as a file does that was cut off.
    pub cut_off: bool,
}

pub(super) fn options() -> ron::Options {
    ron::Options::default().with_recursion_limit(MAX_DEPTH)
}

/// Returns the text of a file's bytes, without the byte order mark that some editors put in front.
///
/// # Errors
///
/// The place of the first byte that is no UTF-8.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Place> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Place::of_byte(&valid, valid.len())
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Returns the place of a field that a file has once, by its name; the beginning where it is not found.
pub(super) fn place_of_field(text: &str, name: &str) -> Place {
    text.find(&format!("{name}:")).map_or(Place::START, |at| Place::of_byte(text, at))
}

/// Returns the value of RON text that may borrow from it.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, SyntaxError> {
    options().from_str(text).map_err(|error| syntax_error(text, &error, Place::START))
}

/// Returns the value of a part of a file that begins at `place`.
pub(super) fn parse_part<T: DeserializeOwned>(text: &str, place: Place) -> Result<T, SyntaxError> {
    options().from_str(text).map_err(|error| syntax_error(text, &error, place))
}

pub(super) fn syntax_error(text: &str, error: &SpannedError, part: Place) -> SyntaxError {
    let at = match &error.code {
        // A wrong name stands before the place where the parser stopped.
        RonError::NoSuchStructField { .. } | RonError::NoSuchEnumVariant { .. } => error.span.start,
        _ => error.span.end,
    };
    let at = Place { line: at.line, column: at.col };
    let hint = match &error.code {
        RonError::NoSuchStructField { expected, found, .. }
        | RonError::NoSuchEnumVariant { expected, found, .. } => {
            did_you_mean(found, expected.iter().copied())
        }
        RonError::ExceededRecursionLimit => format!(" of {MAX_DEPTH} nested values"),
        _ => String::new(),
    };
    let message = match &error.code {
        _ if text.trim().is_empty() => "there is nothing in the file".to_owned(),
        RonError::NoSuchStructField { found, .. } => format!("there is no field `{}` here", shortened(found)),
        RonError::NoSuchEnumVariant { expected, found, .. } => {
            format!("`{}` is none of {}", shortened(found), expected.join(", "))
        }
        RonError::MissingStructField { field, .. } => format!("the field `{field}` is missing"),
        RonError::DuplicateStructField { field, .. } => format!("the field `{field}` stands here again"),
        RonError::ExpectedNamedStructLike(_) | RonError::ExpectedStructLike => {
            format!("`(` is missing{}", found_at(text, at))
        }
        RonError::ExpectedDifferentStructName { .. } => {
            format!("another name than that of the record{}", found_at(text, error.span.start.into()))
        }
        // What they say is that a value is wrong, not which.
        RonError::Message(told) => shortened_to(told, MESSAGE_CHARS).into_owned(),
        other => {
            let told = lower_first(&shortened_to(&other.to_string(), MESSAGE_CHARS));
            told + &found_at(text, error.span.start.into())
        }
    };
    SyntaxError {
        place: at.within(part),
        message: message + &hint,
        cut_off: ends_early(&error.code) || at >= Place::of_byte(text, text.trim_end().len()),
    }
}

impl From<ron::error::Position> for Place {
    fn from(position: ron::error::Position) -> Self {
        Self { line: position.line, column: position.col }
    }
}

/// Returns what stands at a place, to be put behind a message; nothing where the line ends there.
fn found_at(text: &str, place: Place) -> String {
    let line = text.split('\n').nth(place.line.saturating_sub(1)).unwrap_or_default();
    let mut found =
        line.chars().skip(place.column.saturating_sub(2)).take(FOUND_CHARS + 2).collect::<String>();
    // Of a number below zero the sign stands before the place.
    if place.column >= 2 && !found.starts_with('-') && !found.is_empty() {
        found.remove(0);
    }
    let found = found.trim();
    if found.is_empty() {
        String::new()
    } else {
        format!("; here stands `{}`", shortened_to(found, FOUND_CHARS))
    }
}

/// Returns whether an error, wherever it was noticed, means that the text ended too early.
fn ends_early(error: &RonError) -> bool {
    matches!(error, RonError::Eof | RonError::ExpectedStringEnd | RonError::UnclosedBlockComment)
}

/// Returns RON text without the white space and the comments that it begins with.
pub(super) fn trim_start(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let behind = if let Some(comment) = rest.strip_prefix("//") {
            comment.split_once('\n').map_or("", |(_, behind)| behind)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            behind_block(comment)
        } else {
            return rest;
        };
        rest = behind.trim_start();
    }
}

/// Returns what comes behind the end of a block comment, which may hold others.
fn behind_block(comment: &str) -> &str {
    let mut rest = comment;
    let mut depth = 1;
    while depth > 0 {
        let (Some(end), begin) = (rest.find("*/"), rest.find("/*").unwrap_or(usize::MAX)) else { return "" };
        depth = if begin < end { depth + 1 } else { depth - 1 };
        rest = rest.get(end.min(begin) + 2..).unwrap_or_default();
    }
    rest
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// Returns a value as RON on one line.
pub(super) fn to_line<T: Serialize>(value: &T) -> Result<String, RonError> {
    // Without it an optional field that is there reads `Some(…)`, which is noise in a file.
    let options = options().with_default_extension(Extensions::IMPLICIT_SOME);
    options.to_string_pretty(value, PrettyConfig::new().depth_limit(0))
}

/// A text that is written as a RON string in which nothing is hidden: control characters, bidi controls, line
/// separators and invisible spaces are escaped, so that neither an editor nor a diff shows something else than
/// what stands there. Letters, harakat, joiners and emoji stay readable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Visible(pub(super) String);

impl Visible {
    /// Returns whether there is no text.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Visible {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Visible {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let quoted = RawValue::from_boxed_ron(quoted(&self.0).into_boxed_str());
        quoted.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Visible {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// Returns a time as in files: RFC 3339, UTC, milliseconds.
pub(super) fn rfc3339(time: Timestamp) -> Result<String, jiff::Error> {
    let time = jiff::Timestamp::from_millisecond(time.millis())?;
    Ok(format!("{time:.3}"))
}

/// Returns a text as a RON string in which nothing is hidden.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns a text in which control characters, bidi controls and invisible spaces are escaped as `\u{…}`, for
/// messages on a terminal: nothing in it can steer the terminal or reorder the rest. Line ends stay.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\n' {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns whether a character shows as nothing, as a plain space, or turns the order of others round.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2000}'..='\u{200a}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{3000}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bidi_controls_are_escaped_and_harakat_are_not() {
        assert_eq!(quoted("قَالَ"), "\"قَالَ\"");
        assert_eq!(quoted("a\u{200f}b\u{202e}c\u{2067}\r\n"), r#""a\u{200f}b\u{202e}c\u{2067}\r\n""#);
        assert_eq!(quoted("12\u{a0}000"), r#""12\u{a0}000""#);
    }

    #[test]
    fn the_place_counts_chars_and_not_bytes() {
        assert_eq!(Place::of_byte("سطر\nثانx", 7 + 6), Place { line: 2, column: 4 });
        assert_eq!(Place { line: 1, column: 3 }.within(Place { line: 4, column: 5 }).to_string(), "4:7");
    }

    #[test]
    fn deep_nesting_is_refused_with_the_limit() {
        let text = "[".repeat(5_000);
        let error = parse::<serde::de::IgnoredAny>(&text).expect_err("too deep");
        assert!(error.message.contains("64"), "{error}");
    }

    #[test]
    fn comments_before_a_value_are_passed_over() {
        assert_eq!(trim_start(" // from 412\n\t/* a /* nested */ one */\r\n(x: 1) // y"), "(x: 1) // y");
        assert_eq!((trim_start("// all"), trim_start("/* open /*"), trim_start("")), ("", "", ""));
    }

    proptest! {
        #[test]
        fn a_quoted_string_reads_back_as_it_was(text in any::<String>()) {
            prop_assert_eq!(parse::<String>(&quoted(&text)), Ok(text));
        }
    }
}
