//! The past of an article: what is told of it, and the way back.

use super::keeping::{document, open, tag};
use super::*;

fn show(session: &mut Session) {
    session.take_requests();
    session.perform(Action::ShowHistory);
    session.settle();
    assert!(session.take_requests().contains(&Request::History), "{:?}", session.notice());
}

#[test]
fn any_point_can_be_gone_back_to_and_that_is_one_step() {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    let mut states = vec![document(&session)];
    tag(&mut session, "مسقط", "GPE");
    states.push(document(&session));
    tag(&mut session, "سامر الحداد", "PERS");
    states.push(document(&session));
    session.perform(Action::Delete(AnnotationId::FIRST));
    states.push(document(&session));
    session.perform(Action::Undo);
    states.push(document(&session));
    for (n, state) in states.iter().enumerate() {
        let before = document(&session);
        show(&mut session);
        session.perform(Action::GoBackTo(Point::After(n as u64)));
        session.settle();
        assert_eq!(document(&session), *state, "after {n} changes: {:?}", session.notice());
        if before != *state {
            session.perform(Action::Undo);
        }
        assert_eq!(document(&session), before, "one undo takes it back");
    }
    let past = Arc::clone(session.past().expect("shown"));
    let told: Vec<&str> = past.deeds.iter().take(4).map(|deed| &*deed.change.description).collect();
    assert!(told[0].starts_with("Tag") && told[3].contains("Remove"), "{told:?}");
}

#[test]
fn the_past_is_there_after_a_restart_and_can_be_exported() {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    tag(&mut session, "مسقط", "GPE");
    drop(session);
    let mut session = open(&folder);
    tag(&mut session, "سامر الحداد", "PERS");
    show(&mut session);
    let path = folder.path().join("audit.jsonl");
    session.perform(Action::ExportHistory(path.clone()));
    session.settle();
    let text = String::from_utf8(crate::store::read_for_tests(&path)).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].contains("\"label\":\"GPE\"") && lines[1].contains("\"label\":\"PERS\""), "{text}");
    session.perform(Action::GoBackTo(Point::After(0)));
    session.settle();
    assert_eq!(document(&session).annotations().len(), 0);
    session.perform(Action::ExportHistory(folder.path().join("article.txt")));
    session.settle();
    let article = crate::store::read_for_tests(&folder.path().join("article.txt"));
    assert_eq!(article, TEXT.as_bytes(), "the article is never written over");
}

#[test]
fn an_earlier_state_of_the_file_can_be_gone_back_to() {
    let (_, _, folder) = with_article();
    let mut session = open(&folder);
    tag(&mut session, "مسقط", "GPE");
    session.perform(Action::Save);
    session.settle();
    let saved = document(&session);
    // The clock stands still, and the next save would take the place of this state: it is from an earlier day.
    show(&mut session);
    let newest = session.past().expect("shown").snapshots[0].path.clone();
    let earlier = newest.with_file_name("1600000000000.ron");
    crate::store::write(&earlier, &crate::store::read_for_tests(&newest), None).expect("writable");
    tag(&mut session, "سامر الحداد", "PERS");
    session.perform(Action::Delete(AnnotationId::FIRST));
    let now = document(&session);
    show(&mut session);
    let snapshots = &session.past().expect("shown").snapshots;
    assert_eq!(snapshots.last().map(|snapshot| &snapshot.path), Some(&earlier));
    session.perform(Action::GoBackTo(Point::Snapshot(earlier)));
    session.settle();
    assert_eq!(document(&session), saved, "{:?}", session.notice());
    session.perform(Action::Undo);
    assert_eq!(document(&session), now);
}

#[test]
fn without_a_journal_there_is_no_history() {
    let mut bench = Bench::open(TEXT);
    bench.session.perform(Action::ShowHistory);
    let told = bench.session.notice().expect("a reason").text.clone();
    assert_eq!(told, "No journal is kept of this article");
}
