//! Which characters a face has.

use std::sync::LazyLock;

use skrifa::{FontRef, MetadataProvider};

use super::fonts::{FAMILIES, faces};

/// The characters of one or several fonts, as ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Coverage {
    /// First and last code points, ascending and apart from each other.
    ranges: Vec<(u32, u32)>,
}

impl Coverage {
    /// Returns what any of these fonts has a glyph for.
    pub(super) fn of<'a>(fonts: impl IntoIterator<Item = FontRef<'a>>) -> Self {
        let mut points: Vec<u32> = Vec::new();
        for font in fonts {
            let mappings = font.charmap().mappings();
            points.extend(mappings.filter(|(_, glyph)| glyph.to_u32() != 0).map(|(point, _)| point));
        }
        points.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for point in points {
            match ranges.last_mut() {
                Some((_, last)) if point <= *last + 1 => *last = point,
                _ => ranges.push((point, point)),
            }
        }
        Self { ranges }
    }

    /// Returns whether a character has a glyph.
    pub(super) fn has(&self, c: char) -> bool {
        let point = u32::from(c);
        let at = self.ranges.partition_point(|(first, _)| *first <= point);
        at.checked_sub(1).is_some_and(|at| point <= self.ranges[at].1)
    }
}

/// What the bundled faces of the fallback order have.
pub(super) fn bundled() -> &'static Coverage {
    static BUNDLED: LazyLock<Coverage> = LazyLock::new(|| {
        let stack = faces().iter().filter(|face| FAMILIES.contains(&face.family));
        Coverage::of(stack.filter_map(super::fonts::Face::font))
    });
    &BUNDLED
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What readers of a language need: its letters, marks, digits and punctuation of its own.
    const NEEDED: &[(&str, &str)] = &[
        ("Arabic", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱـًٌٍَُِّْٰٕٓٔ٠١٢٣٤٥٦٧٨٩٪٫٬،؛؟«»۞۝"),
        ("Persian", "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءأؤئۀًٌٍَُِّٔ۰۱۲۳۴۵۶۷۸۹٪٫٬،؛؟«»‹›\u{200C}"),
        ("Urdu", "آابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہۂۃھءیئےۓًٌٍَُِّْٰٖٗ۔۰۱۲۳۴۵۶۷۸۹،؛؟؀؁؂؃؎؏ؒؓ"),
        ("Sorani", "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆھەیێ٠١٢٣٤٥٦٧٨٩"),
        ("Pashto", "آابپتټثجځچڅحخدډذرړزژږسشښصضطظعغفقکګلمنڼوهۀيېىۍئء"),
        ("Sindhi", "ابٻڀتٿٽٺثپجڄڃچڇحخدڌڏڊڍرزڙسشصضطظعغفڦقڪکگڳڱلمنڻوهھءيئ"),
        ("Uighur", "ئائەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي"),
        ("Hebrew", "אבגדהוזחטיכךלמםנןסעפףצץקרשתְֱֲֳִֵֶַָֹֻּֽֿׁׂ־׀׃״׳₪"),
        ("Yiddish", "ײַאַאָבֿוּיִכּפּפֿשׂתּװױײ"),
        ("Greek", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωΆΈΉΊΌΎΏάέήίόύώΐΰϊϋ;·"),
        ("polytonic Greek", "ἀἁἂἃἄἅἆἇᾀᾁὰᾲᾳᾴᾶᾷἐἑἒἓἔἕὲἠἡἢἣὴῃῄῆῇἰἱὶῖῒὀὁὸὐὑὺῦῢὠὡὼῳῴῶῷῤῥἈἉἘἙἨἩἸἹὈὉὙὨὩᾼῌῼῬ᾽῾"),
        ("Russian", "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя№«»„“"),
        ("Ukrainian", "ЄІЇҐєіїґ’"),
        ("Serbian", "ЂЈЉЊЋЏђјљњћџѓќЃЌЅѕ"),
        ("Kazakh", "ӘҒҚҢӨҰҮҺІәғқңөұүһі"),
        ("Tajik and Bashkir", "ҒӢҚӮҲҶғӣқӯҳҷҘҠҪҫҙҡ"),
        ("West European", "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØŒÙÚÛÜÝÞŸàáâãäåæçèéêëìíîïðñòóôõöøœùúûüýþÿßẞ¿¡€£"),
        (
            "Central European",
            "ĀĂĄĆČĎĐĒĖĘĚĢĪĮİĶĹĻĽŁŃŅŇŌŐŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚāăąćčďđēėęěģīįıķĺļľłńņňōőŕřśşšţťūůűųźżžșț",
        ),
        ("Turkish and Azeri", "ÇĞİÖŞÜçğıöşüƏə"),
        ("Vietnamese", "ĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ₫"),
        (
            "African Latin",
            "ƁƂƉƊƎƏƐƔƖƘƝƆƤƲŊƳɓɖɗǝəɛɣɩƙɲɔƥʋŋƴẸỌṢẹọṣɦǂǁǃǀꞋꞌⱲⱳ\u{300}\u{301}\u{302}\u{304}\u{30C}\u{323}\u{331}",
        ),
        ("transliteration", "ʾʿāīūḍḥṣṭẓḏṯġḫšžĀĪŪḌḤṢṬẒḎṮĠḪŠŽẖẗ"),
    ];

    #[test]
    fn every_letter_that_these_languages_need_is_bundled() {
        for (language, needed) in NEEDED {
            let missing: Vec<char> = needed.chars().filter(|c| !bundled().has(*c)).collect();
            assert!(missing.is_empty(), "{language} lacks {missing:?}");
        }
    }

    #[test]
    fn each_reading_face_has_the_letters_of_the_languages_it_is_for() {
        let for_languages: &[(&str, &[&str])] = &[
            ("Noto Naskh Arabic", &["Arabic", "Persian", "Urdu", "Sorani", "Pashto", "Sindhi", "Uighur"]),
            ("Noto Sans Arabic", &["Arabic", "Persian", "Urdu", "Sorani", "Pashto", "Sindhi", "Uighur"]),
            ("Noto Nastaliq Urdu", &["Urdu"]),
        ];
        for (family, languages) in for_languages {
            for face in faces().iter().filter(|face| face.family == *family) {
                let own = Coverage::of(face.font());
                let needed = NEEDED.iter().filter(|(language, _)| languages.contains(language));
                let letters = needed.flat_map(|(_, text)| text.chars()).filter(|c| c.is_alphabetic());
                let missing: Vec<char> = letters.filter(|c| !own.has(*c)).collect();
                assert!(missing.is_empty(), "{} lacks {missing:?}", face.path);
            }
        }
    }

    #[test]
    fn the_bundled_faces_have_arabic_and_hebrew_and_no_thai() {
        let bundled = bundled();
        for c in "اةیگٹڈںאשñЖω…→✓ ".chars() {
            assert!(bundled.has(c), "{c}");
        }
        for c in "กअ的\u{10FFFF}".chars() {
            assert!(!bundled.has(c), "{c:?}");
        }
    }
}
