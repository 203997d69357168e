//! Finding text in the article: spelling variants, diacritics and case do not matter, hits are exact.
//!
//! The search itself runs on a thread of its own ([`super::search_thread`]); here is what is known of it meanwhile.
//!
//! Invariant: never reads the article.

use crate::text::{ByteOffset, FoldLevel, Folded, TextRange, fold};

/// A search in one article, kept up to date while the query is typed.
///
/// The hits are those of the last query that was answered; they stay until the next answer comes.
#[derive(Debug, Clone, Default)]
pub struct Search {
    query: String,
    hits: Vec<TextRange>,
    current: usize,
    /// Counts the queries, so that late answers to older ones are known.
    asked: u64,
    waiting: Option<Waiting>,
}

/// A query without an answer yet.
#[derive(Debug, Clone)]
struct Waiting {
    query: String,
    from: ByteOffset,
    /// How many hits further on the user has gone meanwhile, back where negative.
    steps: isize,
}

/// Where the current hit is when an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) hit: TextRange,
    /// Whether the user has stepped to it, rather than only typed.
    pub(super) stepped: bool,
}

impl Search {
    /// No search.
    pub(super) const NONE: Self =
        Self { query: String::new(), hits: Vec::new(), current: 0, asked: 0, waiting: None };

    /// Returns the query that the hits answer.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the hits of that query, all of them, in text order.
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

    /// Returns whether the answer to a newer query is under way.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Notes a new query; of its hits the first one at or after `from` is to become the current one. Returns the
    /// number that its answer must carry; `None` for a query of blanks, which has no hits.
    pub(super) fn ask(&mut self, query: &str, from: ByteOffset) -> Option<u64> {
        if query.trim().is_empty() {
            self.clear();
            return None;
        }
        self.asked += 1;
        self.waiting = Some(Waiting { query: query.to_owned(), from, steps: 0 });
        Some(self.asked)
    }

    /// Takes the hits of the query `number`, unless a newer one was asked; returns the current hit.
    pub(super) fn answer(&mut self, number: u64, hits: Vec<TextRange>) -> Option<Found> {
        if number != self.asked {
            return None;
        }
        let Waiting { query, from, steps } = self.waiting.take()?;
        let first = hits.partition_point(|hit| hit.start() < from);
        self.current = if first < hits.len() { first } else { 0 };
        self.query = query;
        self.hits = hits;
        self.move_on(steps);
        self.current_hit().map(|hit| Found { hit, stepped: steps != 0 })
    }

    /// Makes the next or the previous hit the current one, round the ends, and returns it; while an answer is under
    /// way, it goes there when that has come.
    pub(super) fn step(&mut self, forward: bool) -> Option<TextRange> {
        let by = if forward { 1 } else { -1 };
        if let Some(waiting) = &mut self.waiting {
            waiting.steps += by;
            return None;
        }
        self.move_on(by);
        self.current_hit()
    }

    fn move_on(&mut self, by: isize) {
        let len = self.hits.len();
        if len > 0 {
            // No step is lost by the cast: a list in memory has fewer than `isize::MAX` entries.
            self.current = self.current.wrapping_add_signed(by.rem_euclid(len.cast_signed())) % len;
        }
    }

    /// Forgets the query and its hits; an answer under way is dropped.
    pub(super) fn clear(&mut self) {
        self.query.clear();
        self.hits.clear();
        self.current = 0;
        self.waiting = None;
    }
}

/// Returns every place at which the folded article reads as the folded query does, in text order; those that share
/// a place (two letters of one ligature) once.
pub(super) fn occurrences(folded: &Folded, query: &str) -> Vec<TextRange> {
    let needle = fold(query, FoldLevel::Names);
    if needle.trim().is_empty() {
        return Vec::new();
    }
    let mut hits: Vec<TextRange> = folded
        .text()
        .match_indices(&needle)
        .map(|(at, hit)| TextRange::new(folded.source_start(at), folded.source_end(at + hit.len())))
        .collect();
    hits.dedup();
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceText;
    use proptest::prelude::*;

    fn hits(source: &SourceText, query: &str) -> Vec<TextRange> {
        occurrences(&Folded::new(source.as_str(), FoldLevel::Names), query)
    }

    fn found(text: &str, query: &str) -> Vec<String> {
        let source = SourceText::new(text);
        hits(&source, query).iter().map(|hit| source.slice(*hit).to_owned()).collect()
    }

    fn answered(text: &str, query: &str, from: u32) -> Search {
        let mut search = Search::default();
        let number = search.ask(query, ByteOffset::new(from)).expect("not blank");
        search.answer(number, hits(&SourceText::new(text), query));
        search
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
        assert!(found("في الإدارة", "\u{64B}").is_empty());
    }

    #[test]
    fn two_letters_of_one_ligature_are_one_hit() {
        assert_eq!(found("ﷲ لا", "ل"), ["ﷲ", "ل"]);
    }

    #[test]
    fn steps_go_round_the_ends() {
        let mut search = answered("أ ب أ ب", "ب", 4);
        assert_eq!(search.current(), 1);
        let first = search.hits()[0];
        assert_eq!(search.step(true), Some(first));
        search.step(false);
        assert_eq!(search.current(), 1);
    }

    #[test]
    fn from_behind_the_last_hit_the_first_one_is_current() {
        assert_eq!(answered("أ ب أ ب ", "ب", 12).current(), 0);
    }

    #[test]
    fn a_late_answer_to_an_older_query_is_dropped() {
        let source = SourceText::new("أ ب أ");
        let mut search = Search::default();
        let old = search.ask("أ", ByteOffset::ZERO).expect("asked");
        let new = search.ask("ب", ByteOffset::ZERO).expect("asked");
        assert_eq!(search.answer(old, hits(&source, "أ")), None);
        assert!(search.hits().is_empty() && search.is_waiting());
        assert!(search.answer(new, hits(&source, "ب")).is_some());
        assert_eq!((search.query(), search.hits().len(), search.is_waiting()), ("ب", 1, false));
    }

    #[test]
    fn a_search_that_was_closed_takes_no_answer() {
        let mut search = Search::default();
        let number = search.ask("أ", ByteOffset::ZERO).expect("asked");
        search.clear();
        assert_eq!(search.answer(number, vec![TextRange::from_indices(0, 2)]), None);
        assert!(search.hits().is_empty());
    }

    #[test]
    fn a_step_before_the_answer_is_taken_when_it_comes() {
        let source = SourceText::new("ب ب ب");
        let mut search = Search::default();
        let number = search.ask("ب", ByteOffset::ZERO).expect("asked");
        assert_eq!(search.step(true), None);
        let hits = hits(&source, "ب");
        let second = hits[1];
        assert_eq!(search.answer(number, hits), Some(Found { hit: second, stepped: true }));
        assert_eq!(search.current(), 1);
    }

    proptest! {
        /// Letters that fold each by itself, whatever stands around them.
        #[test]
        fn the_hits_are_the_places_that_fold_to_the_query(
            text in "([أإابة هـ\u{64E}\u{651}Aa]){0,60}",
            query in "[أابةهAa]{1,3}",
        ) {
            let source = SourceText::new(&*text);
            let needle = fold(&query, FoldLevel::Names);
            let mut plain = Vec::new();
            let mut at = 0;
            let gaps: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            while at < gaps.len() {
                // The longest stretch from here that folds to the query; it begins with a letter.
                let begins = text.get(gaps[at]..).and_then(|rest| rest.chars().next());
                let is_letter = begins.is_some_and(|c| !fold(c.encode_utf8(&mut [0; 4]), FoldLevel::Names).is_empty());
                let end = (at + 1..gaps.len()).rev().find(|end| {
                    is_letter && fold(source.slice(TextRange::from_indices(gaps[at], gaps[*end])), FoldLevel::Names) == needle
                });
                match end {
                    Some(end) => {
                        plain.push(TextRange::from_indices(gaps[at], gaps[end]));
                        at = end;
                    }
                    None => at += 1,
                }
            }
            prop_assert_eq!(hits(&source, &query), plain);
        }

        #[test]
        fn steps_add_up(steps in prop::collection::vec(any::<bool>(), 0..20), before in 0_usize..20) {
            let source = SourceText::new("ب ب ب ب ب");
            let mut direct = answered(source.as_str(), "ب", 0);
            let mut waiting = Search::default();
            let number = waiting.ask("ب", ByteOffset::ZERO).expect("asked");
            for (i, forward) in steps.iter().enumerate() {
                direct.step(*forward);
                if i == before {
                    waiting.answer(number, hits(&source, "ب"));
                }
                waiting.step(*forward);
            }
            waiting.answer(number, hits(&source, "ب"));
            prop_assert_eq!(waiting.current(), direct.current());
        }
    }
}
