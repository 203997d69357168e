//! The application without a window: what is open, what the user does to it, what waits for the disk and the rules.
//!
//! Key or click -> [`Command`] -> [`Action`] with its targets -> [`Session::perform`] -> transaction -> history.
//! Whoever draws collects actions and performs them afterwards; results of the threads come in by
//! [`Session::poll`].
//!
//! Invariant: knows no widget and no toolkit; never waits for the disk, the rules or a search on the caller's thread.

mod action;
mod agreeing;
mod annotate;
mod command;
mod datasets;
mod editor;
mod edits;
mod fault;
mod files;
mod find;
mod history;
mod journal_thread;
mod keeping;
mod keymap;
mod mentions;
mod merging;
mod perform;
mod project;
mod queue;
mod review;
mod rules_thread;
mod run;
mod search;
mod search_thread;
mod selection;
mod spans;
mod survey;
#[cfg(test)]
mod tests;
mod workbench;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use crate::formats::settings_file::{LINE_HEIGHTS, MEASURES, TEXT_SIZES, WINDOW_SCALES};
pub use action::{
    Action, LineGeometry, LineMovement, ParagraphLines, Refusal, Request, SchemaKey, Tab, ViewChange,
};
pub use agreeing::Agreement;
pub use command::{COMMANDS, Command, CommandRow, MenuGroup, Unavailable, markdown_table};
pub use datasets::{ExportPlan, ImportPlan, WaitingExport};
pub use editor::{Editor, Focus};
pub use edits::quote;
pub use fault::{last_fault_report, report_faults};
pub use history::{Past, Point};
pub use keymap::{Chord, ChordError, Key, Keymap, KeymapError, NamedKey, Variant};
pub use mentions::mentions;
pub use merging::{Meeting, Sides};
pub use project::NewProject;
pub use queue::{Queue, QueueCounts, QueueEntry, QueueFilter, QueueOrder};
pub use review::{Pending, ReviewQueue};
pub use rules_thread::{FolderEffect, Rules, Tried};
pub use search::Search;
pub use selection::Selection;
pub use spans::{Edge, Spans, Toward};
pub use workbench::{Draft, Figures, MadeFrom};

use crate::formats::annotation_file::Problem;
use crate::model::{Carry, Document, LabelId, Schema, Timestamp};
use crate::rules::{Dictionary, Work};
use crate::store::{ImportReport, Project, Settings, Stamp};
use crate::text::{Segmentation, SourceText};
use search_thread::Searchable;
use worker::{Folders, Worker};

/// Tells the time; the session asks it once per action, its threads for their heartbeat.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Called from a worker thread when [`Session::poll`] has something to do, so that an idle window wakes up.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// What a session is started with.
pub struct Setup {
    /// What can be annotated.
    pub schema: Arc<Schema>,
    /// What the user has set.
    pub settings: Settings,
    /// Which key does what.
    pub keymap: Keymap,
    /// Tells the time.
    pub clock: Clock,
    /// Wakes the caller.
    pub waker: Waker,
    /// Where changed settings are written; `None` to write none.
    pub config_dir: Option<PathBuf>,
    /// Where recent files are remembered; `None` to remember none.
    pub state_dir: Option<PathBuf>,
    /// Where names are learned from articles outside a project; `None` to learn none there.
    pub data_dir: Option<PathBuf>,
}

/// A line that tells what happened, with an Undo where that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The line.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
    /// Whether undo takes it back.
    pub undoable: bool,
}

/// The text of an article of which the annotations are still being read.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The path of the article.
    pub path: PathBuf,
    /// The text.
    pub source: SourceText,
    /// Its paragraphs, sentences and tokens.
    pub segmentation: Arc<Segmentation>,
}

/// Whether the annotations are on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveState {
    /// The file holds what is shown.
    Saved,
    /// What is shown is in the journal; the file follows in a moment.
    Journaled,
    /// A change waits for the disk.
    Unsaved,
    /// A save is under way.
    Saving,
    /// The last save failed, or the file waits for a choice; the work is in the journal, where there is one.
    Failed,
    /// Somebody else has the article open; nothing is changed here.
    ReadOnly,
}

/// An open article and where it is kept.
struct Open {
    editor: Editor,
    article: PathBuf,
    annotations: PathBuf,
    /// What the annotation file was when it was last read or written; `None` to write over whatever is there.
    expected: Option<Stamp>,
    /// What it held then.
    on_disk: Document,
    /// What two sides changed in different ways, until the user has chosen.
    meeting: Option<Meeting>,
    /// What became of the annotations when the article was changed.
    carry: Option<Carry>,
    /// What was done, as of when the history was asked for.
    past: Option<Arc<Past>>,
    annotator: Arc<str>,
    problems: Vec<Problem>,
    search: Search,
    /// The article as the search thread reads it.
    searchable: Searchable,
    /// The names that were tagged before, and where they are kept; `None` where they are kept nowhere.
    dictionary: Arc<Dictionary>,
    dictionary_path: Option<PathBuf>,
    /// Names this opening, so that late results for another article are dropped.
    generation: u64,
    /// When the oldest unsaved change was made.
    unsaved_since: Option<Timestamp>,
    saving: Saving,
    /// Another file that the user wants the annotations in; theirs as soon as it is written.
    save_as: Option<PathBuf>,
    /// Whether the user is to be asked what to do when the save under way fails: where they asked for it, and at the
    /// first failure of those that come by themselves.
    ask_on_failure: bool,
    /// How long the rules took; `None` while they run.
    rules_took: Option<Duration>,
    /// When a change made the suggestions stale: a new mention may be met again further on.
    rules_stale_since: Option<Timestamp>,
    /// Where the own rules for this article stand.
    rules_dir: Option<PathBuf>,
    /// Rules that are not run on this article.
    muted: BTreeSet<Arc<str>>,
    /// What each rule did in the last run.
    work: BTreeMap<Arc<str>, Work>,
    /// How its changes are kept until they are saved.
    kept: keeping::Kept,
}

/// What the disk thread does with the open article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Saving {
    #[default]
    Idle,
    UnderWay,
    /// The last attempt failed; no autosave until the user has decided.
    Failed,
}

/// The application without a window.
pub struct Session {
    /// The schema of the articles that are gone through.
    schema: Arc<Schema>,
    /// The schema of articles outside a project with its own.
    own_schema: Arc<Schema>,
    keymap: Keymap,
    settings: Settings,
    clock: Clock,
    worker: Worker,
    open: Option<Open>,
    /// The articles to go through.
    queued: project::Queued,
    /// In how many of them was counted; `None` where that was not asked for.
    surveyed: Option<usize>,
    /// What is exported as soon as the present article is saved.
    export_next: Option<Box<ExportPlan>>,
    /// An export or import that is under way.
    work: Option<datasets::Work>,
    /// How many were begun.
    works: u64,
    /// An export that waits for the user's word.
    waiting_export: Option<WaitingExport>,
    /// What the last import has brought.
    import_report: Option<(Box<Project>, Box<ImportReport>)>,
    /// How far the annotators agree, as of when it was asked for.
    agreement: Option<Arc<Agreement>>,
    /// The chars that are selected as soon as the next article is open.
    place_next: Option<(u32, u32)>,
    /// What is told as soon as the next article is open.
    told_next: Option<String>,
    recents: Vec<PathBuf>,
    tab: Tab,
    /// The label that was given last.
    last_label: Option<LabelId>,
    notice: Option<Notice>,
    requests: Vec<Request>,
    /// Set while a quit waits for the last save.
    quitting: bool,
    /// What is opened as soon as the present article is saved.
    open_next: Option<(PathBuf, Option<crate::text::TextEncoding>)>,
    generations: u64,
    workbench: workbench::Workbench,
    /// What is told with the next article that is opened.
    greeting: Option<String>,
    /// Whether an article is being read.
    opening: bool,
    /// What can be shown of it meanwhile.
    preview: Option<Preview>,
}

impl Session {
    /// Returns a session with nothing open.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let Setup { schema, settings, keymap, clock, waker, config_dir, state_dir, data_dir } = setup;
        let folders = Folders { config: config_dir, state: state_dir, data: data_dir };
        Self {
            worker: Worker::start(Arc::clone(&schema), folders, waker, Arc::clone(&clock)),
            own_schema: Arc::clone(&schema),
            schema,
            keymap,
            settings,
            clock,
            open: None,
            queued: project::Queued::default(),
            surveyed: None,
            export_next: None,
            work: None,
            works: 0,
            waiting_export: None,
            import_report: None,
            agreement: None,
            place_next: None,
            told_next: None,
            recents: Vec::new(),
            tab: Tab::default(),
            last_label: None,
            notice: None,
            requests: Vec::new(),
            quitting: false,
            open_next: None,
            generations: 0,
            workbench: workbench::Workbench::default(),
            greeting: None,
            opening: false,
            preview: None,
        }
    }

    /// Returns the schema.
    #[must_use]
    pub const fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Returns the keymap.
    #[must_use]
    pub const fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// Returns the user's settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the shown tab of the side panel.
    #[must_use]
    pub const fn tab(&self) -> Tab {
        self.tab
    }

    /// Returns the open article.
    #[must_use]
    pub fn editor(&self) -> Option<&Editor> {
        self.open.as_ref().map(|open| &open.editor)
    }

    /// Returns a number that names the open article, 0 where none is open.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.generation)
    }

    /// Returns the path of the open article.
    #[must_use]
    pub fn article_path(&self) -> Option<&Path> {
        self.open.as_ref().map(|open| open.article.as_path())
    }

    /// Returns the path of its annotation file.
    #[must_use]
    pub fn annotations_path(&self) -> Option<&Path> {
        self.open.as_ref().map(|open| open.annotations.as_path())
    }

    /// Returns what in the annotation file does not fit the article or the schema.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        self.open.as_ref().map_or(&[], |open| open.problems.as_slice())
    }

    /// Returns what became of the annotations, where the article was changed since they were made.
    #[must_use]
    pub fn carry(&self) -> Option<&Carry> {
        self.open.as_ref()?.carry.as_ref()
    }

    /// Returns the names that were tagged before, in this and in other articles.
    #[must_use]
    pub fn dictionary(&self) -> Option<&Arc<Dictionary>> {
        self.open.as_ref().map(|open| &open.dictionary)
    }

    /// Returns the file of those names; `None` where they are kept nowhere.
    #[must_use]
    pub fn dictionary_path(&self) -> Option<&Path> {
        self.open.as_ref()?.dictionary_path.as_deref()
    }

    /// Returns the search in the open article.
    #[must_use]
    pub fn search(&self) -> &Search {
        static NONE: Search = Search::NONE;
        self.open.as_ref().map_or(&NONE, |open| &open.search)
    }

    /// Returns how long the last run of the rules took; `None` while they run.
    #[must_use]
    pub fn rules_took(&self) -> Option<Duration> {
        self.open.as_ref().and_then(|open| open.rules_took)
    }

    /// Returns the files that were opened lately, the last one first.
    #[must_use]
    pub fn recents(&self) -> &[PathBuf] {
        &self.recents
    }

    /// Sets the files that were opened lately, as remembered from earlier runs.
    pub fn set_recents(&mut self, recents: Vec<PathBuf>) {
        self.recents = recents;
    }

    /// Returns whether text is selected.
    #[must_use]
    pub fn has_selection(&self) -> bool {
        self.editor().is_some_and(|editor| !editor.selection().is_empty())
    }

    /// Returns the text of the article that is being read, and the generation that it will have, where nothing else is
    /// open.
    #[must_use]
    pub fn preview(&self) -> Option<(&Preview, u64)> {
        self.preview.as_ref().filter(|_| self.open.is_none()).map(|text| (text, self.generations + 1))
    }

    /// Returns whether an article is being read from the disk.
    #[must_use]
    pub const fn is_opening(&self) -> bool {
        self.opening
    }

    /// Returns whether the annotations are on the disk.
    #[must_use]
    pub fn save_state(&self) -> SaveState {
        match &self.open {
            Some(open) if open.kept.holder().is_some() => SaveState::ReadOnly,
            Some(open) if open.saving == Saving::Failed => SaveState::Failed,
            Some(open) if open.editor.history().is_dirty() && open.kept.is_up_to_date() => {
                SaveState::Journaled
            }
            // The file holds what is shown, but the journal would lead away from it: a change that was taken back.
            Some(open) if open.kept.has_journal() && !open.kept.is_up_to_date() => SaveState::Unsaved,
            Some(open) if open.saving == Saving::UnderWay => SaveState::Saving,
            Some(open) if open.editor.history().is_dirty() => SaveState::Unsaved,
            _ => SaveState::Saved,
        }
    }

    /// Returns the line that tells what happened last.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Takes suggestions as if the rules had made them.
    #[cfg(test)]
    pub(crate) fn set_suggestions_for_tests(&mut self, suggestions: Vec<crate::model::Suggestion>) {
        if let Some(open) = &mut self.open {
            open.editor.set_suggestions(suggestions);
        }
    }

    /// Tells of trouble that was met outside the session.
    pub fn warn(&mut self, text: &str) {
        self.complain(text);
    }

    /// Removes that line.
    pub fn dismiss_notice(&mut self) {
        self.notice = None;
    }

    /// Returns what the window is asked for since the last call.
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn editor_mut(&mut self) -> Result<&mut Editor, Refusal> {
        self.open.as_mut().map(|open| &mut open.editor).ok_or_else(|| "no article is open".into())
    }

    fn ask(&mut self, request: Request) {
        self.requests.push(request);
    }

    fn inform(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), is_error: false, undoable: false });
    }

    fn inform_undoable(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), is_error: false, undoable: true });
    }

    fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), is_error: true, undoable: false });
    }

    /// Tells why an action did nothing.
    fn refuse(&mut self, refusal: &Refusal) {
        let mut text = refusal.0.to_string();
        if let Some(first) = text.get(..1) {
            text = format!("{}{}", first.to_uppercase(), text.get(1..).unwrap_or_default());
        }
        self.inform(text);
    }
}
