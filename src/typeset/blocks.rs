//! What is laid out at once: a paragraph, or a piece of a monstrous one.

use crate::text::{Direction, Segmentation, SourceText, TextRange, dominant_direction, paragraph_direction};

/// The longest text that is laid out at once, in bytes.
///
/// Laying out costs about 0.3 ms per KB, so a paragraph of a megabyte would hold the window for a third of a second.
/// Such a paragraph is set as several blocks, first cut at white space, then by
/// [`cut_at_lines`](super::cut_at_lines) where its lines end. Text that people write seldom has a paragraph of 8 KB,
/// four pages: this is for files without line ends.
pub const MAX_BLOCK_LEN: usize = 8 * 1024;

/// A stretch of text that is laid out at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its text, without a line end.
    pub range: TextRange,
    /// The base direction of its paragraph.
    pub direction: Direction,
    /// Whether the paragraph ends with it.
    pub ends_paragraph: bool,
}

/// Returns the blocks of a text in order: its paragraphs, those longer than [`MAX_BLOCK_LEN`] in pieces. A piece ends
/// after white space where there is some in its last quarter, else after a character.
///
/// The base direction is the `forced` one; else each paragraph's own, and that of the whole text for a paragraph
/// without a letter.
#[must_use]
pub fn blocks(source: &SourceText, segmentation: &Segmentation, forced: Option<Direction>) -> Vec<Block> {
    let dominant = dominant_direction(source.as_str());
    let mut found = Vec::with_capacity(segmentation.paragraphs().len());
    for paragraph in segmentation.paragraphs() {
        let own = || paragraph_direction(source.slice(*paragraph));
        let direction = forced.or_else(own).unwrap_or(dominant);
        let mut rest = *paragraph;
        while rest.len() as usize > MAX_BLOCK_LEN {
            let middle = rest.start().index() + cut(source.slice(rest));
            let range = TextRange::from_indices(rest.start().index(), middle);
            found.push(Block { range, direction, ends_paragraph: false });
            rest = TextRange::from_indices(middle, rest.end().index());
        }
        found.push(Block { range: rest, direction, ends_paragraph: true });
    }
    found
}

/// Where the first block of a long text ends.
fn cut(text: &str) -> usize {
    let mut after_space = None;
    let mut after_char = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if end > MAX_BLOCK_LEN {
            break;
        }
        after_char = end;
        if c.is_whitespace() && end > MAX_BLOCK_LEN / 4 * 3 {
            after_space = Some(end);
        }
    }
    after_space.unwrap_or(after_char)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks_of(text: &str) -> (SourceText, Vec<Block>) {
        let source = SourceText::new(text);
        let found = blocks(&source, &Segmentation::new(&source), None);
        (source, found)
    }

    #[test]
    fn a_long_paragraph_is_cut_after_white_space() {
        let (source, found) = blocks_of(&"كلمة وأخرى ".repeat(6_000));
        assert!(found.len() > 4);
        for block in &found[..found.len() - 1] {
            assert!(source.slice(block.range).ends_with(' '));
            assert!(!block.ends_paragraph);
        }
    }

    #[test]
    fn each_paragraph_has_its_own_direction_and_one_without_letters_that_of_the_text() {
        let (_, found) = blocks_of("وصل الوفد إلى المدينة\nEmail\n***\n");
        let directions: Vec<Direction> = found.iter().map(|block| block.direction).collect();
        assert_eq!(directions, [Direction::Rtl, Direction::Ltr, Direction::Rtl, Direction::Rtl]);
    }

    proptest! {
        #[test]
        fn blocks_cover_the_text_without_gaps(word in "[ء-يa-z👩 ]{1,40}", times in 1_usize..3_000) {
            let (source, found) = blocks_of(&word.repeat(times));
            let mut end = source.full_range().start();
            for block in found {
                prop_assert_eq!(block.range.start(), end);
                prop_assert!(block.range.len() as usize <= MAX_BLOCK_LEN);
                end = block.range.end();
            }
            prop_assert_eq!(end, source.end());
        }
    }
}
