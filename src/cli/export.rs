//! `hashiya export`: annotations in other formats.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::check::counted;
use super::error::CliError;
use super::{OpenArguments, Status};
use crate::formats::exchange::{ExportOptions, OffsetUnit, Tagging};
use crate::formats::{self, FORMATS, Format};
use crate::model::Schema;
use crate::store::{self, Dataset, DatasetRequest, Project, Selection, Split};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hashiya export --list\n  hashiya export articles/ --format jsonl,html --out export/\n  hashiya export project/ --format spacy,parquet --split 80,10,10 --seed 7 --out dataset/"
)]
pub(super) struct Arguments {
    /// Articles, annotation files, folders or projects
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
    /// Write nothing where a format would lose something
    #[arg(long)]
    lossless: bool,
    /// What offsets count, where the format leaves it open (doccano)
    #[arg(long, value_enum, default_value_t)]
    unit: UnitArgument,
    /// How tokens are tagged (conll)
    #[arg(long, value_enum, default_value_t)]
    tagging: TaggingArgument,
    /// Of a project, only these annotators, comma-separated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    annotators: Vec<String>,
    /// Only these labels, comma-separated
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    labels: Vec<String>,
    /// Of a project, only articles that their annotator has called done
    #[arg(long)]
    only_done: bool,
    /// Divide by article, stratified: shares for train, dev and test (80,10,10), or names with shares (train=4,test=1)
    #[arg(long, value_name = "SHARES")]
    split: Option<String>,
    /// Another seed, another division
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    open: OpenArguments,
}

/// A unit of offsets, as an argument.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(super) enum UnitArgument {
    /// Unicode code points
    #[default]
    Codepoint,
    /// UTF-16 units
    Utf16,
    /// Grapheme clusters
    Grapheme,
}

impl From<UnitArgument> for OffsetUnit {
    fn from(unit: UnitArgument) -> Self {
        match unit {
            UnitArgument::Codepoint => Self::CodePoint,
            UnitArgument::Utf16 => Self::Utf16,
            UnitArgument::Grapheme => Self::Grapheme,
        }
    }
}

/// A way of tagging tokens, as an argument.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum TaggingArgument {
    /// B- and I-
    #[default]
    Iob2,
    /// B-, I-, E- and S-
    Bioes,
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
    let schema = schema(arguments)?;
    let request = request(arguments)?;
    let written = Dataset::write(&request, &schema, &mut |_, _| true)?;
    let Some(dataset) = written else { return Ok(Status::Failed) };
    let mut status = Status::Done;
    for error in &dataset.failed {
        let error = CliError::document(error.to_string(), error.hint());
        status = error.print(stderr);
    }
    // Before anything is in its place.
    let mut loses = false;
    for (format, lost) in &dataset.losses {
        for (loss, n) in lost.iter() {
            loses = true;
            writeln!(stderr, "{} cannot keep {n} {}", format.name, loss.what())?;
        }
    }
    if loses && arguments.lossless {
        writeln!(stderr, "nothing was written, since something would be lost (--lossless)")?;
        return Ok(Status::Found);
    }
    let articles = dataset.articles;
    dataset.commit()?;
    writeln!(stdout, "{} in {}", counted(articles, "article"), request.out.display())?;
    Ok(status)
}

/// Returns the schema: what was named, else the one of the project.
fn schema(arguments: &Arguments) -> Result<Schema, CliError> {
    if arguments.open.schema.is_none()
        && let Some(path) = arguments.paths.first()
        && let Some(project) = Project::containing(path)?
    {
        return Ok(project.schema()?);
    }
    arguments.open.schema()
}

fn request(arguments: &Arguments) -> Result<DatasetRequest, CliError> {
    let formats = arguments.format.iter().map(|name| formats::format(name.trim()));
    let formats: Vec<&'static Format> = formats.collect::<Result<_, _>>().map_err(|error| {
        CliError::usage(error.to_string(), "`hashiya export --list` shows what each cannot keep")
    })?;
    let split = arguments.split.as_ref().map(|text| Split::parse(text, arguments.seed)).transpose();
    let tagging = match arguments.tagging {
        TaggingArgument::Iob2 => Tagging::Iob2,
        TaggingArgument::Bioes => Tagging::Bioes,
    };
    Ok(DatasetRequest {
        paths: arguments.paths.clone(),
        formats,
        options: ExportOptions { unit: arguments.unit.into(), tagging },
        out: arguments.out.clone().unwrap_or_else(|| PathBuf::from(".")),
        selection: Selection {
            annotators: arguments.annotators.clone(),
            labels: arguments.labels.iter().map(|label| label.as_str().into()).collect(),
            only_done: arguments.only_done,
        },
        split: split.map_err(|error| CliError::usage(error.to_string(), ""))?,
        open: arguments.open.options(),
        annotator: store::user_name(),
    })
}

fn list(stdout: &mut dyn Write) -> Result<(), CliError> {
    for format in FORMATS {
        let ways = match (format.writer.is_some(), format.reader.is_some()) {
            (true, true) => "export, import",
            (true, false) => "export",
            (false, _) => "import",
        };
        writeln!(stdout, "{:<15} {} ({ways})", format.name, format.title)?;
        if !format.losses.is_empty() {
            let kinds: Vec<&str> = format.losses.iter().map(|loss| loss.kind()).collect();
            writeln!(stdout, "                cannot keep {}", kinds.join(", "))?;
        }
    }
    Ok(())
}
