//! The body of an answer, as a reader for the thread that imports it. It is bounded in bytes.

use std::{
    io::{self, BufReader, Read},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Buf, Bytes};
use tokio::sync::mpsc::{self, Receiver};
use tokio_util::task::AbortOnDropHandle;

use super::failure::RequestFailure;
use crate::ingest::compression::decompress;

/// How many parts of a body wait for the reader.
const PARTS: usize = 4;

/// The part of a body that the caller holds while another thread reads. Without it, the reader fails.
pub(super) struct BodyTask {
    /// Stops the reading of the socket when it is dropped.
    _task: AbortOnDropHandle<()>,
    failure: SharedFailure,
}

type SharedFailure = Arc<Mutex<Option<RequestFailure>>>;

impl BodyTask {
    /// Why the body could not be read, if it could not.
    pub(super) fn failure(&self) -> Option<RequestFailure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Reads a body in a task, at most `max_bytes` of what it is decompressed. `next` gets its next part, or none after the last.
pub(super) fn spawn<F>(
    max_bytes: u64,
    mut next: impl FnMut() -> F + Send + 'static,
) -> (BodyTask, impl Read + Send + 'static)
where
    F: Future<Output = Result<Option<Bytes>, RequestFailure>> + Send,
{
    let (sender, parts) = mpsc::channel(PARTS);
    let failure = SharedFailure::default();
    let noted = Arc::clone(&failure);
    let task = tokio::spawn(async move {
        loop {
            match next().await {
                Ok(Some(part)) => {
                    if sender.send(Some(part)).await.is_err() {
                        return;
                    }
                }
                Ok(None) => {
                    // The reader knows the end from a body that was stopped.
                    let _ = sender.send(None).await;
                    return;
                }
                Err(error) => {
                    *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    return;
                }
            }
        }
    });
    let reader = Parts { parts, current: Bytes::new(), ended: false };
    let task = BodyTask { _task: AbortOnDropHandle::new(task), failure: Arc::clone(&failure) };
    (task, Opening { reader: Some(reader), opened: None, max_bytes, left: max_bytes, failure })
}

/// The parts of a body as they arrive.
struct Parts {
    parts: Receiver<Option<Bytes>>,
    current: Bytes,
    ended: bool,
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            match self.parts.blocking_recv() {
                Some(Some(part)) => self.current = part,
                Some(None) => self.ended = true,
                None => {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it is cut short"));
                }
            }
        }
        let length = buffer.len().min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

/// A body that is decompressed, with a limit. Its first bytes are awaited by the thread that reads it.
struct Opening {
    reader: Option<Parts>,
    opened: Option<Box<dyn Read + Send>>,
    max_bytes: u64,
    left: u64,
    failure: SharedFailure,
}

impl Read for Opening {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(reader) = self.reader.take() {
            self.opened = Some(decompress(BufReader::new(reader))?);
        }
        let Some(opened) = &mut self.opened else { return Ok(0) };
        let length = opened.read(buffer)?;
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            let limit = RequestFailure::TooLong(format!("{} bytes", self.max_bytes));
            let message = limit.to_string();
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(limit);
            io::Error::other(message)
        })?;
        Ok(length)
    }
}
