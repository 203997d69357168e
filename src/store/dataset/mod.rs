//! A data set: which articles and annotations go out, in which parts, and what is said of them.
//!
//! Articles are read one by one: memory does not grow with their number, but for their names.

mod card;
mod select;
mod split;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use select::Selection;
pub use split::{Split, SplitError};

use super::export::{ExportFolder, ExportRun, FormatLosses};
use super::{OpenOptions, Project, StoreError};
use crate::formats::Format;
use crate::formats::exchange::{Export, ExportOptions};
use crate::model::{Document, Schema};
use card::Counts;

/// What is to go out, and how.
#[derive(Debug, Clone)]
pub struct DatasetRequest {
    /// Articles, annotation files, folders or projects.
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

impl Dataset {
    /// Writes a data set beside its place. `progress` is told how many articles of how many are done, and returns
    /// whether to go on.
    ///
    /// # Errors
    ///
    /// When a path is not there, the parts cannot be made, or the folder cannot be written; `None` where it was ended.
    pub fn write(
        request: &DatasetRequest,
        schema: &Schema,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Self>, StoreError> {
        let items = items(request)?;
        let parts = match &request.split {
            Some(split) => {
                let strata = items.iter().map(|item| {
                    let label =
                        open(item, request, schema).ok().and_then(|(document, _)| split::stratum(&document));
                    (item.name.clone(), label)
                });
                Some(split.assign(strata.collect()))
            }
            None => None,
        };
        let mut run = ExportRun::create(&request.out, request.formats.clone(), request.options, schema)?;
        let mut counts = Counts::default();
        let (mut failed, mut articles) = (Vec::new(), 0);
        for (done, item) in items.iter().enumerate() {
            if !progress(done, items.len()) {
                return Ok(None);
            }
            let part = parts.as_ref().and_then(|parts| parts.get(&item.name)).map_or("", String::as_str);
            let written = open(item, request, schema).and_then(|(document, annotator)| {
                run.folder().guard(&item.path);
                let export = Export { name: &item.name, document: &document, annotator: &annotator, schema };
                run.article(&export, part)?;
                counts.add(&document, &annotator, part);
                Ok(())
            });
            match written {
                Ok(()) => articles += 1,
                Err(error) => failed.push(error),
            }
        }
        progress(items.len(), items.len());
        let (mut folder, losses) = run.finish()?;
        let project = request.paths.iter().find_map(|path| project_at(path));
        if project.is_some() || request.split.is_some() {
            let sums = folder.sums()?;
            let card = card::text(request, project.as_ref(), schema, &counts, &losses, &sums);
            folder.write("SHA256SUMS", sums.as_bytes())?;
            folder.write("README.md", card.as_bytes())?;
        }
        Ok(Some(Self { folder, losses, articles, failed }))
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

/// Returns the project whose folder this is.
fn project_at(path: &Path) -> Option<Project> {
    path.join(super::PROJECT_FILE).is_file().then(|| Project::open(path).ok()).flatten()
}

/// Returns the article of an item with the annotations that were asked for, and who made them.
fn open(item: &Item, request: &DatasetRequest, schema: &Schema) -> Result<(Document, Arc<str>), StoreError> {
    let options = OpenOptions { annotator: item.annotator.clone(), ..request.open.clone() };
    let opened = super::open(&item.path, options, schema)?;
    let annotator = opened.annotator.or_else(|| item.annotator.clone());
    let annotator = annotator.unwrap_or_else(|| Arc::clone(&request.annotator));
    Ok((request.selection.narrowed(opened.document), annotator))
}

fn items(request: &DatasetRequest) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    for path in &request.paths {
        match project_at(path) {
            Some(project) => items.extend(items_of_project(&project, &request.selection)?),
            None => {
                for article in super::articles_at(path)? {
                    let name = article.file_name().unwrap_or_default().to_string_lossy();
                    let name = name.strip_suffix(".ron").unwrap_or(&name).to_owned();
                    items.push(Item { name, path: article, annotator: None });
                }
            }
        }
    }
    let mut names = std::collections::BTreeSet::new();
    match items.iter().find(|item| !names.insert(item.name.as_str())) {
        Some(item) => Err(StoreError::SameName { path: item.path.clone() }),
        None => Ok(items),
    }
}

/// Returns the articles of a project, for each annotator that is asked for. Where one annotator goes out, articles
/// without annotations do, too.
fn items_of_project(project: &Project, selection: &Selection) -> Result<Vec<Item>, StoreError> {
    let names = project.article_names()?;
    let annotators: Vec<String> = match selection.annotators.as_slice() {
        [] => project.annotators().into_iter().filter(|who| !project.annotated(who).is_empty()).collect(),
        some => some.to_vec(),
    };
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
                annotator: Some(annotator.as_str().into()),
            });
        }
    }
    if annotators.is_empty() {
        items.extend(names.iter().map(|name| Item {
            name: name.to_string(),
            path: project.article(name),
            annotator: None,
        }));
    }
    Ok(items)
}

#[cfg(test)]
mod tests;
