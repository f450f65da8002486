//! Filters of chat messages.

use async_graphql::InputObject;

use super::{
    Conditions, FilterInput,
    operator::{DateTimeFilter, Ordered, SenderRoleFilter, TextFilter},
};
use crate::{
    domain::{
        filter::{ChatMessageCondition as Condition, Filter},
        time::Timestamp,
    },
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

impl FilterInput for ChatMessageFilter {
    type Condition = Condition;

    fn into_condition(self, now: Timestamp) -> Result<Filter<Condition>> {
        let mut conditions = Conditions::new(now);
        conditions.field(self.sent_at, |test| match test {
            Ordered::Than(comparison, value) => Condition::SentAt(comparison, value),
            Ordered::IsNull => Condition::SentAtUnknown,
        })?;
        conditions.field(self.sender, Condition::Sender)?;
        conditions.field(self.sender_role, Condition::SenderRole)?;
        conditions.field(self.body, Condition::Body)?;
        conditions.add_operators(self.and, self.or, self.not)?;
        Ok(conditions.into_filter())
    }
}
