//! brat to annotations.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::exchange::{
    DraftSpan, Drafts, ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, OffsetUnit,
    Placing, Reader, of_word as name,
};
use super::{AUTHOR, IMPLICIT, NOTE, REFERENCE, UNNAMED, is_line_end};
use crate::model::{AttributeValue, AttributeValues, Fragments, LabelKind, RoleFiller};
use crate::text::{SourceText, TextRange, decode, decode_as, shortened};

/// What reads the format.
pub(in crate::formats) const READER: Reader = Reader::File { extensions: &["ann"], read };

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let lines = std::str::from_utf8(file.bytes).map_err(|error| {
        let line = 1 + file.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        ImportError::new(
            format!("line {line}"),
            "it is not UTF-8",
            "brat's files are UTF-8: convert the file",
        )
    })?;
    let name = format!("{}.txt", file.name.strip_suffix(".ann").unwrap_or(file.name));
    let text = (file.beside)(&name).ok_or_else(|| {
        let message = format!("its text, `{}`, does not lie beside it", shortened(&name));
        ImportError::new("", message, "put both files into one folder, with the same name before the dot")
    })?;
    let source = article_text(&text, options)
        .map_err(|message| ImportError::new(name.clone(), message, "convert the text to UTF-8"))?;
    let mut reading = Reading::new(&source, options);
    reading.lines(lines.strip_prefix('\u{feff}').unwrap_or(lines));
    reading.link();
    let Reading { drafts, mut warnings, .. } = reading;
    let layer = drafts.into_layer(None, options, &mut warnings);
    let metadata = BTreeMap::new();
    sink(Ok(ImportedArticle { name, text: source, layers: vec![layer], metadata, warnings }));
    Ok(())
}

/// Returns the text; of UTF-8 every character counts, also a byte order mark.
fn article_text(bytes: &[u8], options: &ImportOptions<'_>) -> Result<SourceText, String> {
    let decoded = match (options.encoding, std::str::from_utf8(bytes)) {
        (Some(encoding), _) => decode_as(bytes, encoding),
        (None, Ok(text)) if decode(bytes).is_ok() => return Ok(SourceText::new(text)),
        (None, _) => decode(bytes),
    };
    decoded.map(|decoded| SourceText::new(decoded.text)).map_err(|error| error.to_string())
}

/// A line that says something of others, to be understood when all are known.
struct Later<'a> {
    place: String,
    id: &'a str,
    data: &'a str,
    tail: &'a str,
}

/// An event: a trigger with what takes part in it.
struct Event<'a> {
    place: String,
    id: &'a str,
    label: &'a str,
    arguments: Vec<(&'a str, &'a str)>,
}

/// A file on its way to spans and links.
struct Reading<'a> {
    options: &'a ImportOptions<'a>,
    source: &'a SourceText,
    placing: Placing<'a>,
    /// The spans, in the order of the file, with their ids.
    spans: Vec<(&'a str, DraftSpan)>,
    /// By trigger.
    events: BTreeMap<&'a str, Vec<Event<'a>>>,
    later: Vec<Later<'a>>,
    /// The ids that were given.
    ids: BTreeSet<&'a str>,
    /// Where the span or the event of an id is in the drafts.
    places: BTreeMap<&'a str, usize>,
    drafts: Drafts,
    warnings: Vec<ImportWarning>,
}

impl<'a> Reading<'a> {
    fn new(source: &'a SourceText, options: &'a ImportOptions<'a>) -> Self {
        Self {
            options,
            source,
            placing: Placing::new(source, OffsetUnit::CodePoint),
            spans: Vec::new(),
            events: BTreeMap::new(),
            later: Vec::new(),
            ids: BTreeSet::new(),
            places: BTreeMap::new(),
            drafts: Drafts::default(),
            warnings: Vec::new(),
        }
    }

    fn warn(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.warnings.push(ImportWarning::new(place, message));
    }

    /// Reads all lines; spans and events as far as they can be understood alone.
    fn lines(&mut self, text: &'a str) {
        for (n, line) in (1..).zip(text.split('\n')) {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.trim().is_empty() {
                continue;
            }
            let mut parts = line.splitn(3, '\t');
            let [id, data, tail] = [(); 3].map(|()| parts.next().unwrap_or_default());
            let place = format!("line {n} ({})", shortened(id));
            if id != "*" && !id.starts_with('#') && !self.ids.insert(id) {
                self.warn(place, "its id was given before; the line is left out");
                continue;
            }
            let read = match id.chars().next() {
                Some('T') => self.span(id, data, tail),
                Some('E') => self.event(&place, id, data),
                Some('R' | 'A' | 'M' | 'N' | '*' | '#') => {
                    self.later.push(Later { place: place.clone(), id, data, tail });
                    Ok(())
                }
                _ => Err(format!("`{}` is no line of brat; it is left out", shortened(line))),
            };
            if let Err(message) = read {
                self.warn(place, message);
            }
        }
    }

    /// Reads `PERS 4 12;14 16` and the text that it quotes.
    fn span(&mut self, id: &'a str, data: &'a str, quote: &str) -> Result<(), String> {
        let wrong = || format!("`{}` is not `LABEL START END`; it is left out", shortened(data));
        let (label, offsets) = data.trim_end().split_once(' ').ok_or_else(wrong)?;
        let mut ranges: Vec<TextRange> = Vec::new();
        for pair in offsets.split(';') {
            let mut numbers = pair.split_ascii_whitespace().map(str::parse::<u32>);
            let (Some(Ok(start)), Some(Ok(end)), None) = (numbers.next(), numbers.next(), numbers.next())
            else {
                return Err(wrong());
            };
            ranges.push(
                self.placing.range(start, end, None).map_err(|error| format!("{error}; it is left out"))?,
            );
        }
        let found: Vec<&str> = ranges.iter().map(|range| self.source.slice(*range)).collect();
        let is_same = |separator: &str| {
            let line = |text: &str| text.replace(['\n', '\r'], " ");
            // Some readers and writers take white space off the ends of a line.
            line(&found.join(separator)).trim_end() == line(quote).trim_end()
        };
        // Old files have no space between the pieces.
        if !is_same(" ") && !is_same("") {
            let (found, quote) = (found.join(" "), shortened(quote).into_owned());
            return Err(format!(
                "at {offsets} the text has «{}», the line quotes «{quote}»; it is left out: was the text changed, or \
                 its line ends?",
                shortened(&found)
            ));
        }
        let fragments = Fragments::new(joined(ranges, self.source));
        let fragments = fragments.map_err(|error| format!("{error}; it is left out"))?;
        self.spans.push((id, DraftSpan::new(name(label), fragments)));
        Ok(())
    }

    /// Reads `CLAIM:T2 SOURCE:T1 ABOUT:E3`.
    fn event(&mut self, place: &str, id: &'a str, data: &'a str) -> Result<(), String> {
        let mut parts = data.split_ascii_whitespace().map(|part| part.split_once(':'));
        let wrong = || format!("`{}` is not `LABEL:TRIGGER ROLE:ID`; it is left out", shortened(data));
        let (label, trigger) = parts.next().flatten().ok_or_else(wrong)?;
        let arguments = parts.collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        let event = Event { place: place.to_owned(), id, label, arguments };
        self.events.entry(trigger).or_default().push(event);
        Ok(())
    }

    /// Makes spans of triggers and links of all that says something of others.
    fn link(&mut self) {
        let mut events = Vec::new();
        for (id, span) in std::mem::take(&mut self.spans) {
            let first = self.drafts.spans.len();
            self.places.insert(id, first);
            match self.events.remove(id) {
                None => self.drafts.spans.push(span),
                Some(triggered) => {
                    for event in triggered {
                        self.places.insert(event.id, self.drafts.spans.len());
                        let label = name(event.label);
                        self.drafts.spans.push(DraftSpan { label, ..span.clone() });
                        events.push(event);
                    }
                }
            }
        }
        for (trigger, events) in std::mem::take(&mut self.events) {
            for event in events {
                let message = format!("its trigger `{}` is not there; it is left out", shortened(trigger));
                self.warn(event.place, message);
            }
        }
        for event in events {
            self.arguments(&event);
        }
        for line in std::mem::take(&mut self.later) {
            let read = match line.id.chars().next() {
                Some('R') => self.relation(&line),
                Some('*') => self.equivalence(&line),
                Some('N') => self.reference(&line),
                Some('#') => self.note(&line),
                _ => self.attribute(&line),
            };
            if let Err(message) = read {
                self.warn(line.place, format!("{message}; it is left out"));
            }
        }
    }

    fn target(&self, id: &str) -> Result<usize, String> {
        self.places
            .get(id)
            .copied()
            .ok_or_else(|| format!("`{}` is no span or event that was read", shortened(id)))
    }

    fn arguments(&mut self, event: &Event<'a>) {
        let Ok(from) = self.target(event.id) else { return };
        for (role, id) in &event.arguments {
            match self.target(id) {
                Ok(to) => self.drafts.links.push((self.role(role), from, to)),
                Err(message) => {
                    let role = shortened(role).into_owned();
                    self.warn(event.place.clone(), format!("{message}; the role {role} is left out"));
                }
            }
        }
    }

    /// Returns the role of an argument, without the number that a second filler has.
    fn role(&self, argument: &str) -> String {
        let role = name(argument);
        let without = role.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_role = self.options.schema.role(&role.as_str().into()).is_some();
        if is_role || without.is_empty() { role } else { without.to_owned() }
    }

    /// Reads `same_as Arg1:T1 Arg2:T2`.
    fn relation(&mut self, line: &Later<'a>) -> Result<(), String> {
        let parts: Vec<&str> = line.data.split_ascii_whitespace().collect();
        let ends: Vec<(&str, &str)> = parts.iter().skip(1).filter_map(|part| part.split_once(':')).collect();
        let ([label, ..], [(first, a), (_, b)]) = (parts.as_slice(), ends.as_slice()) else {
            return Err(format!("`{}` is not `LABEL Arg1:ID Arg2:ID`", shortened(line.data)));
        };
        let (from, to) = if *first == "Arg2" { (b, a) } else { (a, b) };
        self.drafts.links.push((name(label), self.target(from)?, self.target(to)?));
        Ok(())
    }

    /// Reads `Equiv T1 T2 T3` as relations from each to the next.
    fn equivalence(&mut self, line: &Later<'a>) -> Result<(), String> {
        let mut parts = line.data.split_ascii_whitespace();
        let label = name(parts.next().unwrap_or_default());
        let members = parts.map(|id| self.target(id)).collect::<Result<Vec<_>, _>>()?;
        if members.len() < 2 {
            return Err(format!("`{}` does not name two spans", shortened(line.data)));
        }
        self.drafts.links.extend(members.windows(2).map(|pair| (label.clone(), pair[0], pair[1])));
        Ok(())
    }

    /// Reads `Reference T1 DATABASE:ENTRY` and the entry's name.
    fn reference(&mut self, line: &Later<'a>) -> Result<(), String> {
        let parts: Vec<&str> = line.data.split_ascii_whitespace().collect();
        let [_, id, entry @ ..] = parts.as_slice() else {
            return Err(format!("`{}` is not `{REFERENCE} ID DATABASE:ENTRY`", shortened(line.data)));
        };
        let target = self.target(id)?;
        let taken = &self.drafts.spans[target].attributes;
        let numbers = std::iter::once(String::new()).chain((2..).map(|n: usize| n.to_string()));
        let mut names = numbers.map(|number| format!("{REFERENCE}{number}"));
        let Some(free) = names.find(|name| !taken.contains_key(name.as_str())) else { return Ok(()) };
        let text = format!("{}\t{}", entry.join(" "), line.tail);
        self.set(target, &free, AttributeValue::Text(text.into()))
    }

    /// Reads `AnnotatorNotes T1` and the note; a note of another type is an attribute of that name.
    fn note(&mut self, line: &Later<'a>) -> Result<(), String> {
        let parts: Vec<&str> = line.data.split_ascii_whitespace().collect();
        let [kind, id] = parts.as_slice() else {
            return Err(format!("`{}` is not `{NOTE} ID`", shortened(line.data)));
        };
        let target = self.target(id)?;
        if *kind != NOTE {
            return self.set(target, &name(kind), AttributeValue::Text(line.tail.into()));
        }
        let note = &mut self.drafts.spans[target].note;
        if !note.is_empty() {
            note.push(' ');
        }
        note.push_str(line.tail);
        Ok(())
    }

    /// Reads `mention T1 name`, or what no span fills: `SOURCE_is E1 AUTHOR`.
    fn attribute(&mut self, line: &Later<'a>) -> Result<(), String> {
        let parts: Vec<&str> = line.data.split_ascii_whitespace().collect();
        let [attribute, id, values @ ..] = parts.as_slice() else {
            return Err(format!("`{}` is not `NAME ID VALUE`", shortened(line.data)));
        };
        let (attribute, target) = (name(attribute), self.target(id)?);
        let value = name(&values.join(" "));
        if let Some(filler) = self.implicit(target, &attribute, &value) {
            self.drafts.implicit.push(filler);
            return Ok(());
        }
        let values = self.options.schema.attribute(&attribute).map(|attribute| &attribute.values);
        let number = value.parse().ok().filter(|n: &i64| n.to_string() == value);
        let value = match (values, number) {
            _ if value.is_empty() => AttributeValue::Flag,
            (None | Some(AttributeValues::Integer(..)), Some(number)) => AttributeValue::Integer(number),
            (Some(AttributeValues::Text), _) => AttributeValue::Text(value.into()),
            _ => AttributeValue::Choice(value.into()),
        };
        self.set(target, &attribute, value)
    }

    /// Returns the role of a claim of which an attribute says that the author or somebody unnamed fills it.
    fn implicit(&self, span: usize, attribute: &str, value: &str) -> Option<(usize, String, RoleFiller)> {
        let schema = self.options.schema;
        let role = attribute.strip_suffix(IMPLICIT)?;
        schema.role(&role.into())?;
        let label = schema.label(&self.drafts.spans[span].label.as_str().into())?;
        let filler = match value {
            AUTHOR => RoleFiller::Author,
            UNNAMED => RoleFiller::Unnamed,
            _ => return None,
        };
        (label.kind == LabelKind::Claim).then(|| (span, role.to_owned(), filler))
    }

    fn set(&mut self, span: usize, attribute: &str, value: AttributeValue) -> Result<(), String> {
        match self.drafts.spans[span].attributes.entry(Arc::from(attribute)) {
            Entry::Vacant(entry) => {
                entry.insert(value);
                Ok(())
            }
            Entry::Occupied(_) => Err(format!("`{}` was said of it before", shortened(attribute))),
        }
    }
}

/// Returns the pieces of a span; those with only line ends between them are one.
fn joined(mut ranges: Vec<TextRange>, source: &SourceText) -> Vec<TextRange> {
    ranges.sort_unstable();
    let mut pieces: Vec<TextRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match pieces.last_mut() {
            Some(last) if last.end() < range.start() && is_gap(*last, range, source) => {
                *last = last.cover(range);
            }
            _ => pieces.push(range),
        }
    }
    pieces
}

fn is_gap(before: TextRange, after: TextRange, source: &SourceText) -> bool {
    is_line_end(source.slice(TextRange::new(before.end(), after.start())))
}
