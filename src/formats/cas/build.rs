//! Documents to structures.

use std::collections::{BTreeMap, BTreeSet};

use super::super::exchange::{Export, OffsetUnit, Offsets, VALUE, features, flatten};
use super::{
    Cas, FRAGMENT, FRAGMENTS, FROM, INITIAL_VIEW, NAMED_ENTITY, RELATION, Sofa, Structure, TO, Value,
};
use crate::text::TextRange;

/// The id of the only subject.
pub(super) const SOFA: u64 = 1;

/// Returns the structures of a document. Their ids follow each other: the subject, the spans, the links, the pieces.
/// The names of the features that occur are added to `names`.
pub(super) fn build(export: &Export<'_>, names: &mut BTreeSet<String>) -> Cas {
    let source = export.document.source();
    let offsets = Offsets::new(source, OffsetUnit::Utf16);
    let flat = flatten(export.document);
    let mut ids = SOFA + 1..;
    let mut next = || ids.next().unwrap_or_default();
    let annotation = |type_name: &str, range: TextRange, features| {
        let (start, end) = offsets.pair(range);
        Structure { type_name: type_name.to_owned(), place: Some((SOFA, start, end)), features }
    };
    let mut structures = BTreeMap::new();
    let mut spans = Vec::with_capacity(flat.spans.len());
    for span in &flat.spans {
        let mut said = span.annotation.map(features).unwrap_or_default();
        said.insert(VALUE.to_owned(), span.label.to_owned());
        names.extend(said.keys().cloned());
        let said = said.into_iter().map(|(name, value)| (name, Value::Text(value))).collect();
        let id = next();
        structures.insert(id, annotation(NAMED_ENTITY, span.fragments.hull(), said));
        spans.push(id);
    }
    for link in &flat.links {
        let features = BTreeMap::from([
            ("label".to_owned(), Value::Text(link.label.to_owned())),
            (FROM.to_owned(), Value::Ref(spans[link.from])),
            (TO.to_owned(), Value::Ref(spans[link.to])),
        ]);
        structures.insert(next(), annotation(RELATION, flat.spans[link.to].fragments.hull(), features));
    }
    for (span, id) in flat.spans.iter().zip(&spans).filter(|(span, _)| span.fragments.ranges().len() > 1) {
        let mut pieces = Vec::new();
        for range in span.fragments.ranges() {
            let piece = next();
            structures.insert(piece, annotation(FRAGMENT, *range, BTreeMap::new()));
            pieces.push(piece);
        }
        if let Some(structure) = structures.get_mut(id) {
            structure.features.insert(FRAGMENTS.to_owned(), Value::Refs(pieces));
        }
    }
    let sofa = Sofa { name: INITIAL_VIEW.to_owned(), text: Some(source.as_str().to_owned()) };
    let members = structures.keys().copied().collect();
    Cas { sofas: BTreeMap::from([(SOFA, sofa)]), structures, members: BTreeMap::from([(SOFA, members)]) }
}
