//! The formats of others and ours as one table: what writes each, what reads it, and what it cannot keep.
//!
//! To add a format: write its file in `formats`, add its row here, and say in the row what it cannot keep.

mod features;
mod flat;
mod import;
mod loss;
mod output;
mod placing;
mod units;
mod word;
mod words;

use thiserror::Error;

use super::annotation_file::{self, WriteError};
use super::doccano;
use super::html::{self, PageStyle};
use super::jsonl::{self, LineError};
use super::label_studio;
use super::nearest::did_you_mean;
use super::parquet_spans::{self, ParquetWriter};
use super::spacy;
use super::web_annotation::{self, WebAnnotationWriter};
use super::{brat, cas, conll, html_article, plain_text, tables, webanno};
use crate::model::{Document, Schema};

pub(super) use features::{IDENTIFIER, NOTE, VALUE, features, label_feature, schema_features, short_type};
pub use flat::{DraftSpan, Drafts, FRAGMENT, Flat, FlatLink, FlatSpan, LinkKind, flatten};
pub use import::{
    ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Layer, ReadFile, ReadLine, Reader,
};
pub use loss::{Loss, Losses};
pub use output::Output;
pub use placing::Placing;
pub use units::{OffsetUnit, Offsets};
pub(super) use word::{as_word, of_word};
pub(super) use words::{is_white, sentences_of_words, words_in};

/// A document on its way to another format.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// What the article is called in what is written: the name of its file, with its folders in a project.
    pub name: &'a str,
    /// The article with its annotations.
    pub document: &'a Document,
    /// Who annotated.
    pub annotator: &'a str,
    /// The schema that the labels are from.
    pub schema: &'a Schema,
}

impl Export<'_> {
    /// Returns the error that a format cannot hold the article.
    pub(in crate::formats) fn refused(&self, why: impl std::fmt::Display) -> ExportError {
        ExportError::Article { name: self.name.to_owned(), message: why.to_string() }
    }
}

/// How chunks of tokens are tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tagging {
    /// `B-` begins a chunk, `I-` goes on.
    #[default]
    Iob2,
    /// `B-`, `I-`, `E-` ends a chunk, `S-` is a chunk of one token.
    Bioes,
}

/// What may be chosen for an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportOptions {
    /// What offsets count, where the format leaves it open.
    pub unit: OffsetUnit,
    /// How tokens are tagged, where they are.
    pub tagging: Tagging,
}

/// Writes articles in one format. One value writes one export: some formats have files for all articles.
pub trait Writer: Send {
    /// Writes an article, and counts what it cannot keep beside what [`Format::losses`] tells of any document.
    ///
    /// # Errors
    ///
    /// When the format cannot hold the article; nothing of it is in `output` then.
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        losses: &mut Losses,
    ) -> Result<(), ExportError>;

    /// Writes what comes after the last article.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn finish(&mut self, _schema: &Schema, _output: &mut Output) -> Result<(), ExportError> {
        Ok(())
    }
}

/// A writer of one file for each article, or of lines that go into one file.
struct Each {
    /// Returns the name of the file for the article of this name.
    file: fn(&str) -> String,
    write: fn(&Export<'_>) -> Result<String, ExportError>,
}

impl Writer for Each {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        _losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let text = (self.write)(export)?;
        output.append((self.file)(export.name), text.as_bytes());
        Ok(())
    }
}

/// Returns what writes an export.
pub type NewWriter = fn(ExportOptions) -> Box<dyn Writer>;

/// The file for all articles of formats that have a line for each.
pub const LINES_FILE: &str = "articles.jsonl";

/// A format that articles can be written in, or read from.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line and of its folder in `--out`.
    pub name: &'static str,
    /// What it is, one line.
    pub title: &'static str,
    /// What it cannot keep; empty where it keeps everything.
    pub losses: &'static [Loss],
    /// Returns what writes an export; `None` for a format that is only read.
    pub writer: Option<NewWriter>,
    /// What reads it; `None` for a format that is only written.
    pub reader: Option<Reader>,
}

/// There is one format of a name.
impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

/// Why a document cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// There is no such format.
    #[error("there is no format `{name}`{hint}; there are {names}")]
    UnknownFormat {
        /// The name.
        name: String,
        /// The nearest name, as a question; may be empty.
        hint: String,
        /// Those that there are.
        names: String,
    },
    /// A line of JSON cannot be written.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The annotation file cannot be written.
    #[error(transparent)]
    Ron(#[from] WriteError),
    /// The format cannot hold the article.
    #[error("{name} cannot be written: {message}")]
    Article {
        /// The article.
        name: String,
        /// Why.
        message: String,
    },
}

/// All formats, by name.
pub const FORMATS: &[Format] = &[
    Format {
        name: "brat",
        title: "brat's standoff files: the text, the annotations beside it, and what configures brat",
        losses: &[
            Loss::Decisions,
            Loss::Orphans,
            Loss::Origins,
            Loss::Times,
            Loss::ControlCharacters,
            Loss::EdgeSpaces,
            Loss::Blank,
        ],
        writer: Some(brat::writer),
        reader: Some(brat::READER),
    },
    Format {
        name: "cas-json",
        title: "UIMA CAS JSON 0.4, with its types, for INCEpTION, DKPro and dkpro-cassis",
        losses: &[Loss::Decisions, Loss::Orphans, Loss::Origins, Loss::Times],
        writer: Some(cas::json_writer),
        reader: Some(cas::JSON_READER),
    },
    Format {
        name: "cas-xmi",
        title: "UIMA CAS XMI with its type system, for INCEpTION, DKPro and dkpro-cassis",
        losses: &[Loss::Decisions, Loss::Orphans, Loss::Origins, Loss::Times, Loss::ControlCharacters],
        writer: Some(cas::xmi_writer),
        reader: Some(cas::XMI_READER),
    },
    Format {
        name: "conll",
        title: "tokens with tags as in CoNLL 2003 (IOB2 or BIOES), and where each token stands",
        losses: &[
            Loss::Relations,
            Loss::Attributes,
            Loss::Notes,
            Loss::Decisions,
            Loss::Orphans,
            Loss::Origins,
            Loss::Times,
            Loss::Discontinuous,
            Loss::Roles,
            Loss::Nested,
            Loss::TokenEdges,
            Loss::EdgeSpaces,
            Loss::Blank,
        ],
        writer: Some(conll::writer),
        reader: Some(conll::READER),
    },
    Format {
        name: "csv",
        title: "a table with a row for each article, with commas or semicolons",
        losses: &[],
        writer: None,
        reader: Some(tables::CSV_READER),
    },
    Format {
        name: "doccano",
        title: "lines for doccano: entities and relations, offsets in the unit of the project",
        losses: doccano::LOSSES,
        writer: Some(doccano::writer),
        reader: Some(Reader::Lines { extensions: &["jsonl"], read: doccano::read }),
    },
    Format {
        name: "html",
        title: "a page to read, print and send, without scripts",
        losses: &[
            Loss::Relations,
            Loss::Attributes,
            Loss::Notes,
            Loss::Decisions,
            Loss::Orphans,
            Loss::Origins,
            Loss::Times,
        ],
        writer: Some(|_| {
            Box::new(Each {
                file: |name| format!("{name}.html"),
                write: |export| Ok(html::page(export.document, &[], export.schema, PageStyle::default())),
            })
        }),
        reader: Some(html_article::READER),
    },
    Format {
        name: "jsonl",
        title: "one JSON object per document, offsets in Unicode code points",
        losses: &[],
        writer: Some(|_| {
            Box::new(Each {
                file: |_| LINES_FILE.to_owned(),
                write: |export| {
                    let Export { name, document, annotator, schema } = *export;
                    Ok(jsonl::document_line(name, document, annotator, schema.name())? + "\n")
                },
            })
        }),
        reader: Some(Reader::Lines { extensions: &["jsonl", "ndjson"], read: jsonl::read_article }),
    },
    Format {
        name: "label-studio",
        title: "tasks and configuration for Label Studio, offsets in code points or UTF-16 units",
        losses: label_studio::LOSSES,
        writer: Some(label_studio::writer),
        reader: Some(Reader::File { extensions: &["json"], read: label_studio::read }),
    },
    Format {
        name: "parquet",
        title: "tables for data frames and Hugging Face, a row for each span, offsets in code points",
        losses: &[],
        writer: Some(|_| Box::new(ParquetWriter::new())),
        reader: Some(Reader::File { extensions: &["parquet"], read: parquet_spans::read }),
    },
    Format {
        name: "ron",
        title: "the annotation file of this program, to be put beside its article",
        losses: &[],
        writer: Some(|_| {
            Box::new(Each {
                file: |name| format!("{name}.ron"),
                write: |export| {
                    Ok(annotation_file::save(export.document, export.annotator, export.schema.name())?)
                },
            })
        }),
        reader: Some(Reader::File { extensions: &["ron"], read: annotation_file::import }),
    },
    Format {
        name: "spacy",
        title: "lines for spaCy and Prodigy: tokens, spans and relations, offsets in code points",
        losses: spacy::LOSSES,
        writer: Some(|_| Box::new(spacy::SpacyWriter)),
        reader: Some(Reader::Lines { extensions: &["jsonl"], read: spacy::read }),
    },
    Format {
        name: "text",
        title: "text files, in any encoding",
        losses: &[],
        writer: None,
        reader: Some(plain_text::READER),
    },
    Format {
        name: "tsv",
        title: "a table with a row for each article, with tabs",
        losses: &[],
        writer: None,
        reader: Some(tables::TSV_READER),
    },
    Format {
        name: "web-annotation",
        title: "annotations of the W3C's model as JSON-LD beside the texts, by position and by quotation",
        losses: web_annotation::LOSSES,
        writer: Some(|_| Box::new(WebAnnotationWriter)),
        reader: Some(Reader::File { extensions: &["jsonld"], read: web_annotation::read }),
    },
    Format {
        name: "webanno-tsv",
        title: "WebAnno TSV 3.3, as INCEpTION reads and writes it",
        losses: &[
            Loss::Decisions,
            Loss::Orphans,
            Loss::Origins,
            Loss::Times,
            Loss::Discontinuous,
            Loss::ControlCharacters,
            Loss::EdgeSpaces,
            Loss::Blank,
        ],
        writer: Some(webanno::writer),
        reader: Some(webanno::READER),
    },
];

/// An export of articles in one format, piece by piece: never more than an article is in memory.
pub struct Exporter {
    format: &'static Format,
    writer: Box<dyn Writer>,
    losses: Losses,
}

impl Exporter {
    /// Returns an export that has not begun; `None` for a format that is only read.
    #[must_use]
    pub fn new(format: &'static Format, options: &ExportOptions) -> Option<Self> {
        Some(Self { format, writer: (format.writer?)(*options), losses: Losses::default() })
    }

    /// Returns the format.
    #[must_use]
    pub const fn format(&self) -> &'static Format {
        self.format
    }

    /// Writes an article.
    ///
    /// # Errors
    ///
    /// When the format cannot hold it; the others may go on.
    pub fn article(&mut self, export: &Export<'_>, output: &mut Output) -> Result<(), ExportError> {
        self.writer.article(export, output, &mut self.losses)?;
        self.losses.count(self.format.losses, export.document);
        Ok(())
    }

    /// Writes what comes after the last article, and returns what was lost.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(mut self, schema: &Schema, output: &mut Output) -> Result<Losses, ExportError> {
        self.writer.finish(schema, output)?;
        Ok(self.losses)
    }
}

/// Returns the format of that name, to be written.
///
/// # Errors
///
/// When there is none, with the nearest name.
pub fn format(name: &str) -> Result<&'static Format, ExportError> {
    find(name, |format| format.writer.is_some())
}

/// Returns the format of that name, to be read.
///
/// # Errors
///
/// When there is none, with the nearest name.
pub fn import_format(name: &str) -> Result<&'static Format, ExportError> {
    find(name, |format| format.reader.is_some())
}

fn find(name: &str, wanted: fn(&Format) -> bool) -> Result<&'static Format, ExportError> {
    let formats = || FORMATS.iter().filter(|format| wanted(format));
    formats().find(|format| format.name == name).ok_or_else(|| ExportError::UnknownFormat {
        name: name.to_owned(),
        hint: did_you_mean(name, formats().map(|format| format.name)),
        names: formats().map(|format| format.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod trials;
