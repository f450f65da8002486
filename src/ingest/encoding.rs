//! What a document is, told from its first bytes: its format and its encoding.

use std::io::{self, BufRead, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::events::Event;

use super::{
    problem::{Fatal, excerpt},
    reader::Format,
    source::{PART_LIMIT, Source},
};

/// How far the XML declaration may reach.
const HEAD: usize = 1024;

const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Looks at the beginning of `input` and makes a source of it.
pub(super) fn sniff<'a>(
    mut input: impl BufRead + Send + 'a,
) -> Result<(Format, Source<'a>), Fatal> {
    let head = head(&mut input).map_err(|source| Fatal::Io { line: 1, source })?;
    if [&b"\xFF\xFE"[..], b"\xFE\xFF", b"<\0", b"\0<", b"{\0", b"\0{"]
        .iter()
        .any(|start| head.starts_with(start))
    {
        return Err(Fatal::Encoding("UTF-16".to_owned()));
    }
    let unmarked = head.strip_prefix(UTF_8_MARK);
    let text = unmarked.unwrap_or(&head).trim_ascii_start();
    let (format, encoding) = match text.first() {
        Some(b'<') if unmarked.is_some() => (Format::Xml, UTF_8),
        Some(b'<') => (Format::Xml, declared(text)?),
        Some(b'{') => (Format::Json, UTF_8),
        Some(_) => {
            let start = excerpt(&String::from_utf8_lossy(&text[..text.len().min(40)]));
            let what = format!("neither XML nor a JSON object: it begins with '{start}'");
            return Err(Fatal::Foreign { line: 1, what });
        }
        None => return Err(Fatal::Foreign { line: 1, what: "it is empty".to_owned() }),
    };
    let whole = Box::new(Cursor::new(head).chain(input));
    Ok((format, Source::new(whole, encoding, PART_LIMIT)))
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

/// The encoding that an XML declaration names; UTF-8 without one.
fn declared(text: &[u8]) -> Result<&'static Encoding, Fatal> {
    let Some(end) = text.windows(2).position(|pair| pair == b"?>") else { return Ok(UTF_8) };
    let declaration = String::from_utf8_lossy(&text[..end + 2]);
    let mut reader = quick_xml::Reader::from_str(&declaration);
    let Ok(Event::Decl(declaration)) = reader.read_event() else { return Ok(UTF_8) };
    let Some(Ok(label)) = declaration.encoding() else { return Ok(UTF_8) };
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        // A declaration that could be read so far is not in UTF-16, whatever it says.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(Fatal::Encoding(format!("'{}'", excerpt(&label)))),
    }
}
