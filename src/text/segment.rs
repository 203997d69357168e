//! Paragraphs, sentences, tokens and graphemes of a text, and moving between their boundaries.
//!
//! Tokens and graphemes follow UAX #29; sentences follow the punctuation of news text in Arabic and Latin scripts
//! (UAX #29 sentence rules break at `أ.ب` and inside `11.5`, which are met in every article).

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::source::slice;
use super::{ByteOffset, SourceText, TextRange};

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Has a letter.
    Word,
    /// Has a digit and no letter.
    Number,
    /// Anything else that is not white space: punctuation, symbols, emoji.
    Symbol,
}

/// A word, a number or a symbol; white space is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub range: TextRange,
    /// What it is made of.
    pub kind: TokenKind,
}

/// The segmentation of one text, computed once when the article is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segmentation {
    paragraphs: Vec<TextRange>,
    sentences: Vec<TextRange>,
    tokens: Vec<Token>,
}

impl Segmentation {
    /// Returns the segmentation of a text; linear in its length.
    #[must_use]
    pub fn new(source: &SourceText) -> Self {
        let text = source.as_str();
        let paragraphs = paragraphs(text);
        let mut tokens = Vec::with_capacity(text.len() / 8);
        let mut sentences = Vec::new();
        for paragraph in &paragraphs {
            let first = tokens.len();
            push_tokens(slice(text, *paragraph), paragraph.start(), &mut tokens);
            push_sentences(text, &tokens[first..], &mut sentences);
        }
        Self { paragraphs, sentences, tokens }
    }

    /// Returns the paragraphs in text order, without their line ends; at least one, possibly empty.
    #[must_use]
    pub fn paragraphs(&self) -> &[TextRange] {
        &self.paragraphs
    }

    /// Returns the sentences in text order, without the white space around them; none is empty or crosses a
    /// paragraph.
    #[must_use]
    pub fn sentences(&self) -> &[TextRange] {
        &self.sentences
    }

    /// Returns the tokens in text order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Returns the index of the paragraph that holds `at`, its line end included.
    #[must_use]
    pub fn paragraph_index(&self, at: ByteOffset) -> usize {
        self.paragraphs.partition_point(|p| p.start() <= at).saturating_sub(1)
    }

    /// Returns the sentence that holds `at`, or the one before it; `None` before the first sentence.
    #[must_use]
    pub fn sentence_at(&self, at: ByteOffset) -> Option<TextRange> {
        let after = self.sentences.partition_point(|s| s.start() <= at);
        after.checked_sub(1).map(|i| self.sentences[i])
    }

    /// Returns the indices of the tokens that overlap a range.
    #[must_use]
    pub fn tokens_in(&self, range: TextRange) -> std::ops::Range<usize> {
        let first = self.tokens.partition_point(|t| t.range.end() <= range.start());
        let last = self.tokens.partition_point(|t| t.range.start() < range.end());
        first..last.max(first)
    }

    /// Returns the token that holds the character after `at`; at a token's end, that token.
    #[must_use]
    pub fn token_at(&self, at: ByteOffset) -> Option<Token> {
        let i = self.tokens.partition_point(|t| t.range.end() <= at);
        let here = self.tokens.get(i).filter(|t| t.range.contains(at));
        let before = i.checked_sub(1).map(|i| &self.tokens[i]);
        here.or_else(|| before.filter(|t| t.range.touches(at))).copied()
    }

    /// Returns the range grown to whole tokens, with white space at its edges left out; an empty range or one that
    /// overlaps no token comes back as it is.
    #[must_use]
    pub fn snap_to_tokens(&self, range: TextRange) -> TextRange {
        if range.is_empty() {
            return range;
        }
        match &self.tokens[self.tokens_in(range)] {
            [] => range,
            [only] => only.range,
            [first, .., last] => first.range.cover(last.range),
        }
    }

    /// Returns the next gap after `at` at which a token begins or ends, moving forward in the text: the end of the
    /// token under way, else the end of the next one; the text's end after the last.
    #[must_use]
    pub fn next_token_boundary(&self, at: ByteOffset, text_end: ByteOffset) -> ByteOffset {
        let i = self.tokens.partition_point(|t| t.range.end() <= at);
        self.tokens.get(i).map_or(text_end, |t| t.range.end())
    }

    /// Returns the last gap before `at` at which a token begins; the text's start before the first.
    #[must_use]
    pub fn previous_token_boundary(&self, at: ByteOffset) -> ByteOffset {
        let i = self.tokens.partition_point(|t| t.range.start() < at);
        i.checked_sub(1).map_or(ByteOffset::ZERO, |i| self.tokens[i].range.start())
    }
}

/// Returns the next grapheme boundary after `at`, the text's end at the end (UAX #29 extended graphemes).
#[must_use]
pub fn next_grapheme(source: &SourceText, at: ByteOffset) -> ByteOffset {
    let text = source.as_str();
    let mut cursor = GraphemeCursor::new(at.index(), text.len(), true);
    match cursor.next_boundary(text, 0) {
        Ok(Some(next)) => ByteOffset::from_index(next),
        _ => source.end(),
    }
}

/// Returns the last grapheme boundary before `at`, the text's start at the start.
#[must_use]
pub fn previous_grapheme(source: &SourceText, at: ByteOffset) -> ByteOffset {
    let text = source.as_str();
    let mut cursor = GraphemeCursor::new(at.index(), text.len(), true);
    match cursor.prev_boundary(text, 0) {
        Ok(Some(previous)) => ByteOffset::from_index(previous),
        _ => ByteOffset::ZERO,
    }
}

/// Returns the range grown to whole graphemes.
#[must_use]
pub fn snap_to_graphemes(source: &SourceText, range: TextRange) -> TextRange {
    let text = source.as_str();
    let boundary = |at: ByteOffset| {
        GraphemeCursor::new(at.index(), text.len(), true).is_boundary(text, 0).unwrap_or(true)
    };
    let start =
        if boundary(range.start()) { range.start() } else { previous_grapheme(source, range.start()) };
    let end = if boundary(range.end()) { range.end() } else { next_grapheme(source, range.end()) };
    TextRange::new(start, end)
}

/// Splits at the paragraph separators of UAX #9 (class B); a separator belongs to no paragraph.
fn paragraphs(text: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut after = at + c.len_utf8();
        match c {
            '\r' => {
                if let Some((_, '\n')) = chars.peek() {
                    chars.next();
                    after += 1;
                }
            }
            '\n' | '\u{85}' | '\u{2029}' => {}
            _ => continue,
        }
        found.push(TextRange::from_indices(start, at));
        start = after;
    }
    found.push(TextRange::from_indices(start, text.len()));
    found
}

fn push_tokens(paragraph: &str, offset: ByteOffset, tokens: &mut Vec<Token>) {
    let mut rest = paragraph;
    while !rest.is_empty() {
        let (segment, behind) = first_segment(rest);
        let at = ByteOffset::from_index(paragraph.len() - rest.len());
        rest = behind;
        let kind = if segment.chars().any(is_alphabetic) {
            TokenKind::Word
        } else if segment.chars().any(char::is_numeric) {
            TokenKind::Number
        } else if segment.chars().all(is_blank) {
            continue;
        } else {
            TokenKind::Symbol
        };
        let range = TextRange::from_indices(at.index(), at.index() + segment.len());
        tokens.push(Token { range: range.shifted_by(offset), kind });
    }
}

/// Returns the first segment of a text that is not empty, by the word boundaries of UAX #29, and the rest.
///
/// Runs of ASCII letters, digits and spaces are found without a look into the tables, where what follows is ASCII that
/// joins nothing: any other character may attach to what stands before it.
fn first_segment(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let run = |fits: fn(u8) -> bool| bytes.iter().take_while(|byte| fits(**byte)).count();
    let word = run(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let spaces = run(|byte| byte == b' ');
    let length = word.max(spaces);
    let is_parted = |next: &u8| next.is_ascii() && (spaces > 0 || !b"'.:,;".contains(next));
    if length > 0 && bytes.get(length).is_none_or(is_parted) {
        return text.split_at(length);
    }
    text.split_at(text.split_word_bounds().next().map_or(text.len(), str::len))
}

/// The letters of news text, which need no look into a table.
const fn is_common_letter(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '\u{620}'..='\u{64A}')
}

/// Returns what [`char::is_alphabetic`] does, faster.
pub(super) fn is_alphabetic(c: char) -> bool {
    is_common_letter(c) || (c >= '\u{80}' && c.is_alphabetic())
}

/// Returns what [`char::is_alphanumeric`] does, faster.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    is_common_letter(c) || c.is_ascii_digit() || (c >= '\u{80}' && c.is_alphanumeric())
}

/// White space and characters that show nothing (joiners, bidi controls).
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}

/// Splits the tokens of one paragraph into sentences.
///
/// A sentence ends after `.` `!` `?` `؟` `۔` `…` and `؛` is left inside; closing quotes and brackets that follow
/// directly belong to it. A full stop between letters or digits without white space around it (`أ.ب`, `11.5`,
/// `U.S.`) ends nothing, nor does one after a single letter.
fn push_sentences(text: &str, tokens: &[Token], sentences: &mut Vec<TextRange>) {
    let Some((first, last)) = tokens.first().zip(tokens.last()) else {
        return;
    };
    let mut start = first.range.start();
    let mut i = 0;
    while i < tokens.len() {
        let mut end = tokens[i].range.end();
        if ends_sentence(text, tokens, i) {
            while let Some(next) = tokens.get(i + 1).filter(|t| t.range.start() == end) {
                if !is_closing(slice(text, next.range)) && !is_terminal(slice(text, next.range)) {
                    break;
                }
                end = next.range.end();
                i += 1;
            }
            sentences.push(TextRange::new(start, end));
            match tokens.get(i + 1) {
                Some(next) => start = next.range.start(),
                None => return,
            }
        }
        i += 1;
    }
    sentences.push(TextRange::new(start, last.range.end()));
}

fn ends_sentence(text: &str, tokens: &[Token], i: usize) -> bool {
    let token = tokens[i];
    let mark = slice(text, token.range);
    if token.kind != TokenKind::Symbol || !is_terminal(mark) {
        return false;
    }
    if !mark.starts_with('.') {
        return true;
    }
    let touches_next = tokens
        .get(i + 1)
        .is_some_and(|next| next.range.start() == token.range.end() && next.kind != TokenKind::Symbol);
    let previous =
        i.checked_sub(1).map(|i| tokens[i]).filter(|previous| previous.range.end() == token.range.start());
    let after_initial = previous.is_some_and(|previous| {
        previous.kind == TokenKind::Word && slice(text, previous.range).chars().count() == 1
    });
    let is_abbreviation = previous.is_some_and(|previous| {
        matches!(
            slice(text, previous.range),
            "Mr" | "Mrs"
                | "Ms"
                | "Dr"
                | "Prof"
                | "Gen"
                | "Lt"
                | "Col"
                | "Sgt"
                | "Sen"
                | "Rep"
                | "Gov"
                | "St"
                | "No"
                | "vs"
        )
    });
    !touches_next && !after_initial && !is_abbreviation
}

fn is_terminal(mark: &str) -> bool {
    !mark.is_empty()
        && mark.chars().all(|c| matches!(c, '.' | '!' | '?' | '؟' | '۔' | '…' | '。' | '！' | '？' | '।'))
}

fn is_closing(mark: &str) -> bool {
    !mark.is_empty()
        && mark.chars().all(|c| matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str, ranges: &[TextRange]) -> Vec<String> {
        ranges.iter().map(|r| slice(text, *r).to_owned()).collect()
    }

    fn segment(text: &str) -> (SourceText, Segmentation) {
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        (source, segmentation)
    }

    #[test]
    fn line_ends_of_every_kind_part_paragraphs_and_belong_to_none() {
        let text = "أ\r\nب\n\nج\rد";
        let (_, s) = segment(text);
        assert_eq!(texts(text, s.paragraphs()), ["أ", "ب", "", "ج", "د"]);
    }

    #[test]
    fn abbreviations_and_decimals_end_no_sentence() {
        let text = "صورة أ.ب من المكان. وبلغ النمو 11.5 في المئة. قال: \"انتهى.\" ثم مضى";
        let (_, s) = segment(text);
        assert_eq!(
            texts(text, s.sentences()),
            ["صورة أ.ب من المكان.", "وبلغ النمو 11.5 في المئة.", "قال: \"انتهى.\"", "ثم مضى"]
        );
    }

    #[test]
    fn two_dots_in_a_headline_end_a_sentence() {
        let text = "تعليق المفاوضات.. عودة الوفدين";
        let (_, s) = segment(text);
        assert_eq!(texts(text, s.sentences()), ["تعليق المفاوضات..", "عودة الوفدين"]);
    }

    #[test]
    fn marks_and_joiners_stay_inside_their_token() {
        let text = "قَالَ الـمُتحدّث می\u{200c}خواهم";
        let (_, s) = segment(text);
        let tokens: Vec<_> = s.tokens().iter().map(|t| slice(text, t.range)).collect();
        assert_eq!(tokens, ["قَالَ", "الـمُتحدّث", "می\u{200c}خواهم"]);
    }

    #[test]
    fn a_selection_grows_to_whole_tokens_and_sheds_its_spaces() {
        let text = "وصل أحمد الكيلاني أمس";
        let (source, s) = segment(text);
        let start = text.find("حمد").expect("in the text");
        let end = text.find(" أمس").expect("in the text") + 1;
        let snapped = s.snap_to_tokens(TextRange::from_indices(start, end));
        assert_eq!(source.slice(snapped), "أحمد الكيلاني");
    }

    /// The segments of a text, one after the other.
    fn segments(mut text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        while !text.is_empty() {
            let (segment, rest) = first_segment(text);
            found.push(segment);
            text = rest;
        }
        found
    }

    #[test]
    fn the_fast_classes_of_characters_agree_with_unicode() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphabetic(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn a_family_emoji_is_one_grapheme() {
        let text = "a👩‍👩‍👧b";
        let source = SourceText::new(text);
        let after = next_grapheme(&source, ByteOffset::new(1));
        assert_eq!(slice(text, TextRange::new(ByteOffset::new(1), after)), "👩‍👩‍👧");
        assert_eq!(previous_grapheme(&source, after), ByteOffset::new(1));
    }

    proptest! {
        #[test]
        fn segments_end_at_the_word_boundaries_of_unicode(
            text in "([a-zA-Z0-9_' .:,;\"\t-]|[ء-ي]|\\PC|\u{301}|\u{200D}|\u{200B}|\u{AD}|🇱|🇾|👩|א){0,40}"
        ) {
            let expected: Vec<&str> = text.split_word_bounds().collect();
            prop_assert_eq!(segments(&text), expected);
        }

        #[test]
        fn segments_are_sorted_apart_and_on_char_boundaries(text in "(\\PC|[ء-ي. ،\n]|\r\n){0,300}") {
            let (source, s) = segment(&text);
            for ranges in [s.paragraphs().to_vec(), s.sentences().to_vec(), s.tokens().iter().map(|t| t.range).collect()] {
                for pair in ranges.windows(2) {
                    prop_assert!(pair[0].end() <= pair[1].start());
                }
                for range in &ranges {
                    prop_assert!(source.range(range.start(), range.end()).is_ok());
                }
            }
            for token in s.tokens() {
                prop_assert!(s.sentences().iter().any(|x| x.contains_range(token.range)));
            }
        }
    }
}
