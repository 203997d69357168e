//! The words of a text for formats that are made of tokens.

use crate::text::{ByteOffset, Segmentation, SourceText, TextRange};

/// Returns the words of each sentence. Every character that is not white space is in one word, and no word has any.
#[must_use]
pub(in crate::formats) fn sentences_of_words(source: &SourceText) -> Vec<Vec<TextRange>> {
    let segmentation = Segmentation::new(source);
    let mut words = Vec::with_capacity(segmentation.tokens().len());
    let mut at = ByteOffset::ZERO;
    for token in segmentation.tokens() {
        push_words(source, TextRange::new(at, token.range.start()), &mut words);
        push_words(source, token.range, &mut words);
        at = token.range.end();
    }
    push_words(source, TextRange::new(at, source.end()), &mut words);
    let mut starts = segmentation.sentences().iter().map(|sentence| sentence.start()).peekable();
    let mut sentences: Vec<Vec<TextRange>> = Vec::new();
    for word in words {
        let mut is_first = sentences.is_empty();
        while starts.next_if(|start| *start <= word.start()).is_some() {
            is_first = true;
        }
        match sentences.last_mut() {
            Some(sentence) if !is_first => sentence.push(word),
            _ => sentences.push(vec![word]),
        }
    }
    sentences
}

/// Returns whether a character divides words, for the readers of these formats too: some take the separators of ASCII
/// for white space.
#[must_use]
pub(in crate::formats) fn is_white(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Adds the parts of a range between its white space.
fn push_words(source: &SourceText, range: TextRange, words: &mut Vec<TextRange>) {
    let text = source.slice(range);
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (is_white(c), start) {
            (true, Some(first)) => {
                words.push(TextRange::from_indices(first, at).shifted_by(range.start()));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(first) = start {
        words.push(TextRange::from_indices(first, text.len()).shifted_by(range.start()));
    }
}

/// Returns the indices of the words that a range overlaps.
#[must_use]
pub(in crate::formats) fn words_in(words: &[TextRange], range: TextRange) -> std::ops::Range<usize> {
    let first = words.partition_point(|word| word.end() <= range.start());
    let last = words.partition_point(|word| word.start() < range.end());
    first..last.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_can_be_seen_is_in_one_word_and_sentences_begin_anew() {
        let source = SourceText::new("قال \u{200f}سليم.\r\nنعم \u{64e}\u{1f}x");
        let words: Vec<Vec<&str>> = sentences_of_words(&source)
            .iter()
            .map(|sentence| sentence.iter().map(|word| source.slice(*word)).collect())
            .collect();
        assert_eq!(words, [vec!["قال", "\u{200f}", "سليم", "."], vec!["نعم", "\u{64e}", "x"]]);
    }
}
