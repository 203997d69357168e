//! A file system in memory that may lose at a crash whatever a real one may lose: what was not synced, in any
//! combination. After Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::disk::{Disk, folder_of};

/// Numbers that look random, the same ones for the same seed (xorshift).
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end.max(1)
    }
}

#[derive(Debug, Clone, Default)]
struct Contents {
    /// What a reader sees.
    now: Vec<u8>,
    /// What outlives a crash for certain.
    synced: Vec<u8>,
    /// What was done since: writes at the end, and cuts.
    pending: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Write(Vec<u8>),
    Cut(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(more) => bytes.extend_from_slice(more),
            Self::Cut(len) => bytes.truncate(*len),
        }
    }
}

/// A change of names: which file is called so from then on.
#[derive(Debug, Clone)]
struct Naming {
    path: PathBuf,
    file: Option<usize>,
    /// For a rename: the name that goes in the same step.
    gone: Option<PathBuf>,
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        if let Some(gone) = &self.gone {
            names.remove(gone);
        }
        match self.file {
            Some(file) => names.insert(self.path.clone(), file),
            None => names.remove(&self.path),
        };
    }
}

#[derive(Debug, Default)]
struct State {
    files: Vec<Contents>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    pending_names: Vec<Naming>,
    /// How many operations are done before the power goes; `None` for ever.
    operations_left: Option<usize>,
    /// How many bytes fit yet; `None` for any number.
    room: Option<usize>,
    /// How many operations were asked for.
    operations: usize,
    /// Whether it only says that it syncs.
    lies: bool,
}

/// The file system; clones are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct ModelDisk(Rc<RefCell<State>>);

impl ModelDisk {
    /// Lets the power go after so many operations.
    pub(super) fn crash_after(&self, operations: usize) {
        self.0.borrow_mut().operations_left = Some(operations);
    }

    /// Leaves room for so many bytes.
    pub(super) fn set_room(&self, room: Option<usize>) {
        self.0.borrow_mut().room = room;
    }

    /// Returns a disk that only says that it syncs.
    pub(super) fn lying() -> Self {
        let disk = Self::default();
        disk.0.borrow_mut().lies = true;
        disk
    }

    pub(super) fn operations(&self) -> usize {
        self.0.borrow().operations
    }

    /// Returns the disk as it may be found after the power went.
    pub(super) fn after_crash(&self, chance: &mut Chance) -> Self {
        let state = self.0.borrow();
        let mut names = state.synced_names.clone();
        // The names of one folder are kept in order: a beginning of what was done outlives the crash.
        let kept = chance.below(state.pending_names.len() + 1);
        state.pending_names[..kept].iter().for_each(|naming| naming.apply(&mut names));
        let files = state.files.iter().map(|file| {
            let mut bytes = file.synced.clone();
            let kept = chance.below(file.pending.len() + 1);
            file.pending[..kept].iter().for_each(|change| change.apply(&mut bytes));
            if let Some(Change::Write(more)) = file.pending.get(kept) {
                // The next write came through in part, or its length did and its bytes did not.
                let part = chance.below(more.len() + 1);
                match chance.below(3) {
                    0 => bytes.extend_from_slice(&more[..part]),
                    1 => bytes.resize(bytes.len() + part, 0),
                    _ => {}
                }
            }
            Contents { now: bytes.clone(), synced: bytes, pending: Vec::new() }
        });
        let files = files.collect();
        let state = State { files, names: names.clone(), synced_names: names, ..State::default() };
        Self(Rc::new(RefCell::new(state)))
    }

    fn operation(&self) -> io::Result<std::cell::RefMut<'_, State>> {
        let mut state = self.0.borrow_mut();
        state.operations += 1;
        match &mut state.operations_left {
            Some(0) => return Err(io::Error::other("the power is gone")),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(state)
    }
}

impl State {
    fn file(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn new_file(&mut self, path: PathBuf) -> usize {
        self.files.push(Contents::default());
        let file = self.files.len() - 1;
        self.name(Naming { path, file: Some(file), gone: None });
        file
    }

    fn name(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.pending_names.push(naming);
    }

    fn change(&mut self, file: usize, change: Change) {
        let contents = &mut self.files[file];
        change.apply(&mut contents.now);
        contents.pending.push(change);
    }
}

impl Disk for ModelDisk {
    type File = usize;

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.operation()?;
        Ok(state.files[state.file(path)?].now.clone())
    }

    fn create_beside(&self, target: &Path) -> io::Result<(usize, PathBuf)> {
        let mut state = self.operation()?;
        let path = folder_of(target).join(format!(".temporary-{}", state.files.len()));
        Ok((state.new_file(path.clone()), path))
    }

    fn append(&self, path: &Path) -> io::Result<usize> {
        let mut state = self.operation()?;
        state.file(path).or_else(|_| Ok(state.new_file(path.to_owned())))
    }

    fn write(&self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.operation()?;
        let fits = state.room.map_or(bytes.len(), |room| room.min(bytes.len()));
        state.change(*file, Change::Write(bytes[..fits].to_vec()));
        if let Some(room) = &mut state.room {
            *room -= fits;
        }
        if fits < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&self, file: &usize) -> io::Result<()> {
        let mut state = self.operation()?;
        if state.lies {
            return Ok(());
        }
        let contents = &mut state.files[*file];
        contents.synced = contents.now.clone();
        contents.pending.clear();
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.operation()?;
        let file = state.file(from)?;
        state.name(Naming { path: to.to_owned(), file: Some(file), gone: Some(from.to_owned()) });
        Ok(())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        let mut state = self.operation()?;
        if state.lies {
            return Ok(());
        }
        state.synced_names = state.names.clone();
        state.pending_names.clear();
        Ok(())
    }

    fn truncate(&self, path: &Path, len: u64) -> io::Result<()> {
        let mut state = self.operation()?;
        let file = state.file(path)?;
        state.change(file, Change::Cut(usize::try_from(len).unwrap_or(usize::MAX)));
        let contents = &mut state.files[file];
        contents.synced = contents.now.clone();
        contents.pending.clear();
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.operation()?;
        state.file(path)?;
        state.name(Naming { path: path.to_owned(), file: None, gone: None });
        Ok(())
    }
}
