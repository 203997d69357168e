//! What ends a run early, and how it is told.

use std::io::{self, Write};

use thiserror::Error;

use super::Status;
use crate::formats::visible;
use crate::rules::PackError;
use crate::store::StoreError;

/// Why a run ended early.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Arguments that do not go together.
    #[error("{message}")]
    Usage { message: String, hint: String },
    /// One document of many that cannot be read; the run goes on.
    #[error("{message}")]
    Document { message: String, hint: String },
    /// Rule packs with mistakes.
    #[error("{}", packs(.0))]
    Packs(Vec<PackError>),
    /// Standard output.
    #[error("standard output: cannot be written: {0}")]
    Output(#[from] io::Error),
}

fn packs(errors: &[PackError]) -> String {
    let mut lines: Vec<String> = errors.iter().take(MOST_PROBLEMS).map(ToString::to_string).collect();
    lines.extend(and_more(errors.len()));
    lines.join("\n")
}

/// How many problems of one file are printed; the others are counted.
pub(super) const MOST_PROBLEMS: usize = 12;

/// Returns the line that stands for the problems that are not printed, of so many in all.
pub(super) fn and_more(problems: usize) -> Option<String> {
    let more = problems.checked_sub(MOST_PROBLEMS).filter(|more| *more > 0)?;
    Some(format!("and {more} more"))
}

impl CliError {
    pub(super) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    pub(super) fn document(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Document { message: message.into(), hint: hint.into() }
    }

    /// Prints the error with its hint and returns how the run ended.
    pub(super) fn print(&self, stderr: &mut dyn Write) -> Status {
        if let Self::Output(error) = self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            // Whoever reads has seen enough, as `head` does.
            return Status::Done;
        }
        let hint = match self {
            Self::Store(error) => error.hint(),
            Self::Usage { hint, .. } | Self::Document { hint, .. } => hint.clone(),
            Self::Packs(_) => "`hashiya rules check PATH` validates packs".to_owned(),
            Self::Output(_) => "check that there is space left".to_owned(),
        };
        report(stderr, &self.to_string(), &hint);
        if matches!(self, Self::Document { .. }) { Status::Found } else { Status::Failed }
    }
}

/// Prints one error: what with its place, and what to do. Characters that a terminal would obey or hide are escaped.
pub(super) fn report(stderr: &mut dyn Write, what: &str, hint: &str) {
    // Where not even an error can be printed there is nobody to tell.
    let _ = writeln!(stderr, "error: {}", visible(what));
    if !hint.is_empty() {
        let _ = writeln!(stderr, "  hint: {}", visible(hint));
    }
}
