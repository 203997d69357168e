//! What is done on other threads before an article can be seen and searched: reading, cutting, folding.
//!
//! `cargo bench --bench opening`

#[path = "../examples/long_article/mod.rs"]
mod long_article;

use std::path::PathBuf;

use divan::Bencher;
use hashiya::formats::schema_file;
use hashiya::store::{self, OpenOptions};
use hashiya::text::{FoldLevel, Folded, Segmentation, SourceText};
use long_article::Size;

const SIZES: [Size; 3] = [
    Size { bytes: 4_000, annotations: 100, suggestions: 0 },
    Size { bytes: 1_000_000, annotations: 10_000, suggestions: 0 },
    Size { bytes: 10_000_000, annotations: 100_000, suggestions: 0 },
];

fn main() {
    divan::main();
}

fn written(size: Size) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("long.txt");
    long_article::write(&path, size).expect("can be written");
    (folder, path)
}

/// From two files to a document.
#[divan::bench(args = [0, 1, 2], sample_count = 10)]
fn open(bencher: Bencher<'_, '_>, size: usize) {
    let (_folder, path) = written(SIZES[size]);
    let schema = schema_file::default_schema();
    bencher.bench(|| store::open(&path, OpenOptions::default(), &schema).expect("was written"));
}

/// The same, when the article has changed since: each annotation is looked for in the new text. A sentence stands before
/// every hundredth line, and in every tenth a letter is left out.
#[divan::bench(args = [0, 1, 2], sample_count = 10)]
#[allow(clippy::disallowed_methods, reason = "somebody else changes the article, not the program")]
fn open_changed(bencher: Bencher<'_, '_>, size: usize) {
    let (_folder, path) = written(SIZES[size]);
    let (text, _) = long_article::text(SIZES[size]);
    let mut changed = String::with_capacity(text.len() * 11 / 10);
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if n % 100 == 0 {
            changed.push_str("خبر أضيف في طبعة المساء.\n");
        }
        let left_out = (n % 10 == 3).then(|| line.chars().count() / 2);
        changed.extend(line.chars().enumerate().filter(|(i, _)| Some(*i) != left_out).map(|(_, c)| c));
    }
    std::fs::write(&path, changed).expect("can be written");
    let schema = schema_file::default_schema();
    let open = || store::open(&path, OpenOptions::default(), &schema).expect("was written");
    let [unmoved, moved, changed, lost] = open().carry.expect("it has changed").counts();
    assert!(lost * 50 <= unmoved + moved + changed, "{lost} lost");
    bencher.bench(open);
}

/// From a text to paragraphs, sentences and tokens.
#[divan::bench(args = [0, 1, 2], sample_count = 10)]
fn segmentation(bencher: Bencher<'_, '_>, size: usize) {
    let source = SourceText::new(long_article::text(SIZES[size]).0);
    bencher.bench(|| Segmentation::new(&source));
}

/// What the first query of a search waits for.
#[divan::bench(args = [0, 1, 2], sample_count = 10)]
fn fold(bencher: Bencher<'_, '_>, size: usize) {
    let (text, _) = long_article::text(SIZES[size]);
    bencher.bench(|| Folded::new(&text, FoldLevel::Names));
}
