//! What saving and journalling ask of a file system: few operations, so that a model of one can stand in their place
//! and lose whatever a real one may lose.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file system.
#[allow(clippy::missing_errors_doc, reason = "every operation fails where the file system refuses it")]
pub trait Disk {
    /// A file that is open for writing at its end.
    type File: std::fmt::Debug;

    /// Returns the bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Makes a new file in the folder of `target`, which is to take its place, with the permissions of what stands
    /// there; returns it with its path.
    fn create_beside(&self, target: &Path) -> io::Result<(Self::File, PathBuf)>;

    /// Opens a file to write at its end; it is made where it is not there.
    fn append(&self, path: &Path) -> io::Result<Self::File>;

    /// Writes all bytes.
    fn write(&self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;

    /// Waits until what was written to a file outlives the machine's power.
    fn sync(&self, file: &Self::File) -> io::Result<()>;

    /// Puts a file in the place of another one in the same folder: at any moment one of the two is there, whole.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Waits until the names of a folder outlive the machine's power.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Cuts a file to a length.
    fn truncate(&self, path: &Path, len: u64) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The file system of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    type File = File;

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn create_beside(&self, target: &Path) -> io::Result<(File, PathBuf)> {
        let permissions = match fs::metadata(target) {
            Ok(metadata) if metadata.permissions().readonly() => {
                return Err(io::Error::new(ErrorKind::PermissionDenied, "the file is read-only"));
            }
            Ok(metadata) => Some(metadata.permissions()),
            Err(_) => None,
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".hashiya-").suffix(".tmp");
        #[cfg(unix)]
        if permissions.is_none() {
            // A new file gets what the user's umask leaves of this, as any other new file.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder_of(target))?;
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions)?;
        }
        file.keep().map_err(|error| error.error)
    }

    fn append(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().append(true).create(true).open(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    #[cfg(unix)]
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        match File::open(folder)?.sync_all() {
            // Network and FAT file systems that know no such thing.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            outcome => outcome,
        }
    }

    #[cfg(not(unix))]
    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, path: &Path, len: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(len)?;
        file.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Returns the folder of a file.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
