//! WebAnno's format to annotations.

use std::collections::BTreeMap;

use super::super::exchange::{
    DraftSpan, Drafts, ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Reader,
    label_feature, short_type,
};
use super::header::{Column, LayerHead, LayerKind, header};
use super::rows::{Row, rows};
use super::{NOT_SET, NOTHING, bracketed, split, unescape_value};
use crate::model::{Fragments, Schema};
use crate::text::{SourceText, TextRange, shortened};

/// What reads the format.
pub(in crate::formats) const READER: Reader = Reader::File { extensions: &["tsv"], read };

/// What the links of a chain are called that have no name.
const COREFERENCE: &str = "Coreference";

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let text = std::str::from_utf8(file.bytes).map_err(|error| {
        let line = 1 + file.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        ImportError::new(format!("line {line}"), "it is not UTF-8", "this format is UTF-8: convert the file")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (layers, lines) = header(text)?;
    let width = layers.iter().map(|layer| layer.columns.len()).sum();
    let (source, rows) = rows(text, lines, width)?;
    let mut reading = Reading::new(&layers, options.schema);
    for row in &rows {
        reading.spans(row);
    }
    reading.drafts();
    for row in &rows {
        reading.links(row);
    }
    reading.chain();
    let Reading { drafts, mut warnings, .. } = reading;
    let layer = drafts.into_layer(None, options, &mut warnings);
    let name = file.name.strip_suffix(".tsv").unwrap_or(file.name).to_owned();
    let metadata = BTreeMap::new();
    let text: SourceText = source;
    sink(Ok(ImportedArticle { name, text, layers: vec![layer], metadata, warnings }));
    Ok(())
}

/// A span, as far as it was read.
struct Found {
    /// The index of its layer.
    layer: usize,
    line: usize,
    range: TextRange,
    features: BTreeMap<String, String>,
    /// What fills its roles: role, unit, number, layer.
    slots: Vec<(String, String, Option<u32>, String)>,
}

/// A file on its way to spans and links.
struct Reading<'a> {
    layers: &'a [LayerHead],
    schema: &'a Schema,
    found: Vec<Found>,
    /// By layer and number: a span has one number in all its units.
    numbers: BTreeMap<(usize, u32), usize>,
    /// The spans of each layer that begin in a unit.
    units: BTreeMap<(&'a str, usize), Vec<usize>>,
    /// The members of chains, by layer, chain and place in it, each with the name of the link to the next.
    chains: BTreeMap<(usize, u32, u32), (usize, Option<String>)>,
    /// The draft of each span; `None` where it could not be placed.
    places: Vec<Option<usize>>,
    drafts: Drafts,
    warnings: Vec<ImportWarning>,
}

/// Returns the value of an entry of a column; `None` where it is not set.
fn value(entry: &str) -> Option<String> {
    (entry != NOT_SET && entry != NOTHING).then(|| unescape_value(entry))
}

impl<'a> Reading<'a> {
    fn new(layers: &'a [LayerHead], schema: &'a Schema) -> Self {
        Self {
            layers,
            schema,
            found: Vec::new(),
            numbers: BTreeMap::new(),
            units: BTreeMap::new(),
            chains: BTreeMap::new(),
            places: Vec::new(),
            drafts: Drafts::default(),
            warnings: Vec::new(),
        }
    }

    fn warn(&mut self, line: usize, message: impl Into<String>) {
        self.warnings.push(ImportWarning::new(format!("line {line}"), message));
    }

    /// Takes in the spans of a line.
    fn spans(&mut self, row: &Row<'a>) {
        for (layer, head) in self.layers.iter().enumerate() {
            let stacks: Vec<(&Column, Vec<&str>)> = head
                .columns
                .iter()
                .map(|(place, column)| (column, row.cells[*place]))
                .filter(|(_, cell)| *cell != NOTHING)
                .map(|(column, cell)| (column, split(cell, '|')))
                .collect();
            let depth = stacks.iter().map(|(_, stack)| stack.len()).max().unwrap_or(0);
            for level in 0..depth {
                let entries: Vec<(&Column, &str)> =
                    stacks.iter().filter_map(|(column, stack)| Some((*column, *stack.get(level)?))).collect();
                match head.kind {
                    LayerKind::Span => self.span(row, layer, &entries),
                    LayerKind::Chain => self.member(row, layer, &entries),
                    LayerKind::Relation => {}
                }
            }
        }
    }

    /// Takes in a span, or that one goes on.
    fn span(&mut self, row: &Row<'a>, layer: usize, entries: &[(&Column, &str)]) {
        let is_single = |column: &Column| !matches!(column, Column::Targets(_));
        let mut numbers =
            entries.iter().filter(|(column, _)| is_single(column)).filter_map(|(_, e)| bracketed(e).1);
        let number = numbers.next().and_then(|number| number.parse().ok());
        let known = number.and_then(|number| self.numbers.get(&(layer, number)).copied());
        let index = match known {
            Some(index) => {
                self.extend(index, row);
                index
            }
            None => self.begin(row, layer),
        };
        if let Some(number) = number {
            self.numbers.insert((layer, number), index);
        }
        if known.is_none() {
            self.take_features(index, entries);
        }
    }

    fn begin(&mut self, row: &Row<'a>, layer: usize) -> usize {
        let index = self.found.len();
        let (line, range) = (row.line, row.range);
        self.found.push(Found { layer, line, range, features: BTreeMap::new(), slots: Vec::new() });
        self.units.entry((row.unit, layer)).or_default().push(index);
        index
    }

    /// A span ends where its last line does.
    fn extend(&mut self, index: usize, row: &Row<'_>) {
        let range = &mut self.found[index].range;
        if range.start() <= row.range.end() {
            *range = TextRange::new(range.start(), row.range.end());
        }
    }

    fn take_features(&mut self, index: usize, entries: &[(&Column, &str)]) {
        let found = &mut self.found[index];
        let mut roles: Vec<&str> = Vec::new();
        let mut feature = "";
        for (column, entry) in entries {
            match column {
                Column::Feature(name) => {
                    found.features.extend(value(bracketed(entry).0).map(|value| (name.clone(), value)));
                }
                Column::Roles(name) => {
                    roles = split(bracketed(entry).0, ';');
                    feature = name;
                }
                Column::Targets(layer) => {
                    for (role, target) in roles.drain(..).zip(split(entry, ';')) {
                        let (unit, number) = bracketed(target);
                        let role = value(role).unwrap_or_else(|| feature.to_owned());
                        let number = number.and_then(|number| number.parse().ok());
                        if value(unit).is_some() {
                            found.slots.push((role, unit.to_owned(), number, layer.clone()));
                        }
                    }
                }
                Column::Base(_) | Column::Placeholder => {}
            }
        }
    }

    /// Takes in a member of a chain: its type with the chain's number, and `NAME->CHAIN-PLACE`.
    fn member(&mut self, row: &Row<'a>, layer: usize, entries: &[(&Column, &str)]) {
        let place = entries.iter().find_map(|(_, entry)| {
            let (name, place) = entry.rsplit_once("->")?;
            let (chain, place) = place.split_once('-')?;
            Some((value(name), chain.parse().ok()?, place.parse().ok()?))
        });
        let Some((name, chain, place)) = place else {
            return self.warn(row.line, "a member of a chain without its place in it is left out");
        };
        if let Some((index, _)) = self.chains.get(&(layer, chain, place)) {
            self.extend(*index, row);
        } else {
            let index = self.begin(row, layer);
            let label = entries.first().and_then(|(_, entry)| value(bracketed(entry).0));
            self.found[index].features.extend(label.map(|label| ("referenceType".to_owned(), label)));
            self.chains.insert((layer, chain, place), (index, name));
        }
    }

    /// Makes drafts of the spans, and links of what fills their roles.
    fn drafts(&mut self) {
        for found in &self.found {
            let Ok(fragments) = Fragments::single(found.range) else {
                let message = "a span without text is left out";
                self.warnings.push(ImportWarning::new(format!("line {}", found.line), message));
                self.places.push(None);
                continue;
            };
            let chosen = label_feature(&found.features.keys().map(String::as_str));
            let label = chosen.and_then(|name| found.features.get(name)).filter(|label| !label.is_empty());
            let label = label.map_or_else(|| short_type(&self.layers[found.layer].name), String::as_str);
            let span = self.drafts.spans.len();
            self.drafts.spans.push(DraftSpan::new(label, fragments));
            for (name, value) in &found.features {
                if Some(name.as_str()) != chosen {
                    self.drafts.set_feature(span, name, value, self.schema);
                }
            }
            self.places.push(Some(span));
        }
        for index in 0..self.found.len() {
            let slots = std::mem::take(&mut self.found[index].slots);
            for (role, unit, number, layer) in slots {
                let to = self.lookup(&layer, &unit, number);
                self.link(role, Some(index), to, self.found[index].line, &unit);
            }
        }
    }

    fn link(&mut self, label: String, from: Option<usize>, to: Option<usize>, line: usize, unit: &str) {
        let place = |index: Option<usize>| index.and_then(|index| self.places[index]);
        if let (Some(from), Some(to)) = (place(from), place(to)) {
            self.drafts.links.push((label, from, to));
        } else {
            let unit = shortened(unit);
            let message =
                format!("no span begins in the unit `{unit}`: the link {} is left out", shortened(&label));
            self.warn(line, message);
        }
    }

    /// Returns the span of a layer with a number, or the first that begins in a unit.
    fn lookup(&self, layer: &str, unit: &str, number: Option<u32>) -> Option<usize> {
        let layers: Vec<usize> = (0..self.layers.len()).filter(|n| self.layers[*n].name == layer).collect();
        let all = if layers.is_empty() { (0..self.layers.len()).collect() } else { layers };
        let of_number = |number| all.iter().find_map(|layer| self.numbers.get(&(*layer, number)).copied());
        let in_unit = || all.iter().find_map(|layer| self.units.get(&(unit, *layer))?.first().copied());
        number.filter(|number| *number != 0).and_then(of_number).or_else(in_unit)
    }

    /// Takes in the relations of a line.
    fn links(&mut self, row: &Row<'a>) {
        for head in self.layers.iter().filter(|head| head.kind == LayerKind::Relation) {
            let base = head.columns.iter().find_map(|(place, column)| match column {
                Column::Base(base) => Some((*place, base)),
                _ => None,
            });
            let Some((place, base)) = base.filter(|(place, _)| row.cells[*place] != NOTHING) else {
                continue;
            };
            for (level, entry) in split(row.cells[place], '|').into_iter().enumerate() {
                let (unit, numbers) = bracketed(entry);
                let numbers = numbers.and_then(|numbers| numbers.split_once('_'));
                let [from, to] = match numbers {
                    Some((from, to)) => [from.parse().ok(), to.parse().ok()],
                    None => [None, None],
                };
                let mut features = Self::relation_features(head, row, level);
                let chosen = label_feature(&features.keys().map(String::as_str)).map(str::to_owned);
                let label = chosen.and_then(|name| features.remove(&name)).filter(|label| !label.is_empty());
                let label = label.unwrap_or_else(|| short_type(&head.name).to_owned());
                if !features.is_empty() {
                    let names = features.into_keys().collect::<Vec<_>>().join(", ");
                    self.warn(
                        row.line,
                        format!("of a relation only its label is kept, not {}", shortened(&names)),
                    );
                }
                let (from, to) = (self.lookup(base, unit, from), self.lookup(base, row.unit, to));
                self.link(label, from, to, row.line, unit);
            }
        }
    }

    fn relation_features(head: &LayerHead, row: &Row<'_>, level: usize) -> BTreeMap<String, String> {
        let features = head.columns.iter().filter_map(|(place, column)| {
            let Column::Feature(name) = column else { return None };
            let entry = *split(row.cells[*place], '|').get(level)?;
            Some((name.clone(), value(bracketed(entry).0)?))
        });
        features.collect()
    }

    /// Links the members of each chain.
    fn chain(&mut self) {
        let members: Vec<_> = std::mem::take(&mut self.chains).into_iter().collect();
        for pair in members.windows(2) {
            let [((layer, chain, _), (from, name)), ((other, next, _), (to, _))] = pair else { continue };
            if (layer, chain) == (other, next) {
                let label = name.clone().unwrap_or_else(|| COREFERENCE.to_owned());
                self.link(label, Some(*from), Some(*to), self.found[*from].line, "");
            }
        }
    }
}
