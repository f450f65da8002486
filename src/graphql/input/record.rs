//! What callers record: sessions with all that belongs to them.
//!
//! An absent field leaves what is stored, and null clears it, as an absent and an empty element of an imported
//! document do.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::super::{
    enums::{SenderRole, StartMethod},
    node_id::session_number,
    scalar::DateTime,
};
use crate::{
    error::{Error, Result},
    history::record::{ChatLine, CustomField, Field, Record, VideoLink},
};

/// A session to record. An absent field leaves what is stored, null clears it.
#[derive(Clone, Debug, InputObject)]
pub struct SessionInput {
    /// The session's number in the support tool, or its id.
    legacy_id: ID,
    /// When the session began. A session that is not stored yet needs it.
    started_at: MaybeUndefined<DateTime>,
    /// When the session ended; null while it is open. An end before the start, or more than ten years after it,
    /// is an open session.
    ended_at: MaybeUndefined<DateTime>,
    /// How the session began. The default of a new session is APPLET. Null is the same as absent.
    start_method: Option<StartMethod>,
    /// The technician who helped; null if the session was not answered.
    technician: MaybeUndefined<TechnicianInput>,
    /// The customer.
    customer: MaybeUndefined<CustomerInput>,
    /// The customer's computer.
    computer: MaybeUndefined<ComputerInput>,
    /// The customer's description of the problem.
    problem_description: MaybeUndefined<String>,
    /// The technician's notes.
    notes: MaybeUndefined<String>,
    /// Whether there are recordings, if their addresses are not known. False removes all recordings. Null is
    /// the same as absent.
    has_videos: Option<bool>,
    /// All chat messages, in order. They replace those that are stored.
    chat_messages: MaybeUndefined<Vec<ChatMessageInput>>,
    /// All recordings, in order. They replace those that are stored.
    videos: MaybeUndefined<Vec<VideoInput>>,
    /// All custom fields, in order. They replace those that are stored.
    custom_fields: MaybeUndefined<Vec<CustomFieldInput>>,
}

/// The technician of a session to record.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TechnicianInput {
    /// The user name, which identifies the technician whatever its letter case. Without one, the name is used.
    username: MaybeUndefined<String>,
    /// The name. It becomes the name of the technician in all sessions.
    name: MaybeUndefined<String>,
}

/// The customer of a session to record.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CustomerInput {
    /// The customer's name.
    name: MaybeUndefined<String>,
    /// The customer's e-mail address.
    email: MaybeUndefined<String>,
    /// The customer's number in the account's own records.
    number: MaybeUndefined<String>,
}

/// The computer of a session to record.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ComputerInput {
    /// The computer's name.
    name: MaybeUndefined<String>,
    /// The domain or workgroup of the computer.
    domain: MaybeUndefined<String>,
    /// The computer's operating system.
    os: MaybeUndefined<String>,
}

/// A chat message to record.
#[derive(Clone, Debug, InputObject)]
pub struct ChatMessageInput {
    /// When the message was sent.
    sent_at: DateTime,
    /// The sender, as the chat shows it.
    sender: Option<String>,
    /// The role of the sender. Without one, the role is that of the person of the session whose name the sender
    /// has.
    sender_role: Option<SenderRole>,
    /// The text of the message.
    body: String,
}

/// A recording to record. An absent field leaves what is stored of the recording with the same address at the
/// same position, null clears it.
#[derive(Clone, Debug, InputObject)]
pub struct VideoInput {
    /// The address of the recording.
    url: String,
    /// When the recording began.
    recorded_at: MaybeUndefined<DateTime>,
    /// The length in seconds.
    duration_seconds: MaybeUndefined<i32>,
    /// The size in bytes, a whole number.
    size_bytes: MaybeUndefined<f64>,
}

/// A custom field to record.
#[derive(Clone, Debug, InputObject)]
pub struct CustomFieldInput {
    /// The field's name.
    name: String,
    /// The field's value.
    value: Option<String>,
}

impl SessionInput {
    /// The record.
    ///
    /// # Errors
    /// When the number is not that of a session, or the size of a recording is not a whole number.
    pub(in crate::graphql) fn into_record(self) -> Result<Record> {
        let technician = group(self.technician);
        let customer = group(self.customer);
        let computer = group(self.computer);
        Ok(Record {
            id: session_number(&self.legacy_id)?,
            tech_username: of_group(&technician, |it| &it.username),
            tech_name: of_group(&technician, |it| &it.name),
            customer_name: of_group(&customer, |it| &it.name),
            customer_email: of_group(&customer, |it| &it.email),
            customer_number: of_group(&customer, |it| &it.number),
            computer_name: of_group(&computer, |it| &it.name),
            computer_domain: of_group(&computer, |it| &it.domain),
            computer_os: of_group(&computer, |it| &it.os),
            problem_description: field(self.problem_description),
            notes: field(self.notes),
            started_at: time(self.started_at),
            ended_at: time(self.ended_at),
            start_method: self.start_method.map(Into::into),
            has_videos: self.has_videos,
            chat: list(self.chat_messages, |message| Ok(message.into_line()))?,
            videos: list(self.videos, VideoInput::into_link)?,
            custom_fields: list(self.custom_fields, |CustomFieldInput { name, value }| {
                Ok(CustomField { name: Some(name), value: Some(value.unwrap_or_default()) })
            })?,
        })
    }
}

impl ChatMessageInput {
    /// The message of a record.
    pub(in crate::graphql) fn into_line(self) -> ChatLine {
        let Self { sent_at, sender, sender_role, body } = self;
        let sender_role = sender_role.map(Into::into);
        ChatLine { sent_at: sent_at.0, sender, sender_role, body }
    }
}

impl VideoInput {
    fn into_link(self) -> Result<VideoLink> {
        let size_bytes = match self.size_bytes {
            MaybeUndefined::Undefined => Field::Absent,
            MaybeUndefined::Null => Field::Empty,
            MaybeUndefined::Value(size) => Field::Value(whole(size)?),
        };
        Ok(VideoLink {
            url: self.url,
            recorded_at: time(self.recorded_at),
            duration_seconds: field(self.duration_seconds.map_value(i64::from)),
            size_bytes,
        })
    }
}

/// What the fields of documents are called here.
pub(in crate::graphql) fn field_name(name: &'static str) -> &'static str {
    match name {
        "id" => "legacyId",
        "tech_username" => "technician.username",
        "tech_name" => "technician.name",
        "customer_name" => "customer.name",
        "customer_email" => "customer.email",
        "customer_number" => "customer.number",
        "computer_name" => "computer.name",
        "computer_domain" => "computer.domain",
        "computer_os" => "computer.os",
        "problem_description" => "problemDescription",
        "date_start" => "startedAt",
        "text" => "body",
        "duration_seconds" => "durationSeconds",
        "size_bytes" => "sizeBytes",
        other => other,
    }
}

fn field<T>(value: MaybeUndefined<T>) -> Field<T> {
    match value {
        MaybeUndefined::Undefined => Field::Absent,
        MaybeUndefined::Null => Field::Empty,
        MaybeUndefined::Value(value) => Field::Value(value),
    }
}

fn time(value: MaybeUndefined<DateTime>) -> Field<crate::domain::time::Timestamp> {
    field(value.map_value(|time| time.0))
}

/// The fields of a group. None clears all of them.
fn group<T: Default>(value: MaybeUndefined<T>) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => Some(T::default()),
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(value) => Some(value),
    }
}

fn of_group<T>(group: &Option<T>, of: fn(&T) -> &MaybeUndefined<String>) -> Field<String> {
    group.as_ref().map_or(Field::Empty, |group| field(of(group).clone()))
}

/// The items of a list, which is empty if it is null.
fn list<I, T>(
    value: MaybeUndefined<Vec<I>>,
    item: impl Fn(I) -> Result<T>,
) -> Result<Option<Vec<T>>> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(Vec::new())),
        MaybeUndefined::Value(items) => {
            items.into_iter().map(item).collect::<Result<_>>().map(Some)
        }
    }
}

/// A size as a number of 64 bits, which the limits of records check.
fn whole(size: f64) -> Result<i64> {
    if size.fract() == 0.0 {
        return Ok(size as i64);
    }
    Err(Error::input(format!("sizeBytes is {size}; it must be a whole number.")))
}
