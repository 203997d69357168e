//! What outlives a crash at any moment, and a full disk: scripted work on the model of a file system.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::atomic::{Stamp, write_on};
use super::disk::Disk;
use super::journal::{JournalWriter, Recovered, recover};
use super::model_disk::{Chance, ModelDisk};
use crate::formats::journal::Entry;
use crate::formats::{annotation_file, schema_file};
use crate::model::{
    Annotation, ArticleIdentity, Body, Decision, DecisionRecord, Document, Edit, Entity, Fragments, History,
    Origin, Orphan, SuggestionKey, Timestamp, Transaction, UnknownFields,
};
use crate::text::{CharOffset, SourceText, TextEncoding, TextRange};

const FILE: &str = "/news/port.txt.ron";
const JOURNAL: &str = "/news/port.journal";
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn empty() -> Document {
    let article =
        ArticleIdentity { file_name: "port.txt".into(), sha256: "9f".into(), encoding: TextEncoding::UTF_8 };
    Document::new(SourceText::new("وصل سليم عون إلى المرفأ يوم الأحد ".repeat(3)), article)
}

/// Work on one document, each change written to the journal, now and then a snapshot.
struct Work {
    disk: ModelDisk,
    document: Document,
    history: History,
    journal: JournalWriter<ModelDisk>,
    stamp: Stamp,
    /// The document after each change.
    states: Vec<Document>,
    /// How many changes the journal has taken.
    acknowledged: usize,
}

impl Work {
    /// Opens what is on the disk; `None` where the power goes meanwhile.
    fn open(disk: ModelDisk) -> Option<(Self, Recovered<ModelDisk>)> {
        let (mut document, stamp) = match disk.read(Path::new(FILE)) {
            Ok(bytes) => {
                let schema = schema_file::default_schema();
                let article = empty();
                let loaded =
                    annotation_file::load(&bytes, article.source(), article.article().clone(), &schema)
                        .expect("a snapshot is whole");
                assert_eq!(loaded.problems, []);
                (loaded.document, Stamp::of(&bytes))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (empty(), Stamp::ABSENT),
            Err(_) => return None,
        };
        let mut recovered = recover(disk.clone(), Path::new(JOURNAL), &mut document, &stamp, NOW).ok()?;
        let history = std::mem::take(&mut recovered.history);
        let journal = std::mem::replace(&mut recovered.journal, JournalWriter::closed(disk.clone()));
        let acknowledged = usize::try_from(journal.changes()).expect("few");
        let work =
            Self { disk, states: vec![document.clone()], document, history, journal, stamp, acknowledged };
        Some((work, recovered))
    }

    /// Makes a change and writes it down; `false` where the disk refuses.
    fn change(&mut self, chance: &mut Chance) -> bool {
        let n = self.journal.changes() + 1;
        let by: Arc<str> = "amal".into();
        let entry = match chance.below(6) {
            0 if self.history.undo_description().is_some() => {
                self.history.undo(&mut self.document).expect("fits");
                Entry::Undo { n, at: NOW, by }
            }
            1 if self.history.redo_description().is_some() => {
                self.history.redo(&mut self.document).expect("fits");
                Entry::Redo { n, at: NOW, by }
            }
            _ => {
                let transaction = transaction(&self.document, chance);
                let step = self.history.commit(&mut self.document, transaction).expect("fits");
                Entry::Commit {
                    n,
                    at: NOW,
                    by,
                    forward: step.forward().clone(),
                    inverse: step.inverse().clone(),
                }
            }
        };
        self.states.push(self.document.clone());
        let taken = self.journal.append(&[entry], self.document.source()).is_ok();
        self.acknowledged += usize::from(taken);
        taken
    }

    /// Puts a snapshot in its place; `false` where the disk refuses.
    fn save(&mut self) -> bool {
        let text = annotation_file::save(&self.document, "amal", "hashiya-default").expect("can be written");
        let stamp = Stamp::of(text.as_bytes());
        let saving = Entry::Saving { n: self.journal.changes(), at: NOW, sha256: stamp.written().into() };
        if self.journal.append(&[saving], self.document.source()).is_err() {
            return false;
        }
        let written = write_on(self.disk.clone(), Path::new(FILE), text.as_bytes());
        let Ok(stamp) = written else { return false };
        self.stamp = stamp;
        let saved = Entry::Saved { n: self.journal.changes(), at: NOW };
        self.journal.append(&[saved], self.document.source()).is_ok()
    }
}

fn transaction(document: &Document, chance: &mut Chance) -> Transaction {
    let text = document.source().as_str();
    let words: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    let end = words[1 + chance.below(words.len() - 1)];
    let start = words.iter().rfind(|at| **at < end).map_or(0, |at| at + 1);
    let fragments = Fragments::single(TextRange::from_indices(start, end)).expect("a word");
    let first = document.annotations().iter().next().map(|annotation| annotation.id);
    match (chance.below(4), first) {
        (0, Some(id)) => Transaction::new("Remove", vec![Edit::Remove(id)]),
        (1, _) => Transaction::new(
            "Reject",
            vec![Edit::Decide(DecisionRecord {
                key: SuggestionKey { fragments, label: "PERS".into() },
                rule: "ar/names".into(),
                pack: "ar-news@1".into(),
                decision: Decision::Rejected,
                at: NOW,
                unknown: UnknownFields::NONE,
            })],
        ),
        _ => Transaction::new(
            "Tag",
            vec![Edit::Insert(Annotation {
                id: document.fresh_annotation_id(),
                body: Body::Entity(Entity { label: "PERS".into(), fragments }),
                attributes: BTreeMap::new(),
                note: "".into(),
                origin: Origin::Human,
                created: NOW,
                modified: NOW,
                unknown: UnknownFields::NONE,
            })],
        ),
    }
}

/// Opens what is on a disk and checks that it is a state that was reached, not before the last acknowledged one.
fn check(disk: &ModelDisk, states: &[Document], acknowledged: usize, what: &str) -> Work {
    let (mut work, recovered) = Work::open(disk.clone()).expect("the power is back");
    let reached = states.iter().rposition(|state| *state == work.document);
    let expected = &states[acknowledged.min(states.len() - 1)];
    let reached =
        reached.unwrap_or_else(|| panic!("{what}: no state that there was: {:?}", recovered.set_aside));
    assert!(
        reached >= acknowledged || *expected == work.document,
        "{what}: {acknowledged} changes were acknowledged, {reached} are there; {:?}",
        recovered.set_aside
    );
    let set_aside: Vec<_> = recovered.set_aside.iter().filter(|part| part.path.is_some()).collect();
    assert!(set_aside.is_empty(), "{what}: a crash damages no line but the last: {set_aside:?}");
    // Undo goes back across the restart, to the very beginning.
    let here = work.document.clone();
    let mut undone = 0;
    while work.history.undo(&mut work.document).expect("an inverse fits").is_some() {
        undone += 1;
    }
    assert_eq!(work.document, states[0], "{what}: undo leads to the beginning");
    for _ in 0..undone {
        work.history.redo(&mut work.document).expect("fits");
    }
    assert_eq!(work.document, here);
    work
}

/// Works on a disk until the script is done or the power goes; returns the states and how many were acknowledged.
fn script(disk: &ModelDisk, seed: u64) -> (Vec<Document>, usize) {
    let chance = &mut Chance::new(seed);
    let Some((mut work, _)) = Work::open(disk.clone()) else { return (vec![empty()], 0) };
    for _ in 0..12 {
        if !work.change(chance) || (chance.below(3) == 0 && !work.save()) {
            break;
        }
    }
    (work.states, work.acknowledged)
}

#[test]
fn nothing_acknowledged_is_lost_wherever_the_power_goes() {
    let mut crashes = 0;
    for seed in 1..40 {
        let whole = ModelDisk::default();
        script(&whole, seed);
        for operations in 0..whole.operations() {
            let disk = ModelDisk::default();
            disk.crash_after(operations);
            let (states, acknowledged) = script(&disk, seed);
            for crash in 0..4 {
                let after = disk.after_crash(&mut Chance::new(seed * 31 + crash));
                let what = format!("seed {seed}, {operations} operations, crash {crash}");
                check(&after, &states, acknowledged, &what);
                crashes += 1;
            }
        }
    }
    println!("{crashes} crashes");
    assert!(crashes > 5_000, "{crashes}");
}

#[test]
#[should_panic(expected = "changes were acknowledged")]
fn a_disk_that_only_says_that_it_syncs_is_found_out() {
    for crash in 0..40 {
        let disk = ModelDisk::lying();
        let (states, acknowledged) = script(&disk, 7);
        check(&disk.after_crash(&mut Chance::new(crash)), &states, acknowledged, "lying");
    }
}

/// A journal with changes that no snapshot has, and an annotation file that somebody else has changed since. Returns the
/// disk and what both have, in quotes.
fn changed_by_others(seed: u64) -> (ModelDisk, BTreeMap<String, usize>) {
    let disk = ModelDisk::default();
    let chance = &mut Chance::new(seed);
    let (mut work, _) = Work::open(disk.clone()).expect("there is room");
    assert!(work.change(chance) && work.save());
    let mut theirs = work.document.clone();
    for _ in 0..3 {
        assert!(work.change(chance));
    }
    let fragments = Fragments::single(TextRange::from_indices(0, 6)).expect("a word");
    let annotation = Annotation {
        id: theirs.fresh_annotation_id(),
        body: Body::Entity(Entity { label: "DATE".into(), fragments }),
        attributes: BTreeMap::new(),
        note: "".into(),
        origin: Origin::Human,
        created: NOW,
        modified: NOW,
        unknown: UnknownFields::NONE,
    };
    theirs.apply(&Transaction::new("Tag", vec![Edit::Insert(annotation)])).expect("fits");
    let text = annotation_file::save(&theirs, "basma", "hashiya-default").expect("can be written");
    write_on(disk.clone(), Path::new(FILE), text.as_bytes()).expect("there is room");
    let mut wanted = labels(&work.document);
    *wanted.entry("DATE".to_owned()).or_default() += 1;
    (disk, wanted)
}

fn labels(document: &Document) -> BTreeMap<String, usize> {
    let mut labels = BTreeMap::new();
    for annotation in document.annotations().iter() {
        *labels.entry(annotation.body.label().to_string()).or_default() += 1;
    }
    labels
}

#[test]
fn a_journal_that_meets_a_changed_file_is_merged_wherever_the_power_goes() {
    let mut crashes = 0;
    for seed in 1..12 {
        let (whole, wanted) = changed_by_others(seed);
        let before = whole.operations();
        let (merged, _) = Work::open(whole.clone()).expect("there is room");
        assert_eq!(labels(&merged.document), wanted, "seed {seed}");
        for operations in 0..=whole.operations() - before {
            let (disk, _) = changed_by_others(seed);
            disk.crash_after(operations);
            Work::open(disk.clone());
            for crash in 0..4 {
                let after = disk.after_crash(&mut Chance::new(seed * 31 + crash));
                let (again, _) = Work::open(after).expect("the power is back");
                assert_eq!(
                    labels(&again.document),
                    wanted,
                    "seed {seed}, {operations} operations, crash {crash}"
                );
                crashes += 1;
            }
        }
    }
    assert!(crashes > 300, "{crashes}");
}

#[test]
fn a_journal_that_is_too_long_makes_room_when_the_file_has_everything() {
    let disk = ModelDisk::default();
    let (mut work, _) = Work::open(disk.clone()).expect("there is room");
    let long = Orphan {
        id: work.document.fresh_annotation_id(),
        label: "PERS".into(),
        quote: "x".into(),
        claimed: (CharOffset::new(900), CharOffset::new(901)),
        reason: "beyond the text".into(),
        record: "x".repeat(17 << 20).into(),
        unknown: UnknownFields::NONE,
    };
    for edit in [Edit::Orphan(long.clone()), Edit::Discard(long.id)] {
        let step =
            work.history.commit(&mut work.document, Transaction::new("Long", vec![edit])).expect("fits");
        let (forward, inverse) = (step.forward().clone(), step.inverse().clone());
        let n = work.journal.changes() + 1;
        let entry = Entry::Commit { n, at: NOW, by: "amal".into(), forward, inverse };
        work.journal.append(&[entry], work.document.source()).expect("there is room");
    }
    let (again, recovered) = Work::open(disk.clone()).expect("there is room");
    assert_eq!(
        (recovered.changes, again.history.undo_description()),
        (2, Some("Long")),
        "not saved: it is kept"
    );
    assert!(work.save());
    let document = work.document.clone();
    let (mut again, _) = Work::open(disk.clone()).expect("there is room");
    assert_eq!((again.document == document, again.history.undo_description()), (true, None));
    assert!(disk.read(Path::new(JOURNAL)).expect("there").len() < 1_000);
    assert!(disk.read(Path::new("/news/port.journal.before")).expect("there").len() > 16 << 20);
    assert!(again.change(&mut Chance::new(3)));
    let (last, recovered) = Work::open(disk).expect("there is room");
    assert_eq!((recovered.changes, last.document == again.document), (1, true));
}

#[test]
fn a_disk_that_is_full_at_any_byte_loses_nothing_and_work_goes_on_when_there_is_room() {
    let mut tried = 0;
    for room in (1..9_000).step_by(17) {
        let disk = ModelDisk::default();
        let chance = &mut Chance::new(room as u64);
        let (mut work, _) = Work::open(disk.clone()).expect("there is room");
        disk.set_room(Some(room));
        let mut refused = false;
        for _ in 0..12 {
            if !work.change(chance) || (chance.below(3) == 0 && !work.save()) {
                refused = true;
                break;
            }
        }
        disk.set_room(None);
        let Work { states, acknowledged, .. } = &work;
        let mut again = check(&disk, states, *acknowledged, &format!("{room} bytes"));
        tried += usize::from(refused);
        assert!(again.change(chance) && again.save() && again.change(chance), "{room} bytes: work goes on");
        let (states, acknowledged) = (vec![again.document.clone()], 0);
        let (last, _) = Work::open(disk).expect("there is room");
        assert_eq!(last.document, states[acknowledged]);
    }
    assert!(tried > 100, "{tried} times the disk was full");
}

#[test]
fn a_refused_write_is_tried_again_without_a_gap() {
    let disk = ModelDisk::default();
    let (mut work, _) = Work::open(disk.clone()).expect("there is room");
    let transaction = transaction(&work.document, &mut Chance::new(9));
    let step = Arc::clone(work.history.commit(&mut work.document, transaction).expect("fits"));
    let (forward, inverse) = (step.forward().clone(), step.inverse().clone());
    let entry = Entry::Commit { n: 1, at: NOW, by: "amal".into(), forward, inverse };
    disk.set_room(Some(20));
    work.journal.append(std::slice::from_ref(&entry), work.document.source()).expect_err("full");
    assert_eq!(work.journal.changes(), 0);
    disk.set_room(None);
    work.journal.append(&[entry], work.document.source()).expect("there is room again");
    let (again, recovered) = Work::open(disk).expect("there is room");
    assert_eq!((recovered.changes, recovered.set_aside), (1, Vec::new()));
    assert_eq!(again.document, work.document);
}

#[test]
fn an_id_that_was_taken_back_before_a_snapshot_is_not_given_again() {
    let disk = ModelDisk::default();
    let (mut work, _) = Work::open(disk.clone()).expect("there is room");
    let tag = (1..100)
        .map(|seed| transaction(&work.document, &mut Chance::new(seed)))
        .find(|transaction| matches!(transaction.edits[..], [Edit::Insert(_)]))
        .expect("one in four");
    let given = work.document.fresh_annotation_id();
    let step = Arc::clone(work.history.commit(&mut work.document, tag).expect("fits"));
    let (forward, inverse) = (step.forward().clone(), step.inverse().clone());
    work.history.undo(&mut work.document).expect("fits");
    let by: Arc<str> = "amal".into();
    let entries = [
        Entry::Commit { n: 1, at: NOW, by: Arc::clone(&by), forward, inverse },
        Entry::Undo { n: 2, at: NOW, by },
    ];
    work.journal.append(&entries, work.document.source()).expect("there is room");
    assert!(work.save());
    let (again, recovered) = Work::open(disk).expect("there is room");
    assert_eq!((recovered.changes, again.document.annotations().len()), (0, 0), "the snapshot has it all");
    assert_eq!(again.document.fresh_annotation_id(), given.next());
}
