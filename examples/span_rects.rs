//! Prints where the characters and spans of a text stand when it is set as the article view sets it.
//!
//! For checks against other software: the same fonts, line breaks and directions as in the window, without margins.
//! All offsets are code points, all lengths points (CSS px), the origin is the top left of the text column.
//!
//! ```text
//! cargo run --release --example span_rects -- TEXT.txt --width 640 --font-size 20 --spans 12..19,40..44 --hit 600,10
//! ```
//!
//! Many texts at once: `--cases CASES.jsonl` reads one case a line and prints one object a line. A case overrides what
//! the command line says: `{"text":"…","width":333,"direction":"rtl","spans":[[12,19]],"hits":[[600,10]]}`.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, ValueEnum};
use hashiya::text::{CharOffset, Direction, Segmentation, SourceText, TextRange, decode};
use hashiya::typeset::{Face, FontFile, Page, TextStyle, Typesetter, Weight, fallback_stack};
use serde::Deserialize;
use serde_json::{Value, json};

/// Lays a text out as the article view does and prints its geometry as one JSON object.
#[derive(Parser)]
struct Arguments {
    /// The text file.
    #[arg(required_unless_present = "cases", conflicts_with = "cases")]
    text: Option<PathBuf>,
    /// A file of cases, one JSON object a line, in place of a text.
    #[arg(long)]
    cases: Option<PathBuf>,
    /// A font file that is asked for what no bundled face has. May be given several times.
    #[arg(long)]
    font: Vec<PathBuf>,
    /// Print the `glyphs` of each line too (the index of the font, the glyph's number, its x), and its `edges` from
    /// left to right: start, end, left, right of each cluster, and whether it is read from right to left.
    #[arg(long)]
    details: bool,
    /// The width of the column in points.
    #[arg(long, default_value_t = 640.0)]
    width: f32,
    /// The size of the letters in points.
    #[arg(long, default_value_t = 20.0)]
    font_size: f32,
    /// The height of a line as a multiple of the size.
    #[arg(long, default_value_t = 1.8)]
    line_height: f32,
    /// The base direction of each paragraph.
    #[arg(long, value_enum, default_value_t = BaseDirection::Auto)]
    direction: BaseDirection,
    /// Spans in code points, half-open: `START..END[,START..END]`.
    #[arg(long, value_delimiter = ',')]
    spans: Vec<Span>,
    /// A point to be hit: `X,Y`. May be given several times.
    #[arg(long, allow_hyphen_values = true)]
    hit: Vec<Point>,
}

#[derive(Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BaseDirection {
    /// That of the first strong character.
    Auto,
    /// Right to left.
    Rtl,
    /// Left to right.
    Ltr,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(from = "(u32, u32)")]
struct Span {
    start: u32,
    end: u32,
}

impl From<(u32, u32)> for Span {
    fn from((start, end): (u32, u32)) -> Self {
        Self { start, end }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let parts = s.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let (start, end) = parts.ok_or_else(|| format!("`{s}` is no span; write it as START..END"))?;
        Ok(Self { start, end })
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(from = "(f32, f32)")]
struct Point {
    x: f32,
    y: f32,
}

impl From<(f32, f32)> for Point {
    fn from((x, y): (f32, f32)) -> Self {
        Self { x, y }
    }
}

impl FromStr for Point {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let parts =
            s.split_once(',').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        let (x, y) = parts.ok_or_else(|| format!("`{s}` is no point; write it as X,Y"))?;
        Ok(Self { x, y })
    }
}

/// One text and what is asked about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    width: Option<f32>,
    font_size: Option<f32>,
    direction: Option<BaseDirection>,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    hits: Vec<Point>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let mut stage = Stage::new(&arguments)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for case in cases(&arguments)? {
        let printed = stage.geometry(&case?, &arguments)?;
        writeln!(out, "{printed}")?;
    }
    out.flush()?;
    Ok(())
}

type Cases = Box<dyn Iterator<Item = Result<Case, Box<dyn Error>>>>;

/// The cases of the file of cases, or the one that the command line describes.
#[allow(clippy::disallowed_methods, reason = "the layers of the library do not bind a tool beside it")]
fn cases(arguments: &Arguments) -> Result<Cases, Box<dyn Error>> {
    if let Some(path) = &arguments.cases {
        let lines = BufReader::new(std::fs::File::open(path)?).lines();
        return Ok(Box::new(lines.map(|line| Ok(serde_json::from_str(&line?)?))));
    }
    let Some(path) = &arguments.text else { return Err("no text".into()) };
    let text = decode(&std::fs::read(path)?)?.text;
    let (spans, hits) = (arguments.spans.clone(), arguments.hit.clone());
    let case = Case { text, width: None, font_size: None, direction: None, spans, hits };
    Ok(Box::new(std::iter::once(Ok(case))))
}

/// The typesetter and its faces in the order in which a character looks for its glyph.
struct Stage {
    typesetter: Typesetter,
    /// Where each face lies, and what is in the files that are not bundled.
    fonts: Vec<(String, Option<Vec<u8>>)>,
}

impl Stage {
    #[allow(clippy::disallowed_methods, reason = "the layers of the library do not bind a tool beside it")]
    fn new(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let mut fonts: Vec<_> =
            fallback_stack(Weight::Regular).map(|face| (face.path.to_owned(), None)).collect();
        let mut files = Vec::new();
        for path in &arguments.font {
            let bytes = std::fs::read(path)?;
            let file = FontFile::new(bytes.clone());
            files.push(file.ok_or_else(|| format!("{} is no font", path.display()))?);
            fonts.push((path.display().to_string(), Some(bytes)));
        }
        Ok(Self { typesetter: Typesetter::with_extra_faces(&files), fonts })
    }

    /// The place of a face among the fonts.
    fn font_of(&self, face: &Face) -> Option<usize> {
        self.fonts.iter().position(|(path, bytes)| match bytes {
            Some(bytes) => face.path.is_empty() && bytes == face.bytes,
            None => face.path == path,
        })
    }

    fn geometry(&mut self, case: &Case, arguments: &Arguments) -> Result<Value, Box<dyn Error>> {
        let source = SourceText::new(case.text.as_str());
        let font_size = case.font_size.unwrap_or(arguments.font_size);
        let width = case.width.unwrap_or(arguments.width);
        let style = TextStyle { line_height: arguments.line_height, ..TextStyle::body(font_size) };
        let direction = match case.direction.unwrap_or(arguments.direction) {
            BaseDirection::Auto => None,
            BaseDirection::Rtl => Some(Direction::Rtl),
            BaseDirection::Ltr => Some(Direction::Ltr),
        };
        let segmentation = Segmentation::new(&source);
        let page = Page::new(&mut self.typesetter, (&source, &segmentation), style, width, direction, 0.0);

        let mut rects = Vec::new();
        for (index, span) in case.spans.iter().enumerate() {
            let range = source.range_from_chars(CharOffset::new(span.start), CharOffset::new(span.end))?;
            for piece in page.rectangles(range) {
                let (x, y) = ([piece.rect.x0, piece.rect.x1], [piece.rect.y0, piece.rect.y1]);
                rects.push(json!({
                    "span": index, "line": piece.line,
                    "x0": number(x[0]), "x1": number(x[1]), "y0": number(y[0]), "y1": number(y[1]),
                }));
            }
        }
        let hits: Vec<Value> = case
            .hits
            .iter()
            .map(|point| {
                let offset = source.char_from_byte(page.hit(point.x, point.y)).get();
                json!({ "x": number(point.x), "y": number(point.y), "offset": offset })
            })
            .collect();
        let (lines, visual) = lines(&source, &page);
        let fonts: Vec<&str> = self.fonts.iter().map(|(path, _)| path.as_str()).collect();
        let mut printed = json!({
            "width": number(width),
            "font_size": number(font_size),
            "line_height": number(font_size * arguments.line_height),
            "fonts": fonts,
            "lines": lines,
            "rects": rects,
            "visual": visual,
        });
        if !hits.is_empty() {
            printed["hits"] = Value::from(hits);
        }
        if arguments.details {
            printed["glyphs"] = json!(self.glyphs(&page));
            printed["edges"] = json!(edges(&source, &page));
        }
        Ok(printed)
    }

    /// The glyphs of each line: the index of the font in the fallback stack, the glyph's number, its x in points.
    fn glyphs(&self, page: &Page) -> Vec<Vec<(usize, u16, Value)>> {
        let mut lines = Vec::new();
        for placed in page.blocks() {
            for line in 0..placed.layout.geometry.lines().len() {
                let glyphs = placed.layout.glyphs_of_lines(line..line + 1).iter();
                let glyphs = glyphs.filter_map(|glyph| {
                    let font = self.font_of(glyph.face.face())?;
                    Some((font, glyph.id, number(glyph.x)))
                });
                lines.push(glyphs.collect());
            }
        }
        lines
    }
}

/// A cluster as it is printed: where its text begins and ends, its sides, and whether it is read right to left.
type PrintedEdge = (u32, u32, Value, Value, bool);

/// The clusters of each line from left to right: start, end, left, right, whether it is read from right to left.
fn edges(source: &SourceText, page: &Page) -> Vec<Vec<PrintedEdge>> {
    let mut lines = Vec::new();
    for placed in page.blocks() {
        let geometry = &placed.layout.geometry;
        for line in 0..geometry.lines().len() {
            let edges = geometry.edges(line).iter().map(|edge| {
                let range = edge.range.shifted_by(placed.block.range.start());
                let [start, end] = [range.start(), range.end()].map(|at| source.char_from_byte(at).get());
                (start, end, number(edge.x0), number(edge.x1), edge.rtl)
            });
            lines.push(edges.collect());
        }
    }
    lines
}

/// The lines of the page, and for each the first code points of its clusters from left to right.
fn lines(source: &SourceText, page: &Page) -> (Vec<Value>, Vec<Vec<u32>>) {
    let mut lines = Vec::new();
    let mut visual = Vec::new();
    for placed in page.blocks() {
        let start = placed.block.range.start();
        let geometry = &placed.layout.geometry;
        let chars = |range: TextRange| {
            let range = range.shifted_by(start);
            (source.char_from_byte(range.start()).get(), source.char_from_byte(range.end()).get())
        };
        for (index, line) in geometry.lines().iter().enumerate() {
            let (start, end) = chars(line.range);
            lines.push(json!({
                "top": number(placed.top + line.top), "bottom": number(placed.top + line.bottom),
                "start": start, "end": end, "rtl": geometry.is_rtl(),
            }));
            visual.push(geometry.edges(index).iter().map(|edge| chars(edge.range).0).collect());
        }
    }
    (lines, visual)
}

/// A length with at most three decimals; whole ones without a fraction.
fn number(value: f32) -> Value {
    let rounded = (f64::from(value) * 1_000.0).round() / 1_000.0;
    #[allow(clippy::cast_possible_truncation, reason = "lengths on a page are far below 2^53")]
    if rounded.fract() == 0.0 { Value::from(rounded as i64) } else { Value::from(rounded) }
}
