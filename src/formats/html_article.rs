//! Articles in web pages: their text without menus and advertisements, their title and date.
//!
//! What belongs to the article is found as browsers' reading views find it. Spans are not read: pages have none.

use std::collections::BTreeMap;

use dom_smoothie::{Article, Config, Readability, TextMode};

use super::exchange::{ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Reader};
use super::plain_text::decoded;
use crate::text::{SourceText, TextEncoding};

/// What reads the format.
pub(super) const READER: Reader = Reader::File { extensions: &["html", "htm", "xhtml"], read };

/// How many bytes of a page are searched for the name of its encoding; browsers look as far.
const HEAD_BYTES: usize = 1024;

/// The most elements of a page in which an article is looked for; the time grows faster than they do.
const MAX_ELEMENTS: usize = 50_000;

/// The most elements within each other in which an article is looked for; each looks at all above it.
const MAX_DEPTH: usize = 256;

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let encoding = options.encoding.or_else(|| declared_encoding(file.bytes));
    let page = decoded(file.bytes, &ImportOptions { encoding, ..*options })?;
    let config =
        Config { text_mode: TextMode::Formatted, max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    let found = Readability::new(page.as_str(), None, Some(config)).ok();
    let found = found.filter(|page| !is_deep(page)).and_then(|mut page| page.parse().ok());
    let article = found.filter(|article| !article.text_content.trim().is_empty());
    let mut warnings = Vec::new();
    let text = if let Some(article) = &article {
        article.text_content.trim().to_owned()
    } else {
        let message = "no article was found in the page: this is all of its text, menus too";
        warnings.push(ImportWarning::new("", message));
        whole_text(&page)?
    };
    if text.is_empty() {
        return Err(ImportError::new(
            "",
            "the page has no text",
            "is it made by a script? save it from a browser",
        ));
    }
    let name = file.name.rsplit_once('.').map_or(file.name, |(name, _)| name).to_owned();
    let metadata = article.as_ref().map(metadata).unwrap_or_default();
    let text = SourceText::new(text);
    sink(Ok(ImportedArticle { name, text, layers: Vec::new(), metadata, warnings }));
    Ok(())
}

/// Returns whether more elements stand within each other than are looked at.
fn is_deep(page: &Readability) -> bool {
    let mut node = page.doc.root();
    let mut depth = 0;
    loop {
        if let Some(child) = node.first_child() {
            node = child;
            depth += 1;
            if depth > MAX_DEPTH {
                return true;
            }
            continue;
        }
        // The next node is behind this one, or behind one that it stands in.
        loop {
            if depth == 0 {
                return false;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return false };
            node = parent;
            depth -= 1;
        }
    }
}

/// Returns all of a page's text.
fn whole_text(page: &str) -> Result<String, ImportError> {
    let page = Readability::new(page, None, None).map_err(|error| {
        ImportError::new("", error.to_string(), "open the page in a browser and save its text")
    })?;
    page.doc.select("script, style, noscript, template").remove();
    Ok(page.doc.select("body").formatted_text().trim().to_owned())
}

/// Returns what the page says of the article.
fn metadata(article: &Article) -> BTreeMap<String, String> {
    let said = [
        ("title", Some(&article.title)),
        ("date", article.published_time.as_ref()),
        ("author", article.byline.as_ref()),
        ("site", article.site_name.as_ref()),
        ("language", article.lang.as_ref()),
        ("url", article.url.as_ref()),
    ];
    let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.trim().to_owned())));
    said.filter(|(_, value)| !value.is_empty()).collect()
}

/// Returns the encoding that a page names itself (`<meta charset="windows-1256">`), where it has no byte order mark and
/// is not UTF-8 all the same.
fn declared_encoding(bytes: &[u8]) -> Option<TextEncoding> {
    if std::str::from_utf8(bytes).is_ok() || bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")
    {
        return None;
    }
    let head = String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(bytes)).to_ascii_lowercase();
    let (_, behind) = head.split_once("charset")?;
    let name = behind.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap_or(name.len());
    TextEncoding::from_name(name.split_at(end).0)
}

#[cfg(test)]
mod tests {
    use super::super::exchange::import_format;
    use super::super::exchange::trials::imported;
    use super::*;

    fn read(page: &[u8]) -> Result<ImportedArticle, ImportError> {
        let files = BTreeMap::from([("port.html".to_owned(), page.to_vec())]);
        imported(import_format("html").expect("in the table"), &files).map(|mut articles| articles.remove(0))
    }

    fn paragraph(n: usize) -> String {
        format!(
            "<p>قال الوزير في الفقرة {n} إن المرفأ سيفتح غداً، وأضاف أن العمل بدأ منذ شهر، وأن السفن تصل تباعاً إلى الرصيف.</p>"
        )
    }

    fn page(charset: &str) -> String {
        let paragraphs: String = (1..=12).map(paragraph).collect();
        format!(
            "<!DOCTYPE html><html lang=\"ar\"><head><meta charset=\"{charset}\"><title>المرفأ يفتح غداً</title>\
             <meta property=\"article:published_time\" content=\"2024-05-06T07:08:09Z\"></head>\
             <body><nav><a href=\"/\">الرئيسية</a> <a href=\"/x\">اتصل بنا</a></nav><article><h1>المرفأ يفتح غداً</h1>\
             {paragraphs}</article><footer>حقوق النشر</footer><script>var x = 1;</script></body></html>"
        )
    }

    #[test]
    fn an_article_is_read_without_what_stands_around_it() {
        let article = read(page("utf-8").as_bytes()).expect("readable");
        assert_eq!((article.name.as_str(), article.warnings.len()), ("port", 0));
        let text = article.text.as_str();
        assert!(text.contains("في الفقرة 1 إن") && text.contains("في الفقرة 12 إن"), "{text}");
        assert!(!text.contains("اتصل بنا") && !text.contains("var x"), "{text}");
        assert!(text.lines().count() >= 12, "a line for each paragraph: {text}");
        assert_eq!(article.metadata.get("title").map(String::as_str), Some("المرفأ يفتح غداً"));
        assert_eq!(article.metadata.get("date").map(String::as_str), Some("2024-05-06T07:08:09Z"));
    }

    #[test]
    fn a_page_in_the_encoding_that_it_names_is_read() {
        let page: Vec<u8> = b"<meta charset='windows-1256'><body><p>\xE6\xDE\xC7\xE1</p>".to_vec();
        assert_eq!(read(&page).expect("readable").text.as_str(), "وقال");
        assert!(read(b"<body><p>\xE6\xDE\xC7\xE1 \xC7\xE1\xE6\xD2\xED\xD1</p>").is_err(), "nothing names it");
    }

    #[test]
    fn a_page_without_an_article_gives_all_of_its_text_and_says_so() {
        let article = read(b"<ul><li>one</li><li>two</li></ul>").expect("readable");
        assert!(article.text.as_str().contains("one") && article.text.as_str().contains("two"));
        assert_eq!(
            read(b"<body><script>x</script></body>").expect_err("no text").message,
            "the page has no text"
        );
    }

    #[test]
    fn a_page_of_many_elements_within_each_other_is_read_or_refused() {
        let deep = format!("{}x{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
        if let Ok(article) = read(deep.as_bytes()) {
            assert_eq!(article.text.as_str(), "x");
        }
    }
}
