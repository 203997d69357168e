//! What the rule engine promises of its output, whatever the packs, the articles and the threads.

use std::fmt::Write as _;
use std::sync::OnceLock;

use hashiya::model::Suggestion;
use hashiya::rules::{Context, GazetteerSource, Language, PackSource, Report, RuleSet, builtin_packs};
use hashiya::text::{Segmentation, SourceText};
use proptest::prelude::*;

use crate::program::Bench;

const ARABIC: &str = include_str!("../../assets/examples/sarian-strait.ar.txt");
const ENGLISH: &str = include_str!("../../assets/examples/halden-dam.en.txt");

fn builtin() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| RuleSet::builtin().expect("the shipped packs load"))
}

fn report(rules: &RuleSet, text: &str, language: Language) -> Report {
    let source = SourceText::new(text);
    let context = Context { language: Some(language), ..Context::default() };
    rules.report(&source, &Segmentation::new(&source), &context)
}

fn suggest(rules: &RuleSet, text: &str) -> Vec<Suggestion> {
    [Language::Arabic, Language::English]
        .into_iter()
        .flat_map(|language| report(rules, text, language).suggestions)
        .collect()
}

/// Returns a pack of the shipped kind with its rules and the rows of its gazetteers in another order.
fn shuffled(pack: &PackSource, order: &[usize]) -> PackSource {
    let gazetteers = pack.gazetteers.iter().map(|gazetteer| {
        let (header, rows): (Vec<&str>, Vec<&str>) =
            gazetteer.text.lines().partition(|line| line.starts_with('#') || line.starts_with("id\t"));
        let text = header.into_iter().chain(in_order(rows, order)).collect::<Vec<_>>().join("\n");
        GazetteerSource { path: gazetteer.path.clone(), text: text.into() }
    });
    let gazetteers = in_order(gazetteers.collect(), order);
    // A rule of the shipped packs begins with `Rule(` at the start of its line, four or eight blanks before it.
    let Some((head, rules)) = pack.text.split_once("rules: [\n") else {
        return PackSource { gazetteers, ..pack.clone() };
    };
    let (rules, tail) = rules.rsplit_once("\n    ],").expect("the end of the rules");
    let mut each: Vec<String> = Vec::new();
    for line in rules.lines() {
        match each.last_mut() {
            Some(rule) if !line.trim_start().starts_with("Rule(") => {
                rule.push('\n');
                rule.push_str(line);
            }
            _ => each.push(line.to_owned()),
        }
    }
    let rules = in_order(each, order).join("\n");
    PackSource { path: pack.path.clone(), text: format!("{head}rules: [\n{rules}\n    ],{tail}"), gazetteers }
}

/// Returns values in an order that some numbers make.
fn in_order<T>(values: Vec<T>, order: &[usize]) -> Vec<T> {
    let mut keyed: Vec<(usize, T)> = order.iter().copied().cycle().zip(values).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, value)| value).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn the_order_of_packs_rules_and_gazetteers_plays_no_part(
        order in prop::collection::vec(0_usize..1000, 7..40),
    ) {
        let packs: Vec<PackSource> = builtin_packs().iter().map(|pack| shuffled(pack, &order)).collect();
        let packs = in_order(packs, &order);
        let other = RuleSet::compile(&packs).map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
        prop_assert_eq!(other.rule_ids(), builtin().rule_ids());
        for text in [ARABIC, ENGLISH] {
            prop_assert_eq!(suggest(&other, text), suggest(builtin(), text));
        }
    }
}

/// Words that rules look at, with all that can stand in and around them.
fn piece() -> impl Strategy<Value = String> {
    let words = vec![
        "قال",
        "وقالت",
        "فأكد",
        "وزير",
        "وزارة",
        "الخارجية",
        "لليبيا",
        "للجيش",
        "محمد",
        "بن",
        "عبد",
        "الله",
        "سالم",
        "إن",
        "بحسب",
        "مصادر",
        "ليبيا",
        "الأمم",
        "المتحدة",
        "مدينة",
        "أيلول",
        "2019",
        "٣٪",
        "President",
        "Robert",
        "said",
        "that",
        "Paris",
        "U.S.",
        "’s",
    ];
    let marks = vec![
        "ـ",
        "ً",
        "َ",
        "ّ",
        "ْ",
        "ٰ",
        "\u{200c}",
        "\u{200d}",
        "\u{200f}",
        "\u{202b}",
        "\u{2067}",
        "\u{2069}",
        "\u{feff}",
        "\u{ad}",
        "👩‍👩‍👧",
        "🇱🇾",
        "\r\n",
        "\n",
        "\r",
        "\u{2029}",
        "\u{85}",
        " ",
        "\u{a0}",
        "،",
        "؛",
        "؟",
        ".",
        "…",
        "«",
        "»",
        "“",
        "”",
        "\"",
        "'",
        "(",
        ")",
        "[",
        "]",
        "ﷺ",
        "ﻻ",
        "ﷲ",
        "و",
        "ف",
        "ب",
        "ل",
        "ك",
        "س",
        "ال",
        "لل",
        "e\u{301}",
        "ß",
        "İ",
        "\0",
        "\u{1b}",
        "\u{10ffff}",
        "𞤀",
        "पा",
        "中",
    ];
    prop_oneof![
        6 => prop::sample::select(words).prop_map(str::to_owned),
        6 => prop::sample::select(marks).prop_map(str::to_owned),
        3 => Just(" ".to_owned()),
        1 => "\\PC{0,4}",
        1 => any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_span_leaves_the_text_or_parts_a_char_whatever_the_text(
        pieces in prop::collection::vec(piece(), 0..60),
    ) {
        let text = pieces.concat();
        let source = SourceText::new(text.as_str());
        for suggestion in suggest(builtin(), &text) {
            for range in suggestion.body.spans().flat_map(|fragments| fragments.ranges().to_vec()) {
                let (start, end) = (range.start().index(), range.end().index());
                prop_assert!(start < end && end <= text.len(), "{start}..{end} of {}", text.len());
                prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
                prop_assert!(!source.slice(range).trim().is_empty());
            }
            for piece in &suggestion.explanation.pieces {
                prop_assert!(text.get(piece.range.start().index()..piece.range.end().index()).is_some());
            }
        }
    }
}

#[test]
fn the_number_of_threads_plays_no_part() {
    let bench = Bench::new();
    let mut lines = String::new();
    for (i, article) in [ARABIC, ENGLISH].iter().cycle().take(60).enumerate() {
        let text: String = article.chars().skip(i * 37 % 900).take(400 + i * 53 % 2000).collect();
        writeln!(lines, "{}", serde_json::json!({"id": format!("a{i}"), "text": text})).expect("a String");
    }
    bench.write("many.jsonl", lines.as_bytes());
    let run = |threads| {
        let output = bench.run(&["suggest", "many.jsonl", "--explain", "--threads", threads]);
        output.split_once('\n').expect("a first line").1.to_owned()
    };
    let one = run("1");
    assert_eq!(one.lines().count(), 61, "{one}");
    assert_eq!(one, run("4"));
}

/// A rule with a pattern that no text of the tests completes, and that no index shows to be without a match.
fn hostile(id: &str, pattern: &str) -> String {
    format!(
        "Rule(id: \"{id}\", pattern: [Capture(\"X\", [{pattern}, Token(suffix: [\"ظظ\"])])], note: (en: \"n\", ar: \"ن\"), \
         examples: (must: [\"a\"], must_not: [\"b\"])),\n"
    )
}

/// Patterns that hang an engine which tries every way through them.
fn hostile_patterns() -> Vec<(&'static str, String)> {
    let token = "Token(), ";
    let deep =
        (0..6).fold("Token()".to_owned(), |inner, _| format!("Repeat(0, 3, [{inner}, Optional([{token}])])"));
    let choices = format!("OneOf([{}]), ", "[Token()], [Token(), Token()], ".repeat(20)).repeat(6);
    vec![
        ("optional", "Optional([Token()]), ".repeat(15)),
        ("nested", "Repeat(0, 8, [Repeat(0, 8, [Token(), Optional([Token()])])]), ".repeat(3)),
        ("deep", deep),
        ("long", "Repeat(0, 30, [Repeat(1, 20, [Token(name: true), Optional([Token()])])]), ".to_owned()),
        ("choices", choices),
        ("gaps", "Gap(0, 40), ".repeat(30)),
        ("gaps_without", "GapWithout(0, 40, [\"say\"]), ".repeat(30)),
        ("words_between", "Gap(0, 40), Token(min_letters: 1), ".repeat(12)),
        ("rests", "Optional([Rest]), Gap(0, 40), Rest, ".repeat(20)),
        ("regex", "Gap(0, 40), Regex(\"(\\\\w*)*(\\\\w*)*x?\"), ".repeat(10)),
    ]
    .into_iter()
    .map(|(name, pattern)| (name, pattern.trim_end_matches([' ', ',']).to_owned()))
    .collect()
}

fn hostile_pack(rules: &str) -> PackSource {
    let text = format!(
        "#![enable(implicit_some)]\nPack(format: 1, name: \"mine\", version: 1, language: \"ar\",\n\
         lists: {{\"say\": (class: Verb, words: [\"قال\"])}},\nrules: [\n{rules}])"
    );
    PackSource { path: "mine.ron".to_owned(), text, gazetteers: Vec::new() }
}

/// 20 KB in one sentence, and the same in sentences of 25 words.
fn hostile_articles() -> [(&'static str, String); 2] {
    let words =
        "مرت السفن أمام المرفأ القديم في ساعات الصباح ".split(' ').cycle().filter(|word| !word.is_empty());
    let mut one = String::new();
    let mut many = String::new();
    for (i, word) in words.take_while(|_| true).enumerate().take(2200) {
        for text in [&mut one, &mut many] {
            text.push_str(word);
        }
        one.push(' ');
        many.push_str(if i % 25 == 24 { ".\n" } else { " " });
    }
    [("one sentence", one), ("many sentences", many)]
}

/// Counted in the engine's own steps: what a machine makes of them is its own affair.
#[test]
fn hostile_patterns_have_bounded_work() {
    for (name, pattern) in hostile_patterns() {
        let rules = RuleSet::compile(&[hostile_pack(&hostile(name, &pattern))])
            .unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        for (article, text) in hostile_articles() {
            assert!(text.len() >= 20_000);
            let source = SourceText::new(text.as_str());
            let segmentation = Segmentation::new(&source);
            let (tokens, sentences) =
                (segmentation.tokens().len() as u64, segmentation.sentences().len() as u64);
            let started = std::time::Instant::now();
            let found = report(&rules, &text, Language::Arabic);
            let took = started.elapsed();
            let work = &found.work[&*format!("ar/{name}")];
            // To be seen with --nocapture; nothing is asserted about time.
            eprintln!(
                "{name:<14} {article:<14} {:>9} steps {:>4} exhausted {took:>10.1?}",
                work.steps, work.exhausted
            );
            assert!(found.suggestions.is_empty(), "{name}");
            let limit = 64 * tokens + 4_096 * sentences;
            assert!(work.steps <= limit, "{name} in {article}: {} steps, {limit} are the most", work.steps);
        }
    }
}

/// A pattern that is too large is a mistake in the pack, found without writing it out.
#[test]
fn patterns_that_grow_without_end_do_not_load() {
    let nested =
        (0..20).fold("Optional([Token()])".to_owned(), |inner, _| format!("Repeat(0, 1, [{inner}])"));
    let doubled =
        (0..20).fold("Optional([Token()])".to_owned(), |inner, _| format!("Repeat(2, 2, [{inner}])"));
    let cases = [
        ("repetitions of nothing", "Repeat(4000000000, 4000000000, [])".to_owned()),
        ("a million choices", "Repeat(0, 1000000, [OneOf([[Token()], [Token(), Token()]])])".to_owned()),
        ("doubled twenty times", doubled),
    ];
    for (name, pattern) in cases {
        assert!(RuleSet::compile(&[hostile_pack(&hostile("x", &pattern))]).is_err(), "{name}");
    }
    assert!(RuleSet::compile(&[hostile_pack(&hostile("x", &nested))]).is_ok(), "small, however deep");
}

#[test]
fn a_rule_that_runs_out_of_fuel_is_named_once() {
    let bench = Bench::new();
    let rules: String = hostile_patterns().iter().map(|(name, pattern)| hostile(name, pattern)).collect();
    bench.write("mine.ron", hostile_pack(&rules).text.as_bytes());
    let [(_, one), (_, many)] = hostile_articles();
    for (name, text) in [("a.txt", &one), ("b.txt", &many), ("c.txt", &one)] {
        bench.write(name, text.as_bytes());
    }
    let all = ["suggest", "a.txt", "b.txt", "c.txt", "--rules", "mine.ron", "--no-builtin", "--lang", "ar"];
    let output = bench.run(&all);
    let warnings: Vec<&str> = output.lines().filter(|line| line.starts_with("! warning: ")).collect();
    assert!(!warnings.is_empty() && output.ends_with("= 0\n"), "{output}");
    assert!(
        warnings.iter().all(|line| line.contains("rule ar/") && line.contains("ran out of steps")),
        "{output}"
    );
    let mut distinct = warnings.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), warnings.len());
}
