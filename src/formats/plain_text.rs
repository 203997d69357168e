//! Text files without annotations, in any encoding.

use std::collections::BTreeMap;

use super::exchange::{ImportError, ImportFile, ImportOptions, ImportedArticle, Reader};
use crate::text::{SourceText, decode, decode_as};

/// What reads the format.
pub(super) const READER: Reader = Reader::File { extensions: &["txt", "text", "md"], read };

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let text = decoded(file.bytes, options)?;
    sink(Ok(ImportedArticle {
        name: file.name.to_owned(),
        text: SourceText::new(text),
        layers: Vec::new(),
        metadata: BTreeMap::new(),
        warnings: Vec::new(),
    }));
    Ok(())
}

const HINT: &str = "name the encoding with --encoding NAME, such as windows-1256 or utf-16le";

/// Returns the text of a file: in the encoding that was chosen, else as UTF-8 or as its byte order mark says.
///
/// # Errors
///
/// When the bytes are not valid so, with the likeliest encoding.
pub(super) fn decoded(bytes: &[u8], options: &ImportOptions<'_>) -> Result<String, ImportError> {
    let decoded = match options.encoding {
        Some(encoding) => decode_as(bytes, encoding),
        None => decode(bytes),
    };
    decoded.map(|decoded| decoded.text).map_err(|error| ImportError::new("", error.to_string(), HINT))
}

#[cfg(test)]
mod tests {
    use super::super::exchange::import_format;
    use super::super::exchange::trials::imported;
    use super::*;

    #[test]
    fn a_text_is_read_as_its_mark_says_and_another_encoding_is_told_of() {
        let read = |bytes: &[u8]| {
            imported(
                import_format("text").expect("in the table"),
                &BTreeMap::from([("a.txt".to_owned(), bytes.to_vec())]),
            )
        };
        let utf16: Vec<u8> = "\u{feff}قال\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [utf16.as_slice(), "قال\r\n".as_bytes()] {
            let article = read(bytes).expect("readable").remove(0);
            assert_eq!((article.name.as_str(), article.text.as_str()), ("a.txt", "قال\r\n"));
        }
        let arabic = [0xE6, 0xDE, 0xC7, 0xE1, b' ', 0xC7, 0xE1, 0xE6, 0xD2, 0xED, 0xD1, b' ', 0xC5, 0xE4];
        let error = read(&arabic).expect_err("not UTF-8");
        assert!(error.message.contains("is not valid UTF-8; the file looks like "), "{error}");
    }
}
