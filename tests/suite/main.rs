//! The tests that look at the program from outside, in one binary: it links once.
#![allow(clippy::disallowed_methods, reason = "tests prepare and look at files; the rule is for the program")]

mod bad_input;
mod cli;
mod layering;
mod program;
