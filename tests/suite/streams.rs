//! Many documents in one file: JSON lines and Parquet, good ones and bad ones.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::program::Bench;

const TEXT: &str = "وصل الوفد إلى تونس أمس";

/// Returns a Parquet file of row groups with an optional text in each row, and ids counted from 0.
fn parquet(groups: &[&[Option<&[u8]>]], compression: Compression) -> Vec<u8> {
    let schema = "message documents { required int64 id; optional int64 year; optional binary text (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut next = 0;
    for group in groups {
        let mut writer = file.next_row_group().unwrap();
        let numbers: Vec<i64> = (next..next + i64::try_from(group.len()).unwrap()).collect();
        next += i64::try_from(group.len()).unwrap();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&numbers, None, None).unwrap();
        column.close().unwrap();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[], Some(&vec![0; group.len()]), None).unwrap();
        column.close().unwrap();
        let levels: Vec<i16> = group.iter().map(|text| i16::from(text.is_some())).collect();
        let texts: Vec<ByteArray> =
            group.iter().flatten().map(|text| ByteArray::from(text.to_vec())).collect();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
        column.close().unwrap();
        writer.close().unwrap();
    }
    file.close().unwrap();
    bytes
}

/// Returns a table of few bytes with a text that is longer than any article.
pub(crate) fn table_with_a_long_text() -> Vec<u8> {
    let text = vec![b'a'; (256 << 20) + 1];
    parquet(&[&[Some(&text), Some(b"a")]], Compression::ZSTD(ZstdLevel::default()))
}

/// Returns good tables of few rows, in several codecs.
pub(crate) fn tables() -> Vec<Vec<u8>> {
    let rows: Vec<Option<&[u8]>> = vec![Some(TEXT.as_bytes()), None, Some(b"a")];
    let codecs = [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())];
    codecs.into_iter().map(|codec| parquet(&[&rows, &rows], codec)).collect()
}

fn uncompressed(groups: &[&[Option<&[u8]>]]) -> Vec<u8> {
    parquet(groups, Compression::UNCOMPRESSED)
}

#[test]
fn parquet_gives_what_json_lines_give_in_the_same_order() {
    let bench = Bench::new();
    let texts: Vec<String> = (0..500).map(|i| format!("{TEXT} {i}")).collect();
    let rows: Vec<Option<&[u8]>> = texts.iter().map(|text| Some(text.as_bytes())).collect();
    let lines: Vec<String> =
        texts.iter().enumerate().map(|(i, text)| format!("{{\"id\": {i}, \"text\": \"{text}\"}}")).collect();
    let lines = lines.join("\n");
    bench.write("a.jsonl", lines.as_bytes());
    let wanted = bench.run(&["suggest", "a.jsonl"]).split_once('\n').unwrap().1.to_owned();
    assert_eq!(wanted.lines().count(), 501);
    let (first, rest) = rows.split_at(130);
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(parquet::basic::GzipLevel::default()),
        Compression::BROTLI(parquet::basic::BrotliLevel::default()),
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for codec in codecs {
        bench.write("a.parquet", &parquet(&[first, &[], rest], codec));
        let output = bench.run(&["suggest", "a.parquet"]);
        assert!(output.split_once('\n').unwrap().1 == wanted, "{codec:?}: {output:.300}");
    }
}

#[test]
fn rows_of_parquet_without_a_text_are_named_and_passed_over() {
    let bench = Bench::new();
    let text = Some(TEXT.as_bytes());
    bench.write("a.parquet", &uncompressed(&[&[text, None], &[Some(b"\xD9"), text, Some(b"")]]));
    insta::assert_snapshot!(bench.run(&["suggest", "a.parquet"]));
}

#[test]
fn what_is_passed_over_stands_in_its_place_where_a_line_for_each_is_asked_for() {
    let bench = Bench::new();
    let lines = format!(
        "{{\"id\": 1, \"text\": \"{TEXT}\"}}\n\n{{\"id\": 2, \"text\": null}}\n{{\"id\": 3, \"text\": \"\"}}\n"
    );
    bench.write("a.jsonl", lines.as_bytes());
    bench.write("b.parquet", &uncompressed(&[&[None, Some(b"")]]));
    for format in ["jsonl", "ron"] {
        let arguments =
            ["suggest", "--errors-inline", "--format", format, "a.jsonl", "b.parquet", "none.txt"];
        insta::assert_snapshot!(bench.run(&arguments));
    }
}

#[test]
fn parquet_without_the_columns_names_those_that_are_there() {
    let bench = Bench::new();
    let schemas = [
        ("no_text.parquet", "message m { required int64 id; optional binary body (UTF8); }"),
        ("number.parquet", "message m { required int64 id; required int64 text; }"),
        ("lists.parquet", "message m { required int64 id; repeated binary text (UTF8); }"),
    ];
    for (name, schema) in schemas {
        let mut bytes = Vec::new();
        let schema = Arc::new(parse_message_type(schema).unwrap());
        SerializedFileWriter::new(&mut bytes, schema, Arc::default()).unwrap().close().unwrap();
        bench.write(name, &bytes);
    }
    bench.write("none.parquet", b"PAR1 is not enough");
    let names = ["none.parquet", "no_text.parquet", "number.parquet", "lists.parquet"];
    insta::assert_snapshot!(bench.run(&["suggest", names[0], names[1], names[2], names[3]]));
}

/// Every cut and every flipped byte ends with an error or with documents, never with a crash.
#[test]
fn broken_parquet_is_an_error() {
    let texts: Vec<String> = (0..40).map(|i| format!("{TEXT} {i}")).collect();
    let rows: Vec<Option<&[u8]>> = texts.iter().map(|text| Some(text.as_bytes())).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    for codec in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())] {
        let whole = parquet(&[&rows, &rows], codec);
        assert_eq!(read(&path, &whole), (80, 0));
        for len in (0..whole.len()).step_by(7) {
            assert!(read(&path, &whole[..len]).1 > 0, "cut at {len}");
        }
        for at in (0..whole.len()).filter(|at| at % 3 == 0 || whole.len() - at < 900) {
            for bits in [0x01, 0x80, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] ^= bits;
                let (good, bad) = read(&path, &bytes);
                assert!(good + bad < 1000, "byte {at} gives rows without end");
            }
        }
    }
}

/// Returns how many documents and how many errors a Parquet file gives.
fn read(path: &Path, bytes: &[u8]) -> (usize, usize) {
    std::fs::write(path, bytes).unwrap();
    match hashiya::store::parquet_rows(path) {
        Ok(rows) => {
            let rows: Vec<_> = rows.take(1000).collect();
            let good = rows.iter().filter(|row| row.is_ok()).count();
            (good, rows.len() - good)
        }
        Err(_) => (0, 1),
    }
}

#[test]
fn bad_json_lines_are_named_and_passed_over() {
    let bench = Bench::new();
    let mut lines = format!("{{\"id\": \"good\", \"text\": \"{TEXT}\"}}\n").into_bytes();
    let good = lines.clone();
    lines.extend(b"{\"id\": \"broken\", \"text\": \"a\"\n");
    lines.extend(b"{\"id\": \"latin\", \"text\": \"caf\xE9\"}\n");
    lines.extend(b"{\"id\": \"without\"}\n\n");
    lines.extend(b"{\"id\": \"nul\", \"text\": \"a\0b\"}\n\0\n[]\n\"text\"\n");
    lines.extend(b"{\"id\": {}, \"text\": \"a\"}\n{\"id\": \"half\", \"text\": \"\\ud800\"}\n");
    lines.extend(b"{\"id\": \"escaped\", \"text\": \"a\\u0000b\"}\r\n");
    lines.extend(vec![b'['; 100_000]);
    lines.push(b'\n');
    lines.extend(&good[..good.len() - 1]);
    bench.write("a.jsonl", &lines);
    insta::assert_snapshot!(bench.run(&["suggest", "a.jsonl"]));
}

#[test]
fn a_line_of_fifty_megabytes_is_no_more_than_a_long_article() {
    let bench = Bench::new();
    let long = format!("{{\"id\": \"long\", \"text\": \"{}\"}}\n", "x".repeat(50 << 20));
    let broken = "y".repeat(50 << 20);
    bench.write("a.jsonl", format!("{long}{broken}\n{{\"id\": \"b\", \"text\": \"{TEXT}\"}}\n").as_bytes());
    let output = bench.run(&["suggest", "a.jsonl", "-o", "out.jsonl"]);
    assert!(output.contains("! error: a.jsonl:2:1: "), "{output}");
    assert!(output.ends_with("= 1\n"), "{output}");
    let written = bench.read("out.jsonl");
    let starts: Vec<&str> = written.lines().map(|line| line.get(..13).unwrap()).collect();
    assert_eq!(starts, ["{\"id\":\"long\",", "{\"id\":\"b\",\"te"]);
}
