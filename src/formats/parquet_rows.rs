//! Documents of a Parquet file: the columns `id` and `text`, row by row.
//!
//! Columns are read page by page, so that memory does not grow with the file. Decoding is the `parquet` crate's; here
//! it is settled which columns count and what is said of a row without a text.
//!
//! Invariant: only read, never written. Rows come in the file's order; every error names its row.

use std::collections::VecDeque;

use ::parquet::basic::{Encoding, Type as PhysicalType};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use ::parquet::data_type::{ByteArray, DataType};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use thiserror::Error;

use super::jsonl::InputLine;
use crate::text::{MAX_ARTICLE_BYTES, shortened_to};

/// The longest id, in bytes.
const MAX_ID_BYTES: usize = 1 << 10;

/// The most chars of the names of columns in a message.
const COLUMNS_CHARS: usize = 200;

/// Rows that are read at once: few bytes of a file may be a text of two gigabytes, and many of those one after the
/// other.
const BATCH_ROWS: usize = 1;

/// Why a Parquet file, or a row of it, cannot be read.
#[derive(Debug, Error)]
pub enum ParquetRowError {
    /// It is no Parquet file, or its end is missing.
    #[error("is no whole Parquet file: {source}")]
    File {
        /// What the decoder says.
        source: ParquetError,
    },
    /// A column is missing.
    #[error("has no column `{name}`; its columns are {columns}")]
    NoColumn {
        /// The column.
        name: &'static str,
        /// Those that are there.
        columns: String,
    },
    /// A column holds something else than texts (or numbers, for `id`).
    #[error("the column `{name}` holds {found} where {wanted} is needed")]
    ColumnType {
        /// The column.
        name: &'static str,
        /// What it holds.
        found: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The file cannot be read any further.
    #[error("row {row}: cannot be read: {reason}")]
    Broken {
        /// The first row that is lost, from 1.
        row: u64,
        /// Why.
        reason: String,
    },
    /// A row is not a document; the next one may be.
    #[error("row {row}: {what}")]
    Row {
        /// The row, from 1.
        row: u64,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl ParquetRowError {
    /// Returns whether only one row is lost.
    #[must_use]
    pub const fn is_of_one_row(&self) -> bool {
        matches!(self, Self::Row { .. })
    }
}

/// The documents of a Parquet file.
pub struct ParquetRows {
    file: Box<dyn FileReader>,
    /// Where the columns stand among all.
    id: usize,
    text: usize,
    /// The file's bytes.
    len: u64,
    /// The next row group.
    group: usize,
    columns: Option<Columns>,
    /// Rows that were read and not yet handed out.
    waiting: VecDeque<Result<InputLine, ParquetRowError>>,
    /// Rows read so far.
    rows: u64,
}

/// The columns of a row group.
struct Columns {
    id: ColumnReader,
    text: ColumnReader,
    /// Whether each has rows without a value.
    id_optional: bool,
    text_optional: bool,
    /// The rows that are left by the file's own account.
    left: u64,
}

impl ParquetRows {
    /// Returns the documents of a file.
    ///
    /// # Errors
    ///
    /// When it is no Parquet file or lacks one of the columns.
    pub fn new(file: impl ChunkReader + 'static) -> Result<Self, ParquetRowError> {
        let len = file.len();
        let file = SerializedFileReader::new(file).map_err(|source| ParquetRowError::File { source })?;
        let id = column(&file, "id", &[PhysicalType::BYTE_ARRAY, PhysicalType::INT64, PhysicalType::INT32])?;
        let text = column(&file, "text", &[PhysicalType::BYTE_ARRAY])?;
        Ok(Self {
            file: Box::new(file),
            id,
            text,
            len,
            group: 0,
            columns: None,
            waiting: VecDeque::new(),
            rows: 0,
        })
    }

    /// Reads more rows; returns whether the file goes on.
    fn read(&mut self) -> Result<bool, String> {
        let Some(columns) = &mut self.columns else {
            if self.group >= self.file.num_row_groups() {
                return Ok(false);
            }
            self.columns = Some(self.open_group().map_err(|error| error.to_string())?);
            self.group += 1;
            return Ok(true);
        };
        let ids = ids(columns)?;
        let texts = texts(&mut columns.text, columns.text_optional)?;
        let rows = ids.len() as u64;
        if ids.len() != texts.len() || rows > columns.left || (rows == 0 && columns.left > 0) {
            return Err("its columns end at different rows".to_owned());
        }
        columns.left -= rows;
        if columns.left == 0 {
            self.columns = None;
        }
        for (id, text) in ids.into_iter().zip(texts) {
            self.rows += 1;
            self.waiting.push_back(document(self.rows, id, text));
        }
        Ok(true)
    }

    fn open_group(&self) -> Result<Columns, ParquetError> {
        let group = self.file.get_row_group(self.group)?;
        for column in [self.id, self.text] {
            check(group.metadata().column(column), self.len)?;
        }
        let schema = group.metadata().schema_descr();
        let reader = |column| -> Result<ColumnReader, ParquetError> {
            let pages = CheckedPages::new(group.get_column_page_reader(column)?, u32::MAX);
            Ok(get_column_reader(schema.column(column), Box::new(pages)))
        };
        Ok(Columns {
            id: reader(self.id)?,
            text: reader(self.text)?,
            id_optional: schema.column(self.id).max_def_level() > 0,
            text_optional: schema.column(self.text).max_def_level() > 0,
            left: u64::try_from(group.metadata().num_rows()).unwrap_or(0),
        })
    }
}

impl Iterator for ParquetRows {
    type Item = Result<InputLine, ParquetRowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Some(row);
            }
            match self.read() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(reason) => {
                    // What cannot be read now will not be read next time either.
                    self.columns = None;
                    self.group = usize::MAX;
                    return Some(Err(ParquetRowError::Broken { row: self.rows + 1, reason }));
                }
            }
        }
    }
}

/// The pages of a column; one that refers to a dictionary which is not there is an error, where the decoder panics, and
/// so is one that says to have more values than a page may have.
pub(super) struct CheckedPages {
    pages: Box<dyn PageReader>,
    has_dictionary: bool,
    max_values: u32,
}

impl CheckedPages {
    /// Returns the pages of a column, none of which may have more values.
    pub(super) fn new(pages: Box<dyn PageReader>, max_values: u32) -> Self {
        Self { pages, has_dictionary: false, max_values }
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        let page = self.pages.get_next_page()?;
        match &page {
            Some(Page::DictionaryPage { .. }) => self.has_dictionary = true,
            Some(page) if refers_to_dictionary(page) && !self.has_dictionary => {
                return Err(ParquetError::General("a column's dictionary is missing".to_owned()));
            }
            Some(page) if page.num_values() > self.max_values => {
                let told =
                    format!("a page has {} values; it may have {}", page.num_values(), self.max_values);
                return Err(ParquetError::General(told));
            }
            _ => {}
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool, ParquetError> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

fn refers_to_dictionary(page: &Page) -> bool {
    // The older name means the same in a page of data.
    #[allow(deprecated, reason = "files of older writers have it")]
    let older = Encoding::PLAIN_DICTIONARY;
    page.encoding() == Encoding::RLE_DICTIONARY || page.encoding() == older
}

/// Finds that a column's bytes lie in the file: the decoder takes the file's word for it.
pub(super) fn check(column: &ColumnChunkMetaData, len: u64) -> Result<(), ParquetError> {
    let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let lies_inside = u64::try_from(start).is_ok_and(|start| {
        u64::try_from(column.compressed_size())
            .is_ok_and(|size| start.checked_add(size).is_some_and(|end| end <= len))
    });
    if lies_inside {
        return Ok(());
    }
    Err(ParquetError::General("a column's bytes lie outside the file".to_owned()))
}

/// Returns where a column stands among all columns of a file.
fn column(
    file: &dyn FileReader,
    name: &'static str,
    types: &[PhysicalType],
) -> Result<usize, ParquetRowError> {
    let schema = file.metadata().file_metadata().schema_descr();
    let names: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
    let Some(index) = names.iter().position(|column| column == name) else {
        let columns = shortened_to(&names.join(", "), COLUMNS_CHARS).into_owned();
        return Err(ParquetRowError::NoColumn { name, columns });
    };
    let column = schema.column(index);
    if column.max_rep_level() > 0 || !types.contains(&column.physical_type()) {
        let found = if column.max_rep_level() > 0 { "lists of " } else { "" };
        let found = format!("{found}{}", column.physical_type());
        let wanted = if types.len() == 1 { "text (BYTE_ARRAY)" } else { "text or a whole number" };
        return Err(ParquetRowError::ColumnType { name, found, wanted });
    }
    Ok(index)
}

/// Returns the next values of a column, `None` for null.
fn values<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    optional: bool,
) -> Result<Vec<Option<T::T>>, String> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let levels_wanted = optional.then_some(&mut levels);
    let read = reader.read_records(BATCH_ROWS, levels_wanted, None, &mut values);
    read.map_err(|error| error.to_string())?;
    if !optional {
        return Ok(values.into_iter().map(Some).collect());
    }
    let mut values = values.into_iter();
    Ok(levels.into_iter().map(|level| if level > 0 { values.next() } else { None }).collect())
}

fn texts(reader: &mut ColumnReader, optional: bool) -> Result<Vec<Option<ByteArray>>, String> {
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => values(reader, optional),
        _ => Err("its columns are of another type than its schema says".to_owned()),
    }
}

/// Returns the next ids: texts as they are, numbers in digits.
fn ids(columns: &mut Columns) -> Result<Vec<Option<ByteArray>>, String> {
    fn in_digits<N: ToString>(numbers: Vec<Option<N>>) -> Vec<Option<ByteArray>> {
        let digits = |number: N| ByteArray::from(number.to_string().into_bytes());
        numbers.into_iter().map(|number| number.map(digits)).collect()
    }
    match &mut columns.id {
        ColumnReader::Int32ColumnReader(reader) => Ok(in_digits(values(reader, columns.id_optional)?)),
        ColumnReader::Int64ColumnReader(reader) => Ok(in_digits(values(reader, columns.id_optional)?)),
        other => texts(other, columns.id_optional),
    }
}

fn document(row: u64, id: Option<ByteArray>, text: Option<ByteArray>) -> Result<InputLine, ParquetRowError> {
    let broken = |what| ParquetRowError::Row { row, what };
    let text_of = |bytes: &ByteArray| bytes.as_utf8().map(str::to_owned);
    if id.as_ref().is_some_and(|id| id.len() > MAX_ID_BYTES) {
        return Err(broken("the id is longer than a kilobyte"));
    }
    if text.as_ref().is_some_and(|text| text.len() as u64 > MAX_ARTICLE_BYTES) {
        return Err(broken("the text is longer than 256 MiB"));
    }
    let id = id.ok_or(broken("the id is null"))?;
    let text = text.ok_or(broken("the text is null"))?;
    Ok(InputLine {
        id: text_of(&id).map_err(|_| broken("the id is no UTF-8"))?,
        text: text_of(&text).map_err(|_| broken("the text is no UTF-8"))?,
    })
}
