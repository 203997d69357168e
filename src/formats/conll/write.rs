//! Documents to tagged tokens.

use std::fmt::Write;
use std::ops::Range;

use super::super::exchange::{
    Export, ExportError, ExportOptions, Loss, Losses, Output, Tagging, Writer, as_word, flatten,
    sentences_of_words, words_in,
};
use super::{DOCUMENT, EXTENSION, OUTSIDE, sidecar};
use crate::model::{LabelKind, Schema};
use crate::text::TextRange;

/// Returns what writes an export.
pub(in crate::formats) fn writer(options: ExportOptions) -> Box<dyn Writer> {
    Box::new(ConllWriter { tagging: options.tagging })
}

/// Writes two files for each article.
struct ConllWriter {
    tagging: Tagging,
}

/// Tokens that share a label.
struct Chunk {
    words: Range<usize>,
    label: String,
}

impl Writer for ConllWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let source = export.document.source();
        let sentences = sentences_of_words(source);
        let words: Vec<TextRange> = sentences.iter().flatten().copied().collect();
        let chunks = chunks(export, &words, losses);
        let tags = tags(&chunks, words.len(), self.tagging);
        let mut ends: Vec<usize> = Vec::new();
        for sentence in &sentences {
            ends.push(ends.last().unwrap_or(&0) + sentence.len());
        }
        // A chunk over the end of a sentence keeps the two in one: a tag goes no further than to an empty line.
        ends.retain(|end| !chunks.iter().any(|chunk| chunk.words.start < *end && *end < chunk.words.end));

        let mut out = format!("{DOCUMENT} -X- -X- {OUTSIDE}\n");
        let mut tokens = Vec::with_capacity(words.len());
        let mut line = 1;
        for (n, (word, tag)) in words.iter().zip(&tags).enumerate() {
            if n == 0 || ends.binary_search(&n).is_ok() {
                out.push('\n');
                line += 1;
            }
            line += 1;
            _ = writeln!(out, "{} -X- -X- {tag}", source.slice(*word));
            tokens.push((line, *word));
        }
        output.append(format!("{}{EXTENSION}", export.name), out.as_bytes());
        output.append(
            format!("{}{}", export.name, sidecar::EXTENSION),
            sidecar::table(source, &tokens).as_bytes(),
        );
        Ok(())
    }
}

/// Returns the chunks that are written, by place; counts what is not, and what changes its edges.
fn chunks(export: &Export<'_>, words: &[TextRange], losses: &mut Losses) -> Vec<Chunk> {
    let mut candidates: Vec<(bool, Range<usize>, TextRange, String)> = Vec::new();
    for span in &flatten(export.document).split().spans {
        let range = span.fragments.hull();
        let covered = words_in(words, range);
        if covered.is_empty() {
            losses.add(Loss::Blank, 1);
        } else {
            candidates.push((!is_mention(span.label, export.schema), covered, range, span.label.to_owned()));
        }
    }
    candidates.sort_by_key(|(is_claim, words, ..)| (*is_claim, std::cmp::Reverse(words.len()), words.start));
    let mut is_taken = vec![false; words.len()];
    let mut chunks = Vec::new();
    for (_, covered, range, label) in candidates {
        if is_taken[covered.clone()].contains(&true) {
            losses.add(Loss::Nested, 1);
            continue;
        }
        is_taken[covered.clone()].fill(true);
        let (start, end) = (words[covered.start].start(), words[covered.end - 1].end());
        losses.add(Loss::TokenEdges, usize::from(start < range.start() || range.end() < end));
        losses.add(Loss::EdgeSpaces, usize::from(range.start() < start || end < range.end()));
        chunks.push(Chunk { words: covered, label });
    }
    chunks.sort_by_key(|chunk| chunk.words.start);
    chunks
}

fn is_mention(label: &str, schema: &Schema) -> bool {
    match schema.label(&label.into()) {
        Some(label) => label.kind == LabelKind::Entity,
        None => schema.role(&label.into()).is_none(),
    }
}

/// Returns the tag of each token.
fn tags(chunks: &[Chunk], tokens: usize, tagging: Tagging) -> Vec<String> {
    let mut tags = vec![OUTSIDE.to_owned(); tokens];
    for chunk in chunks {
        let label = as_word(&chunk.label, "");
        for n in chunk.words.clone() {
            let (is_first, is_last) = (n == chunk.words.start, n + 1 == chunk.words.end);
            let position = match (tagging, is_first, is_last) {
                (Tagging::Bioes, true, true) => 'S',
                (Tagging::Bioes, false, true) => 'E',
                (_, true, _) => 'B',
                (_, false, _) => 'I',
            };
            tags[n] = format!("{position}-{label}");
        }
    }
    tags
}
