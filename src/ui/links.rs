//! From the relations and claims of the focused annotation to the lines that the article view draws.

use super::article::{Link, MAX_LINKS};
use super::theme::Theme;
use crate::model::{Annotation, AnnotationId, Claim, Document, RoleFiller, Schema};
use crate::session::{Editor, Focus};
use crate::text::TextRange;

/// The links of what is focused, made anew when that or the annotations change.
#[derive(Debug, Default)]
pub(super) struct LinkCache {
    made: Option<(u64, u64, Theme, bool, Focus)>,
    links: Vec<Link>,
}

impl LinkCache {
    /// Brings the links up to date and returns them, the nearest in the text first.
    pub(super) fn update(
        &mut self,
        editor: &Editor,
        generation: u64,
        schema: &Schema,
        theme: &Theme,
        language: &str,
    ) -> &[Link] {
        let made = (generation, editor.marks_revision(), *theme, language == "ar", editor.focus().clone());
        if self.made.as_ref() != Some(&made) {
            self.made = Some(made);
            self.links = editor
                .focused_annotation()
                .map(|focused| links(editor.document(), focused, schema, theme, language))
                .unwrap_or_default();
        }
        &self.links
    }
}

fn links(
    document: &Document,
    focused: &Annotation,
    schema: &Schema,
    theme: &Theme,
    language: &str,
) -> Vec<Link> {
    let mut found = Vec::new();
    let place = |id: AnnotationId| document.annotation(id).map(|a| a.body.fragments().first());
    for relation in document.relations().filter(|r| r.from == focused.id || r.to == focused.id) {
        let (Some(from), Some(to)) = (place(relation.from), place(relation.to)) else { continue };
        let tag = schema
            .relation(&relation.label)
            .map_or_else(|| relation.label.to_string(), |def| def.names.get(language).to_owned());
        found.push(Link { from, to, colour: theme.accent, tag });
    }
    if let Some(claim) = focused.body.as_claim() {
        let colour = schema.label(&claim.label).map_or(theme.dim, |def| theme.label(schema, def));
        let ends = roles(claim).filter_map(|filler| match filler {
            RoleFiller::Span(span) => Some(span.first()),
            RoleFiller::Entity(id) => place(*id),
            RoleFiller::Author | RoleFiller::Unnamed => None,
        });
        // The roles carry their names as tags of their own.
        found.extend(ends.map(|to| Link { from: claim.content.first(), to, colour, tag: String::new() }));
    } else {
        let fills = |claim: &&Claim| {
            roles(claim).any(|filler| matches!(filler, RoleFiller::Entity(id) if *id == focused.id))
        };
        for claim in document.annotations().naming_others().filter_map(|a| a.body.as_claim()).filter(fills) {
            let def = schema.label(&claim.label);
            found.push(Link {
                from: claim.content.first(),
                to: focused.body.fragments().first(),
                colour: def.map_or(theme.dim, |def| theme.label(schema, def)),
                tag: String::new(),
            });
        }
    }
    let here = focused.body.fragments().first();
    found.sort_by_key(|link| distance(here, link.from).max(distance(here, link.to)));
    found.truncate(MAX_LINKS);
    found
}

fn roles(claim: &Claim) -> impl Iterator<Item = &RoleFiller> {
    claim.roles.values().flatten()
}

/// How far two ranges begin from each other, in bytes.
fn distance(one: TextRange, other: TextRange) -> u32 {
    one.start().get().abs_diff(other.start().get())
}
