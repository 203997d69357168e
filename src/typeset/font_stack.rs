//! The faces that one typesetter sets text in, and in which order a character looks for its glyph:
//!
//! 1. the family in which the article is read, where that is not the default one,
//! 2. the bundled families, so that a script they have looks the same on every machine,
//! 3. the families of files that were given,
//! 4. for the characters that are left, installed families by script and language.
//!
//! The order depends on the text alone, not on what was set before.

use std::collections::HashMap;
use std::sync::Arc;

use fontique::{Collection, CollectionOptions, FontInfoOverride};
use parley::FontContext;
use unicode_script::{Script, UnicodeScript};

use super::coverage::{self, Coverage};
use super::engine::shows_something;
use super::fonts::{FAMILIES, FontFile, bundled_blobs};
use super::reading_font::ReadingFont;
use super::system_fonts::{SystemFamily, SystemFonts};

pub(super) struct FontStack {
    context: FontContext,
    /// The files that were given.
    files: Vec<FontFile>,
    /// The families of the files that were given, and what those have.
    extra: Vec<String>,
    extra_coverage: Coverage,
    system: Option<SystemFonts>,
    /// The name by which `parley` knows an installed family that was used.
    registered: HashMap<String, String>,
}

impl FontStack {
    pub(super) fn new(files: &[FontFile], system: Option<SystemFonts>) -> Self {
        let collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut stack = Self {
            context: FontContext { collection, ..FontContext::default() },
            files: files.to_vec(),
            extra: Vec::new(),
            extra_coverage: Coverage::of(files.iter().flat_map(FontFile::fonts)),
            system,
            registered: HashMap::new(),
        };
        for blob in bundled_blobs() {
            stack.context.collection.register_fonts(blob.clone(), None);
        }
        for file in files {
            for name in file.family_names() {
                let known = known_as(&name);
                if !stack.extra.contains(&known) {
                    stack.extra.push(known);
                }
            }
            stack.register(file);
        }
        stack
    }

    /// Returns the same faces for another typesetter.
    pub(super) fn another(&self) -> Self {
        Self::new(&self.files, self.system.clone())
    }

    /// Returns the context in which `parley` finds the families by name.
    pub(super) fn context(&mut self) -> &mut FontContext {
        &mut self.context
    }

    /// Returns the families in the order in which they are asked for the characters of a text.
    pub(super) fn families(&mut self, text: &str, reading: ReadingFont) -> Vec<String> {
        let mut families: Vec<String> = Vec::new();
        if reading.is_bundled() {
            if reading != ReadingFont::default() {
                families.push(reading.name().to_owned());
            }
        } else if let Some(family) = self.system.as_ref().and_then(|system| system.by_name(reading.name())) {
            families.push(self.know(&family));
        }
        families.extend(FAMILIES.iter().map(|family| (*family).to_owned()));
        families.extend(self.extra.iter().cloned());
        for family in self.missing_families(text) {
            families.push(self.know(&family));
        }
        families
    }

    /// The installed families that have what the bundled and given ones lack.
    fn missing_families(&self, text: &str) -> Vec<Arc<SystemFamily>> {
        let mut chosen: Vec<Arc<SystemFamily>> = Vec::new();
        let Some(system) = &self.system else { return chosen };
        let is_missing = |c: &char| {
            !c.is_ascii()
                && !coverage::bundled().has(*c)
                && !self.extra_coverage.has(*c)
                && shows_something(*c)
                && c.script() != Script::Unknown
        };
        let missing = || text.chars().filter(is_missing);
        if missing().next().is_none() {
            return chosen;
        }
        let han_language = han_language(text);
        let take = |c: char, chosen: &mut Vec<Arc<SystemFamily>>| {
            let language = (c.script() == Script::Han).then_some(han_language);
            if let Some(family) = system.for_character(c, language)
                && !chosen.iter().any(|known| known.name == family.name)
            {
                chosen.push(family);
            }
        };
        // Punctuation that scripts share comes from a face that the script's letters are set in, where it has it.
        let is_shared = |c: char| matches!(c.script(), Script::Common | Script::Inherited);
        missing().filter(|c| !is_shared(*c)).for_each(|c| take(c, &mut chosen));
        for c in missing().filter(|c| is_shared(*c)) {
            if !chosen.iter().any(|family| family.coverage.has(c)) {
                take(c, &mut chosen);
            }
        }
        chosen
    }

    /// Makes an installed family known to `parley`, once; returns the name by which it is.
    fn know(&mut self, family: &SystemFamily) -> String {
        if let Some(name) = self.registered.get(&family.name) {
            return name.clone();
        }
        for file in &family.files {
            self.register(file);
        }
        let name = known_as(&family.name);
        self.registered.insert(family.name.clone(), name.clone());
        name
    }

    /// Makes the families of a file known. Faces of one name would be mixed, and a bundled face has to stay what it
    /// is: a family of the name of a bundled one is renamed.
    fn register(&mut self, file: &FontFile) {
        let renamed = file.family_names().iter().find(|name| is_bundled(name)).map(|name| known_as(name));
        let name = renamed.as_deref();
        let with_name =
            name.map(|name| FontInfoOverride { family_name: Some(name), ..FontInfoOverride::default() });
        self.context.collection.register_fonts(file.blob.clone(), with_name);
    }
}

fn is_bundled(name: &str) -> bool {
    FAMILIES.contains(&name) || ReadingFont::bundled().iter().any(|font| font.name() == name)
}

/// The name under which a family that is not bundled is registered.
fn known_as(name: &str) -> String {
    if is_bundled(name) { format!("{name} (installed)") } else { name.to_owned() }
}

/// The language whose forms Han characters take: that of the letters beside them, else that of the system.
fn han_language(text: &str) -> &'static str {
    for c in text.chars() {
        match c.script() {
            Script::Hiragana | Script::Katakana => return "ja",
            Script::Hangul => return "ko",
            _ => {}
        }
    }
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = variables.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    match locale.unwrap_or_default() {
        locale if locale.starts_with("ja") => "ja",
        locale if locale.starts_with("ko") => "ko",
        locale if locale.starts_with("zh_TW") => "zh-TW",
        locale if locale.starts_with("zh_HK") => "zh-HK",
        _ => "zh-CN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::test_fonts::font;

    fn stack(family: &str, characters: &[char]) -> FontStack {
        let file = FontFile::new(font(family, characters, &[])).expect("a font");
        FontStack::new(&[file], Some(SystemFonts::none()))
    }

    #[test]
    fn given_families_come_after_the_bundled_ones_and_the_chosen_one_before() {
        let mut stack = stack("Given", &['अ']);
        let mut expected: Vec<&str> = FAMILIES.to_vec();
        expected.push("Given");
        assert_eq!(stack.families("قال अ", ReadingFont::default()), expected);
        expected.insert(0, "Noto Nastaliq Urdu");
        assert_eq!(stack.families("قال", ReadingFont::named("Noto Nastaliq Urdu")), expected);
        assert_eq!(stack.families("قال", ReadingFont::named("Not Installed")), expected[1..]);
    }

    #[test]
    fn a_given_family_of_a_bundled_name_does_not_mix_with_it() {
        let mut stack = stack("Noto Sans", &['a', 'अ']);
        let families = stack.families("a", ReadingFont::default());
        assert_eq!(families.last().map(String::as_str), Some("Noto Sans (installed)"));
        let mut faces_of =
            |name: &str| stack.context.collection.family_by_name(name).map(|family| family.fonts().len());
        assert_eq!(faces_of("Noto Sans"), Some(2));
        assert_eq!(faces_of("Noto Sans (installed)"), Some(1));
    }

    #[test]
    fn han_letters_take_the_forms_of_the_language_beside_them() {
        assert_eq!(han_language("東京は日本の首都"), "ja");
        assert_eq!(han_language("서울 (漢城)"), "ko");
    }
}
