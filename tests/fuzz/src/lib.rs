//! The fuzz targets as a library.

mod targets;

pub use targets::{TARGETS, Target};

/// Returns the target of that name.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn target(name: &str) -> &'static Target {
    let names = || TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ");
    TARGETS
        .iter()
        .find(|target| target.name == name)
        .unwrap_or_else(|| panic!("`{name}` is none of {}", names()))
}
