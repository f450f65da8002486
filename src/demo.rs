//! The made-up sessions of the demo account: a year that ends now.
//!
//! They depend on the end of that year alone, and only in their times. No name, address or
//! company is real; addresses are under domains that are reserved for documentation. Most of the
//! data is in tables, one file a language.

mod calendar;
mod language;
mod languages;
mod people;
mod random;
mod session;

#[cfg(test)]
mod tests;

use crate::{domain::time::Timestamp, history::record::Record};

/// The number of sessions.
pub const SESSIONS: i64 = 6_000;

/// The id of the first session.
const FIRST_ID: i64 = 10_001;

/// Returns the sessions of the year before `until`, oldest first; the last starts some minutes
/// before `until`.
///
/// `until` decides the times alone: who needs help with what in the session of an id is always the
/// same. Ids grow with time.
pub fn records(until: Timestamp) -> impl Iterator<Item = Record> {
    // All times are whole seconds, as in legacy documents.
    let until = calendar::whole_seconds(until);
    (FIRST_ID..)
        .zip(calendar::starts(until, 365, SESSIONS))
        .map(move |(id, start)| session::record(id, start, until))
}
