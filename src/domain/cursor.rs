//! Cursors: positions in a list, as opaque texts that only a list of the same order accepts.
//!
//! A cursor holds its account, the tag of its order, the parent of its list if there is one, and
//! the position. It grants nothing: a caller who continues from it sees only the rows that their
//! own key opens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    page::{KeyValue, Position},
    text::printable,
    viewer::AccountId,
};
use crate::error::{Error, Result};

/// The longest cursor that is decoded.
const MAX_LENGTH: usize = 4096;

/// What a cursor must fit to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct CursorOrder<'a> {
    /// The tag of the order: letters.
    pub tag: &'a str,
    /// Whether the list belongs to a parent.
    pub has_parent: bool,
    /// For each value of a position, whether it is a text.
    pub texts: &'a [bool],
}

/// The cursor of a row of a list.
pub fn encode(account: AccountId, tag: &str, parent: Option<i64>, position: &[KeyValue]) -> String {
    use std::fmt::Write;

    let mut text = format!("{}/{tag}", account.0);
    // Writing to memory cannot fail.
    if let Some(parent) = parent {
        let _ = write!(text, "{parent}");
    }
    for value in position {
        let _ = match value {
            KeyValue::Number(number) => write!(text, "/{number}"),
            KeyValue::Text(value) => write!(text, "/{value}"),
        };
    }
    URL_SAFE_NO_PAD.encode(text)
}

/// The position that a cursor holds, and the parent whose list it belongs to.
///
/// # Errors
/// When the text is not a cursor, or is a cursor of another order or account.
pub fn decode(
    account: AccountId,
    order: CursorOrder<'_>,
    cursor: &str,
) -> Result<(Option<i64>, Position)> {
    read(account, order, cursor).ok_or_else(foreign_cursor)
}

/// The error of a cursor that another list made.
pub fn foreign_cursor() -> Error {
    Error::input("The cursor does not belong to this list.")
}

fn read(
    account: AccountId,
    order: CursorOrder<'_>,
    cursor: &str,
) -> Option<(Option<i64>, Position)> {
    if cursor.len() > MAX_LENGTH {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.splitn(2 + order.texts.len(), '/');
    let same_account = parts.next()? == account.0.to_string();
    let parent = parts.next()?.strip_prefix(order.tag)?;
    let parent = match order.has_parent {
        true => Some(parent.parse().ok()?),
        false if parent.is_empty() => None,
        false => return None,
    };
    let values = order.texts.iter().map(|is_text| {
        let value = parts.next()?;
        match is_text {
            // Not every database can store every character.
            true => (printable(value) == value).then(|| KeyValue::Text(value.to_owned())),
            false => value.parse().ok().map(KeyValue::Number),
        }
    });
    let position = Position(values.collect::<Option<_>>()?);
    same_account.then_some((parent, position))
}

#[cfg(test)]
mod tests {
    use super::{CursorOrder, decode, encode};
    use crate::domain::{
        page::{KeyValue, Position},
        viewer::AccountId,
    };

    #[test]
    fn a_cursor_is_accepted_only_by_its_account_and_order() {
        let position = [KeyValue::Number(-3), KeyValue::Text("a/b".to_owned())];
        let cursor = encode(AccountId(1), "c", Some(7), &position);
        let texts = &[false, true][..];
        let read = |account, tag, has_parent, texts| {
            decode(AccountId(account), CursorOrder { tag, has_parent, texts }, &cursor).ok()
        };
        let expected = (Some(7), Position(position.to_vec()));
        assert_eq!(read(1, "c", true, texts), Some(expected));
        assert_eq!(read(2, "c", true, texts), None);
        assert_eq!(read(1, "v", true, texts), None);
        assert_eq!(read(1, "c", false, texts), None);
        assert_eq!(read(1, "c", true, &[false]), None);
        assert_eq!(read(1, "c", true, &[false, false, true]), None);
        let order = CursorOrder { tag: "c", has_parent: true, texts };
        assert!(decode(AccountId(1), order, "nonsense").is_err());
    }
}
