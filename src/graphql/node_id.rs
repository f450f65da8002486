//! The ids of objects: readable, and opaque to callers.

use crate::{
    error::{Error, Result},
    store::query::{RowKey, RowKind},
};

/// The word with which the ids of this kind begin, different for each kind.
pub(super) fn id_word(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Session => "session",
        RowKind::Technician => "technician",
        RowKind::ChatMessage => "chatMessage",
        RowKind::Video => "video",
    }
}

/// The kind and the key of the object with this id: `word_number`, or `word_number_number`.
pub(super) fn parse_node_id(id: &str) -> Result<(RowKind, RowKey)> {
    let invalid = || Error::input("This is not the id of an object.");
    let mut parts = id.split('_');
    let word = parts.next().unwrap_or_default();
    let kind = RowKind::ALL.iter().copied().find(|kind| id_word(*kind) == word);
    let kind = kind.ok_or_else(invalid)?;
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

#[cfg(test)]
mod tests {
    use super::{RowKind, id_word, parse_node_id};
    use crate::graphql::{
        definition::FieldSource,
        types::{node::NODE_NAME, node_type},
    };

    #[test]
    fn the_ids_of_each_kind_are_those_of_its_type_and_of_no_other_kind() {
        for kind in RowKind::ALL.iter().copied() {
            let object = node_type(kind);
            assert_eq!(object.interfaces, [NODE_NAME], "{}", object.name);
            let id = object.field("id").map(|field| &field.source);
            assert!(matches!(id, Some(FieldSource::NodeId(of)) if *of == kind), "{}", object.name);
            let word = id_word(kind);
            assert!(word.starts_with(char::is_alphabetic) && !word.contains('_'), "{word:?}");
            let id = format!("{word}{}", "_7".repeat(kind.key_columns().len()));
            assert_eq!(parse_node_id(&id).map(|(kind, _)| kind).ok(), Some(kind), "{id}");
        }
    }
}
