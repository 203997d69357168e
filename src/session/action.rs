//! What is to be done, with its targets resolved: what a command, a click or a panel asks the session for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::command::{Command, Unavailable};
use super::datasets::{ExportPlan, ImportPlan};
use super::editor::Focus;
use super::history::Point;
use super::project::NewProject;
use super::queue::{QueueFilter, QueueOrder};
use super::selection::Selection;
use super::spans::{Edge, Toward};
use crate::model::{
    AnnotationId, AttributeValue, ConflictKey, Fragments, LabelId, ProgressMark, RelationId, RoleFiller,
    RoleId, Side, SuggestionKey,
};
use crate::rules::{DraftKind, LearnedName};
use crate::text::{ByteOffset, TextEncoding, TextRange};

/// A command with its targets. [`Session::perform`](super::Session::perform) is the only door.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Opens an article, an annotation file or a folder; with an encoding for a file that is not UTF-8.
    OpenPath(PathBuf, Option<TextEncoding>),
    /// Opens the article before (-1) or after (1) this one in the folder.
    StepArticle(isize),
    /// Opens the article of this name, one of those to go through.
    OpenArticle(Arc<str>),
    /// Opens the next article that waits for the annotator.
    NextOpenArticle,
    /// Says of the open article that it is done, left out or flagged, or takes that back.
    MarkArticle(ProgressMark),
    /// Orders the articles otherwise.
    OrderQueue(QueueOrder),
    /// Puts other articles in sight.
    FilterQueue(QueueFilter),
    /// Makes a folder a project and opens it.
    CreateProject(Box<NewProject>),
    /// Writes the annotations to their file.
    Save,
    /// Writes the annotations to another file, which is theirs from then on.
    SaveAs(PathBuf),
    /// Writes the annotations over a file that somebody else has changed.
    Overwrite,
    /// Applies the sides chosen for what was changed here and elsewhere.
    ResolveConflicts(BTreeMap<ConflictKey, Side>),
    /// Puts records, by the ids of their orphans, in their places in a changed article.
    CarryOver(BTreeSet<AnnotationId>),
    /// Reads what was done to the article; [`Request::History`] follows.
    ShowHistory,
    /// Brings the article back to a point of its past, as one change.
    GoBackTo(Point),
    /// Writes what was done as JSON lines.
    ExportHistory(PathBuf),
    /// Writes the article or the project in other formats; [`Request::ConfirmExport`] follows where something is lost.
    Export(Box<ExportPlan>),
    /// Puts an export that waits for the user's word in its place, or throws it away.
    FinishExport(bool),
    /// Brings files of other formats into the project; [`Request::Imported`] follows where there is more to tell.
    Import(Box<ImportPlan>),
    /// Compares the annotators of the project; [`Request::Agreement`] follows.
    ShowAgreement,
    /// Opens an article and selects a place in it, in chars.
    OpenAt(Arc<str>, u32, u32),
    /// Adds the labels that the last import has brought to the project's schema.
    AddLabels,
    /// Ends an export or import that is under way.
    EndWork,
    /// Saves and closes.
    Quit,
    /// Closes without saving.
    QuitWithoutSaving,
    /// Takes back the last change.
    Undo,
    /// Does it again.
    Redo,
    /// Sets the selection.
    Select(Selection),
    /// Sets the selection to where the pointer went, which is in view.
    Point(Selection),
    /// Focuses a mark, puts the cursor at its start and brings it into view.
    Focus(Focus),
    /// Focuses a mark under the pointer; cursor and view stay.
    FocusHere(Focus),
    /// Clears the selection, then the focus.
    Clear,
    /// Applies a label to the selection, else to the focused mark.
    ApplyLabel(LabelId),
    /// Gives an annotation a label.
    Relabel(AnnotationId, LabelId),
    /// Makes a claim of the selection or around the cue under the cursor.
    MakeClaim,
    /// Puts the selection into a role of the focused claim.
    FillRoleFromSelection(RoleId),
    /// Puts something into a role of a claim.
    FillRole(AnnotationId, RoleId, RoleFiller),
    /// Takes a filler out of a role of a claim.
    ClearRole(AnnotationId, RoleId, usize),
    /// Makes the selection a further piece of the focused annotation.
    AddFragment,
    /// Sets the pieces of an annotation.
    SetFragments(AnnotationId, Fragments),
    /// Sets the pieces of the focused mark: of a suggestion before it is decided, of an annotation as a change.
    Reshape(Fragments),
    /// Moves an edge of the focused mark.
    MoveEdge {
        /// Which edge.
        edge: Edge,
        /// Which way.
        toward: Toward,
        /// By grapheme in place of by token.
        fine: bool,
    },
    /// Tags places with a label in one transaction.
    TagMentions(LabelId, Vec<TextRange>),
    /// Sets or clears an attribute of an annotation.
    SetAttribute(AnnotationId, Arc<str>, Option<AttributeValue>),
    /// Sets the note of an annotation.
    SetNote(AnnotationId, String),
    /// Removes an annotation.
    Delete(AnnotationId),
    /// Links two annotations.
    Link(LabelId, AnnotationId, AnnotationId),
    /// Removes a link.
    Unlink(RelationId),
    /// Tags the selection with an orphan's label in its place.
    PlaceOrphan(AnnotationId),
    /// Removes an orphan.
    DiscardOrphan(AnnotationId),
    /// Accepts a suggestion, perhaps as another label.
    Accept(SuggestionKey, Option<LabelId>),
    /// Rejects a suggestion.
    Reject(SuggestionKey),
    /// Goes to the next or the previous suggestion.
    StepSuggestion {
        /// Forward in reading order.
        forward: bool,
    },
    /// Goes to the next or the previous annotation.
    StepAnnotation {
        /// Forward in reading order.
        forward: bool,
    },
    /// Runs the rules again.
    RunRules,
    /// Stops suggesting a learned name with a label.
    Silence(Box<LearnedName>, LabelId),
    /// Shows the rules, one of them chosen.
    ShowRules(Option<Arc<str>>),
    /// Begins to write a rule in place of another.
    EditRule(Arc<str>),
    /// Begins to write a rule from the selection, or another one from the same selection.
    DraftRule(DraftKind),
    /// Sets the text of the rule that is being written.
    SetDraft(String),
    /// Keeps the rule that is being written, among the own rules.
    KeepDraft,
    /// Lets go of it.
    DropDraft,
    /// Takes an own rule out.
    RemoveRule(Arc<str>),
    /// Mutes a rule in every article, or lets it speak again.
    MuteRule(Arc<str>, bool),
    /// Mutes a rule in the open article until that is closed, or lets it speak again.
    MuteHere(Arc<str>, bool),
    /// Searches the article.
    Find(String),
    /// Looks for all mentions of the name at a place; [`Request::Mentions`] follows.
    FindMentions {
        /// The label to give.
        label: LabelId,
        /// Where the name stands.
        place: TextRange,
    },
    /// Goes to the next or the previous place found.
    StepHit {
        /// Forward in reading order.
        forward: bool,
    },
    /// Forgets the search.
    EndFind,
    /// Changes a setting of the view.
    View(ViewChange),
    /// Asks the window for something.
    Ask(Request),
}

/// A change of the view's settings.
#[derive(Debug, Clone, PartialEq)]
pub enum ViewChange {
    /// Adds to the text size, in points.
    TextSize(f32),
    /// Sets the default text size.
    DefaultTextSize,
    /// Sets the height of lines, as a multiple of the text size.
    LineHeight(f32),
    /// Sets the family in which the article is read; empty for the program's own.
    ReadingFont(Arc<str>),
    /// Sets the width of the column, in ems.
    Measure(f32),
    /// Shows hidden characters, or not.
    HiddenCharacters,
    /// Numbers the paragraphs, or not.
    ParagraphNumbers,
    /// Light to dark and back.
    Theme,
    /// Stronger contrast, or not.
    HighContrast,
    /// Colours of labels for colour blindness, or the schema's.
    SafeColours,
    /// Nothing moves by itself, or it may.
    ReducedMotion,
    /// Sets the size of everything in the window, 1 for the system's.
    WindowScale(f32),
    /// Label names at every mark, or on demand.
    LabelNames,
    /// The language of label names.
    LabelLanguage,
    /// Shows or hides the side panel.
    Panel,
    /// Shows or hides the articles to go through.
    Queue,
    /// Sets who annotates.
    Annotator(Arc<str>),
    /// Learns names from decisions, or not.
    Learn,
    /// Shows a tab of the side panel.
    Tab(Tab),
}

/// A tab of the side panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// The review queue.
    #[default]
    Suggestions,
    /// All annotations.
    Annotations,
    /// The focused annotation.
    Details,
}

/// What the session asks the window for, because it needs a dialog, the screen or the clipboard.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Ask which file to open.
    PickOpen,
    /// Ask which folder to open.
    PickOpenFolder,
    /// Ask where to save.
    PickSave,
    /// Ask for formats and place of an export.
    PickExport,
    /// Tell what an export would lose, and ask whether it is wanted.
    ConfirmExport,
    /// Ask what is to be imported.
    PickImport,
    /// Tell what an import has brought.
    Imported,
    /// Ask who annotates.
    Annotator,
    /// Show how far the annotators agree.
    Agreement,
    /// Ask what is to become a project.
    NewProject,
    /// Put the keyboard into the queue's filter.
    FindArticle,
    /// Ask whether to read a file in an encoding.
    ConfirmEncoding {
        /// The file.
        path: PathBuf,
        /// What is wrong with it as UTF-8, in one sentence.
        message: String,
        /// What it looks like.
        guess: TextEncoding,
    },
    /// Ask what to do about a save that failed.
    SaveFailed {
        /// The file.
        path: PathBuf,
        /// What is wrong, in one sentence.
        message: String,
        /// Whether the file was changed by somebody else, and may be overwritten.
        changed: bool,
        /// Whether the work is in the journal meanwhile.
        in_journal: bool,
    },
    /// Ask which side counts where two have changed the same.
    Conflicts,
    /// Show what became of the annotations of a changed article.
    Carried,
    /// Show what was done.
    History,
    /// Show the search field.
    Find,
    /// Show the command palette.
    Palette,
    /// Show the settings of the page.
    Display,
    /// Show all keys.
    Help,
    /// Show the marks at the cursor, innermost first, to choose one.
    Marks(Vec<Focus>),
    /// Show what does not fit.
    Problems,
    /// Show the learned names.
    Names,
    /// Show the rules, one of them chosen.
    Rules(Option<Arc<str>>),
    /// Show all mentions of a name with boxes to tick.
    Mentions {
        /// The label to give.
        label: LabelId,
        /// The places, the one that was asked about included.
        places: Vec<TextRange>,
    },
    /// Bring a place of the article into view.
    Reveal(TextRange),
    /// Put the keyboard into the note of the details.
    EditNote,
    /// Put the keyboard into the side panel.
    KeysToPanel,
    /// Put the keyboard on the first menu.
    KeysToMenus,
    /// Put text on the clipboard.
    Copy(String),
    /// Close the window.
    Close,
}

/// What the layout of the text knows and the session does not: where lines are.
pub trait LineGeometry {
    /// Returns where the cursor comes to from `from`.
    fn line_target(&self, from: ByteOffset, movement: LineMovement) -> ByteOffset;
}

/// A cursor movement that depends on where lines break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LineMovement {
    Up,
    Down,
    LineStart,
    LineEnd,
    PageUp,
    PageDown,
}

/// The line geometry of a text that is not laid out: every paragraph is one line.
#[derive(Debug, Clone, Copy)]
pub struct ParagraphLines<'a>(pub &'a crate::text::Segmentation);

impl LineGeometry for ParagraphLines<'_> {
    fn line_target(&self, from: ByteOffset, movement: LineMovement) -> ByteOffset {
        let paragraphs = self.0.paragraphs();
        let here = self.0.paragraph_index(from);
        let last = paragraphs.len() - 1;
        match movement {
            LineMovement::Up => paragraphs[here.saturating_sub(1)].start(),
            LineMovement::Down => paragraphs[(here + 1).min(last)].start(),
            LineMovement::LineStart => paragraphs[here].start(),
            LineMovement::LineEnd => paragraphs[here].end(),
            LineMovement::PageUp => paragraphs[here.saturating_sub(10)].start(),
            LineMovement::PageDown => paragraphs[(here + 10).min(last)].start(),
        }
    }
}

/// Why an action did nothing, for the status bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Arc<str>);

impl From<Unavailable> for Refusal {
    fn from(reason: Unavailable) -> Self {
        Self(Arc::from(reason.0))
    }
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        Self(Arc::from(reason))
    }
}

impl From<crate::model::EditError> for Refusal {
    fn from(error: crate::model::EditError) -> Self {
        Self(Arc::from(error.to_string()))
    }
}

/// A key that the table of commands leaves to the schema: a label's, or a role's with Alt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaKey {
    /// The key of a label.
    Label(LabelId),
    /// Alt with the number of a role.
    Role(RoleId),
    /// A command of the table.
    Command(Command, super::keymap::Variant),
}
