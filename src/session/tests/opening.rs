//! What is shown of an article before all of it is read.

use super::*;
use crate::session::worker::Event;
use crate::text::{Segmentation, SourceText};

fn text_read(text: &str) -> Event {
    let source = SourceText::new(text);
    let segmentation = Arc::new(Segmentation::new(&source));
    Event::TextRead(Preview { path: "article.txt".into(), source, segmentation })
}

#[test]
fn the_text_is_there_before_its_annotations_and_goes_when_these_have_come() {
    let (mut session, path, _folder) = with_article();
    session.perform(Action::OpenPath(path, None));
    session.take(text_read(TEXT));
    let (text, generation) = session.preview().expect("the text is known");
    assert_eq!((text.source.as_str(), generation), (TEXT, 1));
    assert!(session.editor().is_none());
    session.settle();
    assert!(session.preview().is_none());
    assert_eq!(session.generation(), 1);
}

#[test]
fn the_thread_tells_the_text_before_it_tells_the_article() {
    let (mut session, path, _folder) = with_article();
    session.perform(Action::OpenPath(path, None));
    let mut told = Vec::new();
    while let Some(event) = session.worker.wait() {
        match &event {
            Event::TextRead(_) => told.push("text"),
            Event::Opened { .. } => told.push("article"),
            _ => {}
        }
        session.take(event);
    }
    assert_eq!(told, ["text", "article"]);
}

#[test]
fn the_text_of_the_next_article_never_stands_in_place_of_the_open_one() {
    let mut bench = Bench::open(TEXT);
    let path = bench.folder.path().join("article.txt");
    bench.session.perform(Action::OpenPath(path, None));
    bench.session.take(text_read("نص آخر"));
    assert!(bench.session.preview().is_none());
    bench.session.settle();
    // Late news, after all is read.
    bench.session.take(text_read("نص آخر"));
    assert!(bench.session.preview().is_none());
}

#[test]
fn an_article_that_cannot_be_read_shows_nothing() {
    let (mut session, path, _folder) = with_article();
    let annotations = crate::store::annotation_path(&path);
    crate::store::write(&annotations, b"(version: 1", None).expect("writable");
    session.perform(Action::OpenPath(path, None));
    session.settle();
    assert!(session.preview().is_none() && session.editor().is_none());
    assert!(session.notice().is_some_and(|notice| notice.is_error));
}

#[test]
fn a_queue_that_was_made_before_a_change_knows_of_the_change() {
    let mut bench = Bench::open(TEXT);
    let suggestions = vec![bench.mention("GPE", "مسقط", 0), bench.mention("GPE", "مسقط", 1)];
    let made_at = bench.editor().changes();
    let queue = ReviewQueue::new(suggestions.clone(), bench.editor().document());
    bench.select("مسقط", 1);
    bench.keys("3");
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
    let open = bench.session.open.as_mut().expect("open");
    open.editor.set_queue(queue, made_at);
    let waiting: Vec<_> = open.editor.queue().pending().iter().map(Pending::key).collect();
    assert_eq!(waiting, [suggestions[0].key()]);
    bench.keys("Ctrl+Z");
    assert_eq!(bench.editor().queue().pending().len(), 2);
}
