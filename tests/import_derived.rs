//! What an import derives: roles of messages, open sessions, and what is known of recordings.

use serde_json::json;
use session_history::history::writer::Outcome;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// Roles and senders of session 1.
async fn roles(gateway: &Gateway, tenant: &Tenant) -> Vec<(String, String)> {
    let query = "{ session(id: 1) { chatMessages { nodes { sender senderRole } } } }";
    let nodes =
        gateway.data(tenant, query, json!({})).await["session"]["chatMessages"]["nodes"].clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = nodes.as_array().unwrap().iter();
    nodes.map(|node| (text(&node["sender"]), text(&node["senderRole"]))).collect()
}

on_each_database!(async a_role_that_no_document_gives_follows_from_the_sender);
async fn a_role_that_no_document_gives_follows_from_the_sender(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let message = |sender: &str, more: &str| {
        format!(r#"{{"date":"2024-01-01","sender":"{sender}","text":"x"{more}}}"#)
    };
    let chat = [
        message("ANN@x.example", ""),
        message("ann lee", ""),
        message("BOB", ""),
        message("Bob@Y.example", ""),
        message("Carol", ""),
        message("", ""),
        message("Bob", r#","sender_role":"SYSTEM""#),
        message("Ann Lee", r#","sender_role":"UNKNOWN""#),
    ];
    let chat = format!(r#""chat_info":[{}]"#, chat.join(","));
    let people = r#""tech_username":"ann@x.example","tech_name":"Ann Lee",
        "customer_name":"Bob","customer_email":"bob@y.example""#;
    let document = format!(r#"[{{"id":1,"date_start":"2024-01-01",{people},{chat}}}]"#);
    gateway.import(&tenant, &document).await;
    let expected = [
        ("ANN@x.example", "TECHNICIAN"),
        ("ann lee", "TECHNICIAN"),
        ("BOB", "CUSTOMER"),
        ("Bob@Y.example", "CUSTOMER"),
        ("Carol", "UNKNOWN"),
        ("", "UNKNOWN"),
        ("Bob", "SYSTEM"),
        ("Ann Lee", "UNKNOWN"),
    ];
    let expected = expected.map(|(sender, role)| (sender.to_owned(), role.to_owned()));
    assert_eq!(roles(&gateway, &tenant).await, expected);
    assert_eq!(gateway.import(&tenant, &document).await, [Outcome::Unchanged]);

    // The people may come in another document than the chat.
    let tenant = gateway.tenant("other").await;
    let chat = chat.replace(r#","sender_role":"UNKNOWN""#, "");
    gateway.import(&tenant, &format!(r#"[{{"id":1,"date_start":"2024-01-01",{chat}}}]"#)).await;
    assert_eq!(roles(&gateway, &tenant).await[0].1, "UNKNOWN");
    gateway.import(&tenant, &format!(r#"[{{"id":1,{people}}}]"#)).await;
    let found = roles(&gateway, &tenant).await;
    assert_eq!(found[..7], expected[..7]);
    assert_eq!(found[7].1, "TECHNICIAN");
}

on_each_database!(async what_is_known_of_a_recording_is_answered);
async fn what_is_known_of_a_recording_is_answered(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let query =
        "{ session(id: 1) { videos { nodes { url recordedAt durationSeconds sizeBytes } } } }";
    let video = |url: &str, more: [serde_json::Value; 3]| json!({"url": url, "recordedAt": more[0], "durationSeconds": more[1], "sizeBytes": more[2]});
    let known = [json!("2024-01-01T00:01:00Z"), json!(90), json!(5_000_000_000_f64)];
    let none = || [json!(null), json!(null), json!(null)];
    let full = r#"[{"id":1,"date_start":"2024-01-01","video_links":[{"url":"a",
        "recorded_at":"2024-01-01 00:01","duration_seconds":90,"size_bytes":5000000000},"b"]}]"#;
    for (document, first) in [
        (full, known.clone()),
        (r#"[{"id":1,"video_links":["a","b"]}]"#, known.clone()),
        (r#"[{"id":1,"notes":"n"}]"#, known.clone()),
        (
            r#"[{"id":1,"video_links":[{"url":"a","duration_seconds":"","recorded_at":null},"b"]}]"#,
            [json!(null), json!(null), known[2].clone()],
        ),
    ] {
        gateway.import(&tenant, document).await;
        let answer =
            gateway.data(&tenant, query, json!({})).await["session"]["videos"]["nodes"].clone();
        assert_eq!(answer, json!([video("a", first), video("b", none())]), "{document}");
    }
    gateway.import(&tenant, r#"[{"id":1,"video_links":["c"]}]"#).await;
    let answer =
        gateway.data(&tenant, query, json!({})).await["session"]["videos"]["nodes"].clone();
    assert_eq!(answer, json!([video("c", none())]));
}

on_each_database!(async an_end_that_stands_for_open_makes_an_open_session);
async fn an_end_that_stands_for_open_makes_an_open_session(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let open = [
        "0000-00-00 00:00:00",
        "0000-00-00",
        "0000/00/00",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+01:00",
        "1753-01-01",
        "1899-12-30",
        "1900-01-01",
        "1970-01-01 00:00:00",
        "2038-01-19 03:14:07",
        "2099-12-31",
        "3000-01-01",
        "9999-12-31",
        "9999-12-31T23:59:59.9999999-05:00",
        "0",
        "2024-01-01 09:59:59",
        "",
        " ",
    ];
    let closed =
        ["2024-01-01 10:00:00", "2024-01-01 10:30:00", "2025-06-01", "2033-12-31 23:59:59"];
    let ends: Vec<_> = open.iter().chain(&closed).collect();
    let record = |(id, end): (usize, &&&str)| json!({"id": id, "date_start": "2024-01-01 10:00:00", "date_end": end});
    let records: Vec<_> = ends.iter().enumerate().map(record).collect();
    gateway.import(&tenant, &json!(records).to_string()).await;
    let query = "{ sessions(first: 100, orderBy: STARTED_AT_ASC) { nodes { legacyId endedAt } } }";
    let answer = gateway.data(&tenant, query, json!({})).await["sessions"]["nodes"].clone();
    for (index, end) in ends.iter().enumerate() {
        let ended = !answer[index]["endedAt"].is_null();
        assert_eq!(ended, closed.contains(*end), "{end}: {}", answer[index]);
    }
    // A document that moves the start alone may make the end impossible, too.
    gateway.import(&tenant, r#"[{"id":19,"date_start":"2024-02-01"}]"#).await;
    let answer = gateway.data(&tenant, "{ session(id: 19) { endedAt } }", json!({})).await;
    assert_eq!(answer["session"]["endedAt"], json!(null));
}

on_each_database!(async numbers_of_a_session_follow_every_change_of_it);
async fn numbers_of_a_session_follow_every_change_of_it(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let query = "{ session(id: 1) { durationSeconds firstResponseSeconds chatMessageCount } }";
    let chat = |first: &str, second: &str| json!([{"date": first, "sender": "ann", "text": "x"}, {"date": second, "sender": "bob", "text": "y"}]);
    let (minute, two) = ("2024-01-01 10:01:00", "2024-01-01 10:02:00");
    for (change, expected) in [
        (json!({"date_start": "2024-01-01 10:00:00"}), [json!(null), json!(null), json!(0)]),
        (json!({"date_end": "2024-01-01 10:30:00"}), [json!(1800), json!(null), json!(0)]),
        (json!({"chat_info": chat(minute, two)}), [json!(1800), json!(null), json!(2)]),
        // The technician comes with another document than the chat.
        (json!({"tech_username": "bob"}), [json!(1800), json!(120), json!(2)]),
        (json!({"date_start": "2024-01-01 10:01:30"}), [json!(1710), json!(30), json!(2)]),
        (json!({"date_start": "2024-01-01 10:03:00"}), [json!(1620), json!(0), json!(2)]),
        (json!({"chat_info": []}), [json!(1620), json!(null), json!(0)]),
        (json!({"date_end": ""}), [json!(null), json!(null), json!(0)]),
    ] {
        let mut record = change.clone();
        record["id"] = json!(1);
        gateway.import(&tenant, &json!([record]).to_string()).await;
        let session = gateway.data(&tenant, query, json!({})).await["session"].clone();
        let [duration, response, count] = expected;
        let expected = json!({ "durationSeconds": duration, "firstResponseSeconds": response,
            "chatMessageCount": count });
        assert_eq!(session, expected, "{change}");
    }
}

on_each_database!(async the_first_response_is_the_earliest_message_of_a_technician);
async fn the_first_response_is_the_earliest_message_of_a_technician(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let message = |at: &str, role: &str| json!({"date": format!("2024-01-01 {at}"), "sender": "x", "sender_role": role, "text": "y"});
    let record = json!([{"id": 1, "date_start": "2024-01-01 10:00:00", "chat_info": [
        message("10:00:05", "CUSTOMER"), message("10:00:50", "TECHNICIAN"),
        message("10:00:40", "TECHNICIAN"), message("10:00:10", "SYSTEM")]}]);
    gateway.import(&tenant, &record.to_string()).await;
    let data =
        gateway.data(&tenant, "{ session(id: 1) { firstResponseSeconds } }", json!({})).await;
    assert_eq!(data["session"]["firstResponseSeconds"], 40);
}
