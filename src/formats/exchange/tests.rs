use super::*;
use crate::formats::annotation_file::tests::{identity, sample, schema};
use crate::model::{AnnotationId, Body, Timestamp};

/// Returns what an export of the documents writes, by file.
fn written(format: &'static Format, documents: &[Document]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let schema = schema();
    let mut exporter = Exporter::new(format, &ExportOptions::default()).expect("a format that is written");
    let mut output = Output::default();
    for (n, document) in documents.iter().enumerate() {
        let name = format!("port{n}.txt");
        let export = Export { name: &name, document, annotator: "amal", schema: &schema };
        exporter.article(&export, &mut output).expect("writable");
    }
    let losses = exporter.finish(&schema, &mut output).expect("writable");
    for (loss, _) in losses.iter() {
        assert!(format.losses.contains(&loss), "{}: {loss:?} is not in its row", format.name);
    }
    let mut files = std::collections::BTreeMap::<String, Vec<u8>>::new();
    for (name, bytes) in output.take() {
        files.entry(name).or_default().extend(bytes);
    }
    files
}

fn options(schema: &Schema) -> ImportOptions<'_> {
    ImportOptions {
        schema,
        now: Timestamp::from_millis(1_700_000_000_123),
        unit: OffsetUnit::CodePoint,
        encoding: None,
        text_column: None,
    }
}

#[test]
fn every_format_writes_one_of_everything() {
    for format in FORMATS.iter().filter(|format| format.writer.is_some()) {
        let files = written(format, &[sample()]);
        assert!(!files.is_empty(), "{}", format.name);
        // In tables it is compressed.
        let all: Vec<u8> = files.into_values().flatten().collect();
        let has_text = format.name == "parquet" || String::from_utf8_lossy(&all).contains("سليم");
        assert!(has_text, "{}", format.name);
    }
}

#[test]
fn a_misspelt_format_finds_the_nearest() {
    let message = format("josnl").expect_err("misspelt").to_string();
    assert!(
        message.starts_with("there is no format `josnl` (did you mean `jsonl`?); there are "),
        "{message}"
    );
}

#[test]
fn a_flat_document_comes_back_as_it_was() {
    let document = sample();
    let schema = schema();
    for flat in [flatten(&document), flatten(&document).split()] {
        let drafts = Drafts {
            spans: flat.spans.iter().map(|span| DraftSpan::new(span.label, span.fragments.clone())).collect(),
            links: flat.links.iter().map(|link| (link.label.to_owned(), link.from, link.to)).collect(),
            implicit: Vec::new(),
        };
        let mut warnings = Vec::new();
        let layer = drafts.into_layer(None, &options(&schema), &mut warnings);
        assert_eq!(warnings, []);
        let back = layer.into_document(document.source().clone(), identity()).expect("fits");
        assert_eq!(bodies(&back), bodies(&document));
        assert_eq!(back.relations().len(), document.relations().len());
    }
}

/// Returns what the document says of the text, without ids.
fn bodies(document: &Document) -> Vec<String> {
    let name = |id: AnnotationId| document.annotation(id).map(|a| format!("{:?}", a.body.fragments()));
    let text = |body: &Body| {
        let roles = body.as_claim().map(|claim| {
            let fillers = claim.roles.iter().flat_map(|(role, fillers)| {
                fillers.iter().filter_map(move |filler| match filler {
                    crate::model::RoleFiller::Span(span) => Some(format!("{role} {span:?}")),
                    crate::model::RoleFiller::Entity(id) => Some(format!("{role} {:?}", name(*id))),
                    _ => None,
                })
            });
            fillers.collect::<Vec<_>>()
        });
        format!("{} {:?} {roles:?}", body.label(), body.fragments())
    };
    document.annotations().iter().map(|annotation| text(&annotation.body)).collect()
}

/// What readers look for, to be put where it does not belong.
const PIECES: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\t",
    "|",
    "_",
    ";",
    "<",
    "&#0;",
    "-1",
    "4294967296",
    "1e9",
    "null",
    "true",
    "\\u0000",
    "\"start\":9,",
    "\"label\":7,",
    "\"entity\":\"a1\"",
    "\u{feff}",
    "👩",
    "T1\tPERS 0 1\tx\n",
    "E1\tPERS:T1\n",
    "</",
];

proptest::proptest! {
    #[test]
    fn whatever_was_changed_in_a_file_what_is_read_of_it_fits_together(
        places in proptest::collection::vec(
            (proptest::prelude::any::<proptest::sample::Index>(), 0..PIECES.len() + 8, 0..6_usize), 1..5
        ),
        which in proptest::prelude::any::<proptest::sample::Index>(),
    ) {
        for format in FORMATS.iter().filter(|format| format.writer.is_some() && format.reader.is_some()) {
            let (mut files, _) = trials::exported(format, ExportOptions::default(), &sample());
            let name = files.keys().nth(which.index(files.len())).expect("one").clone();
            let bytes = files.get_mut(&name).expect("one");
            for (place, piece, cut) in &places {
                let at = place.index(bytes.len().max(1)).min(bytes.len());
                let end = (at + cut).min(bytes.len());
                let piece = PIECES.get(*piece).map_or_else(Vec::new, |piece| piece.as_bytes().to_vec());
                bytes.splice(at..end, piece);
            }
            let Ok(articles) = trials::imported(format, &files) else { continue };
            for article in articles {
                for warning in &article.warnings {
                    proptest::prop_assert!(warning.message.chars().count() < 1_000, "{}: {warning:?}", format.name);
                }
                for layer in article.layers {
                    let document = layer.into_document(article.text.clone(), identity());
                    proptest::prop_assert!(document.is_ok(), "{}: {document:?}", format.name);
                }
            }
        }
    }
}

#[test]
fn what_fills_only_a_role_of_a_claim_without_a_place_goes_with_it() {
    let document = sample();
    let claim = document.annotations().iter().find(|annotation| annotation.body.as_claim().is_some());
    let content = claim.expect("a claim").body.fragments().clone();
    let flat = flatten(&document).placed(|fragments| (*fragments != content).then(|| fragments.clone()));
    assert_eq!(flat.spans.iter().map(|span| span.label).collect::<Vec<_>>(), ["PERS", "GPE"]);
    assert!(flat.links.is_empty(), "{:?}", flat.links);
}
