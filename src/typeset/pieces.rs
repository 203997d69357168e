//! Cutting a very long paragraph where its lines end, so that no reader sees the cuts.
//!
//! Lines are filled greedily: where one begins depends on the text after it, not on how the lines before it were
//! filled. So a piece that begins where a line of the whole begins has the lines of the whole. Each piece is laid out
//! once to find where the next begins, from the paragraph's beginning on: work for a thread of its own.
//!
//! What a piece does not know is the text before it. Cuts are sought where that makes no difference: before a letter
//! of the base direction, after white space, outside of all embeddings and isolates. Where a piece has no such line start (a text without spaces,
//! or all inside one embedding), the last line start is taken, and there letters that join across the cut, or digits and
//! punctuation at it, may look as if a paragraph began.

use super::blocks::{Block, MAX_BLOCK_LEN};
use super::{TextStyle, Typesetter};
use crate::text::{Direction, SourceText, TextRange, paragraph_direction, slice};

/// Returns the blocks of a text with those of long paragraphs cut anew, where lines end in a column of that width. The
/// height of what had to be laid out for that comes with it, in points without the space after a paragraph.
///
/// `None` when there is no long paragraph, or when `goes_on`, which is asked from time to time, says that nobody wants
/// the answer any more.
pub fn cut_at_lines(
    typesetter: &mut Typesetter,
    source: &SourceText,
    blocks: &[Block],
    (style, width_pt): (TextStyle, f32),
    mut goes_on: impl FnMut() -> bool,
) -> Option<Vec<(Block, Option<f32>)>> {
    if blocks.iter().all(|block| block.ends_paragraph) {
        return None;
    }
    let mut found = Vec::with_capacity(blocks.len());
    let mut rest = blocks.iter();
    while let Some(first) = rest.next() {
        if first.ends_paragraph {
            found.push((*first, None));
            continue;
        }
        let others = rest.by_ref().map(|block| (block.range, block.ends_paragraph));
        let mut range = first.range;
        for (part, ends_paragraph) in others {
            range = range.cover(part);
            if ends_paragraph {
                break;
            }
        }
        let mut paragraph =
            Pieces { text: source.slice(range), style, width_pt, direction: first.direction, at: 0 };
        while let Some((block, height)) = paragraph.next(typesetter) {
            if !goes_on() {
                return None;
            }
            found.push((Block { range: block.range.shifted_by(range.start()), ..block }, Some(height)));
        }
    }
    Some(found)
}

/// A long paragraph on its way to pieces.
struct Pieces<'a> {
    text: &'a str,
    style: TextStyle,
    width_pt: f32,
    direction: Direction,
    /// Where the next piece begins.
    at: usize,
}

impl Pieces<'_> {
    /// Returns the next piece, in offsets of the paragraph, and its height.
    fn next(&mut self, typesetter: &mut Typesetter) -> Option<(Block, f32)> {
        let Self { text, style, width_pt, direction, at: start } = *self;
        if start == text.len() {
            return None;
        }
        let end = text.floor_char_boundary((start + MAX_BLOCK_LEN).min(text.len()));
        let range = TextRange::from_indices(start, end);
        let layout = typesetter.layout_paragraph(slice(text, range), style, Some(width_pt), Some(direction));
        self.at = end;
        if end == text.len() {
            return Some((Block { range, direction, ends_paragraph: true }, layout.height));
        }
        let lines = layout.geometry.lines();
        // The last line may go on beyond the piece, and where the one before it ends may hang on how.
        let last = lines.len().saturating_sub(2);
        let is_good =
            |line: &usize| is_good_cut(text, start, start + lines[*line].range.start().index(), direction);
        let line = (1..=last).rev().find(is_good).unwrap_or(last);
        let mut height = layout.height;
        // Text without lines, such as thousands of marks on one letter, is cut after any character.
        if line > 0 {
            self.at = start + lines[line].range.start().index();
            height = lines[line].top;
        }
        let range = TextRange::from_indices(start, self.at);
        Some((Block { range, direction, ends_paragraph: false }, height))
    }
}

/// Whether the texts on either side of a cut look the same without each other; `start` is where the piece began.
///
/// The letter after the cut has the base direction: what stands before it, punctuation and spaces, takes that direction
/// too, as it does at the end of a paragraph (UAX #9, N1 and N2).
fn is_good_cut(text: &str, start: usize, cut: usize, direction: Direction) -> bool {
    let before = TextRange::from_indices(start, cut);
    let next = text.ceil_char_boundary((cut + 1).min(text.len()));
    let letter = slice(text, TextRange::from_indices(cut, next));
    let letter_follows =
        letter.chars().all(char::is_alphabetic) && paragraph_direction(letter) == Some(direction);
    let space_before = slice(text, before).chars().next_back().is_some_and(char::is_whitespace);
    letter_follows && space_before && is_balanced(slice(text, before))
}

/// Whether every embedding and isolate that begins in a text ends in it.
fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        match c {
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' | '\u{2066}'..='\u{2068}' => depth += 1,
            '\u{202C}' | '\u{2069}' => depth = (depth - 1).max(0),
            _ => {}
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Segmentation;
    use crate::typeset::blocks;
    use proptest::prelude::*;

    fn pieces(text: &str, width: f32) -> Vec<(Block, f32)> {
        let source = SourceText::new(text);
        let blocks = blocks(&source, &Segmentation::new(&source), Some(Direction::Rtl));
        let how = (TextStyle::body(20.0), width);
        let found = cut_at_lines(&mut Typesetter::new(), &source, &blocks, how, || true);
        let found = found.expect("the paragraph is long").into_iter();
        found.map(|(block, height)| (block, height.expect("it was laid out"))).collect()
    }

    /// Where the lines begin, and where their clusters stand, of the whole and of its pieces.
    fn lines(text: &str, width: f32, cut: bool) -> Vec<(usize, Vec<(usize, i32)>)> {
        let mut typesetter = Typesetter::new();
        let (style, direction) = (TextStyle::body(20.0), Direction::Rtl);
        let range = TextRange::from_indices(0, text.len());
        let whole = vec![(Block { range, direction, ends_paragraph: true }, 0.0)];
        let blocks = if cut { pieces(text, width) } else { whole };
        let mut found = Vec::new();
        for (block, height) in blocks {
            let start = block.range.start().index();
            let text = slice(text, block.range);
            let layout = typesetter.layout_paragraph(text, style, Some(width), Some(direction));
            assert!(!cut || (layout.height - height).abs() < 0.01, "{} is not {height}", layout.height);
            for (index, line) in layout.geometry.lines().iter().enumerate() {
                #[allow(clippy::cast_possible_truncation, reason = "places on a page")]
                let place = |edge: &crate::typeset::Edge| {
                    (start + edge.range.start().index(), (edge.x0 * 8.0).round() as i32)
                };
                let edges = layout.geometry.edges(index).iter().map(place).collect();
                found.push((start + line.range.start().index(), edges));
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        #[test]
        fn the_pieces_of_a_long_paragraph_have_the_lines_of_the_whole(
            words in proptest::collection::vec("[ء-ي]{1,9}|[A-Za-z]{1,9}|[0-9]{1,4}|«[ء-ي]{2,6}»|[٠-٩]{1,3}", 40..80),
            width in 150.0_f32..700.0,
        ) {
            let sentence = words.join(" ") + "، ";
            let text = sentence.repeat(22_000 / sentence.len() + 1);
            prop_assert_eq!(lines(&text, width, true), lines(&text, width, false));
        }
    }

    #[test]
    fn a_text_without_spaces_has_the_line_starts_of_the_whole() {
        let text = "abcdefghij".repeat(2_500);
        let starts = |cut| lines(&text, 400.0, cut).into_iter().map(|(start, _)| start).collect::<Vec<_>>();
        assert_eq!(starts(true), starts(false));
    }

    #[test]
    fn a_cut_lies_outside_of_embeddings() {
        let text = format!(
            "{}\u{2067}{}\u{2069} {}",
            "كلمة ".repeat(500),
            "أخرى ".repeat(500),
            "ثالثة ".repeat(900)
        );
        let found = pieces(&text, 500.0);
        assert!(found.len() > 1);
        for (block, _) in found {
            assert!(is_balanced(slice(&text, block.range)), "{:?}", block.range);
        }
    }

    #[test]
    fn thousands_of_marks_on_one_letter_come_to_an_end() {
        let text = format!("م{}", "\u{64b}".repeat(20_000));
        let found = pieces(&text, 500.0);
        assert_eq!(found.last().map(|(block, _)| block.range.end().index()), Some(text.len()));
    }
}
