//! Articles of any length with any number of annotations, of our own words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hashiya::formats::schema_file;
use hashiya::model::{
    Annotation, Body, Claim, Document, Edit, Entity, Fragments, Origin, Schema, Timestamp, Transaction,
};
use hashiya::store;
use hashiya::text::{Segmentation, TokenKind};

/// Sentences of which the shipped rules know some names: what is not annotated is suggested.
const SENTENCES: [&str; 5] = [
    "وصل وزير النقل إلى بيروت صباح أمس للمشاركة في اجتماع يناقش عودة الميناء إلى العمل.",
    "وقالت وكالة «نبأ» إن NATO لم تشارك في الاجتماع (الأول) الذي عقد في مسقط سنة 2024.",
    "وأضاف المتحدث: \"لا نتوقع تأخيرا يزيد على 3 أسابيع\"، وفق ما نقلته صحيفة محلية.",
    "والتقت ريم القصاب وفدا من الأردن ومصر في مبنى البلدية، ولم تصدر بعد اللقاء أي بيانات.",
    "وقال سامر الحداد إن الاتفاق سيوقع قريبا في تونس، ثم ينتقل الوفدان إلى الخرطوم.",
];

/// The labels of mentions, in turn.
const LABELS: [&str; 4] = ["PERS", "GPE", "ORG", "LOC"];

/// Returns a text of about `len` bytes: paragraphs of one to three sentences.
fn text(len: usize) -> String {
    let mut text = String::with_capacity(len + 400);
    let mut n = 0;
    while text.len() < len {
        text.push_str(SENTENCES[n % SENTENCES.len()]);
        text.push(if n % 7 % 3 == 1 { ' ' } else { '\n' });
        n += 1;
    }
    text
}

/// Writes an article and its annotation file and returns the article's path.
pub(crate) fn write(folder: &Path, len: usize, annotations: usize) -> PathBuf {
    let path = folder.join(format!("{}kb-{annotations}.txt", len / 1000));
    store::write(&path, text(len).as_bytes(), None).unwrap();
    let (source, identity) = store::read_text(&path, None).unwrap();
    let segmentation = Segmentation::new(&source);
    let mut document = Document::new(source, identity);
    let schema = schema_file::default_schema();
    let edits = edits(&document, &segmentation, &schema, annotations);
    document.apply(&Transaction::new("Annotate", edits)).unwrap();
    let beside = store::annotation_path(&path);
    store::save(&beside, &document, "bench", &schema, None).unwrap();
    path
}

/// Mentions on words spread evenly over the text, every third over two words, so that some cross; every tenth
/// annotation is a claim over some words more.
fn edits(document: &Document, segmentation: &Segmentation, schema: &Schema, count: usize) -> Vec<Edit> {
    let words: Vec<_> = segmentation.tokens().iter().filter(|token| token.kind == TokenKind::Word).collect();
    let claim = schema.claim_label().unwrap().id.clone();
    let mut id = document.fresh_annotation_id();
    let mut edits = Vec::with_capacity(count);
    for n in 0..count {
        let first = n * words.len().saturating_sub(8) / count;
        let more = if n % 10 == 9 { 6 } else { usize::from(n % 3 == 0) };
        let range = words[first].range.cover(words[first + more].range);
        let fragments = Fragments::single(range).unwrap();
        let body = if n % 10 == 9 {
            Body::Claim(Claim { label: claim.clone(), content: fragments, roles: BTreeMap::new() })
        } else {
            Body::Entity(Entity { label: LABELS[n % LABELS.len()].into(), fragments })
        };
        edits.push(Edit::Insert(Annotation {
            id,
            body,
            attributes: BTreeMap::new(),
            note: "".into(),
            origin: Origin::Human,
            created: Timestamp::from_millis(1_700_000_000_000),
            modified: Timestamp::from_millis(1_700_000_000_000),
        }));
        id = id.next();
    }
    edits
}
