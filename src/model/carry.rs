//! What becomes of annotations when their article has changed: a list to review, applied as one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    Annotation, AnnotationId, Body, DecisionRecord, Document, Edit, Fragments, LabelId, Relation, RoleFiller,
    RoleId, Transaction,
};
use crate::text::{CharOffset, TextRange};

/// What became of the annotations of an article that was changed after it was annotated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Carry {
    /// How many annotations stand where they stood; they are in the document.
    pub unmoved: usize,
    /// What is among the document's orphans because of the change, in the order of the old text.
    pub carried: Vec<Carried>,
}

/// One record that no longer stands where it stood. Until it is decided on, the document has it as an orphan.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The id of the orphan.
    pub orphan: AnnotationId,
    /// The label.
    pub label: LabelId,
    /// Its words in the old text; empty for a relation.
    pub quote: Arc<str>,
    /// Where it stood, in chars of the old text.
    pub from: (CharOffset, CharOffset),
    /// What became of it.
    pub outcome: CarryOutcome,
    /// What would take the orphan's place; `None` where it is lost.
    pub proposal: Option<Proposal>,
    /// What filled a claim's roles and is lost; the proposal is without it.
    pub lost_roles: Vec<LostFiller>,
    /// For the decision by which a suggestion was accepted: the annotation that came of it, with which it goes.
    pub follows: Option<AnnotationId>,
    /// The reason, one line.
    pub why: Arc<str>,
}

/// What became of a record, in rising order of doubt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CarryOutcome {
    /// It stands where it stood, and was set aside since something that it names was.
    Unmoved,
    /// The same words stand elsewhere.
    Moved,
    /// Its words have changed.
    Changed,
    /// It cannot be said where it stands.
    Lost {
        /// The places that come into question; none where there is none.
        candidates: Vec<TextRange>,
    },
}

/// What would take the place of an orphan.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Where it stands now; `None` for a relation.
    pub to: Option<Fragments>,
    /// The words that stand there, pieces joined by `…`; empty for a relation.
    pub quote: Arc<str>,
    /// The record with its spans in the new text.
    pub record: CarriedRecord,
}

/// A record that was carried over to a changed text.
#[derive(Debug, Clone, PartialEq)]
pub enum CarriedRecord {
    /// A mention or a claim, under its own id.
    Annotation(Annotation),
    /// A relation whose ends were set aside.
    Relation(Relation),
    /// A decision on a suggestion.
    Decision(DecisionRecord),
}

/// What filled a role and cannot be found any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostFiller {
    /// The role.
    pub role: RoleId,
    /// Its words, or the id of the annotation that filled it.
    pub what: Arc<str>,
}

impl Carry {
    /// Returns how many [rows](Self::rows) there are of each outcome: unmoved, moved, changed, lost.
    #[must_use]
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [self.unmoved, 0, 0, 0];
        for carried in self.rows() {
            counts[match carried.outcome {
                CarryOutcome::Unmoved => 0,
                CarryOutcome::Moved => 1,
                CarryOutcome::Changed => 2,
                CarryOutcome::Lost { .. } => 3,
            }] += 1;
        }
        counts
    }

    /// Returns what is to be decided on one by one: a decision goes with the annotation that came of it, where that was
    /// set aside as well.
    pub fn rows(&self) -> impl Iterator<Item = &Carried> {
        let aside: BTreeSet<AnnotationId> = self.carried.iter().map(|carried| carried.orphan).collect();
        self.carried.iter().filter(move |carried| carried.follows.is_none_or(|id| !aside.contains(&id)))
    }

    /// Returns, in one line, what became of the annotations.
    #[must_use]
    pub fn notice(&self) -> String {
        match self.counts() {
            [_, 0, 0, 0] if self.carried.is_empty() => {
                "The article has changed; all its annotations stand where they stood.".to_owned()
            }
            [unmoved, moved, changed, lost] => format!(
                "The article has changed. Its annotations: {unmoved} in place, {moved} moved, {changed} changed, {lost} lost."
            ),
        }
    }

    /// Returns the transaction that puts the chosen records, by the ids of their orphans, in their new places. What is
    /// lost, or no orphan of the document any more, is left as it is; so is a relation one of whose ends would be
    /// missing. In a claim, a mention that is not chosen is replaced by its span.
    #[must_use]
    pub fn transaction(&self, document: &Document, chosen: &BTreeSet<AnnotationId>) -> Transaction {
        let goes_along = |carried: &Carried| carried.follows.is_some_and(|id| chosen.contains(&id));
        let chosen: Vec<(&Carried, &CarriedRecord)> = self
            .carried
            .iter()
            .filter(|carried| chosen.contains(&carried.orphan) || goes_along(carried))
            .filter(|carried| document.orphan(carried.orphan).is_some())
            .filter_map(|carried| Some((carried, &carried.proposal.as_ref()?.record)))
            .collect();
        let coming: BTreeSet<AnnotationId> = chosen
            .iter()
            .filter_map(|(_, record)| match record {
                CarriedRecord::Annotation(annotation) => Some(annotation.id),
                _ => None,
            })
            .collect();
        let is_there = |id: AnnotationId| coming.contains(&id) || document.annotation(id).is_some();
        let places = self.places();
        let mut edits = Vec::with_capacity(2 * chosen.len());
        let mut count = 0;
        let (mut annotations, mut others) = (Vec::new(), Vec::new());
        for (carried, record) in chosen {
            match record {
                CarriedRecord::Annotation(annotation) => {
                    annotations.push(Edit::Insert(with_fillers(annotation, is_there, &places)));
                }
                CarriedRecord::Relation(relation) if is_there(relation.from) && is_there(relation.to) => {
                    others.push(Edit::Link(relation.clone()));
                }
                CarriedRecord::Relation(_) => continue,
                CarriedRecord::Decision(decision) => others.push(Edit::Decide(decision.clone())),
            }
            edits.push(Edit::Discard(carried.orphan));
            count += usize::from(!goes_along(carried));
        }
        edits.extend(annotations);
        edits.extend(others);
        let noun = if count == 1 { "annotation" } else { "annotations" };
        Transaction::new(format!("Carry {count} {noun} over to the changed article"), edits)
    }

    /// Returns where the carried mentions stand now.
    fn places(&self) -> BTreeMap<AnnotationId, &Fragments> {
        let proposals = self.carried.iter().filter_map(|carried| carried.proposal.as_ref());
        let annotations = proposals.filter_map(|proposal| match &proposal.record {
            CarriedRecord::Annotation(annotation) => Some((annotation.id, annotation.body.fragments())),
            _ => None,
        });
        annotations.collect()
    }
}

/// Returns an annotation that names only what is there.
fn with_fillers(
    annotation: &Annotation,
    is_there: impl Fn(AnnotationId) -> bool,
    places: &BTreeMap<AnnotationId, &Fragments>,
) -> Annotation {
    let mut annotation = annotation.clone();
    if let Body::Claim(claim) = &mut annotation.body {
        for fillers in claim.roles.values_mut() {
            for filler in fillers.iter_mut() {
                if let RoleFiller::Entity(id) = filler
                    && !is_there(*id)
                    && let Some(place) = places.get(id)
                {
                    *filler = RoleFiller::Span((*place).clone());
                }
            }
            fillers.retain(|filler| !matches!(filler, RoleFiller::Entity(id) if !is_there(*id)));
        }
        claim.roles.retain(|_, fillers| !fillers.is_empty());
    }
    annotation
}
