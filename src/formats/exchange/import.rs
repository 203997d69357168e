//! What is read from the files of others.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::OffsetUnit;
use crate::model::{
    Annotation, ArticleIdentity, DecisionRecord, Document, Edit, EditError, Orphan, Relation, Schema,
    Timestamp, Transaction, UnknownHead,
};
use crate::text::{SourceText, TextEncoding};

/// A file to be read.
#[derive(Clone, Copy)]
pub struct ImportFile<'a> {
    /// Its name without its folder.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// Returns what the file of this name holds that lies beside it; `None` where there is none.
    pub beside: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

impl fmt::Debug for ImportFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What may be chosen for an import, and what it needs to know.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions<'a> {
    /// The schema: tells claims, roles and relations from mentions.
    pub schema: &'a Schema,
    /// The time that annotations without one are given.
    pub now: Timestamp,
    /// What offsets count, where the format leaves it open.
    pub unit: OffsetUnit,
    /// The encoding of texts that are not UTF-8.
    pub encoding: Option<TextEncoding>,
    /// The column or field with the text, where the format leaves it open; `None` for its usual names.
    pub text_column: Option<&'a str>,
}

/// Something that an import did otherwise than the file says, or had to leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportWarning {
    /// Where (`line 3`, `T5`); empty for the whole article.
    pub place: String,
    /// What.
    pub message: String,
}

impl ImportWarning {
    /// Returns a warning.
    #[must_use]
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

/// Why a file, or an article of it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{message}", if place.is_empty() { String::new() } else { format!("{place}: ") })]
pub struct ImportError {
    /// Where (`line 3, column 7`); empty for the whole file.
    pub place: String,
    /// What is wrong: the value, and what it should be.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl ImportError {
    /// Returns an error.
    #[must_use]
    pub fn new(place: impl Into<String>, message: impl Into<String>, hint: &'static str) -> Self {
        Self { place: place.into(), message: message.into(), hint }
    }
}

/// What one annotator said of an article.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    /// Who; `None` where the file does not say.
    pub annotator: Option<String>,
    /// The annotations; their ids are unique within the layer.
    pub annotations: Vec<Annotation>,
    /// The relations between them.
    pub relations: Vec<Relation>,
    /// The decisions on suggestions.
    pub decisions: Vec<DecisionRecord>,
    /// Records that fit nowhere in the text.
    pub orphans: Vec<Orphan>,
    /// What an annotation file says beside its records that this version does not know.
    pub unknown: UnknownHead,
}

impl Layer {
    /// Returns a layer without annotations.
    #[must_use]
    pub fn of(annotator: Option<String>) -> Self {
        Self { annotator, ..Self::default() }
    }

    /// Returns the document of an article with these annotations.
    ///
    /// # Errors
    ///
    /// When they do not fit together: an id that stands twice, a relation to nothing.
    pub fn into_document(self, source: SourceText, article: ArticleIdentity) -> Result<Document, EditError> {
        let mut document = Document::new(source, article);
        document.set_unknown_head(self.unknown);
        let annotations = self.annotations.into_iter().map(Edit::Insert);
        let relations = self.relations.into_iter().map(Edit::Link);
        let decisions = self.decisions.into_iter().map(Edit::Decide);
        let orphans = self.orphans.into_iter().map(Edit::Orphan);
        let edits = annotations.chain(relations).chain(decisions).chain(orphans).collect();
        document.apply(&Transaction::new("Import", edits))?;
        Ok(document)
    }
}

/// An article that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedArticle {
    /// What the file calls it, of which a file name is made; empty where it has no name.
    pub name: String,
    /// Its text, exactly as the file has it.
    pub text: SourceText,
    /// What was said of it, by annotator; empty where nothing was.
    pub layers: Vec<Layer>,
    /// What else the file says of it (`title`, `date`, `url`), by name.
    pub metadata: BTreeMap<String, String>,
    /// What was read otherwise than it stands.
    pub warnings: Vec<ImportWarning>,
}

/// How a format is read.
#[derive(Clone, Copy)]
pub enum Reader {
    /// A file as a whole; it may hold several articles, each is handed over when it is read.
    File {
        /// The extensions of its files, in lower case without the dot.
        extensions: &'static [&'static str],
        /// Reads the file.
        read: ReadFile,
    },
    /// A line for each article; files of any length.
    Lines {
        /// The extensions of its files, in lower case without the dot.
        extensions: &'static [&'static str],
        /// Reads a line; places in its errors are within the line.
        read: ReadLine,
    },
}

/// Reads a file; hands over each article, or why it could not be read while the next one may be.
///
/// # Errors
///
/// When nothing more of the file can be read.
pub type ReadFile = fn(
    &ImportFile<'_>,
    &ImportOptions<'_>,
    &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError>;

/// Reads a line without its end.
pub type ReadLine = fn(&[u8], &ImportOptions<'_>) -> Result<ImportedArticle, ImportError>;

impl Reader {
    /// Returns the extensions of its files, in lower case without the dot.
    #[must_use]
    pub const fn extensions(&self) -> &'static [&'static str] {
        match self {
            Self::File { extensions, .. } | Self::Lines { extensions, .. } => extensions,
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reader").field(&self.extensions()).finish()
    }
}
