//! `hashiya commands`: every command of the window with its keys.

use std::io::Write;

use clap::Args;

use super::Status;
use super::error::CliError;
use crate::session::{COMMANDS, markdown_table};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hashiya commands --markdown > KEYS.md")]
pub(super) struct Arguments {
    /// Print a Markdown table, as in the README
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Status, CliError> {
    if arguments.markdown {
        write!(stdout, "{}", markdown_table())?;
        return Ok(Status::Done);
    }
    for row in COMMANDS {
        writeln!(stdout, "{:<24} {:<28} {:<26} {}", row.id, row.title, row.chords.join(" "), row.help)?;
    }
    Ok(Status::Done)
}
