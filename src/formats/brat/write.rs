//! Documents to brat.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::exchange::{
    Export, ExportError, ExportOptions, Flat, LinkKind, Loss, Losses, Output, Writer, flatten,
};
use super::config::Kinds;
use super::{AUTHOR, CONFIGURATION, IMPLICIT, LOOK, NOTE, REFERENCE, UNNAMED, is_line_end, word};
use crate::model::{Annotation, AttributeValue, Fragments, RoleFiller, Schema};
use crate::text::{SourceText, TextRange, slice};

/// Returns what writes an export.
pub(in crate::formats) fn writer(_: ExportOptions) -> Box<dyn Writer> {
    Box::new(BratWriter { kinds: Kinds::default() })
}

/// Writes two files for each article, and what configures brat for them.
struct BratWriter {
    /// What occurred.
    kinds: Kinds,
}

impl Writer for BratWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let text = text_for_brat(export.document.source().as_str(), losses);
        let flat = flatten(export.document).placed(|fragments| place(fragments, &text, losses));
        let mut lines =
            Lines { text: &text, flat: &flat, schema: export.schema, ids: Vec::new(), out: String::new() };
        lines.number();
        lines.spans();
        lines.events();
        lines.relations();
        lines.remarks(losses);
        self.kinds.count(&flat);
        let stem = export.name.strip_suffix(".txt").unwrap_or(export.name);
        output.append(format!("{stem}.txt"), text.as_str().as_bytes());
        output.append(format!("{stem}.ann"), lines.out.as_bytes());
        Ok(())
    }

    fn finish(&mut self, schema: &Schema, output: &mut Output) -> Result<(), ExportError> {
        output.append(CONFIGURATION, self.kinds.configuration(schema).as_bytes());
        output.append(LOOK, Kinds::look(schema).as_bytes());
        Ok(())
    }
}

/// Returns the text with a line feed as its only line end; of the same length in every unit.
fn text_for_brat(text: &str, losses: &mut Losses) -> SourceText {
    losses.add(Loss::ControlCharacters, text.matches('\r').count());
    SourceText::new(text.replace("\r\n", " \n").replace('\r', "\n"))
}

/// Returns the pieces of a span without the line ends in it; `None` where nothing is left that can be seen.
fn place(fragments: &Fragments, text: &SourceText, losses: &mut Losses) -> Option<Fragments> {
    let mut whole: Vec<TextRange> = Vec::new();
    for range in fragments.ranges() {
        match whole.last_mut() {
            Some(last) if is_line_end(text.slice(TextRange::new(last.end(), range.start()))) => {
                *last = last.cover(*range);
            }
            _ => whole.push(*range),
        }
    }
    let pieces: Vec<TextRange> =
        whole.into_iter().flat_map(|range| line_parts(text.slice(range), range)).collect();
    let is_blank = |range: &TextRange| text.slice(*range).trim().is_empty();
    let placed = Fragments::new(pieces).ok().filter(|placed| !placed.ranges().iter().all(is_blank));
    match &placed {
        None => losses.add(Loss::Blank, 1),
        Some(placed) if placed.hull() != fragments.hull() => losses.add(Loss::EdgeSpaces, 1),
        Some(_) => {}
    }
    placed
}

/// Returns the parts of a range between its line ends; a space before a line feed belongs to it.
fn line_parts(text: &str, range: TextRange) -> Vec<TextRange> {
    let mut parts = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix(' ').unwrap_or(line));
        if !content.is_empty() {
            parts.push(TextRange::from_indices(start, start + content.len()).shifted_by(range.start()));
        }
        start += line.len();
    }
    parts
}

/// The lines of an article.
struct Lines<'a> {
    /// The text as it is written.
    text: &'a SourceText,
    flat: &'a Flat<'a>,
    schema: &'a Schema,
    /// What names each span: its event, or itself.
    ids: Vec<String>,
    out: String,
}

impl<'a> Lines<'a> {
    /// Writes a line of the given parts, which tabs divide.
    fn line(&mut self, parts: &[&str]) {
        self.out.push_str(&parts.join("\t"));
        self.out.push('\n');
    }

    fn number(&mut self) {
        let mut events = 0;
        for (n, span) in (1..).zip(&self.flat.spans) {
            let is_event = span.annotation.is_some_and(|annotation| annotation.body.as_claim().is_some());
            events += usize::from(is_event);
            self.ids.push(if is_event { format!("E{events}") } else { format!("T{n}") });
        }
    }

    /// Returns the spans that are annotations, with what names them.
    fn annotations(&self) -> Vec<(String, &'a Annotation)> {
        let spans = self.flat.spans.iter().zip(&self.ids);
        spans.filter_map(|(span, id)| Some((id.clone(), span.annotation?))).collect()
    }

    fn spans(&mut self) {
        for (n, span) in (1..).zip(&self.flat.spans) {
            let ranges = span.fragments.ranges();
            let offsets = ranges.iter().map(|range| {
                let [start, end] = [range.start(), range.end()].map(|at| self.text.char_from_byte(at).get());
                format!("{start} {end}")
            });
            let offsets = offsets.collect::<Vec<_>>().join(";");
            let quotes: Vec<&str> = ranges.iter().map(|range| slice(self.text.as_str(), *range)).collect();
            let place = format!("{} {offsets}", word(span.label));
            self.line(&[&format!("T{n}"), &place, &quotes.join(" ")]);
        }
    }

    fn events(&mut self) {
        let mut links = self.flat.links.iter().peekable();
        for (n, span) in self.flat.spans.iter().enumerate() {
            let mut roles = BTreeMap::new();
            let mut data = format!("{}:T{}", word(span.label), n + 1);
            while let Some(link) = links.next_if(|link| link.from == n) {
                if link.kind == LinkKind::Role {
                    let role = self.numbered(link.label, roles.entry(link.label).or_insert(0));
                    _ = write!(data, " {role}:{}", self.ids[link.to]);
                }
            }
            if self.ids[n].starts_with('E') {
                self.line(&[&self.ids[n].clone(), &data]);
            }
        }
    }

    /// Returns the name of the next filler of a role: with a number from the second on, and none that is another role.
    fn numbered(&self, role: &str, before: &mut usize) -> String {
        loop {
            *before += 1;
            let name = if *before == 1 { role.to_owned() } else { format!("{role}{before}") };
            if *before == 1 || self.schema.role(&name.as_str().into()).is_none() {
                return word(&name);
            }
        }
    }

    fn relations(&mut self) {
        let relations = self.flat.links.iter().filter(|link| link.kind == LinkKind::Relation);
        for (n, link) in (1..).zip(relations) {
            let data =
                format!("{} Arg1:{} Arg2:{}", word(link.label), self.ids[link.from], self.ids[link.to]);
            self.line(&[&format!("R{n}"), &data]);
        }
    }

    /// Writes attributes, references to databases and notes.
    fn remarks(&mut self, losses: &mut Losses) {
        let mut attributes = 0;
        let mut references = String::new();
        let mut notes = 0;
        let mut note = |kind: &str, id: &str, text: &str| {
            notes += 1;
            let line_ends = text.chars().filter(|c| c.is_control()).count();
            losses.add(Loss::ControlCharacters, line_ends);
            format!("#{notes}\t{} {id}\t{}\n", word(kind), text.replace(char::is_control, " "))
        };
        let mut remarks = String::new();
        for (id, annotation) in self.annotations() {
            let mut attribute = |name: &str, value: &str| {
                attributes += 1;
                let value = if value.is_empty() { String::new() } else { format!(" {}", word(value)) };
                _ = writeln!(self.out, "A{attributes}\t{} {id}{value}", word(name));
            };
            for (name, value) in &annotation.attributes {
                match value {
                    AttributeValue::Flag => attribute(name, ""),
                    AttributeValue::Choice(choice) => attribute(name, choice),
                    AttributeValue::Integer(n) => attribute(name, &n.to_string()),
                    AttributeValue::Text(text) => match reference(name, text) {
                        Some((entry, title)) => {
                            let n = references.lines().count() + 1;
                            _ = writeln!(references, "N{n}\t{REFERENCE} {id} {entry}\t{title}");
                        }
                        None => remarks += &note(name, &id, text),
                    },
                }
            }
            for (role, filler) in implicit(annotation) {
                attribute(&format!("{role}{IMPLICIT}"), filler);
            }
            if !annotation.note.is_empty() {
                remarks += &note(NOTE, &id, &annotation.note);
            }
        }
        self.out.push_str(&references);
        self.out.push_str(&remarks);
    }
}

/// Returns the roles of a claim that no span fills.
fn implicit(annotation: &Annotation) -> Vec<(&str, &'static str)> {
    let roles = annotation.body.as_claim().into_iter().flat_map(|claim| &claim.roles);
    let fillers = roles.flat_map(|(role, fillers)| fillers.iter().map(|filler| (role.as_str(), filler)));
    let implicit = fillers.filter_map(|(role, filler)| match filler {
        RoleFiller::Author => Some((role, AUTHOR)),
        RoleFiller::Unnamed => Some((role, UNNAMED)),
        RoleFiller::Span(_) | RoleFiller::Entity(_) => None,
    });
    implicit.collect()
}

/// Returns the entry of a database and its name, where an attribute keeps a reference that brat had.
fn reference<'a>(name: &str, text: &'a str) -> Option<(&'a str, &'a str)> {
    let number = name.strip_prefix(REFERENCE)?;
    let (entry, title) = text.split_once('\t')?;
    let is_entry = entry.contains(':') && !entry.contains(char::is_whitespace);
    let fits = number.chars().all(|c| c.is_ascii_digit()) && is_entry && !title.contains(char::is_control);
    fits.then_some((entry, title))
}
