//! Files of every version that there was are opened for ever, those of a later one are refused by name.

use std::path::PathBuf;
use std::sync::Arc;

use hashiya::formats::{annotation_file, settings_file};
use hashiya::model::{Decision, Document, LabelId, RoleFiller, Schema, Timestamp};
use hashiya::rules::{Context, RuleSet, Votes};
use hashiya::session::{Action, Keymap, Session, Setup};
use hashiya::store::{self, OpenOptions, Opened, Settings, Stamp, SystemDisk, Theme, Workplace};
use hashiya::text::{Segmentation, SourceText};

const NOW: Timestamp = Timestamp::from_millis(1_750_000_000_000);

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/versions").join(name)
}

fn text_of(name: &str) -> String {
    std::fs::read_to_string(golden(name)).expect("a golden file")
}

fn schema() -> Schema {
    store::load_schema(&golden("schema-1.ron")).expect("version 1")
}

/// A folder with the article, and with a golden file as its annotations.
fn project(annotations: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let article = folder.path().join("article.txt");
    std::fs::copy(golden("article.txt"), &article).expect("writable");
    std::fs::copy(golden(annotations), folder.path().join("article.txt.ron")).expect("writable");
    (folder, article)
}

fn open(annotations: &str) -> Opened {
    let (_folder, article) = project(annotations);
    store::open(&article, OpenOptions::default(), &schema()).expect("every version opens")
}

/// What a document says, a line for everything.
fn said(document: &Document) -> String {
    let source = document.source();
    let quote = |fragments: &hashiya::model::Fragments| {
        let pieces: Vec<&str> = fragments.ranges().iter().map(|range| source.slice(*range)).collect();
        format!("«{}»", pieces.join("» … «"))
    };
    let mut lines = Vec::new();
    for annotation in document.annotations().iter() {
        let body = &annotation.body;
        let roles = body.as_claim().into_iter().flat_map(|claim| &claim.roles).map(|(role, fillers)| {
            let filler = |filler: &RoleFiller| match filler {
                RoleFiller::Span(fragments) => quote(fragments),
                RoleFiller::Entity(id) => id.to_string(),
                RoleFiller::Author => "the author".to_owned(),
                RoleFiller::Unnamed => "unnamed".to_owned(),
            };
            format!(" {role} {}", fillers.iter().map(filler).collect::<Vec<_>>().join(" and "))
        });
        lines.push(format!(
            "{} {} {}{} {:?} note {:?} {:?} {:?}..{:?}",
            annotation.id,
            body.label(),
            quote(body.fragments()),
            roles.collect::<String>(),
            annotation.attributes,
            annotation.note,
            annotation.origin,
            annotation.created.millis(),
            annotation.modified.millis(),
        ));
    }
    for relation in document.relations() {
        let made = relation.created.millis();
        lines.push(format!("{} {} {} to {} {made}", relation.id, relation.label, relation.from, relation.to));
    }
    for decision in document.decisions() {
        let (key, rule, at) = (&decision.key, &decision.rule, decision.at.millis());
        let verdict = match decision.decision {
            Decision::Accepted(id) => format!("accepted as {id}"),
            Decision::Rejected => "rejected".to_owned(),
        };
        lines.push(format!(
            "{} {} {verdict} {rule} {} {at}",
            key.label,
            quote(&key.fragments),
            decision.pack
        ));
    }
    for orphan in document.orphans() {
        lines.push(format!(
            "{} set aside: {} «{}» {:?}",
            orphan.id, orphan.label, orphan.quote, orphan.claimed
        ));
    }
    lines.join("\n")
}

#[test]
fn annotations_of_version_1_are_what_they_were() {
    let opened = open("annotations-1.ron");
    insta::assert_snapshot!(said(&opened.document));
    assert_eq!(opened.annotator.as_deref(), Some("amal"));
    assert_eq!(opened.problems.len(), 3, "the orphans: {:?}", opened.problems);
    let again = annotation_file::save(&opened.document, "amal", "small-1").expect("can be written");
    assert_eq!(again, text_of("annotations-1.ron"), "this is the layout of today");
}

#[test]
fn annotations_that_count_the_next_ids_are_the_same() {
    let (old, new) = (open("annotations-1-next.ron"), open("annotations-1.ron"));
    assert_eq!(said(&old.document), said(&new.document));
    assert_eq!((old.is_older, new.is_older), (true, false));
    let fresh = (old.document.fresh_annotation_id().get(), old.document.fresh_relation_id().get());
    assert_eq!(fresh, (30, 9), "what it counts is heeded");
}

#[test]
fn a_journal_of_version_1_brings_its_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal");
    std::fs::copy(golden("journal-1.journal"), &path).expect("writable");
    let mut document = open("annotations-1.ron").document;
    let before = document.clone();
    let stamp = Stamp::of(text_of("annotations-1.ron").as_bytes());
    let mut recovered =
        store::recover(SystemDisk, &path, &mut document, &stamp, NOW).expect("a journal of version 1");
    assert!(recovered.set_aside.is_empty(), "{:?}", recovered.set_aside);
    assert_eq!(recovered.changes, 5);
    insta::assert_snapshot!(said(&document));
    while recovered.history.undo(&mut document).expect("an inverse fits").is_some() {}
    assert_eq!(said(&document), said(&before), "and undo goes back to the file");
}

#[test]
fn a_schema_of_version_1_has_all_its_parts() {
    let schema = schema();
    let label = |id: &str| schema.label(&LabelId::from(id)).expect("a label of it");
    assert_eq!(schema.name(), "small-1");
    assert_eq!((label("PERS").names.get("ar"), label("CLAIM").names.get("en")), ("شخص", "Claim"));
    assert_eq!(label("PERS").keys, ['1', 'p']);
    assert_eq!(label("ORG").parent, Some(LabelId::from("PERS")));
    assert_eq!(label("CLAIM").roles.len(), 3);
    assert_eq!((schema.labels().len(), schema.relations().len()), (3, 1));
    let attributes = ["uncertain", "weight", "remark", "certainty"];
    assert!(attributes.iter().all(|attribute| schema.attribute(attribute).is_some()));
}

#[test]
fn settings_of_version_1_are_what_they_were() {
    let settings = settings_file::load(text_of("settings-1.ron").as_bytes()).expect("version 1");
    let expected = Settings {
        version: 1,
        theme: Theme::Dark,
        high_contrast: true,
        safe_colours: true,
        reduced_motion: true,
        window_scale: 1.25,
        text_size: 26.0,
        line_height: 2.0,
        reading_font: "Noto Nastaliq Urdu".to_owned(),
        measure: 28.0,
        hidden_characters: true,
        paragraph_numbers: true,
        language: "ar".to_owned(),
        label_names: true,
        panel: false,
        // Later than this version: its default.
        queue: true,
        learn: false,
        annotator: "أمل".to_owned(),
        keymap: "/home/amal/keymap.ron".to_owned(),
    };
    assert_eq!(settings, expected);
    let keymap = store::load_keymap(&golden("keymap.ron")).expect("a key map");
    assert_eq!(keymap["review.accept"], ["Space", "Enter"]);
}

#[test]
fn packs_of_format_1_load_and_their_examples_hold() {
    let packs = store::load_packs(&golden("packs-1")).expect("readable");
    let rules = RuleSet::compile(&packs).expect("format 1");
    assert_eq!(rules.check_examples(), []);
    assert_eq!(rules.rule_ids(), ["ar/office", "en/harbour"]);
    let source = SourceText::new("وقالت هيئة الموانئ إن السفينة غادرت.");
    let found = rules.suggest(&source, &Segmentation::new(&source), &Context::default());
    let found: Vec<_> = found.iter().map(|s| (&*s.pack, source.slice(s.body.fragments().first()))).collect();
    assert_eq!(found, [("own@3", "هيئة الموانئ")]);
}

#[test]
fn learned_names_of_both_versions_are_read() {
    for (file, passed) in [("dictionary-0.tsv", 0), ("dictionary-1.tsv", 4)] {
        let names = store::load_dictionary(&golden(file)).expect("every version");
        let votes: Vec<Votes> = names.names().flat_map(|name| name.labels.values().copied()).collect();
        assert!(votes.contains(&Votes { accepted: 3, rejected: 1, passed: 0 }), "{file}: {votes:?}");
        assert!(votes.contains(&Votes { accepted: 2, rejected: 0, passed }), "{file}: {votes:?}");
    }
}

#[test]
fn a_later_version_is_refused_by_name_and_left_alone() {
    let (folder, article) = project("annotations-1.ron");
    let write = |name: &str, from: &str, to: &str, text: String| {
        let later = text.replacen(from, to, 1);
        assert_ne!(later, text);
        let path = folder.path().join(name);
        std::fs::write(&path, &later).expect("writable");
        (path, later)
    };
    let mut told = Vec::new();

    let text = text_of("annotations-1.ron");
    let (path, later) = write("article.txt.ron", "version: 1", "shape: new, version: 2", text);
    told.push(store::open(&article, OpenOptions::default(), &schema()).expect_err("later").to_string());
    assert_eq!(std::fs::read_to_string(path).expect("there"), later);

    let (path, _) = write("schema.ron", "version: 1", "version: 2, shape: new", text_of("schema-1.ron"));
    told.push(store::load_schema(&path).expect_err("later").to_string());

    let (_, later) = write("settings.ron", "version: 1", "version: 2, shape: new", text_of("settings-1.ron"));
    told.push(store::load_settings(folder.path()).expect_err("later").to_string());
    store::save_settings(folder.path(), &Settings::default()).expect("writable");
    let kept = std::fs::read_to_string(folder.path().join("settings.ron.unread"));
    assert_eq!(kept.expect("kept before it was written over"), later);

    let text = text_of("packs-1/own.ar.ron");
    let (path, _) = write("own.ar.ron", "format: 1", "format: 2, shape: new", text);
    let packs = store::load_packs(&path).expect("readable");
    told.push(RuleSet::compile(&packs).expect_err("later")[0].to_string());

    let text = text_of("dictionary-1.tsv");
    let (path, _) = write("own.tsv", "passed\t", "passed\tseen\t", text);
    told.push(store::load_dictionary(&path).expect_err("later").to_string());

    let text = text_of("journal-1.journal");
    let begin = text.lines().next().and_then(|line| line.split_once(' ')).expect("a line").1;
    let later = begin.replacen("version: 1", "version: 2", 1);
    let (path, _) = write("journal", begin, &later, text.clone());
    let sum = |text: &str| format!("{:08x} {text}", crc32(text));
    let whole = std::fs::read_to_string(&path).expect("there").replacen(&later, "", 1);
    let whole = whole.split_once('\n').expect("a line").1;
    std::fs::write(&path, format!("{}\n{whole}", sum(&later))).expect("writable");
    let mut document = open("annotations-1.ron").document;
    let stamp = Stamp::of(text_of("annotations-1.ron").as_bytes());
    let recovered =
        store::recover(SystemDisk, &path, &mut document, &stamp, NOW).expect("a new one is begun");
    let [aside] = &recovered.set_aside[..] else { panic!("{:?}", recovered.set_aside) };
    assert!(aside.path.as_ref().is_some_and(|path| path.exists()), "it is kept");
    told.push(aside.reason.clone());

    let folder = folder.path().display().to_string();
    insta::assert_snapshot!(told.join("\n").replace(&folder, "FOLDER"));
}

/// CRC-32 as of IEEE 802.3, bit by bit.
fn crc32(text: &str) -> u32 {
    !text.bytes().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[test]
fn a_file_of_an_earlier_layout_is_kept_before_it_is_written_over() {
    let (folder, article) = project("annotations-1-next.ron");
    let state = folder.path().join("state");
    let mut session = Session::new(Setup {
        schema: Arc::new(schema()),
        settings: Settings { learn: false, ..Settings::default() },
        keymap: Keymap::standard(),
        clock: Arc::new(|| NOW),
        waker: Arc::new(|| {}),
        config_dir: None,
        state_dir: Some(state.clone()),
        data_dir: None,
    });
    session.perform(Action::OpenPath(article, None));
    session.settle();
    let told = session.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(told.contains("earlier layout") && told.contains("snapshots"), "{told}");
    let path = folder.path().join("article.txt.ron");
    assert_eq!(
        std::fs::read_to_string(&path).expect("there"),
        text_of("annotations-1-next.ron"),
        "untouched"
    );
    let id = session.editor().expect("open").document().annotations().as_slice()[0].id;
    for note in ["one", "two", "three"] {
        session.perform(Action::SetNote(id, note.to_owned()));
        session.settle();
    }
    let written = std::fs::read_to_string(&path).expect("there");
    assert!(written.contains("three") && !written.contains("next:"), "{written}");
    let place = Workplace::of(&path, Some(&state)).expect("writable");
    let kept: Vec<String> = store::snapshots(&place.snapshots())
        .iter()
        .map(|snapshot| std::fs::read_to_string(&snapshot.path).expect("a snapshot"))
        .collect();
    assert!(kept.contains(&written));
    assert_eq!(kept.iter().filter(|text| **text == text_of("annotations-1-next.ron")).count(), 1);
}
