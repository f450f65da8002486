//! The import of one document: read on a thread, written in batches, reported to an observer.

use std::{io::Read, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::{
    sync::mpsc,
    task::JoinError,
    time::{Instant, interval_at},
};

use self::{
    reading::{Message, Preparer, read},
    writing::{BatchReport, Writing},
};
use super::{
    format::Format,
    problem::{DocumentError, RecordPosition, Rejection},
    style::DocumentStyle,
    tally::Tally,
};
use crate::history::writer::Writer;

mod reading;
mod writing;

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
    let mut writing = Writing::new(writer);
    let preparer = Preparer::new(writer.preparation().await?, writing.are_most_new());
    // Reading, parsing and preparing have a thread of their own, beside the writing.
    let style = Arc::clone(style);
    let reading = tokio::task::spawn_blocking(move || read(input, style, &preparer, &sender));
    let mut ticks = interval_at(Instant::now() + interval, interval);
    let (mut opened, mut is_read) = (None, false);
    while !is_read || !writing.is_empty() {
        let message = tokio::select! {
            Some(written) = writing.next() => {
                let report = writing.report(written?, tally).await?;
                let BatchReport { rejections, opened: of_batch } = report;
                rejections.iter().for_each(|rejection| observer.rejected(rejection));
                for position in of_batch {
                    opened.get_or_insert((0, position)).0 += 1;
                }
                continue;
            }
            message = messages.recv(), if !is_read && writing.may_begin() => message,
            _ = ticks.tick() => {
                observer.running(tally);
                continue;
            }
        };
        match message {
            None => is_read = true,
            Some(Message::Opened(format)) => observer.opened(format),
            Some(Message::Batch(batch)) => {
                for id in batch.ids() {
                    observer.accepted(id);
                }
                writing.begin(batch, tally);
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
