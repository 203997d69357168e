//! The nearest known name, for error messages.

pub use crate::text::nearest;

/// Returns ` (did you mean `x`?)` for the nearest of the candidates, nothing where none is near.
pub(super) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or(String::new(), |near| format!(" (did you mean `{near}`?)"))
}
