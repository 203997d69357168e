//! Where the records of a file stand in an article that has changed since.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::Misfit;
use super::record::{AnnotationRecord, DecisionLine, FillerRecord, MisfitRecord, RelationRecord, SpanRecord};
use super::to_model::{hull, quotes};
use crate::formats::ron_fields::Kept;
use crate::model::{
    AnnotationId, Carried, CarriedRecord, CarryOutcome, Document, Fragments, LabelId, LostFiller, Proposal,
    RoleFiller, RoleId,
};
use crate::text::{Carrier, CharOffset, Fate, Loss, Passage, SourceText, TextRange, shortened};

/// A record that was set aside.
pub(super) struct Aside {
    /// The id of the orphan.
    pub(super) id: AnnotationId,
    /// Whether the file has it in its proper list, so that it was made on the text that the file tells of.
    pub(super) was_in_list: bool,
    pub(super) record: MisfitRecord,
    pub(super) misfit: Misfit,
}

/// Returns where the records that were set aside stand now: those that the text does not fit, and those that name one
/// of them; in the order of the old text. `tracer` knows the records in the file's lists.
pub(super) fn carried(aside: Vec<Aside>, tracer: Option<Tracer>, document: &Document) -> Vec<Carried> {
    let is_carried = |a: &Aside| a.misfit.is_of_place() || matches!(a.misfit, Misfit::Dangling { .. });
    let aside: Vec<Aside> = aside.into_iter().filter(is_carried).collect();
    let places = traces(&aside, tracer, document.source());
    let found = aside.iter().zip(&places).filter(|(aside, trace)| {
        matches!(aside.record, MisfitRecord::Annotation(_)) && trace.fragments.is_some()
    });
    let found: BTreeSet<AnnotationId> = found.map(|(aside, _)| aside.id).collect();
    let is_known = |id: AnnotationId| found.contains(&id) || document.annotation(id).is_some();
    let of = |(aside, trace): (&Aside, Trace)| match &aside.record {
        MisfitRecord::Annotation(record) => of_annotation(aside, record, trace, document.source(), is_known),
        MisfitRecord::Decision(record) => {
            let decision = |at: &Fragments| CarriedRecord::Decision(record.at(at.clone()));
            let proposal = trace.fragments.as_ref().map(|at| proposal(at, decision(at), document.source()));
            let carried = of_spans(aside, (&record.label.0, &record.spans), trace, proposal);
            Carried { follows: record.outcome().map(|id| id.0), ..carried }
        }
        MisfitRecord::Relation(record) => of_relation(aside, record, is_known),
    };
    let mut carried: Vec<Carried> = aside.iter().zip(places).map(of).collect();
    carried.sort_by_key(|carried| (carried.from, carried.orphan));
    carried
}

/// Returns where each of the records stands; a relation has no place.
fn traces(aside: &[Aside], mut tracer: Option<Tracer>, source: &SourceText) -> Vec<Trace> {
    let is_listed = |aside: &Aside, tracer: &Option<Tracer>| aside.was_in_list && tracer.is_some();
    let others: Vec<&Aside> = aside.iter().filter(|aside| !is_listed(aside, &tracer)).collect();
    let mut rest = (!others.is_empty()).then(|| {
        let annotations = others.iter().filter_map(|aside| match &aside.record {
            MisfitRecord::Annotation(record) => Some(record),
            _ => None,
        });
        let decisions = others.iter().filter_map(|aside| match &aside.record {
            MisfitRecord::Decision(record) => Some(record),
            _ => None,
        });
        Tracer::new(annotations, decisions, source)
    });
    let trace = |aside: &Aside| {
        let tracer = if is_listed(aside, &tracer) { &mut tracer } else { &mut rest };
        let tracer = tracer.as_mut()?;
        Some(match &aside.record {
            MisfitRecord::Annotation(record) => tracer.annotation(record),
            MisfitRecord::Decision(record) => tracer.spans(&record.spans),
            MisfitRecord::Relation(_) => Trace::nowhere(),
        })
    };
    aside.iter().map(trace).map(|trace| trace.unwrap_or_else(Trace::nowhere)).collect()
}

fn of_annotation(
    aside: &Aside,
    record: &Kept<AnnotationRecord>,
    mut trace: Trace,
    source: &SourceText,
    is_known: impl Fn(AnnotationId) -> bool,
) -> Carried {
    for (role, fillers) in &mut trace.roles {
        fillers.retain(|filler| match filler {
            RoleFiller::Entity(id) if !is_known(*id) => {
                trace.lost_roles.push(LostFiller { role: role.clone(), what: Arc::from(id.to_string()) });
                false
            }
            _ => true,
        });
    }
    trace.roles.retain(|_, fillers| !fillers.is_empty());
    let proposal = trace.fragments.as_ref().map(|at| {
        let annotation = record.at(at.clone(), std::mem::take(&mut trace.roles));
        proposal(at, CarriedRecord::Annotation(annotation), source)
    });
    of_spans(aside, (&record.label.0, &record.spans), trace, proposal)
}

fn proposal(at: &Fragments, record: CarriedRecord, source: &SourceText) -> Proposal {
    let words: Vec<&str> = at.ranges().iter().map(|range| source.slice(*range)).collect();
    Proposal { to: Some(at.clone()), quote: Arc::from(words.join(" … ")), record }
}

fn of_spans(
    aside: &Aside,
    (label, spans): (&str, &[SpanRecord]),
    trace: Trace,
    proposal: Option<Proposal>,
) -> Carried {
    let Trace { outcome, lost_roles, mut why, .. } = trace;
    if outcome == CarryOutcome::Unmoved {
        "it stands where it stood".clone_into(&mut why);
        if let Misfit::Dangling { missing } = aside.misfit {
            why = format!("{why}, and names {missing}, which does not");
        }
    }
    for LostFiller { role, what } in lost_roles.iter().filter(|_| proposal.is_some()) {
        let _ = write!(why, "; {role} loses «{what}»");
    }
    let (start, end) = hull(spans);
    Carried {
        orphan: aside.id,
        label: LabelId::from(label),
        quote: Arc::from(quotes(spans)),
        from: (CharOffset::new(start), CharOffset::new(end)),
        outcome,
        proposal,
        lost_roles,
        follows: None,
        why: Arc::from(why),
    }
}

fn of_relation(
    aside: &Aside,
    record: &Kept<RelationRecord>,
    is_known: impl Fn(AnnotationId) -> bool,
) -> Carried {
    let relation = record.relation();
    let (from, to) = (relation.from, relation.to);
    let missing = [from, to].into_iter().find(|id| !is_known(*id));
    let (outcome, why) = match missing {
        None => (CarryOutcome::Unmoved, format!("it links {from} and {to}")),
        Some(missing) => {
            (CarryOutcome::Lost { candidates: Vec::new() }, format!("it names {missing}, which is lost"))
        }
    };
    let label = relation.label.clone();
    let record = CarriedRecord::Relation(relation);
    Carried {
        orphan: aside.id,
        label,
        quote: Arc::from(""),
        from: (CharOffset::ZERO, CharOffset::ZERO),
        outcome,
        proposal: missing.is_none().then_some(Proposal { to: None, quote: Arc::from(""), record }),
        lost_roles: Vec::new(),
        follows: None,
        why: Arc::from(why),
    }
}

/// Where a record stands now.
struct Trace {
    outcome: CarryOutcome,
    /// Where it stands; `None` where it is lost.
    fragments: Option<Fragments>,
    /// What fills a claim's roles, without what is lost.
    roles: BTreeMap<RoleId, Vec<RoleFiller>>,
    lost_roles: Vec<LostFiller>,
    why: String,
}

impl Trace {
    fn nowhere() -> Self {
        Self {
            outcome: CarryOutcome::Lost { candidates: Vec::new() },
            fragments: None,
            roles: BTreeMap::new(),
            lost_roles: Vec::new(),
            why: String::new(),
        }
    }
}

/// Finds the records that were made on one old text.
#[derive(Debug)]
pub(super) struct Tracer {
    carrier: Carrier,
    source: SourceText,
}

impl Tracer {
    pub(super) fn new<'r>(
        annotations: impl Iterator<Item = &'r Kept<AnnotationRecord>>,
        decisions: impl Iterator<Item = &'r Kept<DecisionLine>>,
        source: &SourceText,
    ) -> Self {
        let mut passages = Vec::new();
        for record in annotations {
            push_passages(record, &mut passages);
        }
        for decision in decisions {
            passages.extend(decision.spans.iter().map(passage));
        }
        Self { carrier: Carrier::new(passages, source), source: source.clone() }
    }

    /// Whether all spans of a record whose quotes stand in their places are still the same, as far as can be told.
    pub(super) fn all_stand(&mut self, record: &Kept<AnnotationRecord>) -> bool {
        let fillers = record.roles.values().flatten();
        self.stands(&record.spans)
            && fillers.into_iter().all(|filler| match filler {
                FillerRecord::Span(spans) => self.stands(spans),
                _ => true,
            })
    }

    /// As [`Tracer::all_stand`], for one span.
    pub(super) fn stands(&mut self, spans: &[SpanRecord]) -> bool {
        spans.iter().all(|span| {
            matches!(
                self.carrier.find(CharOffset::new(span.start), &span.quote.0),
                Fate::Unmoved(_) | Fate::Lost(Loss::NoLetters | Loss::Contradicted | Loss::TooCostly)
            )
        })
    }

    fn annotation(&mut self, record: &Kept<AnnotationRecord>) -> Trace {
        let mut trace = self.spans(&record.spans);
        for (role, fillers) in &record.roles {
            let role = RoleId::from(role.0.as_str());
            let mut kept = Vec::with_capacity(fillers.len());
            for filler in fillers {
                kept.extend(self.filler(&role, filler, &mut trace));
            }
            if !kept.is_empty() {
                trace.roles.insert(role, kept);
            }
        }
        trace
    }

    /// Returns where a filler is now; what is lost is noted.
    fn filler(&mut self, role: &RoleId, filler: &FillerRecord, trace: &mut Trace) -> Option<RoleFiller> {
        let spans = match filler {
            FillerRecord::Span(spans) => spans,
            FillerRecord::Entity(id) => return Some(RoleFiller::Entity(id.0)),
            FillerRecord::Author => return Some(RoleFiller::Author),
            FillerRecord::Unnamed => return Some(RoleFiller::Unnamed),
        };
        let Trace { outcome, fragments, why, .. } = self.spans(spans);
        if let Some(fragments) = fragments {
            if outcome > trace.outcome {
                trace.why = format!("{role}: {why}");
                trace.outcome = outcome;
            }
            return Some(RoleFiller::Span(fragments));
        }
        trace.lost_roles.push(LostFiller { role: role.clone(), what: Arc::from(quotes(spans)) });
        None
    }

    /// Returns where a span stands now: its pieces in their order, or not at all.
    fn spans(&mut self, spans: &[SpanRecord]) -> Trace {
        let mut trace = Trace { outcome: CarryOutcome::Unmoved, ..Trace::nowhere() };
        let mut ranges: Vec<TextRange> = Vec::with_capacity(spans.len());
        for span in spans {
            let fate = self.carrier.find(CharOffset::new(span.start), &span.quote.0);
            let (outcome, range, why) = self.told(span, fate);
            if outcome > trace.outcome {
                trace.outcome = outcome;
                trace.why = why;
            }
            ranges.extend(range);
        }
        if matches!(trace.outcome, CarryOutcome::Lost { .. }) {
            return trace;
        }
        let in_order = ranges.windows(2).all(|pair| pair[0].end() <= pair[1].start());
        match Fragments::new(ranges.clone()) {
            Ok(fragments) if in_order => trace.fragments = Some(fragments),
            _ => {
                trace.outcome = CarryOutcome::Lost { candidates: ranges };
                "its pieces no longer stand in their order".clone_into(&mut trace.why);
            }
        }
        trace
    }

    /// Returns the outcome for one piece, its place and the reason in words.
    fn told(&self, span: &SpanRecord, fate: Fate) -> (CarryOutcome, Option<TextRange>, String) {
        let lost = |candidates, why| (CarryOutcome::Lost { candidates }, None, why);
        match fate {
            Fate::Unmoved(range) => (CarryOutcome::Unmoved, Some(range), String::new()),
            Fate::Moved(range) => {
                let by = i64::from(self.source.char_from_byte(range.start()).get()) - i64::from(span.start);
                let way = if by < 0 { "nearer to the beginning" } else { "nearer to the end" };
                let why = format!("the same words, {} {way}", characters(by.unsigned_abs()));
                (CarryOutcome::Moved, Some(range), why)
            }
            Fate::Changed { range, letters: 0 } => {
                (CarryOutcome::Changed, Some(range), "the same words in another spelling".to_owned())
            }
            Fate::Changed { range, letters } => {
                let why = format!("its words differ by {}", characters(letters as u64));
                (CarryOutcome::Changed, Some(range), why)
            }
            Fate::Lost(Loss::Gone | Loss::Contradicted) => {
                lost(Vec::new(), "neither its words nor anything like them stand where they might".to_owned())
            }
            Fate::Lost(Loss::Ambiguous(ranges)) => {
                let places: Vec<String> = ranges.iter().map(|range| self.place(*range)).collect();
                let why = format!("it may stand in any of several places: {}", places.join(", "));
                lost(ranges, why)
            }
            Fate::Lost(Loss::OutOfContext(range)) => {
                let why = format!(
                    "«{}» stands at {}, but what was around it does not",
                    self.words(range),
                    self.place(range)
                );
                lost(vec![range], why)
            }
            Fate::Lost(Loss::Rewritten(range)) => {
                let why = format!("«{}» stands in its place at {}", self.words(range), self.place(range));
                lost(vec![range], why)
            }
            Fate::Lost(Loss::NoLetters) => {
                lost(Vec::new(), "it has no letters to be looked for by".to_owned())
            }
            Fate::Lost(Loss::TooCostly) => {
                lost(Vec::new(), "too much of the article has changed to look for it".to_owned())
            }
        }
    }

    fn words(&self, range: TextRange) -> String {
        shortened(self.source.slice(range)).into_owned()
    }

    /// A range in chars.
    fn place(&self, range: TextRange) -> String {
        let (start, end) =
            (self.source.char_from_byte(range.start()), self.source.char_from_byte(range.end()));
        format!("{start}..{end}")
    }
}

fn characters(n: u64) -> String {
    format!("{n} {}", if n == 1 { "character" } else { "characters" })
}

fn passage(span: &SpanRecord) -> Passage<'_> {
    Passage { start: CharOffset::new(span.start), text: &span.quote.0 }
}

/// What a record tells of the text that it was made on.
fn push_passages<'r>(record: &'r Kept<AnnotationRecord>, passages: &mut Vec<Passage<'r>>) {
    passages.extend(record.spans.iter().map(passage));
    let fillers = record.roles.values().flatten();
    for filler in fillers {
        if let FillerRecord::Span(spans) = filler {
            passages.extend(spans.iter().map(passage));
        }
    }
    let start = record.spans.iter().map(|span| span.start).min();
    let end = record.spans.iter().map(|span| span.end).max();
    if let Some((start, end)) = start.zip(end) {
        let chars = u32::try_from(record.prefix.0.chars().count()).unwrap_or(u32::MAX);
        if let Some(before) = start.checked_sub(chars) {
            passages.push(Passage { start: CharOffset::new(before), text: &record.prefix.0 });
        }
        passages.push(Passage { start: CharOffset::new(end), text: &record.suffix.0 });
    }
}
