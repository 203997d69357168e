//! The text of single rules within a pack file: to read, replace, remove and add one with the rest of the file left
//! as it is, comments and white space included.
//!
//! The file is read as far as its brackets, strings and comments go; what the rules say is for
//! [`RuleSet::compile`](super::RuleSet::compile).
//!
//! Invariant: never changes a byte outside the record and the comma that goes with it.

use crate::text::{TextRange, slice};

use super::context::Language;

/// The spaces before a record in a pack file.
const INDENT: usize = 8;

/// Returns the text of a rule, from its `Rule(` to the matching `)`; `None` where the pack has no such rule or its
/// brackets and strings do not close.
///
/// `rule_id` is written as in the pack, without the language.
#[must_use]
pub(super) fn record<'a>(pack_text: &'a str, rule_id: &str) -> Option<&'a str> {
    let found = RuleList::parse(pack_text)?.find(rule_id)?;
    Some(slice(pack_text, found.range))
}

/// Returns the pack with another text in place of a rule's; `None` where [`record`] finds no such rule.
///
/// A comma behind the new record is left out: the pack has its own.
#[must_use]
pub(super) fn replace(pack_text: &str, rule_id: &str, new_record: &str) -> Option<String> {
    let range = RuleList::parse(pack_text)?.find(rule_id)?.range;
    Some(spliced(pack_text, range, &without_comma(new_record)?))
}

/// Returns the pack without a rule, its comma and the line that it leaves empty; `None` where [`record`] finds no
/// such rule.
#[must_use]
pub(super) fn remove(pack_text: &str, rule_id: &str) -> Option<String> {
    let Record { range, comma, .. } = RuleList::parse(pack_text)?.find(rule_id)?;
    let (mut start, mut end) = (range.start().index(), range.end().index());
    let mut kept = "";
    if let Some(comma) = comma {
        kept = slice(pack_text, TextRange::between(range.end(), comma.start()));
        end = comma.end().index();
    }
    // A comment between the record and its comma stays.
    if kept.trim().is_empty() {
        kept = "";
        let (before, behind) = (pack_text.split_at(start).0, pack_text.split_at(end).1);
        let is_space = |c: char| c == ' ' || c == '\t';
        let (margin, rest) = (before.trim_end_matches(is_space), behind.trim_start_matches(is_space));
        if margin.is_empty() || margin.ends_with('\n') {
            end = pack_text.len() - rest.len();
            if let Some(line_end) = ["\r\n", "\n"].into_iter().find(|line_end| rest.starts_with(line_end)) {
                start = margin.len();
                end += line_end.len();
            }
        }
    }
    Some(spliced(pack_text, TextRange::from_indices(start, end), kept))
}

/// Returns the pack with a record that begins at column 1 as its last rule, indented as rules are; `None` where the
/// pack has no `rules: [ … ]` or its brackets and strings do not close.
#[must_use]
pub(super) fn append(pack_text: &str, record: &str) -> Option<String> {
    let list = RuleList::parse(pack_text)?;
    let (head, tail) = pack_text.split_at(list.close);
    let mut text = head.to_owned();
    let margin = head.trim_end_matches([' ', '\t']).len();
    let closes_own_line = head.split_at(margin).0.ends_with('\n');
    if closes_own_line {
        text.truncate(margin);
    } else {
        text.push('\n');
    }
    let written = format!("{}{},\n", " ".repeat(INDENT), indent(&without_comma(record)?));
    text.push_str(&written);
    text.push_str(if closes_own_line { head.split_at(margin).1 } else { "    " });
    text.push_str(tail);
    if let Some(last) = list.records.last().filter(|last| last.comma.is_none()) {
        text.insert(last.range.end().index(), ',');
    }
    Some(text)
}

/// Returns the text of a pack for the user's own rules, without any.
#[must_use]
pub(super) fn new_pack(language: Language) -> String {
    format!(
        "#![enable(implicit_some)]\n\
         // The user's own rules. They work like those that ship with the program, and beside them.\n\
         Pack(\n    format: 1, name: \"own\", version: 1, language: \"{}\",\n    rules: [\n    ],\n)\n",
        language.code()
    )
}

/// Returns a record as it stands in a file with the file's indentation taken off its further lines, so that it reads
/// as if it began at column 1. Lines inside strings and block comments stay as they are.
#[must_use]
pub(super) fn dedent(record: &str) -> String {
    each_line(record, |line| {
        let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
        line.split_at(spaces.min(INDENT)).1.to_owned()
    })
}

/// Returns a record that begins at column 1 with its further lines indented as in a file: the inverse of [`dedent`].
#[must_use]
pub(super) fn indent(record: &str) -> String {
    each_line(record, |line| format!("{}{line}", " ".repeat(INDENT)))
}

/// Returns a record with a change made to each line but the first, empty lines and those that begin inside a string
/// or block comment left out; all of them where the brackets and strings are past reading.
fn each_line(record: &str, change: impl Fn(&str) -> String) -> String {
    let inside = lex(record).unwrap_or_default();
    let mut text = String::with_capacity(record.len());
    let mut at = 0;
    for line in record.split_inclusive('\n') {
        let is_inside = |lexeme: &Lexeme| lexeme.start < at && at < lexeme.end;
        if at == 0 || line.trim().is_empty() || inside.iter().any(is_inside) {
            text.push_str(line);
        } else {
            text.push_str(&change(line));
        }
        at += line.len();
    }
    text
}

/// Returns a record without white space around it and without a comma behind it, ready for what follows; `None`
/// where its strings or comments do not close.
fn without_comma(record: &str) -> Option<String> {
    let record = record.trim();
    let lexemes = lex(record)?;
    let is_comma = |lexeme: &Lexeme| lexeme.is(record, Kind::Mark, ",");
    let last = lexemes.iter().rfind(|lexeme| lexeme.kind != Kind::Comment);
    let mut text = match last.filter(|last| is_comma(last)) {
        Some(comma) => spliced(record, comma.range(), "").trim_end().to_owned(),
        None => record.to_owned(),
    };
    // A line comment would swallow the pack's own comma.
    if lexemes.last().is_some_and(|last| last.text(record).starts_with("//")) {
        text.push('\n');
    }
    Some(text)
}

fn spliced(text: &str, range: TextRange, new: &str) -> String {
    let (before, behind) = (text.split_at(range.start().index()).0, text.split_at(range.end().index()).1);
    format!("{before}{new}{behind}")
}

/// A rule in a pack file.
struct Record {
    range: TextRange,
    id: Option<String>,
    /// The comma behind it.
    comma: Option<TextRange>,
}

/// The rules of a pack file.
struct RuleList {
    records: Vec<Record>,
    /// Where the list's `]` stands, in bytes.
    close: usize,
}

impl RuleList {
    fn parse(text: &str) -> Option<Self> {
        let lexemes: Vec<Lexeme> = lex(text)?.into_iter().filter(|l| l.kind != Kind::Comment).collect();
        let mut rest = rules_field(text, &lexemes)?;
        let mut records = Vec::new();
        loop {
            let first = rest.first()?;
            if first.kind == Kind::Close {
                return Some(Self { records, close: first.start });
            }
            let open = rest.iter().position(|lexeme| lexeme.kind != Kind::Word)?;
            let close = open + closing(rest.split_at(open).1)?;
            let comma = rest.get(close + 1).filter(|lexeme| lexeme.is(text, Kind::Mark, ","));
            records.push(Record {
                range: first.range().cover(rest[close].range()),
                id: id_of(text, &rest[open + 1..close]),
                comma: comma.map(|comma| comma.range()),
            });
            rest = rest.split_at(close + 1 + usize::from(comma.is_some())).1;
        }
    }

    fn find(self, rule_id: &str) -> Option<Record> {
        self.records.into_iter().find(|record| record.id.as_deref() == Some(rule_id))
    }
}

/// Returns what follows the `[` of the pack's field `rules`.
fn rules_field<'a>(text: &str, lexemes: &'a [Lexeme]) -> Option<&'a [Lexeme]> {
    let mut depth = 0_usize;
    for (i, lexeme) in lexemes.iter().enumerate() {
        match lexeme.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1)?,
            _ if depth == 1 && lexeme.is(text, Kind::Word, "rules") => {
                let behind = lexemes.split_at(i + 1).1;
                if let [colon, open, rest @ ..] = behind
                    && colon.is(text, Kind::Mark, ":")
                    && open.is(text, Kind::Open, "[")
                {
                    return Some(rest);
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the index of what closes the bracket that some lexemes begin with.
fn closing(lexemes: &[Lexeme]) -> Option<usize> {
    let mut depth = 0_usize;
    for (i, lexeme) in lexemes.iter().enumerate() {
        match lexeme.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (lexeme.kind == Kind::Close).then_some(i);
        }
    }
    None
}

/// Returns the value of a record's own field `id`.
fn id_of(text: &str, fields: &[Lexeme]) -> Option<String> {
    let mut depth = 0_usize;
    for window in fields.windows(3) {
        match window[0].kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1)?,
            _ if depth == 0
                && window[0].is(text, Kind::Word, "id")
                && window[1].is(text, Kind::Mark, ":") =>
            {
                return ron::from_str(window[2].text(text)).ok();
            }
            _ => {}
        }
    }
    None
}

/// What a stretch of RON is, as far as brackets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name or a number.
    Word,
    /// A string or a character, its quotes included.
    String,
    /// `// …` without its line end, or `/* … */`.
    Comment,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Any other character that is not white space.
    Mark,
}

/// A stretch of RON, in bytes.
#[derive(Debug, Clone, Copy)]
struct Lexeme {
    kind: Kind,
    start: usize,
    end: usize,
}

impl Lexeme {
    fn range(self) -> TextRange {
        TextRange::from_indices(self.start, self.end)
    }

    fn text(self, text: &str) -> &str {
        slice(text, self.range())
    }

    fn is(self, text: &str, kind: Kind, written: &str) -> bool {
        self.kind == kind && self.text(text) == written
    }
}

/// Returns the lexemes of RON text; `None` where a string or block comment does not end.
fn lex(text: &str) -> Option<Vec<Lexeme>> {
    let mut lexemes = Vec::new();
    let mut at = 0;
    while let Some(first) = text.split_at(at).1.chars().next() {
        let rest = text.split_at(at).1;
        let start = at;
        let (kind, length) = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '/' if rest.starts_with("//") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (Kind::Comment, block_comment(rest)?),
            '"' | '\'' => (Kind::String, quoted(rest, first)?),
            '(' | '[' | '{' => (Kind::Open, 1),
            ')' | ']' | '}' => (Kind::Close, 1),
            c if is_word(c) => word_or_raw_string(rest)?,
            c => (Kind::Mark, c.len_utf8()),
        };
        at += length;
        lexemes.push(Lexeme { kind, start, end: at });
    }
    Some(lexemes)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the length of a block comment, the ones inside it included.
fn block_comment(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = rest.split_at(at).1.chars().next() {
        let here = rest.split_at(at).1;
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += c.len_utf8();
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Returns the length of a string or character that ends at the next quote without a backslash.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Returns the kind and the length of a name, a number or a raw string (`r"…"`, `r#"…"#`).
fn word_or_raw_string(rest: &str) -> Option<(Kind, usize)> {
    let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let (word, behind) = rest.split_at(length);
    let hashes = behind.bytes().take_while(|byte| *byte == b'#').count();
    let (marks, inside) = behind.split_at(hashes);
    let Some(inside) = inside.strip_prefix('"').filter(|_| matches!(word, "r" | "br")) else {
        return Some((Kind::Word, length));
    };
    let end = format!("\"{marks}");
    Some((Kind::String, length + hashes + 1 + inside.find(&end)? + end.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleSet, builtin_packs};

    /// A pack with everything that a search for brackets could stumble over.
    const PACK: &str = r##"#![enable(implicit_some)]
// rules: [ Rule(id: "comment") ]
Pack(format: 1, name: "p", version: 1, language: "ar",
    lists: {"rules": (words: ["Rule(id: \"word\")", "]", r#"a"]"#])}, /* rules: [ /* nested ] */ */
    rules: [
        // the first
        Rule(id: "a", pattern: [Word(")"), Regex(r"\[\"), Mark("\"]")], // ) in a comment
            note: (en: "id: \"b\"", ar: "ن"), examples: (must: ["["], must_not: [])), // behind a
        (id: "b", note: (id: "inner"), c: '"', d: '\''),

        Rule(note: (id: "c"), id: "ج" /* here */ )
        // the end ]
    ],
)
"##;

    #[test]
    fn a_record_reaches_from_its_name_to_its_bracket() {
        assert!(
            record(PACK, "a")
                .is_some_and(|r| r.starts_with("Rule(id: \"a\"") && r.ends_with("must_not: []))"))
        );
        assert_eq!(record(PACK, "b"), Some(r#"(id: "b", note: (id: "inner"), c: '"', d: '\'')"#));
        assert_eq!(record(PACK, "ج"), Some(r#"Rule(note: (id: "c"), id: "ج" /* here */ )"#));
        for missing in ["c", "inner", "word", "comment", ""] {
            assert_eq!(record(PACK, missing), None, "{missing}");
        }
        assert_eq!(record("Pack(rules: [Rule(id: \"a\")", "a"), None, "the list does not close");
        assert_eq!(record("Pack(rules: [Rule(id: \"a)])", "a"), None, "the string does not close");
    }

    #[test]
    fn replacing_changes_nothing_else() {
        let text = replace(PACK, "b", " Rule(id: \"new\"), ").expect("a rule");
        assert_eq!(
            text,
            PACK.replace(r#"(id: "b", note: (id: "inner"), c: '"', d: '\'')"#, "Rule(id: \"new\")")
        );
        let text = replace(PACK, "b", "Rule(id: \"new\") // why").expect("a rule");
        assert!(text.contains("Rule(id: \"new\") // why\n,\n"), "{text}");
    }

    #[test]
    fn removing_takes_the_comma_and_the_line_and_leaves_comments() {
        let text = remove(PACK, "a").expect("a rule");
        assert!(text.contains("// the first\n        // behind a\n        (id: \"b\""), "{text}");
        let text = remove(&text, "b").expect("a rule");
        assert!(text.contains("// behind a\n\n        Rule("), "{text}");
        let text = remove(&text, "ج").expect("a rule");
        assert!(text.contains("// behind a\n\n        // the end ]\n    ],\n)"), "{text}");
        assert_eq!(remove(&text, "a"), None);
    }

    #[test]
    fn appending_puts_a_missing_comma_and_stands_behind_comments() {
        let text = append(PACK, "Rule(id: \"z\",\n    x: 1),").expect("a list");
        assert!(
            text.contains(
                "/* here */ ),\n        // the end ]\n        Rule(id: \"z\",\n            x: 1),\n    ],\n)"
            ),
            "{text}"
        );
        for (pack, wanted) in [
            ("Pack(rules: [])", "Pack(rules: [\n        R(id: \"z\"),\n    ])"),
            ("(rules: [ R() ])", "(rules: [ R(), \n        R(id: \"z\"),\n    ])"),
            ("(rules: [\n  R(),\n  ])", "(rules: [\n  R(),\n        R(id: \"z\"),\n  ])"),
        ] {
            assert_eq!(append(pack, "R(id: \"z\")").as_deref(), Some(wanted));
        }
        assert_eq!(append("Pack(format: 1)", "R()"), None);
    }

    /// Returns the ids of a pack's rules; none for a pack of lists.
    fn ids(pack_text: &str) -> Vec<String> {
        let list = RuleList::parse(pack_text);
        list.into_iter().flat_map(|list| list.records).filter_map(|record| record.id).collect()
    }

    #[test]
    fn each_shipped_rule_replaced_by_itself_gives_the_same_text() {
        let mut rules = 0;
        for pack in builtin_packs() {
            for id in &ids(&pack.text) {
                let own = record(&pack.text, id).expect("a record");
                assert_eq!(replace(&pack.text, id, own).as_ref(), Some(&pack.text), "{}: {id}", pack.path);
                assert_eq!(indent(&dedent(own)), own, "{}: {id}", pack.path);
                rules += 1;
            }
        }
        let all = RuleSet::builtin().expect("the shipped packs").rule_ids().len();
        assert_eq!(rules, all, "no rule is passed over");
    }

    #[test]
    fn appending_and_removing_gives_the_pack_as_it_was() {
        for language in Language::ALL {
            let pack = new_pack(language);
            for shipped in builtin_packs() {
                for id in ids(&shipped.text) {
                    let own = record(&shipped.text, &id).expect("a record");
                    let added = append(&pack, &dedent(own)).expect("a list");
                    assert_eq!(record(&added, &id), Some(own));
                    assert_eq!(remove(&added, &id).as_ref(), Some(&pack), "{id}");
                }
            }
        }
    }

    #[test]
    fn lines_inside_strings_keep_their_spaces() {
        let own = "Rule(id: \"a\",\n    x: r\"\n  two\",\n\n    y: 1)";
        assert_eq!(indent(own), "Rule(id: \"a\",\n            x: r\"\n  two\",\n\n            y: 1)");
        assert_eq!(dedent(&indent(own)), own);
    }
}
