//! From the work of all annotators to the report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::coding::Tally;
use super::gamma::{self, gamma};
use super::pairing::Pairing;
use super::report::LABELS_BETWEEN;
use super::unitizing::{Boundaries, Disagreement, Unit, UnitizingTally, disjoint};
use super::{
    AgreementReport, ArticleState, CharFragments, CodedDifference, ComparedArticle, Figure, Figures, Gamma,
    GammaOptions, GroupReport, LayerReport, Mark, Matches, SpanDifference, Spot, Undefined, values,
};
use crate::model::{LabelId, LabelKind};

/// Returns how far annotators agree on the articles that at least two of them have. The articles are compared on all
/// cores; the result does not depend on how many there are.
#[must_use]
pub fn agreement(
    annotators: &[Arc<str>],
    articles: &[ComparedArticle],
    options: GammaOptions,
) -> AgreementReport {
    let states: Vec<ArticleState> = articles.iter().map(|article| state(article, annotators.len())).collect();
    let compared: Vec<(usize, &ComparedArticle)> =
        articles.iter().enumerate().filter(|(index, _)| !states[*index].texts_differ).collect();
    let n = annotators.len();
    let mut groups: Vec<Vec<usize>> = (0..n).flat_map(|a| (a + 1..n).map(move |b| vec![a, b])).collect();
    if n > 2 {
        groups.push((0..n).collect());
    }
    let group = |members: Vec<usize>| {
        let shared = compared.iter().filter_map(|&(index, article)| Shared::new(index, article, &members));
        let shared: Vec<Shared<'_>> = shared.collect();
        GroupReport {
            articles: shared.len(),
            layers: [LabelKind::Entity, LabelKind::Claim]
                .into_iter()
                .filter_map(|kind| Layer::new(kind, &shared, annotators, &members, options).report())
                .collect(),
            attributes: values::attributes(&shared, members.len()),
            decisions: values::decisions(&shared, members.len()),
            members,
        }
    };
    AgreementReport {
        annotators: annotators.to_vec(),
        articles: states,
        groups: groups.into_iter().map(group).collect(),
    }
}

fn state(article: &ComparedArticle, annotators: usize) -> ArticleState {
    let texts: BTreeSet<&str> = article.work.iter().flatten().map(|work| &*work.sha256).collect();
    let has = (0..annotators).map(|a| article.work.get(a).is_some_and(Option::is_some));
    ArticleState { name: Arc::clone(&article.name), has: has.collect(), texts_differ: texts.len() > 1 }
}

/// An article that at least two members of a group have.
pub(super) struct Shared<'a> {
    pub(super) index: usize,
    name: &'a Arc<str>,
    /// By member of the group.
    pub(super) work: Vec<Option<&'a super::AnnotatedArticle>>,
}

impl<'a> Shared<'a> {
    fn new(index: usize, article: &'a ComparedArticle, members: &[usize]) -> Option<Self> {
        let work: Vec<_> = members.iter().map(|a| article.work.get(*a).and_then(Option::as_ref)).collect();
        (work.iter().flatten().count() >= 2).then_some(Self { index, name: &article.name, work })
    }
}

/// The marks of one kind in one article, by member, in reading order.
struct Page<'a> {
    index: usize,
    name: &'a Arc<str>,
    chars: u32,
    marks: Vec<Option<Vec<&'a Mark>>>,
}

/// The marks of one kind in all articles of a group.
struct Layer<'a> {
    kind: LabelKind,
    pages: Vec<Page<'a>>,
    labels: Vec<&'a LabelId>,
    annotators: &'a [Arc<str>],
    members: &'a [usize],
    options: GammaOptions,
}

/// What is computed of a page once.
struct Read<'a> {
    matches: BTreeMap<&'a LabelId, [Matches; 2]>,
    differences: Vec<SpanDifference>,
    places: BTreeMap<&'a CharFragments, Vec<Option<Vec<&'a LabelId>>>>,
    gamma: Gamma,
}

impl<'a> Layer<'a> {
    fn new(
        kind: LabelKind,
        shared: &[Shared<'a>],
        annotators: &'a [Arc<str>],
        members: &'a [usize],
        options: GammaOptions,
    ) -> Self {
        let page = |shared: &Shared<'a>| {
            let marks = |work: Option<&'a super::AnnotatedArticle>| {
                let mut marks: Vec<&Mark> = work?.marks.iter().filter(|m| m.kind == kind).collect();
                marks.sort_by(|a, b| a.fragments.cmp(&b.fragments).then_with(|| a.label.cmp(&b.label)));
                Some(marks)
            };
            Page {
                index: shared.index,
                name: shared.name,
                chars: shared.work.iter().flatten().map(|work| work.length()).max().unwrap_or(0),
                marks: shared.work.iter().copied().map(marks).collect(),
            }
        };
        let pages: Vec<Page<'a>> = shared.iter().map(page).collect();
        let marks = pages.iter().flat_map(|page| page.marks.iter().flatten().flatten());
        let labels: BTreeSet<&LabelId> = marks.map(|mark| &mark.label).collect();
        let labels = labels.into_iter().collect();
        Self { kind, pages, labels, annotators, members, options }
    }

    /// Returns the figures; `None` where nobody has any mark of this kind.
    fn report(&self) -> Option<LayerReport> {
        if self.labels.is_empty() {
            return None;
        }
        let read: Vec<Read<'a>> = self.pages.par_iter().map(|page| self.read(page)).collect();
        let all: Vec<(&Page<'a>, &Read<'a>)> = self.pages.iter().zip(&read).collect();
        let by_label =
            self.labels.iter().map(|label| (LabelId::clone(label), self.figures(&all, Some(label))));
        let annotated = all.iter().filter(|(_, read)| !read.matches.is_empty());
        let by_article = annotated.map(|entry| (entry.0.index, self.figures(&[*entry], None)));
        Some(LayerReport {
            kind: self.kind,
            total: self.figures(&all, None),
            by_label: by_label.collect(),
            by_article: by_article.collect(),
            differences: all.iter().flat_map(|(_, read)| read.differences.iter().cloned()).collect(),
            label_differences: all.iter().flat_map(|(page, read)| label_differences(page, read)).collect(),
        })
    }

    fn read(&self, page: &Page<'a>) -> Read<'a> {
        let present: Vec<&Vec<&Mark>> = page.marks.iter().flatten().collect();
        let mut matches: BTreeMap<&LabelId, [Matches; 2]> = BTreeMap::new();
        let mut differences = Vec::new();
        for (i, first) in present.iter().enumerate() {
            for second in &present[i + 1..] {
                let pairing = Pairing::new(first, second);
                for (label, [exact, overlap]) in pairing.matches(first, second) {
                    let sums = matches.entry(label).or_default();
                    sums[0].add(exact);
                    sums[1].add(overlap);
                }
                if self.members.len() == 2 {
                    differences.extend(span_differences(page.index, &pairing, first, second));
                }
            }
        }
        let mut places: BTreeMap<&CharFragments, Vec<Option<Vec<&LabelId>>>> = BTreeMap::new();
        for (member, marks) in page.marks.iter().enumerate() {
            for mark in marks.iter().flatten() {
                let place = places.entry(&mark.fragments).or_insert_with(|| vec![None; page.marks.len()]);
                let labels = place[member].get_or_insert_default();
                if labels.last() != Some(&&mark.label) {
                    labels.push(&mark.label);
                }
            }
        }
        let units = present.iter().map(|marks| marks.iter().map(|mark| self.gamma_unit(mark)).collect());
        let gamma = gamma(units.collect(), self.options, page.name);
        Read { matches, differences, places, gamma }
    }

    fn number(&self, label: &LabelId) -> usize {
        self.labels.binary_search(&label).unwrap_or(self.labels.len())
    }

    fn gamma_unit(&self, mark: &Mark) -> gamma::Unit {
        gamma::Unit {
            start: f64::from(mark.fragments.start().get()),
            end: f64::from(mark.fragments.end().get()),
            label: self.number(&mark.label),
        }
    }

    /// Returns the figures of some pages, of all labels or one.
    fn figures(&self, pages: &[(&Page<'a>, &Read<'a>)], label: Option<&LabelId>) -> Figures {
        let (mut exact, mut overlap) = (Matches::default(), Matches::default());
        let mut labels = Tally::new(self.members.len());
        let mut numbers: BTreeMap<&[&LabelId], usize> = BTreeMap::new();
        for (_, read) in pages {
            for (_, matches) in read.matches.iter().filter(|(id, _)| label.is_none_or(|label| label == **id))
            {
                exact.add(matches[0]);
                overlap.add(matches[1]);
            }
            for values in read.places.values() {
                let row = values.iter().map(|value| {
                    let value = value.as_deref()?;
                    if let Some(label) = label {
                        return Some(usize::from(value.contains(&label)));
                    }
                    let next = numbers.len();
                    Some(*numbers.entry(value).or_insert(next))
                });
                labels.add(&row.collect::<Vec<_>>());
            }
        }
        let gamma = match (label, pages) {
            (Some(_), _) => Gamma::undefined(Undefined::AllLabelsOnly),
            (None, [(_, read)]) => read.gamma.clone(),
            (None, _) => Gamma::mean(pages.iter().map(|(_, read)| &read.gamma)),
        };
        Figures {
            exact,
            overlap,
            labels: labels.figures(),
            unitizing: self.unitizing(pages, label),
            boundaries: self.boundaries(pages, label),
            gamma,
        }
    }

    /// Returns the units of each member that has the page, of all labels or one.
    fn units(&self, page: &Page<'a>, label: Option<&LabelId>) -> Result<Vec<Vec<Unit>>, Undefined> {
        let present = page.marks.iter().enumerate().filter_map(|(i, marks)| Some((i, marks.as_ref()?)));
        let units = present.map(|(member, marks)| {
            let counted = marks.iter().filter(|mark| label.is_none_or(|label| *label == mark.label));
            let units = counted.flat_map(|mark| {
                let label = if label.is_some() { 0 } else { self.number(&mark.label) };
                let pieces = mark.fragments.pieces().iter();
                pieces.map(move |(start, end)| Unit { start: start.get(), end: end.get(), label })
            });
            disjoint(units.collect()).ok_or_else(|| Undefined::Overlapping {
                annotator: Arc::clone(&self.annotators[self.members[member]]),
                article: Arc::clone(page.name),
            })
        });
        units.collect()
    }

    fn unitizing(&self, pages: &[(&Page<'a>, &Read<'a>)], label: Option<&LabelId>) -> Figure {
        let mut tally = UnitizingTally::default();
        for (page, _) in pages {
            let units = self.units(page, label)?;
            tally.add(page.chars, &units.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
        tally.alpha()
    }

    fn boundaries(&self, pages: &[(&Page<'a>, &Read<'a>)], label: Option<&LabelId>) -> Figure {
        if self.members.len() != 2 {
            return Err(Undefined::PairsOnly);
        }
        let mut sum: Option<Disagreement> = None;
        for label in self.labels.iter().filter(|id| label.is_none_or(|label| label == **id)) {
            let mut boundaries = Boundaries::default();
            for (page, _) in pages {
                if let [first, second] = self.units(page, Some(label))?.as_slice() {
                    boundaries.add(page.chars, [first, second]);
                }
            }
            if let Some(disagreement) = boundaries.disagreement() {
                sum.get_or_insert_default().add(disagreement);
            }
        }
        sum.ok_or(Undefined::NothingAnnotated)?.alpha()
    }
}

fn span_differences(
    article: usize,
    pairing: &Pairing,
    first: &[&Mark],
    second: &[&Mark],
) -> Vec<SpanDifference> {
    let spot = |mark: &Mark| Spot { fragments: mark.fragments.clone(), label: mark.label.clone() };
    let differing = pairing.differing.iter().map(|(difference, a, b)| SpanDifference {
        article,
        difference: *difference,
        first: a.map(|a| spot(first[a])),
        second: b.map(|b| spot(second[b])),
    });
    differing.collect()
}

fn label_differences(page: &Page<'_>, read: &Read<'_>) -> Vec<CodedDifference> {
    let differing = read.places.iter().filter(|(_, values)| values::differ(values));
    let told = differing.map(|(place, values)| {
        let value = |labels: &Vec<&LabelId>| -> Arc<str> {
            let labels: Vec<&str> = labels.iter().map(|label| label.as_str()).collect();
            labels.join(LABELS_BETWEEN).into()
        };
        CodedDifference {
            article: page.index,
            fragments: CharFragments::clone(place),
            label: None,
            values: values.iter().map(|labels| labels.as_ref().map(value)).collect(),
        }
    });
    told.collect()
}
