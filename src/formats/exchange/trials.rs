//! For the tests of all formats: documents of any shape, and the way out and back in.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::formats::annotation_file::tests::{annotation, identity, schema};
use crate::model::{
    AnnotationId, AttributeValue, Body, Claim, Edit, Entity, Fragments, Origin, Relation, RelationId,
    RoleFiller, RoleId, Timestamp, Transaction, UnknownFields,
};
use crate::text::{SourceText, TextRange};

/// What texts are made of: two scripts, astral letters, marks, joined emoji, every kind of line end, and what formats
/// give a meaning to.
const PARTS: &str = "([ء-ي]{1,4}|[a-z]{1,3}|[0-9]{1,2}| | |\r\n|\n|\r|\t|\u{b}|\u{85}|\u{2028}|\u{feff}|\u{200f}|\u{200c}\
                     |\u{64e}|e\u{301}|𐤀𐤁|👩‍👩‍👧|🇱🇾|\u{a0}|[-\"\\\\&<>;:#%_|*.=\\[\\]]){1,50}";

/// The seeds of an annotation: where it stands, what it is, what else it says.
type Seeds = ([Index; 4], u8, u8, Index);

fn seeds() -> impl Strategy<Value = Vec<Seeds>> {
    let places = [any::<Index>(), any::<Index>(), any::<Index>(), any::<Index>()];
    prop::collection::vec((places, any::<u8>(), any::<u8>(), any::<Index>()), 0..10)
}

prop_compose! {
    /// Documents with nested, crossing, equal and discontinuous spans, claims with every kind of filler, references
    /// between claims, relations, attributes, notes and origins, of the schema of the annotation file's tests.
    pub(crate) fn documents()(text in PARTS, notes in "[ -~ء-ي👍\n\t]{0,8}", seeds in seeds()) -> Document {
        document(&text, &notes, &seeds)
    }
}

fn document(text: &str, notes: &str, seeds: &[Seeds]) -> Document {
    let mut document = Document::new(SourceText::new(text), identity());
    let gaps: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
    let mut edits = Vec::new();
    // Ids go down, so that the order of ids is not the order of anything else.
    let ids: Vec<AnnotationId> =
        (0..seeds.len()).rev().filter_map(|n| AnnotationId::new(u32::try_from(n).unwrap_or(0) + 1)).collect();
    let mut claims = Vec::new();
    for (n, (places, kind, extras, other)) in seeds.iter().enumerate() {
        let mut ends = places.map(|place| gaps[place.index(gaps.len())]);
        ends.sort_unstable();
        let range = |a: usize, b: usize| TextRange::from_indices(ends[a], ends[b]);
        let whole = if kind & 8 == 0 { vec![range(0, 1), range(2, 3)] } else { vec![range(0, 3)] };
        let Ok(fragments) = Fragments::new(whole).or_else(|_| Fragments::single(range(0, 3))) else {
            continue;
        };
        let label = if kind & 4 == 0 { "PERS" } else { "GPE" }.into();
        let body = if kind % 4 == 0 {
            claims.push(ids[n]);
            let mut roles = BTreeMap::<RoleId, Vec<RoleFiller>>::new();
            let mut fill = |role: &str, filler| roles.entry(role.into()).or_default().push(filler);
            if let Ok(cue) = Fragments::single(range(1, 2)) {
                fill("CUE", RoleFiller::Span(cue));
            }
            if extras & 1 == 0 {
                fill("SOURCE", RoleFiller::Span(fragments.clone()));
            }
            fill("SOURCE", if extras & 2 == 0 { RoleFiller::Author } else { RoleFiller::Unnamed });
            if let Some(Edit::Insert(named)) = edits.get(other.index(edits.len().max(1))) {
                fill("SOURCE", RoleFiller::Entity(named.id));
            }
            Body::Claim(Claim { label: "CLAIM".into(), content: fragments, roles })
        } else {
            Body::Entity(Entity { label, fragments })
        };
        let mut annotation = annotation(ids[n].get(), body);
        let mut set = |id: &str, value| annotation.attributes.insert(Arc::from(id), value);
        if extras & 4 == 0 {
            set("mention", AttributeValue::Choice("nominal".into()));
        }
        if extras & 8 == 0 {
            set("uncertain", AttributeValue::Flag);
        }
        if extras & 16 == 0 {
            set("checkworthy", AttributeValue::Integer(i64::from(extras % 4)));
        }
        if extras & 32 == 0 {
            set("venue_note", AttributeValue::Text(notes.into()));
        }
        if extras & 64 == 0 {
            annotation.note = notes.into();
        }
        if extras & 128 == 0 {
            annotation.origin = Origin::Rule { rule: "ar/pers".into(), pack: "ar-news@1".into() };
        }
        edits.push(Edit::Insert(annotation));
    }
    for (n, (id, pair)) in (1..).zip(claims.windows(2)).enumerate() {
        edits.push(Edit::Link(Relation {
            id: RelationId::new(id).expect("not zero"),
            label: "same_as".into(),
            from: pair[n % 2],
            to: pair[1 - n % 2],
            created: Timestamp::from_millis(1_700_000_000_123),
            unknown: UnknownFields::NONE,
        }));
    }
    document.apply(&Transaction::new("Any", edits)).expect("it fits");
    document
}

/// Returns what an export of a document writes, by file, and what it could not keep.
pub(crate) fn exported(
    format: &'static Format,
    options: ExportOptions,
    document: &Document,
) -> (BTreeMap<String, Vec<u8>>, Losses) {
    let schema = schema();
    let mut exporter = Exporter::new(format, &options).expect("a format that is written");
    let mut output = Output::default();
    let export = Export { name: "port.txt", document, annotator: "amal", schema: &schema };
    exporter.article(&export, &mut output).expect("writable");
    let losses = exporter.finish(&schema, &mut output).expect("writable");
    for (loss, _) in losses.iter() {
        assert!(format.losses.contains(&loss), "{}: {loss:?} is not in its row", format.name);
    }
    let mut files = BTreeMap::<String, Vec<u8>>::new();
    for (name, bytes) in output.take() {
        files.entry(name).or_default().extend(bytes);
    }
    (files, losses)
}

/// Returns the articles that a format reads from files, each with why it could not be read.
pub(crate) fn imported(
    format: &'static Format,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<ImportedArticle>, ImportError> {
    let schema = schema();
    let options = ImportOptions {
        schema: &schema,
        now: Timestamp::from_millis(1_700_000_000_123),
        unit: OffsetUnit::CodePoint,
        encoding: None,
        text_column: None,
    };
    let reader = format.reader.expect("a format that is read");
    let mut articles = Vec::new();
    for (name, bytes) in files {
        if !reader.extensions().iter().any(|extension| name.ends_with(&format!(".{extension}"))) {
            continue;
        }
        match reader {
            Reader::File { read, .. } => {
                let beside = |name: &str| files.get(name).cloned();
                let file = ImportFile { name, bytes, beside: &beside };
                read(&file, &options, &mut |article| articles.push(article))?;
            }
            Reader::Lines { read, .. } => {
                let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                articles.extend(lines.map(|line| read(line, &options)));
            }
        }
    }
    articles.into_iter().collect()
}

/// Returns the document of the first layer of an article.
pub(crate) fn document_of(article: ImportedArticle) -> Document {
    let layer = article.layers.into_iter().next().unwrap_or_default();
    layer.into_document(article.text, identity()).expect("it fits together")
}

/// Writes, reads and writes again; both files must be equal. Returns the document that was read.
pub(crate) fn assert_round_trip(
    format: &'static Format,
    options: ExportOptions,
    document: &Document,
) -> Document {
    let (first, _) = exported(format, options, document);
    let mut articles = imported(format, &first).expect("what was written is read");
    assert_eq!(articles.len(), 1);
    let article = articles.remove(0);
    assert_eq!(article.warnings, []);
    assert_eq!(article.name, "port.txt");
    let back = document_of(article);
    let (second, _) = exported(format, options, &back);
    for (name, bytes) in &first {
        let again = second.get(name).map(|bytes| String::from_utf8_lossy(bytes));
        assert_eq!(again, Some(String::from_utf8_lossy(bytes)), "{name}");
    }
    back
}
