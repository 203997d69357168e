//! XMI: an element for each structure, and the type system in a file of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::exchange::{
    Export, ExportError, ExportOptions, ImportError, ImportFile, ImportOptions, ImportedArticle, Loss,
    Losses, Output, Reader, Writer, schema_features,
};
use super::build::{SOFA, build};
use super::interpret::interpret;
use super::types::types;
use super::xml::{self, Element, Node, escape, is_xml};
use super::{Cas, FRAGMENTS, FROM, Sofa, Structure, TO, Value};
use crate::model::Schema;
use crate::text::{MAX_ARTICLE_BYTES, shortened};

/// What reads the format.
pub(in crate::formats) const READER: Reader = Reader::File { extensions: &["xmi"], read };

/// The file with the types.
const TYPE_SYSTEM: &str = "TypeSystem.xml";

/// The namespace of UIMA's own types.
const CAS_NAMESPACE: &str = "http:///uima/cas.ecore";

/// Features that refer to other structures whatever the type system says, or where there is none.
const REFERENCES: &[&str] = &[FROM, TO, FRAGMENTS, "target", "source", "first", "next"];

const HINT: &str = "export the file anew as UIMA CAS XMI (XML 1.0)";

/// Returns what writes an export.
pub(in crate::formats) fn writer(_: ExportOptions) -> Box<dyn Writer> {
    Box::new(XmiWriter { names: BTreeSet::new() })
}

/// Writes a file for each article, and one with the types.
struct XmiWriter {
    /// The features that occurred.
    names: BTreeSet<String>,
}

impl Writer for XmiWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let cas = build(export, &mut self.names);
        let said = cas.structures.values().flat_map(|structure| structure.features.values());
        let said =
            said.filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None });
        let texts = said.chain(std::iter::once(export.document.source().as_str()));
        losses.add(Loss::ControlCharacters, texts.flat_map(str::chars).filter(|c| !is_xml(*c)).count());
        output.append(format!("{}.xmi", export.name), file(&cas).as_bytes());
        Ok(())
    }

    fn finish(&mut self, schema: &Schema, output: &mut Output) -> Result<(), ExportError> {
        self.names.extend(schema_features(schema));
        output.append(TYPE_SYSTEM, type_system(&self.names).as_bytes());
        Ok(())
    }
}

/// Returns a type's namespace, the prefix that stands for it here, and its name within it.
fn qualified(type_name: &str) -> (String, &str, &str) {
    let (package, name) = type_name.rsplit_once('.').unwrap_or(("uima.noNamespace", type_name));
    let prefix = package.rsplit_once('.').map_or(package, |(_, prefix)| prefix);
    (format!("http:///{}.ecore", package.replace('.', "/")), prefix, name)
}

fn file(cas: &Cas) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\"",
    );
    _ = write!(out, " xmlns:cas=\"{CAS_NAMESPACE}\"");
    let names: BTreeSet<(String, &str)> = cas
        .structures
        .values()
        .map(|structure| qualified(&structure.type_name))
        .map(|(namespace, prefix, _)| (namespace, prefix))
        .collect();
    for (namespace, prefix) in names {
        _ = write!(out, " xmlns:{prefix}=\"{namespace}\"");
    }
    out.push_str(" xmi:version=\"2.0\">\n  <cas:NULL xmi:id=\"0\"/>\n");
    for (id, structure) in &cas.structures {
        let (_, prefix, name) = qualified(&structure.type_name);
        _ = write!(out, "  <{prefix}:{name} xmi:id=\"{id}\"");
        if let Some((sofa, start, end)) = structure.place {
            _ = write!(out, " sofa=\"{sofa}\" begin=\"{start}\" end=\"{end}\"");
        }
        for (name, value) in &structure.features {
            let value = match value {
                Value::Text(text) => escape(text),
                Value::Ref(id) => id.to_string(),
                Value::Refs(ids) => ids.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
            };
            _ = write!(out, " {name}=\"{value}\"");
        }
        out.push_str("/>\n");
    }
    for (id, Sofa { name, text }) in &cas.sofas {
        let text = escape(text.as_deref().unwrap_or_default());
        _ = writeln!(
            out,
            "  <cas:Sofa xmi:id=\"{id}\" sofaNum=\"1\" sofaID=\"{name}\" mimeType=\"text\" sofaString=\"{text}\"/>"
        );
    }
    let members: Vec<String> = cas.members.get(&SOFA).into_iter().flatten().map(u64::to_string).collect();
    _ = writeln!(out, "  <cas:View sofa=\"{SOFA}\" members=\"{}\"/>\n</xmi:XMI>", members.join(" "));
    out
}

/// Returns the description of the types.
fn type_system(names: &BTreeSet<String>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<typeSystemDescription \
         xmlns=\"http://uima.apache.org/resourceSpecifier\">\n  <types>\n",
    );
    for def in types(names) {
        out.push_str("    <typeDescription>\n");
        _ = writeln!(out, "      <name>{}</name>\n      <description/>", def.name);
        _ = writeln!(out, "      <supertypeName>{}</supertypeName>\n      <features>", def.parent);
        for feature in def.features {
            out.push_str("        <featureDescription>\n");
            _ = writeln!(out, "          <name>{}</name>\n          <description/>", feature.name);
            _ = writeln!(out, "          <rangeTypeName>{}</rangeTypeName>", feature.range);
            if let Some(element) = feature.element {
                _ = writeln!(out, "          <elementType>{element}</elementType>");
            }
            out.push_str("        </featureDescription>\n");
        }
        out.push_str("      </features>\n    </typeDescription>\n");
    }
    out + "  </types>\n</typeSystemDescription>\n"
}

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let references = match (file.beside)(TYPE_SYSTEM) {
        Some(types) => references(&types)
            .map_err(|error| ImportError { place: format!("{TYPE_SYSTEM}, {}", error.place), ..error })?,
        None => BTreeSet::new(),
    };
    let mut reading =
        Reading { bytes: file.bytes, references, cas: Cas::default(), current: None, depth: 0, child: None };
    xml::read(file.bytes, &mut |node| reading.node(node))?;
    let name = file.name.strip_suffix(".xmi").unwrap_or(file.name);
    sink(interpret(&reading.cas(), name, options));
    Ok(())
}

/// Returns the features that refer to other structures, of all types of a type system.
fn references(types: &[u8]) -> Result<BTreeSet<String>, ImportError> {
    let mut path: Vec<String> = Vec::new();
    let (mut name, mut range) = (String::new(), String::new());
    let mut references = BTreeSet::new();
    xml::read(types, &mut |node| {
        match node {
            Node::Open(element) => {
                if element.name == "featureDescription" {
                    name.clear();
                    range.clear();
                }
                path.push(element.name);
            }
            Node::Text(text) => match path.last().map(String::as_str) {
                Some("name") => text.trim().clone_into(&mut name),
                Some("rangeTypeName") => text.trim().clone_into(&mut range),
                _ => {}
            },
            Node::Close => {
                let is_feature = path.pop().is_some_and(|name| name == "featureDescription");
                let is_own = range.starts_with("uima.cas.")
                    && !matches!(range.as_str(), "uima.cas.FSArray" | "uima.cas.TOP");
                if is_feature && !is_own && !range.is_empty() {
                    references.insert(std::mem::take(&mut name));
                }
            }
        }
        Ok(())
    })?;
    Ok(references)
}

/// A file on its way to structures.
struct Reading<'a> {
    bytes: &'a [u8],
    references: BTreeSet<String>,
    cas: Cas,
    /// The structure under way: its id, and the elements that are open within the root.
    current: Option<u64>,
    depth: usize,
    /// The feature whose value is an element, and that value.
    child: Option<(String, String)>,
}

impl Reading<'_> {
    fn node(&mut self, node: Node) -> Result<(), ImportError> {
        match node {
            Node::Open(element) => {
                self.depth += 1;
                match self.depth {
                    1 if element.name != "XMI" => {
                        let message = format!("`{}` is not `xmi:XMI`", shortened(&element.name));
                        return Err(ImportError::new(xml::place(self.bytes, element.at), message, HINT));
                    }
                    1 => {}
                    2 => self.top(element)?,
                    _ => self.child = Some((element.name, String::new())),
                }
            }
            Node::Text(text) => {
                if let Some((_, value)) = &mut self.child {
                    value.push_str(&text);
                }
            }
            Node::Close => {
                self.depth = self.depth.saturating_sub(1);
                if let Some((name, value)) = self.child.take() {
                    self.add(name, value);
                }
                if self.depth < 2 {
                    self.current = None;
                }
            }
        }
        Ok(())
    }

    /// Takes in an element below the root: a subject, a view or another structure.
    fn top(&mut self, element: Element) -> Result<(), ImportError> {
        let Element { namespace, name, mut attributes, at } = element;
        let wrong = |message: String| ImportError::new(xml::place(self.bytes, at), message, HINT);
        let is_own = namespace == CAS_NAMESPACE;
        let id = number(&attributes, "xmi:id").map_err(wrong)?;
        match (name.as_str(), id) {
            ("View", _) if is_own => {
                let Some(sofa) = number(&attributes, "sofa").map_err(wrong)? else { return Ok(()) };
                let members = attributes.get("members").map(String::as_str).unwrap_or_default();
                let members = members.split_ascii_whitespace().filter_map(|id| id.parse::<u64>().ok());
                self.cas.members.entry(sofa).or_default().extend(members);
            }
            ("Sofa", Some(id)) if is_own => {
                let name = attributes.remove("sofaID").unwrap_or_default();
                let text = attributes.remove("sofaString");
                if text.as_ref().is_some_and(|text| text.len() as u64 > MAX_ARTICLE_BYTES) {
                    let message = format!("the text has more than {MAX_ARTICLE_BYTES} bytes");
                    return Err(wrong(message));
                }
                self.cas.sofas.insert(id, Sofa { name, text });
            }
            ("NULL", _) if is_own => {}
            (_, Some(id)) => {
                let number = |name: &str| number(&attributes, name).map_err(wrong);
                let offset = |at: Option<u64>| at.and_then(|at| u32::try_from(at).ok());
                let ends = (number("sofa")?, offset(number("begin")?), offset(number("end")?));
                let place = if let (Some(sofa), Some(start), Some(end)) = ends {
                    Some((sofa, start, end))
                } else {
                    None
                };
                attributes.retain(|name, _| !["xmi:id", "sofa", "begin", "end"].contains(&name.as_str()));
                let type_name = type_name(&namespace, &name);
                self.cas.structures.insert(id, Structure { type_name, place, features: BTreeMap::new() });
                self.current = Some(id);
                for (name, value) in attributes {
                    self.add(name, value);
                }
            }
            _ => {
                return Err(wrong(format!("`{}` has no `xmi:id`", shortened(&name))));
            }
        }
        Ok(())
    }

    /// Adds a value of a feature; several elements of one name are its parts.
    fn add(&mut self, name: String, value: String) {
        let Some(structure) = self.current.and_then(|id| self.cas.structures.get_mut(&id)) else { return };
        match structure.features.get_mut(&name) {
            Some(Value::Text(before)) => {
                before.push_str("; ");
                before.push_str(&value);
            }
            _ => {
                structure.features.insert(name, Value::Text(value));
            }
        }
    }

    /// Returns the structures, with references where a feature is one and what it names is there.
    fn cas(self) -> Cas {
        let mut cas = self.cas;
        let known: BTreeSet<u64> = cas.structures.keys().copied().collect();
        for structure in cas.structures.values_mut() {
            let is_array = structure.type_name == "uima.cas.FSArray";
            for (name, value) in &mut structure.features {
                let is_reference = self.references.contains(name) || REFERENCES.contains(&name.as_str());
                let Value::Text(text) = value else { continue };
                if !(is_reference || is_array && name == "elements") {
                    continue;
                }
                let ids: Option<Vec<u64>> = text.split_ascii_whitespace().map(|id| id.parse().ok()).collect();
                match ids.filter(|ids| !ids.is_empty() && ids.iter().all(|id| known.contains(id))).as_deref()
                {
                    Some([id]) => *value = Value::Ref(*id),
                    Some(ids) => *value = Value::Refs(ids.to_vec()),
                    None => {}
                }
            }
        }
        cas
    }
}

/// Returns the number that an attribute has to be; `None` where it is not there.
fn number(attributes: &BTreeMap<String, String>, name: &str) -> Result<Option<u64>, String> {
    let value = attributes.get(name);
    let number = |value: &String| {
        value.parse().map_err(|_| format!("{name}=\"{}\" is no number from 0 on", shortened(value)))
    };
    value.map(number).transpose()
}

/// Returns the full name of the type of an element.
fn type_name(namespace: &str, name: &str) -> String {
    let package = namespace.strip_prefix("http:///").and_then(|package| package.strip_suffix(".ecore"));
    match package {
        Some("uima/noNamespace") | None => name.to_owned(),
        Some(package) => format!("{}.{name}", package.replace('/', ".")),
    }
}
