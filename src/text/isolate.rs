//! Isolates (UAX #9): what keeps a name of one direction from stirring up a sentence of the other.
//!
//! Two right-to-left names with nothing but a comma or a slash between them change places in a left-to-right line.
//! Each in an isolate of its own stands where it was written.
//!
//! Invariant: what is made here is drawn and never stored, copied or looked up.

use std::path::{MAIN_SEPARATOR, MAIN_SEPARATOR_STR, Path};

use unicode_bidi::{BidiClass, bidi_class};

use super::{Direction, RunDirections, TextRange, paragraph_direction};

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const LEFT_TO_RIGHT_ISOLATE: char = '\u{2066}';
const POP_ISOLATE: char = '\u{2069}';

/// What opens and closes a quotation in a message.
const QUOTATION_MARKS: [(char, char); 4] = [('`', '`'), ('"', '"'), ('«', '»'), ('“', '”')];

/// Returns a name to be put into a sentence: in an isolate where it holds a right-to-left letter, else as it is.
/// Direction controls in it, which could turn round what follows, are shown as U+FFFD.
#[must_use]
pub fn isolate(name: &str) -> String {
    let tamed = tamed(name);
    if has_rtl(name) { format!("{FIRST_STRONG_ISOLATE}{tamed}{POP_ISOLATE}") } else { tamed }
}

/// Returns a path to be put into a sentence: folders from left to right, each name in an isolate of its own.
#[must_use]
pub fn isolate_path(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if !has_rtl(&shown) {
        return tamed(&shown);
    }
    let names: Vec<String> = shown.split(MAIN_SEPARATOR).map(isolate).collect();
    let joined = names.join(MAIN_SEPARATOR_STR);
    format!("{LEFT_TO_RIGHT_ISOLATE}{joined}{POP_ISOLATE}")
}

/// Returns a message with each quotation in it (in backquotes, quotation marks or guillemets) in an isolate.
#[must_use]
pub fn isolate_quotations(message: &str) -> String {
    if !has_rtl(message) {
        return message.to_owned();
    }
    let mut out = String::with_capacity(message.len() + 24);
    let mut closing = None;
    for c in message.chars() {
        match closing {
            Some(close) if c == close => {
                out.push(POP_ISOLATE);
                closing = None;
                out.push(c);
            }
            Some(_) => out.push(c),
            None => {
                out.push(c);
                closing = QUOTATION_MARKS.iter().find(|(open, _)| *open == c).map(|(_, close)| *close);
                if closing.is_some() {
                    out.push(FIRST_STRONG_ISOLATE);
                }
            }
        }
    }
    if closing.is_some() {
        out.push(POP_ISOLATE);
    }
    out
}

/// Returns the first `chars` characters in an isolate, controls shown as spaces, with an ellipsis where something is
/// left out: behind the last letter, on the side to which its run goes on.
#[must_use]
pub fn isolate_beginning(text: &str, chars: usize, goes_on: bool) -> String {
    let spaced = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().map(spaced).take(chars).collect();
    if text.chars().nth(chars).is_some() || goes_on {
        // What follows decides whether a run was cut or ended there.
        let further: String = text.chars().map(spaced).take(2 * chars).collect();
        let base = paragraph_direction(&further).unwrap_or(Direction::Ltr);
        let runs = RunDirections::new(&further, base);
        let mark = runs.at_gap(short.len()).mark();
        short.truncate(short.trim_end().len());
        short.push('…');
        short.push(mark);
    }
    format!("{FIRST_STRONG_ISOLATE}{short}{POP_ISOLATE}")
}

/// Returns the parts of a line of code that are drawn in isolates: what stands in double quotes (`\` before a quote
/// makes it part of the string), and a comment from `//` on. Only parts with a right-to-left letter are returned.
#[must_use]
pub fn strings_and_comments(line: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut open = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (open, c) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(start), '"') => {
                found.push(start..at);
                open = None;
            }
            (None, '"') => open = Some(at + 1),
            (None, '/') if chars.peek().is_some_and(|(_, next)| *next == '/') => {
                open = Some(at + 2);
                break;
            }
            _ => {}
        }
    }
    found.extend(open.map(|start| start..line.len()));
    found
        .into_iter()
        .filter(|part| line.get(part.clone()).is_some_and(has_rtl))
        .map(|part| TextRange::from_indices(part.start, part.end))
        .collect()
}

/// Returns the names in a path that are drawn in isolates: those with a right-to-left letter.
#[must_use]
pub fn names_in_path(path: &str) -> Vec<TextRange> {
    let mut start = 0;
    let names = path.split(MAIN_SEPARATOR).map(|name| {
        let range = start..start + name.len();
        start = range.end + MAIN_SEPARATOR.len_utf8();
        (name, range)
    });
    names
        .filter(|(name, _)| has_rtl(name))
        .map(|(_, range)| TextRange::from_indices(range.start, range.end))
        .collect()
}

fn has_rtl(text: &str) -> bool {
    text.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN))
}

/// The text with direction controls made visible.
fn tamed(text: &str) -> String {
    let is_control = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::slice;

    #[test]
    fn a_name_with_arabic_is_isolated_and_a_latin_one_is_left_alone() {
        assert_eq!(isolate("تقرير.txt"), "\u{2068}تقرير.txt\u{2069}");
        assert_eq!(isolate("report.txt"), "report.txt");
    }

    #[test]
    fn each_name_of_a_path_has_an_isolate_of_its_own() {
        let path: std::path::PathBuf = ["home", "أخبار", "تقرير.txt"].iter().collect();
        let parts = ["home", "\u{2068}أخبار\u{2069}", "\u{2068}تقرير.txt\u{2069}"];
        let expected = parts.join(MAIN_SEPARATOR_STR);
        assert_eq!(isolate_path(&path), format!("\u{2066}{expected}\u{2069}"));
        assert_eq!(isolate_path(Path::new("a.txt")), "a.txt");
    }

    #[test]
    fn a_control_in_a_name_turns_nothing_round() {
        assert_eq!(isolate("a\u{202E}txt.exe"), "a\u{FFFD}txt.exe");
        assert_eq!(isolate("أ\u{2069}\u{202E}b"), "\u{2068}أ\u{FFFD}\u{FFFD}b\u{2069}");
    }

    #[test]
    fn quotations_in_a_message_are_isolated() {
        let message = "`وزير`, `رئيس` follow «قال»";
        let expected = "`\u{2068}وزير\u{2069}`, `\u{2068}رئيس\u{2069}` follow «\u{2068}قال\u{2069}»";
        assert_eq!(isolate_quotations(message), expected);
        assert_eq!(isolate_quotations("no such `list`"), "no such `list`");
        assert_eq!(isolate_quotations("open «قال"), "open «\u{2068}قال\u{2069}");
    }

    #[test]
    fn a_beginning_ends_on_the_side_of_the_run_that_is_cut() {
        assert_eq!(isolate_beginning("قالت Boeing إن", 9, false), "\u{2068}قالت Boei…\u{200E}\u{2069}");
        assert_eq!(isolate_beginning("وصل الوفد", 5, false), "\u{2068}وصل ا…\u{200F}\u{2069}");
        assert_eq!(isolate_beginning("وصل\n", 9, false), "\u{2068}وصل \u{2069}");
        assert_eq!(isolate_beginning("سامر", 9, true), "\u{2068}سامر…\u{200F}\u{2069}");
    }

    #[test]
    fn strings_and_comments_of_code_are_found() {
        let line = r#"words: ["قا\"ل", "plain", "نعم"], // «لا» "كذا""#;
        let found: Vec<&str> = strings_and_comments(line).into_iter().map(|part| slice(line, part)).collect();
        assert_eq!(found, [r#"قا\"ل"#, "نعم", " «لا» \"كذا\""]);
        let unfinished = "Word(\"وز";
        let found = strings_and_comments(unfinished);
        assert_eq!(found.iter().map(|part| slice(unfinished, *part)).collect::<Vec<_>>(), ["وز"]);
    }
}
