//! Tests across modules, in one binary.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests: pixel coordinates are small, and a panic is a failure"
)]

#[cfg(feature = "gui")]
mod article_view;
#[cfg(feature = "gui")]
mod bidi_field;
#[cfg(feature = "gui")]
mod support;
