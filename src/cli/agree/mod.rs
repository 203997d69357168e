//! `hashiya agree`: how far annotators agree, in figures, and on what they do not.

mod json;
mod read;
mod table;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::Status;
use super::error::{CliError, MOST_PROBLEMS, and_more, report};
use crate::formats::visible;
use crate::model::agreement::{self, AgreementReport, ComparedArticle, GammaOptions};

#[derive(Debug, Args)]
#[command(
    after_help = "Articles are matched by name: an annotation file is NAME.ron, a JSON line has it as its id. A name that only one\nside has, and an article of which two sides have different texts, is named and left out.\n\nExit status: 0 done, 1 texts of an article differ, 2 something cannot be read or there is nothing to compare.\n\nExamples:\n  hashiya agree amal/port.txt.ron badr/port.txt.ron\n  hashiya agree annotations/amal annotations/badr --by article --differences\n  hashiya agree amal.jsonl badr.jsonl cyra.jsonl --json"
)]
pub(super) struct Arguments {
    /// An annotator's work: an annotation file, an article beside it, JSON lines with spans, or a folder of such files
    #[arg(value_name = "PATH", required = true, num_args = 2..)]
    paths: Vec<PathBuf>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Print the figures of each article, too
    #[arg(long, value_enum, value_name = "WHAT")]
    by: Option<By>,
    /// List what the figures come from: every span and value on which two annotators differ
    #[arg(long)]
    differences: bool,
    /// How many random annotations of each article gamma is measured against; 0 leaves gamma out
    #[arg(long, value_name = "N", default_value_t = GammaOptions::default().samples)]
    gamma_samples: u32,
    /// What the random annotations are drawn from
    #[arg(long, value_name = "N", default_value_t = GammaOptions::default().seed)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// The articles one by one
    Article,
}

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    let mut failed = None;
    let mut sides = Vec::with_capacity(arguments.paths.len());
    for path in &arguments.paths {
        match read::side(path, stderr) {
            Ok(side) => sides.push(side),
            Err(errors) => {
                for error in errors {
                    failed = failed.max(Some(error.print(stderr)));
                }
            }
        }
    }
    if failed.is_some() {
        // Figures of a part would be taken for those of the whole.
        return Ok(Status::Failed);
    }
    let names = read::names(&sides);
    let articles = read::matched(sides);
    let options = GammaOptions { samples: arguments.gamma_samples, seed: arguments.seed };
    let agreement = agreement::agreement(&names, &articles, options);
    let status = tell_texts(&agreement, &articles, stderr);
    if agreement.all().is_none_or(|all| all.articles == 0) {
        let reason = match status {
            Status::Done => "no article has the same name on two sides",
            _ => "no article has the same text on two sides",
        };
        let hint = "articles are matched by the names of annotation files and the ids of JSON lines";
        return Err(CliError::usage(format!("nothing to compare: {reason}"), hint));
    }
    if arguments.json {
        writeln!(stdout, "{}", json::report(&agreement, &arguments.paths, options, arguments.differences))?;
    } else {
        table::print(&agreement, arguments.by == Some(By::Article), arguments.differences, stdout)?;
    }
    Ok(status)
}

/// Tells of the articles that are left out since their texts differ.
fn tell_texts(agreement: &AgreementReport, articles: &[ComparedArticle], stderr: &mut dyn Write) -> Status {
    let mut differing = 0;
    for (state, article) in agreement.articles.iter().zip(articles).filter(|(state, _)| state.texts_differ) {
        differing += 1;
        if differing <= MOST_PROBLEMS {
            let texts = agreement.annotators.iter().zip(&article.work);
            let texts: Vec<String> =
                texts.filter_map(|(name, work)| Some(format!("{name} {}", work.as_ref()?.sha256))).collect();
            let what = format!("{}: the texts differ, by their SHA-256: {}", state.name, texts.join(", "));
            report(
                stderr,
                &what,
                "it is left out; annotate one text, or let the window carry the annotations over",
            );
        }
    }
    if let Some(more) = and_more(differing) {
        report(stderr, &more, "");
    }
    if differing == 0 { Status::Done } else { Status::Found }
}

/// Returns the names of annotators as one, for a line of output.
fn together(agreement: &AgreementReport, members: &[usize]) -> String {
    let names: Vec<&Arc<str>> = members.iter().map(|member| &agreement.annotators[*member]).collect();
    let Some((last, others)) = names.split_last() else { return String::new() };
    let others: Vec<&str> = others.iter().map(|name| &***name).collect();
    visible(&format!("{} and {last}", others.join(", ")))
}
