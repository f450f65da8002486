//! An import whose batches conflict with other transactions.

use serde_json::{Value, json};
use session_history::ingest::tally::Tally;

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database},
    import::import,
    server::{administer, select},
    writer,
};

/// Lets a transaction that stores more than 60 sessions conflict, as if shorter ones always ended before it.
const CONFLICT: [&str; 2] = [
    "CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT COUNT(*) FROM session WHERE xmin = pg_current_xact_id()::xid) > 60 THEN
            RAISE 'a shorter transaction ended before' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
    END $$",
    "CREATE TRIGGER conflict AFTER INSERT ON session FOR EACH STATEMENT EXECUTE FUNCTION conflict()",
];

on_each_database!(async a_batch_that_conflicts_is_written_in_smaller_ones: postgres Postgres);
async fn a_batch_that_conflicts_is_written_in_smaller_ones(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    administer(&gateway.database.url(), &CONFLICT).unwrap();
    let session =
        |id: i64| json!({ "id": id % 600, "date_start": "2024-01-01", "notes": id.to_string() });
    // The last 50 change sessions of the first part.
    let document = json!((0..650).map(session).collect::<Value>());
    let tally = import(&writer(&gateway.store, &tenant), &document).await;
    assert_eq!(tally, Tally { new: 600, changed: 50, ..Tally::default() });
    let notes = "SELECT COUNT(*) FROM session WHERE notes = CAST(CASE WHEN id < 50 THEN id + 600 ELSE id END AS TEXT)";
    let stored = select(&gateway.database.url(), notes).unwrap();
    assert_eq!(stored[0].try_get_by_index::<i64>(0).unwrap(), 600);
}
