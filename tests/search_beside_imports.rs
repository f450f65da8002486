//! A search finds what is stored at any moment, also while imports fill the index.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use session_history::store::Event;
use tokio::{sync::mpsc, time::timeout};

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database},
    import::import,
    writer,
};

/// The sessions that are searched for, in each account.
const SESSIONS: usize = 50;
/// The accounts that are imported, one after the other.
const ACCOUNTS: usize = 12;
/// The words of a session that no other session has. All together, they are more than an index keeps in memory.
const WORDS: usize = 40;

const FOUND: &str = "{ sessions(filter: {search: \"printer\"}, first: 1) { totalCount } }";

/// Sessions with the same word, and with words of their own.
fn document(account: usize) -> String {
    let session = |id: usize| {
        let words = (0..WORDS).map(|word| format!("a{account}s{id}w{word}"));
        let notes = words.collect::<Vec<_>>().join(" ");
        json!({ "id": id, "date_start": "2024-01-01", "notes": format!("printer {notes}") })
    };
    json!({ "requests": (1..=SESSIONS).map(session).collect::<Vec<_>>() }).to_string()
}

on_each_database!(async a_search_beside_imports_finds_every_session_that_is_stored);
async fn a_search_beside_imports_finds_every_session_that_is_stored(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let mut tenants = Vec::new();
    for account in 0..ACCOUNTS {
        tenants.push(gateway.tenant(&format!("account {account}")).await);
    }
    gateway.import(&tenants[0], &document(0)).await;
    let is_done = AtomicBool::new(false);
    let imports = async {
        for (account, tenant) in tenants.iter().enumerate().skip(1) {
            gateway.import(tenant, &document(account)).await;
        }
        is_done.store(true, Ordering::Relaxed);
    };
    let searches = async {
        let mut count = 0;
        while !is_done.load(Ordering::Relaxed) {
            let data = gateway.data(&tenants[0], FOUND, json!({})).await;
            assert_eq!(data["sessions"]["totalCount"], SESSIONS, "search {count}");
            count += 1;
        }
        count
    };
    let ((), count) = tokio::join!(imports, searches);
    assert!(count > ACCOUNTS, "{count} searches");
}

on_each_database!(async new_words_are_merged_into_the_index_beside_an_import: postgres Postgres);
async fn new_words_are_merged_into_the_index_beside_an_import(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let (sender, mut merges) = mpsc::unbounded_channel();
    gateway.store.observe(Arc::new(move |event| {
        if let Event::Statement { statement, failed, .. } = event
            && statement.sql.contains("gin_clean_pending_list")
        {
            let _ = sender.send(*failed);
        }
    }));
    // Three batches.
    let session = |id: usize| json!({ "id": id, "date_start": "2024-01-01", "notes": "printer" });
    let document = json!((0..1_200).map(session).collect::<Value>());
    import(&writer(&gateway.store, &tenant), &document).await;
    let minute = Duration::from_secs(60);
    let failed = timeout(minute, merges.recv()).await.unwrap().unwrap();
    assert!(!failed);
    let data = gateway.data(&tenant, FOUND, json!({})).await;
    assert_eq!(data["sessions"]["totalCount"], 1_200);
}
