//! From the bytes of an annotation file to records, each with its place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ron::value::RawValue;
use serde::de::DeserializeOwned;

use super::lines::{Head, Lines};
use super::record::{
    AnnotationRecord, ArticleRecord, DecisionLine, FileRecord, NextRecord, OrphanRecord, RelationRecord,
    VersionRecord,
};
use super::{AnnotationFileError, MAX_BYTES, Problem, ProblemKind, VERSION};
use crate::formats::ron_fields::{
    Kept, Unknown, as_they_stand, fields, known_part, on_one_line, parse_keeping,
};
use crate::formats::ron_text::{Place, options, parse, trim_start, utf8};
use crate::model::UnknownFields;

/// An annotation file that was read and not yet laid over its article.
#[derive(Debug, Clone)]
pub struct AnnotationFile {
    pub(super) article: Kept<ArticleRecord>,
    pub(super) annotator: String,
    pub(super) schema: String,
    pub(super) next: NextRecord,
    pub(super) annotations: Vec<(Place, Kept<AnnotationRecord>)>,
    pub(super) relations: Vec<(Place, Kept<RelationRecord>)>,
    pub(super) decisions: Vec<(Place, Kept<DecisionLine>)>,
    pub(super) orphans: Vec<(Place, Kept<OrphanRecord>)>,
    /// Fields of the file that are not known.
    pub(super) unknown: UnknownFields,
    /// What is to be said of the file whatever its article.
    pub(super) problems: Vec<Problem>,
}

/// A record with its place and the fields of it that are not known.
pub(super) type Parsed<T> = (Place, T, Vec<Unknown>);

impl AnnotationFile {
    /// Returns the records of a file.
    ///
    /// # Errors
    ///
    /// When the file is too long, no UTF-8, of a newer version, no RON of the expected shape, or holds conflicts of a
    /// merge.
    pub fn parse(bytes: &[u8]) -> Result<Self, AnnotationFileError> {
        let len = bytes.len() as u64;
        if len > MAX_BYTES {
            return Err(AnnotationFileError::TooLong { len, limit: MAX_BYTES });
        }
        let text = utf8(bytes).map_err(|place| AnnotationFileError::NotUtf8 { place })?;
        let mut file = match Self::from_lines(text) {
            Some(file) => file,
            None => Self::from_ron(text).map_err(|error| conflict_in(text).unwrap_or(error))?,
        };
        let problems = file.part_ids();
        file.problems.extend(problems);
        Ok(file)
    }

    /// Returns the records of a file that is laid out as it would be written and in which nothing is wrong.
    fn from_lines(text: &str) -> Option<Self> {
        let lines = Lines::cut(text)?;
        let Head { article, annotator, schema, next } = lines.head()?;
        let mut seen = Seen::default();
        seen.in_article(&article);
        Some(Self {
            article,
            annotator,
            schema,
            next,
            annotations: seen.kept("annotations", lines.records("annotations")?),
            relations: seen.kept("relations", lines.records("relations")?),
            decisions: seen.kept("decisions", lines.records("decisions")?),
            orphans: seen.kept("orphans", lines.records("orphans")?),
            unknown: UnknownFields::NONE,
            problems: seen.problems(),
        })
    }

    /// Returns the records of a file, however it is laid out.
    fn from_ron(text: &str) -> Result<Self, AnnotationFileError> {
        // A newer version may have another shape: ask for the version first.
        let VersionRecord { version } = parse(text)?;
        match version {
            VERSION => {}
            found if found > VERSION => return Err(AnnotationFileError::NewerVersion { found }),
            found => return Err(AnnotationFileError::UnknownVersion { found }),
        }
        let unknown = options().from_str::<FileRecord<'_>>(text).err();
        let unknown = unknown.and_then(|error| known_part(text, &error, Place::START));
        let (text, unknown) = unknown
            .map_or((Cow::Borrowed(text), Vec::new()), |(known, unknown)| (Cow::Owned(known), unknown));
        let file: FileRecord<'_> = parse(&text)?;
        let mut seen = Seen::default();
        seen.add("the head", &unknown);
        seen.in_article(&file.article);
        Ok(Self {
            annotations: seen.kept("annotations", records(&text, &file.annotations)?),
            relations: seen.kept("relations", records(&text, &file.relations)?),
            decisions: seen.kept("decisions", records(&text, &file.decisions)?),
            orphans: seen.kept("orphans", records(&text, &file.orphans)?),
            article: file.article,
            annotator: file.annotator,
            schema: file.schema,
            next: file.next,
            unknown: as_they_stand(&unknown),
            problems: seen.problems(),
        })
    }

    /// Returns the decisions on suggestions: the rule of each, and whether it was accepted.
    pub fn decisions(&self) -> impl Iterator<Item = (&str, bool)> {
        self.decisions.iter().map(|(_, line)| {
            (line.rule.0.as_str(), matches!(line.decision, super::record::VerdictRecord::Accepted(_)))
        })
    }

    /// Returns whether the file is laid out as an earlier program wrote it.
    #[must_use]
    pub fn is_of_earlier_layout(&self) -> bool {
        self.next != NextRecord::default()
    }

    /// Returns the file name of the article.
    #[must_use]
    pub fn article_name(&self) -> &str {
        &self.article.file.0
    }

    /// Returns the name of the encoding in which the article was read.
    #[must_use]
    pub fn article_encoding(&self) -> &str {
        &self.article.encoding
    }

    /// Returns who annotated.
    #[must_use]
    pub fn annotator(&self) -> &str {
        &self.annotator
    }

    /// Returns the name of the schema.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }
}

/// Returns the error of a file in which a merge has left its marks; `None` where there are none.
fn conflict_in(text: &str) -> Option<AnnotationFileError> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with("<<<<<<< ") {
            places.push((number, number));
            is_open = true;
        } else if let Some((_, last)) = places.last_mut().filter(|_| is_open) {
            *last = number;
            is_open = !line.starts_with(">>>>>>> ");
        }
    }
    (!places.is_empty()).then_some(AnnotationFileError::Conflict { places })
}

fn records<T: DeserializeOwned>(
    text: &str,
    raw: &[&RawValue],
) -> Result<Vec<Parsed<T>>, AnnotationFileError> {
    let mut cursor = Cursor { text, at: 0, place: Place::START };
    raw.iter()
        .map(|raw| {
            let record = trim_start(raw.get_ron()).trim_end();
            // The record is a part of the text, so the distance of their addresses is its offset.
            let place = cursor.advance_to(record.as_ptr().addr() - text.as_ptr().addr());
            let (record, unknown) = parse_keeping(record, place)?;
            Ok((place, record, unknown))
        })
        .collect()
}

/// The fields that were seen and are not known, each once for a list.
#[derive(Default)]
struct Seen(BTreeMap<(&'static str, String), SeenField>);

/// How often a field was seen, and what of the first time.
struct SeenField {
    place: Place,
    records: usize,
    hint: String,
}

impl Seen {
    fn add(&mut self, list: &'static str, unknown: &[Unknown]) {
        for Unknown { name, place, hint, .. } in unknown {
            let seen = self.0.entry((list, name.clone()));
            let seen = seen.or_insert_with(|| SeenField { place: *place, records: 0, hint: hint.clone() });
            seen.records += 1;
        }
    }

    fn in_article(&mut self, article: &Kept<ArticleRecord>) {
        let text = format!("({})", article.unknown.as_str());
        for field in fields(&text).unwrap_or_default() {
            let seen = SeenField { place: Place::START, records: 1, hint: String::new() };
            self.0.insert(("`article`", field.name.to_owned()), seen);
        }
    }

    /// Returns the records of a list with what is not known of them.
    fn kept<T>(&mut self, list: &'static str, parsed: Vec<Parsed<T>>) -> Vec<(Place, Kept<T>)> {
        let kept = |(place, record, unknown): Parsed<T>| {
            self.add(list, &unknown);
            (place, Kept { known: record, unknown: on_one_line(&unknown) })
        };
        parsed.into_iter().map(kept).collect()
    }

    fn problems(self) -> Vec<Problem> {
        let problem = |((list, field), SeenField { place, records, hint })| {
            let whose = match (list, records) {
                ("the head" | "`article`", _) => list.to_owned(),
                (list, 1) => format!("a record of `{list}`"),
                (list, records) => format!("{records} records of `{list}`"),
            };
            Problem { place, kind: ProblemKind::UnknownField { field, whose, hint } }
        };
        self.0.into_iter().map(problem).collect()
    }
}

/// Counts lines on the way through a text, once.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    place: Place,
}

impl Cursor<'_> {
    fn advance_to(&mut self, at: usize) -> Place {
        for byte in &self.text.as_bytes()[self.at..at] {
            match byte {
                b'\n' => self.place = Place { line: self.place.line + 1, column: 1 },
                // A char begins at each byte that is no continuation byte.
                byte if byte & 0xC0 != 0x80 => self.place.column += 1,
                _ => {}
            }
        }
        self.at = at;
        self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::save;
    use crate::formats::annotation_file::tests::sample;

    fn text() -> String {
        save(&sample(), "amal", "hashiya-default").expect("can be written")
    }

    /// The records with their places, or nothing, in words.
    fn told(file: Option<&AnnotationFile>) -> String {
        format!("{file:?}")
    }

    #[test]
    fn the_short_way_reads_what_was_saved_as_the_long_way_does() {
        let text = text();
        let long = AnnotationFile::from_ron(&text).expect("was saved");
        assert_eq!(told(AnnotationFile::from_lines(&text).as_ref()), told(Some(&long)));
        assert!(!long.annotations.is_empty() && !long.relations.is_empty());
    }

    #[test]
    fn the_short_way_never_reads_what_the_long_way_reads_otherwise() {
        let text = text();
        let list = "  annotations: [\n";
        let changed = [
            text.replace('\n', "\r\n"),
            text.replace(list, "  annotations: [ // all of them\n"),
            text.replace(list, "/*\n  annotations: [\n  ],\n*/\n  annotations: [\n"),
            text.replace(list, "  annotations: [\n    // none\n"),
            text.replace(list, "  annotations: [\n  ],\n  annotations: [\n"),
            text.replace("\"amal\"", "r#\"\n  annotations: [\n  ],\n  relations: [\n  ],\n\"#"),
            text.replace("),\n\n    (", ") // no comma,\n\n    ("),
            text.replace("),\n\n    (", "), (),\n\n    ("),
            text.replace("version: 1", "version: 2"),
            text.replace("\n)\n", "\n"),
        ];
        for changed in changed {
            assert_ne!(changed, text);
            let short = AnnotationFile::from_lines(&changed);
            let long = AnnotationFile::from_ron(&changed).ok();
            if short.is_some() {
                assert_eq!(told(short.as_ref()), told(long.as_ref()), "{changed}");
            }
        }
    }

    #[test]
    fn an_address_in_a_note_keeps_the_short_way() {
        let text = text().replacen("note: \"", "note: \"https://example.org ", 1);
        assert!(text.contains("//"), "{text}");
        assert!(AnnotationFile::from_lines(&text).is_some());
    }
}
