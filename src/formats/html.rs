//! An annotated article as one self-contained HTML page, to read, print and send.
//!
//! Marks are inline elements of which only background, underline and shadow are styled: no border, padding, margin or
//! font changes at their edges, so a browser shapes Arabic across them and letters stay joined. Nested and crossing
//! marks become consecutive segments; the innermost gives the tint and the underline, the ones around it lie in lanes
//! below. Every paragraph has its own `dir`. The page runs no script and loads nothing.

use std::fmt::Write as _;

use crate::model::{
    Annotation, Body, Document, Fragments, LabelDef, LabelKind, Rgb, RoleFiller, RoleId, Schema,
    UnderlinePattern,
};
use crate::text::{Direction, Segmentation, TextRange, dominant_direction, paragraph_direction};

/// The lanes below the line that are drawn; deeper nesting shows in the tooltip.
const MAX_LANES: usize = 4;

/// Which colours a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageTheme {
    /// As the reader's system says.
    #[default]
    Auto,
    /// Dark text on light paper.
    Light,
    /// Light text on dark paper.
    Dark,
}

/// How a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageStyle<'a> {
    /// Its colours.
    pub theme: PageTheme,
    /// The language of label names, BCP 47.
    pub language: &'a str,
    /// The width of the text column, in CSS px.
    pub width: u32,
}

impl Default for PageStyle<'_> {
    fn default() -> Self {
        Self { theme: PageTheme::Auto, language: "en", width: 760 }
    }
}

/// Returns the page of a document.
#[must_use]
pub fn page(document: &Document, schema: &Schema, style: PageStyle<'_>) -> String {
    let title = escaped(&document.article().file_name);
    let source = document.source();
    let base = dominant_direction(source.as_str());
    let segmentation = Segmentation::new(source);
    let mut body = String::new();
    for paragraph in segmentation.paragraphs() {
        let text = source.slice(*paragraph);
        if text.trim().is_empty() {
            continue;
        }
        let direction = paragraph_direction(text).unwrap_or(base);
        let claim = document.annotations().overlapping(*paragraph).any(|annotation| {
            let content = annotation.body.as_claim().map(|claim| &claim.content);
            content.is_some_and(|content| content.ranges().iter().any(|range| range.overlaps(*paragraph)))
        });
        let class = if claim { " class=\"claim\"" } else { "" };
        let _ = writeln!(
            body,
            "<p dir=\"{}\"{class}>{}</p>",
            dir(direction),
            marked(document, schema, style, *paragraph)
        );
    }
    let scheme = match style.theme {
        PageTheme::Auto => "light dark",
        PageTheme::Light => "light",
        PageTheme::Dark => "dark",
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n:root{{color-scheme:{scheme};--column:{width}px}}\n{STYLE}{labels}</style>\n</head>\n<body>\n<main>\n{body}</main>\n\
         {legend}{claims}</body>\n</html>\n",
        language = escaped(style.language),
        dir = dir(base),
        width = style.width,
        labels = label_styles(schema),
        legend = legend(document, schema, style),
        claims = claims(document, schema, style),
    )
}

const STYLE: &str = "\
body{margin:0;background:light-dark(#fbf9f4,#1d1f21);color:light-dark(#22211f,#dcd9d2);\
font:20px/1.9 'Noto Naskh Arabic','Amiri','Noto Serif',serif}\n\
main{max-width:var(--column);margin:0 auto;padding:32px 24px}\n\
p{margin:0 0 .7em;white-space:pre-wrap;text-align:start}\n\
p.claim{box-shadow:-3px 0 0 -1px light-dark(#8a7f6a,#9a917f)}\n\
p.claim[dir=rtl]{box-shadow:3px 0 0 -1px light-dark(#8a7f6a,#9a917f)}\n\
.m{text-decoration-line:underline;text-decoration-skip-ink:none;text-underline-offset:.28em}\n\
aside,section{max-width:var(--column);margin:0 auto;padding:8px 24px 32px;font-size:15px;line-height:1.6}\n\
aside span{margin-inline-end:1.2em;white-space:nowrap}\n\
blockquote{margin:.4em 0 1em}\nsmall{opacity:.7}\n";

fn dir(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}

/// Returns a style per label: `--c` is its colour, the underline its pattern.
fn label_styles(schema: &Schema) -> String {
    let mut css = String::new();
    for (i, label) in schema.labels().iter().enumerate() {
        let (line, thickness) = match label.pattern {
            UnderlinePattern::Single => ("solid", 2),
            UnderlinePattern::Double => ("double", 1),
            UnderlinePattern::Thick => ("solid", 4),
            UnderlinePattern::Dotted => ("dotted", 3),
            UnderlinePattern::Wavy => ("wavy", 1),
        };
        let _ = writeln!(
            css,
            ":root{{--l{i}:light-dark({light},{dark})}}\n.l{i}{{background:color-mix(in srgb,var(--l{i}) 16%,transparent);\
             text-decoration-color:var(--l{i});text-decoration-style:{line};text-decoration-thickness:{thickness}px}}",
            light = hex(label.light),
            dark = hex(label.dark),
        );
    }
    css
}

fn hex(Rgb([red, green, blue]): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Returns the text of a paragraph in segments, each with the annotations that cover it.
fn marked(document: &Document, schema: &Schema, style: PageStyle<'_>, paragraph: TextRange) -> String {
    let annotations: Vec<_> = document.annotations().overlapping(paragraph).collect();
    let mut cuts = vec![paragraph.start(), paragraph.end()];
    for range in annotations.iter().flat_map(|annotation| annotation.body.fragments().ranges()) {
        cuts.extend([range.start(), range.end()].into_iter().filter(|at| paragraph.contains(*at)));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut out = String::new();
    for ends in cuts.windows(2) {
        let &[start, end] = ends else { continue };
        let text = escaped(document.source().slice(TextRange::new(start, end)));
        let mut covering: Vec<&Annotation> = annotations
            .iter()
            .map(|annotation| &***annotation)
            .filter(|annotation| annotation.body.fragments().contains(start))
            .collect();
        if covering.is_empty() {
            out.push_str(&text);
            continue;
        }
        // The innermost last: shorter ones, and entities within claims.
        covering.sort_by_key(|a| {
            (a.body.as_claim().is_none(), std::cmp::Reverse(a.body.fragments().hull().len()), a.id)
        });
        out.push_str(&segment(&covering, schema, style, &text));
    }
    out
}

fn segment(covering: &[&Annotation], schema: &Schema, style: PageStyle<'_>, text: &str) -> String {
    let index =
        |annotation: &Annotation| schema.labels().iter().position(|l| l.id == *annotation.body.label());
    let Some((innermost, around)) = covering.split_last() else { return text.to_owned() };
    let class = index(innermost).map_or_else(|| "m".to_owned(), |i| format!("m l{i}"));
    let lanes: Vec<String> = around
        .iter()
        .rev()
        .filter_map(|annotation| index(annotation))
        .take(MAX_LANES)
        .enumerate()
        // Each lane is 2 px thick and covered by the one before it, except for its last 2 px and a gap of 1 px.
        .flat_map(|(lane, i)| {
            let at = 3 * lane;
            [format!("0 {}px 0 0 Canvas", at + 1), format!("0 {}px 0 0 var(--l{i})", at + 3)]
        })
        .collect();
    let shadow =
        if lanes.is_empty() { String::new() } else { format!(" style=\"box-shadow:{}\"", lanes.join(",")) };
    let names: Vec<String> =
        covering.iter().rev().map(|annotation| label_name(annotation, schema, style)).collect();
    format!("<span class=\"{class}\"{shadow} title=\"{}\">{text}</span>", escaped(&names.join(" · ")))
}

fn label_name(annotation: &Annotation, schema: &Schema, style: PageStyle<'_>) -> String {
    let label = annotation.body.label();
    match schema.label(label) {
        Some(def) if !def.names.is_empty() => format!("{} ({label})", def.names.get(style.language)),
        _ => label.to_string(),
    }
}

/// Returns the labels that stand in the article, each in its look with its name and count.
fn legend(document: &Document, schema: &Schema, style: PageStyle<'_>) -> String {
    let mut items = String::new();
    for (i, label) in schema.labels().iter().enumerate() {
        let count = document.annotations().iter().filter(|a| *a.body.label() == label.id).count();
        if count > 0 {
            let name = escaped(label.names.get(style.language));
            let _ = write!(items, "<span><bdi class=\"m l{i}\">{name}</bdi> {count}</span>\n");
        }
    }
    if items.is_empty() { String::new() } else { format!("<aside>\n{items}</aside>\n") }
}

/// Returns the claims in text order: who, by which word, what.
fn claims(document: &Document, schema: &Schema, style: PageStyle<'_>) -> String {
    let mut items = String::new();
    for annotation in document.annotations().iter() {
        let Body::Claim(claim) = &annotation.body else { continue };
        let content = quote(document, &claim.content);
        let direction = paragraph_direction(&content).unwrap_or(Direction::Ltr);
        let mut who: Vec<String> = Vec::new();
        for role in [RoleId::SOURCE, RoleId::CUE] {
            who.extend(claim.role(role).iter().map(|filler| filler_text(filler, document, style.language)));
        }
        let who = escaped(&who.join(" "));
        let _ = write!(
            items,
            "<blockquote dir=\"{}\"><small>{who}</small><br>{}</blockquote>\n",
            dir(direction),
            escaped(&content)
        );
    }
    let name = schema.labels().iter().find(|label: &&LabelDef| label.kind == LabelKind::Claim);
    let title = name.map_or("", |label| label.names.get(style.language));
    if items.is_empty() {
        String::new()
    } else {
        format!("<section>\n<h2>{}</h2>\n{items}</section>\n", escaped(title))
    }
}

fn quote(document: &Document, fragments: &Fragments) -> String {
    let pieces: Vec<&str> = fragments.ranges().iter().map(|range| document.source().slice(*range)).collect();
    pieces.join(" … ")
}

fn filler_text(filler: &RoleFiller, document: &Document, language: &str) -> String {
    let arabic = language == "ar";
    match filler {
        RoleFiller::Span(fragments) => quote(document, fragments),
        RoleFiller::Entity(id) => {
            document.annotation(*id).map_or_else(String::new, |a| quote(document, a.body.fragments()))
        }
        RoleFiller::Author => if arabic { "الكاتب" } else { "the author" }.to_owned(),
        RoleFiller::Unnamed => if arabic { "مصدر غير مسمى" } else { "unnamed" }.to_owned(),
    }
}

/// Returns text in which nothing is markup. A carriage return is written as a reference, for a parser would drop it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::{document_of, sample, schema};

    #[test]
    fn the_page_of_one_of_everything() {
        insta::assert_snapshot!(page(&sample(), &schema(), PageStyle::default()));
    }

    #[test]
    fn nothing_from_the_article_becomes_markup() {
        let document = document_of("<script>alert(\"x\")</script> & 'قال'\n", &["<script>", "\"x\""]);
        let html = page(&document, &schema(), PageStyle::default());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;script&gt;</span>alert(<span"), "{html}");
    }

    #[test]
    fn every_paragraph_has_its_own_direction() {
        let document = document_of("وصل NATO\nNATO وصل\n12\n", &[]);
        let html = page(&document, &schema(), PageStyle::default());
        let dirs: Vec<&str> =
            html.lines().filter_map(|line| line.strip_prefix("<p dir=")?.get(..5)).collect();
        assert_eq!(dirs, ["\"rtl\"", "\"ltr\"", "\"ltr\""]);
    }

    #[test]
    fn the_text_of_the_page_is_the_text_of_the_article() {
        let text = "قال سليم عون إن المرفأ\r\nسيفتح «غدا» & <b>\n";
        let html =
            page(&document_of(text, &["سليم عون إن", "عون", "ليم ع"]), &schema(), PageStyle::default());
        let main =
            html.split("<main>\n").nth(1).and_then(|rest| rest.split("</main>").next()).expect("a main part");
        let mut plain = String::new();
        let mut in_tag = false;
        for c in main.chars() {
            match c {
                '<' => in_tag = true,
                '>' => in_tag = false,
                c if !in_tag => plain.push(c),
                _ => {}
            }
        }
        for (from, to) in [("&lt;", "<"), ("&gt;", ">"), ("&#13;", "\r"), ("&amp;", "&")] {
            plain = plain.replace(from, to);
        }
        assert_eq!(plain.replace(['\r', '\n'], ""), text.replace(['\r', '\n'], ""));
    }
}
