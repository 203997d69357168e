//! What outlives a session that ends without a save.

use std::time::{Duration, Instant};

use super::*;

/// Opens an article in a session that keeps its journals in `state`. Its clock stands still, so no autosave comes.
pub(super) fn open(folder: &Folder) -> Session {
    let state = folder.path().join("state");
    let mut session = session_with(schema_file::default_schema(), None, Some(state));
    session.perform(Action::OpenPath(folder.path().join("article.txt"), None));
    session.settle();
    session
}

pub(super) fn tag(session: &mut Session, part: &str, label: &str) {
    let start = TEXT.find(part).expect("a part of the text");
    session.perform(Action::Select(Selection::of(TextRange::from_indices(start, start + part.len()))));
    session.perform(Action::ApplyLabel(label.into()));
}

/// Waits until every change is on the disk, in the journal alone.
fn wait_for_journal(session: &mut Session) {
    let until = Instant::now() + Duration::from_secs(20);
    while session.save_state() != SaveState::Journaled {
        assert!(Instant::now() < until, "{:?}: {:?}", session.save_state(), session.notice());
        session.poll();
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn take_over(session: &mut Session) {
    let segmentation = Arc::clone(session.editor().expect("open").segmentation());
    session.run(Command::TakeOver, Variant::default(), &ParagraphLines(&segmentation));
    session.settle();
}

pub(super) fn document(session: &Session) -> crate::model::Document {
    session.editor().expect("open").document().clone()
}

fn told(session: &Session) -> String {
    session.notice().map(|notice| notice.text.clone()).unwrap_or_default()
}

#[test]
fn changes_that_no_save_has_seen_are_there_again_and_can_be_undone() {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    let empty = document(&session);
    tag(&mut session, "مسقط", "GPE");
    tag(&mut session, "سامر الحداد", "PERS");
    session.perform(Action::Undo);
    session.perform(Action::Redo);
    wait_for_journal(&mut session);
    let before = document(&session);
    drop(session);
    assert!(!folder.path().join("article.txt.ron").exists(), "nothing was saved");
    let mut session = open(&folder);
    assert_eq!(document(&session), before);
    assert!(told(&session).starts_with("Recovered 4 changes that had not reached"), "{}", told(&session));
    session.perform(Action::Undo);
    session.perform(Action::Undo);
    assert_eq!(document(&session), empty);
    session.perform(Action::Redo);
    session.perform(Action::Redo);
    assert_eq!(document(&session), before);
}

#[test]
fn undo_goes_back_behind_a_save_of_an_earlier_run() {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    let empty = document(&session);
    tag(&mut session, "مسقط", "GPE");
    session.perform(Action::Save);
    session.settle();
    tag(&mut session, "سامر الحداد", "PERS");
    wait_for_journal(&mut session);
    drop(session);
    let mut session = open(&folder);
    assert!(told(&session).starts_with("Recovered 1 change that"), "{}", told(&session));
    session.perform(Action::Save);
    session.settle();
    assert_eq!(session.save_state(), SaveState::Saved);
    drop(session);
    let mut session = open(&folder);
    assert_eq!((told(&session).as_str(), document(&session).annotations().len()), ("", 2));
    session.perform(Action::Undo);
    session.perform(Action::Undo);
    assert_eq!(document(&session), empty);
    assert_eq!(session.editor().expect("open").history().undo_description(), None);
}

#[test]
fn a_second_window_reads_only_and_takes_over_when_the_first_is_gone() {
    let (_, _, folder) = with_article();
    let mut first = open(&folder);
    tag(&mut first, "مسقط", "GPE");
    wait_for_journal(&mut first);
    let mut second = open(&folder);
    assert_eq!(second.save_state(), SaveState::ReadOnly, "{}", told(&second));
    assert!(told(&second).starts_with("Read-only: "), "{}", told(&second));
    tag(&mut second, "ريم القصاب", "PERS");
    assert_eq!(document(&second).annotations().len(), 0);
    assert!(told(&second).contains("it is read-only here"), "{}", told(&second));
    take_over(&mut second);
    assert_eq!(second.save_state(), SaveState::ReadOnly, "the first still has it");
    drop(first);
    take_over(&mut second);
    assert_eq!(document(&second).annotations().len(), 1, "with what the first has left: {}", told(&second));
    tag(&mut second, "ريم القصاب", "PERS");
    assert_eq!(document(&second).annotations().len(), 2);
}

/// Leaves a session with a change that is in the journal alone, then changes the saved file as another program would.
fn journal_and_changed_file(journaled: impl FnOnce(&mut Session)) -> Folder {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    tag(&mut session, "مسقط", "GPE");
    session.perform(Action::Save);
    session.settle();
    journaled(&mut session);
    drop(session);
    let path = folder.path().join("article.txt.ron");
    let text = String::from_utf8(crate::store::read_for_tests(&path)).expect("UTF-8");
    crate::store::write(&path, text.replace("GPE", "LOC").as_bytes(), None).expect("writable");
    folder
}

fn labels(session: &Session) -> Vec<String> {
    document(session).annotations().iter().map(|a| a.body.label().to_string()).collect()
}

#[test]
fn what_the_journal_alone_had_comes_into_a_file_that_others_have_changed() {
    let folder = journal_and_changed_file(|session| {
        tag(session, "سامر الحداد", "PERS");
        wait_for_journal(session);
    });
    let mut session = open(&folder);
    assert_eq!(labels(&session), ["LOC", "PERS"]);
    assert!(told(&session).starts_with("Recovered 1 change that had not reached"), "{}", told(&session));
    assert!(told(&session).contains("was changed by another program"), "{}", told(&session));
    assert!(told(&session).contains("set-aside-1"), "{}", told(&session));
    drop(session);
    let mut again = open(&folder);
    assert_eq!(
        (labels(&again), told(&again).as_str()),
        (vec!["LOC".into(), "PERS".into()], ""),
        "saved meanwhile"
    );
    again.perform(Action::Undo);
    assert_eq!(labels(&again), ["LOC"]);
    session = again;
    session.perform(Action::Redo);
    assert_eq!(labels(&session), ["LOC", "PERS"]);
}

#[test]
fn what_the_journal_and_a_changed_file_disagree_on_is_the_users_choice() {
    let folder = journal_and_changed_file(|session| {
        let id = document(session).annotations().as_slice()[0].id;
        session.perform(Action::Relabel(id, "ORG".into()));
        wait_for_journal(session);
    });
    let mut session = open(&folder);
    assert_eq!(labels(&session), ["LOC"], "as in the file until somebody chooses");
    assert!(session.take_requests().contains(&Request::Conflicts));
    assert!(told(&session).contains("1 place changed in the file and in the journal"), "{}", told(&session));
    let meeting = session.meeting().expect("a conflict");
    assert_eq!(meeting.sides(), Sides::FileAndJournal);
    let key = meeting.conflicts()[0].key();
    session.perform(Action::ResolveConflicts([(key, crate::model::Side::Incoming)].into()));
    session.settle();
    assert_eq!((labels(&session), session.save_state()), (vec!["ORG".into()], SaveState::Saved));
}

#[test]
fn a_file_that_others_have_changed_when_nothing_was_left_to_save_is_opened_without_a_word() {
    let folder = journal_and_changed_file(|_| {});
    let session = open(&folder);
    assert_eq!((labels(&session), told(&session).as_str()), (vec!["LOC".into()], ""));
}

#[test]
fn what_is_saved_under_another_name_has_its_own_journal() {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    tag(&mut session, "مسقط", "GPE");
    session.perform(Action::SaveAs(folder.path().join("second.ron")));
    session.settle();
    tag(&mut session, "سامر الحداد", "PERS");
    wait_for_journal(&mut session);
    let before = document(&session);
    drop(session);
    let state = folder.path().join("state");
    let mut session = session_with(schema_file::default_schema(), None, Some(state));
    session.perform(Action::OpenPath(folder.path().join("second.ron"), None));
    session.settle();
    assert_eq!(document(&session), before, "{}", told(&session));
}
