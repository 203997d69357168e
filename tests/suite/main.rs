//! Tests across modules and of the program from outside, in one binary: it links once.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::float_cmp,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests: pixel coordinates are small, a panic is a failure, and files are prepared and looked at"
)]

#[cfg(feature = "gui")]
mod acceptance;
mod agree;
mod article_view;
mod bad_corpus;
mod bad_input;
mod bidi_conformance;
#[cfg(feature = "gui")]
mod bidi_field;
mod broken_packs;
mod chance;
mod cli;
mod git_merge;
mod kill;
mod layering;
mod mutations;
mod program;
mod projects;
mod readme;
mod rule_commands;
mod rule_engine;
#[cfg(feature = "gui")]
mod screen_reader;
mod soak;
mod streams;
#[cfg(feature = "gui")]
mod support;
mod versions;
