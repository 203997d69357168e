//! What can go wrong at the disk, with the path and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::formats::annotation_file::{AnnotationFileError, WriteError};
use crate::formats::parquet_rows::ParquetRowError;
use crate::formats::schema_file::SchemaFileError;
use crate::formats::{ExportError, Place, SyntaxError};
use crate::text::{DecodeError, TextEncoding, isolate_path, isolate_quotations, shortened};

/// Why a file could not be read or written. [`StoreError::hint`] says what to do.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing is there.
    #[error("{}: there is no such file", .path.display())]
    Missing {
        /// Where nothing is.
        path: PathBuf,
    },
    /// The system refused to read.
    #[error("{}: cannot be read: {source}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system refused to write.
    #[error("{}: cannot be written: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file or its folder may not be written.
    #[error("{}: may not be written: {source}", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Too many bytes.
    #[error("{}: has {len} bytes; {limit} at most can be read", .path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        len: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A Parquet file without documents in it.
    #[error("{}: {source}", .path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<ParquetRowError>,
    },
    /// A folder in which no article lies.
    #[error("{}: no article lies in this folder", .path.display())]
    NoArticles {
        /// The folder.
        path: PathBuf,
    },
    /// A folder in which no rule pack lies.
    #[error("{}: no rule pack lies in this folder", .path.display())]
    NoPacks {
        /// The folder.
        path: PathBuf,
    },
    /// A gazetteer where a pack of rules was named.
    #[error("{}: is a gazetteer and no pack of rules", .path.display())]
    Gazetteer {
        /// The gazetteer.
        path: PathBuf,
    },
    /// A file of ours whose bytes are no UTF-8.
    #[error("{}:{place}: not valid UTF-8", .path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first bad byte.
        place: Place,
    },
    /// An annotation file whose article is not beside it.
    #[error("{}: its article `{}` is not beside it", .path.display(), shortened(.article))]
    NoArticle {
        /// The annotation file.
        path: PathBuf,
        /// The article's name, as recorded.
        article: String,
    },
    /// The bytes are no text.
    #[error("{}: {source}", .path.display())]
    Decode {
        /// The article.
        path: PathBuf,
        /// Why.
        source: DecodeError,
    },
    /// Something was to be written over the article.
    #[error("{}: is the article itself, which is never written over", .path.display())]
    IsArticle {
        /// The article.
        path: PathBuf,
    },
    /// The annotation file records an encoding that nothing knows.
    #[error("{}: the article's encoding `{}` is unknown", .path.display(), shortened(.name))]
    Encoding {
        /// The annotation file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// The annotation file cannot be read.
    #[error("{}: {}", at(.path, .source.place()), .source.message())]
    Annotations {
        /// The annotation file.
        path: PathBuf,
        /// Why.
        source: AnnotationFileError,
    },
    /// The document cannot be put into words.
    #[error("{}: {source}", .path.display())]
    Serialize {
        /// The annotation file.
        path: PathBuf,
        /// Why.
        source: Box<WriteError>,
    },
    /// The document cannot be written in that format.
    #[error("{}: {source}", .path.display())]
    Export {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<ExportError>,
    },
    /// Two articles of an export have one name.
    #[error("{}: another article of this name is exported, too", .path.display())]
    SameName {
        /// The second one.
        path: PathBuf,
    },
    /// A line of a file of articles cannot be read.
    #[error("{}:{line}: {what}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A folder has no file of a format.
    #[error("{} has no file of this format (.{extensions})", .path.display())]
    NothingToImport {
        /// The folder.
        path: PathBuf,
        /// The extensions of such files.
        extensions: String,
    },
    /// A schema cannot have labels that were asked for.
    #[error("{}: {source}", .path.display())]
    Labels {
        /// The schema's file.
        path: PathBuf,
        /// Why.
        source: Box<SchemaFileError>,
    },
    /// Something stands where a file is to be made.
    #[error("{} is there already, and is something else", .path.display())]
    IsThere {
        /// The file.
        path: PathBuf,
    },
    /// An export would go among the articles of a project.
    #[error("{} lies among the articles of the project: what is written there would become articles", .path.display())]
    AmongArticles {
        /// The folder.
        path: PathBuf,
    },
    /// The card of a data set would be written over a file that is none.
    #[error("{} is no card of a data set, and would be written over", .path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A project has no such annotator.
    #[error("{}: there is no annotator `{name}`; there are {}", .path.display(), .names.join(", "))]
    NoAnnotator {
        /// The project.
        path: PathBuf,
        /// The name.
        name: String,
        /// Those that there are.
        names: Vec<String>,
    },
    /// A project's file cannot be read.
    #[error("{}:{source}", .path.display())]
    Project {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SyntaxError,
    },
    /// A folder is a project already.
    #[error("{} is a project already", .path.display())]
    IsProject {
        /// The folder.
        path: PathBuf,
    },
    /// A file of an export would stand outside the folder that it goes to.
    #[error("{} lies outside the folder of the export", .path.display())]
    OutsideFolder {
        /// The file.
        path: PathBuf,
    },
    /// A line of the learned names cannot be read.
    #[error("{}:{line}: {what}", .path.display())]
    Names {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The schema cannot be read.
    #[error("{}:{source}", .path.display())]
    Schema {
        /// The schema file.
        path: PathBuf,
        /// Why.
        source: Box<SchemaFileError>,
    },
    /// The settings cannot be read.
    #[error("{}:{source}", .path.display())]
    Settings {
        /// The settings file.
        path: PathBuf,
        /// Why.
        source: SyntaxError,
    },
    /// Somebody else has changed the article since it was opened.
    #[error("{}: the article was changed by another program since it was opened", .path.display())]
    ArticleChanged {
        /// The article.
        path: PathBuf,
    },
    /// Somebody else has changed the file since it was read.
    #[error("{}: was changed by another program since it was read", .path.display())]
    ChangedOnDisk {
        /// The file.
        path: PathBuf,
    },
}

fn at(path: &Path, place: Option<Place>) -> String {
    let path = path.display();
    place.map_or_else(|| path.to_string(), |place| format!("{path}:{place}"))
}

impl StoreError {
    /// Returns the file or folder that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing { path }
            | Self::Read { path, .. }
            | Self::Write { path, .. }
            | Self::ReadOnly { path, .. }
            | Self::TooLong { path, .. }
            | Self::Parquet { path, .. }
            | Self::NoArticles { path }
            | Self::NoPacks { path }
            | Self::Gazetteer { path }
            | Self::NotUtf8 { path, .. }
            | Self::NoArticle { path, .. }
            | Self::Decode { path, .. }
            | Self::IsArticle { path }
            | Self::Encoding { path, .. }
            | Self::Annotations { path, .. }
            | Self::Serialize { path, .. }
            | Self::Export { path, .. }
            | Self::OutsideFolder { path }
            | Self::IsProject { path }
            | Self::IsThere { path }
            | Self::AmongArticles { path }
            | Self::NotOurs { path }
            | Self::NoAnnotator { path, .. }
            | Self::Project { path, .. }
            | Self::SameName { path }
            | Self::NothingToImport { path, .. }
            | Self::Line { path, .. }
            | Self::Labels { path, .. }
            | Self::Names { path, .. }
            | Self::Schema { path, .. }
            | Self::Settings { path, .. }
            | Self::ArticleChanged { path }
            | Self::ChangedOnDisk { path } => path,
        }
    }

    /// Returns the message as a window draws it: names in it keep their own direction by isolates.
    #[must_use]
    pub fn isolated(&self) -> String {
        let (plain, path) = (self.to_string(), self.path());
        let name = path.display().to_string();
        match plain.strip_prefix(&name) {
            Some(rest) => format!("{}{}", isolate_path(path), isolate_quotations(rest)),
            None => isolate_quotations(&plain),
        }
    }

    /// Returns what the user can do.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { .. } => "check the name; `hashiya` without a path opens the last article".into(),
            Self::Read { .. } => {
                "check that you may read it and that it is a file and no link to nothing".into()
            }
            Self::Write { .. } => "check that there is space left, or save elsewhere".into(),
            Self::ReadOnly { .. } => "save elsewhere, or make the folder writable".into(),
            Self::TooLong { .. } => "check that it is the right file; a long article can be divided".into(),
            Self::NoArticles { .. } => "articles are text files (.txt); name one, or put some there".into(),
            Self::NoPacks { .. } => "rule packs are .ron files".into(),
            Self::Gazetteer { .. } => "put it into a folder with a pack (.ron) and name the folder".into(),
            Self::Parquet { .. } => {
                "a Parquet file needs a column `text` and a column `id` of texts or whole numbers".into()
            }
            Self::NotUtf8 { .. } => "save it as UTF-8".into(),
            Self::NoArticle { article, .. } => {
                format!("put `{}` beside it, or open the article by its path", shortened(article))
            }
            Self::IsArticle { .. } => "choose another name".into(),
            Self::Decode { source, .. } => decode_hint(source),
            Self::Encoding { .. } => "correct `encoding` in the file; names are as in `windows-1256`".into(),
            Self::Annotations { source, .. } => format!("{}. The file was left as it is", source.hint()),
            Self::SameName { .. } => "export the folders one by one, each to its own --out".into(),
            Self::Line { .. } => "a line is one JSON object with id and text; mend or remove it".into(),
            Self::NothingToImport { .. } => "name the file itself where it has another extension".into(),
            Self::Labels { .. } => "write these labels into the schema by hand, under other names".into(),
            Self::Project { .. } => {
                "mend this place in a text editor; `()` is a project with all defaults".into()
            }
            Self::IsThere { .. } => "choose another folder, or move that file away".into(),
            Self::AmongArticles { .. } | Self::NotOurs { .. } => "choose an empty folder elsewhere".into(),
            Self::NoAnnotator { .. } => "names are as the folders in `annotations`".into(),
            Self::IsProject { .. } => "open it, or name another folder".into(),
            Self::OutsideFolder { .. } => "rename the article: its name must not lead out of a folder".into(),
            Self::Export { .. } => "`hashiya export --list` shows all formats".into(),
            Self::Serialize { .. } => "this is a fault of hashiya; please report it".into(),
            Self::Names { .. } => {
                "mend or remove that line; names are learned again from saved articles".into()
            }
            Self::Schema { .. } => "mend this place in a text editor".into(),
            Self::Settings { .. } => {
                "mend this place in a text editor; where settings are saved before, the file is kept as \
                 `settings.ron.unread`"
                    .into()
            }
            Self::ArticleChanged { .. } => "save elsewhere, or open it again".into(),
            Self::ChangedOnDisk { .. } => {
                "open it again to see the other version, save elsewhere, or save over it knowingly".into()
            }
        }
    }

    /// Returns the encoding that a file looks like which is no UTF-8, so that it can be offered.
    #[must_use]
    pub fn likely_encoding(&self) -> Option<TextEncoding> {
        match self {
            Self::Decode {
                source: DecodeError::NotUtf8 { guess, .. } | DecodeError::Unmarked { guess },
                ..
            } => Some(*guess),
            _ => None,
        }
    }
}

fn decode_hint(error: &DecodeError) -> String {
    match error {
        DecodeError::NotUtf8 { guess, .. } | DecodeError::Unmarked { guess } => {
            format!("add `--encoding {guess}` on the command line")
        }
        DecodeError::Damaged { .. } => {
            "restore it from a backup, or mend this place in a text editor; with `--encoding` every letter would be wrong"
                .into()
        }
        DecodeError::Malformed { .. } => {
            "it may have been cut off: restore it from a backup; else choose another encoding".into()
        }
        DecodeError::Binary { .. } => "articles are text files; is this the right file?".into(),
        DecodeError::TooLong { .. } => "split the article".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_window_is_told_with_isolates() {
        let path: PathBuf = ["news", "مقال.hashiya.json"].iter().collect();
        let error = StoreError::NoArticle { path: path.clone(), article: "مقال.txt".into() };
        assert!(!error.to_string().contains('\u{2068}'), "a terminal and a log get the plain name");
        let drawn = error.isolated();
        assert!(drawn.starts_with(&isolate_path(&path)), "{drawn}");
        assert!(drawn.contains("`\u{2068}مقال.txt\u{2069}`"), "{drawn}");
        let plain = StoreError::Missing { path: "news/a.txt".into() };
        assert_eq!(plain.isolated(), plain.to_string());
    }
}
