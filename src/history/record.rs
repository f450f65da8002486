//! A change of one session: what is now known of it.

use crate::domain::{
    session::{SenderRole, StartMethod},
    time::Timestamp,
};

/// The change of one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Nothing: what is stored stays.
    #[default]
    Absent,
    /// That it is empty: what is stored is cleared.
    Empty,
    /// Its value.
    Value(T),
}

/// The change of one session. An absent field is not changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The session's legacy number.
    pub id: i64,
    /// The technician's user name, which identifies the technician in the account.
    pub tech_username: Field<String>,
    /// The technician's name.
    pub tech_name: Field<String>,
    /// The customer's name.
    pub customer_name: Field<String>,
    /// The customer's e-mail address.
    pub customer_email: Field<String>,
    /// The customer's number in the account's own records.
    pub customer_number: Field<String>,
    /// The computer's name.
    pub computer_name: Field<String>,
    /// The computer's domain.
    pub computer_domain: Field<String>,
    /// The computer's operating system.
    pub computer_os: Field<String>,
    /// The customer's words about the problem.
    pub problem_description: Field<String>,
    /// The technician's notes.
    pub notes: Field<String>,
    /// When the session began.
    pub started_at: Field<Timestamp>,
    /// When it ended.
    pub ended_at: Field<Timestamp>,
    /// How it began.
    pub start_method: Option<StartMethod>,
    /// Whether recordings exist, in a document that may have no links.
    pub has_videos: Option<bool>,
    /// The whole chat, in order.
    pub chat: Option<Vec<ChatLine>>,
    /// All recordings, in order.
    pub videos: Option<Vec<VideoLink>>,
    /// All custom fields, in order.
    pub custom_fields: Option<Vec<CustomField>>,
}

/// One message of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatLine {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Who sent it, as the chat shows it. Empty is absent.
    pub sender: Option<String>,
    /// The role of the sender, if the document has it.
    pub sender_role: Option<SenderRole>,
    /// The text.
    pub body: String,
}

/// One recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoLink {
    /// Where it can be watched.
    pub url: String,
    /// When it began.
    pub recorded_at: Field<Timestamp>,
    /// Its length in seconds.
    pub duration_seconds: Field<i64>,
    /// Its size in bytes.
    pub size_bytes: Field<i64>,
}

/// One custom field. A document made for names alone lacks the values, and the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomField {
    /// Its name, `None` where the document has no names.
    pub name: Option<String>,
    /// Its value, `None` where the document has no values.
    pub value: Option<String>,
}
