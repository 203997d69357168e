//! Which annotators, labels and articles of a project go into a data set.

use std::collections::{BTreeMap, BTreeSet};

use crate::formats::exchange::Layer;
use crate::model::{AnnotationId, Body, Document, Fragments, LabelId, RoleFiller};

/// What goes into a data set; the default is everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Whose annotations; empty for all who have any.
    pub annotators: Vec<String>,
    /// Which labels; empty for all.
    pub labels: Vec<LabelId>,
    /// Only articles that their annotator has called done.
    pub only_done: bool,
}

impl Selection {
    /// Returns a document with the labels that were asked for. A role that a mention of another label fills is filled
    /// by the mention's span; relations of what is left out are left out.
    pub(super) fn narrowed(&self, document: Document) -> Document {
        if self.labels.is_empty() {
            return document;
        }
        let mut layer = Layer::default();
        let mut left_out: BTreeMap<AnnotationId, Fragments> = BTreeMap::new();
        for annotation in document.annotations().iter() {
            if self.labels.contains(annotation.body.label()) {
                layer.annotations.push((**annotation).clone());
            } else {
                left_out.insert(annotation.id, annotation.body.fragments().clone());
            }
        }
        for annotation in &mut layer.annotations {
            let Body::Claim(claim) = &mut annotation.body else { continue };
            for filler in claim.roles.values_mut().flatten() {
                if let RoleFiller::Entity(id) = filler
                    && let Some(fragments) = left_out.get(id)
                {
                    *filler = RoleFiller::Span(fragments.clone());
                }
            }
        }
        let kept: BTreeSet<AnnotationId> = layer.annotations.iter().map(|annotation| annotation.id).collect();
        let is_kept = |id: &AnnotationId| kept.contains(id);
        layer.relations =
            document.relations().filter(|r| is_kept(&r.from) && is_kept(&r.to)).cloned().collect();
        layer.decisions =
            document.decisions().filter(|d| self.labels.contains(&d.key.label)).cloned().collect();
        let (source, article) = (document.source().clone(), document.article().clone());
        // What was left fits together; where it did not, all would be shown rather than a part.
        layer.into_document(source, article).unwrap_or(document)
    }
}
