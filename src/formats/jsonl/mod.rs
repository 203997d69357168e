//! Our own JSON lines: one document per line, as `hashiya suggest` prints them and as the format `jsonl` of
//! `hashiya export`.
//!
//! ```json
//! {"id":"port.txt","text":"…","spans":[{"kind":"entity","label":"GPE","start":0,"end":6,"text":"طرابلس","rule":"ar/gpe","pack":"ar-news@1","confidence":0.9,"why":"…"}]}
//! ```
//!
//! Offsets are chars, half-open. `start` and `end` hull the span, `fragments` are its pieces; `text` is what the hull
//! covers. A claim's `source`, `cue` and `about` are hulls; what they cannot say (who is unnamed, which annotation
//! is meant, other roles) stands in `roles`. Spans are sorted by start, then longer first, then label.

mod annotated;
mod cells;
mod edits;
mod layer;
mod read;
mod record;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ron_text;
use crate::model::{
    Annotation, AttributeValue, Body, Claim, Decision, DecisionRecord, Document, Explanation, Fragments,
    Origin, Orphan, Relation, RoleFiller, RoleId, Suggestion,
};
use crate::text::{SourceText, TextRange, shortened_to};
pub use annotated::{AnnotatedLine, read_annotated};
pub(super) use cells::{article_cells, attributes_cell, roles_cell};
pub(super) use edits::edit_value;
pub(super) use read::{article_text, metadata, read_article, read_attributes, read_value};
pub(super) use record::ValueLine;
use record::{
    ArticleLine, DecisionLine, DocumentLine, ExplanationLine, FillerLine, HeadLine, LoserLine, OrphanLine,
    Pair, PieceLine, RelationLine, SpanLine, SuggestionsLine,
};

/// Why a line cannot be written: a time beyond the year 9999, and nothing else.
#[derive(Debug, Error)]
#[error("{id} cannot be written: {message}")]
pub struct LineError {
    /// The document.
    pub id: String,
    /// Why.
    pub message: String,
}

/// How suggestions are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// A JSON object.
    Json,
    /// A RON value with the same fields.
    Ron,
}

/// A document of an input line; its other fields are of no interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputLine {
    /// Its name; a number is taken as it is written.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// Why a line is no document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("column {column}: {message}")]
pub struct InputError {
    /// Where in the line, in bytes from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Returns the document of a line `{"id": …, "text": …}`.
///
/// # Errors
///
/// When the line is no JSON object with these fields.
pub fn read_document(line: &[u8]) -> Result<InputLine, InputError> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "`id` must be a text or a number")]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    #[derive(Deserialize)]
    #[serde(expecting = "an object with id and text")]
    struct Line {
        id: Id,
        text: String,
    }
    let Line { id, text } = parse_line(line)?;
    let id = match id {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    };
    Ok(InputLine { id, text })
}

/// The most chars of what the parser says of a mistake: it may quote what stands in the line.
const MESSAGE_CHARS: usize = 200;

/// Returns the value of a JSON line.
pub(super) fn parse_line<T: DeserializeOwned>(line: &[u8]) -> Result<T, InputError> {
    // A byte order mark at the beginning of a file is not part of its first line.
    let json = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    serde_json::from_slice(json).map_err(|error| {
        let column = error.column().max(1);
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        InputError {
            column,
            message: shortened_to(message.strip_suffix(&place).unwrap_or(&message), MESSAGE_CHARS)
                .into_owned(),
        }
    })
}

/// Returns the suggestions for an article as one line, without a line end. With `explain`, each has what matched,
/// what held and what it beat.
///
/// # Errors
///
/// Never for suggestions that a rule made: nothing in them cannot be written.
pub fn suggestions_line(
    id: &str,
    source: &SourceText,
    suggestions: &[Suggestion],
    explain: bool,
    notation: Notation,
) -> Result<String, LineError> {
    let mut suggestions: Vec<&Suggestion> = suggestions.iter().collect();
    suggestions.sort_by(|a, b| line_order(&a.body, &b.body));
    let spans = suggestions.into_iter().map(|suggestion| SpanLine {
        rule: &suggestion.rule,
        pack: &suggestion.pack,
        confidence: suggestion.confidence,
        why: Some(&suggestion.why),
        attributes: Some(attribute_values(&suggestion.attributes))
            .filter(|attributes| !attributes.is_empty()),
        explanation: explain.then(|| explanation(&suggestion.explanation, source)),
        ..span(&suggestion.body, source, None)
    });
    let line = SuggestionsLine { id, text: source.as_str(), spans: spans.collect() };
    write(id, &line, notation)
}

/// Returns the line that stands in the place of a document that was passed over, without a line end.
///
/// # Errors
///
/// Never: a text can be written.
pub fn error_line(error: &str, notation: Notation) -> Result<String, LineError> {
    #[derive(Serialize)]
    struct Line<'a> {
        error: &'a str,
    }
    write("", &Line { error }, notation)
}

/// Returns a document with all that was annotated and decided as one line, without a line end.
///
/// # Errors
///
/// When a time lies beyond the year 9999.
pub fn document_line(
    id: &str,
    document: &Document,
    annotator: &str,
    schema: &str,
) -> Result<String, LineError> {
    let failed = |error: jiff::Error| LineError { id: id.to_owned(), message: error.to_string() };
    let source = document.source();
    let mut annotations: Vec<&Annotation> = document.annotations().iter().map(AsRef::as_ref).collect();
    annotations.sort_by(|a, b| line_order(&a.body, &b.body).then(a.id.cmp(&b.id)));
    let spans: Result<Vec<_>, _> = annotations
        .into_iter()
        .map(|annotation| annotation_span(annotation, document.source(), Some(document), Some(annotator)))
        .collect();
    let relations: Result<Vec<_>, _> = document.relations().map(relation_line).collect();
    let decisions: Result<Vec<_>, _> = document.decisions().map(|d| decision_line(d, source)).collect();
    let article = document.article();
    let line = DocumentLine {
        id,
        text: source.as_str(),
        spans: spans.map_err(failed)?,
        annotator,
        schema,
        article: ArticleLine {
            file: &article.file_name,
            sha256: &article.sha256,
            encoding: article.encoding.to_string(),
            chars: source.len_chars().get(),
        },
        relations: relations.map_err(failed)?,
        decisions: decisions.map_err(failed)?,
        orphans: document.orphans().map(orphan_line).collect(),
        unknown: HeadLine {
            file: document.unknown_head().file.as_str(),
            article: document.unknown_head().article.as_str(),
        },
    };
    write(id, &line, Notation::Json)
}

fn write<T: Serialize>(id: &str, line: &T, notation: Notation) -> Result<String, LineError> {
    let text = match notation {
        Notation::Json => serde_json::to_string(line).map_err(|error| error.to_string()),
        Notation::Ron => ron_text::to_line(line).map_err(|error| error.to_string()),
    };
    text.map_err(|message| LineError { id: id.to_owned(), message })
}

/// Returns the order of spans in a line: by start, longer first, then by label.
fn line_order(a: &Body, b: &Body) -> std::cmp::Ordering {
    let (x, y) = (a.fragments().hull(), b.fragments().hull());
    x.start().cmp(&y.start()).then(y.end().cmp(&x.end())).then_with(|| a.label().cmp(b.label()))
}

/// Returns what suggestion and annotation have in common. Annotations that fill roles are looked up in `document`.
fn span<'a>(body: &'a Body, source: &'a SourceText, document: Option<&Document>) -> SpanLine<'a> {
    let fragments = body.fragments();
    let [start, end] = pair(fragments.hull(), source);
    let claim = body.as_claim();
    let role = |role: &str| claim.map(|claim| hulls(claim.role(role), source, document));
    SpanLine {
        kind: if claim.is_some() { "claim" } else { "entity" },
        label: body.label().as_str(),
        start,
        end,
        fragments: (claim.is_some() || fragments.ranges().len() > 1).then(|| pairs(fragments, source)),
        source: role(RoleId::SOURCE),
        cue: role(RoleId::CUE),
        about: role("ABOUT"),
        roles: claim.map_or_else(BTreeMap::new, |claim| roles(claim, source)),
        text: source.slice(fragments.hull()),
        rule: "",
        pack: "",
        confidence: 1.0,
        why: None,
        annotator: None,
        origin: None,
        attributes: None,
        id: None,
        note: None,
        created: None,
        modified: None,
        explanation: None,
        unknown: "",
    }
}

fn annotation_span<'a>(
    annotation: &'a Annotation,
    source: &'a SourceText,
    document: Option<&Document>,
    annotator: Option<&'a str>,
) -> Result<SpanLine<'a>, jiff::Error> {
    let (origin, rule, pack) = match &annotation.origin {
        Origin::Human => ("human", "", ""),
        Origin::Rule { rule, pack } => ("rule", &**rule, &**pack),
    };
    Ok(SpanLine {
        rule,
        pack,
        annotator,
        origin: Some(origin),
        attributes: Some(attribute_values(&annotation.attributes)),
        id: Some(annotation.id.to_string()),
        note: Some(&*annotation.note).filter(|note| !note.is_empty()),
        created: Some(ron_text::rfc3339(annotation.created)?),
        modified: Some(ron_text::rfc3339(annotation.modified)?),
        unknown: annotation.unknown.as_str(),
        ..span(&annotation.body, source, document)
    })
}

fn pair(range: TextRange, source: &SourceText) -> Pair {
    [source.char_from_byte(range.start()).get(), source.char_from_byte(range.end()).get()]
}

fn pairs(fragments: &Fragments, source: &SourceText) -> Vec<Pair> {
    fragments.ranges().iter().map(|range| pair(*range, source)).collect()
}

fn hulls(fillers: &[RoleFiller], source: &SourceText, document: Option<&Document>) -> Vec<Pair> {
    let hull = |filler: &RoleFiller| match filler {
        RoleFiller::Span(fragments) => Some(fragments.hull()),
        RoleFiller::Entity(id) => Some(document?.annotation(*id)?.body.fragments().hull()),
        RoleFiller::Author | RoleFiller::Unnamed => None,
    };
    fillers.iter().filter_map(hull).map(|range| pair(range, source)).collect()
}

/// Returns the roles, where the flat fields do not say everything.
fn roles<'a>(claim: &'a Claim, source: &SourceText) -> BTreeMap<&'a str, Vec<FillerLine>> {
    let is_flat = |(role, fillers): (&RoleId, &Vec<RoleFiller>)| {
        matches!(role.as_str(), RoleId::SOURCE | RoleId::CUE | "ABOUT")
            && fillers.iter().all(|f| matches!(f, RoleFiller::Span(span) if span.ranges().len() == 1))
    };
    if claim.roles.iter().all(is_flat) {
        return BTreeMap::new();
    }
    all_roles(claim, source)
}

/// Returns all roles with their fillers.
fn all_roles<'a>(claim: &'a Claim, source: &SourceText) -> BTreeMap<&'a str, Vec<FillerLine>> {
    let line = |filler: &RoleFiller| match filler {
        RoleFiller::Span(fragments) => FillerLine::Span(pairs(fragments, source)),
        RoleFiller::Entity(id) => FillerLine::Entity(id.to_string()),
        RoleFiller::Author => FillerLine::Author,
        RoleFiller::Unnamed => FillerLine::Unnamed,
    };
    claim.roles.iter().map(|(role, fillers)| (role.as_str(), fillers.iter().map(line).collect())).collect()
}

/// Returns attributes by name: flags as `true`, numbers, all else as text.
pub(super) fn attribute_values(
    attributes: &BTreeMap<std::sync::Arc<str>, AttributeValue>,
) -> BTreeMap<&str, ValueLine<'_>> {
    let value = |value| match value {
        &AttributeValue::Flag => ValueLine::Flag(true),
        &AttributeValue::Integer(n) => ValueLine::Integer(n),
        AttributeValue::Choice(text) | AttributeValue::Text(text) => ValueLine::Text(text),
    };
    attributes.iter().map(|(id, v)| (&**id, value(v))).collect()
}

fn explanation<'a>(explanation: &'a Explanation, source: &'a SourceText) -> ExplanationLine<'a> {
    let piece = |piece: &'a crate::model::Piece| {
        let [start, end] = pair(piece.range, source);
        PieceLine {
            element: &piece.element,
            start,
            end,
            text: source.slice(piece.range),
            form: piece.form.as_deref(),
            proclitic: &piece.proclitic,
        }
    };
    let loser = |loser: &'a crate::model::Loser| LoserLine {
        rule: &loser.rule,
        label: loser.label.as_str(),
        fragments: pairs(&loser.fragments, source),
        reason: &loser.reason,
    };
    ExplanationLine {
        pieces: explanation.pieces.iter().map(piece).collect(),
        guards: explanation.guards.iter().map(|guard| &**guard).collect(),
        losers: explanation.losers.iter().map(loser).collect(),
    }
}

fn relation_line(relation: &Relation) -> Result<RelationLine<'_>, jiff::Error> {
    Ok(RelationLine {
        id: relation.id.to_string(),
        label: relation.label.as_str(),
        from: relation.from.to_string(),
        to: relation.to.to_string(),
        created: ron_text::rfc3339(relation.created)?,
        unknown: relation.unknown.as_str(),
    })
}

fn decision_line<'a>(
    record: &'a DecisionRecord,
    source: &SourceText,
) -> Result<DecisionLine<'a>, jiff::Error> {
    let (decision, annotation) = match record.decision {
        Decision::Accepted(id) => ("accepted", Some(id.to_string())),
        Decision::Rejected => ("rejected", None),
    };
    Ok(DecisionLine {
        decision,
        annotation,
        label: record.key.label.as_str(),
        fragments: pairs(&record.key.fragments, source),
        rule: &record.rule,
        pack: &record.pack,
        at: ron_text::rfc3339(record.at)?,
        unknown: record.unknown.as_str(),
    })
}

fn orphan_line(orphan: &Orphan) -> OrphanLine<'_> {
    OrphanLine {
        id: orphan.id.to_string(),
        label: orphan.label.as_str(),
        quote: &orphan.quote,
        start: orphan.claimed.0.get(),
        end: orphan.claimed.1.get(),
        reason: &orphan.reason,
        record: &orphan.record,
        unknown: orphan.unknown.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::sample;
    use crate::model::{Entity, Loser, Piece};

    const TEXT: &str = "👩‍👩‍👧 قال سليم: المرفأ مفتوح";

    fn span(part: &str) -> Fragments {
        let start = TEXT.find(part).expect("a part of the text");
        Fragments::single(TextRange::from_indices(start, start + part.len())).expect("not empty")
    }

    fn suggestion(body: Body) -> Suggestion {
        Suggestion {
            body,
            attributes: BTreeMap::new(),
            rule: "ar/x".into(),
            pack: "ar-news@1".into(),
            confidence: 0.9,
            why: "because".into(),
            explanation: Explanation {
                pieces: vec![Piece {
                    element: "list \"say\"".into(),
                    range: span("قال").first(),
                    form: None,
                    proclitic: "".into(),
                }],
                guards: vec!["no verb before".into()],
                losers: vec![Loser {
                    rule: "ar/y".into(),
                    label: "GPE".into(),
                    fragments: span("سليم"),
                    reason: "shorter".into(),
                }],
            },
        }
    }

    fn suggestions() -> Vec<Suggestion> {
        let claim = Claim {
            label: "CLAIM".into(),
            content: span("المرفأ مفتوح"),
            roles: BTreeMap::from([
                (RoleId::from("SOURCE"), vec![RoleFiller::Span(span("سليم"))]),
                (RoleId::from("CUE"), vec![RoleFiller::Span(span("قال"))]),
            ]),
        };
        let person = Entity { label: "PERS".into(), fragments: span("سليم") };
        vec![suggestion(Body::Claim(claim)), suggestion(Body::Entity(person))]
    }

    #[test]
    fn a_line_of_suggestions_has_the_fields_in_their_order_and_counts_chars() {
        let source = SourceText::new(TEXT);
        let line =
            suggestions_line("a.txt", &source, &suggestions(), false, Notation::Json).expect("writable");
        assert_eq!(
            line,
            format!(
                r#"{{"id":"a.txt","text":"{TEXT}","spans":[{{"kind":"entity","label":"PERS","start":10,"end":14,"text":"سليم","rule":"ar/x","pack":"ar-news@1","confidence":0.9,"why":"because"}},{{"kind":"claim","label":"CLAIM","start":16,"end":28,"fragments":[[16,28]],"source":[[10,14]],"cue":[[6,9]],"about":[],"text":"المرفأ مفتوح","rule":"ar/x","pack":"ar-news@1","confidence":0.9,"why":"because"}}]}}"#
            )
        );
    }

    #[test]
    fn an_input_line_may_have_a_number_as_its_id_and_other_fields() {
        let line = read_document(br#"{"id": 7, "text": "x", "url": [1]}"#).expect("a document");
        assert_eq!(line, InputLine { id: "7".into(), text: "x".into() });
        let error = read_document(br#"{"id": "a", "txt": "x"}"#).expect_err("no text");
        assert_eq!(error.to_string(), "column 23: missing field `text`");
    }

    #[test]
    fn an_explained_line_says_what_matched_and_what_lost() {
        let source = SourceText::new(TEXT);
        let line =
            suggestions_line("a", &source, &suggestions()[1..], true, Notation::Json).expect("writable");
        assert!(line.ends_with(
            r#""explanation":{"pieces":[{"element":"list \"say\"","start":6,"end":9,"text":"قال"}],"guards":["no verb before"],"losers":[{"rule":"ar/y","label":"GPE","fragments":[[10,14]],"reason":"shorter"}]}}]}"#
        ), "{line}");
    }

    #[test]
    fn the_same_in_ron_is_one_line_that_reads_back() {
        let source = SourceText::new(TEXT);
        let line = suggestions_line("a", &source, &suggestions(), true, Notation::Ron).expect("writable");
        assert_eq!(line.lines().count(), 1);
        assert!(line.starts_with(r#"(id: "a", text: ""#), "{line}");
        ron::from_str::<ron::Value>(&line).expect("RON");
    }

    #[test]
    fn the_line_of_a_document_loses_nothing() {
        let line = document_line("port.txt", &sample(), "amal", "small").expect("writable");
        let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        insta::assert_json_snapshot!(value);
    }
}
