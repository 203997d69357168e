//! Earlier states of an annotation file, whole, so that a look back needs no journal: bounded by number and by size.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::StoreError;
use super::atomic::{self, write_error};
use super::disk::{MAX_READ_BYTES, read_plain};
use crate::model::Timestamp;

/// The most snapshots that are kept of one file.
const MOST: usize = 20;

/// The most bytes that they take together; the newest one is kept whatever it takes.
const MOST_BYTES: u64 = 256 << 20;

/// How far apart two that are kept lie at least, in milliseconds.
const APART_MS: i64 = 5 * 60_000;

/// An earlier state of an annotation file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// When it was put in its place.
    pub at: Timestamp,
    /// The file; to be read as any annotation file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub len: u64,
}

/// Returns the snapshots in a folder, the newest first; none where there is no folder.
#[must_use]
pub fn snapshots(folder: &Path) -> Vec<Snapshot> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<Snapshot> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let at = path.file_stem()?.to_str()?.parse().ok()?;
            Some(Snapshot { at: Timestamp::from_millis(at), len: entry.metadata().ok()?.len(), path })
        })
        .collect();
    found.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.at));
    found
}

/// Keeps what an annotation file holds now beside its earlier states. The file itself is linked where the file system
/// can, else copied: a later save puts another file in its place and leaves this one.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn keep_snapshot(folder: &Path, file: &Path, now: Timestamp) -> Result<(), StoreError> {
    atomic::make_folder(folder)?;
    let path = path_of(folder, now.millis());
    if fs::hard_link(file, &path).is_err() {
        let bytes = read_plain(file, MAX_READ_BYTES)
            .map_err(|source| StoreError::Read { path: file.to_owned(), source })?;
        atomic::write(&path, &bytes, None)?;
    }
    for old in superfluous(&snapshots(folder)) {
        fs::remove_file(&old.path).map_err(|source| write_error(&old.path, source))?;
    }
    Ok(())
}

/// Keeps what an annotation file holds before it is written over, unless that is among its earlier states already:
/// somebody else has written it, an earlier program, or `git`.
///
/// # Errors
///
/// When the file cannot be read or the folder cannot be written.
pub fn keep_before(folder: &Path, file: &Path) -> Result<(), StoreError> {
    let read = |path: &Path| {
        read_plain(path, MAX_READ_BYTES).map_err(|source| StoreError::Read { path: path.to_owned(), source })
    };
    let Ok(metadata) = fs::metadata(file) else { return Ok(()) };
    let bytes = read(file)?;
    let mut alike = snapshots(folder).into_iter().filter(|snapshot| snapshot.len == metadata.len());
    if alike.any(|snapshot| read(&snapshot.path).is_ok_and(|kept| kept == bytes)) {
        return Ok(());
    }
    atomic::make_folder(folder)?;
    let written = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written = written.and_then(|at| i64::try_from(at.as_millis()).ok()).unwrap_or(0);
    let free = |at: &i64| !path_of(folder, *at).exists();
    let at = (0..=written).rev().find(free).unwrap_or(written);
    atomic::write(&path_of(folder, at), &bytes, None).map(drop)
}

fn path_of(folder: &Path, at: i64) -> PathBuf {
    folder.join(format!("{at}.ron"))
}

/// Returns those of some snapshots, newest first, that need not be kept: the newest two stay, of the others, from the
/// oldest on, one for each stretch of time; then the oldest go as far as number and size demand it.
fn superfluous(snapshots: &[Snapshot]) -> Vec<&Snapshot> {
    let mut gone = Vec::new();
    let mut kept: Vec<&Snapshot> = Vec::new();
    for (i, snapshot) in snapshots.iter().enumerate().rev() {
        let is_close = kept
            .last()
            .is_some_and(|older| snapshot.at.millis().saturating_sub(older.at.millis()) < APART_MS);
        if i >= 2 && is_close { gone.push(snapshot) } else { kept.push(snapshot) }
    }
    let mut bytes = 0;
    for (n, snapshot) in kept.into_iter().rev().enumerate() {
        bytes = snapshot.len.saturating_add(bytes);
        if n >= MOST || (n > 0 && bytes > MOST_BYTES) {
            gone.push(snapshot);
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_the_older_ones_thin_out() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, kept) = (folder.path().join("a.ron"), folder.path().join("kept"));
        // A save every ten seconds for three hours.
        for n in 0..1_080 {
            atomic::write(&file, format!("state {n}").as_bytes(), None).expect("writable");
            keep_snapshot(&kept, &file, Timestamp::from_millis(n * 10_000)).expect("writable");
        }
        let snapshots = snapshots(&kept);
        assert!((10..=MOST).contains(&snapshots.len()), "{}", snapshots.len());
        let text = |snapshot: &Snapshot| fs::read_to_string(&snapshot.path).expect("there");
        assert_eq!((text(&snapshots[0]), text(&snapshots[1])), ("state 1079".into(), "state 1078".into()));
        let reach = snapshots[0].at.millis() - snapshots[snapshots.len() - 1].at.millis();
        assert!(reach > 60 * 60_000, "they reach back {reach} ms");
    }

    #[test]
    fn large_ones_are_fewer() {
        let large =
            |at: i64| Snapshot { at: Timestamp::from_millis(at), path: PathBuf::new(), len: MOST_BYTES / 2 };
        let all: Vec<Snapshot> = (0..5).rev().map(|n| large(n * 10 * APART_MS)).collect();
        assert_eq!(superfluous(&all).len(), 3, "two halves are the whole");
    }
}
