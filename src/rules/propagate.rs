//! Names that stand elsewhere in the same article: حفتر, once خليفة حفتر is known.
//!
//! Propagation copies mistakes too, so a name counts only when rules found it several times or a human made it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::Fragments;
use crate::text::{PROCLITICS, TextRange};

use super::candidate::{Candidate, Found};
use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::context::Context;
use super::grammar::{PartOf, Propagation};
use super::matcher::View;
use super::mentions::Mention;
use super::tokens::{ENDINGS, ending, flag};

/// A name to look for.
struct Name {
    /// The folded forms of its tokens, a space behind each: how it stands in [`Tokens::forms`](super::tokens::Tokens).
    form: String,
    tokens: usize,
    /// Where it stands first.
    origin: TextRange,
    /// How many mentions have it.
    count: u32,
    by_human: bool,
}

/// The names to look for, by the folded form of their first token, the longest first.
struct Names<'a> {
    by_first: HashMap<&'a str, Vec<&'a Name>>,
    /// What the first tokens end in, by [`ending`]: most tokens of an article end in nothing of the kind, whatever
    /// proclitic they begin with.
    endings: Vec<bool>,
}

/// Returns further mentions of the names that mentions of the label have.
pub(super) fn propagate(
    propagation: &Propagation,
    rule: usize,
    view: &View<'_>,
    context: &Context,
) -> Vec<Candidate> {
    let names = names(propagation, view, context);
    let known = names.values().filter(|n| n.by_human || n.count >= propagation.confirmed);
    let names = Names::new(known);
    let mut found = Vec::new();
    if names.by_first.is_empty() {
        return found;
    }
    for token in 0..view.tokens.len() {
        let Some((name, stem)) = names.at(view, token) else { continue };
        let end = token + name.tokens;
        if propagation.quoted && !is_quoted(view, token, end) {
            continue;
        }
        let range = view.span(token, end, stem);
        let found_here = Found::Mention {
            label: propagation.label,
            tokens: (token, end),
            stem,
            origin: Some(name.origin).filter(|origin| *origin != range),
        };
        found.extend(Fragments::single(range).ok().map(|fragments| Candidate {
            rule,
            found: found_here,
            fragments,
            matched: None,
            losers: Vec::new(),
        }));
    }
    found
}

/// Returns the names that mentions of the label have, by their form.
fn names(propagation: &Propagation, view: &View<'_>, context: &Context) -> BTreeMap<String, Name> {
    let human: BTreeSet<TextRange> = context.confirmed.iter().map(|c| c.fragments.hull()).collect();
    let mut names: BTreeMap<String, Name> = BTreeMap::new();
    let mut form = String::new();
    for mention in view.mentions.all.iter().filter(|m| m.label == propagation.label) {
        let Some((first, end)) = part(propagation.part, view, mention) else {
            continue;
        };
        form.clear();
        for token in first..end {
            let stem = if token == mention.first as usize { usize::from(mention.stem) } else { 0 };
            form.push_str(view.tokens.form(token).split_at(stem).1);
            form.push(' ');
        }
        let letters = form.chars().count() - (end - first);
        let is_stopped =
            end == first + 1 && propagation.stop.iter().any(|class| view.is_word_of(first, *class));
        if letters < propagation.min_letters as usize || is_stopped {
            continue;
        }
        let whole = view.span(mention.first as usize, mention.end.0 as usize, mention.stem);
        if !names.contains_key(&form) {
            let (form, tokens) = (form.clone(), end - first);
            names.insert(form.clone(), Name { form, tokens, origin: whole, count: 0, by_human: false });
        }
        if let Some(name) = names.get_mut(&form) {
            name.count += 1;
            name.by_human |= human.contains(&whole);
        }
    }
    names
}

/// Returns the tokens of the part of a mention that is propagated.
fn part(part: PartOf, view: &View<'_>, mention: &Mention) -> Option<(usize, usize)> {
    let (first, end) = (mention.first as usize, mention.end.0 as usize);
    match part {
        PartOf::Whole => Some((first, end)),
        PartOf::Last if end - first >= 2 => Some((end - 1, end)),
        PartOf::First if end - first >= 2 => Some((first, first + 1)),
        PartOf::After(list) => {
            let head = view.hits.at(first).iter().find(|hit| view.lexicon.counts(**hit, list))?;
            let rest = first + usize::from(head.len);
            if rest < end { view.without_edge_quotes((rest, end)) } else { None }
        }
        PartOf::Last | PartOf::First => None,
    }
}

impl<'a> Names<'a> {
    fn new(names: impl Iterator<Item = &'a Name>) -> Self {
        let mut new = Self { by_first: HashMap::new(), endings: vec![false; ENDINGS] };
        for name in names {
            let first = name.form.split(' ').next().unwrap_or_default();
            new.endings[usize::from(ending(first))] = true;
            new.by_first.entry(first).or_default().push(name);
        }
        #[expect(clippy::iter_over_hash_type, reason = "each entry is sorted by itself")]
        for names in new.by_first.values_mut() {
            names.sort_by_key(|name| (std::cmp::Reverse(name.tokens), name.origin));
        }
        new
    }

    /// Returns the longest name that begins at a token, and the bytes of the proclitic before it.
    fn at(&self, view: &View<'_>, token: usize) -> Option<(&'a Name, u8)> {
        let facts = view.tokens.facts[token];
        if !self.endings[usize::from(facts.ending)]
            || facts.is(flag::SYMBOL)
            || (facts.is(flag::LATIN) && !facts.is(flag::CAPITALISED | flag::CAPITALS))
        {
            return None;
        }
        let form = view.tokens.form(token);
        let fitting = |stem: &str| {
            let text = view.tokens.forms_from(token, form.len() - stem.len());
            let names = self.by_first.get(stem)?;
            names.iter().copied().find(|name| text.starts_with(name.form.as_str()))
        };
        if let Some(name) = fitting(form) {
            return Some((name, 0));
        }
        if !facts.is(flag::ARABIC) {
            return None;
        }
        PROCLITICS.iter().find_map(|proclitic| {
            let name = fitting(form.strip_prefix(proclitic)?)?;
            Some((name, u8::try_from(proclitic.len()).ok()?))
        })
    }
}

fn is_quoted(view: &View<'_>, first: usize, end: usize) -> bool {
    let opened = first.checked_sub(1).is_some_and(|before| view.is_mark(before, OPENING_QUOTES));
    opened && end < view.tokens.len() && view.is_mark(end, CLOSING_QUOTES)
}
