//! What the matcher knows of each token: its folded form, its script and shape, where its noun begins.

use crate::text::{
    ARTICLE, ByteOffset, FoldLevel, Folded, Segmentation, SourceText, TextRange, TokenKind, fold_into,
    is_alphanumeric, slice,
};

/// Facts that are asked for often, one bit each.
pub(super) mod flag {
    /// Has Arabic letters.
    pub(in crate::rules) const ARABIC: u16 = 1;
    /// Has Latin letters.
    pub(in crate::rules) const LATIN: u16 = 1 << 1;
    /// Begins with a capital and has a small letter.
    pub(in crate::rules) const CAPITALISED: u16 = 1 << 2;
    /// Two capitals or more, no small letter.
    pub(in crate::rules) const CAPITALS: u16 = 1 << 3;
    /// One capital and nothing else.
    pub(in crate::rules) const INITIAL: u16 = 1 << 4;
    /// A number in digits.
    pub(in crate::rules) const NUMBER: u16 = 1 << 5;
    /// Punctuation and other symbols.
    pub(in crate::rules) const SYMBOL: u16 = 1 << 6;
    /// Begins with the article, perhaps behind a proclitic.
    pub(in crate::rules) const DEFINITE: u16 = 1 << 7;
    /// Touches the token before it.
    pub(in crate::rules) const JOINED: u16 = 1 << 8;
    /// The first token of its paragraph.
    pub(in crate::rules) const LINE_START: u16 = 1 << 9;
    /// Has و or ف before a word of three letters or more.
    pub(in crate::rules) const CONJUNCTION: u16 = 1 << 10;
    /// Could be a word of a name: an Arabic word of three letters or more without the article, a Latin one with a
    /// capital.
    pub(in crate::rules) const NAME: u16 = 1 << 11;
}

/// A token with what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenFacts {
    /// Where it stands, an English possessive ending left out.
    pub(super) range: TextRange,
    /// Where its form begins and ends in [`Tokens::forms`].
    pub(super) form: (u32, u32),
    /// Bits of [`flag`].
    pub(super) flags: u16,
    /// Letters and digits of the form.
    pub(super) letters: u16,
    /// Bytes of the form before the article, where the token is definite.
    pub(super) article: u8,
    /// A hash of what the form ends in: the same for a word with and without proclitics.
    pub(super) ending: u16,
}

/// The values of [`ending`].
pub(super) const ENDINGS: usize = 4096;

/// Returns a hash of the last four bytes of a form.
pub(super) fn ending(form: &str) -> u16 {
    let bytes = form.as_bytes().rchunks(4).next().unwrap_or_default();
    let hash = bytes.iter().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    u16::try_from(hash as usize % ENDINGS).unwrap_or_default()
}

impl TokenFacts {
    pub(super) const fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }
}

/// The tokens of an article, folded one after another with a space behind each.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The folded forms, each with a space behind it: what the automaton runs over. White space of the article plays
    /// no part, so a name that is broken over two lines is one name.
    pub(super) forms: String,
    pub(super) facts: Vec<TokenFacts>,
    /// The sentences as ranges of tokens.
    pub(super) sentences: Vec<std::ops::Range<usize>>,
}

impl Tokens {
    pub(super) fn new(source: &SourceText, segmentation: &Segmentation) -> Self {
        let text = source.as_str();
        let count = segmentation.tokens().len();
        let mut forms = String::with_capacity(text.len() + count);
        let mut facts: Vec<TokenFacts> = Vec::with_capacity(count);
        for token in segmentation.tokens() {
            let previous_end = facts.len().checked_sub(1).map(|i| segmentation.tokens()[i].range.end());
            let mut fact = push_token(slice(text, token.range), token.kind, &mut forms);
            fact.range = fact.range.shifted_by(token.range.start());
            if previous_end == Some(token.range.start()) {
                fact.flags |= flag::JOINED;
            }
            facts.push(fact);
        }
        for paragraph in segmentation.paragraphs() {
            if let Some(first) = facts.get_mut(segmentation.tokens_in(*paragraph).start) {
                first.flags |= flag::LINE_START;
            }
        }
        let sentences = segmentation.sentences().iter().map(|s| segmentation.tokens_in(*s)).collect();
        Self { forms, facts, sentences }
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Returns the folded form of a token.
    pub(super) fn form(&self, token: usize) -> &str {
        let (start, end) = self.facts[token].form;
        slice(&self.forms, TextRange::from_indices(start as usize, end as usize))
    }

    /// Returns the forms from a token on, `skip` bytes of its form left out.
    pub(super) fn forms_from(&self, token: usize, skip: usize) -> &str {
        self.forms.split_at(self.facts[token].form.0 as usize + skip).1
    }

    /// Returns the source range of tokens `first..end`.
    pub(super) fn range(&self, first: usize, end: usize) -> TextRange {
        self.facts[first].range.cover(self.facts[end - 1].range)
    }

    /// Returns the index of the sentence that holds a token.
    pub(super) fn sentence_of(&self, token: usize) -> usize {
        self.sentences.partition_point(|s| s.end <= token)
    }

    /// Returns where in the source the stem of a token begins, `stem` bytes of its folded form left out.
    pub(super) fn stem_start(&self, source: &SourceText, token: usize, stem: u8) -> ByteOffset {
        let range = self.facts[token].range;
        if stem == 0 {
            return range.start();
        }
        let folded = Folded::new(source.slice(range), FoldLevel::Names);
        ByteOffset::from_index(range.start().index() + folded.source_start(usize::from(stem)).index())
    }
}

/// Appends the folded form of one token and returns its facts, its range counted from the token's start.
pub(super) fn push_token(token: &str, kind: TokenKind, forms: &mut String) -> TokenFacts {
    let core = without_possessive(token);
    let start = forms.len();
    fold_into(core, FoldLevel::Names, forms);
    let form = slice(forms, TextRange::from_indices(start, forms.len()));
    let mut flags = match kind {
        TokenKind::Number => flag::NUMBER,
        TokenKind::Symbol => flag::SYMBOL,
        TokenKind::Word => word_flags(core),
    };
    let article = if flags & flag::ARABIC == 0 { None } else { article_offset(form) };
    if article.is_some() {
        flags |= flag::DEFINITE;
    }
    let letters = if form.is_ascii() {
        form.bytes().filter(u8::is_ascii_alphanumeric).count()
    } else {
        form.chars().filter(|c| is_alphanumeric(*c)).count()
    };
    let has_capital = flags & (flag::CAPITALISED | flag::CAPITALS | flag::INITIAL) != 0;
    let is_arabic = flags & flag::ARABIC != 0;
    if (is_arabic && article.is_none() && letters >= 3) || (flags & flag::LATIN != 0 && has_capital) {
        flags |= flag::NAME;
    }
    if is_arabic && form.strip_prefix(['و', 'ف']).is_some_and(|rest| rest.chars().nth(2).is_some()) {
        flags |= flag::CONJUNCTION;
    }
    let facts = TokenFacts {
        range: TextRange::from_indices(0, core.len()),
        form: (offset(start), offset(forms.len())),
        flags,
        letters: u16::try_from(letters).unwrap_or(u16::MAX),
        article: article.unwrap_or(0),
        ending: ending(form),
    };
    forms.push(' ');
    facts
}

fn offset(at: usize) -> u32 {
    ByteOffset::from_index(at).get()
}

/// Returns the word without `'s`, `’s` or a closing apostrophe.
fn without_possessive(word: &str) -> &str {
    let Some(rest) = word.strip_suffix(['s', 'S']) else {
        return word;
    };
    rest.strip_suffix(['\'', '’']).filter(|core| !core.is_empty()).unwrap_or(word)
}

fn word_flags(word: &str) -> u16 {
    let mut scripts = 0;
    let (mut upper, mut lower) = (0, 0);
    for c in word.chars() {
        match c {
            'a'..='z' => lower += 1,
            'A'..='Z' => upper += 1,
            '\0'..='\x7f' => {}
            '\u{600}'..='\u{6FF}' | '\u{FB50}'..='\u{FEFC}' => scripts |= flag::ARABIC,
            _ if c.is_uppercase() => upper += 1,
            _ if c.is_lowercase() => lower += 1,
            _ if c.is_alphabetic() => scripts |= flag::LATIN,
            _ => {}
        }
    }
    if upper + lower > 0 {
        scripts |= flag::LATIN;
    }
    let starts_upper = upper > 0 && word.chars().next().is_some_and(char::is_uppercase);
    let capitals = match (starts_upper, upper, lower) {
        (true, _, 1..) => flag::CAPITALISED,
        (_, 2.., 0) => flag::CAPITALS,
        (true, 1, 0) => flag::INITIAL,
        _ => 0,
    };
    scripts | capitals
}

/// Returns the bytes before the article of a folded Arabic word, behind at most one legal string of proclitics;
/// `None` for a word without the article. In «للجيش» the second lam is the article's.
fn article_offset(form: &str) -> Option<u8> {
    let has_noun = |rest: &str| rest.chars().nth(1).is_some();
    let bare = form.strip_prefix(['و', 'ف']).unwrap_or(form);
    for word in [form, bare] {
        let before = if word.len() == form.len() { 0 } else { 2 };
        if word.strip_prefix(ARTICLE).is_some_and(has_noun) {
            return Some(before);
        }
        if word.strip_prefix("لل").is_some_and(has_noun) {
            return Some(before + 2);
        }
        let noun = word.strip_prefix(['ب', 'ك']).and_then(|rest| rest.strip_prefix(ARTICLE));
        if noun.is_some_and(has_noun) {
            return Some(before + 2);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> (SourceText, Tokens) {
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        let tokens = Tokens::new(&source, &segmentation);
        (source, tokens)
    }

    #[test]
    fn white_space_and_line_ends_play_no_part_in_forms() {
        let (_, tokens) = tokens("الأمم \u{a0} المتّحدة، NATO’s");
        assert_eq!(tokens.forms, "الامم المتحده ، nato ");
    }

    #[test]
    fn the_article_is_found_behind_proclitics() {
        let (source, tokens) = tokens("وبالدفاع للجيش الى وليد");
        let definite: Vec<bool> = tokens.facts.iter().map(|t| t.is(flag::DEFINITE)).collect();
        assert_eq!(definite, [true, true, false, false]);
        let at = tokens.stem_start(&source, 1, tokens.facts[1].article);
        assert_eq!(at.index(), source.as_str().find("لجيش").expect("in the text"));
    }

    #[test]
    fn capitals_are_told_apart() {
        let (_, tokens) = tokens("Tripoli NATO J a");
        let shapes: Vec<u16> = tokens
            .facts
            .iter()
            .map(|t| t.flags & (flag::CAPITALISED | flag::CAPITALS | flag::INITIAL))
            .collect();
        assert_eq!(shapes, [flag::CAPITALISED, flag::CAPITALS, flag::INITIAL, 0]);
    }
}
