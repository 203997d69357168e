//! Reports of faults of the program itself: where, in which version, by which calls; never a word of an article.

use std::fs;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::atomic;
use crate::model::Timestamp;

/// The most reports that are kept.
const MOST: usize = 10;

/// What is told of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultReport {
    /// When.
    pub at: Timestamp,
    /// The thread's name, empty where it has none.
    pub thread: String,
    /// The place in the program, as `file:line:column`.
    pub place: String,
    /// The message, where it stands in the program as it is; one that was made while it ran may quote an article.
    pub message: Option<&'static str>,
    /// The calls that led there.
    pub calls: String,
}

/// Writes a report into a folder, where the oldest of too many makes room, and returns its path.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn write_fault_report(folder: &Path, report: &FaultReport) -> Result<PathBuf, StoreError> {
    atomic::make_folder(folder)?;
    let path = folder.join(format!("{}.txt", report.at.millis()));
    atomic::write(&path, in_words(report).as_bytes(), None)?;
    let mut reports: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    reports.sort();
    for old in reports.iter().rev().skip(MOST) {
        // One report more than there should be does no harm.
        let _ = fs::remove_file(old);
    }
    Ok(path)
}

fn in_words(report: &FaultReport) -> String {
    let FaultReport { at, thread, place, message, calls } = report;
    format!(
        "Hashiya {} met a fault of its own. This report holds nothing of any article.\n\
         system: {} {}\n\
         time: {} ms since 1970\n\
         thread: {thread}\n\
         place: {place}\n\
         message: {}\n\n{calls}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        at.millis(),
        message.unwrap_or("(left out: it may quote the article)"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(at: i64) -> FaultReport {
        FaultReport {
            at: Timestamp::from_millis(at),
            thread: "disk".into(),
            place: "src/a.rs:3:5".into(),
            message: None,
            calls: "   0: hashiya::a::b".into(),
        }
    }

    #[test]
    fn the_newest_reports_are_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let paths: Vec<PathBuf> =
            (100..112).map(|at| write_fault_report(folder.path(), &report(at)).expect("writable")).collect();
        let there: Vec<bool> = paths.iter().map(|path| path.exists()).collect();
        assert_eq!(there, [[false; 2].as_slice(), &[true; MOST]].concat());
        let text = fs::read_to_string(&paths[11]).expect("there");
        assert!(text.contains("place: src/a.rs:3:5\nmessage: (left out"), "{text}");
    }
}
