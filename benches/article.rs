//! What the article view's own extremes cost, without the graphics card: the first frame of a text, and a page full of
//! marks. Frames of the whole window, scrolling and jumps are measured by `frames`.
#![allow(missing_docs, reason = "the benches are documented one by one")]

use divan::Bencher;
use egui::{Color32, Context, Event, Pos2, RawInput, Rect, vec2};
use hashiya::text::{Segmentation, SourceText};
use hashiya::typeset::Underline;
use hashiya::ui::article::{
    ArticleContent, ArticleInput, ArticleView, MarkKind, Marks, ReadingStyle, ReadingTheme, SpanMark,
    TextSelection,
};
use hashiya::ui::text_painter::TextPainter;

fn main() {
    divan::main();
}

const MEGABYTE: usize = 1_000_000;

/// The text of an article of about `len` bytes: paragraphs of about 150 bytes of Arabic with some Latin and digits.
fn article(len: usize) -> SourceText {
    let sentences = [
        "وصل وزير النقل إلى المدينة صباح أمس للمشاركة في اجتماع يناقش عودة الميناء إلى العمل.",
        "وقالت وكالة «نبأ» إن NATO لم تشارك في الاجتماع (الأول) الذي عقد سنة 2024.",
        "وأضاف المتحدث: \"لا نتوقع تأخيرا يزيد على 3 أسابيع\"، وفق ما نقلته صحيفة محلية.",
    ];
    let mut text = String::with_capacity(len + 400);
    let mut n = 0;
    while text.len() < len {
        text.push_str(sentences[n % sentences.len()]);
        text.push(if n % 5 == 4 { ' ' } else { '\n' });
        n += 1;
    }
    SourceText::new(text)
}

/// One paragraph of about `len` bytes.
fn paragraph(len: usize) -> SourceText {
    SourceText::new(article(len).as_str().replace('\n', " "))
}

/// `count` marks on tokens spread evenly over the first `within` bytes.
fn marks(segmentation: &Segmentation, count: usize, within: usize) -> Vec<SpanMark> {
    let tokens = segmentation.tokens();
    let last = tokens.partition_point(|token| token.range.end().index() <= within);
    let kinds = [MarkKind::Annotation, MarkKind::Annotation, MarkKind::Suggestion];
    let mut found: Vec<SpanMark> = (0..count)
        .map(|n| {
            let first = n * (last - 2) / count;
            // Every third mark lies over the beginning of the next: nested and crossing ones are normal.
            let range = tokens[first].range.cover(tokens[first + usize::from(n % 3 == 0)].range);
            SpanMark {
                id: n as u64,
                kind: kinds[n % 3],
                fragments: vec![range],
                colour: Color32::from_rgb(0, 114, 178),
                underline: Underline::Wavy,
                tag: "PERS".into(),
            }
        })
        .collect();
    found.sort_by_key(|mark| mark.fragments[0]);
    found
}

/// A window without a window.
struct Window {
    ctx: Context,
    source: SourceText,
    segmentation: Segmentation,
    marks: Vec<SpanMark>,
    view: ArticleView,
    painter: TextPainter,
}

impl Window {
    fn new(source: SourceText) -> Self {
        let segmentation = Segmentation::new(&source);
        let ctx = Context::default();
        // egui's own fonts are loaded before the first frame of the article.
        let _ = ctx.run_ui(RawInput::default(), |_| {});
        Self {
            ctx,
            source,
            segmentation,
            marks: Vec::new(),
            view: ArticleView::new(),
            painter: TextPainter::new(),
        }
    }

    fn marked(mut self, count: usize, within: usize) -> Self {
        self.marks = marks(&self.segmentation, count, within);
        self
    }

    /// The window after its first frames, with all heights measured.
    fn at_rest(mut self) -> Self {
        for _ in 0..20_000 {
            let output = self.frame(Vec::new());
            if output > std::time::Duration::ZERO {
                return self;
            }
        }
        self
    }

    /// Draws a frame and returns after how long the next one is wanted.
    fn frame(&mut self, events: Vec<Event>) -> std::time::Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1000.0, 900.0))),
            events,
            ..RawInput::default()
        };
        let Self { ctx, source, segmentation, marks, view, painter } = self;
        let theme = ReadingTheme::light();
        let output = ctx.run_ui(input, |ui| {
            painter.begin_frame(ui.ctx());
            let input = ArticleInput {
                content: ArticleContent {
                    source,
                    segmentation,
                    revision: 1,
                    direction: None,
                    name: "article",
                },
                marks: &Marks { marks, revision: 1 },
                focused: None,
                hovered: None,
                links: &[],
                selection: TextSelection::default(),
                style: ReadingStyle::default(),
                theme: &theme,
            };
            view.show(ui, painter, &input);
            painter.end_frame(ui.ctx());
        });
        let scale = output.pixels_per_point;
        divan::black_box(ctx.tessellate(output.shapes, scale));
        output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap_or_default()
    }
}

/// Opening an article: blocks, estimated heights, the paragraphs in sight, the glyphs. Budget: 8 ms up to 1 MB,
/// 40 ms for 10 MB (once).
#[divan::bench(args = [4_000, MEGABYTE, 10 * MEGABYTE], sample_count = 10)]
fn first_frame(bencher: Bencher, len: usize) {
    let source = article(len);
    bencher.with_inputs(|| Window::new(source.clone())).bench_local_refs(|window| window.frame(Vec::new()));
}

/// A page on which more than a thousand words are marked, nothing changes. Budget: 0.4 ms.
#[divan::bench]
fn thousand_marks_in_sight(bencher: Bencher) {
    let mut window = Window::new(paragraph(8_000)).marked(1_000, 6_000).at_rest();
    bencher.bench_local(|| window.frame(Vec::new()));
}

/// The first frame of that page. Budget: 16 ms (once).
#[divan::bench(sample_count = 20)]
fn thousand_marks_first_frame(bencher: Bencher) {
    let source = paragraph(8_000);
    bencher
        .with_inputs(|| Window::new(source.clone()).marked(1_000, 6_000))
        .bench_local_refs(|window| window.frame(Vec::new()));
}

/// A paragraph of 1 MB, which is laid out in blocks. Budget: 16 ms (once).
#[divan::bench(sample_count = 10)]
fn first_frame_of_a_paragraph_of_a_megabyte(bencher: Bencher) {
    let source = paragraph(MEGABYTE);
    bencher.with_inputs(|| Window::new(source.clone())).bench_local_refs(|window| window.frame(Vec::new()));
}
