//! A search finds what is stored at any moment, also while imports fill the index.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use session_history::{
    ingest::tally::Tally,
    store::{Event, Options, Store},
};
use tokio::{sync::mpsc, time::timeout};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    import::import,
    server::{administer, select},
    write, writer,
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

/// Stores sessions, merges their words, and returns the number of pages of words that are still in the list.
async fn pages_after_a_merge(gateway: &Gateway, store: &Store, tenant: &Tenant) -> i64 {
    let (sender, mut merges) = mpsc::unbounded_channel();
    store.observe(Arc::new(move |event| {
        if let Event::Statement { statement, failed, .. } = event
            && statement.sql.contains("gin_clean_pending_list")
        {
            let _ = sender.send(*failed);
        }
    }));
    let session = |id: usize| json!({ "id": id, "date_start": "2024-01-01", "notes": "printer" });
    write(&writer(store, tenant), &(0..300).map(session).collect::<Vec<_>>()).await;
    store.word_merge().begin();
    assert_eq!(timeout(Duration::from_secs(60), merges.recv()).await.unwrap(), Some(false));
    let pages = "SELECT gin_clean_pending_list('session_words_by_token')";
    select(&gateway.database.url(), pages).unwrap()[0].try_get_by_index(0).unwrap()
}

on_each_database!(async only_the_owner_of_the_index_merges_new_words_and_each_role_can_import: postgres Postgres);
async fn only_the_owner_of_the_index_merges_new_words_and_each_role_can_import(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    assert_eq!(pages_after_a_merge(&gateway, &gateway.store, &tenant).await, 0);

    let url = gateway.database.url();
    let role = format!("writer_{}", std::process::id());
    let statements = [
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
    ];
    administer(&url, &statements).unwrap();
    let options = Options { url: url.replace("root@", &format!("{role}@")), ..Options::default() };
    let by_role = Store::connect(&options).await.unwrap();
    let other = gateway.tenant("other").await;
    assert!(pages_after_a_merge(&gateway, &by_role, &other).await > 0);
    let session = |id: usize| json!({ "id": id, "date_start": "2024-01-01", "notes": "scanner" });
    let document = json!((0..1_200).map(session).collect::<Value>());
    let tally = import(&writer(&by_role, &other), &document).await;
    assert_eq!(tally, Tally { new: 900, changed: 300, ..Tally::default() });
}
