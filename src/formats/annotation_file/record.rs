//! The records of an annotation file, version 1, apart from the model: what stands on disk may not change when the
//! model does.
//!
//! Offsets are chars. Fields that would be empty are left out.

use std::collections::BTreeMap;

use ron::value::RawValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::formats::ron_fields::Kept;
use crate::formats::ron_text::{Visible, rfc3339};
use crate::model::{AnnotationId, RelationId, Timestamp};
use crate::text::shortened;

/// The whole file. The records of the lists are parsed one by one, so that each error has its place.
#[derive(Debug, Deserialize)]
#[serde(rename = "AnnotationFile", deny_unknown_fields)]
pub(super) struct FileRecord<'a> {
    pub(super) version: u32,
    pub(super) article: Kept<ArticleRecord>,
    pub(super) annotator: String,
    pub(super) schema: String,
    #[serde(default)]
    pub(super) next: NextRecord,
    #[serde(borrow)]
    pub(super) annotations: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) relations: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) decisions: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) orphans: Vec<&'a RawValue>,
}

/// What every version begins with.
#[derive(Debug, Deserialize)]
pub(super) struct VersionRecord {
    pub(super) version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleRecord {
    pub(super) file: Visible,
    pub(super) sha256: String,
    pub(super) encoding: String,
    pub(super) chars: u32,
}

/// Ids below which none is given any more. Files had it until both sides of a merge were found to change it; it is read
/// and no longer written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextRecord {
    pub(super) annotation: Id<AnnotationId>,
    pub(super) relation: Id<RelationId>,
}

impl Default for NextRecord {
    fn default() -> Self {
        Self { annotation: Id(AnnotationId::FIRST), relation: Id(RelationId::FIRST) }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct AnnotationRecord {
    pub(super) id: Id<AnnotationId>,
    pub(super) kind: KindRecord,
    pub(super) label: Visible,
    pub(super) spans: Vec<SpanRecord>,
    #[serde(default, skip_serializing_if = "Visible::is_empty")]
    pub(super) prefix: Visible,
    #[serde(default, skip_serializing_if = "Visible::is_empty")]
    pub(super) suffix: Visible,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) roles: BTreeMap<Visible, Vec<FillerRecord>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) names: Names,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: BTreeMap<Visible, ValueRecord>,
    #[serde(default, skip_serializing_if = "Visible::is_empty")]
    pub(super) note: Visible,
    pub(super) origin: OriginRecord,
    pub(super) created: Time,
    pub(super) modified: Time,
}

/// When the annotations that a record names were made, which never changes: so it is known which one is meant where two
/// branches of a file gave one id.
pub(super) type Names = BTreeMap<Id<AnnotationId>, Time>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindRecord {
    Entity,
    Claim,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct SpanRecord {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) quote: Visible,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FillerRecord {
    Span(Vec<SpanRecord>),
    Entity(Id<AnnotationId>),
    Author,
    Unnamed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ValueRecord {
    Flag,
    Choice(Visible),
    Integer(i64),
    Text(Visible),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum OriginRecord {
    Human,
    Rule { rule: Visible, pack: Visible },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct RelationRecord {
    pub(super) id: Id<RelationId>,
    pub(super) label: Visible,
    pub(super) from: Id<AnnotationId>,
    pub(super) to: Id<AnnotationId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) names: Names,
    pub(super) created: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct DecisionLine {
    pub(super) decision: VerdictRecord,
    pub(super) label: Visible,
    pub(super) spans: Vec<SpanRecord>,
    pub(super) rule: Visible,
    pub(super) pack: Visible,
    pub(super) at: Time,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VerdictRecord {
    Accepted(Id<AnnotationId>),
    Rejected,
}

/// A record that fits nowhere in the article, as it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MisfitRecord {
    Annotation(Kept<AnnotationRecord>),
    Relation(Kept<RelationRecord>),
    Decision(Kept<DecisionLine>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrphanRecord {
    pub(super) id: Id<AnnotationId>,
    /// Written for the reader of the file, and found anew at each load; but see [`Misfit::Context`](super::Misfit).
    pub(super) reason: Visible,
    pub(super) record: MisfitRecord,
}

/// An orphan on its way to disk: its record stands already in its written form.
#[derive(Debug, Serialize)]
pub(super) struct OrphanLine<'a> {
    pub(super) id: Id<AnnotationId>,
    pub(super) reason: Visible,
    pub(super) record: &'a RawValue,
}

/// An id in its written form (`a12`, `r3`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::formats) struct Id<T>(pub(in crate::formats) T);

impl<T: std::fmt::Display> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

macro_rules! deserialize_id {
    ($id:ty, $form:literal) => {
        impl<'de> Deserialize<'de> for Id<$id> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                <$id>::parse(&text).map(Self).ok_or_else(|| {
                    serde::de::Error::custom(format!(
                        concat!("`{}` is no id such as `", $form, "`; the highest is {}"),
                        shortened(&text),
                        <$id>::HIGHEST
                    ))
                })
            }
        }
    };
}
deserialize_id!(AnnotationId, "a12");
deserialize_id!(RelationId, "r3");

/// A time in its written form: RFC 3339, UTC, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Time(pub(in crate::formats) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(self.0).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: jiff::Timestamp = text.parse().map_err(|_| {
            let text = shortened(&text);
            serde::de::Error::custom(format!("`{text}` is no time such as `2026-01-31T08:00:00.000Z`"))
        })?;
        Ok(Self(Timestamp::from_millis(time.as_millisecond())))
    }
}
