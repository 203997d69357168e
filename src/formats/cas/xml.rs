//! XML: writing attributes, and reading elements with the place of each mistake.

use std::collections::BTreeMap;
use std::rc::Rc;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::exchange::ImportError;
use crate::text::shortened_to;

/// The most elements within each other; the files of UIMA have four.
const MAX_DEPTH: usize = 64;

const HINT: &str = "the file is no well-formed XML: export it anew";

/// Returns whether XML 1.0 can hold a character.
pub(super) const fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Returns what the parser says, which may quote half of the file.
fn told(error: &quick_xml::Error) -> String {
    shortened_to(&error.to_string(), MESSAGE_CHARS).into_owned()
}

/// The most chars of what the parser says.
const MESSAGE_CHARS: usize = 200;

/// Returns a text as the value of an attribute. What XML cannot hold is a space; each is one UTF-16 unit, as it was.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // A reader makes spaces of these where they stand for themselves.
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            c if is_xml(c) => escaped.push(c),
            _ => escaped.push(' '),
        }
    }
    escaped
}

/// An element without what it holds.
pub(super) struct Element {
    /// The namespace of its name; empty where it has none.
    pub(super) namespace: String,
    /// Its name within the namespace.
    pub(super) name: String,
    /// Its attributes by their names as they are written.
    pub(super) attributes: BTreeMap<String, String>,
    /// The byte at which it begins.
    pub(super) at: usize,
}

/// What is met in a file, in order.
pub(super) enum Node {
    Open(Element),
    Text(String),
    Close,
}

/// Reads a file and hands over what it meets.
///
/// # Errors
///
/// When the file is no well-formed XML, or `take` returns an error.
pub(super) fn read(
    bytes: &[u8],
    take: &mut dyn FnMut(Node) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let wrong = |at: u64, message: String| {
        ImportError::new(place(bytes, usize::try_from(at).unwrap_or(usize::MAX)), message, HINT)
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|error| wrong(error.valid_up_to() as u64, "it is not UTF-8".to_owned()))?;
    let mut reader = Reader::from_str(text);
    let mut scopes: Vec<Scope> = Vec::new();
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| wrong(reader.error_position(), told(&error)))?;
        let failed = |error: quick_xml::Error| wrong(at, told(&error));
        match event {
            Event::Start(start) => {
                let (element, scope) = element(&start, scopes.last(), at).map_err(failed)?;
                scopes.push(scope);
                if scopes.len() > MAX_DEPTH {
                    return Err(wrong(at, format!("more than {MAX_DEPTH} elements stand within each other")));
                }
                take(Node::Open(element))?;
            }
            Event::Empty(start) => {
                let (element, _) = element(&start, scopes.last(), at).map_err(failed)?;
                take(Node::Open(element))?;
                take(Node::Close)?;
            }
            Event::End(_) => {
                scopes.pop();
                take(Node::Close)?;
            }
            Event::Text(text) => {
                let text = text.xml10_content().map_err(|error| failed(error.into()))?;
                take(Node::Text(text.into_owned()))?;
            }
            Event::CData(text) => {
                let text = text.xml10_content().map_err(|error| failed(error.into()))?;
                take(Node::Text(text.into_owned()))?;
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| failed(error.into()))?;
                let c = reference.resolve_char_ref().map_err(failed)?;
                let text =
                    c.map(String::from).or_else(|| resolve_predefined_entity(&name).map(str::to_owned));
                take(Node::Text(text.ok_or_else(|| wrong(at, format!("`&{name};` is not defined")))?))?;
            }
            Event::Eof if scopes.is_empty() => return Ok(()),
            Event::Eof => return Err(wrong(at, "the file ends inside an element".to_owned())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The namespaces that are known inside an element, by prefix.
type Scope = Rc<BTreeMap<String, String>>;

/// Returns an element and what is known inside it.
fn element(
    start: &BytesStart<'_>,
    outer: Option<&Scope>,
    at: u64,
) -> Result<(Element, Scope), quick_xml::Error> {
    let mut scope = outer.cloned().unwrap_or_default();
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
        match name.strip_prefix("xmlns") {
            Some(prefix) if prefix.is_empty() || prefix.starts_with(':') => {
                Rc::make_mut(&mut scope).insert(prefix.trim_start_matches(':').to_owned(), value);
            }
            _ => {
                attributes.insert(name, value);
            }
        }
    }
    let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
    let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
    let namespace = scope.get(prefix).cloned().unwrap_or_default();
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    Ok((Element { namespace, name: local.to_owned(), attributes, at }, scope))
}

/// Returns the place of a byte as a line and a column in bytes, both from 1.
pub(super) fn place(bytes: &[u8], at: usize) -> String {
    let before = &bytes[..at.min(bytes.len())];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    format!("line {line}, column {column}")
}
