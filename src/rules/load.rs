//! From packs as text to a grammar for each language.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use crate::model::AttributeValue;
use crate::text::{shortened, shortened_to};

use super::atoms::regex_message;
use super::compile::{Made, Mistake, Names};
use super::context::Language;
use super::elements::{collect_words, names_in};
use super::error::{PackError, nearest};
use super::gazetteer;
use super::grammar::{Action, Attributes, CompiledRule, Grammar, PartOf, Place, Propagation};
use super::lexicon::{ClassId, ClassRules, LexiconBuilder};
use super::limits::{
    MAX_ATOMS, MAX_CLASSES, MAX_ENTRIES, MAX_EXAMPLES, MAX_INCLUDES, MAX_LABELS, MAX_MISTAKES, MAX_RULES,
    MAX_WORDS, whole_regex,
};
use super::pack::{Element, Generate, Kind, List, Pack, PackSource, Part, Rule, SpanPolicy, WordClass};
use super::places::{Places, Scope, Written};
use super::program::{Inside, LabelIndex, Program};
use super::stages;

/// The format of packs that this program reads.
const FORMAT: u32 = 1;

/// The most chars of what the parser says of a mistake: it may quote what stands in the file.
const MESSAGE_CHARS: usize = 200;

/// What every format begins with.
#[derive(Deserialize)]
#[serde(rename = "Pack")]
struct FormatRecord {
    format: u32,
}

/// The captures that a claim rule may have.
pub(super) const CLAIM_CAPTURES: [&str; 5] = ["source", "cue", "content", "addressee", "complementizer"];

/// Returns attributes as they are set on an annotation.
fn attributes(written: &BTreeMap<String, String>) -> Attributes {
    let choice =
        |(id, value): (&String, &String)| (id.as_str().into(), AttributeValue::Choice(value.as_str().into()));
    written.iter().map(choice).collect()
}

/// A pack with where it was read from.
struct File<'a> {
    pack: Pack,
    source: &'a PackSource,
    places: Places,
}

impl File<'_> {
    /// Returns the names that the file defines beside its rules: the field, what it is, the name.
    fn entry_names(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let lists = self.pack.lists.keys().map(|name| ("lists", "list", name.as_str()));
        let parts = self.pack.parts.keys().map(|name| ("parts", "part", name.as_str()));
        let classes =
            self.pack.gazetteers.keys().map(|name| ("gazetteers", "gazetteer class", name.as_str()));
        lists.chain(parts).chain(classes)
    }

    /// Returns the place of what is written in a stretch of the file.
    fn place(&self, scope: &Scope, written: &Written) -> Place {
        let (line, column) = self.places.find(&self.source.text, scope, written);
        Place { path: self.source.path.as_str().into(), line, column }
    }

    fn error(&self, scope: &Scope, mistake: Mistake) -> PackError {
        let Mistake { written, message, nearest, hint, .. } = mistake;
        let Place { path, line, column } = self.place(scope, &written);
        PackError { path, line, column, message, nearest, hint: hint.to_owned() }
    }
}

/// Returns the error of a rule's mistake, which may stand in a part that the rule uses.
fn rule_error(files: &[File<'_>], file: &File<'_>, index: usize, mistake: Mistake) -> PackError {
    let part = mistake.part.as_ref().and_then(|part| {
        let owner = files.iter().find(|file| file.pack.parts.contains_key(part))?;
        Some((owner, owner.places.entry("parts", part), format!("part `{}`", shortened(part))))
    });
    let (file, scope, what) = part.unwrap_or_else(|| {
        let rule = format!("rule `{}`", shortened(&file.pack.rules[index].id));
        (file, file.places.rule(index), rule)
    });
    let message = format!("{what}: {}", mistake.message);
    file.error(&scope, Mistake { message, ..mistake })
}

/// A grammar with what it was made from, so that it is not made again where nothing of it has changed.
pub(super) struct Built {
    pub(super) grammar: Grammar,
    sources: Vec<PackSource>,
}

/// Returns the grammars of some packs, by language; those of `earlier` whose packs are the same are taken over.
pub(super) fn load(
    sources: &[PackSource],
    earlier: &BTreeMap<Language, Arc<Built>>,
) -> Result<BTreeMap<Language, Arc<Built>>, Vec<PackError>> {
    let mut errors = Vec::new();
    let mut files: BTreeMap<Language, Vec<File<'_>>> = BTreeMap::new();
    for source in sources {
        match parse(source) {
            Ok((language, file)) => files.entry(language).or_default().push(file),
            Err(error) => errors.push(*error),
        }
    }
    let mut grammars = BTreeMap::new();
    for (language, mut files) in files {
        files.sort_by(|a, b| (&a.pack.name, &a.source.path).cmp(&(&b.pack.name, &b.source.path)));
        let sources: Vec<PackSource> = files.iter().map(|file| file.source.clone()).collect();
        let built = earlier.get(&language).filter(|built| built.sources == sources).cloned();
        let built = built.or_else(|| {
            let grammar = build(language, &files, &mut errors)?;
            Some(Arc::new(Built { grammar, sources }))
        });
        grammars.extend(built.map(|built| (language, built)));
    }
    if errors.is_empty() {
        return Ok(grammars);
    }
    errors.sort_by(|a, b| {
        (&a.path, a.line, a.column, &a.message).cmp(&(&b.path, b.line, b.column, &b.message))
    });
    // What is written once may be compiled several times: in a repetition, in a part.
    errors.dedup();
    Err(errors)
}

fn parse(source: &PackSource) -> Result<(Language, File<'_>), Box<PackError>> {
    let text = &source.text;
    let at = |(line, column), message: String, nearest, hint: &str| {
        let path = source.path.as_str().into();
        Box::new(PackError { path, line, column, message, nearest, hint: hint.to_owned() })
    };
    let places = Places::new(text);
    // A later format may have another shape: ask for the format first.
    let format = ron::from_str::<FormatRecord>(text).map_or(FORMAT, |pack| pack.format);
    if format > FORMAT {
        let message = format!("format {format} where this program reads {FORMAT}");
        return Err(at(places.field(text, "format"), message, None, "A newer program may read it"));
    }
    let pack: Pack = ron::from_str(text).map_err(|error| {
        let (message, nearest) = explain(&error.code);
        at(place_of(&error, &places, text), message, nearest, "")
    })?;
    if pack.format != FORMAT {
        let message = format!("format {} where this program reads {FORMAT}", pack.format);
        return Err(at(places.field(text, "format"), message, None, "A newer program may read it"));
    }
    let Some(language) = Language::from_code(&pack.language) else {
        let message = format!("there are no rules for the language `{}`", shortened(&pack.language));
        return Err(at(places.field(text, "language"), message, None, "Write `ar` or `en`"));
    };
    Ok((language, File { pack, source, places }))
}

/// Returns where a pack is no pack: at the unknown name where there is one, else where reading ended.
fn place_of(error: &ron::error::SpannedError, places: &Places, text: &str) -> (u32, u32) {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let place = |position: &ron::error::Position| (number(position.line), number(position.col));
    match &error.code {
        ron::Error::NoSuchStructField { found, .. } | ron::Error::NoSuchEnumVariant { found, .. } => {
            places.name_before(text, found, place(&error.span.end))
        }
        _ => places.word_from(text, place(&error.span.start)),
    }
    .unwrap_or_else(|| place(&error.span.start))
}

/// Returns what is wrong in words, with the known name that is nearest to an unknown one.
fn explain(error: &ron::Error) -> (String, Option<String>) {
    match error {
        ron::Error::NoSuchStructField { expected, found, outer } => {
            let place = outer.as_ref().map_or(String::new(), |outer| format!(" of `{outer}`"));
            let message = format!("there is no field `{}`{place}", shortened(found));
            (message, nearest(found, expected.iter().copied()))
        }
        ron::Error::NoSuchEnumVariant { expected, found, outer } => {
            let place = outer.as_ref().map_or(String::new(), |outer| format!(" in `{outer}`"));
            let message = format!("there is no `{}`{place}", shortened(found));
            (message, nearest(found, expected.iter().copied()))
        }
        ron::Error::ExpectedNamedStructLike(_) | ron::Error::ExpectedStructLike => {
            ("a pack begins with `Pack(`, which is missing here".to_owned(), None)
        }
        ron::Error::ExceededRecursionLimit => ("the brackets are nested too deep".to_owned(), None),
        other => (shortened_to(&other.to_string(), MESSAGE_CHARS).into_owned(), None),
    }
}

/// What is known of a language before its patterns are compiled.
struct Vocabulary {
    builder: LexiconBuilder,
    lists: BTreeMap<String, ClassId>,
    gazetteers: BTreeMap<String, ClassId>,
    words: BTreeMap<(bool, String), ClassId>,
    labels: BTreeMap<String, LabelIndex>,
    parts: BTreeMap<String, Vec<Element>>,
    list_attributes: BTreeMap<ClassId, Attributes>,
}

/// Finds that the packs of a language are not too large together.
fn check_size(files: &[File<'_>]) -> Result<(), PackError> {
    let (mut rules, mut entries) = (0, 0);
    for file in files {
        rules += file.pack.rules.len();
        entries += file.entry_names().count();
        let beyond = [
            (rules, MAX_RULES, "rules", "rules"),
            (entries, MAX_ENTRIES, "lists, parts and gazetteer classes", "lists"),
        ];
        if let Some((count, most, what, word)) = beyond.into_iter().find(|(count, most, ..)| count > most) {
            let message = format!("the packs of the language have {count} {what}; {most} at most");
            let mistake = Mistake { hint: "Leave some out", ..Mistake::new(Written::Word(word), message) };
            return Err(file.error(&file.places.all(), mistake));
        }
    }
    Ok(())
}

/// Returns the grammar of a language, nothing where its packs are too large for one.
fn build(language: Language, files: &[File<'_>], errors: &mut Vec<PackError>) -> Option<Grammar> {
    if let Err(error) = check_size(files) {
        errors.push(error);
        return None;
    }
    let mut vocabulary = vocabulary(language, files, errors)?;
    let mut made = Made::default();
    let mut rules = Vec::new();
    let mut written = Vec::new();
    let mut ids = BTreeSet::new();
    for file in files {
        for (index, rule) in file.pack.rules.iter().enumerate() {
            if errors.len() > MAX_MISTAKES || made.atoms.len() > MAX_ATOMS {
                break;
            }
            if !ids.insert(&rule.id) {
                let id = Written::Name(&["id"], rule.id.clone());
                let mistake = Mistake::new(id, "another rule has the same id".to_owned());
                errors.push(rule_error(files, file, index, mistake));
            }
            let compiled = compile_rule(language, files, (file, index), &vocabulary, &mut made, errors);
            written.extend(compiled.iter().map(|_| (file, index)));
            rules.extend(compiled);
        }
    }
    mute(files, &mut rules, errors);
    let labels = label_names(&vocabulary.labels);
    if let Err(stages::Cycle { rule, label }) = stages::assign(&mut rules, &labels) {
        let (file, index) = written[rule];
        let label = &labels[usize::from(label)];
        let mistake = Mistake {
            hint: "Rules may use only labels that are given without them; match the words in place of the label",
            ..Mistake::new(
                Written::Name(&["Entity", "inside", "not_inside", "label"], label.to_string()),
                format!("looks at mentions of {label}, which in the end depend on this rule"),
            )
        };
        errors.push(rule_error(files, file, index, mistake));
    }
    // Confidences are 0 to 1: their bits sort as they do.
    rules.sort_by_key(|rule| (Reverse(rule.priority), Reverse(rule.confidence.to_bits()), rule.id.clone()));
    for (rule, rank) in rules.iter_mut().zip(0..) {
        rule.rank = rank;
    }
    rules.sort_by(|a, b| (a.stage, &a.id).cmp(&(b.stage, &b.id)));
    let lexicon = std::mem::take(&mut vocabulary.builder).build();
    Some(Grammar {
        lexicon,
        atoms: made.atoms,
        marks: made.marks,
        spans: span_policy(files, errors),
        labels,
        rules,
        list_attributes: vocabulary.list_attributes,
        lists: vocabulary.lists,
    })
}

/// Returns what belongs to a span, as the packs say; those that say something must agree.
fn span_policy(files: &[File<'_>], errors: &mut Vec<PackError>) -> SpanPolicy {
    let mut policy = None;
    for file in files {
        let Some(here) = file.pack.spans else { continue };
        if policy.replace(here).is_some_and(|other| other != here) {
            let message = "another pack of this language says something else of spans".to_owned();
            let mistake = Mistake {
                hint: "Write `spans` in one pack only",
                ..Mistake::new(Written::Word("spans"), message)
            };
            errors.push(file.error(&file.places.all(), mistake));
        }
    }
    policy.unwrap_or_default()
}

/// Mutes the rules that the packs name.
fn mute(files: &[File<'_>], rules: &mut [CompiledRule], errors: &mut Vec<PackError>) {
    for file in files {
        for muted in &file.pack.mute {
            if errors.len() > MAX_MISTAKES {
                break;
            }
            if let Some(rule) = rules.iter_mut().find(|rule| *rule.id == **muted) {
                rule.is_muted = true;
                continue;
            }
            let written = Written::Name(&["mute"], muted.clone());
            let mistake = Mistake {
                nearest: nearest(muted, rules.iter().map(|rule| &*rule.id)),
                hint: "Write its id with its language, as in `ar/org-bank`",
                ..Mistake::new(written, format!("the muted rule `{}` does not exist", shortened(muted)))
            };
            errors.push(file.error(&file.places.all(), mistake));
        }
    }
}

fn label_names(labels: &BTreeMap<String, LabelIndex>) -> Vec<Arc<str>> {
    labels.keys().map(|label| label.as_str().into()).collect()
}

/// Returns what is known of a language; nothing where that is too much.
fn vocabulary(language: Language, files: &[File<'_>], errors: &mut Vec<PackError>) -> Option<Vocabulary> {
    let mut builder = LexiconBuilder::default();
    let rows = gazetteer_rows(language, files, errors);
    check_entries(files, &rows, errors);
    let mut options = BTreeMap::new();
    for file in files {
        options.extend(file.pack.gazetteers.iter().map(|(class, options)| (class.as_str(), *options)));
    }
    let mut gazetteers = BTreeMap::new();
    for (class, names) in &rows {
        let options = options.get(class).copied().unwrap_or_default();
        let rules = ClassRules {
            words: WordClass::Noun,
            min_stem: options.min_stem,
            is_known: options.known,
            is_name: true,
        };
        let id = builder.class(rules);
        for name in names {
            builder.add(id, name);
        }
        gazetteers.insert((*class).to_owned(), id);
    }
    let mut lists: Lists<'_> = BTreeMap::new();
    let mut list_attributes = BTreeMap::new();
    for file in files {
        for (name, list) in &file.pack.lists {
            let rules = ClassRules {
                words: list.class,
                min_stem: 3,
                is_known: list.known.unwrap_or(list.class != WordClass::Whole),
                is_name: false,
            };
            let id = builder.class(rules);
            if !list.attributes.is_empty() {
                list_attributes.insert(id, attributes(&list.attributes));
            }
            lists.insert(name.clone(), (id, list, file));
        }
    }
    let mut adder = WordAdder { lists: &lists, rows: &rows, builder: &mut builder, errors, added: 0 };
    for (name, (id, list, file)) in &lists {
        adder.add(name, *id, &mut BTreeSet::new(), 0);
        if adder.added > MAX_WORDS {
            let message =
                format!("the lists have more than {MAX_WORDS} words, those of other lists counted again");
            let scope = file.places.entry("lists", name);
            let written = Written::Word(if list.include.is_empty() { "words" } else { "include" });
            errors.push(file.error(&scope, Mistake::new(written, message)));
            return None;
        }
    }
    let mut words = BTreeMap::new();
    let mut parts = BTreeMap::new();
    for file in files {
        parts.extend(file.pack.parts.clone());
    }
    for part in parts.values() {
        collect_words(part, &mut builder, &mut words);
    }
    let mut labels = BTreeSet::new();
    for rule in files.iter().flat_map(|file| &file.pack.rules) {
        for elements in [&rule.pattern, &rule.after, &rule.before, &rule.not_after, &rule.not_before] {
            collect_words(elements, &mut builder, &mut words);
        }
        match &rule.kind {
            Kind::Entity => labels.extend(names_in(&rule.pattern, &parts).0),
            Kind::Propagate { label, .. } => labels.extend([label.clone()]),
            Kind::Claim | Kind::Negative => {}
        }
    }
    let beyond = [
        (builder.class_count(), MAX_CLASSES, "lists and words in patterns"),
        (labels.len(), MAX_LABELS, "labels"),
    ];
    for (count, most, what) in beyond {
        if let (true, Some(file)) = (count > most, files.first()) {
            let message = format!("the packs of the language have {count} {what}; {most} at most");
            errors.push(file.error(&file.places.all(), Mistake::new(Written::Word("rules"), message)));
            return None;
        }
    }
    let labels = labels.into_iter().zip(0..).collect();
    let lists = lists.into_iter().map(|(name, (id, _, _))| (name, id)).collect();
    Some(Vocabulary { builder, lists, gazetteers, words, labels, parts, list_attributes })
}

/// The lists of a language by name, each with its class and the file that has it.
type Lists<'a> = BTreeMap<String, (ClassId, &'a List, &'a File<'a>)>;

/// Finds the lists, parts and gazetteer classes that are defined twice, and the classes without a gazetteer.
fn check_entries(files: &[File<'_>], rows: &BTreeMap<&str, Vec<&str>>, errors: &mut Vec<PackError>) {
    let mut seen = BTreeSet::new();
    for file in files {
        for (field, what, name) in file.entry_names() {
            if errors.len() > MAX_MISTAKES {
                return;
            }
            let mut error = |scope: &Scope, message, nearest| {
                let mistake = Mistake { nearest, ..Mistake::new(Written::Word(""), message) };
                errors.push(file.error(scope, mistake));
            };
            let scope = file.places.entry(field, name);
            if !seen.insert((field, name)) {
                error(&scope, format!("the {what} `{}` is defined twice", shortened(name)), None);
            }
            if field == "gazetteers" && !rows.contains_key(name) {
                let nearest = nearest(name, rows.keys().copied());
                error(&scope, format!("the gazetteer `{}` does not exist", shortened(name)), nearest);
            }
        }
        for (field, name, scope) in file.places.twice().take(MAX_MISTAKES) {
            let message = format!("`{}` stands twice in `{}`", shortened(name), shortened(field));
            errors.push(file.error(&scope, Mistake::new(Written::Word(""), message)));
        }
    }
}

/// Returns the names of each gazetteer class of a language.
fn gazetteer_rows<'a>(
    language: Language,
    files: &[File<'a>],
    errors: &mut Vec<PackError>,
) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut rows: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut read = BTreeSet::new();
    for file in files {
        for source in file.source.gazetteers.iter().filter(|g| read.insert(g.path.as_str())) {
            for row in gazetteer::parse(source, errors).into_iter().filter(|row| row.language == language) {
                rows.entry(row.class).or_default().extend(row.names);
            }
        }
    }
    rows
}

/// Adds the words of lists to a lexicon.
struct WordAdder<'a, 'f> {
    lists: &'a Lists<'f>,
    rows: &'a BTreeMap<&'a str, Vec<&'a str>>,
    builder: &'a mut LexiconBuilder,
    errors: &'a mut Vec<PackError>,
    /// Words so far.
    added: usize,
}

impl<'a> WordAdder<'a, '_> {
    /// Adds the words of a list, what is made for it, and the words of the lists that it includes. `depth` counts the
    /// lists above it that include each other.
    fn add(&mut self, name: &'a str, class: ClassId, used: &mut BTreeSet<&'a str>, depth: usize) {
        let Some((_, list, file)) = self.lists.get(name).filter(|_| used.insert(name)) else {
            return;
        };
        if self.added > MAX_WORDS || self.errors.len() > MAX_MISTAKES {
            return;
        }
        let mut add = |word: &str| {
            self.added += 1;
            self.builder.add(class, word);
        };
        for word in &list.words {
            add(word);
            if list.enclitics && !word.contains(' ') {
                let stem = word.strip_suffix('ة').map_or_else(|| word.clone(), |stem| format!("{stem}ت"));
                for enclitic in crate::text::ENCLITICS {
                    add(&format!("{stem}{enclitic}"));
                }
            }
        }
        let mut mistake = |written: Written, message: String, nearest: Option<String>| {
            let scope = file.places.entry("lists", name);
            self.errors.push(file.error(&scope, Mistake { nearest, ..Mistake::new(written, message) }));
        };
        if let Some(Generate::Nisba { from, also, except }) = &list.generate {
            for unknown in from.iter().filter(|class| !self.rows.contains_key(class.as_str())) {
                let nearest = nearest(unknown, self.rows.keys().copied());
                let message = format!("the gazetteer `{}` does not exist", shortened(unknown));
                mistake(Written::Name(&["from"], unknown.clone()), message, nearest);
            }
            let names = from.iter().filter_map(|class| self.rows.get(class.as_str())).flatten().copied();
            for word in gazetteer::nisba(names, also, except) {
                add(&word);
            }
        }
        for other in &list.include {
            if depth == MAX_INCLUDES {
                let message = format!("lists include each other more than {MAX_INCLUDES} deep");
                mistake(Written::Name(&["include"], other.clone()), message, None);
            } else if !self.lists.contains_key(other) {
                let message = format!("the list `{}` does not exist", shortened(other));
                let nearest = nearest(other, self.lists.keys().map(String::as_str));
                mistake(Written::Name(&["include"], other.clone()), message, nearest);
            }
        }
        for other in list.include.iter().filter(|_| depth < MAX_INCLUDES) {
            if let Some((key, _)) = self.lists.get_key_value(other) {
                self.add(key, class, used, depth + 1);
            }
        }
    }
}

fn compile_rule(
    language: Language,
    files: &[File<'_>],
    (file, index): (&File<'_>, usize),
    vocabulary: &Vocabulary,
    made: &mut Made,
    errors: &mut Vec<PackError>,
) -> Option<CompiledRule> {
    let rule = &file.pack.rules[index];
    let mut names = Names {
        lists: &vocabulary.lists,
        gazetteers: &vocabulary.gazetteers,
        words: &vocabulary.words,
        labels: &vocabulary.labels,
        parts: &vocabulary.parts,
        made,
        mistakes: check(rule),
        bare: false,
        part: None,
    };
    let (action, program) = action_and_program(rule, &mut names);
    let guards = [
        names.guards(&rule.after, true, true),
        names.guards(&rule.not_after, true, false),
        names.guards(&rule.before, false, true),
        names.guards(&rule.not_before, false, false),
    ];
    let within = rule.within.iter().filter_map(|near| {
        let words = format!("has list `{}` within {} words", near.list, near.tokens);
        Some((names.list(&near.list)?, near.tokens, Arc::from(words)))
    });
    let within = within.collect();
    let insides: Vec<Inside> = [names.inside(&rule.inside, true), names.inside(&rule.not_inside, false)]
        .into_iter()
        .flatten()
        .collect();
    let mut uses: BTreeSet<LabelIndex> = insides.iter().flat_map(|inside| &inside.labels).copied().collect();
    for elements in [&rule.pattern, &rule.after, &rule.before, &rule.not_after, &rule.not_before] {
        let entities = names_in(elements, &vocabulary.parts).1;
        uses.extend(entities.iter().filter_map(|label| vocabulary.labels.get(label)));
    }
    let mistakes = std::mem::take(&mut names.mistakes);
    errors.extend(mistakes.into_iter().map(|mistake| rule_error(files, file, index, mistake)));
    let scope = file.places.rule(index);
    let example =
        |owner: &'static [&'static str]| move |example: &String| Written::Name(owner, example.clone());
    let must = rule.examples.must.iter().map(example(&["must"]));
    let examples = must.chain(rule.examples.must_not.iter().map(example(&["must_not"])));
    Some(CompiledRule {
        id: format!("{}/{}", language.code(), rule.id).into(),
        pack: format!("{}@{}", file.pack.name, file.pack.version).into(),
        stage: 0,
        is_muted: false,
        rank: 0,
        priority: rule.priority,
        confidence: rule.confidence,
        action: action?,
        program,
        guards: guards.into_iter().flatten().collect(),
        within,
        insides,
        uses,
        source_is_name: rule.source_is_name,
        attributes: attributes(&rule.attributes),
        note: rule.note.clone(),
        examples: rule.examples.clone(),
        place: file.place(&scope, &Written::Name(&["id"], rule.id.clone())),
        example_places: examples.map(|written| file.place(&scope, &written)).collect(),
    })
}

/// Returns the mistakes that need no names.
fn check(rule: &Rule) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let examples = rule.examples.must.len() + rule.examples.must_not.len();
    if examples > MAX_EXAMPLES {
        let message = format!("the rule has {examples} examples; {MAX_EXAMPLES} at most");
        mistakes.push(Mistake::new(Written::Word("examples"), message));
    }
    let mut mistake = |written: &'static str, message: &str, hint| {
        mistakes.push(Mistake { hint, ..Mistake::new(Written::Word(written), message.to_owned()) });
    };
    if rule.examples.must.is_empty() || rule.examples.must_not.is_empty() {
        let hint = "Write at least one text that must match and one that must not";
        mistake("examples", "a rule without examples does not load", hint);
    }
    if rule.note.en.is_empty() || rule.note.ar.is_empty() {
        mistake("note", "the note is empty in a language", "It is the reason that the user reads");
    }
    if !(0.0..=1.0).contains(&rule.confidence) {
        mistake("confidence", "the confidence lies outside 0 to 1", "");
    }
    let is_propagation = matches!(rule.kind, Kind::Propagate { .. });
    if rule.pattern.is_empty() != is_propagation {
        let message = if is_propagation { "propagation has no pattern" } else { "the pattern is empty" };
        mistake("pattern", message, "");
    }
    mistakes
}

fn action_and_program(rule: &Rule, names: &mut Names<'_>) -> (Option<Action>, Program) {
    if let (Kind::Negative, [Element::Line(pattern)]) = (&rule.kind, &rule.pattern[..]) {
        return match whole_regex(pattern) {
            Ok(regex) => (Some(Action::NegativeLine(Box::new(regex))), Program::default()),
            Err(error) => {
                let written = Written::Name(&["Line"], pattern.clone());
                names.mistakes.push(Mistake::new(written, regex_message(&error)));
                (None, Program::default())
            }
        };
    }
    let program = names.program(&rule.pattern);
    let lacks = |what: &str, hint: &'static str| {
        let message = format!("no part of the pattern is captured as {what}");
        Mistake { hint, ..Mistake::new(Written::Word("pattern"), message) }
    };
    let action = match &rule.kind {
        Kind::Negative => Some(Action::Negative),
        Kind::Claim => {
            for unknown in program.captures.iter().filter(|c| !CLAIM_CAPTURES.contains(&&***c)) {
                let written = Written::Name(&["Capture"], unknown.to_string());
                let message = format!("a claim has no part `{}`", shortened(unknown));
                let nearest = nearest(unknown, CLAIM_CAPTURES);
                names.mistakes.push(Mistake { nearest, ..Mistake::new(written, message) });
            }
            let missing =
                ["cue", "content"].into_iter().filter(|part| !program.captures.iter().any(|c| &**c == *part));
            names.mistakes.extend(missing.map(|part| lacks(part, "")));
            Some(Action::Claim)
        }
        Kind::Entity => {
            if program.captures.is_empty() {
                let hint = "Put what is to be marked in Capture(\"LABEL\", [...])";
                names.mistakes.push(lacks("a label", hint));
            }
            let labels = program.captures.iter().filter_map(|label| names.label(label)).collect();
            Some(Action::Entity(labels))
        }
        Kind::Propagate { label, part, confirmed, min_letters, stop, quoted } => {
            propagation(names, label, part, stop, (*confirmed, *min_letters, *quoted))
        }
    };
    (action, program)
}

fn propagation(
    names: &mut Names<'_>,
    label: &str,
    part: &Part,
    stop: &[String],
    (confirmed, min_letters, quoted): (u32, u32, bool),
) -> Option<Action> {
    let part = match part {
        Part::Whole => PartOf::Whole,
        Part::Last => PartOf::Last,
        Part::First => PartOf::First,
        Part::After(list) => PartOf::After(names.list(list)?),
    };
    let stop = stop.iter().filter_map(|name| names.list_or_gazetteer(name)).collect();
    let label = names.label(label)?;
    Some(Action::Propagate(Propagation { label, part, confirmed, min_letters, stop, quoted }))
}
