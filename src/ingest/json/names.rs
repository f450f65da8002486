//! The names of members: those of an envelope, and those of a session.

use crate::ingest::draft::{SESSION_TEXTS, named};

/// The members of an envelope, in lower case.
const ENVELOPE: [&str; 7] =
    ["requests", "nrequests", "response", "details", "result", "errordetails", "error_msg"];
/// The members of a session that are not a text, and the one that a rejects file adds.
const SESSION_OTHERS: [&str; 6] = [
    "chat_info",
    "video_links",
    "custom_fields",
    "custom_field_name",
    "custom_field_value",
    "rejected_because",
];

/// A member, known by its name.
pub(super) enum Member {
    /// It belongs to what surrounds the sessions.
    Envelope(&'static str),
    /// It belongs to a session.
    Session,
    Unknown,
}

/// Finds a member by its name in any letter case.
pub(super) fn member(name: &str) -> Member {
    match named(&ENVELOPE, name) {
        Some(name) => Member::Envelope(name),
        None if named(&SESSION_TEXTS, name).or(named(&SESSION_OTHERS, name)).is_some() => {
            Member::Session
        }
        None => Member::Unknown,
    }
}
