//! Prints where the characters and spans of a text stand when it is set as the article view sets it.
//!
//! For checks against other software: the same fonts, line breaks and directions as in the window, without margins.
//! All offsets are code points, all lengths points (CSS px), the origin is the top left of the text column.
//!
//! ```text
//! cargo run --release --example span_rects -- TEXT.txt --width 640 --font-size 20 --spans 12..19,40..44 --hit 600,10
//! ```

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, ValueEnum};
use hashiya::text::{CharOffset, Direction, Segmentation, SourceText, TextRange, decode};
use hashiya::typeset::{Page, TextStyle, Typesetter, Weight, fallback_stack};
use serde_json::{Value, json};

/// Lays a text out as the article view does and prints its geometry as one JSON object.
#[derive(Parser)]
struct Arguments {
    /// The text file.
    text: PathBuf,
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

#[derive(Clone, Copy, ValueEnum)]
enum BaseDirection {
    /// That of the first strong character.
    Auto,
    /// Right to left.
    Rtl,
    /// Left to right.
    Ltr,
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let parts = s.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let (start, end) = parts.ok_or_else(|| format!("`{s}` is no span; write it as START..END"))?;
        Ok(Self { start, end })
    }
}

#[derive(Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
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

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    #[allow(clippy::disallowed_methods, reason = "the layers of the library do not bind a tool beside it")]
    let bytes = std::fs::read(&arguments.text)?;
    let source = SourceText::new(decode(&bytes)?.text);
    let printed = geometry(&source, &arguments)?;
    writeln!(std::io::stdout(), "{printed}")?;
    Ok(())
}

fn geometry(source: &SourceText, arguments: &Arguments) -> Result<Value, Box<dyn Error>> {
    let style = TextStyle { line_height: arguments.line_height, ..TextStyle::body(arguments.font_size) };
    let direction = match arguments.direction {
        BaseDirection::Auto => None,
        BaseDirection::Rtl => Some(Direction::Rtl),
        BaseDirection::Ltr => Some(Direction::Ltr),
    };
    let segmentation = Segmentation::new(source);
    let mut typesetter = Typesetter::new();
    let page = Page::new(&mut typesetter, (source, &segmentation), style, arguments.width, direction, 0.0);

    let mut rects = Vec::new();
    for (index, span) in arguments.spans.iter().enumerate() {
        let range = source.range_from_chars(CharOffset::new(span.start), CharOffset::new(span.end))?;
        for piece in page.rectangles(range) {
            let (x, y) = ([piece.rect.x0, piece.rect.x1], [piece.rect.y0, piece.rect.y1]);
            rects.push(json!({
                "span": index, "line": piece.line,
                "x0": number(x[0]), "x1": number(x[1]), "y0": number(y[0]), "y1": number(y[1]),
            }));
        }
    }
    let hits: Vec<Value> = arguments
        .hit
        .iter()
        .map(|point| {
            let offset = source.char_from_byte(page.hit(point.x, point.y)).get();
            json!({ "x": number(point.x), "y": number(point.y), "offset": offset })
        })
        .collect();
    let (lines, visual) = lines(source, &page);
    let mut printed = json!({
        "width": number(arguments.width),
        "font_size": number(arguments.font_size),
        "line_height": number(arguments.font_size * arguments.line_height),
        "fonts": fallback_stack(Weight::Regular).map(|face| face.path).collect::<Vec<_>>(),
        "lines": lines,
        "rects": rects,
        "visual": visual,
    });
    if !hits.is_empty() {
        printed["hits"] = Value::from(hits);
    }
    Ok(printed)
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
