//! Files of our JSON lines as what a data set is made of: a line at a time, so that memory does not grow with them.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::Writing;
use crate::formats::exchange::{ImportOptions, Layer, OffsetUnit, ReadLine, Reader, import_format};
use crate::model::{ArticleIdentity, Timestamp};
use crate::store::atomic::hexadecimal;
use crate::store::import::next_line;
use crate::store::{StoreError, folder_name, reader};
use crate::text::TextEncoding;

/// Returns whether a path is a file of JSON lines.
pub(super) fn is_shard(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson")
}

fn line_reader() -> Option<ReadLine> {
    match import_format("jsonl").ok()?.reader? {
        Reader::Lines { read, .. } => Some(read),
        Reader::File { .. } => None,
    }
}

/// Writes the articles of a file of JSON lines; returns whether it came to the end of it. Their parts go by their names
/// alone, since what else is in the file is not known yet.
pub(super) fn write(
    writing: &mut Writing<'_>,
    path: &Path,
    progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<bool, StoreError> {
    let Some(read) = line_reader() else { return Ok(true) };
    // Times that a line does not say are the epoch: the same lines give the same bytes.
    let options = ImportOptions {
        schema: writing.schema,
        now: Timestamp::default(),
        unit: OffsetUnit::CodePoint,
        encoding: None,
        text_column: None,
    };
    let mut lines = reader(path)?;
    for number in 1_usize.. {
        if !progress(writing.articles, 0) {
            return Ok(false);
        }
        let line = next_line(&mut *lines);
        let line = line.map_err(|source| StoreError::Read { path: path.to_owned(), source })?;
        let Some(line) = line else { return Ok(true) };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let failed = |what: String| StoreError::Line { path: path.to_owned(), line: number, what };
        let article = match read(&line, &options) {
            Ok(article) => article,
            Err(error) => {
                writing.failed.push(failed(error.to_string()));
                continue;
            }
        };
        // An id is any text; a name of a file is not.
        let name = folder_name(&article.name);
        let part = writing.request.split.as_ref().map_or("", |split| split.part_of(&article.name)).to_owned();
        let identity = ArticleIdentity {
            file_name: name.as_str().into(),
            sha256: hexadecimal(&Sha256::digest(article.text.as_str().as_bytes())).into(),
            encoding: TextEncoding::UTF_8,
        };
        let several = article.layers.len() > 1;
        let nobody = article.layers.is_empty().then(|| Layer::of(Some(String::new())));
        for layer in article.layers.into_iter().chain(nobody) {
            let annotator = layer.annotator.clone().unwrap_or_else(|| writing.request.annotator.to_string());
            match layer.into_document(article.text.clone(), identity.clone()) {
                Ok(document) => {
                    let document = writing.request.selection.narrowed(document);
                    let name =
                        if several { format!("{}/{name}", folder_name(&annotator)) } else { name.clone() };
                    writing.document(&name, &document, &annotator, &part)?;
                }
                Err(error) => writing.failed.push(failed(error.to_string())),
            }
        }
    }
    Ok(true)
}
