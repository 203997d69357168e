//! The documents that `suggest` reads, one after the other: never more than a batch of them is in memory.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::formats::jsonl::{self, InputLine};
use crate::formats::parquet_rows::ParquetRowError;
use crate::store;
use crate::text::{MAX_ARTICLE_BYTES, SourceText, TextEncoding};

/// A document to be read by the rules.
#[derive(Debug)]
pub(super) struct InputDocument {
    /// The file's name, or the `id` of its line.
    pub(super) id: String,
    pub(super) text: SourceText,
}

/// The documents of all inputs in their order. A document that cannot be read is an error in its place; the next one
/// follows.
pub(super) struct Documents<'a> {
    /// The inputs that were not begun, the next one last.
    waiting: Vec<PathBuf>,
    /// The JSON lines or the Parquet rows that are being read.
    many: Option<Box<dyn Iterator<Item = Result<InputDocument, CliError>> + 'a>>,
    encoding: Option<TextEncoding>,
    stdin: Option<&'a mut dyn BufRead>,
}

struct Lines<'a> {
    name: String,
    reader: Box<dyn BufRead + 'a>,
    number: usize,
}

impl<'a> Documents<'a> {
    /// Returns the documents of files, folders, JSON lines, Parquet files, and `-` for JSON lines on standard input.
    pub(super) fn new(
        inputs: &[PathBuf],
        encoding: Option<TextEncoding>,
        stdin: &'a mut dyn BufRead,
    ) -> Self {
        let waiting = inputs.iter().rev().cloned().collect();
        Self { waiting, many: None, encoding, stdin: Some(stdin) }
    }

    fn next_of_many(&mut self) -> Option<Result<InputDocument, CliError>> {
        let document = self.many.as_mut()?.next();
        if document.is_none() {
            self.many = None;
        }
        document
    }

    /// Begins the next input; a plain article is returned at once.
    fn begin(&mut self, path: &Path) -> Option<Result<InputDocument, CliError>> {
        if path == Path::new("-") {
            let Some(stdin) = self.stdin.take() else {
                return Some(Err(CliError::usage("`-` stands twice", "standard input can be read once")));
            };
            self.many = Some(Box::new(Lines::new("<stdin>".to_owned(), Box::new(stdin))));
            return None;
        }
        match store::articles_at(path) {
            Ok(articles) if articles != [path] => {
                self.waiting.extend(articles.into_iter().rev());
                return None;
            }
            Ok(_) => {}
            Err(error) => return Some(Err(error.into())),
        }
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        if extension == "jsonl" || extension == "ndjson" {
            return match store::reader(path) {
                Ok(reader) => {
                    self.many = Some(Box::new(Lines::new(path.display().to_string(), reader)));
                    None
                }
                Err(error) => Some(Err(error.into())),
            };
        }
        if extension == "parquet" {
            return match store::parquet_rows(path) {
                Ok(rows) => {
                    let name = path.display().to_string();
                    self.many = Some(Box::new(rows.map(move |row| parquet_document(&name, row))));
                    None
                }
                Err(error) => Some(Err(error.into())),
            };
        }
        Some(match store::read_text(path, self.encoding) {
            Ok((text, identity)) => Ok(InputDocument { id: identity.file_name.to_string(), text }),
            Err(error) => Err(error.into()),
        })
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<InputDocument, CliError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(document) = self.next_of_many() {
                return Some(document);
            }
            let path = self.waiting.pop()?;
            if let Some(document) = self.begin(&path) {
                return Some(document);
            }
        }
    }
}

/// Returns the document of a row, or what is wrong with it.
fn parquet_document(name: &str, row: Result<InputLine, ParquetRowError>) -> Result<InputDocument, CliError> {
    match row {
        Ok(InputLine { id, text }) => Ok(InputDocument { id, text: SourceText::new(text) }),
        Err(error) => {
            let message = format!("{name}: {error}");
            Err(if error.is_of_one_row() {
                CliError::document(message, "every row needs an id and a text")
            } else {
                CliError::usage(message, "the rows before it are done; write the file anew")
            })
        }
    }
}

impl<'a> Lines<'a> {
    fn new(name: String, reader: Box<dyn BufRead + 'a>) -> Self {
        Self { name, reader, number: 0 }
    }
}

/// A line of a file.
pub(super) enum Line {
    /// Its bytes, with the line feed where it has one.
    Whole(Vec<u8>),
    /// Longer than an article can be; the rest of it was not read.
    TooLong,
}

/// What is said of [`Line::TooLong`].
pub(super) fn too_long() -> String {
    format!("the line is longer than {} MiB", MAX_ARTICLE_BYTES >> 20)
}

/// Returns the next line, `None` at the end.
///
/// # Errors
///
/// When it cannot be read.
pub(super) fn next_line(reader: &mut dyn BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut limited = Read::take(&mut *reader, MAX_ARTICLE_BYTES);
    if limited.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() as u64 == MAX_ARTICLE_BYTES && !line.ends_with(b"\n") {
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Whole(line)))
}

impl Iterator for Lines<'_> {
    type Item = Result<InputDocument, CliError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.number += 1;
            let line = match next_line(&mut *self.reader) {
                Ok(None) => return None,
                Ok(Some(Line::Whole(line))) => line,
                Ok(Some(Line::TooLong)) => {
                    // An error of the disk comes up again at the next line.
                    let _ = self.reader.skip_until(b'\n');
                    let message = format!("{}:{}:1: {}", self.name, self.number, too_long());
                    return Some(Err(CliError::document(message, "divide the document")));
                }
                Err(error) => {
                    // What cannot be read now will not be read next time either.
                    self.reader = Box::new(std::io::empty());
                    let message = format!("{}:{}: cannot be read: {error}", self.name, self.number);
                    return Some(Err(CliError::usage(message, "the lines before it are done")));
                }
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            let document = jsonl::read_document(line.trim_ascii_end())
                .map(|document| InputDocument { id: document.id, text: SourceText::new(document.text) });
            return Some(document.map_err(|error| {
                let message = format!("{}:{}:{}: {}", self.name, self.number, error.column, error.message);
                CliError::document(message, "each line is a JSON object as {\"id\": \"a1\", \"text\": \"…\"}")
            }));
        }
    }
}
