//! Where the tokens stand: a table beside them.

use std::fmt::Write;

use crate::text::{SourceText, TextRange, shortened};

/// What follows the article's name in the name of the table.
pub(super) const EXTENSION: &str = ".tokens.tsv";

const HEAD: &str = "line\tstart\tend\ttoken\tbefore";

/// Returns the table of tokens with their lines; its last row has no token and what stands after the last one.
pub(super) fn table(source: &SourceText, tokens: &[(usize, TextRange)]) -> String {
    let mut out = format!("{HEAD}\n");
    let mut last = TextRange::from_indices(0, 0);
    let end = TextRange::new(source.end(), source.end());
    let rows = tokens.iter().map(|(line, range)| (line.to_string(), *range));
    for (line, range) in rows.chain([(String::new(), end)]) {
        let [start, end] = [range.start(), range.end()].map(|at| source.char_from_byte(at).get());
        let before = serde_json::Value::from(source.slice(TextRange::new(last.end(), range.start())));
        _ = writeln!(out, "{line}\t{start}\t{end}\t{}\t{before}", source.slice(range));
        last = range;
    }
    out
}

/// Returns the text of a table, and the place of each token in it. The tokens have to be those of the tagged file.
///
/// # Errors
///
/// The line and what is wrong with it.
pub(super) fn text(table: &str, tokens: &[&str]) -> Result<(SourceText, Vec<TextRange>), (usize, String)> {
    let mut rows = (1..).zip(table.lines());
    if rows.next().map(|(_, head)| head) != Some(HEAD) {
        return Err((1, format!("it is not `{}`", HEAD.replace('\t', " "))));
    }
    let mut text = String::new();
    let mut chars = 0;
    let mut ranges = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.iter();
    let mut is_ended = false;
    for (number, row) in rows {
        let columns: Vec<&str> = row.split('\t').collect();
        let [line, start, end, token, before] = columns.as_slice() else {
            return Err((number, format!("it has {} columns instead of 5", columns.len())));
        };
        let before: String = serde_json::from_str(before)
            .map_err(|_| (number, format!("`{}` is no JSON text", shortened(before))))?;
        text.push_str(&before);
        chars += before.chars().count();
        let place = chars..chars + token.chars().count();
        if (start.parse(), end.parse()) != (Ok(place.start), Ok(place.end)) {
            let message = format!(
                "{start}..{end} is not where its token comes to stand, {}..{}",
                place.start, place.end
            );
            return Err((number, message));
        }
        if line.is_empty() && token.is_empty() {
            is_ended = true;
            break;
        }
        if tokens.next() != Some(token) {
            return Err((number, format!("`{}` is not the token of the tagged file", shortened(token))));
        }
        ranges.push(TextRange::from_indices(text.len(), text.len() + token.len()));
        text.push_str(token);
        chars = place.end;
    }
    match tokens.next() {
        Some(token) => Err((0, format!("the token `{}` is not in it", shortened(token)))),
        None if !is_ended => Err((0, "it is cut off: its last row, without a token, is missing".to_owned())),
        None => Ok((SourceText::new(text), ranges)),
    }
}
