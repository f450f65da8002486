//! Translations of requests to GraphQL.

use serde_json::json;

use super::{filter, parse, tokens};
use crate::legacy::{FILTERS, LegacyRequest, PageSizes, Profile, Translation, VARS, translate_url};

const SIZES: PageSizes = PageSizes { sessions: 200, children: 500 };

pub(super) fn translated(request: &LegacyRequest) -> Translation {
    Translation::new(request, SIZES)
}

#[test]
fn a_document_asks_for_no_more_than_vars() {
    let translation = translated(&parse("VARS=ID").unwrap());
    let expected = "\
query SessionHistory($first: Int!, $after: String, $count: Boolean!) {
  sessions(orderBy: STARTED_AT_ASC, first: $first, after: $after) {
    totalCount @include(if: $count)
    pageInfo { hasNextPage endCursor }
    nodes {
      legacyId
    }
  }
}
";
    assert_eq!(translation.document, expected);
    let variables = translation.variables.into_value().into_json().unwrap();
    assert_eq!(variables, json!({ "first": 200, "count": true }));
}

#[test]
fn a_document_gathers_what_lies_in_one_object() {
    let query = "VARS=CUSTOMER_NAME CHAT_INFO CUSTOM_FIELD_VALUE VIDEO_LINKS CUSTOMER_EMAIL CUSTOM_FIELD_NAME DATE_START&FILTER_ID=7";
    let translation = translated(&parse(query).unwrap());
    let expected = "\
query SessionHistory($filter: SessionFilter, $first: Int!, $children: Int!, $after: String, $count: Boolean!) {
  sessions(filter: $filter, orderBy: STARTED_AT_ASC, first: $first, after: $after) {
    totalCount @include(if: $count)
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      customer { name email }
      chatMessages(first: $children) { pageInfo { hasNextPage endCursor } nodes { sentAt sender body } }
      customFields { name value }
      videos(first: $children) { pageInfo { hasNextPage endCursor } nodes { url } }
      startedAt
    }
  }
}
";
    assert_eq!(translation.document, expected);
    let variables = translation.variables.into_value().into_json().unwrap();
    let filter = json!({ "legacyId": { "eq": "7" } });
    assert_eq!(
        variables,
        json!({ "first": 100, "children": 500, "count": true, "filter": filter })
    );
}

#[test]
fn every_filter_sets_its_place() {
    let all = "FILTER_ID=0012334&FILTER_DATE_START_INI=2011-01-01&FILTER_DATE_START_END=2011-02-01 10:00\
        &FILTER_CUSTOMER_NAME=a&FILTER_CUSTOMER_EMAIL=b&FILTER_CUSTOMER_NUMBER=c&FILTER_COMPUTER_NAME=d\
        &FILTER_COMPUTER_DOMAIN=e&FILTER_TECH_USERNAME=f&FILTER_START_METHOD=AGENT&FILTER_PROCESSED=NOT_ANSWERED\
        &FILTER_HAS_VIDEOS=TRUE&FILTER_CUSTOM_FIELD_NAME=g&FILTER_CUSTOM_FIELD_VALUE=h";
    let expected = json!({
        "legacyId": { "eq": "12334" },
        "startedAt": { "gt": "2011-01-01T00:00:00Z", "lt": "2011-02-01T10:00:00Z" },
        "customer": { "name": { "eq": "a" }, "email": { "eq": "b" }, "number": { "eq": "c" } },
        "computer": { "name": { "eq": "d" }, "domain": { "eq": "e" } },
        "technician": { "username": { "eq": "f" } },
        "startMethod": { "eq": "AGENT" },
        "answered": false,
        "hasVideos": true,
        "customField": { "name": "g", "value": { "eq": "h" } },
    });
    assert_eq!(filter(all).unwrap(), expected);
    assert_eq!(
        filter("FILTER_CUSTOM_FIELD_VALUE=h").unwrap(),
        json!({ "customField": { "value": { "eq": "h" } } })
    );
    assert_eq!(
        filter("FILTER_CUSTOM_FIELD_NAME=g").unwrap(),
        json!({ "customField": { "name": "g" } })
    );
    assert_eq!(filter("FILTER_START_METHOD=all&FILTER_PROCESSED=All").unwrap(), json!(null));
}

#[test]
fn the_published_examples_are_understood() {
    let base = "get_session_history.php?KEY=xxxxx&VARS=ID%20CUSTOMER_NUMBER%20DATE_START";
    let first = format!(
        "{base}%20DATE_END%20%0ATECH_USERNAME&FILTER_DATE_START_INI=2011-01-01&FILTER_PROCESSED=ANSWERED"
    );
    let second = "get_session_history.php?KEY=xxxxx&VARS=ID%20CUSTOMER_NUMBER%20%0ADATE_START&FILTER_DATE_START_INI=2011-01-01&%0AFILTER_PROCESSED=ANSWERED&FILTER_TECH_USERNAME=mytech@techplace.com";
    let third = "get_session_history.php?KEY=xxxxx&VARS=CUSTOMER_NAME%20CUSTOMER_NUMBER%0ACOMPUTER_NAME%20COMPUTER_DOMAIN%20PROBLEM_DESCRIPTION%20TECH_USERNAME%20DATE_START%0ADATE_END%20HAS_VIDEOS%20COMPUTER_OS%20NOTES&FILTER_ID=12334";
    let answered = json!({ "startedAt": { "gt": "2011-01-01T00:00:00Z" }, "answered": true });
    let mut by_technician = answered.clone();
    by_technician["technician"] = json!({ "username": { "eq": "mytech@techplace.com" } });
    for (url, filter) in [
        (first.as_str(), answered),
        (second, by_technician),
        (third, json!({ "legacyId": { "eq": "12334" } })),
    ] {
        let translation = translate_url(url, &Profile::default(), SIZES).unwrap();
        assert_eq!(translation.variables["filter"].clone().into_json().unwrap(), filter);
        assert!(!translation.document.contains("xxxxx"));
    }
    let query = first.split_once('?').unwrap().1;
    assert_eq!(tokens(query), ["ID", "CUSTOMER_NUMBER", "DATE_START", "DATE_END", "TECH_USERNAME"]);
}

#[test]
fn an_address_may_be_given_whole_or_in_part() {
    let query = "VARS=ID&FILTER_CUSTOMER_NAME=who?";
    let expected = translate_url(query, &Profile::default(), SIZES).unwrap();
    for before in
        ["?", "/a=b/get_session_history.php?", "HTTPS://host/get_session_history.php?", "x.php?"]
    {
        assert_eq!(
            translate_url(&format!(" {before}{query}#top\n"), &Profile::default(), SIZES).unwrap(),
            expected,
            "{before}"
        );
    }
    let filter = expected.variables["filter"].clone().into_json().unwrap();
    assert_eq!(filter, json!({ "customer": { "name": { "eq": "who?" } } }));
    assert_eq!(
        translate_url("https://host/x.php", &Profile::default(), SIZES).unwrap_err().message(),
        "Invalid VARS setting."
    );
}

#[test]
fn a_callers_text_stays_out_of_the_document() {
    let text = "%22%7D%20%29%7B__schema";
    let query = format!("VARS=ID&FILTER_CUSTOMER_NAME={text}&FILTER_TECH_USERNAME={text}");
    let document = translated(&parse(&query).unwrap()).document;
    assert_eq!(document, translated(&parse("VARS=ID&FILTER_CUSTOMER_NAME=x").unwrap()).document);
}

#[test]
fn the_page_for_callers_has_every_element_and_filter() {
    let page = include_str!("../../../docs/LEGACY.md");
    let names = VARS.iter().map(|var| var.token).chain(FILTERS.iter().map(|filter| filter.name));
    for name in names {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn the_names_in_a_call_are_counted_without_values() {
    let shape = |query: &str| parse(query).unwrap().shape();
    let one =
        shape("VARS=NOTES,id NOTES&FILTER_PROCESSED=ALL&FILTER_ID=7&FILTER_CUSTOMER_NAME=Jane");
    let texts = [one.format, one.vars, one.filters];
    assert_eq!(texts, ["XML", "ID NOTES", "FILTER_ID FILTER_CUSTOMER_NAME"]);
    // The columns of the table take the longest call.
    let vars: Vec<_> = VARS.iter().map(|var| var.token).collect();
    let value = |name: &str| match name {
        _ if name.contains("DATE") => "2024-01-01",
        "FILTER_START_METHOD" => "AGENT",
        "FILTER_PROCESSED" => "ANSWERED",
        _ => "1",
    };
    let filters = FILTERS.iter().map(|it| format!("&{}={}", it.name, value(it.name)));
    let all = shape(&format!("VARS={}{}", vars.join("+"), filters.collect::<String>()));
    assert_eq!(all.vars, vars.join(" "));
    assert_eq!(all.filters.matches("FILTER_").count(), FILTERS.len());
    assert!(all.vars.len() <= 250 && all.filters.len() <= 320, "{all:?}");
}
