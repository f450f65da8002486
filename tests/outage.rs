//! A database that goes away and comes back.

use axum::http::StatusCode;

use crate::support::{
    Gateway,
    database::{Kind, on_sqlite_alone},
};

on_sqlite_alone!(async the_legacy_url_is_unavailable_until_the_disk_is_back, "a server's outage is another");
/// The file of an embedded database goes with the disk that it is on, and comes back with it. What
/// is open stays so; only new connections need the file, and here all open ones are held.
async fn the_legacy_url_is_unavailable_until_the_disk_is_back(on: Kind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, r#"{"requests":[{"id":7,"date_start":"2024-05-01 10:00:00"}]}"#).await;
    let _held = gateway.store.snapshot().await.unwrap();
    let file = gateway.database.file().unwrap();
    let elsewhere = file.with_extension("gone");
    std::fs::rename(&file, &elsewhere).unwrap();

    let answer = gateway.legacy(&tenant.key, &[("VARS", "ID")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.contains_key("retry-after"));
    assert!(answer.text().starts_with("<response><error_msg>"), "{}", answer.text());
    assert!(!answer.text().contains("history.sqlite3"));

    std::fs::rename(&elsewhere, &file).unwrap();
    let answer = gateway.legacy(&tenant.key, &[("VARS", "ID")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("<id>7</id>"));
}
