//! From the tables of an export, or any table of texts, to articles.

use std::collections::BTreeMap;

use ::parquet::errors::ParquetError;
use serde_json::{Map, Number, Value as Json, json};

use super::leaves::{Items, Leaves, Value};
use super::{ARTICLES_FILE, SPANS_FILE};
use crate::formats::exchange::{ImportError, ImportFile, ImportOptions, ImportedArticle};
use crate::formats::jsonl;
use crate::formats::ron_text::rfc3339;
use crate::model::Timestamp;

/// The columns of an article that hold JSON.
const JSON_COLUMNS: [&str; 4] = ["relations", "decisions", "orphans", "unknown"];

/// The columns with lists of spans that tables of others have, and the fields of a span.
const SPAN_LISTS: [&str; 3] = ["spans", "entities", "claims"];
const START: [&str; 3] = ["start", "start_offset", "begin"];
const END: [&str; 2] = ["end", "end_offset"];
const LABEL: [&str; 4] = ["label", "type", "class", "tag"];

/// Hands over an article, or why it could not be read.
type Each<'a> = &'a mut dyn FnMut(Result<ImportedArticle, ImportError>);

/// Reads a table with a text in each row: of an export with the spans of the file beside it, or of others with a list of
/// spans in a column. The spans of an export are read with their articles: on their own they hand over nothing.
///
/// # Errors
///
/// When it is no Parquet file, has no column with texts, or ends early.
pub(in crate::formats) fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    each: Each<'_>,
) -> Result<(), ImportError> {
    if file.name == SPANS_FILE && (file.beside)(ARTICLES_FILE).is_some() {
        return Ok(());
    }
    let text = options.text_column.unwrap_or("text");
    let mut table = open(file.bytes.to_vec(), |_| true)?;
    let paths: Vec<String> = table.paths().map(str::to_owned).collect();
    if !paths.iter().any(|path| path == text) {
        let columns = crate::text::shortened(&paths.join(", ")).into_owned();
        let message = format!("there is no column `{text}` with texts; there are {columns}");
        return Err(ImportError::new("", message, "say which column has the texts"));
    }
    let is_ours = JSON_COLUMNS.iter().all(|column| paths.iter().any(|path| path == column));
    let spans = (file.beside)(SPANS_FILE).filter(|_| is_ours && file.name == ARTICLES_FILE);
    let mut spans = spans.map(spans_by_article).transpose()?.unwrap_or_default();
    let mut row = 0_u64;
    while let Some(cells) = next(&mut table, row)? {
        row += 1;
        let place = format!("row {row}");
        let article = line(&paths, cells, is_ours).map(|mut line| {
            if is_ours {
                let key = (name_of(&line, "id"), name_of(&line, "annotator"));
                line.insert("spans".to_owned(), Json::Array(spans.remove(&key).unwrap_or_default()));
            }
            Json::Object(line)
        });
        let article = article.and_then(|line| jsonl::read_value(&line, options));
        each(article.map_err(|error| within(&place, error)));
    }
    for ((article, annotator), spans) in spans {
        let message = format!("{} spans of `{article}` by `{annotator}` have no article", spans.len());
        each(Err(ImportError::new(SPANS_FILE, message, "put the articles that belong to it beside it")));
    }
    Ok(())
}

fn open(bytes: Vec<u8>, wanted: impl Fn(&str) -> bool) -> Result<Leaves, ImportError> {
    Leaves::new(bytes, wanted).map_err(|error: ParquetError| {
        let message = format!("it is no whole Parquet file: {error}");
        ImportError::new("", message, "write the file anew, or copy it again")
    })
}

fn next(table: &mut Leaves, row: u64) -> Result<Option<Vec<Items>>, ImportError> {
    table.next_row().map_err(|message| {
        let hint = "write the file anew, or copy it again";
        ImportError::new(format!("row {}", row + 1), format!("cannot be read: {message}"), hint)
    })
}

/// Returns the error of a row with its place in the file.
fn within(row: &str, error: ImportError) -> ImportError {
    let place = if error.place.is_empty() { row.to_owned() } else { format!("{row}, {}", error.place) };
    ImportError { place, ..error }
}

fn name_of(line: &Map<String, Json>, column: &str) -> String {
    line.get(column).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// Returns a value as JSON.
fn json(value: Value) -> Result<Json, ImportError> {
    Ok(match value {
        Value::Bytes(bytes) => Json::String(String::from_utf8(bytes.to_vec()).map_err(|_| {
            ImportError::new("", "a text is no UTF-8", "write the table with texts of UTF-8")
        })?),
        Value::Number(number) => Json::Number(Number::from(number)),
        Value::Bool(value) => Json::Bool(value),
    })
}

/// Returns a row as a line of ours: columns without a list are its fields, lists of spans are spans.
fn line(paths: &[String], cells: Vec<Items>, is_ours: bool) -> Result<Map<String, Json>, ImportError> {
    let mut line = Map::new();
    let mut lists: BTreeMap<&str, Vec<Map<String, Json>>> = BTreeMap::new();
    for (path, items) in paths.iter().zip(cells) {
        let Some((column, rest)) = path.split_once('.') else {
            if let [Some(value)] = &items[..] {
                let mut value = json(value.clone())?;
                if is_ours && JSON_COLUMNS.contains(&path.as_str()) {
                    value = parsed(path, &value)?;
                }
                line.insert(path.clone(), value);
            }
            continue;
        };
        let field = rest.rsplit('.').next().unwrap_or(rest);
        let Some(field) = span_field(field).filter(|_| SPAN_LISTS.contains(&column)) else { continue };
        let spans = lists.entry(column).or_default();
        spans.resize_with(spans.len().max(items.len()), Map::new);
        for (span, item) in spans.iter_mut().zip(items) {
            let Some(value) = item else { continue };
            let value = match (field, json(value)?) {
                // A class may be a number of a list of names that the table does not have.
                ("label", Json::Number(number)) => Json::String(number.to_string()),
                (_, value) => value,
            };
            span.insert(field.to_owned(), value);
        }
    }
    let spans: Vec<Json> = lists.into_values().flatten().map(Json::Object).collect();
    if !spans.is_empty() {
        line.insert("spans".to_owned(), Json::Array(spans));
    }
    if is_ours {
        // What is said of the file comes back from the text and the store.
        line.retain(|name, _| !["sha256", "encoding", "chars", "file"].contains(&name.as_str()));
    }
    Ok(line)
}

/// Returns our name of a field of a span; `None` for what is no such field.
fn span_field(field: &str) -> Option<&'static str> {
    let is = |names: &[&str]| names.contains(&field);
    if is(&START) {
        Some("start")
    } else if is(&END) {
        Some("end")
    } else if is(&LABEL) {
        Some("label")
    } else {
        (field == "text").then_some("text")
    }
}

fn parsed(column: &str, cell: &Json) -> Result<Json, ImportError> {
    let text = cell.as_str().unwrap_or_default();
    serde_json::from_str(text).map_err(|error| {
        let message = format!("here stands no JSON: {error}");
        ImportError::new(column, message, "write the table anew with the program that it is from")
    })
}

/// Returns the spans of an export as those of lines, by article and annotator.
fn spans_by_article(bytes: Vec<u8>) -> Result<BTreeMap<(String, String), Vec<Json>>, ImportError> {
    let in_spans =
        |error: ImportError| ImportError { place: format!("{SPANS_FILE}, {}", error.place), ..error };
    let mut table = open(bytes, |_| true).map_err(in_spans)?;
    let paths: Vec<String> = table.paths().map(str::to_owned).collect();
    let mut spans: BTreeMap<(String, String), Vec<Json>> = BTreeMap::new();
    let mut row = 0_u64;
    while let Some(cells) = next(&mut table, row).map_err(in_spans)? {
        row += 1;
        let span = span(&paths, cells).map_err(|error| in_spans(within(&format!("row {row}"), error)))?;
        let key = (name_of(&span, "article"), name_of(&span, "annotator"));
        spans.entry(key).or_default().push(Json::Object(span));
    }
    Ok(spans)
}

/// Returns a row as a span of a line.
fn span(paths: &[String], cells: Vec<Items>) -> Result<Map<String, Json>, ImportError> {
    let mut span = Map::new();
    let mut edges: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
    for (path, items) in paths.iter().zip(cells) {
        let (column, is_list) =
            path.split_once('.').map_or((path.as_str(), false), |(column, _)| (column, true));
        let values = items.into_iter().flatten().map(json).collect::<Result<Vec<_>, _>>()?;
        if is_list {
            edges.insert(column, values);
            continue;
        }
        let Some(value) = values.into_iter().next() else { continue };
        let (name, value) = match (column, value) {
            ("id", value) => ("article", value),
            ("span_id", value) => ("id", value),
            ("roles" | "attributes", value) => (column, parsed(column, &value)?),
            ("created" | "modified", Json::Number(number)) => {
                let time = rfc3339(Timestamp::from_millis(number.as_i64().unwrap_or_default()));
                let time =
                    time.map_err(|error| ImportError::new(column, error.to_string(), "correct the time"))?;
                (column, Json::String(time))
            }
            (column, value) => (column, value),
        };
        span.insert(name.to_owned(), value);
    }
    if let (Some(starts), Some(ends)) = (edges.remove("starts"), edges.remove("ends")) {
        let pairs = starts.into_iter().zip(ends).map(|(start, end)| json!([start, end])).collect();
        span.insert("fragments".to_owned(), Json::Array(pairs));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;

    use super::*;
    use crate::formats::Export;
    use crate::formats::annotation_file::tests::{document_of, sample, schema};
    use crate::formats::exchange::trials::{
        assert_round_trip, document_of as document_from, documents, exported, imported,
    };
    use crate::formats::exchange::{ExportOptions, Exporter, Format, OffsetUnit, Output, format};
    use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};

    fn parquet() -> &'static Format {
        format("parquet").expect("there is one")
    }

    #[test]
    fn all_of_a_document_comes_back() {
        let (files, losses) = exported(parquet(), ExportOptions::default(), &sample());
        assert!(losses.is_empty());
        let mut articles = imported(parquet(), &files).expect("readable");
        assert_eq!(
            (articles.len(), articles[0].name.as_str(), articles[0].warnings.len()),
            (1, "port.txt", 0)
        );
        assert_eq!(articles[0].layers[0].annotator.as_deref(), Some("amal"));
        assert_eq!(document_from(articles.remove(0)), sample());
    }

    #[test]
    fn many_articles_go_into_several_groups_of_rows_and_come_back_in_order() {
        let schema = schema();
        let text = "قال سليم عون ".repeat(20_000);
        let documents =
            [document_of(&text, &["سليم"]), document_of("x", &[]), document_of("قال سليم", &["سليم", "قال"])];
        let mut exporter = Exporter::new(parquet(), &ExportOptions::default()).expect("written");
        let mut output = Output::default();
        let mut files = BTreeMap::<String, Vec<u8>>::new();
        let mut early = 0;
        for n in 0..120 {
            let name = format!("{n}.txt");
            let export =
                Export { name: &name, document: &documents[n % 3], annotator: "amal", schema: &schema };
            exporter.article(&export, &mut output).expect("writable");
            for (name, bytes) in output.take() {
                early += usize::from(n > 0);
                files.entry(name).or_default().extend(bytes);
            }
        }
        assert!(early > 0, "what is full is handed over");
        exporter.finish(&schema, &mut output).expect("writable");
        for (name, bytes) in output.take() {
            files.entry(name).or_default().extend(bytes);
        }
        let articles = imported(parquet(), &files).expect("readable");
        assert_eq!(articles.len(), 120);
        for (n, article) in articles.iter().enumerate() {
            assert_eq!(article.name, format!("{n}.txt"));
            assert_eq!(article.layers[0].annotations.len(), [1, 0, 2][n % 3], "{n}");
        }
    }

    fn read_table(bytes: &[u8]) -> Result<Vec<Result<ImportedArticle, ImportError>>, ImportError> {
        let schema = schema();
        let (now, unit) = (Timestamp::from_millis(0), OffsetUnit::CodePoint);
        let options = ImportOptions { schema: &schema, now, unit, encoding: None, text_column: None };
        let file = ImportFile { name: "train.parquet", bytes, beside: &|_| None };
        let mut articles = Vec::new();
        read(&file, &options, &mut |article| articles.push(article))?;
        Ok(articles)
    }

    /// A table as data sets have it: a list of structs in each row, null, empty and with two items.
    fn data_set() -> Vec<u8> {
        let schema = "message schema {
            optional binary text (STRING);
            optional int64 year;
            optional group entities (LIST) { repeated group list { optional group element {
                optional int64 start; optional int64 end; optional binary label (STRING);
            } } }
        }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::default()))
            .expect("a file");
        let mut group = writer.next_row_group().expect("a group");
        let texts: Vec<ByteArray> = ["x", "y", "قال سليم"].map(ByteArray::from).to_vec();
        let (defs, reps): ([i16; 4], [i16; 4]) = ([0, 1, 4, 4], [0, 0, 0, 1]);
        for column in 0..5 {
            let mut chunk = group.next_column().expect("writable").expect("a column");
            match column {
                0 => chunk.typed::<ByteArrayType>().write_batch(&texts, Some(&[1, 1, 1]), None),
                1 => chunk.typed::<Int64Type>().write_batch(&[1999], Some(&[0, 0, 1]), None),
                2 => chunk.typed::<Int64Type>().write_batch(&[4, 0], Some(&defs), Some(&reps)),
                3 => chunk.typed::<Int64Type>().write_batch(&[8, 99], Some(&defs), Some(&reps)),
                _ => {
                    let labels = ["PERS", "GPE"].map(ByteArray::from);
                    chunk.typed::<ByteArrayType>().write_batch(&labels, Some(&defs), Some(&reps))
                }
            }
            .expect("writable");
            chunk.close().expect("writable");
        }
        group.close().expect("writable");
        writer.into_inner().expect("writable")
    }

    #[test]
    fn a_data_set_with_lists_of_spans_is_read() {
        let articles = read_table(&data_set()).expect("readable");
        let articles: Vec<ImportedArticle> = articles.into_iter().map(|a| a.expect("readable")).collect();
        assert_eq!(articles.iter().map(|a| a.layers.len()).collect::<Vec<_>>(), [0, 0, 1]);
        let last = &articles[2];
        assert_eq!(last.layers[0].annotations.len(), 1);
        assert_eq!(last.text.slice(last.layers[0].annotations[0].body.fragments().hull()), "سليم");
        assert_eq!(last.metadata.get("year").map(String::as_str), Some("1999"));
        assert!(last.warnings[0].message.contains("GPE is left out: 0..99"), "{:?}", last.warnings);
    }

    #[test]
    fn a_table_without_texts_is_told_of_with_its_columns() {
        let (files, _) = exported(parquet(), ExportOptions::default(), &sample());
        let schema = schema();
        let options = ImportOptions {
            schema: &schema,
            now: Timestamp::from_millis(0),
            unit: OffsetUnit::CodePoint,
            encoding: None,
            text_column: Some("body"),
        };
        let file = ImportFile { name: "a.parquet", bytes: &files[ARTICLES_FILE], beside: &|_| None };
        let error = read(&file, &options, &mut |_| {}).expect_err("no such column").to_string();
        assert!(
            error.starts_with("there is no column `body` with texts; there are id, text, sha256"),
            "{error}"
        );
        assert!(read_table(b"PAR1").is_err_and(|error| error.message.contains("no whole Parquet file")));
    }

    #[test]
    fn spans_whose_article_is_missing_are_told_of() {
        let (mut files, _) = exported(parquet(), ExportOptions::default(), &sample());
        let schema = schema();
        let mut exporter = Exporter::new(parquet(), &ExportOptions::default()).expect("written");
        let mut output = Output::default();
        exporter
            .article(
                &Export {
                    name: "other.txt",
                    document: &document_of("x", &[]),
                    annotator: "amal",
                    schema: &schema,
                },
                &mut output,
            )
            .expect("writable");
        exporter.finish(&schema, &mut output).expect("writable");
        let articles = output.take().into_iter().filter(|(name, _)| name == ARTICLES_FILE);
        files.insert(ARTICLES_FILE.to_owned(), articles.flat_map(|(_, bytes)| bytes).collect());
        let error = imported(parquet(), &files).expect_err("no article").to_string();
        assert_eq!(error, "spans.parquet: 3 spans of `port.txt` by `amal` have no article");
    }

    proptest! {
        #[test]
        fn any_document_comes_back_and_is_written_to_the_same_bytes(document in documents()) {
            prop_assert_eq!(assert_round_trip(parquet(), ExportOptions::default(), &document), document);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(noise in prop::collection::vec(any::<u8>(), 1..8), at in any::<prop::sample::Index>()) {
            let mut bytes = data_set();
            let at = at.index(bytes.len());
            let end = (at + noise.len()).min(bytes.len());
            bytes.splice(at..end, noise);
            let _ = read_table(&bytes);
        }
    }
}
