//! From keys and commands to actions: what a command acts on is resolved here.

use std::sync::Arc;

use super::action::{Action, LineGeometry, LineMovement, Refusal, Request, SchemaKey, Tab, ViewChange};
use super::command::{Command, Unavailable};
use super::editor::{Editor, Focus};
use super::keymap::{Chord, Key, Variant};
use super::perform::WINDOW_SCALE_STEP;
use super::spans::{Edge, Toward};
use super::{Session, edits};
use crate::model::{LabelId, LabelKind, ProgressMark};
use crate::rules::DraftKind;
use crate::text::{ByteOffset, Direction, next_grapheme, previous_grapheme};

impl Session {
    /// Returns what a chord means: a command of the table, a label of the schema, or a role of the focused claim.
    #[must_use]
    pub fn key(&self, chord: Chord) -> Option<SchemaKey> {
        if let Some((command, variant)) = self.keymap.command(chord) {
            return Some(SchemaKey::Command(command, variant));
        }
        let Key::Char(c) = chord.key else { return None };
        match (chord.ctrl, chord.alt, chord.shift) {
            (false, false, false) => {
                self.schema.label_of_key(c).map(|label| SchemaKey::Label(label.id.clone()))
            }
            (false, true, false) => {
                let number = c.to_digit(10)?.checked_sub(1)?;
                let label = self.schema.claim_label()?;
                label.roles.get(number as usize).cloned().map(SchemaKey::Role)
            }
            _ => None,
        }
    }

    /// Runs what a key means.
    pub fn run_key(&mut self, key: SchemaKey, lines: &dyn LineGeometry) {
        match key {
            SchemaKey::Label(label) => self.perform(Action::ApplyLabel(label)),
            SchemaKey::Role(role) => self.perform(Action::FillRoleFromSelection(role)),
            SchemaKey::Command(command, variant) => self.run(command, variant, lines),
        }
    }

    /// Runs a command: resolves what it acts on and performs it; says why where it cannot be run.
    pub fn run(&mut self, command: Command, variant: Variant, lines: &dyn LineGeometry) {
        let action = (command.row().available)(self)
            .map_err(Refusal::from)
            .and_then(|()| self.resolve(command, variant, lines));
        match action {
            Ok(action) => self.perform(action),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn resolve(
        &self,
        command: Command,
        variant: Variant,
        lines: &dyn LineGeometry,
    ) -> Result<Action, Refusal> {
        use Command as C;
        let edge = |edge, toward| Action::MoveEdge { edge, toward, fine: variant.fine };
        Ok(match command {
            C::Open => Action::Ask(Request::PickOpen),
            C::OpenFolder => Action::Ask(Request::PickOpenFolder),
            C::Save => Action::Save,
            C::SaveAs => Action::Ask(Request::PickSave),
            C::Export => Action::Ask(Request::PickExport),
            C::NextArticle => Action::StepArticle(1),
            C::PreviousArticle => Action::StepArticle(-1),
            C::ShowProblems => Action::Ask(Request::Problems),
            C::ShowCarried => Action::Ask(Request::Carried),
            C::ShowHistory => Action::ShowHistory,
            C::TakeOver => {
                let path = self.article_path().ok_or("no article is open")?;
                Action::OpenPath(path.to_owned(), None)
            }
            C::Quit => Action::Quit,
            C::NewProject => Action::Ask(Request::NewProject),
            C::Import => Action::Ask(Request::PickImport),
            C::MarkDone => Action::MarkArticle(ProgressMark::Done),
            C::MarkSkipped => Action::MarkArticle(ProgressMark::Skipped),
            C::MarkFlagged => Action::MarkArticle(ProgressMark::Flagged),
            C::NextOpenArticle => Action::NextOpenArticle,
            C::SetAnnotator => Action::Ask(Request::Annotator),
            C::ShowAgreement => Action::ShowAgreement,
            C::FindArticle => Action::Ask(Request::FindArticle),
            C::ToggleQueue => Action::View(ViewChange::Queue),
            C::Undo => Action::Undo,
            C::Redo => Action::Redo,
            C::Copy => Action::Ask(Request::Copy(self.text_to_copy()?)),
            C::SelectAll => {
                let range = self.article()?.document().source().full_range();
                Action::Select(super::Selection::of(range))
            }
            C::Find => Action::Ask(Request::Find),
            C::FindNext => Action::StepHit { forward: true },
            C::FindPrevious => Action::StepHit { forward: false },
            C::Escape => Action::Clear,
            C::ApplyLabel => return Err("press the key of a label, or click it in the label bar".into()),
            C::FillRole => return Err("press Alt with the number of a role, or use the details".into()),
            C::MakeClaim => Action::MakeClaim,
            C::TagAllMentions => self.ask_mentions()?,
            C::AddFragment => Action::AddFragment,
            C::StartOutward => edge(Edge::Start, Toward::Outward),
            C::StartInward => edge(Edge::Start, Toward::Inward),
            C::EndOutward => edge(Edge::End, Toward::Outward),
            C::EndInward => edge(Edge::End, Toward::Inward),
            C::Delete => Action::Delete(self.annotation()?.id),
            C::EditDetails => Action::Ask(Request::EditNote),
            C::NextSuggestion | C::Skip => Action::StepSuggestion { forward: true },
            C::PreviousSuggestion => Action::StepSuggestion { forward: false },
            C::Accept => Action::Accept(self.suggestion_key()?, None),
            C::Reject => Action::Reject(self.suggestion_key()?),
            C::RunRules => Action::RunRules,
            C::ShowNames => Action::Ask(Request::Names),
            C::ShowRules => Action::ShowRules(self.focused_rule()),
            C::NewRule => Action::DraftRule(DraftKind::Always),
            C::ToggleLearning => Action::View(ViewChange::Learn),
            C::NextAnnotation => Action::StepAnnotation { forward: true },
            C::PreviousAnnotation => Action::StepAnnotation { forward: false },
            C::GoToPanel => Action::Ask(Request::KeysToPanel),
            C::GoToMenus => Action::Ask(Request::KeysToMenus),
            C::MarksHere => Action::Ask(Request::Marks(self.marks_here()?)),
            C::CaretLeft
            | C::CaretRight
            | C::CaretUp
            | C::CaretDown
            | C::LineStart
            | C::LineEnd
            | C::PageUp
            | C::PageDown
            | C::TextStart
            | C::TextEnd => self.move_caret(command, variant, lines)?,
            C::Larger => Action::View(ViewChange::TextSize(1.0)),
            C::Smaller => Action::View(ViewChange::TextSize(-1.0)),
            C::DefaultSize => Action::View(ViewChange::DefaultTextSize),
            C::ToggleHidden => Action::View(ViewChange::HiddenCharacters),
            C::ToggleNumbers => Action::View(ViewChange::ParagraphNumbers),
            C::ShowDisplay => Action::Ask(Request::Display),
            C::LargerWindow => Action::View(self.window_scale(WINDOW_SCALE_STEP)),
            C::SmallerWindow => Action::View(self.window_scale(-WINDOW_SCALE_STEP)),
            C::ToggleContrast => Action::View(ViewChange::HighContrast),
            C::ToggleSafeColours => Action::View(ViewChange::SafeColours),
            C::ToggleMotion => Action::View(ViewChange::ReducedMotion),
            C::ToggleTheme => Action::View(ViewChange::Theme),
            C::ToggleLabelNames => Action::View(ViewChange::LabelNames),
            C::ToggleLabelLanguage => Action::View(ViewChange::LabelLanguage),
            C::TogglePanel => Action::View(ViewChange::Panel),
            C::ShowSuggestions => Action::View(ViewChange::Tab(Tab::Suggestions)),
            C::ShowAnnotations => Action::View(ViewChange::Tab(Tab::Annotations)),
            C::ShowDetails => Action::View(ViewChange::Tab(Tab::Details)),
            C::Palette => Action::Ask(Request::Palette),
            C::Help => Action::Ask(Request::Help),
        })
    }

    fn window_scale(&self, by: f32) -> ViewChange {
        ViewChange::WindowScale(self.settings().window_scale + by)
    }

    fn article(&self) -> Result<&Editor, Refusal> {
        self.editor().ok_or_else(|| "no article is open".into())
    }

    fn annotation(&self) -> Result<&crate::model::Annotation, Refusal> {
        let editor = self.article()?;
        editor.focused_annotation().ok_or_else(|| "focus an annotation first: click it, or press F8".into())
    }

    fn suggestion_key(&self) -> Result<crate::model::SuggestionKey, Refusal> {
        match self.article()?.focus() {
            Focus::Suggestion(key) => Ok(key.clone()),
            _ => Err("focus a suggestion first: press Tab".into()),
        }
    }

    /// Returns the rule of the focused suggestion.
    fn focused_rule(&self) -> Option<Arc<str>> {
        self.editor()?.focused_suggestion().map(|pending| Arc::clone(&pending.suggestion.rule))
    }

    fn text_to_copy(&self) -> Result<String, Refusal> {
        let editor = self.article()?;
        let source = editor.document().source();
        if !editor.selection().is_empty() {
            return Ok(source.slice(editor.selection().range()).to_owned());
        }
        let fragments = editor.focused_fragments().ok_or("nothing is selected")?;
        let pieces: Vec<&str> = fragments.ranges().iter().map(|range| source.slice(*range)).collect();
        Ok(pieces.join(" … "))
    }

    /// All mentions of the selected text, or of the focused mention, with the label of that mention or, for a bare
    /// selection, the label that was used last.
    fn ask_mentions(&self) -> Result<Action, Refusal> {
        let editor = self.article()?;
        let place = editor.name_in_question().ok_or("select a name first")?;
        let of_focus = editor
            .focused_annotation()
            .map(|a| a.body.label().clone())
            .or_else(|| editor.focused_suggestion().map(|p| p.suggestion.body.label().clone()));
        let label = of_focus
            .filter(|_| editor.selected().is_none())
            .or_else(|| self.last_label.clone())
            .or_else(|| self.first_entity_label())
            .filter(|label| self.schema.label(label).is_some_and(|def| def.kind == LabelKind::Entity))
            .ok_or("a claim has no mentions; select a name")?;
        Ok(Action::FindMentions { label, place })
    }

    pub(super) fn first_entity_label(&self) -> Option<LabelId> {
        self.schema
            .labels()
            .iter()
            .find(|label| label.kind == LabelKind::Entity)
            .map(|label| label.id.clone())
    }

    /// The marks at the cursor or in the selection, innermost first.
    fn marks_here(&self) -> Result<Vec<Focus>, Refusal> {
        let editor = self.article()?;
        let marks = editor.marks_at(editor.selection().range());
        if marks.is_empty() { Err("nothing is marked at the cursor".into()) } else { Ok(marks) }
    }

    fn move_caret(
        &self,
        command: Command,
        variant: Variant,
        lines: &dyn LineGeometry,
    ) -> Result<Action, Refusal> {
        let editor = self.article()?;
        let (selection, end) = (editor.selection(), editor.document().source().end());
        let from = selection.head;
        let rtl = editor.direction() == Direction::Rtl;
        let line = |movement| lines.line_target(from, movement);
        let target = match command {
            Command::CaretLeft => horizontal(editor, from, rtl, variant.fine),
            Command::CaretRight => horizontal(editor, from, !rtl, variant.fine),
            Command::CaretUp => line(LineMovement::Up),
            Command::CaretDown => line(LineMovement::Down),
            Command::LineStart => line(LineMovement::LineStart),
            Command::LineEnd => line(LineMovement::LineEnd),
            Command::PageUp => line(LineMovement::PageUp),
            Command::PageDown => line(LineMovement::PageDown),
            Command::TextStart => ByteOffset::ZERO,
            _ => end,
        };
        Ok(Action::Select(selection.moved(target.min(end), variant.extend)))
    }
}

/// Returns where an arrow moves the cursor: logically, one mapping for the whole document, by token or by grapheme.
fn horizontal(editor: &Editor, from: ByteOffset, forward: bool, fine: bool) -> ByteOffset {
    let source = editor.document().source();
    match (forward, fine) {
        (true, true) => next_grapheme(source, from),
        (false, true) => previous_grapheme(source, from),
        (true, false) => editor.segmentation().next_token_boundary(from, source.end()),
        (false, false) => editor.segmentation().previous_token_boundary(from),
    }
}

/// Whether a command can be run now; the reasons are shown at greyed menu items.
impl Session {
    fn require(condition: bool, reason: &'static str) -> Result<(), Unavailable> {
        if condition { Ok(()) } else { Err(Unavailable(reason)) }
    }

    fn editor_or_reason(&self) -> Result<&Editor, Unavailable> {
        self.editor().ok_or(Unavailable("no article is open"))
    }

    pub(super) fn has_article(&self) -> Result<(), Unavailable> {
        self.editor_or_reason().map(|_| ())
    }

    pub(super) fn has_next_article(&self) -> Result<(), Unavailable> {
        Self::require(
            self.neighbour(1).is_some(),
            "there is no next article; open a folder or a project to go through its articles",
        )
    }

    pub(super) fn has_previous_article(&self) -> Result<(), Unavailable> {
        Self::require(self.neighbour(-1).is_some(), "there is no article before this one")
    }

    pub(super) fn has_problems(&self) -> Result<(), Unavailable> {
        let orphans = self.editor_or_reason()?.document().orphans().len();
        Self::require(orphans > 0 || !self.problems().is_empty(), "everything in the annotation file fits")
    }

    pub(super) fn is_read_only(&self) -> Result<(), Unavailable> {
        self.editor_or_reason()?;
        Self::require(self.save_state() == super::SaveState::ReadOnly, "nobody else has this article open")
    }

    pub(super) fn can_undo(&self) -> Result<(), Unavailable> {
        Self::require(
            self.editor_or_reason()?.history().undo_description().is_some(),
            "there is nothing to undo",
        )
    }

    pub(super) fn can_redo(&self) -> Result<(), Unavailable> {
        Self::require(
            self.editor_or_reason()?.history().redo_description().is_some(),
            "there is nothing to redo",
        )
    }

    pub(super) fn has_selection_or_focus(&self) -> Result<(), Unavailable> {
        let editor = self.editor_or_reason()?;
        let something = !editor.selection().is_empty() || editor.focused_fragments().is_some();
        Self::require(something, "select text or focus a mark first")
    }

    pub(super) fn has_hits(&self) -> Result<(), Unavailable> {
        let search = self.search();
        Self::require(!search.hits().is_empty() || search.is_waiting(), "search for something first")
    }

    pub(super) fn can_label(&self) -> Result<(), Unavailable> {
        self.has_selection_or_focus()
    }

    pub(super) fn can_claim(&self) -> Result<(), Unavailable> {
        self.editor_or_reason()?;
        Self::require(self.schema.claim_label().is_some(), "the schema has no claims")
    }

    pub(super) fn can_fill_role(&self) -> Result<(), Unavailable> {
        let editor = self.editor_or_reason()?;
        Self::require(editor.focused_claim().is_some(), "focus a claim first")?;
        Self::require(editor.selected().is_some(), "select the text that fills the role")
    }

    pub(super) fn can_tag_all(&self) -> Result<(), Unavailable> {
        self.has_selection_or_focus()
    }

    pub(super) fn can_add_fragment(&self) -> Result<(), Unavailable> {
        let editor = self.editor_or_reason()?;
        Self::require(
            editor.recent_annotation().is_some(),
            "focus the annotation that gets a further piece first",
        )?;
        Self::require(editor.selected().is_some(), "select the further piece")
    }

    pub(super) fn has_focus(&self) -> Result<(), Unavailable> {
        let focused = self.editor_or_reason()?.focused_fragments().is_some();
        Self::require(focused, "focus a suggestion or an annotation first")
    }

    pub(super) fn has_annotation_focus(&self) -> Result<(), Unavailable> {
        let focused = self.editor_or_reason()?.focused_annotation().is_some();
        Self::require(focused, "focus an annotation first: click it, or press F8")
    }

    pub(super) fn has_suggestions(&self) -> Result<(), Unavailable> {
        let waiting = !self.editor_or_reason()?.queue().pending().is_empty();
        Self::require(waiting, "no suggestion is waiting")
    }

    pub(super) fn has_suggestion_focus(&self) -> Result<(), Unavailable> {
        let focused = self.editor_or_reason()?.focused_suggestion().is_some();
        Self::require(focused, "focus a suggestion first: press Tab")
    }

    pub(super) fn has_annotations(&self) -> Result<(), Unavailable> {
        let any = !self.editor_or_reason()?.document().annotations().is_empty();
        Self::require(any, "there are no annotations yet")
    }
}

/// Returns the mention on exactly the selection, else the selection itself, as what fills a role.
pub(super) fn filler_from_selection(editor: &Editor) -> Option<crate::model::RoleFiller> {
    let fragments = crate::model::Fragments::single(editor.selected()?).ok()?;
    Some(match edits::mention_at(editor.document(), &fragments) {
        Some(id) => crate::model::RoleFiller::Entity(id),
        None => crate::model::RoleFiller::Span(fragments),
    })
}
