//! Names that the annotator has tagged before, suggested wherever they are met again.
//!
//! The dictionary is counted from decisions, article by article, so an undone decision is an uncounted one: what an
//! article contributes is replaced as a whole. Names are kept in their folded form without proclitics; where a name
//! was tagged with several labels, the label with the most votes wins, and none where two have the same.
//!
//! Invariant: does no I/O; the same decisions give the same dictionary in whatever order they come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{
    AttributeValue, Body, Decision, Document, Entity, Explanation, Fragments, LabelId, Loser, Piece,
    Suggestion,
};
use crate::text::{
    FoldLevel, Reading, Segmentation, SourceText, TextRange, Token, TokenKind, fold, readings, slice,
};

/// The rule that suggestions from the dictionary name.
pub const DICTIONARY_RULE: &str = "own/names";

/// The pack that they name.
const PACK: &str = "own@1";

/// Where votes are filed that were given in the list of names and not in an article.
const BY_HAND: &str = "by hand";

/// How many more rejections than acceptances it takes until a rule's suggestion of the same is taken out.
const REFUSED_AT: i64 = -2;

/// A word is suggested as a name where at least one in so many of its places was tagged: «علي» is a name, and stands
/// far more often within longer ones.
const MIN_NAME_SHARE: u32 = 3;

/// The fewest letters of a name that is learned.
const MIN_LETTERS: usize = 3;

/// The most tokens of a name that is learned; longer ones are phrases.
const MAX_TOKENS: usize = 8;

/// How often a name was tagged with a label, and how often that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Votes {
    /// Tagged by hand or accepted.
    pub accepted: u32,
    /// Suggested and rejected.
    pub rejected: u32,
    /// Left untagged in an article in which everything was decided.
    pub passed: u32,
}

impl Votes {
    /// Returns by how much the acceptances outnumber the rejections.
    #[must_use]
    pub fn balance(self) -> i64 {
        i64::from(self.accepted) - i64::from(self.rejected)
    }

    /// Returns how likely the next one is right, by Laplace's rule of succession, 0 to 1.
    #[must_use]
    pub fn confidence(self) -> f32 {
        let against = self.rejected as f32 + self.passed as f32;
        (self.accepted as f32 + 1.0) / (self.accepted as f32 + against + 2.0)
    }

    /// Counts one decision more.
    pub fn count(&mut self, accepted: bool) {
        let votes = if accepted { &mut self.accepted } else { &mut self.rejected };
        *votes = votes.saturating_add(1);
    }

    /// Counts others with these.
    pub fn add(&mut self, other: Self) {
        self.accepted = self.accepted.saturating_add(other.accepted);
        self.rejected = self.rejected.saturating_add(other.rejected);
        self.passed = self.passed.saturating_add(other.passed);
    }
}

/// One line of the dictionary: a name with a label, as one article has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    name: Arc<str>,
    key: Box<str>,
    label: LabelId,
    votes: Votes,
}

impl Lesson {
    /// Returns the lesson on a name as it is written, without proclitics; `None` where the text is no name: fewer than
    /// three letters, more than eight tokens, or a control character in it.
    #[must_use]
    pub fn new(name: &str, label: LabelId, votes: Votes) -> Option<Self> {
        let source = SourceText::new(name);
        let segmentation = Segmentation::new(&source);
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        let tokens = segmentation.tokens();
        if letters < MIN_LETTERS || tokens.len() > MAX_TOKENS || name.contains(char::is_control) {
            return None;
        }
        let forms: Vec<String> =
            tokens.iter().map(|token| fold(source.slice(token.range), FoldLevel::Names)).collect();
        Some(Self { name: name.into(), key: forms.join(" ").into(), label, votes })
    }

    /// Returns the name as it was first written in the article.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the label.
    #[must_use]
    pub const fn label(&self) -> &LabelId {
        &self.label
    }

    /// Returns the votes.
    #[must_use]
    pub const fn votes(&self) -> Votes {
        self.votes
    }
}

/// A name of the dictionary with all that was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedName {
    /// The name as it was first written.
    pub name: Arc<str>,
    /// The votes for each label.
    pub labels: BTreeMap<LabelId, Votes>,
}

impl LearnedName {
    /// Returns the label to suggest with its votes: the one with the highest balance, if that is above zero and no
    /// other has the same; `None` for a word that is a name in fewer than a third of the places where it stands.
    #[must_use]
    pub fn best(&self) -> Option<(&LabelId, Votes)> {
        let best = self.labels.iter().max_by_key(|(_, votes)| votes.balance())?;
        let is_tied = self.labels.iter().filter(|(_, votes)| votes.balance() == best.1.balance()).count() > 1;
        let sum = |count: fn(&Votes) -> u32| self.labels.values().map(count).fold(0, u32::saturating_add);
        let (accepted, passed) = (sum(|votes| votes.accepted), sum(|votes| votes.passed));
        let is_name = accepted >= (accepted.saturating_add(passed)).div_ceil(MIN_NAME_SHARE);
        (best.1.balance() > 0 && !is_tied && is_name).then_some((best.0, *best.1))
    }
}

/// The names learned from a set of articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// What each article contributes, by its file name.
    articles: BTreeMap<Arc<str>, Vec<Lesson>>,
    /// The same by folded name.
    names: BTreeMap<Box<str>, LearnedName>,
    /// The folded first words of all names that are suggested or refused.
    first_words: BTreeSet<String>,
}

impl Dictionary {
    /// Returns the dictionary of some articles' lessons.
    #[must_use]
    pub fn new(articles: BTreeMap<Arc<str>, Vec<Lesson>>) -> Self {
        let mut dictionary = Self { articles, ..Self::default() };
        dictionary.count();
        dictionary
    }

    /// Returns the lessons of each article, by its file name.
    #[must_use]
    pub const fn articles(&self) -> &BTreeMap<Arc<str>, Vec<Lesson>> {
        &self.articles
    }

    /// Replaces what one article contributes; returns whether anything changed.
    pub fn set_article(&mut self, article: &Arc<str>, lessons: Vec<Lesson>) -> bool {
        let before = self.articles.get(article).map_or(&[][..], Vec::as_slice);
        if before == lessons {
            return false;
        }
        if lessons.is_empty() {
            self.articles.remove(article);
        } else {
            self.articles.insert(Arc::clone(article), lessons);
        }
        self.count();
        true
    }

    /// Votes against a name with a label by hand, until it is no longer suggested; later acceptances count again.
    /// Returns whether it was suggested.
    pub fn silence(&mut self, name: &LearnedName, label: &LabelId) -> bool {
        let Some(votes) = name.labels.get(label).filter(|votes| votes.balance() > 0) else { return false };
        let against = u32::try_from(votes.balance()).unwrap_or(u32::MAX);
        let Some(lesson) =
            Lesson::new(&name.name, label.clone(), Votes { rejected: against, ..Votes::default() })
        else {
            return false;
        };
        let by_hand = self.articles.entry(BY_HAND.into()).or_default();
        match by_hand.iter_mut().find(|other| other.key == lesson.key && other.label == lesson.label) {
            Some(other) => other.votes.add(lesson.votes),
            None => by_hand.push(lesson),
        }
        self.count();
        true
    }

    /// Returns all names, in the order of their folded form.
    #[must_use]
    pub fn names(&self) -> impl ExactSizeIterator<Item = &LearnedName> {
        self.names.values()
    }

    /// Returns whether nothing was learned yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn count(&mut self) {
        self.names.clear();
        for lesson in self.articles.values().flatten() {
            let learned = self
                .names
                .entry(lesson.key.clone())
                .or_insert_with(|| LearnedName { name: Arc::clone(&lesson.name), labels: BTreeMap::new() });
            learned.labels.entry(lesson.label.clone()).or_default().add(lesson.votes);
        }
        let first_words = self.names.keys().filter_map(|key| key.split(' ').next());
        self.first_words = first_words.map(str::to_owned).collect();
    }

    /// Counts against its names the places of an article at which they stand untagged; only for an article in which
    /// everything was decided. `tagged` is where something is tagged there.
    pub fn pass_over(
        &mut self,
        article: &Arc<str>,
        source: &SourceText,
        segmentation: &Segmentation,
        tagged: &BTreeSet<TextRange>,
    ) {
        let mut passed: BTreeMap<(Box<str>, LabelId), Lesson> = BTreeMap::new();
        for meeting in self.met(source, segmentation) {
            let label = meeting.learned.labels.iter().max_by_key(|(_, votes)| votes.balance());
            let Some((label, _)) = label.filter(|_| !tagged.contains(&meeting.range)) else { continue };
            let votes = Votes { passed: 1, ..Votes::default() };
            let Some(lesson) = Lesson::new(&meeting.learned.name, label.clone(), votes) else { continue };
            passed
                .entry((lesson.key.clone(), label.clone()))
                .and_modify(|known| known.votes.add(votes))
                .or_insert(lesson);
        }
        if passed.is_empty() {
            return;
        }
        let lessons = self.articles.entry(Arc::clone(article)).or_default();
        for (_, lesson) in passed {
            match lessons.iter_mut().find(|known| known.key == lesson.key && known.label == lesson.label) {
                Some(known) => known.votes.passed = lesson.votes.passed,
                None => lessons.push(lesson),
            }
        }
        self.count();
    }

    /// Adds the names of the dictionary that stand in an article to what the rules suggest for it.
    ///
    /// A learned name beats a rule's suggestion on the same text, and one with the same label that lies inside it;
    /// of two that cross, the longer stays. What was rejected at least twice more often than accepted is taken out.
    #[must_use]
    pub fn apply(
        &self,
        suggestions: Vec<Suggestion>,
        source: &SourceText,
        segmentation: &Segmentation,
    ) -> Vec<Suggestion> {
        if self.is_empty() {
            return suggestions;
        }
        let met = self.met(source, segmentation);
        let mut kept = suggestions;
        kept.retain(|suggestion| !met.iter().any(|meeting| meeting.refuses(suggestion)));
        let mut added = Vec::new();
        for meeting in &met {
            let Some((label, votes)) = meeting.learned.best() else { continue };
            let Ok(fragments) = Fragments::single(meeting.range) else { continue };
            if kept.iter().any(|rule| outranks(rule, label, meeting.range)) {
                continue;
            }
            let mut losers = Vec::new();
            let mut confidence = votes.confidence();
            kept.retain(|rule| match reason_to_drop(rule, label, meeting.range) {
                Some(reason) => {
                    // Two reasons for the same are not worse than one.
                    if rule.body.label() == label {
                        confidence = confidence.max(rule.confidence);
                    }
                    losers.push(loser(rule, reason));
                    false
                }
                None => true,
            });
            let learned = suggestion(source, meeting, label, votes, fragments, losers);
            added.push(Suggestion { confidence, ..learned });
        }
        kept.extend(added);
        kept.sort_by(|a, b| {
            a.body.fragments().cmp(b.body.fragments()).then_with(|| a.body.label().cmp(b.body.label()))
        });
        kept
    }

    /// Returns where names of the dictionary stand, in text order; of several that begin at one token, the longest.
    fn met<'a>(&'a self, source: &SourceText, segmentation: &Segmentation) -> Vec<Meeting<'a>> {
        let tokens = segmentation.tokens();
        let mut met = Vec::new();
        let mut i = 0;
        while i < tokens.len() {
            let meeting =
                if tokens[i].kind == TokenKind::Symbol { None } else { self.met_at(source, tokens, i) };
            i += meeting.as_ref().map_or(1, |meeting| meeting.tokens);
            met.extend(meeting);
        }
        met
    }

    fn met_at<'a>(&'a self, source: &SourceText, tokens: &[Token], first: usize) -> Option<Meeting<'a>> {
        let token = tokens[first].range;
        let candidates = readings(slice(source.as_str(), token));
        let mut best: Option<Meeting<'a>> = None;
        for reading in candidates.into_iter().filter(|reading| self.first_words.contains(&reading.form)) {
            let Reading { mut form, start, .. } = reading;
            let start = token.start().index() + start.index();
            for (count, last) in tokens.iter().skip(first).take(MAX_TOKENS).enumerate() {
                if count > 0 {
                    form.push(' ');
                    form.push_str(&fold(slice(source.as_str(), last.range), FoldLevel::Names));
                }
                let longer = best.as_ref().is_none_or(|best| best.tokens < count + 1);
                if let Some(learned) = self.names.get(form.as_str()).filter(|_| longer) {
                    let range = TextRange::from_indices(start, last.range.end().index());
                    best = Some(Meeting { learned, range, tokens: count + 1 });
                }
            }
        }
        best
    }
}

/// A name of the dictionary at a place of an article.
struct Meeting<'a> {
    learned: &'a LearnedName,
    range: TextRange,
    /// How many tokens it takes.
    tokens: usize,
}

impl Meeting<'_> {
    /// Returns whether a rule suggests here what was rejected more often than accepted.
    fn refuses(&self, rule: &Suggestion) -> bool {
        let votes = self.learned.labels.get(rule.body.label());
        matches!(rule.body, Body::Entity(_))
            && rule.body.fragments().ranges() == [self.range]
            && votes.is_some_and(|votes| votes.balance() <= REFUSED_AT)
    }
}

/// Returns whether a rule's suggestion is the better one: the same label on more text, or a longer one that crosses.
fn outranks(rule: &Suggestion, label: &LabelId, range: TextRange) -> bool {
    let Body::Entity(entity) = &rule.body else { return false };
    let hull = entity.fragments.hull();
    let contains = hull != range && hull.contains_range(range) && entity.label == *label;
    contains || (hull.crosses(range) && hull.len() > range.len())
}

/// Returns why a rule's suggestion goes where the dictionary has a name.
fn reason_to_drop(rule: &Suggestion, label: &LabelId, range: TextRange) -> Option<&'static str> {
    let Body::Entity(entity) = &rule.body else { return None };
    let hull = entity.fragments.hull();
    if hull == range {
        return Some("you have tagged this name before");
    }
    if hull.crosses(range) {
        return Some("it crosses a name that you have tagged before");
    }
    (range.contains_range(hull) && entity.label == *label)
        .then_some("it lies inside a name that you have tagged before")
}

fn loser(rule: &Suggestion, reason: &'static str) -> Loser {
    Loser {
        rule: Arc::clone(&rule.rule),
        label: rule.body.label().clone(),
        fragments: rule.body.fragments().clone(),
        reason: reason.into(),
    }
}

fn suggestion(
    source: &SourceText,
    meeting: &Meeting<'_>,
    label: &LabelId,
    votes: Votes,
    fragments: Fragments,
    losers: Vec<Loser>,
) -> Suggestion {
    let times = match votes.accepted {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    let but = match votes.rejected {
        0 => String::new(),
        n => format!(" and rejected that {n} times"),
    };
    let form = fold(source.slice(meeting.range), FoldLevel::Names);
    let piece = Piece {
        element: "own name".into(),
        range: meeting.range,
        form: Some(form.into()),
        proclitic: "".into(),
    };
    Suggestion {
        body: Body::Entity(Entity { label: label.clone(), fragments }),
        attributes: BTreeMap::new(),
        rule: DICTIONARY_RULE.into(),
        pack: PACK.into(),
        confidence: votes.confidence(),
        why: format!("you tagged this {times} as {label}{but}").into(),
        explanation: Explanation { pieces: vec![piece], guards: Vec::new(), losers },
    }
}

/// Returns what a document teaches: each name that is tagged in it, and each suggested one that was rejected.
///
/// A mention marked as nominal or as a pronoun is no name; neither is a discontinuous one, nor one of fewer than three
/// letters or of more than eight tokens.
#[must_use]
pub fn lessons(document: &Document, segmentation: &Segmentation) -> Vec<Lesson> {
    let tagged = document.annotations().iter().filter_map(|annotation| {
        let is_name = !matches!(
            annotation.attributes.get("mention"),
            Some(AttributeValue::Choice(kind)) if &**kind != "name"
        );
        match &annotation.body {
            Body::Entity(entity) if is_name => Some((entity.fragments.ranges(), &entity.label)),
            _ => None,
        }
    });
    let rejected = document.decisions().filter(|record| record.decision == Decision::Rejected);
    let rejected = rejected.map(|record| (record.key.fragments.ranges(), &record.key.label));
    let single = |(ranges, label): (&[TextRange], &LabelId)| match ranges {
        [range] => Some((*range, label.clone())),
        _ => None,
    };
    lessons_of(document.source(), segmentation, tagged.filter_map(single), rejected.filter_map(single))
}

/// Returns what a text teaches in which some names are tagged, and some suggested ones were rejected.
///
/// What is no name is passed over: fewer than three letters, more than eight tokens.
#[must_use]
pub fn lessons_of(
    source: &SourceText,
    segmentation: &Segmentation,
    tagged: impl Iterator<Item = (TextRange, LabelId)>,
    rejected: impl Iterator<Item = (TextRange, LabelId)>,
) -> Vec<Lesson> {
    let mut found: BTreeMap<(Box<str>, LabelId), Lesson> = BTreeMap::new();
    let tagged = tagged.map(|name| (name, Votes { accepted: 1, ..Votes::default() }));
    let rejected = rejected.map(|name| (name, Votes { rejected: 1, ..Votes::default() }));
    for ((range, label), votes) in tagged.chain(rejected) {
        // A range of very many tokens is a phrase; its text need not be looked at.
        if segmentation.tokens_in(range).len() > MAX_TOKENS {
            continue;
        }
        let Some(lesson) = Lesson::new(source.slice(range), label, votes) else { continue };
        found
            .entry((lesson.key.clone(), lesson.label.clone()))
            .and_modify(|known| known.votes.add(votes))
            .or_insert(lesson);
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(name: &str, label: &str, accepted: u32, rejected: u32) -> Lesson {
        Lesson::new(name, label.into(), Votes { accepted, rejected, passed: 0 }).expect("a name")
    }

    fn dictionary(lessons: Vec<Lesson>) -> Dictionary {
        Dictionary::new(BTreeMap::from([("a.txt".into(), lessons)]))
    }

    fn rule(text: &str, part: &str, label: &str) -> Suggestion {
        let at = text.find(part).expect("in the text");
        let range = TextRange::from_indices(at, at + part.len());
        Suggestion {
            body: Body::Entity(Entity {
                label: label.into(),
                fragments: Fragments::single(range).expect("not empty"),
            }),
            attributes: BTreeMap::new(),
            rule: "ar/test".into(),
            pack: "test@1".into(),
            confidence: 0.5,
            why: "a test".into(),
            explanation: Explanation::default(),
        }
    }

    fn applied(dictionary: &Dictionary, text: &str, rules: Vec<Suggestion>) -> Vec<String> {
        let source = SourceText::new(text);
        let segmentation = Segmentation::new(&source);
        let all = dictionary.apply(rules, &source, &segmentation);
        all.iter()
            .map(|s| format!("{} {} ({})", s.body.label(), source.slice(s.body.fragments().hull()), s.rule))
            .collect()
    }

    #[test]
    fn a_learned_name_is_met_behind_proclitics_and_in_spelling_variants() {
        let dictionary = dictionary(vec![lesson("مرفأ النورس", "FAC", 2, 0), lesson("الأفق", "ORG", 1, 0)]);
        assert_eq!(
            applied(&dictionary, "وصل إلى مرفا النورس، وبمرفأ النورس قال للأفق", vec![]),
            ["FAC مرفا النورس (own/names)", "FAC مرفأ النورس (own/names)", "ORG لأفق (own/names)"]
        );
    }

    #[test]
    fn the_label_with_the_most_votes_wins_and_a_tie_suggests_nothing() {
        let tie = dictionary(vec![lesson("نبأ", "ORG", 2, 0), lesson("نبأ", "MEDIA", 2, 0)]);
        assert!(applied(&tie, "قالت نبأ إن", vec![]).is_empty());
        let won = dictionary(vec![lesson("نبأ", "ORG", 3, 2), lesson("نبأ", "MEDIA", 2, 0)]);
        assert_eq!(applied(&won, "قالت نبأ إن", vec![]), ["MEDIA نبأ (own/names)"]);
    }

    #[test]
    fn a_word_that_mostly_stands_untagged_is_no_name() {
        let mut dictionary = dictionary(vec![lesson("علي", "PERS", 1, 0), lesson("سالم", "PERS", 1, 0)]);
        assert_eq!(applied(&dictionary, "جاء علي", vec![]), ["PERS علي (own/names)"]);
        let source = SourceText::new("علي هنا ثم علي هناك ثم علي، وسالم");
        let segmentation = Segmentation::new(&source);
        let article: Arc<str> = "b.txt".into();
        dictionary.pass_over(&article, &source, &segmentation, &BTreeSet::new());
        assert_eq!(applied(&dictionary, "جاء علي وسالم", vec![]), ["PERS سالم (own/names)"]);
        // The same article a second time counts once.
        let before = dictionary.clone();
        dictionary.pass_over(&article, &source, &segmentation, &BTreeSet::new());
        assert_eq!(dictionary, before);
    }

    #[test]
    fn what_was_rejected_more_often_than_accepted_is_taken_out() {
        let text = "قالت نبأ إن";
        let refused = dictionary(vec![lesson("نبأ", "PERS", 1, 3)]);
        assert!(applied(&refused, text, vec![rule(text, "نبأ", "PERS")]).is_empty());
        assert_eq!(applied(&refused, text, vec![rule(text, "نبأ", "ORG")]), ["ORG نبأ (ar/test)"]);
    }

    #[test]
    fn a_learned_name_beats_a_rule_on_the_same_text_and_yields_to_a_longer_one_with_its_label() {
        let text = "وصل سامر الحداد أمس";
        let learned = dictionary(vec![lesson("سامر الحداد", "PERS", 1, 0)]);
        assert_eq!(
            applied(&learned, text, vec![rule(text, "سامر الحداد", "ORG")]),
            ["PERS سامر الحداد (own/names)"]
        );
        assert_eq!(
            applied(&learned, text, vec![rule(text, "سامر", "PERS")]),
            ["PERS سامر الحداد (own/names)"]
        );
        let short = dictionary(vec![lesson("سامر", "PERS", 1, 0)]);
        assert_eq!(
            applied(&short, text, vec![rule(text, "سامر الحداد", "PERS")]),
            ["PERS سامر الحداد (ar/test)"]
        );
    }

    #[test]
    fn the_reason_counts() {
        let source = SourceText::new("قالت نبأ إن");
        let segmentation = Segmentation::new(&source);
        let dictionary = dictionary(vec![lesson("نبأ", "MEDIA", 7, 0)]);
        let all = dictionary.apply(Vec::new(), &source, &segmentation);
        assert_eq!(&*all[0].why, "you tagged this 7 times as MEDIA");
        assert!(all[0].confidence > 0.85);
    }

    #[test]
    fn an_article_is_counted_once_however_often_it_is_saved() {
        let mut dictionary = Dictionary::default();
        let article: Arc<str> = "a.txt".into();
        assert!(dictionary.set_article(&article, vec![lesson("نبأ", "MEDIA", 1, 0)]));
        assert!(!dictionary.set_article(&article, vec![lesson("نبأ", "MEDIA", 1, 0)]));
        let votes = dictionary.names().next().and_then(LearnedName::best).expect("learned").1;
        assert_eq!(votes.accepted, 1);
        assert!(dictionary.set_article(&article, Vec::new()));
        assert!(dictionary.is_empty(), "an undone decision is an uncounted one");
    }

    #[test]
    fn a_silenced_name_is_suggested_again_when_it_is_accepted_again() {
        let mut dictionary = dictionary(vec![lesson("نبأ", "MEDIA", 2, 0)]);
        let name = dictionary.names().next().expect("learned").clone();
        assert!(dictionary.silence(&name, &"MEDIA".into()));
        assert!(applied(&dictionary, "قالت نبأ إن", vec![]).is_empty());
        dictionary.set_article(&"b.txt".into(), vec![lesson("نبأ", "MEDIA", 1, 0)]);
        assert_eq!(applied(&dictionary, "قالت نبأ إن", vec![]), ["MEDIA نبأ (own/names)"]);
    }

    #[test]
    fn what_is_no_name_is_not_learned() {
        let votes = Votes { accepted: 1, ..Votes::default() };
        for text in ["هو", "12", "سطر\nآخر", "و ق ا ل ع ن ه م ا"] {
            assert_eq!(Lesson::new(text, "PERS".into(), votes), None, "{text}");
        }
    }
}
