//! An import of a document, as the command runs it.

use std::{io::Cursor, sync::Arc, time::Duration};

use serde_json::Value;
use session_history::{
    history::writer::Writer,
    ingest::{
        format::Format,
        pipeline::{self, ImportError, ImportObserver, Warning},
        problem::Rejection,
        tally::Tally,
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
    let (done, tally) = try_import(writer, document).await;
    done.unwrap();
    tally
}

/// Imports the sessions of a legacy document. Returns how it ended, and the results up to this end.
pub async fn try_import(writer: &Writer, document: &Value) -> (Result<(), ImportError>, Tally) {
    let (input, minute) = (Cursor::new(document.to_string()), Duration::from_secs(60));
    let mut tally = Tally::default();
    let done =
        pipeline::import(writer, input, &Arc::default(), minute, &mut tally, &mut Unobserved).await;
    (done, tally)
}
