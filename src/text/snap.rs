//! What a drag over text means: whole tokens, or whole graphemes.

use super::{ByteOffset, Segmentation, SourceText, TextRange, proclitic_boundaries, snap_to_graphemes};

/// Returns the range that a drag from `anchor` to `head` selects: whole tokens, or whole graphemes where `fine` is
/// set. A drag that begins or ends exactly behind a proclitic leaves the proclitic out (و|سامر).
#[must_use]
pub fn snap_drag(
    source: &SourceText,
    segmentation: &Segmentation,
    anchor: ByteOffset,
    head: ByteOffset,
    fine: bool,
) -> TextRange {
    let raw = TextRange::between(anchor, head);
    if raw.is_empty() {
        return raw;
    }
    if fine {
        return snap_to_graphemes(source, raw);
    }
    let whole = segmentation.snap_to_tokens(raw);
    let behind_proclitic = segmentation
        .token_at(raw.start())
        .is_some_and(|token| proclitic_boundaries(source, token.range).contains(&raw.start()));
    if behind_proclitic { TextRange::new(raw.start(), whole.end()) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drags from one `|` of the text to the other and returns what is selected.
    fn dragged(text: &str, fine: bool) -> String {
        let mut parts = text.split('|');
        let mut part = || parts.next().expect("two marks");
        let (before, inside, after) = (part(), part(), part());
        let source = SourceText::new(format!("{before}{inside}{after}"));
        let segmentation = Segmentation::new(&source);
        let start = ByteOffset::from_index(before.len());
        let end = ByteOffset::from_index(before.len() + inside.len());
        let forward = snap_drag(&source, &segmentation, start, end, fine);
        assert_eq!(forward, snap_drag(&source, &segmentation, end, start, fine), "either way is the same");
        source.slice(forward).to_owned()
    }

    #[test]
    fn a_drag_takes_whole_tokens() {
        assert_eq!(dragged("وصل سا|مر الحد|اد أمس", false), "سامر الحداد");
        assert_eq!(dragged("وصل سا|مر الحد|اد أمس", true), "مر الحد");
    }

    #[test]
    fn a_drag_from_behind_a_proclitic_leaves_it_out() {
        assert_eq!(dragged("التقى و|سامر الحد|اد أمس", false), "سامر الحداد");
        assert_eq!(dragged("التقى |وسامر الحد|اد أمس", false), "وسامر الحداد");
    }

    #[test]
    fn a_quote_mark_at_the_edge_is_left_out_unless_it_is_dragged_over() {
        assert_eq!(dragged("حزب «|الأف|ق» أمس", false), "الأفق");
        assert_eq!(dragged("حزب |«الأفق»| أمس", false), "«الأفق»");
    }
}
