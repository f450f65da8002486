//! The documents that the contract shows.

use std::sync::Arc;

use super::{fatal, one, read};
use crate::{
    domain::{
        session::{SenderRole, StartMethod},
        time::Timestamp,
    },
    history::record::{ChatLine, CustomField, Field, Record, VideoLink},
    ingest::{format::Format, reader::open},
};

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<response><nrequests>1</nrequests><requests><request><id>12334</id><customer_number>C-77</customer_number><has_videos>TRUE</has_videos><date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end><notes></notes><chat_info><message><date>2011-01-03 09:15:40</date><sender>mytech@techplace.com</sender><text>Hello</text></message></chat_info><video_links><video_link>https://videos.example.com/1</video_link></video_links><custom_field_name>Asset tag</custom_field_name><custom_field_value>A-1</custom_field_value></request></requests></response>"#;

const JSON: &str = r#"{"nrequests":1,"requests":[{"id":12334,"customer_number":"C-77","has_videos":"TRUE","date_start":"2011-01-03 09:15:02","date_end":"2011-01-03 09:41:57","notes":"","chat_info":[{"date":"2011-01-03 09:15:40","sender":"mytech@techplace.com","text":"Hello"}],"video_links":["https://videos.example.com/1"],"custom_field_name":"Asset tag","custom_field_value":"A-1","custom_fields":[{"name":"Asset tag","value":"A-1"}]}]}"#;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_civil(text).expect("a date")
}

fn golden() -> Record {
    Record {
        id: 12334,
        customer_number: Field::Value("C-77".to_owned()),
        notes: Field::Empty,
        started_at: Field::Value(at("2011-01-03 09:15:02")),
        ended_at: Field::Value(at("2011-01-03 09:41:57")),
        has_videos: Some(true),
        chat: Some(vec![ChatLine {
            sent_at: at("2011-01-03 09:15:40"),
            sender: Some("mytech@techplace.com".to_owned()),
            sender_role: None,
            body: "Hello".to_owned(),
        }]),
        videos: Some(vec![VideoLink {
            url: "https://videos.example.com/1".to_owned(),
            ..VideoLink::default()
        }]),
        custom_fields: Some(vec![CustomField {
            name: Some("Asset tag".to_owned()),
            value: Some("A-1".to_owned()),
        }]),
        ..Record::default()
    }
}

#[test]
fn both_formats_tell_the_same_session() {
    assert_eq!(one(XML), golden());
    assert_eq!(one(JSON), golden());
}

#[test]
fn a_byte_order_mark_and_white_space_may_come_first() {
    for document in [XML, JSON] {
        assert_eq!(one(&format!("\u{FEFF}{document}")), golden());
        assert_eq!(one(&format!(" \r\n\t{document}\n")), golden());
    }
}

#[test]
fn the_format_and_the_declared_count_are_known() {
    for (document, format) in [(XML, Format::Xml), (JSON, Format::Json)] {
        let document = document.replace("requests>1<", "requests>5<").replace(":1,", ":5,");
        let mut reader = open(document.as_bytes(), Arc::default()).expect("a document");
        assert_eq!(reader.format(), format);
        assert!(reader.by_ref().all(|entry| entry.is_ok()));
        assert_eq!((reader.declared_count(), reader.seen()), (Some(5), 1));
    }
}

#[test]
fn import_only_fields_are_read() {
    let document = XML
        .replace("<id>", "<start_method>agent</start_method><id>")
        .replace("</sender>", "</sender><sender_role> Technician </sender_role>");
    let record = one(&document);
    assert_eq!(record.start_method, Some(StartMethod::Agent));
    assert_eq!(record.chat.expect("a chat")[0].sender_role, Some(SenderRole::Technician));
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    for document in [XML, JSON] {
        for end in 0..document.len() {
            let outcome = read(&document[..end]);
            assert!(outcome.fatal.is_some(), "{}", &document[..end]);
        }
    }
}

#[test]
fn an_error_message_in_place_of_a_history_is_told() {
    let told = "line 1: the document is an error message of the old system: Invalid KEY.";
    assert_eq!(fatal("<response><error_msg>Invalid KEY.</error_msg></response>"), told);
    assert_eq!(fatal(r#"{"error_msg":"Invalid KEY."}"#), told);
}

#[test]
fn nothing_found_is_a_document_too() {
    for document in [
        "<response><nrequests>0</nrequests><requests/></response>",
        "<response><nrequests>0</nrequests><requests></requests></response>",
        r#"{"nrequests":0,"requests":[]}"#,
    ] {
        let outcome = read(document);
        assert!(outcome.fatal.is_none() && outcome.records.is_empty(), "{document}");
    }
}
