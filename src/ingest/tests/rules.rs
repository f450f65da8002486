//! Rules that hold in both formats.

use super::{json, one, rejection, xml};
use crate::{
    domain::time::Timestamp,
    history::record::{CustomField, Field, VideoLink},
    ingest::problem::{Reason, Rejection},
};

/// The position of a session that is all of its document.
const HERE: &str = "record 1, line 1: ";

/// A document of one session with one field beside its number, in both formats.
fn with(field: &str, text: &str) -> [String; 2] {
    [
        xml(&format!("<id>1</id><{field}>{text}</{field}>")),
        json(&format!("\"id\":1,\"{field}\":{}", serde_json::Value::from(text))),
    ]
}

#[track_caller]
fn rejected(documents: &[String], reason: &str) {
    for document in documents {
        assert_eq!(rejection(document), format!("{HERE}{reason}"), "{document:.200}");
    }
}

#[test]
fn absent_empty_and_blank_are_three_things() {
    for document in [xml("<id>1</id>"), json("\"id\":1")] {
        let record = one(&document);
        assert_eq!((&record.notes, &record.ended_at), (&Field::Absent, &Field::Absent));
        assert_eq!((&record.chat, &record.videos), (&None, &None));
        assert_eq!((&record.custom_fields, record.has_videos), (&None, None));
    }
    for document in with("notes", "") {
        assert_eq!(one(&document).notes, Field::Empty);
    }
    for document in with("notes", " \t ") {
        assert_eq!(one(&document).notes, Field::Value(" \t ".to_owned()));
    }
    for document in with("date_end", " ") {
        assert_eq!(one(&document).ended_at, Field::Empty);
    }
    for field in ["start_method", "has_videos"] {
        for document in with(field, "") {
            let record = one(&document);
            assert_eq!((record.start_method, record.has_videos), (None, None));
        }
    }
    for document in with("chat_info", "").into_iter().chain(with("video_links", "")) {
        let record = one(&document);
        assert!(record.chat.or(record.videos.map(|_| vec![])).expect("one").is_empty());
    }
}

#[test]
fn a_session_needs_a_number() {
    rejected(&[xml("<notes>x</notes>"), json("\"notes\":\"x\"")], "id is missing; it is required");
    rejected(
        &[xml("<id> </id>"), json("\"id\":\"\""), json("\"id\":null")],
        "id is empty; a value is required",
    );
    for id in ["-1", "1.5", "9223372036854775808", "A1", "1 2", "+1"] {
        let reason = format!("id '{id}' is not a number from 0 to 9223372036854775807");
        rejected(&[xml(&format!("<id>{id}</id>")), json(&format!("\"id\":\"{id}\""))], &reason);
    }
    assert_eq!(one(&xml("<id>\n 0007 </id>")).id, 7);
    assert_eq!(one(&json("\"id\":\"9223372036854775807\"")).id, i64::MAX);
}

#[test]
fn values_must_be_of_their_kind() {
    let not = |field: &str, text: &str, kind: &str| {
        rejected(&with(field, text), &format!("{field} '{text}' is not {kind}"));
    };
    not("date_start", "2011-13-01", "a date such as 2011-01-03 09:15:02");
    not("has_videos", "yes", "TRUE or FALSE");
    not("start_method", "PHONE", "APPLET or AGENT");
    rejected(&with("date_start", ""), "date_start is empty; a value is required");
    for (text, truth) in [("TRUE", true), ("False", false), ("1", true), (" 0 ", false)] {
        for document in with("has_videos", text) {
            assert_eq!(one(&document).has_videos, Some(truth));
        }
    }
}

#[test]
fn long_texts_are_refused_with_the_limit() {
    for (field, limit) in [("customer_name", 240), ("tech_username", 240), ("notes", 65_536)] {
        for document in with(field, &"é".repeat(limit)) {
            one(&document);
        }
        let reason = format!("{field} has {} characters; the limit is {limit}", limit + 1);
        rejected(&with(field, &"é".repeat(limit + 1)), &reason);
    }
    let link = "x".repeat(2_049);
    let documents = [
        xml(&format!("<id>1</id><video_links><video_link>{link}</video_link></video_links>")),
        json(&format!("\"id\":1,\"video_links\":[\"{link}\"]")),
    ];
    rejected(&documents, "video link 1 has 2049 characters; the limit is 2048");
}

#[test]
fn a_chat_message_is_checked_with_its_number() {
    let dated = "<message><date>2011-01-03</date><text/></message>";
    let chat = |message: &str| xml(&format!("<id>1</id><chat_info>{dated}{message}</chat_info>"));
    rejected(
        &[chat("<message><date>2011-01-03</date><sender_role>BOSS</sender_role><text/></message>")],
        "the sender_role of chat message 2 'BOSS' is not TECHNICIAN, CUSTOMER, SYSTEM or UNKNOWN",
    );
}

#[test]
fn texts_of_one_line_lose_the_white_space_around_them() {
    let indented = xml(
        "\n  <id>\n    1\n  </id>\n  <customer_name>\n    Ann Lee\n  </customer_name>\n\
        <computer_name>\n  </computer_name><notes>\n one\n\n two \n</notes>\n\
        <problem_description>\n</problem_description>\n\
        <chat_info>\n<message>\n<date>\n2011-01-03\n</date>\n<sender>\n Ann \n</sender>\n\
        <text>\n Hello \n</text>\n</message>\n</chat_info>\n\
        <video_links>\n<video_link>\n\n</video_link>\n<video_link>\n  https://v.example/1 \n</video_link>\n</video_links>\n\
        <custom_field_name>\n</custom_field_name>\n<custom_field_value>\n</custom_field_value>\n\
        <custom_field_name>\n A </custom_field_name><custom_field_value> 1\n</custom_field_value>\n",
    );
    let record = one(&indented);
    assert_eq!((record.id, record.computer_name), (1, Field::Empty));
    assert_eq!(record.customer_name, Field::Value("Ann Lee".to_owned()));
    assert_eq!(record.notes, Field::Value("\n one\n\n two \n".to_owned()));
    assert_eq!(record.problem_description, Field::Value("\n".to_owned()));
    let line = &record.chat.unwrap()[0];
    assert_eq!((line.sender.as_deref(), line.body.as_str()), (Some("Ann"), "\n Hello \n"));
    assert_eq!(
        record.videos.unwrap().iter().map(|it| it.url.as_str()).collect::<Vec<_>>(),
        ["https://v.example/1"]
    );
    let field = CustomField { name: Some("A".to_owned()), value: Some("1".to_owned()) };
    assert_eq!(record.custom_fields, Some(vec![field]));
}

#[test]
fn more_may_be_known_of_a_recording() {
    let expected = vec![
        VideoLink {
            url: "https://v.example/1".to_owned(),
            recorded_at: Field::Value(Timestamp::parse_civil("2011-01-03 09:15:02").unwrap()),
            duration_seconds: Field::Value(90),
            size_bytes: Field::Value(5_000_000_000),
        },
        VideoLink { url: "b".to_owned(), size_bytes: Field::Empty, ..VideoLink::default() },
    ];
    for document in [
        xml("<id>1</id><video_links><video_link recorded_at='2011-01-03T10:15:02.5+01:00' \
            DURATION_SECONDS='90' size_bytes='5000000000'>https://v.example/1</video_link>\
            <video_link size_bytes=''>b</video_link></video_links>"),
        json(
            r#""id":1,"video_links":[{"url":"https://v.example/1","recorded_at":"2011-01-03 09:15:02",
            "duration_seconds":90,"size_bytes":"5000000000","codec":"vp9"},{"url":"b","size_bytes":null}]"#,
        ),
    ] {
        assert_eq!(one(&document).videos.as_ref(), Some(&expected), "{document}");
    }
    let link = |attribute: &str| {
        xml(&format!("<id>1</id><video_links><video_link {attribute}>a</video_link></video_links>"))
    };
    rejected(
        &[link("duration_seconds='1.5'")],
        "the duration_seconds of video link 1 '1.5' is not a whole number",
    );
    rejected(
        &[link("duration_seconds='2147483648'")],
        "the duration_seconds of video link 1 is 2147483648; it must be from 0 to 2147483647",
    );
    rejected(
        &[link("recorded_at='soon'")],
        "the recorded_at of video link 1 'soon' is not a date such as 2011-01-03 09:15:02",
    );
}

#[test]
fn custom_fields_pair_by_position() {
    let field = |name: Option<&str>, value: Option<&str>| CustomField {
        name: name.map(str::to_owned),
        value: value.map(str::to_owned),
    };
    let fields = |elements: &str| one(&xml(&format!("<id>1</id>{elements}"))).custom_fields;
    let [n, v] = ["custom_field_name", "custom_field_value"];
    let both = Some(vec![field(Some("A"), Some("1")), field(Some("B"), Some(""))]);
    assert_eq!(fields(&format!("<{n}>A</{n}><{v}>1</{v}><{n}>B</{n}><{v}></{v}>")), both);
    assert_eq!(fields(&format!("<{v}>1</{v}><{v}/><{n}>A</{n}><id2/><{n}>B</{n}>")), both);
    assert_eq!(fields(&format!("<{n}/><{v}/>")), Some(vec![]));
    assert_eq!(fields(&format!("<{v}/>")), Some(vec![]));
    assert_eq!(fields(&format!("<{n}>A</{n}>")), Some(vec![field(Some("A"), None)]));
    assert_eq!(fields(&format!("<{v}>1</{v}>")), Some(vec![field(None, Some("1"))]));
    rejected(
        &[xml(&format!("<id>1</id><{n}>A</{n}><{n}>B</{n}><{v}>1</{v}>"))],
        "the session has 2 custom_field_name and 1 custom_field_value; each name needs one value",
    );
}

#[test]
fn what_stands_once_cannot_stand_twice() {
    rejected(
        &[xml("<id>1</id><ID>1</ID>"), json("\"id\":1,\"ID\":1")],
        "id occurs twice; only one is accepted",
    );
    rejected(
        &[
            xml("<id>1</id><chat_info/><chat_info/>"),
            json("\"id\":1,\"chat_info\":[],\"chat_info\":[]"),
        ],
        "chat_info occurs twice; only one is accepted",
    );
}

#[test]
fn children_have_a_limit() {
    let links = |count: usize| "<video_link>x</video_link>".repeat(count);
    let document = |count| xml(&format!("<id>1</id><video_links>{}</video_links>", links(count)));
    assert_eq!(one(&document(100_000)).videos.map(|links| links.len()), Some(100_000));
    rejected(
        &[document(100_001)],
        "the session has more than 100000 chat messages, video links and custom fields together, which is the limit",
    );
}

#[test]
fn nul_is_replaced_and_other_control_characters_stay() {
    let notes = Field::Value("a\u{FFFD}\u{1}\r\nb".to_owned());
    assert_eq!(one(&xml("<id>1</id><notes>a&#0;&#1;&#13;&#xA;b</notes>")).notes, notes);
    assert_eq!(one(&json(r#""id":1,"notes":"a\u0000\u0001\r\nb""#)).notes, notes);
}

#[test]
fn an_accepted_session_can_be_rejected_later() {
    let document = xml("<id>1</id>");
    let mut reader = crate::ingest::reader::open(document.as_bytes(), Default::default()).unwrap();
    let Some(Ok(crate::ingest::reader::Entry::Accepted(accepted))) = reader.next() else {
        panic!("a session");
    };
    let rejection: Rejection = accepted.reject(Reason::Missing("date_start".to_owned()));
    assert_eq!(rejection.to_string(), format!("{HERE}date_start is missing; it is required"));
    assert_eq!(rejection.raw, "<request><id>1</id></request>");
}
