//! Reading an answer in one pass. Nothing is made of it but what is written out: no map of its
//! objects, no copy of its texts.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};

use super::{Connection, Items, Malformed, Session, Shape, session::Sessions};
use crate::legacy::vars::List;

/// Reads a page of sessions and shows each to `each`. Answers how many there were.
pub(in crate::legacy) fn page<'v>(
    json: &'v str,
    shape: &Shape,
    each: impl FnMut(&Session<'v>),
) -> Result<u64, Malformed> {
    Ok(sound(read(json, At("sessions", Page(Sessions { shape, each })))?, |nodes| *nodes == 0)?
        .nodes)
}

/// Reads a later page of a session's list.
pub(in crate::legacy) fn rest(
    json: &str,
    list: List,
) -> Result<Connection<'_, Items<'_>>, Malformed> {
    let page = read(json, At("session", At(list.field(), Page(list))))?;
    sound(page, Items::is_empty)
}

/// What an answer tells of its page of sessions.
pub(in crate::legacy) struct Info<'v> {
    /// The cursor to go on from, if there are more pages.
    pub(in crate::legacy) next: Option<&'v str>,
    /// How many sessions there are in all, where that was asked.
    pub(in crate::legacy) total: Option<u64>,
}

/// Reads what stands before the sessions, the total too if they are `counted`.
pub(in crate::legacy) fn info(json: &str, counted: bool) -> Result<Info<'_>, Malformed> {
    let mut head = Head { counted, ..Head::default() };
    // The sessions are left unread, which is an error that means nothing.
    let _ = read(json, At("sessions", &mut head));
    if counted && head.total.is_none() {
        return Err(Malformed("totalCount"));
    }
    let next = head.info.and_then(PageInfo::next).ok_or(Malformed("pageInfo"))?;
    Ok(Info { next, total: head.total })
}

fn read<'v, S: DeserializeSeed<'v>>(json: &'v str, seed: S) -> Result<S::Value, Malformed> {
    // The error is not told: it may name what is in the answer.
    let read = seed.deserialize(&mut serde_json::Deserializer::from_str(json));
    read.map_err(|_| Malformed("data"))
}

/// A page that is empty and yet not the last would be asked for again and again.
fn sound<'v, N>(
    page: Connection<'v, N>,
    is_empty: impl FnOnce(&N) -> bool,
) -> Result<Connection<'v, N>, Malformed> {
    if page.next.is_some() && is_empty(&page.nodes) { Err(Malformed("nodes")) } else { Ok(page) }
}

/// One field of an object.
struct At<S>(&'static str, S);

impl<'v, S: DeserializeSeed<'v>> DeserializeSeed<'v> for At<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'v, S: DeserializeSeed<'v>> Visitor<'v> for At<S> {
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

/// A connection, with what its nodes are.
pub(in crate::legacy) struct Page<S>(pub(crate) S);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo<'v> {
    has_next_page: bool,
    end_cursor: Option<&'v str>,
}

impl<'v> PageInfo<'v> {
    /// The cursor to go on from, if there are more pages; none at all if it should be there and
    /// is not.
    fn next(self) -> Option<Option<&'v str>> {
        match self.end_cursor {
            _ if !self.has_next_page => Some(None),
            None | Some("") => None,
            cursor => Some(cursor),
        }
    }
}

/// The fields of a connection but for its nodes.
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

impl<'v, S: DeserializeSeed<'v>> DeserializeSeed<'v> for Page<S> {
    type Value = Connection<'v, S::Value>;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'v, S: DeserializeSeed<'v>> Visitor<'v> for Page<S> {
    type Value = Connection<'v, S::Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a connection")
    }

    fn visit_map<A: MapAccess<'v>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut seed, mut nodes, mut info) = (Some(self.0), None, None);
        while let Some(key) = map.next_key::<&str>()? {
            match (key, seed.take()) {
                ("nodes", Some(seed)) => nodes = Some(map.next_value_seed(seed)?),
                (_, kept) => {
                    seed = kept;
                    match key {
                        "pageInfo" => info = Some(map.next_value::<PageInfo<'v>>()?),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
            }
        }
        let nodes = nodes.ok_or_else(|| Error::missing_field("nodes"))?;
        let info = info.ok_or_else(|| Error::missing_field("pageInfo"))?;
        let next = info.next().ok_or_else(|| Error::missing_field("endCursor"))?;
        Ok(Connection { nodes, next })
    }
}

/// The items of a session's list.
impl<'v> DeserializeSeed<'v> for List {
    type Value = Items<'v>;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<Items<'v>, D::Error> {
        match self {
            Self::Chat => Vec::deserialize(deserializer).map(Items::Messages),
            Self::Videos => Vec::deserialize(deserializer).map(Items::Links),
        }
    }
}
