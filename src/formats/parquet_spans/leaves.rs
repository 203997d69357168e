//! The columns of a Parquet file, read side by side and row by row.

use ::parquet::basic::Type as PhysicalType;
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use ::parquet::data_type::DataType;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::{ColumnDescriptor, Type};
use bytes::Bytes;

use crate::formats::parquet_rows::{CheckedPages, check};

/// The most values that a page may have: few bytes may say that a row has a list of billions.
const MAX_PAGE_VALUES: u32 = 1 << 24;

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Bytes, which should be UTF-8.
    Bytes(Bytes),
    /// A whole number.
    Number(i64),
    /// A truth value.
    Bool(bool),
}

/// A column that is read.
struct Leaf {
    /// Its path (`spans.list.element.start`).
    path: String,
    /// Where it stands among all.
    index: usize,
    /// The level from which on an item of a list is there; that of the value where there is no list.
    item_level: i16,
    /// The level at which the value is there.
    value_level: i16,
    has_lists: bool,
    reader: Option<ColumnReader>,
}

/// What a row has in a column: `None` for null. Without a list there is one.
pub(super) type Items = Vec<Option<Value>>;

/// The rows of some columns of a file.
pub(super) struct Leaves {
    file: SerializedFileReader<Bytes>,
    len: u64,
    columns: Vec<Leaf>,
    group: usize,
    left: i64,
}

impl Leaves {
    /// Returns the rows of those columns whose path is wanted and whose type is read: bytes, whole numbers, truth
    /// values, and lists of them one level deep.
    pub(super) fn new(bytes: Vec<u8>, wanted: impl Fn(&str) -> bool) -> Result<Self, ParquetError> {
        let len = bytes.len() as u64;
        let file = SerializedFileReader::new(Bytes::from(bytes))?;
        let schema = file.metadata().file_metadata().schema_descr();
        let leaves = schema.columns().iter().enumerate().filter_map(|(index, column)| {
            let path = column.path().string();
            let is_read = matches!(
                column.physical_type(),
                PhysicalType::BYTE_ARRAY | PhysicalType::INT32 | PhysicalType::INT64 | PhysicalType::BOOLEAN
            );
            (is_read && column.max_rep_level() <= 1 && wanted(&path)).then(|| Leaf {
                item_level: item_level(schema.root_schema(), column),
                value_level: column.max_def_level(),
                has_lists: column.max_rep_level() > 0,
                path,
                index,
                reader: None,
            })
        });
        let leaves = leaves.collect();
        Ok(Self { file, len, columns: leaves, group: 0, left: 0 })
    }

    /// Returns the paths of the columns that are read, in the order of a row.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|leaf| leaf.path.as_str())
    }

    /// Returns the next row; `None` behind the last.
    pub(super) fn next_row(&mut self) -> Result<Option<Vec<Items>>, String> {
        while self.left <= 0 {
            if self.group >= self.file.num_row_groups() || self.columns.is_empty() {
                return Ok(None);
            }
            self.open_group().map_err(|error| error.to_string())?;
            self.group += 1;
        }
        self.left -= 1;
        self.columns.iter_mut().map(Leaf::next).collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn open_group(&mut self) -> Result<(), ParquetError> {
        let group = self.file.get_row_group(self.group)?;
        let schema = group.metadata().schema_descr();
        for leaf in &mut self.columns {
            check(group.metadata().column(leaf.index), self.len)?;
            let pages = CheckedPages::new(group.get_column_page_reader(leaf.index)?, MAX_PAGE_VALUES);
            leaf.reader = Some(get_column_reader(schema.column(leaf.index), Box::new(pages)));
        }
        self.left = group.metadata().num_rows();
        Ok(())
    }
}

/// Returns the level from which on a column has an item: that of the list in which it stands.
fn item_level(root: &Type, column: &ColumnDescriptor) -> i16 {
    if column.max_rep_level() == 0 {
        return column.max_def_level();
    }
    let mut level = 0;
    let mut node = root;
    for part in column.path().parts() {
        let Some(field) = node.get_fields().iter().find(|field| field.name() == part) else { break };
        if field.is_optional() {
            level += 1;
        }
        if field.get_basic_info().has_repetition()
            && field.get_basic_info().repetition() == ::parquet::basic::Repetition::REPEATED
        {
            return level + 1;
        }
        if field.is_primitive() {
            break;
        }
        node = field;
    }
    column.max_def_level()
}

impl Leaf {
    fn next(&mut self) -> Result<Items, String> {
        let (item_level, value_level, has_lists) = (self.item_level, self.value_level, self.has_lists);
        let levels = (value_level, has_lists);
        let (levels, values): (Vec<i16>, Vec<Value>) = match &mut self.reader {
            Some(ColumnReader::ByteArrayColumnReader(reader)) => {
                read(reader, levels, |value| Value::Bytes(Bytes::copy_from_slice(value.data())))?
            }
            Some(ColumnReader::Int32ColumnReader(reader)) => {
                read(reader, levels, |value| Value::Number(i64::from(value)))?
            }
            Some(ColumnReader::Int64ColumnReader(reader)) => read(reader, levels, Value::Number)?,
            Some(ColumnReader::BoolColumnReader(reader)) => read(reader, levels, Value::Bool)?,
            _ => return Err(format!("the column `{}` is of another type than its schema says", self.path)),
        };
        let mut values = values.into_iter();
        let mut items = Vec::with_capacity(levels.len());
        for level in levels {
            if level == value_level {
                items.push(Some(values.next().ok_or("a column ends before its rows do")?));
            } else if level >= item_level || !has_lists {
                items.push(None);
            }
        }
        Ok(items)
    }
}

/// Returns the levels and the values of the next row.
fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    (value_level, has_lists): (i16, bool),
    value: impl Fn(T::T) -> Value,
) -> Result<(Vec<i16>, Vec<Value>), String> {
    let (mut defs, mut reps, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let read = reader.read_records(
        1,
        (value_level > 0).then_some(&mut defs),
        has_lists.then_some(&mut reps),
        &mut values,
    );
    let (rows, _, _) = read.map_err(|error| error.to_string())?;
    if rows == 0 {
        return Err("a column ends before its rows do".to_owned());
    }
    if value_level == 0 {
        defs = vec![0; values.len()];
    }
    Ok((defs, values.into_iter().map(value).collect()))
}
