//! From one record to what it says, its quotes checked against the article.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Misfit;
use super::record::{
    AnnotationRecord, DecisionLine, FillerRecord, KindRecord, OriginRecord, RelationRecord, SpanRecord,
    ValueRecord, VerdictRecord,
};
use crate::formats::ron_fields::Kept;
use crate::model::{
    Annotation, AttributeValue, Body, Claim, Decision, DecisionRecord, Entity, Fragments, LabelId, Origin,
    Relation, RoleFiller, RoleId, SuggestionKey,
};
use crate::text::{CharOffset, SourceText, shortened};

impl Kept<AnnotationRecord> {
    /// Returns the annotation of a record whose quotes stand in their places; whether a schema knows its label is
    /// another question.
    pub(in crate::formats) fn annotation(&self, source: &SourceText) -> Result<Annotation, Misfit> {
        let fragments = fragments(&self.spans, source)?;
        let roles = match self.kind {
            KindRecord::Entity => BTreeMap::new(),
            KindRecord::Claim => self.filled_roles(source)?,
        };
        Ok(self.at(fragments, roles))
    }

    /// Returns the annotation of a record with its spans at the given places; a mention has no roles.
    pub(super) fn at(&self, fragments: Fragments, roles: BTreeMap<RoleId, Vec<RoleFiller>>) -> Annotation {
        let label = LabelId::from(self.label.0.as_str());
        let body = match self.kind {
            KindRecord::Entity => Body::Entity(Entity { label, fragments }),
            KindRecord::Claim => Body::Claim(Claim { label, content: fragments, roles }),
        };
        let attributes = self.attributes.iter();
        Annotation {
            id: self.id.0,
            body,
            attributes: attributes.map(|(id, v)| (Arc::from(id.0.as_str()), value(v))).collect(),
            note: Arc::from(self.note.0.as_str()),
            origin: match &self.origin {
                OriginRecord::Human => Origin::Human,
                OriginRecord::Rule { rule, pack } => {
                    Origin::Rule { rule: Arc::from(rule.0.as_str()), pack: Arc::from(pack.0.as_str()) }
                }
            },
            created: self.created.0,
            modified: self.modified.0,
            unknown: self.unknown.clone(),
        }
    }

    fn filled_roles(&self, source: &SourceText) -> Result<BTreeMap<RoleId, Vec<RoleFiller>>, Misfit> {
        let mut roles = BTreeMap::new();
        for (role, fillers) in self.roles.iter().filter(|(_, fillers)| !fillers.is_empty()) {
            let fillers: Result<Vec<_>, _> = fillers.iter().map(|filler| filler.filler(source)).collect();
            roles.insert(RoleId::from(role.0.as_str()), fillers?);
        }
        Ok(roles)
    }
}

impl FillerRecord {
    fn filler(&self, source: &SourceText) -> Result<RoleFiller, Misfit> {
        Ok(match self {
            Self::Span(spans) => RoleFiller::Span(fragments(spans, source)?),
            Self::Entity(id) => RoleFiller::Entity(id.0),
            Self::Author => RoleFiller::Author,
            Self::Unnamed => RoleFiller::Unnamed,
        })
    }
}

impl Kept<RelationRecord> {
    /// Returns the relation; whether its ends are there is another question.
    pub(in crate::formats) fn relation(&self) -> Relation {
        Relation {
            id: self.id.0,
            label: LabelId::from(self.label.0.as_str()),
            from: self.from.0,
            to: self.to.0,
            created: self.created.0,
            unknown: self.unknown.clone(),
        }
    }
}

impl Kept<DecisionLine> {
    /// Returns the decision of a record whose quotes stand in their places.
    pub(in crate::formats) fn decision(&self, source: &SourceText) -> Result<DecisionRecord, Misfit> {
        Ok(self.at(fragments(&self.spans, source)?))
    }

    /// Returns the decision of a record on a suggestion at the given place.
    pub(super) fn at(&self, fragments: Fragments) -> DecisionRecord {
        DecisionRecord {
            key: SuggestionKey { fragments, label: LabelId::from(self.label.0.as_str()) },
            rule: Arc::from(self.rule.0.as_str()),
            pack: Arc::from(self.pack.0.as_str()),
            decision: match self.decision {
                VerdictRecord::Accepted(id) => Decision::Accepted(id.0),
                VerdictRecord::Rejected => Decision::Rejected,
            },
            at: self.at.0,
            unknown: self.unknown.clone(),
        }
    }
}

/// Returns the span of records whose quotes stand in their places.
pub(in crate::formats) fn fragments(spans: &[SpanRecord], source: &SourceText) -> Result<Fragments, Misfit> {
    let mut ranges = Vec::with_capacity(spans.len());
    for &SpanRecord { start, end, ref quote } in spans {
        let range =
            source.range_from_chars(CharOffset::new(start), CharOffset::new(end)).map_err(|source| {
                Misfit::Range { start, end, quote: shortened(&quote.0).into_owned(), source }
            })?;
        let found = source.slice(range);
        if found != quote.0 {
            return Err(Misfit::Quote {
                start,
                end,
                found: shortened(found).into_owned(),
                quote: shortened(&quote.0).into_owned(),
            });
        }
        ranges.push(range);
    }
    Fragments::new(ranges).map_err(|_| Misfit::Spans)
}

/// Returns from where to where spans reach, in chars.
pub(super) fn hull(spans: &[SpanRecord]) -> (u32, u32) {
    let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
    (start, spans.iter().map(|span| span.end).max().unwrap_or(0))
}

/// Returns the text of spans in one line.
pub(super) fn quotes(spans: &[SpanRecord]) -> String {
    let quotes: Vec<&str> = spans.iter().map(|span| span.quote.0.as_str()).collect();
    quotes.join(" … ")
}

pub(super) fn value(record: &ValueRecord) -> AttributeValue {
    match record {
        ValueRecord::Flag => AttributeValue::Flag,
        ValueRecord::Choice(choice) => AttributeValue::Choice(Arc::from(choice.0.as_str())),
        ValueRecord::Integer(n) => AttributeValue::Integer(*n),
        ValueRecord::Text(text) => AttributeValue::Text(Arc::from(text.0.as_str())),
    }
}
