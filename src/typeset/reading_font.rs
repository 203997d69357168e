//! The family in which an article is read.

use std::sync::{PoisonError, RwLock};

/// A family by name: one of the bundled ones, or one of the system. The number behind it means the same in the whole
/// program and is not for files: a file holds the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ReadingFont(u32);

/// The bundled families for Arabic script, the default first.
const BUNDLED: [&str; 3] = ["Noto Naskh Arabic", "Noto Nastaliq Urdu", "Noto Sans Arabic"];

/// The names of other families that were asked for. It only grows: users have few favourites.
static OTHERS: RwLock<Vec<&'static str>> = RwLock::new(Vec::new());

impl ReadingFont {
    /// Returns the family of a name; the default one for an empty name. The family need not exist: text is then set
    /// in the default one.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name.is_empty() {
            return Self::default();
        }
        if let Some(place) = BUNDLED.iter().position(|bundled| *bundled == name) {
            return Self::nth(place);
        }
        let mut others = OTHERS.write().unwrap_or_else(PoisonError::into_inner);
        let place = others.iter().position(|other| *other == name).unwrap_or_else(|| {
            others.push(Box::leak(Box::from(name)));
            others.len() - 1
        });
        Self::nth(BUNDLED.len() + place)
    }

    /// Returns the families that are part of the program, the default first.
    #[must_use]
    pub fn bundled() -> [Self; 3] {
        [Self(0), Self(1), Self(2)]
    }

    /// Returns the family's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let index = self.0 as usize;
        BUNDLED
            .get(index)
            .copied()
            .unwrap_or_else(|| OTHERS.read().unwrap_or_else(PoisonError::into_inner)[index - BUNDLED.len()])
    }

    /// Returns whether it is part of the program.
    #[must_use]
    pub fn is_bundled(self) -> bool {
        (self.0 as usize) < BUNDLED.len()
    }

    /// Returns the least height of a line, as a multiple of the size, in which its letters do not touch those of the
    /// next line. The letters of a nastaliq line stand on a slope.
    #[must_use]
    pub fn least_line_height(self) -> f32 {
        if self.name().contains("Nastaliq") || self.name().contains("Nastaleeq") { 2.5 } else { 0.0 }
    }

    fn nth(index: usize) -> Self {
        // There is memory for far fewer than 2^32 names.
        Self(u32::try_from(index).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number() {
        assert_eq!(ReadingFont::named(""), ReadingFont::default());
        assert_eq!(ReadingFont::named("Noto Naskh Arabic"), ReadingFont::default());
        let other = ReadingFont::named("A Family");
        assert_eq!(other, ReadingFont::named("A Family"));
        assert_ne!(other, ReadingFont::named("Another Family"));
        assert_eq!((other.name(), other.is_bundled()), ("A Family", false));
    }

    #[test]
    fn the_bundled_families_have_faces() {
        for font in ReadingFont::bundled() {
            assert!(crate::typeset::faces().iter().any(|face| face.family == font.name()), "{}", font.name());
            assert!(font.is_bundled());
        }
    }
}
