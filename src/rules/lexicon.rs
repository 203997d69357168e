//! All words and names of a language in one automaton, found at word boundaries only.
//!
//! A hit ends where a token ends, and what stands before it inside its token is a legal proclitic string. Boundaries
//! and proclitics are settled here, once, so that no rule can get them wrong.

use std::collections::{BTreeMap, BTreeSet};

use daachorse::CharwiseDoubleArrayAhoCorasick;

use crate::text::{Segmentation, SourceText, TextRange, slice};

use super::hits::{Hits, has_class};
use super::pack::WordClass;
use super::tokens::{Tokens, flag, push_token};

/// Names a list or a gazetteer class within a lexicon.
pub(super) type ClassId = u16;

/// What may stand before a hit inside its token; the index is [`Hit::proclitic`].
pub(super) const PREFIXES: [&str; 15] =
    ["", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "فك", "س", "وس", "فس"];

/// The bytes of the longest of them.
const MAX_PREFIX: usize = 4;

/// The prefixes that a class of words may carry, as bits of the index into [`PREFIXES`].
const fn legal_prefixes(class: WordClass) -> u32 {
    match class {
        WordClass::Noun => 0b000_1111_1111_1111,
        WordClass::Verb => 0b111_0100_1001_0111,
        WordClass::Particle => 0b111,
        WordClass::Whole => 1,
    }
}

/// How the words of a class are met in text.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClassRules {
    /// Settles the proclitics.
    pub(super) words: WordClass,
    /// The fewest letters of a one-word name behind a proclitic.
    pub(super) min_stem: u16,
    /// Whether a word of this class as a whole rules out readings with a proclitic.
    pub(super) is_known: bool,
    /// Whether a Latin word of it needs a capital.
    pub(super) is_name: bool,
}

/// A term found in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) term: u32,
    /// Its first token.
    pub(super) token: u32,
    /// Tokens.
    pub(super) len: u8,
    /// Index into [`PREFIXES`].
    pub(super) proclitic: u8,
    /// Bytes of the folded first token before the term: where the span begins.
    pub(super) stem: u8,
    /// Whether its first token has a capital, or a script without capitals.
    capital: bool,
}

#[derive(Debug)]
struct Term {
    form: Box<str>,
    classes: Box<[ClassId]>,
    words: u8,
    /// Letters of the only word; large for a phrase.
    letters: u16,
}

/// The terms of a language.
pub(super) struct Lexicon {
    automaton: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
    /// What each pattern of the automaton stands for.
    patterns: Vec<Vec<Pattern>>,
    terms: Vec<Term>,
    classes: Vec<ClassRules>,
}

#[derive(Debug, Clone, Copy)]
struct Pattern {
    term: u32,
    /// The pattern is ل + the term with its article (للجيش for الجيش).
    lam: bool,
}

/// Collects terms before the automaton is built.
#[derive(Debug, Default)]
pub(super) struct LexiconBuilder {
    terms: BTreeMap<String, BTreeSet<ClassId>>,
    classes: Vec<ClassRules>,
}

impl LexiconBuilder {
    /// Adds a class and returns its id.
    pub(super) fn class(&mut self, rules: ClassRules) -> ClassId {
        self.classes.push(rules);
        ClassId::try_from(self.classes.len() - 1).unwrap_or(ClassId::MAX)
    }

    /// Returns how many classes there are so far.
    pub(super) fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// Adds a word or phrase as it is written; nothing where it has no letter.
    pub(super) fn add(&mut self, class: ClassId, written: &str) {
        let form = normal_form(written);
        if form.trim().is_empty() {
            return;
        }
        if let Some(joined) = joined_compound(&form) {
            self.terms.entry(joined).or_default().insert(class);
        }
        self.terms.entry(form).or_default().insert(class);
    }

    /// Returns the lexicon; the order in which terms were added plays no part.
    pub(super) fn build(self) -> Lexicon {
        let mut patterns: BTreeMap<String, Vec<Pattern>> = BTreeMap::new();
        let mut terms = Vec::with_capacity(self.terms.len());
        for (form, classes) in self.terms {
            let term = u32::try_from(terms.len()).unwrap_or(u32::MAX);
            let takes_lam = classes.iter().any(|c| self.classes[usize::from(*c)].words == WordClass::Noun);
            if let Some(noun) = form.strip_prefix("ال").filter(|_| takes_lam) {
                patterns.entry(format!("لل{noun}")).or_default().push(Pattern { term, lam: true });
                if let Some(rest) = noun.strip_prefix('ل') {
                    patterns.entry(format!("لل{rest}")).or_default().push(Pattern { term, lam: true });
                }
            }
            patterns.entry(form.clone()).or_default().push(Pattern { term, lam: false });
            let words = form.matches(' ').count();
            let letters = if words == 1 { form.chars().filter(|c| c.is_alphanumeric()).count() } else { 99 };
            terms.push(Term {
                form: form.trim_end().into(),
                classes: classes.into_iter().collect(),
                words: u8::try_from(words).unwrap_or(u8::MAX),
                letters: u16::try_from(letters).unwrap_or(u16::MAX),
            });
        }
        let (keys, patterns): (Vec<String>, Vec<Vec<Pattern>>) = patterns.into_iter().unzip();
        // Building fails on no pattern at all or on more than 2^31: then nothing is found.
        let automaton = CharwiseDoubleArrayAhoCorasick::new(keys).ok();
        Lexicon { automaton, patterns, terms, classes: self.classes }
    }
}

impl Lexicon {
    /// Returns the form of a hit's term, folded and without proclitic.
    pub(super) fn form(&self, hit: Hit) -> &str {
        &self.terms[hit.term as usize].form
    }

    /// Returns whether a hit counts for a class: the term belongs to it, and the proclitic is one that its words
    /// carry.
    pub(super) fn counts(&self, hit: Hit, class: ClassId) -> bool {
        has_class(&self.terms[hit.term as usize].classes, class) && self.is_legal(hit, class)
    }

    /// Returns the classes for which a hit counts.
    pub(super) fn classes_of(&self, hit: Hit) -> impl Iterator<Item = ClassId> {
        let classes = &self.terms[hit.term as usize].classes;
        classes.iter().copied().filter(move |class| self.is_legal(hit, *class))
    }

    fn is_legal(&self, hit: Hit, class: ClassId) -> bool {
        let rules = self.classes[usize::from(class)];
        let long_enough = hit.proclitic == 0 || self.terms[hit.term as usize].letters >= rules.min_stem;
        long_enough
            && (hit.capital || !rules.is_name)
            && legal_prefixes(rules.words) & (1 << hit.proclitic) != 0
    }

    /// Returns how many classes there are.
    pub(super) const fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// Returns the terms in the text, by token.
    pub(super) fn scan(&self, tokens: &Tokens) -> Hits {
        let mut found: Vec<Hit> = Vec::with_capacity(tokens.len());
        if let Some(automaton) = &self.automaton {
            // Matches come sorted by end, and each ends with a token.
            let mut token = 0;
            for m in automaton.find_overlapping_iter(&tokens.forms) {
                while (tokens.facts[token].form.1 as usize) + 1 < m.end() {
                    token += 1;
                }
                for pattern in &self.patterns[m.value() as usize] {
                    found.extend(self.hit(tokens, *pattern, token, m.start()));
                }
            }
        }
        self.drop_shadowed(&mut found, tokens.len());
        Hits::new(self, &found, tokens.len())
    }

    /// Returns the hit of a pattern that begins at byte `start` of the forms and ends with token `last`.
    fn hit(&self, tokens: &Tokens, pattern: Pattern, last: usize, start: usize) -> Option<Hit> {
        let term = &self.terms[pattern.term as usize];
        let token = (last + 1).checked_sub(usize::from(term.words))?;
        let first = tokens.facts[token];
        let before = start - first.form.0 as usize;
        if before > 0 && (before > MAX_PREFIX || !first.is(flag::ARABIC)) {
            return None;
        }
        let prefix = slice(&tokens.forms, TextRange::from_indices(first.form.0 as usize, start));
        let mut proclitic = if before == 0 { 0 } else { PREFIXES.iter().position(|p| *p == prefix)? };
        let mut stem = prefix.len();
        if pattern.lam {
            // ل, ول, فل
            proclitic = [4, 7, 10].get(proclitic).copied().filter(|_| proclitic < 3)?;
            stem += 'ل'.len_utf8();
        }
        let capital = !first.is(flag::LATIN) || first.is(flag::CAPITALISED | flag::CAPITALS | flag::INITIAL);
        Some(Hit {
            term: pattern.term,
            token: u32::try_from(token).ok()?,
            len: term.words,
            proclitic: u8::try_from(proclitic).ok()?,
            stem: u8::try_from(stem).ok()?,
            capital,
        })
    }

    /// Takes out readings with a proclitic where the whole word is a known word («وزير» is no و + «زير»).
    fn drop_shadowed(&self, hits: &mut Vec<Hit>, tokens: usize) {
        let mut known = vec![false; tokens];
        for hit in hits.iter().filter(|hit| hit.proclitic == 0) {
            let classes = &self.terms[hit.term as usize].classes;
            if classes.iter().any(|c| self.classes[usize::from(*c)].is_known) {
                known[hit.token as usize] = true;
            }
        }
        hits.retain(|hit| hit.proclitic == 0 || !known[hit.token as usize]);
    }
}

/// Returns a word or phrase as the automaton sees the text: its tokens folded, a space behind each.
pub(super) fn normal_form(written: &str) -> String {
    let source = SourceText::new(written);
    let mut forms = String::with_capacity(written.len() + 4);
    for token in Segmentation::new(&source).tokens() {
        push_token(source.slice(token.range), token.kind, &mut forms);
    }
    forms
}

/// Returns the other spelling of a compound name: عبد الله is also written عبدالله.
fn joined_compound(form: &str) -> Option<String> {
    let (head, rest) = ["عبد ", "ابو "].iter().find_map(|head| Some((head, form.strip_prefix(head)?)))?;
    if rest.is_empty() {
        return None;
    }
    Some(format!("{}{rest}", head.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOUN: ClassRules =
        ClassRules { words: WordClass::Noun, min_stem: 3, is_known: true, is_name: false };

    fn found(words: &[&str], text: &str) -> Vec<String> {
        let mut builder = LexiconBuilder::default();
        let class = builder.class(NOUN);
        for word in words {
            builder.add(class, word);
        }
        let lexicon = builder.build();
        let source = SourceText::new(text);
        let tokens = Tokens::new(&source, &Segmentation::new(&source));
        let hits = lexicon.scan(&tokens);
        let all = (0..tokens.len()).flat_map(|token| hits.at(token));
        all.filter(|hit| lexicon.counts(**hit, class))
            .map(|h| format!("{}:{}+{}", h.token, PREFIXES[usize::from(h.proclitic)], lexicon.form(*h)))
            .collect()
    }

    #[test]
    fn a_word_counts_only_as_a_whole_or_behind_a_proclitic() {
        assert_eq!(found(&["أحد"], "وأحدث وأحد الأحد"), ["1:و+احد"]);
    }

    #[test]
    fn a_known_word_is_not_split() {
        assert_eq!(found(&["وزير", "زير"], "وزير ووزير وكزير"), ["0:+وزير", "1:و+وزير", "2:وك+زير"]);
    }

    #[test]
    fn lam_and_article_are_found_written_together() {
        assert_eq!(
            found(&["الجيش", "الليبيين", "لبنان"], "وللجيش لليبيين للبنان"),
            ["0:ول+الجيش", "1:ل+الليبيين", "2:ل+لبنان"]
        );
    }

    #[test]
    fn phrases_are_found_over_any_white_space_and_spelling() {
        assert_eq!(found(&["الأمم المتحدة"], "للامم\n المتّحدة"), ["0:ل+الامم المتحده"]);
        assert_eq!(found(&["عبد الله"], "قال عبدالله"), ["1:+عبدالله"]);
    }
}
