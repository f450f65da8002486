//! The errors of the JSON parser, as text.

/// What is wrong, without the position inside of the part, which would mislead.
pub(super) fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}
