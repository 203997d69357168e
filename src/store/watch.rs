//! Tells of changes in a folder.

use std::path::Path;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::StoreError;

/// Watches a folder as long as it lives.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
}

/// Calls `changed` from another thread whenever a file of a folder is made, written, renamed or removed.
///
/// # Errors
///
/// When the folder is not there, or the system does not watch it.
pub fn watch(folder: &Path, changed: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
    let failed = |source: notify::Error| StoreError::Read {
        path: folder.to_owned(),
        source: std::io::Error::other(source),
    };
    let told = move |event: notify::Result<Event>| {
        // Reading a file is an event too, and not one of interest.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            changed();
        }
    };
    let mut watcher = notify::recommended_watcher(told).map_err(failed)?;
    watcher.watch(folder, RecursiveMode::NonRecursive).map_err(failed)?;
    Ok(Watch { _watcher: watcher })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::super::atomic;
    use super::*;

    #[test]
    fn a_written_file_is_told_and_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (sender, told) = channel();
        let _watch = watch(folder.path(), move || {
            // A second event may come when nobody waits for it any more.
            let _ = sender.send(());
        })
        .expect("watched");
        atomic::write(&folder.path().join("a.ron"), b"x", None).expect("writable");
        told.recv_timeout(Duration::from_secs(10)).expect("told");
        assert!(watch(&folder.path().join("missing"), || {}).is_err());
    }
}
