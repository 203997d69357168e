//! From a line to the article that it is about: lines of an export, of `hashiya suggest`, and any with a text.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::layer::LayerReading;
use crate::formats::exchange::{
    ImportError, ImportOptions, ImportWarning, ImportedArticle, Layer, OffsetUnit, Placing,
};
use crate::formats::json_value::{self, Node};
use crate::model::{AttributeValue, AttributeValues, Schema};
use crate::text::{MAX_ARTICLE_BYTES, SourceText};

/// The fields of a line that are not metadata.
const FIELDS: &[&str] = &[
    "id",
    "text",
    "spans",
    "claims",
    "annotator",
    "schema",
    "article",
    "relations",
    "decisions",
    "orphans",
    "unknown",
];

/// Returns the article of a line. Spans of suggestions become annotations that are from their rule.
///
/// # Errors
///
/// When the line is no JSON object with a text, or a field holds something else than it should.
pub(in crate::formats) fn read_article(
    line: &[u8],
    options: &ImportOptions<'_>,
) -> Result<ImportedArticle, ImportError> {
    read_value(&json_value::parse(line)?, options)
}

/// Returns the article of the value of a line.
///
/// # Errors
///
/// As [`read_article`].
pub(in crate::formats) fn read_value(
    value: &serde_json::Value,
    options: &ImportOptions<'_>,
) -> Result<ImportedArticle, ImportError> {
    let root = Node::root(value);
    let text_field = options.text_column.unwrap_or("text");
    let text = root.need(text_field)?;
    let source = article_text(text)?;
    let mut warnings = Vec::new();
    let layers = layers(root, &source, options, &mut warnings)?;
    let metadata = metadata(root, &[FIELDS, &[text_field]].concat(), &mut warnings)?;
    let name = root.get("id").map(|id| id.name()).transpose()?.unwrap_or_default();
    Ok(ImportedArticle { name, text: source, layers, metadata, warnings })
}

/// Returns the text of an article.
pub(in crate::formats) fn article_text(node: Node<'_>) -> Result<SourceText, ImportError> {
    let text = node.text()?;
    if text.len() as u64 > MAX_ARTICLE_BYTES {
        let message = format!("the text has {} bytes; an article may have {MAX_ARTICLE_BYTES}", text.len());
        return Err(ImportError::new(node.place(), message, "divide it into several articles"));
    }
    Ok(SourceText::new(text))
}

/// Returns what an object says of an article in other fields than these; what is no text or number is warned of.
pub(in crate::formats) fn metadata(
    object: Node<'_>,
    known: &[&str],
    warnings: &mut Vec<ImportWarning>,
) -> Result<BTreeMap<String, String>, ImportError> {
    let mut metadata = BTreeMap::new();
    for (name, node) in object.fields()?.filter(|(name, _)| !known.contains(name)) {
        match node.value() {
            serde_json::Value::Null => {}
            serde_json::Value::Bool(value) => {
                metadata.insert(name.to_owned(), value.to_string());
            }
            _ => match node.name() {
                Ok(text) => {
                    metadata.insert(name.to_owned(), text);
                }
                Err(_) => warnings.push(ImportWarning::new(node.place(), "the field is passed over")),
            },
        }
    }
    Ok(metadata)
}

/// Returns the attributes of an object by name: `true` is a flag, and a text a choice where the schema has choices.
/// What is no value of an attribute is warned of.
pub(in crate::formats) fn read_attributes(
    object: Node<'_>,
    schema: &Schema,
    warnings: &mut Vec<ImportWarning>,
) -> Result<BTreeMap<Arc<str>, AttributeValue>, ImportError> {
    let mut attributes = BTreeMap::new();
    for (name, node) in object.fields()? {
        let values = schema.attribute(name).map(|attribute| &attribute.values);
        let value = match node.value() {
            serde_json::Value::Bool(false) | serde_json::Value::Null => continue,
            serde_json::Value::Bool(true) => Some(AttributeValue::Flag),
            serde_json::Value::Number(number) => number.as_i64().map(AttributeValue::Integer),
            serde_json::Value::String(text) if matches!(values, Some(AttributeValues::Choice(_))) => {
                Some(AttributeValue::Choice(text.as_str().into()))
            }
            serde_json::Value::String(text) => Some(AttributeValue::Text(text.as_str().into())),
            _ => None,
        };
        match value {
            Some(value) => {
                attributes.insert(Arc::from(name), value);
            }
            None => warnings.push(ImportWarning::new(
                node.place(),
                "an attribute is a text, a whole number or true; the attribute is left out",
            )),
        }
    }
    Ok(attributes)
}

/// Returns what each annotator says in a line.
fn layers(
    root: Node<'_>,
    source: &SourceText,
    options: &ImportOptions<'_>,
    warnings: &mut Vec<ImportWarning>,
) -> Result<Vec<Layer>, ImportError> {
    let annotator = root.get("annotator").map(|name| name.text()).transpose()?;
    let spans = root.list("spans")?;
    let claims = root.list("claims")?;
    let lists = ["relations", "decisions", "orphans"].map(|list| root.list(list));
    let [relations, decisions, orphans] = lists;
    let (relations, decisions, orphans) = (relations?, decisions?, orphans?);
    let is_silent = [&spans, &claims, &relations, &decisions, &orphans].iter().all(|list| list.is_empty());
    // A line with an empty list says that nothing was found.
    if annotator.is_none() && root.get("spans").is_none() && is_silent {
        return Ok(Vec::new());
    }
    // The line's annotator comes first, others in the order of their spans.
    let mut by_annotator: Vec<(Option<&str>, Vec<Node<'_>>)> = Vec::new();
    let mut places = BTreeMap::new();
    if annotator.is_some() || spans.is_empty() {
        by_annotator.push((annotator, Vec::new()));
        places.insert(annotator, 0);
    }
    for span in spans {
        let own = span.get("annotator").map(|name| name.text()).transpose()?.or(annotator);
        let place = *places.entry(own).or_insert(by_annotator.len());
        if place == by_annotator.len() {
            by_annotator.push((own, Vec::new()));
        }
        by_annotator[place].1.push(span);
    }
    let mut relations = by_layer(relations, &by_annotator);
    let placing = Placing::new(source, OffsetUnit::CodePoint);
    let mut layers = Vec::new();
    for (place, (annotator, spans)) in by_annotator.into_iter().enumerate() {
        let mut layer = LayerReading::new(&placing, source, options, warnings);
        layer.spans(&spans)?;
        if place == 0 {
            layer.gold_claims(&claims)?;
            layer.decisions(&decisions)?;
            layer.orphans(&orphans)?;
            layer.head(root.get("unknown"))?;
        }
        layer.relations(&relations.remove(&place).unwrap_or_default())?;
        layers.push(layer.finish(annotator.map(str::to_owned)));
    }
    Ok(layers)
}

/// Returns the relations by the layer that has the annotation from which they lead; by the first where none has it.
fn by_layer<'a>(
    relations: Vec<Node<'a>>,
    layers: &[(Option<&str>, Vec<Node<'a>>)],
) -> BTreeMap<usize, Vec<Node<'a>>> {
    let text = |node: &Node<'a>, name| node.get(name).and_then(|id| id.value().as_str());
    let mut owners = BTreeMap::new();
    for (layer, (_, spans)) in layers.iter().enumerate() {
        for id in spans.iter().filter_map(|span| text(span, "id")) {
            owners.entry(id).or_insert(layer);
        }
    }
    let mut by_layer: BTreeMap<usize, Vec<Node<'a>>> = BTreeMap::new();
    for relation in relations {
        let owner = text(&relation, "from").and_then(|from| owners.get(from)).copied().unwrap_or(0);
        by_layer.entry(owner).or_default().push(relation);
    }
    by_layer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::annotation_file::tests::{identity, sample, schema};
    use crate::formats::exchange::trials::{assert_round_trip, documents};
    use crate::formats::exchange::{ExportOptions, format};
    use crate::formats::jsonl::document_line;
    use crate::model::{
        AnnotationId, Body, Decision, Document, Edit, Origin, RoleFiller, Timestamp, Transaction,
        UnknownFields, UnknownHead,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn read(line: &str) -> Result<ImportedArticle, ImportError> {
        let schema = schema();
        let options = ImportOptions {
            schema: &schema,
            now: NOW,
            unit: OffsetUnit::CodePoint,
            encoding: None,
            text_column: None,
        };
        read_article(line.as_bytes(), &options)
    }

    fn back(line: &str) -> Document {
        let article = read(line).expect("a line of ours");
        assert_eq!(article.warnings, []);
        let [layer] = &article.layers[..] else { panic!("{:?}", article.layers) };
        assert_eq!(layer.annotator.as_deref(), Some("amal"));
        layer.clone().into_document(article.text, identity()).expect("fits together")
    }

    fn line(document: &Document) -> String {
        document_line("port.txt", document, "amal", "small").expect("writable")
    }

    #[test]
    fn all_of_a_document_comes_back() {
        let document = sample();
        assert_eq!(back(&line(&document)), document);
    }

    #[test]
    fn what_only_an_annotation_file_knows_comes_back_too() {
        let mut document = sample();
        let mut person = document.annotation(AnnotationId::FIRST).expect("there").clone();
        person.unknown = UnknownFields::new("certainty: 0.5");
        document.apply(&Transaction::new("Test", vec![Edit::Replace(person)])).expect("fits");
        document.set_unknown_head(UnknownHead {
            file: UnknownFields::new("tasks: [1]"),
            article: UnknownFields::new("language: \"ar\""),
        });
        let moved = crate::formats::annotation_file::load(
            crate::formats::annotation_file::tests::saved(&document).as_bytes(),
            &SourceText::new(format!("عاجل {}", document.source().as_str())),
            identity(),
            &schema(),
        );
        let moved = moved.expect("readable").document;
        assert_eq!(moved.orphans().len(), 6);
        for document in [document, moved] {
            let line = line(&document);
            let back = back(&line);
            assert_eq!(back, document);
            assert_eq!(self::line(&back), line);
        }
    }

    #[test]
    fn suggestions_become_annotations_of_their_rule() {
        let line = r#"{"id":7,"text":"قال سليم: فتح","spans":[
            {"kind":"claim","label":"CLAIM","start":10,"end":13,"fragments":[[10,13]],"source":[[4,8]],"cue":[[0,3]],"about":[],"text":"فتح","rule":"ar/x","pack":"ar@1","confidence":0.8,"why":"y"},
            {"label":"PERS","start":4,"end":8,"text":"سليم","attributes":{"mention":"name","uncertain":true,"checkworthy":2}}]}"#;
        let article = read(line).expect("a line of suggestions");
        assert_eq!((article.name.as_str(), article.warnings.len()), ("7", 0));
        let [claim, person] = &article.layers[0].annotations[..] else { panic!() };
        assert_eq!(claim.origin, Origin::Rule { rule: "ar/x".into(), pack: "ar@1".into() });
        assert_eq!((person.origin.clone(), person.created), (Origin::Human, NOW));
        assert!(matches!(&claim.body, Body::Claim(claim) if claim.roles.len() == 2));
        let values: Vec<String> = person.attributes.values().map(|value| format!("{value:?}")).collect();
        assert_eq!(values, ["Integer(2)", "Choice(\"name\")", "Flag"]);
    }

    #[test]
    fn a_text_alone_is_an_article_and_other_fields_are_about_it() {
        let article = read(r#"{"id":"a","text":"x","title":"T","n":3,"tags":["b"]}"#).expect("a text");
        assert_eq!(article.layers, []);
        assert_eq!(read(r#"{"id":"a","text":"x","spans":[]}"#).expect("a text").layers.len(), 1);
        assert_eq!(format!("{:?}", article.metadata), r#"{"n": "3", "title": "T"}"#);
        assert_eq!(article.warnings, [ImportWarning::new("tags", "the field is passed over")]);
    }

    #[test]
    fn what_does_not_stand_where_it_is_said_to_is_left_out_and_told() {
        let line = r#"{"id":"a","text":"قال سليم","annotator":"amal","spans":[
            {"label":"PERS","start":5,"end":8,"text":"سليم","id":"a1"},
            {"label":"CLAIM","start":0,"end":3,"id":"a2","roles":{"SOURCE":[{"entity":"a1"},"author"],"CUE":[{"span":[[0,99]]}]}}],
            "relations":[{"id":"r1","label":"same_as","from":"a2","to":"a1"}]}"#;
        let article = read(line).expect("a line");
        let told: Vec<String> = article
            .warnings
            .iter()
            .map(|warning| format!("{}: {}", warning.place, warning.message))
            .collect();
        assert_eq!(
            told,
            [
                "spans[0]: PERS is left out: at 5..8 the text has «ليم», the file quotes «سليم»",
                "spans[1].roles.CUE[0].span: the role is left without it: 0..99 is no span of the text: offset 99 \
                 lies beyond the text, which ends at 8",
                "spans[1].roles.SOURCE[0]: there is no annotation `a1`; the role is left without it",
                "relations[0]: the relation is left out: there is no annotation `a1`",
            ]
        );
        let layer = &article.layers[0];
        let Body::Claim(claim) = &layer.annotations[0].body else { panic!() };
        assert_eq!(claim.role("SOURCE"), [RoleFiller::Author]);
        assert_eq!((layer.annotations.len(), layer.relations.len()), (1, 0));
    }

    #[test]
    fn spans_of_several_annotators_are_layers_of_their_own() {
        let line = r#"{"id":"a","text":"قال سليم","annotator":"amal","spans":[
            {"label":"PERS","start":4,"end":8,"id":"a1"},{"label":"PERS","start":4,"end":8,"id":"a2","annotator":"ziad"}],
            "relations":[{"label":"same_as","from":"a2","to":"a2"}],
            "decisions":[{"decision":"rejected","label":"GPE","fragments":[[0,3]],"rule":"r","pack":"p","at":"2026-01-31T08:00:00Z"}]}"#;
        let ImportedArticle { layers, warnings, .. } = read(line).expect("a line");
        assert_eq!(warnings, []);
        assert_eq!((layers[0].relations.len(), layers[1].relations.len()), (0, 1));
        let names: Vec<_> = layers.iter().map(|layer| layer.annotator.as_deref()).collect();
        assert_eq!(names, [Some("amal"), Some("ziad")]);
        assert_eq!((layers[0].decisions.len(), layers[1].decisions.len()), (1, 0));
        assert_eq!(layers[0].decisions[0].decision, Decision::Rejected);
    }

    #[test]
    fn a_field_that_holds_something_else_is_told_with_its_path() {
        let error = |line: &str| read(line).expect_err("wrong").to_string();
        assert_eq!(error(r#"{"id":"a"}"#), "the field `text` is missing");
        assert_eq!(error("{\"id\":"), "column 6: EOF while parsing a value");
        assert!(
            error(r#"{"text":"x","spans":[{"label":"A","start":-1,"end":1}]}"#)
                .starts_with("spans[0].start: ")
        );
        assert!(
            error(r#"{"text":"x","spans":[{"label":"A","start":0,"end":1,"kind":"event"}]}"#)
                .contains("`claim`")
        );
        assert!(error("[]").contains("an object"));
    }

    proptest! {
        #[test]
        fn any_document_comes_back_and_is_written_to_the_same_bytes(document in documents()) {
            let jsonl = format("jsonl").expect("there is one");
            prop_assert_eq!(assert_round_trip(jsonl, ExportOptions::default(), &document), document);
        }
    }
}
