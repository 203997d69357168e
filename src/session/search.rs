//! Finding text in the article: spelling variants, diacritics and case do not matter, hits are exact.

use crate::text::{ByteOffset, FoldLevel, Folded, SourceText, TextRange, fold};

/// The most hits that are kept; a query with more is too short to be useful.
const MAX_HITS: usize = 10_000;

/// A search in one article, kept up to date while the query is typed.
#[derive(Debug, Clone, Default)]
pub struct Search {
    query: String,
    hits: Vec<TextRange>,
    current: usize,
    /// Made at the first query; an article's text never changes.
    folded: Option<Folded>,
}

impl Search {
    /// No search.
    pub(super) const NONE: Self = Self { query: String::new(), hits: Vec::new(), current: 0, folded: None };

    /// Returns the query as typed.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the hits in text order, 10,000 at most.
    #[must_use]
    pub fn hits(&self) -> &[TextRange] {
        &self.hits
    }

    /// Returns the index of the current hit.
    #[must_use]
    pub const fn current(&self) -> usize {
        self.current
    }

    /// Returns the current hit.
    #[must_use]
    pub fn current_hit(&self) -> Option<TextRange> {
        self.hits.get(self.current).copied()
    }

    /// Searches anew; the first hit at or after `from` becomes the current one.
    pub fn find(&mut self, source: &SourceText, query: &str, from: ByteOffset) {
        query.clone_into(&mut self.query);
        let needle = fold(query, FoldLevel::Names);
        let folded = self.folded.get_or_insert_with(|| Folded::new(source.as_str(), FoldLevel::Names));
        self.hits = if needle.trim().is_empty() { Vec::new() } else { occurrences(folded, &needle) };
        self.current = self.hits.iter().position(|hit| hit.start() >= from).unwrap_or(0);
    }

    /// Makes the next or the previous hit the current one, round the ends, and returns it.
    pub fn step(&mut self, forward: bool) -> Option<TextRange> {
        let len = self.hits.len();
        if len == 0 {
            return None;
        }
        self.current = if forward { (self.current + 1) % len } else { (self.current + len - 1) % len };
        self.current_hit()
    }

    /// Forgets the query and its hits.
    pub fn clear(&mut self) {
        self.query.clear();
        self.hits.clear();
        self.current = 0;
    }
}

fn occurrences(folded: &Folded, needle: &str) -> Vec<TextRange> {
    let found = folded.text().match_indices(needle).take(MAX_HITS);
    found
        .map(|(at, hit)| TextRange::new(folded.source_start(at), folded.source_end(at + hit.len())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, query: &str) -> Vec<String> {
        let source = SourceText::new(text);
        let mut search = Search::default();
        search.find(&source, query, ByteOffset::ZERO);
        search.hits().iter().map(|hit| source.slice(*hit).to_owned()).collect()
    }

    #[test]
    fn alef_taa_marbuta_and_diacritics_do_not_matter_and_hits_are_exact() {
        assert_eq!(found("في الإدارَةِ وفي الادارة", "الاداره"), ["الإدارَةِ", "الادارة"]);
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(found("The Ministry and the ministry", "MINISTRY"), ["Ministry", "ministry"]);
    }

    #[test]
    fn a_query_of_blanks_finds_nothing() {
        assert!(found("في الإدارة", "  ").is_empty());
    }

    #[test]
    fn steps_go_round_the_ends() {
        let source = SourceText::new("أ ب أ ب");
        let mut search = Search::default();
        search.find(&source, "ب", ByteOffset::new(4));
        assert_eq!(search.current(), 1);
        let first = search.hits()[0];
        assert_eq!(search.step(true), Some(first));
        search.step(false);
        assert_eq!(search.current(), 1);
    }
}
