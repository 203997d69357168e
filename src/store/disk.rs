//! What saving and journalling ask of a file system: few operations, so that a model of one can stand in their place
//! and lose whatever a real one may lose.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
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
        read_plain(path, MAX_READ_BYTES)
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
        match fs::metadata(path) {
            Ok(metadata) => check_plain(path, metadata.file_type())?,
            Err(error) if error.kind() == ErrorKind::NotFound => check_no_link(path)?,
            Err(error) => return Err(error),
        }
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

/// The most bytes that are read of any file at once.
pub(super) const MAX_READ_BYTES: u64 = 1 << 30;

/// Opens a plain file to read. A pipe would be waited for without end, and a device may have no end.
///
/// # Errors
///
/// When it is not there, may not be read, or is no plain file.
pub(super) fn open_plain(path: &Path) -> io::Result<File> {
    check_plain(path, fs::metadata(path)?.file_type())?;
    File::open(path)
}

/// Returns the bytes of a plain file.
///
/// # Errors
///
/// As [`open_plain`], and when it is longer than `limit` bytes.
pub(super) fn read_plain(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let too_long = |len| {
        io::Error::new(ErrorKind::FileTooLarge, format!("it has {len} bytes; {limit} at most can be read"))
    };
    let file = open_plain(path)?;
    let len = file.metadata()?.len();
    if len > limit {
        return Err(too_long(len));
    }
    let mut bytes = Vec::new();
    // The length may lie (files that grow): read one byte past the limit at most.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(too_long(bytes.len() as u64));
    }
    Ok(bytes)
}

/// Finds that a path leads to a plain file, or to a pipe that the shell has opened (`/dev/stdin`, `/dev/fd/63`).
fn check_plain(path: &Path, kind: FileType) -> io::Result<()> {
    if kind.is_file() || (is_pipe(kind) && is_descriptor(path)) {
        return Ok(());
    }
    let what = if kind.is_dir() {
        "a folder"
    } else if is_pipe(kind) {
        "a pipe"
    } else {
        "a device"
    };
    Err(io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, not a plain file")))
}

/// Finds that nothing stands at a path, not even a link to nothing: what is written through it would come to stand
/// where whoever made the link wants it.
pub(super) fn check_no_link(path: &Path) -> io::Result<()> {
    match fs::read_link(path) {
        Ok(target) => Err(io::Error::new(
            ErrorKind::InvalidInput,
            format!("it is a link to `{}`, which is not there", target.display()),
        )),
        Err(_) => Ok(()),
    }
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Returns the folder of a file.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
