//! The report as tables for people. A figure without a value is a number in brackets, and the reason stands below.

use std::io::Write;

use super::together;
use crate::cli::check::counted;
use crate::cli::error::{CliError, MOST_PROBLEMS, and_more};
use crate::formats::visible;
use crate::model::LabelKind;
use crate::model::agreement::{
    AgreementReport, CodedDifference, Difference, Figure, Figures, GroupReport, LayerReport, SpanDifference,
    Undefined,
};
use crate::text::shortened;

/// The reasons that were given so far; a figure names one by its number.
#[derive(Default)]
struct Reasons(Vec<Undefined>);

impl Reasons {
    /// Returns a figure as it is printed.
    fn cell(&mut self, figure: &Figure) -> String {
        match figure {
            Ok(value) => format!("{value:.3}"),
            // Nothing is missing there.
            Err(Undefined::AllLabelsOnly) => String::new(),
            Err(because) => {
                let known = self.0.iter().position(|reason| reason == because);
                let at = known.unwrap_or_else(|| {
                    self.0.push(because.clone());
                    self.0.len() - 1
                });
                format!("[{}]", at + 1)
            }
        }
    }
}

pub(super) fn print(
    agreement: &AgreementReport,
    by_article: bool,
    differences: bool,
    stdout: &mut dyn Write,
) -> Result<(), CliError> {
    let mut reasons = Reasons::default();
    for (at, group) in agreement.groups.iter().enumerate() {
        if at > 0 {
            writeln!(stdout)?;
        }
        let members = together(agreement, &group.members);
        writeln!(stdout, "{members}: {}", counted(group.articles, "article"))?;
        if group.articles == 0 {
            continue;
        }
        for layer in &group.layers {
            print_layer(agreement, group, layer, by_article, &mut reasons, stdout)?;
        }
        print_values(group, &mut reasons, stdout)?;
        if differences {
            print_differences(agreement, group, stdout)?;
        }
    }
    if !reasons.0.is_empty() {
        writeln!(stdout)?;
    }
    for (number, because) in (1..).zip(&reasons.0) {
        writeln!(stdout, "[{number}] undefined: {}", visible(&because.to_string()))?;
    }
    print_missing(agreement, stdout)
}

fn print_layer(
    agreement: &AgreementReport,
    group: &GroupReport,
    layer: &LayerReport,
    by_article: bool,
    reasons: &mut Reasons,
    stdout: &mut dyn Write,
) -> Result<(), CliError> {
    let name = match layer.kind {
        LabelKind::Entity => "mentions",
        LabelKind::Claim => "claims",
    };
    let kappa = if group.members.len() == 2 { "Cohen κ" } else { "Fleiss κ" };
    writeln!(
        stdout,
        "\n{name:<16} {:>9} {:>9} {kappa:>9} {:>9} {:>9} {:>9} {:>9} {:>13}",
        "exact F1", "overl. F1", "α labels", "α units", "α ends", "γ", "spans"
    )?;
    let mut line = |name: &str, figures: &Figures| -> Result<(), CliError> {
        let kappa = if group.members.len() == 2 { &figures.labels.cohen } else { &figures.labels.fleiss };
        let cells = [
            &figures.exact.f1(),
            &figures.overlap.f1(),
            kappa,
            &figures.labels.alpha,
            &figures.unitizing,
            &figures.boundaries,
            &figures.gamma.value,
        ];
        let cells = cells.map(|figure| format!(" {:>9}", reasons.cell(figure))).concat();
        let spans = format!("{} + {}", figures.exact.first, figures.exact.second);
        writeln!(stdout, "{:<16}{cells} {spans:>13}", visible(&shortened(name)))?;
        Ok(())
    };
    line("all", &layer.total)?;
    for (label, figures) in &layer.by_label {
        line(label.as_str(), figures)?;
    }
    if by_article {
        for (article, figures) in &layer.by_article {
            line(&agreement.articles[*article].name, figures)?;
        }
    }
    Ok(())
}

/// Prints the decisions and attributes, those of which two have any.
fn print_values(group: &GroupReport, reasons: &mut Reasons, stdout: &mut dyn Write) -> Result<(), CliError> {
    let attributes = group.attributes.iter().map(|attribute| (&*attribute.name, &attribute.figures));
    let values = [("decisions", &group.decisions.figures)].into_iter().chain(attributes);
    let values: Vec<_> =
        values.filter(|(_, figures)| figures.alpha != Err(Undefined::NoSharedPosition)).collect();
    if values.is_empty() {
        return Ok(());
    }
    let columns = ["same", "of", "Cohen κ", "Fleiss κ", "α"];
    writeln!(
        stdout,
        "\n{:<16}{}",
        "given positions",
        columns.map(|column| format!(" {column:>9}")).concat()
    )?;
    for (name, figures) in values {
        let cells = [&figures.cohen, &figures.fleiss, &figures.alpha];
        let cells = cells.map(|figure| format!(" {:>9}", reasons.cell(figure))).concat();
        let name = visible(&shortened(name));
        writeln!(stdout, "{name:<16} {:>9} {:>9}{cells}", figures.agreed, figures.positions)?;
    }
    Ok(())
}

fn print_differences(
    agreement: &AgreementReport,
    group: &GroupReport,
    stdout: &mut dyn Write,
) -> Result<(), CliError> {
    writeln!(stdout)?;
    let mut line = |told: &str| writeln!(stdout, "{}", visible(told));
    for layer in &group.layers {
        for difference in &layer.differences {
            line(&span_line(agreement, group, difference))?;
        }
        if group.members.len() > 2 {
            for difference in &layer.label_differences {
                line(&coded_line(agreement, group, "label", difference))?;
            }
        }
    }
    for attribute in &group.attributes {
        for difference in &attribute.differences {
            line(&coded_line(agreement, group, &attribute.name, difference))?;
        }
    }
    for difference in &group.decisions.differences {
        line(&coded_line(agreement, group, "decision", difference))?;
    }
    Ok(())
}

fn span_line(agreement: &AgreementReport, group: &GroupReport, difference: &SpanDifference) -> String {
    let what = match difference.difference {
        Difference::OnlyFirst | Difference::OnlySecond => "one only",
        Difference::Boundaries => "boundaries",
        Difference::Label => "label",
        Difference::BoundariesAndLabel => "boundaries and label",
    };
    let spots = group.members.iter().zip([&difference.first, &difference.second]);
    let spots = spots.filter_map(|(member, spot)| {
        let spot = spot.as_ref()?;
        let pieces: Vec<String> =
            spot.fragments.pieces().iter().map(|(start, end)| format!("{start}..{end}")).collect();
        Some(format!("{} {} {}", agreement.annotators[*member], spot.label, pieces.join("+")))
    });
    let spots: Vec<String> = spots.collect();
    format!("{}: {what}: {}", agreement.articles[difference.article].name, spots.join(", "))
}

fn coded_line(
    agreement: &AgreementReport,
    group: &GroupReport,
    what: &str,
    difference: &CodedDifference,
) -> String {
    let CodedDifference { article, fragments, label, values } = difference;
    let values = group.members.iter().zip(values).filter_map(|(member, value)| {
        Some(format!("{} {}", agreement.annotators[*member], shortened(value.as_ref()?)))
    });
    let values: Vec<String> = values.collect();
    let label = label.as_ref().map(|label| format!(" of {label}")).unwrap_or_default();
    let place = format!("{}..{}", fragments.start(), fragments.end());
    format!("{}: {what}{label} {place}: {}", agreement.articles[*article].name, values.join(", "))
}

/// Prints the articles that not all annotators have.
fn print_missing(agreement: &AgreementReport, stdout: &mut dyn Write) -> Result<(), CliError> {
    let missing: Vec<_> = agreement.articles.iter().filter(|state| state.has.contains(&false)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    writeln!(stdout)?;
    for state in missing.iter().take(MOST_PROBLEMS) {
        let without: Vec<&str> = agreement
            .annotators
            .iter()
            .zip(&state.has)
            .filter(|(_, has)| !**has)
            .map(|(name, _)| &**name)
            .collect();
        writeln!(stdout, "{}", visible(&format!("{}: missing with {}", state.name, without.join(", "))))?;
    }
    if let Some(more) = and_more(missing.len()) {
        writeln!(stdout, "{more}")?;
    }
    Ok(())
}
