use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::formats::schema_file;
use crate::model::{
    Annotation, AnnotationId, AttributeValue, Body, Claim, Decision, DecisionRecord, Document, Edit, Entity,
    Fragments, LabelId, Origin, Relation, RelationId, RoleFiller, RoleId, SuggestionKey, Timestamp,
    Transaction, UnknownFields,
};
use crate::text::{ByteOffset, TextEncoding, TextRange};

pub(crate) const TEXT: &str = "قال سليم عون إن المرفأ\r\nسيفتح «غدا» 👩‍👩‍👧 في \u{200f}2002.\n";

pub(crate) fn schema() -> Schema {
    schema_file::load(schema_file::tests::SMALL.as_bytes()).expect("a good schema")
}

pub(crate) fn identity() -> ArticleIdentity {
    ArticleIdentity {
        file_name: "port.txt".into(),
        sha256: "00ff".repeat(16).into(),
        encoding: TextEncoding::UTF_8,
    }
}

pub(crate) fn span(text: &str, part: &str) -> Fragments {
    let start = text.find(part).expect("a part of the text");
    Fragments::single(TextRange::from_indices(start, start + part.len())).expect("not empty")
}

pub(crate) fn annotation(id: u32, body: Body) -> Annotation {
    Annotation {
        id: AnnotationId::new(id).expect("not zero"),
        body,
        attributes: BTreeMap::new(),
        note: "".into(),
        origin: Origin::Human,
        created: Timestamp::from_millis(1_700_000_000_123),
        modified: Timestamp::from_millis(1_700_000_000_123),
        unknown: UnknownFields::NONE,
    }
}

/// One of everything.
pub(crate) fn sample() -> Document {
    let source = SourceText::new(TEXT);
    let mut document = Document::new(source, identity());
    let mut person =
        annotation(1, Body::Entity(Entity { label: "PERS".into(), fragments: span(TEXT, "سليم عون") }));
    person.attributes.insert("mention".into(), AttributeValue::Choice("name".into()));
    person.attributes.insert("uncertain".into(), AttributeValue::Flag);
    person.note = "sure?\n\"yes\"".into();
    person.origin = Origin::Rule { rule: "ar/pers".into(), pack: "ar-news@1".into() };
    let content = Fragments::new(vec![
        span(TEXT, "المرفأ").first(),
        span(TEXT, "سيفتح").first(),
        span(TEXT, "2002").first(),
    ]);
    let roles = BTreeMap::from([
        (
            RoleId::from("SOURCE"),
            vec![RoleFiller::Entity(person.id), RoleFiller::Author, RoleFiller::Unnamed],
        ),
        (RoleId::from("CUE"), vec![RoleFiller::Span(span(TEXT, "قال"))]),
    ]);
    let claim =
        annotation(2, Body::Claim(Claim { label: "CLAIM".into(), content: content.expect("apart"), roles }));
    let family = annotation(5, Body::Entity(Entity { label: "GPE".into(), fragments: span(TEXT, "👩‍👩‍👧") }));
    let relation = Relation {
        id: RelationId::FIRST,
        label: "same_as".into(),
        from: claim.id,
        to: claim.id,
        created: Timestamp::from_millis(0),
        unknown: UnknownFields::NONE,
    };
    let decision = |part, decision| {
        Edit::Decide(DecisionRecord {
            key: SuggestionKey { fragments: span(TEXT, part), label: LabelId::from("GPE") },
            rule: "ar/gpe".into(),
            pack: "ar-news@1".into(),
            decision,
            at: Timestamp::from_millis(1_700_000_001_000),
            unknown: UnknownFields::NONE,
        })
    };
    let edits = vec![
        Edit::Insert(person),
        Edit::Insert(claim),
        Edit::Insert(family),
        Edit::Link(relation),
        decision("غدا", Decision::Rejected),
        decision("سليم", Decision::Accepted(AnnotationId::FIRST)),
    ];
    document.apply(&Transaction::new("Sample", edits)).expect("it fits");
    document
}

/// A document in which each of the parts is a person.
pub(crate) fn document_of(text: &str, parts: &[&str]) -> Document {
    let mut document = Document::new(SourceText::new(text), identity());
    let entity = |part: &&str| Body::Entity(Entity { label: "PERS".into(), fragments: span(text, part) });
    let edits = (1..).zip(parts).map(|(id, part)| Edit::Insert(annotation(id, entity(part)))).collect();
    document.apply(&Transaction::new("Sample", edits)).expect("it fits");
    document
}

pub(crate) fn saved(document: &Document) -> String {
    save(document, "amal", "small").expect("it can be written")
}

fn loaded(text: &str, article: &str) -> Loaded {
    load(text.as_bytes(), &SourceText::new(article), identity(), &schema()).expect("a good file")
}

#[test]
fn a_file_shows_everything_on_one_line_each() {
    insta::assert_snapshot!(saved(&sample()));
}

#[test]
fn what_was_saved_is_loaded_and_saved_to_the_same_bytes() {
    let document = sample();
    let text = saved(&document);
    let loaded = loaded(&text, TEXT);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.document, document);
    assert_eq!(&*loaded.annotator, "amal");
    assert_eq!(saved(&loaded.document), text);
}

#[test]
fn an_id_that_anything_names_is_not_given_again_after_a_restart() {
    let mut document = sample();
    let accepted = AnnotationId::new(9).expect("not zero");
    let decision = document.decisions().next().expect("one").clone();
    let decision = DecisionRecord { decision: Decision::Accepted(accepted), ..decision };
    document.apply(&Transaction::new("Decide", vec![Edit::Decide(decision)])).expect("it fits");
    let again = loaded(&saved(&document), TEXT).document;
    assert_eq!(again.fresh_annotation_id(), accepted.next(), "what came of a decision may be gone");
    let old = saved(&document).replacen(
        "  annotations",
        "  next: (annotation: \"a40\", relation: \"r7\"),\n  annotations",
        1,
    );
    let again = loaded(&old, TEXT).document;
    assert_eq!((again.fresh_annotation_id().get(), again.fresh_relation_id().get()), (40, 7));
}

#[test]
fn lists_have_the_same_lines_between_their_records_whatever_these_are() {
    let text = format!("{}\n", "قال سليم عون ".repeat(40)).repeat(3);
    let mut document = Document::new(SourceText::new(text.as_str()), identity());
    let frame = |document: &Document| {
        let lines: Vec<String> =
            saved(document).lines().filter(|line| line.starts_with("    // ")).map(str::to_owned).collect();
        lines
    };
    let empty = frame(&document);
    assert_eq!(empty, ["    // from 521", "    // from 1042"].repeat(3), "not the orphans");
    let entity = Body::Entity(Entity { label: "PERS".into(), fragments: span(&text, "سليم عون") });
    document.apply(&Transaction::new("Tag", vec![Edit::Insert(annotation(1, entity))])).expect("it fits");
    assert_eq!(frame(&document), empty);
}

#[test]
fn a_record_whose_text_has_moved_is_set_aside_and_comes_back() {
    let text = saved(&sample());
    let longer = format!("عاجل: {TEXT}");
    let moved = loaded(&text, &longer);
    // Nothing fits; the person, the claim with it, the family, the relation, two decisions.
    assert_eq!(moved.document.annotations().len(), 0);
    assert_eq!(moved.document.orphans().len(), 6);
    assert_eq!(moved.problems.len(), 6);
    let orphan = moved.document.orphan(AnnotationId::FIRST).expect("kept under its id");
    assert_eq!(&*orphan.quote, "سليم عون");
    assert_eq!(&*orphan.reason, "at 4..12 the article has «: قال سل», the file quotes «سليم عون»");

    let aside = saved(&moved.document);
    assert_eq!(saved(&loaded(&aside, &longer).document), aside, "set aside is stable too");
    let back = loaded(&aside, TEXT);
    assert_eq!(back.document, sample(), "with the old article everything fits again");
    assert!(back.problems.iter().all(|p| matches!(p.kind, ProblemKind::FitsAgain { .. })));
}

#[test]
fn a_claim_that_names_a_record_set_aside_is_set_aside_with_it() {
    let text = saved(&sample()).replacen("quote: \"سليم عون\"", "quote: \"سليم عوض\"", 1);
    let loaded = loaded(&text, TEXT);
    assert_eq!(loaded.document.annotations().len(), 1);
    let reasons: Vec<&str> = loaded.document.orphans().map(|orphan| &*orphan.reason).collect();
    assert_eq!(
        reasons,
        [
            "at 4..12 the article has «سليم عون», the file quotes «سليم عوض»",
            "it names a1, which is not there or does not fit",
            "it names a2, which is not there or does not fit",
        ]
    );
}

#[test]
fn a_label_that_the_schema_lacks_is_set_aside_with_its_place_and_the_nearest() {
    let text = saved(&sample()).replacen("label: \"PERS\"", "label: \"PRES\"", 1);
    let loaded = loaded(&text, TEXT);
    let first = &loaded.problems[0];
    assert_eq!(
        first.to_string(),
        "7:5: a1 (PRES) does not fit: the schema `small` has no label `PRES` (did you mean `PERS`?)"
    );
    assert!(first.hint().contains("schema that has the label"));
    let again = saved(&loaded.document);
    assert!(again.contains("\"PRES\""), "nothing is lost");
}

#[test]
fn an_attribute_that_the_schema_lacks_is_kept_and_reported() {
    let text = saved(&sample()).replacen("\"mention\": choice(\"name\")", "\"mentoin\": choice(\"name\")", 1);
    let loaded = loaded(&text, TEXT);
    assert_eq!(loaded.document.annotations().len(), 3);
    assert_eq!(
        loaded.problems[0].to_string(),
        "7:5: a1 has the attribute `mentoin`, which the schema lacks or which may not have this value \
         (did you mean `mention`?)"
    );
    assert!(saved(&loaded.document).contains("mentoin"));
}

#[test]
fn what_the_schema_does_not_want_is_kept_and_reported() {
    let strict = schema_file::tests::SMALL
        .replacen("accepts: [span, entity, author, unnamed]", "accepts: [span]", 1)
        .replacen("(id: \"CUE\", names", "(id: \"CUE\", required: true, names", 1)
        .replacen("from: claim, to: claim", "from: claim, to: entity", 1);
    let schema = schema_file::load(strict.as_bytes()).expect("a good schema");
    let text = saved(&sample()).replacen("\"CUE\": [", "\"CUES\": [", 1);
    let loaded = load(text.as_bytes(), &SourceText::new(TEXT), identity(), &schema).expect("a good file");
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "9:5: a2 has the role `CUES`, which its label lacks in the schema (did you mean `CUE`?)",
            "9:5: the role `SOURCE` of a2 is filled by something that the schema does not accept there",
            "9:5: a2 lacks the role `CUE`, which the schema requires",
            "15:5: r1 (same_as) links annotations of other kinds than the schema says",
        ]
    );
    assert_eq!(saved(&loaded.document), text, "nothing is lost");
}

#[test]
fn a_changed_article_is_reported_and_what_still_fits_is_kept() {
    let text = saved(&sample());
    let mut other = identity();
    other.sha256 = "ab".repeat(32).into();
    let appended = format!("{TEXT}ملحق");
    let loaded = load(text.as_bytes(), &SourceText::new(appended), other, &schema()).expect("a good file");
    assert_eq!(loaded.document.annotations().len(), 3);
    assert!(matches!(loaded.problems[..], [Problem { kind: ProblemKind::ArticleChanged { .. }, .. }]));
}

#[test]
fn a_newer_version_is_refused_by_name() {
    let text =
        saved(&sample()).replacen("version: 1", "version: 9", 1).replacen("annotator:", "annotators:", 1);
    let error = AnnotationFile::parse(text.as_bytes()).expect_err("newer");
    assert_eq!(error, AnnotationFileError::NewerVersion { found: 9 });
    assert_eq!(error.to_string(), "the file has version 9; this program reads versions up to 1");
}

#[test]
fn a_file_cut_anywhere_is_an_error_with_a_place_and_a_hint() {
    let text = saved(&sample());
    let body = text.trim_end();
    for (cut, _) in body.char_indices() {
        let part = body.get(..cut).expect("a char boundary");
        let error = AnnotationFile::parse(part.as_bytes()).expect_err("cut off");
        let place = error.place().expect("a place");
        assert!(place.line <= 1 + part.matches('\n').count(), "{error}");
        assert!(error.hint().contains("ends in the middle"), "cut at {cut}: {error}");
    }
}

#[test]
fn an_error_in_a_record_is_found_in_its_line() {
    let text = saved(&sample()).replacen("kind: entity", "knid: entity", 1);
    let error = AnnotationFile::parse(text.as_bytes()).expect_err("a misspelt field that has to be there");
    assert_eq!(error.place().map(|place| place.line), Some(7));
    assert!(error.to_string().ends_with("there is no field `knid` here (did you mean `kind`?)"), "{error}");
}

/// A file with a field that is not known in each kind of record and in the head.
fn of_a_later_program() -> String {
    let aside = r#"(id: "a7", reason: "", since: 3, record: relation((id: "r8", label: "same_as", from: "a1", to: "a9", weight: 2, created: "1970-01-01T00:00:00.000Z"))),"#;
    let text = saved(&sample())
        .replacen("chars: 52", "chars: 52, language: \"ar\"", 1)
        .replacen("  annotations", "  tasks: [\n    (due: 1), // one\n    (due: 2),\n  ],\n  annotations", 1)
        .replacen("note: \"sure?", "certainty: 0.5, noet: { \"a\": [1,  2] }, note: \"sure?", 1)
        .replacen("from: \"a2\"", "weight: 1.5, from: \"a2\"", 1)
        .replacen("rule: \"ar/gpe\"", "seconds: 4, rule: \"ar/gpe\"", 1)
        .replacen("orphans: [\n", &format!("orphans: [\n    {aside}\n"), 1);
    assert_eq!(text.matches(": 0.5").count() + text.matches("weight").count(), 3);
    text
}

#[test]
fn fields_that_this_version_does_not_know_are_kept_and_told_of() {
    let text = of_a_later_program();
    let loaded = loaded(&text, TEXT);
    let problems: Vec<String> = loaded
        .problems
        .iter()
        .filter(|problem| matches!(problem.kind, ProblemKind::UnknownField { .. }))
        .map(|problem| problem.to_string().replace("this version does not know the field ", ""))
        .collect();
    assert_eq!(
        problems,
        [
            "1:1: `language` of `article`; it is kept as it is",
            "6:3: `tasks` of the head; it is kept as it is",
            "11:216: `certainty` of a record of `annotations`; it is kept as it is",
            "11:232: `noet` of a record of `annotations` (did you mean `note`?); it is kept as it is",
            "19:34: `weight` of a record of `relations`; it is kept as it is",
            "23:90: `seconds` of a record of `decisions`; it is kept as it is",
            "29:28: `since` of a record of `orphans`; it is kept as it is",
        ]
    );
    let again = saved(&loaded.document);
    for kept in [
        "chars: 52, language: \"ar\")",
        "  tasks: [\n    (due: 1), // one\n    (due: 2),\n  ],\n  annotations",
        ", certainty: 0.5, noet: { \"a\": [1, 2] }),\n",
        ", weight: 1.5),\n",
        ", seconds: 4),\n",
        ", weight: 2)), since: 3),\n",
    ] {
        assert_eq!(again.matches(kept).count(), 1, "{kept} in {again}");
    }
    assert_eq!(saved(&self::loaded(&again, TEXT).document), again, "and again");
}

#[test]
fn unknown_fields_stay_through_changes_and_undo_and_go_with_their_record() {
    let mut document = loaded(&of_a_later_program(), TEXT).document;
    let id = AnnotationId::FIRST;
    let note = Annotation { note: "no".into(), ..document.annotation(id).expect("there").clone() };
    document.apply(&Transaction::new("Note", vec![Edit::Replace(note)])).expect("it fits");
    assert!(saved(&document).contains("note: \"no\"") && saved(&document).contains("certainty: 0.5"));
    let removal = Transaction::new("Remove", document.removal(id));
    let inverse = document.apply(&removal).expect("it fits");
    assert!(!saved(&document).contains("certainty"), "what is removed is gone as a whole");
    document.apply(&inverse).expect("an inverse fits");
    assert!(saved(&document).contains("certainty: 0.5"));
}

#[test]
fn a_field_that_many_records_have_is_told_of_once() {
    let text = saved(&document_of("سليم عون ومعه ريم", &["سليم", "عون", "ريم"]))
        .replace("origin", "sure: true, origin");
    let problems = loaded(&text, "سليم عون ومعه ريم").problems;
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert!(problem.to_string().contains("the field `sure` of 3 records of `annotations`"), "{problem}");
}

prop_compose! {
    pub(crate) fn pieces()(
        text in "([ء-ي]{1,4}|[a-z]{1,3}| |\r\n|\u{200f}|\u{200c}|\u{64e}|👩‍👩‍👧|🇱🇾|\"|\\\\|\u{a0}|\t){4,60}",
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..5_u8), 0..12),
    ) -> Document {
        let source = SourceText::new(text.clone());
        let gaps: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
        let mut document = Document::new(source, identity());
        for (n, (a, b, c, kind)) in cuts.iter().enumerate() {
            let mut ends = [gaps[a.index(gaps.len())], gaps[b.index(gaps.len())], gaps[c.index(gaps.len())]];
            ends.sort_unstable();
            let at = |i: usize| ByteOffset::from_index(ends[i]);
            let Ok(content) = Fragments::single(TextRange::new(at(0), at(1))) else { continue };
            let split = Fragments::new(vec![TextRange::new(at(0), at(1)), TextRange::new(at(2), document.source().end())]);
            let content = split.unwrap_or(content);
            let id = u32::try_from(n).expect("few") * 2 + 1;
            let body = match kind {
                0 | 1 => Body::Entity(Entity { label: "PERS".into(), fragments: content }),
                _ => Body::Claim(Claim {
                    label: "CLAIM".into(),
                    roles: BTreeMap::from([(RoleId::from("CUE"), vec![RoleFiller::Span(content.clone())])]),
                    content,
                }),
            };
            let mut annotation = annotation(id, body);
            annotation.note = Arc::from(text.as_str());
            document.apply(&Transaction::new("Add", vec![Edit::Insert(annotation)])).expect("it fits");
        }
        document
    }
}

proptest! {
    #[test]
    fn any_document_is_saved_loaded_and_saved_to_the_same_bytes(document in pieces()) {
        let text = saved(&document);
        let loaded = loaded(&text, document.source().as_str());
        prop_assert_eq!(&loaded.problems, &[]);
        prop_assert_eq!(&loaded.document, &document);
        prop_assert_eq!(saved(&loaded.document), text);
    }

    #[test]
    fn no_bytes_make_the_loader_panic(noise in prop::collection::vec(any::<u8>(), 0..40), at in any::<prop::sample::Index>()) {
        let mut bytes = saved(&sample()).into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..at, noise);
        let _ = load(&bytes, &SourceText::new(TEXT), identity(), &schema());
    }
}
