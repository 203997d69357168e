//! A project in the window: made of a folder, gone through by keys and clicks, exported with its losses shown before.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::{TEXT, Window};
use crate::session::{Action, Command, NewProject};
use crate::store;
use crate::ui::file_picker::Picked;

/// A window on a project of two articles; what is picked is the folder `out` in it.
fn project() -> Window {
    let mut window = Window::open(TEXT, |folder| Picked::Path(folder.join("out")));
    let folder = window.folder.path().to_owned();
    store::write(&folder.join("سفينة.txt"), "وصل سامر الحداد.".as_bytes(), None).expect("writable");
    let file = crate::formats::project_file::ProjectFile { name: "Ports".into(), ..Default::default() };
    let new = Box::new(NewProject { root: folder.join("ports"), file, copy_from: Some(folder) });
    window.harness.state_mut().session().perform(Action::CreateProject(new));
    rest(&mut window);
    rest(&mut window);
    window
}

fn rest(window: &mut Window) {
    window.harness.state_mut().session().settle();
    window.frames(4);
}

fn article(window: &mut Window) -> String {
    let session = window.harness.state_mut().session();
    session.queue().here().map(|entry| entry.name.to_string()).unwrap_or_default()
}

#[test]
fn the_queue_is_gone_through_by_keys_and_clicks() {
    let mut window = project();
    assert!(window.shows("0 of 2 done") && window.shows("article article.txt: New"));
    window.key(Modifiers::COMMAND, Key::D);
    rest(&mut window);
    assert_eq!(article(&mut window), "سفينة.txt");
    assert!(window.shows("1 of 2 done") && window.shows("article article.txt: Done"));
    window.harness.get_by_label_contains("article article.txt").click();
    window.frames(2);
    rest(&mut window);
    assert_eq!(article(&mut window), "article.txt");
    // A part of a name and Enter open the first that fits.
    window.key(Modifiers::COMMAND, Key::P);
    window.harness.event(egui::Event::Text("سفينه".into()));
    window.frames(3);
    window.key(Modifiers::NONE, Key::Enter);
    rest(&mut window);
    assert_eq!(article(&mut window), "سفينة.txt");
}

#[test]
fn what_an_export_would_lose_is_shown_before_anything_is_written() {
    let mut window = project();
    window.suggest(&[("PERS", "سامر الحداد")]);
    window.keys(&[Key::Tab, Key::Space]);
    rest(&mut window);
    window.harness.state_mut().wish_for_tests(Command::Export);
    window.frames(3);
    window.harness.get_by_label("html").click();
    window.frames(2);
    window.harness.get_by_label("Choose the folder…").click();
    window.frames(3);
    let out = window.folder.path().join("out");
    wait_for(&mut window, "Write it");
    assert!(window.shows("annotations: written without their times"));
    assert!(!out.join("html").exists(), "not yet");
    window.harness.get_by_label("Write it").click();
    window.frames(2);
    rest(&mut window);
    assert!(out.join("html/article.txt.html").is_file() && out.join("html/LOSSES.txt").is_file());
    assert!(out.join("jsonl/articles.jsonl").is_file() && out.join("README.md").is_file());
}

/// Waits for something that a thread of its own brings.
fn wait_for(window: &mut Window, label: &str) {
    for _ in 0..500 {
        window.frames(1);
        if window.shows(label) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{label} does not come");
}
