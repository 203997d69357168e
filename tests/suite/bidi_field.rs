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
    harness.get_by_role_and_label(egui::Role::TextInput, "Note").focus();
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

#[test]
fn an_input_method_composes_in_place() {
    let mut harness = harness("ab", 1);
    harness.key_press(Key::End);
    harness.step();
    harness.event(egui::Event::Ime(egui::ImeEvent::Preedit { text: "ni".into(), active_range_chars: None }));
    harness.step();
    assert_eq!(harness.state().text, "abni");
    harness.event(egui::Event::Ime(egui::ImeEvent::Commit("に".into())));
    harness.step();
    assert_eq!(harness.state().text, "abに");
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
