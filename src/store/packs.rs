//! Rule packs of the user's own.

use std::path::{Path, PathBuf};

use super::StoreError;
use super::article::files_in;
use super::atomic::{self, MAX_RECORD_BYTES};
use super::project::Project;
use crate::rules::{GazetteerSource, PackSource};

/// The longest gazetteer, in bytes.
const MAX_GAZETTEER_BYTES: u64 = 512 << 20;

/// Returns the packs at a path: a pack file, or all pack files (`.ron`) of a folder with its gazetteers (`.tsv`). A
/// single file has the gazetteers of its folder.
///
/// # Errors
///
/// When something cannot be read, is no UTF-8, or a folder has no pack.
pub fn load_packs(path: &Path) -> Result<Vec<PackSource>, StoreError> {
    if path.extension().is_some_and(|extension| extension == "tsv") {
        return Err(StoreError::Gazetteer { path: path.to_owned() });
    }
    let (folder, files) = if path.is_dir() {
        (path, files_in(path, &["ron"])?)
    } else {
        (atomic::folder_of(path), vec![path.to_owned()])
    };
    if files.is_empty() {
        return Err(StoreError::NoPacks { path: path.to_owned() });
    }
    let packs: Vec<(PathBuf, String)> = files
        .into_iter()
        .map(|file| Ok((file.clone(), atomic::read_utf8(&file, MAX_RECORD_BYTES)?)))
        .collect::<Result<_, StoreError>>()?;
    let gazetteers: Vec<GazetteerSource> = files_in(folder, &["tsv"])?
        .into_iter()
        .map(|file| {
            let text = atomic::read_utf8(&file, MAX_GAZETTEER_BYTES)?;
            Ok(GazetteerSource { path: file.display().to_string(), text: text.into() })
        })
        .collect::<Result<_, StoreError>>()?;
    let pack = |(path, text): (PathBuf, String)| PackSource {
        path: path.display().to_string(),
        text,
        gazetteers: gazetteers.clone(),
    };
    Ok(packs.into_iter().map(pack).collect())
}

/// Returns where the user's own rules for an article stand: in its project, else in `data_dir`; `None` where there is
/// neither.
#[must_use]
pub fn rules_dir(article: &Path, data_dir: Option<&Path>) -> Option<PathBuf> {
    if let Ok(Some(project)) = Project::containing(article) {
        return Some(project.root().join(&project.settings().rules));
    }
    Some(data_dir?.join("rules"))
}

/// Returns the packs of a folder of own rules, as [`load_packs`] does; none where the folder is missing or has none.
///
/// # Errors
///
/// When something in it cannot be read or is no UTF-8.
pub fn own_packs(folder: &Path) -> Result<Vec<PackSource>, StoreError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    match load_packs(folder) {
        Err(StoreError::NoPacks { .. }) => Ok(Vec::new()),
        packs => packs,
    }
}

/// Writes a pack file of own rules; its folder is made where it is missing.
///
/// # Errors
///
/// When folder or file cannot be written.
pub fn save_pack(path: &Path, text: &str) -> Result<(), StoreError> {
    atomic::make_folder(atomic::folder_of(path))?;
    atomic::write(path, text.as_bytes(), None).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_packs_with_its_gazetteers() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            atomic::write(&folder.path().join(name), text.as_bytes(), None).expect("writable");
        };
        assert!(matches!(load_packs(folder.path()), Err(StoreError::NoPacks { .. })));
        write("b.ron", "second");
        write("a.ron", "first");
        write("names.tsv", "x");
        let packs = load_packs(folder.path()).expect("two packs");
        let texts: Vec<&str> = packs.iter().map(|pack| pack.text.as_str()).collect();
        assert_eq!(texts, ["first", "second"]);
        assert!(packs.iter().all(|pack| pack.gazetteers.len() == 1));
        let gazetteer = load_packs(&folder.path().join("names.tsv"));
        assert!(matches!(gazetteer, Err(StoreError::Gazetteer { .. })));
        let single = load_packs(&folder.path().join("b.ron")).expect("one pack");
        assert_eq!(single, packs[1..]);
    }
}
