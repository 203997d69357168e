//! Lines for spaCy and Prodigy: a task for each article, with tokens, spans and relations.
//!
//! ```json
//! {"id":"port.txt","text":"…","tokens":[{"text":"قال","start":0,"end":3,"id":0,"ws":true}],"spans":[{"start":4,"end":12,"token_start":1,"token_end":2,"label":"PERS","id":1,"text":"سليم عون"}],"relations":[],"answer":"accept","_annotator_id":"amal"}
//! ```
//!
//! Offsets are code points. Tokens are parted where a span begins or ends, so that spaCy finds every span on tokens. The
//! last token of a span counts, as in Prodigy, and `head` and `child` of a relation are the last tokens of its spans.
//! Read are spans as objects and as `[start, end, label]`, under `spans`, `entities` and `ents`.

mod read;
mod tokens;

use std::collections::BTreeMap;

use serde::Serialize;

use super::exchange::{Export, ExportError, FlatSpan, LINES_FILE, Loss, Losses, Output, Writer, flatten};
use super::json_value;
use super::jsonl::{ValueLine, attribute_values};
use crate::model::{Annotation, Origin, RoleFiller};
use crate::text::TextRange;
pub(super) use read::read;
use tokens::{TokenLine, Tokens};

/// What a line cannot keep.
pub(super) const LOSSES: &[Loss] = &[Loss::Decisions, Loss::Orphans, Loss::Times];

#[derive(Serialize)]
struct TaskLine<'a> {
    id: &'a str,
    text: &'a str,
    tokens: &'a [TokenLine<'a>],
    spans: &'a [SpanLine<'a>],
    relations: Vec<RelationLine<'a>>,
    answer: &'static str,
    #[serde(rename = "_annotator_id", skip_serializing_if = "str::is_empty")]
    annotator: &'a str,
}

#[derive(Serialize)]
struct SpanLine<'a> {
    start: u32,
    end: u32,
    token_start: usize,
    token_end: usize,
    label: &'a str,
    id: usize,
    text: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'a str, ValueLine<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    rule: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pack: &'a str,
    /// Roles that no span fills.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    roles: BTreeMap<&'a str, Vec<&'static str>>,
}

#[derive(Serialize)]
struct RelationLine<'a> {
    head: usize,
    child: usize,
    label: &'a str,
    head_span: EndLine<'a>,
    child_span: EndLine<'a>,
}

/// A span at the end of a relation.
#[derive(Serialize)]
struct EndLine<'a> {
    start: u32,
    end: u32,
    token_start: usize,
    token_end: usize,
    label: &'a str,
    id: usize,
}

/// Writes a line for each article.
pub(super) struct SpacyWriter;

impl Writer for SpacyWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        _losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let source = export.document.source();
        let flat = flatten(export.document).split();
        let ranges: Vec<TextRange> = flat.spans.iter().map(|span| span.fragments.hull()).collect();
        let tokens = Tokens::new(source, &ranges);
        let spans: Vec<SpanLine<'_>> = (1..)
            .zip(flat.spans.iter().zip(ranges))
            .map(|(id, (span, range))| span_line(id, span, tokens.of(range), source.slice(range), &tokens))
            .collect();
        let relations = flat.links.iter().map(|link| {
            let (head, child) = (&spans[link.from], &spans[link.to]);
            RelationLine {
                head: head.token_end,
                child: child.token_end,
                label: link.label,
                head_span: end_line(head),
                child_span: end_line(child),
            }
        });
        let line = TaskLine {
            id: export.name,
            text: source.as_str(),
            tokens: &tokens.lines,
            spans: &spans,
            relations: relations.collect(),
            answer: "accept",
            annotator: export.annotator,
        };
        let line = json_value::line(&line).map_err(|error| export.refused(error))?;
        output.append(LINES_FILE, (line + "\n").as_bytes());
        Ok(())
    }
}

fn span_line<'a>(
    id: usize,
    span: &FlatSpan<'a>,
    (token_start, token_end): (usize, usize),
    text: &'a str,
    tokens: &Tokens<'_>,
) -> SpanLine<'a> {
    let (rule, pack) = match span.annotation.map(|annotation| &annotation.origin) {
        Some(Origin::Rule { rule, pack }) => (&**rule, &**pack),
        Some(Origin::Human) | None => ("", ""),
    };
    SpanLine {
        start: tokens.lines.get(token_start).map_or(0, |token| token.start),
        end: tokens.lines.get(token_end).map_or(0, |token| token.end),
        token_start,
        token_end,
        label: span.label,
        id,
        text,
        attributes: span.annotation.map(|a| attribute_values(&a.attributes)).unwrap_or_default(),
        note: span.annotation.map_or("", |annotation| &annotation.note),
        rule,
        pack,
        roles: span.annotation.map(implicit_roles).unwrap_or_default(),
    }
}

/// Returns the roles of a claim that the author or somebody unnamed fills.
fn implicit_roles(annotation: &Annotation) -> BTreeMap<&str, Vec<&'static str>> {
    let mut implicit = BTreeMap::new();
    for (role, fillers) in annotation.body.as_claim().into_iter().flat_map(|claim| &claim.roles) {
        let fillers: Vec<&'static str> = fillers
            .iter()
            .filter_map(|filler| match filler {
                RoleFiller::Author => Some("author"),
                RoleFiller::Unnamed => Some("unnamed"),
                RoleFiller::Span(_) | RoleFiller::Entity(_) => None,
            })
            .collect();
        if !fillers.is_empty() {
            implicit.insert(role.as_str(), fillers);
        }
    }
    implicit
}

fn end_line<'a>(span: &SpanLine<'a>) -> EndLine<'a> {
    let SpanLine { start, end, token_start, token_end, label, id, .. } = *span;
    EndLine { start, end, token_start, token_end, label, id }
}
