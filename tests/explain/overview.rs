//! The overview at the start of the gateway reads no table to find the newest session.

use session_history::domain::time::Timestamp;

use super::{Watched, plan};
use crate::support::database::{DatabaseKind, on_each_database};

on_each_database!(async the_newest_session_is_found_with_a_search_for_each_account);
async fn the_newest_session_is_found_with_a_search_for_each_account(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let overview = watched.gateway.store.overview().await.unwrap();
    assert_eq!((overview.accounts, overview.sessions), (2, 40_000));
    assert_eq!(overview.newest, Some(Timestamp::parse_rfc3339("2024-01-01T00:33:20Z").unwrap()));
    let seen = std::mem::take(&mut *watched.seen.lock().unwrap());
    let mut plans = Vec::new();
    for statement in seen.iter().filter(|it| it.sql.contains("newest")) {
        plans.push((statement.to_string(), plan::plan(&watched, statement).await));
    }
    for (_, plan) in &mut plans {
        // Databases read all accounts in different ways.
        plan.scans.remove("account");
        plan.searches.retain(|(index, _)| index != "account_key");
    }
    let faults = plan::faults(&plans, &["session_by_start account_id"]);
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
