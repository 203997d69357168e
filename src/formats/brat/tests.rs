use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::annotation_file::tests::{document_of as people, sample};
use super::super::exchange::trials::{assert_round_trip, document_of, documents, exported, imported};
use super::super::exchange::{ExportOptions, Format, ImportedArticle, format};
use crate::model::RoleFiller;

fn brat() -> &'static Format {
    format("brat").expect("in the table")
}

fn files(text: &str, lines: &str) -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([
        ("a.txt".to_owned(), text.as_bytes().to_vec()),
        ("a.ann".to_owned(), lines.as_bytes().to_vec()),
    ])
}

fn read(text: &str, lines: &str) -> ImportedArticle {
    imported(brat(), &files(text, lines)).expect("readable").remove(0)
}

fn warnings(article: &ImportedArticle) -> Vec<String> {
    article.warnings.iter().map(|warning| format!("{}: {}", warning.place, warning.message)).collect()
}

#[test]
fn one_of_everything_is_written_as_brat_has_it() {
    let (files, losses) = exported(brat(), ExportOptions::default(), &sample());
    let all = files.iter().map(|(name, bytes)| format!("== {name}\n{}", String::from_utf8_lossy(bytes)));
    insta::assert_snapshot!(all.collect::<String>() + "== losses\n" + &losses.lines());
}

#[test]
fn a_span_over_a_line_end_goes_out_in_pieces_and_comes_back_whole() {
    for (text, part) in
        [("ريم\r\nسعد", "ريم\r\nسعد"), ("ريم\n\n سعد \n", "ريم\n\n سعد"), ("ريم \rسعد", "ريم \rسعد")]
    {
        let document = people(text, &[part]);
        let (files, _) = exported(brat(), ExportOptions::default(), &document);
        let lines = String::from_utf8_lossy(&files["port.ann"]).into_owned();
        let quote = lines.trim_end().rsplit('\t').next().expect("a quote");
        assert!(!quote.contains('\r') && lines.contains(';'), "{lines:?}");
        let back = assert_round_trip(brat(), ExportOptions::default(), &document);
        let spans: Vec<_> = back.annotations().iter().map(|a| a.body.fragments().clone()).collect();
        assert_eq!(spans, [document.annotations().iter().next().expect("one").body.fragments().clone()]);
    }
}

#[test]
fn a_span_of_nothing_but_white_space_is_counted() {
    let (files, losses) = exported(brat(), ExportOptions::default(), &people("a\r\n \tb", &["\r\n \t"]));
    assert_eq!(files["port.ann"], b"");
    assert!(losses.lines().contains("1 spans of nothing but white space"), "{}", losses.lines());
}

#[test]
fn what_other_programs_write_is_read() {
    let text = "قال الوزير سليم عون\nإن المرفأ سيفتح غدا";
    let article = read(
        text,
        "T1\tPERS 11 19\tسليم عون\n\
         T2\tOCC 4 10\tالوزير\n\
         T3\tSay 0 3\tقال\n\
         T4\tFAC 23 29;30 35\tالمرفأ سيفتح\n\
         E1\tSay:T3 Who:T1 Who2:T2 What:E2\n\
         E2\tOpen:T4\n\
         *\tEquiv T1 T2 T4\n\
         R1\tHolds Arg1:T1 Arg2:T2\t\n\
         A1\tNegation E2\n\
         M1\tSpeculation E1\n\
         A2\tTense T3 Past\n\
         N1\tReference T1 Wikipedia:42\tSalim Aoun\n\
         #1\tAnnotatorNotes T1\tanything: like\tthis\n",
    );
    assert_eq!(warnings(&article), [""; 0]);
    let document = document_of(article);
    let labels: Vec<&str> = document.annotations().iter().map(|a| a.body.label().as_str()).collect();
    assert_eq!(labels, ["Say", "OCC", "PERS", "Open"]);
    let mut links: Vec<_> =
        document.relations().map(|r| (r.label.as_str(), r.from.to_string(), r.to.to_string())).collect();
    links.sort();
    let link = |label, from: &str, to: &str| (label, from.to_owned(), to.to_owned());
    assert_eq!(
        links,
        [
            link("Equiv", "a1", "a2"),
            link("Equiv", "a2", "a4"),
            link("Holds", "a1", "a2"),
            link("What", "a3", "a4"),
            link("Who", "a3", "a1"),
            link("Who", "a3", "a2"),
        ]
    );
    let person = document.annotations().iter().find(|a| a.body.label().as_str() == "PERS").expect("there");
    assert_eq!(&*person.note, "anything: like\tthis");
    let (files, _) = exported(brat(), ExportOptions::default(), &document);
    assert!(
        String::from_utf8_lossy(&files["port.ann"]).contains("\nN1\tReference T3 Wikipedia:42\tSalim Aoun\n")
    );
    assert_round_trip(brat(), ExportOptions::default(), &document);
}

#[test]
fn two_events_of_one_trigger_are_two_claims() {
    let article =
        read("قال سليم", "T1\tCLAIM 0 3\tقال\nE1\tCLAIM:T1\nE2\tCLAIM:T1\nA1\tSOURCE_is E2 UNNAMED\n");
    let document = document_of(article);
    let unnamed = |a: &&std::sync::Arc<crate::model::Annotation>| {
        a.body.as_claim().is_some_and(|claim| claim.role("SOURCE") == [RoleFiller::Unnamed])
    };
    assert_eq!((document.annotations().len(), document.annotations().iter().filter(unnamed).count()), (2, 1));
}

#[test]
fn what_does_not_fit_is_told_and_nothing_is_moved() {
    let lines = "T1\tPERS 4 8\tسليم\n\
                 T2\tPERS 5 9\tسليم\n\
                 T3\tPERS 8 99\tعون\n\
                 T4\tPERS 8\n\
                 T1\tPERS 0 3\tقال\n\
                 E1\tCLAIM:T9\n\
                 E2\tCLAIM\n\
                 R1\tsame_as Arg1:T1 Arg2:T2\n\
                 A1\tmention T1 name\n\
                 A2\tmention T1 nominal\n\
                 #1\tAnnotatorNotes\tof nothing\n\
                 what is this?\n";
    let article = read("قال سليم.", lines);
    assert_eq!(
        warnings(&article),
        [
            "line 2 (T2): at 5 9 the text has «ليم.», the line quotes «سليم»; it is left out: was the text changed, or its \
             line ends?",
            "line 3 (T3): 8..99 is no span of the text: offset 99 lies beyond the text, which ends at 9; it is left out",
            "line 4 (T4): `PERS 8` is not `LABEL START END`; it is left out",
            "line 5 (T1): its id was given before; the line is left out",
            "line 7 (E2): `CLAIM` is not `LABEL:TRIGGER ROLE:ID`; it is left out",
            "line 12 (what is this?): `what is this?` is no line of brat; it is left out",
            "line 6 (E1): its trigger `T9` is not there; it is left out",
            "line 8 (R1): `T2` is no span or event that was read; it is left out",
            "line 10 (A2): `mention` was said of it before; it is left out",
            "line 11 (#1): `AnnotatorNotes` is not `AnnotatorNotes ID`; it is left out",
        ]
    );
    assert_eq!(document_of(article).annotations().len(), 1);
}

#[test]
fn a_file_without_its_text_is_an_error_that_says_which() {
    let files = BTreeMap::from([("a.ann".to_owned(), Vec::new())]);
    let error = imported(brat(), &files).expect_err("no text");
    assert_eq!(error.to_string(), "its text, `a.txt`, does not lie beside it");
}

proptest! {
    #[test]
    fn any_document_is_written_read_and_written_to_the_same_bytes(document in documents()) {
        let back = assert_round_trip(brat(), ExportOptions::default(), &document);
        prop_assert_eq!(back.source().len_chars(), document.source().len_chars());
    }

    #[test]
    fn no_lines_make_the_reader_panic(lines in "([TERAMN*#][0-2]?|\t| |:|;|[0-9]{1,2}|Arg1|Equiv|CLAIM|SOURCE|%|\n|قال){0,60}") {
        let article = read("قال سليم عون\r\n", &lines);
        document_of(article);
    }
}
