//! From the session's annotations and suggestions to the marks of the article view.

use std::collections::BTreeMap;

use super::article::{MarkKind, SpanMark};
use super::theme::{Theme, underline};
use crate::model::{Annotation, Body, Claim, Fragments, LabelId, RoleFiller, RoleId, Schema};
use crate::session::{Editor, Focus, Pending, Search};
use crate::typeset::Underline;

/// What the cached marks were made from; a change of any of it makes them anew.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Made {
    generation: u64,
    revision: u64,
    dark: bool,
    arabic: bool,
    hits: (usize, usize, u64),
}

/// The marks of the open article, made anew when what they show changes.
#[derive(Debug, Default)]
pub(super) struct MarkCache {
    made: Option<Made>,
    marks: Vec<SpanMark>,
    /// What each mark's id stands for; ids are indices.
    targets: Vec<Focus>,
    ids: BTreeMap<Focus, u64>,
    revision: u64,
}

impl MarkCache {
    /// Brings the marks up to date.
    pub(super) fn update(
        &mut self,
        editor: &Editor,
        generation: u64,
        search: &Search,
        schema: &Schema,
        theme: &Theme,
        language: &str,
    ) {
        let made = Made {
            generation,
            revision: editor.marks_revision(),
            dark: theme.dark,
            arabic: language == "ar",
            hits: (search.hits().len(), search.current(), fingerprint(search.query())),
        };
        if self.made == Some(made) {
            return;
        }
        self.made = Some(made);
        self.revision += 1;
        self.targets.clear();
        let mut maker =
            Maker { schema, theme, language, editor, marks: Vec::new(), targets: &mut self.targets };
        for annotation in editor.document().annotations().iter() {
            maker.annotation(annotation);
        }
        for pending in editor.queue().pending() {
            maker.pending(pending);
        }
        maker.hits(search);
        self.marks = maker.marks;
        let targets = self.targets.iter().filter(|target| **target != Focus::None);
        self.ids = targets.cloned().zip(0..).collect();
        self.marks.sort_by_key(|mark| mark.fragments.first().map(|range| range.start()));
    }

    /// Returns the marks, sorted by start.
    pub(super) fn marks(&self) -> &[SpanMark] {
        &self.marks
    }

    /// Returns a number that changes when the marks do.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns what a mark's id stands for; nothing for a search hit.
    pub(super) fn target(&self, id: u64) -> Option<&Focus> {
        let target = self.targets.get(usize::try_from(id).ok()?)?;
        (*target != Focus::None).then_some(target)
    }

    /// Returns the id of the marks of what is focused.
    pub(super) fn id_of(&self, focus: &Focus) -> Option<u64> {
        self.ids.get(focus).copied()
    }
}

/// A number that tells queries apart.
fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Maker<'a> {
    schema: &'a Schema,
    theme: &'a Theme,
    language: &'a str,
    editor: &'a Editor,
    marks: Vec<SpanMark>,
    targets: &'a mut Vec<Focus>,
}

impl Maker<'_> {
    fn target(&mut self, focus: Focus) -> u64 {
        self.targets.push(focus);
        self.targets.len() as u64 - 1
    }

    fn annotation(&mut self, annotation: &Annotation) {
        let id = self.target(Focus::Annotation(annotation.id));
        let label = annotation.body.label();
        match &annotation.body {
            Body::Entity(entity) => self.push(id, MarkKind::Annotation, &entity.fragments, label),
            Body::Claim(claim) => self.claim(id, MarkKind::ClaimContent, &claim.content, claim),
        }
    }

    fn pending(&mut self, pending: &Pending) {
        let id = self.target(Focus::Suggestion(pending.key()));
        let body = &pending.suggestion.body;
        match body {
            Body::Entity(_) => self.push(id, MarkKind::Suggestion, pending.fragments(), body.label()),
            Body::Claim(claim) => self.claim(id, MarkKind::SuggestedClaim, pending.fragments(), claim),
        }
    }

    fn claim(&mut self, id: u64, kind: MarkKind, content: &Fragments, claim: &Claim) {
        self.push(id, kind, content, &claim.label);
        for (role, fillers) in &claim.roles {
            let kind = match role.as_str() {
                RoleId::SOURCE => MarkKind::ClaimSource,
                RoleId::CUE => MarkKind::ClaimCue,
                _ => MarkKind::ClaimRole,
            };
            let tag = self.schema.role(role).map(|role| role.names.get(self.language).to_owned());
            for filler in fillers {
                let span = match filler {
                    RoleFiller::Span(span) => span.clone(),
                    RoleFiller::Entity(entity) => match self.editor.document().annotation(*entity) {
                        Some(annotation) => annotation.body.fragments().clone(),
                        None => continue,
                    },
                    RoleFiller::Author | RoleFiller::Unnamed => continue,
                };
                self.push(id, kind, &span, &claim.label);
                if let Some((mark, tag)) = self.marks.last_mut().zip(tag.as_ref()) {
                    mark.tag.clone_from(tag);
                }
            }
        }
    }

    fn push(&mut self, id: u64, kind: MarkKind, fragments: &Fragments, label: &LabelId) {
        let def = self.schema.label(label);
        self.marks.push(SpanMark {
            id,
            kind,
            fragments: fragments.ranges().to_vec(),
            colour: def.map_or(self.theme.dim, |def| self.theme.label(def)),
            underline: def.map_or(Underline::Single, |def| underline(def.pattern)),
            tag: def.map_or_else(|| label.to_string(), |def| def.names.get(self.language).to_owned()),
        });
    }

    fn hits(&mut self, search: &Search) {
        if search.hits().is_empty() {
            return;
        }
        let id = self.target(Focus::None);
        for (i, hit) in search.hits().iter().enumerate() {
            let current = i == search.current();
            self.marks.push(SpanMark {
                id,
                kind: MarkKind::SearchHit,
                fragments: vec![*hit],
                colour: if current { self.theme.accent } else { self.theme.accent.gamma_multiply(0.5) },
                underline: Underline::Single,
                tag: String::new(),
            });
        }
    }
}
