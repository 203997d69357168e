//! Patterns as small programs: what the matcher runs.
//!
//! As regular expressions are run by a backtracking machine (Cox, "Regular Expression Matching: the Virtual Machine
//! Approach"), with tokens in place of characters.

use std::sync::Arc;

use regex::Regex;

use super::lexicon::ClassId;
use super::pack::{Shape, TokenScript};

/// Names a label within a grammar.
pub(super) type LabelIndex = u16;

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
    /// One of these characters.
    Mark(Box<str>),
    Regex(Box<Regex>),
    Any,
}

impl Test {
    /// Returns whether it may consume more or fewer tokens at one place.
    pub(super) const fn has_choices(&self) -> bool {
        matches!(self, Self::Class { .. } | Self::Exactly(..) | Self::Entity(_))
    }
}

/// What a token must look like; every field that is set must hold.
#[derive(Debug, Default)]
pub(super) struct TokenTest {
    pub(super) definite: Option<bool>,
    pub(super) name: Option<bool>,
    pub(super) number: Option<bool>,
    pub(super) conjunction: Option<bool>,
    pub(super) shape: Option<Shape>,
    pub(super) script: Option<TokenScript>,
    pub(super) prefix: Vec<String>,
    pub(super) suffix: Vec<String>,
    pub(super) not_suffix: Vec<String>,
    pub(super) min_letters: u32,
    pub(super) max_letters: Option<u32>,
    pub(super) not_in: Vec<ClassId>,
    pub(super) joined: Option<bool>,
    /// No known word stands in it behind a proclitic.
    pub(super) bare: bool,
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
    /// A punctuation mark.
    Symbol,
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
    /// The most tokens that a match can have, `Rest` not counted.
    pub(super) max_width: u32,
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
