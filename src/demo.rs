//! A made-up account to look at: a year of sessions, the same at every run.
//!
//! No name, address or company in it is a true one; addresses are under domains that are reserved
//! for documentation. The greater part of the data is in tables, one file a language.

mod calendar;
mod language;
mod languages;
mod people;
mod random;
mod session;

#[cfg(test)]
mod tests;

use crate::{domain::time::Timestamp, ingest::record::Record};

/// How many sessions a year has, to within those that would begin on its last day after `until`.
pub const SESSIONS: i64 = 6_000;

/// The number of the first session.
const FIRST_ID: i64 = 10_001;

/// The demo account's sessions of the 365 days before `until`, oldest first.
///
/// They depend on `until` alone. Numbers grow with time.
pub fn records(until: Timestamp) -> impl Iterator<Item = Record> {
    (FIRST_ID..)
        .zip(calendar::starts(until, 365, SESSIONS))
        .map(move |(id, start)| session::record(id, start, until))
}
