//! `session-history translate`.

use clap::Args;

use super::output::{Done, print};
use crate::legacy::{PageSizes, translate_url};

/// The arguments of `translate`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Legacy URL, or the part after its '?'. KEY is ignored.
    url: String,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let translation = translate_url(&arguments.url, PageSizes::SCHEMA_DEFAULT)?;
    let variables = serde_json::to_string_pretty(&translation.variables)?;
    print(&format!("{}\n\n{variables}\n", translation.document.trim_end()))
}
