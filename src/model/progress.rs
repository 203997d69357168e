//! How far an annotator is with the articles of a project.

/// What an annotator says of an article; nobody else says it for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProgressMark {
    /// All is annotated.
    Done,
    /// Left out.
    Skipped,
    /// To be talked about.
    Flagged,
}

/// How far an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ProgressStatus {
    /// Nothing was annotated or decided.
    #[default]
    New,
    /// There are annotations or decisions.
    InProgress,
    /// The annotator has said so.
    Marked(ProgressMark),
}

impl ProgressStatus {
    /// Every status, in the order of work.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::InProgress,
        Self::Marked(ProgressMark::Flagged),
        Self::Marked(ProgressMark::Skipped),
        Self::Marked(ProgressMark::Done),
    ];

    /// Returns the status of an article by the annotator's word, and by whether there is an annotation file.
    #[must_use]
    pub const fn of(mark: Option<ProgressMark>, is_annotated: bool) -> Self {
        match (mark, is_annotated) {
            (Some(mark), _) => Self::Marked(mark),
            (None, true) => Self::InProgress,
            (None, false) => Self::New,
        }
    }

    /// Returns whether the article still waits for the annotator.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Marked(ProgressMark::Done | ProgressMark::Skipped))
    }
}
