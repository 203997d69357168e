//! Where the program keeps what it needs beside an annotation file: journal, lock, earlier snapshots.
//!
//! In a project that is its folder `.hashiya`, so that it moves along and is seen from every machine; else, and where
//! the project may not be written, the user's own state folder. None of it is needed to understand the annotations.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::atomic::{folder_of, hexadecimal};
use super::dictionary::project_of;

/// The places that belong to one annotation file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// `.hashiya`, or the folder in the user's state folder.
    root: PathBuf,
    /// The annotation file's name under each of the folders in it.
    name: PathBuf,
}

impl Workplace {
    /// Returns the places of an annotation file, which need not be there yet; `None` where nothing can be written
    /// anywhere.
    #[must_use]
    pub fn of(annotations: &Path, state_dir: Option<&Path>) -> Option<Self> {
        let annotations = std::path::absolute(annotations).unwrap_or_else(|_| annotations.to_owned());
        // However the folder was named, it is one folder.
        let folder = folder_of(&annotations);
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let annotations = folder.join(annotations.file_name()?);
        let in_project = project_of(&annotations).and_then(|project| {
            let name = annotations.strip_prefix(project).ok()?.to_owned();
            Some(Self { root: project.join(".hashiya"), name })
        });
        let own = state_dir.map(|state| {
            let sum = hexadecimal(&Sha256::digest(folder.as_os_str().as_encoded_bytes()));
            let folder = sum.chars().take(16).collect::<String>();
            Self {
                root: state.join("work"),
                name: Path::new(&folder).join(annotations.file_name().unwrap_or_default()),
            }
        });
        let in_project = in_project.filter(Self::leads_nowhere_else);
        in_project.into_iter().chain(own).find(Self::is_writable)
    }

    /// Returns whether nothing in it is a link, a pipe or a device: a project may come from elsewhere, and what is
    /// written in it must not come to stand anywhere else.
    fn leads_nowhere_else(&self) -> bool {
        let is_kind = |path: &Path, fits: fn(&fs::Metadata) -> bool| {
            fs::symlink_metadata(path).map_or_else(|error| error.kind() == ErrorKind::NotFound, |m| fits(&m))
        };
        let lock = self.lock();
        let files = [self.journal(), lock.with_extension("owner"), lock];
        let folders = files.iter().map(|file| folder_of(file).to_owned()).chain([self.snapshots()]);
        let mut folders: Vec<PathBuf> = folders.collect();
        folders.dedup();
        let above = folders.iter().flat_map(|folder| folder.ancestors());
        let mut above = above.filter(|folder| folder.starts_with(&self.root));
        files.iter().all(|file| is_kind(file, fs::Metadata::is_file))
            && above.all(|folder| is_kind(folder, fs::Metadata::is_dir))
    }

    /// Returns whether files can be made there; makes the folder of journals.
    fn is_writable(&self) -> bool {
        let plain = self.name.components().all(|part| matches!(part, Component::Normal(_)));
        let folder = folder_of(&self.journal()).to_owned();
        plain && fs::create_dir_all(&folder).is_ok() && tempfile::tempfile_in(&folder).is_ok()
    }

    /// Returns the path of the journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.under("journal", "journal")
    }

    /// Returns the path of the lock.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.under("locks", "lock")
    }

    /// Returns the folder of earlier snapshots.
    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.under("snapshots", "d")
    }

    fn under(&self, folder: &str, extension: &str) -> PathBuf {
        let mut path = self.root.join(folder).join(&self.name).into_os_string();
        path.push(".");
        path.push(extension);
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_project_it_moves_along_and_elsewhere_it_is_the_users_own() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = folder.path().join("state");
        let article = folder.path().join("news/annotations/amal/port.txt.ron");
        fs::create_dir_all(folder_of(&article)).expect("writable");
        let alone = Workplace::of(&article, Some(&state)).expect("writable");
        assert!(alone.journal().starts_with(state.join("work/journal")), "{alone:?}");
        assert!(alone.journal().ends_with("port.txt.ron.journal"));
        fs::write(folder.path().join("news/hashiya.ron"), "()").expect("writable");
        let project = Workplace::of(&article, Some(&state)).expect("writable");
        let expected = folder.path().join("news/.hashiya/journal/annotations/amal/port.txt.ron.journal");
        assert_eq!(
            project.journal(),
            fs::canonicalize(folder.path())
                .expect("there")
                .join(expected.strip_prefix(folder.path()).expect("inside"))
        );
        assert_eq!(Workplace::of(Path::new("/nowhere/a.ron"), None), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_project_whose_own_folder_leads_elsewhere_is_not_written_in() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (state, elsewhere) = (folder.path().join("state"), folder.path().join("elsewhere"));
        fs::create_dir(&elsewhere).expect("writable");
        let in_state = |project: &str| {
            let file = folder.path().join(project).join("a.txt.ron");
            let place = Workplace::of(&file, Some(&state)).expect("writable");
            place.journal().starts_with(state.join("work"))
        };
        let project = |name: &str| {
            let project = folder.path().join(name);
            fs::create_dir_all(&project).expect("writable");
            fs::write(project.join("hashiya.ron"), "()").expect("writable");
            project
        };
        symlink(&elsewhere, project("folder").join(".hashiya")).expect("a link");
        assert!(in_state("folder"));
        let journals = project("file").join(".hashiya/journal");
        fs::create_dir_all(&journals).expect("writable");
        symlink(elsewhere.join("new"), journals.join("a.txt.ron.journal")).expect("a link");
        assert!(in_state("file"));
        let locks = project("lock").join(".hashiya/locks");
        fs::create_dir_all(&locks).expect("writable");
        fs::create_dir(locks.join("a.txt.ron.lock")).expect("no plain file");
        assert!(in_state("lock"));
        project("plain");
        assert!(!in_state("plain"));
        assert_eq!(fs::read_dir(&elsewhere).expect("there").count(), 0);
    }

    #[test]
    fn a_folder_has_one_workplace_by_whatever_path() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = folder.path().join("state");
        fs::create_dir(folder.path().join("a")).expect("writable");
        let straight = Workplace::of(&folder.path().join("a/x.ron"), Some(&state));
        let round = Workplace::of(&folder.path().join("a/../a/x.ron"), Some(&state));
        assert_eq!(straight, round);
    }
}
