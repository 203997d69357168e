//! From records to a document: each quoted text is checked against the article, and what does not fit is set aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::conformity;
use super::read::AnnotationFile;
use super::record::{
    AnnotationRecord, DecisionLine, FillerRecord, KindRecord, MisfitRecord, OriginRecord, RelationRecord,
    SpanRecord, ValueRecord, VerdictRecord,
};
use super::write::line;
use super::{Misfit, Problem, ProblemKind};
use crate::formats::nearest::did_you_mean;
use crate::formats::ron_text::Place;
use crate::model::{
    Annotation, AnnotationId, ArticleIdentity, AttributeValue, Body, Claim, Decision, DecisionRecord,
    Document, Edit, Entity, Fragments, LabelId, LabelKind, Origin, Orphan, Relation, RoleFiller, RoleId,
    Schema, SuggestionKey, Transaction,
};
use crate::text::{CharOffset, SourceText, shortened};

/// What an annotation file and its article make.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The article with its annotations.
    pub document: Document,
    /// Who annotated.
    pub annotator: Arc<str>,
    /// What does not fit, in file order.
    pub problems: Vec<Problem>,
    /// Whether the file should be saved: it holds what only a merge brings about, and what that was made into is not
    /// in it yet.
    pub is_mended: bool,
}

impl AnnotationFile {
    /// Lays the records over the article. What does not fit the article or the schema becomes an
    /// [`Orphan`] with its reason; an orphan of the file that fits again becomes what it was.
    #[must_use]
    pub fn resolve(mut self, source: &SourceText, article: ArticleIdentity, schema: &Schema) -> Loaded {
        let mut problems = std::mem::take(&mut self.parted);
        if self.article.sha256 != *article.sha256 {
            let kind = ProblemKind::ArticleChanged {
                recorded: self.article.sha256.clone(),
                found: article.sha256.to_string(),
            };
            problems.push(Problem { place: Place::START, kind });
        }
        let mut document = Document::new(source.clone(), article);
        let (annotation, relation) = self.fresh_ids();
        document.reserve_ids(annotation, relation);
        let annotator = Arc::from(self.annotator.as_str());
        let mut resolver = Resolver { document, schema, problems, misfits: Vec::new() };
        resolver.run(self);
        let Resolver { document, mut problems, .. } = resolver;
        problems.sort_by_key(|problem| problem.place);
        let is_mended = problems.iter().any(|problem| problem.kind.is_of_merge());
        Loaded { document, annotator, problems, is_mended }
    }
}

/// Builds the document record by record.
struct Resolver<'a> {
    document: Document,
    schema: &'a Schema,
    problems: Vec<Problem>,
    /// What does not fit; set aside when all else is in its place and the free ids are known.
    misfits: Vec<(Sheet<MisfitRecord>, Misfit)>,
}

/// A record with its place in the file.
struct Sheet<T> {
    place: Place,
    /// The id under which the file has it as an orphan, `None` where it has it in its proper list.
    orphan: Option<AnnotationId>,
    record: T,
}

impl<T> Sheet<T> {
    fn in_list((place, record): (Place, T)) -> Self {
        Self { place, orphan: None, record }
    }

    fn map<U>(self, f: impl FnOnce(T) -> U) -> Sheet<U> {
        Sheet { place: self.place, orphan: self.orphan, record: f(self.record) }
    }
}

impl Resolver<'_> {
    fn run(&mut self, file: AnnotationFile) {
        let mut annotations: Vec<_> = file.annotations.into_iter().map(Sheet::in_list).collect();
        let mut relations: Vec<_> = file.relations.into_iter().map(Sheet::in_list).collect();
        let mut decisions: Vec<_> = file.decisions.into_iter().map(Sheet::in_list).collect();
        for (place, orphan) in file.orphans {
            let id = Some(orphan.id.0);
            match orphan.record {
                MisfitRecord::Annotation(record) => annotations.push(Sheet { place, orphan: id, record }),
                MisfitRecord::Relation(record) => relations.push(Sheet { place, orphan: id, record }),
                MisfitRecord::Decision(record) => decisions.push(Sheet { place, orphan: id, record }),
            }
        }
        self.place_annotations(annotations);
        for sheet in relations {
            self.place_relation(sheet);
        }
        self.place_decisions(decisions);
        self.set_misfits_aside();
    }

    fn place_annotations(&mut self, sheets: Vec<Sheet<AnnotationRecord>>) {
        let mut fitting: BTreeMap<AnnotationId, (Sheet<AnnotationRecord>, Annotation)> = BTreeMap::new();
        for sheet in sheets {
            match self.annotation(&sheet.record) {
                Ok(annotation) => {
                    fitting.insert(annotation.id, (sheet, annotation));
                }
                Err(misfit) => self.misfits.push((sheet.map(MisfitRecord::Annotation), misfit)),
            }
        }
        self.set_dangling_aside(&mut fitting);
        let mut edits = Vec::with_capacity(fitting.len());
        let mut places = BTreeMap::new();
        for (sheet, annotation) in fitting.into_values() {
            places.insert(annotation.id, sheet.place);
            self.report_return(&sheet, || annotation_name(annotation.id, annotation.body.label()));
            edits.push(Edit::Insert(annotation));
        }
        self.apply(edits);
        for annotation in self.document.annotations().iter() {
            let Some(place) = places.get(&annotation.id) else { continue };
            let kinds = conformity::of_annotation(annotation, &self.document, self.schema);
            self.problems.extend(kinds.into_iter().map(|kind| Problem { place: *place, kind }));
        }
    }

    /// Sets aside what names an annotation that does not fit: it fits no more than that; and so on.
    fn set_dangling_aside(
        &mut self,
        fitting: &mut BTreeMap<AnnotationId, (Sheet<AnnotationRecord>, Annotation)>,
    ) {
        let mut named_by: BTreeMap<AnnotationId, Vec<AnnotationId>> = BTreeMap::new();
        for (_, annotation) in fitting.values() {
            for named in annotation.body.references() {
                named_by.entry(named).or_default().push(annotation.id);
            }
        }
        let mut missing: Vec<AnnotationId> =
            named_by.keys().copied().filter(|id| !fitting.contains_key(id)).collect();
        while let Some(missing_id) = missing.pop() {
            for id in named_by.remove(&missing_id).into_iter().flatten() {
                if let Some((sheet, _)) = fitting.remove(&id) {
                    let misfit = Misfit::Dangling { missing: missing_id };
                    self.misfits.push((sheet.map(MisfitRecord::Annotation), misfit));
                    missing.push(id);
                }
            }
        }
    }

    /// Applies edits that were checked before.
    fn apply(&mut self, edits: Vec<Edit>) {
        let applied = self.document.apply(&Transaction::new("Open", edits));
        debug_assert!(applied.is_ok(), "ids, spans and references were checked: {applied:?}");
    }

    fn place_relation(&mut self, sheet: Sheet<RelationRecord>) {
        let record = &sheet.record;
        let label = LabelId::from(record.label.0.as_str());
        let ends = [record.from.0, record.to.0];
        let missing = ends.into_iter().find(|id| self.document.annotation(*id).is_none());
        let misfit = if self.schema.relation(&label).is_none() {
            let known = self.schema.relations().iter().map(|relation| relation.id.as_str());
            Some(self.unknown_label(label.clone(), known))
        } else {
            missing.map(|missing| Misfit::Dangling { missing })
        };
        if let Some(misfit) = misfit {
            self.misfits.push((sheet.map(MisfitRecord::Relation), misfit));
            return;
        }
        self.report_return(&sheet, || format!("relation {}", sheet.record.id.0));
        let relation = sheet.record.relation();
        if let Some(kind) = conformity::of_relation(&relation, &self.document, self.schema) {
            self.problems.push(Problem { place: sheet.place, kind });
        }
        self.apply(vec![Edit::Link(relation)]);
    }

    fn place_decisions(&mut self, mut sheets: Vec<Sheet<DecisionLine>>) {
        // Whatever the order in which a merge has put them, the later of two on one suggestion counts.
        sheets.sort_by(|a, b| (a.record.at.0, &a.record.decision).cmp(&(b.record.at.0, &b.record.decision)));
        let mut places: BTreeMap<SuggestionKey, Place> = BTreeMap::new();
        for sheet in sheets {
            // The label may be gone from the schema: what was decided about it stays true.
            let record = match sheet.record.decision(self.document.source()) {
                Ok(record) => record,
                Err(misfit) => {
                    self.misfits.push((sheet.map(MisfitRecord::Decision), misfit));
                    continue;
                }
            };
            self.report_return(&sheet, || format!("the decision on {}", shortened(&sheet.record.label.0)));
            if let Some(place) = places.insert(record.key.clone(), sheet.place)
                && self.document.decision(&record.key) != Some(&record)
            {
                let kind =
                    ProblemKind::DecidedTwice { label: record.key.label.to_string(), later: sheet.place };
                self.problems.push(Problem { place, kind });
            }
            self.apply(vec![Edit::Decide(record)]);
        }
    }

    fn report_return<T>(&mut self, sheet: &Sheet<T>, what: impl FnOnce() -> String) {
        if sheet.orphan.is_some() {
            self.problems.push(Problem { place: sheet.place, kind: ProblemKind::FitsAgain { what: what() } });
        }
    }

    fn set_misfits_aside(&mut self) {
        if self.misfits.is_empty() {
            return;
        }
        // Annotations have their ids; what has none gets one that nothing in the file has.
        let mut used: BTreeSet<AnnotationId> = self.document.annotations().iter().map(|a| a.id).collect();
        used.extend(self.misfits.iter().filter_map(|(sheet, _)| sheet.own_id()));
        let mut fresh = self.document.fresh_annotation_id();
        let mut edits = Vec::new();
        for (sheet, misfit) in std::mem::take(&mut self.misfits) {
            let id = sheet.own_id().unwrap_or_else(|| {
                while !used.insert(fresh) {
                    fresh = fresh.next();
                }
                fresh
            });
            let what = sheet.record.name();
            edits.push(Edit::Orphan(sheet.record.orphan(id, &misfit)));
            let kind = ProblemKind::SetAside { what, misfit };
            self.problems.push(Problem { place: sheet.place, kind });
        }
        self.apply(edits);
    }

    fn annotation(&self, record: &AnnotationRecord) -> Result<Annotation, Misfit> {
        self.label(&LabelId::from(record.label.0.as_str()), record.kind)?;
        record.annotation(self.document.source())
    }

    fn label(&self, label: &LabelId, kind: KindRecord) -> Result<(), Misfit> {
        let def = self.schema.label(label).ok_or_else(|| {
            let known = self.schema.labels().iter().map(|label| label.id.as_str());
            self.unknown_label(label.clone(), known)
        })?;
        let same_kind = match kind {
            KindRecord::Entity => def.kind == LabelKind::Entity,
            KindRecord::Claim => def.kind == LabelKind::Claim,
        };
        if same_kind {
            Ok(())
        } else {
            let schema = self.schema.name().to_owned();
            Err(Misfit::Kind { label: label.clone(), schema, expected: def.kind })
        }
    }

    fn unknown_label<'a>(&self, label: LabelId, known: impl Iterator<Item = &'a str>) -> Misfit {
        let hint = did_you_mean(label.as_str(), known);
        Misfit::UnknownLabel { label, schema: self.schema.name().to_owned(), hint }
    }
}

impl AnnotationRecord {
    /// Returns the annotation of a record whose quotes stand in their places; whether a schema knows its label is
    /// another question.
    pub(in crate::formats) fn annotation(&self, source: &SourceText) -> Result<Annotation, Misfit> {
        let label = LabelId::from(self.label.0.as_str());
        let fragments = fragments(&self.spans, source)?;
        let body = match self.kind {
            KindRecord::Entity => Body::Entity(Entity { label, fragments }),
            KindRecord::Claim => {
                Body::Claim(Claim { label, content: fragments, roles: self.filled_roles(source)? })
            }
        };
        let attributes = self.attributes.iter();
        Ok(Annotation {
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
        })
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

impl RelationRecord {
    /// Returns the relation; whether its ends are there is another question.
    pub(in crate::formats) fn relation(&self) -> Relation {
        Relation {
            id: self.id.0,
            label: LabelId::from(self.label.0.as_str()),
            from: self.from.0,
            to: self.to.0,
            created: self.created.0,
        }
    }
}

impl DecisionLine {
    /// Returns the decision of a record whose quotes stand in their places.
    pub(in crate::formats) fn decision(&self, source: &SourceText) -> Result<DecisionRecord, Misfit> {
        Ok(DecisionRecord {
            key: SuggestionKey {
                fragments: fragments(&self.spans, source)?,
                label: LabelId::from(self.label.0.as_str()),
            },
            rule: Arc::from(self.rule.0.as_str()),
            pack: Arc::from(self.pack.0.as_str()),
            decision: match self.decision {
                VerdictRecord::Accepted(id) => Decision::Accepted(id.0),
                VerdictRecord::Rejected => Decision::Rejected,
            },
            at: self.at.0,
        })
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

impl Sheet<MisfitRecord> {
    fn own_id(&self) -> Option<AnnotationId> {
        match &self.record {
            MisfitRecord::Annotation(record) => Some(record.id.0),
            _ => self.orphan,
        }
    }
}

impl MisfitRecord {
    fn name(&self) -> String {
        match self {
            Self::Annotation(record) => annotation_name(record.id.0, &record.label.0.as_str().into()),
            Self::Relation(record) => format!("relation {} ({})", record.id.0, shortened(&record.label.0)),
            Self::Decision(record) => {
                format!("the decision on a suggestion ({})", shortened(&record.label.0))
            }
        }
    }

    fn orphan(&self, id: AnnotationId, misfit: &Misfit) -> Orphan {
        let (label, spans): (_, &[SpanRecord]) = match self {
            Self::Annotation(record) => (&record.label, &record.spans),
            Self::Relation(record) => (&record.label, &[]),
            Self::Decision(record) => (&record.label, &record.spans),
        };
        let quotes: Vec<&str> = spans.iter().map(|span| span.quote.0.as_str()).collect();
        let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
        // Serialising what was just deserialised cannot fail; an empty record would be refused at the next save.
        let record = line(&id, self).unwrap_or_default();
        Orphan {
            id,
            label: LabelId::from(label.0.as_str()),
            quote: Arc::from(quotes.join(" … ")),
            claimed: (CharOffset::new(start), CharOffset::new(end)),
            reason: Arc::from(misfit.to_string()),
            record: Arc::from(record),
        }
    }
}

fn annotation_name(id: AnnotationId, label: &LabelId) -> String {
    format!("{id} ({})", shortened(label.as_str()))
}

fn value(record: &ValueRecord) -> AttributeValue {
    match record {
        ValueRecord::Flag => AttributeValue::Flag,
        ValueRecord::Choice(choice) => AttributeValue::Choice(Arc::from(choice.0.as_str())),
        ValueRecord::Integer(n) => AttributeValue::Integer(*n),
        ValueRecord::Text(text) => AttributeValue::Text(Arc::from(text.0.as_str())),
    }
}
