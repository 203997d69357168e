//! What one annotator says in a line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::read::read_attributes;
use crate::formats::annotation_file::foreign;
use crate::formats::exchange::{ImportError, ImportOptions, ImportWarning, Layer, Placing};
use crate::formats::json_value::Node;
use crate::model::{
    Annotation, AnnotationId, Body, Claim, Decision, DecisionRecord, Entity, Fragments, LabelId, LabelKind,
    Origin, Orphan, Relation, RelationId, RoleFiller, RoleId, SuggestionKey, UnknownFields, UnknownHead,
};
use crate::text::{CharOffset, SourceText};

/// The fields of a span whose roles have fields of their own.
const FLAT_ROLES: [(&str, &str); 3] = [("source", RoleId::SOURCE), ("cue", RoleId::CUE), ("about", "ABOUT")];

/// Reads the records of a layer one list after the other.
pub(super) struct LayerReading<'a, 'w> {
    placing: &'a Placing<'a>,
    source: &'a SourceText,
    options: &'a ImportOptions<'a>,
    warnings: &'w mut Vec<ImportWarning>,
    layer: Layer,
    /// The annotations by the ids that the line gives them.
    ids: BTreeMap<&'a str, AnnotationId>,
    /// Ids of annotations and orphans.
    taken: BTreeSet<AnnotationId>,
    /// Above all ids that were read.
    fresh: AnnotationId,
}

impl<'a, 'w> LayerReading<'a, 'w> {
    pub(super) fn new(
        placing: &'a Placing<'a>,
        source: &'a SourceText,
        options: &'a ImportOptions<'a>,
        warnings: &'w mut Vec<ImportWarning>,
    ) -> Self {
        Self {
            placing,
            source,
            options,
            warnings,
            layer: Layer::default(),
            ids: BTreeMap::new(),
            taken: BTreeSet::new(),
            fresh: AnnotationId::FIRST,
        }
    }

    pub(super) fn finish(self, annotator: Option<String>) -> Layer {
        Layer { annotator, ..self.layer }
    }

    fn warn(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.warnings.push(ImportWarning::new(node.place(), message));
    }

    /// Reads the annotations. Those that do not stand where they are said to are left out, with a warning.
    pub(super) fn spans(&mut self, spans: &[Node<'a>]) -> Result<(), ImportError> {
        let mut placed = Vec::with_capacity(spans.len());
        for span in spans {
            self.reserve(span.get("id"));
            if let Some(fragments) = self.fragments(span)? {
                placed.push((*span, fragments));
            }
        }
        let ids: Vec<AnnotationId> = placed.iter().map(|(span, _)| self.own_id(span)).collect();
        for ((span, fragments), id) in placed.into_iter().zip(ids) {
            let annotation = self.annotation(&span, id, fragments)?;
            self.layer.annotations.push(annotation);
        }
        Ok(())
    }

    /// Keeps the id of a record free for it.
    fn reserve(&mut self, id: Option<Node<'a>>) {
        let id = id.and_then(|id| id.text().ok()).and_then(AnnotationId::parse);
        self.fresh = self.fresh.max(id.map_or(AnnotationId::FIRST, AnnotationId::next));
    }

    /// Returns the id that a record has, or a new one where it has none of ours or another has the same.
    fn own_id(&mut self, record: &Node<'a>) -> AnnotationId {
        let name = record.get("id").and_then(|id| id.text().ok());
        let wanted = name.and_then(AnnotationId::parse);
        let id = wanted.filter(|id| !self.taken.contains(id)).unwrap_or(self.fresh);
        if wanted.is_some_and(|wanted| wanted != id) {
            self.warn(record, format!("its id stands twice; it is {id} now"));
        }
        self.taken.insert(id);
        self.fresh = self.fresh.max(id.next());
        if let Some(name) = name {
            self.ids.entry(name).or_insert(id);
        }
        id
    }

    /// Returns where a span stands; `None`, and a warning, where it does not.
    fn fragments(&mut self, span: &Node<'a>) -> Result<Option<Fragments>, ImportError> {
        let hull = (span.need("start")?.count()?, span.need("end")?.count()?);
        let pairs = span.list("fragments")?.iter().map(Node::pair).collect::<Result<Vec<_>, _>>()?;
        let quote = span.get("text").map(|text| text.text()).transpose()?;
        let placed = if pairs.is_empty() {
            self.placing.fragments(&[hull], quote)
        } else {
            let reach = (pairs.iter().map(|pair| pair.0).min(), pairs.iter().map(|pair| pair.1).max());
            if reach == (Some(hull.0), Some(hull.1)) {
                self.placing.fragments(&pairs, quote)
            } else {
                Err(format!("start and end are {}..{}, its fragments reach elsewhere", hull.0, hull.1))
            }
        };
        Ok(placed
            .map_err(|message| {
                let label = span.get("label").and_then(|label| label.text().ok()).unwrap_or_default();
                self.warn(span, format!("{label} is left out: {message}"));
            })
            .ok())
    }

    fn annotation(
        &mut self,
        span: &Node<'a>,
        id: AnnotationId,
        fragments: Fragments,
    ) -> Result<Annotation, ImportError> {
        let label = LabelId::from(span.need("label")?.text()?);
        let known = self.options.schema.label(&label).map(|label| label.kind);
        let is_claim = match span.get("kind").map(|kind| kind.text()).transpose()? {
            Some("claim") => true,
            Some("entity") => false,
            Some(_) => return Err(span.need("kind")?.wrong("`entity` or `claim`")),
            None => known == Some(LabelKind::Claim),
        };
        let body = if is_claim {
            Body::Claim(Claim { label, content: fragments, roles: self.roles(span)? })
        } else {
            Body::Entity(Entity { label, fragments })
        };
        let time = |name| span.get(name).map_or(Ok(self.options.now), |time| time.time());
        let created = time("created")?;
        let mut annotation = Annotation {
            id,
            body,
            attributes: BTreeMap::new(),
            note: Arc::from(span.get("note").map_or(Ok(""), |note| note.text())?),
            origin: origin(span)?,
            created,
            modified: span.get("modified").map_or(Ok(created), |time| time.time())?,
            unknown: unknown(span)?,
        };
        if let Some(object) = span.get("attributes") {
            annotation.attributes = read_attributes(object, self.options.schema, self.warnings)?;
        }
        let kept = foreign::of_annotation(&annotation, self.source);
        annotation.unknown = self.kept(span, kept);
        Ok(annotation)
    }

    /// Returns fields that can be kept; warns of those that cannot.
    fn kept(&mut self, record: &Node<'a>, fields: Option<UnknownFields>) -> UnknownFields {
        fields.unwrap_or_else(|| {
            self.warn(record, "`unknown` does not hold the fields of a record and is left out");
            UnknownFields::NONE
        })
    }

    fn roles(&mut self, span: &Node<'a>) -> Result<BTreeMap<RoleId, Vec<RoleFiller>>, ImportError> {
        let mut roles: BTreeMap<RoleId, Vec<RoleFiller>> = BTreeMap::new();
        if let Some(object) = span.get("roles") {
            for (role, fillers) in object.fields()? {
                for filler in fillers.items()? {
                    let filler = self.filler(&filler)?;
                    roles.entry(RoleId::from(role)).or_default().extend(filler);
                }
            }
        } else {
            for (field, role) in FLAT_ROLES {
                for pair in span.list(field)? {
                    let filler = self.span_filler(&pair, &[pair.pair()?]);
                    roles.entry(RoleId::from(role)).or_default().extend(filler);
                }
            }
        }
        roles.retain(|_, fillers| !fillers.is_empty());
        Ok(roles)
    }

    fn filler(&mut self, filler: &Node<'a>) -> Result<Option<RoleFiller>, ImportError> {
        if let Some(span) = filler.get("span") {
            let pairs = span.items()?.map(|pair| pair.pair()).collect::<Result<Vec<_>, _>>()?;
            return Ok(self.span_filler(&span, &pairs));
        }
        if let Some(id) = filler.get("entity") {
            let name = id.text()?;
            let id = self.ids.get(name).copied();
            if id.is_none() {
                self.warn(filler, format!("there is no annotation `{name}`; the role is left without it"));
            }
            return Ok(id.map(RoleFiller::Entity));
        }
        match filler.value().as_str() {
            Some("author") => Ok(Some(RoleFiller::Author)),
            Some("unnamed") => Ok(Some(RoleFiller::Unnamed)),
            _ => Err(filler.wrong("`author`, `unnamed`, {\"entity\": id} or {\"span\": [[start, end]]}")),
        }
    }

    fn span_filler(&mut self, node: &Node<'a>, pairs: &[(u32, u32)]) -> Option<RoleFiller> {
        match self.placing.fragments(pairs, None) {
            Ok(fragments) => Some(RoleFiller::Span(fragments)),
            Err(message) => {
                self.warn(node, format!("the role is left without it: {message}"));
                None
            }
        }
    }

    /// Reads claims of a gold standard: spans for source, cue and content.
    pub(super) fn gold_claims(&mut self, claims: &[Node<'a>]) -> Result<(), ImportError> {
        let label =
            self.options.schema.claim_label().map_or_else(|| "CLAIM".into(), |label| label.id.clone());
        for claim in claims {
            let pairs = claim.list("content")?.iter().map(Node::pair).collect::<Result<Vec<_>, _>>()?;
            let content = match self.placing.fragments(&pairs, None) {
                Ok(content) => content,
                Err(message) => {
                    self.warn(claim, format!("the claim is left out: {message}"));
                    continue;
                }
            };
            let id = self.own_id(claim);
            let body = Body::Claim(Claim { label: label.clone(), content, roles: self.roles(claim)? });
            self.layer.annotations.push(Annotation {
                id,
                body,
                attributes: BTreeMap::new(),
                note: Arc::default(),
                origin: Origin::Human,
                created: self.options.now,
                modified: self.options.now,
                unknown: UnknownFields::NONE,
            });
        }
        Ok(())
    }

    /// Reads relations between the annotations that were read before.
    pub(super) fn relations(&mut self, relations: &[Node<'a>]) -> Result<(), ImportError> {
        let mut taken = BTreeSet::new();
        let own = |relation: &Node<'a>| {
            let id = relation.get("id").and_then(|id| id.text().ok());
            id.and_then(RelationId::parse)
        };
        let mut fresh =
            relations.iter().filter_map(own).map(RelationId::next).max().unwrap_or(RelationId::FIRST);
        for relation in relations {
            let mut ends = [relation.need("from")?.text()?, relation.need("to")?.text()?].into_iter();
            let (from, to) = (ends.next().unwrap_or_default(), ends.next().unwrap_or_default());
            let (Some(from_id), Some(to_id)) = (self.ids.get(from).copied(), self.ids.get(to).copied())
            else {
                let missing = if self.ids.contains_key(from) { to } else { from };
                self.warn(relation, format!("the relation is left out: there is no annotation `{missing}`"));
                continue;
            };
            let id = own(relation).filter(|id| !taken.contains(id)).unwrap_or(fresh);
            taken.insert(id);
            fresh = fresh.max(id.next());
            let mut record = Relation {
                id,
                label: LabelId::from(relation.need("label")?.text()?),
                from: from_id,
                to: to_id,
                created: relation.get("created").map_or(Ok(self.options.now), |time| time.time())?,
                unknown: unknown(relation)?,
            };
            record.unknown = self.kept(relation, foreign::of_relation(&record));
            self.layer.relations.push(record);
        }
        Ok(())
    }

    /// Reads decisions on suggestions.
    pub(super) fn decisions(&mut self, decisions: &[Node<'a>]) -> Result<(), ImportError> {
        for node in decisions {
            let verdict = node.need("decision")?;
            let decision = match verdict.text()? {
                "rejected" => Decision::Rejected,
                "accepted" => {
                    let id = node.need("annotation")?;
                    let accepted =
                        AnnotationId::parse(id.text()?).ok_or_else(|| id.wrong("an id such as `a12`"));
                    Decision::Accepted(accepted?)
                }
                _ => return Err(verdict.wrong("`accepted` or `rejected`")),
            };
            let fragments = node.need("fragments")?.items()?.map(|pair| pair.pair());
            let fragments = match self.placing.fragments(&fragments.collect::<Result<Vec<_>, _>>()?, None) {
                Ok(fragments) => fragments,
                Err(message) => {
                    self.warn(node, format!("the decision is left out: {message}"));
                    continue;
                }
            };
            let text = |name| node.get(name).map_or(Ok(""), |text| text.text());
            let mut record = DecisionRecord {
                key: SuggestionKey { fragments, label: LabelId::from(node.need("label")?.text()?) },
                rule: Arc::from(text("rule")?),
                pack: Arc::from(text("pack")?),
                decision,
                at: node.get("at").map_or(Ok(self.options.now), |time| time.time())?,
                unknown: unknown(node)?,
            };
            let kept = foreign::of_decision(&record, self.source);
            record.unknown = self.kept(node, kept);
            self.layer.decisions.push(record);
        }
        Ok(())
    }

    /// Reads records that were set aside.
    pub(super) fn orphans(&mut self, orphans: &[Node<'a>]) -> Result<(), ImportError> {
        for orphan in orphans {
            self.reserve(orphan.get("id"));
        }
        for node in orphans {
            let text = |name| node.need(name).and_then(|text| text.text());
            let mut orphan = Orphan {
                id: AnnotationId::FIRST,
                label: LabelId::from(text("label")?),
                quote: Arc::from(text("quote")?),
                claimed: (
                    CharOffset::new(node.need("start")?.count()?),
                    CharOffset::new(node.need("end")?.count()?),
                ),
                reason: Arc::from(text("reason")?),
                record: Arc::from(text("record")?),
                unknown: unknown(node)?,
            };
            if let Some(unknown) = foreign::of_orphan(&orphan) {
                orphan.unknown = unknown;
            } else {
                self.warn(node, "the orphan is left out: its record is none of an annotation file");
                continue;
            }
            orphan.id = self.own_id(node);
            self.layer.orphans.push(orphan);
        }
        Ok(())
    }

    /// Reads what the annotation file says beside its records.
    pub(super) fn head(&mut self, head: Option<Node<'a>>) -> Result<(), ImportError> {
        let Some(head) = head else { return Ok(()) };
        let part = |name| head.get(name).map_or(Ok(""), |part| part.text()).map(UnknownFields::new);
        match foreign::of_head(&UnknownHead { file: part("file")?, article: part("article")? }) {
            Some(unknown) => self.layer.unknown = unknown,
            None => self.warn(&head, "it does not hold the fields of an annotation file and is left out"),
        }
        Ok(())
    }
}

/// Returns where a span comes from: what has a rule is from it, unless it says that it was made by hand.
fn origin(span: &Node<'_>) -> Result<Origin, ImportError> {
    let text = |name| span.get(name).map_or(Ok(""), |text| text.text());
    let (rule, pack) = (text("rule")?, text("pack")?);
    let by_rule = Origin::Rule { rule: Arc::from(rule), pack: Arc::from(pack) };
    Ok(match text("origin")? {
        "" if rule.is_empty() => Origin::Human,
        "" | "rule" => by_rule,
        "human" => Origin::Human,
        _ => return Err(span.need("origin")?.wrong("`human` or `rule`")),
    })
}

fn unknown(record: &Node<'_>) -> Result<UnknownFields, ImportError> {
    record.get("unknown").map_or(Ok(""), |unknown| unknown.text()).map(UnknownFields::new)
}
