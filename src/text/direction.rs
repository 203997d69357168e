//! Base direction of paragraphs and documents (UAX #9, rules P2 and P3).

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

/// The base direction of a paragraph or of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right, as Latin.
    Ltr,
    /// Right to left, as Arabic and Hebrew.
    Rtl,
}

impl Direction {
    /// Returns the invisible mark of the direction (U+200E or U+200F): a neutral sign before it stands where the next
    /// letter of that direction would.
    #[must_use]
    pub const fn mark(self) -> char {
        match self {
            Self::Ltr => '\u{200E}',
            Self::Rtl => '\u{200F}',
        }
    }
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

/// The directions of the runs of one line: on which side of its neighbours a sign stands that is put at a gap.
///
/// An ellipsis is neutral: at the end of a line it stands at the end of the whole line, though the run that was cut
/// may end elsewhere. It belongs where the next letter would have stood.
#[derive(Debug, Clone)]
pub struct RunDirections {
    base: Direction,
    levels: Vec<Level>,
    classes: Vec<BidiClass>,
}

impl RunDirections {
    /// Returns the directions of a line (one paragraph, UAX #9) of a base direction; linear in its length.
    #[must_use]
    pub fn new(line: &str, base: Direction) -> Self {
        let level = match base {
            Direction::Ltr => Level::ltr(),
            Direction::Rtl => Level::rtl(),
        };
        let BidiInfo { levels, original_classes: classes, .. } = BidiInfo::new(line, Some(level));
        Self { base, levels, classes }
    }

    /// Returns the direction of what the gap after `at` bytes divides: that of the run which it cuts in two, the base
    /// direction between two runs. White space at the gap counts for nothing.
    #[must_use]
    pub fn at_gap(&self, at: usize) -> Direction {
        let shows = |i: &usize| !matches!(self.classes[*i], BidiClass::WS | BidiClass::BN | BidiClass::S);
        let at = at.min(self.classes.len());
        let before = (0..at).rev().find(shows).map(|i| self.direction_of(i));
        let after = (at..self.classes.len()).find(shows).map(|i| self.direction_of(i));
        match (before, after) {
            (Some(one), Some(other)) if one == other => one,
            (Some(one), None) | (None, Some(one)) => one,
            _ => self.base,
        }
    }

    /// Returns whether the gap after `at` bytes lies in a number: what is left of a cut number is another number.
    #[must_use]
    pub fn is_in_number(&self, at: usize) -> bool {
        let digit_first = |classes: &mut dyn Iterator<Item = &BidiClass>| {
            let mut rest = classes.skip_while(|class| matches!(class, BidiClass::CS | BidiClass::ES));
            matches!(rest.next(), Some(BidiClass::EN | BidiClass::AN))
        };
        let at = at.min(self.classes.len());
        let (before, after) = self.classes.split_at(at);
        digit_first(&mut before.iter().rev()) && digit_first(&mut after.iter())
    }

    /// The direction that the character at a byte is part of; a number is part of the text before it.
    fn direction_of(&self, at: usize) -> Direction {
        match self.classes[at] {
            BidiClass::EN | BidiClass::AN | BidiClass::ES | BidiClass::ET | BidiClass::CS => {
                let strong = self.classes[..at].iter().rev().find_map(|class| match class {
                    BidiClass::L => Some(Direction::Ltr),
                    BidiClass::R | BidiClass::AL => Some(Direction::Rtl),
                    BidiClass::LRI | BidiClass::RLI | BidiClass::FSI | BidiClass::PDI => Some(self.base),
                    _ => None,
                });
                strong.unwrap_or(self.base)
            }
            _ if self.levels[at].is_rtl() => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The direction at the gap that the bar shows.
    fn at_bar(line: &str, base: Direction) -> Direction {
        let at = line.find('|').expect("a bar");
        RunDirections::new(&line.replace('|', ""), base).at_gap(at)
    }

    #[test]
    fn a_gap_has_the_direction_of_the_run_that_it_cuts() {
        for (line, base, expected) in [
            ("Port Auth|ority رفضت", Direction::Rtl, Direction::Ltr),
            ("Port Authority رفضت ال|طلب", Direction::Rtl, Direction::Rtl),
            ("Port Authority رفضت ال|طلب", Direction::Ltr, Direction::Rtl),
            ("Port Authority |رفضت", Direction::Rtl, Direction::Rtl),
            ("Port Authority| رفضت", Direction::Ltr, Direction::Ltr),
            ("قال Boeing 737 |MAX", Direction::Rtl, Direction::Ltr),
            ("said قال 12| 14 قال", Direction::Ltr, Direction::Rtl),
            ("said (قال| (قال", Direction::Ltr, Direction::Rtl),
            ("12 |34", Direction::Rtl, Direction::Rtl),
            ("|", Direction::Rtl, Direction::Rtl),
        ] {
            assert_eq!(at_bar(line, base), expected, "{line}");
        }
    }

    #[test]
    fn the_inside_of_a_number_is_told() {
        let line = "بلغ 12,345 و";
        let runs = RunDirections::new(line, Direction::Rtl);
        let inside: Vec<usize> =
            (0..line.len()).filter(|at| line.is_char_boundary(*at) && runs.is_in_number(*at)).collect();
        let start = "بلغ ".len();
        assert_eq!(inside, (start + 1..start + 6).collect::<Vec<_>>());
    }

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
