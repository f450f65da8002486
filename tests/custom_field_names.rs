//! The names of the custom fields that are in use.

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

async fn names(gateway: &Gateway, tenant: &Tenant) -> Value {
    gateway.data(tenant, "{ customFieldNames }", json!({})).await["customFieldNames"].take()
}

fn session(id: usize, names: &[&str]) -> Value {
    let fields: Vec<_> = names.iter().map(|name| json!({"name": name, "value": "x"})).collect();
    json!({"id": id, "date_start": "2024-01-01", "custom_fields": fields})
}

on_each_database!(async names_are_returned_once_while_a_session_has_them);
async fn names_are_returned_once_while_a_session_has_them(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    assert_eq!(names(&gateway, &tenant).await, json!([]));
    let sessions = [
        session(7, &["asset TAG", "Straße", "ticket"]),
        session(5, &["Asset Tag", "ASSET TAG", "Éclair"]),
        session(6, &["STRASSE"]),
    ];
    gateway.import(&tenant, &json!(sessions).to_string()).await;
    gateway.import(&other, &json!([session(1, &["Of others"])]).to_string()).await;
    // The spelling is that of the session with the lowest number, and of its first such field.
    let expected = json!(["Asset Tag", "STRASSE", "ticket", "Éclair"]);
    assert_eq!(names(&gateway, &tenant).await, expected);
    gateway.import(&tenant, &json!([session(5, &[]), session(6, &[])]).to_string()).await;
    assert_eq!(names(&gateway, &tenant).await, json!(["asset TAG", "Straße", "ticket"]));
    assert_eq!(names(&gateway, &other).await, json!(["Of others"]));
}

on_each_database!(async at_most_1_000_names_are_returned);
async fn at_most_1_000_names_are_returned(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let all: Vec<_> = (0..1_100).map(|number| format!("name {number:04}")).collect();
    let sessions = all
        .chunks(200)
        .enumerate()
        .map(|(nth, names)| session(nth, &names.iter().map(String::as_str).collect::<Vec<_>>()));
    gateway.import(&tenant, &json!(sessions.collect::<Vec<_>>()).to_string()).await;
    assert_eq!(names(&gateway, &tenant).await, json!(all[..1_000]));
}
