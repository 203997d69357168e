//! The command line: the same straight line as the window, without one.
//!
//! Invariant: prints only through the writers that it is given. Knows no window. Exit status: 0 done, 1 the check
//! found something, 2 wrong usage or unreadable input.

mod agree;
mod check;
mod commands;
mod error;
mod eval;
mod export;
mod import;
mod input;
mod packs;
mod render;
mod rules;
mod status;
mod suggest;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::formats::{schema_file, visible};
use crate::model::Schema;
use crate::store;
use crate::text::TextEncoding;

use error::CliError;
pub use status::{Status, no_display_message};

/// What the arguments ask for.
#[derive(Debug)]
pub enum Invocation {
    /// The window, with what to open in it.
    Window(WindowRequest),
    /// Nothing more: all was done, or an error was printed.
    Finished(Status),
}

/// What to open in the window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowRequest {
    /// Articles, annotation files or folders; none for what was open last.
    pub paths: Vec<PathBuf>,
    /// The encoding of the articles, where it was given.
    pub encoding: Option<TextEncoding>,
    /// The report of the fault after which the program was started again; an empty path where none was written.
    pub after_fault: Option<PathBuf>,
}

#[derive(Debug, Parser)]
#[command(
    name = "hashiya",
    version,
    about = "Read an article, mark who is named and who claims what",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  hashiya                       the article that was open last\n  hashiya libya.txt             an article with its annotations\n  hashiya suggest libya.txt     what the rules find in it, without a window"
)]
struct Cli {
    /// Articles, annotation files or a folder to open in the window
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The encoding of the articles, for files that are not UTF-8 (as windows-1256)
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<TextEncoding>,
    /// Given by the program itself when it starts again after a fault: the report, where one was written
    #[arg(long, value_name = "REPORT", num_args = 0..=1, require_equals = true, default_missing_value = "", hide = true)]
    after_fault: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what the rules suggest for articles, as JSON lines
    Suggest(suggest::Arguments),
    /// Check packs of rules
    Rules(rules::Arguments),
    /// Compare what the rules find with a gold standard
    Eval(eval::Arguments),
    /// Verify annotation files against their articles and the schema
    Check(check::Arguments),
    /// Measure how far annotators agree
    Agree(agree::Arguments),
    /// Write annotations in other formats
    Export(export::Arguments),
    /// Bring articles and annotations of other formats into a project
    Import(import::Arguments),
    /// Draw an annotated article as a picture or a page
    Render(render::Arguments),
    /// Print every command of the window with its keys
    Commands(commands::Arguments),
}

/// What every subcommand that opens articles takes.
#[derive(Debug, Args)]
struct OpenArguments {
    /// The schema, a RON file; without it the one that ships with the program
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The encoding of the articles, for files that are not UTF-8 (as windows-1256)
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<TextEncoding>,
}

impl OpenArguments {
    fn schema(&self) -> Result<Schema, CliError> {
        match &self.schema {
            Some(path) => Ok(store::load_schema(path)?),
            None => Ok(schema_file::default_schema()),
        }
    }

    fn options(&self) -> store::OpenOptions {
        store::OpenOptions { encoding: self.encoding, annotator: None }
    }
}

fn parse_encoding(name: &str) -> Result<TextEncoding, String> {
    TextEncoding::from_name(name)
        .ok_or_else(|| "no encoding has this name; names are as in windows-1256, utf-16le, utf-8".to_owned())
}

/// Does what the arguments (the program's name first) ask for, except for opening the window.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Invocation {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return Invocation::Finished(print_usage(&error, stdout, stderr)),
    };
    let Some(command) = cli.command else {
        let Cli { paths, encoding, after_fault, .. } = cli;
        return Invocation::Window(WindowRequest { paths, encoding, after_fault });
    };
    let result = match command {
        Command::Suggest(arguments) => suggest::run(&arguments, stdout, stderr),
        Command::Rules(arguments) => rules::run(&arguments, stdout, stderr),
        Command::Eval(arguments) => eval::run(&arguments, stdout),
        Command::Check(arguments) => check::run(&arguments, stdout, stderr),
        Command::Agree(arguments) => agree::run(&arguments, stdout, stderr),
        Command::Export(arguments) => export::run(&arguments, stdout, stderr),
        Command::Import(arguments) => import::run(&arguments, stdout, stderr),
        Command::Render(arguments) => render::run(&arguments),
        Command::Commands(arguments) => commands::run(&arguments, stdout),
    };
    let result = result.and_then(|status| stdout.flush().map(|()| status).map_err(CliError::from));
    Invocation::Finished(match result {
        Ok(status) => status,
        Err(error) => error.print(stderr),
    })
}

/// Prints help or what is wrong with the arguments.
fn print_usage(error: &clap::Error, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Status {
    let text = error.render();
    // Where not even an error can be printed there is nobody to tell.
    if error.use_stderr() {
        // What it repeats of the arguments may come from a file's name.
        let _ = write!(stderr, "{}", visible(&text.to_string()));
        Status::Failed
    } else {
        let _ = write!(stdout, "{text}");
        Status::Done
    }
}
