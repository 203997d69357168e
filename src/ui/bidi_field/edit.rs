//! Editing a short text: cursor, selection, undo. Pure values, no window.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::text::{ByteOffset, TextRange, slice};
use crate::typeset::Affinity;

/// How many steps can be undone.
const MAX_UNDO: usize = 200;

/// A text with what was done to it. Offsets are bytes at grapheme boundaries of the text that the caller holds.
#[derive(Debug, Clone)]
pub(super) struct Editing {
    pub(super) anchor: usize,
    pub(super) head: usize,
    /// At which of its neighbours the cursor stands, where these are apart.
    pub(super) affinity: Affinity,
    /// What an input method is composing; part of the text, replaced by what comes next.
    pub(super) composing: Option<Range<usize>>,
    undo: Vec<(String, usize)>,
    redo: Vec<(String, usize)>,
    /// Whether the last change was typing a letter: such changes are undone together, word by word.
    typing: bool,
}

impl Default for Editing {
    fn default() -> Self {
        Self {
            anchor: 0,
            head: 0,
            affinity: Affinity::Before,
            composing: None,
            undo: Vec::new(),
            redo: Vec::new(),
            typing: false,
        }
    }
}

/// How far a deletion or a move goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Grapheme,
    Word,
}

impl Editing {
    /// Brings the offsets back into a text that was changed from outside.
    pub(super) fn fit(&mut self, text: &str) {
        self.anchor = text.floor_char_boundary(self.anchor.min(text.len()));
        self.head = text.floor_char_boundary(self.head.min(text.len()));
        self.composing = self.composing.take().filter(|range| {
            range.end <= text.len() && text.is_char_boundary(range.start) && text.is_char_boundary(range.end)
        });
    }

    pub(super) fn selected(&self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    pub(super) fn move_to(&mut self, at: usize, extend: bool) {
        self.head = at;
        // The cursor stays beside what was typed or passed.
        self.affinity = Affinity::Before;
        if !extend {
            self.anchor = at;
        }
        // A composition that the cursor leaves stays as it is.
        self.composing = None;
        self.typing = false;
    }

    /// Replaces the selection by typed or pasted text.
    pub(super) fn insert(&mut self, text: &mut String, new: &str) {
        let letter = new.chars().count() == 1 && !new.chars().all(char::is_whitespace);
        let continues = self.typing && letter && self.selected().is_empty();
        // What a composition replaced was kept when it began: both are undone in one step.
        if !continues && self.composing.is_none() {
            self.remember(text);
        }
        let range = self.composing.take().unwrap_or_else(|| self.selected());
        self.replace(text, range, new);
        self.typing = letter;
    }

    /// Shows what an input method is composing; empty text ends it.
    pub(super) fn compose(&mut self, text: &mut String, new: &str) {
        let range = match self.composing.take() {
            Some(range) => range,
            None if new.is_empty() => return,
            None => {
                self.remember(text);
                self.selected()
            }
        };
        let start = range.start;
        self.replace(text, range, new);
        self.composing = (!new.is_empty()).then(|| start..start + new.len());
        if new.is_empty() && self.undo.last().is_some_and(|(before, _)| before == text) {
            // It was given up: nothing is left to undo.
            self.undo.pop();
        }
        self.typing = false;
    }

    /// Deletes the selection, else one step before or after the cursor.
    pub(super) fn delete(&mut self, text: &mut String, forward: bool, step: Step) {
        let mut range = self.selected();
        if range.is_empty() {
            let to = if forward { next(text, self.head, step) } else { previous(text, self.head, step) };
            range = to.min(self.head)..to.max(self.head);
        }
        if range.is_empty() {
            return;
        }
        self.remember(text);
        self.replace(text, range, "");
        self.typing = false;
    }

    /// Takes back the last change; returns whether there was one.
    pub(super) fn undo(&mut self, text: &mut String) -> bool {
        let Some((before, head)) = self.undo.pop() else { return false };
        self.redo.push((std::mem::replace(text, before), self.head));
        self.move_to(head, false);
        true
    }

    /// Makes again what was taken back; returns whether there was something.
    pub(super) fn redo(&mut self, text: &mut String) -> bool {
        let Some((after, head)) = self.redo.pop() else { return false };
        self.undo.push((std::mem::replace(text, after), self.head));
        self.move_to(head, false);
        true
    }

    fn replace(&mut self, text: &mut String, range: Range<usize>, new: &str) {
        text.replace_range(range.clone(), new);
        self.move_to(range.start + new.len(), false);
    }

    fn remember(&mut self, text: &str) {
        self.redo.clear();
        self.undo.push((text.to_owned(), self.head));
        if self.undo.len() > MAX_UNDO {
            self.undo.remove(0);
        }
    }
}

/// The gap one step after another.
pub(super) fn next(text: &str, at: usize, step: Step) -> usize {
    match step {
        Step::Grapheme => {
            let mut cursor = GraphemeCursor::new(at, text.len(), true);
            cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
        }
        Step::Word => {
            let rest = slice(text, TextRange::from_indices(at, text.len()));
            let mut words = rest.split_word_bound_indices();
            let word = words.find(|(_, word)| !word.trim().is_empty());
            word.map_or(text.len(), |(start, word)| at + start + word.len())
        }
    }
}

/// The gap one step before another.
pub(super) fn previous(text: &str, at: usize, step: Step) -> usize {
    match step {
        Step::Grapheme => {
            let mut cursor = GraphemeCursor::new(at, text.len(), true);
            cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0)
        }
        Step::Word => {
            let before = slice(text, TextRange::from_indices(0, at));
            let mut words = before.split_word_bound_indices().rev();
            words.find(|(_, word)| !word.trim().is_empty()).map_or(0, |(start, _)| start)
        }
    }
}

/// The word at a gap.
pub(super) fn word_at(text: &str, at: usize) -> Range<usize> {
    let mut words = text.split_word_bound_indices().rev().map(|(start, word)| start..start + word.len());
    words.find(|word| word.start <= at).unwrap_or(at..at)
}

/// The lines between line ends, with the gap at which each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (ByteOffset, &str)> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let at = ByteOffset::from_index(start);
        start += line.len() + 1;
        (at, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typing_is_undone_word_by_word() {
        let (mut text, mut editing) = (String::new(), Editing::default());
        for letter in ["و", "ص", "ل", " ", "ن", "ع", "م"] {
            editing.insert(&mut text, letter);
        }
        assert_eq!(text, "وصل نعم");
        assert!(editing.undo(&mut text));
        assert_eq!(text, "وصل ");
        assert!(editing.undo(&mut text));
        assert_eq!(text, "وصل");
        assert!(editing.redo(&mut text));
        assert_eq!(text, "وصل ");
        assert!(editing.undo(&mut text) && editing.undo(&mut text) && !editing.undo(&mut text));
        assert_eq!(text, "");
    }

    #[test]
    fn deleting_takes_a_letter_with_its_marks() {
        let mut text = String::from("كَتَبَ");
        let mut editing = Editing::default();
        editing.move_to(text.len(), false);
        editing.delete(&mut text, false, Step::Grapheme);
        assert_eq!(text, "كَتَ");
        editing.move_to(0, false);
        editing.delete(&mut text, true, Step::Grapheme);
        assert_eq!(text, "تَ");
    }

    #[test]
    fn a_composition_is_replaced_until_it_is_committed_and_is_undone_as_one() {
        let mut text = String::from("ab");
        let mut editing = Editing::default();
        editing.move_to(1, false);
        editing.compose(&mut text, "n");
        editing.compose(&mut text, "ni");
        assert_eq!((text.as_str(), editing.composing.clone()), ("anib", Some(1..3)));
        editing.insert(&mut text, "に");
        assert_eq!((text.as_str(), editing.composing.clone()), ("aにb", None));
        editing.compose(&mut text, "x");
        editing.compose(&mut text, "");
        assert_eq!(text, "aにb");
        assert!(editing.undo(&mut text), "what was given up is no step");
        assert_eq!(text, "ab");
        assert!(!editing.undo(&mut text));
    }

    #[test]
    fn words_are_found_in_arabic() {
        let text = "وصل الوفد، أمس";
        assert_eq!(next(text, 0, Step::Word), "وصل".len());
        assert_eq!(previous(text, text.len(), Step::Word), "وصل الوفد، ".len());
        let word = word_at(text, "وصل ال".len());
        assert_eq!(slice(text, TextRange::from_indices(word.start, word.end)), "الوفد");
    }

    proptest! {
        #[test]
        fn any_editing_keeps_the_cursor_in_the_text_and_is_undone_to_the_start(
            steps in proptest::collection::vec((0_u8..8, "[ء-ي\u{64E}a 👩‍👩‍👧\n]{0,3}"), 0..40)
        ) {
            let (mut text, mut editing) = (String::from("بداية start"), Editing::default());
            for (step, new) in steps {
                match step {
                    0 | 1 => editing.insert(&mut text, &new),
                    2 => editing.delete(&mut text, true, Step::Grapheme),
                    3 => editing.delete(&mut text, false, Step::Word),
                    4 => { let at = next(&text, editing.head, Step::Word); editing.move_to(at, false); }
                    5 => { let at = previous(&text, editing.head, Step::Grapheme); editing.move_to(at, true); }
                    6 => { editing.undo(&mut text); }
                    _ => editing.compose(&mut text, &new),
                }
                prop_assert!(text.is_char_boundary(editing.head) && text.is_char_boundary(editing.anchor));
            }
            while editing.undo(&mut text) {}
            prop_assert_eq!(text, "بداية start");
        }
    }
}
