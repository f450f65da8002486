//! Names that operators give: names of accounts and labels of keys.

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};

use crate::error::{Error, Result};

/// The maximum length of a name, in characters.
const MAX_CHARS: usize = 100;

/// Returns a name without the white space around it. `what` is the subject of the message.
///
/// # Errors
/// When the name is empty or too long, or has control characters, line separators or characters
/// that are not visible: such names break lists, and look like other names.
pub fn parse_name<'a>(what: &str, text: &'a str) -> Result<&'a str> {
    let name = text.trim();
    let length = name.chars().count();
    if !(1..=MAX_CHARS).contains(&length) {
        return Err(Error::input(format!("{what} has 1 to {MAX_CHARS} characters, not {length}.")));
    }
    let signs: Vec<char> = name.chars().collect();
    for (at, sign) in signs.iter().copied().enumerate() {
        let near = |at: usize| signs.get(at).copied();
        let kind = match sign {
            _ if sign.is_control() => "control character",
            '\u{2028}' | '\u{2029}' => "line separator",
            _ if is_invisible(sign)
                && !is_joiner(at.checked_sub(1).and_then(near), sign, near(at + 1)) =>
            {
                "invisible character"
            }
            _ => continue,
        };
        let code = u32::from(sign);
        return Err(Error::input(format!("{what} must not contain the {kind} U+{code:04X}.")));
    }
    Ok(name)
}

/// Whether Unicode gives a character no shape of its own: zero-width ones, marks of direction.
fn is_invisible(sign: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(sign)
}

/// Whether an invisible character belongs to the letters or the emoji around it, as in Persian,
/// Sinhala or 👩‍💻.
fn is_joiner(before: Option<char>, sign: char, after: Option<char>) -> bool {
    let shaped = |near: Option<char>| {
        near.is_some_and(|it| !it.is_ascii() && !it.is_whitespace() && !is_invisible(it))
    };
    match sign {
        '\u{200C}' | '\u{200D}' => (shaped(before) || before == Some('\u{FE0F}')) && shaped(after),
        '\u{FE0E}' | '\u{FE0F}' => shaped(before),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_name;

    #[test]
    fn a_name_loses_the_space_around_it_and_nothing_else() {
        for (text, name) in [
            (" acme\n", "acme"),
            ("Zoë & Söhne (2)", "Zoë & Söhne (2)"),
            ("水瀬　遥", "水瀬　遥"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("ශ්\u{200D}රී", "ශ්\u{200D}රී"),
            ("👩\u{200D}💻 🖥\u{FE0F}", "👩\u{200D}💻 🖥\u{FE0F}"),
            ("🏳\u{FE0F}\u{200D}🌈", "🏳\u{FE0F}\u{200D}🌈"),
        ] {
            assert_eq!(parse_name("A name", text).unwrap(), name);
        }
        assert!(parse_name("A name", &"é".repeat(100)).is_ok());
    }

    #[test]
    fn control_characters_and_invisible_characters_are_refused() {
        for (text, message) in [
            ("", "1 to 100 characters, not 0"),
            (" \t ", "not 0"),
            (&*"é".repeat(101), "not 101"),
            ("a\tb", "control character U+0009"),
            ("a\nb", "U+000A"),
            ("a\0", "U+0000"),
            ("\u{1b}[31mred", "U+001B"),
            ("a\u{85}b", "U+0085"),
            ("a\u{2028}b", "line separator U+2028"),
            ("zero\u{200B}width", "invisible character U+200B"),
            ("ac\u{200D}me", "U+200D"),
            ("я\u{200D}", "U+200D"),
            ("я\u{200D}\u{200D}я", "U+200D"),
            ("a\u{FE0F}", "U+FE0F"),
            ("\u{202E}emca", "U+202E"),
            ("a\u{2066}b", "U+2066"),
            ("a\u{AD}b", "U+00AD"),
            ("\u{FEFF}acme", "U+FEFF"),
            ("a\u{3164}b", "U+3164"),
            ("a\u{E0041}b", "U+E0041"),
        ] {
            let error = parse_name("A name", text).unwrap_err();
            assert!(error.message().contains(message), "{text:?}: {error}");
        }
    }
}
