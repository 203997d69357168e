//! From the tasks of Label Studio to articles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{ATTRIBUTE, unit};
use crate::formats::exchange::{
    DraftSpan, Drafts, ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Layer, Placing,
};
use crate::formats::json_value::{self, Node};
use crate::formats::jsonl::{article_text, metadata};
use crate::model::{AttributeValue, AttributeValues};

/// Reads a list of tasks, or one task.
///
/// # Errors
///
/// When the file is no JSON.
pub(in crate::formats) fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    each: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let value = json_value::parse(file.bytes)?;
    let root = Node::root(&value);
    if root.value().is_object() {
        each(task(root, options));
        return Ok(());
    }
    for node in root.items()? {
        each(task(node, options));
    }
    Ok(())
}

fn task(task: Node<'_>, options: &ImportOptions<'_>) -> Result<ImportedArticle, ImportError> {
    let data = task.need("data")?;
    let text_field = options.text_column.unwrap_or("text");
    let (text_field, text) = match data.get(text_field) {
        Some(text) => (text_field, text),
        None => only_text(data)?,
    };
    let source = article_text(text)?;
    let mut warnings = Vec::new();
    let mut layers = Vec::new();
    let annotations = task.get_any(&["annotations", "completions"]);
    for annotation in annotations.map(|list| list.items()).transpose()?.into_iter().flatten() {
        if annotation.get("was_cancelled").is_some_and(|cancelled| cancelled.value() == true) {
            let message = "the annotation was cancelled and is left out";
            warnings.push(ImportWarning::new(annotation.place(), message));
            continue;
        }
        let placing = Placing::new(&source, unit(options.unit));
        let mut reading = Reading {
            placing,
            options,
            drafts: Drafts::default(),
            regions: BTreeMap::new(),
            warnings: Vec::new(),
        };
        reading.result(annotation)?;
        let Reading { drafts, warnings: told, .. } = reading;
        warnings.extend(told);
        let annotator = annotator(annotation, data)?;
        layers.push(drafts.into_layer(annotator, options, &mut warnings));
    }
    tell_of_predictions(task, &mut warnings)?;
    layers.retain({
        let one = layers.len() == 1;
        move |layer: &Layer| one || !layer.annotations.is_empty()
    });
    let name = data.get_any(&["name", "id", "filename"]).or_else(|| task.get("id"));
    let known = [text_field, "name", "id", "filename", "annotator"];
    let metadata = metadata(data, &known, &mut warnings)?;
    let name = name.map(|name| name.name()).transpose()?.unwrap_or_default();
    Ok(ImportedArticle { name, text: source, layers, metadata, warnings })
}

/// Returns the only text of a task that calls its text otherwise.
fn only_text(data: Node<'_>) -> Result<(&str, Node<'_>), ImportError> {
    let mut texts = data.fields()?.filter(|(_, node)| node.value().is_string());
    match (texts.next(), texts.next()) {
        (Some(text), None) => Ok(text),
        _ => Ok(("text", data.need("text")?)),
    }
}

/// Returns who annotated: as the server knows the user, or as we have written it.
fn annotator(annotation: Node<'_>, data: Node<'_>) -> Result<Option<String>, ImportError> {
    let user = annotation.get("completed_by");
    let user = user.and_then(|user| user.get_any(&["email", "username", "id"]).or(Some(user)));
    let named = match user {
        Some(user) if user.value().is_object() => None,
        Some(user) => Some(user.name()?),
        None => data.get("annotator").map(|name| name.name()).transpose()?,
    };
    Ok(named.filter(|name| !name.is_empty()))
}

fn tell_of_predictions(task: Node<'_>, warnings: &mut Vec<ImportWarning>) -> Result<(), ImportError> {
    let predictions = task.list("predictions")?;
    if let Some(first) = predictions.first() {
        let message = format!("{} of a model, not decided by anybody: left out", predictions.len());
        warnings.push(ImportWarning::new(first.place(), message));
    }
    Ok(())
}

/// An annotation that is being read.
struct Reading<'a> {
    placing: Placing<'a>,
    options: &'a ImportOptions<'a>,
    drafts: Drafts,
    /// The first span of each region by its id.
    regions: BTreeMap<String, usize>,
    warnings: Vec<ImportWarning>,
}

impl Reading<'_> {
    fn result(&mut self, annotation: Node<'_>) -> Result<(), ImportError> {
        let results = annotation.list("result")?;
        let kind =
            |result: &Node<'_>| result.get("type").map_or(Ok(""), |kind| kind.text()).map(str::to_owned);
        let mut unplaced = BTreeSet::new();
        for result in &results {
            if matches!(&*kind(result)?, "labels" | "hypertextlabels") {
                self.region(*result, &mut unplaced)?;
            }
        }
        for result in &results {
            match &*kind(result)? {
                "labels" | "hypertextlabels" => {}
                "relation" => self.relation(*result)?,
                "choices" | "number" | "textarea" | "rating" => self.attribute(*result, &unplaced)?,
                other => {
                    let message = format!("a result of the type `{other}` is left out");
                    self.warnings.push(ImportWarning::new(result.place(), message));
                }
            }
        }
        Ok(())
    }

    /// Reads a region: a span for each of its labels.
    fn region(&mut self, result: Node<'_>, unplaced: &mut BTreeSet<String>) -> Result<(), ImportError> {
        let value = result.need("value")?;
        let labels = value.get_any(&["labels", "hypertextlabels"]);
        let labels = labels.map(|labels| labels.items()).transpose()?.into_iter().flatten();
        let labels = labels.map(|label| label.text()).collect::<Result<Vec<_>, _>>()?;
        let id = result.get("id").map(|id| id.name()).transpose()?;
        // Of marked-up text the offsets stand apart; start and end are paths there.
        let place = value.get("globalOffsets").unwrap_or(value);
        let (start, end) = (place.need("start")?.count()?, place.need("end")?.count()?);
        let quote = value.get("text").filter(|text| text.value().is_string());
        let quote = quote.map(|text| text.text()).transpose()?;
        let range = self.placing.range_as(start, end, quote, is_quoted);
        let fragments =
            range.and_then(|range| crate::model::Fragments::single(range).map_err(|error| error.to_string()));
        let fragments = match fragments {
            Ok(fragments) => fragments,
            Err(message) => {
                unplaced.extend(id);
                let message = format!("{} is left out: {message}", labels.join(", "));
                self.warnings.push(ImportWarning::new(result.place(), message));
                return Ok(());
            }
        };
        let note = result.get("meta").and_then(|meta| meta.get("text"));
        let note = match note {
            Some(note) if note.value().is_array() => {
                note.items()?.map(|line| line.text()).collect::<Result<Vec<_>, _>>()?.join("\n")
            }
            Some(note) => note.text()?.to_owned(),
            None => String::new(),
        };
        if let Some(id) = id.filter(|_| !labels.is_empty()) {
            self.regions.insert(id, self.drafts.spans.len());
        }
        for label in labels {
            let draft = DraftSpan { note: note.clone(), ..DraftSpan::new(label, fragments.clone()) };
            self.drafts.spans.push(draft);
        }
        Ok(())
    }

    fn relation(&mut self, result: Node<'_>) -> Result<(), ImportError> {
        let (from, to) = (result.need("from_id")?.name()?, result.need("to_id")?.name()?);
        let (Some(from), Some(to)) = (self.regions.get(&from), self.regions.get(&to)) else {
            let missing = if self.regions.contains_key(&from) { to } else { from };
            let message = format!("the relation is left out: there is no region `{missing}`");
            self.warnings.push(ImportWarning::new(result.place(), message));
            return Ok(());
        };
        let is_left = result.get("direction").is_some_and(|direction| direction.value() == "left");
        let (from, to) = if is_left { (*to, *from) } else { (*from, *to) };
        let labels = result.list("labels")?;
        if labels.is_empty() {
            let message = "the relation has no label and is left out";
            self.warnings.push(ImportWarning::new(result.place(), message));
        }
        for label in labels {
            self.drafts.links.push((label.text()?.to_owned(), from, to));
        }
        Ok(())
    }

    /// Reads what a control says of a region.
    fn attribute(&mut self, result: Node<'_>, unplaced: &BTreeSet<String>) -> Result<(), ImportError> {
        let id = result.get("id").map(|id| id.name()).transpose()?.unwrap_or_default();
        if unplaced.contains(&id) {
            return Ok(());
        }
        let control = result.need("from_name")?.text()?;
        let Some(span) = self.regions.get(&id).copied() else {
            let message = format!("`{control}` is not about a region and is left out");
            self.warnings.push(ImportWarning::new(result.place(), message));
            return Ok(());
        };
        let value = result.need("value")?;
        let name = control.strip_prefix(ATTRIBUTE).unwrap_or(control);
        let known = self.options.schema.attribute(name).map(|attribute| &attribute.values);
        let (values, number) = (value.get_any(&["choices", "text"]), value.get_any(&["number", "rating"]));
        let value = if let Some(number) = number {
            let whole = number.value().as_i64().ok_or_else(|| number.wrong("a whole number"))?;
            AttributeValue::Integer(whole)
        } else if let Some(values) = values {
            let texts = if values.value().is_array() { values.items()?.collect() } else { vec![values] };
            let texts = texts.iter().map(Node::text).collect::<Result<Vec<_>, _>>()?;
            let text = texts.join(", ");
            match (known, value.get("choices").is_some()) {
                (Some(AttributeValues::Flag), _) | (None, true) if text == "true" => AttributeValue::Flag,
                (Some(AttributeValues::Text), _) | (None, false) => AttributeValue::Text(text.into()),
                _ => AttributeValue::Choice(text.into()),
            }
        } else {
            return Err(value.wrong("a value with choices, text, number or rating"));
        };
        self.drafts.spans[span].attributes.insert(Arc::from(name), value);
        Ok(())
    }
}

/// Returns whether a region quotes a text: Label Studio trims what it quotes, and writes line ends in its own way.
fn is_quoted(text: &str, quote: &str) -> bool {
    let plain =
        |text: &str| -> String { text.replace("\\n", "").chars().filter(|c| !c.is_whitespace()).collect() };
    text == quote || plain(text) == plain(quote)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::annotation_file::tests::{document_of, sample, schema};
    use crate::formats::exchange::trials::{assert_round_trip, documents, exported};
    use crate::formats::exchange::{ExportOptions, Exporter, OffsetUnit, Output, format};
    use crate::model::Timestamp;

    fn read_tasks(json: &str) -> Vec<Result<ImportedArticle, ImportError>> {
        let schema = schema();
        let (now, unit) = (Timestamp::from_millis(0), OffsetUnit::CodePoint);
        let options = ImportOptions { schema: &schema, now, unit, encoding: None, text_column: None };
        let file = ImportFile { name: "tasks.json", bytes: json.as_bytes(), beside: &|_| None };
        let mut articles = Vec::new();
        read(&file, &options, &mut |article| articles.push(article)).expect("JSON");
        articles
    }

    #[test]
    fn tasks_come_with_a_configuration_that_fits() {
        let (files, _) =
            exported(format("label-studio").expect("there"), ExportOptions::default(), &sample());
        let value: serde_json::Value = serde_json::from_slice(&files["tasks.json"]).expect("JSON");
        insta::assert_json_snapshot!("tasks", value);
        insta::assert_snapshot!("config", String::from_utf8_lossy(&files["config.xml"]));
    }

    #[test]
    fn no_articles_and_many_are_a_list() {
        let format = format("label-studio").expect("there");
        let schema = schema();
        for n in 0..3 {
            let mut exporter = Exporter::new(format, &ExportOptions::default()).expect("written");
            let mut output = Output::default();
            for _ in 0..n {
                let document = sample();
                let export = crate::formats::Export {
                    name: "a",
                    document: &document,
                    annotator: "b",
                    schema: &schema,
                };
                exporter.article(&export, &mut output).expect("writable");
            }
            exporter.finish(&schema, &mut output).expect("writable");
            let bytes: Vec<u8> = output
                .take()
                .into_iter()
                .filter(|(name, _)| name == "tasks.json")
                .flat_map(|(_, b)| b)
                .collect();
            let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(value.as_array().map(Vec::len), Some(n));
        }
    }

    #[test]
    fn what_label_studio_writes_is_read() {
        let json = r#"[{"id": 5, "data": {"body": "  قال سليم\r\nعون", "url": 7}, "predictions": [{"result": []}],
          "annotations": [
            {"completed_by": {"id": 1, "email": "a@b.c"}, "result": [
              {"id": "x", "from_name": "l", "to_name": "t", "type": "labels", "value": {"start": 5, "end": 15, "text": "سليم\\nعون", "labels": ["PERS", "GPE"]}},
              {"id": "x", "from_name": "mention", "to_name": "t", "type": "choices", "value": {"start": 5, "end": 15, "choices": ["name"]}},
              {"from_name": "topic", "to_name": "t", "type": "choices", "value": {"choices": ["sport"]}}]},
            {"was_cancelled": true, "result": []}]}, {"id": 6}]"#;
        let mut articles = read_tasks(json);
        let error = articles.remove(1).expect_err("no data").to_string();
        assert_eq!(error, "[1]: the field `data` is missing");
        let article = articles.remove(0).expect("a task");
        assert_eq!((article.name.as_str(), article.metadata.len()), ("5", 1));
        let [layer] = &article.layers[..] else { panic!("{:?}", article.layers) };
        assert_eq!((layer.annotator.as_deref(), layer.annotations.len()), (Some("a@b.c"), 2));
        assert_eq!(layer.annotations[0].attributes.len(), 1);
        assert_eq!(article.warnings.len(), 3, "{:?}", article.warnings);
    }

    #[test]
    fn a_region_that_was_shifted_is_found_by_its_text() {
        let (files, _) = exported(
            format("label-studio").expect("there"),
            ExportOptions { unit: OffsetUnit::Utf16, ..ExportOptions::default() },
            &document_of("👩 سليم", &["سليم"]),
        );
        let article = read_tasks(&String::from_utf8_lossy(&files["tasks.json"])).remove(0).expect("a task");
        assert_eq!(article.layers[0].annotations.len(), 0);
        assert!(article.warnings[0].message.contains("UTF-16"), "{:?}", article.warnings);
    }

    proptest! {
        #[test]
        fn the_second_export_equals_the_first(document in documents()) {
            let format = format("label-studio").expect("there");
            let back = assert_round_trip(format, ExportOptions::default(), &document);
            prop_assert_eq!(back.annotations().len(), document.annotations().len());
        }
    }
}
