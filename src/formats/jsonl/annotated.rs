//! What agreement is computed from, of a line of the format `jsonl`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::record::Pair;
use super::{InputError, parse_line};
use crate::model::agreement::{AnnotatedArticle, CharFragments, DecidedSuggestion, Mark};
use crate::model::{AttributeValue, LabelId, LabelKind};
use crate::text::CharOffset;

/// A line with spans; its other fields are of no interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotatedLine {
    /// The article's name.
    pub id: String,
    /// Who annotated, where the line says it.
    pub annotator: Option<String>,
    /// The work.
    pub article: AnnotatedArticle,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with id, text and spans")]
struct Line {
    id: String,
    text: String,
    spans: Vec<Span>,
    annotator: Option<String>,
    article: Option<Article>,
    #[serde(default)]
    decisions: Vec<Decided>,
}

#[derive(Deserialize)]
struct Article {
    sha256: String,
}

#[derive(Deserialize)]
struct Span {
    #[serde(default)]
    kind: Kind,
    label: String,
    start: u32,
    end: u32,
    fragments: Option<Vec<Pair>>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Entity,
    Claim,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "an attribute is true, a whole number or a text")]
enum Value {
    Flag(bool),
    Integer(i64),
    Text(String),
}

#[derive(Deserialize)]
struct Decided {
    #[serde(rename = "decision")]
    verdict: Verdict,
    label: String,
    fragments: Vec<Pair>,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Accepted,
    Rejected,
}

/// Returns what was annotated and decided in a line. Where the line does not say of which file its text is, the text
/// stands for it.
///
/// # Errors
///
/// When the line is no JSON object with these fields, or a span is no place of its text.
pub fn read_annotated(line: &[u8]) -> Result<AnnotatedLine, InputError> {
    let line: Line = parse_line(line)?;
    let chars = line.text.chars().count();
    let place = |pieces: &[Pair]| {
        let offsets = pieces.iter().map(|[start, end]| (CharOffset::new(*start), CharOffset::new(*end)));
        let fragments = CharFragments::new(offsets).filter(|place| place.end().index() <= chars);
        fragments.ok_or_else(|| InputError {
            column: 1,
            message: format!(
                "{} is no place of the text, which has {chars} characters",
                pieces.first().zip(pieces.last()).map_or_else(
                    || "a span without fragments".to_owned(),
                    |(first, last)| format!("the span {}..{}", first[0], last[1])
                )
            ),
        })
    };
    let mark = |span: Span| {
        let hull = [[span.start, span.end]];
        Ok(Mark {
            kind: match span.kind {
                Kind::Entity => LabelKind::Entity,
                Kind::Claim => LabelKind::Claim,
            },
            label: LabelId::new(span.label),
            fragments: place(span.fragments.as_deref().unwrap_or(&hull))?,
            attributes: span.attributes.into_iter().filter_map(attribute).collect(),
        })
    };
    let decision = |decided: Decided| {
        Ok(DecidedSuggestion {
            label: LabelId::new(decided.label),
            fragments: place(&decided.fragments)?,
            is_accepted: decided.verdict == Verdict::Accepted,
        })
    };
    let article = AnnotatedArticle {
        sha256: line.article.map_or_else(|| sha256_of(&line.text), |article| article.sha256.into()),
        chars: u32::try_from(chars).unwrap_or(u32::MAX),
        marks: line.spans.into_iter().map(mark).collect::<Result<_, _>>()?,
        decisions: line.decisions.into_iter().map(decision).collect::<Result<_, _>>()?,
    };
    Ok(AnnotatedLine { id: line.id, annotator: line.annotator, article })
}

fn attribute((name, value): (String, Value)) -> Option<(Arc<str>, AttributeValue)> {
    let value = match value {
        Value::Flag(is_set) => is_set.then_some(AttributeValue::Flag)?,
        Value::Integer(n) => AttributeValue::Integer(n),
        Value::Text(text) => AttributeValue::Text(text.into()),
    };
    Some((name.into(), value))
}

fn sha256_of(text: &str) -> Arc<str> {
    let mut hexadecimal = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    hexadecimal.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::sample;
    use crate::formats::jsonl::document_line;

    #[test]
    fn what_was_exported_is_what_the_document_has() {
        let document = sample();
        let line = document_line("port.txt", &document, "amal", "small").expect("writable");
        let read = read_annotated(line.as_bytes()).expect("was exported");
        assert_eq!((read.id.as_str(), read.annotator.as_deref()), ("port.txt", Some("amal")));
        let mut expected = AnnotatedArticle::of(&document);
        let by_place = |article: &mut AnnotatedArticle| {
            article.marks.sort_by(|a, b| a.fragments.cmp(&b.fragments).then_with(|| a.label.cmp(&b.label)));
            for mark in &mut article.marks {
                // The format does not tell a choice from a text.
                for value in mark.attributes.values_mut() {
                    if let AttributeValue::Choice(choice) = value {
                        *value = AttributeValue::Text(Arc::clone(choice));
                    }
                }
            }
        };
        let mut found = read.article;
        by_place(&mut expected);
        by_place(&mut found);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_of_suggestions_is_read_too_and_a_span_beyond_its_text_named() {
        let line = r#"{"id":"a","text":"قال سليم","spans":[{"kind":"entity","label":"PERS","start":4,"end":8,"text":"سليم"}]}"#;
        let read = read_annotated(line.as_bytes()).expect("a line");
        assert_eq!((read.article.chars, read.article.marks.len(), read.article.sha256.len()), (8, 1, 64));
        let beyond = line.replace("\"end\":8", "\"end\":9");
        let error = read_annotated(beyond.as_bytes()).expect_err("no such place");
        assert_eq!(error.message, "the span 4..9 is no place of the text, which has 8 characters");
        let empty = line.replace("\"end\":8", "\"end\":4");
        assert!(read_annotated(empty.as_bytes()).is_err());
    }
}
