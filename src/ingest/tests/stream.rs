//! Documents that come in pieces, fail, or do not end.

use std::{
    io::{self, BufReader, Read},
    sync::Arc,
};

use encoding_rs::UTF_8;

use super::{json, xml};
use crate::ingest::{
    json as json_format,
    problem::DocumentError,
    reader::{Entry, open},
    source::Source,
    xml as xml_format,
};

/// Endless repetition of a text behind a beginning.
fn endless(beginning: &'static str, piece: &'static str) -> impl Read + Send {
    struct Endless(&'static [u8], usize);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let rest = &self.0[self.1..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.1 = (self.1 + count) % self.0.len();
            Ok(count)
        }
    }
    beginning.as_bytes().chain(Endless(piece.as_bytes(), 0))
}

#[test]
fn the_size_of_pieces_does_not_matter() {
    for document in
        [xml("<id>1</id><notes>ü&amp;\u{1F600}\n</notes>"), json("\"id\":1,\"x\":\"ü\\\"\"")]
    {
        for size in 1..20 {
            let mut reader =
                open(BufReader::with_capacity(size, document.as_bytes()), Arc::default()).unwrap();
            assert!(matches!(reader.next(), Some(Ok(Entry::Accepted(_)))), "{size} {document}");
            assert!(reader.next().is_none());
        }
    }
}

#[test]
fn a_session_without_end_is_refused() {
    let limit = 100_000;
    let source = |input| Source::new(Box::new(BufReader::new(input)), UTF_8, limit);
    let text = endless("<response><requests>\n<request><notes>", "abc &amp; <b>d</b>");
    let found = xml_format::Splitter::new(source(text), Arc::default()).next().map(drop);
    assert!(matches!(found, Err(DocumentError::TooLarge { line: 2, .. })), "{found:?}");
    let tag = endless("<response><requests>\n<request", " a='b'");
    let found = xml_format::Splitter::new(source(tag), Arc::default()).next().map(drop);
    assert!(matches!(found, Err(DocumentError::TooLarge { line: 2, .. })), "{found:?}");
    let text = endless("{\"requests\":[\n{\"notes\":\"", "abc \\\"");
    let found = json_format::Splitter::new(source(text), Arc::default()).next().map(drop);
    assert!(matches!(found, Err(DocumentError::TooLarge { line: 2, .. })), "{found:?}");
}

#[test]
fn white_space_between_sessions_may_be_long() {
    let blank = " \n".repeat(300_000);
    let documents = [
        format!(
            "<response>{blank}<requests>{blank}<request><id>1</id></request></requests></response>"
        ),
        format!("{{{blank}\"requests\":[{blank}{{\"id\":1}}]}}"),
    ];
    for document in documents {
        let input = Box::new(document.as_bytes());
        let source = Source::new(input, UTF_8, 700_000);
        let part = if document.starts_with('<') {
            xml_format::Splitter::new(source, Arc::default()).next()
        } else {
            json_format::Splitter::new(source, Arc::default()).next()
        };
        assert_eq!(part.unwrap().unwrap().line, 600_001);
    }
}

#[test]
fn a_failure_to_read_is_told_with_its_line() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    for start in
        ["<response>\n<requests>\n<!-- a longer beginning -->", "{\n\"requests\":[\n{\"id\":1},"]
    {
        let start = format!("{start}{}", " ".repeat(2_000));
        let mut reader =
            open(BufReader::new(start.as_bytes().chain(Fails)), Arc::default()).unwrap();
        let last = reader.by_ref().last().unwrap().unwrap_err().to_string();
        assert_eq!(last, "line 3: the document cannot be read: the disk is gone");
        assert!(reader.next().is_none());
    }
}
