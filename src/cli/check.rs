//! `hashiya check`: annotation files against their articles and the schema.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::{CliError, MOST_PROBLEMS, and_more, report};
use super::{OpenArguments, Status};
use crate::formats::visible;
use crate::model::Schema;
use crate::store::{self, Opened, Project};

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 all fits, 1 something does not fit, 2 something cannot be read.\n\nExamples:\n  hashiya check libya.txt\n  hashiya check articles/"
)]
pub(super) struct Arguments {
    /// Annotation files, articles, folders of them, or projects
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    open: OpenArguments,
}

/// What the check has seen so far.
#[derive(Default)]
struct Tally {
    files: usize,
    annotations: usize,
    problems: usize,
    unreadable: usize,
}

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    let schema = arguments.open.schema()?;
    let mut tally = Tally::default();
    for path in &arguments.paths {
        let project = path.join(store::PROJECT_FILE).is_file().then(|| Project::open(path)).transpose()?;
        if let Some(project) = project {
            check_project(&project, arguments, &mut tally, stderr)?;
            continue;
        }
        for file in store::annotation_files_at(path)? {
            check(&file, arguments, &schema, &mut tally, stderr);
        }
    }
    let Tally { files, annotations, problems, unreadable } = tally;
    writeln!(
        stdout,
        "{}, {}, {}, {unreadable} unreadable",
        counted(files, "annotation file"),
        counted(annotations, "annotation"),
        counted(problems, "problem"),
    )?;
    Ok(match (unreadable, problems) {
        (0, 0) => Status::Done,
        (0, _) => Status::Found,
        _ => Status::Failed,
    })
}

/// Checks what every annotator of a project has made, against the project's schema where no other is named.
fn check_project(
    project: &Project,
    arguments: &Arguments,
    tally: &mut Tally,
    stderr: &mut dyn Write,
) -> Result<(), CliError> {
    let schema = if arguments.open.schema.is_some() { arguments.open.schema()? } else { project.schema()? };
    for annotator in project.annotators() {
        for article in project.annotated(&annotator) {
            check(&project.annotations(&annotator, &article), arguments, &schema, tally, stderr);
        }
    }
    Ok(())
}

/// Returns a number with its noun.
pub(super) fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn check(path: &Path, arguments: &Arguments, schema: &Schema, tally: &mut Tally, stderr: &mut dyn Write) {
    match store::open(path, arguments.open.options(), schema) {
        Ok(Opened { document, annotator, problems, annotation_path, .. }) => {
            tally.files += usize::from(annotator.is_some());
            tally.annotations += document.annotations().len();
            tally.problems += problems.len();
            for problem in problems.iter().take(MOST_PROBLEMS) {
                // Where not even an error can be printed there is nobody to tell.
                let told = format!("{}:{problem}", annotation_path.display());
                let _ = writeln!(stderr, "{}\n  hint: {}", visible(&told), problem.hint());
            }
            if let Some(more) = and_more(problems.len()) {
                let _ = writeln!(stderr, "{}: {more}", visible(&annotation_path.display().to_string()));
            }
        }
        Err(error) => {
            tally.unreadable += 1;
            report(stderr, &error.to_string(), &error.hint());
        }
    }
}
