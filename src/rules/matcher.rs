//! Runs a program over the tokens of a sentence, backtracking, with bounded work.
//!
//! Each branching instruction is tried once at each token: what happens from there does not depend on how it was
//! reached. So the work is at most instructions × tokens, whatever a pack's author writes.

use crate::text::{FoldLevel, SourceText, fold};

use super::lexicon::{Hit, Hits, Lexicon};
use super::pack::{Shape, TokenScript};
use super::program::{Atom, LabelIndex, Op, Program, Test, TokenTest};
use super::tokens::{Tokens, flag};

/// Everything that a pattern can look at.
pub(super) struct View<'a> {
    pub(super) source: &'a SourceText,
    pub(super) tokens: &'a Tokens,
    pub(super) lexicon: &'a Lexicon,
    pub(super) hits: &'a Hits,
    pub(super) atoms: &'a [Atom],
    pub(super) mentions: &'a Mentions,
}

/// The mentions that earlier stages gave, by token.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Sorted by first token, longer first.
    pub(super) all: Vec<Mention>,
}

/// A mention in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub(super) first: u32,
    /// One past the last token, reversed so that longer ones sort first.
    pub(super) end: std::cmp::Reverse<u32>,
    pub(super) label: LabelIndex,
    /// Bytes before the stem in its first token.
    pub(super) stem: u8,
}

impl Mentions {
    pub(super) fn new(mut all: Vec<Mention>) -> Self {
        all.sort_unstable();
        all.dedup();
        Self { all }
    }

    /// Returns the mentions that begin within a range of tokens, in text order.
    pub(super) fn within(&self, tokens: &std::ops::Range<usize>) -> &[Mention] {
        let first = self.all.partition_point(|m| (m.first as usize) < tokens.start);
        let end = self.all.partition_point(|m| (m.first as usize) < tokens.end);
        &self.all[first..end.max(first)]
    }

    /// Returns the mentions that begin at a token, longer first.
    pub(super) fn at(&self, token: usize) -> &[Mention] {
        self.within(&(token..token + 1))
    }
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
    pub(super) captures: Vec<(u8, usize, usize)>,
    pub(super) pieces: Vec<MatchedPiece>,
}

/// Working memory of the matcher, kept between runs.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    stack: Vec<Frame>,
    /// One bit for each (branch, token) that was tried, and which of them are set.
    tried: Vec<u64>,
    set: Vec<usize>,
    pieces: Vec<MatchedPiece>,
    /// Captures opened and closed so far: index, whether it opens, token.
    edges: Vec<(u8, bool, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Frame {
    op: u32,
    token: u32,
    /// How much of the logs was written when the branch was left.
    pieces: u32,
    edges: u32,
    /// What the branch begins with.
    piece: Option<MatchedPiece>,
}

impl View<'_> {
    /// Returns the preferred match of a program that begins at token `start` of a sentence.
    pub(super) fn run(
        &self,
        program: &Program,
        sentence: &std::ops::Range<usize>,
        start: usize,
        scratch: &mut Scratch,
    ) -> Option<Match> {
        scratch.reset();
        scratch.branch(0, start, None);
        while let Some(frame) = scratch.stack.pop() {
            scratch.pieces.truncate(frame.pieces as usize);
            scratch.edges.truncate(frame.edges as usize);
            scratch.pieces.extend(frame.piece);
            if let Some(end) = self.follow(program, sentence, start, frame, scratch) {
                return Some(Match {
                    start,
                    end,
                    captures: scratch.captures(),
                    pieces: scratch.pieces.clone(),
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
        start: usize,
        frame: Frame,
        scratch: &mut Scratch,
    ) -> Option<usize> {
        let (mut op, mut token) = (frame.op, frame.token as usize);
        // `Rest` leads to one place only, so that one more column holds it.
        let width = program.max_width as usize + 2;
        loop {
            match program.ops[op as usize] {
                Op::Atom(atom) => {
                    let place = op as usize * width + (token - start).min(width - 1);
                    if self.atoms[atom as usize].test.has_choices() && scratch.was_tried(place) {
                        return None;
                    }
                    token += self.consume(op, atom, token, sentence.end, scratch)?;
                    op += 1;
                }
                Op::Split { prefer, other } => {
                    if scratch.was_tried(op as usize * width + (token - start).min(width - 1)) {
                        return None;
                    }
                    scratch.branch(other, token, None);
                    op = prefer;
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
            Test::Mark(marks) => {
                let mut chars = self.tokens.form(token).chars();
                if self.tokens.facts[token].is(flag::SYMBOL)
                    && chars.next().is_some_and(|c| marks.contains(c))
                {
                    found(piece);
                }
            }
            Test::Regex(regex) => {
                if regex.is_match(&self.letters_of(token, token + 1)) {
                    found(piece);
                }
            }
            Test::Any => found(piece),
        }
    }

    /// Returns the text of tokens with diacritics and tatweel taken out and nothing else changed.
    fn letters_of(&self, first: usize, end: usize) -> String {
        fold(self.source.slice(self.tokens.range(first, end)), FoldLevel::Letters)
    }

    /// Returns the bytes of the token's form before its stem where the token fits.
    fn token_fits(&self, test: &TokenTest, token: usize) -> Option<u8> {
        let facts = &self.tokens.facts[token];
        let form = self.tokens.form(token);
        let conjunction = form.strip_prefix(['و', 'ف']).filter(|rest| rest.chars().nth(2).is_some());
        let has_capital = facts.is(flag::CAPITALISED | flag::CAPITALS | flag::INITIAL);
        let is_arabic_name = facts.is(flag::ARABIC) && !facts.is(flag::DEFINITE) && facts.letters >= 3;
        let agrees = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        let letters = u32::from(facts.letters);
        let fits = agrees(test.definite, facts.is(flag::DEFINITE))
            && agrees(test.number, facts.is(flag::NUMBER))
            && agrees(test.joined, facts.is(flag::JOINED))
            && agrees(test.conjunction, conjunction.is_some() && facts.is(flag::ARABIC))
            && agrees(test.name, is_arabic_name || (facts.is(flag::LATIN) && has_capital))
            && letters >= test.min_letters
            && test.max_letters.is_none_or(|most| letters <= most)
            && test.shape.is_none_or(|shape| has_shape(facts.flags, shape))
            && test.script.is_none_or(|script| match script {
                TokenScript::Arabic => facts.is(flag::ARABIC),
                TokenScript::Latin => facts.is(flag::LATIN),
            });
        if !fits {
            return None;
        }
        let stem = if test.conjunction == Some(true) { conjunction? } else { form };
        if !test.prefix.is_empty() && !test.prefix.iter().any(|prefix| stem.starts_with(prefix.as_str())) {
            return None;
        }
        if !test.suffix.is_empty() && !test.suffix.iter().any(|suffix| stem.ends_with(suffix.as_str())) {
            return None;
        }
        if test.not_suffix.iter().any(|suffix| stem.ends_with(suffix.as_str())) {
            return None;
        }
        let is_listed = test.not_in.iter().any(|class| {
            self.hits.at(token).iter().any(|hit| hit.len == 1 && self.lexicon.counts(*hit, *class))
        });
        let is_parted = test.bare && self.hits.at(token).iter().any(|hit| hit.proclitic != 0);
        if is_listed || is_parted {
            return None;
        }
        let before =
            if test.definite == Some(true) { usize::from(facts.article) } else { form.len() - stem.len() };
        u8::try_from(before).ok()
    }
}

fn has_shape(flags: u16, shape: Shape) -> bool {
    let wanted = match shape {
        Shape::Capitalised => flag::CAPITALISED,
        Shape::Capitals => flag::CAPITALS,
        Shape::Initial => flag::INITIAL,
        Shape::Small => {
            return flags & flag::LATIN != 0
                && flags & (flag::CAPITALISED | flag::CAPITALS | flag::INITIAL) == 0;
        }
    };
    flags & wanted != 0
}

fn index(token: usize) -> u32 {
    u32::try_from(token).unwrap_or(u32::MAX)
}

impl Scratch {
    fn reset(&mut self) {
        self.stack.clear();
        self.pieces.clear();
        self.edges.clear();
        for bit in self.set.drain(..) {
            self.tried[bit / 64] = 0;
        }
    }

    /// Leaves a branch for later.
    fn branch(&mut self, op: u32, token: usize, piece: Option<MatchedPiece>) {
        let (pieces, edges) = (index(self.pieces.len()), index(self.edges.len()));
        self.stack.push(Frame { op, token: index(token), pieces, edges, piece });
    }

    /// Returns whether a branching point was met before, and remembers it.
    fn was_tried(&mut self, bit: usize) -> bool {
        if self.tried.len() <= bit / 64 {
            self.tried.resize(bit / 64 + 1, 0);
        }
        let (word, mask) = (&mut self.tried[bit / 64], 1 << (bit % 64));
        let was = *word & mask != 0;
        if !was {
            *word |= mask;
            self.set.push(bit);
        }
        was
    }

    fn captures(&self) -> Vec<(u8, usize, usize)> {
        let mut open: Vec<(u8, u32)> = Vec::new();
        let mut closed = Vec::new();
        for (capture, opens, token) in &self.edges {
            if *opens {
                open.push((*capture, *token));
            } else if let Some((capture, first)) = open.pop() {
                closed.push((capture, first as usize, *token as usize));
            }
        }
        closed
    }
}
