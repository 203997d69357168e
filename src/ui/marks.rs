//! From the session's annotations and suggestions to the marks of the article view, as far as they are in sight.

use std::cell::RefCell;
use std::collections::BTreeMap;

use egui::Color32;

use super::article::{MarkKind, MarkSource, SpanMark, Tick};
use super::theme::{Theme, underline};
use crate::model::{Annotation, AnnotationId, Body, Claim, Fragments, LabelId, RoleFiller, RoleId, Schema};
use crate::session::{Editor, Focus, Pending, Search};
use crate::text::TextRange;
use crate::typeset::Underline;

/// What marks are made from; a change of any of it is a new revision.
#[derive(Debug, Clone, PartialEq)]
struct MadeFrom {
    generation: u64,
    revision: u64,
    theme: Theme,
    language: String,
    hits: (usize, usize, String),
    /// A focused claim shows its roles wherever they stand.
    claim: Option<AnnotationId>,
}

/// The ids of marks and what they stand for. Kept as long as the article is open: a mark keeps its id.
#[derive(Debug, Default)]
pub(super) struct MarkIds {
    made_from: Option<MadeFrom>,
    revision: u64,
    given: RefCell<Given>,
}

#[derive(Debug, Default)]
struct Given {
    /// By id; 0 is that of all search hits.
    targets: Vec<Focus>,
    ids: BTreeMap<Focus, u64>,
}

impl Given {
    fn id_of(&mut self, focus: &Focus) -> u64 {
        if let Some(id) = self.ids.get(focus) {
            return *id;
        }
        if self.targets.is_empty() {
            self.targets.push(Focus::None);
        }
        let id = self.targets.len() as u64;
        self.targets.push(focus.clone());
        self.ids.insert(focus.clone(), id);
        id
    }
}

impl MarkIds {
    /// Returns the marks of the open article, to be asked for by range.
    pub(super) fn marks<'a>(
        &'a mut self,
        editor: &'a Editor,
        generation: u64,
        search: &'a Search,
        schema: &'a Schema,
        theme: &'a Theme,
        language: &'a str,
    ) -> SessionMarks<'a> {
        let made_from = MadeFrom {
            generation,
            revision: editor.marks_revision(),
            theme: *theme,
            language: language.to_owned(),
            hits: (search.hits().len(), search.current(), search.query().to_owned()),
            claim: editor.focused_claim().map(|claim| claim.id),
        };
        if self.made_from.as_ref() != Some(&made_from) {
            if self.made_from.as_ref().is_none_or(|before| before.generation != generation) {
                self.given = RefCell::default();
            }
            self.made_from = Some(made_from);
            self.revision += 1;
        }
        SessionMarks { ids: self, editor, search, schema, theme, language }
    }

    /// Returns what a mark's id stands for; nothing for a search hit.
    pub(super) fn target(&self, id: u64) -> Option<Focus> {
        let given = self.given.borrow();
        let target = given.targets.get(usize::try_from(id).ok()?)?;
        (*target != Focus::None).then(|| target.clone())
    }

    /// Returns the id of the marks of what is focused.
    pub(super) fn id_of(&self, focus: &Focus) -> Option<u64> {
        (*focus != Focus::None).then(|| self.given.borrow_mut().id_of(focus))
    }
}

/// The marks of the open article.
#[derive(Debug)]
pub(super) struct SessionMarks<'a> {
    ids: &'a MarkIds,
    editor: &'a Editor,
    search: &'a Search,
    schema: &'a Schema,
    theme: &'a Theme,
    language: &'a str,
}

impl<'a> SessionMarks<'a> {
    /// Returns what their ids stand for.
    pub(super) fn ids(&self) -> &'a MarkIds {
        self.ids
    }
}

impl MarkSource for SessionMarks<'_> {
    fn revision(&self) -> u64 {
        self.ids.revision
    }

    fn marks_in(&self, range: TextRange) -> Vec<SpanMark> {
        let mut marks = Vec::new();
        let document = self.editor.document();
        for annotation in document.annotations().overlapping(range) {
            self.annotation(&mut marks, annotation);
        }
        if let Some(claim) = self.editor.focused_claim()
            && !claim.body.extent().overlaps(range)
        {
            self.annotation(&mut marks, claim);
        }
        for pending in self.editor.queue().overlapping(range) {
            self.pending(&mut marks, pending);
        }
        self.hits(&mut marks, range);
        marks.sort_by_key(|mark| mark.fragments.first().map(|range| range.start()));
        marks
    }

    fn overview(&self, ranges: &[TextRange]) -> Vec<Option<Tick>> {
        let labels = self.schema.labels().iter();
        let colours = labels.map(|def| (&def.id, self.theme.label(self.schema, def))).collect();
        ranges.iter().map(|range| self.tick(*range, &colours)).collect()
    }

    fn place(&self, id: u64) -> Option<(usize, usize)> {
        let (annotations, queue) = (self.editor.document().annotations(), self.editor.queue());
        Some(match self.ids.target(id)? {
            Focus::Annotation(id) => (annotations.position(id)? + 1, annotations.len()),
            Focus::Suggestion(key) => (queue.position(&key)? + 1, queue.pending().len()),
            Focus::None => return None,
        })
    }
}

impl SessionMarks<'_> {
    fn id_of(&self, focus: &Focus) -> u64 {
        self.ids.given.borrow_mut().id_of(focus)
    }

    fn annotation(&self, marks: &mut Vec<SpanMark>, annotation: &Annotation) {
        let id = self.id_of(&Focus::Annotation(annotation.id));
        let label = annotation.body.label();
        match &annotation.body {
            Body::Entity(entity) => marks.push(self.mark(id, MarkKind::Annotation, &entity.fragments, label)),
            Body::Claim(claim) => self.claim(marks, (id, MarkKind::ClaimContent), &claim.content, claim),
        }
    }

    fn pending(&self, marks: &mut Vec<SpanMark>, pending: &Pending) {
        let id = self.id_of(&Focus::Suggestion(pending.key()));
        let body = &pending.suggestion.body;
        match body {
            Body::Entity(_) => {
                marks.push(self.mark(id, MarkKind::Suggestion, pending.fragments(), body.label()));
            }
            Body::Claim(claim) => {
                self.claim(marks, (id, MarkKind::SuggestedClaim), pending.fragments(), claim);
            }
        }
    }

    fn claim(
        &self,
        marks: &mut Vec<SpanMark>,
        (id, kind): (u64, MarkKind),
        content: &Fragments,
        claim: &Claim,
    ) {
        marks.push(self.mark(id, kind, content, &claim.label));
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
                let mut mark = self.mark(id, kind, &span, &claim.label);
                if let Some(tag) = &tag {
                    mark.tag.clone_from(tag);
                }
                marks.push(mark);
            }
        }
    }

    fn mark(&self, id: u64, kind: MarkKind, fragments: &Fragments, label: &LabelId) -> SpanMark {
        let def = self.schema.label(label);
        SpanMark {
            id,
            kind,
            fragments: fragments.ranges().to_vec(),
            colour: def.map_or(self.theme.dim, |def| self.theme.label(self.schema, def)),
            underline: def.map_or(Underline::Single, |def| underline(def.pattern)),
            tag: def.map_or_else(|| label.to_string(), |def| def.names.get(self.language).to_owned()),
        }
    }

    /// The first place found in a range, else the label of the first annotation there, else that of the first suggestion.
    fn tick(&self, range: TextRange, colours: &BTreeMap<&LabelId, Color32>) -> Option<Tick> {
        let hits = self.search.hits();
        let found = hits.get(hits.partition_point(|hit| hit.start() < range.start()));
        if found.is_some_and(|hit| hit.start() < range.end()) {
            return Some(Tick { colour: self.theme.accent, strong: true });
        }
        let colour = |label: &LabelId| colours.get(label).copied().unwrap_or(self.theme.dim);
        if let Some(annotation) = self.editor.document().annotations().first_starting_in(range) {
            return Some(Tick { colour: colour(annotation.body.label()), strong: true });
        }
        let pending = self.editor.queue().first_starting_in(range)?;
        Some(Tick { colour: colour(pending.suggestion.body.label()), strong: false })
    }

    fn hits(&self, marks: &mut Vec<SpanMark>, range: TextRange) {
        let hits = self.search.hits();
        let first = hits.partition_point(|hit| hit.end() <= range.start());
        for (i, hit) in hits.iter().enumerate().skip(first) {
            if hit.start() >= range.end() {
                break;
            }
            let current = i == self.search.current();
            marks.push(SpanMark {
                id: 0,
                kind: MarkKind::SearchHit,
                fragments: vec![*hit],
                colour: if current { self.theme.accent } else { self.theme.accent.gamma_multiply(0.5) },
                underline: Underline::Single,
                tag: String::new(),
            });
        }
    }
}
