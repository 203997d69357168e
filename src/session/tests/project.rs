//! Projects: made of a folder, gone through, taken up again.

use super::*;
use crate::formats::project_file::ProjectFile;
use crate::model::{ProgressMark, ProgressStatus};
use crate::store::{self, Project};

const DONE: ProgressStatus = ProgressStatus::Marked(ProgressMark::Done);

/// A project of three articles that a session has open.
struct ProjectBench {
    session: Session,
    folder: Folder,
}

impl ProjectBench {
    fn new() -> Self {
        let folder = folder();
        for (name, text) in [("a.txt", TEXT), ("b.txt", "وصل سامر الحداد."), ("c.txt", "نص آخر")]
        {
            store::write(&folder.path().join(name), text.as_bytes(), None).expect("writable");
        }
        let mut bench = Self { session: session(None), folder };
        bench.session.perform(Action::OpenPath(bench.folder.path().to_owned(), None));
        bench.session.settle();
        bench
    }

    fn make(&mut self) {
        let root = self.folder.path().to_owned();
        let file = ProjectFile { articles: ".".into(), ..ProjectFile::default() };
        self.session.perform(Action::CreateProject(Box::new(NewProject { root, file, copy_from: None })));
        self.session.settle();
        self.session.settle();
    }

    /// Starts again, as the next day.
    fn again(&mut self) {
        self.session.perform(Action::Quit);
        self.session.settle();
        self.session = session(None);
        self.session.perform(Action::OpenPath(self.folder.path().to_owned(), None));
        self.session.settle();
    }

    fn run(&mut self, command: Command) {
        let nothing = Segmentation::new(&SourceText::new(""));
        self.session.run(command, Variant::default(), &ParagraphLines(&nothing));
        self.session.settle();
    }

    fn tag(&mut self, part: &str) {
        let source = self.session.editor().expect("open").document().source().clone();
        let at = source.as_str().find(part).expect("a part of the text");
        let range = TextRange::from_indices(at, at + part.len());
        self.session.perform(Action::Select(Selection::of(range)));
        self.session.perform(Action::ApplyLabel("PERS".into()));
        self.session.settle();
    }

    fn here(&self) -> &str {
        self.session.queue().here().map_or("", |entry| &entry.name)
    }

    fn status(&self, name: &str) -> ProgressStatus {
        self.session.queue().entry(name).expect("an article").status
    }
}

#[test]
fn a_folder_becomes_a_project_and_annotations_go_to_their_annotator() {
    let mut bench = ProjectBench::new();
    assert!(bench.session.project().is_none());
    bench.make();
    assert_eq!((bench.session.queue().len(), bench.here()), (3, "a.txt"));
    bench.tag("سامر الحداد");
    let annotator = bench.session.annotator();
    let project = bench.session.project().expect("a project").clone();
    assert_eq!(bench.session.annotations_path(), Some(&*project.annotations(&annotator, "a.txt")));
    assert_eq!(bench.status("a.txt"), ProgressStatus::InProgress);
    assert_eq!(project.annotated(&annotator), ["a.txt"]);
}

#[test]
fn done_goes_on_to_what_waits_and_said_again_takes_it_back() {
    let mut bench = ProjectBench::new();
    bench.make();
    bench.run(Command::MarkDone);
    assert_eq!((bench.here(), bench.status("a.txt")), ("b.txt", DONE));
    assert!(bench.session.notice().is_some_and(|notice| notice.text.contains("is done")));
    bench.run(Command::MarkSkipped);
    bench.run(Command::MarkFlagged);
    assert_eq!(bench.here(), "c.txt");
    assert_eq!(bench.status("c.txt"), ProgressStatus::Marked(ProgressMark::Flagged));
    bench.run(Command::MarkFlagged);
    assert_eq!(bench.status("c.txt"), ProgressStatus::New);
    bench.run(Command::MarkDone);
    assert_eq!(bench.here(), "c.txt", "nothing else waits");
    bench.again();
    assert_eq!(
        (bench.status("a.txt"), bench.status("b.txt")),
        (DONE, ProgressStatus::Marked(ProgressMark::Skipped))
    );
}

#[test]
fn the_work_goes_on_at_the_exact_spot() {
    let mut bench = ProjectBench::new();
    bench.make();
    bench.session.perform(Action::OpenArticle("b.txt".into()));
    bench.session.settle();
    bench.session.perform(Action::Select(Selection::cursor(ByteOffset::from_index(9))));
    bench.again();
    assert_eq!(bench.here(), "b.txt");
    assert_eq!(bench.session.editor().expect("open").selection().head, ByteOffset::from_index(9));
}

#[test]
fn a_project_with_a_schema_of_its_own_uses_it_and_leaves_it_behind() {
    let mut bench = ProjectBench::new();
    let schema = schema_file::tests::SMALL;
    store::write(&bench.folder.path().join("schema.ron"), schema.as_bytes(), None).expect("writable");
    let file = ProjectFile { articles: ".".into(), schema: "schema.ron".into(), ..ProjectFile::default() };
    Project::create(bench.folder.path(), &file, None).expect("writable");
    let own = Arc::clone(bench.session.schema());
    bench.session.perform(Action::OpenPath(bench.folder.path().join("c.txt"), None));
    bench.session.settle();
    bench.again();
    assert_ne!(bench.session.schema().name(), own.name());
    bench.tag("سامر الحداد");
    let saved = bench.session.annotations_path().expect("open").to_owned();
    let saved = String::from_utf8(store::read_for_tests(&saved)).expect("UTF-8");
    assert!(saved.contains(&format!("\"{}\"", bench.session.schema().name())), "{saved}");
    let elsewhere = folder();
    let article = elsewhere.path().join("x.txt");
    store::write(&article, TEXT.as_bytes(), None).expect("writable");
    bench.session.perform(Action::OpenPath(article, None));
    bench.session.settle();
    assert_eq!(bench.session.schema().name(), own.name());
    assert!(bench.session.project().is_none());
}

#[test]
fn an_article_that_is_named_in_a_roundabout_way_has_its_place_in_the_queue() {
    let mut bench = ProjectBench::new();
    bench.make();
    bench.session = session(None);
    let roundabout = bench.folder.path().join(".").join("..");
    let name = bench.folder.path().file_name().expect("a name").to_owned();
    bench.session.perform(Action::OpenPath(roundabout.join(name).join("b.txt"), None));
    bench.session.settle();
    assert_eq!(bench.here(), "b.txt");
    bench.run(Command::NextArticle);
    assert_eq!(bench.here(), "c.txt");
}

#[test]
fn another_annotator_begins_with_nothing_and_finds_their_own_again() {
    let mut bench = ProjectBench::new();
    bench.make();
    bench.tag("سامر الحداد");
    let count = |bench: &ProjectBench| bench.session.editor().expect("open").document().annotations().len();
    let as_annotator = |bench: &mut ProjectBench, name: &str| {
        bench.session.perform(Action::View(ViewChange::Annotator(name.into())));
        bench.session.settle();
        bench.session.settle();
    };
    let first = bench.session.annotator();
    as_annotator(&mut bench, "badr");
    assert_eq!((count(&bench), bench.status("a.txt")), (0, ProgressStatus::New));
    assert!(
        bench.session.annotations_path().is_some_and(|path| path.ends_with("annotations/badr/a.txt.ron"))
    );
    as_annotator(&mut bench, &first);
    assert_eq!((count(&bench), bench.status("a.txt")), (1, ProgressStatus::InProgress));
}

#[test]
fn what_annotators_do_not_agree_on_is_listed_with_its_words_and_opened_there() {
    let mut bench = ProjectBench::new();
    bench.make();
    bench.tag("سامر الحداد");
    bench.session.perform(Action::View(ViewChange::Annotator("badr".into())));
    bench.session.settle();
    bench.session.settle();
    bench.tag("ريم القصاب");
    bench.session.perform(Action::ShowAgreement);
    for _ in 0..500 {
        bench.session.settle();
        if bench.session.take_requests().contains(&Request::Agreement) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
        bench.session.poll();
    }
    let agreement = Arc::clone(bench.session.agreement().expect("compared"));
    let layer = &agreement.report.all().expect("a pair").layers[0];
    assert_eq!(layer.total.exact.f1(), Ok(0.0));
    let words: Vec<&str> = layer
        .differences
        .iter()
        .flat_map(|difference| {
            [&difference.first, &difference.second]
                .into_iter()
                .flatten()
                .map(|spot| (difference.article, spot))
        })
        .map(|(article, spot)| agreement.quote(article, &spot.fragments))
        .collect();
    assert_eq!(words, ["سامر الحداد", "ريم القصاب"]);
    bench.session.perform(Action::OpenArticle("c.txt".into()));
    bench.session.settle();
    let spot = layer.differences[0].first.as_ref().or(layer.differences[0].second.as_ref()).expect("a span");
    let (start, end) = (spot.fragments.start().get(), spot.fragments.end().get());
    bench.session.perform(Action::OpenAt("a.txt".into(), start, end));
    bench.session.settle();
    let editor = bench.session.editor().expect("open");
    assert_eq!(editor.document().source().slice(editor.selection().range()), "سامر الحداد");
}

#[test]
fn the_queue_is_ordered_by_what_was_counted() {
    let mut bench = ProjectBench::new();
    bench.make();
    let annotator = bench.session.annotator();
    let project = bench.session.project().expect("a project").clone();
    bench.tag("سامر الحداد");
    // Another annotator found nothing in it.
    let document = bench.session.editor().expect("open").document();
    let empty = crate::model::Document::new(document.source().clone(), document.article().clone());
    let path = project.annotations("badr", "a.txt");
    store::make_folder(path.parent().expect("a folder")).expect("writable");
    store::save(&path, &empty, "badr", bench.session.schema(), None).expect("writable");
    bench.session.perform(Action::OrderQueue(QueueOrder::Disagreement));
    for _ in 0..500 {
        bench.session.poll();
        if bench.session.surveyed() == Some(3) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let counts = bench.session.queue().entry("a.txt").expect("an article").counts;
    assert_eq!(counts.differing, Some(1), "{annotator} and badr");
    assert!(counts.undecided.is_some_and(|undecided| undecided > 0), "the rules find something: {counts:?}");
    assert_eq!(bench.session.queue().entry("b.txt").expect("an article").counts.differing, None);
    assert_eq!(bench.session.queue().visible(0).map(|entry| &*entry.name), Some("a.txt"));
}
