//! Adding labels to the text of a schema file: comments and layout stay as they are.

use std::fmt::Write;

use super::ron_text::quoted;
use super::schema_file::{self, SchemaFileError};
use crate::model::LabelKind;

/// The colours of new labels on light and on dark paper, from the palettes of the shipped schema, and their underlines.
const LOOKS: [(&str, &str, &str); 8] = [
    ("#332288", "#9C94F0", "dotted"),
    ("#117733", "#7CC46B", "wavy"),
    ("#882255", "#E07AA8", "double"),
    ("#7A5200", "#E6B422", "dotted"),
    ("#1F7A8C", "#7FD6DE", "wavy"),
    ("#AA4499", "#D08AD0", "single"),
    ("#84801A", "#D6D26A", "double"),
    ("#CC3B5A", "#FF8FA0", "thick"),
];

/// What a schema lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Additions {
    /// Ids of entity labels.
    pub labels: Vec<String>,
    /// Ids of relations, with the kinds of annotations that they lead from and to.
    pub relations: Vec<(String, LabelKind, LabelKind)>,
}

/// Returns the text of a schema file with additions behind its own labels and relations.
///
/// # Errors
///
/// When the text is no schema, or an id is none that a schema can have.
pub fn grown(text: &str, additions: &Additions) -> Result<String, SchemaFileError> {
    schema_file::load(text.as_bytes())?;
    let labels = additions.labels.iter().zip(LOOKS.iter().cycle());
    let labels = labels.fold(String::new(), |mut records, (id, (light, dark, pattern))| {
        let id = quoted(id);
        // Writing to a String cannot fail.
        let _ = writeln!(
            records,
            "        (id: {id}, kind: entity, names: {{\"en\": {id}}}, light: \"{light}\", dark: \"{dark}\", pattern: {pattern}),"
        );
        records
    });
    let relations = additions.relations.iter().fold(String::new(), |mut records, (id, from, to)| {
        let (id, from, to) = (quoted(id), kind(*from), kind(*to));
        let _ = writeln!(records, "        (id: {id}, names: {{\"en\": {id}}}, from: {from}, to: {to}),");
        records
    });
    let longer = with_records(text, "labels", &labels);
    let longer = with_records(&longer, "relations", &relations);
    schema_file::load(longer.as_bytes())?;
    Ok(longer)
}

const fn kind(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Entity => "entity",
        LabelKind::Claim => "claim",
    }
}

/// Returns the text with records at the end of a list, which is made where the schema has none.
fn with_records(text: &str, list: &str, records: &str) -> String {
    if records.is_empty() {
        return text.to_owned();
    }
    let end = end_of_list(text, list);
    let (before, after) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
    if end.is_none() {
        let body = before.trim_end();
        let open = body.strip_suffix(')').unwrap_or(body).trim_end();
        let comma = if open.ends_with(',') { "" } else { "," };
        return format!("{open}{comma}\n    {list}: [\n{records}    ],\n)\n");
    }
    // The last record may stand without a comma.
    let trimmed = before.trim_end();
    let ends_in_comment = before.lines().last().is_some_and(is_comment);
    let comma = if trimmed.ends_with([',', '[']) || ends_in_comment { "" } else { "," };
    let indent = before.strip_prefix(trimmed).unwrap_or_default().trim_start_matches(['\n', '\r']);
    format!("{trimmed}{comma}\n{records}{indent}{after}")
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Returns where a list of the schema ends: before its closing bracket.
fn end_of_list(text: &str, name: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    let (mut depth, mut list, mut word) = (0_usize, None, String::new());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => skip_string(&mut chars, '"'),
            '\'' => skip_string(&mut chars, '\''),
            '/' if chars.peek().is_some_and(|(_, c)| *c == '/') => {
                while chars.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            '[' | '(' | '{' => {
                depth += 1;
                if c == '[' && depth == 2 && word == name {
                    list = Some(depth);
                }
            }
            ']' | ')' | '}' => {
                if list == Some(depth) {
                    return Some(at);
                }
                depth = depth.saturating_sub(1);
            }
            c if depth == 1 && (c.is_alphanumeric() || c == '_') => word.push(c),
            ',' => word.clear(),
            _ => {}
        }
    }
    None
}

fn skip_string(chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>, quote: char) {
    while let Some((_, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ids: &[&str]) -> Additions {
        Additions { labels: ids.iter().map(|id| (*id).to_owned()).collect(), ..Additions::default() }
    }

    #[test]
    fn labels_are_added_behind_the_others_and_nothing_else_changes() {
        let text = schema_file::DEFAULT;
        let longer = grown(text, &labels(&["VEHICLE", "سلاح"])).expect("good labels");
        let (before, after) =
            (schema_file::default_schema(), schema_file::load(longer.as_bytes()).expect("loads"));
        let own = before.labels().len();
        assert_eq!(after.labels()[..own], before.labels()[..]);
        let added: Vec<&str> = after.labels()[own..].iter().map(|label| label.id.as_str()).collect();
        assert_eq!(added, ["VEHICLE", "سلاح"]);
        assert_eq!((after.attributes(), after.roles()), (before.attributes(), before.roles()));
        let twice = grown(&longer, &labels(&["X"])).expect("a good label");
        assert_eq!(schema_file::load(twice.as_bytes()).expect("loads").labels().len(), own + 3);
    }

    #[test]
    fn a_list_without_a_last_comma_or_with_brackets_in_texts_is_no_trap() {
        let text = "#![enable(implicit_some)]\n(version: 1, name: \"a]\", // labels: [\n labels: [(id: \"A\", kind: entity, names: {\"en\": \"]\"}, light: \"#000000\", dark: \"#FFFFFF\", pattern: single, key: ']')])";
        let longer = grown(text, &labels(&["B"])).expect("a good label");
        assert_eq!(schema_file::load(longer.as_bytes()).expect("loads").labels().len(), 2);
    }

    #[test]
    fn a_label_that_no_schema_can_have_is_refused() {
        let text = schema_file::DEFAULT;
        assert!(grown(text, &labels(&[" "])).is_err());
        assert!(grown(text, &labels(&["PERS"])).is_err());
    }

    #[test]
    fn relations_are_added_also_where_there_are_none() {
        let entity = LabelKind::Entity;
        let additions =
            Additions { relations: vec![("foundedBy".to_owned(), entity, entity)], ..Additions::default() };
        let none = "#![enable(implicit_some)]\n(version: 1, name: \"a\", labels: [(id: \"A\", kind: entity, names: {\"en\": \"A\"}, light: \"#000000\", dark: \"#FFFFFF\", pattern: single)])";
        for text in [schema_file::DEFAULT, none] {
            let before = schema_file::load(text.as_bytes()).expect("a schema").relations().len();
            let longer = grown(text, &additions).expect("a good relation");
            let after = schema_file::load(longer.as_bytes()).expect("loads");
            assert_eq!(after.relations().len(), before + 1, "{longer}");
            assert!(after.relation(&"foundedBy".into()).is_some());
        }
    }
}
