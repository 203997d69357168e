//! What the program prints, where, and its exit status.

use crate::program::{ARTICLE, Bench};

#[test]
fn suggest_prints_a_line_per_document_in_input_order() {
    let bench = Bench::new();
    bench.write("b.txt", ARTICLE.as_bytes());
    bench.write("folder/1.txt", "one".as_bytes());
    bench.write("folder/2.txt", "two".as_bytes());
    bench.write(
        "lines.jsonl",
        b"{\"id\": \"x\", \"text\": \"three\"}\n\n{\"id\": 7, \"text\": \"four\", \"url\": 1}\n",
    );
    let arguments = ["suggest", "b.txt", "folder", "lines.jsonl", "-", "--threads", "2"];
    let output = bench.run_with_input(&arguments, b"{\"id\": \"stdin\", \"text\": \"five\"}");
    assert!(output.ends_with("\n= 0\n"), "{output}");
    let lines = output.lines().filter(|line| line.starts_with('{'));
    let ids: Vec<String> = lines
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
            assert!(value["spans"].is_array() && value["text"].is_string());
            value["id"].as_str().expect("an id").to_owned()
        })
        .collect();
    assert_eq!(ids, ["b.txt", "1.txt", "2.txt", "x", "7", "stdin"]);
}

#[test]
fn the_spans_of_suggest_are_what_the_text_has_there() {
    let bench = Bench::new();
    let article = include_str!("../../assets/examples/sarian-strait.ar.txt");
    bench.write("a.txt", article.as_bytes());
    let output = bench.run(&["suggest", "a.txt"]);
    let line = output.lines().nth(1).expect("one line");
    let value: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
    let chars: Vec<char> = article.chars().collect();
    let spans = value["spans"].as_array().expect("spans");
    assert!(!spans.is_empty(), "the rules find something in the example");
    let mut last = (0, 0);
    for span in spans {
        let at = |name: &str| usize::try_from(span[name].as_u64().expect("an offset")).expect("small");
        let text: String = chars[at("start")..at("end")].iter().collect();
        assert_eq!(span["text"], text.as_str());
        for name in ["kind", "label", "rule"] {
            assert!(span[name].is_string(), "{name} in {span}");
        }
        assert!(span["confidence"].is_number());
        let order = (at("start"), usize::MAX - at("end"));
        assert!(last <= order, "sorted by start, longer first");
        last = order;
    }
}

#[test]
fn suggest_writes_the_same_to_a_file() {
    let bench = Bench::new();
    bench.write("a.txt", ARTICLE.as_bytes());
    let printed = bench.run(&["suggest", "a.txt", "--explain"]);
    let silent = bench.run(&["suggest", "a.txt", "--explain", "-o", "out.jsonl"]);
    assert_eq!(silent, "$ hashiya suggest a.txt --explain -o out.jsonl\n= 0\n");
    assert!(printed.contains(&bench.read("out.jsonl")));
}

#[test]
fn suggest_goes_on_after_a_document_that_cannot_be_read() {
    let bench = Bench::new();
    bench.write("a.txt", b"one");
    bench.write("lines.jsonl", b"{\"id\": \"x\"}\n{\"id\": \"y\", \"text\": \"two\"}\nnonsense\n");
    insta::assert_snapshot!(bench.run(&["suggest", "nowhere.txt", "news.parquet", "lines.jsonl", "a.txt"]));
}

#[test]
fn suggest_without_any_rules_is_wrong_usage() {
    let bench = Bench::new();
    bench.write("a.txt", b"one");
    insta::assert_snapshot!(bench.run(&["suggest", "a.txt", "--no-builtin"]));
}

#[test]
fn check_says_that_all_fits() {
    insta::assert_snapshot!(Bench::with_annotations().run(&["check", "."]));
}

#[test]
fn check_finds_an_article_that_was_changed() {
    let bench = Bench::with_annotations();
    bench.write("port.txt", ARTICLE.replacen("سليم", "كريم", 1).as_bytes());
    insta::assert_snapshot!(bench.run(&["check", "port.txt"]));
}

#[test]
fn export_writes_a_folder_per_format_with_its_losses() {
    let bench = Bench::with_annotations();
    insta::assert_snapshot!(bench.run(&["export", "port.txt", "--format", "jsonl,html,ron", "--out", "out"]));
    insta::assert_snapshot!("exported_jsonl", bench.read("out/jsonl/articles.jsonl"));
    assert!(bench.read("out/html/LOSSES.txt").contains("without their times"));
    assert!(bench.read("out/html/port.txt.html").contains("سليم عون</span>"));
    assert!(!bench.path("out/jsonl/LOSSES.txt").exists());
    // What was written by hand comes out canonical: sorted, with everything in its place, and stays so.
    let canonical = bench.read("out/ron/port.txt.ron");
    bench.write("port.txt.ron", canonical.as_bytes());
    bench.run(&["export", "port.txt", "--format", "ron", "--out", "again"]);
    assert_eq!(bench.read("again/ron/port.txt.ron"), canonical);
    insta::assert_snapshot!("exported_ron", canonical);
}

#[test]
fn export_lists_its_formats() {
    insta::assert_snapshot!(Bench::new().run(&["export", "--list"]));
}

#[test]
fn export_names_the_format_that_is_nearest() {
    insta::assert_snapshot!(
        Bench::with_annotations().run(&["export", "port.txt", "--format", "jsnol", "--out", "x"])
    );
}

#[test]
fn commands_prints_the_table_of_the_readme() {
    let output = Bench::new().run(&["commands", "--markdown"]);
    assert!(output.contains("| Undo |") && output.ends_with("= 0\n"), "{output}");
}

#[test]
fn help_has_an_example_for_each_command() {
    for command in ["suggest", "check", "agree", "export", "commands", "render"] {
        let output = Bench::new().run(&[command, "--help"]);
        assert!(output.contains(&format!("  hashiya {command}")), "{output}");
        assert!(output.ends_with("= 0\n"), "{output}");
    }
}

#[test]
fn without_a_display_one_line_names_what_works_and_the_status_is_2() {
    let output = Bench::with_annotations().run(&["port.txt"]);
    let lines: Vec<&str> = output.lines().filter(|line| line.starts_with('!')).collect();
    assert_eq!(lines.len(), 1, "{output}");
    assert!(
        lines[0].contains("`hashiya suggest FILE`") && lines[0].contains("`hashiya render FILE"),
        "{output}"
    );
    assert!(output.ends_with("= 2\n"), "{output}");
}

#[test]
fn render_writes_a_picture_of_the_width_asked_for() {
    let bench = Bench::with_annotations();
    assert_eq!(
        bench.run(&["render", "port.txt", "--out", "a.png", "--width", "500", "--scale", "2"]).lines().last(),
        Some("= 0")
    );
    let png = std::fs::read(bench.path("a.png")).expect("a picture");
    assert_eq!(png.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    assert_eq!(png.get(16..20), Some(&1000_u32.to_be_bytes()[..]), "the width in the header");
}

#[test]
fn render_writes_glyphs_as_paths_and_one_mark_per_annotation() {
    let bench = Bench::with_annotations();
    bench.run(&["render", "port.txt", "--out", "a.svg"]);
    let svg = bench.read("a.svg");
    assert!(svg.starts_with("<svg xmlns=") && svg.contains("<path id=\"g0\" d=\"M"), "{svg}");
    assert!(!svg.contains("<text") && !svg.contains("font-family"), "no font is needed to show it");
}

#[test]
fn render_in_the_other_theme_has_other_colours() {
    let bench = Bench::with_annotations();
    bench.run(&["render", "port.txt", "--out", "light.svg"]);
    bench.run(&["render", "port.txt", "--out", "dark.svg", "--theme", "dark"]);
    assert!(bench.read("light.svg").contains("fill=\"#fbf8f1\""));
    assert!(bench.read("dark.svg").contains("fill=\"#1c1b1a\""));
    bench.run(&["render", "port.txt", "--out", "dark.html", "--theme", "dark"]);
    assert!(bench.read("dark.html").contains("color-scheme:dark;"));
}

#[test]
fn render_of_a_name_that_says_no_format_is_wrong_usage() {
    insta::assert_snapshot!(Bench::with_annotations().run(&["render", "port.txt", "--out", "a.jpg"]));
}
