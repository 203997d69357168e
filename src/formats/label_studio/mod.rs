//! Tasks for Label Studio, with the configuration of a project that they fit.
//!
//! `tasks.json` is one list with a task for each article; `config.xml` has the labels (roles too, for what fills them),
//! relations, and the attributes as controls of a region. Offsets are code points; versions up to 1.3 counted UTF-16
//! units, for which there is that unit. A note is a region's `meta`. The annotator stands in the task's data:
//! `completed_by` would have to be a user of the server.

mod config;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::exchange::{
    Export, ExportError, ExportOptions, FlatSpan, Loss, Losses, OffsetUnit, Offsets, Output, Writer, flatten,
};
use super::json_value;
use crate::model::{AttributeValue, Schema};
pub(super) use read::read;

/// What a task cannot keep.
pub(super) const LOSSES: &[Loss] =
    &[Loss::Decisions, Loss::Orphans, Loss::Origins, Loss::Times, Loss::ImplicitRoles];

const TASKS_FILE: &str = "tasks.json";
const CONFIG_FILE: &str = "config.xml";

/// The control with the labels, and the text that all controls are about.
const LABELS: &str = "label";
const TEXT: &str = "text";

/// What stands before an attribute's name in the name of its control, so that none is called as another control.
const ATTRIBUTE: &str = "attr_";

/// How the values of an attribute are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Control {
    Choices,
    Number,
    TextArea,
}

/// Returns what writes an export.
pub(super) fn writer(options: ExportOptions) -> Box<dyn Writer> {
    let unit = unit(options.unit);
    Box::new(LabelStudioWriter { unit, articles: 0, labels: BTreeSet::new(), controls: BTreeSet::new() })
}

/// Returns the unit that Label Studio can count.
fn unit(unit: OffsetUnit) -> OffsetUnit {
    if unit == OffsetUnit::Utf16 { OffsetUnit::Utf16 } else { OffsetUnit::CodePoint }
}

struct LabelStudioWriter {
    unit: OffsetUnit,
    /// How many were written.
    articles: usize,
    /// The labels and relations that were written: the configuration has those too that the schema lacks.
    labels: BTreeSet<(bool, String)>,
    /// The controls of attributes that were written.
    controls: BTreeSet<(String, Control)>,
}

impl Writer for LabelStudioWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        _losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let source = export.document.source();
        let offsets = Offsets::new(source, self.unit);
        let flat = flatten(export.document).split();
        let mut result = Vec::new();
        for (index, span) in flat.spans.iter().enumerate() {
            self.labels.insert((false, span.label.to_owned()));
            let range = span.fragments.hull();
            let (start, end) = offsets.pair(range);
            let place = json!({"start": start, "end": end, "text": source.slice(range)});
            result.extend(self.region(index, span, &place));
        }
        for link in &flat.links {
            self.labels.insert((true, link.label.to_owned()));
            let (from, to) = (region_id(link.from), region_id(link.to));
            result.push(json!({
                "from_id": from, "to_id": to, "type": "relation", "direction": "right", "labels": [link.label],
            }));
        }
        let task = json!({
            "id": self.articles + 1,
            "data": {"text": source.as_str(), "name": export.name, "annotator": export.annotator},
            "annotations": [{"result": result}],
        });
        let line = json_value::line(&task).map_err(|error| export.refused(error))?;
        let before = if self.articles == 0 { "[\n" } else { ",\n" };
        self.articles += 1;
        output.append(TASKS_FILE, before.as_bytes());
        output.append(TASKS_FILE, line.as_bytes());
        Ok(())
    }

    fn finish(&mut self, schema: &Schema, output: &mut Output) -> Result<(), ExportError> {
        output.append(TASKS_FILE, if self.articles == 0 { b"[\n]\n" } else { b"\n]\n" });
        let config = config::config(schema, &self.labels, &self.controls);
        output.append(CONFIG_FILE, config.as_bytes());
        Ok(())
    }
}

impl LabelStudioWriter {
    /// Returns the results of a region: its label, then its attributes.
    fn region(&mut self, index: usize, span: &FlatSpan<'_>, place: &Value) -> Vec<Value> {
        let id = region_id(index);
        let entry = |control: &str, kind: &str, key: &str, value: Value| {
            let mut about = place.clone();
            about[key] = value;
            json!({"id": id, "from_name": control, "to_name": TEXT, "type": kind, "value": about})
        };
        let mut region = entry(LABELS, "labels", "labels", json!([span.label]));
        let Some(annotation) = span.annotation else { return vec![region] };
        if !annotation.note.is_empty() {
            region["meta"] = json!({"text": [&*annotation.note]});
        }
        let mut results = vec![region];
        for (attribute, value) in &annotation.attributes {
            let name = format!("{ATTRIBUTE}{attribute}");
            let (control, result) = match value {
                AttributeValue::Flag => {
                    (Control::Choices, entry(&name, "choices", "choices", json!(["true"])))
                }
                AttributeValue::Choice(choice) => {
                    (Control::Choices, entry(&name, "choices", "choices", json!([&**choice])))
                }
                AttributeValue::Integer(number) => {
                    (Control::Number, entry(&name, "number", "number", json!(number)))
                }
                AttributeValue::Text(text) => {
                    (Control::TextArea, entry(&name, "textarea", "text", json!([&**text])))
                }
            };
            self.controls.insert((attribute.to_string(), control));
            results.push(result);
        }
        results
    }
}

fn region_id(index: usize) -> String {
    format!("s{}", index + 1)
}

/// Returns the values that an attribute of the schema may have in its control.
fn choices(schema: &Schema) -> BTreeMap<&str, (Control, Vec<&str>)> {
    use crate::model::AttributeValues;
    let control = |values| match values {
        &AttributeValues::Flag => (Control::Choices, vec!["true"]),
        AttributeValues::Choice(choices) => {
            (Control::Choices, choices.iter().map(|choice| &**choice).collect())
        }
        AttributeValues::Integer(..) => (Control::Number, Vec::new()),
        AttributeValues::Text => (Control::TextArea, Vec::new()),
    };
    schema.attributes().iter().map(|attribute| (&*attribute.id, control(&attribute.values))).collect()
}
