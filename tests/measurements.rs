//! The measurements copy histories whole.

use std::collections::BTreeSet;

use benches::tables::{TABLES, Table};

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_sqlite_alone},
    server::select,
};

on_sqlite_alone!(async a_copy_has_every_column_of_the_history, "all databases have the same columns");
async fn a_copy_has_every_column_of_the_history(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    for table in gateway.database.tables_with("account_id") {
        // They are no history, or made of it.
        let others = [
            "api_key",
            "legacy_usage",
            "session_words",
            "session_change",
            "change_counter",
            "audit_event",
            "hold",
            "held_session",
            "webhook",
            "sync_source",
            "sync_window",
            "sync_missing",
        ];
        if others.contains(&&*table) {
            continue;
        }
        let columns = format!("SELECT name FROM pragma_table_info('{table}')");
        let rows = select(&gateway.database.url(), &columns).unwrap();
        let columns: BTreeSet<String> =
            rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        let copied = TABLES.iter().find(|it| it.name == table).map(Table::columns);
        let copied = copied.unwrap_or_default().into_iter().map(str::to_owned);
        assert_eq!(copied.collect::<BTreeSet<_>>(), columns, "{table}");
    }
}
