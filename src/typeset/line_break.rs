//! Where a line may be broken, beyond UAX #14: as browsers do it.

use parley::{CHROMIUM_LINE_BREAK_OVERRIDE, LineBreakContext};

/// Returns whether a line may be broken between two characters; `None` leaves it to UAX #14.
///
/// Two rules: what Chromium does among ASCII characters (`https://…`, `and/or`, `-5`, `2024-11`), and an opening
/// quotation mark between East Asian characters begins a line (LB19a of Unicode 16): it does not hold on to the colon
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

    #[test]
    fn thai_is_broken_between_words() {
        assert!(
            lines("ห้องสมุดประชาชนเปิดให้บริการ", 200.0)
                .iter()
                .any(|line| line.starts_with("ประชาชน") || line.ends_with("ห้องสมุด"))
        );
    }

    #[test]
    fn a_quotation_in_chinese_may_begin_a_line() {
        let found = lines("馆长说：“我们欢迎所有人”", 90.0);
        assert!(found.iter().any(|line| line.starts_with('“')), "{found:?}");
    }
}
