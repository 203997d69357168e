use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::annotation_file::tests::{document_of as people, sample};
use super::super::exchange::trials::{assert_round_trip, document_of, documents, exported, imported};
use super::super::exchange::{ExportOptions, Format, ImportError, ImportedArticle, format};
use super::*;
use crate::model::{Document, RoleFiller};

fn tsv() -> &'static Format {
    format("webanno-tsv").expect("in the table")
}

fn try_read(lines: &str) -> Result<ImportedArticle, ImportError> {
    let files = BTreeMap::from([("a.tsv".to_owned(), lines.as_bytes().to_vec())]);
    imported(tsv(), &files).map(|mut articles| articles.remove(0))
}

fn read(lines: &str) -> ImportedArticle {
    try_read(lines).expect("readable")
}

fn spans(document: &Document) -> Vec<(String, String)> {
    let source = document.source();
    let span = |a: &std::sync::Arc<crate::model::Annotation>| {
        (a.body.label().to_string(), source.slice(a.body.fragments().hull()).to_owned())
    };
    document.annotations().iter().map(span).collect()
}

fn links(document: &Document) -> Vec<(String, String, String)> {
    let text = |id| {
        let annotation = document.annotation(id).expect("there");
        document.source().slice(annotation.body.fragments().hull()).to_owned()
    };
    document.relations().map(|r| (r.label.to_string(), text(r.from), text(r.to))).collect()
}

fn owned(parts: [&str; 3]) -> (String, String, String) {
    let [a, b, c] = parts.map(str::to_owned);
    (a, b, c)
}

#[test]
fn one_of_everything_is_written_as_webanno_has_it() {
    let (files, losses) = exported(tsv(), ExportOptions::default(), &sample());
    insta::assert_snapshot!(format!(
        "{}== losses\n{}",
        String::from_utf8_lossy(&files["port.txt.tsv"]),
        losses.lines()
    ));
}

#[test]
fn a_span_inside_a_token_has_a_line_below_it() {
    let document = people("👍 بالفيروس", &["فيروس", "بالفيروس"]);
    let (files, _) = exported(tsv(), ExportOptions::default(), &document);
    let lines = String::from_utf8_lossy(&files["port.txt.tsv"]).into_owned();
    assert!(
        lines.ends_with("\n1-2\t3-11\tبالفيروس\t*[1]\tPERS[1]\t\n1-2.1\t6-11\tفيروس\t*[2]\tPERS[2]\t\n"),
        "{lines}"
    );
    let back = assert_round_trip(tsv(), ExportOptions::default(), &document);
    assert_eq!(spans(&back), spans(&document));
}

#[test]
fn what_stands_between_and_behind_sentences_is_kept() {
    let text = "عاجل\r\n\r\n\t قال سليم.  \n\n";
    let back = assert_round_trip(tsv(), ExportOptions::default(), &people(text, &["سليم"]));
    assert_eq!(back.source().as_str(), text);
}

#[test]
fn layers_relations_slots_and_chains_of_others_are_read() {
    let article = read(
        "#FORMAT=WebAnno TSV 3.2\n\
         #T_SP=webanno.custom.Frame|FE|ROLE_webanno.custom.Frame:Roles_webanno.custom.FrameRolesLink|webanno.custom.Lu\n\
         #T_SP=webanno.custom.Lu|luvalue\n\
         #T_SP=webanno.custom.Mark|\n\
         #T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation\n\
         #T_RL=webanno.custom.Rel|kind|BT_webanno.custom.Lu\n\
         \n\n\
         #Text=Bob sold the clock to him\n\
         1-1\t0-3\tBob\t_\t_\t_\tbob\t_\tnam[1]\tcoref->1-1\t_\t_\t\n\
         1-2\t4-8\tsold\ttransaction\tseller;goods\t1-1;1-3[4]\t_\t_\t_\t_\t_\t_\t\n\
         1-3\t9-12\tthe\t_\t_\t_\tclock[4]|def[5]\t_\t_\t_\towned|seen\t1-1[0_4]|1-1[0_5]\t\n\
         1-4\t13-18\tclock\t_\t_\t_\tclock[4]\t*\t_\t_\t_\t_\t\n\
         1-5\t19-21\tto\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n\
         1-6\t22-25\thim\t_\t_\t_\t_\t_\tpro[1]\t*->1-2\t_\t_\t\n\
         \n\
         #Text=Second line\\twith a tab\n\
         #Text=in two\n\
         2-1\t26-32\tSecond\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n",
    );
    assert_eq!(article.warnings, []);
    assert_eq!(article.text.as_str(), "Bob sold the clock to him\nSecond line\twith a tab\nin two");
    let document = document_of(article);
    let pair = |label: &str, text: &str| (label.to_owned(), text.to_owned());
    let mut found = spans(&document);
    found.sort();
    assert_eq!(
        found,
        [
            pair("Mark", "clock"),
            pair("bob", "Bob"),
            pair("clock", "the clock"),
            pair("def", "the"),
            pair("nam", "Bob"),
            pair("pro", "him"),
            pair("transaction", "sold"),
        ]
    );
    let mut found = links(&document);
    found.sort();
    assert_eq!(
        found,
        [
            owned(["coref", "Bob", "him"]),
            owned(["goods", "sold", "the clock"]),
            owned(["owned", "Bob", "the clock"]),
            owned(["seen", "Bob", "the"]),
            owned(["seller", "sold", "Bob"]),
        ]
    );
}

#[test]
fn values_with_what_has_a_meaning_in_a_column_are_kept() {
    for value in ["a|b", "[1]", "x_y", "->", "*", "_", "a\tb\nc", "\\", "a\\n", "x[3]", "\\|"] {
        let cell = format!("{}[7]|{}[8]", escape_value(value), escape_value("z"));
        let entries = split(&cell, '|');
        let (first, number) = bracketed(entries[0]);
        assert_eq!((entries.len(), unescape_value(first).as_str(), number), (2, value, Some("7")), "{cell}");
    }
    for text in ["a\tb\\n\r\u{c}\u{8}\u{1}\u{b}", "\\", "\\t"] {
        assert_eq!(unescape_text(&escape_text(text)), text);
    }
}

#[test]
fn what_does_not_fit_is_an_error_with_its_line() {
    let head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Mark|value\n\n\n#Text=قال 👍 سليم\n";
    let error = |line: &str| try_read(&format!("{head}{line}\n")).expect_err("does not fit").to_string();
    assert_eq!(
        error("1-1\t0-3\tقال\t_\n1-3\t6-10\tسليم\t_"),
        "line 7: at 6..10 the text has « سلي», the file quotes «سليم»; it fits when code points are counted"
    );
    assert_eq!(error("1-1\t0-3\tقال"), "line 6: it has 3 columns, the header declares 4");
    assert_eq!(error("1-1\t0:3\tقال\t_"), "line 6: `0:3` is not `START-END`");
    assert_eq!(
        error("1-1\t0-3\tقال\t_\n#Text=x\n2-1\t1-2\tx\t_"),
        "line 8: its sentence begins at 1, but the text before it ends at 12"
    );
    let old = try_read("# webanno.custom.X | value\n").expect_err("another version");
    assert_eq!(old.to_string(), "line 1: `# webanno.custom.X | value` is not `#FORMAT=WebAnno TSV 3.3`");
}

proptest! {
    #[test]
    fn any_document_is_written_read_and_written_to_the_same_bytes(document in documents()) {
        let back = assert_round_trip(tsv(), ExportOptions::default(), &document);
        let text = document.source().as_str();
        prop_assert_eq!(back.source().as_str().trim_start(), text.trim_start());
        let author = |document: &Document| {
            let claims = document.annotations().iter().filter_map(|a| a.body.as_claim());
            claims.filter(|claim| claim.role("SOURCE").contains(&RoleFiller::Author)).count()
        };
        prop_assert!(author(&back) <= author(&document));
    }

    #[test]
    fn no_lines_make_the_reader_panic(
        lines in "(#T_(SP|RL|CH)=x\\|v(\\|BT_x)?\n){0,3}(#Text=ab c\n|1-1\t|0-2\t|3-4\t|ab\t|c\t|_\t|v\\[1\\]\t|1-1\\[1_1\\]\t|\\|\n|\n|\\*->1-1\t){0,30}",
    ) {
        if let Ok(article) = try_read(&format!("#FORMAT=WebAnno TSV 3.3\n{lines}")) {
            document_of(article);
        }
    }
}
