//! The sessions of groups.

use serde_json::{Value, json};

use crate::{
    model::order::ORDERS,
    support::{
        Gateway, Tenant,
        database::{DatabaseKind, on_each_database},
    },
};

/// Twelve sessions of two technicians, of which every third is open and some are equally long.
async fn gateway(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i32| {
        let end = match id % 3 {
            0 => String::new(),
            _ => format!("2024-05-{:02} 10:{:02}:00", 1 + id / 2, 10 * (id % 4)),
        };
        json!({ "id": id, "date_start": format!("2024-05-{:02} 10:00:00", 1 + id / 2), "date_end": end,
            "tech_username": if id % 2 == 0 { "ann" } else { "ben" }, "customer_name": "Müller" })
    };
    let sessions: Vec<_> = (1..=12).map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    (gateway, tenant)
}

fn ids(page: &Value) -> Vec<Value> {
    page["edges"].as_array().unwrap().iter().map(|it| it["node"]["legacyId"].clone()).collect()
}

/// The page of the sessions of Ann's group.
async fn page(gateway: &Gateway, tenant: &Tenant, arguments: &str) -> Value {
    let query = format!(
        "{{ sessionStats(groupBy: [{{by: TECHNICIAN}}], filter: {{technician: {{username: {{eq: \"ann\"}}}}}}) {{
            nodes {{ sessions({arguments}) {{
                edges {{ cursor node {{ legacyId }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }} }}"
    );
    gateway.data(tenant, &query, json!({})).await["sessionStats"]["nodes"][0]["sessions"].clone()
}

on_each_database!(async the_sessions_of_a_group_are_read_page_by_page_in_each_order_and_direction);
async fn the_sessions_of_a_group_are_read_page_by_page_in_each_order_and_direction(
    on: DatabaseKind,
) {
    let (gateway, tenant) = gateway(on).await;
    for order in ORDERS {
        let order = order.name;
        let query = format!(
            "{{ sessions(orderBy: {order}, filter: {{technician: {{username: {{eq: \"ann\"}}}}}}) {{
                edges {{ node {{ legacyId }} }} }} }}"
        );
        let expected = ids(&gateway.data(&tenant, &query, json!({})).await["sessions"]);
        assert_eq!(expected.len(), 6);
        let (mut forwards, mut after) = (Vec::new(), String::new());
        loop {
            let arguments = format!("orderBy: {order}, first: 4{after}");
            let page = page(&gateway, &tenant, &arguments).await;
            forwards.extend(ids(&page));
            assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!after.is_empty()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        assert_eq!(forwards, expected, "{order}");
        let (mut backwards, mut before) = (Vec::new(), String::new());
        loop {
            let arguments = format!("orderBy: {order}, last: 4{before}");
            let page = page(&gateway, &tenant, &arguments).await;
            backwards.splice(0..0, ids(&page));
            if page["pageInfo"]["hasPreviousPage"] == json!(false) {
                break;
            }
            before = format!(", before: {}", page["pageInfo"]["startCursor"]);
        }
        assert_eq!(backwards, expected, "{order}");
    }
}

on_each_database!(async a_cursor_of_a_session_of_a_group_is_refused_everywhere_else);
async fn a_cursor_of_a_session_of_a_group_is_refused_everywhere_else(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on).await;
    let of_group = page(&gateway, &tenant, "first: 1").await["pageInfo"]["endCursor"].clone();
    let query = "{ sessions(first: 1) { pageInfo { endCursor } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let of_list = data["sessions"]["pageInfo"]["endCursor"].clone();
    let ben = "filter: {technician: {username: {eq: \"ben\"}}}";
    let ann = "filter: {technician: {username: {eq: \"ann\"}}}";
    let of_groups = |arguments: &str, part: &str, cursor: &Value| {
        format!(
            "{{ sessionStats({arguments}) {{ {part} {{ sessions(after: {cursor}) {{ nodes {{ legacyId }} }} }} }} }}"
        )
    };
    let by = "groupBy: [{by: TECHNICIAN}]";
    for query in [
        of_groups(&format!("{by}, {ben}"), "nodes", &of_group),
        of_groups(&format!("{by}, {ann}"), "total", &of_group),
        of_groups(&format!("groupBy: [{{by: ANSWERED}}], {ann}"), "nodes", &of_group),
        of_groups(
            &format!("groupBy: [{{by: TECHNICIAN}}, {{by: MONTH}}], {ann}"),
            "nodes",
            &of_group,
        ),
        of_groups(&format!("{by}, {ann}"), "nodes", &of_list),
        format!("{{ sessions(after: {of_group}) {{ nodes {{ legacyId }} }} }}"),
        format!(
            "{{ technician(username: \"ann\") {{ sessions(after: {of_group}) {{ nodes {{ legacyId }} }} }} }}"
        ),
        format!("{{ sessionStats(after: {of_group}) {{ nodes {{ count }} }} }}"),
    ] {
        let answer = gateway.graphql(&tenant, &query, json!({})).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{query}: {}", answer.text());
        assert!(answer.text().contains("The cursor does not belong to this list."), "{query}");
    }
    let same = of_groups(&format!("{by}, {ann}"), "nodes", &of_group);
    assert!(gateway.graphql(&tenant, &same, json!({})).await.codes().is_empty());
}
