//! The article that ships with the program, put where annotations can be saved beside it.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use super::atomic;
use super::{Stamp, StoreError};

/// The bundled article and its file name.
const ARTICLE: (&str, &str) =
    ("sarian-strait.ar.txt", include_str!("../../assets/examples/sarian-strait.ar.txt"));

/// Returns the path of the bundled article in the user's data folder (`~/.local/share/hashiya/examples`), written
/// there the first time.
///
/// # Errors
///
/// When the system names no home folder, or it cannot be written.
pub fn bundled_article() -> Result<PathBuf, StoreError> {
    let (name, text) = ARTICLE;
    let strategy = etcetera::choose_base_strategy().map_err(|error| StoreError::Write {
        path: PathBuf::from(name),
        source: std::io::Error::other(error.to_string()),
    })?;
    let folder = strategy.data_dir().join("hashiya").join("examples");
    let path = folder.join(name);
    if !path.exists() {
        atomic::make_folder(&folder)?;
        atomic::write(&path, text.as_bytes(), Some(&Stamp::ABSENT))?;
    }
    Ok(path)
}
