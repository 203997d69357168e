//! The review queue as cards.

use std::sync::Arc;

use egui::{Align, Button, Layout, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2};

use super::{PanelState, below, empty};
use crate::model::{Body, Document, RoleFiller, RoleId};
use crate::session::{Action, Command, Editor, Focus, Pending};
use crate::text::{isolate, isolate_quotations};
use crate::ui::Frame;
use crate::ui::chip::{chip_of, confidence};
use crate::ui::context_line::context_line;
use crate::ui::dialog::record;
use crate::ui::hint;
use crate::ui::shaped_label::ShapedLabel;
use crate::ui::theme::RADIUS;

/// The heights of a card: quiet, and with its reason and buttons when it is focused, in points.
const CARD: f32 = 76.0;
const FOCUSED_MENTION: f32 = 164.0;
const FOCUSED_CLAIM: f32 = 190.0;
const GAP: f32 = 8.0;
/// The width of a card's inside below which its buttons are drawn closer, in points.
const NARROW: f32 = 305.0;

/// How many tokens of context stand on each side of the quoted text.
const CONTEXT: usize = 3;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PanelState) {
    let session = frame.session;
    let Some(editor) = session.editor() else { return };
    let pending = editor.queue().pending();
    if pending.is_empty() {
        match (session.rules_took(), editor.queue().total()) {
            (None, _) => empty(ui, frame, "The rules are reading.", "What they find comes here."),
            (Some(_), 0) => {
                empty(ui, frame, "The rules found nothing here.", "Select text and press a label's key.");
            }
            (Some(_), _) => {
                empty(
                    ui,
                    frame,
                    "Everything is decided.",
                    "Ctrl+Z takes a decision back; N opens the next article.",
                );
            }
        }
        return;
    }
    let focused = editor.focused_suggestion().and_then(|p| editor.queue().position(&p.key()));
    let key = focused.map(|i| pending[i].key());
    let scroll_to = if key == state.shown_suggestion { None } else { focused };
    state.shown_suggestion = key;
    let focused_height = focused.map_or(CARD, |i| match pending[i].suggestion.body {
        Body::Entity(_) => FOCUSED_MENTION,
        Body::Claim(_) => FOCUSED_CLAIM,
    });
    let top_of = |i: usize| {
        let extra = if focused.is_some_and(|f| f < i) { focused_height - CARD } else { 0.0 };
        i as f64 * f64::from(CARD + GAP) + f64::from(extra)
    };
    let height_of = |i: usize| if focused == Some(i) { focused_height } else { CARD };
    let top = ui.available_rect_before_wrap().min;
    egui::ScrollArea::vertical()
        .min_scrolled_height(24.0)
        .auto_shrink(false)
        .id_salt("suggestions")
        .show_viewport(ui, |ui, viewport| {
            let width = ui.available_width() - 4.0;
            ui.set_min_height(viewport.top() + below(viewport, top_of(pending.len())));
            let rect_of = |i: usize| {
                let y = top.y + below(viewport, top_of(i));
                Rect::from_min_size(pos2(top.x, y), vec2(width, height_of(i)))
            };
            if let Some(i) = scroll_to {
                ui.scroll_to_rect(rect_of(i), None);
            }
            let first = super::rows_in_sight(viewport, CARD + GAP, pending.len()).start.saturating_sub(2);
            for (i, item) in pending.iter().enumerate().skip(first) {
                if top_of(i) > f64::from(viewport.bottom()) {
                    break;
                }
                card(ui, frame, rect_of(i), item, focused == Some(i));
            }
        });
}

fn card(ui: &mut Ui, frame: &mut Frame<'_>, rect: Rect, pending: &Pending, focused: bool) {
    let Some(editor) = frame.session.editor() else { return };
    let theme = frame.theme;
    let id = ui.scope_id().with((
        "card",
        pending.suggestion.rule.as_ref(),
        pending.fragments().hull().start().get(),
        pending.suggestion.body.label().as_str(),
    ));
    let response = ui.interact(rect, id, Sense::click());
    let stroke = match (focused, response.hovered()) {
        (true, _) => egui::Stroke::new(2.0, theme.accent),
        (false, true) => egui::Stroke::new(1.0, theme.accent),
        (false, false) => egui::Stroke::new(1.0, theme.line),
    };
    ui.painter().rect(rect, f32::from(RADIUS), theme.raised, stroke, egui::StrokeKind::Inside);
    let label = pending.suggestion.body.label().clone();
    let document = editor.document();
    let quoted = document.source().slice(pending.fragments().first());
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::Button,
            true,
            focused,
            format!("suggestion {label}: {quoted}"),
        )
    });
    crate::ui::theme::focus_ring(ui, &response);
    if response.clicked() {
        frame.action(Action::Focus(Focus::Suggestion(pending.key())));
    }
    let inner = rect.shrink2(vec2(12.0, 8.0));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    let ui = &mut ui;
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.horizontal(|ui| {
        chip_of(ui, frame, &label);
        if pending.mended.is_some() {
            ui.label(RichText::new("edges moved").small().color(theme.accent));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            confidence(ui, frame, pending.suggestion.confidence);
        });
    });
    quote(ui, frame, editor, pending, if focused { 2 } else { 1 });
    if focused {
        details(ui, frame, document, pending);
    }
}

/// The suggested text in its context, the context dimmed.
fn quote(ui: &mut Ui, frame: &mut Frame<'_>, editor: &Editor, pending: &Pending, lines: usize) {
    let source = editor.document().source();
    let piece = pending.fragments().hull();
    // A long quote fills its card alone.
    let tokens = if source.slice(piece).chars().count() > 40 { 0 } else { CONTEXT };
    let line = context_line(source, editor.segmentation(), piece, tokens);
    ShapedLabel::new(&line.text, 16.0, frame.theme.ink)
        .context(line.piece, frame.theme.dim)
        .direction(Some(editor.direction_at(piece.start())))
        .lines(lines)
        .fill()
        .show(ui, frame.painter);
}

fn details(ui: &mut Ui, frame: &mut Frame<'_>, document: &Document, pending: &Pending) {
    let suggestion = &pending.suggestion;
    if let Body::Claim(claim) = &suggestion.body {
        let source = claim.role(RoleId::SOURCE).first().map(|filler| match filler {
            RoleFiller::Span(span) => isolate(document.source().slice(span.hull())),
            RoleFiller::Author => "the author".to_owned(),
            RoleFiller::Unnamed | RoleFiller::Entity(_) => "unnamed".to_owned(),
        });
        let text = format!("Source: {}", source.as_deref().unwrap_or("none found"));
        ShapedLabel::new(&text, 13.0, frame.theme.ink).width(ui.available_width()).show(ui, frame.painter);
    }
    let why = isolate_quotations(&suggestion.why);
    let short = format!("{why} · {}", suggestion.rule);
    let reason = ShapedLabel::new(&short, 12.0, frame.theme.dim).lines(2).line_height(1.4);
    let response = reason.show(ui, frame.painter);
    hint(response, frame, &format!("{why} · {} of {}", suggestion.rule, suggestion.pack));
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        ui.horizontal(|ui| {
            let is_narrow = ui.available_width() < NARROW;
            ui.spacing_mut().item_spacing.x = if is_narrow { 4.0 } else { 6.0 };
            if is_narrow {
                ui.spacing_mut().button_padding.x = 5.0;
            }
            let main = RichText::new("Accept  Space").color(frame.theme.on_accent);
            let accept = ui.add(Button::new(main).fill(frame.theme.accent));
            frame.theme.ring_around(ui, &accept);
            if accept.clicked() {
                frame.action(Action::Accept(pending.key(), None));
            }
            if ui.button("Reject  X").clicked() {
                frame.action(Action::Reject(pending.key()));
            }
            if ui.button("Skip  S").clicked() {
                frame.command(Command::Skip);
            }
            rule_menu(ui, frame, &suggestion.rule, is_narrow);
        });
    });
}

/// What can be done about the rule of a suggestion.
fn rule_menu(ui: &mut Ui, frame: &mut Frame<'_>, rule: &Arc<str>, is_narrow: bool) {
    let session = frame.session;
    if session.rule(rule).is_none() {
        // A learned name: the list of names has it.
        let title = if is_narrow { "…" } else { "Names" };
        if ui.button(title).on_hover_text("The names that you have tagged before").clicked() {
            frame.command(Command::ShowNames);
        }
        return;
    }
    ui.menu_button(if is_narrow { "…" } else { "Rule" }, |ui| {
        ui.label(RichText::new(&**rule).font(crate::ui::theme::bold(13.0)));
        ui.label(RichText::new(record(session.votes(rule))).small().color(frame.theme.dim));
        ui.separator();
        let mut chosen = None;
        for (title, action) in [
            ("Show this rule", Action::ShowRules(Some(Arc::clone(rule)))),
            ("Edit this rule", Action::EditRule(Arc::clone(rule))),
            ("Mute in this article", Action::MuteHere(Arc::clone(rule), true)),
            ("Mute in every article", Action::MuteRule(Arc::clone(rule), true)),
        ] {
            if ui.button(title).clicked() {
                chosen = Some(action);
            }
        }
        if let Some(action) = chosen {
            frame.action(action);
            ui.close();
        }
    });
}
