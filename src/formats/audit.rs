//! What was done to an annotation file, change by change, as its journal tells: for the history and, as JSON lines, for
//! an audit.
//!
//! ```json
//! {"n":3,"at":"2026-01-31T08:00:02.500Z","by":"amal","change":"done","what":"Accept GPE «…»","ms":1400,"edits":[{"insert":{…}},{"decide":{…}}]}
//! ```
//!
//! `ms` is the time since the change before it, which is the time for a decision where one followed the other; it is
//! left out where more than [`PAUSE_MS`] lie between. The steps in `edits` are in the words of `jsonl`, offsets in chars.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::journal::Entry;
use super::jsonl::edit_value;
use super::ron_text::rfc3339;
use crate::model::{Edit, Origin, Timestamp, Transaction};
use crate::text::SourceText;

/// From how long a time between two changes on it is a pause, in milliseconds.
pub const PAUSE_MS: i64 = 5 * 60_000;

/// How a change came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Something was done.
    Done,
    /// It was taken back.
    Undone,
    /// It was done again.
    Redone,
}

/// A change that was made to a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Counts the changes, from 1.
    pub n: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Arc<str>,
    /// How it came about.
    pub kind: ChangeKind,
    /// What was changed.
    pub change: Arc<Transaction>,
    /// What takes it back.
    pub inverse: Arc<Transaction>,
    /// How long after the change before it, in milliseconds; `None` for the first one and after a pause.
    pub took_ms: Option<i64>,
}

impl Deed {
    /// Returns the rules and packs whose suggestions were decided or came in by it (`ar/gpe (ar-news@1)`), by name.
    #[must_use]
    pub fn rules(&self) -> BTreeSet<String> {
        let of_edit = |edit: &Edit| match edit {
            Edit::Decide(record) => Some(format!("{} ({})", record.rule, record.pack)),
            Edit::Insert(annotation) => match &annotation.origin {
                Origin::Rule { rule, pack } => Some(format!("{rule} ({pack})")),
                Origin::Human => None,
            },
            _ => None,
        };
        self.change.edits.iter().filter_map(of_edit).collect()
    }
}

/// Returns what the entries of a journal tell, in order.
#[must_use]
pub fn deeds(entries: Vec<Entry>) -> Vec<Deed> {
    let (mut done, mut undone) = (Vec::new(), Vec::new());
    let mut deeds: Vec<Deed> = Vec::with_capacity(entries.len());
    for entry in entries {
        let (n, at, by, kind, pair) = match entry {
            Entry::Commit { n, at, by, forward, inverse } => {
                undone.clear();
                let pair = (Arc::new(forward), Arc::new(inverse));
                done.push(pair.clone());
                (n, at, by, ChangeKind::Done, pair)
            }
            Entry::Undo { n, at, by } => {
                let Some((forward, inverse)) = done.pop() else { continue };
                undone.push((Arc::clone(&forward), Arc::clone(&inverse)));
                (n, at, by, ChangeKind::Undone, (inverse, forward))
            }
            Entry::Redo { n, at, by } => {
                let Some(pair): Option<(Arc<Transaction>, Arc<Transaction>)> = undone.pop() else { continue };
                done.push(pair.clone());
                (n, at, by, ChangeKind::Redone, pair)
            }
            Entry::Begin { .. } | Entry::Saving { .. } | Entry::Saved { .. } => continue,
        };
        let since = deeds.last().map(|last| at.millis() - last.at.millis());
        let took_ms = since.filter(|ms| (0..=PAUSE_MS).contains(ms));
        let (change, inverse) = pair;
        deeds.push(Deed { n, at, by, kind, change, inverse, took_ms });
    }
    deeds
}

#[derive(Serialize)]
struct DeedLine<'a> {
    n: u64,
    at: String,
    by: &'a str,
    change: ChangeKind,
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<i64>,
    edits: Vec<serde_json::Value>,
}

/// Returns deeds as JSON lines.
///
/// # Errors
///
/// When a time lies outside the years -9999 to 9999.
pub fn json_lines(deeds: &[Deed], source: &SourceText) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    for Deed { n, at, by, kind, change, took_ms, .. } in deeds {
        let line = DeedLine {
            n: *n,
            at: rfc3339(*at).map_err(serde::ser::Error::custom)?,
            by,
            change: *kind,
            what: &change.description,
            ms: *took_ms,
            edits: change.edits.iter().map(|edit| edit_value(edit, source)).collect::<Result<_, _>>()?,
        };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Annotation, AnnotationId, Body, Decision, DecisionRecord, Entity, Fragments, SuggestionKey,
        UnknownFields,
    };
    use crate::text::TextRange;

    const TEXT: &str = "وصل سليم عون";

    fn entries() -> Vec<Entry> {
        let fragments = Fragments::single(TextRange::from_indices(7, 22)).expect("not empty");
        let annotation = Annotation {
            id: AnnotationId::FIRST,
            body: Body::Entity(Entity { label: "PERS".into(), fragments: fragments.clone() }),
            attributes: std::collections::BTreeMap::new(),
            note: "".into(),
            origin: Origin::Rule { rule: "ar/names".into(), pack: "ar-news@1".into() },
            created: Timestamp::from_millis(0),
            modified: Timestamp::from_millis(0),
            unknown: UnknownFields::NONE,
        };
        let key = SuggestionKey { fragments, label: "PERS".into() };
        let decision = DecisionRecord {
            key: key.clone(),
            rule: "ar/names".into(),
            pack: "ar-news@1".into(),
            decision: Decision::Accepted(annotation.id),
            at: Timestamp::from_millis(0),
            unknown: UnknownFields::NONE,
        };
        let at = |ms| Timestamp::from_millis(1_700_000_000_000 + ms);
        let by: Arc<str> = "amal".into();
        let forward =
            Transaction::new("Accept «سليم عون»", vec![Edit::Insert(annotation), Edit::Decide(decision)]);
        let inverse = Transaction::new(
            "Accept «سليم عون»",
            vec![Edit::Undecide(key), Edit::Remove(AnnotationId::FIRST)],
        );
        vec![
            Entry::Begin { article: "a.txt".into(), sha256: "9f".into(), base: "absent".into(), at: at(0) },
            Entry::Commit { n: 1, at: at(0), by: Arc::clone(&by), forward, inverse },
            Entry::Saving { n: 1, at: at(900), sha256: "77".into() },
            Entry::Undo { n: 2, at: at(1_500), by: Arc::clone(&by) },
            Entry::Redo { n: 3, at: at(1_500 + PAUSE_MS + 1), by },
        ]
    }

    #[test]
    fn every_change_is_told_with_what_it_did_and_how_long_it_took() {
        let deeds = deeds(entries());
        let told: Vec<_> = deeds.iter().map(|deed| (deed.n, deed.kind, deed.took_ms)).collect();
        assert_eq!(
            told,
            [
                (1, ChangeKind::Done, None),
                (2, ChangeKind::Undone, Some(1_500)),
                (3, ChangeKind::Redone, None)
            ]
        );
        assert!(Arc::ptr_eq(&deeds[0].change, &deeds[1].inverse));
        assert_eq!(deeds[0].rules().into_iter().collect::<Vec<_>>(), ["ar/names (ar-news@1)"]);
    }

    #[test]
    fn the_lines_of_an_audit_are_json() {
        insta::assert_snapshot!(
            json_lines(&deeds(entries()), &SourceText::new(TEXT)).expect("times in range")
        );
    }
}
