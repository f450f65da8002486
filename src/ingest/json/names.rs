//! The names of members: those of an envelope, and those of a session.

use crate::ingest::{
    draft::{named, session_element},
    style::{DocumentStyle, ElementScope},
};

/// The members of an envelope, in lower case.
const ENVELOPE: [&str; 7] =
    ["requests", "nrequests", "response", "details", "result", "errordetails", "error_msg"];
/// The member that a rejects file adds to a session.
const REJECTED_BECAUSE: &str = "rejected_because";

/// A member, known by its name.
pub(super) enum Member {
    /// It belongs to what surrounds the sessions.
    Envelope(&'static str),
    /// It belongs to a session.
    Session,
    Unknown,
}

/// Finds a member by its name in any letter case.
pub(super) fn member(style: &DocumentStyle, name: &str) -> Member {
    if style.renamed(ElementScope::Session, name).is_some() {
        return Member::Session;
    }
    match named(&ENVELOPE, style.standard_name(ElementScope::Envelope, name)) {
        Some(name) => Member::Envelope(name),
        None if session_element(name).is_some() => Member::Session,
        None if name.eq_ignore_ascii_case(REJECTED_BECAUSE) => Member::Session,
        None => Member::Unknown,
    }
}
