//! How texts compare: without regard to case, to how accents are encoded, and to white space
//! around them. By other crates than the gateway's.

use caseless::Caseless;
use proptest::{collection::vec, prelude::*, sample::select};
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// Texts that stumble over each other, or over a format. None of them is empty.
const TEXTS: [&str; 64] = [
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
    "Don’t",
    "don't pr\u{AD}int\u{202F}!",
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

/// The words of a text as a search compares them: without case and diacritics. Of Unicode's rules for
/// the boundaries of words, it has those that the texts of the model need.
pub fn words(text: &str) -> Vec<String> {
    let is_ideograph = |it: char| {
        ('\u{3040}'..'\u{30A0}').contains(&it) || ('\u{3400}'..='\u{9FFF}').contains(&it)
    };
    let text =
        interchangeable(text).replace('\u{AD}', "").replace('’', "'").replace('\u{202F}', " ");
    let text: Vec<char> = text.nfc().collect();
    let is_mark = |at: usize| text.get(at).is_some_and(|it| canonical_combining_class(*it) > 0);
    let in_word = |at: usize| {
        text.get(at).is_some_and(|it| !is_ideograph(*it) && (it.is_alphanumeric() || *it == '_'))
    };
    let (mut words, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let start = at;
        at += 1;
        if in_word(start) {
            // An apostrophe between letters is within the word.
            let is_letter = |at: usize| in_word(at) && text[at].is_alphabetic();
            let joins = |at: usize| {
                let before = (start..at).rev().find(|it| !is_mark(*it));
                text.get(at) == Some(&'\'') && before.is_some_and(is_letter) && is_letter(at + 1)
            };
            while in_word(at) || is_mark(at) || joins(at) {
                at += 1;
            }
        } else if is_ideograph(text[start]) {
            while is_mark(at) {
                at += 1;
            }
        }
        let word = &text[start..at];
        if word.iter().any(|it| it.is_alphanumeric()) {
            let word = word.iter().copied().nfd().default_case_fold().nfd();
            let is_diacritic = |it: &char| {
                let class = canonical_combining_class(*it);
                class == 1 || (10..=36).contains(&class) || (200..=240).contains(&class)
            };
            words.push(word.filter(|it| !is_diacritic(it)).nfc().collect());
        }
    }
    words
}

/// A search that may find texts of the pool.
pub fn search(pool: &[String]) -> BoxedStrategy<String> {
    let unquoted = part(pool).prop_map(|text| text.replace(['"', '*'], " "));
    let word = (sought(pool), any::<prop::sample::Index>()).prop_map(|(text, index)| {
        let text = text.replace(['"', '*'], " ");
        let words: Vec<_> = text.split_whitespace().collect();
        if words.is_empty() { String::new() } else { words[index.index(words.len())].to_owned() }
    });
    let phrase = prop_oneof![unquoted, sought(pool).prop_map(|text| text.replace('"', " "))];
    let term = prop_oneof![
        3 => word.prop_map(|text| text.trim_start_matches('-').to_owned()),
        2 => phrase.prop_map(|text| format!("\"{text}\"")),
    ];
    let term =
        term.prop_map(|term| if words(&term).is_empty() { "padded".to_owned() } else { term });
    let marked = (term, any::<bool>(), 0..4).prop_map(|(term, is_prefix, negated)| {
        let (not, any) = (if negated == 0 { "-" } else { "" }, if is_prefix { "*" } else { "" });
        format!("{not}{term}{any}")
    });
    vec(marked, 1..4).prop_map(|terms| terms.join(" \n")).boxed()
}

/// Whether a session with these texts matches a search.
pub fn matches_search(search: &str, texts: &[&str]) -> bool {
    let texts: Vec<_> = texts.iter().map(|text| words(text)).collect();
    let mut rest = search.trim();
    while !rest.is_empty() {
        let negated = rest.starts_with('-');
        rest = rest.trim_start_matches('-');
        let (term, after) = match rest.strip_prefix('"') {
            Some(phrase) => phrase.split_once('"').unwrap(),
            None => rest.split_at(rest.find([' ', '\n', '*']).unwrap_or(rest.len())),
        };
        let is_prefix = after.starts_with('*');
        rest = after.trim_start_matches('*').trim_start();
        let sought = words(term);
        let (last, others) = sought.split_last().unwrap();
        let has = |text: &Vec<String>| {
            text.windows(sought.len()).any(|found| {
                let (found_last, found_others) = found.split_last().unwrap();
                let ends =
                    if is_prefix { found_last.starts_with(last) } else { found_last == last };
                found_others == others && ends
            })
        };
        if texts.iter().any(has) == negated {
            return false;
        }
    }
    true
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
