//! The dashboard and the start page in a browser, on the demo account at the time of docs/QUERIES.md.

use std::panic::resume_unwind;

use session_history::{demo, domain::viewer::Scope};
use tokio::net::TcpListener;

use crate::support::{
    Gateway,
    browser::drive,
    clock,
    database::{DatabaseKind, on_sqlite_alone},
};

/// Serves the demo account, and runs a program against it.
async fn in_a_browser(on: DatabaseKind, program: &'static str) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("demo").await;
    let records: Vec<_> = demo::records(clock().now()).collect();
    for batch in records.chunks(500) {
        gateway.store(&tenant, batch).await;
    }
    let key = "key-of-a-recorder-0123456789";
    gateway.key(tenant.account, key, &[Scope::Read, Scope::Write]).await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = gateway.router.clone();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let run = tokio::task::spawn_blocking(move || drive(program, &url, key)).await;
    server.abort();
    run.unwrap_or_else(|failure| resume_unwind(failure.into_panic()));
}

on_sqlite_alone!(async the_dashboard_shows_the_figures_and_the_sessions_behind_them, "the page is the same on each");
async fn the_dashboard_shows_the_figures_and_the_sessions_behind_them(on: DatabaseKind) {
    in_a_browser(on, "dashboard.mjs").await;
}

on_sqlite_alone!(async the_start_page_takes_the_key_for_all_pages, "the page is the same on each");
async fn the_start_page_takes_the_key_for_all_pages(on: DatabaseKind) {
    in_a_browser(on, "start.mjs").await;
}

on_sqlite_alone!(async each_page_says_that_it_needs_a_key, "the pages are the same on each");
async fn each_page_says_that_it_needs_a_key(on: DatabaseKind) {
    in_a_browser(on, "without-key.mjs").await;
}
