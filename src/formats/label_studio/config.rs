//! The configuration of a project in Label Studio.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{ATTRIBUTE, Control, LABELS, TEXT, choices};
use crate::formats::exchange::FRAGMENT;
use crate::model::{RoleId, Schema};

/// The colour of labels that the schema does not have.
const COLOUR: &str = "#767676";

/// Returns the configuration for a schema and for what was written beside it: labels and relations (`true`), controls.
pub(super) fn config(
    schema: &Schema,
    written: &BTreeSet<(bool, String)>,
    controls: &BTreeSet<(String, Control)>,
) -> String {
    let roles = || schema.roles().iter().map(|role| role.id.as_str()).filter(|role| *role != RoleId::CONTENT);
    let own =
        |is_relation| written.iter().filter(move |(kind, _)| *kind == is_relation).map(|(_, name)| &**name);
    let mut out = String::from("<View>\n");
    // Writing to a String cannot fail.
    let _ = writeln!(out, "  <Labels name=\"{LABELS}\" toName=\"{TEXT}\">");
    let mut seen = BTreeSet::new();
    for label in schema.labels() {
        let [red, green, blue] = label.light.0;
        let value = attribute(label.id.as_str());
        let _ =
            writeln!(out, "    <Label value=\"{value}\" background=\"#{red:02X}{green:02X}{blue:02X}\"/>");
        seen.insert(label.id.as_str());
    }
    for name in roles().chain(own(false)) {
        if seen.insert(name) {
            let _ = writeln!(out, "    <Label value=\"{}\" background=\"{COLOUR}\"/>", attribute(name));
        }
    }
    out.push_str("  </Labels>\n  <Relations>\n");
    let mut seen = BTreeSet::new();
    let relations = schema.relations().iter().map(|relation| relation.id.as_str());
    for name in relations.chain(roles()).chain([FRAGMENT]).chain(own(true)) {
        if seen.insert(name) {
            let _ = writeln!(out, "    <Relation value=\"{}\"/>", attribute(name));
        }
    }
    // Without "symbol" a selection is widened to words.
    let _ = writeln!(out, "  </Relations>\n  <Text name=\"{TEXT}\" value=\"$text\" granularity=\"symbol\"/>");
    attributes(&mut out, schema, controls);
    out.push_str("</View>\n");
    out
}

/// Writes the controls of attributes, each for regions of the labels that have it.
fn attributes(out: &mut String, schema: &Schema, controls: &BTreeSet<(String, Control)>) {
    let known = choices(schema);
    let foreign: BTreeMap<&str, (Control, Vec<&str>)> = controls
        .iter()
        .filter(|(name, _)| !known.contains_key(name.as_str()))
        .map(|(name, control)| (name.as_str(), (*control, Vec::new())))
        .collect();
    for (id, (control, values)) in known.iter().chain(&foreign) {
        let labels = schema.labels().iter().filter(|label| label.attributes.iter().any(|own| **own == **id));
        let labels: Vec<&str> = labels.map(|label| label.id.as_str()).collect();
        let when = if labels.is_empty() {
            String::new()
        } else {
            format!(" whenTagName=\"{LABELS}\" whenLabelValue=\"{}\"", attribute(&labels.join(",")))
        };
        let name = attribute(&format!("{ATTRIBUTE}{id}"));
        let common = format!("name=\"{name}\" toName=\"{TEXT}\" perRegion=\"true\"{when}");
        // Writing to a String cannot fail.
        let _ = match control {
            Control::Choices => {
                let choices = values.iter().fold(String::new(), |choices, value| {
                    choices + &format!("    <Choice value=\"{}\"/>\n", attribute(value))
                });
                writeln!(out, "  <Choices {common}>\n{choices}  </Choices>")
            }
            Control::Number => writeln!(out, "  <Number {common}/>"),
            Control::TextArea => writeln!(out, "  <TextArea {common}/>"),
        };
    }
}

/// Returns a text as it stands in an attribute of XML.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
