//! Where each element of a document's `requests` array begins and ends.

use std::io::{self, BufRead};

use serde::de::IgnoredAny;
use serde_json::Value;

use super::words;
use crate::ingest::{
    problem::{Fatal, excerpt, shown},
    source::{Part, Source},
};

/// The most levels inside of one element.
const DEPTH_LIMIT: usize = 64;

/// Cuts a document into the elements of its `requests` array.
pub(in crate::ingest) struct Splitter<'a> {
    source: Source<'a>,
    place: Place,
    history: bool,
    announced: Option<u64>,
}

/// What has just been read.
#[derive(Clone, Copy)]
enum Place {
    Nothing,
    ObjectStart,
    Member,
    ArrayStart,
    Element,
    Everything,
}

impl<'a> Splitter<'a> {
    pub(in crate::ingest) fn new(source: Source<'a>) -> Self {
        Self { source, place: Place::Nothing, history: false, announced: None }
    }

    pub(in crate::ingest) fn announced(&self) -> Option<u64> {
        self.announced
    }

    pub(in crate::ingest) fn encoding(&self) -> &'static str {
        self.source.encoding()
    }

    /// The next element, `None` behind the last.
    pub(in crate::ingest) fn next(&mut self) -> Result<Option<Part>, Fatal> {
        loop {
            let byte = self.significant()?;
            self.place = match (self.place, byte) {
                (Place::Everything, None) if self.history => return Ok(None),
                (Place::Everything, None) => {
                    return Err(self.foreign("it has no \"requests\""));
                }
                (_, None) => return Err(Fatal::CutShort { line: self.source.line() }),
                (Place::Nothing, Some(b'{')) => self.pass(Place::ObjectStart),
                (Place::ObjectStart | Place::Member, Some(b'}')) => self.pass(Place::Everything),
                (Place::ObjectStart, Some(b'"')) => self.member()?,
                (Place::Member, Some(b',')) => {
                    self.source.consume(1);
                    match self.significant()? {
                        Some(b'"') => self.member()?,
                        _ => return Err(self.unexpected("a name in quotation marks")),
                    }
                }
                (Place::ArrayStart | Place::Element, Some(b']')) => self.pass(Place::Member),
                (Place::ArrayStart, Some(_)) => return self.element().map(Some),
                (Place::Element, Some(b',')) => {
                    self.source.consume(1);
                    self.significant()?;
                    return self.element().map(Some);
                }
                (Place::Nothing | Place::ObjectStart, _) => {
                    return Err(self.unexpected("a name in quotation marks"));
                }
                (Place::Member | Place::Element, _) => return Err(self.unexpected("a comma")),
                (Place::Everything, _) => {
                    return Err(self.unexpected("nothing behind the end of the document"));
                }
            };
        }
    }

    fn element(&mut self) -> Result<Part, Fatal> {
        self.place = Place::Element;
        self.value()
    }

    /// Reads a member of the document up to its end, or up to its elements.
    fn member(&mut self) -> Result<Place, Fatal> {
        let name: String = serde_json::from_str(&self.value()?.text).unwrap_or_default();
        if self.significant()? != Some(b':') {
            return Err(self.unexpected("a colon"));
        }
        self.source.consume(1);
        let start = self.significant()?;
        if name.eq_ignore_ascii_case("requests") {
            if start != Some(b'[') {
                return Err(self.foreign("its \"requests\" are not an array"));
            }
            self.history = true;
            return Ok(self.pass(Place::ArrayStart));
        }
        let part = self.value()?;
        if name.eq_ignore_ascii_case("nrequests") {
            self.history = true;
            self.announced = part.text.trim_matches('"').trim().parse().ok();
        } else if name.eq_ignore_ascii_case("error_msg") {
            let message = match serde_json::from_str(&part.text) {
                Ok(Value::String(message)) => message,
                _ => part.text,
            };
            return Err(Fatal::Refused { line: part.line, message: shown(message.trim(), 300) });
        }
        Ok(Place::Member)
    }

    /// Reads one value of any kind.
    fn value(&mut self) -> Result<Part, Fatal> {
        self.source.mark();
        let mut scan = Scan::default();
        loop {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => return Err(self.unreadable(error)),
            };
            if buffer.is_empty() {
                return Err(Fatal::CutShort { line: self.source.line() });
            }
            let (count, ended) = scan.feed(buffer);
            self.source.consume(count);
            if scan.depth > DEPTH_LIMIT {
                return Err(Fatal::TooDeep { line: self.source.line(), limit: DEPTH_LIMIT });
            }
            if ended {
                break;
            }
        }
        let part = self.source.part();
        match serde_json::from_str::<IgnoredAny>(&part.text) {
            Ok(IgnoredAny) => Ok(part),
            Err(error) => Err(Fatal::Malformed {
                line: part.line + (error.line() as u64).saturating_sub(1),
                what: words(&error),
            }),
        }
    }

    /// The next byte that is no white space, not consumed.
    fn significant(&mut self) -> Result<Option<u8>, Fatal> {
        loop {
            self.source.mark();
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => return Err(self.unreadable(error)),
            };
            let blank = buffer.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
            let found = buffer.get(blank).copied();
            let ended = buffer.is_empty();
            self.source.consume(blank);
            if found.is_some() || ended {
                return Ok(found);
            }
        }
    }

    /// Steps over one byte.
    fn pass(&mut self, place: Place) -> Place {
        self.source.consume(1);
        place
    }

    fn unreadable(&self, source: io::Error) -> Fatal {
        if self.source.overflowed() {
            Fatal::TooLarge { line: self.source.part_line(), limit: self.source.limit() }
        } else {
            Fatal::Io { line: self.source.line(), source }
        }
    }

    fn unexpected(&mut self, wanted: &str) -> Fatal {
        let line = self.source.line();
        match self.source.fill_buf() {
            Ok([]) => Fatal::CutShort { line },
            Ok(rest) => {
                let text = String::from_utf8_lossy(&rest[..rest.len().min(40)]);
                let what = format!("{wanted} should stand in place of '{}'", excerpt(&text));
                Fatal::Malformed { line, what }
            }
            Err(error) => self.unreadable(error),
        }
    }

    fn foreign(&self, what: &str) -> Fatal {
        Fatal::Foreign { line: self.source.line(), what: what.to_owned() }
    }
}

/// How far into a value a scan is. It tells where the value ends, not whether it is valid.
#[derive(Default)]
struct Scan {
    depth: usize,
    string: bool,
    escaped: bool,
    bare: bool,
}

impl Scan {
    /// How many bytes of `buffer` belong to the value, and whether it ends there.
    fn feed(&mut self, buffer: &[u8]) -> (usize, bool) {
        for (index, &byte) in buffer.iter().enumerate() {
            if self.string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.string = false;
                        if self.depth == 0 {
                            return (index + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' if self.bare => return (index, true),
                b'"' => self.string = true,
                b'{' | b'[' if self.bare => return (index, true),
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth > DEPTH_LIMIT {
                        return (index, true);
                    }
                }
                b'}' | b']' if self.depth == 0 => return (index, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (index + 1, true);
                    }
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                    return (index, true);
                }
                _ if self.depth == 0 => self.bare = true,
                _ => {}
            }
        }
        (buffer.len(), false)
    }
}
