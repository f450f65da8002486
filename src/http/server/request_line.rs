//! Request lines of the legacy URL as old programs write them: with raw spaces, quotation marks, angle
//! brackets and bytes that are not ASCII.
//!
//! The HTTP library refuses such a line. The old server accepted it: the method ends at the first space,
//! the version begins behind the last one, and the target is everything between them. So what may not
//! stand in a target is percent-encoded here. Percent-encoded bytes have no meaning for the syntax of
//! HTTP, so the library and a proxy see one request, with the headers and the body that the caller sent.

use hyper::Uri;
use memchr::{memchr, memchr3};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// The methods of the legacy URL, each with the space behind it.
const METHODS: [&[u8]; 3] = [b"GET ", b"HEAD ", b"POST "];
const VERSIONS: [&[u8]; 2] = [b"HTTP/1.1", b"HTTP/1.0"];
/// The maximum length of a line that is repaired, in bytes. The library has the same limit for a target.
const MAX_LINE: usize = 64 * 1024;
/// The maximum length of the path in a line that is repaired, in bytes.
const MAX_PATH: usize = 1024;

/// The ASCII characters that are encoded. Other bytes than ASCII are always encoded.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What the beginning of a request says about its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inspected {
    /// The next bytes decide.
    Incomplete,
    /// The bytes are a request line, or a part of one, that is passed on as it is.
    Unchanged,
    /// The first bytes, so many, are a request line that this one replaces.
    Repaired(usize, Vec<u8>),
    /// The method is another, or this is not HTTP/1.
    Foreign,
}

/// Inspects the beginning of a request, of which the first `searched` bytes have no line break.
pub(super) fn inspect(
    start: &[u8],
    searched: usize,
    is_legacy_path: impl Fn(&[u8]) -> bool,
) -> Inspected {
    let is_method = |method: &&&[u8]| start.starts_with(method) || method.starts_with(start);
    let Some(method) = METHODS.iter().find(is_method) else { return Inspected::Foreign };
    let Some(rest) = start.get(method.len()..) else { return Inspected::Incomplete };
    // The beginning of a target often decides, so most lines are passed on before they are complete.
    let beginning = &rest[..rest.len().min(MAX_PATH)];
    match memchr3(b'?', b'#', b'\n', beginning).and_then(|end| rest.get(..=end)) {
        Some([path @ .., b'?' | b'#']) if !is_legacy_path(path) => return Inspected::Unchanged,
        None if rest.len() >= MAX_PATH => return Inspected::Unchanged,
        _ => {}
    }
    let new = start.get(searched..).unwrap_or_default();
    let Some(end) = memchr(b'\n', new).map(|end| searched + end) else {
        let is_short = start.len() < MAX_LINE;
        return if is_short { Inspected::Incomplete } else { Inspected::Unchanged };
    };
    let line = start.get(..=end).unwrap_or_default();
    match repair(line, method.len(), is_legacy_path) {
        Some(repaired) => Inspected::Repaired(line.len(), repaired),
        None => Inspected::Unchanged,
    }
}

/// Returns the line with an encoded target, if the library would refuse the target as it is.
fn repair(
    line: &[u8],
    target_start: usize,
    is_legacy_path: impl Fn(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    let text = line.strip_suffix(b"\n")?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let target_end = text.iter().rposition(|byte| *byte == b' ')?;
    let (target, version) = (text.get(target_start..target_end)?, text.get(target_end + 1..)?);
    let path = target.split(|byte| matches!(byte, b'?' | b'#')).next()?;
    let is_repaired = VERSIONS.contains(&version)
        && is_legacy_path(path)
        && !target.iter().any(|byte| matches!(byte, b'\r' | b'\0'))
        && Uri::try_from(target).is_err();
    let encoded = || percent_encode(target, ENCODED).to_string();
    let (method, end) = (line.get(..target_start)?, line.get(target_end..)?);
    is_repaired.then(|| [method, encoded().as_bytes(), end].concat())
}

#[cfg(test)]
mod tests {
    use super::{Inspected, MAX_LINE, MAX_PATH, inspect};

    fn is_legacy_path(path: &[u8]) -> bool {
        path.ends_with(b"/old.php")
    }

    fn repaired(line: impl AsRef<[u8]>) -> Option<String> {
        match inspect(line.as_ref(), 0, is_legacy_path) {
            Inspected::Repaired(length, repaired) => {
                assert_eq!(length, line.as_ref().len());
                Some(String::from_utf8(repaired).unwrap())
            }
            Inspected::Unchanged => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_may_not_stand_in_a_target_is_encoded() {
        for (line, expected) in [
            ("GET /old.php?A=B C HTTP/1.1\r\n", "GET /old.php?A=B%20C HTTP/1.1\r\n"),
            ("HEAD /old.php?A= HTTP/1.1 HTTP/1.0\n", "HEAD /old.php?A=%20HTTP/1.1 HTTP/1.0\n"),
            ("POST /a b/old.php HTTP/1.1\r\n", "POST /a%20b/old.php HTTP/1.1\r\n"),
            (
                "GET /old.php?\"<>\t\x7F|É HTTP/1.1\n",
                "GET /old.php?%22%3C%3E%09%7F%7C%C3%89 HTTP/1.1\n",
            ),
            ("GET /old.php?a%20b%+&%zz c HTTP/1.1\n", "GET /old.php?a%20b%+&%zz%20c HTTP/1.1\n"),
            ("GET /old.php?a b/../new HTTP/1.1\n", "GET /old.php?a%20b/../new HTTP/1.1\n"),
            ("GET http://h/old.php?a b HTTP/1.1\n", "GET http://h/old.php?a%20b HTTP/1.1\n"),
            ("GET /old.php?a  HTTP/1.1\r\n", "GET /old.php?a%20 HTTP/1.1\r\n"),
        ] {
            assert_eq!(repaired(line).as_deref(), Some(expected), "{line}");
        }
        let latin = repaired(b"GET /old.php?\xC9=1 HTTP/1.1\r\n");
        assert_eq!(latin.as_deref(), Some("GET /old.php?%C9=1 HTTP/1.1\r\n"));
    }

    #[test]
    fn other_lines_are_not_changed() {
        for line in [
            // The library accepts these.
            "GET /old.php?A=B%20C HTTP/1.1\r\n",
            "GET /old.php?KEY=a|b'{}^\\` HTTP/1.1\r\n",
            "GET /old.php?A=É HTTP/1.1\r\n",
            "GET /old.php?A=B#C HTTP/1.1\r\n",
            // Another path.
            "GET /new?A=B C HTTP/1.1\r\n",
            "GET /new?/old.php HTTP/1.1 HTTP/1.1\r\n",
            "GET /new#/old.php?A=B C HTTP/1.1\r\n",
            "GET /new #/old.php HTTP/1.1\r\n",
            "GET /old.php/x?A=B C HTTP/1.1\r\n",
            "GET /new HTTP/1.1\r\n",
            // CR and NUL.
            "GET /old.php?A=B\r C HTTP/1.1\r\n",
            "GET /old.php?A=B C HTTP/1.1\r\r\n",
            "GET /old.php?A=B\0 C HTTP/1.1\r\n",
            // Another version, or none.
            "GET /old.php?A=B C HTTP/1.2\r\n",
            "GET /old.php?A=B C HTTP/2.0\r\n",
            "GET /old.php?A=B C http/1.1\r\n",
            "GET /old.php?A=B C\r\n",
            "GET /old.php?A=B C HTTP/1.1 \r\n",
            "GET HTTP/1.1\r\n",
            "GET \r\n",
        ] {
            assert_eq!(repaired(line), None, "{line}");
        }
    }

    #[test]
    fn an_incomplete_line_waits_only_while_it_may_be_a_legacy_one() {
        let inspect = |start: &[u8]| inspect(start, 0, is_legacy_path);
        for start in ["", "G", "GET", "POST ", "GET /new", "HEAD /old.php?A=B C HTTP/1.1\r"] {
            assert_eq!(inspect(start.as_bytes()), Inspected::Incomplete, "{start}");
        }
        let path = [b"GET /", &[b'a'; MAX_PATH][..]].concat();
        let long = [b"GET /old.php?", &[b' '; MAX_LINE][..]].concat();
        for start in [b"GET /new?".as_slice(), &path, &long] {
            assert_eq!(inspect(start), Inspected::Unchanged);
        }
        assert_eq!(inspect(&long[..MAX_LINE - 1]), Inspected::Incomplete);
        for start in ["get /old.php? a", "PRI * HTTP/2.0\r\n", "\r\nGET", "PUT", "\x16\x03"] {
            assert_eq!(inspect(start.as_bytes()), Inspected::Foreign, "{start}");
        }
    }
}
