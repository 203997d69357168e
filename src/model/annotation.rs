//! Annotations: entity mentions, claims and the relations between them.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use smallvec::SmallVec;
use thiserror::Error;

use crate::text::{ByteOffset, TextRange};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the name as a value; whether the schema knows it is checked where it meets a schema.
            #[must_use]
            pub fn new(name: impl Into<Arc<str>>) -> Self {
                Self(name.into())
            }

            /// Returns the name as in files.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

name_type!(
    /// The id of a label (`PERS`, `CLAIM`) or of a kind of relation (`same_as`) in the schema.
    LabelId
);
name_type!(
    /// The id of a claim's role in the schema (`CONTENT`, `SOURCE`).
    RoleId
);

impl RoleId {
    /// What is claimed; every claim has it.
    pub const CONTENT: &'static str = "CONTENT";
    /// Who claims it.
    pub const SOURCE: &'static str = "SOURCE";
    /// The word that says that it is claimed.
    pub const CUE: &'static str = "CUE";
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The first id that a document gives.
            pub const FIRST: Self = Self(NonZeroU32::MIN);

            /// The highest id that a file may have: behind it is room for all that a document can be given.
            pub const HIGHEST: Self = Self(NonZeroU32::MIN.saturating_add(3_999_999_999));

            /// Returns the id with this number; `None` for 0.
            #[must_use]
            pub const fn new(number: u32) -> Option<Self> {
                match NonZeroU32::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// Returns the number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0.get()
            }

            /// Returns the id after this one.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }

            /// Returns the id of its written form (a letter and a number, as displayed); `None` for anything else,
            /// and for what lies beyond [`Self::HIGHEST`].
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.strip_prefix($prefix).filter(|digits| !digits.starts_with('+'))?;
                Self::new(digits.parse().ok()?).filter(|id| *id <= Self::HIGHEST)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

id_type!(
    /// Names an annotation within its document (`a12`); never given twice, restored by undo.
    AnnotationId,
    "a"
);
id_type!(
    /// Names a relation within its document (`r3`); never given twice, restored by undo.
    RelationId,
    "r"
);

/// A point in time: milliseconds since the Unix epoch. Handed in from outside; the model reads no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the time `ms` milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Returns the milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }
}

/// Why ranges are no span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FragmentsError {
    /// No range at all.
    #[error("a span needs at least one fragment")]
    None,
    /// A range without text.
    #[error("the fragment at byte {at} is empty")]
    Empty {
        /// Where.
        at: ByteOffset,
    },
    /// Two ranges share text.
    #[error("the fragments {first} and {second} overlap")]
    Overlap {
        /// The earlier.
        first: TextRange,
        /// The later.
        second: TextRange,
    },
}

/// The pieces of a span in text order: at least one, none empty, none overlapping. More than one make a
/// discontinuous span.
///
/// Ordered by start, longer hull first, then piece by piece: the reading order of nested spans.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fragments(SmallVec<[TextRange; 1]>);

impl Fragments {
    /// Returns a span of one piece.
    ///
    /// # Errors
    ///
    /// When the range is empty.
    pub fn single(range: TextRange) -> Result<Self, FragmentsError> {
        if range.is_empty() {
            Err(FragmentsError::Empty { at: range.start() })
        } else {
            Ok(Self(SmallVec::from_buf([range])))
        }
    }

    /// Returns a span of the given pieces, sorted; pieces that meet become one.
    ///
    /// # Errors
    ///
    /// When there is none, one is empty, or two overlap.
    pub fn new(mut ranges: Vec<TextRange>) -> Result<Self, FragmentsError> {
        ranges.sort_unstable();
        let mut pieces: Vec<TextRange> = Vec::with_capacity(ranges.len());
        for range in ranges {
            if range.is_empty() {
                return Err(FragmentsError::Empty { at: range.start() });
            }
            match pieces.last_mut() {
                Some(last) if last.overlaps(range) => {
                    return Err(FragmentsError::Overlap { first: *last, second: range });
                }
                Some(last) if last.end() == range.start() => *last = last.cover(range),
                _ => pieces.push(range),
            }
        }
        if pieces.is_empty() { Err(FragmentsError::None) } else { Ok(Self(pieces.into())) }
    }

    /// Returns the pieces in text order.
    #[must_use]
    pub fn ranges(&self) -> &[TextRange] {
        &self.0
    }

    /// Returns the smallest range that contains all pieces.
    #[must_use]
    pub fn hull(&self) -> TextRange {
        self.first().cover(self.last())
    }

    /// Returns the first piece.
    #[must_use]
    pub fn first(&self) -> TextRange {
        self.0[0]
    }

    /// Returns the last piece.
    #[must_use]
    pub fn last(&self) -> TextRange {
        self.0[self.0.len() - 1]
    }

    /// Returns whether a piece holds the character after `at`.
    #[must_use]
    pub fn contains(&self, at: ByteOffset) -> bool {
        self.0.iter().any(|r| r.contains(at))
    }

    /// Returns whether the two share at least one character.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().any(|a| other.0.iter().any(|b| a.overlaps(*b)))
    }
}

impl Ord for Fragments {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b) = (self.hull(), other.hull());
        a.start().cmp(&b.start()).then(b.end().cmp(&a.end())).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Fragments {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Fragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

/// A mention: a span with a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The label, of kind entity.
    pub label: LabelId,
    /// Where it stands.
    pub fragments: Fragments,
}

/// What fills a role of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleFiller {
    /// A span of the article.
    Span(Fragments),
    /// An annotated mention of the same article.
    Entity(AnnotationId),
    /// The article's author.
    Author,
    /// Somebody whom the article does not name ("it is said").
    Unnamed,
}

/// Who claims what: content, source, cue and what else the schema's roles allow, as one object.
///
/// The content is always there and is a span; its hull is where the claim stands in text order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The label, of kind claim.
    pub label: LabelId,
    /// What is claimed.
    pub content: Fragments,
    /// The other roles, each with its fillers in the order in which they were given. No entry is empty.
    pub roles: BTreeMap<RoleId, Vec<RoleFiller>>,
}

impl Claim {
    /// Returns the fillers of a role other than the content; empty where the role is not filled.
    #[must_use]
    pub fn role(&self, role: &str) -> &[RoleFiller] {
        self.roles.get(&RoleId::from(role)).map_or(&[], Vec::as_slice)
    }

    /// Returns the spans that fill a role other than the content.
    pub fn role_spans<'a>(&'a self, role: &str) -> impl Iterator<Item = &'a Fragments> {
        self.role(role).iter().filter_map(|filler| match filler {
            RoleFiller::Span(fragments) => Some(fragments),
            _ => None,
        })
    }
}

/// What an annotation says of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A mention.
    Entity(Entity),
    /// A claim.
    Claim(Claim),
}

impl Body {
    /// Returns the label.
    #[must_use]
    pub const fn label(&self) -> &LabelId {
        match self {
            Self::Entity(entity) => &entity.label,
            Self::Claim(claim) => &claim.label,
        }
    }

    /// Returns where it stands: a mention's span, a claim's content.
    #[must_use]
    pub const fn fragments(&self) -> &Fragments {
        match self {
            Self::Entity(entity) => &entity.fragments,
            Self::Claim(claim) => &claim.content,
        }
    }

    /// Returns the claim, where it is one.
    #[must_use]
    pub const fn as_claim(&self) -> Option<&Claim> {
        match self {
            Self::Claim(claim) => Some(claim),
            Self::Entity(_) => None,
        }
    }

    /// Returns every span it refers to: its own, and those that fill a claim's roles.
    pub fn spans(&self) -> impl Iterator<Item = &Fragments> {
        let fillers = self.as_claim().into_iter().flat_map(|c| c.roles.values().flatten());
        std::iter::once(self.fragments()).chain(fillers.filter_map(|filler| match filler {
            RoleFiller::Span(fragments) => Some(fragments),
            _ => None,
        }))
    }

    /// Returns the hull of all its spans.
    #[must_use]
    pub fn extent(&self) -> TextRange {
        self.spans().map(Fragments::hull).fold(self.fragments().hull(), TextRange::cover)
    }

    /// Returns the annotations that fill its roles.
    pub fn references(&self) -> impl Iterator<Item = AnnotationId> {
        let fillers = self.as_claim().into_iter().flat_map(|c| c.roles.values().flatten());
        fillers.filter_map(|filler| match filler {
            RoleFiller::Entity(id) => Some(*id),
            _ => None,
        })
    }
}

/// Where an annotation comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Made by hand.
    Human,
    /// Suggested by a rule and accepted, perhaps with other edges or another label.
    Rule {
        /// The rule's id with its pack's name (`ar/gpe-gazetteer`).
        rule: Arc<str>,
        /// The pack and its version (`ar-news@1`).
        pack: Arc<str>,
    },
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributeValue {
    /// Set, for an attribute that is a flag.
    Flag,
    /// One of the schema's choices.
    Choice(Arc<str>),
    /// A number within the schema's bounds.
    Integer(i64),
    /// Free text.
    Text(Arc<str>),
}

/// Fields of a record that this version of the program does not know, as they stand in its file; most records have none.
///
/// They belong to their record: they go where it goes, come back by undo, and are gone when it is removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnknownFields(Option<Arc<str>>);

impl UnknownFields {
    /// What a record has of which every field is known.
    pub const NONE: Self = Self(None);

    /// Returns fields of the given text.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(Some(text.into()).filter(|text| !text.is_empty()))
    }

    /// Returns the text, empty where there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// Returns whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// One annotation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Its name within the document.
    pub id: AnnotationId,
    /// What it says of the text.
    pub body: Body,
    /// Attributes by the schema's ids.
    pub attributes: BTreeMap<Arc<str>, AttributeValue>,
    /// A remark of the annotator's, empty where there is none.
    pub note: Arc<str>,
    /// Where it comes from.
    pub origin: Origin,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// What its file says of it that this version does not know.
    pub unknown: UnknownFields,
}

impl Annotation {
    /// Returns the order of annotations in a document: by start, longer first, then by id.
    #[must_use]
    pub fn reading_order(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b) = (self.body.fragments().hull(), other.body.fragments().hull());
        a.start().cmp(&b.start()).then(b.end().cmp(&a.end())).then(self.id.cmp(&other.id))
    }
}

/// A directed link between two annotations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name within the document.
    pub id: RelationId,
    /// The kind, as in the schema's relations.
    pub label: LabelId,
    /// Where it starts.
    pub from: AnnotationId,
    /// Where it leads.
    pub to: AnnotationId,
    /// When it was made.
    pub created: Timestamp,
    /// What its file says of it that this version does not know.
    pub unknown: UnknownFields,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: usize, end: usize) -> TextRange {
        TextRange::from_indices(start, end)
    }

    #[test]
    fn pieces_are_sorted_and_joined_where_they_meet() {
        let span = Fragments::new(vec![range(8, 10), range(0, 4), range(4, 6)]).expect("apart");
        assert_eq!(span.ranges(), [range(0, 6), range(8, 10)]);
        assert_eq!(span.hull(), range(0, 10));
    }

    #[test]
    fn overlapping_or_empty_pieces_are_refused() {
        assert!(matches!(
            Fragments::new(vec![range(0, 4), range(2, 6)]),
            Err(FragmentsError::Overlap { .. })
        ));
        assert!(matches!(Fragments::single(range(3, 3)), Err(FragmentsError::Empty { .. })));
        assert_eq!(Fragments::new(vec![]), Err(FragmentsError::None));
    }

    #[test]
    fn the_longer_of_two_spans_with_one_start_comes_first() {
        let long = Fragments::single(range(0, 9)).expect("not empty");
        let short = Fragments::single(range(0, 4)).expect("not empty");
        assert!(long < short);
    }

    #[test]
    fn ids_read_back_what_they_write() {
        let id = AnnotationId::new(12).expect("not zero");
        assert_eq!(id.to_string(), "a12");
        assert_eq!(AnnotationId::parse("a12"), Some(id));
        assert_eq!(AnnotationId::parse("r12"), None);
        assert_eq!(AnnotationId::parse("a0"), None);
    }
}
