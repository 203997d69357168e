//! What a screen reader is told while it happens: decisions, what is focused then, what went wrong.
//!
//! Two regions that cannot be seen: one is read when the reader has finished what it says, the other, for errors, at
//! once. Nothing is made where no assistive technology listens.

use egui::accesskit::{Live, Role};
use egui::{Id, Rect, Sense, Ui};

use super::pick_list::described;
use crate::session::{Editor, Focus, Session};

/// Stands behind every other line, so that a line that is the same as the one before is read again.
const AGAIN: char = '\u{A0}';

/// What was told last.
#[derive(Default)]
pub(super) struct Announcer {
    notice: Option<String>,
    focus: Focus,
    /// The state of the marks at the last line: the same decision about another mark is news.
    revision: u64,
    polite: Line,
    urgent: Line,
}

#[derive(Default)]
struct Line {
    text: String,
    odd: bool,
}

impl Line {
    fn say(&mut self, text: String) {
        self.odd = !self.odd && !text.is_empty();
        self.text = text;
        if self.odd {
            self.text.push(AGAIN);
        }
    }
}

impl Announcer {
    /// Tells what is new since the last frame.
    pub(super) fn show(&mut self, ui: &Ui, session: &Session) {
        if !ui.ctx().has_accesskit_node(egui::accesskit_root_id()) {
            return;
        }
        self.take_in(session);
        let regions =
            [(&self.polite, Live::Polite, Role::Status), (&self.urgent, Live::Assertive, Role::Alert)];
        for (line, live, role) in regions {
            let id = Id::unique(("announcement", role == Role::Alert));
            ui.interact(Rect::from_min_size(ui.max_rect().min, egui::Vec2::ZERO), id, Sense::hover());
            ui.ctx().accesskit_node_builder(id, |node| {
                node.set_role(role);
                node.set_live(live);
                node.set_live_atomic();
                node.set_label(line.text.as_str());
            });
        }
    }

    fn take_in(&mut self, session: &Session) {
        let notice = session.notice();
        let (focus, revision) = session
            .editor()
            .map_or((Focus::None, 0), |editor| (editor.focus().clone(), editor.marks_revision()));
        let text = notice.map(|notice| notice.text.clone());
        let noticed =
            text != self.notice || (revision != self.revision && notice.is_some_and(|n| n.undoable));
        let moved = focus != self.focus;
        if !noticed && !moved {
            self.revision = revision;
            return;
        }
        let is_error = notice.is_some_and(|notice| notice.is_error);
        if noticed {
            self.urgent.say(text.clone().filter(|_| is_error).unwrap_or_default());
        }
        let told = text.clone().filter(|_| noticed && !is_error);
        let now = session.editor().filter(|_| moved).and_then(|editor| of_focus(editor, &focus));
        let line = [told, now].into_iter().flatten().collect::<Vec<_>>().join(". ");
        if !line.is_empty() {
            self.polite.say(line);
        }
        (self.notice, self.focus, self.revision) = (text, focus, revision);
    }
}

/// What is focused: its label and text, which one of how many, and why it is suggested.
fn of_focus(editor: &Editor, focus: &Focus) -> Option<String> {
    let (label, text, kind, _) = described(editor, focus)?;
    Some(match focus {
        Focus::Suggestion(key) => {
            let queue = editor.queue();
            let pending = queue.get(key)?;
            let place = queue.position(key).map_or(0, |at| at + 1);
            let why = &pending.suggestion.why;
            format!("{label}: {text}, {kind} {place} of {}, {why}", queue.pending().len())
        }
        _ => format!("{label}: {text}, {kind}"),
    })
}
