//! Where each session of a JSON document begins and ends.

use std::io::{self, BufRead};

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{
    names::{Member, member},
    scan::{DEPTH_LIMIT, Scan, Step},
    words,
};
use crate::ingest::{
    envelope,
    problem::{DocumentError, excerpt, shown},
    source::{Part, Source},
};

/// Cuts a document into its sessions.
///
/// The sessions are the elements of `requests`, wherever an envelope has it, the elements of an
/// array that is the document, or the objects of a document that is a sequence of them (NDJSON).
pub(in crate::ingest) struct Splitter<'a> {
    source: Source<'a>,
    position: Position,
    /// How many objects of the envelope are open.
    objects: usize,
    /// The last session had no end of its own, so what separates it from the next may be lost.
    incomplete: bool,
    requests: bool,
    declared_count: Option<u64>,
    result: String,
    error: String,
}

/// What has just been read.
#[derive(Clone, Copy)]
enum Position {
    Start,
    ObjectStart,
    Member,
    ArrayStart,
    Element,
    Sequence,
    End,
}

impl<'a> Splitter<'a> {
    pub(in crate::ingest) fn new(source: Source<'a>) -> Self {
        Self {
            source,
            position: Position::Start,
            objects: 0,
            incomplete: false,
            requests: false,
            declared_count: None,
            result: String::new(),
            error: String::new(),
        }
    }

    pub(in crate::ingest) fn declared_count(&self) -> Option<u64> {
        self.declared_count
    }

    pub(in crate::ingest) fn encoding(&self) -> &'static str {
        self.source.encoding()
    }

    /// The next session, `None` behind the last.
    pub(in crate::ingest) fn next(&mut self) -> Result<Option<Part>, DocumentError> {
        loop {
            let byte = self.significant()?;
            self.position = match (self.position, byte) {
                (Position::End | Position::Sequence, None) => return self.end().map(|()| None),
                (_, None) => return Err(DocumentError::CutShort { line: self.source.line() }),
                (Position::Start, Some(b'[')) => self.array(),
                (Position::Start, _) if self.is_sequence()? => {
                    self.requests = true;
                    Position::Sequence
                }
                (Position::Start, _) => self.object(),
                (Position::Sequence, Some(b'{')) => return self.element(None).map(Some),
                (Position::Sequence, _) => {
                    return self.element(Some("text between two records")).map(Some);
                }
                (Position::ObjectStart | Position::Member, Some(b'}')) => {
                    self.source.consume(1);
                    self.objects -= 1;
                    self.outer()
                }
                (Position::ObjectStart, Some(b'"')) => self.member()?,
                (Position::Member, Some(b',')) => {
                    self.source.consume(1);
                    match self.significant()? {
                        Some(b'"') => self.member()?,
                        _ => return Err(self.unexpected("a name in quotation marks")),
                    }
                }
                (Position::ArrayStart | Position::Element, Some(b']')) => {
                    self.source.consume(1);
                    self.outer()
                }
                (Position::Element, Some(b',')) => {
                    self.source.consume(1);
                    self.significant()?;
                    return self.element(None).map(Some);
                }
                (Position::Element, Some(_)) if !self.incomplete => {
                    return self.element(Some("a comma is missing before it")).map(Some);
                }
                (Position::ArrayStart | Position::Element, Some(_)) => {
                    return self.element(None).map(Some);
                }
                (Position::ObjectStart, _) => {
                    return Err(self.unexpected("a name in quotation marks"));
                }
                (Position::Member, _) => return Err(self.unexpected("a comma")),
                (Position::End, _) => {
                    return Err(self.unexpected("the end of the document"));
                }
            };
        }
    }

    /// Enters an object of the envelope.
    fn object(&mut self) -> Position {
        self.source.consume(1);
        self.objects += 1;
        Position::ObjectStart
    }

    /// Enters the array of sessions.
    fn array(&mut self) -> Position {
        self.source.consume(1);
        self.requests = true;
        Position::ArrayStart
    }

    /// Where the reading goes on behind an object or array of the envelope.
    fn outer(&self) -> Position {
        if self.objects == 0 { Position::End } else { Position::Member }
    }

    /// Whether the object that the document begins with is a session. Its first name that is known
    /// decides. The text is read again afterwards.
    fn is_sequence(&mut self) -> Result<bool, DocumentError> {
        self.source.mark();
        self.source.consume(1);
        let found = loop {
            if self.peek()? != Some(b'"') {
                break false;
            }
            match member(&self.name()?) {
                Member::Envelope(_) => break false,
                Member::Session => break true,
                Member::Unknown => {}
            }
            if self.peek()? != Some(b':') {
                break false;
            }
            self.source.consume(1);
            self.peek()?;
            self.scan(Scan::strict())?;
            if self.peek()? != Some(b',') {
                break false;
            }
            self.source.consume(1);
        };
        self.source.rewind(0);
        Ok(found)
    }

    /// Reads a name in quotation marks.
    fn name(&mut self) -> Result<String, DocumentError> {
        let start = self.source.part_length();
        self.scan(Scan::strict())?;
        Ok(serde_json::from_slice(self.source.part_from(start)).unwrap_or_default())
    }

    /// Reads a member of the envelope up to its end, or up to what it contains.
    fn member(&mut self) -> Result<Position, DocumentError> {
        let name = self.name()?;
        if self.significant()? != Some(b':') {
            return Err(self.unexpected("a colon"));
        }
        self.source.consume(1);
        let start = self.significant()?;
        let name = member(&name);
        match (&name, start) {
            (Member::Envelope("requests"), Some(b'[')) => return Ok(self.array()),
            (Member::Envelope("response" | "details"), Some(b'{')) => return Ok(self.object()),
            _ => {}
        }
        let part = self.value()?;
        let Member::Envelope(name) = name else { return Ok(Position::Member) };
        let text = match serde_json::from_str(&part.text) {
            Ok(Value::String(text)) => text.trim().to_owned(),
            Ok(Value::Null) => String::new(),
            _ => part.text.trim().to_owned(),
        };
        match name {
            "requests" if text.is_empty() => self.requests = true,
            "requests" => return Err(self.foreign("its \"requests\" are not an array")),
            "nrequests" => self.declared_count = text.parse().ok(),
            "error_msg" if !text.is_empty() => {
                return Err(DocumentError::Refused { line: part.line, message: shown(&text, 300) });
            }
            "result" => self.result = shown(&text, 40),
            "errordetails" if !matches!(text.as_str(), "[]" | "{}") => {
                self.error = shown(&text, 300);
            }
            _ => {}
        }
        Ok(Position::Member)
    }

    /// Checks the envelope as a whole.
    fn end(&self) -> Result<(), DocumentError> {
        envelope::check(self.source.line(), &self.result, &self.error)?;
        let missing = envelope::missing(self.requests, self.declared_count, "\"requests\"");
        missing.map_or(Ok(()), |what| Err(self.foreign(&what)))
    }

    /// Reads one session, or what stands in its place. With `fault`, it is malformed whatever it is.
    fn element(&mut self, fault: Option<&'static str>) -> Result<Part, DocumentError> {
        if !matches!(self.position, Position::Sequence) {
            self.position = Position::Element;
        }
        self.source.mark();
        let step = self.scan(Scan::tolerant())?;
        let complete = matches!(step, Step::End { complete: true, .. });
        let separator = matches!(self.source.fill_buf(), Ok([b',' | b']', ..]));
        if self.source.part_length() == 0 && (fault.is_some() || !separator) {
            // It is a bracket or separator that belongs to nothing.
            self.source.consume(1);
        }
        self.incomplete = !complete && fault.is_none() && self.source.part_length() > 0;
        let part = self.source.part();
        let fault = fault.or(part.text.is_empty().then_some("nothing stands behind the comma"));
        Ok(Part { fault, ..part })
    }

    /// Reads one value of the envelope.
    fn value(&mut self) -> Result<Part, DocumentError> {
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
    fn scan(&mut self, mut scan: Scan) -> Result<Step, DocumentError> {
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
    fn peek(&mut self) -> Result<Option<u8>, DocumentError> {
        self.source.skip_white_space().map_err(|error| self.unreadable(error))
    }

    /// The next byte that is no white space, at which a part begins.
    fn significant(&mut self) -> Result<Option<u8>, DocumentError> {
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

    fn unexpected(&mut self, wanted: &str) -> DocumentError {
        let line = self.source.line();
        match self.source.fill_buf() {
            Ok([]) => DocumentError::CutShort { line },
            Ok(rest) => {
                let text = String::from_utf8_lossy(&rest[..rest.len().min(40)]);
                let what = format!("'{}' stands where {wanted} should be", excerpt(&text));
                DocumentError::Malformed { line, what }
            }
            Err(error) => self.unreadable(error),
        }
    }

    fn foreign(&self, what: &str) -> DocumentError {
        DocumentError::Foreign { line: self.source.line(), what: what.to_owned() }
    }
}
