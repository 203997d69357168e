//! What annotations say beside their label as features of UIMA: named texts. For WebAnno's and UIMA's formats.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::Drafts;
use crate::model::{Annotation, AttributeValue, AttributeValues, LabelKind, RoleFiller, Schema};

/// The feature with the label of a span.
pub(in crate::formats) const VALUE: &str = "value";

/// The feature with a note.
pub(in crate::formats) const NOTE: &str = "note";

/// The feature with the id of the thing meant, which these formats have for themselves; an attribute of this name is
/// written there.
pub(in crate::formats) const IDENTIFIER: &str = "identifier";

/// What the names of features end in that say that no span fills a role.
const IMPLICIT: &str = "_is";

const AUTHOR: &str = "AUTHOR";
const UNNAMED: &str = "UNNAMED";

/// What a flag that is set is written as.
const TRUE: &str = "true";

/// Names that mean something else in these formats.
const RESERVED: &[&str] = &[
    VALUE,
    NOTE,
    "label",
    "begin",
    "end",
    "sofa",
    "fragments",
    "role",
    "target",
    "Governor",
    "Dependent",
    "type",
    "self",
    "id",
];

/// Returns a name that UIMA takes for a feature: letters, digits and `_` of ASCII, a letter first. Any other character
/// is written as `x_`, its number in hexadecimal, and `_`.
#[must_use]
pub(in crate::formats) fn feature_name(id: &str) -> String {
    let is_reserved = RESERVED.contains(&id) || id.starts_with("ROLE_") || id.starts_with("BT_");
    let mut name = String::with_capacity(id.len());
    let mut chars = id.chars().peekable();
    let mut is_first = true;
    while let Some(c) = chars.next() {
        let is_plain = if is_first {
            c.is_ascii_alphabetic() && !is_reserved
        } else {
            c.is_ascii_alphanumeric() || c == '_'
        };
        let is_mark = c == 'x' && chars.peek() == Some(&'_');
        if is_plain && !is_mark {
            name.push(c);
        } else {
            // Writing to a String cannot fail.
            _ = write!(name, "x_{:x}_", u32::from(c));
        }
        is_first = false;
    }
    name
}

/// Returns what the name of a feature stands for.
#[must_use]
pub(in crate::formats) fn feature_id(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once("x_") {
        id.push_str(before);
        let escaped = behind.split_once('_').and_then(|(digits, behind)| {
            let is_number = !digits.is_empty()
                && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            let c = u32::from_str_radix(digits, 16).ok().filter(|_| is_number).and_then(char::from_u32)?;
            Some((c, behind))
        });
        if let Some((c, behind)) = escaped {
            id.push(c);
            rest = behind;
        } else {
            id.push_str("x_");
            rest = behind;
        }
    }
    id + rest
}

/// Returns the features of an annotation without its label, by name: attributes, the note, and roles that no span fills.
#[must_use]
pub(in crate::formats) fn features(annotation: &Annotation) -> BTreeMap<String, String> {
    let mut features = BTreeMap::new();
    for (id, value) in &annotation.attributes {
        let value = match value {
            AttributeValue::Flag => TRUE.to_owned(),
            AttributeValue::Integer(n) => n.to_string(),
            AttributeValue::Choice(text) | AttributeValue::Text(text) => text.to_string(),
        };
        features.insert(feature_name(id), value);
    }
    if !annotation.note.is_empty() {
        features.insert(NOTE.to_owned(), annotation.note.to_string());
    }
    for (role, fillers) in annotation.body.as_claim().into_iter().flat_map(|claim| &claim.roles) {
        let implicit = fillers.iter().filter_map(|filler| match filler {
            RoleFiller::Author => Some(AUTHOR),
            RoleFiller::Unnamed => Some(UNNAMED),
            RoleFiller::Span(_) | RoleFiller::Entity(_) => None,
        });
        let implicit: Vec<&str> = implicit.collect();
        if !implicit.is_empty() {
            features.insert(feature_name(role.as_str()) + IMPLICIT, implicit.join(" "));
        }
    }
    features
}

/// Returns the names of the features that annotations of a schema may have, besides what its labels do not define.
#[must_use]
pub(in crate::formats) fn schema_features(schema: &Schema) -> Vec<String> {
    let attributes = schema.attributes().iter().map(|attribute| feature_name(&attribute.id));
    let roles = schema.roles().iter().filter(|role| {
        use crate::model::FillerKind::{Author, Unnamed};
        role.accepts.iter().any(|kind| matches!(kind, Author | Unnamed))
    });
    attributes.chain(roles.map(|role| feature_name(role.id.as_str()) + IMPLICIT)).collect()
}

impl Drafts {
    /// Sets a feature of a span that was read.
    pub(in crate::formats) fn set_feature(&mut self, span: usize, name: &str, value: &str, schema: &Schema) {
        if name == NOTE {
            value.clone_into(&mut self.spans[span].note);
            return;
        }
        if let Some((role, fillers)) = self.implicit_role(span, name, value, schema) {
            self.implicit.extend(fillers.into_iter().map(|filler| (span, role.clone(), filler)));
            return;
        }
        let id = feature_id(name);
        let values = schema.attribute(&id).map(|attribute| &attribute.values);
        let number = value.parse().ok().filter(|n: &i64| n.to_string() == value);
        let value = match (values, number) {
            (Some(AttributeValues::Flag), _) if value == TRUE => AttributeValue::Flag,
            (Some(AttributeValues::Flag), _) if value == "false" => return,
            (None | Some(AttributeValues::Integer(..)), Some(number)) => AttributeValue::Integer(number),
            (Some(AttributeValues::Choice(_)), _) => AttributeValue::Choice(value.into()),
            _ => AttributeValue::Text(value.into()),
        };
        self.spans[span].attributes.insert(Arc::from(id), value);
    }

    /// Returns the role of a claim of which a feature says that the author or somebody unnamed fills it.
    fn implicit_role(
        &self,
        span: usize,
        name: &str,
        value: &str,
        schema: &Schema,
    ) -> Option<(String, Vec<RoleFiller>)> {
        let role = feature_id(name.strip_suffix(IMPLICIT)?);
        schema.role(&role.as_str().into())?;
        let label = schema.label(&self.spans[span].label.as_str().into())?;
        let fillers = value.split(' ').map(|filler| match filler {
            AUTHOR => Some(RoleFiller::Author),
            UNNAMED => Some(RoleFiller::Unnamed),
            _ => None,
        });
        let fillers = fillers.collect::<Option<Vec<_>>>()?;
        (label.kind == LabelKind::Claim).then_some((role, fillers))
    }
}

/// Returns the feature that is the label of an annotation of a foreign type: one of the usual names, else the first.
#[must_use]
pub(in crate::formats) fn label_feature<'a>(
    names: &(impl Iterator<Item = &'a str> + Clone),
) -> Option<&'a str> {
    let usual = [VALUE, "label", "PosValue", "DependencyType", "referenceType", "category", "Category"];
    let other = || names.clone().find(|name| ![IDENTIFIER, NOTE].contains(name));
    usual.iter().find_map(|usual| names.clone().find(|name| name == usual)).or_else(other)
}

/// Returns the last part of the name of a type: what it is called where there is no label.
#[must_use]
pub(in crate::formats) fn short_type(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, short)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_written_as_one_that_uima_takes_and_comes_back() {
        for (id, name) in [
            ("mention", "mention"),
            ("note", "x_6e_ote"),
            ("x_1", "x_78__1"),
            ("axx_", "axx_78__"),
            ("2nd", "x_32_nd"),
            ("صلة", "x_635_x_644_x_629_"),
            ("ROLE_a", "x_52_OLE_a"),
            ("", ""),
        ] {
            assert_eq!((feature_name(id).as_str(), feature_id(name).as_str()), (name, id));
        }
        assert_eq!(feature_id("max_speed"), "max_speed");
        assert_eq!(feature_id("x_zz_"), "x_zz_");
    }
}
