//! Runs a program over the tokens of a sentence, backtracking, with bounded work.
//!
//! Each branching instruction is tried once at each token: what happens from there does not depend on how it was
//! reached, nor on where the match began. So the work of a rule in a sentence is at most instructions × tokens for each
//! match, whatever a pack's author writes; and fuel bounds it beyond that.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::text::{FoldLevel, SourceText, fold};

use super::hits::Hits;
use super::lexicon::{ClassId, Hit, Lexicon};
use super::mentions::Mentions;
use super::pack::SpanPolicy;
use super::program::{Atom, Gap, Op, Program, Row, StemAt, Test, TokenTest};
use super::scratch::{Frame, Scratch};
use super::starts::{Landmarks, next_place};
use super::tokens::{Tokens, flag};

/// Everything that a pattern can look at.
pub(super) struct View<'a> {
    pub(super) source: &'a SourceText,
    pub(super) tokens: &'a Tokens,
    pub(super) lexicon: &'a Lexicon,
    pub(super) hits: &'a Hits,
    pub(super) atoms: &'a [Atom],
    /// The sets of marks that patterns look for, by index.
    pub(super) marks: &'a [Arc<str>],
    pub(super) mentions: &'a Mentions,
    pub(super) landmarks: &'a Landmarks,
    /// What belongs to a span.
    pub(super) spans: SpanPolicy,
}

/// What one element of a pattern matched.
#[derive(Debug, Clone, Copy)]
pub(super) struct MatchedPiece {
    pub(super) atom: u32,
    pub(super) token: u32,
    pub(super) len: u32,
    pub(super) hit: Option<Hit>,
    /// Bytes of the first token's form that are a proclitic.
    pub(super) stem: u8,
}

/// A place where a pattern fits.
#[derive(Debug, Clone)]
pub(super) struct Match {
    /// The first token.
    pub(super) start: usize,
    /// One past the last token.
    pub(super) end: usize,
    /// Captures in the order in which they were closed: index, first token, one past the last.
    pub(super) captures: SmallVec<[(u8, usize, usize); 1]>,
    pub(super) pieces: SmallVec<[MatchedPiece; 4]>,
}

impl View<'_> {
    /// Returns the preferred match of a program that begins at token `start` of a sentence.
    ///
    /// `scratch` remembers what failed: it is begun anew for another program or another sentence.
    pub(super) fn run(
        &self,
        program: &Program,
        sentence: &std::ops::Range<usize>,
        start: usize,
        scratch: &mut Scratch,
    ) -> Option<Match> {
        scratch.reset();
        scratch.branch(0, start, None);
        while let Some(frame) = scratch.stack.pop().filter(|_| scratch.fuel > 0) {
            scratch.pieces.truncate(frame.pieces as usize);
            scratch.edges.truncate(frame.edges as usize);
            scratch.pieces.extend(frame.piece);
            if let Some(end) = self.follow(program, sentence, frame, scratch) {
                // What was tried did not fail everywhere.
                scratch.forget();
                return Some(Match {
                    start,
                    end,
                    captures: scratch.captures(),
                    pieces: SmallVec::from_slice(&scratch.pieces),
                });
            }
        }
        None
    }

    /// Runs one branch to its end; the token behind the match where it accepts.
    fn follow(
        &self,
        program: &Program,
        sentence: &std::ops::Range<usize>,
        frame: Frame,
        scratch: &mut Scratch,
    ) -> Option<usize> {
        let (mut op, mut token) = (frame.op, frame.token as usize);
        let mut resume = frame.resume;
        let width = sentence.len() + 1;
        loop {
            scratch.fuel = scratch.fuel.checked_sub(1)?;
            match program.ops[op as usize] {
                Op::Gap(gap) => {
                    let place = op as usize * width + (token - sentence.start);
                    if resume.is_none() && scratch.was_tried(place) {
                        return None;
                    }
                    let gap = &program.gaps[gap as usize];
                    let from = resume.take().map_or(token + gap.min as usize, |from| from as usize);
                    let end = self.gap_end(gap, token, from, sentence.end)?;
                    scratch.stack.push(Frame { resume: Some(index(end + 1)), ..scratch.frame(op, token) });
                    token = end;
                    op += 1;
                }
                Op::Row(row) => {
                    let place = op as usize * width + (token - sentence.start);
                    if resume.is_none() && scratch.was_tried(place) {
                        return None;
                    }
                    let row = &program.rows[row as usize];
                    let longest = match resume.take() {
                        Some(longest) => longest as usize,
                        None => self.row_length(row, token, sentence.end, scratch),
                    };
                    let count = self.row_end(row, token, longest)?;
                    if count > row.min as usize {
                        let rest = Frame { resume: Some(index(count - 1)), ..scratch.frame(op, token) };
                        scratch.stack.push(rest);
                    }
                    for token in token..token + count {
                        self.each_choice(row.atom, token, sentence.end, |piece| scratch.pieces.push(piece));
                    }
                    token += count;
                    op += 1;
                }
                Op::Atom(atom) => {
                    let place = op as usize * width + (token - sentence.start);
                    if self.atoms[atom as usize].test.has_choices() && scratch.was_tried(place) {
                        return None;
                    }
                    token += self.consume(op, atom, token, sentence.end, scratch)?;
                    op += 1;
                }
                Op::Split { prefer, other } => {
                    match (self.can_begin(program, prefer, token), self.can_begin(program, other, token)) {
                        (true, false) => op = prefer,
                        (false, true) => op = other,
                        (false, false) => return None,
                        (true, true) => {
                            if scratch.was_tried(op as usize * width + (token - sentence.start)) {
                                return None;
                            }
                            scratch.branch(other, token, None);
                            op = prefer;
                        }
                    }
                }
                Op::Jump(to) => op = to,
                Op::Open(capture) => {
                    scratch.edges.push((capture, true, index(token)));
                    op += 1;
                }
                Op::Close(capture) => {
                    scratch.edges.push((capture, false, index(token)));
                    op += 1;
                }
                Op::Start if token == sentence.start => op += 1,
                Op::End if token >= self.sentence_body_end(sentence) => op += 1,
                Op::Start | Op::End => return None,
                Op::Rest => {
                    token = self.sentence_body_end(sentence).max(token);
                    op += 1;
                }
                Op::Accept => return Some(token),
            }
        }
    }

    /// Returns whether a match can go on with an instruction at a token, as far as one look tells.
    fn can_begin(&self, program: &Program, op: u32, token: usize) -> bool {
        let keys = program.begins[op as usize].as_ref();
        keys.is_none_or(|keys| keys.iter().any(|key| self.stands_within(*key, token, token)))
    }

    /// Returns the first token at `from` or behind it at which a gap that begins at a token can end.
    pub(super) fn gap_end(&self, gap: &Gap, token: usize, from: usize, sentence_end: usize) -> Option<usize> {
        let mut last = (token + gap.max as usize).min(sentence_end);
        for class in &gap.without {
            let places = self.hits.of_class(*class);
            let behind = places.split_at(places.partition_point(|place| (*place as usize) < token)).1;
            let mut words = behind.iter().map(|place| *place as usize).take_while(|place| *place < last);
            last = words.find(|place| self.is_word_of(*place, *class)).unwrap_or(last);
        }
        let end = match &gap.then {
            None => from,
            Some(keys) => keys.iter().filter_map(|key| next_place(self.places(*key), from)).min()?,
        };
        (end <= last).then_some(end)
    }

    /// Returns how many tokens a row can take at a token.
    fn row_length(&self, row: &Row, token: usize, sentence_end: usize, scratch: &mut Scratch) -> usize {
        let last = (token + row.max as usize).min(sentence_end);
        let fitting = (token..last).take_while(|token| self.begins_with(row.atom, *token, sentence_end));
        let length = fitting.count();
        scratch.fuel = scratch.fuel.saturating_sub(index(length));
        length
    }

    /// Returns the most tokens, at most `longest`, behind which a row can end.
    pub(super) fn row_end(&self, row: &Row, token: usize, longest: usize) -> Option<usize> {
        let mut counts = (row.min as usize..=longest).rev();
        match &row.then {
            None => counts.next(),
            Some(keys) => counts
                .find(|count| keys.iter().any(|key| self.stands_within(*key, token + count, token + count))),
        }
    }

    /// Returns whether an atom fits at a token.
    pub(super) fn begins_with(&self, atom: u32, token: usize, end: usize) -> bool {
        let mut fits = false;
        self.each_choice(atom, token, end, |_| fits = true);
        fits
    }

    /// Returns one past the last token of a sentence that is no closing full stop or quote behind it.
    pub(super) fn sentence_body_end(&self, sentence: &std::ops::Range<usize>) -> usize {
        let mut end = sentence.end;
        while end > sentence.start && self.tokens.facts[end - 1].is(flag::SYMBOL) {
            if !matches!(self.tokens.form(end - 1), "." | "…" | "!" | "?" | "؟" | "۔") {
                break;
            }
            end -= 1;
        }
        end
    }

    /// Returns the tokens that an atom consumes, the most first; shorter choices are left on the stack.
    fn consume(&self, op: u32, atom: u32, token: usize, end: usize, scratch: &mut Scratch) -> Option<usize> {
        if token >= end {
            return None;
        }
        let first = scratch.stack.len();
        let mut longest: Option<MatchedPiece> = None;
        let mut previous = u32::MAX;
        self.each_choice(atom, token, end, |piece| {
            if longest.is_none() {
                longest = Some(piece);
            } else if piece.len < previous {
                scratch.branch(op + 1, token + piece.len as usize, Some(piece));
            }
            previous = piece.len;
        });
        // The longest of what is left is popped first.
        scratch.stack[first..].reverse();
        let piece = longest?;
        scratch.pieces.push(piece);
        Some(piece.len as usize)
    }

    /// Calls `found` for each way in which an atom fits at a token, longer first.
    pub(super) fn each_choice(
        &self,
        atom: u32,
        token: usize,
        end: usize,
        mut found: impl FnMut(MatchedPiece),
    ) {
        let mut piece = MatchedPiece { atom, token: index(token), len: 1, hit: None, stem: 0 };
        match &self.atoms[atom as usize].test {
            Test::Class { class, .. } | Test::Exactly(class, _) if !self.hits.has(token, *class) => {}
            Test::Class { class, bare } => {
                for hit in self.hits.at(token).iter().filter(|hit| self.lexicon.counts(**hit, *class)) {
                    if *bare && hit.proclitic != 0 {
                        continue;
                    }
                    if token + usize::from(hit.len) <= end {
                        piece =
                            MatchedPiece { len: hit.len.into(), hit: Some(*hit), stem: hit.stem, ..piece };
                        found(piece);
                    }
                }
            }
            Test::Exactly(class, written) => {
                for hit in self.hits.at(token).iter().filter(|hit| self.lexicon.counts(**hit, *class)) {
                    let last = token + usize::from(hit.len);
                    if last <= end && self.letters_of(token, last) == **written {
                        piece = MatchedPiece { len: hit.len.into(), hit: Some(*hit), ..piece };
                        found(piece);
                    }
                }
            }
            Test::Entity(label) => {
                for mention in self.mentions.at(token).iter().filter(|m| m.label == *label) {
                    if mention.end.0 as usize <= end {
                        let len = mention.end.0 - mention.first;
                        piece = MatchedPiece { len, stem: mention.stem, ..piece };
                        found(piece);
                    }
                }
            }
            Test::Token(test) => {
                if let Some(stem) = self.token_fits(test, token) {
                    piece.stem = stem;
                    found(piece);
                }
            }
            Test::Mark(set) => {
                if self.is_mark(token, &self.marks[usize::from(*set)]) {
                    found(piece);
                }
            }
            Test::Regex(regex) => {
                if regex.is_match(&self.letters_of(token, token + 1)) {
                    found(piece);
                }
            }
        }
    }

    /// Returns the text of tokens with diacritics and tatweel taken out and nothing else changed.
    fn letters_of(&self, first: usize, end: usize) -> String {
        fold(self.source.slice(self.tokens.range(first, end)), FoldLevel::Letters)
    }

    /// Returns the bytes of the token's form before its stem where the token fits.
    fn token_fits(&self, test: &TokenTest, token: usize) -> Option<u8> {
        let facts = &self.tokens.facts[token];
        let letters = u32::from(facts.letters);
        let fits = facts.flags & test.must == test.must
            && facts.flags & test.must_not == 0
            && letters >= test.min_letters
            && test.max_letters.is_none_or(|most| letters <= most);
        if !fits || test.not_in.iter().any(|class| self.is_word_of(token, *class)) {
            return None;
        }
        if test.bare && self.hits.at(token).iter().any(|hit| hit.proclitic != 0) {
            return None;
        }
        // A conjunction has two bytes.
        let conjunction = if test.stem == StemAt::BehindConjunction { 2 } else { 0 };
        if !(test.prefix.is_empty() && test.suffix.is_empty() && test.not_suffix.is_empty()) {
            let form = self.tokens.form(token);
            let is_behind = test.must & flag::CONJUNCTION != 0;
            let stem = form.split_at(if is_behind { 2 } else { 0 }).1;
            let has_prefix = |prefix: &String| stem.starts_with(prefix.as_str());
            let has_suffix = |suffix: &String| stem.ends_with(suffix.as_str());
            let is_wanted = (test.prefix.is_empty() || test.prefix.iter().any(has_prefix))
                && (test.suffix.is_empty() || test.suffix.iter().any(has_suffix));
            if !is_wanted || test.not_suffix.iter().any(has_suffix) {
                return None;
            }
        }
        Some(if test.stem == StemAt::Article { facts.article } else { conjunction })
    }

    /// Returns whether a token alone is a word of a class.
    pub(super) fn is_word_of(&self, token: usize, class: ClassId) -> bool {
        let is_word = |hit: &Hit| hit.len == 1 && self.lexicon.counts(*hit, class);
        self.hits.has(token, class) && self.hits.at(token).iter().any(is_word)
    }
}

pub(super) fn index(token: usize) -> u32 {
    u32::try_from(token).unwrap_or(u32::MAX)
}
