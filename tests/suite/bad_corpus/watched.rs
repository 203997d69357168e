//! A folder in which the program runs under watch: it may neither take long nor much memory.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::made::Content;

/// How long the program may take for one file. In a build without optimisation, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most memory that it may take at any time, in MiB.
const MOST_MEMORY: u64 = 2048;

pub(super) struct Place {
    folder: tempfile::TempDir,
    /// For what the program prints, so that nothing lies in its folder that it does not know.
    output: tempfile::TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        Self { folder: folder(), output: folder() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, bytes).expect("writable");
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).expect("there");
    }

    /// Puts a file of any sort in its place.
    pub(super) fn put(&self, name: &str, content: &Content) {
        let path = self.path(name);
        if path.exists() {
            fs::remove_file(&path).expect("there");
        }
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        match content {
            Content::Bytes(bytes) => self.write(name, bytes),
            Content::Sparse(len) => {
                let file = File::create(path).expect("writable");
                file.set_len(*len).expect("a file system with holes");
            }
            Content::Folder => fs::create_dir(path).expect("writable"),
            #[cfg(unix)]
            Content::Link(target) => std::os::unix::fs::symlink(target, path).expect("writable"),
            #[cfg(unix)]
            Content::LinkToItself => {
                std::os::unix::fs::symlink(path.file_name().expect("a name"), &path).expect("writable");
            }
            #[cfg(unix)]
            Content::Pipe => {
                let made = Command::new("mkfifo").arg(path).status().expect("mkfifo");
                assert!(made.success());
            }
        }
    }

    /// Runs the program and returns what it said on standard error, with its exit status.
    pub(super) fn run(&self, arguments: &[&str], file: &str) -> String {
        let stream = |name: &str| File::create(self.output.path().join(name)).expect("writable");
        let mut child = Command::new(env!("CARGO_BIN_EXE_hashiya"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "amal")
            .stdin(Stdio::null())
            .stdout(stream("out"))
            .stderr(stream("err"))
            .spawn()
            .expect("the program");
        let (began, mut most) = (Instant::now(), 0);
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break status;
            }
            most = most.max(memory_of(child.id()));
            if began.elapsed() > PATIENCE || most > MOST_MEMORY {
                child.kill().expect("a child");
                child.wait().expect("a child");
                return format!("KILLED after {:?} with {most} MiB: {file}", began.elapsed());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let error = fs::read(self.output.path().join("err")).expect("written");
        let status = status.code().map_or_else(|| "KILLED".to_owned(), |code| code.to_string());
        format!("{}= {status}", String::from_utf8_lossy(&error))
    }

    /// Returns a message without the name of the temporary folder.
    pub(super) fn shown(&self, message: &str) -> String {
        let folder = fs::canonicalize(self.folder.path()).expect("there");
        let message = message.replace(&format!("{}/", folder.display()), "");
        message.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// Returns the most memory that a process has had so far, in MiB; 0 where the system does not tell.
fn memory_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes: Option<u64> = most.and_then(|most| most.trim().trim_end_matches(" kB").parse().ok());
    kibibytes.unwrap_or(0) >> 10
}
