//! What brat has to be told of the annotations: which there are, and how they look.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::exchange::{Flat, LinkKind};
use super::{AUTHOR, IMPLICIT, UNNAMED, word};
use crate::model::{
    AttributeValue, AttributeValues, FillerKind, LabelDef, LabelKind, LocalizedText, RoleDef, RoleId, Schema,
};

/// The widest range of numbers that is written out as choices.
const MOST_CHOICES: u64 = 100;

/// What occurred in an export, so that nothing is written that the configuration does not name.
#[derive(Default)]
pub(super) struct Kinds {
    /// Labels of mentions and names of roles that spans fill.
    spans: BTreeSet<String>,
    claims: BTreeSet<String>,
    relations: BTreeSet<String>,
    /// With their choices; none for flags.
    attributes: BTreeMap<String, BTreeSet<String>>,
}

impl Kinds {
    /// Takes in what occurs in an article.
    pub(super) fn count(&mut self, flat: &Flat<'_>) {
        for span in &flat.spans {
            let claim = span.annotation.and_then(|annotation| annotation.body.as_claim());
            let kind = if claim.is_some() { &mut self.claims } else { &mut self.spans };
            kind.insert(span.label.to_owned());
            for (name, value) in span.annotation.into_iter().flat_map(|annotation| &annotation.attributes) {
                let choice = match value {
                    AttributeValue::Flag => None,
                    AttributeValue::Choice(choice) => Some(choice.to_string()),
                    AttributeValue::Integer(n) => Some(n.to_string()),
                    AttributeValue::Text(_) => continue,
                };
                self.attributes.entry(name.to_string()).or_default().extend(choice);
            }
        }
        let relations = flat.links.iter().filter(|link| link.kind == LinkKind::Relation);
        self.relations.extend(relations.map(|link| link.label.to_owned()));
    }

    /// Returns what goes into `annotation.conf`.
    pub(super) fn configuration(&self, schema: &Schema) -> String {
        let mut out = String::from("[entities]\n");
        let labels = |kind| schema.labels().iter().filter(move |label| label.kind == kind);
        let mut entities: Vec<&str> = labels(LabelKind::Entity).map(|label| label.id.as_str()).collect();
        let roles = schema.roles().iter().filter(|role| role.id.as_str() != RoleId::CONTENT);
        entities.extend(roles.clone().map(|role| role.id.as_str()));
        entities.extend(new(&entities, &self.spans));
        for label in &entities {
            line(&mut out, &[word(label)]);
        }

        out.push_str("\n[relations]\n");
        let mut relations: Vec<&str> = Vec::new();
        for relation in schema.relations() {
            let ends = [relation.from, relation.to].map(|kind| match kind {
                LabelKind::Entity => "<ENTITY>",
                LabelKind::Claim => "<EVENT>",
            });
            relations.push(relation.id.as_str());
            line(&mut out, &[word(relation.id.as_str()), format!("Arg1:{}, Arg2:{}", ends[0], ends[1])]);
        }
        for relation in new(&relations, &self.relations) {
            line(&mut out, &[word(relation), "Arg1:<ANY>, Arg2:<ANY>".to_owned()]);
        }
        line(&mut out, &["<OVERLAP>".to_owned(), "Arg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>".to_owned()]);

        out.push_str("\n[events]\n");
        for label in labels(LabelKind::Claim) {
            line(&mut out, &[word(label.id.as_str()), arguments(label, schema)]);
        }
        self.attribute_lines(schema, &mut out);
        out
    }

    fn attribute_lines(&self, schema: &Schema, out: &mut String) {
        out.push_str("\n[attributes]\n");
        for attribute in schema.attributes() {
            let values = match &attribute.values {
                AttributeValues::Flag => None,
                AttributeValues::Choice(choices) => Some(choices.iter().map(|choice| word(choice)).collect()),
                AttributeValues::Integer(min, max) if max.abs_diff(*min) < MOST_CHOICES => {
                    Some((*min..=*max).map(|n| n.to_string()).collect::<Vec<_>>())
                }
                // brat knows choices only; free text is written as notes.
                AttributeValues::Integer(..) | AttributeValues::Text => continue,
            };
            let with = |label: &&LabelDef| label.attributes.contains(&attribute.id);
            let bearers: Vec<String> =
                schema.labels().iter().filter(with).map(|label| word(label.id.as_str())).collect();
            let bearers = if bearers.is_empty() { "<ANY>".to_owned() } else { bearers.join("|") };
            let values = values.map(|values| format!(", Value:{}", values.join("|")));
            line(out, &[word(&attribute.id), format!("Arg:{bearers}{}", values.unwrap_or_default())]);
        }
        for (name, values) in &self.attributes {
            if schema.attribute(name).is_some() {
                continue;
            }
            let values = values.iter().map(|value| word(value)).collect::<Vec<_>>().join("|");
            let values = if values.is_empty() { values } else { format!(", Value:{values}") };
            line(out, &[word(name), format!("Arg:<ANY>{values}")]);
        }
        for role in schema.roles() {
            let accepted = [(FillerKind::Author, AUTHOR), (FillerKind::Unnamed, UNNAMED)];
            let values =
                accepted.iter().filter(|(kind, _)| role.accepts.contains(kind)).map(|(_, name)| *name);
            let values = values.collect::<Vec<_>>().join("|");
            if !values.is_empty() {
                let name = word(&format!("{}{IMPLICIT}", role.id));
                line(out, &[name, format!("Arg:<EVENT>, Value:{values}")]);
            }
        }
    }

    /// Returns what goes into `visual.conf`.
    pub(super) fn look(schema: &Schema) -> String {
        let mut out = String::from("[labels]\n");
        let mut name = |id: &str, names: &LocalizedText| {
            let mut shown: Vec<&str> = names.iter().map(|(_, name)| name).collect();
            shown.sort_by_key(|name| *name != names.get("en"));
            let shown = shown.into_iter().map(|name| name.replace(['|', '\n', '\r'], " "));
            let parts: Vec<String> = std::iter::once(word(id)).chain(shown).collect();
            _ = writeln!(out, "{}", parts.join(" | "));
        };
        schema.labels().iter().for_each(|label| name(label.id.as_str(), &label.names));
        let roles = schema.roles().iter().filter(|role| role.id.as_str() != RoleId::CONTENT);
        roles.for_each(|RoleDef { id, names, .. }| name(id.as_str(), names));
        schema.relations().iter().for_each(|relation| name(relation.id.as_str(), &relation.names));
        schema.attributes().iter().for_each(|attribute| name(&attribute.id, &attribute.names));
        out.push_str("\n[drawing]\n");
        for label in schema.labels() {
            let [r, g, b] = label.dark.0;
            line(
                &mut out,
                &[word(label.id.as_str()), format!("bgColor:#{r:02X}{g:02X}{b:02X}, fgColor:black")],
            );
        }
        out
    }
}

/// Returns the arguments of a claim, as brat has them.
fn arguments(label: &LabelDef, schema: &Schema) -> String {
    let roles = label.roles.iter().filter(|role| role.as_str() != RoleId::CONTENT);
    let argument = |role: &RoleId| {
        let entities = schema.role(role).is_some_and(|role| role.accepts.contains(&FillerKind::Entity));
        let fillers = if entities { "<ANY>".to_owned() } else { word(role.as_str()) };
        format!("{}*:{fillers}", word(role.as_str()))
    };
    roles.map(argument).collect::<Vec<_>>().join(", ")
}

/// Returns those that are not there yet.
fn new<'a>(there: &[&str], occurred: &'a BTreeSet<String>) -> Vec<&'a str> {
    occurred.iter().map(String::as_str).filter(|label| !there.contains(label)).collect()
}

fn line(out: &mut String, parts: &[String]) {
    out.push_str(parts.join("\t").trim_end());
    out.push('\n');
}
