//! The window as its users meet it: keys and clicks in, documents, files and what is shown out.

mod journeys;
mod projects;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::app::App;
use super::file_picker::{FilePicker, Pick, Picked};
use super::theme;
use crate::formats::schema_file;
use crate::model::{Body, Entity, Explanation, Fragments, Suggestion, Timestamp};
use crate::session::{Action, COMMANDS, Keymap, Session, Setup, ViewChange};
use crate::store::{self, Settings};
use crate::text::TextRange;

const TEXT: &str = "لقاء في مسقط.. عودة الوفدين\n\n\
    التقى سامر الحداد وريم القصاب في مسقط أمس.\n\
    وقال سامر الحداد إن الاتفاق سيوقع قريباً في مسقط.\n";

/// Answers every question with the same.
struct FixedPicker(Picked);

impl FilePicker for FixedPicker {
    fn pick(&self, _: Pick, wake: Box<dyn FnOnce() + Send>) -> Receiver<Picked> {
        let (answer, receiver) = channel();
        answer.send(self.0.clone()).expect("somebody listens");
        wake();
        receiver
    }
}

struct Window {
    harness: Harness<'static, App>,
    folder: tempfile::TempDir,
}

impl Window {
    fn open(text: &str, picked: impl FnOnce(&std::path::Path) -> Picked) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("article.txt");
        store::write(&path, text.as_bytes(), None).expect("writable");
        let mut session = Session::new(Setup {
            schema: Arc::new(schema_file::default_schema()),
            settings: Settings::default(),
            keymap: Keymap::standard(),
            clock: Arc::new(|| Timestamp::from_millis(1_700_000_000_000)),
            waker: Arc::new(|| {}),
            config_dir: None,
            state_dir: None,
            data_dir: None,
        });
        session.perform(Action::OpenPath(path, None));
        session.settle();
        let app = App::new(session, Box::new(FixedPicker(picked(folder.path()))));
        let mut fonts_installed = false;
        let harness =
            Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_step_dt(1.0 / 60.0).build_ui_state(
                move |ui, app: &mut App| {
                    if !std::mem::replace(&mut fonts_installed, true) {
                        theme::install_fonts(ui.ctx());
                        return;
                    }
                    app.logic(ui.ctx());
                    app.ui(ui);
                },
                app,
            );
        let mut window = Self { harness, folder };
        window.suggest(&[]);
        window.frames(4);
        window
    }

    fn frames(&mut self, n: usize) {
        for _ in 0..n {
            self.harness.step();
        }
    }

    fn suggest(&mut self, parts: &[(&str, &str)]) {
        let session = self.harness.state_mut().session();
        let text = session.editor().expect("open").document().source().as_str().to_owned();
        let suggestions = parts.iter().map(|(label, part)| {
            let at = text.find(part).expect("a part of the text");
            let range = TextRange::from_indices(at, at + part.len());
            let fragments = Fragments::single(range).expect("not empty");
            Suggestion {
                body: Body::Entity(Entity { label: (*label).into(), fragments }),
                attributes: std::collections::BTreeMap::new(),
                rule: "test/rule".into(),
                pack: "test@1".into(),
                confidence: 0.9,
                why: "a test".into(),
                explanation: Explanation::default(),
            }
        });
        session.set_suggestions_for_tests(suggestions.collect());
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.frames(3);
    }

    fn keys(&mut self, keys: &[Key]) {
        for key in keys {
            self.key(Modifiers::NONE, *key);
        }
    }

    fn tagged(&mut self) -> Vec<String> {
        let session = self.harness.state_mut().session();
        let document = session.editor().expect("open").document();
        let show = |a: &Arc<crate::model::Annotation>| {
            format!("{} {}", a.body.label(), document.source().slice(a.body.fragments().hull()))
        };
        document.annotations().iter().map(show).collect()
    }

    fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }
}

fn no_dialog(_: &std::path::Path) -> Picked {
    Picked::NoDialog
}

#[test]
fn review_goes_by_tab_space_and_x_with_the_cards_beside_it() {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("GPE", "مسقط"), ("PERS", "سامر الحداد"), ("PERS", "ريم القصاب")]);
    window.frames(2);
    assert!(window.shows("suggestion PERS: ريم القصاب"));
    window.keys(&[Key::Tab, Key::Space, Key::X]);
    assert_eq!(window.tagged(), ["GPE مسقط"]);
    assert!(!window.shows("suggestion PERS: سامر الحداد"));
    assert!(window.shows("suggestion PERS: ريم القصاب"));
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(window.shows("suggestion PERS: سامر الحداد"));
}

#[test]
fn an_article_is_annotated_by_keyboard_alone_and_found_again() {
    let mut window = Window::open(TEXT, no_dialog);
    // To the second line of text, past its first word, over two words.
    window.keys(&[Key::ArrowDown, Key::ArrowDown, Key::ArrowLeft]);
    window.key(Modifiers::SHIFT, Key::ArrowLeft);
    window.key(Modifiers::SHIFT, Key::ArrowLeft);
    window.keys(&[Key::Num1]);
    assert_eq!(window.tagged(), ["PERS سامر الحداد"]);
    window.key(Modifiers::COMMAND, Key::S);
    window.harness.state_mut().session().settle();
    let before = window.tagged();
    let path = window.folder.path().join("article.txt");
    window.harness.state_mut().session().perform(Action::OpenPath(path, None));
    window.harness.state_mut().session().settle();
    window.frames(3);
    assert_eq!(window.tagged(), before);
}

#[test]
fn the_marks_at_the_cursor_are_chosen_by_arrows_and_enter() {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("PERS", "سامر الحداد"), ("OCC", "سامر")]);
    window.keys(&[Key::Tab]);
    window.key(Modifiers::COMMAND, Key::M);
    assert!(window.shows("suggestion OCC: سامر"));
    let focus = |window: &mut Window| {
        let editor = window.harness.state_mut().session().editor().expect("open");
        editor.focused_suggestion().map(|pending| pending.suggestion.body.label().to_string())
    };
    assert_eq!(focus(&mut window).as_deref(), Some("PERS"), "the longer one comes first");
    // Innermost first: the focused one is the second of two.
    window.keys(&[Key::ArrowUp, Key::Enter]);
    assert_eq!(focus(&mut window).as_deref(), Some("OCC"));
    window.keys(&[Key::Space]);
    assert_eq!(window.tagged(), ["OCC سامر"], "the keys are the window's again");
}

#[test]
fn letters_typed_into_a_field_are_no_commands() {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("GPE", "مسقط")]);
    window.keys(&[Key::Tab, Key::Space]);
    window.key(Modifiers::COMMAND, Key::F);
    window.keys(&[Key::Num1, Key::X, Key::Delete]);
    assert_eq!(window.tagged(), ["GPE مسقط"]);
    window.keys(&[Key::Escape, Key::Escape]);
    window.key(Modifiers::NONE, Key::F8);
    window.keys(&[Key::Delete]);
    assert!(window.tagged().is_empty(), "the keys are the article's again");
}

/// A window in which a note is being typed on the first of two annotations.
fn writing_a_note() -> Window {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("GPE", "مسقط"), ("PERS", "ريم القصاب")]);
    window.keys(&[Key::Tab, Key::Space, Key::Space]);
    window.key(Modifiers::NONE, Key::F8);
    window.keys(&[Key::Enter]);
    window.harness.event(egui::Event::Text("تأكد".to_owned()));
    window.frames(3);
    window
}

fn notes(window: &mut Window) -> Vec<String> {
    let document = window.harness.state_mut().session().editor().expect("open").document();
    document.annotations().iter().map(|annotation| annotation.note.to_string()).collect()
}

#[test]
fn a_note_that_is_being_typed_is_kept_by_every_way_out() {
    let ways: [(Modifiers, Key); 5] = [
        (Modifiers::NONE, Key::F8),
        (Modifiers::NONE, Key::F9),
        (Modifiers::COMMAND, Key::Num1),
        (Modifiers::COMMAND, Key::S),
        (Modifiers::COMMAND, Key::Q),
    ];
    for (modifiers, key) in ways {
        let mut window = writing_a_note();
        assert_eq!(notes(&mut window).concat(), "", "not a change a letter");
        window.key(modifiers, key);
        assert_eq!(notes(&mut window).concat(), "تأكد", "{modifiers:?} {key:?}");
        window.harness.state_mut().session().perform(Action::Undo);
        assert_eq!(notes(&mut window).concat(), "", "one undo");
    }
}

#[test]
fn a_note_that_is_being_typed_is_saved_when_the_window_is_closed() {
    let mut window = writing_a_note();
    let viewport = window.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
    viewport.events.push(egui::ViewportEvent::Close);
    window.frames(1);
    assert_eq!(notes(&mut window).concat(), "تأكد");
}

#[test]
fn the_list_of_mentions_goes_with_its_article() {
    let mut window = Window::open(&TEXT.repeat(20), no_dialog);
    let path = window.folder.path().join("b.txt");
    store::write(&path, "نص آخر".as_bytes(), None).expect("writable");
    window.suggest(&[("GPE", "مسقط")]);
    window.keys(&[Key::Tab, Key::Space]);
    window.key(Modifiers::NONE, Key::F8);
    window.keys(&[Key::A]);
    window.harness.state_mut().session().settle();
    window.frames(2);
    assert!(window.shows("Tag all mentions"));
    let session = window.harness.state_mut().session();
    session.perform(Action::OpenPath(path, None));
    session.settle();
    window.frames(2);
    assert!(!window.shows("Tag all mentions"));
    window.keys(&[Key::Enter]);
    assert!(window.tagged().is_empty());
}

#[test]
fn where_no_dialog_can_be_shown_a_field_takes_the_path() {
    let mut window = Window::open(TEXT, no_dialog);
    window.key(Modifiers::COMMAND, Key::O);
    assert!(window.shows("This system shows no file dialog"));
    window.keys(&[Key::Escape]);
    assert!(!window.shows("This system shows no file dialog"));
}

#[test]
fn a_file_that_was_picked_is_opened() {
    let mut window = Window::open(TEXT, |folder| Picked::Path(folder.join("b.txt")));
    store::write(&window.folder.path().join("b.txt"), "نص آخر".as_bytes(), None).expect("writable");
    window.key(Modifiers::COMMAND, Key::O);
    window.harness.state_mut().session().settle();
    window.frames(2);
    let name = window
        .harness
        .state_mut()
        .session()
        .article_path()
        .and_then(|p| p.file_name())
        .map(ToOwned::to_owned);
    assert_eq!(name.as_deref(), Some(std::ffi::OsStr::new("b.txt")));
}

#[test]
fn the_palette_runs_a_command_by_its_name() {
    let mut window = Window::open(TEXT, no_dialog);
    window.key(Modifiers::COMMAND, Key::K);
    window.harness.event(egui::Event::Text("annotations".to_owned()));
    window.frames(2);
    window.keys(&[Key::Enter]);
    assert_eq!(window.harness.state_mut().session().tab(), crate::session::Tab::Annotations);
}

#[test]
fn every_command_can_be_run_from_the_window() {
    for row in COMMANDS {
        let mut window = Window::open(TEXT, no_dialog);
        window.suggest(&[("GPE", "مسقط")]);
        window.keys(&[Key::Tab]);
        window.harness.state_mut().wish_for_tests(row.command);
        window.frames(4);
        window.keys(&[Key::Escape]);
    }
}

#[test]
fn a_narrow_window_shows_all_parts() {
    let mut window = Window::open(TEXT, no_dialog);
    window.harness.set_size(egui::vec2(900.0, 600.0));
    window.frames(4);
    for text in ["Suggestions", "Annotations", "Details", "Person", "Claim"] {
        assert!(window.shows(text), "{text}");
    }
}

#[test]
fn a_window_three_times_as_large_has_room_for_the_article() {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("GPE", "مسقط")]);
    window.harness.state_mut().session().perform(Action::View(ViewChange::WindowScale(3.0)));
    window.frames(6);
    let article = window.harness.get_by_role(egui::Role::Document).rect();
    let whole = window.harness.ctx.content_rect();
    assert!(whole.width() < 430.0, "{whole:?}");
    assert!(article.width() > 0.9 * whole.width() && article.height() > 50.0, "{article:?} of {whole:?}");
    for part in ["File", "Help", "Suggestions 1", "Details"] {
        let rect = window.harness.get_by_label(part).rect();
        assert!(whole.contains_rect(rect), "{part} at {rect:?} is cut off");
    }
    let tabs = window.harness.get_by_label("Suggestions 1").rect();
    assert!(tabs.top() > article.bottom(), "{tabs:?} stands below {article:?}");
    window.keys(&[Key::Tab, Key::Space]);
    assert_eq!(window.tagged(), ["GPE مسقط"]);
}

#[test]
#[expect(clippy::float_cmp, reason = "whole steps are exact")]
fn larger_text_is_that_of_the_article_alone() {
    let mut window = Window::open(TEXT, no_dialog);
    window.key(Modifiers::COMMAND, Key::Plus);
    window.key(Modifiers::COMMAND, Key::Equals);
    assert_eq!(window.harness.ctx.zoom_factor(), 1.0);
    let size = window.harness.state_mut().session().settings().text_size;
    assert_eq!(size, Settings::default().text_size + 2.0);
    window.key(Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.harness.state_mut().session().settings().text_size, Settings::default().text_size);
}

#[test]
fn the_annotations_are_filtered_by_text_in_any_spelling() {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("GPE", "مسقط"), ("PERS", "ريم القصاب")]);
    window.keys(&[Key::Tab, Key::Space, Key::Space]);
    window.key(Modifiers::COMMAND, Key::Num2);
    assert!(window.shows("annotation GPE: مسقط") && window.shows("annotation PERS: ريم القصاب"));
    window.harness.get_by_label("filter by text").focus();
    window.frames(2);
    window.harness.event(egui::Event::Text("القصّاب".to_owned()));
    window.frames(3);
    assert!(!window.shows("annotation GPE: مسقط") && window.shows("annotation PERS: ريم القصاب"));
}

#[test]
fn an_edit_in_the_workbench_keeps_the_filter_and_shows_what_is_wrong() {
    let mut window = Window::open("وصل وفد من ليبيا إلى مسقط أمس.\n", no_dialog);
    window.key(Modifiers::NONE, Key::F6);
    window.harness.state_mut().session().settle();
    window.frames(3);
    window.harness.get_by_label("filter rules").focus();
    window.frames(2);
    window.harness.event(egui::Event::Text("gpe-country".to_owned()));
    window.frames(3);
    assert!(window.shows("rule ar/gpe-country") && !window.shows("rule ar/person-title"));
    window.harness.get_by_label("rule ar/gpe-country").click();
    window.frames(3);
    window.harness.get_by_label("Edit a copy").click();
    window.frames(3);
    let text = window.harness.state_mut().session().draft().expect("a draft").text.clone();
    assert!(text.contains("my-gpe-country"), "{text}");
    assert!(!window.shows("rule ar/person-title"), "the filter stays");
    window.harness.state_mut().session().perform(Action::SetDraft(text.replace("priority", "prioritee")));
    // The clock of the test stands still: the try comes when it is asked for.
    window.harness.state_mut().session().try_draft_for_tests();
    window.harness.state_mut().session().settle();
    window.frames(2);
    assert!(window.shows("1 mistake"));
}

#[test]
fn decisions_and_what_is_focused_are_told_as_they_happen() {
    let mut window = Window::open(TEXT, no_dialog);
    window.suggest(&[("GPE", "مسقط"), ("PERS", "سامر الحداد"), ("PERS", "ريم القصاب")]);
    let polite = |window: &Window| {
        let region = window.harness.get_by_role(egui::Role::Status).accesskit_node();
        assert_eq!(region.live(), egui::accesskit::Live::Polite);
        region.label().unwrap_or_default()
    };
    window.keys(&[Key::Tab]);
    assert_eq!(polite(&window).trim(), "GPE: مسقط, suggestion 1 of 3, a test");
    window.keys(&[Key::Space]);
    let accepted = polite(&window);
    assert!(
        accepted.contains("GPE") && accepted.contains(". PERS: سامر الحداد, suggestion 1 of 2"),
        "{accepted}"
    );
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(polite(&window).starts_with("Undone: "), "{}", polite(&window));
    window.harness.state_mut().session().warn("The disk is full");
    window.frames(2);
    let alert = window.harness.get_by_role(egui::Role::Alert).accesskit_node();
    assert_eq!(alert.live(), egui::accesskit::Live::Assertive);
    assert_eq!(alert.label().unwrap_or_default().trim(), "The disk is full");
}
