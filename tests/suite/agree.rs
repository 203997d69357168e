//! What `hashiya agree` prints, where, and its exit status.

use crate::program::{ARTICLE, Bench, annotations};

/// Two annotators' folders: of the article that both have, one marks a longer name than the other; one has a second
/// article.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("amal/port.txt.ron", annotations().as_bytes());
    bench.write("amal/quay.txt.ron", annotations().replace("port.txt", "quay.txt").as_bytes());
    bench.write("badr/port.txt.ron", others().as_bytes());
    bench
}

fn others() -> String {
    annotations()
        .replace("annotator: \"amal\"", "annotator: \"badr\"")
        .replace("end: 12, quote: \"سليم عون\"", "end: 8, quote: \"سليم\"")
}

#[test]
fn agree_prints_tables_with_the_reason_of_each_figure_that_is_missing() {
    insta::assert_snapshot!(bench().run(&["agree", "amal", "badr", "--by", "article", "--differences"]));
}

#[test]
fn agree_json_has_the_differences_behind_the_figures() {
    let arguments = ["agree", "amal", "badr", "--json", "--differences", "--gamma-samples", "0"];
    let output = bench().run(&arguments);
    let json = output.lines().nth(1).expect("one line");
    let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
    insta::assert_json_snapshot!(value);
}

#[test]
fn agree_gives_the_same_figures_for_the_same_seed() {
    let bench = bench();
    let run = |seed| bench.run(&["agree", "amal", "badr", "--json", "--seed", seed]);
    let figures = |output: &str| output.lines().nth(1).map(str::to_owned);
    assert_eq!(figures(&run("7")), figures(&run("7")));
    assert_ne!(figures(&run("7")), figures(&run("8")));
}

#[test]
fn agree_compares_three_and_takes_json_lines_beside_annotation_files() {
    let bench = bench();
    let text = ARTICLE.replace('\r', "\\r").replace('\n', "\\n");
    let line = format!(
        r#"{{"id":"port.txt","text":"{text}","annotator":"cyra","spans":[{{"kind":"entity","label":"ORG","start":4,"end":12}}]}}"#
    );
    bench.write("cyra.jsonl", line.as_bytes());
    insta::assert_snapshot!(bench.run(&["agree", "amal/port.txt.ron", "badr", "cyra.jsonl"]));
}

#[test]
fn agree_compares_two_files_whatever_their_names() {
    let bench = bench();
    bench.write("other.txt.ron", others().as_bytes());
    let output = bench.run(&["agree", "amal/port.txt.ron", "other.txt.ron"]);
    assert!(output.contains("amal and badr: 1 article") && output.ends_with("= 0\n"), "{output}");
}

#[test]
fn agree_matches_articles_in_folders_by_their_whole_name() {
    let bench = bench();
    for name in ["amal/2026/port.txt.ron", "badr/2026/port.txt.ron", "badr/2027/port.txt.ron"] {
        bench.write(name, others().as_bytes());
    }
    let output = bench.run(&["agree", "amal", "badr"]);
    assert!(output.contains(": 2 articles\n"), "{output}");
    assert!(output.contains("2027/port.txt: missing with amal"), "{output}");
    assert!(output.contains("quay.txt: missing with badr"), "{output}");
}

#[test]
fn agree_names_an_article_of_which_the_texts_differ() {
    let bench = bench();
    let other = others().replacen("sha256: \"8", "sha256: \"9", 1);
    assert_ne!(other, others());
    bench.write("badr/port.txt.ron", other.as_bytes());
    bench.write("badr/quay.txt.ron", others().replace("port.txt", "quay.txt").as_bytes());
    let output = bench.run(&["agree", "amal", "badr"]);
    let told = output.lines().filter(|line| line.starts_with('!') || line.starts_with('='));
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}

#[test]
fn agree_prints_no_figures_where_a_file_cannot_be_read() {
    let bench = bench();
    bench.write("badr/quay.txt.ron", b"(version: 1");
    bench.write(
        "badr/shed.jsonl",
        b"{\"id\": \"a\", \"text\": \"one\", \"spans\": [{\"label\": \"X\", \"start\": 2, \"end\": 9}]}",
    );
    let twice = "{\"id\": \"b\", \"text\": \"one\", \"spans\": []}\n".repeat(2);
    bench.write("badr/twice.jsonl", twice.as_bytes());
    insta::assert_snapshot!(bench.run(&["agree", "amal", "badr"]));
}

#[test]
fn agree_without_a_common_article_says_so() {
    let bench = bench();
    bench.write("dina/shed.txt.ron", others().as_bytes());
    insta::assert_snapshot!(bench.run(&["agree", "badr", "dina"]));
}

#[test]
fn agree_says_how_many_records_have_no_place_in_the_text() {
    let bench = bench();
    bench.write("badr/port.txt.ron", annotations().replace("end: 12", "end: 4").as_bytes());
    let output = bench.run(&["agree", "amal", "badr"]);
    assert!(output.contains("! warning: badr/port.txt.ron: 1 record without a place"), "{output}");
    assert!(output.ends_with("= 0\n"), "{output}");
}
