//! The thread that reads a document: it parses the records, and prepares their sessions.

use std::{
    io::{BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use tokio::sync::mpsc;

use super::super::{
    format::Format,
    problem::{Accepted, DocumentError, Rejection},
    reader::{self, Entry, Reader},
    style::DocumentStyle,
};
use crate::history::{
    limits::ValidRecord,
    prepared::{Preparation, PreparedSession},
};

/// The maximum number of sessions in one transaction.
const BATCH_SESSIONS: usize = 500;
/// The maximum size of their texts in one transaction, in bytes.
const BATCH_BYTES: usize = 4 << 20;
/// The size of the buffer between the input and the reader.
const BUFFER: usize = 256 << 10;

/// What the reading thread hands over.
pub(super) enum Message {
    Opened(Format),
    Batch(Batch),
    End { declared_count: Option<u64>, seen: u64 },
}

/// Records that are written in one transaction.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) accepted: Vec<(Accepted, Option<PreparedSession>)>,
    pub(super) rejections: Vec<Rejection>,
}

/// Prepares the sessions of records, unless most of them are stored already.
pub(super) struct Preparer {
    preparation: Preparation,
    are_most_new: Arc<AtomicBool>,
}

impl Preparer {
    pub(super) fn new(preparation: Preparation, are_most_new: Arc<AtomicBool>) -> Self {
        Self { preparation, are_most_new }
    }

    fn session(&self, record: &ValidRecord) -> Option<PreparedSession> {
        self.are_most_new.load(Relaxed).then(|| self.preparation.session(record)).flatten()
    }
}

impl Batch {
    /// The sessions of the records.
    pub(super) fn ids(&self) -> impl Iterator<Item = i64> {
        self.accepted.iter().map(|(accepted, _)| accepted.record.id)
    }

    fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.rejections.is_empty()
    }
}

/// Reads a document to its end, or until the batches are no longer received.
pub(super) fn read(
    input: impl Read + Send + 'static,
    style: Arc<DocumentStyle>,
    preparer: &Preparer,
    sender: &mpsc::Sender<Message>,
) -> Result<(), DocumentError> {
    let mut reader = reader::open(BufReader::with_capacity(BUFFER, input), style)?;
    if sender.blocking_send(Message::Opened(reader.format())).is_err() {
        return Ok(());
    }
    loop {
        let (batch, end) = next_batch(&mut reader, preparer);
        if !batch.is_empty() && sender.blocking_send(Message::Batch(batch)).is_err() {
            return Ok(());
        }
        if let Some(end) = end {
            if end.is_ok() {
                let (declared_count, seen) = (reader.declared_count(), reader.seen());
                // Where it is not received, writing failed, which is reported there.
                let _ = sender.blocking_send(Message::End { declared_count, seen });
            }
            return end;
        }
    }
}

/// The next sessions, and how the document ended if it did.
fn next_batch(
    reader: &mut Reader<'_>,
    preparer: &Preparer,
) -> (Batch, Option<Result<(), DocumentError>>) {
    let (mut batch, mut bytes) = (Batch::default(), 0);
    while batch.accepted.len() + batch.rejections.len() < BATCH_SESSIONS && bytes < BATCH_BYTES {
        match reader.next() {
            None => return (batch, Some(Ok(()))),
            Some(Err(error)) => return (batch, Some(Err(error))),
            Some(Ok(Entry::Accepted(accepted))) => {
                bytes += accepted.raw.len();
                let prepared = preparer.session(&accepted.record);
                batch.accepted.push((*accepted, prepared));
            }
            Some(Ok(Entry::Rejected(rejection))) => {
                bytes += rejection.raw.len();
                batch.rejections.push(rejection);
            }
        }
    }
    (batch, None)
}
