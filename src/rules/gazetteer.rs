//! Gazetteers as tables, and the words that are made from them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::Language;
use super::error::PackError;
use super::limits::MAX_MISTAKES;
use super::pack::GazetteerSource;
use crate::text::shortened;

/// The columns of a gazetteer file, in order.
const COLUMNS: [&str; 7] = ["id", "type", "language", "name", "aliases", "source", "licence"];

/// One line of a gazetteer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The gazetteer class (`country`, `first_name`).
    pub(super) class: &'a str,
    pub(super) language: Language,
    /// The name and its other spellings.
    pub(super) names: Vec<&'a str>,
}

/// Returns the rows of a gazetteer file; lines that begin with `#` are remarks.
pub(super) fn parse<'a>(source: &'a GazetteerSource, errors: &mut Vec<PackError>) -> Vec<Row<'a>> {
    let path: Arc<str> = source.path.as_str().into();
    let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    let mut error = |line: usize, column: usize, message: String, hint: &str| {
        errors.push(PackError {
            path: path.clone(),
            line: number(line),
            column: number(column),
            message,
            nearest: None,
            hint: hint.to_owned(),
        });
    };
    let mut lines = source.text.lines().enumerate().filter(|(_, l)| !l.starts_with('#') && !l.is_empty());
    match lines.next() {
        Some((_, header)) if header.split('\t').eq(COLUMNS) => {}
        other => {
            let line = other.map_or(0, |(line, _)| line);
            let hint = format!("The columns are {}, with tabs between them", COLUMNS.join(" "));
            error(line, 0, "the header line of the gazetteer is missing or wrong".to_owned(), &hint);
            return Vec::new();
        }
    }
    let mut rows = Vec::new();
    let mut mistakes = 0;
    for (line, text) in lines {
        if mistakes == MAX_MISTAKES {
            break;
        }
        mistakes += 1;
        let cells: Vec<&str> = text.split('\t').collect();
        let [_, class, language, name, aliases, _, _] = cells[..] else {
            // Where the row ends too soon, or goes on too long.
            let end = text.chars().count().min(column_of(&cells, COLUMNS.len()));
            error(line, end, format!("{} columns where {} are needed", cells.len(), COLUMNS.len()), "");
            continue;
        };
        let Some(language) = Language::from_code(language) else {
            let message = format!("there are no rules for the language `{}`", shortened(language));
            error(line, column_of(&cells, 2), message, "Write `ar` or `en`");
            continue;
        };
        if name.trim().is_empty() || class.is_empty() {
            let column = column_of(&cells, if class.is_empty() { 1 } else { 3 });
            error(line, column, "a row needs a type and a name".to_owned(), "");
            continue;
        }
        let names = std::iter::once(name).chain(aliases.split('|')).filter(|n| !n.trim().is_empty());
        mistakes -= 1;
        rows.push(Row { class, language, names: names.collect() });
    }
    rows
}

/// Returns how many characters stand before a cell of a row.
fn column_of(cells: &[&str], cell: usize) -> usize {
    cells.iter().take(cell).map(|cell| cell.chars().count() + 1).sum()
}

/// Endings of the relational adjective: masculine, feminine, plural, dual, each in its cases.
const NISBA_ENDINGS: [&str; 7] = ["ي", "ية", "يين", "يون", "يان", "يتين", "يات"];

/// Returns the relational adjectives of place names, with and without the article: ليبيا gives ليبي, الليبية …
///
/// A name of several words gives none. A noun with ي in place of its ending is the rule (Wright, A Grammar of the
/// Arabic Language, I §249); `also` has the stems that break it.
pub(super) fn nisba<'a>(
    names: impl Iterator<Item = &'a str>,
    also: &[String],
    except: &[String],
) -> BTreeSet<String> {
    let mut stems: BTreeSet<String> = names.filter_map(nisba_stem).collect();
    stems.extend(also.iter().map(|word| word.strip_suffix('ي').unwrap_or(word).to_owned()));
    for word in except {
        stems.remove(word.strip_suffix('ي').unwrap_or(word));
    }
    let endings = stems.iter().flat_map(|stem| NISBA_ENDINGS.iter().map(move |e| format!("{stem}{e}")));
    endings.flat_map(|word| [format!("ال{word}"), word]).collect()
}

fn nisba_stem(name: &str) -> Option<String> {
    if name.contains(|c: char| !c.is_alphabetic()) {
        return None;
    }
    let bare = name.strip_prefix("ال").unwrap_or(name);
    let stem = ["يا", "ية", "ا", "ة"].iter().find_map(|ending| bare.strip_suffix(ending)).unwrap_or(bare);
    let stem = stem.strip_suffix('ي').unwrap_or(stem);
    (stem.chars().count() >= 3).then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nationalities_are_made_from_countries() {
        let made =
            nisba(["ليبيا", "الأردن", "كوريا الشمالية", "مصر"].into_iter(), &["نمساوي".to_owned()], &[]);
        for word in ["ليبي", "الليبية", "الليبيين", "أردنيون", "المصري", "النمساوية"]
        {
            assert!(made.contains(word), "{word}");
        }
        assert!(!made.iter().any(|word| word.contains(' ')));
    }

    #[test]
    fn a_broken_row_is_named_with_its_line() {
        let source = GazetteerSource {
            path: "places.tsv".to_owned(),
            text: "# mine\nid\ttype\tlanguage\tname\taliases\tsource\tlicence\nX\tcity\tar\tزليتن\n".into(),
        };
        let mut errors = Vec::new();
        assert!(parse(&source, &mut errors).is_empty());
        assert_eq!(errors[0].to_string(), "places.tsv:3:16: 4 columns where 7 are needed");
    }
}
