use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::model::{
    ArticleIdentity, AttributeValue, Claim, Entity, Fragments, LabelId, Origin, RoleId, Timestamp,
    Transaction, UnknownFields,
};
use crate::text::{SourceText, TextEncoding, TextRange};

const TEXT: &str = "one two three four five six seven eight nine ten";

fn document() -> Document {
    let article =
        ArticleIdentity { file_name: "a.txt".into(), sha256: "00".into(), encoding: TextEncoding::UTF_8 };
    Document::new(SourceText::new(TEXT), article)
}

fn id(number: u32) -> AnnotationId {
    AnnotationId::new(number).expect("not zero")
}

fn word(text: &str) -> TextRange {
    let start = TEXT.find(text).expect("a word of the text");
    TextRange::from_indices(start, start + text.len())
}

fn annotation(id: AnnotationId, body: Body, at: i64) -> Annotation {
    let at = Timestamp::from_millis(at);
    let (attributes, origin) = (BTreeMap::new(), Origin::Human);
    Annotation {
        id,
        body,
        attributes,
        note: "".into(),
        origin,
        created: at,
        modified: at,
        unknown: UnknownFields::NONE,
    }
}

fn mention(number: u32, text: &str, label: &str) -> Annotation {
    let fragments = Fragments::single(word(text)).expect("not empty");
    annotation(id(number), Body::Entity(Entity { label: LabelId::from(label), fragments }), 1)
}

fn claim(number: u32, content: &str, source: AnnotationId) -> Annotation {
    let content = Fragments::single(word(content)).expect("not empty");
    let roles = BTreeMap::from([(RoleId::from(RoleId::SOURCE), vec![RoleFiller::Entity(source)])]);
    annotation(id(number), Body::Claim(Claim { label: "CLAIM".into(), content, roles }), 1)
}

fn key(text: &str) -> SuggestionKey {
    SuggestionKey { label: "PERS".into(), fragments: Fragments::single(word(text)).expect("not empty") }
}

fn decided(text: &str, decision: Decision) -> Edit {
    Edit::Decide(DecisionRecord {
        key: key(text),
        rule: "test/rule".into(),
        pack: "test@1".into(),
        decision,
        at: Timestamp::from_millis(1),
        unknown: UnknownFields::NONE,
    })
}

fn with(document: &Document, edits: Vec<Edit>) -> Document {
    let mut document = document.clone();
    document.apply(&Transaction::new("a test", edits)).expect("it fits");
    document
}

/// Brings what `theirs` changed into `ours`, and returns both the merge and what becomes of it.
fn merged(
    base: &Document,
    ours: &Document,
    theirs: &Document,
    chosen: &BTreeMap<ConflictKey, Side>,
) -> (Merge, Document) {
    let merge = merge(ours, &Changes::between(base, theirs), chosen);
    let document = with(ours, merge.edits.clone());
    (merge, document)
}

fn undecided() -> BTreeMap<ConflictKey, Side> {
    BTreeMap::new()
}

fn base() -> Document {
    with(&document(), vec![Edit::Insert(mention(1, "one", "PERS")), Edit::Insert(mention(2, "two", "LOC"))])
}

#[test]
fn changes_of_different_records_are_both_there() {
    let ours = with(&base(), vec![Edit::Insert(mention(3, "three", "ORG")), Edit::Remove(id(2))]);
    let theirs = with(&base(), vec![Edit::Replace(mention(1, "one", "ORG"))]);
    let (merge, document) = merged(&base(), &ours, &theirs, &undecided());
    assert_eq!(merge.conflicts, []);
    let labels: Vec<_> = document.annotations().iter().map(|a| (a.id, a.body.label().as_str())).collect();
    assert_eq!(labels, [(id(1), "ORG"), (id(3), "ORG")]);
}

#[test]
fn two_new_annotations_with_one_id_are_two_and_what_names_them_follows() {
    let ours = with(&base(), vec![Edit::Insert(mention(3, "three", "ORG"))]);
    let theirs = with(
        &base(),
        vec![
            Edit::Insert(mention(3, "four", "PERS")),
            Edit::Insert(claim(4, "five", id(3))),
            decided("four", Decision::Accepted(id(3))),
        ],
    );
    let (merge, document) = merged(&base(), &ours, &theirs, &undecided());
    assert_eq!(merge.conflicts, []);
    assert_eq!(merge.renamed, [(id(3), id(5))]);
    assert_eq!(document.annotation(id(3)), ours.annotation(id(3)));
    assert_eq!(document.annotation(id(5)).map(|a| a.body.fragments().hull()), Some(word("four")));
    let named: Vec<_> = document.annotation(id(4)).into_iter().flat_map(|a| a.body.references()).collect();
    assert_eq!(named, [id(5)]);
    assert_eq!(document.decision(&key("four")).map(|d| d.decision), Some(Decision::Accepted(id(5))));
}

#[test]
fn what_both_have_tagged_alike_is_there_once() {
    let ours = with(&base(), vec![Edit::Insert(mention(3, "three", "ORG"))]);
    let mut other = mention(7, "three", "ORG");
    other.created = Timestamp::from_millis(99);
    let theirs = with(&base(), vec![Edit::Insert(other), Edit::Insert(claim(8, "five", id(7)))]);
    let (merge, document) = merged(&base(), &ours, &theirs, &undecided());
    assert_eq!((merge.conflicts.len(), merge.renamed.len()), (0, 0));
    assert_eq!(document.annotations().len(), 4);
    let named: Vec<_> = document.annotation(id(8)).into_iter().flat_map(|a| a.body.references()).collect();
    assert_eq!(named, [id(3)]);
}

#[test]
fn different_fields_of_one_annotation_are_brought_together() {
    let mut noted = mention(1, "one", "PERS");
    noted.note = "sure?".into();
    noted.modified = Timestamp::from_millis(5);
    let mut labelled = mention(1, "one", "ORG");
    labelled.attributes.insert("name".into(), AttributeValue::Flag);
    let (ours, theirs) =
        (with(&base(), vec![Edit::Replace(noted)]), with(&base(), vec![Edit::Replace(labelled)]));
    let (merge, document) = merged(&base(), &ours, &theirs, &undecided());
    assert_eq!(merge.conflicts, []);
    let both = document.annotation(id(1)).expect("still there");
    assert_eq!((both.body.label().as_str(), &*both.note), ("ORG", "sure?"));
    assert_eq!((both.attributes.len(), both.modified), (1, Timestamp::from_millis(5)));
}

#[test]
fn the_same_field_changed_twice_waits_for_a_choice() {
    let ours = with(&base(), vec![Edit::Replace(mention(1, "one", "ORG"))]);
    let theirs = with(&base(), vec![Edit::Replace(mention(1, "one", "LOC"))]);
    let (merge, document) = merged(&base(), &ours, &theirs, &undecided());
    assert_eq!(
        merge.conflicts.iter().map(Conflict::key).collect::<Vec<_>>(),
        [ConflictKey::Annotation(id(1))]
    );
    assert_eq!(document, ours, "nothing changes before somebody has chosen");
    for (side, label) in [(Side::Here, "ORG"), (Side::Incoming, "LOC")] {
        let chosen = BTreeMap::from([(ConflictKey::Annotation(id(1)), side)]);
        let (merge, document) = merged(&base(), &ours, &theirs, &chosen);
        assert_eq!(merge.conflicts, []);
        assert_eq!(document.annotation(id(1)).map(|a| a.body.label().as_str()), Some(label));
    }
}

#[test]
fn removed_here_and_changed_there_waits_for_a_choice() {
    let ours = with(&base(), vec![Edit::Remove(id(1))]);
    let theirs = with(&base(), vec![Edit::Replace(mention(1, "one", "LOC"))]);
    let (merge, _) = merged(&base(), &ours, &theirs, &undecided());
    assert_eq!(merge.conflicts.len(), 1);
    let chosen = BTreeMap::from([(ConflictKey::Annotation(id(1)), Side::Incoming)]);
    let (_, document) = merged(&base(), &ours, &theirs, &chosen);
    assert_eq!(document.annotation(id(1)), theirs.annotation(id(1)));
}

#[test]
fn an_annotation_that_one_side_removed_and_the_other_names_stays() {
    let removed = with(&base(), vec![Edit::Remove(id(1))]);
    let named = with(&base(), vec![Edit::Insert(claim(3, "three", id(1)))]);
    for (ours, theirs) in [(&removed, &named), (&named, &removed)] {
        let (merge, document) = merged(&base(), ours, theirs, &undecided());
        assert_eq!(merge.kept, [id(1)]);
        assert_eq!(document, named);
    }
}

#[test]
fn accepted_here_and_refused_there_is_one_choice_about_both_records() {
    let accepted = with(
        &base(),
        vec![Edit::Insert(mention(3, "three", "PERS")), decided("three", Decision::Accepted(id(3)))],
    );
    let refused = with(&base(), vec![decided("three", Decision::Rejected)]);
    for (ours, theirs) in [(&accepted, &refused), (&refused, &accepted)] {
        let (merge, document) = merged(&base(), ours, theirs, &undecided());
        assert_eq!(
            merge.conflicts.iter().map(Conflict::key).collect::<Vec<_>>(),
            [ConflictKey::Decision(key("three"))]
        );
        assert_eq!(&document, ours);
        let chosen = BTreeMap::from([(ConflictKey::Decision(key("three")), Side::Incoming)]);
        let (merge, document) = merged(&base(), ours, theirs, &chosen);
        assert_eq!((merge.conflicts.len(), &document), (0, theirs));
    }
}

#[test]
fn changes_told_by_transactions_are_those_between_the_states() {
    let mut now = base();
    let mut applied = Vec::new();
    for edits in [
        vec![Edit::Insert(mention(3, "three", "ORG")), decided("three", Decision::Accepted(id(3)))],
        vec![Edit::Replace(mention(3, "four", "ORG")), Edit::Remove(id(2))],
        vec![Edit::Insert(mention(4, "five", "ORG"))],
        vec![Edit::Remove(id(4))],
    ] {
        let forward = Transaction::new("a test", edits);
        let inverse = now.apply(&forward).expect("it fits");
        applied.push((forward, inverse));
    }
    let told = Changes::of_transactions(applied.iter().map(|(forward, inverse)| (forward, inverse)));
    let between = Changes::between(&base(), &now);
    assert_eq!(Changes { new_from: between.new_from, ..told.clone() }, between);
    assert_eq!(told.len(), 3);
}

const WORDS: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const LABELS: [&str; 3] = ["PERS", "LOC", "ORG"];

fn nth(names: &[&'static str], index: Index) -> &'static str {
    names[index.index(names.len())]
}

#[derive(Debug, Clone)]
enum Deed {
    Tag(Index, Index),
    Claim(Index, Index),
    Relabel(Index, Index),
    Note(Index, u8),
    Remove(Index),
    Relate(Index, Index),
    Refuse(Index),
    Accept(Index),
}

fn deed() -> impl Strategy<Value = Deed> {
    let index = any::<Index>;
    prop_oneof![
        (index(), index()).prop_map(|(a, b)| Deed::Tag(a, b)),
        (index(), index()).prop_map(|(a, b)| Deed::Claim(a, b)),
        (index(), index()).prop_map(|(a, b)| Deed::Relabel(a, b)),
        (index(), any::<u8>()).prop_map(|(a, b)| Deed::Note(a, b)),
        index().prop_map(Deed::Remove),
        (index(), index()).prop_map(|(a, b)| Deed::Relate(a, b)),
        index().prop_map(Deed::Refuse),
        index().prop_map(Deed::Accept),
    ]
}

/// Does a deed the way the program does, on whatever is there; where it is about nothing, nothing is done.
fn doing(document: &Document, deed: &Deed) -> Option<Vec<Edit>> {
    let fresh = document.fresh_annotation_id().get();
    let pick = |index: &Index| {
        let all = document.annotations().as_slice();
        (!all.is_empty()).then(|| Annotation::clone(&all[index.index(all.len())]))
    };
    let edits = match deed {
        Deed::Tag(text, label) => {
            vec![Edit::Insert(mention(fresh, nth(&WORDS, *text), nth(&LABELS, *label)))]
        }
        Deed::Claim(text, source) => vec![Edit::Insert(claim(fresh, nth(&WORDS, *text), pick(source)?.id))],
        Deed::Relabel(which, label) => {
            let mut annotation = pick(which)?;
            if let Body::Entity(entity) = &mut annotation.body {
                entity.label = LabelId::from(nth(&LABELS, *label));
            }
            vec![Edit::Replace(annotation)]
        }
        Deed::Note(which, note) => {
            vec![Edit::Replace(Annotation { note: note.to_string().into(), ..pick(which)? })]
        }
        Deed::Remove(which) => document.removal(pick(which)?.id),
        Deed::Relate(from, to) => vec![Edit::Link(Relation {
            id: document.fresh_relation_id(),
            label: "same_as".into(),
            from: pick(from)?.id,
            to: pick(to)?.id,
            created: Timestamp::from_millis(1),
            unknown: UnknownFields::NONE,
        })],
        Deed::Refuse(text) => vec![decided(nth(&WORDS, *text), Decision::Rejected)],
        Deed::Accept(text) => vec![
            Edit::Insert(mention(fresh, nth(&WORDS, *text), "PERS")),
            decided(nth(&WORDS, *text), Decision::Accepted(id(fresh))),
        ],
    };
    Some(edits)
}

fn after(base: &Document, deeds: &[Deed]) -> Document {
    deeds.iter().fold(base.clone(), |document, deed| match doing(&document, deed) {
        Some(edits) => with(&document, edits),
        None => document,
    })
}

/// Returns what a document says, without ids.
fn said(document: &Document) -> Vec<String> {
    let body = |id: AnnotationId| {
        document.annotation(id).map(|a| format!("{:?} {}", a.body.fragments(), a.body.label()))
    };
    let annotations = document.annotations().iter().map(|a| {
        let named: Vec<_> = a.body.references().map(body).collect();
        format!("{:?} {} {} {named:?}", a.body.fragments(), a.body.label(), a.note)
    });
    let relations = document.relations().map(|r| format!("{} {:?} {:?}", r.label, body(r.from), body(r.to)));
    let decisions = document.decisions().map(|d| format!("{:?} {}", d.key, d.decision == Decision::Rejected));
    let mut said: Vec<String> = annotations.chain(relations).chain(decisions).collect();
    said.sort();
    said.dedup();
    said
}

proptest! {
    #[test]
    fn every_merge_applies_and_is_then_done(
        common in prop::collection::vec(deed(), 0..12),
        here in prop::collection::vec(deed(), 0..8),
        there in prop::collection::vec(deed(), 0..8),
    ) {
        let base = after(&document(), &common);
        let (ours, theirs) = (after(&base, &here), after(&base, &there));
        let (merge, _) = merged(&base, &ours, &theirs, &undecided());
        for side in [Side::Here, Side::Incoming] {
            let chosen: BTreeMap<_, _> = merge.conflicts.iter().map(|c| (c.key(), side)).collect();
            let (all, document) = merged(&base, &ours, &theirs, &chosen);
            prop_assert_eq!(&all.conflicts, &[]);
            prop_assert_eq!(&all.left_out, &[]);
            // Nothing that either side added is missing, unless a choice was made.
            if merge.conflicts.is_empty() && merge.kept.is_empty() {
                for (id, change) in Changes::between(&base, &theirs).annotations {
                    if let (None, Some(new)) = (change.before, change.after) {
                        let there = document.annotations().iter().any(|a| a.body.fragments() == new.body.fragments());
                        prop_assert!(there, "{id} is missing");
                    }
                }
            }
        }
    }

    #[test]
    fn without_conflicts_either_side_may_be_merged_into_the_other(
        common in prop::collection::vec(deed(), 0..12),
        here in prop::collection::vec(deed(), 0..6),
        there in prop::collection::vec(deed(), 0..6),
    ) {
        let base = after(&document(), &common);
        let (ours, theirs) = (after(&base, &here), after(&base, &there));
        let (into_ours, a) = merged(&base, &ours, &theirs, &undecided());
        let (into_theirs, b) = merged(&base, &theirs, &ours, &undecided());
        prop_assert_eq!(into_ours.conflicts.len(), into_theirs.conflicts.len());
        prop_assume!(into_ours.conflicts.is_empty());
        prop_assert_eq!(said(&a), said(&b));
    }

    #[test]
    fn what_one_side_alone_did_is_taken_as_it_is(
        common in prop::collection::vec(deed(), 0..12),
        there in prop::collection::vec(deed(), 0..8),
    ) {
        let base = after(&document(), &common);
        let theirs = after(&base, &there);
        let (merge, document) = merged(&base, &base, &theirs, &undecided());
        prop_assert_eq!((merge.conflicts.len(), merge.renamed.len()), (0, 0));
        prop_assert_eq!(said(&document), said(&theirs));
        let (nothing, _) = merged(&base, &theirs, &base, &undecided());
        prop_assert_eq!(nothing.edits, vec![]);
    }
}
