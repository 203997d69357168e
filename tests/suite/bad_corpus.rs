//! Hostile and broken files: everything in `tests/bad` and what [`made`] adds is given to the program, which must end
//! soon, within its memory, with a message that names the place and the way out. `tests/bad/messages.snap` has what it
//! says of each.

mod made;
mod watched;

use std::fmt::Write as _;
use std::path::Path;

use hashiya::formats::schema_file;
use hashiya::model::Timestamp;
use hashiya::session::Keymap;
use hashiya::store::{self, OpenOptions, SetAside, StoreError, SystemDisk};
use rayon::prelude::*;

use crate::program::{ARTICLE, annotations};
use made::{Content, MADE, SPECIAL};
use watched::Place;

/// A pack without a mistake, for what needs one beside it.
const PACK: &str = r#"#![enable(implicit_some)]
Pack(format: 1, name: "own", version: 1, language: "ar",
    rules: [Rule(id: "place", pattern: [Capture("GPE", [Gazetteer("city")])], note: (en: "a city", ar: "مدينة"),
        examples: (must: ["وصل إلى [مرسانة] أمس"], must_not: ["وصل إلى البيت"]))],
)
"#;

/// A gazetteer without a mistake.
const GAZETTEER: &str =
    "id\ttype\tlanguage\tname\taliases\tsource\tlicence\n1\tcity\tar\tمرسانة\t\town\tCC0-1.0\n";

/// A kind of file: its folder, where the program finds such a file, how it is read.
struct Kind {
    folder: &'static str,
    path: &'static str,
    reading: Reading,
}

enum Reading {
    /// By the program with these arguments.
    Program(&'static [&'static str]),
    /// By a function that the window calls, which returns what the user is told.
    Library(fn(&Path) -> String),
}

use Reading::{Library, Program};

const RULES: &str = "own/own.ron";
const KINDS: &[Kind] = &[
    Kind {
        folder: "articles",
        path: "a.txt",
        reading: Program(&["suggest", "a.txt", "--no-builtin", "--rules", RULES]),
    },
    Kind { folder: "annotations", path: "port.txt.ron", reading: Program(&["check", "port.txt"]) },
    Kind { folder: "misplaced", path: "moved.ron", reading: Program(&["check", "moved.ron"]) },
    Kind { folder: "packs", path: RULES, reading: Program(&["rules", "check", "own", "--no-builtin"]) },
    Kind {
        folder: "gazetteers",
        path: "own/own.tsv",
        reading: Program(&["rules", "check", "own", "--no-builtin"]),
    },
    Kind { folder: "schemas", path: "s.ron", reading: Program(&["check", "port.txt", "--schema", "s.ron"]) },
    Kind {
        folder: "projects",
        path: "p/hashiya.ron",
        reading: Program(&["export", "p", "--format", "jsonl", "--out", "out"]),
    },
    Kind { folder: "settings", path: "settings.ron", reading: Library(settings) },
    Kind { folder: "keymaps", path: "keymap.ron", reading: Library(keymap) },
    Kind { folder: "dictionaries", path: "own.tsv", reading: Library(dictionary) },
    Kind { folder: "journals", path: "port.txt.ron.journal", reading: Library(journal) },
    Kind {
        folder: "gold",
        path: "gold.jsonl",
        reading: Program(&["eval", "--gold", "gold.jsonl", "--no-builtin", "--rules", RULES]),
    },
    Kind {
        folder: "jsonl",
        path: "a.jsonl",
        reading: Program(&["suggest", "a.jsonl", "--no-builtin", "--rules", RULES]),
    },
    Kind {
        folder: "parquet",
        path: "a.parquet",
        reading: Program(&["suggest", "a.parquet", "--no-builtin", "--rules", RULES]),
    },
];

fn told(error: &StoreError) -> String {
    hashiya::formats::visible(&format!("error: {error}\n  hint: {}", error.hint()))
}

fn settings(path: &Path) -> String {
    store::load_settings(path.parent().expect("a folder"))
        .map_or_else(|error| told(&error), |settings| format!("{settings:?}"))
}

fn keymap(path: &Path) -> String {
    match store::load_keymap(path) {
        Err(error) => told(&error),
        Ok(changes) => Keymap::new(&changes).err().map_or_else(String::new, |error| {
            format!("error: {}: {}", path.display(), hashiya::formats::visible(&error.to_string()))
        }),
    }
}

fn dictionary(path: &Path) -> String {
    store::load_dictionary(path).map_or_else(
        |error| told(&error),
        |names| format!("{} names of {} articles", names.names().count(), names.articles().len()),
    )
}

/// Opens the article beside the journal and brings it to where the journal ends.
fn journal(path: &Path) -> String {
    let article = path.with_file_name("port.txt");
    let schema = schema_file::default_schema();
    let mut opened = store::open(&article, OpenOptions::default(), &schema).expect("a good article");
    let at = Timestamp::from_millis(1_700_000_000_000);
    match store::recover(SystemDisk, path, &mut opened.document, &opened.stamp, at) {
        Err(error) => told(&error),
        Ok(recovered) => {
            let mut said = format!("{} changes", recovered.changes);
            for SetAside { reason, path } in recovered.set_aside {
                let kept = path.map_or_else(|| "dropped".to_owned(), |path| path.display().to_string());
                write!(said, "\nset aside: {}\n  {kept}", hashiya::formats::visible(&reason))
                    .expect("a String");
            }
            said
        }
    }
}

/// Returns the bytes of every file of a kind that lies in `tests/bad`, and what is made for it, by name.
fn files(kind: &Kind) -> Vec<(String, Content)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(kind.folder);
    let mut files = Vec::new();
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.expect("readable").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        files.push((name, Content::Bytes(std::fs::read(path).expect("readable"))));
    }
    let made = MADE.iter().filter(|made| made.kind == kind.folder);
    files.extend(made.map(|made| (made.name.to_owned(), (made.content)())));
    #[cfg(unix)]
    files.extend(SPECIAL.iter().map(|(name, content)| ((*name).to_owned(), content())));
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

/// Returns what the program says of a file.
fn said_of(kind: &Kind, name: &str, content: &Content) -> String {
    let place = Place::new();
    place.write("port.txt", ARTICLE.as_bytes());
    if !matches!(kind.folder, "annotations" | "misplaced" | "journals") {
        place.write("port.txt.ron", annotations().as_bytes());
    }
    place.write(RULES, PACK.as_bytes());
    place.write("own/own.tsv", GAZETTEER.as_bytes());
    if kind.folder == "misplaced" {
        place.remove("port.txt");
    }
    place.put(kind.path, content);
    let said = match kind.reading {
        Program(arguments) => place.run(arguments, &format!("{}/{name}", kind.folder)),
        Library(read) => read(&place.path(kind.path)),
    };
    place.shown(&said)
}

/// The longest line that the program may print about a file, in chars, and the most lines.
const LONGEST_LINE: usize = 600;
const MOST_LINES: usize = 30;

fn check_form(file: &str, said: &str) {
    assert!(!said.contains("panicked"), "{file}: {said}");
    let hidden = said.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(hidden, None, "{file} steers the terminal: {said:.2000?}");
    let longest = said.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    assert!(longest <= LONGEST_LINE, "{file}: a line of {longest} chars: {said:.2000}");
    let lines = said.lines().count();
    assert!(lines <= MOST_LINES, "{file}: {lines} lines: {said:.2000}");
}

#[test]
fn every_bad_file_is_told_of_in_few_words() {
    let all: Vec<(&Kind, String, Content)> = KINDS
        .iter()
        .flat_map(|kind| files(kind).into_iter().map(move |(name, content)| (kind, name, content)))
        .collect();
    // A pool of its own: the tasks wait for other processes, and other tests wait for the common pool.
    let threads = rayon::ThreadPoolBuilder::new().build().expect("threads");
    let said: Vec<String> = threads
        .install(|| all.par_iter().map(|(kind, name, content)| said_of(kind, name, content)).collect());
    let mut table = String::new();
    let mut folder = "";
    let mut wrong = Vec::new();
    for ((kind, name, _), said) in all.iter().zip(&said) {
        if kind.folder != folder {
            folder = kind.folder;
            writeln!(table, "\n==== {folder}").expect("a String");
        }
        writeln!(table, "\n{name}").expect("a String");
        for line in said.lines() {
            writeln!(table, "    {line}").expect("a String");
        }
        let file = format!("{folder}/{name}");
        if let Err(panic) = std::panic::catch_unwind(|| check_form(&file, said)) {
            wrong.push(panic.downcast_ref::<String>().cloned().unwrap_or(file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    insta::with_settings!({snapshot_path => "../bad", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("messages", table);
    });
}

/// However an annotation file was cut off, the message says so and where.
#[test]
fn a_file_cut_anywhere_says_that_it_ends_in_the_middle() {
    let whole = annotations();
    let place = Place::new();
    place.write("port.txt", ARTICLE.as_bytes());
    for len in (1..whole.trim_end().len()).step_by(37) {
        let bytes = &whole.as_bytes()[..len];
        place.write("port.txt.ron", bytes);
        let schema = schema_file::default_schema();
        let error = store::open(&place.path("port.txt"), OpenOptions::default(), &schema).expect_err("cut");
        let said = place.shown(&told(&error));
        let in_a_letter = std::str::from_utf8(bytes).is_err();
        assert!(said.contains("ends in the middle") || in_a_letter, "{len} bytes: {said}");
        assert!(said.starts_with("error: port.txt.ron:"), "{len} bytes: {said}");
        check_form(&format!("{len} bytes"), &said);
    }
}

/// A file that may not be read; who may read everything, as in a container, has nothing to see here.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("port.txt", ARTICLE.as_bytes());
    let path = place.path("port.txt");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("ours");
    if std::fs::File::open(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let said = place.shown(&place.run(&["check", "port.txt"], "unreadable"));
    assert!(said.starts_with("error: port.txt: cannot be read: Permission denied"), "{said}");
}
