//! The rules of the user's own: what an edit makes of the texts of their packs.
//!
//! Own rules of a language stand in one file, which the user may edit by hand too; what is muted stands in another one,
//! which is written anew each time. The shipped packs are never changed: an own rule stands in for a shipped one by
//! muting it.
//!
//! Invariant: pure text to text; who reads and writes the files is elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::context::Language;
use super::pack::{Pack, PackSource, Rule};
use super::record;

/// An edit of the user's own rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleEdit {
    /// Adds a rule, or puts it in the place of another.
    Put {
        /// Whose text the rule reads.
        language: Language,
        /// The full id of the rule that it stands in for: an own rule is replaced, a shipped one muted.
        replaces: Option<Arc<str>>,
        /// The rule's record, as it stands in a pack.
        record: String,
    },
    /// Takes an own rule out.
    Remove {
        /// Its full id.
        rule: Arc<str>,
    },
    /// Mutes a rule, or lets it speak again.
    Mute {
        /// Its full id.
        rule: Arc<str>,
        /// Whether it is muted from now on.
        muted: bool,
    },
}

/// The texts of the own packs, by their file names (`own-ar.ron`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnPacks {
    files: BTreeMap<String, String>,
}

/// Returns the name of the file of own rules, and of that of muted ones.
fn file_names(language: Language) -> (String, String) {
    (format!("own-{}.ron", language.code()), format!("muted-{}.ron", language.code()))
}

fn language_of(rule: &str) -> Option<(Language, &str)> {
    let (code, id) = rule.split_once('/')?;
    Some((Language::from_code(code)?, id))
}

impl OwnPacks {
    /// Returns the own packs of some files, by their names.
    #[must_use]
    pub fn new(files: BTreeMap<String, String>) -> Self {
        Self { files }
    }

    /// Returns the files by their names.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// Returns the line of the file of own rules at which a record begins, from 1.
    #[must_use]
    pub fn first_line(&self, language: Language, record: &str) -> Option<u32> {
        let text = self.files.get(&file_names(language).0)?;
        let before = text.split_at(text.find(&record::indent(record))?).0;
        u32::try_from(before.matches('\n').count() + 1).ok()
    }

    /// Returns the packs after an edit; `None` where it means nothing: a rule that is not there, or a pack so broken
    /// that no place for a rule is found in it.
    #[must_use]
    pub fn edited(&self, edit: &RuleEdit) -> Option<Self> {
        let mut new = self.clone();
        match edit {
            RuleEdit::Put { language, replaces, record } => {
                let file = file_names(*language).0;
                let text = new.files.entry(file).or_insert_with(|| record::new_pack(*language));
                let replaced = replaces.as_deref().and_then(language_of);
                if let Some(with_it) = replaced.and_then(|(_, id)| record::replace(text, id, record)) {
                    *text = with_it;
                } else {
                    *text = record::append(text, record)?;
                    if let Some(shipped) = replaces {
                        return new.edited(&RuleEdit::Mute { rule: Arc::clone(shipped), muted: true });
                    }
                }
            }
            RuleEdit::Remove { rule } => {
                let (language, id) = language_of(rule)?;
                let text = new.files.get_mut(&file_names(language).0)?;
                *text = record::remove(text, id)?;
            }
            RuleEdit::Mute { rule, muted } => {
                let (language, _) = language_of(rule)?;
                let file = file_names(language).1;
                let mut rules = muted_in(new.files.get(&file).map_or("", String::as_str));
                if *muted {
                    rules.insert(rule.to_string());
                } else {
                    rules.remove(&**rule);
                }
                new.files.insert(file, muted_pack(language, &rules));
            }
        }
        Some(new)
    }
}

/// Returns the rules that a pack mutes; none where it does not parse.
fn muted_in(text: &str) -> BTreeSet<String> {
    ron::from_str::<Pack>(text).map(|pack| pack.mute.into_iter().collect()).unwrap_or_default()
}

fn muted_pack(language: Language, rules: &BTreeSet<String>) -> String {
    let lines: Vec<String> = rules.iter().map(|rule| format!("        {rule:?},\n")).collect();
    let lines = lines.concat();
    format!(
        "#![enable(implicit_some)]\n// Rules that are not run here; written by the program.\nPack(\n    format: 1, \
         name: \"own\", version: 1, language: \"{}\",\n    mute: [\n{lines}    ],\n)\n",
        language.code()
    )
}

/// Returns the id in a rule's record, without the language; `None` where the record does not parse.
#[must_use]
pub fn record_id(record: &str) -> Option<String> {
    let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
    options.from_str::<Rule>(record).ok().map(|rule| rule.id)
}

/// Returns the text of a rule's record in one of some packs, without the file's indentation.
#[must_use]
pub fn record_in(packs: &[PackSource], path: &str, written_id: &str) -> Option<String> {
    let pack = packs.iter().find(|pack| pack.path == path)?;
    record::record(&pack.text, written_id).map(record::dedent)
}

#[cfg(test)]
mod tests {
    use super::super::{RuleSet, builtin_packs};
    use super::*;

    const RECORD: &str = "Rule(id: \"my-harbour\", confidence: 0.9,\n    pattern: [Capture(\"FAC\", [Word(\"ميناء سريان\")])],\n    note: (en: \"mine\", ar: \"لي\"),\n    examples: (must: [\"[ميناء سريان] مغلق\"], must_not: [\"لا شيء\"]))";

    fn compiled(own: &OwnPacks) -> RuleSet {
        let mut packs = builtin_packs();
        packs.extend(own.files().iter().map(|(path, text)| PackSource {
            path: path.clone(),
            text: text.clone(),
            gazetteers: Vec::new(),
        }));
        match RuleSet::compile(&packs) {
            Ok(rules) => rules,
            Err(errors) => {
                panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn put(replaces: Option<&str>) -> RuleEdit {
        RuleEdit::Put {
            language: Language::Arabic,
            replaces: replaces.map(Arc::from),
            record: RECORD.to_owned(),
        }
    }

    #[test]
    fn a_rule_is_added_replaced_and_removed() {
        let own = OwnPacks::default().edited(&put(None)).expect("added");
        let written = record::record(&own.files()["own-ar.ron"], "my-harbour").map(record::dedent);
        assert_eq!(written.as_deref(), Some(RECORD));
        assert!(compiled(&own).rule_ids().contains(&"ar/my-harbour"));
        let again = own.edited(&put(Some("ar/my-harbour"))).expect("replaced");
        assert_eq!(again, own);
        let gone = own.edited(&RuleEdit::Remove { rule: "ar/my-harbour".into() }).expect("removed");
        assert!(!compiled(&gone).rule_ids().contains(&"ar/my-harbour"));
        assert_eq!(own.edited(&RuleEdit::Remove { rule: "ar/nothing".into() }), None);
    }

    #[test]
    fn an_own_rule_in_place_of_a_shipped_one_mutes_it() {
        let own = OwnPacks::default().edited(&put(Some("ar/org-ministry"))).expect("added");
        let is_muted = |own: &OwnPacks| {
            let cards = compiled(own).cards();
            cards.iter().find(|card| &*card.id == "ar/org-ministry").is_some_and(|card| card.is_muted)
        };
        assert!(is_muted(&own));
        let spoken = own.edited(&RuleEdit::Mute { rule: "ar/org-ministry".into(), muted: false });
        assert!(!is_muted(&spoken.expect("lets it speak")));
    }
}
