//! Three-way merge: what was changed elsewhere is brought into a document that was changed here as well.
//!
//! Records meet by their ids, decisions by the suggestion that they are about. A record that only one side changed is
//! taken from that side; one that both changed is merged field by field; what both changed in different ways is a
//! [`Conflict`] and stays as it is here until somebody has chosen. Two new annotations that happen to have the same id
//! are two annotations: the incoming one gets another.
//!
//! Invariant: pure; a merge of the same values is the same merge, and its edits always apply.

mod changes;
mod fields;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    Annotation, AnnotationId, Body, Decision, DecisionRecord, Document, Edit, Orphan, Relation, RelationId,
    RoleFiller, SuggestionKey,
};
use changes::Change;
pub use changes::Changes;
use fields::{merge_annotation, says_the_same};

/// Names a record that two sides changed in different ways.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictKey {
    /// An annotation.
    Annotation(AnnotationId),
    /// A relation.
    Relation(RelationId),
    /// A decision on a suggestion.
    Decision(SuggestionKey),
    /// A record that fits nowhere in the text.
    Orphan(AnnotationId),
}

/// A record that two sides changed in different ways; `None` where it is not there.
#[derive(Debug, Clone, PartialEq)]
pub enum Conflict {
    /// An annotation.
    Annotation {
        /// Its id.
        id: AnnotationId,
        /// What both sides began with.
        before: Option<Arc<Annotation>>,
        /// As it is here.
        here: Option<Arc<Annotation>>,
        /// As it comes in.
        incoming: Option<Arc<Annotation>>,
    },
    /// A relation.
    Relation {
        /// Its id.
        id: RelationId,
        /// As it is here.
        here: Option<Relation>,
        /// As it comes in.
        incoming: Option<Relation>,
    },
    /// A suggestion that was accepted on one side and refused on the other, or left open again.
    Decision {
        /// The suggestion.
        key: SuggestionKey,
        /// What was decided here.
        here: Option<DecisionRecord>,
        /// What was decided there.
        incoming: Option<DecisionRecord>,
    },
    /// A record that fits nowhere in the text.
    Orphan {
        /// Its id.
        id: AnnotationId,
        /// As it is here.
        here: Option<Orphan>,
        /// As it comes in.
        incoming: Option<Orphan>,
    },
}

impl Conflict {
    /// Returns what a choice between the sides is filed under.
    #[must_use]
    pub fn key(&self) -> ConflictKey {
        match self {
            Self::Annotation { id, .. } => ConflictKey::Annotation(*id),
            Self::Relation { id, .. } => ConflictKey::Relation(*id),
            Self::Decision { key, .. } => ConflictKey::Decision(key.clone()),
            Self::Orphan { id, .. } => ConflictKey::Orphan(*id),
        }
    }
}

/// A side of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// The document that is merged into.
    #[default]
    Here,
    /// What comes in.
    Incoming,
}

/// What has to be done to a document to bring changes into it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merge {
    /// The steps; they apply to the document that the merge was made for.
    pub edits: Vec<Edit>,
    /// What nobody has chosen yet; it stays as it is here.
    pub conflicts: Vec<Conflict>,
    /// Annotations that came in under another id, since theirs was given twice: from, to.
    pub renamed: Vec<(AnnotationId, AnnotationId)>,
    /// Annotations removed on one side that something of the other names: they are kept.
    pub kept: Vec<AnnotationId>,
    /// Records that come in and name an annotation of which nothing is known any more: they are left out.
    pub left_out: Vec<ConflictKey>,
}

/// Returns how `incoming` is brought into `onto`, with the sides that were chosen for conflicts.
#[must_use]
pub fn merge(onto: &Document, incoming: &Changes, chosen: &BTreeMap<ConflictKey, Side>) -> Merge {
    let mut merging = Merging {
        onto,
        incoming,
        chosen,
        ids: BTreeMap::new(),
        named: BTreeMap::new(),
        annotations: BTreeMap::new(),
        relations: BTreeMap::new(),
        merge: Merge::default(),
    };
    merging.rename();
    let refused = merging.decisions();
    merging.annotations(&refused);
    merging.relations();
    merging.orphans();
    merging.hold_together();
    merging.finish()
}

struct Merging<'a> {
    onto: &'a Document,
    incoming: &'a Changes,
    chosen: &'a BTreeMap<ConflictKey, Side>,
    /// The ids here of annotations that come in.
    ids: BTreeMap<AnnotationId, AnnotationId>,
    /// What is known of annotations that are named by what comes in, with their ids here.
    named: BTreeMap<AnnotationId, Annotation>,
    /// What becomes of annotations and relations of `onto`; `None` where they go.
    annotations: BTreeMap<AnnotationId, Option<Annotation>>,
    relations: BTreeMap<RelationId, Option<Relation>>,
    merge: Merge,
}

impl Merging<'_> {
    /// Finds the ids here of all annotations that come in new: that of one which says the same, else one that is free.
    fn rename(&mut self) {
        let (onto, incoming) = (self.onto, self.incoming);
        let last = incoming.annotations.keys().chain(incoming.named.keys()).max();
        let mut free = last.map_or(AnnotationId::FIRST, |id| id.next()).max(onto.fresh_annotation_id());
        let new = incoming.annotations.iter().filter(|(_, change)| change.before.is_none());
        let new: Vec<&Arc<Annotation>> = new.filter_map(|(_, change)| change.after.as_ref()).collect();
        // Those that name others come after the others.
        let (naming, plain): (Vec<_>, Vec<_>) =
            new.into_iter().partition(|annotation| annotation.body.references().next().is_some());
        for annotation in plain.into_iter().chain(naming) {
            let here = self.translated(annotation);
            let mut alike = onto.annotations().overlapping(here.body.extent());
            let is_new = |id| incoming.new_from.is_some_and(|first| id >= first);
            let twin = alike.find(|a| is_new(a.id) && says_the_same(a, &here));
            if let Some(twin) = twin {
                self.ids.insert(annotation.id, twin.id);
            } else if onto.annotation(annotation.id).is_some() || onto.orphan(annotation.id).is_some() {
                self.ids.insert(annotation.id, free);
                self.merge.renamed.push((annotation.id, free));
                free = free.next();
            }
        }
        self.named = incoming.named.values().map(|known| self.translated(known)).map(|a| (a.id, a)).collect();
    }

    fn id_here(&self, id: AnnotationId) -> AnnotationId {
        self.ids.get(&id).copied().unwrap_or(id)
    }

    /// Returns an annotation that comes in with the ids of this document.
    fn translated(&self, annotation: &Annotation) -> Annotation {
        let mut annotation = annotation.clone();
        annotation.id = self.id_here(annotation.id);
        if let Body::Claim(claim) = &mut annotation.body {
            for filler in claim.roles.values_mut().flatten() {
                if let RoleFiller::Entity(id) = filler {
                    *id = self.id_here(*id);
                }
            }
        }
        annotation
    }

    fn is_incoming(&self, key: &ConflictKey) -> bool {
        self.chosen.get(key) == Some(&Side::Incoming)
    }

    /// Takes a conflict in, unless a side was chosen; returns whether the incoming one was.
    fn takes_incoming(&mut self, conflict: Conflict) -> bool {
        let key = conflict.key();
        if !self.chosen.contains_key(&key) {
            self.merge.conflicts.push(conflict);
        }
        self.is_incoming(&key)
    }

    /// Merges the decisions; returns the annotations that came of decisions which are not taken in.
    fn decisions(&mut self) -> BTreeSet<AnnotationId> {
        let mut refused = BTreeSet::new();
        for (key, change) in &self.incoming.decisions {
            let here = self.onto.decision(key);
            let translated = |record: &DecisionRecord| {
                let decision = match record.decision {
                    Decision::Accepted(id) => Decision::Accepted(self.id_here(id)),
                    Decision::Rejected => Decision::Rejected,
                };
                DecisionRecord { decision, ..record.clone() }
            };
            let after = change.after.as_ref().map(translated);
            if is_same_verdict(here, after.as_ref()) {
                continue;
            }
            let takes = here == change.before.as_ref()
                || self.takes_incoming(Conflict::Decision {
                    key: key.clone(),
                    here: here.cloned(),
                    incoming: after.clone(),
                });
            match after {
                Some(record) if takes => self.merge.edits.push(Edit::Decide(record)),
                None if takes => self.merge.edits.push(Edit::Undecide(key.clone())),
                Some(DecisionRecord { decision: Decision::Accepted(id), .. }) => {
                    refused.insert(id);
                }
                _ => {}
            }
            if takes
                && let Some(DecisionRecord { decision: Decision::Accepted(id), .. }) = here
                && self.is_incoming(&ConflictKey::Decision(key.clone()))
                && self.onto.annotation(*id).is_some()
            {
                // What was accepted here was refused there, and that is to count.
                self.annotations.insert(*id, None);
            }
        }
        refused
    }

    fn annotations(&mut self, refused: &BTreeSet<AnnotationId>) {
        for (id, change) in &self.incoming.annotations {
            let id_here = self.id_here(*id);
            if refused.contains(&id_here) {
                continue;
            }
            let after = change.after.as_ref().map(|annotation| self.translated(annotation));
            let here = self.onto.annotations().get(id_here);
            match (here, &change.before, after) {
                // Nothing here, and new there; or it says the same already.
                (None, None, Some(after)) => {
                    self.annotations.insert(id_here, Some(after));
                }
                (Some(_), None, _) | (None, _, None) => {}
                (Some(here), Some(before), after) if here == before => {
                    self.annotations.insert(id_here, after);
                }
                (Some(here), Some(before), Some(after)) => {
                    if let Some(merged) = merge_annotation(before, here, &after) {
                        if merged != **here {
                            self.annotations.insert(id_here, Some(merged));
                        }
                    } else {
                        self.annotation_conflict(id_here, change, Some(after));
                    }
                }
                (here, Some(before), after) => {
                    // Removed on one side, changed on the other; a new time alone is no change.
                    let other = after.as_ref().or(here.map(AsRef::as_ref));
                    if other.is_some_and(|other| says_the_same(other, before)) {
                        if here.is_some() {
                            self.annotations.insert(id_here, None);
                        }
                    } else {
                        self.annotation_conflict(id_here, change, after);
                    }
                }
            }
        }
    }

    fn annotation_conflict(
        &mut self,
        id: AnnotationId,
        change: &Change<Arc<Annotation>>,
        after: Option<Annotation>,
    ) {
        let conflict = Conflict::Annotation {
            id,
            before: change.before.clone(),
            here: self.onto.annotations().get(id).cloned(),
            incoming: after.clone().map(Arc::new),
        };
        if self.takes_incoming(conflict) {
            self.annotations.insert(id, after);
        }
    }

    fn relations(&mut self) {
        let onto = self.onto;
        let last = self.incoming.relations.keys().max();
        let mut free = last.map_or(RelationId::FIRST, |id| id.next()).max(onto.fresh_relation_id());
        if self.incoming.relations.is_empty() {
            return;
        }
        let said = |relation: &Relation| (relation.label.clone(), relation.from, relation.to);
        let known: BTreeSet<_> = onto.relations().map(said).collect();
        for (id, change) in &self.incoming.relations {
            let after = change.after.as_ref().map(|relation| Relation {
                from: self.id_here(relation.from),
                to: self.id_here(relation.to),
                ..relation.clone()
            });
            let here = onto.relation(*id);
            match (here, &change.before, after) {
                (here, None, Some(mut after)) => {
                    if known.contains(&said(&after)) {
                        continue;
                    }
                    if here.is_some() {
                        after.id = free;
                        free = free.next();
                    }
                    self.relations.insert(after.id, Some(after));
                }
                (None, _, None) => {}
                (here, before, after) if here == before.as_ref() => {
                    self.relations.insert(*id, after);
                }
                (here, _, after) if here == after.as_ref() => {}
                (here, _, after) => {
                    let conflict =
                        Conflict::Relation { id: *id, here: here.cloned(), incoming: after.clone() };
                    if self.takes_incoming(conflict) {
                        self.relations.insert(*id, after);
                    }
                }
            }
        }
    }

    fn orphans(&mut self) {
        for (id, change) in &self.incoming.orphans {
            let (here, after) = (self.onto.orphan(*id), change.after.as_ref());
            if here == after {
                continue;
            }
            let takes = here == change.before.as_ref()
                || self.takes_incoming(Conflict::Orphan {
                    id: *id,
                    here: here.cloned(),
                    incoming: after.cloned(),
                });
            if takes {
                self.merge.edits.extend(here.map(|_| Edit::Discard(*id)));
                self.merge.edits.extend(after.cloned().map(Edit::Orphan));
            }
        }
    }

    /// Sees to it that whatever is named is there: a removed annotation that something names is kept or comes back;
    /// what names one of which nothing is known is left out.
    fn hold_together(&mut self) {
        loop {
            let mut unknown = BTreeSet::new();
            let kept = self.merge.kept.len();
            for id in self.named() {
                match (self.annotations.get(&id), self.onto.annotation(id)) {
                    (Some(Some(_)), _) | (None, Some(_)) => {}
                    (Some(None), Some(_)) => {
                        self.annotations.remove(&id);
                        self.merge.kept.push(id);
                    }
                    (_, None) => match self.named.get(&id) {
                        Some(known) => {
                            self.annotations.insert(id, Some(known.clone()));
                            self.merge.kept.push(id);
                        }
                        None => {
                            unknown.insert(id);
                        }
                    },
                }
            }
            self.leave_out(&unknown);
            // What is kept names others; what is left out may have been named itself.
            if unknown.is_empty() && self.merge.kept.len() == kept {
                break;
            }
        }
    }

    /// Returns the annotations that will be named, as far as they may be missing.
    fn named(&self) -> BTreeSet<AnnotationId> {
        let mut named: BTreeSet<AnnotationId> = BTreeSet::new();
        named.extend(self.annotations.values().flatten().flat_map(|a| a.body.references()));
        named.extend(self.relations.values().flatten().flat_map(|r| [r.from, r.to]));
        if self.annotations.values().any(Option::is_none) {
            // Only where something goes can what stays be left without it.
            let relations =
                self.onto.relations().filter(|relation| !self.relations.contains_key(&relation.id));
            named.extend(relations.flat_map(|relation| [relation.from, relation.to]));
            let annotations = self.onto.annotations().naming_others();
            let untouched = annotations.filter(|annotation| !self.annotations.contains_key(&annotation.id));
            named.extend(untouched.flat_map(|annotation| annotation.body.references()));
        }
        named
    }

    fn leave_out(&mut self, unknown: &BTreeSet<AnnotationId>) {
        let left_out = &mut self.merge.left_out;
        self.annotations.retain(|id, annotation| {
            let names_it =
                annotation.as_ref().is_some_and(|a| a.body.references().any(|id| unknown.contains(&id)));
            if names_it {
                left_out.push(ConflictKey::Annotation(*id));
            }
            !names_it
        });
        self.relations.retain(|id, relation| {
            let names_it =
                relation.as_ref().is_some_and(|r| unknown.contains(&r.from) || unknown.contains(&r.to));
            if names_it {
                left_out.push(ConflictKey::Relation(*id));
            }
            !names_it
        });
    }

    fn finish(mut self) -> Merge {
        let mut edits = Vec::new();
        for (id, annotation) in self.annotations {
            edits.extend(match (self.onto.annotation(id), annotation) {
                (Some(_), Some(annotation)) => Some(Edit::Replace(annotation)),
                (None, Some(annotation)) => Some(Edit::Insert(annotation)),
                (Some(_), None) => Some(Edit::Remove(id)),
                (None, None) => None,
            });
        }
        for (id, relation) in self.relations {
            edits.extend(self.onto.relation(id).map(|_| Edit::Unlink(id)));
            edits.extend(relation.map(Edit::Link));
        }
        edits.append(&mut self.merge.edits);
        self.merge.edits = edits;
        self.merge
    }
}

/// Returns whether two sides decided the same: whether, not when and by which rule.
fn is_same_verdict(a: Option<&DecisionRecord>, b: Option<&DecisionRecord>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => matches!(
            (a.decision, b.decision),
            (Decision::Accepted(_), Decision::Accepted(_)) | (Decision::Rejected, Decision::Rejected)
        ),
        _ => false,
    }
}
