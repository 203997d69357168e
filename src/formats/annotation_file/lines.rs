//! A short way through a long file: one that is laid out as [`save`](super::save) writes it, a record a line, is cut
//! at its lines, and the records are parsed on all cores.
//!
//! Invariant: says nothing of a file that is laid out otherwise, or in which anything is wrong. Then the whole is
//! parsed as RON, which finds the place of what is wrong.

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::VERSION;
use super::read::Parsed;
use super::record::{ArticleRecord, FileRecord, NextRecord};
use crate::formats::ron_fields::{Kept, Unknown, parse_keeping};
use crate::formats::ron_text::{Place, parse, parse_part};

/// A record's text and the line that it stands in.
type Line<'a> = (Place, &'a str);

/// The lists of a file in the order in which they are written.
const LISTS: [&str; 4] = ["annotations", "relations", "decisions", "orphans"];

/// What stands before the records of a list, and behind each of them.
const INDENT: &str = "    ";
const BEHIND: &str = ",\n";

/// A file cut at its lines.
pub(super) struct Lines<'a> {
    /// The file without its records.
    frame: String,
    /// The records of each list, in the order of [`LISTS`].
    lists: [Vec<Line<'a>>; 4],
}

/// What stands in a file beside its lists.
pub(super) struct Head {
    pub(super) article: Kept<ArticleRecord>,
    pub(super) annotator: String,
    pub(super) schema: String,
    pub(super) next: NextRecord,
}

impl<'a> Lines<'a> {
    /// Returns the lines of a file; `None` where it is not laid out as it would be written.
    pub(super) fn cut(text: &'a str) -> Option<Self> {
        let mut lines = Self { frame: String::new(), lists: Default::default() };
        let (mut list, mut next_list) = (None, 0);
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let Some(open) = list else {
                lines.frame.push_str(line);
                let begun = LISTS.iter().position(|name| is_head(line, name, ": [\n"));
                if let Some(begun) = begun.or_else(|| LISTS.iter().position(|n| is_head(line, n, ": [],\n")))
                {
                    // In order and each once: what looks like a list in a comment or a string stands twice.
                    if begun < next_list {
                        return None;
                    }
                    next_list = begun + 1;
                    list = line.ends_with("[\n").then_some(begun);
                }
                continue;
            };
            if line == "  ],\n" {
                lines.frame.push_str(line);
                list = None;
            } else if !is_apart(line) {
                let record = line.strip_prefix(INDENT)?.strip_suffix(BEHIND)?;
                lines.lists[open].push((Place { line: number, column: INDENT.len() + 1 }, record));
            }
        }
        // Inside a comment a list would be no list.
        let is_plain = list.is_none() && next_list == LISTS.len();
        (is_plain && !lines.frame.contains("/*")).then_some(lines)
    }

    /// Returns what stands beside the lists; `None` where that is not as it would be written.
    pub(super) fn head(&self) -> Option<Head> {
        let FileRecord {
            version,
            article,
            annotator,
            schema,
            next,
            annotations,
            relations,
            decisions,
            orphans,
        } = parse(&self.frame).ok()?;
        if version != VERSION {
            return None;
        }
        let lists = [annotations, relations, decisions, orphans];
        // A string of several lines might hold what looks like a list.
        let strings = [&*article.file.0, &*article.sha256, &*article.encoding, &*annotator, &*schema];
        let is_plain = lists.iter().all(Vec::is_empty) && strings.iter().all(|text| !text.contains('\n'));
        is_plain.then_some(Head { article, annotator, schema, next })
    }

    /// Returns the records of a list, each with its place; `None` where one of them does not parse.
    pub(super) fn records<T: DeserializeOwned + Send>(&self, list: &str) -> Option<Vec<Parsed<T>>> {
        let list = LISTS.iter().position(|name| *name == list)?;
        self.lists[list]
            .par_iter()
            .map(|(place, record)| {
                let (record, unknown) = record_of(record, *place)?;
                Some((*place, record, unknown))
            })
            .collect()
    }
}

fn record_of<T: DeserializeOwned>(record: &str, place: Place) -> Option<(T, Vec<Unknown>)> {
    if record.contains("//") {
        // A comment would take the comma and the next line's place with it; an address in a text does not.
        let alone: Vec<T> = parse_part(&format!("[{record},]"), place).ok()?;
        return Some((alone.into_iter().next()?, Vec::new()));
    }
    parse_keeping(record, place).ok()
}

/// Returns whether a line of a list is none of its records: it is empty or a comment.
fn is_apart(line: &str) -> bool {
    line == "\n" || line.strip_prefix(INDENT).is_some_and(|line| line.starts_with("//"))
}

fn is_head(line: &str, name: &str, rest: &str) -> bool {
    line.strip_prefix("  ").and_then(|line| line.strip_prefix(name)).is_some_and(|line| line == rest)
}
