use std::collections::BTreeMap as Map;

use proptest::prelude::*;

use super::super::annotation_file::tests::{document_of as people, sample};
use super::super::exchange::trials::{assert_round_trip, document_of, documents, exported, imported};
use super::super::exchange::{ExportOptions, Format, ImportError, ImportedArticle, format};
use crate::model::Document;

fn json() -> &'static Format {
    format("cas-json").expect("in the table")
}

fn xmi() -> &'static Format {
    format("cas-xmi").expect("in the table")
}

fn try_read(format: &'static Format, name: &str, text: &str) -> Result<ImportedArticle, ImportError> {
    let files = Map::from([(name.to_owned(), text.as_bytes().to_vec())]);
    imported(format, &files).map(|mut articles| articles.remove(0))
}

fn spans(document: &Document) -> Vec<(String, String)> {
    let source = document.source();
    let span = |a: &std::sync::Arc<crate::model::Annotation>| {
        (a.body.label().to_string(), source.slice(a.body.fragments().hull()).to_owned())
    };
    document.annotations().iter().map(span).collect()
}

fn links(document: &Document) -> Vec<(String, String, String)> {
    let text = |id| {
        let annotation = document.annotation(id).expect("there");
        document.source().slice(annotation.body.fragments().hull()).to_owned()
    };
    document.relations().map(|r| (r.label.to_string(), text(r.from), text(r.to))).collect()
}

fn pair(label: &str, text: &str) -> (String, String) {
    (label.to_owned(), text.to_owned())
}

fn messages(article: &ImportedArticle) -> Vec<String> {
    article.warnings.iter().map(|warning| format!("{}: {}", warning.place, warning.message)).collect()
}

#[test]
fn one_of_everything_is_written_in_both_notations() {
    for (name, format) in [("json", json()), ("xmi", xmi())] {
        let (files, losses) = exported(format, ExportOptions::default(), &sample());
        let all = files.iter().map(|(name, bytes)| format!("== {name}\n{}", String::from_utf8_lossy(bytes)));
        insta::assert_snapshot!(name, all.collect::<String>() + "== losses\n" + &losses.lines());
    }
}

#[test]
fn what_xml_cannot_hold_is_a_space_and_moves_nothing() {
    let document = people("a\u{1}\u{b}\u{ffff}ريم\r\n\t<&\">", &["ريم"]);
    let (_, losses) = exported(xmi(), ExportOptions::default(), &document);
    assert!(losses.lines().contains("\n3 line ends and control characters"), "{}", losses.lines());
    let back = assert_round_trip(xmi(), ExportOptions::default(), &document);
    assert_eq!(back.source().as_str(), "a   ريم\r\n\t<&\">");
    assert_eq!(spans(&back), [pair("PERS", "ريم")]);
    let back = assert_round_trip(json(), ExportOptions::default(), &document);
    assert_eq!(back.source().as_str(), document.source().as_str());
}

const OTHERS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- two views, layers of one's own, slots, a string array -->
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:tcas="http:///uima/tcas.ecore"
    xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
    xmlns:seg="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore"
    xmlns:meta="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"
    xmlns:custom="http:///webanno/custom.ecore" xmlns:noNamespace="http:///uima/noNamespace.ecore" xmi:version="2.0">
  <cas:NULL xmi:id="0"/>
  <meta:DocumentMetaData xmi:id="2" sofa="1" begin="0" end="22" language="x-unspecified" documentTitle="A title"/>
  <seg:Token xmi:id="3" sofa="1" begin="0" end="3"/>
  <ner:NamedEntity xmi:id="4" sofa="1" begin="0" end="3" value="PER" identifier="Q1"/>
  <ner:NamedEntity xmi:id="5" sofa="1" begin="9" end="14"/>
  <custom:Event xmi:id="6" sofa="1" begin="15" end="20" kind="move" agents="7 8"/>
  <custom:EventLink xmi:id="7" role="who" target="4"/>
  <custom:EventLink xmi:id="8" role="where" target="5"/>
  <custom:Next xmi:id="9" sofa="1" begin="0" end="3" Governor="5" Dependent="4" value="near" sure="yes"/>
  <custom:Next xmi:id="10" sofa="1" begin="0" end="3" Governor="3" Dependent="4" value="near"/>
  <noNamespace:Mark xmi:id="11" sofa="1" begin="7" end="14"/>
  <noNamespace:Mark xmi:id="12" sofa="1" begin="18" end="25"><notes>one &amp;</notes><notes>two</notes></noNamespace:Mark>
  <noNamespace:Mark xmi:id="13" sofa="20" begin="0" end="1"/>
  <cas:Sofa xmi:id="20" sofaNum="2" sofaID="other" mimeType="text" sofaString="Other"/>
  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="Ana&#10;in 👍Paris&#13;moved&quot;."/>
  <cas:View sofa="20" members="13"/>
  <cas:View sofa="1" members="2 3 4 5 6 9 10 11 12"/>
</xmi:XMI>
"#;

const TYPES: &str = r#"<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types><typeDescription>
<name>webanno.custom.Event</name><supertypeName>uima.tcas.Annotation</supertypeName><features><featureDescription>
<name>agents</name><rangeTypeName>uima.cas.FSArray</rangeTypeName><elementType>webanno.custom.EventLink</elementType>
</featureDescription><featureDescription><name>kind</name><rangeTypeName>uima.cas.String</rangeTypeName>
</featureDescription></features></typeDescription></types></typeSystemDescription>"#;

#[test]
fn layers_slots_and_views_of_others_are_read_from_xmi() {
    let files = Map::from([
        ("a.txt.xmi".to_owned(), OTHERS.as_bytes().to_vec()),
        ("TypeSystem.xml".to_owned(), TYPES.as_bytes().to_vec()),
    ]);
    let article = imported(xmi(), &files).expect("readable").remove(0);
    assert_eq!((article.name.as_str(), article.text.as_str()), ("a.txt", "Ana\nin 👍Paris\rmoved\"."));
    assert_eq!(article.metadata, Map::from([("title".to_owned(), "A title".to_owned())]));
    assert_eq!(
        messages(&article),
        [
            "Mark 12: 18..25 is no span of the text: offset 25 lies beyond the text, which ends at 22; it is left out",
            ": left out: 1 annotations of the view `other`, which is not read",
            ": left out: 1 features of relations `Next` beside the label",
            ": left out: 1 relations `Next` with an end that is no span that was read",
        ]
    );
    let document = document_of(article);
    assert_eq!(
        spans(&document),
        [pair("PER", "Ana"), pair("Mark", "👍Paris"), pair("NamedEntity", "Paris"), pair("move", "moved")]
    );
    let link = |label: &str, from: &str, to: &str| (label.to_owned(), from.to_owned(), to.to_owned());
    assert_eq!(
        links(&document),
        [link("who", "moved", "Ana"), link("where", "moved", "Paris"), link("near", "Paris", "Ana")]
    );
}

#[test]
fn objects_keyed_by_id_and_arrays_of_others_are_read_from_json() {
    let text = r#"{"%TYPES":{},"%FEATURE_STRUCTURES":{
        "1":{"%TYPE":"uima.cas.Sofa","sofaNum":1,"sofaID":"_InitialView","mimeType":"text","sofaString":"👍 Ana moved"},
        "2":{"%TYPE":"custom.Span","@sofa":1,"begin":3,"end":6,"label":"PER","sure":true,"weight":3,"none":null},
        "3":{"%TYPE":"custom.Event","@sofa":1,"begin":7,"end":12,"@agents":4,"label":"move"},
        "4":{"%TYPE":"custom.Link[]","%ELEMENTS":[5]},
        "5":{"%TYPE":"custom.Link","role":"who","@target":2},
        "6":{"%TYPE":"custom.Relation","@sofa":1,"begin":3,"end":6,"@Governor":3,"@Dependent":2,"label":"moves"}
      },"%VIEWS":{"_InitialView":{"%SOFA":1,"%MEMBERS":[2,3,6]}}}"#;
    let article = try_read(json(), "a.json", text).expect("readable");
    assert_eq!(messages(&article), [""; 0]);
    let document = document_of(article);
    assert_eq!(spans(&document), [pair("PER", "Ana"), pair("move", "moved")]);
    let link = |label: &str| (label.to_owned(), "moved".to_owned(), "Ana".to_owned());
    assert_eq!(links(&document), [link("who"), link("moves")]);
    let person = document.annotations().iter().next().expect("there");
    let attributes: Vec<String> =
        person.attributes.iter().map(|(id, value)| format!("{id} {value:?}")).collect();
    assert_eq!(attributes, ["sure Text(\"true\")", "weight Integer(3)"]);
}

#[test]
fn what_is_broken_is_an_error_with_its_place() {
    let error = |format, name, text: &str| try_read(format, name, text).expect_err("broken").to_string();
    let broken = OTHERS.replacen("begin=\"9\"", "begin=\"x\"", 1);
    assert_eq!(error(xmi(), "a.xmi", &broken), "line 12, column 3: begin=\"x\" is no number from 0 on");
    assert!(
        error(xmi(), "a.xmi", &OTHERS.replacen("</xmi:XMI>", "", 1))
            .ends_with("the file ends inside an element")
    );
    assert!(error(xmi(), "a.xmi", &OTHERS.replacen("&amp;", "&lol;", 1)).ends_with("`&lol;` is not defined"));
    assert_eq!(error(xmi(), "a.xmi", "<html/>"), "line 1, column 1: `html` is not `xmi:XMI`");
    let deep = format!("<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\">{}", "<a>".repeat(100));
    assert!(
        error(xmi(), "a.xmi", &deep).contains("within each other")
            || error(xmi(), "a.xmi", &deep).contains("xmi:id")
    );
    assert_eq!(error(json(), "a.json", "{"), "line 1, column 1: EOF while parsing an object");
    assert_eq!(error(json(), "a.json", "{}"), "%FEATURE_STRUCTURES: there is no list of structures");
    assert_eq!(
        error(json(), "a.json", r#"{"%FEATURE_STRUCTURES":[{"%ID":1}]}"#),
        "%FEATURE_STRUCTURES[0]: it has no `%TYPE`"
    );
    assert_eq!(error(json(), "a.json", r#"{"%FEATURE_STRUCTURES":[]}"#), "no view has a text");
}

proptest! {
    #[test]
    fn any_document_is_written_read_and_written_to_the_same_bytes(document in documents()) {
        let back = assert_round_trip(json(), ExportOptions::default(), &document);
        prop_assert_eq!(back.source().as_str(), document.source().as_str());
        prop_assert_eq!(spans(&back).len(), spans(&document).len());
        let back = assert_round_trip(xmi(), ExportOptions::default(), &document);
        prop_assert_eq!(back.source().len_utf16(), document.source().len_utf16());
    }

    #[test]
    fn no_change_of_a_file_makes_the_readers_panic(
        cut in any::<prop::sample::Index>(),
        noise in "[<>&\"/=0-9a-z \\[\\]{},:%@]{0,6}",
        len in 0..20_usize,
    ) {
        let (files, _) = exported(json(), ExportOptions::default(), &sample());
        let json_text = String::from_utf8_lossy(&files["port.txt.json"]).into_owned();
        for (format, name, text) in [(xmi(), "a.xmi", OTHERS), (json(), "a.json", &json_text)] {
            let chars: Vec<char> = text.chars().collect();
            let at = cut.index(chars.len());
            let changed: String =
                chars[..at].iter().copied().chain(noise.chars()).chain(chars[at..].iter().copied().skip(len)).collect();
            if let Ok(article) = try_read(format, name, &changed) {
                document_of(article);
            }
        }
    }
}
