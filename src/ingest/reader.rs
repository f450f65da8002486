//! The sessions of a document, one after the other.

use std::{io::BufRead, sync::Arc};

use super::{
    check, encoding,
    format::Format,
    json,
    problem::{Accepted, DocumentError, Reason, RecordPosition, Rejection},
    source::Part,
    style::DocumentStyle,
    xml,
};

/// One session of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It was read.
    Accepted(Box<Accepted>),
    /// It is rejected.
    Rejected(Rejection),
}

/// An iterator over the sessions of a document. It ends after the first [`DocumentError`].
pub struct Reader<'a> {
    splitter: Splitter<'a>,
    style: Arc<DocumentStyle>,
    seen: u64,
    ended: bool,
}

enum Splitter<'a> {
    Xml(Box<xml::Splitter<'a>>),
    Json(Box<json::Splitter<'a>>),
}

/// Starts reading a document. Its first bytes determine the format and the encoding.
///
/// # Errors
/// If it cannot be read, or does not start like a legacy document.
pub fn open<'a>(
    input: impl BufRead + Send + 'a,
    style: Arc<DocumentStyle>,
) -> Result<Reader<'a>, DocumentError> {
    let splitter = match encoding::detect(input)? {
        (Format::Xml, source) => {
            Splitter::Xml(Box::new(xml::Splitter::new(source, Arc::clone(&style))))
        }
        (Format::Json, source) => {
            Splitter::Json(Box::new(json::Splitter::new(source, Arc::clone(&style))))
        }
    };
    Ok(Reader { splitter, style, seen: 0, ended: false })
}

impl Reader<'_> {
    /// The document's format.
    pub fn format(&self) -> Format {
        match self.splitter {
            Splitter::Xml(_) => Format::Xml,
            Splitter::Json(_) => Format::Json,
        }
    }

    /// How many sessions the document declares, as far as it has been read.
    ///
    /// More than [`Self::seen`] at the end means that the document was cut.
    pub fn declared_count(&self) -> Option<u64> {
        match &self.splitter {
            Splitter::Xml(splitter) => splitter.declared_count(),
            Splitter::Json(splitter) => splitter.declared_count(),
        }
    }

    /// How many sessions have been yielded, the rejected ones included.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    fn entry(&self, part: Part) -> Entry {
        let position = RecordPosition { number: self.seen, line: part.line };
        let draft = match &self.splitter {
            _ if part.fault.is_some() => {
                Err(Reason::Malformed(part.fault.unwrap_or_default().to_owned()))
            }
            Splitter::Xml(splitter) if part.broken => Err(Reason::Encoding(splitter.encoding())),
            Splitter::Json(splitter) if part.broken => Err(Reason::Encoding(splitter.encoding())),
            Splitter::Xml(_) => xml::parse(&part.text, &self.style),
            Splitter::Json(_) => json::parse(&part.text, part.line, &self.style),
        };
        match draft.and_then(|draft| check::parse_record(draft, &self.style)) {
            Ok(record) => Entry::Accepted(Box::new(Accepted { position, record, raw: part.text })),
            Err(reason) => Entry::Rejected(Rejection { position, reason, raw: part.text }),
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Entry, DocumentError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = match &mut self.splitter {
            Splitter::Xml(splitter) => splitter.next(),
            Splitter::Json(splitter) => splitter.next(),
        };
        match next {
            Ok(Some(part)) => {
                self.seen += 1;
                Some(Ok(self.entry(part)))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(fatal) => {
                self.ended = true;
                Some(Err(fatal))
            }
        }
    }
}
