//! The article on its page: text, marks, selection.
//!
//! The view is given the text, the marks and the selection in each frame and says what the reader did; it keeps only
//! what is costly to make: layouts and meshes of the paragraphs in sight, heights of all, an index of the marks.
//!
//! A frame:
//! 1. A new text, column width, text size or density clears the layouts; heights are estimated anew and the text at
//!    the top of the window stays there. Heights that were measured meanwhile take the place of estimates.
//! 2. Every paragraph in sight is laid out before anything is drawn; what is above the top of the window may change
//!    its height without moving what is seen.
//! 3. Pointer and wheel.
//! 4. One mesh for tints, underlines and the selection, one for the glyphs, then what lies above them: the outline and
//!    the tag of the focused mark.
//! 5. The scroll bar with the overview of the marks.
//!
//! How tall the paragraphs out of sight are is measured in idle frames for a short text, on a thread for a long one.
//!
//! Marks never reach the typesetter, so changing them cannot move text or part joined letters.
//!
//! Invariant: changes nothing but its own caches; knows no document, no schema, no session.

mod access;
mod caret;
mod emphasis;
mod fenwick;
mod handles;
mod hidden;
mod links;
mod marks;
mod measure;
mod paint;
mod pointer;
mod scrollbar;
mod view;

use egui::{Color32, Pos2, Response};

use crate::text::{ByteOffset, Direction, Segmentation, SourceText, TextRange};
use crate::typeset::ReadingFont;

pub use links::{Link, MAX_LINKS};
pub use marks::{MarkKind, MarkSource, Marks, SpanMark};
pub use scrollbar::Tick;
pub use view::ArticleView;

/// An anchor and a head; the cursor stands at the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextSelection {
    /// Where the selection began.
    pub anchor: ByteOffset,
    /// Where the cursor stands.
    pub head: ByteOffset,
}

impl TextSelection {
    /// Returns a bare cursor.
    #[must_use]
    pub fn cursor(at: ByteOffset) -> Self {
        Self { anchor: at, head: at }
    }

    /// Returns the selected range.
    #[must_use]
    pub fn range(self) -> TextRange {
        TextRange::between(self.anchor, self.head)
    }
}

/// What is read.
#[derive(Debug, Clone, Copy)]
pub struct ArticleContent<'a> {
    /// The text.
    pub source: &'a SourceText,
    /// Its paragraphs and tokens.
    pub segmentation: &'a Segmentation,
    /// Changes whenever another text is shown.
    pub revision: u64,
    /// The base direction of every paragraph; `None` lets each have its own.
    pub direction: Option<Direction>,
    /// What a screen reader calls it: the article's name.
    pub name: &'a str,
}

/// How it is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadingStyle {
    /// The size of the letters in points.
    pub size_pt: f32,
    /// The height of a line as a multiple of the size.
    pub line_height: f32,
    /// The family of the letters.
    pub font: ReadingFont,
    /// The width of the column in ems, where the window has the room.
    pub measure_em: f32,
    /// Whether every mention shows its tag.
    pub show_all_tags: bool,
    /// Whether characters that cannot be seen are shown by small signs.
    pub show_hidden: bool,
    /// Whether paragraphs have numbers in the margin.
    pub paragraph_numbers: bool,
}

impl Default for ReadingStyle {
    fn default() -> Self {
        Self {
            size_pt: 20.0,
            line_height: 1.8,
            font: ReadingFont::default(),
            measure_em: 32.0,
            show_all_tags: false,
            show_hidden: false,
            paragraph_numbers: false,
        }
    }
}

/// How strongly a place that the search found is tinted, 0 to 1.
pub(super) const HIT_TINT: f32 = 0.45;

/// The colours of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadingTheme {
    /// The ground.
    pub paper: Color32,
    /// The letters.
    pub ink: Color32,
    /// The selection, translucent: it lies over the tints.
    pub selection: Color32,
    /// The text cursor.
    pub caret: Color32,
    /// Numbers in the margin: less than the letters, still 4.5 to 1 on the ground.
    pub quiet: Color32,
    /// The signs of hidden characters.
    pub sign: Color32,
    /// The signs of those that mislead.
    pub alarm: Color32,
    /// How strongly a mention is tinted with its label's colour, 0 to 1.
    pub tint: f32,
    /// How strongly what a claim says is tinted, 0 to 1.
    pub wash: f32,
    /// The most that is added to a tint where a mark is focused, 0 to 1.
    pub focus: f32,
}

impl ReadingTheme {
    /// Returns how strongly a mention is tinted that lies inside others: tints add up, so each further one is weaker,
    /// and letters keep a contrast of 4.5 on five of them, focused and selected.
    #[must_use]
    pub fn nested_tint(&self, depth: u8) -> f32 {
        self.tint * 0.4_f32.powi(i32::from(depth))
    }

    /// Returns dark letters on warm paper.
    #[must_use]
    pub fn light() -> Self {
        Self {
            paper: Color32::from_rgb(0xFB, 0xF8, 0xF1),
            ink: Color32::from_rgb(0x22, 0x20, 0x1D),
            selection: Color32::from_rgba_unmultiplied(0x2B, 0x6C, 0xB0, 0x46),
            caret: Color32::from_rgb(0x1B, 0x4F, 0x8A),
            quiet: Color32::from_rgb(0x66, 0x60, 0x56),
            sign: Color32::from_rgb(0x1B, 0x6A, 0x9C),
            alarm: Color32::from_rgb(0xB0, 0x2A, 0x2A),
            tint: 0.14,
            wash: 0.06,
            focus: 0.14,
        }
    }

    /// Returns light letters on a dark ground.
    #[must_use]
    pub fn dark() -> Self {
        Self {
            paper: Color32::from_rgb(0x1C, 0x1B, 0x1A),
            ink: Color32::from_rgb(0xF2, 0xEE, 0xE6),
            selection: Color32::from_rgba_unmultiplied(0x3F, 0x74, 0xB0, 0x80),
            caret: Color32::from_rgb(0x9C, 0xC8, 0xF5),
            quiet: Color32::from_rgb(0xA8, 0xA3, 0x99),
            sign: Color32::from_rgb(0x7F, 0xB8, 0xE0),
            alarm: Color32::from_rgb(0xF2, 0x8B, 0x82),
            tint: 0.13,
            wash: 0.08,
            focus: 0.11,
        }
    }
}

/// All that a frame is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct ArticleInput<'a> {
    /// What is read.
    pub content: ArticleContent<'a>,
    /// What is marked.
    pub marks: &'a dyn MarkSource,
    /// The id of the mark that is worked on.
    pub focused: Option<u64>,
    /// The id of the mark that is pointed at elsewhere, in a list.
    pub hovered: Option<u64>,
    /// What leads from the focused mark to others and to it from them; the nearest first.
    pub links: &'a [Link],
    /// What is selected.
    pub selection: TextSelection,
    /// How the text is set.
    pub style: ReadingStyle,
    /// The colours.
    pub theme: &'a ReadingTheme,
}

/// What the reader did.
pub struct ArticleResponse {
    /// The selection asked for by the pointer; at token boundaries, with Alt at graphemes.
    pub selection: Option<TextSelection>,
    /// Whether the pointer that selects is still down.
    pub selecting: bool,
    /// A mark of which an edge was dragged, with the fragments that it is to have.
    pub reshaped: Option<(u64, Vec<TextRange>)>,
    /// The ids of the marks that were clicked, innermost first.
    pub clicked_marks: Vec<u64>,
    /// Where they were clicked.
    pub clicked_at: Option<Pos2>,
    /// A secondary click: the gap under it and its place on the screen. The marks there are in `clicked_marks`.
    pub context_click: Option<(ByteOffset, Pos2)>,
    /// The id of the innermost mark under the pointer.
    pub hovered_mark: Option<u64>,
    /// The id of a mark that an assistive technology asks to go to.
    pub asked_mark: Option<u64>,
    /// The range of the text in sight.
    pub visible: TextRange,
    /// The widget, for focus and menus.
    pub response: Response,
}

/// Where the cursor goes by layout; moves by token and grapheme are [`Segmentation`]'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaretMove {
    /// To the line above, keeping the place in the line.
    LineUp,
    /// To the line below.
    LineDown,
    /// To the first gap of the line.
    LineStart,
    /// To the last gap of the line.
    LineEnd,
    /// Up by the height of the window.
    PageUp,
    /// Down by the height of the window.
    PageDown,
}
