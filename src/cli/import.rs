//! `hashiya import`: articles and annotations of other formats into a project.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::check::counted;
use super::error::{CliError, MOST_PROBLEMS, and_more};
use super::export::UnitArgument;
use super::{Status, parse_encoding};
use crate::formats::exchange::{self, ImportOptions};
use crate::formats::project_file::ProjectFile;
use crate::formats::visible;
use crate::model::Timestamp;
use crate::store::{self, Import, ImportReport, Project};
use crate::text::TextEncoding;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hashiya import news/ --format text --out project/\n  hashiya import corpus.jsonl --format doccano --unit codepoint --out project/ --add-labels"
)]
pub(super) struct Arguments {
    /// Files, or folders with files of the format
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// The format; `hashiya export --list` shows those that are read
    #[arg(long, value_name = "NAME")]
    format: String,
    /// The project; it is made where there is none
    #[arg(long, value_name = "PROJECT")]
    out: PathBuf,
    /// Who annotated, where the files do not say it; without, the system's user
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// The encoding of texts that are not UTF-8 (as windows-1256)
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<TextEncoding>,
    /// What offsets count, where the format leaves it open
    #[arg(long, value_enum, default_value_t)]
    unit: UnitArgument,
    /// The column or field with the text, where it has another name than usual
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Add labels and relations that the project's schema has not
    #[arg(long)]
    add_labels: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    let format = exchange::import_format(arguments.format.trim())
        .map_err(|error| CliError::usage(error.to_string(), "`hashiya export --list` shows all formats"))?;
    let project = match Project::containing(&arguments.out)? {
        Some(project) => project,
        None => Project::create(&arguments.out, &ProjectFile::default(), None)?,
    };
    let schema = project.schema()?;
    let now = jiff::Timestamp::now();
    let options = ImportOptions {
        schema: &schema,
        now: Timestamp::from_millis(now.as_millisecond()),
        unit: arguments.unit.into(),
        encoding: arguments.encoding,
        text_column: arguments.text_column.as_deref(),
    };
    let annotator = arguments.annotator.as_deref().map_or_else(store::user_name, Into::into);
    let mut import = Import::new(&project, format, options, annotator, format!("{now:.0}"))?;
    for path in &arguments.paths {
        import.read(path)?;
    }
    let report = import.finish()?;
    let has_errors = print_remarks(&report, stderr)?;
    let ImportReport { articles, duplicates, annotations, .. } = &report;
    writeln!(
        stdout,
        "{} and {} in {}",
        counted(*articles, "article"),
        counted(*annotations, "annotation"),
        arguments.out.display()
    )?;
    if *duplicates > 0 {
        writeln!(stdout, "{} there already", counted(*duplicates, "text"))?;
    }
    tell_of_schema(arguments, &project, &report, stdout, stderr)?;
    Ok(if has_errors { Status::Found } else { Status::Done })
}

/// Tells of labels and relations that the schema has not, and adds them where that was asked for.
fn tell_of_schema(
    arguments: &Arguments,
    project: &Project,
    report: &ImportReport,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<(), CliError> {
    let kinds = [("labels", &report.unknown_labels), ("relations", &report.unknown_relations)];
    let mut unknown = kinds.iter().filter(|(_, unknown)| !unknown.is_empty()).peekable();
    if unknown.peek().is_none() {
        return Ok(());
    }
    let added =
        if arguments.add_labels { Some(store::grow_schema(project, &report.additions)?) } else { None };
    for (what, unknown) in unknown {
        let names = unknown.iter().map(|(name, n)| format!("{} ({n})", visible(name)));
        let names = names.collect::<Vec<_>>().join(", ");
        match &added {
            Some(path) => {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                writeln!(stdout, "{what} added to the project's {file}: {names}")?;
            }
            None => writeln!(stderr, "{what} that the schema has not: {names}")?,
        }
    }
    if added.is_none() {
        writeln!(stderr, "  hint: --add-labels adds them to the project's schema; what is tagged is kept")?;
    }
    Ok(())
}

/// Prints what was met; returns whether something was not read.
fn print_remarks(report: &ImportReport, stderr: &mut dyn Write) -> Result<bool, CliError> {
    for remark in report.remarks.iter().take(MOST_PROBLEMS) {
        let kind = if remark.is_error { "error" } else { "warning" };
        writeln!(stderr, "{kind}: {}: {}", remark.path.display(), visible(&remark.text))?;
        if !remark.hint.is_empty() {
            writeln!(stderr, "  hint: {}", remark.hint)?;
        }
    }
    if let Some(more) = and_more(report.remarks.len()) {
        writeln!(stderr, "{more}")?;
    }
    Ok(report.remarks.iter().any(|remark| remark.is_error))
}
