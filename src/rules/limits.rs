//! What a pack may ask for at most. A pack may come from anywhere: loading it must neither take long nor much memory.
//!
//! All packs of a language count together. The packs that ship with the program stay below a tenth of each.

use regex::{Regex, RegexBuilder};

/// The most rules.
pub(super) const MAX_RULES: usize = 10_000;

/// The most lists, parts and gazetteer classes.
pub(super) const MAX_ENTRIES: usize = 10_000;

/// The most classes of words: lists, gazetteer classes, and words that stand in patterns themselves.
pub(super) const MAX_CLASSES: usize = 60_000;

/// The most words of all lists, those that come from other lists counted again.
pub(super) const MAX_WORDS: usize = 2_000_000;

/// How deep lists may include lists.
pub(super) const MAX_INCLUDES: usize = 16;

/// The most labels.
pub(super) const MAX_LABELS: usize = 2_000;

/// The most captures of one rule.
pub(super) const MAX_CAPTURES: usize = 64;

/// The most elements of all patterns, repetitions and parts written out.
pub(super) const MAX_ATOMS: usize = 500_000;

/// The most different sets of marks.
pub(super) const MAX_MARKS: usize = 1_000;

/// The most regular expressions, repetitions and parts written out.
pub(super) const MAX_REGEXES: usize = 300;

/// The most examples of one rule.
pub(super) const MAX_EXAMPLES: usize = 1_000;

/// How many mistakes are looked for; what is written wrong more often is looked at again when these are mended.
pub(super) const MAX_MISTAKES: usize = 200;

/// The most bytes of a compiled regular expression.
const MAX_REGEX_BYTES: usize = 2 << 20;

/// Returns the regular expression that fits a whole text.
///
/// # Errors
///
/// When it is none, or would take too much memory.
pub(super) fn whole_regex(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(MAX_REGEX_BYTES)
        .dfa_size_limit(MAX_REGEX_BYTES)
        .build()
}
