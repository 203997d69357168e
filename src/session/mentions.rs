//! All mentions of one name in an article: with its proclitics, in its spelling variants, whole words only.

use crate::text::{
    ARTICLE, FoldLevel, Folded, Segmentation, SourceText, TextRange, TokenKind, fold, is_proclitic, slice,
};

/// Returns where the name `name` is mentioned, in text order, without the proclitics before it.
///
/// `folded` is the article at [`FoldLevel::Names`]. Compared is what that makes of both; a mention must end where a word ends, and what stands before
/// it in its word must be a proclitic. ل + ال is written لل: «الجيش» is found in «للجيش», from the second lam on.
#[must_use]
pub fn mentions(
    source: &SourceText,
    segmentation: &Segmentation,
    folded: &Folded,
    name: &str,
) -> Vec<TextRange> {
    let needle = fold(name.trim(), FoldLevel::Names);
    if needle.is_empty() {
        return Vec::new();
    }
    let contracted = needle.strip_prefix(ARTICLE).map(|noun| format!("ل{noun}"));
    let mut found = occurrences(source, segmentation, folded, &needle, is_proclitic);
    if let Some(contracted) = contracted {
        found.extend(occurrences(source, segmentation, folded, &contracted, |before| {
            before.ends_with('ل') && is_proclitic(before)
        }));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn occurrences(
    source: &SourceText,
    segmentation: &Segmentation,
    folded: &Folded,
    needle: &str,
    may_precede: impl Fn(&str) -> bool,
) -> Vec<TextRange> {
    let hits = folded
        .text()
        .match_indices(needle)
        .map(|(at, hit)| TextRange::new(folded.source_start(at), folded.source_end(at + hit.len())));
    hits.filter(|hit| {
        let tokens = &segmentation.tokens()[segmentation.tokens_in(*hit)];
        let Some((first, last)) = tokens.first().zip(tokens.last()) else { return false };
        if first.range.start() > hit.start() || last.range.end() != hit.end() {
            return false;
        }
        let before = slice(source.as_str(), TextRange::new(first.range.start(), hit.start()));
        before.is_empty() || (first.kind == TokenKind::Word && may_precede(&fold(before, FoldLevel::Names)))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, name: &str) -> Vec<String> {
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        let folded = Folded::new(source.as_str(), FoldLevel::Names);
        let ranges = mentions(&source, &segmentation, &folded, name);
        ranges.into_iter().map(|range| source.slice(range).to_owned()).collect()
    }

    #[test]
    fn a_name_is_found_behind_its_proclitics() {
        assert_eq!(found("انتشر الفيروس، وبالفيروس أصيب. فيروس", "فيروس"), ["فيروس"]);
        assert_eq!(found("انتشر الفيروس، وبالفيروس أصيب", "الفيروس"), ["الفيروس", "الفيروس"]);
        assert_eq!(found("للفيروس أثر", "الفيروس"), ["لفيروس"]);
    }

    #[test]
    fn spelling_variants_are_found_and_longer_words_are_not() {
        assert_eq!(found("مدينة أنطاليا وانطاليا وأنطالياوية", "أنطاليا"), ["أنطاليا", "انطاليا"]);
    }

    #[test]
    fn a_name_of_two_words_is_found_across_marks() {
        assert_eq!(found("سَامِر الحداد ولسامر الحداد", "سامر الحداد"), ["سَامِر الحداد", "سامر الحداد"]);
    }

    #[test]
    fn latin_names_are_whole_words() {
        assert_eq!(found("Ana, Anabel and ANA", "Ana"), ["Ana", "ANA"]);
    }
}
