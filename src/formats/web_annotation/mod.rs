//! Annotations of the W3C's Web Annotation Data Model, as JSON-LD: a page of annotations beside each article's text.
//!
//! ```json
//! {"id":"urn:hashiya:amal:port.txt:a1","type":"Annotation","motivation":"tagging",
//!  "body":[{"type":"TextualBody","purpose":"tagging","value":"PERS"}],
//!  "target":[{"source":"port.txt","selector":[{"type":"TextPositionSelector","start":4,"end":12},
//!   {"type":"TextQuoteSelector","exact":"سليم عون","prefix":"قال ","suffix":" إن"}]}]}
//! ```
//!
//! Offsets are code points. Each place is said twice, by position and by quotation; a discontinuous span has a target for
//! each piece. What fills the role of a claim is a body with the role's name: another annotation by its id, or a part of
//! the text by its selectors. A relation is an annotation with the motivation `linking`.

mod read;

use serde_json::{Map, Value, json};
use std::fmt::Write;

use super::annotation_file::{first_chars, last_chars};
use super::exchange::{Export, ExportError, Loss, Losses, Output, Writer};
use super::ron_text::rfc3339;
use crate::model::{Annotation, AttributeValue, Body, Fragments, Origin, Relation, RoleFiller, Timestamp};
use crate::text::{SourceText, TextRange};
pub(super) use read::read;

/// What the annotations cannot keep.
pub(super) const LOSSES: &[Loss] = &[Loss::Decisions, Loss::Orphans];

/// What the ids of annotations begin with.
const IRI: &str = "urn:hashiya:";

/// The name in which our own terms are.
const TERMS: &str = "urn:hashiya:terms#";

/// Writes a page of annotations for each article, and its text beside it.
pub(super) struct WebAnnotationWriter;

impl Writer for WebAnnotationWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        _losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let page = Page::new(export);
        let document = export.document;
        let annotations = document.annotations().iter().map(|annotation| page.annotation(annotation));
        let relations = document.relations().map(|relation| page.relation(relation));
        let items = annotations.chain(relations).collect::<Result<Vec<_>, _>>();
        let items = items.map_err(|error| export.refused(error))?;
        let mut json = format!(
            "{{\"@context\":[\"http://www.w3.org/ns/anno.jsonld\",{{\"hashiya\":{}}}],\n\"id\":{},\n\
             \"type\":\"AnnotationPage\",\n\"hashiya:annotator\":{},\n\"hashiya:chars\":{},\n\"items\":[",
            Value::from(TERMS),
            Value::from(page.iri("page")),
            Value::from(export.annotator),
            document.source().len_chars(),
        );
        for (n, item) in items.iter().enumerate() {
            json.push_str(if n == 0 { "\n" } else { ",\n" });
            json.push_str(&item.to_string());
        }
        json.push_str("\n]}\n");
        output.append(export.name, document.source().as_str().as_bytes());
        output.append(format!("{}.jsonld", export.name), json.as_bytes());
        Ok(())
    }
}

/// What all annotations of an article share.
struct Page<'a> {
    source: &'a SourceText,
    /// The IRI of the text, relative to the page.
    text: String,
    /// What the ids of its annotations begin with.
    prefix: String,
    annotator: &'a str,
}

impl<'a> Page<'a> {
    fn new(export: &Export<'a>) -> Self {
        let file = export.name.rsplit('/').next().unwrap_or(export.name);
        Self {
            source: export.document.source(),
            text: escaped(file),
            prefix: format!("{IRI}{}:{}:", escaped(export.annotator), escaped(export.name)),
            annotator: export.annotator,
        }
    }

    fn iri(&self, name: impl std::fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    fn annotation(&self, annotation: &Annotation) -> Result<Value, jiff::Error> {
        let mut bodies = vec![
            json!({"type": "TextualBody", "purpose": "tagging", "value": annotation.body.label().as_str()}),
        ];
        for (name, value) in &annotation.attributes {
            let value = match value {
                AttributeValue::Flag => json!(true),
                AttributeValue::Integer(number) => json!(number),
                AttributeValue::Choice(text) | AttributeValue::Text(text) => json!(&**text),
            };
            bodies.push(json!({
                "type": "TextualBody", "purpose": "classifying", "hashiya:attribute": &**name, "value": value,
            }));
        }
        if !annotation.note.is_empty() {
            bodies.push(json!({"type": "TextualBody", "purpose": "commenting", "value": &*annotation.note}));
        }
        if let Body::Claim(claim) = &annotation.body {
            for (role, fillers) in &claim.roles {
                bodies.extend(fillers.iter().map(|filler| self.filler(role.as_str(), filler)));
            }
        }
        let kind = if annotation.body.as_claim().is_some() { "claim" } else { "entity" };
        let mut item = self.item(&self.iri(annotation.id), "tagging", annotation.created)?;
        item.insert("modified".to_owned(), json!(time(annotation.modified)?));
        if let Origin::Rule { rule, pack } = &annotation.origin {
            let generator = json!({"type": "Software", "name": &**rule, "hashiya:pack": &**pack});
            item.insert("generator".to_owned(), generator);
        }
        if !annotation.unknown.is_empty() {
            item.insert("hashiya:unknown".to_owned(), json!(annotation.unknown.as_str()));
        }
        item.insert("hashiya:kind".to_owned(), json!(kind));
        item.insert("body".to_owned(), Value::Array(bodies));
        item.insert("target".to_owned(), Value::Array(self.targets(annotation.body.fragments())));
        Ok(Value::Object(item))
    }

    fn relation(&self, relation: &Relation) -> Result<Value, jiff::Error> {
        let mut item = self.item(&self.iri(relation.id), "linking", relation.created)?;
        if !relation.unknown.is_empty() {
            item.insert("hashiya:unknown".to_owned(), json!(relation.unknown.as_str()));
        }
        let bodies = json!([
            {"type": "TextualBody", "purpose": "tagging", "value": relation.label.as_str()},
            {"type": "SpecificResource", "purpose": "linking", "source": self.iri(relation.to)},
        ]);
        item.insert("body".to_owned(), bodies);
        item.insert("target".to_owned(), json!(self.iri(relation.from)));
        Ok(Value::Object(item))
    }

    /// Returns what every annotation has.
    fn item(
        &self,
        id: &str,
        motivation: &str,
        created: Timestamp,
    ) -> Result<Map<String, Value>, jiff::Error> {
        let mut item = Map::new();
        item.insert("id".to_owned(), json!(id));
        item.insert("type".to_owned(), json!("Annotation"));
        item.insert("motivation".to_owned(), json!(motivation));
        item.insert("created".to_owned(), json!(time(created)?));
        if !self.annotator.is_empty() {
            item.insert("creator".to_owned(), json!({"type": "Person", "name": self.annotator}));
        }
        Ok(item)
    }

    /// Returns the body that fills a role.
    fn filler(&self, role: &str, filler: &RoleFiller) -> Value {
        match filler {
            RoleFiller::Entity(id) => json!({
                "type": "SpecificResource", "purpose": "linking", "hashiya:role": role, "source": self.iri(id),
            }),
            RoleFiller::Span(fragments) => {
                let mut targets = self.targets(fragments);
                if let ([target], true) = (&mut targets[..], fragments.ranges().len() == 1) {
                    target["type"] = json!("SpecificResource");
                    target["purpose"] = json!("linking");
                    target["hashiya:role"] = json!(role);
                    return target.take();
                }
                json!({"type": "List", "purpose": "linking", "hashiya:role": role, "items": targets})
            }
            RoleFiller::Author => implicit(role, "author"),
            RoleFiller::Unnamed => implicit(role, "unnamed"),
        }
    }

    /// Returns a target for each piece of a span.
    fn targets(&self, fragments: &Fragments) -> Vec<Value> {
        let target = |range: &TextRange| {
            let char_at = |at| self.source.char_from_byte(at).get();
            json!({"source": self.text, "selector": [
                {"type": "TextPositionSelector", "start": char_at(range.start()), "end": char_at(range.end())},
                {
                    "type": "TextQuoteSelector",
                    "exact": self.source.slice(*range),
                    "prefix": last_chars(self.source, *range),
                    "suffix": first_chars(self.source, *range),
                },
            ]})
        };
        fragments.ranges().iter().map(target).collect()
    }
}

fn implicit(role: &str, who: &str) -> Value {
    json!({"type": "TextualBody", "purpose": "identifying", "hashiya:role": role, "value": who})
}

fn time(time: Timestamp) -> Result<String, jiff::Error> {
    rfc3339(time)
}

/// Returns a text as a part of an IRI: letters of any script stay, what has a meaning in an IRI is escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '~') {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                // Writing to a String cannot fail.
                _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
