//! The rule workbench: the rules with their figures on one side; on the other the chosen rule, or the one that is being
//! written with what it would change.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use egui::{Button, Color32, RichText, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::Answer;
use crate::model::{LabelId, Suggestion};
use crate::rules::{DraftKind, PackError, RuleCard, RuleKind, Votes, wilson_interval};
use crate::session::{Action, Draft, Editor, Figures, Rules, Session, Tried};
use crate::text::{Direction, isolate_path, isolate_quotations, strings_and_comments};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;
use crate::ui::chip::chip_of;
use crate::ui::context_line::context_line;
use crate::ui::shaped_label::ShapedLabel;

/// The height of a row of the list, in points.
const ROW: f32 = 58.0;
/// The width of the list, in points.
const LIST: f32 = 360.0;
/// The tokens of context beside a changed suggestion.
const CONTEXT: usize = 4;
/// The most changed suggestions that are drawn.
const MAX_CHANGES: usize = 60;

/// The ways to make a rule from a selection, as they are offered.
const KINDS: [(DraftKind, &str); 4] = [
    (DraftKind::Always, "Always tag this"),
    (DraftKind::AfterWord, "After this word"),
    (DraftKind::BeforeWord, "Before this word"),
    (DraftKind::LikeTwo, "Like this and the last one"),
];

/// What is chosen and filtered.
#[derive(Default)]
pub(in crate::ui) struct Workbench {
    filter: String,
    chosen: Option<Arc<str>>,
    /// The text of the chosen rule as it stands in its pack, and the rules that it was found in.
    text: Option<(Arc<str>, Arc<Rules>, String)>,
    /// Set when the list is to be scrolled to the chosen rule.
    reveal: bool,
    known: Known,
}

/// What is worked out of all rules, decisions and suggestions: anew only when one of these, the filter or the choice
/// changes.
#[derive(Default)]
struct Known {
    made_for: Option<KnownFor>,
    figures: BTreeMap<Arc<str>, Figures>,
    /// The rules that fit the filter, as indices, in the order in which they are shown.
    order: Vec<usize>,
    /// What the chosen rule suggests in the article, some of it.
    suggested: Vec<Arc<Suggestion>>,
}

/// What that was worked out of.
struct KnownFor {
    article: (u64, u64),
    rules: Arc<Rules>,
    filter: String,
    chosen: Option<Arc<str>>,
}

impl Known {
    fn update(&mut self, session: &Session, filter: &str, chosen: Option<&Arc<str>>) {
        let article = (session.generation(), session.editor().map_or(0, Editor::marks_revision));
        let (same_figures, same_filter, same_choice) =
            self.made_for.as_ref().map_or((false, false, false), |of| {
                let is_same = of.article == article && Arc::ptr_eq(&of.rules, session.rules());
                (is_same, of.filter == filter, of.chosen.as_ref() == chosen)
            });
        if same_figures && same_filter && same_choice {
            return;
        }
        if !same_figures {
            self.figures = session.figures();
        }
        if !(same_figures && same_filter) {
            self.order = order(&session.rules().cards, &self.figures, filter);
        }
        if !(same_figures && same_choice) {
            let pending = session.editor().map_or(&[][..], |editor| editor.queue().pending());
            let by_chosen = pending.iter().filter(|p| Some(&p.suggestion.rule) == chosen);
            self.suggested = by_chosen.take(MAX_CHANGES).map(|p| Arc::clone(&p.suggestion)).collect();
        }
        self.made_for = Some(KnownFor {
            article,
            rules: Arc::clone(session.rules()),
            filter: filter.to_owned(),
            chosen: chosen.cloned(),
        });
    }
}

/// Returns the indices of the rules that fit a filter: the user's own first, then what has done most in this article.
fn order(cards: &[RuleCard], figures: &BTreeMap<Arc<str>, Figures>, filter: &str) -> Vec<usize> {
    let wanted = filter.trim().to_lowercase();
    let fits = |card: &RuleCard| {
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        wanted.is_empty() || has(&card.id) || has(&card.note) || card.labels.iter().any(|label| has(label))
    };
    let matches = |card: &RuleCard| figures.get(&card.id).and_then(|f| f.work).map_or(0, |work| work.matches);
    let mut order: Vec<usize> = (0..cards.len()).filter(|i| fits(&cards[*i])).collect();
    order.sort_by_key(|i| {
        let card = &cards[*i];
        (!card.pack.starts_with("own@"), std::cmp::Reverse(matches(card)), &card.id)
    });
    order
}

impl Workbench {
    pub(in crate::ui) fn new(chosen: Option<Arc<str>>) -> Self {
        Self { chosen, reveal: true, ..Self::default() }
    }

    /// Chooses a rule where one is named; the filter and the place in the list stay.
    pub(in crate::ui) fn choose(&mut self, rule: Option<Arc<str>>) {
        self.chosen = rule.or_else(|| self.chosen.take());
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let height = (ui.ctx().content_rect().height() - 150.0).max(300.0);
        self.known.update(frame.session, &self.filter, self.chosen.as_ref());
        let width = ui.available_width();
        let (_, rect) = ui.allocate_space(vec2(width, height));
        let (left, right) = rect.split_left_right_at_x(rect.left() + LIST.min(width * 0.42));
        ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.list(ui, frame));
        let right = right.with_min_x(right.left() + 20.0);
        ui.scope_builder(UiBuilder::new().max_rect(right), |ui| match frame.session.draft() {
            Some(draft) => writing(ui, frame, draft),
            None => self.chosen(ui, frame),
        });
        Answer::Stay
    }

    fn list(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) {
        BidiField::new(ui.scope_id().with("rules"), "filter rules", &mut self.filter)
            .hint("Filter by id, label or reason")
            .show(ui, frame.painter);
        ui.add_space(4.0);
        let rules = Arc::clone(frame.session.rules());
        let cards: Vec<&RuleCard> = self.known.order.iter().filter_map(|i| rules.cards.get(*i)).collect();
        let mut area = ScrollArea::vertical().auto_shrink(false).id_salt("rules");
        if std::mem::take(&mut self.reveal)
            && let Some(row) = cards.iter().position(|card| Some(&card.id) == self.chosen.as_ref())
        {
            area = area
                .vertical_scroll_offset((row as f32 - 2.0).max(0.0) * (ROW + ui.spacing().item_spacing.y));
        }
        area.show_rows(ui, ROW, cards.len(), |ui, rows| {
            for card in &cards[rows] {
                let figures = self.known.figures.get(&card.id).copied().unwrap_or_default();
                if row(ui, frame, card, figures, self.chosen.as_ref() == Some(&card.id)) {
                    self.chosen = Some(Arc::clone(&card.id));
                    frame.action(Action::DropDraft);
                }
            }
        });
    }

    /// The chosen rule: its reason, its figures, its text, and what can be done with it.
    fn chosen(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) {
        let session = frame.session;
        let Some(card) = self.chosen.as_deref().and_then(|id| session.rule(id)) else {
            ui.add_space(24.0);
            ui.vertical_centered(|ui| {
                ui.label(RichText::new("Choose a rule on the left.").strong());
                let hint = "To write a new one, select text in the article and press Ctrl+R.";
                ui.label(RichText::new(hint).color(frame.theme.dim));
            });
            return;
        };
        let figures = self.known.figures.get(&card.id).copied().unwrap_or_default();
        ui.horizontal(|ui| {
            ui.label(RichText::new(&*card.id).font(crate::ui::theme::bold(16.0)));
            for label in &card.labels {
                chip_of(ui, frame, &LabelId::new(Arc::clone(label)));
            }
        });
        let note = isolate_quotations(&card.note);
        ShapedLabel::new(&note, 14.0, frame.theme.ink).lines(3).show(ui, frame.painter);
        let facts = format!(
            "{} · line {} of {} · priority {} · confidence {:.0} %",
            card.pack,
            card.line,
            isolate_path(Path::new(&*card.path)),
            card.priority,
            card.confidence * 100.0
        );
        ShapedLabel::new(&facts, 12.0, frame.theme.dim).lines(2).show(ui, frame.painter);
        ui.label(RichText::new(record(figures.votes)).color(frame.theme.ink));
        if let Some(advice) = advice(figures.votes) {
            ui.label(RichText::new(advice).color(frame.theme.error));
        }
        ui.add_space(6.0);
        buttons(ui, frame, card);
        ui.add_space(6.0);
        let is_known = |(id, rules, _): &(Arc<str>, Arc<Rules>, String)| {
            *id == card.id && Arc::ptr_eq(rules, session.rules())
        };
        if !self.text.as_ref().is_some_and(is_known) {
            let text = session.rule_text(&card.id).unwrap_or_default();
            self.text = Some((Arc::clone(&card.id), Arc::clone(session.rules()), text));
        }
        let text = self.text.as_ref().map_or("", |(_, _, text)| text.as_str());
        let mut written = text.to_owned();
        let height = (ui.available_height() * 0.55).max(120.0);
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).id_salt("rule").show(ui, |ui| {
            rule_field(&mut written).show(ui, frame.painter);
        });
        if written != text {
            // Typing begins the edit that the button begins.
            let written = session.as_own(&card.id, &written);
            frame.action(Action::EditRule(Arc::clone(&card.id)));
            frame.action(Action::SetDraft(written));
        }
        if self.known.suggested.is_empty() {
            return;
        }
        ui.add_space(6.0);
        ui.label(RichText::new("It suggests in this article").color(frame.theme.dim));
        ScrollArea::vertical().auto_shrink(false).id_salt("here").show(ui, |ui| {
            for suggestion in &self.known.suggested {
                change(ui, frame, None, suggestion);
            }
        });
    }
}

/// The field that shows and edits a rule's text: one and the same for both, so that the cursor stays where it is.
fn rule_field(text: &mut String) -> BidiField<'_> {
    let id = egui::Id::unique("text of the rule");
    BidiField::new(id, "the rule", text)
        .rows(7)
        .size(13.0)
        .direction(Some(Direction::Ltr))
        .isolates(strings_and_comments)
}

/// Draws a row of the list; returns whether it was clicked.
fn row(ui: &mut Ui, frame: &mut Frame<'_>, card: &RuleCard, figures: Figures, is_chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width() - 8.0, ROW), Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::selected(
            egui::accesskit::Role::ListItem,
            true,
            is_chosen,
            format!("rule {}", card.id),
        )
    });
    let theme = frame.theme;
    if is_chosen || response.hovered() {
        let fill = if is_chosen { theme.raised } else { Color32::TRANSPARENT };
        let stroke = egui::Stroke::new(1.0, if is_chosen { theme.accent } else { theme.line });
        ui.painter().rect(rect, f32::from(crate::ui::theme::RADIUS), fill, stroke, egui::StrokeKind::Inside);
    }
    crate::ui::theme::focus_ring(ui, &response);
    let is_muted = card.is_muted || frame.session.muted_here().contains(&card.id);
    let inner = rect.shrink2(vec2(10.0, 6.0));
    let mut ui =
        ui.new_child(UiBuilder::new().max_rect(inner).layout(egui::Layout::top_down(egui::Align::Min)));
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing.y = 2.0;
    // Text that can be selected would take the clicks that are meant for the row.
    ui.style_mut().interaction.selectable_labels = false;
    ui.horizontal(|ui| {
        match card.kind {
            RuleKind::Claim => {
                chip_of(ui, frame, &LabelId::from("CLAIM"));
            }
            RuleKind::Negative => {
                ui.label(RichText::new("NOT").small().color(theme.dim));
            }
            RuleKind::Entity | RuleKind::Propagation => {
                if let Some(label) = card.labels.first() {
                    chip_of(ui, frame, &LabelId::new(Arc::clone(label)));
                }
            }
        }
        let text = RichText::new(&*card.id).color(if is_muted { theme.dim } else { theme.ink });
        ui.add(egui::Label::new(if is_muted { text.strikethrough() } else { text }).truncate());
    });
    let fired = figures.work.map_or(0, |work| work.matches);
    let facts = [
        Some(format!("fired {fired}")),
        (figures.votes != Votes::default()).then(|| record(figures.votes)),
        (figures.share >= 0.005).then(|| format!("{:.0} % of the time", figures.share * 100.0)),
        is_muted.then(|| "muted".to_owned()),
    ];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    ui.add(egui::Label::new(RichText::new(line).small().color(theme.dim)).truncate());
    response.clicked()
}

/// Returns the record of a rule in words.
pub(in crate::ui) fn record(votes: Votes) -> String {
    let Votes { accepted, rejected, .. } = votes;
    match wilson_interval(accepted, accepted + rejected) {
        None => "nothing decided yet".to_owned(),
        Some((low, high)) => format!(
            "{accepted} taken, {rejected} refused: {:.0} % ({:.0}–{:.0})",
            100.0 * f64::from(accepted) / f64::from(accepted + rejected),
            low * 100.0,
            high * 100.0
        ),
    }
}

/// Returns what to do about a rule that is surely bad.
fn advice(votes: Votes) -> Option<&'static str> {
    let (_, high) = wilson_interval(votes.accepted, votes.accepted + votes.rejected)?;
    (high < 0.5).then_some("It is refused more often than taken: edit it, or mute it.")
}

fn buttons(ui: &mut Ui, frame: &mut Frame<'_>, card: &RuleCard) {
    let id = &card.id;
    let is_own = frame.session.is_own_rule(id);
    ui.horizontal_wrapped(|ui| {
        let edit = if is_own { "Edit" } else { "Edit a copy" };
        let help =
            if is_own { "" } else { "The copy stands among your own rules; the shipped rule is muted" };
        if super::main_button(ui, frame, edit).on_hover_text(help).clicked() {
            frame.action(Action::EditRule(Arc::clone(id)));
        }
        let here = frame.session.muted_here().contains(id);
        let mute_here = if here { "Run in this article again" } else { "Mute in this article" };
        if ui.button(mute_here).on_hover_text("Until the article is closed").clicked() {
            frame.action(Action::MuteHere(Arc::clone(id), !here));
        }
        let mute = if card.is_muted { "Run everywhere again" } else { "Mute everywhere" };
        if ui.button(mute).on_hover_text("In all articles of this project").clicked() {
            frame.action(Action::MuteRule(Arc::clone(id), !card.is_muted));
        }
        if is_own && ui.button("Remove").clicked() {
            frame.action(Action::RemoveRule(Arc::clone(id)));
        }
    });
}

/// The rule that is being written, what is wrong with it, and what it would change.
fn writing(ui: &mut Ui, frame: &mut Frame<'_>, draft: &Draft) {
    let title = match &draft.replaces {
        Some(rule) if frame.session.is_own_rule(rule) => format!("Editing {rule}"),
        Some(rule) => format!("A copy of {rule}, which is muted when this one is kept"),
        None => "A new rule".to_owned(),
    };
    ui.label(RichText::new(title).font(crate::ui::theme::bold(15.0)));
    if let Some(made_from) = &draft.made_from {
        ui.horizontal_wrapped(|ui| {
            for (kind, title) in KINDS {
                let is_possible = kind != DraftKind::LikeTwo || made_from.like.is_some();
                let button = Button::selectable(kind == made_from.kind, title);
                let response = ui.add_enabled(is_possible, button);
                let hint = "Tag another one of the same label first";
                if response.on_disabled_hover_text(hint).clicked() {
                    frame.action(Action::DraftRule(kind));
                }
            }
        });
    }
    if let Some(notice) = frame.session.notice().filter(|notice| !notice.undoable) {
        ShapedLabel::new(&notice.text, 13.0, frame.theme.dim).lines(3).show(ui, frame.painter);
    }
    let mut text = draft.text.clone();
    let height = (ui.available_height() * 0.5).max(120.0);
    let field = ScrollArea::vertical()
        .max_height(height)
        .auto_shrink([false, true])
        .id_salt("draft")
        .show(ui, |ui| rule_field(&mut text).show(ui, frame.painter));
    if field.inner.changed() {
        frame.action(Action::SetDraft(text));
    }
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let keep = Button::new(RichText::new("Keep").color(frame.theme.on_accent)).fill(frame.theme.accent);
        let response = ui.add_enabled(draft.can_be_kept(), keep);
        if response.on_disabled_hover_text("Mend what is wrong first").clicked() {
            frame.action(Action::KeepDraft);
        }
        if ui.button("Discard").clicked() {
            frame.action(Action::DropDraft);
        }
        match &draft.tried {
            None => {
                frame.waiting(ui);
            }
            Some(tried) => {
                ui.label(RichText::new(verdict(tried)).color(if tried.errors.is_empty() {
                    frame.theme.dim
                } else {
                    frame.theme.error
                }));
            }
        }
    });
    if let Some(tried) = &draft.tried {
        ScrollArea::vertical().auto_shrink(false).id_salt("changes").show(ui, |ui| {
            for error in &tried.errors {
                mistake(ui, frame, error);
            }
            changes(ui, frame, tried);
        });
    }
}

fn verdict(tried: &Tried) -> String {
    if !tried.errors.is_empty() {
        let many = if tried.errors.len() == 1 { "" } else { "s" };
        return format!("{} mistake{many}", tried.errors.len());
    }
    let (added, removed) = (tried.changes.added.len(), tried.changes.removed.len());
    let here = format!("Examples hold. In this article it fits {} times: +{added} −{removed}", tried.found);
    let folder = &tried.folder;
    if folder.articles == 0 {
        return here;
    }
    format!(
        "{here}; in {} of {} others +{} −{}",
        folder.changed, folder.articles, folder.added, folder.removed
    )
}

fn mistake(ui: &mut Ui, frame: &mut Frame<'_>, error: &PackError) {
    let place = match &*error.path {
        "rule" => format!("Line {}, column {}", error.line, error.column),
        path => format!("{}:{}:{}", isolate_path(Path::new(path)), error.line, error.column),
    };
    let end =
        error.nearest.as_ref().map_or_else(|| ".".to_owned(), |name| format!("; did you mean `{name}`?"));
    let hint = if error.hint.is_empty() { String::new() } else { format!(" {}.", error.hint) };
    let text = format!("{place}: {}", isolate_quotations(&format!("{}{end}{hint}", error.message)));
    ShapedLabel::new(&text, 13.0, frame.theme.error).lines(5).show(ui, frame.painter);
    ui.add_space(4.0);
}

fn changes(ui: &mut Ui, frame: &mut Frame<'_>, tried: &Tried) {
    let (plus, minus) = (("+", frame.theme.accent), ("−", frame.theme.error));
    let removed = tried.changes.removed.iter().map(|suggestion| (minus, suggestion));
    let added = tried.changes.added.iter().map(|suggestion| (plus, suggestion));
    for (sign, suggestion) in added.chain(removed).take(MAX_CHANGES) {
        change(ui, frame, Some(sign), suggestion);
    }
    let left = (tried.changes.added.len() + tried.changes.removed.len()).saturating_sub(MAX_CHANGES);
    if left > 0 {
        ui.label(RichText::new(format!("and {left} more")).color(frame.theme.dim));
    }
}

/// A suggestion in its context, with the sign of what becomes of it.
fn change(ui: &mut Ui, frame: &mut Frame<'_>, sign: Option<(&str, Color32)>, suggestion: &Suggestion) {
    let Some(editor) = frame.session.editor() else { return };
    ui.horizontal(|ui| {
        if let Some((sign, color)) = sign {
            ui.label(RichText::new(sign).font(crate::ui::theme::bold(16.0)).color(color));
        }
        chip_of(ui, frame, suggestion.body.label());
        let piece = suggestion.body.fragments().hull();
        let line = context_line(editor.document().source(), editor.segmentation(), piece, CONTEXT);
        ShapedLabel::new(&line.text, 15.0, frame.theme.ink)
            .context(line.piece, frame.theme.dim)
            .direction(Some(editor.direction_at(piece.start())))
            .fill()
            .show(ui, frame.painter);
    });
}
