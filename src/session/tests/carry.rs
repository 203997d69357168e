//! An article that was changed after it was annotated.

use super::*;

/// An article with three mentions, saved, then changed as in an editor and opened again.
fn changed(change: impl FnOnce(&str) -> String) -> Bench {
    let mut bench = Bench::open(TEXT);
    for (part, nth, key) in [("مسقط", 1, "3"), ("سامر الحداد", 1, "1"), ("ريم القصاب", 0, "1")]
    {
        bench.select(part, nth);
        bench.keys(key);
    }
    bench.keys("Ctrl+S");
    bench.session.settle();
    let path = bench.session.article_path().expect("open").to_owned();
    crate::store::write(&path, change(TEXT).as_bytes(), None).expect("writable");
    bench.session.perform(Action::OpenPath(path, None));
    bench.session.settle();
    bench
}

fn orphans(bench: &Bench) -> usize {
    bench.editor().document().orphans().len()
}

#[test]
fn what_a_new_paragraph_has_moved_comes_to_its_new_place_in_one_step() {
    let mut bench = changed(|text| format!("فقرة جديدة في أول المقال.\n\n{text}"));
    assert!(bench.session.take_requests().contains(&Request::Carried));
    let carry = bench.session.carry().expect("changed").clone();
    assert_eq!((carry.counts(), orphans(&bench)), ([0, 3, 0, 0], 3), "{:?}", carry.carried);
    let before = bench.editor().document().clone();
    bench.session.perform(Action::CarryOver(carry.carried.iter().map(|carried| carried.orphan).collect()));
    assert_eq!(orphans(&bench), 0, "{:?}", bench.session.notice());
    let mut tagged = bench.tagged();
    tagged.sort();
    assert_eq!(tagged, ["GPE مسقط", "PERS ريم القصاب", "PERS سامر الحداد"]);
    bench.keys("Ctrl+Z");
    assert_eq!(*bench.editor().document(), before);
    bench.keys("Ctrl+Shift+Z Ctrl+S");
    bench.session.settle();
    bench.session.take_requests();
    let path = bench.session.article_path().expect("open").to_owned();
    bench.session.perform(Action::OpenPath(path, None));
    bench.session.settle();
    assert!(!bench.session.take_requests().contains(&Request::Carried), "all is in its place");
    assert_eq!(bench.tagged().len(), 3);
}

#[test]
fn what_is_not_chosen_stays_an_orphan_and_is_offered_again() {
    let mut bench = changed(|text| format!("سطر.\n{}", text.replace("ريم القصاب", "مندوبة الوفد")));
    let carry = bench.session.carry().expect("changed").clone();
    let [_, moved, _, lost] = carry.counts();
    assert_eq!((moved, lost), (2, 1), "{:?}", carry.carried);
    let first = carry.carried.iter().find(|carried| carried.proposal.is_some()).expect("moved").orphan;
    bench.session.perform(Action::CarryOver([first].into()));
    bench.keys("Ctrl+S");
    bench.session.settle();
    let path = bench.session.article_path().expect("open").to_owned();
    bench.session.perform(Action::OpenPath(path, None));
    bench.session.settle();
    assert!(bench.session.take_requests().contains(&Request::Carried));
    assert_eq!((orphans(&bench), bench.tagged().len()), (2, 1));
}

#[test]
fn an_article_that_changed_behind_its_last_annotation_is_told_in_one_line() {
    let bench = changed(|text| format!("{text}سطر في آخر المقال.\n"));
    let told = bench.session.notice().expect("a line").text.clone();
    assert_eq!(told, "The article has changed; all its annotations stand where they stood.");
    assert_eq!((orphans(&bench), bench.tagged().len()), (0, 3));
}
