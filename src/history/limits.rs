//! The limits of a session record, and the form in which its texts are stored.

use std::ops::Deref;

use thiserror::Error;

use super::record::{ChatLine, CustomField, Field, Record, VideoLink};
use crate::domain::{text::printable, time::Timestamp};

/// The maximum length of a text of one line, in characters. Every database can index its folded form,
/// which can be three times as long.
pub const SHORT_TEXT: usize = 240;
/// The maximum length of a description, of notes and of a chat message, in characters.
pub const LONG_TEXT: usize = 65_536;
/// The maximum length of a link, in characters.
pub const LINK: usize = 2_048;
/// The maximum number of custom fields of a session, which are answered as one list.
pub const CUSTOM_FIELDS: usize = 250;
/// The maximum number of chat messages, recordings and custom fields of a session together.
pub const CHILDREN: usize = 100_000;
/// The maximum length of a recording, in seconds: an Int of GraphQL has 32 bits.
pub const VIDEO_SECONDS: i64 = i32::MAX as i64;

/// Why a record cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Invalid {
    /// A field that must have a value is empty.
    #[error("{0} is empty; a value is required")]
    Empty(String),
    /// A required field is absent.
    #[error("{0} is missing; it is required")]
    Missing(String),
    /// A text is too long.
    #[error("{field} has {length} characters; the limit is {limit}")]
    TooLong {
        /// The field.
        field: String,
        /// Its characters.
        length: usize,
        /// The maximum.
        limit: usize,
    },
    /// A number is out of its range.
    #[error("{field} is {number}; it must be from 0 to {limit}")]
    OutOfRange {
        /// The field.
        field: String,
        /// Its value.
        number: i64,
        /// The highest value.
        limit: i64,
    },
    /// Its session is not stored, and it has no start.
    #[error("date_start is missing; a session that is not stored yet needs it")]
    UnknownStart,
    /// It has a value without a name, and the stored session has no field at this position.
    #[error("the name of custom field {0} is missing, and no stored field has this position")]
    UnknownFieldName(usize),
    /// Its session was deleted.
    #[error("the session was deleted at {0}; a deleted session is not stored again")]
    Deleted(Timestamp),
    /// Its session was anonymized.
    #[error("the session was anonymized at {0}; an anonymized session is not changed")]
    Anonymized(Timestamp),
    /// It has too many custom fields.
    #[error("the session has {count} custom fields; the limit is {CUSTOM_FIELDS}")]
    TooManyCustomFields {
        /// How many it has.
        count: usize,
    },
    /// It would have too many chat messages, recordings and custom fields.
    #[error(
        "the session would have {count} messages, recordings and custom fields; the limit is {CHILDREN}"
    )]
    TooManyChildren {
        /// How many it would have.
        count: usize,
    },
}

/// What a source of records calls the fields that documents call so.
pub type FieldNames = fn(&'static str) -> &'static str;

/// A record within the limits. Only [`check`] makes it, so nothing else can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidRecord(Record);

impl Deref for ValidRecord {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.0
    }
}

/// Checks a record, and brings its texts into the form in which they are stored: texts of one line
/// lose the white space around them, empty links and fields are removed, and NUL, which some databases
/// cannot store, becomes U+FFFD.
///
/// # Errors
/// If the record exceeds a limit, or lacks a required part.
pub fn check(record: Record) -> Result<ValidRecord, Invalid> {
    check_named(record, |name| name)
}

/// The same, for a source that has its own names of the fields.
///
/// # Errors
/// If the record exceeds a limit, or lacks a required part.
pub fn check_named(mut record: Record, names: FieldNames) -> Result<ValidRecord, Invalid> {
    in_range(record.id, i64::MAX, || names("id").to_owned())?;
    if record.started_at == Field::Empty {
        return Err(Invalid::Empty(names("date_start").to_owned()));
    }
    for (field, text) in [
        ("tech_username", &mut record.tech_username),
        ("tech_name", &mut record.tech_name),
        ("customer_name", &mut record.customer_name),
        ("customer_email", &mut record.customer_email),
        ("customer_number", &mut record.customer_number),
        ("computer_name", &mut record.computer_name),
        ("computer_domain", &mut record.computer_domain),
        ("computer_os", &mut record.computer_os),
    ] {
        if let Field::Value(value) = text {
            one_line(value, SHORT_TEXT, || names(field).to_owned())?;
        }
        clear_if_empty(text);
    }
    for (field, text) in
        [("problem_description", &mut record.problem_description), ("notes", &mut record.notes)]
    {
        if let Field::Value(value) = text {
            bounded(value, LONG_TEXT, || names(field).to_owned())?;
        }
        clear_if_empty(text);
    }
    for (index, line) in record.chat.iter_mut().flatten().enumerate() {
        chat_line(index + 1, line, names)?;
    }
    if let Some(videos) = &mut record.videos {
        check_videos(videos, names)?;
    }
    if let Some(fields) = &mut record.custom_fields {
        check_custom_fields(fields)?;
    }
    Ok(ValidRecord(record))
}

fn clear_if_empty(field: &mut Field<String>) {
    if matches!(field, Field::Value(text) if text.is_empty()) {
        *field = Field::Empty;
    }
}

fn chat_line(number: usize, line: &mut ChatLine, names: FieldNames) -> Result<(), Invalid> {
    let field = |name| format!("the {} of chat message {number}", names(name));
    if let Some(sender) = &mut line.sender {
        one_line(sender, SHORT_TEXT, || field("sender"))?;
    }
    line.sender.take_if(|sender| sender.is_empty());
    bounded(&mut line.body, LONG_TEXT, || field("text"))
}

fn check_videos(videos: &mut Vec<VideoLink>, names: FieldNames) -> Result<(), Invalid> {
    for (index, video) in videos.iter_mut().enumerate() {
        let field = |name| format!("the {} of video link {}", names(name), index + 1);
        one_line(&mut video.url, LINK, || format!("video link {}", index + 1))?;
        let described = matches!(video.recorded_at, Field::Value(_))
            || matches!(video.duration_seconds, Field::Value(_))
            || matches!(video.size_bytes, Field::Value(_));
        if video.url.is_empty() && described {
            return Err(Invalid::Empty(field("url")));
        }
        if let Field::Value(seconds) = video.duration_seconds {
            in_range(seconds, VIDEO_SECONDS, || field("duration_seconds"))?;
        }
        if let Field::Value(bytes) = video.size_bytes {
            in_range(bytes, i64::MAX, || field("size_bytes"))?;
        }
    }
    videos.retain(|video| !video.url.is_empty());
    Ok(())
}

/// Fields without names, or without values, are allowed where all of them lack the same: a document
/// may be made for one of the two.
fn check_custom_fields(fields: &mut Vec<CustomField>) -> Result<(), Invalid> {
    let named = fields.iter().any(|field| field.name.is_some());
    let single = fields.len() == 1;
    for (index, field) in fields.iter_mut().enumerate() {
        let shown = |half: &str| format!("the {half} of custom field {}", index + 1);
        for (half, text) in [("name", &mut field.name), ("value", &mut field.value)] {
            if let Some(text) = text {
                one_line(text, SHORT_TEXT, || shown(half))?;
            }
        }
        match (field.name.as_deref(), field.value.as_deref()) {
            (None, None) => return Err(Invalid::Missing(shown("name"))),
            (None, _) if named => return Err(Invalid::Missing(shown("name"))),
            (Some(""), None) if single => {}
            (Some(""), value) if value != Some("") => {
                return Err(Invalid::Empty(shown("name")));
            }
            _ => {}
        }
    }
    fields.retain(|field| field.name.as_deref() != Some(""));
    let count = fields.len();
    if count > CUSTOM_FIELDS { Err(Invalid::TooManyCustomFields { count }) } else { Ok(()) }
}

fn one_line(text: &mut String, limit: usize, field: impl Fn() -> String) -> Result<(), Invalid> {
    let trimmed = text.trim();
    if trimmed.len() < text.len() {
        *text = trimmed.to_owned();
    }
    bounded(text, limit, field)
}

fn bounded(text: &mut String, limit: usize, field: impl Fn() -> String) -> Result<(), Invalid> {
    // A character has at least one byte, so most texts need no count.
    if text.len() > limit {
        let length = text.chars().count();
        if length > limit {
            return Err(Invalid::TooLong { field: field(), length, limit });
        }
    }
    if text.as_bytes().contains(&0) {
        *text = printable(text).into_owned();
    }
    Ok(())
}

fn in_range(number: i64, limit: i64, field: impl Fn() -> String) -> Result<(), Invalid> {
    if (0..=limit).contains(&number) {
        return Ok(());
    }
    Err(Invalid::OutOfRange { field: field(), number, limit })
}
