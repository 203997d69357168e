//! The journal of one annotation file: every change as a line, so that what was decided outlives whatever ends the
//! program.
//!
//! ```text
//! 1f0c9a3e begin((version: 1, article: "port.txt", sha256: "9f86…", base: "absent", at: "2026-01-31T08:00:00.000Z"))
//! 77ab01d2 commit((n: 1, at: "…", by: "amal", what: "Tag «…» as PERS", edits: [insert((id: "a1", …))], inverse: [remove("a1")]))
//! 0d4e55b1 undo((n: 2, at: "…", by: "amal"))
//! b2330c17 saving((n: 2, at: "…", sha256: "77de…"))
//! 5c90e2aa saved((n: 2, at: "…"))
//! ```
//!
//! Before the space stands the CRC-32 (as of IEEE 802.3) of what follows it on the line. `n` counts the changes; a
//! `saving` tells which state a snapshot with that SHA-256 holds, and is on the disk before the snapshot is; a `saved`
//! tells that it was put in its place. The quotes of spans are checked against the article as everywhere.
//!
//! Invariant: no I/O; a line that was cut or spoilt is never taken for a change.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::annotation_file::{
    AnnotationRecord, DecisionLine, Id, Misfit, RelationRecord, SpanRecord, Time, annotation_record,
    decision_line, fragments, relation_record, span_records,
};
use super::ron_fields::Kept;
use super::ron_text::{Visible, parse, to_line};
use crate::model::{AnnotationId, Edit, LabelId, Orphan, RelationId, SuggestionKey, Timestamp, Transaction};
use crate::text::{CharOffset, SourceText};

/// The version that is written.
const VERSION: u32 = 1;

/// What stands for the SHA-256 of a file that is not there.
pub const ABSENT: &str = "absent";

/// A line of a journal.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// The first line: what the changes are changes of.
    Begin {
        /// The article's file name.
        article: Arc<str>,
        /// SHA-256 of the article's bytes, in lower-case hexadecimal.
        sha256: Arc<str>,
        /// SHA-256 of the annotation file that the first change was made on; [`ABSENT`] where there was none.
        base: Arc<str>,
        /// When.
        at: Timestamp,
    },
    /// A transaction was applied.
    Commit {
        /// Counts the changes, from 1.
        n: u64,
        /// When.
        at: Timestamp,
        /// Who.
        by: Arc<str>,
        /// What was done.
        forward: Transaction,
        /// What takes it back.
        inverse: Transaction,
    },
    /// The last transaction that stood was taken back.
    Undo {
        /// Counts the changes.
        n: u64,
        /// When.
        at: Timestamp,
        /// Who.
        by: Arc<str>,
    },
    /// The transaction that was taken back last was done again.
    Redo {
        /// Counts the changes.
        n: u64,
        /// When.
        at: Timestamp,
        /// Who.
        by: Arc<str>,
    },
    /// A snapshot is about to be put in its place.
    Saving {
        /// The state that it holds: that after so many changes.
        n: u64,
        /// When.
        at: Timestamp,
        /// SHA-256 of the snapshot.
        sha256: Arc<str>,
    },
    /// That snapshot is in its place.
    Saved {
        /// The state that it holds.
        n: u64,
        /// When.
        at: Timestamp,
    },
}

/// What a journal's bytes say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Journal {
    /// The lines, in order, up to the first that is damaged.
    pub entries: Vec<Entry>,
    /// Where in the bytes each of those ends.
    pub ends: Vec<usize>,
    /// What comes after them; `None` where nothing does.
    pub damage: Option<Damage>,
}

/// Where a journal cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
    /// Whether nothing comes after it: a line that was being written when the program or the machine ended.
    pub is_torn: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EntryRecord {
    Begin(BeginRecord),
    Commit(CommitRecord),
    Undo(StepRecord),
    Redo(StepRecord),
    Saving(SavingRecord),
    Saved(SavedRecord),
}

#[derive(Debug, Serialize, Deserialize)]
struct BeginRecord {
    version: u32,
    article: Visible,
    sha256: String,
    base: String,
    at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
struct CommitRecord {
    n: u64,
    at: Time,
    by: Visible,
    what: Visible,
    edits: Vec<EditRecord>,
    inverse: Vec<EditRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StepRecord {
    n: u64,
    at: Time,
    by: Visible,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavingRecord {
    n: u64,
    at: Time,
    sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedRecord {
    n: u64,
    at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EditRecord {
    Insert(Box<Kept<AnnotationRecord>>),
    Remove(Id<AnnotationId>),
    Replace(Box<Kept<AnnotationRecord>>),
    Link(Kept<RelationRecord>),
    Unlink(Id<RelationId>),
    Decide(Kept<DecisionLine>),
    Undecide(KeyRecord),
    Orphan(Kept<OrphanRecord>),
    Discard(Id<AnnotationId>),
}

#[derive(Debug, Serialize, Deserialize)]
struct KeyRecord {
    label: Visible,
    spans: Vec<SpanRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrphanRecord {
    id: Id<AnnotationId>,
    label: Visible,
    quote: Visible,
    claimed: (u32, u32),
    reason: Visible,
    record: Visible,
}

/// Returns an entry as a line with its checksum and the line feed.
///
/// # Errors
///
/// When a time lies outside the years -9999 to 9999.
pub fn line(entry: &Entry, source: &SourceText) -> Result<String, ron::Error> {
    let text = to_line(&entry_record(entry, source))?;
    Ok(format!("{:08x} {text}\n", crc32fast::hash(text.as_bytes())))
}

/// Returns the entries of a journal's bytes and where it cannot be read any further. `source` is the article that they
/// are about; a journal about another one is damaged from its first line on.
#[must_use]
pub fn read(bytes: &[u8], article_sha256: &str, source: &SourceText) -> Journal {
    let mut journal = Journal::default();
    let (mut changes, mut end) = (0, 0);
    for (i, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        end += line.len();
        let entry = entry_of(line, source).and_then(|entry| {
            follows(&journal.entries, changes, &entry, article_sha256)?;
            Ok(entry)
        });
        match entry {
            Ok(entry) => {
                changes = changes.max(entry.n());
                journal.entries.push(entry);
                journal.ends.push(end);
            }
            Err(message) => {
                let is_torn = !line.ends_with(b"\n");
                journal.damage = Some(Damage { line: i + 1, message, is_torn });
                break;
            }
        }
    }
    journal
}

/// Returns the entry of a line, or why it is none.
fn entry_of(line: &[u8], source: &SourceText) -> Result<Entry, String> {
    let line = line.strip_suffix(b"\n").ok_or("the line was not written to its end")?;
    let line = std::str::from_utf8(line).map_err(|_| "it is not UTF-8")?;
    let (sum, text) = line.split_once(' ').ok_or("it has no checksum")?;
    if sum != format!("{:08x}", crc32fast::hash(text.as_bytes())) {
        return Err("its checksum does not agree".to_owned());
    }
    let record: EntryRecord = parse(text).map_err(|error| error.message)?;
    entry(record, source)
}

/// Checks that an entry may come after those before it.
fn follows(before: &[Entry], changes: u64, entry: &Entry, article_sha256: &str) -> Result<(), String> {
    match (before.is_empty(), entry) {
        (true, Entry::Begin { sha256, .. }) if **sha256 == *article_sha256 => Ok(()),
        (true, Entry::Begin { .. }) => Err("it is about another text of the article".to_owned()),
        (true, _) => Err("the journal has no beginning".to_owned()),
        (false, Entry::Begin { .. }) => Err("the journal begins twice".to_owned()),
        // A snapshot may be told of after later changes than it holds.
        (false, Entry::Saving { n, .. } | Entry::Saved { n, .. }) if *n <= changes => Ok(()),
        (false, Entry::Commit { n, .. } | Entry::Undo { n, .. } | Entry::Redo { n, .. })
            if *n == changes + 1 =>
        {
            Ok(())
        }
        (false, entry) => Err(format!("change {} cannot follow change {changes}", entry.n())),
    }
}

impl Entry {
    /// Returns after how many changes the journal is with this line; for a snapshot, how many it holds.
    #[must_use]
    pub const fn n(&self) -> u64 {
        match self {
            Self::Begin { .. } => 0,
            Self::Commit { n, .. }
            | Self::Undo { n, .. }
            | Self::Redo { n, .. }
            | Self::Saving { n, .. }
            | Self::Saved { n, .. } => *n,
        }
    }

    /// Returns when it was written.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Begin { at, .. }
            | Self::Commit { at, .. }
            | Self::Undo { at, .. }
            | Self::Redo { at, .. }
            | Self::Saving { at, .. }
            | Self::Saved { at, .. } => *at,
        }
    }
}

fn entry_record(entry: &Entry, source: &SourceText) -> EntryRecord {
    match entry {
        Entry::Begin { article, sha256, base, at } => EntryRecord::Begin(BeginRecord {
            version: VERSION,
            article: Visible::from(&**article),
            sha256: sha256.to_string(),
            base: base.to_string(),
            at: Time(*at),
        }),
        Entry::Commit { n, at, by, forward, inverse } => EntryRecord::Commit(CommitRecord {
            n: *n,
            at: Time(*at),
            by: Visible::from(&**by),
            what: Visible::from(&*forward.description),
            edits: forward.edits.iter().map(|edit| edit_record(edit, source)).collect(),
            inverse: inverse.edits.iter().map(|edit| edit_record(edit, source)).collect(),
        }),
        Entry::Undo { n, at, by } => {
            EntryRecord::Undo(StepRecord { n: *n, at: Time(*at), by: Visible::from(&**by) })
        }
        Entry::Redo { n, at, by } => {
            EntryRecord::Redo(StepRecord { n: *n, at: Time(*at), by: Visible::from(&**by) })
        }
        Entry::Saving { n, at, sha256 } => {
            EntryRecord::Saving(SavingRecord { n: *n, at: Time(*at), sha256: sha256.to_string() })
        }
        Entry::Saved { n, at } => EntryRecord::Saved(SavedRecord { n: *n, at: Time(*at) }),
    }
}

fn edit_record(edit: &Edit, source: &SourceText) -> EditRecord {
    match edit {
        Edit::Insert(annotation) => EditRecord::Insert(Box::new(annotation_record(annotation, source))),
        Edit::Remove(id) => EditRecord::Remove(Id(*id)),
        Edit::Replace(annotation) => EditRecord::Replace(Box::new(annotation_record(annotation, source))),
        Edit::Link(relation) => EditRecord::Link(relation_record(relation)),
        Edit::Unlink(id) => EditRecord::Unlink(Id(*id)),
        Edit::Decide(record) => EditRecord::Decide(decision_line(record, source)),
        Edit::Undecide(key) => EditRecord::Undecide(KeyRecord {
            label: Visible::from(key.label.as_str()),
            spans: span_records(&key.fragments, source),
        }),
        Edit::Orphan(orphan) => EditRecord::Orphan(Kept {
            known: OrphanRecord {
                id: Id(orphan.id),
                label: Visible::from(orphan.label.as_str()),
                quote: Visible::from(&*orphan.quote),
                claimed: (orphan.claimed.0.get(), orphan.claimed.1.get()),
                reason: Visible::from(&*orphan.reason),
                record: Visible::from(&*orphan.record),
            },
            unknown: orphan.unknown.clone(),
        }),
        Edit::Discard(id) => EditRecord::Discard(Id(*id)),
    }
}

fn entry(record: EntryRecord, source: &SourceText) -> Result<Entry, String> {
    let edits = |records: Vec<EditRecord>| -> Result<Vec<Edit>, String> {
        records.into_iter().map(|r| edit(r, source).map_err(|misfit| misfit.to_string())).collect()
    };
    Ok(match record {
        EntryRecord::Begin(BeginRecord { version, .. }) if version > VERSION => {
            return Err(format!("it has version {version}; this program reads up to {VERSION}"));
        }
        EntryRecord::Begin(record) => Entry::Begin {
            article: record.article.0.into(),
            sha256: record.sha256.into(),
            base: record.base.into(),
            at: record.at.0,
        },
        EntryRecord::Commit(record) => {
            let what: Arc<str> = record.what.0.into();
            Entry::Commit {
                n: record.n,
                at: record.at.0,
                by: record.by.0.into(),
                forward: Transaction { description: Arc::clone(&what), edits: edits(record.edits)? },
                inverse: Transaction { description: what, edits: edits(record.inverse)? },
            }
        }
        EntryRecord::Undo(record) => Entry::Undo { n: record.n, at: record.at.0, by: record.by.0.into() },
        EntryRecord::Redo(record) => Entry::Redo { n: record.n, at: record.at.0, by: record.by.0.into() },
        EntryRecord::Saving(record) => {
            Entry::Saving { n: record.n, at: record.at.0, sha256: record.sha256.into() }
        }
        EntryRecord::Saved(record) => Entry::Saved { n: record.n, at: record.at.0 },
    })
}

fn edit(record: EditRecord, source: &SourceText) -> Result<Edit, Misfit> {
    Ok(match record {
        EditRecord::Insert(record) => Edit::Insert(record.annotation(source)?),
        EditRecord::Remove(id) => Edit::Remove(id.0),
        EditRecord::Replace(record) => Edit::Replace(record.annotation(source)?),
        EditRecord::Link(record) => Edit::Link(record.relation()),
        EditRecord::Unlink(id) => Edit::Unlink(id.0),
        EditRecord::Decide(record) => Edit::Decide(record.decision(source)?),
        EditRecord::Undecide(key) => Edit::Undecide(SuggestionKey {
            fragments: fragments(&key.spans, source)?,
            label: LabelId::from(key.label.0.as_str()),
        }),
        EditRecord::Orphan(Kept { known: record, unknown }) => Edit::Orphan(Orphan {
            id: record.id.0,
            label: LabelId::from(record.label.0.as_str()),
            quote: record.quote.0.into(),
            claimed: (CharOffset::new(record.claimed.0), CharOffset::new(record.claimed.1)),
            reason: record.reason.0.into(),
            record: record.record.0.into(),
            unknown,
        }),
        EditRecord::Discard(id) => Edit::Discard(id.0),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{
        Annotation, Body, Claim, Decision, DecisionRecord, Entity, Fragments, Origin, Relation, RoleFiller,
        RoleId, UnknownFields,
    };
    use crate::text::TextRange;

    const TEXT: &str = "قال سليم عون إن المرفأ يفتح غدا 🚢 at dawn";

    fn source() -> SourceText {
        SourceText::new(TEXT)
    }

    fn span(part: &str) -> Fragments {
        let start = TEXT.find(part).expect("a part of the text");
        Fragments::single(TextRange::from_indices(start, start + part.len())).expect("not empty")
    }

    fn annotation(number: u32, body: Body) -> Annotation {
        Annotation {
            id: AnnotationId::new(number).expect("not 0"),
            body,
            attributes: BTreeMap::new(),
            note: "two\nlines, and \u{202E} hidden".into(),
            origin: Origin::Rule { rule: "ar/names".into(), pack: "ar-news@1".into() },
            created: Timestamp::from_millis(5),
            modified: Timestamp::from_millis(6),
            unknown: UnknownFields::new("certainty: 0.5"),
        }
    }

    fn edits() -> Vec<Edit> {
        let mention =
            annotation(1, Body::Entity(Entity { label: "PERS".into(), fragments: span("سليم عون") }));
        let roles = BTreeMap::from([
            (RoleId::from(RoleId::SOURCE), vec![RoleFiller::Entity(mention.id), RoleFiller::Unnamed]),
            (RoleId::from(RoleId::CUE), vec![RoleFiller::Span(span("قال")), RoleFiller::Author]),
        ]);
        let claim =
            annotation(2, Body::Claim(Claim { label: "CLAIM".into(), content: span("يفتح غدا 🚢"), roles }));
        let key = SuggestionKey { fragments: span("المرفأ"), label: "FAC".into() };
        vec![
            Edit::Insert(mention.clone()),
            Edit::Replace(claim),
            Edit::Link(Relation {
                id: RelationId::FIRST,
                label: "same_as".into(),
                from: mention.id,
                to: mention.id,
                created: Timestamp::from_millis(7),
                unknown: UnknownFields::NONE,
            }),
            Edit::Decide(DecisionRecord {
                key: key.clone(),
                rule: "ar/fac".into(),
                pack: "ar-news@1".into(),
                decision: Decision::Accepted(mention.id),
                at: Timestamp::from_millis(8),
                unknown: UnknownFields::NONE,
            }),
            Edit::Undecide(key),
            Edit::Orphan(Orphan {
                id: mention.id,
                label: "PERS".into(),
                quote: "x".into(),
                claimed: (CharOffset::new(900), CharOffset::new(903)),
                reason: "beyond the text".into(),
                record: "annotation((id:\"a9\"))".into(),
                unknown: UnknownFields::new("since: 2"),
            }),
            Edit::Discard(mention.id),
            Edit::Unlink(RelationId::FIRST),
            Edit::Remove(mention.id),
        ]
    }

    fn entries() -> Vec<Entry> {
        let at = Timestamp::from_millis(1_700_000_000_000);
        let by: Arc<str> = "أمل".into();
        let forward = Transaction::new("Tag «سليم عون»\nas PERS", edits());
        let mut inverse = forward.clone();
        inverse.edits.reverse();
        vec![
            Entry::Begin { article: "port.txt".into(), sha256: "9f".into(), base: ABSENT.into(), at },
            Entry::Commit { n: 1, at, by: Arc::clone(&by), forward, inverse },
            Entry::Undo { n: 2, at, by: Arc::clone(&by) },
            Entry::Redo { n: 3, at, by },
            Entry::Saving { n: 1, at, sha256: "77".into() },
            Entry::Saving { n: 3, at, sha256: "78".into() },
            Entry::Saved { n: 3, at },
        ]
    }

    fn text(entries: &[Entry]) -> String {
        entries.iter().map(|entry| line(entry, &source()).expect("a time in range")).collect()
    }

    #[test]
    fn every_kind_of_entry_is_read_as_it_was_written() {
        let text = text(&entries());
        let journal = read(text.as_bytes(), "9f", &source());
        assert_eq!((journal.entries, journal.damage), (entries(), None));
        assert_eq!(journal.ends.last(), Some(&text.len()));
        assert_eq!(text.lines().count(), entries().len(), "a line for each");
        assert!(!text.contains('\u{202E}'), "nothing is hidden in the file");
    }

    #[test]
    fn cut_at_any_byte_it_keeps_the_lines_before_and_calls_the_last_one_torn() {
        let text = text(&entries());
        for len in 0..text.len() {
            let journal = read(&text.as_bytes()[..len], "9f", &source());
            let whole = text.as_bytes()[..len].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(journal.entries, entries()[..whole], "{len} bytes");
            match journal.damage {
                Some(damage) => assert!(damage.is_torn && damage.line == whole + 1),
                None => assert_eq!(journal.ends.last().copied().unwrap_or(0), len),
            }
        }
    }

    #[test]
    fn a_byte_changed_anywhere_is_noticed_in_its_line() {
        let text = text(&entries());
        for at in (0..text.len()).step_by(7) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x20;
            let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
            let journal = read(&bytes, "9f", &source());
            assert_eq!(journal.damage.map(|damage| damage.line), Some(line + 1), "byte {at}");
            assert_eq!(journal.entries, entries()[..line]);
        }
    }

    #[test]
    fn what_does_not_follow_is_no_part_of_it() {
        let damage = |entries: &[Entry], sha256: &str| {
            read(text(entries).as_bytes(), sha256, &source()).damage.expect("damaged").message
        };
        assert_eq!(damage(&entries(), "a0"), "it is about another text of the article");
        assert_eq!(damage(&entries()[1..], "9f"), "the journal has no beginning");
        let mut gap = entries();
        gap.remove(2);
        assert_eq!(damage(&gap, "9f"), "change 3 cannot follow change 1");
        let mut early = entries();
        early.swap(3, 5);
        assert_eq!(damage(&early, "9f"), "change 3 cannot follow change 2");
    }

    #[test]
    fn a_quote_that_does_not_stand_in_its_place_is_damage() {
        let journal = text(&entries());
        let other = SourceText::new(TEXT.replace("المرفأ", "المطار"));
        let damage = read(journal.as_bytes(), "9f", &other).damage.expect("another text");
        assert_eq!(damage.line, 2);
    }
}
