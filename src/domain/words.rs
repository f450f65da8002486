//! The words of a text, as a search compares them.
//!
//! A word is a part between two word boundaries of Unicode (UAX #29) that has a letter or a digit. Words
//! are compared without letter case, without diacritics and without characters that are not seen.

use std::borrow::Cow;

use icu_normalizer::{
    ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed,
    properties::CanonicalCombiningClassMapBorrowed,
};
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_segmentation::UnicodeSegmentation;

/// The maximum length of a word of a search, in characters.
pub const MAX_WORD: usize = 100;

/// The words of a text that is folded (see [`super::text::fold`]), in the text's order.
///
/// Of a longer word than a search can have, the first [`MAX_WORD`] + 1 characters are returned: such a
/// word equals no word of a search, and still begins as it did.
pub fn each_word(folded: &str, mut word: impl FnMut(&str)) {
    // No word has a space, and no boundary depends on what is on the other side of a space. By UAX #29 a
    // mark belongs to white space before it; a word begins with its first mark instead.
    for part in folded.split(' ') {
        if part.is_ascii() {
            each_ascii_word(part, &mut word);
        } else if let Some(letters) = latin_letters(part) {
            each_ascii_word(&letters, &mut word);
        } else {
            plain(part).unicode_words().for_each(|it| word(cut(it.trim_start())));
        }
    }
}

/// The words of a text in ASCII. Punctuation at its ends belongs to no word, and most texts between
/// spaces have no other punctuation.
fn each_ascii_word(text: &str, mut word: impl FnMut(&str)) {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = text.as_bytes();
    let Some(start) = bytes.iter().position(is_of_word) else { return };
    let end = bytes.iter().rposition(is_of_word).map_or(start, |last| last + 1);
    let (text, bytes) = (&text[start..end], &bytes[start..end]);
    if !bytes.iter().all(is_of_word) {
        text.unicode_words().for_each(|it| word(cut(it)));
    } else if bytes.iter().any(u8::is_ascii_alphanumeric) {
        word(cut(text));
    }
}

/// The folded text without diacritics, if it has only letters of Latin-1 and apostrophes that become ASCII by that.
fn latin_letters(text: &str) -> Option<String> {
    let letter = |character| match character {
        '\0'..='\x7F' => Some(character),
        'à'..='å' => Some('a'),
        'ç' => Some('c'),
        'è'..='ë' => Some('e'),
        'ì'..='ï' => Some('i'),
        'ñ' => Some('n'),
        'ò'..='ö' => Some('o'),
        'ù'..='ü' => Some('u'),
        'ý' | 'ÿ' => Some('y'),
        '’' => Some('\''),
        _ => None,
    };
    text.chars().map(letter).collect()
}

/// The folded text as people type it.
fn plain(text: &str) -> Cow<'_, str> {
    match visible(text) {
        Cow::Borrowed(text) => without_diacritics(text),
        Cow::Owned(text) => without_diacritics(&text).into_owned().into(),
    }
}

/// The text without characters that are not seen, such as a soft hyphen or a mark of the direction, and with a plain apostrophe.
/// By UAX #29, such a character after a word is a part of the word, and so is a narrow no-break space.
fn visible(text: &str) -> Cow<'_, str> {
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let visible = |character| match character {
        // Spaces, of which one has no width.
        '\u{202F}' | '\u{200B}' => Some(' '),
        '’' => Some('\''),
        _ if unseen.contains(character) => None,
        _ => Some(character),
    };
    if text.chars().all(|it| visible(it) == Some(it)) {
        return text.into();
    }
    let text: String = text.chars().filter_map(visible).collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned().into()
}

fn cut(word: &str) -> &str {
    // A byte is at most one character.
    if word.len() <= MAX_WORD {
        return word;
    }
    word.char_indices().nth(MAX_WORD + 1).map_or(word, |(end, _)| &word[..end])
}

/// The folded text without marks above, below and across letters, and without the points of vowels.
/// Marks that belong to a letter, as the nukta or the voicing mark of kana, stay.
fn without_diacritics(text: &str) -> Cow<'_, str> {
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let is_diacritic = |it: &char| matches!(classes.get_u8(*it), 1 | 10..=36 | 200..=240);
    // A folded text is composed.
    if !decomposed.chars().any(|it| is_diacritic(&it)) {
        return text.into();
    }
    let letters: String = decomposed.chars().filter(|it| !is_diacritic(it)).collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&letters).into_owned().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;
    use unicode_segmentation::UnicodeSegmentation;

    use super::{cut, each_word};
    use crate::domain::text::fold;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(&fold(text), |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_between_the_boundaries_of_unicode() {
        for (text, expected) in [
            (
                "The quick (\"brown\") fox can't jump 32.3 feet, right?",
                "the|quick|brown|fox|can't|jump|32.3|feet|right",
            ),
            ("mytech@techplace.com", "mytech|techplace.com"),
            ("snake_case and-dash C++", "snake_case|and|dash|c"),
            ("日本語", "日|本|語"),
            ("パソコン", "パソコン"),
            ("! \u{AA4C} \t\u{AA4C}", "\u{AA4C}|\u{AA4C}"),
            ("- & 😀 …", ""),
            ("", ""),
        ] {
            assert_eq!(words(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn words_are_without_case_and_diacritics() {
        for (text, expected) in [
            ("Ångström A\u{30A}NGSTRO\u{308}M", "angstrom|angstrom"),
            ("Straße STRASSE", "strasse|strasse"),
            ("Ελλάδα ΕΛΛΑΔΑ", "ελλαδα|ελλαδα"),
            ("Ёлка İzmir", "елка|izmir"),
            ("מְנוּקָד", "מנוקד"),
            ("مُدَرِّسٌ", "مدرس"),
            ("ガス क़लम", "ガス|क\u{93C}लम"),
            ("한국어", "한국어"),
            ("\u{301} e\u{301}", "e"),
        ] {
            assert_eq!(words(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn words_have_no_characters_that_are_not_seen() {
        for (text, expected) in [
            ("Bonjour\u{202F}! Ça ne marche pas\u{202F}?", "bonjour|ca|ne|marche|pas"),
            ("1\u{202F}234\u{202F}EUR", "1|234|eur"),
            ("\u{2068}Ann\u{2069} joined", "ann|joined"),
            ("hello\u{200E} שלום\u{200F}!", "hello|שלום"),
            ("\u{202A}C:\\Temp\\file.txt\u{202C}", "c|temp|file.txt"),
            ("end\u{FEFF} print\u{AD}er x\u{2060}y می\u{200C}خواهم", "end|printer|xy|میخواهم"),
            ("a\u{200B}b 1\u{FE0F}", "a|b|1"),
            ("don’t l’écran", "don't|l'ecran"),
            ("e\u{34F}\u{301} カ\u{200D}\u{3099}", "e|ガ"),
            ("\u{AD}\u{200E}\u{FEFF}", ""),
        ] {
            assert_eq!(words(text).join("|"), expected, "{text:?}");
        }
    }

    #[test]
    fn latin_letters_lose_their_diacritics_as_all_others_do() {
        let mut latin = 0;
        for character in '\0'..=char::MAX {
            let folded = fold(&format!("e{character}e"));
            if let Some(letters) = super::latin_letters(&folded) {
                assert_eq!(letters, super::plain(&folded), "{folded:?}");
                latin += usize::from(!folded.is_ascii());
            }
        }
        // 27 letters in two cases.
        assert!(latin >= 54, "{latin}");
    }

    #[test]
    fn a_long_word_is_longer_than_any_word_of_a_search() {
        for letter in ["a", "я", "𐐨"] {
            assert_eq!(words(&letter.repeat(100)), [letter.repeat(100)]);
            assert_eq!(words(&letter.repeat(101)), [letter.repeat(101)]);
            assert_eq!(words(&letter.repeat(5_000)), [letter.repeat(101)]);
        }
    }

    proptest! {
        #[test]
        fn the_words_of_the_parts_between_spaces_are_those_of_the_text(
            ascii in "[ -~\t\r\n]{0,40}",
            mixed in "([ \t.,:;'_\"0-9a-z\u{301}\u{200B}\u{200D}\u{202F}\u{AD}’·א日ガ한🇦é]|\\PC){0,40}",
        ) {
            for text in [ascii, mixed] {
                let folded = fold(&text);
                // Marks are removed from the text as a whole.
                let whole = super::plain(&folded);
                let expected: Vec<_> =
                    whole.unicode_words().map(|it| cut(it.trim_start())).collect();
                assert_eq!(words(&text), expected, "{text:?}");
            }
        }
    }
}
