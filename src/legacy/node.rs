//! Reading the values in a GraphQL answer, whose texts stay where they are.

use std::borrow::Cow;

use serde_json_borrow::Value;

use super::vars::{List, Path, Source};

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
    pub(super) nodes: &'v [Value<'v>],
    /// The session's node id and the cursor, if there are more pages.
    pub(super) rest: Option<(&'v str, &'v str)>,
}

/// One page of sessions.
pub(super) struct Page<'v> {
    /// How many sessions there are in all, on the first page.
    pub(super) total: Option<u64>,
    pub(super) nodes: &'v [Value<'v>],
    /// The cursor, if there are more pages.
    pub(super) next: Option<&'v str>,
}

/// Reads the data of an answer.
pub(super) fn data(json: &[u8]) -> Result<Value<'_>, Malformed> {
    serde_json::from_slice(json).map_err(|_| Malformed("data"))
}

/// Reads what a session has for an element.
pub(super) fn cell<'v>(session: &'v Value<'v>, source: Source) -> Result<Cell<'v>, Malformed> {
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
pub(super) fn page<'v>(data: &'v Value<'v>) -> Result<Page<'v>, Malformed> {
    let sessions = at(data, &["sessions"])?.ok_or(Malformed("sessions"))?;
    let total = match sessions {
        Value::Object(fields) => fields.get("totalCount").and_then(Value::as_u64),
        _ => None,
    };
    let (nodes, next) = nodes(sessions)?;
    Ok(Page { total, nodes, next })
}

/// Reads a later page of a session's list: its items and the cursor, if there are more.
pub(super) fn rest<'v>(data: &'v Value<'v>, list: List) -> Result<Nodes<'v>, Malformed> {
    let session = at(data, &["session"])?.ok_or(Malformed("session"))?;
    items(session, list)
}

/// A text; an absent one is empty.
pub(super) fn text<'v>(value: &'v Value<'v>, path: Path) -> Result<&'v str, Malformed> {
    match at(value, path)? {
        None => Ok(""),
        Some(Value::Str(text)) => Ok(text),
        Some(_) => Err(malformed(path)),
    }
}

/// A date as legacy documents write it; an absent one is empty.
pub(super) fn date(value: &Value<'_>, path: Path) -> Result<String, Malformed> {
    match text(value, path)? {
        "" => Ok(String::new()),
        text => civil(text).ok_or(malformed(path)),
    }
}

/// `2011-01-03T09:15:02Z`, as the schema writes times, without its signs and any fraction.
fn civil(time: &str) -> Option<String> {
    let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let clock = clock.get(..8).filter(|_| date.len() == 10)?;
    Some([date, clock].join(" "))
}

fn number(value: &Value<'_>, path: Path) -> Result<i64, Malformed> {
    text(value, path)?.parse().map_err(|_| malformed(path))
}

fn flag(value: &Value<'_>, path: Path) -> Result<bool, Malformed> {
    match at(value, path)? {
        Some(Value::Bool(flag)) => Ok(*flag),
        _ => Err(malformed(path)),
    }
}

fn array<'v>(value: &'v Value<'v>, path: Path) -> Result<&'v [Value<'v>], Malformed> {
    match at(value, path)? {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(malformed(path)),
    }
}

fn connection<'v>(session: &'v Value<'v>, list: List) -> Result<Connection<'v>, Malformed> {
    let (nodes, next) = items(session, list)?;
    let rest = match next {
        Some(after) => Some((text(session, &["id"])?, after)),
        None => None,
    };
    Ok(Connection { list, nodes, rest })
}

/// The items of a page, and the cursor, if there are more.
type Nodes<'v> = (&'v [Value<'v>], Option<&'v str>);

fn items<'v>(session: &'v Value<'v>, list: List) -> Result<Nodes<'v>, Malformed> {
    nodes(at(session, &[list.field()])?.ok_or(Malformed(list.field()))?)
}

fn nodes<'v>(connection: &'v Value<'v>) -> Result<Nodes<'v>, Malformed> {
    let (nodes, next) = (array(connection, &["nodes"])?, next(connection)?);
    // A page that is empty and yet not the last would be asked for again and again.
    if nodes.is_empty() && next.is_some() { Err(Malformed("nodes")) } else { Ok((nodes, next)) }
}

/// The cursor to go on from, if a connection has more pages.
fn next<'v>(connection: &'v Value<'v>) -> Result<Option<&'v str>, Malformed> {
    if !flag(connection, &["pageInfo", "hasNextPage"])? {
        return Ok(None);
    }
    match text(connection, &["pageInfo", "endCursor"])? {
        "" => Err(Malformed("endCursor")),
        cursor => Ok(Some(cursor)),
    }
}

/// The value at a path; `None` where it, or an object on the way, is null.
fn at<'v>(value: &'v Value<'v>, path: &[&'static str]) -> Result<Option<&'v Value<'v>>, Malformed> {
    let mut found = value;
    for name in path {
        found = match found {
            Value::Object(fields) => fields.get(name).ok_or(Malformed(name))?,
            Value::Null => return Ok(None),
            _ => return Err(Malformed(name)),
        };
    }
    Ok((!found.is_null()).then_some(found))
}

fn malformed(path: Path) -> Malformed {
    Malformed(path.last().copied().unwrap_or_default())
}
