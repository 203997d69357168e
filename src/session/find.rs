//! What is asked of the search thread, and what its answers change.

use super::action::Request;
use super::search_thread::SearchJob;
use super::selection::Selection;
use super::{Session, editor::Editor};
use crate::model::LabelId;
use crate::text::TextRange;

impl Session {
    /// Has the article made ready for queries, since one is about to be typed.
    pub(super) fn prepare_search(&mut self) {
        if let Some(open) = &self.open {
            self.worker.search(SearchJob::Prepare(open.searchable.clone()));
        }
    }

    pub(super) fn find(&mut self, query: String) {
        let Some(open) = &mut self.open else { return };
        let from = open.editor.selection().range().start();
        let Some(number) = open.search.ask(&query, from) else { return };
        let (generation, article) = (open.generation, open.searchable.clone());
        self.worker.search(SearchJob::Find { generation, number, article, query });
    }

    pub(super) fn take_found(&mut self, generation: u64, number: u64, hits: Vec<TextRange>) {
        let Some(open) = self.open.as_mut().filter(|open| open.generation == generation) else { return };
        match open.search.answer(number, hits) {
            Some(found) if found.stepped => self.go_to_hit(found.hit),
            Some(found) => self.ask(Request::Reveal(found.hit)),
            None => {}
        }
    }

    pub(super) fn go_to_hit(&mut self, hit: TextRange) {
        if let Some(open) = &mut self.open {
            open.editor.select(Selection::of(hit));
            self.ask(Request::Reveal(hit));
        }
    }

    pub(super) fn end_find(&mut self) {
        if let Some(open) = &mut self.open {
            open.search.clear();
        }
    }

    pub(super) fn find_mentions(&mut self, label: LabelId, place: TextRange) {
        let Some(open) = &self.open else { return };
        let (generation, article) = (open.generation, open.searchable.clone());
        self.worker.search(SearchJob::Mentions { generation, article, place, label });
    }

    /// Shows all mentions of a name, unless the user has gone on to something else meanwhile.
    pub(super) fn take_mentions(
        &mut self,
        generation: u64,
        place: TextRange,
        label: LabelId,
        places: Vec<TextRange>,
    ) {
        let asked_about = self.editor().and_then(Editor::name_in_question);
        if self.generation() != generation || asked_about != Some(place) {
            return;
        }
        if places.is_empty() {
            self.refuse(&"the selected text is no whole word".into());
        } else {
            self.ask(Request::Mentions { label, places });
        }
    }
}
