//! What agreement is computed from, without the article: an annotation file tells of its text how long it is and what
//! its SHA-256 is.

use std::sync::Arc;

use super::AnnotationFile;
use super::record::{KindRecord, SpanRecord, VerdictRecord};
use super::to_model::value;
use crate::model::agreement::{AnnotatedArticle, CharFragments, DecidedSuggestion, Mark};
use crate::model::{LabelId, LabelKind};
use crate::text::CharOffset;

impl AnnotationFile {
    /// Returns what was annotated and decided, and the number of records that are left out: those that the file itself
    /// has set aside, and those whose spans are no place of the text.
    #[must_use]
    pub fn annotated(&self) -> (AnnotatedArticle, usize) {
        let marks = self.annotations.iter().map(|(_, record)| {
            Some(Mark {
                kind: match record.kind {
                    KindRecord::Entity => LabelKind::Entity,
                    KindRecord::Claim => LabelKind::Claim,
                },
                label: LabelId::from(record.label.0.as_str()),
                fragments: self.places(&record.spans)?,
                attributes: record
                    .attributes
                    .iter()
                    .map(|(id, given)| (Arc::from(id.0.as_str()), value(given)))
                    .collect(),
            })
        });
        let decisions = self.decisions.iter().map(|(_, record)| {
            Some(DecidedSuggestion {
                label: LabelId::from(record.label.0.as_str()),
                fragments: self.places(&record.spans)?,
                is_accepted: matches!(record.decision, VerdictRecord::Accepted(_)),
            })
        });
        let article = AnnotatedArticle {
            sha256: Arc::from(self.article.sha256.as_str()),
            chars: self.article.chars,
            marks: marks.flatten().collect(),
            decisions: decisions.flatten().collect(),
        };
        let records = self.annotations.len() + self.decisions.len() + self.orphans.len();
        let left_out = records - article.marks.len() - article.decisions.len();
        (article, left_out)
    }

    fn places(&self, spans: &[SpanRecord]) -> Option<CharFragments> {
        let pieces = spans.iter().map(|span| (CharOffset::new(span.start), CharOffset::new(span.end)));
        CharFragments::new(pieces).filter(|fragments| fragments.end().get() <= self.article.chars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::save;
    use crate::formats::annotation_file::tests::sample;

    #[test]
    fn the_file_alone_tells_what_the_document_tells() {
        let document = sample();
        let text = save(&document, "amal", "hashiya-default").expect("can be written");
        let file = AnnotationFile::parse(text.as_bytes()).expect("was saved");
        let (annotated, left_out) = file.annotated();
        let expected = AnnotatedArticle::of(&document);
        assert_eq!(annotated, expected);
        assert!(!annotated.marks.is_empty() && !annotated.decisions.is_empty());
        assert_eq!(left_out, document.orphans().len());
    }

    #[test]
    fn a_span_beyond_the_text_is_left_out_and_counted() {
        let text = save(&sample(), "amal", "hashiya-default").expect("can be written");
        let mut file = AnnotationFile::parse(text.as_bytes()).expect("was saved");
        let (all, before) = file.annotated();
        file.annotations[0].1.spans[0].end = file.article.chars + 1;
        let (annotated, left_out) = file.annotated();
        assert_eq!((annotated.marks.len(), left_out), (all.marks.len() - 1, before + 1));
    }
}
