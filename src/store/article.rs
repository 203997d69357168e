//! An article and the annotation file beside it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::StoreError;
use super::atomic::{self, Stamp};
use super::project::{slashed, walk};
use super::{Project, user_name};
use crate::formats::annotation_file::{self, AnnotationFile, Loaded, Problem};
use crate::model::{ArticleIdentity, Carry, Document, Schema};
use crate::text::{MAX_ARTICLE_BYTES, SourceText, TextEncoding, decode, decode_as};

/// The extensions of files that are taken for articles when a folder is opened.
pub(super) const ARTICLE_EXTENSIONS: [&str; 3] = ["txt", "text", "md"];

/// How to open an article.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The encoding that the user chose; without, the one that the annotation file records, else UTF-8 or what a
    /// byte order mark says.
    pub encoding: Option<TextEncoding>,
    /// Whose annotations of an article of a project are opened; without, those of the only one who has any, else those
    /// of the system's user.
    pub annotator: Option<Arc<str>>,
}

/// An article with what is known of it on disk.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The article with its annotations.
    pub document: Document,
    /// Who annotated; `None` where there is no annotation file yet.
    pub annotator: Option<Arc<str>>,
    /// What in the annotation file does not fit.
    pub problems: Vec<Problem>,
    /// Whether the annotation file should be saved: a merge has left in it what was mended here.
    pub is_mended: bool,
    /// Where the annotations stand now, when the article has changed since they were made.
    pub carry: Option<Carry>,
    /// Whether the annotation file is laid out as an earlier program wrote it.
    pub is_older: bool,
    /// The article's file.
    pub article_path: PathBuf,
    /// The annotation file, which need not be there yet.
    pub annotation_path: PathBuf,
    /// What the annotation file held; a save hands it in again.
    pub stamp: Stamp,
}

/// Returns where the annotations of an article are: `<file name>.ron` beside it.
#[must_use]
pub fn annotation_path(article: &Path) -> PathBuf {
    let mut name = article.file_name().unwrap_or_default().to_owned();
    name.push(".ron");
    article.with_file_name(name)
}

/// Opens an article with the annotations beside it, if there are any, by the path of either. Of a folder, its first
/// article is opened.
///
/// # Errors
///
/// When a file is missing or cannot be read, the article is no text, or the annotation file is damaged; nothing on
/// disk has changed then.
pub fn open(path: &Path, options: OpenOptions, schema: &Schema) -> Result<Opened, StoreError> {
    open_telling(path, options, schema, &|_, _| ())
}

/// Called with the path of an article and its text.
pub type OnText<'a> = dyn Fn(&Path, &SourceText) + Sync + 'a;

/// Opens an article as [`open`] does and shows its text as soon as that is read, while the annotations still are.
/// Where the annotation file tells of another encoding, the text is shown a second time.
///
/// # Errors
///
/// As [`open`].
pub fn open_telling(
    path: &Path,
    options: OpenOptions,
    schema: &Schema,
    on_text: &OnText<'_>,
) -> Result<Opened, StoreError> {
    if path.is_dir() {
        let articles = articles_in(path)?;
        let first = articles.first().ok_or_else(|| StoreError::NoArticles { path: path.to_owned() })?;
        return open_telling(first, options, schema, on_text);
    }
    if path.extension() == Some(OsStr::new("ron")) {
        return open_annotation_file(path, &options, schema, on_text);
    }
    let annotations = annotations_for(path, options.annotator.as_deref())?;
    open_pair(path, &annotations, &options, schema, on_text)
}

/// Returns the annotation file of an article: in a project the annotator's, else the one beside it.
///
/// # Errors
///
/// When it lies in a project whose file cannot be read.
pub fn annotations_for(article: &Path, annotator: Option<&str>) -> Result<PathBuf, StoreError> {
    let Some(project) = Project::containing(article)? else { return Ok(annotation_path(article)) };
    let Some(name) = project.name_of(article) else { return Ok(annotation_path(article)) };
    if let Some(annotator) = annotator {
        return Ok(project.annotations(annotator, &name));
    }
    let all = project.annotators().into_iter().map(|annotator| project.annotations(&annotator, &name));
    let mut there = all.filter(|path| path.is_file());
    match (there.next(), there.next()) {
        (Some(only), None) => Ok(only),
        _ => Ok(project.annotations(&user_name(), &name)),
    }
}

/// Opens an annotation file again with the article that it is known to belong to.
///
/// # Errors
///
/// As [`open`].
pub fn reopen(
    article: &Path,
    annotations: &Path,
    encoding: TextEncoding,
    schema: &Schema,
) -> Result<Opened, StoreError> {
    let options = OpenOptions { encoding: Some(encoding), annotator: None };
    open_pair(article, annotations, &options, schema, &|_, _| ())
}

fn open_annotation_file(
    path: &Path,
    options: &OpenOptions,
    schema: &Schema,
    on_text: &OnText<'_>,
) -> Result<Opened, StoreError> {
    // The file's own name tells where the article is; a file that was renamed still records it.
    let beside = path.with_extension("");
    if beside.is_file() {
        return open_pair(&beside, path, options, schema, on_text);
    }
    if let Some(project) = Project::containing(path)?
        && let Some((_, name)) = project.of_annotations(path)
    {
        return open_pair(&project.article(&name), path, options, schema, on_text);
    }
    let bytes = atomic::read(path, annotation_file::MAX_BYTES)?;
    let file = parse(path, &bytes)?;
    // Only a plain name: a file from elsewhere must not lead the program anywhere on this disk.
    let name = Path::new(file.article_name()).file_name().unwrap_or_default();
    let article = path.with_file_name(name);
    if name.is_empty() || !article.is_file() {
        let article = file.article_name().to_owned();
        return Err(StoreError::NoArticle { path: path.to_owned(), article });
    }
    open_pair(&article, path, options, schema, on_text)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<AnnotationFile, StoreError> {
    AnnotationFile::parse(bytes).map_err(|source| StoreError::Annotations { path: path.to_owned(), source })
}

fn open_pair(
    article_path: &Path,
    annotation_path: &Path,
    options: &OpenOptions,
    schema: &Schema,
    on_text: &OnText<'_>,
) -> Result<Opened, StoreError> {
    let article = atomic::read(article_path, MAX_ARTICLE_BYTES)?;
    // The annotation file is the longer one; the text is read beside it.
    let (file, text) = rayon::join(
        || annotations_of(annotation_path),
        || {
            let text = text_of(article_path, &article, options.encoding);
            text.inspect(|(source, _)| on_text(article_path, source))
        },
    );
    let (file, stamp) = file?;
    let recorded = file.as_ref().map(|file| recorded_encoding(file, annotation_path)).transpose()?;
    let is_as_recorded = match (&text, options.encoding.or(recorded)) {
        (Ok((_, identity)), Some(wanted)) => identity.encoding == wanted,
        (Err(_), Some(_)) => options.encoding.is_some(),
        (_, None) => true,
    };
    let (source, identity) = if is_as_recorded {
        text?
    } else {
        let text = text_of(article_path, &article, recorded)?;
        on_text(article_path, &text.0);
        text
    };
    let is_older = file.as_ref().is_some_and(AnnotationFile::is_of_earlier_layout);
    let (document, annotator, problems, is_mended, carry) = match file {
        Some(file) => {
            let Loaded { document, annotator, problems, is_mended, carry } =
                file.resolve(&source, identity, schema);
            (document, Some(annotator), problems, is_mended, carry)
        }
        None => (Document::new(source, identity), None, Vec::new(), false, None),
    };
    Ok(Opened {
        document,
        annotator,
        problems,
        is_mended,
        carry,
        is_older,
        article_path: article_path.to_owned(),
        annotation_path: annotation_path.to_owned(),
        stamp,
    })
}

fn annotations_of(path: &Path) -> Result<(Option<AnnotationFile>, Stamp), StoreError> {
    match atomic::read(path, annotation_file::MAX_BYTES) {
        Ok(bytes) => {
            let (file, stamp) = rayon::join(|| parse(path, &bytes), || Stamp::of(&bytes));
            Ok((Some(file?), stamp))
        }
        Err(StoreError::Missing { .. }) => {
            // No annotations could be saved there.
            let failed = |source| StoreError::Read { path: path.to_owned(), source };
            super::disk::check_no_link(path).map_err(failed)?;
            Ok((None, Stamp::ABSENT))
        }
        Err(error) => Err(error),
    }
}

fn recorded_encoding(file: &AnnotationFile, path: &Path) -> Result<TextEncoding, StoreError> {
    let name = file.article_encoding();
    TextEncoding::from_name(name)
        .ok_or_else(|| StoreError::Encoding { path: path.to_owned(), name: name.to_owned() })
}

/// Returns the decisions in the annotation file beside an article: the rule of each suggestion, and whether it was
/// accepted. The article itself is not read.
///
/// # Errors
///
/// When there is no such file, or it cannot be read.
pub fn decisions_beside(article: &Path) -> Result<Vec<(Arc<str>, bool)>, StoreError> {
    let path = annotation_path(article);
    let bytes = atomic::read(&path, annotation_file::MAX_BYTES)?;
    let file = annotation_file::AnnotationFile::parse(&bytes)
        .map_err(|source| StoreError::Annotations { path, source })?;
    Ok(file.decisions().map(|(rule, accepted)| (Arc::from(rule), accepted)).collect())
}

/// Returns an annotation file by itself; the article need not be there.
///
/// # Errors
///
/// When the file is missing, cannot be read, or is damaged.
pub fn read_annotations(path: &Path) -> Result<AnnotationFile, StoreError> {
    parse(path, &atomic::read(path, annotation_file::MAX_BYTES)?)
}

/// Returns the files of a folder that hold annotations, also of folders in it: JSON lines, and those of this program,
/// which are named `<article>.ron` (a schema or a project has no such double name). Sorted by their names, which are their
/// paths from the folder, divided by `/`; links are not followed.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn annotated_files_in(folder: &Path) -> Result<Vec<(String, PathBuf)>, StoreError> {
    let mut files = Vec::new();
    let mut add = |path: &Path, _: &fs::DirEntry| {
        let is_ron = has_extension(path, &["ron"]) && path.with_extension("").extension().is_some();
        if is_ron || has_extension(path, &["jsonl", "ndjson"]) {
            let inside = path.strip_prefix(folder).unwrap_or(path);
            let name = slashed(inside).unwrap_or_else(|| inside.to_string_lossy().into_owned());
            files.push((name, path.to_owned()));
        }
    };
    walk(folder, &[], &mut add).map_err(|source| StoreError::Read { path: folder.to_owned(), source })?;
    files.sort();
    Ok(files)
}

/// Returns the text of an article without its annotations.
///
/// # Errors
///
/// When the file is missing, cannot be read, or is no text.
pub fn read_text(
    path: &Path,
    encoding: Option<TextEncoding>,
) -> Result<(SourceText, ArticleIdentity), StoreError> {
    text_of(path, &atomic::read(path, MAX_ARTICLE_BYTES)?, encoding)
}

fn text_of(
    path: &Path,
    bytes: &[u8],
    encoding: Option<TextEncoding>,
) -> Result<(SourceText, ArticleIdentity), StoreError> {
    let decoded = encoding.map_or_else(|| decode(bytes), |encoding| decode_as(bytes, encoding));
    let decoded = decoded.map_err(|source| StoreError::Decode { path: path.to_owned(), source })?;
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let identity = ArticleIdentity {
        file_name: Arc::from(&*file_name),
        sha256: atomic::hexadecimal(&Sha256::digest(bytes)).into(),
        encoding: decoded.encoding,
    };
    Ok((SourceText::new(decoded.text), identity))
}

/// Returns the articles of a folder, by name; not those of folders inside it.
///
/// # Errors
///
/// When the folder cannot be read or has no article.
pub fn articles_in(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let articles = files_in(folder, &ARTICLE_EXTENSIONS)?;
    if articles.is_empty() { Err(StoreError::NoArticles { path: folder.to_owned() }) } else { Ok(articles) }
}

/// Returns the articles at a path: those of a folder, else the path itself.
///
/// # Errors
///
/// When it is a folder that cannot be read or has no article.
pub fn articles_at(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    if path.is_dir() { articles_in(path) } else { Ok(vec![path.to_owned()]) }
}

/// Returns the annotation files at a path: those of a folder, by name (an article's name with `.ron` behind it), else
/// the path itself, which may also be an article's.
///
/// # Errors
///
/// When it is a folder that cannot be read or has neither article nor annotation file.
pub fn annotation_files_at(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = files_in(path, &["ron"])?;
    files.retain(|file| has_extension(&file.with_extension(""), &ARTICLE_EXTENSIONS));
    if files.is_empty() {
        articles_in(path)?;
    }
    Ok(files)
}

/// Returns the files of a folder that have one of the extensions, by name.
pub(super) fn files_in(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |source| StoreError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if has_extension(&path, extensions) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Returns the annotation file of a document as it is written to `path`.
///
/// # Errors
///
/// When the document holds what cannot be written; see [`annotation_file::save`].
pub fn serialize(
    path: &Path,
    document: &Document,
    annotator: &str,
    schema: &Schema,
) -> Result<String, StoreError> {
    annotation_file::save(document, annotator, schema.name())
        .map_err(|source| StoreError::Serialize { path: path.to_owned(), source: Box::new(source) })
}

/// Checks that what is to be written at `path` does not take the place of the article, whichever way the two are
/// named.
///
/// # Errors
///
/// When both lead to the same file.
pub fn check_not_article(path: &Path, article: &Path) -> Result<(), StoreError> {
    let same = match (fs::canonicalize(path), fs::canonicalize(article)) {
        (Ok(path), Ok(article)) => path == article,
        _ => path == article,
    };
    if same { Err(StoreError::IsArticle { path: path.to_owned() }) } else { Ok(()) }
}

/// Saves the annotations of a document atomically and returns the stamp for the next save.
///
/// With `expected`, the file must still be what it was when it was read or last saved; without, it is written over.
///
/// # Errors
///
/// When the file was changed by others or cannot be written; it is then as it was.
pub fn save(
    path: &Path,
    document: &Document,
    annotator: &str,
    schema: &Schema,
    expected: Option<&Stamp>,
) -> Result<Stamp, StoreError> {
    let text = serialize(path, document, annotator, schema)?;
    atomic::write(path, text.as_bytes(), expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::schema_file;
    use crate::model::{
        Annotation, AnnotationId, Body, Edit, Entity, Fragments, Origin, Timestamp, Transaction,
        UnknownFields,
    };
    use crate::text::TextRange;

    const TEXT: &str = "وصل سليم عون إلى المرفأ يوم الأحد، بحسب مصادر محلية.\r\n";

    fn schema() -> Schema {
        schema_file::load(schema_file::tests::SMALL.as_bytes()).expect("a good schema")
    }

    fn tag(document: &mut Document, part: &str) {
        let start = document.source().as_str().find(part).expect("a part of the text");
        let range = TextRange::from_indices(start, start + part.len());
        let annotation = Annotation {
            id: document.fresh_annotation_id(),
            body: Body::Entity(Entity {
                label: "PERS".into(),
                fragments: Fragments::single(range).expect("not empty"),
            }),
            attributes: std::collections::BTreeMap::new(),
            note: "".into(),
            origin: Origin::Human,
            created: Timestamp::from_millis(0),
            modified: Timestamp::from_millis(0),
            unknown: UnknownFields::NONE,
        };
        document.apply(&Transaction::new("Tag", vec![Edit::Insert(annotation)])).expect("it fits");
    }

    fn saved_article(bytes: &[u8], encoding: Option<TextEncoding>) -> (tempfile::TempDir, PathBuf, Opened) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("port.txt");
        fs::write(&path, bytes).expect("writable");
        let mut opened =
            open(&path, OpenOptions { encoding, annotator: None }, &schema()).expect("an article");
        assert_eq!(opened.annotator, None);
        tag(&mut opened.document, "سليم عون");
        opened.stamp =
            save(&opened.annotation_path, &opened.document, "amal", &schema(), Some(&opened.stamp))
                .expect("writable");
        (folder, path, opened)
    }

    #[test]
    fn what_was_saved_is_found_again_by_either_path() {
        let (_folder, path, before) = saved_article(TEXT.as_bytes(), None);
        assert_eq!(before.annotation_path.file_name(), Some(OsStr::new("port.txt.ron")));
        for path in [&path, &before.annotation_path] {
            let again = open(path, OpenOptions::default(), &schema()).expect("saved");
            assert_eq!(again.document, before.document);
            assert_eq!(again.annotator.as_deref(), Some("amal"));
            assert_eq!(again.stamp, before.stamp);
            assert_eq!(again.problems, []);
        }
    }

    #[test]
    fn a_legacy_encoding_that_was_chosen_once_is_not_asked_for_again() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(TEXT);
        let chosen = TextEncoding::from_name("windows-1256");
        let (_folder, path, before) = saved_article(&bytes, chosen);
        let again = open(&path, OpenOptions::default(), &schema()).expect("the encoding is recorded");
        assert_eq!(again.document.source().as_str(), TEXT);
        assert_eq!(again.document, before.document);
    }

    #[test]
    fn bytes_that_are_no_utf8_come_with_an_offer() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("old.txt");
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(TEXT);
        fs::write(&path, bytes).expect("writable");
        let error = open(&path, OpenOptions::default(), &schema()).expect_err("legacy");
        assert_eq!(error.likely_encoding(), TextEncoding::from_name("windows-1256"));
        assert!(error.hint().contains("--encoding windows-1256"), "{}", error.hint());
    }

    #[test]
    fn a_damaged_annotation_file_is_left_as_it_is() {
        let (_folder, path, before) = saved_article(TEXT.as_bytes(), None);
        let whole = fs::read_to_string(&before.annotation_path).expect("saved");
        let cut = whole.get(..whole.find("origin").expect("a record")).expect("ASCII");
        fs::write(&before.annotation_path, cut).expect("writable");
        let error = open(&path, OpenOptions::default(), &schema()).expect_err("cut off");
        assert!(error.to_string().contains("port.txt.ron:7:"), "{error}");
        assert!(error.hint().contains("ends in the middle"), "{}", error.hint());
        assert_eq!(fs::read_to_string(&before.annotation_path).expect("there"), cut);
    }

    #[test]
    fn an_annotation_file_from_elsewhere_leads_to_no_other_folder() {
        let (folder, path, before) = saved_article(TEXT.as_bytes(), None);
        let text = fs::read_to_string(&before.annotation_path).expect("saved");
        let stray = folder.path().join("stray.ron");
        let outside = format!("../{}/port.txt", folder.path().file_name().expect("a name").display());
        fs::write(&stray, text.replacen("port.txt", &outside, 1)).expect("writable");
        let opened = open(&stray, OpenOptions::default(), &schema()).expect("the article beside it");
        assert_eq!(opened.article_path, path);
        fs::remove_file(&path).expect("there");
        let error = open(&stray, OpenOptions::default(), &schema()).expect_err("no article beside it");
        assert!(matches!(error, StoreError::NoArticle { .. }), "{error}");
    }

    #[test]
    fn a_folder_opens_at_its_first_article_and_an_empty_one_says_so() {
        let (folder, _, before) = saved_article(TEXT.as_bytes(), None);
        let opened = open(folder.path(), OpenOptions::default(), &schema()).expect("one article");
        assert_eq!(opened.document, before.document);
        let empty = tempfile::tempdir().expect("a temporary folder");
        let error = open(empty.path(), OpenOptions::default(), &schema()).expect_err("nothing there");
        assert!(error.to_string().ends_with("no article lies in this folder"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error =
            open(Path::new("/nowhere/x.txt"), OpenOptions::default(), &schema()).expect_err("missing");
        assert_eq!(error.to_string(), "/nowhere/x.txt: there is no such file");
    }

    #[test]
    fn the_first_id_is_recorded() {
        let (_folder, _, opened) = saved_article(TEXT.as_bytes(), None);
        assert!(opened.document.annotation(AnnotationId::FIRST).is_some());
    }
}
