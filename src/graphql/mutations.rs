//! Changes of the history that callers request.

use tracing::Instrument;

pub(super) mod removal;

use super::context::Writes;
use crate::{
    domain::{
        audit::AuditSource, filter::SessionFilter, record_outcome::RecordOutcome,
        session::StartMethod, viewer::AccountId,
    },
    error::{Error, Outage, Result},
    history::{
        limits::{Invalid, ValidRecord},
        writer::{Outcome, Writer, WriterAudit},
    },
    store::table::{HoldResult, RecordResult, RemovalResult},
};

use removal::{HoldRequest, RemovalRequest, Target};

/// The maximum number of sessions or messages of one mutation.
pub(super) const MAX_RECORDED: usize = 500;

/// A change of the history.
#[derive(Debug)]
pub(super) enum Change {
    /// Records sessions. A record that is not valid is given as the reason.
    Record(Vec<Result<ValidRecord, String>>),
    /// Appends the chat of a record to that of its session.
    AppendChat(Box<ValidRecord>),
    /// Removes sessions.
    Remove(Box<RemovalRequest>),
    /// Holds sessions, or releases a hold.
    Hold(Box<HoldRequest>),
}

/// What a change led to.
#[derive(Debug)]
pub(super) enum Changed {
    /// The results of records, in their order.
    Recorded(Vec<RecordResult>),
    /// The session with this number was changed.
    Session(i64),
    /// The result of a removal.
    Removed(RemovalResult),
    /// The hold that was changed.
    Hold(HoldResult),
}

impl Change {
    /// Makes the change, and ends it also if the caller leaves meanwhile.
    ///
    /// # Errors
    /// When the change is refused, or the database fails.
    pub(super) async fn make(self, writes: Writes<'_>, account: AccountId) -> Result<Changed> {
        let (store, clock, source) =
            (writes.store.clone(), writes.clock, AuditSource::Key(writes.key));
        // A removal takes long, and lets others write between its batches.
        let slot = if let Self::Remove(_) = self { writes.removal_slot } else { writes.slot };
        // The semaphore is never closed.
        let slot = slot.clone().acquire_owned().await.map_err(Error::internal)?;
        if store.generation() != writes.generation {
            // The account is of a file that was replaced.
            return Err(Error::unavailable(Outage::Unreachable, "another file was opened"));
        }
        let change = async move {
            let _slot = slot;
            let target = Target { store, account, source, clock };
            match self {
                Self::Record(records) => record(&target.writer(), records).await,
                Self::AppendChat(messages) => append(&target.writer(), &messages).await,
                Self::Remove(request) => {
                    removal::remove(target, &request).await.map(Changed::Removed)
                }
                Self::Hold(request) => removal::hold(target, &request).await.map(Changed::Hold),
            }
        };
        writes.running.spawn(change.in_current_span()).await.map_err(Error::internal)?
    }

    /// The sessions that are searched for.
    pub(super) fn filter(&self) -> Option<&SessionFilter> {
        match self {
            Self::Remove(request) => Some(&request.filter),
            Self::Hold(request) => match &**request {
                HoldRequest::Add(filter, _) => Some(filter),
                HoldRequest::Release(_) => None,
            },
            Self::Record(_) | Self::AppendChat(_) => None,
        }
    }
}

impl Target {
    fn writer(self) -> Writer {
        let Self { store, account, source, clock } = self;
        let audit = WriterAudit::EachBatch(source);
        let start_method = StartMethod::Applet;
        Writer { store, account, start_method, restore_removed: false, audit, clock }
    }
}

async fn record(writer: &Writer, records: Vec<Result<ValidRecord, String>>) -> Result<Changed> {
    let valid: Vec<_> = records.iter().flatten().collect();
    let written = if valid.is_empty() { Vec::new() } else { writer.write(&valid).await? };
    let mut written = written.into_iter();
    let results = records.iter().map(|record| match record {
        Ok(record) => {
            let written = written.next().ok_or_else(|| Error::internal("a result is missing"))?;
            Ok(match written.outcome {
                Outcome::New => recorded(RecordOutcome::New, record),
                Outcome::Changed => recorded(RecordOutcome::Changed, record),
                Outcome::Unchanged => recorded(RecordOutcome::Unchanged, record),
                Outcome::Rejected(reason) => rejected(problem(&reason)),
            })
        }
        Err(problem) => Ok(rejected(problem.clone())),
    });
    Ok(Changed::Recorded(results.collect::<Result<_>>()?))
}

fn recorded(outcome: RecordOutcome, record: &ValidRecord) -> RecordResult {
    RecordResult { outcome, session: Some(record.id), problem: None }
}

fn rejected(problem: String) -> RecordResult {
    RecordResult { outcome: RecordOutcome::Rejected, session: None, problem: Some(problem) }
}

async fn append(writer: &Writer, messages: &ValidRecord) -> Result<Changed> {
    let id = messages.id;
    match writer.append_chat(messages).await?.map(|written| written.outcome) {
        None => Err(Error::input(format!("There is no session {id} in the account."))),
        Some(Outcome::Rejected(reason)) => Err(Error::input(problem(&reason))),
        Some(Outcome::New | Outcome::Changed | Outcome::Unchanged) => Ok(Changed::Session(id)),
    }
}

/// Why a record is not stored, as a sentence.
pub(super) fn problem(reason: &Invalid) -> String {
    let reason = match reason {
        Invalid::UnknownStart => {
            "startedAt is missing; a session that is not stored yet needs it".to_owned()
        }
        reason => reason.to_string(),
    };
    let mut signs = reason.chars();
    // The name of a field keeps its first letter.
    match signs.next() {
        Some('t') if reason.starts_with("the ") => format!("T{}.", signs.as_str()),
        _ => format!("{reason}."),
    }
}
