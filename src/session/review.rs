//! The suggestions that are not decided yet, in reading order.
//!
//! A change of the document can answer only suggestions that it touches, so a decision among a hundred thousand costs
//! as much as one among ten.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Body, Document, ExtentTree, Fragments, LabelId, RoleId, Suggestion, SuggestionKey};
use crate::text::{ByteOffset, TextRange};

/// A suggestion waiting for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// What the rules said.
    pub suggestion: Arc<Suggestion>,
    /// Other edges that the reviewer has set before deciding.
    pub mended: Option<Fragments>,
}

impl Pending {
    /// Returns where it stands now.
    #[must_use]
    pub fn fragments(&self) -> &Fragments {
        self.mended.as_ref().unwrap_or_else(|| self.suggestion.body.fragments())
    }

    /// Returns what a decision on it is filed under.
    #[must_use]
    pub fn key(&self) -> SuggestionKey {
        self.suggestion.key()
    }
}

/// The review queue: all suggestions of the last run of the rules, less those that were decided or that the
/// document's own annotations answer.
#[derive(Debug, Clone, Default)]
pub struct ReviewQueue {
    all: Vec<Arc<Suggestion>>,
    /// Over the spans of `all`, roles included.
    extents: ExtentTree,
    /// Sorted as `all` is, in the order of [`SuggestionKey`].
    pending: Vec<Pending>,
    /// Where each of `pending` starts, by the rules: a search in it stays in the processor's cache.
    starts: Vec<ByteOffset>,
    /// The pending ones with other edges than the rules gave them.
    mended: BTreeSet<SuggestionKey>,
}

impl ReviewQueue {
    /// Returns the queue of a run of the rules over a document, in reading order: O(n log n), a tenth of a second for
    /// 100,000 suggestions, so it is made on the thread that ran the rules.
    #[must_use]
    pub fn new(mut suggestions: Vec<Suggestion>, document: &Document) -> Self {
        suggestions.sort_by(|a, b| reading_order(&a.body, &b.body));
        let all: Vec<Arc<Suggestion>> = suggestions.into_iter().map(Arc::new).collect();
        let extents = ExtentTree::new(all.iter().map(|suggestion| suggestion.body.extent()));
        let waiting = all.iter().filter(|suggestion| !is_answered(suggestion, document));
        let pending: Vec<Pending> =
            waiting.map(|suggestion| Pending { suggestion: Arc::clone(suggestion), mended: None }).collect();
        let starts = pending.iter().map(|pending| start_of(&pending.suggestion)).collect();
        Self { all, extents, pending, starts, mended: BTreeSet::new() }
    }

    /// Takes the place of an earlier queue: edges that were mended there are mended here.
    pub(super) fn keep_mended(&mut self, earlier: &Self) {
        for key in &earlier.mended {
            if let Some(mended) = earlier.get(key).and_then(|pending| pending.mended.clone()) {
                self.mend(key, mended);
            }
        }
    }

    /// Works out anew what is pending where the document has changed: in the ranges `touched`. Mended edges are kept.
    pub fn refresh(&mut self, document: &Document, touched: &[TextRange]) {
        let near: BTreeSet<usize> =
            touched.iter().flat_map(|range| self.extents.overlapping(*range)).collect();
        for index in near {
            let suggestion = Arc::clone(&self.all[index]);
            let key = suggestion.key();
            let waits = !is_answered(&suggestion, document);
            match (waits, self.position(&key)) {
                (true, None) => {
                    let place = self.place(&key);
                    self.starts.insert(place, start_of(&suggestion));
                    self.pending.insert(place, Pending { suggestion, mended: None });
                }
                (false, Some(place)) => {
                    self.pending.remove(place);
                    self.starts.remove(place);
                    self.mended.remove(&key);
                }
                _ => {}
            }
        }
    }

    /// Returns the suggestions that wait and of which a span, a claim's roles included, lies in a range, in reading
    /// order.
    #[must_use]
    pub fn overlapping(&self, range: TextRange) -> Vec<&Pending> {
        let hits = self.extents.overlapping(range);
        let mut found: BTreeSet<usize> =
            hits.into_iter().filter_map(|index| self.position(&self.all[index].key())).collect();
        let moved = self.mended.iter().filter_map(|key| self.position(key));
        found.extend(moved.filter(|place| self.pending[*place].fragments().hull().overlaps(range)));
        found.into_iter().map(|place| &self.pending[place]).collect()
    }

    /// Returns the suggestions that wait, in reading order.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Returns the number of suggestions that the last run of the rules made.
    #[must_use]
    pub fn total(&self) -> usize {
        self.all.len()
    }

    /// Returns the index of the pending suggestion of that key; O(log n).
    #[must_use]
    pub fn position(&self, key: &SuggestionKey) -> Option<usize> {
        let at = self.place(key);
        self.pending.get(at).filter(|pending| order_to_key(pending, key).is_eq()).map(|_| at)
    }

    /// Returns the index at which a suggestion of that key stands or would stand, so that of the next one after it
    /// was decided; O(log n).
    #[must_use]
    pub fn place(&self, key: &SuggestionKey) -> usize {
        let start = key.fragments.first().start();
        let from = self.starts.partition_point(|other| *other < start);
        let alike = self.starts[from..].partition_point(|other| *other == start);
        let alike = &self.pending[from..from + alike];
        from + alike.partition_point(|pending| order_to_key(pending, key).is_lt())
    }

    /// Returns the pending suggestion of that key.
    #[must_use]
    pub fn get(&self, key: &SuggestionKey) -> Option<&Pending> {
        self.position(key).map(|i| &self.pending[i])
    }

    /// Returns the index of the first pending suggestion that starts at or after `at`, else of the first of all.
    #[must_use]
    pub fn first_from(&self, at: ByteOffset) -> Option<usize> {
        let from = self.starts.partition_point(|start| *start < at);
        if from < self.pending.len() { Some(from) } else { (!self.pending.is_empty()).then_some(0) }
    }

    /// Returns the first pending suggestion that starts in a range, by the rules' edges; O(log n).
    #[must_use]
    pub fn first_starting_in(&self, range: TextRange) -> Option<&Pending> {
        let at = self.starts.partition_point(|start| *start < range.start());
        self.starts.get(at).filter(|start| **start < range.end()).map(|_| &self.pending[at])
    }

    /// Sets other edges for a pending suggestion; its own edges take the mending back.
    pub fn mend(&mut self, key: &SuggestionKey, fragments: Fragments) {
        if let Some(i) = self.position(key) {
            let pending = &mut self.pending[i];
            pending.mended = (fragments != *pending.suggestion.body.fragments()).then_some(fragments);
            if pending.mended.is_some() {
                self.mended.insert(key.clone());
            } else {
                self.mended.remove(key);
            }
        }
    }
}

fn start_of(suggestion: &Suggestion) -> ByteOffset {
    suggestion.body.fragments().first().start()
}

fn order_to_key(pending: &Pending, key: &SuggestionKey) -> std::cmp::Ordering {
    let body = &pending.suggestion.body;
    body.fragments().cmp(&key.fragments).then_with(|| body.label().cmp(&key.label))
}

fn reading_order(a: &Body, b: &Body) -> std::cmp::Ordering {
    a.fragments().cmp(b.fragments()).then_with(|| a.label().cmp(b.label()))
}

/// Returns whether a decision was recorded, or an annotation says what the suggestion says: for a mention, the same
/// label on text that overlaps; for a claim, the same content or the same cue. What a human did beats the rules.
fn is_answered(suggestion: &Suggestion, document: &Document) -> bool {
    if document.decision(&suggestion.key()).is_some() {
        return true;
    }
    let fragments = suggestion.body.fragments();
    let same_label = |label: &LabelId| label == suggestion.body.label();
    document.annotations().overlapping(fragments.hull()).any(|annotation| {
        match (&annotation.body, &suggestion.body) {
            (Body::Entity(entity), Body::Entity(_)) => {
                same_label(&entity.label) && entity.fragments.overlaps(fragments)
            }
            (Body::Claim(claim), Body::Claim(suggested)) => {
                let cues =
                    |claim: &crate::model::Claim| claim.role_spans(RoleId::CUE).cloned().collect::<Vec<_>>();
                let same_cue = cues(claim).iter().any(|cue| cues(suggested).contains(cue));
                same_label(&claim.label) && (claim.content == *fragments || same_cue)
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{
        Annotation, AnnotationId, ArticleIdentity, Claim, Decision, DecisionRecord, Edit, Entity,
        Explanation, History, Origin, RoleFiller, Timestamp, Transaction, UnknownFields,
    };
    use crate::session::{Editor, edits};
    use crate::text::{SourceText, TextEncoding};

    /// Words of one letter: every even place begins one.
    fn document() -> Document {
        let article =
            ArticleIdentity { file_name: "a.txt".into(), sha256: "00".into(), encoding: TextEncoding::UTF_8 };
        Document::new(SourceText::new("a ".repeat(60)), article)
    }

    fn span(first: u8, len: u8) -> Fragments {
        let start = 2 * usize::from(first % 50);
        let end = start + 2 * usize::from(len % 4) + 1;
        Fragments::single(TextRange::from_indices(start, end)).expect("not empty")
    }

    /// A mention, or a claim with a cue five words before its content.
    fn body(first: u8, len: u8, kind: u8) -> Body {
        if kind.is_multiple_of(3) {
            let cue = span(first.saturating_sub(5), 0);
            let roles = BTreeMap::from([(RoleId::from(RoleId::CUE), vec![RoleFiller::Span(cue)])]);
            return Body::Claim(Claim { label: "CLAIM".into(), content: span(first, len), roles });
        }
        let label = if kind % 3 == 1 { "PERS" } else { "ORG" };
        Body::Entity(Entity { label: label.into(), fragments: span(first, len) })
    }

    fn suggestion((first, len, kind): (u8, u8, u8)) -> Suggestion {
        Suggestion {
            body: body(first, len, kind),
            attributes: BTreeMap::new(),
            rule: "test/rule".into(),
            pack: "test@1".into(),
            confidence: 0.9,
            why: "a test".into(),
            explanation: Explanation::default(),
        }
    }

    /// Inserts, removes, replaces, rejects or takes a rejection back.
    fn edit(
        document: &Document,
        queue: &ReviewQueue,
        (what, first, len, kind): (u8, u8, u8, u8),
    ) -> Option<Edit> {
        let id = document.annotations().iter().nth(usize::from(first) % 5).map(|annotation| annotation.id);
        let annotation = |id: AnnotationId| Annotation {
            id,
            body: body(first, len, kind),
            attributes: BTreeMap::new(),
            note: "".into(),
            origin: Origin::Human,
            created: Timestamp::default(),
            modified: Timestamp::default(),
            unknown: UnknownFields::NONE,
        };
        match what % 6 {
            0 | 1 => Some(Edit::Insert(annotation(document.fresh_annotation_id()))),
            2 => id.map(Edit::Remove),
            3 => id.map(|id| Edit::Replace(annotation(id))),
            4 => {
                let pending = queue.pending().get(usize::from(first) % queue.pending().len().max(1))?;
                Some(Edit::Decide(DecisionRecord {
                    key: pending.key(),
                    rule: "test/rule".into(),
                    pack: "test@1".into(),
                    decision: Decision::Rejected,
                    at: Timestamp::default(),
                    unknown: UnknownFields::NONE,
                }))
            }
            _ => document.decisions().next().map(|record| Edit::Undecide(record.key.clone())),
        }
    }

    proptest! {
        #[test]
        fn a_queue_kept_up_to_date_is_the_one_made_from_scratch(
            suggestions in prop::collection::vec(any::<(u8, u8, u8)>(), 0..40),
            steps in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 0..40),
            (start, len) in (0_usize..110, 1_usize..9),
        ) {
            let mut suggestions: Vec<Suggestion> = suggestions.into_iter().map(suggestion).collect();
            suggestions.sort_by(|a, b| reading_order(&a.body, &b.body));
            suggestions.dedup_by(|a, b| a.key() == b.key());
            let (mut document, mut history) = (document(), History::saved());
            let mut queue = ReviewQueue::new(suggestions.clone(), &document);
            for step in steps {
                let touched = if step.0 % 13 == 12 {
                    history.undo(&mut document).expect("an inverse fits").map(|step| step.touched())
                } else {
                    let transaction = edit(&document, &queue, step).map(|edit| Transaction::new("step", vec![edit]));
                    transaction.map(|t| history.commit(&mut document, t).expect("it fits").touched())
                };
                queue.refresh(&document, &touched.unwrap_or_default());
                let anew = ReviewQueue::new(suggestions.clone(), &document);
                prop_assert_eq!(queue.pending(), anew.pending());
            }
            let range = TextRange::from_indices(start, start + len);
            let scanned: Vec<&Pending> = queue
                .pending()
                .iter()
                .filter(|pending| pending.suggestion.body.extent().overlaps(range))
                .collect();
            prop_assert_eq!(queue.overlapping(range), scanned);
        }
    }

    #[test]
    fn a_suggestion_with_other_edges_is_found_where_they_are() {
        let document = document();
        let again = || ReviewQueue::new(vec![suggestion((10, 0, 1)), suggestion((30, 0, 1))], &document);
        let mut queue = again();
        let key = queue.pending()[0].key();
        queue.mend(&key, span(14, 0));
        let found = |queue: &ReviewQueue| queue.overlapping(span(14, 0).hull()).len();
        assert_eq!(found(&queue), 1);
        let mut later = again();
        later.keep_mended(&queue);
        queue = later;
        assert_eq!(found(&queue), 1, "mended edges outlive a run of the rules");
        queue.mend(&key, span(10, 0));
        assert_eq!(found(&queue), 0);
    }

    #[test]
    fn a_run_of_the_rules_that_began_before_a_decision_does_not_bring_it_back() {
        let mut editor = Editor::new(document());
        let suggestions = vec![suggestion((10, 0, 1)), suggestion((30, 0, 1))];
        editor.set_suggestions(suggestions.clone());
        let (late, began) = (ReviewQueue::new(suggestions, editor.document()), editor.changes());
        let first = editor.queue().pending()[0].clone();
        let rejection = edits::reject(editor.document(), &first, Timestamp::default());
        editor.commit(rejection).expect("it fits");
        editor.set_queue(late, began);
        assert_eq!(editor.queue().pending().len(), 1);
        assert_eq!(editor.queue().get(&first.key()), None);
    }
}
