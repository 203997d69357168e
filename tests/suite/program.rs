//! Runs the built program in a folder of its own.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A short article of the tests' own.
pub(crate) const ARTICLE: &str = "قال سليم عون إن المرفأ سيفتح غدا.\r\nوأضاف أن العمل بدأ في 2002.\n";

/// A folder in which the program runs.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// Returns a bench with the article `port.txt` and its annotation file, made by hand as a user's script may.
    pub(crate) fn with_annotations() -> Self {
        let bench = Self::new();
        bench.write("port.txt", ARTICLE.as_bytes());
        bench.write("port.txt.ron", annotations().as_bytes());
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, bytes).expect("writable");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    /// Runs the program and returns what it printed and its exit status, for a snapshot.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.run_with_input(arguments, b"")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hashiya"))
            .args(arguments)
            .current_dir(self.folder.path())
            // No window, no settings of whoever runs the tests.
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "amal")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        // The program may end before it has read everything.
        let _ = child.stdin.take().expect("piped").write_all(input);
        let output = child.wait_with_output().expect("it ends");
        let mut shown = format!("$ hashiya {}\n", arguments.join(" "));
        shown.push_str(&String::from_utf8_lossy(&output.stdout));
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            writeln!(shown, "! {line}").expect("a String");
        }
        let status = output.status.code().map_or_else(|| "killed".to_owned(), |code| code.to_string());
        writeln!(shown, "= {status}").expect("a String");
        shown
    }
}

/// Returns the SHA-256 of [`ARTICLE`], as in files.
pub(crate) fn article_sha256() -> String {
    use sha2::{Digest, Sha256};
    let mut sha256 = String::new();
    for byte in Sha256::digest(ARTICLE.as_bytes()) {
        write!(sha256, "{byte:02x}").expect("a String");
    }
    sha256
}

/// Returns an annotation file for [`ARTICLE`], with a person and a claim.
pub(crate) fn annotations() -> String {
    let sha256 = article_sha256();
    format!(
        r#"(
  version: 1,
  article: (file: "port.txt", sha256: "{sha256}", encoding: "UTF-8", chars: 63),
  annotator: "amal",
  schema: "hashiya-default",
  next: (annotation: "a3", relation: "r1"),
  annotations: [
    (id: "a2", kind: claim, label: "CLAIM", spans: [(start: 16, end: 32, quote: "المرفأ سيفتح غدا")], roles: {{"CUE": [span([(start: 0, end: 3, quote: "قال")])], "SOURCE": [entity("a1")]}}, origin: human, created: "2026-01-31T08:00:00.000Z", modified: "2026-01-31T08:00:00.000Z"),
    (id: "a1", kind: entity, label: "PERS", spans: [(start: 4, end: 12, quote: "سليم عون")], origin: human, created: "2026-01-31T08:00:00.000Z", modified: "2026-01-31T08:00:00.000Z"),
  ],
)
"#
    )
}
