//! JSON values that know where they stand, so that what is said of one names its path (`spans[3].start`).

use std::fmt;

use serde_json::Value;

use super::exchange::ImportError;
use crate::model::Timestamp;
use crate::text::shortened;

/// The steps of a path that are shown; what is deeper is shown by an ellipsis.
const MAX_STEPS: usize = 8;

/// A step on the way to a value.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

/// The way to a value from the outermost one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Path<'a> {
    steps: [Option<Step<'a>>; MAX_STEPS],
    depth: usize,
}

impl<'a> Path<'a> {
    fn then(mut self, step: Step<'a>) -> Self {
        if let Some(place) = self.steps.get_mut(self.depth) {
            *place = Some(step);
        }
        self.depth += 1;
        self
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.steps.iter().flatten().enumerate() {
            match step {
                Step::Field(name) if n == 0 => write!(f, "{}", shortened(name))?,
                Step::Field(name) => write!(f, ".{}", shortened(name))?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        if self.depth > MAX_STEPS { f.write_str("…") } else { Ok(()) }
    }
}

/// A value with its path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: Path<'a>,
}

impl<'a> Node<'a> {
    /// Returns the outermost value.
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: Path::default() }
    }

    /// Returns the value itself.
    pub(super) const fn value(&self) -> &'a Value {
        self.value
    }

    /// Returns where it stands (`spans[3].start`); empty for the outermost value.
    pub(super) fn place(&self) -> String {
        self.path.to_string()
    }

    /// Returns the value of a field; `None` where it is missing or null, or this is no object.
    pub(super) fn get(&self, name: &'a str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self { value, path: self.path.then(Step::Field(name)) })
    }

    /// Returns the value of the first of the fields that is there.
    pub(super) fn get_any(&self, names: &[&'a str]) -> Option<Self> {
        names.iter().find_map(|name| self.get(name))
    }

    /// Returns the value of a field that has to be there.
    pub(super) fn need(&self, name: &'a str) -> Result<Self, ImportError> {
        drop(self.fields()?);
        self.get(name).ok_or_else(|| {
            let message = format!("the field `{name}` is missing");
            ImportError::new(self.place(), message, "add the field, or choose the format that the file has")
        })
    }

    /// Returns the fields of an object with their values, by name.
    pub(super) fn fields(&self) -> Result<impl Iterator<Item = (&'a str, Self)> + use<'a>, ImportError> {
        let path = self.path;
        let fields = self.value.as_object().ok_or_else(|| self.wrong("an object"))?;
        Ok(fields
            .iter()
            .map(move |(name, value)| (name.as_str(), Self { value, path: path.then(Step::Field(name)) })))
    }

    /// Returns the values of a list.
    pub(super) fn items(&self) -> Result<impl ExactSizeIterator<Item = Self> + use<'a>, ImportError> {
        let path = self.path;
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(move |(index, value)| Self { value, path: path.then(Step::Item(index)) }))
    }

    /// Returns the items of a field that is a list; none where it is missing or null.
    pub(super) fn list(&self, name: &'a str) -> Result<Vec<Self>, ImportError> {
        self.get(name).map_or_else(|| Ok(Vec::new()), |list| Ok(list.items()?.collect()))
    }

    /// Returns a text.
    pub(super) fn text(&self) -> Result<&'a str, ImportError> {
        self.value.as_str().ok_or_else(|| self.wrong("a text"))
    }

    /// Returns a text as it is, or a number in its digits.
    pub(super) fn name(&self) -> Result<String, ImportError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(self.wrong("a text or a number")),
        }
    }

    /// Returns a whole number that is not below 0.
    pub(super) fn count(&self) -> Result<u32, ImportError> {
        let number = self.value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| self.wrong("a whole number from 0 to 4294967295"))
    }

    /// Returns a pair of offsets, as a list of the two.
    pub(super) fn pair(&self) -> Result<(u32, u32), ImportError> {
        let mut items = self.items()?;
        match (items.next(), items.next(), items.next()) {
            (Some(start), Some(end), None) => Ok((start.count()?, end.count()?)),
            _ => Err(self.wrong("a list of two offsets")),
        }
    }

    /// Returns the time of a text in the notation of RFC 3339.
    pub(super) fn time(&self) -> Result<Timestamp, ImportError> {
        let time = self.text()?.parse::<jiff::Timestamp>();
        let time = time.map_err(|_| self.wrong("a time such as `2026-01-31T08:00:00.000Z`"))?;
        Ok(Timestamp::from_millis(time.as_millisecond()))
    }

    /// Returns the error that something else stands here than should.
    pub(super) fn wrong(&self, wanted: &str) -> ImportError {
        let found = self.value.to_string();
        let message = format!("here stands {}, where {wanted} should", shortened(&found));
        ImportError::new(self.place(), message, "correct the value, or choose the format that the file has")
    }
}

/// Returns the value of the bytes of a line or a file.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, ImportError> {
    // A byte order mark at the beginning of a file is not part of what it says.
    let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(json).map_err(|error| {
        let column = error.column().max(1);
        let place = if error.line() <= 1 {
            format!("column {column}")
        } else {
            format!("line {}, column {column}", error.line())
        };
        let told = error.to_string();
        let end = format!(" at line {} column {}", error.line(), error.column());
        let told = shortened(told.strip_suffix(&end).unwrap_or(&told)).into_owned();
        let hint = "it is no JSON there; write the file anew with the program that it is from";
        ImportError::new(place, told, hint)
    })
}

/// Returns a value as JSON on one line in which nothing is taken for the end of a line, also by readers that part lines
/// at the separators of Unicode.
pub(super) fn line<T: serde::Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    if !json.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Ok(json);
    }
    // They stand in texts only.
    Ok(json.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_path() {
        let value: Value = serde_json::json!({"spans": [{"start": 1}, {"start": "x"}]});
        let spans = Node::root(&value).list("spans").expect("a list");
        let error = spans[1].need("start").and_then(|start| start.count()).expect_err("no number");
        assert_eq!(
            error.to_string(),
            "spans[1].start: here stands \"x\", where a whole number from 0 to 4294967295 should"
        );
        let error = spans[0].need("end").expect_err("missing").to_string();
        assert_eq!(error, "spans[0]: the field `end` is missing");
    }

    #[test]
    fn a_line_has_no_separator_that_a_reader_may_part_it_at() {
        let text = "a\u{2028}b\u{85}c\u{2029}\n";
        let json = line(&text).expect("writable");
        assert_eq!(json, r#""a\u2028b\u0085c\u2029\n""#);
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }

    #[test]
    fn a_deep_path_is_cut() {
        let mut value = serde_json::json!(1);
        for _ in 0..12 {
            value = serde_json::json!([value]);
        }
        let mut node = Node::root(&value);
        while let Ok(mut items) = node.items() {
            node = items.next().expect("one");
        }
        assert_eq!(node.place(), "[0][0][0][0][0][0][0][0]…");
    }
}
