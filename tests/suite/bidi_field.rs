//! The text field and the label as a reader meets them.

use egui::{Color32, Id, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use hashiya::text::TextRange;
use hashiya::ui::bidi_field::BidiField;
use hashiya::ui::shaped_label::{LabelHighlight, ShapedLabel};
use hashiya::ui::text_painter::TextPainter;

use crate::support::renderer::CpuRenderer;

#[derive(Default)]
struct Form {
    painter: TextPainter,
    text: String,
    rows: usize,
}

fn harness(text: &str, rows: usize) -> Harness<'static, Form> {
    let form = Form { text: text.into(), rows, ..Form::default() };
    let mut harness = Harness::builder()
        .with_size(vec2(360.0, 220.0))
        .with_step_dt(1.0 / 60.0)
        .renderer(CpuRenderer::default())
        .build_ui_state(
            |ui, form: &mut Form| {
                form.painter.begin_frame(ui.ctx());
                let label = "قال وزير النقل سامر الحداد إن الميناء سيعود إلى العمل خلال أسبوع";
                let word = label.find("سامر").unwrap();
                let name = TextRange::from_indices(word, word + "سامر الحداد".len());
                ShapedLabel::new(label, 15.0, ui.visuals().strong_text_color())
                    .highlights(&[LabelHighlight { range: name, ground: Color32::from_rgb(90, 60, 20) }])
                    .context(name, ui.visuals().weak_text_color())
                    .show(ui, &mut form.painter);
                ShapedLabel::new(label, 15.0, ui.visuals().text_color()).lines(3).show(ui, &mut form.painter);
                BidiField::new(Id::unique("field"), "Note", &mut form.text)
                    .rows(form.rows)
                    .hint("ملاحظة")
                    .show(ui, &mut form.painter);
                form.painter.end_frame(ui.ctx());
            },
            form,
        );
    harness.step();
    let role = if rows > 1 { egui::Role::MultilineTextInput } else { egui::Role::TextInput };
    harness.get_by_role_and_label(role, "Note").focus();
    harness.run_steps(2);
    harness
}

fn type_text(harness: &mut Harness<'_, Form>, text: &str) {
    harness.event(egui::Event::Text(text.into()));
    harness.step();
}

#[test]
fn typing_arabic_and_pressing_keys_edits_in_logical_order() {
    let mut harness = harness("", 1);
    type_text(&mut harness, "وصل NATO");
    harness.key_press(Key::Home);
    harness.step();
    harness.key_press(Key::ArrowLeft);
    harness.step();
    type_text(&mut harness, "ا");
    assert_eq!(harness.state().text, "واصل NATO", "left is forward in a right-to-left field");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.step();
    type_text(&mut harness, "نعم");
    assert_eq!(harness.state().text, "نعم");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    assert_eq!(harness.state().text, "واصل NATO");
    harness.key_press(Key::Backspace);
    harness.step();
    assert_eq!(harness.state().text.chars().count(), "واصل NATO".chars().count() - 1);
}

fn press(harness: &mut Harness<'_, Form>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.step();
}

fn compose(harness: &mut Harness<'_, Form>, text: &str) {
    harness.event(egui::Event::Ime(egui::ImeEvent::Preedit { text: text.into(), active_range_chars: None }));
    harness.step();
}

fn copied(harness: &Harness<'_, Form>) -> Option<String> {
    harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

/// Where the cursor stands, as the system is told for its input method.
fn cursor(harness: &Harness<'_, Form>) -> egui::Rect {
    harness.output().platform_output.ime.expect("the field has the focus").cursor_rect
}

fn field_rect(harness: &Harness<'_, Form>) -> egui::Rect {
    harness.get_by_role_and_label(egui::Role::TextInput, "Note").rect()
}

fn press_pointer(harness: &mut Harness<'_, Form>, pos: egui::Pos2, pressed: bool) {
    let button = egui::PointerButton::Primary;
    harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    harness.step();
}

#[test]
fn an_input_method_composes_in_place_and_is_undone_in_one_step() {
    let mut harness = harness("ab", 1);
    press(&mut harness, Modifiers::NONE, Key::End);
    compose(&mut harness, "ni");
    assert_eq!(harness.state().text, "abni");
    let composing = cursor(&harness);
    compose(&mut harness, "nihon");
    assert!(cursor(&harness).center().x > composing.center().x, "the system is told where the cursor is");
    assert!(field_rect(&harness).contains(cursor(&harness).center()));
    harness.event(egui::Event::Ime(egui::ImeEvent::Commit("に".into())));
    harness.step();
    assert_eq!(harness.state().text, "abに");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().text, "ab");
    compose(&mut harness, "x");
    compose(&mut harness, "");
    assert_eq!(harness.state().text, "ab", "a composition that is given up leaves nothing");
}

#[test]
fn a_composition_takes_the_place_of_what_is_selected_in_arabic() {
    let mut harness = harness("وصل الوفد", 1);
    press(&mut harness, Modifiers::NONE, Key::Home);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowLeft);
    compose(&mut harness, "عا");
    assert_eq!(harness.state().text, "عا الوفد");
    harness.event(egui::Event::Ime(egui::ImeEvent::Commit("عاد".into())));
    harness.step();
    assert_eq!(harness.state().text, "عاد الوفد");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().text, "وصل الوفد");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(harness.state().text, "عاد الوفد");
}

#[test]
fn what_is_composed_is_underlined() {
    let ink = |harness: &mut Harness<'_, Form>| {
        let rect = field_rect(harness);
        let picture = harness.render().unwrap();
        let (bottom, left) = (rect.bottom() as u32 - 4, rect.left() as u32 + 4);
        let rows = bottom - 6..bottom;
        let lit = |x: u32, y: u32| picture.get_pixel(x, y).0[0] > 120;
        // The longest row of light pixels near the foot of the line.
        rows.map(|y| (left..left + 120).filter(|x| lit(*x, y)).count()).max().unwrap()
    };
    let mut plain = harness("", 1);
    type_text(&mut plain, "nihonnihon");
    let mut composing = harness("", 1);
    compose(&mut composing, "nihonnihon");
    let (plain, composing) = (ink(&mut plain), ink(&mut composing));
    assert!(composing > plain + 30, "{composing} pixels of a line where {plain} are lit without it");
}

#[test]
fn words_are_passed_selected_cut_and_pasted_in_logical_order() {
    let mut harness = harness("وصل وفد NATO أمس", 1);
    let (command, extend) = (Modifiers::COMMAND, Modifiers::COMMAND | Modifiers::SHIFT);
    press(&mut harness, Modifiers::NONE, Key::Home);
    press(&mut harness, command, Key::ArrowLeft);
    press(&mut harness, command, Key::ArrowLeft);
    press(&mut harness, extend, Key::ArrowLeft);
    harness.event(egui::Event::Copy);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some(" NATO"));
    harness.event(egui::Event::Cut);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some(" NATO"));
    assert_eq!(harness.state().text, "وصل وفد أمس");
    press(&mut harness, Modifiers::NONE, Key::End);
    harness.event(egui::Event::Paste(" NATO".into()));
    harness.step();
    assert_eq!(harness.state().text, "وصل وفد أمس NATO");
    press(&mut harness, command, Key::Backspace);
    assert_eq!(harness.state().text, "وصل وفد أمس ");
    for _ in 0..3 {
        press(&mut harness, command, Key::Z);
    }
    assert_eq!(harness.state().text, "وصل وفد NATO أمس");
    press(&mut harness, command, Key::Y);
    assert_eq!(harness.state().text, "وصل وفد أمس");
}

#[test]
fn home_and_end_are_at_the_sides_where_the_line_begins_and_ends() {
    let mut rtl = harness("وصل NATO", 1);
    press(&mut rtl, Modifiers::NONE, Key::Home);
    let (start, field) = (cursor(&rtl).center().x, field_rect(&rtl));
    assert!(field.right() - start < 12.0, "a right-to-left line begins at the right: {start} in {field}");
    press(&mut rtl, Modifiers::SHIFT, Key::End);
    rtl.event(egui::Event::Copy);
    rtl.step();
    assert_eq!(copied(&rtl).as_deref(), Some("وصل NATO"));
    let mut ltr = harness("NATO وصل", 1);
    press(&mut ltr, Modifiers::NONE, Key::Home);
    assert!(cursor(&ltr).center().x - field_rect(&ltr).left() < 12.0);
}

#[test]
fn home_and_end_stay_on_the_line_on_which_the_cursor_is_seen() {
    let mut harness =
        harness("قال المتحدث باسم الوزارة إن الفرق وصلت إلى المكان بعد ساعات من وقوع الحادث", 3);
    press(&mut harness, Modifiers::NONE, Key::Home);
    let first = cursor(&harness);
    press(&mut harness, Modifiers::NONE, Key::End);
    assert!((cursor(&harness).top() - first.top()).abs() < 1.0, "the end of the first line is on it");
    press(&mut harness, Modifiers::NONE, Key::Home);
    assert_eq!(cursor(&harness), first);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    let second = cursor(&harness);
    assert!(second.top() > first.bottom() - 4.0);
    press(&mut harness, Modifiers::NONE, Key::Home);
    assert!((cursor(&harness).top() - second.top()).abs() < 1.0, "the start of the second line is on it");
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(cursor(&harness), first);
}

#[test]
fn a_double_click_selects_the_word_under_the_pointer_on_either_half_of_a_letter() {
    for share in [0.25, 0.75] {
        let mut harness = harness("وصل الوفد أمس", 1);
        press(&mut harness, Modifiers::NONE, Key::Home);
        // Before the last letter of the second word.
        for _ in 0.."وصل الوف".chars().count() {
            press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
        }
        let right = cursor(&harness).center();
        press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
        let left = cursor(&harness).center();
        let at = right + (left - right) * share;
        harness.event(egui::Event::PointerMoved(at));
        harness.step();
        for _ in 0..2 {
            press_pointer(&mut harness, at, true);
            press_pointer(&mut harness, at, false);
        }
        harness.event(egui::Event::Copy);
        harness.step();
        assert_eq!(copied(&harness).as_deref(), Some("الوفد"), "at {share} of the letter");
    }
}

#[test]
fn dragging_over_mixed_text_selects_what_lies_between_in_the_text() {
    let mut harness = harness("قالت NATO إن", 1);
    press(&mut harness, Modifiers::NONE, Key::Home);
    let start = cursor(&harness).center();
    press(&mut harness, Modifiers::NONE, Key::End);
    let end = cursor(&harness).center();
    harness.event(egui::Event::PointerMoved(start));
    harness.step();
    press_pointer(&mut harness, start, true);
    harness.event(egui::Event::PointerMoved(end + vec2(-20.0, 0.0)));
    harness.step();
    press_pointer(&mut harness, end + vec2(-20.0, 0.0), false);
    harness.event(egui::Event::Copy);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some("قالت NATO إن"));
}

#[test]
fn pasting_into_one_line_keeps_it_one_line_and_several_lines_take_more() {
    let mut one = harness("", 1);
    one.event(egui::Event::Paste("سطر\nآخر".into()));
    one.step();
    assert_eq!(one.state().text, "سطر آخر");
    let mut several = harness("", 3);
    several.event(egui::Event::Paste("سطر\nآخر".into()));
    several.step();
    several.key_press(Key::Enter);
    several.step();
    assert_eq!(several.state().text, "سطر\nآخر\n");
}

#[test]
fn a_label_has_its_whole_text_as_name_though_it_is_cut() {
    let harness = harness("", 1);
    assert!(harness.query_all_by_label_contains("خلال أسبوع").count() >= 2);
}

#[test]
fn the_form_can_be_drawn() {
    let mut harness = harness("ملاحظة عن NATO (2024)\nسطر ثان", 3);
    let picture = harness.render().unwrap();
    assert!(picture.pixels().any(|pixel| pixel.0[0] > 200), "light letters on a dark form");
    if let Ok(folder) = std::env::var("HASHIYA_PICTURES") {
        picture.save(format!("{folder}/form.png")).unwrap();
    }
}
