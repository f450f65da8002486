//! `appendChatMessages`: messages at the end of a chat, once each.

use serde_json::{Value, json};
use session_history::domain::viewer::Scope;

use super::{append, bodies, message, record, recorder};
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
};

async fn with_a_session(on: DatabaseKind) -> (Gateway, Tenant) {
    let (gateway, tenant) = recorder(on).await;
    let session = json!([{ "legacyId": 7, "startedAt": "2024-05-01T10:00:00Z",
        "technician": { "username": "ann", "name": "Ann" }, "customer": { "name": "Zoe" } }]);
    record(&gateway, &tenant, session).await;
    (gateway, tenant)
}

/// The session as the answer to a mutation that must succeed has it.
async fn appended(gateway: &Gateway, tenant: &Tenant, messages: &[Value]) -> Value {
    let answer = append(gateway, tenant, "7", messages).await.json();
    assert_eq!(answer.get("errors"), None);
    answer["data"]["appendChatMessages"].clone()
}

on_each_database!(async messages_are_added_at_the_end_of_the_chat);
async fn messages_are_added_at_the_end_of_the_chat(on: DatabaseKind) {
    let (gateway, tenant) = with_a_session(on).await;
    let first =
        appended(&gateway, &tenant, &[message(5, "Zoe", "hello"), message(7, "ANN", "hi")]).await;
    assert_eq!(
        (&first["chatMessageCount"], &first["firstResponseSeconds"]),
        (&json!(2), &json!(7))
    );
    // A message may be earlier than those before it.
    let second = appended(&gateway, &tenant, &[message(6, "bot", "queued")]).await;
    assert_eq!(bodies(&second), ["hello", "hi", "queued"]);
    let roles = second["chatMessages"]["nodes"].as_array().unwrap().iter();
    let roles: Vec<_> = roles.map(|node| node["senderRole"].as_str().unwrap()).collect();
    assert_eq!(roles, ["CUSTOMER", "TECHNICIAN", "UNKNOWN"]);
    let query = "{ session(id: 7) { customer { name } chatMessageCount }
        sessions(filter: { search: \"queued\" }) { totalCount } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["session"], json!({ "customer": { "name": "Zoe" }, "chatMessageCount": 3 }));
    assert_eq!(data["sessions"]["totalCount"], 1);
}

on_each_database!(async a_repeated_call_adds_nothing);
async fn a_repeated_call_adds_nothing(on: DatabaseKind) {
    let (gateway, tenant) = with_a_session(on).await;
    let all = ["a", "b", "c", "d", "e"];
    let messages: Vec<_> =
        (0..).zip(all).map(|(second, body)| message(second, "Zoe", body)).collect();
    appended(&gateway, &tenant, &messages[..3]).await;
    let position = async || {
        let data = gateway.data(&tenant, "{ sessionChanges { cursor } }", json!({})).await;
        data["sessionChanges"]["cursor"].clone()
    };
    let before = position().await;
    // The whole call again, a part of it, and nothing.
    for repeated in [&messages[..3], &messages[1..3], &messages[..2], &[]] {
        assert_eq!(bodies(&appended(&gateway, &tenant, repeated).await), all[..3]);
    }
    assert_eq!(position().await, before, "nothing changed");
    // With more messages, only those are added.
    assert_eq!(bodies(&appended(&gateway, &tenant, &messages[1..]).await), all);
    // The same text at another time, or of another sender, is another message.
    let others = [message(9, "Zoe", "e"), message(9, "Ann", "e")];
    assert_eq!(
        bodies(&appended(&gateway, &tenant, &others).await),
        ["a", "b", "c", "d", "e", "e", "e"]
    );
}

on_each_database!(async calls_at_the_same_time_each_add_their_messages);
async fn calls_at_the_same_time_each_add_their_messages(on: DatabaseKind) {
    let (gateway, tenant) = with_a_session(on).await;
    let texts: Vec<_> = (0..20).map(|nth| format!("message {nth:02}")).collect();
    let calls = texts.iter().map(|text| {
        let messages = [message(1, "Zoe", text), message(2, "Ann", text)];
        let (gateway, tenant) = (&gateway, &tenant);
        async move { appended(gateway, tenant, &messages).await }
    });
    futures_util::future::join_all(calls).await;
    let last = appended(&gateway, &tenant, &[]).await;
    let stored = bodies(&last);
    // The two messages of a call are together.
    assert!(stored.chunks(2).all(|pair| pair[0] == pair[1]), "{stored:?}");
    let mut stored: Vec<_> = stored.into_iter().step_by(2).collect();
    stored.sort_unstable();
    assert_eq!(stored, texts);
}

on_each_database!(async an_unknown_session_and_that_of_another_account_are_refused_alike);
async fn an_unknown_session_and_that_of_another_account_are_refused_alike(on: DatabaseKind) {
    let (gateway, tenant) = with_a_session(on).await;
    let other = gateway.tenant("other").await;
    let other = gateway.with_scopes(&other, &[Scope::Read, Scope::Write]).await;
    let messages = [message(1, "x", "intruder")];
    for (of, session) in [(&other, "7"), (&other, "session_7"), (&tenant, "8")] {
        let answer = append(&gateway, of, session, &messages).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
        assert!(answer.text().contains("There is no session"), "{}", answer.text());
        assert_eq!(answer.json()["data"], Value::Null);
    }
    let answer = append(&gateway, &tenant, "technician_1", &messages).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(bodies(&appended(&gateway, &tenant, &[]).await), Vec::<&str>::new());
}

on_sqlite_alone!(async messages_have_the_limits_of_an_import, "refused before anything is stored");
async fn messages_have_the_limits_of_an_import(on: DatabaseKind) {
    let (gateway, tenant) = with_a_session(on).await;
    let long = "x".repeat(65_537);
    for (message, problem) in [
        (
            message(1, "Zoe", &long),
            "The body of chat message 1 has 65537 characters; the limit is 65536.",
        ),
        (
            message(1, &long[..241], "x"),
            "The sender of chat message 1 has 241 characters; the limit is 240.",
        ),
    ] {
        let answer = append(&gateway, &tenant, "7", &[message]).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
        assert_eq!(answer.json()["errors"][0]["message"], problem);
    }
    let messages: Vec<_> = (0..501).map(|nth| message(nth % 60, "Zoe", "x")).collect();
    assert_eq!(append(&gateway, &tenant, "7", &messages).await.codes(), ["QUERY_TOO_COMPLEX"]);
    assert_eq!(bodies(&appended(&gateway, &tenant, &messages[..500]).await).len(), 500);
}
