//! What a response contains.

use std::borrow::Cow;

use serde::Deserialize;

use super::text::{LegacyDate, ResponseText};
use crate::legacy::vars::ChildList;

/// One session.
#[derive(Debug, Default)]
pub(in crate::legacy) struct ResponseSession<'v> {
    /// The node id, where lists are selected.
    pub(in crate::legacy) id: Cow<'v, str>,
    /// The value of each element of `VARS`, in the caller's order.
    pub(in crate::legacy) values: Vec<VarValue<'v>>,
    pub(in crate::legacy) custom_fields: Vec<NameAndValue<'v>>,
}

/// The value of a session for one element of `VARS`.
#[derive(Debug)]
pub(in crate::legacy) enum VarValue<'v> {
    /// Not parsed yet.
    Missing,
    Number(i64),
    /// A text. An absent text is empty.
    Text(Cow<'v, str>),
    Date(LegacyDate),
    Flag(bool),
    List(ListPage<'v, ListItems<'v>>),
    /// The names or values of the session's custom fields.
    CustomFields,
}

/// A custom field.
#[derive(Debug, Default, Deserialize)]
pub(in crate::legacy) struct NameAndValue<'v> {
    #[serde(borrow)]
    pub(in crate::legacy) name: ResponseText<'v>,
    #[serde(borrow)]
    pub(in crate::legacy) value: ResponseText<'v>,
}

/// The items of a child list.
#[derive(Debug)]
pub(in crate::legacy) enum ListItems<'v> {
    Messages(Vec<MessageItem<'v>>),
    Links(Vec<VideoItem<'v>>),
}

/// A message of the chat.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::legacy) struct MessageItem<'v> {
    pub(in crate::legacy) sent_at: LegacyDate,
    #[serde(borrow)]
    pub(in crate::legacy) sender: ResponseText<'v>,
    #[serde(borrow)]
    pub(in crate::legacy) body: ResponseText<'v>,
}

/// A recording.
#[derive(Debug, Deserialize)]
pub(in crate::legacy) struct VideoItem<'v> {
    #[serde(borrow)]
    pub(in crate::legacy) url: ResponseText<'v>,
}

/// A page of a list in a response.
#[derive(Debug)]
pub(in crate::legacy) struct ListPage<'v, N> {
    pub(in crate::legacy) nodes: N,
    /// The cursor of the next page, if there is one.
    pub(in crate::legacy) next: Option<&'v str>,
}

impl ListItems<'_> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Messages(messages) => messages.is_empty(),
            Self::Links(links) => links.is_empty(),
        }
    }

    /// The kind of the list.
    pub(in crate::legacy) fn list(&self) -> ChildList {
        match self {
            Self::Messages(_) => ChildList::Chat,
            Self::Links(_) => ChildList::Videos,
        }
    }
}
