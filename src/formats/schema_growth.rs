//! Adding labels to the text of a schema file: comments and layout stay as they are.

use std::fmt::Write;

use super::ron_text::quoted;
use super::schema_file::{self, SchemaFileError};

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

/// Returns the text of a schema file with entity labels of these ids behind its own.
///
/// # Errors
///
/// When the text is no schema, or an id is none that a schema can have.
pub fn with_labels<'a>(
    text: &str,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<String, SchemaFileError> {
    schema_file::load(text.as_bytes())?;
    let mut records = String::new();
    for (id, (light, dark, pattern)) in ids.into_iter().zip(LOOKS.iter().cycle()) {
        let id = quoted(id);
        // Writing to a String cannot fail.
        let _ = writeln!(
            records,
            "        (id: {id}, kind: entity, names: {{\"en\": {id}}}, light: \"{light}\", dark: \"{dark}\", pattern: {pattern}),"
        );
    }
    let end = end_of_labels(text);
    let (before, after) = text.split_at_checked(end).unwrap_or((text, ""));
    // The last label may stand without a comma.
    let trimmed = before.trim_end();
    let comma =
        if trimmed.ends_with([',', '[']) || before.lines().last().is_some_and(is_comment) { "" } else { "," };
    let indent = before.strip_prefix(trimmed).unwrap_or_default().trim_start_matches(['\n', '\r']);
    let longer = format!("{trimmed}{comma}\n{records}{indent}{after}");
    schema_file::load(longer.as_bytes())?;
    Ok(longer)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Returns where the list of labels ends: before its closing bracket.
fn end_of_labels(text: &str) -> usize {
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
                if c == '[' && depth == 2 && word == "labels" {
                    list = Some(depth);
                }
            }
            ']' | ')' | '}' => {
                if list == Some(depth) {
                    return at;
                }
                depth = depth.saturating_sub(1);
            }
            c if depth == 1 && (c.is_alphanumeric() || c == '_') => word.push(c),
            ',' => word.clear(),
            _ => {}
        }
    }
    text.len()
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

    #[test]
    fn labels_are_added_behind_the_others_and_nothing_else_changes() {
        let text = include_str!("../../assets/schema/default.ron");
        let longer = with_labels(text, ["VEHICLE", "سلاح"]).expect("good labels");
        let (before, after) =
            (schema_file::default_schema(), schema_file::load(longer.as_bytes()).expect("loads"));
        let own = before.labels().len();
        assert_eq!(after.labels()[..own], before.labels()[..]);
        let added: Vec<&str> = after.labels()[own..].iter().map(|label| label.id.as_str()).collect();
        assert_eq!(added, ["VEHICLE", "سلاح"]);
        assert_eq!((after.attributes(), after.roles()), (before.attributes(), before.roles()));
        let twice = with_labels(&longer, ["X"]).expect("a good label");
        assert_eq!(schema_file::load(twice.as_bytes()).expect("loads").labels().len(), own + 3);
    }

    #[test]
    fn a_list_without_a_last_comma_or_with_brackets_in_texts_is_no_trap() {
        let text = "#![enable(implicit_some)]\n(version: 1, name: \"a]\", // labels: [\n labels: [(id: \"A\", kind: entity, names: {\"en\": \"]\"}, light: \"#000000\", dark: \"#FFFFFF\", pattern: single, key: ']')])";
        let longer = with_labels(text, ["B"]).expect("a good label");
        assert_eq!(schema_file::load(longer.as_bytes()).expect("loads").labels().len(), 2);
    }

    #[test]
    fn a_label_that_no_schema_can_have_is_refused() {
        let text = include_str!("../../assets/schema/default.ron");
        assert!(with_labels(text, [" "]).is_err());
        assert!(with_labels(text, ["PERS"]).is_err());
    }
}
