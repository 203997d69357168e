//! How far what was found agrees with a gold standard: sets of spans and claims, counted.
//!
//! Mentions are compared as sets of (start, end, label) per document: nested and overlapping ones are no special
//! case, and a span that is found twice counts once. Claims are compared by their cue; source and content are
//! compared where the cue was found.
//!
//! Invariant: knows no rule, no file and no text beyond what it is given.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{CharOffset, SourceText};

/// Returns the 95 % interval of a share of which so many of so many were seen; `None` where nothing was seen (Wilson,
/// "Probable inference, the law of succession, and statistical inference", 1927).
#[must_use]
pub fn wilson_interval(hits: u32, trials: u32) -> Option<(f64, f64)> {
    const Z: f64 = 1.96;
    if trials == 0 {
        return None;
    }
    let n = f64::from(trials);
    let share = f64::from(hits) / n;
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some((((middle - reach) / scale).max(0.0), ((middle + reach) / scale).min(1.0)))
}

/// A half-open range of code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CharSpan {
    /// The first code point.
    pub start: CharOffset,
    /// One past the last.
    pub end: CharOffset,
}

impl CharSpan {
    /// Returns the span of two offsets.
    #[must_use]
    pub const fn new(start: CharOffset, end: CharOffset) -> Self {
        Self { start, end }
    }

    fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns the span grown to whole words, a word being what stands between white space; the span itself where it
    /// does not lie in the text.
    #[must_use]
    pub fn to_whole_words(self, source: &SourceText) -> Self {
        let (Ok(before), Ok(after)) = (
            source.range_from_chars(CharOffset::from_index(0), self.start),
            source.range_from_chars(self.end, source.len_chars()),
        ) else {
            return self;
        };
        let inside = |c: &char| !c.is_whitespace();
        let grown_by = |letters: usize| CharOffset::from_index(letters).get();
        let left = grown_by(source.slice(before).chars().rev().take_while(inside).count());
        let right = grown_by(source.slice(after).chars().take_while(inside).count());
        Self { start: CharOffset::new(self.start.get() - left), end: CharOffset::new(self.end.get() + right) }
    }
}

/// A mention: where, and its label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelledSpan {
    /// Where.
    pub span: CharSpan,
    /// Its label.
    pub label: String,
}

/// A claim in spans; a role that is not filled is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimSpans {
    /// The words that show that something is claimed.
    pub cue: Vec<CharSpan>,
    /// Who claims.
    pub source: Vec<CharSpan>,
    /// What is claimed.
    pub content: Vec<CharSpan>,
}

/// What was found and right, found and wrong, and not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Found, and in the gold standard.
    pub true_positives: u32,
    /// Found, and not in the gold standard.
    pub false_positives: u32,
    /// In the gold standard, and not found.
    pub false_negatives: u32,
}

impl Counts {
    /// Returns the share of what was found that is right, 0 to 1; `None` where nothing was found.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Returns the share of the gold standard that was found, 0 to 1; `None` where there is none.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Returns the harmonic mean of precision and recall, 0 to 1; `None` where there is nothing to compare.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        let Self { true_positives, false_positives, false_negatives } = self;
        share(2 * true_positives, 2 * true_positives + false_positives + false_negatives)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            true_positives: self.true_positives + other.true_positives,
            false_positives: self.false_positives + other.false_positives,
            false_negatives: self.false_negatives + other.false_negatives,
        }
    }
}

/// Returns a part of a whole, 0 to 1; `None` where there is no whole.
fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// The score of mentions over any number of documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpanScore {
    /// By label.
    pub by_label: BTreeMap<String, Counts>,
    /// By the rule that found it; nothing is a false negative of a rule.
    pub by_rule: BTreeMap<String, Counts>,
}

impl SpanScore {
    /// Adds a document: what is right, and what was found by which rule. Of two rules that found the same span with
    /// the same label the first one counts.
    pub fn add(&mut self, gold: &BTreeSet<LabelledSpan>, found: &[(LabelledSpan, &str)]) {
        let mut seen = BTreeSet::new();
        for (span, rule) in found.iter().filter(|(span, _)| seen.insert(span)) {
            let label = self.by_label.entry(span.label.clone()).or_default();
            let rule = self.by_rule.entry((*rule).to_owned()).or_default();
            for counts in [label, rule] {
                if gold.contains(span) {
                    counts.true_positives += 1;
                } else {
                    counts.false_positives += 1;
                }
            }
        }
        for missed in gold.iter().filter(|span| !seen.contains(span)) {
            self.by_label.entry(missed.label.clone()).or_default().false_negatives += 1;
        }
    }

    /// Returns the counts of all labels together.
    #[must_use]
    pub fn micro(&self) -> Counts {
        self.by_label.values().fold(Counts::default(), |sum, counts| sum.plus(*counts))
    }
}

/// How often a role agrees, of the claims whose cue was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleScore {
    /// Claims of the gold standard with a found cue that have this role.
    pub compared: u32,
    /// Those of which the found role shares at least one character.
    pub overlapping: u32,
    /// Those of which it is the same.
    pub exact: u32,
}

impl RoleScore {
    /// Returns the share that overlaps, 0 to 1; `None` where nothing was compared.
    #[must_use]
    pub fn overlap_share(self) -> Option<f64> {
        share(self.overlapping, self.compared)
    }

    /// Returns the share that is the same, 0 to 1; `None` where nothing was compared.
    #[must_use]
    pub fn exact_share(self) -> Option<f64> {
        share(self.exact, self.compared)
    }

    fn add(&mut self, gold: &[CharSpan], found: &[CharSpan]) {
        if gold.is_empty() {
            return;
        }
        self.compared += 1;
        self.overlapping += u32::from(any_overlap(gold, found));
        self.exact += u32::from(gold == found);
    }
}

/// The score of claims over any number of documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimScore {
    /// Cues that share at least one character with one of the gold standard, each counted with one at most.
    pub cue_overlap: Counts,
    /// Cues that are the same.
    pub cue_exact: Counts,
    /// The sources on found cues.
    pub source: RoleScore,
    /// The contents on found cues.
    pub content: RoleScore,
    /// Claims of the gold standard without a cue: they are not counted.
    pub without_cue: u32,
}

impl ClaimScore {
    /// Adds a document. A cue is paired with the same one first, then with the first free one that it overlaps.
    pub fn add(&mut self, gold: &[ClaimSpans], found: &[ClaimSpans]) {
        let with_cue: Vec<&ClaimSpans> = gold.iter().filter(|claim| !claim.cue.is_empty()).collect();
        self.without_cue += count(gold.len() - with_cue.len());
        let mut free = vec![true; with_cue.len()];
        let mut pairs = vec![None; found.len()];
        let mut exact = 0;
        for is_round_of_equals in [true, false] {
            for (claim, pair) in found.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
                let agrees = |gold: &ClaimSpans| {
                    if is_round_of_equals {
                        gold.cue == claim.cue
                    } else {
                        any_overlap(&gold.cue, &claim.cue)
                    }
                };
                *pair = (0..with_cue.len()).find(|i| free[*i] && agrees(with_cue[*i]));
                if let Some(i) = *pair {
                    free[i] = false;
                    exact += usize::from(is_round_of_equals);
                }
            }
        }
        let mut overlapping = 0;
        for (claim, pair) in found.iter().zip(&pairs) {
            if let Some(i) = *pair {
                overlapping += 1;
                self.source.add(&with_cue[i].source, &claim.source);
                self.content.add(&with_cue[i].content, &claim.content);
            }
        }
        let counts = |right: usize| Counts {
            true_positives: count(right),
            false_positives: count(found.len() - right),
            false_negatives: count(with_cue.len() - right),
        };
        self.cue_overlap = self.cue_overlap.plus(counts(overlapping));
        self.cue_exact = self.cue_exact.plus(counts(exact));
    }
}

fn any_overlap(a: &[CharSpan], b: &[CharSpan]) -> bool {
    a.iter().any(|x| b.iter().any(|y| x.overlaps(*y)))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: u32, end: u32) -> CharSpan {
        CharSpan::new(CharOffset::new(start), CharOffset::new(end))
    }

    fn labelled(start: u32, end: u32, label: &str) -> LabelledSpan {
        LabelledSpan { span: at(start, end), label: label.to_owned() }
    }

    fn counts(true_positives: u32, false_positives: u32, false_negatives: u32) -> Counts {
        Counts { true_positives, false_positives, false_negatives }
    }

    #[test]
    fn the_interval_of_a_share_narrows_with_what_was_seen() {
        assert_eq!(wilson_interval(0, 0), None);
        let (low, high) = wilson_interval(8, 10).expect("ten were seen");
        assert!((low - 0.4901).abs() < 1e-3 && (high - 0.9433).abs() < 1e-3, "{low} {high}");
        let (low, high) = wilson_interval(10, 10).expect("ten were seen");
        assert!(low > 0.7 && (high - 1.0).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn figures_are_those_of_the_hand_computed_case() {
        let counts = counts(6, 2, 4);
        assert_eq!(counts.precision(), Some(0.75));
        assert_eq!(counts.recall(), Some(0.6));
        assert_eq!(counts.f1(), Some(12.0 / 18.0));
        assert_eq!(Counts::default().f1(), None);
    }

    #[test]
    fn nested_spans_count_each_and_a_span_found_twice_counts_once() {
        let gold = BTreeSet::from([labelled(0, 9, "ORG"), labelled(5, 9, "GPE"), labelled(20, 24, "PERS")]);
        let found = [
            (labelled(0, 9, "ORG"), "a"),
            (labelled(0, 9, "ORG"), "b"),
            (labelled(5, 9, "GPE"), "b"),
            (labelled(20, 24, "ORG"), "b"),
        ];
        let mut score = SpanScore::default();
        score.add(&gold, &found);
        assert_eq!(score.by_label["ORG"], counts(1, 1, 0));
        assert_eq!(score.by_label["GPE"], counts(1, 0, 0));
        assert_eq!(score.by_label["PERS"], counts(0, 0, 1));
        assert_eq!(score.micro(), counts(2, 1, 1));
        assert_eq!(score.by_rule["a"], counts(1, 0, 0));
        assert_eq!(score.by_rule["b"], counts(1, 1, 0));
    }

    #[test]
    fn a_span_grows_to_the_white_space_around_it() {
        let source = SourceText::new("زار وبيروت، أمس");
        assert_eq!(at(5, 10).to_whole_words(&source), at(4, 11));
        assert_eq!(at(0, 3).to_whole_words(&source), at(0, 3));
        assert_eq!(at(13, 15).to_whole_words(&source), at(12, 15));
    }

    #[test]
    fn claims_pair_by_cue_and_roles_count_on_found_cues_only() {
        let claim = |cue: &[CharSpan], source: &[CharSpan], content: &[CharSpan]| ClaimSpans {
            cue: cue.to_vec(),
            source: source.to_vec(),
            content: content.to_vec(),
        };
        let gold = [
            claim(&[at(10, 14)], &[at(0, 9)], &[at(20, 30)]),
            claim(&[at(40, 46)], &[], &[at(50, 60)]),
            claim(&[at(80, 84)], &[at(70, 79)], &[at(85, 95)]),
            claim(&[], &[at(96, 97)], &[at(98, 99)]),
        ];
        let found = [
            claim(&[at(10, 14)], &[at(4, 9)], &[at(20, 30)]),
            claim(&[at(42, 46)], &[at(47, 49)], &[at(61, 62)]),
            claim(&[at(100, 104)], &[], &[at(105, 106)]),
        ];
        let mut score = ClaimScore::default();
        score.add(&gold, &found);
        assert_eq!(score.cue_overlap, counts(2, 1, 1));
        assert_eq!(score.cue_exact, counts(1, 2, 2));
        assert_eq!(score.source, RoleScore { compared: 1, overlapping: 1, exact: 0 });
        assert_eq!(score.content, RoleScore { compared: 2, overlapping: 1, exact: 1 });
        assert_eq!(score.without_cue, 1);
    }
}
