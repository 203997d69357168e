//! The article view as a reader meets it: pointer, marks, scrolling, screen reader, pictures.

use egui::{Color32, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use hashiya::text::{ByteOffset, Segmentation, SourceText, TextRange, next_grapheme};
use hashiya::typeset::Underline;
use hashiya::ui::article::{
    ArticleContent, ArticleInput, ArticleView, CaretMove, MarkKind, Marks, ReadingStyle, ReadingTheme,
    SpanMark, TextSelection,
};
use hashiya::ui::text_painter::TextPainter;

use crate::support::renderer::CpuRenderer;

const TEXT: &str = "وصل وزير النقل سامر الحداد إلى المدينة صباح أمس.\nوقالت وكالة «نبأ» إن NATO لم تشارك في الاجتماع (الأول) سنة 2024.\nHe said \"نعم\" twice.\n";

/// What a test looks at: the view, and what it said last.
struct Reader {
    source: SourceText,
    segmentation: Segmentation,
    view: ArticleView,
    painter: TextPainter,
    marks: Vec<SpanMark>,
    revision: u64,
    focused: Option<u64>,
    selection: TextSelection,
    style: ReadingStyle,
    theme: ReadingTheme,
    clicked: Vec<u64>,
    reshaped: Option<(u64, Vec<TextRange>)>,
    context: Option<ByteOffset>,
    hovered: Option<u64>,
    visible: TextRange,
    caret_move: Option<CaretMove>,
}

impl Reader {
    fn new(text: &str) -> Self {
        let source = SourceText::new(text);
        Self {
            segmentation: Segmentation::new(&source),
            source,
            view: ArticleView::new(),
            painter: TextPainter::new(),
            marks: Vec::new(),
            revision: 0,
            focused: None,
            selection: TextSelection::default(),
            style: ReadingStyle::default(),
            theme: ReadingTheme::light(),
            clicked: Vec::new(),
            reshaped: None,
            context: None,
            hovered: None,
            visible: TextRange::default(),
            caret_move: None,
        }
    }

    fn range(&self, part: &str) -> TextRange {
        let start = self.source.as_str().find(part).expect("the part is in the text");
        TextRange::from_indices(start, start + part.len())
    }

    fn mark(mut self, id: u64, kind: MarkKind, part: &str, colour: Color32) -> Self {
        let underline = match id % 5 {
            0 => Underline::Double,
            1 => Underline::Single,
            2 => Underline::Dotted,
            3 => Underline::Thick,
            _ => Underline::Wavy,
        };
        let fragments = vec![self.range(part)];
        self.marks.push(SpanMark { id, kind, fragments, colour, underline, tag: format!("T{id}") });
        self.marks.sort_by_key(|mark| mark.fragments[0]);
        self.revision += 1;
        self
    }

    fn selected(&self) -> &str {
        self.source.slice(self.selection.range())
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        self.painter.begin_frame(ui.ctx());
        let input = ArticleInput {
            content: ArticleContent {
                source: &self.source,
                segmentation: &self.segmentation,
                revision: 1,
                direction: None,
                name: "the article",
            },
            marks: &Marks { marks: &self.marks, revision: self.revision },
            focused: self.focused,
            hovered: None,
            links: &[],
            selection: self.selection,
            style: self.style,
            theme: &self.theme,
        };
        if let Some(to) = self.caret_move.take() {
            let head = self.view.move_caret(&mut self.painter, &input, self.selection.head, to);
            self.selection = TextSelection::cursor(head);
        }
        let input = ArticleInput { selection: self.selection, ..input };
        let response = self.view.show(ui, &mut self.painter, &input);
        if let Some(selection) = response.selection {
            self.selection = selection;
        }
        if !response.clicked_marks.is_empty() {
            self.clicked = response.clicked_marks;
        }
        if response.reshaped.is_some() {
            self.reshaped = response.reshaped;
        }
        if let Some((at, _)) = response.context_click {
            self.context = Some(at);
        }
        self.hovered = response.hovered_mark;
        self.visible = response.visible;
        self.painter.end_frame(ui.ctx());
    }
}

fn harness(reader: Reader, scale: f32) -> Harness<'static, Reader> {
    let mut harness = Harness::builder()
        .with_size(vec2(820.0, 420.0))
        .with_pixels_per_point(scale)
        .with_step_dt(1.0 / 60.0)
        .renderer(CpuRenderer::default())
        .build_ui_state(|ui, reader: &mut Reader| reader.ui(ui), reader);
    harness.run_steps(3);
    harness
}

/// A place on the first letter of a part of the text, on the half at which it begins.
fn place_of(harness: &Harness<'_, Reader>, part: &str) -> Pos2 {
    let reader = harness.state();
    let start = reader.range(part).start();
    let letter = TextRange::new(start, next_grapheme(&reader.source, start));
    let place = reader.view.place_of(letter).expect("the part is in sight");
    let rtl = part.chars().next().is_some_and(|c| !c.is_ascii());
    pos2(if rtl { place.right() - 1.0 } else { place.left() + 1.0 }, place.center().y)
}

fn press(harness: &mut Harness<'_, Reader>, at: Pos2, pressed: bool, modifiers: Modifiers) {
    harness.event_modifiers(
        egui::Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers },
        modifiers,
    );
    harness.step();
}

fn click(harness: &mut Harness<'_, Reader>, at: Pos2, modifiers: Modifiers) {
    harness.hover_at(at);
    harness.step();
    press(harness, at, true, modifiers);
    press(harness, at, false, modifiers);
    harness.step();
}

fn drag(harness: &mut Harness<'_, Reader>, from: Pos2, to: Pos2, modifiers: Modifiers) {
    harness.hover_at(from);
    harness.step();
    press(harness, from, true, modifiers);
    harness.event_modifiers(egui::Event::PointerMoved(from.lerp(to, 0.5)), modifiers);
    harness.step();
    harness.event_modifiers(egui::Event::PointerMoved(to), modifiers);
    harness.step();
    press(harness, to, false, modifiers);
    harness.step();
}

#[test]
fn a_drag_over_two_arabic_words_selects_exactly_them() {
    let mut harness = harness(Reader::new(TEXT), 1.0);
    let (from, to) = (place_of(&harness, "سامر"), place_of(&harness, "داد إلى"));
    drag(&mut harness, from, to, Modifiers::NONE);
    assert_eq!(harness.state().selected(), "سامر الحداد");
    assert!(harness.state().selection.anchor < harness.state().selection.head);
    drag(&mut harness, to, from, Modifiers::NONE);
    assert_eq!(harness.state().selected(), "سامر الحداد");
    assert!(harness.state().selection.anchor > harness.state().selection.head, "dragged backwards");
}

#[test]
fn a_drag_with_alt_selects_by_grapheme() {
    let mut harness = harness(Reader::new(TEXT), 1.0);
    let (from, to) = (place_of(&harness, "حداد"), place_of(&harness, "اد إلى"));
    drag(&mut harness, from, to, Modifiers::ALT);
    assert_eq!(harness.state().selected(), "حد");
}

#[test]
fn a_drag_from_one_paragraph_to_the_next_selects_over_the_line_end() {
    let mut harness = harness(Reader::new(TEXT), 1.0);
    let (from, to) = (place_of(&harness, "صباح"), place_of(&harness, "كالة"));
    drag(&mut harness, from, to, Modifiers::NONE);
    assert_eq!(harness.state().selected(), "صباح أمس.\nوقالت وكالة");
}

#[test]
fn a_double_click_selects_a_token_and_a_triple_click_the_paragraph() {
    let mut harness = harness(Reader::new(TEXT), 1.0);
    let at = place_of(&harness, "اجتماع");
    for _ in 0..2 {
        press(&mut harness, at, true, Modifiers::NONE);
        press(&mut harness, at, false, Modifiers::NONE);
    }
    assert_eq!(harness.state().selected(), "الاجتماع");
    press(&mut harness, at, true, Modifiers::NONE);
    press(&mut harness, at, false, Modifiers::NONE);
    assert_eq!(harness.state().selected(), "وقالت وكالة «نبأ» إن NATO لم تشارك في الاجتماع (الأول) سنة 2024.");
}

#[test]
fn a_click_with_shift_extends_the_selection_to_whole_tokens() {
    let mut harness = harness(Reader::new(TEXT), 1.0);
    let (from, to) = (place_of(&harness, "وزير"), place_of(&harness, "امر الحداد"));
    harness.state_mut().selection = TextSelection::default();
    click(&mut harness, from, Modifiers::NONE);
    click(&mut harness, to, Modifiers::SHIFT);
    assert_eq!(harness.state().selected(), "وزير النقل سامر");
}

#[test]
fn a_click_on_nested_marks_returns_the_innermost_first() {
    let reader = Reader::new(TEXT)
        .mark(1, MarkKind::Annotation, "وزير النقل سامر الحداد", Color32::BLUE)
        .mark(2, MarkKind::Annotation, "النقل", Color32::RED)
        .mark(3, MarkKind::ClaimContent, "وصل وزير النقل سامر الحداد إلى المدينة", Color32::GREEN);
    let mut harness = harness(reader, 1.0);
    let at = place_of(&harness, "نقل");
    click(&mut harness, at, Modifiers::NONE);
    assert_eq!(harness.state().clicked, [2, 1, 3]);
    assert_eq!(harness.state().hovered, Some(2));
    let beside = place_of(&harness, "سامر");
    click(&mut harness, beside, Modifiers::NONE);
    assert_eq!(harness.state().clicked, [1, 3]);
}

/// A place in the middle of the line at which a part of the text begins or ends, on that edge.
fn edge_of(harness: &Harness<'_, Reader>, part: &str, end: bool) -> Pos2 {
    let reader = harness.state();
    let place = reader.view.place_of(reader.range(part)).expect("the part is in sight");
    let rtl = part.chars().next().is_some_and(|c| !c.is_ascii());
    pos2(if rtl == end { place.left() } else { place.right() }, place.center().y)
}

/// Drags an edge of the focused mark 1 and returns the fragments that it is to have.
fn reshaped(reader: Reader, (edge, end): (&str, bool), to: &str, modifiers: Modifiers) -> Vec<String> {
    let mut harness = harness(Reader { focused: Some(1), ..reader }, 1.0);
    let (from, to) = (edge_of(&harness, edge, end), place_of(&harness, to));
    drag(&mut harness, from, to, modifiers);
    let reader = harness.state();
    assert!(reader.selection.range().is_empty(), "an edge that is dragged selects nothing");
    let fragments = reader.reshaped.clone().map(|(_, fragments)| fragments).unwrap_or_default();
    fragments.iter().map(|range| reader.source.slice(*range).to_owned()).collect()
}

#[test]
fn an_edge_of_the_focused_mark_is_dragged_by_tokens_and_with_alt_by_graphemes() {
    let reader = || Reader::new(TEXT).mark(1, MarkKind::Annotation, "سامر", Color32::BLUE);
    assert_eq!(reshaped(reader(), ("سامر", true), "اد إلى", Modifiers::NONE), ["سامر الحداد"]);
    assert_eq!(reshaped(reader(), ("سامر", true), "اد إلى", Modifiers::ALT), ["سامر الحد"]);
    assert_eq!(reshaped(reader(), ("سامر", false), "قل سا", Modifiers::NONE), ["النقل سامر"]);
    // A place behind a proclitic is one where a mark may begin.
    let ministry = Reader::new(TEXT).mark(1, MarkKind::Annotation, "وقالت", Color32::BLUE);
    assert_eq!(reshaped(ministry, ("وقالت", false), "قالت", Modifiers::NONE), ["قالت"]);
}

#[test]
fn an_edge_stops_at_the_other_edge_and_at_the_next_fragment() {
    let mut reader = Reader::new(TEXT).mark(1, MarkKind::Annotation, "وزير", Color32::BLUE);
    let second = reader.range("سامر");
    reader.marks[0].fragments.push(second);
    assert_eq!(reshaped(reader, ("وزير", true), "داد إلى", Modifiers::NONE), ["وزير النقل ", "سامر"]);
    let reader = Reader::new(TEXT).mark(1, MarkKind::Annotation, "النقل سامر", Color32::BLUE);
    assert_eq!(reshaped(reader, ("النقل سامر", true), "زير", Modifiers::NONE), ["النقل"]);
}

#[test]
fn escape_lets_go_of_an_edge_and_nothing_changes() {
    let reader = Reader::new(TEXT).mark(1, MarkKind::Suggestion, "سامر", Color32::BLUE);
    let mut harness = harness(Reader { focused: Some(1), ..reader }, 1.0);
    let (from, to) = (edge_of(&harness, "سامر", true), place_of(&harness, "اد إلى"));
    harness.hover_at(from);
    harness.step();
    press(&mut harness, from, true, Modifiers::NONE);
    harness.event(egui::Event::PointerMoved(to));
    harness.step();
    harness.key_press(egui::Key::Escape);
    harness.step();
    press(&mut harness, to, false, Modifiers::NONE);
    harness.step();
    assert_eq!(harness.state().reshaped, None);
}

#[test]
fn a_secondary_click_says_where_it_was() {
    let mut harness = harness(Reader::new(TEXT), 1.0);
    let at = place_of(&harness, "المدينة");
    let expected = harness.state().range("المدينة").start();
    harness.hover_at(at);
    harness.step();
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.step();
    }
    assert_eq!(harness.state().context, Some(expected));
}

#[test]
fn marking_text_moves_no_letter() {
    let mut plain = harness(Reader::new(TEXT), 1.0);
    let reader = Reader::new(TEXT).mark(1, MarkKind::Suggestion, "ير النقل سا", Color32::from_rgb(1, 2, 3));
    let mut marked = harness(reader, 1.0);
    let (plain, marked) = (plain.render().unwrap(), marked.render().unwrap());
    let ink = |picture: &image::RgbaImage| -> Vec<(u32, u32)> {
        let dark = picture.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[..3].iter().all(|c| *c < 0x40));
        dark.filter(|(_, _, pixel)| pixel.0[..3] != [1, 2, 3]).map(|(x, y, _)| (x, y)).collect()
    };
    // The underline covers nothing: it lies under the letters. Pixels where it shines through are of its own colour.
    let (plain, marked) = (ink(&plain), ink(&marked));
    assert!(plain.len() > 1_000);
    assert!(plain.iter().all(|at| marked.binary_search(at).is_ok() || marked.contains(at)));
}

/// How many pixels of a page are reddish, as what warns, and bluish, as what is only shown.
fn red_and_blue(text: &str, show_hidden: bool) -> (usize, usize) {
    let mut reader = Reader::new(text);
    reader.style.show_hidden = show_hidden;
    // The cursor is blue.
    reader.theme.caret = reader.theme.ink;
    let picture = harness(reader, 1.0).render().unwrap();
    let count = |more: usize, than: usize| {
        picture.pixels().filter(|pixel| pixel.0[more].saturating_sub(pixel.0[than]) > 0x30).count()
    };
    (count(0, 1), count(2, 0))
}

#[test]
fn a_character_that_turns_the_order_round_is_always_shown_and_others_on_demand() {
    let (red, blue) = red_and_blue("وقال \u{202E}تابعوا\u{202C} معنا", false);
    assert!(red > 40 && blue == 0, "{red} {blue}");
    for hidden in ['\u{200C}', '\u{A0}', '\u{640}', '\u{200F}', '\t'] {
        let text = format!("قبل{hidden}بعد");
        assert_eq!(red_and_blue(&text, false), (0, 0), "U+{:04X}", u32::from(hidden));
        let (red, blue) = red_and_blue(&text, true);
        assert!(red == 0 && blue > 4, "U+{:04X}: {red} {blue}", u32::from(hidden));
    }
}

#[test]
fn the_cursor_moves_by_lines_through_paragraphs_and_keeps_its_place() {
    let text = "كلمة ".repeat(60) + "\nقصير\n" + &"كلمة ".repeat(30);
    let mut harness = harness(Reader::new(&text), 1.0);
    let mut heads = vec![harness.state().selection.head];
    for _ in 0..6 {
        harness.state_mut().caret_move = Some(CaretMove::LineDown);
        harness.step();
        heads.push(harness.state().selection.head);
    }
    assert!(heads.windows(2).all(|pair| pair[0] <= pair[1]), "{heads:?}");
    for _ in 0..6 {
        harness.state_mut().caret_move = Some(CaretMove::LineUp);
        harness.step();
    }
    assert_eq!(harness.state().selection.head, ByteOffset::ZERO);
    harness.state_mut().caret_move = Some(CaretMove::LineEnd);
    harness.step();
    let end = harness.state().selection.head;
    assert!(end > ByteOffset::ZERO && harness.state().source.as_str().as_bytes()[end.index()] == b' ');
    harness.state_mut().caret_move = Some(CaretMove::LineStart);
    harness.step();
    assert_eq!(harness.state().selection.head, ByteOffset::ZERO);
}

#[test]
fn a_range_far_down_is_brought_into_sight_and_one_in_sight_stays() {
    let paragraphs: Vec<String> = (0..400).map(|n| format!("فقرة رقم {n} من النص الطويل")).collect();
    let text = paragraphs.join("\n");
    let mut harness = harness(Reader::new(&text), 1.0);
    let target = harness.state().range("رقم 300");
    harness.state_mut().view.scroll_to(target);
    harness.run_steps(3);
    let visible = harness.state().visible;
    assert!(visible.contains_range(target), "{visible:?} lacks {target:?}");
    let near = harness.state().range("رقم 301");
    harness.state_mut().view.scroll_to(near);
    harness.run_steps(3);
    assert_eq!(harness.state().visible, visible, "a range in sight does not move the text");
}

#[test]
fn a_screen_reader_finds_the_document_and_its_paragraphs() {
    let harness = harness(Reader::new(TEXT), 1.0);
    let document = harness.get_by_role_and_label(egui::Role::Document, "the article");
    let paragraphs: Vec<_> = document.children().collect();
    assert!(!paragraphs.is_empty());
    let paragraph = harness.get_by_label_contains("وصل وزير النقل");
    let direction = paragraph.accesskit_node().text_direction();
    assert_eq!(direction, Some(egui::accesskit::TextDirection::RightToLeft));
    let english = harness.get_by_label_contains("He said");
    assert_eq!(english.accesskit_node().text_direction(), Some(egui::accesskit::TextDirection::LeftToRight));
}

#[test]
fn a_text_of_many_paragraphs_is_measured_while_idle_and_then_rests() {
    let text = vec!["فقرة"; 300].join("\n");
    let mut harness = harness(Reader::new(&text), 1.0);
    for _ in 0..20 {
        harness.step();
    }
    let repaint = harness.output().viewport_output.values().next().unwrap().repaint_delay;
    assert!(repaint > std::time::Duration::from_millis(100), "{repaint:?}");
}

/// The real article is not part of the project: it is read where `HASHIYA_TEST_DATA` says.
/// A text that is measured on a thread, and a reader in the middle of it.
fn long_reader() -> Harness<'static, Reader> {
    let paragraphs: Vec<String> =
        (0..6_000).map(|n| format!("فقرة رقم {n} {}", "من النص الطويل ".repeat(n % 23))).collect();
    let mut harness = harness(Reader::new(&paragraphs.join("\n")), 1.0);
    let target = harness.state().range("رقم 3000 ");
    harness.state_mut().view.scroll_to(target);
    harness.step();
    harness
}

#[test]
fn what_is_read_stays_in_its_place_while_the_rest_is_measured() {
    let mut harness = long_reader();
    let place = |harness: &Harness<'_, Reader>| {
        let reader = harness.state();
        reader.view.place_of(reader.range("رقم 3000 ")).expect("in sight")
    };
    let before = place(&harness);
    let mut frames = 0;
    while !harness.state().view.is_measured() {
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
        let now = place(&harness);
        assert!((now.top() - before.top()).abs() <= 1.0, "{now:?} was at {before:?}");
        frames += 1;
        assert!(frames < 4_000, "the thread that measures has stopped");
    }
    assert!(frames > 1, "it was measured meanwhile, not before");
}

#[test]
fn a_paragraph_without_end_stays_in_its_place_when_its_cuts_move() {
    let words: Vec<String> = (0..12_000).map(|n| format!("كلمة {n}")).collect();
    let mut harness = harness(Reader::new(&words.join(" ")), 1.0);
    let target = harness.state().range("كلمة 6000 ");
    harness.state_mut().view.scroll_to(target);
    harness.step();
    let place =
        |harness: &Harness<'_, Reader>| harness.state().view.place_of(target).expect("in sight").top();
    let before = place(&harness);
    let mut frames = 0;
    while !harness.state().view.is_measured() {
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
        frames += 1;
        assert!(frames < 4_000, "the thread that measures has stopped");
    }
    harness.step();
    // Its line may begin elsewhere now, and so be the one above or below.
    assert!((place(&harness) - before).abs() <= 37.0, "{} was at {before}", place(&harness));
}

#[test]
fn a_measured_text_is_as_tall_as_it_is_when_it_was_read_through() {
    let mut measured = long_reader();
    while !measured.state().view.is_measured() {
        std::thread::sleep(std::time::Duration::from_millis(5));
        measured.step();
    }
    let height = |harness: &Harness<'_, Reader>| harness.state().view.page_height();
    let before = height(&measured);
    for n in (0..6_000).step_by(9) {
        let part = format!("رقم {n} ");
        let target = measured.state().range(&part);
        measured.state_mut().view.scroll_to(target);
        measured.step();
    }
    assert!((height(&measured) - before).abs() < 0.5, "{before} became {}", height(&measured));
}

#[test]
fn the_scroll_bar_brings_the_end_of_a_long_text_into_sight() {
    let mut harness = long_reader();
    let bar = harness.get_by_label("scroll the article").rect();
    let thumb = pos2(bar.center().x, bar.center().y);
    drag(&mut harness, thumb, pos2(bar.center().x, bar.bottom() + 50.0), Modifiers::NONE);
    harness.run_steps(2);
    let end = harness.state().source.end();
    assert_eq!(harness.state().visible.end(), end);
    press(&mut harness, pos2(bar.center().x, bar.top() + 1.0), true, Modifiers::NONE);
    press(&mut harness, pos2(bar.center().x, bar.top() + 1.0), false, Modifiers::NONE);
    harness.run_steps(2);
    assert_eq!(harness.state().visible.start(), ByteOffset::ZERO);
}

#[test]
fn the_real_article_is_drawn_without_a_missing_letter() {
    let Ok(folder) = std::env::var("HASHIYA_TEST_DATA") else {
        eprintln!("skipped: HASHIYA_TEST_DATA names no folder with article-ar.txt");
        return;
    };
    let text = std::fs::read_to_string(format!("{folder}/article-ar.txt")).expect("the article can be read");
    let source = SourceText::new(text.as_str());
    let mut typesetter = hashiya::typeset::Typesetter::new();
    for block in hashiya::typeset::blocks(&source, &Segmentation::new(&source), None) {
        let style = hashiya::typeset::TextStyle::body(20.0);
        let layout =
            typesetter.layout_paragraph(source.slice(block.range), style, Some(640.0), Some(block.direction));
        assert!(layout.placeholders.is_empty(), "{}", source.slice(block.range));
    }
    let mut harness = harness(Reader::new(&text), 1.0);
    harness.set_size(vec2(1280.0, 800.0));
    harness.run_steps(3);
    let picture = harness.render().unwrap();
    if let Ok(folder) = std::env::var("HASHIYA_PICTURES") {
        picture.save(format!("{folder}/article-real.png")).unwrap();
    }
}

/// Writes pictures to be looked at; run with `HASHIYA_PICTURES` set to a folder.
#[test]
fn pictures_of_a_marked_page_can_be_drawn_at_each_scale_and_theme() {
    for (name, theme, scale) in [
        ("light-1x", ReadingTheme::light(), 1.0),
        ("light-2x", ReadingTheme::light(), 2.0),
        ("dark-1x", ReadingTheme::dark(), 1.0),
        ("dark-2x", ReadingTheme::dark(), 2.0),
    ] {
        let blue = Color32::from_rgb(0x00, 0x72, 0xB2);
        let orange = Color32::from_rgb(0xD5, 0x5E, 0x00);
        let green = Color32::from_rgb(0x00, 0x9E, 0x73);
        let purple = Color32::from_rgb(0xCC, 0x79, 0xA7);
        let mut reader = Reader::new(TEXT)
            .mark(1, MarkKind::Annotation, "وزير النقل سامر الحداد", blue)
            .mark(2, MarkKind::Annotation, "النقل", orange)
            .mark(3, MarkKind::Annotation, "سامر الحداد", green)
            .mark(4, MarkKind::Suggestion, "المدينة", purple)
            .mark(5, MarkKind::ClaimContent, "NATO لم تشارك في الاجتماع (الأول) سنة 2024", green)
            .mark(5, MarkKind::ClaimSource, "وكالة «نبأ»", blue)
            .mark(5, MarkKind::ClaimCue, "وقالت", orange)
            .mark(6, MarkKind::Annotation, "NATO", purple)
            .mark(7, MarkKind::SuggestedClaim, "He said \"نعم\" twice", blue)
            .mark(8, MarkKind::SearchHit, "صباح", Color32::from_rgb(0xF0, 0xE4, 0x42));
        reader.theme = theme;
        reader.focused = Some(if scale > 1.0 { 5 } else { 3 });
        reader.style.show_all_tags = scale > 1.0;
        reader.selection = TextSelection {
            anchor: reader.range("الأول").start(),
            head: reader.range(") سنة").start(),
        };
        let mut harness = harness(reader, scale);
        let picture = harness.render().unwrap();
        let paper = theme.paper.to_array();
        let inked = picture.pixels().filter(|pixel| pixel.0 != paper).count();
        assert!(inked > 5_000, "the page is drawn");
        if let Ok(folder) = std::env::var("HASHIYA_PICTURES") {
            picture.save(format!("{folder}/article-{name}.png")).unwrap();
        }
    }
}
