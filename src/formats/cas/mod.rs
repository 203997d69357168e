//! Documents as UIMA has them, the Common Analysis Structure, in its two notations: XMI with a type system beside it
//! (`a.txt.xmi`, `TypeSystem.xml`), and UIMA CAS JSON 0.4 (`a.txt.json`). INCEpTION, `DKPro` and dkpro-cassis read both.
//!
//! A span is a `NamedEntity` whose value is the label; one in pieces reaches from the first to the last and names them in
//! `fragments`. A link is a `webanno.custom.Relation` with its ends. Attributes, notes and roles that no span fills are
//! features of the span. Offsets are UTF-16 units. Characters that XML cannot hold go into XMI as spaces.
//!
//! `build` makes the structures of a document and `interpret` makes annotations of structures; the other files write and
//! read the two notations.

mod build;
mod interpret;
mod json;
mod types;
mod xmi;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use json::{READER as JSON_READER, writer as json_writer};
pub(super) use xmi::{READER as XMI_READER, writer as xmi_writer};

use super::webanno::{NAMED_ENTITY, RELATION};

/// The type of the pieces of a span.
const FRAGMENT: &str = "webanno.custom.Fragment";

/// The feature with the pieces of a span.
const FRAGMENTS: &str = "fragments";

/// The ends of a relation.
const FROM: &str = "Governor";
const TO: &str = "Dependent";

/// The view that a document has at first.
const INITIAL_VIEW: &str = "_InitialView";

/// The value of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    /// Another structure.
    Ref(u64),
    /// Several others.
    Refs(Vec<u64>),
}

/// Something that is said: an annotation, or what one refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Structure {
    /// The full name of its type.
    type_name: String,
    /// The subject that it annotates, with start and end in UTF-16 units; `None` where it annotates nothing.
    place: Option<(u64, u32, u32)>,
    features: BTreeMap<String, Value>,
}

/// A subject of analysis: a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sofa {
    /// The name of its view.
    name: String,
    text: Option<String>,
}

/// A document as UIMA has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Cas {
    sofas: BTreeMap<u64, Sofa>,
    structures: BTreeMap<u64, Structure>,
    /// What belongs to the view of a subject.
    members: BTreeMap<u64, BTreeSet<u64>>,
}

#[cfg(test)]
mod tests;
