//! The white space at the end of a line: it stands at the end of the line, whatever stands before it (UAX #9, L1).
//!
//! `parley` leaves it at the level of the word before it, so that the space after a Latin word at which a
//! right-to-left line was broken would stand at the right of that word and push the line out of its column.

use unicode_bidi::{BidiClass, bidi_class};

use super::engine::Glyph;
use super::geometry::Edge;
use crate::text::{ByteOffset, TextRange, slice};

/// A cluster on its way from `parley` to the geometry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cluster {
    /// Where it stands.
    pub edge: Edge,
    /// Whether it begins with a letter.
    pub is_letter: bool,
    /// How many glyphs of the line draw it.
    pub glyphs: usize,
    /// The character that no face has.
    pub missing: Option<char>,
}

/// Puts the white space at the end of a line at the side where lines of the base direction end. Clusters and glyphs
/// come and go from left to right; the line keeps its place and its width. Glyphs are in physical pixels, `scale` of
/// them a point.
pub(super) fn put_space_at_line_end(
    text: &str,
    clusters: &mut [Cluster],
    glyphs: &mut [Glyph],
    (base_rtl, scale): (bool, f32),
) {
    let Some(first) = start_of_trailing_space(text, clusters) else { return };
    let is_trailing = |cluster: &Cluster| cluster.edge.range.start() >= first;
    if ends_line(clusters, is_trailing, base_rtl) {
        return;
    }
    let mut x = clusters.first().map_or(0.0, |cluster| cluster.edge.x0);
    let mut next_glyph = 0;
    let mut rest = Vec::with_capacity(clusters.len());
    let mut trailing = Vec::new();
    for cluster in clusters.iter() {
        let own = next_glyph..next_glyph + cluster.glyphs;
        next_glyph = own.end;
        let own = glyphs.get(own).unwrap_or_default().to_vec();
        let part = if is_trailing(cluster) { &mut trailing } else { &mut rest };
        part.push((*cluster, own));
    }
    trailing.sort_by_key(|(cluster, _)| cluster.edge.range.start());
    for (cluster, _) in &mut trailing {
        cluster.edge.rtl = base_rtl;
    }
    let ordered = if base_rtl {
        trailing.reverse();
        [trailing, rest]
    } else {
        [rest, trailing]
    };
    let mut glyph_places = glyphs.iter_mut();
    for (place, (mut cluster, own)) in clusters.iter_mut().zip(ordered.into_iter().flatten()) {
        let shift = x - cluster.edge.x0;
        let width = cluster.edge.x1 - cluster.edge.x0;
        (cluster.edge.x0, cluster.edge.x1) = (x, x + width);
        x += width;
        *place = cluster;
        for glyph in own {
            if let Some(place) = glyph_places.next() {
                *place = Glyph { x: glyph.x + shift * scale, ..glyph };
            }
        }
    }
}

/// Whether the trailing clusters already stand where the line ends, in its direction. An even level alone does not say
/// so: after an embedding that was opened at the end of a right-to-left word, white space stands before that word.
fn ends_line(clusters: &[Cluster], is_trailing: impl Fn(&Cluster) -> bool, base_rtl: bool) -> bool {
    let count = clusters.iter().filter(|cluster| is_trailing(cluster)).count();
    let end = if base_rtl { &clusters[..count] } else { &clusters[clusters.len() - count..] };
    let start = |cluster: &Cluster| cluster.edge.range.start();
    end.iter().all(|cluster| is_trailing(cluster) && cluster.edge.rtl == base_rtl)
        && end.is_sorted_by(|left, right| (start(left) > start(right)) == base_rtl)
}

/// Where the white space and the controls at the logical end of a line begin; `None` where there are none or the
/// controls are joiners and the like, which no rule moves.
fn start_of_trailing_space(text: &str, clusters: &[Cluster]) -> Option<ByteOffset> {
    let start = clusters.iter().map(|cluster| cluster.edge.range.start()).min()?;
    let end = clusters.iter().map(|cluster| cluster.edge.range.end()).max()?;
    let line = slice(text, TextRange::from_indices(start.index(), end.index()));
    let mut first = None;
    for (at, c) in line.char_indices().rev() {
        let class = bidi_class(c);
        if is_space(class) {
            first = Some(ByteOffset::from_index(start.index() + at));
        } else if !is_removed(class) {
            break;
        }
    }
    first
}

fn is_space(class: BidiClass) -> bool {
    use BidiClass::{B, FSI, LRI, PDI, RLI, S, WS};
    matches!(class, WS | S | B | LRI | RLI | FSI | PDI)
}

/// The characters that rule X9 takes out of the text.
fn is_removed(class: BidiClass) -> bool {
    use BidiClass::{BN, LRE, LRO, PDF, RLE, RLO};
    matches!(class, BN | LRE | LRO | RLE | RLO | PDF)
}

#[cfg(test)]
mod tests {
    use super::super::{TextStyle, Typesetter};
    use crate::text::{Direction, TextRange};
    use crate::typeset::ParagraphLayout;

    fn layout(text: &str, direction: Direction) -> ParagraphLayout {
        Typesetter::new().layout_paragraph(text, TextStyle::body(20.0), Some(200.0), Some(direction))
    }

    /// The first bytes of a line's clusters from left to right.
    fn order(layout: &ParagraphLayout, line: usize) -> Vec<usize> {
        layout.geometry.edges(line).iter().map(|edge| edge.range.start().index()).collect()
    }

    #[test]
    fn the_space_at_which_a_line_was_broken_stands_at_the_end_of_the_line() {
        let latin = layout("the harbour council met today", Direction::Rtl);
        let line = latin.geometry.lines()[0];
        let space = TextRange::from_indices(line.range.end().index() - 1, line.range.end().index());
        let space = latin.geometry.rectangles(space)[0].rect;
        assert!((space.x0 - latin.geometry.edges(0)[0].x0).abs() < 0.01, "it is leftmost");
        let last = latin.geometry.edges(0).last().expect("the line has clusters").x1;
        assert!((last - 200.0).abs() < 0.01, "the text begins at the right of the column: {last}");

        let arabic = layout("وصل الوفد الكبير إلى المدينة القديمة", Direction::Ltr);
        assert!(arabic.geometry.lines().len() > 1);
        let edges = arabic.geometry.edges(0);
        assert_eq!(
            edges.last().expect("the line has clusters").range.end(),
            arabic.geometry.lines()[0].range.end()
        );
        assert!(edges[0].x0.abs() < 0.01, "the text begins at the left of the column");
    }

    #[test]
    fn glyphs_move_with_their_letters() {
        let spaced = layout("سلام  ", Direction::Ltr);
        let bare = layout("سلام", Direction::Ltr);
        let shown = |layout: &ParagraphLayout| {
            let glyphs = layout
                .glyphs()
                .iter()
                .filter(|glyph| layout.geometry.cluster_at(glyph.x + 0.1, 18.0).is_some());
            glyphs.map(|glyph| (glyph.id, (glyph.x * 100.0).round())).collect::<Vec<_>>()
        };
        assert_eq!(shown(&spaced)[..bare.glyphs().len()], shown(&bare));
        assert_eq!(order(&spaced, 0), [6, 4, 2, 0, 8, 9]);
    }

    #[test]
    fn space_inside_a_line_stays_with_its_words() {
        let text = "ab سلام cd ";
        assert_eq!(order(&layout(text, Direction::Ltr), 0), [0, 1, 2, 9, 7, 5, 3, 11, 12, 13, 14]);
        assert_eq!(order(&layout(text, Direction::Rtl), 0), [14, 12, 13, 11, 9, 7, 5, 3, 2, 0, 1]);
    }

    #[test]
    fn an_isolate_that_ends_the_line_ends_it_on_the_side_of_the_base_direction() {
        // Right-to-left isolate, Arabic letter, space, end of the isolate, space.
        let text = "a \u{2067}ب \u{2069} ";
        assert_eq!(order(&layout(text, Direction::Ltr), 0), [0, 1, 2, 5, 7, 8, 11]);
    }

    #[test]
    fn space_behind_an_embedding_that_holds_nothing_else_ends_the_line() {
        for control in ["\u{202A}", "\u{202D}"] {
            let text = format!("ب{control} ");
            assert_eq!(order(&layout(&text, Direction::Ltr), 0), [2, 0, 5], "{control:?}");
        }
    }
}
