//! A piece of the article with a little of what stands around it, for cards and lists.

use crate::text::{Segmentation, SourceText, TextRange};

/// A line of text and where in it the piece stands.
pub(super) struct ContextLine {
    pub(super) text: String,
    pub(super) piece: TextRange,
}

/// Returns a piece with up to `tokens` whole tokens of its paragraph on each side.
pub(super) fn context_line(
    source: &SourceText,
    segmentation: &Segmentation,
    piece: TextRange,
    tokens: usize,
) -> ContextLine {
    let paragraph = segmentation.paragraphs()[segmentation.paragraph_index(piece.start())];
    let here = segmentation.tokens_in(piece);
    let all = segmentation.tokens();
    let first = all[here.start.saturating_sub(tokens)..here.start]
        .iter()
        .find(|token| paragraph.contains_range(token.range))
        .map_or(piece.start(), |token| token.range.start());
    let last = all[here.end..(here.end + tokens).min(all.len())]
        .iter()
        .rfind(|token| paragraph.contains_range(token.range))
        .map_or(piece.end(), |token| token.range.end());
    let whole = TextRange::new(first.min(piece.start()), last.max(piece.end()));
    let shift = whole.start().index();
    ContextLine {
        text: source.slice(whole).to_owned(),
        piece: TextRange::from_indices(piece.start().index() - shift, piece.end().index() - shift),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_whole_tokens_of_the_same_paragraph() {
        let text = "سطر أول\nوصل سامر الحداد إلى مسقط\nسطر آخر";
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        let at = text.find("سامر").expect("in the text");
        let piece = TextRange::from_indices(at, at + "سامر".len());
        let line = context_line(&source, &segmentation, piece, 2);
        assert_eq!(line.text, "وصل سامر الحداد إلى");
        assert_eq!(crate::text::slice(&line.text, line.piece), "سامر");
    }
}
