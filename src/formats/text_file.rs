//! Plain text as an article: read only.

use std::collections::BTreeMap;

use super::exchange::{ImportError, ImportFile, ImportOptions, ImportedArticle};
use crate::text::{SourceText, decode, decode_as};

/// Reads a text file as one article, in UTF-8, in what a byte order mark says, or in the encoding that was chosen.
///
/// # Errors
///
/// When it is no text in that encoding.
pub(super) fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    each: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let decoded = match options.encoding {
        Some(encoding) => decode_as(file.bytes, encoding),
        None => decode(file.bytes),
    };
    let decoded = decoded.map_err(|error| {
        ImportError::new("", error.to_string(), "name the encoding: --encoding windows-1256")
    })?;
    let metadata = match decoded.encoding.to_string().as_str() {
        "UTF-8" => BTreeMap::new(),
        encoding => BTreeMap::from([("encoding".to_owned(), encoding.to_owned())]),
    };
    each(Ok(ImportedArticle {
        name: file.name.to_owned(),
        text: SourceText::new(decoded.text),
        layers: Vec::new(),
        metadata,
        warnings: Vec::new(),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::schema;
    use crate::formats::exchange::OffsetUnit;
    use crate::model::Timestamp;
    use crate::text::TextEncoding;

    fn read_bytes(bytes: &[u8], encoding: Option<TextEncoding>) -> Result<ImportedArticle, ImportError> {
        let schema = schema();
        let options = ImportOptions {
            schema: &schema,
            now: Timestamp::default(),
            unit: OffsetUnit::CodePoint,
            encoding,
            text_column: None,
        };
        let mut articles = Vec::new();
        let file = ImportFile { name: "a.txt", bytes, beside: &|_| None };
        read(&file, &options, &mut |article| articles.push(article))?;
        articles.pop().expect("one article")
    }

    #[test]
    fn a_text_is_taken_as_it_is() {
        let article = read_bytes("أ\r\nب\n".as_bytes(), None).expect("a text");
        assert_eq!((article.text.as_str(), article.name.as_str()), ("أ\r\nب\n", "a.txt"));
        assert_eq!(article.metadata, BTreeMap::new());
    }

    #[test]
    fn another_encoding_is_named_and_noted() {
        let bytes = b"\xe3\xde\xc7\xe1";
        assert!(read_bytes(bytes, None).is_err());
        let article = read_bytes(bytes, TextEncoding::from_name("windows-1256")).expect("a text");
        assert_eq!(article.text.as_str(), "مقال");
        assert_eq!(article.metadata["encoding"], "windows-1256");
    }
}
