//! Writing XML.

/// The document up to the first session.
pub(crate) fn head(total: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <response><nrequests>{total}</nrequests><requests>"
        )
        .as_bytes(),
    );
}

/// The document after the last session.
pub(crate) const TAIL: &[u8] = b"</requests></response>";

/// An element with a text.
pub(crate) fn element(name: &str, text: &str, out: &mut Vec<u8>) {
    open(name, out);
    escape(text, out);
    close(name, out);
}

/// The start of an element.
pub(crate) fn open(name: &str, out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// The end of an element.
pub(crate) fn close(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Writes a text with XML escapes. Characters that XML does not allow are replaced.
fn escape(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let (written, length): (&[u8], usize) = match byte {
            b'&' => (b"&amp;", 1),
            b'<' => (b"&lt;", 1),
            b'>' => (b"&gt;", 1),
            b'\r' => (b"&#13;", 1),
            b'\t' | b'\n' | b' '..=0xEE | 0xF0.. => continue,
            // U+FFFE, U+FFFF, or another character with the same first bytes.
            0xEF if matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])) => {
                ("\u{FFFD}".as_bytes(), 3)
            }
            0xEF => continue,
            _ => ("\u{FFFD}".as_bytes(), 1),
        };
        out.extend_from_slice(&bytes[plain..at]);
        out.extend_from_slice(written);
        plain = at + length;
    }
    out.extend_from_slice(&bytes[plain..]);
}
