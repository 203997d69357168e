//! In which order rules run: a rule that looks at mentions of a label runs after all rules that give it.

use std::sync::Arc;

use super::error::PackError;
use super::load::{Action, CompiledRule};

/// Sets the stage of every rule: one more than the highest stage of the labels that it uses.
///
/// Names are propagated once the label's own rules have run. Claims run last; no label uses claims.
///
/// # Errors
///
/// When a label is used by the rules that give it, directly or by way of other labels.
pub(super) fn assign(rules: &mut [CompiledRule], labels: &[Arc<str>]) -> Result<(), PackError> {
    // The stage at which a label's own rules are done, and at which its names are propagated.
    let mut own = vec![0_u32; labels.len()];
    let mut full = vec![0_u32; labels.len()];
    let limit = u32::try_from(2 * labels.len() + 2).unwrap_or(u32::MAX);
    loop {
        let mut changed = false;
        for rule in rules.iter_mut() {
            let stage = match &rule.action {
                Action::Propagate(propagation) => own[usize::from(propagation.label)] + 1,
                _ => rule.uses.iter().map(|label| full[usize::from(*label)] + 1).max().unwrap_or(0),
            };
            if stage > limit {
                return Err(cycle(rule, labels));
            }
            changed |= stage != rule.stage;
            rule.stage = stage;
            match &rule.action {
                Action::Entity(given) => {
                    for label in given.iter().map(|label| usize::from(*label)) {
                        own[label] = own[label].max(stage);
                        full[label] = full[label].max(stage);
                    }
                }
                Action::Propagate(propagation) => {
                    let label = usize::from(propagation.label);
                    full[label] = full[label].max(stage);
                }
                _ => {}
            }
        }
        if !changed {
            break;
        }
    }
    // A claim's source is read with all mentions in sight.
    let last = rules.iter().map(|rule| rule.stage).max().unwrap_or(0);
    for rule in rules.iter_mut().filter(|rule| matches!(rule.action, Action::Claim)) {
        rule.stage = last + 1;
    }
    Ok(())
}

fn cycle(rule: &CompiledRule, labels: &[Arc<str>]) -> PackError {
    let used: Vec<&str> = rule.uses.iter().map(|label| &*labels[usize::from(*label)]).collect();
    PackError {
        path: rule.place.path.clone(),
        line: rule.place.line,
        column: rule.place.column,
        message: format!(
            "rule `{}` looks at mentions of {}, which in the end depend on this rule",
            rule.id,
            used.join(", ")
        ),
        nearest: None,
        hint: "Rules may use only labels that are given without them; match the words in place of the label"
            .to_owned(),
    }
}
