//! From the bytes of a file to text, without a guess that nobody was asked about.
//!
//! UTF-8 is taken as it is; a byte order mark decides for UTF-8 or UTF-16. Anything else is an error that names the
//! first bad byte and the encoding that the bytes look like (Mozilla's detector, `chardetng`); the user decides,
//! and [`decode_as`] does what was decided.

use std::fmt;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use thiserror::Error;

/// The longest file that can be opened as an article, in bytes.
pub(crate) const MAX_ARTICLE_BYTES: u64 = 256 << 20;

/// How the bytes of an article were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding {
    encoding: &'static Encoding,
    bom: bool,
}

impl TextEncoding {
    /// Plain UTF-8 without a byte order mark.
    pub const UTF_8: Self = Self { encoding: UTF_8, bom: false };

    /// Returns the encoding of a name as in the WHATWG Encoding Standard (`windows-1256`, `utf-16le`), with ` BOM`
    /// behind it where the file began with a byte order mark; `None` where nothing has that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (label, bom) = match name.strip_suffix(" BOM") {
            Some(label) => (label, true),
            None => (name, false),
        };
        Encoding::for_label(label.trim().as_bytes()).map(|encoding| Self { encoding, bom })
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.encoding.name())?;
        if self.bom {
            f.write_str(" BOM")?;
        }
        Ok(())
    }
}

/// What [`decode`] made of the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without the byte order mark.
    pub text: String,
    /// How it was read.
    pub encoding: TextEncoding,
}

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// A byte sequence that is not valid UTF-8, and what the bytes look like instead.
    #[error(
        "line {line}, byte {offset} (0x{byte:02X}) is not valid UTF-8; the file looks like {guess}. \
         Open it as {guess} if that is right, or convert it to UTF-8"
    )]
    NotUtf8 {
        /// Bytes before the first bad one.
        offset: usize,
        /// Its line, counted from 1.
        line: usize,
        /// Its value.
        byte: u8,
        /// The likeliest encoding.
        guess: TextEncoding,
    },
    /// UTF-8 but for few bytes: no other encoding, but damage.
    #[error(
        "line {line}, byte {offset} (0x{byte:02X}) is not valid UTF-8, as nearly all else is: the file is damaged there"
    )]
    Damaged {
        /// Bytes before the first bad one.
        offset: usize,
        /// Its line, counted from 1.
        line: usize,
        /// Its value.
        byte: u8,
    },
    /// UTF-16 without the byte order mark that would say so.
    #[error(
        "the file looks like {guess}, without the byte order mark that would say so. Open it as {guess} if that is \
         right, or convert it to UTF-8"
    )]
    Unmarked {
        /// UTF-16, little or big end first.
        guess: TextEncoding,
    },
    /// The bytes are not valid in the encoding that was asked for.
    #[error("the file is not valid {encoding}; choose another encoding")]
    Malformed {
        /// The encoding asked for.
        encoding: TextEncoding,
    },
    /// A zero byte: no article has one.
    #[error("byte {offset} is zero: this looks like a binary file, not like an article")]
    Binary {
        /// Bytes before the zero byte.
        offset: usize,
    },
    /// Too long for an article.
    #[error("the file has {len} bytes; an article may have {limit} at most")]
    TooLong {
        /// The length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: u64,
    },
}

/// Returns the text of UTF-8 bytes, or of UTF-16 bytes that begin with a byte order mark.
///
/// # Errors
///
/// When the bytes are not valid (with the likeliest encoding), contain a zero byte, or are too many.
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return decode_as(bytes, TextEncoding { encoding, bom: true });
    }
    check_length(bytes)?;
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => {
            Ok(Decoded { text: text.to_owned(), encoding: TextEncoding::UTF_8 })
        }
        outcome => Err(no_utf8(bytes, outcome.map_or_else(|error| error.valid_up_to(), str::len))),
    }
}

/// Returns what is wrong with bytes that have a zero, or are no UTF-8 from `offset` on.
fn no_utf8(bytes: &[u8], offset: usize) -> DecodeError {
    let guess = guess(bytes);
    let zero = bytes.iter().position(|byte| *byte == 0);
    match (zero, bytes.get(offset)) {
        (Some(_), _) if [UTF_16LE, UTF_16BE].contains(&guess.encoding) => DecodeError::Unmarked { guess },
        // No encoding of text but UTF-16 and UTF-32 has zeros.
        (Some(offset), _) => DecodeError::Binary { offset },
        (None, byte) => {
            let byte = byte.copied().unwrap_or_default();
            let line = 1 + bytes[..offset].iter().filter(|b| **b == b'\n').count();
            if is_mostly_utf8(bytes) {
                DecodeError::Damaged { offset, line, byte }
            } else {
                DecodeError::NotUtf8 { offset, line, byte, guess }
            }
        }
    }
}

/// Returns whether there is far more UTF-8 beyond ASCII in some bytes than what is no UTF-8.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good >= GOOD_FOR_A_BAD * bad
}

/// How many letters of UTF-8 beyond ASCII make one byte that is none a damage, and not another encoding. Two letters
/// of Windows-1256 seldom look like one of UTF-8.
const GOOD_FOR_A_BAD: usize = 10;

/// Returns the text of bytes in a given encoding; a byte order mark at the beginning is left out of the text.
///
/// # Errors
///
/// When the bytes are not valid in that encoding, contain a zero byte, or are too many.
pub fn decode_as(bytes: &[u8], encoding: TextEncoding) -> Result<Decoded, DecodeError> {
    check_length(bytes)?;
    let (body, bom) = match Encoding::for_bom(bytes) {
        Some((of_bom, len)) if of_bom == encoding.encoding => (&bytes[len..], true),
        _ => (bytes, false),
    };
    let encoding = TextEncoding { encoding: encoding.encoding, bom };
    match encoding.encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => finish(text.into_owned(), encoding),
        None => Err(DecodeError::Malformed { encoding }),
    }
}

fn check_length(bytes: &[u8]) -> Result<(), DecodeError> {
    if bytes.len() as u64 > MAX_ARTICLE_BYTES {
        return Err(DecodeError::TooLong { len: bytes.len(), limit: MAX_ARTICLE_BYTES });
    }
    Ok(())
}

fn finish(text: String, encoding: TextEncoding) -> Result<Decoded, DecodeError> {
    match text.find('\0') {
        Some(offset) => Err(DecodeError::Binary { offset }),
        None => Ok(Decoded { text, encoding }),
    }
}

/// Returns the encoding that bytes without a byte order mark look like.
fn guess(bytes: &[u8]) -> TextEncoding {
    // chardetng knows no UTF-16: there, ASCII spaces and line ends show as a zero at every second byte, and Arabic
    // shows as its block number 0x06.
    let sample = &bytes[..bytes.len().min(64 << 10)];
    let is_block = |b: &&u8| matches!(**b, 0x00 | 0x06);
    let even = sample.iter().step_by(2).filter(is_block).count();
    let odd = sample.iter().skip(1).step_by(2).filter(is_block).count();
    let most = sample.len() * 2 / 5;
    let encoding = if odd > most && even <= most {
        UTF_16LE
    } else if even > most && odd <= most {
        UTF_16BE
    } else {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, chardetng::Utf8Detection::Deny)
    };
    TextEncoding { encoding, bom: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str = "وقال الوزير إن الاتفاق سيوقع في العاصمة يوم الأحد المقبل، بحسب مصادر حكومية.\n";

    #[test]
    fn windows_1256_is_offered_and_not_taken_silently() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(ARABIC);
        let Err(DecodeError::NotUtf8 { guess, line, .. }) = decode(&bytes) else {
            panic!("legacy bytes are no UTF-8");
        };
        assert_eq!(guess.to_string(), "windows-1256");
        assert_eq!(line, 1);
        let decoded = decode_as(&bytes, guess).expect("the guess is right");
        assert_eq!(decoded.text, ARABIC);
        assert_eq!(decoded.encoding.to_string(), "windows-1256");
    }

    #[test]
    fn utf16_with_a_mark_is_read_and_recorded() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(ARABIC.encode_utf16().flat_map(u16::to_le_bytes));
        let decoded = decode(&bytes).expect("the mark says what it is");
        assert_eq!(decoded.text, ARABIC);
        assert_eq!(decoded.encoding.to_string(), "UTF-16LE BOM");
        assert_eq!(TextEncoding::from_name("UTF-16LE BOM"), Some(decoded.encoding));
    }

    #[test]
    fn utf16_without_a_mark_is_guessed() {
        let bytes: Vec<u8> = ARABIC.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let Err(DecodeError::Unmarked { guess }) = decode(&bytes) else {
            panic!("zeros at every second byte")
        };
        assert_eq!(guess.to_string(), "UTF-16BE");
    }

    #[test]
    fn a_damaged_byte_among_many_letters_is_damage_and_no_other_encoding() {
        let bytes = [ARABIC.as_bytes(), b"\xFF", ARABIC.as_bytes()].concat();
        let Err(DecodeError::Damaged { offset, line, byte }) = decode(&bytes) else {
            panic!("UTF-8, damaged")
        };
        assert_eq!((offset, line, byte), (ARABIC.len(), 2, 0xFF));
    }

    #[test]
    fn the_bad_byte_is_named_with_its_line() {
        let error =
            decode("سطر\nثان ".as_bytes().iter().copied().chain([0xC7]).collect::<Vec<_>>().as_slice())
                .expect_err("a lone lead byte");
        assert!(error.to_string().starts_with("line 2, byte 14 (0xC7)"), "{error}");
    }

    #[test]
    fn a_binary_file_is_refused() {
        assert!(matches!(decode(b"ab\0c"), Err(DecodeError::Binary { offset: 2 })));
    }
}
