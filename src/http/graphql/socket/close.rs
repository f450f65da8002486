//! Why a WebSocket is closed.

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Message};

/// The maximum length of a reason, in bytes: that of a control frame, less the code.
const MAX_REASON: usize = 123;

/// Why a WebSocket is closed: a code, and a reason for people.
#[derive(Clone, Debug)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
    /// Whether the client has closed the socket, or its connection.
    is_of_client: bool,
}

impl Close {
    /// The server stops.
    pub(super) const STOPPED: Self = Self::fixed(1001, "The server stops: connect again");
    /// The bytes are not those of a WebSocket.
    pub(super) const NO_FRAME: Self = Self::fixed(1002, "Protocol error");
    /// The client is gone, or says nothing.
    pub(super) const LOST: Self = Self::of_client(1006);
    pub(super) const TOO_LARGE: Self = Self::fixed(1009, "The message is too large");
    /// The file of the database was replaced.
    pub(super) const RESTART: Self = Self::fixed(1012, "The database was replaced: connect again");
    pub(super) const UNAVAILABLE: Self = Self::fixed(1013, "Try again later");
    pub(super) const NO_INIT: Self = Self::fixed(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self::fixed(4403, "Forbidden");
    pub(super) const INIT_TIMEOUT: Self = Self::fixed(4408, "Connection initialisation timeout");
    pub(super) const SECOND_INIT: Self = Self::fixed(4429, "Too many initialisation requests");

    /// The code, if the server closes the socket.
    pub(super) fn code_of_server(&self) -> Option<u16> {
        (!self.is_of_client).then_some(self.code)
    }

    const fn fixed(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason), is_of_client: false }
    }

    /// The client has closed the socket.
    pub(super) const fn of_client(code: u16) -> Self {
        Self { code, reason: Cow::Borrowed(""), is_of_client: true }
    }

    /// A message is not one of the protocol.
    pub(super) fn invalid(reason: String) -> Self {
        Self { reason: reason.into(), ..Self::fixed(4400, "") }
    }

    /// An operation with this id is in progress.
    pub(super) fn duplicate(id: &str) -> Self {
        Self {
            reason: format!("Subscriber for {id} already exists").into(),
            ..Self::fixed(4409, "")
        }
    }

    /// The frame that tells the client, unless the client knows.
    pub(super) fn frame(&self) -> Option<Message> {
        let mut end = self.reason.len().min(MAX_REASON);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        let reason = self.reason.get(..end).unwrap_or_default().into();
        let frame = CloseFrame { code: self.code, reason };
        (!self.is_of_client).then(|| Message::Close(Some(frame)))
    }
}
