//! The disk: articles and their annotation files, settings, recent files. The only user of `std::fs`.
//!
//! A save is atomic: a temporary file in the same folder is written, synced and renamed over the old one, then the
//! folder is synced. What somebody else has changed since it was read is not written over.
//!
//! Invariant: a failing load leaves the file as it was; every error names the path and says what to do. Holds no
//! state between calls: what a later save must know ([`Stamp`]) is handed out and handed in.
#![allow(clippy::disallowed_methods, reason = "the one layer that may touch the disk")]

mod article;
mod atomic;
mod bundled;
#[cfg(test)]
mod crash_tests;
mod dataset;
mod dictionary;
mod disk;
mod error;
mod export;
mod fault_report;
mod import;
mod journal;
mod lock;
#[cfg(test)]
mod model_disk;
mod packs;
mod project;
mod settings;
mod snapshots;
mod watch;
mod workplace;

pub use article::{
    OnText, OpenOptions, Opened, annotated_files_in, annotation_files_at, annotation_path, annotations_for,
    articles_at, articles_in, check_not_article, decisions_beside, open, open_telling, read_annotations,
    read_text, reopen, save, serialize,
};
#[cfg(all(debug_assertions, feature = "gui"))]
pub(crate) use atomic::take_away;
pub use atomic::{AtomicFile, Stamp, make_folder, parquet_rows, reader, write};
#[cfg(test)]
pub(crate) use atomic::{read_for_tests, remove_for_tests};
pub use bundled::bundled_article;
pub use dataset::{Dataset, DatasetRequest, Selection, Split, SplitError};
pub use dictionary::{dictionary_path, load_dictionary, save_dictionary};
pub use disk::{Disk, SystemDisk};
pub use error::StoreError;
pub use export::{ExportFolder, ExportRun, FormatLosses, LOSSES_FILE};
pub use fault_report::{FaultReport, write_fault_report};
pub use import::{Import, ImportRemark, ImportReport};
pub use journal::{JournalMeeting, JournalWriter, Recovered, SetAside, read_journal, recover, write_audit};
pub use lock::{BEAT_EVERY_MS, Holder, Lock, Taking, holder_in_words};
pub use packs::{load_packs, own_packs, rules_dir, save_pack};
pub use project::{PROJECT_FILE, Project, ProjectArticle, folder_name, grow_schema};
pub use settings::{
    Recent, Settings, Theme, config_dir, data_dir, load_keymap, load_settings, save_settings, state_dir,
    user_name,
};

pub use snapshots::{Snapshot, keep_before, keep_snapshot, snapshots};
pub use watch::{Watch, watch};
pub use workplace::Workplace;

use std::path::Path;

use crate::formats::schema_file;
use crate::model::Schema;

/// Returns the schema of a schema file.
///
/// # Errors
///
/// When the file cannot be read or is no schema.
pub fn load_schema(path: &Path) -> Result<Schema, StoreError> {
    let bytes = atomic::read(path, atomic::MAX_RECORD_BYTES)?;
    schema_file::load(&bytes)
        .map_err(|source| StoreError::Schema { path: path.to_owned(), source: Box::new(source) })
}
