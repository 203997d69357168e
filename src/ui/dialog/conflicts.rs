//! Which side counts where two have changed the same record: both versions beside each other, a choice for each.

use std::collections::BTreeMap;

use egui::{RichText, Ui};

use super::{Answer, main_button};
use crate::model::{
    Annotation, AttributeValue, Conflict, ConflictKey, Decision, DecisionRecord, Document, Fragments,
    LabelId, Orphan, Relation, RoleFiller, Side,
};
use crate::session::{Action, Editor, quote};
use crate::text::{isolate, isolate_path, isolate_quotations};
use crate::ui::Frame;
use crate::ui::chip::chip_of;
use crate::ui::shaped_label::ShapedLabel;

/// The sides that were chosen so far.
#[derive(Default)]
pub(in crate::ui) struct Conflicts {
    chosen: BTreeMap<ConflictKey, Side>,
}

/// A version of a record in words.
enum Version {
    /// It is not there.
    Absent(&'static str),
    Present {
        label: Option<LabelId>,
        /// The text that it is about; empty where it is about none.
        text: String,
        /// What else it says, a line each.
        lines: Vec<String>,
    },
}

impl Conflicts {
    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let session = frame.session;
        let (Some(meeting), Some(editor)) = (session.meeting(), session.editor()) else {
            return Answer::Close;
        };
        let sides = meeting.sides();
        let path = session.annotations_path().map(isolate_path).unwrap_or_default();
        let what =
            format!("{path} was changed by another program. Everything else came together; these did not:");
        ShapedLabel::new(&what, 14.0, frame.theme.ink).lines(3).show(ui, frame.painter);
        ui.add_space(4.0);
        let height = (ui.ctx().content_rect().height() - 260.0).max(160.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for (i, conflict) in meeting.conflicts().iter().enumerate() {
                if i > 0 {
                    ui.add_space(8.0);
                }
                self.conflict(ui, frame, editor, conflict, (sides.here(), sides.incoming()));
            }
        });
        ui.add_space(8.0);
        self.buttons(ui, frame, meeting.conflicts(), (sides.here(), sides.incoming()))
    }

    fn buttons(
        &mut self,
        ui: &mut Ui,
        frame: &mut Frame<'_>,
        conflicts: &[Conflict],
        (here, incoming): (&str, &str),
    ) -> Answer {
        let mut answer = Answer::Stay;
        let left = conflicts.iter().filter(|conflict| !self.chosen.contains_key(&conflict.key())).count();
        ui.horizontal(|ui| {
            let done = ui.add_enabled_ui(left == 0, |ui| main_button(ui, frame, "Apply")).inner;
            let why =
                if left == 1 { "One choice is left".to_owned() } else { format!("{left} choices are left") };
            if done.on_disabled_hover_text(why).clicked() {
                frame.action(Action::ResolveConflicts(self.chosen.clone()));
                answer = Answer::Close;
            }
            for (name, side) in [(here, Side::Here), (incoming, Side::Incoming)] {
                let all = ui.button(format!("All as {}", lower_first(name)));
                if all.on_hover_text("Chooses this side everywhere").clicked() {
                    self.chosen = conflicts.iter().map(|conflict| (conflict.key(), side)).collect();
                }
            }
            let hint = "Close to choose later; the file is not written over meanwhile.";
            ui.label(RichText::new(hint).small().color(frame.theme.dim));
        });
        answer
    }

    fn conflict(
        &mut self,
        ui: &mut Ui,
        frame: &mut Frame<'_>,
        editor: &Editor,
        conflict: &Conflict,
        (here, incoming): (&str, &str),
    ) {
        let [left, right] = versions(conflict, editor);
        let key = conflict.key();
        ui.columns(2, |columns| {
            let sides = [(Side::Here, here, left), (Side::Incoming, incoming, right)];
            for (ui, (side, name, version)) in columns.iter_mut().zip(sides) {
                let is_chosen = self.chosen.get(&key) == Some(&side);
                let line = if is_chosen { frame.theme.accent } else { frame.theme.line };
                let card = egui::Frame::new().inner_margin(10.0).corner_radius(6.0);
                card.stroke(egui::Stroke::new(if is_chosen { 2.0 } else { 1.0 }, line)).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    if ui.radio(is_chosen, name).clicked() {
                        self.chosen.insert(key.clone(), side);
                    }
                    draw(ui, frame, editor, conflict, &version);
                });
            }
        });
    }
}

fn draw(ui: &mut Ui, frame: &mut Frame<'_>, editor: &Editor, conflict: &Conflict, version: &Version) {
    match version {
        Version::Absent(what) => {
            ui.label(RichText::new(*what).color(frame.theme.dim));
        }
        Version::Present { label, text, lines } => {
            if let Some(label) = label {
                chip_of(ui, frame, label);
            }
            if !text.is_empty() {
                let direction =
                    place(conflict).map(|fragments| editor.direction_at(fragments.hull().start()));
                let label = ShapedLabel::new(text, 16.0, frame.theme.ink).direction(direction);
                label.lines(3).fill().show(ui, frame.painter);
            }
            for line in lines {
                let label = ShapedLabel::new(line, 13.0, frame.theme.dim).lines(2);
                label.show(ui, frame.painter);
            }
        }
    }
}

/// Returns where in the article a conflict stands.
fn place(conflict: &Conflict) -> Option<&Fragments> {
    match conflict {
        Conflict::Annotation { here, incoming, .. } => {
            here.as_ref().or(incoming.as_ref()).map(|annotation| annotation.body.fragments())
        }
        Conflict::Decision { key, .. } => Some(&key.fragments),
        Conflict::Relation { .. } | Conflict::Orphan { .. } => None,
    }
}

fn versions(conflict: &Conflict, editor: &Editor) -> [Version; 2] {
    let document = editor.document();
    match conflict {
        Conflict::Annotation { here, incoming, .. } => [here, incoming].map(|version| {
            version.as_ref().map_or(Version::Absent("Removed"), |a| annotation_in_words(a, document))
        }),
        Conflict::Relation { here, incoming, .. } => [here, incoming].map(|version| {
            version.as_ref().map_or(Version::Absent("Removed"), |r| relation_in_words(r, document))
        }),
        Conflict::Decision { key, here, incoming } => [here, incoming].map(|version| {
            let verdict = version.as_ref().map_or("Left open", verdict);
            Version::Present {
                label: Some(key.label.clone()),
                text: quoted(&key.fragments, document),
                lines: vec![verdict.to_owned()],
            }
        }),
        Conflict::Orphan { here, incoming, .. } => [here, incoming]
            .map(|version| version.as_ref().map_or(Version::Absent("Removed"), orphan_in_words)),
    }
}

fn verdict(record: &DecisionRecord) -> &'static str {
    match record.decision {
        Decision::Accepted(_) => "Accepted",
        Decision::Rejected => "Rejected",
    }
}

/// Returns the whole text of a span, its pieces parted by an ellipsis.
fn quoted(fragments: &Fragments, document: &Document) -> String {
    let pieces: Vec<&str> = fragments.ranges().iter().map(|range| document.source().slice(*range)).collect();
    pieces.join(" … ")
}

fn annotation_in_words(annotation: &Annotation, document: &Document) -> Version {
    let mut lines = Vec::new();
    for (role, fillers) in annotation.body.as_claim().into_iter().flat_map(|claim| &claim.roles) {
        let fillers: Vec<String> = fillers.iter().map(|filler| filler_in_words(filler, document)).collect();
        lines.push(format!("{role}: {}", fillers.join(", ")));
    }
    for (id, value) in &annotation.attributes {
        lines.push(format!("{id}: {}", value_in_words(value)));
    }
    if !annotation.note.is_empty() {
        lines.push(format!("Note: {}", isolate(&annotation.note)));
    }
    Version::Present {
        label: Some(annotation.body.label().clone()),
        text: quoted(annotation.body.fragments(), document),
        lines,
    }
}

fn filler_in_words(filler: &RoleFiller, document: &Document) -> String {
    match filler {
        RoleFiller::Span(fragments) => format!("«{}»", quote(document, fragments)),
        RoleFiller::Entity(id) => {
            let name = document.annotation(*id).map(|a| quote(document, a.body.fragments()));
            name.map_or_else(|| id.to_string(), |name| format!("«{name}»"))
        }
        RoleFiller::Author => "the author".to_owned(),
        RoleFiller::Unnamed => "unnamed".to_owned(),
    }
}

fn value_in_words(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Flag => "yes".to_owned(),
        AttributeValue::Choice(choice) => choice.to_string(),
        AttributeValue::Integer(number) => number.to_string(),
        AttributeValue::Text(text) => isolate(text),
    }
}

fn relation_in_words(relation: &Relation, document: &Document) -> Version {
    let end = |id| filler_in_words(&RoleFiller::Entity(id), document);
    let line = format!("{}: {} → {}", relation.label, end(relation.from), end(relation.to));
    Version::Present { label: None, text: String::new(), lines: vec![line] }
}

fn orphan_in_words(orphan: &Orphan) -> Version {
    Version::Present {
        label: Some(orphan.label.clone()),
        text: orphan.quote.to_string(),
        lines: vec![isolate_quotations(&orphan.reason)],
    }
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
