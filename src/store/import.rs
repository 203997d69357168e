//! Bringing articles of other formats into a project: each is stored as UTF-8 text, with a note of where it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::article::{ARTICLE_EXTENSIONS, has_extension};
use super::atomic::{self, hexadecimal, make_folder, write_error};
use super::project::{append, walk, write_new};
use super::{Project, StoreError, folder_name};
use crate::formats::Format;
use crate::formats::exchange::{
    ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Layer, Reader,
};
use crate::formats::project_file::{self, SourceNote};
use crate::formats::schema_growth::Additions;
use crate::model::{ArticleIdentity, Document, LabelKind, Schema};
use crate::text::{SourceText, TextEncoding};

/// The longest file that is read as a whole, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// The longest line of a file of lines, in bytes.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// After so many articles that the disk has refused, the import ends.
const MOST_REFUSED: usize = 20;

/// The longest name of a file or folder, in bytes: every system takes it.
const MAX_NAME_BYTES: usize = 200;

/// How many notes of sources are written at once.
const NOTES: usize = 256;

/// Something that was met while a file was read; the others are read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRemark {
    /// The file.
    pub path: PathBuf,
    /// Where in it, and what.
    pub text: String,
    /// What can be done; empty where nothing need be.
    pub hint: &'static str,
    /// Whether something was not read.
    pub is_error: bool,
}

/// What an import has brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Articles that are new in the project.
    pub articles: usize,
    /// Articles whose text was there already.
    pub duplicates: usize,
    /// Annotations.
    pub annotations: usize,
    /// Labels that the schema has not, with how often each stands there.
    pub unknown_labels: BTreeMap<String, usize>,
    /// Relations that the schema has not, with how often each stands there. Without them in the schema they are set
    /// aside when the article is opened.
    pub unknown_relations: BTreeMap<String, usize>,
    /// What the schema would have to have for both.
    pub additions: Additions,
    /// What was met.
    pub remarks: Vec<ImportRemark>,
}

/// An import into a project.
pub struct Import<'a> {
    project: &'a Project,
    format: &'static Format,
    options: ImportOptions<'a>,
    /// Who annotated, where the file does not say it.
    annotator: Arc<str>,
    /// RFC 3339.
    at: String,
    schema: &'a Schema,
    /// The project's articles, by the SHA-256 of their text.
    by_text: BTreeMap<String, String>,
    /// In lower case, since some systems take them for one.
    names: BTreeSet<String>,
    /// The number that the next article of a name gets.
    next: BTreeMap<String, usize>,
    /// How many articles the disk has refused.
    refused: usize,
    notes: Vec<u8>,
    waiting: usize,
    report: ImportReport,
}

impl<'a> Import<'a> {
    /// Begins an import: the project's articles are read once, to know what is there already.
    ///
    /// # Errors
    ///
    /// When the project cannot be read.
    pub fn new(
        project: &'a Project,
        format: &'static Format,
        options: ImportOptions<'a>,
        annotator: Arc<str>,
        at: String,
    ) -> Result<Self, StoreError> {
        let known = project.sources();
        let mut by_text = BTreeMap::new();
        let mut names = BTreeSet::new();
        for name in project.article_names()? {
            let sum = match known.get(&*name) {
                Some(note) => note.sha256.clone(),
                None => match super::read_text(&project.article(&name), None) {
                    Ok((text, _)) => sum_of(text.as_str()),
                    // What cannot be read is nobody's duplicate.
                    Err(_) => String::new(),
                },
            };
            by_text.entry(sum).or_insert_with(|| name.to_string());
            names.insert(name.to_lowercase());
        }
        by_text.remove("");
        let schema = options.schema;
        let report = ImportReport::default();
        let notes = Vec::new();
        Ok(Self {
            project,
            format,
            options,
            annotator,
            at,
            schema,
            by_text,
            names,
            next: BTreeMap::new(),
            refused: 0,
            notes,
            waiting: 0,
            report,
        })
    }

    /// Reads a file, or every file of the format in a folder. What is wrong in one of them is remarked.
    ///
    /// # Errors
    ///
    /// When a path is not there or the project cannot be written.
    pub fn read(&mut self, path: &Path) -> Result<(), StoreError> {
        let Some(reader) = self.format.reader else { return Ok(()) };
        if !path.is_dir() {
            return self.read_file(path, &reader);
        }
        let mut files = Vec::new();
        walk(path, &[], &mut |file, _| {
            if has_extension(file, reader.extensions()) {
                files.push(file.to_owned());
            }
        })
        .map_err(|source| StoreError::Read { path: path.to_owned(), source })?;
        files.sort();
        if files.is_empty() {
            return Err(StoreError::NothingToImport {
                path: path.to_owned(),
                extensions: reader.extensions().join(", "),
            });
        }
        files.iter().try_for_each(|file| self.read_file(file, &reader))
    }

    /// Ends the import.
    ///
    /// # Errors
    ///
    /// When the notes of the sources cannot be written.
    pub fn finish(mut self) -> Result<ImportReport, StoreError> {
        self.write_notes()?;
        Ok(self.report)
    }

    fn read_file(&mut self, path: &Path, reader: &Reader) -> Result<(), StoreError> {
        match reader {
            Reader::File { read, .. } => {
                let bytes = match atomic::read(path, MAX_FILE_BYTES) {
                    Ok(bytes) => bytes,
                    Err(error @ StoreError::Missing { .. }) => return Err(error),
                    Err(error) => {
                        self.remark(path, error.to_string(), "", true);
                        return Ok(());
                    }
                };
                let beside = |name: &str| atomic::read(&path.with_file_name(name), MAX_FILE_BYTES).ok();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let file = ImportFile { name: &name, bytes: &bytes, beside: &beside };
                let options = self.options;
                let mut stored = Ok(());
                let ended = read(&file, &options, &mut |article| {
                    if stored.is_ok() {
                        stored = self.take(path, article);
                    }
                });
                if let Err(error) = ended {
                    self.remark_error(path, &error);
                }
                stored
            }
            Reader::Lines { read, .. } => self.read_lines(path, *read),
        }
    }

    fn read_lines(
        &mut self,
        path: &Path,
        read: crate::formats::exchange::ReadLine,
    ) -> Result<(), StoreError> {
        let mut reader = super::reader(path)?;
        for number in 1.. {
            let line = next_line(&mut *reader);
            let line = line.map_err(|source| StoreError::Read { path: path.to_owned(), source })?;
            let Some(line) = line else { break };
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let article = read(&line, &self.options).map_err(|error| {
                let within =
                    if error.place.is_empty() { String::new() } else { format!(", {}", error.place) };
                ImportError { place: format!("line {number}{within}"), ..error }
            });
            self.take(path, article)?;
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, article: Result<ImportedArticle, ImportError>) -> Result<(), StoreError> {
        match article {
            Ok(article) => match self.store(path, article) {
                Err(error) if self.refused < MOST_REFUSED => {
                    self.refused += 1;
                    self.remark(path, error.to_string(), "this article was not imported", true);
                    Ok(())
                }
                stored => stored,
            },
            Err(error) => {
                self.remark_error(path, &error);
                Ok(())
            }
        }
    }

    /// Stores an article and what was said of it.
    fn store(&mut self, path: &Path, article: ImportedArticle) -> Result<(), StoreError> {
        for ImportWarning { place, message } in &article.warnings {
            let place = if place.is_empty() { String::new() } else { format!(", {place}") };
            self.remark(path, format!("{}{place}: {message}", article.name), "", false);
        }
        let sum = sum_of(article.text.as_str());
        let known = self.by_text.get(&sum).cloned().and_then(|name| {
            // It may have changed since it was noted.
            let (text, identity) = super::read_text(&self.project.article(&name), None).ok()?;
            (text.as_str() == article.text.as_str()).then_some((name, identity))
        });
        let (name, identity) = if let Some(known) = known {
            self.report.duplicates += 1;
            known
        } else {
            let name = self.store_text(path, &article, sum)?;
            let file_name = Path::new(&name).file_name().unwrap_or_default().to_string_lossy();
            let identity = ArticleIdentity {
                file_name: Arc::from(&*file_name),
                sha256: hexadecimal(&Sha256::digest(bytes_of(article.text.as_str()))).into(),
                encoding: TextEncoding::UTF_8,
            };
            (name, identity)
        };
        for layer in article.layers {
            self.store_layer(path, &name, (&article.text, &identity), layer)?;
        }
        Ok(())
    }

    fn store_text(
        &mut self,
        path: &Path,
        article: &ImportedArticle,
        sum: String,
    ) -> Result<String, StoreError> {
        let name = self.free_name(&article.name);
        let target = self.project.article(&name);
        make_folder(target.parent().unwrap_or(&target))?;
        let failed = |source| write_error(&target, source);
        write_new(&target, &bytes_of(article.text.as_str()))?;
        let note = SourceNote {
            article: name.clone(),
            from: path.to_string_lossy().into_owned(),
            format: self.format.name.to_owned(),
            sha256: sum.clone(),
            imported: self.at.clone(),
            metadata: article.metadata.clone(),
        };
        let line = project_file::source_line(&note);
        let line = line.map_err(|error| failed(std::io::Error::new(ErrorKind::InvalidInput, error)))?;
        self.notes.extend(line.as_bytes());
        self.waiting += 1;
        self.by_text.insert(sum, name.clone());
        self.report.articles += 1;
        if self.waiting >= NOTES {
            self.write_notes()?;
        }
        Ok(name)
    }

    fn write_notes(&mut self) -> Result<(), StoreError> {
        if self.waiting > 0 {
            append(&self.project.sources_path(), &self.notes)?;
        }
        self.notes.clear();
        self.waiting = 0;
        Ok(())
    }

    /// Returns a name for an article that no other has, also where upper and lower case are one.
    fn free_name(&mut self, wanted: &str) -> String {
        let parts: Vec<String> = wanted.split('/').filter(|part| !part.is_empty()).map(short_name).collect();
        let wanted = if parts.is_empty() { "article".to_owned() } else { parts.join("/") };
        let is_text = has_extension(Path::new(&wanted), &ARTICLE_EXTENSIONS);
        let (stem, extension) = match wanted.rsplit_once('.').filter(|_| is_text) {
            Some((stem, extension)) => (stem.to_owned(), extension.to_owned()),
            None => (wanted, "txt".to_owned()),
        };
        let mut name = format!("{stem}.{extension}");
        let next = self.next.entry(name.to_lowercase()).or_insert(2);
        while !self.names.insert(name.to_lowercase()) {
            name = format!("{stem}-{next}.{extension}");
            *next += 1;
        }
        name
    }

    fn store_layer(
        &mut self,
        path: &Path,
        name: &str,
        (text, identity): (&SourceText, &ArticleIdentity),
        layer: Layer,
    ) -> Result<(), StoreError> {
        if layer.annotations.is_empty() && layer.decisions.is_empty() && layer.orphans.is_empty() {
            // Nobody has begun with it.
            return Ok(());
        }
        let annotator = layer.annotator.clone().filter(|name| !name.is_empty());
        let annotator = annotator.clone().unwrap_or_else(|| self.annotator.to_string());
        let target = self.project.annotations(&annotator, name);
        let document = match layer.into_document(text.clone(), identity.clone()) {
            Ok(document) => document,
            Err(error) => {
                self.remark(path, format!("{name}: its annotations do not fit together: {error}"), "", true);
                return Ok(());
            }
        };
        let written = super::serialize(&target, &document, &annotator, self.schema)?;
        match atomic::read(&target, crate::formats::annotation_file::MAX_BYTES) {
            Ok(there) if there == written.as_bytes() => return Ok(()),
            Ok(_) => {
                let hint = "name another --annotator, or remove that file first";
                let text = format!("{name}: {} is there already and was left as it is", target.display());
                self.remark(path, text, hint, true);
                return Ok(());
            }
            Err(StoreError::Missing { .. }) => {}
            Err(error) => {
                self.remark(path, format!("{name}: {error}"), "its annotations were not imported", true);
                return Ok(());
            }
        }
        self.note_unknown(&document);
        self.report.annotations += document.annotations().len();
        make_folder(target.parent().unwrap_or(&target))?;
        write_new(&target, written.as_bytes())
    }

    /// Notes the labels and relations that the schema has not.
    fn note_unknown(&mut self, document: &Document) {
        let ImportReport { unknown_labels, unknown_relations, additions, .. } = &mut self.report;
        for annotation in document.annotations().iter() {
            let label = annotation.body.label();
            if self.schema.label(label).is_none() {
                let count = unknown_labels.entry(label.to_string()).or_default();
                if *count == 0 {
                    additions.labels.push(label.to_string());
                }
                *count += 1;
            }
        }
        for relation in
            document.relations().filter(|relation| self.schema.relation(&relation.label).is_none())
        {
            let kind = |id| {
                let claim =
                    document.annotation(id).is_some_and(|annotation| annotation.body.as_claim().is_some());
                if claim { LabelKind::Claim } else { LabelKind::Entity }
            };
            let count = unknown_relations.entry(relation.label.to_string()).or_default();
            if *count == 0 {
                let (from, to) = (kind(relation.from), kind(relation.to));
                additions.relations.push((relation.label.to_string(), from, to));
            }
            *count += 1;
        }
    }

    fn remark_error(&mut self, path: &Path, error: &ImportError) {
        self.remark(path, error.to_string(), error.hint, true);
    }

    fn remark(&mut self, path: &Path, text: String, hint: &'static str, is_error: bool) {
        self.report.remarks.push(ImportRemark { path: path.to_owned(), text, hint, is_error });
    }
}

/// Returns a name as that of a file or folder, cut where it is too long; its extension stays.
fn short_name(name: &str) -> String {
    let name = folder_name(name);
    if name.len() <= MAX_NAME_BYTES {
        return name;
    }
    let extension = Path::new(&name).extension().and_then(|extension| extension.to_str());
    let extension =
        extension.filter(|extension| extension.len() < 16).map(|extension| format!(".{extension}"));
    let extension = extension.unwrap_or_default();
    let mut short = String::new();
    for c in name.chars() {
        if short.len() + c.len_utf8() + extension.len() > MAX_NAME_BYTES {
            break;
        }
        short.push(c);
    }
    short + &extension
}

fn sum_of(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Returns a text as a file. A text that begins with a byte order mark has a second one before it, which is taken off
/// when the file is read.
fn bytes_of(text: &str) -> Vec<u8> {
    let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    [mark.as_bytes(), text.as_bytes()].concat()
}

/// Returns the next line without its end; `None` at the end of the file.
pub(super) fn next_line(reader: &mut dyn BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut limited = std::io::Read::take(reader, MAX_LINE_BYTES + 1);
    if limited.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() as u64 > MAX_LINE_BYTES {
        let text = format!("a line is longer than {MAX_LINE_BYTES} bytes");
        return Err(std::io::Error::new(ErrorKind::InvalidData, text));
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}
