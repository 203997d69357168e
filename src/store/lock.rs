//! Whose an annotation file is: one window at a time writes it.
//!
//! The lock is one of the operating system, so it goes with the program, however that ends. Where a file system has no
//! locks (some network folders), and between machines that do not see each other's, a heartbeat in a file beside it
//! says whether the owner is alive.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::atomic::{self, MAX_RECORD_BYTES, folder_of, write_error};
use crate::model::Timestamp;

/// How often the owner says that it is alive, in milliseconds.
pub const BEAT_EVERY_MS: u64 = 10_000;

/// How long after its last heartbeat an owner on another machine counts as dead, in milliseconds.
const DEAD_AFTER_MS: i64 = 60_000;

/// How often a lock that nobody owns is tried, and how long it is waited between.
const TRIES: u32 = 30;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The annotator.
    pub who: String,
    /// The machine.
    pub host: String,
    /// The process on it.
    pub process: u32,
    /// The last heartbeat, in milliseconds since the epoch.
    beat: i64,
}

impl Holder {
    fn new(who: &str, now: Timestamp) -> Self {
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        Self { who: who.to_owned(), host, process: std::process::id(), beat: now.millis() }
    }

    /// Returns whether it is the running program itself.
    #[must_use]
    pub fn is_this_process(&self) -> bool {
        let ours = Self::new("", Timestamp::default());
        self.process == ours.process && self.host == ours.host
    }

    fn is_alive(&self, now: Timestamp) -> bool {
        // A clock that runs ahead is no sign of life for ever.
        now.millis().abs_diff(self.beat) < DEAD_AFTER_MS.unsigned_abs()
    }
}

/// A lock that is held; it ends with this value.
#[derive(Debug)]
pub struct Lock {
    owner_path: PathBuf,
    holder: Holder,
    /// Open as long as the lock is held.
    _file: File,
}

/// What came of asking for a lock.
#[derive(Debug)]
pub enum Taking {
    /// It is ours.
    Ours(Lock),
    /// Somebody else has it, and is alive.
    Held(Holder),
}

impl Lock {
    /// Asks for the lock of that path, for an annotator.
    ///
    /// # Errors
    ///
    /// When the files of the lock cannot be made.
    pub fn take(path: &Path, who: &str, now: Timestamp) -> Result<Taking, StoreError> {
        atomic::make_folder(folder_of(path))?;
        let failed = |source| write_error(path, source);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        let owner_path = path.with_extension("owner");
        let ours = Holder::new(who, now);
        let mut tried = file.try_lock();
        // A lock without an owner is being taken or let go of; a program that its last owner is just starting may hold it
        // for a moment longer.
        for _ in 0..TRIES {
            if !matches!(tried, Err(TryLockError::WouldBlock)) || owner(&owner_path).is_some() {
                break;
            }
            std::thread::sleep(BETWEEN_TRIES);
            tried = file.try_lock();
        }
        let has_locks = match tried {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => {
                return Ok(Taking::Held(owner(&owner_path).unwrap_or(Holder { who: String::new(), ..ours })));
            }
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => false,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        };
        // With a lock of the system nobody on this machine has it. Another machine's may not be seen from here.
        let other = owner(&owner_path).filter(|owner| {
            let is_elsewhere = owner.host != ours.host || (!has_locks && owner.process != ours.process);
            is_elsewhere && owner.is_alive(now)
        });
        if let Some(owner) = other {
            return Ok(Taking::Held(owner));
        }
        let lock = Self { owner_path, holder: ours, _file: file };
        lock.write()?;
        Ok(Taking::Ours(lock))
    }

    /// Says that the owner is alive.
    ///
    /// # Errors
    ///
    /// When the heartbeat cannot be written.
    pub fn beat(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.holder.beat = now.millis();
        self.write()
    }

    fn write(&self) -> Result<(), StoreError> {
        let text = ron::to_string(&self.holder).map_err(|error| StoreError::Write {
            path: self.owner_path.clone(),
            source: std::io::Error::other(error),
        })?;
        fs::write(&self.owner_path, text).map_err(|source| write_error(&self.owner_path, source))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Without it, other machines wait for a heartbeat that does not come.
        let _ = fs::remove_file(&self.owner_path);
    }
}

/// Returns who a lock's file names; `None` where it names nobody that can be understood.
fn owner(path: &Path) -> Option<Holder> {
    let bytes = atomic::read(path, MAX_RECORD_BYTES).ok()?;
    ron::de::from_bytes(&bytes).ok()
}

/// Returns who holds a lock, in words.
#[must_use]
pub fn holder_in_words(holder: &Holder) -> Arc<str> {
    let Holder { who, host, process, .. } = holder;
    if who.is_empty() {
        "another window".into()
    } else {
        format!("{who} on {host} (process {process})").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn later(ms: i64) -> Timestamp {
        Timestamp::from_millis(NOW.millis() + ms)
    }

    fn bench() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("locks/port.txt.ron.lock");
        (folder, path)
    }

    #[test]
    fn one_has_it_until_it_is_let_go() {
        let (_folder, path) = bench();
        let Ok(Taking::Ours(lock)) = Lock::take(&path, "amal", NOW) else { panic!("it is free") };
        // However long ago the heartbeat was: the system says that the owner lives.
        match Lock::take(&path, "basma", later(10 * DEAD_AFTER_MS)).expect("can be asked") {
            Taking::Held(holder) => {
                assert_eq!((holder.who.as_str(), holder.process), ("amal", std::process::id()));
            }
            Taking::Ours(_) => panic!("held"),
        }
        drop(lock);
        assert!(matches!(Lock::take(&path, "basma", NOW), Ok(Taking::Ours(_))));
    }

    #[test]
    fn a_lock_without_an_owner_is_waited_for() {
        let (_folder, path) = bench();
        fs::create_dir_all(folder_of(&path)).expect("writable");
        let inherited = File::create(&path).expect("writable");
        inherited.try_lock().expect("free");
        let starting = std::thread::spawn(move || {
            std::thread::sleep(4 * BETWEEN_TRIES);
            drop(inherited);
        });
        assert!(matches!(Lock::take(&path, "basma", NOW), Ok(Taking::Ours(_))));
        starting.join().expect("no panic");
    }

    #[test]
    fn an_owner_on_another_machine_has_it_as_long_as_its_heart_beats() {
        let (_folder, path) = bench();
        fs::create_dir_all(folder_of(&path)).expect("writable");
        let owner = path.with_extension("owner");
        let elsewhere = Holder { host: "elsewhere".into(), ..Holder::new("basma", NOW) };
        fs::write(&owner, ron::to_string(&elsewhere).expect("plain")).expect("writable");
        let Ok(Taking::Held(holder)) = Lock::take(&path, "amal", later(5_000)) else { panic!("it is alive") };
        assert_eq!(holder, elsewhere);
        let Ok(Taking::Ours(mut lock)) = Lock::take(&path, "amal", later(DEAD_AFTER_MS + 1)) else {
            panic!("it is dead")
        };
        lock.beat(later(90_000)).expect("writable");
        assert_eq!(super::owner(&owner).expect("written").beat, later(90_000).millis());
        drop(lock);
        assert!(!owner.exists());
    }

    #[test]
    fn what_a_killed_owner_has_left_is_taken() {
        let (_folder, path) = bench();
        fs::create_dir_all(folder_of(&path)).expect("writable");
        let killed = Holder { process: 1, ..Holder::new("amal", NOW) };
        fs::write(path.with_extension("owner"), ron::to_string(&killed).expect("plain")).expect("writable");
        fs::write(&path, "").expect("writable");
        assert!(matches!(Lock::take(&path, "amal", later(1)), Ok(Taking::Ours(_))));
        fs::write(path.with_extension("owner"), "garbage").expect("writable");
        assert!(matches!(Lock::take(&path, "amal", later(1)), Ok(Taking::Ours(_))));
    }
}
