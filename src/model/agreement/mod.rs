//! How far annotators agree, and on what they do not.
//!
//! [`agreement`] takes what each annotator made of each article and returns an [`AgreementReport`]: figures for each
//! pair of annotators and for all of them, for mentions and claims apart, by label, by attribute and by article, each
//! with the differences behind it.
//!
//! * Who finds the same spans: exact and overlap F1 ([`Matches`]), by label. Claims are compared by their content,
//!   discontinuous spans piece by piece.
//! * Who gives the same values where the position is given, so that chance can be told from agreement
//!   ([`CodingFigures`]): the decisions on the same suggestions, the labels on the same places, the attributes of the
//!   same annotations. Kappa is computed for nothing else: the number of places where nobody saw a name is unknown.
//! * Who cuts a text into the same units: alpha for unitizing, in chars.
//! * Everything at once: gamma ([`Gamma`]).
//!
//! Invariant: pure functions of their arguments, no chance but that of the seed; a figure that has no value says why
//! ([`Undefined`]).

mod coding;
mod compare;
mod figure;
mod gamma;
mod input;
mod matching;
mod pairing;
mod report;
mod unitizing;
mod values;

#[cfg(test)]
mod tests;

pub use coding::CodingFigures;
pub use compare::agreement;
pub use figure::{Figure, Matches, Undefined};
pub use gamma::{Disorder, Gamma, GammaOptions};
pub use input::{AnnotatedArticle, CharFragments, ComparedArticle, DecidedSuggestion, Mark};
pub use pairing::Difference;
pub use report::{
    AgreementReport, ArticleState, AttributeReport, CodedDifference, DecisionReport, Figures, GroupReport,
    LayerReport, Scope, SpanDifference, Spot,
};
