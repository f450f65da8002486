//! `recordSessions`: what is stored, and the results in the order of the input.

use serde_json::{Value, json};
use session_history::domain::viewer::Scope;

use super::{bodies, outcomes, record, recorder};
use crate::support::database::{DatabaseKind, on_each_database, on_sqlite_alone};

on_each_database!(async each_session_has_its_result_in_its_place);
async fn each_session_has_its_result_in_its_place(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let start = "2024-05-01T10:00:00Z";
    let stored = json!([
        { "legacyId": 1, "startedAt": start, "notes": "one" },
        { "legacyId": 2, "startedAt": start, "notes": "two" },
    ]);
    assert_eq!(outcomes(&record(&gateway, &tenant, stored.clone()).await), ["NEW", "NEW"]);
    let results = record(
        &gateway,
        &tenant,
        json!([
            { "legacyId": "session_2", "notes": "changed" },
            { "legacyId": 3, "startedAt": start, "customer": { "name": "x".repeat(241) } },
            { "legacyId": "session_1", "notes": "one" },
            { "legacyId": 4, "notes": "no start" },
            { "legacyId": "technician_1", "startedAt": start },
            { "legacyId": 5, "startedAt": start },
            // The same session twice: the later one is merged into the earlier one.
            { "legacyId": 5, "notes": "later" },
            { "legacyId": 5, "startedAt": null },
            { "legacyId": 6, "startedAt": start, "chatMessages": [
                { "sentAt": start, "body": "x" }, { "sentAt": start, "sender": "x".repeat(241), "body": "" }] },
            { "legacyId": 7, "startedAt": start, "videos": [{ "url": "https://v", "durationSeconds": -1 }] },
            { "legacyId": 8, "startedAt": start, "videos": [{ "url": "https://v", "sizeBytes": 1.5 }] },
            { "legacyId": 9, "startedAt": start, "customFields": [{ "name": " ", "value": "v" }] },
        ]),
    )
    .await;
    let problems: Vec<_> = results.iter().map(|result| result["problem"].clone()).collect();
    assert_eq!(
        outcomes(&results),
        [
            "CHANGED",
            "REJECTED",
            "UNCHANGED",
            "REJECTED",
            "REJECTED",
            "NEW",
            "CHANGED",
            "REJECTED",
            "REJECTED",
            "REJECTED",
            "REJECTED",
            "REJECTED"
        ],
        "{problems:?}"
    );
    let numbers: Vec<_> = results.iter().map(|it| it["session"]["legacyId"].as_str()).collect();
    let shown = [Some("2"), None, Some("1"), None, None, Some("5"), Some("5")];
    assert_eq!(numbers, [&shown[..], &[None; 5]].concat());
    let expected = [
        (1, "customer.name has 241 characters; the limit is 240."),
        (3, "startedAt is missing; a session that is not stored yet needs it."),
        (4, "This is neither a session's id nor a legacy number."),
        (7, "startedAt is empty; a value is required."),
        (8, "The sender of chat message 2 has 241 characters; the limit is 240."),
        (9, "The durationSeconds of video link 1 is -1; it must be from 0 to 2147483647."),
        (10, "sizeBytes is 1.5; it must be a whole number."),
        (11, "The name of custom field 1 is empty; a value is required."),
    ];
    for (nth, problem) in expected {
        assert_eq!(results[nth]["problem"], problem);
    }
    assert_eq!(problems.iter().filter(|problem| problem.is_null()).count(), 4);
    // Each session is shown as it is after the request.
    assert_eq!(results[5]["session"]["notes"], "later");
    let all = gateway.data(&tenant, "{ sessions { nodes { legacyId notes } } }", json!({})).await;
    assert_eq!(
        all["sessions"]["nodes"],
        json!([
            { "legacyId": "5", "notes": "later" },
            { "legacyId": "2", "notes": "changed" },
            { "legacyId": "1", "notes": "one" },
        ])
    );
}

on_each_database!(async an_absent_field_leaves_what_is_stored_and_null_clears_it);
async fn an_absent_field_leaves_what_is_stored_and_null_clears_it(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let whole = json!({
        "legacyId": 7, "startedAt": "2024-05-01T10:00:00Z", "endedAt": "2024-05-01T11:00:00+01:00",
        "startMethod": "AGENT", "technician": { "username": "ann@acme.example", "name": "Ann" },
        "customer": { "name": "Zoe", "email": "zoe@example.com", "number": "C-1" },
        "computer": { "name": "PC", "domain": "ACME", "os": "Windows" },
        "problemDescription": "printer", "notes": "done",
        "chatMessages": [{ "sentAt": "2024-05-01T10:00:05Z", "sender": "Ann", "body": "Hello" },
            { "sentAt": "2024-05-01T10:00:07Z", "sender": "zoe@example.com", "body": "Hi" }],
        "videos": [{ "url": "https://videos.example/7", "recordedAt": "2024-05-01T10:00:09.5Z",
            "durationSeconds": 60, "sizeBytes": 5_000_000_001_i64 }],
        "customFields": [{ "name": "Tag", "value": "A-1" }, { "name": "Empty" }],
    });
    let everything = "{ session(id: 7) { startedAt endedAt startMethod answered technician { username name }
        customer { name email number } computer { name domain os } problemDescription notes hasVideos
        chatMessages { nodes { sentAt sender senderRole body } }
        videos { nodes { url recordedAt durationSeconds sizeBytes } } customFields { name value } } }";
    let read = async || gateway.data(&tenant, everything, json!({})).await["session"].take();
    assert_eq!(outcomes(&record(&gateway, &tenant, json!([whole])).await), ["NEW"]);
    let stored = read().await;
    assert_eq!(
        stored,
        json!({
            "startedAt": "2024-05-01T10:00:00Z", "endedAt": "2024-05-01T10:00:00Z",
            "startMethod": "AGENT", "answered": true,
            "technician": { "username": "ann@acme.example", "name": "Ann" },
            "customer": { "name": "Zoe", "email": "zoe@example.com", "number": "C-1" },
            "computer": { "name": "PC", "domain": "ACME", "os": "Windows" },
            "problemDescription": "printer", "notes": "done", "hasVideos": true,
            "chatMessages": { "nodes": [
                { "sentAt": "2024-05-01T10:00:05Z", "sender": "Ann", "senderRole": "TECHNICIAN", "body": "Hello" },
                { "sentAt": "2024-05-01T10:00:07Z", "sender": "zoe@example.com", "senderRole": "CUSTOMER",
                  "body": "Hi" }] },
            "videos": { "nodes": [{ "url": "https://videos.example/7", "recordedAt": "2024-05-01T10:00:09.5Z",
                "durationSeconds": 60, "sizeBytes": 5_000_000_001.0 }] },
            "customFields": [{ "name": "Tag", "value": "A-1" }, { "name": "Empty", "value": null }],
        })
    );
    // Nothing is said of the session, or the same again.
    for again in [
        json!({ "legacyId": 7 }),
        json!({ "legacyId": 7, "customer": {}, "technician": {} }),
        whole,
    ] {
        assert_eq!(
            outcomes(&record(&gateway, &tenant, json!([again])).await),
            ["UNCHANGED"],
            "{again}"
        );
    }
    for (cleared, paths) in [
        (json!({ "customer": { "email": null } }), &["/customer/email"][..]),
        (json!({ "computer": null }), &["/computer/name", "/computer/domain", "/computer/os"]),
        (json!({ "endedAt": null }), &["/endedAt"]),
        (json!({ "notes": null, "problemDescription": null }), &["/notes", "/problemDescription"]),
        (json!({ "technician": null }), &["/technician"]),
    ] {
        let before = read().await;
        let mut input = cleared.clone();
        input["legacyId"] = json!(7);
        assert_eq!(
            outcomes(&record(&gateway, &tenant, json!([input])).await),
            ["CHANGED"],
            "{cleared}"
        );
        let mut expected = before.clone();
        for path in paths {
            assert_ne!(expected.pointer(path), Some(&Value::Null), "{path}");
            *expected.pointer_mut(path).unwrap() = Value::Null;
        }
        expected["answered"] = json!(!expected["technician"].is_null());
        assert_eq!(read().await, expected, "{cleared}");
    }
    let cleared =
        json!([{ "legacyId": 7, "chatMessages": null, "videos": [], "customFields": null }]);
    let results = record(&gateway, &tenant, cleared).await;
    assert_eq!(bodies(&results[0]["session"]), Vec::<&str>::new());
    assert_eq!(results[0]["session"]["videos"]["nodes"], json!([]));
    assert_eq!(results[0]["session"]["customFields"], json!([]));
}

on_each_database!(async a_session_is_recorded_in_the_account_of_the_key_alone);
async fn a_session_is_recorded_in_the_account_of_the_key_alone(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let other = gateway.tenant("other").await;
    let other = gateway.with_scopes(&other, &[Scope::Read, Scope::Write]).await;
    let session = |notes: &str| {
        json!([{ "legacyId": 7, "startedAt": "2024-05-01T10:00:00Z", "notes": notes,
            "technician": { "username": "ann", "name": notes },
            "chatMessages": [{ "sentAt": "2024-05-01T10:00:00Z", "body": notes }] }])
    };
    assert_eq!(outcomes(&record(&gateway, &tenant, session("acme")).await), ["NEW"]);
    // The session of the other account is unknown, and stays as it is.
    let unknown = json!([{ "legacyId": 7, "notes": "x" }]);
    assert_eq!(outcomes(&record(&gateway, &other, unknown).await), ["REJECTED"]);
    assert_eq!(outcomes(&record(&gateway, &other, session("other")).await), ["NEW"]);
    for (of, notes) in [(&tenant, "acme"), (&other, "other")] {
        let results = record(&gateway, of, session(notes)).await;
        assert_eq!(outcomes(&results), ["UNCHANGED"]);
        let shown = &results[0]["session"];
        assert_eq!((&shown["notes"], &shown["technician"]["name"]), (&json!(notes), &json!(notes)));
        assert_eq!(bodies(shown), [notes]);
    }
}

on_each_database!(async a_recorded_session_is_found_by_searches_statistics_and_the_change_feed);
async fn a_recorded_session_is_found_by_searches_statistics_and_the_change_feed(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let start = "2024-05-01T10:00:00Z";
    let sessions = json!([
        { "legacyId": 1, "startedAt": start, "notes": "the printer burns" },
        { "legacyId": 2, "startedAt": start, "technician": { "username": "ann" } },
    ]);
    record(&gateway, &tenant, sessions).await;
    let query = "{ sessions(filter: { search: \"printer\" }) { nodes { legacyId } }
        sessionStats { total { count answered } } sessionChanges { nodes { kind legacyId } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["sessions"]["nodes"], json!([{ "legacyId": "1" }]));
    assert_eq!(data["sessionStats"]["total"], json!({ "count": 2, "answered": 1 }));
    let change = |id: &str| json!({ "kind": "STORED", "legacyId": id });
    assert_eq!(data["sessionChanges"]["nodes"], json!([change("1"), change("2")]));
    record(&gateway, &tenant, json!([{ "legacyId": 1, "notes": "it is quenched" }])).await;
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["sessions"]["nodes"], json!([]));
    assert_eq!(data["sessionChanges"]["nodes"], json!([change("2"), change("1")]));
}

on_sqlite_alone!(async a_request_has_at_most_500_sessions, "refused before anything is stored");
async fn a_request_has_at_most_500_sessions(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let query = "mutation($sessions: [SessionInput!]!) { recordSessions(sessions: $sessions) { results { outcome } } }";
    let sessions = |count: i64| {
        let session = |id| json!({ "legacyId": id, "startedAt": "2024-05-01T10:00:00Z" });
        json!({ "sessions": (0..count).map(session).collect::<Vec<_>>() })
    };
    let answer = gateway.graphql(&tenant, query, sessions(501)).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"], "{}", answer.text());
    let literals: Vec<_> = (0..501)
        .map(|id| format!("{{legacyId: {id}, startedAt: \"2024-05-01T10:00:00Z\"}}"))
        .collect();
    let document = |count: usize| {
        format!(
            "mutation {{ recordSessions(sessions: [{}]) {{ results {{ outcome }} }} }}",
            literals[..count].join(" ")
        )
    };
    let answer = gateway.graphql(&tenant, &document(501), json!({})).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"], "{}", answer.text());
    assert_eq!(super::count(&gateway, &tenant).await, 0);
    let data = gateway.data(&tenant, query, sessions(500)).await;
    assert_eq!(data["recordSessions"]["results"].as_array().unwrap().len(), 500);
    let data = gateway.data(&tenant, &document(500), json!({})).await;
    let results = data["recordSessions"]["results"].as_array().unwrap();
    assert_eq!(outcomes(results), ["UNCHANGED"; 500]);
    // Lists of queries are as short as before.
    let ids: Vec<_> = (0..251).map(|id| format!("session_{id}")).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let answer = gateway.graphql(&tenant, query, json!({ "ids": ids })).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"]);
    // With a higher limit of lists, the limit of a mutation is the same.
    let flags = ["--max-list", "1000"];
    let router = crate::support::router(&gateway.store, &flags);
    let request = crate::support::Gateway::graphql_request(&tenant, query, sessions(501));
    assert_eq!(
        crate::support::Gateway::call_router(&router, request).await.codes(),
        ["BAD_USER_INPUT"]
    );
}

on_each_database!(async no_session_is_an_empty_result);
async fn no_session_is_an_empty_result(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    assert_eq!(record(&gateway, &tenant, json!([])).await, Vec::<Value>::new());
    let query = "mutation { a: recordSessions(sessions: []) { __typename results { __typename } }
        b: recordSessions(sessions: [{ legacyId: 7, startedAt: \"2024-05-01T10:00:00Z\" }]) {
            results { __typename } } }";
    let payload =
        |results: Value| json!({ "__typename": "RecordSessionsPayload", "results": results });
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["a"], payload(json!([])));
    assert_eq!(data["b"], json!({ "results": [{ "__typename": "RecordSessionResult" }] }));
}
