//! `hashiya export`: annotations in other formats.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::check::counted;
use super::error::CliError;
use super::{OpenArguments, Status};
use crate::formats::exchange::ExportOptions;
use crate::formats::{self, Export, FORMATS, Format};
use crate::model::Schema;
use crate::store::{self, ExportRun};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hashiya export --list\n  hashiya export articles/ --format jsonl,html --out export/"
)]
pub(super) struct Arguments {
    /// Articles, annotation files or folders
    #[arg(value_name = "PATH", required_unless_present = "list")]
    paths: Vec<PathBuf>,
    /// The formats, comma-separated; each gets its own folder
    #[arg(long, value_name = "NAME", value_delimiter = ',', required_unless_present = "list")]
    format: Vec<String>,
    /// The folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Print all formats with what they cannot keep
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    open: OpenArguments,
}

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    if arguments.list {
        list(stdout)?;
        return Ok(Status::Done);
    }
    let schema = arguments.open.schema()?;
    let out = arguments.out.as_deref().unwrap_or(Path::new("."));
    let formats = arguments.format.iter().map(|name| formats::format(name.trim()));
    let formats: Vec<&Format> = formats.collect::<Result<_, _>>().map_err(|error| {
        CliError::usage(error.to_string(), "`hashiya export --list` shows what each cannot keep")
    })?;
    let mut run = ExportRun::create(out, formats, ExportOptions::default(), &schema)?;
    let mut status = Status::Done;
    let mut names = BTreeSet::new();
    for path in &arguments.paths {
        for article in store::articles_at(path)? {
            let exported = export(&article, arguments, &schema, &mut run, &mut names);
            if let Err(error) = exported {
                status = error.print(stderr);
            }
        }
    }
    let (folder, losses) = run.finish()?;
    for (format, lost) in &losses {
        for (loss, n) in lost.iter() {
            writeln!(stderr, "{} cannot keep {n} {}", format.name, loss.what())?;
        }
    }
    folder.commit()?;
    writeln!(stdout, "{} in {}", counted(names.len(), "article"), out.display())?;
    Ok(status)
}

fn export(
    path: &Path,
    arguments: &Arguments,
    schema: &Schema,
    run: &mut ExportRun<'_>,
    names: &mut BTreeSet<String>,
) -> Result<(), CliError> {
    let opened = store::open(path, arguments.open.options(), schema)?;
    let name = opened.document.article().file_name.to_string();
    if !names.insert(name.clone()) {
        let message = format!("{}: another article with this name was exported already", path.display());
        return Err(CliError::usage(message, "export the folders one by one, each to its own --out"));
    }
    let annotator = opened.annotator.unwrap_or_else(store::user_name);
    run.folder().guard(path);
    Ok(run.article(&Export { name: &name, document: &opened.document, annotator: &annotator, schema }, "")?)
}

fn list(stdout: &mut dyn Write) -> Result<(), CliError> {
    for format in FORMATS.iter().filter(|format| format.writer.is_some()) {
        writeln!(stdout, "{:<15} {}", format.name, format.title)?;
        for loss in format.losses {
            writeln!(stdout, "                loses {}", loss.what())?;
        }
    }
    Ok(())
}
