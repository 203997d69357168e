//! An article with its annotations, and the one function that changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::sync::Arc;

use super::{
    Annotation, AnnotationId, Annotations, Edit, EditError, LabelId, Relation, RelationId, RoleFiller,
    SuggestionKey, Timestamp, Transaction, UnknownFields,
};
use crate::text::{CharOffset, SourceText, TextEncoding};

/// Which file the text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleIdentity {
    /// The file's name without its folder.
    pub file_name: Arc<str>,
    /// SHA-256 of the file's bytes, in lower-case hexadecimal.
    pub sha256: Arc<str>,
    /// How the bytes were read.
    pub encoding: TextEncoding,
}

/// What was decided on a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Taken; the annotation that came of it, which may have other edges or another label and may be gone since.
    Accepted(AnnotationId),
    /// Refused. Kept: a refusal is data, and the same is not suggested again.
    Rejected,
}

/// A decision on a suggestion, with what it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The suggestion.
    pub key: SuggestionKey,
    /// The rule that suggested it.
    pub rule: Arc<str>,
    /// The pack and its version.
    pub pack: Arc<str>,
    /// What was decided.
    pub decision: Decision,
    /// When.
    pub at: Timestamp,
    /// What its file says of it that this version does not know.
    pub unknown: UnknownFields,
}

/// A record of the annotation file that fits nowhere in the text: kept as it stands and shown to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// Its id in the file.
    pub id: AnnotationId,
    /// Its label.
    pub label: LabelId,
    /// The text that it quotes.
    pub quote: Arc<str>,
    /// Where the file says that it stands, in chars; may lie beyond the text.
    pub claimed: (CharOffset, CharOffset),
    /// Why it does not fit, in one line.
    pub reason: Arc<str>,
    /// The record as it stands in the file.
    pub record: Arc<str>,
    /// What the file says beside that, and this version does not know.
    pub unknown: UnknownFields,
}

/// What an annotation file says beside its records that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnknownHead {
    /// Of the file.
    pub file: UnknownFields,
    /// Of the article.
    pub article: UnknownFields,
}

/// From how many steps of one kind on they are done at once.
const BULK: usize = 64;

fn ids_of_removals(edits: &[Edit]) -> impl Iterator<Item = AnnotationId> {
    edits.iter().filter_map(|edit| if let Edit::Remove(id) = edit { Some(*id) } else { None })
}

/// An article's text and everything that was said about it.
///
/// Equality is about the content; which ids were given and taken back again does not count.
#[derive(Debug, Clone)]
pub struct Document {
    source: SourceText,
    article: ArticleIdentity,
    annotations: Annotations,
    relations: BTreeMap<RelationId, Relation>,
    decisions: BTreeMap<SuggestionKey, DecisionRecord>,
    orphans: BTreeMap<AnnotationId, Orphan>,
    unknown: UnknownHead,
    next_annotation: AnnotationId,
    next_relation: RelationId,
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
            && self.article == other.article
            && self.annotations == other.annotations
            && self.relations == other.relations
            && self.decisions == other.decisions
            && self.orphans == other.orphans
            && self.unknown == other.unknown
    }
}

impl Document {
    /// Returns a document without annotations.
    #[must_use]
    pub fn new(source: SourceText, article: ArticleIdentity) -> Self {
        Self {
            source,
            article,
            annotations: Annotations::default(),
            relations: BTreeMap::new(),
            decisions: BTreeMap::new(),
            orphans: BTreeMap::new(),
            unknown: UnknownHead::default(),
            next_annotation: AnnotationId::FIRST,
            next_relation: RelationId::FIRST,
        }
    }

    /// Sets what the document's file says beside its records that this version does not know.
    pub fn set_unknown_head(&mut self, unknown: UnknownHead) {
        self.unknown = unknown;
    }

    /// Returns what the document's file says beside its records that this version does not know.
    #[must_use]
    pub const fn unknown_head(&self) -> &UnknownHead {
        &self.unknown
    }

    /// Sets ids below which none is given any more; never lowers them.
    pub fn reserve_ids(&mut self, annotation: AnnotationId, relation: RelationId) {
        self.next_annotation = self.next_annotation.max(annotation);
        self.next_relation = self.next_relation.max(relation);
    }

    /// Sets aside the ids that a transaction knows of, so that none of them is given to something else: for one that
    /// was done, and perhaps taken back, before the document was read.
    pub fn reserve_ids_of(&mut self, transaction: &Transaction) {
        for edit in &transaction.edits {
            match edit {
                Edit::Insert(Annotation { id, .. })
                | Edit::Replace(Annotation { id, .. })
                | Edit::Remove(id)
                | Edit::Orphan(Orphan { id, .. })
                | Edit::Discard(id) => self.next_annotation = self.next_annotation.max(id.next()),
                Edit::Link(Relation { id, .. }) | Edit::Unlink(id) => {
                    self.next_relation = self.next_relation.max(id.next());
                }
                Edit::Decide(_) | Edit::Undecide(_) => {}
            }
        }
    }

    /// Returns the article's text.
    #[must_use]
    pub const fn source(&self) -> &SourceText {
        &self.source
    }

    /// Returns which file the text came from.
    #[must_use]
    pub const fn article(&self) -> &ArticleIdentity {
        &self.article
    }

    /// Returns the annotations.
    #[must_use]
    pub const fn annotations(&self) -> &Annotations {
        &self.annotations
    }

    /// Returns the annotation of that id.
    #[must_use]
    pub fn annotation(&self, id: AnnotationId) -> Option<&Annotation> {
        self.annotations.get(id).map(AsRef::as_ref)
    }

    /// Returns the relations by id.
    pub fn relations(&self) -> impl ExactSizeIterator<Item = &Relation> {
        self.relations.values()
    }

    /// Returns the relation of that id.
    #[must_use]
    pub fn relation(&self, id: RelationId) -> Option<&Relation> {
        self.relations.get(&id)
    }

    /// Returns the decisions on suggestions, in text order.
    pub fn decisions(&self) -> impl ExactSizeIterator<Item = &DecisionRecord> {
        self.decisions.values()
    }

    /// Returns the decision on a suggestion; `None` where nobody has decided.
    #[must_use]
    pub fn decision(&self, key: &SuggestionKey) -> Option<&DecisionRecord> {
        self.decisions.get(key)
    }

    /// Returns the records that fit nowhere in the text, by id.
    pub fn orphans(&self) -> impl ExactSizeIterator<Item = &Orphan> {
        self.orphans.values()
    }

    /// Returns the orphan of that id.
    #[must_use]
    pub fn orphan(&self, id: AnnotationId) -> Option<&Orphan> {
        self.orphans.get(&id)
    }

    /// Returns an annotation id that was never given; the next ones follow by [`AnnotationId::next`].
    #[must_use]
    pub const fn fresh_annotation_id(&self) -> AnnotationId {
        self.next_annotation
    }

    /// Returns a relation id that was never given; the next ones follow by [`RelationId::next`].
    #[must_use]
    pub const fn fresh_relation_id(&self) -> RelationId {
        self.next_relation
    }

    /// Applies all steps of a transaction and returns the transaction that takes them back exactly.
    ///
    /// # Errors
    ///
    /// When a step cannot be done, a span is no range of the text, or a claim or relation would name an annotation
    /// that is not there. The document is then as it was before.
    pub fn apply(&mut self, transaction: &Transaction) -> Result<Transaction, EditError> {
        let mut inverse = Vec::with_capacity(transaction.edits.len());
        let outcome = self.apply_all(&transaction.edits, &mut inverse);
        inverse.reverse();
        let outcome = outcome.and_then(|()| self.check_references(&transaction.edits));
        if let Err(error) = outcome {
            let undone = self.apply_all(&inverse, &mut Vec::new());
            debug_assert!(undone.is_ok(), "an inverse applies to the state that it was made in");
            return Err(error);
        }
        Ok(Transaction { description: transaction.description.clone(), edits: inverse })
    }

    /// Does the steps in order and adds what takes each back. On an error those before it are done.
    fn apply_all(&mut self, edits: &[Edit], inverse: &mut Vec<Edit>) -> Result<(), EditError> {
        for steps in edits.chunk_by(|a, b| discriminant(a) == discriminant(b)) {
            if let Some(undo) = self.apply_in_bulk(steps)? {
                inverse.extend(undo);
                continue;
            }
            for edit in steps {
                inverse.push(self.apply_edit(edit)?);
            }
        }
        Ok(())
    }

    /// Does many insertions, or many removals, at once and returns what takes each back; `None` where the steps are few
    /// or something else. On an error nothing has changed. What names what is not looked at.
    fn apply_in_bulk(&mut self, steps: &[Edit]) -> Result<Option<Vec<Edit>>, EditError> {
        if steps.len() < BULK {
            return Ok(None);
        }
        let inserted: Vec<&Annotation> =
            steps.iter().map_while(|e| if let Edit::Insert(a) = e { Some(a) } else { None }).collect();
        if inserted.len() == steps.len() {
            return self.insert_in_bulk(&inserted).map(Some);
        }
        let removed: BTreeSet<AnnotationId> = ids_of_removals(steps).collect();
        if removed.len() == steps.len() {
            return self.remove_in_bulk(steps, &removed).map(Some);
        }
        Ok(None)
    }

    fn insert_in_bulk(&mut self, annotations: &[&Annotation]) -> Result<Vec<Edit>, EditError> {
        let mut new = BTreeSet::new();
        for annotation in annotations {
            self.check_spans(annotation)?;
            let id = annotation.id;
            if !new.insert(id) || self.annotations.get(id).is_some() {
                return Err(EditError::DuplicateAnnotation { id });
            }
        }
        self.annotations.insert_all(annotations.iter().map(|a| Arc::new(Annotation::clone(a))).collect());
        if let Some(last) = new.last() {
            self.next_annotation = self.next_annotation.max(last.next());
        }
        Ok(annotations.iter().map(|annotation| Edit::Remove(annotation.id)).collect())
    }

    fn remove_in_bulk(
        &mut self,
        steps: &[Edit],
        ids: &BTreeSet<AnnotationId>,
    ) -> Result<Vec<Edit>, EditError> {
        if let Some(id) = ids.iter().find(|id| self.annotations.get(**id).is_none()) {
            return Err(EditError::NoAnnotation { id: *id });
        }
        let mut taken = self.annotations.remove_all(ids);
        let inverse = ids_of_removals(steps).filter_map(|id| taken.remove(&id));
        Ok(inverse.map(|annotation| Edit::Insert(Arc::unwrap_or_clone(annotation))).collect())
    }

    /// Does one step and returns its inverse; on an error nothing has changed.
    fn apply_edit(&mut self, edit: &Edit) -> Result<Edit, EditError> {
        match edit {
            Edit::Insert(annotation) => {
                self.check_spans(annotation)?;
                let id = annotation.id;
                if !self.annotations.insert(annotation.clone()) {
                    return Err(EditError::DuplicateAnnotation { id });
                }
                self.next_annotation = self.next_annotation.max(id.next());
                Ok(Edit::Remove(id))
            }
            Edit::Remove(id) => {
                self.annotations.remove(*id).map(Edit::Insert).ok_or(EditError::NoAnnotation { id: *id })
            }
            Edit::Replace(annotation) => {
                self.check_spans(annotation)?;
                let id = annotation.id;
                let old = self.annotations.remove(id).ok_or(EditError::NoAnnotation { id })?;
                self.annotations.insert(annotation.clone());
                Ok(Edit::Replace(old))
            }
            Edit::Link(relation) => {
                let id = relation.id;
                if self.relations.contains_key(&id) {
                    return Err(EditError::DuplicateRelation { id });
                }
                self.relations.insert(id, relation.clone());
                self.next_relation = self.next_relation.max(id.next());
                Ok(Edit::Unlink(id))
            }
            Edit::Unlink(id) => {
                self.relations.remove(id).map(Edit::Link).ok_or(EditError::NoRelation { id: *id })
            }
            Edit::Decide(record) => {
                let key = record.key.clone();
                let old = self.decisions.insert(key.clone(), record.clone());
                Ok(old.map_or(Edit::Undecide(key), Edit::Decide))
            }
            Edit::Undecide(key) => self.decisions.remove(key).map(Edit::Decide).ok_or_else(|| {
                EditError::NoDecision { label: key.label.clone(), range: key.fragments.hull() }
            }),
            Edit::Orphan(orphan) => {
                let id = orphan.id;
                if self.orphans.contains_key(&id) {
                    return Err(EditError::DuplicateAnnotation { id });
                }
                self.orphans.insert(id, orphan.clone());
                self.next_annotation = self.next_annotation.max(id.next());
                Ok(Edit::Discard(id))
            }
            Edit::Discard(id) => {
                self.orphans.remove(id).map(Edit::Orphan).ok_or(EditError::NoOrphan { id: *id })
            }
        }
    }

    fn check_spans(&self, annotation: &Annotation) -> Result<(), EditError> {
        for range in annotation.body.spans().flat_map(super::Fragments::ranges) {
            if self.source.range(range.start(), range.end()).is_err() {
                return Err(EditError::BadSpan { id: annotation.id, range: *range });
            }
        }
        Ok(())
    }

    /// Checks that nothing that the edits touched names an annotation that is not there.
    fn check_references(&self, edits: &[Edit]) -> Result<(), EditError> {
        let mut removed = BTreeSet::new();
        for edit in edits {
            match edit {
                Edit::Insert(a) | Edit::Replace(a) => self.check_named(a)?,
                Edit::Link(relation) => self.check_ends(relation)?,
                Edit::Remove(id) => {
                    removed.insert(*id);
                }
                _ => {}
            }
        }
        removed.retain(|id| self.annotations.get(*id).is_none());
        if !removed.is_empty() {
            self.relations.values().try_for_each(|relation| self.check_ends(relation))?;
            self.annotations.naming_others().try_for_each(|annotation| self.check_named(annotation))?;
        }
        Ok(())
    }

    fn check_named(&self, annotation: &Annotation) -> Result<(), EditError> {
        // An annotation that a later edit of the same transaction removed again names nothing.
        if self.annotations.get(annotation.id).is_none() {
            return Ok(());
        }
        let missing = annotation.body.references().find(|id| self.annotations.get(*id).is_none());
        missing.map_or(Ok(()), |id| Err(EditError::Dangling { id, by: annotation.id.to_string() }))
    }

    fn check_ends(&self, relation: &Relation) -> Result<(), EditError> {
        if !self.relations.contains_key(&relation.id) {
            return Ok(());
        }
        let missing = [relation.from, relation.to].into_iter().find(|id| self.annotations.get(*id).is_none());
        missing.map_or(Ok(()), |id| Err(EditError::Dangling { id, by: relation.id.to_string() }))
    }

    /// Returns the steps that remove an annotation together with everything that names it: relations are unlinked,
    /// a claim that had it in a role keeps the span in its place.
    #[must_use]
    pub fn removal(&self, id: AnnotationId) -> Vec<Edit> {
        let Some(annotation) = self.annotation(id) else { return Vec::new() };
        let span = annotation.body.fragments();
        let mut edits = Vec::new();
        for relation in self.relations.values().filter(|r| r.from == id || r.to == id) {
            edits.push(Edit::Unlink(relation.id));
        }
        for other in self.annotations.naming_others().filter(|other| other.id != id) {
            if !other.body.references().any(|named| named == id) {
                continue;
            }
            let mut other = Annotation::clone(other);
            if let super::Body::Claim(claim) = &mut other.body {
                for filler in claim.roles.values_mut().flatten() {
                    if *filler == RoleFiller::Entity(id) {
                        *filler = RoleFiller::Span(span.clone());
                    }
                }
            }
            edits.push(Edit::Replace(other));
        }
        edits.push(Edit::Remove(id));
        edits
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Body, Claim, Entity, Fragments, History, Origin, RoleId};
    use crate::text::TextRange;

    const TEXT: &str = "وصل سامر الحداد إلى مسقط أمس، وقالت ريم إنه غادر.";

    fn document() -> Document {
        let article =
            ArticleIdentity { file_name: "a.txt".into(), sha256: "00".into(), encoding: TextEncoding::UTF_8 };
        Document::new(SourceText::new(TEXT), article)
    }

    fn id(number: u32) -> AnnotationId {
        AnnotationId::new(number).expect("not zero")
    }

    fn annotation(number: u32, body: Body) -> Annotation {
        Annotation {
            id: id(number),
            body,
            attributes: BTreeMap::new(),
            note: "".into(),
            origin: Origin::Human,
            created: Timestamp::from_millis(0),
            modified: Timestamp::from_millis(0),
            unknown: UnknownFields::NONE,
        }
    }

    fn mention(number: u32, range: TextRange) -> Annotation {
        let fragments = Fragments::single(range).expect("not empty");
        annotation(number, Body::Entity(Entity { label: "PERS".into(), fragments }))
    }

    fn claim(number: u32, content: TextRange, source: RoleFiller) -> Annotation {
        let roles = BTreeMap::from([(RoleId::from(RoleId::SOURCE), vec![source])]);
        let content = Fragments::single(content).expect("not empty");
        annotation(number, Body::Claim(Claim { label: "CLAIM".into(), content, roles }))
    }

    fn part(text: &str) -> TextRange {
        let start = TEXT.find(text).expect("in the text");
        TextRange::from_indices(start, start + text.len())
    }

    fn apply(document: &mut Document, edits: Vec<Edit>) -> Result<Transaction, EditError> {
        document.apply(&Transaction::new("a test", edits))
    }

    #[test]
    fn a_transaction_is_done_as_a_whole_or_not_at_all() {
        let mut document = document();
        let before = document.clone();
        let edits = vec![Edit::Insert(mention(1, part("مسقط"))), Edit::Remove(id(7))];
        assert_eq!(apply(&mut document, edits), Err(EditError::NoAnnotation { id: id(7) }));
        assert_eq!(document, before);
    }

    #[test]
    fn a_span_that_cuts_a_character_or_leaves_the_text_is_refused() {
        let mut document = document();
        for range in [TextRange::from_indices(1, 4), TextRange::from_indices(0, 9_999)] {
            let refused = apply(&mut document, vec![Edit::Insert(mention(1, range))]);
            assert_eq!(refused, Err(EditError::BadSpan { id: id(1), range }));
        }
    }

    #[test]
    fn what_a_claim_names_cannot_be_removed_alone() {
        let mut document = document();
        let person = mention(1, part("ريم"));
        let said = claim(2, part("غادر"), RoleFiller::Entity(id(1)));
        apply(&mut document, vec![Edit::Insert(person), Edit::Insert(said)]).expect("they fit");
        let refused = apply(&mut document, vec![Edit::Remove(id(1))]);
        assert_eq!(refused, Err(EditError::Dangling { id: id(1), by: "a2".to_owned() }));
        let edits = document.removal(id(1));
        apply(&mut document, edits).expect("with what names it");
        let claim = document.annotation(id(2)).and_then(|a| a.body.as_claim()).expect("the claim stays");
        let span = Fragments::single(part("ريم")).expect("not empty");
        assert_eq!(claim.role(RoleId::SOURCE), [RoleFiller::Span(span)]);
    }

    #[test]
    fn an_id_is_never_given_twice() {
        let mut document = document();
        let inverse = apply(&mut document, vec![Edit::Insert(mention(1, part("ريم")))]).expect("it fits");
        document.apply(&inverse).expect("the inverse fits");
        assert_eq!(document.fresh_annotation_id(), id(2));
    }

    #[test]
    fn annotations_stand_in_reading_order_the_longer_first() {
        let mut document = document();
        let edits = [part("مسقط"), part("سامر"), part("سامر الحداد"), part("وصل")];
        let edits = (1..).zip(edits).map(|(n, range)| Edit::Insert(mention(n, range))).collect();
        apply(&mut document, edits).expect("they fit");
        let order: Vec<u32> = document.annotations().iter().map(|a| a.id.get()).collect();
        assert_eq!(order, [4, 3, 2, 1]);
        assert_eq!(document.annotations().position(id(2)), Some(2));
    }

    #[test]
    fn a_claim_is_found_by_its_source_too() {
        let mut document = document();
        let source = Fragments::single(part("ريم")).expect("not empty");
        let said = claim(1, part("غادر"), RoleFiller::Span(source));
        apply(&mut document, vec![Edit::Insert(said)]).expect("it fits");
        let found = document.annotations().overlapping(part("ريم")).count();
        assert_eq!(found, 1);
        assert_eq!(document.annotations().overlapping(part("وصل")).count(), 0);
    }

    /// What a random script does: indices are taken modulo what there is.
    #[derive(Debug, Clone)]
    enum Step {
        Insert(usize, usize),
        Remove(usize),
        Move(usize, usize, usize),
        Link(usize, usize),
        Undo,
        Redo,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let n = 0_usize..60;
        let step = prop_oneof![
            3 => (n.clone(), 1_usize..12).prop_map(|(start, len)| Step::Insert(start, len)),
            2 => n.clone().prop_map(Step::Remove),
            2 => (n.clone(), n.clone(), 1_usize..12).prop_map(|(which, start, len)| Step::Move(which, start, len)),
            1 => (n.clone(), n).prop_map(|(from, to)| Step::Link(from, to)),
            2 => Just(Step::Undo),
            1 => Just(Step::Redo),
        ];
        prop::collection::vec(step, 0..60)
    }

    fn char_range(document: &Document, start: usize, len: usize) -> TextRange {
        let source = document.source();
        let last = source.len_chars().index();
        let start = start.min(last - 1);
        let end = (start + len).min(last);
        source
            .range_from_chars(CharOffset::from_index(start), CharOffset::from_index(end))
            .expect("inside the text")
    }

    fn transaction(document: &Document, step: &Step) -> Option<Transaction> {
        let ids: Vec<AnnotationId> = document.annotations().iter().map(|a| a.id).collect();
        let pick = |n: &usize| ids.get(n % ids.len().max(1)).copied();
        let edits = match step {
            Step::Insert(start, len) => {
                let fresh = document.fresh_annotation_id().get();
                vec![Edit::Insert(mention(fresh, char_range(document, *start, *len)))]
            }
            Step::Remove(which) => document.removal(pick(which)?),
            Step::Move(which, start, len) => {
                vec![Edit::Replace(mention(pick(which)?.get(), char_range(document, *start, *len)))]
            }
            Step::Link(from, to) => vec![Edit::Link(Relation {
                id: document.fresh_relation_id(),
                label: "same_as".into(),
                from: pick(from)?,
                to: pick(to)?,
                created: Timestamp::from_millis(0),
                unknown: UnknownFields::NONE,
            })],
            Step::Undo | Step::Redo => return None,
        };
        Some(Transaction::new("a step", edits))
    }

    fn check(document: &Document) -> Result<(), TestCaseError> {
        let annotations = document.annotations();
        let sorted = annotations.as_slice().windows(2).all(|pair| pair[0].reading_order(&pair[1]).is_lt());
        prop_assert!(sorted);
        for relation in document.relations() {
            prop_assert!(
                document.annotation(relation.from).is_some() && document.annotation(relation.to).is_some()
            );
        }
        for start in (0..TEXT.chars().count()).step_by(7) {
            let range = char_range(document, start, 5);
            let found: Vec<AnnotationId> = annotations.overlapping(range).map(|a| a.id).collect();
            let expected = annotations.iter().filter(|a| a.body.fragments().hull().overlaps(range));
            prop_assert_eq!(found, expected.map(|a| a.id).collect::<Vec<_>>());
        }
        Ok(())
    }

    #[test]
    fn many_insertions_and_removals_at_once_are_what_they_are_one_by_one() {
        let place = |n: u32| part(if n.is_multiple_of(3) { "سامر" } else { "وصل سامر" });
        let insert = |n: u32| Edit::Insert(mention(n, place(n)));
        // Ids that do not follow the order of the text.
        let edits: Vec<Edit> = (1..=100).map(|n| insert(n * 37 % 101)).collect();
        let mut one_by_one = document();
        for edit in &edits {
            apply(&mut one_by_one, vec![edit.clone()]).expect("it fits");
        }
        let mut at_once = document();
        let inverse = apply(&mut at_once, edits).expect("they fit");
        assert_eq!(at_once, one_by_one);
        assert_eq!(at_once.fresh_annotation_id(), one_by_one.fresh_annotation_id());
        assert_eq!(at_once.annotation(id(37)), one_by_one.annotation(id(37)));
        let again = apply(&mut at_once, inverse.edits).expect("an inverse fits");
        assert!(at_once.annotations().is_empty());
        apply(&mut at_once, again.edits).expect("what fitted fits again");
        assert_eq!(at_once, one_by_one);
    }

    #[test]
    fn what_names_another_is_known_however_it_came_and_went() {
        let naming =
            |document: &Document| document.annotations().naming_others().map(|a| a.id).collect::<Vec<_>>();
        let mut document = document();
        let people = (1..=70).map(|n| Edit::Insert(mention(n, part("ريم"))));
        let said = claim(90, part("غادر"), RoleFiller::Entity(id(3)));
        let all = people.chain([Edit::Insert(said.clone())]).collect();
        let inverse = apply(&mut document, all).expect("they fit");
        assert_eq!(naming(&document), [id(90)]);
        assert_eq!(document.removal(id(3)).len(), 2, "the claim is changed with it");
        apply(&mut document, vec![Edit::Remove(id(90))]).expect("it is there");
        assert_eq!(naming(&document), []);
        apply(&mut document, vec![Edit::Insert(said)]).expect("it fits");
        let plain = claim(90, part("غادر"), RoleFiller::Author);
        let replaced = apply(&mut document, vec![Edit::Replace(plain)]).expect("it is there");
        assert_eq!(naming(&document), []);
        apply(&mut document, replaced.edits).expect("an inverse fits");
        assert_eq!(naming(&document), [id(90)]);
        apply(&mut document, inverse.edits).expect("an inverse fits");
        assert_eq!(naming(&document), []);
    }

    #[test]
    fn one_bad_step_among_many_leaves_the_document_as_it_was() {
        let good = |n: u32| Edit::Insert(mention(n, part("سامر")));
        let bad_span = Edit::Insert(mention(500, TextRange::from_indices(0, 1)));
        for bad in [bad_span, good(7), Edit::Insert(claim(501, part("أمس"), RoleFiller::Entity(id(900))))]
        {
            let mut document = document();
            apply(&mut document, vec![good(7)]).expect("it fits");
            let before = document.clone();
            let edits = (10..110).map(good).chain([bad]).collect();
            assert!(apply(&mut document, edits).is_err());
            assert_eq!(document, before);
        }
        let mut document = document();
        apply(&mut document, (1..=100).map(good).collect()).expect("they fit");
        let said = claim(501, part("أمس"), RoleFiller::Entity(id(50)));
        apply(&mut document, vec![Edit::Insert(said)]).expect("it fits");
        let before = document.clone();
        assert!(apply(&mut document, (1..=100).map(|n| Edit::Remove(id(n))).collect()).is_err());
        assert_eq!(document, before, "a claim names one of them");
    }

    proptest! {
        #[test]
        fn any_script_keeps_the_invariants_and_is_undone_and_done_again_exactly(steps in steps()) {
            let mut document = document();
            let mut history = History::saved();
            let empty = document.clone();
            for step in &steps {
                match (step, transaction(&document, step)) {
                    (Step::Undo, _) => {
                        history.undo(&mut document).expect("an inverse fits");
                    }
                    (Step::Redo, _) => {
                        history.redo(&mut document).expect("what fitted fits again");
                    }
                    (_, Some(transaction)) => {
                        history.commit(&mut document, transaction).expect("it fits");
                    }
                    (_, None) => {}
                }
                check(&document)?;
            }
            let last = document.clone();
            let mut undone = 0;
            while history.undo(&mut document).expect("an inverse fits").is_some() {
                undone += 1;
            }
            prop_assert_eq!(&document, &empty);
            prop_assert!(!history.is_dirty());
            for _ in 0..undone {
                history.redo(&mut document).expect("what fitted fits again");
            }
            prop_assert_eq!(document, last);
        }
    }
}
