//! The session as its users see it: commands in, documents and files out.

mod carry;
mod files;
mod find;
mod history;
mod keeping;
mod merging;
mod opening;
mod project;
mod rules;

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::formats::schema_file;
use crate::model::{
    AnnotationId, Body, Claim, Entity, Explanation, Fragments, Origin, RoleFiller, RoleId, Suggestion,
};
use crate::text::{ByteOffset, Direction, TextRange};

const TEXT: &str = "لقاء في مسقط.. عودة الوفدين\n\n\
    التقى سامر الحداد وريم القصاب في مسقط أمس.\n\
    وقال سامر الحداد إن الاتفاق سيوقع قريباً في مسقط.\n";

struct Bench {
    session: Session,
    folder: tempfile::TempDir,
}

fn session(data_dir: Option<PathBuf>) -> Session {
    session_of(schema_file::default_schema(), data_dir)
}

fn session_of(schema: Schema, data_dir: Option<PathBuf>) -> Session {
    session_with(schema, data_dir, None)
}

fn session_with(schema: Schema, data_dir: Option<PathBuf>, state_dir: Option<PathBuf>) -> Session {
    Session::new(Setup {
        schema: Arc::new(schema),
        settings: Settings::default(),
        keymap: Keymap::new(&std::collections::BTreeMap::new()).expect("no clash"),
        clock: Arc::new(|| Timestamp::from_millis(1_700_000_000_000)),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir,
        data_dir,
    })
}

/// A folder that goes with its value.
type Folder = tempfile::TempDir;

/// Returns an empty folder.
fn folder() -> Folder {
    tempfile::tempdir().expect("a temporary folder")
}

/// A session with nothing open, and an article for it in a folder that goes with the last value.
fn with_article() -> (Session, PathBuf, Folder) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("article.txt");
    crate::store::write(&path, TEXT.as_bytes(), None).expect("writable");
    (session(None), path, folder)
}

fn suggestion(body: Body) -> Suggestion {
    Suggestion {
        body,
        attributes: std::collections::BTreeMap::new(),
        rule: "test/rule".into(),
        pack: "test@1".into(),
        confidence: 0.9,
        why: "a test".into(),
        explanation: Explanation::default(),
    }
}

impl Bench {
    fn open(text: &str) -> Self {
        Self::open_with(schema_file::default_schema(), text)
    }

    fn open_with(schema: Schema, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("article.txt");
        crate::store::write(&path, text.as_bytes(), None).expect("writable");
        let mut bench = Self { session: session_of(schema, Some(folder.path().join("data"))), folder };
        bench.session.perform(Action::OpenPath(path, None));
        bench.session.settle();
        bench.session.take_requests();
        assert!(bench.session.editor().is_some(), "{:?}", bench.session.notice());
        // The tests below bring their own suggestions.
        bench.suggest(Vec::new());
        bench
    }

    fn editor(&self) -> &Editor {
        self.session.editor().expect("an article is open")
    }

    fn suggest(&mut self, suggestions: Vec<Suggestion>) {
        self.session.open.as_mut().expect("open").editor.set_suggestions(suggestions);
    }

    fn range(&self, part: &str, nth: usize) -> TextRange {
        let text = self.editor().document().source().as_str();
        let (at, part) = text.match_indices(part).nth(nth).expect("a part of the text");
        TextRange::from_indices(at, at + part.len())
    }

    fn fragments(&self, part: &str, nth: usize) -> Fragments {
        Fragments::single(self.range(part, nth)).expect("not empty")
    }

    fn mention(&self, label: &str, part: &str, nth: usize) -> Suggestion {
        suggestion(Body::Entity(Entity { label: label.into(), fragments: self.fragments(part, nth) }))
    }

    fn claim(&self, content: &str, source: &str, cue: &str) -> Suggestion {
        let span = |part| vec![RoleFiller::Span(self.fragments(part, 0))];
        let roles = [(RoleId::from("SOURCE"), span(source)), (RoleId::from("CUE"), span(cue))];
        suggestion(Body::Claim(Claim {
            label: "CLAIM".into(),
            content: self.fragments(content, 0),
            roles: roles.into_iter().collect(),
        }))
    }

    fn select(&mut self, part: &str, nth: usize) {
        let range = self.range(part, nth);
        self.session.perform(Action::Select(Selection::of(range)));
    }

    fn keys(&mut self, chords: &str) {
        let segmentation = Arc::clone(self.editor().segmentation());
        for chord in chords.split_whitespace() {
            let key = self.session.key(chord.parse().expect("a chord"));
            let key = key.unwrap_or_else(|| panic!("{chord} means nothing"));
            self.session.run_key(key, &ParagraphLines(&segmentation));
        }
    }

    /// The annotations as `LABEL text`.
    fn tagged(&self) -> Vec<String> {
        let document = self.editor().document();
        let show = |a: &Arc<crate::model::Annotation>| {
            let pieces: Vec<_> =
                a.body.fragments().ranges().iter().map(|r| document.source().slice(*r)).collect();
            format!("{} {}", a.body.label(), pieces.join("…"))
        };
        document.annotations().iter().map(show).collect()
    }

    fn pending(&self) -> Vec<String> {
        let text = |p: &Pending| self.editor().document().source().slice(p.fragments().first()).to_owned();
        self.editor().queue().pending().iter().map(text).collect()
    }

    fn saved(&self) -> String {
        let path = self.session.annotations_path().expect("open");
        String::from_utf8(crate::store::read_for_tests(path)).expect("UTF-8")
    }

    fn notice(&self) -> &str {
        self.session.notice().map_or("", |notice| notice.text.as_str())
    }
}

#[test]
fn a_label_key_tags_the_selection_and_undo_takes_it_back() {
    let mut bench = Bench::open(TEXT);
    let before = bench.editor().document().clone();
    bench.select("سامر الحداد", 0);
    bench.keys("1");
    assert_eq!(bench.tagged(), ["PERS سامر الحداد"]);
    bench.keys("Ctrl+Z");
    assert_eq!(*bench.editor().document(), before);
    bench.keys("Ctrl+Shift+Z");
    assert_eq!(bench.tagged(), ["PERS سامر الحداد"]);
}

#[test]
fn a_label_key_relabels_the_focused_annotation() {
    let mut bench = Bench::open(TEXT);
    bench.select("مسقط", 0);
    bench.keys("1 3");
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
    assert_eq!(bench.editor().document().annotations().len(), 1);
}

#[test]
fn the_same_is_not_tagged_twice() {
    let mut bench = Bench::open(TEXT);
    for _ in 0..2 {
        bench.select("مسقط", 0);
        bench.keys("3");
    }
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
    assert_eq!(bench.notice(), "That is tagged as GPE already");
}

#[test]
fn a_selection_with_blanks_at_its_edges_is_trimmed() {
    let mut bench = Bench::open(TEXT);
    bench.select(" سامر الحداد ", 0);
    bench.keys("1");
    assert_eq!(bench.tagged(), ["PERS سامر الحداد"]);
}

#[test]
fn review_by_keys_accepts_rejects_skips_and_goes_on_in_reading_order() {
    let mut bench = Bench::open(TEXT);
    let all = vec![
        bench.mention("PERS", "سامر الحداد", 1),
        bench.mention("GPE", "مسقط", 0),
        bench.mention("PERS", "سامر الحداد", 0),
        bench.mention("PERS", "ريم القصاب", 0),
        bench.mention("GPE", "مسقط", 1),
    ];
    bench.suggest(all);
    bench.keys("Tab Space X S");
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
    assert_eq!(bench.pending(), ["ريم القصاب", "مسقط", "سامر الحداد"]);
    let focused = bench.editor().focused_suggestion().expect("focused").fragments().first();
    assert_eq!(focused, bench.range("مسقط", 1));
    bench.keys("Ctrl+Z");
    assert_eq!(
        bench.pending(),
        ["سامر الحداد", "ريم القصاب", "مسقط", "سامر الحداد"],
        "the rejection is undone"
    );
    bench.keys("Ctrl+Z");
    assert_eq!(bench.pending().len(), 5, "the acceptance is undone");
    assert!(bench.tagged().is_empty());
}

#[test]
fn a_label_key_on_a_suggestion_accepts_it_as_that_label() {
    let mut bench = Bench::open(TEXT);
    let suggestion = bench.mention("ORG", "مسقط", 0);
    let key = suggestion.key();
    bench.suggest(vec![suggestion]);
    bench.keys("Tab 3");
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
    let decided = bench.editor().document().decision(&key).expect("decided");
    assert_eq!(decided.decision, crate::model::Decision::Accepted(AnnotationId::FIRST));
}

#[test]
fn mended_edges_are_what_is_accepted() {
    let mut bench = Bench::open(TEXT);
    let suggestion = bench.mention("PERS", "سامر", 0);
    bench.suggest(vec![suggestion]);
    bench.keys("Tab { Space");
    assert_eq!(bench.tagged(), ["PERS سامر الحداد"]);
    assert!(bench.pending().is_empty());
}

#[test]
fn an_edge_of_an_annotation_stops_behind_a_proclitic() {
    let mut bench = Bench::open(TEXT);
    bench.select("وريم القصاب", 0);
    bench.keys("1 ]");
    assert_eq!(bench.tagged(), ["PERS ريم القصاب"]);
    bench.keys("[ Alt+]");
    assert_eq!(bench.tagged(), ["PERS ريم القصاب"]);
}

#[test]
fn a_hand_made_mention_answers_the_suggestion_for_the_same_text() {
    let mut bench = Bench::open(TEXT);
    let all = vec![bench.mention("PERS", "الحداد", 0), bench.mention("GPE", "مسقط", 0)];
    bench.suggest(all);
    bench.select("سامر الحداد", 0);
    bench.keys("1");
    assert_eq!(bench.pending(), ["مسقط"]);
}

#[test]
fn a_claim_is_made_with_content_source_and_cue() {
    let mut bench = Bench::open(TEXT);
    bench.select("سامر الحداد", 1);
    bench.keys("1");
    bench.select("الاتفاق سيوقع قريباً في مسقط", 0);
    bench.keys("C");
    bench.select("سامر الحداد", 1);
    bench.keys("Alt+2");
    bench.select("قال", 0);
    bench.keys("Alt+3");
    let claim = bench.editor().focused_claim().expect("the claim keeps the focus");
    let claim = claim.body.as_claim().expect("a claim");
    assert_eq!(claim.role(RoleId::SOURCE), [RoleFiller::Entity(AnnotationId::FIRST)]);
    assert_eq!(claim.role(RoleId::CUE), [RoleFiller::Span(bench.fragments("قال", 0))]);
}

#[test]
fn the_second_claim_label_of_a_schema_makes_claims_of_its_own() {
    let default = schema_file::default_schema();
    let mut labels = default.labels().to_vec();
    let mut denial = default.claim_label().expect("claims").clone();
    denial.id = "DENIAL".into();
    denial.keys = Vec::new();
    labels.push(denial);
    let (attributes, roles) = (default.attributes().to_vec(), default.roles().to_vec());
    let schema = Schema::new("two kinds", labels, attributes, roles, default.relations().to_vec());
    let mut bench = Bench::open_with(schema.expect("a good schema"), TEXT);
    bench.select("الاتفاق سيوقع", 0);
    bench.session.perform(Action::ApplyLabel("DENIAL".into()));
    assert_eq!(bench.tagged(), ["DENIAL الاتفاق سيوقع"]);
}

#[test]
fn a_claim_is_made_of_the_cue_under_the_cursor() {
    let mut bench = Bench::open(TEXT);
    let at = bench.range("وقال", 0).start();
    bench.session.perform(Action::Select(Selection::cursor(at)));
    bench.keys("C");
    assert_eq!(bench.tagged(), ["CLAIM سامر الحداد إن الاتفاق سيوقع قريباً في مسقط"]);
    bench.keys("Ctrl+Z");
    let claim = bench.claim("الاتفاق سيوقع قريباً في مسقط", "ريم القصاب", "وقال");
    bench.suggest(vec![claim]);
    bench.session.perform(Action::Select(Selection::cursor(at)));
    bench.keys("C");
    assert_eq!(bench.tagged(), ["CLAIM الاتفاق سيوقع قريباً في مسقط"], "the suggestion knows better");
}

#[test]
fn removing_a_source_keeps_its_span_in_the_claim() {
    let mut bench = Bench::open(TEXT);
    bench.select("سامر الحداد", 1);
    bench.keys("1");
    let claim = bench.claim("الاتفاق سيوقع قريباً في مسقط", "سامر الحداد", "قال");
    bench.suggest(vec![claim]);
    bench.keys("Tab Space");
    bench.session.perform(Action::Focus(Focus::Annotation(AnnotationId::FIRST)));
    bench.keys("Delete");
    assert_eq!(bench.tagged(), ["CLAIM الاتفاق سيوقع قريباً في مسقط"]);
    bench.keys("Ctrl+Z");
    assert_eq!(bench.tagged().len(), 2);
}

#[test]
fn a_further_piece_makes_a_discontinuous_span() {
    let mut bench = Bench::open(TEXT);
    bench.select("سامر", 0);
    bench.keys("1");
    bench.select("القصاب", 0);
    bench.keys("Ctrl+Enter");
    assert_eq!(bench.tagged(), ["PERS سامر…القصاب"]);
}

#[test]
fn all_mentions_are_tagged_in_one_transaction() {
    let mut bench = Bench::open(TEXT);
    bench.select("مسقط", 1);
    bench.keys("3 A");
    bench.session.settle();
    let request = bench.session.take_requests().pop();
    let Some(Request::Mentions { label, places }) = request else { panic!("{request:?}") };
    assert_eq!((label.as_str(), places.len()), ("GPE", 3));
    bench.session.perform(Action::TagMentions(label, places));
    assert_eq!(bench.tagged(), ["GPE مسقط", "GPE مسقط", "GPE مسقط"]);
    bench.keys("Ctrl+Z");
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
}

#[test]
fn five_hundred_tagged_mentions_are_one_undo() {
    let text = "وصل سامر. ".repeat(500);
    let mut bench = Bench::open(&text);
    bench.select("سامر", 0);
    bench.keys("A");
    bench.session.settle();
    let Some(Request::Mentions { label, places }) = bench.session.take_requests().pop() else {
        panic!("asks")
    };
    bench.session.perform(Action::TagMentions(label, places));
    assert_eq!(bench.tagged().len(), 500);
    bench.keys("Ctrl+Z");
    assert!(bench.tagged().is_empty());
}

#[test]
fn left_goes_forward_in_an_arabic_article() {
    let mut bench = Bench::open(TEXT);
    bench.keys("Left");
    assert_eq!(bench.editor().selection().head, bench.range("لقاء", 0).end());
    bench.keys("Shift+Left");
    assert_eq!(bench.editor().selection().range(), {
        TextRange::new(bench.range("لقاء", 0).end(), bench.range("في", 0).end())
    });
    bench.keys("Right Alt+Left");
    assert_eq!(bench.editor().selection().head.get(), bench.range("في", 0).start().get() + 2);
}

#[test]
fn a_decision_that_answers_an_earlier_suggestion_too_skips_none() {
    let mut bench = Bench::open(TEXT);
    let all = vec![
        bench.mention("PERS", "سامر الحداد", 0),
        bench.mention("PERS", "الحداد", 0),
        bench.mention("PERS", "ريم القصاب", 0),
        bench.mention("GPE", "مسقط", 1),
    ];
    bench.suggest(all);
    bench.session.perform(Action::Focus(Focus::Suggestion(bench.mention("PERS", "الحداد", 0).key())));
    bench.keys("Space");
    assert_eq!(bench.pending(), ["ريم القصاب", "مسقط"]);
    let focused = bench.editor().focused_suggestion().expect("focused").fragments().first();
    assert_eq!(focused, bench.range("ريم القصاب", 0));
}

#[test]
fn a_quote_has_the_direction_of_its_paragraph() {
    let bench = Bench::open("Port Authority\nقالت Port Authority إن\n1999\nوصل الوفد إلى المدينة مساء أمس\n");
    let direction = |at: usize| bench.editor().direction_at(ByteOffset::from_index(at));
    let second = "Port Authority\nقالت ".len();
    assert_eq!(direction(0), Direction::Ltr);
    assert_eq!(direction(second), Direction::Rtl, "though the quote begins with a Latin name");
    let third = bench.editor().document().source().as_str().find("1999").expect("in the text");
    assert_eq!(direction(third), Direction::Rtl, "a paragraph without letters has that of the article");
}

/// Four sessions in which every command is tried: nothing open, a fresh article, one with a focused suggestion, one
/// with a focused claim and a selection.
fn canonical_sessions() -> Vec<Bench> {
    let empty = Bench { session: session(None), folder: tempfile::tempdir().expect("a temporary folder") };
    let fresh = Bench::open(TEXT);
    let mut reviewing = Bench::open(TEXT);
    let suggestions = vec![reviewing.mention("GPE", "مسقط", 0), reviewing.mention("PERS", "ريم القصاب", 0)];
    reviewing.suggest(suggestions);
    reviewing.keys("Tab");
    let mut claiming = Bench::open(TEXT);
    claiming.select("الاتفاق سيوقع", 0);
    claiming.keys("C");
    claiming.select("سامر الحداد", 1);
    vec![empty, fresh, reviewing, claiming]
}

#[test]
fn every_command_runs_or_says_why_and_undo_restores_what_it_changed() {
    for row in COMMANDS {
        for mut bench in canonical_sessions() {
            let segmentation =
                bench.session.editor().map(|e| Arc::clone(e.segmentation())).unwrap_or_default();
            let before = bench.session.editor().map(|e| (e.document().clone(), e.history().revision()));
            let available = (row.available)(&bench.session);
            bench.session.dismiss_notice();
            for variant in [Variant::default(), Variant { extend: true, fine: true }] {
                bench.session.run(row.command, variant, &ParagraphLines(&segmentation));
            }
            if let Err(Unavailable(reason)) = available {
                assert!(!reason.is_empty(), "{}", row.id);
                assert!(bench.session.notice().is_some(), "{} is silent", row.id);
            }
            bench.session.settle();
            let Some((document, revision)) = before else { continue };
            // Undo and redo are what is tested with; opening something else has its own tests.
            if matches!(row.command, Command::Undo | Command::Redo) {
                continue;
            }
            for _ in 0..4 {
                if bench.editor().history().revision() == revision {
                    break;
                }
                bench.keys("Ctrl+Z");
            }
            assert_eq!(*bench.editor().document(), document, "{}", row.id);
        }
    }
}

#[test]
fn human_marks_are_human_and_accepted_ones_name_their_rule() {
    let mut bench = Bench::open(TEXT);
    let suggestion = bench.mention("GPE", "مسقط", 0);
    bench.suggest(vec![suggestion]);
    bench.keys("Tab Space");
    bench.select("ريم القصاب", 0);
    bench.keys("1");
    let origins: Vec<_> = bench.editor().document().annotations().iter().map(|a| a.origin.clone()).collect();
    let rule = Origin::Rule { rule: "test/rule".into(), pack: "test@1".into() };
    assert_eq!(origins, [rule, Origin::Human]);
}

#[test]
fn the_cursor_keeps_its_place_when_a_mark_is_made() {
    let mut bench = Bench::open(TEXT);
    bench.select("ريم القصاب", 0);
    let head = bench.editor().selection().head;
    bench.keys("1");
    assert_eq!(bench.editor().selection(), Selection::cursor(head));
    assert_ne!(head, ByteOffset::ZERO);
}

#[test]
fn a_name_that_was_tagged_is_suggested_in_the_next_article() {
    let mut bench = Bench::open(TEXT);
    bench.select("ريم القصاب", 0);
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.dictionary().map(|names| names.names().len()), Some(1));
    let other = bench.folder.path().join("other.txt");
    crate::store::write(&other, "ثم غادرت وريم القصاب صامتة.".as_bytes(), None).expect("writable");
    bench.session.perform(Action::OpenPath(other, None));
    bench.session.settle();
    let learned = |bench: &Bench| -> Vec<String> {
        let pending = bench.editor().queue().pending().iter();
        let own = pending.filter(|p| &*p.suggestion.rule == crate::rules::DICTIONARY_RULE);
        own.map(|p| p.suggestion.why.to_string()).collect()
    };
    assert_eq!(learned(&bench), ["you tagged this once as PERS"]);
    let name = bench.session.dictionary().and_then(|names| names.names().next()).expect("learned").clone();
    bench.session.perform(Action::Silence(Box::new(name), "PERS".into()));
    bench.session.settle();
    assert!(learned(&bench).is_empty(), "it was silenced");
}

#[test]
fn what_is_undone_is_not_learned_and_nothing_is_where_learning_is_off() {
    let mut bench = Bench::open(TEXT);
    bench.select("ريم القصاب", 0);
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    bench.keys("Ctrl+Z Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.dictionary().map(|names| names.names().len()), Some(0));
    bench.session.perform(Action::View(ViewChange::Learn));
    bench.select("ريم القصاب", 0);
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.dictionary().map(|names| names.names().len()), Some(0));
}

/// A project with an article in which the shipped rules find something, and what the rules suggest there.
fn project(text: &str) -> (Bench, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    crate::store::write(&folder.path().join("hashiya.ron"), b"()", None).expect("writable");
    let path = folder.path().join("article.txt");
    crate::store::write(&path, text.as_bytes(), None).expect("writable");
    let rules = folder.path().join("rules");
    let mut bench = Bench { session: session(None), folder };
    bench.session.perform(Action::OpenPath(path, None));
    bench.session.settle();
    bench.session.take_requests();
    (bench, rules)
}

#[test]
fn legacy_bytes_are_offered_in_their_encoding() {
    let mut bench = Bench::open(TEXT);
    let path = bench.folder.path().join("old.txt");
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(TEXT);
    crate::store::write(&path, &bytes, None).expect("writable");
    bench.session.perform(Action::OpenPath(path.clone(), None));
    bench.session.settle();
    let asked = bench.session.take_requests();
    let Some(Request::ConfirmEncoding { guess, .. }) = asked.first() else { panic!("{asked:?}") };
    bench.session.perform(Action::OpenPath(path, Some(*guess)));
    bench.session.settle();
    assert_eq!(bench.editor().document().source().as_str(), TEXT);
}
