//! Hashiya (حاشية, the note in a margin): read an article, mark who is named and who claims what.
//!
//! # The main job is one straight line
//!
//! ```text
//! bytes --text::decode--> SourceText --Document::new--> Document
//!       --rules::RuleSet::suggest--> Vec<Suggestion> --session::ReviewQueue--> queue
//!       --decide--> Transaction --Session::perform--> history --formats::annotation_file + store--> RON on disk
//! ```
//!
//! Each arrow is one function, each box one value. The command line walks the same line without a window.
//!
//! # Layers
//!
//! A module imports only from layers below its own; a test reads every `use crate::` and holds the table.
//!
//! | layer | module | what it answers |
//! |---|---|---|
//! | L0 | [`text`] | what a position in text is |
//! | L0 | [`typeset`] | text and width to glyphs and rectangles |
//! | L1 | [`model`] | what is annotated, and how that changes |
//! | L2 | [`rules`] | text to suggestions |
//! | L2 | [`formats`] | bytes to model and back |
//! | L3 | [`store`] | the disk |
//! | L4 | [`session`] | the application without a window |
//! | L5 | `ui` | the window (feature `gui`) |
//! | L5 | [`cli`] | the command line |
//!
//! # Units
//!
//! Inside: bytes ([`text::ByteOffset`], [`text::TextRange`]). In files and on the command line: Unicode scalar
//! values ([`text::CharOffset`]), half-open, unless a format demands another unit. Geometry: points, origin at the
//! top left. Time: milliseconds, or RFC 3339 in files.

pub mod cli;
pub mod formats;
pub mod model;
pub mod rules;
pub mod session;
pub mod store;
pub mod text;
pub mod typeset;
#[cfg(feature = "gui")]
pub mod ui;
