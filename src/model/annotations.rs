//! The annotations of a document, found by id, by place in reading order and by range.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::extents::ExtentTree;
use super::{Annotation, AnnotationId};
use crate::text::{ByteOffset, TextRange};

/// The annotations of a document in reading order: by start, longer first, then by id.
///
/// Annotations are shared, so a copy for a save on another thread costs 8 bytes an annotation.
#[derive(Debug, Clone, Default)]
pub struct Annotations {
    sorted: Vec<Arc<Annotation>>,
    /// Where each stands in `sorted`, by id. A vector, since a copy of one is many times faster than that of a tree, and
    /// of places, since a copy of those counts nothing up.
    by_id: Vec<(AnnotationId, u32)>,
    /// Those that name another annotation: claims with a mention in a role. They are few, and every removal asks them.
    naming_others: BTreeSet<AnnotationId>,
    /// Where the first fragment of each of `sorted` starts: a search in it stays in the processor's cache.
    starts: Vec<ByteOffset>,
    /// Over the extents of `sorted`. Made at the first query, then changed along; shared by copies.
    extents: OnceLock<Arc<ExtentTree>>,
}

impl Annotations {
    /// Returns the number of annotations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Returns the annotations in reading order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Annotation>> + ExactSizeIterator {
        self.sorted.iter()
    }

    /// Returns the annotations in reading order as a slice, for lists that show a window of it.
    #[must_use]
    pub fn as_slice(&self) -> &[Arc<Annotation>] {
        &self.sorted
    }

    /// Returns the annotation of that id.
    #[must_use]
    pub fn get(&self, id: AnnotationId) -> Option<&Arc<Annotation>> {
        self.position(id).map(|at| &self.sorted[at])
    }

    /// Returns the index in reading order of the annotation of that id.
    #[must_use]
    pub fn position(&self, id: AnnotationId) -> Option<usize> {
        self.place_of(id).ok().map(|place| self.by_id[place].1 as usize)
    }

    /// Returns, in reading order, the annotations of which any span (a claim's roles too) overlaps the hull that
    /// `range` meets; O(log n + hits).
    pub fn overlapping(&self, range: TextRange) -> impl Iterator<Item = &Arc<Annotation>> {
        let extents = || ExtentTree::new(self.sorted.iter().map(|annotation| annotation.body.extent()));
        let tree = self.extents.get_or_init(|| Arc::new(extents()));
        tree.overlapping(range).into_iter().map(|i| &self.sorted[i])
    }

    /// Returns the first annotation in reading order that starts in a range; O(log n).
    #[must_use]
    pub fn first_starting_in(&self, range: TextRange) -> Option<&Arc<Annotation>> {
        let at = self.starts.partition_point(|start| *start < range.start());
        self.starts.get(at).filter(|start| **start < range.end()).map(|_| &self.sorted[at])
    }

    /// Returns, by id, the annotations that name another one: what refers to a given one is among them.
    pub fn naming_others(&self) -> impl Iterator<Item = &Arc<Annotation>> {
        self.naming_others.iter().filter_map(|id| self.get(*id))
    }

    /// Where an id stands among `by_id`, or would stand.
    fn place_of(&self, id: AnnotationId) -> Result<usize, usize> {
        self.by_id.binary_search_by_key(&id, |(id, _)| *id)
    }

    pub(super) fn insert(&mut self, annotation: Annotation) -> bool {
        let Err(place) = self.place_of(annotation.id) else { return false };
        self.note_naming(&annotation);
        let annotation = Arc::new(annotation);
        let at = self.sorted.partition_point(|other| other.reading_order(&annotation).is_lt());
        self.starts.insert(at, start_of(&annotation));
        if let Some(extents) = self.extents.get_mut() {
            Arc::make_mut(extents).insert(at, annotation.body.extent());
        }
        for (_, other) in &mut self.by_id {
            *other += u32::from(*other as usize >= at);
        }
        self.by_id.insert(place, (annotation.id, place_in(at)));
        self.sorted.insert(at, annotation);
        true
    }

    fn note_naming(&mut self, annotation: &Annotation) {
        if annotation.body.references().next().is_some() {
            self.naming_others.insert(annotation.id);
        }
    }

    /// Adds many at once, none of whose ids is in use: O((n + m) log m), where one at a time would move all that stand
    /// behind each.
    pub(super) fn insert_all(&mut self, annotations: Vec<Arc<Annotation>>) {
        for annotation in &annotations {
            self.note_naming(annotation);
        }
        self.sorted.extend(annotations);
        // A stable sort is fast on two sorted runs, which this is more often than not.
        self.sorted.sort_by(|a, b| a.reading_order(b));
        self.reindex();
    }

    /// Takes out many at once and returns them by id; what is not there is left out.
    pub(super) fn remove_all(
        &mut self,
        ids: &BTreeSet<AnnotationId>,
    ) -> BTreeMap<AnnotationId, Arc<Annotation>> {
        self.naming_others.retain(|id| !ids.contains(id));
        let taken = self.sorted.extract_if(.., |annotation| ids.contains(&annotation.id));
        let taken = taken.map(|annotation| (annotation.id, annotation)).collect();
        self.reindex();
        taken
    }

    /// After a change of many.
    fn reindex(&mut self) {
        self.starts = self.sorted.iter().map(|annotation| start_of(annotation)).collect();
        self.by_id = self.sorted.iter().enumerate().map(|(at, a)| (a.id, place_in(at))).collect();
        self.by_id.sort_unstable();
        self.extents.take();
    }

    pub(super) fn remove(&mut self, id: AnnotationId) -> Option<Annotation> {
        let at = self.position(id)?;
        let place = self.place_of(id).ok()?;
        self.by_id.remove(place);
        for (_, other) in &mut self.by_id {
            *other -= u32::from(*other as usize > at);
        }
        let annotation = self.sorted.remove(at);
        self.starts.remove(at);
        self.naming_others.remove(&id);
        if let Some(extents) = self.extents.get_mut() {
            Arc::make_mut(extents).remove(at);
        }
        Some(Arc::unwrap_or_clone(annotation))
    }
}

/// Returns an index into `sorted` as it is kept: ids are 32 bits wide, so there are never more annotations than that.
fn place_in(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn start_of(annotation: &Annotation) -> ByteOffset {
    annotation.body.fragments().first().start()
}

impl PartialEq for Annotations {
    fn eq(&self, other: &Self) -> bool {
        self.sorted == other.sorted
    }
}
