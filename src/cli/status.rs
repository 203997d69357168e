//! How a run ended.

use std::process::ExitCode;

/// How a run ended, as its exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// 0: all was done.
    Done,
    /// 1: the check found something.
    Found,
    /// 2: wrong usage or unreadable input.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::Found => 1,
            Status::Failed => 2,
        })
    }
}

/// Returns the line for a machine on which no window can be opened.
#[must_use]
pub fn no_display_message(reason: &str) -> String {
    format!(
        "error: no window can be opened ({reason}); `hashiya suggest FILE` and `hashiya render FILE --out FILE.png` \
         work without one"
    )
}
