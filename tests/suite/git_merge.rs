//! Annotation files of two clones, merged by the real `git`, which knows nothing of them.
//!
//! Skips where there is no `git`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use hashiya::formats::annotation_file::AnnotationFileError;
use hashiya::formats::schema_file;
use hashiya::model::{
    Annotation, AnnotationId, AttributeValue, Body, Claim, Decision, DecisionRecord, Document, Edit, Entity,
    Fragments, LabelId, Origin, Relation, RoleFiller, RoleId, Schema, SuggestionKey, Timestamp, Transaction,
    UnknownFields,
};
use hashiya::session::{Keymap, Session, Setup};
use hashiya::store::{self, OpenOptions, Opened, Settings, StoreError};
use hashiya::text::TextRange;

static ARTICLE: &str = include_str!("../../assets/examples/sarian-strait.ar.txt");

fn schema() -> Schema {
    schema_file::default_schema()
}

#[expect(clippy::print_stdout, reason = "who runs the tests is told what was not tried")]
fn has_git() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: there is no git");
    }
    found
}

/// A clone of the project, with the article opened and annotated in it.
struct Clone {
    folder: PathBuf,
    opened: Opened,
    /// Its clock, in milliseconds.
    now: i64,
}

impl Clone {
    fn git(&self, arguments: &[&str]) -> Output {
        git(&self.folder, arguments)
    }

    fn article(&self) -> PathBuf {
        self.folder.join("strait.txt")
    }

    fn open(folder: PathBuf, now: i64) -> Self {
        let opened = store::open(&folder.join("strait.txt"), OpenOptions::default(), &schema());
        Self { folder, opened: opened.expect("an article"), now }
    }

    fn document(&self) -> &Document {
        &self.opened.document
    }

    fn apply(&mut self, edits: Vec<Edit>) {
        self.opened.document.apply(&Transaction::new("a change", edits)).expect("it fits");
        self.now += 1_000;
    }

    /// Adds an annotation and returns its id.
    fn add(&mut self, body: Body) -> AnnotationId {
        let id = self.document().fresh_annotation_id();
        let at = Timestamp::from_millis(self.now);
        self.apply(vec![Edit::Insert(Annotation {
            id,
            body,
            attributes: BTreeMap::new(),
            note: Arc::from(""),
            origin: Origin::Human,
            created: at,
            modified: at,
            unknown: UnknownFields::NONE,
        })]);
        id
    }

    fn tag(&mut self, word: usize, label: &str) -> AnnotationId {
        self.add(Body::Entity(Entity { label: label.into(), fragments: words(word, 1) }))
    }

    fn claim(&mut self, word: usize, source: AnnotationId) -> AnnotationId {
        let roles = BTreeMap::from([(RoleId::from(RoleId::SOURCE), vec![RoleFiller::Entity(source)])]);
        self.add(Body::Claim(Claim { label: "CLAIM".into(), content: words(word, 4), roles }))
    }

    fn link(&mut self, from: AnnotationId, to: AnnotationId) {
        let (id, created) = (self.document().fresh_relation_id(), Timestamp::from_millis(self.now));
        self.apply(vec![Edit::Link(Relation {
            id,
            label: "same_as".into(),
            from,
            to,
            created,
            unknown: UnknownFields::NONE,
        })]);
    }

    /// Accepts a suggestion of a word as a place, or rejects it.
    fn decide(&mut self, word: usize, accept: bool) {
        let at = Timestamp::from_millis(self.now);
        let decision = if accept { Decision::Accepted(self.tag(word, "GPE")) } else { Decision::Rejected };
        let key = SuggestionKey { fragments: words(word, 1), label: LabelId::from("GPE") };
        let (rule, pack) = ("ar/gpe".into(), "ar-news@1".into());
        self.apply(vec![Edit::Decide(DecisionRecord {
            key,
            rule,
            pack,
            decision,
            at,
            unknown: UnknownFields::NONE,
        })]);
    }

    fn note(&mut self, id: AnnotationId, note: &str) {
        let old = self.document().annotation(id).expect("it is there");
        let new = Annotation { note: note.into(), modified: Timestamp::from_millis(self.now), ..old.clone() };
        self.apply(vec![Edit::Replace(new)]);
    }

    fn set(&mut self, id: AnnotationId, attribute: &str) {
        let mut new = self.document().annotation(id).expect("it is there").clone();
        new.attributes.insert(attribute.into(), AttributeValue::Flag);
        self.apply(vec![Edit::Replace(new)]);
    }

    fn remove(&mut self, id: AnnotationId) {
        let edits = self.document().removal(id);
        self.apply(edits);
    }

    /// The annotation on a word.
    fn on(&self, word: usize) -> AnnotationId {
        let annotations = self.document().annotations();
        let found = annotations.iter().find(|a| *a.body.fragments() == words(word, 1));
        found.expect("a word that is tagged").id
    }

    fn save_and_commit(&mut self) {
        let Opened { annotation_path, document, stamp, .. } = &self.opened;
        let saved = store::save(annotation_path, document, "amal", &schema(), Some(stamp));
        self.opened.stamp = saved.expect("writable");
        run(&self.folder, &["add", "."]);
        run(&self.folder, &["commit", "-q", "-m", "Annotate"]);
    }

    /// Merges the other clone's branch into this one's.
    fn merge(&self, other: &Self) -> Output {
        let other = other.folder.to_str().expect("Unicode").to_owned();
        run(&self.folder, &["fetch", "-q", &other, "main"]);
        self.git(&["merge", "-q", "--no-edit", "FETCH_HEAD"])
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.folder.join("strait.txt.ron")).expect("a file")
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        // Not the settings of whoever runs the tests.
        .env("GIT_CONFIG_GLOBAL", folder.join("none"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "amal")))
        .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, "amal@news.example")))
        .output()
        .expect("git")
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = git(folder, arguments);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The span of so many words of the article, from the word of that number on.
fn words(first: usize, count: usize) -> Fragments {
    let starts: Vec<(usize, &str)> = ARTICLE
        .split_whitespace()
        .map(|word| (word.as_ptr().addr() - ARTICLE.as_ptr().addr(), word))
        .collect();
    let (last, word) = starts[first + count - 1];
    Fragments::single(TextRange::from_indices(starts[first].0, last + word.len())).expect("not empty")
}

/// Two clones of a project in which `prepare` has annotated the article.
fn clones(folder: &Path, prepare: impl FnOnce(&mut Clone)) -> (Clone, Clone) {
    let origin = folder.join("origin");
    std::fs::create_dir(&origin).expect("writable");
    std::fs::write(origin.join("strait.txt"), ARTICLE).expect("writable");
    run(&origin, &["init", "-q", "-b", "main"]);
    // A checkout must not change line ends of articles.
    std::fs::write(origin.join(".gitattributes"), "*.txt -text\n").expect("writable");
    let mut origin = Clone::open(origin, 1_700_000_000_000);
    prepare(&mut origin);
    origin.save_and_commit();
    let clone = |name: &str, now| {
        run(folder, &["clone", "-q", "origin", name]);
        Clone::open(folder.join(name), now)
    };
    (clone("ours", 1_700_001_000_000), clone("theirs", 1_700_001_000_500))
}

/// What a document says, whatever the ids.
fn said(document: &Document) -> BTreeSet<String> {
    let source = document.source();
    let mention = |id: AnnotationId| {
        let annotation = document.annotation(id).expect("named, so there");
        let (label, hull) = (annotation.body.label(), annotation.body.fragments().hull());
        format!("{label} {hull} «{}»", source.slice(hull))
    };
    let annotations = document.annotations().iter().map(|annotation| {
        let named: Vec<String> = annotation.body.references().map(mention).collect();
        let (note, set) = (&annotation.note, &annotation.attributes);
        format!("{} note «{note}» {set:?} by {named:?} made {:?}", mention(annotation.id), annotation.created)
    });
    let relations = document.relations().map(|relation| {
        format!("{} from {} to {}", relation.label, mention(relation.from), mention(relation.to))
    });
    let decisions = document.decisions().map(|decision| {
        let outcome = match decision.decision {
            // What came of it has its time; it may be gone, and its id may be another's on the other branch.
            Decision::Accepted(id) if document.annotation(id).is_some_and(|a| a.created == decision.at) => {
                mention(id)
            }
            Decision::Accepted(_) => "accepted".to_owned(),
            Decision::Rejected => "rejected".to_owned(),
        };
        format!("decision on {} {:?}: {outcome}", decision.key.label, decision.key.fragments)
    });
    annotations.chain(relations).chain(decisions).collect()
}

/// What two documents made of one say together.
fn union(base: &Document, ours: &Document, theirs: &Document) -> BTreeSet<String> {
    let (base, ours, theirs) = (said(base), said(ours), said(theirs));
    let mut all: BTreeSet<String> = ours.union(&theirs).cloned().collect();
    all.retain(|said| !base.contains(said) || (ours.contains(said) && theirs.contains(said)));
    all
}

/// Merges either clone's branch into the other's without a conflict, and returns what is opened then.
fn merged(folder: &Path, base: &Document, ours: &mut Clone, theirs: &mut Clone) -> Opened {
    ours.save_and_commit();
    theirs.save_and_commit();
    let expected = union(base, ours.document(), theirs.document());
    run(folder, &["clone", "-q", "theirs", "theirs-too"]);
    let theirs_too = Clone::open(folder.join("theirs-too"), theirs.now);
    for (into, from) in [(&*ours, &*theirs), (&theirs_too, &*ours)] {
        let output = into.merge(from);
        assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), into.file());
    }
    let open = |clone: &Clone| Clone::open(clone.folder.clone(), 0).opened;
    let (one, other) = (open(ours), open(&theirs_too));
    assert_eq!(said(&one.document), expected, "{:?}", one.problems);
    assert_eq!(one.document, other.document, "whichever was merged into which");
    assert_eq!(one.document.orphans().len(), 0);
    one
}

#[test]
fn two_who_begin_with_nothing_and_work_in_different_places_meet_without_a_conflict() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut ours, mut theirs) = clones(folder.path(), |_| {});
    let base = ours.document().clone();
    for (clone, from) in [(&mut ours, 0), (&mut theirs, 250)] {
        let person = clone.tag(from + 3, "PERS");
        let claim = clone.claim(from + 10, person);
        let other = clone.tag(from + 20, "PERS");
        clone.link(person, other);
        clone.decide(from + 22, true);
        clone.decide(from + 25, false);
        clone.note(claim, "who says so?");
    }
    let opened = merged(folder.path(), &base, &mut ours, &mut theirs);
    assert!(opened.is_mended, "both gave the same ids");
    let problems: Vec<String> = opened.problems.iter().map(ToString::to_string).collect();
    assert!(problems.iter().any(|problem| problem.contains("the id a1 stands already at")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("the id r1 stands already at")), "{problems:?}");
}

#[test]
fn what_was_added_changed_removed_and_decided_on_two_branches_is_all_there() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut ours, mut theirs) = clones(folder.path(), |origin| {
        for word in (0..350).step_by(10) {
            let person = origin.tag(word, "PERS");
            if word % 30 == 0 {
                origin.claim(word + 4, person);
            }
        }
        let (first, second) = (origin.on(0), origin.on(340));
        origin.link(first, second);
        origin.decide(5, false);
    });
    let base = ours.document().clone();
    ours.remove(ours.on(10));
    ours.note(ours.on(40), "نعم");
    ours.decide(43, true);
    ours.decide(55, false);
    ours.link(ours.on(60), ours.on(70));
    let person = ours.tag(82, "PERS");
    ours.claim(84, person);
    // Ids that were given and taken back leave no trace.
    let mistake = ours.tag(91, "LOC");
    ours.remove(mistake);
    theirs.remove(theirs.on(210));
    theirs.set(theirs.on(240), "uncertain");
    theirs.decide(252, true);
    theirs.decide(255, false);
    theirs.link(theirs.on(260), theirs.on(270));
    let person = theirs.tag(282, "ORG");
    theirs.claim(284, person);
    for word in 291..295 {
        let mistake = theirs.tag(word, "LOC");
        theirs.remove(mistake);
    }
    merged(folder.path(), &base, &mut ours, &mut theirs);
}

#[test]
fn changes_of_two_neighbours_do_not_touch() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut ours, mut theirs) = clones(folder.path(), |origin| {
        for word in 0..8 {
            origin.tag(word, "PERS");
        }
    });
    let base = ours.document().clone();
    for word in [0, 2, 4] {
        ours.note(ours.on(word), "ours");
        theirs.note(theirs.on(word + 1), "theirs");
    }
    let opened = merged(folder.path(), &base, &mut ours, &mut theirs);
    assert!(!opened.is_mended && opened.problems.is_empty(), "{:?}", opened.problems);
}

/// Numbers that look random, the same ones for the same seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

#[test]
fn whatever_two_do_in_the_two_halves_of_an_article_is_merged() {
    if !has_git() {
        return;
    }
    for seed in 1..=12_u64 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let chance = &mut Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (mut ours, mut theirs) = clones(folder.path(), |origin| {
            for _ in 0..chance.below(12) {
                origin.tag(chance.below(350), "PERS");
            }
        });
        let base = ours.document().clone();
        for (clone, from) in [(&mut ours, 0), (&mut theirs, 220)] {
            for _ in 0..=chance.below(16) {
                act(clone, from..from + 130, chance);
            }
        }
        merged(folder.path(), &base, &mut ours, &mut theirs);
    }
}

/// Does something to words of a part of the article, and to what is tagged there.
fn act(clone: &mut Clone, part: std::ops::Range<usize>, chance: &mut Chance) {
    let hull = words(part.start, part.len()).hull();
    let inside = clone.document().annotations().overlapping(hull).map(|annotation| annotation.id);
    let inside: Vec<AnnotationId> = inside.collect();
    let word = part.start + chance.below(part.len() - 4);
    let mut pick = || inside[chance.below(inside.len())];
    match (word % 7, inside.is_empty()) {
        (0, false) => {
            let id = pick();
            clone.remove(id);
        }
        (1, false) => {
            let id = pick();
            clone.note(id, &format!("note at {word}"));
        }
        (2, false) => {
            let (from, to) = (pick(), pick());
            clone.link(from, to);
        }
        (3, _) => clone.decide(word, true),
        (4, _) => clone.decide(word, false),
        _ => {
            let person = clone.tag(word, "PERS");
            if word.is_multiple_of(2) {
                clone.claim(word, person);
            }
        }
    }
}

#[test]
fn one_place_is_a_conflict_that_is_named_and_both_sides_may_stay() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut ours, mut theirs) = clones(folder.path(), |origin| {
        origin.tag(100, "PERS");
    });
    let base = ours.document().clone();
    ours.tag(3, "PERS");
    theirs.tag(3, "ORG");
    theirs.tag(5, "LOC");
    ours.save_and_commit();
    theirs.save_and_commit();
    let expected = union(&base, ours.document(), theirs.document());
    assert!(!ours.merge(&theirs).status.success(), "git cannot know");
    let conflicted = ours.file();
    let error = store::open(&ours.article(), OpenOptions::default(), &schema()).expect_err("a conflict");
    let StoreError::Annotations { source: AnnotationFileError::Conflict { places }, .. } = &error else {
        panic!("{error}");
    };
    let [(first, last)] = places[..] else { panic!("{places:?}") };
    let lines: Vec<&str> = conflicted.lines().collect();
    assert!(lines[first - 1].starts_with("<<<<<<<") && lines[last - 1].starts_with(">>>>>>>"));
    let message = error.to_string();
    assert!(message.contains(&format!("strait.txt.ron:{first}:1: ")), "{message}");
    assert!(message.contains(&format!("two versions of the lines {first} to {last}")), "{message}");
    assert!(error.hint().contains("records of both sides may stay"), "{}", error.hint());

    // The way out that the hint names.
    let is_mark = |line: &str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    let kept: String = conflicted.split_inclusive('\n').filter(|line| !is_mark(line)).collect();
    std::fs::write(folder.path().join("ours/strait.txt.ron"), kept).expect("writable");
    let opened = store::open(&ours.article(), OpenOptions::default(), &schema()).expect("mended");
    assert_eq!(said(&opened.document), expected);
    assert!(opened.is_mended);
}

#[test]
fn a_merged_file_that_is_opened_is_saved_whole() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut ours, mut theirs) = clones(folder.path(), |_| {});
    let base = ours.document().clone();
    ours.tag(3, "PERS");
    theirs.tag(253, "PERS");
    let opened = merged(folder.path(), &base, &mut ours, &mut theirs);
    let mut session = Session::new(Setup {
        schema: Arc::new(schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(|| Timestamp::from_millis(1_700_009_000_000)),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: Some(folder.path().join("state")),
        data_dir: None,
    });
    session.perform(hashiya::session::Action::OpenPath(ours.article(), None));
    session.settle();
    drop(session);
    let again = Clone::open(ours.folder.clone(), 0).opened;
    assert_eq!(again.document, opened.document);
    assert_eq!((again.is_mended, again.problems), (false, Vec::new()), "ids are told apart in the file");
}
