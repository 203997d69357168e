//! The formats that a document can be written in, as one table.
//!
//! To add a format: write its file in this folder with one function from [`Export`] to text, add its row here, and
//! say in the row what it cannot keep.

use thiserror::Error;

use super::annotation_file::{self, WriteError};
use super::html::{self, PageStyle};
use super::jsonl::{self, LineError};
use super::nearest::did_you_mean;
use crate::model::{Document, Schema};

/// A document on its way to another format.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The article with its annotations.
    pub document: &'a Document,
    /// Who annotated.
    pub annotator: &'a str,
    /// The schema that the labels are from.
    pub schema: &'a Schema,
}

/// A format that a document can be written in.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line and of its folder in `--out`.
    pub name: &'static str,
    /// What is put behind the article's file name.
    pub extension: &'static str,
    /// What it is, one line.
    pub title: &'static str,
    /// What it cannot keep, one line each; empty where it keeps everything.
    pub losses: &'static [&'static str],
    /// Returns the file.
    pub write: fn(&Export<'_>) -> Result<String, ExportError>,
}

/// Why a document cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// There is no such format.
    #[error("there is no format `{name}`{hint}; there are {}", names())]
    UnknownFormat {
        /// The name.
        name: String,
        /// The nearest name, as a question; may be empty.
        hint: String,
    },
    /// A line of JSON cannot be written.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The annotation file cannot be written.
    #[error(transparent)]
    Ron(#[from] WriteError),
}

/// All formats, by name.
pub const FORMATS: &[Format] = &[
    Format {
        name: "html",
        extension: "html",
        title: "a page to read, print and send, without scripts",
        losses: &[
            "made for reading: it cannot be imported again",
            "relations, attributes, notes and decisions on suggestions are not shown",
        ],
        write: |export| Ok(html::page(export.document, &[], export.schema, PageStyle::default())),
    },
    Format {
        name: "jsonl",
        extension: "jsonl",
        title: "one JSON object per document, offsets in Unicode code points",
        losses: &[],
        write: |export| {
            let id = &export.document.article().file_name;
            let line = jsonl::document_line(id, export.document, export.annotator, export.schema.name())?;
            Ok(line + "\n")
        },
    },
    Format {
        name: "ron",
        extension: "ron",
        title: "the annotation file of this program, to be put beside its article",
        losses: &[],
        write: |export| Ok(annotation_file::save(export.document, export.annotator, export.schema.name())?),
    },
];

/// Returns the format of that name.
///
/// # Errors
///
/// When there is none, with the nearest name.
pub fn format(name: &str) -> Result<&'static Format, ExportError> {
    FORMATS.iter().find(|format| format.name == name).ok_or_else(|| ExportError::UnknownFormat {
        name: name.to_owned(),
        hint: did_you_mean(name, FORMATS.iter().map(|format| format.name)),
    })
}

fn names() -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::{sample, schema};

    #[test]
    fn every_format_writes_one_of_everything() {
        let (document, schema) = (sample(), schema());
        let export = Export { document: &document, annotator: "amal", schema: &schema };
        for format in FORMATS {
            let text = (format.write)(&export).expect("writable");
            assert!(text.contains("سليم عون") && text.ends_with('\n'), "{}: {text}", format.name);
        }
    }

    #[test]
    fn a_misspelt_format_finds_the_nearest() {
        let message = format("josnl").expect_err("misspelt").to_string();
        assert_eq!(message, "there is no format `josnl` (did you mean `jsonl`?); there are html, jsonl, ron");
    }
}
