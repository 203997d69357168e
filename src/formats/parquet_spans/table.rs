//! A table on its way into a Parquet file, written group of rows by group of rows.

use std::sync::Arc;

use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use ::parquet::schema::types::ColumnPath;

/// From how many bytes, or rows, on a group of rows is written.
const GROUP_BYTES: usize = 16 << 20;
const GROUP_ROWS: usize = 1 << 16;

/// A value of a row; rows have one for each column, in the schema's order.
pub(super) enum Cell {
    Text(String),
    Number(i64),
    /// At least one.
    Numbers(Vec<i64>),
}

/// The values of a column that wait to be written.
enum Column {
    Text(Vec<ByteArray>),
    Number(Vec<i64>),
    /// With the repetition levels of the values: 0 begins a row.
    Numbers(Vec<i64>, Vec<i16>),
}

/// A table whose rows are held until there are enough for a group.
pub(super) struct Table {
    /// Its columns, in the notation of Parquet's message types; all are required.
    schema: &'static str,
    /// The column with texts that are long and seldom stand twice.
    long_column: &'static str,
    writer: Option<SerializedFileWriter<Vec<u8>>>,
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
}

impl Table {
    pub(super) fn new(schema: &'static str, long_column: &'static str) -> Self {
        Self { schema, long_column, writer: None, columns: Vec::new(), rows: 0, bytes: 0 }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Vec<Cell>) {
        if self.columns.is_empty() {
            self.columns.extend(row.iter().map(|cell| match cell {
                Cell::Text(_) => Column::Text(Vec::new()),
                Cell::Number(_) => Column::Number(Vec::new()),
                Cell::Numbers(_) => Column::Numbers(Vec::new(), Vec::new()),
            }));
        }
        for (column, cell) in self.columns.iter_mut().zip(row) {
            match (column, cell) {
                (Column::Text(values), Cell::Text(text)) => {
                    self.bytes += text.len();
                    values.push(ByteArray::from(text.into_bytes()));
                }
                (Column::Number(values), Cell::Number(number)) => values.push(number),
                (Column::Numbers(values, levels), Cell::Numbers(numbers)) => {
                    levels.extend(numbers.iter().enumerate().map(|(n, _)| i16::from(n > 0)));
                    values.extend(numbers);
                }
                _ => debug_assert!(false, "the rows of a table have the same columns"),
            }
        }
        self.rows += 1;
    }

    /// Returns what can be written by now; nothing while the rows are few.
    pub(super) fn take_full(&mut self) -> Result<Vec<u8>, ParquetError> {
        if self.rows < GROUP_ROWS && self.bytes < GROUP_BYTES { Ok(Vec::new()) } else { self.take() }
    }

    /// Returns the rest of the file.
    pub(super) fn finish(&mut self) -> Result<Vec<u8>, ParquetError> {
        let mut bytes = if self.rows > 0 { self.take()? } else { Vec::new() };
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        bytes.extend(writer.into_inner()?);
        Ok(bytes)
    }

    fn begin(&self) -> Result<SerializedFileWriter<Vec<u8>>, ParquetError> {
        let schema = parse_message_type(self.schema)?;
        let long = ColumnPath::from(self.long_column);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            // What is kept of each group until the end of the file is kept small.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_column_dictionary_enabled(long.clone(), false)
            .set_column_statistics_enabled(long, EnabledStatistics::None)
            .build();
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))
    }

    /// Writes the rows as a group and returns the bytes.
    fn take(&mut self) -> Result<Vec<u8>, ParquetError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        let mut group = writer.next_row_group()?;
        for column in &self.columns {
            let Some(mut chunk) = group.next_column()? else { break };
            match column {
                Column::Text(values) => chunk.typed::<ByteArrayType>().write_batch(values, None, None)?,
                Column::Number(values) => chunk.typed::<Int64Type>().write_batch(values, None, None)?,
                Column::Numbers(values, levels) => {
                    // Every list has an item, so every value is there.
                    let there = vec![1; values.len()];
                    chunk.typed::<Int64Type>().write_batch(values, Some(&there), Some(levels))?
                }
            };
            chunk.close()?;
        }
        group.close()?;
        writer.flush()?;
        let bytes = std::mem::take(writer.inner_mut());
        self.writer = Some(writer);
        self.columns.clear();
        (self.rows, self.bytes) = (0, 0);
        Ok(bytes)
    }
}
