//! Which layers a file has, and what their columns are.

use super::super::exchange::ImportError;
use super::FORMAT;
use crate::text::shortened;

/// What annotations of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LayerKind {
    Span,
    Relation,
    Chain,
}

/// What a column says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// The value of a feature.
    Feature(String),
    /// The roles of a feature that links to other spans.
    Roles(String),
    /// The spans that fill them; the layer that they are of.
    Targets(String),
    /// Where a relation starts; the layer of its ends.
    Base(String),
    /// That there is an annotation.
    Placeholder,
}

/// A layer of annotations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayerHead {
    pub(super) kind: LayerKind,
    /// The name of its type.
    pub(super) name: String,
    /// Its columns, each with its place in a line.
    pub(super) columns: Vec<(usize, Column)>,
}

/// How many columns stand before those of the layers: unit, offsets, text.
pub(super) const OWN_COLUMNS: usize = 3;

const HINT: &str = "export from WebAnno or INCEpTION as `WebAnno TSV v3.x`";

/// Returns the layers, and how many lines the header has.
///
/// # Errors
///
/// When the file is of another version or a line of the header is none.
pub(super) fn header(text: &str) -> Result<(Vec<LayerHead>, usize), ImportError> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if !first.strip_prefix(FORMAT).is_some_and(|version| version.starts_with("3.")) {
        let message = format!("`{}` is not `{FORMAT}3.3`", shortened(first));
        return Err(ImportError::new("line 1", message, HINT));
    }
    let mut layers: Vec<LayerHead> = Vec::new();
    let mut place = OWN_COLUMNS;
    let mut count = 1;
    for line in lines {
        let kinds =
            [("#T_SP=", LayerKind::Span), ("#T_RL=", LayerKind::Relation), ("#T_CH=", LayerKind::Chain)];
        let kind = kinds.iter().find_map(|(prefix, kind)| Some((*kind, line.strip_prefix(prefix)?)));
        let Some((kind, declared)) = kind else { break };
        count += 1;
        let mut fields = declared.split('|').filter(|field| !field.is_empty());
        let Some(name) = fields.next() else {
            return Err(ImportError::new(format!("line {count}"), "it names no layer", HINT));
        };
        let mut columns: Vec<(usize, Column)> = Vec::new();
        for field in fields {
            let before = columns.last().map(|(_, column)| column);
            columns.push((place, column(field, kind, before)));
            place += 1;
        }
        if columns.is_empty() {
            columns.push((place, Column::Placeholder));
            place += 1;
        }
        layers.push(LayerHead { kind, name: name.to_owned(), columns });
    }
    Ok((layers, count))
}

fn column(field: &str, kind: LayerKind, before: Option<&Column>) -> Column {
    if let (LayerKind::Relation, Some(base)) = (kind, field.strip_prefix("BT_")) {
        return Column::Base(base.to_owned());
    }
    if let (LayerKind::Span, Some(roles)) = (kind, field.strip_prefix("ROLE_")) {
        // `ROLE_webanno.custom.Frame:Roles_webanno.custom.FrameRolesLink`
        let feature = roles.split_once(':').map_or(roles, |(_, feature)| feature);
        let feature = feature.split_once('_').map_or(feature, |(feature, _)| feature);
        return Column::Roles(feature.to_owned());
    }
    if matches!(before, Some(Column::Roles(_))) {
        return Column::Targets(field.to_owned());
    }
    Column::Feature(field.to_owned())
}
