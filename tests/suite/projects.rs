//! Projects from the command line: import, export, and what is told on the way.

use crate::program::Bench;

const TEXT: &str = "وصل سليم عون إلى المرفأ 👩‍👩‍👧.\r\nثم غادر.\r\n";

/// A folder of two articles, one in an encoding of its own, and one that stands there twice.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("news/a.txt", TEXT.as_bytes());
    bench.write("news/2026/b.txt", "نص آخر".as_bytes());
    bench.write("news/c.txt", TEXT.as_bytes());
    bench
}

#[test]
fn texts_come_into_a_project_once_and_exactly() {
    let bench = bench();
    insta::assert_snapshot!(bench.run(&["import", "news", "--format", "text", "--out", "p"]));
    assert_eq!(bench.read("p/articles/a.txt"), TEXT);
    assert!(!bench.path("p/articles/c.txt").exists(), "the text is there already");
    let notes = bench.read("p/sources.jsonl");
    assert_eq!(notes.lines().count(), 2, "{notes}");
    assert!(notes.contains("\"article\":\"a.txt\"") && notes.contains("\"format\":\"text\""), "{notes}");
    let again = bench.run(&["import", "news", "--format", "text", "--out", "p"]);
    assert!(again.contains("0 articles") && again.contains("3 texts there already"), "{again}");
}

#[test]
fn what_was_annotated_elsewhere_comes_back_byte_by_byte() {
    let bench = Bench::with_annotations();
    bench.run(&["export", "port.txt", "--format", "jsonl", "--out", "one"]);
    bench.run(&["import", "one/jsonl/articles.jsonl", "--format", "jsonl", "--out", "p"]);
    bench.run(&["export", "p", "--format", "jsonl", "--out", "two"]);
    assert_eq!(bench.read("one/jsonl/articles.jsonl"), bench.read("two/jsonl/articles.jsonl"));
    // The same from the lines themselves, without a project between.
    bench.run(&["export", "one/jsonl/articles.jsonl", "--format", "jsonl", "--out", "three"]);
    assert_eq!(bench.read("one/jsonl/articles.jsonl"), bench.read("three/jsonl/articles.jsonl"));
}

#[test]
fn a_lossless_export_that_would_lose_something_writes_nothing() {
    let bench = Bench::with_annotations();
    insta::assert_snapshot!(bench.run(&[
        "export",
        "port.txt",
        "--format",
        "html",
        "--lossless",
        "--out",
        "out"
    ]));
    assert!(!bench.path("out/html").exists());
}

#[test]
fn labels_that_the_schema_has_not_are_told_and_added_when_asked_for() {
    let bench = Bench::new();
    let line = r#"{"id":"x","text":"سفينة في البحر","spans":[{"kind":"entity","label":"SHIP","start":0,"end":5,"text":"سفينة"}]}"#;
    bench.write("x.jsonl", line.as_bytes());
    insta::assert_snapshot!(bench.run(&["import", "x.jsonl", "--format", "jsonl", "--out", "p"]));
    bench.run(&[
        "import",
        "x.jsonl",
        "--format",
        "jsonl",
        "--annotator",
        "badr",
        "--add-labels",
        "--out",
        "p",
    ]);
    assert!(bench.read("p/schema.ron").contains("\"SHIP\""));
    assert!(bench.read("p/hashiya.ron").contains("schema: \"schema.ron\""));
    let checked = bench.run(&["check", "p/annotations/badr/x.txt.ron", "--schema", "p/schema.ron"]);
    assert!(checked.ends_with("= 0\n"), "{checked}");
}
