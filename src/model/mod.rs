//! What is annotated, and how that changes.
//!
//! Invariant: pure values. Does no I/O, knows no file format, reads no clock (times come in as arguments), and only
//! [`Document::apply`] changes a document.

pub mod agreement;
mod annotation;
mod annotations;
mod carry;
mod document;
mod extents;
mod history;
mod merge;
mod progress;
mod schema;
mod suggestion;
mod transaction;

pub use annotation::{
    Annotation, AnnotationId, AttributeValue, Body, Claim, Entity, Fragments, FragmentsError, LabelId,
    Origin, Relation, RelationId, RoleFiller, RoleId, Timestamp, UnknownFields,
};
pub use annotations::Annotations;
pub use carry::{Carried, CarriedRecord, Carry, CarryOutcome, LostFiller, Proposal};
pub use document::{ArticleIdentity, Decision, DecisionRecord, Document, Orphan, UnknownHead};
pub(crate) use extents::ExtentTree;
pub use history::{History, Step};
pub use merge::{Changes, Conflict, ConflictKey, Merge, Side, merge};
pub use progress::{ProgressMark, ProgressStatus};
pub use schema::{
    AttributeDef, AttributeValues, FillerKind, LabelDef, LabelKind, LocalizedText, RelationDef, Rgb, RoleDef,
    Schema, SchemaError, UnderlinePattern,
};
pub use suggestion::{Explanation, Loser, Piece, Suggestion, SuggestionKey};
pub use transaction::{Edit, EditError, Transaction};
