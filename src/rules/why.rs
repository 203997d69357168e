//! Why a span is suggested, or why it is not: every rule's way over the span's sentence.
//!
//! Walks patterns anew and slowly, all branches of them, so that the matcher has nothing to record.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::model::Suggestion;
use crate::text::{Segmentation, SourceText, TextRange};

use super::context::{Context, Language, detect_language};
use super::engine::{RuleSet, Run};
use super::grammar::{Action, CompiledRule};
use super::matcher::{Match, View};
use super::program::{Op, Program};
use super::resolve;
use super::scratch::Scratch;

/// What one rule has to say about a span.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The rule.
    pub rule: Arc<str>,
    /// How far it came.
    pub outcome: Outcome,
}

/// How far a rule came at a span.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It suggests something that overlaps the span.
    Suggested(Box<Suggestion>),
    /// It found something there, which fell.
    Fell {
        /// What it found.
        range: TextRange,
        /// The rule that won; `None` where a negative rule or a decision stands there.
        winner: Option<Arc<str>>,
        /// Why, in words.
        reason: Arc<str>,
    },
    /// It is a negative rule, and nothing is suggested there.
    Forbids(TextRange),
    /// Its pattern fits there, but a condition around it does not hold.
    Condition {
        /// What the pattern fits.
        range: TextRange,
        /// The condition, in words.
        unmet: Arc<str>,
    },
    /// Its pattern began to fit.
    Reached {
        /// What fitted so far.
        range: TextRange,
        /// The element that found nothing next.
        missing: Arc<str>,
    },
}

impl RuleSet {
    /// Returns what the rules have to say about a span, those that suggest something first, then by how far they
    /// came. Rules whose first element found nothing there are left out. With a label, only rules that give it.
    #[must_use]
    pub fn why(&self, source: &SourceText, span: TextRange, label: Option<&str>) -> Vec<Why> {
        let language: Language = detect_language(source.as_str());
        let Some(grammar) = self.grammar(language) else {
            return Vec::new();
        };
        let (segmentation, context) = (Segmentation::new(source), Context::default());
        let suggestions = self.suggest(source, &segmentation, &context);
        let mut run = Run::new(grammar, source, &segmentation, &context);
        run.run_stages();
        let negative = run.negative.clone();
        resolve::resolve(&mut run.candidates, &grammar.rules, &negative, &context, &grammar.labels);
        let mut reasons = Vec::new();
        for (index, rule) in grammar.rules.iter().enumerate() {
            let gives = |wanted: &str| match &rule.action {
                Action::Entity(labels) => labels.iter().any(|l| &*grammar.labels[usize::from(*l)] == wanted),
                Action::Propagate(propagation) => &*grammar.labels[usize::from(propagation.label)] == wanted,
                Action::Claim => wanted == "CLAIM",
                Action::Negative | Action::NegativeLine(_) => true,
            };
            if !label.is_none_or(gives) {
                continue;
            }
            let suggested =
                suggestions.iter().find(|s| s.rule == rule.id && s.body.fragments().hull().overlaps(span));
            let outcome = match suggested {
                Some(suggestion) => Some(Outcome::Suggested(Box::new(suggestion.clone()))),
                None => fallen(&run, index, span).or_else(|| furthest(&run, index, rule, span)),
            };
            reasons.extend(outcome.map(|outcome| Why { rule: rule.id.clone(), outcome }));
        }
        reasons.sort_by(|a, b| rank(&a.outcome).cmp(&rank(&b.outcome)).then_with(|| a.rule.cmp(&b.rule)));
        reasons
    }
}

fn rank(outcome: &Outcome) -> (u8, std::cmp::Reverse<u32>) {
    let (kind, length) = match outcome {
        Outcome::Suggested(_) => (0, 0),
        Outcome::Forbids(_) => (1, 0),
        Outcome::Fell { .. } => (2, 0),
        Outcome::Condition { range, .. } => (3, range.len()),
        Outcome::Reached { range, .. } => (4, range.len()),
    };
    (kind, std::cmp::Reverse(length))
}

/// Returns how a candidate of a rule on the span fell.
fn fallen(run: &Run<'_>, rule: usize, span: TextRange) -> Option<Outcome> {
    let is_here = |c: &&super::candidate::Candidate| c.rule == rule && c.fragments.hull().overlaps(span);
    let (at, candidate) = run.candidates.iter().enumerate().find(|(_, c)| is_here(c))?;
    let winner = run.candidates.iter().find_map(|winner| {
        let reason = winner.losers.iter().find(|(loser, _)| *loser == at)?.1;
        Some((run.grammar.rules[winner.rule].id.clone(), reason))
    });
    let range = candidate.fragments.hull();
    Some(match winner {
        Some((winner, reason)) => Outcome::Fell { range, winner: Some(winner), reason: reason.into() },
        None => Outcome::Fell { range, winner: None, reason: "a negative rule forbids it".into() },
    })
}

/// Returns how far a pattern came that found nothing.
fn furthest(run: &Run<'_>, index: usize, rule: &CompiledRule, span: TextRange) -> Option<Outcome> {
    match rule.action {
        Action::NegativeLine(_) | Action::Propagate(_) => return None,
        Action::Negative => {
            let mut alone = Run::new(run.grammar, run.source, run.segmentation, run.context);
            alone.run_rule(index, rule);
            if let Some(range) = alone.negative.iter().find(|range| range.overlaps(span)) {
                return Some(Outcome::Forbids(*range));
            }
        }
        Action::Entity(_) | Action::Claim => {}
    }
    let wanted = run.segmentation.tokens_in(span);
    let sentence = run.tokens.sentences[run.tokens.sentence_of(wanted.start)].clone();
    let mut scratch = Scratch::with_fuel(u32::MAX);
    let mut best: Option<(usize, usize, u32)> = None;
    for start in sentence.start..wanted.end.min(sentence.end) {
        if let Some(matched) = run.view().run(&rule.program, &sentence, start, &mut scratch)
            && matched.end > wanted.start
            && matched.end > start
            && let Some(unmet) = unmet(&run.view(), rule, &matched, &sentence)
        {
            return Some(Outcome::Condition { range: run.tokens.range(start, matched.end), unmet });
        }
        let reached = walk(run, &rule.program, &sentence, start);
        if let Some((token, atom)) = reached.filter(|(token, _)| *token > start && *token > wanted.start)
            && best.is_none_or(|(first, end, _)| token - start > end - first)
        {
            best = Some((start, token, atom));
        }
    }
    let (first, end, atom) = best?;
    let missing = run.grammar.atoms[atom as usize].name.clone();
    Some(Outcome::Reached { range: run.tokens.range(first, end), missing })
}

/// Returns the condition of a rule that does not hold around a match, in words.
fn unmet(view: &View<'_>, rule: &CompiledRule, matched: &Match, sentence: &Range<usize>) -> Option<Arc<str>> {
    let mut unmet = None;
    view.guards_hold(rule, matched, sentence, &mut |holds, words| {
        if !holds {
            unmet = Some(Arc::clone(words));
        }
    });
    unmet
}

/// Returns the furthest token at which an element found nothing, and the element.
fn walk(run: &Run<'_>, program: &Program, sentence: &Range<usize>, start: usize) -> Option<(usize, u32)> {
    let view = run.view();
    let mut furthest: Option<(usize, u32)> = None;
    let mut seen = BTreeSet::new();
    let mut open = vec![(0_u32, start)];
    while let Some((op, token)) = open.pop() {
        if !seen.insert((op, token)) {
            continue;
        }
        match program.ops[op as usize] {
            Op::Atom(atom) => {
                let before = open.len();
                if token < sentence.end {
                    view.each_choice(atom, token, sentence.end, |piece| {
                        open.push((op + 1, token + piece.len as usize));
                    });
                }
                if open.len() == before && furthest.is_none_or(|(reached, _)| token > reached) {
                    furthest = Some((token, atom));
                }
            }
            Op::Split { prefer, other } => open.extend([(other, token), (prefer, token)]),
            Op::Jump(to) => open.push((to, token)),
            Op::Open(_) | Op::Close(_) => open.push((op + 1, token)),
            Op::Gap(gap) => {
                let gap = &program.gaps[gap as usize];
                let mut from = token + gap.min as usize;
                let before = open.len();
                while let Some(end) = view.gap_end(gap, token, from, sentence.end) {
                    open.push((op + 1, end));
                    from = end + 1;
                }
                let behind = program.first_atoms(op + 1).unwrap_or_default();
                if let Some(atom) = behind.first().filter(|_| open.len() == before)
                    && furthest.is_none_or(|(reached, _)| token > reached)
                {
                    furthest = Some((token, *atom));
                }
            }
            Op::Row(row) => {
                let row = &program.rows[row as usize];
                let fits = |token: &usize| view.begins_with(row.atom, *token, sentence.end);
                let longest = (token..sentence.end).take(row.max as usize).take_while(fits).count();
                open.extend((row.min as usize..=longest).map(|count| (op + 1, token + count)));
                if longest < row.max as usize && furthest.is_none_or(|(reached, _)| token + longest > reached)
                {
                    furthest = Some((token + longest, row.atom));
                }
            }
            Op::Start if token == sentence.start => open.push((op + 1, token)),
            Op::End if token >= view.sentence_body_end(sentence) => open.push((op + 1, token)),
            Op::Rest => open.push((op + 1, view.sentence_body_end(sentence).max(token))),
            Op::Start | Op::End | Op::Accept => {}
        }
    }
    furthest
}
