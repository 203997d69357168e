//! What a record from elsewhere says in fields that this version does not know, as it can be kept in an annotation file.
//!
//! Such fields, and records set aside, are text that is written as it stands. Where it does not come from an annotation
//! file, it is tried first: a file with it has to be read again.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::read::AnnotationFile;
use super::record::OrphanRecord;
use super::write::{annotation_record, decision_line, orphan_line, relation_record, save};
use crate::formats::ron_fields::{Kept, on_one_line, parse_keeping};
use crate::formats::ron_text::{Place, to_line};
use crate::model::{
    Annotation, ArticleIdentity, DecisionRecord, Document, Orphan, Relation, UnknownFields, UnknownHead,
};
use crate::text::{SourceText, TextEncoding};

/// Returns a record's unknown fields as they are read when they were written; `None` where they cannot be.
fn read_back<T: DeserializeOwned>(line: &str) -> Option<UnknownFields> {
    let (_, unknown) = parse_keeping::<T>(line, Place::START).ok()?;
    Some(on_one_line(&unknown))
}

fn of_record<T: Serialize + DeserializeOwned>(record: &Kept<T>) -> Option<UnknownFields> {
    if record.unknown.is_empty() {
        return Some(UnknownFields::NONE);
    }
    read_back::<T>(&to_line(record).ok()?)
}

/// Returns an annotation's unknown fields as they can be kept; `None` where they cannot be.
pub(in crate::formats) fn of_annotation(
    annotation: &Annotation,
    source: &SourceText,
) -> Option<UnknownFields> {
    of_record(&annotation_record(annotation, source))
}

/// Returns a relation's unknown fields as they can be kept; `None` where they cannot be.
pub(in crate::formats) fn of_relation(relation: &Relation) -> Option<UnknownFields> {
    of_record(&relation_record(relation))
}

/// Returns a decision's unknown fields as they can be kept; `None` where they cannot be.
pub(in crate::formats) fn of_decision(
    decision: &DecisionRecord,
    source: &SourceText,
) -> Option<UnknownFields> {
    of_record(&decision_line(decision, source))
}

/// Returns an orphan's unknown fields as they can be kept; `None` where they, or its record, cannot be.
pub(in crate::formats) fn of_orphan(orphan: &Orphan) -> Option<UnknownFields> {
    read_back::<OrphanRecord>(&orphan_line(orphan).ok()?)
}

/// Returns the unknown fields of a file's head as they can be kept; `None` where they cannot be.
pub(in crate::formats) fn of_head(head: &UnknownHead) -> Option<UnknownHead> {
    if *head == UnknownHead::default() {
        return Some(UnknownHead::default());
    }
    let article = ArticleIdentity { file_name: "".into(), sha256: "".into(), encoding: TextEncoding::UTF_8 };
    let mut document = Document::new(SourceText::new(""), article);
    document.set_unknown_head(head.clone());
    let file = AnnotationFile::parse(save(&document, "", "").ok()?.as_bytes()).ok()?;
    let read = UnknownHead { file: file.unknown, article: file.article.unknown };
    let is_whole =
        read.file.is_empty() == head.file.is_empty() && read.article.is_empty() == head.article.is_empty();
    is_whole.then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::sample;

    #[test]
    fn what_would_break_a_file_is_not_kept() {
        let document = sample();
        let with = |unknown: &str| {
            let relation = document.relations().next().expect("one").clone();
            of_relation(&Relation { unknown: UnknownFields::new(unknown), ..relation })
        };
        assert_eq!(with("weight: 1.5"), Some(UnknownFields::new("weight: 1.5")));
        assert_eq!(with(""), Some(UnknownFields::NONE));
        for broken in ["weight", "weight: 1)", "id: \"r9\"", "weight: [", "), (", "x: 1 // all", "x: 1 /*"] {
            assert_eq!(with(broken), None, "{broken}");
        }
        let head =
            |file: &str| of_head(&UnknownHead { file: UnknownFields::new(file), ..UnknownHead::default() });
        assert!(head("tasks: [1]").is_some_and(|head| head.file.as_str() == "tasks: [1]"));
        assert_eq!((head("version: 2"), head("tasks: [1]), (")), (None, None));
    }
}
