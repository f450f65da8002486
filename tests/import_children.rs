//! Every table of children of a session is read and written by an import.

use serde_json::json;
use session_history::{
    domain::{
        audit::AuditSource,
        filter::{Filter, SessionCondition},
    },
    history::{holds::Holds, writer::Outcome},
    store::sync::SourceId,
};

use crate::support::{
    Gateway, clock,
    database::{DatabaseKind, on_each_database},
    server::select,
};

/// The tables of children, each with its number of rows.
fn children(gateway: &Gateway) -> Vec<(String, i64)> {
    let count = |table: String| {
        let rows = select(&gateway.database.url(), &format!("SELECT COUNT(*) FROM {table}"));
        (table, rows.unwrap()[0].try_get_by_index(0).unwrap())
    };
    gateway.database.tables_with("session_id").into_iter().map(count).collect()
}

on_each_database!(async a_change_of_the_notes_leaves_the_rows_of_every_table_of_children);
async fn a_change_of_the_notes_leaves_the_rows_of_every_table_of_children(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let record = json!([{
        "id": 1, "date_start": "2024-01-01",
        "chat_info": [{ "date": "2024-01-01", "sender": "a", "text": "b" }],
        "video_links": ["c"], "custom_fields": [{ "name": "d", "value": "e" }],
    }]);
    gateway.import(&tenant, &record.to_string()).await;
    let holds = Holds {
        store: gateway.store.clone(),
        account: tenant.account,
        source: AuditSource::Command,
        clock: clock(),
    };
    let session = Filter::Is(SessionCondition::Id(vec![1]));
    holds.add(&session, "law").await.unwrap();
    let source =
        gateway.store.sync_source(tenant.account, "https://a", clock().now()).await.unwrap();
    let source = SourceId { account: tenant.account, source: source.id };
    gateway.store.save_missing(source, &[1], &[], clock().now()).await.unwrap();
    let before = children(&gateway);
    assert!(before.len() >= 3 && before.iter().all(|(_, rows)| *rows == 1), "{before:?}");
    let changed = gateway.import(&tenant, r#"[{ "id": 1, "notes": "b" }]"#).await;
    assert_eq!(changed, [Outcome::Changed]);
    assert_eq!(children(&gateway), before);
}
