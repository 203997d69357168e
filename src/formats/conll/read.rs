//! Tagged tokens to annotations.

use std::collections::BTreeMap;

use super::super::exchange::{
    DraftSpan, Drafts, ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Reader,
    of_word,
};
use super::{DOCUMENT, EXTENSION, OUTSIDE, sidecar};
use crate::model::Fragments;
use crate::text::{SourceText, TextRange, shortened};

/// What reads the format.
pub(in crate::formats) const READER: Reader =
    Reader::File { extensions: &["conll", "iob", "iob2", "bio", "bioes"], read };

/// A line with a token.
struct Row<'a> {
    line: usize,
    columns: Vec<&'a str>,
}

/// What begins with a line that says so, or with the file.
#[derive(Default)]
struct Part<'a> {
    name: Option<&'a str>,
    sentences: Vec<Vec<Row<'a>>>,
}

/// Which columns hold the token and the tag, from 0.
#[derive(Clone, Copy)]
struct Columns {
    token: usize,
    tag: usize,
}

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let text = std::str::from_utf8(file.bytes).map_err(|error| {
        let line = 1 + file.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        ImportError::new(format!("line {line}"), "it is not UTF-8", "convert the file to UTF-8")
    })?;
    let (parts, has_tabs) = parts(text.strip_prefix('\u{feff}').unwrap_or(text));
    let columns = columns(&parts, has_tabs)?;
    let base = file.name.rsplit_once('.').map_or(file.name, |(base, _)| base);
    let table = file
        .name
        .strip_suffix(EXTENSION)
        .and_then(|name| (file.beside)(&format!("{name}{}", sidecar::EXTENSION)));
    match (parts.as_slice(), table) {
        ([part], Some(table)) => {
            let mut warnings = Vec::new();
            let tokens = tokens(part, columns);
            let words: Vec<&str> = tokens.iter().map(|(word, _)| *word).collect();
            let (source, ranges) = with_table(&table, &words, base)?;
            let drafts = drafts(part, columns, &ranges, &mut warnings);
            sink(Ok(article(base.to_owned(), source, drafts, options, warnings)));
        }
        _ => {
            for (n, part) in (1..).zip(&parts) {
                let name = match part.name {
                    Some(name) => name.to_owned(),
                    None if parts.len() == 1 => base.to_owned(),
                    None => format!("{base}-{n}"),
                };
                sink(Ok(without_table(name, part, columns, options)));
            }
        }
    }
    Ok(())
}

/// Returns the text of the table beside the file, and where its tokens stand.
fn with_table(table: &[u8], words: &[&str], base: &str) -> Result<(SourceText, Vec<TextRange>), ImportError> {
    const HINT: &str = "export both files anew, or take the table away: the text is then made of the tokens";
    let name = format!("{base}{}", sidecar::EXTENSION);
    let text =
        std::str::from_utf8(table).map_err(|_| ImportError::new(name.clone(), "it is not UTF-8", HINT))?;
    sidecar::text(text, words).map_err(|(line, message)| {
        let place = if line == 0 { name.clone() } else { format!("{name}, line {line}") };
        ImportError::new(place, message, HINT)
    })
}

/// Returns an article whose text is made of the tokens.
fn without_table(
    name: String,
    part: &Part<'_>,
    columns: Columns,
    options: &ImportOptions<'_>,
) -> ImportedArticle {
    let message = "its text was made of the tokens, with one space between them and a line for each sentence";
    let mut warnings = vec![ImportWarning::new("", message)];
    let mut text = String::new();
    let mut ranges = Vec::new();
    for (word, is_first) in tokens(part, columns) {
        if !text.is_empty() {
            text.push(if is_first { '\n' } else { ' ' });
        }
        ranges.push(TextRange::from_indices(text.len(), text.len() + word.len()));
        text.push_str(word);
    }
    let drafts = drafts(part, columns, &ranges, &mut warnings);
    article(name, SourceText::new(text), drafts, options, warnings)
}

fn article(
    name: String,
    text: SourceText,
    drafts: Drafts,
    options: &ImportOptions<'_>,
    mut warnings: Vec<ImportWarning>,
) -> ImportedArticle {
    let layer = drafts.into_layer(None, options, &mut warnings);
    ImportedArticle { name, text, layers: vec![layer], metadata: BTreeMap::new(), warnings }
}

/// Returns the documents of a file with their sentences, of which none is empty, and whether tabs divide the columns.
fn parts(text: &str) -> (Vec<Part<'_>>, bool) {
    let mut parts = vec![Part::default()];
    let mut is_new = true;
    let mut has_tabs = None;
    for (line, content) in (1..).zip(text.lines()) {
        let begins = content.starts_with(DOCUMENT)
            || content.starts_with("# newdoc")
            || content.starts_with("#begin document");
        let Some(part) = parts.last_mut() else { break };
        if begins {
            let name =
                content.split_once("id = ").map(|(_, name)| name.trim()).filter(|name| !name.is_empty());
            if part.sentences.is_empty() {
                part.name = name;
            } else {
                parts.push(Part { name, sentences: Vec::new() });
            }
            is_new = true;
            continue;
        }
        if content.trim().is_empty() {
            is_new = true;
            continue;
        }
        if is_comment(content) {
            continue;
        }
        let columns: Vec<&str> = if *has_tabs.get_or_insert(content.contains('\t')) {
            content.split('\t').map(str::trim).collect()
        } else {
            content.split_whitespace().collect()
        };
        let row = Row { line, columns };
        match part.sentences.last_mut() {
            Some(sentence) if !is_new => sentence.push(row),
            _ => part.sentences.push(vec![row]),
        }
        is_new = false;
    }
    (parts, has_tabs.unwrap_or(false))
}

/// Returns whether a line says something of what follows (`# sent_id = 3`); a token may be a `#` too.
fn is_comment(line: &str) -> bool {
    line.starts_with("# ") && line.contains(" = ") || line.starts_with("#end document")
}

fn rows<'a, 'b>(parts: &'b [Part<'a>]) -> impl Iterator<Item = &'b Row<'a>> {
    parts.iter().flat_map(|part| part.sentences.iter().flatten())
}

/// Returns the position in a chunk and the label of a tag; `None` for what is no tag of a chunk.
fn chunk_tag(tag: &str) -> Option<(char, &str)> {
    let (position, label) = tag.split_once('-')?;
    let mut letters = position.chars();
    let position = letters.next().filter(|letter| "BIESLUM".contains(*letter))?;
    (letters.next().is_none() && !label.is_empty()).then_some((position, label))
}

/// Returns the last column in which nearly all are tags, and the first; where tabs divide the columns and the first counts
/// the tokens of each sentence, the second.
fn columns(parts: &[Part<'_>], has_tabs: bool) -> Result<Columns, ImportError> {
    let total = rows(parts).count();
    let width = rows(parts).map(|row| row.columns.len()).max().unwrap_or(2);
    let mut tags = vec![0; width];
    for row in rows(parts) {
        for (column, value) in row.columns.iter().enumerate() {
            tags[column] += usize::from(*value == OUTSIDE || chunk_tag(value).is_some());
        }
    }
    let tag = (1..width).rev().find(|column| tags[*column] * 5 >= total * 4);
    let Some(tag) = tag else {
        let line = rows(parts).next().map_or(0, |row| row.line);
        let message = format!("none of the {width} columns holds tags such as `B-PERS` and `{OUTSIDE}`");
        let hint = "the last column has to be IOB, IOB2, BIOES or BILOU tags";
        return Err(ImportError::new(format!("line {line}"), message, hint));
    };
    let sentences = || parts.iter().flat_map(|part| &part.sentences);
    let counts = |sentence: &Vec<Row<'_>>| {
        (1..).zip(sentence).all(|(n, row)| row.columns[0].parse() == Ok::<usize, _>(n))
    };
    let token = usize::from(tag > 1 && has_tabs && total > 0 && sentences().all(counts));
    Ok(Columns { token, tag })
}

/// Returns the tokens of a document, each with whether it begins a sentence.
fn tokens<'a>(part: &Part<'a>, columns: Columns) -> Vec<(&'a str, bool)> {
    let sentence = |sentence: &'_ Vec<Row<'a>>| {
        let words = sentence.iter().map(|row| row.columns.get(columns.token).copied().unwrap_or_default());
        words.enumerate().map(|(n, word)| (word, n == 0)).collect::<Vec<_>>()
    };
    part.sentences.iter().flat_map(sentence).collect()
}

/// Returns the chunks as spans; `ranges` are the places of the tokens.
fn drafts(
    part: &Part<'_>,
    columns: Columns,
    ranges: &[TextRange],
    warnings: &mut Vec<ImportWarning>,
) -> Drafts {
    let mut drafts = Drafts::default();
    let mut ranges = ranges.iter();
    for sentence in &part.sentences {
        let mut open: Option<(&str, TextRange)> = None;
        for (row, range) in sentence.iter().zip(&mut ranges) {
            let tag = row.columns.get(columns.tag).copied().unwrap_or_default();
            let Some((position, label)) = chunk_tag(tag) else {
                close(&mut open, &mut drafts);
                if tag != OUTSIDE {
                    let message = format!("`{}` is no tag such as `B-PERS` or `{OUTSIDE}`", shortened(tag));
                    warnings.push(ImportWarning::new(format!("line {}", row.line), message));
                }
                continue;
            };
            match &mut open {
                Some((of, chunk)) if *of == label && !"BSU".contains(position) => {
                    *chunk = chunk.cover(*range);
                }
                _ => {
                    close(&mut open, &mut drafts);
                    open = Some((label, *range));
                }
            }
            if "ESLU".contains(position) {
                close(&mut open, &mut drafts);
            }
        }
        close(&mut open, &mut drafts);
    }
    drafts
}

fn close(open: &mut Option<(&str, TextRange)>, drafts: &mut Drafts) {
    if let Some((label, range)) = open.take() {
        // A token is never empty, so neither is a chunk.
        drafts
            .spans
            .extend(Fragments::single(range).ok().map(|fragments| DraftSpan::new(of_word(label), fragments)));
    }
}
