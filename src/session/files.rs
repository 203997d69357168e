//! Opening, saving, exporting and quitting: what the disk thread is asked for, and what its answers change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::action::{Action, Refusal, Request};
use super::command::Unavailable;
use super::editor::Editor;
use super::perform::Outcome;
use super::project::Queued;
use super::rules_thread::RulesJob;
use super::search_thread::Searchable;
use super::worker::{DiskJob, Event, Listing, SaveJob};
use super::{Open, Saving, Search, Session};
use crate::model::{AnnotationId, Document, LabelId};
use crate::rules::{Dictionary, LearnedName};
use crate::store::{self, Opened, Stamp, StoreError};
use crate::text::{TextEncoding, isolate_quotations};

/// How long after a change it is saved by itself, in milliseconds.
const AUTOSAVE_AFTER_MS: i64 = 1_000;

/// How long after the last change the rules run again, in milliseconds.
const RULES_AFTER_MS: i64 = 300;

impl Session {
    pub(super) fn perform_on_files(&mut self, action: Action) -> Outcome {
        match action {
            Action::OpenPath(path, encoding) => self.open_when_saved(path, encoding),
            Action::StepArticle(by) => {
                let path = self.neighbour(by).ok_or("there is no further article here")?;
                self.open_when_saved(path, None);
            }
            Action::Save => {
                if self.open.is_none() {
                    return Err("no article is open".into());
                }
                self.save(true);
            }
            Action::SaveAs(path) => {
                self.open.as_mut().ok_or("no article is open")?.save_as = Some(path);
                self.save(true);
            }
            Action::Overwrite => {
                self.open.as_mut().ok_or("no article is open")?.expected = None;
                self.save(true);
            }
            Action::ResolveConflicts(chosen) => self.resolve_conflicts(&chosen)?,
            Action::ShowHistory => self.show_history()?,
            Action::GoBackTo(point) => self.go_back(point)?,
            Action::ExportHistory(path) => self.export_history(path)?,
            Action::Quit => {
                self.quitting = true;
                self.go_on_after_save();
            }
            Action::QuitWithoutSaving => self.ask(Request::Close),
            Action::RunRules => {
                self.reload_rules();
                self.run_rules();
            }
            _ => {}
        }
        Ok(())
    }

    /// Opens an article at once, or as soon as the present one is saved.
    pub(super) fn open_when_saved(&mut self, path: PathBuf, encoding: Option<TextEncoding>) {
        self.open_next = Some((path, encoding));
        self.go_on_after_save();
    }

    /// Goes on with what waits for the present article to be saved, or starts that save.
    pub(super) fn go_on_after_save(&mut self) {
        let waiting = self.quitting || self.open_next.is_some() || self.export_next.is_some();
        if !waiting || self.is_saving() {
            return;
        }
        if !self.is_dirty()
            && let Some(plan) = self.export_next.take()
        {
            self.begin_export(*plan);
        }
        if self.is_dirty() {
            self.save(false);
        } else if self.quitting {
            self.note_place();
            self.ask(Request::Close);
        } else if let Some((path, encoding)) = self.open_next.take() {
            self.opening = true;
            self.note_place();
            let (annotator, at) = (self.annotator(), self.now());
            let is_known = self.queued.queue.contains(&path);
            self.worker.disk(DiskJob::Open { path, encoding, annotator, at, is_known });
        }
    }

    fn is_saving(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.saving == Saving::UnderWay)
    }

    fn is_dirty(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.editor.history().is_dirty())
    }

    /// Returns the path of the article `by` places further in the open folder.
    pub(super) fn neighbour(&self, by: isize) -> Option<PathBuf> {
        let queue = &self.queued.queue;
        queue.neighbour(by).map(|entry| queue.path(entry))
    }

    /// Sends the document to the disk, where it differs from its file, belongs into another one, or the user asks
    /// for it.
    fn save(&mut self, asked: bool) {
        let at = self.now();
        self.write_down();
        let Some(open) = &mut self.open else { return };
        open.ask_on_failure |= asked;
        if open.saving == Saving::UnderWay {
            // The end of that save starts the next one.
            return;
        }
        if asked || open.save_as.is_some() || open.editor.history().is_dirty() {
            open.saving = Saving::UnderWay;
            open.unsaved_since = None;
            let changes = open.kept.changes().filter(|_| open.save_as.is_none());
            let snapshots = open.kept.snapshots.clone().filter(|_| open.save_as.is_none());
            let (path, expected) = match open.save_as.take() {
                Some(path) => (path, None),
                None => (open.annotations.clone(), open.expected.clone()),
            };
            self.worker.disk(DiskJob::Save(SaveJob {
                generation: open.generation,
                revision: open.editor.history().revision(),
                document: Box::new(open.editor.document().clone()),
                annotator: Arc::clone(&open.annotator),
                article: open.article.clone(),
                path,
                expected,
                changes,
                snapshots,
                at,
            }));
        }
    }

    /// Reads the articles of the project again; order and filter stay.
    pub(super) fn list_again(&mut self) {
        let Some(project) = self.queued.project.clone() else { return };
        let annotator = self.annotator();
        self.worker.disk(DiskJob::List { project, annotator });
    }

    fn take_listed(&mut self, root: &Path, result: Result<Box<Queued>, StoreError>) {
        // Late news of another project.
        if self.project().is_none_or(|project| *project.root() != *root) {
            return;
        }
        match result {
            Ok(mut queued) => {
                let before = &self.queued.queue;
                queued.queue.set_order(before.order());
                queued.queue.set_filter(before.filter().clone());
                self.take_queued(*queued);
                self.note_here();
            }
            Err(error) => self.complain_of(&error),
        }
    }

    pub(super) fn run_rules(&mut self) {
        let Some(job) = self.suggest_job() else { return };
        if let Some(open) = &mut self.open {
            open.rules_took = None;
            open.rules_stale_since = None;
        }
        self.worker.rules(RulesJob::Suggest(job));
    }

    /// Notes that the document has changed; the autosave follows within two seconds.
    pub(super) fn changed(&mut self) {
        let now = self.now();
        if let Some(open) = &mut self.open {
            open.unsaved_since.get_or_insert(now);
            open.rules_stale_since = Some(now);
            if open.saving == Saving::Failed {
                open.saving = Saving::Idle;
            }
        }
    }

    /// Takes in what the threads have done, and saves what has waited long enough. Returns how long at most until
    /// it should be called again where nothing wakes the caller before.
    pub fn poll(&mut self) -> Option<Duration> {
        while let Some(event) = self.worker.poll() {
            self.take(event);
        }
        let until_rules = self.refresh_suggestions();
        let until_save = self.autosave();
        let until_try = self.refresh_draft();
        until_rules.into_iter().chain(until_save).chain(until_try).min()
    }

    /// Runs the rules again when the last change lies long enough back that they do not run at every key.
    fn refresh_suggestions(&mut self) -> Option<Duration> {
        let now = self.now().millis();
        let since = self.open.as_ref()?.rules_stale_since?.millis();
        let left = since + RULES_AFTER_MS - now;
        if left > 0 {
            return Some(Duration::from_millis(left.unsigned_abs()));
        }
        self.run_rules();
        None
    }

    /// Waits until nothing is under way any more: for tests and batch use, never on a thread that draws.
    pub fn settle(&mut self) {
        loop {
            while let Some(event) = self.worker.wait() {
                self.take(event);
            }
            let Some(open) = &self.open else { return };
            if open.saving == Saving::Failed || !open.editor.history().is_dirty() {
                return;
            }
            self.save(false);
        }
    }

    /// Begins a journal for the file under whose name the annotations were saved.
    fn keep_elsewhere(&mut self, stamp: Stamp) {
        let at = self.now();
        let Some(open) = &mut self.open else { return };
        open.kept = super::keeping::Kept::default();
        let (generation, path) = (open.generation, open.annotations.clone());
        let (document, annotator) = (Box::new(open.editor.document().clone()), Arc::clone(&open.annotator));
        self.worker.disk(DiskJob::Keep { generation, path, document, stamp, annotator, at });
    }

    fn autosave(&mut self) -> Option<Duration> {
        let now = self.now().millis();
        let open = self.open.as_ref()?;
        let since = open.unsaved_since.filter(|_| open.saving == Saving::Idle)?.millis();
        let left = since + AUTOSAVE_AFTER_MS - now;
        if left > 0 {
            return Some(Duration::from_millis(left.unsigned_abs()));
        }
        if open.editor.history().is_dirty() {
            self.save(false);
        } else if let Some(open) = &mut self.open {
            open.unsaved_since = None;
        }
        None
    }

    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Opened { path, encoding, result } => self.take_opened(path, encoding, result),
            Event::TextRead(text) => self.preview = Some(text).filter(|_| self.opening),
            Event::Saved { generation, revision, path, result } => {
                self.take_saved(generation, revision, &path, result);
            }
            Event::Past { generation, result } => self.take_past(generation, result),
            Event::WayBack { generation, changes, point, result } => {
                self.take_back(generation, changes, &point, result);
            }
            Event::Met { generation, changes, result } => self.take_met(generation, changes, result),
            Event::Kept { generation, keeping } => {
                if self.generation() == generation {
                    self.keep(*keeping);
                }
            }
            Event::Journaled { generation, changes } => self.take_journaled(generation, changes),
            Event::JournalRefused { generation, error } => self.take_refused(generation, &error),
            Event::Exported { path, result } => self.take_committed(&path, result),
            Event::Progress { number, done, all } => self.take_progress(number, done, all),
            Event::ExportWritten { number, out, dataset } => self.take_export(number, out, dataset),
            Event::WorkFailed { number, error } => self.take_work_failed(number, &error),
            Event::Agreed { root, agreement } => self.take_agreement(&root, agreement),
            Event::Imported { number, project, report } => self.take_imported(number, project, report),
            Event::LabelsAdded(result) => self.take_labels_added(result),
            Event::Listed { root, result } => self.take_listed(&root, result),
            Event::ProjectCreated { root, result } => match result {
                Ok(()) => self.open_when_saved(root, None),
                Err(error) => self.complain_of(&error),
            },
            Event::Surveyed { root, counts } => {
                if self.project().is_some_and(|project| *project.root() == *root) {
                    self.take_counts(counts);
                }
            }
            Event::Warned(error) => self.complain_of(&error),
            Event::Recents(recents) => self.recents = recents,
            Event::Learned { path, dictionary } => {
                // Late news of the names of another project are not for this article.
                if self.dictionary_path() == Some(&*path) {
                    self.learned(*dictionary);
                    self.run_rules();
                }
            }
            Event::Suggested { generation, changes, mut queue, work, took } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) {
                    open.rules_took = Some(took);
                    open.work = work;
                    *queue = open.editor.set_queue(std::mem::take(&mut *queue), changes);
                }
                if queue.total() > 0 {
                    self.worker.rules(RulesJob::Drop(queue));
                }
            }
            Event::Found { generation, number, hits } => self.take_found(generation, number, hits),
            Event::Mentions { generation, place, label, places } => {
                self.take_mentions(generation, place, label, places);
            }
            Event::Done => {}
            Event::Faulted(what) => self.take_fault(what),
            Event::RulesBroken(message) => self.rules_are_broken(message),
            Event::RulesLoaded(rules) => self.take_rules(rules),
            Event::Tried { number, tried } => self.take_tried(number, *tried),
            Event::RulesChanged => self.reload_rules(),
            Event::News(event) => self.take(*event),
        }
    }

    fn take_opened(
        &mut self,
        path: PathBuf,
        encoding: Option<TextEncoding>,
        result: Result<Box<Listing>, StoreError>,
    ) {
        self.opening = false;
        self.preview = None;
        let listing = match result {
            Ok(listing) => *listing,
            Err(error) => {
                match error.likely_encoding() {
                    Some(guess) => {
                        let message = error.isolated();
                        self.ask(Request::ConfirmEncoding { path, message, guess });
                    }
                    None => self.complain_of(&error),
                }
                return;
            }
        };
        if self.is_saving() || self.is_dirty() {
            // The present article was changed while this one was read. It is read once more when that is saved,
            // since the two may be the same.
            self.open_next.get_or_insert((path, encoding));
            self.go_on_after_save();
            return;
        }
        let Listing {
            opened,
            segmentation,
            queued,
            place,
            dictionary_path,
            dictionary,
            rules_dir,
            on_disk,
            keeping,
        } = listing;
        let Opened { document, annotator, problems, carry, article_path, annotation_path, stamp, .. } =
            opened;
        if let Some(queued) = queued {
            self.worker.end_survey();
            self.take_queued(*queued);
        }
        self.queued.queue.set_here(&article_path);
        // A relative path means nothing to the next start, which may be elsewhere.
        let recent = self.project().map_or_else(|| path.clone(), |project| project.root().to_owned());
        self.worker.disk(DiskJob::Recent(std::path::absolute(&recent).unwrap_or(recent)));
        self.generations += 1;
        let annotator = annotator.unwrap_or_else(|| self.annotator());
        let has_problems = !problems.is_empty();
        let searchable = Searchable::new(document.source().clone(), Arc::clone(&segmentation));
        self.open = Some(Open {
            editor: Editor::with_history(document, keeping.history.clone(), segmentation),
            article: article_path,
            annotations: annotation_path,
            expected: Some(stamp),
            on_disk,
            meeting: None,
            carry,
            past: None,
            annotator,
            problems,
            search: Search::default(),
            searchable,
            dictionary: Arc::default(),
            dictionary_path,
            generation: self.generations,
            unsaved_since: None,
            saving: Saving::Idle,
            save_as: None,
            ask_on_failure: true,
            rules_took: None,
            rules_stale_since: None,
            rules_dir,
            muted: BTreeSet::new(),
            work: BTreeMap::new(),
            kept: super::keeping::Kept::default(),
        });
        self.notice = None;
        if let Some(told) = self.told_next.take() {
            self.inform(told);
        }
        if let Some(at) = place {
            self.go_to_char(at);
        }
        if let Some((start, end)) = self.place_next.take() {
            self.select_chars(start, end);
        }
        self.keep(keeping);
        if let Some(greeting) = self.greeting.take() {
            let told = self.notice.take().map_or_else(String::new, |notice| format!(". {}", notice.text));
            self.complain(format!("{greeting}{told}"));
        }
        if self.is_dirty() {
            // What was recovered goes into the file by itself.
            let now = self.now();
            if let Some(open) = &mut self.open {
                open.unsaved_since = Some(now);
            }
        }
        match dictionary {
            Ok(dictionary) => self.learned(dictionary),
            Err(error) => self.complain_of(&error),
        }
        self.tell_of_carry(has_problems);
        self.run_rules();
    }

    /// Shows what became of the annotations of a changed article, else what else does not fit.
    fn tell_of_carry(&mut self, has_problems: bool) {
        match self.carry() {
            Some(carry) if carry.carried.is_empty() => {
                let notice = carry.notice();
                self.inform(notice);
            }
            Some(_) => self.ask(Request::Carried),
            None if has_problems => self.ask(Request::Problems),
            None => {}
        }
    }

    /// Puts the chosen records of a changed article in their new places.
    pub(super) fn carry_over(&mut self, chosen: &BTreeSet<AnnotationId>) -> Outcome {
        let open = self.open.as_mut().ok_or("no article is open")?;
        let carry = open.carry.as_ref().ok_or("the article has not changed")?;
        let transaction = carry.transaction(open.editor.document(), chosen);
        if transaction.edits.is_empty() {
            return Err("nothing of that can be carried over".into());
        }
        let name = transaction.description.to_string();
        open.editor.commit(transaction)?;
        self.changed();
        self.inform_undoable(name);
        Ok(())
    }

    /// Returns whether something waits to be carried over to a changed article.
    pub(super) fn has_carried(&self) -> Result<(), Unavailable> {
        let open = self.open.as_ref().ok_or(Unavailable("no article is open"))?;
        let document = open.editor.document();
        let mut carried = open.carry.iter().flat_map(|carry| &carry.carried);
        if carried.any(|carried| document.orphan(carried.orphan).is_some()) {
            Ok(())
        } else {
            Err(Unavailable("no annotation was moved by a change of the article"))
        }
    }

    /// Puts the cursor where it was, in chars.
    fn go_to_char(&mut self, at: u32) {
        let Some(open) = &mut self.open else { return };
        let source = open.editor.document().source();
        // The article may be shorter than it was.
        if let Ok(at) = source.byte_from_char(crate::text::CharOffset::new(at)) {
            open.editor.select(super::Selection::cursor(at));
            self.ask(Request::Reveal(crate::text::TextRange::empty(at)));
        }
    }

    /// Returns who annotates: as set, else the system's user.
    #[must_use]
    pub fn annotator(&self) -> Arc<str> {
        match self.settings.annotator.as_str() {
            "" => store::user_name(),
            name => Arc::from(name),
        }
    }

    fn take_saved(
        &mut self,
        generation: u64,
        revision: u64,
        path: &Path,
        result: Result<(Stamp, Box<Document>), StoreError>,
    ) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        match result {
            Ok((stamp, document)) => {
                let before = std::mem::replace(&mut open.on_disk, *document);
                open.saving = Saving::Idle;
                open.ask_on_failure = true;
                let is_elsewhere = *path != *open.annotations;
                path.clone_into(&mut open.annotations);
                open.expected = Some(stamp.clone());
                open.editor.mark_saved(revision);
                if is_elsewhere {
                    self.keep_elsewhere(stamp);
                }
                self.worker.disk(DiskJob::Forget(Box::new(before)));
                self.note_annotated();
                self.learn();
                self.save_what_is_left();
                self.go_on_after_save();
            }
            Err(_) if open.save_as.is_some() => {
                // The user has named another place meanwhile.
                open.saving = Saving::Idle;
                self.save(true);
            }
            Err(StoreError::ChangedOnDisk { .. }) if path == open.annotations => self.meet_the_file(),
            Err(error) => {
                let elsewhere = path != open.annotations;
                let changed = matches!(error, StoreError::ChangedOnDisk { .. });
                self.not_saved(path, &told(&error), changed);
                if elsewhere {
                    self.save_what_is_left();
                }
            }
        }
    }

    /// Saves what was merged, and goes on with what waits for it.
    pub(super) fn save_after_merge(&mut self) {
        let now = self.now();
        if let Some(open) = self.open.as_mut().filter(|open| open.editor.history().is_dirty()) {
            open.unsaved_since.get_or_insert(now);
            self.save(false);
        }
        self.go_on_after_save();
    }

    /// After a save: writes to the other place that was named meanwhile, or has the autosave write what was changed
    /// meanwhile.
    fn save_what_is_left(&mut self) {
        let now = self.now();
        let Some(open) = &mut self.open else { return };
        if open.save_as.is_some() {
            self.save(true);
        } else if open.editor.history().is_dirty() {
            open.unsaved_since.get_or_insert(now);
        }
    }

    fn learned(&mut self, dictionary: Dictionary) {
        if let Some(open) = &mut self.open {
            open.dictionary = Arc::new(dictionary);
        }
    }

    /// Learns the names of what was just saved.
    fn learn(&mut self) {
        let Some(open) = self.open.as_ref().filter(|_| self.settings.learn) else { return };
        let Some(path) = open.dictionary_path.clone() else { return };
        self.worker.disk(DiskJob::Learn {
            document: Box::new(open.editor.document().clone()),
            segmentation: Arc::clone(open.editor.segmentation()),
            path,
            all_decided: open.rules_took.is_some() && open.editor.queue().pending().is_empty(),
        });
    }

    /// Stops suggesting a learned name with a label.
    pub(super) fn silence(&mut self, name: LearnedName, label: LabelId) -> Outcome {
        let path = self.open.as_ref().and_then(|open| open.dictionary_path.clone());
        let path = path.ok_or("names are not kept here")?;
        self.worker.disk(DiskJob::Silence { path, name: Box::new(name), label });
        Ok(())
    }

    pub(super) fn complain_of(&mut self, error: &StoreError) {
        self.complain(told(error));
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self(Arc::from(told(&error)))
    }
}

/// What a window says of an error: what happened and what can be done.
pub(super) fn told(error: &StoreError) -> String {
    format!("{}; {}", error.isolated(), isolate_quotations(&error.hint()))
}
