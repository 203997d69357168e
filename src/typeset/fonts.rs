//! The bundled faces, and the registry that gives every face in use its number.
//!
//! A glyph is set on one thread and drawn on another, so a face is a number that means the same in the whole program:
//! the bundled faces come first, a face from elsewhere takes the next number when its first glyph is set. Numbers are
//! never given back, and the bytes of a face that has one live as long as the program.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use fontique::Blob;
use skrifa::instance::NormalizedCoord;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

/// How heavy the letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Weight {
    /// The weight of running text.
    #[default]
    Regular,
    /// The weight of headings and of what is stressed.
    Bold,
}

/// One face: a font file, or one font of a collection, at one place of its variation axes.
#[derive(Debug)]
pub struct Face {
    /// The family's name as the file says it.
    pub family: &'static str,
    /// The weight it is drawn in.
    pub weight: Weight,
    /// Where the file lies in the source tree; empty for a face that is not bundled.
    pub path: &'static str,
    /// The file.
    pub bytes: &'static [u8],
    /// Which font of the file, where it is a collection.
    pub index: u32,
    /// Where it stands on each variation axis; empty for a face without axes.
    pub coords: &'static [NormalizedCoord],
}

impl Face {
    /// Returns the tables of the font; `None` for a file that is none.
    pub(super) fn font(&self) -> Option<FontRef<'static>> {
        FontRef::from_index(self.bytes, self.index).ok()
    }
}

/// A face by its number, which means the same on every thread as long as the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaceId(u32);

impl FaceId {
    /// The face in which the hexadecimal digits of a placeholder box are set.
    pub(super) const PLACEHOLDER: Self = Self(2);

    /// The first face of the stack.
    pub(super) const FIRST: Self = Self(0);

    /// Returns the face.
    #[must_use]
    pub fn face(self) -> &'static Face {
        let index = self.0 as usize;
        FACES.get(index).unwrap_or_else(|| {
            let found = FOUND.read().unwrap_or_else(PoisonError::into_inner);
            found[index - FACES.len()].face
        })
    }

    /// Returns the number of a face: the one that it has, else the next.
    pub(super) fn of(blob: &Blob<u8>, index: u32, coords: &[NormalizedCoord]) -> Self {
        if let Some(bundled) = BUNDLED.iter().position(|known| known.id() == blob.id()) {
            return Self::nth(bundled);
        }
        let same = |known: &FoundFace| {
            known.blob == blob.id() && known.face.index == index && known.face.coords == coords
        };
        let known = FOUND.read().unwrap_or_else(PoisonError::into_inner).iter().position(same);
        let place = known.unwrap_or_else(|| {
            let mut found = FOUND.write().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have been faster.
            found.iter().position(same).unwrap_or_else(|| {
                found.push(FoundFace { blob: blob.id(), face: leak(blob.clone(), index, coords) });
                found.len() - 1
            })
        });
        Self::nth(FACES.len() + place)
    }

    fn nth(index: usize) -> Self {
        // There is memory for far fewer than 2^32 fonts.
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// A face that is not bundled.
struct FoundFace {
    blob: u64,
    face: &'static Face,
}

/// The faces that are not bundled, in the order in which their first glyph was set. It only grows.
static FOUND: RwLock<Vec<FoundFace>> = RwLock::new(Vec::new());

/// The bundled files as every typesetter registers them, in the order of [`faces`].
static BUNDLED: LazyLock<Vec<Blob<u8>>> =
    LazyLock::new(|| FACES.iter().map(|face| Blob::new(Arc::new(face.bytes))).collect());

/// Returns the bundled files as they are registered, in the order of [`faces`].
pub(super) fn bundled_blobs() -> &'static [Blob<u8>] {
    &BUNDLED
}

/// Makes a face live as long as the program: glyphs name it by a number that is never given back.
fn leak(blob: Blob<u8>, index: u32, coords: &[NormalizedCoord]) -> &'static Face {
    let blob: &'static Blob<u8> = Box::leak(Box::new(blob));
    let bytes: &'static [u8] = blob.as_ref();
    let font = FontRef::from_index(bytes, index).ok();
    let family = font.as_ref().and_then(family_name).unwrap_or_default();
    let is_bold = font.is_some_and(|font| font.attributes().weight.value() >= 600.0);
    Box::leak(Box::new(Face {
        family: Box::leak(family.into_boxed_str()),
        weight: if is_bold { Weight::Bold } else { Weight::Regular },
        path: "",
        bytes,
        index,
        coords: Box::leak(coords.into()),
    }))
}

/// The name of a font's family, in English where it has several.
pub(super) fn family_name(font: &FontRef<'_>) -> Option<String> {
    [StringId::TYPOGRAPHIC_FAMILY_NAME, StringId::FAMILY_NAME]
        .into_iter()
        .find_map(|id| font.localized_strings(id).english_or_first())
        .map(|name| name.to_string())
}

/// A font file that is not bundled: one font or a collection of fonts.
#[derive(Clone)]
pub struct FontFile {
    pub(super) blob: Blob<u8>,
}

impl std::fmt::Debug for FontFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FontFile").field("len", &self.blob.len()).finish()
    }
}

impl FontFile {
    /// Returns the font file of these bytes (TrueType, OpenType, or a collection of them); `None` where they are none.
    ///
    /// Clones are the same file: their glyphs have the same [`FaceId`] whoever sets them.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        FontRef::from_index(&bytes, 0).ok()?;
        Some(Self { blob: Blob::new(Arc::new(bytes)) })
    }

    /// Returns the fonts in the file.
    pub(super) fn fonts(&self) -> impl Iterator<Item = FontRef<'_>> {
        (0..).map_while(|index| FontRef::from_index(self.blob.as_ref(), index).ok())
    }

    /// Returns the families in the file, in its order, each once.
    #[must_use]
    pub fn family_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.fonts().filter_map(|font| family_name(&font)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
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
            index: 0,
            coords: &[],
        }
    };
}

static FACES: [Face; 9] = [
    face!("Noto Naskh Arabic", Regular, "fonts/NotoNaskhArabic-Regular.ttf"),
    face!("Noto Naskh Arabic", Bold, "fonts/NotoNaskhArabic-Bold.ttf"),
    face!("Noto Sans", Regular, "fonts/NotoSans-Regular.ttf"),
    face!("Noto Sans", Bold, "fonts/NotoSans-Bold.ttf"),
    face!("Noto Sans Hebrew", Regular, "fonts/NotoSansHebrew-Regular.ttf"),
    face!("Noto Sans Math", Regular, "fonts/NotoSansMath-Regular.ttf"),
    face!("Noto Sans Symbols2", Regular, "fonts/NotoSansSymbols2-Regular.ttf"),
    face!("Noto Nastaliq Urdu", Regular, "fonts/NotoNastaliqUrdu-Regular.ttf"),
    face!("Noto Sans Arabic", Regular, "fonts/NotoSansArabic-Regular.ttf"),
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

    #[test]
    fn each_face_is_a_font_of_the_family_it_says() {
        for face in faces() {
            let font = skrifa::FontRef::new(face.bytes).expect("a bundled file is a font");
            assert_eq!(family_name(&font).as_deref(), Some(face.family), "{}", face.path);
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
    fn a_face_has_the_same_number_on_every_thread() {
        let file = FontFile::new(crate::typeset::test_fonts::collection(&['अ', '的'])).expect("a collection");
        let number = |index| FaceId::of(&file.blob, index, &[]);
        let numbers = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| [number(0), number(1)])).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
        });
        assert!(numbers.iter().all(|pair| *pair == numbers[0]), "{numbers:?}");
        let faces = numbers[0].map(FaceId::face);
        assert_eq!(faces.map(|face| (face.family, face.index)), [("Test 0", 0), ("Test 1", 1)]);
        assert_eq!(FaceId::of(&bundled_blobs()[3], 0, &[]).face().path, "fonts/NotoSans-Bold.ttf");
    }

    #[test]
    fn what_is_no_font_is_no_font_file() {
        assert!(FontFile::new(b"no font".to_vec()).is_none());
    }

    #[test]
    fn the_placeholder_digits_are_set_in_the_latin_face() {
        assert_eq!(FaceId::PLACEHOLDER.face().path, "fonts/NotoSans-Regular.ttf");
    }
}
