//! The fields of a RON struct as text, and what is done with those that this version does not know.
//!
//! A later program of the same version may have added fields to a record. They are kept as they stand, and written again
//! at the end of the record.

use ron::error::{Error as RonError, SpannedError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use ron::value::RawValue;

use super::nearest::did_you_mean;
use super::ron_text::{Place, SyntaxError, options, syntax_error, to_line, trim_start};
use crate::model::UnknownFields;

/// A field of a struct.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    /// The value as it stands.
    pub(super) raw: &'a str,
    /// The value on one line, without comments.
    line: String,
    /// Where the name begins and where the field ends, with its comma; bytes of the struct's text.
    start: usize,
    end: usize,
}

/// A field that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) name: String,
    /// Where it stands.
    pub(super) place: Place,
    /// The nearest known name, as a question; may be empty.
    pub(super) hint: String,
    /// Name and value as they stand, and on one line.
    raw: String,
    line: String,
}

/// A record with the fields of it that this version does not know.
#[derive(Debug, Clone)]
pub(super) struct Kept<T> {
    pub(super) known: T,
    pub(super) unknown: UnknownFields,
}

impl<T> std::ops::Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.known
    }
}

impl<T> std::ops::DerefMut for Kept<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.known
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.unknown.is_empty() {
            return self.known.serialize(serializer);
        }
        let text = to_line(&self.known).map_err(serde::ser::Error::custom)?;
        let open = text.strip_suffix(')').unwrap_or(&text);
        let whole = format!("{open}, {})", self.unknown.as_str());
        let whole = RawValue::from_boxed_ron(whole.into_boxed_str());
        whole.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let (known, unknown) = parse_keeping(trim_start(raw.get_ron()), Place::START)
            .map_err(|error| serde::de::Error::custom(error.message))?;
        Ok(Self { known, unknown: on_one_line(&unknown) })
    }
}

/// Returns unknown fields as they are kept in a record, on one line.
pub(super) fn on_one_line(unknown: &[Unknown]) -> UnknownFields {
    let lines: Vec<&str> = unknown.iter().map(|field| field.line.as_str()).collect();
    UnknownFields::new(lines.join(", "))
}

/// Returns unknown fields as they stand, which may be on several lines.
pub(super) fn as_they_stand(unknown: &[Unknown]) -> UnknownFields {
    let lines: Vec<&str> = unknown.iter().map(|field| field.raw.as_str()).collect();
    UnknownFields::new(lines.join(", "))
}

/// Returns the value of a part of a file that begins at `place`, and the fields of it that are not known.
pub(super) fn parse_keeping<T: DeserializeOwned>(
    text: &str,
    place: Place,
) -> Result<(T, Vec<Unknown>), SyntaxError> {
    let error = match options().from_str(text) {
        Ok(value) => return Ok((value, Vec::new())),
        Err(error) => error,
    };
    let Some((known, unknown)) = known_part(text, &error, place) else {
        return Err(syntax_error(text, &error, place));
    };
    match options().from_str(&known) {
        Ok(value) => Ok((value, unknown)),
        // A field that has to be there may be the one that is misspelt.
        Err(SpannedError { code: RonError::MissingStructField { .. }, .. }) => {
            Err(syntax_error(text, &error, place))
        }
        Err(other) => Err(syntax_error(&known, &other, place)),
    }
}

/// Returns a struct's text in which the fields that it should not have are blank, and these fields; `None` where the
/// error is about something else.
pub(super) fn known_part(text: &str, error: &SpannedError, place: Place) -> Option<(String, Vec<Unknown>)> {
    let RonError::NoSuchStructField { expected, found, .. } = &error.code else { return None };
    let fields = fields(text)?;
    let unknown: Vec<&Field<'_>> = fields.iter().filter(|field| !expected.contains(&field.name)).collect();
    if !unknown.iter().any(|field| field.name == found) {
        return None;
    }
    let known = text.char_indices().map(|(at, c)| {
        let is_unknown = unknown.iter().any(|field| (field.start..field.end).contains(&at));
        if is_unknown && c != '\n' { ' ' } else { c }
    });
    let unknown = unknown.iter().map(|field| Unknown {
        name: field.name.to_owned(),
        place: Place::of_byte(text, field.start).within(place),
        hint: did_you_mean(field.name, expected.iter().copied()),
        raw: format!("{}: {}", field.name, field.raw),
        line: format!("{}: {}", field.name, field.line),
    });
    Some((known.collect(), unknown.collect()))
}

/// Returns the fields of a struct's text, `None` where it is none.
pub(super) fn fields(text: &str) -> Option<Vec<Field<'_>>> {
    let mut scanner = Scanner { text, rest: text };
    scanner.skip();
    while let Some(attribute) = scanner.rest.strip_prefix("#![") {
        scanner.rest = attribute.split_once(']')?.1;
        scanner.skip();
    }
    scanner.word();
    scanner.skip();
    scanner.take("(")?;
    let mut fields = Vec::new();
    loop {
        scanner.skip();
        if scanner.take(")").is_some() {
            break;
        }
        let start = scanner.at();
        let name = scanner.word();
        scanner.skip();
        scanner.take(":").filter(|()| !name.is_empty())?;
        scanner.skip();
        let (raw, line) = scanner.value()?;
        scanner.skip();
        let is_last = scanner.take(",").is_none();
        fields.push(Field { name, raw, line, start, end: scanner.at() });
        if is_last {
            scanner.take(")")?;
            break;
        }
    }
    scanner.skip();
    scanner.rest.is_empty().then_some(fields)
}

/// Goes through RON text.
struct Scanner<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// How many bytes lie behind.
    fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// Passes over white space and comments.
    fn skip(&mut self) {
        self.rest = trim_start(self.rest);
    }

    fn take(&mut self, what: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(what)?;
        Some(())
    }

    /// Takes so many bytes.
    fn advance(&mut self, len: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    /// Takes letters, digits and underscores, perhaps none.
    fn word(&mut self) -> &'a str {
        let is_inside = |c: char| c.is_alphanumeric() || c == '_';
        let len = self.rest.find(|c| !is_inside(c)).unwrap_or(self.rest.len());
        self.advance(len).unwrap_or_default()
    }

    /// Takes a value, up to what ends a field; returns it as it stands and on one line.
    fn value(&mut self) -> Option<(&'a str, String)> {
        let whole = self.rest;
        let (mut depth, mut line, mut len) = (0_usize, String::new(), 0);
        loop {
            let before = self.rest;
            self.skip();
            if self.rest.len() < before.len() && !line.is_empty() {
                line.push(' ');
            }
            let c = self.rest.chars().next()?;
            let token = match c {
                ',' | ')' if depth == 0 => break,
                '"' => self.advance(quoted_len(self.rest, '"')?)?,
                '\'' => self.advance(quoted_len(self.rest, '\'')?)?,
                c if c.is_alphanumeric() || c == '_' => self.word_or_raw_string()?,
                c => {
                    match c {
                        '(' | '[' | '{' => depth += 1,
                        ')' | ']' | '}' => depth = depth.checked_sub(1)?,
                        _ => {}
                    }
                    self.advance(c.len_utf8())?
                }
            };
            line.push_str(token);
            len = whole.len() - self.rest.len();
        }
        let raw = whole.get(..len).filter(|raw| !raw.is_empty())?;
        line.truncate(line.trim_end().len());
        Some((raw, line))
    }

    fn word_or_raw_string(&mut self) -> Option<&'a str> {
        let whole = self.rest;
        let word = self.word();
        let hashes = self.rest.len() - self.rest.trim_start_matches('#').len();
        let is_raw = matches!(word, "r" | "br") && self.rest.trim_start_matches('#').starts_with('"');
        if is_raw {
            self.advance(hashes + 1)?;
            let end = format!("\"{}", "#".repeat(hashes));
            self.advance(self.rest.find(&end)? + end.len())?;
        }
        whole.get(..whole.len() - self.rest.len())
    }
}

/// Returns the length in bytes of a quoted text that begins with its quote.
fn quoted_len(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let is_end = c == quote && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end.then_some(at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        id: u32,
        #[serde(default)]
        note: String,
    }

    const TEXT: &str = r##"Sample( // all of it
  id: 7, odd: r#"a ")" here"#, 'nested: [(a: "\")", b: ')'), /* two
  lines */ {"c": Some(1.5)}], nate: "قال",
)"##;

    #[test]
    fn fields_are_found_whatever_their_values_hold() {
        let text = TEXT.replace("'nested", "nested");
        let fields = fields(&text).expect("a struct");
        let found: Vec<(&str, &str)> = fields.iter().map(|f| (f.name, f.line.as_str())).collect();
        let nested = r#"[(a: "\")", b: ')'), {"c": Some(1.5)}]"#;
        let expected = [("id", "7"), ("odd", "r#\"a \")\" here\"#"), ("nested", nested), ("nate", "\"قال\"")];
        assert_eq!(found, expected);
        assert!(fields[2].raw.contains("/* two\n  lines */"), "as it stands");
    }

    #[test]
    fn what_is_no_struct_has_no_fields() {
        for text in ["", "[1]", "(1, 2)", "(a: )", "(a: 1", "(a: 1) x", "(a: \"x)", "(a: 1]", TEXT] {
            assert_eq!(fields(text), None, "{text}");
        }
        assert_eq!(fields(" () "), Some(Vec::new()));
    }

    #[test]
    fn unknown_fields_go_through_a_record_with_their_places_and_hints() {
        let text = TEXT.replace("'nested", "nested");
        let (record, unknown) =
            parse_keeping::<Sample>(&text, Place { line: 10, column: 5 }).expect("the known part is whole");
        assert_eq!(record, Sample { id: 7, note: String::new() });
        let told: Vec<String> = unknown.iter().map(|u| format!("{} {}{}", u.place, u.name, u.hint)).collect();
        assert_eq!(
            told,
            [
                "11:10 odd (did you mean `id`?)",
                "11:32 nested (did you mean `note`?)",
                "12:31 nate (did you mean `note`?)"
            ]
        );
        let kept = Kept { known: record, unknown: on_one_line(&unknown) };
        let written = to_line(&kept).expect("RON");
        let again: Kept<Sample> = options().from_str(&written).expect("what was written");
        assert_eq!((&again.known, &again.unknown), (&kept.known, &kept.unknown));
        assert!(!written.contains('\n') && written.starts_with("(id: 7, note: \"\", odd: "), "{written}");
    }

    #[test]
    fn a_misspelt_field_that_has_to_be_there_is_an_error_of_its_place() {
        let error = parse_keeping::<Sample>("(ids: 7)", Place::START).expect_err("no id");
        assert_eq!(error.to_string(), "1:2: there is no field `ids` here (did you mean `id`?)");
        let error = parse_keeping::<Sample>("(odd: 1,\n id: x)", Place::START).expect_err("no number");
        assert_eq!(error.place, Place { line: 2, column: 6 }, "{error}");
    }
}
