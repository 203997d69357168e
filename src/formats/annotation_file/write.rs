//! From a document to the bytes of its annotation file.

use std::fmt::Write as _;

use ron::value::RawValue;
use serde::Serialize;
use thiserror::Error;

use super::record::{
    AnnotationRecord, ArticleRecord, DecisionLine, FillerRecord, Id, KindRecord, Names, OriginRecord,
    OrphanLine, RelationRecord, SpanRecord, Time, ValueRecord, VerdictRecord,
};
use super::{CONTEXT_CHARS, VERSION, stretches};
use crate::formats::ron_fields::{Field, Kept, fields};
use crate::formats::ron_text::{Visible, quoted, to_line};
use crate::model::{
    Annotation, AnnotationId, AttributeValue, Body, Decision, DecisionRecord, Document, Fragments, Origin,
    Orphan, Relation, RoleFiller, UnknownHead,
};
use crate::text::{ByteOffset, CharOffset, SourceText, TextRange, slice};

/// Why a document cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} cannot be written: {source}")]
pub struct WriteError {
    /// Which record.
    pub what: String,
    /// Why.
    pub source: ron::Error,
}

/// Returns the annotation file of a document, one record per line. The same content gives the same text.
///
/// # Errors
///
/// When a time lies outside the years -9999 to 9999, or the record of an orphan is no RON.
pub fn save(document: &Document, annotator: &str, schema: &str) -> Result<String, WriteError> {
    let source = document.source();
    let article = ArticleRecord {
        file: Visible::from(&*document.article().file_name),
        sha256: document.article().sha256.to_string(),
        encoding: document.article().encoding.to_string(),
        chars: source.len_chars().get(),
    };
    let UnknownHead { file: unknown, article: unknown_of_article } = document.unknown_head().clone();
    let article = Kept { known: article, unknown: unknown_of_article };
    let mut out = String::from("(\n");
    let mut head = |name: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {name}: {value},");
    };
    head("version", VERSION.to_string());
    head("article", line(&"the article", &article)?);
    head("annotator", quoted(annotator));
    head("schema", quoted(schema));
    for Field { name, raw, .. } in fields(&format!("({})", unknown.as_str())).unwrap_or_default() {
        head(name, raw.to_owned());
    }

    let beginnings = stretches::beginnings(source);
    let annotations = document.annotations().iter().map(|annotation| {
        let start = annotation.body.fragments().first().start();
        let mut record = annotation_record(annotation, source);
        record.names = names(document, annotation.body.references());
        (source.char_from_byte(start), line(&annotation.id, &record))
    });
    list(&mut out, "annotations", &beginnings, annotations)?;
    let relations = relations_in_text_order(document).into_iter().map(|(start, relation)| {
        let mut record = relation_record(relation);
        record.names = names(document, [relation.from, relation.to].into_iter());
        (source.char_from_byte(start), line(&relation.id, &record))
    });
    list(&mut out, "relations", &beginnings, relations)?;
    let decisions = document.decisions().map(|decision| {
        let start = decision.key.fragments.first().start();
        let record = decision_line(decision, source);
        (source.char_from_byte(start), line(&format_args!("the decision on {}", decision.key.label), &record))
    });
    list(&mut out, "decisions", &beginnings, decisions)?;
    let mut orphans: Vec<&Orphan> = document.orphans().collect();
    orphans.sort_by_key(|orphan| (orphan.claimed, orphan.id));
    // Where an orphan stands is not known, and both sides of a merge set the same ones aside.
    list(
        &mut out,
        "orphans",
        &[],
        orphans.into_iter().map(|orphan| (orphan.claimed.0, orphan_line(orphan))),
    )?;
    out.push_str(")\n");
    Ok(out)
}

fn names(document: &Document, ids: impl Iterator<Item = AnnotationId>) -> Names {
    ids.filter_map(|id| Some((Id(id), Time(document.annotation(id)?.created)))).collect()
}

/// Returns the relations by where they start in the text, so that a new one stands beside others of its place and not
/// at the end of all.
fn relations_in_text_order(document: &Document) -> Vec<(ByteOffset, &Relation)> {
    let start = |relation: &Relation| {
        let from = document.annotation(relation.from);
        from.map_or(ByteOffset::ZERO, |annotation| annotation.body.fragments().first().start())
    };
    let mut relations: Vec<_> = document.relations().map(|relation| (start(relation), relation)).collect();
    relations.sort_by_key(|(start, relation)| (*start, relation.id));
    relations
}

/// Writes a list of records in text order, each on a line with an empty one behind it: so the changes of two neighbours
/// do not touch, and neither do additions to two stretches or to two lists.
fn list(
    out: &mut String,
    name: &str,
    beginnings: &[CharOffset],
    records: impl Iterator<Item = (CharOffset, Result<String, WriteError>)>,
) -> Result<(), WriteError> {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "  {name}: [");
    let mut beginnings = beginnings.iter().peekable();
    for (start, record) in records {
        while let Some(beginning) = beginnings.next_if(|beginning| **beginning <= start) {
            let _ = writeln!(out, "    // from {beginning}");
        }
        let _ = writeln!(out, "    {},\n", record?);
    }
    for beginning in beginnings {
        let _ = writeln!(out, "    // from {beginning}");
    }
    out.push_str("  ],\n");
    Ok(())
}

pub(super) fn line<T: Serialize>(what: &impl ToString, record: &T) -> Result<String, WriteError> {
    to_line(record).map_err(|source| WriteError { what: what.to_string(), source })
}

pub(in crate::formats) fn annotation_record(
    annotation: &Annotation,
    source: &SourceText,
) -> Kept<AnnotationRecord> {
    let hull = annotation.body.fragments().hull();
    let roles = annotation.body.as_claim().map(|claim| &claim.roles);
    let record = AnnotationRecord {
        id: Id(annotation.id),
        kind: match annotation.body {
            Body::Entity(_) => KindRecord::Entity,
            Body::Claim(_) => KindRecord::Claim,
        },
        label: Visible::from(annotation.body.label().as_str()),
        spans: span_records(annotation.body.fragments(), source),
        prefix: Visible::from(last_chars(source, hull)),
        suffix: Visible::from(first_chars(source, hull)),
        roles: roles
            .into_iter()
            .flatten()
            .map(|(role, fillers)| {
                let fillers = fillers.iter().map(|filler| filler_record(filler, source)).collect();
                (Visible::from(role.as_str()), fillers)
            })
            .collect(),
        names: Names::new(),
        attributes: annotation
            .attributes
            .iter()
            .map(|(id, value)| (Visible::from(&**id), value_record(value)))
            .collect(),
        note: Visible::from(&*annotation.note),
        origin: match &annotation.origin {
            Origin::Human => OriginRecord::Human,
            Origin::Rule { rule, pack } => {
                OriginRecord::Rule { rule: Visible::from(&**rule), pack: Visible::from(&**pack) }
            }
        },
        created: Time(annotation.created),
        modified: Time(annotation.modified),
    };
    Kept { known: record, unknown: annotation.unknown.clone() }
}

/// Returns the chars before a range, as many as are kept to find it again.
pub(in crate::formats) fn last_chars(source: &SourceText, range: TextRange) -> &str {
    let before = slice(source.as_str(), TextRange::from_indices(0, range.start().index()));
    let start = before.char_indices().rev().take(CONTEXT_CHARS).last().map_or(before.len(), |(i, _)| i);
    slice(before, TextRange::from_indices(start, before.len()))
}

/// Returns the chars after a range, as many as are kept to find it again.
pub(in crate::formats) fn first_chars(source: &SourceText, range: TextRange) -> &str {
    let after = slice(source.as_str(), TextRange::new(range.end(), source.end()));
    let end = after.char_indices().nth(CONTEXT_CHARS).map_or(after.len(), |(i, _)| i);
    slice(after, TextRange::from_indices(0, end))
}

pub(in crate::formats) fn span_records(fragments: &Fragments, source: &SourceText) -> Vec<SpanRecord> {
    let record = |range: &TextRange| SpanRecord {
        start: source.char_from_byte(range.start()).get(),
        end: source.char_from_byte(range.end()).get(),
        quote: Visible::from(source.slice(*range)),
    };
    fragments.ranges().iter().map(record).collect()
}

fn filler_record(filler: &RoleFiller, source: &SourceText) -> FillerRecord {
    match filler {
        RoleFiller::Span(fragments) => FillerRecord::Span(span_records(fragments, source)),
        RoleFiller::Entity(id) => FillerRecord::Entity(Id(*id)),
        RoleFiller::Author => FillerRecord::Author,
        RoleFiller::Unnamed => FillerRecord::Unnamed,
    }
}

fn value_record(value: &AttributeValue) -> ValueRecord {
    match value {
        AttributeValue::Flag => ValueRecord::Flag,
        AttributeValue::Choice(choice) => ValueRecord::Choice(Visible::from(&**choice)),
        AttributeValue::Integer(n) => ValueRecord::Integer(*n),
        AttributeValue::Text(text) => ValueRecord::Text(Visible::from(&**text)),
    }
}

pub(in crate::formats) fn relation_record(relation: &Relation) -> Kept<RelationRecord> {
    let record = RelationRecord {
        id: Id(relation.id),
        label: Visible::from(relation.label.as_str()),
        from: Id(relation.from),
        to: Id(relation.to),
        names: Names::new(),
        created: Time(relation.created),
    };
    Kept { known: record, unknown: relation.unknown.clone() }
}

pub(in crate::formats) fn decision_line(record: &DecisionRecord, source: &SourceText) -> Kept<DecisionLine> {
    let line = DecisionLine {
        decision: match record.decision {
            Decision::Accepted(id) => VerdictRecord::Accepted(Id(id)),
            Decision::Rejected => VerdictRecord::Rejected,
        },
        label: Visible::from(record.key.label.as_str()),
        spans: span_records(&record.key.fragments, source),
        rule: Visible::from(&*record.rule),
        pack: Visible::from(&*record.pack),
        at: Time(record.at),
    };
    Kept { known: line, unknown: record.unknown.clone() }
}

pub(super) fn orphan_line(orphan: &Orphan) -> Result<String, WriteError> {
    let what = || format!("the orphan {}", orphan.id);
    let record = RawValue::from_ron(&orphan.record)
        .map_err(|error| WriteError { what: what(), source: error.code })?;
    let record = OrphanLine { id: Id(orphan.id), reason: Visible::from(&*orphan.reason), record };
    line(&what(), &Kept { known: record, unknown: orphan.unknown.clone() })
}
