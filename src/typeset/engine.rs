//! Setting one paragraph: bidi (UAX #9), shaping, line breaking (UAX #14), by `parley`.

use std::borrow::Cow;

use parley::{
    Alignment, AlignmentOptions, BaseDirection, FontFamily, FontFamilyName, FontWeight, Layout,
    LayoutContext, LineHeight, OverflowWrap, PositionedLayoutItem, StyleProperty,
};
use skrifa::instance::NormalizedCoord;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use smallvec::SmallVec;

use super::colour_glyph;
use super::font_stack::FontStack;
use super::fonts::{FaceId, FontFile, Weight};
use super::geometry::{Edge, Geometry, LineRect, Rect};
use super::line_break::break_between;
use super::line_end::{Cluster, put_space_at_line_end};
use super::reading_font::ReadingFont;
use super::system_fonts::SystemFonts;
use super::tabs;
use crate::text::{ByteOffset, Direction, TextRange, paragraph_direction, slice};

/// How text is set. It holds no colour: see the module's invariant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextStyle {
    /// The size of the letters in points.
    pub size_pt: f32,
    /// The height of a line as a multiple of the size.
    pub line_height: f32,
    /// How heavy the letters are.
    pub weight: Weight,
    /// The family in which it is read.
    pub font: ReadingFont,
    /// Physical pixels for one point; glyph pictures are made for this density.
    pub pixels_per_point: f32,
}

impl TextStyle {
    /// Returns the style of running text at a size: regular, lines 1.8 times the size, one pixel a point.
    #[must_use]
    pub fn body(size_pt: f32) -> Self {
        Self {
            size_pt,
            line_height: 1.8,
            weight: Weight::Regular,
            font: ReadingFont::default(),
            pixels_per_point: 1.0,
        }
    }
}

/// One glyph of a laid-out paragraph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// The face that draws it.
    pub face: FaceId,
    /// Its number in that face.
    pub id: u16,
    /// The size of the em in physical pixels.
    pub size: f32,
    /// Its origin in physical pixels from the left of the column.
    pub x: f32,
    /// Its baseline in whole physical pixels from the top of the paragraph.
    pub y: f32,
}

/// A paragraph as it is painted and pointed at.
#[derive(Debug, Clone, PartialEq)]
pub struct ParagraphLayout {
    /// Where the characters stand, in points.
    pub geometry: Geometry,
    /// The height in points.
    pub height: f32,
    /// The width of the longest line in points, white space at its end left out.
    pub width: f32,
    /// The first character that an ellipsis stands for, where the text had to be cut.
    pub elided_from: Option<ByteOffset>,
    /// Boxes to be outlined around the code points of characters that no bundled face has, in points.
    pub placeholders: Vec<LineRect>,
    glyphs: Vec<Glyph>,
    /// Where the glyphs of each line end.
    line_ends: Vec<usize>,
}

impl ParagraphLayout {
    /// Returns all glyphs, line by line.
    #[must_use]
    pub fn glyphs(&self) -> &[Glyph] {
        &self.glyphs
    }

    /// Returns the glyphs of some lines; a long paragraph is painted only where it is seen.
    ///
    /// # Panics
    ///
    /// When there are no such lines.
    #[must_use]
    pub fn glyphs_of_lines(&self, lines: std::ops::Range<usize>) -> &[Glyph] {
        let end_of = |line: usize| line.checked_sub(1).map_or(0, |last| self.line_ends[last]);
        &self.glyphs[end_of(lines.start)..end_of(lines.end)]
    }

    /// Returns whether the base direction is right to left.
    #[must_use]
    pub fn is_rtl(&self) -> bool {
        self.geometry.is_rtl()
    }
}

/// Sets text. One for each thread: making it costs about a millisecond, laying out about 0.3 ms per KB of text.
pub struct Typesetter {
    fonts: FontStack,
    layouts: LayoutContext<()>,
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Typesetter {
    /// Returns a typesetter with the bundled faces.
    #[must_use]
    pub fn new() -> Self {
        Self::with_extra_faces(&[])
    }

    /// Returns a typesetter with the bundled faces and, after them, the faces of some files in their order: a file is
    /// asked only for characters that nothing before it has.
    #[must_use]
    pub fn with_extra_faces(files: &[FontFile]) -> Self {
        Self { fonts: FontStack::new(files, None), layouts: LayoutContext::new() }
    }

    /// Returns a typesetter with the bundled faces and, after them, the fonts that are installed on this machine: for
    /// characters that no bundled face has, and for reading families by name.
    #[must_use]
    pub fn with_system_fonts(system: SystemFonts) -> Self {
        Self { fonts: FontStack::new(&[], Some(system)), layouts: LayoutContext::new() }
    }

    /// Returns another typesetter that sets every text as this one does, for another thread.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { fonts: self.fonts.another(), layouts: LayoutContext::new() }
    }

    /// Sets one paragraph, which holds no line end, in a column of `width_pt` points or on one line.
    ///
    /// Lines start at the side of the base direction: the one given, else that of the first strong character, else
    /// left to right. A word wider than the column is broken between clusters.
    pub fn layout_paragraph(
        &mut self,
        text: &str,
        style: TextStyle,
        width_pt: Option<f32>,
        direction: Option<Direction>,
    ) -> ParagraphLayout {
        let direction = direction.or_else(|| paragraph_direction(text)).unwrap_or(Direction::Ltr);
        let layout = self.shape(text, style, width_pt, direction);
        Self::read_out(&layout, text, style, width_pt, direction)
    }

    /// Runs `parley`, again while tabs have to be widened.
    fn shape(
        &mut self,
        text: &str,
        style: TextStyle,
        width_pt: Option<f32>,
        direction: Direction,
    ) -> Layout<()> {
        let mut layout = self.shape_once(text, style, width_pt, direction, &[]);
        if !text.contains('\t') {
            return layout;
        }
        let stop = tabs::stop_distance_em() * style.size_pt * style.pixels_per_point;
        let mut widened = Vec::new();
        for _ in 1..tabs::MAX_ROUNDS {
            let next = tabs::widen(&layout, text, &widened, stop);
            if next == widened {
                break;
            }
            widened = next;
            layout = self.shape_once(text, style, width_pt, direction, &widened);
        }
        layout
    }

    /// Runs `parley`; its unit is the physical pixel, and so is that of the room added to tabs.
    fn shape_once(
        &mut self,
        text: &str,
        style: TextStyle,
        width_pt: Option<f32>,
        direction: Direction,
        tabs: &[(TextRange, f32)],
    ) -> Layout<()> {
        let families = self.fonts.families(text, style.font);
        let families: Vec<_> = families.iter().map(|name| FontFamilyName::named(name)).collect();
        let mut builder = self.layouts.ranged_builder(
            self.fonts.context(),
            text,
            style.pixels_per_point,
            /* quantize */ true,
        );
        builder.push_default(FontFamily::List(Cow::Borrowed(&families)));
        builder.push_default(StyleProperty::FontSize(style.size_pt));
        builder.push_default(LineHeight::FontSizeRelative(
            style.line_height.max(style.font.least_line_height()),
        ));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        builder.push_default(match style.weight {
            Weight::Regular => FontWeight::NORMAL,
            Weight::Bold => FontWeight::BOLD,
        });
        for (tab, room) in tabs {
            let room = StyleProperty::LetterSpacing(room / style.pixels_per_point);
            builder.push(room, tab.start().index()..tab.end().index());
        }
        builder.set_line_break_override(Some(&break_between));
        builder.set_base_direction(match direction {
            Direction::Ltr => BaseDirection::Ltr,
            Direction::Rtl => BaseDirection::Rtl,
        });
        let mut layout = builder.build(text);
        layout.break_all_lines(width_pt.map(|width| width * style.pixels_per_point));
        layout.align(Alignment::Start, AlignmentOptions::default());
        layout
    }

    /// Reads glyphs and geometry out of a layout, which is then not needed any more.
    fn read_out(
        layout: &Layout<()>,
        text: &str,
        style: TextStyle,
        width_pt: Option<f32>,
        direction: Direction,
    ) -> ParagraphLayout {
        let scale = style.pixels_per_point;
        let column = width_pt.unwrap_or(layout.width() / scale);
        let mut out = ParagraphLayout {
            geometry: Geometry::new(direction == Direction::Rtl, column),
            height: layout.height() / scale,
            width: layout.width() / scale,
            elided_from: None,
            placeholders: Vec::new(),
            glyphs: Vec::new(),
            line_ends: Vec::new(),
        };
        for (index, line) in layout.lines().enumerate() {
            let metrics = line.metrics();
            let mut x = (metrics.offset + metrics.inline_min_coord) / scale;
            let mut clusters = Vec::new();
            for run in line.runs() {
                let font = FontRef::from_index(run.font().data.as_ref(), run.font().index).ok();
                let layers = font.filter(colour_glyph::has_layers);
                for cluster in run.visual_clusters() {
                    let range = cluster.text_range();
                    let range = TextRange::from_indices(range.start, range.end);
                    let (x0, x1) = (x, x + cluster.advance() / scale);
                    x = x1;
                    let first = slice(text, range).chars().next();
                    let is_hole = |glyph: parley::Glyph| {
                        glyph.id == 0
                            || layers.as_ref().is_some_and(|font| {
                                colour_glyph::is_only_layers(font, GlyphId::new(glyph.id))
                            })
                    };
                    let lacks_a_glyph = cluster.glyphs().any(is_hole);
                    clusters.push(Cluster {
                        edge: Edge { range, x0, x1, rtl: run.is_rtl() },
                        is_letter: first.is_some_and(char::is_alphabetic),
                        glyphs: cluster.glyphs().filter(is_drawn).count(),
                        missing: first.filter(|&c| lacks_a_glyph && shows_something(c)),
                    });
                }
            }
            let first_glyph = out.glyphs.len();
            for item in line.items() {
                if let PositionedLayoutItem::GlyphRun(run) = item {
                    push_glyphs(&run, &mut out.glyphs);
                }
            }
            let base = (direction == Direction::Rtl, scale);
            put_space_at_line_end(text, &mut clusters, &mut out.glyphs[first_glyph..], base);
            let vertical = [metrics.block_min_coord, metrics.block_max_coord, metrics.baseline];
            // `parley` gives an empty text the line of a space.
            let range = line.text_range();
            let range = TextRange::from_indices(range.start.min(text.len()), range.end.min(text.len()));
            let edges = clusters.iter().map(|cluster| (cluster.edge, cluster.is_letter));
            out.geometry.push_line(range, vertical.map(|y| y / scale), edges);
            for cluster in &clusters {
                if let Some(c) = cluster.missing {
                    push_placeholder(&mut out, index, (c, cluster.edge.x0, cluster.edge.x1), style);
                }
            }
            out.line_ends.push(out.glyphs.len());
        }
        out
    }
}

fn push_glyphs(run: &parley::GlyphRun<'_, ()>, glyphs: &mut Vec<Glyph>) {
    let font = run.run().font();
    let coords =
        run.run().normalized_coords().iter().map(|coord| NormalizedCoord::from_bits(coord.to_bits()));
    let coords: SmallVec<[NormalizedCoord; 4]> = coords.collect();
    let face = FaceId::of(&font.data, font.index, &coords);
    let size = run.run().font_size();
    for glyph in run.positioned_glyphs().filter(is_drawn) {
        let Ok(id) = u16::try_from(glyph.id) else { continue };
        glyphs.push(Glyph { face, id, size, x: glyph.x, y: glyph.y.round() });
    }
}

/// Whether a glyph is painted. Glyph 0 says that the face lacks the character: a placeholder stands there instead.
fn is_drawn(glyph: &parley::Glyph) -> bool {
    matches!(u16::try_from(glyph.id), Ok(1..))
}

/// Puts a box with the code point of a character that no face has: four or six hexadecimal digits in two rows.
fn push_placeholder(out: &mut ParagraphLayout, line: usize, (c, x0, x1): (char, f32, f32), style: TextStyle) {
    let Some(font) = FaceId::PLACEHOLDER.face().font() else { return };
    let scale = style.pixels_per_point;
    let digits: Vec<char> = format!("{:04X}", u32::from(c)).chars().collect();
    let columns = digits.len().div_ceil(2);
    let baseline = out.geometry.lines()[line].baseline;
    // The box stands on the baseline, as tall as a capital, with the digits in two rows inside.
    let (top, bottom) = (baseline - 0.78 * style.size_pt, baseline + 0.06 * style.size_pt);
    let rect = Rect { x0: x0 + 0.5, y0: top, x1: (x1 - 0.5).max(x0 + 2.0), y1: bottom };
    out.placeholders.push(LineRect { line, rect });
    let size = (rect.width() * 0.8 / columns as f32 / 0.58).min(0.4 * style.size_pt);
    let charmap = font.charmap();
    let left = rect.x0 + (rect.width() - size * 0.58 * columns as f32) / 2.0;
    for (n, digit) in digits.iter().enumerate() {
        let Some(id) = charmap.map(*digit).and_then(|id| u16::try_from(id.to_u32()).ok()) else { continue };
        let (row, column) = (n / columns, n % columns);
        let x = left + column as f32 * size * 0.58;
        let y = top + rect.height() * (0.45 + 0.48 * row as f32);
        let glyph = Glyph { face: FaceId::PLACEHOLDER, id, size: size * scale, x: x * scale, y: y * scale };
        out.glyphs.push(Glyph { y: glyph.y.round(), ..glyph });
    }
}

/// Whether a character that lacks a glyph leaves a hole: white space, controls and joiners leave none.
pub(super) fn shows_something(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// What a line shows from left to right, without characters that show nothing.
#[cfg(test)]
pub(super) fn seen(text: &str, layout: &ParagraphLayout, line: usize) -> String {
    let clusters = layout.geometry.edges(line).iter().map(|edge| slice(text, edge.range));
    clusters.flat_map(str::chars).filter(|&c| c.is_whitespace() || shows_something(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::{Affinity, Hit};
    use proptest::prelude::*;

    fn layout(text: &str, width: Option<f32>, direction: Option<Direction>) -> ParagraphLayout {
        Typesetter::new().layout_paragraph(text, TextStyle::body(20.0), width, direction)
    }

    fn range_of(text: &str, part: &str) -> TextRange {
        let start = text.find(part).expect("the part is in the text");
        TextRange::from_indices(start, start + part.len())
    }

    #[test]
    fn a_character_that_no_bundled_face_has_is_set_in_the_extra_face_and_else_in_a_box() {
        let text = "قال अ ثم 的";
        let boxes = |layout: &ParagraphLayout| layout.placeholders.len();
        assert_eq!(boxes(&layout(text, None, None)), 2);
        let file = crate::typeset::test_fonts::collection(&['अ', '的']);
        let file = FontFile::new(file).expect("a collection of fonts");
        assert_eq!(file.family_names(), ["Test 0", "Test 1"]);
        let mut typesetters = [
            Typesetter::with_extra_faces(std::slice::from_ref(&file)),
            Typesetter::with_extra_faces(&[file]),
        ];
        let layouts =
            typesetters.each_mut().map(|t| t.layout_paragraph(text, TextStyle::body(20.0), None, None));
        assert_eq!(boxes(&layouts[0]), 0);
        assert_eq!(layouts[0], layouts[1], "the faces have the same numbers in each typesetter");
        let indices: Vec<u32> = layouts[0].glyphs().iter().map(|glyph| glyph.face.face().index).collect();
        assert!(indices.contains(&1), "the second font of the collection is used: {indices:?}");
        assert_eq!(seen(text, &layouts[0], 0), "的 مث अ لاق");
    }

    /// The right column is what python-bidi 0.6 gives (a mark moved behind its base).
    #[test]
    fn mixed_text_stands_in_the_order_of_uax_9() {
        let cases = [
            ("وصل الوفد في 24/11/2026 إلى المدينة.", None, ".ةنيدملا ىلإ 24/11/2026 يف دفولا لصو"),
            ("ارتفع بنسبة 12.5% (نحو 300 مليون) أمس", None, "سمأ )نويلم 300 وحن( %12.5 ةبسنب عفترا"),
            ("بلغ العدد ١٢٬٣٤٥ شخصا، أي ٪١٢٫٥ منهم.", None, ".مهنم ١٢٫٥٪ يأ ،اصخش ١٢٬٣٤٥ ددعلا غلب"),
            ("قال [نقلا عن (وكالة «س») أمس]: انتهى!", None, "!ىهتنا :]سمأ )»س« ةلاكو( نع القن[ لاق"),
            ("للتواصل: info@example.com أو 555-0199", None, "0199-555 وأ info@example.com :لصاوتلل"),
            ("قالت NATO (حلف) إن GPS يعمل", None, "لمعي GPS نإ )فلح( NATO تلاق"),
            ("the word \u{2067}قال: \"نعم\"!\u{2069} means (yes)", None, "the word !\"معن\" :لاق means (yes)"),
            ("\u{2068}NATO\u{2069} قالت: لا", None, "ال :تلاق NATO"),
            ("كَتَبَ الوَلَدُ ٣ رسائلَ.", None, ".لَئاسر ٣ دُلَوَلا بَتَكَ"),
            ("info@example.com للتواصل", None, "info@example.com لصاوتلل"),
            ("info@example.com للتواصل", Some(Direction::Rtl), "لصاوتلل info@example.com"),
            ("He said \"مرحبا 123\" (ok).", None, "He said \"123 ابحرم\" (ok)."),
            ("السعر: 5$ - 7$ \u{200F}فقط C++.", None, ".++C طقف $7 - $5 :رعسلا"),
            ("من 10 إلى -20 درجة", None, "ةجرد 20- ىلإ 10 نم"),
            ("1) البند الأول", None, "لوألا دنبلا )1"),
            ("صفحة A-12/3 من «Le Monde»، باريس", None, "سيراب ،»Le Monde« نم A-12/3 ةحفص"),
            ("עברית וערבית: عربي 42", None, "42 يبرع :תיברעו תירבע"),
        ];
        for (text, direction, expected) in cases {
            let layout = layout(text, None, direction);
            assert_eq!(layout.geometry.lines().len(), 1, "{text}");
            assert_eq!(seen(text, &layout, 0), expected, "{text}");
            assert!(layout.placeholders.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_span_that_begins_at_the_alef_of_lam_alef_has_its_own_place() {
        for text in ["لإطلاق", "سلام", "الآن", "لأن"] {
            let layout = layout(text, None, None);
            for edge in layout.geometry.edges(0) {
                assert!(edge.x1 - edge.x0 > 1.0, "{text}: {edge:?}");
                let middle = f32::midpoint(edge.x0, edge.x1);
                assert_eq!(layout.geometry.cluster_at(middle, 18.0), Some(edge.range), "{text}");
            }
        }
        let text = "لإطلاق";
        let geometry = layout(text, None, None).geometry;
        let rects = geometry.rectangles(range_of(text, "إطلاق"));
        assert_eq!(rects.len(), 1);
        let lam = geometry.rectangles(TextRange::from_indices(0, 2))[0].rect;
        assert!((rects[0].rect.x1 - lam.x0).abs() < 0.01, "the span begins where lam ends");
    }

    #[test]
    fn a_span_from_arabic_into_latin_and_back_has_several_rectangles() {
        let text = "قالت منظمة NATO إن الاتفاق تم";
        let geometry = layout(text, None, None).geometry;
        let whole = geometry.rectangles(range_of(text, "منظمة NATO إن"));
        assert_eq!(whole.len(), 1, "whole runs are neighbours");
        let inside = geometry.rectangles(range_of(text, "منظمة NA"));
        assert_eq!(inside.len(), 2, "a part of the Latin word stands at its far side");
        let back = "قال Tom و Ann معا";
        let pieces = layout(back, None, None).geometry.rectangles(range_of(back, "om و An"));
        assert_eq!(pieces.len(), 3);
    }

    #[test]
    fn a_long_span_wraps_and_has_a_rectangle_on_each_line() {
        let text = "قال المتحدث باسم الوزارة إن الفرق وصلت إلى المكان بعد ساعات من وقوع الحادث ".repeat(4);
        let layout = layout(&text, Some(300.0), None);
        let lines = layout.geometry.lines().len();
        assert!(lines > 4);
        let rects = layout.geometry.rectangles(TextRange::from_indices(0, text.len()));
        assert_eq!(rects.iter().map(|r| r.line).collect::<Vec<_>>(), (0..lines).collect::<Vec<_>>());
        for rect in &rects {
            assert!((rect.rect.x1 - 300.0).abs() < 0.5, "each line starts at the right: {rect:?}");
        }
    }

    #[test]
    fn the_full_stop_of_an_arabic_line_stands_at_its_left() {
        let text = "انتهى الاجتماع.";
        let layout = layout(text, Some(400.0), None);
        let stop = layout.geometry.rectangles(range_of(text, "."))[0].rect;
        let first = layout.geometry.rectangles(TextRange::from_indices(0, 2))[0].rect;
        assert!(stop.x1 < first.x0);
        assert!((first.x1 - 400.0).abs() < 0.5);
    }

    #[test]
    fn a_fallback_face_does_not_make_a_line_taller() {
        for text in ["كلمة", "كلمة word שלום", "word", "a\u{301}\u{302} كَّ"] {
            let layout = layout(text, None, None);
            assert!((layout.height - 36.0).abs() < 0.01, "{text}: {}", layout.height);
        }
    }

    #[test]
    fn letters_are_joined() {
        let joined = layout("محمد", None, None);
        let apart = layout("م ح م د", None, None);
        let ids = |layout: &ParagraphLayout| layout.glyphs().iter().map(|g| g.id).collect::<Vec<_>>();
        assert!(ids(&apart).iter().all(|id| !ids(&joined)[1..].contains(id)), "only dal keeps its shape");
    }

    #[test]
    fn a_character_that_no_face_has_shows_its_code_point_in_a_box() {
        let text = "كلمة 𒀀 كلمة";
        let layout = layout(text, None, None);
        assert_eq!(layout.placeholders.len(), 1);
        let found = layout.geometry.rectangles(range_of(text, "𒀀"))[0].rect;
        let shown = layout.placeholders[0].rect;
        assert!(found.x0 <= shown.x0 && shown.x1 <= found.x1 + 2.0);
        let digits = layout.glyphs().iter().filter(|g| g.size < 10.0).count();
        assert_eq!(digits, "12000".len());
        assert_eq!(seen(text, &layout, 0), "ةملك 𒀀 ةملك");
    }

    #[test]
    fn characters_that_show_nothing_leave_no_box() {
        let text = "بـ\u{200C}م \u{200F}\u{2067}x\u{2069}\u{FEFF}\t\u{AD}\u{202A}";
        assert!(layout(text, None, None).placeholders.is_empty());
    }

    #[test]
    fn a_word_wider_than_the_column_is_broken_and_stays_inside() {
        let text = "https://example.com/a/very/long/address/that/has/no/space/in/it/at/all";
        let layout = layout(text, Some(120.0), None);
        assert!(layout.geometry.lines().len() > 3);
        for line in 0..layout.geometry.lines().len() {
            let last = layout.geometry.edges(line).last().expect("no line is empty");
            assert!(last.x1 <= 121.0, "line {line} ends at {}", last.x1);
        }
    }

    #[test]
    fn a_tab_takes_room_and_shows_nothing() {
        let layout = layout("a\tb", None, None);
        let tab = layout.geometry.rectangles(TextRange::from_indices(1, 2))[0].rect;
        assert!(tab.width() > 2.0, "{tab:?}");
        assert_eq!(layout.glyphs().len(), 2);
    }

    proptest! {
        #[test]
        fn lines_cover_the_text_in_order(text in "([ء-يa-z0-9 .،«»()\u{64b}-\u{652}👩]|لا){0,120}", width in 60.0_f32..600.0) {
            let layout = layout(&text, Some(width), None);
            let mut end = ByteOffset::ZERO;
            let mut bottom = 0.0;
            for (index, line) in layout.geometry.lines().iter().enumerate() {
                prop_assert_eq!(line.range.start(), end);
                prop_assert!((line.top - bottom).abs() < 0.01);
                end = line.range.end();
                bottom = line.bottom;
                let mut x = f32::MIN;
                let mut covered: Vec<TextRange> = Vec::new();
                for edge in layout.geometry.edges(index) {
                    prop_assert!(edge.x0 >= x - 0.01 && edge.x1 >= edge.x0);
                    x = edge.x1;
                    covered.push(edge.range);
                }
                covered.sort();
                let mut at = line.range.start();
                for range in covered {
                    prop_assert_eq!(range.start(), at);
                    at = range.end();
                }
                prop_assert_eq!(at, line.range.end());
            }
            prop_assert_eq!(end.index(), text.len());
        }

        #[test]
        fn a_click_inside_a_letter_and_the_caret_agree(text in "([ء-يa-z0-9 .،«»()]|لا){1,80}", width in 80.0_f32..600.0) {
            let geometry = layout(&text, Some(width), None).geometry;
            for (index, line) in geometry.lines().iter().enumerate() {
                let y = f32::midpoint(line.top, line.bottom);
                for edge in geometry.edges(index) {
                    let (start, end) = (edge.range.start(), edge.range.end());
                    let nudge = if edge.rtl { -0.01 } else { 0.01 };
                    let caret = geometry.caret(start, Affinity::After);
                    prop_assert_eq!(caret.line, index);
                    prop_assert_eq!(geometry.hit(caret.x + nudge, y), Hit { offset: start, affinity: Affinity::After });
                    let caret = geometry.caret(end, Affinity::Before);
                    prop_assert_eq!(caret.line, index);
                    prop_assert_eq!(geometry.hit(caret.x - nudge, y), Hit { offset: end, affinity: Affinity::Before });
                }
            }
        }
    }
}
