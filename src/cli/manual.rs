//! `session-history manual`.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Command};

use super::output::Done;

/// The arguments of `manual`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The folder for the pages. It must exist.
    folder: PathBuf,
}

pub(super) fn run(command: Command, arguments: &Arguments) -> Done {
    let folder = &arguments.folder;
    clap_mangen::generate_to(command, folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
