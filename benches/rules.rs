//! What suggestions cost, from text to suggestions: folding, scanning, rules, resolving, with the shipped packs.
//!
//! Budget: 8 MB/s on one core; an article of 20 KB within 5 ms. Linear in the length of the text.
#![allow(missing_docs, reason = "the benches are documented one by one")]

use divan::Bencher;
use divan::counter::BytesCount;
use hashiya::rules::{Context, GazetteerSource, Language, PackSource, RuleSet, builtin_packs};
use hashiya::text::{FoldLevel, Folded, Segmentation, SourceText};

fn main() {
    divan::main();
}

const LENGTHS: [usize; 3] = [4 << 10, 20 << 10, 1 << 20];

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

/// Compiling the shipped packs: what the start costs.
#[divan::bench(sample_count = 20)]
fn compile_builtin() -> bool {
    RuleSet::builtin().is_ok()
}

/// Compiling again after an edit of a rule of the user's own: the other language is taken over. Budget: 200 ms.
#[divan::bench(sample_count = 20, args = ["ar", "en"])]
fn recompile_after_an_edit(bencher: Bencher, language: &str) {
    let own = |word: &str| PackSource {
        path: "own.ron".to_owned(),
        text: format!(
            "#![enable(implicit_some)]\nPack(format: 1, name: \"own\", version: 1, language: {language:?}, rules: [\n\
             Rule(id: \"own-1\", pattern: [Capture(\"ORG\", [Word({word:?})])], note: (en: \"n\", ar: \"n\"),\n\
             examples: (must: [{word:?}], must_not: [\"0\"]))])"
        ),
        gazetteers: Vec::new(),
    };
    let packs = |word: &str| [builtin_packs(), vec![own(word)]].concat();
    let Ok(rules) = RuleSet::compile(&packs("Halden Works")) else {
        panic!("the shipped packs compile");
    };
    let edited = packs("Halden Mills");
    bencher.bench(|| rules.recompile(&edited).is_ok());
}

/// The whole way with a gazetteer of so many names beside the shipped ones. Budget: 500,000 names cost less than a
/// third of the throughput.
#[divan::bench(args = [0, 500_000], sample_count = 10)]
fn suggest_with_names(bencher: Bencher, names: u32) {
    let syllables =
        ["با", "دو", "ري", "سام", "طو", "لين", "مر", "نا", "هال", "وي", "كار", "زين", "تال", "شو", "فيد"];
    let count = u32::try_from(syllables.len()).unwrap_or(1);
    let name = |mut number: u32| -> String {
        let mut name = String::new();
        for _ in 0..6 {
            name.push_str(syllables[(number % count) as usize]);
            number /= count;
        }
        name
    };
    let row = |i: u32| format!("N{i}\tmade_up\tar\t{}\t\tmade\tMIT", name(i * 22));
    let rows: Vec<String> = (0..names).map(row).collect();
    let gazetteer = GazetteerSource {
        path: "names.tsv".to_owned(),
        text: format!("id\ttype\tlanguage\tname\taliases\tsource\tlicence\n{}\n", rows.join("\n")).into(),
    };
    let mut packs = builtin_packs();
    packs.push(PackSource {
        path: "names.ron".to_owned(),
        text: "Pack(format: 1, name: \"names\", version: 1, language: \"ar\")".to_owned(),
        gazetteers: vec![gazetteer],
    });
    let Ok(rules) = RuleSet::compile(&packs) else {
        panic!("the names are well formed");
    };
    let text = article(ARABIC, 1 << 20);
    let context = Context { language: Some(Language::Arabic), ..Context::default() };
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let source = SourceText::new(text.as_str());
        let segmentation = Segmentation::new(&source);
        rules.suggest(&source, &segmentation, &context)
    });
}
