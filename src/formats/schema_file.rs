//! The schema as a RON file: labels with names, colours, keys and guidelines; attributes; roles; relations.
//!
//! ```ron
//! #![enable(implicit_some)]
//! (
//!   version: 1,
//!   name: "people",
//!   labels: [
//!     (id: "PERS", kind: entity, names: {"ar": "شخص", "en": "Person"}, light: "#1A66B3", dark: "#7FB8F0",
//!      pattern: single, key: '1', letter: 'p', guideline: {"en": "A person by name."}, attributes: ["uncertain"]),
//!   ],
//!   attributes: [(id: "uncertain", names: {"en": "Uncertain"}, values: flag)],
//!   roles: [],
//!   relations: [(id: "same_as", names: {"en": "same as"}, from: entity, to: entity)],
//! )
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::nearest::did_you_mean;
use super::ron_text::{Place, SyntaxError, parse, place_of_field, quoted, utf8};
use crate::model::{
    AttributeDef, AttributeValues, FillerKind, LabelDef, LabelId, LabelKind, LocalizedText, RelationDef, Rgb,
    RoleDef, RoleId, Schema, SchemaError, UnderlinePattern,
};
use crate::text::shortened;

/// The version of schema files that is read.
const VERSION: u32 = 1;

/// Why a schema file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SchemaFileError {
    /// Not the RON that was expected.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The bytes are no text.
    #[error("{place}: not valid UTF-8")]
    NotUtf8 {
        /// The first bad byte.
        place: Place,
    },
    /// Made for a later program.
    #[error("{place}: the schema has version {found}; this program reads version {VERSION}. Update hashiya")]
    NewerVersion {
        /// Where it stands.
        place: Place,
        /// Its version.
        found: u32,
    },
    /// Version 0 was never written.
    #[error("{place}: the schema has version {found}, which never existed; write `version: {VERSION}`")]
    UnknownVersion {
        /// Where it stands.
        place: Place,
        /// Its version.
        found: u32,
    },
    /// The parts do not fit each other.
    #[error("{place}: {source}{hint}")]
    Parts {
        /// Where the name stands that does not fit.
        place: Place,
        /// What does not fit.
        source: SchemaError,
        /// The nearest known name, as a question; may be empty.
        hint: String,
    },
}

#[derive(Deserialize)]
struct VersionRecord {
    version: u32,
}

#[derive(Deserialize)]
#[serde(rename = "Schema", deny_unknown_fields)]
struct SchemaRecord {
    #[serde(rename = "version")]
    _version: u32,
    name: String,
    labels: Vec<LabelRecord>,
    #[serde(default)]
    attributes: Vec<AttributeRecord>,
    #[serde(default)]
    roles: Vec<RoleRecord>,
    #[serde(default)]
    relations: Vec<RelationRecord>,
}

type Names = BTreeMap<Arc<str>, Arc<str>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelRecord {
    id: String,
    kind: KindRecord,
    names: LanguagesRecord,
    light: ColourRecord,
    dark: ColourRecord,
    pattern: PatternRecord,
    #[serde(default)]
    key: Option<char>,
    #[serde(default)]
    letter: Option<char>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    guideline: LanguagesRecord,
    #[serde(default)]
    examples: Vec<String>,
    #[serde(default)]
    attributes: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Default)]
struct LanguagesRecord(Names);

impl<'de> Deserialize<'de> for LanguagesRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        Ok(Self(texts.into_iter().map(|(language, text)| (language.into(), text.into())).collect()))
    }
}

impl From<LanguagesRecord> for LocalizedText {
    fn from(record: LanguagesRecord) -> Self {
        Self::new(record.0)
    }
}

struct ColourRecord(Rgb);

impl<'de> Deserialize<'de> for ColourRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(number) = number else {
            let text = shortened(&text);
            return Err(serde::de::Error::custom(format!("`{text}` is no colour such as `#1A66B3`")));
        };
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(Rgb([red, green, blue])))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindRecord {
    Entity,
    Claim,
}

impl From<KindRecord> for LabelKind {
    fn from(record: KindRecord) -> Self {
        match record {
            KindRecord::Entity => Self::Entity,
            KindRecord::Claim => Self::Claim,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PatternRecord {
    Single,
    Double,
    Thick,
    Dotted,
    Wavy,
}

impl From<PatternRecord> for UnderlinePattern {
    fn from(record: PatternRecord) -> Self {
        match record {
            PatternRecord::Single => Self::Single,
            PatternRecord::Double => Self::Double,
            PatternRecord::Thick => Self::Thick,
            PatternRecord::Dotted => Self::Dotted,
            PatternRecord::Wavy => Self::Wavy,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributeRecord {
    id: String,
    names: LanguagesRecord,
    values: ValuesRecord,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ValuesRecord {
    Flag,
    Choice(Vec<String>),
    Integer(i64, i64),
    Text,
}

impl From<ValuesRecord> for AttributeValues {
    fn from(record: ValuesRecord) -> Self {
        match record {
            ValuesRecord::Flag => Self::Flag,
            ValuesRecord::Choice(choices) => Self::Choice(choices.into_iter().map(Arc::from).collect()),
            ValuesRecord::Integer(min, max) => Self::Integer(min, max),
            ValuesRecord::Text => Self::Text,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleRecord {
    id: String,
    names: LanguagesRecord,
    #[serde(default)]
    required: bool,
    accepts: Vec<FillerRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FillerRecord {
    Span,
    Entity,
    Author,
    Unnamed,
}

impl From<FillerRecord> for FillerKind {
    fn from(record: FillerRecord) -> Self {
        match record {
            FillerRecord::Span => Self::Span,
            FillerRecord::Entity => Self::Entity,
            FillerRecord::Author => Self::Author,
            FillerRecord::Unnamed => Self::Unnamed,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationRecord {
    id: String,
    names: LanguagesRecord,
    from: KindRecord,
    to: KindRecord,
}

impl From<LabelRecord> for LabelDef {
    fn from(record: LabelRecord) -> Self {
        Self {
            id: LabelId::new(record.id),
            kind: record.kind.into(),
            names: record.names.into(),
            light: record.light.0,
            dark: record.dark.0,
            pattern: record.pattern.into(),
            keys: record.key.into_iter().chain(record.letter).collect(),
            parent: record.parent.map(LabelId::new),
            guideline: record.guideline.into(),
            examples: record.examples.into_iter().map(Arc::from).collect(),
            attributes: record.attributes.into_iter().map(Arc::from).collect(),
            roles: record.roles.into_iter().map(RoleId::new).collect(),
        }
    }
}

impl From<AttributeRecord> for AttributeDef {
    fn from(record: AttributeRecord) -> Self {
        Self { id: record.id.into(), names: record.names.into(), values: record.values.into() }
    }
}

impl From<RoleRecord> for RoleDef {
    fn from(record: RoleRecord) -> Self {
        Self {
            id: RoleId::new(record.id),
            names: record.names.into(),
            required: record.required,
            accepts: record.accepts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<RelationRecord> for RelationDef {
    fn from(record: RelationRecord) -> Self {
        Self {
            id: LabelId::new(record.id),
            names: record.names.into(),
            from: record.from.into(),
            to: record.to.into(),
        }
    }
}

/// Returns the schema of a schema file.
///
/// # Errors
///
/// When the bytes are no RON of the expected shape, of a newer version, or the parts do not fit each other; with the
/// place and the nearest known name.
pub fn load(bytes: &[u8]) -> Result<Schema, SchemaFileError> {
    let text = utf8(bytes).map_err(|place| SchemaFileError::NotUtf8 { place })?;
    let VersionRecord { version } = parse(text)?;
    match version {
        VERSION => {}
        found if found > VERSION => {
            return Err(SchemaFileError::NewerVersion { place: place_of_field(text, "version"), found });
        }
        found => {
            return Err(SchemaFileError::UnknownVersion { place: place_of_field(text, "version"), found });
        }
    }
    let record: SchemaRecord = parse(text)?;
    let labels: Vec<LabelDef> = record.labels.into_iter().map(Into::into).collect();
    let attributes: Vec<AttributeDef> = record.attributes.into_iter().map(Into::into).collect();
    let roles: Vec<RoleDef> = record.roles.into_iter().map(Into::into).collect();
    let relations = record.relations.into_iter().map(Into::into).collect();
    let parts = (labels.clone(), attributes.clone(), roles.clone());
    Schema::new(record.name, labels, attributes, roles, relations).map_err(|source| {
        let (labels, attributes, roles) = &parts;
        let hint = match &source {
            SchemaError::Unknown { what: "label", id, .. } => {
                did_you_mean(id, labels.iter().map(|label| label.id.as_str()))
            }
            SchemaError::Unknown { what: "attribute", id, .. } => {
                did_you_mean(id, attributes.iter().map(|attribute| &*attribute.id))
            }
            SchemaError::Unknown { id, .. } => did_you_mean(id, roles.iter().map(|role| role.id.as_str())),
            _ => String::new(),
        };
        SchemaFileError::Parts { place: place_of(text, &source), source, hint }
    })
}

/// The text of the schema that is part of the program.
pub const DEFAULT: &str = include_str!("../../assets/schema/default.ron");

/// Returns the schema that is part of the program.
///
/// # Panics
///
/// Never in a program whose tests passed: the file is built in, and a test loads it.
#[must_use]
pub fn default_schema() -> Schema {
    match load(DEFAULT.as_bytes()) {
        Ok(schema) => schema,
        Err(error) => panic!("assets/schema/default.ron:{error}"),
    }
}

/// Returns where the name stands that an error is about: the model knows no places, so it is looked for.
fn place_of(text: &str, error: &SchemaError) -> Place {
    let needles = match error {
        SchemaError::Duplicate { what: "key", id } => vec![format!("'{id}'"), format!("'{id}'")],
        SchemaError::Duplicate { id, .. } => {
            vec![format!("id: {}", quoted(id)), format!("id: {}", quoted(id))]
        }
        SchemaError::Unknown { label, id, .. } => vec![format!("id: {}", quoted(label)), quoted(id)],
        SchemaError::NoContent { label } | SchemaError::Circle { label } | SchemaError::Key { label } => {
            vec![format!("id: {}", quoted(label))]
        }
        SchemaError::Id { id, .. } | SchemaError::NoValue { id } => vec![format!("id: {}", quoted(id))],
        SchemaError::Empty => vec!["labels".to_owned()],
    };
    let mut at = 0;
    for (i, needle) in needles.iter().enumerate() {
        let from = if i == 0 { 0 } else { at + 1 };
        match text.get(from..).and_then(|rest| rest.find(needle.as_str())) {
            Some(found) => at = from + found,
            None => break,
        }
    }
    Place::of_byte(text, at)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small schema with every kind of part, for the tests of this layer and those above.
    pub(crate) const SMALL: &str = r##"#![enable(implicit_some)]
(
  version: 1,
  name: "small",
  labels: [
    (id: "PERS", kind: entity, names: {"ar": "شخص", "en": "Person"}, light: "#1A66B3", dark: "#7FB8F0",
     pattern: single, key: '1', letter: 'p', guideline: {"en": "A person by name."}, examples: ["سليم عون"],
     attributes: ["mention", "uncertain"]),
    (id: "GPE", kind: entity, names: {"en": "Place"}, light: "#B35A1A", dark: "#F0B07F", pattern: dotted,
     parent: "PERS", attributes: ["checkworthy", "venue_note"]),
    (id: "CLAIM", kind: claim, names: {"en": "Claim"}, light: "#444444", dark: "#BBBBBB", pattern: wavy,
     key: 'c', roles: ["CONTENT", "SOURCE", "CUE"], attributes: ["uncertain"]),
  ],
  attributes: [
    (id: "mention", names: {"en": "Mention"}, values: choice(["name", "nominal", "pronoun"])),
    (id: "uncertain", names: {"en": "Uncertain"}, values: flag),
    (id: "checkworthy", names: {"en": "Check-worthy"}, values: integer(0, 3)),
    (id: "venue_note", names: {"en": "Note"}, values: text),
  ],
  roles: [
    (id: "CONTENT", names: {"en": "Content"}, required: true, accepts: [span]),
    (id: "SOURCE", names: {"en": "Source"}, accepts: [span, entity, author, unnamed]),
    (id: "CUE", names: {"en": "Cue"}, accepts: [span]),
  ],
  relations: [(id: "same_as", names: {"en": "same as"}, from: claim, to: claim)],
)
"##;

    fn error(from: &str, to: &str) -> String {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "the change must hit something");
        load(text.as_bytes()).expect_err("a broken schema").to_string()
    }

    #[test]
    fn the_schema_of_the_program_is_good() {
        let schema = default_schema();
        assert_eq!(schema.name(), "hashiya-default");
        let named = |label: &LabelDef| ["ar", "en"].iter().all(|l| label.names.iter().any(|(x, _)| x == *l));
        assert!(schema.labels().iter().all(named), "every label has a name in both languages");
    }

    #[test]
    fn every_part_of_a_schema_is_read() {
        let schema = load(SMALL.as_bytes()).expect("a good schema");
        assert_eq!(schema.name(), "small");
        let pers = schema.label_of_key('p').expect("its letter");
        assert_eq!(pers, schema.label_of_key('1').expect("its key"));
        assert_eq!(pers.names.get("ar"), "شخص");
        assert_eq!(pers.light, Rgb([0x1A, 0x66, 0xB3]));
        assert_eq!(schema.claim_label().expect("a claim").roles.len(), 3);
        let values = &schema.attribute("checkworthy").expect("defined").values;
        assert_eq!(*values, AttributeValues::Integer(0, 3));
        assert_eq!(schema.role(&RoleId::from("SOURCE")).expect("defined").accepts.len(), 4);
        assert_eq!(schema.relations().len(), 1);
    }

    #[test]
    fn a_misspelt_field_is_named_with_its_place_and_the_nearest() {
        assert_eq!(
            error("guideline:", "guidline:"),
            "7:46: there is no field `guidline` here (did you mean `guideline`?)"
        );
    }

    #[test]
    fn a_misspelt_value_is_named_with_its_place_and_the_nearest() {
        assert_eq!(
            error("pattern: dotted", "pattern: dashed"),
            "9:99: `dashed` is none of single, double, thick, dotted, wavy (did you mean `dotted`?)"
        );
        assert!(error("pattern: wavy", "pattern: wavvy").ends_with("(did you mean `wavy`?)"));
    }

    #[test]
    fn an_attribute_that_is_not_defined_is_found_in_its_label() {
        assert_eq!(
            error("[\"checkworthy\", ", "[\"chekworthy\", "),
            "10:35: the label `GPE` names the attribute `chekworthy`, which is not defined \
             (did you mean `checkworthy`?)"
        );
    }

    #[test]
    fn a_label_that_stands_twice_is_found_at_its_second_place() {
        assert!(error("\"GPE\"", "\"PERS\"").starts_with("9:6: the label `PERS` is defined twice"));
    }

    #[test]
    fn a_colour_that_is_none_is_refused() {
        let message = error("#B35A1A", "orange");
        assert!(message.contains("`orange` is no colour such as `#1A66B3`"), "{message}");
    }

    #[test]
    fn a_newer_version_is_refused_even_with_another_shape() {
        let error = load(b"(version: 7, tags: [])").expect_err("newer");
        assert!(matches!(error, SchemaFileError::NewerVersion { found: 7, .. }), "{error}");
    }
}
