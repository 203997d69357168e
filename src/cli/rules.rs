//! `hashiya rules`: packs of rules are checked.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Status;
use super::check::counted;
use super::error::{CliError, report};
use super::packs;
use crate::rules::{self, PackError, RuleSet};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Validate packs and run the examples of their rules
    Check(CheckArguments),
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

pub(super) fn run(
    arguments: &Arguments,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Status, CliError> {
    match &arguments.command {
        Command::Check(arguments) => check(arguments, stdout, stderr),
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
    for mistake in &mistakes {
        print(mistake, stderr);
    }
    Ok(if mistakes.is_empty() { Status::Done } else { Status::Found })
}

/// Prints a mistake: its place and what is wrong, then what to do.
fn print(mistake: &PackError, stderr: &mut dyn Write) {
    let PackError { path, line, column, message, nearest, hint } = mistake;
    let nearest = nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    report(stderr, &format!("{path}:{line}:{column}: {message}{nearest}"), hint);
}
