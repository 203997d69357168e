//! Lines for doccano: entities and relations as its project of that kind imports and exports them.
//!
//! ```json
//! {"id":1,"name":"port.txt","text":"…","entities":[{"id":1,"label":"PERS","start_offset":4,"end_offset":12}],"relations":[{"id":1,"from_id":1,"to_id":2,"type":"SOURCE"}],"Comments":[]}
//! ```
//!
//! Offsets are what the project counts: its server code points, its window UTF-16 units, and graphemes where the project
//! is set so. They are the same as long as no character lies above U+FFFF; where one does, it is told. Both variants are
//! read, this one and `"label": [[start, end, label]]`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::exchange::DraftSpan;
use super::exchange::{
    Drafts, Export, ExportError, ExportOptions, Flat, ImportError, ImportOptions, ImportWarning,
    ImportedArticle, LINES_FILE, Loss, Losses, OffsetUnit, Offsets, Output, Placing, Writer, flatten,
};
use super::json_value::{self, Node};
use super::jsonl::{article_text, metadata};
use crate::model::Fragments;
use crate::text::{SourceText, TextRange, snap_to_graphemes};

/// What a line cannot keep.
pub(super) const LOSSES: &[Loss] = &[
    Loss::Attributes,
    Loss::Notes,
    Loss::Decisions,
    Loss::Orphans,
    Loss::Origins,
    Loss::Times,
    Loss::ImplicitRoles,
    Loss::GraphemeEdges,
    Loss::WideCharacters,
];

/// The fields of a line that are not metadata.
const FIELDS: &[&str] = &["id", "name", "text", "label", "labels", "entities", "relations", "Comments"];

#[derive(Serialize)]
struct Line<'a> {
    id: usize,
    name: &'a str,
    text: &'a str,
    entities: Vec<Entity<'a>>,
    relations: Vec<Relation<'a>>,
    #[serde(rename = "Comments")]
    comments: [&'a str; 0],
}

#[derive(Serialize)]
struct Entity<'a> {
    id: usize,
    label: &'a str,
    start_offset: u32,
    end_offset: u32,
}

#[derive(Serialize)]
struct Relation<'a> {
    id: usize,
    from_id: usize,
    to_id: usize,
    #[serde(rename = "type")]
    label: &'a str,
}

/// Returns what writes an export.
pub(super) fn writer(options: ExportOptions) -> Box<dyn Writer> {
    Box::new(DoccanoWriter { unit: options.unit, articles: 0 })
}

struct DoccanoWriter {
    unit: OffsetUnit,
    /// How many were written.
    articles: usize,
}

impl Writer for DoccanoWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let source = export.document.source();
        let offsets = Offsets::new(source, self.unit);
        let mut flat = flatten(export.document);
        match self.unit {
            OffsetUnit::Grapheme => flat = whole_graphemes(flat, source, &offsets, losses),
            OffsetUnit::CodePoint => {
                losses.add(Loss::WideCharacters, source.as_str().chars().filter(|c| *c > '\u{ffff}').count());
            }
            OffsetUnit::Utf16 => {}
        }
        let flat = flat.split();
        let entities = (1..).zip(&flat.spans).map(|(id, span)| {
            let (start_offset, end_offset) = offsets.pair(span.fragments.hull());
            Entity { id, label: span.label, start_offset, end_offset }
        });
        let relations = (1..).zip(&flat.links).map(|(id, link)| Relation {
            id,
            from_id: link.from + 1,
            to_id: link.to + 1,
            label: link.label,
        });
        let line = Line {
            id: self.articles + 1,
            name: export.name,
            text: source.as_str(),
            entities: entities.collect(),
            relations: relations.collect(),
            comments: [],
        };
        let line = json_value::line(&line).map_err(|error| export.refused(error))?;
        self.articles += 1;
        output.append(LINES_FILE, (line + "\n").as_bytes());
        Ok(())
    }
}

/// Widens spans that cut a grapheme.
fn whole_graphemes<'a>(
    flat: Flat<'a>,
    source: &SourceText,
    offsets: &Offsets<'_>,
    losses: &mut Losses,
) -> Flat<'a> {
    let mut widened = 0;
    let flat = flat.placed(|fragments| {
        let ranges = fragments.ranges();
        if ranges.iter().all(|range| offsets.has(range.start()) && offsets.has(range.end())) {
            return Some(fragments.clone());
        }
        widened += 1;
        let mut pieces: Vec<TextRange> = Vec::with_capacity(ranges.len());
        for range in ranges.iter().map(|range| snap_to_graphemes(source, *range)) {
            match pieces.last_mut() {
                Some(last) if last.end() >= range.start() => *last = last.cover(range),
                _ => pieces.push(range),
            }
        }
        Fragments::new(pieces).ok()
    });
    losses.add(Loss::GraphemeEdges, widened);
    flat
}

/// Returns the article of a line, of either variant.
///
/// # Errors
///
/// When the line is no JSON object with a text, or a field holds something else than it should.
pub(super) fn read(line: &[u8], options: &ImportOptions<'_>) -> Result<ImportedArticle, ImportError> {
    let value = json_value::parse(line)?;
    let root = Node::root(&value);
    let text_field = options.text_column.unwrap_or("text");
    let source = article_text(root.need(text_field)?)?;
    let mut reading = Reading {
        placing: Placing::new(&source, options.unit),
        drafts: Drafts::default(),
        ids: BTreeMap::new(),
        warnings: Vec::new(),
    };
    for field in ["label", "labels", "entities"] {
        for entity in root.list(field)? {
            reading.entity(entity)?;
        }
    }
    for relation in root.list("relations")? {
        reading.relation(relation)?;
    }
    let Reading { drafts, mut warnings, .. } = reading;
    let is_annotated = !drafts.spans.is_empty() || root.get_any(&["label", "labels", "entities"]).is_some();
    let layers = is_annotated.then(|| drafts.into_layer(None, options, &mut warnings));
    let mut metadata = metadata(root, &[FIELDS, &[text_field]].concat(), &mut warnings)?;
    let comments = root.list("Comments")?.into_iter().map(|comment| comment.text());
    let comments = comments.collect::<Result<Vec<_>, _>>()?.join("\n");
    if !comments.is_empty() {
        metadata.insert("Comments".to_owned(), comments);
    }
    let name = root.get_any(&["name", "id"]).map(|name| name.name()).transpose()?.unwrap_or_default();
    Ok(ImportedArticle { name, text: source, layers: layers.into_iter().collect(), metadata, warnings })
}

/// A line that is being read.
struct Reading<'a> {
    placing: Placing<'a>,
    drafts: Drafts,
    /// The spans by the ids that the line gives them.
    ids: BTreeMap<String, usize>,
    warnings: Vec<ImportWarning>,
}

impl Reading<'_> {
    /// Reads `[start, end, label]` or an object with an id.
    fn entity(&mut self, entity: Node<'_>) -> Result<(), ImportError> {
        let (start, end, label) = if entity.value().is_array() {
            let mut parts = entity.items()?;
            let (Some(start), Some(end), Some(label)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(entity.wrong("a list of start, end and label"));
            };
            (start.count()?, end.count()?, label.text()?)
        } else if entity.value().is_string() {
            return Err(entity.wrong("[start, end, label]; labels of whole texts are no spans"));
        } else {
            let offset = |name| entity.need(name).and_then(|offset| offset.count());
            (offset("start_offset")?, offset("end_offset")?, entity.need("label")?.text()?)
        };
        match self.placing.fragments(&[(start, end)], None) {
            Ok(fragments) => {
                if let Some(id) = entity.get("id") {
                    self.ids.insert(id.name()?, self.drafts.spans.len());
                }
                self.drafts.spans.push(DraftSpan::new(label, fragments));
            }
            Err(message) => {
                let message = format!("{label} is left out: {message}");
                self.warnings.push(ImportWarning::new(entity.place(), message));
            }
        }
        Ok(())
    }

    fn relation(&mut self, relation: Node<'_>) -> Result<(), ImportError> {
        let end = |name| relation.need(name).and_then(|id| id.name());
        let (from, to) = (end("from_id")?, end("to_id")?);
        let label = relation.need("type")?.text()?.to_owned();
        match (self.ids.get(&from), self.ids.get(&to)) {
            (Some(from), Some(to)) => self.drafts.links.push((label, *from, *to)),
            (from_id, _) => {
                let missing = if from_id.is_none() { from } else { to };
                let message = format!("{label} is left out: there is no entity {missing}");
                self.warnings.push(ImportWarning::new(relation.place(), message));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::annotation_file::tests::{document_of, sample, schema};
    use crate::formats::exchange::trials::{assert_round_trip, exported};
    use crate::formats::exchange::{format, trials};
    use crate::model::{Body, Timestamp};

    fn lines(document: &crate::model::Document, unit: OffsetUnit) -> (String, Losses) {
        let options = ExportOptions { unit, ..ExportOptions::default() };
        let (mut files, losses) = exported(format("doccano").expect("there"), options, document);
        (String::from_utf8(files.remove(LINES_FILE).expect("lines")).expect("UTF-8"), losses)
    }

    fn read_line(line: &str, unit: OffsetUnit) -> Result<ImportedArticle, ImportError> {
        let schema = schema();
        let now = Timestamp::from_millis(0);
        read(
            line.as_bytes(),
            &ImportOptions { schema: &schema, now, unit, encoding: None, text_column: None },
        )
    }

    #[test]
    fn a_line_has_what_doccano_wants() {
        insta::assert_snapshot!(lines(&sample(), OffsetUnit::CodePoint).0);
    }

    #[test]
    fn offsets_are_in_the_unit_that_was_asked_for_and_wide_characters_are_told() {
        let document = document_of("👩‍👩‍👧 سليم", &["سليم"]);
        for (unit, offsets, wide) in [
            (OffsetUnit::CodePoint, "\"start_offset\":6,\"end_offset\":10", 3),
            (OffsetUnit::Utf16, "\"start_offset\":9,\"end_offset\":13", 0),
            (OffsetUnit::Grapheme, "\"start_offset\":2,\"end_offset\":6", 0),
        ] {
            let (line, losses) = lines(&document, unit);
            assert!(line.contains(offsets), "{line}");
            let told: Vec<_> = losses.iter().filter(|(loss, _)| *loss == Loss::WideCharacters).collect();
            assert_eq!(told.iter().map(|(_, n)| n).sum::<usize>(), wide);
            let article = read_line(&line, unit).expect("readable");
            let span = article.layers[0].annotations[0].body.fragments().hull();
            assert_eq!(article.text.slice(span), "سليم");
        }
    }

    #[test]
    fn a_span_that_cuts_a_grapheme_is_widened_and_told() {
        let (line, losses) = lines(&document_of("سٌليم", &["س", "ليم"]), OffsetUnit::Grapheme);
        assert!(line.contains("\"start_offset\":0,\"end_offset\":1}"), "{line}");
        assert!(losses.iter().any(|loss| loss == (Loss::GraphemeEdges, 1)), "{losses:?}");
    }

    #[test]
    fn the_variant_without_ids_is_read_and_what_lies_outside_is_told() {
        let line =
            r#"{"id":3,"text":"قال سليم","label":[[4,8,"PERS"],[4,9,"PERS"]],"Comments":["late"],"url":"x"}"#;
        let article = read_line(line, OffsetUnit::CodePoint).expect("readable");
        assert_eq!(article.name, "3");
        assert_eq!(article.layers[0].annotations.len(), 1);
        assert_eq!(
            article.warnings[0].message,
            "PERS is left out: 4..9 is no span of the text: offset 9 lies beyond the text, which ends at 8"
        );
        assert_eq!(format!("{:?}", article.metadata), r#"{"Comments": "late", "url": "x"}"#);
        let error =
            read_line(r#"{"text":"x","label":["sport"]}"#, OffsetUnit::CodePoint).expect_err("no span");
        assert!(error.to_string().starts_with("label[0]: here stands \"sport\""), "{error}");
    }

    #[test]
    fn roles_and_pieces_come_back() {
        let (line, _) = lines(&sample(), OffsetUnit::CodePoint);
        let article = read_line(&line, OffsetUnit::CodePoint).expect("readable");
        let claim = article.layers[0].annotations.iter().find_map(|a| match &a.body {
            Body::Claim(claim) => Some(claim),
            Body::Entity(_) => None,
        });
        let claim = claim.expect("one");
        assert_eq!(
            (claim.content.ranges().len(), claim.role("CUE").len(), claim.role("SOURCE").len()),
            (3, 1, 1)
        );
    }

    proptest! {
        #[test]
        fn the_second_export_equals_the_first(document in trials::documents(), unit in 0..2_u8) {
            // Graphemes are read as such only when it is said, which the trial does not.
            let unit = if unit == 0 { OffsetUnit::CodePoint } else { OffsetUnit::Utf16 };
            let options = ExportOptions { unit, ..ExportOptions::default() };
            if unit == OffsetUnit::CodePoint {
                assert_round_trip(format("doccano").expect("there"), options, &document);
            } else {
                let (line, _) = lines(&document, unit);
                let article = read_line(&line, unit).expect("readable");
                prop_assert_eq!(&article.warnings, &[]);
                prop_assert_eq!(lines(&trials::document_of(article), unit).0, line);
            }
        }
    }
}
