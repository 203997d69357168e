//! An annotated article as one self-contained HTML page, to read, print and send.
//!
//! Marks are inline elements of which only background, underline and shadow are styled: no border, padding, margin or
//! font changes at their edges, so a browser shapes Arabic across them and letters stay joined. Nested and crossing
//! marks become consecutive segments; the innermost gives the tint and the underline, the ones around it lie in lanes
//! below. Every paragraph has its own `dir`. The page runs no script and loads nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::model::{
    Body, Document, Fragments, LabelId, LabelKind, Rgb, RoleFiller, RoleId, Schema, Suggestion,
    UnderlinePattern,
};
use crate::text::{
    ByteOffset, Direction, Segmentation, TextRange, dominant_direction, paragraph_direction, shortened_to,
};

/// The lanes below the line that are drawn; deeper nesting shows in the tooltip.
const MAX_LANES: usize = 4;

/// The labels that a tooltip names, from the innermost mark outwards; an ellipsis stands for the others.
const MAX_NAMES: usize = 12;

/// The most chars of what fills a role: thousands of claims may name the same long mention.
const MAX_FILLER_CHARS: usize = 200;

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
        let mut cover = Cover::new(&self.marks);
        let mut out = String::new();
        for paragraph in segmentation.paragraphs() {
            let text = source.slice(*paragraph);
            if text.trim().is_empty() {
                continue;
            }
            let direction = dir(paragraph_direction(text).unwrap_or(base));
            let (text, has_claim) = self.segments(&mut cover, *paragraph);
            let class = if has_claim { " class=\"claim\"" } else { "" };
            let _ = writeln!(out, "<p dir=\"{direction}\"{class}>{text}</p>");
        }
        out
    }

    /// Returns the text of a paragraph in segments, each with the marks that cover it, and whether a claim does.
    fn segments(&self, cover: &mut Cover<'_>, paragraph: TextRange) -> (String, bool) {
        let (mut out, mut has_claim) = (String::new(), false);
        let mut at = paragraph.start();
        while at < paragraph.end() {
            let end = cover.go_to(at).map_or(paragraph.end(), |change| change.min(paragraph.end()));
            let text = escaped(self.document.source().slice(TextRange::new(at, end)));
            has_claim |= cover.outermost().is_some_and(Mark::is_claim);
            out.push_str(&self.segment(cover, &text));
            at = end;
        }
        (out, has_claim)
    }

    fn segment(&self, cover: &Cover<'_>, text: &str) -> String {
        let mut outwards = cover.outwards();
        let Some(innermost) = outwards.next() else { return text.to_owned() };
        let suggested = if innermost.suggested { " s" } else { "" };
        let class = self.label_index(innermost).map_or_else(|| "m".to_owned(), |i| format!("m l{i}"));
        // Claims lie around all mentions.
        let around = outwards.take_while(|mark| !mark.is_claim());
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
        let mut names: Vec<String> =
            cover.outwards().take(MAX_NAMES).map(|mark| self.label_name(mark)).collect();
        if cover.len() > MAX_NAMES {
            names.push("…".to_owned());
        }
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
        let mut counts: BTreeMap<&LabelId, usize> = BTreeMap::new();
        for mark in &self.marks {
            *counts.entry(mark.body.label()).or_default() += 1;
        }
        for (i, label) in self.schema.labels().iter().enumerate() {
            if let Some(count) = counts.get(&label.id) {
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
        let quote = |fragments| shortened_to(&self.quote(fragments), MAX_FILLER_CHARS).into_owned();
        match filler {
            RoleFiller::Span(fragments) => quote(fragments),
            RoleFiller::Entity(id) => {
                let named = self.document.annotation(*id);
                named.map_or_else(String::new, |named| quote(named.body.fragments()))
            }
            RoleFiller::Author => if arabic { "الكاتب" } else { "the author" }.to_owned(),
            RoleFiller::Unnamed => if arabic { "مصدر غير مسمى" } else { "unnamed" }.to_owned(),
        }
    }
}

/// The marks that cover a place, on a way through the text from its start to its end.
struct Cover<'a> {
    marks: &'a [Mark<'a>],
    /// Where a piece of a mark ends (`false`) or begins, in text order.
    changes: Vec<(ByteOffset, bool, usize)>,
    /// The next of those.
    next: usize,
    /// The marks here, the innermost last: mentions within claims, shorter ones within longer ones.
    here: BTreeSet<(bool, Reverse<u32>, usize)>,
}

impl<'a> Cover<'a> {
    fn new(marks: &'a [Mark<'a>]) -> Self {
        let pieces = |(i, mark): (usize, &'a Mark<'a>)| {
            let ranges = mark.body.fragments().ranges().iter();
            ranges.flat_map(move |range| [(range.start(), true, i), (range.end(), false, i)])
        };
        let mut changes: Vec<_> = marks.iter().enumerate().flat_map(pieces).collect();
        changes.sort_unstable();
        Self { marks, changes, next: 0, here: BTreeSet::new() }
    }

    /// Goes on to a place and returns where the next change is.
    fn go_to(&mut self, at: ByteOffset) -> Option<ByteOffset> {
        while let Some((change, begins, i)) = self.changes.get(self.next).copied() {
            if change > at {
                return Some(change);
            }
            let mark = &self.marks[i];
            let place = (!mark.is_claim(), Reverse(mark.body.fragments().hull().len()), i);
            if begins {
                self.here.insert(place);
            } else {
                self.here.remove(&place);
            }
            self.next += 1;
        }
        None
    }

    fn len(&self) -> usize {
        self.here.len()
    }

    fn outermost(&self) -> Option<&'a Mark<'a>> {
        self.here.first().map(|(.., i)| &self.marks[*i])
    }

    fn outwards(&self) -> impl Iterator<Item = &'a Mark<'a>> {
        self.here.iter().rev().map(|(.., i)| &self.marks[*i])
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
    fn nothing_from_a_schema_or_a_file_name_becomes_markup() {
        let hostile = r#""'></title><script>alert(1)</script><img src=x onerror=alert(1)>"#;
        let text = format!("{hostile}\n");
        let document = document_of(&text, &[hostile, "<script>"]);
        let written = crate::formats::schema_file::tests::SMALL
            .replacen("\"Person\"", &format!("{hostile:?}"), 1)
            .replacen("\"شخص\"", &format!("{hostile:?}"), 1);
        let schema = crate::formats::schema_file::load(written.as_bytes()).expect("a schema");
        for language in ["en", "ar", hostile] {
            let html = page(&document, &[], &schema, PageStyle { language, ..PageStyle::default() });
            assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
            assert_eq!(html.matches("</title>").count(), 1, "{html}");
            assert!(html.contains("default-src 'none'"), "the page loads and runs nothing");
        }
    }

    #[test]
    fn the_page_of_very_many_marks_is_made_at_once() {
        let text = "كلمة ".repeat(20_000);
        let mut document = document_of(&text, &[]);
        let body = |start: usize, end: usize| {
            let range = TextRange::from_indices(start * 9, end * 9 + 8);
            let fragments = Fragments::single(range).expect("not empty");
            Body::Entity(crate::model::Entity { label: "PERS".into(), fragments })
        };
        // Side by side, and each within the one before.
        let bodies = (0..20_000).map(|i| body(i, i)).chain((0..9_000).map(|i| body(i, 19_999 - i)));
        let edits = bodies.zip(1..).map(|(body, id)| {
            crate::model::Edit::Insert(crate::model::Annotation {
                id: crate::model::AnnotationId::new(id).expect("not 0"),
                body,
                attributes: BTreeMap::new(),
                note: "".into(),
                origin: crate::model::Origin::Human,
                unknown: crate::model::UnknownFields::NONE,
                created: crate::model::Timestamp::default(),
                modified: crate::model::Timestamp::default(),
            })
        });
        document.apply(&crate::model::Transaction::new("x", edits.collect())).expect("they fit");
        let html = page(&document, &[], &schema(), PageStyle::default());
        assert!(html.len() < 40 << 20, "{} bytes", html.len());
        assert_eq!(html.matches("كلمة").count(), 20_000);
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
