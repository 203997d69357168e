//! What a format cannot keep, counted.

use std::collections::BTreeMap;

use crate::model::{Decision, Document, Origin, RoleFiller};

/// Something that a format cannot keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// A relation is not written.
    Relations,
    /// An attribute is not written.
    Attributes,
    /// A note is not written.
    Notes,
    /// A refused suggestion is not written.
    Decisions,
    /// An annotation that fits nowhere in the article is not written.
    Orphans,
    /// Which rule suggested an annotation is not written.
    Origins,
    /// When an annotation was made and changed is not written.
    Times,
    /// A discontinuous span is written as one span for each piece.
    Discontinuous,
    /// A role's filler is not written, or not tied to its claim.
    Roles,
    /// That a role is filled by the author or somebody unnamed is not written.
    ImplicitRoles,
    /// A span inside or across a longer one is not written.
    Nested,
    /// A span that begins or ends inside a token is widened to the token.
    TokenEdges,
    /// A line end, a tab or another control character is written as a space.
    ControlCharacters,
    /// White space at the edges of a span is left out.
    EdgeSpaces,
    /// A span of nothing but white space is not written.
    Blank,
    /// A span that begins or ends inside a grapheme is widened to the grapheme.
    GraphemeEdges,
    /// Nothing is lost, but the other program counts two for each character above U+FFFF in one of its parts.
    WideCharacters,
}

impl Loss {
    /// Returns what is lost, as a phrase that goes behind a count.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Relations => "relations: not written",
            Self::Attributes => "attributes: not written",
            Self::Notes => "notes: not written",
            Self::Decisions => "refused suggestions: not written",
            Self::Orphans => "annotations that fit nowhere in their article: not written",
            Self::Origins => "annotations: written without the rule that suggested them",
            Self::Times => "annotations: written without their times",
            Self::Discontinuous => "discontinuous spans: written as one span for each piece",
            Self::Roles => "fillers of roles: not tied to their claim",
            Self::ImplicitRoles => "roles filled by the author or somebody unnamed: not written",
            Self::Nested => "spans inside or across a longer one: not written",
            Self::TokenEdges => "spans with an edge inside a token: widened to the token",
            Self::ControlCharacters => "line ends and control characters: written as spaces",
            Self::EdgeSpaces => "spans with white space at an edge: written without it",
            Self::Blank => "spans of nothing but white space: not written",
            Self::GraphemeEdges => "spans with an edge inside a grapheme: widened to the grapheme",
            Self::WideCharacters => {
                "characters above U+FFFF: a window that counts UTF-16 units shows the spans behind them one further \
                 left for each; choose the unit utf16 for it"
            }
        }
    }

    /// Returns what is lost, as a word or two for a list.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Relations => "relations",
            Self::Attributes => "attributes",
            Self::Notes => "notes",
            Self::Decisions => "refusals",
            Self::Orphans => "what fits nowhere",
            Self::Origins => "rules",
            Self::Times => "times",
            Self::Discontinuous => "discontinuous spans",
            Self::Roles => "roles",
            Self::ImplicitRoles => "unnamed sources",
            Self::Nested => "nested spans",
            Self::TokenEdges => "edges inside tokens",
            Self::ControlCharacters => "control characters",
            Self::EdgeSpaces => "white space at edges",
            Self::Blank => "spans of white space",
            Self::GraphemeEdges => "edges inside graphemes",
            Self::WideCharacters => "wide characters",
        }
    }

    /// Returns how often a document has what this loss is about; `None` where only the writer can tell.
    fn count_in(self, document: &Document) -> Option<usize> {
        let annotations = || document.annotations().iter();
        let fillers =
            || annotations().filter_map(|a| a.body.as_claim()).flat_map(|c| c.roles.values().flatten());
        Some(match self {
            Self::Relations => document.relations().len(),
            Self::Attributes => annotations().map(|annotation| annotation.attributes.len()).sum(),
            Self::Notes => annotations().filter(|annotation| !annotation.note.is_empty()).count(),
            Self::Decisions => document.decisions().filter(|d| d.decision == Decision::Rejected).count(),
            Self::Orphans => document.orphans().len(),
            Self::Origins => annotations().filter(|a| matches!(a.origin, Origin::Rule { .. })).count(),
            Self::Times => document.annotations().len(),
            Self::Discontinuous => {
                annotations().flat_map(|a| a.body.spans()).filter(|span| span.ranges().len() > 1).count()
            }
            Self::Roles => fillers().count(),
            Self::ImplicitRoles => {
                fillers().filter(|f| matches!(f, RoleFiller::Author | RoleFiller::Unnamed)).count()
            }
            Self::Nested
            | Self::TokenEdges
            | Self::ControlCharacters
            | Self::EdgeSpaces
            | Self::Blank
            | Self::GraphemeEdges
            | Self::WideCharacters => {
                return None;
            }
        })
    }
}

/// How much was lost of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Losses(BTreeMap<Loss, usize>);

impl Losses {
    /// Adds `n` losses of a kind.
    pub fn add(&mut self, loss: Loss, n: usize) {
        if n > 0 {
            *self.0.entry(loss).or_default() += n;
        }
    }

    /// Adds all of another export.
    pub fn add_all(&mut self, others: &Self) {
        for (loss, n) in others.iter() {
            self.add(loss, n);
        }
    }

    /// Adds what a document has of the kinds that any document tells.
    pub(super) fn count(&mut self, losses: &[Loss], document: &Document) {
        for loss in losses {
            self.add(*loss, loss.count_in(document).unwrap_or_default());
        }
    }

    /// Returns whether nothing was lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the kinds with their counts; no count is 0.
    pub fn iter(&self) -> impl Iterator<Item = (Loss, usize)> {
        self.0.iter().map(|(loss, n)| (*loss, *n))
    }

    /// Returns a line for each kind (`12 notes: not written`), each ended.
    #[must_use]
    pub fn lines(&self) -> String {
        self.iter().fold(String::new(), |lines, (loss, n)| lines + &format!("{n} {}\n", loss.what()))
    }
}
