//! The document as text: its brackets, before a parser recurses into them.

use super::too_deep;
use crate::error::Result;

/// The deepest nesting of brackets of any kind. The parser would follow them on its stack.
const MAX_NESTING: usize = 100;

/// Refuses a text whose brackets nest too deeply, strings and comments aside.
pub(super) fn check_nesting(query: &str) -> Result<()> {
    let mut depth = 0_usize;
    let mut rest = query;
    while let Some(at) = rest.find(['{', '[', '(', '}', ']', ')', '"', '#']) {
        let (found, after) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = match found {
            b'"' => after_string(after),
            b'#' => after.find(['\n', '\r']).map_or("", |end| &after[end..]),
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return Err(too_deep(format!(
                        "The document nests more than {MAX_NESTING} brackets."
                    )));
                }
                after
            }
            _ => {
                depth = depth.saturating_sub(1);
                after
            }
        };
    }
    Ok(())
}

/// What follows a string, whose opening quote was just passed.
fn after_string(rest: &str) -> &str {
    if let Some(block) = rest.strip_prefix("\"\"") {
        let mut rest = block;
        while let Some(at) = rest.find("\"\"\"") {
            let escaped = rest[..at].ends_with('\\');
            rest = &rest[at + 3..];
            if !escaped {
                return rest;
            }
        }
        return "";
    }
    let mut escaped = false;
    for (at, sign) in rest.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // A line's end cannot be inside; the parser will say so.
            '"' | '\n' | '\r' => return &rest[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::check_nesting;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(500);
        for text in [
            format!("{{ a(b: \"{many}\") }}"),
            format!("{{ a(b: \"\\\"{many}\") }}"),
            format!("{{ a(b: \"\"\"{many} \\\"\"\" {many}\"\"\") }}"),
            format!("# {many}\n{{ a }}"),
        ] {
            assert!(check_nesting(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn deep_brackets_are_refused() {
        for text in ["{a".repeat(101), format!("{{ a(b: {}", "[".repeat(100)), "\"\"{".repeat(101)]
        {
            assert!(check_nesting(&text).is_err(), "{text}");
        }
        assert!(check_nesting(&"{a}".repeat(500)).is_ok());
    }
}
