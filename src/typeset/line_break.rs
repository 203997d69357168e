//! Where a line may be broken, beyond UAX #14: as browsers do it.

use parley::{CHROMIUM_LINE_BREAK_OVERRIDE, LineBreakContext};

/// Returns whether a line may be broken between two characters; `None` leaves it to UAX #14.
///
/// Two rules: what Chromium does among ASCII characters (`https://…`, `and/or`, `-5`, `2024-11`), and an opening
/// quotation mark between East Asian characters begins a line (`LB19a` of Unicode 16): it does not hold on to the colon
/// before it.
pub(super) fn break_between(context: LineBreakContext) -> Option<bool> {
    if matches!(context.after, '“' | '‘') && is_east_asian(context.before) && !opens(context.before) {
        return Some(true);
    }
    CHROMIUM_LINE_BREAK_OVERRIDE(context)
}

fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF01}'..='\u{FF60}'
        | '\u{20000}'..='\u{3FFFD}')
}

fn opens(c: char) -> bool {
    matches!(c, '「' | '『' | '（' | '［' | '｛' | '《' | '〈' | '【' | '〔' | '〖' | '〘' | '〚' | '｟')
}

#[cfg(test)]
mod tests {
    use super::super::{TextStyle, Typesetter};
    use crate::text::slice;

    fn lines(text: &str, width: f32) -> Vec<&str> {
        let layout = Typesetter::new().layout_paragraph(text, TextStyle::body(20.0), Some(width), None);
        layout.geometry.lines().iter().map(|line| slice(text, line.range)).collect()
    }

    #[test]
    fn an_address_is_not_broken_after_its_scheme() {
        assert_eq!(lines("see https://example.org", 190.0), ["see ", "https://example.org"]);
    }

    #[test]
    fn a_sign_stays_with_its_number() {
        assert_eq!(lines("it was -5", 62.0), ["it was ", "-5"]);
    }

    /// The beginnings of all lines but the first in columns of many widths: no bundled face has these letters, and how
    /// wide their boxes are is not the point.
    fn line_starts(text: &str) -> Vec<String> {
        let widths = (15..200).map(|n| 2.0 * n as f32);
        widths.flat_map(|width| lines(text, width).into_iter().skip(1).map(str::to_owned)).collect()
    }

    #[test]
    fn thai_is_broken_between_words() {
        let found = line_starts("ห้องสมุดประชาชนเปิดให้บริการ");
        assert!(found.iter().any(|line| line.starts_with("ประชาชน")), "{found:?}");
    }

    #[test]
    fn a_quotation_in_chinese_may_begin_a_line() {
        let found = line_starts("馆长说：“我们欢迎所有人”");
        assert!(found.iter().any(|line| line.starts_with('“')), "{found:?}");
        // As soon as the mark fits with the letter behind it, they stay together.
        assert!(!found.iter().any(|line| line.starts_with("我们欢迎")), "{found:?}");
    }
}
