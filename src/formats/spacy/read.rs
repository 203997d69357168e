//! From a line of spaCy or Prodigy to the article that it is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::formats::exchange::{
    DraftSpan, Drafts, ImportError, ImportOptions, ImportWarning, ImportedArticle, Layer, OffsetUnit, Placing,
};
use crate::formats::json_value::{self, Node};
use crate::formats::jsonl::{article_text, metadata, read_attributes};
use crate::model::{Decision, DecisionRecord, Origin, RoleFiller, SuggestionKey, UnknownFields};

/// The fields of a line that are not metadata.
const FIELDS: &[&str] = &[
    "id",
    "text",
    "tokens",
    "spans",
    "entities",
    "ents",
    "relations",
    "answer",
    "meta",
    "_annotator_id",
    "_session_id",
    "_input_hash",
    "_task_hash",
    "_view_id",
    "_timestamp",
    "_is_binary",
];

/// The fields with spans.
const SPANS: [&str; 3] = ["spans", "entities", "ents"];

/// Returns the article of a line. Spans of a task that was answered with `reject` are refused suggestions.
///
/// # Errors
///
/// When the line is no JSON object with a text, or a field holds something else than it should.
pub(in crate::formats) fn read(
    line: &[u8],
    options: &ImportOptions<'_>,
) -> Result<ImportedArticle, ImportError> {
    let value = json_value::parse(line)?;
    let root = Node::root(&value);
    let text_field = options.text_column.unwrap_or("text");
    let source = article_text(root.need(text_field)?)?;
    let mut reading = Reading {
        placing: Placing::new(&source, OffsetUnit::CodePoint),
        options,
        drafts: Drafts::default(),
        ends: Ends::default(),
        warnings: Vec::new(),
    };
    for field in SPANS {
        reading.spans(root.get(field))?;
    }
    for relation in root.list("relations")? {
        reading.relation(relation)?;
    }
    let Reading { drafts, mut warnings, .. } = reading;
    let annotator = root.get_any(&["_annotator_id", "_session_id"]).map(|name| name.text()).transpose()?;
    let annotator = annotator.map(str::to_owned);
    let is_annotated = annotator.is_some() || SPANS.iter().any(|field| root.get(field).is_some());
    let layer = match root.get("answer").map(|answer| answer.text()).transpose()? {
        None | Some("accept") => is_annotated.then(|| drafts.into_layer(annotator, options, &mut warnings)),
        Some("reject") => Some(refused(drafts, annotator, options)),
        Some(answer) => {
            let message = format!("the line is answered `{answer}`; its spans are left out");
            warnings.push(ImportWarning::new("answer", message));
            None
        }
    };
    let mut about = metadata(root, &[FIELDS, &[text_field]].concat(), &mut warnings)?;
    let meta = root.get("meta");
    if let Some(meta) = meta {
        about.extend(metadata(meta, &["id"], &mut warnings)?);
    }
    let name = root.get("id").or_else(|| meta.and_then(|meta| meta.get("id")));
    let name = name.map(|name| name.name()).transpose()?.unwrap_or_default();
    Ok(ImportedArticle { name, text: source, layers: layer.into_iter().collect(), metadata: about, warnings })
}

/// Returns spans as suggestions that were refused.
fn refused(drafts: Drafts, annotator: Option<String>, options: &ImportOptions<'_>) -> Layer {
    let decisions = drafts.spans.into_iter().map(|span| {
        let (rule, pack) = match span.origin {
            Origin::Rule { rule, pack } => (rule, pack),
            Origin::Human => (Arc::default(), Arc::default()),
        };
        DecisionRecord {
            key: SuggestionKey { fragments: span.fragments, label: span.label.as_str().into() },
            rule,
            pack,
            decision: Decision::Rejected,
            at: options.now,
            unknown: UnknownFields::NONE,
        }
    });
    Layer { decisions: decisions.collect(), ..Layer::of(annotator) }
}

/// The spans of a line by what relations say of their ends; of several that are told alike, the first.
#[derive(Default)]
struct Ends {
    by_id: BTreeMap<String, usize>,
    by_place: BTreeMap<(u32, u32), Vec<(String, usize)>>,
    last_token: BTreeMap<u32, usize>,
}

/// A line that is being read.
struct Reading<'a> {
    placing: Placing<'a>,
    options: &'a ImportOptions<'a>,
    drafts: Drafts,
    ends: Ends,
    warnings: Vec<ImportWarning>,
}

impl Reading<'_> {
    /// Reads a list of spans, or an object of such lists by group.
    fn spans(&mut self, field: Option<Node<'_>>) -> Result<(), ImportError> {
        let Some(field) = field else { return Ok(()) };
        if field.value().is_object() {
            for (_, group) in field.fields()? {
                for span in group.items()? {
                    self.span(span)?;
                }
            }
            return Ok(());
        }
        for span in field.items()? {
            self.span(span)?;
        }
        Ok(())
    }

    /// Reads an object, or `[start, end, label]`.
    fn span(&mut self, span: Node<'_>) -> Result<(), ImportError> {
        let (start, end, label) = if span.value().is_array() {
            let mut parts = span.items()?;
            let (Some(start), Some(end), Some(label)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(span.wrong("a list of start, end and label"));
            };
            (start.count()?, end.count()?, label.text()?)
        } else {
            (span.need("start")?.count()?, span.need("end")?.count()?, span.need("label")?.text()?)
        };
        let quote = span.get("text").map(|text| text.text()).transpose()?;
        let fragments = match self.placing.fragments(&[(start, end)], quote) {
            Ok(fragments) => fragments,
            Err(message) => {
                let message = format!("{label} is left out: {message}");
                self.warnings.push(ImportWarning::new(span.place(), message));
                return Ok(());
            }
        };
        let mut draft = DraftSpan::new(label, fragments);
        let text = |name| span.get(name).map_or(Ok(""), |text| text.text());
        text("note")?.clone_into(&mut draft.note);
        if let Some(rule) = span.get("rule") {
            draft.origin = Origin::Rule { rule: rule.text()?.into(), pack: text("pack")?.into() };
        }
        if let Some(attributes) = span.get("attributes") {
            draft.attributes = read_attributes(attributes, self.options.schema, &mut self.warnings)?;
        }
        for (role, fillers) in
            span.get("roles").map(|roles| roles.fields()).transpose()?.into_iter().flatten()
        {
            for filler in fillers.items()? {
                let filler = match filler.text()? {
                    "author" => RoleFiller::Author,
                    "unnamed" => RoleFiller::Unnamed,
                    _ => return Err(filler.wrong("`author` or `unnamed`")),
                };
                self.drafts.implicit.push((self.drafts.spans.len(), role.to_owned(), filler));
            }
        }
        let index = self.drafts.spans.len();
        if let Some(id) = span.get("id") {
            self.ends.by_id.entry(id.name()?).or_insert(index);
        }
        if let Some(token) = span.get("token_end") {
            self.ends.last_token.entry(token.count()?).or_insert(index);
        }
        self.ends.by_place.entry((start, end)).or_default().push((label.to_owned(), index));
        self.drafts.spans.push(draft);
        Ok(())
    }

    fn relation(&mut self, relation: Node<'_>) -> Result<(), ImportError> {
        let label = relation.need("label")?.text()?.to_owned();
        let from = self.end(relation, "head_span", "head")?;
        let to = self.end(relation, "child_span", "child")?;
        match (from, to) {
            (Some(from), Some(to)) => self.drafts.links.push((label, from, to)),
            (from, _) => {
                let end = if from.is_none() { "head" } else { "child" };
                let message = format!("{label} is left out: its {end} is none of the spans");
                self.warnings.push(ImportWarning::new(relation.place(), message));
            }
        }
        Ok(())
    }

    /// Returns the span at one end of a relation: the one that is described, or else that ends with the token.
    fn end<'a>(
        &self,
        relation: Node<'a>,
        span: &'a str,
        token: &'a str,
    ) -> Result<Option<usize>, ImportError> {
        let Some(span) = relation.get(span) else {
            let token = relation.need(token)?.count()?;
            return Ok(self.ends.last_token.get(&token).copied());
        };
        let id = span.get("id").map(|id| id.name()).transpose()?;
        if let Some(index) = id.and_then(|id| self.ends.by_id.get(&id)) {
            return Ok(Some(*index));
        }
        let place = (span.need("start")?.count()?, span.need("end")?.count()?);
        // Spans of single tokens that nobody tagged have no label there.
        let label = span.get("label").map(|label| label.text()).transpose()?;
        let there = self.ends.by_place.get(&place).into_iter().flatten();
        let mut alike = there.filter(|(own, _)| label.is_none_or(|label| own == label));
        Ok(alike.next().map(|(_, index)| *index))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::annotation_file::tests::{sample, schema};
    use crate::formats::exchange::trials::{assert_round_trip, documents, exported};
    use crate::formats::exchange::{ExportOptions, LINES_FILE, format};
    use crate::model::{Body, Timestamp};

    fn read_line(line: &str) -> Result<ImportedArticle, ImportError> {
        let schema = schema();
        let (now, unit) = (Timestamp::from_millis(0), OffsetUnit::CodePoint);
        read(
            line.as_bytes(),
            &ImportOptions { schema: &schema, now, unit, encoding: None, text_column: None },
        )
    }

    #[test]
    fn a_task_has_tokens_spans_and_relations() {
        let (files, _) = exported(format("spacy").expect("there"), ExportOptions::default(), &sample());
        let value: serde_json::Value = serde_json::from_slice(&files[LINES_FILE]).expect("JSON");
        insta::assert_json_snapshot!(value);
    }

    #[test]
    fn spans_of_every_shape_are_read() {
        for line in [
            r#"{"text":"قال سليم","spans":[{"start":4,"end":8,"label":"PERS"}],"meta":{"id":"a","url":"x"}}"#,
            r#"{"text":"قال سليم","entities":[[4,8,"PERS"]],"meta":{"id":"a","url":"x"}}"#,
            r#"{"text":"قال سليم","ents":[{"start":4,"end":8,"label":"PERS"}],"meta":{"id":"a","url":"x"}}"#,
            r#"{"text":"قال سليم","spans":{"sc":[{"start":4,"end":8,"label":"PERS"}]},"meta":{"id":"a","url":"x"}}"#,
        ] {
            let article = read_line(line).expect("readable");
            let [annotation] = &article.layers[0].annotations[..] else { panic!("{line}") };
            assert_eq!(article.text.slice(annotation.body.fragments().hull()), "سليم");
            assert_eq!((article.name.as_str(), article.metadata["url"].as_str()), ("a", "x"));
        }
    }

    #[test]
    fn what_was_rejected_is_a_decision_and_what_was_ignored_is_told() {
        let line = r#"{"text":"قال سليم","spans":[{"start":0,"end":3,"label":"PERS"}],"answer":"ANSWER"}"#;
        let rejected = read_line(&line.replace("ANSWER", "reject")).expect("readable");
        assert_eq!((rejected.layers[0].annotations.len(), rejected.layers[0].decisions.len()), (0, 1));
        let ignored = read_line(&line.replace("ANSWER", "ignore")).expect("readable");
        assert_eq!((ignored.layers.len(), ignored.warnings.len()), (0, 1));
    }

    #[test]
    fn relations_without_described_spans_are_found_by_their_tokens() {
        let line = r#"{"text":"قال سليم","spans":[{"start":0,"end":3,"label":"CLAIM","token_end":0},{"start":4,"end":8,"label":"PERS","token_end":1}],"relations":[{"head":0,"child":1,"label":"SOURCE"},{"head":0,"child":7,"label":"SOURCE"}]}"#;
        let article = read_line(line).expect("readable");
        let Body::Claim(claim) = &article.layers[0].annotations[0].body else { panic!() };
        assert_eq!(claim.role("SOURCE").len(), 1);
        assert_eq!(article.warnings[0].message, "SOURCE is left out: its child is none of the spans");
    }

    #[test]
    fn a_span_that_was_shifted_is_found_by_its_text() {
        let line = r#"{"text":"👩 سليم","spans":[{"start":3,"end":7,"label":"PERS","text":"سليم"}]}"#;
        let article = read_line(line).expect("readable");
        assert_eq!(article.layers[0].annotations.len(), 0);
        assert!(article.warnings[0].message.contains("UTF-16"), "{:?}", article.warnings);
    }

    proptest! {
        #[test]
        fn the_second_export_equals_the_first(document in documents()) {
            let back = assert_round_trip(format("spacy").expect("there"), ExportOptions::default(), &document);
            prop_assert_eq!(back.annotations().len(), document.annotations().len());
            prop_assert_eq!(back.relations().len(), document.relations().len());
        }
    }
}
