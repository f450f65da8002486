//! The same document in all of its forms: encodings, compressions, envelopes, pieces.

use std::io::{BufReader, Read, Write};

use flate2::{Compression, write::GzEncoder};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::select,
};

use super::{fatal, properties::record, read, read_pieces, writer};
use crate::history::record::{Field, Record};

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Utf8 { mark: bool },
    Utf16 { big: bool, mark: bool },
}

#[derive(Clone, Copy, Debug)]
enum Packing {
    Plain,
    /// Cut into so many parts, each compressed for itself.
    Gzip(usize),
    Zstd(usize),
}

fn encode(document: &str, encoding: Encoding) -> Vec<u8> {
    let (Encoding::Utf8 { mark } | Encoding::Utf16 { mark, .. }) = encoding;
    let document = format!("{}{document}", if mark { "\u{FEFF}" } else { "" });
    match encoding {
        Encoding::Utf8 { .. } => document.into_bytes(),
        Encoding::Utf16 { big: true, .. } => {
            document.encode_utf16().flat_map(u16::to_be_bytes).collect()
        }
        Encoding::Utf16 { .. } => document.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn pack(bytes: &[u8], packing: Packing) -> Vec<u8> {
    let parts = |count: usize| bytes.chunks(bytes.len().div_ceil(count).max(1));
    match packing {
        Packing::Plain => bytes.to_vec(),
        Packing::Gzip(count) => parts(count).flat_map(gzip).collect(),
        Packing::Zstd(count) => {
            let packed = parts(count).map(|part| zstd::encode_all(part, 1).unwrap());
            packed.collect::<Vec<_>>().concat()
        }
    }
}

/// The records in each envelope.
fn documents(records: &[Record]) -> Vec<String> {
    let json = writer::json(records);
    let list = writer::list(records);
    let each = records.iter().map(|record| writer::object(record).to_string() + "\n");
    let lines: String = each.collect();
    let mut documents = vec![
        writer::xml(records),
        format!("{{\"response\":{json}}}"),
        format!("{{\"result\":\"SUCCESS\",\"details\":{json},\"errorDetails\":null}}"),
        json,
        list,
    ];
    // A document without a line has no format.
    documents.extend(Some(lines).filter(|lines| !lines.is_empty()));
    documents
}

fn encoding() -> impl Strategy<Value = Encoding> {
    prop_oneof![
        any::<bool>().prop_map(|mark| Encoding::Utf8 { mark }),
        (any::<bool>(), any::<bool>()).prop_map(|(big, mark)| Encoding::Utf16 { big, mark }),
    ]
}

fn packing() -> impl Strategy<Value = Packing> {
    let parts = || 1..5_usize;
    prop_oneof![
        Just(Packing::Plain),
        parts().prop_map(Packing::Gzip),
        parts().prop_map(Packing::Zstd)
    ]
}

proptest! {
    #[test]
    fn the_form_of_a_document_does_not_matter(
        records in vec(record(), 0..4), encoding in encoding(), packing in packing(),
        piece in select(vec![1, 2, 3, 7, 64, 1_000, 65_536]),
    ) {
        for document in documents(&records) {
            let bytes = pack(&encode(&document, encoding), packing);
            let outcome = read_pieces(BufReader::with_capacity(piece, bytes.as_slice()));
            prop_assert!(outcome.fatal.is_none() && outcome.rejections.is_empty(), "{:?}", outcome);
            prop_assert_eq!(&outcome.records, &records);
        }
    }

    #[test]
    fn compressed_data_that_is_cut_is_refused(
        records in vec(record(), 1..3), packing in packing(), at in 0.0..1.0,
    ) {
        let bytes = pack(writer::json(&records).as_bytes(), packing);
        let outcome = read(&bytes[..(bytes.len() as f64 * at) as usize]);
        prop_assert!(outcome.fatal.is_some());
        prop_assert_eq!(&outcome.records[..], &records[..outcome.records.len()]);
    }
}

#[test]
fn compressed_data_that_is_cut_or_damaged_is_named() {
    let document = writer::json(&[Record { id: 1, notes: text(), ..Record::default() }]);
    for packing in [Packing::Gzip(1), Packing::Zstd(1)] {
        let bytes = pack(document.as_bytes(), packing);
        let cut = fatal(&bytes[..bytes.len() - 5]);
        assert!(cut.contains("data is cut short"), "{cut}");
        let mut damaged = bytes.clone();
        let middle = bytes.len() / 2;
        damaged[middle..middle + 20].fill(0xFF);
        assert!(fatal(damaged).contains("cannot"), "{packing:?}");
    }
}

fn text() -> Field<String> {
    Field::Value((0..2_000_u32).map(|n| char::from(b'a' + (n * n % 26) as u8)).collect())
}

#[test]
fn utf_16_with_an_unpaired_surrogate_spoils_only_its_session() {
    let document = r#"[{"id":1},{"id":2,"notes":"?"},{"id":3}]"#;
    let mut units: Vec<u16> = document.encode_utf16().collect();
    let mark = units.iter().position(|unit| *unit == u16::from(b'?')).unwrap();
    units[mark] = 0xD800;
    let outcome = read(units.into_iter().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    assert!(outcome.fatal.is_none(), "{:?}", outcome.fatal);
    assert_eq!(outcome.records.iter().map(|it| it.id).collect::<Vec<_>>(), [1, 3]);
    let reason = outcome.rejections[0].to_string();
    assert_eq!(
        reason,
        "record 2, line 1: the session has bytes that are not UTF-16LE, shown as \u{FFFD}; save it as UTF-8"
    );
}

#[test]
fn an_xml_declaration_of_utf_16_is_true_only_in_utf_16() {
    let document = "<?xml version='1.0' encoding='utf-16'?><response><requests><request>\
        <id>1</id><notes>ü</notes></request></requests></response>";
    for encoding in [Encoding::Utf8 { mark: false }, Encoding::Utf16 { big: false, mark: true }] {
        let outcome = read(encode(document, encoding));
        assert_eq!(outcome.records[0].notes, Field::Value("ü".to_owned()));
    }
    assert!(fatal(b"\xFF\xFE\0\0<\0\0\0").contains("UTF-32, which is not supported"));
}

#[test]
fn a_large_compressed_document_is_read_piece_by_piece() {
    // 100 MiB of white space in front of the end, a few hundred KiB compressed.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b"[{\"id\":1}").unwrap();
    std::io::copy(&mut std::io::repeat(b' ').take(100 << 20), &mut encoder).unwrap();
    encoder.write_all(b"]").unwrap();
    let bytes = encoder.finish().unwrap();
    let outcome = read(&bytes);
    assert!(outcome.fatal.is_none(), "{:?}", outcome.fatal);
    assert_eq!(outcome.records.len(), 1);
}
