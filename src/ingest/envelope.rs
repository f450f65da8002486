//! What surrounds the sessions of a document, in both formats.

use super::problem::DocumentError;

/// Finds the error in the `result` and the `errorDetails` of an envelope.
pub(super) fn check(line: u64, result: &str, error: &str) -> Result<(), DocumentError> {
    let starts_with =
        |word: &str| result.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let message = match (starts_with("FAIL") || starts_with("ERROR"), error) {
        (false, "") => return Ok(()),
        (true, "") => result.to_owned(),
        (false, error) => error.to_owned(),
        (true, error) => format!("{result}: {error}"),
    };
    Err(DocumentError::Refused { line, message })
}

/// What is wrong with a document that has no list of sessions, if anything.
pub(super) fn missing(list: bool, declared_count: Option<u64>, name: &str) -> Option<String> {
    match declared_count {
        _ if list => None,
        Some(0) => None,
        Some(count) => Some(format!("it declares {count} sessions and has no {name}")),
        None => Some(format!("it has no {name}")),
    }
}
