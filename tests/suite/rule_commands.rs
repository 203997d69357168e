//! What `hashiya rules` and `hashiya eval` print, where, and their exit status.

use crate::program::Bench;

/// A pack of the tests' own: the name behind a title.
const PACK: &str = r#"#![enable(implicit_some)]
Pack(
    format: 1, name: "own", version: 1, language: "en",
    lists: {"rank": (words: ["captain"])},
    rules: [
        Rule(id: "ranked", confidence: 0.9,
            pattern: [List("rank"), Capture("PERS", [Token(shape: Capitalised)])],
            note: (en: "a name behind a rank", ar: "اسم بعد رتبة"),
            examples: (must: ["then captain [Anders] spoke"], must_not: ["the captain spoke"])),
    ],
)
"#;

#[test]
fn rules_check_counts_what_holds() {
    let bench = Bench::new();
    bench.write("own.ron", PACK.as_bytes());
    insta::assert_snapshot!(bench.run(&["rules", "check", "own.ron", "--no-builtin"]));
}

#[test]
fn rules_check_passes_on_the_shipped_packs() {
    let output = Bench::new().run(&["rules", "check"]);
    assert!(output.ends_with(" 0 mistakes\n= 0\n"), "{output}");
}

#[test]
fn rules_check_names_the_place_and_the_nearest_name() {
    let bench = Bench::new();
    bench.write("own.ron", PACK.replace("List(\"rank\")", "List(\"rnak\")").as_bytes());
    insta::assert_snapshot!(bench.run(&["rules", "check", "own.ron", "--no-builtin"]));
}

#[test]
fn rules_check_finds_an_example_that_does_not_hold() {
    let bench = Bench::new();
    bench.write("own.ron", PACK.replace("then captain", "then admiral").as_bytes());
    insta::assert_snapshot!(bench.run(&["rules", "check", "own.ron", "--no-builtin"]));
}

#[test]
fn eval_prints_figures_by_label_and_rule_and_what_changed() {
    let bench = Bench::new();
    bench.write("own.ron", PACK.as_bytes());
    let text = "Then captain Anders spoke and captain Monday slept near Oslo.";
    let gold = format!(
        r#"{{"id":"a","text":"{text}","lang":"en","spans":[{{"start":13,"end":19,"label":"PER"}},{{"start":56,"end":60,"label":"GPE"}}]}}"#
    );
    bench.write("gold.jsonl", gold.as_bytes());
    let earlier = format!(r#"{{"id":"a","text":"{text}","spans":[{{"start":56,"end":60,"label":"GPE"}}]}}"#);
    bench.write("earlier.jsonl", earlier.as_bytes());
    let rules = ["--rules", "own.ron", "--no-builtin", "--map", "PER=PERS,GPE=LOC"];
    let mut arguments = vec!["eval", "--gold", "gold.jsonl", "--by", "rule", "--against", "earlier.jsonl"];
    arguments.extend(rules);
    insta::assert_snapshot!(bench.run(&arguments));
    arguments.extend(["--only", "PERS", "--json"]);
    insta::assert_snapshot!("eval_json", bench.run(&arguments));
}

#[test]
fn eval_learns_names_and_adds_them_to_what_the_rules_find() {
    let bench = Bench::new();
    bench.write("own.ron", PACK.as_bytes());
    let learned = r#"{"id":"a","text":"Near Oslo.","spans":[{"start":5,"end":9,"label":"GPE"}]}"#;
    bench.write("learned.jsonl", learned.as_bytes());
    let gold = r#"{"id":"b","text":"Then captain Anders slept near Oslo.","lang":"en","spans":[{"start":13,"end":19,"label":"PERS"},{"start":31,"end":35,"label":"LOC"}]}"#;
    bench.write("gold.jsonl", gold.as_bytes());
    let rules = ["--rules", "own.ron", "--no-builtin", "--map", "GPE=LOC"];
    let without = [&["eval", "--gold", "gold.jsonl"][..], &rules].concat();
    let with = [&without[..], &["--learn", "learned.jsonl", "--by", "rule"]].concat();
    let recall = |output: &str, label: &str| -> Option<String> {
        let line = output.lines().find(|line| line.starts_with(label))?;
        line.split_whitespace().nth(2).map(str::to_owned)
    };
    let (without, with) = (bench.run(&without), bench.run(&with));
    assert_eq!(recall(&without, "LOC").as_deref(), Some("0.0"), "{without}");
    assert_eq!(recall(&with, "LOC").as_deref(), Some("100.0"), "{with}");
    assert_eq!(recall(&with, "PERS").as_deref(), Some("100.0"), "{with}");
    assert!(with.contains("own/names"), "{with}");
}

#[test]
fn eval_names_the_line_that_is_no_gold() {
    let bench = Bench::new();
    bench.write("gold.jsonl", b"\n{\"id\": \"a\", \"text\": \"one\", \"spans\": [{\"start\": 1}]}\n");
    insta::assert_snapshot!(bench.run(&["eval", "--gold", "gold.jsonl"]));
}

#[test]
fn rules_why_tells_what_is_suggested_and_how_far_a_rule_came() {
    let bench = Bench::new();
    bench.write("own.ron", PACK.as_bytes());
    bench.write("a.txt", b"Then captain Anders spoke and captain went.");
    let why = |at| bench.run(&["rules", "why", "a.txt", "--at", at, "--rules", "own.ron", "--no-builtin"]);
    let (suggested, reached) = (why("13..19"), why("30..37"));
    assert!(suggested.contains("en/ranked: suggests PERS “Anders”"), "{suggested}");
    assert!(reached.contains("en/ranked: fits “captain”, then finds no"), "{reached}");
}
