//! The fonts that are installed on this machine, found by `fontique`: fontconfig on Linux (opened while the program
//! runs; without it there are no system fonts), `DirectWrite`, `CoreText`.
//!
//! Nothing is scanned before a text needs a character that no bundled face has, or a family by name. What is asked
//! for is looked up by a thread of its own; until then the text is set without it. When something is found, the
//! generation counts up and whoever shows text lays it out anew.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use fontique::{
    Collection, CollectionOptions, FallbackKey, FamilyId, FontStyle, FontWeight, FontWidth, GenericFamily,
    Language, SourceCache,
};
use unicode_script::{Script, UnicodeScript};

use super::coverage::Coverage;
use super::fonts::{FontFile, family_name};

/// How many families of a generic list are tried for a character that its script's family lacks.
const MAX_TRIED: usize = 400;

/// A family that is installed: its regular face and, where there is one, its bold face.
#[derive(Debug)]
pub(super) struct SystemFamily {
    /// The name as the font files say it.
    pub(super) name: String,
    /// The files, each with all the fonts that it holds.
    pub(super) files: Vec<FontFile>,
    /// What the regular face has.
    pub(super) coverage: Coverage,
}

/// What is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Question {
    /// A family that has a character, for text of a language.
    Character(char, Option<&'static str>),
    /// A family by its name.
    Family(Box<str>),
    /// The names of all families in which text can be read.
    Names,
}

/// What is known so far.
#[derive(Default)]
struct Answers {
    families: HashMap<Question, Option<Arc<SystemFamily>>>,
    /// The family of a script, which is asked before a character of it is looked up.
    scripts: HashMap<(Script, Option<&'static str>), Arc<SystemFamily>>,
    names: Option<Arc<[String]>>,
}

/// What is to be looked up, and whether a thread is at it.
#[derive(Default)]
struct Wanted {
    questions: Vec<Question>,
    is_running: bool,
}

struct Shared {
    answers: RwLock<Answers>,
    wanted: Mutex<Wanted>,
    finder: Mutex<Option<Finder>>,
    generation: AtomicU64,
    /// Called when something was found; `None` where answers are waited for.
    wake: Option<Box<dyn Fn() + Send + Sync>>,
    /// Whether this machine's fonts are looked at; else there are none.
    is_connected: bool,
}

/// The installed fonts; clones are the same.
#[derive(Clone)]
pub struct SystemFonts(Arc<Shared>);

impl SystemFonts {
    /// Returns the installed fonts for a window: a question is answered later, by a thread that then calls `wake`.
    #[must_use]
    pub fn in_background(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::make(Some(Box::new(wake)), true)
    }

    /// Returns the installed fonts for work without a window: a question is answered before its text is set.
    #[must_use]
    pub fn waited_for() -> Self {
        Self::make(None, true)
    }

    /// Returns a machine without any font, as one without fontconfig is.
    #[must_use]
    pub fn none() -> Self {
        Self::make(None, false)
    }

    fn make(wake: Option<Box<dyn Fn() + Send + Sync>>, is_connected: bool) -> Self {
        Self(Arc::new(Shared {
            answers: RwLock::default(),
            wanted: Mutex::default(),
            finder: Mutex::default(),
            generation: AtomicU64::new(0),
            wake,
            is_connected,
        }))
    }

    /// Returns a number that changes when something was found: what was laid out before may look otherwise now.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Returns the names of the installed families that have Arabic or Latin letters, sorted; `None` until they are
    /// known, which takes a second on a machine with hundreds of families.
    #[must_use]
    pub fn reading_families(&self) -> Option<Arc<[String]>> {
        if let Some(names) = &self.answers().names {
            return Some(Arc::clone(names));
        }
        self.ask(Question::Names);
        self.answers().names.clone()
    }

    /// Returns the family that has a character, for text of a language (BCP 47); `None` where there is none, or none
    /// is known yet.
    pub(super) fn for_character(&self, c: char, language: Option<&'static str>) -> Option<Arc<SystemFamily>> {
        let question = Question::Character(c, language);
        {
            let answers = self.answers();
            let of_script =
                answers.scripts.get(&(c.script(), language)).filter(|family| family.coverage.has(c));
            if let Some(answer) =
                of_script.map(Some).or_else(|| answers.families.get(&question).map(Option::as_ref))
            {
                return answer.cloned();
            }
        }
        self.ask(question)
    }

    /// Returns the family of a name; `None` where there is none, or none is known yet.
    pub(super) fn by_name(&self, name: &str) -> Option<Arc<SystemFamily>> {
        let question = Question::Family(name.into());
        let known = self.answers().families.get(&question).cloned();
        known.unwrap_or_else(|| self.ask(question))
    }

    fn answers(&self) -> std::sync::RwLockReadGuard<'_, Answers> {
        self.0.answers.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a question; answers it at once where answers are waited for.
    fn ask(&self, question: Question) -> Option<Arc<SystemFamily>> {
        if self.0.wake.is_none() {
            self.0.answer(question.clone());
            return self.answers().families.get(&question).cloned().flatten();
        }
        let mut wanted = locked(&self.0.wanted);
        if !wanted.questions.contains(&question) {
            wanted.questions.push(question);
        }
        if !wanted.is_running {
            let shared = Arc::clone(&self.0);
            let thread = std::thread::Builder::new().name("system fonts".to_owned());
            wanted.is_running = thread.spawn(move || shared.answer_all()).is_ok();
        }
        None
    }
}

impl Shared {
    /// Answers until nothing is asked any more.
    fn answer_all(&self) {
        loop {
            let questions = {
                let mut wanted = locked(&self.wanted);
                wanted.is_running = !wanted.questions.is_empty();
                if !wanted.is_running {
                    return;
                }
                std::mem::take(&mut wanted.questions)
            };
            // All that a frame asked for changes the page once.
            let mut found = false;
            for question in questions {
                found |= self.answer(question);
            }
            if found {
                self.generation.fetch_add(1, Ordering::AcqRel);
            }
            if let Some(wake) = &self.wake {
                wake();
            }
        }
    }

    /// Looks something up unless it is known; returns whether a family was found that text can now be set in.
    fn answer(&self, question: Question) -> bool {
        if self.answers.read().unwrap_or_else(PoisonError::into_inner).families.contains_key(&question) {
            return false;
        }
        let mut finder = locked(&self.finder);
        let finder = finder.get_or_insert_with(|| Finder::new(self.is_connected));
        let (mut of_script, mut family, mut names) = (None, None, None);
        match &question {
            Question::Character(c, language) => {
                of_script = finder.for_script(c.script(), *language);
                let by_script = of_script.clone().filter(|family| family.coverage.has(*c));
                family = by_script.or_else(|| finder.for_character(*c));
            }
            Question::Family(name) => family = finder.by_name(name),
            Question::Names => names = Some(finder.reading_families().into()),
        }
        let is_found = family.is_some();
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if let (Some(of_script), Question::Character(c, language)) = (of_script, &question) {
            answers.scripts.insert((c.script(), *language), of_script);
        }
        if names.is_some() {
            answers.names = names;
        } else {
            answers.families.insert(question, family);
        }
        is_found
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The scan of the system's fonts, and what was loaded of them.
struct Finder {
    collection: Collection,
    sources: SourceCache,
    families: HashMap<FamilyId, Option<Arc<SystemFamily>>>,
}

impl Finder {
    fn new(is_connected: bool) -> Self {
        let options = CollectionOptions { shared: false, system_fonts: is_connected };
        Self {
            collection: Collection::new(options),
            sources: SourceCache::default(),
            families: HashMap::new(),
        }
    }

    /// The family that the system gives for a script and language.
    fn for_script(&mut self, script: Script, language: Option<&'static str>) -> Option<Arc<SystemFamily>> {
        let tag = <[u8; 4]>::try_from(script.short_name().as_bytes()).ok()?;
        let is_real = !matches!(script, Script::Common | Script::Inherited | Script::Unknown);
        let language = language.and_then(|tag| Language::parse(tag).ok());
        let key = FallbackKey::new(fontique::Script::from_bytes(tag), language.as_ref());
        let first = if is_real { self.collection.fallback_families(key).next() } else { None };
        self.load(first?)
    }

    /// The first family that has a character: pictures before letters for what is a picture.
    fn for_character(&mut self, c: char) -> Option<Arc<SystemFamily>> {
        let mut candidates: Vec<FamilyId> = Vec::new();
        if is_pictograph(c) {
            candidates.extend(self.collection.generic_families(GenericFamily::Emoji).take(1));
        }
        for generic in [GenericFamily::SansSerif, GenericFamily::Math, GenericFamily::Emoji] {
            candidates.extend(self.collection.generic_families(generic).take(MAX_TRIED));
        }
        candidates.into_iter().find_map(|id| self.load(id).filter(|family| family.coverage.has(c)))
    }

    fn by_name(&mut self, name: &str) -> Option<Arc<SystemFamily>> {
        let id = self.collection.family_id(name)?;
        self.load(id)
    }

    fn reading_families(&mut self) -> Vec<String> {
        let ids: Vec<FamilyId> = self.collection.family_ids().collect();
        let mut names: Vec<String> = Vec::new();
        for id in ids {
            let Some(name) = self.collection.family_name(id).map(str::to_owned) else { continue };
            // Not kept: most families are only looked at.
            let can_read = |family: &SystemFamily| ['م', 'a'].iter().any(|c| family.coverage.has(*c));
            if self.read(id).is_some_and(|family| can_read(&family)) {
                names.push(name);
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn load(&mut self, id: FamilyId) -> Option<Arc<SystemFamily>> {
        if let Some(known) = self.families.get(&id) {
            return known.clone();
        }
        let family = self.read(id).map(Arc::new);
        self.families.insert(id, family.clone());
        family
    }

    /// Opens the regular and the bold face of a family.
    fn read(&mut self, id: FamilyId) -> Option<SystemFamily> {
        let family = self.collection.family(id)?;
        let upright = |weight| family.match_font(FontWidth::NORMAL, FontStyle::Normal, weight, false);
        let regular = upright(FontWeight::NORMAL)?;
        let file = FontFile { blob: regular.load(Some(&mut self.sources))? };
        let font = skrifa::FontRef::from_index(file.blob.as_ref(), regular.index()).ok()?;
        let (name, coverage) = (family_name(&font)?, Coverage::of([font]));
        let mut files = vec![file];
        if let Some(bold) = upright(FontWeight::BOLD).and_then(|bold| bold.load(Some(&mut self.sources)))
            && bold.id() != files[0].blob.id()
        {
            files.push(FontFile { blob: bold });
        }
        Some(SystemFamily { name, files, coverage })
    }
}

/// Whether a character is a picture where a face for pictures has it.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{20E3}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_fonts_has_no_family_and_no_name() {
        let fonts = SystemFonts::none();
        assert!(fonts.for_character('अ', None).is_none());
        assert!(fonts.by_name("Noto Sans").is_none());
        assert_eq!(fonts.reading_families().as_deref(), Some(&[][..]));
        assert_eq!(fonts.generation(), 0);
    }

    #[test]
    fn what_is_asked_in_the_background_is_answered_by_a_thread_that_wakes() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let fonts = SystemFonts::make(Some(Box::new(move || assert!(sender.send(()).is_ok()))), false);
        assert!(fonts.for_character('अ', None).is_none());
        receiver.recv_timeout(std::time::Duration::from_secs(20)).expect("the thread wakes");
        assert!(fonts.answers().families.contains_key(&Question::Character('अ', None)));
        assert_eq!(fonts.generation(), 0, "nothing was found: nothing is laid out anew");
    }
}
