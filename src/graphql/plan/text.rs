//! The text of an answer: whole if it is short, else in chunks, each written when it is asked for.

use bytes::Bytes;
use tokio::task::yield_now;

use super::{
    lookup::FoundObjects,
    root::Root,
    site::Sites,
    write::{Progress, Stop, Writer, Written, null},
};
use crate::{
    domain::viewer::CursorKey,
    error::{Error, Result},
    graphql::{error::FieldError, limits::Limits},
    store::memory::Reservation,
};

/// The memory of the errors of a field, in bytes. It is an estimate.
const MEMORY_OF_AN_ERROR: usize = 1024;

/// Everything that the data of an answer is written from.
pub(super) struct LoadedAnswer {
    pub(super) roots: Vec<Root>,
    pub(super) objects: FoundObjects,
    pub(super) cursor_key: CursorKey,
    pub(super) memory: Option<Reservation>,
}

/// How the data of an answer is written.
#[derive(Debug)]
pub(in crate::graphql) struct Delivery {
    /// The text before the data.
    pub(in crate::graphql) start: &'static [u8],
    /// An empty text, with room for the expected data.
    pub(in crate::graphql) text: Vec<u8>,
}

/// The data of an answer.
pub(in crate::graphql) enum DataText {
    /// The text.
    Whole(Vec<u8>),
    /// A text that is too long to be in memory as a whole.
    Chunks(Chunks),
}

/// The text of a long answer, which is written in chunks. Its rows are in memory until it is dropped.
pub struct Chunks {
    answer: LoadedAnswer,
    progress: Progress,
    /// The text before the data, in the first chunk.
    start: &'static [u8],
    /// The text after the data. None after the last chunk.
    end: Option<Vec<u8>>,
    size: usize,
}

impl LoadedAnswer {
    /// Writes the data, and returns it with the errors of its fields.
    ///
    /// # Errors
    /// When the answer needs too much memory, or is too long.
    pub(super) async fn write(
        self,
        sites: &Sites<'_>,
        limits: &Limits,
        delivery: Delivery,
    ) -> Result<(DataText, Vec<FieldError>)> {
        let Delivery { start, mut text } = delivery;
        // The text is about as long as the rows.
        let rows = self.memory.as_ref().map_or(0, Reservation::needed);
        text.reserve(rows.min(limits.whole_answer));
        text.extend_from_slice(start);
        let mut progress = Progress::default();
        let pause_at = limits.whole_answer;
        let mut known_errors = 0;
        loop {
            let mut writer = Writer {
                out: &mut text,
                sites,
                cursor_key: self.cursor_key,
                pause_at,
                progress: &mut progress,
                indexes: Vec::new(),
            };
            let written = self.write_roots(&mut writer);
            if let Err(Stop::Failed(error)) = written {
                progress.errors.push(*error);
                text.clear();
                text.extend_from_slice(start);
                null(&mut text);
                self.check(0, progress.errors.len() - known_errors)?;
                return Ok((DataText::Whole(text), progress.errors));
            }
            let length = progress.length(text.len());
            self.check(length, progress.errors.len() - known_errors)?;
            known_errors = progress.errors.len();
            if written.is_ok() && length == text.len() {
                return Ok((DataText::Whole(text), progress.errors));
            }
            if written.is_ok() {
                let errors = std::mem::take(&mut progress.errors);
                let (progress, size) = (progress.again(), limits.answer_chunk);
                let chunks = Chunks { answer: self, progress, start, end: Some(Vec::new()), size };
                return Ok((DataText::Chunks(chunks), errors));
            }
            if text.len() >= limits.whole_answer {
                progress.remove(&mut text);
            }
            // A long text does not hold up other requests.
            yield_now().await;
        }
    }

    fn write_roots(&self, writer: &mut Writer<'_>) -> Written {
        let resumed = writer.progress.resume();
        if self.roots.is_empty() {
            writer.out.push(b'{');
        }
        for (nth, root) in self.roots.iter().enumerate().skip(resumed.unwrap_or(0)) {
            if resumed != Some(nth) {
                writer.out.extend_from_slice(if nth == 0 { b"{\"" } else { b",\"" });
                writer.out.extend_from_slice(root.key.as_bytes());
                writer.out.extend_from_slice(b"\":");
            }
            let written = match root.nullable {
                true => writer.or_null(|writer| root.write(writer, &self.objects)),
                false => root.write(writer, &self.objects),
            };
            writer.progress.note_pause(&written, nth);
            written?;
        }
        writer.out.push(b'}');
        Ok(())
    }

    /// Checks the length of the text, and takes memory for errors.
    fn check(&self, length: usize, new_errors: usize) -> Result<()> {
        if new_errors > 0 {
            self.grow(new_errors * MEMORY_OF_AN_ERROR)?;
        }
        self.memory.as_ref().map_or(Ok(()), |memory| memory.check_size(length))
    }

    fn grow(&self, bytes: usize) -> Result<()> {
        self.memory.as_ref().map_or(Ok(()), |memory| memory.grow(bytes))
    }
}

impl Chunks {
    /// Adds text after the data.
    ///
    /// # Errors
    /// When there is no memory for the text and a chunk.
    pub(in crate::graphql) fn end_with(&mut self, end: Vec<u8>) -> Result<()> {
        self.answer.grow(end.len() + self.size)?;
        self.end = Some(end);
        Ok(())
    }
}

impl Iterator for Chunks {
    type Item = Result<Bytes>;

    fn next(&mut self) -> Option<Result<Bytes>> {
        let end = self.end.take()?;
        let mut text = Vec::with_capacity(self.size + self.size / 8);
        text.extend_from_slice(std::mem::take(&mut self.start));
        let written = self.answer.write_roots(&mut Writer {
            out: &mut text,
            sites: &Sites::default(),
            cursor_key: self.answer.cursor_key,
            pause_at: self.size,
            progress: &mut self.progress,
            indexes: Vec::new(),
        });
        match written {
            Ok(()) => text.extend_from_slice(&end),
            Err(Stop::Paused) => self.end = Some(end),
            Err(Stop::Failed(error)) => return Some(Err(Error::internal(error.error.to_string()))),
        }
        Some(Ok(match &self.answer.memory {
            Some(memory) => memory.hold(text),
            None => text.into(),
        }))
    }
}

impl std::fmt::Debug for Chunks {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Chunks").field("size", &self.size).finish_non_exhaustive()
    }
}
