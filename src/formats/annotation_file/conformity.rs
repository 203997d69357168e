//! What fits the article and is still not as the schema wants it: kept as it is, and reported.

use super::ProblemKind;
use crate::formats::nearest::did_you_mean;
use crate::model::{
    Annotation, Body, Claim, Document, FillerKind, LabelDef, LabelKind, Relation, RoleFiller, RoleId, Schema,
};

/// Returns what in an annotation is not as the schema wants it. The schema has its label, the document what it names.
pub(super) fn of_annotation(
    annotation: &Annotation,
    document: &Document,
    schema: &Schema,
) -> Vec<ProblemKind> {
    let Some(label) = schema.label(annotation.body.label()) else { return Vec::new() };
    let mut problems = Vec::new();
    for (attribute, value) in &annotation.attributes {
        let known = label.attributes.contains(attribute);
        let def = schema.attribute(attribute).filter(|_| known);
        if !def.is_some_and(|def| def.values.allows(value)) {
            let names = label.attributes.iter().map(|id| &**id).filter(|_| !known);
            let hint = did_you_mean(attribute, names);
            problems.push(ProblemKind::Attribute {
                id: annotation.id,
                attribute: attribute.to_string(),
                hint,
            });
        }
    }
    if let Body::Claim(claim) = &annotation.body {
        roles(annotation, claim, label, (document, schema), &mut problems);
    }
    problems
}

fn roles(
    annotation: &Annotation,
    claim: &Claim,
    label: &LabelDef,
    (document, schema): (&Document, &Schema),
    problems: &mut Vec<ProblemKind>,
) {
    let id = annotation.id;
    for (role, fillers) in &claim.roles {
        let Some(def) = schema.role(role).filter(|_| label.roles.contains(role)) else {
            let hint = did_you_mean(role.as_str(), label.roles.iter().map(RoleId::as_str));
            problems.push(ProblemKind::Role { id, role: role.clone(), hint });
            continue;
        };
        let is_claim = |filler: &RoleFiller| match filler {
            RoleFiller::Entity(id) => document.annotation(*id).is_some_and(|a| a.body.as_claim().is_some()),
            _ => false,
        };
        if fillers.iter().any(|filler| !def.accepts.contains(&kind_of(filler)) || is_claim(filler)) {
            problems.push(ProblemKind::Filler { id, role: role.clone() });
        }
    }
    let missing = label
        .roles
        .iter()
        .filter(|role| role.as_str() != RoleId::CONTENT && claim.role(role.as_str()).is_empty());
    for role in missing.filter(|role| schema.role(role).is_some_and(|def| def.required)) {
        problems.push(ProblemKind::MissingRole { id, role: role.clone() });
    }
}

fn kind_of(filler: &RoleFiller) -> FillerKind {
    match filler {
        RoleFiller::Span(_) => FillerKind::Span,
        RoleFiller::Entity(_) => FillerKind::Entity,
        RoleFiller::Author => FillerKind::Author,
        RoleFiller::Unnamed => FillerKind::Unnamed,
    }
}

/// Returns what in a relation is not as the schema wants it. The schema has its label, the document has its ends.
pub(super) fn of_relation(relation: &Relation, document: &Document, schema: &Schema) -> Option<ProblemKind> {
    let def = schema.relation(&relation.label)?;
    let is = |id, kind| {
        let body = &document.annotation(id)?.body;
        Some((body.as_claim().is_some()) == (kind == LabelKind::Claim))
    };
    let fits = is(relation.from, def.from)? && is(relation.to, def.to)?;
    (!fits).then(|| ProblemKind::RelationEnds { id: relation.id, label: relation.label.clone() })
}
