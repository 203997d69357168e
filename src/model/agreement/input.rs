//! What is compared: one annotator's work on one article, as far as agreement is about it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::model::{AttributeValue, Body, Decision, Document, Fragments, LabelId, LabelKind};
use crate::text::{CharOffset, SourceText};

/// One annotator's work on one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotatedArticle {
    /// SHA-256 of the article's bytes, in lower-case hexadecimal. Only work on one text is compared.
    pub sha256: Arc<str>,
    /// The length of the text in chars.
    pub chars: u32,
    /// Mentions and claims, in any order.
    pub marks: Vec<Mark>,
    /// The suggestions that were decided, in any order.
    pub decisions: Vec<DecidedSuggestion>,
}

impl AnnotatedArticle {
    /// Returns the work that a document holds.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let source = document.source();
        let mark = |annotation: &Arc<crate::model::Annotation>| {
            let kind = match annotation.body {
                Body::Entity(_) => LabelKind::Entity,
                Body::Claim(_) => LabelKind::Claim,
            };
            Some(Mark {
                kind,
                label: annotation.body.label().clone(),
                fragments: CharFragments::of(annotation.body.fragments(), source)?,
                attributes: annotation.attributes.clone(),
            })
        };
        let decisions = document.decisions().filter_map(|record| {
            Some(DecidedSuggestion {
                label: record.key.label.clone(),
                fragments: CharFragments::of(&record.key.fragments, source)?,
                is_accepted: matches!(record.decision, Decision::Accepted(_)),
            })
        });
        Self {
            sha256: Arc::clone(&document.article().sha256),
            chars: source.len_chars().get(),
            marks: document.annotations().iter().filter_map(mark).collect(),
            decisions: decisions.collect(),
        }
    }

    /// Returns the length of the text, in which every mark has its place.
    pub(super) fn length(&self) -> u32 {
        let ends = self.marks.iter().map(|mark| mark.fragments.end().get());
        ends.fold(self.chars, u32::max)
    }
}

/// An article with what each annotator made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedArticle {
    /// The article's name.
    pub name: Arc<str>,
    /// The work of each annotator, in the order of the annotators; `None` for those who do not have the article.
    pub work: Vec<Option<AnnotatedArticle>>,
}

/// A mention, or a claim by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whether it is a mention or a claim; the two are never compared with each other.
    pub kind: LabelKind,
    /// Its label.
    pub label: LabelId,
    /// Where it stands: a mention's span, a claim's content.
    pub fragments: CharFragments,
    /// Its attributes.
    pub attributes: BTreeMap<Arc<str>, AttributeValue>,
}

/// What was decided on a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedSuggestion {
    /// The suggested label.
    pub label: LabelId,
    /// Where it was suggested.
    pub fragments: CharFragments,
    /// Whether it was accepted, with whatever edges and label.
    pub is_accepted: bool,
}

/// The pieces of a span in chars: at least one, in text order, none empty, none overlapping; pieces that meet are one.
///
/// Ordered by start, longer hull first, then piece by piece: the reading order of nested spans.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CharFragments(SmallVec<[(CharOffset, CharOffset); 1]>);

impl CharFragments {
    /// Returns the span of the given half-open pieces; `None` where there is none, one is empty, or two overlap.
    #[must_use]
    pub fn new(pieces: impl IntoIterator<Item = (CharOffset, CharOffset)>) -> Option<Self> {
        let mut sorted: SmallVec<[(CharOffset, CharOffset); 1]> = pieces.into_iter().collect();
        sorted.sort_unstable();
        let mut joined: SmallVec<[(CharOffset, CharOffset); 1]> = SmallVec::new();
        for (start, end) in sorted {
            match joined.last_mut() {
                _ if start >= end => return None,
                Some(last) if start < last.1 => return None,
                Some(last) if start == last.1 => last.1 = end,
                _ => joined.push((start, end)),
            }
        }
        (!joined.is_empty()).then_some(Self(joined))
    }

    /// Returns a span of the article in chars.
    fn of(fragments: &Fragments, source: &SourceText) -> Option<Self> {
        let piece = |range: &crate::text::TextRange| {
            (source.char_from_byte(range.start()), source.char_from_byte(range.end()))
        };
        Self::new(fragments.ranges().iter().map(piece))
    }

    /// Returns the pieces in text order, half-open.
    #[must_use]
    pub fn pieces(&self) -> &[(CharOffset, CharOffset)] {
        &self.0
    }

    /// Returns where the first piece starts.
    #[must_use]
    pub fn start(&self) -> CharOffset {
        self.0[0].0
    }

    /// Returns where the last piece ends.
    #[must_use]
    pub fn end(&self) -> CharOffset {
        self.0[self.0.len() - 1].1
    }

    /// Returns the number of chars that both cover.
    #[must_use]
    pub fn shared(&self, other: &Self) -> u32 {
        let overlap = |a: &(CharOffset, CharOffset), b: &(CharOffset, CharOffset)| {
            a.1.min(b.1).get().saturating_sub(a.0.max(b.0).get())
        };
        self.0.iter().map(|a| other.0.iter().map(|b| overlap(a, b)).sum::<u32>()).sum()
    }
}

impl Ord for CharFragments {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.start().cmp(&other.start()).then(other.end().cmp(&self.end())).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for CharFragments {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for CharFragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}
