//! Writing the values of columns as JSON.

use super::super::template::RowValue;
use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
    graphql::error::int_overflow,
    store::Row,
};

/// Writes the value of one or two columns of a row. Returns false if it is null.
pub(super) fn column_value(value: &RowValue, row: Row<'_>, out: &mut Vec<u8>) -> Result<bool> {
    match value {
        RowValue::Text(column) => {
            let Some(text) = row.text(*column)? else { return Ok(false) };
            string(text, out);
        }
        RowValue::Enum(column, is_known) => match row.text(*column)? {
            Some(name) if is_known(name) => string(name, out),
            Some(_) => return Err(Error::internal("the stored name of an enum value is unknown")),
            None => return Ok(false),
        },
        RowValue::Digits(column) => {
            let Some(value) = row.opt_i64(*column)? else { return Ok(false) };
            out.push(b'"');
            number(value, out);
            out.push(b'"');
        }
        RowValue::Int(column) => {
            let Some(value) = row.opt_i64(*column)? else { return Ok(false) };
            int(value, out)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "exact up to 9 petabytes")]
        RowValue::Float(column) => {
            let Some(value) = row.opt_i64(*column)? else { return Ok(false) };
            json(&(value as f64), out);
        }
        RowValue::Time(column) => {
            let Some(micros) = row.opt_i64(*column)? else { return Ok(false) };
            out.push(b'"');
            time_of(micros)?.write_rfc3339(out);
            out.push(b'"');
        }
        RowValue::IsPresent(column) => boolean(row.opt_i64(*column)?.is_some(), out),
        RowValue::IsPositive(column) => {
            boolean(row.opt_i64(*column)?.is_some_and(|value| value > 0), out);
        }
        #[expect(clippy::cast_precision_loss, reason = "exact up to 285 years")]
        RowValue::Micros(column) => {
            let Some(micros) = row.opt_i64(*column)? else { return Ok(false) };
            json(&(micros as f64 / 1e6), out);
        }
        #[expect(clippy::cast_precision_loss, reason = "exact up to 9 quadrillion seconds")]
        RowValue::Average { sum, count } => {
            let count = row.i64(*count)?;
            if count == 0 {
                return Ok(false);
            }
            json(&(row.i64(*sum)? as f64 / count as f64), out);
        }
        RowValue::Flag(column) => {
            let Some(flag) = row.opt_i64(*column)? else { return Ok(false) };
            boolean(flag == 1, out);
        }
        RowValue::NodeId(word, columns) => {
            out.push(b'"');
            out.extend_from_slice(word.as_bytes());
            for column in columns {
                out.push(b'_');
                number(row.i64(*column)?, out);
            }
            out.push(b'"');
        }
        RowValue::Cursor(_)
        | RowValue::Object(..)
        | RowValue::Single(..)
        | RowValue::Page(..)
        | RowValue::List(..)
        | RowValue::Fails(_) => return Ok(false),
    }
    Ok(true)
}

/// The time of a column.
pub(in crate::graphql::plan) fn time_of(micros: i64) -> Result<Timestamp> {
    let time = Timestamp::from_micros(micros);
    time.ok_or_else(|| Error::internal("the stored time is out of range"))
}

pub(in crate::graphql::plan) fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

pub(super) fn boolean(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

pub(super) fn number(value: i64, out: &mut Vec<u8>) {
    json(&value, out);
}

fn int(value: i64, out: &mut Vec<u8>) -> Result<()> {
    json(&int_of(value)?, out);
    Ok(())
}

/// The number of a column as an Int.
pub(in crate::graphql::plan) fn int_of(value: i64) -> Result<i32> {
    i32::try_from(value).map_err(|_| int_overflow(value))
}

pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    // Without a branch for each byte, so that the compiler makes it a loop over many bytes at once.
    let escapes = text.bytes().fold(false, |any, byte| any | needs_escape(byte));
    if escapes {
        json(text, out);
    } else {
        out.reserve(text.len() + 2);
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

fn needs_escape(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Writing to memory cannot fail, nor can what is written here.
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn texts_with_and_without_escapes_are_the_json_of_serde() {
        let controls = (0..0x20_u8).map(|byte| format!("a{}b", char::from(byte)));
        let others =
            ["", "a", "\"", "\\", "\u{7f}", "é\u{2028}😀", "a long text without any of them"];
        let long =
            [format!("{}\n", "x".repeat(100)), format!("\t{}", "x".repeat(100)), "ü".repeat(99)];
        for text in controls.chain(others.map(String::from)).chain(long) {
            let mut out = b"before".to_vec();
            string(&text, &mut out);
            let expected = format!("before{}", serde_json::to_string(&text).unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
