use super::*;
use crate::formats::project_file::ProjectFile;
use crate::formats::{format, schema_file};
use crate::model::{
    Annotation, Body, Edit, Entity, Fragments, LabelId, Origin, ProgressMark, Timestamp, Transaction,
    UnknownFields,
};
use crate::store::{atomic, make_folder};
use crate::text::TextRange;

const TEXT: &str = "وصل سليم عون إلى مسقط.\r\n";

fn annotation(document: &Document, label: &str, part: &str) -> Edit {
    let start = document.source().as_str().find(part).expect("a part of the text");
    let range = TextRange::from_indices(start, start + part.len());
    Edit::Insert(Annotation {
        id: document.fresh_annotation_id(),
        body: Body::Entity(Entity {
            label: label.into(),
            fragments: Fragments::single(range).expect("not empty"),
        }),
        attributes: std::collections::BTreeMap::new(),
        note: "".into(),
        origin: Origin::Human,
        created: Timestamp::from_millis(1_700_000_000_000),
        modified: Timestamp::from_millis(1_700_000_000_000),
        unknown: UnknownFields::NONE,
    })
}

/// A project of ten articles, all annotated by amal and two by badr.
fn project() -> (tempfile::TempDir, Project, Schema) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schema = schema_file::default_schema();
    let file = ProjectFile { name: "Ports".into(), licence: "CC-BY-4.0".into(), ..ProjectFile::default() };
    let project = Project::create(&folder.path().join("p"), &file, None).expect("writable");
    for n in 0..10 {
        let name = format!("{n}.txt");
        atomic::write(&project.article(&name), format!("{TEXT}{n}").as_bytes(), None).expect("writable");
        for annotator in if n < 2 { vec!["amal", "badr"] } else { vec!["amal"] } {
            let options = OpenOptions { annotator: Some(annotator.into()), ..OpenOptions::default() };
            let mut opened = crate::store::open(&project.article(&name), options, &schema).expect("readable");
            for (label, part) in [("PERS", "سليم عون"), ("GPE", "مسقط")] {
                let edit = annotation(&opened.document, label, part);
                opened.document.apply(&Transaction::new("Tag", vec![edit])).expect("fits");
            }
            make_folder(opened.annotation_path.parent().expect("a folder")).expect("writable");
            crate::store::save(&opened.annotation_path, &opened.document, annotator, &schema, None)
                .expect("writable");
        }
    }
    let at = Timestamp::from_millis(1_700_000_000_000);
    project.mark("amal", "3.txt", Some(ProgressMark::Done), at).expect("writable");
    (folder, project, schema)
}

fn request(project: &Project, out: &Path) -> DatasetRequest {
    DatasetRequest {
        paths: vec![project.root().to_owned()],
        formats: vec![format("jsonl").expect("known"), format("html").expect("known")],
        options: ExportOptions::default(),
        out: out.to_owned(),
        selection: Selection { annotators: vec!["amal".into()], ..Selection::default() },
        split: None,
        open: OpenOptions::default(),
        annotator: "amal".into(),
    }
}

fn write(request: &DatasetRequest, schema: &Schema) -> Dataset {
    Dataset::write(request, schema, &mut |_, _| true).expect("writable").expect("not ended")
}

fn read(path: &Path) -> String {
    String::from_utf8(atomic::read(path, 1 << 20).expect("readable")).expect("UTF-8")
}

#[test]
fn nothing_is_in_its_place_before_all_is_written() {
    let (folder, project, schema) = project();
    let out = folder.path().join("out");
    let dataset = write(&request(&project, &out), &schema);
    assert_eq!((dataset.articles, dataset.failed.len()), (10, 0));
    assert!(!out.join("jsonl").exists());
    let lost: Vec<_> = dataset.losses.iter().map(|(format, lost)| (format.name, lost.lines())).collect();
    assert_eq!(lost[0].1, "");
    assert!(lost[1].1.contains("20 annotations: written without their times"), "{lost:?}");
    dataset.commit().expect("writable");
    assert_eq!(read(&out.join("jsonl/articles.jsonl")).lines().count(), 10);
    assert_eq!(read(&out.join("html/LOSSES.txt")), lost[1].1);
    let left = std::fs::read_dir(&out).expect("readable").flatten();
    assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with('.')));
}

#[test]
fn the_card_counts_what_is_in_the_files_and_their_sums_are_right() {
    let (folder, project, schema) = project();
    let out = folder.path().join("out");
    let split = Split::parse("train=8,test=2", 3).expect("a division");
    let request = DatasetRequest { split: Some(split), ..request(&project, &out) };
    write(&request, &schema).commit().expect("writable");
    let card = read(&out.join("README.md"));
    for part in ["# Ports\n", "license: CC-BY-4.0", "10 articles", "20 annotations", "| train | 8 | 8 |"] {
        assert!(card.contains(part), "{part} in {card}");
    }
    assert!(card.contains("| PERS |") && card.contains("| 10 | 2 | 8 |"), "{card}");
    let lines = |part: &str| read(&out.join("jsonl").join(part).join("articles.jsonl")).lines().count();
    assert_eq!((lines("train"), lines("test")), (8, 2));
    let sums = read(&out.join("SHA256SUMS"));
    assert_eq!(sums.lines().count(), 2 + 10 + 1, "two files of lines, ten pages, their losses: {sums}");
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").expect("two columns");
        assert_eq!(
            sum,
            atomic::hexadecimal(&<sha2::Sha256 as sha2::Digest>::digest(read(&out.join(name)).as_bytes()))
        );
    }
}

#[test]
fn the_card_says_which_table_is_which_part() {
    let (folder, project, schema) = project();
    let out = folder.path().join("out");
    let base = request(&project, &out);
    let formats = vec![format("parquet").expect("known")];
    let split = Some(Split::parse("8,2", 3).expect("a division"));
    write(&DatasetRequest { formats, split, ..base }, &schema).commit().expect("writable");
    let card = read(&out.join("README.md"));
    let front = "---\nlicense: CC-BY-4.0\nconfigs:\n- config_name: spans\n  data_files:\n  - split: train\n    path: parquet/train/spans.parquet\n";
    assert!(card.starts_with(front), "{card}");
    for line in card.lines().filter_map(|line| line.strip_prefix("    path: ")) {
        assert!(out.join(line).is_file(), "{line}");
    }
}

#[test]
fn what_two_made_of_one_article_goes_into_one_part_and_is_compared() {
    let (folder, project, schema) = project();
    for seed in 0..6 {
        let out = folder.path().join(format!("out{seed}"));
        let split = Some(Split::parse("1,1", seed).expect("a division"));
        let request = DatasetRequest { split, selection: Selection::default(), ..request(&project, &out) };
        write(&request, &schema).commit().expect("writable");
        for article in ["0.txt", "1.txt"] {
            let parts = ["train", "test"].map(|part| {
                let lines = read(&out.join("jsonl").join(part).join("articles.jsonl"));
                ["amal", "badr"].map(|who| lines.contains(&format!("\"id\":\"{who}/{article}\"")))
            });
            assert!(parts.contains(&[true, true]) && parts.contains(&[false, false]), "{article}: {parts:?}");
        }
        let card = read(&out.join("README.md"));
        assert!(card.contains("| amal, badr | 2 | mentions | 1.000 | 1.000 |"), "{card}");
    }
}

#[test]
fn annotators_labels_and_what_is_done_are_chosen() {
    let (folder, project, schema) = project();
    let out = folder.path().join("out");
    let base = request(&project, &out);
    let of = |selection: Selection| write(&DatasetRequest { selection, ..base.clone() }, &schema);
    assert_eq!(of(Selection::default()).articles, 12, "ten of amal, two of badr");
    let badr = of(Selection { annotators: vec!["badr".into()], ..Selection::default() });
    assert_eq!(badr.articles, 10, "those without annotations, too");
    let done = Selection { annotators: vec!["amal".into()], only_done: true, ..Selection::default() };
    assert_eq!(of(done).articles, 1);
    let labels = Selection { labels: vec![LabelId::from("GPE")], ..base.selection.clone() };
    of(labels).commit().expect("writable");
    let lines = read(&out.join("jsonl/articles.jsonl"));
    assert!(lines.contains("\"GPE\"") && !lines.contains("\"PERS\""), "{lines}");
}

#[test]
fn an_export_that_would_stand_in_an_articles_place_is_refused() {
    let (_folder, project, schema) = project();
    // An annotation file of the project, and where the format `ron` would put it.
    let inside = project.root().join("annotations/x");
    make_folder(&inside.join("ron")).expect("writable");
    let article = inside.join("ron/a.txt");
    atomic::write(&article, TEXT.as_bytes(), None).expect("writable");
    let mut folder = ExportFolder::create(&inside).expect("writable");
    folder.guard(&article);
    folder.write("ron/a.txt", b"x").expect("writable");
    assert!(matches!(folder.commit(), Err(StoreError::IsArticle { .. })));
    assert_eq!(read(&article), TEXT);
    drop(schema);
}

#[test]
fn nothing_goes_among_the_articles_or_over_a_file_of_others() {
    let (folder, project, schema) = project();
    let among = request(&project, &project.articles_folder().join("export"));
    let error = Dataset::write(&among, &schema, &mut |_, _| true).expect_err("among the articles");
    assert!(matches!(error, StoreError::AmongArticles { .. }), "{error}");
    let out = folder.path().join("mine");
    make_folder(&out).expect("writable");
    atomic::write(&out.join("README.md"), b"my own words\n", None).expect("writable");
    let error = write(&request(&project, &out), &schema).commit().expect_err("not a card");
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error}");
    assert_eq!(read(&out.join("README.md")), "my own words\n");
    // Over a card of before, a new one may come; what it no longer loses is told no longer.
    let again = folder.path().join("again");
    write(&request(&project, &again), &schema).commit().expect("writable");
    atomic::write(&again.join("jsonl/LOSSES.txt"), b"of before\n", None).expect("writable");
    write(&request(&project, &again), &schema).commit().expect("writable");
    assert!(!again.join("jsonl/LOSSES.txt").exists());
    let unknown = Selection { annotators: vec!["amaal".into()], ..Selection::default() };
    let misspelt = DatasetRequest { selection: unknown, ..request(&project, &again) };
    let error = Dataset::write(&misspelt, &schema, &mut |_, _| true).expect_err("nobody");
    assert!(error.to_string().ends_with("there is no annotator `amaal`; there are amal, badr"), "{error}");
}

#[test]
fn an_export_can_be_ended() {
    let (folder, project, schema) = project();
    let out = folder.path().join("out");
    let ended = Dataset::write(&request(&project, &out), &schema, &mut |done, _| done < 3).expect("no error");
    assert!(ended.is_none());
    assert_eq!(std::fs::read_dir(&out).expect("readable").count(), 0);
}
