//! Where each session of a JSON document begins and ends.

use std::{io::BufRead, sync::Arc};

use serde_json::Value;

use super::{
    names::{Member, member},
    scan::{Scan, Step},
    text::JsonText,
};
use crate::ingest::{
    envelope,
    problem::{DocumentError, shown},
    source::{Part, Source},
    style::DocumentStyle,
};

/// Cuts a document into its sessions.
///
/// The sessions are the elements of `requests`, wherever an envelope has it, the elements of an
/// array that is the document, or the objects of a document that is a sequence of them (NDJSON).
pub(in crate::ingest) struct Splitter<'a> {
    text: JsonText<'a>,
    style: Arc<DocumentStyle>,
    position: ReadPosition,
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
enum ReadPosition {
    Start,
    ObjectStart,
    Member,
    ArrayStart,
    Element,
    Sequence,
    End,
}

impl<'a> Splitter<'a> {
    pub(in crate::ingest) fn new(source: Source<'a>, style: Arc<DocumentStyle>) -> Self {
        Self {
            text: JsonText { source },
            style,
            position: ReadPosition::Start,
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
        self.text.source.encoding()
    }

    /// The next session, `None` behind the last.
    pub(in crate::ingest) fn next(&mut self) -> Result<Option<Part>, DocumentError> {
        loop {
            let byte = self.text.significant()?;
            self.position = match (self.position, byte) {
                (ReadPosition::End | ReadPosition::Sequence, None) => {
                    return self.end().map(|()| None);
                }
                (_, None) => return Err(DocumentError::CutShort { line: self.text.source.line() }),
                (ReadPosition::Start, Some(b'[')) => self.array(),
                (ReadPosition::Start, _) if self.is_sequence()? => {
                    self.requests = true;
                    ReadPosition::Sequence
                }
                (ReadPosition::Start, _) => self.object(),
                (ReadPosition::Sequence, Some(b'{')) => return self.element(None).map(Some),
                (ReadPosition::Sequence, _) => {
                    return self.element(Some("text between two records")).map(Some);
                }
                (ReadPosition::ObjectStart | ReadPosition::Member, Some(b'}')) => {
                    self.text.source.consume(1);
                    self.objects -= 1;
                    self.outer()
                }
                (ReadPosition::ObjectStart, Some(b'"')) => self.member()?,
                (ReadPosition::Member, Some(b',')) => {
                    self.text.source.consume(1);
                    match self.text.significant()? {
                        Some(b'"') => self.member()?,
                        _ => return Err(self.text.unexpected("a name in quotation marks")),
                    }
                }
                (ReadPosition::ArrayStart | ReadPosition::Element, Some(b']')) => {
                    self.text.source.consume(1);
                    self.outer()
                }
                (ReadPosition::Element, Some(b',')) => {
                    self.text.source.consume(1);
                    self.text.significant()?;
                    return self.element(None).map(Some);
                }
                (ReadPosition::Element, Some(_)) if !self.incomplete => {
                    return self.element(Some("a comma is missing before it")).map(Some);
                }
                (ReadPosition::ArrayStart | ReadPosition::Element, Some(_)) => {
                    return self.element(None).map(Some);
                }
                (ReadPosition::ObjectStart, _) => {
                    return Err(self.text.unexpected("a name in quotation marks"));
                }
                (ReadPosition::Member, _) => return Err(self.text.unexpected("a comma")),
                (ReadPosition::End, _) => {
                    return Err(self.text.unexpected("the end of the document"));
                }
            };
        }
    }

    /// Enters an object of the envelope.
    fn object(&mut self) -> ReadPosition {
        self.text.source.consume(1);
        self.objects += 1;
        ReadPosition::ObjectStart
    }

    /// Enters the array of sessions.
    fn array(&mut self) -> ReadPosition {
        self.text.source.consume(1);
        self.requests = true;
        ReadPosition::ArrayStart
    }

    /// The position after an object or array of the envelope.
    fn outer(&self) -> ReadPosition {
        if self.objects == 0 { ReadPosition::End } else { ReadPosition::Member }
    }

    /// Whether the object that the document begins with is a session. Its first name that is known
    /// decides. The text is read again afterwards.
    fn is_sequence(&mut self) -> Result<bool, DocumentError> {
        self.text.source.mark();
        self.text.source.consume(1);
        let found = loop {
            if self.text.peek()? != Some(b'"') {
                break false;
            }
            match member(&self.style, &self.text.name()?) {
                Member::Envelope(_) => break false,
                Member::Session => break true,
                Member::Unknown => {}
            }
            if self.text.peek()? != Some(b':') {
                break false;
            }
            self.text.source.consume(1);
            self.text.peek()?;
            self.text.scan(Scan::strict())?;
            if self.text.peek()? != Some(b',') {
                break false;
            }
            self.text.source.consume(1);
        };
        self.text.source.rewind(0);
        Ok(found)
    }

    /// Reads a member of the envelope up to its end, or up to what it contains.
    fn member(&mut self) -> Result<ReadPosition, DocumentError> {
        let name = self.text.name()?;
        if self.text.significant()? != Some(b':') {
            return Err(self.text.unexpected("a colon"));
        }
        self.text.source.consume(1);
        let start = self.text.significant()?;
        let name = member(&self.style, &name);
        match (&name, start) {
            (Member::Envelope("requests"), Some(b'[')) => return Ok(self.array()),
            (Member::Envelope("response" | "details"), Some(b'{')) => return Ok(self.object()),
            _ => {}
        }
        let part = self.text.value()?;
        let Member::Envelope(name) = name else { return Ok(ReadPosition::Member) };
        let text = match serde_json::from_str(&part.text) {
            Ok(Value::String(text)) => text.trim().to_owned(),
            Ok(Value::Null) => String::new(),
            _ => part.text.trim().to_owned(),
        };
        match name {
            "requests" if text.is_empty() => self.requests = true,
            "requests" => return Err(self.text.foreign("its \"requests\" are not an array")),
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
        Ok(ReadPosition::Member)
    }

    /// Checks the envelope as a whole.
    fn end(&self) -> Result<(), DocumentError> {
        envelope::check(self.text.source.line(), &self.result, &self.error)?;
        let missing = envelope::missing(self.requests, self.declared_count, "\"requests\"");
        missing.map_or(Ok(()), |what| Err(self.text.foreign(&what)))
    }

    /// Reads one element of the list. With `fault`, it is malformed in any case.
    fn element(&mut self, fault: Option<&'static str>) -> Result<Part, DocumentError> {
        if !matches!(self.position, ReadPosition::Sequence) {
            self.position = ReadPosition::Element;
        }
        self.text.source.mark();
        let step = self.text.scan(Scan::tolerant())?;
        let complete = matches!(step, Step::End { complete: true, .. });
        let separator = matches!(self.text.source.fill_buf(), Ok([b',' | b']', ..]));
        if self.text.source.part_length() == 0 && (fault.is_some() || !separator) {
            // It is a bracket or separator that belongs to nothing.
            self.text.source.consume(1);
        }
        self.incomplete = !complete && fault.is_none() && self.text.source.part_length() > 0;
        let part = self.text.source.part();
        let fault = fault.or(part.text.is_empty().then_some("no element follows the comma"));
        Ok(Part { fault, ..part })
    }
}
