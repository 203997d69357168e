//! The card of a data set: what is in it, for those who did not make it (after Gebru et al., Datasheets for Datasets,
//! 2021, and the README of Hugging Face's data sets).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::DatasetRequest;
use crate::model::agreement::{AgreementReport, AnnotatedArticle, ComparedArticle, GammaOptions, agreement};
use crate::model::{Document, LabelKind, Origin, Schema};
use crate::store::Project;
use crate::store::atomic::hexadecimal;
use crate::store::export::FormatLosses;

/// What is counted while the articles are written.
#[derive(Debug, Default)]
pub(super) struct Counts {
    articles: usize,
    chars: u64,
    annotations: usize,
    relations: usize,
    /// Of the annotations, how many a rule suggested.
    by_rule: usize,
    /// By label, then by part.
    labels: BTreeMap<String, BTreeMap<String, usize>>,
    /// Articles by part.
    parts: BTreeMap<String, usize>,
    /// Articles and annotations by annotator.
    annotators: BTreeMap<String, (usize, usize)>,
    /// What annotators made of the same articles, by article and annotator; of the first [`MOST_COMPARED`] articles.
    shared: BTreeMap<String, BTreeMap<String, AnnotatedArticle>>,
}

/// The most articles on which annotators are compared: what each made of them is kept until the end.
const MOST_COMPARED: usize = 5_000;

impl Counts {
    pub(super) fn add(&mut self, document: &Document, annotator: &str, part: &str) {
        self.articles += 1;
        self.chars += u64::from(document.source().len_chars().get());
        self.annotations += document.annotations().len();
        self.relations += document.relations().len();
        *self.parts.entry(part.to_owned()).or_default() += 1;
        let own = self.annotators.entry(annotator.to_owned()).or_default();
        own.0 += 1;
        own.1 += document.annotations().len();
        for annotation in document.annotations().iter() {
            let label = self.labels.entry(annotation.body.label().to_string()).or_default();
            *label.entry(part.to_owned()).or_default() += 1;
            self.by_rule += usize::from(matches!(annotation.origin, Origin::Rule { .. }));
        }
    }

    /// Notes what an annotator made of an article that others may have annotated, too.
    pub(super) fn add_shared(&mut self, article: &str, annotator: &str, document: &Document) {
        if self.shared.len() < MOST_COMPARED || self.shared.contains_key(article) {
            let work = self.shared.entry(article.to_owned()).or_default();
            work.insert(annotator.to_owned(), AnnotatedArticle::of(document));
        }
    }

    /// Returns how far the annotators agree; `None` where no article has two.
    fn agreement(&self) -> Option<AgreementReport> {
        let annotators: Vec<&String> = self.annotators.keys().collect();
        let several = self.shared.iter().filter(|(_, work)| work.len() > 1);
        let articles: Vec<ComparedArticle> = several
            .map(|(name, work)| ComparedArticle {
                name: name.as_str().into(),
                work: annotators.iter().map(|annotator| work.get(*annotator).cloned()).collect(),
            })
            .collect();
        let names: Vec<Arc<str>> = annotators.iter().map(|name| name.as_str().into()).collect();
        let options = GammaOptions { samples: 0, ..GammaOptions::default() };
        (!articles.is_empty()).then(|| agreement(&names, &articles, options))
    }
}

/// Returns the card in Markdown.
pub(super) fn text(
    request: &DatasetRequest,
    project: Option<&Project>,
    schema: &Schema,
    counts: &Counts,
    losses: &FormatLosses,
    sums: &str,
) -> String {
    let mut card = String::new();
    let name = project.map_or_else(|| "Data set".to_owned(), Project::name);
    let licence = project.map_or("", |project| project.settings().licence.as_str());
    // Writing to a String cannot fail.
    let _ = head(&mut card, &name, licence, request, counts);
    let _ = labels(&mut card, schema, counts);
    let _ = annotators(&mut card, request, counts);
    let _ = formats(&mut card, request, losses, sums);
    card
}

/// Writes what Hugging Face reads of the card: the licence, and which files are which table and part.
fn front_matter(card: &mut String, licence: &str, request: &DatasetRequest) -> std::fmt::Result {
    let has_tables = request.formats.iter().any(|format| format.name == "parquet");
    if licence.is_empty() && !has_tables {
        return Ok(());
    }
    writeln!(card, "---")?;
    if !licence.is_empty() {
        writeln!(card, "license: {}", one_line(licence))?;
    }
    if has_tables {
        writeln!(card, "configs:")?;
        for table in ["spans", "articles"] {
            writeln!(card, "- config_name: {table}\n  data_files:")?;
            let parts = request.split.iter().flat_map(|split| &split.parts).map(|(part, _)| part);
            for part in parts {
                writeln!(card, "  - split: {part}\n    path: parquet/{part}/{table}.parquet")?;
            }
            if request.split.is_none() {
                writeln!(card, "  - split: train\n    path: parquet/{table}.parquet")?;
            }
        }
    }
    writeln!(card, "---\n")
}

fn head(
    card: &mut String,
    name: &str,
    licence: &str,
    request: &DatasetRequest,
    counts: &Counts,
) -> std::fmt::Result {
    front_matter(card, licence, request)?;
    writeln!(card, "# {}\n", one_line(name))?;
    writeln!(
        card,
        "{} articles, {} characters, {} annotations ({} suggested by a rule and accepted), {} relations.\n",
        counts.articles, counts.chars, counts.annotations, counts.by_rule, counts.relations
    )?;
    let licence = if licence.is_empty() { "not stated" } else { licence };
    writeln!(card, "Licence: {}\n", one_line(licence))?;
    let Some(split) = &request.split else { return Ok(()) };
    writeln!(card, "## Parts\n\n| part | share | articles |\n|---|---|---|")?;
    for (part, share) in &split.parts {
        let articles = counts.parts.get(part).copied().unwrap_or_default();
        writeln!(card, "| {part} | {share} | {articles} |")?;
    }
    writeln!(
        card,
        "\nDivided by article, stratified by each article's most frequent label, with the seed {}: within a stratum, \
         articles are in the order of SHA-256 of seed and name.\n",
        split.seed
    )
}

fn labels(card: &mut String, schema: &Schema, counts: &Counts) -> std::fmt::Result {
    writeln!(card, "## Labels (schema `{}`)\n", schema.name())?;
    let parts: Vec<&String> = counts.parts.keys().filter(|part| !part.is_empty()).collect();
    write!(card, "| label | meaning | annotations |")?;
    for part in &parts {
        write!(card, " {part} |")?;
    }
    writeln!(card)?;
    writeln!(card, "|---|---|---|{}", "---|".repeat(parts.len()))?;
    for (label, by_part) in &counts.labels {
        let definition = schema.label(&label.as_str().into());
        let meaning = definition.map_or("not in the schema", |label| label.guideline.get("en"));
        let all: usize = by_part.values().sum();
        write!(card, "| {} | {} | {all} |", cell(label), cell(meaning))?;
        for part in &parts {
            write!(card, " {} |", by_part.get(*part).copied().unwrap_or_default())?;
        }
        writeln!(card)?;
    }
    writeln!(card)
}

fn annotators(card: &mut String, request: &DatasetRequest, counts: &Counts) -> std::fmt::Result {
    writeln!(card, "## Annotators\n\n| annotator | articles | annotations |\n|---|---|---|")?;
    for (annotator, (articles, annotations)) in &counts.annotators {
        writeln!(card, "| {} | {articles} | {annotations} |", cell(annotator))?;
    }
    if request.selection.only_done {
        writeln!(card, "\nOnly articles that their annotator has called done.")?;
    }
    if !request.selection.labels.is_empty() {
        let labels: Vec<&str> = request.selection.labels.iter().map(crate::model::LabelId::as_str).collect();
        writeln!(card, "\nOnly the labels {}.", labels.join(", "))?;
    }
    writeln!(card)?;
    match counts.agreement() {
        Some(report) => agreed(card, &report),
        None => writeln!(card, "No article was annotated by two of them.\n"),
    }
}

/// Writes how far each pair of annotators agrees.
fn agreed(card: &mut String, report: &AgreementReport) -> std::fmt::Result {
    writeln!(card, "## Agreement\n")?;
    writeln!(
        card,
        "| annotators | articles | | exact F1 | overlap F1 | alpha for unitizing | alpha of labels |\n|---|---|---|---|---|---|---|"
    )?;
    for group in &report.groups {
        let names = group.members.iter().map(|member| cell(&report.annotators[*member]));
        let names = names.collect::<Vec<_>>().join(", ");
        for layer in &group.layers {
            let kind = if layer.kind == LabelKind::Claim { "claims" } else { "mentions" };
            let figures = &layer.total;
            let cells = [
                figures.exact.f1(),
                figures.overlap.f1(),
                figures.unitizing.clone(),
                figures.labels.alpha.clone(),
            ];
            let cells = cells.map(|figure| match figure {
                Ok(value) => format!("{value:.3}"),
                Err(because) => format!("undefined, because {because}"),
            });
            writeln!(card, "| {names} | {} | {kind} | {} |", group.articles, cells.join(" | "))?;
        }
    }
    writeln!(card, "\n`hashiya agree` computes them by label, attribute and article, with gamma.\n")
}

fn formats(
    card: &mut String,
    request: &DatasetRequest,
    losses: &FormatLosses,
    sums: &str,
) -> std::fmt::Result {
    writeln!(card, "## Files\n")?;
    for format in &request.formats {
        writeln!(card, "* `{}/`: {}", format.name, format.title)?;
        let lost = losses.iter().find(|(other, _)| other.name == format.name);
        for line in lost.map(|(_, losses)| losses.lines()).unwrap_or_default().lines() {
            writeln!(card, "  * loses {line}")?;
        }
    }
    let sum = hexadecimal(&Sha256::digest(sums.as_bytes()));
    writeln!(
        card,
        "\n`SHA256SUMS` has the SHA-256 of each of {} files (`sha256sum --check SHA256SUMS`); its own is `{sum}`.\n\
         Made with Hashiya {}.",
        sums.lines().count(),
        env!("CARGO_PKG_VERSION")
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}
