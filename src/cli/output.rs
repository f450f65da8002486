//! What a command prints, and how it fails.

use std::{
    io::{self, Write},
    process::ExitCode,
};

/// The exit code where some records were rejected and all others are stored.
pub(super) const SOME_REJECTED: u8 = 3;

/// Why a command failed, for its user.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The result of a command: its exit code.
pub(super) type Done = Result<ExitCode, Failure>;

/// Prints a result.
pub(super) fn print(text: &str) -> Done {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a line to standard error.
pub(super) fn notice(text: &str) {
    // Standard error may be closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error with its causes. The person at the terminal gets the cause of an internal error, and not
/// the sentence that hides it from callers.
pub(super) fn describe(failure: &(dyn std::error::Error + 'static)) -> String {
    let hidden = failure.is::<crate::error::Error>().then(|| failure.source()).flatten();
    let failure = hidden.unwrap_or(failure);
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text = format!("{text} {inner_text}");
        }
        cause = inner.source();
    }
    text
}
