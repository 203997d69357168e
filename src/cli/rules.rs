//! `hashiya rules`: packs of rules are checked, and what they do at a place is told.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Status;
use super::check::counted;
use super::error::{CliError, MOST_PROBLEMS, and_more, report};
use super::packs;
use crate::formats::visible;
use crate::rules::{self, Outcome, PackError, RuleSet, Why};
use crate::store;
use crate::text::{CharOffset, TextRange};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Validate packs and run the examples of their rules
    Check(CheckArguments),
    /// Say why a span is suggested, or why it is not
    Why(WhyArguments),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 all holds, 1 something is wrong in a pack, 2 something cannot be read.\n\nExamples:\n  hashiya rules check\n  hashiya rules check my-rules/"
)]
struct CheckArguments {
    /// Pack files or folders, read with the packs that ship with the program; without one, those are checked
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read the packs without those that ship with the program
    #[arg(long, requires = "paths")]
    no_builtin: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hashiya rules why libya.txt --at 335..341\n  hashiya rules why libya.txt --at 335..341 --label GPE"
)]
struct WhyArguments {
    /// The article
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The span in characters, half-open
    #[arg(long, value_name = "START..END", value_parser = parse_span)]
    at: (u32, u32),
    /// Only rules that give this label
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    rules: packs::RuleArguments,
}

fn parse_span(span: &str) -> Result<(u32, u32), String> {
    let ends = span.split_once("..").and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
    ends.filter(|(start, end)| start < end).ok_or_else(|| "a span is START..END, as in 335..341".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    match &arguments.command {
        Command::Check(arguments) => check(arguments, stdout, stderr),
        Command::Why(arguments) => why(arguments, stdout),
    }
}

fn check(
    arguments: &CheckArguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    let mut checked = packs::load(&arguments.paths)?;
    let builtin = if arguments.no_builtin { Vec::new() } else { rules::builtin_packs() };
    let all = [builtin.as_slice(), checked.as_slice()].concat();
    if arguments.paths.is_empty() {
        checked = builtin;
    }
    let files = counted(checked.len(), "pack file");
    let mistakes = match RuleSet::compile(&all) {
        Ok(compiled) => {
            let sizes = compiled.sizes();
            let of_checked = checked.iter().filter_map(|pack| sizes.get(pack.path.as_str()));
            let (rules, examples) = of_checked
                .fold((0, 0), |(rules, examples), size| (rules + size.rules, examples + size.examples));
            let mistakes = compiled.check_examples();
            let (rules, examples) = (counted(rules, "rule"), counted(examples, "example"));
            writeln!(stdout, "{files}, {rules}, {examples}, {}", counted(mistakes.len(), "mistake"))?;
            mistakes
        }
        Err(mistakes) => {
            writeln!(stdout, "{files}, {}; no example was run", counted(mistakes.len(), "mistake"))?;
            mistakes
        }
    };
    for mistake in mistakes.iter().take(MOST_PROBLEMS) {
        print(mistake, stderr);
    }
    if let Some(more) = and_more(mistakes.len()) {
        // Where not even an error can be printed there is nobody to tell.
        let _ = writeln!(stderr, "{more}; mend these first");
    }
    Ok(if mistakes.is_empty() { Status::Done } else { Status::Found })
}

fn why(arguments: &WhyArguments, stdout: &mut dyn Write) -> Result<Status, CliError> {
    let rules = arguments.rules.compile()?;
    let (source, _) = store::read_text(&arguments.input, None)?;
    let (start, end) = arguments.at;
    let span = source.range_from_chars(CharOffset::new(start), CharOffset::new(end)).map_err(|error| {
        let path = arguments.input.display();
        CliError::usage(format!("{path}: {start}..{end}: {error}"), "offsets are characters, not bytes")
    })?;
    writeln!(stdout, "“{}”", visible(source.slice(span)))?;
    let reasons = rules.why(&source, span, arguments.label.as_deref());
    if reasons.is_empty() {
        writeln!(stdout, "no element of any rule fits there")?;
    }
    let quoted = |range| format!("“{}”", source.slice(range));
    for reason in &reasons {
        for line in told(reason, &quoted) {
            // The words are those of a pack.
            writeln!(stdout, "{}", visible(&line))?;
        }
    }
    Ok(Status::Done)
}

/// Returns in lines what a rule did at a place, or how far it came.
fn told(Why { rule, outcome }: &Why, quoted: &dyn Fn(TextRange) -> String) -> Vec<String> {
    match outcome {
        Outcome::Suggested(suggestion) => {
            let label = suggestion.body.label().as_str();
            let hull = quoted(suggestion.body.fragments().hull());
            let first = format!("{rule}: suggests {label} {hull}: {}", suggestion.why);
            let guards = suggestion.explanation.guards.iter().map(|guard| format!("  {guard}"));
            let losers = suggestion.explanation.losers.iter().map(|loser| {
                let (label, text) = (loser.label.as_str(), quoted(loser.fragments.hull()));
                format!("  beat {} ({label} {text}): {}", loser.rule, loser.reason)
            });
            std::iter::once(first).chain(guards).chain(losers).collect()
        }
        Outcome::Forbids(range) => vec![format!("{rule}: forbids suggestions on {}", quoted(*range))],
        Outcome::Fell { range, winner, reason } => {
            let by = winner.as_ref().map_or_else(String::new, |winner| format!(" to {winner}"));
            vec![format!("{rule}: found {} and lost{by}: {reason}", quoted(*range))]
        }
        Outcome::Condition { range, unmet } => {
            vec![format!("{rule}: fits {}, but its condition does not hold: “{unmet}”", quoted(*range))]
        }
        Outcome::Reached { range, missing } => {
            vec![format!("{rule}: fits {}, then finds no {missing}", quoted(*range))]
        }
    }
}

/// Prints a mistake: its place and what is wrong, then what to do.
fn print(mistake: &PackError, stderr: &mut dyn Write) {
    let PackError { path, line, column, message, nearest, hint } = mistake;
    let nearest = nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    report(stderr, &format!("{path}:{line}:{column}: {message}{nearest}"), hint);
}
