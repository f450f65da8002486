//! What databases like to do differently: each of them gives the same answer here.

mod names;
mod numbers;
mod texts;

use serde_json::{Value, json};

use crate::support::{Gateway, Tenant, database::DatabaseKind};

/// A gateway with sessions whose customers have these names, numbered from 0.
async fn customers(on: DatabaseKind, names: &[&str]) -> (Gateway, Tenant) {
    let session = |(id, name): (usize, &&str)| {
        json!({ "id": id, "date_start": "2024-01-01", "customer_name": name, "notes": name,
            "chat_info": [{ "date": "2024-01-01", "sender": name, "text": name }],
            "custom_fields": [{ "name": "Tag", "value": name }] })
    };
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let sessions: Vec<_> = names.iter().enumerate().map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    (gateway, tenant)
}

/// The numbers of the sessions that a filter returns, in order.
async fn matching_ids(gateway: &Gateway, tenant: &Tenant, filter: Value) -> Vec<i64> {
    let query = "query($f: SessionFilter!) {
        sessions(filter: $f, first: 200, orderBy: STARTED_AT_ASC) { nodes { legacyId } } }";
    let sessions = gateway.data(tenant, query, json!({ "f": filter })).await["sessions"].clone();
    let nodes = sessions["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["legacyId"].as_str().unwrap().parse().unwrap()).collect()
}
