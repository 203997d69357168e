//! The rules of one language, compiled: what the engine runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regex::Regex;

use crate::model::AttributeValue;

use super::lexicon::{ClassId, Lexicon};
use super::pack::{Examples, Note, SpanPolicy};
use super::program::{Atom, Guard, Inside, LabelIndex, Program};

/// All rules of one language, compiled.
pub(super) struct Grammar {
    pub(super) lexicon: Lexicon,
    pub(super) atoms: Vec<Atom>,
    /// The sets of marks that patterns look for, by index.
    pub(super) marks: Vec<Arc<str>>,
    /// What belongs to a span.
    pub(super) spans: SpanPolicy,
    /// Label names, by index.
    pub(super) labels: Vec<Arc<str>>,
    /// Sorted by stage, then id.
    pub(super) rules: Vec<CompiledRule>,
    /// What the cues of each list say of their claim.
    pub(super) list_attributes: BTreeMap<ClassId, Attributes>,
    /// The lists by name, for code that reads one (sources of claims).
    pub(super) lists: BTreeMap<String, ClassId>,
}

/// A rule that is ready to run.
#[derive(Debug)]
pub(super) struct CompiledRule {
    /// With its language (`ar/org-ministry`).
    pub(super) id: Arc<str>,
    /// With its version (`ar-news@1`).
    pub(super) pack: Arc<str>,
    pub(super) stage: u32,
    /// Whether a pack mutes it: it is checked and never run.
    pub(super) is_muted: bool,
    /// Its place among all rules by strength: priority, then confidence, then id. The lower wins.
    pub(super) rank: u32,
    pub(super) priority: i32,
    pub(super) confidence: f32,
    pub(super) action: Action,
    pub(super) program: Program,
    /// Conditions on what stands beside the match.
    pub(super) guards: Vec<Guard>,
    /// Classes of which a word must stand so many tokens around the match at most, with the condition in words.
    pub(super) within: Vec<(ClassId, u32, Arc<str>)>,
    /// Conditions on the mentions around the match.
    pub(super) insides: Vec<Inside>,
    /// The labels whose mentions it looks at.
    pub(super) uses: BTreeSet<LabelIndex>,
    pub(super) source_is_name: bool,
    pub(super) attributes: Attributes,
    pub(super) note: Note,
    pub(super) examples: Examples,
    /// The file and the place of the rule in it.
    pub(super) place: Place,
    /// The places of its examples, those that must match first.
    pub(super) example_places: Vec<Place>,
}

/// What is done with the matches of a rule.
#[derive(Debug)]
pub(super) enum Action {
    /// Mentions, the label of each capture by the capture's index.
    Entity(Vec<LabelIndex>),
    Claim,
    Negative,
    /// Nothing is suggested on lines like this.
    NegativeLine(Box<Regex>),
    Propagate(Propagation),
}

#[derive(Debug)]
pub(super) struct Propagation {
    pub(super) label: LabelIndex,
    pub(super) part: PartOf,
    pub(super) confirmed: u32,
    pub(super) min_letters: u32,
    pub(super) stop: Vec<ClassId>,
    pub(super) quoted: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum PartOf {
    Whole,
    Last,
    First,
    After(ClassId),
}

/// What is set on an annotation, by the schema's ids.
pub(super) type Attributes = BTreeMap<Arc<str>, AttributeValue>;

/// A place in a pack file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: Arc<str>,
    pub(super) line: u32,
    pub(super) column: u32,
}
