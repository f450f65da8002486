//! How texts compare: without regard to case, to how accents are encoded, and to white space
//! around them. By other crates than the gateway's.

use caseless::Caseless;
use proptest::{collection::vec, prelude::*, sample::select};
use unicode_normalization::UnicodeNormalization;

/// Texts that stumble over each other, or over a format. None of them is empty.
const TEXTS: [&str; 62] = [
    "Straße",
    "STRASSE",
    "straẞe",
    " strasse ",
    "Stras",
    "Ångström",
    "A\u{30A}NGSTRO\u{308}M",
    "angstrom",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "σίσυφοσ",
    "ᾼ",
    "αι",
    "Ελλάδα",
    "ı",
    "I",
    "i",
    "İ",
    "i\u{307}",
    "Иван",
    "ИВАН",
    "日本語",
    "日本",
    "😀 ok",
    "😀 OK",
    "😁",
    "ﬁle",
    "FILE",
    "é",
    "e\u{301}",
    "e",
    "Zoë",
    "ZOË",
    "100%",
    "100x",
    "a_b",
    "aXb",
    "a!b",
    "a!_b",
    "a\\b",
    "A\\B",
    "%",
    "_",
    "!",
    "\\",
    "it's",
    "\"quoted\"",
    "<&>",
    "a]]>b",
    "&amp;",
    "line\r\nbreak",
    "line\nbreak",
    "tab\there",
    "\rbare",
    "\u{A0}padded\u{3000}",
    "padded",
    " ",
    "a b+c",
    "\u{1}\u{B}\u{1F}\u{7F}",
    "\u{FFFE}\u{FFFF}\u{FFFD}",
    "null",
    "0",
];

/// Whether two texts are equal but for case and surrounding white space.
pub fn same(left: &str, right: &str) -> bool {
    let (left, right) = (interchangeable(left), interchangeable(right));
    caseless::canonical_caseless_match_str(left.trim(), right.trim())
}

/// A text or a part of one, in the form in which parts are looked for: an accent belongs to its
/// letter, however it is encoded.
pub fn folded(text: &str) -> String {
    interchangeable(text).nfd().default_case_fold().nfc().collect()
}

/// Some databases do not tell these from the sign for a character that could not be read.
fn interchangeable(text: &str) -> String {
    text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}

/// A text that is not empty.
pub fn text() -> impl Strategy<Value = String> {
    let one = || select(TEXTS.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        6 => one(),
        1 => (one(), one()).prop_map(|(left, right)| format!("{left}{right}")),
    ]
}

/// The few texts that one history is made of.
pub fn pool() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 2..7)
}

/// A text to look for: one of the pool or its like, or another one.
pub fn sought(pool: &[String]) -> BoxedStrategy<String> {
    let of_pool = || select(pool.to_vec());
    prop_oneof![
        6 => of_pool(),
        1 => of_pool().prop_map(|text| text.to_uppercase()),
        1 => of_pool().prop_map(|text| text.to_lowercase()),
        1 => of_pool().prop_map(|text| text.nfd().collect()),
        1 => of_pool().prop_map(|text| text.nfc().collect()),
        1 => of_pool().prop_map(|text| format!(" \t{text}\u{2003}\n")),
        2 => text(),
    ]
    .boxed()
}

/// A part to look for: cut out of one of the pool or its like, or of another one; or one that
/// would be met by a text of the pool if a sign in it stood for others.
pub fn part(pool: &[String]) -> BoxedStrategy<String> {
    // Cut between a letter and its accent too.
    let apart = |(text, apart): (String, bool)| if apart { text.nfd().collect() } else { text };
    let cut = |(text, from, to): (String, prop::sample::Index, prop::sample::Index)| {
        let length = text.chars().count() + 1;
        let (from, to) = (from.index(length), to.index(length));
        text.chars().skip(from.min(to)).take(from.abs_diff(to)).collect::<String>()
    };
    let veil = |(text, at, sign): (String, prop::sample::Index, &str)| {
        let at = at.index(text.chars().count());
        let (before, after): (String, String) =
            (text.chars().take(at).collect(), text.chars().skip(at + 1).collect());
        format!("{before}{sign}{after}")
    };
    let sign = select(vec!["%", "_", "*", ".*", "\\", "!"]);
    let veiled = (select(pool.to_vec()), any::<prop::sample::Index>(), sign);
    let whole = (sought(pool), any::<bool>()).prop_map(apart);
    let cut_out = (whole, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    prop_oneof![
        6 => cut_out.prop_map(cut),
        2 => sought(pool),
        2 => veiled.prop_map(veil),
        1 => Just(String::new()),
    ]
    .boxed()
}

#[test]
fn the_texts_of_the_model_compare_as_the_contract_says() {
    for (left, right) in [
        ("Straße", " STRASSE\u{3000}"),
        ("straẞe", "strasse"),
        ("Ångström", "A\u{30A}NGSTRO\u{308}M"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("İ", "i\u{307}"),
        ("ᾼ", "αι"),
    ] {
        assert!(same(left, right), "{left} {right}");
        assert_eq!(folded(left.trim()), folded(right.trim()));
    }
    for (left, right) in [("ı", "i"), ("é", "e"), ("a_b", "aXb"), ("line\r\nbreak", "line\nbreak")]
    {
        assert!(!same(left, right), "{left} {right}");
    }
}
