//! The documents that `suggest` reads, one after the other: never more than a batch of them is in memory.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::formats::jsonl;
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
    /// The JSON lines that are being read.
    lines: Option<Lines<'a>>,
    encoding: Option<TextEncoding>,
    stdin: Option<&'a mut dyn BufRead>,
}

struct Lines<'a> {
    name: String,
    reader: Box<dyn BufRead + 'a>,
    number: usize,
}

impl<'a> Documents<'a> {
    /// Returns the documents of files, folders, JSON lines, and `-` for JSON lines on standard input.
    pub(super) fn new(
        inputs: &[PathBuf],
        encoding: Option<TextEncoding>,
        stdin: &'a mut dyn BufRead,
    ) -> Self {
        let waiting = inputs.iter().rev().cloned().collect();
        Self { waiting, lines: None, encoding, stdin: Some(stdin) }
    }

    fn next_line(&mut self) -> Option<Result<InputDocument, CliError>> {
        let lines = self.lines.as_mut()?;
        let line = lines.next();
        if line.is_none() {
            self.lines = None;
        }
        line
    }

    /// Begins the next input; a plain article is returned at once.
    fn begin(&mut self, path: &Path) -> Option<Result<InputDocument, CliError>> {
        if path == Path::new("-") {
            let Some(stdin) = self.stdin.take() else {
                return Some(Err(CliError::usage("`-` stands twice", "standard input can be read once")));
            };
            self.lines = Some(Lines { name: "<stdin>".to_owned(), reader: Box::new(stdin), number: 0 });
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
                    self.lines = Some(Lines { name: path.display().to_string(), reader, number: 0 });
                    None
                }
                Err(error) => Some(Err(error.into())),
            };
        }
        if extension == "parquet" {
            let message = format!("{}: Parquet cannot be read yet", path.display());
            return Some(Err(CliError::usage(
                message,
                "convert it to JSON lines with the fields id and text",
            )));
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
            if let Some(document) = self.next_line() {
                return Some(document);
            }
            let path = self.waiting.pop()?;
            if let Some(document) = self.begin(&path) {
                return Some(document);
            }
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<InputDocument, CliError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            let mut limited = std::io::Read::take(&mut self.reader, MAX_ARTICLE_BYTES);
            self.number += 1;
            match limited.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => {
                    // What cannot be read now will not be read next time either.
                    self.reader = Box::new(std::io::empty());
                    let message = format!("{}:{}: cannot be read: {error}", self.name, self.number);
                    return Some(Err(CliError::usage(message, "")));
                }
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let document = jsonl::read_document(&line)
                .map(|document| InputDocument { id: document.id, text: SourceText::new(document.text) });
            return Some(document.map_err(|error| {
                let message = format!("{}:{}:{}: {}", self.name, self.number, error.column, error.message);
                CliError::usage(message, "each line is a JSON object as {\"id\": \"a1\", \"text\": \"…\"}")
            }));
        }
    }
}
