//! Names that stand elsewhere in the same article: حفتر, once خليفة حفتر is known.
//!
//! Propagation copies mistakes too, so a name counts only when rules found it several times or a human made it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Fragments;
use crate::text::{PROCLITICS, TextRange};

use super::candidate::{Candidate, Found};
use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::context::Context;
use super::load::{PartOf, Propagation};
use super::matcher::View;
use super::mentions::Mention;
use super::tokens::flag;

/// A name to look for.
struct Name {
    /// The folded forms of its tokens, a space behind each.
    forms: Vec<String>,
    /// Where it stands first.
    origin: TextRange,
    /// How many mentions have it.
    count: u32,
    by_human: bool,
}

/// Returns further mentions of the names that mentions of the label have.
pub(super) fn propagate(
    propagation: &Propagation,
    rule: usize,
    view: &View<'_>,
    context: &Context,
) -> Vec<Candidate> {
    let names = names(propagation, view, context);
    let mut by_first: BTreeMap<&str, Vec<&Name>> = BTreeMap::new();
    for name in names.values().filter(|n| n.by_human || n.count >= propagation.confirmed) {
        by_first.entry(&name.forms[0]).or_default().push(name);
    }
    for names in by_first.values_mut() {
        names.sort_by_key(|name| (std::cmp::Reverse(name.forms.len()), name.origin));
    }
    if by_first.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for token in 0..view.tokens.len() {
        if let Some((name, stem)) = name_at(view, &by_first, token) {
            let end = token + name.forms.len();
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
    }
    found
}

fn names(propagation: &Propagation, view: &View<'_>, context: &Context) -> BTreeMap<Vec<String>, Name> {
    let human: BTreeSet<TextRange> = context.confirmed.iter().map(|c| c.fragments.hull()).collect();
    let mut names: BTreeMap<Vec<String>, Name> = BTreeMap::new();
    for mention in view.mentions.all.iter().filter(|m| m.label == propagation.label) {
        let Some((first, end)) = part(propagation.part, view, mention) else {
            continue;
        };
        let forms: Vec<String> = (first..end)
            .map(|token| {
                let stem = if token == mention.first as usize { usize::from(mention.stem) } else { 0 };
                view.tokens.form(token).split_at(stem).1.to_owned()
            })
            .collect();
        let letters: usize = forms.iter().map(|form| form.chars().count()).sum();
        let is_stopped =
            end == first + 1 && propagation.stop.iter().any(|class| view.is_word_of(first, *class));
        if letters < propagation.min_letters as usize || is_stopped {
            continue;
        }
        let whole = view.span(mention.first as usize, mention.end.0 as usize, mention.stem);
        let name =
            names.entry(forms.clone()).or_insert(Name { forms, origin: whole, count: 0, by_human: false });
        name.count += 1;
        name.by_human |= human.contains(&whole);
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

/// Returns the longest name that begins at a token, and the bytes of the proclitic before it.
fn name_at<'a>(
    view: &View<'_>,
    by_first: &BTreeMap<&str, Vec<&'a Name>>,
    token: usize,
) -> Option<(&'a Name, u8)> {
    let facts = view.tokens.facts[token];
    if facts.is(flag::SYMBOL) || (facts.is(flag::LATIN) && !facts.is(flag::CAPITALISED | flag::CAPITALS)) {
        return None;
    }
    let form = view.tokens.form(token);
    let follows = |name: &Name| {
        token + name.forms.len() <= view.tokens.len()
            && name.forms.iter().enumerate().skip(1).all(|(i, f)| view.tokens.form(token + i) == f)
    };
    let fitting = |stem: &str| by_first.get(stem)?.iter().copied().find(|name| follows(name));
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

fn is_quoted(view: &View<'_>, first: usize, end: usize) -> bool {
    let opened = first.checked_sub(1).is_some_and(|before| view.is_mark(before, OPENING_QUOTES));
    opened && end < view.tokens.len() && view.is_mark(end, CLOSING_QUOTES)
}
