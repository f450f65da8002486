//! A server that answers only the documents of a manifest.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    persisted_documents::{hash, persisted, served::Served},
    subscriptions::socket::Socket,
    support::{
        database::{DatabaseKind, on_sqlite_alone},
        process::{self, CommandEnvironment},
        wire,
    },
};

mod manifests;

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";
const LABEL: &str = "query Label { viewer { keyLabel } }";
const SESSIONS: &str = "query Sessions { sessions { nodes { legacyId } } }";
const RECORD: &str = "mutation($sessions: [SessionInput!]!) {
            recordSessions(sessions: $sessions) { results { outcome } } }";
const FEED: &str = "subscription { sessionChanges { legacyId } }";
const SCHEMA: &str = "{ __schema { queryType { name } } }";
const FLAGS: [&str; 2] = ["--trusted-documents", "documents.json"];

/// The manifest as GraphQL Code Generator writes it, with ids of SHA-1, and with one that is a SHA-256.
fn map() -> String {
    let sessions = hash(SESSIONS);
    let sha_1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
    json!({ sha_1: LABEL, sessions: SESSIONS, "record": RECORD, "feed": FEED }).to_string()
}

fn server(on: DatabaseKind, flags: &[&str]) -> Served {
    Served::start(on, &[("documents.json", &map())], &[&FLAGS, flags].concat())
}

fn label() -> Value {
    json!({ "data": { "viewer": { "keyLabel": "page" } } })
}

fn code(answer: &Value) -> &str {
    assert!(answer["data"].is_null(), "{answer}");
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

on_sqlite_alone!(
    a_trusted_document_is_answered_by_its_id_its_hash_or_its_text,
    "no storage is involved"
);
fn a_trusted_document_is_answered_by_its_id_its_hash_or_its_text(on: DatabaseKind) {
    let served = server(on, &[]);
    let (id, hash) = ("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", hash(LABEL));
    for body in [
        json!({ "documentId": id }),
        json!({ "documentId": hash }),
        json!({ "documentId": format!("sha256:{hash}") }),
        json!({ "extensions": persisted(id) }),
        json!({ "extensions": persisted(&hash) }),
        json!({ "query": LABEL }),
        json!({ "query": LABEL, "extensions": persisted(&hash) }),
        json!({ "query": LABEL, "extensions": persisted(id) }),
    ] {
        assert_eq!(served.send(JSON, &body).json(), label(), "{body}");
    }
    let ask = |parameters: &str| {
        let target = format!("/graphql?{parameters}");
        let headers = [("x-api-key", &*served.key)];
        wire::send(&served.server.url, "GET", &target, &headers, &[]).json()
    };
    assert_eq!(ask(&format!("documentId={id}")), label());
    assert_eq!(ask(&format!("documentId=sha256%3A{hash}&variables={{}}")), label());
    let extensions = persisted(&hash).to_string().replace('"', "%22");
    assert_eq!(ask(&format!("extensions={extensions}")), label());
    served.record(3);
    let nodes = json!({ "data": { "sessions": { "nodes": [{ "legacyId": "3" }] } } });
    assert_eq!(served.send(JSON, &json!({ "query": SESSIONS })).json(), nodes);
}

on_sqlite_alone!(nothing_else_is_answered, "no storage is involved");
fn nothing_else_is_answered(on: DatabaseKind) {
    let served = server(on, &["--introspection", "off"]);
    let changed = [
        format!("{LABEL} "),
        LABEL.replace("Label", "Label2"),
        format!("{LABEL} {{ sessions {{ nodes {{ legacyId }} }} }}"),
        "{ viewer { keyLabel } }".to_owned(),
        "{ nothing }".to_owned(),
        "{".to_owned(),
        String::new(),
        "{ __typename }".to_owned(),
        SCHEMA.to_owned(),
        "(".repeat(10_000),
    ];
    let texts = changed.iter().flat_map(|text| {
        let hash = persisted(&hash(text));
        [json!({ "query": text }), json!({ "query": text, "extensions": hash })]
    });
    let ids = ["", "7", "record ", "RECORD", &hash(LABEL)[1..], &hash(LABEL).to_uppercase()]
        .map(str::to_owned);
    let ids = ids
        .iter()
        .flat_map(|id| [json!({ "documentId": id }), json!({ "extensions": persisted(id) })]);
    for body in texts.chain(ids) {
        for (accept, status) in [(GRAPHQL, 400), (JSON, 200)] {
            let answer = served.send(accept, &body);
            assert_eq!(
                (answer.status, code(&answer.json())),
                (status, "DOCUMENT_NOT_TRUSTED"),
                "{body}"
            );
        }
        let answer = served.send("application/x-ndjson", &body);
        assert_eq!((answer.status, code(&answer.json())), (400, "DOCUMENT_NOT_TRUSTED"), "{body}");
        let answer = served.send("text/event-stream", &body).text();
        assert!(
            answer.contains("DOCUMENT_NOT_TRUSTED") && !answer.contains("\"data\""),
            "{answer}"
        );
    }
    let mut socket = Socket::of(&served.server, &served.key);
    socket.subscribe("1", "subscription { sessionChanges { cursor } }", json!({}));
    let refused = socket.message();
    assert_eq!(refused["payload"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED", "{refused}");
    // The first message of a trusted subscription is a change.
    socket.subscribe("2", FEED, json!({}));
    for number in 1.. {
        served.record(number);
        std::thread::sleep(std::time::Duration::from_millis(100));
        if number == 10 {
            break;
        }
    }
    assert_eq!(socket.message()["type"], "next");
}

on_sqlite_alone!(
    the_legacy_url_and_the_pages_work_beside_trusted_documents,
    "no storage is involved"
);
fn the_legacy_url_and_the_pages_work_beside_trusted_documents(on: DatabaseKind) {
    let served = server(on, &[]);
    served.record(3);
    let get = |target: &str| wire::send(&served.server.url, "GET", target, &[], &[]);
    for page in ["VARS=ID", "VARS=ID&OUTPUT_FORMAT=JSON", "VARS=ID%20CHAT_INFO"] {
        let answer = get(&format!("/get_session_history.php?KEY={}&{page}", served.key)).text();
        assert!(answer.contains('3') && !answer.contains("error_msg"), "{answer}");
    }
    assert_eq!(get("/graphiql").status, 200);
    assert_eq!(get("/translate?VARS=ID").status, 200);
}

on_sqlite_alone!(trusted_documents_need_a_key_and_its_scopes, "no storage is involved");
fn trusted_documents_need_a_key_and_its_scopes(on: DatabaseKind) {
    let served = server(on, &[]);
    let read = ["key", "create", "--account", "acme"];
    let read = process::stdout(&served.environment, &read).trim().to_owned();
    let send = |key: Option<&str>, body: Value| {
        let mut headers = vec![("content-type", JSON), ("accept", GRAPHQL)];
        headers.extend(key.map(|key| ("x-api-key", key)));
        let body = body.to_string();
        let answer = wire::send(&served.server.url, "POST", "/graphql", &headers, body.as_bytes());
        code(&answer.json()).to_owned()
    };
    for body in [
        json!({ "documentId": "record" }),
        json!({ "documentId": "unknown" }),
        json!({ "query": LABEL }),
        json!({ "query": "{ viewer { account { name } } }" }),
        json!({ "query": "{" }),
    ] {
        assert_eq!(send(None, body.clone()), "UNAUTHENTICATED", "{body}");
    }
    let body = json!({ "documentId": "record", "variables": { "sessions": [] } });
    assert_eq!(send(Some(&read), body), "FORBIDDEN");
}

on_sqlite_alone!(the_introspection_follows_its_setting, "no storage is involved");
fn the_introspection_follows_its_setting(on: DatabaseKind) {
    let schema = json!({ "query": SCHEMA });
    let mixed = json!({ "query": "{ __schema { queryType { name } } viewer { keyLabel } }" });
    let data = json!({ "data": { "__schema": { "queryType": { "name": "Query" } } } });
    for (setting, with_key, without_key) in
        [("all", true, true), ("keys", true, false), ("off", false, false)]
    {
        let served = server(on, &["--introspection", setting]);
        let answer = served.send(JSON, &schema).json();
        match with_key {
            true => assert_eq!(answer, data, "{setting}"),
            false => assert_eq!(code(&answer), "DOCUMENT_NOT_TRUSTED"),
        }
        assert_eq!(code(&served.send(JSON, &mixed).json()), "DOCUMENT_NOT_TRUSTED");
        let (headers, body) = ([("content-type", JSON)], schema.to_string());
        let url = &served.server.url;
        let answer = wire::send(url, "POST", "/graphql", &headers, body.as_bytes()).json();
        match without_key {
            true => assert_eq!(answer, data, "{setting}"),
            false => assert_eq!(code(&answer), "UNAUTHENTICATED"),
        }
    }
}

on_sqlite_alone!(a_signal_exchanges_the_manifest_unless_it_is_wrong, "no storage is involved");
fn a_signal_exchanges_the_manifest_unless_it_is_wrong(on: DatabaseKind) {
    let served = server(on, &[]);
    let other = "query Other { viewer { account { name } } }";
    let is_answered = |query: &str| {
        served.send(JSON, &json!({ "query": query })).json()["data"]["viewer"].is_object()
    };
    let file = served.environment.path().join("documents.json");
    let hang_up = || {
        let id = served.server.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", "HUP", &id]).status();
        assert!(sent.unwrap().success());
    };
    let exchange = |manifest: Value, query| {
        std::fs::write(&file, manifest.to_string()).unwrap();
        hang_up();
        let start = Instant::now();
        while !is_answered(query) {
            assert!(start.elapsed() < Duration::from_secs(20), "{manifest} is not in use");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    assert!(is_answered(LABEL) && !is_answered(other));
    exchange(json!({ "1": other }), other);
    assert!(!is_answered(LABEL));

    // The gateway has read a wrong manifest when the pipe has taken it.
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    hang_up();
    std::fs::write(&file, json!({ "1": "{ wrong }" }).to_string()).unwrap();
    assert!(is_answered(other));
    std::fs::remove_file(&file).unwrap();
    exchange(json!({ "1": other, "2": LABEL }), LABEL);
    assert!(is_answered(other));
    let log = served.server.stop();
    assert!(log.contains("the trusted documents were not exchanged"), "{log}");
    assert!(log.contains("the document '1', line 1, column 3: "), "{log}");
}

on_sqlite_alone!(apollo_client_and_urql_use_the_ids_of_a_manifest, "no storage is involved");
fn apollo_client_and_urql_use_the_ids_of_a_manifest(on: DatabaseKind) {
    // As Apollo Client sends it.
    let body = "query Label {\n  viewer {\n    keyLabel\n    __typename\n  }\n}";
    let operation = json!({ "id": hash(body), "name": "Label", "type": "query", "body": body });
    let apollo = json!({
        "format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation],
    });
    let apollo = apollo.to_string();
    for (client, manifest, member) in
        [("apollo-manifest", &apollo, "extensions"), ("urql-manifest", &map(), "documentId")]
    {
        let served = Served::start(on, &[("documents.json", manifest)], &FLAGS);
        let file = served.environment.path().join("documents.json");
        let ask = |client, method, query| served.ask(client, method, query, Some(Path::new(&file)));
        for method in ["POST", "GET"] {
            let lines = ask(client, method, LABEL);
            assert_eq!(lines.len(), 4, "{lines:?}");
            for pair in lines.chunks(2) {
                assert_eq!(pair[0], format!("{method} {member}"), "{client}");
                let start = r#"data {"viewer":{"keyLabel":"page""#;
                assert!(pair[1].starts_with(start), "{client} {pair:?}");
            }
            // Clients that send the text of another document are refused.
            for other in ["apollo", "urql"] {
                let lines = ask(other, method, "query Other { viewer { keyLabel } }");
                let refused =
                    [format!("{method} extensions"), "errors DOCUMENT_NOT_TRUSTED".into()];
                assert_eq!(lines, [&refused[..], &refused].concat(), "{other} {method}");
            }
        }
    }
}

/// What `serve` says about a manifest that it does not take.
fn refused(environment: &CommandEnvironment, manifest: &[u8]) -> String {
    std::fs::write(environment.path().join("documents.json"), manifest).unwrap();
    // No machine has this address, so the command ends in any case.
    let arguments = [&["serve", "--listen", "192.0.2.1:0"], &FLAGS[..]].concat();
    let output = process::run(environment, &arguments);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}
