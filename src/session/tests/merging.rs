//! Two programs on one annotation file.

use std::collections::BTreeMap;

use super::*;
use crate::model::{Conflict, ConflictKey, Side};

/// A second program that has the article of `bench` open.
fn another(bench: &Bench) -> Bench {
    let (session, _, folder) = with_article();
    let mut other = Bench { session, folder };
    other.session.perform(Action::OpenPath(bench.folder.path().join("article.txt"), None));
    other.session.settle();
    other.session.take_requests();
    other.suggest(Vec::new());
    other
}

fn tag_and_save(bench: &mut Bench, part: &str, keys: &str) {
    bench.select(part, 0);
    bench.keys(keys);
    bench.keys("Ctrl+S");
    bench.session.settle();
}

fn told(bench: &Bench) -> &str {
    bench.session.notice().map_or("", |notice| notice.text.as_str())
}

/// Two programs that have given one mention different labels: LOC is in the file, ORG in the second one.
fn in_conflict() -> (Bench, Bench) {
    let mut first = Bench::open(TEXT);
    tag_and_save(&mut first, "مسقط", "3");
    let mut second = another(&first);
    for (bench, label) in [(&mut first, "LOC"), (&mut second, "ORG")] {
        bench.session.perform(Action::Relabel(AnnotationId::FIRST, label.into()));
        bench.keys("Ctrl+S");
        bench.session.settle();
    }
    (first, second)
}

fn choose(bench: &mut Bench, side: Side) {
    let meeting = bench.session.meeting().expect("something to choose");
    let chosen: BTreeMap<ConflictKey, Side> =
        meeting.conflicts().iter().map(|conflict| (conflict.key(), side)).collect();
    bench.session.perform(Action::ResolveConflicts(chosen));
    bench.session.settle();
}

#[test]
fn what_two_programs_tag_in_different_places_is_all_in_the_file() {
    let mut first = Bench::open(TEXT);
    let mut second = another(&first);
    tag_and_save(&mut first, "مسقط", "3");
    tag_and_save(&mut second, "ريم القصاب", "1");
    assert_eq!(second.session.save_state(), SaveState::Saved, "{}", told(&second));
    assert_eq!(second.tagged().len(), 2);
    assert!(told(&second).contains("1 change that another program made"), "{}", told(&second));
    assert!(told(&second).contains("ids given twice: a1 as a2"), "{}", told(&second));
    let third = another(&first);
    assert_eq!(third.tagged(), second.tagged(), "both are in the file");
    second.keys("Ctrl+Z Ctrl+S");
    second.session.settle();
    assert_eq!(second.tagged().len(), 1, "the merge is one step that can be taken back");
}

#[test]
fn what_both_have_changed_waits_and_the_file_with_it() {
    for (side, label) in [(Side::Here, "ORG"), (Side::Incoming, "LOC")] {
        let (first, mut second) = in_conflict();
        let file = first.saved();
        assert_eq!(second.session.save_state(), SaveState::Failed, "{}", told(&second));
        assert!(second.session.take_requests().contains(&Request::Conflicts));
        let meeting = second.session.meeting().expect("a conflict");
        assert!(matches!(meeting.conflicts(), [Conflict::Annotation { .. }]), "{:?}", meeting.conflicts());
        assert_eq!(first.saved(), file, "not written over");
        second.session.perform(Action::ResolveConflicts(BTreeMap::new()));
        assert_eq!(told(&second), "A side must be chosen for each");
        choose(&mut second, side);
        assert_eq!(second.session.save_state(), SaveState::Saved, "{}", told(&second));
        assert!(second.session.meeting().is_none());
        let third = another(&first);
        assert!(third.tagged()[0].starts_with(label), "{:?}", third.tagged());
    }
}

#[test]
fn a_conflict_that_was_left_is_asked_again_at_the_next_save_and_keeps_a_quit_back() {
    let (_first, mut second) = in_conflict();
    second.session.take_requests();
    second.keys("Ctrl+S");
    second.session.settle();
    assert!(second.session.take_requests().contains(&Request::Conflicts));
    second.session.perform(Action::Quit);
    second.session.settle();
    let asked = second.session.take_requests();
    assert!(asked.contains(&Request::Conflicts) && !asked.contains(&Request::Close), "{asked:?}");
    choose(&mut second, Side::Here);
    second.session.perform(Action::Quit);
    assert!(second.session.take_requests().contains(&Request::Close));
}

#[test]
fn an_annotation_file_that_was_taken_away_is_written_again_with_everything() {
    let mut bench = Bench::open(TEXT);
    tag_and_save(&mut bench, "مسقط", "3");
    crate::store::remove_for_tests(bench.session.annotations_path().expect("open"));
    tag_and_save(&mut bench, "ريم القصاب", "1");
    assert_eq!((bench.session.save_state(), bench.tagged().len()), (SaveState::Saved, 2));
    assert!(bench.saved().contains("PERS") && bench.saved().contains("GPE"));
}

#[test]
fn a_file_that_others_have_only_laid_out_anew_is_saved_without_a_word() {
    let mut bench = Bench::open(TEXT);
    tag_and_save(&mut bench, "مسقط", "3");
    let path = bench.session.annotations_path().expect("open").to_owned();
    let text = bench.saved().replace("version: 1", "version:   1");
    crate::store::write(&path, text.as_bytes(), None).expect("writable");
    bench.session.dismiss_notice();
    tag_and_save(&mut bench, "ريم القصاب", "1");
    assert_eq!(bench.session.save_state(), SaveState::Saved);
    assert!(!told(&bench).contains("another program"), "{}", told(&bench));
}
