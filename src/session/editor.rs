//! One open article: the document with its history, what is selected and focused, what waits for review.
//!
//! Invariant: does no I/O. Every change of the document passes [`Editor::commit`].

use std::sync::Arc;

use super::edits;
use super::journal_thread::Change;
use super::review::{Pending, ReviewQueue};
use super::selection::Selection;
use super::spans::{Edge, Spans, Toward};
use crate::model::{
    Annotation, AnnotationId, Body, Document, EditError, Fragments, History, Suggestion, SuggestionKey,
    Timestamp, Transaction,
};
use crate::text::{
    ByteOffset, Direction, Segmentation, TextRange, dominant_direction, next_grapheme, paragraph_direction,
    previous_grapheme,
};

/// What the keys act on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Focus {
    /// Nothing but the text.
    #[default]
    None,
    /// A suggestion that waits for a decision.
    Suggestion(SuggestionKey),
    /// An annotation.
    Annotation(AnnotationId),
}

/// An open article with everything the user does to it.
#[derive(Debug)]
pub struct Editor {
    document: Document,
    history: History,
    segmentation: Arc<Segmentation>,
    direction: Direction,
    queue: ReviewQueue,
    selection: Selection,
    focus: Focus,
    /// The annotation that had the focus last: what a further piece is added to.
    recent: Option<AnnotationId>,
    /// Counts every change of what is drawn over the text, for caches.
    marks_revision: u64,
    /// Counts the changes of the document.
    changes: u64,
    /// What was changed since that was asked for the last time, for the journal.
    unwritten: Vec<Change>,
    /// Where it was changed, by the number of the change; what a run of the rules has seen is forgotten.
    touched: Vec<(u64, Vec<TextRange>)>,
}

impl Editor {
    /// Returns an editor on a document as it is in its file.
    #[must_use]
    pub fn new(document: Document) -> Self {
        let segmentation = Arc::new(Segmentation::new(document.source()));
        Self::with_segmentation(document, segmentation)
    }

    /// Returns an editor on a document of which the segmentation was made elsewhere (on the thread that read it).
    #[must_use]
    pub fn with_segmentation(document: Document, segmentation: Arc<Segmentation>) -> Self {
        Self::with_history(document, History::saved(), segmentation)
    }

    /// Returns an editor on a document with its past.
    #[must_use]
    pub fn with_history(document: Document, history: History, segmentation: Arc<Segmentation>) -> Self {
        Self {
            direction: dominant_direction(document.source().as_str()),
            document,
            history,
            segmentation,
            queue: ReviewQueue::default(),
            selection: Selection::default(),
            focus: Focus::None,
            recent: None,
            marks_revision: 0,
            changes: 0,
            unwritten: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Returns the document.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// Returns past and future of the document.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// Records that the state `revision` has reached the disk.
    pub fn mark_saved(&mut self, revision: u64) {
        self.history.mark_saved(revision);
    }

    /// Returns the segmentation of the text.
    #[must_use]
    pub const fn segmentation(&self) -> &Arc<Segmentation> {
        &self.segmentation
    }

    /// Returns the direction of the document, which decides what the left and right arrows mean.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// Returns the direction of the paragraph that holds `at`, as the article is set: a quote from it has the same,
    /// though it may begin with a word of the other.
    #[must_use]
    pub fn direction_at(&self, at: ByteOffset) -> Direction {
        let paragraphs = self.segmentation.paragraphs();
        let paragraph = paragraphs[self.segmentation.paragraph_index(at)];
        paragraph_direction(self.document.source().slice(paragraph)).unwrap_or(self.direction)
    }

    /// Returns what waits for review.
    #[must_use]
    pub const fn queue(&self) -> &ReviewQueue {
        &self.queue
    }

    /// Returns the selection.
    #[must_use]
    pub const fn selection(&self) -> Selection {
        self.selection
    }

    /// Returns what the keys act on.
    #[must_use]
    pub const fn focus(&self) -> &Focus {
        &self.focus
    }

    /// Returns a number that changes whenever annotations or suggestions do; the focus does not count.
    #[must_use]
    pub const fn marks_revision(&self) -> u64 {
        self.marks_revision
    }

    /// Returns the questions about spans of this text.
    #[must_use]
    pub fn spans(&self) -> Spans<'_> {
        Spans { source: self.document.source(), segmentation: &self.segmentation }
    }

    /// Returns the focused annotation.
    #[must_use]
    pub fn focused_annotation(&self) -> Option<&Annotation> {
        match &self.focus {
            Focus::Annotation(id) => self.document.annotation(*id),
            _ => None,
        }
    }

    /// Returns the focused suggestion.
    #[must_use]
    pub fn focused_suggestion(&self) -> Option<&Pending> {
        match &self.focus {
            Focus::Suggestion(key) => self.queue.get(key),
            _ => None,
        }
    }

    /// Returns where the focused mark stands.
    #[must_use]
    pub fn focused_fragments(&self) -> Option<&Fragments> {
        let annotation = self.focused_annotation().map(|a| a.body.fragments());
        annotation.or_else(|| self.focused_suggestion().map(Pending::fragments))
    }

    /// Returns the selected text without the white space at its edges; `None` where nothing is selected.
    #[must_use]
    pub fn selected(&self) -> Option<TextRange> {
        self.spans().trim(self.selection.range())
    }

    /// Returns the selected text, else the focused mark: what a question about all mentions of a name is about.
    pub(super) fn name_in_question(&self) -> Option<TextRange> {
        self.selected().or_else(|| self.focused_fragments().map(Fragments::hull))
    }

    /// Sets the selection. A bare cursor inside what is focused keeps the focus, so does a focused claim, whose
    /// roles are filled from the selection; elsewhere the focus goes.
    pub fn select(&mut self, selection: Selection) {
        self.selection = selection;
        let keeps = match (&self.focus, self.focused_fragments()) {
            (Focus::None, _) => true,
            (Focus::Annotation(_), _) if self.focused_claim().is_some() => true,
            (_, Some(fragments)) => selection.is_empty() && fragments.hull().touches(selection.head),
            (_, None) => false,
        };
        if !keeps {
            self.set_focus(Focus::None);
        }
    }

    /// Returns the focused annotation where it is a claim.
    #[must_use]
    pub fn focused_claim(&self) -> Option<&Annotation> {
        self.focused_annotation().filter(|annotation| annotation.body.as_claim().is_some())
    }

    /// Focuses a mark, with the cursor put at its start; a key or id that is not there focuses nothing.
    pub fn focus_on(&mut self, focus: Focus) {
        self.set_focus(focus);
        match self.focused_fragments().map(|fragments| fragments.first().start()) {
            Some(start) => self.selection = Selection::cursor(start),
            None => self.focus = Focus::None,
        }
    }

    /// Focuses a mark and leaves the cursor where it is, without a selection.
    pub fn focus_here(&mut self, focus: Focus) {
        let at = self.selection.head;
        self.focus_on(focus);
        self.selection = Selection::cursor(at);
    }

    /// Returns the annotation that has the focus or had it last.
    #[must_use]
    pub fn recent_annotation(&self) -> Option<&Annotation> {
        self.document.annotation(self.recent?)
    }

    fn set_focus(&mut self, focus: Focus) {
        if let Focus::Annotation(id) = focus {
            self.recent = Some(id);
        }
        self.focus = focus;
    }

    /// Clears the selection first, the focus next; returns whether there was anything to clear.
    pub fn clear(&mut self) -> bool {
        if !self.selection.is_empty() {
            self.selection = Selection::cursor(self.selection.head);
            return true;
        }
        let had = self.focus != Focus::None;
        self.set_focus(Focus::None);
        had
    }

    /// Applies a change, records it, and brings queue and focus up to date: the one way to change the document.
    ///
    /// # Errors
    ///
    /// When the document refuses the change; nothing has changed then.
    pub fn commit(&mut self, transaction: Transaction) -> Result<(), EditError> {
        let step = Arc::clone(self.history.commit(&mut self.document, transaction)?);
        let touched = step.touched();
        self.unwritten.push(Change::Commit(step));
        self.refresh(touched);
        Ok(())
    }

    /// Takes back the last change; returns its description.
    ///
    /// # Errors
    ///
    /// As [`History::undo`].
    pub fn undo(&mut self) -> Result<Option<Arc<str>>, EditError> {
        let Some(step) = self.history.undo(&mut self.document)? else { return Ok(None) };
        let (description, touched) = (Arc::clone(step.description()), step.touched());
        self.unwritten.push(Change::Undo);
        self.refresh(touched);
        Ok(Some(description))
    }

    /// Does again what was taken back; returns its description.
    ///
    /// # Errors
    ///
    /// As [`History::redo`].
    pub fn redo(&mut self) -> Result<Option<Arc<str>>, EditError> {
        let Some(step) = self.history.redo(&mut self.document)? else { return Ok(None) };
        let (description, touched) = (Arc::clone(step.description()), step.touched());
        self.unwritten.push(Change::Redo);
        self.refresh(touched);
        Ok(Some(description))
    }

    /// Returns what was changed since the last call, in order.
    pub(super) fn take_unwritten(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.unwritten)
    }

    /// Returns how often the document was changed.
    #[must_use]
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Takes the result of a run of the rules over the document as it is.
    pub fn set_suggestions(&mut self, suggestions: Vec<Suggestion>) {
        let queue = ReviewQueue::new(suggestions, &self.document);
        self.set_queue(queue, self.changes);
    }

    /// Takes the queue of a run of the rules over the document as it was after `made_at` changes; what was changed
    /// since is worked out anew. Returns the queue so far: to let go of many suggestions takes longer than a frame may.
    pub fn set_queue(&mut self, mut queue: ReviewQueue, made_at: u64) -> ReviewQueue {
        self.touched.retain(|(change, _)| *change > made_at);
        for (_, touched) in &self.touched {
            queue.refresh(&self.document, touched);
        }
        queue.keep_mended(&self.queue);
        let before = std::mem::replace(&mut self.queue, queue);
        self.refresh_focus();
        before
    }

    fn refresh(&mut self, touched: Vec<TextRange>) {
        self.queue.refresh(&self.document, &touched);
        self.changes += 1;
        self.touched.push((self.changes, touched));
        self.refresh_focus();
    }

    fn refresh_focus(&mut self) {
        self.marks_revision += 1;
        let gone = match &self.focus {
            Focus::None => false,
            Focus::Suggestion(key) => self.queue.get(key).is_none(),
            Focus::Annotation(id) => self.document.annotation(*id).is_none(),
        };
        if gone {
            self.focus = Focus::None;
        }
    }

    /// Decides the focused suggestion and focuses the next one in reading order; after the last, the first that
    /// is left.
    ///
    /// # Errors
    ///
    /// When the document refuses the change.
    pub fn decide(&mut self, transaction: Transaction, key: &SuggestionKey) -> Result<(), EditError> {
        self.commit(transaction)?;
        // The decision may have answered suggestions before this one too: its place is sought afterwards.
        let pending = self.queue.pending();
        let next = pending.get(self.queue.place(key)).or_else(|| pending.first());
        if let Some(next) = next.map(Pending::key) {
            self.focus_on(Focus::Suggestion(next));
        }
        Ok(())
    }

    /// Focuses the suggestion after or before the focused one, round the ends; from elsewhere the next one from the
    /// cursor on.
    pub fn step_suggestion(&mut self, forward: bool) {
        let len = self.queue.pending().len();
        let focused = match &self.focus {
            Focus::Suggestion(key) => self.queue.position(key),
            _ => None,
        };
        let next = match (focused, forward) {
            (Some(i), true) => (i + 1) % len,
            (Some(i), false) => (i + len - 1) % len,
            (None, _) => match self.queue.first_from(self.selection.head) {
                Some(i) if forward || len == 0 => i,
                Some(i) => (i + len - 1) % len,
                None => return,
            },
        };
        let key = self.queue.pending()[next].key();
        self.focus_on(Focus::Suggestion(key));
    }

    /// Focuses the annotation after or before the focused one or the cursor, round the ends.
    pub fn step_annotation(&mut self, forward: bool) {
        let annotations = self.document.annotations();
        let len = annotations.len();
        if len == 0 {
            return;
        }
        let focused = match &self.focus {
            Focus::Annotation(id) => annotations.position(*id),
            _ => None,
        };
        let at = self.selection.head;
        let next = match (focused, forward) {
            (Some(i), true) => (i + 1) % len,
            (Some(i), false) => (i + len - 1) % len,
            (None, _) => {
                let after =
                    annotations.as_slice().partition_point(|a| a.body.fragments().hull().start() < at);
                if forward { after % len } else { (after + len - 1) % len }
            }
        };
        let id = annotations.as_slice()[next].id;
        self.focus_on(Focus::Annotation(id));
    }

    /// Moves an edge of the focused mark: of a suggestion before it is decided, of an annotation as a change.
    /// Returns whether the edge could move.
    ///
    /// # Errors
    ///
    /// When the document refuses the change.
    pub fn move_edge(
        &mut self,
        edge: Edge,
        toward: Toward,
        fine: bool,
        now: Timestamp,
    ) -> Result<bool, EditError> {
        let moved = self
            .focused_fragments()
            .and_then(|fragments| self.spans().move_edge(fragments, edge, toward, fine));
        let Some(moved) = moved else { return Ok(false) };
        self.set_focused_fragments(moved, now)?;
        Ok(true)
    }

    /// Gives the focused mark other edges.
    ///
    /// # Errors
    ///
    /// When the document refuses the change.
    pub fn set_focused_fragments(&mut self, fragments: Fragments, now: Timestamp) -> Result<(), EditError> {
        match self.focus.clone() {
            Focus::Suggestion(key) => {
                self.queue.mend(&key, fragments);
                self.marks_revision += 1;
            }
            Focus::Annotation(id) => {
                if let Some(transaction) = edits::set_fragments(&self.document, id, fragments, now) {
                    self.commit(transaction)?;
                }
            }
            Focus::None => {}
        }
        Ok(())
    }

    /// Returns the annotations and suggestions that touch a range, innermost first.
    #[must_use]
    pub fn marks_at(&self, range: TextRange) -> Vec<Focus> {
        // A cursor belongs to the character after it and to the one before it.
        let near = range.cover(TextRange::between(
            previous_grapheme(self.document.source(), range.start()),
            next_grapheme(self.document.source(), range.end()),
        ));
        let touches = |fragments: &Fragments| {
            fragments
                .ranges()
                .iter()
                .any(|piece| piece.start() <= range.end() && range.start() <= piece.end())
        };
        let len = |fragments: &Fragments| -> u32 { fragments.ranges().iter().map(|piece| piece.len()).sum() };
        let annotations = self.document.annotations().overlapping(near).filter_map(|annotation| {
            let fragments = annotation.body.fragments();
            touches(fragments).then(|| (len(fragments), Focus::Annotation(annotation.id)))
        });
        let pending = self.queue.overlapping(near).into_iter().filter_map(|pending| {
            let fragments = pending.fragments();
            touches(fragments).then(|| (len(fragments), Focus::Suggestion(pending.key())))
        });
        let mut found: Vec<(u32, Focus)> = annotations.chain(pending).collect();
        found.sort();
        found.into_iter().map(|(_, focus)| focus).collect()
    }

    /// Returns the pending claim suggestion of which the cue holds the cursor.
    #[must_use]
    pub fn claim_suggestion_at_cue(&self) -> Option<&Pending> {
        let at = self.selection.head;
        self.queue.pending().iter().find(|pending| match &pending.suggestion.body {
            Body::Claim(claim) => {
                claim.role_spans(crate::model::RoleId::CUE).any(|cue| cue.hull().touches(at))
            }
            Body::Entity(_) => false,
        })
    }
}
