//! How long answers of the legacy URL are read and written.

use std::sync::{Arc, Mutex};

use axum::{body::Body, http::Request};
use futures_util::StreamExt;
use serde_json::json;
use tower::ServiceExt;

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database},
};

on_each_database!(async large_sessions_come_in_bounded_chunks);
async fn large_sessions_come_in_bounded_chunks(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--legacy-page-size", "60"]).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i64| json!({ "id": id, "date_start": "2011-01-03 09:15:02", "notes": "n".repeat(4_000) });
    let sessions: Vec<_> = (1..=400).map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    let url = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES", tenant.key);
    let request = Request::get(url).body(Body::empty()).unwrap();
    let body = gateway.router.clone().oneshot(request).await.unwrap().into_body();
    let chunks: Vec<_> = body.into_data_stream().map(|it| it.unwrap()).collect().await;
    assert!(chunks.len() > 20 && chunks.iter().all(|chunk| chunk.len() <= 64 * 1024));
    let text = String::from_utf8(chunks.concat()).unwrap();
    assert_eq!(text.matches("</request>").count(), 400);
}

on_each_database!(async a_list_that_goes_on_is_written_whole_in_every_format);
async fn a_list_that_goes_on_is_written_whole_in_every_format(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--max-child-page-size", "7"]).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i64, messages: i64, links: i64| {
        let message = |n| json!({ "date": "2011-01-03 09:15:40", "text": format!("{id}.{n}") });
        json!({
            "id": id, "date_start": "2011-01-03 09:15:02",
            "chat_info": (0..messages).map(message).collect::<Vec<_>>(),
            "video_links": (0..links).map(|n| format!("https://v/{id}/{n}")).collect::<Vec<_>>(),
        })
    };
    // Lists of no page, of one page, of exactly two pages, and of many pages.
    let sizes = [(0, 0), (7, 14), (14, 7), (100, 30), (6, 8)];
    let sessions = (1..).zip(sizes).map(|(id, (messages, links))| session(id, messages, links));
    let document = json!({ "requests": sessions.collect::<Vec<_>>() });
    gateway.import(&tenant, &document.to_string()).await;
    let vars = ("VARS", "ID CHAT_INFO VIDEO_LINKS");
    let xml = gateway.legacy(&tenant.key, &[vars]).await.text();
    let json = gateway.legacy(&tenant.key, &[vars, ("OUTPUT_FORMAT", "JSON")]).await.json();
    for (nth, (messages, links)) in sizes.into_iter().enumerate() {
        let session = xml.split("</request>").nth(nth).unwrap();
        let texts = (0..messages).map(|n| format!("<text>{}.{n}</text></message>", nth + 1));
        let mut from = 0;
        for text in texts {
            from += session[from..].find(&text).unwrap_or_else(|| panic!("{text}")) + text.len();
        }
        assert_eq!(session.matches("<message>").count() as i64, messages);
        assert_eq!(session.matches("<video_link>").count() as i64, links);
        let session = &json["requests"][nth];
        let texts = session["chat_info"].as_array().unwrap().iter().map(|it| it["text"].clone());
        let expected = (0..messages).map(|n| json!(format!("{}.{n}", nth + 1)));
        assert!(texts.eq(expected));
        assert_eq!(session["video_links"].as_array().unwrap().len() as i64, links);
    }
    let sessions = json["requests"].as_array().unwrap();
    let ndjson = gateway.legacy(&tenant.key, &[vars, ("OUTPUT_FORMAT", "NDJSON")]).await.text();
    let lines: Vec<serde_json::Value> =
        ndjson.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&lines, sessions);
    let cell = |value: &serde_json::Value| value.to_string().replace('"', "\"\"");
    let line = |it: &serde_json::Value| {
        format!("{},\"{}\",\"{}\"\r\n", it["id"], cell(&it["chat_info"]), cell(&it["video_links"]))
    };
    let expected: String = sessions.iter().map(line).collect();
    let csv = gateway.legacy(&tenant.key, &[vars, ("OUTPUT_FORMAT", "CSV")]).await.text();
    assert_eq!(csv, format!("id,chat_info,video_links\r\n{expected}"));
}

on_each_database!(async an_answer_is_read_page_by_page_and_counted_once);
async fn an_answer_is_read_page_by_page_and_counted_once(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--legacy-page-size", "2"]).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i64| json!({ "id": id, "date_start": "2011-01-03 09:15:02" });
    let sessions: Vec<_> = (1..=5).map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    gateway.legacy(&tenant.key, &[("VARS", "ID")]).await;
    let statements = Arc::new(Mutex::new(Vec::new()));
    let seen = statements.clone();
    gateway.observe_statements(move |statement| seen.lock().unwrap().push(statement.sql.clone()));
    let answer = gateway.legacy(&tenant.key, &[("VARS", "ID")]).await.text();
    assert_eq!(answer.matches("<request>").count(), 5);
    let statements = statements.lock().unwrap();
    let of_sessions = statements.iter().filter(|sql| sql.contains("started_at"));
    let counts = statements.iter().filter(|sql| sql.contains("COUNT(")).count();
    // The page that might have been the only one, and three pages.
    assert_eq!((of_sessions.count(), counts), (4, 1), "{statements:?}");
}
