//! Cursors: positions in a list, as opaque texts that only a list of the same order accepts.
//!
//! A cursor consists of the key of its account, the tag of its order, the parent of its list if there is one, and
//! the position. It gives no access: with a cursor too, a caller reads only the rows of their key's
//! account.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    page::{KeyKind, KeyValue, Position},
    text::printable,
    viewer::CursorKey,
};
use crate::error::{Error, Result};

/// The maximum length of a cursor.
const MAX_LENGTH: usize = 16_384;

/// What a cursor must have to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedCursor<'a> {
    /// The tag of the order: letters.
    pub tag: &'a str,
    /// Whether the list belongs to a parent.
    pub has_parent: bool,
    /// The kind of each value of a position.
    pub key: &'a [KeyKind],
}

/// The cursor of a row of a list.
pub fn encode(key: CursorKey, tag: &str, parent: Option<i64>, position: &[KeyValue]) -> String {
    use std::fmt::Write;

    let mut text = format!("{key}/{tag}");
    // Writing to memory cannot fail.
    if let Some(parent) = parent {
        let _ = write!(text, "{parent}");
    }
    for value in position {
        let _ = match value {
            KeyValue::Number(number) => write!(text, "/{number}"),
            KeyValue::Text(value) => write!(text, "/{value}"),
            KeyValue::Absent => write!(text, "/"),
        };
    }
    URL_SAFE_NO_PAD.encode(text)
}

/// The position of a cursor, and the parent whose list it belongs to.
///
/// # Errors
/// When the text is not a cursor, or is a cursor of another order or account.
pub fn decode(
    key: CursorKey,
    expected: ExpectedCursor<'_>,
    cursor: &str,
) -> Result<(Option<i64>, Position)> {
    parse(key, expected, cursor).ok_or_else(foreign_cursor)
}

/// The error of a cursor that another list made.
pub fn foreign_cursor() -> Error {
    Error::input("The cursor does not belong to this list.")
}

fn parse(
    key: CursorKey,
    expected: ExpectedCursor<'_>,
    cursor: &str,
) -> Option<(Option<i64>, Position)> {
    if cursor.len() > MAX_LENGTH {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.splitn(2 + expected.key.len(), '/');
    let same_account = parts.next()? == key.to_string();
    let parent = parts.next()?.strip_prefix(expected.tag)?;
    let parent = match expected.has_parent {
        true => Some(parent.parse().ok()?),
        false if parent.is_empty() => None,
        false => return None,
    };
    let values = expected.key.iter().map(|kind| {
        let value = parts.next()?;
        match kind {
            // Some databases cannot store every character.
            KeyKind::Text => (printable(value) == value).then(|| KeyValue::Text(value.to_owned())),
            KeyKind::OptionalNumber if value.is_empty() => Some(KeyValue::Absent),
            KeyKind::Number | KeyKind::OptionalNumber => value.parse().ok().map(KeyValue::Number),
        }
    });
    let position = Position(values.collect::<Option<_>>()?);
    same_account.then_some((parent, position))
}

#[cfg(test)]
mod tests {
    use super::{ExpectedCursor, decode, encode};
    use crate::domain::{
        page::{
            KeyKind::{Number, OptionalNumber, Text},
            KeyValue, Position,
        },
        viewer::{AccountId, CursorKey},
    };

    fn key(account: i64) -> CursorKey {
        CursorKey::new(AccountId(account), 1_700_000_000_000_000, None)
    }

    #[test]
    fn a_cursor_is_accepted_only_by_its_account_and_order() {
        let position = [KeyValue::Number(-3), KeyValue::Text("a/b".to_owned())];
        let cursor = encode(key(1), "c", Some(7), &position);
        let kinds = &[Number, Text][..];
        let read = |account, tag, has_parent, kinds| {
            decode(key(account), ExpectedCursor { tag, has_parent, key: kinds }, &cursor).ok()
        };
        let expected = (Some(7), Position(position.to_vec()));
        assert_eq!(read(1, "c", true, kinds), Some(expected));
        assert_eq!(read(2, "c", true, kinds), None);
        assert_eq!(read(1, "v", true, kinds), None);
        assert_eq!(read(1, "c", false, kinds), None);
        assert_eq!(read(1, "c", true, &[Number]), None);
        assert_eq!(read(1, "c", true, &[Number, Number, Text]), None);
        let order = ExpectedCursor { tag: "c", has_parent: true, key: kinds };
        assert!(decode(key(1), order, "nonsense").is_err());
    }

    #[test]
    fn a_cursor_has_an_absent_value_only_where_the_order_has_one() {
        for value in [KeyValue::Number(0), KeyValue::Absent] {
            let position = Position(vec![value.clone(), KeyValue::Number(5)]);
            let cursor = encode(key(1), "e", None, &position.0);
            let read = |kinds| {
                let order = ExpectedCursor { tag: "e", has_parent: false, key: kinds };
                decode(key(1), order, &cursor).ok()
            };
            assert_eq!(read(&[OptionalNumber, Number]), Some((None, position)));
            assert_eq!(read(&[Number, Number]).is_none(), value == KeyValue::Absent);
        }
    }
}
