//! Whole articles, worked through without a pointer: by keys alone, and by the accessibility tree alone.

use std::collections::BTreeSet;

use egui::accesskit::{Action as Ask, ActionData, ActionRequest};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, no_dialog};
use crate::model::{Body, RoleFiller};
use crate::session::{Action, COMMANDS, Command, SchemaKey};
use crate::store;

const ARABIC: &str = include_str!("../../../assets/examples/sarian-strait.ar.txt");
const ENGLISH: &str = include_str!("../../../assets/examples/halden-dam.en.txt");

/// Returns the toolkit's key of a chord such as `Ctrl+Shift+Left` or `{`.
fn pressed(chord: &str) -> (Modifiers, Key) {
    let (mut modifiers, mut rest) = (Modifiers::NONE, chord);
    loop {
        let (modifier, left) = match rest.split_once('+') {
            Some(("Ctrl", left)) => (Modifiers::COMMAND, left),
            Some(("Shift", left)) => (Modifiers::SHIFT, left),
            Some(("Alt", left)) => (Modifiers::ALT, left),
            _ => break,
        };
        modifiers |= modifier;
        rest = left;
    }
    match rest {
        "{" => (modifiers | Modifiers::SHIFT, Key::OpenBracket),
        "}" => (modifiers | Modifiers::SHIFT, Key::CloseBracket),
        "Left" => (modifiers, Key::ArrowLeft),
        "Right" => (modifiers, Key::ArrowRight),
        "Up" => (modifiers, Key::ArrowUp),
        "Down" => (modifiers, Key::ArrowDown),
        name => (modifiers, Key::from_name(name).unwrap_or_else(|| panic!("{name} is no key"))),
    }
}

/// A window of which only the keyboard is used, with the commands that were.
struct Keyboard {
    window: Window,
    used: BTreeSet<Command>,
}

impl Keyboard {
    /// Presses keys one after the other; what they start is waited for.
    fn press(&mut self, chords: &str) {
        for chord in chords.split_whitespace() {
            if let Some(SchemaKey::Command(command, _)) =
                self.window.harness.state_mut().session().key(chord.parse().expect("a chord"))
            {
                self.used.insert(command);
            }
            let (modifiers, key) = pressed(chord);
            self.window.key(modifiers, key);
            self.window.harness.state_mut().session().settle();
            self.window.frames(2);
        }
    }

    fn type_text(&mut self, text: &str) {
        self.window.harness.event(egui::Event::Text(text.to_owned()));
        self.window.frames(3);
    }

    fn waiting(&mut self) -> usize {
        let session = self.window.harness.state_mut().session();
        session.editor().map_or(0, |editor| editor.queue().pending().len())
    }
}

/// What was made of an article: a line for each annotation and each decision.
fn result(window: &mut Window) -> String {
    let document = window.harness.state_mut().session().editor().expect("open").document();
    let source = document.source();
    let mut lines = Vec::new();
    for annotation in document.annotations().iter() {
        let pieces: Vec<&str> =
            annotation.body.fragments().ranges().iter().map(|range| source.slice(*range)).collect();
        let mut line = format!("{} {}", annotation.body.label(), pieces.join(" … "));
        if let Body::Claim(claim) = &annotation.body {
            for (role, fillers) in &claim.roles {
                for filler in fillers {
                    let text = match filler {
                        RoleFiller::Span(span) => source.slice(span.hull()),
                        RoleFiller::Entity(id) => document
                            .annotation(*id)
                            .map_or("", |entity| source.slice(entity.body.fragments().hull())),
                        RoleFiller::Author => "the author",
                        RoleFiller::Unnamed => "unnamed",
                    };
                    line.extend([" | ", role.as_str(), " ", text]);
                }
            }
        }
        if !annotation.note.is_empty() {
            line.extend([" | note ", &annotation.note]);
        }
        for (name, value) in &annotation.attributes {
            line.extend([" | ".to_owned(), format!("{name} {value:?}")]);
        }
        lines.push(line);
    }
    for relation in document.relations() {
        lines.push(format!("{} from {} to {}", relation.label, relation.from, relation.to));
    }
    lines.push(format!("{} decisions", document.decisions().len()));
    lines.join("\n") + "\n"
}

/// Compares with a file beside this one, or writes it where `HASHIYA_BLESS` is set.
fn assert_golden(found: &str, name: &str, expected: &str) {
    if std::env::var_os("HASHIYA_BLESS").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/tests").join(name);
        store::write(&path, found.as_bytes(), None).expect("writable");
        return;
    }
    assert_eq!(found, expected);
}

fn open_with_rules(text: &str) -> Window {
    let mut window = Window::open(text, no_dialog);
    store::write(&window.folder.path().join("b.txt"), "نص آخر".as_bytes(), None).expect("writable");
    window.key(Modifiers::NONE, Key::F5);
    window.harness.state_mut().session().settle();
    window.frames(3);
    window
}

#[test]
fn a_whole_article_is_worked_through_by_keys_alone_and_every_key_is_used() {
    let window = open_with_rules(ARABIC);
    let articles = ["article.txt", "b.txt"].map(|name| window.folder.path().join(name)).to_vec();
    let mut keyboard = Keyboard { window, used: BTreeSet::new() };
    keyboard.window.harness.state_mut().session().set_articles(&articles);
    // Review: every suggestion is decided.
    // The page is as wide as without a queue.
    keyboard.press("F7 F5 Tab Tab Shift+Tab { } ] [ Space S Shift+Tab X");
    for i in 0.. {
        if keyboard.waiting() == 0 {
            break;
        }
        assert!(i < 500, "the review comes to no end");
        keyboard.press("Tab");
        keyboard.press(if i % 4 == 3 { "X" } else { "Space" });
    }
    // A name by hand, looked at from all sides.
    keyboard.press("Ctrl+Home PageDown PageUp Down Down Home End Up Left Right Ctrl+Home Down Left");
    keyboard.press("Shift+Left Shift+Left 2 A Enter Escape Escape");
    // A claim with its source, and a further piece of a span.
    keyboard.press("Ctrl+End Up Home Shift+End C Escape Ctrl+Home Shift+Left F8 Shift+F8 Ctrl+Enter Escape");
    // A note, an attribute, a link: all of it in the panel.
    keyboard.press("F8 Enter");
    keyboard.type_text("إلى المراجعة");
    keyboard.press("Escape Ctrl+F6 Escape F10 Escape Ctrl+M Escape");
    // Undo and redo, copy and remove.
    keyboard.press("F8 Delete Ctrl+Z Ctrl+Shift+Z Ctrl+Z Ctrl+C Ctrl+A Escape Escape");
    // Search.
    keyboard.press("Ctrl+F");
    keyboard.type_text("المضيق");
    keyboard.press("F3 Shift+F3 Escape Escape");
    // How it looks.
    keyboard
        .press("Ctrl+= Ctrl+- Ctrl+0 Ctrl+Alt+= Ctrl+Alt+- Ctrl+Shift+H Ctrl+Shift+D Ctrl+L Ctrl+Shift+L");
    keyboard.press("F9 F9 Ctrl+1 Ctrl+2 Ctrl+3 Ctrl+, Escape Ctrl+H Escape Ctrl+K Escape F1 Escape");
    keyboard.press(
        "F8 F6 Escape Ctrl+R Escape Ctrl+O Escape Ctrl+Shift+O Escape Ctrl+Shift+S Escape Ctrl+E Escape",
    );
    // The queue: it is a folder's, so nothing can be marked, and says why.
    keyboard.press("Ctrl+P Escape F7 F7 Ctrl+Shift+N Escape Ctrl+I Ctrl+Shift+A Ctrl+D Ctrl+G Ctrl+Shift+X");
    keyboard.press("Ctrl+End Ctrl+S");
    let found = result(&mut keyboard.window);
    keyboard.press("N P Ctrl+N Ctrl+Q");
    let unused: Vec<&str> = COMMANDS
        .iter()
        .filter(|row| !row.chords.is_empty() && !keyboard.used.contains(&row.command))
        .map(|row| row.id)
        .collect();
    assert_eq!(unused, [""; 0], "every command with a key is used");
    assert_golden(&found, "keyboard.expected", include_str!("keyboard.expected"));
}

#[test]
fn the_side_panel_and_the_menus_are_used_by_keys_and_the_keyboard_comes_back() {
    let mut window = Window::open(super::TEXT, no_dialog);
    window.suggest(&[("PERS", "سامر الحداد"), ("PERS", "ريم القصاب")]);
    let mut keyboard = Keyboard { window, used: BTreeSet::new() };
    // Into the panel, past the tab, to the next one, which Space chooses.
    keyboard.press("Ctrl+F6 Tab Space");
    assert_eq!(keyboard.window.harness.state_mut().session().tab(), crate::session::Tab::Annotations);
    keyboard.press("Escape Tab Space");
    assert_eq!(keyboard.window.tagged().len(), 1, "Tab and Space are the article's again");
    // The first menu opens by a key and closes by another.
    keyboard.press("F10 Space");
    assert!(keyboard.window.shows("Open folder"), "the menu is open");
    keyboard.press("Escape Escape Ctrl+Z");
    assert!(keyboard.window.tagged().is_empty(), "the keys are the article's again");
}

#[test]
fn a_link_is_made_by_keys_alone() {
    let mut window = Window::open(super::TEXT, no_dialog);
    window.suggest(&[("PERS", "سامر الحداد"), ("PERS", "ريم القصاب")]);
    let mut keyboard = Keyboard { window, used: BTreeSet::new() };
    keyboard.press("Tab Space Space Escape Ctrl+Home F8 Ctrl+3 Ctrl+F6");
    let focus_on = |keyboard: &mut Keyboard, label: &str| {
        for _ in 0..40 {
            let there = keyboard
                .window
                .harness
                .query_by_label_contains(label)
                .is_some_and(|node| node.accesskit_node().is_focused());
            if there {
                return;
            }
            keyboard.press("Tab");
        }
        panic!("{label} cannot be reached by Tab");
    };
    focus_on(&mut keyboard, "Link from here");
    keyboard.press("Space");
    assert!(keyboard.window.shows("Now focus the annotation"));
    keyboard.press("Escape F8");
    assert!(
        keyboard.window.shows("Link from \u{2068}سامر الحداد")
            || keyboard.window.shows("Link from سامر الحداد")
    );
    keyboard.press("Ctrl+F6");
    focus_on(&mut keyboard, "Same entity as");
    keyboard.press("Space Escape");
    let document = keyboard.window.harness.state_mut().session().editor().expect("open").document();
    let labels: Vec<&str> = document.relations().map(|relation| relation.label.as_str()).collect();
    assert_eq!(labels, ["coreference"]);
}

/// What an assistive technology does: it finds nodes by role and name, and sends them actions.
struct Assistive(Window);

impl Assistive {
    fn click(&mut self, name: &str) {
        // Undo stands in the toolbar and in the line that tells what was done.
        self.0.harness.get_all_by_label(name).next().expect("at least one").click_accesskit();
        self.rest();
    }

    fn rest(&mut self) {
        self.0.frames(2);
        self.0.harness.state_mut().session().settle();
        self.0.frames(3);
    }

    /// Goes to the first mark in sight whose name has a part, and says whether there was one.
    fn go_to(&mut self, part: &str) -> bool {
        let marks = self.0.harness.query_all_by_role(egui::Role::Mark);
        let mut waiting =
            marks.filter(|mark| mark.accesskit_node().label().is_some_and(|label| label.contains(part)));
        let Some(mark) = waiting.next() else { return false };
        mark.click_accesskit();
        drop(waiting);
        self.rest();
        true
    }

    /// Selects the first place of a text, as a screen reader does.
    fn select(&mut self, part: &str) {
        let request = {
            let document = self.0.harness.get_by_role(egui::Role::Document).accesskit_node();
            let text = document.document_range().text();
            let at = text.find(part).expect("a part that is in sight");
            let chars = text.get(..at).expect("a boundary").chars().count();
            let mut start = document.document_start();
            while start.to_global_usv_index() < chars {
                start = start.forward_to_character_start();
            }
            let mut range = start.to_degenerate_range();
            let mut end = start;
            while end.to_global_usv_index() < chars + part.chars().count() {
                end = end.forward_to_character_start();
            }
            range.set_end(end);
            let (target_node, target_tree) = document.locate();
            ActionRequest {
                action: Ask::SetTextSelection,
                target_node,
                target_tree,
                data: Some(ActionData::SetTextSelection(range.to_text_selection())),
            }
        };
        self.0.harness.event(egui::Event::AccessKitActionRequest(request));
        self.rest();
    }
}

#[test]
fn a_whole_article_is_worked_through_by_the_accessibility_tree_alone() {
    let mut reader = Assistive(open_with_rules(ENGLISH));
    for i in 0..500 {
        if !reader.go_to(", suggestion, ") {
            break;
        }
        reader.click(if i % 5 == 4 { "Reject  X" } else { "Accept  Space" });
    }
    let left = reader.0.harness.state_mut().session().editor().expect("open").queue().pending().len();
    assert_eq!(left, 0, "every suggestion was found in the tree");
    reader.select("monitors");
    reader.click("Title or role (OCC)");
    reader.click("Undo");
    reader.click("Redo");
    // A note on it.
    assert!(reader.go_to("Title or role: monitors, annotation, "));
    reader.click("Details");
    reader
        .0
        .harness
        .get_by_role_and_label(egui::Role::MultilineTextInput, "note")
        .set_text_value_accesskit("once more");
    reader.rest();
    reader.click("Save");
    let found = result(&mut reader.0);
    assert_golden(&found, "assistive.expected", include_str!("assistive.expected"));
}

#[test]
fn the_keyboard_goes_back_to_the_article_when_a_dialog_closes() {
    for opens in [Command::Palette, Command::Help, Command::ShowDisplay, Command::Export, Command::ShowNames]
    {
        let mut window = Window::open(super::TEXT, no_dialog);
        window.suggest(&[("GPE", "مسقط")]);
        window.harness.state_mut().session().perform(Action::Clear);
        window.harness.state_mut().wish_for_tests(opens);
        window.frames(3);
        window.keys(&[Key::Tab, Key::Escape]);
        window.keys(&[Key::Tab, Key::Space]);
        assert_eq!(window.tagged(), ["GPE مسقط"], "{opens:?}");
    }
}
