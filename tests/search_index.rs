//! An account can be created without the search index. Then searches are refused, until the index is added.

use serde_json::{Value, json};
use session_history::{domain::viewer::Scope, history::search_index::add_search};

use crate::{
    commands::fails,
    support::{
        Gateway, Tenant,
        database::{DatabaseKind, on_each_database},
        process::{CommandEnvironment, run, stdout},
        server::select,
    },
};

/// Each way to search.
const SEARCHES: [&str; 6] = [
    "{ sessions(filter: {search: \"printer\"}) { nodes { legacyId } } }",
    "{ sessions(filter: {not: {or: [{search: \"printer\"}]}}) { totalCount } }",
    "{ sessionStats(filter: {search: \"printer\"}) { total { count } } }",
    "{ sessionStats { nodes { sessions { nodes { legacyId } } } }
       wanted: sessionStats(filter: {search: \"printer\"}) { nodes { sessions { nodes { legacyId } } } } }",
    "{ technicians { nodes { sessions(filter: {search: \"printer\"}) { totalCount } } } }",
    "{ sessionChanges(filter: {search: \"printer\"}) { nodes { legacyId } } }",
];

const FOUND: &str = "query($search: String!) { sessions(filter: {search: $search}) { totalCount
    nodes { legacyId } } }";

async fn import(gateway: &Gateway, tenant: &Tenant, sessions: &[(i64, &str)]) {
    let sessions: Vec<_> = sessions
        .iter()
        .map(|(id, notes)| json!({ "id": id, "date_start": "2024-01-01", "notes": notes }))
        .collect();
    gateway.import(tenant, &json!({ "requests": sessions }).to_string()).await;
}

async fn start(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, &["--key-cache", "0"]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.store.omit_search(tenant.account).await.unwrap();
    (gateway, tenant)
}

async fn found(gateway: &Gateway, tenant: &Tenant, search: &str) -> Value {
    gateway.data(tenant, FOUND, json!({ "search": search })).await["sessions"].clone()
}

on_each_database!(async every_search_of_an_account_without_the_index_is_refused);
async fn every_search_of_an_account_without_the_index_is_refused(on: DatabaseKind) {
    let (gateway, tenant) = start(on).await;
    import(&gateway, &tenant, &[(1, "printer"), (2, "mouse")]).await;
    let other = gateway.tenant("other").await;
    import(&gateway, &other, &[(1, "printer")]).await;
    for query in SEARCHES {
        let answer = gateway.graphql(&tenant, query, json!({})).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{query}");
        assert!(answer.text().contains("has no search index"), "{}", answer.text());
        gateway.data(&other, query, json!({})).await;
    }
    // A text can still be found in one field.
    let query = "{ sessions(filter: {notes: {contains: \"PRINT\"}}) { nodes { legacyId } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["sessions"]["nodes"], json!([{ "legacyId": "1" }]));
}

/// Each change of the sessions that a filter finds.
const CHANGES: [&str; 4] = [
    "deleteSessions(filter: $filter, dryRun: true) { matched }",
    "deleteSessions(filter: $filter, dryRun: false) { matched }",
    "anonymizeSessions(filter: $filter, dryRun: false) { matched }",
    "holdSessions(filter: $filter, reason: \"law\") { id }",
];

on_each_database!(async sessions_are_not_changed_by_a_search_that_cannot_be_answered);
async fn sessions_are_not_changed_by_a_search_that_cannot_be_answered(on: DatabaseKind) {
    let (gateway, tenant) = start(on).await;
    import(&gateway, &tenant, &[(1, "printer"), (2, "mouse")]).await;
    let key = "admin-key-0123456789".to_owned();
    gateway.key(tenant.account, &key, &[Scope::Read, Scope::Admin]).await;
    let admin = Tenant { account: tenant.account, key };
    let filters =
        [json!({ "search": "printer" }), json!({ "not": { "and": [{ "search": "printer" }] } })];
    for change in CHANGES {
        for filter in &filters {
            let query = format!("mutation($filter: SessionFilter!) {{ {change} }}");
            let answer = gateway.graphql(&admin, &query, json!({ "filter": filter })).await;
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{change} {}", answer.text());
            assert!(answer.text().contains("has no search index"), "{}", answer.text());
        }
    }
    let data = gateway.data(&tenant, "{ sessions { nodes { notes } } }", json!({})).await;
    assert_eq!(data["sessions"]["nodes"], json!([{ "notes": "mouse" }, { "notes": "printer" }]));
}

on_each_database!(async an_index_that_is_added_has_all_sessions_also_those_that_change_meanwhile);
async fn an_index_that_is_added_has_all_sessions_also_those_that_change_meanwhile(
    on: DatabaseKind,
) {
    let (gateway, tenant) = start(on).await;
    let sessions = [(1, "printer"), (2, "printer"), (3, "printer"), (4, "")];
    import(&gateway, &tenant, &sessions).await;
    // A pass that ends after two sessions.
    for _ in 0..2 {
        let mut batch = gateway.store.batch(tenant.account).await.unwrap();
        assert_eq!(batch.add_to_index(1).await.unwrap(), Some(1));
        batch.commit().await.unwrap();
    }
    import(&gateway, &tenant, &[(1, "mouse"), (3, "screen"), (5, "printer"), (0, "printer")]).await;
    let refused = gateway.graphql(&tenant, SEARCHES[0], json!({})).await;
    assert_eq!(refused.codes(), ["BAD_USER_INPUT"]);
    let mut done = Vec::new();
    add_search(&gateway.store, tenant.account, |sessions| done.push(sessions)).await.unwrap();
    // It goes on after the second session.
    assert_eq!(done, [3, 3]);
    let ids = |ids: &[&str]| {
        let nodes: Vec<_> = ids.iter().map(|id| json!({ "legacyId": id })).collect();
        json!({ "totalCount": nodes.len(), "nodes": nodes })
    };
    assert_eq!(found(&gateway, &tenant, "printer").await, ids(&["5", "2", "0"]));
    assert_eq!(found(&gateway, &tenant, "mouse").await, ids(&["1"]));
    assert_eq!(found(&gateway, &tenant, "screen").await, ids(&["3"]));
    import(&gateway, &tenant, &[(4, "screen")]).await;
    assert_eq!(found(&gateway, &tenant, "screen").await, ids(&["4", "3"]));
}

on_each_database!(async an_account_with_sessions_keeps_its_index);
async fn an_account_with_sessions_keeps_its_index(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[(1, "printer")]).await;
    let refused = gateway.store.omit_search(tenant.account).await.unwrap_err();
    assert!(refused.to_string().contains("has sessions already"), "{refused}");
    assert_eq!(found(&gateway, &tenant, "printer").await["totalCount"], 1);
}

on_each_database!(the_operator_creates_an_account_without_the_index_and_adds_it_later);
fn the_operator_creates_an_account_without_the_index_and_adds_it_later(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme", "--no-search"]);
    let document = "[{\"id\": 1, \"date_start\": \"2024-01-01\", \"notes\": \"printer\"},
        {\"id\": 2, \"date_start\": \"2024-01-01\"}]";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sessions.json");
    std::fs::write(&file, document).unwrap();
    stdout(environment, &["import", "--account", "acme", file.to_str().unwrap()]);
    let words = || select(&environment.url(), "SELECT words FROM session_words").unwrap().len();
    assert_eq!(words(), 0);
    let added = run(environment, &["account", "add-search", "acme"]);
    assert!(added.status.success() && added.stdout.is_empty());
    let told = String::from_utf8(added.stderr).unwrap();
    assert_eq!(told, "added 2 sessions to the index; the account 'acme' can be searched\n");
    assert_eq!(words(), 1);
    // Nothing is left to do.
    let again = run(environment, &["account", "add-search", "acme"]);
    assert!(String::from_utf8(again.stderr).unwrap().starts_with("added 0 sessions"));
    assert!(fails(environment, &["account", "add-search", "other"]).contains("no account 'other'"));
}
