//! Text to suggestions: packs of rules, gazetteers, token patterns, attribution, one resolver, reasons.
//!
//! ```text
//! PackSource --load, compile--> RuleSet
//! SourceText --tokens--> Tokens --lexicon--> Hits --matcher, claims, propagate--> Candidates
//!            --resolve--> what stands --explain--> Vec<Suggestion>
//! ```
//!
//! A pack is data (RON), never code: the grammar of Arabic words, the matcher and the resolver are here, what to look
//! for is in the packs. Every rule carries examples, and a pack whose examples do not hold does not load.
//!
//! Invariant: does no I/O (packs come in as text), reads no clock, and gives the same suggestions whatever the order
//! of packs and rules.

mod atoms;
mod builtin;
mod candidate;
mod catalogue;
mod changes;
mod claims;
mod compile;
mod context;
mod dictionary;
mod draft;
mod elements;
mod engine;
mod error;
mod examples;
mod explain;
mod gazetteer;
mod grammar;
mod guards;
mod hits;
mod lexicon;
mod limits;
mod load;
mod matcher;
mod mentions;
mod own;
mod pack;
mod places;
mod program;
mod propagate;
mod record;
mod resolve;
mod score;
mod scratch;
mod stages;
mod starts;
mod tokens;
mod why;

#[cfg(test)]
mod tests;

pub use builtin::builtin_packs;
pub use catalogue::{RuleCard, RuleKind};
pub use changes::Changes;
pub use context::{ConfirmedMention, Context, Language, detect_language};
pub use dictionary::{DICTIONARY_RULE, Dictionary, LearnedName, Lesson, Votes, lessons, lessons_of};
pub use draft::{DraftError, DraftKind, draft};
pub use engine::{FileSize, Report, RuleSet, Work};
pub use error::PackError;
pub use own::{OwnPacks, RECORD_INDENT, RuleEdit, record_id, record_in};
pub use pack::{GazetteerSource, PackSource};
pub use score::{
    CharSpan, ClaimScore, ClaimSpans, Counts, LabelledSpan, RoleScore, SpanScore, wilson_interval,
};
pub use why::{Outcome, Why};
