//! Lines of a gold standard: `{"id": …, "text": …, "spans": […]}` or `"claims"`, and what `hashiya suggest` prints.
//!
//! Offsets are chars, half-open. Fields that scoring has no use for are passed over.
//!
//! Invariant: only read, never written.

use serde::Deserialize;

use super::jsonl::{InputError, parse_line};

/// A document with what is right in it, or what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct GoldLine {
    /// Its name.
    pub id: String,
    /// Its text.
    pub text: String,
    /// BCP 47 code of its language, where it is given.
    #[serde(default)]
    pub lang: Option<String>,
    /// The spans.
    #[serde(default)]
    pub spans: Vec<GoldSpan>,
    /// The claims; `None` where the line is not about claims.
    #[serde(default)]
    pub claims: Option<Vec<GoldClaim>>,
}

/// A span of a gold line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GoldSpan {
    /// `entity` or `claim`; an entity where it is not given.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its label.
    pub label: String,
    /// The first char.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// A claim of a gold line: the spans of each role, empty where it is not filled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct GoldClaim {
    /// Who claims.
    #[serde(default)]
    pub source: Vec<(u32, u32)>,
    /// The words that show that something is claimed.
    #[serde(default)]
    pub cue: Vec<(u32, u32)>,
    /// What is claimed.
    #[serde(default)]
    pub content: Vec<(u32, u32)>,
}

/// Returns the document of a line.
///
/// # Errors
///
/// When the line is no JSON object with these fields, or a span ends before it starts or beyond the text.
pub fn read_line(line: &[u8]) -> Result<GoldLine, InputError> {
    let gold: GoldLine = parse_line(line)?;
    let chars = gold.text.chars().count();
    let claims = gold.claims.iter().flatten();
    let parts = claims.flat_map(|claim| [&claim.source, &claim.cue, &claim.content]).flatten().copied();
    let mut spans = gold.spans.iter().map(|span| (span.start, span.end)).chain(parts);
    let wrong = spans.find(|(start, end)| start > end || *end as usize > chars);
    drop(spans);
    match wrong {
        Some((start, end)) => Err(InputError {
            column: 1,
            message: format!(
                "the span {start}..{end} does not lie in the text, which has {chars} characters"
            ),
        }),
        None => Ok(gold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_claims_are_read_and_other_fields_passed_over() {
        let line = r#"{"id":"a","text":"قال سليم","lang":"ar","note":1,"spans":[{"label":"PERS","start":4,"end":8}],"claims":[{"cue":[[0,3]],"source":[[4,8]]}]}"#;
        let gold = read_line(line.as_bytes()).expect("a gold line");
        assert_eq!(gold.spans, [GoldSpan { kind: None, label: "PERS".to_owned(), start: 4, end: 8 }]);
        let claim = GoldClaim { source: vec![(4, 8)], cue: vec![(0, 3)], content: Vec::new() };
        assert_eq!(gold.claims, Some(vec![claim]));
    }

    #[test]
    fn a_span_beyond_the_text_is_an_error_with_its_offsets() {
        let line = r#"{"id":"a","text":"قال","spans":[{"label":"PERS","start":2,"end":9}]}"#;
        let error = read_line(line.as_bytes()).expect_err("no such text");
        assert!(error.message.contains("2..9") && error.message.contains("3 characters"), "{error}");
    }
}
