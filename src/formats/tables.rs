//! Tables of articles (CSV, TSV): a row for each, with a column for the text.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::exchange::{ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Reader};
use super::nearest::did_you_mean;
use super::plain_text::decoded;
use crate::text::{SourceText, shortened};

/// What reads tables divided by commas or semicolons.
pub(super) const CSV_READER: Reader = Reader::File { extensions: &["csv"], read: read_csv };

/// What reads tables divided by tabs.
pub(super) const TSV_READER: Reader = Reader::File { extensions: &["tsv", "tab"], read: read_tsv };

/// What the column with the text is usually called, the likeliest first.
const TEXT_COLUMNS: &[&str] = &["text", "content", "body", "article"];

/// What the column with the name is usually called.
const NAME_COLUMNS: &[&str] = &["id", "name", "file", "filename", "file_name"];

fn read_csv(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    read(file, None, options, sink)
}

fn read_tsv(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    read(file, Some(b'\t'), options, sink)
}

fn read(
    file: &ImportFile<'_>,
    delimiter: Option<u8>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let table = decoded(file.bytes, options)?;
    let head = table.lines().next().unwrap_or_default();
    let has_semicolons = head.matches(';').count() > head.matches(',').count();
    let delimiter = delimiter.unwrap_or(if has_semicolons { b';' } else { b',' });
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(table.as_bytes());
    let heads =
        reader.headers().map_err(|error| ImportError::new("line 1", error.to_string(), HINT))?.clone();
    let columns = Columns::of(&heads, options)?;
    let base = file.name.rsplit_once('.').map_or(file.name, |(base, _)| base);
    for (row, record) in (1..).zip(reader.into_records()) {
        let article = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                columns.article(&heads, &record, &format!("{base}-{row}"), &format!("line {line}"))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                Err(ImportError::new(format!("line {line}"), what(&error), HINT))
            }
        };
        sink(article);
    }
    Ok(())
}

const HINT: &str = "each row needs as many columns as the first; a text with line ends, quotation marks or the divider in it \
                    has to stand in quotation marks, those in it doubled";

/// Returns what is wrong with a row, without its place.
fn what(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} columns, the first line has {expected_len}")
        }
        _ => error.to_string(),
    }
}

/// Which column holds what, from 0.
struct Columns {
    text: usize,
    name: Option<usize>,
}

impl Columns {
    fn of(heads: &StringRecord, options: &ImportOptions<'_>) -> Result<Self, ImportError> {
        let find = |name: &&str| heads.iter().position(|head| head.trim().eq_ignore_ascii_case(name));
        let text = match options.text_column {
            Some(name) => find(&name),
            None => TEXT_COLUMNS.iter().find_map(find),
        };
        let name = NAME_COLUMNS.iter().find_map(find);
        if let Some(text) = text {
            Ok(Self { text, name: name.filter(|name| *name != text) })
        } else {
            let wanted = options.text_column.map_or_else(|| TEXT_COLUMNS.join("`, `"), str::to_owned);
            let near = options.text_column.map(|name| did_you_mean(name, heads.iter())).unwrap_or_default();
            let there: Vec<_> = heads.iter().map(shortened).collect();
            let message = format!("there is no column `{wanted}`{near}; there are `{}`", there.join("`, `"));
            Err(ImportError::new("line 1", message, "name the column with the text: --text-column NAME"))
        }
    }

    fn article(
        &self,
        heads: &StringRecord,
        record: &StringRecord,
        number: &str,
        place: &str,
    ) -> Result<ImportedArticle, ImportError> {
        let text = record.get(self.text).unwrap_or_default();
        if text.trim().is_empty() {
            const HINT: &str = "give it a text or take the row out";
            return Err(ImportError::new(place, "its text is empty", HINT));
        }
        let name = self.name.and_then(|name| record.get(name)).map(str::trim).filter(|name| !name.is_empty());
        let others = heads.iter().zip(record.iter()).enumerate();
        let metadata: BTreeMap<String, String> = others
            .filter(|(n, (head, value))| {
                *n != self.text && Some(*n) != self.name && !head.is_empty() && !value.is_empty()
            })
            .map(|(_, (head, value))| (head.trim().to_owned(), value.to_owned()))
            .collect();
        let mut warnings = Vec::new();
        if text.contains('\t') && text.contains('\n') {
            let message =
                "its text has tabs and line ends: is a quotation mark not closed that should not be one?";
            warnings.push(ImportWarning::new(place, message));
        }
        Ok(ImportedArticle {
            name: name.unwrap_or(number).to_owned(),
            text: SourceText::new(text),
            layers: Vec::new(),
            metadata,
            warnings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::exchange::import_format;
    use super::*;
    use crate::formats::annotation_file::tests::schema;
    use crate::formats::exchange::OffsetUnit;
    use crate::model::Timestamp;

    fn read(
        format: &str,
        table: &str,
        text_column: Option<&str>,
    ) -> Result<Vec<Result<ImportedArticle, ImportError>>, ImportError> {
        let schema = schema();
        let options = ImportOptions {
            schema: &schema,
            now: Timestamp::from_millis(0),
            unit: OffsetUnit::CodePoint,
            encoding: None,
            text_column,
        };
        let Some(Reader::File { read, .. }) = import_format(format).expect("in the table").reader else {
            panic!("a file")
        };
        let file = ImportFile { name: "news.csv", bytes: table.as_bytes(), beside: &|_| None };
        let mut articles = Vec::new();
        read(&file, &options, &mut |article| articles.push(article))?;
        Ok(articles)
    }

    #[test]
    fn rows_are_articles_with_their_other_columns_as_metadata() {
        let table =
            "ID;Date;Text\n7;2024-01-02;\"قال «سليم»\r\nإن \"\"الأمر\"\" انتهى\"\n;;نعم\n8;x;  \n9;y\n";
        let articles = read("csv", table, None).expect("a table");
        let first = articles[0].as_ref().expect("an article");
        assert_eq!((first.name.as_str(), first.text.as_str()), ("7", "قال «سليم»\r\nإن \"الأمر\" انتهى"));
        assert_eq!(first.metadata, BTreeMap::from([("Date".to_owned(), "2024-01-02".to_owned())]));
        assert_eq!(articles[1].as_ref().expect("an article").name, "news-2");
        let errors: Vec<String> =
            articles[2..].iter().map(|e| e.as_ref().expect_err("broken").to_string()).collect();
        assert_eq!(errors, ["line 5: its text is empty", "line 6: it has 2 columns, the first line has 3"]);
    }

    #[test]
    fn the_text_column_is_chosen_and_a_missing_one_told_with_the_nearest() {
        let table = "id\tbody\tlead\n1\tlong\tshort\n";
        let text = |column| {
            read("tsv", table, column)
                .map(|articles| articles[0].clone().expect("fits").text.as_str().to_owned())
        };
        assert_eq!(text(None).expect("body"), "long");
        assert_eq!(text(Some("lead")).expect("lead"), "short");
        assert_eq!(
            text(Some("laed")).expect_err("misspelt").to_string(),
            "line 1: there is no column `laed` (did you mean `lead`?); there are `id`, `body`, `lead`"
        );
    }
}
