//! A program that works and is killed, again and again: what it was told to be kept is there at the next start.
//!
//! The program that is killed is this test itself, started once more with a folder in its environment; it works on an
//! article as an annotator does, only faster, and tells on its standard output what it did and what was acknowledged.
//! `HASHIYA_KILLS` says how often it is killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashiya::formats::{annotation_file, schema_file};
use hashiya::model::Timestamp;
use hashiya::session::{Action, Keymap, SaveState, Selection, Session, Setup};
use hashiya::store::Settings;

use crate::chance::Chance;

const FOLDER: &str = "HASHIYA_KILL_FOLDER";
const SEED: &str = "HASHIYA_KILL_SEED";
const KILLS: usize = 25;

/// Time goes ten times as fast, so that snapshots come while the program lives.
const HASTE: u32 = 10;

fn session(folder: &Path) -> Session {
    let started = Instant::now();
    Session::new(Setup {
        schema: Arc::new(schema_file::default_schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(move || {
            let passed = i64::try_from((started.elapsed() * HASTE).as_millis()).expect("short");
            Timestamp::from_millis(1_700_000_000_000 + passed)
        }),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: Some(folder.join("state")),
        data_dir: None,
    })
}

/// Opens the article and returns the session as soon as it is there, without waiting for anything else.
fn open(folder: &Path) -> Session {
    let mut session = session(folder);
    session.perform(Action::OpenPath(folder.join("port.txt"), None));
    let until = Instant::now() + Duration::from_mins(1);
    while session.editor().is_none() {
        assert!(Instant::now() < until, "{:?}", session.notice());
        session.poll();
        std::thread::sleep(Duration::from_millis(1));
    }
    session
}

/// What a document holds, in short.
fn digest(session: &Session) -> String {
    let document = session.editor().expect("open").document();
    let text = annotation_file::save(document, "amal", "hashiya-default").expect("can be written");
    hashiya::store::Stamp::of(text.as_bytes()).written()
}

/// The program that is killed.
#[test]
#[ignore = "started by the test below, in a process of its own"]
fn work_until_killed() {
    let folder = std::env::var_os(FOLDER).expect("the folder of the article");
    let seed: u64 = std::env::var(SEED).expect("a seed").parse().expect("a number");
    let chance = &mut Chance::new(seed);
    let mut session = open(Path::new(&folder));
    let mut out = std::io::stdout().lock();
    let mut tell = |what: &str, digest: &str| {
        // One write a line: a line is told whole or not at all.
        out.write_all(format!("\n{what} {digest}\n").as_bytes())
            .and_then(|()| out.flush())
            .expect("the driver listens");
    };
    let mut last = digest(&session);
    tell("begin", &last);
    loop {
        tell("acts", &last);
        act(&mut session, chance);
        let now = digest(&session);
        if now != last {
            tell("did", &now);
            last = now;
        }
        std::thread::sleep(Duration::from_millis(chance.below(6) as u64));
        session.poll();
        if matches!(session.save_state(), SaveState::Saved | SaveState::Journaled) {
            tell("kept", &last);
        }
    }
}

fn act(session: &mut Session, chance: &mut Chance) {
    let editor = session.editor().expect("open");
    let tokens = editor.segmentation().tokens();
    let token = tokens[chance.below(tokens.len())].range;
    let ids: Vec<_> = editor.document().annotations().iter().map(|annotation| annotation.id).collect();
    let pending: Vec<_> = editor.queue().pending().iter().map(hashiya::session::Pending::key).collect();
    match chance.below(12) {
        0 => session.perform(Action::Undo),
        1 => session.perform(Action::Redo),
        2 => session.perform(Action::Save),
        3 if !ids.is_empty() => session.perform(Action::Delete(ids[chance.below(ids.len())])),
        4..=6 if !pending.is_empty() => {
            session.perform(Action::Accept(pending[chance.below(pending.len())].clone(), None));
        }
        7 if !pending.is_empty() => {
            session.perform(Action::Reject(pending[chance.below(pending.len())].clone()));
        }
        8 if !ids.is_empty() => {
            session.perform(Action::SetNote(
                ids[chance.below(ids.len())],
                format!("note {}", chance.below(1000)),
            ));
        }
        _ => {
            session.perform(Action::Select(Selection::of(token)));
            session.perform(Action::ApplyLabel(["PERS", "ORG", "GPE"][chance.below(3)].into()));
        }
    }
}

/// What the program said before it was killed.
#[derive(Default)]
struct Said {
    /// The states, in order.
    states: Vec<String>,
    /// The place among them of the last that was acknowledged.
    kept: usize,
    /// Whether a change was begun and not told of any more: that may be there too.
    acts: bool,
}

fn run_and_kill(folder: &Path, seed: u64, after: Duration) -> Said {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "kill::work_until_killed", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let reader = std::thread::spawn(move || {
        let mut said = Said::default();
        for line in lines.split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            let words = line.split_once(' ');
            if let Some((what, _)) = words.filter(|(_, digest)| digest.len() == 64) {
                said.acts = what == "acts";
            }
            match words {
                Some(("begin" | "did", digest)) if digest.len() == 64 => said.states.push(digest.to_owned()),
                Some(("kept", digest)) if digest.len() == 64 => {
                    let place = said.states.iter().rposition(|state| *state == digest);
                    said.kept = place.expect("what is kept was done");
                }
                _ => {}
            }
        }
        said
    });
    std::thread::sleep(after);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is ended");
    reader.join().expect("the lines were read")
}

#[test]
fn what_was_acknowledged_is_there_after_every_kill() {
    let kills = std::env::var("HASHIYA_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let article = include_str!("../../assets/examples/sarian-strait.ar.txt");
    std::fs::write(folder.path().join("port.txt"), article).expect("writable");
    let chance = &mut Chance::new(0xA11C_E5ED);
    let (mut changes, mut kept, mut beyond, mut recovered) = (0, 0, 0, 0);
    for kill in 0..kills {
        let after = Duration::from_millis(100 + chance.below(900) as u64);
        let said = run_and_kill(folder.path(), kill as u64, after);
        let mut session = open(folder.path());
        let told = session.notice().map(|notice| (notice.is_error, notice.text.clone()));
        assert!(!told.as_ref().is_some_and(|(is_error, _)| *is_error), "kill {kill}: {told:?}");
        recovered += usize::from(told.is_some());
        if said.states.is_empty() {
            // It was killed before it had opened the article.
            continue;
        }
        let mut found = digest(&session);
        let place_of = |state: &String| said.states.iter().rposition(|other| other == state);
        if said.acts && place_of(&found).is_none_or(|place| place < said.kept) {
            // Killed in the middle of a change that is in the journal already: taken back, or done again where it was
            // an undo, it is the last state that was told of.
            for action in [Action::Undo, Action::Redo, Action::Redo] {
                session.perform(action);
                found = digest(&session);
                if Some(&found) == said.states.last() {
                    break;
                }
            }
            assert_eq!(Some(&found), said.states.last(), "kill {kill}: {told:?}");
        }
        let place = place_of(&found);
        let place = place.unwrap_or_else(|| panic!("kill {kill}: a state that never was; {told:?}"));
        assert!(place >= said.kept, "kill {kill}: state {} was acknowledged, {place} is there", said.kept);
        changes += said.states.len() - 1;
        kept += said.kept;
        beyond += place - said.kept;
    }
    println!(
        "{kills} kills: {changes} changes, {kept} acknowledged, all there; {beyond} more were there; \
         {recovered} starts had something to recover"
    );
    assert!(kept > kills, "{kept} acknowledged changes in {kills} runs: the test tries nothing");
}
