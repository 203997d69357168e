//! An annotation file with the article that lies beside it, as an import reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{AnnotationFile, Loaded};
use crate::formats::exchange::{
    ImportError, ImportFile, ImportOptions, ImportWarning, ImportedArticle, Layer,
};
use crate::model::ArticleIdentity;
use crate::text::{SourceText, TextEncoding, decode, decode_as};

/// Reads an annotation file. What does not fit its article is set aside, with a warning.
///
/// # Errors
///
/// When the file cannot be read, or its article does not lie beside it or cannot be read.
pub(in crate::formats) fn import(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    each: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let records = AnnotationFile::parse(file.bytes).map_err(|error| {
        let place = error.place().map(|place| place.to_string()).unwrap_or_default();
        ImportError::new(place, error.message(), error.hint())
    })?;
    let name = records.article_name().to_owned();
    let bytes = (file.beside)(&name).ok_or_else(|| {
        let message = format!("its article `{name}` does not lie beside it");
        ImportError::new("", message, "put the article into the same folder")
    })?;
    // Said to be UTF-8, a text is read like any other.
    let encoding = TextEncoding::from_name(records.article_encoding());
    let encoding = options.encoding.or(encoding.filter(|encoding| *encoding != TextEncoding::UTF_8));
    let decoded = match encoding {
        Some(encoding) => decode_as(&bytes, encoding),
        None => decode(&bytes),
    };
    let decoded = decoded.map_err(|error| {
        ImportError::new("", format!("its article `{name}`: {error}"), "say the encoding of the article")
    })?;
    let source = SourceText::new(decoded.text);
    let article = ArticleIdentity {
        file_name: name.as_str().into(),
        sha256: hexadecimal(&Sha256::digest(&bytes)).into(),
        encoding: decoded.encoding,
    };
    let Loaded { document, annotator, problems, .. } = records.resolve(&source, article, options.schema);
    let warning =
        |problem: &super::Problem| ImportWarning::new(problem.place.to_string(), problem.kind.to_string());
    let layer = Layer {
        annotator: Some(annotator.to_string()).filter(|name| !name.is_empty()),
        annotations: document.annotations().iter().map(|annotation| (**annotation).clone()).collect(),
        relations: document.relations().cloned().collect(),
        decisions: document.decisions().cloned().collect(),
        orphans: document.orphans().cloned().collect(),
        unknown: document.unknown_head().clone(),
    };
    each(Ok(ImportedArticle {
        name,
        text: source,
        layers: vec![layer],
        metadata: BTreeMap::new(),
        warnings: problems.iter().map(warning).collect(),
    }));
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::annotation_file::tests::{TEXT, identity, sample, saved, schema};
    use crate::formats::exchange::OffsetUnit;
    use crate::model::Timestamp;

    fn imported(ron: &str, article: Option<&str>) -> Result<ImportedArticle, ImportError> {
        let schema = schema();
        let options = ImportOptions {
            schema: &schema,
            now: Timestamp::from_millis(0),
            unit: OffsetUnit::CodePoint,
            encoding: None,
            text_column: None,
        };
        let beside = |name: &str| article.filter(|_| name == "port.txt").map(|text| text.as_bytes().to_vec());
        let file = ImportFile { name: "port.txt.ron", bytes: ron.as_bytes(), beside: &beside };
        let mut articles = Vec::new();
        import(&file, &options, &mut |article| articles.push(article))?;
        articles.remove(0)
    }

    /// Returns the sample's file with the sum of its article in it.
    fn ron() -> String {
        saved(&sample()).replace(&*identity().sha256, &hexadecimal(&Sha256::digest(TEXT)))
    }

    #[test]
    fn an_annotation_file_comes_with_the_article_beside_it() {
        let article = imported(&ron(), Some(TEXT)).expect("both are there");
        assert_eq!((article.name.as_str(), &article.warnings[..]), ("port.txt", &[][..]));
        let layer = article.layers.into_iter().next().expect("one");
        assert_eq!(layer.annotator.as_deref(), Some("amal"));
        assert_eq!(layer.into_document(article.text, identity()), Ok(sample()));
    }

    #[test]
    fn what_does_not_fit_a_changed_article_is_set_aside_and_told() {
        let article = imported(&ron(), Some(&TEXT.replace("سليم", "سالم"))).expect("both are there");
        assert_eq!(article.layers[0].orphans.len(), 4);
        assert!(article.warnings.len() > 4, "{:?}", article.warnings);
    }

    #[test]
    fn without_its_article_it_is_refused_by_name() {
        let error = imported(&ron(), None).expect_err("no article");
        assert_eq!(error.to_string(), "its article `port.txt` does not lie beside it");
        let error =
            imported(&ron().replace("kind: entity", "kidn: entity"), Some(TEXT)).expect_err("misspelt");
        assert!(error.to_string().starts_with("7:"), "{error}");
    }
}
