//! The report as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::model::{AttributeValue, LabelKind};
use crate::text::CharOffset;

fn place(pieces: &[(u32, u32)]) -> CharFragments {
    let pieces = pieces.iter().map(|(start, end)| (CharOffset::new(*start), CharOffset::new(*end)));
    CharFragments::new(pieces).expect("pieces apart")
}

fn mark(start: u32, end: u32, label: &str) -> Mark {
    Mark {
        kind: LabelKind::Entity,
        label: label.into(),
        fragments: place(&[(start, end)]),
        attributes: BTreeMap::new(),
    }
}

fn work(marks: Vec<Mark>) -> AnnotatedArticle {
    AnnotatedArticle { sha256: "aa".into(), chars: 100, marks, decisions: Vec::new() }
}

fn names(n: usize) -> Vec<Arc<str>> {
    ["amal", "badr", "cyra"].into_iter().take(n).map(Arc::from).collect()
}

fn compare(works: Vec<Option<AnnotatedArticle>>) -> AgreementReport {
    let article = ComparedArticle { name: "port.txt".into(), work: works };
    agreement(&names(article.work.len()), &[article], GammaOptions::default())
}

fn mentions(report: &AgreementReport) -> &LayerReport {
    &report.all().expect("a group").layers[0]
}

#[test]
fn every_kind_of_difference_is_listed_once_and_the_f1_follows_from_it() {
    let first = vec![
        mark(0, 5, "PERS"),
        mark(10, 20, "ORG"),
        mark(30, 35, "GPE"),
        mark(40, 45, "PERS"),
        mark(60, 70, "LOC"),
    ];
    let second = vec![
        mark(0, 5, "PERS"),
        mark(10, 18, "ORG"),
        mark(30, 35, "LOC"),
        mark(50, 55, "PERS"),
        mark(65, 75, "FAC"),
    ];
    let report = compare(vec![Some(work(first)), Some(work(second))]);
    let layer = mentions(&report);
    let seen: Vec<Difference> = layer.differences.iter().map(|difference| difference.difference).collect();
    assert_eq!(
        seen,
        [
            Difference::Boundaries,
            Difference::Label,
            Difference::OnlyFirst,
            Difference::OnlySecond,
            Difference::BoundariesAndLabel,
        ]
    );
    assert_eq!(layer.total.exact, Matches { both: 1, first: 5, second: 5 });
    assert_eq!(layer.total.overlap, Matches { both: 2, first: 5, second: 5 });
    assert_eq!(layer.total.overlap.f1(), Ok(0.4));
    let label = "ORG".into();
    assert_eq!(layer.figures(Scope::Label(&label)).expect("it occurs").exact.f1(), Ok(0.0));
    assert_eq!(layer.differences_in(Scope::Label(&label)).count(), 1);
    assert_eq!(layer.total.labels.positions, 2, "the places that both have annotated");
    assert_eq!(layer.label_differences.len(), 1);
    assert_eq!(layer.label_differences[0].values, [Some("GPE".into()), Some("LOC".into())]);
    let of = |label: &str| layer.label_differences_in(Scope::Label(&label.into())).count();
    assert_eq!((of("GPE"), of("LOC"), of("PERS")), (1, 1, 0));
}

#[test]
fn an_equal_span_is_never_given_up_for_two_that_only_overlap() {
    let first = vec![mark(0, 10, "ORG"), mark(8, 12, "ORG")];
    let second = vec![mark(0, 10, "ORG"), mark(0, 3, "ORG")];
    let layer = compare(vec![Some(work(first)), Some(work(second))]);
    assert_eq!(mentions(&layer).total.overlap.both, 1);
}

#[test]
fn discontinuous_spans_agree_piece_by_piece() {
    let of = |pieces: &[(u32, u32)]| work(vec![Mark { fragments: place(pieces), ..mark(0, 1, "ORG") }]);
    let same = compare(vec![Some(of(&[(0, 4), (9, 12)])), Some(of(&[(9, 12), (0, 4)]))]);
    assert_eq!(mentions(&same).total.exact.f1(), Ok(1.0));
    assert_eq!(mentions(&same).total.unitizing, Ok(1.0));
    let hull = compare(vec![Some(of(&[(0, 4), (9, 12)])), Some(of(&[(0, 12)]))]);
    assert_eq!(mentions(&hull).total.exact.f1(), Ok(0.0));
    assert_eq!(mentions(&hull).total.overlap.f1(), Ok(1.0));
    let gap = compare(vec![Some(of(&[(0, 4), (9, 12)])), Some(of(&[(5, 8)]))]);
    assert_eq!(mentions(&gap).total.overlap.f1(), Ok(0.0));
}

#[test]
fn mentions_and_claims_are_told_apart() {
    let claim = Mark { kind: LabelKind::Claim, ..mark(0, 9, "CLAIM") };
    let report = compare(vec![Some(work(vec![mark(0, 9, "PERS"), claim.clone()])), Some(work(vec![claim]))]);
    let layers = &report.groups[0].layers;
    assert_eq!(
        layers.iter().map(|layer| layer.kind).collect::<Vec<_>>(),
        [LabelKind::Entity, LabelKind::Claim]
    );
    assert_eq!(layers[0].total.exact.f1(), Ok(0.0));
    assert_eq!(layers[1].total.exact.f1(), Ok(1.0));
}

#[test]
fn what_has_no_value_says_why() {
    let empty = compare(vec![Some(work(vec![])), Some(work(vec![]))]);
    assert!(empty.groups[0].layers.is_empty());
    assert_eq!(empty.groups[0].decisions.figures.cohen, Err(Undefined::NoCommonPosition));
    let nested = || work(vec![mark(0, 9, "ORG"), mark(0, 4, "GPE")]);
    let report = compare(vec![Some(nested()), Some(nested())]);
    let Figures { labels, unitizing, .. } = &mentions(&report).total;
    assert_eq!(labels.cohen, Ok(1.0));
    let because = Undefined::Overlapping { annotator: "amal".into(), article: "port.txt".into() };
    assert_eq!(*unitizing, Err(because));
    let by_label = &mentions(&report).by_label;
    assert!(by_label.iter().all(|(_, figures)| figures.unitizing == Ok(1.0)));
    let one = compare(vec![Some(work(vec![mark(0, 9, "ORG")])), Some(work(vec![mark(0, 9, "ORG")]))]);
    assert_eq!(mentions(&one).total.labels.cohen, Err(Undefined::OneValue));
    assert_eq!(mentions(&one).total.labels.alpha, Err(Undefined::OneValue));
}

#[test]
fn attributes_and_decisions_are_compared_where_their_position_is_given() {
    let with = |value: Option<&str>, is_accepted| {
        let mut person = mark(0, 5, "PERS");
        person.attributes.extend(value.map(|v| (Arc::from("mention"), AttributeValue::Choice(v.into()))));
        let mut other = mark(7, 9, "PERS");
        other.attributes.insert("mention".into(), AttributeValue::Choice("name".into()));
        let decided = DecidedSuggestion { label: "GPE".into(), fragments: place(&[(20, 25)]), is_accepted };
        AnnotatedArticle { decisions: vec![decided], ..work(vec![person, other, mark(30, 33, "GPE")]) }
    };
    let report = compare(vec![Some(with(Some("name"), true)), Some(with(None, false))]);
    let group = &report.groups[0];
    let mention = &group.attributes[0];
    assert_eq!((mention.figures.positions, mention.figures.agreed), (2, 1), "not those of GPE");
    assert_eq!(mention.differences[0].values, [Some("name".into()), Some("not set".into())]);
    assert_eq!((group.decisions.figures.positions, group.decisions.figures.agreed), (1, 0));
    assert_eq!(group.decisions.differences[0].values, [Some("accepted".into()), Some("rejected".into())]);
}

#[test]
fn three_annotators_have_three_pairs_and_a_group_and_only_what_they_share_counts() {
    let one = || work(vec![mark(0, 5, "PERS"), mark(9, 12, "GPE")]);
    let report = compare(vec![Some(one()), None, Some(one())]);
    let members: Vec<&[usize]> = report.groups.iter().map(|group| group.members.as_slice()).collect();
    assert_eq!(members, [&[0, 1][..], &[0, 2], &[1, 2], &[0, 1, 2]]);
    assert_eq!(report.groups.iter().map(|group| group.articles).collect::<Vec<_>>(), [0, 1, 0, 1]);
    let all = mentions(&report);
    assert_eq!(all.total.labels.cohen, Err(Undefined::PairsOnly));
    assert_eq!(all.total.labels.fleiss, Err(Undefined::NoCommonPosition));
    assert_eq!(all.total.labels.alpha, Ok(1.0), "empty cells are allowed");
    assert_eq!(all.total.unitizing, Ok(1.0));
    assert_eq!(report.articles[0].has, [true, false, true]);
}

#[test]
fn an_article_of_which_two_have_different_texts_is_left_out() {
    let other = AnnotatedArticle { sha256: "bb".into(), ..work(vec![mark(0, 5, "PERS")]) };
    let report = compare(vec![Some(work(vec![mark(0, 5, "PERS")])), Some(other)]);
    assert!(report.articles[0].texts_differ);
    assert_eq!(report.groups[0].articles, 0);
}
