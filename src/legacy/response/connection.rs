//! Parsing connections.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};

use super::value::{ListItems, ListPage};
use crate::legacy::vars::ChildList;

/// A connection, whose nodes are parsed by this seed.
pub(super) struct ConnectionSeed<S>(pub(super) S);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo<'v> {
    has_next_page: bool,
    end_cursor: Option<&'v str>,
}

impl<'v> PageInfo<'v> {
    /// The cursor of the next page, if there is one; `None` if it is missing.
    pub(super) fn next(self) -> Option<Option<&'v str>> {
        match self.end_cursor {
            _ if !self.has_next_page => Some(None),
            None | Some("") => None,
            cursor => Some(cursor),
        }
    }
}

impl<'v, S: DeserializeSeed<'v>> DeserializeSeed<'v> for ConnectionSeed<S> {
    type Value = ListPage<'v, S::Value>;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'v, S: DeserializeSeed<'v>> Visitor<'v> for ConnectionSeed<S> {
    type Value = ListPage<'v, S::Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a connection")
    }

    fn visit_map<A: MapAccess<'v>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut seed, mut nodes, mut info) = (Some(self.0), None, None);
        while let Some(key) = map.next_key::<&str>()? {
            match (key, seed.take()) {
                ("nodes", Some(seed)) => nodes = Some(map.next_value_seed(seed)?),
                (_, unused) => {
                    seed = unused;
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
        Ok(ListPage { nodes, next })
    }
}

/// Parses the items of a child list.
impl<'v> DeserializeSeed<'v> for ChildList {
    type Value = ListItems<'v>;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<ListItems<'v>, D::Error> {
        match self {
            Self::Chat => Vec::deserialize(deserializer).map(ListItems::Messages),
            Self::Videos => Vec::deserialize(deserializer).map(ListItems::Links),
        }
    }
}
