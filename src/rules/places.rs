//! Where in a pack's text something is written, so that a mistake is shown at the very word.
//!
//! The values that RON gives carry no places. So the text is read once more, as words, strings and brackets only, and
//! what is wrong is looked up by its value and by the word that it belongs to: `sya` of a `List`, say, or of `not_in`.
//!
//! Invariant: knows the outer form of a pack (fields of `Pack`, rules one after the other), not what it means.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use std::sync::Arc;

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// A field or an element, by its word.
    Word(&'static str),
    /// A string with this value that belongs to one of these fields or elements.
    Name(&'static [&'static str], String),
    /// One of these elements with these numbers.
    Numbers(&'static [&'static str], [u32; 2]),
}

/// A stretch of a pack: a rule, a list, a part.
pub(super) type Scope = Range<usize>;

/// A pack's text as words with their places.
#[derive(Debug, Default)]
pub(super) struct Places {
    words: Vec<Word>,
    /// The rules in their order.
    rules: Vec<Scope>,
    /// The entries of maps by the field of the pack and the entry's name: where each stands first.
    entries: BTreeMap<(Arc<str>, String), Scope>,
    /// The entries that stand there again.
    repeated: Vec<(Arc<str>, String, Scope)>,
    /// Where lines begin, in bytes.
    lines: Vec<usize>,
    /// The characters before each block of bytes, so that a long line need not be counted again and again.
    chars: Vec<usize>,
}

/// The bytes of a block.
const BLOCK: usize = 1 << 10;

/// Returns how many characters begin in some bytes.
fn chars_in(bytes: &[u8]) -> usize {
    // A character begins at each byte that is no continuation byte.
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[derive(Debug)]
struct Word {
    /// Bytes from the start of the text.
    at: usize,
    kind: Kind,
    /// The field or element that it belongs to.
    owner: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Name(Arc<str>),
    Number(String),
    String(String),
    Mark(char),
}

/// A bracket that is open.
#[derive(Debug, Default)]
struct Open {
    /// The element or struct before the bracket, or what the bracket as a whole belongs to.
    owner: Arc<str>,
    /// The field that is being read.
    field: Option<Arc<str>>,
    /// The word at which the entry began.
    entry: usize,
}

impl Places {
    /// Reads a pack's text. What is no RON gives places as far as it is understood.
    pub(super) fn new(text: &str) -> Self {
        let line_ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let chars = text.as_bytes().chunks(BLOCK).scan(0, |before, block| {
            let here = *before;
            *before += chars_in(block);
            Some(here)
        });
        let mut places = Self {
            lines: std::iter::once(0).chain(line_ends).collect(),
            chars: chars.collect(),
            ..Self::default()
        };
        let words = words(text);
        let mut open: Vec<Open> = Vec::new();
        for (i, (at, kind)) in words.iter().enumerate() {
            let next = words.get(i + 1).map(|(_, kind)| kind);
            let owner = open
                .last()
                .map_or_else(Arc::default, |open| Arc::clone(open.field.as_ref().unwrap_or(&open.owner)));
            match (kind, next) {
                (Kind::Name(name), Some(Kind::Mark(':'))) => {
                    if let Some(open) = open.last_mut() {
                        open.field = Some(name.clone());
                    }
                }
                (Kind::Mark('(' | '[' | '{'), _) => {
                    let before = i.checked_sub(1).map(|before| &words[before].1);
                    let opened = match before {
                        Some(Kind::Name(name)) => Arc::clone(name),
                        _ => Arc::clone(&owner),
                    };
                    open.push(Open { owner: opened, field: None, entry: i + 1 });
                }
                (Kind::Mark(')' | ']' | '}'), _) => {
                    places.end_entry(&words, &open, i);
                    open.pop();
                }
                (Kind::Mark(','), _) => {
                    places.end_entry(&words, &open, i);
                    if let Some(open) = open.last_mut() {
                        open.field = None;
                        open.entry = i + 1;
                    }
                }
                _ => {}
            }
            places.words.push(Word { at: *at, kind: kind.clone(), owner });
        }
        places
    }

    /// Notes what ends before a word: a rule, or an entry of a map of the pack.
    fn end_entry(&mut self, words: &[(usize, Kind)], open: &[Open], end: usize) {
        let [_, inner] = open else { return };
        let scope = inner.entry..end;
        match &words[scope.clone()] {
            [] => {}
            [(_, Kind::String(name)), ..] => {
                let key = (Arc::clone(&inner.owner), name.clone());
                match self.entries.entry(key) {
                    Entry::Vacant(entry) => {
                        entry.insert(scope);
                    }
                    Entry::Occupied(entry) => {
                        let (field, name) = entry.key().clone();
                        self.repeated.push((field, name, scope));
                    }
                }
            }
            _ if &*inner.owner == "rules" => self.rules.push(scope),
            _ => {}
        }
    }

    /// Returns the whole pack.
    pub(super) fn all(&self) -> Scope {
        0..self.words.len()
    }

    /// Returns the stretch of a rule, by its index in the pack.
    pub(super) fn rule(&self, index: usize) -> Scope {
        self.rules.get(index).cloned().unwrap_or(0..0)
    }

    /// Returns the stretch of a list, part or gazetteer class (`lists`, `parts`, `gazetteers`), by its name.
    pub(super) fn entry(&self, field: &str, name: &str) -> Scope {
        self.entries.get(&(Arc::from(field), name.to_owned())).cloned().unwrap_or(0..0)
    }

    /// Returns the names of a map that are written twice, with the stretch of the second.
    pub(super) fn twice(&self) -> impl Iterator<Item = (&str, &str, Scope)> {
        self.repeated.iter().map(|(field, name, scope)| (&**field, name.as_str(), scope.clone()))
    }

    /// Returns line and column, both from 1, the column in characters, of what is written in a stretch; of the
    /// stretch's first word where it is not found.
    pub(super) fn find(&self, text: &str, scope: &Scope, written: &Written) -> (u32, u32) {
        let words = self.words.get(scope.clone()).unwrap_or_default();
        let found = (0..words.len()).find(|i| is_written(&words[*i..], written)).map(|i| words[i].at);
        let at = found.or_else(|| words.first().map(|word| word.at)).unwrap_or(0);
        self.line_and_column(text, at)
    }

    /// Returns line and column of a field of the pack itself.
    pub(super) fn field(&self, text: &str, name: &str) -> (u32, u32) {
        let mut words = self.words.iter().zip(self.words.iter().skip(2));
        let field = words.find(|(word, _)| &*word.owner == "Pack" && word.kind == Kind::Name(name.into()));
        self.line_and_column(text, field.map_or(0, |(_, value)| value.at))
    }

    /// Returns the last place at or before a line and column at which a name is written.
    pub(super) fn name_before(&self, text: &str, name: &str, end: (u32, u32)) -> Option<(u32, u32)> {
        let end = self.byte_of(text, end);
        let mut before = self.words.iter().rev().skip_while(|word| word.at > end);
        let named = before.find(|word| matches!(&word.kind, Kind::Name(found) if **found == *name))?;
        Some(self.line_and_column(text, named.at))
    }

    /// Returns the place of the first word at or behind a line and column.
    pub(super) fn word_from(&self, text: &str, start: (u32, u32)) -> Option<(u32, u32)> {
        let start = self.byte_of(text, start);
        let word = self.words.get(self.words.partition_point(|word| word.at < start))?;
        Some(self.line_and_column(text, word.at))
    }

    /// Returns the byte at a line and column; the text's length where there is none.
    fn byte_of(&self, text: &str, (line, column): (u32, u32)) -> usize {
        let Some(start) = self.lines.get((line as usize).saturating_sub(1)) else { return text.len() };
        let wanted = self.chars_before(text, *start) + (column as usize).saturating_sub(1);
        let block = self.chars.partition_point(|chars| *chars <= wanted).saturating_sub(1);
        let mut left = wanted - self.chars.get(block).copied().unwrap_or(0);
        let bytes = text.as_bytes().iter().enumerate().skip(block * BLOCK);
        for (at, _) in bytes.filter(|(_, byte)| **byte & 0xC0 != 0x80) {
            if left == 0 {
                return at;
            }
            left -= 1;
        }
        text.len()
    }

    /// Returns how many characters stand before a byte.
    fn chars_before(&self, text: &str, at: usize) -> usize {
        let block = (at / BLOCK).min(self.chars.len().saturating_sub(1));
        let rest = text.as_bytes().get(block * BLOCK..at).unwrap_or_default();
        self.chars.get(block).copied().unwrap_or(0) + chars_in(rest)
    }

    fn line_and_column(&self, text: &str, at: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).map_or(0, |line| self.lines[line]);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (number(line), number(self.chars_before(text, at) - self.chars_before(text, start) + 1))
    }
}

fn is_written(words: &[Word], written: &Written) -> bool {
    match (written, words) {
        (Written::Word(wanted), [Word { kind: Kind::Name(name), .. }, ..]) => **name == **wanted,
        (Written::Name(owners, wanted), [Word { kind: Kind::String(value), owner, .. }, ..]) => {
            value == wanted && owners.contains(&&**owner)
        }
        (Written::Numbers(elements, [a, b]), [name, open, first, comma, second, ..]) => {
            let number = |word: &Word, n: u32| word.kind == Kind::Number(n.to_string());
            matches!(&name.kind, Kind::Name(name) if elements.contains(&&**name))
                && (&open.kind, &comma.kind) == (&Kind::Mark('('), &Kind::Mark(','))
                && number(first, *a)
                && number(second, *b)
        }
        _ => false,
    }
}

/// Returns the words, numbers, strings and marks of a text in RON, without its comments.
fn words(text: &str) -> Vec<(usize, Kind)> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-');
        let len = match first {
            '"' => string_len(rest),
            'r' if rest.starts_with("r\"") || rest.starts_with("r#") => raw_string_len(rest),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment_len(rest),
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (word, behind) = rest.split_at_checked(len).unwrap_or((rest, ""));
        rest = behind;
        let kind = match first {
            '"' => Kind::String(value(word)),
            'r' if word.contains('"') => Kind::String(value(word)),
            '/' => continue,
            c if c.is_ascii_digit() => Kind::Number(word.replace('_', "")),
            c if is_word(c) => Kind::Name(word.into()),
            c if c.is_whitespace() => continue,
            c => Kind::Mark(c),
        };
        words.push((at, kind));
    }
    words
}

fn value(literal: &str) -> String {
    ron::from_str(literal).unwrap_or_default()
}

fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

fn raw_string_len(text: &str) -> usize {
    let hashes = text.chars().skip(1).take_while(|c| *c == '#').count();
    let begin = 1 + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    let inner = text.get(begin..).unwrap_or_default();
    inner.find(&close).map_or(text.len(), |at| begin + at + close.len())
}

/// Comments nest in RON.
fn comment_len(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"#![enable(implicit_some)]
// rules: [Rule(id: "no")]
Pack(format: 1, /* "say" /* nested */ */ name: "say",
    lists: {"say": (words: ["قال \"نعم\"", "say"]), "go": (include: ["say"]), "say": ()},
    rules: [
        Rule(id: "a", pattern: [Capture("say", [List("say"), Gap(2, 9), Gap(9, 2)])]),
        Rule(id: "a", pattern: [Regex(r"say"), GapWithout(0, 1, ["say"]), Token(not_in: ["say"])]),
    ],
)
"#;

    fn at(scope: &Scope, written: &Written) -> (u32, u32) {
        Places::new(TEXT).find(TEXT, scope, written)
    }

    #[test]
    fn a_string_is_found_by_what_it_belongs_to() {
        let places = Places::new(TEXT);
        let name = |owner: &'static [&'static str]| Written::Name(owner, "say".to_owned());
        assert_eq!(places.rules.len(), 2);
        assert_eq!(at(&places.rule(0), &name(&["Capture"])), (6, 41));
        assert_eq!(at(&places.rule(0), &name(&["List"])), (6, 54));
        assert_eq!(at(&places.rule(1), &name(&["GapWithout"])), (7, 66));
        assert_eq!(at(&places.rule(1), &name(&["not_in"])), (7, 90));
        assert_eq!(at(&places.rule(1), &Written::Name(&["Regex"], "say".to_owned())), (7, 39));
        assert_eq!(at(&places.entry("lists", "go"), &name(&["include"])), (4, 70));
    }

    #[test]
    fn a_field_and_an_element_with_its_numbers_are_found() {
        let places = Places::new(TEXT);
        assert_eq!(at(&places.rule(0), &Written::Numbers(&["Gap"], [9, 2])), (6, 73));
        assert_eq!(at(&places.rule(1), &Written::Word("pattern")), (7, 23));
        assert_eq!(places.field(TEXT, "name"), (3, 48));
    }

    #[test]
    fn what_is_not_there_is_shown_where_the_stretch_begins() {
        let places = Places::new(TEXT);
        assert_eq!(at(&places.rule(1), &Written::Word("priority")), (7, 9));
    }

    #[test]
    fn an_entry_that_stands_twice_is_known() {
        let places = Places::new(TEXT);
        let twice: Vec<_> = places.twice().map(|(field, name, _)| (field, name)).collect();
        assert_eq!(twice, [("lists", "say")]);
    }

    #[test]
    fn text_that_is_no_ron_is_read_to_its_end() {
        for text in ["Pack(\"", "r#\"", "/* /*", "]})", "\\", "Pack(rules: [Rule(id: \"é", "r#", "\u{202e}»"]
        {
            assert!(Places::new(text).rules.len() <= 1, "{text}");
        }
    }
}
