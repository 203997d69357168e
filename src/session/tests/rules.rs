//! Muting, editing and making rules, and what becomes of the suggestions.

use super::*;

impl Bench {
    /// What waits for a decision, as `LABEL text`.
    fn waiting(&self) -> Vec<String> {
        let source = self.editor().document().source();
        let show = |pending: &Pending| {
            format!("{} {}", pending.suggestion.body.label(), source.slice(pending.fragments().hull()))
        };
        self.editor().queue().pending().iter().map(show).collect()
    }
}

fn pack_text(path: &Path) -> String {
    String::from_utf8(crate::store::read_for_tests(path)).expect("a pack is text")
}

const NEWS: &str = "وصل وفد من ليبيا إلى مصنع الرمال أمس.\nوأغلق مصنع الرمال أبوابه.\n";

#[test]
fn a_rule_is_muted_in_one_article_and_in_all() {
    let (mut bench, rules) = project(NEWS);
    assert!(bench.waiting().contains(&"GPE ليبيا".to_owned()), "{:?}", bench.waiting());
    let rule: Arc<str> = "ar/gpe-country".into();
    bench.session.perform(Action::MuteHere(Arc::clone(&rule), true));
    bench.session.settle();
    assert!(!bench.waiting().contains(&"GPE ليبيا".to_owned()), "{:?}", bench.waiting());
    assert!(!rules.exists());
    bench.session.perform(Action::MuteHere(Arc::clone(&rule), false));
    bench.session.perform(Action::MuteRule(Arc::clone(&rule), true));
    bench.session.settle();
    bench.session.settle();
    assert!(!bench.waiting().contains(&"GPE ليبيا".to_owned()), "{:?}", bench.waiting());
    assert!(bench.session.rule(&rule).is_some_and(|card| card.is_muted));
    assert!(pack_text(&rules.join("muted-ar.ron")).contains("ar/gpe-country"));
    bench.session.perform(Action::MuteRule(rule, false));
    bench.session.settle();
    bench.session.settle();
    assert!(bench.waiting().contains(&"GPE ليبيا".to_owned()), "{:?}", bench.waiting());
}

#[test]
fn a_rule_made_from_a_selection_is_tried_and_kept() {
    let (mut bench, rules) = project(NEWS);
    bench.session.last_label = Some("FAC".into());
    bench.select("مصنع الرمال", 0);
    bench.keys("Ctrl+R");
    bench.session.settle();
    assert!(bench.session.take_requests().contains(&Request::Rules(None)));
    let draft = bench.session.draft().expect("a draft");
    let tried = draft.tried.as_ref().expect("it was tried");
    assert!(tried.errors.is_empty(), "{:?}", tried.errors);
    assert_eq!(tried.changes.added.len(), 2);
    assert!(draft.can_be_kept());
    assert!(!bench.waiting().contains(&"FAC مصنع الرمال".to_owned()));
    bench.session.perform(Action::KeepDraft);
    bench.session.settle();
    bench.session.settle();
    assert!(bench.session.draft().is_none(), "{:?}", bench.session.notice());
    let found = bench.waiting().into_iter().filter(|waiting| waiting == "FAC مصنع الرمال").count();
    assert_eq!(found, 2, "{:?}", bench.waiting());
    assert!(bench.session.is_own_rule("ar/own-1"));
    assert!(pack_text(&rules.join("own-ar.ron")).contains("own-1"));
}

#[test]
fn a_mistake_in_a_rule_is_told_in_its_own_lines_and_is_not_kept() {
    let (mut bench, rules) = project(NEWS);
    bench.session.perform(Action::EditRule("ar/gpe-country".into()));
    bench.session.settle();
    let text = bench.session.draft().expect("a draft").text.clone();
    assert!(text.contains("my-gpe-country"), "{text}");
    let broken = text.replace("pattern: [", "patern: [");
    let line = broken.lines().position(|line| line.contains("patern")).expect("it is there") + 1;
    bench.session.perform(Action::SetDraft(broken));
    bench.session.try_draft_for_tests();
    bench.session.settle();
    let tried = bench.session.draft().and_then(|draft| draft.tried.as_ref()).expect("it was tried");
    assert_eq!((&*tried.errors[0].path, tried.errors[0].line as usize), ("rule", line), "{:?}", tried.errors);
    assert_eq!(tried.errors[0].nearest.as_deref(), Some("pattern"));
    assert!(!bench.session.draft().is_some_and(Draft::can_be_kept));
    bench.session.perform(Action::KeepDraft);
    bench.session.settle();
    assert!(bench.session.draft().is_some(), "what was written is still there");
    assert!(bench.session.notice().is_some_and(|notice| notice.is_error));
    assert!(!rules.exists());
}

#[test]
fn a_pack_that_is_changed_on_disk_is_read_again() {
    let (mut bench, rules) = project(NEWS);
    let pack = |word: &str| {
        format!(
            "#![enable(implicit_some)]\nPack(format: 1, name: \"own\", version: 1, language: \"ar\", rules: [\n\
             Rule(id: \"mill\", priority: 90, pattern: [Capture(\"FAC\", [Word(\"{word}\")])], note: (en: \"n\", ar: \"ن\"),\n\
             examples: (must: [\"[{word}]\"], must_not: [\"لا\"])),\n])\n"
        )
    };
    crate::store::save_pack(&rules.join("mine.ron"), &pack("مصنع الرمال")).expect("writable");
    bench.session.perform(Action::RunRules);
    bench.session.settle();
    bench.session.settle();
    assert!(bench.waiting().contains(&"FAC مصنع الرمال".to_owned()), "{:?}", bench.waiting());
    // From now on the folder is watched.
    crate::store::save_pack(&rules.join("mine.ron"), &pack("أبوابه")).expect("writable");
    for _ in 0..200 {
        if bench.waiting().contains(&"FAC أبوابه".to_owned()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
        bench.session.poll();
    }
    panic!("{:?}", bench.waiting());
}
