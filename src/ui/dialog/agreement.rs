//! How far the annotators agree: figures by label, attribute and article; a click on one lists what is behind it.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::Answer;
use crate::model::agreement::{
    CharFragments, CodedDifference, CodingFigures, Difference, Figure, GroupReport, LayerReport, Scope,
    SpanDifference, Spot,
};
use crate::model::{LabelId, LabelKind};
use crate::session::{Action, Agreement};
use crate::text::{Direction, isolate, isolate_path};
use crate::ui::Frame;
use crate::ui::shaped_label::ShapedLabel;

/// The height of a difference in the list, in points.
const ROW: f32 = 44.0;

/// What is looked at.
#[derive(Default)]
pub(in crate::ui) struct AgreementView {
    /// The index of the group; that of all annotators (or the only pair) at first.
    group: Option<usize>,
    kind: Option<LabelKind>,
    by_article: bool,
    behind: Behind,
}

/// Which differences are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Behind {
    /// Spans, of everything.
    #[default]
    All,
    /// Spans of a label.
    Label(LabelId),
    /// Spans in an article.
    Article(usize),
    /// Labels at places that both have.
    Labels,
    /// Values of an attribute.
    Attribute(Arc<str>),
    /// Decisions on suggestions.
    Decisions,
}

impl AgreementView {
    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let Some(agreement) = frame.session.agreement().map(Arc::clone) else { return Answer::Close };
        let report = &agreement.report;
        let compared = report.articles.iter().filter(|article| !article.texts_differ).count();
        if report.annotators.len() < 2 || compared == 0 {
            nothing(ui, frame, &agreement);
            return Answer::Stay;
        }
        let last = report.groups.len().saturating_sub(1);
        let group = self.group.unwrap_or(last).min(last);
        self.choices(ui, &agreement, group);
        let Some(group) = report.groups.get(group) else { return Answer::Stay };
        let layer = self.layer(group);
        ui.add_space(8.0);
        let height = (ui.ctx().content_rect().height() - 240.0).max(240.0);
        let mut answer = Answer::Stay;
        ui.horizontal_top(|ui| {
            let column = egui::Layout::top_down(egui::Align::Min);
            ui.allocate_ui_with_layout(egui::vec2(560.0, height), column, |ui| {
                let area = egui::ScrollArea::vertical().id_salt("figures").auto_shrink([false, true]);
                area.max_height(height).show(ui, |ui| self.figures(ui, frame, &agreement, group, layer));
            });
            ui.separator();
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                answer = self.list(ui, frame, &agreement, group, layer, height);
            });
        });
        answer
    }

    /// Whose work, and what of it.
    fn choices(&mut self, ui: &mut Ui, agreement: &Agreement, chosen: usize) {
        let report = &agreement.report;
        let title = |group: &GroupReport| {
            let names = group.members.iter().map(|member| isolate(&report.annotators[*member]));
            names.collect::<Vec<_>>().join(" and ")
        };
        ui.horizontal(|ui| {
            let text = report.groups.get(chosen).map(title).unwrap_or_default();
            egui::ComboBox::from_id_salt("annotators").width(240.0).selected_text(text).show_ui(ui, |ui| {
                for (index, group) in report.groups.iter().enumerate() {
                    ui.selectable_value(&mut self.group, Some(index), title(group));
                }
            });
            let group = &report.groups[chosen];
            let kinds = group.layers.iter().map(|layer| layer.kind).collect::<Vec<_>>();
            let kind = self.layer(group).map(|layer| layer.kind);
            for (other, title) in [(LabelKind::Entity, "Mentions"), (LabelKind::Claim, "Claims")] {
                if kinds.contains(&other) && ui.selectable_label(kind == Some(other), title).clicked() {
                    self.kind = Some(other);
                    self.behind = Behind::All;
                }
            }
            ui.separator();
            for (by_article, title) in [(false, "By label"), (true, "By article")] {
                if ui.selectable_label(self.by_article == by_article, title).clicked() {
                    self.by_article = by_article;
                }
            }
            ui.label(RichText::new(format!("{} articles of both", group.articles)).small());
        });
    }

    fn layer<'g>(&self, group: &'g GroupReport) -> Option<&'g LayerReport> {
        let chosen = group.layers.iter().find(|layer| Some(layer.kind) == self.kind);
        chosen.or_else(|| group.layers.first())
    }

    fn figures(
        &mut self,
        ui: &mut Ui,
        frame: &mut Frame<'_>,
        agreement: &Agreement,
        group: &GroupReport,
        layer: Option<&LayerReport>,
    ) {
        ui.label(RichText::new("Spans").strong());
        if let Some(layer) = layer {
            egui::Grid::new("spans").num_columns(6).spacing([14.0, 4.0]).striped(true).show(ui, |ui| {
                head(ui, frame, &["", "Exact F1", "Overlap F1", "Alpha (units)", "Gamma"]);
                self.row(ui, frame, agreement, layer, &Behind::All);
                if self.by_article {
                    for (article, _) in &layer.by_article {
                        self.row(ui, frame, agreement, layer, &Behind::Article(*article));
                    }
                } else {
                    for (label, _) in &layer.by_label {
                        self.row(ui, frame, agreement, layer, &Behind::Label(label.clone()));
                    }
                }
            });
        } else {
            ui.label(RichText::new("Nobody has annotated anything.").color(frame.theme.dim));
        }
        ui.add_space(12.0);
        ui.label(RichText::new("Values at the same places").strong());
        egui::Grid::new("values").num_columns(6).spacing([14.0, 4.0]).striped(true).show(ui, |ui| {
            head(ui, frame, &["", "Places", "Agreed", "Cohen κ", "Fleiss κ", "Alpha"]);
            if let Some(layer) = layer {
                self.coded(ui, frame, "Labels", &layer.total.labels, &Behind::Labels);
            }
            for attribute in &group.attributes {
                let behind = Behind::Attribute(Arc::clone(&attribute.name));
                self.coded(ui, frame, &attribute.name, &attribute.figures, &behind);
            }
            self.coded(ui, frame, "Decisions", &group.decisions.figures, &Behind::Decisions);
        });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        frame: &mut Frame<'_>,
        agreement: &Agreement,
        layer: &LayerReport,
        behind: &Behind,
    ) {
        let scope = behind.scope();
        let Some(figures) = layer.figures(scope) else { return };
        let title = match behind {
            Behind::Label(label) => label.to_string(),
            Behind::Article(article) => article_name(agreement, *article),
            _ => "All".to_owned(),
        };
        let label = ShapedLabel::new(&title, 13.0, frame.theme.ink).width(150.0);
        label.show(ui, frame.painter);
        let mut cells = vec![figures.exact.f1(), figures.overlap.f1(), figures.unitizing.clone()];
        if !matches!(behind, Behind::Label(_)) {
            // Gamma is about all labels at once.
            cells.push(figures.gamma.value.clone());
        }
        for cell in cells {
            if figure(ui, frame, &cell, self.behind == *behind) {
                self.behind = behind.clone();
            }
        }
        ui.end_row();
    }

    fn coded(
        &mut self,
        ui: &mut Ui,
        frame: &mut Frame<'_>,
        title: &str,
        figures: &CodingFigures,
        behind: &Behind,
    ) {
        ShapedLabel::new(title, 13.0, frame.theme.ink).width(150.0).show(ui, frame.painter);
        ui.label(figures.positions.to_string());
        ui.label(figures.agreed.to_string());
        for cell in [&figures.cohen, &figures.fleiss, &figures.alpha] {
            if figure(ui, frame, cell, self.behind == *behind) {
                self.behind = behind.clone();
            }
        }
        ui.end_row();
    }

    /// The differences behind what was clicked; a click on one opens its article there.
    fn list(
        &self,
        ui: &mut Ui,
        frame: &mut Frame<'_>,
        agreement: &Agreement,
        group: &GroupReport,
        layer: Option<&LayerReport>,
        height: f32,
    ) -> Answer {
        let found = self.found(group, layer);
        let title = match found.len() {
            0 => "No difference".to_owned(),
            1 => "1 difference".to_owned(),
            n => format!("{n} differences"),
        };
        ui.label(RichText::new(format!("{title} · {}", self.behind.title(agreement))).strong());
        let mut answer = Answer::Stay;
        let area =
            egui::ScrollArea::vertical().id_salt("differences").auto_shrink(false).max_height(height - 28.0);
        area.show_rows(ui, ROW, found.len(), |ui, rows| {
            for difference in &found[rows] {
                let line = difference.line(agreement, group);
                let response = ui.scope(|ui| {
                    ui.set_height(ROW - 4.0);
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.vertical(|ui| {
                        let width = ui.available_width();
                        ShapedLabel::new(&line.text, 14.0, frame.theme.ink)
                            .width(width)
                            .show(ui, frame.painter);
                        ShapedLabel::new(&line.what, 12.0, frame.theme.dim)
                            .width(width)
                            .show(ui, frame.painter);
                    });
                });
                let response = response.response.interact(egui::Sense::click());
                if response.on_hover_text("Open the article here").clicked() {
                    let name = Arc::clone(&agreement.report.articles[line.article].name);
                    frame.action(Action::OpenAt(name, line.start, line.end));
                    answer = Answer::Close;
                }
            }
        });
        answer
    }

    /// Returns the differences behind what was clicked; they are put into words where they are in sight.
    fn found<'a>(&'a self, group: &'a GroupReport, layer: Option<&'a LayerReport>) -> Vec<Found<'a>> {
        let coded = |differences: &'a [CodedDifference]| differences.iter().map(Found::Values).collect();
        match &self.behind {
            Behind::All | Behind::Label(_) | Behind::Article(_) => {
                let differences =
                    layer.into_iter().flat_map(|layer| layer.differences_in(self.behind.scope()));
                differences.map(Found::Spans).collect()
            }
            Behind::Labels => layer.map(|layer| coded(&layer.label_differences)).unwrap_or_default(),
            Behind::Attribute(name) => {
                let attribute = group.attributes.iter().find(|attribute| attribute.name == *name);
                attribute.map(|attribute| coded(&attribute.differences)).unwrap_or_default()
            }
            Behind::Decisions => coded(&group.decisions.differences),
        }
    }
}

/// A difference of the report.
enum Found<'a> {
    Spans(&'a SpanDifference),
    Values(&'a CodedDifference),
}

impl Found<'_> {
    fn line(&self, agreement: &Agreement, group: &GroupReport) -> Line {
        match self {
            Self::Spans(difference) => Line::of_spans(agreement, group, difference),
            Self::Values(difference) => Line::of_values(agreement, group, difference),
        }
    }
}

impl Behind {
    fn scope(&self) -> Scope<'_> {
        match self {
            Self::Label(label) => Scope::Label(label),
            Self::Article(article) => Scope::Article(*article),
            _ => Scope::All,
        }
    }

    fn title(&self, agreement: &Agreement) -> String {
        match self {
            Self::All => "spans".to_owned(),
            Self::Label(label) => label.to_string(),
            Self::Article(article) => article_name(agreement, *article),
            Self::Labels => "labels".to_owned(),
            Self::Attribute(name) => name.to_string(),
            Self::Decisions => "decisions".to_owned(),
        }
    }
}

/// A difference in the list.
struct Line {
    article: usize,
    /// In chars.
    start: u32,
    end: u32,
    /// The words.
    text: String,
    /// What each has.
    what: String,
}

impl Line {
    fn of_spans(agreement: &Agreement, group: &GroupReport, difference: &SpanDifference) -> Self {
        let who = |member: usize| {
            let name = group.members.get(member).map(|index| &agreement.report.annotators[*index]);
            name.map(|name| isolate(name)).unwrap_or_default()
        };
        let spot = |spot: &Spot| agreement.quote(difference.article, &spot.fragments).to_owned();
        let label =
            |spot: &Option<Spot>| spot.as_ref().map(|spot| spot.label.to_string()).unwrap_or_default();
        let (first, second) = (&difference.first, &difference.second);
        let what = match difference.difference {
            Difference::OnlyFirst => format!("only {}: {}", who(0), label(first)),
            Difference::OnlySecond => format!("only {}: {}", who(1), label(second)),
            Difference::Boundaries => format!("edges: {}", label(first)),
            Difference::Label => {
                format!("{}: {}, {}: {}", who(0), label(first), who(1), label(second))
            }
            Difference::BoundariesAndLabel => {
                format!("edges; {}: {}, {}: {}", who(0), label(first), who(1), label(second))
            }
        };
        let text = match (first, second) {
            (Some(first), Some(second)) if first.fragments != second.fragments => {
                format!("{} / {}", isolate(&spot(first)), isolate(&spot(second)))
            }
            (Some(one), _) | (None, Some(one)) => spot(one),
            (None, None) => String::new(),
        };
        let fragments = first.as_ref().or(second.as_ref()).map(|spot| &spot.fragments);
        Self::new(agreement, difference.article, fragments, text, &what)
    }

    fn of_values(agreement: &Agreement, group: &GroupReport, difference: &CodedDifference) -> Self {
        let values = group.members.iter().zip(&difference.values).map(|(member, value)| {
            let name = isolate(&agreement.report.annotators[*member]);
            format!("{name}: {}", value.as_deref().map_or_else(|| "nothing".to_owned(), isolate))
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let what = match &difference.label {
            Some(label) => format!("{label} · {values}"),
            None => values,
        };
        let text = agreement.quote(difference.article, &difference.fragments).to_owned();
        Self::new(agreement, difference.article, Some(&difference.fragments), text, &what)
    }

    fn new(
        agreement: &Agreement,
        article: usize,
        fragments: Option<&CharFragments>,
        text: String,
        what: &str,
    ) -> Self {
        let (start, end) = fragments.map_or((0, 0), |at| (at.start().get(), at.end().get()));
        let what = format!("{what} · {}", article_name(agreement, article));
        Self { article, start, end, text, what }
    }
}

fn article_name(agreement: &Agreement, article: usize) -> String {
    let name = agreement.report.articles.get(article).map_or("", |article| &article.name);
    isolate_path(std::path::Path::new(name))
}

fn head(ui: &mut Ui, frame: &Frame<'_>, titles: &[&str]) {
    for title in titles {
        ui.label(RichText::new(*title).small().color(frame.theme.dim));
    }
    ui.end_row();
}

/// Draws a figure as a button, or a dash with the reason why there is none; returns whether it was clicked.
fn figure(ui: &mut Ui, frame: &Frame<'_>, figure: &Figure, is_chosen: bool) -> bool {
    match figure {
        Ok(value) => {
            let response = ui.selectable_label(is_chosen, format!("{value:.3}"));
            response.on_hover_text("List what is behind it").clicked()
        }
        Err(because) => {
            let dash = ui.label(RichText::new("undefined").small().color(frame.theme.dim));
            dash.on_hover_text(format!("Undefined, because {because}"));
            false
        }
    }
}

/// What is said where there is nothing to compare.
fn nothing(ui: &mut Ui, frame: &mut Frame<'_>, agreement: &Agreement) {
    ui.add_space(16.0);
    ui.label(RichText::new("No article has been annotated by two annotators.").strong());
    ui.label(
        RichText::new(
            "Set who annotates in the settings (annotator), or give each annotator a copy of the project, and put \
             their folders of annotations together.",
        )
        .color(frame.theme.dim),
    );
    let names: Vec<String> = agreement.report.annotators.iter().map(|name| isolate(name)).collect();
    if !names.is_empty() {
        let text = format!("So far: {}", names.join(", "));
        ShapedLabel::new(&text, 13.0, frame.theme.dim)
            .direction(Some(Direction::Ltr))
            .show(ui, frame.painter);
    }
    for error in &agreement.failed {
        ShapedLabel::new(&error.isolated(), 13.0, frame.theme.error).lines(3).show(ui, frame.painter);
    }
}
