//! What actions do: the only door to the state of a [`Session`].

use super::action::{Action, Refusal, Request, ViewChange};
use super::editor::Editor;
use super::worker::DiskJob;
use super::{Session, edits};
use crate::formats::settings_file::{LINE_HEIGHTS, MEASURES, TEXT_SIZES, WINDOW_SCALES};
use crate::model::{Fragments, LabelId, SuggestionKey, Transaction};
use crate::store::{Settings, Theme};
use crate::text::TextRange;

/// Whether an action was done, and if not, why.
pub(super) type Outcome = Result<(), Refusal>;

/// By how much a command changes that size.
pub(super) const WINDOW_SCALE_STEP: f32 = 0.25;

impl Session {
    /// Does what is asked; where it cannot be done, says why and changes nothing.
    pub fn perform(&mut self, action: Action) {
        if let Err(refusal) = self.try_perform(action) {
            self.refuse(&refusal);
        }
        self.write_down();
    }

    fn try_perform(&mut self, action: Action) -> Outcome {
        match action {
            Action::OpenPath(..)
            | Action::StepArticle(_)
            | Action::Save
            | Action::SaveAs(_)
            | Action::Overwrite
            | Action::ResolveConflicts(_)
            | Action::ShowHistory
            | Action::GoBackTo(_)
            | Action::ExportHistory(_)
            | Action::Quit
            | Action::QuitWithoutSaving
            | Action::RunRules => self.perform_on_files(action),
            Action::Export(_)
            | Action::FinishExport(_)
            | Action::Import(_)
            | Action::AddLabels
            | Action::EndWork => self.perform_on_datasets(action),
            Action::ShowAgreement | Action::OpenAt(..) => self.perform_on_agreement(action),
            Action::OpenArticle(_)
            | Action::NextOpenArticle
            | Action::MarkArticle(_)
            | Action::OrderQueue(_)
            | Action::FilterQueue(_)
            | Action::CreateProject(..) => self.perform_on_project(action),
            Action::ShowRules(_)
            | Action::EditRule(_)
            | Action::DraftRule(_)
            | Action::SetDraft(_)
            | Action::KeepDraft
            | Action::DropDraft
            | Action::RemoveRule(_)
            | Action::MuteRule(..)
            | Action::MuteHere(..) => self.perform_on_rules(action),
            Action::Silence(name, label) => self.silence(*name, label),
            Action::View(change) => {
                self.change_view(change);
                Ok(())
            }
            Action::Ask(request) => {
                if request == Request::Find {
                    self.prepare_search();
                }
                self.ask(request);
                Ok(())
            }
            Action::Undo | Action::Redo => {
                self.check_writable()?;
                self.step_history(matches!(action, Action::Undo))
            }
            Action::Select(_)
            | Action::Point(_)
            | Action::Focus(_)
            | Action::FocusHere(_)
            | Action::Clear
            | Action::StepSuggestion { .. }
            | Action::StepAnnotation { .. }
            | Action::Find(_)
            | Action::FindMentions { .. }
            | Action::StepHit { .. }
            | Action::EndFind => self.navigate(action),
            Action::Accept(key, label) => {
                self.check_writable()?;
                self.accept(&key, label.as_ref())
            }
            Action::Reject(key) => {
                self.check_writable()?;
                self.reject(&key)
            }
            Action::MoveEdge { edge, toward, fine } => {
                self.check_writable()?;
                let now = self.now();
                let moved = self.editor_mut()?.move_edge(edge, toward, fine, now)?;
                if !moved {
                    return Err("the edge can go no further".into());
                }
                self.changed();
                Ok(())
            }
            Action::Reshape(fragments) => {
                self.check_writable()?;
                let now = self.now();
                self.editor_mut()?.set_focused_fragments(fragments, now)?;
                self.changed();
                Ok(())
            }
            Action::CarryOver(chosen) => {
                self.check_writable()?;
                self.carry_over(&chosen)
            }
            change => {
                self.check_writable()?;
                self.annotate(change)
            }
        }
    }

    fn step_history(&mut self, back: bool) -> Outcome {
        let editor = self.editor_mut()?;
        let step = if back { editor.undo() } else { editor.redo() }?;
        match (step, back) {
            (Some(what), true) => self.inform(format!("Undone: {what}")),
            (Some(what), false) => self.inform(format!("Done again: {what}")),
            (None, true) => return Err("there is nothing to undo".into()),
            (None, false) => return Err("there is nothing to redo".into()),
        }
        self.changed();
        Ok(())
    }

    fn navigate(&mut self, action: Action) -> Outcome {
        let editor = self.editor_mut()?;
        match action {
            Action::Select(selection) => {
                editor.select(selection);
                let head = TextRange::empty(selection.head);
                self.ask(Request::Reveal(head));
            }
            Action::Point(selection) => editor.select(selection),
            Action::FocusHere(focus) => editor.focus_here(focus),
            Action::Focus(focus) => {
                editor.focus_on(focus);
                self.reveal_focus();
            }
            Action::Clear => {
                let cleared = editor.clear();
                if !cleared {
                    self.end_find();
                }
            }
            Action::StepSuggestion { forward } => {
                editor.step_suggestion(forward);
                self.reveal_focus();
            }
            Action::StepAnnotation { forward } => {
                editor.step_annotation(forward);
                self.reveal_focus();
            }
            Action::Find(query) => self.find(query),
            Action::FindMentions { label, place } => self.find_mentions(label, place),
            Action::StepHit { forward } => {
                if let Some(hit) = self.open.as_mut().and_then(|open| open.search.step(forward)) {
                    self.go_to_hit(hit);
                }
            }
            Action::EndFind => self.end_find(),
            _ => {}
        }
        Ok(())
    }

    fn reveal_focus(&mut self) {
        let focused = self.editor().and_then(Editor::focused_fragments).map(Fragments::hull);
        if let Some(range) = focused {
            self.ask(Request::Reveal(range));
        }
    }

    pub(super) fn accept(&mut self, key: &SuggestionKey, label: Option<&LabelId>) -> Outcome {
        let now = self.now();
        let editor = self.editor_mut()?;
        let pending = editor.queue().get(key).ok_or("that suggestion is no longer there")?;
        let transaction = edits::accept(editor.document(), pending, label, now);
        self.decide(transaction, key)
    }

    fn reject(&mut self, key: &SuggestionKey) -> Outcome {
        let now = self.now();
        let editor = self.editor_mut()?;
        let pending = editor.queue().get(key).ok_or("that suggestion is no longer there")?;
        let transaction = edits::reject(editor.document(), pending, now);
        self.decide(transaction, key)
    }

    fn decide(&mut self, transaction: Transaction, key: &SuggestionKey) -> Outcome {
        let what = transaction.description.clone();
        self.editor_mut()?.decide(transaction, key)?;
        self.done(&what);
        self.reveal_focus();
        Ok(())
    }

    pub(super) fn change_view(&mut self, change: ViewChange) {
        let settings = &mut self.settings;
        match change {
            ViewChange::TextSize(by) => {
                settings.text_size = (settings.text_size + by).clamp(*TEXT_SIZES.start(), *TEXT_SIZES.end());
            }
            ViewChange::DefaultTextSize => settings.text_size = Settings::default().text_size,
            ViewChange::LineHeight(height) => {
                settings.line_height = height.clamp(*LINE_HEIGHTS.start(), *LINE_HEIGHTS.end());
            }
            ViewChange::ReadingFont(family) => settings.reading_font = family.to_string(),
            ViewChange::Measure(ems) => {
                settings.measure = ems.clamp(*MEASURES.start(), *MEASURES.end());
            }
            ViewChange::HiddenCharacters => settings.hidden_characters = !settings.hidden_characters,
            ViewChange::ParagraphNumbers => settings.paragraph_numbers = !settings.paragraph_numbers,
            ViewChange::Theme => {
                settings.theme = if settings.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
            }
            ViewChange::HighContrast => settings.high_contrast = !settings.high_contrast,
            ViewChange::SafeColours => settings.safe_colours = !settings.safe_colours,
            ViewChange::ReducedMotion => settings.reduced_motion = !settings.reduced_motion,
            ViewChange::WindowScale(scale) => {
                settings.window_scale = scale.clamp(*WINDOW_SCALES.start(), *WINDOW_SCALES.end());
            }
            ViewChange::LabelNames => settings.label_names = !settings.label_names,
            ViewChange::LabelLanguage => {
                let other = if settings.language == "ar" { "en" } else { "ar" };
                other.clone_into(&mut settings.language);
            }
            ViewChange::Panel => settings.panel = !settings.panel,
            ViewChange::Queue => settings.queue = !settings.queue,
            ViewChange::Annotator(name) => {
                name.as_ref().clone_into(&mut settings.annotator);
                self.work_as_annotator();
            }
            ViewChange::Learn => {
                settings.learn = !settings.learn;
                let now =
                    if settings.learn { "Names are learned from decisions" } else { "Names are not learned" };
                self.inform(now);
                self.run_rules();
            }
            ViewChange::Tab(tab) => {
                self.tab = tab;
                settings.panel = true;
            }
        }
        let settings = Box::new(self.settings.clone());
        self.worker.disk(DiskJob::Settings(settings));
    }
}
