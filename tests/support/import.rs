//! An import of a document, as the command runs it.

use std::{io::Cursor, sync::Arc, time::Duration};

use serde_json::Value;
use session_history::{
    history::writer::Writer,
    ingest::{
        format::Format,
        pipeline::{self, ImportObserver, Tally, Warning},
        problem::Rejection,
    },
};

/// An import without rejections and warnings.
struct Unobserved;

impl ImportObserver for Unobserved {
    fn opened(&mut self, _: Format) {}
    fn rejected(&mut self, rejection: &Rejection) {
        panic!("{rejection}");
    }
    fn warned(&mut self, warning: Warning) {
        panic!("{warning}");
    }
    fn running(&mut self, _: &Tally) {}
}

/// Imports the sessions of a legacy document, all of which must be taken.
pub async fn import(writer: &Writer, document: &Value) -> Tally {
    let (input, minute) = (Cursor::new(document.to_string()), Duration::from_secs(60));
    let mut tally = Tally::default();
    pipeline::import(writer, input, &Arc::default(), minute, &mut tally, &mut Unobserved)
        .await
        .unwrap();
    tally
}
