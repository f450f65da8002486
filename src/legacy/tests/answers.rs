//! Whole answers, and their streams.

use std::pin::pin;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value as Json, json};

use super::fake::{Fake, WIDE, body, chunks};
use crate::{
    error::Code,
    legacy::{LegacyErrorKind, LegacyRequest, PageSizes, Params, answer},
};

const EVERYTHING: &str = "VARS=ID CUSTOMER_NUMBER HAS_VIDEOS DATE_START DATE_END NOTES CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE";

fn session(id: u32, messages: usize, videos: usize) -> Json {
    let message = |n| json!({ "sentAt": "2011-01-03T09:15:40Z", "sender": "mytech@techplace.com", "body": format!("{n}") });
    json!({
        "id": format!("session_{id}"), "legacyId": id.to_string(),
        "customer": { "number": "C-77" }, "hasVideos": videos > 0, "notes": null,
        "startedAt": "2011-01-03T09:15:02Z", "endedAt": "2011-01-03T09:41:57.9Z",
        "chatMessages": (0..messages).map(message).collect::<Vec<_>>(),
        "videos": (0..videos).map(|n| json!({ "url": format!("https://v/{n}") })).collect::<Vec<_>>(),
        "customFields": [{ "name": "Asset tag", "value": "A-1" }],
    })
}

fn sample() -> Fake {
    let mut session = session(12334, 1, 1);
    session["chatMessages"][0]["body"] = json!("Hello");
    session["videos"][0]["url"] = json!("https://…");
    Fake::new(vec![session])
}

#[tokio::test]
async fn a_session_in_xml() {
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<response><nrequests>1</nrequests><requests><request><id>12334</id><customer_number>C-77</customer_number><has_videos>TRUE</has_videos><date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end><notes></notes><chat_info><message><date>2011-01-03 09:15:40</date><sender>mytech@techplace.com</sender><text>Hello</text></message></chat_info><video_links><video_link>https://…</video_link></video_links><custom_field_name>Asset tag</custom_field_name><custom_field_value>A-1</custom_field_value></request></requests></response>"#;
    assert_eq!(body(&sample(), WIDE, EVERYTHING).await, expected);
}

#[tokio::test]
async fn a_session_in_json() {
    let expected = r#"{"nrequests":1,"requests":[{"id":12334,"customer_number":"C-77","has_videos":"TRUE","date_start":"2011-01-03 09:15:02","date_end":"2011-01-03 09:41:57","notes":"","chat_info":[{"date":"2011-01-03 09:15:40","sender":"mytech@techplace.com","text":"Hello"}],"video_links":["https://…"],"custom_field_name":"Asset tag","custom_field_value":"A-1","custom_fields":[{"name":"Asset tag","value":"A-1"}]}]}"#;
    let query = format!("{EVERYTHING}&OUTPUT_FORMAT=JSON");
    assert_eq!(body(&sample(), WIDE, &query).await, expected);
}

#[tokio::test]
async fn several_sessions() {
    let fake = Fake::new(vec![session(1, 0, 0), session(2, 0, 0)]);
    let xml = body(&fake, WIDE, "VARS=ID").await;
    let requests = "<request><id>1</id></request><request><id>2</id></request>";
    assert!(xml.contains(&format!("<nrequests>2</nrequests><requests>{requests}</requests>")));
    let json = body(&fake, WIDE, "VARS=ID OUTPUT_FORMAT=JSON").await;
    assert_eq!(json, r#"{"nrequests":2,"requests":[{"id":1},{"id":2}]}"#);
}

#[tokio::test]
async fn nothing_found() {
    let none = Fake::default();
    let xml = body(&none, WIDE, "VARS=ID").await;
    assert_eq!(
        xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><nrequests>0</nrequests><requests></requests></response>"
    );
    assert_eq!(
        body(&none, WIDE, "VARS=ID OUTPUT_FORMAT=JSON").await,
        r#"{"nrequests":0,"requests":[]}"#
    );
}

#[tokio::test]
async fn pages_of_any_size_give_the_same_document() {
    let fake = Fake::new((0..7).map(|n| session(n, n as usize, 6 - n as usize)).collect());
    for format in ["XML", "JSON"] {
        let query = format!("{EVERYTHING}&OUTPUT_FORMAT={format}");
        let whole = body(&fake, WIDE, &query).await;
        for sizes in [(1, 1), (2, 3), (3, 2), (7, 6)] {
            let sizes = PageSizes { sessions: sizes.0, children: sizes.1 };
            assert_eq!(body(&fake, sizes, &query).await, whole, "{sizes:?} {format}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_too_large_is_requested_in_smaller_pages() {
    let fake = Fake::new((0..60).map(|n| session(n, n as usize, 3)).collect());
    let whole = body(&fake, WIDE, EVERYTHING).await;
    let narrow = Fake { max_page: Some(7), asked: Default::default(), ..fake };
    let sizes = PageSizes { sessions: 200, children: 500 };
    assert_eq!(body(&narrow, sizes, EVERYTHING).await, whole);
    let sizes = narrow.asked().into_iter().map(|it| (it["first"].clone(), it["children"].clone()));
    let sizes: Vec<_> = sizes.take(9).collect();
    let page = |first, children| (json!(first), json!(children));
    // The first is for an answer of one page.
    let smaller =
        [(200, 100), (25, 500), (7, 500), (2, 500), (1, 500), (1, 125), (1, 32), (1, 8), (1, 2)];
    assert_eq!(sizes, smaller.map(|(first, children)| page(first, children)));

    let none = Fake { max_page: Some(0), ..narrow };
    let error = chunks(&none, WIDE, EVERYTHING).await.unwrap_err();
    assert_eq!(error.kind(), LegacyErrorKind::Internal);
}

#[tokio::test]
async fn a_long_chat_is_answered_whole() {
    let fake = Fake::new(vec![session(1, 1_200, 0)]);
    let sizes = PageSizes { sessions: 200, children: 500 };
    let xml = body(&fake, sizes, "VARS=CHAT_INFO").await;
    assert_eq!(xml.matches("<message>").count(), 1_200);
    let asked: Vec<_> =
        fake.asked().iter().map(|it| (it["id"].clone(), it["after"].clone())).collect();
    let more = |after| (json!("session_1"), json!(after));
    // The first is for an answer of one page.
    let first = (Json::Null, Json::Null);
    assert_eq!(asked, [first.clone(), first, more("500"), more("1000")]);
}

#[tokio::test]
async fn one_page_is_requested_ahead_and_the_total_only_once() {
    let fake = Fake::new((0..5).map(|n| session(n, 0, 0)).collect());
    let server = fake.clone();
    let request = LegacyRequest::parse(&Params::parse(b"VARS=ID", None)).unwrap();
    let sizes = PageSizes { sessions: 2, children: 2 };
    let body = answer(request, sizes, move |query| server.execute(query));
    let stream = tokio::spawn(body).await.unwrap().unwrap();
    let mut stream = pin!(stream);
    let mut text = String::new();
    for (sessions, asked) in [(0, 2), (2, 2), (4, 3), (5, 3)] {
        while text.matches("</request>").count() < sessions {
            text.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
        }
        assert_eq!(fake.asked().len(), asked);
    }
    while stream.next().await.is_some() {}
    assert_eq!(fake.asked().len(), 3);
    let counts: Vec<_> = fake.asked().iter().map(|it| it["count"].clone()).collect();
    assert_eq!(counts, [json!(true), json!(false), json!(false)]);
}

#[tokio::test]
async fn large_sessions_come_in_bounded_chunks() {
    let mut large = session(1, 0, 0);
    large["notes"] = json!("n".repeat(4_000));
    let fake = Fake::new(vec![large; 100]);
    let sizes = PageSizes { sessions: 60, children: 60 };
    let chunks = chunks(&fake, sizes, "VARS=ID NOTES").await.unwrap();
    assert!(chunks.len() > 4 && chunks.iter().all(|chunk| chunk.len() < 70 * 1024));
}

#[tokio::test]
async fn the_first_page_fails_cleanly_with_a_kind() {
    for (code, kind, message) in [
        (Code::ServiceUnavailable, LegacyErrorKind::Unavailable, "Service unavailable."),
        (Code::RateLimited, LegacyErrorKind::RateLimited, "Too many requests."),
        (Code::Forbidden, LegacyErrorKind::Key, "Invalid KEY."),
        (Code::Internal, LegacyErrorKind::Internal, "Internal error."),
        (Code::QueryTooDeep, LegacyErrorKind::Internal, "Internal error."),
    ] {
        let fake = Fake { fails: Some((0, code)), ..sample() };
        let error = chunks(&fake, WIDE, "VARS=ID").await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, message));
    }
}

#[tokio::test]
async fn a_later_failure_cuts_the_document_off() {
    for (vars, at) in [("ID", 1), ("CHAT_INFO", 1), ("CHAT_INFO", 3)] {
        let sessions = (0..4).map(|n| session(n, 2, 0)).collect();
        let fake = Fake { fails: Some((at, Code::ServiceUnavailable)), ..Fake::new(sessions) };
        let request =
            LegacyRequest::parse(&Params::parse(format!("VARS={vars}").as_bytes(), None)).unwrap();
        let sizes = PageSizes { sessions: 2, children: 1 };
        let stream = answer(request, sizes, move |query| fake.execute(query)).await.unwrap();
        let items: Vec<_> = stream.collect().await;
        let (last, given) = items.split_last().unwrap();
        assert_eq!(last.as_ref().unwrap_err().kind(), LegacyErrorKind::Unavailable);
        assert!(given.iter().flatten().all(|chunk| !chunk.ends_with(b"</response>")));
    }
}

#[tokio::test]
async fn a_wrong_total_is_an_internal_error() {
    let fake = Fake::new(vec![session(1, 0, 0), session(2, 0, 0)]);
    let request = LegacyRequest::parse(&Params::parse(b"VARS=ID", None)).unwrap();
    let execute = move |query: async_graphql::Request| {
        let json = fake.execute(query).into_inner().unwrap();
        let mut data: Json = serde_json::from_slice(&json).unwrap();
        data["sessions"]["totalCount"] = json!(3);
        std::future::ready(Ok(data.to_string().into_bytes()))
    };
    let error = answer(request, WIDE, execute).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), LegacyErrorKind::Internal);
}

#[tokio::test]
async fn a_malformed_response_is_an_internal_error() {
    let all = json!({ "hasNextPage": false, "endCursor": null });
    let more = json!({ "hasNextPage": true, "endCursor": "1" });
    let one = |session: Json| json!({ "sessions": { "totalCount": 1, "pageInfo": all, "nodes": [session] } });
    let chat = |page: &Json, nodes: Json| {
        one(json!({ "id": "session_1", "chatMessages": { "pageInfo": page, "nodes": nodes } }))
    };
    for (vars, data) in [
        ("ID", json!(null)),
        ("ID", json!({ "sessions": null })),
        ("ID", json!({ "sessions": { "pageInfo": all, "nodes": [] } })),
        ("ID", json!({ "sessions": { "totalCount": 1, "pageInfo": more, "nodes": [] } })),
        (
            "ID",
            json!({ "sessions": { "totalCount": 0, "pageInfo": { "hasNextPage": true, "endCursor": null }, "nodes": [] } }),
        ),
        ("ID", one(json!({}))),
        ("ID", one(json!({ "legacyId": "x" }))),
        ("NOTES", one(json!({ "notes": 1 }))),
        ("DATE_START", one(json!({ "startedAt": "yesterday" }))),
        ("HAS_VIDEOS", one(json!({ "hasVideos": null }))),
        ("CUSTOM_FIELD_NAME", one(json!({ "customFields": null }))),
        ("CHAT_INFO", chat(&more, json!([]))),
        ("CHAT_INFO", chat(&all, json!([{ "sentAt": "2011-01-03T09:15:40Z", "sender": null }]))),
    ] {
        let request =
            LegacyRequest::parse(&Params::parse(format!("VARS={vars}").as_bytes(), None)).unwrap();
        let json = data.to_string().into_bytes();
        let execute = move |_| std::future::ready(Ok(json.clone()));
        let result: Result<Vec<_>, _> = match answer(request, WIDE, execute).await {
            Ok(stream) => stream.try_collect().await,
            Err(error) => Err(error),
        };
        assert_eq!(result.unwrap_err().kind(), LegacyErrorKind::Internal, "{data}");
    }
}
