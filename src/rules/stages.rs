//! In which order rules run: a rule that looks at mentions of a label runs after all rules that give it.

use std::sync::Arc;

use super::grammar::{Action, CompiledRule};
use super::program::LabelIndex;

/// A rule that looks at mentions which depend on what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cycle {
    /// Its index.
    pub(super) rule: usize,
    /// The label that it looks at.
    pub(super) label: LabelIndex,
}

/// Sets the stage of every rule: one more than the highest stage of the labels that it uses.
///
/// Names are propagated once the label's own rules have run. Claims run last; no label uses claims.
///
/// # Errors
///
/// When a label is used by the rules that give it, directly or by way of other labels.
pub(super) fn assign(rules: &mut [CompiledRule], labels: &[Arc<str>]) -> Result<(), Cycle> {
    // The stage at which a label's own rules are done, and at which its names are propagated.
    let mut own = vec![0_u32; labels.len()];
    let mut full = vec![0_u32; labels.len()];
    let limit = u32::try_from(2 * labels.len() + 2).unwrap_or(u32::MAX);
    loop {
        let mut changed = false;
        for (index, rule) in rules.iter_mut().enumerate() {
            let stage = match &rule.action {
                Action::Propagate(propagation) => own[usize::from(propagation.label)] + 1,
                _ => rule.uses.iter().map(|label| full[usize::from(*label)] + 1).max().unwrap_or(0),
            };
            if stage > limit {
                let deepest = rule.uses.iter().copied().max_by_key(|label| full[usize::from(*label)]);
                let own = match &rule.action {
                    Action::Propagate(propagation) => Some(propagation.label),
                    _ => deepest,
                };
                return Err(Cycle { rule: index, label: own.unwrap_or_default() });
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
