//! Spans that other annotators get wrong, each through the whole way: tag, save, open again, export.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashiya::formats::exchange::{ExportOptions, Exporter, Output};
use hashiya::formats::{Export, FORMATS, annotation_file, schema_file};
use hashiya::model::{
    Annotation, ArticleIdentity, Body, Document, Edit, Entity, Fragments, Origin, Timestamp, Transaction,
    UnknownFields,
};
use hashiya::text::{SourceText, TextEncoding, TextRange, decode};

/// An article with some parts of its text tagged.
fn tagged(text: &str, spans: &[TextRange]) -> Document {
    let decoded = decode(text.as_bytes()).expect("UTF-8");
    let article =
        ArticleIdentity { file_name: "a.txt".into(), sha256: "00".into(), encoding: TextEncoding::UTF_8 };
    let mut document = Document::new(SourceText::new(decoded.text), article);
    for span in spans {
        let fragments = Fragments::single(*span).expect("not empty");
        let annotation = Annotation {
            id: document.fresh_annotation_id(),
            body: Body::Entity(Entity { label: "PERS".into(), fragments }),
            attributes: BTreeMap::new(),
            note: Arc::from(""),
            origin: Origin::Human,
            created: Timestamp::from_millis(0),
            modified: Timestamp::from_millis(0),
            unknown: UnknownFields::NONE,
        };
        document.apply(&Transaction::new("Tag", vec![Edit::Insert(annotation)])).expect("a span of the text");
    }
    document
}

fn part(text: &str, part: &str) -> TextRange {
    let start = text.find(part).expect("in the text");
    TextRange::from_indices(start, start + part.len())
}

/// Tags a part of a text and returns what a saved file and each export say of it: the code points before it, those
/// before its end, and the quoted text.
fn survives(text: &str, tagged_part: &str) {
    let range = part(text, tagged_part);
    let document = tagged(text, &[range]);
    let schema = schema_file::default_schema();
    let saved = annotation_file::save(&document, "amal", schema.name()).expect("writable");
    let loaded =
        annotation_file::load(saved.as_bytes(), document.source(), document.article().clone(), &schema)
            .expect("readable");
    assert_eq!(loaded.problems, [], "{saved}");
    assert_eq!(loaded.document, document);
    let again = annotation_file::save(&loaded.document, "amal", schema.name()).expect("writable");
    assert_eq!(again, saved);

    let start = text.chars().count() - text.get(range.indices().start..).expect("a boundary").chars().count();
    let end = start + tagged_part.chars().count();
    assert!(saved.contains(&format!("start: {start}, end: {end}, ")), "{start}..{end} in {saved}");
    for format in FORMATS {
        let Some(mut exporter) = Exporter::new(format, &ExportOptions::default()) else { continue };
        let export = Export { name: "port.txt", document: &document, annotator: "amal", schema: &schema };
        let mut output = Output::default();
        exporter.article(&export, &mut output).expect("writable");
        exporter.finish(&schema, &mut output).expect("writable");
        let bytes: Vec<u8> = output.take().into_iter().flat_map(|(_, bytes)| bytes).collect();
        let written = String::from_utf8_lossy(&bytes).into_owned();
        match format.name {
            "jsonl" => {
                let line: serde_json::Value = serde_json::from_str(&written).expect("JSON");
                let span = &line["spans"][0];
                assert_eq!(
                    (span["start"].as_u64(), span["end"].as_u64()),
                    (Some(start as u64), Some(end as u64))
                );
                assert_eq!(span["text"].as_str(), Some(tagged_part));
                assert_eq!(line["text"].as_str(), Some(text));
            }
            "html" => assert_eq!(marked_in_html(&written), without_line_ends(tagged_part), "{written}"),
            "ron" => assert_eq!(written, saved),
            // The formats of others are compared span by span by those who read them.
            _ => assert!(!written.is_empty()),
        }
    }
}

fn without_line_ends(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect()
}

/// Returns the text that a page marks, less line ends: its paragraphs are elements.
fn marked_in_html(page: &str) -> String {
    let (_, main) = page.split_once("<main>").expect("a page");
    let (main, _) = main.split_once("</main>").expect("a page");
    let marked = main.split("<span ").skip(1).map(|mark| {
        let (_, text) = mark.split_once('>').expect("a tag");
        text.split_once("</span>").expect("a mark ends").0
    });
    let text = marked.collect::<String>().replace("&quot;", "\"").replace("&amp;", "&");
    without_line_ends(&text)
}

#[test]
fn a_quote_mark_at_a_spans_edge() {
    survives("سحب القوات من «الأفق» أمس", "«الأفق»");
    survives("سحب القوات من «الأفق» أمس", "الأفق");
    survives("He said \"no\" twice", "\"no\"");
}

#[test]
fn a_span_inside_2002() {
    survives("في سنة 2002 م", "00");
}

#[test]
fn a_span_from_arabic_into_latin_and_back() {
    survives("قال حلف NATO الجديد إن", "حلف NATO الجديد");
}

#[test]
fn a_zero_width_character_inside_and_beside_a_span() {
    survives("قال می\u{200c}خواهم إن", "می\u{200c}خواهم");
    survives("قال\u{200b}سامر\u{200b}إن", "سامر");
    survives("قال \u{2067}سامر\u{2069} إن", "\u{2067}سامر\u{2069}");
}

#[test]
fn an_emoji_before_a_span_in_every_export() {
    survives("👩‍👩‍👧 🇱🇾 𐤀 وصل سامر", "سامر");
}

#[test]
fn crlf_nbsp_tatweel_harakat_and_zwnj_are_kept() {
    survives("سطر\r\nمی\u{200c}خواهم أمس\r\n", "می\u{200c}خواهم");
    survives("سطر\r\nوَصَلَ\u{a0}ســامِر\r\nأمس", "وَصَلَ\u{a0}ســامِر");
    survives("سطر\r\nآخر\r\n", "سطر\r\nآخر");
}

#[test]
fn a_clitic_is_left_out_of_a_span_inside_its_word() {
    survives("انتشر بالفيروس", "الفيروس");
    survives("عادوا لليبيا", "ليبيا");
}

#[test]
fn a_letter_joined_across_a_spans_edge_and_after_an_ellipsis() {
    survives("…وقال", "قال");
    survives("المتحدثون", "متحدث");
}

#[test]
fn identical_nested_and_crossing_spans() {
    let text = "رئيس مجلس الأعيان الأرخاني";
    let spans =
        [part(text, text), part(text, "مجلس الأعيان"), part(text, "مجلس الأعيان"), part(text, "رئيس مجلس")];
    let document = tagged(text, &spans);
    let schema = schema_file::default_schema();
    let saved = annotation_file::save(&document, "amal", schema.name()).expect("writable");
    let loaded =
        annotation_file::load(saved.as_bytes(), document.source(), document.article().clone(), &schema)
            .expect("readable");
    assert_eq!(loaded.document, document);
    assert_eq!(document.annotations().overlapping(part(text, "مجلس")).count(), 4);
}
