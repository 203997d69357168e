//! Documents to WebAnno's format.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::exchange::{
    Export, ExportError, ExportOptions, Flat, FlatLink, IDENTIFIER, Loss, Losses, OffsetUnit, Offsets,
    Output, Writer, features, flatten, is_white, sentences_of_words, words_in,
};
use super::{FORMAT, NAMED_ENTITY, NOT_SET, NOTHING, RELATION, TEXT, escape_text, escape_value};
use crate::model::Fragments;
use crate::text::{ByteOffset, SourceText, TextRange};

/// Returns what writes an export.
pub(in crate::formats) fn writer(_: ExportOptions) -> Box<dyn Writer> {
    Box::new(WebAnnoWriter)
}

/// Writes a file for each article.
struct WebAnnoWriter;

impl Writer for WebAnnoWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let source = export.document.source();
        let sentences = sentences_of_words(source);
        let words: Vec<TextRange> = sentences.iter().flatten().copied().collect();
        let first = words.first().map_or(source.end(), |word| word.start());
        let lead = source.slice(TextRange::new(ByteOffset::ZERO, first));
        losses.add(Loss::ControlCharacters, lead.chars().filter(|c| words.is_empty() || *c != ' ').count());
        let flat = flatten(export.document).placed(|fragments| place(fragments, source, losses)).split();
        let table = Table::new(source, &flat, &words, losses);
        output.append(format!("{}.tsv", export.name), table.file(&sentences).as_bytes());
        Ok(())
    }
}

/// Returns the pieces of a span without white space at their edges; `None` where nothing is left.
fn place(fragments: &Fragments, source: &SourceText, losses: &mut Losses) -> Option<Fragments> {
    let trimmed = |range: &TextRange| {
        let text = source.slice(*range);
        let start = text.len() - text.trim_start_matches(is_white).len();
        let end = text.trim_end_matches(is_white).len();
        (start < end).then(|| TextRange::from_indices(start, end).shifted_by(range.start()))
    };
    let placed = Fragments::new(fragments.ranges().iter().filter_map(trimmed).collect()).ok();
    match &placed {
        None => losses.add(Loss::Blank, 1),
        Some(placed) if placed != fragments => losses.add(Loss::EdgeSpaces, 1),
        Some(_) => {}
    }
    placed
}

/// A line: a token, or the part of one that a span covers.
#[derive(Default)]
struct Unit {
    /// `1-2`, or `1-2.1`.
    name: String,
    /// The spans that cover it, by index.
    spans: Vec<usize>,
    /// The links that lead to a span that begins here, by index.
    links: Vec<usize>,
}

/// Where a unit stands among all: its word, the whole word first, then by start, the longer first.
type Key = (usize, Option<(ByteOffset, Reverse<ByteOffset>)>);

/// The lines of an article.
struct Table<'a> {
    source: &'a SourceText,
    offsets: Offsets<'a>,
    flat: &'a Flat<'a>,
    words: &'a [TextRange],
    units: BTreeMap<Key, Unit>,
    /// The first unit of each span.
    begins: Vec<Key>,
    /// The features of each span.
    features: Vec<BTreeMap<String, String>>,
    /// The names of the features, but for the label and the identifier.
    names: BTreeSet<String>,
}

impl<'a> Table<'a> {
    fn new(source: &'a SourceText, flat: &'a Flat<'a>, words: &'a [TextRange], losses: &mut Losses) -> Self {
        let features: Vec<_> =
            flat.spans.iter().map(|span| span.annotation.map(features).unwrap_or_default()).collect();
        let returns = features.iter().flat_map(BTreeMap::values).map(|value| value.matches('\r').count());
        losses.add(Loss::ControlCharacters, returns.sum());
        let names =
            features.iter().flat_map(BTreeMap::keys).filter(|name| *name != IDENTIFIER).cloned().collect();
        let mut table = Self {
            source,
            offsets: Offsets::new(source, OffsetUnit::Utf16),
            flat,
            words,
            units: (0..words.len()).map(|word| ((word, None), Unit::default())).collect(),
            begins: Vec::new(),
            features,
            names,
        };
        table.cover();
        table
    }

    /// Finds the units of each span, and where each link ends.
    fn cover(&mut self) {
        for (n, span) in self.flat.spans.iter().enumerate() {
            let range = span.fragments.hull();
            let covered = words_in(self.words, range);
            for word in covered.clone() {
                let whole = self.words[word];
                let start = whole.start().max(range.start());
                let end = whole.end().min(range.end());
                let is_whole = (start, end) == (whole.start(), whole.end());
                let key = (word, (!is_whole).then_some((start, Reverse(end))));
                self.units.entry(key).or_default().spans.push(n);
                if word == covered.start {
                    self.begins.push(key);
                }
            }
        }
        for (n, link) in self.flat.links.iter().enumerate() {
            if let Some(unit) = self.begins.get(link.to).and_then(|key| self.units.get_mut(key)) {
                unit.links.push(n);
            }
        }
    }

    fn file(mut self, sentences: &[Vec<TextRange>]) -> String {
        let mut out = format!("{FORMAT}3.3\n#T_SP={NAMED_ENTITY}|{IDENTIFIER}|value");
        for name in &self.names {
            _ = write!(out, "|{name}");
        }
        out.push('\n');
        if !self.flat.links.is_empty() {
            _ = writeln!(out, "#T_RL={RELATION}|label|BT_{NAMED_ENTITY}");
        }
        out.push('\n');
        self.number(sentences);
        let mut units = self.units.iter().peekable();
        let mut word = 0;
        for (n, sentence) in sentences.iter().enumerate() {
            let Some(first) = sentence.first() else { continue };
            let next = sentences.get(n + 1).and_then(|sentence| sentence.first());
            let end = next.map_or(self.source.end(), |word| word.start());
            out.push('\n');
            for line in self.source.slice(TextRange::new(first.start(), end)).split('\n') {
                _ = writeln!(out, "{TEXT}{}", escape_text(line));
            }
            word += sentence.len();
            while let Some((key, unit)) = units.next_if(|((of, _), _)| *of < word) {
                self.line(key, unit, &mut out);
            }
        }
        out
    }

    /// Names the units.
    fn number(&mut self, sentences: &[Vec<TextRange>]) {
        let mut names = sentences
            .iter()
            .zip(1..)
            .flat_map(|(sentence, n)| (1..=sentence.len()).map(move |token| format!("{n}-{token}")));
        let mut token = String::new();
        let mut part = 0;
        for ((_, place), unit) in &mut self.units {
            if place.is_none() {
                token = names.next().unwrap_or_default();
                part = 0;
                unit.name.clone_from(&token);
            } else {
                part += 1;
                unit.name = format!("{token}.{part}");
            }
        }
    }

    fn line(&self, (word, place): &Key, unit: &Unit, out: &mut String) {
        let range = match place {
            None => self.words[*word],
            Some((start, Reverse(end))) => TextRange::new(*start, *end),
        };
        let (start, end) = self.offsets.pair(range);
        _ = write!(out, "{}\t{start}-{end}\t{}\t", unit.name, self.source.slice(range));
        let feature = |name: &str| {
            let value = |span: &usize| {
                let value = self.features[*span]
                    .get(name)
                    .map_or_else(|| NOT_SET.to_owned(), |value| escape_value(value));
                format!("{value}[{}]", span + 1)
            };
            unit.spans.iter().map(value).collect()
        };
        let label = |span: &usize| format!("{}[{}]", escape_value(self.flat.spans[*span].label), span + 1);
        let mut cells: Vec<Vec<String>> = vec![feature(IDENTIFIER), unit.spans.iter().map(label).collect()];
        cells.extend(self.names.iter().map(|name| feature(name)));
        if !self.flat.links.is_empty() {
            let links: Vec<&FlatLink<'_>> = unit.links.iter().map(|link| &self.flat.links[*link]).collect();
            cells.push(links.iter().map(|link| escape_value(link.label)).collect());
            let from = |link: &&FlatLink<'_>| {
                let unit = self.begins.get(link.from).and_then(|key| self.units.get(key));
                format!("{}[{}_{}]", unit.map_or("", |unit| &unit.name), link.from + 1, link.to + 1)
            };
            cells.push(links.iter().map(from).collect());
        }
        for cell in cells {
            let cell = if cell.is_empty() { NOTHING.to_owned() } else { cell.join("|") };
            _ = write!(out, "{cell}\t");
        }
        out.push('\n');
    }
}
