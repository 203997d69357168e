//! From a match of a claim rule to who claims what.
//!
//! A pattern finds the cue and roughly what stands around it; the edges are settled here: a quotation is followed to
//! its closing quote beyond the sentence, edge marks and proclitics are left out, and the kind of source is read from
//! the words and mentions in it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{AttributeValue, Fragments, RoleFiller, RoleId};
use crate::text::TextRange;

use super::candidate::{Candidate, Found};
use super::compile::{CLOSING_QUOTES, OPENING_QUOTES};
use super::grammar::{CompiledRule, Grammar};
use super::matcher::{Match, View};
use super::tokens::flag;

/// Marks that are no part of a role at its edges.
const EDGE_MARKS: &str = ",،:؛;.…-–—!؟?()";

/// The lists whose words tell the kind of a source, and the schema's value for each.
const KIND_LISTS: [(&str, &str); 3] = [
    ("source_anonymous", "anonymous"),
    ("source_official", "official_unnamed"),
    ("source_document", "document"),
];

/// The list of cues that end the content before them, behind a comma.
const CONTENT_ENDS: &str = "content_ends";

/// The list of words that alone are no source.
const NO_SOURCE: &str = "no_source";

/// The labels whose mentions tell the kind of a source, the strongest first.
const KIND_LABELS: [(&str, &str); 4] =
    [("PERS", "named"), ("MEDIA", "media"), ("ORG", "named"), ("GPE", "named")];

/// The parts of a claim beside its content.
#[derive(Debug, Clone)]
pub(super) struct ClaimParts {
    pub(super) cue: Fragments,
    pub(super) source: Option<Fragments>,
    pub(super) addressee: Option<Fragments>,
    pub(super) attributes: BTreeMap<Arc<str>, AttributeValue>,
}

impl ClaimParts {
    /// Returns the roles as the schema names them; a claim whose sentence names nobody has an unnamed source.
    pub(super) fn roles(&self) -> BTreeMap<RoleId, Vec<RoleFiller>> {
        let span = |fragments: &Fragments| vec![RoleFiller::Span(fragments.clone())];
        let mut roles = BTreeMap::new();
        roles.insert(RoleId::from(RoleId::CUE), span(&self.cue));
        let source = self.source.as_ref().map_or_else(|| vec![RoleFiller::Unnamed], span);
        roles.insert(RoleId::from(RoleId::SOURCE), source);
        if let Some(addressee) = &self.addressee {
            roles.insert(RoleId::from("ADDRESSEE"), span(addressee));
        }
        roles
    }
}

/// Returns the claim of a match; `None` where a part that it needs has no text.
pub(super) fn candidate(
    view: &View<'_>,
    grammar: &Grammar,
    index: usize,
    rule: &CompiledRule,
    matched: Match,
) -> Option<Candidate> {
    let captured = |name: &str| -> Vec<Range<usize>> {
        let named = matched.captures.iter().filter(|c| &*rule.program.captures[usize::from(c.0)] == name);
        named.map(|(_, first, end)| *first..*end).collect()
    };
    let cue_tokens = captured("cue");
    let cue =
        view.fragments(&matched, cue_tokens.iter().filter_map(|r| view.without_edge_marks(r.clone())))?;
    let source_tokens = captured("source").into_iter().filter_map(|range| {
        let range = view.without_edge_marks(range)?;
        let range = if rule.source_is_name { view.name_in(grammar, range) } else { range };
        view.says_who(grammar, &range).then_some(range)
    });
    let source_tokens: Vec<Range<usize>> = source_tokens.collect();
    let names_source = rule.program.captures.iter().any(|c| &**c == "source");
    let source = view.fragments(&matched, source_tokens.iter().cloned());
    if names_source && source.is_none() {
        return None;
    }
    let content_tokens: Vec<Range<usize>> =
        captured("content").into_iter().filter_map(|r| view.content(grammar, r)).collect();
    let content = view.fragments(&matched, content_tokens.iter().cloned())?;
    let taken = cue.overlaps(&content) || source.as_ref().is_some_and(|source| source.overlaps(&content));
    if taken {
        return None;
    }
    let addressee = captured("addressee").into_iter().filter_map(|r| view.without_edge_marks(r));
    let addressee = view.fragments(&matched, addressee);
    let mut attributes = cue_attributes(view, grammar, &matched, &cue_tokens);
    let choice = |value: &str| AttributeValue::Choice(value.into());
    attributes.insert("quote".into(), choice(view.quotation(&content_tokens)));
    if let Some(kind) = source_kind(view, grammar, &source_tokens) {
        attributes.insert("source_kind".into(), choice(kind));
    }
    attributes.extend(rule.attributes.clone());
    Some(Candidate {
        rule: index,
        found: Found::Claim(Box::new(ClaimParts { cue, source, addressee, attributes })),
        fragments: content,
        matched: Some(Arc::new(matched)),
        losers: Vec::new(),
    })
}

/// Returns what the lists of the cue's words say of the claim.
fn cue_attributes(
    view: &View<'_>,
    grammar: &Grammar,
    matched: &Match,
    cue: &[Range<usize>],
) -> BTreeMap<Arc<str>, AttributeValue> {
    let mut attributes = BTreeMap::new();
    let in_cue = |token: u32| cue.iter().any(|r| r.contains(&(token as usize)));
    for hit in matched.pieces.iter().filter(|p| in_cue(p.token)).filter_map(|p| p.hit) {
        for (class, of_list) in &grammar.list_attributes {
            if view.lexicon.counts(hit, *class) {
                attributes.extend(of_list.clone());
            }
        }
    }
    attributes
}

/// Returns the kind of a source by its words and by the mentions in it.
fn source_kind(view: &View<'_>, grammar: &Grammar, source: &[Range<usize>]) -> Option<&'static str> {
    let has_mention = |label: &str| {
        let index = grammar.labels.iter().position(|known| &**known == label);
        index.is_some_and(|index| {
            source
                .iter()
                .flat_map(|range| view.mentions.within(range))
                .any(|mention| usize::from(mention.label) == index)
        })
    };
    let has_word = |list: &str| {
        let class = grammar.lists.get(list);
        class.is_some_and(|class| {
            source.iter().flat_map(Clone::clone).any(|token| view.hits.has(token, *class))
        })
    };
    if has_mention("PERS") {
        return Some("named");
    }
    let by_word = KIND_LISTS.iter().find(|(list, _)| has_word(list));
    let by_label = || KIND_LABELS.iter().find(|(label, _)| has_mention(label));
    by_word.or_else(by_label).map(|(_, kind)| *kind)
}

impl View<'_> {
    /// Returns the span of token ranges, a proclitic of their first tokens left out.
    fn fragments(&self, matched: &Match, ranges: impl Iterator<Item = Range<usize>>) -> Option<Fragments> {
        let spans: Vec<TextRange> = ranges
            .map(|range| {
                let piece = matched.pieces.iter().find(|p| p.token as usize == range.start);
                self.span(range.start, range.end, piece.map_or(0, |p| p.stem))
            })
            .collect();
        Fragments::new(spans).ok()
    }

    /// Returns tokens without the marks at their edges and the quotes around them.
    fn without_edge_marks(&self, range: Range<usize>) -> Option<Range<usize>> {
        let (mut first, mut end) = (range.start, range.end);
        loop {
            while first < end && self.is_mark(first, EDGE_MARKS) {
                first += 1;
            }
            while first < end && self.is_mark(end - 1, EDGE_MARKS) {
                end -= 1;
            }
            let inner = self.without_edge_quotes((first, end))?;
            if inner == (first, end) {
                return (first < end).then_some(first..end);
            }
            (first, end) = inner;
        }
    }

    /// Returns the tokens of a content: a quotation that it begins or ends is taken whole.
    fn content(&self, grammar: &Grammar, range: Range<usize>) -> Option<Range<usize>> {
        let mut range = range;
        range.end = self.next_cue(grammar, &range).unwrap_or(range.end);
        while range.start < range.end && self.is_mark(range.start, EDGE_MARKS) {
            range.start += 1;
        }
        if range.is_empty() {
            return None;
        }
        if self.is_mark(range.start, OPENING_QUOTES)
            && !self.has_mark(range.start + 1..range.end, CLOSING_QUOTES)
        {
            range.end = self.closing_quote(range.end).map_or(range.end, |close| close + 1);
        }
        let mut last = range.end - 1;
        while last > range.start && self.is_mark(last, EDGE_MARKS) {
            last -= 1;
        }
        let closes = self.is_mark(last, CLOSING_QUOTES) || self.closes_behind(range.end);
        let is_open = range.start.checked_sub(1).is_some_and(|before| self.is_mark(before, OPENING_QUOTES));
        if closes && !is_open && !self.has_mark(range.start..last, OPENING_QUOTES) {
            range.start = self.opening_quote(range.start).unwrap_or(range.start);
        }
        self.without_edge_marks(range)
    }

    /// Returns whether a quote closes behind a content, perhaps after a comma or a full stop.
    fn closes_behind(&self, end: usize) -> bool {
        let mut behind = end..(end + 2).min(self.tokens.len());
        behind
            .find(|token| !self.is_mark(*token, EDGE_MARKS))
            .is_some_and(|token| self.is_mark(token, CLOSING_QUOTES))
    }

    /// Returns the comma of a content behind which the next cue begins ("…, adding that …"), outside quotes.
    fn next_cue(&self, grammar: &Grammar, content: &Range<usize>) -> Option<usize> {
        let cues = grammar.lists.get(CONTENT_ENDS)?;
        let mut quotes = 0_u32;
        (content.start + 2..content.end.saturating_sub(1)).find(|token| {
            quotes += u32::from(self.is_mark(*token, OPENING_QUOTES) || self.is_mark(*token, CLOSING_QUOTES));
            quotes.is_multiple_of(2) && self.is_mark(*token, ",،؛;") && self.hits.has(token + 1, *cues)
        })
    }

    /// Returns whether words can be a source: more than particles and marks.
    fn says_who(&self, grammar: &Grammar, source: &Range<usize>) -> bool {
        let particles = grammar.lists.get(NO_SOURCE);
        source.clone().any(|token| {
            let is_particle = particles.is_some_and(|class| self.is_word_of(token, *class));
            self.tokens.facts[token].letters > 0 && !is_particle
        })
    }

    /// Returns the name of a person in a source with title or apposition: the one that it begins with, else the one
    /// that it ends with.
    fn name_in(&self, grammar: &Grammar, source: Range<usize>) -> Range<usize> {
        let Some(person) = grammar.labels.iter().position(|label| &**label == "PERS") else {
            return source;
        };
        let persons = self.mentions.within(&source).iter().filter(|m| usize::from(m.label) == person);
        let mut persons = persons.map(|m| m.first as usize..m.end.0 as usize);
        let first = persons.clone().find(|name| name.start == source.start && name.end <= source.end);
        first.or_else(|| persons.find(|n| n.end == source.end && n.start > source.start)).unwrap_or(source)
    }

    fn has_mark(&self, mut range: Range<usize>, marks: &str) -> bool {
        range.any(|token| self.is_mark(token, marks))
    }

    /// Returns the next closing quote of the paragraph.
    fn closing_quote(&self, from: usize) -> Option<usize> {
        let rest = from..self.tokens.len();
        let mut paragraph = rest.take_while(|token| !self.tokens.facts[*token].is(flag::LINE_START));
        paragraph.find(|token| self.is_mark(*token, CLOSING_QUOTES))
    }

    /// Returns the last opening quote of the paragraph before a token.
    fn opening_quote(&self, before: usize) -> Option<usize> {
        let mut token = before;
        while token > 0 && !self.tokens.facts[token].is(flag::LINE_START) {
            token -= 1;
            if self.is_mark(token, OPENING_QUOTES) {
                return Some(token);
            }
        }
        None
    }

    /// Returns the schema's word for how a content is quoted.
    fn quotation(&self, content: &[Range<usize>]) -> &'static str {
        let quoted = content.iter().filter(|range| {
            let opened = range.start.checked_sub(1).is_some_and(|token| self.is_mark(token, OPENING_QUOTES));
            let mut behind = range.end..(range.end + 2).min(self.tokens.len());
            opened && behind.any(|token| self.is_mark(token, CLOSING_QUOTES))
        });
        if quoted.count() == content.len() {
            return "direct";
        }
        let has_quote = content.iter().any(|range| self.has_mark(range.clone(), OPENING_QUOTES));
        if has_quote { "mixed" } else { "indirect" }
    }
}
