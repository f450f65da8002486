//! Filters and order of sessions.

use async_graphql::InputObject;

use super::{
    Conditions, FilterInput,
    chat_message::ChatMessageFilter,
    custom_field::CustomFieldFilter,
    operator::{
        DateTimeFilter, IdTest, IntFilter, Ordered, SessionIdFilter, StartMethodFilter, TextFilter,
        checked,
    },
    technician::TechnicianFilter,
    video::VideoFilter,
};
use crate::{
    domain::{
        filter::{Filter, SessionCondition as Condition, SessionNumber, SessionText, SessionTime},
        search::Search,
        time::Timestamp,
    },
    error::Result,
};

/// Conditions on a session. All of them must match; an empty filter matches every session.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionFilter {
    /// Conditions on the session's number.
    legacy_id: Option<SessionIdFilter>,
    /// Conditions on the start time.
    started_at: Option<DateTimeFilter>,
    /// Conditions on the end time.
    ended_at: Option<DateTimeFilter>,
    /// Conditions on the time of the last change of the session in this gateway.
    updated_at: Option<DateTimeFilter>,
    /// Conditions on the duration in seconds. An open session does not match.
    duration_seconds: Option<IntFilter>,
    /// Conditions on the number of chat messages.
    chat_message_count: Option<IntFilter>,
    /// Conditions on the seconds from the start to the first message of a technician. A session without such a
    /// message does not match.
    first_response_seconds: Option<IntFilter>,
    /// Conditions on the way in which the session was started.
    start_method: Option<StartMethodFilter>,
    /// Whether a technician answered the session.
    answered: Option<bool>,
    /// Whether the session has recordings.
    has_videos: Option<bool>,
    /// Conditions on the customer.
    customer: Option<CustomerFilter>,
    /// Conditions on the customer's computer.
    computer: Option<ComputerFilter>,
    /// Conditions on the technician. A session without a technician does not match.
    technician: Option<TechnicianFilter>,
    /// Conditions on the customer's description of the problem.
    problem_description: Option<TextFilter>,
    /// Conditions on the technician's notes.
    notes: Option<TextFilter>,
    /// Conditions on one custom field. The session matches if one of its fields matches all of them.
    custom_field: Option<CustomFieldFilter>,
    /// Conditions on the chat messages.
    chat_messages: Option<ChatMessageListFilter>,
    /// Conditions on the recordings.
    videos: Option<VideoListFilter>,
    /// Words in the description of the problem, the notes and the chat messages, in any of them:
    /// `printer jam` both words, `"paper jam"` one after the other in one text, `print*` a word that begins
    /// so, `-fax` no such word. At most 10 terms. Letter case and diacritics do not matter.
    search: Option<String>,
    /// All of these conditions must match. An empty list matches everything.
    and: Option<Vec<SessionFilter>>,
    /// At least one of these conditions must match. An empty list matches nothing.
    or: Option<Vec<SessionFilter>>,
    /// This condition must not match.
    not: Option<Box<SessionFilter>>,
}

/// Conditions on the customer of a session. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CustomerFilter {
    /// Conditions on the name.
    name: Option<TextFilter>,
    /// Conditions on the e-mail address.
    email: Option<TextFilter>,
    /// Conditions on the customer's number in the account's own records.
    number: Option<TextFilter>,
}

/// Conditions on the customer's computer. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ComputerFilter {
    /// Conditions on the name.
    name: Option<TextFilter>,
    /// Conditions on the domain or workgroup.
    domain: Option<TextFilter>,
    /// Conditions on the operating system.
    os: Option<TextFilter>,
}

/// Conditions on the chat messages of a session. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ChatMessageListFilter {
    /// At least one message matches this filter. An empty filter matches any message.
    some: Option<ChatMessageFilter>,
    /// No message matches this filter.
    none: Option<ChatMessageFilter>,
}

/// Conditions on the recordings of a session. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VideoListFilter {
    /// At least one recording matches this filter. An empty filter matches any recording.
    some: Option<VideoFilter>,
    /// No recording matches this filter.
    none: Option<VideoFilter>,
}

impl FilterInput for SessionFilter {
    type Condition = Condition;

    fn into_condition(self, now: Timestamp) -> Result<Filter<Condition>> {
        let mut conditions = Conditions::new(now);
        conditions.field(self.legacy_id, |test| match test {
            IdTest::OneOf(ids) => Condition::Id(ids),
            IdTest::Than(comparison, id) => Condition::Number(SessionNumber::Id, comparison, id),
        })?;
        for (time, filter) in [
            (SessionTime::StartedAt, self.started_at),
            (SessionTime::EndedAt, self.ended_at),
            (SessionTime::UpdatedAt, self.updated_at),
        ] {
            conditions.field(filter, |test| on_time(time, test))?;
        }
        for (number, filter) in [
            (SessionNumber::DurationSeconds, self.duration_seconds),
            (SessionNumber::ChatMessageCount, self.chat_message_count),
            (SessionNumber::FirstResponseSeconds, self.first_response_seconds),
        ] {
            conditions.field(filter, |(comparison, value)| {
                Condition::Number(number, comparison, value)
            })?;
        }
        conditions.field(self.start_method, Condition::StartMethod)?;
        conditions.flag(self.answered, Condition::Answered);
        conditions.flag(self.has_videos, Condition::HasVideos);
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
            conditions.field(filter, |test| Condition::Text(text, test))?;
        }
        conditions.add(related(now, self.technician, Condition::Technician)?);
        conditions.add(related(now, self.custom_field, Condition::CustomField)?);
        let chat = self.chat_messages.unwrap_or_default();
        conditions.add(some(now, chat.some, Condition::ChatMessage)?);
        conditions.add(none(now, chat.none, Condition::ChatMessage)?);
        let videos = self.videos.unwrap_or_default();
        conditions.add(some(now, videos.some, Condition::Video)?);
        conditions.add(none(now, videos.none, Condition::Video)?);
        if let Some(text) = self.search {
            let search = Search::parse(checked(&text)?)?;
            conditions.add(Some(Filter::Is(Condition::Search(search))));
        }
        conditions.add_operators(self.and, self.or, self.not)?;
        Ok(conditions.into_filter())
    }
}

fn on_time(time: SessionTime, test: Ordered<Timestamp>) -> Condition {
    match test {
        Ordered::Than(comparison, value) => Condition::Time(time, comparison, value),
        Ordered::IsNull => Condition::Absent(time),
    }
}

/// A condition on a related object, unless it restricts nothing.
fn related<F: FilterInput>(
    now: Timestamp,
    filter: Option<F>,
    condition: impl Fn(Filter<F::Condition>) -> Condition,
) -> Result<Option<Filter<Condition>>> {
    let filter = filter.map(|filter| filter.into_domain(now)).transpose()?;
    let filter = filter.filter(|filter| !filter.is_unrestricted());
    Ok(filter.map(|filter| Filter::Is(condition(filter))))
}

fn some<F: FilterInput>(
    now: Timestamp,
    filter: Option<F>,
    condition: impl Fn(Filter<F::Condition>) -> Condition,
) -> Result<Option<Filter<Condition>>> {
    let filter = filter.map(|filter| filter.into_domain(now)).transpose()?;
    Ok(filter.map(|filter| Filter::Is(condition(filter))))
}

fn none<F: FilterInput>(
    now: Timestamp,
    filter: Option<F>,
    condition: impl Fn(Filter<F::Condition>) -> Condition,
) -> Result<Option<Filter<Condition>>> {
    Ok(some(now, filter, condition)?.map(Filter::negate))
}
