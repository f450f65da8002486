//! The gateway below a path of a host, behind a proxy that passes the path on.

use std::process::Command;

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    commands::fails,
    support::{
        Gateway,
        browser::drive,
        database::{DatabaseKind, on_sqlite_alone},
        process::{CommandEnvironment, Server},
    },
};

on_sqlite_alone!(async everything_is_served_below_the_base_path, "no storage is involved");
async fn everything_is_served_below_the_base_path(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--base-path", "/tools/history"]).await;
    let acme = gateway.tenant("acme").await;
    gateway
        .import(&acme, &json!([{"id": 1, "date_start": "2024-01-01 00:00:00"}]).to_string())
        .await;
    let key = &acme.key;
    let graphql = "/graphql?query=%7B__typename%7D".to_owned();
    let legacy = format!("/get_session_history.php?KEY={key}&VARS=ID");
    for path in [
        graphql,
        legacy.clone(),
        format!("/any{legacy}"),
        "/get_session_history.xsd".to_owned(),
        "/".to_owned(),
        "/dashboard".to_owned(),
        "/graphiql".to_owned(),
        "/schema.graphql".to_owned(),
        "/health/live".to_owned(),
        "/health/ready".to_owned(),
        "/translate?VARS=ID".to_owned(),
    ] {
        let answer = gateway.get(&format!("/tools/history{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        for outside in ["", "/tools", "/tools/history2", "/history", "/Tools/history"] {
            let answer = gateway.get(&format!("{outside}{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{outside}{path}");
            assert!(answer.headers.contains_key("x-request-id"), "{outside}{path}");
            assert!(answer.text().contains("serves /tools/history/, "), "{}", answer.text());
        }
    }
    assert_eq!(gateway.get("/tools/history/nothing").await.status, StatusCode::NOT_FOUND);
    let answer = gateway.get(&format!("/tools/history{legacy}")).await;
    assert!(answer.text().contains("<nrequests>1</nrequests>"), "{}", answer.text());
    let link = answer.headers["link"].to_str().unwrap();
    let translated = link.strip_prefix('<').unwrap().split('>').next().unwrap();
    assert!(translated.starts_with("/tools/history/translate?"), "{link}");
    assert_eq!(gateway.get(translated).await.status, StatusCode::OK);
}

on_sqlite_alone!(async the_base_path_leads_to_the_page, "no storage is involved");
async fn the_base_path_leads_to_the_page(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--base-path", "/history"]).await;
    for (path, location) in [
        ("/history", "/history/"),
        ("/history/graphiql/", "../graphiql"),
        ("/history/dashboard/", "../dashboard"),
    ] {
        let answer = gateway.get(path).await;
        assert!(answer.status.is_redirection(), "{path}: {}", answer.status);
        assert_eq!(answer.headers["location"], location, "{path}");
    }
}

on_sqlite_alone!(graphiql_works_below_a_base_path, "no storage is involved");
fn graphiql_works_below_a_base_path(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo", "--base-path", "/history"]);
    assert!(server.url.ends_with("/history"), "{}", server.url);
    let legacy = server.greeted("Legacy");
    assert!(legacy.starts_with(&format!("{}/get_session_history.php?", server.url)), "{legacy}");
    let called = Command::new("curl").args(["-sS", &legacy]).output().unwrap();
    let answer = String::from_utf8_lossy(&called.stdout);
    assert!(answer.contains("<nrequests>") && answer.contains("</response>"), "{answer}");
    drive("graphiql.mjs", &server.url, &server.greeted("Demo key"));
}

on_sqlite_alone!(a_wrong_base_path_stops_the_start, "it is about the command line");
fn a_wrong_base_path_stops_the_start(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    for (path, reason) in [
        ("history", "a path begins with a slash: /history"),
        ("/history/", "the path must not end with a slash: /history"),
        ("https://example.com/history", "this is a URL"),
        ("/a/../b", "the segment '..' is not allowed"),
    ] {
        let message = fails(&environment, &["serve", "--base-path", path]);
        assert!(message.contains(reason), "{path}: {message}");
    }
}
