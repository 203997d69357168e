//! What [`agreement`](super::agreement) returns.

use std::sync::Arc;

use super::{CharFragments, CodingFigures, Difference, Figure, Gamma, Matches};
use crate::model::{LabelId, LabelKind};

/// How far annotators agree.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementReport {
    /// The annotators; everything else names them by their index.
    pub annotators: Vec<Arc<str>>,
    /// The articles in their order; everything else names them by their index.
    pub articles: Vec<ArticleState>,
    /// Every pair of annotators, then all of them where they are more than two.
    pub groups: Vec<GroupReport>,
}

/// An article and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleState {
    /// Its name.
    pub name: Arc<str>,
    /// Whether each annotator has it. With one alone there is nothing to compare.
    pub has: Vec<bool>,
    /// Whether the annotators have different texts of it; it is left out of every figure then.
    pub texts_differ: bool,
}

/// The figures of two or more annotators.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupReport {
    /// The annotators, ascending.
    pub members: Vec<usize>,
    /// How many articles two of them have.
    pub articles: usize,
    /// Mentions and claims, those of which there are any.
    pub layers: Vec<LayerReport>,
    /// The attributes that anybody has set, by name.
    pub attributes: Vec<AttributeReport>,
    /// Accepted or rejected, on the same suggestions.
    pub decisions: DecisionReport,
}

/// The figures of mentions, or those of claims.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerReport {
    /// Which of the two.
    pub kind: LabelKind,
    /// Of all labels in all articles.
    pub total: Figures,
    /// Of each label.
    pub by_label: Vec<(LabelId, Figures)>,
    /// Of each article in which anybody has annotated anything.
    pub by_article: Vec<(usize, Figures)>,
    /// For two annotators, where their spans differ: what is behind F1, alpha for unitizing and gamma. By article, then
    /// in reading order.
    pub differences: Vec<SpanDifference>,
    /// The places with different labels: what is behind the kappas and alpha of the labels.
    pub label_differences: Vec<CodedDifference>,
}

/// The measures of one scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Spans with the same place and label.
    pub exact: Matches,
    /// Spans with the same label that share at least one char, in pairs: equal ones first, then as many as can be.
    pub overlap: Matches,
    /// The labels at the places that were annotated by all. Of one label: whether it is there or not.
    pub labels: CodingFigures,
    /// Krippendorff's alpha for unitizing, in the form of 2016: by the length of what is marked alike, in chars. Of all
    /// labels it wants spans that do not overlap.
    pub unitizing: Figure,
    /// Krippendorff's alpha for unitizing, in the form of 1995: by the distances of the ends of units, in chars. For two
    /// annotators.
    pub boundaries: Figure,
    /// Gamma.
    pub gamma: Gamma,
}

/// The figures of one attribute, at the annotations that all have: the same place and label, one on which anybody has
/// set the attribute. Not to set it is a value, too.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeReport {
    /// The attribute's id.
    pub name: Arc<str>,
    /// The measures.
    pub figures: CodingFigures,
    /// Where the values differ.
    pub differences: Vec<CodedDifference>,
}

/// The figures of the decisions on suggestions, at the suggestions that all have decided.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionReport {
    /// The measures.
    pub figures: CodingFigures,
    /// Where the decisions differ.
    pub differences: Vec<CodedDifference>,
}

/// A span with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub fragments: CharFragments,
    /// As what.
    pub label: LabelId,
}

/// Spans of two annotators that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanDifference {
    /// The article.
    pub article: usize,
    /// How they differ.
    pub difference: Difference,
    /// What the first annotator has.
    pub first: Option<Spot>,
    /// What the second annotator has.
    pub second: Option<Spot>,
}

/// A position at which not all values are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedDifference {
    /// The article.
    pub article: usize,
    /// Where.
    pub fragments: CharFragments,
    /// The label of the annotation or suggestion; `None` where the values are labels.
    pub label: Option<LabelId>,
    /// The value that each member of the group gave, several labels as `GPE + ORG`; `None` for those who gave none.
    pub values: Vec<Option<Arc<str>>>,
}

/// What stands between the labels of one annotator in a place.
pub(super) const LABELS_BETWEEN: &str = " + ";

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Everything.
    All,
    /// One label.
    Label(&'a LabelId),
    /// One article.
    Article(usize),
}

impl AgreementReport {
    /// Returns the pairs of annotators.
    pub fn pairs(&self) -> impl Iterator<Item = &GroupReport> {
        self.groups.iter().filter(|group| group.members.len() == 2)
    }

    /// Returns the figures of all annotators; those of the pair where they are two.
    #[must_use]
    pub fn all(&self) -> Option<&GroupReport> {
        self.groups.last()
    }
}

impl LayerReport {
    /// Returns the figures of a scope.
    #[must_use]
    pub fn figures(&self, scope: Scope<'_>) -> Option<&Figures> {
        match scope {
            Scope::All => Some(&self.total),
            Scope::Label(label) => {
                self.by_label.iter().find(|(id, _)| id == label).map(|(_, figures)| figures)
            }
            Scope::Article(article) => {
                self.by_article.iter().find(|(index, _)| *index == article).map(|(_, figures)| figures)
            }
        }
    }

    /// Returns the spans that differ behind F1, alpha for unitizing and gamma of a scope.
    pub fn differences_in<'a>(&'a self, scope: Scope<'a>) -> impl Iterator<Item = &'a SpanDifference> {
        self.differences.iter().filter(move |difference| match scope {
            Scope::All => true,
            Scope::Label(label) => {
                [&difference.first, &difference.second].into_iter().flatten().any(|spot| spot.label == *label)
            }
            Scope::Article(article) => difference.article == article,
        })
    }

    /// Returns the places with different labels behind kappa and alpha of a scope.
    pub fn label_differences_in<'a>(&'a self, scope: Scope<'a>) -> impl Iterator<Item = &'a CodedDifference> {
        self.label_differences.iter().filter(move |difference| match scope {
            Scope::All => true,
            Scope::Label(label) => {
                let has = |value: &Arc<str>| value.split(LABELS_BETWEEN).any(|id| id == label.as_str());
                let given: Vec<bool> = difference.values.iter().flatten().map(has).collect();
                given.contains(&true) && given.contains(&false)
            }
            Scope::Article(article) => difference.article == article,
        })
    }
}
