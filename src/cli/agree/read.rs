//! The work of each annotator, from files of several kinds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::error::CliError;
use crate::cli::input::{Line, next_line, too_long};
use crate::formats::jsonl::read_annotated;
use crate::formats::visible;
use crate::model::agreement::{AnnotatedArticle, ComparedArticle};
use crate::store;

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

/// Returns what is at a path; every file that cannot be read is an error.
pub(super) fn side(path: &Path, stderr: &mut dyn Write) -> Result<Side, Vec<CliError>> {
    let mut side = Side {
        path: path.to_owned(),
        annotators: BTreeSet::new(),
        articles: BTreeMap::new(),
        is_one_file: !path.is_dir() && !is_lines(path),
    };
    if !path.is_dir() {
        let read = if is_lines(path) { side.add_lines(path) } else { side.add_file(path, stderr) };
        return read.map(|()| side).map_err(|error| vec![error]);
    }
    let files = store::annotated_files_in(path).map_err(|error| vec![error.into()])?;
    if files.is_empty() {
        let hint = "an annotation file is named as its article with .ron behind it; JSON lines end in .jsonl";
        return Err(vec![CliError::usage(format!("{}: no annotations here", path.display()), hint)]);
    }
    let read = files
        .iter()
        .map(|file| if is_lines(file) { side.add_lines(file) } else { side.add_file(file, stderr) });
    let errors: Vec<CliError> = read.filter_map(Result::err).collect();
    if errors.is_empty() { Ok(side) } else { Err(errors) }
}

fn is_lines(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    extension == "jsonl" || extension == "ndjson"
}

impl Side {
    /// Adds an annotation file, by its own path or that of the article beside it.
    fn add_file(&mut self, path: &Path, stderr: &mut dyn Write) -> Result<(), CliError> {
        let is_annotations = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ron"));
        let path = if is_annotations { path.to_owned() } else { store::annotation_path(path) };
        let file = store::read_annotations(&path)?;
        let (article, left_out) = file.annotated();
        if left_out > 0 {
            let records = if left_out == 1 { "1 record".to_owned() } else { format!("{left_out} records") };
            let told = format!("{}: {records} without a place in the text left out", path.display());
            // Where not even a warning can be printed there is nobody to tell.
            let _ = writeln!(stderr, "warning: {}\n  hint: `hashiya check` names them", visible(&told));
        }
        self.annotators.insert(file.annotator().to_owned());
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.add(name, article, || path.display().to_string())
    }

    fn add_lines(&mut self, path: &Path) -> Result<(), CliError> {
        let mut reader = store::reader(path)?;
        for number in 1.. {
            let failed = |column: usize, message: &str| {
                CliError::usage(
                    format!("{}:{number}:{column}: {message}", path.display()),
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
            self.annotators.extend(line.annotator);
            self.add(line.id, line.article, || format!("{}:{number}", path.display()))?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        name: String,
        article: AnnotatedArticle,
        place: impl Fn() -> String,
    ) -> Result<(), CliError> {
        if self.articles.contains_key(&name) {
            let message = format!("{}: another article has the name `{name}` already", place());
            return Err(CliError::usage(message, "give every article a name of its own"));
        }
        self.articles.insert(name, article);
        Ok(())
    }
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
