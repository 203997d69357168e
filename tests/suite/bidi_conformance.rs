//! Lines stand in the order that Unicode's own tests of UAX #9 give, in each base direction.
//!
//! Both files (Debian: package `unicode-data`) hold paragraphs of one line with the level of each character and the
//! characters from left to right. `BidiCharacterTest.txt` has characters, `BidiTest.txt` sequences of bidi classes, for
//! each of which a character stands here. The order on a line does not depend on fonts, and a character without a glyph
//! has a place as well, so every case applies, but for those with a paragraph separator: a paragraph that is laid out
//! holds none.
//!
//! What the files leave out: a cluster keeps its marks behind their base in either direction (rule L3), so the order is
//! compared cluster by cluster. Characters that rule X9 takes out have no level; where they stand is not compared.

#![expect(clippy::print_stderr, reason = "a test says what it compared and what it skips")]

use hashiya::text::Direction;
use hashiya::typeset::{ParagraphLayout, TextStyle, Typesetter};

/// Where Debian puts the file.
const DEFAULT_FOLDER: &str = "/usr/share/unicode";

/// One line of the file.
struct Case {
    text: String,
    /// The base direction that is asked for; `None` is to be found by rules P2 and P3.
    asked: Option<Direction>,
    /// The base direction that comes of it, where the file says it.
    base: Option<Direction>,
    /// The level of each character; `None` where rule X9 takes it out.
    levels: Vec<Option<u8>>,
    /// The characters from left to right, by index.
    order: Vec<usize>,
}

fn levels(field: &str) -> Vec<Option<u8>> {
    field.split_whitespace().map(|level| level.parse().ok()).collect()
}

fn order(field: &str) -> Vec<usize> {
    field.split_whitespace().map(|index| index.parse().unwrap()).collect()
}

/// Reads `characters;asked direction;level of the paragraph;levels;order`.
fn character_case(line: &str) -> Case {
    let mut fields = line.split(';');
    let mut field = || fields.next().expect("five fields");
    let (chars, asked, base, level_field, order_field) = (field(), field(), field(), field(), field());
    let code = |hex| char::from_u32(u32::from_str_radix(hex, 16).unwrap()).expect("a scalar value");
    Case {
        text: chars.split_whitespace().map(code).collect(),
        asked: match asked {
            "0" => Some(Direction::Ltr),
            "1" => Some(Direction::Rtl),
            _ => None,
        },
        base: Some(if base == "0" { Direction::Ltr } else { Direction::Rtl }),
        levels: levels(level_field),
        order: order(order_field),
    }
}

/// Reads `classes; bits of the asked directions` under the last `@Levels` and `@Reorder`: a case for each direction.
/// None where the paragraph would end.
fn class_cases(line: &str, (levels, order): (&[Option<u8>], &[usize])) -> Vec<Case> {
    let (classes, directions) = line.split_once(';').expect("two fields");
    let Some(text) = classes.split_whitespace().map(char_of_class).collect::<Option<String>>() else {
        return Vec::new();
    };
    let directions = u8::from_str_radix(directions.trim(), 16).expect("bits");
    let asked = [None, Some(Direction::Ltr), Some(Direction::Rtl)];
    let asked = asked.into_iter().enumerate().filter(|(bit, _)| directions & (1 << bit) != 0);
    asked
        .map(|(_, asked)| {
            let (levels, order) = (levels.to_vec(), order.to_vec());
            Case { text: text.clone(), asked, base: asked, levels, order }
        })
        .collect()
}

/// A character of a bidi class that joins no cluster but by its class; none for the paragraph separator.
fn char_of_class(class: &str) -> Option<char> {
    Some(match class {
        "L" => 'a',
        "R" => '\u{5D0}',
        "AL" => '\u{628}',
        "EN" => '1',
        "ES" => '-',
        "ET" => '%',
        "AN" => '\u{661}',
        "CS" => ',',
        "NSM" => '\u{300}',
        "BN" => '\u{200B}',
        "S" => '\t',
        "WS" => ' ',
        "ON" => '!',
        "LRE" => '\u{202A}',
        "RLE" => '\u{202B}',
        "PDF" => '\u{202C}',
        "LRO" => '\u{202D}',
        "RLO" => '\u{202E}',
        "LRI" => '\u{2066}',
        "RLI" => '\u{2067}',
        "FSI" => '\u{2068}',
        "PDI" => '\u{2069}',
        "B" => return None,
        other => panic!("`{other}` is no bidi class"),
    })
}

/// What is wrong with a layout of the case; nothing where it is as the file says.
fn complaint(case: &Case, layout: &ParagraphLayout) -> Option<&'static str> {
    if case.base.is_some_and(|base| layout.is_rtl() != (base == Direction::Rtl)) {
        return Some("base direction");
    }
    if layout.geometry.lines().len() != 1 {
        return Some("more than one line");
    }
    let index_of_byte = |byte: usize| case.text.char_indices().take_while(|(at, _)| *at < byte).count();
    let mut cluster_of_char = vec![usize::MAX; case.levels.len()];
    let mut order = Vec::new();
    for (cluster, edge) in layout.geometry.edges(0).iter().enumerate() {
        let chars = index_of_byte(edge.range.start().index())..index_of_byte(edge.range.end().index());
        let mut shown = chars.clone().filter_map(|char| case.levels[char]).peekable();
        if shown.peek().is_some() {
            order.push(cluster);
        }
        if shown.any(|level| (level % 2 == 1) != edge.rtl) {
            return Some("direction of a character");
        }
        cluster_of_char[chars].fill(cluster);
    }
    let mut expected: Vec<usize> = case.order.iter().map(|&char| cluster_of_char[char]).collect();
    expected.dedup();
    (order != expected).then_some("visual order")
}

/// Lays every case out and compares.
#[derive(Default)]
struct Check {
    typesetter: Typesetter,
    cases: usize,
    characters: usize,
    wrong: Vec<String>,
}

impl Check {
    fn take(&mut self, case: &Case, place: impl FnOnce() -> String) {
        let layout = self.typesetter.layout_paragraph(&case.text, TextStyle::body(20.0), None, case.asked);
        self.cases += 1;
        self.characters += case.levels.len();
        if let Some(complaint) = complaint(case, &layout) {
            self.wrong.push(format!("{complaint}: {}", place()));
        }
    }

    fn end(self, least: usize) {
        let Self { cases, characters, wrong, .. } = self;
        eprintln!("{cases} cases, {characters} characters, {} cases differ", wrong.len());
        assert!(cases >= least, "the file has only {cases} cases");
        let first = wrong[..wrong.len().min(20)].join("\n");
        assert!(wrong.is_empty(), "{} of {cases} cases differ, the first:\n{first}", wrong.len());
    }
}

/// The lines of a file of the Unicode character database that are no comments; `None` where there is no such file.
fn lines_of(name: &str) -> Option<Vec<String>> {
    let folder = std::env::var("HASHIYA_UNICODE_DATA").unwrap_or_else(|_| DEFAULT_FOLDER.to_owned());
    let path = std::path::Path::new(&folder).join(name);
    let Ok(file) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}; install the package unicode-data", path.display());
        return None;
    };
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Some(lines.map(str::to_owned).collect())
}

#[test]
fn lines_stand_in_the_order_of_the_unicode_bidi_character_test() {
    let Some(lines) = lines_of("BidiCharacterTest.txt") else { return };
    let mut check = Check::default();
    for line in lines {
        check.take(&character_case(&line), || line.clone());
    }
    check.end(90_000);
}

#[test]
fn lines_stand_in_the_order_of_the_unicode_bidi_class_test() {
    let Some(lines) = lines_of("BidiTest.txt") else { return };
    let mut check = Check::default();
    let (mut last_levels, mut last_order) = (Vec::new(), Vec::new());
    for line in lines {
        if let Some(field) = line.strip_prefix("@Levels:") {
            last_levels = levels(field);
        } else if let Some(field) = line.strip_prefix("@Reorder:") {
            last_order = order(field);
        } else {
            for case in class_cases(&line, (&last_levels, &last_order)) {
                check.take(&case, || format!("{line} {:?} {last_levels:?} {last_order:?}", case.asked));
            }
        }
    }
    check.end(500_000);
}
