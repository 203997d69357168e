//! An annotated article as one self-contained HTML page, to read, print and send.
//!
//! Marks are inline elements of which only background, underline and shadow are styled: no border, padding, margin or
//! font changes at their edges, so a browser shapes Arabic across them and letters stay joined. Nested and crossing
//! marks become consecutive segments; the innermost gives the tint and the underline, the ones around it lie in lanes
//! below. Every paragraph has its own `dir`. The page runs no script and loads nothing.

use std::cmp::Reverse;
use std::fmt::Write as _;

use crate::model::{
    Body, Document, Fragments, LabelKind, Rgb, RoleFiller, RoleId, Schema, Suggestion, UnderlinePattern,
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

/// Something to be marked.
struct Mark<'a> {
    body: &'a Body,
    suggested: bool,
}

impl Mark<'_> {
    fn is_claim(&self) -> bool {
        self.body.as_claim().is_some()
    }
}

/// Everything that the parts of a page are made from.
struct Page<'a> {
    document: &'a Document,
    schema: &'a Schema,
    style: PageStyle<'a>,
    /// By start, longer first.
    marks: Vec<Mark<'a>>,
}

/// Returns the page of a document, with suggestions that nobody has decided on, if there are any.
#[must_use]
pub fn page(
    document: &Document,
    suggestions: &[Suggestion],
    schema: &Schema,
    style: PageStyle<'_>,
) -> String {
    let annotations = document.annotations().iter().map(|a| Mark { body: &a.body, suggested: false });
    let suggestions = suggestions.iter().map(|s| Mark { body: &s.body, suggested: true });
    let mut marks: Vec<Mark<'_>> = annotations.chain(suggestions).collect();
    marks.sort_by(|a, b| a.body.fragments().cmp(b.body.fragments()));
    let page = Page { document, schema, style, marks };
    let base = dominant_direction(document.source().as_str());
    let colours = match style.theme {
        PageTheme::Auto => "light dark",
        PageTheme::Light => "light",
        PageTheme::Dark => "dark",
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n:root{{color-scheme:{colours};--column:{width}px}}\n{STYLE}{labels}</style>\n</head>\n<body>\n\
         <main>\n{body}</main>\n{legend}{claims}</body>\n</html>\n",
        language = if base == Direction::Rtl { "ar" } else { "en" },
        dir = dir(base),
        title = escaped(&document.article().file_name),
        width = style.width,
        labels = label_styles(schema),
        body = page.paragraphs(base),
        legend = page.legend(),
        claims = page.claims(),
    )
}

impl Page<'_> {
    fn paragraphs(&self, base: Direction) -> String {
        let source = self.document.source();
        let segmentation = Segmentation::new(source);
        let mut out = String::new();
        // The marks are sorted by start: what ended before a paragraph is not looked at again.
        let mut open: Vec<&Mark<'_>> = Vec::new();
        let mut next = self.marks.iter().peekable();
        for paragraph in segmentation.paragraphs() {
            open.retain(|mark| mark.body.fragments().hull().end() > paragraph.start());
            while let Some(mark) = next.next_if(|m| m.body.fragments().hull().start() < paragraph.end()) {
                open.push(mark);
            }
            let text = source.slice(*paragraph);
            if text.trim().is_empty() {
                continue;
            }
            let meets =
                |mark: &&Mark<'_>| mark.body.fragments().ranges().iter().any(|r| r.overlaps(*paragraph));
            let marks: Vec<&Mark<'_>> = open.iter().copied().filter(meets).collect();
            let class = if marks.iter().any(|mark| mark.is_claim()) { " class=\"claim\"" } else { "" };
            let direction = dir(paragraph_direction(text).unwrap_or(base));
            let text = self.segments(&marks, *paragraph);
            let _ = writeln!(out, "<p dir=\"{direction}\"{class}>{text}</p>");
        }
        out
    }

    /// Returns the text of a paragraph in segments, each with the marks that cover it.
    fn segments(&self, marks: &[&Mark<'_>], paragraph: TextRange) -> String {
        let mut cuts = vec![paragraph.start(), paragraph.end()];
        for range in marks.iter().flat_map(|mark| mark.body.fragments().ranges()) {
            cuts.extend([range.start(), range.end()].into_iter().filter(|at| paragraph.contains(*at)));
        }
        cuts.sort_unstable();
        cuts.dedup();
        let mut out = String::new();
        for ends in cuts.windows(2) {
            let &[start, end] = ends else { continue };
            let text = escaped(self.document.source().slice(TextRange::new(start, end)));
            let covers = |mark: &&Mark<'_>| mark.body.fragments().contains(start);
            let mut covering: Vec<&Mark<'_>> = marks.iter().copied().filter(covers).collect();
            // The innermost last: entities within claims, shorter ones within longer ones.
            covering.sort_by_key(|mark| (!mark.is_claim(), Reverse(mark.body.fragments().hull().len())));
            out.push_str(&self.segment(&covering, &text));
        }
        out
    }

    fn segment(&self, covering: &[&Mark<'_>], text: &str) -> String {
        let Some((innermost, around)) = covering.split_last() else { return text.to_owned() };
        let suggested = if innermost.suggested { " s" } else { "" };
        let class = self.label_index(innermost).map_or_else(|| "m".to_owned(), |i| format!("m l{i}"));
        let around = around.iter().rev().filter(|mark| !mark.is_claim());
        let lanes = around.filter_map(|mark| self.label_index(mark)).take(MAX_LANES).enumerate();
        // Each lane is covered by the one before it and by a strip of paper, but for its last two pixels.
        let lanes: Vec<String> = lanes
            .flat_map(|(lane, i)| {
                let at = 3 * lane;
                [format!("0 {}px var(--paper)", at + 1), format!("0 {}px var(--l{i})", at + 3)]
            })
            .collect();
        let shadow = if lanes.is_empty() {
            String::new()
        } else {
            format!(" style=\"box-shadow:{}\"", lanes.join(","))
        };
        let names: Vec<String> = covering.iter().rev().map(|mark| self.label_name(mark)).collect();
        format!(
            "<span class=\"{class}{suggested}\"{shadow} title=\"{}\">{text}</span>",
            escaped(&names.join(" · "))
        )
    }

    fn label_index(&self, mark: &Mark<'_>) -> Option<usize> {
        self.schema.labels().iter().position(|label| label.id == *mark.body.label())
    }

    fn label_name(&self, mark: &Mark<'_>) -> String {
        let id = mark.body.label();
        match self.schema.label(id) {
            Some(label) if !label.names.is_empty() => {
                format!("{} ({id})", label.names.get(self.style.language))
            }
            _ => id.to_string(),
        }
    }

    /// Returns the labels that stand in the article, each in its look with its name and count.
    fn legend(&self) -> String {
        let mut items = String::new();
        for (i, label) in self.schema.labels().iter().enumerate() {
            let count = self.marks.iter().filter(|mark| *mark.body.label() == label.id).count();
            if count > 0 {
                let name = escaped(label.names.get(self.style.language));
                let _ = writeln!(items, "<span><bdi class=\"m l{i}\">{name}</bdi> {count}</span>");
            }
        }
        if items.is_empty() { String::new() } else { format!("<aside>\n{items}</aside>\n") }
    }

    /// Returns the claims in text order: who, by which word, what.
    fn claims(&self) -> String {
        let mut items = String::new();
        for claim in self.marks.iter().filter_map(|mark| mark.body.as_claim()) {
            let content = self.quote(&claim.content);
            let direction = dir(paragraph_direction(&content).unwrap_or(Direction::Ltr));
            let fillers = [RoleId::SOURCE, RoleId::CUE].into_iter().flat_map(|role| claim.role(role));
            let who: Vec<String> = fillers.map(|filler| self.filler(filler)).collect();
            let who = match who.join(" · ") {
                who if who.is_empty() => who,
                who => format!("<small>{}</small><br>", escaped(&who)),
            };
            let content = escaped(&content);
            let _ = writeln!(items, "<blockquote dir=\"{direction}\">{who}{content}</blockquote>");
        }
        let label = self.schema.claim_label();
        let title = label.map_or("", |label| label.names.get(self.style.language));
        let title = escaped(title);
        if items.is_empty() { items } else { format!("<section>\n<h2>{title}</h2>\n{items}</section>\n") }
    }

    fn quote(&self, fragments: &Fragments) -> String {
        let source = self.document.source();
        let pieces: Vec<&str> = fragments.ranges().iter().map(|range| source.slice(*range)).collect();
        pieces.join(" … ")
    }

    fn filler(&self, filler: &RoleFiller) -> String {
        let arabic = self.style.language == "ar";
        match filler {
            RoleFiller::Span(fragments) => self.quote(fragments),
            RoleFiller::Entity(id) => {
                let named = self.document.annotation(*id);
                named.map_or_else(String::new, |named| self.quote(named.body.fragments()))
            }
            RoleFiller::Author => if arabic { "الكاتب" } else { "the author" }.to_owned(),
            RoleFiller::Unnamed => if arabic { "مصدر غير مسمى" } else { "unnamed" }.to_owned(),
        }
    }
}

const STYLE: &str = "\
:root{--paper:light-dark(#fbf8f1,#1c1b1a)}\n\
body{margin:0;background:var(--paper);color:light-dark(#22201d,#e6e1d8);\
font:20px/1.9 'Noto Naskh Arabic','Amiri','Noto Serif',serif}\n\
main{max-width:var(--column);margin:0 auto;padding:32px 24px}\n\
p{margin:0 0 .7em;white-space:pre-wrap;text-align:start}\n\
p.claim{box-shadow:-14px 0 0 -8px var(--paper),-16px 0 0 -8px light-dark(#8a7f6a,#9a917f)}\n\
p.claim[dir=rtl]{box-shadow:14px 0 0 -8px var(--paper),16px 0 0 -8px light-dark(#8a7f6a,#9a917f)}\n\
.m{text-decoration-line:underline;text-decoration-skip-ink:none;text-underline-offset:.28em}\n\
aside,section{max-width:var(--column);margin:0 auto;padding:8px 24px 32px;font-size:15px;line-height:1.6}\n\
aside{line-height:2.2}\naside span{margin-inline-end:1.2em;white-space:nowrap}\n\
blockquote{margin:.4em 0 1em;font-size:17px}\nsmall{opacity:.75}\n.m.s{background:none;text-decoration-style:dashed}\n";

fn dir(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}

/// Returns a style per label: its colour as a variable, its tint, and its pattern as the underline.
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
        let _ = writeln!(css, ":root{{--l{i}:light-dark({},{})}}", hex(label.light), hex(label.dark));
        // A claim has its line in the margin; under it the underlines of its mentions stay legible.
        let (strength, underline) = match label.kind {
            LabelKind::Claim => (7, "text-decoration-line:none".to_owned()),
            LabelKind::Entity => (
                16,
                format!(
                    "text-decoration-color:var(--l{i});text-decoration-style:{line};\
                     text-decoration-thickness:{thickness}px"
                ),
            ),
        };
        let _ = writeln!(
            css,
            ".l{i}{{background:color-mix(in srgb,var(--l{i}) {strength}%,transparent);{underline}}}"
        );
    }
    css
}

fn hex(Rgb([red, green, blue]): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
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
        insta::assert_snapshot!(page(&sample(), &[], &schema(), PageStyle::default()));
    }

    #[test]
    fn nothing_from_the_article_becomes_markup() {
        let document = document_of("<script>alert(\"x\")</script> & 'قال'\n", &["<script>", "\"x\""]);
        let html = page(&document, &[], &schema(), PageStyle::default());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;script&gt;</span>alert(<span"), "{html}");
    }

    #[test]
    fn every_paragraph_has_its_own_direction() {
        let document = document_of("وصل NATO\nNATO وصل\n12\n", &[]);
        let html = page(&document, &[], &schema(), PageStyle::default());
        let dirs: Vec<&str> =
            html.lines().filter_map(|line| line.strip_prefix("<p dir=")?.get(..5)).collect();
        assert_eq!(dirs, ["\"rtl\"", "\"ltr\"", "\"ltr\""]);
    }

    #[test]
    fn the_text_of_the_page_is_the_text_of_the_article() {
        let text = "قال سليم عون إن المرفأ\r\nسيفتح «غدا» & <b>\n";
        let html =
            page(&document_of(text, &["سليم عون إن", "عون", "ليم ع"]), &[], &schema(), PageStyle::default());
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
