//! Dividing articles into parts (training, development, test): seeded, so that anybody can do it again, and stratified,
//! so that every part has its share of the rare labels.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::model::Document;

/// The parts and their shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The parts' names with their shares, in parts of the sum of all.
    pub parts: Vec<(String, u32)>,
    /// Another seed, another division.
    pub seed: u64,
}

/// Why shares are no division.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is no division; write shares as `80,10,10` or names with shares as `train=80,test=20`")]
pub struct SplitError {
    /// What was given.
    text: String,
}

impl Split {
    /// Returns the division that a text names: two shares are `train` and `test`, three `train`, `dev` and `test`.
    ///
    /// # Errors
    ///
    /// When it is no list of shares, or all of them are 0.
    pub fn parse(text: &str, seed: u64) -> Result<Self, SplitError> {
        let error = || SplitError { text: text.to_owned() };
        let shares: Vec<&str> = text.split(',').map(str::trim).collect();
        let names: &[&str] = match shares.len() {
            2 => &["train", "test"],
            3 => &["train", "dev", "test"],
            _ => &[],
        };
        let mut parts: Vec<(String, u32)> = Vec::new();
        for (i, share) in shares.iter().enumerate() {
            let (name, share) = match share.split_once('=') {
                Some((name, share)) => (name.trim(), share.trim()),
                None => (*names.get(i).ok_or_else(error)?, *share),
            };
            let is_plain =
                !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
            if !is_plain || parts.iter().any(|(other, _)| other == name) {
                return Err(error());
            }
            parts.push((name.to_owned(), share.parse().map_err(|_| error())?));
        }
        let sum = parts.iter().map(|(_, share)| u64::from(*share)).sum::<u64>();
        if sum == 0 || sum > u64::from(u32::MAX) { Err(error()) } else { Ok(Self { parts, seed }) }
    }

    /// Returns the part of an article by its name alone, for articles of which not all are known.
    pub(super) fn part_of(&self, name: &str) -> &str {
        let total: u64 = self.parts.iter().map(|(_, share)| u64::from(*share)).sum();
        let hash = self.hash(name);
        let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let mut at = number % total.max(1);
        for (part, share) in &self.parts {
            match at.checked_sub(u64::from(*share)) {
                Some(rest) => at = rest,
                None => return part,
            }
        }
        ""
    }

    fn hash(&self, name: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(name.as_bytes());
        hash.finalize().into()
    }

    /// Returns the part of each article. Articles of one stratum are put in an order that the seed and their names
    /// alone decide, and dealt out so that every part is as near to its share as it can be, within the stratum and
    /// over all.
    pub(super) fn assign(&self, articles: Vec<(String, Option<String>)>) -> BTreeMap<String, String> {
        let mut strata: BTreeMap<Option<String>, Vec<([u8; 32], String)>> = BTreeMap::new();
        for (name, stratum) in articles {
            strata.entry(stratum).or_default().push((self.hash(&name), name));
        }
        let total: u64 = self.parts.iter().map(|(_, share)| u64::from(*share)).sum();
        let mut dealt = vec![0_u64; self.parts.len()];
        let mut all = 0_u64;
        let mut assigned = BTreeMap::new();
        // The smallest strata first: what they cannot balance, the larger ones do.
        let mut order: Vec<_> = strata.into_values().collect();
        order.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        for mut stratum in order {
            stratum.sort();
            let mut here = vec![0_u64; self.parts.len()];
            for (n, (_, name)) in (1_u64..).zip(stratum) {
                all += 1;
                // How far a part is behind its share, in this stratum first, then over all.
                let behind = |part: usize| {
                    let share = i128::from(self.parts[part].1);
                    let lag = |so_far: u64, given: u64| {
                        share * i128::from(so_far) - i128::from(given) * i128::from(total)
                    };
                    (lag(n, here[part]), lag(all, dealt[part]))
                };
                let parts = (0..self.parts.len()).filter(|part| self.parts[*part].1 > 0);
                let Some(part) = parts.max_by_key(|part| (behind(*part), std::cmp::Reverse(*part))) else {
                    continue;
                };
                here[part] += 1;
                dealt[part] += 1;
                assigned.insert(name, self.parts[part].0.clone());
            }
        }
        assigned
    }
}

/// Returns what an article counts for when it is dealt out: its most frequent label, the first of equals.
pub(super) fn stratum(document: &Document) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for annotation in document.annotations().iter() {
        *counts.entry(annotation.body.label().as_str()).or_default() += 1;
    }
    let most = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
    most.map(|(label, _)| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn articles(n: usize) -> Vec<(String, Option<String>)> {
        let label =
            |i: usize| if i.is_multiple_of(10) { Some("RARE".to_owned()) } else { Some("PERS".to_owned()) };
        (0..n).map(|i| (format!("{i}.txt"), label(i))).collect()
    }

    fn count(parts: &BTreeMap<String, String>, part: &str) -> usize {
        parts.values().filter(|other| *other == part).count()
    }

    #[test]
    fn every_part_has_its_share_and_its_share_of_the_rare() {
        let split = Split::parse("80,10,10", 7).expect("a division");
        let parts = split.assign(articles(1_000));
        assert_eq!(["train", "dev", "test"].map(|part| count(&parts, part)), [800, 100, 100]);
        let rare: BTreeMap<_, _> = parts
            .iter()
            .filter(|(name, _)| {
                name.trim_end_matches(".txt").parse::<usize>().is_ok_and(|n| n.is_multiple_of(10))
            })
            .map(|(name, part)| (name.clone(), part.clone()))
            .collect();
        assert_eq!(["train", "dev", "test"].map(|part| count(&rare, part)), [80, 10, 10]);
    }

    #[test]
    fn the_same_seed_divides_the_same_way_and_another_does_not() {
        let of = |seed| Split::parse("a=1,b=1", seed).expect("a division").assign(articles(200));
        let mut reversed = articles(200);
        reversed.reverse();
        assert_eq!(of(1), of(1));
        assert_eq!(of(1), Split::parse("a=1,b=1", 1).expect("a division").assign(reversed));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn by_names_alone_every_part_has_about_its_share() {
        let split = Split::parse("80,10,10", 7).expect("a division");
        let of_train = (0..10_000).filter(|n| split.part_of(&format!("{n}.txt")) == "train").count();
        assert!((7_800..8_200).contains(&of_train), "{of_train}");
    }

    #[test]
    fn what_is_no_division_is_refused() {
        for text in ["80", "0,0", "a=1,a=2", "1,2,3,4", "x,y", "../a=1,b=1", ""] {
            assert!(Split::parse(text, 0).is_err(), "{text}");
        }
    }
}
