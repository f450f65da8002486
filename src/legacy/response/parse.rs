//! Parsing a response in one pass, without a map of its objects and without copies of its texts.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};

use super::{
    connection::{ConnectionSeed, PageInfo},
    session::{SessionShape, Sessions},
    value::{ListItems, ListPage, ResponseSession},
};
use crate::legacy::vars::ChildList;

/// The response does not have the shape that the query selects: this part is absent or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::legacy) struct MalformedResponse(pub(in crate::legacy) &'static str);

/// The JSON as text. UTF-8 is checked once for the whole response, not for each text in it.
pub(in crate::legacy) fn json_text(json: Vec<u8>) -> Result<String, MalformedResponse> {
    String::from_utf8(json).map_err(|_| MalformedResponse("UTF-8"))
}

/// Parses a page of sessions and passes each session to `each`. Returns their number.
pub(in crate::legacy) fn parse_sessions<'v>(
    json: &'v str,
    shape: &SessionShape,
    each: impl FnMut(&ResponseSession<'v>),
) -> Result<u64, MalformedResponse> {
    let seed = FieldSeed("sessions", ConnectionSeed(Sessions { shape, each }));
    Ok(check_progress(parse(json, seed)?, |count| *count == 0)?.nodes)
}

/// Parses a later page of a session's list.
pub(in crate::legacy) fn parse_continuation(
    json: &str,
    list: ChildList,
) -> Result<ListPage<'_, ListItems<'_>>, MalformedResponse> {
    let page = parse(json, FieldSeed("session", FieldSeed(list.field(), ConnectionSeed(list))))?;
    check_progress(page, ListItems::is_empty)
}

/// The part of a page before the sessions.
pub(in crate::legacy) struct PageHead<'v> {
    /// The cursor of the next page, if there is one.
    pub(in crate::legacy) next: Option<&'v str>,
    /// The number of all sessions, where it is selected.
    pub(in crate::legacy) total: Option<u64>,
}

/// Parses the part before the sessions, with the total if it is selected (`counted`).
pub(in crate::legacy) fn parse_head(
    json: &str,
    counted: bool,
) -> Result<PageHead<'_>, MalformedResponse> {
    let mut head = Head { counted, ..Head::default() };
    // The parser stops before the sessions. This is an error of the parser and not of the response.
    let _ = parse(json, FieldSeed("sessions", &mut head));
    if counted && head.total.is_none() {
        return Err(MalformedResponse("totalCount"));
    }
    let next = head.info.and_then(PageInfo::next).ok_or(MalformedResponse("pageInfo"))?;
    Ok(PageHead { next, total: head.total })
}

fn parse<'v, S: DeserializeSeed<'v>>(
    json: &'v str,
    seed: S,
) -> Result<S::Value, MalformedResponse> {
    // The error is dropped: it can show data of the response.
    let parsed = seed.deserialize(&mut serde_json::Deserializer::from_str(json));
    parsed.map_err(|_| MalformedResponse("data"))
}

/// Refuses an empty page that is not the last: the caller would request pages without end.
fn check_progress<'v, N>(
    page: ListPage<'v, N>,
    is_empty: impl FnOnce(&N) -> bool,
) -> Result<ListPage<'v, N>, MalformedResponse> {
    if page.next.is_some() && is_empty(&page.nodes) {
        Err(MalformedResponse("nodes"))
    } else {
        Ok(page)
    }
}

/// An object of which the first field has this name.
struct FieldSeed<S>(&'static str, S);

impl<'v, S: DeserializeSeed<'v>> DeserializeSeed<'v> for FieldSeed<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'v, S: DeserializeSeed<'v>> Visitor<'v> for FieldSeed<S> {
    type Value = S::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with {}", self.0)
    }

    fn visit_map<A: MapAccess<'v>>(self, mut map: A) -> Result<S::Value, A::Error> {
        match map.next_key::<&str>()? {
            Some(key) if key == self.0 => map.next_value_seed(self.1),
            _ => Err(Error::missing_field(self.0)),
        }
    }
}

/// The fields of a connection before its nodes.
#[derive(Default)]
struct Head<'v> {
    counted: bool,
    info: Option<PageInfo<'v>>,
    total: Option<u64>,
}

impl<'v> DeserializeSeed<'v> for &mut Head<'v> {
    type Value = ();

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'v> Visitor<'v> for &mut Head<'v> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a connection")
    }

    fn visit_map<A: MapAccess<'v>>(self, mut map: A) -> Result<(), A::Error> {
        while self.info.is_none() || (self.counted && self.total.is_none()) {
            match map.next_key::<&str>()? {
                Some("pageInfo") => self.info = Some(map.next_value()?),
                Some("totalCount") => self.total = map.next_value()?,
                Some(_) => drop(map.next_value::<IgnoredAny>()?),
                None => break,
            }
        }
        Ok(())
    }
}
