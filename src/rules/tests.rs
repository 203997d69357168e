//! The engine's laws, and the packs that ship.

use proptest::prelude::*;

use super::*;
use crate::model::{Body, Fragments, Suggestion};
use crate::text::{Segmentation, SourceText};

fn suggest(rules: &RuleSet, text: &str, context: &Context) -> (SourceText, Vec<Suggestion>) {
    let source = SourceText::new(text);
    let segmentation = Segmentation::new(&source);
    let suggestions = rules.suggest(&source, &segmentation, context);
    (source, suggestions)
}

fn builtin() -> &'static RuleSet {
    static RULES: std::sync::OnceLock<RuleSet> = std::sync::OnceLock::new();
    RULES.get_or_init(|| match RuleSet::builtin() {
        Ok(rules) => rules,
        Err(errors) => {
            panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        }
    })
}

/// Returns the mentions of a text as `LABEL|text`, in reading order.
fn mentions(text: &str) -> Vec<String> {
    let (source, suggestions) = suggest(builtin(), text, &Context::default());
    let entities = suggestions.iter().filter(|s| matches!(s.body, Body::Entity(_)));
    entities.map(|s| format!("{}|{}", s.body.label(), source.slice(s.body.fragments().hull()))).collect()
}

fn pack(rules: &str) -> PackSource {
    let text = format!(
        "#![enable(implicit_some)]\nPack(format: 1, name: \"mine\", version: 1, language: \"ar\",\n\
         lists: {{\"say\": (class: Verb, words: [\"قال\", \"أكد\"])}},\nrules: [\n{rules}\n])"
    );
    PackSource { path: "mine.ron".to_owned(), text, gazetteers: Vec::new() }
}

/// A rule with a pattern and without surprises.
fn rule(id: &str, pattern: &str) -> String {
    format!(
        "Rule(id: \"{id}\", pattern: {pattern}, note: (en: \"n\", ar: \"ن\"),\n\
         examples: (must: [\"a\"], must_not: [\"b\"])),"
    )
}

#[test]
fn every_example_of_the_shipped_packs_holds() {
    let failed = builtin().check_examples();
    assert!(failed.is_empty(), "{}", failed.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

/// One row is one text; what stands in `[LABEL|…]` must be suggested with exactly these edges.
#[test]
fn readable_cases_hold() {
    let cases = [
        // proclitics and the article
        "أعيدت الشحنة ل[GPE|لبنان] وسلمت للمالك",
        "التقى وفدا من [NORP|الليبيين] في [GPE|موسكو]",
        "سلمت المواقع ل[ORG|لجيش الوطني الليبي] أمس",
        // titles
        "حضر وزير الزراعة المغربي [PERS|فهيم مرجاني] الحفل",
        "وقال [PERS|نزار القباني]، المستشار في البلدية، إن الأمر انتهى",
        // media and quotes
        "ذكرت [MEDIA|صحيفة «المرفأ» اليونانية] أن الميناء أغلق",
        "أكد مصدر لـ«[MEDIA|المدار]» أن الطريق آمن",
        // names that come again
        "وصل [PERS|سالم الغرياني] إلى المدينة، ثم غادر [PERS|الغرياني] ليلا",
        // tatweel, diacritics and spelling
        "زار [GPE|لـيـبـيَـا] والتقى ممثلي [ORG|الامم المتّحدة]",
        // English
        "President [PERS|Kardo] met [PERS|Robert Halden] in [GPE|Paris] on [DATE|Tuesday]",
        "The [ORG|Ministry of Fisheries] denied it",
        "Clerks at the [ORG|Halden Bank] met [PERS|Robert Halden]. [PERS|Halden]’s car left",
    ];
    for case in cases {
        let (source, wanted) = super::examples::parse(case, "");
        let found = mentions(source.as_str());
        for (label, range) in wanted {
            let wanted = format!("{label}|{}", source.slice(range));
            assert!(found.contains(&wanted), "{wanted} is missing in {found:?} of “{case}”");
        }
    }
}

#[test]
fn page_furniture_gets_no_suggestion() {
    for line in ["Email", "أ + أ - حجم عادي", "طباعة", "Share | Tweet", "ت + ت - الحجم"]
    {
        let text = format!("وصل الوفد إلى موسكو أمس.\n\n{line}\n");
        let (source, found) = suggest(builtin(), &text, &Context::default());
        let start = text.find(line).expect("in the text");
        let inside: Vec<&str> = found
            .iter()
            .map(|s| s.body.fragments().hull())
            .filter(|range| range.end().index() > start)
            .map(|range| source.slice(range))
            .collect();
        assert!(inside.is_empty(), "{inside:?} in {line}");
    }
}

#[test]
fn a_claim_has_its_source_cue_and_parted_content() {
    let text = "وفيما نصت المسودة بحسب مصادر ماليزية على تجميد العمل في الميناء، بدأت المهلة.";
    let (source, found) = suggest(builtin(), text, &Context::default());
    let claim = found.iter().find_map(|s| s.body.as_claim()).expect("a claim");
    let texts = |fragments: &Fragments| -> Vec<String> {
        fragments.ranges().iter().map(|r| source.slice(*r).to_owned()).collect()
    };
    assert_eq!(texts(&claim.content), ["وفيما نصت المسودة", "على تجميد العمل في الميناء"]);
    assert_eq!(claim.role_spans("SOURCE").flat_map(texts).collect::<Vec<_>>(), ["مصادر ماليزية"]);
    assert_eq!(claim.role_spans("CUE").flat_map(texts).collect::<Vec<_>>(), ["بحسب"]);
}

#[test]
fn each_cue_gives_one_claim() {
    let text = "قال الوزير إن الطريق مغلق، وأكد أن العمل مستمر. وأضاف أن النتائج قريبة.";
    let (_, found) = suggest(builtin(), text, &Context::default());
    let mut cues: Vec<_> =
        found.iter().filter_map(|s| s.body.as_claim()).flat_map(|c| c.role_spans("CUE")).collect();
    let all = cues.len();
    cues.sort();
    cues.dedup();
    assert_eq!((all, cues.len()), (3, 3));
}

#[test]
fn what_was_decided_is_not_suggested_again() {
    let text = "سافر الوفد إلى تونس";
    let (_, found) = suggest(builtin(), text, &Context::default());
    let key = found.first().expect("a country").key();
    let context = Context { decided: [key].into(), ..Context::default() };
    assert!(suggest(builtin(), text, &context).1.is_empty());
    let confirmed = ConfirmedMention { label: "LOC".into(), fragments: found[0].body.fragments().clone() };
    let context = Context { confirmed: vec![confirmed], ..Context::default() };
    assert!(suggest(builtin(), text, &context).1.is_empty());
}

#[test]
fn a_name_that_a_human_made_is_carried_on() {
    let text = "وصل ماندو قرشالو ثم غادر قرشالو ليلا";
    assert!(mentions(text).is_empty());
    let source = SourceText::new(text);
    let end = text.find(" ثم").expect("in the text");
    let start = text.find("ماندو").expect("in the text");
    let fragments = Fragments::single(crate::text::TextRange::from_indices(start, end)).expect("not empty");
    let confirmed = ConfirmedMention { label: "PERS".into(), fragments };
    let (_, found) = suggest(builtin(), text, &Context { confirmed: vec![confirmed], ..Context::default() });
    let found: Vec<&str> = found.iter().map(|s| source.slice(s.body.fragments().hull())).collect();
    assert_eq!(found, ["قرشالو"]);
}

#[test]
fn every_suggestion_explains_itself() {
    let text = "قالت وزارة الزراعة المغربية إن الموسم جيد، ثم عاد سالم الغرياني. غادر الغرياني.";
    let (_, found) = suggest(builtin(), text, &Context::default());
    assert!(found.len() >= 4);
    for s in &found {
        assert!(!s.why.is_empty() && !s.explanation.pieces.is_empty(), "{s:?}");
        assert!(builtin().note(&s.rule, Language::Arabic).is_some_and(|note| !note.is_empty()));
    }
    let nested = found.iter().any(|s| s.explanation.losers.iter().any(|l| !l.reason.is_empty()));
    assert!(nested, "nothing lost against anything in {found:?}");
}

#[test]
fn the_order_of_packs_plays_no_part() {
    let text = "قال وزير الزراعة المغربي فهيم مرجاني، بحسب مصادر روسية، إن ليبيا والأمم المتحدة على اتفاق.";
    let mut packs = builtin_packs();
    packs.reverse();
    let reversed = RuleSet::compile(&packs).expect("the same packs");
    assert_eq!(
        suggest(builtin(), text, &Context::default()).1,
        suggest(&reversed, text, &Context::default()).1
    );
}

#[test]
fn optional_elements_and_repetitions_cannot_hang() {
    let optional = "Optional([Token()]), ".repeat(15);
    let nested = "Repeat(0, 8, [Repeat(0, 8, [Token(), Optional([Token()])])]), ".repeat(3);
    let hostile = format!(
        "{}{}",
        rule("optional", &format!("[Capture(\"X\", [{optional}Word(\"نهاية\")])]")),
        rule("nested", &format!("[Capture(\"X\", [{nested}Word(\"نهاية\")])]")),
    );
    let rules = RuleSet::compile(&[pack(&hostile)]).expect("hostile, but well-formed");
    let text = "كلمة ".repeat(2200);
    let started = std::time::Instant::now();
    let (_, found) = suggest(&rules, &text, &Context::default());
    assert!(found.is_empty());
    // Generous for an unoptimised build; the point is that it ends.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn a_broken_pack_is_reported_with_its_place() {
    let good = rule("good", "[Capture(\"X\", [List(\"say\")])]");
    let cases: [(&str, String, &str); 12] = [
        ("syntax", rule("x", "[Capture(\"X\" [List(\"say\")])]"), "mine.ron:5:"),
        ("field", good.replace("pattern:", "patern:"), "did you mean `pattern`?"),
        ("element", rule("x", "[Capture(\"X\", [Lits(\"say\")])]"), "did you mean `List`?"),
        ("list", rule("x", "[Capture(\"X\", [List(\"sya\")])]"), "mine.ron:5:"),
        ("nearest list", rule("x", "[Capture(\"X\", [List(\"sai\")])]"), "did you mean `say`?"),
        ("label", rule("x", "[Capture(\"X\", [Entity(\"Y\")])]"), "the label `Y` does not exist"),
        (
            "gazetteer",
            rule("x", "[Capture(\"X\", [Gazetteer(\"city\")])]"),
            "the gazetteer `city` does not exist",
        ),
        ("regex", rule("x", "[Capture(\"X\", [Regex(\"(\")])]"), "does not compile"),
        ("examples", good.replace("[\"b\"]", "[]"), "a rule without examples does not load"),
        ("capture", rule("x", "[List(\"say\")]"), "captured as a label"),
        ("cycle", rule("x", "[Capture(\"X\", [Entity(\"X\")])]"), "depend on this rule"),
        ("twice", format!("{good}\n{good}"), "another rule has the same id"),
    ];
    for (name, rules, wanted) in cases {
        let Err(errors) = RuleSet::compile(&[pack(&rules)]) else {
            panic!("{name}: the pack loads");
        };
        let all = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(all.starts_with("mine.ron:") && all.contains(wanted), "{name}: {all}");
        assert!(errors.iter().all(|e| e.line > 0 && e.column > 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_suggestion_crosses_a_char_boundary(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "قال", "وقالت", "وزير", "وزارة", "الخارجية", "الروسية", "لليبيا", "للجيش", "الوطني", "محمد", "بن",
                "سالم", "الغرياني", "إن", "أن", "«الوفاق»", "لـ«البيان»", "بحسب", "مصادر", "،", ".", ":", "\"", "\n",
                "12", "٪", "أيلول", "ﷺ", "👩‍👩‍👧", "قَالَ", "الـمدينة", "President", "Robert", "Halden", "said", "that",
                "“", ",”", "U.S.", "Paris", "’s", "\u{200F}", "ﻻ", "في", "المئة",
            ]),
            0..60,
        ),
        spaces in prop::sample::select(vec![" ", "", "\u{a0}"]),
    ) {
        let text = words.join(spaces);
        for language in [Language::Arabic, Language::English] {
            let context = Context { language: Some(language), ..Context::default() };
            let (source, found) = suggest(builtin(), &text, &context);
            for suggestion in &found {
                for fragments in suggestion.body.spans() {
                    for range in fragments.ranges() {
                        prop_assert!(source.range(range.start(), range.end()).is_ok());
                        prop_assert!(!source.slice(*range).trim().is_empty());
                    }
                }
            }
            prop_assert!(found.windows(2).all(|pair| pair[0].body.fragments() <= pair[1].body.fragments()));
            prop_assert_eq!(&suggest(builtin(), &text, &context).1, &found);
        }
    }
}

/// Returns the mentions that the shipped rules find when a pack says what belongs to a span.
fn mentions_with_spans(spans: &str, text: &str) -> Result<Vec<String>, Vec<PackError>> {
    let mut packs = builtin_packs();
    packs.push(PackSource {
        path: "mine.ron".to_owned(),
        text: format!("Pack(format: 1, name: \"mine\", version: 1, language: \"ar\", {spans})"),
        gazetteers: Vec::new(),
    });
    let (source, suggestions) = suggest(&RuleSet::compile(&packs)?, text, &Context::default());
    Ok(suggestions.iter().map(|s| source.slice(s.body.fragments().hull()).to_owned()).collect())
}

#[test]
fn what_belongs_to_a_span_is_a_setting() {
    let text = "سافر الوفد للبنان";
    let spans = |spans| mentions_with_spans(spans, text).expect("the pack loads");
    assert_eq!(spans(""), ["لبنان"]);
    assert_eq!(spans("spans: Some((proclitics: true))"), ["للبنان"]);
    assert_eq!(spans("mute: [\"ar/gpe-country\"]"), [""; 0]);
}

#[test]
fn the_condition_that_stopped_a_match_is_named() {
    let rules = "Rule(id: \"port\", pattern: [Capture(\"FAC\", [Word(\"الميناء\")])], not_after: [Word(\"إلى\")],\n\
                 note: (en: \"n\", ar: \"ن\"), examples: (must: [\"[الميناء]\"], must_not: [\"x\"])),";
    let rules = RuleSet::compile(&[pack(rules)]).expect("the pack loads");
    let source = SourceText::new("وصلت السفينة إلى الميناء");
    let at = source.as_str().find("الميناء").expect("in the text");
    let span = crate::text::TextRange::from_indices(at, source.as_str().len());
    let why = rules.why(&source, span, Some("FAC"));
    let [Why { rule, outcome: Outcome::Condition { range, unmet } }] = &why[..] else { panic!("{why:?}") };
    assert_eq!(
        (&**rule, source.slice(*range), &**unmet),
        ("ar/port", "الميناء", "stands behind no word «إلى»")
    );
}
