//! Bytes to model and back: our own files and the formats of others.
//!
//! Invariant: does no I/O, reads no clock, knows no rules. Text of files comes in as bytes and goes out as text.

pub mod annotation_file;
pub mod audit;
mod brat;
mod cas;
mod conll;
mod doccano;
pub mod exchange;
pub mod gold;
pub mod html;
mod html_article;
pub mod journal;
mod json_value;
pub mod jsonl;
mod label_studio;
mod nearest;
pub mod parquet_rows;
mod parquet_spans;
mod plain_text;
pub mod project_file;
mod ron_fields;
mod ron_text;
pub mod schema_file;
pub mod schema_growth;
pub mod settings_file;
mod spacy;
mod tables;
mod web_annotation;
mod webanno;

pub use exchange::{Export, ExportError, FORMATS, Format, format};
pub use nearest::nearest;
pub(crate) use ron_text::utf8;
pub use ron_text::{Place, SyntaxError, visible};
