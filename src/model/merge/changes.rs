//! What differs between two states of a document, record by record.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    Annotation, AnnotationId, DecisionRecord, Document, Edit, Orphan, Relation, RelationId, SuggestionKey,
    Transaction,
};

/// A record before and after; `None` where it was not there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change<T> {
    pub(super) before: Option<T>,
    pub(super) after: Option<T>,
}

/// The records that differ between two states of a document, each as it was and as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    pub(super) annotations: BTreeMap<AnnotationId, Change<Arc<Annotation>>>,
    pub(super) relations: BTreeMap<RelationId, Change<Relation>>,
    pub(super) decisions: BTreeMap<SuggestionKey, Change<DecisionRecord>>,
    pub(super) orphans: BTreeMap<AnnotationId, Change<Orphan>>,
    /// The annotations that changed records name, and those that these name, as far as they are known.
    pub(super) named: BTreeMap<AnnotationId, Arc<Annotation>>,
    /// From which id on annotations are new, on either side; `None` where none is.
    pub(super) new_from: Option<AnnotationId>,
}

impl Changes {
    /// Returns what differs between two states of the same document.
    #[must_use]
    pub fn between(before: &Document, after: &Document) -> Self {
        let annotations = difference(
            before.annotations().iter().map(|a| (a.id, a)),
            |id| before.annotations().get(id),
            after.annotations().iter().map(|a| (a.id, a)),
            |id| after.annotations().get(id),
            |a, b| Arc::ptr_eq(a, b) || a == b,
        );
        let relations = difference(
            before.relations().map(|r| (r.id, r)),
            |id| before.relation(id),
            after.relations().map(|r| (r.id, r)),
            |id| after.relation(id),
            Relation::eq,
        );
        let decisions = difference(
            before.decisions().map(|d| (d.key.clone(), d)),
            |key| before.decision(&key),
            after.decisions().map(|d| (d.key.clone(), d)),
            |key| after.decision(&key),
            DecisionRecord::eq,
        );
        let orphans = difference(
            before.orphans().map(|o| (o.id, o)),
            |id| before.orphan(id),
            after.orphans().map(|o| (o.id, o)),
            |id| after.orphan(id),
            Orphan::eq,
        );
        let mut changes = Self { annotations, relations, decisions, orphans, ..Self::default() };
        changes.new_from = Some(before.fresh_annotation_id());
        let mut names: Vec<AnnotationId> = changes.names().collect();
        while let Some(id) = names.pop() {
            if let Some(annotation) = after.annotations().get(id).filter(|_| !changes.named.contains_key(&id))
            {
                names.extend(annotation.body.references());
                changes.named.insert(id, Arc::clone(annotation));
            }
        }
        changes
    }

    /// Returns what transactions changed together: each as it was applied, with its exact inverse, in order.
    #[must_use]
    pub fn of_transactions<'a>(
        applied: impl IntoIterator<Item = (&'a Transaction, &'a Transaction)>,
    ) -> Self {
        let mut changes = Self::default();
        for (forward, inverse) in applied {
            for (edit, undo) in forward.edits.iter().zip(inverse.edits.iter().rev()) {
                changes.take(edit, undo);
            }
        }
        changes.new_from =
            changes.annotations.iter().find(|(_, change)| change.before.is_none()).map(|(id, _)| *id);
        changes.annotations.retain(|_, change| change.before != change.after);
        changes.relations.retain(|_, change| change.before != change.after);
        changes.decisions.retain(|_, change| change.before != change.after);
        changes.orphans.retain(|_, change| change.before != change.after);
        changes
    }

    fn take(&mut self, edit: &Edit, undo: &Edit) {
        let annotation_in = |edit: &Edit| match edit {
            Edit::Insert(annotation) | Edit::Replace(annotation) => Some(Arc::new(annotation.clone())),
            _ => None,
        };
        let relation_in =
            |edit: &Edit| if let Edit::Link(relation) = edit { Some(relation.clone()) } else { None };
        let decision_in =
            |edit: &Edit| if let Edit::Decide(record) = edit { Some(record.clone()) } else { None };
        let orphan_in =
            |edit: &Edit| if let Edit::Orphan(orphan) = edit { Some(orphan.clone()) } else { None };
        match edit {
            Edit::Insert(Annotation { id, .. }) | Edit::Replace(Annotation { id, .. }) | Edit::Remove(id) => {
                follow(&mut self.annotations, *id, annotation_in(undo), annotation_in(edit));
            }
            Edit::Link(Relation { id, .. }) | Edit::Unlink(id) => {
                follow(&mut self.relations, *id, relation_in(undo), relation_in(edit));
            }
            Edit::Decide(DecisionRecord { key, .. }) | Edit::Undecide(key) => {
                follow(&mut self.decisions, key.clone(), decision_in(undo), decision_in(edit));
            }
            Edit::Orphan(Orphan { id, .. }) | Edit::Discard(id) => {
                follow(&mut self.orphans, *id, orphan_in(undo), orphan_in(edit));
            }
        }
    }

    /// Returns whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty()
            && self.relations.is_empty()
            && self.decisions.is_empty()
            && self.orphans.is_empty()
    }

    /// Returns how many records differ.
    #[must_use]
    pub fn len(&self) -> usize {
        self.annotations.len() + self.relations.len() + self.decisions.len() + self.orphans.len()
    }

    /// Returns the annotations that the changed records name.
    fn names(&self) -> impl Iterator<Item = AnnotationId> {
        let claims = self.annotations.values().filter_map(|change| change.after.as_ref());
        let relations = self.relations.values().filter_map(|change| change.after.as_ref());
        claims.flat_map(|a| a.body.references()).chain(relations.flat_map(|r| [r.from, r.to]))
    }
}

/// Takes in one more change of a record: what it was before the first one stays.
fn follow<K: Ord, T>(changes: &mut BTreeMap<K, Change<T>>, key: K, before: Option<T>, after: Option<T>) {
    match changes.entry(key) {
        std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().after = after,
        std::collections::btree_map::Entry::Vacant(free) => {
            free.insert(Change { before, after });
        }
    }
}

fn difference<'a, K: Ord + Clone, T: Clone + 'a>(
    before: impl Iterator<Item = (K, &'a T)>,
    in_before: impl Fn(K) -> Option<&'a T>,
    after: impl Iterator<Item = (K, &'a T)>,
    in_after: impl Fn(K) -> Option<&'a T>,
    is_same: impl Fn(&T, &T) -> bool,
) -> BTreeMap<K, Change<T>> {
    let mut changes = BTreeMap::new();
    for (key, now) in after {
        let was = in_before(key.clone());
        if !was.is_some_and(|was| is_same(was, now)) {
            changes.insert(key, Change { before: was.cloned(), after: Some(now.clone()) });
        }
    }
    for (key, was) in before {
        if in_after(key.clone()).is_none() {
            changes.insert(key, Change { before: Some(was.clone()), after: None });
        }
    }
    changes
}
