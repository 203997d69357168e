//! Two versions of one record made of a common one, brought together field by field.

use std::collections::BTreeMap;

use crate::model::{Annotation, Body, Claim, Entity};

/// Returns the value that both sides agree on, or that of the side which changed it; `None` where both changed it.
fn three_way<T: PartialEq + Clone>(before: &T, here: &T, incoming: &T) -> Option<T> {
    if here == incoming || incoming == before {
        Some(here.clone())
    } else if here == before {
        Some(incoming.clone())
    } else {
        None
    }
}

/// Merges maps entry by entry; an entry that both sides changed in different ways makes it `None`.
fn map_three_way<K: Ord + Clone, V: PartialEq + Clone>(
    before: &BTreeMap<K, V>,
    here: &BTreeMap<K, V>,
    incoming: &BTreeMap<K, V>,
) -> Option<BTreeMap<K, V>> {
    let keys = before.keys().chain(here.keys()).chain(incoming.keys());
    let mut merged = BTreeMap::new();
    for key in keys {
        if let Some(value) = three_way(&before.get(key), &here.get(key), &incoming.get(key))? {
            merged.insert(key.clone(), value.clone());
        }
    }
    Some(merged)
}

/// Returns an annotation with the changes of both sides; `None` where both changed the same field.
pub(super) fn merge_annotation(
    before: &Annotation,
    here: &Annotation,
    incoming: &Annotation,
) -> Option<Annotation> {
    Some(Annotation {
        id: here.id,
        body: merge_body(&before.body, &here.body, &incoming.body)?,
        attributes: map_three_way(&before.attributes, &here.attributes, &incoming.attributes)?,
        note: three_way(&before.note, &here.note, &incoming.note)?,
        origin: three_way(&before.origin, &here.origin, &incoming.origin)?,
        created: here.created,
        modified: here.modified.max(incoming.modified),
        unknown: three_way(&before.unknown, &here.unknown, &incoming.unknown)?,
    })
}

fn merge_body(before: &Body, here: &Body, incoming: &Body) -> Option<Body> {
    match (before, here, incoming) {
        (Body::Entity(before), Body::Entity(here), Body::Entity(incoming)) => Some(Body::Entity(Entity {
            label: three_way(&before.label, &here.label, &incoming.label)?,
            fragments: three_way(&before.fragments, &here.fragments, &incoming.fragments)?,
        })),
        (Body::Claim(before), Body::Claim(here), Body::Claim(incoming)) => Some(Body::Claim(Claim {
            label: three_way(&before.label, &here.label, &incoming.label)?,
            content: three_way(&before.content, &here.content, &incoming.content)?,
            roles: map_three_way(&before.roles, &here.roles, &incoming.roles)?,
        })),
        _ => three_way(before, here, incoming),
    }
}

/// Returns whether two annotations say the same, whoever made them and when.
pub(super) fn says_the_same(a: &Annotation, b: &Annotation) -> bool {
    a.body == b.body && a.attributes == b.attributes && a.note == b.note && a.unknown == b.unknown
}
