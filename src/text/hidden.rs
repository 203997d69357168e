//! Characters that a reader cannot see, or cannot tell from another, by the short names of the Unicode Standard.

use std::borrow::Cow;

use unicode_bidi::{BidiClass, bidi_class};

use super::segment::is_alphanumeric;

/// A character that leaves no mark of its own on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenCharacter {
    /// Its short name: `ZWNJ`, `NBSP`, `RLO`; a code point (`U+0007`) where it has none.
    pub name: Cow<'static, str>,
    /// Whether it can make a text seem to say something else than it does: characters that override the order of
    /// letters, controls, tags. Such a one is shown even to a reader who has not asked for hidden characters. See
    /// Boucher and Anderson, "Trojan Source: Invisible Vulnerabilities", 2021.
    pub misleads: bool,
}

/// Returns what a hidden character is called; `None` for one that can be seen, an ordinary space or a line feed.
///
/// A tatweel can be seen but not told from a long letter, so it counts.
#[must_use]
pub fn hidden_character(c: char) -> Option<HiddenCharacter> {
    // Letters, digits and marks of running text are most characters: out of the way first.
    if is_alphanumeric(c) && c != '\u{0640}' && !is_filler(c) || matches!(c, ' ' | '\n') {
        return None;
    }
    let known = |name| Some(HiddenCharacter { name: Cow::Borrowed(name), misleads: false });
    match c {
        '\t' => known("TAB"),
        '\r' => known("CR"),
        '\u{00A0}' => known("NBSP"),
        '\u{00AD}' => known("SHY"),
        '\u{034F}' => known("CGJ"),
        '\u{061C}' => known("ALM"),
        '\u{0640}' => known("TATWEEL"),
        '\u{2007}' => known("FIGSP"),
        '\u{200B}' => known("ZWSP"),
        '\u{200C}' => known("ZWNJ"),
        '\u{200D}' => known("ZWJ"),
        '\u{200E}' => known("LRM"),
        '\u{200F}' => known("RLM"),
        '\u{2028}' => known("LSEP"),
        '\u{2029}' => known("PSEP"),
        '\u{202A}' => known("LRE"),
        '\u{202B}' => known("RLE"),
        '\u{202C}' => known("PDF"),
        '\u{202F}' => known("NNBSP"),
        '\u{2060}' => known("WJ"),
        '\u{2066}' => known("LRI"),
        '\u{2067}' => known("RLI"),
        '\u{2068}' => known("FSI"),
        '\u{2069}' => known("PDI"),
        '\u{FEFF}' => known("ZWNBSP"),
        '\u{FE00}'..='\u{FE0F}' => numbered("VS", u32::from(c) - 0xFE00 + 1),
        '\u{E0100}'..='\u{E01EF}' => numbered("VS", u32::from(c) - 0xE0100 + 17),
        '\u{202D}' => misleading("LRO"),
        '\u{202E}' => misleading("RLO"),
        '\u{E0020}'..='\u{E007E}' => {
            let tag = char::from_u32(u32::from(c) - 0xE0000)?;
            Some(HiddenCharacter { name: format!("TAG {tag}").into(), misleads: true })
        }
        _ if is_filler(c)
            || matches!(c, '\u{FFF9}'..='\u{FFFB}')
            || c.is_control()
            || bidi_class(c) == BidiClass::BN =>
        {
            Some(HiddenCharacter { name: format!("U+{:04X}", u32::from(c)).into(), misleads: true })
        }
        _ if c.is_whitespace() => {
            Some(HiddenCharacter { name: format!("U+{:04X}", u32::from(c)).into(), misleads: false })
        }
        _ => None,
    }
}

/// Letters of Hangul that fill a place and show nothing.
fn is_filler(c: char) -> bool {
    matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
}

#[expect(clippy::unnecessary_wraps, reason = "an arm of the match above")]
fn numbered(name: &str, number: u32) -> Option<HiddenCharacter> {
    Some(HiddenCharacter { name: format!("{name}{number}").into(), misleads: false })
}

#[expect(clippy::unnecessary_wraps, reason = "an arm of the match above")]
fn misleading(name: &'static str) -> Option<HiddenCharacter> {
    Some(HiddenCharacter { name: Cow::Borrowed(name), misleads: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(c: char) -> Option<String> {
        hidden_character(c).map(|hidden| hidden.name.into_owned())
    }

    #[test]
    fn what_a_reader_sees_is_not_hidden() {
        for c in "وَصَلَ، (2024) NATO «نعم» café 日本 é ה ๆ 👩🏽 – …\n".chars() {
            assert_eq!(name(c), None, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn joiners_marks_and_spaces_have_their_short_names() {
        let names: Vec<_> =
            "\u{200C}\u{200D}\u{00A0}\u{0640}\u{2067}\u{2069}\u{FE0F}\t".chars().map(name).collect();
        let expected = ["ZWNJ", "ZWJ", "NBSP", "TATWEEL", "RLI", "PDI", "VS16", "TAB"];
        assert_eq!(names, expected.map(|name| Some(name.to_owned())));
    }

    #[test]
    fn what_turns_the_order_round_or_smuggles_text_misleads() {
        for c in ['\u{202E}', '\u{202D}', '\u{E0041}', '\u{7}', '\u{7F}', '\u{3164}', '\u{FFF9}', '\u{2062}']
        {
            let hidden = hidden_character(c).unwrap_or_else(|| panic!("U+{:04X} is hidden", u32::from(c)));
            assert!(hidden.misleads, "{}", hidden.name);
        }
        assert!(!hidden_character('\u{200F}').expect("hidden").misleads);
    }
}
