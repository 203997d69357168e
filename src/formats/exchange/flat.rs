//! A document as spans with one label each and links between them: what most formats of others can say.
//!
//! A claim is its content as a span with the claim's label. Each of its roles is a link with the role's name, from the
//! content to a mention, or to a span of its own that has the role's name as its label. [`Drafts::into_layer`] makes a
//! claim of that again, so that what goes out comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::import::{ImportOptions, ImportWarning, Layer};
use crate::model::{
    Annotation, AnnotationId, AttributeValue, Body, Claim, Document, Entity, Fragments, LabelKind, Origin,
    Relation, RelationId, RoleFiller, RoleId, Schema, Timestamp, UnknownFields,
};

/// The label of a link from one piece of a discontinuous span to the next, where a format has spans of one piece.
pub const FRAGMENT: &str = "FRAGMENT";

/// A span of a flat document.
#[derive(Debug, Clone)]
pub struct FlatSpan<'a> {
    /// A label of the schema, or the name of the role that it fills.
    pub label: &'a str,
    /// Where it stands.
    pub fragments: Fragments,
    /// The annotation that it is; `None` for the filler of a role and for later pieces of a split span.
    pub annotation: Option<&'a Annotation>,
}

/// What a link of a flat document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// What fills a role of a claim.
    Role,
    /// A relation of the document.
    Relation,
    /// The next piece of a discontinuous span.
    Fragment,
}

/// A directed link between two spans of a flat document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlatLink<'a> {
    /// Where it starts: the index of a span.
    pub from: usize,
    /// Where it leads: the index of a span.
    pub to: usize,
    /// What it says.
    pub kind: LinkKind,
    /// The name of the role or of the relation.
    pub label: &'a str,
}

/// A document as spans and links.
#[derive(Debug, Clone, Default)]
pub struct Flat<'a> {
    /// By start, longer first, then by pieces and label.
    pub spans: Vec<FlatSpan<'a>>,
    /// By the spans that they link.
    pub links: Vec<FlatLink<'a>>,
}

/// Returns a document as spans and links. Roles that are filled by no span (the author, somebody unnamed) have none.
#[must_use]
pub fn flatten(document: &Document) -> Flat<'_> {
    let mut flat = Flat::default();
    let mut places = BTreeMap::new();
    for annotation in document.annotations().iter() {
        places.insert(annotation.id, flat.spans.len());
        flat.spans.push(FlatSpan {
            label: annotation.body.label().as_str(),
            fragments: annotation.body.fragments().clone(),
            annotation: Some(annotation),
        });
    }
    for annotation in document.annotations().iter() {
        let Some(claim) = annotation.body.as_claim() else { continue };
        for (role, fillers) in &claim.roles {
            for filler in fillers {
                flat.add_filler(places[&annotation.id], role.as_str(), filler, &places);
            }
        }
    }
    for relation in document.relations() {
        if let (Some(from), Some(to)) = (places.get(&relation.from), places.get(&relation.to)) {
            let label = relation.label.as_str();
            flat.links.push(FlatLink { from: *from, to: *to, kind: LinkKind::Relation, label });
        }
    }
    flat.sort();
    flat
}

impl<'a> Flat<'a> {
    fn add_filler(
        &mut self,
        from: usize,
        role: &'a str,
        filler: &RoleFiller,
        places: &BTreeMap<AnnotationId, usize>,
    ) {
        let to = match filler {
            RoleFiller::Span(fragments) => {
                self.spans.push(FlatSpan { label: role, fragments: fragments.clone(), annotation: None });
                self.spans.len() - 1
            }
            RoleFiller::Entity(id) => match places.get(id) {
                Some(place) => *place,
                None => return,
            },
            RoleFiller::Author | RoleFiller::Unnamed => return,
        };
        self.links.push(FlatLink { from, to, kind: LinkKind::Role, label: role });
    }

    /// Returns the same with each piece of a discontinuous span as a span of its own, linked to the next.
    #[must_use]
    pub fn split(self) -> Self {
        let mut split = Flat { spans: Vec::with_capacity(self.spans.len()), links: self.links };
        let mut later = Vec::new();
        for mut span in self.spans {
            let ranges = span.fragments.ranges().to_vec();
            let mut pieces = ranges.iter().filter_map(|range| Fragments::single(*range).ok());
            if let Some(first) = pieces.next() {
                span.fragments = first;
            }
            let label = span.label;
            let index = split.spans.len();
            split.spans.push(span);
            later.extend(pieces.map(|fragments| (index, FlatSpan { label, fragments, annotation: None })));
        }
        let mut last: Option<(usize, usize)> = None;
        for (whole, piece) in later {
            let to = split.spans.len();
            let from = last.filter(|(of, _)| *of == whole).map_or(whole, |(_, place)| place);
            split.spans.push(piece);
            split.links.push(FlatLink { from, to, kind: LinkKind::Fragment, label: FRAGMENT });
            last = Some((whole, to));
        }
        split.sort();
        split
    }

    /// Returns the same with each span where `place` says; one for which there is no place is left out with its links,
    /// and with what is there only to fill its roles.
    #[must_use]
    pub fn placed(self, mut place: impl FnMut(&Fragments) -> Option<Fragments>) -> Self {
        let mut places: Vec<Option<Fragments>> =
            self.spans.iter().map(|span| place(&span.fragments)).collect();
        for link in self.links.iter().filter(|link| link.kind == LinkKind::Role) {
            if places[link.from].is_none() && self.spans[link.to].annotation.is_none() {
                places[link.to] = None;
            }
        }
        let mut indices = Vec::with_capacity(self.spans.len());
        let mut spans = Vec::with_capacity(self.spans.len());
        for (span, fragments) in self.spans.into_iter().zip(places) {
            indices.push(fragments.as_ref().map(|_| spans.len()));
            spans.extend(fragments.map(|fragments| FlatSpan { fragments, ..span }));
        }
        let links = self
            .links
            .into_iter()
            .filter_map(|link| Some(FlatLink { from: indices[link.from]?, to: indices[link.to]?, ..link }));
        let mut flat = Flat { links: links.collect(), spans };
        flat.sort();
        flat
    }

    /// Sorts spans by place and label, and links by the spans that they link. Equal spans stay in their order; those
    /// that are there only for a link follow the order of those from which the links come.
    fn sort(&mut self) {
        let order = self.order(|_| 0);
        let rank = ranks(&order);
        let mut owners = vec![0; self.spans.len()];
        for link in self.links.iter().filter(|link| self.spans[link.to].annotation.is_none()) {
            owners[link.to] = rank[link.from] + 1;
        }
        let order = self.order(|span| owners[span]);
        let place = ranks(&order);
        self.spans = order.iter().map(|old| self.spans[*old].clone()).collect();
        for link in &mut self.links {
            (link.from, link.to) = (place[link.from], place[link.to]);
        }
        self.links.sort_unstable();
    }

    /// Returns the indices of the spans by place, label and what `then` says of an index.
    fn order(&self, then: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.spans.len()).collect();
        order.sort_by(|a, b| {
            let (x, y) = (&self.spans[*a], &self.spans[*b]);
            x.fragments.cmp(&y.fragments).then_with(|| x.label.cmp(y.label)).then(then(*a).cmp(&then(*b)))
        });
        order
    }
}

/// Returns the place of each index in an order.
fn ranks(order: &[usize]) -> Vec<usize> {
    let mut ranks = vec![0; order.len()];
    for (rank, index) in order.iter().enumerate() {
        ranks[*index] = rank;
    }
    ranks
}

/// A span that was read.
#[derive(Debug, Clone)]
pub struct DraftSpan {
    /// Its label, as it stands in the file.
    pub label: String,
    /// Where it stands.
    pub fragments: Fragments,
    /// Its attributes; those that the schema does not know are kept.
    pub attributes: BTreeMap<Arc<str>, AttributeValue>,
    /// A remark, empty where there is none.
    pub note: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl DraftSpan {
    /// Returns a span with a label and nothing else, made by hand.
    #[must_use]
    pub fn new(label: impl Into<String>, fragments: Fragments) -> Self {
        Self {
            label: label.into(),
            fragments,
            attributes: BTreeMap::new(),
            note: String::new(),
            origin: Origin::Human,
        }
    }
}

/// Spans and links that were read, on their way to annotations.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    /// The spans, in the order of the file.
    pub spans: Vec<DraftSpan>,
    /// The links: name, index of the span where it starts, index of the span where it leads.
    pub links: Vec<(String, usize, usize)>,
    /// Roles that no span fills: index of the claim's span, role, [`RoleFiller::Author`] or [`RoleFiller::Unnamed`].
    pub implicit: Vec<(usize, String, RoleFiller)>,
}

impl Drafts {
    /// Returns the annotations: pieces are joined, contents with their roles are claims, other links are relations.
    ///
    /// What cannot be joined stays as it is, with a warning.
    #[must_use]
    pub fn into_layer(
        mut self,
        annotator: Option<String>,
        options: &ImportOptions<'_>,
        warnings: &mut Vec<ImportWarning>,
    ) -> Layer {
        let gone = self.join(warnings);
        Assembly::new(self, gone, options.schema, options.now).layer(annotator)
    }

    /// Joins the pieces of discontinuous spans; returns the spans that became part of another.
    fn join(&mut self, warnings: &mut Vec<ImportWarning>) -> BTreeSet<usize> {
        let spans = self.spans.len();
        let mut next: BTreeMap<usize, usize> = BTreeMap::new();
        let mut targets = BTreeSet::new();
        self.links.retain(|(label, from, to)| {
            let piece = label == FRAGMENT && from != to && *from < spans && *to < spans;
            if piece && !next.contains_key(from) && targets.insert(*to) {
                next.insert(*from, *to);
                return false;
            }
            *from < spans && *to < spans
        });
        let heads: Vec<usize> = next.keys().copied().filter(|from| !targets.contains(from)).collect();
        let mut gone = BTreeSet::new();
        for head in heads {
            let mut pieces = vec![head];
            while let Some(to) = pieces.last().and_then(|last| next.remove(last)) {
                pieces.push(to);
            }
            let ranges = pieces.iter().flat_map(|piece| self.spans[*piece].fragments.ranges().to_vec());
            match Fragments::new(ranges.collect()) {
                Ok(fragments) => {
                    self.spans[head].fragments = fragments;
                    gone.extend(pieces.into_iter().skip(1));
                }
                Err(error) => warnings.push(ImportWarning::new(
                    format!("{} {}", self.spans[head].label, head + 1),
                    format!("its pieces stay spans of their own: {error}"),
                )),
            }
        }
        gone
    }
}

/// Spans and links on their way to annotations with ids.
struct Assembly<'a> {
    drafts: Drafts,
    schema: &'a Schema,
    now: Timestamp,
    /// How many links lead to each span.
    incoming: Vec<usize>,
    /// Whether a link starts at each span.
    has_links: Vec<bool>,
    /// Spans that are no annotation of their own: later pieces, and fillers of roles.
    gone: BTreeSet<usize>,
    /// The id of each span that is an annotation.
    ids: BTreeMap<usize, AnnotationId>,
}

impl<'a> Assembly<'a> {
    fn new(drafts: Drafts, gone: BTreeSet<usize>, schema: &'a Schema, now: Timestamp) -> Self {
        let mut incoming = vec![0; drafts.spans.len()];
        let mut has_links = vec![false; drafts.spans.len()];
        for (_, from, to) in &drafts.links {
            incoming[*to] += 1;
            has_links[*from] = true;
        }
        let mut assembly = Self { drafts, schema, now, incoming, has_links, gone, ids: BTreeMap::new() };
        let fillers: Vec<usize> =
            assembly.drafts.links.iter().filter(|l| assembly.is_own_span(l)).map(|l| l.2).collect();
        assembly.gone.extend(fillers);
        let mut id = AnnotationId::FIRST;
        for span in 0..assembly.drafts.spans.len() {
            if !assembly.gone.contains(&span) {
                assembly.ids.insert(span, id);
                id = id.next();
            }
        }
        assembly
    }

    fn is_claim(&self, span: usize) -> bool {
        let label = self.schema.label(&self.drafts.spans[span].label.as_str().into());
        label.is_some_and(|label| label.kind == LabelKind::Claim)
    }

    fn is_role(&self, (label, from, _): &(String, usize, usize)) -> bool {
        label != RoleId::CONTENT && self.is_claim(*from) && self.schema.role(&label.as_str().into()).is_some()
    }

    /// Returns whether the link leads to a span that is there only to fill the role.
    fn is_own_span(&self, link: &(String, usize, usize)) -> bool {
        let (label, _, to) = link;
        let span = &self.drafts.spans[*to];
        self.is_role(link)
            && span.label == *label
            && self.incoming[*to] == 1
            && span.attributes.is_empty()
            && span.note.is_empty()
            && !self.has_links[*to]
    }

    fn layer(self, annotator: Option<String>) -> Layer {
        let mut roles: BTreeMap<usize, BTreeMap<RoleId, Vec<RoleFiller>>> = BTreeMap::new();
        let mut relations = Vec::new();
        let mut relation_id = RelationId::FIRST;
        for link in &self.drafts.links {
            let (label, from, to) = link;
            if self.is_role(link) {
                let filler = match self.ids.get(to) {
                    Some(id) => RoleFiller::Entity(*id),
                    None => RoleFiller::Span(self.drafts.spans[*to].fragments.clone()),
                };
                roles.entry(*from).or_default().entry(label.as_str().into()).or_default().push(filler);
            } else if let (Some(from), Some(to)) = (self.ids.get(from), self.ids.get(to)) {
                let (from, to) = (*from, *to);
                let (label, created) = (label.as_str().into(), self.now);
                let unknown = UnknownFields::NONE;
                relations.push(Relation { id: relation_id, label, from, to, created, unknown });
                relation_id = relation_id.next();
            }
        }
        for (span, role, filler) in &self.drafts.implicit {
            let fillers = roles.entry(*span).or_default().entry(role.as_str().into()).or_default();
            fillers.push(filler.clone());
        }
        let annotations = self.ids.iter().map(|(span, id)| {
            let roles = roles.remove(span).filter(|_| self.is_claim(*span));
            self.annotation(*span, *id, roles.unwrap_or_default())
        });
        Layer { annotations: annotations.collect(), relations, ..Layer::of(annotator) }
    }

    fn annotation(
        &self,
        span: usize,
        id: AnnotationId,
        roles: BTreeMap<RoleId, Vec<RoleFiller>>,
    ) -> Annotation {
        let draft = &self.drafts.spans[span];
        let (label, fragments) = (draft.label.as_str().into(), draft.fragments.clone());
        let body = if self.is_claim(span) {
            Body::Claim(Claim { label, content: fragments, roles })
        } else {
            Body::Entity(Entity { label, fragments })
        };
        Annotation {
            id,
            body,
            attributes: draft.attributes.clone(),
            note: draft.note.as_str().into(),
            origin: draft.origin.clone(),
            created: self.now,
            modified: self.now,
            unknown: UnknownFields::NONE,
        }
    }
}
