//! From an article to its suggestions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::model::{Fragments, Suggestion};
use crate::text::{Segmentation, SourceText, TextRange};

use super::candidate::{Candidate, Found};
use super::claims;
use super::context::{Context, Language, detect_language};
use super::error::PackError;
use super::explain;
use super::grammar::{Action, CompiledRule, Grammar};
use super::hits::Hits;
use super::load::{self, Built};
use super::matcher::{Match, View};
use super::mentions::{Mention, Mentions};
use super::pack::PackSource;
use super::program::LabelIndex;
use super::propagate;
use super::resolve;
use super::scratch::Scratch;
use super::starts::Landmarks;
use super::tokens::Tokens;

/// Instructions that a rule may run in a sentence, and for each token of it. The hungriest shipped rule needs a tenth.
const FUEL_PER_SENTENCE: u32 = 4_096;
const FUEL_PER_TOKEN: u32 = 64;

/// What a run over an article gave.
#[derive(Debug, Default)]
pub struct Report {
    /// Sorted by start, then longer first, then label. Every span lies on char boundaries of the article.
    pub suggestions: Vec<Suggestion>,
    /// What each rule of the article's language did, by its id.
    pub work: BTreeMap<Arc<str>, Work>,
}

impl Report {
    /// Returns the rules that ran out of fuel in at least one sentence, and so may have missed something there.
    pub fn exhausted(&self) -> impl Iterator<Item = &str> {
        self.work.iter().filter(|(_, work)| work.exhausted > 0).map(|(rule, _)| &**rule)
    }
}

/// What a rule did in one run. Counted, not clocked: the same text and rules give the same figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Instructions run: a measure of time.
    pub steps: u64,
    /// Matches whose conditions held, before rules compete.
    pub matches: u32,
    /// Sentences in which it ran out of fuel.
    pub exhausted: u32,
}

/// How much a pack file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileSize {
    /// Its rules.
    pub rules: usize,
    /// The examples of its rules, of both kinds.
    pub examples: usize,
}

/// Rules that are ready to run. Cheap to share between threads behind an `Arc`.
pub struct RuleSet {
    grammars: BTreeMap<Language, Arc<Built>>,
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.rule_ids()).finish()
    }
}

impl RuleSet {
    /// Returns the rules of some packs. Their order plays no part.
    ///
    /// # Errors
    ///
    /// Every mistake in them, with its place.
    pub fn compile(packs: &[PackSource]) -> Result<Self, Vec<PackError>> {
        Ok(Self { grammars: load::load(packs, &BTreeMap::new())? })
    }

    /// Returns the rules of some packs, as [`RuleSet::compile`] does; the languages whose packs are those of `self` are
    /// taken over, so that an edit costs what it changes.
    ///
    /// # Errors
    ///
    /// Every mistake in them, with its place.
    pub fn recompile(&self, packs: &[PackSource]) -> Result<Self, Vec<PackError>> {
        Ok(Self { grammars: load::load(packs, &self.grammars)? })
    }

    /// Returns the grammars, in the order of their languages.
    pub(super) fn grammars(&self) -> impl Iterator<Item = (Language, &Grammar)> {
        self.grammars.iter().map(|(language, built)| (*language, &built.grammar))
    }

    fn rules(&self) -> impl Iterator<Item = &CompiledRule> {
        self.grammars().flat_map(|(_, grammar)| &grammar.rules)
    }

    /// Returns the rules that ship with the program.
    ///
    /// # Errors
    ///
    /// Never for a released program: a test compiles them.
    pub fn builtin() -> Result<Self, Vec<PackError>> {
        Self::compile(&super::builtin_packs())
    }

    /// Returns what the rules suggest for an article, sorted by start, then longer first, then label.
    ///
    /// The same text, rules and context give the same suggestions. Every span lies on char boundaries of `source`.
    #[must_use]
    pub fn suggest(
        &self,
        source: &SourceText,
        segmentation: &Segmentation,
        context: &Context,
    ) -> Vec<Suggestion> {
        self.report(source, segmentation, context).suggestions
    }

    /// Returns what the rules suggest for an article, and what each of them did.
    #[must_use]
    pub fn report(&self, source: &SourceText, segmentation: &Segmentation, context: &Context) -> Report {
        let language = context.language.unwrap_or_else(|| detect_language(source.as_str()));
        match self.grammar(language) {
            Some(grammar) => Run::new(grammar, source, segmentation, context).report(),
            None => Report::default(),
        }
    }

    /// Returns the reason that a rule gives, in a language of the window; `None` for an unknown rule.
    #[must_use]
    pub fn note(&self, rule: &str, language: Language) -> Option<&str> {
        let note = &self.rules().find(|known| &*known.id == rule)?.note;
        Some(match language {
            Language::Arabic => &note.ar,
            Language::English => &note.en,
        })
    }

    /// Returns the ids of all rules, sorted.
    #[must_use]
    pub fn rule_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.rules().map(|rule| &*rule.id).collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn grammar(&self, language: Language) -> Option<&Grammar> {
        self.grammars.get(&language).map(|built| &built.grammar)
    }

    /// Returns how much each pack file holds, by its path.
    #[must_use]
    pub fn sizes(&self) -> BTreeMap<&str, FileSize> {
        let mut sizes: BTreeMap<&str, FileSize> = BTreeMap::new();
        for rule in self.rules() {
            let size = sizes.entry(&rule.place.path).or_default();
            size.rules += 1;
            size.examples += rule.examples.must.len() + rule.examples.must_not.len();
        }
        sizes
    }

    /// Runs the examples of all rules and returns those that do not hold.
    #[must_use]
    pub fn check_examples(&self) -> Vec<PackError> {
        self.grammars()
            .flat_map(|(language, grammar)| super::examples::check(self, language, grammar, None))
            .collect()
    }

    /// Runs the examples of one rule and returns those that do not hold; none for an unknown rule.
    #[must_use]
    pub fn check_examples_of(&self, rule: &str) -> Vec<PackError> {
        self.grammars()
            .flat_map(|(language, grammar)| super::examples::check(self, language, grammar, Some(rule)))
            .collect()
    }

    /// Returns where a negative rule allows no suggestion, for its examples.
    pub(super) fn negative_ranges(
        &self,
        language: Language,
        rule: usize,
        source: &SourceText,
    ) -> Vec<TextRange> {
        let Some(grammar) = self.grammar(language) else {
            return Vec::new();
        };
        let segmentation = Segmentation::new(source);
        let context = Context::default();
        let mut run = Run::new(grammar, source, &segmentation, &context);
        run.run_rule(rule, &grammar.rules[rule]);
        run.negative
    }

    /// Returns the candidates of one rule before the resolver, for its examples.
    pub(super) fn raw_candidates(
        &self,
        language: Language,
        rule: usize,
        source: &SourceText,
    ) -> Vec<Candidate> {
        let Some(grammar) = self.grammar(language) else {
            return Vec::new();
        };
        let segmentation = Segmentation::new(source);
        let context = Context::default();
        let mut run = Run::new(grammar, source, &segmentation, &context);
        run.heeds_mutes = false;
        run.run_stages();
        run.candidates.into_iter().filter(|c| c.rule == rule).collect()
    }
}

/// One run of a grammar over an article.
pub(super) struct Run<'a> {
    pub(super) grammar: &'a Grammar,
    pub(super) source: &'a SourceText,
    pub(super) segmentation: &'a Segmentation,
    pub(super) context: &'a Context,
    /// The article's tokens, folded.
    pub(super) tokens: Tokens,
    /// Which terms of the lexicon stand where.
    hits: Hits,
    /// The mentions that hold so far: what later stages see.
    mentions: Mentions,
    /// Everything that rules found so far.
    pub(super) candidates: Vec<Candidate>,
    /// Where nothing is suggested.
    pub(super) negative: Vec<TextRange>,
    landmarks: Landmarks,
    /// Whether muted rules stay silent.
    heeds_mutes: bool,
    /// What each rule did, by its index.
    work: Vec<Work>,
    scratch: Scratch,
    /// The starts of the rule under way.
    starts: Vec<u32>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        grammar: &'a Grammar,
        source: &'a SourceText,
        segmentation: &'a Segmentation,
        context: &'a Context,
    ) -> Self {
        let tokens = Tokens::new(source, segmentation);
        let hits = grammar.lexicon.scan(&tokens);
        let landmarks = Landmarks::new(&tokens, &grammar.marks);
        let mut run = Self {
            grammar,
            source,
            segmentation,
            context,
            tokens,
            hits,
            mentions: Mentions::default(),
            candidates: Vec::new(),
            negative: Vec::new(),
            landmarks,
            heeds_mutes: true,
            work: vec![Work::default(); grammar.rules.len()],
            scratch: Scratch::default(),
            starts: Vec::new(),
        };
        run.mentions = Mentions::new(run.confirmed().collect(), run.tokens.len());
        run
    }

    fn report(mut self) -> Report {
        self.run_stages();
        let rules = &self.grammar.rules;
        let kept =
            resolve::resolve(&mut self.candidates, rules, &self.negative, self.context, &self.grammar.labels);
        let mut suggestions: Vec<Suggestion> = kept.iter().map(|index| self.suggestion(*index)).collect();
        if !self.context.decided.is_empty() {
            suggestions.retain(|suggestion| !self.context.decided.contains(&suggestion.key()));
        }
        suggestions.sort_by(|a, b| {
            let (x, y) = (a.body.fragments(), b.body.fragments());
            x.cmp(y).then_with(|| a.body.label().cmp(b.body.label())).then_with(|| a.rule.cmp(&b.rule))
        });
        let work = rules.iter().zip(&self.work).map(|(rule, work)| (rule.id.clone(), *work)).collect();
        Report { suggestions, work }
    }

    pub(super) fn run_stages(&mut self) {
        let rules = &self.grammar.rules;
        let mut next = 0;
        for stage in rules.chunk_by(|a, b| a.stage == b.stage) {
            let before = self.candidates.len();
            for (i, rule) in stage.iter().enumerate() {
                let is_muted = rule.is_muted || self.context.muted.contains(&rule.id);
                if !(self.heeds_mutes && is_muted) {
                    self.run_rule(next + i, rule);
                }
            }
            next += stage.len();
            if self.candidates.len() > before && next < rules.len() {
                self.settle_mentions();
            }
        }
    }

    /// Makes the mentions that hold so far visible to the next stage.
    fn settle_mentions(&mut self) {
        let grammar = self.grammar;
        let kept = resolve::resolve(
            &mut self.candidates,
            &grammar.rules,
            &self.negative,
            self.context,
            &grammar.labels,
        );
        let found = kept.iter().filter_map(|index| match self.candidates[*index].found {
            Found::Mention { label, tokens, stem, .. } => Some(mention(label, tokens, stem)),
            Found::Claim(_) => None,
        });
        self.mentions = Mentions::new(self.confirmed().chain(found).collect(), self.tokens.len());
    }

    /// Returns the mentions that a human made, in tokens.
    fn confirmed(&self) -> impl Iterator<Item = Mention> {
        self.context.confirmed.iter().filter_map(|confirmed| {
            let name = confirmed.label.as_str();
            let label = self.grammar.labels.iter().position(|label| &**label == name)?;
            let range = confirmed.fragments.hull();
            let tokens = self.segmentation.tokens_in(range);
            if tokens.is_empty() {
                return None;
            }
            let starts_inside = range.start() > self.tokens.facts[tokens.start].range.start();
            let stem = if starts_inside { self.stem_of(tokens.start, range) } else { 0 };
            Some(mention(LabelIndex::try_from(label).ok()?, (tokens.start, tokens.end), stem))
        })
    }

    /// Returns the bytes of a token's form before the place where a span begins inside it.
    fn stem_of(&self, token: usize, range: TextRange) -> u8 {
        let form = self.tokens.form(token);
        let ends = form.char_indices().filter_map(|(at, _)| u8::try_from(at).ok());
        ends.take_while(|at| self.tokens.stem_start(self.source, token, *at) <= range.start())
            .last()
            .unwrap_or(0)
    }

    pub(super) fn run_rule(&mut self, index: usize, rule: &'a CompiledRule) {
        match &rule.action {
            Action::NegativeLine(regex) => {
                let paragraphs = self.segmentation.paragraphs().iter();
                let lines = paragraphs.filter(|line| regex.is_match(self.source.slice(**line).trim()));
                self.negative.extend(lines);
            }
            Action::Propagate(propagation) => {
                let found = propagate::propagate(propagation, index, &self.view(), self.context);
                self.work[index].matches += u32::try_from(found.len()).unwrap_or(u32::MAX);
                self.candidates.extend(found);
            }
            Action::Entity(_) | Action::Claim | Action::Negative => {
                self.match_all(index, rule);
            }
        }
    }

    /// Runs the pattern of a rule wherever it can begin.
    fn match_all(&mut self, index: usize, rule: &'a CompiledRule) {
        let mut starts = std::mem::take(&mut self.starts);
        self.view().find_starts(&rule.program, &mut starts);
        let mut sentence = 0;
        let mut fuel = 0;
        let mut last = None;
        for start in starts.iter().map(|start| *start as usize) {
            while self.tokens.sentences[sentence].end <= start {
                sentence += 1;
            }
            if last.replace(sentence) != Some(sentence) {
                self.settle_fuel(index, fuel);
                let tokens = u32::try_from(self.tokens.sentences[sentence].len()).unwrap_or(u32::MAX);
                fuel = FUEL_PER_SENTENCE.saturating_add(FUEL_PER_TOKEN.saturating_mul(tokens));
                self.scratch.begin(fuel);
            }
            self.try_at(index, rule, start, sentence);
        }
        self.settle_fuel(index, fuel);
        self.starts = starts;
    }

    /// Writes down what a rule used of the fuel that it had in a sentence.
    fn settle_fuel(&mut self, index: usize, given: u32) {
        let left = self.scratch.fuel.min(given);
        self.work[index].steps += u64::from(given - left);
        self.work[index].exhausted += u32::from(given > 0 && left == 0);
    }

    fn try_at(&mut self, index: usize, rule: &CompiledRule, start: usize, sentence: usize) {
        let range = self.tokens.sentences[sentence].clone();
        let mut scratch = std::mem::take(&mut self.scratch);
        let view = self.view();
        let matched = view
            .run(&rule.program, &range, start, &mut scratch)
            .filter(|matched| view.guards_hold(rule, matched, &range, &mut |_, _| {}));
        self.scratch = scratch;
        let Some(matched) = matched else { return };
        self.work[index].matches += 1;
        match &rule.action {
            Action::Negative => {
                if matched.end > matched.start {
                    self.negative.push(self.tokens.range(matched.start, matched.end));
                }
            }
            Action::Claim => {
                let found = claims::candidate(&self.view(), self.grammar, index, rule, matched);
                self.candidates.extend(found);
            }
            Action::Entity(labels) => {
                let matched = Arc::new(matched);
                for (capture, first, end) in &matched.captures {
                    let label = labels[usize::from(*capture)];
                    let found = self.view().mention_candidate(index, label, &matched, (*first, *end));
                    self.candidates.extend(found);
                }
            }
            Action::NegativeLine(_) | Action::Propagate(_) => {}
        }
    }

    /// Returns the article as the matcher sees it.
    pub(super) fn view(&self) -> View<'_> {
        View {
            source: self.source,
            tokens: &self.tokens,
            lexicon: &self.grammar.lexicon,
            hits: &self.hits,
            atoms: &self.grammar.atoms,
            marks: &self.grammar.marks,
            mentions: &self.mentions,
            landmarks: &self.landmarks,
            spans: self.grammar.spans,
        }
    }

    fn suggestion(&self, index: usize) -> Suggestion {
        explain::suggestion(&self.view(), self.grammar, &self.candidates, index)
    }
}

fn mention(label: LabelIndex, (first, end): (usize, usize), stem: u8) -> Mention {
    let index = |token| u32::try_from(token).unwrap_or(u32::MAX);
    Mention { first: index(first), end: std::cmp::Reverse(index(end)), label, stem }
}

impl View<'_> {
    /// Returns the candidate of a captured name: proclitics and the quotes around it are left out.
    fn mention_candidate(
        &self,
        rule: usize,
        label: LabelIndex,
        matched: &Arc<Match>,
        captured: (usize, usize),
    ) -> Option<Candidate> {
        let (first, end) = if self.spans.quotes { captured } else { self.without_edge_quotes(captured)? };
        let stem = matched.pieces.iter().find(|p| p.token as usize == first).map_or(0, |p| p.stem);
        let range = self.span(first, end, stem);
        Some(Candidate {
            rule,
            found: Found::Mention { label, tokens: (first, end), stem, origin: None },
            fragments: Fragments::single(range).ok()?,
            matched: Some(Arc::clone(matched)),
            losers: Vec::new(),
        })
    }

    /// Returns the source range of tokens, a proclitic of the first left out.
    pub(super) fn span(&self, first: usize, end: usize, stem: u8) -> TextRange {
        let range = self.tokens.range(first, end);
        let stem = if self.spans.proclitics { 0 } else { stem };
        TextRange::new(self.tokens.stem_start(self.source, first, stem).min(range.end()), range.end())
    }
}
