//! Changed copies of good and bad files, given to every reader: a short run of the fuzz targets that needs no nightly
//! compiler. `HASHIYA_FUZZ_SECONDS` makes it longer, `HASHIYA_FUZZ_SEED` other, `HASHIYA_FUZZ_TARGET` narrower;
//! `tests/fuzz` runs the same targets under libFuzzer.

#[expect(unreachable_pub, reason = "another crate reads the same file")]
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hashiya::formats::exchange::{ExportOptions, Exporter, Output};
use hashiya::formats::{self, Export, annotation_file, schema_file};
use hashiya::model::ArticleIdentity;
use hashiya::text::{SourceText, TextEncoding};
use targets::{TARGETS, Target};

use crate::chance::Chance;
use crate::program::annotations;

/// How long each target runs where nothing else is asked for.
const SECONDS: u64 = 1;

/// How long one execution may take, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest input, in bytes.
const LONGEST: usize = 16 << 10;

/// Pieces that readers look for.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    ",",
    ":",
    "\n",
    "\r",
    "\t",
    " ",
    "'",
    "#",
    "r#\"",
    "/*",
    "//",
    "-",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "-1",
    "1e999",
    "NaN",
    "inf",
    "0",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\0",
    "\u{1b}[31m",
    "\u{64e}",
    "ـ",
    "لله",
    "ﷺ",
    "👩‍👩‍👧",
    "\\u{d800}",
    "\\u0000",
    "Repeat(3, 9, [",
    "Optional([",
    "Gap(0, 40)",
    "Rest",
    "Use(\"name\")",
    "OneOf([[",
    "Regex(\"",
    "Token(",
    "entity(\"a1\")",
    "a1",
    "span([(start: 0, end: 3, quote: \"قال\")])",
    "null",
    "true",
    "spans",
    "relations: [",
    "version: 1",
];

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Returns good and bad files of the kinds that a target reads.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let good: &[&str] = match target.name {
        "pack" => &["assets/rules/en/claims.ron", "assets/rules/ar/people.ron"],
        "gazetteer" => &["assets/gazetteers/calendar.tsv"],
        "schema" => &["assets/schema/default.ron"],
        "decode" | "fold" | "segment" => &["assets/examples/sarian-strait.ar.txt", "README.md"],
        "gold" | "jsonl" => &["tests/data/sarian-strait.ar.expected.jsonl"],
        _ => &[],
    };
    let mut paths: Vec<PathBuf> = good.iter().map(|path| root.join(path)).collect();
    for folder in target.seeds {
        let files = root.join("tests/bad").join(folder).read_dir().into_iter().flatten();
        paths.extend(files.map(|entry| entry.expect("readable").path()));
    }
    paths.sort();
    let mut seeds: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("readable")).collect();
    match target.name {
        "annotations" => seeds.push(annotations().into_bytes()),
        "journal" => seeds.push(JOURNAL.into()),
        "dictionary" => seeds.push(
            "name\tlabel\taccepted\trejected\tpassed\tarticle\nسليم عون\tPERS\t3\t1\t0\ta.txt\n".into(),
        ),
        "settings" => seeds
            .push(hashiya::formats::settings_file::save(&hashiya::store::Settings::default()).into_bytes()),
        // A file with the one beside it that it needs.
        "brat" | "cas-json" | "cas-xmi" | "conll" | "webanno-tsv" => {
            seeds.push(exported(target.name).join(&targets::BESIDE));
        }
        "parquet" => seeds.extend(crate::streams::tables()),
        "doccano" => seeds.extend(exported("doccano")),
        "labelstudio" => seeds.extend(exported("label-studio")),
        "lines" => seeds.extend(exported("jsonl")),
        "spacy" => seeds.extend(exported("spacy")),
        "tables" => seeds.extend(exported("parquet").into_iter().chain(crate::streams::tables())),
        "webannotation" => seeds.extend(exported("web-annotation")),
        "session" => {
            seeds.extend((0..8).map(|i| (0..=255).map(|byte: u8| byte.wrapping_mul(7 + 2 * i)).collect()));
        }
        _ => {}
    }
    for seed in &mut seeds {
        seed.truncate(LONGEST);
    }
    seeds
}

/// Returns the files that an annotated article is in a format.
fn exported(format: &str) -> Vec<Vec<u8>> {
    let schema = schema_file::default_schema();
    let article =
        ArticleIdentity { file_name: "port.txt".into(), sha256: "9f".into(), encoding: TextEncoding::UTF_8 };
    let source = SourceText::new(crate::program::ARTICLE);
    let loaded = annotation_file::load(annotations().as_bytes(), &source, article, &schema).expect("good");
    let format = formats::format(format).expect("there is one");
    let mut exporter = Exporter::new(format, &ExportOptions::default()).expect("it is written");
    let mut output = Output::default();
    let export = Export { name: "port.txt", document: &loaded.document, annotator: "amal", schema: &schema };
    exporter.article(&export, &mut output).expect("writable");
    exporter.finish(&schema, &mut output).expect("writable");
    let mut files = std::collections::BTreeMap::<String, Vec<u8>>::new();
    for (name, bytes) in output.take() {
        files.entry(name).or_default().extend(bytes);
    }
    // What is read comes first, then what lies beside it; the rest is for other programs.
    files.retain(|name, _| !matches!(name.as_str(), "annotation.conf" | "visual.conf"));
    let is_beside = |name: &String| name == "port.txt" || name == "TypeSystem.xml";
    let (beside, read): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| is_beside(name));
    read.into_iter().chain(beside).map(|(_, bytes)| bytes).collect()
}

const JOURNAL: &str = r#"0 begin((version: 1, article: "port.txt", sha256: "9f", base: "absent", at: "2026-01-31T08:00:00.000Z"))
0 commit((n: 1, at: "2026-01-31T08:00:00.000Z", by: "amal", what: "x", edits: [insert((id: "a1", kind: entity, label: "PERS", spans: [(start: 4, end: 12, quote: "سليم عون")], origin: human, created: "2026-01-31T08:00:00.000Z", modified: "2026-01-31T08:00:00.000Z"))], inverse: [remove("a1")]))
0 undo((n: 2, at: "2026-01-31T08:00:00.000Z", by: "amal"))
0 redo((n: 3, at: "2026-01-31T08:00:00.000Z", by: "amal"))
0 saving((n: 3, at: "2026-01-31T08:00:00.000Z", sha256: "77"))
"#;

/// Returns a seed with some changes.
fn changed(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + 1 + chance.below(32)).min(bytes.len());
        match chance.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = [0, 0x7F, 0x80, 0xFF, b'"', b'\n'][chance.below(6)],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].repeat(1 + chance.below(8));
                bytes.splice(at..at, copy);
            }
            4 => bytes.truncate(at),
            5 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                let to = (from + 1 + chance.below(256)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            6 => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..end, piece.bytes());
            }
            _ => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..at, piece.repeat(1 + chance.below(3)).bytes());
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Returns what is wrong with what a target did with some bytes.
fn trouble(target: &Target, bytes: &[u8]) -> Option<String> {
    let began = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    let took = began.elapsed();
    match outcome {
        Ok(()) => (took > PATIENCE).then(|| format!("took {took:?}")),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            Some(
                text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_default(),
            )
        }
    }
}

/// Runs a target and returns how often, and on what it failed.
fn run(target: &Target, seconds: u64, seed: u64) -> (usize, Option<String>) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{} has no seeds", target.name);
    let mut chance = Chance::new(seed);
    let (until, mut runs) = (Instant::now() + Duration::from_secs(seconds), 0);
    let unchanged = seeds.iter().cloned();
    let changed = std::iter::repeat_with(|| changed(&seeds, &mut chance));
    for bytes in unchanged.chain(changed) {
        if runs > seeds.len() && Instant::now() > until {
            break;
        }
        runs += 1;
        if let Some(trouble) = trouble(target, &bytes) {
            let name = format!("hashiya-fuzz-{}-{:08x}", target.name, crc32fast::hash(&bytes));
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, &bytes).expect("writable");
            return (runs, Some(format!("{}: {trouble:.600}\n  input: {}", target.name, path.display())));
        }
    }
    (runs, None)
}

#[test]
fn whatever_a_file_holds_nothing_crashes() {
    let seconds = variable("HASHIYA_FUZZ_SECONDS").unwrap_or(SECONDS);
    let seed = variable("HASHIYA_FUZZ_SEED").unwrap_or(1);
    let only = std::env::var("HASHIYA_FUZZ_TARGET").ok();
    let mut wrong = Vec::new();
    for target in TARGETS.iter().filter(|target| only.as_ref().is_none_or(|only| target.name == only)) {
        let (runs, trouble) = run(target, seconds, seed);
        println!("{:<12} {runs:>8} executions", target.name);
        wrong.extend(trouble);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
