//! The focused annotation: label, attributes, roles of a claim, links, note.

use std::sync::Arc;

use egui::{Button, ComboBox, RichText, Ui};

use super::{PanelState, TypedField, empty};
use crate::model::{
    Annotation, AnnotationId, AttributeDef, AttributeValue, AttributeValues, Claim, FillerKind, Fragments,
    LabelKind, Origin, RoleDef, RoleFiller, RoleId, Schema,
};
use crate::session::{Action, Editor, Focus, quote};
use crate::text::isolate_quotations;
use crate::ui::bidi_field::BidiField;
use crate::ui::chip::{Chip, chip_of};
use crate::ui::shaped_label::ShapedLabel;
use crate::ui::{Frame, icon};

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PanelState) {
    let session = frame.session;
    let Some(editor) = session.editor() else { return };
    let Some(annotation) = editor.focused_annotation() else {
        match editor.focused_suggestion() {
            Some(pending) => explanation(ui, frame, editor, pending),
            None => empty(ui, frame, "No annotation is focused.", "Click one in the article, or press F8."),
        }
        return;
    };
    let schema = Arc::clone(session.schema());
    egui::ScrollArea::vertical().min_scrolled_height(24.0).auto_shrink(false).id_salt("details").show(
        ui,
        |ui| {
            ui.set_max_width(ui.available_width() - 8.0);
            heading(ui, frame, &schema, editor, annotation);
            if let Some(claim) = annotation.body.as_claim() {
                section(ui, frame, "Roles");
                roles(ui, frame, &schema, editor, annotation.id, claim);
            }
            if let Some(label) =
                schema.label(annotation.body.label()).filter(|label| !label.attributes.is_empty())
            {
                section(ui, frame, "Attributes");
                egui::Grid::new("attributes").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
                    for def in label.attributes.iter().filter_map(|id| schema.attribute(id)) {
                        ui.label(RichText::new(def.names.get("en")).color(frame.theme.dim));
                        attribute(ui, frame, state, annotation, def);
                        ui.end_row();
                    }
                });
            }
            section(ui, frame, "Links");
            links(ui, frame, state, &schema, editor, annotation);
            section(ui, frame, "Note");
            note(ui, frame, state, annotation);
            origin(ui, frame, annotation);
        },
    );
}

fn section(ui: &mut Ui, frame: &Frame<'_>, title: &str) {
    ui.add_space(8.0);
    ui.label(RichText::new(title).font(crate::ui::theme::bold(13.0)).color(frame.theme.dim));
}

fn heading(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, editor: &Editor, annotation: &Annotation) {
    let kind = if annotation.body.as_claim().is_some() { LabelKind::Claim } else { LabelKind::Entity };
    ui.horizontal(|ui| {
        chip_of(ui, frame, annotation.body.label());
        ui.menu_button("Change", |ui| {
            for label in schema.labels().iter().filter(|label| label.kind == kind) {
                if Chip::new(label).with_key().clickable().show(ui, frame).clicked() {
                    frame.action(Action::Relabel(annotation.id, label.id.clone()));
                    ui.close();
                }
            }
        });
        if ui.button("Remove").on_hover_text("Delete").clicked() {
            frame.action(Action::Delete(annotation.id));
        }
    });
    let fragments = annotation.body.fragments();
    for (i, range) in fragments.ranges().iter().enumerate() {
        ui.horizontal_top(|ui| {
            let many = fragments.ranges().len() > 1;
            let width = ui.available_width() - if many { 32.0 } else { 0.0 };
            ShapedLabel::new(editor.document().source().slice(*range), 16.0, frame.theme.ink)
                .direction(Some(editor.direction_at(range.start())))
                .lines(6)
                .width(width)
                .fill()
                .show(ui, frame.painter);
            if many && ui.small_button(icon::X).on_hover_text("Take this piece out of the span").clicked() {
                let mut left = fragments.ranges().to_vec();
                left.remove(i);
                if let Ok(fragments) = Fragments::new(left) {
                    frame.action(Action::SetFragments(annotation.id, fragments));
                }
            }
        });
    }
}

fn roles(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    schema: &Schema,
    editor: &Editor,
    id: AnnotationId,
    claim: &Claim,
) {
    let Some(label) = schema.label(&claim.label) else { return };
    let selected = editor.selected().is_some();
    for (i, def) in label.roles.iter().enumerate().filter_map(|(i, role)| Some((i, schema.role(role)?))) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(def.names.get("en")).color(frame.theme.dim));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                role_buttons(ui, frame, def, id, i, selected);
            });
        });
        if def.id.as_str() == RoleId::CONTENT {
            continue;
        }
        for (n, filler) in claim.role(def.id.as_str()).iter().enumerate() {
            ui.horizontal(|ui| {
                ui.add_space(12.0);
                filler_label(ui, frame, editor, filler);
                if ui.small_button(icon::X).on_hover_text("Take it out of this role").clicked() {
                    frame.action(Action::ClearRole(id, def.id.clone(), n));
                }
            });
        }
    }
    if !selected {
        ui.label(RichText::new("Select text, then use it for a role.").small().color(frame.theme.dim));
    }
}

fn role_buttons(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    def: &RoleDef,
    id: AnnotationId,
    index: usize,
    selected: bool,
) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let response = ui.add_enabled(selected, Button::new("Use selection").small());
    let response = response.on_hover_text(format!("Alt+{}", index + 1));
    if response.on_disabled_hover_text("Select the text in the article first").clicked() {
        frame.action(Action::FillRoleFromSelection(def.id.clone()));
    }
    for (kind, title, filler) in [
        (FillerKind::Unnamed, "Unnamed", RoleFiller::Unnamed),
        (FillerKind::Author, "Author", RoleFiller::Author),
    ] {
        if def.accepts.contains(&kind) && ui.small_button(title).clicked() {
            frame.action(Action::FillRole(id, def.id.clone(), filler));
        }
    }
}

fn filler_label(ui: &mut Ui, frame: &mut Frame<'_>, editor: &Editor, filler: &RoleFiller) {
    let source = editor.document().source();
    let width = ui.available_width() - 40.0;
    match filler {
        RoleFiller::Span(span) => {
            ShapedLabel::new(source.slice(span.hull()), 15.0, frame.theme.ink)
                .direction(Some(editor.direction_at(span.first().start())))
                .width(width)
                .fill()
                .show(ui, frame.painter);
        }
        RoleFiller::Entity(id) => {
            let Some(annotation) = editor.document().annotation(*id) else { return };
            let text = source.slice(annotation.body.fragments().hull());
            let direction = editor.direction_at(annotation.body.fragments().first().start());
            let label = ShapedLabel::new(text, 15.0, frame.theme.accent)
                .direction(Some(direction))
                .width(width)
                .fill()
                .clickable();
            if label.show(ui, frame.painter).on_hover_text("Go to this mention").clicked() {
                frame.action(Action::Focus(Focus::Annotation(*id)));
            }
        }
        RoleFiller::Author => {
            ui.label("the author");
        }
        RoleFiller::Unnamed => {
            ui.label("unnamed");
        }
    }
}

fn attribute(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    state: &mut PanelState,
    annotation: &Annotation,
    def: &AttributeDef,
) {
    let current = annotation.attributes.get(&def.id);
    let mut set = |value| frame.action(Action::SetAttribute(annotation.id, Arc::clone(&def.id), value));
    match &def.values {
        AttributeValues::Flag => {
            let mut on = current.is_some();
            let response = ui.checkbox(&mut on, "");
            let (role, name) = (egui::accesskit::Role::CheckBox, def.names.get("en"));
            response.widget_info(|| egui::WidgetInfo::selected(role, true, on, name));
            if response.changed() {
                set(on.then_some(AttributeValue::Flag));
            }
        }
        AttributeValues::Choice(choices) => {
            let shown = match current {
                Some(AttributeValue::Choice(choice)) => choice.as_ref(),
                _ => "not set",
            };
            let combo = ComboBox::from_id_salt(&*def.id).selected_text(shown).width(140.0);
            let combo = combo.show_ui(ui, |ui| {
                if ui.selectable_label(current.is_none(), "not set").clicked() {
                    set(None);
                }
                for choice in choices {
                    let value = AttributeValue::Choice(Arc::clone(choice));
                    if ui.selectable_label(current == Some(&value), choice.as_ref()).clicked() {
                        set(Some(value));
                    }
                }
            });
            ui.ctx().accesskit_node_builder(combo.response.id, |node| {
                node.set_label(def.names.get("en"));
                node.set_value(shown);
            });
        }
        AttributeValues::Integer(min, max) => {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                for n in *min..=*max {
                    let value = AttributeValue::Integer(n);
                    let chosen = current == Some(&value);
                    if ui.selectable_label(chosen, n.to_string()).clicked() {
                        set((!chosen).then_some(value));
                    }
                }
            });
        }
        AttributeValues::Text => {
            let stored = match current {
                Some(AttributeValue::Text(text)) => text.as_ref(),
                _ => "",
            };
            let id = ui.scope_id().with(("attribute", annotation.id.get(), &*def.id));
            let field = TypedField::Attribute(Arc::clone(&def.id));
            let mut text = state.shown_text(annotation.id, &field, stored);
            let name = def.names.get("en");
            let response = BidiField::new(id, name, &mut text).width(140.0).show(ui, frame.painter);
            state.take_in(frame, &response, annotation.id, field, text);
        }
    }
}

fn links(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    state: &mut PanelState,
    schema: &Schema,
    editor: &Editor,
    annotation: &Annotation,
) {
    let document = editor.document();
    for relation in document.relations().filter(|r| r.from == annotation.id || r.to == annotation.id) {
        let outward = relation.from == annotation.id;
        let other = if outward { relation.to } else { relation.from };
        let Some(other) = document.annotation(other) else { continue };
        let name =
            schema.relation(&relation.label).map_or(relation.label.as_str(), |def| def.names.get("en"));
        ui.horizontal(|ui| {
            let arrow = if outward { icon::ARROW_RIGHT } else { icon::ARROW_LEFT };
            ui.label(RichText::new(format!("{arrow} {name}")).color(frame.theme.dim));
            let text = quote(document, other.body.fragments());
            let label = ShapedLabel::new(&text, 15.0, frame.theme.accent).width(ui.available_width() - 40.0);
            if label.clickable().show(ui, frame.painter).clicked() {
                frame.action(Action::Focus(Focus::Annotation(other.id)));
            }
            if ui.small_button(icon::X).on_hover_text("Remove this link").clicked() {
                frame.action(Action::Unlink(relation.id));
            }
        });
    }
    let kind_of =
        |a: &Annotation| if a.body.as_claim().is_some() { LabelKind::Claim } else { LabelKind::Entity };
    match state.link_to.and_then(|id| document.annotation(id)).filter(|from| from.id != annotation.id) {
        None => {
            let help = "Then focus the annotation that it leads to";
            if ui.button(format!("{} Link from here", icon::LINK)).on_hover_text(help).clicked() {
                state.link_to = Some(annotation.id);
            }
            if state.link_to == Some(annotation.id) {
                ui.label(
                    RichText::new("Now focus the annotation that it leads to.")
                        .small()
                        .color(frame.theme.accent),
                );
            }
        }
        Some(from) => {
            let text = format!("Link from {}", quote(document, from.body.fragments()));
            ShapedLabel::new(&text, 13.0, frame.theme.ink)
                .width(ui.available_width())
                .show(ui, frame.painter);
            ui.horizontal_wrapped(|ui| {
                let fitting = schema
                    .relations()
                    .iter()
                    .filter(|r| r.from == kind_of(from) && r.to == kind_of(annotation));
                for def in fitting {
                    if ui.button(def.names.get("en")).clicked() {
                        frame.action(Action::Link(def.id.clone(), from.id, annotation.id));
                        state.link_to = None;
                    }
                }
                if ui.button("Cancel").clicked() {
                    state.link_to = None;
                }
            });
        }
    }
}

fn note(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PanelState, annotation: &Annotation) {
    let id = ui.scope_id().with("note");
    let mut text = state.shown_text(annotation.id, &TypedField::Note, &annotation.note);
    let response = BidiField::new(id, "note", &mut text)
        .hint("A remark for yourself or the next reader")
        .rows(3)
        .show(ui, frame.painter);
    if std::mem::take(&mut state.edit_note) {
        response.request_focus();
    }
    state.take_in(frame, &response, annotation.id, TypedField::Note, text);
}

fn origin(ui: &mut Ui, frame: &Frame<'_>, annotation: &Annotation) {
    ui.add_space(8.0);
    let text = match &annotation.origin {
        Origin::Human => format!("{} · made by hand", annotation.id),
        Origin::Rule { rule, pack } => format!("{} · accepted from {rule} of {pack}", annotation.id),
    };
    ui.label(RichText::new(text).small().color(frame.theme.dim));
}

/// The reason of the focused suggestion in full: what matched, what held, what lost.
fn explanation(ui: &mut Ui, frame: &mut Frame<'_>, editor: &Editor, pending: &crate::session::Pending) {
    let suggestion = &pending.suggestion;
    let source = editor.document().source();
    egui::ScrollArea::vertical().min_scrolled_height(24.0).auto_shrink(false).id_salt("explanation").show(
        ui,
        |ui| {
            chip_of(ui, frame, suggestion.body.label());
            ShapedLabel::new(source.slice(pending.fragments().first()), 16.0, frame.theme.ink)
                .direction(Some(editor.direction_at(pending.fragments().first().start())))
                .lines(6)
                .fill()
                .show(ui, frame.painter);
            let why = isolate_quotations(&suggestion.why);
            ShapedLabel::new(&why, 14.0, frame.theme.ink).lines(4).show(ui, frame.painter);
            ui.label(
                RichText::new(format!("{} of {}", suggestion.rule, suggestion.pack))
                    .small()
                    .color(frame.theme.dim),
            );
            if !suggestion.explanation.pieces.is_empty() {
                section(ui, frame, "What matched");
            }
            for piece in &suggestion.explanation.pieces {
                ui.horizontal(|ui| {
                    let element = isolate_quotations(&piece.element);
                    let element = ShapedLabel::new(&element, 12.0, frame.theme.dim);
                    element.width(ui.available_width() * 0.6).show(ui, frame.painter);
                    ShapedLabel::new(source.slice(piece.range), 14.0, frame.theme.ink)
                        .show(ui, frame.painter);
                });
            }
            if !suggestion.explanation.guards.is_empty() {
                section(ui, frame, "What held");
            }
            for guard in &suggestion.explanation.guards {
                let guard = isolate_quotations(guard);
                ShapedLabel::new(&guard, 13.0, frame.theme.ink).lines(3).show(ui, frame.painter);
            }
            if !suggestion.explanation.losers.is_empty() {
                section(ui, frame, "What lost against it");
            }
            for loser in &suggestion.explanation.losers {
                let text = format!(
                    "{} {}: {}",
                    loser.label,
                    quote(editor.document(), &loser.fragments),
                    isolate_quotations(&loser.reason)
                );
                ShapedLabel::new(&text, 13.0, frame.theme.ink).lines(3).show(ui, frame.painter);
            }
        },
    );
}
