//! Tests of the readers as a whole.

mod elements;
mod encodings;
mod golden;
mod half;
mod json_rules;
mod malformed;
mod properties;
mod rejects;
mod rules;
mod stream;
mod writer;
mod xml_rules;

use std::{io::BufRead, sync::Arc};

use super::{
    problem::{DocumentError, Rejection},
    reader::{Entry, open},
};
use crate::history::record::Record;

/// What a document yields: records, rejections, and the error that ended it.
#[derive(Debug, Default)]
struct Outcome {
    records: Vec<Record>,
    rejections: Vec<Rejection>,
    fatal: Option<DocumentError>,
}

fn read(document: impl AsRef<[u8]>) -> Outcome {
    read_pieces(document.as_ref())
}

fn read_pieces(input: impl BufRead + Send) -> Outcome {
    let mut outcome = Outcome::default();
    let reader = match open(input, Arc::default()) {
        Ok(reader) => reader,
        Err(fatal) => return Outcome { fatal: Some(fatal), ..outcome },
    };
    for entry in reader {
        match entry {
            Ok(Entry::Accepted(accepted)) => outcome.records.push(Record::clone(&accepted.record)),
            Ok(Entry::Rejected(rejection)) => outcome.rejections.push(rejection),
            Err(fatal) => outcome.fatal = Some(fatal),
        }
    }
    outcome
}

/// The one record of a document with nothing wrong.
#[track_caller]
fn one(document: &str) -> Record {
    let outcome = read(document);
    assert!(outcome.fatal.is_none() && outcome.rejections.is_empty(), "{outcome:?}");
    let [record] = <[Record; 1]>::try_from(outcome.records).expect("one record");
    record
}

/// The one rejection of a document, as a person sees it.
#[track_caller]
fn rejection(document: &str) -> String {
    let outcome = read(document);
    assert!(outcome.fatal.is_none() && outcome.records.is_empty(), "{outcome:?}");
    assert_eq!(outcome.rejections.len(), 1);
    outcome.rejections[0].to_string()
}

/// The error that ended a document, as a person sees it.
#[track_caller]
fn fatal(document: impl AsRef<[u8]>) -> String {
    read(document).fatal.expect("the document is refused").to_string()
}

/// An XML document of one session with these elements.
fn xml(elements: &str) -> String {
    format!("<response><requests><request>{elements}</request></requests></response>")
}

/// A JSON document of one session with these members.
fn json(members: &str) -> String {
    format!(r#"{{"requests":[{{{members}}}]}}"#)
}
