//! A caller's text in an error.

/// The length limit of a caller's text in an error, in characters.
const MAX_QUOTED: usize = 64;

/// A caller's text for an error: cut at the limit, and without control characters.
pub(super) fn quote(text: &str) -> String {
    let safe = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut quoted: String = text.chars().take(MAX_QUOTED).map(safe).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        quoted.push('…');
    }
    quoted
}
