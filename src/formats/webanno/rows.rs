//! The lines of a file: its text, and its units.

use super::super::exchange::{ImportError, OffsetUnit, Placing};
use super::header::OWN_COLUMNS;
use super::{TEXT, unescape_text};
use crate::text::{MAX_ARTICLE_BYTES, SourceText, TextRange, shortened};

/// A line of a token, or of a part of one.
pub(super) struct Row<'a> {
    pub(super) line: usize,
    /// `1-2`, or `1-2.1`.
    pub(super) unit: &'a str,
    pub(super) range: TextRange,
    /// All columns, its own too.
    pub(super) cells: Vec<&'a str>,
}

/// A line whose place is not yet known to fit.
struct Unplaced<'a> {
    line: usize,
    start: u32,
    end: u32,
    cells: Vec<&'a str>,
}

const HINT: &str = "export the file anew: each `#Text=` must be followed by a line for each of its tokens, with offsets in \
                    UTF-16 units";

/// Returns the text and the units of a file, from the line after the header on; `width` columns are needed.
///
/// # Errors
///
/// When a line is neither text nor unit, or a unit does not stand where it says.
pub(super) fn rows<'t>(
    text: &'t str,
    header: usize,
    width: usize,
) -> Result<(SourceText, Vec<Row<'t>>), ImportError> {
    let mut body = Body::default();
    for (line, content) in (1..).zip(text.lines()).skip(header) {
        let read = if let Some(part) = content.strip_prefix(TEXT) {
            body.text(part);
            Ok(())
        } else if content.is_empty() || content.starts_with("#Sentence.id=") {
            Ok(())
        } else {
            body.unit(line, content, width)
        };
        read.map_err(|message| ImportError::new(format!("line {line}"), message, HINT))?;
    }
    let source = SourceText::new(body.text.strip_suffix('\n').unwrap_or(&body.text));
    let placing = Placing::new(&source, OffsetUnit::Utf16);
    let place = |row: Unplaced<'t>| {
        let quote = Some(row.cells[2]);
        let same = |text: &str, quote: &str| text == quote || text == unescape_text(quote);
        let range = placing.range_as(row.start, row.end, quote, same);
        let range = range.map_err(|message| ImportError::new(format!("line {}", row.line), message, HINT))?;
        Ok(Row { line: row.line, unit: row.cells[0], range, cells: row.cells })
    };
    let rows = body.rows.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
    Ok((source.clone(), rows))
}

/// The body of a file, as far as it was read.
#[derive(Default)]
struct Body<'a> {
    text: String,
    /// Its length in UTF-16 units.
    length: u64,
    /// The sentence whose first token has not yet come.
    sentence: Option<String>,
    rows: Vec<Unplaced<'a>>,
}

impl<'a> Body<'a> {
    fn text(&mut self, line: &str) {
        let sentence = self.sentence.get_or_insert_default();
        sentence.push_str(&unescape_text(line));
        sentence.push('\n');
    }

    fn unit(&mut self, line: usize, content: &'a str, width: usize) -> Result<(), String> {
        let cells: Vec<&str> = content.split('\t').collect();
        let needed = OWN_COLUMNS + width;
        if cells.len() < needed {
            return Err(format!("it has {} columns, the header declares {needed}", cells.len()));
        }
        let offsets =
            cells[1].split_once('-').and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
        let Some((start, end)) = offsets else {
            return Err(format!("`{}` is not `START-END`", shortened(cells[1])));
        };
        if let Some(sentence) = self.sentence.take() {
            self.begin(&sentence, start)?;
        }
        self.rows.push(Unplaced { line, start, end, cells });
        Ok(())
    }

    /// Appends a sentence that begins at an offset: right behind the one before it, after a line end, or after spaces.
    fn begin(&mut self, sentence: &str, start: u32) -> Result<(), String> {
        let start = u64::from(start);
        if self.length == start + 1 && self.text.pop().is_some() {
            self.length -= 1;
        }
        if self.length > start || start > MAX_ARTICLE_BYTES {
            let length = self.length;
            return Err(format!("its sentence begins at {start}, but the text before it ends at {length}"));
        }
        while self.length < start {
            self.text.push(' ');
            self.length += 1;
        }
        self.text.push_str(sentence);
        self.length += sentence.encode_utf16().count() as u64;
        Ok(())
    }
}
