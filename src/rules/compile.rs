//! From a pattern as written to a program.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::nearest;
use super::lexicon::ClassId;
use super::limits::{MAX_ATOMS, MAX_CAPTURES, MAX_MARKS};
use super::pack::Element;
use super::places::Written;
use super::program::{
    Anchor, AnchorKey, Atom, Gap, Guard, Inside, LabelIndex, MAX_OPS, MarkSet, Op, Program, Row, Test,
};
use crate::text::shortened;

/// How deep parts may use parts.
const MAX_USES: u32 = 8;

/// The marks that open and close a quotation.
pub(super) const OPENING_QUOTES: &str = "«“\"„‹";
pub(super) const CLOSING_QUOTES: &str = "»”\"“›";

/// A mistake in a rule, before its place in the file is known.
#[derive(Debug)]
pub(super) struct Mistake {
    /// What to look for to find the place.
    pub(super) written: Written,
    /// The part of the pack in which it stands; `None` where that is the rule itself.
    pub(super) part: Option<String>,
    pub(super) message: String,
    pub(super) nearest: Option<String>,
    pub(super) hint: &'static str,
}

impl Mistake {
    /// Returns a mistake in the rule itself, without a hint.
    pub(super) const fn new(written: Written, message: String) -> Self {
        Self { written, part: None, message, nearest: None, hint: "" }
    }
}

/// What was made of the patterns of a language so far.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) atoms: Vec<Atom>,
    /// The sets of marks.
    pub(super) marks: Vec<Arc<str>>,
    /// How many regular expressions.
    pub(super) regexes: usize,
}

/// The names that patterns of a language can refer to, and the atoms made so far.
pub(super) struct Names<'a> {
    pub(super) lists: &'a BTreeMap<String, ClassId>,
    pub(super) gazetteers: &'a BTreeMap<String, ClassId>,
    /// Classes of words that stand in patterns themselves, by their writing.
    pub(super) words: &'a BTreeMap<(bool, String), ClassId>,
    pub(super) labels: &'a BTreeMap<String, LabelIndex>,
    pub(super) parts: &'a BTreeMap<String, Vec<Element>>,
    pub(super) made: &'a mut Made,
    pub(super) mistakes: Vec<Mistake>,
    /// Whether the elements under way stand in [`Element::Bare`].
    pub(super) bare: bool,
    /// The part under way, by its name; `None` in the rule itself.
    pub(super) part: Option<String>,
}

/// The fields and elements in which each kind of name stands.
const LISTS: &[&str] = &["List", "list", "After", "stop", "GapWithout", "not_in"];
pub(super) const GAZETTEERS: &[&str] = &["Gazetteer"];
const LABELS: &[&str] = &["Entity", "inside", "not_inside", "label", "Capture"];
const PARTS: &[&str] = &["Use"];

/// The most mistakes of one rule; a pattern with more is not looked at any further.
const MAX_MISTAKES: usize = 100;

/// Tokens from the match's start, the fewest and the most.
#[derive(Debug, Clone, Copy, Default)]
struct Distance {
    min: u32,
    max: u32,
}

impl Distance {
    fn plus(self, min: u32, max: u32) -> Self {
        Self { min: self.min.saturating_add(min), max: self.max.saturating_add(max) }
    }
}

/// The most tokens of a word, name or mention.
pub(super) const MAX_TERM: u32 = 12;

impl Names<'_> {
    /// Returns the program of a pattern; mistakes are collected.
    pub(super) fn program(&mut self, pattern: &[Element]) -> Program {
        let mut program = Program::default();
        self.sequence(pattern, &mut program, Distance::default(), true, 0);
        program.push(Op::Accept);
        self.check_size(&program);
        program.aim(&self.made.atoms);
        if program.ops.len() > MAX_OPS {
            self.mistake(
                Written::Word("pattern"),
                format!("the pattern has more than {MAX_OPS} instructions"),
                "Narrow its repetitions and gaps",
            );
            program = Program { ops: vec![Op::Accept], captures: program.captures, ..Program::default() };
        }
        program
    }

    /// Finds that a program, and all programs together, are not too large.
    fn check_size(&mut self, program: &Program) {
        if self.made.atoms.len() > MAX_ATOMS {
            let message = format!("all patterns of the language have more than {MAX_ATOMS} elements");
            let hint = "Repetitions and parts count as often as they stand; leave rules out, or narrow them";
            self.mistake(Written::Word("pattern"), message, hint);
        }
        if program.captures.len() > MAX_CAPTURES {
            let message =
                format!("the pattern has {} captures; {MAX_CAPTURES} at most", program.captures.len());
            self.mistake(Written::Word("pattern"), message, "Write several rules");
        }
    }

    /// Returns the condition that one of some elements stands beside the match, or that none does; `None` where there
    /// are no elements.
    pub(super) fn guards(&mut self, elements: &[Element], is_behind: bool, wanted: bool) -> Option<Guard> {
        let what = match (is_behind, wanted) {
            (true, true) => "stands behind",
            (true, false) => "stands behind no",
            (false, true) => "stands before",
            (false, false) => "stands before no",
        };
        let field = match (is_behind, wanted) {
            (true, true) => "after",
            (true, false) => "not_after",
            (false, true) => "before",
            (false, false) => "not_before",
        };
        let atoms: Vec<u32> = elements.iter().filter_map(|element| self.guard(field, element)).collect();
        let names: Vec<Arc<str>> =
            atoms.iter().map(|atom| self.made.atoms[*atom as usize].name.clone()).collect();
        let each = names.iter().map(|name| Arc::from(format!("{what} {name}")));
        let atoms: Vec<(u32, Arc<str>)> = atoms.into_iter().zip(each).collect();
        let words = format!("{what} {}", names.join(", ")).into();
        (!atoms.is_empty()).then_some(Guard { is_behind, wanted, atoms, words })
    }

    /// Returns the condition that the match lies inside a mention of one of some labels, or of none; `None` where there
    /// are no labels.
    pub(super) fn inside(&mut self, labels: &[String], wanted: bool) -> Option<Inside> {
        let what = if wanted { "lies inside a mention of" } else { "lies inside no mention of" };
        let words = format!("{what} {}", labels.join(", ")).into();
        let labels: Vec<LabelIndex> = labels.iter().filter_map(|label| self.label(label)).collect();
        (!labels.is_empty()).then_some(Inside { labels, wanted, words })
    }

    /// Returns the atom of an element of a guard, which looks at one word, name, mention or token.
    fn guard(&mut self, field: &'static str, element: &Element) -> Option<u32> {
        let known = self.mistakes.len();
        let mut program = Program::default();
        let element = std::slice::from_ref(element);
        self.sequence(element, &mut program, Distance::default(), false, 0);
        if let [Op::Atom(atom)] = program.ops[..] {
            return Some(atom);
        }
        if self.mistakes.len() > known {
            return None;
        }
        self.mistake(
            Written::Word(field),
            "a guard is one word, list, gazetteer, entity, mark, regex or token".to_owned(),
            "Write several guards in place of a sequence",
        );
        None
    }

    fn sequence(
        &mut self,
        elements: &[Element],
        program: &mut Program,
        from: Distance,
        anchored: bool,
        uses: u32,
    ) -> Distance {
        let mut at = from;
        for element in elements {
            if program.ops.len() > MAX_OPS || self.mistakes.len() > MAX_MISTAKES {
                break;
            }
            at = self.element(element, program, at, anchored, uses);
        }
        at
    }

    fn element(
        &mut self,
        element: &Element,
        program: &mut Program,
        at: Distance,
        anchored: bool,
        uses: u32,
    ) -> Distance {
        match element {
            Element::Capture(name, inner) => {
                let capture = program.capture(name);
                program.push(Op::Open(capture));
                let end = self.sequence(inner, program, at, anchored, uses);
                program.push(Op::Close(capture));
                end
            }
            Element::Optional(inner) => {
                let split = program.push(Op::Accept);
                let end = self.sequence(inner, program, at, false, uses);
                program.ops[split as usize] = Op::Split { prefer: split + 1, other: program.next() };
                Distance { min: at.min, max: end.max }
            }
            Element::Repeat(min, max, inner) => self.repeat((*min, *max), inner, program, at, anchored, uses),
            Element::OneOf(choices) => self.one_of(choices, program, at, anchored, uses),
            Element::Gap(min, max) => self.gap((*min, *max), Vec::new(), program, at),
            Element::GapWithout(min, max, lists) => {
                let without = lists.iter().filter_map(|name| self.list_or_gazetteer(name)).collect();
                self.gap((*min, *max), without, program, at)
            }
            Element::Rest => {
                program.push(Op::Rest);
                Distance { min: at.min, max: u32::MAX }
            }
            Element::Start => {
                program.push(Op::Start);
                if anchored {
                    let any_of = vec![AnchorKey::SentenceStart];
                    program.anchors.push(Anchor { any_of, min: at.min, max: at.max });
                }
                at
            }
            Element::End => {
                program.push(Op::End);
                at
            }
            Element::Quoted(inner) => {
                let open = Element::Mark(OPENING_QUOTES.to_owned());
                let close = Element::Mark(CLOSING_QUOTES.to_owned());
                let inside = self.element(&open, program, at, anchored, uses);
                let end = self.sequence(inner, program, inside, anchored, uses);
                self.element(&close, program, end, false, uses)
            }
            Element::Bare(inner) => {
                let outer = std::mem::replace(&mut self.bare, true);
                let end = self.sequence(inner, program, at, anchored, uses);
                self.bare = outer;
                end
            }
            Element::Use(name) => self.use_part(name, program, at, anchored, uses),
            Element::Line(_) => {
                let hint = "It stands alone in its pattern";
                self.mistake(Written::Word("Line"), "a line is no part of a longer pattern".to_owned(), hint);
                at
            }
            _ => self.atom_element(element, program, at, anchored),
        }
    }

    fn use_part(
        &mut self,
        name: &str,
        program: &mut Program,
        at: Distance,
        anchored: bool,
        uses: u32,
    ) -> Distance {
        let parts = self.parts;
        match parts.get(name) {
            Some(_) if uses >= MAX_USES => {
                let message =
                    format!("the part `{}` uses itself, or parts are nested too deep", shortened(name));
                self.mistake(Written::Name(PARTS, name.to_owned()), message, "");
                at
            }
            Some(inner) => {
                let outer = self.part.replace(name.to_owned());
                let end = self.sequence(inner, program, at, anchored, uses + 1);
                self.part = outer;
                end
            }
            None => {
                let names = parts.keys().map(String::as_str);
                self.unknown("part", PARTS, name, nearest(name, names));
                at
            }
        }
    }

    fn repeat(
        &mut self,
        (min, max): (u32, u32),
        inner: &[Element],
        program: &mut Program,
        at: Distance,
        anchored: bool,
        uses: u32,
    ) -> Distance {
        if min > max || max == 0 {
            let written = Written::Numbers(&["Repeat"], [min, max]);
            self.mistake(written, format!("{min} to {max} times is no repetition"), "");
            return at;
        }
        if inner.is_empty() {
            let written = Written::Numbers(&["Repeat"], [min, max]);
            self.mistake(written, "a repetition of nothing".to_owned(), "Write what is repeated");
            return at;
        }
        if self.is_one_token(inner) {
            let first = program.next();
            self.sequence(inner, program, at, anchored && min > 0, uses);
            if let [Op::Atom(atom)] = program.ops[first as usize..] {
                let row = u32::try_from(program.rows.len()).unwrap_or(u32::MAX);
                program.rows.push(Row { atom, min, max, then: None });
                program.ops[first as usize] = Op::Row(row);
            }
            return at.plus(min, max);
        }
        let mut end = at;
        for i in 0..min {
            if program.ops.len() > MAX_OPS {
                break;
            }
            end = self.sequence(inner, program, end, anchored && i == 0, uses);
        }
        let mut splits = Vec::new();
        let fewest = end.min;
        for _ in min..max {
            if program.ops.len() > MAX_OPS {
                break;
            }
            splits.push(program.push(Op::Accept));
            end = self.sequence(inner, program, end, false, uses);
        }
        let behind = program.next();
        for split in splits {
            program.ops[split as usize] = Op::Split { prefer: split + 1, other: behind };
        }
        Distance { min: fewest, max: end.max }
    }

    /// Returns whether elements take exactly one token, and in one way.
    fn is_one_token(&self, elements: &[Element]) -> bool {
        let mut inner = elements;
        // Parts may use each other; what is nested deeper is no repetition of one token.
        for _ in 0..MAX_USES {
            inner = match inner {
                [Element::Token { .. } | Element::Mark(_) | Element::Regex(_)] => return true,
                [Element::Bare(bare)] => bare,
                [Element::Use(name)] => self.parts.get(name).map_or(&[][..], Vec::as_slice),
                _ => return false,
            };
        }
        false
    }

    fn one_of(
        &mut self,
        choices: &[Vec<Element>],
        program: &mut Program,
        at: Distance,
        anchored: bool,
        uses: u32,
    ) -> Distance {
        let mut jumps = Vec::new();
        let mut reach: Option<Distance> = None;
        // Only what each choice must have anchors them all.
        let mut anchor = Some(Anchor { any_of: Vec::new(), min: u32::MAX, max: 0 });
        for (i, choice) in choices.iter().enumerate() {
            let is_last = i + 1 == choices.len();
            let split = if is_last { None } else { Some(program.push(Op::Accept)) };
            let known = program.anchors.len();
            let end = self.sequence(choice, program, at, anchored, uses);
            let nearest =
                program.anchors.drain(known..).min_by_key(|anchor| (anchor.max - anchor.min, anchor.max));
            anchor = anchor.zip(nearest).map(|(mut all, one)| {
                all.any_of.extend(one.any_of);
                Anchor { any_of: all.any_of, min: all.min.min(one.min), max: all.max.max(one.max) }
            });
            if let Some(split) = split {
                jumps.push(program.push(Op::Jump(0)));
                program.ops[split as usize] = Op::Split { prefer: split + 1, other: program.next() };
            }
            let (min, max) = reach.map_or((end.min, end.max), |r| (r.min.min(end.min), r.max.max(end.max)));
            reach = Some(Distance { min, max });
        }
        let behind = program.next();
        for jump in jumps {
            program.ops[jump as usize] = Op::Jump(behind);
        }
        program.anchors.extend(anchor.filter(|anchor| anchored && !anchor.any_of.is_empty()));
        reach.unwrap_or(at)
    }

    fn gap(
        &mut self,
        (min, max): (u32, u32),
        without: Vec<ClassId>,
        program: &mut Program,
        at: Distance,
    ) -> Distance {
        if min > max || max > 40 {
            let written = Written::Numbers(&["Gap", "GapWithout"], [min, max]);
            self.mistake(
                written,
                format!("a gap of {min} to {max} tokens"),
                "A gap has 40 tokens at most, and no more at least than at most",
            );
            return at;
        }
        let gap = u32::try_from(program.gaps.len()).unwrap_or(u32::MAX);
        program.gaps.push(Gap { min, max, without, then: None });
        program.push(Op::Gap(gap));
        at.plus(min, max)
    }

    fn atom_element(
        &mut self,
        element: &Element,
        program: &mut Program,
        at: Distance,
        anchored: bool,
    ) -> Distance {
        let Some((test, name, longest)) = self.test(element) else {
            return at.plus(1, 1);
        };
        let key = test.key();
        let atom = self.atom(test, &name);
        program.push(Op::Atom(atom));
        if let Some(key) = key.filter(|_| anchored) {
            program.anchors.push(Anchor { any_of: vec![key], min: at.min, max: at.max });
        }
        at.plus(1, longest)
    }

    /// Returns the class of a list.
    pub(super) fn list(&mut self, name: &str) -> Option<ClassId> {
        let class = self.lists.get(name).copied();
        if class.is_none() {
            self.unknown("list", LISTS, name, nearest(name, self.lists.keys().map(String::as_str)));
        }
        class
    }

    /// Returns the class of a list, or of a gazetteer where no list has that name.
    pub(super) fn list_or_gazetteer(&mut self, name: &str) -> Option<ClassId> {
        self.gazetteers
            .get(name)
            .copied()
            .filter(|_| !self.lists.contains_key(name))
            .or_else(|| self.list(name))
    }

    /// Returns the index of a label.
    pub(super) fn label(&mut self, name: &str) -> Option<LabelIndex> {
        let label = self.labels.get(name).copied();
        if label.is_none() {
            self.unknown("label", LABELS, name, nearest(name, self.labels.keys().map(String::as_str)));
        }
        label
    }

    pub(super) fn unknown(
        &mut self,
        what: &str,
        owners: &'static [&'static str],
        name: &str,
        nearest: Option<String>,
    ) {
        let hint = if what == "label" { "A label exists where a rule captures it" } else { "" };
        let message = format!("the {what} `{}` does not exist", shortened(name));
        let written = Written::Name(owners, name.to_owned());
        self.mistakes.push(Mistake { written, part: self.part.clone(), message, nearest, hint });
    }

    pub(super) fn mistake(&mut self, written: Written, message: String, hint: &'static str) {
        self.mistakes.push(Mistake { written, part: self.part.clone(), message, nearest: None, hint });
    }

    pub(super) fn mark_set(&mut self, marks: &str) -> MarkSet {
        let known = self.made.marks.iter().position(|set| &**set == marks);
        if known.is_none() && self.made.marks.len() == MAX_MARKS {
            let message = format!("the packs of the language have more than {MAX_MARKS} different marks");
            self.mistake(Written::Name(&["Mark"], marks.to_owned()), message, "");
            return 0;
        }
        let set = known.unwrap_or_else(|| {
            self.made.marks.push(marks.into());
            self.made.marks.len() - 1
        });
        MarkSet::try_from(set).unwrap_or(MarkSet::MAX)
    }

    fn atom(&mut self, test: Test, name: &str) -> u32 {
        self.made.atoms.push(Atom { test, name: Arc::from(name) });
        u32::try_from(self.made.atoms.len() - 1).unwrap_or(u32::MAX)
    }
}
