//! Writing texts so that a reader of the format reads them back.

/// How a text becomes a value of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// The content of an element. Characters that XML forbids become U+FFFD.
    Xml,
    /// A string, with its quotes.
    Json,
    /// A cell, in quotes where it needs them.
    Csv,
    /// A cell as [`Self::Csv`], with `'` before a text that a spreadsheet could run as a formula.
    CsvWithoutFormulas,
    /// A JSON string within a cell in quotes.
    JsonInCsv,
}

impl Escape {
    /// Writes a text.
    pub fn text(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Xml => xml(text, out),
            Self::Json => json(text, b"\"", out),
            Self::Csv => csv("", text, out),
            Self::CsvWithoutFormulas if text.starts_with(BEGINS_FORMULA) => csv("'", text, out),
            Self::CsvWithoutFormulas => csv("", text, out),
            Self::JsonInCsv => json(text, b"\"\"", out),
        }
    }

    /// The quotes around a text in which nothing needs an escape.
    pub(super) fn quote(self) -> &'static [u8] {
        match self {
            Self::Xml | Self::Csv | Self::CsvWithoutFormulas => b"",
            Self::Json => b"\"",
            Self::JsonInCsv => b"\"\"",
        }
    }
}

/// Writes a text, and `replace` in place of each byte that needs it.
fn replacing(
    text: &str,
    needs: &[bool; 256],
    out: &mut Vec<u8>,
    replace: impl Fn(&[u8], &mut Vec<u8>) -> usize,
) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| needs[usize::from(*byte)]) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let length = replace(from, out);
        rest = from.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// Parsers read a bare carriage return as a line feed, so it is escaped.
fn xml(text: &str, out: &mut Vec<u8>) {
    replacing(text, &NEEDS_ESCAPE_IN_XML, out, |from, out| {
        let (written, length): (&[u8], _) = match from {
            [b'&', ..] => (b"&amp;", 1),
            [b'<', ..] => (b"&lt;", 1),
            [b'>', ..] => (b"&gt;", 1),
            [b'\r', ..] => (b"&#13;", 1),
            [0xEF, 0xBF, 0xBE | 0xBF, ..] => (REPLACEMENT, 3),
            [0xEF, ..] => (b"\xEF", 1),
            _ => (REPLACEMENT, 1),
        };
        out.extend_from_slice(written);
        length
    });
}

/// `quote` is what begins and ends the string.
fn json(text: &str, quote: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(quote);
    replacing(text, &NEEDS_ESCAPE_IN_JSON, out, |from, out| {
        let byte = from.first().copied().unwrap_or_default();
        let letter = match byte {
            b'"' => {
                out.push(b'\\');
                out.extend_from_slice(quote);
                return 1;
            }
            b'\\' => b'\\',
            0x08 => b'b',
            0x0C => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
                return 1;
            }
        };
        out.extend([b'\\', letter]);
        1
    });
    out.extend_from_slice(quote);
}

/// `before` is written before the text, within the quotes.
fn csv(before: &str, text: &str, out: &mut Vec<u8>) {
    let is_plain = !text.bytes().any(|byte| NEEDS_QUOTES_IN_CSV[usize::from(byte)])
        && !text.starts_with(' ')
        && !text.ends_with(' ');
    if is_plain {
        out.extend_from_slice(before.as_bytes());
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(before.as_bytes());
    replacing(text, &IS_QUOTE, out, |_, out| {
        out.extend_from_slice(b"\"\"");
        1
    });
    out.push(b'"');
}

/// The characters with which a formula can begin.
const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0'];

/// U+FFFD.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// The bytes that need an escape in XML: markup, control characters, and the first byte of U+FFFE and
/// U+FFFF, which needs a check of the next two.
static NEEDS_ESCAPE_IN_XML: [bool; 256] = {
    let mut needs_escape = table(b"&<>\xEF");
    let mut byte = 0;
    while byte < 0x20 {
        needs_escape[byte] = !matches!(byte as u8, b'\t' | b'\n');
        byte += 1;
    }
    needs_escape
};

static NEEDS_ESCAPE_IN_JSON: [bool; 256] = {
    let mut needs_escape = table(b"\"\\");
    let mut byte = 0;
    while byte < 0x20 {
        needs_escape[byte] = true;
        byte += 1;
    }
    needs_escape
};

static NEEDS_QUOTES_IN_CSV: [bool; 256] = table(b"\",\r\n");
static IS_QUOTE: [bool; 256] = table(b"\"");

/// The table of these bytes.
const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Escape;

    fn written(escape: Escape, text: &str) -> String {
        let mut out = Vec::new();
        escape.text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_cell_has_quotes_only_where_it_needs_them() {
        for (text, cell) in [
            ("", ""),
            ("0012", "0012"),
            ("=1+1", "=1+1"),
            ("a,b", "\"a,b\""),
            ("a\r\nb", "\"a\r\nb\""),
            ("say \"hello\"", "\"say \"\"hello\"\"\""),
            (" a", "\" a\""),
            ("a ", "\"a \""),
        ] {
            assert_eq!(written(Escape::Csv, text), cell);
        }
    }

    #[test]
    fn a_formula_gets_an_apostrophe_if_that_is_set() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@a,b", "\"'@a,b\""),
            ("\ta", "'\ta"),
            ("\r\na", "\"'\r\na\""),
            ("0012", "0012"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(written(Escape::CsvWithoutFormulas, text), cell);
        }
    }

    proptest! {
        #[test]
        fn json_is_that_of_serde(text in any::<String>()) {
            prop_assert_eq!(written(Escape::Json, &text), serde_json::to_string(&text).unwrap());
        }

        #[test]
        fn json_in_a_cell_is_json_with_doubled_quotes(text in any::<String>()) {
            let doubled = serde_json::to_string(&text).unwrap().replace('"', "\"\"");
            prop_assert_eq!(written(Escape::JsonInCsv, &text), doubled);
        }
    }
}
