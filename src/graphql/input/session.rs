//! Filters and order of sessions.

use async_graphql::{Enum, InputObject};

use super::{
    All,
    chat_message::ChatMessageFilter,
    check_size,
    custom_field::CustomFieldFilter,
    operator::{DateTimeFilter, Ordered, SessionIdFilter, StartMethodFilter, TextFilter},
    technician::TechnicianFilter,
    video::VideoFilter,
};
use crate::{
    domain::{
        filter::{self as domain, Filter, SessionCondition as Condition, SessionText, SessionTime},
        time::Timestamp,
    },
    error::Result,
};

/// How sessions are listed. Sessions that began at the same time are ordered by their number.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::page::SessionOrder")]
pub enum SessionOrder {
    /// The oldest first.
    StartedAtAsc,
    /// The newest first.
    #[default]
    StartedAtDesc,
}

/// Which sessions. All of the conditions must hold; an empty filter restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionFilter {
    /// On the session's number.
    legacy_id: Option<SessionIdFilter>,
    /// On when the session began.
    started_at: Option<DateTimeFilter>,
    /// On when the session ended.
    ended_at: Option<DateTimeFilter>,
    /// On when the session was last changed in this gateway.
    updated_at: Option<DateTimeFilter>,
    /// On how the session began.
    start_method: Option<StartMethodFilter>,
    /// Whether a technician answered.
    answered: Option<bool>,
    /// Whether there are recordings.
    has_videos: Option<bool>,
    /// On the customer.
    customer: Option<CustomerFilter>,
    /// On the customer's computer.
    computer: Option<ComputerFilter>,
    /// On the technician. A session that nobody answered meets no condition here.
    technician: Option<TechnicianFilter>,
    /// On the customer's description of the problem.
    problem_description: Option<TextFilter>,
    /// On the technician's notes.
    notes: Option<TextFilter>,
    /// The session has a custom field that meets all of these.
    custom_field: Option<CustomFieldFilter>,
    /// On the chat.
    chat_messages: Option<ChatMessageListFilter>,
    /// On the recordings.
    videos: Option<VideoListFilter>,
    /// All of these hold.
    and: Option<Vec<SessionFilter>>,
    /// At least one of these holds. An empty list keeps nothing.
    or: Option<Vec<SessionFilter>>,
    /// This does not hold.
    not: Option<Box<SessionFilter>>,
}

/// On a session's customer.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CustomerFilter {
    /// On the name.
    name: Option<TextFilter>,
    /// On the e-mail address.
    email: Option<TextFilter>,
    /// On the number in the account's own books.
    number: Option<TextFilter>,
}

/// On a session's computer.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ComputerFilter {
    /// On the name.
    name: Option<TextFilter>,
    /// On the domain.
    domain: Option<TextFilter>,
    /// On the operating system.
    os: Option<TextFilter>,
}

/// On a session's chat messages.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ChatMessageListFilter {
    /// There is a message that this keeps.
    some: Option<ChatMessageFilter>,
    /// There is no message that this keeps.
    none: Option<ChatMessageFilter>,
}

/// On a session's recordings.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VideoListFilter {
    /// There is a recording that this keeps.
    some: Option<VideoFilter>,
    /// There is no recording that this keeps.
    none: Option<VideoFilter>,
}

impl SessionFilter {
    /// What it means.
    ///
    /// # Errors
    /// When it is too large or holds a value that cannot be compared.
    pub fn read(self) -> Result<domain::SessionFilter> {
        let filter = self.parts()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn parts(self) -> Result<domain::SessionFilter> {
        let mut all = All::new();
        all.field(self.legacy_id, SessionIdFilter::read, Condition::Id)?;
        for (time, filter) in [
            (SessionTime::StartedAt, self.started_at),
            (SessionTime::EndedAt, self.ended_at),
            (SessionTime::UpdatedAt, self.updated_at),
        ] {
            all.field(filter, DateTimeFilter::read, |test| on_time(time, test))?;
        }
        all.field(self.start_method, StartMethodFilter::read, Condition::StartMethod)?;
        all.flag(self.answered, Condition::Answered);
        all.flag(self.has_videos, Condition::HasVideos);
        let (customer, computer) =
            (self.customer.unwrap_or_default(), self.computer.unwrap_or_default());
        for (text, filter) in [
            (SessionText::CustomerName, customer.name),
            (SessionText::CustomerEmail, customer.email),
            (SessionText::CustomerNumber, customer.number),
            (SessionText::ComputerName, computer.name),
            (SessionText::ComputerDomain, computer.domain),
            (SessionText::ComputerOs, computer.os),
            (SessionText::ProblemDescription, self.problem_description),
            (SessionText::Notes, self.notes),
        ] {
            all.field(filter, TextFilter::read, |test| Condition::Text(text, test))?;
        }
        all.add(within(self.technician.map(TechnicianFilter::read), Condition::Technician)?);
        all.add(within(self.custom_field.map(CustomFieldFilter::read), Condition::CustomField)?);
        let chat = self.chat_messages.unwrap_or_default();
        all.add(some(chat.some.map(ChatMessageFilter::read), Condition::ChatMessage)?);
        all.add(none(chat.none.map(ChatMessageFilter::read), Condition::ChatMessage)?);
        let videos = self.videos.unwrap_or_default();
        all.add(some(videos.some.map(VideoFilter::read), Condition::Video)?);
        all.add(none(videos.none.map(VideoFilter::read), Condition::Video)?);
        all.joints(self.and, self.or, self.not, Self::parts)?;
        Ok(all.into_filter())
    }
}

fn on_time(time: SessionTime, test: Ordered<Timestamp>) -> Condition {
    match test {
        Ordered::Than(comparison, value) => Condition::Time(time, comparison, value),
        Ordered::IsNull => Condition::Absent(time),
    }
}

/// A condition on something related, unless it restricts nothing.
fn within<C>(
    filter: Option<Result<Filter<C>>>,
    condition: impl Fn(Filter<C>) -> Condition,
) -> Result<Option<domain::SessionFilter>> {
    let filter = filter.transpose()?.filter(|filter| !filter.is_unrestricted());
    Ok(filter.map(|filter| Filter::Is(condition(filter))))
}

fn some<C>(
    filter: Option<Result<Filter<C>>>,
    condition: impl Fn(Filter<C>) -> Condition,
) -> Result<Option<domain::SessionFilter>> {
    Ok(filter.transpose()?.map(|filter| Filter::Is(condition(filter))))
}

fn none<C>(
    filter: Option<Result<Filter<C>>>,
    condition: impl Fn(Filter<C>) -> Condition,
) -> Result<Option<domain::SessionFilter>> {
    Ok(some(filter, condition)?.map(Filter::negate))
}
