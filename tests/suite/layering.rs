//! A module imports only from layers below its own. Intent alone decays, so every path in `src` is read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and those that it may name, beside itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("typeset", &["text"]),
    ("model", &["text"]),
    ("rules", &["text", "model"]),
    ("formats", &["text", "model"]),
    ("store", &["text", "model", "rules", "formats"]),
    ("session", &["text", "model", "rules", "formats", "store"]),
    ("ui", &["text", "typeset", "model", "rules", "formats", "store", "session"]),
    ("cli", &["text", "typeset", "model", "rules", "formats", "store", "session"]),
];

/// Crates that only some modules may name. `main` is the program's own file.
const CRATES: &[(&str, &[&str])] = &[
    ("egui", &["ui", "main"]),
    ("eframe", &["ui", "main"]),
    ("rfd", &["ui", "main"]),
    ("clap", &["cli"]),
    ("parley", &["typeset"]),
    ("fontique", &["typeset"]),
    ("skrifa", &["typeset"]),
    ("zeno", &["typeset"]),
    ("png", &["typeset"]),
    ("parquet", &["formats"]),
    ("csv", &["formats"]),
    ("quick_xml", &["formats"]),
    ("dom_smoothie", &["formats"]),
    ("tempfile", &["store"]),
    ("etcetera", &["store"]),
    ("encoding_rs", &["text"]),
    ("chardetng", &["text"]),
    ("std::fs", &["store"]),
];

/// Returns the program's part of every source file (without its tests) by the module that it belongs to.
fn sources() -> BTreeMap<PathBuf, (String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("below src").to_owned();
                let module = relative.iter().next().expect("a name").to_string_lossy();
                let module = module.trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).expect("UTF-8");
                if path.file_name().is_some_and(|name| name != "tests.rs") {
                    sources.insert(relative, (module, program_part(&text)));
                }
            }
        }
    }
    sources
}

/// Returns the source without comments and without the test module, which stands last in its file.
fn program_part(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_test_module =
            line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.contains("mod tests {"));
        if is_test_module {
            break;
        }
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// Returns the modules that a source names by `crate::module`, also as `crate::{a, b::c}`.
fn named_modules(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => names.push(first_name(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut at_start = true;
                for (i, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => at_start = true,
                        c if at_start && !c.is_whitespace() => {
                            names.push(first_name(group.get(i..).expect("a char boundary")));
                            at_start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn a_module_imports_only_from_layers_below() {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, (module, code)) in sources() {
        let Some(below) = layers.get(module.as_str()) else {
            assert!(module == "lib" || module == "main", "{} has no place in the table", path.display());
            continue;
        };
        for name in named_modules(&code) {
            let is_module = layers.contains_key(name.as_str());
            if is_module && name != module && !below.contains(&name.as_str()) {
                wrong.push(format!("{}: {module} may not import from {name}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_crate_is_named_only_where_it_belongs() {
    let mut wrong = Vec::new();
    for (path, (module, code)) in sources() {
        for (name, allowed) in CRATES {
            let named = code.match_indices(name).any(|(at, _)| {
                let before = code.get(..at).and_then(|before| before.chars().next_back());
                let after = code.get(at + name.len()..).expect("a char boundary");
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '"')
                    && (after.starts_with("::") || (name.contains("::") && after.starts_with([';', ','])))
            });
            if named && !allowed.contains(&module.as_str()) {
                wrong.push(format!("{}: {module} may not use {name}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn grouped_imports_are_seen() {
    let names = named_modules("use crate::{text::{A, B}, model, rules::x};\nlet y = crate::store::open();");
    assert_eq!(names, ["text", "model", "rules", "store"]);
}
