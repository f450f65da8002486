//! Statistics of a few sessions, with the numbers.

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// Sessions of a night on which the clock of Lisbon goes back, from two o'clock to one.
async fn night(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i32, start: &str, end: &str, technician: &str, customer: &str| {
        json!({ "id": id, "date_start": format!("2024-10-{start}:00"), "tech_username": technician,
            "date_end": if end.is_empty() { String::new() } else { format!("2024-10-{end}:00") },
            "customer_number": customer })
    };
    let sessions = [
        session(1, "26 22:30", "26 23:30", "ann", "C-1"),
        session(2, "26 23:30", "27 00:10", "ben", "c-1"),
        session(3, "27 00:20", "27 00:21", "ann", ""),
        session(4, "27 01:20", "", "", "C-2"),
        session(5, "28 00:00", "28 00:16", "ann", "C-2"),
    ];
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    (gateway, tenant)
}

async fn nodes(gateway: &Gateway, tenant: &Tenant, arguments: &str, fields: &str) -> Value {
    let query = format!("{{ sessionStats({arguments}) {{ nodes {{ {fields} }} }} }}");
    gateway.data(tenant, &query, json!({})).await["sessionStats"]["nodes"].clone()
}

on_each_database!(async groups_of_a_night_on_which_the_clock_goes_back_are_counted);
async fn groups_of_a_night_on_which_the_clock_goes_back_are_counted(on: DatabaseKind) {
    let (gateway, tenant) = night(on).await;
    let days = "groupBy: [{by: DAY}], timeZone: \"Europe/Lisbon\"";
    let fields = "key { periodStart periodEnd } count open busySeconds billedMinutes";
    assert_eq!(
        nodes(&gateway, &tenant, days, fields).await,
        json!([
            { "key": { "periodStart": "2024-10-25T23:00:00Z", "periodEnd": "2024-10-26T23:00:00Z" },
                "count": 1, "open": 0, "busySeconds": 3600.0, "billedMinutes": 60 },
            { "key": { "periodStart": "2024-10-26T23:00:00Z", "periodEnd": "2024-10-28T00:00:00Z" },
                "count": 3, "open": 1, "busySeconds": 2460.0, "billedMinutes": 60 },
            { "key": { "periodStart": "2024-10-28T00:00:00Z", "periodEnd": "2024-10-29T00:00:00Z" },
                "count": 1, "open": 0, "busySeconds": 960.0, "billedMinutes": 30 },
        ])
    );
    let hours = "groupBy: [{by: HOUR}], timeZone: \"Europe/Lisbon\",
        filter: {startedAt: {gte: \"2024-10-27T00:00:00Z\", lt: \"2024-10-27T02:00:00Z\"}}";
    assert_eq!(
        nodes(&gateway, &tenant, hours, "key { periodStart periodEnd } count").await,
        json!([
            { "key": { "periodStart": "2024-10-27T00:00:00Z", "periodEnd": "2024-10-27T01:00:00Z" },
                "count": 1 },
            { "key": { "periodStart": "2024-10-27T01:00:00Z", "periodEnd": "2024-10-27T02:00:00Z" },
                "count": 1 },
        ])
    );
    let customers = "groupBy: [{by: CUSTOMER_NUMBER}], orderBy: DURATION_SUM_DESC";
    let fields = "key { customerNumber } duration { sumSeconds percentile(p: 50) }";
    assert_eq!(
        nodes(&gateway, &tenant, customers, fields).await,
        json!([
            { "key": { "customerNumber": "C-1" },
                "duration": { "sumSeconds": 6000.0, "percentile": 2400 } },
            { "key": { "customerNumber": "C-2" },
                "duration": { "sumSeconds": 960.0, "percentile": 960 } },
            { "key": { "customerNumber": null },
                "duration": { "sumSeconds": 60.0, "percentile": 60 } },
        ])
    );
}

on_each_database!(async a_group_of_technicians_has_the_technician_with_all_its_fields);
async fn a_group_of_technicians_has_the_technician_with_all_its_fields(on: DatabaseKind) {
    let (gateway, tenant) = night(on).await;
    let fields = "key { technician { username sessions(first: 1) { totalCount nodes { legacyId } } } } count";
    assert_eq!(
        nodes(&gateway, &tenant, "groupBy: [{by: TECHNICIAN}]", fields).await,
        json!([
            { "key": { "technician": { "username": "ann",
                "sessions": { "totalCount": 3, "nodes": [{ "legacyId": "5" }] } } }, "count": 3 },
            { "key": { "technician": { "username": "ben",
                "sessions": { "totalCount": 1, "nodes": [{ "legacyId": "2" }] } } }, "count": 1 },
            { "key": { "technician": null }, "count": 1 },
        ])
    );
}
