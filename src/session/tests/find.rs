//! Finding text and all mentions of a name: asked of another thread, answered by `poll`.

use super::*;

impl Bench {
    fn search(&mut self, query: &str) {
        self.session.perform(Action::Find(query.to_owned()));
    }

    /// The hits as `at..end` in bytes.
    fn hits(&self) -> Vec<TextRange> {
        self.session.search().hits().to_vec()
    }
}

#[test]
fn a_query_is_answered_by_another_thread_and_its_first_hit_revealed() {
    let mut bench = Bench::open(TEXT);
    bench.search("مسقط");
    assert!(bench.session.search().is_waiting());
    bench.session.settle();
    assert!(!bench.session.search().is_waiting());
    assert_eq!(bench.hits(), [0, 1, 2].map(|nth| bench.range("مسقط", nth)));
    assert_eq!(bench.session.take_requests(), [Request::Reveal(bench.range("مسقط", 0))]);
}

#[test]
fn of_what_is_typed_fast_only_the_last_is_shown() {
    let mut bench = Bench::open(TEXT);
    for query in ["س", "سا", "سام", "سامر"] {
        bench.search(query);
    }
    bench.session.settle();
    assert_eq!(bench.session.search().query(), "سامر");
    assert_eq!(bench.hits(), [0, 1].map(|nth| bench.range("سامر", nth)));
}

#[test]
fn the_hits_of_the_query_before_stay_until_the_answer_comes() {
    let mut bench = Bench::open(TEXT);
    bench.search("سامر");
    bench.session.settle();
    bench.search("سامر ا");
    assert_eq!((bench.session.search().query(), bench.hits().len()), ("سامر", 2));
}

#[test]
fn enter_pressed_before_the_answer_goes_to_the_second_hit() {
    let mut bench = Bench::open(TEXT);
    bench.search("مسقط");
    bench.session.perform(Action::StepHit { forward: true });
    bench.session.settle();
    assert_eq!(bench.editor().selection(), Selection::of(bench.range("مسقط", 1)));
}

#[test]
fn an_answer_to_a_search_that_was_closed_is_dropped() {
    let mut bench = Bench::open(TEXT);
    bench.search("مسقط");
    bench.session.perform(Action::EndFind);
    bench.session.settle();
    assert!(bench.hits().is_empty());
    assert!(bench.session.take_requests().is_empty());
}

#[test]
fn an_answer_for_another_article_is_dropped() {
    let mut bench = Bench::open(TEXT);
    let other = bench.folder.path().join("other.txt");
    crate::store::write(&other, "في مسقط".as_bytes(), None).expect("writable");
    bench.session.perform(Action::OpenPath(other, None));
    bench.search("مسقط");
    // The search thread answers the other article's number 1 late; here nothing was asked.
    bench.session.settle();
    let generation = bench.session.generation();
    bench.session.take_found(generation - 1, 1, vec![TextRange::from_indices(0, 2)]);
    assert!(bench.hits().is_empty());
}

#[test]
fn mentions_are_not_shown_when_the_user_has_gone_elsewhere() {
    let mut bench = Bench::open(TEXT);
    bench.select("مسقط", 1);
    bench.keys("A");
    bench.select("سامر", 0);
    bench.session.settle();
    let asks = |request: &Request| matches!(request, Request::Mentions { .. });
    assert!(!bench.session.take_requests().iter().any(asks));
}

#[test]
fn part_of_a_word_has_no_mentions() {
    let mut bench = Bench::open(TEXT);
    let part = bench.range("لتق", 0);
    bench.session.perform(Action::Point(Selection::of(part)));
    bench.keys("A");
    bench.session.settle();
    let notice = bench.session.notice().expect("a reason").text.clone();
    assert_eq!(notice, "The selected text is no whole word");
}
