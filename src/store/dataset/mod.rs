//! A data set: which articles and annotations go out, in which parts, and what is said of them.
//!
//! Articles are read one by one: memory does not grow with their number, but for their names.

mod card;
mod select;
mod shards;
mod split;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use select::Selection;
pub use split::{Split, SplitError};

use super::export::{CARD_FILE, ExportFolder, ExportRun, FormatLosses, SUMS_FILE};
use super::{OpenOptions, Project, StoreError};
use crate::formats::Format;
use crate::formats::exchange::{Export, ExportOptions};
use crate::model::{Document, Schema};
use card::Counts;

/// What is to go out, and how.
#[derive(Debug, Clone)]
pub struct DatasetRequest {
    /// Articles, annotation files, folders, projects, or files of our JSON lines.
    pub paths: Vec<PathBuf>,
    /// The formats.
    pub formats: Vec<&'static Format>,
    /// What may be chosen for them.
    pub options: ExportOptions,
    /// Where it goes.
    pub out: PathBuf,
    /// Which annotators, labels and articles.
    pub selection: Selection,
    /// The parts; `None` for one.
    pub split: Option<Split>,
    /// How articles are opened.
    pub open: OpenOptions,
    /// Who annotated what no annotation file is there for.
    pub annotator: Arc<str>,
}

/// An article on its way out.
struct Item {
    /// What it is called: the article's name, behind the annotator's where several annotators go out.
    name: String,
    /// The annotation file, or the article where there is none.
    path: PathBuf,
    /// Whose annotations they are; `None` where the file says it.
    annotator: Option<Arc<str>>,
    /// The article.
    article_path: PathBuf,
    /// The article's own name, where several annotators go out.
    shared: Option<Arc<str>>,
}

impl Item {
    /// Returns the article's own name.
    fn article(&self) -> &str {
        self.shared.as_deref().unwrap_or(&self.name)
    }
}

/// An export that is written but not in its place.
#[derive(Debug)]
pub struct Dataset {
    folder: ExportFolder,
    /// What was lost, by format.
    pub losses: FormatLosses,
    /// How many articles are in it.
    pub articles: usize,
    /// Articles that could not be exported, and why.
    pub failed: Vec<StoreError>,
}

/// A data set that is being written.
struct Writing<'a> {
    request: &'a DatasetRequest,
    schema: &'a Schema,
    run: ExportRun<'a>,
    counts: Counts,
    articles: usize,
    failed: Vec<StoreError>,
    /// The parts of the articles that are files.
    parts: BTreeMap<String, String>,
    /// The names so far, hashed: two articles must not become one file.
    names: BTreeSet<u64>,
}

impl Dataset {
    /// Writes a data set beside its place. `progress` is told how many articles of how many are done, as far as that
    /// is known, and returns whether to go on.
    ///
    /// # Errors
    ///
    /// When a path is not there, the parts cannot be made, or the folder cannot be written; `None` where it was ended.
    pub fn write(
        request: &DatasetRequest,
        schema: &Schema,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Self>, StoreError> {
        let (shards, paths): (Vec<_>, Vec<_>) = request.paths.iter().partition(|path| shards::is_shard(path));
        let items = items(&paths, &request.selection)?;
        check_out(request)?;
        let mut writing = Writing {
            request,
            schema,
            run: ExportRun::create(&request.out, request.formats.clone(), request.options, schema)?,
            counts: Counts::default(),
            articles: 0,
            failed: Vec::new(),
            parts: parts(request, &items, schema),
            names: BTreeSet::new(),
        };
        for (done, item) in items.iter().enumerate() {
            if !progress(done, items.len()) {
                return Ok(None);
            }
            writing.item(item)?;
        }
        for shard in shards {
            if !shards::write(&mut writing, shard, progress)? {
                return Ok(None);
            }
        }
        progress(writing.articles, writing.articles);
        writing.finish().map(Some)
    }

    /// Puts it in its place.
    ///
    /// # Errors
    ///
    /// When a file cannot be put there.
    pub fn commit(self) -> Result<(), StoreError> {
        self.folder.commit()
    }
}

impl Writing<'_> {
    /// Writes an article that is a file. One that cannot be written is noted; the next one may be.
    fn item(&mut self, item: &Item) -> Result<(), StoreError> {
        match open(item, self.request, self.schema) {
            Ok((document, annotator)) => {
                self.run.folder().guard(&item.path);
                self.run.folder().guard(&item.article_path);
                let part = self.parts.get(item.article()).cloned().unwrap_or_default();
                if let Some(article) = &item.shared {
                    self.counts.add_shared(article, &annotator, &document);
                }
                self.document(&item.name, &document, &annotator, &part)
            }
            Err(error) => {
                self.failed.push(error);
                Ok(())
            }
        }
    }

    /// Writes an article.
    fn document(
        &mut self,
        name: &str,
        document: &Document,
        annotator: &str,
        part: &str,
    ) -> Result<(), StoreError> {
        let mut hasher = std::hash::DefaultHasher::new();
        name.hash(&mut hasher);
        if !self.names.insert(hasher.finish()) {
            return Err(StoreError::SameName { path: name.into() });
        }
        let export = Export { name, document, annotator, schema: self.schema };
        match self.run.article(&export, part) {
            Ok(()) => {
                self.counts.add(document, annotator, part);
                self.articles += 1;
                Ok(())
            }
            Err(error @ StoreError::Export { .. }) => {
                self.failed.push(error);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn finish(self) -> Result<Dataset, StoreError> {
        let Self { request, schema, run, counts, articles, failed, .. } = self;
        let (mut folder, losses) = run.finish()?;
        let project = request.paths.iter().find_map(|path| project_at(path));
        if project.is_some() || request.split.is_some() {
            let sums = folder.sums()?;
            let card = card::text(request, project.as_ref(), schema, &counts, &losses, &sums);
            folder.write(SUMS_FILE, sums.as_bytes())?;
            folder.write(CARD_FILE, card.as_bytes())?;
        }
        Ok(Dataset { folder, losses, articles, failed })
    }
}

/// Returns the part of each article; none where it is not divided. What several annotators made of one article goes into
/// one part: a text that is learned from must not be tested on.
fn parts(request: &DatasetRequest, items: &[Item], schema: &Schema) -> BTreeMap<String, String> {
    let Some(split) = &request.split else { return BTreeMap::new() };
    let mut articles = BTreeSet::new();
    let strata = items.iter().filter(|item| articles.insert(item.article())).map(|item| {
        let opened = open(item, request, schema);
        (item.article().to_owned(), opened.ok().and_then(|(document, _)| split::stratum(&document)))
    });
    split.assign(strata.collect())
}

/// Returns the project whose folder this is.
fn project_at(path: &Path) -> Option<Project> {
    path.join(super::PROJECT_FILE).is_file().then(|| Project::open(path).ok()).flatten()
}

/// Checks that nothing is written among the articles of a project, which would take it for articles.
fn check_out(request: &DatasetRequest) -> Result<(), StoreError> {
    let out = std::path::absolute(&request.out).unwrap_or_else(|_| request.out.clone());
    // What is there of it tells where it leads.
    let there = out.ancestors().find_map(|folder| Some((folder.canonicalize().ok()?, folder)));
    let out = there.and_then(|(real, folder)| Some(real.join(out.strip_prefix(folder).ok()?))).unwrap_or(out);
    for project in request.paths.iter().filter_map(|path| project_at(path)) {
        if out.starts_with(project.articles_folder()) {
            return Err(StoreError::AmongArticles { path: request.out.clone() });
        }
    }
    Ok(())
}

/// Returns the article of an item with the annotations that were asked for, and who made them.
fn open(item: &Item, request: &DatasetRequest, schema: &Schema) -> Result<(Document, Arc<str>), StoreError> {
    let options = OpenOptions { annotator: item.annotator.clone(), ..request.open.clone() };
    let opened = super::open(&item.path, options, schema)?;
    let annotator = opened.annotator.or_else(|| item.annotator.clone());
    let annotator = annotator.unwrap_or_else(|| Arc::clone(&request.annotator));
    Ok((request.selection.narrowed(opened.document), annotator))
}

fn items(paths: &[&PathBuf], selection: &Selection) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    for path in paths {
        match project_at(path) {
            Some(project) => items.extend(items_of_project(&project, selection)?),
            None => {
                for article in super::articles_at(path)? {
                    let name = article.file_name().unwrap_or_default().to_string_lossy();
                    let name = name.strip_suffix(".ron").unwrap_or(&name).to_owned();
                    items.push(Item {
                        name,
                        article_path: article.clone(),
                        path: article,
                        annotator: None,
                        shared: None,
                    });
                }
            }
        }
    }
    Ok(items)
}

/// Returns the articles of a project, for each annotator that is asked for. Where one annotator goes out, articles
/// without annotations do, too.
fn items_of_project(project: &Project, selection: &Selection) -> Result<Vec<Item>, StoreError> {
    let names = project.article_names()?;
    let annotators: Vec<String> = match selection.annotators.as_slice() {
        [] => project.annotators().into_iter().filter(|who| !project.annotated(who).is_empty()).collect(),
        some => some.to_vec(),
    };
    let known = project.annotators();
    let is_known =
        |name: &&String| known.iter().any(|other| super::folder_name(other) == super::folder_name(name));
    if let Some(name) = annotators.iter().find(|name| !is_known(name)) {
        return Err(StoreError::NoAnnotator {
            path: project.root().to_owned(),
            name: name.clone(),
            names: known,
        });
    }
    let mut items = Vec::new();
    for annotator in &annotators {
        let annotated = project.annotated(annotator);
        let marks = project.progress(annotator);
        for name in &names {
            let is_annotated = annotated.binary_search_by(|other| (**other).cmp(name)).is_ok();
            let is_done = marks.get(&**name) == Some(&crate::model::ProgressMark::Done);
            if (annotators.len() > 1 && !is_annotated && !is_done) || (selection.only_done && !is_done) {
                continue;
            }
            let path =
                if is_annotated { project.annotations(annotator, name) } else { project.article(name) };
            let folder = if annotators.len() > 1 {
                format!("{}/", super::folder_name(annotator))
            } else {
                String::new()
            };
            items.push(Item {
                name: format!("{folder}{name}"),
                path,
                article_path: project.article(name),
                annotator: Some(annotator.as_str().into()),
                shared: (annotators.len() > 1).then(|| Arc::clone(name)),
            });
        }
    }
    if annotators.is_empty() && !selection.only_done {
        items.extend(names.iter().map(|name| Item {
            name: name.to_string(),
            path: project.article(name),
            article_path: project.article(name),
            annotator: Some("".into()),
            shared: None,
        }));
    }
    Ok(items)
}

#[cfg(test)]
mod tests;
