//! Steps of a change as JSON values.

use serde::Serialize;

use super::record::{DecisionLine, OrphanLine, Pair, RelationLine, SpanLine};
use super::{annotation_span, decision_line, orphan_line, pairs, relation_line};
use crate::model::Edit;
use crate::text::SourceText;

/// A step of a change.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum EditLine<'a> {
    Insert(Box<SpanLine<'a>>),
    Replace(Box<SpanLine<'a>>),
    Remove(String),
    Link(RelationLine<'a>),
    Unlink(String),
    Decide(DecisionLine<'a>),
    Undecide { label: &'a str, fragments: Vec<Pair> },
    Orphan(OrphanLine<'a>),
    Discard(String),
}

/// Returns a step in the words of a document's line; claims name the annotations in their roles by id.
///
/// # Errors
///
/// When a time lies outside the years -9999 to 9999.
pub(in crate::formats) fn edit_value(
    edit: &Edit,
    source: &SourceText,
) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::to_value(edit_line(edit, source).map_err(serde::ser::Error::custom)?)
}

fn edit_line<'a>(edit: &'a Edit, source: &'a SourceText) -> Result<EditLine<'a>, jiff::Error> {
    Ok(match edit {
        Edit::Insert(annotation) => {
            EditLine::Insert(Box::new(annotation_span(annotation, source, None, None)?))
        }
        Edit::Replace(annotation) => {
            EditLine::Replace(Box::new(annotation_span(annotation, source, None, None)?))
        }
        Edit::Remove(id) => EditLine::Remove(id.to_string()),
        Edit::Link(relation) => EditLine::Link(relation_line(relation)?),
        Edit::Unlink(id) => EditLine::Unlink(id.to_string()),
        Edit::Decide(record) => EditLine::Decide(decision_line(record, source)?),
        Edit::Undecide(key) => {
            EditLine::Undecide { label: key.label.as_str(), fragments: pairs(&key.fragments, source) }
        }
        Edit::Orphan(orphan) => EditLine::Orphan(orphan_line(orphan)),
        Edit::Discard(id) => EditLine::Discard(id.to_string()),
    })
}
