//! How texts are compared: without regard to letter case and to white space around them.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The form of a text under which equal means "equal but for case and surrounding white space".
///
/// This is Unicode's canonical caseless matching in its composed form: `Straße`, `STRASSE` and
/// ` strasse ` fold to one string, and so do a letter with its accent and the same pair composed.
pub fn fold(text: &str) -> String {
    fold_part(text.trim())
}

/// Like [`fold`], but without trimming: for a part of a text.
pub fn fold_part(text: &str) -> String {
    let text = printable(text);
    fold_latin(&text).unwrap_or_else(|| fold_unicode(&text))
}

/// Folds a text of Latin-1 and typographic punctuation. None of these characters combines with
/// another, so each is folded by itself, at a tenth of the cost. `None` for any other text.
fn fold_latin(text: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_ascii_lowercase());
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'À'..='Þ' => folded.extend(character.to_lowercase()),
            'ß' => folded.push_str("ss"),
            'µ' => folded.push('μ'),
            '\0'..='ÿ' | '‐'..='‧' => folded.push(character.to_ascii_lowercase()),
            _ => return None,
        }
    }
    Some(folded)
}

fn fold_unicode(text: &str) -> String {
    // SQLite's LIKE takes these two for U+FFFD. Other databases are to answer alike.
    let text = text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}");
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&text);
    let folded = CaseMapper::new().fold_string(&decomposed);
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

/// A text that every database can store: NUL, which PostgreSQL cannot store, becomes U+FFFD.
pub fn printable(text: &str) -> std::borrow::Cow<'_, str> {
    if text.as_bytes().contains(&0) { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::{fold, fold_latin, fold_part, fold_unicode};

    #[test]
    fn latin_texts_are_folded_as_all_others_are() {
        let mut latin = 0;
        for character in '\0'..=char::MAX {
            let text = format!("e{character}E");
            if let Some(folded) = fold_latin(&text) {
                assert_eq!(folded, fold_unicode(&text), "{text}");
                latin += 1;
            }
        }
        assert_eq!(latin, 0x100 + 0x18);
    }

    #[test]
    fn case_accents_and_surrounding_space_do_not_matter() {
        assert_eq!(fold(" Straße "), fold("STRASSE"));
        assert_eq!(fold("Ångström"), fold("A\u{30A}NGSTRO\u{308}M"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_ne!(fold("resume"), fold("résumé"));
        assert_eq!(fold_part(" A "), " a ");
        assert_eq!(fold("\u{FFFE}\u{FFFF}\0"), "\u{FFFD}".repeat(3));
    }
}
