//! Parts of a document's line as JSON texts of their own, for tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::record::HeadLine;
use super::{LineError, all_roles, attribute_values, decision_line, orphan_line, relation_line};
use crate::model::{AttributeValue, Body, Document};
use crate::text::SourceText;

/// What a line says of an article beside its text and its annotations; each is JSON.
pub(in crate::formats) struct ArticleCells {
    pub(in crate::formats) relations: String,
    pub(in crate::formats) decisions: String,
    pub(in crate::formats) orphans: String,
    pub(in crate::formats) unknown: String,
}

/// Returns what a line says of an article beside its text and its annotations.
///
/// # Errors
///
/// When a time lies beyond the year 9999.
pub(in crate::formats) fn article_cells(id: &str, document: &Document) -> Result<ArticleCells, LineError> {
    let failed = |error: jiff::Error| LineError { id: id.to_owned(), message: error.to_string() };
    let source = document.source();
    let relations: Result<Vec<_>, _> = document.relations().map(relation_line).collect();
    let decisions: Result<Vec<_>, _> = document.decisions().map(|d| decision_line(d, source)).collect();
    let head = document.unknown_head();
    Ok(ArticleCells {
        relations: cell(id, &relations.map_err(failed)?)?,
        decisions: cell(id, &decisions.map_err(failed)?)?,
        orphans: cell(id, &document.orphans().map(orphan_line).collect::<Vec<_>>())?,
        unknown: cell(id, &HeadLine { file: head.file.as_str(), article: head.article.as_str() })?,
    })
}

/// Returns the roles of a claim as JSON, all of them; an empty object for a mention.
pub(in crate::formats) fn roles_cell(
    id: &str,
    body: &Body,
    source: &SourceText,
) -> Result<String, LineError> {
    cell(id, &body.as_claim().map_or_else(BTreeMap::new, |claim| all_roles(claim, source)))
}

/// Returns attributes as JSON.
pub(in crate::formats) fn attributes_cell(
    id: &str,
    attributes: &BTreeMap<Arc<str>, AttributeValue>,
) -> Result<String, LineError> {
    cell(id, &attribute_values(attributes))
}

fn cell<T: Serialize>(id: &str, value: &T) -> Result<String, LineError> {
    serde_json::to_string(value).map_err(|error| LineError { id: id.to_owned(), message: error.to_string() })
}
