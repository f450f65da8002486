//! The sessions in a GraphQL response. Their texts are borrowed from its JSON, not copied.

use std::borrow::Cow;

use serde::Deserialize;

use super::vars::ChildList;

mod parse;
mod session;
mod text;

pub(super) use parse::{parse_continuation, parse_head, parse_sessions};
pub(super) use session::SessionShape;
pub(super) use text::{LegacyDate, ResponseText};

/// The response does not have the shape that the query selects: this part is absent or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MalformedResponse(pub(super) &'static str);

/// One session.
#[derive(Debug, Default)]
pub(super) struct ResponseSession<'v> {
    /// The node id, where lists are selected.
    pub(super) id: Cow<'v, str>,
    /// The value of each element of `VARS`, in the caller's order.
    pub(super) values: Vec<VarValue<'v>>,
    pub(super) custom_fields: Vec<NameAndValue<'v>>,
}

/// The value of a session for one element of `VARS`.
#[derive(Debug)]
pub(super) enum VarValue<'v> {
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
pub(super) struct NameAndValue<'v> {
    #[serde(borrow)]
    pub(super) name: ResponseText<'v>,
    #[serde(borrow)]
    pub(super) value: ResponseText<'v>,
}

/// The items of a child list.
#[derive(Debug)]
pub(super) enum ListItems<'v> {
    Messages(Vec<MessageItem<'v>>),
    Links(Vec<VideoItem<'v>>),
}

/// A message of the chat.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageItem<'v> {
    pub(super) sent_at: LegacyDate,
    #[serde(borrow)]
    pub(super) sender: ResponseText<'v>,
    #[serde(borrow)]
    pub(super) body: ResponseText<'v>,
}

/// A recording.
#[derive(Debug, Deserialize)]
pub(super) struct VideoItem<'v> {
    #[serde(borrow)]
    pub(super) url: ResponseText<'v>,
}

/// A page of a list in a response.
#[derive(Debug)]
pub(super) struct ListPage<'v, N> {
    pub(super) nodes: N,
    /// The cursor of the next page, if there is one.
    pub(super) next: Option<&'v str>,
}

/// The JSON as text. UTF-8 is checked once for the whole response, not for each text in it.
pub(super) fn json_text(json: Vec<u8>) -> Result<String, MalformedResponse> {
    String::from_utf8(json).map_err(|_| MalformedResponse("UTF-8"))
}

impl ListItems<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Messages(messages) => messages.is_empty(),
            Self::Links(links) => links.is_empty(),
        }
    }

    /// The kind of the list.
    pub(super) fn list(&self) -> ChildList {
        match self {
            Self::Messages(_) => ChildList::Chat,
            Self::Links(_) => ChildList::Videos,
        }
    }
}
