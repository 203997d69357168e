//! What is marked in the text, found by block.

use egui::Color32;

use crate::text::{ByteOffset, TextRange};
use crate::typeset::{Block, Underline};

/// How a mark is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// A mention: tint and underline.
    Annotation,
    /// A suggested mention: dashed underline, not filled.
    Suggestion,
    /// What a claim says: bracket in the margin and a light wash.
    ClaimContent,
    /// What a suggested claim says: dashed bracket, not filled.
    SuggestedClaim,
    /// Who claims. Shown while the claim, which has the same id, is focused.
    ClaimSource,
    /// The word that attributes. Shown while the claim is focused.
    ClaimCue,
    /// Another role of a claim. Shown while the claim is focused.
    ClaimRole,
    /// A place found by the search.
    SearchHit,
}

impl MarkKind {
    pub(super) fn is_claim(self) -> bool {
        matches!(self, Self::ClaimContent | Self::SuggestedClaim)
    }

    /// Whether it is drawn only while its id is focused or under the pointer.
    pub(super) fn is_role(self) -> bool {
        matches!(self, Self::ClaimSource | Self::ClaimCue | Self::ClaimRole)
    }

    /// Whether it takes a lane under the line.
    pub(super) fn has_lane(self) -> bool {
        matches!(self, Self::Annotation | Self::Suggestion)
    }
}

/// One thing that is marked: plain values, made by the caller from its model.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanMark {
    /// What the caller knows it by. The roles of a claim have the claim's id.
    pub id: u64,
    /// How it is drawn.
    pub kind: MarkKind,
    /// The marked text in text order; none is empty.
    pub fragments: Vec<TextRange>,
    /// The colour of its label.
    pub colour: Color32,
    /// The pattern of its underline, which tells it apart without colour.
    pub underline: Underline,
    /// A short label such as `PERS`, shown on demand.
    pub tag: String,
}

/// The marks of an article, sorted by where they start.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'a> {
    /// The marks.
    pub marks: &'a [SpanMark],
    /// Changes whenever `marks` does; while it stays, a frame costs nothing for marks out of sight.
    pub revision: u64,
}

/// A fragment of a mark in one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// The index of the mark.
    pub(super) mark: u32,
    /// The part of the fragment inside the block, in offsets of the block.
    pub(super) range: TextRange,
    /// Whether the mark begins or ends here.
    pub(super) begins: bool,
    pub(super) ends: bool,
}

/// The pieces of each block, made anew only when the marks change: O(pieces).
#[derive(Debug, Default)]
pub(super) struct MarkIndex {
    revision: Option<u64>,
    /// Where the pieces of each block begin in `pieces`, and their end.
    starts: Vec<u32>,
    pieces: Vec<Piece>,
    /// The marks by id.
    by_id: Vec<(u64, u32)>,
}

impl MarkIndex {
    /// Brings the index up to date and returns whether anything changed.
    pub(super) fn update(&mut self, marks: Marks<'_>, blocks: &[Block]) -> bool {
        if self.revision == Some(marks.revision) {
            return false;
        }
        self.revision = Some(marks.revision);
        self.by_id.clear();
        let mut found: Vec<(u32, Piece)> = Vec::with_capacity(marks.marks.len());
        for (index, mark) in marks.marks.iter().enumerate() {
            let index = count(index);
            self.by_id.push((mark.id, index));
            for (n, fragment) in mark.fragments.iter().enumerate() {
                let first = blocks.partition_point(|block| block.range.end() <= fragment.start());
                for (at, block) in blocks.iter().enumerate().skip(first) {
                    if block.range.start() >= fragment.end() {
                        break;
                    }
                    let Some(part) = block.range.intersection(*fragment) else { continue };
                    let range = relative(part, block.range.start());
                    let begins = n == 0 && part.start() == fragment.start();
                    let ends = n + 1 == mark.fragments.len() && part.end() == fragment.end();
                    found.push((count(at), Piece { mark: index, range, begins, ends }));
                }
            }
        }
        self.by_id.sort_unstable();
        // Stable: within a block the pieces keep the order of the marks, then longest first.
        found.sort_by_key(|(block, piece)| (*block, piece.range.start(), u32::MAX - piece.range.len()));
        self.starts.clear();
        self.starts.resize(blocks.len() + 1, 0);
        for (block, _) in &found {
            self.starts[*block as usize + 1] += 1;
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
        self.pieces = found.into_iter().map(|(_, piece)| piece).collect();
        true
    }

    /// Forgets everything; for a new text.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the pieces in a block, by start, then longest first.
    pub(super) fn in_block(&self, block: usize) -> &[Piece] {
        match (self.starts.get(block), self.starts.get(block + 1)) {
            (Some(first), Some(last)) => &self.pieces[*first as usize..*last as usize],
            _ => &[],
        }
    }

    /// Returns the indices of the marks with an id.
    pub(super) fn with_id(&self, id: u64) -> impl Iterator<Item = u32> {
        let first = self.by_id.partition_point(|(known, _)| *known < id);
        self.by_id[first..].iter().take_while(move |(known, _)| *known == id).map(|(_, mark)| *mark)
    }
}

/// A range of the text in offsets of a block that begins at `start`.
pub(super) fn relative(range: TextRange, start: ByteOffset) -> TextRange {
    TextRange::from_indices(range.start().index() - start.index(), range.end().index() - start.index())
}

fn count(n: usize) -> u32 {
    ByteOffset::from_index(n).get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Segmentation, SourceText};
    use crate::typeset::blocks;

    fn mark(id: u64, fragments: &[(usize, usize)]) -> SpanMark {
        SpanMark {
            id,
            kind: MarkKind::Annotation,
            fragments: fragments.iter().map(|(a, b)| TextRange::from_indices(*a, *b)).collect(),
            colour: Color32::RED,
            underline: Underline::Single,
            tag: "T".into(),
        }
    }

    fn index(text: &str, marks: &[SpanMark]) -> MarkIndex {
        let source = SourceText::new(text);
        let blocks = blocks(&source, &Segmentation::new(&source), None);
        let mut index = MarkIndex::default();
        assert!(index.update(Marks { marks, revision: 1 }, &blocks));
        assert!(!index.update(Marks { marks: &[], revision: 1 }, &blocks), "the revision stayed");
        index
    }

    #[test]
    fn a_mark_over_two_blocks_has_a_piece_in_each() {
        let found = index("abc\ndef\nghi", &[mark(7, &[(2, 6)]), mark(8, &[(4, 5), (9, 10)])]);
        let ranges = |block: usize| -> Vec<(u32, std::ops::Range<usize>, bool, bool)> {
            let pieces = found.in_block(block).iter();
            pieces.map(|p| (p.mark, p.range.indices(), p.begins, p.ends)).collect()
        };
        assert_eq!(ranges(0), [(0, 2..3, true, false)]);
        assert_eq!(ranges(1), [(0, 0..2, false, true), (1, 0..1, true, false)]);
        assert_eq!(ranges(2), [(1, 1..2, false, true)]);
        assert_eq!(found.with_id(8).collect::<Vec<_>>(), [1]);
        assert!(found.in_block(9).is_empty());
    }
}
