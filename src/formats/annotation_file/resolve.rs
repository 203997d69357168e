//! From records to a document: each quoted text is checked against the article, and what does not fit is set aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::carry::{Aside, Tracer, carried};
use super::conformity;
use super::read::AnnotationFile;
use super::record::{AnnotationRecord, DecisionLine, KindRecord, MisfitRecord, RelationRecord, SpanRecord};
use super::to_model::{hull, quotes};
use super::write::{first_chars, last_chars, line};
use super::{Misfit, Problem, ProblemKind};
use crate::formats::nearest::did_you_mean;
use crate::formats::ron_fields::Kept;
use crate::formats::ron_text::Place;
use crate::model::{
    Annotation, AnnotationId, ArticleIdentity, Carry, DecisionRecord, Document, Edit, LabelId, LabelKind,
    Orphan, Schema, SuggestionKey, Transaction, UnknownFields, UnknownHead,
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
    /// Where the annotations stand now, when the article is not the one that was annotated, or was not when some of
    /// them were set aside; `None` where every one stands in its place.
    pub carry: Option<Carry>,
}

impl AnnotationFile {
    /// Lays the records over the article. What does not fit the article or the schema becomes an
    /// [`Orphan`] with its reason; an orphan of the file that fits again becomes what it was.
    #[must_use]
    pub fn resolve(mut self, source: &SourceText, article: ArticleIdentity, schema: &Schema) -> Loaded {
        let mut problems = std::mem::take(&mut self.problems);
        let is_changed = self.article.sha256 != *article.sha256;
        if is_changed {
            let kind = ProblemKind::ArticleChanged {
                recorded: self.article.sha256.clone(),
                found: article.sha256.to_string(),
            };
            problems.push(Problem { place: Place::START, kind });
        }
        let mut document = Document::new(source.clone(), article);
        let (annotation, relation) = self.fresh_ids();
        document.reserve_ids(annotation, relation);
        document.set_unknown_head(UnknownHead {
            file: self.unknown.clone(),
            article: self.article.unknown.clone(),
        });
        let annotator = Arc::from(self.annotator.as_str());
        let tracer = is_changed.then(|| {
            let annotations = self.annotations.iter().map(|(_, record)| record);
            Tracer::new(annotations, self.decisions.iter().map(|(_, record)| record), source)
        });
        let mut resolver = Resolver { document, schema, problems, misfits: Vec::new(), tracer };
        resolver.run(self);
        let aside = resolver.set_misfits_aside();
        let Resolver { document, mut problems, tracer, .. } = resolver;
        problems.sort_by_key(|problem| problem.place);
        let is_mended = problems.iter().any(|problem| problem.kind.is_of_merge());
        let carried = carried(aside, tracer, &document);
        let unmoved = document.annotations().len();
        let carry = (is_changed || !carried.is_empty()).then_some(Carry { unmoved, carried });
        Loaded { document, annotator, problems, is_mended, carry }
    }
}

/// Builds the document record by record.
struct Resolver<'a> {
    document: Document,
    schema: &'a Schema,
    problems: Vec<Problem>,
    /// What does not fit; set aside when all else is in its place and the free ids are known.
    misfits: Vec<(Sheet<MisfitRecord>, Misfit)>,
    /// Finds what is in its proper list, where the article has changed.
    tracer: Option<Tracer>,
}

/// A record with its place in the file.
struct Sheet<T> {
    place: Place,
    /// The id under which the file has it as an orphan, `None` where it has it in its proper list.
    orphan: Option<AnnotationId>,
    /// Why it is an orphan, as the file has it.
    reason: Option<String>,
    /// What the file says of the orphan that is not known.
    unknown: UnknownFields,
    record: T,
}

impl<T> Sheet<T> {
    fn in_list((place, record): (Place, T)) -> Self {
        Self { place, orphan: None, reason: None, unknown: UnknownFields::NONE, record }
    }

    fn map<U>(self, f: impl FnOnce(T) -> U) -> Sheet<U> {
        let Self { place, orphan, reason, unknown, record } = self;
        Sheet { place, orphan, reason, unknown, record: f(record) }
    }
}

impl<T> Sheet<T> {
    /// Whether it was set aside since its words stand there and are others. That took the records around it to tell,
    /// and is true as long as the article is the same.
    fn is_out_of_context(&self, spans: &[SpanRecord]) -> bool {
        self.reason.as_deref() == Some(&*out_of_context(spans).to_string())
    }
}

impl Resolver<'_> {
    fn run(&mut self, file: AnnotationFile) {
        let mut annotations: Vec<_> = file.annotations.into_iter().map(Sheet::in_list).collect();
        let mut relations: Vec<_> = file.relations.into_iter().map(Sheet::in_list).collect();
        let mut decisions: Vec<_> = file.decisions.into_iter().map(Sheet::in_list).collect();
        for (place, Kept { known: file, unknown }) in file.orphans {
            let (orphan, reason) = (Some(file.id.0), Some(file.reason.0));
            match file.record {
                MisfitRecord::Annotation(record) => {
                    annotations.push(Sheet { place, orphan, reason, unknown, record });
                }
                MisfitRecord::Relation(record) => {
                    relations.push(Sheet { place, orphan, reason, unknown, record });
                }
                MisfitRecord::Decision(record) => {
                    decisions.push(Sheet { place, orphan, reason, unknown, record });
                }
            }
        }
        self.place_annotations(annotations);
        for sheet in relations {
            self.place_relation(sheet);
        }
        self.place_decisions(decisions);
    }

    fn place_annotations(&mut self, sheets: Vec<Sheet<Kept<AnnotationRecord>>>) {
        let mut fitting: BTreeMap<AnnotationId, (Sheet<Kept<AnnotationRecord>>, Annotation)> =
            BTreeMap::new();
        for sheet in sheets {
            match self.annotation(&sheet) {
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
        fitting: &mut BTreeMap<AnnotationId, (Sheet<Kept<AnnotationRecord>>, Annotation)>,
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

    fn place_relation(&mut self, sheet: Sheet<Kept<RelationRecord>>) {
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

    fn place_decisions(&mut self, mut sheets: Vec<Sheet<Kept<DecisionLine>>>) {
        // Whatever the order in which a merge has put them, the later of two on one suggestion counts.
        sheets.sort_by(|a, b| (a.record.at.0, &a.record.decision).cmp(&(b.record.at.0, &b.record.decision)));
        let mut places: BTreeMap<SuggestionKey, Place> = BTreeMap::new();
        for sheet in sheets {
            let record = match self.fitting_decision(&sheet) {
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

    /// Returns the decision of a record whose words stand in their places. The label may be gone from the schema: what
    /// was decided about it stays true.
    fn fitting_decision(&mut self, sheet: &Sheet<Kept<DecisionLine>>) -> Result<DecisionRecord, Misfit> {
        let spans = &sheet.record.spans;
        let record = sheet.record.decision(self.document.source())?;
        let stands = match (&mut self.tracer, sheet.orphan) {
            (Some(tracer), None) => tracer.stands(spans),
            (None, None) | (Some(_), Some(_)) => true,
            (None, Some(_)) => !sheet.is_out_of_context(spans),
        };
        if stands { Ok(record) } else { Err(out_of_context(spans)) }
    }

    fn report_return<T>(&mut self, sheet: &Sheet<T>, what: impl FnOnce() -> String) {
        if sheet.orphan.is_some() {
            self.problems.push(Problem { place: sheet.place, kind: ProblemKind::FitsAgain { what: what() } });
        }
    }

    fn set_misfits_aside(&mut self) -> Vec<Aside> {
        if self.misfits.is_empty() {
            return Vec::new();
        }
        // Annotations have their ids; what has none gets one that nothing in the file has.
        let mut used: BTreeSet<AnnotationId> = self.document.annotations().iter().map(|a| a.id).collect();
        used.extend(self.misfits.iter().filter_map(|(sheet, _)| sheet.own_id()));
        let mut fresh = self.document.fresh_annotation_id();
        let mut edits = Vec::new();
        let mut aside = Vec::new();
        for (sheet, misfit) in std::mem::take(&mut self.misfits) {
            let id = sheet.own_id().unwrap_or_else(|| {
                while !used.insert(fresh) {
                    fresh = fresh.next();
                }
                fresh
            });
            let what = sheet.record.name();
            edits.push(Edit::Orphan(Orphan { unknown: sheet.unknown, ..sheet.record.orphan(id, &misfit) }));
            let kind = ProblemKind::SetAside { what, misfit: misfit.clone() };
            self.problems.push(Problem { place: sheet.place, kind });
            aside.push(Aside { id, was_in_list: sheet.orphan.is_none(), record: sheet.record, misfit });
        }
        self.apply(edits);
        aside
    }

    fn annotation(&mut self, sheet: &Sheet<Kept<AnnotationRecord>>) -> Result<Annotation, Misfit> {
        let record = &sheet.record;
        self.label(&LabelId::from(record.label.0.as_str()), record.kind)?;
        let annotation = record.annotation(self.document.source())?;
        let stands = match (&mut self.tracer, sheet.orphan) {
            (Some(tracer), None) => tracer.all_stand(record),
            (None, None) => true,
            (Some(_), Some(_)) => self.has_context(record, &annotation),
            (None, Some(_)) => {
                !sheet.is_out_of_context(&record.spans) && self.has_context(record, &annotation)
            }
        };
        if stands { Ok(annotation) } else { Err(out_of_context(&record.spans)) }
    }

    /// Whether what stands around an annotation is what its record has there, if it has anything: of an orphan nobody
    /// knows how often the article has changed since.
    fn has_context(&self, record: &AnnotationRecord, annotation: &Annotation) -> bool {
        let (source, hull) = (self.document.source(), annotation.body.fragments().hull());
        let is_recorded = !record.prefix.0.is_empty() || !record.suffix.0.is_empty();
        !is_recorded
            || (last_chars(source, hull) == record.prefix.0 && first_chars(source, hull) == record.suffix.0)
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
        let (start, end) = hull(spans);
        // Serialising what was just deserialised cannot fail; an empty record would be refused at the next save.
        let record = line(&id, self).unwrap_or_default();
        Orphan {
            id,
            label: LabelId::from(label.0.as_str()),
            quote: Arc::from(quotes(spans)),
            claimed: (CharOffset::new(start), CharOffset::new(end)),
            reason: Arc::from(misfit.to_string()),
            record: Arc::from(record),
            unknown: UnknownFields::NONE,
        }
    }
}

fn out_of_context(spans: &[SpanRecord]) -> Misfit {
    let (start, end) = hull(spans);
    Misfit::Context { start, end, quote: shortened(&quotes(spans)).into_owned() }
}

fn annotation_name(id: AnnotationId, label: &LabelId) -> String {
    format!("{id} ({})", shortened(label.as_str()))
}
