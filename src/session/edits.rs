//! What the user does, as transactions: pure functions from a document to a change of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::review::Pending;
use crate::model::{
    Annotation, AnnotationId, Body, Claim, Decision, DecisionRecord, Document, Edit, Entity, Fragments,
    LabelId, Origin, Orphan, Relation, RoleFiller, RoleId, Timestamp, Transaction, UnknownFields,
};
use crate::text::isolate_beginning;

/// Returns the quoted text of a span, shortened to 24 chars, for a description.
#[must_use]
pub fn quote(document: &Document, fragments: &Fragments) -> String {
    let text = document.source().slice(fragments.first());
    // In an isolate: the quote keeps its own direction inside an English sentence.
    isolate_beginning(text, 24, fragments.ranges().len() > 1)
}

fn hand_made(document: &Document, body: Body, now: Timestamp) -> Annotation {
    Annotation {
        id: document.fresh_annotation_id(),
        body,
        attributes: BTreeMap::new(),
        note: Arc::from(""),
        origin: Origin::Human,
        created: now,
        modified: now,
        unknown: UnknownFields::NONE,
    }
}

/// Tags spans as mentions with one label: one transaction, however many.
pub(super) fn create_entities(
    document: &Document,
    label: &LabelId,
    spans: &[Fragments],
    now: Timestamp,
) -> Transaction {
    let mut id = document.fresh_annotation_id();
    let mut edits = Vec::with_capacity(spans.len());
    for fragments in spans {
        let body = Body::Entity(Entity { label: label.clone(), fragments: fragments.clone() });
        edits.push(Edit::Insert(Annotation { id, ..hand_made(document, body, now) }));
        id = id.next();
    }
    let description = match spans {
        [one] => format!("Tag {} as {label}", quote(document, one)),
        many => format!("Tag {} mentions as {label}", many.len()),
    };
    Transaction::new(description, edits)
}

/// Makes a claim of a content and, where it is known, its cue.
pub(super) fn create_claim(
    document: &Document,
    label: &LabelId,
    content: Fragments,
    cue: Option<Fragments>,
    now: Timestamp,
) -> Transaction {
    let description = format!("Make a claim of {}", quote(document, &content));
    let roles = cue.map(|cue| (RoleId::from(RoleId::CUE), vec![RoleFiller::Span(cue)])).into_iter().collect();
    let body = Body::Claim(Claim { label: label.clone(), content, roles });
    Transaction::new(description, vec![Edit::Insert(hand_made(document, body, now))])
}

/// Accepts a suggestion, with its mended edges and perhaps as another label.
pub(super) fn accept(
    document: &Document,
    pending: &Pending,
    label: Option<&LabelId>,
    now: Timestamp,
) -> Transaction {
    let suggestion = &pending.suggestion;
    let mut body = suggestion.body.clone();
    let fragments = pending.fragments().clone();
    match &mut body {
        Body::Entity(entity) => {
            entity.fragments = fragments;
            if let Some(label) = label {
                entity.label = label.clone();
            }
        }
        Body::Claim(claim) => {
            claim.content = fragments;
            if let Some(label) = label {
                claim.label = label.clone();
            }
            resolve_mentions(document, claim);
        }
    }
    let origin = Origin::Rule { rule: suggestion.rule.clone(), pack: suggestion.pack.clone() };
    let description = format!("Accept {} as {}", quote(document, body.fragments()), body.label());
    let annotation =
        Annotation { attributes: suggestion.attributes.clone(), origin, ..hand_made(document, body, now) };
    let decision = decide(pending, Decision::Accepted(annotation.id), now);
    Transaction::new(description, vec![Edit::Insert(annotation), decision])
}

/// Puts the mention in the place of a span where a role's span is exactly one that is annotated.
fn resolve_mentions(document: &Document, claim: &mut Claim) {
    for (role, fillers) in &mut claim.roles {
        if role.as_str() == RoleId::CUE {
            continue;
        }
        for filler in fillers {
            if let RoleFiller::Span(fragments) = filler
                && let Some(id) = mention_at(document, fragments)
            {
                *filler = RoleFiller::Entity(id);
            }
        }
    }
}

/// Returns the mention that stands exactly on a span.
pub(super) fn mention_at(document: &Document, fragments: &Fragments) -> Option<AnnotationId> {
    document
        .annotations()
        .overlapping(fragments.hull())
        .find(|a| matches!(a.body, Body::Entity(_)) && a.body.fragments() == fragments)
        .map(|a| a.id)
}

/// Rejects a suggestion.
pub(super) fn reject(document: &Document, pending: &Pending, now: Timestamp) -> Transaction {
    let body = &pending.suggestion.body;
    let description = format!("Reject {} as {}", quote(document, body.fragments()), body.label());
    Transaction::new(description, vec![decide(pending, Decision::Rejected, now)])
}

fn decide(pending: &Pending, decision: Decision, now: Timestamp) -> Edit {
    Edit::Decide(DecisionRecord {
        key: pending.key(),
        rule: pending.suggestion.rule.clone(),
        pack: pending.suggestion.pack.clone(),
        decision,
        at: now,
        unknown: UnknownFields::NONE,
    })
}

/// Replaces an annotation by a changed version of itself; `None` where there is none or nothing changes.
pub(super) fn change(
    document: &Document,
    id: AnnotationId,
    now: Timestamp,
    what: &str,
    change: impl FnOnce(&mut Annotation),
) -> Option<Transaction> {
    let old = document.annotation(id)?;
    let mut new = old.clone();
    change(&mut new);
    if new == *old {
        return None;
    }
    new.modified = now;
    let description = format!("{what} {}", quote(document, new.body.fragments()));
    Some(Transaction::new(description, vec![Edit::Replace(new)]))
}

/// Gives an annotation another label.
pub(super) fn relabel(
    document: &Document,
    id: AnnotationId,
    label: &LabelId,
    now: Timestamp,
) -> Option<Transaction> {
    change(document, id, now, &format!("Change to {label}:"), |annotation| match &mut annotation.body {
        Body::Entity(entity) => entity.label = label.clone(),
        Body::Claim(claim) => claim.label = label.clone(),
    })
}

/// Gives an annotation another span.
pub(super) fn set_fragments(
    document: &Document,
    id: AnnotationId,
    fragments: Fragments,
    now: Timestamp,
) -> Option<Transaction> {
    change(document, id, now, "Move the edges of", |annotation| match &mut annotation.body {
        Body::Entity(entity) => entity.fragments = fragments,
        Body::Claim(claim) => claim.content = fragments,
    })
}

/// Puts a filler into a role of a claim, beside those that are there. The content is replaced.
pub(super) fn fill_role(
    document: &Document,
    id: AnnotationId,
    role: &RoleId,
    filler: RoleFiller,
    now: Timestamp,
) -> Option<Transaction> {
    change(document, id, now, &format!("Set {role} of"), |annotation| {
        let Body::Claim(claim) = &mut annotation.body else { return };
        match (role.as_str(), filler) {
            (RoleId::CONTENT, RoleFiller::Span(fragments)) => claim.content = fragments,
            (RoleId::CONTENT, _) => {}
            (_, filler) => {
                let fillers = claim.roles.entry(role.clone()).or_default();
                if !fillers.contains(&filler) {
                    fillers.push(filler);
                }
            }
        }
    })
}

/// Takes one filler out of a role of a claim.
pub(super) fn clear_role(
    document: &Document,
    id: AnnotationId,
    role: &RoleId,
    index: usize,
    now: Timestamp,
) -> Option<Transaction> {
    change(document, id, now, &format!("Clear {role} of"), |annotation| {
        let Body::Claim(claim) = &mut annotation.body else { return };
        if let Some(fillers) = claim.roles.get_mut(role) {
            if index < fillers.len() {
                fillers.remove(index);
            }
            if fillers.is_empty() {
                claim.roles.remove(role);
            }
        }
    })
}

/// Removes an annotation with all that names it.
pub(super) fn delete(document: &Document, id: AnnotationId) -> Option<Transaction> {
    let annotation = document.annotation(id)?;
    let description = format!("Remove {}", quote(document, annotation.body.fragments()));
    Some(Transaction::new(description, document.removal(id)))
}

/// Links two annotations.
pub(super) fn link(
    document: &Document,
    label: &LabelId,
    from: AnnotationId,
    to: AnnotationId,
    now: Timestamp,
) -> Transaction {
    let relation = Relation {
        id: document.fresh_relation_id(),
        label: label.clone(),
        from,
        to,
        created: now,
        unknown: UnknownFields::NONE,
    };
    Transaction::new(format!("Link as {label}"), vec![Edit::Link(relation)])
}

/// Puts an orphan back into the text as a mention.
pub(super) fn place_orphan(
    document: &Document,
    orphan: &Orphan,
    fragments: Fragments,
    now: Timestamp,
) -> Transaction {
    let description = format!("Place {} again", quote(document, &fragments));
    let body = Body::Entity(Entity { label: orphan.label.clone(), fragments });
    let annotation = hand_made(document, body, now);
    Transaction::new(description, vec![Edit::Discard(orphan.id), Edit::Insert(annotation)])
}
