//! The window.
//!
//! Invariant: only here (and in `main`) are egui, eframe and rfd used.

pub mod article;
pub mod bidi_field;
mod icon;
pub mod shaped_label;
pub mod text_painter;
