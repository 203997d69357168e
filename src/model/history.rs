//! Undo and redo: the transactions that were applied, with their inverses.

use std::sync::Arc;

use super::{Document, Edit, EditError, Transaction};
use crate::text::TextRange;

/// Past and future of a document.
///
/// Holds each applied transaction with the inverse that [`Document::apply`] returned; undo applies the stored
/// inverse, redo the transaction again. What is stored is the size of the change, not of the document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Applied, oldest first. Shared with whoever writes them down.
    done: Vec<Arc<Step>>,
    /// Undone, the next to redo last.
    undone: Vec<Arc<Step>>,
    /// The revision that the file holds; `None` when it was never saved.
    saved: Option<u64>,
    /// The revision that the last new transaction led to; counts up, never back.
    newest: u64,
}

/// A transaction that was applied, with the one that takes it back.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    forward: Transaction,
    inverse: Transaction,
    /// Names the state after `forward`.
    revision: u64,
}

impl Step {
    /// Returns what was done.
    #[must_use]
    pub const fn forward(&self) -> &Transaction {
        &self.forward
    }

    /// Returns what takes it back.
    #[must_use]
    pub const fn inverse(&self) -> &Transaction {
        &self.inverse
    }

    /// Returns what was done, in words.
    #[must_use]
    pub fn description(&self) -> &Arc<str> {
        &self.forward.description
    }

    /// Returns where in the text annotations or decisions differ before and after it: one range for each.
    #[must_use]
    pub fn touched(&self) -> Vec<TextRange> {
        let edits = self.forward.edits.iter().chain(&self.inverse.edits);
        edits
            .filter_map(|edit| match edit {
                Edit::Insert(annotation) | Edit::Replace(annotation) => Some(annotation.body.extent()),
                Edit::Decide(record) => Some(record.key.fragments.hull()),
                Edit::Undecide(key) => Some(key.fragments.hull()),
                // The inverse of a removal is an insertion; links and orphans stand nowhere.
                Edit::Remove(_) | Edit::Link(_) | Edit::Unlink(_) | Edit::Orphan(_) | Edit::Discard(_) => {
                    None
                }
            })
            .collect()
    }
}

impl History {
    /// Returns the history of a document that has just been read from its file.
    #[must_use]
    pub const fn saved() -> Self {
        Self { done: Vec::new(), undone: Vec::new(), saved: Some(0), newest: 0 }
    }

    /// Applies a transaction to the document, records it and returns it; what could be redone is forgotten.
    ///
    /// # Errors
    ///
    /// When the document refuses it; nothing has changed then.
    pub fn commit(
        &mut self,
        document: &mut Document,
        transaction: Transaction,
    ) -> Result<&Arc<Step>, EditError> {
        let inverse = document.apply(&transaction)?;
        self.recall(transaction, inverse);
        Ok(&self.done[self.done.len() - 1])
    }

    /// Takes in a transaction that was applied to the document before it came here, and what takes it back: for a
    /// history that is told again from a journal.
    pub fn recall(&mut self, forward: Transaction, inverse: Transaction) {
        self.undone.clear();
        self.newest += 1;
        self.done.push(Arc::new(Step { forward, inverse, revision: self.newest }));
    }

    /// Takes in that the last transaction was taken back before the document came here; returns whether there was one.
    pub fn recall_undo(&mut self) -> bool {
        let step = self.done.pop();
        let was_there = step.is_some();
        self.undone.extend(step);
        was_there
    }

    /// Takes in that what was taken back last was done again; returns whether there was such a thing.
    pub fn recall_redo(&mut self) -> bool {
        let step = self.undone.pop();
        let was_there = step.is_some();
        self.done.extend(step);
        was_there
    }

    /// Takes back the last transaction and returns it; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the document refuses the inverse, which it does only if it was changed past this history.
    pub fn undo(&mut self, document: &mut Document) -> Result<Option<&Arc<Step>>, EditError> {
        let Some(step) = self.done.pop() else { return Ok(None) };
        if let Err(error) = document.apply(&step.inverse) {
            self.done.push(step);
            return Err(error);
        }
        self.undone.push(step);
        Ok(self.undone.last())
    }

    /// Applies the transaction that was last taken back and returns it; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the document refuses it, which it does only if it was changed past this history.
    pub fn redo(&mut self, document: &mut Document) -> Result<Option<&Arc<Step>>, EditError> {
        let Some(step) = self.undone.pop() else { return Ok(None) };
        if let Err(error) = document.apply(&step.forward) {
            self.undone.push(step);
            return Err(error);
        }
        self.done.push(step);
        Ok(self.done.last())
    }

    /// Returns the description of what undo would take back.
    #[must_use]
    pub fn undo_description(&self) -> Option<&str> {
        self.done.last().map(|step| &*step.forward.description)
    }

    /// Returns the description of what redo would apply.
    #[must_use]
    pub fn redo_description(&self) -> Option<&str> {
        self.undone.last().map(|step| &*step.forward.description)
    }

    /// Returns the name of the present state. Undo and redo come back to the same names, and no two states share
    /// one, so a save that finishes late can say which state it wrote.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.done.last().map_or(0, |step| step.revision)
    }

    /// Records that the state `revision` is what the file holds.
    pub fn mark_saved(&mut self, revision: u64) {
        self.saved = Some(revision);
    }

    /// Records that no state so far is what the file holds.
    pub fn mark_unsaved(&mut self) {
        self.saved = None;
    }

    /// Returns whether the document differs from its file.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.saved != Some(self.revision())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        ArticleIdentity, Decision, DecisionRecord, Edit, Fragments, SuggestionKey, Timestamp, Transaction,
        UnknownFields,
    };
    use crate::text::{SourceText, TextEncoding, TextRange};

    fn document() -> Document {
        let article =
            ArticleIdentity { file_name: "a.txt".into(), sha256: "00".into(), encoding: TextEncoding::UTF_8 };
        Document::new(SourceText::new("وصل سامر"), article)
    }

    fn reject() -> Transaction {
        let fragments = Fragments::single(TextRange::from_indices(0, 6)).expect("not empty");
        Transaction::new(
            "Reject",
            vec![Edit::Decide(DecisionRecord {
                key: SuggestionKey { fragments, label: "PERS".into() },
                rule: "test/rule".into(),
                pack: "test@1".into(),
                decision: Decision::Rejected,
                at: Timestamp::from_millis(0),
                unknown: UnknownFields::NONE,
            })],
        )
    }

    #[test]
    fn undo_after_a_save_marks_dirty_and_redo_clean_again() {
        let (mut document, mut history) = (document(), History::saved());
        history.commit(&mut document, reject()).expect("it fits");
        assert!(history.is_dirty());
        history.mark_saved(history.revision());
        assert!(!history.is_dirty());
        history.undo(&mut document).expect("fits");
        assert!(history.is_dirty());
        history.redo(&mut document).expect("fits");
        assert!(!history.is_dirty());
    }

    #[test]
    fn another_change_after_an_undo_is_another_state() {
        let (mut document, mut history) = (document(), History::saved());
        history.commit(&mut document, reject()).expect("it fits");
        let saved = history.revision();
        history.mark_saved(saved);
        history.undo(&mut document).expect("fits");
        history.commit(&mut document, reject()).expect("it fits");
        assert_ne!(history.revision(), saved);
        assert!(history.is_dirty(), "as many steps as when it was saved, but not the same ones");
        assert_eq!(history.redo(&mut document), Ok(None));
    }

    #[test]
    fn a_save_that_finishes_late_marks_the_state_that_it_wrote() {
        let (mut document, mut history) = (document(), History::saved());
        history.commit(&mut document, reject()).expect("it fits");
        let written = history.revision();
        history.undo(&mut document).expect("fits");
        history.mark_saved(written);
        assert!(history.is_dirty());
    }

    #[test]
    fn descriptions_are_those_of_the_next_step_either_way() {
        let (mut document, mut history) = (document(), History::saved());
        assert_eq!(history.undo_description(), None);
        history.commit(&mut document, reject()).expect("it fits");
        assert_eq!(history.undo_description(), Some("Reject"));
        history.undo(&mut document).expect("fits");
        assert_eq!((history.undo_description(), history.redo_description()), (None, Some("Reject")));
    }
}
