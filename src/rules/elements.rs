//! What stands in a pattern as it is written: words, captures, labels.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::{ClassId, LexiconBuilder};
use super::pack::{Element, WordClass};

/// Adds the words that stand in a pattern itself to the lexicon.
pub(super) fn collect_words(
    elements: &[Element],
    builder: &mut LexiconBuilder,
    words: &mut BTreeMap<(bool, String), ClassId>,
) {
    each(elements, &mut |element| {
        let (exactly, written) = match element {
            Element::Word(written) => (false, written),
            Element::Exactly(written) => (true, written),
            _ => return,
        };
        let class = if exactly { WordClass::Whole } else { WordClass::Noun };
        words.entry((exactly, written.clone())).or_insert_with(|| {
            let id = builder.class(super::lexicon::ClassRules {
                words: class,
                min_stem: 2,
                is_known: false,
                is_name: false,
            });
            for word in written.split('|') {
                builder.add(id, word);
            }
            id
        });
    });
}

/// Returns the captures' names and the labels of mentions that a pattern refers to.
pub(super) fn names_in(
    elements: &[Element],
    parts: &BTreeMap<String, Vec<Element>>,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut captures, mut entities) = (BTreeSet::new(), BTreeSet::new());
    let mut todo: Vec<&[Element]> = vec![elements];
    let mut seen = BTreeSet::new();
    while let Some(elements) = todo.pop() {
        let mut used = Vec::new();
        each(elements, &mut |element| match element {
            Element::Capture(name, _) => {
                captures.insert(name.clone());
            }
            Element::Entity(label) => {
                entities.insert(label.clone());
            }
            Element::Use(name) => used.push(name.clone()),
            _ => {}
        });
        for name in used {
            todo.extend(parts.get(&name).map(Vec::as_slice).filter(|_| seen.insert(name)));
        }
    }
    (captures, entities)
}

/// Calls `visit` for every element, the outer ones first.
fn each(elements: &[Element], visit: &mut dyn FnMut(&Element)) {
    for element in elements {
        visit(element);
        match element {
            Element::Capture(_, inner)
            | Element::Optional(inner)
            | Element::Repeat(_, _, inner)
            | Element::Quoted(inner)
            | Element::Bare(inner) => each(inner, visit),
            Element::OneOf(choices) => choices.iter().for_each(|choice| each(choice, visit)),
            _ => {}
        }
    }
}
