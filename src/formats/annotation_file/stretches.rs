//! Stretches of an article: what keeps apart, in the lists of its annotation file, what two people add in different
//! places.
//!
//! A merge line by line sees a conflict where both sides put something between the same two lines, and before the first
//! annotation there are no two lines in a list. So each list has a comment line at the beginning of every stretch but
//! the first. The stretches hang on the text alone: both sides have the same ones.

use crate::text::{ByteOffset, CharOffset, SourceText};

/// The least length of a stretch, in chars: about a paragraph of news.
const LEAST_CHARS: u32 = 400;

/// The most stretches of an article, so that the comment lines stay few in a long one.
const MOST: u32 = 100;

/// Returns where the stretches of an article begin, without the first: at starts of paragraphs.
pub(super) fn beginnings(source: &SourceText) -> Vec<CharOffset> {
    let least = LEAST_CHARS.max(source.len_chars().get().div_ceil(MOST));
    let mut found: Vec<CharOffset> = Vec::new();
    let mut latest = 0;
    for (line_end, feed) in source.as_str().match_indices('\n') {
        let start = ByteOffset::from_index(line_end + feed.len());
        if start == source.end() {
            break;
        }
        let start = source.char_from_byte(start);
        if start.get() - latest >= least {
            latest = start.get();
            found.push(start);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beginnings_of(text: &str) -> Vec<u32> {
        beginnings(&SourceText::new(text)).into_iter().map(CharOffset::get).collect()
    }

    #[test]
    fn a_stretch_is_made_of_whole_paragraphs() {
        let paragraph = format!("{}\n", "ق".repeat(249));
        assert_eq!(beginnings_of(&paragraph.repeat(5)), [500, 1000]);
        assert_eq!(beginnings_of(&"ق".repeat(5_000)), [0; 0]);
        assert_eq!(beginnings_of(""), [0; 0]);
    }

    #[test]
    fn a_long_article_has_no_more_than_a_hundred() {
        let beginnings = beginnings_of(&"قال\r\n".repeat(200_000));
        assert!((90..100).contains(&beginnings.len()), "{}", beginnings.len());
    }
}
