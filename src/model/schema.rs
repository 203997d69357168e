//! What can be annotated: labels, attributes, the roles of claims, relations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use thiserror::Error;

use super::{AttributeValue, LabelId, RoleId};
use crate::text::{hidden_character, shortened};

/// A text in several languages, by BCP 47 primary language (`ar`, `en`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalizedText(BTreeMap<Arc<str>, Arc<str>>);

impl LocalizedText {
    /// Returns the text of the given entries.
    #[must_use]
    pub fn new(entries: BTreeMap<Arc<str>, Arc<str>>) -> Self {
        Self(entries)
    }

    /// Returns the text in a language, else in English, else in the first language there is, else nothing.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        let wanted = self.0.get(language).or_else(|| self.0.get("en"));
        wanted.or_else(|| self.0.values().next()).map_or("", |text| text)
    }

    /// Returns the entries by language.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (&**language, &**text))
    }

    /// Returns whether there is no text in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A colour of the schema, 8 bits a channel, sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

/// The second sign of a label beside its colour: how its underline is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnderlinePattern {
    /// One thin line.
    Single,
    /// Two thin lines.
    Double,
    /// One thick line.
    Thick,
    /// Dots.
    Dotted,
    /// A wave.
    Wavy,
}

/// What a label is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// Mentions of things.
    Entity,
    /// Claims.
    Claim,
}

/// A label of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelDef {
    /// Its id, as in files.
    pub id: LabelId,
    /// What it is for.
    pub kind: LabelKind,
    /// What the user reads.
    pub names: LocalizedText,
    /// The colour on light paper.
    pub light: Rgb,
    /// The colour on dark paper.
    pub dark: Rgb,
    /// How its underline is drawn.
    pub pattern: UnderlinePattern,
    /// The keys that set it: a digit, a letter, or both.
    pub keys: Vec<char>,
    /// The label that it is a kind of.
    pub parent: Option<LabelId>,
    /// What to tag with it, one line a language.
    pub guideline: LocalizedText,
    /// Examples.
    pub examples: Vec<Arc<str>>,
    /// The ids of the attributes that its annotations may have.
    pub attributes: Vec<Arc<str>>,
    /// The roles of a claim, the content first; empty for an entity label.
    pub roles: Vec<RoleId>,
}

/// Which values an attribute may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValues {
    /// Set or not set.
    Flag,
    /// One of these.
    Choice(Vec<Arc<str>>),
    /// A whole number between the two, both included.
    Integer(i64, i64),
    /// Any text.
    Text,
}

impl AttributeValues {
    /// Returns whether an attribute with these values may have that value.
    #[must_use]
    pub fn allows(&self, value: &AttributeValue) -> bool {
        match (self, value) {
            (Self::Flag, AttributeValue::Flag) | (Self::Text, AttributeValue::Text(_)) => true,
            (Self::Choice(choices), AttributeValue::Choice(choice)) => choices.contains(choice),
            (Self::Integer(min, max), AttributeValue::Integer(n)) => (min..=max).contains(&n),
            _ => false,
        }
    }

    /// Returns whether no value is allowed at all.
    fn allow_nothing(&self) -> bool {
        match self {
            Self::Choice(choices) => choices.is_empty(),
            Self::Integer(min, max) => min > max,
            Self::Flag | Self::Text => false,
        }
    }
}

/// An attribute of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDef {
    /// Its id, as in files.
    pub id: Arc<str>,
    /// What the user reads.
    pub names: LocalizedText,
    /// Which values it may have.
    pub values: AttributeValues,
}

/// What may fill a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillerKind {
    /// A span.
    Span,
    /// An annotated mention.
    Entity,
    /// The article's author.
    Author,
    /// Somebody unnamed.
    Unnamed,
}

/// A role of claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDef {
    /// Its id, as in files.
    pub id: RoleId,
    /// What the user reads.
    pub names: LocalizedText,
    /// Whether a claim without it is incomplete.
    pub required: bool,
    /// What may fill it.
    pub accepts: Vec<FillerKind>,
}

/// A kind of relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationDef {
    /// Its id, as in files.
    pub id: LabelId,
    /// What the user reads.
    pub names: LocalizedText,
    /// What it may start from.
    pub from: LabelKind,
    /// What it may lead to.
    pub to: LabelKind,
}

/// Why parts make no schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SchemaError {
    /// Two things of one kind have the same id.
    #[error("the {what} `{}` is defined twice; give one of them another id", shortened(.id))]
    Duplicate {
        /// `label`, `attribute`, `role`, `relation` or `key`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A label names something that is not defined.
    #[error("the label `{}` names the {what} `{}`, which is not defined", shortened(.label), shortened(.id))]
    Unknown {
        /// The label.
        label: String,
        /// `label`, `attribute` or `role`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A claim label without the content role.
    #[error("the claim label `{}` lacks the role `CONTENT`, which every claim has", shortened(.label))]
    NoContent {
        /// The label.
        label: String,
    },
    /// An id that nobody could read.
    #[error(
        "the {what} `{}` is empty, longer than {MAX_ID_CHARS} characters, or has some that cannot be seen; use letters, digits and `_`",
        shortened(.id)
    )]
    Id {
        /// `label`, `attribute`, `role` or `relation`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A key that no keyboard has.
    #[error("a key of the label `{}` cannot be typed; use a letter or a digit", shortened(.label))]
    Key {
        /// The label.
        label: String,
    },
    /// A label that is its own parent, directly or over others.
    #[error("the label `{}` is its own parent, directly or over others", shortened(.label))]
    Circle {
        /// The label.
        label: String,
    },
    /// An attribute for which there is no value.
    #[error("the attribute `{}` can have no value: it has no choice, or the least is above the most", shortened(.id))]
    NoValue {
        /// The attribute.
        id: String,
    },
    /// No label at all.
    #[error("a schema needs at least one label")]
    Empty,
}

/// Labels, attributes, roles and relations, each in the order of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    name: Arc<str>,
    labels: Vec<LabelDef>,
    attributes: Vec<AttributeDef>,
    roles: Vec<RoleDef>,
    relations: Vec<RelationDef>,
}

impl Schema {
    /// Returns the schema of these parts.
    ///
    /// # Errors
    ///
    /// When there is no label, an id or a key stands twice, a label names what is not defined, or a claim label
    /// lacks the content role.
    pub fn new(
        name: impl Into<Arc<str>>,
        labels: Vec<LabelDef>,
        attributes: Vec<AttributeDef>,
        roles: Vec<RoleDef>,
        relations: Vec<RelationDef>,
    ) -> Result<Self, SchemaError> {
        if labels.is_empty() {
            return Err(SchemaError::Empty);
        }
        check_ids("label", labels.iter().map(|x| x.id.as_str()))?;
        check_ids("attribute", attributes.iter().map(|x| &*x.id))?;
        check_ids("role", roles.iter().map(|x| x.id.as_str()))?;
        check_ids("relation", relations.iter().map(|x| x.id.as_str()))?;
        check_unique("label", labels.iter().map(|x| x.id.to_string()))?;
        check_unique("key", labels.iter().flat_map(|x| x.keys.iter().map(char::to_string)))?;
        check_unique("attribute", attributes.iter().map(|x| x.id.to_string()))?;
        check_unique("role", roles.iter().map(|x| x.id.to_string()))?;
        check_unique("relation", relations.iter().map(|x| x.id.to_string()))?;
        if let Some(attribute) = attributes.iter().find(|attribute| attribute.values.allow_nothing()) {
            return Err(SchemaError::NoValue { id: attribute.id.to_string() });
        }
        let schema = Self { name: name.into(), labels, attributes, roles, relations };
        schema.check_labels()?;
        schema.check_parents()?;
        Ok(schema)
    }

    fn check_labels(&self) -> Result<(), SchemaError> {
        for label in &self.labels {
            let unknown = |what, id: &str| {
                Err(SchemaError::Unknown { label: label.id.to_string(), what, id: id.to_owned() })
            };
            let is_typed = |key: &char| key.is_alphanumeric() || key.is_ascii_graphic();
            if !label.keys.iter().all(is_typed) {
                return Err(SchemaError::Key { label: label.id.to_string() });
            }
            if let Some(parent) = label.parent.as_ref().filter(|id| self.label(id).is_none()) {
                return unknown("label", parent.as_str());
            }
            if let Some(id) = label.attributes.iter().find(|id| self.attribute(id).is_none()) {
                return unknown("attribute", id);
            }
            if let Some(id) = label.roles.iter().find(|id| self.role(id).is_none()) {
                return unknown("role", id.as_str());
            }
            let has_content = label.roles.iter().any(|role| role.as_str() == RoleId::CONTENT);
            if label.kind == LabelKind::Claim && !has_content {
                return Err(SchemaError::NoContent { label: label.id.to_string() });
            }
        }
        Ok(())
    }

    /// Finds that no label is its own parent: from each, the way up ends.
    fn check_parents(&self) -> Result<(), SchemaError> {
        let parents: BTreeMap<&LabelId, &LabelId> =
            self.labels.iter().filter_map(|label| Some((&label.id, label.parent.as_ref()?))).collect();
        let mut ends: BTreeSet<&LabelId> = BTreeSet::new();
        for label in &self.labels {
            let mut way = BTreeSet::new();
            let mut at = Some(&label.id);
            while let Some(id) = at.filter(|id| !ends.contains(*id)) {
                if !way.insert(id) {
                    return Err(SchemaError::Circle { label: id.to_string() });
                }
                at = parents.get(id).copied();
            }
            ends.append(&mut way);
        }
        Ok(())
    }

    /// Returns the schema's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the labels in the order of the label bar.
    #[must_use]
    pub fn labels(&self) -> &[LabelDef] {
        &self.labels
    }

    /// Returns the label of that id.
    #[must_use]
    pub fn label(&self, id: &LabelId) -> Option<&LabelDef> {
        self.labels.iter().find(|label| label.id == *id)
    }

    /// Returns the first claim label; `None` where the schema has no claims.
    #[must_use]
    pub fn claim_label(&self) -> Option<&LabelDef> {
        self.labels.iter().find(|label| label.kind == LabelKind::Claim)
    }

    /// Returns the label that a key sets.
    #[must_use]
    pub fn label_of_key(&self, key: char) -> Option<&LabelDef> {
        self.labels.iter().find(|label| label.keys.contains(&key))
    }

    /// Returns the attributes.
    #[must_use]
    pub fn attributes(&self) -> &[AttributeDef] {
        &self.attributes
    }

    /// Returns the attribute of that id.
    #[must_use]
    pub fn attribute(&self, id: &str) -> Option<&AttributeDef> {
        self.attributes.iter().find(|attribute| &*attribute.id == id)
    }

    /// Returns the roles of claims.
    #[must_use]
    pub fn roles(&self) -> &[RoleDef] {
        &self.roles
    }

    /// Returns the role of that id.
    #[must_use]
    pub fn role(&self, id: &RoleId) -> Option<&RoleDef> {
        self.roles.iter().find(|role| role.id == *id)
    }

    /// Returns the kinds of relation.
    #[must_use]
    pub fn relations(&self) -> &[RelationDef] {
        &self.relations
    }

    /// Returns the kind of relation of that id.
    #[must_use]
    pub fn relation(&self, id: &LabelId) -> Option<&RelationDef> {
        self.relations.iter().find(|relation| relation.id == *id)
    }
}

/// The longest id, in chars.
const MAX_ID_CHARS: usize = 64;

fn check_ids<'a>(what: &'static str, mut ids: impl Iterator<Item = &'a str>) -> Result<(), SchemaError> {
    let is_readable = |id: &str| {
        let misleads = |c: char| c.is_control() || hidden_character(c).is_some_and(|hidden| hidden.misleads);
        !id.trim().is_empty() && id.chars().nth(MAX_ID_CHARS).is_none() && !id.contains(misleads)
    };
    match ids.find(|id| !is_readable(id)) {
        Some(id) => Err(SchemaError::Id { what, id: id.to_owned() }),
        None => Ok(()),
    }
}

fn check_unique(what: &'static str, ids: impl Iterator<Item = String>) -> Result<(), SchemaError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if let Some(id) = seen.replace(id) {
            return Err(SchemaError::Duplicate { what, id });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(id: &str, kind: LabelKind) -> LabelDef {
        let roles = if kind == LabelKind::Claim { vec![RoleId::from(RoleId::CONTENT)] } else { Vec::new() };
        LabelDef {
            id: id.into(),
            kind,
            names: LocalizedText::default(),
            light: Rgb([0, 0, 0]),
            dark: Rgb([255, 255, 255]),
            pattern: UnderlinePattern::Single,
            keys: Vec::new(),
            parent: None,
            guideline: LocalizedText::default(),
            examples: Vec::new(),
            attributes: Vec::new(),
            roles,
        }
    }

    fn content() -> RoleDef {
        RoleDef {
            id: RoleId::CONTENT.into(),
            names: LocalizedText::default(),
            required: true,
            accepts: vec![FillerKind::Span],
        }
    }

    fn schema(labels: Vec<LabelDef>) -> Result<Schema, SchemaError> {
        Schema::new("test", labels, Vec::new(), vec![content()], Vec::new())
    }

    #[test]
    fn a_schema_without_labels_is_none() {
        assert_eq!(schema(Vec::new()), Err(SchemaError::Empty));
    }

    #[test]
    fn neither_an_id_nor_a_key_stands_twice() {
        let [mut first, mut second] = ["PERS", "ORG"].map(|id| label(id, LabelKind::Entity));
        let twice = schema(vec![first.clone(), first.clone()]);
        assert_eq!(twice, Err(SchemaError::Duplicate { what: "label", id: "PERS".into() }));
        first.keys = vec!['1', 'p'];
        second.keys = vec!['2', 'p'];
        let twice = schema(vec![first, second]);
        assert_eq!(twice, Err(SchemaError::Duplicate { what: "key", id: "p".into() }));
    }

    #[test]
    fn what_a_label_names_must_be_defined() {
        let unknown = |change: fn(&mut LabelDef)| {
            let mut named = label("PERS", LabelKind::Entity);
            change(&mut named);
            match schema(vec![named]) {
                Err(SchemaError::Unknown { what, id, .. }) => (what, id),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(unknown(|l| l.parent = Some("ANY".into())), ("label", "ANY".to_owned()));
        assert_eq!(unknown(|l| l.attributes = vec!["mention".into()]), ("attribute", "mention".to_owned()));
        assert_eq!(unknown(|l| l.roles = vec!["CUE".into()]), ("role", "CUE".to_owned()));
    }

    #[test]
    fn a_claim_label_needs_the_content_role_and_an_entity_label_does_not() {
        let mut claim = label("CLAIM", LabelKind::Claim);
        assert!(schema(vec![claim.clone()]).is_ok());
        claim.roles.clear();
        assert_eq!(schema(vec![claim]), Err(SchemaError::NoContent { label: "CLAIM".into() }));
        assert!(schema(vec![label("PERS", LabelKind::Entity)]).is_ok());
    }

    #[test]
    fn labels_are_found_by_id_and_key_and_the_first_claim_by_its_kind() {
        let mut person = label("PERS", LabelKind::Entity);
        person.keys = vec!['1', 'p'];
        let claims = ["CLAIM", "DENIAL"].map(|id| label(id, LabelKind::Claim));
        let schema = schema([vec![person], claims.to_vec()].concat()).expect("a good schema");
        assert_eq!(schema.label_of_key('p').map(|l| l.id.as_str()), Some("PERS"));
        assert_eq!(schema.label_of_key('x'), None);
        assert_eq!(schema.label(&"DENIAL".into()).map(|l| l.kind), Some(LabelKind::Claim));
        assert_eq!(schema.claim_label().map(|l| l.id.as_str()), Some("CLAIM"));
    }

    #[test]
    fn an_attribute_allows_only_values_of_its_kind() {
        let text = AttributeValue::Text("ملاحظة".into());
        let choice = |value: &str| AttributeValue::Choice(value.into());
        let choices = AttributeValues::Choice(vec!["name".into(), "nominal".into()]);
        assert!(AttributeValues::Text.allows(&text) && !AttributeValues::Flag.allows(&text));
        assert!(choices.allows(&choice("name")) && !choices.allows(&choice("pronoun")));
        let range = AttributeValues::Integer(0, 3);
        let allowed: Vec<i64> = (-1..=4).filter(|n| range.allows(&AttributeValue::Integer(*n))).collect();
        assert_eq!(allowed, [0, 1, 2, 3]);
        assert!(!range.allows(&text));
    }

    #[test]
    fn a_text_falls_back_to_english_then_to_any_language() {
        let text = |entries: &[(&str, &str)]| {
            LocalizedText::new(entries.iter().map(|(l, t)| (Arc::from(*l), Arc::from(*t))).collect())
        };
        let both = text(&[("ar", "شخص"), ("en", "Person")]);
        assert_eq!((both.get("ar"), both.get("fr")), ("شخص", "Person"));
        assert_eq!(text(&[("ar", "شخص")]).get("fr"), "شخص");
        assert_eq!(text(&[]).get("ar"), "");
    }
}
