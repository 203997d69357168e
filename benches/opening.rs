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
    bencher.bench(|| store::open(&path, OpenOptions { encoding: None }, &schema).expect("was written"));
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
