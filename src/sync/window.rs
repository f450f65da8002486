//! One request: its answer is imported while it arrives, and is checked to be whole.

use std::{collections::BTreeSet, io::Read, sync::Arc, time::Duration};

use tracing::{Instrument, field::Empty};

use super::{
    failure::RequestFailure,
    observer::SyncObserver,
    source::{Question, Source},
};
use crate::{
    error::Error,
    history::{limits::Invalid, writer::Writer},
    ingest::{
        format::Format,
        pipeline::{self, ImportError, ImportObserver, Warning},
        problem::{Reason, Rejection},
        style::DocumentStyle,
        tally::Tally,
    },
};

/// The maximum number of sessions of an answer.
const MAX_SESSIONS: usize = 1_000_000;
/// How often an import that takes long is reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// A whole answer, all of which is stored.
#[derive(Debug, Default)]
pub(super) struct WholeAnswer {
    /// What became of its records.
    pub(super) tally: Tally,
    /// The numbers of its sessions.
    pub(super) ids: BTreeSet<i64>,
    /// How many records were rejected, and not because their session was removed here. The answer may have other
    /// sessions than `ids`.
    pub(super) rejected: u64,
}

/// Why a question has no whole answer, or the answer is not stored.
#[derive(Debug)]
pub(super) enum ReadError {
    /// The source or the network.
    Request(RequestFailure),
    /// The database.
    Store(Error),
}

/// Asks a question and stores the answer. What an answer has before it fails may be stored too.
pub(super) async fn read(
    source: &Source,
    writer: &Writer,
    style: &Arc<DocumentStyle>,
    question: Question,
    observer: &mut impl SyncObserver,
) -> Result<WholeAnswer, ReadError> {
    let span = tracing::info_span!("sync.request", sessions = Empty);
    let answer = ask(source, writer, style, question, observer).instrument(span.clone()).await;
    if let Ok(answer) = &answer {
        span.record("sessions", answer.ids.len());
    }
    answer
}

async fn ask(
    source: &Source,
    writer: &Writer,
    style: &Arc<DocumentStyle>,
    question: Question,
    observer: &mut impl SyncObserver,
) -> Result<WholeAnswer, ReadError> {
    let (body, input) = source.ask(question).await.map_err(ReadError::Request)?;
    let input: Box<dyn Read + Send> = observer.wrap(Box::new(input));
    let mut answer = WholeAnswer::default();
    let mut tally = Tally::default();
    let mut collect = Collect { answer: &mut answer, observer, unequal: None, too_many: false };
    let imported =
        pipeline::import(writer, input, style, REPORT_INTERVAL, &mut tally, &mut collect).await;
    let Collect { unequal, too_many, .. } = collect;
    answer.tally = tally;
    match imported {
        Err(ImportError::Store(error)) => return Err(ReadError::Store(error)),
        Err(ImportError::Thread(error)) => return Err(ReadError::Store(Error::internal(error))),
        Err(ImportError::Document(error)) => {
            let failure = body.failure();
            let failure =
                failure.unwrap_or_else(|| RequestFailure::of_document(&error, source.key()));
            return Err(ReadError::Request(failure));
        }
        Ok(()) => {}
    }
    if let Some(unequal) = unequal {
        return Err(ReadError::Request(RequestFailure::Incomplete(unequal)));
    }
    if too_many {
        let limit = format!("{MAX_SESSIONS} sessions");
        return Err(ReadError::Request(RequestFailure::TooLong(limit)));
    }
    Ok(answer)
}

/// Collects what an import says about an answer.
struct Collect<'a, O> {
    answer: &'a mut WholeAnswer,
    observer: &'a mut O,
    /// The answer has another number of sessions than it declares.
    unequal: Option<String>,
    too_many: bool,
}

impl<O: SyncObserver> ImportObserver for Collect<'_, O> {
    fn opened(&mut self, format: Format) {
        self.observer.opened(format);
    }

    fn accepted(&mut self, id: i64) {
        if self.answer.ids.len() < MAX_SESSIONS {
            self.answer.ids.insert(id);
        } else {
            self.too_many = true;
        }
    }

    fn rejected(&mut self, rejection: &Rejection) {
        if !is_removed_here(&rejection.reason) {
            self.answer.rejected += 1;
            self.observer.rejected(rejection);
        }
    }

    fn warned(&mut self, warning: Warning) {
        match warning {
            Warning::Count { .. } => self.unequal = Some(warning.to_string()),
            Warning::Opened { .. } => self.observer.warned(&warning),
        }
    }

    fn running(&mut self, tally: &Tally) {
        self.observer.running(tally);
    }
}

fn is_removed_here(reason: &Reason) -> bool {
    matches!(reason, Reason::Invalid(Invalid::Deleted(_) | Invalid::Anonymized(_)))
}
