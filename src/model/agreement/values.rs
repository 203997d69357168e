//! Values at given positions beside labels: attributes of the same annotations, decisions on the same suggestions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::coding::Tally;
use super::compare::Shared;
use super::{AttributeReport, CharFragments, CodedDifference, CodingFigures, DecisionReport};
use crate::model::{AttributeValue, LabelId, LabelKind};

/// A position, and the value that each member gave.
struct Row<'a, V> {
    article: usize,
    fragments: &'a CharFragments,
    label: &'a LabelId,
    values: Vec<Option<V>>,
}

/// Returns whether two values are there that are not the same.
pub(super) fn differ<V: PartialEq>(values: &[Option<V>]) -> bool {
    let mut given = values.iter().flatten();
    given.next().is_some_and(|first| given.any(|other| other != first))
}

/// Returns the figures of positions, and where their values differ.
fn figures<V: Ord>(
    rows: &[Row<'_, V>],
    members: usize,
    told: impl Fn(&V) -> Arc<str>,
) -> (CodingFigures, Vec<CodedDifference>) {
    let mut tally = Tally::new(members);
    let mut numbers: BTreeMap<&V, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for row in rows {
        let numbered = row.values.iter().map(|value| {
            let next = numbers.len();
            value.as_ref().map(|value| *numbers.entry(value).or_insert(next))
        });
        tally.add(&numbered.collect::<Vec<_>>());
        if differ(&row.values) {
            differences.push(CodedDifference {
                article: row.article,
                fragments: row.fragments.clone(),
                label: Some(row.label.clone()),
                values: row.values.iter().map(|value| value.as_ref().map(&told)).collect(),
            });
        }
    }
    (tally.figures(), differences)
}

/// Returns the figures of the decisions on the same suggestions.
pub(super) fn decisions(shared: &[Shared<'_>], members: usize) -> DecisionReport {
    let mut rows = Vec::new();
    for article in shared {
        let mut by_key: BTreeMap<(&CharFragments, &LabelId), Vec<Option<bool>>> = BTreeMap::new();
        for (member, work) in article.work.iter().enumerate() {
            for decided in work.iter().flat_map(|work| &work.decisions) {
                let key = (&decided.fragments, &decided.label);
                by_key.entry(key).or_insert_with(|| vec![None; members])[member] = Some(decided.is_accepted);
            }
        }
        let row = |((fragments, label), values)| Row { article: article.index, fragments, label, values };
        rows.extend(by_key.into_iter().map(row));
    }
    let told = |accepted: &bool| Arc::from(if *accepted { "accepted" } else { "rejected" });
    let (figures, differences) = figures(&rows, members, told);
    DecisionReport { figures, differences }
}

/// The value of an attribute in words, for not every format tells a choice from a text; `None` where it is not set.
type Given = Option<Arc<str>>;

/// Returns the figures of each attribute that anybody has set, at the annotations that two have: the same place, kind
/// and label. Of annotations of one annotator with the same place and label, the first counts.
pub(super) fn attributes(shared: &[Shared<'_>], members: usize) -> Vec<AttributeReport> {
    let mut labels: BTreeMap<&Arc<str>, BTreeSet<&LabelId>> = BTreeMap::new();
    for mark in shared.iter().flat_map(|article| article.work.iter().flatten()).flat_map(|work| &work.marks) {
        for name in mark.attributes.keys() {
            labels.entry(name).or_default().insert(&mark.label);
        }
    }
    let mut rows: BTreeMap<&Arc<str>, Vec<Row<'_, Given>>> =
        labels.keys().map(|name| (*name, Vec::new())).collect();
    for article in shared {
        let mut marks: BTreeMap<(&CharFragments, &LabelId, bool), Vec<Option<&super::Mark>>> =
            BTreeMap::new();
        for (member, work) in article.work.iter().enumerate() {
            for mark in work.iter().flat_map(|work| &work.marks) {
                let key = (&mark.fragments, &mark.label, mark.kind == LabelKind::Claim);
                marks.entry(key).or_insert_with(|| vec![None; members])[member].get_or_insert(mark);
            }
        }
        for ((fragments, label, _), by_member) in marks {
            if by_member.iter().flatten().count() < 2 {
                continue;
            }
            for (name, rows) in rows.iter_mut().filter(|(name, _)| labels[*name].contains(label)) {
                let value =
                    |mark: Option<&super::Mark>| mark.map(|mark| mark.attributes.get(*name).map(in_words));
                let values = by_member.iter().copied().map(value).collect();
                rows.push(Row { article: article.index, fragments, label, values });
            }
        }
    }
    let report = |(name, rows): (&Arc<str>, Vec<Row<'_, Given>>)| {
        let (figures, differences) =
            figures(&rows, members, |value: &Given| value.clone().unwrap_or_else(|| Arc::from("not set")));
        AttributeReport { name: Arc::clone(name), figures, differences }
    };
    rows.into_iter().map(report).collect()
}

fn in_words(value: &AttributeValue) -> Arc<str> {
    match value {
        AttributeValue::Flag => Arc::from("set"),
        AttributeValue::Integer(n) => Arc::from(n.to_string()),
        AttributeValue::Choice(text) | AttributeValue::Text(text) => Arc::clone(text),
    }
}
