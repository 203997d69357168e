//! The articles to go through: their order, those in sight, and which comes next.
//!
//! Invariant: pure values; what an article's status is comes from outside.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::{ProgressStatus, Timestamp};
use crate::text::{FoldLevel, fold};

/// By what the queue is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueOrder {
    /// By name.
    #[default]
    Name,
    /// By date: what the source says, else when the file was changed; the latest first.
    Date,
    /// Those with most undecided suggestions first; those that were not counted last.
    Undecided,
    /// Those on which the annotators differ most first.
    Disagreement,
}

impl QueueOrder {
    /// Every order, as it is offered.
    pub const ALL: [Self; 4] = [Self::Name, Self::Date, Self::Undecided, Self::Disagreement];

    /// Returns what it is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Date => "Date",
            Self::Undecided => "Undecided",
            Self::Disagreement => "Disagreement",
        }
    }
}

/// What was counted in an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    /// Suggestions that wait for the annotator's decision.
    pub undecided: Option<u32>,
    /// Spans that some of its annotators have and others have not; `None` where fewer than two have annotated it.
    pub differing: Option<u32>,
}

/// An article of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEntry {
    /// Its name: the path from the queue's folder, with `/`.
    pub name: Arc<str>,
    /// Its title, where its source gave one.
    pub title: Option<Arc<str>>,
    /// How far the annotator is.
    pub status: ProgressStatus,
    /// Its date.
    pub date: Timestamp,
    /// Whether it is one of those that the annotator is to do.
    pub is_own: bool,
    /// What was counted in it.
    pub counts: QueueCounts,
    /// Name and title as they are searched.
    folded: Box<str>,
}

impl QueueEntry {
    /// Returns an entry without counts.
    #[must_use]
    pub fn new(
        name: Arc<str>,
        title: Option<Arc<str>>,
        status: ProgressStatus,
        date: Timestamp,
        is_own: bool,
    ) -> Self {
        let folded = folded(&format!("{name} {}", title.as_deref().unwrap_or_default())).into();
        Self { name, title, status, date, is_own, counts: QueueCounts::default(), folded }
    }
}

/// Returns a text as names are searched: without case, harakat and spelling variants.
fn folded(text: &str) -> String {
    fold(text, FoldLevel::Names)
}

/// What of the queue is in sight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueFilter {
    /// Part of the name or title; empty for all.
    pub text: String,
    /// The status; `None` for all.
    pub status: Option<ProgressStatus>,
    /// Also those that other annotators are to do.
    pub of_others: bool,
}

/// Articles in an order, some of them in sight.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    folder: PathBuf,
    /// By name.
    entries: Vec<QueueEntry>,
    order: QueueOrder,
    filter: QueueFilter,
    /// The entries in sight, in order.
    visible: Vec<u32>,
    /// How many of the annotator's own articles have each status.
    statuses: BTreeMap<ProgressStatus, usize>,
    /// The open article.
    here: Option<usize>,
}

impl Queue {
    /// Returns a queue of the articles below a folder.
    #[must_use]
    pub fn new(folder: PathBuf, mut entries: Vec<QueueEntry>) -> Self {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries.dedup_by(|a, b| a.name == b.name);
        let mut queue = Self { folder, entries, ..Self::default() };
        queue.count_statuses();
        queue.arrange();
        queue
    }

    /// Returns the number of all articles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the number of articles in sight.
    #[must_use]
    pub fn visible_len(&self) -> usize {
        self.visible.len()
    }

    /// Returns an article in sight, by its place in the order.
    #[must_use]
    pub fn visible(&self, place: usize) -> Option<&QueueEntry> {
        self.entries.get(*self.visible.get(place)? as usize)
    }

    /// Returns the place of the open article among those in sight.
    #[must_use]
    pub fn visible_here(&self) -> Option<usize> {
        let here = self.here?;
        let place =
            self.visible.partition_point(|other| self.compare(*other as usize, here) == Ordering::Less);
        (self.visible.get(place).copied()? as usize == here).then_some(place)
    }

    /// Returns the open article.
    #[must_use]
    pub fn here(&self) -> Option<&QueueEntry> {
        self.entries.get(self.here?)
    }

    /// Returns the article of a name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&QueueEntry> {
        self.entries.get(self.index(name)?)
    }

    /// Returns all articles, by name.
    #[must_use]
    pub fn entries(&self) -> &[QueueEntry] {
        &self.entries
    }

    /// Returns the path of an article.
    #[must_use]
    pub fn path(&self, entry: &QueueEntry) -> PathBuf {
        self.folder.join(&*entry.name)
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns by what it is ordered.
    #[must_use]
    pub const fn order(&self) -> QueueOrder {
        self.order
    }

    /// Returns what is in sight.
    #[must_use]
    pub const fn filter(&self) -> &QueueFilter {
        &self.filter
    }

    /// Returns how many of the annotator's own articles have a status.
    #[must_use]
    pub fn with_status(&self, status: ProgressStatus) -> usize {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// Returns how many articles the annotator is to do.
    #[must_use]
    pub fn own_len(&self) -> usize {
        self.statuses.values().sum()
    }

    /// Orders it otherwise.
    pub fn set_order(&mut self, order: QueueOrder) {
        self.order = order;
        self.arrange();
    }

    /// Puts others in sight.
    pub fn set_filter(&mut self, filter: QueueFilter) {
        self.filter = filter;
        self.arrange();
    }

    /// Notes which article is open.
    pub fn set_here(&mut self, path: &Path) {
        self.here = self.index_of(path);
    }

    /// Returns whether an article is one of them.
    #[must_use]
    pub fn contains(&self, path: &Path) -> bool {
        self.index_of(path).is_some()
    }

    /// Notes the status of an article. What is in sight stays until it is arranged anew.
    pub fn set_status(&mut self, name: &str, status: ProgressStatus) {
        let Some(index) = self.index(name) else { return };
        let before = std::mem::replace(&mut self.entries[index].status, status);
        if self.entries[index].is_own && before != status {
            *self.statuses.entry(status).or_default() += 1;
            if let Some(count) = self.statuses.get_mut(&before) {
                *count -= 1;
            }
        }
    }

    /// Notes what was counted in articles. What is in sight stays until it is arranged anew.
    pub fn set_counts(&mut self, counts: impl IntoIterator<Item = (Arc<str>, QueueCounts)>) {
        for (name, counts) in counts {
            if let Some(index) = self.index(&name) {
                self.entries[index].counts = counts;
            }
        }
    }

    /// Arranges the articles anew, where what was counted in them is their order.
    pub fn arrange_by_counts(&mut self) {
        if matches!(self.order, QueueOrder::Undecided | QueueOrder::Disagreement) {
            self.arrange();
        }
    }

    /// Returns the article so many places further among those in sight.
    #[must_use]
    pub fn neighbour(&self, by: isize) -> Option<&QueueEntry> {
        let here = self.here?;
        let place =
            self.visible.partition_point(|other| self.compare(*other as usize, here) == Ordering::Less);
        let is_visible = self.visible.get(place).is_some_and(|other| *other as usize == here);
        // From between two that are in sight, the next one is one step away, too.
        let by = if is_visible || by < 0 { by } else { by - 1 };
        self.visible(place.checked_add_signed(by)?)
    }

    /// Returns the next article in sight that waits for the annotator, after the open one and then from the beginning.
    #[must_use]
    pub fn next_open(&self) -> Option<&QueueEntry> {
        let after = self.here.map_or(0, |here| {
            self.visible.partition_point(|other| self.compare(*other as usize, here) != Ordering::Greater)
        });
        let (before, after) = self.visible.split_at(after);
        let places = after.iter().chain(before).map(|index| *index as usize);
        let mut open = places.filter(|index| Some(*index) != self.here).map(|index| &self.entries[index]);
        open.find(|entry| entry.status.is_open() && entry.is_own)
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| (*entry.name).cmp(name)).ok()
    }

    fn index_of(&self, path: &Path) -> Option<usize> {
        let name = path.strip_prefix(&self.folder).ok()?.to_string_lossy();
        self.index(&name.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    fn count_statuses(&mut self) {
        self.statuses.clear();
        for entry in self.entries.iter().filter(|entry| entry.is_own) {
            *self.statuses.entry(entry.status).or_default() += 1;
        }
    }

    /// Returns which of two entries comes first; entries are by name.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        let (one, other) = (&self.entries[a], &self.entries[b]);
        let by_order = match self.order {
            QueueOrder::Name => Ordering::Equal,
            QueueOrder::Date => other.date.cmp(&one.date),
            QueueOrder::Undecided => other.counts.undecided.cmp(&one.counts.undecided),
            QueueOrder::Disagreement => other.counts.differing.cmp(&one.counts.differing),
        };
        by_order.then(a.cmp(&b))
    }

    fn arrange(&mut self) {
        let needle = folded(self.filter.text.trim());
        let QueueFilter { status, of_others, .. } = self.filter;
        let in_sight = |entry: &QueueEntry| {
            (of_others || entry.is_own)
                && status.is_none_or(|status| entry.status == status)
                && (needle.is_empty() || entry.folded.contains(&*needle))
        };
        let indices =
            (0_u32..).zip(&self.entries).filter(|(_, entry)| in_sight(entry)).map(|(index, _)| index);
        let mut visible: Vec<u32> = indices.collect();
        if self.order != QueueOrder::Name {
            visible.sort_by(|a, b| self.compare(*a as usize, *b as usize));
        }
        self.visible = visible;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProgressMark;

    const DONE: ProgressStatus = ProgressStatus::Marked(ProgressMark::Done);

    fn queue(names: &[&str]) -> Queue {
        let entries = (0..).zip(names).map(|(date, name)| {
            QueueEntry::new(
                (*name).into(),
                None,
                ProgressStatus::New,
                Timestamp::from_millis(date),
                !name.starts_with("other"),
            )
        });
        Queue::new(PathBuf::from("/p/articles"), entries.collect())
    }

    fn shown(queue: &Queue) -> Vec<&str> {
        (0..queue.visible_len()).filter_map(|place| queue.visible(place)).map(|entry| &*entry.name).collect()
    }

    fn name(entry: Option<&QueueEntry>) -> Option<&str> {
        entry.map(|entry| &*entry.name)
    }

    #[test]
    fn orders_are_total_and_ties_go_by_name() {
        let mut queue = queue(&["c.txt", "a.txt", "b.txt"]);
        assert_eq!(shown(&queue), ["a.txt", "b.txt", "c.txt"]);
        queue.set_order(QueueOrder::Date);
        assert_eq!(shown(&queue), ["b.txt", "a.txt", "c.txt"]);
        queue.set_order(QueueOrder::Undecided);
        let counts = |undecided| QueueCounts { undecided: Some(undecided), differing: None };
        queue.set_counts([("c.txt".into(), counts(3)), ("b.txt".into(), counts(0))]);
        queue.arrange_by_counts();
        assert_eq!(shown(&queue), ["c.txt", "b.txt", "a.txt"]);
    }

    #[test]
    fn what_is_in_sight_is_found_by_spelling_variants() {
        let mut queue = queue(&["2026/الإدارة.txt", "2026/سَفينة.txt", "Port.txt", "other.txt"]);
        assert_eq!(queue.visible_len(), 3);
        for (text, found) in [("ادارة", "2026/الإدارة.txt"), ("سفينه", "2026/سَفينة.txt"), ("PORT", "Port.txt")]
        {
            queue.set_filter(QueueFilter { text: text.into(), ..QueueFilter::default() });
            assert_eq!(shown(&queue), [found], "{text}");
        }
        queue.set_filter(QueueFilter { of_others: true, ..QueueFilter::default() });
        assert_eq!(queue.visible_len(), 4);
    }

    #[test]
    fn an_article_that_went_out_of_sight_still_has_its_place() {
        let mut queue = queue(&["a.txt", "b.txt", "c.txt", "d.txt"]);
        queue.set_here(Path::new("/p/articles/b.txt"));
        assert_eq!((name(queue.neighbour(1)), name(queue.neighbour(-1))), (Some("c.txt"), Some("a.txt")));
        queue.set_status("b.txt", DONE);
        assert_eq!(queue.visible_len(), 4, "nothing moves by itself");
        queue.set_filter(QueueFilter { status: Some(ProgressStatus::New), ..QueueFilter::default() });
        assert_eq!(queue.visible_here(), None);
        assert_eq!((name(queue.neighbour(1)), name(queue.neighbour(-1))), (Some("c.txt"), Some("a.txt")));
        assert_eq!(name(queue.here()), Some("b.txt"));
    }

    #[test]
    fn the_next_open_one_comes_round_and_leaves_out_what_is_done_or_of_others() {
        let mut queue = queue(&["a.txt", "b.txt", "c.txt", "other.txt"]);
        queue.set_here(Path::new("/p/articles/c.txt"));
        assert_eq!(name(queue.next_open()), Some("a.txt"));
        queue.set_status("a.txt", DONE);
        assert_eq!(name(queue.next_open()), Some("b.txt"));
        queue.set_status("b.txt", ProgressStatus::Marked(ProgressMark::Flagged));
        assert_eq!(name(queue.next_open()), Some("b.txt"));
        queue.set_status("b.txt", ProgressStatus::Marked(ProgressMark::Skipped));
        assert_eq!(queue.next_open(), None);
        assert_eq!((queue.with_status(DONE), queue.own_len()), (1, 3));
    }
}
