//! A project of many articles: opening it, going through it, and a data set of all of it.
//!
//! `cargo bench --bench projects`: times are the median and the longest of as many as it says, in milliseconds; memory is
//! the most that the process has held so far. `-- 1000` makes a project of 1,000 articles; without, of 100,000.
//!
//! Budget: open under 1 s, the next article under 50 ms, memory under 300 MB.
#![allow(clippy::print_stdout, reason = "it prints figures")]
#![allow(
    clippy::disallowed_methods,
    reason = "it makes files faster than the store, which waits for the disk"
)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashiya::formats::exchange::ExportOptions;
use hashiya::formats::project_file::ProjectFile;
use hashiya::formats::{annotation_file, format, schema_file};
use hashiya::model::{
    Annotation, ArticleIdentity, Body, Document, Edit, Entity, Fragments, Origin, Timestamp, Transaction,
    UnknownFields,
};
use hashiya::session::{Action, Command, Keymap, ParagraphLines, QueueFilter, Session, Setup, Variant};
use hashiya::store::{Dataset, DatasetRequest, OpenOptions, Project, Selection, Settings};
use hashiya::text::{Segmentation, SourceText, TextEncoding, TextRange};

const ARTICLES: usize = 100_000;

/// How many articles are gone through.
const STEPS: usize = 200;

const PARAGRAPHS: [&str; 4] = [
    "قال سامر الحداد إن المرفأ سيفتح يوم الأحد، بحسب مصادر في وزارة النقل الميرفانية. وأضاف أن 12 سفينة تنتظر.",
    "نفى المتحدث باسم الحكومة الأرخانية أن تكون المحادثات في مسقط قد توقفت، مؤكداً أن جولة ثانية ستعقد قريباً.",
    "The harbour at Korvala will open on Sunday, Ana Drobnik said, according to Radio Tarnholm. 👩‍👩‍👧",
    "Storm Edda left 340,000 people in the Orsa Valley without power; the ministry did not answer a request for comment.",
];

fn article(n: usize) -> String {
    let paragraphs = (0..8).map(|k| PARAGRAPHS[(n * 7 + k * 3 + n / 5) % PARAGRAPHS.len()]);
    format!("{}\n\n{n}\n", paragraphs.collect::<Vec<_>>().join("\n\n"))
}

/// Writes a project whose every article has three annotations by one annotator.
fn make(root: &Path, articles: usize) -> Project {
    let project = Project::create(root, &ProjectFile::default(), None).expect("writable");
    let schema = schema_file::default_schema();
    for n in 0..articles {
        let name = format!("{:03}/report-{n:06}.txt", n / 1_000);
        let (path, annotations) = (project.article(&name), project.annotations("amal", &name));
        if n.is_multiple_of(1_000) {
            fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            fs::create_dir_all(annotations.parent().expect("a folder")).expect("writable");
        }
        let text = article(n);
        fs::write(&path, &text).expect("writable");
        fs::write(&annotations, annotated(&name, text, &schema)).expect("writable");
    }
    project
}

fn annotated(name: &str, text: String, schema: &hashiya::model::Schema) -> String {
    let identity = ArticleIdentity {
        file_name: name.rsplit('/').next().unwrap_or(name).into(),
        sha256: "00".repeat(32).into(),
        encoding: TextEncoding::UTF_8,
    };
    let mut document = Document::new(SourceText::new(text), identity);
    for (label, word) in [("PERS", "سامر الحداد"), ("GPE", "مسقط"), ("LOC", "Orsa Valley")] {
        let Some(start) = document.source().as_str().find(word) else { continue };
        let range = TextRange::from_indices(start, start + word.len());
        let at = Timestamp::from_millis(1_700_000_000_000);
        let annotation = Annotation {
            id: document.fresh_annotation_id(),
            body: Body::Entity(Entity {
                label: label.into(),
                fragments: Fragments::single(range).expect("not empty"),
            }),
            attributes: std::collections::BTreeMap::new(),
            note: "".into(),
            origin: Origin::Human,
            created: at,
            modified: at,
            unknown: UnknownFields::NONE,
        };
        document.apply(&Transaction::new("Tag", vec![Edit::Insert(annotation)])).expect("fits");
    }
    annotation_file::save(&document, "amal", schema.name()).expect("writable")
}

fn session() -> Session {
    let started = Instant::now();
    Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings: Settings { annotator: "amal".to_owned(), ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(move || {
            let passed = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(1_700_000_000_000 + passed)
        }),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: None,
        data_dir: None,
    })
}

/// Does something and waits until another article is open.
fn until_open(session: &mut Session, act: impl FnOnce(&mut Session)) -> Duration {
    let (began, before) = (Instant::now(), session.generation());
    act(session);
    while session.generation() == before {
        session.poll();
        assert!(!session.notice().is_some_and(|notice| notice.is_error), "{:?}", session.notice());
        std::thread::sleep(Duration::from_micros(100));
    }
    began.elapsed()
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "  {what:<46} {:>9.3} {:>9.3}  ({})",
        ms(times[times.len() / 2]),
        ms(times[times.len() - 1]),
        times.len()
    );
}

/// The most memory that the process has held, in megabytes; 0 where the system does not say.
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1_024
}

fn run(session: &mut Session, command: Command) {
    let nothing = Segmentation::new(&SourceText::new(""));
    session.run(command, Variant::default(), &ParagraphLines(&nothing));
}

fn main() {
    let articles = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ARTICLES);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().join("project");
    let project = make(&root, articles);
    println!("A project of {articles} articles, all annotated:");
    let opened = (0..3).map(|_| {
        until_open(&mut session(), |session| {
            session.perform(Action::OpenPath(root.clone(), None));
        })
    });
    print("opened, until its article is there", opened.collect());
    let mut session = session();
    until_open(&mut session, |session| session.perform(Action::OpenPath(root.clone(), None)));
    let steps = (0..STEPS.min(articles - 1))
        .map(|_| until_open(&mut session, |session| run(session, Command::NextArticle)));
    print("the next article", steps.collect());
    let done = (0..STEPS.min(articles / 4))
        .map(|_| until_open(&mut session, |session| run(session, Command::MarkDone)));
    print("done, and the next that waits", done.collect());
    let filters = ["1", "12", "report-0", "الحداد", ""].map(|text| {
        let filter = QueueFilter { text: text.to_owned(), ..QueueFilter::default() };
        let began = Instant::now();
        session.perform(Action::FilterQueue(filter));
        began.elapsed()
    });
    print("the queue filtered, on the thread that draws", filters.to_vec());
    session.settle();
    println!("  memory so far: {} MB", peak_mb());
    for name in ["jsonl", "parquet"] {
        let Ok(format) = format(name) else { continue };
        let request = DatasetRequest {
            paths: vec![project.root().to_owned()],
            formats: vec![format],
            options: ExportOptions::default(),
            out: folder.path().join(name),
            selection: Selection::default(),
            split: None,
            open: OpenOptions::default(),
            annotator: "amal".into(),
        };
        let began = Instant::now();
        let dataset = Dataset::write(&request, session.schema(), &mut |_, _| true).expect("writable");
        let dataset = dataset.expect("not ended");
        let count = dataset.articles;
        dataset.commit().expect("writable");
        println!(
            "  {count} articles exported to {name} in {:.1} s; memory so far: {} MB",
            began.elapsed().as_secs_f64(),
            peak_mb()
        );
    }
}
