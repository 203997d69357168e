use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::formats::annotation_file::tests::{
    TEXT, annotation, document_of, identity, pieces, sample, saved, schema, span,
};
use crate::formats::annotation_file::{Loaded, load};
use crate::model::{
    AnnotationId, Body, Carried, Carry, CarryOutcome, Claim, Document, Edit, RoleFiller, RoleId, Transaction,
};
use crate::text::SourceText;

/// Loads the file of a document beside an article that was changed.
fn changed(document: &Document, article: &str) -> Loaded {
    beside(&saved(document), article)
}

fn beside(file: &str, article: &str) -> Loaded {
    let mut other = identity();
    other.sha256 = format!("{:064x}", article.len()).into();
    load(file.as_bytes(), &SourceText::new(article), other, &schema()).expect("a good file")
}

fn carry(loaded: &Loaded) -> &Carry {
    loaded.carry.as_ref().expect("the article has changed")
}

fn all(carry: &Carry) -> BTreeSet<AnnotationId> {
    carry.carried.iter().map(|carried| carried.orphan).collect()
}

/// Applies what is chosen, checks that undo takes it back exactly, and returns the document after it.
fn reviewed(loaded: &Loaded, chosen: &BTreeSet<AnnotationId>) -> Document {
    let transaction = carry(loaded).transaction(&loaded.document, chosen);
    let mut document = loaded.document.clone();
    let inverse = document.apply(&transaction).expect("it fits");
    let after = document.clone();
    document.apply(&inverse).expect("an inverse applies");
    assert_eq!(document, loaded.document);
    after
}

fn told(carried: &Carried) -> String {
    let to = carried.proposal.as_ref().map_or(String::new(), |proposal| format!(" «{}»", proposal.quote));
    format!("{} {} «{}»{to}: {}", carried.orphan, carried.label, carried.quote, carried.why)
}

fn id(n: u32) -> AnnotationId {
    AnnotationId::new(n).expect("not zero")
}

#[test]
fn an_article_that_grew_at_its_end_moves_nothing() {
    let longer = format!("{TEXT}ملحق");
    let loaded = changed(&sample(), &longer);
    assert_eq!(carry(&loaded).carried, []);
    assert_eq!(carry(&loaded).unmoved, 3);
    assert_eq!(
        carry(&loaded).notice(),
        "The article has changed; all its annotations stand where they stood."
    );
    let again = beside(&saved(&loaded.document), &longer);
    assert_eq!(again.carry, None, "a save tells of the article as it is now");
    assert_eq!(again.problems, []);
}

#[test]
fn everything_is_carried_over_in_one_transaction() {
    let longer = format!("عاجل: {TEXT}");
    let loaded = changed(&sample(), &longer);
    assert_eq!(loaded.document.annotations().len(), 0);
    let lines: Vec<String> = carry(&loaded).carried.iter().map(told).collect();
    insta::assert_snapshot!(lines.join("\n"));

    let after = reviewed(&loaded, &all(carry(&loaded)));
    assert_eq!(after.orphans().len(), 0);
    assert_eq!((after.annotations().len(), after.relations().len(), after.decisions().len()), (3, 1, 2));
    let again = beside(&saved(&after), &longer);
    assert_eq!((&again.carry, &again.problems[..]), (&None, &[][..]));
    assert_eq!(again.document, after);
}

#[test]
fn what_is_not_reviewed_is_offered_again() {
    let longer = format!("عاجل: {TEXT}");
    let loaded = changed(&sample(), &longer);
    let again = beside(&saved(&loaded.document), &longer);
    assert_eq!(again.document, loaded.document);
    assert_eq!(carry(&again).carried.len(), 6);
    assert!(carry(&again).carried.iter().all(|carried| carried.proposal.is_some()));
    let after = reviewed(&again, &all(carry(&again)));
    assert_eq!(after.annotations().len(), 3);
}

#[test]
fn a_claim_whose_source_is_not_chosen_keeps_its_span() {
    let loaded = changed(&sample(), &format!("عاجل: {TEXT}"));
    let after = reviewed(&loaded, &BTreeSet::from([id(2)]));
    assert_eq!(after.annotations().len(), 1);
    let claim = after.annotation(id(2)).and_then(|a| a.body.as_claim()).expect("the claim");
    let [RoleFiller::Span(source), RoleFiller::Author, RoleFiller::Unnamed] = claim.role("SOURCE") else {
        panic!("{claim:?}");
    };
    assert_eq!(after.source().slice(source.hull()), "سليم عون");
    assert!(after.orphan(id(1)).is_some(), "the mention is still to be decided on");
}

#[test]
fn a_role_that_is_lost_is_told() {
    const OLD: &str = "صباح أمس أعلن مدير الميناء أن السفن تعود إلى المرفأ غدا، وذلك في لقاء مع الصحافة";
    let mut document = Document::new(SourceText::new(OLD), identity());
    let cue = RoleFiller::Span(span(OLD, "أعلن"));
    let claim = Claim {
        label: "CLAIM".into(),
        content: span(OLD, "السفن تعود إلى المرفأ"),
        roles: BTreeMap::from([(RoleId::from("CUE"), vec![cue])]),
    };
    let claim = annotation(1, Body::Claim(claim));
    document.apply(&Transaction::new("Sample", vec![Edit::Insert(claim)])).expect("it fits");
    let loaded = changed(&document, &OLD.replacen("أعلن", "صرّح", 1));
    let [carried] = &carry(&loaded).carried[..] else { panic!("{loaded:?}") };
    assert_eq!(carried.outcome, CarryOutcome::Unmoved);
    assert_eq!(&*carried.lost_roles[0].what, "أعلن");
    assert_eq!(&*carried.why, "it stands where it stood; CUE loses «أعلن»");
    let after = reviewed(&loaded, &all(carry(&loaded)));
    let claim = after.annotation(id(1)).and_then(|a| a.body.as_claim()).expect("the claim");
    assert_eq!(claim.roles, BTreeMap::new());
}

#[test]
fn the_same_words_that_come_to_stand_in_its_place_are_not_taken_for_it() {
    let first = "سليم عون قال إن المرفأ يفتح غدا في الصباح الباكر.\n";
    let second = "سليم عمر وصل مساء إلى المدينة القديمة بعد غياب طويل عنها، ثم غادر سليم عمر.\n";
    let old = format!("سليم عمر قال إن المرفأ يفتح غدا في الصباح الباكر.\n{second}");
    let mut document = Document::new(SourceText::new(old.as_str()), identity());
    let at = old.find(second).expect("there");
    let range = crate::text::TextRange::from_indices(at, at + "سليم عمر".len());
    let fragments = crate::model::Fragments::single(range).expect("not empty");
    let person = Body::Entity(crate::model::Entity { label: "PERS".into(), fragments });
    document.apply(&Transaction::new("Tag", vec![Edit::Insert(annotation(1, person))])).expect("it fits");

    // As long as the first line: now the first name stands where the second one stood.
    let new = format!("{first}{old}");
    let loaded = changed(&document, &new);
    assert_eq!(loaded.document.annotations().len(), 0);
    let orphan = loaded.document.orphan(id(1)).expect("set aside");
    assert_eq!(&*orphan.reason, "at 50..58 the article has «سليم عمر», but not what stood around it");
    for loaded in [&loaded, &beside(&saved(&loaded.document), &new)] {
        let [carried] = &carry(loaded).carried[..] else { panic!("{loaded:?}") };
        assert_eq!(carried.outcome, CarryOutcome::Moved);
        let to = carried.proposal.as_ref().and_then(|proposal| proposal.to.as_ref()).expect("found");
        assert_eq!(to.hull().start().index(), first.len() + at);
    }
}

#[test]
fn what_is_lost_stays_an_orphan_and_names_where_it_may_be() {
    let old = "the minister said to Salim that the harbour opens";
    let new = "the minister said to Salim to Salim that the harbour opens";
    let loaded = changed(&document_of(old, &["Salim", "harbour"]), new);
    let [salim, harbour] = &carry(&loaded).carried[..] else { panic!("{loaded:?}") };
    let CarryOutcome::Lost { candidates } = &salim.outcome else { panic!("{salim:?}") };
    assert_eq!(candidates.len(), 2);
    assert_eq!(&*salim.why, "it may stand in any of several places: 21..26, 30..35");
    assert_eq!(&*harbour.why, "the same words, 9 characters nearer to the end");
    assert_eq!(carry(&loaded).counts(), [0, 1, 0, 1]);
    let after = reviewed(&loaded, &all(carry(&loaded)));
    assert_eq!((after.annotations().len(), after.orphans().len()), (1, 1));
}

#[test]
fn an_orphan_that_was_placed_by_hand_meanwhile_is_left_alone() {
    let loaded = changed(&sample(), &format!("عاجل: {TEXT}"));
    let mut document = loaded.document.clone();
    document.apply(&Transaction::new("Discard", vec![Edit::Discard(id(5))])).expect("it is there");
    let transaction = carry(&loaded).transaction(&document, &all(carry(&loaded)));
    document.apply(&transaction).expect("it fits");
    assert_eq!(document.annotations().len(), 2);
}

#[test]
fn hundreds_are_carried_over_and_back_as_few_are() {
    let names: Vec<String> = (0..200).map(|n| format!("Salim{n:03}")).collect();
    let text: Vec<String> =
        names.iter().map(|name| format!("On that day {name} came to the harbour.")).collect();
    let text = text.join(" ");
    let parts: Vec<&str> = names.iter().map(String::as_str).collect();
    let loaded = changed(&document_of(&text, &parts), &format!("News: {text}"));
    assert_eq!(carry(&loaded).counts(), [0, 200, 0, 0]);
    let after = reviewed(&loaded, &all(carry(&loaded)));
    assert_eq!((after.annotations().len(), after.orphans().len()), (200, 0));
}

proptest! {
    #[test]
    fn whatever_the_article_became_the_review_is_one_transaction_that_can_be_undone(
        document in pieces(),
        at in any::<prop::sample::Index>(),
        cut in 0..6_usize,
        put in "([ء-ي]{0,4}|👩‍👩‍👧|\u{64e}|\r\n| ){0,4}",
        few in any::<prop::sample::Index>(),
    ) {
        let mut chars: Vec<char> = document.source().as_str().chars().collect();
        let at = at.index(chars.len() + 1);
        chars.splice(at..(at + cut).min(chars.len()), put.chars());
        let article: String = chars.into_iter().collect();
        let loaded = changed(&document, &format!("{article}."));
        let kept = loaded.document.annotations().len() + loaded.document.orphans().len();
        prop_assert_eq!(kept, document.annotations().len(), "nothing is dropped");
        let everything = all(carry(&loaded));
        let some = everything.iter().copied().take(few.index(everything.len() + 1)).collect();
        for chosen in [&everything, &some] {
            let after = reviewed(&loaded, chosen);
            let again = beside(&saved(&after), &format!("{article}."));
            prop_assert_eq!(again.document.annotations().len(), after.annotations().len());
        }
    }
}
