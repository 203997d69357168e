//! A project: a folder of articles with the annotations of each annotator, its schema and its rules.
//!
//! ```text
//! hashiya.ron                            name, schema, rules, annotators
//! articles/…                             the articles, also in folders
//! annotations/<annotator>/<article>.ron  what each annotator has said
//! progress/<annotator>.jsonl             how far each annotator is
//! sources.jsonl                          where the articles came from
//! rules/, gazetteers/, guidelines.md
//! .hashiya/                              journals, locks, where each annotator was: never needed to understand the rest
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::StoreError;
use super::article::{ARTICLE_EXTENSIONS, annotation_path, has_extension};
use super::atomic::{self, MAX_RECORD_BYTES, Stamp, make_folder, write_error};
use super::dictionary::project_of;
use super::disk::MAX_READ_BYTES;
use crate::formats::annotation_file::{self, AnnotationFile};
use crate::formats::project_file::{self, ProjectFile, SourceNote};
use crate::formats::schema_file;
use crate::formats::schema_growth::{self, Additions};
use crate::model::{ProgressMark, Schema, Timestamp};

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "hashiya.ron";

/// The longest file of lines (progress, sources), in bytes: some million lines.
const MAX_LINES_BYTES: u64 = 512 << 20;

/// Folders of a project that hold no articles.
const OWN_FOLDERS: [&str; 5] = ["annotations", "progress", "rules", "gazetteers", ".hashiya"];

/// A project on disk. Cheap to clone; what its files hold is read when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: Arc<Path>,
    file: Arc<ProjectFile>,
}

/// An article of a project, as an annotator has it before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectArticle {
    /// Its name: the path from the folder of articles, with `/`.
    pub name: Arc<str>,
    /// What the annotator says of it.
    pub mark: Option<ProgressMark>,
    /// Whether the annotator has an annotation file for it.
    pub is_annotated: bool,
    /// When its file was last changed.
    pub modified: Timestamp,
}

impl Project {
    /// Opens the project in a folder.
    ///
    /// # Errors
    ///
    /// When the folder is no project, or its file cannot be read.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let path = root.join(PROJECT_FILE);
        let bytes = atomic::read(&path, MAX_RECORD_BYTES)?;
        let file = project_file::load(&bytes).map_err(|source| StoreError::Project { path, source })?;
        let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        Ok(Self { root: root.into(), file: Arc::new(file) })
    }

    /// Returns the project that a file or folder lies in, or is; `None` where it lies in none.
    ///
    /// # Errors
    ///
    /// When the project's file cannot be read.
    pub fn containing(path: &Path) -> Result<Option<Self>, StoreError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if path.join(PROJECT_FILE).is_file() {
            return Self::open(&path).map(Some);
        }
        project_of(&path).map(Self::open).transpose()
    }

    /// Makes a folder a project; what is in it stays. Annotation files that lie beside the articles are copied to the
    /// annotators who made them. With `copy_from`, the articles of that folder are copied first.
    ///
    /// # Errors
    ///
    /// When it is one already, or cannot be written.
    pub fn create(root: &Path, file: &ProjectFile, copy_from: Option<&Path>) -> Result<Self, StoreError> {
        make_folder(root)?;
        let path = root.join(PROJECT_FILE);
        if path.exists() {
            return Err(StoreError::IsProject { path: root.to_owned() });
        }
        let absolute = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let project = Self { root: absolute.into(), file: Arc::new(file.clone()) };
        make_folder(&project.articles_folder())?;
        if let Some(from) = copy_from {
            project.copy_articles(from)?;
        }
        project.adopt_annotations()?;
        // Last: what was begun and not ended is no project, and can be begun again.
        atomic::write(&path, project_file::save(file).as_bytes(), Some(&Stamp::ABSENT))?;
        Ok(project)
    }

    /// Copies the articles of a folder, byte by byte, with the annotation files beside them. What is there already with
    /// the same bytes stays; with other bytes, nothing is written over it.
    fn copy_articles(&self, from: &Path) -> Result<(), StoreError> {
        let to = self.articles_folder();
        let mut files = Vec::new();
        let found = walk(from, &[], &mut |path, _| {
            let article = path.with_extension("");
            let is_annotation = has_extension(path, &["ron"]) && has_extension(&article, &ARTICLE_EXTENSIONS);
            if is_annotation || has_extension(path, &ARTICLE_EXTENSIONS) {
                files.push(path.to_owned());
            }
        });
        found.map_err(|source| StoreError::Read { path: from.to_owned(), source })?;
        for file in files {
            let Ok(name) = file.strip_prefix(from) else { continue };
            let target = to.join(name);
            make_folder(target.parent().unwrap_or(&to))?;
            copy(&file, &target)?;
        }
        Ok(())
    }

    fn adopt_annotations(&self) -> Result<(), StoreError> {
        let folder = self.articles_folder();
        for name in self.article_names()? {
            let beside = annotation_path(&folder.join(&*name));
            let Ok(bytes) = atomic::read(&beside, annotation_file::MAX_BYTES) else { continue };
            let Ok(file) = AnnotationFile::parse(&bytes) else { continue };
            let own = self.annotations(file.annotator(), &name);
            if !own.exists() {
                make_folder(own.parent().unwrap_or(&self.root))?;
                atomic::write(&own, &bytes, None)?;
            }
        }
        Ok(())
    }

    /// Returns the project's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the project's settings.
    #[must_use]
    pub fn settings(&self) -> &ProjectFile {
        &self.file
    }

    /// Returns what the project is called.
    #[must_use]
    pub fn name(&self) -> String {
        match self.file.name.as_str() {
            "" => self.root.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            name => name.to_owned(),
        }
    }

    /// Returns the project's schema: its own, else the program's.
    ///
    /// # Errors
    ///
    /// When its own cannot be read.
    pub fn schema(&self) -> Result<Schema, StoreError> {
        match self.file.schema.as_str() {
            "" => Ok(schema_file::default_schema()),
            path => super::load_schema(&self.root.join(path)),
        }
    }

    /// Returns the folder of the articles.
    #[must_use]
    pub fn articles_folder(&self) -> PathBuf {
        // Without the `.` of a project that lies among its articles, so that paths compare.
        let folder = Path::new(&self.file.articles);
        self.root.join(folder.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>())
    }

    /// Returns the path of an article.
    #[must_use]
    pub fn article(&self, name: &str) -> PathBuf {
        self.articles_folder().join(name)
    }

    /// Returns the annotation file of an article by an annotator; it need not be there.
    #[must_use]
    pub fn annotations(&self, annotator: &str, name: &str) -> PathBuf {
        self.annotator_folder(annotator).join(format!("{name}.ron"))
    }

    fn annotator_folder(&self, annotator: &str) -> PathBuf {
        self.root.join("annotations").join(folder_name(annotator))
    }

    /// Returns the name of an article by its path; `None` for a file that is none of the project's.
    #[must_use]
    pub fn name_of(&self, article: &Path) -> Option<String> {
        let article = std::path::absolute(article).unwrap_or_else(|_| article.to_owned());
        let folder = self.articles_folder();
        let name = article.strip_prefix(&folder).ok().and_then(slashed).or_else(|| {
            // However the folder was named, it is one folder.
            let folder = fs::canonicalize(folder).ok()?;
            let article = fs::canonicalize(&article).ok()?;
            article.strip_prefix(folder).ok().and_then(slashed)
        })?;
        if self.file.articles == "." && OWN_FOLDERS.iter().any(|own| Path::new(&name).starts_with(own)) {
            return None;
        }
        Some(name)
    }

    /// Returns annotator and article of an annotation file; `None` where it lies elsewhere.
    #[must_use]
    pub fn of_annotations(&self, path: &Path) -> Option<(String, String)> {
        let path = fs::canonicalize(path).ok()?;
        let inside = path.strip_prefix(self.root.join("annotations")).ok()?;
        let mut parts = inside.components();
        let annotator = parts.next()?.as_os_str().to_str()?.to_owned();
        let name = slashed(parts.as_path())?;
        Some((annotator, name.strip_suffix(".ron")?.to_owned()))
    }

    /// Returns the names of all articles, sorted.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn article_names(&self) -> Result<Vec<Arc<str>>, StoreError> {
        let folder = self.articles_folder();
        let mut names = Vec::new();
        let own: &[&str] = if self.file.articles == "." { &OWN_FOLDERS } else { &[] };
        walk(&folder, own, &mut |path, _| {
            if has_extension(path, &ARTICLE_EXTENSIONS)
                && let Some(name) = path.strip_prefix(&folder).ok().and_then(slashed)
            {
                names.push(Arc::from(name));
            }
        })
        .map_err(|source| StoreError::Read { path: folder.clone(), source })?;
        names.sort_unstable();
        Ok(names)
    }

    /// Returns the articles as the annotator has them, by name.
    ///
    /// # Errors
    ///
    /// When a folder cannot be read.
    pub fn articles(&self, annotator: &str) -> Result<Vec<ProjectArticle>, StoreError> {
        let folder = self.articles_folder();
        let names = self.article_names()?;
        let annotated = self.annotated(annotator);
        let marks = self.progress(annotator);
        Ok(names
            .into_iter()
            .map(|name| {
                let modified = fs::metadata(folder.join(&*name)).and_then(|m| m.modified());
                let modified = modified.ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
                let modified = modified.and_then(|at| i64::try_from(at.as_millis()).ok()).unwrap_or_default();
                ProjectArticle {
                    mark: marks.get(&*name).copied(),
                    is_annotated: annotated.binary_search_by(|other| (**other).cmp(&*name)).is_ok(),
                    modified: Timestamp::from_millis(modified),
                    name,
                }
            })
            .collect())
    }

    /// Returns the names of the articles that an annotator has an annotation file for, sorted.
    #[must_use]
    pub fn annotated(&self, annotator: &str) -> Vec<String> {
        let folder = self.annotator_folder(annotator);
        let mut names = Vec::new();
        // An annotator who has begun nothing has no folder yet.
        let _ = walk(&folder, &[], &mut |path, _| {
            let name = path.strip_prefix(&folder).ok().and_then(slashed);
            names.extend(name.and_then(|name| name.strip_suffix(".ron").map(str::to_owned)));
        });
        names.sort_unstable();
        names
    }

    /// Returns those who have annotations, and those whom the project's file names.
    #[must_use]
    pub fn annotators(&self) -> Vec<String> {
        let mut names: Vec<String> = self.file.annotators.clone();
        for entry in fs::read_dir(self.root.join("annotations")).into_iter().flatten().flatten() {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if let Some(name) = entry.file_name().to_str().filter(|_| is_folder)
                && !names.iter().any(|known| folder_name(known) == name)
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        names
    }

    /// Returns whether an article is one of the annotator's: by the share that all annotate, else by turns. The name
    /// alone decides, so that every machine says the same.
    #[must_use]
    pub fn is_for(&self, annotator: &str, name: &str) -> bool {
        let ProjectFile { annotators, overlap, .. } = &*self.file;
        let Some(own) = annotators.iter().position(|other| other == annotator) else { return true };
        let hash = crc32fast::hash(name.as_bytes());
        if hash % 100 < u32::from(*overlap) {
            return true;
        }
        (hash / 100) as usize % annotators.len() == own
    }

    fn progress_path(&self, annotator: &str) -> PathBuf {
        self.root.join("progress").join(format!("{}.jsonl", folder_name(annotator)))
    }

    /// Returns what an annotator says of the articles.
    #[must_use]
    pub fn progress(&self, annotator: &str) -> BTreeMap<String, ProgressMark> {
        let bytes = atomic::read(&self.progress_path(annotator), MAX_LINES_BYTES).unwrap_or_default();
        let mut marks = BTreeMap::new();
        for (article, mark) in project_file::progress(&bytes) {
            match mark {
                Some(mark) => marks.insert(article, mark),
                None => marks.remove(&article),
            };
        }
        marks
    }

    /// Writes down what an annotator says of an article.
    ///
    /// # Errors
    ///
    /// When the project cannot be written.
    pub fn mark(
        &self,
        annotator: &str,
        article: &str,
        mark: Option<ProgressMark>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let path = self.progress_path(annotator);
        let line = project_file::progress_line(article, mark, at)
            .map_err(|error| write_error(&path, std::io::Error::new(ErrorKind::InvalidInput, error)))?;
        append(&path, line.as_bytes())
    }

    /// Returns where the articles came from, by article.
    #[must_use]
    pub fn sources(&self) -> BTreeMap<String, SourceNote> {
        let bytes = atomic::read(&self.sources_path(), MAX_LINES_BYTES).unwrap_or_default();
        project_file::sources(&bytes).map(|note| (note.article.clone(), note)).collect()
    }

    /// Returns the file that says where the articles came from.
    #[must_use]
    pub fn sources_path(&self) -> PathBuf {
        self.root.join("sources.jsonl")
    }

    /// Returns where an annotator was: the article, and the char of the cursor.
    #[must_use]
    pub fn place(&self, annotator: &str) -> Option<(String, u32)> {
        let bytes = atomic::read(&self.place_path(annotator), MAX_RECORD_BYTES).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (at, name) = text.trim_end_matches('\n').split_once('\t')?;
        Some((name.to_owned(), at.parse().ok()?))
    }

    /// Writes down where an annotator is.
    ///
    /// # Errors
    ///
    /// When the project cannot be written.
    pub fn set_place(&self, annotator: &str, article: &str, at: u32) -> Result<(), StoreError> {
        let path = self.place_path(annotator);
        make_folder(path.parent().unwrap_or(&self.root))?;
        atomic::write(&path, format!("{at}\t{article}\n").as_bytes(), None).map(drop)
    }

    fn place_path(&self, annotator: &str) -> PathBuf {
        self.root.join(".hashiya").join("places").join(format!("{}.tsv", folder_name(annotator)))
    }
}

/// Copies a file to where none is, or one with the same bytes.
fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let bytes = atomic::read(from, MAX_READ_BYTES)?;
    match atomic::read(to, MAX_READ_BYTES) {
        Ok(there) if there == bytes => Ok(()),
        Ok(_) => Err(StoreError::IsThere { path: to.to_owned() }),
        Err(StoreError::Missing { .. }) => write_new(to, &bytes),
        Err(error) => Err(error),
    }
}

/// Writes a file where none is, whole or not at all; many of them, without waiting for the disk after each.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |source| write_error(path, source);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hashiya-").suffix(".tmp");
    #[cfg(unix)]
    {
        // What the user's umask leaves of this, as of any other new file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(super::disk::folder_of(path)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist_noclobber(path).map(drop).map_err(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => StoreError::IsThere { path: path.to_owned() },
        _ => failed(error.error),
    })
}

/// Adds labels and relations to the project's schema, which becomes a file of its own where it was the program's;
/// returns its path.
///
/// # Errors
///
/// When an id is none that a schema can have, or the project cannot be written.
pub fn grow_schema(project: &Project, additions: &Additions) -> Result<PathBuf, StoreError> {
    // Its file may have changed since it was opened.
    let project = &Project::open(&project.root)?;
    let own = project.file.schema.as_str();
    let path = project.root.join(if own.is_empty() { "schema.ron" } else { own });
    let text = match atomic::read_utf8(&path, MAX_RECORD_BYTES) {
        Ok(text) => text,
        Err(StoreError::Missing { .. }) if own.is_empty() => schema_file::DEFAULT.to_owned(),
        Err(error) => return Err(error),
    };
    let longer = schema_growth::grown(&text, additions);
    let longer =
        longer.map_err(|source| StoreError::Labels { path: path.clone(), source: Box::new(source) })?;
    atomic::write(&path, longer.as_bytes(), None)?;
    if own.is_empty() {
        let file = ProjectFile { schema: "schema.ron".to_owned(), ..ProjectFile::clone(&project.file) };
        atomic::write(&project.root.join(PROJECT_FILE), project_file::save(&file).as_bytes(), None)?;
    }
    Ok(path)
}

/// Appends to a file of lines, which is made where it is missing; a line that was cut off is ended first.
pub(super) fn append(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |source| write_error(path, source);
    make_folder(path.parent().unwrap_or(path))?;
    super::disk::check_no_link(path).map_err(failed)?;
    let mut file = fs::OpenOptions::new().create(true).read(true).append(true).open(path).map_err(failed)?;
    let is_cut = ends_within_a_line(&mut file).map_err(failed)?;
    let line = if is_cut { [b"\n", bytes].concat() } else { bytes.to_vec() };
    file.write_all(&line).and_then(|()| file.sync_data()).map_err(failed)
}

fn ends_within_a_line(file: &mut fs::File) -> std::io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Returns a name as that of a folder or file: without what a file system or a shell takes for something else.
#[must_use]
pub fn folder_name(name: &str) -> String {
    let safe = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c };
    let name: String = name.trim().chars().map(safe).collect();
    // Neither hidden nor the folder itself nor the one above.
    let name = name.trim_matches('.').trim();
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}

/// Returns a path below a folder with `/` between its parts; `None` where it leads out of it or is no Unicode.
pub(super) fn slashed(path: &Path) -> Option<String> {
    let parts = path.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let parts = parts.collect::<Option<Vec<_>>>()?;
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Calls `found` with every file below a folder, also in folders in it; links are not followed, hidden folders and those
/// of the given names directly in it are passed over.
pub(super) fn walk(
    folder: &Path,
    without: &[&str],
    found: &mut dyn FnMut(&Path, &fs::DirEntry),
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        if kind.is_file() {
            found(&entry.path(), &entry);
        } else if kind.is_dir() && !is_hidden && !without.iter().any(|other| name == *other) {
            walk(&entry.path(), &[], found)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(file: &ProjectFile) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let articles = folder.path().join("p").join(&file.articles);
        make_folder(&articles.join("2026")).expect("writable");
        for name in ["b.txt", "a.txt", "2026/سفينة.txt", "notes.pdf"] {
            atomic::write(&articles.join(name), "وصل سليم.".as_bytes(), None).expect("writable");
        }
        let project = Project::create(&folder.path().join("p"), file, None).expect("writable");
        (folder, project)
    }

    #[test]
    fn the_articles_are_those_of_all_folders_by_name() {
        let (_folder, project) = project(&ProjectFile::default());
        let names: Vec<_> = project.article_names().expect("readable");
        assert_eq!(
            names.iter().map(|name| &**name).collect::<Vec<_>>(),
            ["2026/سفينة.txt", "a.txt", "b.txt"]
        );
        for name in &names {
            assert_eq!(project.name_of(&project.article(name)).as_deref(), Some(&**name));
        }
        assert_eq!(project.name_of(&project.root().join("guidelines.md")), None);
    }

    #[test]
    fn a_project_among_its_articles_does_not_take_its_own_files_for_articles() {
        let file = ProjectFile { articles: ".".into(), ..ProjectFile::default() };
        let (_folder, project) = project(&file);
        let own = project.annotations("amal", "a.txt").with_extension("txt");
        make_folder(own.parent().expect("a folder")).expect("writable");
        atomic::write(&own, b"x", None).expect("writable");
        assert_eq!(project.article_names().expect("readable").len(), 3);
        assert_eq!(project.name_of(&own), None);
        assert_eq!(project.name_of(&project.article("2026/سفينة.txt")).as_deref(), Some("2026/سفينة.txt"));
    }

    #[test]
    fn only_the_annotators_word_makes_an_article_done() {
        let (_folder, project) = project(&ProjectFile::default());
        let at = Timestamp::from_millis(1_700_000_000_000);
        project.mark("amal", "a.txt", Some(ProgressMark::Done), at).expect("writable");
        project.mark("amal", "b.txt", Some(ProgressMark::Flagged), at).expect("writable");
        project.mark("amal", "b.txt", None, at).expect("writable");
        let own = project.annotations("amal", "b.txt");
        make_folder(own.parent().expect("a folder")).expect("writable");
        atomic::write(&own, b"()", None).expect("writable");
        let articles = project.articles("amal").expect("readable");
        let of = |name: &str| articles.iter().find(|a| &*a.name == name).expect("there").clone();
        assert_eq!((of("a.txt").mark, of("a.txt").is_annotated), (Some(ProgressMark::Done), false));
        assert_eq!((of("b.txt").mark, of("b.txt").is_annotated), (None, true));
        assert_eq!(project.articles("badr").expect("readable")[1].mark, None);
        assert_eq!(project.annotators(), ["amal"], "who has begun");
        assert_eq!(project.of_annotations(&own), Some(("amal".into(), "b.txt".into())));
    }

    #[test]
    fn a_line_of_progress_that_was_cut_off_does_not_spoil_the_next() {
        let (_folder, project) = project(&ProjectFile::default());
        let at = Timestamp::from_millis(0);
        project.mark("amal", "a.txt", Some(ProgressMark::Done), at).expect("writable");
        let path = project.progress_path("amal");
        let mut bytes = atomic::read(&path, 1_000).expect("readable");
        bytes.extend(b"{\"article\":\"b");
        atomic::write(&path, &bytes, None).expect("writable");
        project.mark("amal", "b.txt", Some(ProgressMark::Skipped), at).expect("writable");
        assert_eq!(project.progress("amal").len(), 2);
    }

    #[test]
    fn every_article_is_somebodys_and_the_overlap_is_everybodys() {
        let file = ProjectFile {
            annotators: vec!["amal".into(), "badr".into(), "celia".into()],
            overlap: 20,
            ..ProjectFile::default()
        };
        let (_folder, project) = project(&file);
        let names = (0..10_000).map(|n| format!("{n}.txt"));
        let mut by_count = [0; 4];
        for name in names {
            let whose = file.annotators.iter().filter(|who| project.is_for(who, &name)).count();
            by_count[whose] += 1;
        }
        assert_eq!((by_count[0], by_count[2]), (0, 0));
        assert!((1_800..2_200).contains(&by_count[3]), "{by_count:?}");
        assert!(project.is_for("somebody else", "1.txt"));
    }

    #[test]
    fn annotations_beside_the_articles_become_their_annotators() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let article = folder.path().join("a.txt");
        atomic::write(&article, "وصل سليم.".as_bytes(), None).expect("writable");
        let schema = schema_file::default_schema();
        let opened = crate::store::open(&article, crate::store::OpenOptions::default(), &schema);
        let document = opened.expect("readable").document;
        crate::store::save(&annotation_path(&article), &document, "amal", &schema, None).expect("writable");
        let file = ProjectFile { articles: ".".into(), ..ProjectFile::default() };
        let project = Project::create(folder.path(), &file, None).expect("writable");
        assert_eq!(project.annotated("amal"), ["a.txt"]);
        assert!(matches!(Project::create(folder.path(), &file, None), Err(StoreError::IsProject { .. })));
    }

    #[test]
    fn copying_articles_onto_themselves_or_over_others_loses_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let articles = folder.path().join("articles");
        make_folder(&articles).expect("writable");
        atomic::write(&articles.join("a.txt"), "وصل سليم.".as_bytes(), None).expect("writable");
        // The project's own folder of articles is the one that they are copied from.
        let project =
            Project::create(folder.path(), &ProjectFile::default(), Some(&articles)).expect("writable");
        let read = |path: &Path| String::from_utf8(atomic::read(path, 1_000).expect("there")).expect("UTF-8");
        assert_eq!(read(&project.article("a.txt")), "وصل سليم.");
        let other = folder.path().join("other");
        make_folder(&other.join("articles")).expect("writable");
        atomic::write(&other.join("articles/a.txt"), b"another", None).expect("writable");
        let refused = Project::create(&other, &ProjectFile::default(), Some(&articles));
        assert!(matches!(refused, Err(StoreError::IsThere { .. })), "{refused:?}");
        assert_eq!(read(&other.join("articles/a.txt")), "another");
        assert!(!other.join(PROJECT_FILE).exists(), "it can be begun again");
    }

    #[test]
    fn a_place_is_found_again() {
        let (_folder, project) = project(&ProjectFile::default());
        assert_eq!(project.place("amal"), None);
        project.set_place("amal", "2026/سفينة.txt", 7).expect("writable");
        assert_eq!(project.place("amal"), Some(("2026/سفينة.txt".into(), 7)));
    }

    #[test]
    fn names_of_annotators_lead_nowhere() {
        assert_eq!(folder_name("../a/b"), "_a_b");
        assert_eq!(folder_name(" .. "), "_");
        assert_eq!(folder_name("أمل"), "أمل");
    }
}
