//! Working memory of the matcher: branches left for later, what was tried, what matched so far.

use smallvec::SmallVec;

use super::matcher::{MatchedPiece, index};

/// Working memory of the matcher, kept between runs.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) stack: Vec<Frame>,
    /// One bit for each (branch, token) that was tried, and which of them are set.
    tried: Vec<u64>,
    set: Vec<usize>,
    pub(super) pieces: Vec<MatchedPiece>,
    /// Captures opened and closed so far: index, whether it opens, token.
    pub(super) edges: Vec<(u8, bool, u32)>,
    /// Instructions that may still be run.
    pub(super) fuel: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) op: u32,
    pub(super) token: u32,
    /// How much of the logs was written when the branch was left.
    pub(super) pieces: u32,
    pub(super) edges: u32,
    /// What the branch begins with.
    pub(super) piece: Option<MatchedPiece>,
    /// For a gap that is left once more: the token from which on its end is looked for.
    pub(super) resume: Option<u32>,
}

impl Scratch {
    /// Returns working memory for the runs of one program in one sentence.
    pub(super) fn with_fuel(fuel: u32) -> Self {
        Self { fuel, ..Self::default() }
    }

    /// Begins with another rule or another sentence.
    pub(super) fn begin(&mut self, fuel: u32) {
        self.fuel = fuel;
        self.forget();
    }

    pub(super) fn reset(&mut self) {
        self.stack.clear();
        self.pieces.clear();
        self.edges.clear();
    }

    /// Forgets what was tried.
    pub(super) fn forget(&mut self) {
        for bit in self.set.drain(..) {
            self.tried[bit / 64] = 0;
        }
    }

    /// Returns a branch to follow later from here.
    pub(super) fn frame(&self, op: u32, token: usize) -> Frame {
        let (pieces, edges) = (index(self.pieces.len()), index(self.edges.len()));
        Frame { op, token: index(token), pieces, edges, piece: None, resume: None }
    }

    /// Leaves a branch for later.
    pub(super) fn branch(&mut self, op: u32, token: usize, piece: Option<MatchedPiece>) {
        self.stack.push(Frame { piece, ..self.frame(op, token) });
    }

    /// Returns whether a branching point was met before, and remembers it.
    pub(super) fn was_tried(&mut self, bit: usize) -> bool {
        if self.tried.len() <= bit / 64 {
            self.tried.resize(bit / 64 + 1, 0);
        }
        let (word, mask) = (&mut self.tried[bit / 64], 1 << (bit % 64));
        let was = *word & mask != 0;
        if !was {
            *word |= mask;
            self.set.push(bit);
        }
        was
    }

    pub(super) fn captures(&self) -> SmallVec<[(u8, usize, usize); 1]> {
        let mut open: SmallVec<[(u8, u32); 4]> = SmallVec::new();
        let mut closed = SmallVec::new();
        for (capture, opens, token) in &self.edges {
            if *opens {
                open.push((*capture, *token));
            } else if let Some((capture, first)) = open.pop() {
                closed.push((capture, first as usize, *token as usize));
            }
        }
        closed
    }
}
