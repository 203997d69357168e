//! A pack of rules as it is written: the language, read from RON.
//!
//! ```ron
//! #![enable(implicit_some)]
//! Pack(
//!     format: 1, name: "ar-news", version: 1, language: "ar",
//!     lists: {"ministry": (words: ["وزارة"])},
//!     rules: [
//!         Rule(id: "org-ministry", confidence: 0.9,
//!             pattern: [Capture("ORG", [List("ministry"), Token(definite: true)])],
//!             note: (en: "a ministry with its field", ar: "وزارة مع مجالها"),
//!             examples: (must: ["قالت [وزارة الزراعة] إن"], must_not: ["وزارة إلى"])),
//!     ],
//! )
//! ```
//!
//! Every word passes the same folding as the text, so «أكد» and «اكد» are one word here too.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

/// The text of a pack file, and of the gazetteers that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource {
    /// Where it comes from, for messages.
    pub path: String,
    /// The RON.
    pub text: String,
    /// The gazetteers that go with it.
    pub gazetteers: Vec<GazetteerSource>,
}

/// The text of a gazetteer file: tab-separated `id type language name aliases source licence`, with a header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GazetteerSource {
    /// Where it comes from, for messages.
    pub path: String,
    /// The table; shared, since the files of a folder have the same gazetteers.
    pub text: Arc<str>,
}

/// One file of rules. Files of the same name make one pack; lists are shared by all packs of a language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pack {
    pub(super) format: u32,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) language: String,
    /// How the names of gazetteer classes are met in text, where it differs from the default.
    #[serde(default)]
    pub(super) gazetteers: BTreeMap<String, GazetteerClass>,
    #[serde(default)]
    pub(super) lists: BTreeMap<String, List>,
    /// Parts of patterns with a name, for [`Element::Use`].
    #[serde(default)]
    pub(super) parts: BTreeMap<String, Vec<Element>>,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    /// What belongs to a span, where it differs from the default; for all rules of the language.
    #[serde(default)]
    pub(super) spans: Option<SpanPolicy>,
    /// Rules of any pack of the language that are not run, by their full ids (`ar/org-bank`).
    #[serde(default)]
    pub(super) mute: Vec<String>,
}

/// What belongs to the span of a mention. Corpora differ: some tag whole tokens, their proclitics with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpanPolicy {
    /// The proclitics of its first word.
    #[serde(default)]
    pub(super) proclitics: bool,
    /// The quotes at its edges.
    #[serde(default)]
    pub(super) quotes: bool,
}

/// The class of a list's words, which settles the proclitics they may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum WordClass {
    /// `[و|ف] [ب|ل|ك]`
    #[default]
    Noun,
    /// `[و|ف] [س|ل]`
    Verb,
    /// `[و|ف]`
    Particle,
    /// Nothing: the word as it is.
    Whole,
}

/// How the names of a gazetteer class are met in text.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GazetteerClass {
    /// The fewest letters of a one-word name behind a proclitic.
    #[serde(default = "default_min_stem")]
    pub(super) min_stem: u16,
    /// Whether a name of this class rules out that the same word is read as proclitic and name.
    #[serde(default = "default_known")]
    pub(super) known: bool,
}

impl Default for GazetteerClass {
    fn default() -> Self {
        Self { min_stem: default_min_stem(), known: default_known() }
    }
}

fn default_min_stem() -> u16 {
    3
}

fn default_known() -> bool {
    true
}

/// Words with a name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    #[serde(default)]
    pub(super) class: WordClass,
    /// Whether a word of this list rules out that the same word is read as proclitic and word; left away, a word of the
    /// class `Whole` does not, and any other does.
    #[serde(default)]
    pub(super) known: Option<bool>,
    /// Whether pronouns may be attached (`رئيسه`, `نظيرها`).
    #[serde(default)]
    pub(super) enclitics: bool,
    /// What a cue of this list says of its claim (`cue_type`, `polarity`).
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) words: Vec<String>,
    /// Words that are made from a gazetteer.
    #[serde(default)]
    pub(super) generate: Option<Generate>,
    /// Other lists whose words belong here too.
    #[serde(default)]
    pub(super) include: Vec<String>,
}

/// How words are made from other words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Generate {
    /// Arabic relational adjectives of the one-word names of gazetteer classes (ليبيا: ليبي, ليبية, الليبيين …).
    Nisba {
        /// Gazetteer classes.
        from: Vec<String>,
        /// Further adjectives in their masculine singular, without the article.
        #[serde(default)]
        also: Vec<String>,
        /// Adjectives that are made but mean something else.
        #[serde(default)]
        except: Vec<String>,
    },
}

/// What a rule's matches become.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Kind {
    /// Mentions: each capture's name is a label.
    #[default]
    Entity,
    /// A claim: captures are `source`, `cue`, `content`, `addressee`, `complementizer`; twice the same name makes a
    /// discontinuous span.
    Claim,
    /// A place where nothing is suggested.
    Negative,
    /// Further mentions of a name that stands elsewhere in the article with this label.
    Propagate {
        /// The label.
        label: String,
        /// Which part of the name.
        #[serde(default)]
        part: Part,
        /// Mentions that the name must have, unless a human made one.
        #[serde(default = "default_confirmed")]
        confirmed: u32,
        /// The fewest letters of the part.
        #[serde(default = "default_letters")]
        min_letters: u32,
        /// Lists whose words are never propagated.
        #[serde(default)]
        stop: Vec<String>,
        /// Whether it must stand in quotes.
        #[serde(default)]
        quoted: bool,
    },
}

fn default_confirmed() -> u32 {
    2
}

fn default_letters() -> u32 {
    4
}

/// Which part of a name is propagated.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) enum Part {
    /// The whole name.
    #[default]
    Whole,
    /// Its last word (a family name).
    Last,
    /// Its first word.
    First,
    /// What follows a word of this list (حكومة الوفاق: الوفاق).
    After(String),
}

/// A rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) kind: Kind,
    #[serde(default = "default_priority")]
    pub(super) priority: i32,
    #[serde(default = "default_confidence")]
    pub(super) confidence: f32,
    #[serde(default)]
    pub(super) pattern: Vec<Element>,
    /// One of these must stand within so many tokens, in the same sentence.
    #[serde(default)]
    pub(super) within: Vec<Near>,
    /// The match must stand right behind one of these.
    #[serde(default)]
    pub(super) after: Vec<Element>,
    /// The match must stand right before one of these.
    #[serde(default)]
    pub(super) before: Vec<Element>,
    #[serde(default)]
    pub(super) not_after: Vec<Element>,
    #[serde(default)]
    pub(super) not_before: Vec<Element>,
    /// The match must lie inside a mention of one of these labels.
    #[serde(default)]
    pub(super) inside: Vec<String>,
    #[serde(default)]
    pub(super) not_inside: Vec<String>,
    /// Whether a claim's source is cut down to the name in it, without title and apposition.
    #[serde(default)]
    pub(super) source_is_name: bool,
    /// What is set on the annotation, by the schema's ids.
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
    /// Shown to the user as the reason.
    pub(super) note: Note,
    pub(super) examples: Examples,
}

fn default_priority() -> i32 {
    50
}

fn default_confidence() -> f32 {
    0.8
}

/// A text in both languages of the window.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) en: String,
    pub(super) ar: String,
}

/// A list nearby.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Near {
    pub(super) list: String,
    pub(super) tokens: u32,
}

/// Texts on which a rule is tried when its pack is loaded.
///
/// In `must`, what the rule gives is in brackets: `[حفتر]` or `[PERS|حفتر]` for a mention, `[cue|قال] [source|الوزير]`
/// for a claim. In `must_not` the rule gives nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Examples {
    pub(super) must: Vec<String>,
    pub(super) must_not: Vec<String>,
}

/// An element of a pattern.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Element {
    /// A word or phrase by its form after any proclitic; several with `|` between them.
    Word(String),
    /// A word or phrase to the letter: no proclitic, hamza and taa marbuta as written.
    Exactly(String),
    /// A word of a list.
    List(String),
    /// A name of a gazetteer class.
    Gazetteer(String),
    /// A mention of a label that rules of an earlier stage gave.
    Entity(String),
    /// A token by what it looks like.
    Token {
        /// Begins with the article, perhaps behind a proclitic.
        #[serde(default)]
        definite: Option<bool>,
        /// Could be a word of a name: a word of three letters or more without the article; in Latin script with a
        /// capital.
        #[serde(default)]
        name: Option<bool>,
        /// A number in digits.
        #[serde(default)]
        number: Option<bool>,
        /// Has و or ف before it; the span then begins behind it.
        #[serde(default)]
        conjunction: Option<bool>,
        /// `Xx` capital and small letters, `XX` capitals, `xx` small letters, `X.` one capital.
        #[serde(default)]
        shape: Option<Shape>,
        /// `Arabic` or `Latin`.
        #[serde(default)]
        script: Option<TokenScript>,
        /// Begins with one of these.
        #[serde(default)]
        prefix: Vec<String>,
        /// Ends with one of these.
        #[serde(default)]
        suffix: Vec<String>,
        /// Ends with none of these.
        #[serde(default)]
        not_suffix: Vec<String>,
        /// The fewest letters.
        #[serde(default)]
        min_letters: u32,
        /// The most letters.
        #[serde(default)]
        max_letters: Option<u32>,
        /// Is a word of none of these lists and gazetteers.
        #[serde(default)]
        not_in: Vec<String>,
        /// Touches the token before it.
        #[serde(default)]
        joined: Option<bool>,
    },
    /// A punctuation mark: one of the characters of the string.
    Mark(String),
    /// A whole line that matches a regular expression; the only element of its pattern.
    Line(String),
    /// A token that matches a regular expression as a whole.
    Regex(String),
    /// What becomes the mention or a role.
    Capture(String, Vec<Element>),
    /// The elements or nothing.
    Optional(Vec<Element>),
    /// The elements so many times.
    Repeat(u32, u32, Vec<Element>),
    /// One of several sequences, the first that fits.
    OneOf(Vec<Vec<Element>>),
    /// Any tokens, as few as possible, never beyond the sentence.
    Gap(u32, u32),
    /// A gap that holds no word of some lists.
    GapWithout(u32, u32, Vec<String>),
    /// Everything up to the end of the sentence, its closing full stop left out.
    Rest,
    /// The start of the sentence.
    Start,
    /// The end of the sentence, perhaps before its closing full stop.
    End,
    /// The elements in quotes.
    Quoted(Vec<Element>),
    /// The elements without proclitics: what goes on with a name has none («سيرغي وسامر» is no name).
    Bare(Vec<Element>),
    /// A part of the pack with a name.
    Use(String),
}

/// What the letters of a Latin token look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Shape {
    /// A capital, then at least one small letter.
    Capitalised,
    /// Two capitals or more.
    Capitals,
    /// Small letters.
    Small,
    /// One capital.
    Initial,
}

/// The script of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum TokenScript {
    /// Arabic letters.
    Arabic,
    /// Latin letters.
    Latin,
}
