//! One test for each quirk of requests and errors that docs/LEGACY.md lists, under its name there. Those of
//! answers are in `tests/legacy_quirks.rs`.

use serde_json::json;

use super::{filter, parse, tokens};
use crate::{
    export::OutputFormat,
    legacy::{LegacyError, LegacyErrorKind, LegacyRequest, Params, Profile},
};

fn keys(query: &str) -> Vec<String> {
    Params::parse(query.as_bytes(), None).key_candidates()
}

fn format(query: &str) -> OutputFormat {
    parse(query).unwrap().format()
}

#[test]
fn line_breaks_before_names() {
    assert_eq!(tokens("KEY=x&%0D%0A%20VARS%20=ID"), ["ID"]);
}

#[test]
fn underscores_for_line_breaks() {
    let all = ["ID", "CUSTOMER_NUMBER", "COMPUTER_NAME", "NOTES"];
    for query in [
        // The published examples as PHP sends them, with line breaks of Unix and of Windows.
        "_KEY=x&__VARS=ID CUSTOMER_NUMBER_COMPUTER_NAME NOTES",
        "VARS=_ID CUSTOMER_NUMBER __COMPUTER_NAME__NOTES_",
        // As browsers send them.
        "VARS=idcustomer_numbercomputer_nameNOTES",
        "VARS=ID_OUTPUT_FORMAT=XML_CUSTOMER_NUMBER_COMPUTER_NAME_OUTPUT_FORMAT_NOTES",
    ] {
        assert_eq!(tokens(query), all, "{query}");
    }
    assert_eq!(format("VARS=ID__OUTPUT_FORMAT=JSON_NOTES"), OutputFormat::Json);
    assert_eq!(format("VARS=ID&OUTPUT_FORMAT=_JSON_"), OutputFormat::Json);
    for (query, error) in [
        ("VARS=_ID_SHOE_SIZE_", "Invalid VARS setting: ID_SHOE_SIZE."),
        ("VARS=_", "Invalid VARS setting."),
        ("VARS=ID&__FILTER_SHOE_SIZE=4", "Invalid FILTER_SHOE_SIZE setting."),
    ] {
        assert_eq!(parse(query), Err(error.to_owned()), "{query}");
    }
    let all = filter(
        "_FILTER_PROCESSED=ANSWERED&__FILTER_ID=_7_&FILTER_DATE_START_INI=2011-01-03__09:15_\
         &FILTER_HAS_VIDEOS=TRUE__&FILTER_START_METHOD=_&_FILTER_CUSTOMER_NAME=_Jo_",
    );
    let expected = json!({
        "answered": true,
        "legacyId": { "eq": "7" },
        "startedAt": { "gt": "2011-01-03T09:15:00Z" },
        "hasVideos": true,
        "customer": { "name": { "eq": "_Jo_" } },
    });
    assert_eq!(all.unwrap(), expected);
    assert_eq!(keys("KEY=abc__"), ["abc__", "abc"]);
}

#[test]
fn html_ampersands() {
    for query in ["KEY=x&amp;VARS=ID&amp;FILTER_ID=", "&AMP;amp;vars=ID", "_amp;%0A _VARS=ID"] {
        assert_eq!(tokens(query), ["ID"], "{query}");
    }
    let expected = json!({ "answered": true, "legacyId": { "eq": "7" } });
    assert_eq!(filter("FILTER_ID=7&amp;FILTER_PROCESSED=ANSWERED").unwrap(), expected);
}

#[test]
fn any_letter_case() {
    assert_eq!(tokens("vars=id Customer_Name"), ["ID", "CUSTOMER_NAME"]);
    assert_eq!(
        filter("Filter_Start_Method=agent").unwrap(),
        json!({ "startMethod": { "eq": "AGENT" } })
    );
}

#[test]
fn last_one_counts() {
    assert_eq!(filter("FILTER_ID=1&filter_id=2").unwrap(), json!({ "legacyId": { "eq": "2" } }));
    assert_eq!(filter("FILTER_ID=1&FILTER_ID=").unwrap(), json!(null));
}

#[test]
fn form_over_query() {
    let params = Params::parse(b"KEY=q&VARS=ID&FILTER_ID=1", Some(b"FILTER_ID=2&VARS[]=NOTES"));
    assert_eq!(params.get("FILTER_ID"), Some("2"));
    assert_eq!(params.vars().as_deref(), Some("NOTES"));
    assert_eq!(params.key_candidates(), ["q"]);
}

#[test]
fn vars_join() {
    assert_eq!(
        tokens("VARS=ID NOTES&VARS[]=ID&vars%5B%5D=DATE_END&VARS="),
        ["ID", "NOTES", "DATE_END"]
    );
    assert_eq!(tokens("VARS[1]=ID&vars%5B0%5D=NOTES"), ["ID", "NOTES"]);
    assert!(parse("VARS[=ID&VARSX=ID&VARS_=ID").is_err());
}

#[test]
fn commas_in_vars() {
    assert_eq!(tokens("VARS=,ID,NOTES,%20DATE_END"), ["ID", "NOTES", "DATE_END"]);
}

#[test]
fn undocumented_id() {
    let undocumented =
        |query| parse(query).unwrap().vars().iter().filter(|var| !var.documented).count();
    assert_eq!(undocumented("VARS=ID NOTES"), 1);
}

#[test]
fn empty_is_absent() {
    assert_eq!(
        filter("FILTER_HAS_VIDEOS=&FILTER_DATE_START_INI=+&FILTER_ODD=").unwrap(),
        json!(null)
    );
    assert_eq!(format("VARS=ID&OUTPUT_FORMAT="), OutputFormat::Xml);
}

#[test]
fn windows_1252() {
    let name = |text: &str| json!({ "customer": { "name": { "eq": text } } });
    assert_eq!(filter("FILTER_CUSTOMER_NAME=Zo%EB+%80").unwrap(), name("Zoë €"));
    assert_eq!(filter("FILTER_CUSTOMER_NAME=Zo%C3%AB").unwrap(), name("Zoë"));
}

#[test]
fn plus_in_key() {
    assert_eq!(keys("KEY=a+b%20c"), ["a b c", "a+b+c"]);
    assert_eq!(keys("KEY=ab%2B"), ["ab+"]);
    assert_eq!(keys("KEY=%0Aab+"), ["ab", "ab+"]);
    assert_eq!(keys("KEY=%20ab"), ["ab", "+ab"]);
    assert_eq!(keys("KEY=%20a+b"), ["a b", "+a+b", "a+b"]);
    assert_eq!(keys(&format!("KEY={}", "k".repeat(512))).len(), 1);
    assert!(keys(&format!("KEY={}", "k".repeat(513))).is_empty());
    assert!(keys("KEY=+&VARS=ID").is_empty());
}

#[test]
fn department_in_key() {
    assert_eq!(keys("KEY=abc|2109"), ["abc|2109", "abc"]);
    assert_eq!(keys("KEY=a|b%7C"), ["a|b|", "a|b"]);
    assert_eq!(keys("KEY=a+b|1"), ["a b|1", "a+b|1", "a b", "a+b"]);
    assert_eq!(keys("KEY=|1"), ["|1"]);
    assert_eq!(keys(&format!("KEY={}|1", "k".repeat(512))), ["k".repeat(512)]);
}

#[test]
fn format_in_vars() {
    assert_eq!(format("VARS=ID output_format=json"), OutputFormat::Json);
    assert_eq!(format("VARS=ID OUTPUT_FORMAT"), OutputFormat::Xml);
    assert_eq!(format("VARS=ID OUTPUT_FORMAT=JSON&OUTPUT_FORMAT=XML"), OutputFormat::Xml);
    assert_eq!(format("VARS=ID&OUTPUT_FORMAT=Json"), OutputFormat::Json);
}

#[test]
fn loose_dates() {
    for date in ["2011-01-03 09:05", "2011-1-3 9:05:00", "2011-01-03T09:05Z"] {
        let expected = json!({ "startedAt": { "gt": "2011-01-03T09:05:00Z" } });
        assert_eq!(filter(&format!("FILTER_DATE_START_INI={date}")).unwrap(), expected);
    }
}

#[test]
fn bounds_excluded() {
    let range =
        filter("FILTER_DATE_START_INI=2011-01-01&FILTER_DATE_START_END=2011-01-01").unwrap();
    let day = "2011-01-01T00:00:00Z";
    assert_eq!(range, json!({ "startedAt": { "gt": day, "lt": day } }));
}

#[test]
fn one_and_zero() {
    assert_eq!(filter("FILTER_HAS_VIDEOS=1").unwrap(), json!({ "hasVideos": true }));
    assert_eq!(filter("FILTER_HAS_VIDEOS=0").unwrap(), json!({ "hasVideos": false }));
}

#[test]
fn unknown_filters_refused() {
    let long = format!("filter_{}", "x".repeat(100));
    assert_eq!(filter("filter_customer=x"), Err("Invalid FILTER_CUSTOMER setting.".to_owned()));
    assert_eq!(
        filter(&format!("{long}=x")),
        Err(format!("Invalid FILTER_{}… setting.", "X".repeat(57)))
    );
    assert_eq!(filter("FILTERS=x&LIMIT=10").unwrap(), json!(null));
}

#[test]
fn plain_error_envelope() {
    let error = LegacyRequest::parse(
        &Params::parse(b"VARS=ID&FILTER_HAS_VIDEOS=maybe", None),
        &Profile::default(),
    )
    .unwrap_err();
    assert_eq!(
        error.body(&Profile::default()),
        b"<response><error_msg>Invalid FILTER_HAS_VIDEOS setting.</error_msg></response>"
    );
    let error = LegacyError::new(LegacyErrorKind::Key, OutputFormat::Json);
    assert_eq!(error.body(&Profile::default()), br#"{"error_msg":"Invalid KEY."}"#);
}
