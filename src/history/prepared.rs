//! Sessions that are made of records before it is known what is stored, beside the writing of other records. If the session
//! of a record is not stored, little is left to compute while the database waits.

use std::sync::{Mutex, PoisonError};

use super::{limits::ValidRecord, merge::merge, record::Record};
use crate::{
    domain::{session::StartMethod, viewer::AccountId},
    store::write_batch::StoredSession,
};

/// Makes sessions of the records of a writer.
#[derive(Clone, Copy, Debug)]
pub struct Preparation {
    pub(super) account: AccountId,
    pub(super) start_method: StartMethod,
    /// Whether the words of sessions are stored.
    pub(super) has_search: bool,
}

/// The session that a record makes if none is stored. It is used once: a batch that is written again makes it again.
#[derive(Debug)]
pub struct PreparedSession(Mutex<Option<StoredSession>>);

/// A record of a batch, and its prepared session, if there is one.
#[derive(Clone, Copy, Debug)]
pub struct BatchRecord<'a> {
    pub(super) record: &'a Record,
    pub(super) prepared: Option<&'a PreparedSession>,
}

impl Preparation {
    /// The session of a record. None if it lacks what a new session needs.
    pub fn session(&self, record: &ValidRecord) -> Option<PreparedSession> {
        let aggregate = merge(self.account, None, record, self.start_method).ok()?;
        let words = self.has_search.then(|| aggregate.words());
        Some(PreparedSession(Mutex::new(Some(StoredSession { aggregate, words }))))
    }
}

impl PreparedSession {
    pub(super) fn take(&self) -> Option<StoredSession> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<'a> BatchRecord<'a> {
    /// A record with a prepared session.
    pub fn new(record: &'a ValidRecord, prepared: Option<&'a PreparedSession>) -> Self {
        Self { record, prepared }
    }
}
