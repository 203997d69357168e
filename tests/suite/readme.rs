//! The README tells the truth: its key table is the program's, and what it names is there.

use std::path::Path;

const README: &str = include_str!("../../README.md");

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, after) = text.split_once(start).expect("the start mark");
    after.split_once(end).expect("the end mark").0
}

#[test]
fn the_key_table_is_the_generated_one() {
    let table = between(README, "<!-- keys -->\n", "<!-- /keys -->");
    let generated = hashiya::session::markdown_table();
    assert_eq!(table, generated, "put the output of `hashiya commands --markdown` into the README");
}

#[test]
fn what_it_links_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let targets =
        README.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let local: Vec<&str> = targets.filter(|target| !target.contains("://")).collect();
    assert!(local.len() >= 3, "{local:?}");
    for target in local {
        assert!(root.join(target).exists(), "{target}");
    }
}
