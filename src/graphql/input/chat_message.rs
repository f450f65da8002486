//! Filters of chat messages.

use async_graphql::InputObject;

use super::{
    Conditions, check_size,
    operator::{DateTimeFilter, Ordered, SenderRoleFilter, TextFilter},
};
use crate::{
    domain::filter::{self as domain, ChatMessageCondition as Condition},
    error::Result,
};

/// Conditions on a chat message. All of them must match; an empty filter matches every message.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ChatMessageFilter {
    /// Conditions on the time at which the message was sent.
    sent_at: Option<DateTimeFilter>,
    /// Conditions on the sender's name as the chat shows it.
    sender: Option<TextFilter>,
    /// Conditions on the sender's role.
    sender_role: Option<SenderRoleFilter>,
    /// Conditions on the text of the message.
    body: Option<TextFilter>,
    /// All of these conditions must match. An empty list matches everything.
    and: Option<Vec<ChatMessageFilter>>,
    /// At least one of these conditions must match. An empty list matches nothing.
    or: Option<Vec<ChatMessageFilter>>,
    /// This condition must not match.
    not: Option<Box<ChatMessageFilter>>,
}

impl ChatMessageFilter {
    /// Converts the filter to the domain.
    ///
    /// # Errors
    /// When it has too many conditions, or a value that cannot be compared.
    pub fn into_domain(self) -> Result<domain::ChatMessageFilter> {
        let filter = self.into_condition()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn into_condition(self) -> Result<domain::ChatMessageFilter> {
        let mut conditions = Conditions::new();
        conditions.field(self.sent_at, DateTimeFilter::into_domain, |test| match test {
            Ordered::Than(comparison, value) => Condition::SentAt(comparison, value),
            Ordered::IsNull => Condition::SentAtUnknown,
        })?;
        conditions.field(self.sender, TextFilter::into_domain, Condition::Sender)?;
        conditions.field(self.sender_role, SenderRoleFilter::into_domain, Condition::SenderRole)?;
        conditions.field(self.body, TextFilter::into_domain, Condition::Body)?;
        conditions.add_operators(self.and, self.or, self.not, Self::into_condition)?;
        Ok(conditions.into_filter())
    }
}
