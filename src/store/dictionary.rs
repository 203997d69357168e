//! The learned names on disk: a TSV file that a spreadsheet opens.
//!
//! In a project it is `gazetteers/own.tsv`; articles outside one share the file of the user's data folder. A line is a
//! name, a label, how often it was accepted and rejected, and the article that says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{StoreError, atomic};
use crate::formats::utf8;
use crate::rules::{Dictionary, Lesson, Votes};
use crate::text::shortened;

/// The longest file of names, in bytes: some hundred thousand lines.
const MAX_BYTES: u64 = 64 << 20;

/// The first line; its number is the version.
const HEADER: &str = "name\tlabel\taccepted\trejected\tpassed\tarticle";

/// What the first line of every version begins with.
const HEADER_BEGINS: &str = "name\tlabel\t";

/// The first line of files from before names that were passed over were counted.
const OLD_HEADER: &str = "name\tlabel\taccepted\trejected\tarticle";

/// Returns where the names learned from an article are kept: in its project, which is the nearest folder above it
/// with a `hashiya.ron`, else in `data_dir`; `None` where there is neither.
#[must_use]
pub fn dictionary_path(article: &Path, data_dir: Option<&Path>) -> Option<PathBuf> {
    Some(project_of(article).or(data_dir)?.join("gazetteers").join("own.tsv"))
}

/// Returns the project of an article: the nearest folder above it with a `hashiya.ron`.
pub(super) fn project_of(article: &Path) -> Option<&Path> {
    article.ancestors().skip(1).find(|folder| folder.join("hashiya.ron").is_file())
}

/// Returns the learned names of a file, none where there is no such file.
///
/// # Errors
///
/// When the file cannot be read, with the line.
pub fn load_dictionary(path: &Path) -> Result<Dictionary, StoreError> {
    let bytes = match atomic::read(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(StoreError::Missing { .. }) => return Ok(Dictionary::default()),
        Err(error) => return Err(error),
    };
    let bad =
        |line: usize, what: &str| StoreError::Names { path: path.to_owned(), line, what: what.to_owned() };
    let text = utf8(&bytes).map_err(|place| bad(place.line, "the line is not UTF-8"))?;
    let mut articles: BTreeMap<Arc<str>, Vec<Lesson>> = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        if (i == 0 && (line == HEADER || line == OLD_HEADER)) || line.trim().is_empty() {
            continue;
        }
        if i == 0 && line.starts_with(HEADER_BEGINS) {
            let message = format!("the columns are none of a version that this program reads (`{HEADER}`)");
            return Err(bad(1, &message.replace('\t', " ")));
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let (name, label, accepted, rejected, passed, article) = match fields[..] {
            [name, label, accepted, rejected, passed, article] => {
                (name, label, accepted, rejected, passed, article)
            }
            [name, label, accepted, rejected, article] => (name, label, accepted, rejected, "0", article),
            _ => return Err(bad(i + 1, "a line has six fields with tabs between them")),
        };
        let count = |text: &str| {
            text.parse().map_err(|_| bad(i + 1, &format!("`{}` is no number of times", shortened(text))))
        };
        let votes = Votes { accepted: count(accepted)?, rejected: count(rejected)?, passed: count(passed)? };
        let lesson = Lesson::new(name, label.into(), votes).ok_or_else(|| {
            bad(i + 1, &format!("`{}` is no name of three letters and eight words at most", shortened(name)))
        })?;
        articles.entry(article.into()).or_default().push(lesson);
    }
    Ok(Dictionary::new(articles))
}

/// Writes learned names to their file, whose folder is made where it is missing.
///
/// # Errors
///
/// When the folder cannot be made or written.
pub fn save_dictionary(path: &Path, dictionary: &Dictionary) -> Result<(), StoreError> {
    let lines = dictionary.articles().iter().flat_map(|(article, lessons)| {
        lessons.iter().map(move |lesson| {
            let Votes { accepted, rejected, passed } = lesson.votes();
            // An article's name may hold anything that a file system allows.
            let article = article.replace(['\t', '\n', '\r'], " ");
            format!("{}\t{}\t{accepted}\t{rejected}\t{passed}\t{article}\n", lesson.name(), lesson.label())
        })
    });
    let text: String = [format!("{HEADER}\n")].into_iter().chain(lines).collect();
    atomic::make_folder(path.parent().unwrap_or(path))?;
    atomic::write(path, text.as_bytes(), None).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Dictionary {
        let lesson = |name, label: &str, accepted, rejected| {
            Lesson::new(name, label.into(), Votes { accepted, rejected, passed: 1 }).expect("a name")
        };
        let lessons = vec![lesson("سليم عون", "PERS", 3, 0), lesson("نبأ", "MEDIA", 1, 2)];
        Dictionary::new(BTreeMap::from([("port.txt".into(), lessons)]))
    }

    #[test]
    fn names_are_found_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("gazetteers").join("own.tsv");
        assert_eq!(load_dictionary(&path).expect("none yet"), Dictionary::default());
        save_dictionary(&path, &sample()).expect("writable");
        assert_eq!(load_dictionary(&path).expect("just saved"), sample());
    }

    #[test]
    fn a_file_without_names_that_were_passed_over_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("own.tsv");
        let text = format!("{OLD_HEADER}\nسليم عون\tPERS\t3\t1\ta.txt\n");
        atomic::write(&path, text.as_bytes(), None).expect("writable");
        let names = load_dictionary(&path).expect("it was written before");
        let votes = names.names().flat_map(|name| name.labels.values().copied()).next();
        assert_eq!(votes, Some(Votes { accepted: 3, rejected: 1, passed: 0 }));
    }

    #[test]
    fn a_bad_line_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("own.tsv");
        for (line, what) in [
            ("سليم عون\tPERS\t3", "six fields"),
            ("سليم عون\tPERS\tthree\t0\ta.txt", "`three` is no number"),
            ("هو\tPERS\t3\t0\ta.txt", "is no name"),
        ] {
            atomic::write(&path, format!("{HEADER}\n{line}\n").as_bytes(), None).expect("writable");
            let message = load_dictionary(&path).expect_err("bad").to_string();
            assert!(message.contains("own.tsv:2:") && message.contains(what), "{message}");
        }
    }

    #[test]
    fn a_project_has_its_own_names() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let article = folder.path().join("articles").join("a.txt");
        let shared = Path::new("/home/amal/.local/share/hashiya");
        assert_eq!(dictionary_path(&article, None), None);
        let outside = dictionary_path(&article, Some(shared)).expect("shared");
        assert!(outside.starts_with(shared));
        atomic::write(&folder.path().join("hashiya.ron"), b"()", None).expect("writable");
        let inside = dictionary_path(&article, Some(shared)).expect("its own");
        assert_eq!(inside, folder.path().join("gazetteers").join("own.tsv"));
    }
}
