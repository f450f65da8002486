//! The text of a JSON document: reading from one value or sign to the next.

use std::io::{self, BufRead};

use serde::de::IgnoredAny;

use super::{
    message::words,
    scan::{DEPTH_LIMIT, Scan, Step},
};
use crate::ingest::{
    problem::{DocumentError, excerpt},
    source::{Part, Source},
};

/// Reads a document's text.
pub(super) struct JsonText<'a> {
    pub(super) source: Source<'a>,
}

impl JsonText<'_> {
    /// Reads a name in quotation marks.
    pub(super) fn name(&mut self) -> Result<String, DocumentError> {
        let start = self.source.part_length();
        self.scan(Scan::strict())?;
        Ok(serde_json::from_slice(self.source.part_from(start)).unwrap_or_default())
    }

    /// Reads one value of the envelope.
    pub(super) fn value(&mut self) -> Result<Part, DocumentError> {
        self.source.mark();
        self.scan(Scan::strict())?;
        let part = self.source.part();
        match serde_json::from_str::<IgnoredAny>(&part.text) {
            Ok(IgnoredAny) => Ok(part),
            Err(error) => Err(DocumentError::Malformed {
                line: part.line + (error.line() as u64).saturating_sub(1),
                what: words(&error),
            }),
        }
    }

    /// Reads to the end of a value, which begins here.
    pub(super) fn scan(&mut self, mut scan: Scan) -> Result<Step, DocumentError> {
        let start = self.source.part_length();
        loop {
            let offset = self.source.part_length();
            let (length, step) = match self.source.fill_buf() {
                Ok([]) => (0, scan.finish()),
                Ok(piece) => (piece.len(), Some(scan.feed(piece, offset - start))),
                Err(error) => match scan.finish().filter(|_| self.source.overflowed()) {
                    Some(step @ Step::Rewind(_)) => (0, Some(step)),
                    _ => return Err(self.unreadable(error)),
                },
            };
            match step {
                None => return Err(self.endless()),
                Some(Step::More) => self.source.consume(length),
                Some(Step::Rewind(at)) if start + at >= offset => {
                    self.source.consume(start + at - offset);
                }
                Some(Step::Rewind(at)) => self.source.rewind(start + at),
                Some(Step::TooDeep) => {
                    let line = self.source.line();
                    return Err(DocumentError::TooDeep { line, limit: DEPTH_LIMIT });
                }
                Some(step @ Step::End { length, .. }) => {
                    self.source.consume(length);
                    return Ok(step);
                }
            }
        }
    }

    /// The error for a value without an end: the document was cut, or the value is malformed.
    fn endless(&mut self) -> DocumentError {
        let end = self.source.line();
        let part = self.source.part();
        match serde_json::from_str::<IgnoredAny>(&part.text) {
            Err(error) if !error.is_eof() => DocumentError::Malformed {
                line: part.line + (error.line() as u64).saturating_sub(1),
                what: format!("{}; no end of the record follows", words(&error)),
            },
            _ => DocumentError::CutShort { line: end },
        }
    }

    /// The next byte that is no white space, not consumed.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, DocumentError> {
        self.source.skip_white_space().map_err(|error| self.unreadable(error))
    }

    /// The next byte that is no white space, at which a part begins.
    pub(super) fn significant(&mut self) -> Result<Option<u8>, DocumentError> {
        loop {
            self.source.mark();
            let piece = match self.source.fill_buf() {
                Ok(piece) => piece,
                Err(error) => return Err(self.unreadable(error)),
            };
            let blank = piece.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
            let found = piece.get(blank).copied();
            let ended = piece.is_empty();
            self.source.consume(blank);
            if found.is_some() || ended {
                self.source.mark();
                return Ok(found);
            }
        }
    }

    fn unreadable(&self, source: io::Error) -> DocumentError {
        if self.source.overflowed() {
            DocumentError::TooLarge { line: self.source.part_line(), limit: self.source.limit() }
        } else {
            DocumentError::Io { line: self.source.line(), source }
        }
    }

    pub(super) fn unexpected(&mut self, wanted: &str) -> DocumentError {
        let line = self.source.line();
        match self.source.fill_buf() {
            Ok([]) => DocumentError::CutShort { line },
            Ok(rest) => {
                let text = String::from_utf8_lossy(&rest[..rest.len().min(40)]);
                let what = format!("'{}' is in place of {wanted}", excerpt(&text));
                DocumentError::Malformed { line, what }
            }
            Err(error) => self.unreadable(error),
        }
    }

    pub(super) fn foreign(&self, what: &str) -> DocumentError {
        DocumentError::Foreign { line: self.source.line(), what: what.to_owned() }
    }
}
