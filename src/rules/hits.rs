//! The terms that were found in a text, by token and by class.

use super::lexicon::{ClassId, Hit, Lexicon};

/// The terms found in a text.
#[derive(Debug)]
pub(super) struct Hits {
    /// Sorted by token, longer first.
    all: Vec<Hit>,
    /// Where the hits of each token begin in `all`, and one more.
    first: Vec<u32>,
    /// The classes that count at each token.
    classes: Vec<ClassId>,
    /// Where the classes of each token begin in `classes`, and one more.
    first_class: Vec<u32>,
    /// The tokens at which each class has a hit, class by class, sorted.
    places: Vec<u32>,
    /// Where the tokens of each class begin in `places`, and one more.
    first_place: Vec<u32>,
}

impl Hits {
    /// Returns some hits in a text of so many tokens, in whatever order they come.
    pub(super) fn new(lexicon: &Lexicon, found: &[Hit], tokens: usize) -> Self {
        let mut first = vec![0_u32; tokens + 1];
        for hit in found {
            first[hit.token as usize + 1] += 1;
        }
        for token in 0..tokens {
            first[token + 1] += first[token];
        }
        let mut next = first.clone();
        let mut all: Vec<Hit> = found.to_vec();
        for hit in found {
            let place = &mut next[hit.token as usize];
            all[*place as usize] = *hit;
            *place += 1;
        }
        let mut first_class = Vec::with_capacity(tokens + 1);
        let mut classes: Vec<ClassId> = Vec::with_capacity(all.len() * 2);
        let mut counts = vec![0_u32; lexicon.class_count() + 1];
        for token in 0..tokens {
            let start = classes.len();
            first_class.push(index(start));
            let here = &mut all[first[token] as usize..first[token + 1] as usize];
            if here.is_empty() {
                continue;
            }
            here.sort_unstable_by_key(|hit| (std::cmp::Reverse(hit.len), hit.proclitic, hit.term));
            for class in here.iter().flat_map(|hit| lexicon.classes_of(*hit)) {
                if !classes[start..].contains(&class) {
                    classes.push(class);
                    counts[usize::from(class)] += 1;
                }
            }
        }
        first_class.push(index(classes.len()));
        let mut first_place = Vec::with_capacity(counts.len());
        let mut sum = 0;
        for count in &counts {
            first_place.push(sum);
            sum += count;
        }
        let mut places = vec![0; classes.len()];
        let mut filled = first_place.clone();
        for token in 0..tokens {
            for class in &classes[first_class[token] as usize..first_class[token + 1] as usize] {
                let place = &mut filled[usize::from(*class)];
                places[*place as usize] = index(token);
                *place += 1;
            }
        }
        Self { all, first, classes, first_class, places, first_place }
    }

    /// Returns the hits that begin at a token, longer first.
    pub(super) fn at(&self, token: usize) -> &[Hit] {
        &self.all[self.first[token] as usize..self.first[token + 1] as usize]
    }

    /// Returns whether a hit that begins at a token counts for a class.
    pub(super) fn has(&self, token: usize, class: ClassId) -> bool {
        let here = self.first_class[token] as usize..self.first_class[token + 1] as usize;
        has_class(&self.classes[here], class)
    }

    /// Returns the tokens at which a class has a hit.
    pub(super) fn of_class(&self, class: ClassId) -> &[u32] {
        let class = usize::from(class);
        &self.places[self.first_place[class] as usize..self.first_place[class + 1] as usize]
    }
}

/// Returns whether a class is among some.
#[expect(
    clippy::manual_contains,
    reason = "there are a handful, and `contains` is a call made for long slices"
)]
pub(super) fn has_class(classes: &[ClassId], class: ClassId) -> bool {
    classes.iter().any(|known| *known == class)
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
