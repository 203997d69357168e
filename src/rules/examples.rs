//! Runs the examples that every rule carries.

use std::collections::BTreeSet;

use crate::text::{SourceText, TextRange, shortened, shortened_to};

use super::candidate::{Candidate, Found};
use super::context::Language;
use super::engine::RuleSet;
use super::error::PackError;
use super::grammar::{Action, CompiledRule, Grammar, Place};
use super::pack::Examples;

/// The most chars of what is said of an example: it may be as long as an article.
const MESSAGE_CHARS: usize = 400;

/// What a rule gives, or what an example wants: a name (label or role) and a text range.
type Marked = BTreeSet<(String, TextRange)>;

/// Returns an error for each example that does not hold, of one rule or of all.
pub(super) fn check(
    rules: &RuleSet,
    language: Language,
    grammar: &Grammar,
    only: Option<&str>,
) -> Vec<PackError> {
    let mut errors = Vec::new();
    let wanted = |rule: &CompiledRule| only.is_none_or(|only| *rule.id == *only);
    for (index, rule) in grammar.rules.iter().enumerate().filter(|(_, rule)| wanted(rule)) {
        let mut error = |place: &Place, message: String| {
            errors.push(PackError {
                path: place.path.clone(),
                line: place.line,
                column: place.column,
                message: format!("rule `{}`: {}", shortened(&rule.id), shortened_to(&message, MESSAGE_CHARS)),
                nearest: None,
                hint: String::new(),
            });
        };
        let Examples { must, must_not } = &rule.examples;
        for (example, place) in must.iter().zip(&rule.example_places) {
            let (text, wanted) = parse(example, default_name(rule, grammar));
            let given = run(rules, language, grammar, (index, rule), &text, &wanted);
            for (name, range) in wanted.difference(&given) {
                let given = given.iter().map(|(name, range)| quoted(&text, name, *range)).collect::<Vec<_>>();
                error(
                    place,
                    format!(
                        "the example “{example}” must give {}, and gives {}",
                        quoted(&text, name, *range),
                        if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }
                    ),
                );
            }
        }
        for (example, place) in must_not.iter().zip(rule.example_places.iter().skip(must.len())) {
            let (text, _) = parse(example, "");
            let given = run(rules, language, grammar, (index, rule), &text, &Marked::new());
            if let Some((name, range)) = given.first() {
                error(
                    place,
                    format!(
                        "the example “{example}” must give nothing, and gives {}",
                        quoted(&text, name, *range)
                    ),
                );
            }
        }
    }
    errors
}

fn quoted(text: &SourceText, name: &str, range: TextRange) -> String {
    format!("[{name}|{}]", text.slice(range))
}

/// Returns the name of a mark without a name: the rule's only label.
fn default_name<'a>(rule: &CompiledRule, grammar: &'a Grammar) -> &'a str {
    match &rule.action {
        Action::Entity(labels) => labels.first().map_or("", |label| &*grammar.labels[usize::from(*label)]),
        Action::Propagate(propagation) => &grammar.labels[usize::from(propagation.label)],
        Action::Claim => "content",
        Action::Negative | Action::NegativeLine(_) => "",
    }
}

/// Returns what a rule gives on a text. For a negative rule: the wanted ranges on which nothing is suggested.
fn run(
    rules: &RuleSet,
    language: Language,
    grammar: &Grammar,
    (index, rule): (usize, &CompiledRule),
    text: &SourceText,
    wanted: &Marked,
) -> Marked {
    if matches!(rule.action, Action::Negative | Action::NegativeLine(_)) {
        let blocked = rules.negative_ranges(language, index, text);
        if wanted.is_empty() {
            return blocked.into_iter().map(|range| (String::new(), range)).collect();
        }
        let is_blocked = |range: TextRange| blocked.iter().any(|b| b.contains_range(range));
        return wanted.iter().filter(|(_, range)| is_blocked(*range)).cloned().collect();
    }
    let candidates = rules.raw_candidates(language, index, text);
    candidates.iter().flat_map(|candidate| marks(candidate, grammar)).collect()
}

fn marks(candidate: &Candidate, grammar: &Grammar) -> Vec<(String, TextRange)> {
    let of = |name: &str, fragments: &crate::model::Fragments| -> Vec<(String, TextRange)> {
        fragments.ranges().iter().map(|range| (name.to_owned(), *range)).collect()
    };
    match &candidate.found {
        Found::Mention { label, .. } => of(&grammar.labels[usize::from(*label)], &candidate.fragments),
        Found::Claim(parts) => {
            let mut marks = of("content", &candidate.fragments);
            marks.extend(of("cue", &parts.cue));
            marks.extend(parts.source.iter().flat_map(|source| of("source", source)));
            marks.extend(parts.addressee.iter().flat_map(|addressee| of("addressee", addressee)));
            marks
        }
    }
}

/// Returns the text of an example without its brackets, and what stood in them.
pub(super) fn parse(example: &str, default: &str) -> (SourceText, Marked) {
    let mut text = String::with_capacity(example.len());
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut marked = Marked::new();
    let mut rest = example;
    while let Some(at) = rest.find(['[', ']']) {
        let (before, tail) = rest.split_at(at);
        text.push_str(before);
        if let Some(tail) = tail.strip_prefix(']') {
            if let Some((name, start)) = open.pop() {
                marked.insert((name, TextRange::from_indices(start, text.len())));
            }
            rest = tail;
            continue;
        }
        let tail = tail.split_at(1).1;
        let (name, tail) = match tail.split_once('|') {
            Some((name, tail)) if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic()) => {
                (name, tail)
            }
            _ => (default, tail),
        };
        open.push((name.to_owned(), text.len()));
        rest = tail;
    }
    text.push_str(rest);
    (SourceText::new(text), marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_taken_out_and_name_what_stood_in_them() {
        let (text, marked) = parse("قال [PERS|سالم] إن [الوزير] عاد", "OCC");
        assert_eq!(text.as_str(), "قال سالم إن الوزير عاد");
        let marked: Vec<String> = marked.iter().map(|(name, range)| quoted(&text, name, *range)).collect();
        assert_eq!(marked, ["[OCC|الوزير]", "[PERS|سالم]"]);
    }
}
