//! Reading the manifest of trusted documents.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{sync::Notify, task::spawn_blocking};

use super::{output::Failure, signals::Reload};
use crate::app::App;

/// The maximum size of a manifest, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// The number of problems in a message.
const MAX_PROBLEMS: usize = 10;

/// Trusts the documents of a manifest only. Returns their number.
pub(super) fn load(app: &App, file: &Path) -> Result<usize, Failure> {
    let name = file.display();
    let manifest =
        read(file).map_err(|error| format!("cannot read the trusted documents {name}: {error}"))?;
    app.trust_documents(&manifest).map_err(|problems| {
        let mut text = format!("the trusted documents {name} are invalid:");
        for problem in problems.iter().take(MAX_PROBLEMS) {
            text.push_str("\n  ");
            text.push_str(problem);
        }
        if let Some(more) = problems.len().checked_sub(MAX_PROBLEMS).filter(|more| *more > 0) {
            text.push_str(&format!("\n  and {more} more"));
        }
        text.into()
    })
}

/// Exchanges the trusted documents when that is requested. If the manifest is wrong, the earlier documents stay.
pub(super) fn watch(app: App, file: PathBuf) -> Reload {
    let request = Arc::new(Notify::new());
    let received = request.clone();
    tokio::spawn(async move {
        loop {
            received.notified().await;
            let (app, file) = (app.clone(), file.clone());
            match spawn_blocking(move || load(&app, &file)).await {
                Ok(Ok(documents)) => {
                    tracing::info!(documents, "the trusted documents were exchanged");
                }
                Ok(Err(problem)) => {
                    tracing::error!(%problem, "the trusted documents were not exchanged");
                }
                Err(error) => tracing::error!(%error, "the trusted documents were not exchanged"),
            }
        }
    });
    Reload { name: "the trusted documents", request }
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(text)
}
