//! What is marked in the text, found by block.

use std::ops::Range;

use egui::Color32;

use super::scrollbar::Tick;
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

/// Where the view takes its marks from. It asks only for those in sight, so how many there are elsewhere costs nothing.
pub trait MarkSource: std::fmt::Debug {
    /// Returns a number that changes whenever any mark does.
    fn revision(&self) -> u64;

    /// Returns the marks of which a fragment lies in a range, each with all its fragments; of marks that start
    /// together the longer first. More than these do no harm.
    fn marks_in(&self, range: TextRange) -> Vec<SpanMark>;

    /// Returns for each of some ranges, which follow each other, what the overview shows of the marks that begin there.
    fn overview(&self, ranges: &[TextRange]) -> Vec<Option<Tick>>;

    /// Returns which place a mark has among those of its kind in the whole text, from 1, and how many there are; `None`
    /// where that is not known. Asked only for a screen reader.
    fn place(&self, id: u64) -> Option<(usize, usize)>;
}

/// Marks as they stand in a slice, sorted by where they start.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'a> {
    /// The marks.
    pub marks: &'a [SpanMark],
    /// Changes whenever `marks` does.
    pub revision: u64,
}

impl MarkSource for Marks<'_> {
    fn revision(&self) -> u64 {
        self.revision
    }

    fn marks_in(&self, range: TextRange) -> Vec<SpanMark> {
        let inside = |mark: &&SpanMark| mark.fragments.iter().any(|fragment| fragment.overlaps(range));
        self.marks.iter().filter(inside).cloned().collect()
    }

    fn overview(&self, ranges: &[TextRange]) -> Vec<Option<Tick>> {
        let start = |mark: &SpanMark| mark.fragments.first().map_or(ByteOffset::ZERO, |first| first.start());
        let tick = |range: &TextRange| {
            let first = self.marks.partition_point(|mark| start(mark) < range.start());
            let mark = self.marks.get(first).filter(|mark| start(mark) < range.end())?;
            let strong = !matches!(mark.kind, MarkKind::Suggestion | MarkKind::SuggestedClaim);
            Some(Tick { colour: mark.colour, strong })
        };
        ranges.iter().map(tick).collect()
    }

    fn place(&self, id: u64) -> Option<(usize, usize)> {
        let kind = self.marks.iter().find(|mark| mark.id == id)?.kind;
        let mut alike = self.marks.iter().filter(|mark| mark.kind == kind);
        let count = alike.clone().count();
        Some((alike.position(|mark| mark.id == id)? + 1, count))
    }
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

/// Blocks beyond those in sight for which marks are kept ready, on either side.
const AHEAD: usize = 16;

/// The marks in and around the window with their pieces in each block; made anew when a mark changes or the window
/// leaves what is covered.
#[derive(Debug, Default)]
pub(super) struct MarkIndex {
    revision: Option<u64>,
    /// The blocks for which the pieces are known.
    covered: Range<usize>,
    marks: Vec<SpanMark>,
    /// Where the pieces of each covered block begin in `pieces`, and their end.
    starts: Vec<u32>,
    pieces: Vec<Piece>,
    /// The marks by id.
    by_id: Vec<(u64, u32)>,
}

impl MarkIndex {
    /// Brings the index up to date for the blocks in sight.
    pub(super) fn update(&mut self, source: &dyn MarkSource, blocks: &[Block], seen: Range<usize>) {
        let covers = self.covered.start <= seen.start && seen.end <= self.covered.end;
        if self.revision == Some(source.revision()) && covers {
            return;
        }
        let covered = seen.start.saturating_sub(AHEAD)..(seen.end + AHEAD).min(blocks.len());
        self.revision = Some(source.revision());
        self.marks = match (blocks.get(covered.start), covered.end.checked_sub(1).and_then(|i| blocks.get(i)))
        {
            (Some(first), Some(last)) => source.marks_in(first.range.cover(last.range)),
            _ => Vec::new(),
        };
        self.by_id = self.marks.iter().zip(0..).map(|(mark, index)| (mark.id, index)).collect();
        self.by_id.sort_unstable();
        let own = blocks.get(covered.clone()).unwrap_or_default();
        let mut found: Vec<(u32, Piece)> = Vec::with_capacity(self.marks.len());
        for (mark, index) in self.marks.iter().zip(0..) {
            push_pieces(&mut found, mark, index, own);
        }
        // Stable: within a block the pieces keep the order of the marks, then longest first.
        found.sort_by_key(|(block, piece)| (*block, piece.range.start(), u32::MAX - piece.range.len()));
        self.starts.clear();
        self.starts.resize(own.len() + 1, 0);
        for (block, _) in &found {
            self.starts[*block as usize + 1] += 1;
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
        self.pieces = found.into_iter().map(|(_, piece)| piece).collect();
        self.covered = covered;
    }

    /// Forgets everything; for a new text.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns a mark by the index that its pieces have.
    pub(super) fn mark(&self, index: u32) -> Option<&SpanMark> {
        self.marks.get(index as usize)
    }

    /// Returns the pieces in a block, by start, then longest first; none for a block that is not covered.
    pub(super) fn in_block(&self, block: usize) -> &[Piece] {
        let Some(block) = block.checked_sub(self.covered.start) else { return &[] };
        match (self.starts.get(block), self.starts.get(block + 1)) {
            (Some(first), Some(last)) => &self.pieces[*first as usize..*last as usize],
            _ => &[],
        }
    }

    /// Returns the indices of the marks with an id, as far as they are in or near the window.
    pub(super) fn with_id(&self, id: u64) -> impl Iterator<Item = u32> {
        let first = self.by_id.partition_point(|(known, _)| *known < id);
        self.by_id[first..].iter().take_while(move |(known, _)| *known == id).map(|(_, mark)| *mark)
    }
}

/// Adds the pieces of a mark in some blocks, each with the place of its block among them.
fn push_pieces(found: &mut Vec<(u32, Piece)>, mark: &SpanMark, index: u32, blocks: &[Block]) {
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
        index.update(&Marks { marks, revision: 1 }, &blocks, 0..2);
        index.update(&Marks { marks: &[], revision: 1 }, &blocks, 1..3);
        assert_eq!(index.marks.len(), marks.len(), "neither the revision nor what is covered has changed");
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

    #[test]
    fn only_marks_near_the_window_are_asked_for() {
        let text = "a\n".repeat(100);
        let source = SourceText::new(text.as_str());
        let blocks = blocks(&source, &Segmentation::new(&source), None);
        let marks: Vec<SpanMark> = (0..100).map(|n| mark(n as u64, &[(2 * n, 2 * n + 1)])).collect();
        let mut index = MarkIndex::default();
        index.update(&Marks { marks: &marks, revision: 1 }, &blocks, 40..44);
        assert_eq!(index.marks.len(), 4 + 2 * AHEAD);
        assert_eq!(index.in_block(41).len(), 1);
        assert!(index.in_block(2).is_empty() && index.in_block(99).is_empty());
        index.update(&Marks { marks: &marks, revision: 1 }, &blocks, 0..4);
        assert_eq!(index.mark(index.in_block(2)[0].mark).map(|mark| mark.id), Some(2));
    }
}
