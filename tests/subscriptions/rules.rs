//! The rules of graphql-transport-ws.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::Message;

use super::{
    FEED, Served,
    socket::{PROTOCOL, Received, Socket},
};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    tls::{Transport, with_and_without_tls},
};

const VIEWER: &str = "{ viewer { account { name } } }";

on_sqlite_alone!(a_ping_is_answered_with_its_payload_at_any_time, "no storage is involved");
fn a_ping_is_answered_with_its_payload_at_any_time(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut socket = Socket::open(&served.server);
    socket.send(&json!({"type": "ping"}));
    assert_eq!(socket.message(), json!({"type": "pong"}));
    socket.init(&served.acme.read);
    assert_eq!(socket.message(), json!({"type": "connection_ack"}));
    socket.send(&json!({"type": "pong"}));
    socket.send(&json!({"type": "ping", "payload": {"a": [1]}}));
    assert_eq!(socket.message(), json!({"type": "pong", "payload": {"a": [1]}}));
}

with_and_without_tls!(the_server_pings_and_closes_a_silent_socket, "no storage is involved");
fn the_server_pings_and_closes_a_silent_socket(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, &["--keep-alive", "1"]);
    let mut alive = Socket::of(&served.server, &served.acme.read);
    let silent = Socket::of(&served.server, &served.acme.read);
    for _ in 0..5 {
        assert_eq!(alive.receive(), Received::Message(json!("a ping frame")));
    }
    // A client that is not read answers no ping.
    let log = served.server.stop();
    assert!(log.contains("socket closed code=1006"), "{log}");
    drop(silent);
}

on_sqlite_alone!(a_socket_without_init_is_closed_with_4408, "no storage is involved");
fn a_socket_without_init_is_closed_with_4408(on: DatabaseKind) {
    let served = Served::start(on, &["--head-timeout", "1"]);
    let (start, mut socket) = (Instant::now(), Socket::open(&served.server));
    socket.send(&json!({"type": "ping"}));
    assert_eq!(socket.message(), json!({"type": "pong"}));
    assert_eq!(socket.close_code(), 4408);
    assert!(start.elapsed() > Duration::from_millis(900), "{:?}", start.elapsed());
}

on_sqlite_alone!(a_second_init_is_closed_with_4429, "no storage is involved");
fn a_second_init_is_closed_with_4429(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.init(&served.acme.read);
    assert_eq!(socket.close_code(), 4429);
}

on_sqlite_alone!(an_operation_before_the_ack_is_closed_with_4401, "no storage is involved");
fn an_operation_before_the_ack_is_closed_with_4401(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let bearer = format!("Bearer {}", served.acme.read);
    for headers in [vec![], vec![("authorization", &*bearer)]] {
        let mut socket = Socket::try_open(&served.server, PROTOCOL, &headers).unwrap();
        socket.subscribe("1", VIEWER, json!({}));
        assert_eq!(socket.close_code(), 4401);
    }
}

on_sqlite_alone!(a_wrong_or_absent_key_is_closed_with_4403, "no storage is involved");
fn a_wrong_or_absent_key_is_closed_with_4403(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    for payload in [Value::Null, json!({}), json!({"X-API-Key": "wrong"}), json!({"x-api-key": 1})]
    {
        let mut socket = Socket::open(&served.server);
        socket.send(&json!({"type": "connection_init", "payload": payload}));
        assert_eq!(socket.close_code(), 4403, "{payload}");
    }
    let wrong = Socket::try_open(&served.server, PROTOCOL, &[("x-api-key", "wrong")]);
    assert_eq!(wrong.err().unwrap().0, 401);
}

on_sqlite_alone!(a_key_has_the_names_of_the_headers, "no storage is involved");
fn a_key_has_the_names_of_the_headers(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let (acme, other) = (&*served.acme.read, &*served.other.read);
    let bearer = format!("Bearer {other}");
    for (headers, payload, account) in [
        (vec![("x-api-key", acme)], Value::Null, "acme"),
        (vec![("integration-key", acme)], json!({"a": {}}), "acme"),
        (vec![("authorization", &*bearer)], json!({}), "other"),
        (vec![], json!({"X-API-KEY": acme}), "acme"),
        (vec![], json!({"integration-key": acme, "x-api-key": "wrong"}), "acme"),
        (vec![("x-api-key", acme)], json!({"authorization": bearer}), "other"),
    ] {
        let mut socket = Socket::try_open(&served.server, PROTOCOL, &headers).unwrap();
        socket.send(&json!({"type": "connection_init", "payload": payload}));
        assert_eq!(socket.message(), json!({"type": "connection_ack"}), "{payload}");
        socket.subscribe("1", VIEWER, json!({}));
        let answer = socket.message();
        assert_eq!(answer["payload"]["data"]["viewer"]["account"]["name"], account, "{answer}");
    }
}

on_sqlite_alone!(a_second_operation_with_an_id_is_closed_with_4409, "no storage is involved");
fn a_second_operation_with_an_id_is_closed_with_4409(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("a", FEED, json!({}));
    // The id is free again as soon as the client or the server has ended the operation.
    socket.send(&json!({"id": "a", "type": "complete"}));
    socket.subscribe("a", VIEWER, json!({}));
    assert_eq!(socket.message()["type"], "next");
    assert_eq!(socket.message(), json!({"id": "a", "type": "complete"}));
    socket.subscribe("a", FEED, json!({}));
    socket.subscribe("b", FEED, json!({}));
    socket.subscribe("a", FEED, json!({}));
    assert_eq!(socket.receive(), Received::Closed(4409, "Subscriber for a already exists".into()));
}

on_sqlite_alone!(what_is_no_message_is_closed_with_4400, "no storage is involved");
fn what_is_no_message_is_closed_with_4400(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    for message in [
        Message::text("ping"),
        Message::text("{}"),
        Message::text(r#"{"type":"start","id":"1"}"#),
        Message::text(r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#),
        Message::binary(br#"{"type":"ping"}"#.to_vec()),
    ] {
        let mut socket = Socket::of(&served.server, &served.acme.read);
        socket.send_raw(message.clone());
        assert_eq!(socket.close_code(), 4400, "{message:?}");
    }
}

on_sqlite_alone!(another_subprotocol_is_refused, "no storage is involved");
fn another_subprotocol_is_refused(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    for protocol in ["graphql-ws", "x"] {
        let (status, text) = Socket::try_open(&served.server, protocol, &[]).err().unwrap();
        assert_eq!(status, 400);
        assert!(text.contains("needs the subprotocol 'graphql-transport-ws'"), "{text}");
    }
    assert!(Socket::try_open(&served.server, "graphql-ws, graphql-transport-ws", &[]).is_ok());
}

on_sqlite_alone!(
    a_web_page_of_another_origin_is_refused_unless_it_is_allowed,
    "no storage is involved"
);
fn a_web_page_of_another_origin_is_refused_unless_it_is_allowed(on: DatabaseKind) {
    let served = Served::start(on, &["--allowed-origins", "https://good.example"]);
    let open = |origin: &str| {
        Socket::try_open(&served.server, PROTOCOL, &[("origin", origin)]).err().map(|it| it.0)
    };
    assert_eq!(open("https://evil.example"), Some(403));
    assert_eq!(open("null"), Some(403));
    assert_eq!(open("https://good.example"), None);
    assert_eq!(open(&served.server.url), None);
}

on_sqlite_alone!(operations_are_answered_side_by_side, "no storage is involved");
fn operations_are_answered_side_by_side(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut socket = Socket::of(&served.server, &served.acme.write);
    socket.subscribe("feed", FEED, json!({}));
    socket.subscribe("query", VIEWER, json!({}));
    assert_eq!(
        socket.message(),
        json!({"id": "query", "type": "next", "payload": {"data": {"viewer": {"account": {"name": "acme"}}}}})
    );
    assert_eq!(socket.message(), json!({"id": "query", "type": "complete"}));
    let mutation = "mutation { recordSessions(sessions: [{legacyId: \"7\", startedAt: \"2026-01-01T00:00:00Z\"}]) {
        results { outcome } } }";
    socket.subscribe("mutation", mutation, json!({}));
    let messages = [(); 3].map(|()| socket.message());
    let of = |id: &str, kind: &str| {
        let found = messages.iter().find(|it| it["id"] == id && it["type"] == kind);
        found.unwrap_or_else(|| panic!("{messages:?}"))["payload"]["data"].clone()
    };
    assert_eq!(of("feed", "next")["sessionChanges"]["legacyId"], "7");
    assert_eq!(of("mutation", "next")["recordSessions"]["results"][0]["outcome"], "NEW");
    of("mutation", "complete");
}

on_sqlite_alone!(what_is_not_executed_is_an_error_message, "no storage is involved");
fn what_is_not_executed_is_an_error_message(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut socket = Socket::of(&served.server, &served.acme.read);
    for (query, variables, code) in [
        ("{ nonsense }", json!({}), "BAD_USER_INPUT"),
        ("{", json!({}), "BAD_USER_INPUT"),
        (FEED, json!({"after": "nonsense"}), "BAD_USER_INPUT"),
        (FEED, json!({"filter": 1}), "BAD_USER_INPUT"),
        (
            "subscription { a: sessionChanges { kind } b: sessionChanges { kind } }",
            json!({}),
            "BAD_USER_INPUT",
        ),
        ("subscription { __typename }", json!({}), "BAD_USER_INPUT"),
    ] {
        socket.subscribe("1", query, variables);
        let answer = socket.message();
        assert_eq!(answer["type"], "error", "{answer}");
        assert_eq!(answer["payload"][0]["extensions"]["code"], code, "{answer}");
    }
    // The socket goes on.
    socket.subscribe("1", VIEWER, json!({}));
    assert_eq!(socket.message()["type"], "next");
}
