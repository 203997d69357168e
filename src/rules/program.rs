//! Patterns as small programs: what the matcher runs.
//!
//! As regular expressions are run by a backtracking machine (Cox, "Regular Expression Matching: the Virtual Machine
//! Approach"), with tokens in place of characters.

use std::sync::Arc;

use regex::Regex;

use super::lexicon::ClassId;
use super::tokens::flag;

/// Names a label within a grammar.
pub(super) type LabelIndex = u16;

/// Names a set of marks within a grammar.
pub(super) type MarkSet = u16;

/// The most instructions of one pattern; a bounded gap or repetition is written out.
pub(super) const MAX_OPS: usize = 4096;

/// One instruction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    /// Consume tokens by an atom of the grammar.
    Atom(u32),
    /// Go on at `prefer`, and at `other` when that fails.
    Split { prefer: u32, other: u32 },
    /// Go on elsewhere.
    Jump(u32),
    /// A capture begins.
    Open(u8),
    /// A capture ends.
    Close(u8),
    /// Hold only at the sentence's first token.
    Start,
    /// Hold only at the sentence's end or before its closing full stop.
    End,
    /// Consume everything up to there.
    Rest,
    /// Leap over any tokens, as few as possible: a gap of the program.
    Gap(u32),
    /// Consume tokens that one atom fits, as many as possible: a row of the program.
    Row(u32),
    /// The pattern matched.
    Accept,
}

/// What consumes tokens.
#[derive(Debug)]
pub(super) struct Atom {
    pub(super) test: Test,
    /// The element in the rule language's words.
    pub(super) name: Arc<str>,
}

#[derive(Debug)]
pub(super) enum Test {
    /// A hit of a class; `bare` without a proclitic.
    Class {
        class: ClassId,
        bare: bool,
    },
    /// A hit of a class, spelled exactly so and without proclitic.
    Exactly(ClassId, Arc<str>),
    /// A mention of a label.
    Entity(LabelIndex),
    Token(Box<TokenTest>),
    /// A punctuation mark of a set.
    Mark(MarkSet),
    Regex(Box<Regex>),
}

impl Test {
    /// Returns whether it may consume more or fewer tokens at one place.
    pub(super) const fn has_choices(&self) -> bool {
        matches!(self, Self::Class { .. } | Self::Exactly(..) | Self::Entity(_))
    }

    /// Returns what stands in the article's indexes wherever it fits; `None` where no index has it.
    pub(super) fn key(&self) -> Option<AnchorKey> {
        match self {
            Self::Class { class, .. } | Self::Exactly(class, _) => Some(AnchorKey::Class(*class)),
            Self::Entity(label) => Some(AnchorKey::Entity(*label)),
            Self::Token(test) if test.must & flag::NUMBER != 0 => Some(AnchorKey::Number),
            Self::Token(test) if test.must & flag::CAPITALS != 0 => Some(AnchorKey::Capitals),
            Self::Mark(set) => Some(AnchorKey::Mark(*set)),
            Self::Token(_) | Self::Regex(_) => None,
        }
    }
}

/// What a token must look like; every field that is set must hold.
#[derive(Debug, Default)]
pub(super) struct TokenTest {
    /// Bits of [`flag`](super::tokens::flag) that must all be set.
    pub(super) must: u16,
    /// Bits of which none may be set.
    pub(super) must_not: u16,
    /// Where the span begins.
    pub(super) stem: StemAt,
    pub(super) prefix: Vec<String>,
    pub(super) suffix: Vec<String>,
    pub(super) not_suffix: Vec<String>,
    pub(super) min_letters: u32,
    pub(super) max_letters: Option<u32>,
    pub(super) not_in: Vec<ClassId>,
    /// No known word stands in it behind a proclitic.
    pub(super) bare: bool,
}

/// Where in a token that fits a test the span begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StemAt {
    /// At its start.
    #[default]
    Start,
    /// Behind its و or ف.
    BehindConjunction,
    /// At its article.
    Article,
}

/// Tokens that a pattern leaps over.
#[derive(Debug)]
pub(super) struct Gap {
    /// The fewest tokens.
    pub(super) min: u32,
    /// The most.
    pub(super) max: u32,
    /// No word of these classes may stand in it.
    pub(super) without: Vec<ClassId>,
    /// What the pattern goes on with, where that is known: only such places are tried.
    pub(super) then: Option<Vec<AnchorKey>>,
}

/// Tokens one after another that one atom fits, which takes a single token each time.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) atom: u32,
    /// The fewest tokens.
    pub(super) min: u32,
    /// The most.
    pub(super) max: u32,
    /// What the pattern goes on with, where that is known: only such places are tried.
    pub(super) then: Option<Vec<AnchorKey>>,
}

/// A condition on what stands right behind or before a match.
#[derive(Debug)]
pub(super) struct Guard {
    /// Whether it looks at what stands before the match; the rule stands behind that.
    pub(super) is_behind: bool,
    /// Whether one of the atoms must fit there; else none may.
    pub(super) wanted: bool,
    /// The atoms, each with the condition in words.
    pub(super) atoms: Vec<(u32, Arc<str>)>,
    /// The condition in words, with all atoms.
    pub(super) words: Arc<str>,
}

/// A condition on the mentions around a match.
#[derive(Debug)]
pub(super) struct Inside {
    pub(super) labels: Vec<LabelIndex>,
    /// Whether the match must lie inside a mention of one of the labels; else inside none.
    pub(super) wanted: bool,
    /// The condition in words.
    pub(super) words: Arc<str>,
}

/// What must be found near a match's start, so that only such places are tried.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// One of these.
    pub(super) any_of: Vec<AnchorKey>,
    /// Tokens between the match's start and it.
    pub(super) min: u32,
    /// At most so many.
    pub(super) max: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnchorKey {
    Class(ClassId),
    Entity(LabelIndex),
    /// A number in digits.
    Number,
    /// A word in capitals.
    Capitals,
    /// A punctuation mark of a set.
    Mark(MarkSet),
    /// The start of a sentence.
    SentenceStart,
}

/// A compiled pattern.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    /// The captures' names, by index.
    pub(super) captures: Vec<Arc<str>>,
    /// Where a match can begin; the engine takes the one that is rarest in the article. Empty: anywhere.
    pub(super) anchors: Vec<Anchor>,
    pub(super) gaps: Vec<Gap>,
    pub(super) rows: Vec<Row>,
    /// What a match must go on with at each instruction, where that is known.
    pub(super) begins: Vec<Option<Vec<AnchorKey>>>,
}

impl Program {
    /// Appends an instruction and returns its place.
    pub(super) fn push(&mut self, op: Op) -> u32 {
        self.ops.push(op);
        self.next() - 1
    }

    /// Returns the place of the next instruction.
    pub(super) fn next(&self) -> u32 {
        u32::try_from(self.ops.len()).unwrap_or(u32::MAX)
    }

    /// Returns the atoms with which a match can go on at an instruction; `None` where it can go on with something else,
    /// or end.
    pub(super) fn first_atoms(&self, from: u32) -> Option<Vec<u32>> {
        let mut atoms = Vec::new();
        let mut seen = vec![false; self.ops.len()];
        let mut open = vec![from];
        while let Some(op) = open.pop() {
            if std::mem::replace(&mut seen[op as usize], true) {
                continue;
            }
            match self.ops[op as usize] {
                Op::Atom(atom) => atoms.push(atom),
                Op::Split { prefer, other } => open.extend([prefer, other]),
                Op::Jump(to) => open.push(to),
                Op::Open(_) | Op::Close(_) => open.push(op + 1),
                Op::Row(row) => {
                    let row = &self.rows[row as usize];
                    atoms.push(row.atom);
                    if row.min == 0 {
                        open.push(op + 1);
                    }
                }
                Op::Start | Op::End | Op::Rest | Op::Gap(_) | Op::Accept => return None,
            }
        }
        Some(atoms)
    }

    /// Settles what stands behind each gap and row, and what each branch begins with, so that the matcher leaps to the
    /// former and leaves out the latter.
    pub(super) fn aim(&mut self, atoms: &[Atom]) {
        let keys = |program: &Self, from: u32| -> Option<Vec<AnchorKey>> {
            let first = program.first_atoms(from)?;
            first.iter().map(|atom| atoms[*atom as usize].test.key()).collect()
        };
        self.begins = vec![None; self.ops.len()];
        for op in 0..self.ops.len() {
            let next = u32::try_from(op + 1).unwrap_or(u32::MAX);
            match self.ops[op] {
                Op::Gap(gap) => self.gaps[gap as usize].then = keys(self, next),
                Op::Row(row) => self.rows[row as usize].then = keys(self, next),
                Op::Split { prefer, other } => {
                    for branch in [prefer, other] {
                        self.begins[branch as usize] = keys(self, branch);
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns the index of a capture, by name.
    pub(super) fn capture(&mut self, name: &str) -> u8 {
        let known = self.captures.iter().position(|c| &**c == name);
        let index = known.unwrap_or_else(|| {
            self.captures.push(name.into());
            self.captures.len() - 1
        });
        u8::try_from(index).unwrap_or(u8::MAX)
    }
}
