//! Tables for data frames and Hugging Face: `spans.parquet` has a row for each span, `articles.parquet` one for each
//! article and annotator, also those without a span.
//!
//! Offsets are code points. A span has the columns `id` (of its article), `start`, `end`, `label`, `text`, `annotator`,
//! `origin`, then what makes the two tables as good as the annotation files: `kind` (entity or claim), `span_id`,
//! `starts` and `ends` of its pieces, `roles` and `attributes` as JSON, `note`, `rule`, `pack`, `created`, `modified`,
//! `unknown`. An article has `id`, `text`, `sha256`, `encoding`, `chars`, `file`, `annotator`, `schema`, and `relations`,
//! `decisions`, `orphans`, `unknown` as JSON. What stands in JSON is as in our lines.
//!
//! Invariant: what is held in memory does not grow with the articles, but for the table of contents at a file's end.

mod leaves;
mod read;
mod table;

use super::exchange::{Export, ExportError, Losses, Output, Writer};
use super::jsonl::{self, LineError};
use crate::model::{Annotation, Body, Origin, Schema};
use crate::text::{SourceText, TextRange};
pub(super) use read::read;
use table::{Cell, Table};

const SPANS_FILE: &str = "spans.parquet";
const ARTICLES_FILE: &str = "articles.parquet";

const SPANS: &str = "message spans {
  required binary id (STRING);
  required int64 start;
  required int64 end;
  required binary label (STRING);
  required binary text (STRING);
  required binary annotator (STRING);
  required binary origin (STRING);
  required binary kind (STRING);
  required binary span_id (STRING);
  required group starts (LIST) { repeated group list { required int64 element; } }
  required group ends (LIST) { repeated group list { required int64 element; } }
  required binary roles (STRING);
  required binary attributes (STRING);
  required binary note (STRING);
  required binary rule (STRING);
  required binary pack (STRING);
  required int64 created (TIMESTAMP(MILLIS,true));
  required int64 modified (TIMESTAMP(MILLIS,true));
  required binary unknown (STRING);
}";

const ARTICLES: &str = "message articles {
  required binary id (STRING);
  required binary text (STRING);
  required binary sha256 (STRING);
  required binary encoding (STRING);
  required int64 chars;
  required binary file (STRING);
  required binary annotator (STRING);
  required binary schema (STRING);
  required binary relations (STRING);
  required binary decisions (STRING);
  required binary orphans (STRING);
  required binary unknown (STRING);
}";

/// Writes the two tables.
pub(super) struct ParquetWriter {
    spans: Table,
    articles: Table,
}

impl ParquetWriter {
    /// Returns what writes an export.
    pub(super) fn new() -> Self {
        Self { spans: Table::new(SPANS, "text"), articles: Table::new(ARTICLES, "text") }
    }
}

impl Writer for ParquetWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        _losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let row = article_row(export)?;
        let source = export.document.source();
        let spans = export.document.annotations().iter();
        let spans = spans.map(|annotation| span_row(export, annotation, source));
        let spans = spans.collect::<Result<Vec<_>, _>>()?;
        self.articles.push(row);
        for (file, table, rows) in
            [(SPANS_FILE, &mut self.spans, spans), (ARTICLES_FILE, &mut self.articles, Vec::new())]
        {
            for row in rows {
                table.push(row);
                let bytes = table.take_full().map_err(|error| export.refused(error))?;
                put(output, file, &bytes);
            }
            let bytes = table.take_full().map_err(|error| export.refused(error))?;
            put(output, file, &bytes);
        }
        Ok(())
    }

    fn finish(&mut self, _schema: &Schema, output: &mut Output) -> Result<(), ExportError> {
        for (file, table) in [(SPANS_FILE, &mut self.spans), (ARTICLES_FILE, &mut self.articles)] {
            let bytes = table.finish();
            let bytes = bytes.map_err(|error| ExportError::Article {
                name: file.to_owned(),
                message: error.to_string(),
            })?;
            put(output, file, &bytes);
        }
        Ok(())
    }
}

fn put(output: &mut Output, file: &str, bytes: &[u8]) {
    if !bytes.is_empty() {
        output.append(file, bytes);
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn article_row(export: &Export<'_>) -> Result<Vec<Cell>, LineError> {
    let Export { name, document, annotator, schema } = *export;
    let (article, source) = (document.article(), document.source());
    let cells = jsonl::article_cells(name, document)?;
    Ok(vec![
        text(name),
        text(source.as_str()),
        text(&*article.sha256),
        text(article.encoding.to_string()),
        Cell::Number(i64::from(source.len_chars().get())),
        text(&*article.file_name),
        text(annotator),
        text(schema.name()),
        text(cells.relations),
        text(cells.decisions),
        text(cells.orphans),
        text(cells.unknown),
    ])
}

fn span_row(
    export: &Export<'_>,
    annotation: &Annotation,
    source: &SourceText,
) -> Result<Vec<Cell>, LineError> {
    let fragments = annotation.body.fragments();
    let hull = fragments.hull();
    let char_at = |at| i64::from(source.char_from_byte(at).get());
    let edges = |edge: fn(TextRange) -> crate::text::ByteOffset| {
        Cell::Numbers(fragments.ranges().iter().map(|range| char_at(edge(*range))).collect())
    };
    let (origin, rule, pack) = match &annotation.origin {
        Origin::Human => ("human", "", ""),
        Origin::Rule { rule, pack } => ("rule", &**rule, &**pack),
    };
    let kind = match annotation.body {
        Body::Entity(_) => "entity",
        Body::Claim(_) => "claim",
    };
    Ok(vec![
        text(export.name),
        Cell::Number(char_at(hull.start())),
        Cell::Number(char_at(hull.end())),
        text(annotation.body.label().as_str()),
        text(source.slice(hull)),
        text(export.annotator),
        text(origin),
        text(kind),
        text(annotation.id.to_string()),
        edges(TextRange::start),
        edges(TextRange::end),
        text(jsonl::roles_cell(export.name, &annotation.body, source)?),
        text(jsonl::attributes_cell(export.name, &annotation.attributes)?),
        text(&*annotation.note),
        text(rule),
        text(pack),
        Cell::Number(annotation.created.millis()),
        Cell::Number(annotation.modified.millis()),
        text(annotation.unknown.as_str()),
    ])
}
