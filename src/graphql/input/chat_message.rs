//! Filters of chat messages.

use async_graphql::InputObject;

use super::{
    All, check_size,
    operator::{DateTimeFilter, Ordered, SenderRoleFilter, TextFilter},
};
use crate::{
    domain::filter::{self as domain, ChatMessageCondition as Condition},
    error::Result,
};

/// Which chat messages. All of the conditions must hold; an empty filter restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ChatMessageFilter {
    /// On when the message was sent.
    sent_at: Option<DateTimeFilter>,
    /// On who sent the message, as the chat shows it.
    sender: Option<TextFilter>,
    /// On the role in which it was sent.
    sender_role: Option<SenderRoleFilter>,
    /// On what the message says.
    body: Option<TextFilter>,
    /// All of these hold.
    and: Option<Vec<ChatMessageFilter>>,
    /// At least one of these holds. An empty list keeps nothing.
    or: Option<Vec<ChatMessageFilter>>,
    /// This does not hold.
    not: Option<Box<ChatMessageFilter>>,
}

impl ChatMessageFilter {
    /// What it means.
    ///
    /// # Errors
    /// When it is too large or holds a value that cannot be compared.
    pub fn read(self) -> Result<domain::ChatMessageFilter> {
        let filter = self.parts()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn parts(self) -> Result<domain::ChatMessageFilter> {
        let mut all = All::new();
        all.field(self.sent_at, DateTimeFilter::read, |test| match test {
            Ordered::Than(comparison, value) => Condition::SentAt(comparison, value),
            Ordered::IsNull => Condition::SentAtUnknown,
        })?;
        all.field(self.sender, TextFilter::read, Condition::Sender)?;
        all.field(self.sender_role, SenderRoleFilter::read, Condition::SenderRole)?;
        all.field(self.body, TextFilter::read, Condition::Body)?;
        all.joints(self.and, self.or, self.not, Self::parts)?;
        Ok(all.into_filter())
    }
}
