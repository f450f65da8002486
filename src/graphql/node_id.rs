//! The ids of objects: readable, and opaque to callers.

use crate::{
    error::{Error, Result},
    store::query::{RowKey, RowKind},
};

/// The word with which the ids of each kind begin.
const WORDS: [(&str, RowKind); 4] = [
    ("session", RowKind::Session),
    ("technician", RowKind::Technician),
    ("chatMessage", RowKind::ChatMessage),
    ("video", RowKind::Video),
];

/// The word with which ids of this kind begin.
pub(super) fn id_word(kind: RowKind) -> &'static str {
    WORDS.iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word)
}

/// The kind and the key of the object with this id: `word_number`, or `word_number_number`.
pub(super) fn parse_node_id(id: &str) -> Result<(RowKind, RowKey)> {
    let invalid = || Error::input("This is not the id of an object.");
    let mut parts = id.split('_');
    let word = parts.next().unwrap_or_default();
    let kind = WORDS.iter().find(|(known, _)| *known == word).ok_or_else(invalid)?.1;
    let mut key = [0; 2];
    for number in key.iter_mut().take(kind.key_columns().len()) {
        *number = parts.next().and_then(legacy_number).ok_or_else(invalid)?;
    }
    if parts.next().is_some() {
        return Err(invalid());
    }
    Ok((kind, key))
}

/// A session's legacy number: decimal digits within 64 bits.
fn legacy_number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The number of a session from its id or its bare legacy number.
pub(super) fn session_number(text: &str) -> Result<i64> {
    match (legacy_number(text), parse_node_id(text)) {
        (Some(number), _) | (None, Ok((RowKind::Session, [number, _]))) => Ok(number),
        _ => Err(Error::input("This is neither a session's id nor a legacy number.")),
    }
}
