//! What the program remembers of its user: settings and recent articles, each a small RON file.
//!
//! Both are conveniences: a damaged settings file is an error that names the place, and the caller goes on with the
//! defaults; a damaged list of recent articles is an empty one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy;

use super::StoreError;
use super::atomic::{self, MAX_RECORD_BYTES};
use crate::formats::settings_file;

pub use crate::formats::settings_file::{Settings, Theme};

/// The most articles that are remembered.
const MAX_RECENT: usize = 20;

/// Returns the folder of settings and key map (`~/.config/hashiya`), `None` where the system names no home.
#[must_use]
pub fn config_dir() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("hashiya"))
}

/// Returns the folder of what changes from day to day (`~/.local/state/hashiya`), `None` where the system names no
/// home.
#[must_use]
pub fn state_dir() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("hashiya"))
}

/// Returns the folder of what the user has made (`~/.local/share/hashiya`), `None` where the system names no home.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("hashiya"))
}

/// Returns the name of the system's user, `annotator` where the system tells none: who annotates unless the settings
/// say otherwise.
#[must_use]
pub fn user_name() -> Arc<str> {
    let names = ["USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    names.into_iter().find(|name| !name.is_empty()).map_or_else(|| Arc::from("annotator"), Arc::from)
}

/// Returns the settings in a folder, the defaults where there are none.
///
/// # Errors
///
/// When there is a settings file that cannot be read.
pub fn load_settings(folder: &Path) -> Result<Settings, StoreError> {
    let path = folder.join("settings.ron");
    let bytes = match atomic::read(&path, MAX_RECORD_BYTES) {
        Ok(bytes) => bytes,
        Err(StoreError::Missing { .. }) => return Ok(Settings::default()),
        Err(error) => return Err(error),
    };
    settings_file::load(&bytes).map_err(|source| StoreError::Settings { path, source })
}

/// Returns the changes of a key map file (command id to chords), none where there is no such file.
///
/// # Errors
///
/// When there is a file that cannot be read.
pub fn load_keymap(path: &Path) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let bytes = match atomic::read(path, MAX_RECORD_BYTES) {
        Ok(bytes) => bytes,
        Err(StoreError::Missing { .. }) => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    settings_file::load_keymap(&bytes)
        .map_err(|source| StoreError::Settings { path: path.to_owned(), source })
}

/// Saves the settings in a folder, which is made where it is missing. A file of settings that cannot be read, which a
/// later program may have written, is kept beside them as `settings.ron.unread`.
///
/// # Errors
///
/// When the folder cannot be made or written.
pub fn save_settings(folder: &Path, settings: &Settings) -> Result<(), StoreError> {
    atomic::make_folder(folder)?;
    let path = folder.join("settings.ron");
    if let Ok(bytes) = atomic::read(&path, MAX_RECORD_BYTES)
        && settings_file::load(&bytes).is_err()
    {
        atomic::write(&folder.join("settings.ron.unread"), &bytes, None)?;
    }
    atomic::write(&path, settings_file::save(settings).as_bytes(), None).map(drop)
}

/// The articles that were opened last, the latest first, at most 20.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recent {
    paths: Vec<Arc<Path>>,
}

impl Recent {
    /// Returns the list in a folder; an empty one where there is none that can be read.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        let bytes = atomic::read(&folder.join("recent.ron"), MAX_RECORD_BYTES).unwrap_or_default();
        let paths = settings_file::load_recent(&bytes).unwrap_or_default();
        let paths = paths.into_iter().take(MAX_RECENT).map(|path| Arc::from(Path::new(&path))).collect();
        Self { paths }
    }

    /// Returns the paths, the latest first.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Path>> {
        self.paths.iter()
    }

    /// Puts a path at the front; the oldest beyond 20 is forgotten.
    pub fn push(&mut self, path: &Path) {
        self.paths.retain(|known| **known != *path);
        self.paths.insert(0, Arc::from(path));
        self.paths.truncate(MAX_RECENT);
    }

    /// Saves the list in a folder, which is made where it is missing. A path that is no Unicode is left out.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or written.
    pub fn save(&self, folder: &Path) -> Result<(), StoreError> {
        atomic::make_folder(folder)?;
        let paths: Vec<&str> = self.paths.iter().filter_map(|path| path.to_str()).collect();
        let text = settings_file::save_recent(&paths);
        atomic::write(&folder.join("recent.ron"), text.as_bytes(), None).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_article_comes_first_and_stands_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = folder.path().join("state");
        let mut recent = Recent::load(&state);
        for i in 0..25 {
            recent.push(Path::new(&format!("/a/{i}.txt")));
        }
        recent.push(Path::new("/a/20.txt"));
        recent.save(&state).expect("writable");
        let again = Recent::load(&state);
        assert_eq!(again, recent);
        assert_eq!(again.iter().len(), 20);
        let first: Vec<&Path> = again.iter().take(2).map(AsRef::as_ref).collect();
        assert_eq!(first, [Path::new("/a/20.txt"), Path::new("/a/24.txt")]);
    }

    #[test]
    fn settings_are_kept_and_a_damaged_file_names_its_place() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(load_settings(folder.path()).expect("none yet"), Settings::default());
        let settings = Settings { theme: Theme::Dark, text_size: 26.0, ..Settings::default() };
        save_settings(folder.path(), &settings).expect("writable");
        assert_eq!(load_settings(folder.path()).expect("just saved"), settings);
        let path = folder.path().join("settings.ron");
        atomic::write(&path, b"(\n  version: 1,\n  theme: drak,\n)", None).expect("writable");
        let message = load_settings(folder.path()).expect_err("misspelt").to_string();
        assert!(
            message
                .ends_with("settings.ron:3:10: `drak` is none of system, light, dark (did you mean `dark`?)"),
            "{message}"
        );
    }
}
