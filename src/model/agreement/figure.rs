//! A figure, or the reason why there is none.

use std::sync::Arc;

use thiserror::Error;

/// A measure of agreement, or why it has no value. Never NaN, never infinite.
pub type Figure = Result<f64, Undefined>;

/// Why a measure has no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Undefined {
    /// Nothing was annotated.
    #[error("nobody has annotated anything here")]
    NothingAnnotated,
    /// No position with values of all.
    #[error("no position has a value of every one of them")]
    NoCommonPosition,
    /// No position with values of two.
    #[error("no position has values of two of them")]
    NoSharedPosition,
    /// There is no other value than one.
    #[error("only one value occurs, so that chance would agree as often")]
    OneValue,
    /// For two annotators only.
    #[error("it compares two annotators; see the pairs")]
    PairsOnly,
    /// An annotator's spans overlap each other.
    #[error(
        "spans of {annotator} in {article} overlap each other, and it wants a text cut into parts; see the labels"
    )]
    Overlapping {
        /// Whose.
        annotator: Arc<str>,
        /// The article, the first one.
        article: Arc<str>,
    },
    /// Not computed, as the caller wished.
    #[error("it was not asked for")]
    NotAsked,
    /// Not a measure of one label.
    #[error("it is about all labels at once")]
    AllLabelsOnly,
    /// More annotators than can be aligned at once.
    #[error("it is computed for at most {most} annotators at once; see the pairs")]
    TooManyAnnotators {
        /// The limit.
        most: usize,
    },
    /// More spans than can be aligned.
    #[error("it is computed for at most {most} spans of an annotator in an article")]
    TooManySpans {
        /// The limit.
        most: usize,
    },
    /// Chance has no disorder.
    #[error("random annotations of this kind never disagree")]
    NoDisorderByChance,
}

/// How many spans two annotators have, and how many of them were found to match.
///
/// For more than two annotators, the sum over their pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matches {
    /// Spans of the first that match one of the second, each one at most.
    pub both: u64,
    /// Spans of the first.
    pub first: u64,
    /// Spans of the second.
    pub second: u64,
}

impl Matches {
    /// Returns twice the matches by the spans of both: the F1 of either one against the other.
    ///
    /// # Errors
    ///
    /// When neither has any span.
    pub fn f1(self) -> Figure {
        match self.first + self.second {
            0 => Err(Undefined::NothingAnnotated),
            all => Ok((2 * self.both) as f64 / all as f64),
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.both += other.both;
        self.first += other.first;
        self.second += other.second;
    }
}
