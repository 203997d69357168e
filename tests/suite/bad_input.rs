//! Bad input: a clear message with the place and what to do, and the file on disk as it was.

use crate::program::{ARTICLE, Bench, annotations};

/// Runs `check` on the bench's article with another annotation file, which must not be touched.
fn check_with(annotation_file: &str) -> String {
    let bench = Bench::with_annotations();
    bench.write("port.txt.ron", annotation_file.as_bytes());
    let output = bench.run(&["check", "port.txt"]);
    assert_eq!(bench.read("port.txt.ron"), annotation_file, "the file is left as it was");
    output
}

#[test]
fn a_missing_file() {
    insta::assert_snapshot!(Bench::new().run(&["check", "nowhere.txt"]));
}

#[test]
fn a_folder_without_articles() {
    let bench = Bench::new();
    bench.write("pictures/a.png", b"x");
    insta::assert_snapshot!(bench.run(&["suggest", "pictures"]));
}

#[test]
fn bytes_that_are_no_utf8_are_offered_as_windows_1256() {
    let bench = Bench::new();
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(ARTICLE);
    bench.write("old.txt", &bytes);
    insta::assert_snapshot!(bench.run(&["suggest", "old.txt"]));
    let output = bench.run(&["suggest", "old.txt", "--encoding", "windows-1256"]);
    assert!(output.contains("المرفأ سيفتح غدا") && output.ends_with("= 0\n"), "{output}");
}

#[test]
fn utf16_without_a_mark_is_offered() {
    let bench = Bench::new();
    let bytes: Vec<u8> = ARTICLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bench.write("wide.txt", &bytes);
    let output = bench.run(&["suggest", "wide.txt"]);
    assert!(output.contains("wide.txt: ") && output.ends_with("= 2\n"), "{output}");
}

#[test]
fn an_encoding_that_nothing_knows() {
    let bench = Bench::with_annotations();
    insta::assert_snapshot!(bench.run(&["suggest", "port.txt", "--encoding", "windows-9999"]));
}

#[test]
fn an_annotation_file_cut_in_the_middle() {
    let whole = annotations();
    let cut = whole.get(..whole.find("roles").expect("a claim")).expect("a char boundary");
    insta::assert_snapshot!(check_with(cut));
}

#[test]
fn an_annotation_file_of_a_newer_version() {
    insta::assert_snapshot!(check_with(&annotations().replacen("version: 1", "version: 2", 1)));
}

#[test]
fn a_label_that_the_schema_lacks() {
    insta::assert_snapshot!(check_with(&annotations().replacen("\"PERS\"", "\"PRES\"", 1)));
}

#[test]
fn a_field_that_is_misspelt() {
    insta::assert_snapshot!(check_with(&annotations().replacen("kind: entity", "knid: entity", 1)));
}

#[test]
fn an_annotation_file_without_its_article() {
    let bench = Bench::new();
    bench.write("port.txt.ron", annotations().as_bytes());
    insta::assert_snapshot!(bench.run(&["check", "port.txt.ron"]));
}

#[test]
fn a_schema_with_a_mistake() {
    let bench = Bench::with_annotations();
    bench.write("s.ron", b"(version: 1, name: \"s\",\n  lables: [])");
    insta::assert_snapshot!(bench.run(&["check", "port.txt", "--schema", "s.ron"]));
}

#[test]
fn text_that_would_steer_the_terminal_is_escaped() {
    let bench = Bench::with_annotations();
    let article = ARTICLE.replacen("سليم عون", "\u{1b}[31m\u{202e}!", 1);
    bench.write("port.txt", article.as_bytes());
    let output = bench.run(&["check", "port.txt"]);
    assert!(output.contains("\\u{1b}[31m\\u{202e}!"), "{output}");
    assert!(!output.contains('\u{1b}') && !output.contains('\u{202e}'));
}
