//! Text to suggestions: packs of rules, gazetteers, token patterns, attribution, one resolver, reasons.
//!
//! ```text
//! PackSource --pack--> Pack --load--> RuleSet --engine--> Vec<Suggestion>
//! ```
//!
//! A pack is data (RON), never code: the grammar of Arabic words, the matcher and the resolver are here, what to look
//! for is in the packs. Every rule carries examples, and a pack whose examples do not hold does not load.
//!
//! Invariant: does no I/O (packs come in as text), reads no clock, and gives the same suggestions whatever the order
//! of packs and rules.

mod context;
mod engine;
mod error;
mod pack;

pub use context::{ConfirmedMention, Context, Language, detect_language};
pub use engine::RuleSet;
pub use error::PackError;
pub use pack::{GazetteerSource, PackSource};
