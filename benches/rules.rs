//! What suggestions cost, from text to suggestions: folding, scanning, rules, resolving, with the shipped packs.
//!
//! Budget: 8 MB/s on one core; an article of 20 KB within 5 ms. Linear in the length of the text.
#![allow(missing_docs, reason = "the benches are documented one by one")]

use divan::Bencher;
use divan::counter::BytesCount;
use hashiya::rules::{Context, Language, RuleSet};
use hashiya::text::{FoldLevel, Folded, Segmentation, SourceText};

fn main() {
    divan::main();
}

const LENGTHS: [usize; 2] = [4 << 10, 1 << 20];

const ARABIC: &str = include_str!("../assets/examples/sarian-strait.ar.txt");
const ENGLISH: &str = include_str!("../assets/examples/halden-dam.en.txt");

/// An example article, repeated up to about `len` bytes.
fn article(example: &str, len: usize) -> String {
    let mut text = String::with_capacity(len + example.len());
    while text.len() < len {
        text.push_str(example);
        text.push('\n');
    }
    text
}

fn suggest(bencher: Bencher, example: &str, len: usize, language: Language) {
    let Ok(rules) = RuleSet::builtin() else {
        panic!("the shipped packs compile");
    };
    let text = article(example, len);
    let context = Context { language: Some(language), ..Context::default() };
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let source = SourceText::new(text.as_str());
        let segmentation = Segmentation::new(&source);
        rules.suggest(&source, &segmentation, &context)
    });
}

/// The whole way on Arabic.
#[divan::bench(args = LENGTHS)]
fn suggest_arabic(bencher: Bencher, len: usize) {
    suggest(bencher, ARABIC, len, Language::Arabic);
}

/// The whole way on English.
#[divan::bench(args = LENGTHS)]
fn suggest_english(bencher: Bencher, len: usize) {
    suggest(bencher, ENGLISH, len, Language::English);
}

/// Segmentation alone, which the window has already when it asks for suggestions.
#[divan::bench(args = LENGTHS)]
fn segment_arabic(bencher: Bencher, len: usize) {
    let source = SourceText::new(article(ARABIC, len));
    bencher.counter(BytesCount::new(source.as_str().len())).bench(|| Segmentation::new(&source));
}

/// Folding with its map back.
#[divan::bench(args = LENGTHS)]
fn fold_arabic(bencher: Bencher, len: usize) {
    let text = article(ARABIC, len);
    bencher.counter(BytesCount::new(text.len())).bench(|| Folded::new(&text, FoldLevel::Names));
}

/// Compiling the shipped packs: what opening a project or editing a rule costs.
#[divan::bench(sample_count = 20)]
fn compile_builtin() -> bool {
    RuleSet::builtin().is_ok()
}
