//! The report as one JSON object; its shape is described in the README.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::model::LabelKind;
use crate::model::agreement::{
    AgreementReport, CharFragments, CodedDifference, CodingFigures, Difference, Figure, Figures, Gamma,
    GammaOptions, GroupReport, LayerReport, Matches, SpanDifference, Spot,
};

pub(super) fn report(
    agreement: &AgreementReport,
    paths: &[PathBuf],
    options: GammaOptions,
    differences: bool,
) -> Value {
    let annotator = |(name, path): (&std::sync::Arc<str>, &PathBuf)| json!({"name": &**name, "path": path.display().to_string()});
    let articles = agreement.articles.iter().map(|state| {
        let annotators: Vec<usize> = (0..state.has.len()).filter(|annotator| state.has[*annotator]).collect();
        json!({"name": &*state.name, "annotators": annotators, "texts_differ": state.texts_differ})
    });
    let groups = agreement.groups.iter().map(|group| self::group(agreement, group, differences));
    json!({
        "annotators": agreement.annotators.iter().zip(paths).map(annotator).collect::<Vec<_>>(),
        "articles": articles.collect::<Vec<_>>(),
        "gamma": {"samples": options.samples, "seed": options.seed},
        "groups": groups.collect::<Vec<_>>(),
    })
}

fn group(agreement: &AgreementReport, group: &GroupReport, differences: bool) -> Value {
    let coded = |figures: &CodingFigures, list: &[CodedDifference]| {
        let mut value = coding(figures);
        if differences {
            value["differences"] = list.iter().map(|one| coded_difference(agreement, one)).collect();
        }
        value
    };
    let attributes: Map<String, Value> = group
        .attributes
        .iter()
        .map(|attribute| (attribute.name.to_string(), coded(&attribute.figures, &attribute.differences)))
        .collect();
    let mut value = json!({
        "annotators": group.members,
        "articles": group.articles,
        "attributes": attributes,
        "decisions": coded(&group.decisions.figures, &group.decisions.differences),
    });
    for layer in &group.layers {
        let name = match layer.kind {
            LabelKind::Entity => "mentions",
            LabelKind::Claim => "claims",
        };
        value[name] = self::layer(agreement, layer, differences);
    }
    value
}

fn layer(agreement: &AgreementReport, layer: &LayerReport, differences: bool) -> Value {
    let labels: Map<String, Value> =
        layer.by_label.iter().map(|(label, figures)| (label.to_string(), self::figures(figures))).collect();
    let name = |article: usize| agreement.articles[article].name.to_string();
    let articles: Map<String, Value> =
        layer.by_article.iter().map(|(article, figures)| (name(*article), self::figures(figures))).collect();
    let mut value = json!({"total": figures(&layer.total), "labels": labels, "articles": articles});
    if differences {
        let spans = layer.differences.iter().map(|one| span_difference(agreement, one));
        value["differences"] = spans.collect();
        let labels = layer.label_differences.iter().map(|one| coded_difference(agreement, one));
        value["label_differences"] = labels.collect();
    }
    value
}

fn figures(figures: &Figures) -> Value {
    json!({
        "exact": matches(figures.exact),
        "overlap": matches(figures.overlap),
        "labels": coding(&figures.labels),
        "unitizing_alpha": figure(&figures.unitizing),
        "boundary_alpha": figure(&figures.boundaries),
        "gamma": gamma(&figures.gamma),
    })
}

/// A number, or an object that says why there is none.
fn figure(figure: &Figure) -> Value {
    match figure {
        Ok(value) => json!(value),
        Err(because) => json!({"undefined": because.to_string()}),
    }
}

fn matches(matches: Matches) -> Value {
    let Matches { both, first, second } = matches;
    json!({"f1": figure(&matches.f1()), "both": both, "first": first, "second": second})
}

fn coding(figures: &CodingFigures) -> Value {
    json!({
        "positions": figures.positions,
        "same": figures.agreed,
        "cohen_kappa": figure(&figures.cohen),
        "fleiss_kappa": figure(&figures.fleiss),
        "alpha": figure(&figures.alpha),
    })
}

fn gamma(gamma: &Gamma) -> Value {
    let mut value =
        json!({"value": figure(&gamma.value), "exact": gamma.is_exact, "articles": gamma.articles});
    if let Some(disorder) = gamma.disorder {
        value["observed"] = json!(disorder.observed);
        value["expected"] = json!(disorder.expected);
        value["deviation"] = json!(disorder.deviation);
    }
    value
}

fn place(fragments: &CharFragments) -> Value {
    fragments.pieces().iter().map(|(start, end)| json!([start.get(), end.get()])).collect()
}

fn span_difference(agreement: &AgreementReport, difference: &SpanDifference) -> Value {
    let what = match difference.difference {
        Difference::OnlyFirst => "only_first",
        Difference::OnlySecond => "only_second",
        Difference::Boundaries => "boundaries",
        Difference::Label => "label",
        Difference::BoundariesAndLabel => "boundaries_and_label",
    };
    let spot = |spot: &Spot| json!({"label": spot.label.as_str(), "fragments": place(&spot.fragments)});
    json!({
        "article": &*agreement.articles[difference.article].name,
        "difference": what,
        "first": difference.first.as_ref().map(spot),
        "second": difference.second.as_ref().map(spot),
    })
}

fn coded_difference(agreement: &AgreementReport, difference: &CodedDifference) -> Value {
    json!({
        "article": &*agreement.articles[difference.article].name,
        "fragments": place(&difference.fragments),
        "label": difference.label.as_ref().map(crate::model::LabelId::as_str),
        "values": difference.values.iter().map(|value| value.as_deref()).collect::<Vec<_>>(),
    })
}
