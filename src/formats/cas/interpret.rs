//! Structures to annotations.

use std::collections::{BTreeMap, BTreeSet};

use super::super::exchange::{
    DraftSpan, Drafts, ImportError, ImportOptions, ImportWarning, ImportedArticle, OffsetUnit, Placing,
    label_feature, short_type,
};
use super::{Cas, FRAGMENT, FRAGMENTS, FROM, INITIAL_VIEW, Structure, TO, Value};
use crate::model::Fragments;
use crate::text::{SourceText, shortened};

/// The types that divide a text; this program divides it itself.
const SEGMENTS: &[&str] = &[
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Paragraph",
];

/// The types that tell of the document as a whole.
const DOCUMENT: &[&str] =
    &["uima.tcas.DocumentAnnotation", "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"];

/// What is kept of that: the feature, and what it is called here.
const METADATA: &[(&str, &str)] =
    &[("documentTitle", "title"), ("documentUri", "url"), ("language", "language")];

/// Returns the article of a document: the text of its first view, with what is said of it.
///
/// # Errors
///
/// When the view has no text.
pub(super) fn interpret(
    cas: &Cas,
    name: &str,
    options: &ImportOptions<'_>,
) -> Result<ImportedArticle, ImportError> {
    let initial = cas.sofas.iter().find(|(_, sofa)| sofa.name == INITIAL_VIEW && sofa.text.is_some());
    let with_text = initial.or_else(|| cas.sofas.iter().find(|(_, sofa)| sofa.text.is_some()));
    let Some((sofa, text)) = with_text.and_then(|(id, sofa)| Some((*id, sofa.text.as_ref()?))) else {
        const HINT: &str = "export the document with its text in the view `_InitialView`";
        return Err(ImportError::new("", "no view has a text", HINT));
    };
    let source = SourceText::new(text.as_str());
    let mut reading = Reading {
        cas,
        sofa,
        source: &source,
        options,
        spans: BTreeMap::new(),
        drafts: Drafts::default(),
        metadata: BTreeMap::new(),
        skipped: BTreeMap::new(),
        warnings: Vec::new(),
    };
    reading.spans();
    reading.links();
    reading.tell();
    let Reading { drafts, metadata, mut warnings, .. } = reading;
    let layer = drafts.into_layer(None, options, &mut warnings);
    Ok(ImportedArticle { name: name.to_owned(), text: source, layers: vec![layer], metadata, warnings })
}

/// Structures on their way to spans and links.
struct Reading<'a> {
    cas: &'a Cas,
    /// The subject that is read.
    sofa: u64,
    source: &'a SourceText,
    options: &'a ImportOptions<'a>,
    /// The draft of each structure that is a span.
    spans: BTreeMap<u64, usize>,
    drafts: Drafts,
    metadata: BTreeMap<String, String>,
    /// How often something was left out.
    skipped: BTreeMap<String, usize>,
    warnings: Vec<ImportWarning>,
}

/// Returns whether a structure links two others.
fn is_relation(structure: &Structure) -> bool {
    [FROM, TO].iter().all(|end| structure.features.contains_key(*end))
}

impl<'a> Reading<'a> {
    fn skip(&mut self, what: impl Into<String>) {
        *self.skipped.entry(what.into()).or_default() += 1;
    }

    /// Returns the structures that belong to the view: where it names its members, these; else those that stand in its
    /// text.
    fn members(&mut self) -> Vec<(u64, &'a Structure)> {
        let cas = self.cas;
        let named = cas.members.get(&self.sofa);
        let mut members = Vec::new();
        for (id, structure) in &cas.structures {
            let Some((sofa, ..)) = structure.place else { continue };
            if sofa != self.sofa {
                let view = cas.sofas.get(&sofa).map_or("?", |sofa| &sofa.name);
                self.skip(format!("annotations of the view `{}`, which is not read", shortened(view)));
            } else if named.is_none_or(|named| named.contains(id)) {
                members.push((*id, structure));
            }
        }
        members
    }

    fn spans(&mut self) {
        let source = self.source;
        let placing = Placing::new(source, OffsetUnit::Utf16);
        for (id, structure) in self.members() {
            let type_name = structure.type_name.as_str();
            if DOCUMENT.contains(&type_name) {
                self.tell_of_document(structure);
                continue;
            }
            if SEGMENTS.contains(&type_name) || type_name == FRAGMENT || is_relation(structure) {
                continue;
            }
            let pairs = self.pieces(structure);
            match placing.fragments(&pairs, None) {
                Ok(fragments) => self.span(id, structure, fragments),
                Err(message) => {
                    let place = format!("{} {id}", short_type(type_name));
                    self.warnings.push(ImportWarning::new(place, format!("{message}; it is left out")));
                }
            }
        }
    }

    /// Returns start and end of each piece of a span.
    fn pieces(&self, structure: &Structure) -> Vec<(u32, u32)> {
        let place = |structure: &Structure| structure.place.map(|(_, start, end)| (start, end));
        let pieces = structure.features.get(FRAGMENTS).map(|value| self.referred(value)).unwrap_or_default();
        let pieces = pieces.iter().filter_map(|id| self.cas.structures.get(id));
        let pieces = pieces.filter(|piece| piece.type_name == FRAGMENT);
        let pieces: Vec<(u32, u32)> = pieces.filter_map(place).collect();
        if pieces.is_empty() { place(structure).into_iter().collect() } else { pieces }
    }

    /// Returns the structures that a value refers to: those of an array, where it is one.
    fn referred(&self, value: &Value) -> Vec<u64> {
        let ids = match value {
            Value::Text(_) => return Vec::new(),
            Value::Ref(id) => std::slice::from_ref(id),
            Value::Refs(ids) => ids,
        };
        let elements = |id: &u64| match self.cas.structures.get(id) {
            Some(Structure { place: None, features, .. }) => match features.get("elements") {
                Some(Value::Refs(ids)) => ids.clone(),
                Some(Value::Ref(id)) => vec![*id],
                _ => vec![*id],
            },
            _ => vec![*id],
        };
        ids.iter().flat_map(elements).collect()
    }

    fn span(&mut self, id: u64, structure: &Structure, fragments: Fragments) {
        let texts: BTreeMap<&str, &str> = structure
            .features
            .iter()
            .filter_map(|(name, value)| {
                if let Value::Text(text) = value { Some((name.as_str(), text.as_str())) } else { None }
            })
            .collect();
        let chosen = label_feature(&texts.keys().copied());
        let label = chosen.and_then(|name| texts.get(name)).filter(|label| !label.is_empty());
        let label = label.map_or_else(|| short_type(&structure.type_name), |label| *label);
        let span = self.drafts.spans.len();
        self.drafts.spans.push(DraftSpan::new(label, fragments));
        for (name, value) in &texts {
            if Some(*name) != chosen {
                self.drafts.set_feature(span, name, value, self.options.schema);
            }
        }
        self.spans.insert(id, span);
    }

    fn tell_of_document(&mut self, structure: &Structure) {
        for (feature, name) in METADATA {
            if let Some(Value::Text(text)) = structure.features.get(*feature) {
                // UIMA says so where nobody said anything.
                if !text.is_empty() && text != "x-unspecified" {
                    self.metadata.insert((*name).to_owned(), text.clone());
                }
            }
        }
    }

    /// Makes links of relations, of roles, and of features that refer to spans.
    fn links(&mut self) {
        for (id, structure) in &self.cas.structures {
            let is_here = structure.place.is_some_and(|(sofa, ..)| sofa == self.sofa);
            if is_relation(structure) && is_here {
                self.relation(structure);
            } else if let Some(from) = self.spans.get(id).copied() {
                self.references(from, structure);
            }
        }
    }

    fn relation(&mut self, structure: &Structure) {
        let end = |name: &str| {
            let id = structure.features.get(name).map(|value| self.referred(value))?;
            self.spans.get(id.first()?).copied()
        };
        let (from, to) = (end(FROM), end(TO));
        let texts = structure.features.iter().filter_map(|(name, value)| match value {
            Value::Text(text) => Some((name.as_str(), text.as_str())),
            _ => None,
        });
        let texts: BTreeMap<&str, &str> = texts.collect();
        let chosen = label_feature(&texts.keys().copied());
        let label = chosen.and_then(|name| texts.get(name)).filter(|label| !label.is_empty());
        let short = short_type(&structure.type_name);
        let label = label.map_or(short, |label| *label).to_owned();
        if texts.len() > usize::from(chosen.is_some()) {
            self.skip(format!("features of relations `{}` beside the label", shortened(short)));
        }
        match (from, to) {
            (Some(from), Some(to)) => self.drafts.links.push((label, from, to)),
            _ => self
                .skip(format!("relations `{}` with an end that is no span that was read", shortened(short))),
        }
    }

    fn references(&mut self, from: usize, structure: &Structure) {
        let mut seen = BTreeSet::new();
        for (name, value) in structure.features.iter().filter(|(name, _)| *name != FRAGMENTS) {
            for id in self.referred(value) {
                let Some(named) = self.cas.structures.get(&id).filter(|_| seen.insert((name, id))) else {
                    continue;
                };
                // A link with a role is a structure of its own.
                let target = named.features.get("target").map(|target| self.referred(target));
                let (to, role) = match target.as_deref() {
                    Some([target, ..]) if named.place.is_none() => (*target, named.features.get("role")),
                    _ => (id, None),
                };
                let role = match role {
                    Some(Value::Text(role)) if !role.is_empty() => role.clone(),
                    _ => name.clone(),
                };
                match self.spans.get(&to) {
                    Some(to) => self.drafts.links.push((role, from, *to)),
                    None => self
                        .skip(format!("references `{}` to what is no span that was read", shortened(name))),
                }
            }
        }
    }

    /// Tells what was left out, each kind once.
    fn tell(&mut self) {
        for (what, count) in std::mem::take(&mut self.skipped) {
            self.warnings.push(ImportWarning::new("", format!("left out: {count} {what}")));
        }
    }
}
