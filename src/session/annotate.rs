//! Actions that change annotations: labels, claims and their roles, attributes, links, orphans.

use std::sync::Arc;

use super::action::{Action, Refusal, Tab, ViewChange};
use super::editor::{Editor, Focus};
use super::perform::Outcome;
use super::run::filler_from_selection;
use super::selection::Selection;
use super::{Session, edits};
use crate::model::{
    AnnotationId, AttributeValue, Body, Document, Edit, Fragments, LabelId, LabelKind, RoleFiller, RoleId,
    Timestamp, Transaction,
};
use crate::text::{TextRange, TokenKind};

impl Session {
    pub(super) fn annotate(&mut self, action: Action) -> Outcome {
        match action {
            Action::ApplyLabel(label) => self.apply_label(&label),
            Action::Relabel(id, label) => self.relabel(id, &label),
            Action::MakeClaim => {
                let label = self.schema.claim_label().ok_or("the schema has no claims")?.id.clone();
                self.make_claim(&label)
            }
            Action::TagMentions(label, ranges) => self.tag(&label, &ranges),
            Action::FillRoleFromSelection(role) => self.fill_role_from_selection(&role),
            Action::FillRole(id, role, filler) => {
                self.change(|document, now| edits::fill_role(document, id, &role, filler, now))
            }
            Action::ClearRole(id, role, index) => {
                self.change(|document, now| edits::clear_role(document, id, &role, index, now))
            }
            Action::AddFragment => self.add_fragment(),
            Action::SetFragments(id, fragments) => {
                self.change(|document, now| edits::set_fragments(document, id, fragments, now))
            }
            Action::SetAttribute(id, name, value) => self.set_attribute(id, &name, value),
            Action::SetNote(id, note) => self.change(|document, now| {
                edits::change(document, id, now, "Note on", |annotation| annotation.note = Arc::from(note))
            }),
            Action::Delete(id) => self.change(|document, _| edits::delete(document, id)),
            Action::Link(label, from, to) => self.link(&label, from, to),
            Action::Unlink(id) => self.commit(Transaction::new("Remove a link", vec![Edit::Unlink(id)])),
            Action::PlaceOrphan(id) => self.place_orphan(id),
            Action::DiscardOrphan(id) => {
                self.commit(Transaction::new("Discard what does not fit", vec![Edit::Discard(id)]))
            }
            _ => Ok(()),
        }
    }

    /// Commits what `make` makes of the document; nothing where it would change nothing.
    fn change(&mut self, make: impl FnOnce(&Document, Timestamp) -> Option<Transaction>) -> Outcome {
        let now = self.now();
        let transaction = make(self.editor_mut()?.document(), now);
        transaction.map_or(Ok(()), |transaction| self.commit(transaction))
    }

    pub(super) fn commit(&mut self, transaction: Transaction) -> Outcome {
        let what = transaction.description.clone();
        self.editor_mut()?.commit(transaction)?;
        self.done(&what);
        Ok(())
    }

    /// Tells what was done, with the offer to undo it.
    pub(super) fn done(&mut self, what: &Arc<str>) {
        self.inform_undoable(what.to_string());
        self.changed();
    }

    /// Applies a label to the selection, else to the focused suggestion, else to the focused annotation.
    fn apply_label(&mut self, label: &LabelId) -> Outcome {
        let kind = self.label_kind(label)?;
        let editor = self.editor_mut()?;
        if let Some(range) = editor.selected() {
            return match kind {
                LabelKind::Entity => self.tag(label, &[range]),
                LabelKind::Claim => self.make_claim(label),
            };
        }
        match editor.focus().clone() {
            Focus::Suggestion(key) => {
                let pending = editor.queue().get(&key).ok_or("that suggestion is no longer there")?;
                let suggested = pending.suggestion.body.label().clone();
                if self.label_kind(&suggested)? != kind {
                    return Err(
                        "a claim and a mention are different things; reject the suggestion instead".into()
                    );
                }
                self.accept(&key, Some(label))
            }
            Focus::Annotation(id) => self.relabel(id, label),
            Focus::None => Err("select text or focus a mark first".into()),
        }
    }

    fn label_kind(&self, label: &LabelId) -> Result<LabelKind, Refusal> {
        let known = self
            .schema
            .label(label)
            .ok_or_else(|| Refusal(format!("the schema has no label {label}").into()))?;
        Ok(known.kind)
    }

    fn relabel(&mut self, id: AnnotationId, label: &LabelId) -> Outcome {
        let kind = self.label_kind(label)?;
        let now = self.now();
        let editor = self.editor_mut()?;
        let annotation = editor.document().annotation(id).ok_or("that annotation is no longer there")?;
        if (kind == LabelKind::Claim) != annotation.body.as_claim().is_some() {
            return Err("a claim cannot become a mention, nor a mention a claim".into());
        }
        match edits::relabel(editor.document(), id, label, now) {
            Some(transaction) => self.commit(transaction),
            None => Err("it has that label already".into()),
        }
    }

    /// Tags ranges as mentions, those left out that are tagged so already; focuses the first.
    fn tag(&mut self, label: &LabelId, ranges: &[TextRange]) -> Outcome {
        let now = self.now();
        let editor = self.editor_mut()?;
        let document = editor.document();
        let spans: Vec<Fragments> = ranges
            .iter()
            .filter_map(|range| Fragments::single(*range).ok())
            .filter(|span| !is_tagged(document, label, span))
            .collect();
        if spans.is_empty() {
            return Err(Refusal(format!("that is tagged as {label} already").into()));
        }
        let id = document.fresh_annotation_id();
        let transaction = edits::create_entities(document, label, &spans, now);
        self.last_label = Some(label.clone());
        self.commit(transaction)?;
        self.focus_made(id)
    }

    /// Focuses what was just made; the cursor stays where it is, so that the text does not move.
    fn focus_made(&mut self, id: AnnotationId) -> Outcome {
        self.editor_mut()?.focus_here(Focus::Annotation(id));
        Ok(())
    }

    /// Makes a claim of the selection; without one accepts the suggestion of which the cue is under the cursor, else
    /// takes the word under the cursor as the cue and what follows it in its sentence as the content.
    fn make_claim(&mut self, label: &LabelId) -> Outcome {
        let now = self.now();
        let editor = self.editor_mut()?;
        let (content, cue) = match editor.selected() {
            Some(range) => (range, None),
            None => match editor.claim_suggestion_at_cue() {
                Some(pending) => {
                    let key = pending.key();
                    return self.accept(&key, None);
                }
                None => claim_of_cue(editor)?,
            },
        };
        let content = Fragments::single(content).map_err(|error| Refusal(error.to_string().into()))?;
        let cue = cue.and_then(|cue| Fragments::single(cue).ok());
        let document = editor.document();
        let id = document.fresh_annotation_id();
        let transaction = edits::create_claim(document, label, content, cue, now);
        self.commit(transaction)?;
        self.focus_made(id)?;
        self.change_view(ViewChange::Tab(Tab::Details));
        Ok(())
    }

    fn fill_role_from_selection(&mut self, role: &RoleId) -> Outcome {
        let editor = self.editor_mut()?;
        let claim = editor.focused_claim().ok_or("focus a claim first")?.id;
        let filler = filler_from_selection(editor).ok_or("select the text that fills the role")?;
        let filler = match (role.as_str(), filler) {
            (RoleId::CONTENT | RoleId::CUE, RoleFiller::Entity(id)) => span_of(editor.document(), id)?,
            (_, filler) => filler,
        };
        self.change(|document, now| edits::fill_role(document, claim, role, filler, now))?;
        let editor = self.editor_mut()?;
        editor.select(Selection::cursor(editor.selection().head));
        Ok(())
    }

    fn add_fragment(&mut self) -> Outcome {
        let editor = self.editor_mut()?;
        let annotation =
            editor.recent_annotation().ok_or("focus the annotation that gets a further piece first")?;
        let (id, mut pieces) = (annotation.id, annotation.body.fragments().ranges().to_vec());
        pieces.push(editor.selected().ok_or("select the further piece")?);
        let fragments = Fragments::new(pieces).map_err(|error| Refusal(error.to_string().into()))?;
        self.change(|document, now| edits::set_fragments(document, id, fragments, now))?;
        self.focus_made(id)
    }

    fn set_attribute(&mut self, id: AnnotationId, name: &Arc<str>, value: Option<AttributeValue>) -> Outcome {
        let known = self.schema.attribute(name).ok_or("the schema has no such attribute")?;
        if value.as_ref().is_some_and(|value| !known.values.allows(value)) {
            return Err("the schema does not allow that value".into());
        }
        self.change(|document, now| {
            edits::change(document, id, now, &format!("Set {name} of"), |annotation| {
                match value {
                    Some(value) => annotation.attributes.insert(Arc::clone(name), value),
                    None => annotation.attributes.remove(name),
                };
            })
        })
    }

    fn link(&mut self, label: &LabelId, from: AnnotationId, to: AnnotationId) -> Outcome {
        let def = self.schema.relation(label).ok_or("the schema has no such relation")?.clone();
        let document = self.editor_mut()?.document();
        let kind = |id| {
            let annotation = document.annotation(id).ok_or("that annotation is no longer there")?;
            let is_claim = annotation.body.as_claim().is_some();
            Ok::<_, Refusal>(if is_claim { LabelKind::Claim } else { LabelKind::Entity })
        };
        if from == to || kind(from)? != def.from || kind(to)? != def.to {
            return Err("that relation does not link these two".into());
        }
        let exists = document.relations().any(|r| r.label == *label && r.from == from && r.to == to);
        if exists {
            return Err("the two are linked so already".into());
        }
        self.change(|document, now| Some(edits::link(document, label, from, to, now)))
    }

    fn place_orphan(&mut self, id: AnnotationId) -> Outcome {
        let editor = self.editor_mut()?;
        let orphan = editor.document().orphan(id).ok_or("that record is no longer there")?.clone();
        let range = editor.selected().ok_or("select the text where it belongs first")?;
        if self.label_kind(&orphan.label)? != LabelKind::Entity {
            return Err("a claim is made anew from its content: select it and press C".into());
        }
        let fragments = Fragments::single(range).map_err(|error| Refusal(error.to_string().into()))?;
        self.change(|document, now| Some(edits::place_orphan(document, &orphan, fragments, now)))
    }
}

/// Returns whether a mention with that label stands on exactly that span.
fn is_tagged(document: &Document, label: &LabelId, span: &Fragments) -> bool {
    document.annotations().overlapping(span.hull()).any(|annotation| match &annotation.body {
        Body::Entity(entity) => entity.label == *label && entity.fragments == *span,
        Body::Claim(_) => false,
    })
}

fn span_of(document: &Document, id: AnnotationId) -> Result<RoleFiller, Refusal> {
    let annotation = document.annotation(id).ok_or("that annotation is no longer there")?;
    Ok(RoleFiller::Span(annotation.body.fragments().clone()))
}

/// Returns content and cue of a claim of which the word under the cursor is the cue: the rest of its sentence, or
/// what stands before the cue where nothing but punctuation follows.
fn claim_of_cue(editor: &Editor) -> Result<(TextRange, Option<TextRange>), Refusal> {
    let at = editor.selection().head;
    let segmentation = editor.segmentation();
    let nowhere = "select the claim's content, or put the cursor on the word that says it (said, قال)";
    let cue = segmentation.token_at(at).filter(|token| token.kind == TokenKind::Word).ok_or(nowhere)?;
    let sentence = segmentation.sentence_at(at).ok_or(nowhere)?;
    let words = |range| {
        let tokens = &segmentation.tokens()[segmentation.tokens_in(range)];
        let mut words =
            tokens.iter().filter(|token| token.kind != TokenKind::Symbol).map(|token| token.range);
        let first = words.next()?;
        Some(words.next_back().map_or(first, |last| first.cover(last)))
    };
    let after = words(TextRange::new(cue.range.end(), sentence.end()));
    let content =
        after.or_else(|| words(TextRange::new(sentence.start(), cue.range.start()))).ok_or(nowhere)?;
    Ok((content, Some(cue.range)))
}
