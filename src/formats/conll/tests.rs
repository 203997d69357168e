use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::annotation_file::tests::{document_of as people, sample};
use super::super::exchange::trials::{assert_round_trip, document_of, documents, exported, imported};
use super::super::exchange::{ExportOptions, Format, ImportedArticle, Tagging, format};
use crate::model::Document;

const BIOES: ExportOptions =
    ExportOptions { unit: super::super::exchange::OffsetUnit::CodePoint, tagging: Tagging::Bioes };

fn conll() -> &'static Format {
    format("conll").expect("in the table")
}

fn read(name: &str, lines: &str) -> Vec<ImportedArticle> {
    imported(conll(), &BTreeMap::from([(name.to_owned(), lines.as_bytes().to_vec())])).expect("readable")
}

fn spans(document: &Document) -> Vec<(String, String)> {
    let source = document.source();
    let span = |a: &std::sync::Arc<crate::model::Annotation>| {
        (a.body.label().to_string(), source.slice(a.body.fragments().hull()).to_owned())
    };
    document.annotations().iter().map(span).collect()
}

fn pair(label: &str, text: &str) -> (String, String) {
    (label.to_owned(), text.to_owned())
}

#[test]
fn one_of_everything_is_written_as_tagged_tokens() {
    let (files, losses) = exported(conll(), ExportOptions::default(), &sample());
    let all = files.iter().map(|(name, bytes)| format!("== {name}\n{}", String::from_utf8_lossy(bytes)));
    insta::assert_snapshot!(all.collect::<String>() + "== losses\n" + &losses.lines());
}

#[test]
fn the_last_and_the_only_token_are_tagged_where_it_is_asked_for() {
    let document = people("قال سليم علي عون وريم", &["سليم علي عون", "وريم"]);
    let (files, _) = exported(conll(), BIOES, &document);
    let tokens = String::from_utf8_lossy(&files["port.txt.conll"]).into_owned();
    let tags: Vec<&str> = tokens.lines().skip(2).filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(tags, ["O", "B-PERS", "I-PERS", "E-PERS", "S-PERS"]);
}

#[test]
fn a_span_over_the_end_of_a_sentence_keeps_its_tokens_together() {
    let document = people("جاء سليم.\nعون قال نعم.\nانتهى.", &["سليم.\nعون"]);
    let back = assert_round_trip(conll(), ExportOptions::default(), &document);
    assert_eq!(spans(&back), [pair("PERS", "سليم.\nعون")]);
}

#[test]
fn the_files_of_the_shared_task_are_read() {
    let lines = "-DOCSTART- -X- -X- O\n\nU.N. NNP I-NP I-ORG\nofficial NN I-NP O\nEkeus NNP I-NP I-PER\nAnna NNP I-NP B-PER\n. . O O\n\n\
                 # # O O\nParis NNP B-NP I-LOC\n\n-DOCSTART- -X- -X- O\n\nRome NNP I-NP I-LOC\n";
    let articles = read("train.conll", lines);
    let names: Vec<&str> = articles.iter().map(|article| article.name.as_str()).collect();
    assert_eq!(names, ["train-1", "train-2"]);
    assert_eq!(articles[0].text.as_str(), "U.N. official Ekeus Anna .\n# Paris");
    assert!(articles[0].warnings[0].message.contains("made of the tokens"));
    let first = document_of(articles[0].clone());
    assert_eq!(
        spans(&first),
        [pair("ORG", "U.N."), pair("PER", "Ekeus"), pair("PER", "Anna"), pair("LOC", "Paris")]
    );
}

#[test]
fn other_columns_and_other_tags_are_read() {
    let numbered = "# newdoc id = n01\n# sent_id = 1\n1\tNew York\tB-LOC\t-\t-\n2\tCity\tI-LOC\t-\t-\n3\t2002\tO\t-\t-\n";
    let articles = read("en.iob2", numbered);
    assert_eq!((articles[0].name.as_str(), articles[0].text.as_str()), ("n01", "New York City 2002"));
    assert_eq!(spans(&document_of(articles[0].clone())), [pair("LOC", "New York City")]);
    let bilou = read("x.conll", "Ana U-PER\nRio B-LOC\nde I-LOC\nOro L-LOC\nAna X-PER\nand O\n").remove(0);
    assert_eq!(spans(&document_of(bilou.clone())), [pair("PER", "Ana"), pair("LOC", "Rio de Oro")]);
    assert_eq!(bilou.warnings.last().map(|warning| warning.place.as_str()), Some("line 5"));
}

#[test]
fn a_file_without_tags_and_a_table_that_does_not_fit_are_errors_with_their_place() {
    let files = BTreeMap::from([("a.conll".to_owned(), b"one two\nthree four\n".to_vec())]);
    let error = imported(conll(), &files).expect_err("no tags");
    assert_eq!(error.to_string(), "line 1: none of the 2 columns holds tags such as `B-PERS` and `O`");
    let (mut files, _) = exported(conll(), ExportOptions::default(), &sample());
    let table = files.get_mut("port.txt.tokens.tsv").expect("written");
    let shifted = String::from_utf8_lossy(table).replacen("\t4\t8\t", "\t5\t9\t", 1);
    *table = shifted.into_bytes();
    let error = imported(conll(), &files).expect_err("shifted");
    assert_eq!(
        error.to_string(),
        "port.txt.tokens.tsv, line 3: 5..9 is not where its token comes to stand, 4..8"
    );
}

proptest! {
    #[test]
    fn any_document_is_written_read_and_written_to_the_same_bytes(document in documents(), bioes in any::<bool>()) {
        let options = if bioes { BIOES } else { ExportOptions::default() };
        let back = assert_round_trip(conll(), options, &document);
        prop_assert_eq!(back.source().as_str(), document.source().as_str());
    }

    #[test]
    fn no_lines_make_the_reader_panic(lines in "(-DOCSTART-|[BIESLUMO]|-|PER| |\t|#| = |\n|قال){0,60}") {
        if let Ok(articles) = imported(conll(), &BTreeMap::from([("a.conll".to_owned(), lines.into_bytes())])) {
            for article in articles {
                document_of(article);
            }
        }
    }
}
