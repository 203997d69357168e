//! Base direction of paragraphs and documents (UAX #9, rules P2 and P3).

use unicode_bidi::{BidiClass, bidi_class};

/// The base direction of a paragraph or of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right, as Latin.
    Ltr,
    /// Right to left, as Arabic and Hebrew.
    Rtl,
}

/// Returns the direction of the first strong character that stands in no isolate; `None` without one.
#[must_use]
pub fn paragraph_direction(paragraph: &str) -> Option<Direction> {
    let mut isolates = 0_u32;
    for c in paragraph.chars() {
        match bidi_class(c) {
            BidiClass::LRI | BidiClass::RLI | BidiClass::FSI => isolates += 1,
            BidiClass::PDI => isolates = isolates.saturating_sub(1),
            BidiClass::L if isolates == 0 => return Some(Direction::Ltr),
            BidiClass::R | BidiClass::AL if isolates == 0 => return Some(Direction::Rtl),
            _ => {}
        }
    }
    None
}

/// Returns the direction of most strong characters among the first 20,000 characters; left to right without any.
///
/// One direction for the whole document keeps the arrow keys from turning round at a quoted line.
#[must_use]
pub fn dominant_direction(text: &str) -> Direction {
    let (mut ltr, mut rtl) = (0_u32, 0_u32);
    for c in text.chars().take(20_000) {
        match bidi_class(c) {
            BidiClass::L => ltr += 1,
            BidiClass::R | BidiClass::AL => rtl += 1,
            _ => {}
        }
    }
    if rtl > ltr { Direction::Rtl } else { Direction::Ltr }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_strong_character_decides() {
        assert_eq!(paragraph_direction("12 - وصل NATO"), Some(Direction::Rtl));
        assert_eq!(paragraph_direction("NATO وصل"), Some(Direction::Ltr));
        assert_eq!(paragraph_direction("12 + 3"), None);
        assert_eq!(paragraph_direction("\u{2067}وصل\u{2069} NATO"), Some(Direction::Ltr));
    }

    #[test]
    fn an_arabic_article_with_an_english_line_stays_right_to_left() {
        assert_eq!(dominant_direction("وصل الوفد إلى المدينة\nEmail"), Direction::Rtl);
    }
}
