//! Writing one value.

use std::sync::Arc;

use super::escape::Escape;
use crate::{
    error::{Error, Result},
    graphql::records::RecordValue,
};

/// The form of a value. A value of another type than the form expects is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueForm {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A whole number as a text.
    NumberAsText,
    /// The word for true, or that for false.
    Words(Arc<[String; 2]>),
    /// `true` or `false`.
    Flag,
    /// A time.
    Date(DateStyle),
}

/// How a time is written: `2011-01-03 09:15:02`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateStyle {
    /// What is between the date and the time.
    pub separator: u8,
    /// The offset of the time zone, in seconds.
    pub offset_seconds: i32,
    /// What follows.
    pub suffix: String,
}

/// How an absent value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// As an empty text.
    Empty,
    /// As `null`.
    Null,
    /// Not at all, and its name is not written either.
    Left,
}

/// How the value of a field is written.
#[derive(Clone, Debug)]
pub(super) struct FieldStyle {
    pub(super) form: ValueForm,
    pub(super) escape: Escape,
    pub(super) absent: Absent,
}

impl FieldStyle {
    /// Writes a value. Returns false if nothing should be written of its field.
    pub(super) fn write(&self, value: RecordValue<'_>, out: &mut Vec<u8>) -> Result<bool> {
        let escape = self.escape;
        match (&self.form, value) {
            (ValueForm::Text, RecordValue::Text(text)) if !text.is_empty() => {
                escape.text(text, out);
            }
            (_, RecordValue::Null | RecordValue::Text("")) => match self.absent {
                Absent::Empty => escape.text("", out),
                Absent::Null => out.extend_from_slice(b"null"),
                Absent::Left => return Ok(false),
            },
            (ValueForm::Number, RecordValue::Number(number)) => write_number(number, out),
            (ValueForm::NumberAsText, RecordValue::Number(number)) => {
                out.extend_from_slice(escape.quote());
                write_number(number, out);
                out.extend_from_slice(escape.quote());
            }
            (ValueForm::Words(words), RecordValue::Flag(flag)) => {
                let [yes, no] = &**words;
                escape.text(if flag { yes } else { no }, out);
            }
            (ValueForm::Flag, RecordValue::Flag(flag)) => {
                out.extend_from_slice(if flag { b"true" } else { b"false" });
            }
            (ValueForm::Date(style), RecordValue::Time(time)) => {
                out.extend_from_slice(escape.quote());
                time.write_local(style.offset_seconds, style.separator, out);
                out.extend_from_slice(style.suffix.as_bytes());
                out.extend_from_slice(escape.quote());
            }
            _ => return Err(Error::internal("a value of a record has another type")),
        }
        Ok(true)
    }
}

/// Writes a number in digits.
fn write_number(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut rest = number.unsigned_abs();
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}
