//! A folder that an export goes to: nothing is in its place before all is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::StoreError;
use super::atomic::{hexadecimal, make_folder, write_error};
use crate::formats::Format;
use crate::formats::exchange::{Export, ExportError, ExportOptions, Exporter, Losses, Output};
use crate::model::Schema;

/// The card of a data set, and the SHA-256 of its files.
pub(super) const CARD_FILE: &str = "README.md";
/// The SHA-256 of the files of a data set.
pub(super) const SUMS_FILE: &str = "SHA256SUMS";
/// What stands in every card, and in no other file of that name.
pub(super) const CARD_MARK: &str = "\nMade with Hashiya ";

/// The file that says what a format could not keep.
pub const LOSSES_FILE: &str = "LOSSES.txt";

/// Files on their way into a folder. They are written beside their place, so that what is lost can be told before, and
/// moved there by [`ExportFolder::commit`]; dropped before that, the folder is as it was.
#[derive(Debug)]
pub struct ExportFolder {
    out: PathBuf,
    staging: TempDir,
    /// The files' names with their folders.
    names: BTreeSet<PathBuf>,
    /// Files below `out` that must not be written over: the articles themselves.
    guarded: BTreeSet<PathBuf>,
    /// Files of earlier exports that go when these come.
    outdated: Vec<PathBuf>,
}

impl ExportFolder {
    /// Begins an export to `out`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or written to.
    pub fn create(out: &Path) -> Result<Self, StoreError> {
        make_folder(out)?;
        let staging = tempfile::Builder::new().prefix(".hashiya-export-").tempdir_in(out);
        let staging = staging.map_err(|source| write_error(out, source))?;
        Ok(Self {
            out: out.to_owned(),
            staging,
            names: BTreeSet::new(),
            guarded: BTreeSet::new(),
            outdated: Vec::new(),
        })
    }

    /// Sees to it that the file is not written over.
    pub fn guard(&mut self, path: &Path) {
        let inside = fs::canonicalize(&self.out).and_then(|out| {
            let path = fs::canonicalize(path)?;
            Ok(path.strip_prefix(&out).map(Path::to_owned).ok())
        });
        if let Ok(Some(name)) = inside {
            self.guarded.insert(name);
        }
    }

    /// Checks that the card of a data set takes the place of none, or of another card.
    fn check_card(&self) -> Result<(), StoreError> {
        let card = Path::new(CARD_FILE);
        if !self.names.contains(card) {
            return Ok(());
        }
        let there = fs::read_to_string(self.out.join(card));
        let is_ours = there.as_ref().is_ok_and(|text| text.contains(CARD_MARK));
        let sums = self.out.join(SUMS_FILE);
        match there {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !sums.exists() => Ok(()),
            _ if is_ours => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(StoreError::NotOurs { path: sums })
            }
            _ => Err(StoreError::NotOurs { path: self.out.join(card) }),
        }
    }

    /// Notes that a file of an earlier export does not belong to this one.
    pub fn outdate(&mut self, name: &str) {
        self.outdated.push(PathBuf::from(name));
    }

    /// Writes what a format has put out into its folder, behind what was written there before.
    ///
    /// # Errors
    ///
    /// When a name leads out of the folder, or the disk refuses.
    pub fn put(&mut self, folder: &str, output: &mut Output) -> Result<(), StoreError> {
        for (name, bytes) in output.take() {
            self.append(&Path::new(folder).join(name), &bytes)?;
        }
        Ok(())
    }

    /// Writes a file beside the formats' folders.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.append(Path::new(name), bytes)
    }

    /// Returns the SHA-256 of every file, as lines that `sha256sum --check` reads, by name.
    ///
    /// # Errors
    ///
    /// When a file cannot be read again.
    pub fn sums(&self) -> Result<String, StoreError> {
        let mut lines = String::new();
        for name in &self.names {
            let path = self.staging.path().join(name);
            let failed = |source| StoreError::Read { path: path.clone(), source };
            let mut file = fs::File::open(&path).map_err(failed)?;
            let mut hash = Sha256::new();
            let mut buffer = vec![0; 64 << 10];
            loop {
                match file.read(&mut buffer).map_err(failed)? {
                    0 => break,
                    n => hash.update(&buffer[..n]),
                }
            }
            lines.extend([&hexadecimal(&hash.finalize()), "  ", &name.to_string_lossy(), "\n"]);
        }
        Ok(lines)
    }

    fn append(&mut self, name: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let target = self.out.join(name);
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(StoreError::OutsideFolder { path: target });
        }
        let failed = |source| write_error(&target, source);
        let path = self.staging.path().join(name);
        let is_new = self.names.insert(name.to_owned());
        if let Some(parent) = path.parent().filter(|_| is_new) {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(bytes).map_err(failed)
    }

    /// Puts the files in their places, over what stands there.
    ///
    /// # Errors
    ///
    /// When one would stand in an article's place (then none is put anywhere), or cannot be put there; those before it
    /// are in their places then.
    pub fn commit(self) -> Result<(), StoreError> {
        self.check_card()?;
        if let Some(name) = self.guarded.intersection(&self.names).next() {
            return Err(StoreError::IsArticle { path: self.out.join(name) });
        }
        for name in &self.names {
            let target = self.out.join(name);
            let failed = |source| write_error(&target, source);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            fs::rename(self.staging.path().join(name), &target).map_err(failed)?;
        }
        for name in self.outdated.iter().filter(|name| !self.names.contains(*name)) {
            // Most exports have had none.
            let _ = fs::remove_file(self.out.join(name));
        }
        Ok(())
    }
}

/// What was lost, by format.
pub type FormatLosses = Vec<(&'static Format, Losses)>;

/// An export of articles in several formats, each perhaps divided into parts (training, test).
pub struct ExportRun<'a> {
    folder: ExportFolder,
    formats: Vec<&'static Format>,
    options: ExportOptions,
    schema: &'a Schema,
    /// By format and part, in the order of the formats.
    exporters: BTreeMap<(usize, String), Exporter>,
    output: Output,
}

impl<'a> ExportRun<'a> {
    /// Begins an export to the folder `out`, which is made where it is missing. Formats that are only read are passed
    /// over.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or written to.
    pub fn create(
        out: &Path,
        formats: Vec<&'static Format>,
        options: ExportOptions,
        schema: &'a Schema,
    ) -> Result<Self, StoreError> {
        let folder = ExportFolder::create(out)?;
        Ok(Self { folder, formats, options, schema, exporters: BTreeMap::new(), output: Output::default() })
    }

    /// Returns the folder, to put more than formats into it.
    pub const fn folder(&mut self) -> &mut ExportFolder {
        &mut self.folder
    }

    /// Writes an article in all formats, into the folder of its part; a part without a name has none of its own.
    ///
    /// # Errors
    ///
    /// When a format cannot hold it or the disk refuses.
    pub fn article(&mut self, export: &Export<'_>, part: &str) -> Result<(), StoreError> {
        for (place, format) in self.formats.iter().enumerate() {
            let key = (place, part.to_owned());
            if !self.exporters.contains_key(&key) {
                let Some(exporter) = Exporter::new(format, &self.options) else { continue };
                self.exporters.insert(key.clone(), exporter);
            }
            let Some(exporter) = self.exporters.get_mut(&key) else { continue };
            let written = exporter.article(export, &mut self.output);
            written.map_err(|source| export_error(Path::new(export.name), source))?;
            self.folder.put(&folder_of(format, part), &mut self.output)?;
        }
        Ok(())
    }

    /// Writes what comes after the last article and the files that tell of losses; returns the losses by format.
    /// Nothing is in its place before [`ExportFolder::commit`].
    ///
    /// # Errors
    ///
    /// When a format cannot be ended or the disk refuses.
    pub fn finish(mut self) -> Result<(ExportFolder, FormatLosses), StoreError> {
        let mut losses: FormatLosses =
            self.formats.iter().map(|format| (*format, Losses::default())).collect();
        for ((place, part), exporter) in self.exporters {
            let format = self.formats[place];
            let lost = exporter.finish(self.schema, &mut self.output);
            losses[place].1.add_all(&lost.map_err(|source| export_error(Path::new(format.name), source))?);
            self.folder.put(&folder_of(format, &part), &mut self.output)?;
        }
        for (format, _) in losses.iter().filter(|(_, lost)| lost.is_empty()) {
            self.folder.outdate(&format!("{}/{LOSSES_FILE}", format.name));
        }
        for (format, lost) in losses.iter().filter(|(_, lost)| !lost.is_empty()) {
            self.output.append(LOSSES_FILE, lost.lines().as_bytes());
            self.folder.put(format.name, &mut self.output)?;
        }
        Ok((self.folder, losses))
    }
}

fn export_error(path: &Path, source: ExportError) -> StoreError {
    StoreError::Export { path: path.to_owned(), source: Box::new(source) }
}

fn folder_of(format: &Format, part: &str) -> String {
    if part.is_empty() { format.name.to_owned() } else { format!("{}/{part}", format.name) }
}
