//! The types that structures are of.

use std::collections::BTreeSet;

use super::super::exchange::{IDENTIFIER, NOTE, VALUE};
use super::{FRAGMENT, FRAGMENTS, FROM, NAMED_ENTITY, RELATION, TO};

const ANNOTATION: &str = "uima.tcas.Annotation";
const STRING: &str = "uima.cas.String";
const ARRAY: &str = "uima.cas.FSArray";

/// A type.
pub(super) struct TypeDef {
    pub(super) name: &'static str,
    pub(super) parent: &'static str,
    pub(super) features: Vec<FeatureDef>,
}

/// A feature of a type.
pub(super) struct FeatureDef {
    pub(super) name: String,
    pub(super) range: &'static str,
    /// What an array holds.
    pub(super) element: Option<&'static str>,
}

fn feature(name: &str, range: &'static str) -> FeatureDef {
    FeatureDef { name: name.to_owned(), range, element: None }
}

/// Returns the types of an export in which spans have these features, besides their own.
pub(super) fn types(names: &BTreeSet<String>) -> Vec<TypeDef> {
    let own = [VALUE, IDENTIFIER, NOTE];
    let mut features: Vec<FeatureDef> = own.iter().map(|name| feature(name, STRING)).collect();
    let others = names.iter().filter(|name| !own.contains(&name.as_str()));
    features.extend(others.map(|name| feature(name, STRING)));
    features.push(FeatureDef { element: Some(FRAGMENT), ..feature(FRAGMENTS, ARRAY) });
    let ends = vec![feature("label", STRING), feature(FROM, ANNOTATION), feature(TO, ANNOTATION)];
    vec![
        TypeDef { name: NAMED_ENTITY, parent: ANNOTATION, features },
        TypeDef { name: FRAGMENT, parent: ANNOTATION, features: Vec::new() },
        TypeDef { name: RELATION, parent: ANNOTATION, features: ends },
    ]
}
