//! The import of one document: read on a thread, written in batches, reported to an observer.

use std::{
    io::{BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use thiserror::Error;
use tokio::{
    sync::mpsc,
    task::JoinError,
    time::{Instant, interval_at},
};

use super::{
    format::Format,
    problem::{Accepted, DocumentError, Reason, RecordPosition, Rejection},
    reader::{self, Entry, Reader},
    style::DocumentStyle,
};
use crate::history::{
    limits::ValidRecord,
    prepared::{BatchRecord, Preparation, PreparedSession},
    writer::{Outcome, Writer},
};

/// The maximum number of sessions in one transaction.
const BATCH_SESSIONS: usize = 500;
/// The maximum size of their texts in one transaction, in bytes.
const BATCH_BYTES: usize = 4 << 20;
/// The size of the buffer between the input and the reader.
const BUFFER: usize = 256 << 10;

/// How many sessions ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sessions that were not stored before.
    pub new: u64,
    /// Sessions that are now different.
    pub changed: u64,
    /// Sessions that were the same already.
    pub unchanged: u64,
    /// Records that were rejected.
    pub rejected: u64,
}

/// Something odd about a document all of which was read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Warning {
    /// It declares another number of sessions than it has.
    #[error("the document declares {declared} sessions and has {found}")]
    Count {
        /// The number that it declares.
        declared: u64,
        /// The number that was found.
        found: u64,
    },
    /// Some ends are impossible.
    #[error(
        "{count} sessions are stored as open: their date_end is before their start, or means \
         \"open\" (first: {first})"
    )]
    Opened {
        /// How many.
        count: u64,
        /// The first of them.
        first: RecordPosition,
    },
}

/// Learns how an import goes.
pub trait ImportObserver {
    /// The document was recognised.
    fn opened(&mut self, format: Format);
    /// A record is within the limits. It may still be rejected for what is stored.
    fn accepted(&mut self, _id: i64) {}
    /// A record was rejected.
    fn rejected(&mut self, rejection: &Rejection);
    /// The document was read to its end, or up to an error.
    fn warned(&mut self, warning: Warning);
    /// The import still runs. Called after each interval.
    fn running(&mut self, tally: &Tally);
}

/// Why an import ended early. Every batch that was written before stays.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The document cannot be read on.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::error::Error),
    /// The thread that reads the document failed.
    #[error("the thread that reads the document failed")]
    Thread(#[from] JoinError),
}

/// What the reading thread hands over.
enum Message {
    Opened(Format),
    Batch(Batch),
    End { declared_count: Option<u64>, seen: u64 },
}

#[derive(Default)]
struct Batch {
    accepted: Vec<(Accepted, Option<PreparedSession>)>,
    rejections: Vec<Rejection>,
}

/// Prepares the sessions of records, unless most of them are stored already.
struct Preparer {
    preparation: Preparation,
    are_most_new: Arc<AtomicBool>,
}

/// Imports a document to its end, adds to `tally`, and calls `observer.running` each `interval`.
///
/// # Errors
/// If the document cannot be read on, or the database fails.
pub async fn import(
    writer: &Writer,
    input: impl Read + Send + 'static,
    style: &Arc<DocumentStyle>,
    interval: Duration,
    tally: &mut Tally,
    observer: &mut impl ImportObserver,
) -> Result<(), ImportError> {
    let (sender, mut messages) = mpsc::channel(1);
    let are_most_new = Arc::new(AtomicBool::new(true));
    let preparer = Preparer {
        preparation: writer.preparation().await?,
        are_most_new: Arc::clone(&are_most_new),
    };
    // Reading, parsing and preparing have a thread of their own, beside the writing.
    let style = Arc::clone(style);
    let reading = tokio::task::spawn_blocking(move || read(input, style, &preparer, &sender));
    let mut ticks = interval_at(Instant::now() + interval, interval);
    let mut opened: Option<(u64, RecordPosition)> = None;
    let mut word_merge = writer.store.word_merge();
    loop {
        let message = tokio::select! {
            message = messages.recv() => message,
            _ = ticks.tick() => {
                observer.running(tally);
                continue;
            }
        };
        match message {
            None => break,
            Some(Message::Opened(format)) => observer.opened(format),
            Some(Message::Batch(batch)) => {
                for (accepted, _) in &batch.accepted {
                    observer.accepted(accepted.record.id);
                }
                let (new_before, size) = (tally.new, batch.accepted.len() as u64);
                let batch = write(writer, batch, tally).await?;
                word_merge.begin();
                are_most_new.store(2 * (tally.new - new_before) >= size, Relaxed);
                batch.rejections.iter().for_each(|rejection| observer.rejected(rejection));
                for position in batch.opened {
                    opened.get_or_insert((0, position)).0 += 1;
                }
            }
            Some(Message::End { declared_count, seen }) => {
                if let Some(declared) = declared_count.filter(|declared| *declared != seen) {
                    observer.warned(Warning::Count { declared, found: seen });
                }
            }
        }
    }
    if let Some((count, first)) = opened {
        observer.warned(Warning::Opened { count, first });
    }
    Ok(reading.await??)
}

/// The result of one written batch.
struct BatchReport {
    rejections: Vec<Rejection>,
    /// The records whose sessions were made open ones.
    opened: Vec<RecordPosition>,
}

async fn write(
    writer: &Writer,
    Batch { accepted, mut rejections }: Batch,
    tally: &mut Tally,
) -> Result<BatchReport, ImportError> {
    let records: Vec<_> = accepted
        .iter()
        .map(|(accepted, prepared)| BatchRecord::new(&accepted.record, prepared.as_ref()))
        .collect();
    let written = writer.write_in_parts(&records).await?;
    let none_was_new = tally.new == 0;
    let mut opened = Vec::new();
    for ((accepted, _), written) in accepted.into_iter().zip(written) {
        if written.opened {
            opened.push(accepted.position);
        }
        match written.outcome {
            Outcome::New => tally.new += 1,
            Outcome::Changed => tally.changed += 1,
            Outcome::Unchanged => tally.unchanged += 1,
            Outcome::Rejected(reason) => rejections.push(accepted.reject(Reason::Invalid(reason))),
        }
    }
    tally.rejected += rejections.len() as u64;
    // Once: what follows is like the first sessions that were stored.
    if none_was_new && tally.new > 0 {
        writer.store.analyze().await?;
    }
    rejections.sort_by_key(|rejection| rejection.position.number);
    Ok(BatchReport { rejections, opened })
}

impl Preparer {
    fn session(&self, record: &ValidRecord) -> Option<PreparedSession> {
        self.are_most_new.load(Relaxed).then(|| self.preparation.session(record)).flatten()
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.rejections.is_empty()
    }
}

/// Reads a document to its end, or until the batches are no longer received.
fn read(
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
