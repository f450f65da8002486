//! The sessions in a GraphQL answer, whose texts stay where they are.

use std::borrow::Cow;

use serde::Deserialize;

use super::vars::List;

mod read;
mod session;
mod text;

pub(super) use read::{info, page, rest};
pub(super) use session::Shape;
pub(super) use text::{Date, Text};

/// The answer does not have the shape that was asked for; it lacks this, or has it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// One session.
#[derive(Debug, Default)]
pub(super) struct Session<'v> {
    /// Its node id, where it has lists.
    pub(super) id: Cow<'v, str>,
    /// What it has for each element of `VARS`, in the order asked.
    pub(super) cells: Vec<Cell<'v>>,
    pub(super) fields: Vec<Field<'v>>,
}

/// What a session has for one element of `VARS`.
#[derive(Debug)]
pub(super) enum Cell<'v> {
    /// Nothing was read yet.
    Missing,
    Number(i64),
    /// A text; an absent one is empty.
    Text(Cow<'v, str>),
    Date(Date),
    Flag(bool),
    List(Connection<'v, Items<'v>>),
    /// The names or values of the session's custom fields.
    Fields,
}

/// A custom field.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Field<'v> {
    #[serde(borrow)]
    pub(super) name: Text<'v>,
    #[serde(borrow)]
    pub(super) value: Text<'v>,
}

/// What is in a session's list.
#[derive(Debug)]
pub(super) enum Items<'v> {
    Messages(Vec<Message<'v>>),
    Links(Vec<Link<'v>>),
}

/// A message of the chat.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<'v> {
    pub(super) sent_at: Date,
    #[serde(borrow)]
    pub(super) sender: Text<'v>,
    #[serde(borrow)]
    pub(super) body: Text<'v>,
}

/// A recording.
#[derive(Debug, Deserialize)]
pub(super) struct Link<'v> {
    #[serde(borrow)]
    pub(super) url: Text<'v>,
}

/// A page of a list.
#[derive(Debug)]
pub(super) struct Connection<'v, N> {
    pub(super) nodes: N,
    /// The cursor to go on from, if there are more pages.
    pub(super) next: Option<&'v str>,
}

/// An answer as text, looked at once, so that not each text in it need be.
pub(super) fn text(json: Vec<u8>) -> Result<String, Malformed> {
    String::from_utf8(json).map_err(|_| Malformed("UTF-8"))
}

impl Items<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Messages(messages) => messages.is_empty(),
            Self::Links(links) => links.is_empty(),
        }
    }

    /// Which list they are of.
    pub(super) fn list(&self) -> List {
        match self {
            Self::Messages(_) => List::Chat,
            Self::Links(_) => List::Videos,
        }
    }
}
