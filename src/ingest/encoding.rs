//! What a document is, recognised from its first bytes: its encoding and its format.

use std::io::{self, BufRead, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::events::Event;

use super::{
    compression::decompress,
    format::Format,
    problem::{DocumentError, excerpt},
    source::{PART_LIMIT, Source},
};

/// How far the XML declaration may reach.
const HEAD: usize = 1024;

/// Reads the beginning of `input` and makes a source of it.
pub(super) fn detect<'a>(
    input: impl BufRead + Send + 'a,
) -> Result<(Format, Source<'a>), DocumentError> {
    let unreadable = |source| DocumentError::Io { line: 1, source };
    let mut input = decompress(input).map_err(unreadable)?;
    let head = head(&mut input).map_err(unreadable)?;
    let encoding = encoding(&head)?;
    let mut source = Source::new(Box::new(Cursor::new(head).chain(input)), encoding, PART_LIMIT);
    let first = source.skip_white_space();
    let format = match first.map_err(unreadable)? {
        Some(b'<') => Format::Xml,
        Some(b'{' | b'[') => Format::Json,
        Some(_) => {
            let start = source.fill_buf().map_err(unreadable)?;
            let start = excerpt(&String::from_utf8_lossy(&start[..start.len().min(40)]));
            let what = format!("neither XML nor JSON: it begins with '{start}'");
            return Err(DocumentError::Foreign { line: 1, what });
        }
        None => return Err(DocumentError::Foreign { line: 1, what: "it is empty".to_owned() }),
    };
    Ok((format, source))
}

/// The first bytes, up to the end of the first tag.
fn head(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < HEAD && !head.contains(&b'>') {
        let mut piece = [0; 64];
        match input.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}

/// The encoding, from a byte order mark, from the zero bytes of UTF-16 (the first character of XML
/// and JSON is an ASCII character), or from an XML declaration; else UTF-8.
fn encoding(head: &[u8]) -> Result<&'static Encoding, DocumentError> {
    match *head {
        [0xFF, 0xFE, 0, 0, ..]
        | [0, 0, 0xFE, 0xFF, ..]
        | [1..=255, 0, 0, 0, ..]
        | [0, 0, 0, 1..=255, ..] => Err(DocumentError::Encoding("UTF-32".to_owned())),
        [0xFF, 0xFE, ..] | [1..=255, 0, ..] => Ok(UTF_16LE),
        [0xFE, 0xFF, ..] | [0, 1..=255, ..] => Ok(UTF_16BE),
        [0xEF, 0xBB, 0xBF, ..] => Ok(UTF_8),
        _ => declared(head.trim_ascii_start()),
    }
}

/// The encoding that an XML declaration names; UTF-8 without one.
fn declared(text: &[u8]) -> Result<&'static Encoding, DocumentError> {
    let end = text.windows(2).position(|pair| pair == b"?>");
    let Some(end) = end.filter(|_| text.starts_with(b"<")) else { return Ok(UTF_8) };
    let declaration = String::from_utf8_lossy(&text[..end + 2]);
    let mut reader = quick_xml::Reader::from_str(&declaration);
    let Ok(Event::Decl(declaration)) = reader.read_event() else { return Ok(UTF_8) };
    let Some(Ok(label)) = declaration.encoding() else { return Ok(UTF_8) };
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        // A declaration that could be read so far is not in UTF-16, whatever it says.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(DocumentError::Encoding(format!("'{}'", excerpt(&label)))),
    }
}
