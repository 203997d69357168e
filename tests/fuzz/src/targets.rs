//! What any bytes may be given to, and what must hold whatever they are. Used by the cargo-fuzz targets beside this
//! file and by `tests/suite/mutations.rs`, which needs no nightly compiler.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashiya::formats::exchange::{
    ImportError, ImportFile, ImportOptions, ImportedArticle, OffsetUnit, Reader, import_format,
};
use hashiya::formats::parquet_rows::ParquetRowError;
use hashiya::formats::{annotation_file, gold, journal, jsonl, schema_file, settings_file};
use hashiya::model::agreement::{AnnotatedArticle, ComparedArticle, Figures, GammaOptions, agreement};
use hashiya::model::{ArticleIdentity, Document, Schema, Timestamp};
use hashiya::rules::{Context, GazetteerSource, PackSource, RuleSet};
use hashiya::session::{Action, COMMANDS, Keymap, ParagraphLines, Selection, Session, Setup, Variant};
use hashiya::store::{self, Settings};
use hashiya::text::{
    ByteOffset, FoldLevel, Folded, Segmentation, SourceText, TextEncoding, decode, decode_as, fold,
    next_grapheme, previous_grapheme,
};

/// A target: its name, the folders of `tests/bad` that are its seeds, and what takes the bytes.
pub struct Target {
    /// As cargo-fuzz names it.
    pub name: &'static str,
    /// Folders below `tests/bad`.
    pub seeds: &'static [&'static str],
    /// Panics where something does not hold.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "decode", seeds: &["articles"], run: decoding },
    Target { name: "annotations", seeds: &["annotations"], run: annotations },
    Target { name: "journal", seeds: &["journals"], run: journals },
    Target { name: "pack", seeds: &["packs"], run: packs },
    Target { name: "gazetteer", seeds: &["gazetteers"], run: gazetteers },
    Target { name: "schema", seeds: &["schemas"], run: schemas },
    Target { name: "settings", seeds: &["settings"], run: settings },
    Target { name: "keymap", seeds: &["keymaps"], run: keymaps },
    Target { name: "dictionary", seeds: &["dictionaries"], run: dictionaries },
    Target { name: "jsonl", seeds: &["jsonl"], run: json_lines },
    Target { name: "gold", seeds: &["gold"], run: gold_lines },
    Target { name: "parquet", seeds: &["parquet"], run: parquet },
    Target { name: "brat", seeds: &[], run: |bytes| import("brat", "port.ann", bytes) },
    Target { name: "cas-json", seeds: &[], run: |bytes| import("cas-json", "port.json", bytes) },
    Target { name: "cas-xmi", seeds: &[], run: |bytes| import("cas-xmi", "port.xmi", bytes) },
    Target { name: "conll", seeds: &[], run: |bytes| import("conll", "port.conll", bytes) },
    Target { name: "webanno-tsv", seeds: &[], run: |bytes| import("webanno-tsv", "port.tsv", bytes) },
    Target { name: "doccano", seeds: &["doccano"], run: |bytes| import("doccano", "a.jsonl", bytes) },
    Target {
        name: "labelstudio",
        seeds: &["labelstudio"],
        run: |bytes| import("label-studio", "tasks.json", bytes),
    },
    Target { name: "lines", seeds: &["jsonl"], run: |bytes| import("jsonl", "a.jsonl", bytes) },
    Target { name: "spacy", seeds: &["spacy"], run: |bytes| import("spacy", "a.jsonl", bytes) },
    Target { name: "tables", seeds: &["parquet"], run: |bytes| import("parquet", "spans.parquet", bytes) },
    Target {
        name: "webannotation",
        seeds: &["webannotation"],
        run: |bytes| import("web-annotation", "port.jsonld", bytes),
    },
    Target { name: "fold", seeds: &["articles"], run: folding },
    Target { name: "segment", seeds: &["articles"], run: segmentation },
    Target { name: "session", seeds: &["scripts"], run: session },
];

/// The article to which annotation files and journals belong.
const ARTICLE: &str = "قال سليم عون إن المرفأ سيفتح غدا.\r\nوأضاف أن العمل بدأ في 2002.\n";

fn identity() -> ArticleIdentity {
    ArticleIdentity { file_name: "port.txt".into(), sha256: "9f".into(), encoding: TextEncoding::UTF_8 }
}

thread_local! {
    static SCHEMA: Schema = schema_file::default_schema();
    static SOURCE: SourceText = SourceText::new(ARTICLE);
    static FOLDER: tempfile::TempDir = tempfile::tempdir().expect("a temporary folder");
    static SESSION: RefCell<Option<Open>> = const { RefCell::new(None) };
}

/// Returns the path of a file with these bytes, which the next call replaces.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.with(|folder| folder.path().join(name));
    std::fs::write(&path, bytes).expect("writable");
    path
}

/// What is read is valid in the encoding that it is said to have.
fn decoding(bytes: &[u8]) {
    if let Ok(decoded) = decode(bytes) {
        assert!(!decoded.text.contains('\0'), "no article has a zero");
        let again = decode_as(bytes, decoded.encoding).expect("it was read so");
        assert_eq!(again, decoded);
    }
    for name in ["windows-1256", "utf-16le", "utf-16be BOM", "gbk", "iso-2022-jp"] {
        let encoding = TextEncoding::from_name(name).expect("known");
        // An error is as good; only a crash is not.
        let _ = decode_as(bytes, encoding);
    }
}

/// A file that is read is saved so that it reads back as it was, and is saved again to the same bytes.
fn annotations(bytes: &[u8]) {
    let load = |bytes: &[u8]| {
        SCHEMA.with(|schema| SOURCE.with(|source| annotation_file::load(bytes, source, identity(), schema)))
    };
    let loaded = match load(bytes) {
        Ok(loaded) => loaded,
        Err(error) => {
            assert!(error.message().chars().count() < 1_000 && !error.hint().is_empty());
            return;
        }
    };
    for problem in &loaded.problems {
        assert!(problem.to_string().chars().count() < 1_000, "{problem:.2000}");
    }
    let file = annotation_file::AnnotationFile::parse(bytes).expect("it was just loaded");
    agrees_with_itself(file.annotated().0);
    let save = |document: &Document| annotation_file::save(document, &loaded.annotator, "hashiya-default");
    // A time beyond the year 9999 cannot be written.
    let Ok(saved) = save(&loaded.document) else { return };
    let again = load(saved.as_bytes()).expect("it was just saved");
    assert_eq!(again.document, loaded.document);
    assert_eq!(save(&again.document).expect("it was saved before"), saved);
}

/// Lines of a journal, with or without checksums: what is read can be written and read again.
fn journals(bytes: &[u8]) {
    check_journal(bytes);
    let mut with_sums = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let text = line.iter().position(|byte| *byte == b' ').map_or(line, |at| &line[at + 1..]);
        with_sums.extend(format!("{:08x} ", crc32fast::hash(text)).bytes());
        with_sums.extend(text);
        with_sums.push(b'\n');
    }
    check_journal(&with_sums);
}

fn check_journal(bytes: &[u8]) {
    SOURCE.with(|source| {
        let journal = journal::read(bytes, "9f", source);
        assert_eq!(journal.entries.len(), journal.ends.len());
        assert!(journal.ends.is_sorted() && journal.ends.iter().all(|end| *end <= bytes.len()));
        let lines: Result<Vec<String>, _> =
            journal.entries.iter().map(|entry| journal::line(entry, source)).collect();
        if let Ok(lines) = lines {
            let again = journal::read(lines.concat().as_bytes(), "9f", source);
            assert_eq!((again.entries, again.damage), (journal.entries, None));
        }
    });
}

/// A pack that compiles runs its examples and reads an article; every mistake has a place in the file.
fn packs(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let gazetteers = vec![GazetteerSource {
        path: "own.tsv".to_owned(),
        text: "id\ttype\tlanguage\tname\taliases\tsource\tlicence\n1\tcity\tar\tالمرفأ\t\town\tCC0-1.0\n"
            .into(),
    }];
    check_pack(text, gazetteers);
}

/// A gazetteer beside a pack that uses it.
fn gazetteers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let pack = "Pack(format: 1, name: \"own\", version: 1, language: \"ar\", rules: [Rule(id: \"r\", pattern: \
                [Capture(\"GPE\", [Gazetteer(\"city\")])], note: (en: \"x\", ar: \"x\"), examples: (must: \
                [\"[المرفأ]\"], must_not: [\"x\"]))])";
    check_pack(pack, vec![GazetteerSource { path: "own.tsv".to_owned(), text: text.into() }]);
}

fn check_pack(text: &str, gazetteers: Vec<GazetteerSource>) {
    let source = PackSource { path: "own.ron".to_owned(), text: text.to_owned(), gazetteers };
    let mistakes = match RuleSet::compile(&[source]) {
        Ok(rules) => {
            let source = SourceText::new(ARTICLE);
            for suggestion in rules.suggest(&source, &Segmentation::new(&source), &Context::default()) {
                for range in suggestion.body.fragments().ranges() {
                    assert!(source.range(range.start(), range.end()).is_ok());
                }
            }
            rules.check_examples()
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            mistakes
        }
    };
    for mistake in mistakes {
        assert!(mistake.line >= 1 && mistake.column >= 1, "{mistake}");
        assert!(mistake.message.chars().count() < 1_000, "{mistake:.2000}");
    }
}

/// A schema knows every label that it lists.
fn schemas(bytes: &[u8]) {
    match schema_file::load(bytes) {
        Ok(schema) => assert!(schema.labels().iter().all(|label| schema.label(&label.id).is_some())),
        Err(error) => assert!(error.to_string().chars().count() < 1_000, "{error:.2000}"),
    }
}

/// Settings are saved as they were read.
fn settings(bytes: &[u8]) {
    match settings_file::load(bytes) {
        Ok(settings) => {
            let saved = settings_file::save(&settings);
            assert_eq!(settings_file::load(saved.as_bytes()), Ok(settings));
        }
        Err(error) => assert!(error.to_string().chars().count() < 1_000, "{error:.2000}"),
    }
    // A list of recent articles is of the same kind.
    let _ = settings_file::load_recent(bytes);
}

/// A key map is one, or says why it is none.
fn keymaps(bytes: &[u8]) {
    let told = match settings_file::load_keymap(bytes) {
        Ok(changes) => Keymap::new(&changes).err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    };
    assert!(told.is_none_or(|told| told.chars().count() < 1_000));
}

/// Learned names are saved as they were read.
fn dictionaries(bytes: &[u8]) {
    let Ok(dictionary) = store::load_dictionary(&file("own.tsv", bytes)) else { return };
    let path = file("again.tsv", b"");
    store::save_dictionary(&path, &dictionary).expect("writable");
    assert_eq!(store::load_dictionary(&path).expect("just saved"), dictionary);
}

/// A line of input is a document, or has a place where it is none.
fn json_lines(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Err(error) = jsonl::read_document(line) {
            assert!(error.column >= 1 && error.message.chars().count() < 1_000);
        }
    }
}

/// Stands between a file and the one beside it that it needs.
pub const BESIDE: u8 = 0x1E;

/// The spans of a line of gold lie in its text.
fn gold_lines(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(gold) = gold::read_line(line) else { continue };
        let chars = gold.text.chars().count();
        assert!(gold.spans.iter().all(|span| span.start <= span.end && span.end as usize <= chars));
        if let Ok(annotated) = jsonl::read_annotated(line) {
            agrees_with_itself(annotated.article);
        }
    }
}

/// Who is compared with oneself agrees in everything, or there is a reason why nothing can be said.
fn agrees_with_itself(work: AnnotatedArticle) {
    assert!(work.marks.iter().all(|mark| mark.fragments.end().get() <= work.chars));
    let article = ComparedArticle { name: "a".into(), work: vec![Some(work.clone()), Some(work)] };
    let names = ["one".into(), "the same".into()];
    let report = agreement(&names, &[article], GammaOptions { samples: 2, seed: 1 });
    for layer in &report.groups[0].layers {
        assert!(layer.differences.is_empty() && layer.label_differences.is_empty());
        let Figures { exact, overlap, labels, unitizing, boundaries, gamma } = &layer.total;
        let figures = [
            &exact.f1(),
            &overlap.f1(),
            &labels.cohen,
            &labels.fleiss,
            &labels.alpha,
            unitizing,
            boundaries,
            &gamma.value,
        ];
        for figure in figures.into_iter().flatten() {
            assert!((figure - 1.0).abs() < 1e-9, "{layer:?}");
        }
    }
}

/// A table has rows, or an error in their place, and comes to an end.
fn parquet(bytes: &[u8]) {
    let Ok(rows) = store::parquet_rows(&file("a.parquet", bytes)) else { return };
    let mut broken = 0;
    for row in rows.take(10_000) {
        broken += usize::from(matches!(row, Err(ParquetRowError::Broken { .. })));
    }
    assert!(broken <= 1, "behind what cannot be read nothing is read");
}

/// What is read of a format fits together, and what is told of it is told in short lines.
fn import(format: &str, name: &str, bytes: &[u8]) {
    let mut files = bytes.splitn(2, |byte| *byte == BESIDE);
    let bytes = files.next().unwrap_or_default();
    let other = files.next().map_or_else(|| ARTICLE.into(), <[u8]>::to_vec);
    let check = |article: Result<ImportedArticle, ImportError>| match article {
        Ok(article) => {
            for warning in &article.warnings {
                assert!(warning.message.chars().count() < 1_000, "{:.2000}", warning.message);
            }
            for layer in article.layers {
                let document = layer.into_document(article.text.clone(), identity()).expect("fits together");
                // A time beyond the year 9999 cannot be written; all else can, and is read again.
                if let Ok(saved) = annotation_file::save(&document, "amal", "hashiya-default") {
                    annotation_file::AnnotationFile::parse(saved.as_bytes()).expect("it was just saved");
                }
            }
        }
        Err(error) => check_told(&error),
    };
    SCHEMA.with(|schema| {
        let options = ImportOptions {
            schema,
            now: Timestamp::from_millis(1_700_000_000_000),
            unit: OffsetUnit::CodePoint,
            encoding: None,
            text_column: None,
        };
        match import_format(format).expect("it is read").reader.expect("it is read") {
            Reader::File { read, .. } => {
                let beside = |_: &str| Some(other.clone());
                let file = ImportFile { name, bytes, beside: &beside };
                if let Err(error) = read(&file, &options, &mut |article| check(article)) {
                    check_told(&error);
                }
            }
            Reader::Lines { read, .. } => {
                for line in bytes.split(|byte| *byte == b'\n') {
                    check(read(line, &options));
                }
            }
        }
    });
}

fn check_told(error: &ImportError) {
    assert!(error.to_string().chars().count() < 1_000 && !error.hint.is_empty(), "{error:.2000}");
}

/// Both edges of the way back from a folded text are monotone and lie between letters.
fn folding(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let source = SourceText::new(&*text);
    for level in [FoldLevel::Letters, FoldLevel::Names] {
        let folded = Folded::new(&text, level);
        assert_eq!(folded.text(), fold(&text, level));
        let gaps = folded.text().char_indices().map(|(at, _)| at).chain([folded.text().len()]);
        let (mut start, mut end) = (ByteOffset::new(0), ByteOffset::new(0));
        for at in gaps {
            let here = (folded.source_start(at), folded.source_end(at));
            assert!(here.0 >= start && here.1 >= end, "{at}: {here:?} after {start:?}, {end:?}");
            (start, end) = here;
            assert!(source.is_char_boundary(start) && source.is_char_boundary(end), "{at}: {here:?}");
        }
    }
}

/// Paragraphs, sentences and tokens lie in the text in order; one can walk it by graphemes to the end and back.
fn segmentation(bytes: &[u8]) {
    let source = SourceText::new(&*String::from_utf8_lossy(bytes));
    let segmentation = Segmentation::new(&source);
    let tokens: Vec<_> = segmentation.tokens().iter().map(|token| token.range).collect();
    for ranges in [segmentation.paragraphs(), segmentation.sentences(), &tokens] {
        let mut at = ByteOffset::new(0);
        for range in ranges {
            assert!(range.start() >= at && source.range(range.start(), range.end()).is_ok(), "{range:?}");
            at = range.end();
        }
    }
    for pair in graphemes(&source).windows(2) {
        assert_eq!(previous_grapheme(&source, pair[1]), pair[0], "back from {:?}", pair[1]);
    }
}

/// Returns where graphemes begin and end, from the text's start to its end.
fn graphemes(source: &SourceText) -> Vec<ByteOffset> {
    let mut gaps = vec![ByteOffset::new(0)];
    let mut at = ByteOffset::new(0);
    while at < source.end() {
        let next = next_grapheme(source, at);
        assert!(next > at && source.is_char_boundary(next));
        gaps.push(next);
        at = next;
    }
    gaps
}

/// A session with the article, and the document as it was opened.
struct Open {
    session: Session,
    original: Document,
    _folder: tempfile::TempDir,
}

fn open() -> Open {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("port.txt");
    std::fs::write(&path, ARTICLE.repeat(3)).expect("writable");
    let mut session = Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(|| Timestamp::from_millis(1_700_000_000_000)),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: None,
        data_dir: None,
    });
    session.perform(Action::OpenPath(path, None));
    let until = Instant::now() + Duration::from_mins(2);
    while session.editor().is_none_or(|editor| editor.queue().pending().is_empty()) {
        assert!(Instant::now() < until, "no suggestion: {:?}", session.notice());
        session.poll();
        std::thread::sleep(Duration::from_millis(1));
    }
    let original = session.editor().expect("open").document().clone();
    Open { session, original, _folder: folder }
}

/// Any commands, in any order, on any selection: none panics, and undo leads back to what was opened.
fn session(bytes: &[u8]) {
    SESSION.with(|slot| {
        // After a panic the next script begins anew.
        let mut open = slot.borrow_mut().take().unwrap_or_else(open);
        run_script(&mut open, bytes);
        slot.replace(Some(open));
    });
}

fn run_script(Open { session, original, .. }: &mut Open, bytes: &[u8]) {
    // What leaves the article has nothing to take back.
    let gaps = graphemes(original.source());
    let gap = |byte: u8| gaps[usize::from(byte) % gaps.len()];
    let commands: Vec<_> = COMMANDS.iter().filter(|row| !row.id.starts_with("file.")).collect();
    session.perform(Action::Clear);
    for step in bytes.chunks_exact(3).take(64) {
        let &[what, first, second] = step else { continue };
        let editor = session.editor().expect("open");
        let lines = Arc::clone(editor.segmentation());
        if what % 4 == 0 {
            let (anchor, head) = (gap(first), gap(second));
            session.perform(Action::Select(Selection { anchor, head }));
        } else if what % 4 == 1 {
            let labels = session.schema().labels();
            let label = labels[usize::from(first) % labels.len()].id.clone();
            session.perform(Action::ApplyLabel(label));
        } else {
            let command = commands[usize::from(first) % commands.len()].command;
            let variant = Variant { extend: second & 1 == 1, fine: second & 2 == 2 };
            session.run(command, variant, &ParagraphLines(&lines));
        }
        // What it asks the window for, nobody gives.
        let _ = session.take_requests();
    }
    let mut left = 10_000;
    while session.editor().expect("open").history().undo_description().is_some() {
        session.perform(Action::Undo);
        left -= 1;
        assert!(left > 0, "undo does not come to an end");
    }
    assert_eq!(session.editor().expect("open").document(), original);
}
