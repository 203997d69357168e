//! A change of a document as a value: described, all or nothing, invertible.

use std::sync::Arc;

use thiserror::Error;

use super::{Annotation, AnnotationId, DecisionRecord, LabelId, Orphan, Relation, RelationId, SuggestionKey};
use crate::text::TextRange;

/// One step of a [`Transaction`]. Each has an exact inverse of the same type.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Adds an annotation whose id is not in use.
    Insert(Annotation),
    /// Removes an annotation.
    Remove(AnnotationId),
    /// Puts another version of an annotation in its place.
    Replace(Annotation),
    /// Adds a relation whose id is not in use.
    Link(Relation),
    /// Removes a relation.
    Unlink(RelationId),
    /// Records a decision on a suggestion, over an earlier one on the same.
    Decide(DecisionRecord),
    /// Forgets the decision on a suggestion.
    Undecide(SuggestionKey),
    /// Adds a record that fits nowhere in the text.
    Orphan(Orphan),
    /// Removes the orphan of this id.
    Discard(AnnotationId),
}

/// A change of a document: what the user did, in words, and its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// What was done, for the menu and the history ("Accept GPE «…»").
    pub description: Arc<str>,
    /// The steps, in order.
    pub edits: Vec<Edit>,
}

impl Transaction {
    /// Returns a transaction of the given steps.
    #[must_use]
    pub fn new(description: impl Into<Arc<str>>, edits: Vec<Edit>) -> Self {
        Self { description: description.into(), edits }
    }
}

/// Why a transaction was refused; the document is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// The id is in use.
    #[error("annotation {id} is there already")]
    DuplicateAnnotation {
        /// The id.
        id: AnnotationId,
    },
    /// No such annotation.
    #[error("there is no annotation {id}")]
    NoAnnotation {
        /// The id.
        id: AnnotationId,
    },
    /// The id is in use.
    #[error("relation {id} is there already")]
    DuplicateRelation {
        /// The id.
        id: RelationId,
    },
    /// No such relation.
    #[error("there is no relation {id}")]
    NoRelation {
        /// The id.
        id: RelationId,
    },
    /// No decision was recorded on that suggestion.
    #[error("no decision on {label} at {range} was recorded")]
    NoDecision {
        /// The suggested label.
        label: LabelId,
        /// Where it stood, in bytes.
        range: TextRange,
    },
    /// No such orphan.
    #[error("there is no annotation {id} among those that do not fit the article")]
    NoOrphan {
        /// The id.
        id: AnnotationId,
    },
    /// A span does not lie in the article or cuts a character.
    #[error("{id} has the span {range}, which is no range of the article's text")]
    BadSpan {
        /// The annotation.
        id: AnnotationId,
        /// The span, in bytes.
        range: TextRange,
    },
    /// A claim or a relation names an annotation that would not be there.
    #[error("annotation {id} is still named by {by}; remove or change that first")]
    Dangling {
        /// The annotation that is missing.
        id: AnnotationId,
        /// The id of the claim or relation that names it.
        by: String,
    },
}
