//! All annotations in text order, filtered by label and text.

use std::sync::Arc;

use egui::{Align, Button, Layout, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2};

use super::{PanelState, below, empty, rows_in_sight};
use crate::model::{Annotation, LabelId, Origin};
use crate::session::{Action, Editor, Focus};
use crate::text::{FoldLevel, fold};
use crate::ui::bidi_field::BidiField;
use crate::ui::shaped_label::ShapedLabel;
use crate::ui::theme::RADIUS;
use crate::ui::{Frame, chip::chip_of, hint, icon};

/// The height of a row, in points.
const ROW: f32 = 38.0;

/// How many annotations are compared with the filter in a frame: some two milliseconds of work.
const COMPARED: usize = 10_000;

/// The annotations that fit the filter, sought anew only when the filter or the annotations change, over several
/// frames where there are many. Until all are compared, those of the filter before are shown.
#[derive(Default)]
pub(super) struct Filtered {
    made_for: Option<FilterKey>,
    rows: Vec<Arc<Annotation>>,
    making: Option<Making>,
}

type FilterKey = (u64, String, Option<LabelId>);

struct Making {
    key: FilterKey,
    needle: String,
    rows: Vec<Arc<Annotation>>,
    /// How many annotations are compared.
    compared: usize,
}

impl Filtered {
    /// Compares some more annotations with the filter; returns whether the rows are those that fit it.
    fn update(&mut self, editor: &Editor, filter: &str, label: Option<&LabelId>) -> bool {
        let key = (editor.marks_revision(), filter.to_owned(), label.cloned());
        if self.made_for.as_ref() == Some(&key) {
            self.making = None;
            return true;
        }
        let making = self.making.take().filter(|making| making.key == key);
        let mut making = making.unwrap_or_else(|| Making {
            key,
            needle: fold(filter.trim(), FoldLevel::Names),
            rows: Vec::new(),
            compared: 0,
        });
        let document = editor.document();
        let fits = |annotation: &&Arc<Annotation>| {
            let text = || document.source().slice(annotation.body.fragments().hull());
            label.is_none_or(|label| annotation.body.label() == label)
                && (making.needle.is_empty() || fold(text(), FoldLevel::Names).contains(&making.needle))
        };
        let annotations = document.annotations().as_slice();
        let end = (making.compared + COMPARED).min(annotations.len());
        making.rows.extend(annotations[making.compared..end].iter().filter(fits).cloned());
        making.compared = end;
        if end < annotations.len() {
            self.making = Some(making);
            return false;
        }
        (self.made_for, self.rows) = (Some(making.key), making.rows);
        true
    }
}

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PanelState) {
    let Some(editor) = frame.session.editor() else { return };
    let document = editor.document();
    if document.annotations().is_empty() {
        empty(
            ui,
            frame,
            "Nothing is tagged yet.",
            "Select text and press a label's key, or accept a suggestion.",
        );
        return;
    }
    filters(ui, frame, state);
    let is_filtered = !state.filter.trim().is_empty() || state.filter_label.is_some();
    let is_done = !is_filtered || state.filtered.update(editor, &state.filter, state.filter_label.as_ref());
    if !is_done {
        ui.ctx().request_repaint();
    }
    let rows = if is_filtered { state.filtered.rows.as_slice() } else { document.annotations().as_slice() };
    if rows.is_empty() {
        if !is_done {
            return;
        }
        empty(ui, frame, "No annotation fits the filter.", "Clear the text or choose all labels.");
        return;
    }
    let focused = editor.focused_annotation().map(|annotation| annotation.id);
    let scroll_to = if focused == state.shown_annotation {
        None
    } else {
        focused.and_then(|id| {
            if is_filtered {
                rows.iter().position(|row| row.id == id)
            } else {
                document.annotations().position(id)
            }
        })
    };
    state.shown_annotation = focused;
    let top = ui.available_rect_before_wrap().min;
    egui::ScrollArea::vertical()
        .min_scrolled_height(24.0)
        .auto_shrink(false)
        .id_salt("annotations")
        .show_viewport(ui, |ui, viewport| {
            ui.set_min_height(rows.len() as f32 * ROW);
            let width = ui.available_width() - 4.0;
            let rect_of = |i: usize| {
                let y = top.y + below(viewport, i as f64 * f64::from(ROW));
                Rect::from_min_size(pos2(top.x, y), vec2(width, ROW - 4.0))
            };
            if let Some(i) = scroll_to {
                ui.scroll_to_rect(rect_of(i), None);
            }
            for i in rows_in_sight(viewport, ROW, rows.len()) {
                show_row(ui, frame, rect_of(i), &rows[i], focused == Some(rows[i].id));
            }
        });
}

fn filters(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PanelState) {
    let schema = Arc::clone(frame.session.schema());
    ui.horizontal(|ui| {
        let chosen = state.filter_label.as_ref().map_or("All labels", |label| label.as_str()).to_owned();
        egui::ComboBox::from_id_salt("filter label").selected_text(chosen).width(96.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut state.filter_label, None, "All labels");
            for label in schema.labels() {
                let title = format!("{} ({})", label.names.get("en"), label.id);
                ui.selectable_value(&mut state.filter_label, Some(label.id.clone()), title);
            }
        });
        BidiField::new(ui.scope_id().with("filter"), "filter by text", &mut state.filter)
            .hint("Filter by text")
            .show(ui, frame.painter);
    });
}

fn show_row(ui: &mut Ui, frame: &mut Frame<'_>, rect: Rect, annotation: &Annotation, focused: bool) {
    let Some(editor) = frame.session.editor() else { return };
    let theme = frame.theme;
    let id = ui.scope_id().with(("annotation", annotation.id.get()));
    let response = ui.interact(rect, id, Sense::click());
    let source = editor.document().source();
    let pieces: Vec<&str> =
        annotation.body.fragments().ranges().iter().map(|range| source.slice(*range)).collect();
    let text = pieces.join(" … ");
    response.widget_info(|| {
        let name = format!("annotation {}: {text}", annotation.body.label());
        egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, focused, name)
    });
    let fill = if focused || response.hovered() { theme.raised } else { theme.panel };
    ui.painter().rect_filled(rect, f32::from(RADIUS), fill);
    if focused {
        let stroke = egui::Stroke::new(2.0, theme.accent);
        ui.painter().rect_stroke(rect, f32::from(RADIUS), stroke, egui::StrokeKind::Inside);
    }
    crate::ui::theme::focus_ring(ui, &response);
    if response.clicked() {
        frame.action(Action::Focus(Focus::Annotation(annotation.id)));
    }
    let inner = rect.shrink2(vec2(6.0, 4.0));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)));
    let ui = &mut ui;
    ui.spacing_mut().item_spacing.x = 6.0;
    chip_of(ui, frame, annotation.body.label());
    if let Origin::Rule { rule, .. } = &annotation.origin {
        let sign = RichText::new(icon::LIGHTNING).small().color(theme.dim);
        ui.label(sign).on_hover_text(format!("Suggested by {rule}"));
    }
    if !annotation.note.is_empty() {
        let sign = ui.label(RichText::new(icon::NOTE).small().color(theme.dim));
        hint(sign, frame, &annotation.note);
    }
    if focused || response.hovered() {
        let remove = Button::new(icon::TRASH).small().frame(false);
        if ui.add(remove).on_hover_text("Remove (Delete)").clicked() {
            frame.action(Action::Delete(annotation.id));
        }
    }
    let direction = editor.direction_at(annotation.body.fragments().first().start());
    let label = ShapedLabel::new(&text, 15.0, theme.ink).direction(Some(direction)).fill();
    label.show(ui, frame.painter);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        ArticleIdentity, Body, Document, Edit, Entity, Fragments, Timestamp, Transaction, UnknownFields,
    };
    use crate::text::{SourceText, TextEncoding, TextRange};

    /// An editor with that many annotated words, of which every third is «باب».
    fn editor(words: usize) -> Editor {
        let mut text = String::new();
        let mut edits = Vec::new();
        let mut id = crate::model::AnnotationId::FIRST;
        for i in 0..words {
            let start = text.len();
            text.push_str(if i % 3 == 0 { "بَاب" } else { "دار" });
            let place = TextRange::from_indices(start, text.len());
            text.push(' ');
            let fragments = Fragments::single(place).expect("not empty");
            edits.push(Edit::Insert(Annotation {
                id,
                body: Body::Entity(Entity { label: "GPE".into(), fragments }),
                attributes: std::collections::BTreeMap::new(),
                note: Arc::default(),
                origin: Origin::Human,
                created: Timestamp::from_millis(0),
                modified: Timestamp::from_millis(0),
                unknown: UnknownFields::NONE,
            }));
            id = id.next();
        }
        let identity = ArticleIdentity {
            file_name: "a.txt".into(),
            encoding: TextEncoding::UTF_8,
            sha256: Arc::default(),
        };
        let mut document = Document::new(SourceText::new(text), identity);
        document.apply(&Transaction { description: "made".into(), edits }).expect("fits");
        Editor::new(document)
    }

    #[test]
    fn a_filter_over_many_annotations_takes_several_frames_and_finds_all() {
        let editor = editor(25_000);
        let mut filtered = Filtered::default();
        let frames = 1 + (0..100).take_while(|_| !filtered.update(&editor, "باب", None)).count();
        assert_eq!(frames, 3);
        assert_eq!(filtered.rows.len(), 25_000_usize.div_ceil(3));
        assert!(filtered.update(&editor, "باب", None));
    }

    #[test]
    fn until_all_are_compared_the_rows_of_the_filter_before_stay() {
        let editor = editor(25_000);
        let mut filtered = Filtered::default();
        while !filtered.update(&editor, "باب", None) {}
        assert!(!filtered.update(&editor, "دار", None));
        assert_eq!(filtered.rows.len(), 25_000_usize.div_ceil(3));
        assert!(!filtered.update(&editor, "xyz", None), "another filter begins anew");
        while !filtered.update(&editor, "xyz", None) {}
        assert!(filtered.rows.is_empty());
    }
}
