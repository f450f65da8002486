//! Where each `<request>` element of a document begins and ends.

use std::sync::Arc;

use quick_xml::{
    Error, Reader,
    events::{BytesStart, Event},
};

use super::{message::words, parse::parse_text};
use crate::ingest::{
    envelope,
    problem::{DocumentError, excerpt, shown},
    source::{Part, Source},
    style::{DocumentStyle, ElementScope},
};

/// The maximum number of levels below a `<request>`.
const DEPTH_LIMIT: usize = 64;

/// Cuts a document into its `<request>` elements.
pub(in crate::ingest) struct Splitter<'a> {
    reader: Reader<Source<'a>>,
    style: Arc<DocumentStyle>,
    buffer: Vec<u8>,
    level: Level,
    /// Whether `<details>` has begun and not ended.
    in_details: bool,
    begun: bool,
    requests: bool,
    declared_count: Option<u64>,
    result: String,
    error: String,
}

/// The element whose children are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Document,
    Response,
    /// The element of the vendor's newer envelope.
    Details,
    Requests,
}

/// What a piece of the document is, without its text.
enum Piece {
    Start { child: Child, empty: bool },
    End,
    Blank,
    Stray(String),
    Eof,
}

enum Child {
    Response,
    Details,
    Requests,
    Request,
    /// An element of the envelope that has one value; its name in lower case.
    Value(&'static str),
    Other(String),
}

impl<'a> Splitter<'a> {
    pub(in crate::ingest) fn new(source: Source<'a>, style: Arc<DocumentStyle>) -> Self {
        let mut reader = Reader::from_reader(source);
        // A stray `&` makes one session malformed, not the document.
        reader.config_mut().allow_dangling_amp = true;
        Self {
            reader,
            style,
            buffer: Vec::new(),
            level: Level::Document,
            in_details: false,
            begun: false,
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
        self.reader.get_ref().encoding()
    }

    /// The next `<request>` element, `None` behind the last.
    pub(in crate::ingest) fn next(&mut self) -> Result<Option<Part>, DocumentError> {
        loop {
            self.reader.get_mut().mark();
            match (self.level, self.piece()?) {
                (_, Piece::Blank) => {}
                (_, Piece::Stray(text)) => {
                    return Err(self.foreign(format!("text outside of any session: '{text}'")));
                }
                (Level::Document, Piece::Eof) if self.begun => return self.end().map(|()| None),
                (_, Piece::Eof) => return Err(self.cut_short()),
                (Level::Document, Piece::End) => {}
                (Level::Response, Piece::End) => self.level = Level::Document,
                (Level::Details, Piece::End) => {
                    (self.level, self.in_details) = (Level::Response, false);
                }
                (Level::Requests, Piece::End) if self.in_details => self.level = Level::Details,
                (Level::Requests, Piece::End) => self.level = Level::Response,
                (Level::Document, Piece::Start { child, empty }) => self.root(&child, empty)?,
                (level, Piece::Start { child, empty }) => match child {
                    Child::Request => {
                        self.requests = true;
                        return self.element(empty).map(Some);
                    }
                    Child::Details if level == Level::Response => {
                        if !empty {
                            (self.level, self.in_details) = (Level::Details, true);
                        }
                    }
                    Child::Requests if level != Level::Requests => {
                        self.requests = true;
                        if !empty {
                            self.level = Level::Requests;
                        }
                    }
                    Child::Value(name) => {
                        let part = self.element(empty)?;
                        self.value(name, &part)?;
                    }
                    // An element in place of a session; the parser rejects it.
                    _ if level == Level::Requests => return self.element(empty).map(Some),
                    _ => drop(self.element(empty)?),
                },
            }
        }
    }

    /// Reads an element of the envelope that has one value.
    fn value(&mut self, name: &str, part: &Part) -> Result<(), DocumentError> {
        let text = parse_text(&part.text, name).unwrap_or_else(|_| part.text.clone());
        let text = text.trim();
        match name {
            "nrequests" => self.declared_count = text.parse().ok(),
            "result" => self.result = shown(text, 40),
            "errordetails" => self.error = shown(text, 300),
            _ if text.is_empty() => {}
            _ => {
                let (line, message) = (part.line, shown(text, 300));
                return Err(DocumentError::Refused { line, message });
            }
        }
        Ok(())
    }

    /// Checks the envelope as a whole.
    fn end(&self) -> Result<(), DocumentError> {
        let line = self.reader.get_ref().line();
        envelope::check(line, &self.result, &self.error)?;
        let missing = envelope::missing(self.requests, self.declared_count, "<requests>");
        missing.map_or(Ok(()), |what| Err(self.foreign(what)))
    }

    /// Enters the document's root element.
    fn root(&mut self, child: &Child, empty: bool) -> Result<(), DocumentError> {
        if self.begun {
            return Err(self.malformed("more than one root element"));
        }
        match child {
            Child::Response => {}
            Child::Other(name) => return Err(self.foreign(format!("it begins with <{name}>"))),
            _ => return Err(self.foreign("it does not begin with <response>".to_owned())),
        }
        self.begun = true;
        if !empty {
            self.level = Level::Response;
        }
        Ok(())
    }

    /// Everything from the last mark to the end of the element that just began.
    fn element(&mut self, empty: bool) -> Result<Part, DocumentError> {
        let mut depth = usize::from(!empty);
        while depth > 0 {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(_)) => depth += 1,
                Ok(Event::End(_)) => depth -= 1,
                Ok(Event::Eof) => return Err(self.cut_short()),
                Ok(_) => {}
                Err(error) => return Err(self.fatal(error)),
            }
            if depth > DEPTH_LIMIT {
                let line = self.reader.get_ref().line();
                return Err(DocumentError::TooDeep { line, limit: DEPTH_LIMIT });
            }
        }
        Ok(self.reader.get_mut().part())
    }

    fn piece(&mut self) -> Result<Piece, DocumentError> {
        self.buffer.clear();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(self.fatal(error)),
        };
        Ok(match event {
            Event::Start(element) => {
                Piece::Start { child: child(&self.style, &element), empty: false }
            }
            Event::Empty(element) => {
                Piece::Start { child: child(&self.style, &element), empty: true }
            }
            Event::End(_) => Piece::End,
            Event::Text(text) if text.trim().is_empty() => Piece::Blank,
            Event::Text(text) => Piece::Stray(excerpt(text.trim())),
            Event::CData(text) => Piece::Stray(excerpt(&text)),
            Event::GeneralRef(name) => Piece::Stray(excerpt(&format!("&{};", &*name))),
            Event::Eof => Piece::Eof,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Piece::Blank,
        })
    }

    fn fatal(&self, error: Error) -> DocumentError {
        let source = self.reader.get_ref();
        match error {
            Error::Io(_) if source.overflowed() => {
                DocumentError::TooLarge { line: source.part_line(), limit: source.limit() }
            }
            Error::Io(error) => DocumentError::Io {
                line: source.line(),
                source: std::io::Error::new(error.kind(), error.to_string()),
            },
            error => self.malformed(&words(&error)),
        }
    }

    fn malformed(&self, what: &str) -> DocumentError {
        DocumentError::Malformed { line: self.reader.get_ref().line(), what: what.to_owned() }
    }

    fn foreign(&self, what: String) -> DocumentError {
        DocumentError::Foreign { line: self.reader.get_ref().part_line(), what }
    }

    fn cut_short(&self) -> DocumentError {
        DocumentError::CutShort { line: self.reader.get_ref().line() }
    }
}

fn child(style: &DocumentStyle, element: &BytesStart<'_>) -> Child {
    let name = element.local_name();
    let standard = style.standard_name(ElementScope::Envelope, name.as_ref());
    match standard.to_ascii_lowercase().as_str() {
        "response" => Child::Response,
        "details" => Child::Details,
        "requests" => Child::Requests,
        "request" => Child::Request,
        "nrequests" => Child::Value("nrequests"),
        "result" => Child::Value("result"),
        "errordetails" => Child::Value("errordetails"),
        "error_msg" => Child::Value("error_msg"),
        _ => Child::Other(excerpt(name.as_ref())),
    }
}
