//! Packs with one mistake each: what is wrong is told with the very word's line and column, and with the nearest known
//! name.

use std::fmt::Write as _;

use hashiya::rules::{GazetteerSource, PackError, PackSource, RuleSet};

use crate::program::Bench;

/// A pack without a mistake, with most of what a pack can hold.
const PACK: &str = r#"#![enable(implicit_some)]
// «قال» stands before what is said: rules, lists, "say".
Pack(
    format: 1, name: "own", version: 1, language: "ar",
    gazetteers: {"city": (min_stem: 4)},
    lists: {
        "say": (class: Verb, words: ["قال", "أكد"]),
        "all": (include: ["say"], generate: Nisba(from: ["city"])),
    },
    parts: {"name": [Token(name: true, not_in: ["say"])]},
    rules: [
        Rule(id: "place", pattern: [Capture("GPE", [Gazetteer("city")])], not_after: [List("say")],
            note: (en: "a city", ar: "مدينة"),
            examples: (must: ["وصل إلى [مرسانة] أمس"], must_not: ["وصل إلى البيت"])),
        Rule(id: "person", pattern: [List("say"), Capture("PERS", [Use("name")])], not_inside: ["GPE"],
            within: [(list: "all", tokens: 9)], note: (en: "who says", ar: "من قال"),
            examples: (must: ["مرساني ثم قال [فهيم] إن"], must_not: ["قال في"])),
        Rule(id: "claim", kind: Claim,
            pattern: [Capture("cue", [List("say")]), Gap(0, 3), Word("إن"), Capture("content", [Rest])],
            note: (en: "a claim", ar: "قول"),
            examples: (must: ["[cue|قال] فهيم إن [content|الطريق مغلق]"], must_not: ["قال فهيم"])),
    ],
)
"#;

const GAZETTEER: &str = "id\ttype\tlanguage\tname\taliases\tsource\tlicence\n\
    1\tcity\tar\tمرسانة\tمرساني\town\tCC0-1.0\n2\tcity\tar\tالنورس\t\town\tCC0-1.0\n";

/// What is written in place of what, in the pack or in the gazetteer.
const MISTAKES: [(&str, &str, &str); 36] = [
    ("a bracket is missing", "[List(\"say\")],\n", "[List(\"say\"),\n"),
    ("a string has no end", "ar: \"قول\"", "ar: \"قول"),
    ("an unknown field", "not_inside: [\"GPE\"]", "not_insde: [\"GPE\"]"),
    ("a field that is missing", "note: (en: \"who says\", ar: \"من قال\"),", ""),
    ("an unknown element", "[Use(\"name\")]", "[Usee(\"name\")]"),
    ("an unknown kind", "kind: Claim", "kind: Clam"),
    ("a value of another type", "version: 1", "version: \"1\""),
    ("an unknown list", "Capture(\"cue\", [List(\"say\")])", "Capture(\"cue\", [List(\"sya\")])"),
    ("an unknown list nearby", "list: \"all\"", "list: \"al\""),
    ("an unknown list in a part", "not_in: [\"say\"]", "not_in: [\"syy\"]"),
    ("an unknown list in a list", "include: [\"say\"]", "include: [\"saay\"]"),
    ("an unknown list before a match", "not_after: [List(\"say\")]", "not_after: [List(\"sey\")]"),
    ("an unknown gazetteer", "Gazetteer(\"city\")", "Gazetteer(\"citty\")"),
    ("an unknown gazetteer in a list", "from: [\"city\"]", "from: [\"cty\"]"),
    ("an unknown gazetteer in the classes", "{\"city\": (min", "{\"ciyt\": (min"),
    ("an unknown part", "Use(\"name\")", "Use(\"nmae\")"),
    ("a part that uses itself", "[Token(name: true", "[Use(\"name\"), Token(name: true"),
    ("an unknown label", "not_inside: [\"GPE\"]", "not_inside: [\"GEP\"]"),
    ("a cycle of stages", "[Gazetteer(\"city\")])]", "[Gazetteer(\"city\")]), Entity(\"PERS\")]"),
    ("no example", "must_not: [\"قال في\"]", "must_not: []"),
    ("an example that does not hold", "[فهيم] إن\"]", "[فهيم إن]\"]"),
    ("a counterexample that matches", "must_not: [\"وصل إلى البيت\"]", "must_not: [\"وصل إلى مرسانة\"]"),
    ("a regular expression", "[Use(\"name\")]", "[Regex(\"[0-9\")]"),
    ("an unknown part of a claim", "Capture(\"content\"", "Capture(\"contnet\""),
    ("no capture", "Capture(\"PERS\", [Use(\"name\")])", "Use(\"name\")"),
    ("an id that stands twice", "id: \"person\"", "id: \"place\""),
    ("a list that stands twice", "\"all\": (include", "\"say\": (include"),
    ("a gap that is too wide", "Gap(0, 3)", "Gap(0, 2), Gap(0, 41)"),
    (
        "a repetition without sense",
        "[Use(\"name\")]",
        "[Repeat(1, 2, [Use(\"name\")]), Repeat(3, 2, [Use(\"name\")])]",
    ),
    (
        "a pattern that is too long",
        "[Use(\"name\")]",
        "[Repeat(99, 999999999, [Repeat(99, 99, [Use(\"name\")])])]",
    ),
    ("a confidence beyond 1", "kind: Claim,", "kind: Claim, confidence: 1.5,"),
    ("a newer format", "format: 1", "format: 2"),
    ("an unknown language", "language: \"ar\"", "language: \"tr\""),
    ("an unknown rule that is muted", "    gazetteers: {", "    mute: [\"ar/persn\"], gazetteers: {"),
    ("a row with too few columns", "\town\tCC0-1.0", "\town"),
    ("a row of an unknown language", "\tar\tمرسانة", "\ttr\tمرسانة"),
];

/// Returns the pack and its gazetteer with a mistake.
fn with_mistake(good: &str, bad: &str) -> (String, String) {
    let (in_pack, in_gazetteer) = (PACK.matches(good).count(), GAZETTEER.matches(good).count());
    assert!(in_pack + in_gazetteer >= 1, "{good} is not written");
    (PACK.replacen(good, bad, 1), GAZETTEER.replacen(good, bad, 1))
}

fn compile(pack: &str, gazetteer: &str) -> Vec<PackError> {
    let gazetteers = vec![GazetteerSource { path: "own.tsv".to_owned(), text: gazetteer.into() }];
    let source = PackSource { path: "own.ron".to_owned(), text: pack.to_owned(), gazetteers };
    match RuleSet::compile(&[source]) {
        Ok(rules) => rules.check_examples(),
        Err(errors) => errors,
    }
}

/// Returns the line that an error names, with what stands at its column and behind in brackets.
fn shown(error: &PackError, pack: &str, gazetteer: &str) -> String {
    let text = if error.path.ends_with(".tsv") { gazetteer } else { pack };
    let line = text.lines().nth(error.line as usize - 1).unwrap_or_default();
    let column = line.char_indices().nth(error.column as usize - 1).map_or(line.len(), |(at, _)| at);
    let (before, behind) = line.split_at(column);
    let before: String = before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    let behind: String = behind.chars().take(24).collect();
    format!("…{}⟦{}⟧…", before.trim_start(), behind.replace('\t', "→"))
}

#[test]
fn the_pack_without_a_mistake_holds() {
    assert_eq!(compile(PACK, GAZETTEER), []);
}

#[test]
fn every_mistake_is_told_with_its_word() {
    let mut table = String::new();
    for (name, good, bad) in MISTAKES {
        let (pack, gazetteer) = with_mistake(good, bad);
        let errors = compile(&pack, &gazetteer);
        assert!(!errors.is_empty(), "{name}: nothing is found");
        writeln!(table, "# {name}").expect("a String");
        for error in errors {
            assert!(!error.message.contains('\n'), "{name}: {error}");
            writeln!(table, "{}\n{error}", shown(&error, &pack, &gazetteer)).expect("a String");
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

#[test]
fn rules_check_ends_with_1_on_every_mistake() {
    let bench = Bench::new();
    for (name, good, bad) in MISTAKES {
        let (pack, gazetteer) = with_mistake(good, bad);
        bench.write("own/own.ron", pack.as_bytes());
        bench.write("own/own.tsv", gazetteer.as_bytes());
        let output = bench.run(&["rules", "check", "own", "--no-builtin"]);
        assert!(output.ends_with("\n= 1\n"), "{name}: {output}");
        for error in compile(&pack, &gazetteer) {
            let place = format!("! error: own/{}:{}:{}: ", error.path, error.line, error.column);
            assert!(output.contains(&place), "{name}: {place} is missing in {output}");
        }
    }
}
