//! Files that cannot lie in `tests/bad`: too large, no UTF-8, or no plain files at all.

use std::fmt::Write as _;

use super::{GAZETTEER, PACK};
use crate::program::{ARTICLE, annotations, article_sha256};

/// What is put in the place of a file.
#[derive(Clone)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    /// So many bytes that take no space on the disk.
    Sparse(u64),
    Folder,
    #[cfg(unix)]
    Link(&'static str),
    #[cfg(unix)]
    LinkToItself,
    #[cfg(unix)]
    Pipe,
}

/// Makes a file.
type Make = fn() -> Content;

/// A file that is made.
pub(super) struct Made {
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) content: Make,
}

/// Shorter than a struct literal, for the table.
const fn made(kind: &'static str, name: &'static str, content: Make) -> Made {
    Made { kind, name, content }
}

const MEGABYTE: usize = 1 << 20;
const GIGABYTE: u64 = 1 << 30;

fn bytes(bytes: impl Into<Vec<u8>>) -> Content {
    Content::Bytes(bytes.into())
}

fn text(text: impl Into<String>) -> Content {
    Content::Bytes(text.into().into_bytes())
}

fn nested() -> Content {
    text("[".repeat(1_000_000))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn in_encoding(encoding: &'static encoding_rs::Encoding, text: &str) -> Content {
    bytes(encoding.encode(text).0)
}

/// Returns the annotation file without a mistake, with one thing in place of another.
fn changed(old: &str, new: &str) -> Content {
    let whole = annotations();
    assert!(whole.contains(old), "{old} does not stand in the file");
    text(whole.replacen(old, new, 1))
}

/// Returns the annotation file with these records in place of its own.
fn records(record: impl Fn(usize) -> String, count: usize) -> Content {
    let whole = annotations();
    let (head, rest) = whole.split_once("annotations: [\n").expect("a list");
    let (_, tail) = rest.split_once("  ],\n").expect("its end");
    let mut text = format!("{head}annotations: [\n");
    for i in 1..=count {
        writeln!(text, "    {},", record(i)).expect("a String");
    }
    text.push_str("  ],\n");
    text.push_str(tail);
    bytes(text)
}

const TIMES: &str =
    "origin: human, created: \"2026-01-31T08:00:00.000Z\", modified: \"2026-01-31T08:00:00.000Z\"";

fn person(id: usize, label: &str) -> String {
    format!(
        "(id: \"a{id}\", kind: entity, label: \"{label}\", spans: [(start: 4, end: 12, quote: \"سليم عون\")], {TIMES})"
    )
}

/// Returns a claim whose source is another annotation.
fn claim(id: usize, source: usize) -> String {
    format!(
        "(id: \"a{id}\", kind: claim, label: \"CLAIM\", spans: [(start: 16, end: 32, quote: \"المرفأ سيفتح غدا\")], \
         roles: {{\"SOURCE\": [entity(\"a{source}\")]}}, {TIMES})"
    )
}

/// Returns a pack with other lists than none, and a rule that uses one.
fn lists(lists: &str) -> Content {
    text(PACK.replacen("rules: [", &format!("lists: {{{lists}}},\n    rules: ["), 1))
}

fn many(count: usize, separator: &str, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(separator)
}

/// Returns a pack with so many rules, each with its own pattern.
fn rules(count: usize, pattern: impl Fn(usize) -> String) -> Content {
    let rule = |i| {
        format!(
            "Rule(id: \"r{i}\", pattern: [{}], note: (en: \"x\", ar: \"x\"), examples: (must: [\"x\"], must_not: [\"y\"]))",
            pattern(i)
        )
    };
    let rules = many(count, ", ", rule);
    text(format!("Pack(format: 1, name: \"own\", version: 1, language: \"ar\", rules: [{rules}])"))
}

fn row(name: &str) -> String {
    format!("1\tcity\tar\t{name}\t\town\tCC0-1.0\n")
}

/// Returns lines of a journal with their checksums.
fn journal(lines: &[&str]) -> Content {
    let line = |line: &&str| format!("{:08x} {line}\n", crc32fast::hash(line.as_bytes()));
    text(lines.iter().map(line).collect::<String>())
}

fn begin(version: u32) -> String {
    let sha256 = article_sha256();
    format!(
        "begin((version: {version}, article: \"port.txt\", sha256: \"{sha256}\", base: \"absent\", \
         at: \"2026-01-31T08:00:00.000Z\"))"
    )
}

fn commit(n: u64, edit: &str) -> String {
    format!(
        "commit((n: {n}, at: \"2026-01-31T08:00:00.000Z\", by: \"amal\", what: \"x\", edits: [{edit}], inverse: []))"
    )
}

/// Returns a journal with a good beginning and one change.
fn one_change(edit: &str) -> Content {
    journal(&[&begin(1), &commit(1, edit)])
}

/// What stands before the JSON of a document of an input line.
const DOCUMENT: &str = "{\"id\":\"a\",\"text\":\"";

/// Every file that is made.
pub(super) const MADE: &[Made] = &[
    made("articles", "utf8-lone-continuation-byte.txt", || bytes(b"ok\n\x80 no")),
    made("articles", "utf8-overlong.txt", || bytes(b"ok\n\xC0\xAF")),
    made("articles", "utf8-surrogate.txt", || bytes(b"ok\n\xED\xA0\x80")),
    made("articles", "utf8-beyond-unicode.txt", || bytes(b"ok\n\xF4\x90\x80\x80")),
    made("articles", "utf8-cut-at-the-end.txt", || bytes([ARTICLE.as_bytes(), b"\xD9"].concat())),
    made("articles", "utf8-damaged-once.txt", || {
        bytes([ARTICLE.as_bytes(), b"\xFF", ARTICLE.repeat(40).as_bytes()].concat())
    }),
    made("articles", "utf16le-without-mark.txt", || bytes(utf16(ARTICLE))),
    made("articles", "utf16be-without-mark.txt", || {
        bytes(ARTICLE.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>())
    }),
    made("articles", "utf16-english-without-mark.txt", || bytes(utf16("The minister said so.\n"))),
    made("articles", "utf16-odd-length.txt", || bytes([b"\xFF\xFE", &utf16("قال")[..5]].concat())),
    made("articles", "utf16-lone-surrogate.txt", || bytes(b"\xFF\xFEa\0\0\xD8b\0")),
    made("articles", "utf32.txt", || bytes(b"\xFF\xFE\0\0a\0\0\0b\0\0\0")),
    made("articles", "windows-1256.txt", || in_encoding(encoding_rs::WINDOWS_1256, ARTICLE)),
    made("articles", "iso-8859-6.txt", || in_encoding(encoding_rs::ISO_8859_6, ARTICLE)),
    made("articles", "shift-jis.txt", || {
        in_encoding(encoding_rs::SHIFT_JIS, "大臣は港が明日開くと述べた。\n")
    }),
    made("articles", "koi8-r.txt", || {
        in_encoding(encoding_rs::KOI8_R, "Министр сказал, что порт откроется.\n")
    }),
    made("articles", "zero.txt", || bytes(b"line\nab\0cd")),
    made("articles", "zeros-of-a-megabyte.txt", || bytes(vec![0; MEGABYTE])),
    made("articles", "picture.txt", || bytes(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR")),
    made("articles", "packed.txt", || bytes(b"\x1F\x8B\x08\0\0\0\0\0")),
    made("articles", "empty.txt", || bytes(b"")),
    made("articles", "mark-only.txt", || bytes(b"\xEF\xBB\xBF")),
    made("articles", "controls.txt", || {
        text("\u{1b}]0;x\u{7}\u{1b}[2J\u{8}\u{7f}\u{9b}31m\u{202e}\u{2066}\n")
    }),
    made("articles", "carriage-returns-only.txt", || text(ARTICLE.replace('\n', "\r"))),
    made("articles", "one-line-of-two-megabytes.txt", || {
        text("قال سليم عون إن المرفأ سيفتح ".repeat(40_000))
    }),
    made("articles", "one-word-of-two-megabytes.txt", || text("ب".repeat(MEGABYTE))),
    made("articles", "harakat-of-a-megabyte.txt", || text(format!("قا{}ل", "\u{64e}".repeat(MEGABYTE / 2)))),
    made("articles", "overrides-of-a-megabyte.txt", || text("\u{202e}".repeat(MEGABYTE / 3))),
    made("articles", "joiners-of-a-megabyte.txt", || text("\u{1f469}\u{200d}".repeat(MEGABYTE / 7))),
    made("articles", "quotes-of-a-megabyte.txt", || text("«\"“".repeat(MEGABYTE / 6))),
    made("articles", "lines-of-a-megabyte.txt", || text("\n".repeat(MEGABYTE))),
    made("articles", "too-long.txt", || Content::Sparse(GIGABYTE)),
    made("articles", "folder.txt", || Content::Folder),
    made("annotations", "utf8-broken.ron", || bytes([annotations().as_bytes(), b"// \x80\n"].concat())),
    made("annotations", "utf16.ron", || bytes([b"\xFF\xFE", &utf16(&annotations())[..]].concat())),
    made("annotations", "zero.ron", || changed("amal", "am\0al")),
    made("annotations", "zeros-in-place-of-the-end.ron", || {
        let whole = annotations();
        bytes([&whole.as_bytes()[..500], &[0; 4096][..]].concat())
    }),
    made("annotations", "nested.ron", nested),
    made("annotations", "nested-in-a-record.ron", || changed("roles: {", &"(a:[".repeat(200_000))),
    made("annotations", "nested-comments.ron", || text("/*".repeat(1_000_000))),
    made("annotations", "hashes-of-a-megabyte.ron", || text(format!("r{}\"", "#".repeat(MEGABYTE)))),
    made("annotations", "one-line-of-ten-megabytes.ron", || text("x".repeat(10 * MEGABYTE))),
    made("annotations", "field-of-ten-megabytes.ron", || changed("kind: entity", &"k".repeat(10 * MEGABYTE))),
    made("annotations", "kind-of-ten-megabytes.ron", || {
        changed("kind: entity", &format!("kind: {}", "k".repeat(10 * MEGABYTE)))
    }),
    made("annotations", "id-of-ten-megabytes.ron", || {
        changed("\"a1\", kind", &format!("\"{}\", kind", "9".repeat(10 * MEGABYTE)))
    }),
    made("annotations", "label-of-ten-megabytes.ron", || {
        changed("\"PERS\"", &format!("\"{}\"", "P".repeat(10 * MEGABYTE)))
    }),
    made("annotations", "quote-of-ten-megabytes.ron", || {
        changed("\"سليم عون\"", &format!("\"{}\"", "س".repeat(5 * MEGABYTE)))
    }),
    made("annotations", "role-of-ten-megabytes.ron", || {
        changed("\"SOURCE\"", &format!("\"{}\"", "S".repeat(10 * MEGABYTE)))
    }),
    made("annotations", "time-of-ten-megabytes.ron", || {
        changed("created: \"2026", &format!("created: \"{}", "2".repeat(10 * MEGABYTE)))
    }),
    made("annotations", "number-of-ten-megabytes.ron", || {
        changed("start: 4", &format!("start: {}", "4".repeat(10 * MEGABYTE)))
    }),
    made("annotations", "encoding-of-a-megabyte.ron", || {
        changed("\"UTF-8\"", &format!("\"{}\"", "u".repeat(MEGABYTE)))
    }),
    made("annotations", "a-thousand-unknown-labels.ron", || records(|i| person(i, "PRES"), 1_000)),
    made("annotations", "a-thousand-ids-twice.ron", || records(|i| person(1 + i / 2, "PERS"), 1_000)),
    made("annotations", "a-hundred-thousand-on-one-word.ron", || records(|i| person(i, "PERS"), 100_000)),
    made("annotations", "a-chain-that-ends-in-nothing.ron", || records(|i| claim(i, i + 1), 50_000)),
    made("annotations", "a-chain-that-begins-in-nothing.ron", || {
        records(|i| claim(i, i.wrapping_sub(1)), 50_000)
    }),
    made("annotations", "spans-of-ten-thousand-pieces.ron", || {
        let spans = many(10_000, ", ", |_| "(start: 4, end: 12, quote: \"سليم عون\")".to_owned());
        changed("(start: 4, end: 12, quote: \"سليم عون\")", &spans)
    }),
    made("annotations", "too-long.ron", || Content::Sparse(GIGABYTE)),
    made("annotations", "folder.ron", || Content::Folder),
    made("packs", "utf8-broken.ron", || bytes(b"Pack(format: 1,\n  name: \"\xFF\")")),
    made("packs", "zero.ron", || text(PACK.replacen("own", "o\0wn", 1))),
    made("packs", "nested.ron", nested),
    made("packs", "nested-elements.ron", || {
        text(PACK.replacen("Gazetteer(\"city\")", &"Optional([".repeat(100_000), 1))
    }),
    made("packs", "too-long.ron", || Content::Sparse(GIGABYTE)),
    made("packs", "name-of-three-megabytes.ron", || {
        text(PACK.replacen("\"city\"", &format!("\"{}\"", "c".repeat(3 * MEGABYTE)), 1))
    }),
    made("packs", "element-of-three-megabytes.ron", || {
        text(PACK.replacen("Gazetteer", &"G".repeat(3 * MEGABYTE), 1))
    }),
    made("packs", "regex-of-a-megabyte.ron", || {
        text(PACK.replacen("Gazetteer(\"city\")", &format!("Regex(\"{}[\")", "a".repeat(MEGABYTE)), 1))
    }),
    made("packs", "regexes-by-the-thousand.ron", || {
        rules(5_000, |i| format!("Capture(\"GPE\", [Regex(r\"\\w{{900}}{i}\")])"))
    }),
    made("packs", "rules-without-examples.ron", || {
        text(format!(
            "Pack(format: 1, name: \"own\", version: 1, language: \"ar\", rules: [{}])",
            many(10_000, ", ", |i| format!(
                "Rule(id: \"r{i}\", pattern: [Rest], note: (en: \"x\", ar: \"x\"), examples: (must: [], must_not: []))"
            ))
        ))
    }),
    made("packs", "labels-by-the-thousand.ron", || {
        rules(3_000, |i| format!("Capture(\"L{i}\", [Word(\"x\")])"))
    }),
    made("packs", "names-that-are-nowhere.ron", || {
        rules(8_000, |i| format!("Capture(\"GPE\", [List(\"l{i}\")])"))
    }),
    made("packs", "lists-in-a-chain.ron", || {
        lists(&many(30_000, ", ", |i| format!("\"l{i}\": (words: [\"قال\"], include: [\"l{}\"])", i + 1)))
    }),
    made("packs", "lists-that-include-each-other.ron", || {
        let all = many(500, ", ", |i| format!("\"l{i}\""));
        lists(&many(500, ", ", |i| {
            format!("\"l{i}\": (words: [{}], include: [{all}])", many(60, ", ", |j| format!("\"w{i}x{j}\"")))
        }))
    }),
    made("packs", "lists-by-the-hundred-thousand.ron", || {
        lists(&many(100_000, ", ", |i| format!("\"l{i}\": (words: [\"x{i}\"])")))
    }),
    made("packs", "lists-twice.ron", || lists(&many(50_000, ", ", |_| "\"l\": (words: [\"x\"])".to_owned()))),
    made("packs", "words-by-the-hundred-thousand.ron", || {
        let words = many(200_000, ", ", |i| format!("\"w{i}\""));
        lists(&format!("\"w\": (words: [{words}])"))
    }),
    made("packs", "strings-by-the-hundred-thousand-and-a-mistake.ron", || {
        text(format!(
            "Pack(format: 1, name: \"own\", version: 1, language: \"ar\", mute: [{}], x: 1)",
            "\"x\", ".repeat(500_000)
        ))
    }),
    made("packs", "mutes-by-the-hundred-thousand.ron", || {
        text(format!(
            "Pack(format: 1, name: \"own\", version: 1, language: \"ar\", mute: [{}])",
            "\"x\", ".repeat(200_000)
        ))
    }),
    made("packs", "captures-by-the-hundred.ron", || {
        rules(1, |_| many(100, ", ", |i| format!("Capture(\"L{i}\", [Word(\"x\")])")))
    }),
    made("packs", "marks-by-the-thousand.ron", || {
        rules(5_000, |i| format!("Capture(\"GPE\", [Mark(\"{i}\")])"))
    }),
    made("packs", "regexes-repeated.ron", || {
        rules(200, |_| {
            "Capture(\"GPE\", [Repeat(1000, 1000, [Regex(r\"\\w{50}\"), Mark(\"،\")])])".to_owned()
        })
    }),
    made("packs", "elements-repeated.ron", || {
        rules(500, |_| "Capture(\"GPE\", [Repeat(1000, 1000, [Word(\"x\"), Mark(\"،\")])])".to_owned())
    }),
    made("packs", "an-element-of-a-megabyte-with-much-in-it.ron", || {
        text(format!("Pack(rules: [{}({})])", "G".repeat(MEGABYTE), "x, ".repeat(500_000)))
    }),
    made("packs", "folder.ron", || Content::Folder),
    made("gazetteers", "utf8-broken.tsv", || {
        bytes([GAZETTEER.as_bytes(), b"2\tcity\tar\t\xC7\t\town\tCC0-1.0\n"].concat())
    }),
    made("gazetteers", "zero.tsv", || text(format!("{GAZETTEER}{}", row("مر\0سانة")))),
    made("gazetteers", "a-million-rows-alike.tsv", || {
        text(format!("{GAZETTEER}{}", row("مرسانة").repeat(1_000_000)))
    }),
    made("gazetteers", "a-name-of-a-megabyte.tsv", || {
        text(format!("{GAZETTEER}{}", row(&"مر ".repeat(MEGABYTE / 5))))
    }),
    made("gazetteers", "a-word-of-a-megabyte.tsv", || {
        text(format!("{GAZETTEER}{}", row(&"م".repeat(MEGABYTE / 2))))
    }),
    made("gazetteers", "a-row-of-a-megabyte.tsv", || {
        text(format!("{GAZETTEER}{}\n", "x\t".repeat(MEGABYTE / 2)))
    }),
    made("gazetteers", "a-hundred-thousand-aliases.tsv", || {
        text(format!(
            "{GAZETTEER}1\tcity\tar\tمرسانة\t{}\town\tCC0-1.0\n",
            many(100_000, "|", |i| format!("مرسانة {i}"))
        ))
    }),
    made("gazetteers", "a-language-of-a-megabyte.tsv", || {
        text(format!("{GAZETTEER}1\tcity\t{}\tx\t\town\tCC0-1.0\n", "x".repeat(MEGABYTE)))
    }),
    made("gazetteers", "too-long.tsv", || Content::Sparse(GIGABYTE)),
    made("schemas", "utf8-broken.ron", || bytes(b"(\n  version: 1,\n  name: \"\xFF\")")),
    made("schemas", "nested.ron", nested),
    made("schemas", "too-long.ron", || Content::Sparse(GIGABYTE)),
    made("schemas", "id-of-three-megabytes.ron", || {
        let label = |id: &str, parent: &str| {
            format!(
                "(id: \"{id}\", kind: entity, names: {{}}, light: \"#000000\", dark: \"#000000\", pattern: single{parent})"
            )
        };
        let id = "P".repeat(MEGABYTE);
        let parent = format!(", parent: \"{id}Q\"");
        text(format!(
            "#![enable(implicit_some)]\n(version: 1, name: \"s\", labels: [{}, {}])",
            label(&id, ""),
            label("x", &parent)
        ))
    }),
    made("schemas", "labels-by-the-ten-thousand.ron", || {
        let label = |i| {
            format!(
                "(id: \"L{i}\", kind: entity, names: {{}}, light: \"#000000\", dark: \"#000000\", pattern: single, parent: \"L{i}x\")"
            )
        };
        text(format!(
            "#![enable(implicit_some)]\n(version: 1, name: \"s\", labels: [{}])",
            many(20_000, ", ", label)
        ))
    }),
    made("schemas", "folder.ron", || Content::Folder),
    made("settings", "utf8-broken.ron", || bytes(b"(\n  version: 1, annotator: \"\xFF\")")),
    made("settings", "nested.ron", nested),
    made("settings", "field-of-three-megabytes.ron", || text(format!("({}: 1)", "x".repeat(3 * MEGABYTE)))),
    made("settings", "too-long.ron", || Content::Sparse(GIGABYTE)),
    made("settings", "folder.ron", || Content::Folder),
    made("keymaps", "nested.ron", nested),
    made("keymaps", "command-of-three-megabytes.ron", || {
        text(format!("{{\"{}\": []}}", "x".repeat(3 * MEGABYTE)))
    }),
    made("keymaps", "chord-of-three-megabytes.ron", || {
        text(format!("{{\"review.accept\": [\"{}\"]}}", "x".repeat(3 * MEGABYTE)))
    }),
    made("dictionaries", "utf8-broken.tsv", || {
        bytes(b"name\tlabel\taccepted\trejected\tpassed\tarticle\n\xFF\tPERS\t1\t0\t0\ta.txt\n")
    }),
    made("dictionaries", "a-name-of-a-megabyte.tsv", || {
        text(format!("{}\tPERS\t1\t0\t0\ta.txt\n", "س".repeat(MEGABYTE / 2)))
    }),
    made("dictionaries", "a-count-of-a-megabyte.tsv", || {
        text(format!("سليم\tPERS\t{}\t0\t0\ta.txt\n", "1".repeat(MEGABYTE)))
    }),
    made("dictionaries", "too-long.tsv", || Content::Sparse(GIGABYTE)),
    made("journals", "empty.journal", || bytes(b"")),
    made("journals", "no-checksum.journal", || text(begin(1) + "\n")),
    made("journals", "checksum-wrong.journal", || text(format!("00000000 {}\n", begin(1)))),
    made("journals", "checksum-wrong-in-the-middle.journal", || {
        text(format!(
            "{:08x} {}\n00000000 {}\n",
            crc32fast::hash(begin(1).as_bytes()),
            begin(1),
            commit(1, "")
        ))
    }),
    made("journals", "version-newer.journal", || journal(&[&begin(2)])),
    made("journals", "no-beginning.journal", || journal(&[&commit(1, "")])),
    made("journals", "two-beginnings.journal", || journal(&[&begin(1), &begin(1)])),
    made("journals", "a-change-missing.journal", || journal(&[&begin(1), &commit(2, "")])),
    made("journals", "a-change-of-the-highest-number.journal", || {
        journal(&[&begin(1), &commit(u64::MAX, "")])
    }),
    made("journals", "undo-of-nothing.journal", || {
        journal(&[&begin(1), "undo((n: 1, at: \"2026-01-31T08:00:00.000Z\", by: \"amal\"))"])
    }),
    made("journals", "removal-of-nothing.journal", || one_change("remove(\"a7\")")),
    made("journals", "span-beyond-the-text.journal", || {
        one_change(&format!("insert({})", person(1, "PERS").replacen("end: 12", "end: 4294967295", 1)))
    }),
    made("journals", "id-highest.journal", || {
        one_change(&format!("insert({})", person(4_294_967_295, "PERS")))
    }),
    made("journals", "names-itself.journal", || one_change(&format!("insert({})", claim(1, 1)))),
    made("journals", "names-nothing.journal", || one_change(&format!("insert({})", claim(1, 2)))),
    made("journals", "edit-unknown.journal", || one_change("explode(\"a1\")")),
    made("journals", "nested.journal", || one_change(&"[".repeat(1_000_000))),
    made("journals", "a-record-of-twenty-megabytes.journal", || {
        one_change(&format!("remove(\"{}\")", "9".repeat(20 * MEGABYTE)))
    }),
    made("journals", "utf8-broken.journal", || bytes(b"00000000 \xFF\n")),
    made("journals", "no-line.journal", || text("x".repeat(10 * MEGABYTE))),
    made("journals", "zeros.journal", || bytes(vec![0; 4096])),
    made("journals", "too-long.journal", || Content::Sparse(4 * GIGABYTE)),
    made("journals", "folder.journal", || Content::Folder),
    made("gold", "nested.jsonl", nested),
    made("gold", "utf8-broken.jsonl", || bytes(b"{\"id\":\"a\",\"text\":\"\xFF\"}\n")),
    made("gold", "field-of-ten-megabytes.jsonl", || {
        text(format!("{DOCUMENT}\",\"spans\":[{{\"label\":7,\"{}\":1}}]}}", "x".repeat(10 * MEGABYTE)))
    }),
    made("gold", "one-line-without-end.jsonl", || Content::Sparse(8 * GIGABYTE)),
    made("gold", "folder.jsonl", || Content::Folder),
    made("jsonl", "nested.jsonl", nested),
    made("jsonl", "utf8-broken.jsonl", || bytes(b"{\"id\":\"a\",\"text\":\"\xFF\"}\n")),
    made("jsonl", "utf16.jsonl", || {
        bytes([b"\xFF\xFE", &utf16("{\"id\":\"a\",\"text\":\"x\"}\n")[..]].concat())
    }),
    made("jsonl", "text-of-ten-megabytes-without-end.jsonl", || {
        text(format!("{DOCUMENT}{}", "x".repeat(10 * MEGABYTE)))
    }),
    made("jsonl", "one-line-without-end.jsonl", || Content::Sparse(GIGABYTE)),
    made("parquet", "empty.parquet", || bytes(b"")),
    made("parquet", "mark-only.parquet", || bytes(b"PAR1PAR1")),
    made("parquet", "footer-longer-than-the-file.parquet", || bytes(b"PAR1\xFF\xFF\xFF\x7FPAR1")),
    made("parquet", "a-row-of-256-megabytes.parquet", || bytes(crate::streams::table_with_a_long_text())),
    made("parquet", "zeros.parquet", || Content::Sparse(GIGABYTE)),
];

/// Links and pipes, which every kind of file may be.
#[cfg(unix)]
pub(super) const SPECIAL: &[(&str, Make)] = &[
    ("link-into-a-circle", || Content::LinkToItself),
    ("link-to-nothing", || Content::Link("/nowhere/at/all")),
    ("link-to-zeros-without-end", || Content::Link("/dev/zero")),
    ("pipe", || Content::Pipe),
];
