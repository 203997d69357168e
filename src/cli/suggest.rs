//! `hashiya suggest`: what the rules find in articles, as many as there are.
//!
//! Documents are read in batches, a batch is worked on by all threads, and its lines are written in input order; so
//! memory stays the same whatever the number of documents.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::error::{CliError, MOST_PROBLEMS, and_more};
use super::input::{Documents, InputDocument};
use super::packs::RuleArguments;
use super::{Status, parse_encoding};
use crate::formats::jsonl::{self, LineError, Notation};
use crate::formats::visible;
use crate::rules::{Context, Language, RuleSet};
use crate::store;
use crate::text::{Segmentation, TextEncoding};

/// The bytes of text in a batch, beyond which no further document is added to it.
const BATCH_BYTES: u32 = 4 << 20;
/// The most documents in a batch.
const BATCH_DOCUMENTS: usize = 1024;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 done, 1 some lines or rows were no documents and were passed over, 2 something cannot be read.\n\nExamples:\n  hashiya suggest libya.txt\n  hashiya suggest articles/ --explain -o suggestions.jsonl\n  hashiya suggest news.parquet --lang ar -o suggestions.jsonl\n  zcat news.jsonl.gz | hashiya suggest - --lang ar --threads 8"
)]
pub(super) struct Arguments {
    /// Text files, folders, .jsonl with {"id": …, "text": …} per line, .parquet with the columns id and text, or - for
    /// JSON lines on standard input
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    rules: RuleArguments,
    /// Whose rules apply
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
    /// Add what matched, what held and what lost to each suggestion
    #[arg(long)]
    explain: bool,
    /// Threads to use; without it as many as the machine has
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// The notation of the lines
    #[arg(long, value_enum, default_value_t)]
    format: LineFormat,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The encoding of text files that are not UTF-8 (as windows-1256)
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<TextEncoding>,
    /// Print {"error": …} in the place of what is passed over, so that there is a line for each document
    #[arg(long)]
    errors_inline: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Lang {
    /// The article's own language
    #[default]
    Auto,
    /// Arabic
    Ar,
    /// English
    En,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum LineFormat {
    /// JSON, one object per line
    #[default]
    Jsonl,
    /// RON, one value per line
    Ron,
}

impl LineFormat {
    const fn notation(self) -> Notation {
        match self {
            Self::Jsonl => Notation::Json,
            Self::Ron => Notation::Ron,
        }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    let rules = arguments.rules.compile()?;
    let threads = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads.unwrap_or(0)).build();
    let threads = threads.map_err(|error| CliError::usage(error.to_string(), "try fewer --threads"))?;
    let mut stdin = std::io::stdin().lock();
    match arguments.out.as_deref().filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            let mut file = store::AtomicFile::create(path)?;
            let status = suggest_all(arguments, &rules, &threads, &mut stdin, &mut file, stderr)?;
            file.commit()?;
            Ok(status)
        }
        None => suggest_all(arguments, &rules, &threads, &mut stdin, stdout, stderr),
    }
}

fn suggest_all(
    arguments: &Arguments,
    rules: &RuleSet,
    threads: &rayon::ThreadPool,
    stdin: &mut dyn BufRead,
    out: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    let mut documents = Documents::new(&arguments.inputs, arguments.encoding, stdin);
    let mut status = Status::Done;
    let mut progress = Progress::new(stderr);
    let mut exhausted = BTreeSet::new();
    let mut errors = 0;
    loop {
        let (batch, bytes) = batch(&mut documents);
        if batch.is_empty() {
            progress.clear();
            if let Some(more) = and_more(errors) {
                // A message that cannot be written has nobody to read it.
                let _ = writeln!(progress.stderr, "{more} that cannot be read");
            }
            return Ok(status);
        }
        let lines: Vec<Result<Line, CliError>> = threads.install(|| {
            let line = |document: Result<InputDocument, CliError>| {
                let document = document?;
                suggest(arguments, rules, document).map_err(|error| own_fault(&error))
            };
            batch.into_par_iter().map(line).collect()
        });
        progress.add(lines.len(), bytes);
        for line in lines {
            match line {
                Ok(line) => {
                    writeln!(out, "{}", line.text)?;
                    for rule in line.exhausted {
                        progress.clear();
                        warn_of(&rule, &line.id, &mut exhausted, progress.stderr);
                    }
                }
                Err(error) => {
                    progress.clear();
                    errors += 1;
                    if arguments.errors_inline {
                        writeln!(out, "{}", error_line(&error, arguments.format.notation())?)?;
                    }
                    let shown: &mut dyn Write =
                        if errors > MOST_PROBLEMS { &mut std::io::sink() } else { &mut *progress.stderr };
                    status = status.max(error.print(shown));
                }
            }
        }
    }
}

/// The suggestions of a document as they are written.
struct Line {
    id: String,
    text: String,
    /// Rules that gave up in it.
    exhausted: Vec<String>,
}

/// Returns the line that stands for a document that was passed over.
fn error_line(error: &CliError, notation: Notation) -> Result<String, CliError> {
    jsonl::error_line(&error.to_string(), notation).map_err(|error| own_fault(&error))
}

fn own_fault(error: &LineError) -> CliError {
    CliError::usage(error.to_string(), "this is a fault of hashiya; please report it")
}

/// Says of a rule that it gave up, once in a run.
fn warn_of(rule: &str, document: &str, known: &mut BTreeSet<String>, stderr: &mut dyn Write) {
    if known.insert(rule.to_owned()) {
        // A warning that cannot be written has nobody to read it.
        let _ = writeln!(
            stderr,
            "warning: rule {} ran out of steps in {}, and may have missed something; narrow its gaps and repetitions",
            visible(rule),
            visible(document)
        );
    }
}

/// How much is done and how fast, on a terminal; nothing elsewhere.
struct Progress<'a> {
    stderr: &'a mut dyn Write,
    shown: bool,
    started: Instant,
    documents: usize,
    bytes: u64,
}

impl<'a> Progress<'a> {
    fn new(stderr: &'a mut dyn Write) -> Self {
        Self { stderr, shown: false, started: Instant::now(), documents: 0, bytes: 0 }
    }

    fn add(&mut self, documents: usize, bytes: u32) {
        self.documents += documents;
        self.bytes += u64::from(bytes);
        // One batch is done in a blink: only a second one is worth a line.
        if self.documents > documents && std::io::stderr().is_terminal() {
            self.shown = true;
            let line = progress_line(self.documents, self.bytes, self.started.elapsed());
            // A progress line that cannot be written is no loss.
            let _ = write!(self.stderr, "\r{line}\u{1b}[K");
            let _ = self.stderr.flush();
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(self.stderr, "\r\u{1b}[K");
        }
    }
}

/// Returns how much was done in a time, in documents and in megabytes of text.
fn progress_line(documents: usize, bytes: u64, elapsed: Duration) -> String {
    let megabytes = bytes as f64 / 1e6;
    let speed = megabytes / elapsed.as_secs_f64().max(1e-3);
    format!("{documents} documents, {megabytes:.1} MB, {speed:.1} MB/s")
}

/// Returns the next documents, and how many bytes of text they have.
fn batch(documents: &mut Documents<'_>) -> (Vec<Result<InputDocument, CliError>>, u32) {
    let mut batch = Vec::new();
    let mut bytes: u32 = 0;
    while bytes < BATCH_BYTES && batch.len() < BATCH_DOCUMENTS {
        let Some(document) = documents.next() else { break };
        bytes = bytes.saturating_add(document.as_ref().map_or(0, |document| document.text.end().get()));
        batch.push(document);
    }
    (batch, bytes)
}

fn suggest(arguments: &Arguments, rules: &RuleSet, document: InputDocument) -> Result<Line, LineError> {
    let language = match arguments.lang {
        Lang::Auto => None,
        Lang::Ar => Some(Language::Arabic),
        Lang::En => Some(Language::English),
    };
    let context = Context { language, ..Context::default() };
    let segmentation = Segmentation::new(&document.text);
    let report = rules.report(&document.text, &segmentation, &context);
    let InputDocument { id, text } = document;
    let exhausted = report.exhausted().map(str::to_owned).collect();
    let text = jsonl::suggestions_line(
        &id,
        &text,
        &report.suggestions,
        arguments.explain,
        arguments.format.notation(),
    )?;
    Ok(Line { id, text, exhausted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_counts_documents_megabytes_and_speed() {
        assert_eq!(
            progress_line(1024, 8_400_000, Duration::from_millis(3500)),
            "1024 documents, 8.4 MB, 2.4 MB/s"
        );
        assert!(progress_line(1, 100, Duration::ZERO).ends_with("0.1 MB/s"), "no division by zero");
    }
}
