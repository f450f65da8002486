//! `session-history translate`.

use clap::Args;

use super::{Done, print};
use crate::legacy::{PageSizes, translate_url};

/// A legacy URL to translate.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The URL, or what follows its '?'. A key in it is not looked at.
    url: String,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let translation = translate_url(&arguments.url, PageSizes::MOST)?;
    let variables = serde_json::to_string_pretty(&translation.variables)?;
    print(&format!("{}\n\n{variables}\n", translation.document.trim_end()))
}
