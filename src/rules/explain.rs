//! A candidate that stands, as a suggestion with its reason.

use std::sync::Arc;

use crate::model::{Body, Claim, Entity, Explanation, LabelId, Loser, Piece, Suggestion};
use crate::text::{FoldLevel, fold_into};

use super::candidate::{Candidate, Found};
use super::grammar::Grammar;
use super::lexicon::PREFIXES;
use super::matcher::{MatchedPiece, View};

/// The label of claims in the default schema.
const CLAIM: &str = "CLAIM";

/// Pieces named in the one-line reason; the explanation has all.
const PIECES_IN_REASON: usize = 3;

/// Returns the suggestion of a candidate.
pub(super) fn suggestion(
    view: &View<'_>,
    grammar: &Grammar,
    candidates: &[Candidate],
    index: usize,
) -> Suggestion {
    let candidate = &candidates[index];
    let rule = &grammar.rules[candidate.rule];
    let pieces: Vec<Piece> = match &candidate.matched {
        Some(matched) => matched.pieces.iter().map(|piece| describe(view, *piece)).collect(),
        None => carried_over(view, candidate).into_iter().collect(),
    };
    let losers = candidate.losers.iter().map(|(loser, reason)| {
        let loser = &candidates[*loser];
        Loser {
            rule: grammar.rules[loser.rule].id.clone(),
            label: label(grammar, loser),
            fragments: loser.fragments.clone(),
            reason: (*reason).into(),
        }
    });
    let mut attributes = rule.attributes.clone();
    let body = match &candidate.found {
        Found::Mention { .. } => {
            Body::Entity(Entity { label: label(grammar, candidate), fragments: candidate.fragments.clone() })
        }
        Found::Claim(parts) => {
            attributes.extend(parts.attributes.clone());
            Body::Claim(Claim {
                label: label(grammar, candidate),
                content: candidate.fragments.clone(),
                roles: parts.roles(),
            })
        }
    };
    let why = reason(view, &rule.note.en, &pieces);
    let mut guards: Vec<Arc<str>> = Vec::new();
    if let Some(matched) = candidate.matched.as_deref() {
        let sentence = &view.tokens.sentences[view.tokens.sentence_of(matched.start)];
        view.guards_hold(rule, matched, sentence, &mut |holds, guard| {
            guards.extend(holds.then(|| Arc::clone(guard)));
        });
    }
    let explanation = Explanation { pieces, guards, losers: losers.collect() };
    Suggestion {
        body,
        attributes,
        rule: rule.id.clone(),
        pack: rule.pack.clone(),
        confidence: rule.confidence,
        why: why.into(),
        explanation,
    }
}

fn label(grammar: &Grammar, candidate: &Candidate) -> LabelId {
    match candidate.label() {
        Some(label) => LabelId::new(Arc::clone(&grammar.labels[usize::from(label)])),
        None => LabelId::from(CLAIM),
    }
}

/// Returns what one element matched.
fn describe(view: &View<'_>, piece: MatchedPiece) -> Piece {
    let atom = &view.atoms[piece.atom as usize];
    let first = piece.token as usize;
    let range = view.tokens.range(first, first + piece.len as usize);
    let written = view.source.slice(range);
    let form = piece.hit.map(|hit| view.lexicon.form(hit)).filter(|form| *form != written);
    let proclitic = match piece.hit {
        Some(hit) => PREFIXES[usize::from(hit.proclitic)],
        None => view.tokens.form(first).split_at(usize::from(piece.stem)).0,
    };
    Piece {
        element: atom.name.clone(),
        range,
        form: form.map(Into::into),
        proclitic: if proclitic.is_empty() { Arc::default() } else { proclitic.into() },
    }
}

/// Returns where a name stands from which a mention was carried over.
fn carried_over(view: &View<'_>, candidate: &Candidate) -> Option<Piece> {
    let Found::Mention { origin, stem, tokens, .. } = &candidate.found else {
        return None;
    };
    let range = (*origin)?;
    let proclitic = view.tokens.form(tokens.0).split_at(usize::from(*stem)).0;
    Some(Piece { element: "known name".into(), range, form: None, proclitic: proclitic.into() })
}

/// Returns the reason in one line: the rule's note and the words that it rests on.
fn reason(view: &View<'_>, note: &str, pieces: &[Piece]) -> String {
    let mut line = note.to_owned();
    let telling = pieces.iter().filter(|piece| !piece.element.starts_with("mark"));
    for (i, piece) in telling.take(PIECES_IN_REASON).enumerate() {
        line.push_str(if i == 0 { ": " } else { ", " });
        line.push_str(&piece.element);
        line.push_str(" “");
        push_short(view.source.slice(piece.range), &mut line);
        line.push('”');
        if !piece.proclitic.is_empty() {
            line.push_str(" behind ");
            line.push_str(&piece.proclitic);
        }
    }
    line
}

/// Appends a text in one line of at most 40 characters, without diacritics and tatweel.
fn push_short(text: &str, line: &mut String) {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, FoldLevel::Letters, &mut folded);
    let mut left = 40;
    for (i, word) in folded.split_whitespace().enumerate() {
        let space = if i == 0 { "" } else { " " };
        for c in space.chars().chain(word.chars()) {
            if left == 0 {
                line.push('…');
                return;
            }
            line.push(c);
            left -= 1;
        }
    }
}
