//! The encodings of parameters, and arbitrary bytes.

use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::parse;
use crate::legacy::{LegacyRequest, PageSizes, Params, Profile, Translation, VARS};

const FILTERS: [(&str, &str); 6] = [
    ("FILTER_ID", "12334"),
    ("FILTER_DATE_START_INI", "2011-01-03 09:15"),
    ("FILTER_CUSTOMER_NAME", "Zoë & Søn = 100% + \"<ü>\""),
    ("FILTER_PROCESSED", "ANSWERED"),
    ("FILTER_HAS_VIDEOS", "FALSE"),
    ("FILTER_CUSTOM_FIELD_VALUE", "A-1"),
];

/// Encodes a text; `how` chooses the encoding of each byte.
fn encode(text: &str, how: &mut impl Iterator<Item = u8>) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let how = how.next().unwrap_or_default();
        match byte {
            b' ' if how.is_multiple_of(2) => encoded.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'=' if how < 200 => {
                encoded.push(byte.into())
            }
            _ if how.is_multiple_of(2) => encoded.push_str(&format!("%{byte:02x}")),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn recase(text: &str, how: &mut impl Iterator<Item = u8>) -> String {
    let lower = |c: char, how: u8| if how.is_multiple_of(3) { c.to_ascii_lowercase() } else { c };
    text.chars().map(|c| lower(c, how.next().unwrap_or_default())).collect()
}

proptest! {
    #[test]
    fn all_encodings_of_a_request_are_equal(
        vars in subsequence(VARS.iter().map(|var| var.token).collect::<Vec<_>>(), 1..=18).prop_shuffle(),
        filters in subsequence(FILTERS.to_vec(), 0..=6).prop_shuffle(),
        how in vec(any::<u8>(), 2_000),
        in_form in any::<bool>(),
    ) {
        let mut how = how.into_iter();
        let plain = |pairs: &[(&str, &str)], vars: &str| {
            let mut never = std::iter::repeat(201);
            let pairs = pairs.iter().map(|(name, value)| format!("&{name}={}", encode(value, &mut never)));
            format!("VARS={vars}{}", pairs.collect::<String>())
        };
        let expected = parse(&plain(&filters, &vars.join("+"))).unwrap();
        let separators = [" ", "  ", ", ", ",", "\n", " \r\n\t"];
        let mut list = String::new();
        for var in &vars {
            list.push_str(&recase(var, &mut how));
            list.push_str(separators[usize::from(how.next().unwrap_or_default()) % separators.len()]);
        }
        let mut written = Vec::new();
        for (name, value) in filters.iter().copied().chain([("VARS", list.as_str())]) {
            let name = recase(&format!("\n {name} "), &mut how);
            written.push(format!("{}={}", encode(&name, &mut how), encode(&format!(" {value}\n"), &mut how)));
        }
        let written = written.join("&");
        let (query, form) = if in_form { ("VARS=x&FILTER_ID=", Some(written.as_bytes())) } else { (written.as_str(), None) };
        // Parameters of the query remain if the form does not have them, so this filter is empty.
        let parsed = LegacyRequest::parse(&Params::parse(query.as_bytes(), form), &Profile::default()).unwrap();
        prop_assert_eq!(parsed.vars(), expected.vars());
        let sizes = PageSizes { sessions: 1, children: 1 };
        prop_assert_eq!(Translation::new(&parsed, sizes), Translation::new(&expected, sizes));
    }

    #[test]
    fn any_bytes_are_accepted(query in vec(any::<u8>(), 0..300), form in proptest::option::of(vec(any::<u8>(), 0..100))) {
        survives(&query, form.as_deref());
    }

    #[test]
    fn any_sequence_of_pieces_is_accepted(pieces in vec(0..PIECES.len(), 0..40)) {
        let query: Vec<u8> = pieces.iter().flat_map(|piece| PIECES[*piece].bytes()).collect();
        survives(&query, Some(&query));
    }
}

#[test]
fn two_elements_without_a_separator_are_two_elements() {
    for (first, second) in VARS.iter().flat_map(|first| VARS.iter().map(move |it| (first, it))) {
        let parsed = parse(&format!("VARS={}{}", first.token, second.token)).unwrap();
        assert_eq!(
            parsed.vars(),
            parse(&format!("VARS={} {}", first.token, second.token)).unwrap().vars()
        );
    }
}

const PIECES: [&str; 18] = [
    "VARS",
    "[]",
    "=",
    "&",
    "ID",
    " ",
    "%",
    "%0A",
    "%e9",
    "FILTER_",
    "FILTER_ID=1",
    "KEY=",
    "OUTPUT_FORMAT",
    "JSON",
    "+",
    "é",
    "%00",
    "FILTER_DATE_START_INI=2011-1-1 1:1",
];

fn survives(query: &[u8], form: Option<&[u8]>) {
    let params = Params::parse(query, form);
    assert!(params.key_candidates().len() <= 9);
    match LegacyRequest::parse(&params, &Profile::default()) {
        Ok(request) => assert_eq!(request.format(), params.format()),
        Err(error) => {
            assert!(error.message().chars().count() < 120 && error.format() == params.format())
        }
    }
}
