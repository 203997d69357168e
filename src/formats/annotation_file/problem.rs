//! What is wrong with an annotation file: errors refuse it, problems are listed beside what was read.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::VERSION;
use crate::formats::ron_text::{Place, SyntaxError};
use crate::model::{AnnotationId, LabelId, LabelKind, RelationId, RoleId};
use crate::text::{RangeError, shortened};

/// Why an annotation file cannot be read. Nothing was read then, and nothing may be written over it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnnotationFileError {
    /// Too many bytes.
    #[error("the file has {len} bytes; an annotation file may have {limit} at most")]
    TooLong {
        /// The length in bytes.
        len: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes are no text.
    #[error("{place}: not valid UTF-8")]
    NotUtf8 {
        /// The first bad byte.
        place: Place,
    },
    /// Made by a later program.
    #[error("the file has version {found}; this program reads versions up to {VERSION}")]
    NewerVersion {
        /// Its version.
        found: u32,
    },
    /// Version 0 was never written.
    #[error("the file has version {found}, which never existed")]
    UnknownVersion {
        /// Its version.
        found: u32,
    },
    /// Not the RON that was expected.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// A merge has left both versions of some lines, between marks.
    #[error("{}", conflict_message(.places))]
    Conflict {
        /// The first and the last line of each conflict; at least one.
        places: Vec<(usize, usize)>,
    },
}

impl AnnotationFileError {
    /// Returns where in the file, when that is known.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Syntax(error) => Some(error.place),
            Self::NotUtf8 { place } => Some(*place),
            Self::Conflict { places } => places.first().map(|(line, _)| Place { line: *line, column: 1 }),
            _ => None,
        }
    }

    /// Returns what failed, without the place.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Syntax(error) => error.message.clone(),
            Self::NotUtf8 { .. } => "not valid UTF-8".to_owned(),
            other => other.to_string(),
        }
    }

    /// Returns what the user can do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "is this the right file?",
            Self::NotUtf8 { .. } => {
                "the file was saved in another encoding or is damaged; restore it from a backup"
            }
            Self::NewerVersion { .. } => "update hashiya, or open the file on the machine that wrote it",
            Self::UnknownVersion { .. } => "set `version: 1` if the file was written by hand",
            Self::Syntax(error) if error.cut_off => {
                "the file ends in the middle, as after an interrupted copy; restore it from a backup, or complete \
                 the last record by hand and close the lists with `],` and the file with `)`"
            }
            Self::Syntax(_) => "mend this place in a text editor, or restore the file from a backup",
            Self::Conflict { .. } => {
                "in each of these places keep what is to stay and remove the lines that begin with `<<<<<<<`, \
                 `|||||||`, `=======` and `>>>>>>>`; in a list the records of both sides may stay, ids that stand \
                 twice then are told apart when the file is opened"
            }
        }
    }
}

/// The most conflicts that a message names.
const SHOWN_CONFLICTS: usize = 5;

fn conflict_message(places: &[(usize, usize)]) -> String {
    let shown = places.iter().take(SHOWN_CONFLICTS);
    let mut lines: Vec<String> = shown.map(|(first, last)| format!("{first} to {last}")).collect();
    if let Some(more) = places.len().checked_sub(SHOWN_CONFLICTS + 1) {
        lines.push(format!("{} more places", more + 1));
    }
    format!("a merge has left two versions of the lines {}", lines.join(", "))
}

/// Why a record does not fit the article or the schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Misfit {
    /// Other text stands there.
    #[error("at {start}..{end} the article has «{found}», the file quotes «{quote}»{}", alike(.found, .quote))]
    Quote {
        /// Where it starts, in chars.
        start: u32,
        /// Where it ends.
        end: u32,
        /// What the article has there, shortened.
        found: String,
        /// What the file quotes, shortened.
        quote: String,
    },
    /// No place of the article.
    #[error("{start}..{end} («{quote}»): {source}")]
    Range {
        /// Where it starts, in chars.
        start: u32,
        /// Where it ends.
        end: u32,
        /// What the file quotes, shortened.
        quote: String,
        /// Why it is none.
        source: RangeError,
    },
    /// The quoted words stand there, but they are others: what stood around them is elsewhere.
    #[error("at {start}..{end} the article has «{quote}», but not what stood around it")]
    Context {
        /// Where it starts, in chars.
        start: u32,
        /// Where it ends.
        end: u32,
        /// What the file quotes, shortened.
        quote: String,
    },
    /// No span, an empty one, or one whose pieces overlap.
    #[error("its spans are empty or overlap")]
    Spans,
    /// The schema has no such label.
    #[error("the schema `{}` has no label `{}`{hint}", shortened(.schema), shortened(.label.as_str()))]
    UnknownLabel {
        /// The label.
        label: LabelId,
        /// The schema's name.
        schema: String,
        /// The nearest label, as a question; may be empty.
        hint: String,
    },
    /// The label is for something else.
    #[error(
        "the schema `{}` has the label `{}` for {}",
        shortened(.schema),
        shortened(.label.as_str()),
        kind_name(*.expected)
    )]
    Kind {
        /// The label.
        label: LabelId,
        /// The schema's name.
        schema: String,
        /// What the schema has it for.
        expected: LabelKind,
    },
    /// A claim or relation names an annotation that is not there or does not fit.
    #[error("it names {missing}, which is not there or does not fit")]
    Dangling {
        /// The annotation that it names.
        missing: AnnotationId,
    },
}

/// Returns what is said of texts that look alike and are not the same.
fn alike(found: &str, quote: &str) -> &'static str {
    let same = found.nfc().eq(quote.nfc());
    if same { " (the same letters, composed of other characters)" } else { "" }
}

impl Misfit {
    /// Whether the text is what it does not fit, so that it may stand elsewhere.
    pub(super) const fn is_of_place(&self) -> bool {
        matches!(self, Self::Quote { .. } | Self::Range { .. } | Self::Context { .. })
    }
}

fn kind_name(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Entity => "entities",
        LabelKind::Claim => "claims",
    }
}

/// Something that a loaded file has and should not have; nothing was dropped or moved because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the file.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
}

/// What a [`Problem`] is about.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProblemKind {
    /// The article's bytes are not those that were annotated.
    #[error("the article has changed since it was annotated (SHA-256 {}, now {found})", shortened(.recorded))]
    ArticleChanged {
        /// As recorded.
        recorded: String,
        /// As found.
        found: String,
    },
    /// A record was set aside as an orphan.
    #[error("{what} does not fit: {misfit}")]
    SetAside {
        /// The record.
        what: String,
        /// Why.
        misfit: Misfit,
    },
    /// The file has a field that this version does not know. Kept as it is.
    #[error("this version does not know the field `{field}` of {whose}{hint}; it is kept as it is")]
    UnknownField {
        /// The field.
        field: String,
        /// What has it.
        whose: String,
        /// The nearest known field, as a question; may be empty.
        hint: String,
    },
    /// Two records had the same id, as after a merge; this one, the later, has another one now.
    #[error("the id {id} stands already at {first}; this record has the id {new} from now on")]
    IdGivenTwice {
        /// The id of both.
        id: String,
        /// The id of the later one from now on.
        new: String,
        /// The earlier one.
        first: Place,
    },
    /// A record stands twice, the same in everything; it was read once.
    #[error("{id} stands already at {first}, the same in everything; it is kept once")]
    Copy {
        /// Its id.
        id: String,
        /// Where it stands first.
        first: Place,
    },
    /// A record names an id that two had, and it cannot be known which is meant.
    #[error("{what} names {id}, which stood twice; it is taken to mean the one at {taken}")]
    UnclearReference {
        /// The record that names it.
        what: String,
        /// The id.
        id: AnnotationId,
        /// Which of those that had it was taken.
        taken: Place,
    },
    /// Two decisions are about one suggestion; the later one counts.
    #[error("the decision on {label} is followed by another one on the same, at {later}; that one counts")]
    DecidedTwice {
        /// The label of the suggestion.
        label: String,
        /// The later decision.
        later: Place,
    },
    /// A record that was an orphan fits again and was taken back.
    #[error("{what} fits again")]
    FitsAgain {
        /// The record.
        what: String,
    },
    /// The schema has no such attribute, or does not allow the value. Kept as it is.
    #[error(
        "{id} has the attribute `{}`, which the schema lacks or which may not have this value{hint}",
        shortened(.attribute)
    )]
    Attribute {
        /// The annotation.
        id: AnnotationId,
        /// The attribute.
        attribute: String,
        /// The nearest attribute, as a question; may be empty.
        hint: String,
    },
    /// A role that the schema requires is not filled. Kept as it is.
    #[error("{id} lacks the role `{}`, which the schema requires", shortened(.role.as_str()))]
    MissingRole {
        /// The claim.
        id: AnnotationId,
        /// The role.
        role: RoleId,
    },
    /// A role is filled by something that the schema does not accept there. Kept as it is.
    #[error(
        "the role `{}` of {id} is filled by something that the schema does not accept there",
        shortened(.role.as_str())
    )]
    Filler {
        /// The claim.
        id: AnnotationId,
        /// The role.
        role: RoleId,
    },
    /// A relation links kinds of annotation that the schema does not link by it. Kept as it is.
    #[error("{id} ({}) links annotations of other kinds than the schema says", shortened(.label.as_str()))]
    RelationEnds {
        /// The relation.
        id: RelationId,
        /// Its label.
        label: LabelId,
    },
    /// The schema has no such role. Kept as it is.
    #[error("{id} has the role `{}`, which its label lacks in the schema{hint}", shortened(.role.as_str()))]
    Role {
        /// The annotation.
        id: AnnotationId,
        /// The role.
        role: RoleId,
        /// The nearest role, as a question; may be empty.
        hint: String,
    },
}

impl ProblemKind {
    /// Returns whether it came of a merge and is mended by a save.
    #[must_use]
    pub const fn is_of_merge(&self) -> bool {
        matches!(self, Self::IdGivenTwice { .. } | Self::Copy { .. } | Self::DecidedTwice { .. })
    }
}

impl Problem {
    /// Returns what the user can do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match &self.kind {
            ProblemKind::ArticleChanged { .. } => {
                "annotations whose quoted text still stands in its place were kept; look at the ones that do not fit"
            }
            ProblemKind::SetAside { misfit: Misfit::UnknownLabel { .. } | Misfit::Kind { .. }, .. } => {
                "it was set aside; open the file with the schema that has the label, or correct the label in the file"
            }
            ProblemKind::SetAside { misfit: Misfit::Dangling { .. }, .. } => {
                "it was set aside; mend what it names, and it fits again"
            }
            ProblemKind::SetAside { .. } => {
                "it was set aside and stays in the file; mark its text again, or bring the old article back"
            }
            ProblemKind::UnknownField { .. } => {
                "update hashiya to use it, or correct the name if it is misspelt"
            }
            ProblemKind::FitsAgain { .. } => "save to keep it among the annotations",
            ProblemKind::IdGivenTwice { .. } => {
                "two branches were merged that both gave it; save to keep the new id"
            }
            ProblemKind::Copy { .. } => "save to keep it once",
            ProblemKind::UnclearReference { .. } => "look at it, and correct it where the other one is meant",
            ProblemKind::DecidedTwice { .. } => {
                "two branches were merged; decide anew where the other one is right"
            }
            ProblemKind::Attribute { .. } | ProblemKind::Role { .. } => {
                "it was kept; add it to the schema, or correct it"
            }
            ProblemKind::MissingRole { .. }
            | ProblemKind::Filler { .. }
            | ProblemKind::RelationEnds { .. } => "it was kept; correct it, or change the schema",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)
    }
}
