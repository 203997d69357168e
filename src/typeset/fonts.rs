//! The bundled faces. Every machine shows the same text: the system's fonts are never asked.

/// How heavy the letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Weight {
    /// The weight of running text.
    #[default]
    Regular,
    /// The weight of headings and of what is stressed.
    Bold,
}

/// One font file that is part of the program.
#[derive(Debug)]
pub struct Face {
    /// The family's name as the file says it.
    pub family: &'static str,
    /// The weight it is drawn in.
    pub weight: Weight,
    /// Where the file lies in the source tree.
    pub path: &'static str,
    /// The file.
    pub bytes: &'static [u8],
}

/// A face by its place in [`faces`]. The bundled faces are static: a glyph needs no variation coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaceId(pub(super) u8);

impl FaceId {
    /// Returns the face.
    #[must_use]
    pub fn face(self) -> &'static Face {
        &FACES[usize::from(self.0)]
    }

    /// Returns the face in which the hexadecimal digits of a placeholder box are set.
    pub(super) const PLACEHOLDER: Self = Self(2);
}

/// The families in the order in which a character looks for its glyph.
pub(super) const FAMILIES: [&str; 5] =
    ["Noto Naskh Arabic", "Noto Sans", "Noto Sans Hebrew", "Noto Sans Math", "Noto Sans Symbols2"];

macro_rules! face {
    ($family:literal, $weight:ident, $path:literal) => {
        Face {
            family: $family,
            weight: Weight::$weight,
            path: $path,
            bytes: include_bytes!(concat!("../../", $path)),
        }
    };
}

static FACES: [Face; 7] = [
    face!("Noto Naskh Arabic", Regular, "fonts/NotoNaskhArabic-Regular.ttf"),
    face!("Noto Naskh Arabic", Bold, "fonts/NotoNaskhArabic-Bold.ttf"),
    face!("Noto Sans", Regular, "fonts/NotoSans-Regular.ttf"),
    face!("Noto Sans", Bold, "fonts/NotoSans-Bold.ttf"),
    face!("Noto Sans Hebrew", Regular, "fonts/NotoSansHebrew-Regular.ttf"),
    face!("Noto Sans Math", Regular, "fonts/NotoSansMath-Regular.ttf"),
    face!("Noto Sans Symbols2", Regular, "fonts/NotoSansSymbols2-Regular.ttf"),
];

/// Returns every bundled face.
#[must_use]
pub fn faces() -> &'static [Face] {
    &FACES
}

/// Returns the faces that text of a weight falls back through, in order; a family without that weight takes part
/// with the one it has.
pub fn fallback_stack(weight: Weight) -> impl Iterator<Item = &'static Face> {
    FAMILIES.iter().filter_map(move |family| {
        let mut of_family = FACES.iter().filter(|face| face.family == *family);
        let exact = of_family.clone().find(|face| face.weight == weight);
        exact.or_else(|| of_family.next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skrifa::MetadataProvider;
    use skrifa::string::StringId;

    #[test]
    fn each_face_is_a_font_of_the_family_it_says() {
        for face in faces() {
            let font = skrifa::FontRef::new(face.bytes).expect("a bundled file is a font");
            let family: Vec<String> = [StringId::TYPOGRAPHIC_FAMILY_NAME, StringId::FAMILY_NAME]
                .into_iter()
                .filter_map(|id| font.localized_strings(id).english_or_first())
                .map(|name| name.to_string())
                .collect();
            assert!(family.iter().any(|name| name == face.family), "{} is {family:?}", face.path);
            assert!(font.axes().is_empty(), "{} has variation axes", face.path);
        }
    }

    #[test]
    fn bold_text_falls_back_to_the_weight_a_family_has() {
        let paths: Vec<&str> = fallback_stack(Weight::Bold).map(|face| face.path).collect();
        assert_eq!(
            paths[..3],
            ["fonts/NotoNaskhArabic-Bold.ttf", "fonts/NotoSans-Bold.ttf", "fonts/NotoSansHebrew-Regular.ttf"]
        );
    }

    #[test]
    fn the_placeholder_digits_are_set_in_the_latin_face() {
        assert_eq!(FaceId::PLACEHOLDER.face().path, "fonts/NotoSans-Regular.ttf");
    }
}
