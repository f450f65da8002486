//! Errors: their exact texts and their order.

use super::{filter, parse};
use crate::{
    export::OutputFormat,
    legacy::{LegacyError, LegacyErrorKind, LegacyRequest, Params, Profile},
};

fn error(query: &str) -> String {
    parse(query).unwrap_err()
}

#[test]
fn vars_must_ask_for_something_known() {
    let long = format!("VARS={}", "ID ".repeat(171));
    for query in [
        "",
        "VARS=",
        "VARS=%20,",
        "VARS=OUTPUT_FORMAT",
        "VARS=OUTPUT_FORMAT=JSON",
        &format!("{long}IDX"),
    ] {
        assert_eq!(error(query), "Invalid VARS setting.", "{query}");
    }
    assert!(parse(&long).is_ok());
    assert_eq!(error("VARS=ID Foo"), "Invalid VARS setting: Foo.");
    assert_eq!(error("VARS=ID ID=1"), "Invalid VARS setting: ID=1.");
    let shown = format!("Invalid VARS setting: a\u{FFFD}{}….", "b".repeat(62));
    assert_eq!(error(&format!("VARS=a%00{}", "b".repeat(200))), shown);
}

#[test]
fn output_format_is_xml_or_json() {
    for query in [
        "VARS=ID&OUTPUT_FORMAT=YAML",
        "VARS=ID OUTPUT_FORMAT=YAML",
        "VARS=ID OUTPUT_FORMAT=YAML&OUTPUT_FORMAT=XML",
    ] {
        assert_eq!(error(query), "Invalid OUTPUT_FORMAT setting.", "{query}");
    }
}

#[test]
fn filters_are_checked() {
    for (name, bad) in [
        ("FILTER_ID", "12a"),
        ("FILTER_ID", "-1"),
        ("FILTER_ID", "%2B1"),
        ("FILTER_ID", "9223372036854775808"),
        ("FILTER_ID", "１"),
        ("FILTER_DATE_START_INI", "2011-02-30"),
        ("FILTER_DATE_START_END", "yesterday"),
    ] {
        assert_eq!(filter(&format!("{name}={bad}")), Err(format!("Invalid {name} value.")));
    }
    for name in ["FILTER_START_METHOD", "FILTER_PROCESSED", "FILTER_HAS_VIDEOS"] {
        assert_eq!(filter(&format!("{name}=MAYBE")), Err(format!("Invalid {name} setting.")));
    }
    assert!(filter("FILTER_ID=0000000000000000000000009223372036854775807").is_ok());
}

#[test]
fn texts_may_be_as_long_as_documented() {
    for (name, most) in [
        ("FILTER_CUSTOMER_NAME", 100),
        ("FILTER_CUSTOMER_EMAIL", 100),
        ("FILTER_CUSTOMER_NUMBER", 50),
        ("FILTER_COMPUTER_NAME", 100),
        ("FILTER_COMPUTER_DOMAIN", 100),
        ("FILTER_TECH_USERNAME", 100),
        ("FILTER_CUSTOM_FIELD_NAME", 32),
        ("FILTER_CUSTOM_FIELD_VALUE", 100),
    ] {
        assert!(filter(&format!("{name}=+{}+", "é".repeat(most))).is_ok(), "{name}");
        let longer = filter(&format!("{name}={}", "é".repeat(most + 1)));
        assert_eq!(longer, Err(format!("Invalid {name} value.")));
    }
}

#[test]
fn the_first_error_in_documented_order_counts() {
    let mut query = String::from(
        "FILTER_FOO=1&FILTER_CUSTOM_FIELD_VALUE=LONG&FILTER_HAS_VIDEOS=x&FILTER_PROCESSED=x&FILTER_ID=x&OUTPUT_FORMAT=x&VARS=x",
    )
    .replace("LONG", &"x".repeat(101));
    for (text, mended) in [
        ("Invalid VARS setting: x.", ("VARS=x", "VARS=ID")),
        ("Invalid OUTPUT_FORMAT setting.", ("OUTPUT_FORMAT=x", "OUTPUT_FORMAT=xml")),
        ("Invalid FILTER_ID value.", ("FILTER_ID=x", "FILTER_ID=1")),
        ("Invalid FILTER_PROCESSED setting.", ("PROCESSED=x", "PROCESSED=all")),
        ("Invalid FILTER_HAS_VIDEOS setting.", ("VIDEOS=x", "VIDEOS=true")),
        ("Invalid FILTER_CUSTOM_FIELD_VALUE value.", ("VALUE=x", "VALUE=&x=")),
        ("Invalid FILTER_FOO setting.", ("FILTER_FOO", "FOO")),
    ] {
        assert_eq!(error(&query), text);
        query = query.replace(mended.0, mended.1);
    }
    assert!(parse(&query).is_ok());
}

#[test]
fn too_many_parameters_are_refused() {
    assert!(parse(&format!("VARS=ID{}", "&a".repeat(999))).is_ok());
    assert_eq!(error(&format!("VARS=ID{}", "&a".repeat(1_000))), "Too many parameters.");
}

#[test]
fn an_error_answers_in_the_format_asked_for() {
    let body = |query: &str| {
        let error =
            LegacyRequest::parse(&Params::parse(query.as_bytes(), None), &Profile::default())
                .unwrap_err();
        String::from_utf8(error.body(&Profile::default())).unwrap()
    };
    assert_eq!(body("VARS=<&OUTPUT_FORMAT=json"), r#"{"error_msg":"Invalid VARS setting: <."}"#);
    assert_eq!(
        body("VARS=<"),
        "<response><error_msg>Invalid VARS setting: &lt;.</error_msg></response>"
    );
    assert_eq!(
        body("VARS=\" OUTPUT_FORMAT=JSON&OUTPUT_FORMAT=x"),
        r#"{"error_msg":"Invalid VARS setting: \"."}"#
    );
}

#[test]
fn errors_outside_the_request_have_fixed_texts() {
    for (kind, status, text) in [
        (LegacyErrorKind::Key, 401, "Invalid KEY."),
        (LegacyErrorKind::RateLimited, 429, "Too many requests."),
        (LegacyErrorKind::Unavailable, 503, "Service unavailable."),
        (LegacyErrorKind::Internal, 500, "Internal error."),
    ] {
        assert_eq!(
            (kind.status(), LegacyError::new(kind, OutputFormat::Xml).message()),
            (status, text)
        );
    }
}
