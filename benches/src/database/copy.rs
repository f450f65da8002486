//! Rows as lines of the text format of PostgreSQL's COPY.

use std::fmt::Write;

use super::Cell;

/// Writes a row.
pub(super) fn line(row: &[Cell], out: &mut String) {
    for (place, cell) in row.iter().enumerate() {
        if place > 0 {
            out.push('\t');
        }
        match cell {
            Cell::Number(Some(number)) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{number}");
            }
            Cell::Text(Some(text)) => escape(text, out),
            Cell::Number(None) | Cell::Text(None) => out.push_str("\\N"),
        }
    }
    out.push('\n');
}

/// Writes a text with the escapes of the format.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\t', '\n', '\r']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.push_str(match special.as_bytes()[0] {
            b'\\' => "\\\\",
            b'\t' => "\\t",
            b'\n' => "\\n",
            _ => "\\r",
        });
        rest = &special[1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::{Cell, line};

    #[test]
    fn a_null_is_no_text_and_a_text_is_no_null() {
        let mut out = String::new();
        let text = |text: &str| Cell::Text(Some(text.into()));
        let row = [Cell::Number(Some(-7)), Cell::Number(None), Cell::Text(None)];
        line(&row, &mut out);
        line(&[text(""), text("\\N"), text("\\."), text("a\tb\r\nç\\")], &mut out);
        assert_eq!(out, "-7\t\\N\t\\N\n\t\\\\N\t\\\\.\ta\\tb\\r\\nç\\\\\n");
    }
}
