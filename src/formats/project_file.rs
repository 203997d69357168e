//! A project as a RON file (`hashiya.ron`), and what is kept line by line beside the annotations: how far each annotator
//! is, and where the articles came from.
//!
//! ```ron
//! (
//!   version: 1,
//!   name: "Ports",
//!   articles: "articles",
//!   schema: "schema.ron",
//!   rules: "rules",
//!   annotators: ["amal", "badr"],
//!   overlap: 20,
//!   licence: "CC-BY-4.0",
//! )
//! ```

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::ron_text::{SyntaxError, parse, place_of_field, quoted, rfc3339, utf8};
use crate::model::{ProgressMark, Timestamp};
use crate::text::shortened;

/// The version of project files.
const VERSION: u32 = 1;

/// A project's settings. Fields that a file lacks have their defaults, so a file may be as short as `()`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectFile {
    /// The version of the file, 1.
    pub version: u32,
    /// What the project is called; empty for the name of its folder.
    pub name: String,
    /// The folder of the articles, from the project's folder; `.` for the project's folder itself.
    pub articles: String,
    /// The schema's file, from the project's folder; empty for the program's own schema.
    pub schema: String,
    /// The folder of the project's own rule packs, from the project's folder.
    pub rules: String,
    /// Who annotates; empty where everybody annotates everything.
    pub annotators: Vec<String>,
    /// How many of a hundred articles all annotators get; the others get one each.
    pub overlap: u8,
    /// The licence of the data, for the card of a dataset; empty where it was not said.
    pub licence: String,
}

impl Default for ProjectFile {
    fn default() -> Self {
        Self {
            version: VERSION,
            name: String::new(),
            articles: "articles".to_owned(),
            schema: String::new(),
            rules: "rules".to_owned(),
            annotators: Vec::new(),
            overlap: 100,
            licence: String::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(default)]
struct VersionRecord {
    version: u32,
}

impl Default for VersionRecord {
    fn default() -> Self {
        Self { version: VERSION }
    }
}

/// Returns the settings of a project file.
///
/// # Errors
///
/// When the bytes are no project file, of a later version, or a share is over 100; with the place.
pub fn load(bytes: &[u8]) -> Result<ProjectFile, SyntaxError> {
    let error = |place, message| SyntaxError { place, message, cut_off: false };
    let text = utf8(bytes).map_err(|place| error(place, "not valid UTF-8".to_owned()))?;
    let VersionRecord { version } = parse(text)?;
    if version > VERSION {
        let message = format!("the project has version {version}; this program reads version {VERSION}");
        return Err(error(place_of_field(text, "version"), message));
    }
    let file: ProjectFile = parse(text)?;
    if file.overlap > 100 {
        let message = format!("`overlap` is {}; it may be 0 to 100, in hundredths", file.overlap);
        return Err(error(place_of_field(text, "overlap"), message));
    }
    for (name, path) in [("articles", &file.articles), ("schema", &file.schema), ("rules", &file.rules)] {
        let leads_out = Path::new(path)
            .components()
            .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
        if leads_out {
            let message = format!("`{name}` is `{}`, which leads out of the project", shortened(path));
            return Err(error(place_of_field(text, name), message));
        }
    }
    Ok(file)
}

/// Returns the settings as a file, one a line.
#[must_use]
pub fn save(file: &ProjectFile) -> String {
    let list = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
    let ProjectFile { version, name, articles, schema, rules, annotators, overlap, licence } = file;
    let lines = [
        format!("version: {version}"),
        format!("name: {}", quoted(name)),
        format!("articles: {}", quoted(articles)),
        format!("schema: {}", quoted(schema)),
        format!("rules: {}", quoted(rules)),
        format!("annotators: [{}]", list(annotators)),
        format!("overlap: {overlap}"),
        format!("licence: {}", quoted(licence)),
    ];
    let mut text = String::from("(\n");
    for line in lines {
        text.extend(["  ", &line, ",\n"]);
    }
    text.push_str(")\n");
    text
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MarkRecord {
    Done,
    Skipped,
    Flagged,
}

#[derive(Serialize, Deserialize)]
struct ProgressRecord {
    article: String,
    mark: Option<MarkRecord>,
    #[serde(default)]
    at: String,
}

/// Returns the line that says what an annotator says of an article, ended; without a mark, that it was taken back.
///
/// # Errors
///
/// When the time lies beyond the year 9999.
pub fn progress_line(
    article: &str,
    mark: Option<ProgressMark>,
    at: Timestamp,
) -> Result<String, serde_json::Error> {
    let mark = mark.map(|mark| match mark {
        ProgressMark::Done => MarkRecord::Done,
        ProgressMark::Skipped => MarkRecord::Skipped,
        ProgressMark::Flagged => MarkRecord::Flagged,
    });
    let at = rfc3339(at).map_err(serde::ser::Error::custom)?;
    Ok(serde_json::to_string(&ProgressRecord { article: article.to_owned(), mark, at })? + "\n")
}

/// Returns what the lines say, article by article as often as it stands there; the last line of an article counts. A
/// line that cannot be read, as one that was cut off, says nothing.
pub fn progress(bytes: &[u8]) -> impl Iterator<Item = (String, Option<ProgressMark>)> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let record: ProgressRecord = serde_json::from_slice(line).ok()?;
        let mark = record.mark.map(|mark| match mark {
            MarkRecord::Done => ProgressMark::Done,
            MarkRecord::Skipped => ProgressMark::Skipped,
            MarkRecord::Flagged => ProgressMark::Flagged,
        });
        Some((record.article, mark))
    })
}

/// Where an article of a project came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceNote {
    /// The article's name in the project.
    pub article: String,
    /// The file that it was read from.
    pub from: String,
    /// The format of that file.
    pub format: String,
    /// SHA-256 of the article's text as UTF-8, in lower-case hexadecimal.
    pub sha256: String,
    /// When, as RFC 3339.
    pub imported: String,
    /// What else the file said of it (`title`, `date`).
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub metadata: std::collections::BTreeMap<String, String>,
}

/// Returns a note as a line, ended.
///
/// # Errors
///
/// Never for a note of texts.
pub fn source_line(note: &SourceNote) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(note)? + "\n")
}

/// Returns the notes of a file's lines; one that cannot be read says nothing.
pub fn sources(bytes: &[u8]) -> impl Iterator<Item = SourceNote> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_kept_and_a_short_file_has_the_defaults() {
        assert_eq!(load(b"()").expect("a project"), ProjectFile::default());
        let file = ProjectFile {
            name: "موانئ \"2026\"".into(),
            articles: ".".into(),
            annotators: vec!["amal".into(), "بدر".into()],
            overlap: 20,
            ..ProjectFile::default()
        };
        assert_eq!(load(save(&file).as_bytes()).expect("just saved"), file);
    }

    #[test]
    fn mistakes_name_their_place() {
        let message = |text: &str| load(text.as_bytes()).expect_err("a mistake").to_string();
        assert_eq!(
            message("(\n  overlap: 120,\n)"),
            "2:3: `overlap` is 120; it may be 0 to 100, in hundredths"
        );
        assert_eq!(
            message("(\n  version: 2,\n  colour: 3)"),
            "2:3: the project has version 2; this program reads version 1"
        );
        assert_eq!(
            message("(rules: \"../other\")"),
            "1:2: `rules` is `../other`, which leads out of the project"
        );
        assert!(message("(nmae: \"x\")").contains("did you mean `name`"), "{}", message("(nmae: \"x\")"));
    }

    #[test]
    fn the_last_word_on_an_article_counts_and_a_cut_line_says_nothing() {
        let at = Timestamp::from_millis(1_700_000_000_000);
        let mut lines = progress_line("a/b.txt", Some(ProgressMark::Done), at).expect("writable");
        assert_eq!(
            lines,
            "{\"article\":\"a/b.txt\",\"mark\":\"done\",\"at\":\"2023-11-14T22:13:20.000Z\"}\n"
        );
        lines += &progress_line("a/b.txt", None, at).expect("writable");
        lines += "{\"article\":\"c.txt\",\"mar";
        let read: Vec<_> = progress(lines.as_bytes()).collect();
        assert_eq!(read, [("a/b.txt".to_owned(), Some(ProgressMark::Done)), ("a/b.txt".to_owned(), None)]);
    }
}
