//! Reading the manifest of trusted documents.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::output::Failure;
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

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(text)
}
