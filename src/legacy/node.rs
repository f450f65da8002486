//! Reading the values in a GraphQL answer.

use std::borrow::Cow;

use async_graphql::Value;

use super::vars::{List, Path, Source};
use crate::domain::time::Timestamp;

/// The answer does not have the shape that was asked for; it lacks this, or has it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// What a session has for one element of `VARS`.
pub(super) enum Cell<'v> {
    Number(i64),
    /// A text, date or boolean. An absent one is empty.
    Text(Cow<'v, str>),
    List(Connection<'v>),
    /// The custom fields, each with its name and value.
    Fields(Vec<(&'v str, &'v str)>),
}

/// The first page of a session's list.
pub(super) struct Connection<'v> {
    pub(super) list: List,
    pub(super) nodes: &'v [Value],
    /// The session's node id and the cursor, if there are more pages.
    pub(super) rest: Option<(&'v str, &'v str)>,
}

/// One page of sessions.
pub(super) struct Page {
    /// How many sessions there are in all, on the first page.
    pub(super) total: Option<u64>,
    pub(super) nodes: Vec<Value>,
    /// The cursor, if there are more pages.
    pub(super) next: Option<String>,
}

/// Reads what a session has for an element.
pub(super) fn cell(session: &Value, source: Source) -> Result<Cell<'_>, Malformed> {
    Ok(match source {
        Source::Number(path) => Cell::Number(number(session, path)?),
        Source::Text(path) => Cell::Text(text(session, path)?.into()),
        Source::Flag(path) => {
            Cell::Text(if flag(session, path)? { "TRUE" } else { "FALSE" }.into())
        }
        Source::Date(path) => Cell::Text(date(session, path)?.into()),
        Source::List(list) => Cell::List(connection(session, list)?),
        Source::FieldName | Source::FieldValue => {
            let fields = array(session, &["customFields"])?.iter();
            let pairs = fields.map(|field| Ok((text(field, &["name"])?, text(field, &["value"])?)));
            Cell::Fields(pairs.collect::<Result<_, _>>()?)
        }
    })
}

/// Reads one page of sessions out of the data of an answer.
pub(super) fn page(data: Value) -> Result<Page, Malformed> {
    let sessions = take(data, "sessions")?;
    let next = next(&sessions)?.map(str::to_owned);
    let total = match &sessions {
        Value::Object(fields) => fields.get("totalCount").and_then(count),
        _ => None,
    };
    match take(sessions, "nodes")? {
        Value::List(nodes) if next.is_none() || !nodes.is_empty() => {
            Ok(Page { total, nodes, next })
        }
        _ => Err(Malformed("nodes")),
    }
}

/// Reads a later page of a session's list: its items and the cursor, if there are more.
pub(super) fn rest(data: &Value, list: List) -> Result<(&[Value], Option<&str>), Malformed> {
    let session = at(data, &["session"])?.ok_or(Malformed("session"))?;
    items(session, list)
}

/// A text; an absent one is empty.
pub(super) fn text(value: &Value, path: Path) -> Result<&str, Malformed> {
    match at(value, path)? {
        None => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(malformed(path)),
    }
}

/// A date as legacy documents write it; an absent one is empty.
pub(super) fn date(value: &Value, path: Path) -> Result<String, Malformed> {
    match text(value, path)? {
        "" => Ok(String::new()),
        text => Timestamp::parse_rfc3339(text).map(Timestamp::civil).ok_or(malformed(path)),
    }
}

fn number(value: &Value, path: Path) -> Result<i64, Malformed> {
    text(value, path)?.parse().map_err(|_| malformed(path))
}

fn flag(value: &Value, path: Path) -> Result<bool, Malformed> {
    match at(value, path)? {
        Some(Value::Boolean(flag)) => Ok(*flag),
        _ => Err(malformed(path)),
    }
}

fn array(value: &Value, path: Path) -> Result<&[Value], Malformed> {
    match at(value, path)? {
        Some(Value::List(items)) => Ok(items),
        _ => Err(malformed(path)),
    }
}

fn connection(session: &Value, list: List) -> Result<Connection<'_>, Malformed> {
    let (nodes, next) = items(session, list)?;
    let rest = match next {
        Some(after) => Some((text(session, &["id"])?, after)),
        None => None,
    };
    Ok(Connection { list, nodes, rest })
}

fn items(session: &Value, list: List) -> Result<(&[Value], Option<&str>), Malformed> {
    let connection = at(session, &[list.field()])?.ok_or(Malformed(list.field()))?;
    let (nodes, next) = (array(connection, &["nodes"])?, next(connection)?);
    // A page that is empty and yet not the last would be asked for again and again.
    if nodes.is_empty() && next.is_some() { Err(Malformed("nodes")) } else { Ok((nodes, next)) }
}

/// The cursor to go on from, if a connection has more pages.
fn next(connection: &Value) -> Result<Option<&str>, Malformed> {
    if !flag(connection, &["pageInfo", "hasNextPage"])? {
        return Ok(None);
    }
    match text(connection, &["pageInfo", "endCursor"])? {
        "" => Err(Malformed("endCursor")),
        cursor => Ok(Some(cursor)),
    }
}

/// The value at a path; `None` where it, or an object on the way, is null.
fn at<'v>(value: &'v Value, path: &[&'static str]) -> Result<Option<&'v Value>, Malformed> {
    let mut found = value;
    for name in path {
        found = match found {
            Value::Object(fields) => fields.get(*name).ok_or(Malformed(name))?,
            Value::Null => return Ok(None),
            _ => return Err(Malformed(name)),
        };
    }
    Ok((*found != Value::Null).then_some(found))
}

fn take(value: Value, name: &'static str) -> Result<Value, Malformed> {
    match value {
        Value::Object(mut fields) => fields.swap_remove(name).ok_or(Malformed(name)),
        _ => Err(Malformed(name)),
    }
}

fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn malformed(path: Path) -> Malformed {
    Malformed(path.last().copied().unwrap_or_default())
}
