//! Spelling variants to one spelling, with a map back to the article's bytes.
//!
//! Arabic news spells the same name with and without hamza, with tatweel, with diacritics, in presentation forms.
//! [`FoldLevel::Letters`] takes away what is not a letter and never changes a word; [`FoldLevel::Names`] also joins
//! letters that writers mix up, and is what names are looked up by. Latin letters lose their case at that level.
//!
//! Invariant: knows nothing of words beyond the closed list of function words that end in alef maqsura.

use unicode_normalization::UnicodeNormalization;

use super::ByteOffset;
use super::segment::is_alphabetic;

/// How far spellings are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoldLevel {
    /// Without tatweel, diacritics, format controls and presentation forms; Persian letters and digits as in Arabic
    /// and ASCII. Two words that differ after it are two words.
    Letters,
    /// As `Letters`, and alef, alef maqsura, taa marbuta and hamza seats each in one form, Latin in lower case.
    Names,
}

/// A folded text with its way back to the source.
///
/// Folded offsets are bytes of [`Folded::text`]. Both edges are monotone: a later folded offset never lies earlier
/// in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// Sorted by `folded`; each run reaches to the next one.
    runs: Vec<Run>,
}

/// A stretch that was carried over byte by byte (`exact`), or one source character that became several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    folded: u32,
    source: u32,
    /// Where the source of this run ends, with the marks that were dropped behind its last letter.
    source_end: u32,
    exact: bool,
}

impl Folded {
    /// Returns the folded text; one pass.
    ///
    /// # Panics
    ///
    /// When the text is longer than 4 GiB, which no article is.
    #[must_use]
    pub fn new(source: &str, level: FoldLevel) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut runs: Vec<Run> = Vec::new();
        let mut word = 0;
        for (at, c) in source.char_indices() {
            let before = text.len();
            let kept = fold_char(c, level, &mut word, &mut text);
            let (start, end) =
                (ByteOffset::from_index(at).get(), ByteOffset::from_index(at + c.len_utf8()).get());
            let folded = ByteOffset::from_index(before).get();
            if text.len() == before {
                // A mark belongs to the letter before it; a format control stands for itself.
                if let Some(run) = runs.last_mut().filter(|run| is_attached(c) && run.source_end == start) {
                    run.source_end = end;
                }
                continue;
            }
            let exact = kept && text.len() - before == c.len_utf8();
            match runs.last_mut() {
                Some(run) if exact && run.exact && run.continues_at(folded, start) => run.source_end = end,
                _ => runs.push(Run { folded, source: start, source_end: end, exact }),
            }
        }
        Self { text, runs }
    }

    /// Returns the folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns where in the source the character begins that gave the folded character after `folded`; the source's
    /// last kept end at the end of the text.
    #[must_use]
    pub fn source_start(&self, folded: usize) -> ByteOffset {
        let i = self.runs.partition_point(|run| run.folded as usize <= folded);
        let Some(run) = i.checked_sub(1).map(|i| self.runs[i]) else {
            return ByteOffset::ZERO;
        };
        if folded >= self.text.len() {
            return ByteOffset::new(run.source_end);
        }
        let inside = if run.exact { ByteOffset::from_index(folded).get() - run.folded } else { 0 };
        ByteOffset::new(run.source + inside)
    }

    /// Returns where in the source the character ends that gave the folded character before `folded`, with the
    /// diacritics and tatweel behind it; the source's start at the start of the text.
    #[must_use]
    pub fn source_end(&self, folded: usize) -> ByteOffset {
        let i = self.runs.partition_point(|run| (run.folded as usize) < folded);
        let Some(run) = i.checked_sub(1).map(|i| self.runs[i]) else {
            return ByteOffset::ZERO;
        };
        let run_end = self.runs.get(i).map_or(self.text.len(), |next| next.folded as usize);
        if folded >= run_end || !run.exact {
            return ByteOffset::new(run.source_end);
        }
        ByteOffset::new(run.source + ByteOffset::from_index(folded).get() - run.folded)
    }
}

impl Run {
    /// Whether the next character goes on where this run stops, on both sides.
    fn continues_at(self, folded: u32, source: u32) -> bool {
        self.source_end == source && folded - self.folded == source - self.source
    }
}

/// Appends the folded form of `source` to `out`: [`Folded::new`] without the map.
pub fn fold_into(source: &str, level: FoldLevel, out: &mut String) {
    let mut word = out.len();
    if source.is_ascii() {
        out.push_str(source);
        if level == FoldLevel::Names {
            out.split_at_mut(word).1.make_ascii_lowercase();
        }
        return;
    }
    for c in source.chars() {
        fold_char(c, level, &mut word, out);
    }
}

/// Returns the folded form of a word or phrase.
#[must_use]
pub fn fold(source: &str, level: FoldLevel) -> String {
    let mut out = String::with_capacity(source.len());
    fold_into(source, level, &mut out);
    out
}

/// Appends what `c` folds to, and returns whether that is one character. `word` is where the word under way begins
/// in `out`.
fn fold_char(c: char, level: FoldLevel, word: &mut usize, out: &mut String) -> bool {
    if c.is_ascii() {
        let is_upper = level == FoldLevel::Names && c.is_ascii_uppercase();
        out.push(if is_upper { c.to_ascii_lowercase() } else { c });
        *word = out.len();
        return true;
    }
    let code = u32::from(c);
    if (0x600..0x700).contains(&code) {
        return fold_arabic(c, code, level, word, out);
    }
    if is_dropped(code) {
        return false;
    }
    if matches!(code, 0xFB50..=0xFDFF | 0xFE70..=0xFEFC) {
        return fold_presentation_form(c, level, word, out);
    }
    *word = out.len();
    if level == FoldLevel::Names {
        // A few capitals become two characters (İ): then the map knows the whole only.
        let before = out.len();
        out.extend(c.to_lowercase());
        *word = out.len();
        return out.len() - before == c.len_utf8();
    }
    out.push(c);
    *word = out.len();
    true
}

fn fold_arabic(c: char, code: u32, level: FoldLevel, word: &mut usize, out: &mut String) -> bool {
    let table = if level == FoldLevel::Names { &NAMES } else { &LETTERS };
    let Some(folded) = char::from_u32(u32::from(table[(code - 0x600) as usize])).filter(|c| *c != '\0')
    else {
        return false;
    };
    if folded == ALEF_MAQSURA && level == FoldLevel::Names {
        let stem = &out.as_bytes()[*word..];
        out.push(if keeps_alef_maqsura(stem) { ALEF_MAQSURA } else { YEH });
        return true;
    }
    out.push(folded);
    // A letter goes on with the word; a digit or an Arabic comma ends it.
    if !is_alphabetic(c) {
        *word = out.len();
    }
    true
}

/// Presentation forms are typed by old typesetting programs and by PDF extraction (Unicode, chapter 9.2).
fn fold_presentation_form(c: char, level: FoldLevel, word: &mut usize, out: &mut String) -> bool {
    let mut pushed = 0;
    for (i, plain) in std::iter::once(c).nfkc().enumerate() {
        // NFKC writes an isolated mark as a space with the mark.
        if plain == ' ' && i == 0 {
            continue;
        }
        let before = out.len();
        if plain == c {
            out.push(c);
            *word = out.len();
        } else {
            fold_char(plain, level, word, out);
        }
        pushed += usize::from(out.len() > before);
    }
    pushed == 1
}

const ALEF_MAQSURA: char = '\u{0649}';
const YEH: char = '\u{064A}';

/// Function words that alone keep their ى: folded, «على» would be the name «علي».
const KEEPS_ALEF_MAQSURA: [&str; 7] = ["عل", "ال", "حت", "لد", "مت", "سو", "مد"];

/// Returns whether the word that so far reads `stem` (in bytes, folded) keeps a final ى.
fn keeps_alef_maqsura(stem: &[u8]) -> bool {
    let bare = ["و", "ف"].iter().find_map(|c| stem.strip_prefix(c.as_bytes())).unwrap_or(stem);
    KEEPS_ALEF_MAQSURA.iter().any(|word| word.as_bytes() == stem || word.as_bytes() == bare)
}

/// Format and bidi controls: nothing of them is seen.
const fn is_dropped(code: u32) -> bool {
    matches!(
        code,
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060 | 0x2066..=0x2069 | 0xFEFF | 0xAD
        // Koranic marks of the block Arabic Extended-A; 08E2 is a sign of its own.
        | 0x8D3..=0x8E1 | 0x8E3..=0x8FF
    )
}

/// Returns whether a dropped character belongs to the letter before it, as tatweel and diacritics do.
const fn is_attached(c: char) -> bool {
    matches!(c as u32, 0x610..=0x61A | 0x640..=0x6ED | 0x8D3..=0x8FF | 0xFBB2..=0xFBC1 | 0xFE70..=0xFE7F)
}

const LETTERS: [u16; 256] = arabic_table(false);
const NAMES: [u16; 256] = arabic_table(true);

/// Builds the table of the block Arabic: what each character becomes, 0 where it is dropped.
const fn arabic_table(names: bool) -> [u16; 256] {
    let mut table = [0_u16; 256];
    let mut code = 0x600_u16;
    while code < 0x700 {
        table[code as usize - 0x600] = match code {
            0x610..=0x61A
            | 0x61C
            | 0x640
            | 0x64B..=0x65F
            | 0x670
            | 0x6D6..=0x6DC
            | 0x6DF..=0x6E4
            | 0x6E7..=0x6E8
            | 0x6EA..=0x6ED => 0,
            0x6A9 | 0x6AA => 0x643,
            0x6CC => 0x64A,
            0x6C1 | 0x6BE | 0x6D5 => 0x647,
            0x660..=0x669 => code - 0x660 + 0x30,
            0x6F0..=0x6F9 => code - 0x6F0 + 0x30,
            0x66A => 0x25,
            0x66B => 0x2E,
            0x66C => 0x2C,
            0x622 | 0x623 | 0x625 | 0x671 if names => 0x627,
            0x629 if names => 0x647,
            0x624 if names => 0x648,
            0x626 if names => 0x64A,
            _ => code,
        };
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_letter_without_tatweel_and_marks_is_the_same_word() {
        assert_eq!(fold("المُتـحـدّثُ", FoldLevel::Letters), "المتحدث");
        assert_eq!(fold("أحمد\u{200F} ٢٠٠٣", FoldLevel::Letters), "أحمد 2003");
    }

    #[test]
    fn names_are_joined_over_hamza_alef_and_taa_marbuta() {
        assert_eq!(fold("الأمم المتّحدة", FoldLevel::Names), fold("الامم المتحده", FoldLevel::Names));
        assert_eq!(fold("مؤتمر هيئة", FoldLevel::Names), "موتمر هييه");
        assert_eq!(fold("New YORK Ärzte", FoldLevel::Names), "new york ärzte");
    }

    #[test]
    fn a_preposition_never_folds_to_a_name() {
        assert_eq!(fold("على علي وعلى مصطفى إلى", FoldLevel::Names), "على علي وعلى مصطفي الى");
    }

    #[test]
    fn presentation_forms_become_letters_and_keep_one_source() {
        let source = "ﷲ ﻻ ﷺ.";
        let folded = Folded::new(source, FoldLevel::Letters);
        assert_eq!(folded.text(), "الله لا صلى الله عليه وسلم.");
        let inside = folded.text().find("عليه").expect("in the ligature");
        let start = source.find('ﷺ').expect("in the text");
        assert_eq!(folded.source_start(inside).index(), start);
        assert_eq!(folded.source_end(inside).index(), start + 'ﷺ'.len_utf8());
    }

    #[test]
    fn an_edge_keeps_the_marks_of_its_letter_and_leaves_out_controls() {
        let source = "قَالَ\u{200F} هو";
        let folded = Folded::new(source, FoldLevel::Names);
        assert_eq!(folded.text(), "قال هو");
        let end = folded.source_end("قال".len());
        assert_eq!(end.index(), "قَالَ".len());
        assert_eq!(folded.source_start("قا".len()).index(), "قَا".len());
    }

    proptest! {
        #[test]
        fn the_map_is_monotone_and_on_char_boundaries(
            source in "(\\PC|[ء-ي]|[\u{64B}-\u{652}]|ـ|[٠-٩]|[ﭐ-ﷺ]|[ﹰ-ﻼ]|[A-Zİ]|\u{200F}|\n){0,200}",
        ) {
            for level in [FoldLevel::Letters, FoldLevel::Names] {
                let folded = Folded::new(&source, level);
                prop_assert_eq!(folded.text(), fold(&source, level));
                let (mut start, mut end) = (ByteOffset::ZERO, ByteOffset::ZERO);
                let gaps: Vec<usize> =
                    folded.text().char_indices().map(|(at, _)| at).chain([folded.text().len()]).collect();
                for at in gaps {
                    let (s, e) = (folded.source_start(at), folded.source_end(at));
                    prop_assert!(s >= start && e >= end, "{} {:?} {:?}", at, s, e);
                    prop_assert!(source.is_char_boundary(s.index()) && source.is_char_boundary(e.index()));
                    (start, end) = (s, e);
                }
            }
        }

        #[test]
        fn folding_twice_changes_nothing(source in "(\\PC|[ء-ي]|[ﭐ-ﷺ]|[ﹰ-ﻼ]){0,60}") {
            let once = fold(&source, FoldLevel::Letters);
            prop_assert_eq!(fold(&once, FoldLevel::Letters), once);
        }
    }
}
