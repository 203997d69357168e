//! Ids that stand twice in a file, as they do where two branches that both gave them were merged.
//!
//! Of the records with one id the earliest keeps it (by the time at which it was made, then by its text); the others get
//! fresh ones. What names such an id follows to the one that is meant: claims and relations say when what they name was
//! made, an accepted suggestion has the time of its annotation, and nothing names what was made later. Where that leaves
//! more than one, as in files that say no times, the earliest is taken, and a [`Problem`] says so.
//!
//! Invariant: which branch was merged into which does not matter; a file without such ids is not changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde::Serialize;

use super::read::AnnotationFile;
use super::record::{
    AnnotationRecord, DecisionLine, FillerRecord, Id, KindRecord, MisfitRecord, Names, OrphanRecord,
    RelationRecord, VerdictRecord,
};
use super::write::line;
use super::{Problem, ProblemKind};
use crate::formats::ron_fields::Kept;
use crate::formats::ron_text::Place;
use crate::model::{AnnotationId, RelationId, Timestamp};

/// One of several annotations with the same id.
#[derive(Debug, Clone)]
struct Namesake {
    place: Place,
    created: Timestamp,
    /// The record's text, which decides where the times do not.
    text: String,
    /// What the record is; an orphan that is no annotation cannot be named.
    kind: Option<KindRecord>,
    /// The id that it has from now on.
    id: AnnotationId,
}

/// The annotations of which ids stand twice, each list with the earliest first.
type Namesakes = BTreeMap<AnnotationId, Vec<Namesake>>;

/// What names an annotation.
struct Namer {
    place: Place,
    /// In words.
    what: String,
    /// When it was last changed.
    changed: Timestamp,
    /// Whether it is a claim: its roles are filled by mentions.
    is_claim: bool,
}

impl AnnotationFile {
    /// Gives every record an id of its own, and returns what was changed for that.
    pub(super) fn part_ids(&mut self) -> Vec<Problem> {
        let annotations = repeated(self.annotation_ids());
        let relations = repeated(self.relation_ids());
        let mut problems = Vec::new();
        if !annotations.is_empty() || !relations.is_empty() {
            drop_copies(&mut self.annotations, &annotations, |record| record.id.0, text, &mut problems);
            drop_copies(&mut self.relations, &relations, |record| record.id.0, text, &mut problems);
            let of_orphan = |orphan: &Kept<OrphanRecord>| text(&orphan.record);
            drop_copies(&mut self.orphans, &annotations, |orphan| orphan.id.0, of_orphan, &mut problems);
            self.part_annotations(&annotations, &mut problems);
            self.part_relations(&relations, &mut problems);
        }
        problems
    }

    fn annotation_ids(&self) -> impl Iterator<Item = AnnotationId> {
        let listed = self.annotations.iter().map(|(_, record)| record.id.0);
        listed.chain(self.orphans.iter().map(|(_, orphan)| orphan.id.0))
    }

    fn relation_ids(&self) -> impl Iterator<Item = RelationId> {
        let listed = self.relations.iter().map(|(_, record)| record.id.0);
        listed.chain(self.orphans.iter().filter_map(|(_, orphan)| match &orphan.record {
            MisfitRecord::Relation(record) => Some(record.id.0),
            _ => None,
        }))
    }

    /// Returns ids above all that the file has or names.
    pub(super) fn fresh_ids(&self) -> (AnnotationId, RelationId) {
        let mut highest = self.annotation_ids().max();
        let mut name = |id: &Id<AnnotationId>| highest = highest.max(Some(id.0));
        self.annotations.iter().flat_map(|(_, record)| record.named()).for_each(&mut name);
        self.relations.iter().flat_map(|(_, record)| [&record.from, &record.to]).for_each(&mut name);
        self.decisions.iter().filter_map(|(_, record)| record.outcome()).for_each(&mut name);
        for (_, orphan) in &self.orphans {
            match &orphan.record {
                MisfitRecord::Annotation(record) => {
                    name(&record.id);
                    record.named().for_each(&mut name);
                }
                MisfitRecord::Relation(record) => [&record.from, &record.to].into_iter().for_each(&mut name),
                MisfitRecord::Decision(record) => record.outcome().into_iter().for_each(&mut name),
            }
        }
        let annotation = highest.map_or(AnnotationId::FIRST, AnnotationId::next);
        let relation = self.relation_ids().max().map_or(RelationId::FIRST, RelationId::next);
        (annotation.max(self.next.annotation.0), relation.max(self.next.relation.0))
    }

    fn part_annotations(&mut self, repeated: &BTreeSet<AnnotationId>, problems: &mut Vec<Problem>) {
        let namesakes = self.namesakes(repeated);
        self.follow(&namesakes, problems);
        let by_place: BTreeMap<Place, AnnotationId> =
            namesakes.values().flatten().map(|namesake| (namesake.place, namesake.id)).collect();
        for (place, record) in &mut self.annotations {
            if let Some(id) = by_place.get(place) {
                record.id = Id(*id);
            }
        }
        for (place, orphan) in &mut self.orphans {
            if let Some(id) = by_place.get(place) {
                orphan.id = Id(*id);
                if let MisfitRecord::Annotation(record) = &mut orphan.record {
                    record.id = Id(*id);
                }
            }
        }
        for (id, namesakes) in namesakes {
            let Some((first, others)) = namesakes.split_first() else { continue };
            problems.extend(others.iter().map(|other| given_twice(other.place, id, other.id, first.place)));
        }
    }

    /// Returns the annotations with a repeated id, with the ids that they have from now on.
    fn namesakes(&self, repeated: &BTreeSet<AnnotationId>) -> Namesakes {
        let mut namesakes = Namesakes::new();
        let mut add = |id: AnnotationId, place, created, text: String, kind| {
            if repeated.contains(&id) {
                namesakes.entry(id).or_default().push(Namesake { place, created, text, kind, id });
            }
        };
        for (place, record) in self.annotations.iter().filter(|(_, record)| repeated.contains(&record.id.0)) {
            add(record.id.0, *place, record.created.0, text(record), Some(record.kind));
        }
        for (place, orphan) in &self.orphans {
            let (created, kind) = match &orphan.record {
                MisfitRecord::Annotation(record) => (record.created, Some(record.kind)),
                MisfitRecord::Relation(record) => (record.created, None),
                MisfitRecord::Decision(record) => (record.at, None),
            };
            add(orphan.id.0, *place, created.0, text(&orphan.record), kind);
        }
        let (mut fresh, _) = self.fresh_ids();
        for namesakes in namesakes.values_mut() {
            namesakes.sort_by(|a, b| (a.created, &a.text).cmp(&(b.created, &b.text)));
            for namesake in namesakes.iter_mut().skip(1) {
                namesake.id = fresh;
                fresh = fresh.next();
            }
        }
        namesakes
    }

    /// Leads what names a repeated id to the annotation that is meant.
    fn follow(&mut self, namesakes: &Namesakes, problems: &mut Vec<Problem>) {
        let mut follow = |namer: &Namer, id: &mut Id<AnnotationId>, made: Option<Timestamp>| {
            let Some(candidates) = namesakes.get(&id.0) else { return };
            let Some((meant, is_certain)) = namer.choose(candidates, made) else { return };
            if !is_certain {
                let (what, id, taken) = (namer.what.clone(), id.0, meant.place);
                let kind = ProblemKind::UnclearReference { what, id, taken };
                problems.push(Problem { place: namer.place, kind });
            }
            id.0 = meant.id;
        };
        for (place, record) in &mut self.annotations {
            follow_roles(*place, record, &mut follow);
        }
        for (place, record) in &mut self.relations {
            follow_ends(*place, record, &mut follow);
        }
        for (place, record) in &mut self.decisions {
            follow_outcome(*place, record, &mut follow);
        }
        for (place, orphan) in &mut self.orphans {
            match &mut orphan.record {
                MisfitRecord::Annotation(record) => follow_roles(*place, record, &mut follow),
                MisfitRecord::Relation(record) => follow_ends(*place, record, &mut follow),
                MisfitRecord::Decision(record) => follow_outcome(*place, record, &mut follow),
            }
        }
    }

    /// Returns the relations, those that were set aside too.
    fn relations(&self) -> impl Iterator<Item = (Place, &Kept<RelationRecord>)> {
        let aside = self.orphans.iter().filter_map(|(place, orphan)| match &orphan.record {
            MisfitRecord::Relation(record) => Some((*place, record)),
            _ => None,
        });
        self.relations.iter().map(|(place, record)| (*place, record)).chain(aside)
    }

    fn part_relations(&mut self, repeated: &BTreeSet<RelationId>, problems: &mut Vec<Problem>) {
        let (_, mut fresh) = self.fresh_ids();
        let mut parted = BTreeMap::new();
        for id in repeated {
            let namesakes = self.relations().filter(|(_, record)| record.id.0 == *id);
            let mut namesakes: Vec<_> =
                namesakes.map(|(place, record)| (record.created.0, text(record), place)).collect();
            namesakes.sort();
            let Some(((_, _, first), others)) = namesakes.split_first() else { continue };
            for (_, _, place) in others {
                problems.push(given_twice(*place, *id, fresh, *first));
                parted.insert(*place, fresh);
                fresh = fresh.next();
            }
        }
        let aside = self.orphans.iter_mut().filter_map(|(place, orphan)| match &mut orphan.record {
            MisfitRecord::Relation(record) => Some((*place, record)),
            _ => None,
        });
        for (place, record) in self.relations.iter_mut().map(|(place, record)| (*place, record)).chain(aside)
        {
            if let Some(id) = parted.get(&place) {
                record.id = Id(*id);
            }
        }
    }
}

impl Namer {
    /// Returns which of the annotations with one id is named, and whether that is certain; `None` where none can be
    /// named. `made` is when it was made, as far as the record says that.
    fn choose<'a>(&self, namesakes: &'a [Namesake], made: Option<Timestamp>) -> Option<(&'a Namesake, bool)> {
        let fits = |namesake: &&Namesake| match namesake.kind {
            Some(kind) => kind == KindRecord::Entity || !self.is_claim,
            None => false,
        };
        let candidates: Vec<&Namesake> = namesakes.iter().filter(fits).collect();
        let only = |may_be: &dyn Fn(&Namesake) -> bool| {
            let mut possible = candidates.iter().copied().filter(|candidate| may_be(candidate));
            possible.next().filter(|_| possible.next().is_none())
        };
        let meant = only(&|candidate| Some(candidate.created) == made)
            .or_else(|| only(&|candidate| candidate.created <= self.changed));
        meant.map(|meant| (meant, true)).or_else(|| candidates.first().map(|first| (*first, false)))
    }
}

/// Leads a name to the annotation that is meant, given when that was made.
trait Follow: FnMut(&Namer, &mut Id<AnnotationId>, Option<Timestamp>) {}
impl<F: FnMut(&Namer, &mut Id<AnnotationId>, Option<Timestamp>)> Follow for F {}

fn follow_roles(place: Place, claim: &mut AnnotationRecord, follow: &mut impl Follow) {
    if claim.named().next().is_none() {
        return;
    }
    let what = format!("{} ({})", claim.id.0, claim.label.0);
    let namer = Namer { place, what, changed: claim.modified.0, is_claim: true };
    let times = std::mem::take(&mut claim.names);
    for filler in claim.roles.values_mut().flatten() {
        if let FillerRecord::Entity(id) = filler {
            follow_name(&namer, id, &times, &mut claim.names, follow);
        }
    }
}

fn follow_ends(place: Place, relation: &mut RelationRecord, follow: &mut impl Follow) {
    let what = format!("{} ({})", relation.id.0, relation.label.0);
    let namer = Namer { place, what, changed: relation.created.0, is_claim: false };
    let times = std::mem::take(&mut relation.names);
    for id in [&mut relation.from, &mut relation.to] {
        follow_name(&namer, id, &times, &mut relation.names, follow);
    }
}

/// Leads one of a record's names on, and writes down under its new id when what it names was made.
fn follow_name(
    namer: &Namer,
    id: &mut Id<AnnotationId>,
    times: &Names,
    said: &mut Names,
    follow: &mut impl Follow,
) {
    let made = times.get(id).copied();
    follow(namer, id, made.map(|made| made.0));
    said.extend(made.map(|made| (*id, made)));
}

fn follow_outcome(place: Place, decision: &mut DecisionLine, follow: &mut impl Follow) {
    let what = format!("the decision on {}", decision.label.0);
    let at = decision.at.0;
    if let VerdictRecord::Accepted(id) = &mut decision.decision {
        follow(&Namer { place, what, changed: at, is_claim: false }, id, Some(at));
    }
}

impl AnnotationRecord {
    /// Returns the annotations that fill its roles.
    fn named(&self) -> impl Iterator<Item = &Id<AnnotationId>> {
        self.roles.values().flatten().filter_map(|filler| match filler {
            FillerRecord::Entity(id) => Some(id),
            _ => None,
        })
    }
}

impl DecisionLine {
    /// Returns what came of the suggestion.
    pub(super) fn outcome(&self) -> Option<&Id<AnnotationId>> {
        match &self.decision {
            VerdictRecord::Accepted(id) => Some(id),
            VerdictRecord::Rejected => None,
        }
    }
}

fn given_twice(place: Place, id: impl Display, new: impl Display, first: Place) -> Problem {
    Problem { place, kind: ProblemKind::IdGivenTwice { id: id.to_string(), new: new.to_string(), first } }
}

/// Returns the ids that come more than once.
fn repeated<I: Ord + Copy>(ids: impl Iterator<Item = I>) -> BTreeSet<I> {
    let mut ids: Vec<I> = ids.collect();
    ids.sort_unstable();
    ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

/// Takes out records that are, with a repeated id and all else, the same as one before them.
fn drop_copies<R, I: Ord + Copy + Display>(
    records: &mut Vec<(Place, R)>,
    repeated: &BTreeSet<I>,
    id: impl Fn(&R) -> I,
    text: impl Fn(&R) -> String,
    problems: &mut Vec<Problem>,
) {
    let mut seen = BTreeMap::new();
    records.retain(|(place, record)| {
        let id = id(record);
        let first =
            if repeated.contains(&id) { *seen.entry((id, text(record))).or_insert(*place) } else { *place };
        if first != *place {
            problems.push(Problem { place: *place, kind: ProblemKind::Copy { id: id.to_string(), first } });
        }
        first == *place
    });
}

/// Returns a record as it would be written; writing what was just read cannot fail.
fn text(record: &impl Serialize) -> String {
    line(&"a record", record).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(second: u32) -> String {
        format!("2026-01-31T08:{:02}:{:02}.000Z", second / 60, second % 60)
    }

    /// A mention; its note tells it from others, whatever its id.
    fn mention(id: u32, second: u32, note: &str) -> String {
        let at = time(second);
        format!(
            r#"(id: "a{id}", kind: entity, label: "PERS", spans: [(start: 0, end: 1, quote: "x")], note: "{note}", origin: human, created: "{at}", modified: "{at}")"#
        )
    }

    /// A claim whose source is a mention; the record says when that was made where `made` does.
    fn claim(id: u32, second: u32, (source, made): (u32, Option<u32>), note: &str) -> String {
        let names =
            made.map_or(String::new(), |made| format!(r#"names: {{"a{source}": "{}"}}, "#, time(made)));
        let roles = format!(r#"roles: {{"SOURCE": [entity("a{source}")]}}, {names}note"#);
        mention(id, second, note)
            .replace("entity", "claim")
            .replace("PERS", "CLAIM")
            .replacen("note", &roles, 1)
    }

    fn relation(id: u32, second: u32, from: u32, to: u32) -> String {
        let at = time(second);
        format!(r#"(id: "r{id}", label: "same_as", from: "a{from}", to: "a{to}", created: "{at}")"#)
    }

    fn accepted(id: u32, second: u32) -> String {
        let at = time(second);
        format!(
            r#"(decision: accepted("a{id}"), label: "GPE", spans: [(start: {second}, end: 99, quote: "x")], rule: "r", pack: "p@1", at: "{at}")"#
        )
    }

    fn file(annotations: &[String], relations: &[String], decisions: &[String]) -> AnnotationFile {
        let list = |records: &[String]| records.iter().fold(String::new(), |all, r| all + r + ",\n");
        let text = format!(
            "(version: 1, article: (file: \"a\", sha256: \"0\", encoding: \"UTF-8\", chars: 1), annotator: \"amal\",\n\
             schema: \"s\", annotations: [\n{}], relations: [\n{}], decisions: [\n{}])",
            list(annotations),
            list(relations),
            list(decisions),
        );
        AnnotationFile::parse(text.as_bytes()).expect("a good file")
    }

    /// The notes of the annotations by id.
    fn notes(file: &AnnotationFile) -> BTreeMap<String, String> {
        let note = |(_, r): &(Place, Kept<AnnotationRecord>)| (r.id.0.to_string(), r.note.0.clone());
        file.annotations.iter().map(note).collect()
    }

    /// Which note each claim names.
    fn named(file: &AnnotationFile) -> BTreeMap<String, String> {
        let notes = notes(file);
        let of = |(_, r): &(Place, Kept<AnnotationRecord>)| {
            Some((r.note.0.clone(), notes[&r.named().next()?.0.to_string()].clone()))
        };
        file.annotations.iter().filter_map(of).collect()
    }

    fn told(file: &AnnotationFile) -> Vec<String> {
        file.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_earlier_record_keeps_its_id_in_whatever_order_they_stand() {
        let (early, late) = (mention(1, 10, "early"), mention(1, 20, "late"));
        let last = mention(7, 5, "last");
        let one = file(&[early.clone(), late.clone(), last.clone()], &[], &[]);
        let other = file(&[late, last, early], &[], &[]);
        let expected = [("a1", "early"), ("a7", "last"), ("a8", "late")];
        let expected = expected.map(|(id, note)| (id.to_owned(), note.to_owned()));
        assert_eq!(notes(&one), BTreeMap::from(expected));
        assert_eq!(notes(&other), notes(&one));
        assert_eq!(
            told(&one),
            ["4:1: the id a1 stands already at 3:1; this record has the id a8 from now on"]
        );
        let same_time =
            |first: &str, second| file(&[mention(1, 10, first), mention(1, 10, second)], &[], &[]);
        assert_eq!(notes(&same_time("a", "b")), notes(&same_time("b", "a")), "the text decides");
    }

    #[test]
    fn what_names_an_id_follows_to_the_one_that_it_means() {
        // The two worked at the same time.
        let ours = [mention(1, 10, "ours"), claim(2, 12, (1, Some(10)), "our claim")];
        let theirs = [mention(1, 11, "theirs"), claim(2, 13, (1, Some(11)), "their claim")];
        let names =
            |one, other| format!(r#"names: {{"a1": "{}", "a2": "{}"}}, created"#, time(one), time(other));
        let relations = [
            relation(1, 15, 2, 1).replace("created", &names(10, 12)),
            relation(1, 14, 2, 1).replace("created", &names(11, 13)),
        ];
        let decisions = [accepted(1, 10), accepted(1, 11)];
        let file = file(&[ours, theirs].concat(), &relations, &decisions);
        let expected = [("our claim", "ours"), ("their claim", "theirs")];
        assert_eq!(named(&file), expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into());
        let notes = notes(&file);
        let ends = file.relations.iter().map(|(_, r)| [r.from, r.to].map(|id| &*notes[&id.0.to_string()]));
        assert_eq!(ends.collect::<Vec<_>>(), [["our claim", "ours"], ["their claim", "theirs"]]);
        let outcomes = file.decisions.iter().filter_map(|(_, line)| line.outcome());
        let outcomes: Vec<&str> = outcomes.map(|id| &*notes[&id.0.to_string()]).collect();
        assert_eq!(outcomes, ["ours", "theirs"]);
        let kinds: Vec<bool> = file.problems.iter().map(|problem| problem.kind.is_of_merge()).collect();
        assert_eq!(kinds, [true; 3], "a1, a2 and r1: {:?}", told(&file));
        let said: Vec<usize> = file.relations.iter().map(|(_, relation)| relation.names.len()).collect();
        assert_eq!(said, [2, 2], "what the records say goes along with the ids");
    }

    #[test]
    fn what_says_no_time_names_what_was_there_or_is_told_of() {
        let at = |second| {
            let claim = claim(2, second, (1, None), "claim");
            file(&[mention(1, 10, "one"), mention(1, 15, "other"), claim], &[], &[])
        };
        assert_eq!((named(&at(12))["claim"].as_str(), at(12).problems.len()), ("one", 1));
        let unclear = "5:1: a2 (CLAIM) names a1, which stood twice; it is taken to mean the one at 3:1";
        assert!(told(&at(20)).contains(&unclear.to_owned()), "{:?}", told(&at(20)));
        assert_eq!(named(&at(20))["claim"], "one");
    }

    #[test]
    fn a_record_that_stands_twice_is_kept_once() {
        let file = file(&[mention(1, 10, "x"), mention(1, 10, "x")], &[], &[]);
        assert_eq!(file.annotations.len(), 1);
        assert_eq!(told(&file), ["4:1: a1 stands already at 3:1, the same in everything; it is kept once"]);
    }

    #[test]
    fn orphans_share_the_ids_of_annotations_and_relations() {
        let aside = |record: &str| format!(r#"(id: "a1", reason: "", record: {record})"#);
        let file = file(&[mention(1, 10, "x")], &[relation(1, 11, 1, 1)], &[]);
        assert_eq!(told(&file), [""; 0]);
        let orphans = [
            aside(&format!("annotation({})", mention(1, 20, "aside"))),
            aside(&format!("relation({})", relation(1, 21, 1, 1))),
        ];
        let mut file = file;
        for (line, orphan) in (10..).zip(orphans) {
            let orphan: Kept<OrphanRecord> = crate::formats::ron_text::parse(&orphan).expect("a record");
            file.orphans.push((Place { line, column: 1 }, orphan));
        }
        let problems = file.part_ids();
        let ids: Vec<String> = file.annotation_ids().map(|id| id.to_string()).collect();
        assert_eq!(ids, ["a1", "a2", "a3"], "{problems:?}");
        let relations: Vec<String> = file.relation_ids().map(|id| id.to_string()).collect();
        assert_eq!(relations, ["r1", "r2"]);
    }

    /// What one branch does: so many seconds later, a mention, or a claim that names the n-th mention from behind and says
    /// when that was made, or not.
    type Script = Vec<(u32, Option<(usize, bool)>)>;

    /// The records of a branch; the note of a claim is that of the mention that it names, with a sign before it.
    fn branch(name: &str, base: u32, script: &Script) -> Vec<String> {
        let mut mentions: Vec<(u32, u32, String)> =
            (1..=base).map(|id| (id, id, format!("base{id}"))).collect();
        let (mut id, mut second) = (base, 100);
        let mut records = Vec::new();
        for (later, names) in script {
            id += 1;
            second += later;
            let named = names.and_then(|(n, says)| Some((mentions.iter().rev().nth(n)?, says)));
            if let Some(((source, made, note), says)) = named {
                let source = (*source, Some(*made).filter(|_| says));
                records.push(claim(id, second, source, &format!("{name}{id}>{note}")));
            } else {
                let note = format!("{name}{id}");
                records.push(mention(id, second, &note));
                mentions.push((id, second, note));
            }
        }
        records
    }

    fn script() -> impl Strategy<Value = Script> {
        prop::collection::vec((1..40_u32, prop::option::of((0..4_usize, any::<bool>()))), 0..12)
    }

    proptest! {
        #[test]
        fn no_record_is_lost_and_what_is_certain_is_right(ours in script(), theirs in script(), base in 0..3_u32) {
            let before = (1..=base).map(|id| mention(id, id, &format!("base{id}"))).collect();
            let all = [before, branch("o", base, &ours), branch("t", base, &theirs)].concat();
            let there = all.len();
            let file = file(&all, &[], &[]);
            prop_assert_eq!(notes(&file).len(), there, "each has an id of its own");
            let unclear: BTreeSet<Place> = file.problems.iter()
                .filter(|problem| matches!(problem.kind, ProblemKind::UnclearReference { .. }))
                .map(|problem| problem.place)
                .collect();
            let named = named(&file);
            for (place, record) in &file.annotations {
                let Some((_, meant)) = record.note.0.split_once('>') else { continue };
                prop_assert!(unclear.contains(place) || named[&record.note.0] == meant, "{:?}", told(&file));
            }
            let mut turned = all;
            turned.reverse();
            prop_assert_eq!(notes(&self::file(&turned, &[], &[])), notes(&file));
        }
    }
}
