//! Objects by their id: readable, and opaque to callers.

use std::{fmt, str::FromStr};

use async_graphql::{ID, Interface};

use super::{
    chat_message::ChatMessage,
    context::RequestContext,
    loader::{ChatMessageId, SessionId, TechnicianId, VideoId},
    session::Session,
    technician::Technician,
    video::Video,
};
use crate::error::{Error, Result};

/// An object that can be fetched again by its id.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The object's id, unique in the account."))]
pub enum Node {
    /// A session.
    Session(Session),
    /// A technician.
    Technician(Technician),
    /// A chat message.
    ChatMessage(ChatMessage),
    /// A recording.
    Video(Video),
}

/// The id of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeId {
    Session(i64),
    Technician(i64),
    ChatMessage(i64, i64),
    Video(i64, i64),
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(id) => write!(formatter, "session_{id}"),
            Self::Technician(id) => write!(formatter, "technician_{id}"),
            Self::ChatMessage(session, seq) => write!(formatter, "chatMessage_{session}_{seq}"),
            Self::Video(session, seq) => write!(formatter, "video_{session}_{seq}"),
        }
    }
}

impl FromStr for NodeId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split('_');
        let kind = parts.next().unwrap_or_default();
        let mut number = || parts.next().and_then(legacy_number);
        let id = match kind {
            "session" => number().map(Self::Session),
            "technician" => number().map(Self::Technician),
            "chatMessage" => number().zip(number()).map(|(id, seq)| Self::ChatMessage(id, seq)),
            "video" => number().zip(number()).map(|(id, seq)| Self::Video(id, seq)),
            _ => None,
        };
        id.filter(|_| parts.next().is_none())
            .ok_or_else(|| Error::input("This is not the id of an object."))
    }
}

/// A session's legacy number: decimal digits within 64 bits.
pub(super) fn legacy_number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The number of a session that is named by its id or by its bare legacy number.
pub(super) fn session_number(text: &str) -> Result<i64> {
    match (legacy_number(text), text.parse()) {
        (Some(number), _) | (None, Ok(NodeId::Session(number))) => Ok(number),
        _ => Err(Error::input("This is neither a session's id nor a legacy number.")),
    }
}

/// The object with this id, if the account has it.
pub(super) async fn find(request: &RequestContext, id: &str) -> Result<Option<Node>> {
    let loaders = request.loaders()?;
    Ok(match id.parse()? {
        NodeId::Session(id) => {
            loaders.load_one(SessionId(id)).await?.map(|row| Node::Session(Session(row)))
        }
        NodeId::Technician(id) => {
            loaders.load_one(TechnicianId(id)).await?.map(|row| Node::Technician(Technician(row)))
        }
        NodeId::ChatMessage(session, seq) => {
            let row = loaders.load_one(ChatMessageId(session, seq)).await?;
            row.map(|row| Node::ChatMessage(ChatMessage(row)))
        }
        NodeId::Video(session, seq) => {
            loaders.load_one(VideoId(session, seq)).await?.map(|row| Node::Video(Video(row)))
        }
    })
}
