//! The article as a screen reader reads it: by line, word and character, with the caret, the marks and what it asks.
//!
//! The reader here is `accesskit_consumer`, which the platforms' adapters are built on too.

use egui::accesskit::{Action, ActionData, ActionRequest, TextDirection};
use egui::{Color32, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use hashiya::text::{ByteOffset, Segmentation, SourceText, TextRange};
use hashiya::typeset::Underline;
use hashiya::ui::article::{
    ArticleContent, ArticleInput, ArticleView, MarkKind, Marks, ReadingStyle, ReadingTheme, SpanMark,
    TextSelection,
};
use hashiya::ui::text_painter::TextPainter;

const TEXT: &str = "وصل الوزير إلى NATO أمس.\n\nHe said \"نعم لا\" twice, and then he said it again for those who had not heard it at the door.\nآخر سطر";

struct Page {
    source: SourceText,
    segmentation: Segmentation,
    view: ArticleView,
    painter: TextPainter,
    marks: Vec<SpanMark>,
    selection: TextSelection,
    asked: Option<u64>,
}

impl Page {
    fn new(text: &str) -> Self {
        let source = SourceText::new(text);
        Self {
            segmentation: Segmentation::new(&source),
            source,
            view: ArticleView::new(),
            painter: TextPainter::new(),
            marks: Vec::new(),
            selection: TextSelection::default(),
            asked: None,
        }
    }

    fn mark(mut self, id: u64, kind: MarkKind, tag: &str, part: &str) -> Self {
        let start = self.source.as_str().find(part).expect("a part of the text");
        self.marks.push(SpanMark {
            id,
            kind,
            fragments: vec![TextRange::from_indices(start, start + part.len())],
            colour: Color32::RED,
            underline: Underline::Single,
            tag: tag.into(),
        });
        self
    }

    fn open(self) -> Harness<'static, Self> {
        let mut harness = Harness::builder().with_size(vec2(520.0, 420.0)).build_ui_state(
            |ui, page: &mut Self| {
                page.painter.begin_frame(ui.ctx());
                let input = ArticleInput {
                    content: ArticleContent {
                        source: &page.source,
                        segmentation: &page.segmentation,
                        revision: 1,
                        direction: None,
                        name: "the article",
                    },
                    marks: &Marks { marks: &page.marks, revision: 1 },
                    focused: None,
                    hovered: None,
                    links: &[],
                    selection: page.selection,
                    style: ReadingStyle::default(),
                    theme: &ReadingTheme::light(),
                };
                let response = page.view.show(ui, &mut page.painter, &input);
                page.selection = response.selection.unwrap_or(page.selection);
                page.asked = response.asked_mark.or(page.asked);
                page.painter.end_frame(ui.ctx());
            },
            self,
        );
        harness.run_steps(3);
        harness
    }
}

fn document<'a>(harness: &'a Harness<'_, Page>) -> AccessKitNode<'a> {
    harness.get_by_role_and_label(egui::Role::Document, "the article").accesskit_node()
}

fn after(part: &str) -> ByteOffset {
    ByteOffset::from_index(TEXT.find(part).expect("a part of the text") + part.len())
}

#[test]
fn the_text_is_read_as_it_was_written() {
    let harness = Page::new(TEXT).open();
    let document = document(&harness);
    assert!(document.supports_text_ranges());
    assert_eq!(document.document_range().text(), TEXT);
}

#[test]
fn each_run_has_one_direction_and_its_characters_stand_where_they_are_drawn() {
    let harness = Page::new(TEXT).open();
    let latin = harness.get_by_value("NATO").accesskit_node();
    assert_eq!(latin.text_direction(), Some(TextDirection::LeftToRight));
    let arabic = harness.get_by_value("وصل الوزير إلى ").accesskit_node();
    assert_eq!(arabic.text_direction(), Some(TextDirection::RightToLeft));
    let quoted = harness.get_by_value("نعم لا").accesskit_node();
    assert_eq!(quoted.text_direction(), Some(TextDirection::RightToLeft));
    let inside = |outer: AccessKitNode<'_>, x: f64| {
        let bounds = outer.bounding_box().expect("bounds");
        bounds.x0 <= x && x <= bounds.x1
    };
    let start = arabic.bounding_box().expect("bounds").x1;
    assert!(!inside(latin, start), "the line begins at the right");
    for run in [latin, arabic, quoted] {
        let data = run.data();
        let (positions, widths) = (data.character_positions().unwrap(), data.character_widths().unwrap());
        assert_eq!(positions.len(), data.character_lengths().len());
        let ends: Vec<f32> = positions.iter().zip(widths).map(|(at, width)| at + width).collect();
        assert!(positions[0].abs() < 0.01, "{positions:?}");
        assert!(positions.is_sorted() && ends.is_sorted(), "in reading order: {positions:?}");
        let bounds = run.bounding_box().expect("bounds");
        let width = (bounds.x1 - bounds.x0) as f32;
        assert!((ends.last().unwrap() - width).abs() < 0.1, "{ends:?} {width}");
    }
}

#[test]
fn words_are_those_that_the_arrow_keys_stop_at() {
    let harness = Page::new(TEXT).open();
    let document = document(&harness);
    let mut at = document.document_start();
    let mut words = Vec::new();
    for _ in 0..5 {
        let next = at.forward_to_word_start();
        let mut range = at.to_degenerate_range();
        range.set_end(next);
        words.push(range.text());
        at = next;
    }
    assert_eq!(words, ["وصل ", "الوزير ", "إلى ", "NATO ", "أمس"]);
}

#[test]
fn a_line_that_is_wrapped_is_read_line_by_line() {
    let harness = Page::new(TEXT).open();
    let document = document(&harness);
    let mut at = document.document_start();
    let mut lines = Vec::new();
    while !at.is_document_end() {
        let next = at.forward_to_line_start();
        let mut range = at.to_degenerate_range();
        range.set_end(next);
        lines.push(range.text());
        at = next;
    }
    assert_eq!(lines.concat(), document.document_range().text());
    assert_eq!(lines[0], "وصل الوزير إلى NATO أمس.\n");
    assert_eq!(lines[1], "\n", "the empty line");
    assert!(lines.len() > 4, "the English paragraph is wrapped: {lines:?}");
}

#[test]
fn the_caret_is_followed_and_a_selection_has_both_ends() {
    let mut page = Page::new(TEXT);
    page.selection = TextSelection { anchor: after("He "), head: after("He said") };
    let mut harness = page.open();
    assert_eq!(document(&harness).text_selection().expect("a selection").text(), "said");
    for caret in [after("وصل"), after("NATO"), after("أمس."), after("\n\n"), after(TEXT)] {
        harness.state_mut().selection = TextSelection::cursor(caret);
        harness.run_steps(2);
        let document = document(&harness);
        let focus = document.text_selection_focus().expect("a caret");
        let mut before = document.document_start().to_degenerate_range();
        before.set_end(focus);
        assert_eq!(before.text().len(), caret.index(), "{caret:?}");
    }
}

#[test]
fn a_screen_reader_can_set_the_selection() {
    let mut harness = Page::new(TEXT).open();
    let request = {
        let document = document(&harness);
        let mut range = document.document_start().forward_to_word_start().to_degenerate_range();
        range.set_end(range.start().forward_to_word_end());
        let (target_node, target_tree) = document.locate();
        ActionRequest {
            action: Action::SetTextSelection,
            target_node,
            target_tree,
            data: Some(ActionData::SetTextSelection(range.to_text_selection())),
        }
    };
    harness.event(egui::Event::AccessKitActionRequest(request));
    harness.run_steps(2);
    let selected = harness.state().selection.range();
    assert_eq!(harness.state().source.slice(selected).trim(), "الوزير");
}

#[test]
fn marks_in_sight_have_label_text_and_place_and_can_be_gone_to() {
    let mut harness = Page::new(TEXT)
        .mark(7, MarkKind::Suggestion, "OCC", "الوزير")
        .mark(9, MarkKind::Annotation, "ORG", "NATO")
        .mark(8, MarkKind::Suggestion, "PERS", "He")
        .mark(3, MarkKind::SearchHit, "", "said")
        .open();
    harness.get_by_role_and_label(egui::Role::Mark, "ORG: NATO, annotation, 1 of 1");
    harness.get_by_role_and_label(egui::Role::Mark, "OCC: الوزير, suggestion, 1 of 2");
    let marks = harness.query_all_by_role(egui::Role::Mark).count();
    assert_eq!(marks, 3, "a search hit is none");
    harness.get_by_role_and_label(egui::Role::Mark, "PERS: He, suggestion, 2 of 2").click_accesskit();
    harness.run_steps(1);
    assert_eq!(harness.state().asked, Some(8));
}

#[test]
fn what_is_out_of_sight_is_not_told() {
    let text = (0..2000).map(|i| format!("paragraph {i} of many")).collect::<Vec<_>>().join("\n");
    let harness = Page::new(&text).open();
    let runs = document(&harness).document_range().text().lines().count();
    assert!((5..40).contains(&runs), "{runs} paragraphs");
}

#[test]
fn a_letter_with_hundreds_of_marks_is_told_in_pieces() {
    let text = format!("a{} b", "\u{301}".repeat(400));
    let harness = Page::new(&text).open();
    assert_eq!(document(&harness).document_range().text().trim_end(), text);
}
