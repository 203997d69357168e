//! Whole files, read with a limit and written atomically.

use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::StoreError;
pub(super) use super::disk::folder_of;
use super::disk::{Disk, MAX_READ_BYTES, SystemDisk, check_no_link, open_plain, read_plain};
use crate::formats::journal::ABSENT;
use crate::formats::parquet_rows::ParquetRows;
use crate::formats::utf8;

/// The longest settings or schema file, in bytes.
pub(super) const MAX_RECORD_BYTES: u64 = 4 << 20;

/// What a file held when it was last read or written by us; `None` inside for a file that was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Option<[u8; 32]>);

impl Stamp {
    /// The stamp of a file that is not there.
    pub const ABSENT: Self = Self(None);

    /// Returns the stamp of a file that holds these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Some(Sha256::digest(bytes).into()))
    }

    /// Returns it as in a journal: lower-case hexadecimal, or the word for a file that is not there.
    #[must_use]
    pub fn written(&self) -> String {
        self.0.map_or_else(|| ABSENT.to_owned(), |sum| hexadecimal(&sum))
    }
}

/// Returns bytes in lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

/// Returns the bytes of a file.
///
/// # Errors
///
/// When it is not there, cannot be read, or is longer than `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
    let failed = |source| read_error(path, source);
    let file = open_plain(path).map_err(failed)?;
    let len = file.metadata().map_err(failed)?.len();
    let too_long = |len| StoreError::TooLong { path: path.to_owned(), len, limit };
    if len > limit {
        return Err(too_long(len));
    }
    let mut bytes = Vec::new();
    // The length may lie (pipes of the shell, files that grow): read one byte past the limit at most.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(too_long(bytes.len() as u64));
    }
    Ok(bytes)
}

/// Returns the bytes of a file, for tests of the layers above.
///
/// # Panics
///
/// When it cannot be read.
#[cfg(test)]
pub(crate) fn read_for_tests(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a readable file")
}

/// Removes a file, where it is there; returns whether it was.
#[cfg(all(debug_assertions, feature = "gui"))]
pub(crate) fn take_away(path: &Path) -> bool {
    fs::remove_file(path).is_ok()
}

/// Removes a file, for tests of the layers above.
///
/// # Panics
///
/// When it is not there.
#[cfg(test)]
pub(crate) fn remove_for_tests(path: &Path) {
    fs::remove_file(path).expect("a file");
}

/// Returns the text of a UTF-8 file, without the byte order mark that some editors put in front.
///
/// # Errors
///
/// When it cannot be read, is too long, or is no UTF-8.
pub(super) fn read_utf8(path: &Path, limit: u64) -> Result<String, StoreError> {
    match utf8(&read(path, limit)?) {
        Ok(text) => Ok(text.to_owned()),
        Err(place) => Err(StoreError::NotUtf8 { path: path.to_owned(), place }),
    }
}

/// Returns a reader of a file of any length.
///
/// # Errors
///
/// When it is not there or cannot be read.
pub fn reader(path: &Path) -> Result<Box<dyn BufRead>, StoreError> {
    let file = open_plain(path).map_err(|source| read_error(path, source))?;
    Ok(Box::new(BufReader::new(file)))
}

/// Returns the documents of a Parquet file, read as they are asked for.
///
/// # Errors
///
/// When the file cannot be opened, is no Parquet file or lacks a column.
pub fn parquet_rows(path: &Path) -> Result<ParquetRows, StoreError> {
    let file = open_plain(path).map_err(|source| read_error(path, source))?;
    let failed = |source| StoreError::Parquet { path: path.to_owned(), source: Box::new(source) };
    ParquetRows::new(file).map_err(failed)
}

fn read_error(path: &Path, source: io::Error) -> StoreError {
    match source.kind() {
        ErrorKind::NotFound => StoreError::Missing { path: path.to_owned() },
        _ => StoreError::Read { path: path.to_owned(), source },
    }
}

/// Makes a folder and those above it, where they are missing.
///
/// # Errors
///
/// When the system refuses.
pub fn make_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(|source| StoreError::Write { path: path.to_owned(), source })
}

/// Writes a whole file atomically and returns its stamp: after a crash at any moment either the old or the new file
/// is there, whole. A symbolic link is followed, permissions are kept.
///
/// With `expected`, the file must still be what the stamp says; without, whatever is there is replaced.
///
/// # Errors
///
/// When the file was changed by others, or the folder may not be written, or the disk is full; the old file is then
/// as it was.
pub fn write(path: &Path, bytes: &[u8], expected: Option<&Stamp>) -> Result<Stamp, StoreError> {
    if let Some(expected) = expected {
        check_unchanged(path, expected)?;
    }
    write_on(SystemDisk, path, bytes)
}

/// Writes a whole file atomically on some disk.
pub(super) fn write_on<D: Disk>(disk: D, path: &Path, bytes: &[u8]) -> Result<Stamp, StoreError> {
    let mut file = AtomicFile::create_on(disk, path)?;
    file.put(bytes).map_err(|source| write_error(path, source))?;
    file.commit()?;
    Ok(Stamp::of(bytes))
}

/// A file that is written beside its place and put there by [`AtomicFile::commit`]; dropped before that, it leaves
/// nothing.
#[derive(Debug)]
pub struct AtomicFile<D: Disk = SystemDisk> {
    disk: D,
    /// As the user named it, for messages.
    path: PathBuf,
    /// What `path` leads to.
    target: PathBuf,
    /// The file and where it stands until it is in its place.
    file: D::File,
    beside: Option<PathBuf>,
    /// What was not written yet.
    buffer: Vec<u8>,
}

/// How much is written at once, in bytes.
const BUFFER: usize = 64 << 10;

impl AtomicFile {
    /// Begins a file that will stand at `path`, in place of what stands there.
    ///
    /// # Errors
    ///
    /// When the file or its folder may not be written, or the folder is not there.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        Self::create_on(SystemDisk, path)
    }
}

impl<D: Disk> AtomicFile<D> {
    fn create_on(disk: D, path: &Path) -> Result<Self, StoreError> {
        let target = resolve_link(path).map_err(|source| write_error(path, source))?;
        let (file, beside) = disk.create_beside(&target).map_err(|source| write_error(path, source))?;
        Ok(Self { disk, path: path.to_owned(), target, file, beside: Some(beside), buffer: Vec::new() })
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.put_buffer()?;
        }
        if bytes.len() > BUFFER {
            return self.disk.write(&mut self.file, bytes);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn put_buffer(&mut self) -> io::Result<()> {
        self.disk.write(&mut self.file, &self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Puts the file in its place: synced, renamed, its folder synced.
    ///
    /// # Errors
    ///
    /// When the disk is full or refuses; what stood there is then as it was.
    pub fn commit(mut self) -> Result<(), StoreError> {
        self.put_in_place().map_err(|source| write_error(&self.path, source))
    }

    fn put_in_place(&mut self) -> io::Result<()> {
        self.put_buffer()?;
        self.disk.sync(&self.file)?;
        if let Some(beside) = &self.beside {
            self.disk.rename(beside, &self.target)?;
            self.beside = None;
        }
        self.disk.sync_folder(folder_of(&self.target))
    }
}

impl<D: Disk> Drop for AtomicFile<D> {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // What is left over harms nobody: its name says what it is.
            let _ = self.disk.remove(beside);
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.put_buffer()
    }
}

pub(super) fn write_error(path: &Path, source: io::Error) -> StoreError {
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path: path.to_owned(), source }
        }
        _ => StoreError::Write { path: path.to_owned(), source },
    }
}

fn check_unchanged(path: &Path, expected: &Stamp) -> Result<(), StoreError> {
    let found = match read_plain(path, MAX_READ_BYTES) {
        Ok(bytes) => Stamp::of(&bytes),
        // What somebody deleted is written anew: nothing of theirs is lost by that.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StoreError::Read { path: path.to_owned(), source }),
    };
    if found == *expected { Ok(()) } else { Err(StoreError::ChangedOnDisk { path: path.to_owned() }) }
}

/// Returns the file that a symbolic link leads to, so that the rename does not replace the link. A link to nothing is
/// an error: whoever made it would settle where a new file comes to stand.
fn resolve_link(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path).or_else(|_| check_no_link(path).map(|()| path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    #[test]
    fn a_file_changed_by_another_is_not_written_over() {
        let folder = folder();
        let path = folder.path().join("a.ron");
        let stamp = write(&path, b"ours", Some(&Stamp::ABSENT)).expect("new");
        fs::write(&path, "theirs").expect("writable");
        let error = write(&path, b"ours again", Some(&stamp)).expect_err("changed");
        assert!(matches!(error, StoreError::ChangedOnDisk { .. }), "{error}");
        assert!(error.hint().contains("open it again"));
        assert_eq!(fs::read(&path).expect("still there"), b"theirs");
        write(&path, b"knowingly", None).expect("without a stamp");
        assert_eq!(fs::read(&path).expect("there"), b"knowingly");
    }

    #[test]
    fn a_file_that_another_has_made_meanwhile_is_not_written_over() {
        let folder = folder();
        let path = folder.path().join("a.ron");
        fs::write(&path, "theirs").expect("writable");
        let error = write(&path, b"ours", Some(&Stamp::ABSENT)).expect_err("it was not there");
        assert!(matches!(error, StoreError::ChangedOnDisk { .. }), "{error}");
    }

    #[test]
    fn nothing_is_left_beside_the_file() {
        let folder = folder();
        write(&folder.path().join("a.ron"), b"x", None).expect("writable");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_with_the_path() {
        let error = write(Path::new("/nowhere/at/all.ron"), b"x", None).expect_err("no such folder");
        assert!(error.to_string().starts_with("/nowhere/at/all.ron: "), "{error}");
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused_with_both_figures() {
        let folder = folder();
        let path = folder.path().join("big");
        fs::write(&path, "0123456789").expect("writable");
        let error = read(&path, 9).expect_err("too long").to_string();
        assert!(error.ends_with("has 10 bytes; 9 at most can be read"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let (file, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&file, "old").expect("writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("ours");
        std::os::unix::fs::symlink("real", &link).expect("a link");
        write(&link, b"new", None).expect("writable");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read(&file).expect("there"), b"new");
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link_to_nothing() {
        let folder = folder();
        let (target, link) = (folder.path().join("not there"), folder.path().join("link"));
        std::os::unix::fs::symlink("not there", &link).expect("a link");
        let error = write(&link, b"x", Some(&Stamp::ABSENT)).expect_err("it leads to nothing").to_string();
        assert!(error.contains("link to `not there`"), "{error}");
        assert!(!target.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_left_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let path = folder.path().join("a.ron");
        fs::write(&path, "old").expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("ours");
        let error = write(&path, b"new", None).expect_err("read-only");
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        assert!(error.hint().contains("save elsewhere"));
        assert_eq!(fs::read(&path).expect("there"), b"old");
    }
}
