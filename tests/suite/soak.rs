//! A session that is given commands at random for as long as one likes: whatever they are, what it holds stays sound.
//!
//! `HASHIYA_SOAK` says how many commands.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hashiya::formats::{annotation_file, schema_file};
use hashiya::model::{LabelId, RoleId, Timestamp};
use hashiya::session::{
    Action, COMMANDS, Command, Edge, Keymap, ParagraphLines, Pending, SaveState, Selection, Session, Setup,
    Toward, Variant,
};
use hashiya::store::{OpenOptions, Settings};
use hashiya::text::TextRange;

use crate::chance::Chance;

/// How many commands are run where nobody says.
const RUN: usize = 3_000;

/// After how many commands everything is checked.
const CHECK_EVERY: usize = 1_000;

/// What the history of a change may take in memory, in bytes: the records before and after it, the suggestions that came
/// and went, and what the allocator keeps.
const BYTES_A_COMMAND: usize = 4_096;

/// What the rest may take beyond what it took at the first check, in bytes.
const SLACK: usize = 64 << 20;

fn session(folder: &Path) -> Session {
    let started = Instant::now();
    let mut session = Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(move || {
            let passed = i64::try_from(started.elapsed().as_millis()).expect("short");
            Timestamp::from_millis(1_700_000_000_000 + passed)
        }),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: Some(folder.join("state")),
        data_dir: None,
    });
    session.perform(Action::OpenPath(folder.join("port.txt"), None));
    session.settle();
    session
}

fn range(session: &Session, chance: &mut Chance) -> TextRange {
    let tokens = session.editor().expect("open").segmentation().tokens();
    let first = chance.below(tokens.len());
    let last = (first + chance.below(6)).min(tokens.len() - 1);
    tokens[first].range.cover(tokens[last].range)
}

fn label(session: &Session, chance: &mut Chance) -> LabelId {
    let labels = session.schema().labels();
    labels[chance.below(labels.len())].id.clone()
}

/// Does something that a user could do, sensible or not.
fn act(session: &mut Session, chance: &mut Chance) {
    let editor = session.editor().expect("open");
    let ids: Vec<_> = editor.document().annotations().iter().map(|annotation| annotation.id).collect();
    let pending: Vec<_> = editor.queue().pending().iter().map(Pending::key).collect();
    let id = (!ids.is_empty()).then(|| ids[chance.below(ids.len())]);
    let other = (!ids.is_empty()).then(|| ids[chance.below(ids.len())]);
    let suggestion = (!pending.is_empty()).then(|| pending[chance.below(pending.len())].clone());
    let action = match (chance.below(16), id, suggestion) {
        (0..=2, _, _) => Action::Select(Selection::of(range(session, chance))),
        (3, _, _) => Action::ApplyLabel(label(session, chance)),
        (4, Some(id), _) => Action::Relabel(id, label(session, chance)),
        (5, Some(id), _) => Action::SetNote(id, format!("n{}", chance.below(9))),
        (6, Some(id), _) => Action::Delete(id),
        (7, Some(id), _) => Action::Focus(hashiya::session::Focus::Annotation(id)),
        (8, Some(id), _) => Action::Link("same_as".into(), id, other.unwrap_or(id)),
        (9, _, Some(key)) => Action::Accept(key, None),
        (10, _, Some(key)) => Action::Reject(key),
        (11, _, _) => {
            Action::FillRoleFromSelection(RoleId::from(["SOURCE", "CUE", "CONTENT"][chance.below(3)]))
        }
        (12, _, _) => Action::MoveEdge {
            edge: if chance.below(2) == 0 { Edge::Start } else { Edge::End },
            toward: if chance.below(2) == 0 { Toward::Inward } else { Toward::Outward },
            fine: chance.below(2) == 0,
        },
        _ => return run_command(session, chance),
    };
    session.perform(action);
}

fn run_command(session: &mut Session, chance: &mut Chance) {
    let row = &COMMANDS[chance.below(COMMANDS.len())];
    // Those lead away from the article or read all rules anew.
    let leads_away = [Command::NextArticle, Command::PreviousArticle, Command::TakeOver, Command::Quit];
    if leads_away.contains(&row.command) || row.command == Command::RunRules {
        return;
    }
    let variant = Variant { extend: chance.below(2) == 0, fine: chance.below(2) == 0 };
    let segmentation = Arc::clone(session.editor().expect("open").segmentation());
    session.run(row.command, variant, &ParagraphLines(&segmentation));
}

fn saved(session: &Session) -> String {
    let document = session.editor().expect("open").document();
    annotation_file::save(document, "amal", "hashiya-default").expect("can be written")
}

/// Checks that what is there can be written, read and is the same then, and that the file is what is shown.
fn check(session: &mut Session, folder: &Path) {
    session.perform(Action::Save);
    session.settle();
    session.take_requests();
    assert_eq!(session.save_state(), SaveState::Saved, "{:?}", session.notice());
    let editor = session.editor().expect("open");
    let opened = hashiya::store::open(&folder.join("port.txt"), OpenOptions::default(), session.schema())
        .expect("saved");
    assert_eq!(opened.problems, []);
    assert_eq!(opened.document, *editor.document());
    let pending = editor.queue().pending();
    assert!(pending.iter().all(|pending| editor.document().decision(&pending.key()).is_none()));
}

/// Returns how much memory this process has, in bytes; `None` where the system does not tell.
fn memory() -> Option<usize> {
    let pages: usize = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}

/// The work, in a process of its own: its memory is what is measured.
#[test]
#[ignore = "started by the test below, in a process of its own"]
fn be_given_commands() {
    let commands = std::env::var("HASHIYA_SOAK").ok().and_then(|n| n.parse().ok()).unwrap_or(RUN);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let article = include_str!("../../assets/examples/sarian-strait.ar.txt");
    std::fs::write(folder.path().join("port.txt"), article).expect("writable");
    let mut session = session(folder.path());
    let beginning = saved(&session);
    let chance = &mut Chance::new(0x50A4);
    let (mut changes, mut last, mut first_memory, mut most) = (0_usize, 0, None, 0);
    for n in 1..=commands {
        act(&mut session, chance);
        session.poll();
        let now = session.editor().expect("open").changes();
        changes += usize::from(now != last);
        last = now;
        if n % CHECK_EVERY == 0 || n == commands {
            check(&mut session, folder.path());
            let memory = memory().unwrap_or(0);
            let first = *first_memory.get_or_insert(memory);
            most = most.max(memory);
            let bound = first + n * BYTES_A_COMMAND + SLACK;
            assert!(memory <= bound, "{memory} bytes of memory after {n} commands, {first} at first");
        }
    }
    let annotations = session.editor().expect("open").document().annotations().len();
    let mut undone = 0;
    while session.editor().expect("open").history().undo_description().is_some() {
        session.perform(Action::Undo);
        undone += 1;
    }
    assert_eq!(saved(&session), beginning);
    println!(
        "{commands} commands: {changes} changed the document, {annotations} annotations at the end; \
         memory {} MB at the first check, at most {} MB; {undone} undone, and the bytes are those of the beginning",
        first_memory.unwrap_or(0) >> 20,
        most >> 20,
    );
    assert!(changes * 5 > commands, "{changes} changes in {commands} commands: the test tries nothing");
}

#[test]
fn whatever_is_commanded_the_session_stays_sound_and_undo_leads_back_to_the_beginning() {
    let output = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "soak::be_given_commands", "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .expect("it can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("the bytes are those of the beginning"), "{said}");
}
