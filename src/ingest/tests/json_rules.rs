//! Rules of JSON documents.

use super::{fatal, json, one, read, rejection};
use crate::history::record::{CustomField, Field};

#[test]
fn numbers_truth_values_and_null_stand_for_texts() {
    let record = one(&json(
        r#""id":"12","customer_number":77,"has_videos":true,"notes":null,"chat_info":null"#,
    ));
    assert_eq!((record.id, record.has_videos, record.notes), (12, Some(true), Field::Empty));
    assert_eq!(record.customer_number, Field::Value("77".to_owned()));
    assert_eq!(record.chat, Some(vec![]));
    assert_eq!(
        rejection(&json(r#""id":1,"customer_number":1.50"#)),
        "record 1, line 1: customer_number '1.5' is not a whole number; write it in quotation marks"
    );
}

#[test]
fn the_array_of_custom_fields_wins() {
    let fields = |members: &str| one(&json(&format!("\"id\":1,{members}"))).custom_fields;
    let pair = r#""custom_field_name":"A","custom_field_value":"1""#;
    let field = |name: &str, value: &str| CustomField {
        name: Some(name.to_owned()),
        value: Some(value.to_owned()),
    };
    assert_eq!(fields(pair), Some(vec![field("A", "1")]));
    let both = r#""custom_fields":[{"value":"1","name":"A"},{"name":"B","value":"2"}]"#;
    assert_eq!(fields(&format!("{pair},{both}")), Some(vec![field("A", "1"), field("B", "2")]));
    assert_eq!(fields("\"custom_fields\":[]"), Some(vec![]));
    assert_eq!(
        fields(r#""custom_fields":[{"name":"A"}]"#),
        Some(vec![CustomField { name: Some("A".to_owned()), value: None }])
    );
}

#[test]
fn members_come_in_any_order_and_unknown_ones_are_ignored() {
    let document = r#" { "more" : [1, "]}\"", {"requests": [{"id": 9}]}] , "REQUESTS" :
        [ { "ID" : 5 , "extra" : {"x": [null]} } ] , "nrequests" : 1 } "#;
    assert_eq!(one(document).id, 5);
}

#[test]
fn a_faulty_session_does_not_stop_the_next() {
    let document = "{\"requests\":[\n{\"id\":1},\n{\"id\":[1]},\n7,\n{\"id\":2,\
        \"notes\":\"\\ud800\"},\n{\"id\":3,\"chat_info\":{}},\n{\"id\":4,\"chat_info\":[5]},\
        \n{\"id\":5}]}";
    let outcome = read(document);
    assert!(outcome.fatal.is_none(), "{:?}", outcome.fatal);
    assert_eq!(outcome.records.iter().map(|record| record.id).collect::<Vec<_>>(), [1, 5]);
    let told: Vec<String> = outcome.rejections.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "record 2, line 3: id must be text, not an array");
    assert_eq!(told[1], "record 3, line 4: the record must be an object, not a number");
    assert!(told[2].starts_with("record 4, line 5: not well-formed: "), "{}", told[2]);
    assert_eq!(told[3], "record 5, line 6: chat_info must be an array, not an object");
    assert_eq!(told[4], "record 6, line 7: a message of chat_info must be an object, not a number");
}

#[test]
fn bytes_that_are_not_utf_8_spoil_only_their_session() {
    let outcome = read(b"{\"requests\":[{\"id\":1,\"notes\":\"caf\xE9\"},{\"id\":2}]}");
    assert_eq!((outcome.records.len(), outcome.rejections.len()), (1, 1));
    assert!(outcome.fatal.is_none());
}

#[test]
fn what_is_no_legacy_document_is_refused() {
    assert!(fatal("]").contains("neither XML nor JSON: it begins with ']'"));
    assert!(fatal("{}").contains("it has no \"requests\""));
    assert!(fatal("{\"requests\":{}}").contains("its \"requests\" are not an array"));
    for document in [
        "{\"requests\":[{\"id\":1}]} x",
        "{\"requests\" 1}",
        "{requests:[]}",
        "{\"requests\":[],}",
        "{,}",
    ] {
        assert!(fatal(document).contains("not well-formed"), "{document}: {}", fatal(document));
    }
}

#[test]
fn an_envelope_without_sessions_is_told_apart_from_an_empty_history() {
    for requests in ["null", "\"\"", "\" \"", "[]"] {
        for document in [
            format!("{{\"nrequests\":0,\"requests\":{requests}}}"),
            format!("{{\"result\":\"SUCCESS\",\"details\":{{\"requests\":{requests}}}}}"),
            format!("{{\"response\":{{\"requests\":{requests},\"error_msg\":\"\"}}}}"),
        ] {
            let outcome = read(&document);
            assert!(outcome.fatal.is_none() && outcome.records.is_empty(), "{document}");
        }
    }
    assert!(fatal("{\"nrequests\":3}").contains("it declares 3 sessions and has no \"requests\""));
    assert!(fatal("{\"details\":null}").contains("it has no \"requests\""));
}

#[test]
fn an_error_envelope_shows_its_message() {
    for (document, message) in [
        (
            r#"{"result":"FAILURE","details":null,"errorDetails":"Invalid key"}"#,
            "FAILURE: Invalid key",
        ),
        (
            r#"{"result":"FAILURE","details":{"requests":[]},"errorDetails":{"code":7}}"#,
            "FAILURE: {\"code\":7}",
        ),
        (r#"{"errorDetails":"Invalid key","result":"error"}"#, "error: Invalid key"),
        (r#"{"result":"FAILURE"}"#, "FAILURE"),
        (r#"{"response":{"error_msg":"Invalid KEY."}}"#, "Invalid KEY."),
        (
            "<response><result>FAILURE</result><errorDetails>Invalid key</errorDetails></response>",
            "FAILURE: Invalid key",
        ),
    ] {
        let told = fatal(document);
        assert!(
            told.ends_with(&format!(
                "the document is an error message of the old system: {message}"
            )),
            "{told}"
        );
    }
}

#[test]
fn nesting_has_a_limit() {
    let deep = |levels: usize| {
        json(&format!("\"id\":1,\"x\":{}{}", "[".repeat(levels), "]".repeat(levels)))
    };
    assert_eq!(one(&deep(60)).id, 1);
    assert_eq!(fatal(deep(100_000)), "line 1: the nesting is deeper than the limit of 64 levels");
}
