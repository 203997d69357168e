//! A new rule from what the user selected: the text of a record that compiles, with examples that hold.
//!
//! A draft is where writing a rule begins: it marks what was selected, at the place where it was selected, and the
//! user widens or narrows it. What stands in the article is kept as it is written; only what it is clearly a case of
//! (a number, a word with the article, a capitalised word) is put in its place.
//!
//! Invariant: every pattern holds a word that must be there, so every draft can be given a text without a match.

use std::fmt::Write as _;
use std::ops::Range;

use thiserror::Error;

use crate::text::{ByteOffset, PROCLITICS, Segmentation, SourceText, TextRange, is_alphanumeric, readings};

use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::lexicon::{ClassRules, LexiconBuilder, normal_form};
use super::pack::WordClass;
use super::tokens::{Tokens, flag};

/// The most tokens that a draft marks: more than any name has.
const MAX_TOKENS: usize = 24;

/// The tokens of context on either side in an example.
const WINDOW: usize = 12;

/// The fewest letters behind an article for which a word selected as a whole is read as proclitic and article: «بالغ»
/// and «والد» are words of their own.
const MIN_NOUN: usize = 3;

/// The reason that the user reads, in English and Arabic.
const NOTE: (&str, &str) = ("made from a selection", "من نص محدد");

/// A token of marks, diacritics or tatweel alone.
const NO_LETTERS: &str = "max_letters: 0";

/// Texts for an example that must not match, tried in turn where the article's own does not do.
const NEUTRAL: [&str; 4] = ["هذا كلام آخر", "لا شيء هنا", "some other words", "nothing here"];

/// What a new rule goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftKind {
    /// The selected words, wherever they stand.
    Always,
    /// Words like the selected ones behind the word that stands before them.
    AfterWord,
    /// Words like the selected ones before the word that stands behind them.
    BeforeWord,
    /// What two places have in common.
    LikeTwo,
}

/// Why no rule can be made from a selection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DraftError {
    /// The selection holds marks only, or nothing.
    #[error("no word is selected; select the words that the rule is to mark")]
    NoWord,
    /// There is no word before the selection in its sentence.
    #[error(
        "no word stands before the selection in its sentence; make the rule from the selected words alone"
    )]
    NoWordBefore,
    /// There is no word behind the selection in its sentence.
    #[error(
        "no word stands behind the selection in its sentence; make the rule from the selected words alone"
    )]
    NoWordBehind,
    /// A rule from two places was asked for with one.
    #[error("a rule from two places needs a second one; select another place like the first")]
    NoSecondPlace,
    /// The two places share no word, neither in them nor beside them.
    #[error("the two places have no word in common, in them or beside them; select two that are more alike")]
    TooDifferent,
    /// The selection goes beyond a sentence, which no match does.
    #[error("the selection goes over the end of a sentence; select words of one sentence")]
    AcrossSentences,
    /// The selection is longer than a rule can mark.
    #[error("the selection has {tokens} words and marks, {MAX_TOKENS} are the most; select fewer")]
    TooLong {
        /// Its words and marks.
        tokens: usize,
    },
    /// The selection holds a mark that has a meaning of its own in the examples of rules.
    #[error(
        "the selection holds `{mark}`, which the examples of a rule cannot hold; select words without it"
    )]
    Unwritable {
        /// `[`, `]` or `|`.
        mark: char,
    },
}

/// Returns the RON record of a new rule that marks `selection` with `label`.
///
/// The record begins at column 1, for [`record::append`](super::record::append). The selection grows to whole tokens
/// and loses the marks at its edges; it may begin behind a proclitic, and a proclitic before the article is left out
/// («وبالمدينة» gives «المدينة»). `like` is the second place of [`DraftKind::LikeTwo`].
///
/// # Errors
///
/// When the selection holds no word, cannot be matched or written as an example, or the kind finds nothing in the
/// text to go by.
pub fn draft(
    source: &SourceText,
    segmentation: &Segmentation,
    selection: TextRange,
    like: Option<TextRange>,
    label: &str,
    kind: DraftKind,
    id: &str,
) -> Result<String, DraftError> {
    let article = Article { source, segmentation, tokens: Tokens::new(source, segmentation) };
    let place = article.place(selection)?;
    let (pattern, places) = match kind {
        DraftKind::Always => (article.always(&place), vec![place]),
        DraftKind::AfterWord => (article.after_word(&place)?, vec![place]),
        DraftKind::BeforeWord => (article.before_word(&place)?, vec![place]),
        DraftKind::LikeTwo => {
            let other = article.place(like.ok_or(DraftError::NoSecondPlace)?)?;
            if other == place {
                return Err(DraftError::NoSecondPlace);
            }
            (article.like_two(&place, &other)?, vec![place, other])
        }
    };
    let must: Vec<String> = places.iter().map(|place| quoted(&article.must(place, label))).collect();
    let must_not = quoted(&article.must_not(&places[0], &pattern));
    Ok(format!(
        "Rule(id: {}, priority: 90, confidence: 0.9,\n    pattern: [{}],\n    note: (en: {}, ar: {}),\n    \
         examples: (must: [{}], must_not: [{must_not}]))",
        quoted(id),
        pattern.written(label),
        quoted(NOTE.0),
        quoted(NOTE.1),
        must.join(", "),
    ))
}

/// An element of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Element {
    /// One of several spellings.
    Word(Vec<String>),
    /// A token by the fields of `Token(…)`.
    Token(&'static str),
    /// One of the characters.
    Mark(String),
    /// So many of the characters at most; without characters, so many tokens without a letter.
    Between(usize, Option<String>),
}

impl Element {
    fn written(&self) -> String {
        match self {
            Self::Word(spellings) => format!("Word({})", quoted(&spellings.join("|"))),
            Self::Token(fields) => format!("Token({fields})"),
            Self::Mark(marks) => format!("Mark({})", quoted(marks)),
            Self::Between(most, marks) => {
                let mark = match marks {
                    Some(marks) => format!("Mark({})", quoted(marks)),
                    None => format!("Token({NO_LETTERS})"),
                };
                if *most == 1 {
                    format!("Optional([{mark}])")
                } else {
                    format!("Repeat(0, {most}, [{mark}])")
                }
            }
        }
    }
}

/// The pattern of a draft.
#[derive(Debug, Default)]
struct Pattern {
    before: Vec<Element>,
    captured: Vec<Element>,
    behind: Vec<Element>,
    /// The spellings of a word that every match holds, and its tokens at the first place.
    required: (Vec<String>, Range<usize>),
}

impl Pattern {
    fn written(&self, label: &str) -> String {
        let list = |elements: &[Element]| elements.iter().map(Element::written).collect::<Vec<_>>();
        let mut elements = list(&self.before);
        elements.push(format!("Capture({}, [{}])", quoted(label), list(&self.captured).join(", ")));
        elements.extend(list(&self.behind));
        elements.join(", ")
    }
}

/// Where something was selected.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    tokens: Range<usize>,
    sentence: Range<usize>,
    /// Bytes of the first token's form before the selected part of it.
    stem: usize,
}

/// A word beside a place.
struct Neighbour {
    token: usize,
    /// The marks between it and the place.
    between: Range<usize>,
}

/// The article that a rule is made from.
struct Article<'a> {
    source: &'a SourceText,
    segmentation: &'a Segmentation,
    tokens: Tokens,
}

impl Article<'_> {
    fn is_mark(&self, token: usize) -> bool {
        self.tokens.facts[token].is(flag::SYMBOL)
    }

    /// Returns whether a token is one of some marks.
    fn is_one_of(&self, token: usize, marks: &str) -> bool {
        self.is_mark(token) && self.tokens.form(token).chars().next().is_some_and(|c| marks.contains(c))
    }

    fn place(&self, selection: TextRange) -> Result<Place, DraftError> {
        let Range { mut start, mut end } = self.segmentation.tokens_in(selection);
        let opens = |token| self.is_one_of(token, OPENING_QUOTES) || self.is_one_of(token, "(");
        let closes = |token| self.is_one_of(token, CLOSING_QUOTES) || self.is_one_of(token, ")");
        // A quote that closes or opens inside the selection is part of the name (حزب «الأفق»).
        while start < end && self.is_mark(start) && !(opens(start) && (start + 1..end - 1).any(closes)) {
            start += 1;
        }
        while start < end && self.is_mark(end - 1) && !(closes(end - 1) && (start..end - 1).any(opens)) {
            end -= 1;
        }
        let has_letters = |token: usize| self.tokens.facts[token].letters > 0;
        if !(start..end).any(has_letters) {
            return Err(DraftError::NoWord);
        }
        let sentence = self.tokens.sentences[self.tokens.sentence_of(start)].clone();
        if end > sentence.end {
            return Err(DraftError::AcrossSentences);
        }
        if end - start > MAX_TOKENS {
            return Err(DraftError::TooLong { tokens: end - start });
        }
        let text = self.source.slice(self.tokens.range(start, end));
        if let Some(mark) = text.chars().find(|c| matches!(c, '[' | ']' | '|')) {
            return Err(DraftError::Unwritable { mark });
        }
        Ok(Place { tokens: start..end, sentence, stem: self.stem(start, selection.start()) })
    }

    /// Returns the bytes of a token's form that are a proclitic before a span that begins at `from`.
    fn stem(&self, token: usize, from: ByteOffset) -> usize {
        let facts = &self.tokens.facts[token];
        let form = self.tokens.form(token);
        if from > facts.range.start() {
            let is_before =
                |proclitic: &str| form.starts_with(proclitic) && self.start(token, proclitic.len()) == from;
            let proclitic = PROCLITICS.into_iter().find(|proclitic| is_before(proclitic));
            return proclitic.map_or(0, str::len);
        }
        let article = usize::from(facts.article);
        let noun = form.split_at(article).1.chars().filter(|c| is_alphanumeric(*c)).count();
        // Behind ل the article has one letter: «للجيش».
        let letters = if form.split_at(article).1.starts_with("ال") { MIN_NOUN + 2 } else { MIN_NOUN + 1 };
        if noun >= letters { article } else { 0 }
    }

    /// Returns where in the article a token begins without so many bytes of its form.
    fn start(&self, token: usize, stem: usize) -> ByteOffset {
        self.tokens.stem_start(self.source, token, u8::try_from(stem).unwrap_or(0))
    }

    /// Returns how a word is spelt as it stands, without so many bytes of its form.
    ///
    /// Behind ل it may or may not have the article: «للوزارة» is «الوزارة», «للبنان» is «لبنان».
    fn spellings(&self, token: usize, stem: usize) -> Vec<String> {
        let range = TextRange::new(self.start(token, stem), self.tokens.facts[token].range.end());
        let written = self.source.slice(range).to_owned();
        let (proclitic, rest) = self.tokens.form(token).split_at(stem);
        if proclitic.ends_with('ل') && rest.starts_with('ل') {
            return vec![format!("ا{written}"), written];
        }
        vec![written]
    }

    /// Returns the spellings of a phrase.
    fn phrase(&self, place: &Place) -> Vec<String> {
        let mut rest = String::new();
        let tokens = self.segmentation.tokens();
        for token in place.tokens.clone().skip(1) {
            if tokens[token - 1].range.end() != tokens[token].range.start() {
                rest.push(' ');
            }
            let is_last = token + 1 == place.tokens.end;
            rest.push_str(self.source.slice(if is_last {
                self.tokens.facts[token].range
            } else {
                tokens[token].range
            }));
        }
        let first = self.spellings(place.tokens.start, place.stem);
        first.into_iter().map(|word| word + &rest).collect()
    }

    fn always(&self, place: &Place) -> Pattern {
        let spellings = self.phrase(place);
        Pattern {
            captured: vec![Element::Word(spellings.clone())],
            required: (spellings, place.tokens.clone()),
            ..Pattern::default()
        }
    }

    fn after_word(&self, place: &Place) -> Result<Pattern, DraftError> {
        let neighbour = self.before(place).ok_or(DraftError::NoWordBefore)?;
        let word = self.context_word(neighbour.token);
        let mut before = vec![Element::Word(word.clone())];
        before.extend(self.marks(&[&neighbour.between]));
        let required = (word, neighbour.token..neighbour.token + 1);
        Ok(Pattern { before, captured: self.generalised(place), required, ..Pattern::default() })
    }

    fn before_word(&self, place: &Place) -> Result<Pattern, DraftError> {
        let neighbour = self.behind(place).ok_or(DraftError::NoWordBehind)?;
        let word = self.context_word(neighbour.token);
        let mut behind: Vec<Element> = self.marks(&[&neighbour.between]).into_iter().collect();
        behind.push(Element::Word(word.clone()));
        let required = (word, neighbour.token..neighbour.token + 1);
        Ok(Pattern { behind, captured: self.generalised(place), required, ..Pattern::default() })
    }

    fn like_two(&self, place: &Place, other: &Place) -> Result<Pattern, DraftError> {
        if place.tokens.len() != other.tokens.len() {
            return Err(DraftError::TooDifferent);
        }
        let mut pattern = Pattern::default();
        let mut required = None;
        for (token, second) in place.tokens.clone().zip(other.tokens.clone()) {
            let (element, is_common) = self.like_both((token, place), (second, other));
            if let (Element::Word(spellings), true) = (&element, is_common) {
                required.get_or_insert((spellings.clone(), token..token + 1));
            }
            pattern.captured.push(element);
        }
        if let Some((first, second)) = self.before(place).zip(self.before(other))
            && let Some(word) = self.common_word(first.token, second.token)
        {
            pattern.before.push(Element::Word(vec![word.clone()]));
            pattern.before.extend(self.marks(&[&first.between, &second.between]));
            required.get_or_insert((vec![word], first.token..first.token + 1));
        }
        if let Some((first, second)) = self.behind(place).zip(self.behind(other))
            && let Some(word) = self.common_word(first.token, second.token)
        {
            pattern.behind.extend(self.marks(&[&first.between, &second.between]));
            pattern.behind.push(Element::Word(vec![word.clone()]));
            required.get_or_insert((vec![word], first.token..first.token + 1));
        }
        pattern.required = required.ok_or(DraftError::TooDifferent)?;
        Ok(pattern)
    }

    /// Returns the element that fits a token of one place and a token of another, and whether it is one word.
    fn like_both(
        &self,
        (token, place): (usize, &Place),
        (second, other): (usize, &Place),
    ) -> (Element, bool) {
        let stem = |token: usize, place: &Place| if token == place.tokens.start { place.stem } else { 0 };
        let (stem, second_stem) = (stem(token, place), stem(second, other));
        let (here, there) = (self.spellings(token, stem), self.spellings(second, second_stem));
        let is_there = |word: &String| there.iter().any(|other| normal_form(other) == normal_form(word));
        let common: Vec<String> = here.iter().filter(|word| is_there(word)).cloned().collect();
        if !common.is_empty() && self.tokens.facts[token].letters > 0 {
            return (Element::Word(common), true);
        }
        let element = self.like(token, stem);
        if element == self.like(second, second_stem) && !matches!(element, Element::Word(_)) {
            return (element, false);
        }
        match (self.mark_of(token), self.mark_of(second)) {
            (Some(here), Some(there)) => (Element::Mark(format!("{here}{there}")), false),
            _ => (Element::Word([here, there].concat()), false),
        }
    }

    /// Returns a word as which two tokens can both be read («وقال» and «قال» as «قال»).
    fn common_word(&self, token: usize, second: usize) -> Option<String> {
        let word = |token: usize| self.source.slice(self.tokens.facts[token].range);
        let (here, there) = (readings(word(token)), readings(word(second)));
        let is_shared = |form: &str| there.iter().any(|reading| reading.form == form);
        let is_whole = |form: &str| [&here, &there].into_iter().any(|word| word[0].form == form);
        let is_clear = |form: &str| is_whole(form) || form.chars().count() >= MIN_NOUN;
        let shared = here.iter().map(|reading| reading.form.as_str());
        // The first of the longest: the whole words before what is left behind a proclitic.
        let form =
            shared.filter(|form| is_shared(form) && is_clear(form)).rev().max_by_key(|form| form.len())?;
        let written = [(token, &here), (second, &there)].into_iter().find(|(_, word)| word[0].form == form);
        Some(written.map_or(form, |(token, _)| word(token)).to_owned())
    }

    /// Returns the spellings of a word beside a place.
    fn context_word(&self, token: usize) -> Vec<String> {
        self.spellings(token, self.stem(token, self.tokens.facts[token].range.start()))
    }

    fn before(&self, place: &Place) -> Option<Neighbour> {
        let first = place.sentence.start.max(place.tokens.start.saturating_sub(WINDOW));
        let token = (first..place.tokens.start).rev().find(|token| self.tokens.facts[*token].letters > 0)?;
        Some(Neighbour { token, between: token + 1..place.tokens.start })
    }

    fn behind(&self, place: &Place) -> Option<Neighbour> {
        let end = place.sentence.end.min(place.tokens.end + WINDOW);
        let token = (place.tokens.end..end).find(|token| self.tokens.facts[*token].letters > 0)?;
        Some(Neighbour { token, between: place.tokens.end..token })
    }

    /// Returns the element for the marks that may stand between a place and its neighbour, at most as many as in the
    /// article; a kind of quotes stands for all kinds.
    fn marks(&self, between: &[&Range<usize>]) -> Option<Element> {
        let most = between.iter().map(|tokens| tokens.len()).max().filter(|most| *most > 0)?;
        let mut marks = String::new();
        for token in between.iter().flat_map(|tokens| (*tokens).clone()) {
            let Some(mark) = self.mark_of(token) else {
                return Some(Element::Between(most, None));
            };
            let alike = [OPENING_QUOTES, CLOSING_QUOTES].into_iter().find(|quotes| quotes.contains(mark));
            for mark in alike.map_or_else(|| mark.to_string(), str::to_owned).chars() {
                if !marks.contains(mark) {
                    marks.push(mark);
                }
            }
        }
        Some(Element::Between(most, Some(marks)))
    }

    /// Returns the character by which a mark is known; `None` for a word, and for a mark that folding takes away.
    fn mark_of(&self, token: usize) -> Option<char> {
        self.tokens.form(token).chars().next().filter(|_| self.is_mark(token))
    }

    fn generalised(&self, place: &Place) -> Vec<Element> {
        let stem = |token: usize| if token == place.tokens.start { place.stem } else { 0 };
        place.tokens.clone().map(|token| self.like(token, stem(token))).collect()
    }

    /// Returns the element for words like a token, of which a span begins where it begins in this one.
    fn like(&self, token: usize, stem: usize) -> Element {
        let facts = &self.tokens.facts[token];
        let is_first_part = stem > 0;
        let is_arabic = facts.is(flag::ARABIC);
        // و and ف have two bytes.
        let behind_conjunction = stem == 2 && facts.is(flag::CONJUNCTION) && !facts.is(flag::DEFINITE);
        match self.mark_of(token) {
            Some(mark) => Element::Mark(mark.to_string()),
            None if facts.is(flag::NUMBER) => Element::Token("number: true"),
            None if facts.is(flag::CAPITALS) => Element::Token("shape: Capitals"),
            None if facts.is(flag::CAPITALISED) => Element::Token("shape: Capitalised"),
            None if is_arabic && facts.is(flag::DEFINITE) && usize::from(facts.article) == stem => {
                Element::Token("definite: true")
            }
            None if is_arabic && facts.is(flag::NAME) && behind_conjunction => {
                Element::Token("name: true, conjunction: true")
            }
            None if is_arabic && facts.is(flag::NAME) && !is_first_part => Element::Token("name: true"),
            // A token of diacritics or tatweel alone has no form to look for.
            None if facts.letters == 0 => Element::Token(NO_LETTERS),
            None => Element::Word(self.spellings(token, stem)),
        }
    }

    /// Returns the tokens of a place and some on either side, within the sentence.
    fn window(place: &Place) -> Range<usize> {
        let start = place.tokens.start.saturating_sub(WINDOW).max(place.sentence.start);
        start..(place.tokens.end + WINDOW).min(place.sentence.end)
    }

    /// Returns the text around a place with what the rule marks in brackets.
    fn must(&self, place: &Place, label: &str) -> String {
        let window = Self::window(place);
        let whole = self.tokens.range(window.start, window.end);
        let end = self.tokens.facts[place.tokens.end - 1].range.end();
        let start = self.start(place.tokens.start, place.stem);
        let part = |from, to| plain(self.source.slice(TextRange::new(from, to)));
        // A name in brackets has ASCII letters only; without one, the rule's own label is meant.
        let is_name = !label.is_empty() && label.chars().all(|c| c.is_ascii_alphabetic());
        let name = if is_name { format!("{label}|") } else { String::new() };
        let (before, behind) = (part(whole.start(), start), part(end, whole.end()));
        format!("{before}[{name}{}]{behind}", part(start, end))
    }

    /// Returns a text without the word that every match of a pattern holds: the one around the place without it, or
    /// another.
    fn must_not(&self, place: &Place, pattern: &Pattern) -> String {
        let (spellings, tokens) = &pattern.required;
        let window = Self::window(place);
        let whole = self.tokens.range(window.start, window.end);
        let out = self.tokens.range(tokens.start, tokens.end);
        let before = plain(self.source.slice(TextRange::new(whole.start(), out.start())));
        let behind = plain(self.source.slice(TextRange::new(out.end(), whole.end())));
        let own = format!("{} {}", before.trim_end(), behind.trim_start()).trim().to_owned();
        let texts = [own.as_str()].into_iter().chain(NEUTRAL);
        let free =
            texts.filter(|text| text.chars().any(is_alphanumeric)).find(|text| !occurs(spellings, text));
        // A text without letters holds no word at all.
        free.unwrap_or("…").to_owned()
    }
}

/// Returns whether a word of a pattern can match in a text, whatever else the packs hold.
fn occurs(spellings: &[String], text: &str) -> bool {
    let mut builder = LexiconBuilder::default();
    let rules = ClassRules { words: WordClass::Noun, min_stem: 0, is_known: false, is_name: false };
    let class = builder.class(rules);
    for word in spellings {
        builder.add(class, word);
    }
    let source = SourceText::new(text);
    let tokens = Tokens::new(&source, &Segmentation::new(&source));
    !builder.build().scan(&tokens).of_class(class).is_empty()
}

/// Returns a text without what has a meaning in examples, on one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() || matches!(c, '[' | ']') { ' ' } else { c }).collect()
}

/// Returns a text as a RON string, what cannot be seen written out.
fn quoted(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                // Writing to a string cannot fail.
                let _ = write!(written, "\\u{{{:x}}}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(written, "\\u{{{:x}}}", u32::from(c));
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Body;
    use crate::rules::{Context, Language, PackSource, RuleSet, builtin_packs, detect_language, record};
    use proptest::prelude::*;

    /// Returns a text without its `{…}`, and what stood in them.
    fn selected(marked: &str) -> (SourceText, Segmentation, Vec<TextRange>) {
        let (mut text, mut open, mut ranges) = (String::new(), 0, Vec::new());
        for c in marked.chars() {
            match c {
                '{' => open = text.len(),
                '}' => ranges.push(TextRange::from_indices(open, text.len())),
                c => text.push(c),
            }
        }
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        (source, segmentation, ranges)
    }

    fn drafted(marked: &str, kind: DraftKind) -> Result<String, DraftError> {
        let (source, segmentation, ranges) = selected(marked);
        draft(&source, &segmentation, ranges[0], ranges.get(1).copied(), "ORG", kind, "own-1")
    }

    /// Returns the shipped packs with a draft in the user's own.
    fn with_shipped(record: &str, language: Language) -> RuleSet {
        let text = record::append(&record::new_pack(language), record).expect("a list");
        let mut packs = builtin_packs();
        packs.push(PackSource { path: "own.ron".to_owned(), text, gazetteers: Vec::new() });
        let rules = RuleSet::compile(&packs);
        rules.unwrap_or_else(|errors| panic!("{record}: {}", errors[0]))
    }

    /// Returns the pattern of a draft, after its examples were run and what it suggests in its own text was compared
    /// with `wanted`.
    fn pattern(marked: &str, kind: DraftKind, wanted: &[&str]) -> String {
        let (source, segmentation, _) = selected(marked);
        let record = drafted(marked, kind).unwrap_or_else(|error| panic!("{marked}: {error}"));
        let language = detect_language(source.as_str());
        let rules = with_shipped(&record, language);
        let failed: Vec<String> = rules.check_examples().iter().map(ToString::to_string).collect();
        assert!(failed.is_empty(), "{record}: {failed:?}");
        let rule = format!("{}/own-1", language.code());
        let found = rules.suggest(&source, &segmentation, &Context::default());
        let own = found.iter().filter(|s| *s.rule == *rule && matches!(s.body, Body::Entity(_)));
        let texts: Vec<&str> = own.map(|s| source.slice(s.body.fragments().hull())).collect();
        for wanted in wanted {
            assert!(texts.contains(wanted), "{wanted} is missing in {texts:?} of {record}");
        }
        let line = record.lines().find_map(|line| line.trim().strip_prefix("pattern: [")).expect("a pattern");
        line.trim_end_matches(',').strip_suffix(']').expect("closed").to_owned()
    }

    #[test]
    fn the_selected_words_are_one_phrase() {
        for (text, written, wanted) in [
            ("زار الوفد {مرفأ  قرشالو} أمس.", "Word(\"مرفأ قرشالو\")", "مرفأ  قرشالو"),
            (
                "سلمت الأوراق ل{لوزارة المرجانية} أمس.",
                "Word(\"الوزارة المرجانية|لوزارة المرجانية\")",
                "لوزارة المرجانية",
            ),
            ("سكن {وبالمدينة} القرشالية زمنا.", "Word(\"المدينة\")", "المدينة"),
            ("سافر ب{قرشالو} بحرا", "Word(\"قرشالو\")", "قرشالو"),
            ("أعلن {«الأفقون»} 🎉 موقفه", "Word(\"الأفقون\")", "الأفقون"),
            ("قرأنا {مجلة «قرشالو»} [١] أمس", "Word(\"مجلة «قرشالو»\")", "مجلة «قرشالو»"),
            ("وصل {القَرْشَاليُّـون} أمس", "Word(\"القَرْشَاليُّـون\")", "القَرْشَاليُّـون"),
            ("He joined {Grimbole & Sons}’ board \"again\".", "Word(\"Grimbole & Sons\")", "Grimbole & Sons"),
            ("We saw {Grimbole}'s \\ ship 🚢.", "Word(\"Grimbole\")", "Grimbole"),
        ] {
            assert_eq!(pattern(text, DraftKind::Always, &[wanted]), format!("Capture(\"ORG\", [{written}])"));
        }
    }

    #[test]
    fn words_of_their_own_that_look_like_proclitic_and_article_stay_whole() {
        let written = pattern("أكلنا مع {والدة} قرشالو", DraftKind::Always, &["والدة"]);
        assert_eq!(written, "Capture(\"ORG\", [Word(\"والدة\")])");
    }

    #[test]
    fn words_like_the_selected_ones_are_found_behind_a_word() {
        for (text, written, wanted) in [
            (
                "انضم إلى قافلة «{القرشاليين}» أمس",
                "Word(\"قافلة\"), Optional([Mark(\"«“\\\"„‹\")]), Capture(\"ORG\", [Token(definite: true)])",
                "القرشاليين",
            ),
            (
                "خرج كندش و{قرشالو} معا",
                "Word(\"كندش\"), Capture(\"ORG\", [Token(name: true, conjunction: true)])",
                "قرشالو",
            ),
            (
                "باع كندش ل{قرشالو 12} معا",
                "Word(\"كندش\"), Capture(\"ORG\", [Word(\"قرشالو\"), Token(number: true)])",
                "قرشالو 12",
            ),
            (
                "مؤسسة {كندش - سم} هنا",
                "Word(\"مؤسسة\"), Capture(\"ORG\", [Token(name: true), Mark(\"-\"), Word(\"سم\")])",
                "كندش - سم",
            ),
            (
                "He runs {Grimbole NVX of} London",
                "Word(\"runs\"), Capture(\"ORG\", [Token(shape: Capitalised), Token(shape: Capitals), Word(\"of\")])",
                "Grimbole NVX of",
            ),
        ] {
            assert_eq!(pattern(text, DraftKind::AfterWord, &[wanted]), written);
        }
    }

    #[test]
    fn words_like_the_selected_ones_are_found_before_a_word() {
        let written = pattern("سكن {بالمدينة}، والحارة القديمة زمنا", DraftKind::BeforeWord, &["المدينة"]);
        assert_eq!(
            written,
            "Capture(\"ORG\", [Token(definite: true)]), Optional([Mark(\"،\")]), Word(\"الحارة\")"
        );
        let written =
            pattern("The {Grimbole} \u{201c}fleet\u{201d} sank", DraftKind::BeforeWord, &["Grimbole"]);
        assert!(written.ends_with("Word(\"fleet\")"), "{written}");
    }

    #[test]
    fn two_places_give_what_they_share() {
        for (text, written, wanted) in [
            (
                "زار {نقابة القرشاليين} أمس. ثم ترك {نقابة المرجانيين} غدا.",
                "Capture(\"ORG\", [Word(\"نقابة\"), Token(definite: true)])",
                ["نقابة القرشاليين", "نقابة المرجانيين"],
            ),
            (
                "وكتب {قرشالو} رسالة. هنا كتب «{كندشون}» أيضا",
                "Word(\"كتب\"), Optional([Mark(\"«“\\\"„‹\")]), Capture(\"ORG\", [Token(name: true)])",
                ["قرشالو", "كندشون"],
            ),
            (
                "سلمت ل{لنقابة قر} أمس. ترك {النقابة شم} غدا",
                "Capture(\"ORG\", [Word(\"النقابة\"), Word(\"قر|شم\")])",
                ["لنقابة قر", "النقابة شم"],
            ),
            (
                "The {Grimbole} ship came. The {Kardovan} ship left.",
                "Word(\"The\"), Capture(\"ORG\", [Token(shape: Capitalised)]), Word(\"ship\")",
                ["Grimbole", "Kardovan"],
            ),
        ] {
            assert_eq!(pattern(text, DraftKind::LikeTwo, &wanted), written);
        }
    }

    #[test]
    fn what_cannot_become_a_rule_says_why() {
        let long = format!("{{{}}}", "كلمة ".repeat(MAX_TOKENS + 1));
        for (text, kind, wanted) in [
            ("وصل {«، »} أمس", DraftKind::Always, DraftError::NoWord),
            ("وصل {}", DraftKind::Always, DraftError::NoWord),
            ("ذهب. «{سالم} عاد", DraftKind::AfterWord, DraftError::NoWordBefore),
            ("عاد {سالم}. ذهب", DraftKind::BeforeWord, DraftError::NoWordBehind),
            ("عاد {سالم} أمس", DraftKind::LikeTwo, DraftError::NoSecondPlace),
            ("عاد {سالم} أمس. غادر {قرشالو كندش} غدا", DraftKind::LikeTwo, DraftError::TooDifferent),
            ("عاد {سالم} أمس. غادر {قرشالو} غدا", DraftKind::LikeTwo, DraftError::TooDifferent),
            ("عاد {سالم. ذهب} أمس", DraftKind::Always, DraftError::AcrossSentences),
            ("عاد {سالم [١] هنا}", DraftKind::Always, DraftError::Unwritable { mark: '[' }),
            (&long, DraftKind::Always, DraftError::TooLong { tokens: MAX_TOKENS + 1 }),
        ] {
            assert_eq!(drafted(text, kind), Err(wanted), "{text}");
        }
        let (source, segmentation, ranges) = selected("عاد {سالم} أمس");
        let (place, kind) = (ranges[0], DraftKind::LikeTwo);
        let twice = draft(&source, &segmentation, place, Some(place), "ORG", kind, "own-1");
        assert_eq!(twice, Err(DraftError::NoSecondPlace));
    }

    #[test]
    fn a_text_of_the_selected_words_alone_still_gets_an_example_without_a_match() {
        for text in ["{قرشالو}", "{قرشالو} وقرشالو", "{هذا} لا شيء هنا كلام آخر هذا"]
        {
            pattern(text, DraftKind::Always, &[]);
        }
    }

    #[test]
    fn labels_of_any_letters_are_written_so_that_the_example_holds() {
        let (source, segmentation, ranges) = selected("زار {قرشالو} | أمس");
        for label in ["ORG_2", "جهة", "a\"b"] {
            let record = draft(&source, &segmentation, ranges[0], None, label, DraftKind::Always, "own-1")
                .expect("a word");
            let rules = with_shipped(&record, Language::Arabic);
            assert!(rules.check_examples().is_empty(), "{record}: {:?}", rules.check_examples());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_draft_of_any_selection_compiles_and_its_examples_hold(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "وكتب", "قرشالو", "للنقابة", "وبالنقابة", "«", "»", "\"", "،", ".", "[", "]", "|", "12", "٪",
                    "قَرْشـ", "ـ", "👩‍👩‍👧", "\u{200F}", "\\", "Grimbole", "NVX", "’s", "of", "U.S.", "في", "(", ")", "و",
                ]),
                1..12,
            ),
            space in prop::sample::select(vec![" ", ""]),
            first in 0..12_usize,
            second in 0..12_usize,
            kind in prop::sample::select(vec![
                DraftKind::Always, DraftKind::AfterWord, DraftKind::BeforeWord, DraftKind::LikeTwo,
            ]),
        ) {
            let source = SourceText::new(words.join(space));
            let segmentation = Segmentation::new(&source);
            let tokens = segmentation.tokens();
            prop_assume!(!tokens.is_empty());
            let of = |index: usize| tokens[index % tokens.len()].range;
            let selection = of(first).cover(of(first + second % 3));
            let made = draft(&source, &segmentation, selection, Some(of(second)), "ORG", kind, "own-1");
            if let Ok(record) = made {
                let text = record::append(&record::new_pack(Language::Arabic), &record).expect("a list");
                prop_assert_eq!(record::record(&text, "own-1").map(record::dedent), Some(record.clone()));
                let pack = PackSource { path: "own.ron".to_owned(), text, gazetteers: Vec::new() };
                let rules = RuleSet::compile(&[pack]);
                prop_assert!(rules.is_ok(), "{}: {:?}", record, rules.err());
                let failed = rules.map(|rules| rules.check_examples()).unwrap_or_default();
                prop_assert!(failed.is_empty(), "{}: {}", record, failed[0]);
            }
        }
    }
}
