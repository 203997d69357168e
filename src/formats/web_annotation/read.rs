//! From pages of annotations to the articles that they are about.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::IRI;
use crate::formats::exchange::{
    ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, OffsetUnit, Placing,
};
use crate::formats::json_value::{self, Node};
use crate::formats::jsonl;
use crate::model::{AnnotationId, RelationId};
use crate::text::{CharOffset, SourceText, decode, decode_as, shortened};

/// Reads a page, a collection with its first page, a list of annotations, or one. The texts lie beside the file.
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
    let page = root.get("first").filter(|first| first.value().is_object()).unwrap_or(root);
    let items: Vec<Node<'_>> = match page.get("items") {
        Some(items) => items.items()?.collect(),
        None if page.value().is_array() => page.items()?.collect(),
        None if page.get("target").is_some() => vec![page],
        None => return Err(page.wrong("a page with `items`, a list of annotations, or an annotation")),
    };
    let sources = by_source(&items);
    if sources.is_empty() {
        // Nothing says which text it is about but its name.
        let name = file.name.strip_suffix(".jsonld").unwrap_or(file.name);
        each(article(page, name, &[], file, options));
    }
    for (source, items) in sources {
        each(article(page, &source, &items, file, options));
    }
    Ok(())
}

/// Returns the annotations by the file name of the text that they are about; those that are about other annotations
/// belong to the text of these.
fn by_source<'a>(items: &[Node<'a>]) -> BTreeMap<String, Vec<Node<'a>>> {
    let mut sources: BTreeMap<String, Vec<Node<'a>>> = BTreeMap::new();
    let mut source_of: BTreeMap<&str, String> = BTreeMap::new();
    let mut links = Vec::new();
    for item in items {
        match targets(*item).first().and_then(source) {
            Some(source) if !is_link(*item) => {
                let id = item.get("id").and_then(|id| id.value().as_str());
                source_of.extend(id.map(|id| (id, source.clone())));
                sources.entry(source).or_default().push(*item);
            }
            _ => links.push(*item),
        }
    }
    for link in links {
        let from = targets(link).first().and_then(|target| iri(*target)).and_then(|from| source_of.get(from));
        // What is about nothing here is told of with any of the texts.
        let source = from.cloned().or_else(|| sources.keys().next().cloned());
        sources.entry(source.unwrap_or_default()).or_default().push(link);
    }
    sources
}

/// Returns whether an annotation says how two others are related, and not something of a text.
fn is_link(item: Node<'_>) -> bool {
    let is_of_text = targets(item).first().is_some_and(|target| target.get("selector").is_some());
    let motivation = item.get("motivation");
    !is_of_text
        && motivation.is_some_and(|motivation| one_or_many(motivation).iter().any(|m| m.value() == "linking"))
}

/// Returns the items of a list, or the value itself.
fn one_or_many(node: Node<'_>) -> Vec<Node<'_>> {
    node.items().map_or_else(|_| vec![node], Iterator::collect)
}

fn targets(item: Node<'_>) -> Vec<Node<'_>> {
    item.get("target").map(one_or_many).unwrap_or_default()
}

/// Returns the IRI that a target or a body is, or has.
fn iri(node: Node<'_>) -> Option<&str> {
    let source = || node.get("source").or_else(|| node.get("id"));
    node.value().as_str().or_else(|| source()?.value().as_str())
}

/// Returns the file name in the IRI of a target's text.
fn source(target: &Node<'_>) -> Option<String> {
    let iri = iri(*target)?;
    let path = iri.split(['#', '?']).next().unwrap_or(iri);
    Some(unescaped(path.rsplit('/').next().unwrap_or(path)))
}

/// Returns a part of an IRI without its escapes; as it is, where they are none of UTF-8.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = || {
            let mut ahead = rest.clone();
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|n| u8::try_from(n).ok());
            Some(digit(ahead.next())? * 16 + digit(ahead.next())?)
        };
        match (byte, digits()) {
            (b'%', Some(escaped)) => {
                bytes.push(escaped);
                rest.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn article(
    page: Node<'_>,
    name: &str,
    items: &[Node<'_>],
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
) -> Result<ImportedArticle, ImportError> {
    let bytes = (file.beside)(name).ok_or_else(|| {
        let message = format!("the text `{}` does not lie beside it", shortened(name));
        ImportError::new(
            "",
            message,
            "put the text into the same folder, under the name that the targets have",
        )
    })?;
    let source = text_of(page, &bytes, name, options)?;
    let mut reading = Reading {
        placing: Placing::new(&source, OffsetUnit::CodePoint),
        source: &source,
        spans: Vec::new(),
        relations: Vec::new(),
        warnings: Vec::new(),
    };
    for item in items {
        if is_link(*item) {
            reading.relation(*item)?;
        } else {
            reading.annotation(*item)?;
        }
    }
    let Reading { spans, relations, mut warnings, .. } = reading;
    let places = |list: &[(String, Value)]| list.iter().map(|(place, _)| place.clone()).collect::<Vec<_>>();
    let places = [places(&spans), places(&relations)];
    let values = |list: Vec<(String, Value)>| list.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    let mut line = json!({
        "id": own_name(page).unwrap_or_else(|| name.to_owned()),
        "text": source.as_str(), "spans": values(spans), "relations": values(relations),
    });
    if let Some(annotator) = page.get("hashiya:annotator") {
        line["annotator"] = annotator.value().clone();
    }
    let options = ImportOptions { text_column: None, ..*options };
    let article = jsonl::read_value(&line, &options);
    let mut article =
        article.map_err(|error| ImportError { place: relocated(&error.place, &places), ..error })?;
    for warning in &mut article.warnings {
        warning.place = relocated(&warning.place, &places);
    }
    warnings.append(&mut article.warnings);
    Ok(ImportedArticle { warnings, ..article })
}

/// Returns the text of a file beside a page.
fn text_of(
    page: Node<'_>,
    bytes: &[u8],
    name: &str,
    options: &ImportOptions<'_>,
) -> Result<SourceText, ImportError> {
    // Of a page of ours it is known whether a byte order mark at the beginning is a character of the text.
    if let (Some(chars), Ok(text)) = (page.get("hashiya:chars"), std::str::from_utf8(bytes)) {
        let source = SourceText::new(text);
        if chars.count()? == source.len_chars().get() {
            return Ok(source);
        }
    }
    let decoded = options.encoding.map_or_else(|| decode(bytes), |encoding| decode_as(bytes, encoding));
    let decoded = decoded.map_err(|error| {
        ImportError::new(
            "",
            format!("the text `{}`: {error}", shortened(name)),
            "say the encoding of the text",
        )
    })?;
    Ok(SourceText::new(decoded.text))
}

/// Returns the article's name in the id of a page of ours.
fn own_name(page: Node<'_>) -> Option<String> {
    let mut parts = page.get("id")?.value().as_str()?.strip_prefix(IRI)?.split(':');
    let (_, name, _) = (parts.next()?, parts.next()?, parts.next()?);
    Some(unescaped(name))
}

/// Returns the place in the file of what was told of a span or a relation.
fn relocated(place: &str, places: &[Vec<String>; 2]) -> String {
    for (list, places) in ["spans[", "relations["].iter().zip(places) {
        let Some((index, rest)) = place.strip_prefix(list).and_then(|rest| rest.split_once(']')) else {
            continue;
        };
        if let Some(item) = index.parse().ok().and_then(|index: usize| places.get(index)) {
            return format!("{item}{rest}");
        }
    }
    place.to_owned()
}

/// Annotations on their way to spans and relations of a line of ours, each with its place in the file.
struct Reading<'a> {
    placing: Placing<'a>,
    source: &'a SourceText,
    spans: Vec<(String, Value)>,
    relations: Vec<(String, Value)>,
    warnings: Vec<ImportWarning>,
}

impl Reading<'_> {
    fn warn(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.warnings.push(ImportWarning::new(node.place(), message));
    }

    fn annotation(&mut self, item: Node<'_>) -> Result<(), ImportError> {
        let bodies = item.get("body").or_else(|| item.get("bodyValue")).map(one_or_many).unwrap_or_default();
        let mut span = Map::new();
        let mut roles: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut notes = Vec::new();
        for body in bodies {
            self.body(body, &mut span, &mut roles, &mut notes)?;
        }
        if !span.contains_key("label") {
            self.warn(&item, "the annotation has no body with the purpose `tagging` and is left out");
            return Ok(());
        }
        let pairs = match self.pairs(&targets(item)) {
            Ok(pairs) => pairs,
            Err(message) => {
                let label = span.get("label").and_then(Value::as_str).unwrap_or_default();
                let message = format!("{label} is left out: {message}");
                self.warn(&item, message);
                return Ok(());
            }
        };
        span.insert("start".to_owned(), json!(pairs.iter().map(|pair| pair.0).min()));
        span.insert("end".to_owned(), json!(pairs.iter().map(|pair| pair.1).max()));
        span.insert("fragments".to_owned(), json!(pairs));
        if !roles.is_empty() {
            span.insert("roles".to_owned(), json!(roles));
        }
        if !notes.is_empty() {
            span.insert("note".to_owned(), json!(notes.join("\n")));
        }
        if let Some(kind) = item.get("hashiya:kind") {
            span.insert("kind".to_owned(), kind.value().clone());
        }
        if let Some(software) =
            item.get("generator").and_then(|software| software.get("name").or(Some(software)))
        {
            let pack = item.get("generator").and_then(|software| software.get("hashiya:pack"));
            span.insert("rule".to_owned(), json!(software.name()?));
            span.insert(
                "pack".to_owned(),
                json!(pack.map(|pack| pack.name()).transpose()?.unwrap_or_default()),
            );
        }
        if let Some(creator) = item.get("creator").and_then(|creator| one_or_many(creator).into_iter().next())
        {
            let name = creator.get_any(&["name", "nickname", "id"]).unwrap_or(creator);
            if name.value().is_string() {
                span.insert("annotator".to_owned(), name.value().clone());
            }
        }
        self.about(item, &mut span);
        self.spans.push((item.place(), Value::Object(span)));
        Ok(())
    }

    /// Takes over id, times and fields that an annotation file has and we do not know.
    fn about(&mut self, item: Node<'_>, record: &mut Map<String, Value>) {
        if let Some(id) = item.get("id").and_then(|id| id.value().as_str()) {
            record.insert("id".to_owned(), json!(own_id(id)));
        }
        for field in ["created", "modified"] {
            match item.get(field).map(|time| (time.time(), time)) {
                Some((Ok(_), time)) => {
                    record.insert(field.to_owned(), time.value().clone());
                }
                Some((Err(error), time)) => self.warn(&time, error.message),
                None => {}
            }
        }
        if let Some(unknown) = item.get("hashiya:unknown") {
            record.insert("unknown".to_owned(), unknown.value().clone());
        }
    }

    fn body(
        &mut self,
        body: Node<'_>,
        span: &mut Map<String, Value>,
        roles: &mut BTreeMap<String, Vec<Value>>,
        notes: &mut Vec<String>,
    ) -> Result<(), ImportError> {
        let purpose = body.get("purpose").map(|purpose| purpose.text()).transpose()?.unwrap_or("tagging");
        let value = body.value().as_str().map(|_| body).or_else(|| body.get("value"));
        if let Some(role) = body.get("hashiya:role") {
            let filler = match body.get("items") {
                Some(items) => {
                    self.pairs(&items.items()?.collect::<Vec<_>>()).map(|pairs| json!({"span": pairs}))
                }
                None if body.get("selector").is_some() => {
                    self.pairs(&[body]).map(|pairs| json!({"span": pairs}))
                }
                None if value.is_some() => Ok(value.map(|value| value.value().clone()).unwrap_or_default()),
                None => Ok(json!({"entity": own_id(iri(body).unwrap_or_default())})),
            };
            match filler {
                Ok(filler) => roles.entry(role.text()?.to_owned()).or_default().push(filler),
                Err(message) => self.warn(&body, format!("the role is left without it: {message}")),
            }
            return Ok(());
        }
        match (purpose, value, body.get("hashiya:attribute")) {
            (_, Some(value), Some(name)) => {
                let attributes = span.entry("attributes").or_insert_with(|| json!({}));
                attributes[name.text()?] = value.value().clone();
            }
            ("tagging" | "classifying" | "identifying", Some(value), None) if !span.contains_key("label") => {
                span.insert("label".to_owned(), json!(value.text()?));
            }
            ("commenting" | "describing" | "replying", Some(value), None) => {
                notes.push(value.text()?.to_owned());
            }
            _ => self.warn(&body, format!("a body with the purpose `{}` is left out", shortened(purpose))),
        }
        Ok(())
    }

    fn relation(&mut self, item: Node<'_>) -> Result<(), ImportError> {
        let bodies = item.get("body").map(one_or_many).unwrap_or_default();
        let tag = bodies
            .iter()
            .find(|body| body.get("purpose").is_some_and(|purpose| purpose.value() == "tagging"));
        let tag = tag.and_then(|tag| tag.get("value"));
        let to = bodies.iter().filter(|body| body.get("value").is_none()).find_map(|body| iri(*body));
        let from = targets(item).first().and_then(|target| iri(*target));
        let (Some(from), Some(to)) = (from, to) else {
            self.warn(&item, "the annotation links nothing and is left out");
            return Ok(());
        };
        let label = tag.map_or(Ok("linking"), |tag| tag.text())?;
        let mut relation = Map::new();
        relation.insert("label".to_owned(), json!(label));
        relation.insert("from".to_owned(), json!(own_id(from)));
        relation.insert("to".to_owned(), json!(own_id(to)));
        self.about(item, &mut relation);
        self.relations.push((item.place(), Value::Object(relation)));
        Ok(())
    }

    /// Returns where the pieces of a span stand, in chars.
    fn pairs(&self, targets: &[Node<'_>]) -> Result<Vec<(u32, u32)>, String> {
        if targets.is_empty() {
            return Err("it has no target".to_owned());
        }
        targets.iter().map(|target| self.pair(*target)).collect()
    }

    /// Returns where the selectors of a target say that it stands: by position, which the quotation has to bear out, or
    /// by the quotation alone where it stands in one place only.
    fn pair(&self, target: Node<'_>) -> Result<(u32, u32), String> {
        let selectors = target.get("selector").map(one_or_many).unwrap_or_default();
        let of_type = |name: &str| {
            selectors.iter().find(|selector| selector.get("type").is_some_and(|kind| kind.value() == name))
        };
        let told = |error: ImportError| error.to_string();
        let quote = of_type("TextQuoteSelector");
        let part = |name: &'static str| {
            let part = quote.and_then(|quote| quote.get(name));
            part.map(|part| part.text()).transpose().map_err(told)
        };
        let exact = part("exact")?;
        if let Some(position) = of_type("TextPositionSelector") {
            let offset = |name| position.need(name).and_then(|offset| offset.count()).map_err(told);
            let (start, end) = (offset("start")?, offset("end")?);
            self.placing.range(start, end, exact)?;
            return Ok((start, end));
        }
        let Some(exact) = exact.filter(|exact| !exact.is_empty()) else {
            return Err("its target has neither a TextPositionSelector nor a TextQuoteSelector".to_owned());
        };
        let prefix = part("prefix")?.unwrap_or_default();
        let whole = format!("{prefix}{exact}{}", part("suffix")?.unwrap_or_default());
        let text = self.source.as_str();
        let Some(at) = text.find(&whole) else {
            return Err(format!("the text has nowhere «{}»", shortened(&whole)));
        };
        if text.rfind(&whole) != Some(at) {
            return Err(format!("the text has «{}» in several places", shortened(&whole)));
        }
        let before = text.bytes().take(at + prefix.len()).filter(|byte| byte & 0xC0 != 0x80).count();
        let start = CharOffset::from_index(before);
        Ok((start.get(), CharOffset::from_index(start.index() + exact.chars().count()).get()))
    }
}

/// Returns the id of ours that an IRI of ours ends with; any other as it is.
fn own_id(iri: &str) -> &str {
    let own = iri.strip_prefix(IRI).and_then(|rest| rest.rsplit(':').next());
    let is_ours = |id: &&str| AnnotationId::parse(id).is_some() || RelationId::parse(id).is_some();
    own.filter(is_ours).unwrap_or(iri)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::annotation_file::tests::{document_of, sample, schema};
    use crate::formats::exchange::trials::{assert_round_trip, documents, exported};
    use crate::formats::exchange::{ExportOptions, format};
    use crate::model::{Decision, Timestamp};

    fn read_page(json: &str, text: &str) -> Result<Vec<ImportedArticle>, ImportError> {
        let schema = schema();
        let (now, unit) = (Timestamp::from_millis(0), OffsetUnit::CodePoint);
        let options = ImportOptions { schema: &schema, now, unit, encoding: None, text_column: None };
        let beside = |name: &str| (name == "خبر 1.txt").then(|| text.as_bytes().to_vec());
        let file = ImportFile { name: "a.jsonld", bytes: json.as_bytes(), beside: &beside };
        let mut articles = Vec::new();
        read(&file, &options, &mut |article| articles.push(article))?;
        articles.into_iter().collect()
    }

    #[test]
    fn a_page_says_each_place_twice() {
        let format = format("web-annotation").expect("there");
        let (files, _) = exported(format, ExportOptions::default(), &sample());
        assert_eq!(files["port.txt"], sample().source().as_str().as_bytes());
        let value: Value = serde_json::from_slice(&files["port.txt.jsonld"]).expect("JSON");
        insta::assert_json_snapshot!(value);
    }

    #[test]
    fn annotations_of_others_are_found_by_position_or_by_quotation() {
        let json = r#"[
          {"id": "http://example.org/1", "type": "Annotation", "creator": "ziad",
           "body": {"type": "TextualBody", "purpose": "tagging", "value": "PERS"},
           "target": {"source": "http://example.org/%D8%AE%D8%A8%D8%B1%201.txt", "selector": {"type": "TextQuoteSelector", "exact": "سليم", "prefix": "قال "}}},
          {"id": "http://example.org/2", "bodyValue": "GPE",
           "target": {"source": "خبر%201.txt", "selector": {"type": "TextPositionSelector", "start": 0, "end": 3}}},
          {"motivation": "linking", "target": "http://example.org/1", "body": "http://example.org/2"},
          {"body": {"purpose": "tagging", "value": "PERS"},
           "target": {"source": "خبر%201.txt", "selector": [{"type": "TextPositionSelector", "start": 5, "end": 9}, {"type": "TextQuoteSelector", "exact": "سليم"}]}},
          {"body": {"purpose": "tagging", "value": "PERS"},
           "target": {"source": "خبر%201.txt", "selector": {"type": "TextQuoteSelector", "exact": "ل"}}},
          {"target": "خبر%201.txt"}]"#;
        let article = read_page(json, "قال سليم").expect("readable").remove(0);
        assert_eq!(article.name, "خبر 1.txt");
        let names: Vec<_> = article.layers.iter().map(|layer| layer.annotator.as_deref()).collect();
        assert_eq!(names, [Some("ziad"), None]);
        let told: Vec<String> =
            article.warnings.iter().map(|w| format!("{}: {}", w.place, w.message)).collect();
        assert_eq!(
            told,
            [
                "[3]: PERS is left out: 5..9 is no span of the text: offset 9 lies beyond the text, which ends at 8",
                "[4]: PERS is left out: the text has «ل» in several places",
                "[5]: the annotation has no body with the purpose `tagging` and is left out",
                "[2]: the relation is left out: there is no annotation `http://example.org/2`",
            ]
        );
    }

    #[test]
    fn a_page_without_its_text_is_refused_by_name() {
        let json = r#"{"items": [{"bodyValue": "GPE", "target": {"source": "b.txt", "selector": {"type": "TextPositionSelector", "start": 0, "end": 3}}}]}"#;
        let error = read_page(json, "x").expect_err("no text").to_string();
        assert_eq!(error, "the text `b.txt` does not lie beside it");
        assert!(read_page("{}", "x").expect_err("no page").to_string().contains("`items`"));
    }

    #[test]
    fn a_byte_order_mark_that_is_a_character_of_the_text_stays_one() {
        let format = format("web-annotation").expect("there");
        let document = document_of("\u{feff}قال سليم", &["سليم"]);
        assert_eq!(assert_round_trip(format, ExportOptions::default(), &document), document);
        let json = r#"[{"bodyValue": "PERS", "target": {"source": "خبر 1.txt", "selector": {"type": "TextPositionSelector", "start": 4, "end": 8}}}]"#;
        let article = read_page(json, "\u{feff}قال سليم").expect("readable").remove(0);
        let span = article.layers[0].annotations[0].body.fragments().hull();
        assert_eq!(article.text.slice(span), "سليم", "others do not count it");
    }

    #[test]
    fn escapes_of_an_iri_come_back() {
        for text in ["خبر 1.txt", "100%", "a/b:c#d?e", "سٌ👩"] {
            assert_eq!(unescaped(&super::super::escaped(text)), text);
        }
        assert_eq!(unescaped("%FF%2"), "%FF%2");
    }

    proptest! {
        #[test]
        fn any_document_comes_back_but_for_its_decisions(document in documents()) {
            let format = format("web-annotation").expect("there");
            let back = assert_round_trip(format, ExportOptions::default(), &document);
            prop_assert!(document.decisions().all(|decision| decision.decision != Decision::Rejected));
            prop_assert_eq!(back, document);
        }
    }
}
