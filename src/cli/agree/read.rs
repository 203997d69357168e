//! The work of each annotator, from files of several kinds.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::cli::check::counted;
use crate::cli::error::CliError;
use crate::cli::input::{Line, next_line, too_long};
use crate::formats::jsonl::read_annotated;
use crate::formats::visible;
use crate::model::agreement::{AnnotatedArticle, ComparedArticle};
use crate::store;
use crate::text::shortened;

/// What one of the arguments holds.
pub(super) struct Side {
    /// As it was given.
    path: PathBuf,
    /// Who annotated, as the files say; several where they do not agree.
    annotators: BTreeSet<String>,
    /// By name.
    articles: BTreeMap<String, AnnotatedArticle>,
    /// Whether it is one annotation file, which is compared whatever its name.
    is_one_file: bool,
}

/// What one file holds.
#[derive(Default)]
struct Work {
    /// Who annotated, as the file says.
    annotators: BTreeSet<String>,
    /// The articles by name, each with its place in the file for messages.
    articles: Vec<(String, String, AnnotatedArticle)>,
    /// What is to be told of the file although it can be read.
    warning: Option<String>,
}

/// Returns what is at a path; every file that cannot be read is an error.
pub(super) fn side(path: &Path, stderr: &mut dyn Write) -> Result<Side, Vec<CliError>> {
    let files = if path.is_dir() {
        store::annotated_files_in(path).map_err(|error| vec![error.into()])?
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        vec![(name.into_owned(), path.to_owned())]
    };
    if files.is_empty() {
        let hint = "an annotation file is named as its article with .ron behind it; JSON lines end in .jsonl";
        return Err(vec![CliError::usage(format!("{}: no annotations here", path.display()), hint)]);
    }
    let read = |(name, file): &(String, PathBuf)| {
        if is_lines(file) { of_lines(file) } else { of_annotation_file(name, file) }
    };
    let read: Vec<Result<Work, CliError>> = files.par_iter().map(read).collect();
    let mut side = Side {
        path: path.to_owned(),
        annotators: BTreeSet::new(),
        articles: BTreeMap::new(),
        is_one_file: !path.is_dir() && !is_lines(path),
    };
    let mut errors = Vec::new();
    for work in read {
        match work {
            Ok(work) => errors.extend(side.add(work, stderr)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(side) } else { Err(errors) }
}

fn is_lines(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    extension == "jsonl" || extension == "ndjson"
}

impl Side {
    /// Takes in what a file holds; a name that is there already is an error.
    fn add(&mut self, work: Work, stderr: &mut dyn Write) -> Vec<CliError> {
        self.annotators.extend(work.annotators);
        if let Some(warning) = work.warning {
            // Where not even a warning can be printed there is nobody to tell.
            let _ = writeln!(stderr, "warning: {}\n  hint: `hashiya check` names them", visible(&warning));
        }
        let mut errors = Vec::new();
        for (name, place, article) in work.articles {
            match self.articles.entry(name) {
                Entry::Vacant(free) => {
                    free.insert(article);
                }
                Entry::Occupied(taken) => errors.push(CliError::usage(
                    format!("{place}: another article has the name `{}` already", shortened(taken.key())),
                    "give every article a name of its own",
                )),
            }
        }
        errors
    }
}

/// Reads an annotation file, by its own path or that of the article beside it; `name` is that of the file.
fn of_annotation_file(name: &str, path: &Path) -> Result<Work, CliError> {
    let is_annotations = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ron"));
    let path = if is_annotations { path.to_owned() } else { store::annotation_path(path) };
    let place = path.display().to_string();
    let file = store::read_annotations(&path)?;
    let (article, left_out) = file.annotated();
    let records = counted(left_out, "record");
    let warning = (left_out > 0).then(|| format!("{place}: {records} without a place in the text left out"));
    let name = if is_annotations { name.get(..name.len() - 4).unwrap_or(name) } else { name }.to_owned();
    let annotators = BTreeSet::from([file.annotator().to_owned()]);
    Ok(Work { annotators, articles: vec![(name, place, article)], warning })
}

fn of_lines(path: &Path) -> Result<Work, CliError> {
    let mut work = Work::default();
    let mut reader = store::reader(path)?;
    for number in 1.. {
        let place = format!("{}:{number}", path.display());
        let failed = |column: usize, message: &str| {
            CliError::usage(
                format!("{place}:{column}: {message}"),
                "each line is a JSON object with id, text and spans, as `hashiya export --format jsonl` writes it",
            )
        };
        let line = match next_line(&mut *reader).map_err(|error| failed(1, &error.to_string()))? {
            None => break,
            Some(Line::TooLong) => return Err(failed(1, &too_long())),
            Some(Line::Whole(line)) => line,
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line = read_annotated(&line).map_err(|error| failed(error.column, &error.message))?;
        work.annotators.extend(line.annotator);
        work.articles.push((line.id, place, line.article));
    }
    Ok(work)
}

/// Returns what the annotators are called: as their files say where that tells them apart, else by their paths.
pub(super) fn names(sides: &[Side]) -> Vec<Arc<str>> {
    let recorded: BTreeSet<&String> = sides.iter().flat_map(|side| &side.annotators).collect();
    let is_told_apart = recorded.len() == sides.len() && sides.iter().all(|side| side.annotators.len() == 1);
    let name = |side: &Side| match side.annotators.first() {
        Some(name) if is_told_apart && !name.is_empty() => Arc::from(name.as_str()),
        _ => Arc::from(side.path.display().to_string()),
    };
    sides.iter().map(name).collect()
}

/// Returns the articles of all sides, matched by name. Where every side is one annotation file, these are compared
/// whatever their names.
pub(super) fn matched(sides: Vec<Side>) -> Vec<ComparedArticle> {
    let annotators = sides.len();
    let are_single = sides.iter().all(|side| side.is_one_file);
    let mut common: Option<String> = None;
    let mut by_name: BTreeMap<String, Vec<Option<AnnotatedArticle>>> = BTreeMap::new();
    for (annotator, side) in sides.into_iter().enumerate() {
        for (name, article) in side.articles {
            let name = if are_single { common.get_or_insert(name).clone() } else { name };
            by_name.entry(name).or_insert_with(|| vec![None; annotators])[annotator] = Some(article);
        }
    }
    by_name.into_iter().map(|(name, work)| ComparedArticle { name: name.into(), work }).collect()
}
