//! WebAnno's tab-separated format, version 3.3 (`a.txt.tsv`), which INCEpTION reads and writes.
//!
//! ```text
//! #FORMAT=WebAnno TSV 3.3
//! #T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
//! #T_RL=webanno.custom.Relation|label|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity
//!
//!
//! #Text=قال سليم
//! 1-1    0-3    قال    *[1]    CUE[1]    _    _
//! 1-2    4-8    سليم    *[2]    PERS[2]    same_as    1-1[1_2]
//! ```
//!
//! Offsets are UTF-16 units. A span is named by its number in brackets; one that ends inside a token has a line of its own
//! below the token (`1-2.1`). Sentences reach from their first word to the first of the next, so that nothing of the text
//! is lost but what stands before the first word: the format has spaces there.

mod header;
mod read;
mod rows;
mod write;

pub(super) use read::READER;
pub(super) use write::writer;

/// The layer of spans.
pub(super) const NAMED_ENTITY: &str = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";

/// The layer of links.
pub(super) const RELATION: &str = "webanno.custom.Relation";

/// What begins the first line.
const FORMAT: &str = "#FORMAT=WebAnno TSV ";

const TEXT: &str = "#Text=";

/// A column that says nothing.
const NOTHING: &str = "_";

/// A feature that is not set.
const NOT_SET: &str = "*";

/// Returns a line of text as it stands behind `#Text=`.
fn escape_text(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\u{c}' => escaped.push_str("\\f"),
            '\u{8}' => escaped.push_str("\\b"),
            '\\' => escaped.push_str("\\\\"),
            '\u{b}' => escaped.push(c),
            '\0'..='\u{1f}' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Returns the text of what stands behind `#Text=`.
fn unescape_text(line: &str) -> String {
    unescape(line, |c| match c {
        't' => Some('\t'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        'f' => Some('\u{c}'),
        'b' => Some('\u{8}'),
        '\\' | '\0'..='\u{1f}' => Some(c),
        _ => None,
    })
}

/// Returns the value of a feature as it stands in a column; line ends that cannot be written are spaces.
fn escape_value(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | '[' | ']' | '|' | '_' | ';' | '*' => escaped.extend(['\\', c]),
            '-' if chars.peek() == Some(&'>') => escaped.push_str("\\-"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Returns the value of what stands in a column.
fn unescape_value(value: &str) -> String {
    unescape(value, |c| match c {
        't' => Some('\t'),
        'n' => Some('\n'),
        '\\' | '[' | ']' | '|' | '_' | ';' | '*' | '-' => Some(c),
        _ => None,
    })
}

/// Returns a text with each backslash and what follows it replaced; a backslash before anything else stays.
fn unescape(text: &str, meaning: fn(char) -> Option<char>) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            unescaped.push(c);
            continue;
        }
        match chars.next() {
            None => unescaped.push('\\'),
            Some(next) => match meaning(next) {
                Some(meant) => unescaped.push(meant),
                None => unescaped.extend(['\\', next]),
            },
        }
    }
    unescaped
}

/// Returns the parts between separators that no backslash precedes.
fn split(cell: &str, separator: char) -> Vec<&str> {
    let mut is_escaped = false;
    let parts = cell.split(|c| {
        let divides = c == separator && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        divides
    });
    parts.collect()
}

/// Returns a value and what stands in brackets behind it.
fn bracketed(value: &str) -> (&str, Option<&str>) {
    let inside = value.strip_suffix(']').and_then(|value| value.rsplit_once('['));
    match inside {
        Some((value, inside))
            if inside.bytes().all(|b| b.is_ascii_digit() || b == b'_') && !inside.is_empty() =>
        {
            (value, Some(inside))
        }
        _ => (value, None),
    }
}

#[cfg(test)]
mod tests;
