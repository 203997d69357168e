//! The objects of a line; the order of the fields is the order in the file.

use std::collections::BTreeMap;

use serde::Serialize;

/// A pair of char offsets.
pub(super) type Pair = [u32; 2];

#[derive(Serialize)]
pub(super) struct SuggestionsLine<'a> {
    pub(super) id: &'a str,
    pub(super) text: &'a str,
    pub(super) spans: Vec<SpanLine<'a>>,
}

#[derive(Serialize)]
pub(super) struct DocumentLine<'a> {
    pub(super) id: &'a str,
    pub(super) text: &'a str,
    pub(super) spans: Vec<SpanLine<'a>>,
    pub(super) annotator: &'a str,
    pub(super) schema: &'a str,
    pub(super) article: ArticleLine<'a>,
    pub(super) relations: Vec<RelationLine<'a>>,
    pub(super) decisions: Vec<DecisionLine<'a>>,
    pub(super) orphans: Vec<OrphanLine<'a>>,
    #[serde(skip_serializing_if = "HeadLine::is_empty")]
    pub(super) unknown: HeadLine<'a>,
}

/// What the annotation file says beside its records that this version does not know, as RON.
#[derive(Serialize)]
pub(super) struct HeadLine<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) file: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) article: &'a str,
}

impl HeadLine<'_> {
    fn is_empty(&self) -> bool {
        self.file.is_empty() && self.article.is_empty()
    }
}

#[derive(Serialize)]
pub(super) struct ArticleLine<'a> {
    pub(super) file: &'a str,
    pub(super) sha256: &'a str,
    pub(super) encoding: String,
    pub(super) chars: u32,
}

#[derive(Serialize)]
pub(super) struct SpanLine<'a> {
    pub(super) kind: &'static str,
    pub(super) label: &'a str,
    pub(super) start: u32,
    pub(super) end: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fragments: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cue: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) roles: BTreeMap<&'a str, Vec<FillerLine>>,
    pub(super) text: &'a str,
    pub(super) rule: &'a str,
    pub(super) pack: &'a str,
    pub(super) confidence: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attributes: Option<BTreeMap<&'a str, ValueLine<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) explanation: Option<ExplanationLine<'a>>,
    /// Fields of its record that this version does not know, as RON.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) unknown: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FillerLine {
    Span(Vec<Pair>),
    Entity(String),
    Author,
    Unnamed,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::formats) enum ValueLine<'a> {
    Flag(bool),
    Integer(i64),
    Text(&'a str),
}

#[derive(Serialize)]
pub(super) struct ExplanationLine<'a> {
    pub(super) pieces: Vec<PieceLine<'a>>,
    pub(super) guards: Vec<&'a str>,
    pub(super) losers: Vec<LoserLine<'a>>,
}

#[derive(Serialize)]
pub(super) struct PieceLine<'a> {
    pub(super) element: &'a str,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) form: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) proclitic: &'a str,
}

#[derive(Serialize)]
pub(super) struct LoserLine<'a> {
    pub(super) rule: &'a str,
    pub(super) label: &'a str,
    pub(super) fragments: Vec<Pair>,
    pub(super) reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct RelationLine<'a> {
    pub(super) id: String,
    pub(super) label: &'a str,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) created: String,
    /// Fields of its record that this version does not know, as RON.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) unknown: &'a str,
}

#[derive(Serialize)]
pub(super) struct DecisionLine<'a> {
    pub(super) decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotation: Option<String>,
    pub(super) label: &'a str,
    pub(super) fragments: Vec<Pair>,
    pub(super) rule: &'a str,
    pub(super) pack: &'a str,
    pub(super) at: String,
    /// Fields of its record that this version does not know, as RON.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) unknown: &'a str,
}

#[derive(Serialize)]
pub(super) struct OrphanLine<'a> {
    pub(super) id: String,
    pub(super) label: &'a str,
    pub(super) quote: &'a str,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) reason: &'a str,
    pub(super) record: &'a str,
    /// Fields of its record that this version does not know, as RON.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) unknown: &'a str,
}
