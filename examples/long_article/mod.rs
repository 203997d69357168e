//! An article of any length in made-up words, with as many annotations and places for suggestions as are asked for.
//!
//! The words are syllables put together by a fixed sequence of numbers: the same size gives the same article.

use std::path::Path;
use std::sync::Arc;

use hashiya::formats::schema_file;
use hashiya::model::{
    Annotation, Body, Document, Edit, Entity, Fragments, Origin, Timestamp, Transaction, UnknownFields,
};
use hashiya::store::{self, OpenOptions};
use hashiya::text::TextRange;

const SYLLABLES: [&str; 24] = [
    "با", "تو", "ثي", "جر", "حل", "خم", "دو", "ذن", "را", "زي", "سو", "شب", "صا", "ضر", "طي", "عو", "غا",
    "فن", "قي", "كم", "لو", "ما", "ني", "هر",
];

/// Names of countries, which the shipped rules suggest.
const SUGGESTED: [&str; 6] = ["ليبيا", "قطر", "الأردن", "المغرب", "تونس", "عمان"];

const LABELS: [&str; 4] = ["PERS", "ORG", "GPE", "FAC"];

/// How large an article is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// The length of its text, in bytes; a sentence more at most.
    pub(crate) bytes: usize,
    /// How many words are annotated.
    pub(crate) annotations: usize,
    /// How many words the rules suggest something for.
    pub(crate) suggestions: usize,
}

/// Returns the text, and the words in it that are annotated.
#[must_use]
pub(crate) fn text(size: Size) -> (String, Vec<TextRange>) {
    let mut text = String::with_capacity(size.bytes + 1024);
    let mut annotated = Vec::with_capacity(size.annotations);
    let (mut state, mut suggested, mut words) = (0x9E37_79B9_u64, 0, 0_usize);
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    // Whether, of `all` things spread evenly over the text, fewer are done than should be at this place.
    let is_due = |done: usize, all: usize, at: usize| {
        done < all && done as u128 * size.bytes as u128 <= at as u128 * all as u128
    };
    while text.len() < size.bytes {
        let start = text.len();
        if is_due(suggested, size.suggestions, start) {
            text.push_str(SUGGESTED[suggested % SUGGESTED.len()]);
            suggested += 1;
        } else {
            // Five syllables make eight million words: hardly one stands twice, and none is a name that rules know.
            for _ in 0..5 {
                text.push_str(SYLLABLES[next(SYLLABLES.len())]);
            }
            if is_due(annotated.len(), size.annotations, start) {
                annotated.push(TextRange::from_indices(start, text.len()));
            }
        }
        words += 1;
        text.push_str(match words {
            n if n % 84 == 0 => ".\n",
            n if n % 12 == 0 => ". ",
            n if n % 7 == 0 => "، ",
            _ => " ",
        });
    }
    (text, annotated)
}

/// Writes an article of a size with its annotation file.
///
/// # Errors
///
/// When one of them cannot be written, or what was written does not open.
pub(crate) fn write(path: &Path, size: Size) -> Result<Document, Box<dyn std::error::Error>> {
    let schema = schema_file::default_schema();
    let (text, annotated) = text(size);
    store::write(path, text.as_bytes(), None)?;
    let opened = store::open(path, OpenOptions::default(), &schema)?;
    let mut document = opened.document;
    let mut id = document.fresh_annotation_id();
    let mut edits = Vec::with_capacity(annotated.len());
    for (i, place) in annotated.into_iter().enumerate() {
        let entity = Entity { label: LABELS[i % LABELS.len()].into(), fragments: Fragments::single(place)? };
        let now = Timestamp::from_millis(1_700_000_000_000);
        edits.push(Edit::Insert(Annotation {
            id,
            body: Body::Entity(entity),
            attributes: std::collections::BTreeMap::new(),
            note: Arc::default(),
            origin: Origin::Human,
            created: now,
            modified: now,
            unknown: UnknownFields::NONE,
        }));
        id = id.next();
    }
    document.apply(&Transaction { description: "made".into(), edits })?;
    store::save(&opened.annotation_path, &document, "made-up", &schema, None)?;
    Ok(document)
}
